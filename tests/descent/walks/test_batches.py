"""Mini-batches: every epoch sees each point once, the steps are those of a plain loop, and the price is counted."""

import math

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import scatter
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import BY_HAND, CARS, all_of, descent, fitting, landscape, one

MANY = MOST_ALONE + 6
both = pytest.mark.parametrize("crowd", [1, MANY])
LINE = LANDSCAPES["straight-line"]


def _rows(settings, start, crowd=1, walker=0):
    return [step.batch for part in trace(settings, [start] * crowd, walker) for step in part]


@both
@pytest.mark.parametrize("batch", [1, 7, 8, 10, 49, 50])
def test_every_step_has_its_batch_and_every_epoch_each_point_exactly_once(crowd, batch):
    # Where the points do not divide evenly, an epoch ends inside a batch: the rows in their order tell the epochs.
    settings = descent(LINE, batch=batch, learning_rate=0.01, steps=150 // batch + 1, seed=5, tolerance=0.0)
    rows = _rows(settings, LINE.start, crowd, crowd - 1)
    assert [len(part) for part in rows] == [batch] * (150 // batch + 1)
    order = [row for part in rows for row in part]
    epochs = [order[first : first + 50] for first in (0, 50, 100)]
    for epoch in epochs:
        assert sorted(epoch) == list(range(50))
    # Another order every time.
    assert len(set(map(tuple, epochs))) == 3


@both
def test_a_step_is_that_of_a_plain_loop_over_the_rows_of_its_batch(crowd):
    settings = descent(LINE, batch=8, learning_rate=0.1, steps=100, seed=1, tolerance=0.0)
    whole = all_of(settings, [LINE.start] * crowd)[crowd - 1]
    a, b = LINE.start
    for k, rows in enumerate(_rows(settings, LINE.start, crowd, crowd - 1)):
        assert (whole.x[k], whole.y[k]) == pytest.approx((a, b), rel=1e-9)
        slope_a = slope_b = 0.0
        for row in rows:
            speed, distance = CARS[row]
            miss = a * (speed - 15) / 10 + b - distance
            slope_a += 2 * miss * (speed - 15) / 10
            slope_b += 2 * miss
        a, b = a - 0.1 * slope_a / len(rows), b - 0.1 * slope_b / len(rows)


@both
def test_what_the_stop_test_and_the_picture_see_is_the_whole_loss_and_gradient(crowd):
    settings = descent(LINE, batch=5, learning_rate=0.05, steps=40, seed=1)
    whole = all_of(settings, [LINE.start] * crowd)[0]
    hand = BY_HAND["straight-line"]
    for k in range(41):
        assert whole.loss[k] == pytest.approx(hand.loss(whole.x[k], whole.y[k], None), rel=1e-12)
        norm = math.hypot(*hand.gradient(whole.x[k], whole.y[k], None))
        assert whole.gradient_norm[k] == pytest.approx(norm, rel=1e-9, abs=1e-9)


@pytest.mark.long
@both
@pytest.mark.parametrize("optimizer", [slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself])
def test_a_batch_of_all_points_is_the_whole_gradient(crowd, optimizer):
    common = {"learning_rate": 0.05, "steps": 60, "tolerance": 0.0}
    plain = all_of(descent(LINE, optimizer, **common), [LINE.start] * crowd)[crowd - 1]
    batch = all_of(descent(LINE, optimizer, batch=50, seed=3, **common), [LINE.start] * crowd)[crowd - 1]
    np.testing.assert_allclose(batch.x, plain.x, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(batch.y, plain.y, rtol=1e-9, atol=1e-9)
    assert batch.evaluations.tolist() == plain.evaluations.tolist() == [50 * k for k in range(61)]


@both
def test_every_data_point_that_a_step_looks_at_is_counted(crowd):
    settings = descent(LINE, batch=8, learning_rate=0.01, steps=15, tolerance=0.0)
    whole = all_of(settings, [LINE.start] * crowd)[0]
    assert whole.evaluations.tolist() == [8 * k for k in range(16)]
    assert whole.ending.evaluations == 120
    assert isinstance(whole.ending.evaluations, int)


@both
def test_without_data_a_step_costs_one_evaluation(crowd):
    whole = all_of(descent(landscape("x**2 + y**2"), steps=700, tolerance=0.0), [(1.0, 1.0)] * crowd)[0]
    assert whole.evaluations.tolist() == list(range(701))


@both
def test_the_order_comes_from_the_seed(crowd):
    def rows(seed):
        return _rows(descent(LINE, batch=7, steps=20, learning_rate=0.01, seed=seed), LINE.start, crowd)

    assert rows(4) == rows(4)
    assert rows(4) != rows(5)


def test_the_order_of_a_walker_does_not_depend_on_how_many_there_are_and_each_has_its_own():
    settings = descent(LINE, batch=7, steps=20, learning_rate=0.01, seed=4)
    crowds = [_rows(settings, LINE.start, crowd, 1) for crowd in (2, 3, MOST_ALONE, MANY, 100)]
    assert all(rows == crowds[0] for rows in crowds)
    assert _rows(settings, LINE.start, 3, 0) != crowds[0]
    # Noise and starts are drawn apart: they do not change the order either.
    noisy = descent(LINE, batch=7, steps=20, learning_rate=0.01, seed=4, noise=1.0)
    assert _rows(noisy, LINE.start, 3, 1) == crowds[0]


@both
def test_batches_and_noise_are_drawn_from_streams_of_their_own(crowd):
    common = {"steps": 30, "learning_rate": 0.01, "seed": 4, "tolerance": 0.0}

    def steps(**random):
        settings = descent(LINE, **random, **common)
        return [step for part in trace(settings, [LINE.start] * crowd, crowd - 1) for step in part]

    together, batches, noise = steps(batch=7, noise=0.5), steps(batch=7), steps(noise=0.5)
    assert [step.batch for step in together] == [step.batch for step in batches]
    drawn = [step.quantities["noise"] for step in together]
    assert drawn == [step.quantities["noise"] for step in noise]
    assert {step.batch for step in noise} == {None}
    assert not np.any([step.quantities["noise"] for step in batches])
    # One begins with the bits 4, 1, walker and the other with 4, 2, walker; the starts with 4, 0.
    for stream, taken in ((1, True), (2, False), (0, False)):
        normal = 0.5 * np.random.default_rng([4, stream, crowd - 1]).standard_normal((30, 2))
        assert (normal.tolist() == drawn) == taken
    for stream, taken in ((2, True), (1, False), (0, False)):
        order = np.random.default_rng([4, stream, crowd - 1]).permutation(50)
        assert (order[:7].tolist() == together[0].batch) == taken


@both
def test_from_an_optimum_a_batch_leads_away(crowd):
    # The whole gradient is zero there, that of seven points is not.
    optimum = LINE.at().stationary_points[0].point
    plain = descent(LINE, learning_rate=0.05, steps=40)
    assert not plain.is_random
    assert all_of(plain, [optimum] * crowd)[0].ending.steps == 0
    settings = descent(LINE, batch=7, learning_rate=0.05, steps=40, seed=1)
    assert settings.is_random
    whole = all_of(settings, [optimum] * crowd)[0]
    assert (whole.ending.criterion, whole.ending.steps) == ("steps", 40)
    assert math.dist((whole.x[1], whole.y[1]), optimum) > 0.1


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_walkers_with_batches_walk_in_a_block_as_they_do_alone(goal):
    settings = descent(LINE, "adam", batch=8, learning_rate=0.5, steps=150, seed=9, goal=goal)
    starts = scatter(LINE.domain, LINE.start, MANY, 3)
    together, alone = all_of(settings, starts), all_of(settings, starts[:6])
    for walker in range(6):
        np.testing.assert_allclose(together[walker].x, alone[walker].x, rtol=1e-9, atol=1e-9)
        assert together[walker].evaluations.tolist() == alone[walker].evaluations.tolist()


def test_finished_walkers_take_their_own_order_with_them():
    # Walkers that start ever closer to an exact answer end earlier; those that go on see the batches they would alone.
    ground = fitting([0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0, 0.0])
    settings = descent(ground, batch=2, learning_rate=0.05, steps=600, seed=2)
    starts = [(4.0**-k, 0.0) for k in range(MANY)]
    together, alone = all_of(settings, starts), all_of(settings, starts[:MOST_ALONE])
    assert len({whole.ending.steps for whole in together.values()}) > 5
    for walker in range(MOST_ALONE):
        assert together[walker].ending.steps == alone[walker].ending.steps
        np.testing.assert_allclose(together[walker].x, alone[walker].x, rtol=1e-9, atol=1e-12)


@both
def test_climbing_with_batches_is_descending_the_negative(crowd):
    inputs, targets = [0.0, 1.0, 2.0], [1.0, 0.0, 3.0]
    settings = descent(fitting(inputs, targets), batch=2, learning_rate=0.01, steps=4, goal="maximize", seed=1)
    whole = all_of(settings, [(0.5, 0.5)] * crowd)[0]
    a = b = 0.5
    for k, rows in enumerate(_rows(settings, (0.5, 0.5), crowd)):
        misses = [(inputs[row], a * inputs[row] + b - targets[row]) for row in rows]
        a += 0.01 * sum(2 * miss * u for u, miss in misses) / len(rows)
        b += 0.01 * sum(2 * miss for _, miss in misses) / len(rows)
        assert (whole.x[k + 1], whole.y[k + 1]) == pytest.approx((a, b))
    assert whole.loss[-1] > whole.loss[0]


def test_the_mean_of_an_epochs_batch_gradients_is_the_whole_gradient():
    settings = descent(LINE, batch=10, learning_rate=1e-12, steps=5, tolerance=0.0)
    steps = [step for part in trace(settings, [LINE.start], 0) for step in part]
    mean = np.mean([step.quantities["batch_slope"] for step in steps], axis=0)
    # At so small a rate the walker stands still up to 1e-9.
    assert mean == pytest.approx(steps[0].quantities["slope"], rel=1e-9)


def test_noise_comes_on_top_of_the_batch():
    settings = descent(LINE, batch=8, noise=0.5, learning_rate=0.01, steps=20, tolerance=0.0)
    for part in trace(settings, [LINE.start], 0):
        for step in part:
            numbers = step.quantities
            together = np.array(numbers["batch_slope"]) + numbers["noise"]
            assert numbers["gradient"] == pytest.approx(together, rel=1e-14)
            assert numbers["slope"] != numbers["batch_slope"]


@both
def test_a_walk_with_small_batches_stays_rough_where_one_with_all_points_settles(crowd):
    plain = all_of(descent(LINE, learning_rate=0.1, steps=300), [LINE.start] * crowd)[0]
    rough = all_of(descent(LINE, batch=4, learning_rate=0.1, steps=300, seed=6), [LINE.start] * crowd)[0]
    assert plain.ending.outcome == "converged"
    assert rough.ending.outcome == "out_of_steps"
    # The average of the last quarter is nearer to the answer than a typical place of it.
    answer = LINE.at().stationary_points[0].point
    last = np.stack([rough.x, rough.y], axis=1)[225:]
    assert math.dist(last.mean(axis=0), answer) < np.mean([math.dist(place, answer) for place in last])


def test_without_data_there_is_nothing_to_draw_batches_from():
    with pytest.raises(AssertionError, match="made from data"):
        one(descent(LANDSCAPES["quadratic"], batch=3), (1.0, 1.0))
