"""Colours of maps: told apart by every eye, and those of the page."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.answers.palette import PALETTE
from app.descent.landscapes import LANDSCAPES
from app.maps.colours import colour_minima, from_lab, hex_of, rgb_of, scale, shades, to_lab
from app.maps.kinds import KINDS
from app.request.making import make_request

ROOT = Path(__file__).resolve().parent.parent.parent

# What red and green are to those who see them alike, in linear light (Machado, Oliveira and Fernandes 2009).
EYES = np.array(
    [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    ]
)


def differences(colours):
    """How different each colour is from each, shape (n, n), to whoever tells the two apart least."""
    part = np.asarray(colours) / 255
    light = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    least = np.inf
    for eye in EYES:
        seen = np.clip(light @ eye.T, 0, 1)
        lab = to_lab(255 * np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055))
        least = np.minimum(least, np.linalg.norm(lab[:, None] - lab, axis=2))
    return least


def test_oklab_has_the_values_that_its_author_gives():
    # https://bottosson.github.io/posts/oklab: white, and the sRGB primaries as other libraries have them.
    known = {
        (255, 255, 255): (1, 0, 0),
        (255, 0, 0): (0.627955, 0.224863, 0.125846),
        (0, 255, 0): (0.86644, -0.233888, 0.179498),
        (0, 0, 255): (0.452014, -0.032457, -0.311528),
    }
    for rgb, lab in known.items():
        assert to_lab(np.array(rgb, dtype=float)) == pytest.approx(lab, abs=2e-4)


def test_a_colour_goes_to_oklab_and_back_and_through_its_name():
    colours = np.random.default_rng(51).integers(0, 256, size=(200, 3))
    assert (from_lab(to_lab(colours.astype(float))) == colours).all()
    assert all((rgb_of(hex_of(colour)) == colour).all() for colour in colours)


@pytest.mark.parametrize("count", range(1, 8))
def test_a_few_minima_have_the_palettes_colours_in_order(count):
    points = tuple((float(place), 0.0) for place in range(count))
    assert [tuple(colour) for colour in colour_minima(points).tolist()] == list(PALETTE.minima[:count])


def lattice(side):
    return tuple((float(k % side), float(k // side)) for k in range(side * side))


@pytest.mark.parametrize("side", [3, 4, 7, 11, 17])
def test_all_minima_of_a_lattice_have_colours_of_their_own_and_those_side_by_side_differ(side):
    places = lattice(side)
    colours = colour_minima(places)
    assert len(np.unique(colours, axis=0)) == len(places)
    beside = np.abs(np.array(places)[:, None] - np.array(places)).max(axis=2) == 1
    assert differences(colours)[beside].min() > 0.08


@pytest.mark.parametrize("slug", ["rastrigin", "ackley"])
def test_very_many_minima_have_colours_of_their_own_and_neighbours_differ_to_all_eyes(slug):
    points = tuple(known.point for known in LANDSCAPES[slug].at(None).known("global_minimum", "local_minimum"))
    colours = colour_minima(points)
    assert len(np.unique(colours, axis=0)) == len(points) > 50
    assert nearest_differences(points, colours).min() > 0.08


@pytest.mark.parametrize("seed", range(5))
def test_more_minima_than_colours_share_them_with_those_far_away(seed):
    points = tuple(map(tuple, np.random.default_rng(seed).normal(size=(500, 2)).tolist()))
    colours = colour_minima(points)
    assert len(np.unique(colours, axis=0)) < len(points) == len(colours)
    assert nearest_differences(points, colours).min() > 0.05


def nearest_differences(points, colours):
    distances = np.linalg.norm(np.array(points)[:, None] - np.array(points), axis=2)
    np.fill_diagonal(distances, np.inf)
    return differences(colours)[np.arange(len(points)), distances.argmin(axis=1)]


@pytest.mark.parametrize(("kind", "slug"), [("basins", "himmelblau"), ("basins", "rastrigin"), ("rates", "bowl")])
def test_a_maps_legend_carries_its_colours(kind, slug):
    cell_map = KINDS[kind](make_request({"landscape": slug, "map": kind, "resolution": 2}))
    legend = cell_map.start()["legend"]
    places = [entry["point"] for entry in legend if entry["point"]]
    if places:
        expected = [hex_of(colour) for colour in colour_minima(tuple(map(tuple, places)))]
        assert [entry["colour"] for entry in legend if entry["point"]] == expected
    for entry in legend:
        if kind == "rates" and entry["outcome"] == "converged":
            # Cells that converge have the scale of evaluations.
            assert entry["colour"] is None
        elif not entry["point"]:
            assert entry["colour"] == hex_of(PALETTE.outcomes[entry["outcome"]])


PAGE = """
const { shade, scaleColour } = await import(process.argv[1]);
const { colours, anchors } = JSON.parse(process.argv[2]);
const parts = (count) => Array.from({ length: count }, (_, index) => index / (count - 1));
const shades = colours.map((colour) => parts(16).map((part) => shade(colour, part)));
console.log(JSON.stringify({ shades, scale: parts(256).map((part) => scaleColour(part, anchors)) }));
"""


@pytest.mark.skipif(not shutil.which("node"), reason="the page's colours are computed by Node.js")
def test_shades_and_the_scale_are_those_of_the_page():
    colours = colour_minima(lattice(5))
    module = (ROOT / "static" / "js" / "canvas" / "shades.js").as_uri()
    known = json.dumps({"colours": colours.tolist(), "anchors": list(PALETTE.evaluations)})
    node = ["node", "--input-type=module", "-e", PAGE, module, known]
    page = json.loads(subprocess.run(node, capture_output=True, text=True, check=True).stdout)
    assert [shades(colour).tolist() for colour in colours] == page["shades"]
    assert scale().tolist() == page["scale"]
