"""Colours of maps: of each minimum, told apart by every eye; lighter and darker ones by steps; and of evaluations."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.answers.palette import PALETTE
from app.descent.formulas.arithmetic import Array

Colours = NDArray[np.uint8]

# Okabe and Ito (2008), without black, which no shade of steps could darken.
OKABE_ITO = PALETTE.minima
# Viridis (Smith and van der Walt 2015): even to the eye, also without colour.
VIRIDIS = PALETTE.evaluations
SHADES, SCALE = 16, 256
# So many of the nearest minima must not look alike, and those that differ by so much do not.
_NEIGHBOURS = 8
_PLAIN = 0.12
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
    """Colours in Oklab, shape (…, 3), as sRGB; what no screen shows is cut off."""
    light = np.clip(_lab_to_light(lab), 0, 1)
    part = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.floor(255 * part + 0.5).astype(np.uint8)


def _seen(rgb: Array) -> Array:
    """The colours, shape (n, 3), as each kind of eye sees them, in Oklab, shape (n, eyes, 3)."""
    return _light_to_lab(np.maximum(0, np.einsum("eij,nj->nei", _VISIONS, _to_light(rgb))))


def _apart(one: Array, others: Array) -> Array:
    """How different a colour that is seen so is from each of the others, to those who see it least."""
    least: Array = np.sqrt(((one - others) ** 2).sum(axis=-1)).min(axis=-1)
    return least


def _candidates() -> Colours:
    """Every colour that a further minimum might have: no grey, which is what has no place."""
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


@lru_cache(maxsize=64)
def colour_minima(points: tuple[tuple[float, ...], ...]) -> Colours:
    """A colour for each minimum, shape (minima, 3), by the minima's points.

    A few have Okabe and Ito's in order; of very many each has the colour that is furthest from those of its nearest
    neighbours, for these are what lies side by side.
    """
    if len(points) <= len(OKABE_ITO):
        return np.array(OKABE_ITO[: len(points)], dtype=np.uint8).reshape(-1, 3)
    colours = np.concatenate([np.array(OKABE_ITO, dtype=np.uint8), _candidates()])
    seen = _seen(colours.astype(float))
    apart = np.stack([_apart(one, seen) for one in seen])
    near = _neighbours(np.array(points))
    if len(points) > len(colours):
        # One that is not a neighbour's may come again.
        return colours[_one_by_one(near, apart, again=True)]
    return colours[_exchanged(_one_by_one(near, apart, again=False), near, apart)]


def _neighbours(places: Array) -> NDArray[np.bool_]:
    """Whether one place is among the nearest of another, either way, shape (places, places)."""
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    near = np.zeros(distances.shape, dtype=bool)
    np.put_along_axis(near, np.argsort(distances, axis=1, kind="stable")[:, :_NEIGHBOURS], True, axis=1)
    return near | near.T


def _one_by_one(near: NDArray[np.bool_], apart: Array, again: bool) -> NDArray[np.intp]:
    """Which colour each place has that takes the one furthest from those that its neighbours have already."""
    given = np.full(len(near), -1)
    taken = np.zeros(len(apart))
    for place, around in enumerate(near):
        room = np.minimum.reduce([1 - 2 * taken, *apart[given[around & (given >= 0)]]])
        given[place] = room.argmax()
        taken[given[place]] = not again
    return given


def _exchanged(given: NDArray[np.intp], near: NDArray[np.bool_], apart: Array) -> NDArray[np.intp]:
    """The same colours, after those that came last, for which few were left, have exchanged theirs where it helps."""
    given = given.copy()

    def rooms(colour: NDArray[np.intp], around: NDArray[np.intp]) -> Array:
        """How far the colour of each place, shape (places,), is from those around it, shape (places, places)."""
        return np.asarray(np.where(near, apart[colour[:, None], around], np.inf).min(axis=1))

    room = rooms(given, np.broadcast_to(given, near.shape))
    for place in range(len(given) - 1, -1, -1):
        if room[place] >= _PLAIN:
            continue
        # Row by row what the other place would have around it with this one's colour, and this one with the other's.
        after = np.broadcast_to(given, near.shape).copy()
        after[:, place] = given
        others = rooms(np.full(len(given), given[place]), after)
        np.fill_diagonal(after, given[place])
        mine = np.where(near[place], apart[given[:, None], after], np.inf).min(axis=1)
        gain = np.minimum(mine, others) - np.minimum(room[place], room)
        best = int(gain.argmax())
        if gain[best] > 0:
            given[[place, best]] = given[[best, place]]
            room = rooms(given, np.broadcast_to(given, near.shape))
    return given


def hex_of(colour: Colours | Sequence[int]) -> str:
    """A colour from 0 to 255 as JSON has it, such as ``#0072b2``."""
    return "#" + bytes(int(part) for part in colour).hex()


def rgb_of(colour: str) -> Colours:
    """A colour such as ``#0072b2`` as three numbers from 0 to 255."""
    return np.frombuffer(bytes.fromhex(colour.removeprefix("#")), dtype=np.uint8)


def shades(colour: Colours) -> Colours:
    """The colour, shape (3,), from its lightest, for the fewest steps, to its darkest, shape (SHADES, 3)."""
    lightness, *hue = to_lab(colour.astype(float))
    part = np.linspace(0, 1, SHADES)
    lighter = 0.45 * (1 - 2 * part)
    fade = 1 - 0.35 * np.abs(1 - 2 * part)
    lit = np.where(lighter > 0, lightness + lighter * (1 - lightness), lightness * (1 + lighter))
    return from_lab(np.column_stack([lit, hue[0] * fade, hue[1] * fade]))


def scale() -> Colours:
    """The colours of evaluations, bright for the fewest, shape (SCALE, 3)."""
    anchors = to_lab(np.array(VIRIDIS, dtype=float))
    place = (1 - np.linspace(0, 1, SCALE)) * (len(VIRIDIS) - 1)
    return from_lab(np.column_stack([np.interp(place, np.arange(len(VIRIDIS)), part) for part in anchors.T]))
