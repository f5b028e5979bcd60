"""A map as a picture, one pixel a cell."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.maps.cell_maps import BasinMap, CellMap
from app.maps.colours import Colours, rgb_of, scale, shades

Whole = NDArray[np.integer]

_AT_ONCE = 1 << 18
# Lines across what is unfinished: how far apart and how wide, in pixels, falling as the page's do.
_PERIOD, _LINE = 7, 2
# Their shade of the minimum's colour.
_DARKER = 0.8


def paint(cell_map: CellMap) -> Colours:
    """The map's picture, one pixel a cell, y upwards, shape (rows, columns, 3).

    Starts have the colour of the minimum they end in, shaded by their steps, or that of the minimum which an unfinished
    walk is near, with dark lines across; settings that converge are on a scale of evaluations. Starts of a network have
    the colour of the range that their loss ends in, and its settings are on a scale of it.
    """
    outcome = cell_map.outcome.reshape(cell_map.shape)
    measure = cell_map.measure.reshape(cell_map.shape)
    tables, scaled = _tables(cell_map)
    levels = np.array([len(table) for table in tables])
    first, colours = np.cumsum(levels) - levels, np.concatenate(tables)
    low, high = cell_map.height(np.array(_range(outcome, measure, scaled)))
    picture = np.empty((*cell_map.shape, 3), dtype=np.uint8)
    upwards = picture[::-1]
    for rows in _parts(outcome):
        entry = outcome[rows]
        place = (np.nan_to_num(cell_map.height(measure[rows])) - low) / (high - low or 1.0)
        level = np.floor(place * (levels[entry] - 1) + 0.5).astype(int)
        upwards[rows] = colours[first[entry] + np.where(scaled[entry], level, 0)]
    if isinstance(cell_map, BasinMap):
        _hatch(picture, cell_map.near.reshape(cell_map.shape)[::-1], tables)
    return picture


def _hatch(picture: Colours, near: Whole, tables: Sequence[Colours]) -> None:
    """Colour the cells of walks that ended unfinished near a minimum; both arrays go from the top down."""
    middle, darker = (np.array([table[int(part * (len(table) - 1))] for table in tables]) for part in (0.5, _DARKER))
    for rows in _parts(near):
        row, column = np.nonzero(near[rows] >= 0)
        entry = near[rows][row, column]
        line = (column - row - rows.start) % _PERIOD < _LINE
        picture[rows][row, column] = np.where(line[:, None], darker[entry], middle[entry])


def _tables(cell_map: CellMap) -> tuple[list[Colours], NDArray[np.bool_]]:
    """The colours of each entry of the legend, and whether there are several for it."""
    legend = cell_map.legend()
    tables = []
    for entry in legend:
        colour = entry["colour"]
        if colour is None:
            tables.append(scale())
        elif entry["point"] is not None:
            tables.append(shades(rgb_of(colour)))
        else:
            # Greys tell these apart; the page has a hatching for each as well.
            tables.append(rgb_of(colour)[None])
    return tables, np.array([len(table) > 1 for table in tables])


def _range(outcome: Whole, measure: NDArray[Any], scaled: NDArray[np.bool_]) -> tuple[float, float]:
    """The least and the most that the colours of a scale stand for; the same where there is none."""
    found = (measure[rows][scaled[outcome[rows]]] for rows in _parts(outcome))
    ends = [(float(some.min()), float(some.max())) for some in found if len(some)]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0, 0)


def _parts(cells: Whole) -> Iterator[slice]:
    """Yield all rows, some at a time: what is made of them on the way takes many times the memory of the picture."""
    rows, columns = cells.shape
    step = max(1, _AT_ONCE // columns)
    for first in range(0, rows, step):
        yield slice(first, first + step)
