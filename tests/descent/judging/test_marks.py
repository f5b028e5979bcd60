"""Marks on the dials: closed forms on quadratics, and walks on both sides of each limit."""

from typing import Any

import pytest

from app.answers.walks import answer
from app.request.making import make_request

# The largest curvature of the bowl with condition number 4, along y, and the smallest, along x.
SHARP, FLAT = 1.0, 0.25


def marks_of(**keys: Any) -> list[dict[str, Any]]:
    return answer(make_request(keys))[0]["summary"]["marks"]  # type: ignore[return-value]


def marked(marks: list[dict[str, Any]], key: str, kind: str, at: str | None = None) -> dict[str, Any]:
    (only,) = [one for one in marks if (one["key"], one["kind"], one["at"]) == (key, kind, at)]
    return only


@pytest.mark.parametrize("momentum", [0.0, 0.2, 0.9])
def test_the_step_size_of_heavy_ball_blows_up_above_two_and_two_momenta_over_the_curvature(momentum: float) -> None:
    marks = marks_of(landscape="bowl", shape=4.0, momentum=momentum, learning_rate=0.1)
    for at in ("start", "minimum"):
        mark = marked(marks, "learning_rate", "limit", at)
        assert mark["value"] == pytest.approx(2 * (1 + momentum) / SHARP, rel=1e-12)
        assert mark["blows_up"] == "above"


def test_heavy_ball_blows_up_below_the_momentum_that_its_step_size_needs() -> None:
    mark = marked(marks_of(landscape="bowl", shape=4.0, learning_rate=3.0, momentum=0.9), "momentum", "limit", "start")
    assert mark["value"] == pytest.approx(3.0 * SHARP / 2 - 1, rel=1e-12)
    assert mark["blows_up"] == "below"


def test_nesterov_blows_up_above_the_momentum_that_its_step_size_allows() -> None:
    marks = marks_of(landscape="bowl", shape=4.0, optimizer="nesterov", learning_rate=1.5, momentum=0.2)
    mark = marked(marks, "momentum", "limit", "start")
    # (2 + 2β)/((1 + 2β)λ) = η is solved by β = (2 - ηλ)/(2ηλ - 2).
    assert mark["value"] == pytest.approx((2 - 1.5 * SHARP) / (2 * 1.5 * SHARP - 2), rel=1e-12)
    assert mark["blows_up"] == "above"


@pytest.mark.parametrize("optimizer", ["gradient-descent", "momentum", "nesterov", "sam"])
@pytest.mark.parametrize("at", ["start", "minimum"])
def test_a_walk_on_a_quadratic_settles_on_one_side_of_each_limit_and_leaves_on_the_other(
    optimizer: str, at: str
) -> None:
    keys: dict[str, Any] = {"landscape": "bowl", "shape": 4.0, "optimizer": optimizer, "learning_rate": 1.5}
    keys |= {"radius": 0.0} if optimizer == "sam" else {}
    limits = [one for one in marks_of(**keys) if one["kind"] == "limit" and one["at"] == at]
    assert "learning_rate" in {one["key"] for one in limits}
    for mark in limits:
        sides = {"above": 1.02 * mark["value"], "below": 0.98 * mark["value"]}
        beyond = sides.pop(mark["blows_up"])
        (inside,) = sides.values()
        walk = {**keys, "steps": 20_000}
        assert answer(make_request({**walk, mark["key"]: beyond}))[0]["summary"]["outcome"] == "diverged"
        assert answer(make_request({**walk, mark["key"]: inside}))[0]["summary"]["outcome"] == "converged"


def test_the_best_step_size_and_momentum_on_a_quadratic_are_the_textbooks() -> None:
    marks = marks_of(landscape="bowl", shape=4.0)
    assert marked(marks, "learning_rate", "best")["value"] == pytest.approx((2 / (SHARP**0.5 + FLAT**0.5)) ** 2)
    assert marked(marks, "momentum", "best")["value"] == pytest.approx((1 / 3) ** 2)


def test_the_minimum_that_is_marked_is_the_one_nearest_the_end() -> None:
    # At (3, 2) the Hessian of Himmelblau's function is ((74, 20), (20, 34)).
    keys: dict[str, Any] = {"landscape": "himmelblau", "start": [2.0, 2.0], "learning_rate": 0.01, "momentum": 0.0}
    largest = 54 + (20**2 + 20**2) ** 0.5
    assert marked(marks_of(**keys), "learning_rate", "limit", "minimum")["value"] == pytest.approx(2 / largest)


def test_where_there_is_no_minimum_only_the_start_is_marked() -> None:
    # The Hessian ((6x, -6y), (-6y, -6x)) of the monkey saddle has the eigenvalues ±6√(x² + y²).
    marks = marks_of(landscape="monkey-saddle", start=[1.0, 0.5], momentum=0.0)
    assert {one["at"] for one in marks if one["kind"] == "limit"} == {"start"}
    assert marked(marks, "learning_rate", "limit", "start")["value"] == pytest.approx(2 / (6 * 1.25**0.5))


def test_an_ascent_is_marked_by_its_maximum() -> None:
    # The area 100 l - l² is curved by -2 everywhere.
    marks = marks_of(landscape="fence", momentum=0.0)
    assert marked(marks, "learning_rate", "limit", "minimum")["value"] == pytest.approx(2 / 2)


def test_where_theory_knows_no_limit_nothing_is_marked() -> None:
    assert marks_of(landscape="bowl", optimizer="adam") == []


def test_a_walk_that_never_began_is_marked_where_it_stands() -> None:
    marks = marks_of(landscape="bowl", shape=4.0, start=[0.0, 0.0], momentum=0.0)
    assert marked(marks, "learning_rate", "limit", "start")["value"] == pytest.approx(2 / SHARP)


def test_only_the_first_walker_of_a_run_has_marks() -> None:
    walks = answer(make_request({"landscape": "bowl", "starts": 3, "runs": [{"optimizer": "nesterov"}]}))
    assert [bool(walk["summary"]["marks"]) for walk in walks] == [True, False, False, True, False, False]
