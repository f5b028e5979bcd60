"""The walk: equal to a plain loop, however it is cut, interleaved or put side by side, and where it stops."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from app.descent.landscape import Box
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS
from app.descent.walk import MOST_ALONE, Chunk, Ending, scatter, trace, walk
from tests.descent.ground import BY_HAND, all_of, descent, joined, landscape, one

BOX = Box((-2.0, -1.0), (2.0, 3.0))
MANY = MOST_ALONE + 6


def _plain_loop(settings, rule, gradient, loss, start, noise=None):
    """Walk as a person would write it down; rule is (momentum, dampening, nesterov) in PyTorch's words."""
    (momentum, dampening, nesterov), (x, y) = rule, start
    rates = settings.rates.between(0, settings.steps + 1)
    uphill = -1 if settings.goal == "maximize" else 1
    rows, velocity, last = [], None, None
    for k in range(settings.steps + 1):
        g = uphill * np.array(gradient(x, y))
        norm = math.sqrt(g @ g)
        rows.append((x, y, loss(x, y), norm))
        moved = math.inf if last is None and noise is not None else math.dist(last or (x, y), (x, y))
        if settings.tolerance and norm <= settings.tolerance and moved <= settings.tolerance:
            return np.array(rows).T, "converged"
        if noise is not None:
            g = g + noise[k]
        velocity = g if velocity is None else momentum * velocity + (1 - dampening) * g
        step = g + momentum * velocity if nesterov else velocity
        last, (x, y) = (x, y), (x, y) - rates[k] * step
    return np.array(rows).T, "out_of_steps"


LOOPS = [
    ("bowl", "gradient-descent", (0, 0, False), {"learning_rate": 0.7, "steps": 500}),
    ("quadratic", "momentum", (0.9, 0.0, False), {"learning_rate": 0.05, "steps": 400}),
    ("two-valley", "nesterov", (0.8, 0.0, True), {"learning_rate": 0.01, "steps": 300, "tolerance": 0.0}),
    ("saddle", "momentum", (0.5, 0.3, False), {"learning_rate": 0.1, "steps": 90, "schedule": "cosine", "restarts": 2}),
    ("plateau", "gradient-descent", (0, 0, False), {"learning_rate": 0.5, "steps": 337}),
    ("peaks", "gradient-descent", (0, 0, False), {"learning_rate": 0.005, "steps": 100, "goal": "maximize"}),
]


@pytest.mark.parametrize(("slug", "optimizer", "rule", "options"), LOOPS, ids=[loop[0] for loop in LOOPS])
@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("crowd", [1, MANY])
def test_chunks_joined_are_the_walk_of_a_plain_loop(slug, optimizer, rule, options, noise, crowd):
    entry, hand = LANDSCAPES[slug], BY_HAND[slug]
    shape = entry.shape.default if entry.shape else None
    momentum, dampening, _ = rule
    values = {"momentum": momentum, "dampening": dampening} if optimizer != "gradient-descent" else {}
    settings = descent(entry, optimizer, values, noise=noise, seed=3, **options)
    ours = all_of(settings, [entry.start] * crowd)[0]
    rows = settings.noise_rows(0)(settings.steps + 1) if noise else None
    columns, outcome = _plain_loop(
        settings,
        rule,
        lambda x, y: hand.gradient(x, y, shape),
        lambda x, y: hand.loss(x, y, shape),
        entry.start,
        rows,
    )
    assert ours.ending.outcome == outcome
    assert len(ours.x) == columns.shape[1] == ours.ending.steps + 1
    for mine, by_hand in zip(ours, columns, strict=False):
        np.testing.assert_allclose(mine, by_hand, rtol=0, atol=1e-9)
    assert ours.learning_rate.tolist() == settings.rates.between(0, len(ours.x)).tolist()


def test_the_ending_is_the_last_row():
    ground = LANDSCAPES["peaks"]
    for crowd in (3, MANY):
        settings = descent(ground, "momentum", learning_rate=0.01, steps=150)
        for walker, whole in all_of(settings, scatter(ground.domain, ground.start, crowd, 5)).items():
            last = (whole.x[-1], whole.y[-1], whole.loss[-1], whole.gradient_norm[-1])
            assert whole.ending[3:] == last
            assert whole.ending.walker == walker
            assert whole.ending.steps == len(whole.x) - 1


# Non-chaotic ground, a spread of starts, and endings of several kinds in different chunks.
SIDE_BY_SIDE = [
    ("bowl", "gradient-descent", {}, {"learning_rate": 1.2, "steps": 300}),
    ("bowl", "momentum", {"momentum": 0.9, "dampening": 0.9}, {"learning_rate": 0.9, "steps": 2000}),
    ("two-valley", "gradient-descent", {}, {"learning_rate": 0.02, "steps": 1000}),
    ("saddle", "nesterov", {"momentum": 0.6}, {"learning_rate": 0.05, "steps": 400}),
    ("plateau", "gradient-descent", {}, {"learning_rate": 0.8, "steps": 700}),
    ("peaks", "gradient-descent", {}, {"learning_rate": 0.005, "steps": 600}),
    ("peaks", "gradient-descent", {}, {"learning_rate": 0.005, "steps": 600, "goal": "maximize"}),
    ("saddle", "momentum", {"momentum": 0.5}, {"learning_rate": 0.1, "steps": 40, "goal": "maximize"}),
]


@pytest.mark.parametrize(("slug", "optimizer", "values", "options"), SIDE_BY_SIDE)
def test_a_block_of_walkers_is_its_single_walkers(slug, optimizer, values, options):
    entry = LANDSCAPES[slug]
    settings = descent(entry, optimizer, values, **options)
    starts = scatter(entry.domain, entry.start, 40, 11)
    together = all_of(settings, starts)
    assert list(together) == list(range(40))
    for walker, start in enumerate(starts):
        alone, block = one(settings, start), together[walker]
        assert block.ending.outcome == alone.ending.outcome
        assert block.ending.steps == alone.ending.steps
        for ours, theirs in zip(block[:5], alone[:5], strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-9)


def test_finished_walkers_leave_the_block_and_the_others_go_on_undisturbed():
    entry = LANDSCAPES["bowl"]
    settings = descent(entry, "momentum", {"momentum": 0.3}, learning_rate=0.1, steps=1000)
    # Starts on y = 0 and ever further from the bottom: they end one after the other, in several chunks.
    starts = [(4.0 * 0.5**k, 0.0) for k in range(MANY)]
    events = list(walk(settings, starts))
    together = joined(events)
    steps = [together[walker].ending.steps for walker in range(MANY)]
    assert steps == sorted(steps, reverse=True)
    assert len({step // 16 for step in steps}) > 3
    for walker, start in enumerate(starts):
        assert steps[walker] == one(settings, start).ending.steps
        last = max(event.first for event in events if isinstance(event, Chunk) and event.walker == walker)
        assert last <= steps[walker]


@pytest.mark.parametrize("expression", ["x**2", "x + y**2", "y**2", "x + 2*y", "x**2 + abs(y)"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_block_also_walks_where_a_derivative_is_the_same_number_everywhere(expression, optimizer):
    ground = landscape(expression, (1.0,) if "y" not in expression else (1.0, 1.0), half_width=1.0)
    settings = descent(ground, optimizer, learning_rate=0.05, steps=400)
    # Ever closer to the bottom, so that walkers end in different chunks.
    starts = [tuple(coordinate * 10.0**-k for coordinate in ground.start) for k in range(MANY)]
    together = all_of(settings, starts)
    for walker, start in enumerate(starts):
        alone = one(settings, start)
        assert together[walker].ending.outcome == alone.ending.outcome
        assert together[walker].ending.steps == alone.ending.steps
        np.testing.assert_allclose(together[walker].x, alone.x, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(together[walker].y, alone.y, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("crowd", [5, MANY])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_only_one_walker_is_walked_with_the_bits_that_it_has_among_all(crowd, noise):
    entry = LANDSCAPES["peaks"]
    settings = descent(entry, "momentum", learning_rate=0.01, steps=500, noise=noise, seed=9)
    starts = scatter(entry.domain, entry.start, crowd, 9)
    together = all_of(settings, starts)
    for walker in (0, 1, crowd - 1):
        alone = all_of(settings, starts, only=walker)
        assert list(alone) == [walker]
        assert alone[walker].ending == together[walker].ending
        for ours, theirs in zip(alone[walker][:5], together[walker][:5], strict=True):
            assert ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("crowd", [2, 5, MANY])
def test_every_walker_has_its_first_chunk_before_any_has_its_second(crowd):
    entry = LANDSCAPES["bowl"]
    settings = descent(entry, learning_rate=0.01, steps=700, tolerance=0.0)
    order = [(event.first, event.walker) for event in walk(settings, [entry.start] * crowd) if isinstance(event, Chunk)]
    assert order == sorted(order)
    firsts = sorted({first for first, _ in order})
    assert len(firsts) > 3
    assert order == [(first, walker) for first in firsts for walker in range(crowd)]


@pytest.mark.parametrize("crowd", [1, MANY])
def test_the_first_chunks_are_short_so_that_a_picture_comes_early(crowd):
    settings = descent(LANDSCAPES["bowl"], learning_rate=0.01, steps=900, tolerance=0.0)
    events = walk(settings, [(1.0, 1.0)] * crowd)
    lengths = [len(event.x) for event in events if isinstance(event, Chunk) and event.walker == 0]
    assert lengths[0] <= lengths[1] <= lengths[2] <= 256
    assert lengths[0] <= 64
    assert sum(lengths) == 901


def test_a_block_of_the_most_walkers_is_cut_into_short_chunks():
    settings = descent(LANDSCAPES["bowl"], learning_rate=0.01, steps=100, tolerance=0.0)
    lengths = {len(event.x) for event in walk(settings, [(1.0, 1.0)] * 512) if isinstance(event, Chunk)}
    assert max(lengths) * 512 <= 20_000


def test_every_chunk_has_columns_of_equal_length():
    for crowd in (1, MANY):
        for event in walk(descent(LANDSCAPES["bowl"], learning_rate=0.5), [(1.0, 1.0)] * crowd):
            if isinstance(event, Chunk):
                assert len({len(column) for column in event[2:]}) == 1


@pytest.mark.parametrize("crowd", [3, MANY])
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(crowd):
    entry = LANDSCAPES["two-valley"]

    def ends(seed):
        settings = descent(entry, "momentum", learning_rate=0.02, steps=100, noise=0.5, seed=seed)
        return [whole.ending for whole in all_of(settings, scatter(entry.domain, entry.start, crowd, seed)).values()]

    assert ends(4) == ends(4)
    assert all(one.x != other.x for one, other in zip(ends(4), ends(5), strict=True))


def test_the_noise_of_a_walker_does_not_depend_on_how_many_there_are():
    entry = LANDSCAPES["bowl"]
    settings = descent(entry, learning_rate=0.1, steps=300, noise=1.0, seed=2)
    starts = scatter(entry.domain, entry.start, 100, 2)
    crowds = {crowd: all_of(settings, starts[:crowd]) for crowd in (2, 3, MOST_ALONE, MOST_ALONE + 1, 100)}
    for one_crowd, other in itertools.pairwise(crowds.values()):
        for walker in one_crowd:
            np.testing.assert_allclose(one_crowd[walker].x, other[walker].x, rtol=0, atol=1e-12)
            np.testing.assert_allclose(one_crowd[walker].y, other[walker].y, rtol=0, atol=1e-12)


@pytest.mark.parametrize("crowd", [4, MANY])
def test_the_noise_is_gaussian_with_the_given_deviation_in_each_component(crowd):
    # On f = (x² + y²)/2 the noise of a step is what its gradient had beyond the point: ξ = -Δx/η - x.
    settings = descent(landscape("x**2/2 + y**2/2"), learning_rate=0.3, steps=4000, noise=0.7, seed=1, tolerance=0.0)
    whole = all_of(settings, [(1.0, -1.0)] * crowd)
    noise = {
        (walker, name): -np.diff(column) / 0.3 - column[:-1]
        for walker in (0, 1, crowd - 1)
        for name, column in (("x", whole[walker].x), ("y", whole[walker].y))
    }
    for sample in noise.values():
        assert stats.kstest(sample, stats.norm(0, 0.7).cdf).pvalue > 1e-3
        # Four standard errors around the mean, the deviation, and the correlation from one step to the next.
        assert abs(sample.mean()) < 4 * 0.7 / math.sqrt(4000)
        assert abs(sample.std() - 0.7) < 4 * 0.7 / math.sqrt(2 * 4000)
        assert abs(np.corrcoef(sample[1:], sample[:-1])[0, 1]) < 4 / math.sqrt(4000)
    for one_sample, other in itertools.combinations(noise.values(), 2):
        assert abs(np.corrcoef(one_sample, other)[0, 1]) < 4 / math.sqrt(4000)


def test_the_noise_does_not_show_in_the_gradient_norm_that_the_stop_test_looks_at():
    settings = descent(landscape("x**2/2 + y**2/2"), steps=50, noise=0.7)
    whole = one(settings, (3.0, 4.0))
    np.testing.assert_allclose(whole.gradient_norm, np.hypot(whole.x, whole.y), rtol=1e-15)


def test_the_noise_in_x_is_the_same_on_a_curve_and_there_is_none_in_y():
    curve = one(descent(landscape("x**2/2", (1.0,)), steps=100, noise=0.5, seed=8), (1.0,))
    plane = one(descent(landscape("x**2/2 + 0*y"), steps=100, noise=0.5, seed=8), (1.0, 1.0))
    np.testing.assert_allclose(curve.x, plane.x, rtol=0, atol=1e-14)
    assert (curve.y == 0).all()
    assert len(set(plane.y)) == 101


def test_the_first_starts_are_the_same_however_many_there_are():
    starts = scatter(BOX, (0.5, 0.5), 100, 6)
    for count in (1, 2, 7, 99):
        assert scatter(BOX, (0.5, 0.5), count, 6) == starts[:count]
    assert starts[0] == (0.5, 0.5)
    assert scatter(BOX, (0.5, 0.5), 100, 7)[1:] != starts[1:]


def test_the_drawn_starts_are_uniform_over_the_box():
    drawn = np.array(scatter(BOX, (0.0, 0.0), 5001, 12)[1:])
    for low, high, column in zip(BOX.low, BOX.high, drawn.T, strict=True):
        assert low <= column.min() < column.max() <= high
        assert stats.kstest(column, stats.uniform(low, high - low).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 4 / math.sqrt(5000)


def test_starts_on_a_curve_have_one_coordinate():
    starts = scatter(Box((-2.0,), (3.0,)), (1.0,), 50, 1)
    assert all(len(start) == 1 and -2 <= start[0] <= 3 for start in starts)


# --- where a walk stops


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
    assert whole.ending == Ending(0, "converged", 0, 0.0, 0.0, 0.0, 0.0)
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


@pytest.mark.parametrize("first", [0, 5, 16, 20, 70, 100])
def test_floats_and_arrays_count_unchanged_losses_alike_across_their_chunks(first):
    settings = descent(landscape("abs(x) + 0*y"), learning_rate=1.0, steps=500)
    start = (first + 0.5, 0.0)
    alone = one(settings, start).ending
    assert (alone.outcome, alone.steps) == ("stalled", first + 64)
    assert all_of(settings, [start] * 512)[0].ending == alone


# The loss is about 1e8, where neighbouring floats lie 1.5e-8 apart: a step that changes it by less does not show.
_LIFTED = "1e8 + x + 0*y"


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


# --- curves, and ascent


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_curve_is_walked_like_the_plane_over_it(crowd, optimizer):
    curve, plane = landscape("(x**2 - 1)**2 + 0.3*x", (1.7,)), landscape("(x**2 - 1)**2 + 0.3*x + 0*y", (1.7, 0.0))
    along = all_of(descent(curve, optimizer, learning_rate=0.02), [(1.7,), (-0.4,)] * crowd)
    across = all_of(descent(plane, optimizer, learning_rate=0.02), [(1.7, 0.0), (-0.4, 0.0)] * crowd)
    for walker in (0, 1):
        np.testing.assert_allclose(along[walker].x, across[walker].x, rtol=0, atol=1e-12)
        assert (along[walker].y == 0).all()
        assert along[walker].ending.outcome == across[walker].ending.outcome


@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_on_a_curve_walkers_that_end_in_different_chunks_are_each_at_the_bottom(crowd, optimizer):
    settings = descent(landscape("x**2", (1.0,)), optimizer, learning_rate=0.1, steps=1000)
    # Halving the start again and again spreads the endings over the chunks.
    for walker, whole in all_of(settings, [(2.0 * 0.5**k,) for k in range(crowd)]).items():
        assert whole.ending.outcome == "converged", walker
        assert abs(whole.ending.x) <= 5e-7


def test_a_curve_has_diverged_a_million_widths_away():
    ending = one(descent(landscape("-x**2", (1.0,), half_width=0.5), learning_rate=1.0, steps=50), (1.0,)).ending
    # x → 3x: 3^13 = 1 594 323 is the first beyond 1e6.
    assert (ending.outcome, ending.steps) == ("diverged", 13)


@both
@pytest.mark.parametrize("slug", ["peaks", "saddle", "plateau"])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_climbing_is_descending_the_negative_formula(crowd, slug, noise):
    entry = LANDSCAPES[slug]
    mirrored = dataclasses.replace(entry, slug="mirrored", expression=f"-({entry.expression})")
    common = {"learning_rate": 0.01, "steps": 60, "noise": noise, "seed": 4}
    up = all_of(descent(entry, "momentum", goal="maximize", **common), [entry.start] * crowd)[0]
    down = all_of(descent(mirrored, "momentum", goal="minimize", **common), [entry.start] * crowd)[0]
    np.testing.assert_allclose(up.x, down.x, rtol=0, atol=1e-10)
    np.testing.assert_allclose(up.y, down.y, rtol=0, atol=1e-10)
    np.testing.assert_allclose(up.loss, -down.loss, rtol=0, atol=1e-10)
    np.testing.assert_allclose(up.gradient_norm, down.gradient_norm, rtol=0, atol=1e-9)


def test_the_fence_is_climbed_to_its_largest_area():
    fence = dataclasses.replace(
        landscape("100*x - x**2", (57.0,), domain=Box((0.0,), (100.0,))), goal="maximize", slug="fence"
    )
    assert fence.at().floats.loss_and_gradient(57.0, 0.0)[:2] == (57 * 43, -14)
    whole = one(descent(fence, learning_rate=0.1, goal="maximize"), (57.0,))
    # 57 + 0.1·(-14)
    assert whole.x[1] == pytest.approx(55.6)
    assert (whole.ending.x, whole.ending.loss) == (pytest.approx(50), pytest.approx(2500))


# --- the step inspector


TRACED = [
    ("gradient-descent", {}, (0.0, 0.0, False)),
    ("momentum", {"momentum": 0.8, "dampening": 0.25}, (0.8, 0.25, False)),
    ("nesterov", {"momentum": 0.7}, (0.7, 0.0, True)),
]


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
        steps=400,
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
    assert len(steps) == whole.ending.steps > 100
    assert [step.step for step in steps] == list(range(len(steps)))
    velocity = None
    for k, step in enumerate(steps):
        assert step.point == (whole.x[k], whole.y[k])
        assert step.point_next == (whole.x[k + 1], whole.y[k + 1])
        assert step.learning_rate == whole.learning_rate[k] == 0.01 * (1 - k / 400)
        assert step.slope == pytest.approx(BY_HAND["peaks"].gradient(*step.point, None), rel=1e-9, abs=1e-9)
        sign = 1 if goal == "minimize" else -1
        gradient = sign * np.array(step.slope) + step.noise
        assert step.gradient == pytest.approx(tuple(gradient), rel=1e-15, abs=1e-15)
        if optimizer == "gradient-descent":
            assert step.state == step.state_next == ()
            move = gradient
        else:
            assert step.state == (() if velocity is None else (pytest.approx(tuple(velocity)),))
            velocity = gradient if velocity is None else momentum * velocity + (1 - dampening) * gradient
            assert step.state_next == (pytest.approx(tuple(velocity), rel=1e-12, abs=1e-13),)
            velocity = np.array(step.state_next[0])
            move = gradient + momentum * velocity if nesterov else velocity
        by_hand = np.array(step.point) - step.learning_rate * move
        assert step.point_next == pytest.approx(tuple(by_hand), rel=1e-14, abs=1e-15)
    if noise:
        drawn = np.array([step.noise for step in steps])
        assert drawn.std() == pytest.approx(noise, rel=0.15)
    else:
        assert {step.noise for step in steps} == {(0.0, 0.0)}


@both
def test_the_first_step_by_hand(crowd):
    # z = x² + xy + y² at (2, 1): gradient (5, 4), so at rate 0.1 the step ends in (1.5, 0.6).
    settings = descent(LANDSCAPES["quadratic"], "momentum", learning_rate=0.1, steps=3)
    (step, *_), *_ = trace(settings, [(2.0, 1.0)] * crowd, 0)
    assert (step.slope, step.gradient, step.state, step.state_next) == ((5, 4), (5, 4), (), ((5, 4),))
    assert step.point_next == pytest.approx((1.5, 0.6))


@both
def test_a_walk_without_a_step_has_no_traced_step(crowd):
    settings = descent(LANDSCAPES["quadratic"])
    assert [step for part in trace(settings, [(0.0, 0.0)] * crowd, 0) for step in part] == []


@both
def test_the_trace_of_a_diverging_walk_ends_with_the_step_that_led_away(crowd):
    settings = descent(landscape("log(x) + y**2"), learning_rate=3.0, steps=60)
    ending = all_of(settings, [(1.0, 0.0)] * crowd)[0].ending
    steps = [step for part in trace(settings, [(1.0, 0.0)] * crowd, 0) for step in part]
    assert len(steps) == ending.steps
    assert steps[-1].point_next[0] == ending.x < 0


@both
def test_the_trace_of_a_curve_has_zeros_in_y(crowd):
    settings = descent(landscape("x**2", (1.0,)), "momentum", noise=0.1, steps=30)
    steps = [step for part in trace(settings, [(1.0,)] * crowd, 0) for step in part]
    assert len(steps) == 30
    for step in steps:
        assert step.point[1] == step.slope[1] == step.noise[1] == step.gradient[1] == step.state_next[0][1] == 0
        assert step.slope[0] == pytest.approx(2 * step.point[0])


@both
def test_a_walk_may_be_left_unfinished(crowd):
    events = walk(descent(LANDSCAPES["peaks"], steps=100_000, tolerance=0.0), [(0.0, 0.0)] * crowd)
    assert isinstance(next(events), Chunk)
    events.close()
