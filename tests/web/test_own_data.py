"""Own data over HTTP: links and bodies, errors with their place, and every answer that a built-in landscape has."""

import math
import random
import re
from html import unescape
from urllib.parse import quote

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.own_data import own_data
from app.request.errors import ApiError
from app.request.keys import MAX_LINKED_POINTS, MAX_OWN_POINTS
from app.request.lenient import likely_query, make_request_leniently
from app.request.making import make_map_request, make_request
from app.request.points import OwnPoints
from app.request.reading import read_body, read_query
from app.request.request import landscape_of
from app.request.writing import write_query
from app.web.examples import EXAMPLE_BODIES
from tests.web.asking import error_of, read

POINTS = [[1.0, 2.0], [2.0, 2.5], [3.0, 6.0], [4.0, 5.0]]
LINK = "data=1,2;2,2.5;3,6;4,5"
CLASSES = "data=1,0;2,1;3,0;4,1&model=logistic"
TWO_INPUTS = "data=1,1,0;2,1,1;3,0,0;1,2,1;0,0,1;2,3,0&model=logistic"
every_model = pytest.mark.parametrize("link", [LINK, f"{LINK}&model=parabola", CLASSES, TWO_INPUTS])


def asked(link):
    return make_request(read_query(link.encode()))


def complaint(link):
    with pytest.raises(ApiError) as refused:
        asked(link)
    return refused.value


# ── Reading and writing


def test_a_link_and_a_body_are_the_same_request_and_get_the_same_bytes(api):
    by_link = api.get(f"/api/descent?{LINK}&steps=20")
    assert by_link.content == api.post("/api/descent", {"data": POINTS, "steps": 20}).content
    answer = read(by_link.content)
    assert answer["request"]["data"] == POINTS
    assert (answer["request"]["landscape"], answer["request"]["model"]) == (None, "line")
    assert api.post("/api/descent", answer["request"]).content == by_link.content
    assert answer["query"] == f"{LINK}&steps=20"


@pytest.mark.parametrize(
    "text",
    [
        "1,2;2,2.5;3,6;4,5;",
        " 1 , 2 ; 2,2.50 ;3,6; 4,5",
        "1,2\n2,2.5\n3,6\n4,5",
        "1e0,2.0;2,5/2;+3,6;4,0.5e1",
        "1,2;2,2.5;3,6;4,5&model=line",
        "1,2;2,2.5;3,6;4,5&domain=-1.6,4.4,-4,6",
    ],
)
def test_equal_requests_have_one_form(text):
    link = f"data={quote(text, safe=',;&=')}"
    wanted = asked(LINK)
    if "domain" in text:
        link = f"{LINK}&domain={','.join(map(str, wanted.landscape.domain.sides))}"
    assert asked(link).query == wanted.query == LINK
    assert asked(link) == wanted


def test_numbers_are_kept_to_the_last_bit():
    dice = random.Random(3)
    points = [[dice.gauss(0, 1) * 10.0 ** dice.randint(-20, 20), dice.random()] for _ in range(50)]
    request = make_request({"data": points})
    assert request.canonical["data"] == points
    assert make_request(read_query(request.query.encode())) == request


def test_a_zero_has_no_sign():
    assert make_request({"data": [[-0.0, 1], [1, -0.0]]}).query == "data=0,1;1,0"


def test_a_link_has_so_many_points_and_a_body_more():
    row = "12.5,0.25"
    assert asked("data=" + ";".join([row] * MAX_LINKED_POINTS)).landscape.points == MAX_LINKED_POINTS
    error = complaint("data=" + ";".join([row] * (MAX_LINKED_POINTS + 1)))
    assert (error.key, error.message) == ("data", f"data has {MAX_LINKED_POINTS + 1} points.")
    assert error.hint == f"At most {MAX_LINKED_POINTS}. A POST takes up to {MAX_OWN_POINTS}."
    many = [[float(one), float(one % 7)] for one in range(MAX_OWN_POINTS)]
    assert make_request({"data": many}).landscape.points == MAX_OWN_POINTS
    with pytest.raises(ApiError, match=f"data has {MAX_OWN_POINTS + 1} points"):
        make_request({"data": [*many, [1.0, 2.0]]})


def test_points_are_looked_at_once_however_many_runs_there_are():
    request = make_request({"data": POINTS, "runs": [{"optimizer": "adam"}, {"optimizer": "newton"}]})
    assert {id(run.canonical["data"]) for run in request.each_run} == {id(request.canonical["data"])}
    assert isinstance(request.canonical["data"], OwnPoints)
    assert {id(landscape_of(run)) for run in request.each_run} == {id(landscape_of(request))}
    for run in request.each_run:
        assert make_request(read_query(run.query.encode())) == run


# ── What is refused


@pytest.mark.parametrize(
    ("link", "key", "message", "hint"),
    [
        ("data=1,2;3,x", "data", "data, row 2, column 2: x is not a finite number.", "Points as x,y;x,y"),
        ("data=1,2;3,", "data", "data, row 2, column 2: there is no number.", "Points as x,y;x,y"),
        ("data=nan,2", "data", "data, row 1, column 1: nan is not a finite number.", "Points as"),
        ("data=1,2;3,1e999", "data", "data, row 2, column 2: 1e999 is not a finite number.", "Points as"),
        ("data=1,1_0", "data", "data, row 1, column 2: 1_0 is not a finite number.", "Points as"),
        ("data=1,2;3", "data", "data: row 2 has 1 number, and row 1 has 2.", "Each row is x,y."),
        ("data=1,2,3", "data", "data: each row has 3 numbers, and model=line takes x,y.", "Three columns are for"),
        ("data=1,2;2,3&model=logistic", "data", "data: row 1: the label 2, its last number", "write 1 for the one"),
        (
            "data=1,2&landscape=bowl",
            "landscape",
            "landscape=bowl is given together with data",
            "Leave one of them out.",
        ),
        ("model=parabola", "model", "model=parabola has no meaning without data.", "Give points too"),
        (f"{LINK}&model=cubic", "model", "model=cubic is not what model takes.", "line or parabola or logistic."),
        (f"{LINK}&shape=2", "shape", "data has no shape knob.", "Leave it out"),
        (f"{LINK}&batch=5", "batch", "batch=5 is more than the 4 data points of data.", "from 0 to 4"),
        (f"{LINK}&start=1", "start", "start=1 has 1 numbers.", "data needs x,y, such as start="),
        (f"{LINK}&run=model:line", "run", "model is the same for all runs", "beside the runs"),
        (f"{LINK}&data=1,2", "data", "data is given more than once.", "Give it once."),
        ("data=", "data", "data is empty.", "Leave data out"),
        ("data=;", "data", "data, row 1, column 1: there is no number.", "Points as"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_would_be_right(api, link, key, message, hint):
    error = error_of(api.get(f"/api/descent?{link}"), 422)
    assert error["key"] == key
    assert message in error["message"]
    assert hint in error["hint"]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[1, 2], [3, "4"]], "data, row 2, column 2: 4 is not a finite number."),
        ([[1, 2], [3, None]], "data, row 2, column 2: null is not a finite number."),
        ([[1, 2], 3], "data, row 2: 3 is no point."),
        ([[1, True]], "data, row 1, column 2: true is not a finite number."),
        (7, "data=7 is not what data takes."),
        ([], "data: there is no point."),
        ([[]], "data: each row has 0 numbers"),
        ({"x": 1}, 'data={"x": 1} is not what data takes.'),
        ("1,2;3,4", "data=1,2;3,4 is not what data takes."),
    ],
)
def test_a_body_is_told_the_place_too(api, points, message):
    error = error_of(api.post("/api/descent", {"data": points}), 422)
    assert error["key"] == "data"
    assert message in error["message"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1 2;3 4", "1,2;3,4"),
        ("1\t2\n3\t4", "1,2;3,4"),
        ("(1,2),(3,4)", "1,2;3,4"),
        ("[[1,2],[3,4.5]]", "1,2;3,4.5"),
        ("1:2;3:4", "1,2;3,4"),
        ("1,2;;3,4", "1,2;3,4"),
    ],
)
def test_points_that_are_written_otherwise_are_understood_in_the_hint(text, meant):
    error = complaint(f"data={quote(text)}")
    assert error.hint.startswith(f"Did you mean data={meant}? ")
    assert likely_query(f"data={quote(text)}".encode()) == f"data={meant}"


def test_what_cannot_be_meant_is_not_asked():
    for text in ("1e999,2", "a,b", "1 2;3", "1,2;x"):
        assert "Did you mean" not in complaint(f"data={quote(text)}").hint


@pytest.mark.parametrize(
    ("query", "left", "keys"),
    [
        (f"landscape=rosenbrock&{LINK}", LINK, ["landscape"]),
        ("data=1,x&model=parabola&steps=7", "steps=7", ["data", "model"]),
        (f"{LINK}&model=logistic&steps=7", "steps=7", ["data", "model"]),
        (f"{LINK}&model=nothing&steps=7", f"{LINK}&steps=7", ["model"]),
    ],
)
def test_a_page_opens_with_what_is_right(query, left, keys):
    request, complaints = make_request_leniently(query.encode())
    assert request.query == left
    assert [complaint.key for complaint in complaints] == keys


def test_hostile_texts_are_refused_soon_and_make_no_500(api):
    dice = random.Random(9)
    signs = ["1", "9", ".", ",", ";", "e", "-", "+", "/", "\n", "\t", "[", "]", "(", "<", '"', "x", "%", "é", "\x00"]
    keys = set()
    for _ in range(1_500):
        text = "".join(dice.choices(signs, weights=[9, 3, 2, 5, 5, *[1] * 15], k=dice.randrange(1, 60)))
        try:
            request = asked(f"data={quote(text)}&model={dice.choice(['line', 'parabola', 'logistic'])}")
        except ApiError as error:
            keys.add(error.key)
            continue
        assert make_request(read_query(request.query.encode())) == request
    assert keys == {"data"}
    nested = [b'{"data": ' + b"[" * deep + b"]" * deep + b"}" for deep in (3, 700, 900)]
    for body in (*nested, b'{"data": [[1e999, 2]]}', b'{"data": [[[1, 2]]]}', b'{"data": ' + b"[" * 60_000 + b"}"):
        assert error_of(
            api.ask("POST", "/api/descent", content=body, headers={"content-type": "application/json"}), 422
        )


# ── The answers


@every_model
def test_each_route_answers_for_own_data(api, link):
    walk = read(api.get(f"/api/descent?{link}").content)["walks"][0]
    assert walk["summary"]["outcome"] != "diverged"
    for path in (
        f"/api/descent/steps?{link}&count=2",
        f"/api/descent/theory?{link}&step=2",
        f"/api/descent/sharpness?{link}",
        f"/api/descent/surface?{link}&resolution=5&relief=1",
        f"/api/descent/learning-rates?{link}&restarts=1",
        f"/api/descent/race?{link}&starts=3&run=adam&steps=20",
        f"/api/descent/sweep?{link}&steps=20&starts=2",
        f"/api/maps/basins?{link}&resolution=4&steps=20",
        f"/api/maps/rates?{link}&resolution=4&steps=20",
        f"/api/descent?{link}&batch=2&noise=0.1&starts=40&goal=maximize&steps=20",
    ):
        answer = api.get(path)
        assert answer.status_code == 200, (path, answer.text)
        assert b'"error"' not in answer.content[:200] or "theory" not in path


@every_model
def test_the_start_of_a_stream_and_of_a_map_has_the_landscape(api, link):
    first = read(api.get(f"/api/descent/stream?{link}&steps=3").content.splitlines()[0])
    of_a_map = read(api.get(f"/api/maps/basins?{link}&resolution=2&steps=3").content.splitlines()[0])
    record = first["landscape"]
    assert record == of_a_map["landscape"]
    assert (record["slug"], record["family"], record["expression"]) == ("data", "Your own", None)
    data, request = record["data"], first["request"]
    assert record["points"] == len(request["data"]) == len(data["x"])
    assert (data["curve"] is None) == (data["second"] is not None) == (link == TWO_INPUTS)
    columns = [data["x"], *([data["second"]["x"]] if data["second"] else []), data["y"]]
    assert [list(row) for row in zip(*columns, strict=True)] == request["data"]
    assert record["learning_rate"] == request["learning_rate"]
    assert record["domain"] == request["domain"]


def test_the_loss_of_a_walk_is_that_of_the_published_features(api):
    for link, squared in ((f"{LINK}&model=parabola", True), (TWO_INPUTS, False)):
        first, chunk, *_ = map(read, api.get(f"/api/descent/stream?{link}&steps=3").content.splitlines())
        data = first["landscape"]["data"]
        for a, b, loss in zip(chunk["x"], chunk["y"], chunk["loss"], strict=True):
            scores = [a * p + b * q + data["constant"] for p, q in zip(*data["features"], strict=True)]
            each = [
                (score - y) ** 2 if squared else math.log1p(math.exp(score)) - y * score
                for score, y in zip(scores, data["y"], strict=True)
            ]
            assert sum(each) / len(each) == pytest.approx(loss, rel=1e-12)


def test_a_map_cell_is_the_walk_that_it_stands_for(api):
    lines = [read(line) for line in api.get(f"/api/maps/basins?{LINK}&resolution=3&steps=20").content.splitlines()]
    last = [line for line in lines if line["kind"] == "pass"][-1]
    for i, y in enumerate(lines[0]["y"]):
        for j, x in enumerate(lines[0]["x"]):
            walk = api.walk(data=POINTS, start=[x, y], steps=20)
            assert walk["summary"]["steps"] == last["steps"][i][j]


def test_the_same_points_as_a_built_in_landscape_give_its_walk_to_the_last_bit(api):
    built_in = LANDSCAPES["straight-line"]
    points = [list(row) for row in zip(built_in.data.inputs, built_in.data.targets, strict=True)]
    common = {
        "domain": built_in.domain.sides,
        "start": list(built_in.start),
        "learning_rate": built_in.learning_rate,
        "momentum": built_in.momentum,
    }
    for more in ({}, {"batch": 7, "seed": 3}, {"starts": 40}, {"optimizer": "newton", "momentum": None}):
        keys = {**common, **more}
        mine = api.walks(data=points, **keys)
        theirs = api.walks(landscape="straight-line", **keys)
        for one, other in zip(mine, theirs, strict=True):
            for column in ("x", "y", "loss", "gradient_norm", "learning_rate"):
                assert one[column] == other[column]
            assert one["summary"]["place"] == other["summary"]["place"]


def test_own_data_is_in_no_list(api):
    assert api.get("/api/landscapes/data").status_code == 404
    assert "data" not in {one["slug"] for one in read(api.get("/api/landscapes").content)}
    assert "data" not in read(api.get("/api/optimizers").content)[0]["learning_rates"]
    assert error_of(api.get("/api/descent?landscape=data"), 422)["key"] == "landscape"
    assert 'value="data"' not in api.get(f"/?{LINK}").text.split('id="landscapes"')[1].split("</dialog>")[0]


@every_model
def test_a_page_opens_with_own_data_and_shows_no_sign_that_was_typed_unescaped(api, link):
    page = api.get(f"/?{link}")
    assert page.status_code == 200
    assert "Your data: " in unescape(page.text)
    bad = api.get("/?data=1,<script>alert(1)</script>;\"'&model=<b>")
    assert bad.status_code == 200
    assert "<script>alert" not in bad.text
    assert "<b>" not in bad.text.partition("<main")[2].partition("</main>")[0]


def test_the_api_describes_the_two_keys(api):
    document = read(api.get("/openapi.json").content)
    properties = document["components"]["schemas"]["DescentRequest"]["properties"]
    assert properties["data"]["maxItems"] == MAX_OWN_POINTS
    parameters = {one["name"]: one for one in document["paths"]["/api/descent"]["get"]["parameters"]}
    assert parameters["data"]["schema"]["type"] == "string"
    pattern = parameters["data"]["schema"]["pattern"]
    for text in ("1,2", "1,2;3.5,-4", "1,2,0;3,4,1"):
        assert re.fullmatch(pattern, text)
        assert asked(f"data={text}{'&model=logistic' if text.endswith('1') else ''}")
    for text in ("1", "1,2;", "1;2", "a,b", "1,2,3,4"):
        assert not re.fullmatch(pattern, text)
    assert parameters["model"]["schema"]["enum"] == ["line", "parabola", "logistic"]


def test_bodies_that_are_read_are_the_ones_that_are_made():
    assert make_request(read_body(b'{"data": [[1, 2], [2, 3.5]], "model": " LINE "}')).query == "data=1,2;2,3.5"
    mapped = make_map_request({"data": POINTS}, "basins")
    assert mapped.landscape == own_data(tuple(map(tuple, POINTS)), "line")
    assert mapped.window == tuple(mapped.landscape.domain.sides)


# ── More points than an address holds

MANY = [[one / 10, (one % 7) / 3 + one / 20] for one in range(MAX_LINKED_POINTS + 150)]


@pytest.mark.parametrize("path", [path for path in EXAMPLE_BODIES if path.startswith(("/api/descent", "/api/maps"))])
def test_whatever_is_asked_of_few_points_is_asked_of_many_in_a_body(api, path):
    keys = {key: value for key, value in EXAMPLE_BODIES[path].items() if key not in ("landscape", "start")} | {
        "steps": 9
    }
    for points, is_linked in ((POINTS, True), (MANY, False)):
        asked_with = {**keys, "data": points}
        by_body = api.post(path, asked_with)
        assert by_body.status_code == 200, by_body.text
        assert b'"error"' not in by_body.content[:200]
        by_link = api.get(f"{path}?{write_query(asked_with)}")
        if is_linked:
            assert by_link.content == by_body.content
        else:
            assert error_of(by_link, 422)["key"] == "data"


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("steps", "first", "x"),
        ("steps", "count", 2.5),
        ("steps", "walk", True),
        ("theory", "step", [1]),
        ("surface", "resolution", "many"),
        ("sweep", "of", {}),
        ("steps", "weight", 3),
        ("race", "walk", 0),
    ],
)
def test_what_one_route_reads_besides_is_told_in_a_body_too(api, path, key, value):
    assert error_of(api.post(f"/api/descent/{path}", {"data": POINTS, key: value}), 422)["key"] == key


def test_null_asks_for_what_is_usual_in_a_body(api):
    keys = {"data": POINTS, "steps": 5}
    asked_for = {**keys, "walk": None, "first": None, "count": None, "weight": None}
    assert api.post("/api/descent/steps", asked_for).content == api.post("/api/descent/steps", keys).content
