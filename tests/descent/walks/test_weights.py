"""Walks in many weights, against plain NumPy, and a walker of a block against the same alone."""

import numpy as np
import pytest

from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Settings
from app.descent.walks.weights import Problem, WeightsEnding, walk_weights
from tests.descent.by_hand import joined

SIZE = 50
CURVATURES = np.geomspace(0.02, 1.0, SIZE)
RULES = [slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself]


def quadratic(points):
    return (CURVATURES[:, None] * points**2).sum(axis=0) / 2, CURVATURES[:, None] * points


BOWL = Problem(quadratic, reach=1e6, hessian_times=lambda points, vectors: CURVATURES[:, None] * vectors)


def settings(slug="gradient-descent", steps=60, rate=0.1, schedule="constant", **rest):
    entry, plan = OPTIMIZERS[slug], SCHEDULES[schedule]
    rates = LearningRates(plan, rate, (steps,), plan.values({}))
    return Settings(rule=entry.rule, values=entry.values({}), rates=rates, steps=steps, **rest)


def starts(walkers, seed=3):
    return np.random.default_rng(seed).normal(size=(SIZE, walkers))


def by_coordinates(slug, start, rates):
    """Walk each coordinate by the rule on plain numbers, which knows nothing of any other coordinate."""
    entry = OPTIMIZERS[slug]
    update = entry.rule.bind(**entry.values({})).floats
    path = [start.copy()]
    states = [None] * len(start)
    for rate in rates:
        point = path[-1].copy()
        for k, value in enumerate(path[-1]):
            point[k], _, states[k] = update(
                float(CURVATURES[k] * value), 0.0, states[k], float(rate), float(value), 0.0
            )
        path.append(point)
    return np.array(path)


@pytest.mark.parametrize("slug", RULES)
def test_every_rule_walks_fifty_weights_as_it_does_each_by_itself(slug):
    own = settings(slug, tolerance=0.0, schedule="cosine")
    start = starts(1)
    whole = joined(walk_weights(own, BOWL, start))[0]
    expected = by_coordinates(slug, start[:, 0], own.rates.between(0, own.steps))
    assert whole.x == pytest.approx(expected[:, 0], rel=1e-12, abs=1e-14)
    assert whole.y == pytest.approx(expected[:, 1], rel=1e-12, abs=1e-14)
    assert whole.loss == pytest.approx((CURVATURES * expected**2).sum(axis=1) / 2, rel=1e-12)
    assert whole.gradient_norm == pytest.approx(np.linalg.norm(CURVATURES * expected, axis=1), rel=1e-12)
    assert whole.ending.steps == own.steps


@pytest.mark.parametrize("slug", RULES)
def test_a_lone_walker_equals_the_same_walker_of_a_block_to_the_last_bit(slug):
    own, many = settings(slug, noise=0.01, steps=90), starts(7)
    together = joined(walk_weights(own, BOWL, many))
    alone = joined(walk_weights(own, BOWL, many[:, :1]))[0]
    for column, other in zip(alone[:-1], together[0][:-1], strict=True):
        assert column.tolist() == other.tolist()
    assert alone.ending == together[0].ending


def test_walks_end_by_the_same_criteria():
    (converged,) = joined(walk_weights(settings(rate=1.0, steps=5000), BOWL, starts(1))).values()
    assert converged.ending.criterion == "tolerance"
    assert converged.gradient_norm[-1] <= 1e-6 < converged.gradient_norm[-40]
    (gone,) = joined(walk_weights(settings(rate=2.5, steps=5000), BOWL, starts(1))).values()
    assert gone.ending.criterion == "too_far"
    assert gone.loss[-2] < gone.loss[-1]
    (blown,) = joined(
        walk_weights(settings(rate=1e200, steps=50), BOWL._replace(reach=np.inf), starts(1))
    ).values()
    assert blown.ending.criterion == "not_finite"
    (level,) = joined(walk_weights(settings(rate=1.0, steps=500), flat(), starts(1))).values()
    assert (level.ending.criterion, level.ending.steps) == ("unchanged", 64)
    (impatient,) = joined(
        walk_weights(settings(rate=1e-3, steps=500, patience=9, min_change=0.1), BOWL, starts(1))
    ).values()
    assert impatient.ending.criterion == "patience"
    (short,) = joined(walk_weights(settings(steps=3), BOWL, starts(1))).values()
    assert (short.ending.criterion, len(short.x)) == ("steps", 4)
    (still,) = joined(walk_weights(settings(), BOWL, np.zeros((SIZE, 1)))).values()
    assert (still.ending.criterion, still.ending.steps) == ("tolerance", 0)


def flat():
    return Problem(lambda points: (np.ones(points.shape[1]), np.ones_like(points)), reach=1e9)


def test_walkers_that_end_early_are_dropped_and_the_others_go_on():
    many = np.concatenate([np.zeros((SIZE, 1)), starts(3)], axis=1)
    whole = joined(walk_weights(settings(rate=1.0, steps=3000), BOWL, many))
    assert [whole[walker].ending.outcome for walker in range(4)] == ["converged"] * 4
    assert whole[0].ending.steps == 0 < min(whole[walker].ending.steps for walker in (1, 2, 3))
    alone = joined(walk_weights(settings(rate=1.0, steps=3000), BOWL, many[:, 2:3]))[0]
    assert whole[2].loss.tolist() == alone.loss.tolist()


def test_an_ascent_climbs():
    hill = Problem(lambda points: tuple(-part for part in quadratic(points)), reach=1e6)
    up = joined(walk_weights(settings(goal="maximize"), hill, starts(1)))[0]
    down = joined(walk_weights(settings(), BOWL, starts(1)))[0]
    assert up.x.tolist() == down.x.tolist()
    assert up.loss.tolist() == (-down.loss).tolist()


def test_mini_batches_are_each_walkers_own_and_what_they_cost_is_counted():
    data = np.random.default_rng(1).normal(size=(20, SIZE))

    def whole(points):
        away = points[None] - data[:, :, None]
        return (away**2).sum(axis=(0, 1)) / 40, away.mean(axis=0)

    def batched(points, rows):
        return np.stack([(points[:, k, None] - data[rows[k]].T).mean(axis=1) for k in range(points.shape[1])], axis=1)

    problem = Problem(whole, reach=1e6, points=20, batch_gradient=batched)
    own, many = settings(batch=5, steps=12, tolerance=0.0), starts(3)
    together = joined(walk_weights(own, problem, many))
    for walker in range(3):
        point, batches = many[:, walker].copy(), own.batches_of(20, walker)
        for _ in range(12):
            point = point - 0.1 * (point - data[next(batches)].mean(axis=0))
        assert together[walker].x[-1] == pytest.approx(point[0], rel=1e-12)
        assert together[walker].evaluations.tolist() == [5 * k for k in range(13)]
