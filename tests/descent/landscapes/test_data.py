"""Landscapes made from data: the same numbers as plain loops over the points, in blocks of any size."""

import math

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES, data
from app.descent.landscapes.data import ERRORS, Data
from app.descent.landscapes.landscape import Box
from tests.descent.by_hand import fitting, slope

INPUTS = [-2.0, -0.5, 0.0, 1.0, 1.0, 2.5, 4.0]
TARGETS = {
    "absolute": [3.0, 1.0, 0.5, -2.0, 0.0, 1.0, 7.0],
    "squared": [3.0, 1.0, 0.5, -2.0, 0.0, 1.0, 7.0],
    "logistic": [0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0],
}

# One point's error, its derivative by the score, and its second derivative, each from the calculus book.
BY_HAND = {
    "absolute": (lambda s, t: abs(s - t), lambda s, t: math.copysign(1, s - t) if s != t else 0, None),
    "squared": (lambda s, t: (s - t) ** 2, lambda s, t: 2 * (s - t), lambda s, t: 2),
    # The negative logarithm of the probability of what happened: 1/(1 + e^-s) for 1, and 1/(1 + e^s) for 0.
    "logistic": (
        lambda s, t: -math.log(1 / (1 + math.exp(-s))) if t else -math.log(1 / (1 + math.exp(s))),
        lambda s, t: 1 / (1 + math.exp(-s)) - t,
        lambda s, t: math.exp(-s) / (1 + math.exp(-s)) ** 2,
    ),
}

every_error = pytest.mark.parametrize("error", ERRORS)
every_power = pytest.mark.parametrize("powers", [(1, 0), (2, 1), (0, 3), (2, 0)])
scalings = pytest.mark.parametrize(("centre", "unit"), [(0.0, 1.0), (1.5, 1.0), (0.0, 2.0), (-0.5, 4.0)])


def _ground(error, powers=(1, 0), centre=0.0, unit=1.0):
    return fitting(INPUTS, TARGETS[error], error, powers, centre=centre, unit=unit).at()


def _loop(error, powers, centre, unit, a, b, rows=None):
    """Return loss, gradient and Hessian as sums over the points, one after the other, divided by their number."""
    value, first, second = BY_HAND[error]
    rows = range(len(INPUTS)) if rows is None else rows
    sums = np.zeros(6)
    for row in rows:
        scaled, target = (INPUTS[row] - centre) / unit, TARGETS[error][row]
        p, q = scaled ** powers[0], scaled ** powers[1]
        score = a * p + b * q
        outer = first(score, target)
        bend = second(score, target) if second else math.nan
        sums += [value(score, target), outer * p, outer * q, bend * p * p, bend * p * q, bend * q * q]
    return sums / len(rows)


def test_the_table_of_errors_is_the_one_that_is_proved_here():
    assert set(ERRORS) == set(BY_HAND) == set(TARGETS)
    assert {landscape.data.error for landscape in LANDSCAPES.values() if landscape.data} == set(ERRORS)


@pytest.mark.long
@every_error
@every_power
@scalings
def test_loss_gradient_and_hessian_are_those_of_a_plain_loop_over_the_points(error, powers, centre, unit):
    fixed = _ground(error, powers, centre, unit)
    weights = np.random.default_rng(3).uniform(-2, 2, (20, 2))
    for a, b in weights.tolist():
        by_hand = _loop(error, powers, centre, unit, a, b)
        assert fixed.floats.loss(a, b) == pytest.approx(by_hand[0], rel=1e-12)
        assert fixed.floats.loss_and_gradient(a, b) == pytest.approx(by_hand[:3], rel=1e-12, abs=1e-13)
        assert fixed.floats.hessian(a, b) == pytest.approx(by_hand[3:], rel=1e-12, abs=1e-13, nan_ok=True)
        assert all(type(part) is float for part in (*fixed.floats.loss_and_gradient(a, b), fixed.floats.loss(a, b)))
    together = np.array([*fixed.arrays.loss_and_gradient(*weights.T), *fixed.arrays.hessian(*weights.T)])
    by_hand = np.array([_loop(error, powers, centre, unit, a, b) for a, b in weights.tolist()]).T
    np.testing.assert_allclose(together, by_hand, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(fixed.arrays.loss(*weights.T), by_hand[0], rtol=1e-12)


@every_error
def test_the_gradient_of_a_mini_batch_is_that_of_its_rows_alone(error):
    fixed = _ground(error, (2, 1), 0.5, 2.0)
    rows = np.array([[0, 3, 5], [6, 1, 2], [4, 5, 6], [2, 0, 1]])
    weights = np.random.default_rng(4).uniform(-2, 2, (4, 2))
    together = np.array(fixed.arrays.batch_gradient(*weights.T, rows)).T
    for (a, b), mine, block in zip(weights.tolist(), rows, together, strict=True):
        by_hand = _loop(error, (2, 1), 0.5, 2.0, a, b, mine.tolist())[1:3]
        assert fixed.floats.batch_gradient(a, b, mine) == pytest.approx(by_hand, rel=1e-12, abs=1e-14)
        assert block == pytest.approx(by_hand, rel=1e-12, abs=1e-14)


@every_error
def test_a_mini_batch_of_all_points_is_the_whole_gradient_in_any_order(error):
    fixed = _ground(error)
    order = np.random.default_rng(5).permutation(len(INPUTS))
    _, *whole = fixed.floats.loss_and_gradient(0.7, -0.3)
    assert fixed.floats.batch_gradient(0.7, -0.3, order) == pytest.approx(whole, rel=1e-14)


@every_error
def test_slope_and_curvature_are_the_derivatives_of_the_error_and_smooth_means_that_there_are_any(error):
    row = ERRORS[error]
    scores = np.array([-3.0, -0.2, 0.4, 2.2])
    target = np.array([0.0, 1.0, 0.0, 1.0])
    np.testing.assert_allclose(
        row.slope(scores, target), slope(lambda s: row.value(scores + s, target), 0.0, 1e-3), rtol=1e-9
    )
    if row.smooth:
        by_differences = slope(lambda s: row.slope(scores + s, target), 0.0, 1e-3)
        np.testing.assert_allclose(row.curvature(scores, target), by_differences, rtol=1e-8)
    else:
        assert np.isnan(row.curvature(scores, target)).all()
    assert _ground(error).entry.loss.smooth == row.smooth


def test_the_link_names_what_makes_a_score_the_prediction():
    assert {error: row.link for error, row in ERRORS.items()} == {
        "absolute": "identity",
        "squared": "identity",
        "logistic": "logistic",
    }
    # What the logistic error pulls towards its target is the prediction, for scores of any size.
    scores = np.array([-800.0, -1.0, 0.0, 2.0, 800.0])
    by_hand = [0, 1 / (1 + math.e), 0.5, 1 / (1 + math.exp(-2)), 1]
    assert ERRORS["logistic"].slope(scores, np.zeros(5)).tolist() == pytest.approx(by_hand)


def test_the_logistic_error_of_a_model_that_is_wrong_and_sure_of_itself_is_its_score():
    # log(1 + e^s) overflows from s = 710 on, if it is not computed with care.
    ground = fitting([1000.0, -1000.0], [0.0, 1.0], "logistic").at().floats
    assert ground.loss_and_gradient(1.0, 0.0) == pytest.approx((1000, 1000, 0))
    assert fitting([1000.0], [1.0], "logistic").at().floats.loss_and_gradient(1.0, 0.0) == (0, 0, 0)


def test_no_warning_is_heard_where_weights_are_beyond_all_bounds():
    for error in ERRORS:
        fixed = _ground(error, (2, 1))
        fixed.floats.loss_and_gradient(1e300, -1e300)
        fixed.arrays.loss_and_gradient(np.array([1e300, math.inf]), np.array([1e300, math.nan]))


def test_at_exactly_zero_error_the_slope_of_the_absolute_error_is_zero():
    assert fitting([1.0, 2.0], [1.0, 2.0], "absolute").at().floats.loss_and_gradient(1.0, 0.0) == (0, 0, 0)


@every_error
@pytest.mark.parametrize("at_once", [1, 7, 20, 10**9])
def test_how_many_residuals_are_held_at_once_does_not_matter(error, at_once, monkeypatch):
    fixed = _ground(error, (2, 1))
    x, y = np.random.default_rng(6).uniform(-2, 2, (2, 5, 9))
    rows = np.random.default_rng(7).integers(0, 7, (45, 3))
    usual = [*fixed.arrays.loss_and_gradient(x, y), *fixed.arrays.hessian(x, y)]
    batches = fixed.arrays.batch_gradient(x.ravel(), y.ravel(), rows)
    monkeypatch.setattr(data, "_AT_ONCE", at_once)
    for mine, other in zip([*fixed.arrays.loss_and_gradient(x, y), *fixed.arrays.hessian(x, y)], usual, strict=True):
        assert mine.shape == (5, 9)
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(fixed.arrays.batch_gradient(x.ravel(), y.ravel(), rows), batches)


@every_error
def test_of_no_walkers_there_are_no_numbers_and_nothing_fails(error):
    arrays, none = _ground(error).arrays, np.empty(0)
    assert arrays.loss(none, none).shape == (0,)
    assert [part.shape for part in arrays.loss_and_gradient(none, none)] == [(0,)] * 3
    assert [part.shape for part in arrays.hessian(none, none)] == [(0,)] * 3
    assert [part.shape for part in arrays.batch_gradient(none, none, np.empty((0, 3), dtype=int))] == [(0,)] * 2
    assert arrays.loss(np.empty((0, 4)), np.empty((0, 4))).shape == (0, 4)


@every_error
def test_a_surface_is_a_plain_loop_over_its_cells(error):
    fixed = _ground(error, (2, 1), 1.0, 2.0)
    box = Box((-1.0, 0.5), (2.0, 3.0))
    x, y, loss = fixed.surface(box, 7)
    assert loss.shape == (7, 7)
    for row, b in enumerate(y.tolist()):
        for column, a in enumerate(x.tolist()):
            assert loss[row, column] == pytest.approx(_loop(error, (2, 1), 1.0, 2.0, a, b)[0], rel=1e-12)


def test_ten_thousand_points_work():
    # Their line is known: y = 2u - 1, and on top a wave whose mean and product with u are computed here by fsum.
    count = 10_000
    inputs = [index / count for index in range(count)]
    wave = [math.sin(700 * u) for u in inputs]
    ground = fitting(inputs, [2 * u - 1 + w for u, w in zip(inputs, wave, strict=True)])
    loss, along_a, along_b = ground.at().floats.loss_and_gradient(2.0, -1.0)
    assert loss == pytest.approx(math.fsum(w * w for w in wave) / count, rel=1e-12)
    assert along_a == pytest.approx(-2 * math.fsum(u * w for u, w in zip(inputs, wave, strict=True)) / count, abs=1e-14)
    assert along_b == pytest.approx(-2 * math.fsum(wave) / count, abs=1e-14)
    assert len(ground.data) == count
    x, y, surface = ground.at().surface(ground.domain, 33)
    assert surface.shape == (33, 33)
    assert surface[8, 24] == pytest.approx(ground.at().floats.loss(x[24], y[8]), rel=1e-13)
    assert r"\frac{1}{10000}" in ground.loss.latex


# --- what is shown of it

ABSOLUTE, SQUARED = r"\left|F(x_i) - y_i\right|", r"\left(F(x_i) - y_i\right)^2"


@pytest.mark.parametrize(
    ("error", "powers", "scaling", "mean", "score"),
    [
        ("absolute", (2, 1), {}, ABSOLUTE, r"a\,x^2 + b\,x"),
        ("squared", (1, 0), {}, SQUARED, r"a\,x + b"),
        ("squared", (0, 3), {}, SQUARED, r"a + b\,x^3"),
        ("squared", (1, 0), {"centre": 15.0, "unit": 10.0}, SQUARED, r"a\,\frac{x - 15}{10} + b"),
        ("squared", (1, 0), {"centre": -0.5, "unit": 4.0}, SQUARED, r"a\,\frac{x + 0.5}{4} + b"),
        ("squared", (1, 0), {"unit": 10.0}, SQUARED, r"a\,\frac{x}{10} + b"),
        (
            "squared",
            (2, 1),
            {"unit": 10.0},
            SQUARED,
            r"a\,\left(\frac{x}{10}\right)^2 + b\,\left(\frac{x}{10}\right)",
        ),
        (
            "squared",
            (0, 3),
            {"centre": -2.0, "unit": 0.5},
            SQUARED,
            r"a + b\,\left(\frac{x + 2}{0.5}\right)^3",
        ),
        ("squared", (2, 1), {"centre": -1.5}, SQUARED, r"a\,\left(x + 1.5\right)^2 + b\,\left(x + 1.5\right)"),
        (
            "logistic",
            (1, 0),
            {"centre": 3.0, "axes": ("w", "c")},
            r"\left(\log\left(1 + e^{F(x_i)}\right) - y_i\,F(x_i)\right)",
            r"w\,\left(x - 3\right) + c",
        ),
    ],
)
def test_the_loss_is_typeset_as_the_mean_that_it_is_with_its_score(error, powers, scaling, mean, score):
    loss = fitting(INPUTS, TARGETS[error], error, powers, **scaling).loss
    assert loss.terms == (rf"\frac{{1}}{{7}} \sum_i {mean},", f"F(x) = {score}")
    assert loss.latex == rf"\frac{{1}}{{7}} \sum_i {mean},\quad F(x) = {score}"
    assert loss.score_latex == score


def test_the_axes_are_those_of_the_data():
    assert fitting(INPUTS, TARGETS["squared"], axes=("w", "c")).axes == ("w", "c")


@pytest.mark.parametrize("slug", [slug for slug, entry in LANDSCAPES.items() if entry.data])
def test_the_curve_of_a_fit_is_drawn_from_the_first_to_the_last_point(slug):
    entry = LANDSCAPES[slug]
    curve = entry.data.curve(11)
    assert curve["x"].tolist() == pytest.approx(np.linspace(min(entry.data.inputs), max(entry.data.inputs), 11))
    scaled = (curve["x"] - entry.data.centre) / entry.data.unit
    for power, feature in zip(entry.data.powers, curve["features"], strict=True):
        assert feature.tolist() == pytest.approx(scaled**power)
    assert entry.data.caption.endswith(".")
    assert entry.data.input_name
    assert entry.data.target_name


def test_the_curve_through_exact_data_meets_it():
    entry = LANDSCAPES["pasture"]
    curve = entry.data.curve(100)
    first, second = curve["features"]
    assert (-1 * first + 100 * second).tolist() == pytest.approx(entry.data.targets, abs=1e-9)


def test_points_are_counted_and_nothing_of_them_is_fixed_later():
    points = Data((1.0, 2.0), (3.0, 4.0), (1, 0), "squared", "u", "t", "Two points.")
    assert (len(points), points.dimensions, points.smooth) == (2, 2, True)
    assert points.bind().loss(1.0, 2.0) == points.bind(()).loss(1.0, 2.0) == 0
