"""The picture of walks in a notebook: the ground as SVG, the walks in numbers, bounded; and all as a still SVG."""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Protocol

import numpy as np

from app.answers.palette import PALETTE
from app.answers.pictures import Frame, drawn_landscape, frame
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.descent.landscapes.planes import Plane, on_plane
from app.request.errors import ApiError
from app.request.making import make_request
from app.request.reading import read_body
from app.request.request import landscape_of

# A notebook keeps what it shows: so many walks, and so many points of all of them together.
MOST_WALKS, MOST_POINTS = 16, 4_000
_RESOLUTION = 61
# Lengths on and off of each run's trail, by the rule of the page's own: walk_styles.js.
DASHES = ("", "9 5", "2 5", "12 4 2 4", "5 3", "16 5", "2 3", "9 3 2 3 2 3")
# Who is so many pictures away is drawn as if he were that far: browsers draw larger numbers wrongly.
_FAR = 20.0
_LINE, _LETTERS = 20, 82


class Walked(Protocol):
    """What of a walk is drawn."""

    @property
    def run(self) -> int:
        """Which run it is of."""

    @property
    def walker(self) -> int:
        """Which of the starts it began at."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def path(self) -> Array:
        """Where it was, a row a step."""

    @property
    def loss(self) -> Array:
        """How high that is."""

    @property
    def gradient_norm(self) -> Array:
        """How steep it is there."""

    @property
    def message(self) -> str:
        """How it ended, in two lines."""


@dataclass(frozen=True)
class Picture:
    """What is drawn: the ground as SVG within a box of the plane, and some of the walks, at some of their steps.

    ``steps`` are the numbers of the iterates that are shown, the last of each walk among them; ``left_out`` says what
    is not shown, empty where that is nothing.
    """

    canvas: Frame
    ground: str
    is_curve: bool
    walks: Sequence[Walked]
    steps: Sequence[int]
    left_out: str

    def record(self) -> dict[str, Any]:
        """The picture as plain JSON, for the script that moves it; what is not finite is None."""
        low, high = self.canvas.box.low, self.canvas.box.high
        return {
            "width": self.canvas.width,
            "height": self.canvas.height,
            "box": [low[0], high[0], low[1], high[1]],
            "ground": self.ground,
            "curve": self.is_curve,
            "steps": list(self.steps),
            "walks": [self._walk(walk) for walk in self.walks],
            "legend": [{"style": style, "text": text} for style, text in self.legend()],
            "left_out": self.left_out,
            "colours": {name: list(pair) for name, pair in PALETTE.theme.items()},
        }

    def _style(self, walk: Walked) -> int:
        """The number of the walk's style: each run has one; alone, each walker has, by the rule of the page."""
        return walk.run if len({one.run for one in self.walks}) > 1 else walk.walker

    def legend(self) -> list[tuple[int, str]]:
        """What each style stands for, where there are several walks, and how that ended where it is one walk."""
        if len(self.walks) == 1:
            return []
        runs = len({walk.run for walk in self.walks}) > 1
        styles: dict[int, list[Walked]] = {}
        for walk in self.walks:
            styles.setdefault(self._style(walk), []).append(walk)
        return [(style, _called(walks, runs)) for style, walks in styles.items()]

    def _walk(self, walk: Walked) -> dict[str, Any]:
        taken = self._taken(walk)
        columns = {"x": walk.path[taken, 0], "loss": walk.loss[taken], "gradient_norm": walk.gradient_norm[taken]}
        if not self.is_curve:
            columns["y"] = walk.path[taken, 1]
        told = {key: [None if np.isnan(one) else one for one in column.tolist()] for key, column in columns.items()}
        return {"label": walk.label, "style": self._style(walk), "message": walk.message, **told}

    def _taken(self, walk: Walked) -> list[int]:
        return [step for step in self.steps if step < len(walk.loss)]

    def trail(self, walk: Walked) -> Array:
        """Where the walk is in the picture, shape (n, 2); without the places that are no numbers."""
        taken = self._taken(walk)
        up = walk.loss if self.is_curve else walk.path[:, 1]
        places = self.canvas.place(walk.path[taken, 0], up[taken])
        places = places[np.isfinite(places).all(axis=1)]
        middle = np.array([self.canvas.width, self.canvas.height]) / 2
        away = np.abs(places - middle).max(axis=1, keepdims=True) / middle.max()
        return np.asarray(middle + (places - middle) / np.maximum(1.0, away / _FAR))

    def svg(self, name: str = "") -> str:
        """The picture standing still, on paper: with the sentence of its first walk, or what each of several is.

        A page finds it by its ``name``.
        """
        lines = [*self._words()]
        width, height = round(self.canvas.width), round(self.canvas.height)
        whole = height + _LINE * len(lines) + 12
        title = escape(" ".join(self.walks[0].message.split()))
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {whole}" width="{width}" height="{whole}" ',
            f'id="{name}" ' if name else "",
            f'role="img" font-family="system-ui, sans-serif" font-size="14"><title>{title}</title>',
            f'<rect width="{width}" height="{whole}" fill="{_light("ground")}"/>',
            f'<svg width="{width}" height="{height}">{_painted(self.ground)}',
            *(part for walk in self.walks for part in self._drawn(walk)),
            "</svg>",
            *(f'<g transform="translate(10 {height + _LINE * k})">{line}</g>' for k, line in enumerate(lines, 1)),
            "</svg>",
        ]
        return "".join(parts)

    def _drawn(self, walk: Walked) -> Iterator[str]:
        index, trail = self._style(walk), self.trail(walk)
        colour = _light(f"c{index % 8}")
        if not len(trail):
            return
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in trail)
        line = f'<polyline points="{points}" fill="none" stroke-linejoin="round" stroke'
        dash = DASHES[(index + index // 8) % 8]
        dashed = f' stroke-dasharray="{dash}"' if dash else ' stroke-linecap="round"'
        yield f'{line}="{_light("casing")}" stroke-width="4.5" stroke-linecap="round"/>'
        yield f'{line}="{colour}" stroke-width="2.5"{dashed}/>'
        (begin_x, begin_y), (end_x, end_y) = trail[0], trail[-1]
        yield f'<circle cx="{begin_x:.1f}" cy="{begin_y:.1f}" r="6" fill="{_light("casing")}" stroke="{colour}" '
        yield 'stroke-width="3.5"/>'
        yield f'<circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="6" fill="{colour}" stroke="{_light("casing")}" '
        yield 'stroke-width="2"/>'

    def _words(self) -> Iterator[str]:
        ink, soft = _light("ink"), _light("soft")
        if len(self.walks) == 1:
            for number, line in enumerate(self.walks[0].message.split("\n")):
                for part in textwrap.wrap(line, _LETTERS):
                    yield f'<text fill="{soft if number else ink}">{escape(part)}</text>'
        for style, text in self.legend():
            dash = DASHES[(style + style // 8) % 8]
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            swatch = f'<path d="M0 -5h36" stroke="{_light(f"c{style % 8}")}" stroke-width="3"{dashed}/>'
            shown = textwrap.shorten(text, _LETTERS - 7, placeholder=" …")
            yield f'{swatch}<text x="46" fill="{ink}">{escape(shown)}</text>'
        for part in textwrap.wrap(self.left_out, _LETTERS):
            yield f'<text fill="{soft}">{escape(part)}</text>'


def picture_of(
    request: Mapping[str, Any], plane: Mapping[str, Any] | None, walks: Sequence[Walked], most: int = MOST_POINTS
) -> Picture:
    """The picture of walks of this request, a network's on this plane, with ``most`` points or fewer."""
    shown = walks[:MOST_WALKS]
    steps = _steps(shown, most)
    landscape, box = _landscape(request, plane), Box.of(request["domain"])
    is_curve = shown[0].path.shape[1] == 1
    canvas = Frame(box, 600, 600) if landscape is None else frame(landscape, box)
    ground = "" if landscape is None else _ground(drawn_landscape(landscape, box, _RESOLUTION))
    return Picture(canvas, ground, is_curve, shown, steps, _left_out(walks, shown, steps, landscape is None))


def _called(walks: Sequence[Walked], runs: bool) -> str:
    """What walks of one style are called: a run by its label, a walker by its start."""
    first = walks[0]
    name = first.label if runs else f"From ({', '.join(f'{x:.4g}' for x in first.path[0].tolist())})"
    return f"{name}: {first.message.splitlines()[0]}" if len(walks) == 1 else f"{name}: {len(walks)} walks"


def _steps(walks: Sequence[Walked], most: int) -> list[int]:
    """Steps from the start to the last of the longest walk, evenly spread, and the last of each walk."""
    lasts = {len(walk.loss) - 1 for walk in walks}
    room = max(2, most // len(walks) - len(lasts))
    even = np.rint(np.linspace(0, max(lasts), min(max(lasts) + 1, room))).astype(int)
    return sorted({*even.tolist(), *lasts})


def _left_out(walks: Sequence[Walked], shown: Sequence[Walked], steps: Sequence[int], no_ground: bool) -> str:
    said = []
    if len(shown) < len(walks):
        said.append(f"{len(shown)} of {len(walks)} walks are shown.")
    longest = max(len(walk.loss) for walk in shown)
    if len(steps) < longest:
        said.append(f"{len(steps):,} of {longest:,} iterates are shown.")
    if no_ground:
        said.append("This version of Downhill does not know the ground.")
    return " ".join(said)


def _landscape(request: Mapping[str, Any], plane: Mapping[str, Any] | None) -> FixedLandscape | None:
    """The ground of the walks; None where a newer server's is not known here."""
    try:
        known = make_request(read_body(json.dumps(request).encode()))
    except ApiError:
        return None
    if known.landscape.network is None:
        return landscape_of(known)
    if plane is None:
        return None
    # That of the answer, and not of a walk that is walked anew: on another machine it may be another one.
    origin, u, v = (np.array(plane[key]) for key in ("origin", "u", "v"))
    through = Plane(plane["kind"], tuple(plane["through"]), origin, u, v, plane["unit"])
    return on_plane(known.landscape, known.shape, through)


def _ground(drawn: Mapping[str, Any]) -> str:
    """The ground as SVG elements, whose classes are the names of their colours."""
    width, height, curve = drawn["width"], drawn["height"], drawn["curve"]
    if curve:
        return (
            f'<rect class="sky" width="{width}" height="{height}"/>'
            f'<polygon class="earth" points="0,{height} {curve} {width},{height}"/>'
            f'<polyline class="line" points="{curve}"/>'
        )
    bands = "".join(f'<path class="band h{band.tint}" d="{band.outline}"/>' for band in drawn["bands"])
    shades = "".join(
        f'<path class="{shade.kind}" fill-opacity="{shade.opacity}" d="{shade.outline}"/>' for shade in drawn["shades"]
    )
    return f'{bands}{shades}<path class="numbered" d="{drawn["lines"]}"/>' if bands else ""


def _light(name: str) -> str:
    return PALETTE.theme[name][0]


def _paint(name: str) -> str:
    """The attributes that a class of the ground stands for, on paper."""
    if name.startswith("band"):
        tint = name.split()[1]
        line = "contour-deep" if tint in ("h0", "h1", "h2", "h3") else "contour"
        return f'fill="{_light(tint)}" stroke="{_light(line)}" stroke-width="0.8"'
    return {
        "sky": f'fill="{_light("raised")}"',
        "earth": f'fill="{_light("wall")}"',
        "line": f'fill="none" stroke="{_light("ink")}" stroke-width="2"',
        "lit": f'fill="{_light("lit")}"',
        "shadow": f'fill="{_light("shadow")}"',
        "numbered": f'fill="none" stroke="{_light("contour")}" stroke-width="1.5"',
    }[name]


def _painted(ground: str) -> str:
    """The ground with its colours in its elements: where a notebook is exported to there may be no style sheets."""
    head, *parts = ground.split('class="')
    return head + "".join(f"{_paint(name)}{rest}" for name, _, rest in (part.partition('"') for part in parts))
