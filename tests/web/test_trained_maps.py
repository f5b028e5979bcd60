"""Maps of networks: every cell is the walk in all weights that it stands for, to the last bit."""

import asyncio
import math
import pickle
import random
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from pydantic import TypeAdapter

from app.answers.records import MapRecord
from app.descent.walks.any_cells import advance
from app.maps.computing import compute
from app.maps.kinds import cell_map_of
from app.maps.pool import Pool, Workers
from app.request.making import make_request
from app.request.request import MAX_MAP_WORK
from tests.web.asking import as_query, error_of, lines, read
from tests.web.test_maps import the_map, walk_at

NETWORKS = ("network-curve", "network-moons", "network-xor")
# Where the border of trainability is rough at every zoom.
BORDER = {"landscape": "network-curve", "steps": 200, "window": [0.5033, 0.6070, 0.25, 0.3125], "resolution": 40}


def loss_of(walk):
    """What the end of a walk is on a map: null where it diverged."""
    return None if walk["summary"]["outcome"] == "diverged" else walk["summary"]["loss"]


def check_cell(api, found, i, j, run=None):
    walk = walk_at(api, found.address(i, j, run))
    summary = walk["summary"]
    assert found.at(i, j, "steps") == summary["steps"]
    assert found.at(i, j, "loss") == loss_of(walk)
    if found.start["request"]["map"] == "rates":
        assert found.at(i, j, "outcome") == summary["outcome"]
        assert found.at(i, j, "evaluations") == summary["evaluations"]
        return
    assert found.at(i, j, "near") == -1
    entry = found.start["legend"][found.at(i, j, "outcome")]
    if summary["outcome"] == "diverged":
        assert entry["outcome"] == "diverged"
    else:
        low, high = entry["range"]
        assert (-math.inf if low is None else low) <= summary["loss"] < (math.inf if high is None else high)


RATES = [
    {"landscape": "network-curve", "optimizer": "gradient-descent", "steps": 90},
    {"landscape": "network-moons", "optimizer": "adam", "steps": 40, "schedule": "cosine", "restarts": 1},
    {"landscape": "network-xor", "optimizer": "momentum", "seed": 3, "steps": 150, "tolerance": 1e-3},
    {"landscape": "network-xor", "optimizer": "line-search", "steps": 30},
    {"landscape": "network-curve", "optimizer": "nesterov", "batch": 5, "noise": 0.01, "seed": 2, "steps": 50},
    {"landscape": "network-moons", "optimizer": "bfgs", "steps": 25, "shape": 0.5},
]
BASINS = [
    {"landscape": "network-curve", "optimizer": "momentum", "steps": 60},
    {"landscape": "network-moons", "optimizer": "adam", "steps": 40, "batch": 8, "plane": "steps"},
    {"landscape": "network-xor", "optimizer": "sam", "steps": 80, "seed": 5, "window": [-9.0, 9.0, -9.0, 9.0]},
    {"landscape": "network-xor", "optimizer": "gradient-descent", "learning_rate": 3.0, "steps": 50},
]
CASES = [("basins", keys) for keys in BASINS] + [("rates", keys) for keys in RATES]


def named(case):
    kind, keys = case
    return f"{kind} {keys['landscape']} {keys['optimizer']}"


@pytest.mark.parametrize(("kind", "keys"), CASES, ids=map(named, CASES))
def test_every_cell_is_the_walk_at_the_address_it_stands_for(api, kind, keys):
    found = the_map(api, kind, **{"resolution": 4, **keys})
    for i, j in found.cells():
        check_cell(api, found, i, j)
    adapter = TypeAdapter(MapRecord, config={"extra": "forbid"})
    for record in (found.start, *found.passes, found.done):
        adapter.validate_python(record)


def test_at_a_border_that_is_rough_at_every_zoom_cells_are_their_walks_to_the_last_bit(api):
    found = the_map(api, "rates", **BORDER)
    ends = {found.at(i, j, "outcome") for i, j in found.cells()}
    assert {"diverged", "out_of_steps"} <= ends
    beside = [(i, j) for i, j in found.cells() if j and found.at(i, j, "outcome") != found.at(i, j - 1, "outcome")]
    for i, j in random.Random(4).sample(beside, 20) + random.Random(5).sample(found.cells(), 20):
        check_cell(api, found, i, j)


def test_the_start_carries_the_plane_of_the_walk_and_its_landscape(api):
    for kind in ("basins", "rates"):
        for keys in ({}, {"plane": "steps", "seed": 2}, {"start": [0.5, 0.5]}):
            asked = {"landscape": "network-curve", "steps": 40, **keys}
            found, stream = the_map(api, kind, **asked, resolution=3), api.answer(**asked)
            assert found.start["plane"] == stream["plane"]
            streamed = lines(api.get(f"/api/descent/stream?{as_query(asked)}").content)[0]
            assert found.start["landscape"] == streamed["landscape"]


def test_starts_lie_on_the_plane_that_the_picture_is_drawn_on_whichever_run_is_mapped(api):
    keys = {"landscape": "network-xor", "steps": 40, "plane": "ends"}
    race = [{"optimizer": "adam", "learning_rate": 0.1}]
    found = the_map(api, "basins", **keys, run="adam,learning_rate:0.1", map_run=1, resolution=3)
    for i, j in found.cells():
        start = [found.start["x"][j], found.start["y"][i]]
        walk = api.answer(**keys, runs=race, start=start)["walks"][1]
        assert found.at(i, j, "loss") == loss_of(walk)
    assert found.start["plane"] == api.answer(**keys, runs=race)["plane"]


def test_settings_are_compared_from_the_same_weights(api):
    keys = {"landscape": "network-curve", "optimizer": "gradient-descent", "steps": 50, "start": [0.6, -0.4]}
    found = the_map(api, "rates", **keys, resolution=5, window=[0.01, 1.0])
    for j, rate in enumerate(found.start["x"]):
        # As a further run has them, which is drawn on the plane of the first.
        walk = api.answer(**keys, runs=[{"learning_rate": rate}])["walks"][1]
        assert found.at(0, j, "loss") == loss_of(walk)
        assert found.at(0, j, "steps") == walk["summary"]["steps"]


def test_of_many_walkers_a_cell_is_what_most_come_to_and_the_average_of_their_losses(api):
    keys = {"landscape": "network-xor", "optimizer": "gradient-descent", "steps": 40, "starts": 3}
    found = the_map(api, "rates", **keys, resolution=6, window=[0.05, 50.0])
    order = [entry["outcome"] for entry in found.start["legend"]]
    seen = set()
    for j, rate in enumerate(found.start["x"]):
        ends = [walk for walk in api.answer(**keys, runs=[{"learning_rate": rate}])["walks"] if walk["run"] == 1]
        counts = [sum(end["summary"]["outcome"] == outcome for end in ends) for outcome in order]
        assert found.at(0, j, "outcome") == order[counts.index(max(counts))]
        losses = [loss_of(end) for end in ends]
        seen.add(None in losses)
        if None in losses:
            assert found.at(0, j, "loss") is None
        else:
            assert found.at(0, j, "loss") == pytest.approx(math.fsum(losses) / 3, rel=1e-14)
    assert seen == {True, False}


def test_the_average_of_walkers_losses_is_the_same_in_whatever_order_they_come():
    keys = {"landscape": "network-xor", "steps": 20, "starts": 5, "resolution": 12}
    losses = []
    for turned in (False, True):
        cell_map = cell_map_of(make_request({**keys, "map": "rates"}))
        jobs = sorted(cell_map.jobs(1), key=lambda job: job.walker, reverse=turned)
        for job in jobs:
            cell_map.take(job, advance(cell_map.begin(job), math.inf))
        losses.append(cell_map.loss)
    np.testing.assert_array_equal(*losses)


def test_the_legend_has_ranges_of_the_loss_the_lowest_first_and_shares_count_them(api):
    found = the_map(api, "basins", landscape="network-xor", steps=200, resolution=24, learning_rate=0.3)
    *ranges, last = found.start["legend"]
    colour = last.pop("colour")
    assert last == {"label": "diverged", "outcome": "diverged", "kind": None, "point": None, "value": None}
    assert colour not in {entry["colour"] for entry in ranges}
    assert len({entry["colour"] for entry in ranges}) == len(ranges)
    bounds = [entry["range"] for entry in ranges]
    assert (bounds[0][0], bounds[-1][1]) == (None, None)
    assert [high for _, high in bounds[:-1]] == [low for low, _ in bounds[1:]]
    assert [high for _, high in bounds[:-1]] == pytest.approx([10.0**power for power in range(-6, 1)], rel=1e-15)
    assert {(entry["kind"], entry["outcome"]) for entry in ranges} == {("loss", None)}
    assert (ranges[0]["label"], ranges[1]["label"], ranges[-1]["label"]) == (
        *("loss below 1e-6", "loss 1e-6 to 1e-5"),
        "loss 1 or more",
    )
    losses = np.array(found.last["loss"], dtype=float)
    for entry, (low, high) in zip(ranges, bounds, strict=True):
        inside = (losses >= (low or 0)) & (losses < (high or math.inf))
        assert found.done["shares"][entry["label"]] == inside.mean()
    assert sum(found.done["shares"].values()) == pytest.approx(1)
    assert len({entry for row in found.last["outcome"] for entry in row}) > 2
    assert found.done["near_shares"] == {}


def test_the_best_setting_ends_with_the_lowest_loss(api):
    found = the_map(api, "rates", landscape="network-curve", steps=100, resolution=9)
    losses = np.array(found.last["loss"], dtype=float)
    best = found.done["best"]
    assert best["loss"] == np.nanmin(losses) == losses[best["row"], best["column"]]
    assert best["learning_rate"] == found.start["x"][best["column"]]
    assert best["second"] == found.start["y"][best["row"]]
    assert the_map(api, "rates", landscape="network-curve", window=[1e8, 1e9, 0.1, 0.2]).done["best"] is None


def test_the_limit_is_that_of_the_sharpest_curvature_where_the_walks_begin(api):
    keys = {"landscape": "network-curve", "optimizer": "gradient-descent", "steps": 30, "seed": 2}
    theory = the_map(api, "rates", **keys, resolution=2).start["theory"]
    sharpness = read(api.get(f"/api/descent/sharpness?{as_query(keys)}").content)["sharpness"]
    assert len(theory["eigenvalues"]) == 13
    assert theory["point"] == [0, 0]
    assert theory["limit"] == [[pytest.approx(2 / sharpness[0], rel=1e-12)]]
    both = the_map(api, "rates", **keys | {"optimizer": "momentum"}, resolution=2).start["theory"]
    assert both["limit"][0] == pytest.approx([2 / sharpness[0], 0], rel=1e-12)
    assert the_map(api, "rates", **keys | {"optimizer": "adam"}, resolution=2).start["theory"] is None


# ── Workers


@pytest.mark.parametrize("kind", ["basins", "rates"])
def test_what_goes_to_a_worker_is_small_and_however_it_is_sliced_it_comes_back_the_same(kind):
    keys = {"landscape": "network-curve", "map": kind, "resolution": 40, "steps": 60}
    cell_map, sliced = cell_map_of(make_request(keys)), cell_map_of(make_request(keys))
    for job in cell_map.jobs(2):
        cells = cell_map.begin(job)
        assert len(pickle.dumps(cells)) < 250_000
        cell_map.take(job, advance(cells, math.inf))
        again, slices = sliced.begin(job), 0
        while not again.done:
            again, slices = advance(pickle.loads(pickle.dumps(again)), 0.0), slices + 1
        assert slices > 1
        sliced.take(job, again)
    for name in cell_map.kept:
        np.testing.assert_array_equal(getattr(cell_map, name), getattr(sliced, name))


def test_a_part_that_is_lost_once_is_computed_again(monkeypatch):
    keys = {"landscape": "network-xor", "map": "rates", "resolution": 33, "steps": 30}
    whole, torn = cell_map_of(make_request(keys)), cell_map_of(make_request(keys))
    dice = random.Random(3)

    def torn_advance(cells, seconds):
        if dice.random() < 0.2 and not torn_advance.was_lost:
            torn_advance.was_lost = True
            raise OSError("lost")
        torn_advance.was_lost = False
        return advance(cells, seconds)

    torn_advance.was_lost = False

    async def run(cell_map, seconds):
        with ThreadPoolExecutor(1) as threads:
            async for _ in compute(cell_map, Pool(lambda: Workers(threads, 1, lambda: None)), seconds):
                pass

    asyncio.run(run(whole, 9.0))
    monkeypatch.setattr("app.maps.computing.advance", torn_advance)
    asyncio.run(run(torn, 0.0))
    for name in whole.kept:
        np.testing.assert_array_equal(getattr(whole, name), getattr(torn, name))


# ── Limits


@pytest.mark.parametrize("slug", NETWORKS)
def test_what_is_too_much_is_refused_with_what_would_do(api, slug):
    query = f"landscape={slug}&resolution=1024&steps=2000"
    hint = error_of(api.get(f"/api/maps/rates?{query}"), 422, "resolution")["hint"]
    most = int(hint.split("resolution=")[1].split()[0])
    assert make_request({"landscape": slug, "map": "rates", "steps": 2000, "resolution": most}).map_work <= MAX_MAP_WORK
    assert most < 1024


@pytest.mark.parametrize(
    ("query", "key"), [("window=0,1", "window"), ("window=1,0,0,1", "window"), ("plane=ends", "plane")]
)
def test_bad_input_is_refused(api, query, key):
    error_of(api.get(f"/api/maps/basins?landscape=network-xor&{query}"), 422, key)
