"""The walk: equal to a plain loop, however it is cut, interleaved or put side by side."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy import stats

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk, scatter, step_work
from app.descent.walks.walk import MOST_ALONE, walk
from tests.descent.by_hand import BY_HAND, COLUMNS, all_of, descent, fitting, joined, landscape, one, usual_shape
from tests.products import covering

both = pytest.mark.parametrize("crowd", [1, MOST_ALONE + 6])
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
    shape = usual_shape(entry)
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
            assert whole.ending[3:7] == last
            assert whole.ending.evaluations == whole.evaluations[-1]
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


@pytest.mark.long
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
        for ours, theirs in zip(block[:COLUMNS], alone[:COLUMNS], strict=True):
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


def _are_one_walk(block, alone):
    """Compare a walker of a block with the same one on floats; what is no finite number may be so in its own way."""
    assert block.ending.criterion == alone.ending.criterion
    assert block.ending.steps == alone.ending.steps
    assert block.ending.evaluations == alone.ending.evaluations
    last = -1 if alone.ending.criterion == "not_finite" else None
    for ours, theirs in zip(block[:COLUMNS], alone[:COLUMNS], strict=True):
        np.testing.assert_allclose(ours[:last], theirs[:last], rtol=1e-9, atol=1e-9)


@pytest.mark.long
@pytest.mark.parametrize(
    ("expression", "optimizer"),
    covering(["x**2", "x + y**2", "y**2", "x + 2*y", "x**2 + abs(y)"], list(OPTIMIZERS)),
)
def test_a_block_also_walks_where_a_derivative_is_the_same_number_everywhere(expression, optimizer):
    ground = landscape(expression, (1.0,) if "y" not in expression else (1.0, 1.0), half_width=1.0)
    settings = descent(ground, optimizer, learning_rate=0.05, steps=150)
    # Ever closer to the bottom, so that walkers end in different chunks.
    starts = [tuple(coordinate * 10.0**-k for coordinate in ground.start) for k in range(MANY)]
    together = all_of(settings, starts)
    for walker in (0, 1, 3, 7, MANY - 1):
        _are_one_walk(together[walker], one(settings, starts[walker]))


# Learning rates at which each kind of rule moves without leaping about: leaps tell roundings apart.
_RATES = {
    "quadratic": 0.05,
    "two-minima": 0.01,
    "shoulder": 0.01,
    "straight-line": 0.05,
    "logistic": 0.2,
    "saddle": 0.02,
}


@pytest.mark.long
@pytest.mark.parametrize(("slug", "optimizer", "noise"), covering(list(_RATES), list(OPTIMIZERS), [0.0, 0.01]))
def test_every_optimizer_walks_in_a_block_as_it_does_alone(slug, optimizer, noise):
    entry = LANDSCAPES[slug]
    settings = descent(entry, optimizer, learning_rate=_RATES[slug], steps=60, noise=noise, seed=2)
    starts = scatter(entry.domain, entry.start, MANY, 14)
    together, alone = all_of(settings, starts), all_of(settings, starts[:4])
    for walker in range(4):
        _are_one_walk(together[walker], alone[walker])


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
        for ours, theirs in zip(alone[walker][:COLUMNS], together[walker][:COLUMNS], strict=True):
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


WEIGHTS = [
    # slug, optimizer, about how many evaluations of a formula a step costs, longest chunks of one and of 32 walkers
    ("bowl", "gradient-descent", 1, 256, 256),
    ("bowl", "newton", 1, 256, 256),
    ("bowl", "line-search", 8, 32, 64),
    ("straight-line", "adam", 6, 42, 85),
    ("pasture", "line-search", 88, 4, 5),
]


@pytest.mark.long
@pytest.mark.parametrize(("slug", "optimizer", "weight", "alone", "together"), WEIGHTS)
def test_the_more_a_step_costs_the_fewer_are_in_a_chunk(slug, optimizer, weight, alone, together):
    entry = LANDSCAPES[slug]
    settings = descent(entry, optimizer, learning_rate=1e-6, steps=900, tolerance=0.0)
    assert settings.step_work == step_work(entry, settings.tries) == weight
    for crowd, longest in ((1, alone), (32, together)):
        events = walk(settings, [entry.start] * crowd)
        lengths = [len(event.x) for event in events if isinstance(event, Chunk) and event.walker == 0]
        assert lengths[:3] == [min(16, longest), min(64, longest), longest]
        assert max(lengths) == longest
        assert sum(lengths) == 901


def test_a_chunk_is_never_too_short_to_be_a_step():
    count = 10_000
    ground = fitting([k / count for k in range(count)], [1.0] * count)
    settings = descent(ground, steps=9, tolerance=0.0)
    assert settings.step_work == 1001
    for crowd, longest in ((1, 4), (MANY, 2)):
        lengths = [len(event.x) for event in walk(settings, [(0.0, 0.0)] * crowd) if isinstance(event, Chunk)]
        assert max(lengths) == longest


def test_every_chunk_has_columns_of_equal_length():
    for crowd in (1, MANY):
        for event in walk(descent(LANDSCAPES["bowl"], learning_rate=0.5), [(1.0, 1.0)] * crowd):
            if isinstance(event, Chunk):
                # What only training tells is not there.
                assert len({len(column) for column in event[2:] if column is not None}) == 1


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


# --- curves, and ascent


@pytest.mark.long
@both
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_curve_is_walked_like_the_plane_over_it(crowd, optimizer):
    curve, plane = landscape("(x**2 - 1)**2 + 0.3*x", (1.7,)), landscape("(x**2 - 1)**2 + 0.3*x + y**2", (1.7, 0.0))
    along = all_of(descent(curve, optimizer, learning_rate=0.02), [(1.7,), (-0.4,)] * crowd)
    across = all_of(descent(plane, optimizer, learning_rate=0.02), [(1.7, 0.0), (-0.4, 0.0)] * crowd)
    for walker in (0, 1):
        np.testing.assert_allclose(along[walker].x, across[walker].x, rtol=0, atol=1e-12)
        assert (along[walker].y == 0).all()
        assert along[walker].ending.outcome == across[walker].ending.outcome


@both
@pytest.mark.parametrize("optimizer", [slug for slug, entry in OPTIMIZERS.items() if entry.stability and slug != "sam"])
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


@both
def test_a_walk_may_be_left_unfinished(crowd):
    events = walk(descent(LANDSCAPES["peaks"], steps=100_000, tolerance=0.0), [(0.0, 0.0)] * crowd)
    assert isinstance(next(events), Chunk)
    events.close()


@both
@pytest.mark.parametrize(("steps", "criterion"), [(7, "steps"), (400, "tolerance")])
def test_the_learning_rate_of_the_last_iterate_is_the_planned_one_because_no_step_is_taken(crowd, steps, criterion):
    # On x² + 10 y² a line search from rate 1 is refused at every step that is taken.
    settings = descent(landscape("x**2 + 10*y**2"), "line-search", learning_rate=1.0, steps=steps)
    whole = all_of(settings, [(1.0, 1.0)] * crowd)[crowd - 1]
    assert whole.ending.criterion == criterion
    assert whole.learning_rate[-1] == 1
    assert (whole.learning_rate[:-1] < 1).all()
