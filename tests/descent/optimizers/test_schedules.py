"""Schedules: where they begin and end, how they fall and rise, and that warm-up and warm restarts fit together."""

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.descent.optimizers.schedules import DROPS, FLOOR, PEAK, SCHEDULES, LearningRates, cycle_ends

RECORDING = json.loads((Path(__file__).parent / "data" / "torch_walks.json").read_text())

every_schedule = pytest.mark.parametrize("slug", SCHEDULES)
every_annealing = pytest.mark.parametrize("slug", [slug for slug in SCHEDULES if slug != "constant"])
floors = pytest.mark.parametrize("floor", [0.0, 1e-6, 0.01, 0.1, 0.5, 1.0])


def _to_the_floor(curve, floor):
    """A curve that reaches any floor but 0: without one it goes to a hundredth and is then stretched over [0, 1]."""
    return curve(floor) if floor else (curve(0.01) - 0.01) / 0.99


def _one_cycle(t, floor, peak):
    # OneCycleLR's two phases: cosine annealing from 1/25 to 1, and from 1 to the floor.
    start, end, part = (1 / 25, 1, t / peak) if t < peak else (1, floor, (t - peak) / (1 - peak))
    return end + (start - end) / 2 * (1 + math.cos(math.pi * part))


# The factor at the part t of a cycle, written from the papers and from PyTorch's documentation.
BY_HAND = {
    "constant": lambda t: 1.0,
    # Equal fractions at the ends of n equal stretches; t is a multiple of 1/1200 here, so that whole parts are exact.
    "step": lambda t, floor, drops: _to_the_floor(
        lambda low: low ** ((round(1200 * t) * int(drops) // 1200) / drops), floor
    ),
    "exponential": lambda t, floor: _to_the_floor(lambda low: math.exp(t * math.log(low)), floor),
    "inverse-time": lambda t, floor: _to_the_floor(lambda low: 1 / (1 + (1 / low - 1) * t), floor),
    "linear": lambda t, floor: (1 - t) + floor * t,
    "cosine": lambda t, floor: floor + (1 - floor) * math.cos(math.pi * t / 2) ** 2,
    "one-cycle": _one_cycle,
}
# Values of what a schedule has besides its floor.
FURTHER = {
    "step": [{"drops": 2.0}, {"drops": 4.0}, {"drops": 10.0}],
    "one-cycle": [{"peak": 0.01}, {"peak": 0.3}, {"peak": 0.99}],
}


def _values(slug, floor):
    """Yield settings of a schedule with this floor."""
    if slug == "constant":
        yield {}
        return
    for further in FURTHER.get(slug, [{}]):
        yield {"floor": floor, **further}


def _rates(slug, rate=1.0, steps=100, floor=0.0, restarts=0, growth=1.0, warmup=0, **further):
    entry = SCHEDULES[slug]
    ends = tuple(cycle_ends(steps, restarts, growth, warmup))
    return LearningRates(entry, rate, ends, entry.values({"floor": floor, **further}), warmup)


@every_schedule
def test_an_entry_is_listed_under_its_slug_and_says_what_it_is(slug):
    entry = SCHEDULES[slug]
    assert entry.slug == slug
    assert all([entry.title, entry.explanation, entry.rule, entry.source.text])
    for parameter in entry.hyperparameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert all([parameter.title, parameter.symbol, parameter.explanation])
    # What a rule is written with: the rate, the part of the cycle, and the symbols of its hyperparameters.
    for parameter in entry.hyperparameters:
        assert any(parameter.symbol in line for line in entry.rule)


def test_a_value_that_is_not_given_is_the_default():
    assert SCHEDULES["constant"].values({"floor": 0.5}) == {}
    assert SCHEDULES["step"].values({}) == {"floor": FLOOR.default, "drops": DROPS.default}
    assert SCHEDULES["step"].values({"floor": None, "drops": 7.0, "peak": 0.2}) == {"floor": 0.0, "drops": 7.0}
    assert SCHEDULES["one-cycle"].values({"peak": 0.2}) == {"floor": FLOOR.default, "peak": 0.2}
    assert PEAK.default == 0.3


def test_every_schedule_is_written_by_hand_here():
    assert set(BY_HAND) == set(SCHEDULES)
    further = {
        slug: {parameter.key for parameter in entry.hyperparameters} - {"floor"} for slug, entry in SCHEDULES.items()
    }
    assert {slug: keys for slug, keys in further.items() if keys} == {
        slug: set(values[0]) for slug, values in FURTHER.items()
    }


@pytest.mark.long
@every_schedule
@floors
def test_the_factor_is_the_formula_written_by_hand(slug, floor):
    part = np.linspace(0, 1, 1201)
    for values in _values(slug, floor):
        expected = [BY_HAND[slug](t, **values) for t in part.tolist()]
        assert SCHEDULES[slug].factor(part, **values) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@every_schedule
@floors
def test_the_factor_stays_between_nothing_and_the_full_rate_and_reaches_the_floor_at_the_end(slug, floor):
    for values in _values(slug, floor):
        factor = SCHEDULES[slug].factor(np.linspace(0, 1, 10_001), **values)
        assert (factor >= 0).all()
        assert (factor <= 1).all()
        assert factor.max() == 1
        assert factor[-1] == pytest.approx(values.get("floor", 1.0), abs=1e-16)


@every_annealing
@floors
def test_annealing_begins_at_the_full_learning_rate_unless_it_warms_up_by_itself(slug, floor):
    assert SCHEDULES[slug].anneals
    for values in _values(slug, floor):
        first = SCHEDULES[slug].factor(np.array([0.0]), **values)[0]
        assert first == pytest.approx(1 / 25 if SCHEDULES[slug].warms_up else 1, abs=1e-15)
    assert [slug for slug, entry in SCHEDULES.items() if entry.warms_up] == ["one-cycle"]


@every_annealing
@floors
def test_annealing_only_falls_once_its_rise_is_over(slug, floor):
    part = np.linspace(0, 1, 1001)
    for values in _values(slug, floor):
        factor = SCHEDULES[slug].factor(part, **values)
        changes = np.diff(factor)
        rising = part[1:] <= values.get("peak", 0.0)
        # Rounding: half a unit in the last place of 1.
        assert (changes[rising] > -2e-16).all()
        assert (changes[~rising] < 2e-16).all()
        if floor < 1:
            assert (changes < -1e-12).any()


def test_a_step_lasts_as_long_as_every_other():
    rates = _rates("step", 1.0, 40, 0.0625, drops=4.0).between(0, 41)
    assert rates.tolist() == pytest.approx([1.0] * 10 + [0.5] * 10 + [0.25] * 10 + [0.125] * 10 + [0.0625])


def test_a_staircase_has_at_least_two_steps():
    assert (DROPS.low, DROPS.high, DROPS.whole) == (2, 20, True)


@pytest.mark.long
@pytest.mark.parametrize("drops", [float(drops) for drops in range(2, 21)])
@pytest.mark.parametrize("steps", [10, 33, 70, 110, 720, 999])
def test_rounding_does_not_delay_a_drop(drops, steps):
    # In whole numbers step k has fallen floor(kn/T) times.
    rates = _rates("step", 1.0, steps, 0.001, drops=drops).between(0, steps + 1)
    expected = [0.001 ** ((k * int(drops) // steps) / drops) for k in range(steps + 1)]
    assert rates.tolist() == pytest.approx(expected, rel=1e-12)


def test_one_cycle_rises_to_its_peak_and_is_full_there():
    rates = _rates("one-cycle", 0.5, 40, 0.1, peak=0.25).between(0, 41)
    assert (rates[0], rates[10], rates[40]) == pytest.approx((0.02, 0.5, 0.05))
    assert rates.argmax() == 10
    # Halfway up and down the cosine is at its middle.
    assert (rates[5], rates[25]) == pytest.approx(((0.02 + 0.5) / 2, (0.5 + 0.05) / 2))


def test_a_constant_learning_rate_has_no_floor_and_nothing_to_restart():
    assert not SCHEDULES["constant"].anneals
    assert SCHEDULES["constant"].hyperparameters == ()
    assert _rates("constant", 0.3, floor=0.5).between(0, 101).tolist() == [0.3] * 101


@every_annealing
def test_the_learning_rate_is_full_at_the_first_step_and_at_the_floor_after_the_last(slug):
    rates = _rates(slug, 0.4, 37, 0.25).between(0, 38)
    assert len(rates) == 38
    assert rates[0] == pytest.approx(0.4 / 25 if slug == "one-cycle" else 0.4)
    assert rates[37] == pytest.approx(0.1)
    assert rates.max() <= 0.4


@every_schedule
def test_after_the_end_the_learning_rate_stays(slug):
    rates = _rates(slug, 0.4, 10, 0.25).between(10, 15)
    assert rates.tolist() == [rates[0]] * 5


@pytest.mark.parametrize(
    ("steps", "restarts", "growth", "ends"),
    [
        (100, 0, 1.0, [100]),
        (100, 0, 3.0, [100]),
        (100, 1, 1.0, [50, 100]),
        (100, 3, 1.0, [25, 50, 75, 100]),
        (35, 2, 2.0, [5, 15, 35]),  # 5 + 10 + 20
        (40, 3, 3.0, [1, 4, 13, 40]),  # 1 + 3 + 9 + 27
        (100, 1, 4.0, [20, 100]),
        (10, 2, 1.0, [3, 7, 10]),  # 3⅓ and 6⅔ rounded
        (3, 2, 1.0, [1, 2, 3]),
        (1, 0, 1.0, [1]),
    ],
)
def test_the_cycles_end_where_hand_arithmetic_says(steps, restarts, growth, ends):
    assert cycle_ends(steps, restarts, growth) == ends


@pytest.mark.parametrize("steps", [51, 200, 999, 100_000])
@pytest.mark.parametrize("restarts", [0, 1, 7, 50])
@pytest.mark.parametrize("growth", [1.0, 1.1, 1.5, 2.0, 4.0])
def test_the_cycles_fill_the_walk_each_longer_than_the_one_before_or_are_refused(steps, restarts, growth):
    total = sum(growth**k for k in range(restarts + 1))
    exact = [steps * growth**k / total for k in range(restarts + 1)]
    try:
        ends = cycle_ends(steps, restarts, growth)
    except ValueError as refusal:
        refused = str(refusal)
    else:
        refused = None
    if refused:
        assert exact[0] < 1.5, "long enough to be rounded to a whole step"
        assert refused == f"{restarts + 1} cycles do not fit into {steps} steps with growth {growth:g}"
        return
    lengths = np.diff([0, *ends])
    assert len(lengths) == restarts + 1
    assert lengths.sum() == ends[-1] == steps
    assert (lengths >= 1).all()
    assert (np.abs(lengths - exact) <= 1).all()


@pytest.mark.parametrize(
    ("steps", "restarts", "growth", "warmup"),
    [(1, 1, 1.0, 0), (10, 10, 1.0, 0), (100, 50, 4.0, 0), (20, 4, 4.0, 0), (10, 0, 1.0, 10), (10, 2, 1.0, 8)],
)
def test_cycles_without_a_step_are_refused_with_the_numbers(steps, restarts, growth, warmup):
    words = f"{restarts + 1} cycles do not fit into {steps - warmup} steps with growth {growth:g}"
    with pytest.raises(ValueError, match=words):
        cycle_ends(steps, restarts, growth, warmup)


@pytest.mark.parametrize(
    ("steps", "restarts", "growth", "warmup", "ends"),
    [
        (100, 0, 1.0, 20, [100]),
        (100, 3, 1.0, 20, [40, 60, 80, 100]),
        (45, 2, 2.0, 10, [15, 25, 45]),
        (6, 0, 1.0, 5, [6]),
    ],
)
def test_the_cycles_begin_when_the_warm_up_is_over(steps, restarts, growth, warmup, ends):
    assert cycle_ends(steps, restarts, growth, warmup) == ends


@every_schedule
@pytest.mark.parametrize(("warmup", "restarts"), [(1, 0), (7, 0), (20, 3)])
def test_during_the_warm_up_the_learning_rate_rises_in_a_straight_line(slug, warmup, restarts):
    rates = _rates(slug, 0.6, 100, 0.1, restarts, warmup=warmup)
    got = rates.between(0, 101)
    first = _rates(slug, 0.6, 100 - warmup, 0.1, restarts).between(0, 101 - warmup)
    # 1/(w + 1), 2/(w + 1), … of the rate that the schedule begins with, which it has when the warm-up is over.
    assert got[:warmup].tolist() == pytest.approx([first[0] * (k + 1) / (warmup + 1) for k in range(warmup)])
    assert got[warmup:].tolist() == pytest.approx(first.tolist())
    assert rates.restarts == [warmup + (100 - warmup) * (k + 1) // 4 for k in range(restarts)]


def _recorded():
    """Return each setting once for which PyTorch's scheduler has written down its learning rates."""
    keys = ("schedule", "floor", "restarts", "growth", "drops", "peak", "warmup", "learning_rate", "steps")
    found = {tuple(walk.get(key) for key in keys): walk["rates"] for walk in RECORDING["walks"] if walk["rates"]}
    return [
        pytest.param(dict(zip(keys, key, strict=True)), rates, id=f"{key[0]}-{n}")
        for n, (key, rates) in enumerate(found.items())
    ]


@pytest.mark.parametrize(("setting", "rates"), _recorded())
def test_the_learning_rates_are_those_of_pytorchs_schedulers(setting, rates):
    ours = _rates(
        setting["schedule"],
        setting["learning_rate"],
        setting["steps"],
        setting["floor"],
        setting["restarts"],
        setting["growth"],
        setting["warmup"] or 0,
        drops=setting["drops"],
        peak=setting["peak"],
    )
    np.testing.assert_allclose(ours.between(0, setting["steps"]), rates, rtol=1e-12, atol=1e-15)


ONE_CYCLES = json.loads((Path(__file__).parent / "data" / "torch_steps.json").read_text())["one_cycles"]


@pytest.mark.parametrize("cycle", ONE_CYCLES, ids=[f"{cycle['total_steps']} steps" for cycle in ONE_CYCLES])
def test_one_cycle_is_pytorchs_by_the_mapping_that_is_told(cycle):
    """Its calls were made with plain numbers; the mapping of the README, read the other way round, gives our keys."""
    steps = cycle["total_steps"] - 1
    peak = (cycle["pct_start"] * cycle["total_steps"] - 1) / steps
    floor = 1 / (25 * cycle["final_div_factor"]) if cycle["final_div_factor"] else 0
    assert (peak * steps + 1) / (steps + 1) == pytest.approx(cycle["pct_start"])
    ours = _rates("one-cycle", cycle["max_lr"], steps, floor, peak=peak).between(0, steps + 1)
    np.testing.assert_allclose(ours, cycle["rates"], rtol=1e-12, atol=1e-15)
    assert ours[-1] == pytest.approx(floor * cycle["max_lr"])


def test_pytorch_has_recorded_every_schedule_and_a_warm_up():
    assert {case.values[0]["schedule"] for case in _recorded()} == set(SCHEDULES)
    assert {case.values[0]["warmup"] for case in _recorded()} >= {5, 8}


def test_a_restart_brings_the_full_learning_rate_back_at_the_boundary_and_not_before():
    rates = _rates("cosine", 0.8, 35, 0.25, 2, 2.0).between(0, 36)
    full = [0, 5, 15]
    assert [k for k in range(36) if rates[k] == 0.8] == full
    # T_cur/T_i of Loshchilov and Hutter: (k - begin)/length
    for begin, end in [(0, 5), (5, 15), (15, 35)]:
        expected = [0.2 + 0.6 * (1 + math.cos(math.pi * (k - begin) / (end - begin))) / 2 for k in range(begin, end)]
        assert rates[begin:end].tolist() == pytest.approx(expected)
    assert rates[35] == pytest.approx(0.2)
    # The last step of a cycle is still above the floor: the floor itself is where the next cycle begins.
    assert rates[4] > 0.2


@every_annealing
def test_every_cycle_is_the_schedule_anew(slug):
    rates = _rates(slug, 1.0, 60, 0.1, 2).between(0, 60)
    assert rates[:20].tolist() == rates[20:40].tolist() == rates[40:].tolist()
    assert rates[:20].tolist() == _rates(slug, 1.0, 20, 0.1).between(0, 20).tolist()


@every_schedule
@pytest.mark.parametrize("restarts", [0, 3])
def test_slices_joined_are_the_whole(slug, restarts):
    rates = _rates(slug, 0.3, 97, 0.05, restarts, 1.3)
    whole = rates.between(0, 110).tolist()
    cuts = [0, 1, 16, 17, 80, 96, 97, 98, 110]
    joined = [rate for first, last in itertools.pairwise(cuts) for rate in rates.between(first, last).tolist()]
    assert joined == whole
    assert rates.between(5, 5).tolist() == []


@pytest.mark.parametrize("slug", SCHEDULES)
@pytest.mark.parametrize("warmup", [0, 3])
def test_walkers_with_their_own_learning_rates_have_those_of_each_alone(slug, warmup):
    plan, full = SCHEDULES[slug], np.array([0.1, 0.37, 1e-9, 5.0])
    rates = LearningRates(plan, 1.0, tuple(cycle_ends(50, 0, 1.0, warmup)), plan.values({}), warmup)
    together = rates.between(5, 60, full)
    assert together.shape == (55, 4)
    for column, learning_rate in zip(together.T, full.tolist(), strict=True):
        assert np.array_equal(column, replace(rates, learning_rate=learning_rate).between(5, 60))
