"""Curves of the walks as a picture: loss, gradient norm and learning rate, along the steps or the evaluations."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from app.answers.records import Walk
from app.descent.formulas.arithmetic import Array
from app.exports.caption import draw_caption
from app.exports.drawing import Drawing
from app.exports.look import Look, dash_of, sign_of
from app.exports.map_picture import described_by, is_seen, moved, size_and_look, step_shown, style_of, unit_of
from app.exports.numbers import shown
from app.exports.plot import Plot, Scale, plot_in, scale_of
from app.exports.svg import element, filled, stroked
from app.exports.taken import Taken
from app.exports.words import title_of
from app.request.request import WalkRequest

# Beyond so many curves they are thin.
_MANY = 24
# Learning rates that are so far apart are seen on a logarithmic axis.
_FAR_APART = 20.0
# What is left of zero by rounding is zero.
_ROUNDING = 1e-12


class _Curve(NamedTuple):
    """One of the three: what it is called, and the values of each walk that has it."""

    name: str
    log: bool
    walks: Sequence[Walk]
    values: Sequence[Array]
    from_zero: bool = False


def draw_curves(taken: Taken) -> Drawing:
    """The loss above, gradient norm and learning rate below it, with what is written under a picture."""
    width, height, look = size_and_look(taken)
    unit = 0.85 * unit_of(width, height)
    caption = draw_caption(taken, look, width, unit_of(width, height))
    room = height - caption.height
    upper = 0.58 * room
    half, lower = width / 2, room - upper
    places = ((0.0, 0.0, width, upper), (0.0, upper, half, lower), (half, upper, half, lower))
    drawn = [
        _draw(curve, _plot(curve, taken, place, unit), taken.request, look)
        for curve, place in zip(_curves(taken), places, strict=True)
    ]
    drawn.append(moved(caption.content, 0, room))
    title = f"Curves: {title_of(taken.request, taken.walks)}"
    return Drawing(width, height, look["ground"], (), "".join(drawn), title, described_by(taken))


def lowest_known(taken: Taken) -> float:
    """The lowest loss known, of the stationary points and of all walks; what heights are counted from."""
    losses = [known.value for known in taken.ground.stationary_points]
    with np.errstate(all="ignore"):
        losses += [float(np.fmin.reduce(np.asarray(walk["loss"], dtype=float))) for walk in taken.walks]
    finite = [loss for loss in losses if np.isfinite(loss)]
    lowest = min(finite, default=0.0)
    return lowest if abs(lowest) > _ROUNDING else 0.0


def _curves(taken: Taken) -> tuple[_Curve, _Curve, _Curve]:
    request = taken.request
    seen = [walk for walk in taken.walks if is_seen(walk, request)]
    # A logarithm needs positive numbers: heights are counted from the lowest known. Climbing has no such point.
    log = request.canonical["scale"] == "log" and request.goal != "maximize"
    lowest = lowest_known(taken) if log else 0.0
    loss = "value" if request.goal == "maximize" else "loss"
    name = f"{loss} {'+' if lowest < 0 else '−'} {shown(abs(lowest))}" if lowest else loss
    rated = [walk for walk in seen if walk["walker"] == 0] if request.runs else seen[:1]
    rates = [_column(walk, "learning_rate", request) for walk in rated]
    every = np.concatenate(rates) if rates else np.ones(1)
    rate_log = bool(request.runs) and bool((every > 0).all()) and every.max() > _FAR_APART * every.min()
    return (
        _Curve(name, log, seen, [_column(walk, "loss", request) - lowest for walk in seen]),
        _Curve("gradient norm", log, seen, [_column(walk, "gradient_norm", request) for walk in seen]),
        _Curve("learning rate", rate_log, rated, rates, from_zero=not rate_log),
    )


def _column(walk: Walk, key: str, request: WalkRequest) -> Array:
    upto = step_shown(request)
    columns: dict[str, Any] = {**walk}
    column = np.asarray(columns[key], dtype=float)
    return column if upto is None else column[: upto + 1]


def _across(walk: Walk, request: WalkRequest) -> Array:
    key = "evaluations" if request.canonical["axis"] == "evaluations" else "step"
    return _column(walk, key, request)


def _plot(curve: _Curve, taken: Taken, place: tuple[float, float, float, float], unit: float) -> Plot:
    request = taken.request
    ends = [float(_across(walk, request)[-1]) for walk in taken.walks if is_seen(walk, request)]
    across = Scale(0.0, max([1.0, *ends]))
    values = np.concatenate(curve.values) if curve.values else np.ones(1)
    return plot_in(*place, across, scale_of(values, curve.log, curve.from_zero), unit)


def _draw(curve: _Curve, plot: Plot, request: WalkRequest, look: Look) -> str:
    by = "evaluations" if request.canonical["axis"] == "evaluations" else "step"
    lines, ends = [], []
    for walk, values in zip(curve.walks, curve.values, strict=True):
        style, across = style_of(walk, request), _across(walk, request)
        lines.append(plot.line(across, values, **_ink(curve, style, look, plot.unit)))
        if len(curve.walks) <= _MANY:
            ends.append(_end(plot, across, values, style, look))
    return plot.axes(look, (by, curve.name)) + plot.inside("".join(lines)) + "".join(ends)


def _ink(curve: _Curve, style: int, look: Look, unit: float) -> dict[str, Any]:
    if len(curve.walks) > _MANY:
        return stroked(look.walker(style), 0.8 * unit, 0.7)
    return stroked(look.walker(style), 1.8 * unit, dash=dash_of(style, unit))


def _end(plot: Plot, across: Array, values: Array, style: int, look: Look) -> str:
    """The run's sign where its curve ends."""
    x, y = plot.places(across[-1:], values[-1:])[0].tolist()
    if not (np.isfinite(x) and plot.top <= y <= plot.top + plot.height):
        return ""
    unit = plot.unit
    return element("path", d=sign_of(style, x, y, 4.6 * unit), **filled(look["ground"])) + element(
        "path", d=sign_of(style, x, y, 3.6 * unit), **filled(look.walker(style))
    )


def curves_svg(taken: Taken) -> bytes:
    """The curves as a drawing."""
    return draw_curves(taken).svg()


def curves_png(taken: Taken) -> bytes:
    """The curves as pixels."""
    return draw_curves(taken).png()
