"""Typed formulas and rules over HTTP: links and bodies, errors with their place, each route, and built-ins as typed."""

import random
import re
from urllib.parse import urlencode

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.optimizers.typed import text_of
from app.request.errors import ApiError
from app.request.lenient import likely_query, make_request_leniently
from app.request.making import make_map_request, make_request
from app.request.reading import read_query
from tests.descent.formulas.hostile import typed
from tests.descent.optimizers.rules_at_random import texts
from tests.web.asking import error_of, lines, read

FORMULA = "a*x^2 + sin(y)^2"
LINE = "(x^2 - 1)^2 + b x"
MOMENTUM = "velocity_next = momentum*velocity + gradient; point_next = point - learning_rate*velocity_next"
CLIPPED = "point_next = point - learning_rate*max(min(gradient, 1), -1)"
EVERY = [
    {"formula": FORMULA, "constants": {"a": 4.0}},
    {"formula": LINE},
    {"rule": MOMENTUM, "hyperparameters": {"momentum": 0.7}},
    {"rule": CLIPPED, "formula": "|x| + y^2"},
    {"rule": CLIPPED, "data": [[1.0, 2.0], [2.0, 2.5], [3.0, 6.0]]},
]
every = pytest.mark.parametrize("keys", EVERY, ids=[str(index) for index in range(len(EVERY))])
COLUMNS = ("step", "x", "y", "loss", "gradient_norm", "learning_rate")


def as_link(keys):
    return make_request(keys).query


def asked(link):
    return make_request(read_query(link.encode()))


def complaint(**keys):
    with pytest.raises(ApiError) as refused:
        asked(urlencode(keys))
    return refused.value


# ── Reading and writing


@every
def test_a_link_and_a_body_are_the_same_request_and_get_the_same_bytes(api, keys):
    by_body = api.post("/api/descent", {**keys, "steps": 20})
    answer = read(by_body.content)
    assert api.get(f"/api/descent?{answer['query']}").content == by_body.content
    assert api.post("/api/descent", answer["request"]).content == by_body.content
    assert (answer["request"]["landscape"] is None) == bool({"formula", "data"} & keys.keys())
    assert (answer["request"]["optimizer"] is None) == ("rule" in keys)


@pytest.mark.parametrize(
    ("link", "query"),
    [
        ("formula=a*x*y", "formula=a*x*y"),
        ("formula=a*x*y&constants=a:1", "formula=a*x*y"),
        ("formula=a*x*y&constants= a : 1.0 ", "formula=a*x*y"),
        ("formula=a*b*x*y&constants=b:2;a:1", "formula=a*b*x*y&constants=b:2"),
        ("formula=%CE%B1*x&constants=%CE%B1:2", "formula=%CE%B1*x&constants=alpha:2"),
        ("formula=x*y&landscape=", None),
        ("formula=x&domain=-1,1", "formula=x&domain=-1,1"),
    ],
)
def test_equal_requests_have_one_form(link, query):
    if query is None:
        with pytest.raises(ApiError):
            asked(link)
        return
    assert asked(link).query == query
    assert asked(query) == asked(link)


def test_what_was_typed_is_kept_as_it_was_typed():
    for text in (" 2x ", "x·y", "e^-x²", "sin  x"):
        request = make_request({"formula": text})
        assert request.canonical["formula"] == text
        assert asked(request.query) == request
    for text in ("point_next = point - learning_rate*gradient", "POINT_next=point−learning_rate·gradient;"):
        request = make_request({"rule": text})
        assert request.canonical["rule"] == text
        assert asked(request.query) == request


def test_each_constant_has_its_value_and_each_other_key_is_null():
    assert make_request({"formula": "a*x + b*y"}).canonical["constants"] == {"a": 1.0, "b": 1.0}
    assert make_request({"formula": "a*x + b*y", "constants": {"b": 3}}).canonical["constants"] == {"a": 1, "b": 3}
    assert make_request({"formula": "x*y", "constants": {}}).canonical["constants"] is None
    plain = make_request({}).canonical
    assert [plain[key] for key in ("formula", "constants", "rule", "hyperparameters")] == [None] * 4


def test_a_constant_moves_nothing_but_the_ground():
    one, other = (make_request({"formula": FORMULA, "constants": {"a": a}}) for a in (1.0, 30.0))
    for key in ("domain", "start", "learning_rate"):
        assert one.canonical[key] == other.canonical[key]
    assert one.landscape.at().floats.loss(1.0, 0.0) == 1.0
    assert other.landscape.at().floats.loss(1.0, 0.0) == 30.0


def test_where_a_formula_has_no_value_with_ones_its_constants_decide_what_is_proposed():
    request = make_request({"formula": "sqrt(a - 2)*x^2", "constants": {"a": 6.0}})
    assert request.landscape.at().floats.loss(1.0, 0.0) == 2.0
    assert complaint(formula="sqrt(a - 2)*x^2").key == "formula"
    assert complaint(formula="x^2/(a - 2)", constants="a:2").key == "constants"


def test_a_given_domain_is_kept_and_all_else_is_proposed_in_it():
    request = make_request({"formula": "sin(x)", "domain": [20.0, 30.0]})
    assert request.landscape.domain.sides == [20.0, 30.0]
    assert 20 < request.start[0] < 30
    assert all(20 <= point.point[0] <= 30 for point in request.landscape.at().stationary_points)
    assert asked(request.query) == request
    proposed = make_request({"formula": "sin(x)"})
    again = make_request({"formula": "sin(x)", "domain": proposed.landscape.domain.sides})
    assert again == proposed
    assert again.query == "formula=sin(x)"


# ── Runs


def test_runs_have_rules_of_their_own():
    first = {"rule": MOMENTUM, "hyperparameters": {"momentum": 0.9}}
    race = make_request({**first, "runs": [{"optimizer": "adam"}, {"rule": CLIPPED}, {"learning_rate": 0.5}]})
    canonical = [run.canonical for run in race.each_run]
    assert [(one["optimizer"], one["rule"]) for one in canonical] == [
        (None, MOMENTUM),
        ("adam", None),
        (None, CLIPPED),
        (None, MOMENTUM),
    ]
    assert [one["hyperparameters"] for one in canonical] == [{"momentum": 0.9}, None, None, {"momentum": 0.9}]
    assert asked(race.query).query == race.query
    for run in race.each_run:
        assert make_request(read_query(run.query.encode())) == run


def test_a_run_changes_some_hyperparameters_of_the_first_rule():
    rule = "v_next = b*v + c*gradient; point_next = point - learning_rate*v_next"
    race = make_request(
        {"rule": rule, "hyperparameters": {"b": 0.9, "c": 2}, "runs": [{"hyperparameters": {"b": 0.5}}]}
    )
    assert race.each_run[1].canonical["hyperparameters"] == {"b": 0.5, "c": 2.0}
    assert race.query.endswith("&run=hyperparameters:b:0.5;c:2")
    assert asked(race.query) == race


def test_a_run_that_only_repeats_a_rule_is_written_by_it():
    race = make_request({"rule": MOMENTUM, "hyperparameters": {"momentum": 0.9}, "runs": [{}]})
    assert race.canonical["runs"] == [{"rule": MOMENTUM, "hyperparameters": {"momentum": 0.9}}]
    assert asked(race.query) == race


def test_commas_in_the_parentheses_of_a_rule_part_nothing():
    run = f"rule:{CLIPPED},learning_rate:0.25,name:Clipped"
    request = asked(urlencode({"run": run}))
    assert request.canonical["runs"] == [{"rule": CLIPPED, "learning_rate": 0.25, "name": "Clipped"}]
    assert asked(request.query) == request
    # Of all other keys they do, as ever.
    assert asked(urlencode({"run": "name:A (b,learning_rate:0.5"})).each_run[1].learning_rate == 0.5


def test_a_slug_beside_the_rule_of_the_first_run_takes_its_place_and_the_other_way_round():
    race = make_request({"optimizer": "adam", "beta1": 0.5, "runs": [{"rule": CLIPPED}, {"optimizer": "lion"}]})
    assert race.each_run[1].canonical["beta1"] is None
    assert race.each_run[1].optimizer.slug == "rule"
    assert race.each_run[2].canonical["rule"] is None


# ── What is refused


@pytest.mark.parametrize(
    ("keys", "key", "column", "message", "hint"),
    [
        (
            {"formula": "sinx"},
            "formula",
            0,
            "formula, character 1: 'sinx' is not known",
            "Did you mean formula=sin(x)?",
        ),
        ({"formula": "2 + (x"}, "formula", 6, "formula, character 7", "Did you mean formula=2 + (x)?"),
        ({"formula": "3"}, "formula", 0, "uses neither x nor y", "A formula in x"),
        ({"formula": "x", "landscape": "bowl"}, "landscape", None, "together with formula", "Leave one of them out."),
        ({"formula": "x", "data": "1,2"}, "formula", None, "together with data", "Leave one of them out."),
        ({"rule": CLIPPED, "optimizer": "adam"}, "optimizer", None, "together with rule", "Leave one of them out."),
        ({"formula": "x", "shape": "2"}, "shape", None, "formula has no shape knob.", "Leave it out"),
        ({"constants": "a:2"}, "constants", None, "constants=a:2 has no meaning without a formula.", "formula="),
        ({"hyperparameters": "a:2"}, "hyperparameters", None, "has no meaning without a rule.", "momentum=0.9"),
        ({"formula": "a*x", "constants": "b:2"}, "constants", None, "'b' is no constant", "Its constants are a."),
        ({"formula": "a*x", "constants": "a:2,a:3"}, "constants", None, "a is given more than once.", "Give it once."),
        ({"formula": "a*x", "constants": "a:x"}, "constants", None, "constants=x is not a number.", "such as a:4"),
        (
            {"formula": "a*x", "constants": "a=2"},
            "constants",
            None,
            "no name with a number",
            "Did you mean constants=a:2?",
        ),
        ({"formula": "sqrt(x)", "domain": "-2,-1"}, "domain", None, "no value of the formula was found", "domain"),
        ({"formula": "sqrt(-1 - x^2)"}, "formula", None, "no value of the formula", "Another formula"),
        ({"rule": MOMENTUM}, "rule", 16, "'momentum' is not known", "Did you mean hyperparameters=momentum:0.9?"),
        ({"rule": CLIPPED, "momentum": "0.9"}, "momentum", None, "no key of its own", "hyperparameters=momentum:0.9"),
        ({"rule": CLIPPED, "hyperparameters": "b:1"}, "hyperparameters", None, "does not use", "Leave"),
        ({"rule": "point_next = 0"}, "rule", 12, "never uses the gradient", "Such as point_next = point"),
        ({"run": "formula:x"}, "run", None, "formula is the same for all runs", "beside the runs"),
        (
            {"run": "rule:point_next = grad"},
            "run",
            13,
            "'grad' is not known",
            "Did you mean run=rule:point_next = grad",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_would_be_right(api, keys, key, column, message, hint):
    error = error_of(api.get(f"/api/descent?{urlencode(keys)}"), 422, key)
    assert error.get("column") == column, error
    assert message in error["message"]
    assert hint in error["hint"]


@pytest.mark.parametrize(
    ("body", "key", "message"),
    [
        ({"formula": 5}, "formula", "formula=5 is not what formula takes."),
        ({"formula": "x", "constants": [1]}, "constants", "constants=[1] is not what constants takes."),
        ({"formula": "a*x", "constants": {"a": "4"}}, "constants", "constants: a=4 is not a finite number."),
        ({"formula": "a*x", "constants": {"a": {"b": 4}}}, "constants", "is not a finite number."),
        ({"rule": CLIPPED, "hyperparameters": "b:1"}, "hyperparameters", "is not what hyperparameters takes."),
        ({"runs": [{"rule": 5}]}, "runs", "rule=5 is not what rule takes."),
        ({"runs": [{"rule": CLIPPED, "hyperparameters": 5}]}, "runs", "is not what hyperparameters takes."),
        (
            {"rule": MOMENTUM, "hyperparameters": {"momentum": 1}, "runs": [{"hyperparameters": {"b": 1}}]},
            "runs",
            "'b'",
        ),
        ({"runs": [{"hyperparameters": {"b": 1}}]}, "runs", "has no meaning without a rule"),
    ],
)
def test_a_body_is_told_what_is_wrong_too(api, body, key, message):
    assert message in error_of(api.post("/api/descent", body), 422, key)["message"]


@pytest.mark.parametrize(
    ("keys", "likely"),
    [
        ({"formula": "sinx", "steps": "7"}, "formula=sin(x)&steps=7"),
        ({"formula": "a*sinx", "constants": "a:3"}, "formula=a*sin(x)&constants=a:3"),
        ({"rule": MOMENTUM}, as_link({"rule": MOMENTUM, "hyperparameters": {"momentum": 0.9}})),
        ({"rule": CLIPPED, "hyperparameters": "b:1"}, as_link({"rule": CLIPPED})),
        (
            {"rule": MOMENTUM.replace("gradient", "grad"), "hyperparameters": "momentum:0.5"},
            as_link({"rule": MOMENTUM, "hyperparameters": {"momentum": 0.5}}),
        ),
        (
            {"run": "rule:point_next = point - lr*gradient,learning_rate:0.3"},
            as_link({"runs": [{"rule": "point_next = point - learning_rate*gradient", "learning_rate": 0.3}]}),
        ),
    ],
)
def test_what_was_likely_meant_is_offered_as_a_link(keys, likely):
    assert likely_query(urlencode(keys).encode()) == likely


@pytest.mark.parametrize(
    ("keys", "left", "wrong"),
    [
        ({"formula": "sinx", "steps": "7"}, "steps=7", ["formula"]),
        ({"formula": "a*x", "constants": "b:1", "steps": "7"}, "formula=a*x&steps=7", ["constants"]),
        ({"formula": "x*y", "landscape": "bowl"}, "formula=x*y", ["landscape"]),
        ({"rule": "nonsense", "hyperparameters": "a:1", "steps": "7"}, "steps=7", ["rule", "hyperparameters"]),
        ({"run": "rule:nonsense", "steps": "7"}, "steps=7", ["run"]),
    ],
)
def test_a_page_opens_with_what_is_right(api, keys, left, wrong):
    request, complaints = make_request_leniently(urlencode(keys).encode())
    assert request.query == left
    assert [one.key for one in complaints] == wrong
    assert api.get(f"/?{urlencode(keys)}").status_code == 200


# ── The answers


@every
def test_each_route_answers(api, keys):
    link = as_link(keys)
    for path in (
        f"/api/descent?{link}&noise=0.1&starts=40&goal=maximize&steps=20&restarts=1",
        f"/api/descent/steps?{link}&count=2",
        f"/api/descent/theory?{link}&step=2",
        f"/api/descent/sharpness?{link}",
        f"/api/descent/surface?{link}&resolution=5&relief=1",
        f"/api/descent/learning-rates?{link}&restarts=1",
        f"/api/descent/race?{link}&starts=3&run=adam&steps=20",
        f"/api/descent/sweep?{link}&steps=20&starts=2",
        f"/?{link}",
    ):
        assert api.get(path).status_code == 200, (path, api.get(path).text)
    for path in (
        f"/api/descent/stream?{link}&run=adam&steps=20",
        f"/api/maps/basins?{link}&resolution=4&steps=20",
        f"/api/maps/rates?{link}&resolution=4&steps=20",
    ):
        assert lines(api.get(path).content)[-1]["kind"] == "done", path


@every
def test_the_start_of_a_stream_and_of_a_map_has_the_records(api, keys):
    link = as_link(keys)
    first = lines(api.get(f"/api/descent/stream?{link}&steps=3&run=adam").content)[0]
    of_a_map = lines(api.get(f"/api/maps/basins?{link}&resolution=2&steps=3&run=adam").content)[0]
    record, request = first["landscape"], first["request"]
    assert record == of_a_map["landscape"]
    assert record["found"] == ("formula" in keys)
    assert {one["name"]: one["value"] for one in record["constants"]} == (request["constants"] or {})
    assert all(one["low"] < one["value"] < one["high"] for one in record["constants"])
    rules = first.get("optimizers", [])
    assert rules == of_a_map.get("optimizers", [])
    assert [one["run"] for one in rules] == [0] * ("rule" in keys)
    for rule in rules:
        hyperparameters = {one["key"]: one["default"] for one in rule["hyperparameters"]}
        assert hyperparameters == (request["hyperparameters"] or {})
        assert asked(urlencode({"rule": rule["text"], "hyperparameters": "momentum:0.7"})) if hyperparameters else True


@pytest.mark.parametrize("keys", [{"formula": FORMULA}, {"data": [[1.0, 2.0], [2.0, 2.5]]}, {"landscape": "bowl"}])
def test_the_ground_of_what_is_in_no_table_has_its_record(api, keys):
    link = as_link(keys)
    ground = read(api.get(f"/api/descent/surface?{link}&resolution=3").content)
    told = lines(api.get(f"/api/descent/stream?{link}&steps=1").content)[0]["landscape"]
    assert ground.get("landscape") == (None if "landscape" in keys else told)


def test_runs_of_rules_are_told_apart_by_their_labels(api):
    answer = api.answer(
        rule=MOMENTUM, hyperparameters={"momentum": 0.9}, steps=3, runs=[{"hyperparameters": {"momentum": 0.5}}]
    )
    assert [walk["label"].split(", learning")[0] for walk in answer["walks"]] == [
        "Own rule, momentum 0.9",
        "Own rule, momentum 0.5",
    ]


def test_a_hyperparameter_that_is_called_as_a_schedules_is_its_own(api):
    rule = "point_next = point - floor*learning_rate*gradient"
    for floor, x in ((0.5, 1.0), (1.0, 0.0)):
        keys = {"formula": "x^2", "start": [2.0], "learning_rate": 0.5, "steps": 1, "schedule": "linear", "floor": 0.25}
        walk = api.walk(rule=rule, hyperparameters={"floor": floor}, **keys)
        assert walk["x"] == [2.0, x]


def test_what_has_no_value_at_the_start_or_ends_without_one_is_told(api):
    for keys in (
        {"formula": "log(x)", "start": [-1.0]},
        {"formula": "1/x", "start": [0.0]},
        {"formula": "sqrt(x)", "start": [1e-9], "learning_rate": 1e9},
        {"formula": "a*x^2", "constants": {"a": 0}},
        {"formula": "sqrt(a*x)", "constants": {"a": -1}},
        {"formula": "sqrt(a*x) + y^2", "constants": {"a": -1}},
        {"formula": "1/x + y"},
        {"formula": "tan(x)"},
        {"formula": "a*x^2", "constants": {"a": -1e300}},
        {"formula": "x^2", "rule": "point_next = point - learning_rate/(gradient - gradient)"},
        {"formula": "x^2", "rule": "point_next = point - gradient**0.5"},
        {"formula": "x^2", "rule": "point_next = point*1e200 - gradient"},
    ):
        walk = api.walk(**keys)
        assert walk["summary"]["message"].endswith(".")
        page = api.get(f"/?{as_link(keys)}")
        assert page.status_code == 200
        assert not re.search(r"\b(nan|inf)\b", page.text.partition("<main")[2].partition("</svg>")[0])
        assert api.get(f"/api/descent/surface?{as_link(keys)}&resolution=5").status_code == 200
        assert lines(api.get(f"/api/maps/rates?{as_link(keys)}&resolution=4&steps=5").content)[-1]["kind"] == "done"


def test_a_long_formula_counts_as_more_work_and_no_built_in_one_does():
    assert {make_request({"landscape": one.slug}).step_work for one in PLAIN} == {1}
    long = make_request({"formula": " + ".join(f"sin({n}x y)^2" for n in range(1, 12))})
    assert long.step_work > 1
    assert make_request({"formula": FORMULA}).step_work == 1


# ── The built-ins


def _as_typed(landscape):
    """A built-in as it would be typed, with all that is proposed for it."""
    return {
        "formula": landscape.expression_at(landscape.at().shape),
        "domain": landscape.domain.sides,
        "start": list(landscape.start),
        "goal": landscape.goal,
    }


PLAIN = [one for one in LANDSCAPES.values() if one.expression is not None]


# With its shape as a number it is computed in another order: alpha*(1 - cos(4*x))/4 is then 0.06*(1 - cos(4*x)).
FOLDED = {"bumps"}


def _with_a_constant(landscape):
    """A built-in as it would be typed, with its shape as a constant."""
    own = {"constants": {landscape.shape.symbol: landscape.at().shape}} if landscape.shape else {}
    return {**_as_typed(landscape), "formula": landscape.loss.text, **own}


@pytest.mark.parametrize("landscape", PLAIN, ids=lambda one: one.slug)
def test_a_built_in_that_is_typed_walks_as_it_does_to_the_last_bit(api, landscape):
    rates = {"learning_rate": landscape.learning_rate, "momentum": landscape.momentum}
    for more in (rates, {"optimizer": "adam", "learning_rate": 0.05}, {**rates, "starts": 40, "noise": 0.1, "seed": 3}):
        keys = {"steps": 60, **more}
        theirs = api.walks(landscape=landscape.slug, **keys)
        for made in (_with_a_constant, *([] if landscape.slug in FOLDED else [_as_typed])):
            for mine, other in zip(api.walks(**made(landscape), **keys), theirs, strict=True):
                assert [mine.get(column) for column in COLUMNS] == [other.get(column) for column in COLUMNS]


@pytest.mark.parametrize("slug", ["rosenbrock", "camel", "bumps"])
def test_the_cells_of_its_maps_are_the_same(api, slug):
    landscape = LANDSCAPES[slug]
    more = {"steps": 60, "resolution": 8, "learning_rate": landscape.learning_rate, "momentum": landscape.momentum}
    for kind in ("basins", "rates"):
        window = list(make_map_request({"landscape": slug}, kind).window)
        queries = [
            make_map_request({**own, **more, "window": window}, kind).query
            for own in (_with_a_constant(landscape), {"landscape": slug})
        ]
        mine, theirs = (lines(api.get(f"/api/maps/{kind}?{query}").content) for query in queries)
        steps = [[line["steps"] for line in one if line["kind"] == "pass"] for one in (mine, theirs)]
        assert steps[0] == steps[1]


RULES = [one for one in OPTIMIZERS.values() if text_of(one) is not None]


@pytest.mark.parametrize("optimizer", RULES, ids=lambda one: one.slug)
def test_the_lines_of_an_optimizer_walk_as_it_does_to_the_last_bit(api, optimizer):
    landscape = LANDSCAPES["rosenbrock"]
    values = {one.key: one.usual(landscape) for one in optimizer.hyperparameters}
    rate = optimizer.usual_learning_rate(landscape)
    rule = {"rule": text_of(optimizer), "hyperparameters": values, "learning_rate": rate}
    common = {"landscape": "rosenbrock", "steps": 60}
    for more in ({}, {"starts": 40, "noise": 0.1}, {"restarts": 1}):
        theirs = api.walks(optimizer=optimizer.slug, **common, **more)
        raced = api.walks(optimizer="gradient-descent", runs=[rule], **common, **more)[-len(theirs) :]
        for mine, run, other in zip(api.walks(**rule, **common, **more), raced, theirs, strict=True):
            for column in COLUMNS:
                assert mine.get(column) == run.get(column) == other.get(column), column
    link = as_link({**rule, **common})
    for kind in ("basins", "rates"):
        window = ",".join(map(str, make_map_request({"optimizer": optimizer.slug, **common}, kind).window))
        mapped = [
            [
                line["steps"]
                for line in lines(api.get(f"/api/maps/{kind}?{query}&resolution=8&window={window}").content)
                if line["kind"] == "pass"
            ]
            for query in (link, as_link({"optimizer": optimizer.slug, **common}))
        ]
        assert mapped[0] == mapped[1], kind


# ── What is typed, before anything walks


def test_a_formula_is_told_before_anything_walks(api):
    told = read(api.get(f"/api/formula?{urlencode({'text': 'a x² + sin y', 'constants': 'a:4'})}").content)
    assert told["expression"] == "a*x**2 + sin(y)"
    assert told["latex"] == r"a\,x^{2} + \sin\left(y\right)" or told["latex"].startswith("a")
    assert told["dimensions"] == 2
    assert [(one["name"], one["value"]) for one in told["constants"]] == [("a", 4.0)]
    assert told["found"] is True
    request = api.answer(formula="a x² + sin y", constants={"a": 4}, steps=1)["request"]
    for key in ("domain", "start", "learning_rate"):
        assert told[key] == request[key]
    assert {point["kind"] for point in told["stationary_points"]} == {"global_minimum", "saddle"}
    assert told["mathml"].startswith("<math")
    # What is told is typed again to the same.
    again = read(api.get(f"/api/formula?{urlencode({'text': told['expression'], 'constants': 'a:4'})}").content)
    assert again == told


def test_a_domain_that_is_given_is_told_as_it_is(api):
    told = read(api.get("/api/formula?text=sin(x)&domain=20,30").content)
    assert told["domain"] == [20, 30]
    assert 20 < told["start"][0] < 30


def test_a_rule_is_told_before_anything_walks(api):
    asked_for = urlencode({"text": MOMENTUM.replace("velocity", "Velocity"), "hyperparameters": "momentum:0.7"})
    told = read(api.get(f"/api/rule?{asked_for}").content)
    assert told["lines"] == MOMENTUM.split("; ")
    assert told["first"] == []
    assert told["state"] == ["velocity"]
    assert [(one["key"], one["default"]) for one in told["hyperparameters"]] == [("momentum", 0.7)]
    assert [len(line) for line in told["rules"]["rule"]] == [2, 2]
    assert set(told["symbols"]) >= {"velocity", "velocity_next", "momentum", "gradient", "point", "learning_rate"}
    for line in told["rules"]["rule"]:
        for typeset in line:
            assert typeset.startswith("<math")
            names = re.findall("@([a-z-]+)@", typeset)
            assert names
            assert {name.replace("-", "_") for name in names} <= set(told["symbols"])


def test_the_rules_of_the_table_are_told_as_text_that_may_be_typed(api):
    for record in read(api.get("/api/optimizers").content):
        if record["text"] is None:
            assert record["slug"] in ("newton", "bfgs", "line-search", "sam")
            continue
        named = ",".join(f"{one['key']}:{one['default']!r}" for one in record["hyperparameters"])
        asked_for = {"text": record["text"], **({"hyperparameters": named} if named else {})}
        told = read(api.get(f"/api/rule?{urlencode(asked_for)}").content)
        assert [one["key"] for one in told["hyperparameters"]] == [one["key"] for one in record["hyperparameters"]]


def test_the_expressions_of_landscapes_may_be_typed(api):
    for record in read(api.get("/api/landscapes").content):
        if record["expression"] is not None:
            told = read(api.get(f"/api/formula?{urlencode({'text': record['expression']})}").content)
            assert told["dimensions"] == record["dimensions"]


@pytest.mark.parametrize(
    ("path", "keys", "key", "column", "correction"),
    [
        ("formula", {"text": "x + sinx"}, "text", 4, {"text": "x + sin(x)"}),
        ("formula", {"text": "x ? y"}, "text", 2, None),
        ("formula", {"text": "a*x", "constants": "b:1"}, "constants", None, None),
        ("formula", {"text": "x", "domain": "1,-1"}, "domain", None, None),
        ("formula", {"text": "sqrt(x)", "domain": "-2,-1"}, "domain", None, None),
        ("formula", {}, "text", None, None),
        ("formula", {"formula": "x"}, "formula", None, None),
        ("rule", {"text": MOMENTUM}, "text", 16, {"hyperparameters": "momentum:0.9"}),
        (
            "rule",
            {"text": "point_next = point - lr*gradient"},
            "text",
            21,
            {"text": CLIPPED.replace("max(min(gradient, 1), -1)", "gradient")},
        ),
        ("rule", {"text": CLIPPED, "hyperparameters": "b:1"}, "hyperparameters", None, {"hyperparameters": ""}),
        ("rule", {}, "text", None, None),
    ],
)
def test_what_is_wrong_with_what_was_typed_is_said_of_text(api, path, keys, key, column, correction):
    error = error_of(api.get(f"/api/{path}?{urlencode(keys)}"), 422, key)
    assert error.get("column") == column
    assert error.get("correction") == correction
    if correction and any(correction.values()):
        (name, text), *_ = correction.items()
        assert error["hint"].startswith(f"Did you mean {name}={text[:10]}")
    if correction:
        mended = {name: text for name, text in {**keys, **correction}.items() if text}
        assert api.get(f"/api/{path}?{urlencode(mended)}").status_code == 200


def test_the_api_describes_what_may_be_typed_and_what_an_error_tells_of_it(api):
    document = read(api.get("/openapi.json").content)
    error = document["components"]["schemas"]["Error"]
    assert error["required"] == ["status", "message", "key", "hint"]
    assert {"column", "line", "correction"} < set(error["properties"])
    assert all("default" not in entry for entry in error["properties"].values())
    keys = {one["name"]: one["schema"] for one in document["paths"]["/api/descent"]["get"]["parameters"]}
    for text, key in (("a:4", "constants"), ("a:4,b:0.5,gamma:-3", "constants"), ("momentum:0.9", "hyperparameters")):
        assert re.fullmatch(keys[key]["pattern"], text)
    assert not re.fullmatch(keys["constants"]["pattern"], "a:1,b:2,c:3,d:4")
    for run in (f"rule:{CLIPPED}", f"rule:{MOMENTUM},hyperparameters:momentum:0.9;b:2,learning_rate:0.1", "adam"):
        assert re.fullmatch(keys["run"]["items"]["pattern"], run)
    for path in ("/api/formula", "/api/rule"):
        own = {one["name"]: one for one in document["paths"][path]["get"]["parameters"]}
        assert own["text"]["required"] is True
        # What is refused for a key alone the description refuses as well.
        for key in {"constants", "hyperparameters"} & own.keys():
            assert own[key]["schema"] == keys[key]
            assert not re.fullmatch(own[key]["schema"]["pattern"], "")


# ── Whatever is typed

MARKUP = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "x' onclick='alert(1)",
    "</style><b>",
    "x\r\nX-Own: 1",
]


def random_texts(seed, count):
    """Yield keys of which some are typed, most of them wrong somewhere."""
    dice = random.Random(seed)
    rules = texts(seed, count)
    for rule in rules:
        keys = {"steps": dice.choice([1, 7]), "starts": dice.choice([1, 1, 3])}
        formula = dice.choice([typed(dice), typed(dice), dice.choice([FORMULA, LINE, "|x| + y^2"])])
        if dice.random() < 0.7:
            keys["formula"] = formula
        if dice.random() < 0.3:
            keys["constants"] = dice.choice(["a:2", "a:0,b:-1e300", "a:1e-320", "a", "a:x", "α:3", "c:1;a:2"])
        if dice.random() < 0.2:
            keys["domain"] = dice.choice(["-1,1", "-1,1,-1,1", "5,6,-1e9,1e9", "1,0", "0,1e-300,0,1", "1e300,2e300"])
        if dice.random() < 0.2:
            keys["start"] = dice.choice(["0", "0,0", "1e9,-1e9", "-0.5,2"])
        if dice.random() < 0.4:
            keys["rule"] = rule
            keys["hyperparameters"] = dice.choice(["momentum:0.9,epsilon:1e-8", "momentum:0.9", "b:0.5", "momentum"])
        elif dice.random() < 0.3:
            keys["run"] = f"rule:{rule},{dice.choice(['', 'learning_rate:0.1'])}"
        if dice.random() < 0.1:
            keys[dice.choice(["formula", "rule", "constants", "hyperparameters"])] = dice.choice(MARKUP)
        yield {key: text for key, text in keys.items() if str(text).strip() and len(str(text)) < 1200}


def check_whatever_is_typed(api, seed, count):
    """Hold that none fails, that equal requests have equal bytes, and that nothing is shown as it was typed."""
    statuses = {200: 0, 422: 0}
    for index, keys in enumerate(random_texts(seed, count)):
        link = urlencode(keys, errors="replace")
        answer = api.get(f"/api/descent?{link}")
        assert answer.status_code in statuses, (keys, answer.text[:500])
        statuses[answer.status_code] += 1
        if answer.status_code == 200:
            told = read(answer.content)
            again = api.get(f"/api/descent?{told['query']}")
            assert again.content == answer.content, keys
            assert read(api.post("/api/descent", told["request"]).content)["query"] == told["query"], keys
        else:
            error_of(answer)
        if index % 5 == 0:
            page = api.get(f"/?{link}")
            assert page.status_code == 200, keys
            assert not any(text in page.text for text in MARKUP)
            assert "x-own" not in page.headers
            for kind in ("basins", "rates"):
                mapped = api.get(f"/api/maps/{kind}?{link}&resolution=2")
                assert mapped.status_code in (200, 422), keys
                assert mapped.status_code == 422 or lines(mapped.content)[-1]["kind"] == "done", keys
    return statuses


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 20))])
def test_whatever_is_typed_is_answered_or_refused_and_never_fails(api, seed):
    statuses = check_whatever_is_typed(api, seed, 150)
    assert min(statuses.values()) > 15


ROUTES = (
    *("/api/descent", "/api/descent/stream", "/api/descent/steps", "/api/descent/theory", "/api/descent/sharpness"),
    *("/api/descent/surface", "/api/descent/learning-rates", "/api/descent/race", "/api/descent/sweep"),
    *("/api/maps/basins", "/api/maps/rates", "/api/formula", "/api/rule"),
)
# What a body may have instead of what is typed.
OTHERS = [None, True, 0, -1.5, 10**400, "", "\0", "\ud800", [], [[]], ["x"], {}, {"a": None}, {"": 1}, {"a": 10**400}]


def told_well(answer, given):
    """Hold that an answer is one, or says at which key what was wrong and what would be right, and where in it."""
    assert answer.status_code in (200, 422), (given, answer.text[:500])
    if answer.status_code == 200:
        assert "text/html" not in answer.headers["content-type"]
        return True
    error = error_of(answer, 422)
    assert error["key"], (given, error)
    assert error["message"], given
    assert error["hint"], (given, error)
    typed_there = given.get(error["key"])
    if "column" in error and isinstance(typed_there, str):
        assert 0 <= error["column"] <= len(typed_there), (given, error)
    return False


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(1, 20))])
def test_every_route_answers_what_is_typed_or_says_what_is_wrong_with_it(api, seed):
    dice, answered = random.Random(f"routes {seed}"), 0
    for index, keys in enumerate(random_texts(seed + 100, 120)):
        route = ROUTES[index % len(ROUTES)]
        keys = {"text" if key == route.rpartition("/")[2] else key: text for key, text in keys.items()}
        if route in ("/api/formula", "/api/rule"):
            known = ("text", "constants", "domain") if route == "/api/formula" else ("text", "hyperparameters")
            keys = {"text": "x*", **{key: keys[key] for key in known if key in keys}}
        elif route.startswith("/api/maps"):
            keys["resolution"] = 2
        answered += told_well(api.get(f"{route}?{urlencode(keys, errors='replace')}"), keys)
    for keys in random_texts(seed + 200, 60):
        body = {**keys, dice.choice(["formula", "constants", "rule", "hyperparameters", "data"]): dice.choice(OTHERS)}
        body.pop("run", None)
        if dice.random() < 0.3:
            body["runs"] = [{dice.choice(["rule", "hyperparameters", "constants"]): dice.choice(OTHERS)}]
        answered += told_well(api.post(dice.choice(["/api/descent", "/api/descent/stream"]), body), body)
    assert answered > 10
