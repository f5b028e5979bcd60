"""Every landscape of the registry, proved by one table of hand-derived formulas and by independent searches."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy.optimize import minimize, root

from app.descent.landscape import Box, eigenvalues, newton_step, polish, registry
from app.descent.landscapes import LANDSCAPES
from tests.descent.ground import BY_HAND, eigenvalues_by_hand, hessian_by_differences, landscape, slope


def _shapes(entry):
    if entry.shape is None:
        return [None]
    knob = entry.shape
    between = knob.low**0.4 * knob.high**0.6 if knob.log else 0.3 * knob.low + 0.7 * knob.high
    return sorted({knob.low, knob.default, between, knob.high})


CASES = [
    pytest.param(entry, shape, id=slug if shape is None else f"{slug}-{shape:.4g}")
    for slug, entry in LANDSCAPES.items()
    for shape in _shapes(entry)
]
every_case = pytest.mark.parametrize(("entry", "shape"), CASES)
every_entry = pytest.mark.parametrize("entry", [pytest.param(entry, id=slug) for slug, entry in LANDSCAPES.items()])


def _points(box, count, seed=7):
    return np.random.default_rng(seed).uniform(box.low, box.high, (count, len(box.low)))


def _hand(entry, shape):
    hand = BY_HAND[entry.slug]
    return (lambda x, y: hand.loss(x, y, shape)), (lambda x, y: hand.gradient(x, y, shape))


@every_case
def test_the_expression_means_the_formula_written_by_hand(entry, shape):
    terrain, (loss, gradient) = entry.at(shape), _hand(entry, shape)
    for x, y in _points(entry.domain, 200).tolist():
        assert terrain.floats.loss(x, y) == pytest.approx(loss(x, y), rel=1e-12, abs=1e-13)
        value, *slopes = terrain.floats.loss_and_gradient(x, y)
        assert value == pytest.approx(loss(x, y), rel=1e-12, abs=1e-13)
        assert slopes == pytest.approx(gradient(x, y), rel=1e-12, abs=1e-12)


@every_case
def test_the_gradient_is_the_finite_difference_of_the_formula_written_by_hand(entry, shape):
    terrain, (loss, _) = entry.at(shape), _hand(entry, shape)
    for x, y in _points(entry.domain, 100, 11).tolist():
        _, slope_x, slope_y = terrain.floats.loss_and_gradient(x, y)
        # Five-point rule with step 1e-3: the fifth derivative of peaks stays below 3e4, so the error stays below 1e-9.
        assert slope_x == pytest.approx(slope(lambda v, y=y: loss(v, y), x, 1e-3), rel=1e-9, abs=2e-9)
        assert slope_y == pytest.approx(slope(lambda v, x=x: loss(x, v), y, 1e-3), rel=1e-9, abs=2e-9)


@every_case
def test_the_hessian_is_the_finite_difference_of_the_gradient_written_by_hand(entry, shape):
    terrain, (_, gradient) = entry.at(shape), _hand(entry, shape)
    for x, y in _points(entry.domain, 100, 13).tolist():
        (xx, xy), (_, yy) = hessian_by_differences(gradient, x, y)
        assert terrain.floats.hessian(x, y) == pytest.approx((xx, xy, yy), rel=1e-8, abs=1e-8)


@every_case
def test_arrays_give_the_same_numbers_as_floats(entry, shape):
    terrain = entry.at(shape)
    points = _points(entry.domain, 100, 17)
    x, y = points.T
    for name in ("loss_and_gradient", "hessian"):
        together = np.array([np.broadcast_to(part, x.shape) for part in getattr(terrain.arrays, name)(x, y)])
        alone = np.array([getattr(terrain.floats, name)(*point) for point in points.tolist()]).T
        np.testing.assert_allclose(together, alone, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(terrain.arrays.loss(x, y), terrain.arrays.loss_and_gradient(x, y)[0], 1e-13, 1e-13)


@every_case
def test_the_gradient_is_zero_at_every_stationary_point_and_its_value_is_the_loss_there(entry, shape):
    loss, gradient = _hand(entry, shape)
    points = entry.at(shape).stationary_points
    assert points
    for known in points:
        assert gradient(*known.point) == pytest.approx((0, 0), abs=1e-13)
        assert known.value == pytest.approx(loss(*known.point), rel=1e-13, abs=1e-14)
        assert all(math.copysign(1, value) == 1 for value in known.point if value == 0), "minus zero is shown"


@every_case
def test_the_kind_of_every_stationary_point_follows_from_its_eigenvalues(entry, shape):
    loss, gradient = _hand(entry, shape)
    terrain = entry.at(shape)
    bottoms = []
    for known in terrain.stationary_points:
        low, high = eigenvalues_by_hand(hessian_by_differences(gradient, *known.point))
        assert eigenvalues(terrain.floats, known.point) == pytest.approx([low, high], rel=1e-8, abs=1e-9)
        if low > 1e-4:
            bottoms.append(known)
        else:
            assert high < -1e-4 or low < -1e-4 < 1e-4 < high
            assert known.kind == ("maximum" if high < 0 else "saddle")
    deepest = min(loss(*known.point) for known in bottoms)
    for known in bottoms:
        is_deepest = loss(*known.point) <= deepest + 1e-9
        assert known.kind == ("global_minimum" if is_deepest else "local_minimum")


@every_case
def test_no_stationary_point_inside_the_domain_is_missing_or_listed_twice(entry, shape):
    _, gradient = _hand(entry, shape)
    box = entry.domain
    found = []
    axes = [np.linspace(low, high, 19) for low, high in zip(box.low, box.high, strict=True)]
    for start in itertools.product(*axes):
        answer = root(lambda p: gradient(*p), start, method="hybr", options={"xtol": 1e-12})
        if not answer.success or not box.contains(tuple(answer.x)):
            continue
        # Far out on flat ground the gradient is tiny without a stationary point: Newton's step tells them apart.
        hessian = hessian_by_differences(gradient, *answer.x)
        if abs(np.linalg.det(hessian)) < 1e-300:
            continue
        step = np.linalg.solve(hessian, gradient(*answer.x))
        if math.hypot(*step) < 1e-6 and all(math.dist(answer.x, other) > 1e-4 for other in found):
            found.append(tuple(answer.x))
    known = [entry.point for entry in entry.at(shape).stationary_points]
    assert all(box.contains(point) for point in known)
    assert sorted(known) == pytest.approx(np.array(sorted(found, key=lambda p: _nearest(p, sorted(known)))), abs=1e-7)


def _nearest(point, known):
    return min(range(len(known)), key=lambda index: math.dist(point, known[index]))


@every_case
def test_the_global_minimum_is_the_lowest_place_of_the_domain(entry, shape):
    loss, gradient = _hand(entry, shape)
    box = entry.domain
    x, y = np.meshgrid(*(np.linspace(low, high, 301) for low, high in zip(box.low, box.high, strict=True)))
    height = loss(x, y)
    lowest = np.unravel_index(height.argmin(), height.shape)
    best = minimize(
        lambda p: loss(*p),
        (x[lowest], y[lowest]),
        jac=lambda p: np.array(gradient(*p)),
        bounds=list(zip(box.low, box.high, strict=True)),
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    minima = [known for known in entry.at(shape).stationary_points if known.kind == "global_minimum"]
    assert minima
    assert [known.value for known in minima] == pytest.approx([best.fun] * len(minima), abs=1e-9)
    assert min(math.dist(known.point, best.x) for known in minima) < 1e-3
    assert entry.at(shape).stationary_points[0] in minima


@every_entry
def test_the_start_lies_inside_the_domain_and_is_no_stationary_point(entry):
    assert entry.dimensions == len(entry.start) == len(entry.domain.low) == entry.formula.dimensions
    assert entry.domain.contains(entry.start)
    assert math.hypot(*_hand(entry, entry.shape.default if entry.shape else None)[1](*entry.start)) > 1e-4


@every_entry
def test_an_entry_says_what_a_menu_needs(entry):
    for text in (entry.slug, entry.title, entry.family, entry.teaches, entry.source.text, entry.formula.latex):
        assert text.strip() == text != ""
    assert entry.learning_rate > 0
    assert LANDSCAPES[entry.slug] is entry
    if entry.shape:
        assert entry.shape.low <= entry.shape.default <= entry.shape.high
        assert entry.at() is entry.at(entry.shape.default)


def test_peaks_has_the_highest_and_lowest_place_that_matlab_publishes():
    points = LANDSCAPES["peaks"].at().stationary_points
    lowest, highest = points[0], points[-1]
    assert (lowest.kind, highest.kind) == ("global_minimum", "maximum")
    assert lowest.value == pytest.approx(-6.5511, abs=5e-5)
    assert lowest.point == pytest.approx((0.2283, -1.6255), abs=5e-5)
    assert highest.value == pytest.approx(8.1062, abs=5e-5)
    assert highest.point == pytest.approx((-0.0093, 1.5814), abs=5e-5)


@pytest.mark.parametrize("tilt", [0.0, 0.01, 0.3, 0.77, 1.2])
def test_the_two_valleys_lie_where_the_cubic_formula_says(tilt):
    # 4x³ - 4x + δ = 0, by Viète: x = (2/√3) cos((arccos(-3√3 δ/8) - 2πk)/3).
    angle = math.acos(-3 * math.sqrt(3) * tilt / 8)
    right, left, ridge = (2 / math.sqrt(3) * math.cos((angle - 2 * math.pi * k) / 3) for k in (0, 2, 1))
    if left > ridge:
        left, ridge = ridge, left
    kinds = {known.point: known.kind for known in LANDSCAPES["two-valley"].at(tilt).stationary_points}
    assert sorted(kinds) == pytest.approx(np.array([(left, 0), (ridge, 0), (right, 0)]), abs=1e-12)
    other = "global_minimum" if tilt == 0 else "local_minimum"
    assert [kinds[point] for point in sorted(kinds)] == ["global_minimum", "saddle", other]


@pytest.mark.parametrize("tilt", [0.001, 0.05, 0.3])
def test_the_left_valley_is_deeper_by_about_twice_the_tilt_as_the_menu_says(tilt):
    values = {known.point[0] > 0.5: known.value for known in LANDSCAPES["two-valley"].at(tilt).stationary_points}
    left = LANDSCAPES["two-valley"].at(tilt).stationary_points[0]
    assert left.point[0] < -0.9
    assert values[True] - left.value == pytest.approx(2 * tilt, rel=0.02)


def test_the_saddle_is_bounded_below_by_minus_a_quarter():
    terrain = LANDSCAPES["saddle"].at()
    assert {known.value for known in terrain.stationary_points if known.kind == "global_minimum"} == {-0.25}
    # x²/2 + (y² - 1)²/4 - 1/4, so nowhere less, however far out.
    points = np.random.default_rng(1).normal(0, 1, (2, 20_000)) * np.geomspace(0.1, 1e3, 20_000)
    assert terrain.arrays.loss(*points).min() >= -0.25


@pytest.mark.parametrize("kappa", [1.0, 4.0, 100.0, 1000.0])
def test_the_bowl_has_the_condition_number_that_its_knob_says(kappa):
    low, high = eigenvalues(LANDSCAPES["bowl"].at(kappa).floats, (0.3, -0.2))
    assert high / low == pytest.approx(kappa, rel=1e-12)
    assert high == 1


def test_the_quadratic_has_the_gradient_that_is_done_by_hand():
    assert LANDSCAPES["quadratic"].at().floats.loss_and_gradient(2.0, 1.0) == (7.0, 5.0, 4.0)
    assert eigenvalues(LANDSCAPES["quadratic"].at().floats, (2.0, 1.0)) == pytest.approx([1, 3])


def test_a_surface_has_rows_that_follow_y():
    box = Box((0.0, 10.0), (1.0, 12.0))
    x, y, loss = landscape("x + 100*y").at().surface(box, 3)
    assert (x.tolist(), y.tolist()) == ([0, 0.5, 1], [10, 11, 12])
    assert loss.tolist() == [[1000, 1000.5, 1001], [1100, 1100.5, 1101], [1200, 1200.5, 1201]]


def test_a_surface_of_a_curve_has_no_y():
    x, y, loss = landscape("x**2", (1.0,)).at().surface(Box((-1.0,), (1.0,)), 5)
    assert y is None
    assert loss.tolist() == (x**2).tolist() == [1, 0.25, 0, 0.25, 1]


def test_a_surface_is_not_a_number_outside_the_formulas_domain_and_no_warning_is_heard():
    _, _, loss = landscape("log(x)", (1.0,)).at().surface(Box((-1.0,), (1.0,)), 3)
    assert np.isnan(loss[0])
    assert loss[1:].tolist() == [-math.inf, 0]


def test_a_surface_of_constant_height_is_filled():
    assert landscape("0*x + 0*y + 3").at().surface(Box((0.0, 0.0), (1.0, 1.0)), 4)[2].tolist() == [[3.0] * 4] * 4


def test_the_loss_range_leaves_out_the_outermost_twentieths():
    # x on 33 equal steps over [-2, 2]: the 5th and the 95th percentile lie at -1.8 and 1.8.
    assert landscape("x", (1.0,)).at().loss_range == pytest.approx(3.6)
    assert landscape("7 + 0*x", (1.0,)).at().loss_range == 1
    assert landscape("log(x - 5)", (1.0,)).at().loss_range == 1


def test_a_box_contains_its_border_and_reaches_a_million_widths():
    box = Box((-1.0, 2.0), (3.0, 4.0))
    assert box.widths == (4, 2)
    assert box.contains((-1.0, 4.0))
    assert not box.contains((-1.0000001, 3.0))
    assert not box.contains((0.0, 4.0000001))
    assert box.reach() == Box((1 - 4e6, 3 - 2e6), (1 + 4e6, 3 + 2e6))


def test_two_landscapes_with_one_slug_are_refused():
    with pytest.raises(ValueError, match="same slug"):
        registry(landscape("x"), landscape("y"))


def test_a_landscape_with_a_fixed_shape_is_made_once():
    entry = LANDSCAPES["bowl"]
    assert entry.at(9.0) is entry.at(9.0)
    assert entry.at(9.0) is not entry.at(10.0)


def test_a_hessian_that_does_not_exist_has_no_eigenvalues_and_no_newton_step():
    logarithm = landscape("log(x)", (1.0,)).at().floats
    assert newton_step(logarithm, (-1.0,)) is None
    assert eigenvalues(logarithm, (0.0,)) == []
    assert eigenvalues(landscape("sqrt(x)", (1.0,)).at().floats, (-1.0,)) == []
    steep = landscape("x**4 + y**4").at().floats
    assert eigenvalues(steep, (1e200, 0.0)) == []
    assert newton_step(steep, (1e200, 0.0)) is None


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1.0, 2.0], "minimum"),
        ([-2.0, -1.0], "maximum"),
        ([-1.0, 2.0], "saddle"),
        ([0.0, 2.0], "flat"),
        ([-2.0, 1e-12], "flat"),
        ([0.0, 0.0], "flat"),
        ([1e-30, 2e-30], "flat"),
        ([3.0], "minimum"),
        ([-3.0], "maximum"),
        ([0.0], "flat"),
    ],
)
def test_the_signs_of_the_eigenvalues_name_the_kind_and_a_zero_names_none(values, kind):
    # On the bowl x²/8 + y²/2 over 8 × 6 a curvature of 1e-12 changes nothing that could be seen.
    assert LANDSCAPES["bowl"].at().kind_by_curvature(values) == kind


def test_newtons_step_on_a_quadratic_ends_at_its_stationary_point():
    ground = landscape("3*(x - 0.5)**2 - (y + 0.25)**2 + x*y").at().floats
    # Gradient zero: 6x + y = 3 and x - 2y = 1/2, so x = 1/2 and y = 0.
    step = newton_step(ground, (1.7, -1.1))
    assert (1.7 + step[0], -1.1 + step[1]) == pytest.approx((0.5, 0.0), abs=1e-14)


def test_newtons_step_leaves_out_a_direction_without_curvature():
    assert newton_step(landscape("y**2 + 0*x").at().floats, (1.0, 0.5)) == pytest.approx((0, -0.5))


@pytest.mark.parametrize(
    ("expression", "start"),
    [
        ("x + y", (1.0, 1.0)),  # a slope without curvature
        ("log(x)", (-1.0,)),  # outside the formula's domain
        ("x + 1e-310*x**2", (1.0,)),  # so little curvature that the step is infinite
    ],
)
def test_where_newtons_method_finds_nothing_there_is_no_stationary_point(expression, start):
    assert polish(landscape(expression, start).at().floats, start) is None


def test_newtons_method_finds_a_stationary_point_to_rounding():
    # cos x = x at 0.7390851332151607, the Dottie number, so sin x - x²/2 has its maximum there.
    assert polish(landscape("sin(x) - x**2/2", (1.0,)).at().floats, (1.0,)) == pytest.approx(
        (0.7390851332151607,), abs=1e-15
    )


def test_newtons_method_comes_slowly_but_close_to_a_flat_bottom():
    # Each step on x⁴ takes a third of the way, so that sixty of them leave (2/3)^60 = 2.7e-11.
    (x,) = polish(landscape("x**4", (1.0,)).at().floats, (1.0,))
    assert x == pytest.approx((2 / 3) ** 60)


def test_two_rough_places_near_one_stationary_point_are_one_and_a_place_near_none_is_left_out():
    # x³/3 - x has its minimum at 1 and its maximum at -1; from 0, where it has no curvature, Newton leads nowhere.
    near = ((0.9,), (1.2,), (-1.1,), (0.0,))
    points = landscape("x**3/3 - x", (0.5,), near=near).at().stationary_points
    assert [(known.point, known.kind) for known in points] == [((1.0,), "global_minimum"), ((-1.0,), "maximum")]
    assert [known.value for known in points] == pytest.approx([-2 / 3, 2 / 3])


def test_a_listed_stationary_point_where_the_hessian_says_nothing_is_refused():
    entry = dataclasses.replace(landscape("x**3 + y**2"), near=((0.0, 0.0),))
    with pytest.raises(ValueError, match="the Hessian says nothing"):
        _ = entry.at().stationary_points


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_the_expression_with_its_number_put_in_is_python_in_x_and_y_alone(slug):
    entry = LANDSCAPES[slug]
    names = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")}
    for shape in [None] if entry.shape is None else [None, entry.shape.low, entry.shape.high]:
        text = entry.expression_at(shape)
        for x, y in ((0.3, -0.7), (1.1, 0.4)):
            assert eval(text, {**names, "x": x, "y": y}) == pytest.approx(entry.at(shape).floats.loss(x, y), rel=1e-14)
