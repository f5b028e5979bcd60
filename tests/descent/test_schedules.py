"""Schedules: where they begin and end, that they only fall, and that warm restarts fit together."""

import itertools
import math

import numpy as np
import pytest

from app.descent.schedules import FLOOR, SCHEDULES, LearningRates, cycle_ends

every_schedule = pytest.mark.parametrize("slug", SCHEDULES)
every_annealing = pytest.mark.parametrize("slug", [slug for slug in SCHEDULES if slug != "constant"])
floors = pytest.mark.parametrize("floor", [0.0, 1e-6, 0.01, 0.1, 0.5, 1.0])

# The factor at the part t of a cycle, written from the papers and from PyTorch's documentation.
BY_HAND = {
    "constant": lambda t, floor: 1.0,
    "exponential": lambda t, floor: math.exp(t * math.log(floor)) if floor else (0.01**t - 0.01) / 0.99,
    "linear": lambda t, floor: (1 - t) + floor * t,
    "cosine": lambda t, floor: floor + (1 - floor) * math.cos(math.pi * t / 2) ** 2,
}


def _rates(slug, rate=1.0, steps=100, floor=0.0, restarts=0, growth=1.0):
    return LearningRates(SCHEDULES[slug], rate, tuple(cycle_ends(steps, restarts, growth)), floor)


@every_schedule
def test_an_entry_is_listed_under_its_slug_and_says_what_it_is(slug):
    entry = SCHEDULES[slug]
    assert entry.slug == slug
    assert all([entry.title, entry.explanation, entry.rule, entry.source.text])


@every_schedule
@floors
def test_the_factor_is_the_formula_written_by_hand(slug, floor):
    part = np.linspace(0, 1, 41)
    expected = [BY_HAND[slug](t, floor) for t in part.tolist()]
    assert SCHEDULES[slug].factor(part, floor) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@every_annealing
@floors
def test_annealing_begins_at_the_full_learning_rate_and_ends_at_the_floor(slug, floor):
    assert SCHEDULES[slug].anneals
    assert SCHEDULES[slug].hyperparameters == (FLOOR,)
    first, last = SCHEDULES[slug].factor(np.array([0.0, 1.0]), floor).tolist()
    assert first == pytest.approx(1, abs=1e-15)
    assert last == pytest.approx(floor, abs=1e-16)


@every_annealing
@floors
def test_annealing_only_falls(slug, floor):
    falls = np.diff(SCHEDULES[slug].factor(np.linspace(0, 1, 1001), floor))
    if floor == 1:
        assert (falls == 0).all()
    else:
        assert (falls < 0).all()


@every_annealing
def test_annealing_is_never_negative_so_that_no_step_goes_uphill_at_its_end(slug):
    assert (SCHEDULES[slug].factor(np.linspace(0, 1, 10_001), 0.0) >= 0).all()


def test_a_constant_learning_rate_has_no_floor_and_nothing_to_restart():
    assert not SCHEDULES["constant"].anneals
    assert _rates("constant", 0.3, floor=0.5).between(0, 101).tolist() == [0.3] * 101


@every_annealing
def test_the_learning_rate_is_full_at_the_first_step_and_at_the_floor_after_the_last(slug):
    rates = _rates(slug, 0.4, 37, 0.25).between(0, 38)
    assert len(rates) == 38
    assert rates[0] == pytest.approx(0.4)
    assert rates[37] == pytest.approx(0.1)
    assert rates.tolist() == pytest.approx([0.4 * BY_HAND[slug](k / 37, 0.25) for k in range(38)])


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


@pytest.mark.parametrize(("steps", "restarts", "growth"), [(1, 1, 1.0), (10, 10, 1.0), (100, 50, 4.0), (20, 4, 4.0)])
def test_cycles_without_a_step_are_refused_with_the_numbers(steps, restarts, growth):
    with pytest.raises(ValueError, match=f"{restarts + 1} cycles do not fit into {steps} steps with growth {growth:g}"):
        cycle_ends(steps, restarts, growth)


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
