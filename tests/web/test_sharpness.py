"""The sharpness along a walk, as its route tells it, against differences of the published loss in forty digits."""

from itertools import pairwise

import mpmath
import numpy as np
import pytest
from mpmath import mp
from pydantic import TypeAdapter

from app.answers.records import Sharpness, SharpnessAnswer
from app.descent.landscapes import LANDSCAPES
from app.request.making import make_request
from app.request.reading import read_query
from app.web.limits import Busy
from tests.products import covering
from tests.web.asking import error_of, read

FUNCTIONS = {name: getattr(mpmath, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")} | {"abs": abs}
ERRORS = {
    "absolute": lambda score, target: abs(score - target),
    "squared": lambda score, target: (score - target) ** 2,
    "logistic": lambda score, target: mpmath.log(1 + mpmath.exp(score)) - target * score,
}
PLAIN = [slug for slug, entry in LANDSCAPES.items() if entry.network is None]
NETWORKS = [slug for slug, entry in LANDSCAPES.items() if entry.network is not None]
# Of a difference in forty digits half are left.
STEP = mpmath.mpf(10) ** -10


def sharpness_of(api, query):
    response = api.get(f"/api/descent/sharpness?{query}")
    assert response.status_code == 200, response.text
    return read(response.content)


def walk_of(api, query, index=0):
    return read(api.get(f"/api/descent?{query}").content)["walks"][index]


def loss_of(record, x, y):
    """The loss of a landscape's record at a place, in the digits that mpmath has."""
    if record["data"] is None:
        return eval(record["expression"], {"__builtins__": {}}, {**FUNCTIONS, "x": x, "y": y})
    data = record["data"]
    rows = zip(*data["features"], data["y"], strict=True)
    return sum(ERRORS[data["error"]](x * first + y * second, target) for first, second, target in rows) / len(data["y"])


def curvatures(record, point):
    """Return the eigenvalues, ascending, of the Hessian by differences."""
    units = [[STEP * (row == column) for column in range(2)] for row in range(len(point))]
    at = [mpmath.mpf(value) for value in (*point, 0.0)[:2]]

    def loss(*moves):
        return loss_of(record, *(value + sum(parts) for value, parts in zip(at, zip(*moves, strict=True), strict=True)))

    def back(move):
        return [-part for part in move]

    matrix = mpmath.matrix(
        [
            [(loss(a, b) - loss(a, back(b)) - loss(back(a), b) + loss(back(a), back(b))) / (4 * STEP**2) for b in units]
            for a in units
        ]
    )
    return [float(value) for value in mpmath.eigsy(matrix, eigvals_only=True)]


@pytest.mark.parametrize(("slug", "goal"), covering(PLAIN, ["minimize", "maximize"]))
def test_it_is_the_largest_curvature_towards_the_goal(api, slug, goal):
    query = f"landscape={slug}&goal={goal}&optimizer=gradient-descent&steps=12&tolerance=0"
    record = read(api.get(f"/api/landscapes/{slug}").content)
    said, walk = sharpness_of(api, query), walk_of(api, query)
    assert said["step"] == walk["step"]
    low, high = LANDSCAPES[slug].domain
    seen = 0
    for step, found in zip(said["step"], said["sharpness"], strict=True):
        point = [walk[axis][step] for axis in ("x", "y")[: len(low)]]
        # Without a number here there is a kink; beyond the domain the loss may be beyond all digits.
        if found is None or not all(a <= value <= b for a, value, b in zip(low, point, high, strict=True)):
            continue
        with mp.workdps(40):
            lowest, *_, highest = [*curvatures(record, point)[:1], *curvatures(record, point)[-1:]]
        size = max(abs(lowest), abs(highest), 1e-6)
        assert found == pytest.approx(highest if goal == "minimize" else -lowest, rel=1e-9, abs=1e-9 * size)
        seen += 1
    # Absolute errors of data have creases close together, and count as ground without a Hessian.
    assert (seen > 0) == (record["data"] is None or record["data"]["error"] != "absolute")


@pytest.mark.parametrize("shape", [1.0, 4.0, 100.0])
def test_that_of_the_bowl_is_its_curvature_everywhere(api, shape):
    # (x²/κ + y²)/2 curves by 1 along y, and that is the most.
    said = sharpness_of(api, f"landscape=bowl&shape={shape}&optimizer=gradient-descent&learning_rate=0.5&steps=40")
    assert said["sharpness"] == [1.0] * len(said["step"])
    assert said["limit"] == [4.0] * len(said["step"])
    assert (said["limit_of"], said["limit_text"]) == ("gradient-descent", "2/η")


def test_above_its_limit_a_walk_on_a_quadratic_blows_up_and_below_it_does_not(api):
    for optimizer, more in (("gradient-descent", ""), ("momentum", "&momentum=0.5"), ("nesterov", "&momentum=0.5")):
        for factor, outcome in ((0.999, "converged"), (1.001, "diverged")):
            settings = f"landscape=bowl&optimizer={optimizer}{more}"
            # With learning rate 1 the limit is c, and the bowl's sharpness is 1.
            rate = factor * sharpness_of(api, f"{settings}&learning_rate=1&steps=1")["limit"][0]
            settings += f"&steps=100000&learning_rate={rate!r}"
            said = sharpness_of(api, settings)
            assert (said["sharpness"][0] > said["limit"][0]) == (outcome == "diverged")
            assert said["limit_of"] == optimizer
            assert walk_of(api, settings)["summary"]["outcome"] == outcome


def test_an_optimizer_without_a_limit_that_is_known_has_gradient_descents_and_it_is_said(api):
    said = sharpness_of(api, "landscape=rosenbrock&optimizer=adam&learning_rate=0.25&steps=9")
    assert (said["limit_of"], said["limit_text"], set(said["limit"])) == ("gradient-descent", "2/η", {8.0})


def test_the_limit_follows_the_schedule_and_is_null_where_nothing_is_learnt(api):
    query = "optimizer=gradient-descent&schedule=linear&steps=5000&tolerance=0&learning_rate=0.5"
    said, walk = sharpness_of(api, query), walk_of(api, query)
    rates = [walk["learning_rate"][step] for step in said["step"]]
    assert rates[-1] == 0
    assert said["limit"][-1] is None
    assert said["limit"][:-1] == pytest.approx([2 / rate for rate in rates[:-1]], rel=1e-15)


@pytest.mark.parametrize("steps", [1, 198, 199, 200, 201, 399, 1000, 99_999])
def test_it_is_told_at_up_to_two_hundred_places_evenly_spread(api, steps):
    said = sharpness_of(api, f"landscape=rosenbrock&learning_rate=1e-9&tolerance=0&steps={steps}")
    places = said["step"]
    assert len(places) == len(said["sharpness"]) == len(said["limit"]) == min(200, steps + 1)
    assert (places[0], places[-1]) == (0, steps)
    gaps = {after - before for before, after in pairwise(places)}
    assert min(gaps) > 0
    assert max(gaps) - min(gaps) <= 1


QUERIES = [
    "landscape=rosenbrock",
    "landscape=himmelblau&starts=3&walk=2",
    "landscape=bumps&starts=30&walk=29&steps=900&noise=1&tolerance=0",
    "landscape=peaks&goal=maximize&optimizer=gradient-descent&schedule=cosine",
    "landscape=two-minima&optimizer=adam",
    "landscape=straight-line&optimizer=gradient-descent&batch=5",
    "landscape=rosenbrock&run=adam&run=newton&starts=2&walk=4",
    "landscape=kink&start=0",
    "learning_rate=1e300",
    "landscape=network-xor",
    "landscape=network-curve&plane=steps&starts=3&start=0.5,0.5&walk=2",
    "landscape=network-moons&run=adam&batch=8&walk=1",
    "landscape=network-curve&learning_rate=1e9",
]


@pytest.mark.parametrize("query", QUERIES)
def test_it_is_what_theory_tells_of_the_same_places(api, query):
    said, theory = (read(api.get(f"/api/descent/{name}?{query}").content) for name in ("sharpness", "theory"))
    full = theory["sharpness"]
    at = {step: index for index, step in enumerate(full["step"])}
    # Of up to a thousand iterates theory tells all.
    assert full["step"] == list(range(len(at)))
    for own, theirs in (("sharpness", "sharpness"), ("limit", "edge")):
        assert said[own] == [full[theirs][at[step]] for step in said["step"]]
    assert (said["limit_of"], said["limit_text"]) == (full["edge_of"], full["edge_text"])
    assert [said[key] for key in ("request", "query", "walk")] == [theory[key] for key in ("request", "query", "walk")]


@pytest.mark.parametrize("query", QUERIES)
def test_the_answer_has_the_contracts_fields_and_no_other(api, query):
    said = sharpness_of(api, query)
    assert list(said) == ["request", "query", "walk", *Sharpness.__annotations__]
    plain = "&".join(part for part in query.split("&") if not part.startswith("walk="))
    request = make_request(read_query(plain.encode()))
    assert said["query"] == request.query
    TypeAdapter(SharpnessAnswer).validate_python({**said, "request": request.canonical})


@pytest.mark.parametrize(("slug", "optimizer"), covering(PLAIN, ["momentum", "adam", "line-search"]))
def test_it_is_told_of_every_landscape_and_wherever_a_walk_may_go(api, slug, optimizer):
    goal = "minimize" if LANDSCAPES[slug].network else "maximize"
    for more in ("", "&learning_rate=1e300&noise=1e300", f"&goal={goal}&starts=30&walk=29"):
        said = sharpness_of(api, f"landscape={slug}&optimizer={optimizer}&steps=9&tolerance=0{more}")
        assert len(said["sharpness"]) == len(said["limit"]) == len(said["step"]) > 0


def test_where_there_is_no_hessian_nothing_is_made_up(api):
    assert set(sharpness_of(api, "landscape=kink&start=0&steps=3")["sharpness"]) == {None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("walk=1", "out of range"),
        ("walk=-1", "out of range"),
        ("walk=0.5", "whole number"),
        ("walk=", "empty"),
        ("walk=0&walk=0", "more than once"),
        ("starts=3&run=adam&walk=6", "out of range"),
        ("wlak=1", "not a known key"),
        ("step=1", "not a known key"),
        ("resolution=5", "without a map"),
    ],
)
def test_a_bad_place_is_refused_with_its_key(api, query, message):
    key = query.rpartition("&")[2].partition("=")[0]
    assert message in error_of(api.get(f"/api/descent/sharpness?{query}"), 422, key)["message"]


def test_it_is_let_in_by_the_work_of_its_walk(api, monkeypatch):
    admitted = []
    real = Busy.admit

    def admit(self, work, points=0, maps=0):
        admitted.append((work, points))
        return real(self, work, points, maps)

    monkeypatch.setattr(Busy, "admit", admit)
    sharpness_of(api, "landscape=rosenbrock&optimizer=line-search&steps=500&starts=20&walk=7")
    theory = api.get("/api/descent/theory?landscape=rosenbrock&optimizer=line-search&steps=500&starts=20&walk=7")
    assert theory.status_code == 200
    (work, points), (of_theory, its_points) = admitted
    assert points == its_points == 501
    assert of_theory < work < of_theory + 1_000


# ── Networks


def loss_of_network(network, weights):
    """The mean error by what the API tells of the network, in long doubles; weights have shape (n,)."""
    parts, first = {}, 0
    for part in network["layout"]:
        size = int(np.prod(part["shape"]))
        parts[part["name"]] = np.reshape(weights[first : first + size], part["shape"])
        first += size
    inputs, targets = (np.array(network["data"][name], dtype=np.longdouble) for name in ("inputs", "targets"))
    score = (np.tanh(inputs @ parts["W1"] + parts["b1"]) @ parts["W2"] + parts["b2"])[:, 0]
    if network["error"] == "squared":
        return ((score - targets) ** 2).mean()
    return (np.log1p(np.exp(score)) - targets * score).mean()


def curvatures_of_network(network, weights):
    """Return the eigenvalues, ascending, of the whole Hessian by central differences in long doubles."""
    weights, step = np.array(weights, dtype=np.longdouble), np.longdouble(2.0**-14)
    moves = step * np.eye(len(weights), dtype=np.longdouble)
    matrix = [
        [
            sum(
                one * other * loss_of_network(network, weights + one * a + other * b)
                for one in (1, -1)
                for other in (1, -1)
            )
            / (4 * step**2)
            for b in moves
        ]
        for a in moves
    ]
    return np.linalg.eigvalsh(np.array(matrix, dtype=float))


@pytest.mark.parametrize("slug", NETWORKS)
def test_that_of_a_network_is_of_all_its_weights(api, slug):
    query = f"landscape={slug}&optimizer=adam&steps=30&seed=2&batch=3"
    network = read(api.get(f"/api/landscapes/{slug}").content)["network"]
    said, walk = sharpness_of(api, query), walk_of(api, f"{query}&weights=1")
    assert said["step"] == walk["step"]
    for step in (0, 1, 7, 30):
        expected = curvatures_of_network(network, walk["weights"][step])
        assert said["sharpness"][step] == pytest.approx(expected[-1], rel=1e-6)
    # The plane is curved by less.
    assert said["sharpness"][-1] == pytest.approx(walk["summary"]["hessian_eigenvalues"][-1], rel=1e-12)


def test_gradient_descent_trains_at_the_edge_of_stability(api):
    """The figures of Cohen et al. (2021), measured on this network with another implementation."""
    query = "landscape=network-curve&optimizer=gradient-descent&learning_rate=0.2&steps=2000&seed=2&plane=steps"
    theory = read(api.get(f"/api/descent/theory?{query}").content)["sharpness"]
    said = sharpness_of(api, query)
    assert set(said["limit"]) == set(theory["edge"]) == {10.0}
    steps, part = (np.array(values, dtype=float) for values in (said["step"], said["sharpness"]))
    part /= 10
    assert part[0] == pytest.approx(0.30, abs=0.005)
    (first, *_) = steps[part > 1]
    assert 100 <= first <= 220
    assert (part[steps < first] < 1).all()
    assert 0.95 <= part[steps >= 220].mean() <= 1.10
    calm = sharpness_of(api, query.replace("learning_rate=0.2", "learning_rate=0.05"))
    assert all(found < limit for found, limit in zip(calm["sharpness"], calm["limit"], strict=True))


def test_where_a_network_blows_up_nothing_is_made_up(api):
    said = sharpness_of(api, "landscape=network-curve&learning_rate=1e200&steps=9")
    assert said["sharpness"][0] > 0
    assert said["sharpness"][-1] is None


def test_that_of_a_network_counts_the_walks_of_its_plane_and_its_hessians(api, monkeypatch):
    admitted = []
    real = Busy.admit
    monkeypatch.setattr(Busy, "admit", lambda self, *given: admitted.append(given[0]) or real(self, *given))
    for query in ("optimizer=adam", "optimizer=adam&start=0.5,0.5", "run=adam&plane=ends"):
        sharpness_of(api, f"landscape=network-curve&steps=300&{query}")
    alone, started, race = admitted
    assert alone == started > 2 * 301 * 10
    # Of a race all runs may be walked for the plane.
    assert race - alone > 301 * 10
    api.get("/api/descent/theory?landscape=network-curve&steps=300")
    assert admitted[-1] > alone
