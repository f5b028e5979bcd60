"""`descend(…)`: the same numbers as over HTTP to the last bit, as arrays, and errors that name the key."""

import http.server
import json
import subprocess
import sys
import threading

import numpy as np
import pytest

import app
from app import DescendError, RequestError, ServerError, Walk, Walks, descend
from tests.web.asking import JSON

ASKED = {
    "a walk": {"landscape": "rosenbrock", "optimizer": "adam", "learning_rate": 0.05},
    "a curve": {"landscape": "two-minima", "steps": 40},
    "a walk that diverges": {"optimizer": "gradient-descent", "learning_rate": 50, "steps": 500},
    "a typed formula": {"formula": "a*x^2 + sin(y)^2", "constants": {"a": 3}},
    "a typed rule": {
        "rule": "v_next = b*v + gradient; point_next = point - learning_rate*v_next",
        "hyperparameters": {"b": 0.5},
    },
    "own points": {"data": [[0, 1], [1, 3], [2, 4]], "model": "line"},
    "several starts": {"landscape": "himmelblau", "starts": 3, "seed": 7, "noise": 0.5},
    "a race": {"landscape": "camel", "starts": 2, "runs": [{"optimizer": "adam", "name": "Fast"}, {"momentum": 0.5}]},
    "a network": {"landscape": "network-xor", "steps": 60, "weights": 1},
    "a view": {"at": "end", "view": ["data", "surface"], "landscape": "network-xor", "steps": 10, "hide": ["share"]},
}
COLUMNS = ("loss", "gradient_norm", "learning_rate", "evaluations", "off_plane", "plane_loss", "weights")


def walks(found):
    return [found] if isinstance(found, Walk) else list(found)


def bits(column):
    return None if column is None else np.ascontiguousarray(column).tobytes()


def as_told(column):
    return np.array([[np.nan if one is None else one for one in np.ravel(row)] for row in column]).squeeze()


@pytest.mark.parametrize("keys", ASKED.values(), ids=ASKED)
def test_here_and_from_a_server_the_numbers_are_the_same_to_the_last_bit(live, keys):
    here, there = descend(**keys), descend(server=live.base, **keys)
    answer = live.client.post("/api/descent", content=json.dumps(keys), headers=JSON).json()
    assert (here.request, here.query) == (there.request, there.query) == (answer["request"], answer["query"])
    assert here.plane == there.plane == answer.get("plane")
    assert len(walks(here)) == len(walks(there)) == len(answer["walks"])
    for one, other, told in zip(walks(here), walks(there), answer["walks"], strict=True):
        assert (one.run, one.walker, one.label) == (other.run, other.walker, other.label)
        assert one.summary == other.summary == told["summary"]
        assert (one.request, one.query) == (other.request, other.query)
        assert bits(one.path) == bits(other.path)
        for k, key in enumerate(key for key in "xy" if key in told):
            np.testing.assert_array_equal(one.path[:, k], as_told(told[key]))
        for key in COLUMNS:
            assert bits(getattr(one, key)) == bits(getattr(other, key))
            assert (getattr(one, key) is None) == (key not in told)
            if key in told and key != "weights":
                np.testing.assert_array_equal(getattr(one, key), as_told(told[key]))


def test_a_walk_has_a_row_for_each_iterate():
    walk = descend(landscape="quadratic", start=(2, 1), optimizer="gradient-descent", learning_rate=0.1, steps=3)
    # z = x² + xy + y², by hand.
    np.testing.assert_allclose(walk.path, [[2, 1], [1.5, 0.6], [1.14, 0.33], [0.879, 0.15]], rtol=1e-12)
    np.testing.assert_allclose(walk.loss, [7, 3.51, 1.7847, 0.926991], rtol=1e-12)
    assert (len(walk), walk.loss.dtype, walk.summary["steps"]) == (4, np.float64, 3)
    assert descend(landscape="two-minima", steps=5).path.shape == (6, 1)


def test_one_walk_comes_alone_and_several_as_a_sequence():
    assert isinstance(descend(steps=2), Walk)
    several = descend(steps=2, starts=2, runs=[{"optimizer": "adam"}])
    assert isinstance(several, Walks)
    assert [(walk.run, walk.walker) for walk in several] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert (len(several), several[-1].run, len(several[1:3])) == (4, 1, 2)
    assert several[2].request["optimizer"] == "adam"
    assert several[2].query == "starts=2&optimizer=adam&steps=2"
    assert several.query == "starts=2&steps=2&run=adam"


def test_arrays_and_their_numbers_are_taken_as_lists_and_numbers():
    plain = descend(start=[1.5, -2.0], steps=7, learning_rate=0.25)
    arrays = descend(start=np.array([1.5, -2.0]), steps=np.int64(7), learning_rate=np.float64(0.25))
    assert arrays.query == plain.query
    points = np.array([[0.0, 1.0], [1.0, 3.0], [2.0, 4.0]])
    assert descend(data=points).query == descend(data=points.tolist()).query


def test_what_is_none_has_its_default():
    assert descend(momentum=None, steps=3).query == descend(steps=3).query


def test_the_address_is_that_of_the_page(live):
    walk = descend(server=live.base, landscape="bowl", steps=3)
    assert walk.address() == f"{live.base}/?steps=3"
    assert walk.address("https://example.org/downhill/") == "https://example.org/downhill/?steps=3"
    assert descend().address() == "http://127.0.0.1:8000/"
    assert live.client.get(walk.address()).status_code == 200


def test_what_no_address_holds_says_so():
    walk = descend(data=[[k / 100, k % 7] for k in range(201)], model="line", steps=2)
    with pytest.raises(RequestError, match="At most 200 points") as caught:
        walk.address()
    assert caught.value.key == "data"


WRONG = {
    "out of range": ({"momentum": 2}, "momentum", "momentum=2 is out of range. A number from 0 to 1."),
    "unknown": ({"optimizer": "adma"}, "optimizer", "optimizer=adma is not known. Did you mean adam?"),
    "no key": ({"learningrate": 1}, "learningrate", "Did you mean learning_rate?"),
    "not used": ({"optimizer": "adam", "momentum": 0.5}, "momentum", "Leave it out"),
    "of a query": ({"run": "adam"}, "run", "Did you mean runs?"),
    "in a run": ({"runs": [{"optimizer": "adam", "beta1": 3}]}, "runs", "beta1=3 is out of range"),
    "text": ({"learning_rate": "0.1"}, "learning_rate", "learning_rate=0.1 is not what learning_rate takes"),
    "typed": ({"formula": "sinx + y"}, "formula", "sin(x)"),
}


@pytest.mark.parametrize(("keys", "key", "words"), WRONG.values(), ids=WRONG)
def test_an_error_names_the_key_and_what_would_be_right_here_and_there(live, keys, key, words):
    told = []
    for server in (None, live.base):
        with pytest.raises(RequestError) as caught:
            descend(server=server, **keys)
        error = caught.value
        assert isinstance(error, ValueError)
        assert (error.key, error.status) == (key, 422)
        assert error.hint
        assert words in str(error)
        told.append(str(error))
    assert told[0] == told[1]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), np.array([1.0, np.nan])])
def test_what_is_not_finite_is_refused_rather_than_left_out(value):
    with pytest.raises(RequestError, match="is not finite") as caught:
        descend(start=value)
    assert caught.value.key == "start"


def test_what_json_has_nothing_for_is_named():
    with pytest.raises(RequestError, match=r"is of the kind set\. A number, a list or a string\.") as caught:
        descend(start={1, 2})
    assert caught.value.key == "start"


def test_a_server_that_is_not_there_is_said_not_to_be():
    with pytest.raises(ServerError, match=r"http://127.0.0.1:9 does not answer.*Is it running\?") as caught:
        descend(server="http://127.0.0.1:9")
    assert isinstance(caught.value, ConnectionError)
    assert isinstance(caught.value, DescendError)


@pytest.mark.parametrize("server", ["127.0.0.1:8000", "file:///etc/hosts", "", "http://", 8000, "http://h/?steps=3"])
def test_what_is_no_address_of_a_server_is_refused(server):
    with pytest.raises(RequestError, match=r"such as http://127\.0\.0\.1:8000") as caught:
        descend(server=server)
    assert caught.value.key == "server"


@pytest.fixture
def another():
    """A server of something else, which answers as it is told to."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            status, length, content = self.server.told
            self.send_response(status)
            self.send_header("content-length", str(length))
            if self.server.moved:
                self.send_header("location", self.server.moved)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answering) as server:
        server.moved = None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


TOLD = {
    "a page": (200, b"<!doctype html>", "is not Downhill"),
    "other JSON": (200, b'{"walks": []}', "is not Downhill"),
    "a list": (200, b"[]", "is not Downhill"),
    "another error": (404, b'{"error": "no"}', "is not Downhill"),
    "a busy server": (503, b'{"error": {"message": "Too much.", "hint": "Try again."}}', r"Too much\. Try again\."),
}


@pytest.mark.parametrize(("status", "content", "words"), TOLD.values(), ids=TOLD)
def test_what_is_no_answer_is_told_from_one(another, status, content, words):
    another.told = status, len(content), content
    with pytest.raises(ServerError, match=words):
        descend(server=f"http://127.0.0.1:{another.server_port}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_who_is_sent_elsewhere_is_told_so_and_gets_no_other_walk(another, live, status):
    another.told, another.moved = (status, 0, b""), f"{live.base}/api/descent"
    with pytest.raises(ServerError, match=rf"is at {live.base}\. Give it by that address"):
        descend(server=f"http://127.0.0.1:{another.server_port}", steps=3)


def test_an_answer_that_is_cut_off_is_none(another):
    another.told = 200, 1000, b'{"request": {}'
    with pytest.raises(ServerError, match="does not answer"):
        descend(server=f"http://127.0.0.1:{another.server_port}")


def test_importing_the_package_costs_nothing_that_is_not_used():
    script = "import sys, app; assert not {'numpy', 'pydantic', 'urllib.request'} & sys.modules.keys(); app.descend"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_is_not_there_is_said_not_to_be():
    with pytest.raises(AttributeError, match="has no attribute 'ascend'"):
        _ = app.ascend
    assert all(hasattr(app, name) for name in app.__all__)


def test_a_walk_tells_of_itself_in_a_line():
    walk = descend(steps=3)
    assert repr(walk).startswith("<Walk: Momentum")
    assert "; 3 steps." in repr(walk)
    assert len(repr(descend(starts=30, steps=1)).splitlines()) == 23
