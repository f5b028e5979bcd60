"""The worked examples: each claim is proved from its closed form, each number in its words is computed."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from latex2mathml.converter import convert

from app.worked import WORKED
from tests.web.asking import read
from tests.web.test_course import HTML, links, shown, words
from tests.web.test_lesson_numbers import is_told, settings, written


class Example:
    """An example as it is found over the API, and the same with some keys changed."""

    def __init__(self, api, slug):
        """Read the example's link back into the request that it stands for."""
        self.api, self.request = api, WORKED[slug].request
        (self.record,) = [one for one in read(api.get("/api/examples").content) if one["slug"] == slug]
        self.query = self.record["query"]

    def walks(self, **changes):
        return self.api.walks(**{**self.request, **changes})

    def walk(self, **changes):
        (one,) = self.walks(**changes)
        return one

    def stationary_points(self):
        ground = read(self.api.get(f"/api/descent/surface?{self.query}&resolution=2").content)["landscape"]
        return {tuple(one["point"]): one["kind"] for one in ground["stationary_points"]}


def end(walk):
    return (walk["x"][-1], walk["y"][-1]) if "y" in walk else walk["x"][-1]


def settled(walk):
    return walk["summary"]["outcome"] == "converged" and walk["summary"]["place"] == "global_minimum"


def least_squares(example):
    x, y = np.array(example.request["data"]).T
    sums = [x.sum(), x @ x, y.sum(), x @ y]
    a = (5 * sums[3] - sums[0] * sums[2]) / (5 * sums[1] - sums[0] ** 2)
    b = y.mean() - a * x.mean()
    assert (a, b) == (pytest.approx(0.8), pytest.approx(1.4))
    walk = example.walk()
    assert settled(walk)
    assert end(walk) == pytest.approx((a, b), abs=1e-5)
    loss = np.mean((a * x + b - y) ** 2)
    assert walk["loss"][-1] == pytest.approx(loss)
    low, high = np.linalg.eigvalsh(2 * np.array([[x @ x, x.sum()], [x.sum(), 5]]) / 5)
    assert walk["summary"]["hessian_eigenvalues"] == pytest.approx([low, high])
    # It zigzags along the sharper direction: to and fro at each of the first steps.
    sharp = np.linalg.eigh([[x @ x, x.sum()], [x.sum(), 5]])[1][:, 1]
    away = (np.column_stack([walk["x"], walk["y"]])[:12] - [a, b]) @ sharp
    assert (away[1:] * away[:-1] < 0).all()
    return [*sums, 5, a, b, loss, high / low]


def logistic(example):
    hours, passed = np.array(example.request["data"]).T
    # Newton's method on the likelihood, from 0: the slope of the score and its height at no hours.
    slope, height = 0.0, 0.0
    for _ in range(20):
        chance = 1 / (1 + np.exp(-slope * hours - height))
        weight, off = chance * (1 - chance), passed - chance
        hessian = [[weight @ hours**2, weight @ hours], [weight @ hours, weight.sum()]]
        slope, height = np.array([slope, height]) + np.linalg.solve(hessian, [off @ hours, off.sum()])
    assert np.abs([off @ hours, off.sum()]).max() < 1e-9
    walk = example.walk()
    assert settled(walk)
    a, b = end(walk)
    assert (a, b - 3 * a) == (pytest.approx(slope, abs=1e-4), pytest.approx(height, abs=1e-4))
    assert walk["loss"][-1] == pytest.approx(
        np.mean(np.logaddexp(0, slope * hours + height) - passed * (slope * hours + height))
    )
    assert len(example.stationary_points()) == 1
    return [slope, -height / slope]


def rosenbrock(example):
    # Of (a − x)² + b(y − x²)² at (a, a²): 2 + 8ba² and −4ba beside 2b.
    hessian = np.array([[2 + 8 * 100, -4 * 100], [-4 * 100, 2 * 100]])
    trace, determinant = np.trace(hessian), 802 * 200 - 400**2
    low, high = (501 + sign * math.sqrt(501**2 - 400) for sign in (-1, 1))
    assert np.linalg.eigvalsh(hessian) == pytest.approx([low, high])
    plain, newton = example.walks()
    assert settled(newton)
    assert end(newton) == pytest.approx((1, 1), abs=1e-9)
    assert newton["summary"]["hessian_eigenvalues"] == pytest.approx([low, high])
    assert example.request["learning_rate"] < 2 / high < 1.06 * example.request["learning_rate"]
    assert plain["summary"]["outcome"] == "out_of_steps"
    (point,) = example.stationary_points()
    assert point == pytest.approx((1, 1))
    return [1, 100, trace, determinant, 501, high / low, newton["summary"]["steps"], 2 / high, plain["x"][-1]]


def two_layers(example):
    short, long = example.walks()
    rates = [example.request["learning_rate"], example.request["runs"][0]["learning_rate"]]
    for walk, rate in ((short, rates[0]), (long, rates[1])):
        assert settled(walk)
        x, y = np.array(walk["x"]), np.array(walk["y"])
        assert x[-1] * y[-1] == pytest.approx(1, abs=1e-6)
        # A step multiplies x² − y² by 1 − η²(1 − xy)², exactly.
        differ, wrong = x**2 - y**2, 1 - x * y
        assert differ[1:] == pytest.approx(differ[:-1] * (1 - rate**2 * wrong[:-1] ** 2), rel=1e-9, abs=1e-12)
        assert walk["summary"]["hessian_eigenvalues"] == pytest.approx([0, x[-1] ** 2 + y[-1] ** 2], abs=1e-5)
    sharpness = [math.hypot(*end(walk)) ** 2 for walk in (short, long)]
    limit = 2 / rates[1]
    assert sharpness[1] < limit < sharpness[0]
    return [1, 2, rates[1], *sharpness, limit]


def double_well(example):
    fold = 8 / (3 * math.sqrt(3))
    # Slope and curvature at 1/√3 with this c.
    x = 1 / math.sqrt(3)
    assert 4 * x * (x**2 - 1) + fold == pytest.approx(0, abs=1e-12)
    assert 12 * x**2 - 4 == pytest.approx(0, abs=1e-12)
    for c, valleys in ((1.4, 2), (1.53, 2), (1.55, 1), (1.6, 1)):
        roots = np.roots([4, 0, -4, c])
        real = roots[np.abs(roots.imag) < 1e-9].real
        assert (12 * real**2 - 4 > 0).sum() == valleys
    stays, falls = example.walk(), example.walk(constants={"c": 1.6})
    assert (stays["summary"]["outcome"], stays["summary"]["place"]) == ("converged", "local_minimum")
    assert end(stays) == pytest.approx(max(np.roots([4, 0, -4, 1.4]).real), abs=1e-5)
    assert settled(falls)
    assert end(falls) == pytest.approx(min(np.roots([4, 0, -4, 1.6]).real), abs=1e-5)
    return [12, 4, 8, 3, fold, 1.6, end(stays), end(falls)]


def ridge(example):
    exact = 2 / (2 + 0.1)
    for start in ([2.5, -1.5], [-2, -2], [3, 3], [-1.5, 2.5], [0, 0]):
        walk = example.walk(start=start)
        assert settled(walk)
        assert end(walk) == pytest.approx((exact, exact), abs=1e-5)
    for k in (0.05, 0.5, 1):
        walk = example.walk(constants={"k": k}, steps=4000)
        assert end(walk) == pytest.approx((2 / (2 + k), 2 / (2 + k)), abs=1e-4)
    # Without it a walk goes straight to the line, and meets it at the foot of its start.
    ends = []
    for x, y in ([2.5, -1.5], [-2, -2], [0, 3]):
        ends.append(end(example.walk(constants={"k": 0}, start=[x, y])))
        assert ends[-1] == pytest.approx((x + (2 - x - y) / 2, y + (2 - x - y) / 2), abs=1e-6)
    # The point of the line that is nearest to 0 is (1, 1).
    assert abs(exact - 1) < 0.05
    return [0, exact, *ends[0]]


def huber(example):
    means = []
    for c in (2, 10, 100):
        walk = example.walk(constants={"c": c}, domain=[-2, 120])
        assert settled(walk)
        # Two errors below 1 and one above: x + (x − 1/2) − 1 = 0.
        x = end(walk)
        assert x == pytest.approx((1 + 0.5) / 2, abs=1e-5)
        assert abs(x) < 1 > abs(x - 0.5)
        assert c - x > 1
        means.append((0 + 0.5 + c) / 3)
    assert settled(example.walk())
    return [x, 2, 100, *means, 1]


def likelihood(example):
    values = np.array([4.0, 6.0, 8.0])
    walk = example.walk()
    assert settled(walk)
    mean, log_deviation = end(walk)
    assert (mean, math.exp(log_deviation)) == (pytest.approx(values.mean(), abs=1e-5), pytest.approx(values.std()))
    assert values.var() == pytest.approx(8 / 3)

    # What is walked on is minus the mean of the logarithms of the densities, up to a constant, wherever one is.
    def off(x, y):
        densities = np.exp(-((values - x) ** 2) / (2 * math.exp(2 * y))) / math.sqrt(2 * math.pi * math.exp(2 * y))
        return -np.log(densities).mean()

    differences = [loss - off(x, y) for x, y, loss in zip(walk["x"], walk["y"], walk["loss"], strict=True)]
    assert differences == pytest.approx([-math.log(2 * math.pi) / 2] * len(differences))
    return [*values, 8 / 3, 8, math.log(values.std()), values.std(), values.std(ddof=1)]


def barrier(example):
    def exact(s):
        return (s + 2 - math.sqrt(s**2 + 4)) / (2 * s)

    def gap(t):
        return 2 * exact(2 * t) + exact(t)

    for x in (exact(20), exact(10)):
        assert 0 < x < 1
    assert 20 - 1 / exact(20) + 1 / (1 - exact(20)) == pytest.approx(0, abs=1e-9)
    walk = example.walk()
    assert settled(walk)
    assert end(walk) == pytest.approx((exact(20), exact(10)), abs=1e-6)
    (point,) = example.stationary_points()
    assert point == pytest.approx((exact(20), exact(10)))
    closer = example.walk(constants={"t": 100}, learning_rate=4e-5, start=[0.1, 0.1], steps=4000)
    assert 2 * end(closer)[0] + end(closer)[1] == pytest.approx(gap(100), abs=1e-4)
    assert all(gap(t) < 4 / t for t in (1, 10, 100))
    return [4, *end(walk), gap(10), 4 / 10, 100, gap(100)]


def square_root(example):
    walk = example.walk()
    assert walk["summary"]["outcome"] == "converged"
    x, shown_as = Fraction(1), []
    for k in range(5):
        assert walk["x"][k] == pytest.approx(float(x), rel=1e-15)
        if 0 < k < 4:
            shown_as.append((x.numerator, x.denominator))
        following = x - (x**2 - 2) / (2 * x)
        # The error of the next step is the square of this one's, divided by 2x, exactly: with r² = 2 taken for it.
        error, next_error = (float(part) - math.sqrt(2) for part in (x, following))
        assert next_error == pytest.approx(error**2 / (2 * float(x)), abs=1e-15)
        x = following
    assert shown_as == [(3, 2), (17, 12), (577, 408)]
    digits = [right_digits(value) for value in walk["x"][1:5]]
    assert digits == [1, 3, 6, 12]
    # It needs no step size: with another it is the same walk.
    assert example.walk(learning_rate=0.5)["x"] == walk["x"]
    return [number for pair in shown_as for number in pair] + digits


def right_digits(value):
    """Return how many digits of the root of 2 a number has."""
    pairs = zip(f"{value:.15f}".replace(".", ""), f"{math.sqrt(2):.15f}".replace(".", ""), strict=True)
    return next(k for k, (own, true) in enumerate(pairs) if own != true)


PROOFS = {
    "least-squares": least_squares,
    "logistic": logistic,
    "rosenbrock": rosenbrock,
    "two-layers": two_layers,
    "double-well": double_well,
    "ridge": ridge,
    "huber": huber,
    "likelihood": likelihood,
    "barrier": barrier,
    "square-root": square_root,
}
every_example = pytest.mark.parametrize("slug", WORKED)


@every_example
def test_the_claim_is_true_and_every_number_in_the_words_is_a_setting_or_computed(api, slug):
    assert slug in PROOFS, f"the example {slug} has no proof: write one"
    example = Example(api, slug)
    computed = [float(value) for value in PROOFS[slug](example)]
    request = example.request
    known = computed + settings(request) + [*request.get("constants", {}).values()]
    for key in ("text", "claim"):
        for number in written(example.record[key]):
            free = number.lstrip("-").isdecimal() and abs(int(number)) <= 3
            assert free or is_told(number, known), f"{number} in {key!r} stands for nothing that is computed"


def test_there_are_ten_examples_and_each_brings_something_of_ones_own():
    assert list(PROOFS) == list(WORKED)
    assert len(WORKED) == 10
    brought = [{"formula", "data", "rule"} & set(one.request) for one in WORKED.values()]
    assert all(brought)
    assert set().union(*brought) == {"formula", "data", "rule"}


@every_example
def test_an_example_opens_by_its_query_and_is_told_in_a_few_sentences(api, slug):
    example = Example(api, slug)
    assert read(api.get(f"/api/descent?{example.query}").content)["query"] == example.query
    page = shown(api, f"/?{example.query}")
    assert 'class="notice"' not in page
    text = re.sub(r"\$[^$]*\$", "x", example.record["text"])
    assert 2 <= len(re.findall(r"[.!?](?= |$)", text)) <= 4
    assert len(example.record["text"].split("$")) % 2 == 1, "a dollar sign has no partner"
    for latex in example.record["text"].split("$")[1::2]:
        # What the converter does not know it leaves as it stands.
        assert "\\" not in convert(latex)
    assert "$" not in example.record["claim"] + example.record["title"]
    assert example.record["claim"][-1] == "."


def test_the_page_shows_each_example_with_its_picture_its_words_and_what_is_typed(api):
    page = shown(api, "/examples")
    cards = re.findall(r'<article class="worked" id="([\w-]+)">(.*?)</article>', page, re.S)
    assert [slug for slug, _ in cards] == list(WORKED)
    for (_, card), one in zip(cards, WORKED.values(), strict=True):
        assert links(card) == [f"/?{one.query}"] * 2
        assert card.count('<svg class="picture"') == 1
        assert card.count("<math") == one.text.count("$") // 2
        for said in (one.title, one.claim, one.course, *(text for _, text in one.typed)):
            assert " ".join(said.split()) in words(card)
    (twin,) = re.findall(r'<link rel="alternate" type="application/json" href="([^"]+)">', page)
    assert [one["slug"] for one in read(api.get(twin).content)] == list(WORKED)


@pytest.mark.parametrize("path", ["/lessons", "/lessons/own-rule", "/", "/two-dimensions"])
def test_the_examples_are_found_from_other_pages(api, path):
    assert "/examples" in links(api.get(path, headers=HTML).text)
