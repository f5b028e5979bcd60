"""What the derivatives at a point say: curvature, Newton's method and the kinds of places, where all is known."""

import math

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES, curvature
from app.descent.landscapes.curvature import (
    Scale,
    eigenvalues,
    gradient_at,
    hessian_at,
    in_plane,
    kind_at,
    newton_ends,
    newton_step,
    newton_walk,
    polish,
)
from tests.descent.by_hand import landscape

UNIT = Scale((1.0, 1.0), 1.0)
ORIGIN = (0.0, 0.0)


def _floats(expression, start=(1.0, 1.0)):
    return landscape(expression, start).at().floats


def _polish(expression, point, **options):
    fixed = landscape(expression, point, **options).at()
    return polish(fixed.floats, point, fixed.scale)


# --- scale


def test_a_distance_is_counted_in_domain_widths():
    scale = Scale((10.0, 2.0), 1.0)
    assert scale.distance((1.0, 1.0), (31.0, 9.0)) == 5  # three widths along x, four along y
    assert Scale((4.0,), 1.0).distance((1.0,), (3.0,)) == 0.5


def test_points_that_repeat_an_earlier_one_are_left_out_and_the_order_is_kept():
    scale = Scale((1e6, 1.0), 1.0)
    points = [(1.0, 0.5), (0.0, 0.0), (1.05, 0.5), (0.0, 1e-8), (1.0, 0.6), (0.0, 1e-6)]
    # A hundred-millionth of a width is the same place, a millionth is another.
    assert scale.apart(points) == [(1.0, 0.5), (0.0, 0.0), (1.0, 0.6), (0.0, 1e-6)]
    assert scale.apart([]) == []
    assert Scale((2.0,), 1.0).apart([(1.0,), (1.0,), (0.5,)]) == [(1.0,), (0.5,)]


def test_a_slope_is_counted_in_ranges_of_the_loss_per_domain_width():
    # 3 · 10 and 20 · 2 up over a domain width each, of which the range is 5: 6 and 8.
    assert Scale((10.0, 2.0), 5.0).slope((3.0, 20.0)) == 10
    assert Scale((10.0,), 5.0).slope((-3.0,)) == 6


def test_curvatures_are_the_eigenvalues_in_the_same_units_and_ascend():
    assert Scale((10.0, 2.0), 4.0).curvatures((0.5, 0.0, -3.0)) == pytest.approx([-3, 12.5])
    assert Scale((3.0,), 9.0).curvatures((-7.0, 0.0, 0.0)) == [-7]
    # Turned by 45 degrees: [[a, b], [b, a]] has the eigenvalues a ± b.
    assert Scale((2.0, 2.0), 4.0).curvatures((3.0, 5.0, 3.0)) == pytest.approx([-2, 8])


def test_the_units_of_a_scale_follow_those_of_the_ground():
    # f(x/1000, y/1000) over a thousandfold domain, and 7 f: slopes and curvatures in these units are the same.
    plain = landscape("x**3 + x*y + y**2").at()
    wide = landscape("7*((x/1000)**3 + x*y/1e6 + (y/1000)**2)", half_width=2000.0).at()
    point, far = (0.3, -0.7), (300.0, -700.0)
    assert plain.scale.slope(gradient_at(plain.floats, point)) == pytest.approx(
        wide.scale.slope(gradient_at(wide.floats, far)), rel=1e-12
    )
    assert plain.scale.curvatures(hessian_at(plain.floats, point)) == pytest.approx(
        wide.scale.curvatures(hessian_at(wide.floats, far)), rel=1e-12
    )


# --- derivatives at a point


def test_a_point_of_a_curve_lies_on_y_zero():
    assert in_plane((3.0,)) == (3, 0)
    assert in_plane((3.0, 4.0)) == (3, 4)


def test_gradient_and_hessian_at_a_point_have_its_dimensions():
    plane, curve = _floats("x**2*y + 3*y"), _floats("x**3", (1.0,))
    assert gradient_at(plane, (2.0, 5.0)) == (20, 7)
    assert hessian_at(plane, (2.0, 5.0)) == (10, 4, 0)
    assert gradient_at(curve, (2.0,)) == (12,)
    assert hessian_at(curve, (2.0,)) == (12, 0, 0)
    assert eigenvalues(curve, (2.0,)) == [12]


NOTHING = [
    ("log(x)", (1.0,), (-1.0,)),  # no loss
    ("log(x)", (1.0,), (0.0,)),
    ("sqrt(x)", (1.0,), (-1.0,)),
    ("x**4 + y**4", ORIGIN, (1e200, 0.0)),  # no finite number
    ("abs(x)", (1.0,), (0.0,)),  # a kink
    ("sqrt(x**2 + y**2)", ORIGIN, ORIGIN),  # a tip
]


@pytest.mark.parametrize(("expression", "start", "point"), NOTHING)
def test_a_hessian_that_does_not_exist_has_no_eigenvalues_and_no_newton_step(expression, start, point):
    functions = _floats(expression, start)
    assert hessian_at(functions, point) is None
    assert eigenvalues(functions, point) == []
    assert newton_step(functions, point) is None


@pytest.mark.parametrize(
    ("expression", "start", "point"), [NOTHING[0], NOTHING[1], NOTHING[3], NOTHING[5]], ids=lambda value: str(value)
)
def test_a_gradient_that_does_not_exist_is_none(expression, start, point):
    assert gradient_at(_floats(expression, start), point) is None


def test_at_a_kink_the_gradient_is_zero_and_the_hessian_does_not_exist():
    assert gradient_at(_floats("abs(x)", (1.0,)), (0.0,)) == (0,)
    assert hessian_at(_floats("abs(x)", (1.0,)), (0.0,)) is None
    assert hessian_at(_floats("abs(x)", (1.0,)), (-1e-300,)) == (0, 0, 0)


def test_data_with_corners_has_no_hessian_anywhere():
    assert hessian_at(LANDSCAPES["pasture"].at().floats, (-2.0, 30.0)) is None


# --- Newton's method


def test_newtons_step_on_a_quadratic_ends_at_its_stationary_point():
    ground = _floats("3*(x - 0.5)**2 - (y + 0.25)**2 + x*y")
    # Gradient zero: 6x + y = 3 and x - 2y = 1/2, so x = 1/2 and y = 0.
    step = newton_step(ground, (1.7, -1.1))
    assert (1.7 + step[0], -1.1 + step[1]) == pytest.approx((0.5, 0.0), abs=1e-14)


def test_newtons_step_leaves_out_a_direction_without_curvature():
    assert newton_step(_floats("y**2 + 0*x"), (1.0, 0.5)) == pytest.approx((0, -0.5))


def test_newtons_step_on_a_curve_is_slope_over_curvature():
    # x³ - x at 2: 11/12
    assert newton_step(_floats("x**3 - x", (1.0,)), (2.0,)) == pytest.approx((-11 / 12,))


@pytest.mark.parametrize(
    ("expression", "start"),
    [
        ("x + y", (1.0, 1.0)),  # a slope without curvature
        ("x + y**2", (1.0, 1.0)),  # a slope along which there is none
        ("log(x)", (-1.0,)),  # outside the formula's domain
        ("x + 1e-310*x**2", (1.0,)),  # so little curvature that the step is infinite
        ("x**3 + x", (1.0,)),  # a slope of 3x² + 1 has no zero, and Newton goes round for ever
    ],
)
def test_where_newtons_method_finds_nothing_there_is_no_stationary_point(expression, start):
    assert _polish(expression, start) is None


def test_newtons_method_finds_a_stationary_point_to_rounding():
    # cos x = x at 0.7390851332151607, the Dottie number, so sin x - x²/2 has its maximum there.
    assert _polish("sin(x) - x**2/2", (1.0,)) == pytest.approx((0.7390851332151607,), abs=1e-15)


def test_newtons_method_comes_slowly_but_close_to_a_flat_bottom():
    # Each step on x⁴ takes a third of the way, so that sixty of them leave (2/3)^60 = 2.7e-11.
    (x,) = _polish("x**4", (1.0,))
    assert x == pytest.approx((2 / 3) ** 60)


def test_newtons_method_stops_where_its_steps_are_rounding_and_no_longer_shrink(monkeypatch):
    # Both exponents are ln 0.1 at the answer, x = -200 ln 0.1 and y = -201 ln 0.1. The valley is so narrow that
    # rounding leaves steps of 3e-12, which never become as short as a float's last digit.
    steps, plain = [], curvature.newton_step
    monkeypatch.setattr(curvature, "newton_step", lambda *at: steps.append(plain(*at)) or steps[-1])
    point = _polish("exp(x - y) + exp(-1.01*x + y) + 0.001*x", (1.0, 1.0), half_width=500.0)
    assert point == pytest.approx((-200 * math.log(0.1), -201 * math.log(0.1)), abs=1e-9)
    assert math.hypot(*steps[-1]) > 1e-15 * math.hypot(*point)
    assert len(steps) < 15


def test_a_kink_whose_gradient_is_zero_is_a_stationary_point_already():
    assert _polish("abs(x)", (0.0,)) == (0,)
    assert _polish("abs(x)", (0.3,)) is None
    assert _polish("abs(x) + abs(y)", ORIGIN) == (0, 0)
    pasture = LANDSCAPES["pasture"].at()
    assert polish(pasture.floats, (-1.0, 100.0), pasture.scale) == (-1, 100)
    assert polish(pasture.floats, (-1.0, 99.0), pasture.scale) is None


def test_newtons_method_leaves_no_minus_zero():
    point = _polish("x**2 + 3*y**2", (-0.7, -1.3))
    assert [math.copysign(1, value) for value in point] == [1, 1]


def test_many_rough_places_settle_at_once_where_each_would_alone():
    fixed = landscape("(x**2 - 1)**2 + y**2").at()
    rough = [(-1.1, 0.2), (0.9, -0.1), (1.2, 0.3), (0.1, 0.0), (-0.9, 0.0)]
    places = newton_ends(fixed.arrays, rough, fixed.scale)
    # Each place once, in the order of the first rough place that leads there.
    assert places == pytest.approx(np.array([(-1, 0), (1, 0), (0, 0)]), abs=1e-12)
    assert newton_ends(fixed.arrays, [], fixed.scale) == []


def test_rough_places_of_a_curve_settle_with_one_coordinate():
    fixed = landscape("x**3/3 - x", (1.0,)).at()
    assert newton_ends(fixed.arrays, [(0.9,), (-1.2,)], fixed.scale) == pytest.approx(np.array([(1,), (-1,)]))


def test_a_rough_place_without_curvature_stays_where_it_is():
    fixed = landscape("abs(x) + x*0", (1.0,)).at()
    assert newton_ends(fixed.arrays, [(0.5,), (0.0,)], fixed.scale) == [(0.5,), (0.0,)]


def test_a_way_that_rests_everywhere_takes_no_further_steps(monkeypatch):
    fixed, taken = landscape("(x - 0.25)**2 + 3*y**2").at(), []
    plain = curvature.newton_steps
    monkeypatch.setattr(curvature, "newton_steps", lambda *at: taken.append(at) or plain(*at))
    x, y = newton_walk(fixed.arrays, np.array([1.0, -1.0]), np.array([0.5, 2.0]), 2, 30)
    assert (x.tolist(), y.tolist()) == ([0.25, 0.25], [0, 0])
    # The first leads there, to rounding; what is zero changes nothing, and is the last.
    assert len(taken) < 5


# --- kinds


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("x**2 + 2*y**2", "minimum"),
        ("-x**2 - 2*y**2", "maximum"),
        ("x**2 - 2*y**2", "saddle"),
        ("x*y", "saddle"),
        ("x**4 + y**2", "minimum"),  # one eigenvalue is zero, and the neighbours decide
        ("-x**4 - y**4", "maximum"),
        ("x**3 + y**2", "shoulder"),
        ("x**3 - 3*x*y**2", "saddle"),
        ("y**2 - x**4", "saddle"),
        ("0*x + 0*y + 3", "plateau"),
        ("x**2 + 0*y", "minimum"),  # a gutter: nowhere lower
        ("-x**2 + 0*y", "maximum"),
        ("abs(x) + abs(y)", "minimum"),  # no Hessian
        ("-abs(x) - abs(y)", "maximum"),
        ("abs(x) - abs(y)", "saddle"),
        ("x**2 + y**2 + 1e-12*x", "minimum"),
        ("x**2.5 + y**2", None),  # half of the neighbours have no loss
    ],
)
def test_a_stationary_point_in_the_plane_is_what_the_ground_is_known_to_be(expression, kind):
    fixed = landscape(expression).at()
    assert kind_at(fixed.floats, ORIGIN, fixed.scale) == kind


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("x**2", "minimum"),
        ("-x**2", "maximum"),
        ("x**4", "minimum"),
        ("-x**4", "maximum"),
        ("x**3", "shoulder"),
        ("-x**5", "shoulder"),
        ("0*x", "plateau"),
        ("abs(x)", "minimum"),
        ("-abs(x)", "maximum"),
        ("x**2.5", None),
    ],
)
def test_a_stationary_point_of_a_curve_is_what_the_curve_is_known_to_be(expression, kind):
    fixed = landscape(expression, (1.0,)).at()
    assert kind_at(fixed.floats, (0.0,), fixed.scale) == kind


@pytest.mark.parametrize(
    ("curvature", "kind"), [(2e-6, "minimum"), (-2e-6, "saddle"), (5e-7, "minimum"), (-5e-7, "minimum")]
)
def test_a_curvature_below_a_millionth_of_the_range_over_the_domain_leaves_the_word_to_the_neighbours(curvature, kind):
    # Between -1e-6 and 1e-6 what counts is the x⁴ a hundredth of a width away, which is higher.
    functions = _floats(f"{curvature / 2}*x**2 + x**4 + y**2")
    assert kind_at(functions, ORIGIN, UNIT) == kind


def test_a_narrow_fall_is_found_in_the_hessians_own_directions():
    # Along y = 3x the fall of -t⁴ is hidden between steep walls: a ring that misses that line sees only walls.
    fixed = landscape("1e6*(y - 3*x)**2 - (x + 3*y)**4").at()
    assert kind_at(fixed.floats, ORIGIN, fixed.scale) == "saddle"
