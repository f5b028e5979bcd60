"""Whatever is changed at the controls, nothing is to be refused; and page and server agree on what has a meaning."""

import json
import random
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.lessons import LESSONS
from app.request.errors import ApiError
from app.request.keys import NAMED, Entries
from app.request.making import make_request
from app.request.meaning import NEEDS, unmet
from app.request.points import OwnPoints
from app.request.reading import read_query
from app.request.request import MapRequest
from app.request.writing import to_json, write_value
from app.web.catalog import catalog

SCRIPTS = Path(__file__).resolve().parent.parent / "js"
MEANING = SCRIPTS.parent.parent / "static" / "js" / "state" / "meaning.js"

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="the page's scripts are run by Node.js")

# What is refused with what would do, because it is more than float64 or the server can carry.
TOO_MUCH = (
    r"are more than the server takes on at once",
    r"float64 cannot tell \d+ cells apart",
)
# Amounts that each may be, and of which there are too many together.
TOO_MUCH_TOGETHER = (
    *TOO_MUCH,
    r"are more than \d+ points",
    r"leaves nothing of the \d+ steps",
    r"restarts: .* cycles do not fit",
    r"cost more than the \d+ evaluations",
    r"The query has \d+ bytes",
)
# A plane through the ends of two runs, of which one may be taken away.
ENDS = "landscape=network-curve&plane=ends&run=adam"
# In a race an optimizer does not make way for another one: its refusal is said, and the last picture stays.
NEEDS_A_HESSIAN = r"needs a Hessian"


def play(**what):
    """Play visits of the page; yield each query with what was changed and the complaint, None where it is accepted."""
    node = subprocess.Popen(["node", SCRIPTS / "changes.js"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert node.stdin
    assert node.stdout

    def tell(record):
        node.stdin.write(to_json(record) + b"\n")
        node.stdin.flush()

    with node:
        tell({"catalog": catalog(), **what})
        for line in node.stdout:
            record = json.loads(line)
            assert "lost" not in record, record
            if "done" in record:
                return
            query = record["query"]
            try:
                request = make_request(read_query(query.encode()))
            except ApiError as error:
                tell({"refused": error.message})
                yield record, error
                continue
            if "again" in record:
                assert make_request(read_query(record["again"].encode())).query == request.query
                continue
            axes = request.map_axes if isinstance(request, MapRequest) else []
            tell(
                {
                    "query": request.query,
                    "request": request.canonical,
                    "runs": [{"request": run.canonical} for run in request.each_run],
                    "axes": [{"low": axis.low, "high": axis.high, "log": axis.log} for axis in axes],
                }
            )
            yield record, None
    raise AssertionError("Node.js has ended before the visits did.")


def is_meant(record, error, too_much):
    """Whether it is refused for what it would cost, or because a race keeps its optimizers on another landscape."""
    elsewhere = record["several"] and "landscape" in (record["change"] or {})
    return any(re.search(one, error.message) for one in (*too_much, *([NEEDS_A_HESSIAN] if elsewhere else [])))


def seeds(few):
    """A few seeds each time, and ten times as many in all."""
    return [pytest.param(seed, marks=() if seed < few else pytest.mark.full) for seed in range(10 * few)]


def check(too_much, **what):
    """Play, and hold that nothing is refused but what is too much; return how many changes, and how many refusals."""
    changes = refused = 0
    for record, error in play(**what):
        changes += 1
        refused += error is not None
        assert error is None or is_meant(record, error, too_much), f"{record}: {error.message}"
    return changes, refused


@pytest.mark.parametrize("seed", seeds(3))
def test_no_change_at_the_controls_makes_a_request_that_is_refused(seed):
    some = random.Random(seed).sample(list(LANDSCAPES), 6)
    openings = ["", ENDS, *(f"landscape={slug}" for slug in some)]
    changes, refused = check(TOO_MUCH, seed=seed, visits=8, changes=100, modest=True, openings=openings)
    assert changes == 8 * 101
    assert refused < 0.02 * changes


@pytest.mark.parametrize("seed", seeds(2))
def test_of_settings_that_fit_in_every_other_way_only_their_amounts_are_refused(seed):
    queries = [query for one in LESSONS.values() for query in (one.query, one.compare_query) if query]
    openings = random.Random(seed).sample(queries, 8)
    changes, refused = check(TOO_MUCH_TOGETHER, seed=seed, visits=8, changes=100, modest=False, openings=openings)
    assert changes == 8 * 101
    assert refused < 0.1 * changes


AGREE = """
const { entriesOf, unmet } = await import(process.argv[1]);
const { catalog, contexts } = JSON.parse(await new Response(process.stdin).text());
const keys = Object.keys(catalog.needs);
console.log(JSON.stringify(contexts.map((given) => {
  const known = { ...given, ...entriesOf(given, catalog) };
  return keys.filter((key) => !unmet(key, known, catalog.needs));
})));
"""


def test_both_languages_agree_on_what_means_something():
    dice = random.Random(17)
    choices = {
        "landscape": list(LANDSCAPES),
        "optimizer": list(OPTIMIZERS),
        "schedule": [*SCHEDULES, None],
        "restarts": [0, 1, 7, None],
        "patience": [0, 3, None],
        "growth": [1, 2, None],
        "map": ["basins", "rates", None],
        "view": ["data", "surface", ["surface", "data"], None],
        "goal": ["minimize", "maximize", None],
        "plane": ["walk", "ends", None],
        "data": [[[1.0, 2.0], [2.0, 3.0]], None, None, None],
        "model": ["line", "parabola", None],
        "formula": ["a*x^2 + y^2", None, None, None],
        "constants": ["a:2", None],
        "rule": ["point_next = point - learning_rate*gradient", None, None],
        "hyperparameters": ["b:2", None],
    }
    contexts = []
    for _ in range(3000):
        picked = {key: dice.choice(some) for key, some in choices.items()}
        # Own points and formulas are landscapes themselves, and a rule is an optimizer.
        picked["formula"] = picked["formula"] if picked["data"] is None else None
        picked["landscape"] = picked["landscape"] if picked["data"] is picked["formula"] is None else None
        picked["optimizer"] = picked["optimizer"] if picked["rule"] is None else None
        contexts.append({key: value for key, value in picked.items() if value is not None})
    # In an address numbers are texts.
    texts = [{key: write_value(value) for key, value in given.items()} for given in contexts]
    asked = to_json({"catalog": catalog(), "contexts": contexts + texts})
    node = ["node", "--input-type=module", "-e", AGREE, MEANING.as_uri()]
    said = json.loads(subprocess.run(node, input=asked, capture_output=True, check=True).stdout)
    expected = []
    for given in contexts:
        points = {"data": OwnPoints(given["data"])} if "data" in given else {}
        made_of = {key: value for key, value in given.items() if key not in NAMED}
        keys = {**given, **Entries.of({**made_of, **points})._asdict()}
        expected.append([key for key in NEEDS if not unmet(key, keys)])
    assert said == expected + expected
    # Each key means something in some of them, and nothing in others.
    counts = Counter(key for keys in expected for key in keys)
    assert all(0 < counts[key] < len(contexts) for key in NEEDS)
