"""Maps: every cell is the walk it stands for, coarse passes are parts of finer ones, and the rest adds up."""

import asyncio
import math
import random
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from pydantic import TypeAdapter

from app.answers.plans import plan
from app.answers.records import MapRecord
from app.descent.landscapes import LANDSCAPES
from app.descent.walks.descent import Chunk
from app.descent.walks.walk import walk
from app.maps.cell_maps import BasinMap
from app.maps.computing import compute
from app.maps.pool import Pool, Workers
from app.maps.processes import LostWorkerError
from app.request.making import make_request
from app.web.limits import busy
from tests.web.asking import as_query, error_of, lines, read

KEYS_OF_A_MAP = ("runs", "map", "map_run", "window", "resolution", "starts")


class Map:
    """One answer of the maps' routes, taken apart."""

    def __init__(self, content):
        """Read the lines."""
        self.start, *records, self.done = lines(content)
        self.passes = [record for record in records if record["kind"] == "pass"]
        self.last = self.passes[-1]
        self.rows, self.columns = self.start["resolution"]

    def cells(self):
        return [(i, j) for i in range(self.rows) for j in range(self.columns)]

    def at(self, i, j, key):
        return self.last[key][i][j]

    def address(self, i, j, run=None):
        """Return the address of the walk that a cell stands for, from nothing but the first line and the run."""
        keys = dict(run or self.start["request"])
        keys = {key: value for key, value in keys.items() if value is not None and key not in KEYS_OF_A_MAP}
        place = [self.start["x"][j], *([self.start["y"][i]] if "y" in self.start else [])]
        if self.start["request"]["map"] == "basins":
            return {**keys, "start": place}
        return {**keys, **{axis["key"]: value for axis, value in zip(self.start["axes"], place, strict=True)}}


def the_map(api, kind, **keys):
    response = api.get(f"/api/maps/{kind}?{as_query(keys)}")
    assert response.status_code == 200, response.text
    return Map(response.content)


def walk_at(api, keys):
    response = api.get(f"/api/descent?{as_query(keys)}")
    assert response.status_code == 200, response.text
    (walk,) = read(response.content)["walks"]
    return walk


def check_cell(api, found, i, j, run=None):
    keys = found.address(i, j, run)
    summary = walk_at(api, keys)["summary"]
    assert found.at(i, j, "steps") == summary["steps"], keys
    if found.start["request"]["map"] == "rates":
        assert found.at(i, j, "outcome") == summary["outcome"], keys
        assert found.at(i, j, "evaluations") == summary["evaluations"], keys
        return
    entry = found.start["legend"][found.at(i, j, "outcome")]
    assert entry["outcome"] == summary["outcome"], keys
    check_near(found, found.at(i, j, "near"), summary)
    wanted = {"minimize": ("global_minimum", "local_minimum"), "maximize": ("maximum",)}[keys["goal"]]
    if summary["outcome"] == "converged" and summary["place"] in wanted:
        places = [place for place in found.start["legend"] if place["point"] is not None]
        end = [summary[axis] for axis in ("x", "y")[: len(keys["start"])]]
        assert entry == min(places, key=lambda place: math.dist(place["point"], end)), keys
    else:
        assert entry["point"] is None, keys


def check_near(found, near, summary):
    """An unfinished walk is near the minimum that is the nearest stationary point, a twentieth of the domain away."""
    landscape = found.start["landscape"]
    widths = [high - low for low, high in zip(landscape["domain"][::2], landscape["domain"][1::2], strict=True)]
    places = [entry for entry in found.start["legend"] if entry["point"] is not None]
    if summary["stopped_by"] not in ("steps", "unchanged", "patience", "budget"):
        assert near == -1, summary
        return
    end = [summary[axis] for axis in ("x", "y")[: len(widths)]]

    def away(known):
        return math.hypot(*((a - b) / width for a, b, width in zip(known["point"], end, widths, strict=True)))

    nearest = min(landscape["stationary_points"], key=away, default=None)
    is_near = nearest is not None and away(nearest) <= 0.05
    expected = (
        [entry["point"] for entry in places].index(nearest["point"])
        if is_near and any(entry["point"] == nearest["point"] for entry in places)
        else -1
    )
    assert near == expected, summary
    # What the walk says of its place is what the cell says.
    if summary["place"] in ("global_minimum", "local_minimum") and found.start["request"]["goal"] == "minimize":
        assert found.start["legend"][near]["kind"] == summary["place"], summary
    if near >= 0:
        assert summary["place"] in (places[near]["kind"], "slope"), summary


BASINS = [
    {"landscape": "rastrigin", "optimizer": "adam", "learning_rate": 0.05, "steps": 300},
    {"landscape": "two-valley", "learning_rate": 0.05, "steps": 500, "shape": 0.3},
    {"landscape": "himmelblau", "learning_rate": 0.01, "steps": 400},
    {"landscape": "himmelblau", "optimizer": "newton", "learning_rate": 1.0},
    {"landscape": "saddle", "optimizer": "gradient-descent", "steps": 900, "resolution": 7},
    {"landscape": "peaks", "goal": "maximize", "optimizer": "rmsprop", "steps": 400},
    {"landscape": "rosenbrock", "optimizer": "line-search", "learning_rate": 1.0, "steps": 60},
    {"landscape": "camel", "optimizer": "nesterov", "learning_rate": 0.05, "schedule": "cosine", "restarts": 1},
    {"landscape": "straight-line", "optimizer": "momentum", "learning_rate": 0.2},
    {"landscape": "logistic", "optimizer": "adam", "batch": 5, "patience": 20, "learning_rate": 0.3, "seed": 4},
    {"landscape": "ackley", "optimizer": "adagrad", "noise": 0.3, "seed": 7, "learning_rate": 0.5},
    {"landscape": "plateau", "optimizer": "adadelta", "window": [-30.0, 30.0, -30.0, 30.0]},
    {"landscape": "monkey-saddle", "steps": 300},
    {"landscape": "two-minima", "optimizer": "gradient-descent", "resolution": 40},
    {"landscape": "shoulder", "goal": "maximize", "resolution": 33, "warmup": 5},
    {"landscape": "fence", "optimizer": "lion", "learning_rate": 1.0, "resolution": 20},
    {"landscape": "kink", "optimizer": "nadam", "resolution": 20},
    {"landscape": "pasture", "optimizer": "amsgrad", "resolution": 3},
    {"landscape": "bowl", "optimizer": "adamw", "shape": 900.0, "learning_rate": 0.3, "steps": 400, "starts": 40},
]
RATES = [
    {"landscape": "bowl", "optimizer": "gradient-descent", "resolution": 40},
    {"landscape": "himmelblau", "optimizer": "momentum"},
    {"landscape": "two-valley", "optimizer": "nesterov", "shape": 0.2, "noise": 0.1, "tolerance": 0.3, "seed": 2},
    {"landscape": "rastrigin", "optimizer": "adam", "schedule": "exponential", "floor": 0.01, "restarts": 2},
    {"landscape": "fence", "optimizer": "momentum", "window": [0.01, 3.0, 0.2, 0.9]},
    {"landscape": "rosenbrock", "optimizer": "newton", "resolution": 30, "window": [0.1, 2.5]},
    {"landscape": "peaks", "optimizer": "line-search", "goal": "maximize", "window": [0.1, 3.0, 0.2, 0.8]},
    {"landscape": "beale", "optimizer": "adagrad", "steps": 400},
    {"landscape": "bowl", "optimizer": "rmsprop", "centred": 1, "patience": 9, "min_change": 1e-3},
    {"landscape": "straight-line", "optimizer": "momentum", "batch": 7, "seed": 11},
    {"landscape": "pasture-squared", "optimizer": "adam", "resolution": 3},
    {"landscape": "saddle", "optimizer": "nadam", "schedule": "linear", "warmup": 20},
    {"landscape": "camel", "optimizer": "lion", "tolerance": 0.0, "steps": 50},
    {"landscape": "shoulder", "optimizer": "adadelta", "steps": 300},
]
CASES = [("basins", keys) for keys in BASINS] + [("rates", keys) for keys in RATES]


def named(case):
    kind, keys = case
    return f"{kind} {keys['landscape']} {keys.get('optimizer', 'momentum')}"


@pytest.mark.parametrize(("kind", "keys"), CASES, ids=map(named, CASES))
def test_every_cell_is_the_walk_at_the_address_it_stands_for(api, kind, keys):
    found = the_map(api, kind, **{"resolution": 5, **keys})
    for i, j in found.cells():
        check_cell(api, found, i, j)


LARGE = [
    ("basins", {"landscape": "rastrigin", "optimizer": "adam", "learning_rate": 0.1, "steps": 400, "resolution": 100}),
    ("basins", {"landscape": "himmelblau", "learning_rate": 0.017, "steps": 600, "resolution": 128}),
    ("rates", {"landscape": "himmelblau", "resolution": 100}),
    ("rates", {"landscape": "saddle", "optimizer": "adam", "resolution": 90}),
    ("rates", {"landscape": "two-minima", "optimizer": "gradient-descent", "resolution": 1000}),
]


@pytest.mark.parametrize(("kind", "keys"), LARGE, ids=map(named, LARGE))
def test_any_cell_of_a_large_map_is_its_walk(api, kind, keys):
    found = the_map(api, kind, **keys)
    outcomes = {found.at(i, j, "outcome") for i, j in found.cells()}
    assert len(outcomes) > 1
    for i, j in random.Random(1).sample(found.cells(), 40):
        check_cell(api, found, i, j)


def border(found):
    """Return a window of four cells around the middle of two neighbours that end differently."""
    pairs = [
        (i, j)
        for i in range(1, found.rows - 1)
        for j in range(found.columns - 1)
        if found.at(i, j, "outcome") != found.at(i, j + 1, "outcome")
    ]
    i, j = pairs[len(pairs) // 2]
    x, y = found.start["x"], found.start["y"]
    return [x[j], x[j + 1], (y[i - 1] + y[i]) / 2, (y[i] + y[i + 1]) / 2]


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("rates", {"landscape": "himmelblau", "steps": 2000, "window": [0.01, 0.1, 0.1, 0.6]}),
        ("basins", {"landscape": "himmelblau", "learning_rate": 0.02, "steps": 2000}),
    ],
    ids=["rates", "basins"],
)
def test_a_zoom_of_a_million_still_shows_true_structure(api, kind, keys):
    found = the_map(api, kind, **{**keys, "resolution": 24})
    low, high, *_ = found.start["request"]["window"]
    whole = high - low
    while high - low > whole / 1e6:
        window = border(found)
        low, high, *_ = window
        found = the_map(api, kind, **{**keys, "resolution": 24, "window": window})
    seen = {(found.at(i, j, "outcome"), found.at(i, j, "steps")) for i, j in found.cells()}
    assert len({outcome for outcome, _ in seen}) > 1
    assert len(seen) > 4
    for i, j in random.Random(2).sample(found.cells(), 30):
        check_cell(api, found, i, j)


def test_a_map_may_be_of_any_run_of_a_race(api):
    query = (
        "landscape=himmelblau&optimizer=gradient-descent&steps=300&learning_rate=0.01"
        "&run=adam,learning_rate:0.1&run=nesterov,momentum:0.5,noise:0.1,name:third&seed=3"
    )
    runs = read(api.get(f"/api/descent?{query}").content)["runs"]
    seen = []
    for run in range(3):
        for kind in ("basins", "rates"):
            found = Map(api.get(f"/api/maps/{kind}?{query}&map_run={run}&resolution=4").content)
            seen.append(str(found.last))
            for i, j in found.cells():
                check_cell(api, found, i, j, runs[run]["request"])
    assert len(set(seen)) == 6


# ── Many walkers


@pytest.mark.parametrize("starts", [2, 3, 30])
def test_a_cell_of_many_walkers_is_what_most_of_them_come_to_and_their_average(api, starts):
    keys = {"landscape": "two-valley", "optimizer": "momentum", "noise": 0.02, "tolerance": 0.05, "seed": 5}
    keys |= {"steps": 60, "starts": starts, "resolution": 4}
    found = the_map(api, "rates", **keys)
    order = [entry["outcome"] for entry in found.start["legend"]]
    for i, j in found.cells():
        response = api.get(f"/api/descent?{as_query({**found.address(i, j), 'starts': starts})}")
        ends = [walk["summary"] for walk in read(response.content)["walks"]]
        counts = [sum(end["outcome"] == outcome for end in ends) for outcome in order]
        commonest = order[counts.index(max(counts))]
        those = [end for end in ends if end["outcome"] == commonest]
        assert found.at(i, j, "outcome") == commonest
        for key in ("steps", "evaluations"):
            mean = sum(end[key] for end in those) / len(those)
            assert abs(found.at(i, j, key) - mean) <= 0.5, (i, j)


def test_a_map_of_starts_asks_for_one_walker_from_each(api):
    keys = {"landscape": "himmelblau", "steps": 100, "resolution": 4, "noise": 0.5}
    assert the_map(api, "basins", **keys).last == the_map(api, "basins", **keys, starts=30).last


# ── Passes


def length(resolution, stride):
    return len(range(0, resolution, stride))


@pytest.mark.parametrize("resolution", [2, 31, 32, 33, 65, 100])
@pytest.mark.parametrize("kind", ["basins", "rates"])
def test_each_pass_is_a_part_of_the_last_one_and_the_last_is_whole(api, kind, resolution):
    found = the_map(api, kind, landscape="two-valley", steps=40, resolution=resolution)
    keys = {"basins": ["outcome", "near", "steps"], "rates": ["outcome", "steps", "evaluations"]}[kind]
    assert found.start["resolution"] == [resolution, resolution] == [len(found.start["y"]), len(found.start["x"])]
    assert [record["stride"] for record in found.passes] == [2**k for k in reversed(range(len(found.passes)))]
    assert found.passes[0]["resolution"][0] <= 32
    for record in found.passes:
        stride, (rows, columns) = record["stride"], record["resolution"]
        assert list(record) == ["kind", "resolution", "stride", "progress", *keys]
        assert rows == columns == length(resolution, stride)
        assert record["progress"] == rows * columns / resolution**2
        for key in keys:
            assert record[key] == [row[::stride] for row in found.last[key][::stride]]
    assert found.last["stride"] == found.last["progress"] == 1


@pytest.mark.parametrize("resolution", [2, 33, 1000, 1024])
@pytest.mark.parametrize(
    ("kind", "keys"),
    [("basins", {"landscape": "two-minima"}), ("rates", {"optimizer": "gradient-descent"})],
    ids=["a curve", "no second hyperparameter"],
)
def test_a_map_with_one_axis_has_one_row(api, kind, keys, resolution):
    found = the_map(api, kind, **keys, resolution=resolution, steps=20)
    assert "y" not in found.start
    assert len(found.start["axes"]) == 1
    assert len(found.start["x"]) == resolution
    for record in found.passes:
        assert record["resolution"] == [1, length(resolution, record["stride"])]
        assert record["steps"] == [found.last["steps"][0][:: record["stride"]]]
    assert found.passes[0]["resolution"][1] <= 32


@pytest.mark.parametrize(("kind", "keys"), CASES[::3], ids=map(named, CASES[::3]))
def test_the_shares_count_the_cells_of_the_last_pass(api, kind, keys):
    found = the_map(api, kind, **{"resolution": 6, **keys})
    cells = [value for row in found.last["outcome"] for value in row]
    expected = {
        entry["label"]: cells.count(index if kind == "basins" else entry["outcome"]) / len(cells)
        for index, entry in enumerate(found.start["legend"])
    }
    assert found.done["shares"] == expected
    assert sum(expected.values()) == pytest.approx(1)
    assert ("near_shares" in found.done) == (kind == "basins")
    if kind == "basins":
        near = [value for row in found.last["near"] for value in row]
        places = [entry["label"] for entry in found.start["legend"] if entry["point"] is not None]
        shares = {label: near.count(index) / len(near) for index, label in enumerate(places)}
        assert found.done["near_shares"] == shares


# What is not to be expected of a default map, and why.
LEAVES = {
    "monkey-saddle": "it has no minimum",
    "shoulder": "it has no minimum",
}


# A map of a network is coloured by the loss, wherever training ends: test_trained_maps.py.
@pytest.mark.parametrize(
    "slug", [slug for slug, entry in LANDSCAPES.items() if slug not in LEAVES and entry.network is None]
)
def test_no_default_map_is_grey_where_walks_come_near_a_minimum(api, slug):
    """Nine cells of ten are coloured by a minimum, wherever so many walks come near one and do not leave."""
    found = the_map(api, "basins", landscape=slug, resolution=24)
    landscape = LANDSCAPES[slug].at()
    settings = plan(make_request({"landscape": slug})).descent
    starts = [[found.start["x"][j], *([found.start["y"][i]] if "y" in found.start else [])] for i, j in found.cells()]
    wanted = [entry["point"] for entry in found.start["legend"] if entry["point"] is not None]
    widths = np.array(landscape.entry.domain.widths)
    came = set()
    for event in walk(settings, starts):
        if isinstance(event, Chunk):
            way = np.stack([event.x, event.y], axis=1)[:, : len(widths)]
            away = (way[:, None] - np.array(wanted)) / widths
            if (np.hypot.reduce(away, axis=2) <= 0.05).any():
                came.add(event.walker)
        elif event.outcome == "diverged":
            came.discard(event.walker)
    coloured = [
        found.start["legend"][found.at(i, j, "outcome")]["point"] is not None or found.at(i, j, "near") >= 0
        for i, j in found.cells()
    ]
    if len(came) >= 0.9 * len(starts):
        assert np.mean(coloured) >= 0.9


# ── The first line and the last


@pytest.mark.parametrize(("kind", "keys"), CASES[::4], ids=map(named, CASES[::4]))
def test_every_line_is_what_the_description_says(api, kind, keys):
    adapter = TypeAdapter(MapRecord, config={"extra": "forbid"})
    content = api.get(f"/api/maps/{kind}?{as_query({'resolution': 5, **keys})}").content
    for line in lines(content):
        adapter.validate_python(line)


def test_the_axes_say_what_they_are_and_where_the_cells_lie(api):
    keys = {"landscape": "rosenbrock", "optimizer": "adagrad", "resolution": 10}
    start = the_map(api, "rates", **keys).start
    across, up = start["axes"]
    # From two decades below the decade of its default there, which is 0.2, to two above, and all that epsilon may be.
    assert across == {"key": "learning_rate", "title": "learning rate", "low": 1e-3, "high": 10, "log": True}
    assert (up["key"], up["low"], up["high"], up["log"]) == ("epsilon", 1e-12, 1, True)
    assert [math.log10(value) for value in start["x"]] == pytest.approx([-3 + 0.4 * (k + 0.5) for k in range(10)])
    assert [math.log10(value) for value in start["y"]] == pytest.approx([-12 + 1.2 * (k + 0.5) for k in range(10)])
    across = the_map(api, "rates", **keys | {"optimizer": "newton"}).start["axes"][0]
    assert (across["low"], across["high"]) == (0.01, 100)
    # Of a small default, 0.002, up to 1 at least.
    across = the_map(api, "rates", **keys | {"optimizer": "gradient-descent"}).start["axes"][0]
    assert (across["low"], across["high"]) == (1e-5, 1)
    start = the_map(api, "basins", landscape="bowl", resolution=4, window=[0.0, 4.0, -1.0, 1.0]).start
    assert [(axis["key"], axis["low"], axis["high"], axis["log"]) for axis in start["axes"]] == [
        ("x", 0, 4, False),
        ("y", -1, 1, False),
    ]
    assert (start["x"], start["y"]) == ([0.5, 1.5, 2.5, 3.5], [-0.75, -0.25, 0.25, 0.75])


@pytest.mark.parametrize("slug", ["himmelblau", "rastrigin", "ackley", "fence", "shoulder", "peaks"])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_legend_has_the_known_places_best_first_and_then_every_other_end(api, slug, goal):
    record = read(api.get(f"/api/landscapes/{slug}").content)
    legend = the_map(api, "basins", landscape=slug, goal=goal, resolution=2, steps=1).start["legend"]
    kinds = {"minimize": {"global_minimum", "local_minimum"}, "maximize": {"maximum"}}[goal]
    expected = [known for known in record["stationary_points"] if known["kind"] in kinds]
    places = [entry for entry in legend if entry["point"] is not None]
    assert sorted(entry["point"] for entry in places) == sorted(known["point"] for known in expected)
    sign = {"minimize": 1, "maximize": -1}[goal]
    assert [sign * entry["value"] for entry in places] == sorted(sign * known["value"] for known in expected)
    assert [entry["outcome"] for entry in legend[len(places) :]] == [
        "diverged",
        "stalled",
        "out_of_steps",
        "converged",
    ]
    assert len({entry["label"] for entry in legend}) == len(legend)


@pytest.mark.parametrize(
    "keys",
    [
        {"landscape": "bowl"},
        {"landscape": "himmelblau", "optimizer": "adam", "steps": 400},
        {"landscape": "two-valley", "optimizer": "nesterov", "shape": 0.3},
        {"landscape": "fence", "optimizer": "momentum"},
        {"landscape": "bowl", "optimizer": "gradient-descent"},
        {"landscape": "beale", "optimizer": "line-search", "steps": 900, "start": [2.0, 0.2], "resolution": 4},
    ],
    ids=str,
)
def test_the_best_cell_has_the_fewest_evaluations_of_those_that_end_at_the_best_place(api, keys):
    found = the_map(api, "rates", **{"resolution": 8, **keys})
    ends = {}
    for i, j in found.cells():
        summary = walk_at(api, found.address(i, j))["summary"]
        if summary["outcome"] == "converged" and summary["place"] in ("global_minimum", "maximum"):
            ends[i, j] = summary["evaluations"]
    best = found.done["best"]
    assert best["evaluations"] == min(ends.values()) == ends[best["row"], best["column"]]
    assert best["learning_rate"] == found.start["x"][best["column"]]
    assert best["second"] == (found.start["y"][best["row"]] if "y" in found.start else None)


def test_there_is_no_best_cell_where_nothing_converges(api):
    assert the_map(api, "rates", resolution=4, steps=1).done["best"] is None


# Of gradient descent 2/λ; of momentum 2(1 + β)/λ; of Nesterov's 2(1 + β)/(1 + 2β)/λ. The bowl's λ is 1.
LIMITS = {
    "gradient-descent": lambda beta: 2.0,
    "momentum": lambda beta: 2 * (1 + beta),
    "nesterov": lambda beta: 2 * (1 + beta) / (1 + 2 * beta),
}


@pytest.mark.parametrize("optimizer", LIMITS)
def test_the_theorys_line_is_the_closed_form_and_parts_the_cells_of_a_quadratic(api, optimizer):
    found = the_map(api, "rates", optimizer=optimizer, resolution=16, steps=3000, window=WINDOWS[optimizer])
    theory = found.start["theory"]
    assert (theory["point"], theory["eigenvalues"]) == ([0, 0], [0.25, 1])
    assert len(theory["limit"]) > (1 if "y" in found.start else 0)
    for rate, *beta in theory["limit"]:
        assert rate == pytest.approx(LIMITS[optimizer](*(beta or [0])))
    for i, j in found.cells():
        rate, beta = found.start["x"][j], found.start["y"][i] if "y" in found.start else 0
        limit = LIMITS[optimizer](beta)
        # Close to the limit a walk takes long to show which way it goes.
        if abs(rate / limit - 1) > 0.01:
            assert (found.at(i, j, "outcome") == "diverged") == (rate > limit), (rate, beta)


WINDOWS = {"gradient-descent": [0.1, 9.0], "momentum": [0.1, 9.0, 0.0, 0.95], "nesterov": [0.1, 9.0, 0.0, 0.95]}


@pytest.mark.parametrize(
    "keys",
    [{"optimizer": "adam"}, {"landscape": "kink"}, {"landscape": "shoulder"}, {"window": [0.001, 0.002, 0.0, 1.0]}],
    ids=["no limit is known", "no curvature", "no minimum", "it lies outside"],
)
def test_where_theory_has_no_line_none_is_told(api, keys):
    assert the_map(api, "rates", **keys, resolution=2, steps=1).start["theory"] is None


# ── Equal requests


@pytest.mark.parametrize("path", ["/api/maps/basins?resolution=8&noise=0.1", "/api/maps/rates?resolution=8&starts=3"])
def test_equal_requests_get_equal_bytes_and_what_is_known_is_not_computed_again(api, path):
    first, second = api.get(path), api.get(f"{path}&steps=200")
    assert first.content == second.content
    assert first.headers["content-type"] == "application/x-ndjson"
    tag = first.headers["etag"]
    assert second.headers["etag"] == tag
    assert api.get(f"{path}&seed=1").headers["etag"] != tag
    again = api.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_the_request_of_a_map_names_its_kind_and_its_query_asks_for_it_again(api):
    found = the_map(api, "rates", landscape="saddle", resolution=4)
    request, query = found.start["request"], found.start["query"]
    assert (request["map"], request["map_run"], request["resolution"]) == ("rates", 0, 4)
    assert request["window"] == [found.start["axes"][0]["low"], found.start["axes"][0]["high"], 0, 1]
    assert query == "landscape=saddle&map=rates&resolution=4"
    assert Map(api.get(f"/api/maps/rates?{query}").content).last == found.last
    assert "notice" not in api.get(f"/?{query}").text.partition('id="notices"')[2].partition("</")[0]


# ── Bad input


BAD = [
    # route, query, key, what is said to be wrong, what is said to be right
    ("basins", "map=rates", "map", "not answered here", "/api/maps/rates"),
    ("rates", "map=basins", "map", "not answered here", "/api/maps/basins"),
    ("basins", "map=basin", "map", "map=basin", "/api/maps/basin"),
    ("basins", "map=", "map", "empty", "Leave map out"),
    ("basins", "resolution=1", "resolution", "out of range", "from 2 to 1024"),
    ("basins", "resolution=1025", "resolution", "out of range", "from 2 to 1024"),
    ("basins", "resolution=0", "resolution", "out of range", "from 2 to 1024"),
    ("basins", "resolution=64.5", "resolution", "whole number", "from 2 to 1024"),
    ("rates", "resolution=nan", "resolution", "whole number", "from 2 to 1024"),
    ("rates", "map_run=1", "map_run", "no run of this picture", "From 0 to 0"),
    ("rates", "run=adam&map_run=2", "map_run", "no run of this picture", "From 0 to 1"),
    ("rates", "map_run=-1", "map_run", "out of range", "from 0 to 8"),
    ("rates", "map_run=9", "map_run", "out of range", "from 0 to 8"),
    ("basins", "window=1,2", "window", "has 2 numbers", "xmin,xmax,ymin,ymax"),
    ("basins", "window=1,2,3", "window", "has 3 numbers", "xmin,xmax,ymin,ymax"),
    ("basins", "window=1,2,3,4,5,6", "window", "has 6 numbers", "xmin,xmax,ymin,ymax"),
    ("basins", "landscape=fence&window=1,2,3,4", "window", "has 4 numbers", "xmin,xmax"),
    ("basins", "window=1,1,0,1", "window", "empty or inverted", "above its lowest"),
    ("basins", "window=0,1,2,1", "window", "empty or inverted", "above its lowest"),
    ("basins", "window=nan,1,0,1", "window", "not a number", "low,high"),
    ("basins", "window=-inf,inf,0,1", "window", "not a number", "low,high"),
    ("basins", "window=0,1e309,0,1", "window", "too large", "low,high"),
    ("basins", "window=,,,", "window", "not a number", "low,high"),
    ("basins", "window=-1e300,1e300,0,1", "window", "too far", "million"),
    ("basins", "window=1,1.0000000000000002,1,2", "window", "float64 cannot tell 256 cells", "wider"),
    ("basins", "window=1,1.00000000000001,1,2", "window", "float64 cannot tell 256 cells", "lower resolution"),
    ("rates", "window=0.1,1", "window", "has 2 numbers", "learning rate and momentum"),
    (
        "rates",
        "optimizer=newton&window=0.1,1,0,1",
        "window",
        "has 4 numbers",
        "lowest and the highest learning rate, such as",
    ),
    ("rates", "window=1,0.1,0,1", "window", "empty or inverted", "above its lowest"),
    ("rates", "window=0,1,0,1", "window", "learning rate of 0", "above 0"),
    ("rates", "window=-0,1,0,1", "window", "learning rate of 0", "above 0"),
    ("rates", "window=-1,1,0,1", "window", "learning rate of 0", "above 0"),
    ("rates", "window=0.1,1,-0.1,1", "window", "momentum cannot be", "from 0 to 1"),
    ("rates", "window=0.1,1,0,1.1", "window", "momentum cannot be", "from 0 to 1"),
    ("rates", "optimizer=adagrad&window=0.1,1,0,1", "window", "epsilon cannot be", "from 1e-12 to 1"),
    ("rates", "window=1e-200,1e200,0,1", "window", "too wide for float64", "closer together"),
    ("rates", "window=0.1,0.10000000000000002,0,1", "window", "float64 cannot tell 256 cells", "wider"),
    ("rates", "window=0.1,1,0.5,0.50000000000001", "window", "float64 cannot tell 256 cells", "wider"),
    ("basins", "steps=100000", "resolution", "256 × 256 cells × 100000 steps", "At most resolution=141"),
    ("basins", "resolution=1024&steps=1907", "resolution", "more than the server", "or 1906 steps"),
    ("rates", "resolution=1024&starts=512&steps=3", "resolution", "× 512 walkers", "At most resolution=988"),
    ("basins", "optimizer=line-search&resolution=1024&steps=238", "resolution", "1024 × 1024", "or 237 steps"),
    ("basins", "landscape=kink&optimizer=newton", "optimizer", "kinks", "momentum"),
    ("basins", "stepz=5", "stepz", "not a known key", "Did you mean steps?"),
    ("basins", "walk=0", "walk", "not a known key", "plane=walk"),
    ("rates", "window=0.1,1,0,1&window=0.1,1,0,1", "window", "more than once", "once"),
]


@pytest.mark.parametrize(("kind", "query", "key", "message", "hint"), BAD, ids=[f"{row[0]} {row[1]}" for row in BAD])
def test_a_bad_map_is_refused(api, kind, query, key, message, hint):
    error = error_of(api.get(f"/api/maps/{kind}?{query}"), 422, key)
    assert message in error["message"]
    assert hint in error["hint"]


@pytest.mark.parametrize("key", ["map_run=1", "window=0,1,0,1", "resolution=9"])
def test_a_maps_own_key_has_no_meaning_without_a_map(api, key):
    error = error_of(api.get(f"/api/descent?{key}"), 422, key.partition("=")[0])
    assert "map=basins or map=rates" in error["hint"]


@pytest.mark.parametrize(("steps", "starts", "optimizer"), [(100_000, 1, "adam"), (300, 512, "line-search")])
def test_what_is_said_to_do_does_and_one_more_does_not(api, steps, starts, optimizer):
    keys = {"map": "rates", "steps": steps, "starts": starts, "optimizer": optimizer, "resolution": 1024}
    error = error_of(api.post("/api/descent", keys), 422, "resolution")
    most = int(error["hint"].partition("resolution=")[2].partition(" ")[0])
    assert make_request({**keys, "resolution": most}).map_work <= 2_000_000_000
    error_of(api.post("/api/descent", {**keys, "resolution": most + 1}), 422, "resolution")


def test_a_hint_never_asks_for_less_than_one_step(api):
    query = "landscape=pasture-squared&starts=512&steps=200&resolution=1024"
    assert "steps with that resolution" not in error_of(api.get(f"/api/maps/rates?{query}"), 422)["hint"]


@pytest.mark.parametrize("query", ["map=basins&steps=100000", "map=rates&steps=40000&seed=3"])
def test_a_page_with_a_map_too_large_by_default_opens_without_the_map_and_keeps_the_rest(api, query):
    page = api.get(f"/?{query}")
    assert page.status_code == 200
    assert "more than the server takes on at once" in page.text
    kept = query.partition("&")[2]
    assert page.headers["link"].startswith(f"</api/descent?{kept}>")


# ── Workers that die, and servers that have enough to do


class Dying(ThreadPoolExecutor):
    """An executor some of whose calls end as they do when a worker is killed."""

    def __init__(self, deaths):
        super().__init__(1)
        self.deaths = deaths

    def submit(self, function, /, *arguments):
        if self.deaths:
            self.deaths.pop()
            future = Future()
            future.set_exception(LostWorkerError("killed for a test"))
            return future
        return super().submit(function, *arguments)


@pytest.fixture
def dying(api):
    """Make the maps' pool of an executor whose workers die so often."""
    usual = api.app.state.pool

    def of(deaths):
        executor = Dying(deaths)
        api.app.state.pool = Pool(lambda: Workers(executor, 1, executor.shutdown))

    yield of
    api.app.state.pool.close()
    api.app.state.pool = usual


PATH = "/api/maps/basins?landscape=himmelblau&resolution=40&steps=50"


def test_a_map_whose_worker_dies_once_is_the_same_map(api, dying):
    expected = api.get(PATH).content
    dying([None])
    assert api.get(PATH).content == expected


def test_a_map_whose_worker_dies_again_ends_with_an_error_line_and_the_server_goes_on(api, dying, caplog):
    dying([None] * 4)
    start, *_, last = lines(api.get(PATH).content)
    assert start["kind"] == "start"
    assert last == {"kind": "error", "message": last["message"]}
    assert "twice" in last["message"]
    assert "killed for a test" in caplog.text
    assert (busy.answers, busy.maps) == (0, 0)
    assert lines(api.get(PATH).content)[-1]["kind"] == "done"


def test_a_map_that_fails_ends_with_an_error_line_that_tells_nothing_of_the_server(api, monkeypatch, caplog):
    def broken(*arguments):
        raise RuntimeError("broken for a test")

    monkeypatch.setattr(BasinMap, "pieces", broken)
    *_, last = lines(api.get(PATH).content)
    assert (last["kind"], "broken" in last["message"]) == ("error", False)
    assert "broken for a test" in caplog.text
    assert busy.maps == 0


def test_too_many_maps_are_refused_for_a_while(api, monkeypatch):
    tag = api.get(PATH).headers["etag"]
    monkeypatch.setattr(busy, "most_maps", 0)
    for kind in ("basins", "rates"):
        response = api.get(f"/api/maps/{kind}?resolution=2")
        assert "maps" in error_of(response, 503, None)["message"]
        assert int(response.headers["retry-after"]) >= 1
    assert api.get(PATH, headers={"if-none-match": tag}).status_code == 304
    assert api.get("/api/descent?steps=5").status_code == 200


def test_giving_a_map_up_takes_back_what_waits_for_a_worker(monkeypatch):
    """The generator is closed in the middle, as when a client leaves."""

    async def leave():
        cell_map = BasinMap(make_request({"map": "basins", "landscape": "ackley", "resolution": 256, "steps": 2000}))
        with ThreadPoolExecutor(1) as executor:
            computing = compute(cell_map, Pool(lambda: Workers(executor, 1, executor.shutdown)), seconds=0.01)
            async for stride, _ in computing:
                if stride is not None:
                    break
            await computing.aclose()
            return executor._work_queue.qsize(), cell_map

    waiting, cell_map = asyncio.run(leave())
    assert waiting <= 1
    assert (cell_map.outcome == -1).any()
