"""SAM, against its paper's formula and the two-cycle that it ends in on a quadratic."""

import math

import numpy as np
import pytest

from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import all_of, descent, fitting, landscape, one


@pytest.mark.parametrize(
    ("curvature", "rate", "radius"), [(1.0, 0.1, 0.05), (3.0, 0.5, 0.2), (0.5, 1.0, 1.0), (1.0, 1.5, 0.3)]
)
def test_on_a_quadratic_it_ends_in_a_two_cycle_of_known_width(curvature, rate, radius):
    ground = landscape(f"{curvature / 2}*x**2", (1.7,))
    settings = descent(ground, "sam", {"radius": radius}, learning_rate=rate, steps=4000, tolerance=0.0)
    x = one(settings, (1.7,)).x
    half = rate * curvature * radius / (2 - rate * curvature)
    assert abs(x[-1]) == pytest.approx(half, rel=1e-9)
    assert x[-2] == pytest.approx(-x[-1], rel=1e-9)
    assert x[-3] == pytest.approx(x[-1], rel=1e-9)


def test_a_step_is_that_of_the_gradient_a_radius_uphill():
    x, y, rate, radius = 1.0, -2.0, 0.1, 0.3
    gradient = np.array([2 * x + y, x + 6 * y])
    uphill = np.array([x, y]) + radius * gradient / (np.linalg.norm(gradient) + 1e-12)
    expected = np.array([x, y]) - rate * np.array([2 * uphill[0] + uphill[1], uphill[0] + 6 * uphill[1]])
    settings = descent(landscape("x**2 + x*y + 3*y**2"), "sam", {"radius": radius}, learning_rate=rate, steps=1)
    whole = one(settings, (x, y))
    assert (whole.x[1], whole.y[1]) == pytest.approx(expected, rel=1e-14)
    assert whole.evaluations.tolist() == [0, 2]
    (step,) = [step for part in trace(settings, [(x, y)], 0) for step in part]
    assert step.quantities["perturbed"] == pytest.approx(uphill)
    assert np.array(step.quantities["gradient_there"]) == pytest.approx((np.array([x, y]) - expected) / rate)


def test_where_the_gradient_is_zero_it_stays():
    settings = descent(landscape("x**2 - y**2"), "sam", learning_rate=0.1, steps=5, tolerance=0.0)
    whole = one(settings, (0.0, 0.0))
    assert not whole.x.any()
    assert not whole.y.any()


def test_radius_zero_is_plain_descent():
    ground = landscape("x**2 + x*y + 3*y**2")
    sam = one(descent(ground, "sam", {"radius": 0.0}, learning_rate=0.1, steps=30), (1.0, -2.0))
    plain = one(descent(ground, learning_rate=0.1, steps=30), (1.0, -2.0))
    assert sam.x.tolist() == plain.x.tolist()
    assert sam.evaluations.tolist() == [2 * spent for spent in plain.evaluations]


@pytest.mark.parametrize("crowd", [1, MOST_ALONE + 1])
def test_both_gradients_are_of_the_same_mini_batch_and_the_same_noise(crowd):
    inputs, targets = [0.0, 1.0, 2.0, 4.0], [1.0, 0.0, 3.0, 2.0]
    ground, radius, rate = fitting(inputs, targets), 0.5, 0.05
    settings = descent(
        ground, "sam", {"radius": radius}, learning_rate=rate, steps=12, batch=2, noise=0.3, tolerance=0.0
    )
    starts = [(1.0, 1.0)] * crowd
    whole = all_of(settings, starts)[0]
    draw, batches = settings.noise_rows(0)(13), settings.batches(0)
    place = np.array([1.0, 1.0])
    features = np.stack([np.array(inputs), np.ones(4)], axis=1)
    for k in range(12):
        rows = next(batches)

        def seen(at, rows=rows, k=k):
            error = features[rows] @ at - np.array(targets)[rows]
            return 2 * features[rows].T @ error / len(rows) + draw[k]

        gradient = seen(place)
        place = place - rate * seen(place + radius * gradient / (math.hypot(*gradient) + 1e-12))
        assert (whole.x[k + 1], whole.y[k + 1]) == pytest.approx(place, rel=1e-9)


@pytest.mark.parametrize("curvature", [0.5, 3.0])
def test_it_stays_near_a_minimum_below_the_stability_limit_and_diverges_above(curvature):
    limit = OPTIMIZERS["sam"].stability(radius=0.1) / curvature
    ground = landscape(f"{curvature}*x**2/2", (1.0,))
    below = one(descent(ground, "sam", {"radius": 0.1}, learning_rate=0.98 * limit, steps=5000), (1.0,))
    # Both sides are equally high: the loss does not change.
    assert below.ending.outcome == "stalled"
    assert abs(below.ending.x) == pytest.approx(0.1 * 1.96 / 0.04, rel=1e-6)
    above = one(descent(ground, "sam", {"radius": 0.1}, learning_rate=1.02 * limit, steps=5000), (1.0,))
    assert above.ending.outcome == "diverged"


@pytest.mark.parametrize("ground", ["x**2 + x*y + 3*y**2", "sin(3*x) + y**4 + exp(x*y/5)"])
def test_many_side_by_side_walk_as_each_alone(ground):
    settings = descent(landscape(ground), "sam", learning_rate=0.05, steps=40, noise=0.1)
    starts = [(0.1 * k - 1, 1 - 0.07 * k) for k in range(MOST_ALONE + 4)]
    together = all_of(settings, starts)
    for walker in (0, 11):
        alone = all_of(settings, starts[:12])[walker]
        assert together[walker].x.tolist() == alone.x.tolist()
        assert together[walker].loss.tolist() == alone.loss.tolist()
