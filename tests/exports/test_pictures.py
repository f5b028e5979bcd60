"""Pictures of a walk: each has the size that is asked for, and what is seen on the page at the same place."""

import re
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
import resvg_py

from app.answers.palette import PALETTE
from app.descent.landscapes import LANDSCAPES
from app.exports.curves_picture import curves_png, curves_svg
from app.exports.data_picture import check_data, data_png, data_svg
from app.exports.lettering import FONT_FILES
from app.exports.map_picture import map_ground, map_png, map_svg
from app.exports.rendering import render, rendered, rendered_by
from app.request.errors import ApiError
from app.request.making import make_request
from tests.exports.drawn import SVG, near, pixels, taken, texts

HOSTILE = "<script>\"&'</script>"
PICTURES = {"map": (map_svg, map_png), "curves": (curves_svg, curves_png), "data": (data_svg, data_png)}
FIT = {"landscape": "straight-line", "optimizer": "adam", "steps": 30}


def map_height(seen, theme):
    """How high the map is: below it the outermost column is paper."""
    paper = near(seen[:, 2:4], PALETTE.theme["ground"][theme == "dark"], 0).all(axis=1)
    return int(np.flatnonzero(~paper)[-1]) + 1


def projected(x, y, box, width, height):
    """The domain in the middle of the map, both axes at one scale: written once more, without the picture's own."""
    (low_x, low_y), (high_x, high_y) = box
    scale = min(width / (high_x - low_x), height / (high_y - low_y))
    right = width / 2 + (x - (low_x + high_x) / 2) * scale
    return right, height / 2 - (y - (low_y + high_y) / 2) * scale


@pytest.mark.parametrize(("kind", "theme"), [*product(PICTURES, ("light", "dark"))])
def test_a_picture_has_the_size_and_the_paper_that_are_asked_for(kind, theme):
    svg, png = PICTURES[kind]
    one = taken(FIT, theme=theme, width=640, height=480)
    seen = pixels(png(one))
    assert seen.shape == (480, 640, 3)
    assert near(seen[-1], PALETTE.theme["ground"][theme == "dark"], 0).all()
    root = ElementTree.fromstring(svg(one))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("640", "480", "0 0 640 480")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_walk_lies_on_the_map_where_its_iterates_are(theme):
    keys = {"landscape": "himmelblau", "optimizer": "gradient-descent", "learning_rate": 0.002, "steps": 60}
    one = taken(keys, theme=theme)
    seen = pixels(map_png(one))
    colour = PALETTE.theme["c0"][theme == "dark"]
    height, walk = map_height(seen, theme), one.walks[0]
    box = LANDSCAPES["himmelblau"].domain
    found = near(seen, colour)
    # Where it is between two of its signs there is the trail alone.
    for k in (6, 10, 15):
        x, y = projected(walk["x"][k], walk["y"][k], box, 900, height)
        assert found[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].any(), k
    hidden = taken({**keys, "hidden": 1, "runs": [{"optimizer": "adam", "hidden": 1}]}, theme=theme)
    assert not near(pixels(map_png(hidden))[:height], colour).any()


def test_of_a_walk_that_stands_still_only_the_way_there_is_drawn():
    keys = {"landscape": "himmelblau", "optimizer": "gradient-descent", "learning_rate": 0.002, "steps": 60}
    whole, part = taken(keys), taken({**keys, "at": 4})
    colour = PALETTE.theme["c0"][0]
    walk, drawn = whole.walks[0], []
    for one in (whole, part):
        seen = pixels(map_png(one))
        x, y = projected(walk["x"][15], walk["y"][15], LANDSCAPES["himmelblau"].domain, 900, map_height(seen, "light"))
        drawn.append(near(seen, colour)[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].any())
    assert drawn == [True, False]
    assert "Shown at step 4" in " ".join(texts(map_svg(part)))


@pytest.mark.parametrize("kind", PICTURES)
def test_what_somebody_typed_is_text_in_a_drawing_and_nothing_else(kind):
    one = taken({**FIT, "name": HOSTILE, "runs": [{"optimizer": "momentum", "name": "]]>&amp;"}]})
    svg = PICTURES[kind][0](one)
    root = ElementTree.fromstring(svg)
    assert any(HOSTILE in words for words in texts(svg))
    assert not list(root.iter(f"{SVG}script"))
    assert b"<script" not in svg


def test_a_formula_is_text_in_a_drawing_as_well():
    svg = map_svg(taken({"formula": "where(x < 1, x^2, 2*x - 1) + y^2", "steps": 20}))
    assert any("where(x < 1" in words for words in texts(svg))


def test_a_walk_that_diverged_is_drawn_and_says_that_it_left():
    one = taken({"learning_rate": 5.0})
    assert one.walks[0]["summary"]["outcome"] == "diverged"
    words = " ".join(texts(map_svg(one)))
    assert "gone, at (" in words
    assert "is gone after 14 steps" in words
    # Its lines are cut beside the picture: no number in it is far away.
    root = ElementTree.fromstring(map_svg(one))
    numbers = [float(part) for path in root.iter(f"{SVG}path") for part in re.findall(r"-?[\d.]+", path.get("d"))]
    assert max(map(abs, numbers)) < 10_000


def test_a_step_that_leads_far_away_goes_in_its_own_direction():
    """From one place the walk leaps far beyond the border: the line crosses the map where the straight line does."""
    one = taken({"landscape": "bowl", "optimizer": "gradient-descent", "learning_rate": 400.0, "steps": 3})
    walk, seen = one.walks[0], pixels(map_png(one))
    height = map_height(seen, "light")
    start, end = (
        np.array(projected(walk["x"][k], walk["y"][k], LANDSCAPES["bowl"].domain, 900, height)) for k in (0, 1)
    )
    assert abs(end - start).max() > 20_000
    found = near(seen, PALETTE.theme["c0"][0], 60)
    for down in (150, 300, 450):
        x = start[0] + (end - start)[0] * (down - start[1]) / (end - start)[1]
        assert found[down - 3 : down + 4, round(x) - 3 : round(x) + 4].any(), down


def test_curves_are_logarithmic_or_even_as_the_page_has_them():
    log, linear = (" ".join(texts(curves_svg(taken({**FIT, "scale": scale})))) for scale in ("log", "linear"))
    assert "loss − " in log
    assert "loss − " not in linear
    assert "gradient norm" in log
    assert "learning rate" in log
    climbing = " ".join(texts(curves_svg(taken({"landscape": "fence"}))))
    assert "value" in climbing


def test_a_loss_curve_falls_where_the_loss_does():
    seen = pixels(curves_png(taken({"landscape": "bowl", "optimizer": "gradient-descent", "steps": 60})))
    found = near(seen[: int(0.4 * len(seen))], PALETTE.theme["c0"][0])
    columns = np.flatnonzero(found.any(axis=0))
    heights = [np.flatnonzero(found[:, column]).mean() for column in columns[:: len(columns) // 8]]
    assert heights == sorted(heights)
    assert heights[-1] - heights[0] > 100


def test_data_without_points_is_refused_with_the_landscapes_that_have_some():
    for keys in ({}, {"formula": "x^2 + y^2"}):
        with pytest.raises(ApiError) as refused:
            check_data(make_request(keys))
        assert refused.value.key == "landscape"
        assert "straight-line" in refused.value.hint
        assert "network-moons" in refused.value.hint
    for keys in (FIT, {"landscape": "network-xor"}, {"data": [[1, 2], [2, 3], [3, 5]]}):
        check_data(make_request(keys))


@pytest.mark.parametrize(
    "keys",
    [
        {"landscape": "network-moons", "optimizer": "adam", "weights": 1},
        {"data": [[0, 0, 0], [1, 1, 0], [3, 3, 1], [4, 3, 1]], "model": "logistic"},
    ],
)
def test_of_two_inputs_each_side_has_the_colour_of_the_class_that_is_there(keys):
    one = taken(keys)
    seen = pixels(data_png(one))
    blue, amber = (near(seen, PALETTE.theme[name][0]) for name in ("class0", "class1"))
    assert blue.sum() > 100 < amber.sum()
    # The ground beside a point has its class's colour, weaker.
    red_of = {name: seen[mask][:, 0].mean() for name, mask in (("class0", blue), ("class1", amber))}
    assert red_of["class0"] < red_of["class1"]


def test_the_ground_for_a_film_is_where_the_map_has_it():
    one = taken({"landscape": "himmelblau", "runs": [{"optimizer": "adam"}]})
    ground = map_ground(one, "dark", 480, 360)
    assert ground.pixels.shape == (360, 480, 3)
    assert list(ground.colours) == [PALETTE.theme[name][1] for name in ("c0", "c1")]
    x, y = projected(one.walks[1]["x"], one.walks[1]["y"], LANDSCAPES["himmelblau"].domain, 480, 360)
    assert np.allclose(ground.places(one.walks[1]), np.column_stack([x, y]))
    # The lowest ground has the deepest tint.
    right, down = (round(value) for value in projected(3.0, 2.0, LANDSCAPES["himmelblau"].domain, 480, 360))
    assert ground.pixels[down + 12, right].sum() < ground.pixels[180, 470].sum()


def test_letters_are_those_that_come_with_it_whatever_the_machine_has():
    words = '<text x="4" y="20" font-size="16" font-family="DejaVu Sans, sans-serif">Loss κ ≤ ½ · x² ★</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30">{words}</svg>'
    alone = render(svg)
    assert alone == bytes(resvg_py.svg_to_bytes(svg_string=svg, font_files=FONT_FILES))
    assert alone != bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def test_what_is_drawn_becomes_pixels_by_whoever_does_that_now():
    with rendered_by(lambda svg: svg.encode()):
        assert rendered("<svg/>") == b"<svg/>"
    with pytest.raises(ValueError, match="unknown token"):
        rendered("nothing")


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_landscape_has_its_map_with_ticks_and_its_formula(slug):
    one = taken({"landscape": slug, "steps": 10}, width=400, height=400)
    words = texts(map_svg(one))
    assert any("f(" in line or "mean of" in line for line in words)
    assert sum(line.replace("−", "").replace(".", "").isdigit() for line in words) >= 4


def test_the_smallest_picture_of_the_most_runs_has_a_map_and_says_how_many_are_not_named():
    runs = [{"optimizer": "adam", "learning_rate": 0.01 * k, "name": f"{k} {'long ' * 7}"} for k in range(1, 9)]
    one = taken({"landscape": "himmelblau", "runs": runs, "steps": 20}, width=200, height=200)
    assert map_height(pixels(map_png(one)), "light") > 40
    assert re.search(r"and \d more runs", " ".join(texts(map_svg(one))))
