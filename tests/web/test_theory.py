"""What the theory route tells of a step of a walk; the mathematics has its own tests."""

import math

import numpy as np
import pytest
from pydantic import TypeAdapter

from app.answers.records import Theory, TheoryAnswer
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.making import make_request
from app.request.reading import read_query
from tests.products import covering
from tests.web.asking import as_query, error_of, read
from tests.web.by_hand import loss_of


def theory_of(api, query):
    response = api.get(f"/api/descent/theory?{query}")
    assert response.status_code == 200, response.text
    return read(response.content)


def slope_and_bend(record, point, width):
    """Return gradient and Hessian at a point by differences of the published loss."""
    step = 1e-4 * width

    def loss(*shift):
        return loss_of(record, *(at + step * part for at, part in zip(point, shift, strict=True)))

    size = len(point)
    units = np.eye(size)
    gradient = [(loss(*unit) - loss(*-unit)) / (2 * step) for unit in units]
    hessian = [
        [(loss(*(a + b)) - loss(*(a - b)) - loss(*(b - a)) + loss(*(-a - b))) / (4 * step * step) for b in units]
        for a in units
    ]
    return gradient, hessian


CASES = [
    "landscape=bowl&step=3",
    "landscape=two-valley&optimizer=adam&step=20",
    "landscape=himmelblau&step=10&starts=3&walk=2",
    "landscape=peaks&goal=maximize&optimizer=gradient-descent&step=7",
    "landscape=fence&step=4",
    "landscape=straight-line&optimizer=gradient-descent&batch=5&step=11",
    "landscape=rosenbrock&run=adam&run=nesterov&walk=2&step=30",
    "landscape=bumps&starts=30&walk=29&step=1",
]


@pytest.mark.parametrize("query", CASES)
def test_the_quadratic_is_that_of_the_walks_own_step(api, query):
    said = theory_of(api, query)
    asked = dict(part.split("=") for part in query.split("&") if part.startswith(("walk=", "step=")))
    walk = int(asked.get("walk", 0))
    plain = "&".join(part for part in query.split("&") if not part.startswith(("walk=", "step=")))
    answer = read(api.get(f"/api/descent?{plain}").content)
    record = read(api.get(f"/api/landscapes/{answer['request']['landscape']}").content)
    step, local = int(asked["step"]), said["local"]
    assert (said["request"], said["query"], said["walk"], said["step"]) == (
        *(answer[key] for key in ("request", "query")),
        walk,
        step,
    )
    columns = answer["walks"][walk]
    point = [columns[axis][step] for axis in ("x", "y") if axis in columns]
    assert (local["point"], local["loss"]) == (point, pytest.approx(columns["loss"][step], rel=1e-12))
    width = min(b - a for a, b in zip(*LANDSCAPES[record["slug"]].domain, strict=True))
    gradient, hessian = slope_and_bend(record, point, width)
    size = max(map(abs, (*gradient, *np.ravel(hessian))))
    assert local["gradient"] == pytest.approx(gradient, rel=1e-5, abs=1e-5 * size)
    assert np.ravel(local["hessian"]) == pytest.approx(np.ravel(hessian), rel=1e-4, abs=1e-4 * size)
    values, vectors = np.array(local["eigenvalues"]), np.array(local["eigenvectors"])
    assert (np.diff(values) >= 0).all()
    assert vectors @ vectors.T == pytest.approx(np.eye(len(values)), abs=1e-12)
    assert np.array(local["hessian"]) @ vectors.T == pytest.approx(vectors.T * values, rel=1e-9, abs=1e-9 * size)


@pytest.mark.parametrize("query", CASES)
def test_the_description_fits_what_is_told(api, query):
    plain = "&".join(part for part in query.split("&") if not part.startswith(("walk=", "step=")))
    request = make_request(read_query(plain.encode()))
    said = theory_of(api, query)
    assert set(said) == set(TheoryAnswer.__annotations__) | set(Theory.__annotations__)
    TypeAdapter(TheoryAnswer).validate_python({**said, "request": request.canonical})


@pytest.mark.parametrize("query", CASES)
def test_the_level_lines_lie_where_the_quadratic_has_their_value(api, query):
    local = theory_of(api, query)["local"]
    point, hessian = np.array(local["point"]), np.array(local["hessian"])

    def quadratic(*at):
        away = np.array(at) - point
        return local["loss"] + away @ np.array(local["gradient"]) + away @ hessian @ away / 2

    if len(point) == 1:
        assert local["lines"] == []
        curve = local["curve"]
        assert curve["loss"] == pytest.approx([quadratic(x) for x in curve["x"]], rel=1e-9, abs=1e-9)
        return
    assert local["curve"] is None
    assert local["lines"]
    spread = max(line["level"] for line in local["lines"]) - min(line["level"] for line in local["lines"])
    for line in local["lines"]:
        heights = [quadratic(*at) for at in zip(line["x"], line["y"], strict=True)]
        # Straight pieces between the points of a grid of 101: near to the line, not on it.
        assert heights == pytest.approx([line["level"]] * len(heights), abs=0.01 * spread)


@pytest.mark.parametrize(
    ("query", "limit", "edge_of"),
    [
        ("landscape=bowl&optimizer=gradient-descent&learning_rate=0.5", 2.0, "gradient-descent"),
        ("landscape=bowl&momentum=0.5&learning_rate=0.5", 3.0, "momentum"),
        ("landscape=bowl&optimizer=adam&learning_rate=0.5", None, "gradient-descent"),
    ],
)
def test_limit_and_edge_are_those_of_the_optimizer_or_said_to_be_gradient_descents(api, query, limit, edge_of):
    said = theory_of(api, f"{query}&steps=20")
    sharpness = said["sharpness"]
    assert said["local"]["stability_limit"] == limit
    assert sharpness["edge_of"] == edge_of
    assert sharpness["sharpness"] == [1.0] * len(sharpness["step"])
    # The bowl's curvature is 1: at that learning rate, the sharpness that would be too much.
    assert sharpness["edge"] == pytest.approx([(limit or 2.0) / 0.5] * len(sharpness["step"]))


def test_the_edge_follows_the_schedule_and_is_told_for_at_most_a_thousand_steps(api):
    query = "landscape=bowl&optimizer=gradient-descent&schedule=linear&steps=5000&tolerance=0&learning_rate=0.5"
    sharpness = theory_of(api, query)["sharpness"]
    steps = sharpness["step"]
    assert (steps[0], steps[-1], len(steps)) == (0, 5000, 1000)
    assert steps == sorted(set(steps))
    walk = read(api.get(f"/api/descent?{query}").content)["walks"][0]
    rates = [walk["learning_rate"][step] for step in steps]
    assert [edge for edge, rate in zip(sharpness["edge"], rates, strict=True) if rate] == pytest.approx(
        [2 / rate for rate in rates if rate]
    )
    assert [edge for edge, rate in zip(sharpness["edge"], rates, strict=True) if not rate] == [None] * rates.count(0)


@pytest.mark.parametrize("shape", [4.0, 100.0])
def test_on_a_quadratic_the_best_settings_are_told_and_really_are_that_fast(api, shape):
    said = theory_of(api, f"landscape=bowl&shape={shape}")
    assert said["quadratic"]
    assert said["local"]["condition_number"] == pytest.approx(shape)
    best = {one["optimizer"]: one for one in said["best"]}
    assert set(best) >= {"gradient-descent", "momentum"}
    # With kappa the condition number: (κ - 1)/(κ + 1), and with the heavy ball (√κ - 1)/(√κ + 1) (Polyak, 1964).
    assert best["gradient-descent"]["rate"] == pytest.approx((shape - 1) / (shape + 1))
    assert best["momentum"]["rate"] == pytest.approx((math.sqrt(shape) - 1) / (math.sqrt(shape) + 1))
    one = best["gradient-descent"]
    keys = {"landscape": "bowl", "shape": shape, "optimizer": one["optimizer"], **one["settings"]}
    walk = read(api.get(f"/api/descent?{as_query({**keys, 'steps': 60, 'tolerance': 0})}").content)["walks"][0]
    away = [math.hypot(x, y) for x, y in zip(walk["x"], walk["y"], strict=True)]
    assert away[60] / away[59] == pytest.approx(one["rate"], rel=1e-6)


def test_off_a_quadratic_no_best_settings_are_told(api):
    said = theory_of(api, "landscape=himmelblau")
    assert (said["quadratic"], said["best"]) == (False, [])


def test_where_there_is_no_hessian_nothing_is_made_up(api):
    said = theory_of(api, "landscape=kink&start=0&steps=3&optimizer=gradient-descent")
    assert said["local"] is None
    assert said["best"] == []


@pytest.mark.parametrize(("landscape", "optimizer"), covering(list(LANDSCAPES), ["momentum", "adam", "line-search"]))
def test_theory_is_told_of_every_landscape_and_wherever_a_walk_may_go(api, landscape, optimizer):
    assert optimizer in OPTIMIZERS
    goal = "minimize" if LANDSCAPES[landscape].network else "maximize"
    for more in ("", "&learning_rate=1e300&noise=1e300", f"&goal={goal}&starts=30&walk=29"):
        said = theory_of(api, f"landscape={landscape}&optimizer={optimizer}&steps=9&tolerance=0{more}&step=0")
        assert len(said["sharpness"]["sharpness"]) == len(said["sharpness"]["edge"]) == len(said["sharpness"]["step"])


BAD = [
    ("step=201", "step", "out of range"),
    ("step=-1", "step", "out of range"),
    ("step=1.5", "step", "whole number"),
    ("step=", "step", "empty"),
    ("step=nan", "step", "whole number"),
    ("step=99999999999999999999999", "step", "out of range"),
    ("step=1&step=1", "step", "more than once"),
    ("walk=1", "walk", "out of range"),
    ("walk=-1", "walk", "out of range"),
    ("starts=3&run=adam&walk=6", "walk", "out of range"),
    ("stop=1", "stop", "not a known key"),
    ("first=1", "first", "not a known key"),
    ("optimizer=gradient-descent&shape=1&learning_rate=1&step=100", "step", "never reached"),
    ("learning_rate=1e300&step=50", "step", "never reached"),
]


@pytest.mark.parametrize(("query", "key", "message"), BAD, ids=[query for query, *_ in BAD])
def test_a_bad_place_is_refused(api, query, key, message):
    assert message in error_of(api.get(f"/api/descent/theory?{query}"), 422, key)["message"]


def test_a_step_never_reached_is_told_how_many_there_are(api):
    query = "optimizer=gradient-descent&shape=1&learning_rate=1"
    steps = read(api.get(f"/api/descent?{query}").content)["walks"][0]["summary"]["steps"]
    error = error_of(api.get(f"/api/descent/theory?{query}&step={steps + 1}"), 422, "step")
    assert error["hint"] == f"The walk has the steps 0 to {steps}."
    assert theory_of(api, f"{query}&step={steps}")["step"] == steps


def test_a_run_with_more_steps_than_the_first_is_told_of_to_its_end(api):
    query = "landscape=straight-line&optimizer=gradient-descent&steps=3&tolerance=0&run=gradient-descent,batch:5"
    assert theory_of(api, f"{query}&walk=1&step=30")["step"] == 30
    error_of(api.get(f"/api/descent/theory?{query}&walk=0&step=4"), 422, "step")


# ── What a method believes


def test_bfgs_tells_the_quadratic_that_it_believes_in(api):
    query = "landscape=rosenbrock&start=-1.2,1&optimizer=bfgs&steps=30"
    steps = read(api.get(f"/api/descent/steps?{query}").content)["steps"]
    for k in (0, 1, 7, len(steps) - 1):
        told = read(api.get(f"/api/descent/theory?{query}&step={k}").content)
        quantities = steps[k]["quantities"]
        believed = told["believed"]
        assert believed["point"] == quantities["point"]
        leads = np.array(believed["centre"]) - believed["point"]
        assert leads == pytest.approx(-np.array(quantities["inverse"]) @ quantities["gradient"], rel=1e-9)
        assert believed["lines"]
    # Where the walk ends no step is taken, and other methods believe nothing.
    walk = read(api.get(f"/api/descent?{query}").content)["walks"][0]
    last = read(api.get(f"/api/descent/theory?{query}&step={walk['summary']['steps']}").content)
    assert last["believed"] is None
    newton = read(api.get(f"/api/descent/theory?{query.replace('bfgs', 'newton')}&step=1").content)
    assert newton["believed"] is None
    assert newton["local"] is not None
