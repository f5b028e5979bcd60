"""The ground of a landscape with one parameter: its curve, loss over x."""

import math

import numpy as np

from app.answers.pictures import CURVE_RESOLUTION, Frame, frame
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.exports.ground import Ground
from app.exports.look import Look
from app.exports.svg import element, filled, path_data, stroked

# So large a part of the picture is below the curve, for the numbers of its axis.
_BELOW = 0.06


def curve_frame(landscape: FixedLandscape, box: Box, width: float, height: float) -> Frame:
    """The curve's whole height with some room above and below, over the domain."""
    (left, low), (right, high) = frame(landscape, box).box
    below = _BELOW * (high - low)
    return Frame(Box((left, low - below), (right, high)), float(width), float(height), stretched=True)


def draw_curve_ground(landscape: FixedLandscape, canvas: Frame, look: Look, unit: float) -> Ground:
    """The curve with earth below it; there is none where the curve has no number."""
    box = Box(canvas.box.low[:1], canvas.box.high[:1])
    x, _, loss = landscape.surface(box, 4 * (CURVE_RESOLUTION - 1) + 1)
    known = np.isfinite(loss)
    drawn = []
    # Where there is no number the curve has a gap.
    breaks = np.flatnonzero(np.diff(known.astype(int))) + 1
    for part in np.split(np.arange(len(x)), breaks):
        if not known[part[0]] or len(part) < 2:
            continue
        places = canvas.place(x[part], np.clip(loss[part], *_reach(canvas)))
        floor = np.array([[places[-1, 0], canvas.height + 4], [places[0, 0], canvas.height + 4]])
        drawn.append(element("path", d=path_data(np.vstack([places, floor]), closed=True), **filled(look["wall"])))
        drawn.append(element("path", d=path_data(places), stroke_linejoin="round", **stroked(look["ink"], 2 * unit)))
    return Ground((), "".join(drawn))


def _reach(canvas: Frame) -> tuple[float, float]:
    """Between which losses the curve is drawn: what lies far outside is cut anyway."""
    low, high = canvas.box.low[1], canvas.box.high[1]
    width = high - low
    return (low - width, high + width) if math.isfinite(width) else (low, high)
