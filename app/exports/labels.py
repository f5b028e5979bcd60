"""Where the numbers of contour lines stand, as on the page's own map (static/js/figures/relief.js)."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array

# From the middle of a number to the next one, at least; and between a number and what it must not cover.
_APART, _CLEAR = 96.0, 6.0
# Along the left and the lower border stand the numbers of the axes.
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 10.0, 34.0
_STEP = 8.0
# No more than so many on a picture of so much area.
_AREA = 26_000.0
_TALL = 12.0
# A line may be bent by so much under its number.
_BENT = 0.06


class Spot(NamedTuple):
    """What no number may cover."""

    x: float
    y: float
    radius: float


class Line(NamedTuple):
    """A numbered contour line: its loss as a number so wide, and its pieces in pixels, shape (points, 2) each."""

    text: str
    loss: float
    width: float
    pieces: Sequence[Array]


class Label(NamedTuple):
    """A number around a place in pixels, turned by an angle in radians."""

    x: float
    y: float
    angle: float
    text: str
    loss: float


def place_labels(lines: Sequence[Line], width: float, height: float, taken: Sequence[Spot], unit: float) -> list[Label]:
    """Numbers along their lines where those are straight for as long, level rather than steep, over nothing marked."""
    most = max(len(lines), int(width * height / (_AREA * unit * unit)))
    candidates = sorted(
        (
            one
            for line in lines
            for piece in line.pieces
            for one in _candidates(line, piece, width, height, taken, unit)
        ),
        key=lambda one: one[0],
    )
    placed: list[Label] = []
    # Each line's best place first, so that every loss is told before one is told again.
    for again in (False, True):
        for _, label in candidates:
            if len(placed) >= most:
                break
            same = [other for other in placed if other.loss == label.loss]
            if len(same) > 1 or (same and not again):
                continue
            apart = _APART * unit
            if any(_distance(other, label) < apart for other in placed):
                continue
            if any(_distance(other, label) < 3 * apart for other in same):
                continue
            placed.append(label)
    return placed


def _distance(one: Label, other: Label) -> float:
    return math.hypot(one.x - other.x, one.y - other.y)


def _candidates(
    line: Line, piece: Array, width: float, height: float, taken: Sequence[Spot], unit: float
) -> Iterator[tuple[float, Label]]:
    """The places along a piece of a line, each with what speaks against it."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))])
    step, need = _STEP * unit, line.width + 2 * _CLEAR * unit
    starts = np.arange(step, along[-1] - step - need, step)
    if not len(starts):
        return
    begin, middle, end = (_at(piece, along, starts + part * need) for part in (0.0, 0.5, 1.0))
    across = end - begin
    bent = 1 - np.hypot(*across.T) / need
    places = (begin + 2 * middle + end) / 4
    angles = np.arctan2(across[:, 1], across[:, 0])
    # The same direction, so that letters are not upside down.
    angles = np.where(angles > math.pi / 2, angles - math.pi, np.where(angles < -math.pi / 2, angles + math.pi, angles))
    free = (bent <= _BENT) & _inside(places, angles, line.width, width, height, unit)
    chosen = np.flatnonzero(free)
    if len(chosen) and taken:
        free[chosen] = _clear_of(taken, begin[chosen], across[chosen], (_TALL / 2 + 2) * unit)
    cost = 6 * bent + np.abs(angles) / 3 + np.abs(places[:, 0] / width - 0.55) + np.abs(places[:, 1] / height - 0.5)
    for index in np.flatnonzero(free).tolist():
        x, y = places[index].tolist()
        yield float(cost[index]), Label(x, y, float(angles[index]), line.text, line.loss)


def _at(piece: Array, along: Array, lengths: Array) -> Array:
    return np.column_stack([np.interp(lengths, along, piece[:, axis]) for axis in (0, 1)])


def _inside(places: Array, angles: Array, wide: float, width: float, height: float, unit: float) -> Array:
    across, up = np.abs(np.cos(angles)), np.abs(np.sin(angles))
    tall = _TALL * unit
    half_x, half_y = (wide * across + tall * up) / 2, (wide * up + tall * across) / 2
    x, y = places.T
    return np.asarray(
        (x - half_x >= _LEFT * unit)
        & (x + half_x <= width - _RIGHT * unit)
        & (y - half_y >= _TOP * unit)
        & (y + half_y <= height - _BOTTOM * unit)
    )


def _clear_of(taken: Sequence[Spot], begin: Array, across: Array, room: float) -> Array:
    """Which of the lines are so far from all spots, and further by what those take."""
    spots = np.array([(spot.x, spot.y) for spot in taken])
    radii = np.array([spot.radius for spot in taken])
    to = spots - begin[:, None]
    square = np.maximum((across * across).sum(axis=1), 1e-12)
    part = np.clip((to * across[:, None]).sum(axis=2) / square[:, None], 0.0, 1.0)
    away = np.hypot(*np.moveaxis(to - part[..., None] * across[:, None], 2, 0))
    return np.asarray((away >= radii + room).all(axis=1))
