"""A walk as one HTML file: small, whole, alone, and with the numbers of the API."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from app.exports.walk_html import LIMIT, _in_script
from app.exports.walk_numbers import Thinning
from tests.exports.making import file_of

HOSTILE = "</script><!--<script>\"'&"
CASES = {
    "one": {"landscape": "himmelblau", "optimizer": "adam"},
    "curve": {"landscape": "two-minima", "steps": 40},
    "race": {"landscape": "peaks", "starts": 2, "runs": [{"optimizer": "adam", "name": HOSTILE}], "name": HOSTILE},
    "diverged": {"landscape": "bowl", "optimizer": "gradient-descent", "learning_rate": 1e300, "steps": 9},
    "network": {"landscape": "network-xor", "steps": 30},
    "typed": {"formula": "sin(5x)*cos(7y)", "steps": 9},
    "crowd": {"landscape": "rastrigin", "optimizer": "adam", "starts": 512, "steps": 200},
    "long": {"landscape": "rosenbrock", "optimizer": "adam", "steps": 30_000, "tolerance": 0},
    "long race": {"steps": 3_000, "tolerance": 0, "starts": 4, "noise": 0.1, "runs": [{"optimizer": "adam"}] * 8},
}
THINNED = ("crowd", "long", "long race")


class Page(HTMLParser):
    """Every tag with its attributes, and the text that it begins with."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.texts, self.comments, self.within = [], [], [], False
        self.feed(content.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.texts.append("")
        self.within = True

    def handle_endtag(self, tag):
        self.within = False

    def handle_data(self, data):
        if self.within:
            self.texts[-1] += data

    def handle_comment(self, data):
        self.comments.append(data)

    def text_of(self, tag, **attributes):
        return next(
            text
            for (name, has), text in zip(self.tags, self.texts, strict=True)
            if name == tag and attributes.items() <= has.items()
        )

    @property
    def walk(self):
        return json.loads(self.text_of("script", id="walk"))


@pytest.fixture(scope="module", params=CASES)
def case(request):
    content, made = file_of("walk.html", **CASES[request.param])
    return request.param, content, made


def column(walk, key):
    value = walk["columns"][key]
    return np.full(walk["count"], value) if isinstance(value, float) else np.frombuffer(base64.b64decode(value), "<f8")


def test_it_is_as_small_as_is_promised(case):
    name, content, _ = case
    assert len(content) <= LIMIT
    # What is left out is left out for want of room alone.
    assert len(content) > 0.85 * LIMIT or name not in THINNED


def test_its_numbers_are_those_of_the_walks_to_the_last_bit(case):
    name, content, made = case
    whole = {(walk["run"], walk["walker"]): walk for walk in made.walks}
    taken = Page(content).walk["walks"]
    assert len(taken) == min(64, len(made.walks))
    for walk in taken:
        source = whole[walk["run"], walk["walker"]]
        steps = range(walk["count"]) if walk["step"] is None else np.frombuffer(base64.b64decode(walk["step"]), "<u4")
        assert (walk["step"] is None) == (len(steps) == len(source["step"]))
        assert name in THINNED or walk["step"] is None
        assert (steps[0], steps[-1]) == (0, source["step"][-1])
        assert walk["message"] == source["summary"]["message"]
        for key in walk["columns"]:
            assert np.array_equal(column(walk, key), source[key][steps], equal_nan=True)
        assert set(walk["columns"]) == {"x", "y", "loss", "gradient_norm", "learning_rate"} & set(source)


def test_it_says_what_it_leaves_out_and_nothing_where_it_holds_all(case):
    name, content, made = case
    text = content.decode()
    assert ("This file has 64 of 512 walks." in text) == (name == "crowd")
    assert (" this file has the first " in text) == (name in THINNED)
    assert (
        f'href="http://downhill.example/api/export/steps.csv?{made.request.query}"'.replace("&", "&amp;") in text
    ) == (name in THINNED)


def test_it_loads_nothing_and_its_policy_lets_in_its_own_style_and_script_alone(case):
    _, content, made = case
    page = Page(content)
    for tag, attributes in page.tags:
        assert not {"src", "srcset", "data", "action", "style"} & set(attributes)
        assert "href" not in attributes or tag == "a"
        assert not any(name.startswith("on") for name in attributes)
    assert any(tag == "a" and has["href"] == made.address for tag, has in page.tags)
    policy = next(has["content"] for tag, has in page.tags if has.get("http-equiv") == "Content-Security-Policy")
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (page.text_of("style"), page.text_of("script", type="module"))
    ]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; base-uri 'none'"
    )
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", page.text_of("script", type="module"), flags=re.DOTALL | re.MULTILINE)
    assert not re.search(r"\bimport\b|\bfetch\b|XMLHttpRequest|\binnerHTML\b", code)
    assert "@import" not in page.text_of("style")
    assert "url(" not in page.text_of("style")


def test_what_was_typed_is_text_and_ends_nothing(case):
    name, content, _ = case
    text = content.decode()
    assert text.count("<script") == text.count("</script>") == 2
    assert "<!--" not in text
    page = Page(content)
    assert not page.comments
    if name == "race":
        assert [walk["label"] for walk in page.walk["walks"]] == [HOSTILE] * 4
        assert HOSTILE in page.text_of("h1")
        assert f"name:{HOSTILE}" in "".join(page.texts)


def test_no_sign_in_a_script_ends_it_or_its_line():
    value = {"text": "</script><!-- ]]> & \u2028\u2029"}
    written = _in_script(value)
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == value


def test_it_is_the_same_each_time():
    assert file_of("walk.html", **CASES["one"])[0] == file_of("walk.html", **CASES["one"])[0]


def test_hidden_runs_are_left_out_and_it_says_so():
    content, _ = file_of("walk.html", steps=5, runs=[{"optimizer": "adam", "hidden": 1}])
    assert [walk["run"] for walk in Page(content).walk["walks"]] == [0]
    assert "1 of 2 walks are hidden" in content.decode()


def test_every_setting_is_told():
    content, made = file_of("walk.html", landscape="bowl", shape=7, noise=0.25, seed=9, restarts=2)
    page = Page(content)
    told = dict(
        zip(
            [text for (tag, _), text in zip(page.tags, page.texts, strict=True) if tag == "dt"],
            [text for (tag, _), text in zip(page.tags, page.texts, strict=True) if tag == "dd"],
            strict=True,
        )
    )
    assert {key.replace("_", " ") for key in made.request.given} <= set(told)
    assert (told["shape"], told["noise"], told["seed"], told["restarts"]) == ("7", "0.25", "9", "2")


@pytest.mark.parametrize("count", [1, 2, 9, 10, 100])
@pytest.mark.parametrize("thinning", [Thinning(), Thinning(4, 3), Thinning(1, 50)])
def test_the_first_steps_and_the_last_are_always_kept(count, thinning):
    kept = thinning.kept(count).tolist()
    assert kept[: thinning.first] == list(range(min(count, thinning.first)))
    assert kept[-1] == count - 1
    assert kept == sorted(set(kept))
    assert max(np.diff([*kept, count])) <= thinning.every
