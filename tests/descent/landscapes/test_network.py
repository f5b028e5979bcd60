"""Networks against PyTorch's recorded autograd, and each walker to the last bit the same, whoever walks beside it."""

import json
import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest

from app.descent.landscapes.data import ERRORS
from app.descent.landscapes.network import BLOCK, Network
from app.descent.landscapes.networks import NETWORKS

POINTS = json.loads((Path(__file__).parent / "data" / "torch_networks.json").read_text())["points"]
every_network = pytest.mark.parametrize("network", [pytest.param(NETWORKS[slug], id=slug) for slug in NETWORKS])
every_point = pytest.mark.parametrize(
    "point", [pytest.param(point, id=f"{point['network']}-{point['loss']:.3g}") for point in POINTS]
)


def assert_equal(ours, theirs):
    """Compare to 1e-13 of the largest number: what cancels in a sum is rounding of what is added up."""
    theirs = np.array(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13 * np.abs(theirs).max())


@every_point
def test_loss_and_derivatives_are_those_of_autograd(point):
    network, weights = NETWORKS[point["network"]], np.array(point["weights"])
    column, vector = weights[:, None], np.array(point["vector"])[:, None]
    loss, gradient = network.loss_and_gradient(column)
    assert_equal(loss, [point["loss"]])
    assert_equal(network.loss(column), [point["loss"]])
    assert_equal(gradient[:, 0], point["gradient"])
    assert_equal(network.hessian(weights), point["hessian"])
    assert_equal(network.hessian_times(column, vector)[:, 0], point["hessian_times"])
    assert_equal(network.batch_gradient(column, [point["rows"]])[:, 0], point["batch_gradient"])


@pytest.mark.parametrize("number", range(4))
@every_network
def test_first_weights_are_drawn_as_they_were_for_pytorch(network, number):
    """The tool draws W of each layer in its order, and has the data as it stands in the contract."""
    seed, scale = [(0, 1.0), (1, 1.0), (2, 0.1), (3, 2.0)][number]
    point = [point for point in POINTS if NETWORKS[point["network"]] is network][number]
    assert network.first_weights(seed, scale).tolist() == point["weights"]


def test_there_are_points_of_every_network():
    assert [point["network"] for point in POINTS] == [slug for slug in NETWORKS for _ in range(7)]


def weights_of(network, walkers, seed=5):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(network.size, walkers)) * generator.choice([0.1, 1.0, 5.0], walkers)


def everything(network, points, vectors, rows):
    """All that a network says of its walkers, the last axis counting them."""
    return (
        network.outputs(points),
        network.loss(points),
        *network.loss_and_gradient(points),
        network.batch_gradient(points, rows),
        network.hessian_times(points, vectors),
    )


@pytest.mark.parametrize("walkers", [1, 2, 3, 7, 15, 16, 17, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5])
@every_network
def test_a_walker_is_the_same_to_the_last_bit_in_a_pair_of_equal_columns_and_in_a_block_of_any_width(network, walkers):
    points, vectors = weights_of(network, walkers), weights_of(network, walkers, seed=6)
    rows = np.stack([np.random.default_rng(k).permutation(len(network))[:3] for k in range(walkers)])
    together = everything(network, points, vectors, rows)
    for k in {0, 1, walkers // 2, walkers - 1} & set(range(walkers)):
        pair = everything(network, points[:, [k, k]], vectors[:, [k, k]], rows[[k, k]])
        alone = everything(network, points[:, [k]], vectors[:, [k]], rows[[k]])
        for whole, two, one in zip(together, pair, alone, strict=True):
            assert whole[..., k].tolist() == two[..., 0].tolist() == two[..., 1].tolist() == one[..., 0].tolist()


@every_network
def test_loss_is_the_same_with_and_without_its_gradient_and_points_may_lie_in_memory_as_they_like(network):
    points = weights_of(network, 40)
    loss, gradient = network.loss_and_gradient(points)
    assert loss.tolist() == network.loss(points).tolist()
    for other in (np.asfortranarray(points), np.repeat(points, 2, axis=1)[:, ::2]):
        assert network.loss_and_gradient(other)[1].tolist() == gradient.tolist()


@every_network
def test_a_batch_of_all_points_in_their_order_has_the_whole_gradient(network):
    points = weights_of(network, 5)
    rows = np.tile(np.arange(len(network)), (5, 1))
    assert network.batch_gradient(points, rows).tolist() == network.loss_and_gradient(points)[1].tolist()


@every_network
def test_no_walkers_are_no_trouble(network):
    loss, gradient = network.loss_and_gradient(np.zeros((network.size, 0)))
    assert (loss.shape, gradient.shape) == ((0,), (network.size, 0))


@every_network
def test_the_hessian_is_symmetric_and_what_is_multiplied_with(network):
    point, vectors = weights_of(network, 1)[:, 0], weights_of(network, 3, seed=8)
    hessian = network.hessian(point)
    assert hessian.tolist() == hessian.T.tolist()
    assert_equal(network.hessian_times(np.repeat(point[:, None], 3, axis=1), vectors), hessian @ vectors)


@every_network
def test_what_is_given_is_left_as_it_was_and_what_was_told_stays(network):
    points, vectors = weights_of(network, 3), weights_of(network, 3, seed=7)
    before = points.copy(), vectors.copy()
    told = everything(network, points, vectors, np.zeros((3, 2), dtype=int))
    kept = [part.copy() for part in told]
    everything(network, points + 1, vectors, np.ones((3, 2), dtype=int))
    assert all((part == copy).all() for part, copy in zip(told, kept, strict=True))
    assert (points == before[0]).all()
    assert (vectors == before[1]).all()


@every_network
def test_overflow_is_infinite_or_nan_and_never_raises(network):
    points = np.stack([np.full(network.size, value) for value in (1e200, -1e308, np.inf, np.nan)], axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, *_ = network.loss_and_gradient(points)
        everything(network, points, points, np.zeros((4, 2), dtype=int))
        network.hessian(points[:, 1])
    assert not np.isfinite(loss[2:]).any()
    if network.error == "squared":
        assert loss[0] == np.inf


@pytest.mark.parametrize("error", ["squared", "logistic"])
def test_scores_and_errors_are_those_of_plain_numpy(error):
    """By matrix products, and by the rows of the table that fits have their errors from."""
    network = Network(((0.5, -1.0, 2.0), (1.5, 0.3, -0.7)), (1.0, 0.0), 5, error, ("a", "b", "c"), "t", "two points")
    points = weights_of(network, 4)
    inputs, target = np.array(network.inputs), np.array(network.targets)
    more = np.random.default_rng(3).normal(size=(6, 3))
    for k in range(4):
        first, bias, second, last = np.split(points[:, k], [15, 20, 25])
        for places, scores in ((inputs, network.outputs(points)), (more, network.outputs(points, more))):
            expected = np.tanh(places @ first.reshape(3, 5) + bias) @ second + last
            assert scores[:, k] == pytest.approx(expected, rel=1e-13, abs=1e-13)
        score = network.outputs(points)[:, k]
        assert network.loss(points)[k] == pytest.approx(ERRORS[error].value(score, target).mean(), rel=1e-14)
        # The last bias adds to every score alike.
        slope = network.loss_and_gradient(points)[1][-1, k]
        assert slope == pytest.approx(ERRORS[error].slope(score, target).mean(), rel=1e-13, abs=1e-15)


def test_far_scores_have_logistic_errors_that_are_right_to_rounding():
    network = Network(((0.0,), (0.0,)), (0.0, 1.0), 1, "logistic", ("x",), "t", "two points")
    scores = np.array([-1000.0, -40.0, -1e-9, 0.0, 1e-9, 40.0, 1000.0])
    points = np.zeros((network.size, len(scores)))
    points[-1] = scores
    loss, gradient = network.loss_and_gradient(points)
    # The mean of log(1 + exp(s)) and log(1 + exp(-s)), and half of sigmoid(s) - sigmoid(-s).
    assert loss == pytest.approx(np.abs(scores) / 2 + np.log1p(np.exp(-np.abs(scores))), rel=1e-15)
    assert gradient[-1] == pytest.approx(np.tanh(scores / 2) / 2, rel=1e-7, abs=1e-16)


@every_network
def test_weights_have_places_and_names(network):
    assert network.sizes == (len(network.inputs[0]), network.hidden, 1)
    assert sum(np.prod(shape) for _, shape in network.layout) == network.size == len(network.weight_names)
    assert len(set(network.weight_names)) == network.size
    first = network.first_weights(4, 1.0)
    assert {name for name, value in zip(network.weight_names, first, strict=True) if value == 0} == {
        name for name in network.weight_names if name.startswith("bias")
    }
    assert (network.first_weights(4, 0.25) == first / 4).all()
    assert not network.first_weights(4, 0.0).any()
    assert (network.first_weights(5, 1.0) != first).any()
    assert (len(network.inputs), len(network.targets), network.smooth) == (len(network), len(network), True)
    assert network.latex == r"\quad ".join(network.terms)
    assert ERRORS[network.error].latex in network.latex


def test_the_networks_have_the_sizes_that_they_are_known_by():
    sizes = {slug: (network.sizes, network.size, len(network)) for slug, network in NETWORKS.items()}
    assert sizes == {
        "network-curve": ((1, 4, 1), 13, 20),
        "network-moons": ((2, 4, 1), 17, 40),
        "network-xor": ((2, 2, 1), 9, 4),
    }
    names = NETWORKS["network-xor"].weight_names
    assert names == (
        *("x₁ → unit 1", "x₁ → unit 2", "x₂ → unit 1", "x₂ → unit 2", "bias of unit 1", "bias of unit 2"),
        *("unit 1 → y", "unit 2 → y", "bias of y"),
    )


def test_the_share_of_points_that_are_classified_right():
    xor, moons = NETWORKS["network-xor"], NETWORKS["network-moons"]
    assert NETWORKS["network-curve"].share_right(weights_of(NETWORKS["network-curve"], 2)) is None
    constant = np.zeros((xor.size, 4))
    # All scores are alike: just above the border, just below, on it, and none.
    constant[-1] = (0.6, 0.4, 0.5, np.nan)
    assert xor.share_right(constant).tolist() == [0.5, 0.5, 0.0, 0.0]
    constant = np.zeros((moons.size, 3))
    constant[-1] = (0.1, -0.1, 0.0)
    assert moons.share_right(constant).tolist() == [0.5, 0.5, 0.0]
    # One unit that says how far to the lower right a point is; counted by hand from the data.
    slanted = np.zeros((moons.size, 1))
    slanted[[0, 4, 12]] = [[0.1], [-0.1], [1.0]]
    right = [(x - y > 0) == (target == 1) for (x, y), target in zip(moons.inputs, moons.targets, strict=True)]
    assert moons.share_right(slanted)[0] == np.mean(right)


def test_a_network_travels_to_another_process_and_says_the_same_there():
    network = NETWORKS["network-moons"]
    points = weights_of(network, 2)
    here = network.loss(points)
    other = pickle.loads(pickle.dumps(network))
    assert other == network
    assert hash(other) == hash(network)
    assert "_columns" not in vars(other)
    assert other.loss(points).tolist() == here.tolist()
