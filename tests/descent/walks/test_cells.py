"""Every cell of a map is the walk that it stands for, to the last bit."""

import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from app.descent.judging.basins import ends_of
from app.descent.judging.places import place_of, plateaus
from app.descent.judging.verdict import judge
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks import ends_only as crowd
from app.descent.walks.cells import OUTCOMES, advance, at_settings, at_starts
from app.descent.walks.descent import Ending
from app.descent.walks.endings import CRITERIA, GOING, within
from app.descent.walks.ends_only import Grid, Walkers
from app.descent.walks.walk import walk
from tests.descent.by_hand import PLAIN, descent, fitting, landscape
from tests.products import covering

RESULTS = ("criterion", "outcome", "basin", "steps", "evaluations", "x", "y")

# Landscapes that are not in the registry: no loss somewhere, kinks, tips, flat ground, losses that overflow.
ODD = {
    "a wall": landscape("log(x) + y**2 + 1/x"),
    "an edge": landscape("x**2.5 + y**2"),
    "a chain": landscape("exp(x) + exp(-x) + y**4", half_width=800.0),
    "flat at zero": landscape("exp(-1/x**2) + y**2", (0.5, 0.5)),
    "a cone": landscape("sqrt(x**2 + y**2)", tips=((0.0, 0.0),)),
    "a roof": landscape("abs(x) + abs(y)"),
    "quartic": landscape("x**4 + y**4"),
    "waves": landscape("sin(x)*exp(cos(y))", half_width=8.0),
    "huge": landscape("1e300*x**2 + y**2"),
    "a power": landscape("(1 + x**2)**y", (1.0, 0.5)),
    "level": landscape("0*x + 1", (0.5,)),
    "a step": landscape("tanh(x)", (0.5,)),
}
GROUNDS = {**LANDSCAPES, **ODD}


def _completed(cells):
    while not cells.done:
        cells = advance(cells, 60.0)
    return cells


def _starts(ground, count, seed):
    dice = np.random.default_rng(seed)
    low, high = np.array(ground.domain.low), np.array(ground.domain.high)
    points = dice.uniform(low, high, (count, ground.dimensions))
    # A corner, the middle and the origin are where landscapes have their oddities.
    points[:3] = low, (low + high) / 2, np.zeros(ground.dimensions)
    return [tuple(point) for point in points.tolist()]


def _from(settings, starts):
    x, y = np.array([(*start, 0.0)[:2] for start in starts]).T
    return _completed(at_starts(settings, x, y, ends_of(settings.landscape, settings.goal)))


def _assert_is_the_walk(cells, cell, settings, optimizer, start):
    """Hold that a cell tells what the walk does: of a walk that led to no finite place, that it did."""
    events = walk(settings, [start] * (cells.walker + 1), cells.walker)
    *_, ending = (event for event in events if isinstance(event, Ending))
    somewhere = math.isfinite(ending.x + ending.y)
    expected = {
        "criterion": CRITERIA.index(ending.criterion),
        "outcome": OUTCOMES.index(judge(settings, OPTIMIZERS[optimizer], start, ending).outcome),
        "steps": ending.steps,
        "evaluations": ending.evaluations,
        "x": ending.x if somewhere else math.nan,
        "y": ending.y if somewhere else math.nan,
    }
    np.testing.assert_equal({name: getattr(cells, name)[cell].item() for name in expected}, expected)


def _assert_the_same(one, other):
    for name in RESULTS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


# --- every cell is its walk


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "optimizer"),
    covering(
        list(GROUNDS),
        ["gradient-descent", "momentum", "adam", "newton", "line-search"],
        possible=lambda name, optimizer: GROUNDS[name].smooth or not OPTIMIZERS[optimizer].needs_hessian,
    ),
)
def test_a_cell_is_the_walk_from_its_start_on_every_landscape(name, optimizer):
    ground = GROUNDS[name]
    for factor, seed in ((1.0, 1), (20.0, 2)):
        settings = descent(ground, optimizer, learning_rate=factor * ground.learning_rate, goal=ground.goal)
        starts = _starts(ground, 9, seed)
        cells = _from(settings, starts)
        for cell, start in enumerate(starts):
            _assert_is_the_walk(cells, cell, settings, optimizer, start)


@pytest.mark.long
@pytest.mark.parametrize(
    ("optimizer", "name"),
    covering(list(OPTIMIZERS), ["rastrigin", "rosenbrock", "peaks", "straight-line", "two-minima", "a wall"]),
)
def test_a_cell_is_the_walk_with_its_settings_for_every_optimizer_and_hyperparameter(optimizer, name):
    ground, entry, dice = GROUNDS[name], OPTIMIZERS[optimizer], np.random.default_rng(5)
    settings = descent(ground, optimizer, steps=150, goal=ground.goal)
    rates = ground.learning_rate * 10 ** dice.uniform(-2, 3, 7)
    for parameter in entry.hyperparameters or [None]:
        key, values = None, None
        if parameter is not None:
            key, values = parameter.key, dice.uniform(parameter.low, parameter.high, len(rates))
            values = np.round(values) if parameter.whole else values
        ends = ends_of(settings.landscape, settings.goal)
        cells = _completed(at_settings(settings, ground.start, rates, key, values, ends))
        for cell, rate in enumerate(rates.tolist()):
            own = settings.values if key is None else {**settings.values, key: float(values[cell])}
            alone = replace(settings, rates=replace(settings.rates, learning_rate=rate), values=own)
            _assert_is_the_walk(cells, cell, alone, optimizer, ground.start)


@pytest.mark.parametrize(
    ("name", "optimizer", "factor"),
    [
        ("a cone", "momentum", 1),
        ("bowl", "adam", 1e8),
        ("bowl", "newton", 1),
        ("rosenbrock", "line-search", 1),
        ("peaks", "bfgs", 1),
    ],
)
def test_a_cell_is_its_walk_at_a_tip_far_away_and_with_methods_that_ask_for_more_than_a_gradient(
    name, optimizer, factor
):
    ground = GROUNDS[name]
    settings = descent(ground, optimizer, learning_rate=factor * ground.learning_rate, steps=20)
    starts = _starts(ground, 5, 8)
    cells = _from(settings, starts)
    for cell, start in enumerate(starts):
        _assert_is_the_walk(cells, cell, settings, optimizer, start)


CIRCUMSTANCES = {
    "noise": ("rastrigin", {"noise": 0.1, "tolerance": 1e-2, "seed": 4}),
    "noise on a curve": ("two-minima", {"noise": 0.05, "tolerance": 1e-2}),
    "noise and the loss": ("a wall", {"noise": 0.05}),
    "mini-batches": ("straight-line", {"batch": 7, "tolerance": 1e-2, "seed": 9}),
    "mini-batches uphill": ("straight-line", {"batch": 7, "goal": "maximize"}),
    "patience": ("rosenbrock", {"patience": 5, "min_change": 1e-3}),
    "patience uphill": ("peaks", {"patience": 20, "goal": "maximize"}),
    "no tolerance": ("two-valley", {"tolerance": 0.0}),
    "no tolerance, watched": ("a wall", {"tolerance": 0.0}),
    "a large tolerance": ("himmelblau", {"tolerance": 0.3}),
    "uphill": ("peaks", {"goal": "maximize"}),
    "annealing": ("rastrigin", {"schedule": "cosine", "restarts": 2, "growth": 1.5}),
    "one cycle": ("bumps", {"schedule": "one-cycle", "floor": 0.01}),
    "warm-up": ("styblinski-tang", {"schedule": "exponential", "warmup": 9}),
    "a single step": ("bowl", {"steps": 1}),
    "as many steps as a chunk has": ("bowl", {"steps": crowd.LONGEST_CHUNK}),
    "one more": ("bowl", {"steps": crowd.LONGEST_CHUNK + 1}),
}


@pytest.mark.parametrize(("circumstance", "optimizer"), covering(list(CIRCUMSTANCES), ["momentum", "rmsprop"]))
def test_a_cell_is_its_walk_under_all_circumstances(circumstance, optimizer):
    name, rest = CIRCUMSTANCES[circumstance]
    ground = GROUNDS[name]
    settings = descent(ground, optimizer, **{"learning_rate": ground.learning_rate, **rest})
    starts = _starts(ground, 7, 3)
    cells = _from(settings, starts)
    for cell, start in enumerate(starts):
        _assert_is_the_walk(cells, cell, settings, optimizer, start)
    rates, ends = np.array([0.01, 0.3, 1.0, 30.0]) * ground.learning_rate, ends_of(settings.landscape, settings.goal)
    cells = _completed(at_settings(settings, ground.start, rates, None, None, ends, walker=2))
    for cell, rate in enumerate(rates.tolist()):
        alone = replace(settings, rates=replace(settings.rates, learning_rate=rate))
        _assert_is_the_walk(cells, cell, alone, optimizer, ground.start)


def test_each_way_for_a_walk_to_end_is_met_in_these_maps():
    met = set()
    for name, optimizer, rest in [
        ("rosenbrock", "momentum", {"learning_rate": 1e-3, "patience": 5}),
        ("rastrigin", "adam", {"learning_rate": 0.05, "steps": 300}),
        ("quartic", "gradient-descent", {"learning_rate": 0.4, "tolerance": 1e-9, "steps": 100}),
        ("bowl", "gradient-descent", {"learning_rate": 3.0, "steps": 400}),
        ("a wall", "gradient-descent", {"learning_rate": 5.0}),
        ("bowl", "gradient-descent", {"learning_rate": 2.0}),
    ]:
        cells = _from(descent(GROUNDS[name], optimizer, **rest), _starts(GROUNDS[name], 40, 1))
        met |= set(cells.criterion.tolist())
    # The budget is a comparison's, not a map's.
    assert met == set(range(len(CRITERIA))) - {CRITERIA.index("budget")}


@pytest.mark.parametrize("tolerance", [0.5, math.hypot(0.3, 0.4), math.nextafter(math.hypot(0.3, 0.4), 0)])
def test_a_norm_that_equals_the_tolerance_is_within_it_as_for_a_walk_alone(tolerance):
    settings = descent(landscape("x**2/2 + y**2/2 + 0*x*y"), tolerance=tolerance, steps=3)
    starts = [(0.3, 0.4), (0.4, 0.3), (-0.3, 0.4), (0.5, 0.0), (0.3, 0.41)]
    cells = _from(settings, starts)
    for cell, start in enumerate(starts):
        _assert_is_the_walk(cells, cell, settings, "gradient-descent", start)


def test_the_last_digit_of_a_norm_is_that_of_a_walk_alone():
    dice = np.random.default_rng(2)
    x, y = dice.uniform(0.1, 1, (2, 3000))
    alone = np.array([math.hypot(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)])
    # Each is compared with itself, and with its neighbour below.
    assert within(x, y, alone).all()
    assert not within(x, y, np.nextafter(alone, 0)).any()


# --- how the cells are cut up, and where they are computed


@pytest.mark.parametrize("name", ["rastrigin", "peaks", "a wall", "straight-line"])
def test_however_the_time_is_sliced_the_cells_come_out_the_same(name):
    ground = GROUNDS[name]
    settings = descent(ground, "adam", learning_rate=10 * ground.learning_rate, noise=1e-9, steps=150)
    x, y = np.array(_starts(ground, 60, 4)).T
    begun = at_starts(settings, x, y, ends_of(settings.landscape, "minimize"))
    cells, fractions = begun, [begun.fraction]
    while not cells.done:
        cells = pickle.loads(pickle.dumps(advance(cells, 0.0)))
        fractions.append(cells.fraction)
    assert len(fractions) > 3
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0, 1)
    _assert_the_same(cells, _completed(begun))
    assert (begun.criterion == GOING).all(), "what was handed in was changed"


def test_cells_in_any_company_come_out_the_same(monkeypatch):
    settings = descent(LANDSCAPES["peaks"], "adam", learning_rate=0.05, steps=200)
    starts = _starts(LANDSCAPES["peaks"], 50, 4)
    together = _from(settings, starts)
    monkeypatch.setattr(crowd, "SIDE_BY_SIDE", 7)
    _assert_the_same(_from(settings, starts), together)
    for some in (slice(0, 1), slice(20, 33)):
        part = _from(settings, starts[some])
        for name in RESULTS:
            np.testing.assert_array_equal(getattr(part, name), getattr(together, name)[some])


def test_threads_do_not_get_into_each_others_way():
    settings = descent(LANDSCAPES["peaks"], "adam", learning_rate=0.05, steps=200)
    parts = [_starts(LANDSCAPES["peaks"], 200 + 50 * seed, seed) for seed in range(4)]
    alone = [_from(settings, starts) for starts in parts]
    with ThreadPoolExecutor(4) as threads:
        for one, other in zip(alone, threads.map(lambda starts: _from(settings, starts), parts), strict=True):
            _assert_the_same(one, other)


def test_no_cells_are_done_at_once():
    settings = descent(LANDSCAPES["peaks"])
    cells = at_starts(settings, np.zeros(0), np.zeros(0), ends_of(settings.landscape, "minimize"))
    assert cells.done
    assert cells.fraction == 1
    assert advance(cells, 1.0).done


@pytest.mark.parametrize("name", PLAIN)
def test_a_landscape_is_sent_without_what_can_be_made_again(name):
    ground = LANDSCAPES[name]
    fixed = ground.at()
    assert ground.loss.bind(fixed.values).loss(0.5, 0.5) is not None
    assert len(pickle.dumps(fixed)) < 15_000
    # The other side has derived it already, or does so once.
    assert pickle.loads(pickle.dumps(fixed)) is fixed
    copy = pickle.loads(pickle.dumps(ground))
    assert copy == ground
    assert copy.loss.bind(fixed.values).loss(0.5, 0.5) == ground.loss.bind(fixed.values).loss(0.5, 0.5)


def test_data_are_sent_without_their_columns():
    data = fitting(range(5), range(5)).data
    before = pickle.dumps(data)
    data.bind().loss(1.0, 2.0)
    assert pickle.dumps(data) == before
    assert pickle.loads(before).bind().loss(1.0, 2.0) == data.bind().loss(1.0, 2.0)


# --- coordinates that walks share


def _lattice(ground, count):
    axes = [np.linspace(low, high, count) for low, high in zip(*ground.domain, strict=True)]
    return [axis.ravel() for axis in np.meshgrid(*axes)]


SEPARABLE = ["bowl", "rastrigin", "styblinski-tang", "two-valley", "saddle", "bumps"]


def test_these_landscapes_have_coordinates_that_know_nothing_of_each_other():
    assert [name for name, ground in LANDSCAPES.items() if ground.at().is_separable] == sorted(
        SEPARABLE, key=list(LANDSCAPES).index
    )


@pytest.mark.parametrize(
    ("name", "rest", "optimizer"),
    covering(
        SEPARABLE,
        [
            {},
            {"learning_rate": 1.0},
            {"noise": 0.01, "tolerance": 1e-2},
            {"tolerance": 0.0, "steps": 70},
            {"schedule": "linear", "goal": "maximize"},
            {"tolerance": 1e-3, "steps": 64},
        ],
        ["gradient-descent", "momentum", "adam", "lion"],
        together=2,
    ),
    ids=str,
)
def test_walks_that_share_coordinates_end_as_they_do_apart(name, rest, optimizer):
    ground = LANDSCAPES[name]
    settings = descent(ground, optimizer, **{"learning_rate": ground.learning_rate, "steps": 300, **rest})
    shared = at_starts(settings, *_lattice(ground, 21), ends_of(settings.landscape, settings.goal))
    assert isinstance(shared.under_way, Grid)
    apart = replace(shared, under_way=Walkers.at(settings, np.array(_lattice(ground, 21))))
    _assert_the_same(_completed(shared), _completed(apart))


@pytest.mark.parametrize(
    ("name", "rest"),
    [("peaks", {}), ("bowl", {"patience": 3}), ("straight-line", {}), ("bowl", {"optimizer": "newton"})],
)
def test_coordinates_are_not_shared_where_one_depends_on_the_other_or_the_loss_is_asked_for(name, rest):
    settings = descent(LANDSCAPES[name], **rest)
    cells = at_starts(settings, *_lattice(LANDSCAPES[name], 9), ends_of(settings.landscape, "minimize"))
    assert isinstance(cells.under_way, Walkers)


def test_scattered_starts_share_no_coordinates():
    settings = descent(LANDSCAPES["bowl"])
    x, y = np.array(_starts(LANDSCAPES["bowl"], 100, 1)).T
    assert isinstance(at_starts(settings, x, y, ends_of(settings.landscape, "minimize")).under_way, Walkers)


# --- where they end


@pytest.mark.parametrize(
    ("name", "goal"),
    [("rastrigin", "minimize"), ("himmelblau", "minimize"), ("peaks", "maximize"), ("camel", "minimize")],
)
def test_a_basin_is_that_of_the_known_place_which_the_walk_came_to(name, goal):
    ground = LANDSCAPES[name]
    fixed = ground.at()
    settings = descent(ground, "momentum", learning_rate=ground.learning_rate / 2, steps=3000, goal=goal)
    starts = _starts(ground, 60, 6)
    cells = _from(settings, starts)
    places = fixed.known("global_minimum", "local_minimum")
    if goal == "maximize":
        places = sorted(fixed.known("maximum"), key=lambda place: -place.value)
    found = set()
    for cell, start in enumerate(starts):
        end = (cells.x[cell], cells.y[cell])
        distances = [fixed.scale.distance(place.point, end) for place in places]
        nearest = int(np.argmin(distances))
        there = OUTCOMES[cells.outcome[cell]] == "converged" and distances[nearest] < 1e-3
        assert cells.basin[cell] == (nearest if there else -1), start
        found.add(int(cells.basin[cell]))
    assert len(found - {-1}) >= 2


def test_a_walk_that_stops_on_a_saddle_or_at_no_known_place_is_in_no_basin():
    settings = descent(LANDSCAPES["saddle"], learning_rate=0.1, steps=2000)
    cells = _from(settings, [(1.0, 0.0), (1.0, 0.1), (1.0, -0.1)])
    assert [OUTCOMES[outcome] for outcome in cells.outcome] == ["converged"] * 3
    assert cells.basin.tolist()[0] == -1
    assert sorted(cells.basin.tolist()[1:]) == [0, 1]
    # Along the floor of a gutter no point is a place of its own.
    nowhere = descent(landscape("x**2 + 0*y"), learning_rate=0.1)
    assert _from(nowhere, [(1.0, 1.0)]).basin.tolist() == [-1]


PLATEAUS = {
    "plateau": 6.0,
    "flat at zero": 0.5,
    "quartic": 0.02,
    "a step": 30.0,
    "level": 2.0,
    "a roof": 2.0,
    "a cone": 2.0,
    "an edge": 2.0,
    "bowl": 1e-3,
    "saddle": 2.0,
    "pasture": 50.0,
    "shoulder": 1e-2,
    "a wall": 2.0,
}


@pytest.mark.parametrize("name", PLATEAUS)
def test_many_places_are_called_a_plateau_as_one_is(name):
    ground, width = GROUNDS[name], PLATEAUS[name]
    fixed, dice = ground.at(), np.random.default_rng(7)
    points = dice.uniform(-width, width, (40, ground.dimensions))
    points[0] = 0.0
    x, y = points[:, 0], points[:, -1] if ground.dimensions == 2 else np.zeros(40)
    alone = [place_of(fixed, tuple(point)) == "plateau" for point in points.tolist()]
    assert plateaus(fixed, fixed.lowest, x, y).tolist() == alone


def test_plateaus_are_met_and_other_places_too():
    met = set()
    for name in ("plateau", "a step", "level"):
        points = np.linspace(-6, 6, 25)
        met |= set(plateaus(GROUNDS[name].at(), GROUNDS[name].at().lowest, points, np.zeros(25)).tolist())
    assert met == {True, False}
    assert plateaus(LANDSCAPES["bowl"].at(), 0.0, np.zeros(0), np.zeros(0)).tolist() == []
