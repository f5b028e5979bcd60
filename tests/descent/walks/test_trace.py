"""The step inspector: the numbers of every step are those that the walk used, and make its steps by hand arithmetic."""

import functools
import itertools
import math

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import scatter
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import BY_HAND, all_of, descent, landscape
from tests.products import covering

MANY = MOST_ALONE + 6
both = pytest.mark.parametrize("crowd", [1, MANY])
LINE = LANDSCAPES["straight-line"]


def _steps(settings, starts, walker=0):
    return [step for part in trace(settings, starts, walker) for step in part]


TRACED = [
    ("gradient-descent", {}, (0.0, 0.0, False)),
    ("momentum", {"momentum": 0.8, "dampening": 0.25}, (0.8, 0.25, False)),
    ("nesterov", {"momentum": 0.7}, (0.7, 0.0, True)),
]


@pytest.mark.long
@pytest.mark.parametrize(("optimizer", "values", "rule"), TRACED, ids=[case[0] for case in TRACED])
@pytest.mark.parametrize("noise", [0.0, 0.2])
@pytest.mark.parametrize(("crowd", "walker"), [(1, 0), (4, 2), (MANY, 7)])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_traced_numbers_are_the_walk_and_make_its_steps_by_hand_arithmetic(
    optimizer, values, rule, noise, crowd, walker, goal
):
    entry, (momentum, dampening, nesterov) = LANDSCAPES["peaks"], rule
    settings = descent(
        entry,
        optimizer,
        values,
        learning_rate=0.01,
        steps=200,
        schedule="linear",
        noise=noise,
        seed=6,
        goal=goal,
        tolerance=0.0,
    )
    starts = scatter(entry.domain, entry.start, crowd, 6)
    whole = all_of(settings, starts)[walker]
    parts = list(trace(settings, starts, walker))
    steps = [step for part in parts for step in part]
    assert len(parts) > 2
    assert len(steps) == whole.ending.steps == 200
    assert [step.step for step in steps] == list(range(len(steps)))
    velocity = None
    for k, step in enumerate(steps):
        numbers = step.quantities
        assert step.batch is None
        assert step.rule == ("first" if k == 0 and optimizer != "gradient-descent" else "rule")
        assert numbers["point"] == [whole.x[k], whole.y[k]]
        assert numbers["point_next"] == [whole.x[k + 1], whole.y[k + 1]]
        assert numbers["loss"] == whole.loss[k]
        assert numbers["learning_rate"] == whole.learning_rate[k] == pytest.approx(0.01 * (1 - k / 200), rel=1e-15)
        assert {key: numbers[key] for key in values} == values
        assert numbers["slope"] == numbers["batch_slope"]
        assert numbers["slope"] == pytest.approx(BY_HAND["peaks"].gradient(*numbers["point"], None), rel=1e-9, abs=1e-9)
        sign = 1 if goal == "minimize" else -1
        gradient = sign * np.array(numbers["slope"]) + numbers["noise"]
        assert numbers["gradient"] == pytest.approx(gradient, rel=1e-15, abs=1e-15)
        if optimizer == "gradient-descent":
            assert "velocity_next" not in numbers
            move = gradient
        else:
            if velocity is None:
                assert "velocity" not in numbers
            else:
                assert numbers["velocity"] == velocity.tolist()
            velocity = gradient if velocity is None else momentum * velocity + (1 - dampening) * gradient
            assert numbers["velocity_next"] == pytest.approx(velocity, rel=1e-12, abs=1e-13)
            velocity = np.array(numbers["velocity_next"])
            move = gradient + momentum * velocity if nesterov else velocity
        by_hand = np.array(numbers["point"]) - numbers["learning_rate"] * move
        assert numbers["point_next"] == pytest.approx(by_hand, rel=1e-14, abs=1e-15)
    drawn = np.array([step.quantities["noise"] for step in steps])
    assert drawn.std() == pytest.approx(noise, rel=0.2)


@both
def test_the_first_step_by_hand(crowd):
    # z = x² + xy + y² at (2, 1): gradient (5, 4), so at rate 0.1 the step ends in (1.5, 0.6).
    settings = descent(LANDSCAPES["quadratic"], "momentum", learning_rate=0.1, steps=3)
    (step, *_), *_ = trace(settings, [(2.0, 1.0)] * crowd, 0)
    numbers = step.quantities
    assert (numbers["loss"], numbers["slope"], numbers["gradient"]) == (7, [5, 4], [5, 4])
    assert (numbers["velocity_next"], numbers["noise"]) == ([5, 4], [0, 0])
    assert numbers["point_next"] == pytest.approx([1.5, 0.6])


@both
def test_the_second_step_of_adam_by_hand(crowd):
    # f = 2x has the gradient 2 everywhere: m = 0.2, then 0.38; s = 0.004, then 0.007996; both corrected are 2 and 4.
    settings = descent(landscape("2*x", (1.0,)), "adam", learning_rate=0.5, steps=3)
    _, step, *_ = _steps(settings, [(1.0,)] * crowd)
    numbers = step.quantities
    assert numbers["mean"] == pytest.approx([0.2])
    assert numbers["mean_next"] == pytest.approx([0.38])
    assert numbers["square"] == pytest.approx([0.004])
    assert numbers["square_next"] == pytest.approx([0.007996])
    assert numbers["mean_hat"] == pytest.approx([2])
    assert numbers["square_hat"] == pytest.approx([4])
    assert (numbers["count"], numbers["count_next"]) == (1, 2)
    assert numbers["point_next"] == pytest.approx([0], abs=1e-8)  # epsilon is 1e-8


@both
def test_a_walk_without_a_step_has_no_traced_step(crowd):
    assert _steps(descent(LANDSCAPES["quadratic"]), [(0.0, 0.0)] * crowd) == []


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_trace_of_a_diverging_walk_ends_with_the_step_that_led_away(crowd, optimizer):
    settings = descent(landscape("log(x) + y**2"), optimizer, learning_rate=3.0, steps=60)
    ending = all_of(settings, [(1.0, 0.0)] * crowd)[0].ending
    steps = _steps(settings, [(1.0, 0.0)] * crowd)
    assert len(steps) == ending.steps
    np.testing.assert_equal(steps[-1].quantities["point_next"], [ending.x, ending.y])


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_where_there_is_no_gradient_the_numbers_say_so(crowd, optimizer):
    # The tip of a cone: a loss, and no slope.
    ((step,),) = [
        part for part in trace(descent(landscape("sqrt(x**2 + y**2)"), optimizer), [(0.0, 0.0)] * crowd, 0) if part
    ]
    assert step.quantities["loss"] == 0
    assert np.isnan(step.quantities["slope"]).all()
    assert np.isnan(step.quantities["point_next"]).all()


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_vectors_of_a_curve_have_one_part(crowd, optimizer):
    settings = descent(landscape("x**2 + x**4", (1.0,)), optimizer, noise=0.1, steps=20, learning_rate=0.01)
    steps = _steps(settings, [(1.0,)] * crowd)
    assert len(steps) == 20
    for step in steps:
        for name, value in step.quantities.items():
            if isinstance(value, list) and name != "probe_points":
                assert len(value) == 1, name
        (x,) = step.quantities["point"]
        assert step.quantities["slope"] == pytest.approx([2 * x + 4 * x**3])


@pytest.mark.long
@pytest.mark.parametrize(
    ("crowd", "optimizer", "slug"),
    covering([1, MANY], list(OPTIMIZERS), ["two-valley", "two-minima", "logistic"], together=2),
)
def test_the_numbers_of_a_step_are_plain_and_carry_over_to_the_next(crowd, optimizer, slug):
    entry = LANDSCAPES[slug]
    settings = descent(entry, optimizer, learning_rate=0.02, steps=40, goal="maximize", noise=0.01, tolerance=0.0)
    starts = scatter(entry.domain, entry.start, crowd, 1)
    steps = _steps(settings, starts, crowd - 1)
    whole = all_of(settings, starts)[crowd - 1]
    # A curve's noise in y would be a second number; loss, rate and place are those of the walk.
    assert [step.quantities["loss"] for step in steps] == whole.loss[: len(steps)].tolist()
    for step, following in itertools.pairwise(steps):
        assert step.quantities["point_next"] == following.quantities["point"]
        for name, value in following.quantities.items():
            if f"{name}_next" in step.quantities and name != "point":
                assert value == step.quantities[f"{name}_next"], name
        flat = [part for value in step.quantities.values() for part in np.ravel(value).tolist()]
        assert all(type(part) in (int, float) for part in flat)
        assert all(isinstance(value, int | float | list) for value in step.quantities.values())
        assert math.isfinite(sum(flat))


@functools.cache
def _parts_of_a_whole_trace(crowd):
    settings = descent(LINE, "adam", batch=7, noise=0.1, learning_rate=0.01, steps=200, tolerance=0.0)
    return settings, list(trace(settings, [LINE.start] * crowd, 0))


@both
@pytest.mark.parametrize("first", [0, 1, 15, 16, 17, 79, 80, 120, 199, 200, 500])
def test_a_trace_from_a_step_on_is_the_rest_of_the_whole_one(crowd, first):
    settings, whole = _parts_of_a_whole_trace(crowd)
    parts = list(trace(settings, [LINE.start] * crowd, 0, first))
    rest = [step for part in parts for step in part]
    assert [step.step for step in rest] == list(range(first, 200))
    assert rest == [step for part in whole for step in part][first:]
    # The steps before it take their time too: each part comes, even where nothing in it is wanted.
    assert len(parts) == len(whole)


@both
def test_the_trace_comes_in_parts_and_may_be_left_unfinished(crowd):
    parts = trace(descent(LANDSCAPES["peaks"], steps=100_000, tolerance=0.0), [(0.0, 0.0)] * crowd, 0)
    first, second = next(parts), next(parts)
    assert 0 < len(first) <= 16
    assert second[0].step == first[-1].step + 1
    parts.close()
