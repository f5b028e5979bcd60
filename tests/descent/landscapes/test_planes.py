"""Planes against singular values, by their definition, and the ground on them against the network itself."""

import pickle

import numpy as np
import pytest
from scipy import optimize

from app.descent.landscapes.landscape import Box, Landscape, Source
from app.descent.landscapes.networks import NETWORKS
from app.descent.landscapes.planes import Plane, on_plane, plane_in_turns, plane_of

CURVE, MOONS, XOR = NETWORKS.values()
DOMAIN = Box((-0.5, -1.0), (1.5, 1.0))


def walk(network, rate=0.1, steps=300, seed=0, scale=1.0):
    """Plain descent by hand: iterates (steps + 1, n) and losses (steps + 1,)."""
    path = [network.first_weights(seed, scale)]
    for _ in range(steps):
        path.append(path[-1] - rate * network.loss_and_gradient(path[-1][:, None])[1][:, 0])
    path = np.array(path)
    return path, network.loss(path.T)


def entry(network):
    return Landscape("some", "Some", "Networks", DOMAIN, (0.0, 0.0), 0.1, "", Source(""), network=network)


WALKS = {
    "curve": (CURVE, walk(CURVE)),
    "moons": (MOONS, walk(MOONS, 0.5)),
    "xor": (XOR, walk(XOR, 0.3, seed=5)),
    "edge": (CURVE, walk(CURVE, 0.2, 600, seed=2)),
}
every_walk = pytest.mark.parametrize("name", WALKS)
every_kind = pytest.mark.parametrize("kind", ["walk", "steps", "ends"])


def plane_on(kind, name):
    network, (path, losses) = WALKS[name]
    other = walk(network, 0.05, 200)[0][-1] if kind == "ends" else None
    return plane_of(kind, path, losses, network, other), path, other


def assert_valid(plane):
    assert [plane.u @ plane.u, plane.v @ plane.v, plane.u @ plane.v] == pytest.approx([1, 1, 0], abs=1e-15)
    assert 0 < plane.unit < np.inf
    assert np.isfinite(plane.origin).all()


@every_kind
@every_walk
def test_a_plane_goes_through_the_first_weights_and_the_last(name, kind):
    plane, path, _ = plane_on(kind, name)
    assert_valid(plane)
    assert (plane.kind, plane.through) == (kind, (0, len(path) - 1))
    ends = path[[0, -1]].T
    x, y = plane.coordinates(ends)
    assert x == pytest.approx([0, 1], abs=1e-15)
    assert y == pytest.approx([0, 0], abs=1e-15)
    assert plane.off(ends) == pytest.approx([0, 0], abs=1e-15)
    assert plane.weights_at(x, y) == pytest.approx(ends, abs=1e-15)
    assert plane.unit == pytest.approx(np.linalg.norm(path[-1] - path[0]), rel=1e-15)


@pytest.mark.long
@every_walk
def test_it_is_turned_to_the_main_direction_that_singular_values_tell(name):
    for kind in ("walk", "steps"):
        plane, path, _ = plane_on(kind, name)
        line = (path[-1] - path[0]) / np.linalg.norm(path[-1] - path[0])
        vectors = path - path[0] if kind == "walk" else np.diff(path, axis=0)
        beside = vectors - np.outer(vectors @ line, line)
        _, values, directions = np.linalg.svd(beside)
        # A direction is as exact as the gap between the first two squares lets it be.
        gap = 1 - (values[1] / values[0]) ** 2
        assert abs(plane.v @ directions[0]) == pytest.approx(1, abs=1e-13 / gap)
        # Least squares by the definition: no other turn leaves less.
        left = (beside**2).sum() - ((beside @ plane.v) ** 2).sum()
        assert left == pytest.approx((values[1:] ** 2).sum(), rel=1e-9, abs=1e-14 * (beside**2).sum())


@every_kind
@every_walk
def test_the_furthest_iterate_lies_below_and_another_end_on_the_plane(name, kind):
    plane, path, other = plane_on(kind, name)
    _, heights = plane.coordinates(path.T)
    if kind == "ends":
        assert plane.coordinates(other[:, None])[1][0] < 0
        assert plane.off(other[:, None])[0] == pytest.approx(0, abs=1e-14)
    else:
        assert heights[np.abs(heights).argmax()] < 0


@every_kind
@every_walk
def test_shares_are_what_they_are_defined_to_be(name, kind):
    plane, path, _ = plane_on(kind, name)
    basis = np.stack([plane.u, plane.v])
    for share, vectors in ((plane.share, path - path.mean(axis=0)), (plane.share_of_steps, np.diff(path, axis=0))):
        assert share == pytest.approx(((vectors @ basis.T) ** 2).sum() / (vectors**2).sum(), rel=1e-12)
        assert 0 < share <= 1


@every_walk
def test_the_plane_of_the_steps_holds_more_of_the_steps_and_that_of_the_walk_more_of_the_walk(name):
    by_walk, path, _ = plane_on("walk", name)
    by_steps, *_ = plane_on("steps", name)
    assert by_steps.share_of_steps >= by_walk.share_of_steps
    assert (by_walk.off(path.T) ** 2).sum() <= (by_steps.off(path.T) ** 2).sum()


@every_walk
def test_the_same_walk_has_the_same_plane_to_the_last_bit(name):
    for kind in ("walk", "steps", "ends"):
        one, another = plane_on(kind, name)[0], plane_on(kind, name)[0]
        assert all(np.array_equal(a, b) for a, b in zip(one, another, strict=True))


def test_distance_and_place_of_any_weights_are_those_of_least_squares():
    plane, *_ = plane_on("walk", "curve")
    points = np.random.default_rng(1).normal(size=(CURVE.size, 6))
    x, y = plane.coordinates(points)
    basis = np.stack([plane.u, plane.v], axis=1) * plane.unit
    for k in range(6):
        expected, (left,), *_ = np.linalg.lstsq(basis, points[:, k] - plane.origin)
        assert (x[k], y[k]) == pytest.approx(tuple(expected), rel=1e-12)
        assert plane.off(points)[k] == pytest.approx(np.sqrt(left) / plane.unit, rel=1e-12)


def test_a_lone_point_has_the_place_and_the_distance_that_it_has_in_a_block_to_the_last_bit():
    plane, *_ = plane_on("walk", "moons")
    points = np.random.default_rng(2).normal(size=(MOONS.size, 300))
    (x, y), off = plane.coordinates(points), plane.off(points)
    for k in range(300):
        (one_x, one_y), one_off = plane.coordinates(points[:, [k]]), plane.off(points[:, [k]])
        assert (one_x[0], one_y[0], one_off[0]) == (x[k], y[k], off[k])


# --- walks that have no plane of their own


def test_a_walk_that_blows_up_ends_with_its_last_iterate_that_is_not_far_above_the_first():
    path, losses = walk(CURVE, 0.1, 20)
    losses = np.array([*losses[:12], 9.9 * losses[0], 10.1 * losses[0], *[np.nan] * 7])
    path[17:] = np.nan
    plane = plane_of("walk", path, losses, CURVE)
    assert_valid(plane)
    assert plane.through == (0, 12)
    assert plane.coordinates(path[[12]].T)[0] == pytest.approx([1])
    held = path[:13] - path[:13].mean(axis=0)
    assert plane.share == pytest.approx(((held @ np.stack([plane.u, plane.v], axis=1)) ** 2).sum() / (held**2).sum())


def test_iterates_so_far_away_that_their_distance_is_no_number_do_not_count():
    path, losses = walk(CURVE, 0.1, 5)
    path[4:], losses[4:] = 1e300, losses[0]
    assert plane_of("walk", path, losses, CURVE).through == (0, 3)


@pytest.mark.parametrize("network", [CURVE, MOONS, XOR])
def test_where_only_the_start_is_left_the_plane_leads_downhill_and_along_the_sharpest_direction(network):
    origin = network.first_weights(3, 1.0)
    path = np.stack([origin, np.full(network.size, 1e9), np.full(network.size, np.inf)])
    losses = np.array([network.loss(origin[:, None])[0], 1e9, np.nan])
    gradient = network.loss_and_gradient(origin[:, None])[1][:, 0]
    sharpest = np.linalg.eigh(network.hessian(origin))[1][:, -1]
    for kind in ("walk", "steps", "ends"):
        plane = plane_of(kind, path, losses, network)
        assert_valid(plane)
        assert (plane.kind, plane.through, plane.unit) == ("start", (0,), 1.0)
        assert (plane.share, plane.share_of_steps) == (None, None)
        assert plane.origin.tolist() == origin.tolist()
        assert plane.u == pytest.approx(-gradient / np.linalg.norm(gradient), abs=1e-15)
        # The sharpest direction lies on the plane.
        assert np.hypot(sharpest @ plane.u, sharpest @ plane.v) == pytest.approx(1, abs=1e-12)


def test_where_there_is_no_slope_either_the_plane_has_the_two_sharpest_directions():
    path, losses = walk(MOONS, 0.5, 5, scale=0.0)
    assert not np.diff(path, axis=0).any()
    plane = plane_of("walk", path, losses, MOONS)
    assert_valid(plane)
    assert (plane.kind, plane.through) == ("start", (0,))
    assert plane.share is None
    hessian = MOONS.hessian(path[0])
    curvatures = np.linalg.eigvalsh(hessian)
    assert plane.u @ hessian @ plane.u == pytest.approx(curvatures[-1])
    assert plane.v @ hessian @ plane.v == pytest.approx(curvatures[-2])


def test_a_slope_along_the_sharpest_direction_leaves_the_next_one():
    """From weights 0 only the last bias of xor moves, and the ground is sharpest along it."""
    path, losses = walk(XOR, 0.3, 0, scale=0.0)
    plane = plane_of("walk", path, losses, XOR)
    assert_valid(plane)
    assert plane.u.tolist() == [0] * 8 + [1]
    assert plane.v[-1] == 0


def test_a_walk_on_a_straight_line_is_turned_to_the_sharpest_direction():
    for kind in ("walk", "steps"):
        for path, losses in (walk(XOR, 0.3, 50, scale=0.0), walk(XOR, 0.3, 1)):
            plane = plane_of(kind, path, losses, XOR)
            assert_valid(plane)
            assert (plane.kind, plane.through) == (kind, (0, len(path) - 1))
            assert (plane.share, plane.share_of_steps) == (pytest.approx(1), pytest.approx(1))
            assert plane.off(path.T) == pytest.approx(np.zeros(len(path)), abs=1e-15)


def test_where_another_end_says_nothing_the_walk_turns_the_plane():
    network, (path, losses) = WALKS["curve"]
    by_walk = plane_of("walk", path, losses, network)
    for other in (None, path[-1], path[0], np.full(network.size, np.nan), np.full(network.size, np.inf)):
        plane = plane_of("ends", path, losses, network, other)
        assert plane.v.tolist() == by_walk.v.tolist()


def test_a_walk_that_comes_back_to_where_it_began_ends_with_its_furthest_iterate():
    path, losses = walk(CURVE, 0.1, 40)
    around = np.concatenate([path, path[::-1]])
    plane = plane_of("walk", around, np.concatenate([losses, losses[::-1]]), CURVE)
    assert_valid(plane)
    assert plane.through == (0, 40)
    assert plane.coordinates(path[[40]].T)[0] == pytest.approx([1])


def test_where_neither_loss_nor_hessian_is_a_number_the_plane_is_that_of_the_first_two_weights():
    for network in (CURVE, MOONS):
        path = np.full((1, network.size), np.inf)
        with np.errstate(all="ignore"):
            plane = plane_of("walk", path, network.loss(path.T), network)
        assert (plane.kind, plane.u.tolist(), plane.v.tolist()) == (
            "start",
            np.eye(network.size)[0].tolist(),
            np.eye(network.size)[1].tolist(),
        )


# --- the ground on a plane


@every_kind
@every_walk
def test_the_ground_at_both_ends_is_as_high_as_the_networks_loss(name, kind):
    plane, *_ = plane_on(kind, name)
    network, (_, losses) = WALKS[name]
    ground = on_plane(entry(network), 1.0, plane)
    assert ground.floats.loss(0.0, 0.0) == losses[0]
    # The weights at (1, 0) are rounded once more: a few roundings of scores of about 1.
    assert ground.floats.loss(1.0, 0.0) == pytest.approx(losses[-1], rel=1e-15, abs=1e-15)


@every_walk
def test_the_grounds_derivatives_are_projections_and_alike_on_floats_and_arrays(name):
    plane, *_ = plane_on("walk", name)
    network, _ = WALKS[name]
    ground = on_plane(entry(network), 1.0, plane)
    x, y = np.random.default_rng(4).uniform(-1, 1.5, size=(2, 3, 4))
    loss, *slope = ground.arrays.loss_and_gradient(x, y)
    hessians = ground.arrays.hessian(x, y)
    assert {part.shape for part in (loss, *slope, *hessians)} == {(3, 4)}
    assert ground.arrays.loss(x, y).tolist() == loss.tolist()
    basis = plane.unit * np.stack([plane.u, plane.v])
    for place in np.ndindex(3, 4):
        weights = plane.origin + x[place] * basis[0] + y[place] * basis[1]
        height, gradient = network.loss_and_gradient(weights[:, None])
        assert loss[place] == pytest.approx(height[0], rel=1e-13)
        assert [part[place] for part in slope] == pytest.approx((basis @ gradient[:, 0]).tolist(), rel=1e-11, abs=1e-13)
        expected = basis @ network.hessian(weights) @ basis.T
        found = [part[place] for part in hessians]
        assert found == pytest.approx([expected[0, 0], expected[0, 1], expected[1, 1]], rel=1e-11, abs=1e-12)
        at = float(x[place]), float(y[place])
        assert ground.floats.loss(*at) == loss[place]
        assert ground.floats.loss_and_gradient(*at) == (loss[place], *(part[place] for part in slope))
        assert ground.floats.hessian(*at) == tuple(found)


@every_walk
def test_a_surface_is_the_loss_at_the_planes_weights_and_the_ground_travels_to_other_processes(name):
    plane, *_ = plane_on("walk", name)
    network, _ = WALKS[name]
    ground = on_plane(entry(network), 1.0, plane)
    x, y, loss = ground.surface(DOMAIN, 21)
    for row in (0, 7, 20):
        assert loss[row].tolist() == network.loss(plane.weights_at(x, np.full(21, y[row]))).tolist()
    there = pickle.loads(pickle.dumps(ground))
    assert there.surface(DOMAIN, 21)[2].tolist() == loss.tolist()
    assert there.plane.kind == plane.kind


@every_walk
def test_stationary_points_of_a_plane_are_those_that_scipy_finds_from_every_node(name):
    plane, *_ = plane_on("walk", name)
    ground = on_plane(entry(WALKS[name][0]), 1.0, plane)

    def slope(place):
        return np.array(ground.floats.loss_and_gradient(*place)[1:])

    found = set()
    for node in np.stack(np.meshgrid(np.linspace(-0.5, 1.5, 13), np.linspace(-1, 1, 13)), axis=-1).reshape(-1, 2):
        end = optimize.root(slope, node, tol=1e-12)
        if np.abs(slope(end.x)).max() < 1e-9 and DOMAIN.contains(tuple(end.x)):
            found.add(tuple(np.round(end.x, 5)))
    ours = {tuple(np.round(known.point, 5)) for known in ground.stationary_points}
    assert ours == {tuple(value + 0.0 for value in place) for place in found}


def test_the_floor_of_a_gutter_has_no_stationary_points():
    """From weights 0 the ground on xor's plane has a curved floor at 1/4, along which nothing changes."""
    path, losses = walk(XOR, 0.3, 0, scale=0.0)
    ground = on_plane(entry(XOR), 0.0, plane_of("walk", path, losses, XOR))
    assert ground.floats.loss(0.5, 0.0) == 0.25
    assert ground.stationary_points == ()


def test_a_plane_is_a_plain_tuple():
    plane = Plane("start", (0,), np.zeros(2), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert (plane.unit, plane.share, plane.share_of_steps) == (1.0, None, None)


@pytest.mark.parametrize("kind", ["walk", "steps", "ends"])
def test_the_plane_of_a_long_walk_is_found_in_turns_none_of_which_looks_at_all_of_it_more_than_a_few_times(kind):
    network = NETWORKS["network-moons"]
    path = np.cumsum(np.random.default_rng(5).standard_normal((2000, network.size)), axis=0) / 50
    losses = np.ones(len(path))
    turns = plane_in_turns(kind, path, losses, network, path[1000])
    count = 0
    while True:
        try:
            next(turns)
        except StopIteration as end:
            plane = end.value
            break
        count += 1
    known = plane_of(kind, path, losses, network, path[1000])
    assert all(np.array_equal(one, other) for one, other in zip(plane, known, strict=True))
    # The products of all iterates with each other's weights are the most of it: one weight at a time.
    assert count > (network.size if kind != "ends" else 5)
