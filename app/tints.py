"""A map as a picture, in the page's colours (static/js/tints.js) as long as there are no very many minima."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from app.descent.formula import Array
from app.maps import Chart
from app.palette import PALETTE

Colours = NDArray[np.uint8]
Whole = NDArray[np.integer]

# Okabe and Ito (2008), without black, which no shade of steps could darken.
OKABE_ITO = PALETTE.minima
# Viridis (Smith and van der Walt 2015): even to the eye, also without colour.
VIRIDIS = PALETTE.evaluations
# What came to no known place has no colour; at one pixel a cell there is no room for the page's hatching.
GREYS = PALETTE.outcomes
SHADES, SCALE = 16, 256
# So many of the nearest minima must not look alike.
_NEIGHBOURS = 8
_AT_ONCE = 1 << 18
# What a colour is to eyes that see all, to those without red and to those without green, in linear light (Machado,
# Oliveira and Fernandes 2009).
_VISIONS = np.array(
    [
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    ]
)
# Oklab (Ottosson 2020): light to cones, their cube roots to lightness and two hues; and back.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
    ]
)
_FROM_LAB = np.array(
    [
        [1, 0.3963377774, 0.2158037573],
        [1, -0.1055613458, -0.0638541728],
        [1, -0.0894841775, -1.291485548],
    ]
)
_FROM_CONES = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)


def _to_light(rgb: Array) -> Array:
    part = rgb / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


def _light_to_lab(light: Array) -> Array:
    lab: Array = np.cbrt(light @ _TO_CONES.T) @ _TO_LAB.T
    return lab


def _lab_to_light(lab: Array) -> Array:
    light: Array = (lab @ _FROM_LAB.T) ** 3 @ _FROM_CONES.T
    return light


def to_lab(rgb: Array) -> Array:
    """Return sRGB colours, shape (…, 3) from 0 to 255, in Oklab."""
    return _light_to_lab(_to_light(rgb))


def from_lab(lab: Array) -> Colours:
    """Return colours in Oklab, shape (…, 3), as sRGB; what no screen shows is cut off."""
    light = np.clip(_lab_to_light(lab), 0, 1)
    part = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.floor(255 * part + 0.5).astype(np.uint8)


def _seen(rgb: Array) -> Array:
    """Return the colours, shape (n, 3), as each kind of eye sees them, in Oklab, shape (n, eyes, 3)."""
    return _light_to_lab(np.maximum(0, np.einsum("eij,nj->nei", _VISIONS, _to_light(rgb))))


def _apart(one: Array, others: Array) -> Array:
    """Return how different a colour that is seen so is from each of the others, to those who see it least."""
    least: Array = np.sqrt(((one - others) ** 2).sum(axis=-1)).min(axis=-1)
    return least


def _candidates() -> Colours:
    """Return every colour that a further minimum might have: no grey, which is what has no place."""
    hues = np.radians(np.arange(0, 360, 15))
    lab = np.array(
        [
            (lightness, chroma * np.cos(hue), chroma * np.sin(hue))
            for lightness in (0.45, 0.53, 0.61, 0.69, 0.77, 0.85)
            for chroma in (0.08, 0.12, 0.16)
            for hue in hues
        ]
    )
    light = _lab_to_light(lab)
    return from_lab(lab[((light >= 0) & (light <= 1)).all(axis=1)])


def colour_minima(points: Sequence[Sequence[float]]) -> Colours:
    """Return a colour for each minimum, shape (minima, 3).

    A few have Okabe and Ito's in order; of very many each has the colour that is furthest from those of its nearest
    neighbours, for these are what lies side by side.
    """
    if len(points) <= len(OKABE_ITO):
        return np.array(OKABE_ITO[: len(points)], dtype=np.uint8)
    colours = np.concatenate([np.array(OKABE_ITO, dtype=np.uint8), _candidates()])
    seen, places, taken = _seen(colours.astype(float)), np.array(points), np.zeros(len(colours))
    given: list[int] = []
    for index, place in enumerate(places):
        near = np.argsort(np.linalg.norm(places[:index] - place, axis=1))[:_NEIGHBOURS]
        room = np.minimum.reduce([1 - 2 * taken, *(_apart(seen[given[other]], seen) for other in near)])
        given.append(int(room.argmax()))
        # Where there are more minima than colours, one that is not a neighbour's may come again.
        taken[given[-1]] = len(colours) >= len(points)
    return colours[given]


def shades(colour: Colours) -> Colours:
    """Return the colour, shape (3,), from its lightest, for the fewest steps, to its darkest, shape (SHADES, 3)."""
    lightness, *hue = to_lab(colour.astype(float))
    part = np.linspace(0, 1, SHADES)
    lighter = 0.45 * (1 - 2 * part)
    fade = 1 - 0.35 * np.abs(1 - 2 * part)
    lit = np.where(lighter > 0, lightness + lighter * (1 - lightness), lightness * (1 + lighter))
    return from_lab(np.column_stack([lit, hue[0] * fade, hue[1] * fade]))


def scale() -> Colours:
    """Return the colours of evaluations, bright for the fewest, shape (SCALE, 3)."""
    anchors = to_lab(np.array(VIRIDIS, dtype=float))
    place = (1 - np.linspace(0, 1, SCALE)) * (len(VIRIDIS) - 1)
    return from_lab(np.column_stack([np.interp(place, np.arange(len(VIRIDIS)), part) for part in anchors.T]))


def paint(chart: Chart) -> Colours:
    """Return the map's picture, one pixel a cell, y upwards, shape (rows, columns, 3).

    Starts have the colour of the minimum they end in, shaded by their steps; settings that converge are on a scale of
    evaluations. Both go by the logarithm, for a few steps more are much where there are few.
    """
    outcome = chart.outcome.reshape(chart.shape)
    measure = (chart.evaluations if chart.request.map == "rates" else chart.steps).reshape(chart.shape)
    tables, scaled = _tables(chart)
    levels = np.array([len(table) for table in tables])
    first, colours = np.cumsum(levels) - levels, np.concatenate(tables)
    low, high = _range(outcome, measure, scaled)
    picture = np.empty((*chart.shape, 3), dtype=np.uint8)
    upwards = picture[::-1]
    for rows in _parts(outcome):
        entry = outcome[rows]
        place = (np.log1p(measure[rows]) - np.log1p(low)) / (np.log1p(high) - np.log1p(low) or 1.0)
        level = np.floor(place * (levels[entry] - 1) + 0.5).astype(int)
        upwards[rows] = colours[first[entry] + np.where(scaled[entry], level, 0)]
    return picture


def _tables(chart: Chart) -> tuple[list[Colours], NDArray[np.bool_]]:
    """Return the colours of each entry of the legend, and whether there are several for it."""
    legend = chart.legend()
    points = [entry["point"] for entry in legend if entry["point"] is not None]
    minima = iter(colour_minima(points) if points else ())
    tables = []
    for entry in legend:
        if entry["point"] is not None:
            tables.append(shades(next(minima)))
        elif chart.request.map == "rates" and entry["outcome"] == "converged":
            tables.append(scale())
        else:
            tables.append(np.array([GREYS[entry["outcome"]]], dtype=np.uint8))
    return tables, np.array([len(table) > 1 for table in tables])


def _range(outcome: Whole, measure: Whole, scaled: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the least and the most that the colours of a scale stand for; the same where there is none."""
    found = (measure[rows][scaled[outcome[rows]]] for rows in _parts(outcome))
    ends = [(int(some.min()), int(some.max())) for some in found if len(some)]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0, 0)


def _parts(cells: Whole) -> Iterator[slice]:
    """Yield all rows, some at a time: what is made of them on the way takes many times the memory of the picture."""
    rows, columns = cells.shape
    step = max(1, _AT_ONCE // columns)
    for first in range(0, rows, step):
        yield slice(first, first + step)
