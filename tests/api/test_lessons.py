"""Every lesson's claim, proved from the numbers that the lesson's own link gives."""

import math

import pytest

from app.lessons import LESSONS
from tests.api.asking import read

ISSUE = [
    "seven-steps",
    "too-small",
    "overshoot",
    "blow-up",
    "annealing",
    "two-valleys",
    "warm-restarts",
    "many-hikers",
    "ravine",
    "saddle",
    "saddle-escape",
    "plateau",
    "peak",
    "by-hand",
]


class Lesson:
    """A lesson as it is found over the API, and the same with some keys changed or left out."""

    def __init__(self, api, slug):
        """Read the lesson's link back into the request that it stands for."""
        self.api = api
        (record,) = [one for one in read(api.get("/api/lessons").content) if one["slug"] == slug]
        self.query, self.claim = record["query"], record["claim"]
        self.request = read(api.get(f"/api/descent?{self.query}").content)["request"]

    def walks(self, without=(), **changes):
        keys = {key: value for key, value in self.request.items() if key not in without and value is not None}
        return self.api.walks(**keys | changes)

    def walk(self, without=(), **changes):
        (one,) = self.walks(without, **changes)
        return one

    def minimum(self, kind="global_minimum"):
        record = read(self.api.get(f"/api/landscapes/{self.request['landscape']}").content)
        assert self.request["shape"] in (None, (record["shape"] or {}).get("default"))
        (point,) = [known["point"] for known in record["stationary_points"] if known["kind"] == kind]
        return point


def steps_to(walk, share):
    return next(k for k, loss in enumerate(walk["loss"]) if loss < share * walk["loss"][0])


def end(walk):
    return walk["x"][-1], walk["y"][-1]


def seven_steps(lesson):
    assert steps_to(lesson.walk(), 0.01) <= 7


def too_small(lesson):
    good = Lesson(lesson.api, "seven-steps")
    rate = lesson.request["learning_rate"]
    assert rate == pytest.approx(good.request["learning_rate"] / 10, rel=1e-12)
    assert {**lesson.request, "learning_rate": 0} == {**good.request, "learning_rate": 0}
    walk = lesson.walk()
    assert walk["loss"][7] > 0.5 * walk["loss"][0]
    assert steps_to(walk, 0.01) > 10 * steps_to(good.walk(), 0.01)


def overshoot(lesson):
    walk = lesson.walk()
    assert walk["summary"]["outcome"] == "converged"
    limit = walk["summary"]["stability_limit"]
    assert 0.9 * limit < lesson.request["learning_rate"] < limit
    assert any(all(c[k] * c[k + 1] < 0 for k in range(10)) for c in (walk["x"], walk["y"]))


def blow_up(lesson):
    summary = lesson.walk()["summary"]
    limit = summary["stability_limit"]
    assert summary["outcome"] == "diverged"
    assert limit < lesson.request["learning_rate"] < 1.1 * limit
    assert f"the limit 2/λ = {limit:g} at the start" in summary["message"]


def annealing(lesson):
    assert lesson.request["schedule"] != "constant"
    annealed, constant = lesson.walk(), lesson.walk(without=["floor"], schedule="constant")
    assert constant["summary"]["outcome"] == "out_of_steps"
    assert constant["learning_rate"][0] == annealed["learning_rate"][0] == max(annealed["learning_rate"])
    minimum = lesson.minimum()
    assert math.dist(end(constant), minimum) >= 10 * math.dist(end(annealed), minimum)
    # Circling: all the last quarter is as far out as the annealed walk never is at its end.
    last = list(zip(constant["x"], constant["y"], strict=True))[-75:]
    assert sum(math.dist(point, minimum) for point in last) / 75 >= 10 * math.dist(end(annealed), minimum)


def two_valleys(lesson):
    assert lesson.minimum()[0] < 0 < lesson.request["start"][0]
    walk = lesson.walk()
    assert walk["summary"]["place"] == "local_minimum"
    assert math.dist(end(walk), lesson.minimum("local_minimum")) < 1e-2


def warm_restarts(lesson):
    before = Lesson(lesson.api, "two-valleys")
    same = ("landscape", "start", "optimizer", "learning_rate", "momentum", "dampening", "shape", "goal")
    assert all(lesson.request[key] == before.request[key] for key in same)
    walk, plain = lesson.walk(), lesson.walk(without=["restarts", "growth"])
    assert walk["summary"]["place"] == "global_minimum"
    assert math.dist(end(walk), lesson.minimum()) < 1e-2
    assert plain["summary"]["place"] == "local_minimum"
    rates = walk["learning_rate"]
    first_restart = next(k for k in range(1, len(rates)) if rates[k] > rates[k - 1])
    assert rates[first_restart] == rates[0]
    assert all(x > 0 for x in walk["x"][: first_restart + 1])


def many_hikers(lesson):
    walks = lesson.walks()
    minimum = lesson.minimum()
    told = sum(walk["summary"]["place"] == "global_minimum" for walk in walks)
    counted = sum(math.dist(end(walk), minimum) < 0.05 for walk in walks)
    assert len(walks) == lesson.request["starts"] == 64
    assert told == counted
    assert 0 < counted < 64


def ravine(lesson):
    condition = lesson.request["shape"]
    assert condition == 100
    root = math.sqrt(condition)
    assert lesson.request["learning_rate"] == pytest.approx((2 / (1 + 1 / root)) ** 2, rel=1e-4)
    assert lesson.request["momentum"] == pytest.approx(((root - 1) / (root + 1)) ** 2, rel=1e-4)
    best = {"optimizer": "gradient-descent", "learning_rate": 2 / (1 + 1 / condition), "steps": 10_000}
    ball, plain = lesson.walk(steps=10_000), lesson.walk(without=["momentum", "dampening"], **best)
    assert ball["summary"]["outcome"] == plain["summary"]["outcome"] == "converged"
    assert 3 * ball["summary"]["steps"] < plain["summary"]["steps"]
    assert all(3 * steps_to(ball, share) < steps_to(plain, share) for share in (1e-4, 1e-6, 1e-8))
    assert lesson.walk()["summary"]["outcome"] == "converged"


def saddle(lesson):
    assert lesson.request["start"][1] == 0
    summary = lesson.walk()["summary"]
    assert (summary["outcome"], summary["place"]) == ("converged", "saddle")
    assert sum(value < 0 for value in summary["hessian_eigenvalues"]) == 1
    assert "one Hessian eigenvalue is negative" in summary["message"]


def saddle_escape(lesson):
    still = Lesson(lesson.api, "saddle")
    assert 0 < lesson.request["noise"] <= 0.05
    assert {**lesson.request, "noise": 0.0} == still.request
    walk = lesson.walk()
    assert walk["summary"]["place"] == "global_minimum"
    assert abs(walk["y"][-1]) > 0.5


def plateau(lesson):
    assert lesson.request["optimizer"] != "gradient-descent"
    arrived = lesson.walk()
    assert arrived["summary"]["place"] == "global_minimum"
    assert math.dist(end(arrived), lesson.minimum()) < 0.1
    plain = lesson.walk(without=["momentum", "dampening"], optimizer="gradient-descent")
    assert plain["summary"]["place"] == "plateau"
    assert plain["learning_rate"][0] == arrived["learning_rate"][0]
    assert "no minimum" in plain["summary"]["message"]


def peak(lesson):
    walk = lesson.walk()
    assert walk["step"] == [0]
    assert walk["summary"]["steps"] == 0
    assert walk["gradient_norm"][0] <= 1e-9
    assert walk["summary"]["place"] == "maximum"
    assert all(value < 0 for value in walk["summary"]["hessian_eigenvalues"])
    assert "No step was taken" in walk["summary"]["message"]


def by_hand(lesson):
    x, y = lesson.request["start"]
    rate = lesson.request["learning_rate"]
    (step,) = read(lesson.api.get(f"/api/descent/steps?{lesson.query}&first=0&count=1").content)["steps"]
    numbers = step["quantities"]
    gradient = [2 * x + y, 2 * y + x]
    assert lesson.request["landscape"] == "quadratic"
    assert (numbers["point"], numbers["slope"], numbers["gradient"]) == ([x, y], gradient, gradient)
    assert (gradient, rate, numbers["learning_rate"]) == ([5, 4], 0.1, 0.1)
    assert numbers["point_next"] == [1.5, 0.6]
    walk = lesson.walk()
    assert (walk["x"][1], walk["y"][1]) == (1.5, 0.6)


PROOFS = {
    "seven-steps": seven_steps,
    "too-small": too_small,
    "overshoot": overshoot,
    "blow-up": blow_up,
    "annealing": annealing,
    "two-valleys": two_valleys,
    "warm-restarts": warm_restarts,
    "many-hikers": many_hikers,
    "ravine": ravine,
    "saddle": saddle,
    "saddle-escape": saddle_escape,
    "plateau": plateau,
    "peak": peak,
    "by-hand": by_hand,
}


@pytest.mark.parametrize("slug", LESSONS)
def test_the_lessons_claim_is_true(api, slug):
    assert slug in PROOFS, f"the lesson {slug} has no proof: write one"
    PROOFS[slug](Lesson(api, slug))


def test_the_course_holds_every_lesson_that_needs_nothing_later():
    assert list(LESSONS) == ISSUE
    assert set(PROOFS) == set(LESSONS)
