"""Every number in a lesson's words is one of its settings, or is computed here from a walk, the data or a formula."""

import math
import re
from collections.abc import Iterable

import numpy as np
import pytest

from app.lessons import LESSONS
from tests.web import network_proofs, own_proofs
from tests.web.test_lessons import (
    Lesson,
    closed_form,
    distances,
    end,
    last_quarter,
    steps_to,
    strides,
)

# Numbers up to this one stand in formulas and in counts of things that are named; no walk has to prove them.
_FREE = 4
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?: 000)*(?:\.\d+)?")


def written(text: str) -> list[str]:
    """Return the numbers in a text as they are written, without exponents, indices and the bases of powers of ten."""
    text = re.sub(r"\\cdot 10(?=\^)|\$10(?=\^)|10(?=[⁵⁻])", " ", text)
    text = re.sub(r"[_^](?:\{[^}]*\}|\w)", " ", text).replace("−", "-")
    return [number.replace(" ", "") for number in _NUMBER.findall(text)]


def is_told(number: str, values: Iterable[float]) -> bool:
    """Tell whether one of the values, of either sign, is this number to the digits that are written."""
    digits = len(number.partition(".")[2])
    size = abs(float(number))
    coarse = 10 ** (len(number) - len(number.rstrip("0"))) if number.endswith("000") else 1
    return any(abs(size - abs(value)) <= 0.5000001 * coarse * 10**-digits for value in values)


def settings(request) -> list[float]:
    """Return the numbers among a request's settings."""
    values = [request[key] for key in request if key not in ("domain", "window", "runs")]
    flat = [part for value in values for part in (value if isinstance(value, list) else [value])]
    return [value for value in flat if isinstance(value, int | float) and not isinstance(value, bool)]


def seven_steps(lesson):
    best = 2 / (1 / 4 + 1)
    factors = [1 - 1.3 / 4, 1 - 1.3, 1 - best / 4, 1 - best]
    counts = [steps_to(lesson.walk(), 0.01), steps_to(lesson.walk(learning_rate=best), 0.01)]
    return [best, *factors, factors[3] ** 2, *counts, 7]


def too_small(lesson):
    walk, good = lesson.walk(), Lesson(lesson.api, "seven-steps").walk()
    counts = [steps_to(walk, 0.01), steps_to(good, 0.01)]
    return [1 - 0.13 / 4, 100 * walk["loss"][7] / walk["loss"][0], 7, *counts, good["learning_rate"][0]]


def overshoot(lesson):
    assert all(
        y * z > 0 for y, z in zip(*[lesson.walk(learning_rate=0.9)["y"][k : k + 10] for k in (0, 1)], strict=True)
    )
    return [1 - 1.9, 0.9**10, 1 - 1.9 / 4, 0.9]


def blow_up(lesson):
    walk = lesson.walk()
    return [1 - 2.1 / 4, 1 - 2.1, 1.1**2, 1.9, *walk["loss"][:4]]


def uphill(lesson):
    return [
        33.05,
        2 / 33.05,
        lesson.walk(learning_rate=0.06, steps=1000)["summary"]["hessian_eigenvalues"][1],
        2 / 30.2,
    ]


def annealing(lesson):
    def spread(rate):
        return 0.4 * math.sqrt(rate / (2 - rate))

    def steps_to_a_third(rate):
        return math.ceil(math.log(1 / 3) / math.log(abs(1 - rate)))

    low = lesson.request["learning_rate"] * lesson.request["floor"]
    return [spread(1.8), spread(low), low, steps_to_a_third(low), steps_to_a_third(1.8)]


def two_valleys(lesson):
    known = lesson.ground["stationary_points"]
    roots = sorted(np.roots([4, 0, -4, 0.3]).real)
    assert sorted(one["point"][0] for one in known) == pytest.approx(roots)
    left, ridge, right = ((x**2 - 1) ** 2 + 0.3 * x for x in roots)
    return [0.3, *roots, left, ridge, right, right - left, ridge - right]


def warm_restarts(lesson):
    annealed, _ = lesson.other()
    curvature = annealed["summary"]["hessian_eigenvalues"][1]
    # That the crossings are at these steps, and that 0.2 leaves nothing, is proved with the claim.
    return [1 - 0.7 * curvature, curvature, 2 / curvature, annealed["x"][-1], 50, 67, 28, 0.2]


def many_hikers(lesson):
    return [math.sqrt(64), 16, 100 * math.sqrt(0.25 / 64), 64 * 4]


def small_bumps(lesson):
    x = np.linspace(1e-3, 10, 1_000_001)
    # A dip is where x/10 + α sin 4x is zero beside the bottom: the least α for which it is so somewhere.
    least = (-x / 10 / np.sin(4 * x))[np.sin(4 * x) < 0].min()
    held = lesson.walk(shape=0.3, learning_rate=0.05, start=[-2.5, 0.0], steps=1000)
    return [least, 1 / (1 - 0.9), 0.3, 0.05, held["x"][0], held["x"][-1]]


def ravine(lesson):
    plain, root = 99 / 101, math.sqrt(100)
    walks = [lesson.walk(), lesson.other()[0]]
    best = [2 / 1.01, (2 / (0.1 + 1)) ** 2, (9 / 11) ** 2, 9 / 11, plain**10]
    counts = [walk["summary"]["steps"] for walk in walks]
    # That 0.9 takes more steps is proved with what there is to try.
    return [0.9, 1 + 1 / 100, 100 - 1, 100 + 1, root - 1, root + 1, *best, *counts]


def saddle_escape(lesson):
    return [0.1, 0.001, math.log(100) / math.log(1.1), 1.1, 1.1**48, math.log(10) / math.log(1.1)]


def plateau(lesson):
    def slope(r):
        return r * math.exp(-(r**2) / 2)

    return [slope(2), slope(4), 0.02 * slope(4), lesson.walk()["x"][0] - lesson.walk()["x"][1]]


def peak(lesson):
    low, high = lesson.walk()["summary"]["hessian_eigenvalues"]
    return [low, high, 0.01, 0.001, 1 - 0.01 * low, (1 - 0.01 * low) ** 10, 0.001 * (1 - 0.01 * low) ** 10]


def by_hand(lesson):
    walk = lesson.walk()
    gradient = [2 * 2 + 1, 2 * 1 + 2]
    second = 0.5 * 0.1**2 * (2 * 5**2 + 2 * 5 * 4 + 2 * 4**2)
    after = [1.5**2, 1.5 * 0.6, 0.6**2]
    fall = walk["loss"][0] - walk["loss"][1]
    return [
        *gradient,
        *(part**2 for part in gradient),
        0.1 * 41,
        second,
        *after,
        sum(after),
        fall,
        7,
        *walk["x"],
        *walk["y"],
    ]


def fence(lesson):
    walk = lesson.walk()
    assert lesson.walk(learning_rate=0.5)["x"][1] == 50
    return [200, 100, 100 - 2 * 57, 50, 2500, 30, 1 - 2 * 0.1, 0.5, *walk["x"][:3]]


def shoulder(lesson):
    summary = lesson.walk()["summary"]
    return [6, summary["steps"], summary["x"]]


def two_minima(lesson):
    return [3 * (-1) ** 2 + 2 - 2, 3 * 2**2 - 2 * 2 - 2, 5, 12, 8]  # -5/12 and -8/3 are proved with the claim


def fit_a_curve(lesson):
    x = np.arange(100)
    errors = -2 * x**2 + 30 * x - (100 * x - x**2)
    assert (errors == -(x**2) - 70 * x).all()
    return [100, 99, 70, (x**2).mean(), x.mean(), -errors.mean()]


def corner(lesson):
    other, _ = lesson.other()
    assert min(lesson.walk()["gradient_norm"] + other["gradient_norm"]) > 13
    return [0.3, 0.3 - 1, 13]


def badly_scaled(lesson):
    plain, (adam, _) = lesson.walk(), lesson.other()
    low, high = plain["summary"]["hessian_eigenvalues"]
    scaled = np.array(lesson.ground["data"]["x"]) / 99
    features = np.stack([scaled**2, scaled])
    small, large = np.linalg.eigvalsh(2 * features @ features.T / 100)
    ends = [plain["y"][200], adam["y"][200], adam["y"][1000]]
    counts = [condition / 2 * math.log(10) for condition in (high / low, large / small)]
    powers = [99, 99**2, high / 1e7, low, 2 / high * 1e8]
    return [10, *powers, high / low, large / small, round(counts[0], -4), counts[1], *ends, 200, 1000]


def exact_answer(lesson):
    data = lesson.ground["data"]
    z, y = (np.array(data["x"]) - 15) / 10, np.array(data["y"])
    a, b = closed_form(lesson)
    sums = [z @ z, z.sum(), z @ y, y.sum(), len(z)]
    return [15, 10, 1920, *sums, a, b, lesson.walk()["summary"]["loss"]]


def mini_batches(lesson):
    walk, exact = lesson.walk(), closed_form(lesson)
    average = [np.mean(last_quarter(walk[axis])) for axis in ("x", "y")]
    sizes = [lesson.walk(batch=size) for size in (1, 8, 25)]
    roughness = [last_quarter(strides(one)).mean() for one in sizes]
    assert roughness == sorted(roughness, reverse=True)
    away = [last_quarter(distances(walk, exact)).mean(), math.dist(average, exact)]
    return [8, 25, 50, 6 * 8, len(last_quarter(walk["x"])), *away]


def stop_too_early(lesson):
    walk = lesson.walk()
    away = math.dist((walk["x"][0], walk["y"][0]), lesson.minimum())
    # That 105 and 106 part the two endings is proved with the claim.
    fall = 1e8 * (walk["loss"][0] - walk["loss"][1])
    return [105, 106, away, walk["gradient_norm"][0], fall, 10, end(walk)[0], walk["loss"][0]]


def so_many_optimizers(lesson):
    walk = next(one for one in lesson.walks() if one["summary"]["reached"])
    # That BFGS is there after 50 evaluations is proved with the claim.
    return [50, *(100 * reached["part"] for reached in walk["summary"]["reached"])]


COMPUTED = {
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
    **network_proofs.COMPUTED,
    **own_proofs.COMPUTED,
}


@pytest.mark.parametrize("slug", LESSONS)
def test_every_number_in_a_lessons_words_is_a_setting_or_computed(api, slug):
    lesson = Lesson(api, slug)
    known = settings(lesson.request) + [float(value) for value in COMPUTED.get(slug, lambda _: ())(lesson)]
    for key in ("claim", "text", "try", "question", "answer"):
        for number in written(lesson.record[key]):
            free = number.lstrip("-").isdecimal() and abs(int(number)) <= _FREE
            assert free or is_told(number, known), f"{number} in {key!r} stands for nothing that is computed"


@pytest.mark.parametrize("slug", [slug for slug, lesson in LESSONS.items() if "[[=" in "".join(lesson.marked.values())])
def test_every_result_in_the_words_is_that_of_the_lessons_own_walk(api, slug):
    walk = Lesson(api, slug).walk()
    results = {"steps": walk["summary"]["steps"], "below": steps_to(walk, 0.01)}
    told = []
    for text in LESSONS[slug].marked.values():
        LESSONS[slug].live(text, lambda number: told.append(number) or "")
    results_told = {number.name: number.text for number in told if number.is_result}
    assert results_told
    assert results_told == {name: str(results[name]) for name in results_told}


@pytest.mark.parametrize("slug", LESSONS)
def test_the_words_name_a_setting_that_is_turned_there(slug):
    numbers = []
    LESSONS[slug].live(LESSONS[slug].text, lambda number: numbers.append(number) or "")
    # Each run of a race has its own.
    assert any(not number.is_result for number in numbers) != (slug == "so-many-optimizers")


def test_a_number_is_told_to_its_last_digit_and_no_further():
    assert is_told("0.0605", [0.06053])
    assert not is_told("33.1", [33.04])
    assert is_told("110000", [109_600, 110_400])
    assert not is_told("1.94", [1.9451])
    assert written(r"$3.9 \cdot 10^7$ and −3.6, 95 000, $x_{12}$, $0.9^{10}$") == ["3.9", "-3.6", "95000", "0.9"]
