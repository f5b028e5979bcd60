"""Files of a walk: one route for each row of the table, whatever the row makes."""

import asyncio
import re

import pytest

from app.exports.options import OPTIONS, Choice
from app.exports.table import EXPORTS, GROUPS
from app.web.limits import busy
from app.web.responses import pieces_in_turns
from tests.web.asking import error_of, wait_until

# One that is made from data, so that it has every file.
SHORT = "landscape=straight-line&optimizer=adam&steps=20"
# What would take seconds is wanted small.
SMALL = {"width": 240, "height": 240, "frames": 10, "seconds": 1}


def small(file):
    return {key: value for key, value in SMALL.items() if "frames" in EXPORTS[file].options}


@pytest.mark.parametrize("file", EXPORTS)
def test_a_file_is_kept_under_a_name_of_slugs_and_is_the_same_in_a_body(api, file):
    wanted = small(file)
    path = f"/api/export/{file}?{SHORT}{''.join(f'&{key}={value}' for key, value in wanted.items())}"
    answer = api.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content
    kind, name = re.fullmatch(
        r'(inline|attachment); filename="([a-z0-9.-]+)"', answer.headers["content-disposition"]
    ).groups()
    assert name == "downhill-straight-line-adam-" + file
    assert (kind == "inline") == EXPORTS[file].media_type.startswith("image/")
    assert answer.headers["content-type"].partition(";")[0] == EXPORTS[file].media_type
    again = api.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    body = {"landscape": "straight-line", "optimizer": "adam", "steps": 20, **wanted}
    assert api.post(f"/api/export/{file}", body).content == answer.content


@pytest.mark.parametrize("file", EXPORTS)
def test_what_is_typed_is_not_in_the_name_of_a_file(api, file):
    keys = "".join(f"&{key}={value}" for key, value in small(file).items())
    answer = api.get(f"/api/export/{file}?formula=x%5E2%2By%5E2&name=%22%3Cscript%3E&steps=5{keys}")
    if answer.status_code != 422:
        assert "script" not in answer.headers["content-disposition"]
        # Numbers as JSON hold a name as it is; whatever a browser reads as a page, or a picture, must not.
        markup = EXPORTS[file].media_type.startswith(("image/svg", "text/html"))
        assert not markup or b'"<script>' not in answer.content


@pytest.mark.parametrize(("file", "key"), [(file, key) for file in EXPORTS for key in EXPORTS[file].options])
def test_an_option_beyond_its_bounds_is_refused_with_them(api, file, key):
    option = EXPORTS[file].option(key)
    wrong = ["nothing", ""] if isinstance(option, Choice) else [option.low - 1, option.high + 1, 1.5, "x"]
    for value in wrong:
        hint = error_of(api.get(f"/api/export/{file}?{SHORT}&{key}={value}"), 422, key)["hint"]
        assert hint


@pytest.mark.parametrize("file", EXPORTS)
def test_a_row_of_the_table_names_what_there_is(file):
    export = EXPORTS[file]
    assert export.group in GROUPS
    assert set(export.options) <= set(OPTIONS)
    assert export.title


@pytest.mark.parametrize("file", EXPORTS)
def test_a_bad_request_is_refused_as_everywhere(api, file):
    error_of(api.get(f"/api/export/{file}?optimizer=adamm"), 422, "optimizer")
    error_of(api.get(f"/api/export/{file}?stesp=3"), 422, "stesp")


def test_who_comes_while_a_long_file_is_written_has_a_turn_between_its_pieces():
    async def written():
        pieces = 0
        with busy.admit(100_000) as admission:
            async for _ in pieces_in_turns(iter([b"x" * 20_000] * 50), admission):
                pieces += 1
                other = asyncio.create_task(busy.turns.enter(0))
                await asyncio.sleep(0)
                assert other.done()
                busy.turns.leave()
        return pieces

    assert asyncio.run(written()) >= 50


@pytest.mark.parametrize("file", ["steps.csv", "steps.jsonl", "steps.npz", "walk.html"])
def test_what_a_file_holds_is_given_back_when_it_is_sent_or_left(live, file):
    long = "landscape=rosenbrock&optimizer=adam&steps=100000&tolerance=0"
    before = live.under_way
    connection = live.open(f"GET /api/export/{file}?{long} HTTP/1.1\r\nhost: x\r\n\r\n")
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    connection.close()
    wait_until(lambda: live.under_way == before, 20)
    with live.client.stream("GET", f"/api/export/{file}?{long}") as answer:
        size = sum(map(len, answer.iter_bytes()))
    assert size > 300_000
    wait_until(lambda: live.under_way == before, 20)


def test_a_picture_with_too_many_lines_for_pixels_is_refused_and_is_there_as_lines(api, monkeypatch):
    monkeypatch.setattr("app.exports.rendering._MOST", 30_000)
    query = "landscape=bowl&starts=40&steps=60&noise=20&tolerance=0"
    error = error_of(api.get(f"/api/export/map.png?{query}"), 422, "steps")
    assert "0.03" in error["message"]
    assert "SVG" in error["hint"]
    assert api.get(f"/api/export/map.svg?{query}").status_code == 200


def test_what_is_shown_at_a_step_that_a_walk_does_not_come_to_is_shown_at_its_last(api):
    text = api.get("/api/export/map.svg?steps=10&at=999&tolerance=0").text
    assert "Shown at step 10" in text
    assert "999." not in text


@pytest.mark.parametrize("value", [1, ["dark"], {"a": 1}, True])
def test_a_word_in_a_body_is_a_word(api, value):
    answer = api.post("/api/export/curves.svg", {"steps": 3, "theme": value})
    assert "umbers" in error_of(answer, 422, "theme")["hint"] or "light, dark" in error_of(answer, 422, "theme")["hint"]


def test_the_address_of_more_points_than_one_holds_is_that_of_the_page(api):
    body = {"data": [[k / 10, k % 7] for k in range(300)], "steps": 5}
    cited = api.post("/api/export/citation.bib", body).text
    assert "{http://downhill/}" in cited
    few = {"data": body["data"][:20], "steps": 5}
    assert "data=" in api.post("/api/export/citation.bib", few).text
