"""Every cell of a map over n weights is the walk that it stands for, to the last bit."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from app.descent.judging.basins import ends_of
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.networks import NETWORKS
from app.descent.landscapes.planes import on_plane, plane_of
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks import any_cells
from app.descent.walks import cells as of_landscapes
from app.descent.walks.cells import OUTCOMES
from app.descent.walks.descent import Settings, curvature_work, evaluation_work
from app.descent.walks.endings import CRITERIA, GOING
from app.descent.walks.trained_cells import SIDE_BY_SIDE, advance, at_settings, at_starts
from app.descent.walks.training import Training, first_walk
from tests.descent.by_hand import descent
from tests.descent.in_weights import IN_WEIGHTS, drawn_starts, of_network, settings_of, walks

RESULTS = ("criterion", "outcome", "steps", "evaluations", "loss")


def completed(cells, seconds=60.0):
    while not cells.done:
        cells = advance(cells, seconds)
    return cells


def assert_is_the_walk(cells, cell, settings, problem, start):
    """Hold that a cell tells what the walk does."""
    ending = walks(settings, problem, np.repeat(start[:, None], cells.walker + 1, axis=1), cells.walker)[
        cells.walker
    ].ending
    expected = {
        "criterion": CRITERIA.index(ending.criterion),
        "outcome": OUTCOMES.index(ending.outcome),
        "steps": ending.steps,
        "evaluations": ending.evaluations,
        "loss": ending.loss,
    }
    np.testing.assert_equal({name: getattr(cells, name)[cell].item() for name in expected}, expected)


def assert_the_same(one, other):
    for name in RESULTS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


@pytest.mark.parametrize("slug", IN_WEIGHTS)
def test_a_cell_is_the_walk_with_its_settings_for_every_optimizer_and_hyperparameter(slug):
    entry, dice, problem = OPTIMIZERS[slug], np.random.default_rng(5), of_network("network-xor")
    start = NETWORKS["network-xor"].first_weights(1, 1.0)
    settings = settings_of(slug, steps=60, rate=0.1, schedule="cosine", batch=0 if entry.needs_all_data else 3)
    rates = 10 ** dice.uniform(-3, 2, 5)
    for parameter in entry.hyperparameters or [None]:
        key, values = None, None
        if parameter is not None:
            key, values = parameter.key, dice.uniform(parameter.low, parameter.high, len(rates))
            values = np.round(values) if parameter.whole else values
        cells = completed(at_settings(settings, problem, start, rates, key, values, walker=2))
        for cell, rate in enumerate(rates.tolist()):
            own = settings.values if key is None else {**settings.values, key: float(values[cell])}
            alone = replace(settings, rates=replace(settings.rates, learning_rate=rate), values=own)
            assert_is_the_walk(cells, cell, alone, problem, start)


def test_at_the_border_of_stability_where_all_rounding_shows_cells_are_their_walks():
    problem, start = of_network("network-curve"), NETWORKS["network-curve"].first_weights(0, 1.0)
    settings, count = settings_of("momentum", steps=200), SIDE_BY_SIDE + 40
    rates, values = np.linspace(0.5, 0.61, count), np.linspace(0.25, 0.32, count)
    cells = completed(at_settings(settings, problem, start, rates, "momentum", values))
    # Neither all walks nor none diverge.
    assert 0 < (cells.outcome == OUTCOMES.index("diverged")).sum() < count
    for cell in (0, 7, 101, SIDE_BY_SIDE - 1, SIDE_BY_SIDE, count - 1):
        own = {**settings.values, "momentum": float(values[cell])}
        alone = replace(settings, rates=replace(settings.rates, learning_rate=float(rates[cell])), values=own)
        assert_is_the_walk(cells, cell, alone, problem, start)


@pytest.mark.parametrize("slug", ["adam", "sam", "bfgs"])
def test_a_cell_is_the_walk_from_its_start(slug):
    problem, starts = of_network("network-moons"), 2 * drawn_starts(17, 6)
    starts[:, 4] = np.nan
    settings = settings_of(slug, steps=30, rate=0.5, noise=0.1, patience=8, min_change=1e-3)
    cells = completed(at_starts(settings, problem, starts))
    assert cells.steps[4] == 0 < cells.steps[5]
    for cell in range(6):
        assert_is_the_walk(cells, cell, settings, problem, starts[:, cell])


def test_however_they_are_sliced_and_sent_about_they_come_out_the_same():
    problem, start = of_network("network-xor"), NETWORKS["network-xor"].first_weights(3, 1.0)
    settings = settings_of("momentum", steps=900, noise=0.05, batch=2)
    rates = np.geomspace(0.01, 20.0, SIDE_BY_SIDE + 9)
    cells = at_settings(settings, problem, start, rates, None, None)
    assert (cells.fraction, cells.done) == (0.0, False)
    assert set(cells.criterion) == {GOING}
    at_once, sliced, fractions = completed(cells), cells, []
    while not sliced.done:
        sliced = advance(pickle.loads(pickle.dumps(sliced)), 0.0)
        fractions.append(sliced.fraction)
    assert_the_same(sliced, at_once)
    assert len(fractions) > 10
    assert fractions == sorted(fractions)
    assert fractions[-1] == at_once.fraction == 1.0
    # What is sent about is not written into.
    assert set(cells.criterion) == {GOING}


def test_one_function_walks_on_with_cells_of_either_kind():
    problem, starts = of_network("network-xor"), drawn_starts(9, 3)
    cells = at_starts(settings_of(steps=40), problem, starts)
    assert_the_same(any_cells.advance(cells, 60.0), completed(cells))
    walked = descent(LANDSCAPES["bowl"], "gradient-descent", learning_rate=0.1)
    plain = of_landscapes.at_starts(
        walked, np.array([1.0, 2.0]), np.array([0.5, 0.5]), ends_of(walked.landscape, "minimize")
    )
    one, other = (advance_them(plain, math.inf) for advance_them in (any_cells.advance, of_landscapes.advance))
    for name in ("outcome", "basin", "steps", "x", "y"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), name)


def test_training_is_decided_by_its_settings_wherever_it_is_drawn():
    network, settings = NETWORKS["network-xor"], settings_of("adam", steps=30, seed=4, batch=2)
    known = last_of(first_walk(settings, network, 1.0))
    plane = plane_of("walk", known.weights, known.losses, network)
    drawn_on = {"landscape": on_plane(LANDSCAPES["network-xor"], 1.0, plane), "network": network, "plane": plane}
    training = Training(**vars(settings), **drawn_on)
    assert (training.settings, type(training.settings)) == (settings, Settings)


def test_curvatures_of_a_network_cost_several_evaluations_of_it():
    for slug, factor in (("bowl", 1), ("straight-line", 1), ("network-moons", 4)):
        assert curvature_work(LANDSCAPES[slug]) == factor * evaluation_work(LANDSCAPES[slug])


def last_of(generator):
    """Return what a generator returns."""
    try:
        while True:
            next(generator)
    except StopIteration as end:
        return end.value


def test_no_cells_are_done():
    assert at_starts(settings_of(), of_network("network-xor"), np.empty((9, 0))).done
