"""/docs: how to call each route, with requests that are made here as they stand there, and what they answer."""

import json
import re
import shlex
from html import unescape
from html.parser import HTMLParser

import pytest

from app.exports.table import EXPORTS
from app.web.examples import EXAMPLE_ADDRESSES, EXAMPLE_BODIES, examples
from app.web.reference import values, with_code
from tests.web.asking import JSON, read
from tests.web.codes import codes_in


@pytest.fixture(scope="module")
def page(api):
    return api.get("/docs").text


@pytest.fixture(scope="module")
def paths(api):
    return read(api.get("/openapi.json").content)["paths"]


def commands(page):
    """Return the lines that call something, as a shell splits them."""
    return [
        shlex.split(unescape(line)) for line in re.findall(r'<pre class="command"[^>]*><code>(.*?)</code>', page, re.S)
    ]


def test_every_call_of_every_route_has_a_line_to_copy(page, paths):
    called = set()
    for words in commands(page):
        address = words[-1].removeprefix("http://downhill")
        (path,) = [path for path in paths if path == address.partition("?")[0] or EXAMPLE_ADDRESSES[path] == address]
        called.add((path, "post" if "-d" in words else "get"))
    assert called == {(path, method) for path, methods in paths.items() for method in methods}


def test_every_line_to_copy_is_answered_and_the_answer_is_the_one_that_is_shown(api, page, paths):
    for words in commands(page):
        address = words[-1].removeprefix("http://downhill")
        path = next(path for path, example in EXAMPLE_ADDRESSES.items() if address in (path, example))
        if "-d" in words:
            assert words[words.index("-H") + 1] == "content-type: application/json"
            response = api.ask("POST", address, content=words[words.index("-d") + 1].encode(), headers=JSON)
        else:
            response = api.get(address)
        assert response.status_code == 200, words
        # The first is what is answered where nothing else is asked for.
        content, *_ = paths[path]["post" if "-d" in words else "get"]["responses"]["200"]["content"].values()
        if path.startswith("/api/export/"):
            assert response.headers["content-type"].partition(";")[0] == EXPORTS[path.rpartition("/")[2]].media_type
            if EXPORTS[path.rpartition("/")[2]].is_text:
                assert response.text.replace("http://downhill/", "http://127.0.0.1:8000/") == content["example"]
        elif path.endswith(".svg"):
            # The same page at another address.
            assert codes_in(response.text) == [codes_in(content["example"])[0].replace("127.0.0.1:8000", "downhill")]
        elif isinstance(content["example"], str):
            answered = [read(line) for line in response.text.splitlines()]
            assert [json.loads(line) for line in content["example"].splitlines()] == [
                line for line in answered if line["kind"] != "progress"
            ]
        elif path != "/healthz":
            # An answer may name the server that gives it.
            shown = json.dumps(content["example"]).replace("127.0.0.1:8000", "downhill")
            assert within(json.loads(shown), read(response.content)), path


def within(part, whole):
    """Whether a value is another one, but for lists that were shortened."""
    if isinstance(part, dict):
        return part.keys() == whole.keys() and all(within(part[key], whole[key]) for key in part)
    if isinstance(part, list):
        shortened = len(part) < len(whole)
        pairs = (
            [[(one, other) for other in whole] for one in part]
            if shortened
            else [[pair] for pair in zip(part, whole, strict=True)]
        )
        return all(any(within(*pair) for pair in some) for some in pairs)
    return part == whole


def test_a_link_opens_each_request_that_a_browser_can_make(api, page):
    links = [unescape(link) for link in re.findall(r'<a href="([^"]*)">Open it</a>', page)]
    assert sorted(links) == sorted(EXAMPLE_ADDRESSES.values())
    assert all(api.get(link).status_code == 200 for link in links)


def test_the_body_of_a_post_is_shown(page, paths):
    bodies = [json.loads(words[words.index("-d") + 1]) for words in commands(page) if "-d" in words]
    assert bodies == [EXAMPLE_BODIES[path] for path in paths if path in EXAMPLE_BODIES]
    assert bodies[0] == {"landscape": "quadratic", "start": [2.0, 1.0], "optimizer": "gradient-descent", "steps": 3}


def seen(page):
    """Return what a person reads on the page."""

    class Reader(HTMLParser):
        text = ""

        def handle_data(self, data):
            self.text += data

    reader = Reader()
    reader.feed(page.partition("<main")[2])
    return reader.text


def test_nothing_is_shown_as_it_is_written_for_a_program(page):
    text = seen(page)
    # What is written for a program is shown as it is.
    for file in (file for file, export in EXPORTS.items() if export.group == "code"):
        script = examples()[f"/api/export/{file}"].strip()
        assert script in text
        text = text.replace(script, "")
    for raw in ("`", "\\u0026", "\\u003c", "&amp;", "&lt;", "&quot;", "{'", "None", "undefined"):
        assert raw not in text, raw
    assert "landscape=quadratic&start=2,1" in text


def test_each_route_shows_the_keys_that_it_alone_takes(page, paths):
    for path, own in {
        "/api/descent/steps": {"walk", "first", "count", "weight"},
        "/api/landscapes/{slug}/surface": {"slug", "resolution", "shape", "domain", "relief"},
        "/api/descent/theory": {"walk", "step"},
        "/api/descent/sharpness": {"walk"},
        # What a map has under that name is another thing.
        "/api/descent/surface": {"resolution", "relief", "box"},
        "/api/maps/rates": set(),
    }.items():
        section = page.partition(f'id="{path}"')[2].partition("</section>")[0]
        assert set(re.findall(r'<th scope="row"><code>(\w+)</code>', section)) == own


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 512, "default": 1}, "a whole number from 1 to 512; default 1"),
        ({"type": "number", "exclusiveMinimum": 0}, "a number above 0"),
        ({"type": "number", "minimum": 0.0, "maximum": 0.9999}, "a number from 0 to 0.9999"),
        ({"type": "string", "enum": ["minimize", "maximize"]}, "minimize or maximize"),
        ({"type": "string", "enum": [*"abcdef"], "default": "a"}, "one of 6 slugs; default a"),
        (
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
            "2 to 4 numbers with commas between",
        ),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 8}, "text, up to 8 times"),
        ({"type": "string"}, "text"),
    ],
)
def test_what_a_key_may_be_is_said_in_words(schema, words):
    assert values(schema) == words


def test_backticks_become_code_and_all_else_is_text():
    assert with_code("`a<b` & c") == "<code>a&lt;b</code> &amp; c"
