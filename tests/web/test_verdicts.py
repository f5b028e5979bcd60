"""What a summary's sentences say is what its own fields, its walk and the published places say."""

import math
import re
from itertools import pairwise, product

import pytest

from app.descent.judging.sentences import numeral
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.by_hand import PLAIN
from tests.explicit import BEFORE
from tests.products import covering
from tests.web.asking import read

PAIRS = covering(
    list(PLAIN),
    list(OPTIMIZERS),
    possible=lambda landscape, optimizer: LANDSCAPES[landscape].smooth or not OPTIMIZERS[optimizer].needs_hessian,
)
NO_NUMBER = re.compile(r"(?i)(?<![a-z])(nan|inf|infinity|none|null)(?![a-z])")
NUMBER = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
# Below this, what is left of a gradient is rounding.
ROUNDING = 1e-13
CLAIMS = {
    "global_minimum": r"(the|a) global minimum",
    "local_minimum": r"a local minimum",
    "saddle": r"a saddle",
    "maximum": r"a maximum",
    "shoulder": r"a shoulder",
}
# What each way to end begins with.
BEGINNINGS = {
    "converged": r"Converged after |No step was taken: ",
    "stalled": r"Stalled after |No step was taken: ",
    "out_of_steps": r"Out of steps after ",
    "diverged": r"Diverged after ",
}


@pytest.fixture(scope="module")
def records(api):
    return {record["slug"]: record for record in read(api.get("/api/landscapes").content)}


def settings(slug, optimizer, goal):
    """Yield requests that end in many ways: at rest, far away, too early, without patience, and on a known place."""
    keys = {"landscape": slug, "optimizer": optimizer, "goal": goal}
    before = BEFORE["landscapes"][slug]
    yield {**keys, **before, "starts": 3, "steps": 100}
    yield {**keys, **before, "starts": 2, "steps": 200, "tolerance": 0.01, "seed": 1}
    yield {**keys, "steps": 12, "learning_rate": 1e-9}
    # From there a walk on beale is lost in what is no number.
    yield {**keys, **before, "steps": 40, "learning_rate": 1e4}
    yield {**keys, "steps": 100, "noise": 0.01, "patience": 9, "min_change": 0.001, "tolerance": 0}
    yield {**keys, "steps": 30, "patience": 1}
    # One place of each kind: some ground has hundreds.
    for known in {known.kind: known for known in LANDSCAPES[slug].at(None).stationary_points}.values():
        yield {**keys, "start": list(known.point), "steps": 10}
        beside = [at + 1e-3 * width for at, width in zip(known.point, LANDSCAPES[slug].domain.widths, strict=True)]
        yield {**keys, "start": beside, "steps": 3, "learning_rate": 1e-9}


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize(("slug", "optimizer"), PAIRS)
def test_the_sentences_of_every_ending_are_those_of_its_numbers(api, records, slug, optimizer, goal):
    for keys in settings(slug, optimizer, goal):
        answer = api.answer(**keys)
        for walk in answer["walks"]:
            try:
                check(records[slug], answer["request"], walk)
            except AssertionError as wrong:
                wrong.add_note(f"{answer['query']}\n{walk['summary']}")
                raise


def check(record, request, walk):
    summary = walk["summary"]
    headline, message = summary["message"].split("\n")
    check_headline(request, headline)
    check_crossing_in_short(request, summary, headline)
    check_writing(record, request, message)
    assert re.match(BEGINNINGS[summary["outcome"]], message)
    message = check_crossings(record, request, walk, message)
    check_cause(request, walk, message)
    if summary["outcome"] == "diverged":
        assert not re.search(r"This is|close to|The nearest known|What kind of place", message)
        assert summary["place"] is None
        return
    check_place(record, request, summary, message)
    check_nearest(record, request, summary, message)


def between(request):
    """What lies between two basins is called so."""
    words = ("dip", "bump") if len(request["start"]) == 1 else ("valley", "ridge")
    return words[request["goal"] == "minimize"]


def check_crossings(record, request, walk, message):
    """Check what is said of ridges, which comes last, and return the rest."""
    summary = walk["summary"]
    kinds = {"maximum"} if request["goal"] == "maximize" else {"global_minimum", "local_minimum"}
    ends = [known["point"] for known in record["stationary_points"] if known["kind"] in kinds]
    rest, said = re.fullmatch(r"(.*?)( It crossed (?:the|a )?.*)?", message).groups()
    assert bool(said) == bool(summary["crossed"] and summary["outcome"] != "diverged")
    if len(ends) < 2:
        assert (summary["crossings"], summary["crossed"]) == ([], 0)
    if not summary["crossed"]:
        return rest
    steps = [crossing["step"] for crossing in summary["crossings"]]
    assert steps == sorted({*steps})
    assert len(steps) == min(50, summary["crossed"])
    assert 1 <= steps[0] <= steps[-1] <= summary["steps"]
    for crossing, following in zip(summary["crossings"], summary["crossings"][1:], strict=False):
        assert crossing["to"] == following["from"]
    assert all(crossing["from"] != crossing["to"] for crossing in summary["crossings"])
    assert all(crossing[side] in ends for crossing in summary["crossings"] for side in ("from", "to"))
    if said:
        assert {word for word in ("ridge", "valley", "bump", "dip") if word in said} == {between(request)}
        numbers = list(map(int, re.findall(r"(?:steps?|and) (\d+)", said)))
        assert numbers[0] == steps[0]
        assert summary["crossed"] > 50 or numbers[-1] == steps[-1]
        assert (" times" in said) == (summary["crossed"] > 2)
    return rest


def check_crossing_in_short(request, summary, headline):
    """Check what the first line says of ridges, where it has room for that."""
    said = re.search(
        rf"Over (?:a {between(request)}|{between(request)}s (\w+)(?: times)?, last) at step (\d+)", headline
    )
    if not said:
        assert not re.search(r"Over a? ?(?:ridge|valley|bump|dip)", headline)
        return
    assert summary["crossed"] == {None: 1, "twice": 2}.get(said[1]) or int(said[1]) == summary["crossed"]
    assert summary["crossed"] > 50 or int(said[2]) == summary["crossings"][-1]["step"]


def check_headline(request, headline):
    assert len(headline) <= 110
    assert headline.endswith(".")
    assert headline[0].isupper()
    assert not re.search(r"  |\.\.|,,| [.,;:]|[{}_]", headline)
    assert not NO_NUMBER.search(headline)
    assert ("loss" if request["goal"] == "maximize" else "value") not in re.findall("[a-z]+", headline)


def check_writing(record, request, message):
    assert message.endswith(".")
    assert not NO_NUMBER.search(message)
    assert not re.search(r"  |\.\.|,,| [.,;:]|\(\)|[{}_]", message)
    assert all(sentence[:1].isupper() for sentence in re.split(r"(?<=[a-z)\d])\. ", message))
    # What is climbed is no loss, and what is descended is no value.
    words = set(re.findall("[a-z]+", message))
    assert ("loss" if request["goal"] == "maximize" else "value") not in words
    if record["dimensions"] == 1:
        assert not re.search(r"\([^()]*,[^()]*\)", message)
    else:
        assert not re.search(rf"\b{record['axes'][0]} = ", message)


def check_cause(request, walk, message):
    summary, tolerance = walk["summary"], request["tolerance"]
    norm, taken = summary["gradient_norm"], summary["steps"]
    if message.startswith("No step was taken"):
        assert (taken, summary["stopped_by"]) == (0, "tolerance")
        assert norm <= tolerance
    else:
        assert re.search(rf" after {taken} step{'' if taken == 1 else 's'}\b", message)
    if summary["stopped_by"] == "tolerance":
        assert norm <= max(tolerance, ROUNDING)
        assert "above the tolerance" not in message
    if summary["outcome"] in ("converged", "out_of_steps") and taken:
        assert f", {'loss' if request['goal'] == 'minimize' else 'value'} {numeral(summary['loss'])}" in message
    if "at or below the tolerance" in message:
        assert norm is not None
        assert norm <= tolerance
    if "above the tolerance" in message:
        assert norm > tolerance
    assert ("where patience ended" in message) == (summary["stopped_by"] == "patience")
    check_cycle(request, walk, message)
    if summary["stopped_by"] == "patience" and not summary["cycle"]:
        waited = f"for {request['patience']} step{'' if request['patience'] == 1 else 's'} the"
        assert waited in message
        assert f", now {numeral(summary['loss'])}, has not become better" in message
        assert (" by more than " in message) == (request["min_change"] > 0)
    rate, limit = request["learning_rate"], summary["stability_limit"]
    if summary["outcome"] == "diverged":
        assert ("is above the limit" in message) == (limit is not None and rate > limit)
        assert (" is below the limit" in message) <= (limit is not None and rate < limit)
    if "goes on so" in message:
        assert summary["stopped_by"] == "too_far"
        sign = 1 if request["goal"] == "minimize" else -1
        assert all(sign * b < sign * a for a, b in pairwise(walk["loss"]))
        lowest = "lowest" if request["goal"] == "minimize" else "highest"
        assert f"this ground seems to have no {lowest} place in that direction." in message


def check_cycle(request, walk, message):
    period, steps = walk["summary"]["cycle"], walk["summary"]["steps"]
    assert ("for ever" in message) == (period is not None)
    if period is None:
        return
    assert walk["summary"]["outcome"] in ("stalled", "out_of_steps")
    assert not request["noise"]
    assert not request["batch"]
    assert ("between two points" if period == 2 else f"the same {period} steps round") in message
    points = list(zip(walk["x"], walk.get("y", walk["x"]), strict=True))
    width = max(abs(a - b) for a, b in zip(points[-1], points[-2], strict=True))
    for k in range(steps - 2 * period + 1, steps + 1):
        assert points[k] == pytest.approx(points[k - period], rel=1e-11, abs=1e-9 * width)
    # Each sentence has its reason once.
    assert len(re.findall("the limit|The limit|for ever|do not shrink|a radius away", message)) <= 2


def check_place(record, request, summary, message):
    place, norm, climbs = summary["place"], summary["gradient_norm"], request["goal"] == "maximize"
    wanted = "maximum" if climbs else "minimum"
    stationary = norm is not None and norm <= max(request["tolerance"], ROUNDING)
    claims = re.findall(rf"(This is|The last point is|The walker is close to) ({'|'.join(CLAIMS.values())})\b", message)
    for begin, *_ in claims:
        assert (begin != "The walker is close to") == stationary, "a place is claimed that the gradient does not show"
    found = [
        name
        for name, words in CLAIMS.items()
        if re.search(rf"(?:This is|The last point is|close to) {words}\b", message)
    ]
    assert found == ([place] if place in CLAIMS else [])
    assert ("This is a plateau" in message) == (place == "plateau")
    # A walk that goes round has no one place to speak of but a known one.
    assert ("This is a slope" in message) == (place == "slope" and not summary["cycle"])
    assert ("What kind of place it is cannot be told" in message) == (place is None)
    if place in ("saddle", "shoulder", "plateau"):
        assert f"{place}, no {wanted}:" in message
    if place in ("global_minimum", "local_minimum"):
        assert ("the opposite of the goal" in message) == climbs
    if place == "maximum":
        assert ("which was the goal" in message) == climbs
        assert ("no minimum" in message) != climbs
    if place == "slope" and not summary["cycle"]:
        assert f"the ground still {'rises' if climbs else 'falls'}" in message
        assert norm is None or norm > 0
    other = "minimum" if climbs else "maximum"
    assert not re.search(rf"\bno {other}\b", message)
    if place == "global_minimum":
        many = sum(known["kind"] == "global_minimum" for known in record["stationary_points"]) != 1
        assert f"{'a' if many else 'the'} global minimum" in message
    for digits, lower in re.findall(rf"global minimum at (.+?) lies ({NUMBER}) lower", message):
        values = [known["value"] for known in record["stationary_points"] if known["kind"] == "global_minimum"]
        assert float(lower) == pytest.approx(summary["loss"] - values[0], rel=1e-3, abs=1e-9)
        assert float(lower) > 0, digits
    told = re.search(rf"eigenvalue is (negative|positive) \(({NUMBER})\)", message)
    if told:
        assert (told[1] == "negative") == (float(told[2]) < 0) != climbs


def check_nearest(record, request, summary, message):
    wanted = {"maximum"} if request["goal"] == "maximize" else {"global_minimum", "local_minimum"}
    places = [known for known in record["stationary_points"] if known["kind"] in wanted]
    expected = bool(places) and summary["place"] not in (*wanted, None)
    assert ("The nearest known" in message) == expected
    if not expected:
        return
    end = [summary[axis] for axis in ("x", "y") if axis in summary]
    away, where = re.search(rf"The nearest known .*? is ({NUMBER}) away, at (.+)\.$", message).groups()
    named = list(map(float, re.findall(NUMBER, where.removeprefix(f"{record['axes'][0]} = "))))
    assert float(away) == pytest.approx(min(math.dist(end, known["point"]) for known in places), rel=1e-3, abs=1e-300)
    (*kinds,) = {known["kind"] for known in places if named == pytest.approx(known["point"], rel=1e-3, abs=1e-9)}
    assert kinds, "that is no place of this landscape"
    for kind, words in (("global_minimum", r"(the|a) global one"), ("local_minimum", "a local one")):
        assert bool(re.search(rf", {words},", message)) == (kind in kinds)


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_those_walks_end_in_every_way_and_at_every_kind_of_place(api, goal):
    ends = {
        (walk["summary"]["outcome"], walk["summary"]["stopped_by"], walk["summary"]["place"])
        for slug, optimizer in product(PLAIN, ("gradient-descent", "line-search"))
        for keys in settings(slug, optimizer, goal)
        for walk in api.walks(**keys)
    }
    outcomes, criteria, places = (set(column) for column in zip(*ends, strict=True))
    assert outcomes == set(BEGINNINGS)
    assert criteria >= {"tolerance", "patience", "steps", "not_finite", "too_far"}
    assert places >= {*CLAIMS, "plateau", "slope", None}
