"""How walks are compared: evaluations to come near to the best place, and a budget that ends a walk."""

import math
import random
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from app.descent.judging.race import LEVELS, PARTS, Progress, best_known, quartiles, share
from app.descent.judging.verdict import judge
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk, Ending, scatter
from app.descent.walks.walk import MOST_ALONE, walk
from tests.descent.by_hand import BY_HAND, PLAIN, all_of, descent, joined, landscape, usual_shape

MANY = MOST_ALONE + 6
ORIGIN = (0.0, 0.0)


def followed(settings, starts, parts=PARTS):
    """Return the progress, and the whole walks that it followed."""
    progress = Progress(settings, len(starts), parts)
    events = list(walk(settings, starts))
    for event in events:
        progress.follow(event)
    return progress, joined(events)


def starts_on(entry, count, seed=3):
    return scatter(entry.domain, entry.start, count, seed)


def settings_on(slug, optimizer, **options):
    entry = LANDSCAPES[slug]
    options = {"learning_rate": entry.learning_rate, "goal": entry.goal, **options}
    return entry, descent(entry, optimizer, shape=usual_shape(entry), **options)


def test_the_levels_fall_and_hold_the_parts_that_are_told():
    assert PARTS == (0.01, 0.0001)
    assert LEVELS[0] == 1
    assert all(a > b > 0 for a, b in pairwise(LEVELS))
    assert set(PARTS) <= set(LEVELS)


RACES = [
    ("bowl", "momentum", {}),
    ("two-valley", "adam", {"learning_rate": 0.1, "steps": 600}),
    ("rastrigin", "gradient-descent", {}),
    ("peaks", "gradient-descent", {"goal": "maximize"}),
    ("fence", "momentum", {}),
    ("two-minima", "nesterov", {"noise": 0.3, "seed": 5}),
    ("straight-line", "gradient-descent", {"batch": 8, "seed": 2}),
    ("rosenbrock", "line-search", {"learning_rate": 1.0}),
    ("bowl", "gradient-descent", {"learning_rate": 2.5}),
]


@pytest.mark.long
@pytest.mark.parametrize("count", [3, MANY])
@pytest.mark.parametrize(("slug", "optimizer", "options"), RACES, ids=[" ".join(race[:2]) for race in RACES])
def test_what_is_reached_and_what_is_kept_is_what_a_plain_loop_over_the_whole_walk_finds(
    slug, optimizer, options, count
):
    entry, settings = settings_on(slug, optimizer, **options)
    progress, wholes = followed(settings, starts_on(entry, count), LEVELS)
    sign = 1 if settings.goal == "minimize" else -1
    kind = {"minimize": "global_minimum", "maximize": "maximum"}[settings.goal]
    best = min(sign * known.value for known in settings.landscape.stationary_points if known.kind == kind)
    for walker, whole in wholes.items():
        heights = (sign * whole.loss).tolist()
        for part, level in enumerate(LEVELS):
            target = best + level * max(heights[0] - best, 0)
            near = [height <= target for height in heights]
            there = [spent for is_near, spent in zip(near, whole.evaluations, strict=True) if is_near]
            assert progress.reached[walker, part] == (there[0] if there else math.inf)
            stays = [spent for k, spent in enumerate(whole.evaluations) if all(near[k:])]
            assert progress.stayed[walker, part] == (stays[0] if stays else math.inf)


def test_the_share_counts_those_that_came_so_near_and_the_quartiles_count_all():
    entry, settings = settings_on("two-valley", "gradient-descent")
    progress, _ = followed(settings, starts_on(entry, MANY))
    for spent in (progress.reached[:, 0], progress.stayed[:, 0]):
        there = sorted(one for one in spent.tolist() if one < math.inf)
        assert 0 < len(there) < MANY
        assert share(spent) == len(there) / MANY
        lower, median, _ = quartiles(spent)
        everyone = there + [math.inf] * (MANY - len(there))
        assert (lower, median) == (everyone[math.ceil(MANY / 4) - 1], everyone[math.ceil(MANY / 2) - 1])


@pytest.mark.parametrize("count", [1, MANY])
def test_who_begins_at_the_best_place_needs_no_evaluation(count):
    _, settings = settings_on("bowl", "gradient-descent")
    progress, _ = followed(settings, [ORIGIN] * count)
    assert (progress.reached == 0).all()
    assert (progress.stayed == 0).all()


def test_who_passes_by_the_best_place_has_been_there_and_has_not_stayed():
    ground = landscape("x**2", (1.0,))
    # From 1 straight to the bottom with the first step, and by its momentum out again.
    settings = descent(ground, "momentum", {"momentum": 0.9}, learning_rate=0.5, steps=2)
    progress, wholes = followed(settings, [(1.0,)])
    assert wholes[0].x.tolist() == [1.0, 0.0, -0.9]
    assert progress.reached.tolist() == [[1, 1]]
    assert progress.stayed.tolist() == [[math.inf, math.inf]]


def test_a_walk_that_comes_and_goes_stays_from_the_last_time_that_it_came():
    ground = landscape("x**2", (1.0,))
    # The heights 1, 0, 0.81, 0.0081, 0.49, 0.0001, 0, 0 of a walk that is told, in chunks of any length.
    heights, spent = [1, 0, 0.81, 0.0081, 0.49, 0.0001, 0, 0], [0, 3, 4, 7, 9, 10, 12, 20]
    for length in range(1, len(heights) + 1):
        progress = Progress(descent(ground), 1)
        for first in range(0, len(heights), length):
            loss, evaluations = (column[first : first + length] for column in (heights, spent))
            progress.follow(Chunk(0, first, loss, loss, loss, loss, loss, evaluations))
        assert progress.reached.tolist() == [[3, 3]]
        assert progress.stayed.tolist() == [[10, 10]]


@pytest.mark.parametrize("count", [1, MANY])
def test_without_a_best_place_nobody_comes_near_it(count):
    entry, settings = settings_on("shoulder", "gradient-descent")
    assert not settings.landscape.known("global_minimum")
    progress, _ = followed(settings, starts_on(entry, count))
    assert share(progress.reached) == share(progress.stayed) == 0
    assert quartiles(progress.stayed[:, 1]) == (math.inf,) * 3


@pytest.mark.parametrize("count", [1, MANY])
def test_from_a_loss_that_is_not_finite_no_part_of_the_way_is_ever_left(count):
    ground = landscape("exp(x**2 + y**2)")
    progress, wholes = followed(descent(ground), [(40.0, 0.0)] * count)
    assert {whole.ending.criterion for whole in wholes.values()} == {"not_finite"}
    assert (progress.reached == math.inf).all()
    assert (progress.stayed == math.inf).all()


# --- the best place


@pytest.mark.parametrize("slug", PLAIN)
def test_the_best_loss_known_is_beaten_nowhere_in_the_picture(slug):
    entry, by_hand = LANDSCAPES[slug], BY_HAND[slug]
    shape, box = usual_shape(entry), entry.domain
    axes = [np.linspace(low, high, 201) for low, high in zip(*box, strict=True)]
    x, y = np.meshgrid(*axes) if len(axes) == 2 else (axes[0], 0 * axes[0])
    with np.errstate(all="ignore"):
        heights = by_hand.loss(x, y, shape)
    low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
    slack = 1e-9 * (high - low)
    for goal, end, sign in (("minimize", low, 1), ("maximize", high, -1)):
        best = best_known(entry.at(shape), goal)
        if best is not None:
            assert sign * best <= sign * end + slack
            assert sign * best == pytest.approx(sign * end, abs=0.05 * (high - low))


@pytest.mark.parametrize(
    ("expression", "goal", "expected"),
    [
        ("x**2 + 3", "minimize", 3.0),
        ("x**2 + 3", "maximize", None),
        ("3 - x**2", "maximize", 3.0),
        # A maximum, but the rims of the picture are higher.
        ("x**4 - x**2", "maximize", None),
        # No number anywhere in the picture.
        ("log(x - 10)", "maximize", None),
        ("log(x - 10)", "minimize", None),
    ],
)
def test_the_best_loss_is_known_where_a_stationary_point_is_the_best_place(expression, goal, expected):
    assert best_known(landscape(expression, (1.0,)).at(None), goal) == expected


# --- quartiles


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 100])
def test_a_quartile_is_the_least_value_that_so_many_do_not_exceed(count):
    dice = random.Random(count)
    values = [dice.choice([dice.randrange(20), math.inf, math.nan]) for _ in range(count)]
    ranked = [math.inf if math.isnan(value) else value for value in values]
    for quarter, found in zip((1, 2, 3), quartiles(np.array(values)), strict=True):
        assert found in ranked
        assert 4 * sum(value <= found for value in ranked) >= quarter * count
        assert 4 * sum(value < found for value in ranked) < quarter * count


# --- the budget


BUDGETS = [
    ("rosenbrock", "line-search", {"learning_rate": 1.0}),
    ("pasture-squared", "line-search", {"learning_rate": 0.1}),
    ("peaks", "line-search", {"learning_rate": 3.0, "goal": "maximize", "schedule": "cosine"}),
    ("bowl", "line-search", {"learning_rate": 1.0, "noise": 0.5, "tolerance": 0.0}),
    ("straight-line", "gradient-descent", {"batch": 7}),
    ("himmelblau", "momentum", {"patience": 3}),
    ("bowl", "gradient-descent", {"learning_rate": 2.5}),
]


@pytest.mark.long
@pytest.mark.parametrize("count", [3, MANY])
@pytest.mark.parametrize(("slug", "optimizer", "options"), BUDGETS, ids=[" ".join(case[:2]) for case in BUDGETS])
def test_a_budget_cuts_a_walk_at_the_first_iterate_that_has_spent_it(slug, optimizer, options, count):
    entry, settings = settings_on(slug, optimizer, **{"steps": 120, **options})
    starts = starts_on(entry, count)
    free = all_of(settings, starts)
    most = int(max(whole.ending.evaluations for whole in free.values()))
    endings = set()
    for budget in (1, most // 7, most // 2, most - 1, most, most + 1):
        limited = replace(settings, budget=budget)
        for walker, cut in all_of(limited, starts).items():
            whole = free[walker]
            spent = np.flatnonzero(whole.evaluations >= budget)
            last = int(spent[0]) if len(spent) else whole.ending.steps
            assert cut.ending.steps == last
            for name in ("x", "y", "loss", "gradient_norm", "evaluations"):
                np.testing.assert_array_equal(getattr(cut, name), getattr(whole, name)[: last + 1])
            assert cut.learning_rate[:-1].tolist() == whole.learning_rate[:last].tolist()
            # Where the walk is over anyway, it is not the budget that ended it.
            over = last == whole.ending.steps and whole.ending.criterion != "steps"
            assert cut.ending.criterion == (whole.ending.criterion if over or not len(spent) else "budget")
            assert cut.ending.outcome == ("out_of_steps" if cut.ending.criterion == "budget" else whole.ending.outcome)
            # Nobody overspends by more than the step that uses the budget up.
            assert last == 0 or cut.evaluations[last - 1] < budget
            assert cut.ending.evaluations == cut.evaluations[-1]
            endings.add(cut.ending.criterion)
    assert "budget" in endings


def test_the_last_learning_rate_of_a_walk_that_the_budget_ended_is_the_planned_one():
    for count in (1, MANY):
        settings = descent(landscape("50*x**2 + y**2"), "line-search", learning_rate=0.8, schedule="linear", steps=10)
        limited = replace(settings, budget=12)
        whole = all_of(limited, [(1.0, 1.0)] * count)[0]
        last = whole.ending.steps
        assert (whole.ending.criterion, 0 < last < 10) == ("budget", True)
        assert whole.learning_rate[last] == pytest.approx(0.8 * (1 - last / 10))
        assert whole.learning_rate[last - 1] < 0.8 * (1 - (last - 1) / 10)


@pytest.mark.parametrize("slug", ["rosenbrock", "bowl", "two-minima", "straight-line"])
def test_a_walker_alone_and_in_a_block_spend_the_same_budget_and_end_alike(slug):
    entry, settings = settings_on(slug, "line-search", learning_rate=1.0, steps=60)
    limited = replace(settings, budget=100 * settings.points)
    starts = starts_on(entry, MANY)
    for walker, together in all_of(limited, starts).items():
        alone = next(event for event in walk(limited, [starts[walker]]) if isinstance(event, Ending))
        assert together.ending[1:3] == alone[1:3]
        assert together.ending.evaluations == alone.evaluations
        assert together.ending[3:7] == pytest.approx(alone[3:7], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("count", [1, MANY])
def test_the_sentence_of_a_walk_that_the_budget_ended_says_so(count):
    settings = replace(descent(landscape("x**2 + y**2"), "line-search", learning_rate=0.01), budget=12)
    ending = next(event for event in walk(settings, [(1.0, 1.0)] * count) if isinstance(event, Ending))
    told = judge(settings, OPTIMIZERS["line-search"], (1.0, 1.0), ending, [])
    # Each step tries one length, which is good enough: two evaluations, six times.
    assert (ending.criterion, ending.steps, told.outcome) == ("budget", 6, "out_of_steps")
    assert re.match(
        r"Out of steps after 6 steps at \(.*\), loss \d\.\d+: the race's budget of evaluations, 12, is spent\. ",
        told.numbers,
    )
