"""The verdict on training: grounds whose Hessians are known in closed form, and the networks themselves."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, get_args

import numpy as np
import pytest

from app.descent.judging.headlines import LONGEST, Facts, headline
from app.descent.judging.manner import Manner
from app.descent.judging.marks import training_marks
from app.descent.judging.race import PARTS
from app.descent.judging.weight_places import curvatures_of, place_of_weights
from app.descent.judging.weights import JudgedTraining, judge_weights, judged_training
from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers.schedules import SCHEDULES, LearningRates, cycle_ends
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import OUTCOME_OF, Criterion, Settings
from app.descent.walks.weights import Problem, WeightsChunk, WeightsEnding, walk_weights

# Axes that are turned against all weights.
TURN = np.linalg.qr(np.random.default_rng(7).standard_normal((5, 5)))[0]
XOR, MOONS, CURVE = (NETWORKS[f"network-{name}"] for name in ("xor", "moons", "curve"))


@dataclass(frozen=True)
class Ground:
    """Stands in for a network: a loss, its gradient and its Hessian, of turned coordinates of shape (5, walkers)."""

    value: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    bend: Callable[[Any], Any]
    error: str = "squared"
    right: float | None = None

    def loss(self, points):
        return self.value(TURN.T @ points) + np.zeros(points.shape[1])

    def loss_and_gradient(self, points):
        at = TURN.T @ points
        return self.loss(points), TURN @ (self.slope(at) + np.zeros_like(at))

    def hessian(self, point):
        return TURN @ self.bend(TURN.T @ point) @ TURN.T

    def share_right(self, points):
        return None if self.right is None else np.full(points.shape[1], self.right)


def bowl(*curvatures, floor=0.3, **rest):
    """The quadratic with these curvatures and its stationary point at the origin."""
    each = np.array(curvatures)[:, None]
    return Ground(
        lambda at: floor + (each * at * at).sum(axis=0) / 2,
        lambda at: each * at,
        lambda at: np.diag(curvatures),
        **rest,
    )


def along_one(value, slope, bend, floor=0.3, others=(1.0, 2.0, 3.0, 4.0)):
    """A bowl but for its first axis, along which the loss is a function of one number."""
    each = np.array(others)[:, None]
    return Ground(
        lambda at: floor + value(at[0]) + (each * at[1:] ** 2).sum(axis=0) / 2,
        lambda at: np.concatenate([slope(at[:1]) + np.zeros_like(at[:1]), each * at[1:]]),
        lambda at: np.diag([float(bend(at[0])), *others]),
    )


def power(factor, exponent, **rest):
    return along_one(
        lambda x: factor * x**exponent,
        lambda x: factor * exponent * x ** (exponent - 1),
        lambda x: factor * exponent * (exponent - 1) * x ** (exponent - 2),
        **rest,
    )


def bent(fall):
    """A valley along a parabola, y = x², whose floor falls by so much times x⁴; straight on it rises."""
    return Ground(
        lambda at: 0.3 + (at[0] - at[1] ** 2) ** 2 - fall * at[1] ** 4 + (at[2:] ** 2).sum(axis=0),
        lambda at: np.concatenate(
            [
                2 * (at[:1] - at[1:2] ** 2),
                -4 * (at[:1] - at[1:2] ** 2) * at[1:2] - 4 * fall * at[1:2] ** 3,
                2 * at[2:],
            ]
        ),
        lambda at: (
            np.diag([2.0, -4 * at[0] + 12 * (1 - fall) * at[1] ** 2, 2, 2, 2])
            + np.diag([-4 * at[1], 0, 0, 0], 1)
            + np.diag([-4 * at[1], 0, 0, 0], -1)
        ),
    )


def turned(*coordinates):
    return TURN @ np.array([*coordinates, *[0.0] * (5 - len(coordinates))])


ORIGIN = np.zeros(5)
# Straight along its first axis: so much slope on a loss of this height.
INCLINE = {
    (slope, floor): along_one(lambda x, s=slope: s * x, lambda x, s=slope: s, lambda x: 0, floor=floor)
    for slope, floor in ((1e-4, 0.3), (0.01, 0.3), (1e-6, 1e-3))
}
PLACES = [
    # ground, weights, place
    (bowl(1, 2, 3, 4, 5), ORIGIN, "local_minimum"),
    (bowl(1, 2, 3, 4, 5), turned(1e-3), "local_minimum"),
    (bowl(1, 2, 3, 4, 5), turned(0.5), "slope"),
    (bowl(1, 2, 3, 4, 5, floor=0.0), ORIGIN, "global_minimum"),
    (bowl(1, 2, 3, 4, 5, floor=0.9e-12), ORIGIN, "global_minimum"),
    (bowl(1, 2, 3, 4, 5, floor=1.1e-12), ORIGIN, "local_minimum"),
    (bowl(1, 2, 3, 4, 5, floor=0.0, error="logistic"), ORIGIN, "local_minimum"),
    (bowl(-1, 2, 3, 4, 5), ORIGIN, "saddle"),
    (bowl(-1, -2, -3, -4, 5), turned(1e-4, 1e-4), "saddle"),
    (bowl(-1, 0, 3, 4, 5), ORIGIN, "saddle"),
    (bowl(-1, -2, -3, -4, -5), ORIGIN, "maximum"),
    # zero curvatures: losses around tell of lower ground, and nothing tells that there is none
    (bowl(0, 2, 3, 4, 5), ORIGIN, None),
    (power(1, 4), ORIGIN, None),
    (power(-1, 4), ORIGIN, "saddle"),
    (power(1, 3), ORIGIN, "saddle"),
    (power(-1, 4), turned(1e-3), "saddle"),
    (bent(0.1), ORIGIN, "saddle"),
    (bent(-0.1), ORIGIN, None),
    (bowl(0, 0, 0, 0, 0), ORIGIN, "plateau"),
    (bowl(0, 2, 3, 4, 5, floor=0.0), turned(0, 1e-4), "local_minimum"),
    # it rises, and is lower only further on, over the rim
    (
        along_one(lambda x: x**4 - 400 * x**6, lambda x: 4 * x**3 - 2400 * x**5, lambda x: 12 * x**2 - 12000 * x**4),
        ORIGIN,
        None,
    ),
    # without a stationary point: flat, steep, and nearly learnt
    (INCLINE[1e-4, 0.3], ORIGIN, "plateau"),
    (INCLINE[0.01, 0.3], ORIGIN, "slope"),
    (INCLINE[1e-6, 1e-3], ORIGIN, "slope"),
    # hardly steep now, but soon: one way is sharply curved, and the other leads far
    (bowl(10, 1e-6, 1, 1, 1), turned(1e-4, 0.1), "slope"),
    # Newton's first step is short, and later ones lead away: x³/3 + cx has a slope everywhere
    (
        along_one(lambda x: x**3 / 3 + 2.5e-5 * x, lambda x: x * x + 2.5e-5, lambda x: 2 * x),
        turned(0.015),
        "plateau",
    ),
    # where it goes on to and fro, for the slope is nowhere zero, but nearly
    (
        along_one(lambda x: x**3 / 3 + 1e-10 * x, lambda x: x * x + 1e-10, lambda x: 2 * x),
        turned(0.015),
        "plateau",
    ),
    # all points are right: what is flat is the end of a slope
    (bowl(0, 0, 0, 0, 0, floor=1e-9, error="logistic", right=1.0), ORIGIN, "slope"),
    (bowl(-1, 2, 3, 4, 5, floor=0.6, error="logistic", right=1.0), ORIGIN, "saddle"),
]


@pytest.mark.parametrize(("ground", "point", "place"), PLACES, ids=range(len(PLACES)))
def test_the_place_is_that_of_the_closed_form(ground, point, place):
    assert place_of_weights(ground, point) == place


def test_a_network_of_zero_weights_lies_on_a_saddle_that_only_losses_around_tell_for_exclusive_or():
    weights = np.zeros(9)
    weights[-1] = 0.5
    assert XOR.loss(weights[:, None]) == 0.25
    assert curvatures_of(XOR, weights) == pytest.approx([0] * 8 + [2], abs=1e-15)
    # By hand: with all weights of one unit and its bias at r, the score leaves 1/2 by 0.3 r tanh(r(x₁ + x₂ + 1)), whose
    # part along x₁x₂ is -0.6 r⁴, so that the loss falls by 0.6 r⁴ and its square brings back (0.3 r²)² (1 + 1 + 1).
    for r in (0.01, 0.03, 0.1):
        lower = weights.copy()
        lower[[0, 2, 4]], lower[6] = r, 0.3 * r
        change = float(XOR.loss(lower[:, None])[0]) - 0.25
        assert change == pytest.approx((0.27 - 0.6) * r**4, rel=0.05)
    assert place_of_weights(XOR, weights) == "saddle"
    assert place_of_weights(MOONS, np.zeros(17)) == "saddle"
    assert min(curvatures_of(MOONS, np.zeros(17))) < -0.3


@pytest.mark.parametrize("large", [100.0, 1000.0])
def test_large_weights_are_no_bottom_where_much_is_left_to_learn_though_it_is_a_small_part_of_them_away(large):
    # Both units are saturated, so that the error is that of two numbers of order 1, which can be told by hand: with
    # output weights p, q and a bias r it is 0 at ½, -½ and 0, and the loss elsewhere is a mean of four squares.
    def loss_by_hand(p, q, r):
        units = [(-1, -1), (1, -1), (1, -1), (1, 1)]
        return float(
            np.mean([(p * a + q * b + r - target) ** 2 for (a, b), target in zip(units, (0, 1, 1, 0), strict=True)])
        )

    def weights(p, q, r):
        return np.array([large, large, large, large, large, -large, p, q, r])

    learnt, near, far = weights(0.5, -0.5, 0), weights(0.5, -0.5, 0.05), weights(0.5, -0.5, 1)
    for point, known in ((near, loss_by_hand(0.5, -0.5, 0.05)), (far, loss_by_hand(0.5, -0.5, 1))):
        assert float(XOR.loss(point[:, None])[0]) == pytest.approx(known, abs=1e-12)
    assert np.linalg.norm(far - learnt) < 0.01 * np.linalg.norm(far)
    assert place_of_weights(XOR, learnt) == "global_minimum"
    assert place_of_weights(XOR, near) == "local_minimum"
    assert place_of_weights(XOR, far) == "slope"


def test_curvatures_are_those_of_finite_differences_of_the_gradient():
    point, h = CURVE.first_weights(2, 1.0), 1e-5
    sides = point[:, None] + h * np.eye(13), point[:, None] - h * np.eye(13)
    slopes = [CURVE.loss_and_gradient(side)[1] for side in sides]
    expected = np.linalg.eigvalsh((slopes[0] - slopes[1]) / (2 * h))
    assert curvatures_of(CURVE, point) == pytest.approx(expected.tolist(), abs=1e-8)


def test_there_are_no_curvatures_where_the_hessian_is_not_finite():
    assert curvatures_of(CURVE, np.full(13, np.nan)) == []


# --- verdicts


def settings(optimizer="gradient-descent", rate=0.1, steps=200, values=None, restarts=0, schedule="constant", **rest):
    entry, plan = OPTIMIZERS[optimizer], SCHEDULES[schedule]
    rates = LearningRates(plan, rate, tuple(cycle_ends(steps, restarts, 1.0)), plan.values({}))
    own = {"rule": entry.rule, "values": entry.values(values or {}), "tries": entry.tries}
    return Settings(rates=rates, steps=steps, **own, **rest)


def problem(ground, reach=1e6):
    return Problem(
        ground.loss_and_gradient,
        reach,
        getattr(ground, "__len__", lambda: 1)(),
        getattr(ground, "batch_gradient", None),
    )


def trained(ground, start, optimizer="gradient-descent", reach=1e6, **options):
    """The verdict on a walk, with how near it came."""
    chosen = settings(optimizer, **options)
    starts = np.asarray(start, dtype=float)[:, None]
    events = walk_weights(chosen, problem(ground, reach), starts)
    *chunks, judged = judged_training(chosen, OPTIMIZERS[optimizer], ground, starts, events)
    assert all(isinstance(chunk, WeightsChunk) for chunk in chunks)
    assert isinstance(judged, JudgedTraining)
    return judged


def judged_end(
    ground, point, criterion: Criterion = "steps", steps=100, losses=None, cycle=None, start=None, **options
):
    """The verdict on a walk that is said to have ended so."""
    optimizer = options.pop("optimizer", "gradient-descent")
    loss, slope = ground.loss_and_gradient(point[:, None])
    norm = float(np.linalg.norm(slope))
    ending = WeightsEnding(0, criterion, steps, point, float(loss[0]), norm, steps)
    start = point + 1 if start is None else start
    return judge_weights(settings(optimizer, **options), OPTIMIZERS[optimizer], ground, start, ending, losses, cycle)


def test_descent_settles_in_the_minimum_and_is_told_what_is_known_of_it():
    verdict = trained(bowl(1, 2, 3, 4, 5), turned(1, 1, 1, 1, 1), rate=0.2, steps=500).verdict
    assert (verdict.outcome, verdict.place, verdict.cycle, verdict.crossings) == (
        "converged",
        "local_minimum",
        None,
        None,
    )
    assert verdict.hessian_eigenvalues == pytest.approx([1, 2, 3, 4, 5])
    assert verdict.stability_limit == pytest.approx(2 / 5)
    assert re.fullmatch(
        r"It settles in a local minimum after \d+ steps; whether a deeper one exists is not known\.", verdict.headline
    )
    assert re.fullmatch(
        r"Converged after \d+ steps: loss 0\.3, gradient norm \S+; gradient norm and step are at or below the "
        r"tolerance 1e-6\. None of 5 curvatures is negative\. This is a local minimum; whether a deeper one exists is "
        r"not known\. "
        r"The largest curvature is 5: the learning rate 0\.2 is below the limit 2/λ = 0\.4 here\.",
        verdict.numbers,
    )


def test_evaluations_to_come_near_count_from_a_loss_of_zero_which_nothing_is_below():
    judged = trained(bowl(1, 1, 1, 1, 1, floor=0.0), turned(1), rate=0.1, steps=100, tolerance=0)
    # The loss is multiplied with 0.9² at each step.
    expected = [math.ceil(math.log(part) / math.log(0.81)) for part in PARTS]
    assert judged.reached.tolist() == expected == judged.stayed.tolist()
    assert trained(bowl(1, 1, 1, 1, 1, floor=0.3), turned(1)).reached.tolist() == [math.inf] * 2


def test_walkers_have_verdicts_of_their_own():
    ground, chosen = bowl(1, 2, 3, 4, 5), settings(steps=300)
    starts = np.stack([turned(1, 1), ORIGIN, turned(-2, 0, 1)], axis=1)
    events = judged_training(
        chosen, OPTIMIZERS["gradient-descent"], ground, starts, walk_weights(chosen, problem(ground), starts)
    )
    ends = {judged.ending.walker: judged for judged in events if isinstance(judged, JudgedTraining)}
    assert sorted(ends) == [0, 1, 2]
    assert "It stays where it starts" in ends[1].verdict.headline
    alone = trained(ground, turned(-2, 0, 1), steps=300)
    assert ends[2].verdict.numbers == alone.verdict.numbers


def test_a_walk_that_does_not_move_says_so():
    verdict = trained(MOONS, np.zeros(17), "adam", rate=0.05, steps=300).verdict
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")
    assert verdict.headline.startswith("It stays where it starts, on a saddle")
    assert verdict.numbers.startswith("Nothing moved: loss 0.6931, gradient norm ")
    assert "4 of 17 curvatures are negative, and 8 are as good as zero." in verdict.numbers
    # No score is on the side of a class, which is another thing than being wrong of all.
    assert "The network says the same for every point." in verdict.numbers
    assert "of the points are right" not in verdict.numbers
    # nor does it with all its steps
    verdict = trained(MOONS, np.zeros(17), rate=0.3, steps=30, tolerance=0).verdict
    assert verdict.headline.startswith("It stays where it starts, on a saddle")
    assert verdict.numbers.startswith("Nothing moved in 30 steps: ")


def test_exclusive_or_without_first_weights_ends_at_a_quarter_on_a_saddle_that_no_curvature_tells_of():
    verdict = trained(XOR, np.zeros(9), rate=0.3, steps=1000).verdict
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")
    assert re.search(r"loss 0\.25,.* but some neighbours are lower: a saddle\. 50 % of the points", verdict.numbers)
    assert verdict.hessian_eigenvalues == pytest.approx([0] * 8 + [2], abs=1e-6)


def test_exclusive_or_learnt_is_a_global_minimum_which_only_an_error_of_zero_is():
    verdict = trained(XOR, XOR.first_weights(3, 1.0), "momentum", rate=0.3, steps=1000, tolerance=1e-8).verdict
    assert verdict.place == "global_minimum"
    assert verdict.headline.startswith("It settles at the bottom after ")
    assert "This is a global minimum: no squared error is below 0. 100 % of the points are right." in verdict.numbers
    near = judged_end(bowl(1, 2, 3, 4, 5, floor=0.0), turned(1e-4), "tolerance")
    assert near.place == "local_minimum"
    assert near.headline == "It settles at the bottom after 100 steps."
    assert "as good as a global minimum" in near.numbers


def test_separable_points_have_no_finite_minimum():
    walked = trained(MOONS, MOONS.first_weights(0, 1.0), "adam", rate=0.05, steps=300)
    verdict = walked.verdict
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "slope")
    assert verdict.headline == (
        "All points are right and the loss still falls when its 300 steps are over: on such data it falls for ever."
    )
    assert "this data has no finite minimum. 100 % of the points are right." in verdict.numbers
    # Indeed, twice the weights on the output have a lower loss, and four times a lower one still.
    weights = np.repeat(walked.ending.weights[:, None], 3, axis=1)
    weights[-5:] *= [1, 2, 4]
    assert (np.diff(MOONS.loss(weights)) < 0).all()
    stopped = judged_end(MOONS, weights[:, 2], "tolerance", 71, optimizer="adam")
    assert stopped.headline == (
        "All points are right: it stops after 71 steps on a slope that falls for ever but is hardly one."
    )


def test_at_rest_on_flat_ground_it_has_stalled():
    verdict = judged_end(bowl(0, 0, 0, 0, 0), ORIGIN, "tolerance")
    assert (verdict.outcome, verdict.place, verdict.stability_limit) == ("stalled", "plateau", None)
    assert verdict.headline.startswith("It is stuck on a plateau after 100 steps")
    assert verdict.numbers.startswith("Stalled after 100 steps: ")
    assert verdict.numbers.endswith("None of 5 curvatures is negative, and 5 are as good as zero.")


def test_what_zero_curvatures_do_not_tell_is_not_told():
    verdict = judged_end(bowl(0, 1, 1, 1, 1), ORIGIN, "tolerance")
    assert verdict.place is None
    assert verdict.headline.endswith("what place that is cannot be told.")
    assert "and 1 is as good as zero. Where curvatures are zero they do not tell what place this is" in verdict.numbers


ENDS: list[tuple[Criterion, dict[str, Any], str]] = [
    ("patience", {"patience": 20}, "Stalled after 100 steps, when patience ended: loss 4.206"),
    ("unchanged", {}, "Stalled after 100 steps: loss 4.206, gradient norm 12.5; the loss no longer changes."),
    ("budget", {"budget": 500.0}, "gradient norm 12.5; the race's budget of evaluations, 500, is spent."),
    ("steps", {}, "Out of steps after 100 steps: loss 4.206, gradient norm 12.5. None of 5"),
    ("steps", {"steps": 1}, "Out of steps after 1 step: loss"),
]


@pytest.mark.parametrize(("criterion", "options", "told"), ENDS)
def test_what_ended_the_walk_is_told(criterion, options, told):
    steps = options.pop("steps", 100)
    verdict = judged_end(bowl(1, 2, 3, 4, 20), turned(0, 0, 0, 0, 0.625), criterion, steps, **options)
    assert told in verdict.numbers
    assert verdict.place == "slope"


def test_a_restart_that_is_still_to_come_is_told():
    options = {"restarts": 3, "schedule": "cosine", "steps": 100}
    ending = WeightsEnding(0, "tolerance", 30, ORIGIN, 0.3, 0.0, 30)
    chosen = settings("gradient-descent", 0.1, **options)
    verdict = judge_weights(chosen, OPTIMIZERS["gradient-descent"], bowl(1, 2, 3, 4, 5), turned(1), ending)
    assert verdict.numbers.endswith("2 restarts were still to come: with tolerance 0 the walk goes on to them.")


def test_a_walk_that_repeats_goes_round_for_ever():
    # At 2/λ each step leads to the other side, as far.
    ground = bowl(1, 1, 1, 1, 1)
    verdict = trained(ground, np.array([1.0, 2, -1, 0.5, 3]), rate=2.0, tolerance=1e-6).verdict
    assert (verdict.outcome, verdict.cycle) == ("out_of_steps", 2)
    assert verdict.headline == "It jumps for ever between two points, and never settles."
    assert "for ever between two points; loss 7.925" in verdict.numbers
    assert "the learning rate 2 is at the limit 2/λ = 2 here" in verdict.numbers
    assert verdict.numbers.startswith("Out of steps after 200 steps: for ever between two points; ")
    # With patience it has stalled, and its last weights come from several chunks.
    stalled = trained(ground, np.ones(5), rate=2.0, patience=700, steps=2000).verdict
    assert (stalled.outcome, stalled.cycle) == ("stalled", 2)
    assert stalled.numbers.startswith("Stalled after 700 steps: for ever between two points; ")
    longer = judged_end(ground, np.ones(5), cycle=3).numbers
    assert "for ever the same 3 steps round" in longer


def test_no_cycle_is_looked_for_where_more_decides_than_the_weights():
    ground, start = bowl(1, 1, 1, 1, 1), np.ones(5)
    assert trained(ground, start, "adam", rate=2.0, steps=300, tolerance=0).verdict.cycle is None
    assert trained(ground, start, rate=2.0, steps=300, tolerance=0, schedule="linear").verdict.cycle is None
    assert trained(ground, start, rate=0.5, steps=300).verdict.cycle is None


# --- the limit


ZIGZAG = np.array([1 / (1 + k) + (0.02 if k % 2 else 0) for k in range(200)])


def test_at_the_limit_where_the_loss_goes_up_and_down_but_falls_it_is_at_the_edge_of_stability():
    ground = bowl(1, 2, 3, 4, 10)
    verdict = judged_end(ground, turned(0, 0, 0, 0, 0.005), losses=ZIGZAG, rate=0.2)
    assert verdict.place == "local_minimum"
    slope = turned(0.1, 0, 0, 0, 0.1)
    verdict = judged_end(ground, slope, losses=ZIGZAG, rate=0.2)
    assert verdict.headline == (
        "It walks at the edge of stability: its steps are as long as it can bear, yet the loss falls."
    )
    assert verdict.numbers.endswith(
        "The largest curvature is 10: the learning rate 0.2 is at the limit 2/λ = 0.2 here; at the start that was 0.2, "
        "which is no promise for later: the curvature changes on the way."
    )
    told = judged_end(ground, slope, losses=ZIGZAG, rate=0.21).numbers
    assert "the learning rate 0.21 is above the limit 2/λ = 0.2 here; at the start" in told
    below = judged_end(ground, slope, losses=ZIGZAG, rate=0.17)
    assert "edge" not in below.headline
    assert "no promise" not in below.numbers
    for losses in (np.sort(ZIGZAG)[::-1], ZIGZAG[::-1], None):
        assert "edge" not in judged_end(ground, slope, losses=losses, rate=0.2).headline
    noisy = judged_end(ground, slope, losses=ZIGZAG, rate=0.2, noise=0.1)
    assert "edge" not in noisy.headline


def test_above_the_limit_where_the_loss_does_not_fall_the_steps_are_too_long():
    verdict = judged_end(bowl(1, 2, 3, 4, 10), turned(0.1, 0, 0, 0, 0.1), losses=ZIGZAG[::-1] * 9, rate=0.3)
    assert verdict.headline == "It cannot settle: its steps are too long for this ground, and throw it to and fro."
    there = judged_end(bowl(1, 2, 3, 4, 10), turned(0, 0, 0, 0, 1e-3), rate=0.3)
    assert there.headline.endswith("but its steps are too long to settle there.")


def test_a_walk_that_ends_higher_than_it_began_says_so():
    verdict = judged_end(bowl(1, 2, 3, 4, 10), turned(1), losses=np.array([0.1, 0.2, 0.3]), rate=0.01)
    assert verdict.headline.startswith("It ends higher than it began")
    falls = judged_end(bowl(1, 2, 3, 4, 10), turned(1), losses=np.array([3.0, 2.0, 1.0]), rate=0.01)
    assert falls.headline == "It is still on its way down when its 100 steps are over."


def test_what_is_drawn_at_random_keeps_it_moving():
    ground, near = bowl(1, 2, 3, 4, 5), turned(1e-3)
    assert "the noise keeps it moving" in judged_end(ground, near, noise=0.1).headline
    assert "its mini-batches keep it moving" in judged_end(ground, near, batch=5).headline
    quiet = judged_end(ground, near, noise=0.1, schedule="linear", steps=100)
    assert "keeps" in quiet.headline
    assert "keeps" not in judged_end(ground, ORIGIN, "tolerance", steps=0, noise=0.1).headline


def test_above_the_limit_of_the_start_it_diverges_and_the_limit_is_no_promise():
    verdict = trained(bowl(1, 2, 3, 4, 5), np.ones(5), rate=0.5).verdict
    assert (verdict.outcome, verdict.place) == ("diverged", None)
    assert verdict.stability_limit == pytest.approx(0.4)
    assert verdict.headline.endswith("its step size is too large.")
    assert re.fullmatch(
        r"Diverged after \d+ steps: the learning rate 0\.5 is above the limit 2/λ = 0\.4 at the start\. "
        r"That limit is no promise for later either\.",
        verdict.numbers,
    )


def test_below_the_limit_of_the_start_it_may_diverge_where_the_ground_is_sharper():
    ground = power(1, 4)
    verdict = trained(ground, turned(0.1, 1, 0), rate=0.05, reach=0.5).verdict
    assert verdict.numbers == (
        "Diverged after 0 steps: the weights are too large, far away from where they began, although the learning rate "
        "0.05 is below the limit 2/λ = 0.5 at the start, which is no promise for later: the curvature changes on the "
        "way."
    )
    assert " is at the limit 2/λ = 0.5" in trained(ground, turned(0.1, 1, 0), rate=0.5, reach=0.5).verdict.numbers


def test_downhill_for_ever_is_told_where_it_is_so():
    down = along_one(lambda x: -x, lambda x: -1.0, lambda x: 0.0, others=(0, 0, 0, 0))
    verdict = trained(down, ORIGIN, rate=1.0, steps=2000, reach=100).verdict
    assert verdict.headline.startswith("It runs downhill for ever")
    assert "The loss fell at every step, and goes on so" in verdict.numbers
    assert verdict.stability_limit is None
    # A valley after all, further on.
    valley = along_one(lambda x: np.abs(x - 300.0), lambda x: np.sign(x - 300.0), lambda x: 0.0, others=(0, 0, 0, 0))
    assert "for ever" not in trained(valley, ORIGIN, rate=1.0, steps=2000, reach=100).verdict.message


@pytest.mark.parametrize(
    ("steps", "weights", "told"),
    [
        (0, 1.0, "at the start the loss or its gradient is no finite number"),
        (3, np.inf, "the last step led to no finite weights"),
        (3, 1.0, "the loss is no longer a finite number"),
    ],
)
def test_what_is_not_finite_is_told(steps, weights, told):
    ending = WeightsEnding(0, "not_finite", steps, np.full(13, weights), math.nan, math.nan, steps)
    chosen, adam = settings("adam"), OPTIMIZERS["adam"]
    verdict = judge_weights(chosen, adam, CURVE, CURVE.first_weights(0, 1.0), ending)
    assert told in verdict.numbers
    assert len(verdict.hessian_eigenvalues) == 13


def test_without_finite_curvatures_none_are_told():
    ground = bowl(1, 2, 3, 4, math.inf)
    finite = bowl(1, 2, 3, 4, 5)
    broken = Ground(finite.value, finite.slope, lambda at: np.full((5, 5), np.nan))
    assert curvatures_of(ground, np.ones(5)) == []
    ending = WeightsEnding(0, "steps", 5, turned(1), 0.8, 1.0, 5)
    verdict = judge_weights(settings(), OPTIMIZERS["gradient-descent"], broken, ORIGIN, ending)
    assert "The curvatures are no finite numbers." in verdict.numbers
    assert verdict.hessian_eigenvalues == []
    assert verdict.place is None


# --- marks


def test_marks_are_the_limits_by_all_curvatures_at_both_ends():
    ground = power(1, 4, others=(1, 2, 3, 4))
    start, end = turned(1.0), turned(0.0)
    chosen = settings("momentum", 0.3, values={"momentum": 0.5})
    marks = training_marks(chosen, OPTIMIZERS["momentum"], ground, start, end)
    limits = {(mark.key, mark.at): mark for mark in marks}
    # 12 x² is 12 at the start, where the sharpest of the others is 4.
    assert limits["learning_rate", "start"].value == pytest.approx(2 * 1.5 / 12)
    assert limits["learning_rate", "end"].value == pytest.approx(2 * 1.5 / 4)
    assert limits["momentum", "start"].value == pytest.approx(0.3 * 12 / 2 - 1)
    assert {mark.at for mark in training_marks(chosen, OPTIMIZERS["momentum"], ground, start, None)} == {"start"}
    assert training_marks(settings("adam"), OPTIMIZERS["adam"], ground, start, end) == []


# --- the first line

PLACES_OF_TRAINING = ("global_minimum", "local_minimum", "saddle", "maximum", "plateau", "slope", None)
MANNERS = (Manner(), Manner(falls=True), Manner(rises=True), Manner(rises=True, zigzags=True))
FLAGS = ("near", "too_fast", "too_long", "higher", "endless", "unmoved", "edge", "unending")
MOST = 1_000_000


def test_every_first_line_is_one_sentence_of_at_most_110_characters():
    said = set()
    for criterion, place, steps, manner, drawn, flag, period in product(
        get_args(Criterion),
        PLACES_OF_TRAINING,
        (0, 1, MOST),
        MANNERS,
        ("", "the noise keeps", "its mini-batches keep"),
        ("", *FLAGS),
        (None, 2, 64),
    ):
        outcome = OUTCOME_OF[criterion]
        if (outcome == "diverged" and place) or (period and (outcome in ("converged", "diverged") or drawn)):
            continue
        if (steps == 0 and criterion not in ("tolerance", "not_finite")) or (
            flag == "near" and place != "local_minimum"
        ):
            continue
        if place == "plateau" and outcome == "converged":
            outcome = "stalled"
        facts = Facts(outcome, criterion, place, "minimize", 13, steps, patience=MOST, network=True)
        facts = facts._replace(drawn=drawn, manner=manner, period=period, **({flag: True} if flag else {}))
        told = headline(facts)
        assert len(told) <= LONGEST == 110, (len(told), told, facts)
        assert re.fullmatch(r"(It|Its|All points) [^.{}]+\.", told), told
        # Nobody knows it of a network.
        assert "one exists." not in told
        said.add(told)
    assert len(said) > 60
