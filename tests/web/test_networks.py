"""Networks over the API: what a walk in all weights is on its plane, held against the network that the API tells."""

import numpy as np
import pytest
from pydantic import TypeAdapter

from app.answers import planes
from app.answers.pictures import picture
from app.answers.records import Record, Walk
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.making import make_request
from tests.web.asking import as_query, error_of, lines, read

NETWORKS = [slug for slug, landscape in LANDSCAPES.items() if landscape.network]
ABLE = [slug for slug, optimizer in OPTIMIZERS.items() if not optimizer.needs_hessian]
COLUMNS = ["x", "y", "loss", "gradient_norm", "learning_rate", "evaluations", "off_plane", "plane_loss"]
RACE = [{"optimizer": "adam", "learning_rate": 0.02}, {"optimizer": "gradient-descent", "learning_rate": 0.05}]


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch):
    monkeypatch.setattr(planes, "_kept", planes._Kept())


def told(api, slug):
    return read(api.get(f"/api/landscapes/{slug}").content)["network"]


def loss_of(network, weights):
    """The mean error by what the API tells of the network alone; weights of shape (n,)."""
    parts, first = {}, 0
    for part in network["layout"]:
        size = int(np.prod(part["shape"]))
        parts[part["name"]] = np.reshape(weights[first : first + size], part["shape"])
        first += size
    assert first == len(weights) == network["weights"]
    inputs, targets = np.array(network["data"]["inputs"]), np.array(network["data"]["targets"])
    score = (np.tanh(inputs @ parts["W1"] + parts["b1"]) @ parts["W2"] + parts["b2"])[:, 0]
    if network["error"] == "squared":
        return float(((score - targets) ** 2).mean())
    return float((np.logaddexp(0, score) - targets * score).mean())


def weights_at(plane, x, y):
    origin, u, v = (np.array(plane[name]) for name in ("origin", "u", "v"))
    return origin + plane["unit"] * (np.multiply.outer(x, u) + np.multiply.outer(y, v))


def columns(walk):
    return {name: np.array(walk[name], dtype=float) for name in (*COLUMNS, "weights") if name in walk}


@pytest.mark.parametrize("slug", NETWORKS)
def test_a_network_is_told_whole(api, slug):
    record = read(api.get(f"/api/landscapes/{slug}").content)
    network = record["network"]
    assert list(network) == [
        *("sizes", "activation", "error", "link", "weights", "layout", "weight_names", "data"),
    ]
    inputs, hidden, outputs = network["sizes"]
    assert network["weights"] == len(network["weight_names"]) == (inputs + 1) * hidden + (hidden + 1) * outputs
    assert (network["activation"], outputs) == ("tanh", 1)
    assert [len(point) for point in network["data"]["inputs"]] == [inputs] * record["points"]
    assert len(network["data"]["targets"]) == record["points"]
    assert len(network["data"]["input_names"]) == inputs
    assert (record["expression"], record["data"], record["dimensions"]) == (None, None, 2)
    assert record["shape"]["default"] == 1
    assert read(api.get("/api/landscapes/bowl").content)["network"] is None


@pytest.mark.parametrize("slug", NETWORKS)
@pytest.mark.parametrize("shape", [0, 1, 2])
def test_the_plane_of_a_landscape_is_that_of_its_own_walk_and_has_a_surface(api, slug, shape):
    surface = read(api.get(f"/api/landscapes/{slug}/surface?resolution=5&relief=1&shape={shape}").content)
    answer = api.answer(landscape=slug, shape=shape)
    for row, y in zip(surface["loss"], surface["y"], strict=True):
        expected = [loss_of(told(api, slug), weights_at(answer["plane"], x, y)) for x in surface["x"]]
        assert row == pytest.approx(expected, rel=1e-9, abs=1e-12)
    record = read(api.get(f"/api/landscapes/{slug}?shape={shape}").content)
    for known in record["stationary_points"]:
        there = weights_at(answer["plane"], *known["point"])
        assert known["value"] == pytest.approx(loss_of(told(api, slug), there), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("slug", NETWORKS)
@pytest.mark.parametrize("kind", ["walk", "steps"])
def test_what_is_told_of_a_walk_is_that_of_its_weights(api, slug, kind):
    answer = api.answer(landscape=slug, plane=kind, weights=1, steps=150, seed=3)
    assert list(answer) == ["request", "query", "plane", "walks"]
    plane, (walk,) = answer["plane"], answer["walks"]
    assert list(plane) == ["kind", "through", "origin", "u", "v", "unit", "share", "share_of_steps"]
    assert list(walk) == ["run", "walker", "label", "step", *COLUMNS, "weights", "summary"]
    told_of, network = columns(walk), told(api, slug)
    weights, on_plane = told_of["weights"], weights_at(plane, told_of["x"], told_of["y"])
    assert weights.shape == (len(walk["step"]), network["weights"])
    # As far as the walk is off the plane, and in no direction that lies in it.
    off = weights - on_plane
    assert np.linalg.norm(off, axis=1) / plane["unit"] == pytest.approx(told_of["off_plane"], rel=1e-9, abs=1e-14)
    assert abs(off @ np.array([plane["u"], plane["v"]]).T).max() <= 1e-13 * plane["unit"]
    for k in (0, 1, 7, -1):
        assert walk["loss"][k] == pytest.approx(loss_of(network, weights[k]), rel=1e-12, abs=1e-15)
        assert walk["plane_loss"][k] == pytest.approx(loss_of(network, on_plane[k]), rel=1e-12, abs=1e-15)
    # The first weights lie on it to the last bit, the last to rounding.
    assert plane["through"] == [0, walk["summary"]["steps"]]
    assert weights[0].tolist() == plane["origin"] == on_plane[0].tolist()
    assert (walk["x"][0], walk["y"][0], walk["off_plane"][0]) == (0, 0, 0)
    assert (walk["x"][-1], walk["y"][-1]) == (pytest.approx(1, abs=1e-14), pytest.approx(0, abs=1e-14))
    assert walk["off_plane"][-1] < 1e-14
    assert walk["plane_loss"][-1] == pytest.approx(walk["loss"][-1], rel=1e-12, abs=1e-16)
    # Somewhere in between it is not.
    assert max(walk["off_plane"]) > 1e-3
    basis = np.array([plane["u"], plane["v"]])
    assert basis @ basis.T == pytest.approx(np.eye(2), abs=1e-14)
    assert 0 < plane["share"] <= 1
    assert 0 < plane["share_of_steps"] <= 1


@pytest.mark.parametrize("kind", ["walk", "steps"])
def test_the_shares_are_of_the_walk_that_defines_the_plane(api, kind):
    answer = api.answer(landscape="network-curve", plane=kind, weights=1, steps=100)
    plane, weights = answer["plane"], np.array(answer["walks"][0]["weights"])
    basis = np.array([plane["u"], plane["v"]])
    for vectors, share in ((weights - weights.mean(axis=0), "share"), (np.diff(weights, axis=0), "share_of_steps")):
        assert plane[share] == pytest.approx(((vectors @ basis.T) ** 2).sum() / (vectors**2).sum(), rel=1e-9)


def test_without_asking_no_weights_are_told_and_nothing_else_changes(api):
    keys = {"landscape": "network-moons", "steps": 40}
    (plain,), (whole,) = api.walks(**keys), api.walks(**keys, weights=1)
    del whole["weights"]
    assert plain == whole


@pytest.mark.parametrize("optimizer", ABLE)
def test_every_optimizer_trains_and_the_stream_says_the_same(api, optimizer):
    keys = {"landscape": "network-xor", "optimizer": optimizer, "steps": 20, "weights": 1}
    answer = api.answer(**keys)
    start, *chunks, end, done = lines(api.post("/api/descent/stream", keys).content)
    assert (start["plane"], start["request"], done) == (answer["plane"], answer["request"], {"kind": "done"})
    assert start["landscape"]["network"] == told(api, "network-xor")
    for name in ("step", *COLUMNS, "weights"):
        assert [value for chunk in chunks for value in chunk[name]] == answer["walks"][0][name], name
    assert end["summary"] == answer["walks"][0]["summary"]
    assert len(end["summary"]["hessian_eigenvalues"]) == 9
    stream = TypeAdapter(Record, config={"extra": "forbid"})
    for record in (start, *chunks, end, done):
        stream.validate_python(record)
    TypeAdapter(Walk).validate_python(answer["walks"][0])


def test_where_the_walk_is_known_already_it_is_told_with_the_same_bits(api):
    query = "landscape=network-curve&steps=120&noise=0.01&batch=5&weights=1"
    first = api.get(f"/api/descent?{query}").content
    assert api.get(f"/api/descent?{query}").content == first
    # Among others it is the same walk, which is then walked anew.
    many = read(api.get(f"/api/descent?{query}&starts=3").content)
    (alone,) = read(first)["walks"]
    assert {key: value for key, value in many["walks"][0].items() if key != "summary"} == {
        key: value for key, value in alone.items() if key != "summary"
    }


def test_a_walk_that_the_plane_took_is_not_walked_twice(api, monkeypatch):
    taken = []
    walks = planes.first_walk
    monkeypatch.setattr(planes, "first_walk", lambda *asked: taken.append(asked) or walks(*asked))
    monkeypatch.setattr(
        "app.descent.walks.training.Training.walk", lambda *_: pytest.fail("it is known already, from the plane")
    )
    for kind in ("walk", "steps", "walk"):
        api.answer(landscape="network-xor", plane=kind)
    assert len(taken) == 1
    api.answer(landscape="network-xor", plane="ends", runs=RACE[:1])
    # Of the race the second run is new.
    assert len(taken) == 2


def test_starts_are_places_on_the_plane_and_train_in_all_weights(api):
    keys = {"landscape": "network-curve", "steps": 30, "weights": 1}
    answer = api.answer(**keys, start=[0.4, -0.3], starts=4)
    plain = api.answer(**keys)
    # The plane is that of the walk from the first weights, whatever the start is.
    assert answer["plane"] == plain["plane"]
    places = [(walk["x"][0], walk["y"][0]) for walk in answer["walks"]]
    assert places[0] == pytest.approx((0.4, -0.3), abs=1e-15)
    assert len(set(places)) == 4
    for walk, place in zip(answer["walks"], places, strict=True):
        assert walk["off_plane"][0] < 1e-14
        assert walk["weights"][0] == pytest.approx(weights_at(answer["plane"], *place), abs=1e-14)
        assert walk["off_plane"][-1] > 1e-4


@pytest.mark.parametrize("starts", [1, 3])
def test_in_a_race_all_begin_at_the_same_weights_and_are_drawn_on_one_plane(api, starts):
    keys = {"landscape": "network-curve", "steps": 40, "weights": 1, "starts": starts, "runs": RACE}
    first, second = api.answer(**keys), api.answer(**keys, plane_run=1)
    ends = api.answer(**keys, plane="ends", plane_run=1)
    for answer in (first, second, ends):
        origins = [walk["weights"][0] for walk in answer["walks"] if walk["walker"] == 0]
        assert origins == [answer["plane"]["origin"]] * 3
    for answer, run in ((first, 0), (second, 1), (ends, 1)):
        walk = next(walk for walk in answer["walks"] if (walk["run"], walk["walker"]) == (run, 0))
        assert (walk["x"][-1], walk["off_plane"][-1]) == (pytest.approx(1, abs=1e-14), pytest.approx(0, abs=1e-14))
    # The plane of two ends goes through the first run's too.
    (walk,) = (walk for walk in ends["walks"] if (walk["run"], walk["walker"]) == (0, 0))
    assert walk["off_plane"][-1] < 1e-14
    assert walk["y"][-1] < 0
    # Which plane they are drawn on changes no walk.
    for one, other in zip(first["walks"], second["walks"], strict=True):
        if one["walker"] == 0:
            assert (one["weights"], one["loss"]) == (other["weights"], other["loss"])


def test_a_walk_that_diverges_at_once_has_a_plane_and_says_what_it_is(api):
    answer = api.answer(landscape="network-curve", learning_rate=1e9)
    (walk,) = answer["walks"]
    assert walk["summary"]["outcome"] == "diverged"
    assert (answer["plane"]["kind"], answer["plane"]["through"], answer["plane"]["unit"]) == ("start", [0], 1)
    assert answer["plane"]["share"] is None
    # Downhill from the first weights, and orthogonal to that.
    down = weights_at(answer["plane"], 1e-4, 0)
    assert loss_of(told(api, "network-curve"), down) < walk["loss"][0]
    assert "Diverged after" in walk["summary"]["message"]
    surface = read(api.get("/api/landscapes/network-curve/surface?resolution=3").content)
    assert np.isfinite(surface["loss"]).all()


def test_a_walk_that_cannot_move_says_that_nothing_moved(api):
    answer = api.answer(landscape="network-moons", shape=0)
    (walk,) = answer["walks"]
    assert (walk["summary"]["outcome"], walk["summary"]["steps"]) == ("converged", 0)
    assert "Nothing moved" in walk["summary"]["message"]
    assert answer["plane"]["kind"] == "start"
    assert answer["plane"]["origin"] == [0] * 17


@pytest.mark.parametrize("plane", ["walk", "ends"])
def test_one_that_diverges_draws_the_other_on_its_plane_too(api, plane):
    keys = {"landscape": "network-xor", "steps": 20, "plane": plane, "runs": [{"learning_rate": 1e9}]}
    for plane_run in (0, 1):
        answer = api.answer(**keys, plane_run=plane_run)
        assert answer["walks"][1]["summary"]["outcome"] == "diverged"
        for walk in answer["walks"]:
            assert (walk["x"][0], walk["y"][0]) == (0, 0)
        vectors = np.array([answer["plane"][name] for name in ("u", "v")])
        assert vectors @ vectors.T == pytest.approx(np.eye(2), abs=1e-12)


@pytest.mark.parametrize("path", ["/", "/api/descent", "/api/descent/stream", "/api/descent/race"])
@pytest.mark.parametrize("slug", NETWORKS)
def test_what_opens_with_a_landscape_opens_with_a_network(api, path, slug):
    response = api.get(f"{path}?landscape={slug}&steps=30&run=adam&plane=ends")
    assert response.status_code == 200


def test_the_first_picture_has_the_ground_that_the_request_is_drawn_on(api):
    one = picture(make_request({"landscape": "network-curve", "seed": 1}))
    other = picture(make_request({"landscape": "network-curve", "seed": 1, "plane": "steps"}))
    assert one["bands"] != other["bands"]
    assert one["start"] == other["start"] == (150.0, 300.0)
    assert one["trails"] != other["trails"]


def test_a_sweep_finds_a_learning_rate(api):
    answer = read(api.get("/api/descent/sweep?landscape=network-xor&steps=60&seed=3").content)
    assert answer["best"]["share"] == 1
    assert answer["best"]["loss"] < 1e-2


def test_a_race_counts_until_hardly_any_error_is_left(api):
    keys = {"landscape": "network-xor", "steps": 150, "starts": 6}
    answer = read(api.get(f"/api/descent/race?{as_query(keys)}&run=adam").content)
    walks = api.walks(**keys, runs=[{"optimizer": "adam"}])
    for run in answer["runs"]:
        part = next(row for row in run["reached"] if row["part"] == 0.01)
        near = [min(walk["loss"]) <= 0.01 * walk["loss"][0] for walk in walks if walk["run"] == run["run"]]
        assert part["share"] == pytest.approx(np.mean(near))


BAD = [
    ("plane=steps", "plane"),
    ("weights=1", "weights"),
    ("landscape=network-curve&plane=ends", "plane"),
    ("landscape=network-curve&plane=sideways", "plane"),
    ("landscape=network-curve&plane=walk&plane=steps", "plane"),
    ("landscape=network-curve&plane=%00", "plane"),
    ("landscape=network-curve&plane_run=1", "plane_run"),
    ("landscape=network-curve&plane_run=-1", "plane_run"),
    ("landscape=network-curve&plane_run=nan", "plane_run"),
    ("landscape=network-curve&plane_run=1e400", "plane_run"),
    ("landscape=network-curve&run=adam&plane_run=2", "plane_run"),
    ("landscape=network-curve&weights=2", "weights"),
    ("landscape=network-curve&weights=true", "weights"),
    ("landscape=network-curve&optimizer=newton", "optimizer"),
    ("landscape=network-curve&goal=maximize", "goal"),
    ("landscape=network-curve&shape=3", "shape"),
    ("landscape=network-curve&batch=21", "batch"),
    ("landscape=network-curve&steps=100000&starts=100", "steps"),
    ("landscape=network-curve&steps=100000&starts=10&weights=1", "steps"),
]


@pytest.mark.parametrize(("query", "key"), BAD)
def test_bad_input_is_refused_in_the_one_form_by_every_route(api, query, key):
    for route in ("/api/descent", "/api/descent/stream", "/api/descent/race"):
        error_of(api.get(f"{route}?{query}"), 422, key)
    # The page opens all the same, and says so.
    page = api.get(f"/?{query}")
    assert page.status_code == 200


# --- routes that tell more of a walk


def hessian_of(network, weights):
    """The Hessian by differences of the loss that the API tells of, shape (n, n)."""
    step, n = 1e-4, len(weights)
    units = step * np.eye(n)
    corners = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    return np.array(
        [
            [sum(a * b * loss_of(network, weights + a * units[i] + b * units[j]) for a, b in corners) for j in range(n)]
            for i in range(n)
        ]
    ) / (4 * step**2)


@pytest.mark.parametrize("slug", NETWORKS)
def test_the_sharpness_is_that_of_all_weights_and_not_of_the_plane(api, slug):
    query = f"landscape={slug}&steps=25&start=0.3,0.2&weights=1"
    said = read(api.get(f"/api/descent/sharpness?{query}").content)
    (walk,) = read(api.get(f"/api/descent?{query}").content)["walks"]
    network = told(api, slug)
    for k in (0, 12, 25):
        expected = np.linalg.eigvalsh(hessian_of(network, np.array(walk["weights"][k])))[-1]
        assert said["sharpness"][said["step"].index(k)] == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert said["sharpness"][-1] == pytest.approx(walk["summary"]["hessian_eigenvalues"][-1], rel=1e-12)


def test_theory_tells_the_quadratic_of_the_plane_without_a_limit_and_the_sharpness_of_all(api):
    query = "landscape=network-curve&steps=30"
    answer = read(api.get(f"/api/descent?{query}").content)
    said = read(api.get(f"/api/descent/theory?{query}&step=10").content)
    (walk,), local = answer["walks"], said["local"]
    assert local["point"] == [walk["x"][10], walk["y"][10]]
    assert local["loss"] == pytest.approx(walk["plane_loss"][10], rel=1e-12)
    assert (local["stability_limit"], said["believed"], said["best"], said["quadratic"]) == (None, None, [], False)
    assert max(local["eigenvalues"]) / answer["plane"]["unit"] ** 2 < said["sharpness"]["sharpness"][10]
    assert said["sharpness"]["sharpness"] == read(api.get(f"/api/descent/sharpness?{query}").content)["sharpness"]
    bfgs = read(api.get(f"/api/descent/theory?{query}&optimizer=bfgs&step=3").content)
    assert bfgs["believed"] is None


@pytest.mark.parametrize("pair", [(0, 1), (12, 3)])
@pytest.mark.parametrize("more", ["", "&noise=0.1&batch=5", "&starts=3&walk=2"])
@pytest.mark.parametrize("optimizer", ["momentum", "adam", "rmsprop"])
def test_the_numbers_of_a_step_are_those_of_two_weights(api, optimizer, more, pair):
    query = f"landscape=network-curve&steps=100&optimizer={optimizer}&learning_rate=0.02{more}"
    walks = read(api.get(f"/api/descent?{query.split('&walk=')[0]}&weights=1").content)["walks"]
    walk = walks[-1]
    answer = read(api.get(f"/api/descent/steps?{query}&weight={pair[0]},{pair[1]}&first=10&count=70").content)
    assert [step["step"] for step in answer["steps"]] == list(range(10, 80))
    weights = np.array(walk["weights"])[:, list(pair)]
    for step in answer["steps"]:
        numbers, k = step["quantities"], step["step"]
        assert numbers["point"] == weights[k].tolist()
        assert numbers["point_next"] == weights[k + 1].tolist()
        assert numbers["loss"] == walk["loss"][k]
        gradient = np.add(numbers["batch_slope"], numbers["noise"])
        assert numbers["gradient"] == pytest.approx(list(gradient), rel=1e-12)
        assert (step["batch"] is None) == ("batch" not in more)
        if optimizer == "momentum":
            moved = np.array(numbers["point"]) - 0.02 * np.array(numbers["velocity_next"])
            assert moved == pytest.approx(weights[k + 1], rel=1e-12, abs=1e-14)
    (first,) = read(api.get(f"/api/descent/steps?{query}&count=1").content)["steps"]
    # Half the loss of two places beside the first weights tells their slope.
    network, origin = told(api, "network-curve"), np.array(walk["weights"][0])
    for axis in (0, 1):
        away = 1e-6 * np.eye(13)[axis]
        slope = (loss_of(network, origin + away) - loss_of(network, origin - away)) / 2e-6
        assert first["quantities"]["slope"][axis] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_the_steps_of_one_that_blows_up_end_where_floats_do(api):
    for optimizer in ("adagrad", "momentum", "adam"):
        query = f"landscape=network-curve&optimizer={optimizer}&learning_rate=1e200"
        walk = read(api.get(f"/api/descent?{query}").content)["walks"][0]
        steps = read(api.get(f"/api/descent/steps?{query}").content)["steps"]
        assert len(steps) <= walk["summary"]["steps"]


def test_the_numbers_of_one_that_does_not_move_are_none(api):
    assert read(api.get("/api/descent/steps?landscape=network-moons&shape=0").content)["steps"] == []


@pytest.mark.parametrize(
    ("query", "key", "hint"),
    [
        ("weight=0,1", "weight", "Leave it out"),
        ("landscape=network-curve&weight=0", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=0,13", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=-1,0", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=3,3", "weight", "Two different"),
        ("landscape=network-curve&weight=0,1,2", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=a,b", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=0.5,1", "weight", "from 0 to 12"),
        ("landscape=network-curve&weight=", "weight", "Leave weight out"),
        ("landscape=network-curve&weight=0,1&weight=1,2", "weight", "once"),
        ("landscape=network-curve&optimizer=bfgs", "optimizer", "Momentum or Adam"),
        ("landscape=network-curve&optimizer=sam", "optimizer", "Momentum or Adam"),
        ("landscape=network-curve&optimizer=line-search&weight=0,1", "optimizer", "Momentum or Adam"),
        ("landscape=network-curve&run=sam&walk=1", "optimizer", "Momentum or Adam"),
    ],
)
def test_a_pair_that_is_none_is_refused(api, query, key, hint):
    assert hint in error_of(api.get(f"/api/descent/steps?{query}"), 422, key)["hint"]
