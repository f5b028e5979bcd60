"""The data that a landscape is made from as a picture, with what the walks' weights say of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from contourpy import LineType, contour_generator

from app.answers.records import Walk
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.data import ERRORS, Data
from app.descent.landscapes.network import Network
from app.exports.caption import draw_caption
from app.exports.drawing import Drawing, Layer
from app.exports.look import Look, dash_of, mixed, triple
from app.exports.map_picture import described_by, is_seen, moved, size_and_look, step_shown, style_of, unit_of
from app.exports.plot import Plot, Scale, plot_in
from app.exports.svg import element, filled, path_data, stroked
from app.exports.taken import Taken
from app.exports.words import title_of
from app.request.errors import ApiError
from app.request.request import WalkRequest

# So large a part of the data's width and height is shown beyond them: of a curve, and around classes.
_BEYOND, _AROUND = (0.04, 0.12), (0.14, 0.14)
_CURVE_POINTS = 361
# A decision is asked for at so many places along each side.
_SIDE = 241
# How much of a class's colour lies where it is sure, and which logistic score is sure.
_FULL, _SURE = 0.62, 6.0
# More fits than these are thin.
_FEW = 9


def check_data(request: WalkRequest) -> None:
    """Raise ``ApiError`` where the landscape is made from no data."""
    if request.landscape.data is None and request.landscape.network is None:
        having = ", ".join(slug for slug, one in LANDSCAPES.items() if one.points)
        raise ApiError(
            f"{request.landscape.title} is made from no data.",
            "landscape",
            f"These are: {having}; and own points, as data=x,y;x,y;….",
        )


@dataclass(frozen=True)
class Model:
    """The points of a landscape and what weights say of them, alike for networks and for fits of two weights.

    ``inputs`` have a row for each point.
    """

    source: Data | Network

    @property
    def inputs(self) -> Array:
        """The points' inputs, shape (points, inputs)."""
        source = self.source
        if isinstance(source, Network):
            return np.array(source.inputs, dtype=float)
        second = () if source.second is None else (np.array(source.second.values, dtype=float),)
        return np.column_stack([np.array(source.inputs, dtype=float), *second])

    @property
    def targets(self) -> Array:
        """The points' targets, shape (points,)."""
        return np.array(self.source.targets, dtype=float)

    @property
    def names(self) -> list[str]:
        """What the inputs are called, and then the target."""
        source = self.source
        if isinstance(source, Network):
            return [*source.input_names, source.target_name]
        return [source.input_name, *([source.second.name] if source.second else []), source.target_name]

    @property
    def is_logistic(self) -> bool:
        """Whether a score is turned into a chance."""
        return ERRORS[self.source.error].link == "logistic"

    def scores(self, weights: Array, inputs: Array) -> Array:
        """The scores at inputs of shape (m, inputs), shape (m,)."""
        source = self.source
        if isinstance(source, Network):
            return np.asarray(source.outputs(weights[:, None], inputs)[:, 0])
        first, second = source.features(inputs[:, 0], inputs[:, 1] if inputs.shape[1] > 1 else None)
        with np.errstate(all="ignore"):
            return np.asarray(weights[0] * first + weights[1] * second + source.constant)

    def says(self, weights: Array, inputs: Array) -> Array:
        """What is predicted there."""
        score = self.scores(weights, inputs)
        return 0.5 * (1 + np.tanh(0.5 * score)) if self.is_logistic else score


@dataclass(frozen=True)
class _Fit:
    weights: Array
    style: int


def draw_data(taken: Taken) -> Drawing:
    """The points with the fit of each walk that is seen; of two inputs with where it decides between the classes."""
    width, height, look = size_and_look(taken)
    unit = unit_of(width, height)
    caption = draw_caption(taken, look, width, unit)
    landscape = taken.request.landscape
    source = landscape.network or landscape.data
    assert source is not None, "this landscape is made from no data"
    model, fits = Model(source), list(_fits(taken))
    room = (0.0, 0.0, float(width), float(height - caption.height))
    if model.inputs.shape[1] == 1:
        layers: tuple[Layer, ...] = ()
        content = _draw_curve(model, fits, _best(taken), room, look, unit)
    else:
        layers, content = _draw_classes(model, fits, room, look, unit)
    content += moved(caption.content, 0, height - caption.height)
    title = f"The data: {title_of(taken.request, taken.walks)}"
    return Drawing(width, height, look["ground"], layers, content, title, described_by(taken))


def _fits(taken: Taken) -> Iterator[_Fit]:
    """The weights at the step that is shown of all walks that are seen, the first walk last, so that it lies above."""
    request = taken.request
    for walk in reversed([walk for walk in taken.walks if is_seen(walk, request)]):
        weights = _weights(walk, step_shown(request))
        if np.isfinite(weights).all():
            yield _Fit(weights, style_of(walk, request))


def _weights(walk: Walk, upto: int | None) -> Array:
    columns = (
        np.asarray(walk["weights"])
        if "weights" in walk
        else np.column_stack([np.asarray(walk["x"]), np.asarray(walk["y"])])
    )
    known = np.flatnonzero(np.isfinite(columns).all(axis=1))
    if upto is not None:
        known = known[known <= upto]
    return np.asarray(columns[known[-1]] if len(known) else np.full(columns.shape[1], np.nan))


def _best(taken: Taken) -> Array | None:
    """The best weights known of a fit of two of them."""
    found = [known for known in taken.ground.stationary_points if known.kind == "global_minimum"]
    return np.array(found[0].point) if found and taken.request.landscape.network is None else None


def _around(values: Array, part: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    wide = (high - low) or abs(low) or 1.0
    return low - part * wide, high + part * wide


def _draw_curve(
    model: Model,
    fits: Sequence[_Fit],
    best: Array | None,
    room: tuple[float, float, float, float],
    look: Look,
    unit: float,
) -> str:
    """Points over one input, with the curve of each fit and the errors of the first."""
    x, y = model.inputs[:, 0], model.targets
    across = _around(x, _BEYOND[0])
    inputs = np.linspace(*across, _CURVE_POINTS)[:, None]
    up = _around(_shown(model, fits), _BEYOND[1])
    plot = plot_in(*room, Scale(*across), Scale(*up), unit)
    lines = []
    if best is not None:
        dash = f"{6 * unit:g} {5 * unit:g}"
        lines.append(plot.line(inputs[:, 0], model.says(best, inputs), **stroked(look["ink"], 1.6 * unit, dash=dash)))
    if fits and not model.is_logistic:
        lines.append(_errors(model, fits[-1], plot, look))
    thin = len(fits) > _FEW
    for fit in fits:
        says, ink = model.says(fit.weights, inputs), look.walker(fit.style)
        if not thin:
            lines.append(plot.line(inputs[:, 0], says, **stroked(look["ground"], 5 * unit, 0.8)))
        width, dash_ = (1.0, None) if thin else (2.6, dash_of(fit.style, unit))
        lines.append(plot.line(inputs[:, 0], says, **stroked(ink, width * unit, dash=dash_)))
    for right, upwards in plot.places(x, y).tolist():
        lines.append(element("circle", cx=right, cy=upwards, r=3.4 * unit, **filled(look["ink"], 0.7)))
    return plot.axes(look, (model.names[0], model.names[-1])) + plot.inside("".join(lines))


def _shown(model: Model, fits: Sequence[_Fit]) -> Array:
    """The targets, and what is predicted of them, but for what is further from them than they are from each other."""
    y = model.targets
    low, high = _around(y, 1.0)
    said = [model.says(fit.weights, model.inputs) for fit in fits]
    return np.concatenate([y, *(one[(low <= one) & (one <= high)] for one in said)])


def _errors(model: Model, fit: _Fit, plot: Plot, look: Look) -> str:
    """How far each point is from what is predicted of it."""
    x, y = model.inputs[:, 0], model.targets
    ends = np.stack([plot.places(x, y), plot.places(x, model.says(fit.weights, model.inputs))], axis=1)
    data = "".join(path_data(np.clip(line, -2e4, 2e4)) for line in ends)
    return element("path", d=data, **stroked(look.walker(fit.style), 1.1 * plot.unit, 0.55)) if data else ""


def _draw_classes(
    model: Model, fits: Sequence[_Fit], room: tuple[float, float, float, float], look: Look, unit: float
) -> tuple[tuple[Layer, ...], str]:
    """Points of two classes over two inputs: how sure the first fit is everywhere, and where each is undecided."""
    first, second = (_around(column, part) for column, part in zip(model.inputs.T, _AROUND, strict=True))
    plot = plot_in(*room, Scale(*first), Scale(*second), unit)
    sides = np.linspace(*first, _SIDE), np.linspace(*second, _SIDE)
    grid = np.column_stack([axis.ravel() for axis in np.meshgrid(*sides)])
    layers: list[Layer] = []
    lines = []
    for fit in fits:
        scores = model.scores(fit.weights, grid).reshape(_SIDE, _SIDE)
        if fit is fits[-1]:
            box = round(plot.left), round(plot.top), round(plot.width), round(plot.height)
            layers.append(Layer(*box, _Field(scores, model.is_logistic, look)))
        lines.append(_border(model, scores, sides, fit, plot, look))
    marks = "".join(_point(model, index, plot, look) for index in range(len(model.targets)))
    content = plot.axes(look, (model.names[0], model.names[1])) + plot.inside("".join(lines) + marks)
    return tuple(layers), content


@dataclass(frozen=True)
class _Field:
    """How sure a fit is, as pixels: the colour of a class where it is, the paper's where nothing is known."""

    scores: Array
    logistic: bool
    look: Look

    def __call__(self, columns: int, rows: int, beyond: int) -> Array:
        count = 256
        chances = np.arange(count) / (count - 1)
        if self.logistic:
            chances = 1 / (1 + np.exp(_SURE * (1 - 2 * chances)))
        paper, *sides = (triple(self.look[name]) for name in ("ground", "class0", "class1"))
        table = np.array(
            [mixed(paper, sides[int(chance > 0.5)], _FULL * abs(2 * chance - 1)) for chance in chances], dtype=np.uint8
        )
        low, wide = (-_SURE, 2 * _SURE) if self.logistic else (0.0, 1.0)
        with np.errstate(all="ignore"):
            part = np.nan_to_num(np.clip((self.scores - low) / wide, 0.0, 1.0), nan=0.5)
        places = ((np.arange(size) - beyond + 0.5) / (size - 2 * beyond) * (_SIDE - 1) for size in (columns, rows))
        across, up = (np.clip(np.rint(place), 0, _SIDE - 1).astype(np.intp) for place in places)
        return np.asarray(table[np.rint(part * (count - 1)).astype(np.intp)][up[::-1]][:, across])


def _border(model: Model, scores: Array, sides: tuple[Array, Array], fit: _Fit, plot: Plot, look: Look) -> str:
    generator = contour_generator(*sides, np.ma.masked_invalid(scores), line_type=LineType.Separate)
    pieces: Any = generator.lines(0.0 if model.is_logistic else 0.5)
    data = "".join(path_data(plot.places(piece[:, 0], piece[:, 1])) for piece in pieces)
    if not data:
        return ""
    dash = dash_of(fit.style, plot.unit)
    return element("path", d=data, **stroked(look["casing"], 5 * plot.unit)) + element(
        "path", d=data, **stroked(look.walker(fit.style), 2.6 * plot.unit, dash=dash)
    )


def _point(model: Model, index: int, plot: Plot, look: Look) -> str:
    """A point of class 0 is a dot, one of class 1 a diamond, in the colour of its class."""
    x, y = plot.places(model.inputs[index : index + 1, 0], model.inputs[index : index + 1, 1])[0].tolist()
    is_one = model.targets[index] == 1
    ink = {**filled(look["class1" if is_one else "class0"]), "stroke": look["ground"], "stroke_width": 1.4 * plot.unit}
    if not is_one:
        return element("circle", cx=x, cy=y, r=5.2 * plot.unit, **ink)
    arm = 6.6 * plot.unit
    corners = ((x, y - arm), (x + arm, y), (x, y + arm), (x - arm, y))
    return element("path", d=f"M{'L'.join(f'{across:.1f} {up:.1f}' for across, up in corners)}Z", **ink)


def data_svg(taken: Taken) -> bytes:
    """The data as a drawing."""
    return draw_data(taken).svg()


def data_png(taken: Taken) -> bytes:
    """The data as pixels."""
    return draw_data(taken).png()
