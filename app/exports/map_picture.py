"""The map of a landscape with its walks as a picture; and its ground alone, under what others draw on it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from app.answers.pictures import Frame, frame
from app.answers.records import Walk
from app.answers.registries import surface_work
from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.exports.axes import draw_map_axes
from app.exports.caption import draw_caption
from app.exports.curve_ground import curve_frame, draw_curve_ground
from app.exports.drawing import Drawing
from app.exports.ground import FINE, Ground, box_around, draw_ground
from app.exports.labels import Spot
from app.exports.look import Look
from app.exports.signs import draw_signs, spots_of
from app.exports.svg import element, filled, number
from app.exports.taken import Taken
from app.exports.trails import Trail, draw_trails, trail_of
from app.exports.words import formula_of, sentence_of, settings_of, title_of
from app.request.request import WalkRequest

# What a number of a contour line must not cover: the ring at the start, and the signs of stationary points.
_RING, _SIGN = 15.0, 9.0
# A picture so many pixels wide has the page's own sizes of letters and lines.
_USUAL = 620.0


class MapGround(NamedTuple):
    """The ground of a map without walks, as an image, and how places lie on it.

    ``colours`` are those of the walks, in their order, as #rrggbb; ``unit`` is what the widths of the page's lines are
    multiplied with in a picture of this size.
    """

    image: Image.Image
    frame: Frame
    colours: Sequence[str]
    unit: float

    @property
    def pixels(self) -> Array:
        """The ground's pixels, shape (height, width, 3), from 0 to 255."""
        return np.asarray(self.image)

    def places(self, walk: Walk) -> Array:
        """Where the walk's iterates are in pixels, shape (n, 2); those of which there is no number are NaN."""
        return places_of(walk, self.frame)


def map_ground(taken: Taken, theme: str, width: int, height: int) -> MapGround:
    """The ground of the taken walks without them, so wide and high, in the theme's colours."""
    look, unit = Look(theme), unit_of(width, height)
    canvas = frame_of(taken.ground, taken.request, width, height)
    base = draw_base(taken, canvas, look, unit)
    drawn = Drawing(width, height, look["ground"], base.layers, base.lines, taken.request.landscape.title)
    styles = [style_of(walk, taken.request) for walk in taken.walks]
    return MapGround(drawn.image(), canvas, [look.walker(style) for style in styles], unit)


def unit_of(width: float, height: float) -> float:
    """What the page's own widths of lines and sizes of letters are multiplied with in a picture of this size."""
    return min(max(min(width, 1.5 * height) / _USUAL, 0.75), 3.0)


def frame_of(landscape: FixedLandscape, request: WalkRequest, width: float, height: float) -> Frame:
    """How the plane lies on a picture of this size: the domain in its middle, and more ground around it."""
    if landscape.entry.dimensions == 1:
        return curve_frame(landscape, request.box, width, height)
    box: Box = request.shown
    return Frame(box_around(box, width, height, frame(landscape, box).stretched), float(width), float(height))


def places_of(walk: Walk, canvas: Frame) -> Array:
    """Where the walk's iterates are in pixels, shape (n, 2); those of which there is no number are NaN."""
    heights = walk["y"] if "y" in walk else walk["loss"]
    x, y = np.asarray(walk["x"], dtype=float), np.asarray(heights, dtype=float)
    with np.errstate(all="ignore"):
        return canvas.place(x, y)


def style_of(walk: Walk, request: WalkRequest) -> int:
    """The number of the walk's colour, dash and sign: each run has a style of its own; alone, each walker has."""
    return walk["run"] if request.runs else walk["walker"]


def draw_base(taken: Taken, canvas: Frame, look: Look, unit: float, points: int = FINE, every: int = 1) -> Ground:
    """The ground without walks, with the signs of its stationary points and its axes, as SVG."""
    landscape, names = taken.ground, taken.request.landscape.axes
    if landscape.entry.dimensions == 1:
        ground = draw_curve_ground(landscape, canvas, look, unit)
        names = (names[0], "value" if taken.request.goal == "maximize" else "loss")
    else:
        covered = [*spots_of(landscape, canvas, _SIGN * unit), *_starts(taken, canvas, unit)]
        ground = draw_ground(landscape, canvas, look, unit, points, covered, every)
    signs, axes = draw_signs(landscape, canvas, look, unit), draw_map_axes(canvas, names, look, unit)
    return ground._replace(lines=ground.lines + signs + axes)


def _starts(taken: Taken, canvas: Frame, unit: float) -> list[Spot]:
    start = np.array([taken.request.start])
    return [Spot(x, y, _RING * unit) for x, y in canvas.place(start[:, 0], start[:, 1]).tolist()]


def draw_map(taken: Taken) -> Drawing:
    """The map with all walks that are seen, as far as the step that is shown, and what is written under it."""
    width, height, look = size_and_look(taken)
    unit = unit_of(width, height)
    caption = draw_caption(taken, look, width, unit)
    canvas = frame_of(taken.ground, taken.request, width, height - caption.height)
    base = draw_base(taken, canvas, look, unit)
    map_ = base.lines + draw_trails(trails_of(taken, canvas), canvas, look, unit)
    # What leaves the map is covered, which takes a third of the time of cutting it.
    paper = element("rect", width=width, height=caption.height, **filled(look["ground"]))
    below = moved(paper + caption.content, 0, canvas.height)
    title = title_of(taken.request, taken.walks)
    return Drawing(width, height, look["ground"], base.layers, map_ + below, title, described_by(taken))


def trails_of(taken: Taken, canvas: Frame, most: int | None = None) -> list[Trail]:
    """What is drawn of the walks of all runs that are seen, up to a step at the most."""
    request = taken.request
    downhill, upto = -1 if request.goal == "maximize" else 1, step_shown(request) if most is None else most
    drawn = (
        trail_of(walk, canvas, style_of(walk, request), upto, downhill)
        for walk in taken.walks
        if is_seen(walk, request)
    )
    return [trail for trail in drawn if trail is not None]


def is_seen(walk: Walk, request: WalkRequest) -> bool:
    """Whether its run is not left out of the picture."""
    return not request.each_run[walk["run"]].hidden


def step_shown(request: WalkRequest) -> int | None:
    """The last step that is drawn, None for all."""
    at = request.canonical["at"]
    return at if isinstance(at, int) else None


def size_and_look(taken: Taken) -> tuple[int, int, Look]:
    """How wide and high it is wanted, and in which theme."""
    options = taken.options
    return int(options["width"]), int(options["height"]), Look(str(options["theme"]))


def described_by(taken: Taken) -> str:
    """All that is written under a picture, whole, for whoever hears it."""
    request = taken.request
    said = [sentence_of(request, taken.walks), formula_of(request), settings_of(request, taken.walks), taken.address]
    return "\n".join(filter(None, said))


def moved(content: str, x: float, y: float) -> str:
    """The content so far to the right and down."""
    return element("g", content, transform=f"translate({number(x)} {number(y)})")


def map_work(request: WalkRequest) -> int:
    """About how many evaluations of a formula the ground takes: losses, slopes, and the finer grid of its lines."""
    return 6 * surface_work(request.landscape, FINE ** len(request.landscape.start), relief=False)


def map_svg(taken: Taken) -> bytes:
    """The map as a drawing."""
    return draw_map(taken).svg()


def map_png(taken: Taken) -> bytes:
    """The map as pixels."""
    return draw_map(taken).png()
