"""Training as a walk of a landscape: what is told of it on its plane, held against the weights that were walked."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from app.descent.judging.judged_walk import Judged, judged_on_plane
from app.descent.judging.race import best_known
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.networks import NETWORKS
from app.descent.landscapes.planes import on_plane, plane_of
from app.descent.optimizers.rules import Rule
from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk, Ending, Settings, evaluation_work
from app.descent.walks.trace import trace_weights
from app.descent.walks.training import KnownWalk, Training, first_walk, problem_of
from app.descent.walks.walk import walk
from app.descent.walks.weights import WeightsChunk, WeightsEnding, walk_weights

ORIGIN = (0.0, 0.0)


def settings(optimizer="momentum", learning_rate=0.1, steps=150, **more):
    rule = OPTIMIZERS[optimizer]
    rates = LearningRates(SCHEDULES["constant"], learning_rate, (steps,), {})
    return {"rule": rule.rule, "values": rule.values({}), "rates": rates, "steps": steps, **more}


def drained(generator):
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def training_of(slug="network-curve", scale=1.0, **keys):
    network, asked = NETWORKS[slug], settings(**keys)
    known = drained(first_walk(Settings(**asked), network, scale))
    plane = plane_of("walk", known.weights, known.losses, network)
    ground = on_plane(LANDSCAPES[slug], scale, plane)
    return Training(landscape=ground, network=network, plane=plane, **asked), known


def test_the_walk_from_the_first_weights_is_that_of_the_runner():
    training, known = training_of()
    starts = training.network.first_weights(0, 1.0)[:, None]
    events = list(walk_weights(training, problem_of(training.network), starts))
    path = np.concatenate([event.weights for event in events if isinstance(event, WeightsChunk)])
    losses = np.concatenate([event.loss for event in events if isinstance(event, WeightsChunk)])
    assert np.array_equal(known.weights, path)
    assert np.array_equal(known.losses, losses)
    assert known.numbers == path.size + 4 * len(losses)
    assert len(path) == 151
    # What decides it wherever it is drawn says nothing of a plane.
    assert training.settings == Settings(**settings())


@pytest.mark.parametrize("starts", [[ORIGIN], [(0.5, -0.25)], [ORIGIN, (0.3, 0.2), (-0.4, 0.1)]])
def test_a_walk_of_it_is_the_weights_on_the_plane(starts):
    training, _ = training_of(noise=0.01, batch=5)
    told = list(walk(training, starts))
    for walker, start in enumerate(starts):
        chunks = [event for event in told if isinstance(event, Chunk) and event.walker == walker]
        (ending,) = [event for event in told if isinstance(event, Ending) and event.walker == walker]
        weights = np.concatenate([chunk.weights for chunk in chunks])
        x, y, off, ground, loss = (
            np.concatenate([getattr(chunk, name) for chunk in chunks])
            for name in ("x", "y", "off_plane", "plane_loss", "loss")
        )
        plane = training.plane
        below = plane.origin + plane.unit * (np.multiply.outer(x, plane.u) + np.multiply.outer(y, plane.v))
        assert (x[0], y[0]) == start
        assert weights[0] == pytest.approx(below[0], abs=1e-15)
        assert np.linalg.norm(weights - below, axis=1) / plane.unit == pytest.approx(off, rel=1e-9, abs=1e-14)
        assert ground == pytest.approx(training.network.loss(below.T), rel=1e-12)
        assert loss == pytest.approx(training.network.loss(weights.T), rel=1e-12)
        # The last iterate has the same numbers wherever it is told.
        assert (ending.x, ending.y, ending.loss) == (x[-1], y[-1], loss[-1])
        assert np.array_equal(ending.weights, weights[-1])
        alone = [event for event in walk(training, starts, walker) if isinstance(event, Chunk)]
        assert np.array_equal(np.concatenate([chunk.weights for chunk in alone]), weights)


def test_one_that_ends_where_it_begins_is_told_there():
    training, known = training_of("network-moons", scale=0.0)
    (chunk, ending) = walk(training, [ORIGIN])
    assert (chunk.x.tolist(), chunk.y.tolist(), ending.x, ending.y, ending.steps) == ([0.0], [0.0], 0.0, 0.0, 0)
    assert list(trace_weights(training, [ORIGIN], 0, 0, (0, 1))) == [[]]
    assert known.weights.shape == (1, 17)


@pytest.mark.parametrize("known", [True, False])
def test_it_is_judged_whether_or_not_it_is_known_already(known):
    training, walked = training_of("network-xor", learning_rate=0.3)
    events = list(judged_on_plane(training, OPTIMIZERS["momentum"], [ORIGIN], walked=walked if known else None))
    *chunks, judged = events
    assert all(isinstance(chunk, Chunk) for chunk in chunks)
    assert isinstance(judged, Judged)
    assert (judged.ending.x, judged.ending.y) == (pytest.approx(1), pytest.approx(0, abs=1e-12))
    assert len(judged.verdict.hessian_eigenvalues) == 9
    assert judged.verdict.outcome == "converged"


def test_hardly_any_error_is_what_walks_are_measured_by():
    training, _ = training_of(steps=5)
    assert best_known(training.landscape, "minimize") == 0


def test_more_weights_and_more_data_cost_more():
    costs = {slug: evaluation_work(LANDSCAPES[slug]) for slug in NETWORKS}
    assert costs["network-xor"] < costs["network-curve"] < costs["network-moons"]
    assert [LANDSCAPES[slug].points for slug in NETWORKS] == [20, 40, 4]


@pytest.mark.parametrize("more", [{}, {"noise": 0.1, "batch": 5}])
@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_numbers_of_a_step_lead_from_one_iterate_to_the_next(optimizer, more):
    training, _ = training_of(optimizer=optimizer, learning_rate=0.02, **more)
    (path,) = (
        np.concatenate([event.weights for event in training.walk([(0.2, 0.1)]) if isinstance(event, WeightsChunk)]),
    )
    steps = [step for part in trace_weights(training, [(0.2, 0.1)], 0, 20, (4, 11)) for step in part]
    assert [step.step for step in steps] == list(range(20, 150))
    updates = training.updates()
    state = None
    exact = training.network.loss_and_gradient(path.T)[1]
    for step in [step for part in trace_weights(training, [(0.2, 0.1)], 0, 0, (4, 11)) for step in part]:
        numbers, k = step.quantities, step.step
        assert (numbers["point"], numbers["point_next"]) == (path[k, [4, 11]].tolist(), path[k + 1, [4, 11]].tolist())
        assert numbers["slope"] == pytest.approx(exact[[4, 11], k], rel=1e-12, abs=1e-15)
        assert (step.batch is None) == (not more)
        if step.batch:
            rows = np.array([step.batch] * 2)
            sampled = training.network.batch_gradient(np.stack([path[k]] * 2, axis=1), rows)[[4, 11], 0]
            assert numbers["batch_slope"] == pytest.approx(sampled, rel=1e-12, abs=1e-15)
        x, y, state = updates.floats(*numbers["gradient"], state, 0.02, *numbers["point"])
        assert (x, y) == pytest.approx(tuple(numbers["point_next"]), rel=1e-11, abs=1e-13)


def test_the_steps_end_where_numbers_are_beyond_floats():
    training, _ = training_of()
    # Some gradients are negative, and the root of them is no number.
    rooted = replace(training, rule=Rule(("point_next = point - learning_rate*sqrt(gradient)",)), values={})
    slope = rooted.network.loss_and_gradient(rooted.weights_of([ORIGIN]))[1][:, 0]
    falling = np.flatnonzero(slope < 0)[:2].tolist()
    assert list(trace_weights(rooted, [ORIGIN], 0, 0, tuple(falling))) == [[]]
    assert [len(event.loss) for event in rooted.walk([ORIGIN]) if isinstance(event, WeightsChunk)] == [2]


def test_the_runner_is_asked_for_whole_chunks_and_one_ending():
    _, known = training_of(steps=40)
    assert isinstance(known, KnownWalk)
    assert [type(event) for event in known.events] == [WeightsChunk, WeightsChunk, WeightsEnding]


# --- the entries


@pytest.mark.parametrize("slug", NETWORKS)
def test_where_nobody_walks_it_is_the_plane_of_the_default_walk(slug):
    entry = LANDSCAPES[slug]
    for scale in (None, 0.0, 2.0):
        keys = {"learning_rate": entry.learning_rate, "steps": 200, "tolerance": 1e-6}
        asked = settings(**keys) | {"values": OPTIMIZERS["momentum"].values({"momentum": entry.momentum})}
        network = entry.network
        known = drained(first_walk(Settings(**asked), network, 1.0 if scale is None else scale))
        plane = plane_of("walk", known.weights, known.losses, network)
        ground = entry.at(scale)
        assert ground is entry.at(scale)
        assert ground.plane.through == plane.through
        assert ground.plane.origin.tolist() == plane.origin.tolist()
        for name in ("u", "v"):
            assert getattr(ground.plane, name) == pytest.approx(getattr(plane, name), abs=1e-9)


def test_a_network_itself_has_no_two_dimensions():
    entry = LANDSCAPES["network-xor"]
    assert entry.loss is entry.network
    assert (entry.dimensions, entry.axes, entry.smooth) == (2, ("x", "y"), True)
    assert entry.expression_at(None) is None


def test_an_entry_and_its_ground_are_sent_to_other_processes():
    ground = LANDSCAPES["network-xor"].at(0.5)
    again = pickle.loads(pickle.dumps(ground))
    x = np.linspace(-0.5, 1.5, 5)
    assert np.array_equal(again.arrays.loss(x, x), ground.arrays.loss(x, x))
    assert len({ground, LANDSCAPES["network-xor"].at(0.5), LANDSCAPES["network-xor"].at(0.6)}) == 2
