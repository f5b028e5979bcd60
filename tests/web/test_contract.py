"""The answers, field by field, as the contract has them."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from pydantic import TypeAdapter

from app import __version__
from app.answers.records import RatesAnswer, Record, Walk
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.rules import Rule
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.exports.table import EXPORTS
from app.lessons import LESSONS
from app.request.errors import ApiError
from app.request.keys import KEYS, QUERY_KEYS
from app.request.making import make_request
from app.request.reading import read_query
from app.web.assets import STATIC, static_version
from app.web.examples import EXAMPLE_ADDRESSES
from tests.descent.by_hand import BY_HAND
from tests.web.asking import as_query, error_of, lines, random_requests, read
from tests.web.by_hand import features_of_the_curve, loss_of

COLUMNS = ("x", "y", "loss", "gradient_norm", "learning_rate", "evaluations")
OF_A_NETWORK = ("off_plane", "plane_loss", "weights")
WALK = ["run", "walker", "label", "step", *COLUMNS, "summary"]
SUMMARY = [
    *("outcome", "stopped_by", "steps", "evaluations", "x", "y", "loss", "gradient_norm", "place"),
    *("hessian_eigenvalues", "stability_limit", "message", "reached", "cycle", "crossings", "crossed", "marks"),
]
LANDSCAPE = {
    *("slug", "title", "dimensions", "expression", "latex", "domain", "start", "learning_rate", "goal", "shape"),
    *("stationary_points", "source", "teaches", "axes", "smooth", "data", "points", "network"),
}
DATA = {
    "x",
    "y",
    "x_name",
    "y_name",
    "caption",
    "error",
    "link",
    "features",
    "constant",
    "centre",
    "unit",
    "curve",
    "second",
}
CRITERIA = {
    "tolerance": {"converged", "stalled"},
    "patience": {"stalled"},
    "unchanged": {"stalled"},
    "steps": {"out_of_steps"},
    "budget": {"out_of_steps"},
    "not_finite": {"diverged"},
    "too_far": {"diverged"},
}
PLACES = {"global_minimum", "local_minimum", "saddle", "maximum", "shoulder", "plateau", "slope", None}
BOWL = {"landscape": "bowl", "optimizer": "gradient-descent"}
RANDOM = list(random_requests(40))


def short(keys):
    return as_query(keys)[:50]


# ── Registries


def one_sentence(text):
    return isinstance(text, str) and len(text) > 10 and text[-1] in ".!?"


def test_landscapes_have_every_field_of_the_contract(api):
    records = read(api.get("/api/landscapes").content)
    assert [record["slug"] for record in records] == list(LANDSCAPES)
    for record in records:
        assert record == read(api.get(f"/api/landscapes/{record['slug']}").content)
        assert set(record) >= LANDSCAPE
        assert record["dimensions"] in (1, 2)
        assert len(record["domain"]) == 2 * record["dimensions"]
        assert len(record["start"]) == len(record["axes"]) == record["dimensions"]
        assert record["learning_rate"] > 0
        assert record["goal"] in ("minimize", "maximize")
        assert isinstance(record["smooth"], bool)
        assert record["latex"]
        assert one_sentence(record["teaches"])
        assert record["source"]["text"]
        assert [record[key] is not None for key in ("expression", "data", "network")].count(True) == 1
        assert (record["points"] is None) == (record["expression"] is not None)
        shape = record["shape"]
        if shape is not None:
            assert {"name", "low", "high", "default"} <= set(shape)
            assert shape["low"] <= shape["default"] <= shape["high"]
        for known in record["stationary_points"]:
            assert set(known) == {"point", "value", "kind"}
            assert known["kind"] in PLACES - {"slope", None}
            # What a network's plane says is held against the network in test_networks.py.
            if record["network"] is None:
                assert known["value"] == pytest.approx(loss_of(record, *known["point"]), abs=1e-9)


@pytest.mark.parametrize("slug", [slug for slug, landscape in LANDSCAPES.items() if landscape.data])
def test_a_landscape_made_from_data_publishes_its_points_and_what_draws_the_fit(api, slug):
    data = read(api.get(f"/api/landscapes/{slug}").content)["data"]
    assert set(data) == DATA
    assert len(data["x"]) == len(data["y"]) > 1
    assert one_sentence(data["caption"])
    assert data["x_name"]
    assert data["y_name"]
    assert data["error"] in ("absolute", "squared", "logistic")
    assert data["link"] == ("logistic" if data["error"] == "logistic" else "identity")
    assert set(data["curve"]) == {"x", "features"}
    assert (data["curve"]["x"][0], data["curve"]["x"][-1]) == (min(data["x"]), max(data["x"]))
    assert [len(row) for row in data["curve"]["features"]] == [len(data["curve"]["x"])] * 2
    assert [len(row) for row in data["features"]] == [len(data["x"])] * 2
    for at_points, along_the_curve in zip(data["features"], features_of_the_curve(data), strict=True):
        assert at_points == pytest.approx(along_the_curve, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("slug", [slug for slug, landscape in LANDSCAPES.items() if landscape.data])
def test_the_formula_of_a_landscape_made_from_data_is_in_the_fit_and_the_targets(api, slug):
    latex = read(api.get(f"/api/landscapes/{slug}").content)["latex"]
    assert "F(x_i)" in latex
    assert "y_i" in latex
    assert "F(x) = " in latex
    assert rf"\frac{{1}}{{{len(LANDSCAPES[slug].data)}}} \sum_i" in latex


@pytest.mark.parametrize("slug", [slug for slug, landscape in LANDSCAPES.items() if not landscape.network])
def test_the_surface_is_the_published_loss_and_its_rows_follow_y(api, slug):
    record = read(api.get(f"/api/landscapes/{slug}").content)
    surface = read(api.get(f"/api/landscapes/{slug}/surface?resolution=7").content)
    assert list(surface) == (["x", "y", "loss"] if record["dimensions"] == 2 else ["x", "loss", "derivative"])
    assert (surface["x"][0], surface["x"][-1]) == tuple(record["domain"][:2])
    if record["dimensions"] == 1:
        surface |= {"y": [0.0], "loss": [surface["loss"]]}
    else:
        assert (surface["y"][0], surface["y"][-1]) == tuple(record["domain"][2:])
    for row, y in zip(surface["loss"], surface["y"], strict=True):
        expected = [loss_of(record, x, y) for x in surface["x"]]
        assert row == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_the_surface_takes_a_domain_a_shape_and_a_resolution(api):
    surface = read(api.get("/api/landscapes/bowl/surface?resolution=3&shape=100&domain=0,10,-1,1").content)
    assert (surface["x"], surface["y"]) == ([0, 5, 10], [-1, 0, 1])
    assert surface["loss"][1] == pytest.approx([0, 0.125, 0.5])
    assert len(read(api.get("/api/landscapes/bowl/surface").content)["x"]) > 50
    curve = read(api.get("/api/landscapes/shoulder/surface?resolution=3&shape=-1&domain=-2,2").content)
    # x³ - x, whose derivative is 3x² - 1.
    assert curve == {"x": [-2, 0, 2], "loss": [-6, 0, 6], "derivative": [11, -1, 11]}


@pytest.mark.parametrize("slug", [slug for slug, entry in LANDSCAPES.items() if entry.dimensions == 1])
def test_of_a_curve_the_surface_tells_the_derivative(api, slug):
    entry = LANDSCAPES[slug]
    surface = read(api.get(f"/api/landscapes/{slug}/surface?resolution=41").content)
    x, shape = np.array(surface["x"]), entry.shape.default if entry.shape else None
    by_hand, _ = BY_HAND[slug].gradient(x, 0 * x, shape)
    assert surface["derivative"] == pytest.approx(list(by_hand), rel=1e-12, abs=1e-12)


def test_the_shape_moves_what_is_known_of_a_landscape(api):
    tilted = read(api.get("/api/landscapes/two-valley?shape=1").content)
    assert tilted["stationary_points"] != read(api.get("/api/landscapes/two-valley").content)["stationary_points"]


@pytest.mark.parametrize(("route", "table"), [("optimizers", OPTIMIZERS), ("schedules", SCHEDULES)])
def test_optimizers_and_schedules_have_every_field_of_the_contract(api, route, table):
    records = read(api.get(f"/api/{route}").content)
    assert [record["slug"] for record in records] == list(table)
    for record in records:
        assert {"slug", "title", "update_rule", "hyperparameters", "source"} <= set(record)
        assert "\\" in record["update_rule"]
        assert record["source"]["text"]
        for parameter in record["hyperparameters"]:
            assert {"key", "symbol", "low", "high", "default", "log"} <= set(parameter)
            assert parameter["key"] in KEYS
            assert parameter["low"] <= parameter["default"] <= parameter["high"]
            assert isinstance(parameter["log"], bool)


def test_landscapes_and_optimizers_say_the_default_of_each_pair(api):
    landscapes, optimizers = (
        {record["slug"]: record for record in read(api.get(f"/api/{table}").content)}
        for table in ("landscapes", "optimizers")
    )
    assert {slug: one["full_step"] for slug, one in optimizers.items() if one["full_step"] is not None} == {
        "newton": 1.0,
        "bfgs": 1.0,
        "adadelta": 1.0,
    }
    for landscape, ground in landscapes.items():
        assert ground["learning_rate"] == ground["learning_rates"]["momentum"]
        for slug, optimizer in optimizers.items():
            assert optimizer["learning_rate"] == optimizer["learning_rates"]["bowl"]
            assert optimizer["learning_rates"][landscape] == ground["learning_rates"][slug]
            if optimizer["needs_hessian"] and (ground["network"] or not ground["smooth"]):
                continue
            request = api.answer(landscape=landscape, optimizer=slug, steps=1)["request"]
            assert request["learning_rate"] == ground["learning_rates"][slug]
            for row in optimizer["hyperparameters"]:
                assert request[row["key"]] == (ground[row["key"]] if row["by_landscape"] else row["default"])


def test_newton_takes_its_full_step_where_no_learning_rate_is_given(api):
    # On a quadratic one step is the whole way, whatever the landscape's learning rate is.
    walk = api.walk(landscape="quadratic", optimizer="newton")
    assert (walk["x"][1], walk["y"][1], walk["summary"]["steps"]) == (0, 0, 2)
    # From Himmelblau's start it runs to the maximum, as its convention says: there it converges.
    summary = api.walk(landscape="himmelblau", optimizer="newton")["summary"]
    assert (summary["outcome"], summary["place"]) == ("converged", "maximum")
    assert summary["loss"] == pytest.approx(181.6165, abs=1e-4)
    assert summary["steps"] < 20


def test_the_keys_tell_the_bounds_that_the_requests_have(api):
    for row in read(api.get("/api/keys").content):
        assert row["key"] in KEYS
        default = {} if row["default"] is None else {row["key"]: row["default"]}
        assert api.post("/api/descent", default).status_code == 200
        assert one_sentence(row["explanation"])
        if row["key"] in ("starts", "steps", "restarts", "seed"):
            error_of(api.get(f"/api/descent?{row['key']}={row['high'] + 1}"), 422, row["key"])
            error_of(api.get(f"/api/descent?{row['key']}={row['low'] - 1}"), 422, row["key"])


def test_every_lesson_opens_by_its_query(api):
    records = read(api.get("/api/lessons").content)
    assert [record["slug"] for record in records] == list(LESSONS)
    for record in records:
        assert {"slug", "title", "claim", "query"} <= set(record)
        assert one_sentence(record["claim"])
        assert read(api.get(f"/api/descent?{record['query']}").content)["query"] == record["query"]
        assert api.get(f"/?{record['query']}").status_code == 200


def test_health_is_200_and_the_version(api):
    assert api.app.state.pool.workers == 2
    answer = read(api.get("/healthz").content)
    maps = {"status": "ok", "workers": 2, "replaced": 0}
    assert answer == {"status": "ok", "version": __version__, "under_way": 0, "maps": maps}


def test_a_landscape_that_is_added_to_the_table_appears(api, monkeypatch):
    table = {**LANDSCAPES, "dent": replace(LANDSCAPES["quadratic"], slug="dent", expression="x**2 + 3*y**2")}
    for slug in set(table) - set(LANDSCAPES):
        monkeypatch.setitem(LANDSCAPES, slug, table[slug])
    assert read(api.get("/api/landscapes").content)[-1]["slug"] == "dent"
    assert api.walk(landscape="dent", start=[1, 1], optimizer="gradient-descent", learning_rate=0.1)["loss"][0] == 4
    assert "dent" in error_of(api.get("/api/descent?landscape=dant"), 422, "landscape")["hint"]


def test_an_optimizer_that_is_added_to_the_table_appears(api, monkeypatch):
    rule = Rule(("point_next = point - 2*learning_rate*gradient",))
    monkeypatch.setitem(OPTIMIZERS, "double", replace(OPTIMIZERS["gradient-descent"], slug="double", rule=rule))
    assert read(api.get("/api/optimizers").content)[-1]["slug"] == "double"
    walk = api.walk(landscape="quadratic", start=[2, 1], optimizer="double", learning_rate=0.1, steps=1)
    assert (walk["x"][1], walk["y"][1]) == (1, pytest.approx(0.2))


def test_a_lesson_that_is_added_to_the_table_appears(api, monkeypatch):
    monkeypatch.setitem(LESSONS, "another", replace(LESSONS["peak"], slug="another"))
    assert read(api.get("/api/lessons").content)[-1]["slug"] == "another"


# ── One answer


def test_the_answer_has_the_contracts_fields_and_no_other(api):
    answer = api.answer(starts=3, steps=50)
    assert list(answer) == ["request", "query", "walks"]
    assert tuple(answer["request"]) == KEYS
    assert [(walk["run"], walk["walker"]) for walk in answer["walks"]] == [(0, 0), (0, 1), (0, 2)]
    for walk in answer["walks"]:
        assert list(walk) == WALK
        assert list(walk["summary"]) == SUMMARY
        assert isinstance(walk["label"], str)
        assert walk["step"] == list(range(len(walk["step"])))
        assert all(len(walk[key]) == len(walk["step"]) for key in COLUMNS)
        assert all(isinstance(value, float | int) for key in COLUMNS for value in walk[key])


def test_the_label_says_what_is_walked_in_words(api):
    assert api.walk(learning_rate=0.1, momentum=0.9)["label"] == "Momentum 0.9, learning rate 0.1"


@pytest.mark.parametrize("keys", RANDOM[:30], ids=short)
def test_step_0_is_the_start_and_the_summary_is_the_last_step(api, keys):
    answer = api.answer(**keys)
    request = answer["request"]
    assert len(answer["walks"]) == request["starts"]
    domain, axes = request["domain"], ("x", "y")[: len(request["start"])]
    for number, walk in enumerate(answer["walks"]):
        summary = walk["summary"]
        start = [walk[axis][0] for axis in axes]
        if number == 0:
            assert start == request["start"]
        else:
            assert all(low <= at <= high for low, at, high in zip(domain[0::2], start, domain[1::2], strict=True))
        assert summary["steps"] == walk["step"][-1] <= request["steps"]
        assert all(summary[key] == walk[key][-1] for key in (*axes, "loss", "gradient_norm", "evaluations"))
        assert summary["outcome"] in CRITERIA[summary["stopped_by"]]
        assert summary["place"] in PLACES
        assert summary["hessian_eigenvalues"] == sorted(summary["hessian_eigenvalues"])
        assert summary["message"].endswith(".")
        assert (summary["outcome"] == "out_of_steps") <= (summary["steps"] == request["steps"])
        if request["optimizer"] == "line-search":
            assert walk["learning_rate"][0] <= request["learning_rate"]
        elif request["warmup"] == 0 and request["schedule"] != "one-cycle":
            assert walk["learning_rate"][0] == request["learning_rate"]


def test_the_learning_rate_at_a_step_leads_to_the_next_one(api):
    walk = api.walk(**BOWL, shape=1, learning_rate=0.8, schedule="linear", floor=0.25, steps=10, tolerance=0)
    assert walk["learning_rate"] == pytest.approx([0.8 * (1 - 0.075 * k) for k in range(11)])
    for k in range(10):
        assert walk["x"][k + 1] == pytest.approx(walk["x"][k] * (1 - walk["learning_rate"][k]), rel=1e-12)


def test_the_last_learning_rate_is_the_one_that_would_come_next(api):
    keys = {**BOWL, "shape": 1, "learning_rate": 0.8, "schedule": "cosine", "steps": 1000}
    walk = api.walk(**keys, tolerance=0.5)
    last = walk["step"][-1]
    assert walk["summary"]["outcome"] == "converged"
    assert last < 1000
    assert walk["learning_rate"][last] == api.walk(**keys, tolerance=0)["learning_rate"][last]
    constant = api.walk(**BOWL, learning_rate=0.1, steps=4, tolerance=0)
    assert constant["learning_rate"] == [0.1] * 5


def test_restarts_bring_the_full_learning_rate_back(api):
    walk = api.walk(**BOWL, learning_rate=1, restarts=2, growth=2, steps=70, tolerance=0)
    assert [k for k, rate in enumerate(walk["learning_rate"]) if rate == 1] == [0, 10, 30]


OUTCOMES = [
    ({**BOWL, "learning_rate": 1}, "converged", "global_minimum"),
    ({**BOWL, "learning_rate": 2.1}, "diverged", None),
    ({**BOWL, "learning_rate": 1e-6}, "out_of_steps", "slope"),
    ({"landscape": "saddle", "optimizer": "gradient-descent", "start": [0, 0]}, "converged", "saddle"),
    ({"landscape": "plateau", "start": [30, 30]}, "stalled", "plateau"),
    ({**BOWL, "shape": 1, "learning_rate": 2, "start": [1, 1]}, "stalled", "slope"),
]


@pytest.mark.parametrize(("keys", "outcome", "place"), OUTCOMES, ids=[outcome for _, outcome, _ in OUTCOMES])
def test_each_outcome_is_told_by_its_name(api, keys, outcome, place):
    summary = api.walk(**keys)["summary"]
    assert (summary["outcome"], summary["place"]) == (outcome, place)


def test_the_message_of_the_contract_names_the_limit(api):
    summary = api.walk(**BOWL, learning_rate=2.5)["summary"]
    assert re.fullmatch(
        r"It leaps to and fro, further each time, and is gone after \d+ steps: its step size is too large\.\n"
        r"Diverged after \d+ steps: the learning rate 2\.5 is above the limit 2/λ = 2 at the start\.",
        summary["message"],
    )
    assert summary["stability_limit"] == 2


def test_tolerance_0_never_stops_early(api):
    walk = api.walk(**BOWL, start=[0, 0], tolerance=0, steps=300)
    assert walk["summary"]["steps"] == 300


# ── The request and its query


def test_the_defaults_are_those_of_the_contract(api):
    request = api.answer()["request"]
    record = read(api.get("/api/landscapes/bowl").content)
    assert request == {
        "landscape": "bowl",
        "formula": None,
        "constants": None,
        "data": None,
        "model": None,
        "shape": record["shape"]["default"],
        "domain": record["domain"],
        "goal": record["goal"],
        "start": record["start"],
        "starts": 1,
        "optimizer": "momentum",
        "rule": None,
        "hyperparameters": None,
        "learning_rate": record["learning_rate"],
        "momentum": record["momentum"],
        "dampening": 0,
        **dict.fromkeys(["beta1", "beta2", "decay", "epsilon", "weight_decay", "centred", "backtrack", "sufficient"]),
        "radius": None,
        "schedule": "constant",
        **dict.fromkeys(["floor", "drops", "peak"]),
        "warmup": 0,
        "restarts": 0,
        "growth": 1,
        "steps": 200,
        "tolerance": 1e-6,
        "patience": 0,
        "min_change": 0,
        "noise": 0,
        "batch": 0,
        "seed": 0,
        "runs": [],
        "name": None,
        "hidden": 0,
        "axis": "step",
        "theory": 0,
        **dict.fromkeys(["map", "map_run", "window", "resolution"]),
        "at": None,
        "view": "surface",
        "scale": "log",
        "hide": None,
        "guess_first": 0,
        **dict.fromkeys(["plane", "plane_run", "weights"]),
    }
    assert api.answer(restarts=1)["request"]["schedule"] == "cosine"
    assert api.answer(restarts=1)["request"]["floor"] == 0
    assert api.get("/api/descent").content == api.post("/api/descent", {}).content


@pytest.mark.parametrize("keys", RANDOM, ids=short)
def test_a_query_a_body_its_canonical_request_and_its_own_query_give_the_same_bytes(api, keys):
    by_body = api.post("/api/descent", keys)
    assert by_body.status_code == 200, by_body.text
    answer = read(by_body.content)
    assert api.get(f"/api/descent?{as_query(keys)}").content == by_body.content
    assert api.post("/api/descent", answer["request"]).content == by_body.content
    assert api.get(f"/api/descent?{answer['query']}").content == by_body.content


def test_reading_what_was_written_gives_the_same_request():
    for keys in random_requests(1000, seed=1):
        request = make_request(keys)
        again = make_request(read_query(request.query.encode()))
        assert again == request, keys
        assert again.query == request.query, keys
        canonical = {key: value for key, value in request.canonical.items() if value is not None}
        assert make_request(canonical).canonical == request.canonical, keys


def test_the_random_requests_give_every_key_and_choose_every_entry():
    requests = list(random_requests(1000, seed=1))
    # Races and maps have random requests of their own.
    assert set().union(*requests) == set(KEYS) - {"runs", "map", "map_run", "window", "resolution"}
    for key, table in (("landscape", LANDSCAPES), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
        assert {keys[key] for keys in requests if key in keys} == set(table)


def test_the_written_query_holds_no_default():
    for keys in random_requests(200, seed=2):
        request = make_request(keys)
        parts = request.query.split("&") if request.query else []
        for part in parts:
            rest = "&".join(other for other in parts if other != part)
            try:
                without = make_request(read_query(rest.encode()))
            except ApiError:
                continue  # what is left has no meaning, so the part was needed
            assert without != request, part


def test_the_query_of_the_defaults_is_empty(api):
    assert api.answer()["query"] == ""
    assert api.answer(steps=200, momentum=0.8, start=[-3.2, 2.4], seed=0)["query"] == ""


def test_what_the_landscape_decides_is_left_out_where_it_is_the_landscapes(api):
    assert api.answer(landscape="peaks", learning_rate=0.03)["query"] == "landscape=peaks"


@pytest.mark.parametrize("key", ["noise", "tolerance", "momentum", "dampening"])
def test_minus_zero_is_zero(api, key):
    assert api.get(f"/api/descent?{key}=-0&steps=5").content == api.get(f"/api/descent?{key}=0&steps=5").content


def test_a_null_in_a_body_is_a_key_left_out(api):
    assert api.post("/api/descent", dict.fromkeys(KEYS)).content == api.get("/api/descent").content


def test_equal_queries_give_equal_bits(api):
    query = "landscape=peaks&noise=0.3&starts=40&seed=9&steps=100"
    first = api.get(f"/api/descent?{query}").content
    assert api.get(f"/api/descent?{'&'.join(reversed(query.split('&')))}").content == first
    assert api.get(f"/api/descent?{query.replace('seed=9', 'seed=8')}").content != first


# ── The stream


STREAMS = [
    {"steps": 3},
    {"steps": 2000, "tolerance": 0, "starts": 5, "noise": 0.1},
    {"steps": 900, "tolerance": 0, "starts": 40, "landscape": "peaks", "learning_rate": 0.005},
    {"landscape": "bowl", "learning_rate": 1e300, "starts": 3},
    {"landscape": "fence", "optimizer": "adam", "steps": 700},
    {"landscape": "two-minima", "starts": 30, "noise": 0.5, "steps": 300},
    {"landscape": "pasture", "optimizer": "rmsprop", "steps": 400, "tolerance": 0},
    {"landscape": "straight-line", "optimizer": "gradient-descent", "batch": 8, "steps": 400, "tolerance": 0},
    {"landscape": "logistic", "optimizer": "nadam", "batch": 3, "starts": 30, "steps": 90, "tolerance": 0},
    {"landscape": "peaks", "optimizer": "line-search", "learning_rate": 1, "steps": 300},
    {"landscape": "pasture-squared", "optimizer": "line-search", "starts": 30, "steps": 90, "learning_rate": 1},
    {"landscape": "rosenbrock", "optimizer": "newton", "learning_rate": 1, "starts": 30},
    {"landscape": "bowl", "optimizer": "lion", "patience": 20, "steps": 900, "tolerance": 0},
    {"landscape": "rastrigin", "patience": 20, "min_change": 0.1, "starts": 30, "steps": 900, "tolerance": 0},
    *RANDOM[:12],
]


@pytest.mark.parametrize("keys", STREAMS, ids=short)
def test_the_streams_chunks_joined_are_the_plain_answer(api, keys):
    plain, response = api.answer(**keys), api.post("/api/descent/stream", keys)
    assert response.headers["content-type"] == "application/x-ndjson"
    assert api.get(f"/api/descent/stream?{plain['query']}").content == response.content
    start, *records = lines(response.content)
    names = [{key: walk[key] for key in ("run", "walker", "label")} for walk in plain["walks"]]
    asked = plain["request"]
    shape = "" if asked["shape"] is None else f"?shape={asked['shape']!r}"
    # What is in no table is told of by the stream alone; its tests hold that record.
    named = asked["landscape"] and read(api.get(f"/api/landscapes/{asked['landscape']}{shape}").content)
    landscape = named or start["landscape"]
    if landscape["network"]:
        # Those of a plane are where this walk's plane has them.
        landscape["stationary_points"] = start["landscape"]["stationary_points"]
    assert start == {
        "kind": "start",
        "request": asked,
        "query": plain["query"],
        "landscape": landscape,
        "walks": names,
        **({"plane": plain["plane"]} if landscape["network"] else {}),
    }
    assert records[-1] == {"kind": "done"}
    wanted = [key for key in ("step", *COLUMNS, *OF_A_NETWORK) if key in plain["walks"][0]]
    columns = [{key: [] for key in wanted} for _ in names]
    summaries = {}
    for record in records[:-1]:
        number = record["walk"]
        assert number not in summaries, "a record came after the walk's end"
        if record["kind"] == "end":
            assert list(record) == ["kind", "walk", "summary"]
            summaries[number] = record["summary"]
        else:
            assert list(record) == ["kind", "walk", *wanted]
            assert record["kind"] == "chunk"
            assert record["step"]
            for key, values in columns[number].items():
                values.extend(record[key])
    numbered = enumerate(zip(names, columns, strict=True))
    joined = [{**name, **one, "summary": summaries[number]} for number, (name, one) in numbered]
    assert joined == plain["walks"]


@pytest.mark.parametrize("starts", [2, 8, 24, 25, 40])
def test_all_walkers_start_moving_at_once(api, starts):
    query = f"starts={starts}&steps=1500&tolerance=0&noise=0.1"
    chunks = [r["walk"] for r in lines(api.get(f"/api/descent/stream?{query}").content) if r["kind"] == "chunk"]
    rounds = [chunks[k : k + starts] for k in range(0, len(chunks), starts)]
    assert len(rounds) > 2
    assert all(sorted(one) == list(range(starts)) for one in rounds)


# ── The numbers of a step


def test_the_steps_route_gives_the_numbers_of_the_rule(api):
    query = "landscape=quadratic&start=2,1&learning_rate=0.1&momentum=0.5&noise=0.1&steps=9&starts=2"
    walks = read(api.get(f"/api/descent?{query}").content)["walks"]
    answer = read(api.get(f"/api/descent/steps?{query}&walk=1&first=2&count=3").content)
    assert set(answer) == {"request", "walk", "steps"}
    assert (answer["walk"], [step["step"] for step in answer["steps"]]) == (1, [2, 3, 4])
    for step in answer["steps"]:
        q, k = step["quantities"], step["step"]
        assert set(step) == {"step", "first", "rule", "quantities", "batch"}
        assert (step["first"], step["rule"]) == (False, "rule")
        assert step["batch"] is None
        assert q["point"] == [walks[1]["x"][k], walks[1]["y"][k]]
        assert q["point_next"] == [walks[1]["x"][k + 1], walks[1]["y"][k + 1]]
        x, y = q["point"]
        assert q["slope"] == pytest.approx([2 * x + y, 2 * y + x], rel=1e-12)
        assert q["gradient"] == pytest.approx([a + b for a, b in zip(q["slope"], q["noise"], strict=True)], rel=1e-12)
        velocity = [0.5 * a + b for a, b in zip(q["velocity"], q["gradient"], strict=True)]
        assert q["velocity_next"] == pytest.approx(velocity, rel=1e-12)
        moved = [a - q["learning_rate"] * b for a, b in zip(q["point"], q["velocity_next"], strict=True)]
        assert q["point_next"] == pytest.approx(moved, rel=1e-12)


def test_the_first_step_has_no_velocity_before_it(api):
    (step,) = read(api.get("/api/descent/steps?count=1").content)["steps"]
    assert (step["first"], step["rule"]) == (True, "first")
    assert "velocity" not in step["quantities"]
    assert step["quantities"]["velocity_next"] == step["quantities"]["gradient"]


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_names_the_lines_of_the_rule_that_it_followed(api, optimizer, goal, starts):
    known = OPTIMIZERS[optimizer].rule.variants()
    query = f"optimizer={optimizer}&goal={goal}&starts={starts}&walk={starts - 1}&steps=5&tolerance=0"
    for step in read(api.get(f"/api/descent/steps?{query}").content)["steps"]:
        begins = "first" in known and step["step"] == 0
        climbs = "uphill" in known and goal == "maximize"
        assert step["rule"] == ("first" if begins else "uphill" if climbs else "rule")
        assert step["first"] is begins


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_a_step_that_a_line_search_refuses_says_so_and_goes_nowhere(api, goal, starts):
    # Where the loss is exactly zero, noise may point along no way that is good enough, however short the step.
    place = {"minimize": "bowl", "maximize": "saddle"}[goal]
    query = f"landscape={place}&start=0,0&goal={goal}&optimizer=line-search&noise=1&tolerance=0&steps=8&starts={starts}"
    steps = read(api.get(f"/api/descent/steps?{query}").content)["steps"]
    (walk, *_) = read(api.get(f"/api/descent?{query}").content)["walks"]
    refused = [step for step in steps if step["rule"] == "refused"]
    assert refused
    for step in refused:
        quantities, k = step["quantities"], step["step"]
        assert (quantities["probes"], quantities["accepted"], len(quantities["probe_points"])) == (60, 0, 60)
        assert quantities["point_next"] == quantities["point"]
        assert quantities["gradient"] != [0, 0]
        assert walk["evaluations"][k + 1] - walk["evaluations"][k] == 61
        assert walk["learning_rate"][k] == 0


def test_the_steps_end_where_the_walk_does(api):
    query = "optimizer=gradient-descent&learning_rate=1&shape=1"
    taken = read(api.get(f"/api/descent?{query}").content)["walks"][0]["summary"]["steps"]
    assert len(read(api.get(f"/api/descent/steps?{query}").content)["steps"]) == taken
    assert read(api.get(f"/api/descent/steps?{query}&first=100").content)["steps"] == []


# ── Conditional requests


CACHED = [
    "/api/landscapes",
    "/api/landscapes/bowl",
    "/api/landscapes/bowl/surface?resolution=5",
    "/api/optimizers",
    "/api/schedules",
    "/api/lessons",
    "/api/examples",
    "/api/keys",
    "/api/descent?steps=5",
    "/api/descent/stream?steps=5",
    "/api/descent/steps?steps=5",
    "/api/descent/learning-rates?steps=5",
    "/api/descent/race?steps=5&run=adam",
    "/api/descent/sweep?steps=5",
    "/api/descent/theory?steps=5&step=2",
    "/api/descent/sharpness?steps=5",
    "/api/descent/surface?resolution=5&relief=1",
    "/api/maps/basins?steps=5&resolution=3",
    "/api/maps/rates?steps=5&resolution=3",
]


@pytest.mark.parametrize("path", CACHED)
def test_what_the_client_has_already_is_not_sent_again(api, path):
    tag = api.get(path).headers["etag"]
    for known in (tag, f'"x", {tag}', "*"):
        response = api.get(path, headers={"if-none-match": known})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag), known
    for other in ('"x"', 'W/"x"', "", ",", '"', tag + "x"):
        assert api.get(path, headers={"if-none-match": other}).status_code == 200


def test_tags_are_compared_weakly_as_http_asks(api):
    tag = api.get("/api/descent?steps=5").headers["etag"]
    assert api.get("/api/descent?steps=5", headers={"if-none-match": tag.removeprefix("W/")}).status_code == 304


def test_equal_requests_share_a_tag_and_others_do_not(api):
    tags = [api.get(f"/api/descent{tail}").headers["etag"] for tail in ("", "?steps=200", "?momentum=0.80&seed=0")]
    assert len(set(tags)) == 1
    assert api.get("/api/descent?steps=199").headers["etag"] != tags[0]
    assert api.get("/api/descent/stream").headers["etag"] != tags[0]


def test_a_bad_request_is_refused_whatever_the_client_has(api):
    error_of(api.get("/api/descent?steps=0", headers={"if-none-match": "*"}), 422, "steps")


def test_a_post_is_answered_whatever_the_client_has(api):
    assert api.post("/api/descent", {"steps": 5}, headers={"if-none-match": "*"}).status_code != 304


@pytest.mark.parametrize("path", ["/", "/lessons", "/docs", "/healthz", "/nothing", *CACHED])
def test_head_is_get_without_the_body(api, path):
    head, get = api.ask("HEAD", path), api.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers == get.headers


# ── Documents


OPERATIONS = {
    "/api/landscapes": {"get"},
    "/api/landscapes/{slug}": {"get"},
    "/api/landscapes/{slug}/surface": {"get"},
    "/api/optimizers": {"get"},
    "/api/schedules": {"get"},
    "/api/keys": {"get"},
    "/api/lessons": {"get"},
    "/api/examples": {"get"},
    "/api/descent": {"get", "post"},
    "/api/descent/stream": {"get", "post"},
    "/api/descent/steps": {"get", "post"},
    "/api/descent/learning-rates": {"get", "post"},
    "/api/descent/race": {"get", "post"},
    "/api/descent/sweep": {"get", "post"},
    "/api/descent/theory": {"get", "post"},
    "/api/descent/sharpness": {"get", "post"},
    "/api/descent/surface": {"get", "post"},
    "/api/maps/basins": {"get", "post"},
    "/api/maps/rates": {"get", "post"},
    "/api/formula": {"get"},
    "/api/rule": {"get"},
    **{f"/api/export/{file}": {"get", "post"} for file in EXPORTS},
    "/healthz": {"get"},
    "/oembed": {"get"},
    "/qr.svg": {"get"},
    "/lessons/{slug}/qr.svg": {"get"},
}


def test_the_description_has_an_example_for_every_route(api):
    document = read(api.get("/openapi.json").content)
    assert {path: set(operations) for path, operations in document["paths"].items()} == OPERATIONS
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"]
            content = operation["responses"]["200"]["content"]
            (kind,) = (kind for kind, one in content.items() if "example" in one)
            streams = path.endswith("/stream") or path.startswith("/api/maps/")
            other = "image/svg+xml" if path.endswith(".svg") else "application/json"
            export = EXPORTS.get(path.removeprefix("/api/export/"))
            assert kind == ("application/x-ndjson" if streams else export.media_type if export else other)
            if method == "post":
                body = operation["requestBody"]["content"]["application/json"]["example"]
                answer = api.post(path, body)
                assert answer.status_code == 200
                assert answer.content == api.get(EXAMPLE_ADDRESSES[path]).content


def test_the_description_names_only_what_it_defines(api):
    response = api.get("/openapi.json")
    schemas = read(response.content)["components"]["schemas"]
    assert {"StartRecord", "ChunkRecord", "EndRecord", "DoneRecord", "ErrorRecord", "ErrorAnswer"} <= set(schemas)
    assert set(re.findall(r"#/components/schemas/(\w+)", response.text)) <= set(schemas)
    assert "HTTPValidationError" not in response.text, "that is not the form of an error here"
    stream = read(response.content)["paths"]["/api/descent/stream"]["get"]["responses"]["200"]
    assert "ChunkRecord" in str(stream["content"]["application/x-ndjson"]["schema"])


def test_the_description_lists_every_key_at_each_route_that_reads_it(api):
    paths = read(api.get("/openapi.json").content)["paths"]
    readers = [path for path in OPERATIONS if path.startswith(("/api/descent", "/api/maps")) or path.endswith("qr.svg")]
    readers += [path for path in OPERATIONS if path.startswith("/api/export")]
    assert len(readers) == 13 + len(EXPORTS)
    for path in readers:
        named = [parameter["name"] for parameter in paths[path]["get"]["parameters"]]
        assert set(QUERY_KEYS) <= set(named)
        assert len(named) == len(set(named))
    assert {"walk", "first", "count"} <= {p["name"] for p in paths["/api/descent/steps"]["get"]["parameters"]}
    assert {"walk", "step"} <= {p["name"] for p in paths["/api/descent/theory"]["get"]["parameters"]}
    surface = {parameter["name"] for parameter in paths["/api/landscapes/{slug}/surface"]["get"]["parameters"]}
    assert surface == {"slug", "resolution", "shape", "domain", "relief"}
    one = {parameter["name"] for parameter in paths["/api/landscapes/{slug}"]["get"]["parameters"]}
    assert one == {"slug", "shape"}


def test_the_description_describes_every_key_with_its_bounds_and_default(api):
    document = read(api.get("/openapi.json").content)
    body = document["components"]["schemas"]["DescentRequest"]["properties"]
    listed = {parameter["name"]: parameter for parameter in document["paths"]["/api/descent"]["get"]["parameters"]}
    assert (list(listed), list(body)) == (list(QUERY_KEYS), list(KEYS))
    for key, parameter in zip(KEYS, listed.values(), strict=True):
        assert one_sentence(parameter["description"])
        assert parameter["description"] == body[key]["description"]
    run = listed["run"]["schema"]
    assert (run["type"], run["items"]["type"], run["maxItems"]) == ("array", "string", 8)
    for text in ("adam", "adam,learning_rate:0.05", "schedule:cosine,steps:5", "lion,name:A name"):
        assert re.search(run["items"]["pattern"], text)
        assert api.get("/api/descent", params={"run": text}).status_code == 200
    for text in ("", ",", "adam,", "foo", "adam,learning_rate=0.1", "adam,start:1", "adam learning_rate:1"):
        assert not re.search(run["items"]["pattern"], text)
        assert api.get("/api/descent", params={"run": text}).status_code == 422
    for key in ("start", "domain", "window"):
        assert (listed[key]["style"], listed[key]["explode"]) == ("form", False)
        assert listed[key]["schema"]["minItems"] > 0
    assert listed["landscape"]["schema"]["enum"] == list(LANDSCAPES)
    for name in ("A name", "x" * 40, " é "):
        assert re.search(listed["name"]["schema"]["pattern"], name)
    for name in ("", " ", "a,b", "a\nb"):
        assert not re.search(listed["name"]["schema"]["pattern"], name)
    for entry in (*OPTIMIZERS.values(), *SCHEDULES.values()):
        for one in entry.hyperparameters:
            schema = listed[one.key]["schema"]
            assert schema["type"] == ("integer" if one.whole else "number")
            assert schema["minimum"] <= one.low
            assert schema["maximum"] >= one.high
            assert entry.slug in listed[one.key]["description"]


DESCRIBED = [
    {"starts": 2},
    {"landscape": "fence"},
    {"learning_rate": 1e300},
    {"landscape": "straight-line", "batch": 8, "starts": 30},
    {"landscape": "two-minima", "optimizer": "line-search", "goal": "maximize"},
    {"landscape": "pasture-squared", "optimizer": "newton", "start": [3e6, 1e8], "noise": 1e300},
]


@pytest.mark.parametrize("keys", DESCRIBED, ids=short)
def test_every_line_and_every_answer_is_what_the_description_says(api, keys):
    stream = TypeAdapter(Record, config={"extra": "forbid"})
    for line in lines(api.post("/api/descent/stream", keys).content):
        stream.validate_python(line)
    for walk in api.walks(**keys):
        TypeAdapter(Walk).validate_python(walk)
    TypeAdapter(RatesAnswer).validate_json(api.get(f"/api/descent/learning-rates?{as_query(keys)}").content)


class Loads(HTMLParser):
    """Collects what a page makes the browser load; where a reader may go by a link is not loaded."""

    def __init__(self):
        """Begin with nothing."""
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        # Who looks for a whole address there follows it, and no browser does.
        if dict(attributes).get("type") == "application/json+oembed":
            return
        for name, value in attributes:
            if name in ("src", "srcset", "action", "data", "poster") or (name == "href" and tag != "a"):
                self.found.append(value)


@pytest.mark.parametrize("path", ["/", "/lessons", "/docs", "/nothing"])
def test_a_page_loads_nothing_from_another_host_and_runs_no_inline_script(api, path):
    page = api.get(path, headers={"accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    loads = Loads()
    loads.feed(page.text)
    assert loads.found
    assert all(re.match(r"/(?!/)|#", value) for value in loads.found)
    assert not re.search(r"<script(?![^>]*(\ssrc=|application/json))", page.text)
    assert not re.search(r"\son\w+\s*=|\sstyle\s*=", re.sub(r"<script.*?</script>", "", page.text, flags=re.S))
    for value in loads.found:
        if value.startswith("/static/"):
            assert api.get(value).status_code == 200, value


def test_styles_and_scripts_name_no_other_host():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        text = path.read_text()
        assert not re.search(r"url\(\s*['\"]?(https?:)?//|@import|(from|import\()\s*['\"](https?:)?//", text), path.name
        assert not re.search(r"fetch\(\s*['\"`]https?:", text), path.name


def test_the_page_names_its_json_twin(api):
    page = api.get("/?landscape=peaks&learning_rate=0.03&seed=3")
    assert page.headers["link"].startswith('</api/descent?landscape=peaks&seed=3>; rel="alternate"')


def test_static_files_are_immutable_and_their_address_changes_with_them(api):
    page = api.get("/").text
    assert f"/static/{static_version()}/" in page
    assert re.fullmatch("[0-9a-f]{12}", static_version())
    for address in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)):
        control = api.get(address).headers["cache-control"]
        assert "immutable" in control
        assert "max-age=31536000" in control
