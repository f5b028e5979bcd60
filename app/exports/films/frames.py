"""The frames of a film: the ground is drawn once, trails grow by what is new, and heads stand over all."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from app.descent.formulas.arithmetic import Array
from app.exports.films.cast import cast_of
from app.exports.films.curve import LossCurve
from app.exports.films.far import FarView
from app.exports.films.pace import Pace, Seen
from app.exports.films.paths import Paths
from app.exports.films.strip import Strip
from app.exports.films.styles import Stamps, colour_of
from app.exports.films.theme import Theme
from app.exports.films.trails import Spot, Trails
from app.exports.map_picture import map_ground
from app.exports.taken import Taken

# Trails are drawn so many pixels as fine, at the most, however large the picture is.
_PIXELS = 9_000_000
# Beyond so many walkers trails are thin lines without a casing; of more than nine the signs are smaller.
_MANY, _FEW = 24, 9
# What is nearer than so many pixels to the last place drawn adds nothing.
_NEAR = 0.75
# The part of the height, or of the width, that the curve of the loss has below, or beside, the map.
_BELOW, _BESIDE = 0.28, 0.38
# A picture that is so many times as wide as high has the curve beside the map.
_WIDE = 1.4
# The film ends with its last picture, held for so many seconds, but for no more than this part of its time.
_HELD, _HELD_PART = 1.0, 0.3
_ROUNDING = 1e-12
# Smaller letters nobody reads.
_LEAST_LETTERS = 0.85


@dataclass(frozen=True)
class Times:
    """How many frames move, and for how many seconds the last of them is held."""

    frames: int
    seconds: float

    @property
    def held(self) -> float:
        """Seconds that the last picture is held."""
        return min(_HELD, _HELD_PART * self.seconds)

    @property
    def moving(self) -> int:
        """How many of the frames, which all last as long, come up to the last picture."""
        return max(2, self.frames - round(self.held / self.seconds * self.frames) + 1)


class Frames:
    """Pictures of the walks at one step after the other."""

    def __init__(self, taken: Taken) -> None:
        """Lay them out as wide and as high as is wanted."""
        options = taken.options
        self.width, self.height = int(options["width"]), int(options["height"])
        self.theme = Theme(str(options["theme"]))
        self.unit = min(max(min(self.width, self.height) / 480, 0.7), 2.5)
        self.cast = cast_of(taken)
        self.strip = Strip(taken, self.cast, self.width, self.theme, max(_LEAST_LETTERS, 0.85 * self.unit))
        self._lay_out(options["with"] == "loss")
        self.ground = map_ground(taken, str(options["theme"]), *self.map_size)
        spots = [self._places(one.places) for one in self.cast]
        self.paths = Paths(spots)
        seen = [Seen(spot, one.walk["summary"]["cycle"] or 0) for one, spot in zip(self.cast, spots, strict=True)]
        self.pace = Pace(seen, *self.map_size, self.unit)
        self.curve = None
        if self.curve_size:
            self.curve = LossCurve(self.cast, _lowest(taken), self.curve_size, self.theme, self.unit)
        self._bare = len(self.cast) > _MANY
        radius = 3.0 if self._bare else 4.5 if len(self.cast) > _FEW else 7.0
        self._stamps = Stamps(self.theme, 0.9 * radius * self.unit, self.unit)
        self._still = self._drawn()

    def _lay_out(self, with_curve: bool) -> None:
        high = self.height - self.strip.height
        self.map_size: tuple[int, int] = (self.width, high)
        self.curve_size: tuple[int, int] | None = None
        self._curve_at = (0, 0)
        if not with_curve:
            return
        if self.width > _WIDE * high:
            wide = round(self.width * (1 - _BESIDE))
            self.map_size, self.curve_size, self._curve_at = (wide, high), (self.width - wide, high), (wide, 0)
        else:
            part = round(high * (1 - _BELOW))
            self.map_size, self.curve_size, self._curve_at = (self.width, part), (self.width, high - part), (0, part)

    def _drawn(self) -> Image.Image:
        picture = Image.new("RGB", (self.width, self.height), self.theme.colour("ground"))
        picture.paste(self.strip.still, (0, self.height - self.strip.height))
        return picture

    def pictures(self, count: int) -> Iterator[Image.Image]:
        """So many pictures, two at the least, from the first step to the last; each is another object."""
        steps = self.pace.steps(count).tolist()
        far = FarView(self.ground.image, self.theme, self.unit) if self.pace.leaves else None
        finer = max(2, min(4, math.isqrt(_PIXELS // (self.map_size[0] * self.map_size[1]))))
        trails = Trails(self.ground.image, self.theme, self.unit, 2 if far else finer, self._bare)
        begun = [Begun() for _ in self.cast]
        shown_at = 1.0
        for index, step in enumerate(steps):
            times = self.pace.scale(step) if far else 1.0
            if far and times != shown_at:
                # The view has become another: all is drawn anew.
                trails.renew(far.show(times))
                begun = [Begun() for _ in self.cast]
                shown_at = times
            heads = self._seen(self.paths.heads(min(step, self.pace.finite)), times).tolist()
            self._grow(trails, begun, step, times, heads)
            picture = self._still.copy()
            picture.paste(self._stage(trails.picture, heads), (0, 0))
            if far:
                far.add_dot(picture, times)
            if self.curve:
                picture.paste(self.curve.show(step), self._curve_at)
            picture.paste(self.strip.show(step, index == len(steps) - 1), (0, self.height - self.strip.height))
            yield picture

    def _places(self, places: Array) -> Array:
        """Where places of the plane are on the map, in pixels."""
        with np.errstate(all="ignore"):
            return self.ground.frame.place(places[:, 0], places[:, 1])

    def _seen(self, spots: Array, times: float) -> Array:
        """Where places of the map are in a view so many times as wide."""
        middle = np.array(self.map_size) / 2
        return spots if times == 1 else np.asarray(middle + (spots - middle) / times)

    def _grow(
        self, trails: Trails, begun: Sequence["Begun"], step: float, times: float, heads: Sequence[Sequence[float]]
    ) -> None:
        """Draw what is new of each trail, to where its head is, between two steps."""
        for index, (one, at, (x, y)) in enumerate(zip(self.cast, begun, heads, strict=True)):
            if not (math.isfinite(x) and math.isfinite(y)):
                continue
            upto = min(int(step), one.last)
            new = self._seen(self.paths.spots[index, at.step + 1 : upto + 1], times)
            line = [*_thinned(at.place, new.tolist()), (x, y)]
            trails.grow(index, one.style, line)
            at.step, at.place = upto, line[-1]
        trails.compose()

    def _stage(self, ground: Image.Image, heads: Sequence[Sequence[float]]) -> Image.Image:
        """The map with the heads."""
        stage = ground.copy()
        width, height = stage.size
        # The first run's walkers lie over the others', as on the page.
        for one, (x, y) in reversed([*zip(self.cast, heads, strict=True)]):
            if 0 <= x <= width and 0 <= y <= height:
                self._stamps.put(stage, one.style, x, y)
            elif math.isfinite(x) and math.isfinite(y):
                self._add_arrow(stage, (x, y), one.style)
        return stage

    def _add_arrow(self, stage: Image.Image, head: Spot, style: int) -> None:
        """An arrow at the border towards who is outside."""
        middle, room = np.array(stage.size) / 2, np.array(stage.size) / 2 - 12 * self.unit
        away = np.array(head) - middle
        place = middle + away * float(np.min(room / np.maximum(np.abs(away), 1e-9)))
        along = away / (float(np.hypot(*away)) or 1.0)
        across = np.array([-along[1], along[0]])
        for grow, colour in ((1.6, self.theme.colour("casing")), (0.0, colour_of(style, self.theme))):
            corners = [
                place + self.unit * (ahead * along + side * across)
                for ahead, side in ((10 + grow, 0), (-7 - grow, -8 - grow), (-3, 0), (-7 - grow, 8 + grow))
            ]
            ImageDraw.Draw(stage).polygon([(float(x), float(y)) for x, y in corners], fill=colour)


class Begun:
    """How far a trail is drawn: up to which step, and to which place."""

    def __init__(self) -> None:
        """Not at all."""
        self.step = -1
        self.place: Spot | None = None


def _thinned(begin: Spot | None, spots: Sequence[Sequence[float]]) -> list[Spot]:
    """A line from where it ended through those places that are seen to be others."""
    line = [begin] if begin else []
    for x, y in spots:
        if not line or abs(x - line[-1][0]) + abs(y - line[-1][1]) >= _NEAR:
            line.append((x, y))
    return line


def _lowest(taken: Taken) -> float | None:
    """The lowest loss that is known, above which heights are counted on a logarithmic scale; None on an even one."""
    request = taken.request
    if request.goal == "maximize" or request.canonical.get("scale") == "linear":
        return None
    found = [known.value for known in taken.ground.stationary_points]
    losses = [np.array(walk["loss"], dtype=float) for walk in taken.walks]
    found += [float(np.nanmin(loss)) for loss in losses if np.isfinite(loss).any()]
    lowest = min(found, default=0.0)
    # What is left of zero by rounding is zero.
    return lowest if abs(lowest) > _ROUNDING else 0.0
