"""Walks in many weights, against plain NumPy, and a walker of a block against the same alone."""

import numpy as np
import pytest
from scipy.optimize import minimize, rosen, rosen_der

from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers.bfgs import CURVATURE, SUFFICIENT
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.weights import Problem, WeightsChunk, walk_weights
from tests.descent.by_hand import descent, fitting, landscape, one
from tests.descent.in_weights import IN_WEIGHTS, assert_equal, drawn_starts, of_formula, of_network, settings_of, walks

SIZE = 50
CURVATURES = np.geomspace(0.02, 1.0, SIZE)
RULES = [slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself]


def quadratic(points):
    return (CURVATURES[:, None] * points**2).sum(axis=0) / 2, CURVATURES[:, None] * points


BOWL = Problem(quadratic, reach=1e6, hessian_times=lambda points, vectors: CURVATURES[:, None] * vectors)


def starts(walkers):
    return drawn_starts(SIZE, walkers)


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
    own = settings_of(slug, tolerance=0.0, schedule="cosine")
    start = starts(1)
    whole = walks(own, BOWL, start)[0]
    expected = by_coordinates(slug, start[:, 0], own.rates.between(0, own.steps))
    assert whole.weights == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert whole.loss == pytest.approx((CURVATURES * expected**2).sum(axis=1) / 2, rel=1e-12)
    assert whole.gradient_norm == pytest.approx(np.linalg.norm(CURVATURES * expected, axis=1), rel=1e-12)
    assert whole.ending.steps == own.steps


@pytest.mark.parametrize("slug", RULES)
def test_a_lone_walker_equals_the_same_walker_of_a_block_to_the_last_bit(slug):
    own, many = settings_of(slug, noise=0.01, steps=90), starts(7)
    together = walks(own, BOWL, many)
    assert_equal(walks(own, BOWL, many[:, :1])[0], together[0])
    assert_equal(walks(own, BOWL, many, only=5)[5], together[5])


@pytest.mark.parametrize("slug", IN_WEIGHTS)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_walker_of_a_network_equals_itself_alone_and_as_the_last_of_its_block(network, slug):
    problem, size = of_network(network), NETWORKS[network].size
    batch = 0 if OPTIMIZERS[slug].needs_all_data else 3
    own = settings_of(slug, steps=40, rate=OPTIMIZERS[slug].full_step or 0.05, noise=0.02, batch=batch)
    many = drawn_starts(size, 5)
    together, alone = walks(own, problem, many), walks(own, problem, many, only=3)[3]
    assert together[3].ending.steps == 40
    assert_equal(alone, together[3])
    # Those that are nowhere end at once, and the others are dropped to one while it goes on.
    lonely = many.copy()
    lonely[:, [0, 1, 2, 4]] = np.nan
    left = walks(own, problem, lonely)
    assert [left[walker].ending.criterion for walker in range(5)] == ["not_finite"] * 3 + ["steps", "not_finite"]
    assert_equal(left[3], alone)


GROUNDS = {
    "valley": landscape("(1 - x)**2 + 5*(y - x**2)**2", (-1.2, 1.0)),
    "waves": landscape("sin(3*x) + y**4 + exp(x*y/5)", (1.0, -0.7)),
    "hill": landscape("-(x - 1)**2 - 5*y**2 - x*y", (0.7, -0.4), goal="maximize"),
    "data": fitting([0.0, 1.0, 2.0, 4.0], [1.0, 0.0, 3.0, 2.0]),
}


@pytest.mark.parametrize("slug", IN_WEIGHTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_in_two_weights_it_is_the_walk_over_the_plane(slug, ground):
    entry, start = GROUNDS[ground], GROUNDS[ground].start if ground != "data" else (1.0, 1.0)
    rate = OPTIMIZERS[slug].full_step or 0.02
    noise = 0.0 if OPTIMIZERS[slug].full_step or ground == "valley" else 0.01
    batch = 2 if ground == "data" and not OPTIMIZERS[slug].needs_all_data else 0
    chance = {"noise": noise, "batch": batch, "goal": entry.goal}
    plane = one(descent(entry, slug, learning_rate=rate, steps=40, **chance), start)
    weights = walks(settings_of(slug, rate=rate, steps=40, **chance), of_formula(entry), np.array(start)[:, None])[0]
    assert weights.weights == pytest.approx(np.stack([plane.x, plane.y], axis=1), rel=1e-9, abs=1e-9)
    for name in ("loss", "gradient_norm", "learning_rate", "evaluations"):
        assert getattr(weights, name) == pytest.approx(getattr(plane, name), rel=1e-8, abs=1e-8), name
    assert weights.ending[1:3] == plane.ending[1:3]
    assert weights.ending.evaluations == plane.ending.evaluations


def test_a_step_that_no_length_makes_fall_is_not_taken_and_its_tries_are_paid_for():
    entry = landscape("2*abs(x) + x + y**2", (3.0, 0.0))
    own = settings_of("line-search", rate=1.0, steps=8, tolerance=0.0)
    plane = one(descent(entry, "line-search", learning_rate=1.0, steps=8, tolerance=0.0), (3.0, 0.0))
    weights = walks(own, of_formula(entry), np.array([[3.0], [0.0]]))[0]
    assert weights.weights.tolist() == np.stack([plane.x, plane.y], axis=1).tolist()
    assert weights.learning_rate.tolist() == plane.learning_rate.tolist() == [1.0, *[0.0] * 7, 1.0]
    assert weights.evaluations.tolist() == plane.evaluations.tolist()


# --- methods in ten weights

TEN = np.geomspace(0.1, 10.0, 10)
TURN = np.linalg.qr(np.random.default_rng(8).normal(size=(10, 10)))[0]
MATRIX, BEST = TURN @ np.diag(TEN) @ TURN.T, np.arange(10.0)


def turned(points):
    away = points - BEST[:, None]
    slope = MATRIX @ away
    return (away * slope).sum(axis=0) / 2, slope


def test_bfgs_ends_where_linear_algebra_says_and_learns_as_fast_as_scipys():
    start = BEST + drawn_starts(10, 1)[:, 0]
    bowl = walks(settings_of("bfgs", rate=1.0), Problem(turned, 1e6), start[:, None])[0]
    assert bowl.ending.outcome == "converged"
    assert bowl.ending.weights == pytest.approx(BEST, abs=1e-5)
    published = minimize(
        lambda w: turned(w[:, None])[0][0], start, jac=lambda w: turned(w[:, None])[1][:, 0], method="BFGS"
    )
    assert bowl.ending.steps <= 2 * published.nit
    assert bowl.ending.evaluations <= 2 * published.nfev


def rosenbrock(points):
    slopes = np.stack([rosen_der(column) for column in points.T], axis=1)
    return np.array([rosen(column) for column in points.T]), slopes


def test_bfgs_steps_meet_the_strong_wolfe_conditions_in_rosenbrocks_valley_of_ten_dimensions():
    start = np.zeros((10, 1))
    whole = walks(settings_of("bfgs", rate=1.0, steps=300), Problem(rosenbrock, 1e6), start)[0]
    assert whole.ending.outcome == "converged"
    published = minimize(rosen, start[:, 0], jac=rosen_der, method="BFGS")
    assert whole.ending.weights == pytest.approx(published.x, abs=1e-4)
    assert whole.ending.evaluations <= 2 * published.nfev
    for before, after in zip(whole.weights[:-1], whole.weights[1:], strict=True):
        slope, there = rosen_der(before) @ (after - before), rosen_der(after) @ (after - before)
        assert slope < 0
        assert rosen(after) <= rosen(before) + SUFFICIENT * slope + 1e-12
        assert abs(there) <= CURVATURE * abs(slope) + 1e-12


def test_every_loss_and_gradient_that_bfgs_asks_for_is_counted_once():
    calls = []

    def counted(points):
        calls.append(1)
        return turned(points)

    whole = walks(settings_of("bfgs", rate=1.0, tolerance=0.0, steps=9), Problem(counted, 1e6), np.zeros((10, 1)))[0]
    # The walk itself looks at each iterate once more, and from the last one a step is searched for that is not taken.
    last = walks(settings_of("bfgs", rate=1.0, tolerance=0.0, steps=10), Problem(turned, 1e6), np.zeros((10, 1)))[0]
    assert last.evaluations[10] == 1 + len(calls) - len(whole.loss)


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_line_search_takes_the_first_length_that_falls_enough(goal):
    sign = 1.0 if goal == "minimize" else -1.0
    start = BEST + drawn_starts(10, 1)[:, 0]
    problem = Problem(lambda points: tuple(sign * part for part in turned(points)), 1e6)
    whole = walks(settings_of("line-search", rate=1.0, steps=25, tolerance=0.0, goal=goal), problem, start[:, None])[0]
    point, spent = start, 0

    def height(at):
        return (at - BEST) @ MATRIX @ (at - BEST) / 2

    for k in range(25):
        slope = MATRIX @ (point - BEST)
        tries = [0.5**probe for probe in range(60)]
        falls = [height(point - rate * slope) <= height(point) - 1e-4 * rate * slope @ slope for rate in tries]
        point, spent = point - tries[falls.index(True)] * slope, spent + 2 + falls.index(True)
        assert whole.learning_rate[k] == tries[falls.index(True)]
        assert whole.weights[k + 1] == pytest.approx(point, rel=1e-9)
        assert whole.evaluations[k + 1] == spent


def test_where_a_problem_has_its_loss_alone_the_line_search_asks_for_no_more():
    asked = []

    def loss(points):
        asked.append(points.shape)
        return turned(points)[0]

    own, start = settings_of("line-search", rate=1.0, steps=12), drawn_starts(10, 1)
    alone = walks(own, Problem(turned, 1e6, loss=loss), start)[0]
    assert_equal(alone, walks(own, Problem(turned, 1e6), start)[0])
    assert set(asked) == {(10, 2)}


def test_both_gradients_of_sam_are_of_the_same_mini_batch_and_the_same_noise():
    generator, radius, rate = np.random.default_rng(6), 0.5, 0.05
    features, targets = generator.normal(size=(9, 4)), generator.normal(size=9)

    def gradient(point, rows):
        return 2 * features[rows].T @ (features[rows] @ point - targets[rows]) / len(rows)

    def whole(points):
        away = features @ points - targets[:, None]
        return (away**2).mean(axis=0), 2 * features.T @ away / 9

    def batched(points, rows):
        return np.stack([gradient(point, mine) for point, mine in zip(points.T, rows, strict=True)], axis=1)

    problem, many = Problem(whole, 1e6, 9, batched), drawn_starts(4, 3)
    own = settings_of("sam", {"radius": radius}, rate=rate, steps=12, batch=2, noise=0.3, tolerance=0.0)
    together = walks(own, problem, many)
    for walker in range(3):
        noise = 0.3 * own.noise_of(walker).standard_normal((12, 4))
        point, batches = many[:, walker], own.batches_of(9, walker)
        for k in range(12):
            rows = next(batches)
            slope = gradient(point, rows) + noise[k]
            there = point + radius * slope / (np.linalg.norm(slope) + 1e-12)
            point = point - rate * (gradient(there, rows) + noise[k])
            assert together[walker].weights[k + 1] == pytest.approx(point, rel=1e-9)
        assert together[walker].evaluations.tolist() == [4 * k for k in range(13)]


def test_what_needs_a_hessian_is_refused():
    with pytest.raises(NotImplementedError, match="Hessian"):
        list(walk_weights(settings_of("newton", rate=1.0), BOWL, starts(1)))


# --- how walks end


def only(*walk):
    (whole,) = walks(*walk).values()
    return whole


def test_walks_end_by_the_same_criteria():
    converged = only(settings_of(rate=1.0, steps=5000), BOWL, starts(1))
    assert converged.ending.criterion == "tolerance"
    assert converged.gradient_norm[-1] <= 1e-6 < converged.gradient_norm[-40]
    gone = only(settings_of(rate=2.5, steps=5000), BOWL, starts(1))
    assert gone.ending.criterion == "too_far"
    assert gone.loss[-2] < gone.loss[-1]
    blown = only(settings_of(rate=1e200, steps=50), BOWL._replace(reach=np.inf), starts(1))
    assert blown.ending.criterion == "not_finite"
    level = only(settings_of(rate=1.0, steps=500), flat(), starts(1))
    assert (level.ending.criterion, level.ending.steps) == ("unchanged", 64)
    impatient = only(settings_of(rate=1e-3, steps=500, patience=9, min_change=0.1), BOWL, starts(1))
    assert impatient.ending.criterion == "patience"
    short = only(settings_of(steps=3), BOWL, starts(1))
    assert (short.ending.criterion, len(short.loss)) == ("steps", 4)
    poor = only(settings_of(steps=30, budget=7.0), BOWL, starts(1))
    assert (poor.ending.criterion, poor.ending.evaluations) == ("budget", 7)
    still = only(settings_of(), BOWL, np.zeros((SIZE, 1)))
    assert (still.ending.criterion, still.ending.steps) == ("tolerance", 0)
    restless = only(settings_of(noise=1e-3), BOWL, np.zeros((SIZE, 1)))
    assert (restless.ending.criterion, restless.ending.steps) == ("steps", 60)


def flat():
    return Problem(lambda points: (np.ones(points.shape[1]), np.ones_like(points)), reach=1e9)


def test_an_ending_is_the_last_iterate():
    whole = only(settings_of(), BOWL, starts(1))
    assert whole.ending.weights.tolist() == whole.weights[-1].tolist()
    assert (whole.ending.loss, whole.ending.gradient_norm) == (whole.loss[-1], whole.gradient_norm[-1])
    assert whole.ending.outcome == "out_of_steps"


def test_walkers_that_end_early_are_dropped_and_the_others_go_on():
    many = np.concatenate([np.zeros((SIZE, 1)), starts(3)], axis=1)
    whole = walks(settings_of(rate=1.0, steps=3000), BOWL, many)
    assert [whole[walker].ending.outcome for walker in range(4)] == ["converged"] * 4
    assert whole[0].ending.steps == 0 < min(whole[walker].ending.steps for walker in (1, 2, 3))
    assert_equal(whole[2], walks(settings_of(rate=1.0, steps=3000), BOWL, many[:, 2:3])[0])


def test_chunks_are_the_shorter_the_more_there_is_to_compute():
    def lengths(own, problem, walkers):
        chunks = [
            event for event in walk_weights(own, problem, drawn_starts(13, walkers)) if isinstance(event, WeightsChunk)
        ]
        return [len(chunk.loss) for chunk in chunks if chunk.walker == 0]

    curve = of_network("network-curve")
    assert lengths(settings_of(steps=160), curve, 1) == [16, 64, 64, 17]
    assert max(lengths(settings_of("bfgs", rate=1.0, steps=20), curve, 1)) == 8
    assert max(lengths(settings_of(steps=20), curve, 256)) == 11
    assert max(lengths(settings_of(steps=2), curve._replace(points=10**6), 2)) == 1


def test_an_ascent_climbs():
    hill = Problem(lambda points: tuple(-part for part in quadratic(points)), reach=1e6)
    up = only(settings_of(goal="maximize"), hill, starts(1))
    down = only(settings_of(), BOWL, starts(1))
    assert up.weights.tolist() == down.weights.tolist()
    assert up.loss.tolist() == (-down.loss).tolist()


def test_mini_batches_are_each_walkers_own_and_what_they_cost_is_counted():
    data = np.random.default_rng(1).normal(size=(20, SIZE))

    def whole(points):
        away = points[None] - data[:, :, None]
        return (away**2).sum(axis=(0, 1)) / 40, away.mean(axis=0)

    def batched(points, rows):
        return np.stack([(points[:, k, None] - data[rows[k]].T).mean(axis=1) for k in range(points.shape[1])], axis=1)

    problem = Problem(whole, reach=1e6, points=20, batch_gradient=batched)
    own, many = settings_of(batch=5, steps=12, tolerance=0.0), starts(3)
    together = walks(own, problem, many)
    for walker in range(3):
        point, batches = many[:, walker].copy(), own.batches_of(20, walker)
        for _ in range(12):
            point = point - 0.1 * (point - data[next(batches)].mean(axis=0))
        assert together[walker].weights[-1] == pytest.approx(point, rel=1e-12)
        assert together[walker].evaluations.tolist() == [5 * k for k in range(13)]
