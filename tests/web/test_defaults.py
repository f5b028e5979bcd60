"""Defaults: what they are, for ever, and that each shows something.

A link leaves defaults out, so they are part of it, and a link keeps its walk for ever: since version 0.6 they are
frozen here. What is added gets defaults of its own, recorded once, beside those that are there; what stands in
``data/defaults.json`` is never recorded anew.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from app.answers.walks import answer
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.lessons import LESSONS
from app.request.making import make_request
from tests.products import covering
from tools.learning_rates import BY_HAND, TABLE, able, found, pairs

FROZEN = json.loads((Path(__file__).parent / "data" / "defaults.json").read_text())

PAIRS = covering(
    list(OPTIMIZERS), list(LANDSCAPES), possible=lambda one, where: able(OPTIMIZERS[one], LANDSCAPES[where])
)
FOUND = [pytest.param(*pair, marks=case.marks) for case in PAIRS if (pair := case.values)[0] != BY_HAND]

# Of the picture, each of whose sides counts as 1.
LEAST_MOVED = 0.05

# Whose default walk does not converge within 30 to 150 steps, and why; where it ends instead.
CANNOT_CONVERGE = {
    # Curvatures of 0.4 and 1002 at the minimum: the best settings that there are shrink the distance by 4 % a step.
    "rosenbrock": "global_minimum",
    # The ground falls for ever. It slows down where all is flat and leaves along a valley.
    "monkey-saddle": "slope",
    # No minimum: it comes to a crawl on the flat, and any gust would take it further down.
    "shoulder": "shoulder",
    # A slope of 1 however near: it goes on to and fro, which is what the landscape shows.
    "kink": "global_minimum",
    # Condition numbers of 10⁵, and creases in one: across it is there at once, along the floor it creeps.
    "pasture": "slope",
    "pasture-squared": "slope",
    # Training goes on for thousands of steps, and of classes that can be parted for ever.
    "network-curve": "slope",
    "network-moons": "slope",
}
# Which of the others settle in a minimum that is not the lowest: that the ground has such is what it teaches.
SETTLES_ASIDE = {"two-valley", "styblinski-tang", "rastrigin", "ackley", "two-minima"}

# Pairs of which little is seen with any learning rate, or too much.
MOVES_LITTLE = {
    # A maximum is right beside the start, and Newton's method seeks that.
    ("newton", "rastrigin"),
    # A saddle is.
    ("newton", "ackley"),
}
DIVERGES = {
    # The ground falls for ever, and a line search goes as far as it falls.
    ("bfgs", "monkey-saddle"),
}


def walk_of(landscape, optimizer):
    """Return the walk of the defaults and how far from its start it came at most."""
    (walk,) = answer(make_request({"landscape": landscape, "optimizer": optimizer}))
    box = LANDSCAPES[landscape].domain
    points = np.stack([walk[axis] for axis in ("x", "y")[: len(box.low)]], axis=1) / box.widths
    return walk, float(np.linalg.norm(points - points[0], axis=1).max())


def test_the_defaults_of_links_are_for_ever():
    for slug, frozen in FROZEN.items():
        entry = LANDSCAPES[slug]
        assert list(entry.start) == frozen["start"], slug
        assert entry.momentum == frozen["momentum"], slug
        for optimizer, rate in frozen["learning_rates"].items():
            request = make_request({"landscape": slug}).canonical
            assert OPTIMIZERS[optimizer].usual_learning_rate(entry) == rate, (slug, optimizer)
            assert (request["start"], request["momentum"]) == (frozen["start"], frozen["momentum"])


def test_everything_that_there_is_has_its_defaults_recorded():
    assert set(FROZEN) == set(LANDSCAPES)
    assert all(set(frozen["learning_rates"]) == set(OPTIMIZERS) for frozen in FROZEN.values())


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_a_landscapes_default_walk_arrives_or_shows_what_the_landscape_is_for(slug):
    walk, moved = walk_of(slug, "momentum")
    summary = walk["summary"]
    assert moved >= LEAST_MOVED
    if slug in CANNOT_CONVERGE:
        assert (summary["outcome"], summary["place"]) == ("out_of_steps", CANNOT_CONVERGE[slug])
        return
    assert summary["outcome"] == "converged"
    assert 30 <= summary["steps"] <= 150
    best = "maximum" if LANDSCAPES[slug].goal == "maximize" else "global_minimum"
    assert summary["place"] == ("local_minimum" if slug in SETTLES_ASIDE else best)


@pytest.mark.parametrize("slug", LANDSCAPES)
@pytest.mark.parametrize("changes", [{"momentum": 0.0}, {"optimizer": "gradient-descent"}], ids=str)
def test_without_momentum_no_default_walk_is_lost(slug, changes):
    (walk,) = answer(make_request({"landscape": slug, **changes}))
    assert walk["summary"]["outcome"] != "diverged"


@pytest.mark.parametrize(("optimizer", "slug"), [pytest.param(*case.values) for case in PAIRS])
def test_each_optimizer_is_seen_to_walk_on_each_landscape(optimizer, slug):
    walk, moved = walk_of(slug, optimizer)
    assert (walk["summary"]["outcome"] == "diverged") == ((optimizer, slug) in DIVERGES)
    assert (moved < LEAST_MOVED) == ((optimizer, slug) in MOVES_LITTLE)


@pytest.mark.parametrize(("optimizer", "slug"), FOUND)
def test_the_tool_finds_the_learning_rates_of_the_table_within_a_factor_of_two(optimizer, slug):
    kept = OPTIMIZERS[optimizer].usual_learning_rate(LANDSCAPES[slug])
    assert kept / 2 <= found(optimizer, slug) <= 2 * kept


def test_the_table_has_what_the_tool_finds_rates_for_and_nothing_else():
    table = json.loads(TABLE.read_text())
    assert [(optimizer, slug) for optimizer, row in table.items() for slug in row] == list(pairs())


@pytest.mark.parametrize("lesson", LESSONS.values(), ids=lambda lesson: lesson.slug)
def test_a_lesson_says_all_settings_whose_defaults_are_chosen_for_other_things(lesson):
    changes = lesson.compare.changes if lesson.compare else {}
    for keys in (lesson.request, {**lesson.request, **changes}):
        for run in ({}, *keys.get("runs", [])):
            said = {**keys, **run}
            # A typed rule has no hyperparameters but those that its text names.
            optimizer = None if "rule" in said else OPTIMIZERS[said.get("optimizer", "momentum")]
            own = {row.key for row in optimizer.hyperparameters if row.by_landscape} if optimizer else set()
            # A network is trained from its first weights, whose place on any plane is the same.
            network = "landscape" in said and LANDSCAPES[said["landscape"]].network
            place = set() if network else {"start"}
            assert said.keys() >= {"learning_rate", *place, *own}
