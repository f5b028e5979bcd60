"""Own data: the landscapes that are made of pasted points, held against the built-in ones and against NumPy's fits."""

import dataclasses
import math
import pickle
import random

import numpy as np
import pytest

from app.descent.judging.places import place_of
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.own_data import MODELS, DataError, own_data
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.by_hand import descent, fitting, one

LINES = {
    "classroom": [(1, 2), (2, 4), (3, 6)],
    "scattered": [(x, 2 * x + 1 + (-1) ** x) for x in range(1, 11)],
    "years and prices": [(1950 + x, 2e5 + 3e4 * math.sin(x)) for x in range(0, 70, 3)],
    "tiny": [(1e-4 * x, 3e-6 * x + 1e-6 * math.cos(9 * x)) for x in range(12)],
    "far off": [(1e9 + x, 1e9 + x * x) for x in range(5)],
    "enormous": [(1e90, 1e80), (2e90, 3e80), (3e90, 2e80)],
    "minute": [(1e-90, 1e-80), (2e-90, 3e-80), (3e-90, 2e-80)],
    "level": [(1, 3), (2, 3), (5, 3)],
}
DICE = random.Random(4)
CLASSES = {
    "overlapping": [(x / 10, int(DICE.random() < 1 / (1 + math.exp(3 - x / 10)))) for x in range(60)],
    "years": [(1900 + x, int(DICE.random() < x / 100)) for x in range(100)],
    "two inputs": [
        (
            x := round(DICE.gauss(10, 3), 2),
            y := round(DICE.gauss(0, 1), 2),
            int(DICE.random() < 0.1 * x + 0.2 * y - 0.4),
        )
        for _ in range(80)
    ],
}
ENDLESS = {
    "apart": [(1, 0), (2, 0), (3, 1), (4, 1)],
    "touching": [(1, 0), (2, 0), (2, 1), (3, 1)],
    "one class": [(1, 1), (2, 1)],
    "two inputs apart": [(0, 0, 0), (1, 0, 0), (3, 3, 1), (4, 3, 1)],
}
VALLEYS = {
    "one point": ("line", [(3, 4)]),
    "equal x": ("line", [(5, 1), (5, 3), (5, 8)]),
    "zero": ("line", [(0, 0)]),
    "one point for a parabola": ("parabola", [(2, 3)]),
    "equal x of classes": ("logistic", [(2, 1), (2, 0), (2, 1)]),
    "inputs in line": ("logistic", [(1, 1, 0), (2, 2, 1), (3, 3, 0), (4, 4, 1)]),
}
FITS = [
    *(("line", name, points) for name, points in LINES.items()),
    *(("parabola", name, points) for name, points in LINES.items()),
    *(("logistic", name, points) for name, points in CLASSES.items()),
]
every_fit = pytest.mark.parametrize(
    ("model", "points"), [one[::2] for one in FITS], ids=[" ".join(one[:2]) for one in FITS]
)


def own(points, model="line"):
    return own_data(tuple(tuple(map(float, row)) for row in points), model)


def answer(landscape):
    """The weights of the exact answer, by NumPy alone: least squares by its pseudo-inverse."""
    data = landscape.data
    return np.linalg.pinv(data.features_at_points.T) @ (np.array(data.targets) - data.constant)


# --- the same as built in


def test_the_same_points_as_the_straight_line_are_the_same_landscape_to_the_last_bit():
    built_in = LANDSCAPES["straight-line"]
    landscape = own(zip(built_in.data.inputs, built_in.data.targets, strict=True))
    assert (landscape.data.centre, landscape.data.unit) == (built_in.data.centre, built_in.data.unit)
    ours, theirs = landscape.at(), built_in.at()
    weights = np.random.default_rng(2).uniform(-50, 120, (2, 300))
    for name in ("loss_and_gradient", "hessian"):
        assert np.array_equal(getattr(ours.arrays, name)(*weights), getattr(theirs.arrays, name)(*weights))
    for a, b in weights.T.tolist():
        assert ours.floats.loss_and_gradient(a, b) == theirs.floats.loss_and_gradient(a, b)
        assert ours.floats.batch_gradient(a, b, [3, 8]) == theirs.floats.batch_gradient(a, b, [3, 8])
    # Newton's last step is the same; how equal two places are is measured by the domain, which is another.
    (mine,), (known,) = ours.stationary_points, theirs.stationary_points
    assert (mine.point, mine.value, mine.kind) == (known.point, known.value, known.kind)


def test_the_same_points_as_the_logistic_curve_are_scaled_alike():
    data = LANDSCAPES["logistic"].data
    landscape = own(zip(data.inputs, data.targets, strict=True), "logistic")
    assert (landscape.data.centre, landscape.data.unit, landscape.data.error) == (3.0, 1.0, "logistic")
    assert landscape.at().arrays.loss(np.array([1.2]), np.array([0.4])) == LANDSCAPES["logistic"].at().arrays.loss(
        np.array([1.2]), np.array([0.4])
    )


# --- the exact answer


@every_fit
def test_the_one_stationary_point_is_the_exact_answer_well_inside_the_picture(model, points):
    landscape = own(points, model)
    fixed, domain = landscape.at(), landscape.domain
    (known,) = fixed.stationary_points
    assert known.kind == "global_minimum"
    gradient = fixed.floats.loss_and_gradient(*known.point)[1:]
    steepest = np.linalg.eigvalsh(
        np.array([[fixed.floats.hessian(*known.point)[i + j] for j in (0, 1)] for i in (0, 1)])
    )[-1]
    assert np.hypot(*gradient) <= 1e-12 * steepest * max(domain.widths)
    if model != "logistic":
        assert known.point == pytest.approx(answer(landscape), rel=1e-9, abs=1e-9 * max(domain.widths))
    for low, width, place in zip(domain.low, domain.widths, known.point, strict=True):
        assert 0.2 < (place - low) / width < 0.8
    assert domain.contains(landscape.start)


@pytest.mark.parametrize("name", ["classroom", "scattered"])
def test_a_parabola_is_numpys_and_its_third_weight_is_named(name):
    points = [(x, 0.3 * x * x - y) for x, y in LINES[name]]
    landscape = own(points, "parabola")
    data = landscape.data
    scaled = (np.array(data.inputs) - data.centre) / data.unit
    a, b, c = np.polyfit(scaled, data.targets, 2)
    (known,) = landscape.at().stationary_points
    assert (*known.point, data.constant) == pytest.approx((a, b, c), rel=1e-9, abs=1e-12)
    assert f"with the best c, {c:.6g}." in data.caption
    assert data.score_latex.endswith(f"{abs(c):.6g}")


def test_of_two_inputs_no_other_constant_fits_better():
    landscape = own(CLASSES["two inputs"], "logistic")
    (known,) = landscape.at().stationary_points
    losses = [
        dataclasses.replace(landscape, data=dataclasses.replace(landscape.data, constant=landscape.data.constant + by))
        .at()
        .floats.loss(*known.point)
        for by in (-1e-3, 0.0, 1e-3)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_a_score_of_two_inputs_is_that_of_a_plain_loop():
    points = CLASSES["two inputs"]
    landscape = own(points, "logistic")
    data, fixed = landscape.data, landscape.at()
    for a, b in [(0.3, -0.2), (1.5, 2.0), (-4.0, 0.1)]:
        total = 0.0
        for x, y, label in points:
            score = a * (x - data.centre) / data.unit + b * (y - data.second.centre) / data.second.unit + data.constant
            total += math.log1p(math.exp(score)) - label * score
        assert fixed.floats.loss(a, b) == pytest.approx(total / len(points), rel=1e-12)
    assert "F(x_1, x_2)" in data.latex
    assert data.curve() is None


def test_a_constant_and_a_power_are_in_the_gradient_and_in_the_curve():
    fixed = fitting([0.0, 1.0, 3.0], [1.0, 2.0, 0.0], powers=(2, 1), constant=-1.5).at()
    a, b, small = 0.4, -0.7, 1e-6
    loss, slope_a, slope_b = fixed.floats.loss_and_gradient(a, b)
    by_hand = [(a * x * x + b * x - 1.5 - y) ** 2 for x, y in ((0, 1), (1, 2), (3, 0))]
    assert loss == pytest.approx(sum(by_hand) / 3, rel=1e-14)
    for slope, (da, db) in ((slope_a, (small, 0)), (slope_b, (0, small))):
        ahead, behind = fixed.floats.loss(a + da, b + db), fixed.floats.loss(a - da, b - db)
        assert slope == pytest.approx((ahead - behind) / 2 / small, rel=1e-8)
    assert fixed.entry.data.score_latex == r"a\,x^2 + b\,x - 1.5"


# --- walks with the proposed settings


@every_fit
@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_optimizer_moves_and_stays_about_the_picture_with_what_is_proposed(slug, model, points):
    landscape = own(points, model)
    walked = one(
        descent(landscape, slug, learning_rate=OPTIMIZERS[slug].usual_learning_rate(landscape)), landscape.start
    )
    places = np.stack([walked.x, walked.y], axis=1)
    parts = (places - landscape.domain.low) / landscape.domain.widths
    assert walked.ending.outcome != "diverged"
    assert np.linalg.norm(parts - parts[0], axis=1).max() >= 0.05
    # AdamW's decay pulls large weights out of it.
    assert slug == "adamw" or (np.abs(parts - 0.5) < 0.8).all()
    assert walked.loss[-1] < walked.loss[0]


@every_fit
def test_the_default_walk_ends_near_the_answer(model, points):
    landscape = own(points, model)
    walked = one(descent(landscape, "momentum", learning_rate=landscape.learning_rate), landscape.start)
    (known,) = landscape.at().stationary_points
    assert landscape.at().scale.distance((walked.x[-1], walked.y[-1]), known.point) < 0.15


# --- what has no answer, or many


@pytest.mark.parametrize("points", ENDLESS.values(), ids=ENDLESS)
def test_classes_that_can_be_told_apart_have_no_minimum_which_is_said(points):
    landscape = own(points, "logistic")
    assert landscape.at().stationary_points == ()
    assert "There is no minimum" in landscape.teaches
    walked = one(descent(landscape, "momentum", learning_rate=landscape.learning_rate, tolerance=1e-6), landscape.start)
    assert walked.ending.outcome == "out_of_steps"
    assert place_of(landscape.at(), (walked.x[-1], walked.y[-1])) == "slope"
    # Twice as far on in its own direction it is lower still.
    assert landscape.at().floats.loss(2 * walked.x[-1], 2 * walked.y[-1]) < walked.loss[-1]


@pytest.mark.parametrize(("model", "points"), VALLEYS.values(), ids=VALLEYS)
def test_points_that_do_not_tell_the_weights_apart_have_a_valley_whose_floor_is_a_minimum_everywhere(model, points):
    landscape = own(points, model)
    fixed = landscape.at()
    assert "the floor of the valley" in landscape.teaches
    (known,) = fixed.stationary_points
    hessian = fixed.floats.hessian(*known.point)
    level = np.linalg.eigh(np.array([[hessian[0], hessian[1]], [hessian[1], hessian[2]]]))[1][:, 0]
    for part in (-0.3, 0.2, 0.4):
        beside = tuple(np.array(known.point) + part * level * min(landscape.domain.widths))
        assert fixed.floats.loss(*beside) == pytest.approx(known.value, abs=1e-12)
        assert place_of(fixed, beside) == "global_minimum"


def test_points_that_no_weight_fits_better_make_level_ground():
    landscape = own([(0, 3)], "parabola")
    assert "level" in landscape.teaches
    assert landscape.at().floats.loss_and_gradient(2.0, -1.0) == (0.0, 0.0, 0.0)


# --- units


@pytest.mark.parametrize(
    ("model", "points", "caption"),
    [
        ("line", [(1, 2), (2, 4), (3, 6)], "Your 3 points: the fit is a·x + b."),
        ("line", [(0, 3)], "Your 1 point: the fit is a·x + b."),
        ("line", [(15 + x, x) for x in range(-10, 11)], "Your 21 points: the fit is a·u + b, u = (x − 15)/10."),
        ("line", [(0, 0), (1, 2e6)], "Your 2 points: the fit of y/1000000 is a·x + b."),
        ("parabola", [(-1, 2), (0, 1), (1, 2)], "Your 3 points: the fit is a·x² + b·x + c, with the best c, 1."),
        (
            "logistic",
            [(9, 1, 0), (10, -1, 1), (10, 1, 1), (11, -1, 0)],
            "Your 4 points: the fit is a·u + b·x2 + c, u = (x1 − 10), with the best c, 0.",
        ),
    ],
)
def test_the_caption_says_what_is_fitted(model, points, caption):
    assert own(points, model).data.caption == caption


def test_inputs_are_taken_as_they_are_where_the_valley_is_no_ravine():
    assert own(LINES["classroom"]).data.score_latex == r"a\,x + b"
    assert own([(15 + x, x) for x in range(-10, 11)]).data.score_latex == r"a\,\frac{x - 15}{10} + b"
    assert own([(1e9 + x, x) for x in range(5)]).data.score_latex == r"a\,\left(x - 1000000002\right) + b"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("classroom", "y"),
        ("years and prices", "y/10000"),
        ("tiny", "y/1e-05"),
        ("far off", "(y − 1000000005)"),
        ("enormous", "y/1e+80"),
    ],
)
def test_targets_are_taken_in_a_unit_in_which_they_vary_as_much_as_is_usual(name, called):
    data = own(LINES[name]).data
    assert data.target_name == called
    assert 0.1 <= np.ptp(data.targets) / 2 <= 1000
    assert (called == "y") == ("the fit of" not in data.caption)


def test_what_is_taken_of_a_target_is_what_its_name_says():
    data = own(LINES["far off"]).data
    centre = float(data.target_name.strip("(y −)"))
    assert np.array(data.targets) + centre == pytest.approx([y for _, y in LINES["far off"]], rel=1e-15)


# --- what is refused


@pytest.mark.parametrize(
    ("model", "points", "message", "hint"),
    [
        ("line", [], "no point", "x,y"),
        ("line", [(1, 2), (3,)], "row 2 has 1 number, and row 1 has 2", "Each row is x,y"),
        ("line", [(1,), (2,)], "each row has 1 number, and model=line takes x,y", "x,y"),
        ("line", [(1, 2, 0)], "each row has 3 numbers", "Three columns are for model=logistic"),
        ("parabola", [(1, 2, 3, 4)], "each row has 4 numbers", "x,y"),
        ("logistic", [(1, 0), (2, 2)], "row 2: the label 2, its last number, is neither 0 nor 1", "write 1 for"),
        ("logistic", [(1, 0, 0.5)], "row 1: the label 0.5", "write 1 for"),
        ("line", [(1, 2), (1e101, 3)], "row 2, column 1: 1e+101 is too large", "1e100"),
        ("line", [(1, -1e-300)], "row 1, column 2: -1e-300 is too small", "1e-100"),
    ],
)
def test_what_nothing_can_be_fitted_to_is_refused_with_its_place_and_what_would_be_right(model, points, message, hint):
    with pytest.raises(DataError) as refused:
        own(points, model)
    assert message in refused.value.message
    assert hint in refused.value.hint


@pytest.mark.parametrize("seed", range(300))
def test_whatever_numbers_are_pasted_make_a_landscape_that_can_be_drawn_and_walked(seed):
    dice = random.Random(seed)
    size, off = 10.0 ** dice.randint(-90, 80), dice.choice([0, 1, 1e6, 1e15])
    numbers = [lambda: size * (off + dice.gauss(0, 1)), lambda: size * dice.randint(-2, 2), lambda: 0.0, lambda: size]
    model = dice.choice(list(MODELS))
    width = dice.choice(MODELS[model].columns)
    count = dice.randint(1, 12)
    columns = [[dice.choice(numbers)() for _ in range(count)] for _ in range(width)]
    if dice.random() < 0.7:
        number = dice.choice(numbers)
        columns = [[number() for _ in range(count)] for _ in columns]
    if model == "logistic":
        columns[-1] = [dice.randint(0, 1) for _ in range(count)]
    landscape = own(zip(*columns, strict=True), model)
    domain = landscape.domain
    assert all(math.isfinite(side) for side in domain.sides)
    assert all(width > 0 for width in domain.widths)
    assert domain.contains(landscape.start)
    assert all(0 < rate < math.inf for rate in landscape.rates)
    fixed = landscape.at()
    assert np.isfinite(fixed.surface(domain, 9)[2]).all()
    assert len(fixed.stationary_points) <= 1
    walked = one(descent(landscape, "momentum", learning_rate=landscape.learning_rate, steps=50), landscape.start)
    assert walked.ending.outcome != "diverged"
    assert walked.loss[-1] <= walked.loss[0]


def test_own_data_is_in_no_registry():
    landscape = own(LINES["classroom"])
    assert landscape.is_own
    assert landscape.slug not in LANDSCAPES
    assert not any(entry.is_own for entry in LANDSCAPES.values())


@every_fit
def test_a_landscape_that_is_sent_to_another_process_is_the_same_there(model, points):
    landscape = own(points, model)
    fixed = landscape.at()
    fixed.floats.loss(1.0, 2.0)
    there = pickle.loads(pickle.dumps(fixed))
    assert there.entry == landscape
    assert there.floats.loss_and_gradient(0.3, -0.7) == fixed.floats.loss_and_gradient(0.3, -0.7)


def test_own_landscapes_that_differ_in_one_number_are_not_taken_for_each_other():
    one_more = [*LINES["classroom"][:2], (3, 6.5)]
    assert own(LINES["classroom"]) != own(one_more)
    assert own(LINES["classroom"]).at() is not own(one_more).at()
    assert own(LINES["classroom"]).at() is own(LINES["classroom"]).at()
