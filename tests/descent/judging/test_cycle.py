"""Walks that go round for ever: known cycles are found, and whatever is called one repeats when the walk goes on."""

import dataclasses
import math

import numpy as np
import pytest

from app.descent.judging.cycle import LONGEST, period_of
from app.descent.judging.judged_walk import Judged, judged_walk
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.by_hand import PLAIN, descent, fitting, landscape, one

BOWL = landscape("x**2/2 + y**2/2")
RANDOM = np.random.default_rng


def cycles(ground, starts, optimizer="gradient-descent", values=None, **options):
    """Return the period of each walk, as ``judged_walk`` tells it."""
    settings = descent(ground, optimizer, values, **options)
    events = judged_walk(settings, OPTIMIZERS[optimizer], starts, ground.domain)
    told = {event.ending.walker: event.verdict.cycle for event in events if isinstance(event, Judged)}
    return [told[walker] for walker in range(len(starts))]


def cycle(ground, start, optimizer="gradient-descent", values=None, **options):
    return cycles(ground, [start], optimizer, values, **options)[0]


# --- cycles that are known


@pytest.mark.parametrize(
    ("expression", "start", "optimizer", "values", "learning_rate", "period"),
    [
        # x → (1 - ηλ) x = -x at the limit
        ("x**2/2 + y**2/2", (1.0, 0.3), "gradient-descent", {}, 2.0, 2),
        ("5*x**2", (1.0,), "gradient-descent", {}, 0.2, 2),
        ("-x**2/2", (1.0,), "gradient-descent", {}, -2.0, 2),
        # the other coordinate comes to rest meanwhile
        ("5*x**2 + y**2", (1.0, 1.0), "gradient-descent", {}, 0.2, 2),
        # a step longer than the rest of the way, over a kink
        ("abs(x)", (0.25,), "gradient-descent", {}, 1.0, 2),
        # x → x/2 → … with velocity kept whole turns by θ, 2 cos θ = 2 - ηλ: by a third, a quarter and a sixth
        ("x**2/2 + y**2/2", (1.0, 0.3), "momentum", {"momentum": 1.0}, 3.0, 3),
        ("x**2/2 + y**2/2", (1.0, 0.3), "momentum", {"momentum": 1.0}, 2.0, 4),
        ("x**2/2 + y**2/2", (1.0, 0.3), "momentum", {"momentum": 1.0}, 1.0, 6),
        # 2(1 + β)/λ and (2 + 2β)/((1 + 2β)λ)
        ("x**2/2", (1.0,), "momentum", {"momentum": 0.5}, 3.0, 2),
        ("x**2/2", (1.0,), "nesterov", {"momentum": 0.5}, 1.5, 2),
        # Newton's method on f' = x³ - 2x + 2 goes from 0 to 1 and back
        ("x**4/4 - x**2 + 2*x", (0.0,), "newton", {}, 1.0, 2),
        # one step to each side in both coordinates
        ("x**2/2 + y**2/2", (1.025, 0.325), "lion", {"beta1": 0.0}, 0.05, 2),
        # Adam on |x| with no memory of its direction: every step is one learning rate long
        ("abs(x)", (0.25,), "adam", {"beta1": 0.0, "beta2": 0.5}, 1.0, 2),
    ],
)
def test_known_cycles_are_found(expression, start, optimizer, values, learning_rate, period):
    goal = {"goal": "maximize"} if learning_rate < 0 else {}
    rate = abs(learning_rate)
    for tolerance in (0.0, 1e-6):
        settings = {"learning_rate": rate, "steps": 300, "tolerance": tolerance, **goal}
        assert cycle(landscape(expression, start), start, optimizer, values, **settings) == period


@pytest.mark.long
@pytest.mark.parametrize(
    ("r", "period"),
    [
        (2.9, None),
        (3.2, 2),
        (3.5, 4),
        (3.55, 8),
        (3.566, 16),
        (3.5695, 32),
        (3.74, 5),
        (3.83, 3),
        (3.845, 6),
        (3.7, None),
    ],
)
def test_gradient_descent_on_a_cubic_has_the_periods_of_the_logistic_map(r, period):
    # x - f'(x) = r x (1 - x), whose periods are in every book (May, Simple mathematical models, Nature 261, 1976).
    ground = landscape(f"(1 - {r})*x**2/2 + {r}*x**3/3", (0.3,))
    assert cycle(ground, (0.3,), learning_rate=1.0, steps=20_000, tolerance=0.0) == period


@pytest.mark.parametrize(
    ("slug", "learning_rate", "period"),
    [
        ("two-minima", 0.3, None),
        ("two-minima", 0.36, 2),
        ("two-minima", 0.42, 4),
        ("two-minima", 0.432, 8),
        ("two-minima", 0.487, 3),
        ("styblinski-tang", 0.05, None),
        ("styblinski-tang", 0.075, 2),
    ],
)
def test_above_the_limit_two_minima_and_styblinski_tang_double_their_periods(slug, learning_rate, period):
    ground = LANDSCAPES[slug]
    assert cycle(ground, ground.start, learning_rate=learning_rate, steps=3000) == period


@pytest.mark.parametrize("learning_rate", [0.3, 0.5, 1.0, 1.5])
def test_sam_goes_to_and_fro_by_its_radius(learning_rate):
    # ±ηλρ/(2 - ηλ), from x → x - ηλ(x + ρ sign x)
    curvature, radius = 0.8, 0.05
    ground = landscape(f"{curvature}*x**2/2", (1.0,))
    settings = descent(ground, "sam", {"radius": radius}, learning_rate=learning_rate, steps=1000)
    (judged,) = (
        event for event in judged_walk(settings, OPTIMIZERS["sam"], [(1.0,)], ground.domain) if len(event) == 4
    )
    half = learning_rate * curvature * radius / (2 - learning_rate * curvature)
    assert judged.verdict.cycle == 2
    assert abs(judged.ending.x) == pytest.approx(half)


def test_the_smallest_period_is_told_and_none_beyond_64():
    for period in (2, 3, 12, LONGEST, LONGEST + 1):
        angles = 2 * np.pi * np.arange(period) / period
        circle = np.tile(np.stack([np.cos(angles), np.sin(angles)], axis=1), (4, 1))
        assert period_of(circle) == (period if period <= LONGEST else None)
        assert period_of(circle[: 3 * period - 1]) is None


# --- what is none


@pytest.mark.long
@pytest.mark.parametrize(
    ("optimizer", "values", "options"),
    [
        ("gradient-descent", {}, {"learning_rate": 1.99}),
        ("gradient-descent", {}, {"learning_rate": 1.999999}),
        ("gradient-descent", {}, {"learning_rate": 1.999999999}),
        ("gradient-descent", {}, {"learning_rate": 2.000000001}),
        ("gradient-descent", {}, {"learning_rate": 1.0}),
        ("gradient-descent", {}, {"learning_rate": 2.0, "noise": 1e-9}),
        ("gradient-descent", {}, {"learning_rate": 2.0, "schedule": "linear", "floor": 0.9}),
        ("gradient-descent", {}, {"learning_rate": 2.0, "schedule": "cosine", "restarts": 20, "steps": 210}),
        ("gradient-descent", {}, {"learning_rate": 2.0, "steps": 4}),
        ("gradient-descent", {}, {"learning_rate": 2.5, "steps": 5000}),
        ("momentum", {"momentum": 0.9}, {"learning_rate": 1.0}),
        ("momentum", {"momentum": 0.999999}, {"learning_rate": 1.0}),
        ("momentum", {"momentum": 1.0}, {"learning_rate": 0.7}),
        ("line-search", {}, {"learning_rate": 2.0}),
        ("bfgs", {}, {"learning_rate": 2.0}),
        ("adagrad", {}, {"learning_rate": 2.0}),
    ],
)
@pytest.mark.parametrize("tolerance", [0.0, 1e-6])
def test_what_has_not_come_to_rest_or_has_is_no_cycle(optimizer, values, options, tolerance):
    for ground, start in ((BOWL, (1.0, 0.3)), (landscape("x**2/2 + 3*x", (1.0,), half_width=9.0), (1.0,))):
        assert cycle(ground, start, optimizer, values, tolerance=tolerance, **{"steps": 300, **options}) is None


def test_mini_batches_are_no_cycle():
    ground = fitting((0.0, 1.0), (0.0, 1.0))
    assert cycle(ground, (1.0, 1.0), learning_rate=1.0, batch=1, steps=300) is None
    # … and a walk over all data may be one: all but the steepest direction comes to rest at the limit.
    limit = 2 / np.linalg.eigvalsh(one(descent(ground), (1.0, 1.0)) and _hessian(ground))[-1]
    assert cycle(ground, (1.0, 1.0), learning_rate=limit, steps=900, tolerance=0.0) == 2


def _hessian(ground):
    xx, xy, yy = ground.at(None).floats.hessian(0.0, 0.0)
    return np.array([[xx, xy], [xy, yy]])


def test_what_is_too_small_to_be_seen_and_grows_is_no_cycle():
    # x → -x, and y → 3y, however little it is; from 0 it stays.
    ground = landscape("x**2/2 - y**2/2")
    assert cycle(ground, (1.0, 0.0), learning_rate=2.0, steps=30, tolerance=0.0) == 2
    for little in (1e-300, 1e-40, 1e-25):
        assert cycle(ground, (1.0, little), learning_rate=2.0, steps=12, tolerance=0.0) is None


@pytest.mark.long
@pytest.mark.parametrize("r", [3.55, 3.9])
def test_beside_an_unstable_cycle_is_no_cycle(r):
    # The two points of the logistic map, from which rounding leads away.
    ground = landscape(f"(1 - {r})*x**2/2 + {r}*x**3/3", (0.3,))
    start = (r + 1 + math.sqrt((r - 3) * (r + 1))) / (2 * r)
    for steps in range(8, 200):
        assert cycle(ground, (start,), learning_rate=1.0, steps=steps, tolerance=0.0) is None


def test_a_coordinate_at_rest_shows_nothing_of_what_adaptive_methods_divide_by():
    # |x| goes to and fro with Adam; what is left of y² is divided by less and less.
    options = {"learning_rate": 1.0, "steps": 3000, "tolerance": 0.0}
    memory = {"beta1": 0.0, "beta2": 0.5}
    assert cycle(landscape("abs(x) + 0*y"), (0.25, 1.0), "adam", memory, **options) == 2
    assert cycle(landscape("abs(x) + y**2/1e9"), (0.25, 1e-9), "adam", memory | {"epsilon": 1.0}, **options) is None


def test_amsgrad_remembers_what_no_cycle_shows():
    options = {"learning_rate": 1.0, "steps": 300, "tolerance": 0.0}
    assert cycle(landscape("abs(x)", (0.25,)), (0.25,), "adam", {"beta1": 0.0, "beta2": 0.5}, **options) == 2
    assert cycle(landscape("abs(x)", (0.25,)), (0.25,), "amsgrad", {"beta1": 0.0, "beta2": 0.5}, **options) is None


@pytest.mark.long
def test_lion_repeats_its_steps_until_its_average_turns_a_sign():
    # Its average still has in it what it came from, which no step shows.
    ground, start, options = landscape("x**2/2", (1.0,)), (1.81,), {"learning_rate": 0.3, "tolerance": 0.0}
    whole = one(descent(ground, "lion", steps=20_000, **options), start).x
    told, broken = 0, 0
    for steps in range(20, 400, 10):
        looks = period_of(whole[max(0, steps - 191) : steps + 1, None])
        stays = looks is not None and bool(np.abs(whole[steps:-looks] - whole[steps + looks :]).max() < 1e-9)
        period = cycle(ground, start, "lion", steps=steps, **options)
        assert period == (looks if stays else None)
        told += period is not None
        broken += looks is not None and not stays
    assert told > 5
    assert broken > 20


def test_two_points_that_may_still_become_one_are_no_cycle_yet():
    wide, narrow = np.tile([0.0, 0.3, 1.0, 0.4], 16), np.tile([0.0, 1.0, 1e-9, 1.0], 16)
    assert period_of(wide[:, None]) == 4
    assert period_of(narrow[:, None]) is None
    # What is narrower than all that is seen is a place.
    assert period_of(1e-9 * wide[:, None]) is None
    assert period_of(5 + 1e-7 * wide[:, None]) == 4
    assert period_of(5 + 1e-8 * wide[:, None]) is None


def test_a_point_that_is_met_by_chance_is_not_yet_a_cycle():
    once = np.arange(40.0)
    once[30] = once[39]
    assert period_of(once[:, None]) is None
    twice = np.tile([0.0, 1.0, 2.0, 1.0], 10)
    assert period_of(twice[:, None]) == 4  # and not 2, though every second point is the same


# --- all engines, all lengths of chunks


@pytest.mark.long
def test_floats_and_arrays_tell_the_same_cycles():
    ground = LANDSCAPES["two-minima"]
    starts = [(x,) for x in np.linspace(-2.4, 2.4, 40).tolist()]
    for rate in (0.3, 0.36, 0.42, 0.487):
        together = cycles(ground, starts, learning_rate=rate, steps=3000)
        assert together == [cycle(ground, start, learning_rate=rate, steps=3000) for start in starts]
    assert {3, None} <= set(together)


@pytest.mark.long
@pytest.mark.parametrize("walkers", [1, 30])
@pytest.mark.parametrize("steps", [5, 6, 15, 16, 17, 79, 80, 81, 200, 335, 336, 337, 600])
def test_a_cycle_is_told_wherever_the_walk_ends(walkers, steps):
    options = {"learning_rate": 2.0, "steps": steps, "tolerance": 0.0}
    assert set(cycles(BOWL, [(1.0, 0.3)] * walkers, **options)) == {2}
    turning = cycles(BOWL, [(1.0, 0.3)] * walkers, "momentum", {"momentum": 1.0}, **options | {"learning_rate": 1.0})
    assert set(turning) == {6 if steps >= 17 else None}


@pytest.mark.parametrize("walkers", [1, 30])
def test_a_cycle_is_told_where_chunks_are_as_short_as_can_be(walkers):
    count = 3000
    ground = fitting(np.linspace(-1, 1, count).tolist(), np.linspace(-1, 1, count).tolist())
    limit = 2 / np.linalg.eigvalsh(_hessian(ground))[-1]
    assert set(cycles(ground, [(1.5, 1.0)] * walkers, learning_rate=limit, steps=101, tolerance=0.0)) == {2}


def test_where_no_iterates_are_kept_no_cycle_is_told():
    settings = descent(BOWL, learning_rate=2.0)
    (judged,) = (
        event
        for event in judged_walk(settings, OPTIMIZERS["gradient-descent"], [(1.0, 0.3)], BOWL.domain, longest=-1)
        if isinstance(event, Judged)
    )
    assert judged.verdict.cycle is None


# --- whatever is called a cycle


def settings_at_random(seed, count):
    """Yield landscape, optimizer, its hyperparameters, a start, and the other settings of a walk without chance."""
    random = RANDOM(seed)
    for _ in range(count):
        slug = list(OPTIMIZERS)[random.integers(len(OPTIMIZERS))]
        ground = list(PLAIN.values())[random.integers(len(PLAIN))]
        if OPTIMIZERS[slug].needs_hessian and not ground.smooth:
            continue
        values = {}
        for key in OPTIMIZERS[slug].hyperparameters:
            if random.random() < 0.4:
                continue
            if key.log:
                values[key.key] = math.exp(random.uniform(math.log(key.low), math.log(key.high)))
            else:
                drawn = round(random.uniform(key.low, key.high), 0 if key.whole else random.integers(1, 5))
                values[key.key] = min(max(drawn, key.low), key.high)
        usual = OPTIMIZERS[slug].usual_learning_rate(ground)
        start = tuple(random.uniform(ground.domain.low, ground.domain.high).round(2).tolist())
        yield (
            *(ground, slug, values, start),
            {
                "learning_rate": float(f"{usual * 10 ** random.uniform(-1, 2):.3g}"),
                "steps": int(random.integers(20, 1500)),
                "tolerance": [0.0, 1e-6, 1e-3][random.integers(3)],
                "warmup": int(random.integers(0, 3)),
            },
        )


def repeats(ground, slug, values, start, options, seed):
    """Return the period of a walk that goes round for ever, and how far the next steps lead from it, in its width."""
    period = cycle(ground, start, slug, values, **options)
    if period is None:
        return None, 0.0
    settings = descent(ground, slug, values, **options)
    last = one(settings, start).ending.steps
    longer = dataclasses.replace(settings, steps=last + int(RANDOM(seed).integers(200, 5000)), tolerance=0.0)
    whole = one(longer, start)
    points = np.stack([whole.x, whole.y], axis=1)[last - period + 1 :]
    rounds = points[: len(points) // period * period].reshape(-1, period, 2) / (*ground.domain.widths, 1.0)[:2]
    width = np.ptp(rounds[0], axis=0).max()
    # A smaller period would be told.
    for shorter in range(1, period):
        assert np.abs(rounds[0] - np.roll(rounds[0], shorter, axis=0)).max() > 1e-9 * width
    return period, np.abs(rounds - rounds[0]).max() / width


@pytest.mark.long
@pytest.mark.parametrize(
    ("seed", "count"), [(0, 60), *(pytest.param(seed, 400, marks=pytest.mark.full) for seed in range(1, 4))]
)
def test_whatever_is_called_a_cycle_repeats_when_the_walk_goes_on(seed, count):
    found = []
    for ground, slug, values, start, options in settings_at_random(seed, count):
        period, away = repeats(ground, slug, values, start, options, seed)
        assert away <= 1e-6, (ground.slug, slug, values, start, options, period)
        found += [period] * (period is not None)
    assert len(found) >= count // 30
    assert len(set(found)) > 1


@pytest.mark.long
@pytest.mark.parametrize("turn", [0.0, 0.3, 1.1])
def test_every_quadratic_has_its_cycle_at_the_limit(turn):
    # Turned, so that both coordinates round; far from 0, so that their last digits are coarse; steep and gentle.
    random = RANDOM(7)
    for _ in range(25):
        steep, gentle = 10 ** random.uniform(-2, 3), random.uniform(0.1, 0.8)
        centre = random.uniform(-3, 3, 2)
        c, s = math.cos(turn), math.sin(turn)
        u, v = (f"({c}*(x - {centre[0]}) + {s}*(y - {centre[1]}))", f"({c}*(y - {centre[1]}) - {s}*(x - {centre[0]}))")
        ground = landscape(f"{steep}*({u}**2 + {gentle}*{v}**2)/2", domain=Box((-4.0, -4.0), (4.0, 4.0)))
        start = tuple(random.uniform(-4, 4, 2).tolist())
        # The gentle direction comes to rest within rounding first, which takes log(1e-16)/log(2·gentle - 1) steps.
        assert cycle(ground, start, learning_rate=2 / steep, steps=2000, tolerance=0.0) == 2
