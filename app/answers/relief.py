"""What a topographic map shows of a landscape: the tint of each height, contour lines at round losses, shaded slopes.

The one rule for all pictures: those that are drawn here, and those that the page draws of what is sent to it.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from contourpy import LineType, contour_generator

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula
from app.descent.landscapes.landscape import Box, FixedLandscape

# Roots of the height, the first of which is taken that does not leave half of the picture in the lowest tints.
_ROOTS = (1, 2, 3, 4, 6, 8)
_MIDDLE = 0.4
# The stretches between numbered contour lines, and into how many parts the lines between them divide each.
_STRETCHES, _PARTS = 5, 4
# Ground whose lines would be so many times as long as the picture is wide, all pits and bumps, has fewer.
_FEWER, _LONGEST = 3, 60
# A numbered line may lie so far from its even place, as a part of the whole height, to have a rounder number.
_LEEWAY = 0.04
# What is higher, or lower, is drawn as if it were so high: the difference of two such is still a number.
HIGHEST = 4e307
# A slope that is so small a part of the mean one is no slope.
_LEAST = 0.1
# Where the light comes from, as on paper: the upper left, so that right-handed writers have it, and eyes expect it.
_LIGHT = (-math.sqrt(0.5), math.sqrt(0.5))


@dataclass(frozen=True)
class Scale:
    """From the ground's lowest to its highest loss: equal steps of a root of the height above the lowest.

    There is a numbered contour line between each of the ``stretches``.
    """

    lowest: float
    highest: float
    root: int
    stretches: int = _STRETCHES

    def part(self, loss: Array) -> Array:
        """How far up each loss lies, from 0 to 1; NaN where there is none."""
        height = (np.clip(loss, self.lowest, self.highest) - self.lowest) / ((self.highest - self.lowest) or 1.0)
        return np.asarray(height ** (1 / self.root))

    def loss(self, part: float) -> float:
        """The loss so far up."""
        return self.lowest + (self.highest - self.lowest) * part**self.root


class Level(NamedTuple):
    """A contour line's loss; every fourth line is a numbered one."""

    loss: float
    numbered: bool


def scale_of(loss: Array, known: Sequence[float] = ()) -> Scale | None:
    """The scale of a ground with these losses, down to what else is ``known`` of it; None where there is no number."""
    heights = np.sort(loss[np.isfinite(loss)])
    if heights.size == 0:
        return None
    low, middle, high = min([float(heights[0]), *known]), float(heights[heights.size // 2]), float(heights[-1])
    low, middle, high = (min(max(loss, -HIGHEST), HIGHEST) for loss in (low, middle, high))
    part = (middle - low) / ((high - low) or 1.0)
    root = next((root for root in _ROOTS if part ** (1 / root) >= _MIDDLE), _ROOTS[-1])
    scale = Scale(low, high, root)
    return scale if _line_length(scale.part(loss)) <= _LONGEST else replace(scale, stretches=_FEWER)


def _line_length(part: Array) -> float:
    """How long the contour lines are together, in widths of the picture: the coarea formula, without drawing any."""
    up, right = np.diff(part, axis=0)[:, :-1] * len(part), np.diff(part, axis=1)[:-1] * part.shape[1]
    slope = np.hypot(up, right)
    return float(slope[np.isfinite(slope)].mean() if np.isfinite(slope).any() else 0.0) * _STRETCHES * _PARTS


def levels(scale: Scale) -> list[Level]:
    """The contour lines' losses, lowest first: numbered ones as round as they can be, three even ones between each."""
    if not scale.highest > scale.lowest:
        return []
    numbered = [_round_level(scale, k / scale.stretches) for k in range(1, scale.stretches)]
    parts = [0.0, *(float(scale.part(np.array(loss))) for loss in numbered), 1.0]
    found = []
    for k, (below, above) in enumerate(pairwise(parts)):
        between = (below + (above - below) * part / _PARTS for part in range(1, _PARTS))
        found += [Level(scale.loss(part), False) for part in between]
        found += [Level(loss, True) for loss in numbered[k : k + 1]]
    return found


def _round_level(scale: Scale, part: float) -> float:
    return roundest(*(scale.loss(place) for place in (part - _LEEWAY, part, part + _LEEWAY)))


def roundest(low: float, target: float, high: float) -> float:
    """The number from low to high with the fewest digits, of several the nearest to the target."""
    if low <= 0 <= high:
        return 0.0
    power = math.floor(math.log10(max(abs(low), abs(high))))
    for exponent in range(power, power - 18, -1):
        for factor in (5, 2, 1):
            # As text, so that it is the float that people write.
            unit = float(f"{factor}e{exponent}")
            if not unit:
                return target
            multiple = round(target / unit)
            candidate = float(f"{multiple * factor}e{exponent}")
            if low <= candidate <= high:
                return candidate
    return target


def shade(landscape: FixedLandscape, box: Box, resolution: int) -> Array:
    """How much each point of the grid is turned to the light, from -1, in the shade, to 1; rows follow y.

    From the exact gradient, over the box as it is drawn: which way the ground falls, and how steeply beside the
    median. So flat ground has no shade, and the steepest wall no more than a shade.
    """
    axes = [np.linspace(low, high, resolution) for low, high in zip(box.low, box.high, strict=True)]
    with np.errstate(all="ignore"):
        _, slope_x, slope_y = landscape.arrays.loss_and_gradient(*np.meshgrid(*axes))
        right, up = (slope * width for slope, width in zip((slope_x, slope_y), box.widths, strict=True))
        steepness = np.broadcast_to(np.hypot(right, up), (resolution, resolution))
        finite = steepness[np.isfinite(steepness)]
        # Of ground that is flat but for a hole, half is next to nothing: beside that all else would be steep.
        usual = max(float(np.median(finite)), _LEAST * float(finite.mean())) if finite.size else 0.0
        # Ground falls to where minus the gradient points, and is lit where that is towards the light.
        turned = -(right * _LIGHT[0] + up * _LIGHT[1]) / (steepness + (usual or 1.0))
    return np.asarray(np.where(np.isfinite(turned), turned, 0.0) + np.zeros_like(steepness))


def lowest_known(landscape: FixedLandscape, box: Box) -> list[float]:
    """The losses of the stationary points inside: a grid misses the floor of a narrow valley."""
    return [known.value for known in landscape.stationary_points if box.contains(known.point)]


def contours(landscape: FixedLandscape, box: Box, resolution: int, scale: Scale) -> Iterator[tuple[Level, list[Array]]]:
    """Each contour line's level and its pieces, shape (points, 2) each.

    They are traced on a grid twice as fine as that of the picture, every second point of which is told, where a loss
    is cheap. A line that a grid half as fine breaks into more or fewer pieces is not drawn at all: it lies on the floor
    of a ravine that is narrower than the grid sees, as a row of islands that are not there.
    """
    finer = 2 if isinstance(landscape.entry.loss, Formula) else 1
    x, y, loss = landscape.surface(box, finer * (resolution - 1) + 1)
    assert y is not None
    part = np.ma.masked_invalid(scale.part(loss))
    fine = contour_generator(x, y, part, line_type=LineType.Separate)
    half = contour_generator(x[::2], y[::2], part[::2, ::2], line_type=LineType.Separate)
    for level in levels(scale):
        place = float(scale.part(np.array(level.loss)))
        pieces: Any = fine.lines(place)
        if pieces and len(pieces) <= _ISLANDS * len(half.lines(place)) <= _ISLANDS**2 * len(pieces):
            yield level, [np.concatenate([piece[:-1:finer], piece[-1:]]) for piece in pieces]


# A line of so many times as many pieces on one grid as on another is seen by neither.
_ISLANDS = 1.2
# Lines are told to so many places along each side of the box, and shades in so many steps.
_PLACES, _SHADES = 4000, 100


def relief_record(landscape: FixedLandscape, box: Box, loss: Array) -> dict[str, Any]:
    """What draws the ground with these losses as a map: its scale of heights, contour lines, shades in hundredths."""
    scale = scale_of(loss, lowest_known(landscape, box))
    if scale is None:
        return {"lowest": None, "highest": None, "root": 1, "lines": [], "shade": None}
    digits = [max(0, math.ceil(-math.log10(width / _PLACES))) for width in box.widths]
    lines = []
    for level, pieces in contours(landscape, box, len(loss), scale):
        # A gap after each piece.
        gap = np.full((1, 2), np.nan)
        points = np.concatenate([part for piece in pieces for part in (piece, gap)])
        right, up = (np.round(column, count) for column, count in zip(points.T, digits, strict=True))
        lines.append({**level._asdict(), "x": right, "y": up})
    shades = np.round(_SHADES * shade(landscape, box, len(loss))).astype(np.int8)
    return {"lowest": scale.lowest, "highest": scale.highest, "root": scale.root, "lines": lines, "shade": shades}
