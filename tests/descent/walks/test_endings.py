"""Where a walk stops: each criterion, to the step, on floats and in a block."""

import math
from typing import get_args

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Criterion, Ending, Outcome, scatter
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import all_of, descent, landscape, one

MANY = MOST_ALONE + 6
both = pytest.mark.parametrize("crowd", [1, MANY])


@both
def test_a_walk_has_converged_where_both_gradient_and_step_are_small_for_the_first_time(crowd):
    # x → x/2 on f = x²/2 at rate 1/2: gradient 2^-k, last step 2^-k as well.
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=0.5, tolerance=2.0**-10)
    whole = all_of(settings, [(1.0, 0.0)] * crowd)[0]
    assert (whole.ending.outcome, whole.ending.steps) == ("converged", 10)


@both
def test_a_small_gradient_is_not_enough_while_momentum_carries_through_the_bottom(crowd):
    # At rate 1 the first step ends exactly in the bottom, and the velocity goes on.
    settings = descent(
        landscape("x**2/2 + y**2/2"), "momentum", {"momentum": 0.5}, learning_rate=1.0, steps=300, tolerance=1e-3
    )
    whole = all_of(settings, [(1.0, 0.0)] * crowd)[0]
    assert whole.gradient_norm[1] == 0
    assert whole.x[2] == -0.5
    assert (whole.ending.outcome, whole.ending.steps > 5) == ("converged", True)


@both
def test_a_small_step_is_not_enough_while_the_ground_is_steep(crowd):
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=1e-9, steps=30)
    whole = all_of(settings, [(1.0, 0.0)] * crowd)[0]
    assert np.abs(np.diff(whole.x)).max() < 1e-8
    assert (whole.ending.outcome, whole.ending.steps) == ("out_of_steps", 30)


@both
def test_with_tolerance_zero_a_walk_goes_on_even_where_nothing_moves(crowd):
    for start in ((0.0, 0.0), (1.0, 0.0)):
        settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=1.0, steps=333, tolerance=0.0)
        whole = all_of(settings, [start] * crowd)[0]
        assert (whole.ending.outcome, whole.ending.steps) == ("out_of_steps", 333)


@both
def test_with_tolerance_zero_a_walk_does_not_stall(crowd):
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=2.0, steps=300, tolerance=0.0)
    ending = all_of(settings, [(1.0, 0.0)] * crowd)[0].ending
    assert (ending.outcome, ending.steps, ending.x) == ("out_of_steps", 300, 1)


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_from_a_start_without_slope_no_step_is_taken(crowd, optimizer):
    settings = descent(landscape("x**2 - y**2"), optimizer)
    whole = all_of(settings, [(0.0, 0.0)] * crowd)[0]
    assert whole.ending == Ending(0, "tolerance", 0, 0.0, 0.0, 0.0, 0.0, 0)
    assert len(whole.x) == 1


@both
def test_from_a_start_without_slope_noise_leads_away(crowd):
    settings = descent(landscape("x**2 - y**2"), steps=40, noise=1e-3, seed=1)
    whole = all_of(settings, [(0.0, 0.0)] * crowd)[0]
    assert whole.ending.steps == 40
    assert abs(whole.y[-1]) > 0.1


@both
def test_even_tiny_noise_is_given_its_first_step_before_the_walk_may_have_converged(crowd):
    settings = descent(landscape("x**2 + y**2"), noise=1e-12)
    ending = all_of(settings, [(0.0, 0.0)] * crowd)[0].ending
    assert (ending.outcome, ending.steps) == ("converged", 1)


@both
def test_the_last_step_may_still_converge(crowd):
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=0.5, tolerance=2.0**-10, steps=10)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending.outcome == "converged"
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=0.5, tolerance=2.0**-10, steps=9)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending.outcome == "out_of_steps"


@both
@pytest.mark.parametrize("steps", [1, 15, 16, 17, 79, 80, 81, 335, 336, 337])
def test_a_walk_out_of_steps_has_taken_them_all(crowd, steps):
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=1e-3, steps=steps)
    whole = all_of(settings, [(1.0, 1.0)] * crowd)[0]
    assert (whole.ending.outcome, whole.ending.steps, len(whole.x)) == ("out_of_steps", steps, steps + 1)


@both
def test_a_walk_has_diverged_when_it_is_more_than_a_million_widths_away(crowd):
    # x → -2x on f = x²/2 at rate 3; the domain is 4 wide around 1, so its reach is 1 ± 4e6: |x| first leaves at 2^22.
    settings = descent(landscape("x**2/2 + y**2/2", domain=Box((-1.0, -1.0), (3.0, 3.0))), learning_rate=3.0, steps=100)
    ending = all_of(settings, [(1.0, 0.0)] * crowd)[0].ending
    assert (ending.outcome, ending.steps, ending.x) == ("diverged", 22, 2.0**22)


@both
@pytest.mark.parametrize("axis", [0, 1])
def test_a_walk_may_diverge_along_either_axis_while_the_loss_stays_finite(crowd, axis):
    ground = landscape("-x + 0*y" if axis == 0 else "-y + 0*x")
    ending = all_of(descent(ground, learning_rate=1e6, steps=100), [(0.0, 0.0)] * crowd)[0].ending
    assert (ending.outcome, ending.steps, ending.loss) == ("diverged", 5, -5e6)


@both
def test_a_walk_that_leaves_the_picture_goes_on(crowd):
    ground = landscape("(x - 50)**2/2 + y**2/2")
    ending = all_of(descent(ground, steps=400), [(0.0, 1.0)] * crowd)[0].ending
    assert ending.outcome == "converged"
    assert ending.x == pytest.approx(50)


# What floats raise and arrays only write down as not finite; each leaves the finite numbers in another way.
BREAKING = [
    ("x**4 + y**2", (3.0, 0.0), 1.0),  # cubes that grow beyond any width
    ("exp(x) + y**2", (30.0, 0.0), 1e-3),  # one step from here leads ten thousand million to the left
    ("exp(x**2) + y**2", (3.0, 0.0), 1e6),  # overflow
    ("log(x) + y**2", (1.0, 0.0), 3.0),  # outside the domain of the logarithm
    ("sqrt(x) + y**2", (0.5, 0.0), 1.0),
    ("x**2.5 + y**2", (1.0, 0.0), 1.0),
    ("1/x**2 + 1/(y - 1)", (1.0, 1.0), 0.1),  # the start has no loss
    ("log(x + y)", (-1.0, 0.5), 0.1),
]


@pytest.mark.parametrize(("expression", "start", "learning_rate"), BREAKING)
def test_floats_and_arrays_agree_on_when_a_walk_has_diverged(expression, start, learning_rate):
    settings = descent(landscape(expression), learning_rate=learning_rate, steps=60)
    alone = one(settings, start)
    block = all_of(settings, [start] * MANY)[MANY - 1]
    assert alone.ending.outcome == block.ending.outcome == "diverged"
    assert alone.ending.steps == block.ending.steps
    np.testing.assert_allclose(alone.x, block.x, rtol=1e-9)
    np.testing.assert_allclose(alone.loss[:-1], block.loss[:-1], rtol=1e-9)


@pytest.mark.parametrize(
    ("expression", "start"),
    [("sqrt(x**2 + y**2)", (0.0, 0.0)), ("sqrt(abs(x)) + y**2", (0.0, 0.0)), ("sqrt(x) + y**2", (0.0, 0.5))],
)
def test_floats_and_arrays_agree_where_the_loss_is_finite_and_only_the_gradient_does_not_exist(expression, start):
    settings = descent(landscape(expression))
    alone, block = one(settings, start), all_of(settings, [start] * MANY)[0]
    assert alone.ending.outcome == block.ending.outcome
    assert alone.ending.steps == block.ending.steps
    assert alone.loss[0] == block.loss[0] == start[1] ** 2


@both
def test_at_exactly_the_stability_limit_a_walk_stalls_after_sixty_four_unchanged_losses(crowd):
    # 2/λ = 2 on f = (x² + y²)/2: x → -x for ever.
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=2.0, steps=500)
    whole = all_of(settings, [(1.0, 0.5)] * crowd)[0]
    assert (whole.ending.outcome, whole.ending.steps) == ("stalled", 64)
    assert whole.x.tolist() == [(-1.0) ** k for k in range(65)]
    assert set(whole.loss) == {0.625}


@both
def test_a_walk_that_begins_to_stand_still_stalls_sixty_four_steps_later(crowd):
    # |x| shrinks by one a step until it jumps to and fro over the kink between +1/2 and -1/2: from x = 20.5 at rate 1
    # the loss is 1/2 for the first time at step 20.
    settings = descent(landscape("abs(x) + 0*y"), learning_rate=1.0, steps=500)
    whole = all_of(settings, [(20.5, 0.0)] * crowd)[0]
    assert whole.loss[19:23].tolist() == [1.5, 0.5, 0.5, 0.5]
    assert (whole.ending.outcome, whole.ending.steps) == ("stalled", 84)


@pytest.mark.long
@pytest.mark.parametrize("first", [0, 5, 16, 20, 70, 100])
def test_floats_and_arrays_count_unchanged_losses_alike_across_their_chunks(first):
    settings = descent(landscape("abs(x) + 0*y"), learning_rate=1.0, steps=500)
    start = (first + 0.5, 0.0)
    alone = one(settings, start).ending
    assert (alone.outcome, alone.steps) == ("stalled", first + 64)
    assert all_of(settings, [start] * 512)[0].ending == alone


# The loss is about 1e8, where neighbouring floats lie 1.5e-8 apart: a step that changes it by less does not show.
_LIFTED = "1e8 + x + 0*y"


@pytest.mark.long
@both
def test_at_the_end_of_an_annealing_cycle_a_walk_has_not_stalled(crowd):
    settings = descent(landscape(_LIFTED), learning_rate=1e-7, steps=10_000, schedule="cosine", restarts=1)
    whole = all_of(settings, [(0.0, 0.0)] * crowd)[0]
    same = np.diff(whole.loss) == 0
    for end in (5000, 10_000):
        assert same[end - 66 : end].all(), "the test's own premise"
    assert (whole.ending.outcome, whole.ending.steps) == ("out_of_steps", 10_000)


@both
def test_at_a_constant_learning_rate_the_same_standstill_is_a_stall(crowd):
    settings = descent(landscape(_LIFTED), learning_rate=1e-11, steps=1000)
    ending = all_of(settings, [(0.0, 0.0)] * crowd)[0].ending
    assert (ending.outcome, ending.steps) == ("stalled", 64)


# --- the criteria, and what they are called

REACHED = [
    # expression, start, options, criterion, outcome
    ("x**2 + y**2", (1.0, 1.0), {}, "tolerance", "converged"),
    ("x**2 + y**2", (1.0, 1.0), {"patience": 5, "min_change": 3.0}, "patience", "stalled"),
    ("x**2/2 + y**2/2", (1.0, 0.0), {"learning_rate": 2.0}, "unchanged", "stalled"),
    ("x**2 + y**2", (1.0, 1.0), {"steps": 3}, "steps", "out_of_steps"),
    ("x**2 + y**2", (1.0, 1.0), {"budget": 3}, "budget", "out_of_steps"),
    ("log(x) + y", (1.0, 0.0), {"learning_rate": 3.0}, "not_finite", "diverged"),
    ("-x + 0*y", (0.0, 0.0), {"learning_rate": 1e6}, "too_far", "diverged"),
]


@both
@pytest.mark.parametrize(("expression", "start", "options", "criterion", "outcome"), REACHED)
def test_what_ended_a_walk_is_told_apart(crowd, expression, start, options, criterion, outcome):
    ending = all_of(descent(landscape(expression), **options), [start] * crowd)[crowd - 1].ending
    assert (ending.criterion, ending.outcome) == (criterion, outcome)


def test_every_criterion_is_reached_here():
    assert {case[3] for case in REACHED} == set(get_args(Criterion))
    assert {case[4] for case in REACHED} == set(get_args(Outcome))


@both
def test_an_infinite_place_is_not_too_far_but_not_finite(crowd):
    for expression, rate in (("-exp(x)", 1e300), ("-1e300*x", 1e300)):
        ending = all_of(descent(landscape(expression, (1.0,)), learning_rate=rate), [(1.0,)] * crowd)[0].ending
        assert (ending.criterion, ending.steps) == ("not_finite", 1)


@pytest.mark.long
@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    ("expression", "start"),
    [("sqrt(x**2 + y**2)", (0.0, 0.0)), ("sqrt(abs(x)) + y**2", (0.0, 0.5)), ("sqrt(x) + y**2", (0.0, 0.5))],
)
def test_where_there_is_no_gradient_every_optimizer_ends_after_one_step_that_leads_nowhere(
    crowd, optimizer, expression, start
):
    ending = all_of(descent(landscape(expression), optimizer), [start] * crowd)[0].ending
    assert (ending.criterion, ending.steps) == ("not_finite", 1)


# --- patience


class EarlyStopping:
    """Keras' callback of that name, in its words: on_epoch_end with ``wait``, ``best`` and ``min_delta``."""

    def __init__(self, patience, min_delta, mode):
        self.patience, self.min_delta, self.mode = patience, min_delta, mode
        self.wait, self.best = 0, math.inf if mode == "min" else -math.inf

    def is_improvement(self, current):
        if self.mode == "min":
            return current < self.best - self.min_delta
        return current > self.best + self.min_delta

    def stops_after(self, losses):
        """Return the index of the loss after which training stops, None where it does not."""
        for epoch, current in enumerate(losses):
            self.wait += 1
            if self.is_improvement(current):
                self.best, self.wait = current, 0
                continue
            if self.wait >= self.patience and epoch > 0:
                return epoch
        return None


PATIENT = [
    # slug, optimizer, learning rate, patience, min_change
    ("quadratic", "gradient-descent", 0.1, 1, 0.01),
    ("quadratic", "momentum", 0.1, 1, 0.0),
    ("quadratic", "momentum", 0.1, 7, 0.0),
    ("quadratic", "momentum", 0.1, 20, 0.125),
    ("rastrigin", "momentum", 0.002, 10, 0.0),
    ("rastrigin", "gradient-descent", 0.01, 3, 0.5),
    ("peaks", "nesterov", 0.02, 5, 0.0),
    ("kink", "gradient-descent", 0.1, 4, 0.0),
    ("two-minima", "adam", 0.3, 3, 0.0),
    ("logistic", "lion", 0.3, 2, 1e-3),
    ("plateau", "gradient-descent", 0.5, 2, 1e-4),
]


@pytest.mark.long
@pytest.mark.parametrize(("slug", "optimizer", "rate", "patience", "min_change"), PATIENT)
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("crowd", [3, MANY])
def test_patience_is_over_exactly_when_early_stopping_would_stop(
    slug, optimizer, rate, patience, min_change, goal, crowd
):
    entry = LANDSCAPES[slug]
    starts = scatter(entry.domain, entry.start, crowd, 3)
    common = {"learning_rate": rate, "steps": 150, "tolerance": 0.0, "goal": goal}
    free = all_of(descent(entry, optimizer, **common), starts)
    patient = all_of(descent(entry, optimizer, patience=patience, min_change=min_change, **common), starts)
    for walker, whole in patient.items():
        mode = "min" if goal == "minimize" else "max"
        stop = EarlyStopping(patience, min_change, mode).stops_after(free[walker].loss.tolist())
        expected = ("patience", stop)
        if stop is None or (free[walker].ending.outcome == "diverged" and stop >= free[walker].ending.steps):
            expected = (free[walker].ending.criterion, free[walker].ending.steps)
        assert (whole.ending.criterion, whole.ending.steps) == expected
        assert whole.loss.tolist() == free[walker].loss[: expected[1] + 1].tolist()


def test_the_patience_of_these_walks_is_both_lost_and_kept():
    ends = set()
    for slug, optimizer, rate, patience, min_change in PATIENT:
        entry = LANDSCAPES[slug]
        settings = descent(
            entry, optimizer, learning_rate=rate, steps=150, tolerance=0.0, patience=patience, min_change=min_change
        )
        walks = all_of(settings, scatter(entry.domain, entry.start, 3, 3))
        ends |= {whole.ending.criterion for whole in walks.values()}
    assert ends >= {"patience", "steps"}


@both
def test_a_loss_must_become_better_by_more_than_the_least_change(crowd):
    # The slope is 1: every step of 1/8 lowers the loss by exactly 1/8, which is not more than 1/8.
    common = {"learning_rate": 0.125, "steps": 40, "patience": 3}
    kept = all_of(descent(landscape("x + 0*y"), min_change=0.124, **common), [(0.0, 0.0)] * crowd)[0].ending
    assert (kept.criterion, kept.steps) == ("steps", 40)
    # From the best loss 0 the second step is 1/4 lower, which is more: only every other step is an improvement.
    slow = all_of(descent(landscape("x + 0*y"), min_change=0.125, **common), [(0.0, 0.0)] * crowd)[0].ending
    assert (slow.criterion, slow.steps) == ("steps", 40)
    lost = all_of(descent(landscape("x + 0*y"), min_change=0.375, **common), [(0.0, 0.0)] * crowd)[0].ending
    assert (lost.criterion, lost.steps) == ("patience", 3)


@both
def test_patience_zero_never_asks(crowd):
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=2.0, steps=50, tolerance=0.0, min_change=1.0)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending.criterion == "steps"


@both
def test_patience_is_counted_across_chunks(crowd):
    # Chunks end after 16 and 80 iterates; the loss falls by 1 a step until it jumps to and fro over the kink.
    for first in (5, 12, 15, 16, 17, 70, 79, 80):
        settings = descent(landscape("abs(x) + 0*y"), learning_rate=1.0, steps=500, patience=10)
        ending = all_of(settings, [(first + 0.5, 0.0)] * crowd)[0].ending
        assert (ending.criterion, ending.steps) == ("patience", first + 10)


@both
def test_of_two_criteria_at_one_step_the_tolerance_speaks_first_and_the_unchanged_loss_before_patience(crowd):
    # x → x/2: gradient and step are 2^-10 at step 10, and no fall is as large as 1.
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=0.5, tolerance=2.0**-10, patience=10, min_change=1.0)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending[1:3] == ("tolerance", 10)
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=2.0, patience=64)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending[1:3] == ("unchanged", 64)
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=2.0, patience=63)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending[1:3] == ("patience", 63)
    # A walk that leaves the world on the step on which patience ends has diverged.
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=3.0, patience=22)
    assert all_of(settings, [(1.0, 0.0)] * crowd)[0].ending[1:3] == ("too_far", 22)


@both
def test_a_climb_is_patient_while_the_loss_rises(crowd):
    settings = descent(LANDSCAPES["fence"], learning_rate=0.1, goal="maximize", patience=3, steps=30, tolerance=0.0)
    ending = all_of(settings, [(57.0,)] * crowd)[0].ending
    assert ending.criterion == "steps"
    settings = descent(LANDSCAPES["fence"], learning_rate=1.0, goal="maximize", patience=3, steps=30, tolerance=0.0)
    # At the limit of stability it jumps between 57 and 43, whose areas are equal.
    assert all_of(settings, [(57.0,)] * crowd)[0].ending[1:3] == ("patience", 3)
