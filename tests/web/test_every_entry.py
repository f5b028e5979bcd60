"""What holds for every landscape, optimizer and schedule there is: an entry that is added is asked the same."""

import math
import re
from itertools import cycle, pairwise, product

import pytest
from latex2mathml.converter import convert

from app.answers.registries import rule_symbols
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.keys import QUERY_KEYS as KEYS
from tests.products import covering
from tests.web.asking import as_query, lines, read
from tests.web.by_hand import loss_of

CURVES = [slug for slug, landscape in LANDSCAPES.items() if landscape.dimensions == 1]
FITS = [slug for slug, landscape in LANDSCAPES.items() if landscape.data]
# Networks, whose walks are told by more than x and y, are in test_networks.py.
PLAIN = [slug for slug, landscape in LANDSCAPES.items() if not landscape.network]
FORMULAS = [slug for slug in PLAIN if slug not in FITS]
PAIRS = covering(
    PLAIN,
    list(OPTIMIZERS),
    possible=lambda landscape, optimizer: LANDSCAPES[landscape].smooth or not OPTIMIZERS[optimizer].needs_hessian,
)
STEADY = [slug for slug, optimizer in OPTIMIZERS.items() if not optimizer.needs_all_data]
NO_NUMBER = re.compile(r"(?i)(?<![a-z])(nan|inf|infinity|none|null)(?![a-z])")


@pytest.fixture(scope="module")
def records(api):
    return {record["slug"]: record for record in read(api.get("/api/landscapes").content)}


def names_in(value):
    """Return every key of every object in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


def axes_of(walk):
    return [walk[axis] for axis in ("x", "y") if axis in walk]


# ── Landscapes


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_a_landscape_is_walked_by_its_name_alone(api, records, slug):
    answer = read(api.get(f"/api/descent?landscape={slug}").content)
    record, (walk,) = records[slug], answer["walks"]
    for key in ("domain", "start", "learning_rate", "goal"):
        assert answer["request"][key] == record[key]
    assert answer["query"] in ("", f"landscape={slug}")
    # Some ground has no lowest place; what leaves it by falling has found that out.
    assert walk["summary"]["stopped_by"] != "not_finite"
    better = (-1 if record["goal"] == "minimize" else 1) * (walk["loss"][-1] - walk["loss"][0])
    assert better > 0
    assert walk["evaluations"][-1] == walk["summary"]["evaluations"]


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_the_page_of_a_landscape_opens_without_a_complaint(api, slug):
    page = api.get(f"/?landscape={slug}")
    assert page.status_code == 200
    assert 'class="notice"' not in page.text
    assert f"landscape={slug}" in page.headers["link"] or slug == "bowl"


@pytest.mark.parametrize("slug", CURVES)
@pytest.mark.parametrize("starts", [1, 3, 30])
def test_nothing_that_is_told_of_a_curve_has_a_y(api, slug, starts):
    query = f"landscape={slug}&starts={starts}&noise=0.1&steps=20"
    told = [
        read(api.get(f"/api/descent?{query}").content),
        *lines(api.get(f"/api/descent/stream?{query}").content),
        read(api.get(f"/api/descent/steps?{query}&walk={starts - 1}").content),
        read(api.get(f"/api/landscapes/{slug}").content),
        read(api.get(f"/api/descent/sharpness?{query}&walk={starts - 1}").content),
        read(api.get(f"/api/descent/surface?{query}").content),
        read(api.get(f"/api/landscapes/{slug}/surface").content),
    ]
    assert "y" not in names_in(told)
    answer, *_, steps, record, _, _, surface = told
    assert [len(answer["request"]["start"]), len(answer["request"]["domain"])] == [1, 2]
    assert [len(record["start"]), len(record["domain"])] == [1, 2]
    assert all(isinstance(height, float | int) for height in surface["loss"])
    vectors = [value for step in steps["steps"] for value in step["quantities"].values() if isinstance(value, list)]
    assert vectors
    assert {len(vector) for vector in vectors} == {1}
    assert not any(re.search(r"\([^()]*,[^()]*\)", walk["summary"]["message"]) for walk in answer["walks"])


@pytest.mark.parametrize("slug", CURVES)
def test_noise_in_a_plane_and_on_a_curve_is_the_same_in_x(api, slug):
    query = "noise=1&steps=5&tolerance=0&optimizer=gradient-descent&seed=4"
    curve, plane = (
        read(api.get(f"/api/descent/steps?landscape={one}&{query}").content)["steps"] for one in (slug, "bowl")
    )
    assert [step["quantities"]["noise"] for step in curve] == [step["quantities"]["noise"][:1] for step in plane]


@pytest.mark.parametrize(("slug", "optimizer"), PAIRS)
def test_the_loss_of_every_walk_is_that_of_the_published_formula_or_data(api, records, slug, optimizer):
    record = records[slug]
    for starts in (1, 25):
        walk = api.walks(landscape=slug, optimizer=optimizer, steps=12, starts=starts)[-1]
        for *at, loss in zip(*axes_of(walk), walk["loss"], strict=True):
            if loss is not None:
                assert loss_of(record, *at) == pytest.approx(loss, rel=1e-9, abs=1e-9)
        assert not NO_NUMBER.search(walk["summary"]["message"])


@pytest.mark.parametrize("slug", [slug for slug in PLAIN if LANDSCAPES[slug].shape])
def test_the_formula_of_a_shape_is_the_loss_of_its_walk(api, slug):
    knob = LANDSCAPES[slug].shape
    for shape in (knob.low, 0.3 * knob.low + 0.7 * knob.high, knob.high):
        record = read(api.get(f"/api/landscapes/{slug}?shape={shape}").content)
        walk = api.walk(landscape=slug, shape=shape, optimizer="adam", learning_rate=0.05, steps=30)
        for *at, loss in zip(*axes_of(walk), walk["loss"], strict=True):
            assert loss_of(record, *at) == pytest.approx(loss, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("slug", FITS)
def test_the_data_of_a_landscape_reproduce_its_gradient(api, records, slug):
    for step in read(api.get(f"/api/descent/steps?landscape={slug}&steps=5&optimizer=adam").content)["steps"]:
        (a, b), width = step["quantities"]["point"], 1e-4
        slopes = [
            (loss_of(records[slug], a + width, b) - loss_of(records[slug], a - width, b)) / (2 * width),
            (loss_of(records[slug], a, b + width) - loss_of(records[slug], a, b - width)) / (2 * width),
        ]
        assert step["quantities"]["slope"] == pytest.approx(slopes, rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("slug", FITS)
@pytest.mark.parametrize("starts", [1, 25])
def test_an_epoch_takes_every_data_point_once(api, slug, starts):
    points = len(LANDSCAPES[slug].data)
    query = f"landscape={slug}&optimizer=adam&batch=8&tolerance=0&steps=60&starts={starts}&walk={starts - 1}"
    steps = read(api.get(f"/api/descent/steps?{query}").content)["steps"]
    assert {len(step["batch"]) for step in steps} == {8}
    drawn = [row for step in steps for row in step["batch"]]
    epochs = [drawn[first : first + points] for first in range(0, len(drawn) - points + 1, points)]
    assert len(epochs) > 3
    assert all(sorted(epoch) == list(range(points)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    for step in steps:
        assert step["quantities"]["gradient"] == step["quantities"]["batch_slope"]
        assert step["quantities"]["batch_slope"] != step["quantities"]["slope"]


@pytest.mark.parametrize("slug", FITS)
def test_a_batch_of_all_data_points_is_the_whole_gradient(api, slug):
    keys = {"landscape": slug, "optimizer": "adam", "steps": 20}
    whole, batch = api.walk(**keys), api.walk(**keys, batch=len(LANDSCAPES[slug].data))
    for key in ("x", "y", "loss"):
        assert batch[key] == pytest.approx(whole[key], rel=1e-9)
    assert batch["evaluations"] == whole["evaluations"]


# ── What a step costs


# Two gradients a step, of the same mini-batch.
GRADIENTS = {"sam": 2}


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("optimizer", [slug for slug in OPTIMIZERS if slug not in ("line-search", "bfgs")])
def test_a_step_costs_its_gradients_in_data_points(api, optimizer, starts):
    for slug, points in (("bowl", 1), ("two-minima", 1), ("straight-line", 50), ("logistic", 20)):
        each = points * GRADIENTS.get(optimizer, 1)
        for walk in api.walks(landscape=slug, optimizer=optimizer, steps=9, starts=starts):
            assert walk["evaluations"] == [each * k for k in walk["step"]]
            assert walk["summary"]["evaluations"] == each * walk["summary"]["steps"]


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("optimizer", STEADY)
def test_a_step_with_a_mini_batch_costs_its_data_points(api, optimizer, starts):
    for slug, batch in product(FITS, [1, 3, 8]):
        keys = {"landscape": slug, "batch": batch, "optimizer": optimizer, "steps": 30, "tolerance": 0}
        for walk in api.walks(**keys, starts=starts):
            assert walk["evaluations"] == [batch * GRADIENTS.get(optimizer, 1) * k for k in walk["step"]]


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("slug", LANDSCAPES)
def test_bfgs_counts_every_probe_with_its_gradient(api, slug, starts):
    points = LANDSCAPES[slug].points or 1
    for walk in api.walks(landscape=slug, optimizer="bfgs", starts=starts, steps=12):
        cost = [(b - a) / points for a, b in pairwise(walk["evaluations"])]
        # The first step has the gradient at the start to pay as well; where all is flat, to see that costs one.
        assert all(whole == int(whole) >= 1 for whole in cost)
        if walk["gradient_norm"][0] > 0 and cost:
            assert cost[0] >= 2


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("slug", PLAIN)
def test_a_line_search_counts_its_gradient_and_every_try(api, slug, starts):
    points = LANDSCAPES[slug].points or 1
    keys = {"landscape": slug, "optimizer": "line-search", "learning_rate": 3, "starts": starts, "steps": 12}
    walk = api.walks(**keys)[-1]
    steps = read(api.get(f"/api/descent/steps?{as_query(keys)}&walk={starts - 1}").content)["steps"]
    assert len(steps) == walk["summary"]["steps"]
    cost = [b - a for a, b in pairwise(walk["evaluations"])]
    for k, step in enumerate(steps):
        quantities = step["quantities"]
        tries = cost[k] // points - 1
        assert (cost[k] % points, tries >= 1) == (0, True)
        assert len(quantities["probe_points"]) == tries
        assert quantities["accepted"] == walk["learning_rate"][k] == pytest.approx(3 * 0.5 ** (tries - 1), rel=1e-12)
        if tries < 60:
            assert quantities["probes"] == tries - 1
            assert quantities["probe_points"][-1] == pytest.approx(quantities["point_next"], rel=1e-12)


@pytest.mark.parametrize(
    ("slug", "goal"),
    [
        *((slug, "minimize") for slug in LANDSCAPES),
        *((slug, "maximize") for slug in PLAIN),
    ],
)
def test_no_step_of_a_line_search_leads_the_wrong_way(api, slug, goal):
    downhill = 1 if goal == "minimize" else -1
    for walk in api.walks(landscape=slug, optimizer="line-search", goal=goal, learning_rate=1, starts=25, steps=30):
        heights = [downhill * loss for loss in walk["loss"]]
        assert all(b <= a + 1e-15 * abs(a) for a, b in pairwise(heights))


# ── Schedules


PLANS = [
    {"schedule": slug, **more}
    for slug, schedule in SCHEDULES.items()
    for more in (
        {},
        {} if schedule.warms_up else {"warmup": 7},
        *([{"restarts": 3, "growth": 1.5}, {"restarts": 2, "floor": 0.1}] if schedule.anneals else []),
        {
            parameter.key: int(parameter.high) if parameter.whole else parameter.high
            for parameter in schedule.hyperparameters
        },
    )
]


@pytest.mark.parametrize("keys", PLANS, ids=as_query)
@pytest.mark.parametrize("steps", [90, 400, 1000])
def test_the_planned_learning_rates_are_those_of_the_walk(api, keys, steps):
    keys = {**keys, "optimizer": "gradient-descent", "learning_rate": 0.3, "steps": steps, "tolerance": 0}
    planned = read(api.get(f"/api/descent/learning-rates?{as_query(keys)}").content)
    assert list(planned) == ["step", "learning_rate", "restarts"]
    rates = api.walk(**keys)["learning_rate"]
    assert planned["learning_rate"] == [rates[step] for step in planned["step"]]
    assert planned["step"] == sorted(set(planned["step"]))
    assert (planned["step"][0], planned["step"][-1]) == (0, steps - 1)
    if steps <= 400:
        assert planned["step"] == list(range(steps))
    else:
        assert 200 < len(planned["step"]) < 500
    assert len(planned["restarts"]) == keys.get("restarts", 0)
    for restart in planned["restarts"]:
        assert rates[restart] == rates[keys.get("warmup", 0)] != rates[restart - 1]
        assert {restart - 1, restart} <= set(planned["step"])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_plan_of_learning_rates_does_not_depend_on_who_walks(api, optimizer):
    query = "schedule=one-cycle&steps=30&learning_rate=0.5&tolerance=0&landscape=quadratic"
    planned = read(api.get(f"/api/descent/learning-rates?{query}&optimizer={optimizer}").content)["learning_rate"]
    walk = read(api.get(f"/api/descent?{query}&optimizer={optimizer}").content)["walks"][0]
    if optimizer == "line-search":
        assert all(used <= rate for used, rate in zip(walk["learning_rate"], planned, strict=False))
    elif optimizer == "bfgs":
        # What is planned is tried first; the length that is taken may be any.
        steps = read(api.get(f"/api/descent/steps?{query}&optimizer=bfgs").content)["steps"]
        assert [step["quantities"]["learning_rate"] for step in steps] == planned[: walk["summary"]["steps"]]
    else:
        assert walk["learning_rate"][:-1] == planned[: walk["summary"]["steps"]]


def test_the_learning_rate_warms_up_in_a_straight_line_and_is_then_full(api):
    walk = api.walk(warmup=4, schedule="linear", learning_rate=0.5, steps=14, tolerance=0)
    assert walk["learning_rate"] == pytest.approx(
        [0.1, 0.2, 0.3, 0.4, *(0.5 * (1 - k / 10) for k in range(11))], abs=1e-15
    )


def test_patience_ends_a_walk_and_says_so(api):
    keys = {"landscape": "plateau", "start": [4, 4], "optimizer": "gradient-descent", "tolerance": 0}
    summary = api.walk(**keys, patience=5, min_change=0.1)["summary"]
    assert (summary["outcome"], summary["stopped_by"], summary["steps"]) == ("stalled", "patience", 5)
    assert "patience" in summary["message"]
    assert api.walk(**keys)["summary"]["stopped_by"] == "steps"


@pytest.mark.parametrize("starts", [1, 25])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_patience_counts_the_steps_since_the_loss_was_last_better(api, goal, starts):
    keys = {"landscape": "rastrigin", "goal": goal, "starts": starts, "learning_rate": 0.01, "seed": 3}
    sign = 1 if goal == "minimize" else -1
    ended = set()
    for walk in api.walks(**keys, patience=6, min_change=0.5, tolerance=0):
        best, waited = math.inf, -1
        for loss in walk["loss"]:
            assert waited < 6
            better = best - sign * loss > 0.5
            best, waited = (sign * loss, 0) if better else (best, waited + 1)
        ended.add(walk["summary"]["stopped_by"])
        assert (waited == 6) == (walk["summary"]["stopped_by"] == "patience")
    assert "patience" in ended or starts == 1


# ── Optimizers


@pytest.mark.parametrize(("slug", "optimizer"), PAIRS)
def test_the_numbers_of_the_steps_are_those_of_the_walk_and_of_the_rule(api, slug, optimizer):
    query = f"landscape={slug}&optimizer={optimizer}&steps=6&noise=0.01&tolerance=0"
    (walk,) = read(api.get(f"/api/descent?{query}").content)["walks"]
    known = set(rule_symbols(OPTIMIZERS[optimizer])) | {"tried", "probe_points"}
    for k, step in enumerate(read(api.get(f"/api/descent/steps?{query}").content)["steps"]):
        quantities = step["quantities"]
        assert set(quantities) <= known
        assert quantities["point"] == [axis[k] for axis in axes_of(walk)]
        assert quantities["point_next"] == [axis[k + 1] for axis in axes_of(walk)]
        assert quantities["loss"] == walk["loss"][k]
        sign = 1 if LANDSCAPES[slug].goal == "minimize" else -1
        felt = [sign * a + b for a, b in zip(quantities["slope"], quantities["noise"], strict=True)]
        assert quantities["gradient"] == pytest.approx(felt, rel=1e-9, abs=1e-12)
        variants = OPTIMIZERS[optimizer].rule.variants()
        assert step["first"] == (step["rule"] == "first") == ("first" in variants and k == 0)
        for line in variants[step["rule"]]:
            places = set(re.findall(r"\{([a-z][a-z_0-9]*)\}", line.numbers)) & known
            assert places
            assert places <= set(quantities)


@pytest.mark.parametrize("optimizer", [slug for slug, one in OPTIMIZERS.items() if one.rule.by_itself])
def test_the_numbers_of_a_step_fulfil_every_line_of_the_rule(api, optimizer):
    rule = OPTIMIZERS[optimizer].rule
    functions = {"sqrt": math.sqrt, "max": max, "sign": lambda value: (value > 0) - (value < 0)}
    for slug, starts in (("peaks", 1), ("himmelblau", 25), ("two-minima", 1), ("logistic", 1)):
        query = f"landscape={slug}&optimizer={optimizer}&steps=12&starts={starts}&walk={starts - 1}&learning_rate=0.02"
        for step in read(api.get(f"/api/descent/steps?{query}").content)["steps"]:
            for axis in range(LANDSCAPES[slug].dimensions):
                names = {
                    name: value[axis] if isinstance(value, list) else value
                    for name, value in step["quantities"].items()
                }
                for line in rule.first if step["first"] else rule.lines:
                    target, _, term = line.partition(" = ")
                    expected = eval(term, {"__builtins__": {}}, {**functions, **names})
                    assert names[target] == pytest.approx(expected, rel=1e-9, abs=1e-12), line


ORDINARY = {
    "start": [1.0, 2.0],
    "domain": [0.0, 50.0, 0.0, 60.0],
    "goal": "minimize",
    "starts": 2,
    "learning_rate": 0.01,
    "steps": 60,
    "tolerance": 1e-9,
    "patience": 40,
    "min_change": 1e-9,
    "noise": 0.1,
    "seed": 5,
    "name": "Every key",
    "hidden": 1,
    "axis": "evaluations",
    "theory": 1,
    "map": "basins",
    "map_run": 0,
    "window": [5.0, 40.0, 10.0, 50.0],
    "resolution": 64,
    "at": 7,
    "view": "surface",
    "scale": "linear",
    "hide": ["restarts", "maps", "share"],
    "guess_first": 1,
}
BODIES = {
    optimizer.slug: {
        "landscape": "straight-line",
        "optimizer": optimizer.slug,
        **({} if optimizer.needs_all_data else {"batch": 8}),
        **{one.key: int(one.default) if one.whole else one.default for one in optimizer.hyperparameters},
        "schedule": schedule.slug,
        **{one.key: int(one.default) if one.whole else one.default for one in schedule.hyperparameters},
        **({} if schedule.warms_up else {"warmup": 3}),
        **({"restarts": 2, "growth": 1.5} if schedule.anneals else {}),
        **ORDINARY,
    }
    for optimizer, schedule in zip(OPTIMIZERS.values(), cycle(SCHEDULES.values()), strict=False)
} | {
    "own data": {
        "data": [[1.0, 2.0], [2.0, 2.5], [3.0, 6.0], [4.0, 5.0]],
        "model": "parabola",
        "batch": 2,
        **ORDINARY,
        "domain": [-3.0, 3.0, -3.0, 3.0],
        "start": [1.0, 2.0],
    },
    "formula and rule": {
        "formula": "a*x^2 + sin(y)",
        "constants": {"a": 4.0},
        "rule": "v_next = b*v + gradient; point_next = point - learning_rate*v_next",
        "hyperparameters": {"b": 0.5},
        **ORDINARY,
        "domain": [-3.0, 3.0, -3.0, 3.0],
        "start": [1.0, 2.0],
    },
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_with_every_key_that_fits_is_the_query_with_the_same(api, body):
    answer = read(api.post("/api/descent", body).content)
    assert {key: answer["request"][key] for key in body} == body
    assert read(api.get(f"/api/descent?{as_query(body)}").content) == answer
    assert read(api.get(f"/api/descent?{answer['query']}").content) == answer


def test_those_bodies_use_every_key():
    # Runs have bodies of their own, among the races, and so have networks.
    assert set().union(*BODIES.values()) == set(KEYS) - {"shape", "run", "plane", "plane_run", "weights"}


@pytest.mark.parametrize("value", [0, 0.0, 1, 1.0])
def test_a_switch_is_a_whole_number_however_it_is_written(api, value):
    answer = api.answer(optimizer="rmsprop", centred=value, steps=20)
    assert answer["request"]["centred"] == int(value)
    assert answer == read(api.get(f"/api/descent?optimizer=rmsprop&centred={int(value)}&steps=20").content)


# ── Formulas


def formulas(api):
    for landscape in read(api.get("/api/landscapes").content):
        yield landscape["slug"], landscape["latex"]
        if landscape["shape"]:
            yield f"{landscape['slug']}'s shape", landscape["shape"]["symbol"]
    for route in ("optimizers", "schedules"):
        for entry in read(api.get(f"/api/{route}").content):
            for key in ("update_rule", "first_update_rule"):
                if key in entry:
                    yield from ((f"{entry['slug']} {key}", line) for line in entry[key].split(r" \\ "))
            yield from ((f"{entry['slug']} {one['key']}", one["symbol"]) for one in entry["hyperparameters"])
    yield from ((row["key"], row["symbol"]) for row in read(api.get("/api/keys").content) if row["symbol"])


def test_every_formula_that_is_published_can_be_typeset(api):
    places = {name for optimizer in OPTIMIZERS.values() for name in rule_symbols(optimizer)}
    for whose, latex in formulas(api):
        assert latex.strip(), whose
        assert "\\" not in convert(latex), (whose, latex)
        unfilled = {name for name in re.findall(r"\{([a-z][a-z_0-9]+)\}", latex) if name in places}
        assert not unfilled, (whose, latex)
        assert latex.count("{") == latex.count("}"), (whose, latex)


def test_an_update_rule_says_where_the_next_point_is(api):
    for record in read(api.get("/api/optimizers").content):
        for key in ("update_rule", "first_update_rule"):
            assert "x_{k+1} = " in record[key]
        assert ("needs_hessian", record["needs_hessian"]) == ("needs_hessian", record["slug"] == "newton")
