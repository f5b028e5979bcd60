"""Every lesson's claim, proved from the numbers that the lesson's own link gives."""

import math
import re

import numpy as np
import pytest
from latex2mathml.converter import convert

from app.descent.landscapes import LANDSCAPES
from app.lessons import CHAPTERS, LESSONS, VIEWS
from app.request.making import make_request
from tests.web import network_proofs, own_proofs
from tests.web.asking import read

ISSUE = [
    "seven-steps",
    "too-small",
    "overshoot",
    "blow-up",
    "uphill",
    "annealing",
    "two-valleys",
    "warm-restarts",
    "many-hikers",
    "small-bumps",
    "ravine",
    "saddle",
    "saddle-escape",
    "plateau",
    "peak",
    "by-hand",
    "fence",
    "shoulder",
    "two-minima-1d",
    "fit-a-curve",
    "corner",
    "badly-scaled",
    "exact-answer",
    "mini-batches",
    "stop-too-early",
    "so-many-optimizers",
    *network_proofs.PROOFS,
    *own_proofs.PROOFS,
]


class Lesson:
    """A lesson as it is found over the API, and the same with some keys changed or left out."""

    def __init__(self, api, slug):
        """Read the lesson's link back into the request that it stands for."""
        self.api, self.slug, self.lesson, self.tries = api, slug, LESSONS[slug], LESSONS[slug].tries
        (record,) = [one for one in read(api.get("/api/lessons").content) if one["slug"] == slug]
        self.query, self.record = record["query"], record
        self.request = read(api.get(f"/api/descent?{self.query}").content)["request"]

    def walks(self, without=(), **changes):
        keys = {key: value for key, value in self.request.items() if key not in without and value is not None}
        return self.api.walks(**keys | changes)

    def walk(self, without=(), **changes):
        (one,) = self.walks(without, **changes)
        return one

    def other(self):
        """Return the walk that the lesson's page offers to compare with, by its link, and its request."""
        answer = read(self.api.get(f"/api/descent?{self.record['compare']['query']}").content)
        (walk,) = answer["walks"]
        return walk, answer["request"]

    def query_of(self, changes):
        """Return the query of the lesson's settings after these changes."""
        return make_request(self.lesson.changed(changes)).query

    def differs_only_in(self, *keys):
        _, request = self.other()
        return {key for key in request if request[key] != self.request[key]} == set(keys)

    @property
    def ground(self):
        shape = "" if self.request["shape"] is None else f"?shape={self.request['shape']}"
        return read(self.api.get(f"/api/landscapes/{self.request['landscape']}{shape}").content)

    def minimum(self, kind="global_minimum"):
        (point,) = [known["point"] for known in self.ground["stationary_points"] if known["kind"] == kind]
        return point

    def is_inside(self, walk):
        """Tell whether the whole path can be seen."""
        low_x, high_x, *of_y = self.request["domain"]
        inside = low_x <= min(walk["x"]) <= max(walk["x"]) <= high_x
        return inside and (not of_y or of_y[0] <= min(walk["y"]) <= max(walk["y"]) <= of_y[1])


def steps_to(walk, share):
    return next(k for k, loss in enumerate(walk["loss"]) if loss < share * walk["loss"][0])


def end(walk):
    return walk["x"][-1], walk["y"][-1]


def distances(walk, point, widths=(1, 1)):
    """Return how far each iterate is from the point, in units of the widths."""
    x, y = np.array(walk["x"]), np.array(walk["y"])
    return np.hypot((x - point[0]) / widths[0], (y - point[1]) / widths[1])


def strides(walk, widths=(1, 1)):
    return np.hypot(np.diff(walk["x"]) / widths[0], np.diff(walk["y"]) / widths[1])


def last_quarter(column):
    return column[-(len(column) // 4) :]


def seven_steps(lesson):
    assert steps_to(lesson.walk(), 0.01) <= 7
    # On the parabola it takes seven: a step multiplies x by 1 - 0.3, and 0.7¹² > 0.01 > 0.7¹⁴.
    curve, request = lesson.other()
    assert (request["landscape"], request["optimizer"]) == ("parabola", lesson.request["optimizer"])
    assert steps_to(curve, 0.01) == 7
    assert curve["x"][:8] == pytest.approx([-2.4 * 0.7**k for k in range(8)], rel=1e-12)


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
    # As the task asks: the message says that the learning rate is above the limit from the limit on, and not before.
    for rate in (1.9, 1.9325, 1.95, 1.999, 2.0, 2.001, 2.01, 2.05, 2.0825, 2.1):
        message = lesson.walk(learning_rate=rate)["summary"]["message"]
        assert ("is above the limit 2/λ = 2" in message) == (rate > 2), message
        assert "ground still falls." not in message or rate <= 2


def uphill(lesson):
    walk = lesson.walk()
    rises = np.diff(walk["loss"])
    assert (rises > 0.1).any()
    assert lesson.is_inside(walk)
    # Not convex: there are saddles and maxima. And a step size at which no step of the same walk leads uphill.
    assert {"saddle", "maximum"} <= {known["kind"] for known in lesson.ground["stationary_points"]}
    other, request = lesson.other()
    assert lesson.differs_only_in("learning_rate")
    assert request["learning_rate"] < lesson.request["learning_rate"]
    assert (np.diff(other["loss"]) <= 0).all()
    assert (np.diff(lesson.walk(learning_rate=0.06, steps=1000)["loss"]) <= 1e-12).all()
    # Around the deepest minimum the curvature leaves no room for this learning rate.
    settled = lesson.walk(learning_rate=0.06, steps=1000)["summary"]
    assert settled["place"] == "global_minimum"
    assert settled["hessian_eigenvalues"][1] == pytest.approx(30.2, abs=0.05)
    assert settled["stability_limit"] < lesson.request["learning_rate"]
    # The sharpest curvature of the landscape, from its formula: within the picture, and nothing but bowl further out.
    x, y = np.meshgrid(np.linspace(-3, 3, 601), np.linspace(-3, 3, 601))
    xx, xy, yy = LANDSCAPES["peaks"].at(None).arrays.hessian(x, y)
    assert 33.0 < ((xx + yy) / 2 + np.hypot((xx - yy) / 2, xy)).max() < 33.05


def annealing(lesson):
    assert lesson.request["schedule"] != "constant"
    annealed, (constant, request) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("schedule", "floor")
    assert request["schedule"] == "constant"
    assert constant["summary"]["outcome"] == "out_of_steps"
    assert constant["learning_rate"][0] == annealed["learning_rate"][0] == max(annealed["learning_rate"])
    minimum = lesson.minimum()
    assert math.dist(end(constant), minimum) >= 10 * math.dist(end(annealed), minimum)
    assert last_quarter(distances(constant, minimum)).mean() >= 10 * math.dist(end(annealed), minimum)
    # No seed's luck: each of forty annealed walks ends ten times closer than the other one ends, and than it circles.
    spreads = []
    for seed in range(40):
        settled = math.dist(end(lesson.walk(seed=seed)), minimum)
        circling = lesson.walk(without=["floor"], schedule="constant", seed=seed)
        assert circling["summary"]["outcome"] == "out_of_steps"
        assert math.dist(end(circling), minimum) >= 10 * settled
        assert last_quarter(distances(circling, minimum)).mean() >= 10 * settled
        spreads += [*circling["x"][20:], *circling["y"][20:]]
    # As the text has it: σ √(η/(2 − η)) = 1.2 in each direction, where the curvature is 1.
    assert lesson.walk()["summary"]["hessian_eigenvalues"] == [1, 1]
    assert 0.4 * math.sqrt(1.8 / 0.2) == pytest.approx(1.2)
    assert np.std(spreads) == pytest.approx(1.2, rel=0.03)


def two_valleys(lesson):
    assert lesson.minimum()[0] < 0 < lesson.request["start"][0]
    walk = lesson.walk()
    assert walk["summary"]["place"] == "local_minimum"
    assert math.dist(end(walk), lesson.minimum("local_minimum")) < 1e-2


def warm_restarts(lesson):
    assert lesson.request["noise"] == 0
    sharp, wide = lesson.minimum("local_minimum"), lesson.minimum()
    (ridge,) = [known["point"] for known in lesson.ground["stationary_points"] if known["kind"] == "saddle"]
    walk, (annealed, request) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("steps", "restarts")
    assert (request["schedule"], request["restarts"]) == ("cosine", 0)
    # Annealed once, the walk has settled where the full learning rate would not hold it …
    assert annealed["summary"]["place"] == "local_minimum"
    assert math.dist(end(annealed), sharp) < 1e-3
    assert annealed["summary"]["stability_limit"] == pytest.approx(0.236, abs=5e-4)
    # … which is what the other one does too until its first restart; then it crosses, and stays where it may.
    assert (walk["x"][:51], walk["y"][:51]) == (annealed["x"], annealed["y"])
    rates = walk["learning_rate"]
    assert [k for k in range(1, 200) if rates[k] > rates[k - 1]] == [50, 100, 150]
    # The ridge is a line through the pass, which a walker that swings across its valley meets beside the pass.
    (crossing,) = walk["summary"]["crossings"]
    assert crossing["step"] == 67
    assert (crossing["from"], crossing["to"]) == (list(sharp), list(wide))
    assert [k for k in range(1, 201) if walk["x"][k] < ridge[0] <= walk["x"][k - 1]] == [68]
    assert walk["summary"]["place"] == "global_minimum"
    assert math.dist(end(walk), wide) < 1e-2
    assert walk["summary"]["stability_limit"] == pytest.approx(2)
    assert lesson.is_inside(walk)
    for rate in (0.63, 0.665, 0.7, 0.735, 0.77):
        for x in (3.8, 3.9, 4.0, 4.1, 4.2):
            for y in (0.45, 0.5, 0.55):
                changes = {"learning_rate": rate, "start": [x, y]}
                once = lesson.walk(without=["restarts"], steps=50, schedule="cosine", **changes)["summary"]
                again = lesson.walk(**changes)["summary"]
                assert (once["place"], again["place"]) == ("local_minimum", "global_minimum")
                assert once["stability_limit"] < rate < again["stability_limit"]
    # As the task and the answer have it: one anneal over all steps gets there too, and below the limit none leaves.
    longer = lesson.walk(without=["restarts"], schedule="cosine")
    assert longer["summary"]["place"] == "global_minimum"
    (over,) = [crossing["step"] for crossing in longer["summary"]["crossings"]]
    assert over == 28
    assert longer["learning_rate"][over] > 0.236
    assert lesson.walk(learning_rate=0.2)["summary"]["place"] == "local_minimum"
    curvature = annealed["summary"]["hessian_eigenvalues"][1]
    assert (round(curvature, 2), round(1 - 0.7 * curvature, 2)) == (8.49, -4.94)


def many_hikers(lesson):
    walks = lesson.walks()
    minimum = lesson.minimum()
    told = sum(walk["summary"]["place"] == "global_minimum" for walk in walks)
    counted = sum(math.dist(end(walk), minimum) < 0.05 for walk in walks)
    assert len(walks) == lesson.request["starts"] == 64
    assert told == counted
    assert 0 < counted < 64


def small_bumps(lesson):
    walk, (still, request) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("momentum")
    assert (lesson.request["momentum"], request["momentum"]) == (0.9, 0.0)
    assert (still["summary"]["outcome"], still["summary"]["place"]) == ("converged", "local_minimum")
    assert (walk["summary"]["outcome"], walk["summary"]["place"]) == ("converged", "global_minimum")
    assert math.dist(end(walk), lesson.minimum()) < 1e-4
    assert lesson.is_inside(walk)
    held = lesson.walk(shape=0.3, learning_rate=0.05, start=[-2.5, 0.0], steps=1000)
    assert held["x"][-1] == pytest.approx(-1.45, abs=0.01)


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
    assert lesson.is_inside(lesson.walk())
    other, request = lesson.other()
    assert request["learning_rate"] == pytest.approx(2 / (1 + 1 / condition), rel=1e-4)
    assert (lesson.walk()["summary"]["steps"], other["summary"]["steps"]) == (99, 715)
    assert lesson.walk()["summary"]["hessian_eigenvalues"] == pytest.approx([0.01, 1])


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
    for seed in range(20):
        walk = lesson.walk(seed=seed)
        assert walk["summary"]["place"] == "global_minimum"
        assert abs(walk["y"][-1]) > 0.5


def plateau(lesson):
    assert lesson.request["optimizer"] == "rmsprop"
    arrived, (plain, request) = lesson.walk(), lesson.other()
    assert (arrived["summary"]["outcome"], arrived["summary"]["place"]) == ("converged", "global_minimum")
    assert math.dist(end(arrived), lesson.minimum()) < 1e-4
    assert lesson.is_inside(arrived)
    assert request["optimizer"] == "gradient-descent"
    assert lesson.request["start"] == request["start"]
    assert plain["summary"]["outcome"] == "out_of_steps"
    assert plain["summary"]["place"] == "plateau"
    assert plain["learning_rate"][0] == arrived["learning_rate"][0]
    assert "no minimum" in plain["summary"]["message"]
    assert strides(arrived)[0] == pytest.approx(0.2 * math.sqrt(2), rel=1e-3)


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


def fence(lesson):
    assert lesson.request["goal"] == "maximize"
    assert lesson.request["start"] == [57]
    walk = lesson.walk()
    assert "y" not in walk
    assert (walk["loss"][0], walk["gradient_norm"][0]) == (57 * 43, 14)
    assert walk["x"][1] == pytest.approx(57 - 0.1 * 14, abs=1e-12)
    assert walk["x"][2] == pytest.approx(54.48, abs=1e-12)
    assert all(after > before for before, after in zip(walk["loss"][:60], walk["loss"][1:], strict=False))
    summary = walk["summary"]
    assert (summary["outcome"], summary["place"]) == ("converged", "maximum")
    assert summary["x"] == pytest.approx(50, abs=1e-5)
    assert summary["loss"] == pytest.approx(2500, abs=1e-9)


def shoulder(lesson):
    walk = lesson.walk()
    summary = walk["summary"]
    assert (summary["outcome"], summary["place"]) == ("converged", "shoulder")
    assert "no minimum" in summary["message"]
    assert (summary["steps"], round(summary["x"], 3)) == (176, 0.018)
    (at,) = lesson.minimum("shoulder")
    assert at == 0
    # The neighbours of the stationary point, the slope there and the loss: lower on the left, higher on the right.
    left, middle, right = (lesson.walk(start=[x], steps=1) for x in (-0.01, 0.0, 0.01))
    assert middle["gradient_norm"][0] == 0
    assert middle["summary"]["place"] == "shoulder"
    assert left["loss"][0] < middle["loss"][0] < right["loss"][0]


def two_minima(lesson):
    walk, (other, request) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("start")
    assert lesson.request["start"][0] < 0 < request["start"][0]
    assert walk["summary"]["place"] == "local_minimum"
    assert walk["summary"]["x"] == pytest.approx(-1, abs=1e-5)
    assert other["summary"]["place"] == "global_minimum"
    assert other["summary"]["x"] == pytest.approx(2, abs=1e-5)
    assert (walk["summary"]["loss"], other["summary"]["loss"]) == (pytest.approx(-5 / 12), pytest.approx(-8 / 3))
    # The answer: with a learning rate between the two limits only the flatter minimum holds a walk.
    between = {"learning_rate": 0.5, "steps": 2000}
    assert lesson.walk(start=[-1.05], **between)["summary"]["place"] == "local_minimum"
    beside = lesson.walk(start=[2.001], **between)
    assert abs(beside["x"][3] - 2) > abs(beside["x"][0] - 2)
    assert beside["summary"]["outcome"] != "converged" or beside["summary"]["x"] < 1


PASTURES = [-1, 100]


def fit_a_curve(lesson):
    assert lesson.minimum() == PASTURES
    data = lesson.ground["data"]
    assert data["x"] == list(range(100))
    assert data["y"] == [100 * x - x * x for x in range(100)]
    assert (data["error"], lesson.request["start"]) == ("absolute", [-2, 30])
    walk = lesson.walk()
    assert walk["loss"][0] == 6748.5
    by_hand = [abs(-2 * x * x + 30 * x - y) for x, y in zip(data["x"], data["y"], strict=True)]
    assert sum(by_hand) / 100 == 6748.5
    away = distances(walk, PASTURES, widths(lesson))
    assert away[-1] < 0.01 < away[0]
    assert walk["summary"]["loss"] < 0.01 * walk["loss"][0]
    assert walk["summary"]["place"] == "global_minimum"
    assert lesson.is_inside(walk)
    # What moves beside the landscape: the features times the weights are the curve, at every place of the walk.
    first, second = map(np.array, data["curve"]["features"])
    u = np.array(data["curve"]["x"])
    for a, b in zip(walk["x"], walk["y"], strict=True):
        assert a * first + b * second == pytest.approx(a * u**2 + b * u)


def widths(lesson):
    low_x, high_x, low_y, high_y = lesson.request["domain"]
    return high_x - low_x, high_y - low_y


def corner(lesson):
    assert not lesson.ground["smooth"]
    assert lesson.request["schedule"] == "constant"
    thrashing, (annealed, request) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("schedule", "floor")
    assert request["schedule"] == "cosine"
    size = widths(lesson)
    settled = distances(annealed, PASTURES, size)[-1]
    around = last_quarter(distances(thrashing, PASTURES, size))
    assert thrashing["summary"]["outcome"] == "out_of_steps"
    assert around.min() >= 10 * settled
    assert last_quarter(strides(thrashing, size)).min() >= 10 * strides(annealed, size)[-1]
    assert last_quarter(strides(thrashing, size)).min() > 0.02
    assert annealed["summary"]["place"] == "global_minimum"
    assert lesson.is_inside(thrashing)
    linear = lesson.walk(schedule="linear", floor=0)
    assert around.min() >= 10 * distances(linear, PASTURES, size)[-1]
    # Or stopping at error 0: a walk that is so lucky as to hit the truth stays there, whatever its learning rate.
    rate = 2.0**-12
    lucky = lesson.walk(
        without=["beta1", "beta2", "epsilon"],
        optimizer="gradient-descent",
        learning_rate=rate,
        start=[-1 - 3283.5 * rate, 100 - 49.5 * rate],
    )
    assert (lucky["loss"][1:], lucky["x"][-1], lucky["y"][-1]) == ([0, 0], *PASTURES)
    assert (lucky["summary"]["outcome"], lucky["summary"]["gradient_norm"]) == ("converged", 0)
    # The gradient does not fade on the way: above 13 wherever the walk was.
    assert min(thrashing["gradient_norm"] + annealed["gradient_norm"]) > 13


def badly_scaled(lesson):
    plain, (adam, request) = lesson.walk(), lesson.other()
    summary = plain["summary"]
    low, high = summary["hessian_eigenvalues"]
    assert high / low == pytest.approx(95_079, rel=1e-3)
    assert (high, low) == (pytest.approx(3.9e7, rel=0.01), pytest.approx(410, rel=0.01))
    assert lesson.request["learning_rate"] < summary["stability_limit"] == pytest.approx(2 / high)
    way = PASTURES[1] - plain["y"][0]
    # At its own learning rate and at the best one there is, b hardly moves in a thousand steps.
    assert plain["y"][-1] - plain["y"][0] < 0.01 * way
    for rate in (lesson.request["learning_rate"], 2 / (low + high)):
        crawling = lesson.walk(learning_rate=rate, steps=1000)
        assert crawling["summary"]["outcome"] == "out_of_steps"
        assert 0 < crawling["y"][-1] - crawling["y"][0] < 0.03 * way
    assert request["optimizer"] == "adam"
    assert request["start"] == lesson.request["start"]
    assert adam["summary"]["place"] == "global_minimum"
    assert distances(adam, PASTURES, widths(lesson))[-1] < 0.01
    assert lesson.is_inside(plain)
    assert lesson.is_inside(adam)
    assert [round(y, 1) for y in (plain["y"][200], adam["y"][200], adam["y"][1000])] == [30.3, 57.3, 99.9]
    # Scaled inputs: the Hessian of the same fit with x/99 in place of x.
    scaled = np.array(lesson.ground["data"]["x"]) / 99
    features = np.stack([scaled**2, scaled])
    small, large = np.linalg.eigvalsh(2 * features @ features.T / 100)
    assert large / small == pytest.approx(66, abs=0.5)


def closed_form(lesson):
    """Solve the normal equations from the data that the API gives."""
    data = lesson.ground["data"]
    scaled = (np.array(data["x"]) - 15) / 10
    features = np.stack([scaled, np.ones_like(scaled)])
    return np.linalg.solve(features @ features.T, features @ np.array(data["y"]))


def exact_answer(lesson):
    exact = closed_form(lesson)
    assert exact == pytest.approx([39.324, 41.407], abs=1e-3)
    # It is marked on the map.
    assert lesson.minimum() == pytest.approx(exact, abs=1e-9)
    walk = lesson.walk()
    summary = walk["summary"]
    assert (summary["outcome"], summary["place"]) == ("converged", "global_minimum")
    # A gradient within the tolerance is that far from the answer at the most.
    assert math.dist(end(walk), exact) <= lesson.request["tolerance"] / summary["hessian_eigenvalues"][0]
    assert lesson.is_inside(walk)
    assert summary["loss"] == pytest.approx(227, abs=0.1)
    for corner_of_the_map in ([0, 0], [80, 80], [80, 0], [0, 80]):
        assert math.dist(end(lesson.walk(start=corner_of_the_map)), exact) < 1e-4


def mini_batches(lesson):
    assert lesson.request["batch"] == 8
    before = Lesson(lesson.api, "exact-answer")
    assert all(lesson.request[key] == before.request[key] for key in ("landscape", "start", "learning_rate"))
    exact = closed_form(lesson)
    walk, (whole, _) = lesson.walk(), lesson.other()
    assert lesson.differs_only_in("batch")
    assert set(np.diff(walk["evaluations"])) == {8}
    assert set(np.diff(whole["evaluations"])) == {50}
    # Rough: it goes on moving where the other walk stands still.
    assert whole["summary"]["outcome"] == "converged"
    assert walk["summary"]["outcome"] == "out_of_steps"
    assert last_quarter(strides(walk)).mean() > 0.5
    assert sum(rise > 0 for rise in np.diff(walk["loss"])) > 100
    size = widths(lesson)[0]
    for seed in range(20):
        rough = lesson.walk(seed=seed)
        quarter = [last_quarter(rough["x"]), last_quarter(rough["y"])]
        average = [sum(column) / len(column) for column in quarter]
        assert math.dist(average, exact) < 0.02 * size
        assert math.dist(average, exact) < last_quarter(distances(rough, exact)).mean()
        if seed == lesson.request["seed"]:
            assert round(math.dist(average, exact), 2) == 0.10
            assert round(last_quarter(distances(rough, exact)).mean(), 1) == 1.8
    assert lesson.is_inside(walk)


def stop_too_early(lesson):
    assert lesson.request["patience"] > 0
    summary = lesson.walk()["summary"]
    assert (summary["outcome"], summary["stopped_by"], summary["place"]) == ("stalled", "patience", "plateau")
    assert "no minimum" in summary["message"]
    assert "patience" in summary["message"]
    assert math.dist((summary["x"], summary["y"]), lesson.minimum()) > 4
    assert summary["loss"] > 0.99
    later, _ = lesson.other()
    assert lesson.differs_only_in("patience", "min_change")
    assert (later["summary"]["outcome"], later["summary"]["place"]) == ("converged", "global_minimum")
    assert lesson.walk(patience=105)["summary"]["place"] == "plateau"
    assert lesson.walk(patience=106)["summary"]["place"] == "global_minimum"
    walk = lesson.walk()
    assert walk["loss"][0] - walk["loss"][1] == pytest.approx(9e-8, rel=0.05)


def so_many_optimizers(lesson):
    """Every optimizer is in one of the two heats, from one start, and each spends the same number of evaluations."""
    queries = (lesson.query, lesson.record["compare"]["query"])
    heats = [read(lesson.api.get(f"/api/descent?{query}").content) for query in queries]
    known = {entry["slug"]: entry["title"] for entry in read(lesson.api.get("/api/optimizers").content)}
    ran = [run["request"]["optimizer"] for heat in heats for run in heat["runs"]]
    assert set(ran) == set(known)
    assert sorted(ran) == sorted([*known, "gradient-descent"]), "only plain descent runs twice"
    walks = [walk for heat in heats for walk in heat["walks"]]
    assert {(walk["x"][0], walk["y"][0]) for walk in walks} == {(-1.2, 1.0)}
    assert {walk["evaluations"][-1] for walk in walks} == {200}
    by_optimizer = dict(zip(ran, walks, strict=True))
    # What the text says: a line search takes fewer steps, Newton needs five, and of the others momentum comes nearest.
    steps = {slug: walk["summary"]["steps"] for slug, walk in by_optimizer.items()}
    assert {slug for slug, count in steps.items() if count < 200} == {"line-search", "bfgs", "sam"}
    left = {slug: [walk["loss"][k] / walk["loss"][0] for k in (-1, 5)] for slug, walk in by_optimizer.items()}
    assert left["newton"][1] < 1e-4 < min(five for slug, (_, five) in left.items() if slug != "newton")
    after = dict(zip(by_optimizer["bfgs"]["evaluations"], by_optimizer["bfgs"]["loss"], strict=True))
    assert after[50] < 1e-15 < after[49]
    del left["newton"], left["bfgs"]
    assert min(left, key=lambda slug: left[slug][0]) == "momentum"
    # Tuned as the page does it, the two of the answer end nearer than all others.
    tuned = {}
    for query, heat in zip(queries, heats, strict=True):
        for of, run in enumerate(heat["runs"]):
            best = read(lesson.api.get(f"/api/descent/sweep?{query}&of={of}").content)["best"]
            tuned[run["request"]["optimizer"]] = best["loss"]
    del tuned["newton"], tuned["bfgs"]
    assert sorted(tuned, key=tuned.__getitem__)[:2] == ["amsgrad", "adam"]


PROOFS = {
    "seven-steps": seven_steps,
    "too-small": too_small,
    "overshoot": overshoot,
    "blow-up": blow_up,
    "uphill": uphill,
    "annealing": annealing,
    "two-valleys": two_valleys,
    "warm-restarts": warm_restarts,
    "many-hikers": many_hikers,
    "small-bumps": small_bumps,
    "ravine": ravine,
    "saddle": saddle,
    "saddle-escape": saddle_escape,
    "plateau": plateau,
    "peak": peak,
    "by-hand": by_hand,
    "fence": fence,
    "shoulder": shoulder,
    "two-minima-1d": two_minima,
    "fit-a-curve": fit_a_curve,
    "corner": corner,
    "badly-scaled": badly_scaled,
    "exact-answer": exact_answer,
    "mini-batches": mini_batches,
    "stop-too-early": stop_too_early,
    "so-many-optimizers": so_many_optimizers,
    **network_proofs.PROOFS,
    **own_proofs.PROOFS,
}


@pytest.mark.parametrize("slug", LESSONS)
def test_the_lessons_claim_is_true(api, slug):
    assert slug in PROOFS, f"the lesson {slug} has no proof: write one"
    PROOFS[slug](Lesson(api, slug))


@pytest.mark.full
@pytest.mark.parametrize("slug", network_proofs.IN_FULL)
def test_a_claim_whose_proof_is_dear_is_true_in_full(api, slug):
    network_proofs.IN_FULL[slug](Lesson(api, slug))


def test_the_course_holds_every_lesson_that_needs_nothing_later_in_the_issues_order():
    assert list(LESSONS) == ISSUE
    assert set(PROOFS) == set(LESSONS)


def test_chapters_are_contiguous_and_in_order():
    chapters = [lesson.chapter for lesson in LESSONS.values()]
    changes = [chapter for before, chapter in zip([None, *chapters], chapters, strict=False) if chapter != before]
    assert changes == list(CHAPTERS)


@pytest.fixture(scope="module")
def records(api):
    return {record["slug"]: record for record in read(api.get("/api/lessons").content)}


WORDS = ("text", "try", "question", "answer")


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_says_what_it_has_to_say(records, slug):
    record = records[slug]
    assert "look" not in record
    assert all(isinstance(record[key], str) and record[key] for key in ("chapter", "title", "claim", "query", *WORDS))
    sentences = re.findall(r"[.!?](?= |$)", re.sub(r"\$[^$]*\$", "x", record["text"]))
    # The last one tells the settings, which are turned there.
    assert 2 <= len(sentences) <= 4
    assert len(record["text"].split()) <= 95
    assert record["text"][-1] == record["answer"][-1] == record["try"][-1] == "."
    assert record["question"][-1] == "?"
    assert "[[" not in "".join(record[key] for key in WORDS)
    # A title asks, and is short.
    assert record["title"][-1] == "?"
    assert len(record["title"]) <= 36
    assert "$" not in record["title"] + record["claim"]


@pytest.mark.parametrize("slug", LESSONS)
def test_every_formula_of_a_lesson_can_be_typeset(records, slug):
    for key in WORDS:
        parts = records[slug][key].split("$")
        assert len(parts) % 2 == 1, "a dollar sign has no partner"
        for latex in parts[1::2]:
            # What the converter does not know it leaves as it stands.
            assert "\\" not in convert(latex)


@pytest.mark.parametrize("slug", LESSONS)
def test_what_a_lesson_offers_to_compare_with_is_another_valid_picture(api, records, slug):
    compare = records[slug]["compare"]
    if compare is None:
        return
    answer = read(api.get(f"/api/descent?{compare['query']}").content)
    assert answer["query"] == compare["query"] != records[slug]["query"]
    own = read(api.get(f"/api/descent?{records[slug]['query']}").content)
    # What is claimed of the bowl is seen on its curve too; every other lesson stays where it is.
    elsewhere = {"seven-steps": "parabola"}
    assert answer["request"]["landscape"] == elsewhere.get(slug, own["request"]["landscape"])
    assert compare["title"]


# ── A contrast is a second run in the same picture


@pytest.mark.parametrize("slug", [slug for slug, lesson in LESSONS.items() if lesson.both])
def test_the_second_run_of_both_is_the_walk_that_is_offered_to_compare_with(api, slug):
    lesson = LESSONS[slug]
    other = read(api.get(f"/api/descent?{lesson.compare_query}").content)["walks"][0]
    own, second = read(api.get(f"/api/descent?{make_request(lesson.both).query}").content)["walks"]
    alone = read(api.get(f"/api/descent?{lesson.query}").content)["walks"][0]
    assert (own["label"], second["label"]) == lesson.compare.names
    for told, shown in ((alone, own), (other, second)):
        # Runs spend alike: what costs more takes fewer steps, and what costs less is shown further than alone.
        length = min(len(told["x"]), len(shown["x"]))
        assert length > 0.15 * len(told["x"])
        # In one picture runs of a network are drawn on one plane, alone each on its own.
        column = "loss" if "off_plane" in told else "x"
        assert told[column][:length] == shown[column][:length]
        assert told["learning_rate"][: length - 1] == shown["learning_rate"][: length - 1]
        if len(told["x"]) == len(shown["x"]):
            assert told["summary"]["place"] == shown["summary"]["place"]


def test_what_a_lesson_cannot_show_in_one_picture_is_of_another_start_landscape_or_list_of_runs():
    apart = {slug for slug, lesson in LESSONS.items() if lesson.compare and not lesson.both}
    assert apart == {
        *("seven-steps", "two-minima-1d", "so-many-optimizers", "first-weights"),
        *("own-function", "own-data"),
    }
    for slug in apart:
        assert LESSONS[slug].compare.changes.keys() & {"start", "landscape", "runs", "shape", "constants", "data"}


# ── What there is to try


def tried(lesson, label):
    """Return the walk that the button of this name shows."""
    (one,) = [one for one in LESSONS[lesson.slug].tries if one.label == label]
    query = make_request(LESSONS[lesson.slug].changed(one.changes)).query
    answer = read(lesson.api.get(f"/api/descent?{query}").content)
    assert answer["query"] == query
    return answer["walks"]


def place(walks):
    return walks[0]["summary"]["place"]


def ends_at(walks):
    return [walks[0]["summary"][axis] for axis in "xy" if walks[0]["summary"].get(axis) is not None]


def try_seven_steps(lesson):
    assert steps_to(tried(lesson, "Set the step size to 1.6")[0], 0.01) == 5


def try_too_small(lesson):
    counts = [steps_to(walk, 0.01) for walk in (lesson.walk(), *(tried(lesson, one.label)[0] for one in lesson.tries))]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == len(counts)


def try_overshoot(lesson):
    y = tried(lesson, "Set the step size to 0.9")[0]["y"]
    assert all(value > 0 for value in y[:10])


def try_blow_up(lesson):
    above = "is above the limit 2/λ = 2"
    assert above not in tried(lesson, "Just below: 1.99")[0]["summary"]["message"]
    assert above in tried(lesson, "Just above: 2.01")[0]["summary"]["message"]


def try_uphill(lesson):
    assert (np.diff(lesson.walk()["loss"]) > 0).any()
    assert (np.diff(tried(lesson, "Set the step size to 0.05")[0]["loss"]) <= 0).all()


def try_annealing(lesson):
    minimum = lesson.minimum()
    constant = tried(lesson, "Keep the step size constant")[0]
    for walk in (lesson.walk(), tried(lesson, "Another seed")[0]):
        assert math.dist(end(constant), minimum) > 10 * math.dist(end(walk), minimum)


def try_two_valleys(lesson):
    assert (place([lesson.walk()]), place(tried(lesson, "Start on the left"))) == ("local_minimum", "global_minimum")


def try_warm_restarts(lesson):
    assert place(tried(lesson, "One long anneal, no restarts")) == "global_minimum"
    assert place(tried(lesson, "Full rate 0.2")) == "local_minimum"


def try_many_hikers(lesson):
    def share(walks):
        return sum(walk["summary"]["place"] == "global_minimum" for walk in walks) / len(walks)

    shares = [share(lesson.walks()), *(share(tried(lesson, one.label)) for one in lesson.tries)]
    assert len(set(shares)) == len(shares)
    assert max(shares) - min(shares) < 4 * math.sqrt(0.25 / 64)


def try_small_bumps(lesson):
    for one in lesson.tries:
        assert place(tried(lesson, one.label)) == "local_minimum"


def try_ravine(lesson):
    best, more = lesson.walk(steps=1000), lesson.walk(momentum=0.9, steps=1000)
    assert best["summary"]["steps"] < more["summary"]["steps"]
    assert tried(lesson, "Momentum 0.9")[0]["x"] == more["x"][:201]


def try_saddle(lesson):
    assert place(tried(lesson, "Start a hair beside the line")) == "global_minimum"


def try_saddle_escape(lesson):
    sides = {
        math.copysign(1, walk["y"][-1]) for walk in (lesson.walk(), *(tried(lesson, o.label)[0] for o in lesson.tries))
    }
    assert sides == {-1, 1}


def try_plateau(lesson):
    nearer = tried(lesson, "Gradient descent, from nearer")[0]
    assert nearer["loss"][-1] < 0.01 < lesson.other()[0]["loss"][-1]


def try_peak(lesson):
    assert place(tried(lesson, "Start a hair beside the top")) == "local_minimum"


def try_by_hand(lesson):
    (one,) = lesson.tries
    assert (one.changes, one.at) == ({}, 1)
    # The second step by hand: the gradient at (1.5, 0.6) is (3.6, 2.7).
    assert (lesson.walk()["x"][2], lesson.walk()["y"][2]) == (pytest.approx(1.14), pytest.approx(0.33))


def try_fence(lesson):
    upwards = tried(lesson, "Start at l = 30")[0]
    assert upwards["x"][1] > upwards["x"][0]
    assert lesson.walk()["x"][1] < lesson.walk()["x"][0]
    assert tried(lesson, "Set the step size to 0.5")[0]["x"][1] == 50


def try_shoulder(lesson):
    left = tried(lesson, "Start left of zero")[0]["x"]
    assert left[0] < 0
    assert (np.diff(left) < 0).all()


def try_two_minima(lesson):
    assert ends_at(tried(lesson, "Start just left of the top")) == [pytest.approx(-1, abs=1e-5)]
    assert ends_at(tried(lesson, "Just right of it")) == [pytest.approx(2, abs=1e-5)]


def try_fit_a_curve(lesson):
    assert place(tried(lesson, "Start with another curve")) == "global_minimum"


def try_corner(lesson):
    assert tried(lesson, "Anneal the steps")[0]["x"] == lesson.other()[0]["x"]


def try_badly_scaled(lesson):
    assert tried(lesson, "Set the step size to 6e-8")[0]["summary"]["outcome"] == "diverged"


def try_exact_answer(lesson):
    assert ends_at(tried(lesson, "Start in the far corner")) == pytest.approx(closed_form(lesson), abs=1e-4)


def try_mini_batches(lesson):
    one, own, many = (
        last_quarter(strides(walk)).mean()
        for walk in (tried(lesson, "Batches of 1")[0], lesson.walk(), tried(lesson, "Batches of 25")[0])
    )
    assert one > own > many


def try_stop_too_early(lesson):
    assert place(tried(lesson, "Patience 105")) == "plateau"
    assert place(tried(lesson, "Patience 106")) == "global_minimum"


TRIED = {
    "seven-steps": try_seven_steps,
    "too-small": try_too_small,
    "overshoot": try_overshoot,
    "blow-up": try_blow_up,
    "uphill": try_uphill,
    "annealing": try_annealing,
    "two-valleys": try_two_valleys,
    "warm-restarts": try_warm_restarts,
    "many-hikers": try_many_hikers,
    "small-bumps": try_small_bumps,
    "ravine": try_ravine,
    "saddle": try_saddle,
    "saddle-escape": try_saddle_escape,
    "plateau": try_plateau,
    "peak": try_peak,
    "by-hand": try_by_hand,
    "fence": try_fence,
    "shoulder": try_shoulder,
    "two-minima-1d": try_two_minima,
    "fit-a-curve": try_fit_a_curve,
    "corner": try_corner,
    "badly-scaled": try_badly_scaled,
    "exact-answer": try_exact_answer,
    "mini-batches": try_mini_batches,
    "stop-too-early": try_stop_too_early,
}
for slug, proof in {**network_proofs.TRIED, **own_proofs.TRIED}.items():
    TRIED[slug] = lambda lesson, proof=proof: proof(lesson, lambda label: tried(lesson, label))


def test_every_button_of_a_lesson_is_tried():
    assert set(TRIED) == {slug for slug, lesson in LESSONS.items() if lesson.tries}
    # What the last lesson offers to try is a button of the table of runs.
    assert set(LESSONS) - set(TRIED) == {"so-many-optimizers"}


def parts(change):
    """Return what is set: the numbers of a list, or the values by name."""
    return change.values() if isinstance(change, dict) else change if isinstance(change, list) else [change]


@pytest.mark.parametrize("slug", TRIED)
def test_what_a_lesson_offers_to_try_shows_what_it_says(api, slug):
    lesson = Lesson(api, slug)
    for one in lesson.tries:
        query = make_request(LESSONS[slug].changed(one.changes)).query
        assert read(api.get(f"/api/descent?{query}").content)["query"] == query
        assert (query == lesson.query) == (one.at is not None)
        # A label with a number names what is set.
        numbers = re.findall(r"(?<![\w.])\d[\d.e-]*", one.label)
        values = [value for change in one.changes.values() for value in parts(change)]
        assert all(float(number) in values for number in numbers), one.label
    TRIED[slug](lesson)


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_opens_with_its_own_walk_first_and_says_which_part_it_is_about(api, slug):
    lesson = LESSONS[slug]
    assert lesson.shows.view in VIEWS
    answer = read(api.get(f"/api/descent?{make_request(lesson.opening).query}").content)
    alone = read(api.get(f"/api/descent?{lesson.query}").content)["walks"]
    length = min(len(alone[0]["x"]), len(answer["walks"][0]["x"]))
    assert answer["walks"][0]["loss"][:length] == alone[0]["loss"][:length]
    flat, data = (
        len(answer["request"]["start"]) == 1,
        answer["request"]["data"] is not None
        or bool(getattr(LANDSCAPES.get(answer["request"]["landscape"]), "points", 0)),
    )
    assert lesson.shows.view != "surface" or not flat
    assert lesson.shows.view != "data" or data
    assert lesson.shows.view != "race" or len(answer["runs"]) > 1
    assert lesson.shows.view != "theory" or answer["request"]["theory"] == 1
