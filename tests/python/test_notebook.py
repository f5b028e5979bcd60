"""What a notebook shows of a walk: a picture that moves, and beside it one that stands still."""

import json
import re
import sys
from xml.etree import ElementTree

import anywidget
import numpy as np
import pytest

import app.python.picture as drawing
from app import ROOT, descend
from app.answers.palette import PALETTE
from app.descent.landscapes import LANDSCAPES
from app.python.picture import DASHES, MOST_POINTS, MOST_WALKS, picture_of
from app.python.widget import WalkWidget, script

SVG = "{http://www.w3.org/2000/svg}"
VIEW = "application/vnd.jupyter.widget-view+json"


def parsed(shown):
    return ElementTree.fromstring(shown.svg())


def words(shown):
    return " ".join(text.text for text in parsed(shown).iter(f"{SVG}text"))


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_every_landscape_has_a_ground_and_the_walk_on_it(slug):
    walk = descend(landscape=slug, steps=20)
    tree = parsed(walk)
    ground = [*tree.iter(f"{SVG}path"), *tree.iter(f"{SVG}polygon")]
    assert len(ground) >= (1 if walk.path.shape[1] == 1 else 5)
    assert len([*tree.iter(f"{SVG}circle")]) == 2
    assert not walk.picture.left_out
    # An exported notebook has no style sheet.
    assert "class=" not in walk.svg()
    assert not re.search(r"nan|inf\b|NaN", walk.svg().split("<text")[0].split("</title>")[1])


def test_the_walk_lies_where_its_numbers_are():
    walk = descend(landscape="bowl", steps=12)
    low, high = walk.request["domain"][::2], walk.request["domain"][1::2]
    (trail,) = {line.get("points") for line in parsed(walk).iter(f"{SVG}polyline")}
    drawn = np.array([[float(number) for number in point.split(",")] for point in trail.split()])
    canvas = walk.picture.canvas
    x = low[0] + drawn[:, 0] / canvas.width * (high[0] - low[0])
    y = high[1] - drawn[:, 1] / canvas.height * (high[1] - low[1])
    # To a tenth of a pixel.
    np.testing.assert_allclose(np.column_stack([x, y]), walk.path, atol=(high[0] - low[0]) / canvas.width / 10)


def test_who_leaves_the_picture_is_seen_to_leave_in_his_direction():
    walk = descend(landscape="bowl", optimizer="gradient-descent", learning_rate=50, steps=500)
    assert walk.summary["outcome"] == "diverged"
    trail = walk.picture.trail(walk)
    assert np.abs(trail).max() < 30 * 600
    assert np.abs(trail).max() > 600
    assert "gone after" in words(walk)


@pytest.mark.parametrize(
    ("starts", "runs"), [(1, []), (3, []), (1, [{"optimizer": "adam"}]), (40, [{"momentum": 0.5}])]
)
def test_what_is_shown_is_bounded_and_what_is_left_out_is_said(starts, runs):
    shown = descend(landscape="himmelblau", starts=starts, runs=runs, steps=1900, tolerance=0)
    record = shown.picture.record()
    points = sum(len(walk["x"]) for walk in record["walks"])
    assert points <= MOST_POINTS
    assert len(record["walks"]) <= MOST_WALKS
    total = starts * (1 + len(runs))
    assert (f"{MOST_WALKS} of {total} walks are shown." in record["left_out"]) == (total > MOST_WALKS)
    longest = max(len(walk) for walk in shown.shown_walks[:MOST_WALKS])
    assert (f"{len(record['steps']):,} of {longest:,} iterates" in record["left_out"]) == (
        len(record["steps"]) < longest
    )
    assert record["left_out"] in words(shown) or not record["left_out"]
    assert len(json.dumps(record, allow_nan=False)) < 700_000


def test_of_a_long_walk_the_first_and_the_last_iterate_are_shown_as_they_are():
    walk = descend(landscape="rosenbrock", steps=20_000, tolerance=0, optimizer="adam")
    record = walk.picture.record()
    (told,) = record["walks"]
    assert (record["steps"][0], record["steps"][-1]) == (0, 20_000)
    for k in (0, 1234, -1):
        step = record["steps"][k]
        assert (told["x"][k], told["y"][k], told["loss"][k]) == (*walk.path[step], walk.loss[step])


def test_walks_of_several_lengths_each_have_their_last_iterate():
    race = descend(landscape="himmelblau", steps=300, runs=[{"optimizer": "newton"}, {"optimizer": "adam"}])
    record = race.picture.record()
    for walk, told in zip(race, record["walks"], strict=True):
        assert record["steps"][len(told["x"]) - 1] == len(walk) - 1
        assert told["loss"][-1] == walk.loss[-1]
    assert [one["text"].partition(":")[0] for one in record["legend"]] == [walk.label for walk in race]


def test_a_hidden_run_is_not_drawn():
    race = descend(steps=5, runs=[{"optimizer": "adam", "hidden": 1}])
    assert len(race) == 2
    assert [walk["label"] for walk in race.picture.record()["walks"]] == [race[0].label]


def test_a_plane_is_that_of_the_answer_and_not_of_another_walk(monkeypatch):
    walk = descend(landscape="network-moons", optimizer="adam", steps=50)
    there = {**walk.plane, "unit": 2 * walk.plane["unit"]}
    assert picture_of(walk.request, walk.plane, [walk]).ground != picture_of(walk.request, there, [walk]).ground


def test_a_ground_that_is_not_known_here_is_said_not_to_be():
    walk = descend(landscape="bowl", steps=5)
    shown = picture_of({**walk.request, "landscape": "of-tomorrow"}, None, [walk])
    assert shown.ground == ""
    assert "does not know the ground" in shown.left_out
    assert len([*ElementTree.fromstring(shown.svg()).iter(f"{SVG}circle")]) == 2


def test_what_somebody_typed_is_text():
    name = '<script>alert(1)</script>"&'
    race = descend(steps=3, name=name, runs=[{"optimizer": "adam"}])
    assert "<script" not in race.svg()
    assert name in words(race)


def test_colours_and_dashes_are_those_of_the_page():
    sheet = (ROOT / "static" / "css" / "races.css").read_text()
    assert dict(re.findall(r"\.trail\.d(\d) \{ stroke-dasharray: ([\d ]+);", sheet)) == {
        str(number): dash for number, dash in enumerate(DASHES) if dash
    }
    colours = {light for light, _ in PALETTE.theme.values()}
    assert set(re.findall(r'(?:fill|stroke)="(?!none)([^"]+)"', descend(starts=3, steps=9).svg())) <= colours


def named(walk):
    """The still picture as a page finds it."""
    return walk.picture.svg(walk.widget.still)


def test_whoever_asks_for_all_forms_gets_both_pictures_and_words():
    walk = descend(steps=5)
    data, metadata = walk._repr_mimebundle_()
    assert metadata["image/svg+xml"] == {"alt": repr(walk)}
    assert set(data) == {VIEW, "image/svg+xml", "text/plain"}
    assert data["text/plain"] == repr(walk)
    assert data["image/svg+xml"] == named(walk)
    assert isinstance(walk.widget, anywidget.AnyWidget)
    assert data[VIEW]["model_id"] == walk.widget.model_id
    # Shown once more it is the same one.
    assert walk._repr_mimebundle_()[0][VIEW] == data[VIEW]
    walk.widget.close()


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed, one bundle of forms after the other."""
    bundles = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw, metadata: bundles.append(data))
    return bundles


def test_a_notebook_is_shown_the_still_picture_and_then_the_one_that_takes_its_place(displayed):
    """As one output, exported with the state of its widgets, it would be nothing without scripts."""
    walk = descend(steps=5)
    walk._ipython_display_()
    still, moving = displayed
    assert still == {"text/plain": repr(walk), "image/svg+xml": named(walk)}
    assert moving == {VIEW: walk._repr_mimebundle_()[0][VIEW]}
    assert f'id="{walk.widget.still}"' in still["image/svg+xml"]
    assert walk._display_() is walk.widget
    walk.widget.close()


def test_two_walks_have_pictures_of_their_own():
    one, other = descend(steps=5), descend(steps=5)
    assert one.widget.still != other.widget.still


def test_without_anywidget_there_is_the_picture_that_stands_still(monkeypatch, displayed):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    walk = descend(steps=5)
    assert set(walk._repr_mimebundle_()[0]) == {"image/svg+xml", "text/plain"}
    walk._ipython_display_()
    assert [set(bundle) for bundle in displayed] == [{"image/svg+xml", "text/plain"}]
    assert walk._display_()._mime_() == ("image/svg+xml", walk.svg())
    with pytest.raises(ImportError, match=r"pip install 'downhill\[notebook\]'"):
        _ = walk.widget


def test_the_widget_holds_the_picture_and_stands_at_its_end():
    walk = descend(landscape="himmelblau", steps=30)
    widget = WalkWidget(walk.picture)
    state = widget.get_state()
    assert state["picture"] == walk.picture.record()
    assert state["step"] == len(walk) - 1
    assert state["_esm"] == script()
    widget.close()


def test_the_script_is_one_module_that_asks_nobody():
    text = script()
    assert "\nexport default { render };" in text
    code = re.sub(r"(?m)/\*[\s\S]*?\*/|^\s*//.*$", "", text)
    assert not re.search(r"(?m)^import\b|\bimport\(|\bfetch\(|XMLHttpRequest|WebSocket|\beval\(|new Function", code)
    assert set(re.findall(r"https?://[^'\"` ]+", text)) == {"http://www.w3.org/2000/svg"}
    assert len(text) < 60_000


def test_numbers_are_looked_at_without_a_picture(monkeypatch):
    monkeypatch.setattr(drawing, "drawn_landscape", None)
    assert descend(steps=3).loss.shape == (4,)
