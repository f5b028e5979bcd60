"""BFGS, against SciPy's, linear algebra, and the conditions that its line search promises."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.bfgs import CURVATURE, MOST_PROBES, SUFFICIENT, LineSearch, Remembered, learnt
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import BY_HAND, all_of, descent, landscape, one, usual_shape

QUADRATICS = ["bowl", "quadratic", "turned-ravine", "straight-line", "pasture-squared", "fence"]


def walked(slug, start=None, **rest):
    entry = LANDSCAPES[slug]
    settings = descent(entry, "bfgs", learning_rate=1.0, shape=usual_shape(entry), goal=entry.goal, **rest)
    return one(settings, start or entry.start)


@pytest.mark.parametrize("slug", QUADRATICS)
def test_on_quadratics_it_arrives_within_sixteen_steps(slug):
    whole = walked(slug)
    assert whole.ending.outcome == "converged"
    assert whole.ending.steps <= 16
    best = LANDSCAPES[slug].at(usual_shape(LANDSCAPES[slug])).stationary_points[0]
    assert whole.ending.loss == pytest.approx(best.value, rel=1e-9, abs=1e-12)


def test_rosenbrock_is_below_a_ten_billionth_within_sixty_steps_and_not_far_from_scipys_count():
    whole = walked("rosenbrock", (-1.2, 1.0))
    below = int(np.argmax(whole.loss < 1e-10))
    assert 0 < below <= 60
    published = minimize(rosen, [-1.2, 1.0], jac=rosen_der, method="BFGS")
    assert (whole.ending.x, whole.ending.y) == pytest.approx(published.x, abs=1e-5)
    assert whole.ending.evaluations <= 2 * published.nfev


def test_every_loss_and_gradient_is_counted_once():
    calls = []
    entry = landscape("(1 - x)**2 + 100*(y - x**2)**2", (-1.2, 1.0))
    settings = descent(entry, "bfgs", learning_rate=1.0)
    evaluate = settings.landscape.arrays.loss_and_gradient

    def counted(x, y):
        calls.append(len(x))
        return evaluate(x, y)

    settings.landscape.__dict__["arrays"] = settings.landscape.arrays._replace(loss_and_gradient=counted)
    whole = one(settings, (-1.2, 1.0))
    # The walk itself looks at each iterate once more, on floats, at what the last probe has found already.
    assert whole.ending.outcome == "converged"
    assert whole.ending.evaluations == 1 + sum(calls)


@pytest.mark.parametrize("slug", ["rosenbrock", "beale", "himmelblau", "peaks", "two-minima"])
def test_every_step_meets_the_strong_wolfe_conditions(slug):
    entry = LANDSCAPES[slug]
    whole, shape = walked(slug, tolerance=0.0, steps=12), usual_shape(entry)
    gradients = np.array(
        [BY_HAND[slug].gradient(x, y, shape) for x, y in zip(whole.x, whole.y, strict=True)], dtype=float
    )
    gradients = gradients.reshape(len(whole.x), -1)[:, : entry.dimensions]
    points = np.stack([whole.x, whole.y], axis=1)[:, : entry.dimensions]
    for k in range(len(points) - 1):
        step = points[k + 1] - points[k]
        slope, there = gradients[k] @ step, gradients[k + 1] @ step
        if np.linalg.norm(gradients[k]) < 1e-7:
            break  # from here on the losses differ by their rounding alone
        assert slope < 0
        assert whole.loss[k + 1] <= whole.loss[k] + SUFFICIENT * slope + 1e-12
        assert abs(there) <= CURVATURE * abs(slope) + 1e-12


def test_the_inverse_is_nocedal_and_wrights_formula():
    entry = LANDSCAPES["rosenbrock"]
    settings = descent(entry, "bfgs", learning_rate=1.0, tolerance=0.0, steps=8)
    steps = [step.quantities for part in trace(settings, [(-1.2, 1.0)], 0) for step in part]
    inverse = np.eye(2)
    assert steps[0]["inverse"] == inverse.tolist()
    for k in range(1, len(steps)):
        before, now = steps[k - 1], steps[k]
        s = np.array(now["point"]) - before["point"]
        y = np.array(now["gradient"]) - before["gradient"]
        assert (now["displacement"], now["gradient_change"]) == (pytest.approx(s), pytest.approx(y))
        if k == 1:
            inverse = s @ y / (y @ y) * inverse
        rho, identity = 1 / (y @ s), np.eye(2)
        inverse = (identity - rho * np.outer(s, y)) @ inverse @ (identity - rho * np.outer(y, s)) + rho * np.outer(s, s)
        assert np.array(now["inverse"]) == pytest.approx(inverse, rel=1e-8)
        assert now["search"] == pytest.approx(-np.array(now["inverse"]) @ now["gradient"], rel=1e-12)
        # The secant equation: the new inverse maps the change of the gradient to the step.
        assert inverse @ y == pytest.approx(s)


def test_what_curves_the_wrong_way_teaches_nothing():
    point, gradient = np.array([[1.0], [0.0]]), np.array([[-1.0], [0.0]])
    before = Remembered(2 * np.eye(2)[..., None], np.zeros((2, 1)), np.zeros((2, 1)), np.array([3.0]))
    after = learnt(before, point, gradient)
    assert after.inverse.tolist() == before.inverse.tolist()
    assert after.updates.tolist() == [3]
    assert after.point.tolist() == point.tolist()


@pytest.mark.parametrize("slug", ["rosenbrock", "peaks", "ackley", "two-minima", "straight-line", "pasture"])
def test_many_side_by_side_walk_as_each_alone(slug):
    entry = LANDSCAPES[slug]
    settings = descent(
        entry, "bfgs", learning_rate=1.0, steps=25, goal=entry.goal, noise=0.01, shape=usual_shape(entry)
    )
    generator = np.random.default_rng(5)
    low, high = entry.domain
    starts = [tuple(generator.uniform(low, high).tolist()) for _ in range(MOST_ALONE + 6)]
    together = all_of(settings, starts)
    for walker in (0, 7, MOST_ALONE + 5):
        alone = all_of(settings, starts[: MOST_ALONE // 2] if walker < MOST_ALONE // 2 else starts, walker)[walker]
        for column, other in zip(together[walker][:-1], alone[:-1], strict=True):
            assert column.tolist() == other.tolist()


def test_an_ascent_is_the_descent_of_the_negative_loss():
    up = one(descent(landscape("-(x - 1)**2 - 5*y**2 - x*y"), "bfgs", learning_rate=1.0, goal="maximize"), (3.0, 2.0))
    down = one(descent(landscape("(x - 1)**2 + 5*y**2 + x*y"), "bfgs", learning_rate=1.0), (3.0, 2.0))
    assert up.x.tolist() == down.x.tolist()
    assert up.loss.tolist() == (-down.loss).tolist()


def test_without_a_lower_place_the_step_is_not_taken():
    # Downhill by its gradient, and a wall wherever one steps.
    settings = descent(landscape("sqrt(x)", (0.0,)), "bfgs", learning_rate=1.0, tolerance=0.0, steps=3)
    (first, *_) = [step for part in trace(settings, [(1e-300,)], 0) for step in part]
    assert (first.rule, first.quantities["point_next"]) == ("refused", first.quantities["point"])
    flat = LineSearch(lambda length, which: (np.full(len(length), np.inf), length), np.zeros(2), np.array([-1.0, -1.0]))
    with np.errstate(all="ignore"):
        length, probes = flat.found(np.array([1.0, 2.0]))
    assert length.tolist() == [0, 0]
    assert probes.tolist() == [MOST_PROBES, MOST_PROBES]


def test_uphill_no_length_is_searched():
    length, probes = LineSearch(lambda length, which: (length, length), np.zeros(1), np.array([1.0])).found(np.ones(1))
    assert (length.tolist(), probes.tolist()) == ([0], [0])
