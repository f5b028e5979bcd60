"""Numbers whose exponent has no bound: by the laws of arithmetic, and by mpmath where floats overflow on the way."""

import math

import mpmath
import numpy as np
import pytest

from app.descent.formulas.arithmetic import FLOAT_NAMES
from app.descent.formulas.formula import compile_formula
from app.descent.formulas.wide import Wide, names, wide

NAMES = names(FLOAT_NAMES)
TRUE = {
    **{
        name: getattr(mpmath, name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan")
    },
    "sigmoid": lambda value: 1 / (1 + mpmath.exp(-value)),
}


def true(number):
    """Return a wide number as one of mpmath's."""
    return mpmath.mpf(number.mantissa) * mpmath.mpf(2) ** number.exponent


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(400):
        yield


def random_numbers(count, seed):
    dice = np.random.default_rng(seed)
    mantissas, exponents = dice.uniform(0.5, 1, count) * dice.choice([-1, 1], count), dice.integers(-3000, 3000, count)
    return [Wide(float(one), int(other)) for one, other in zip(mantissas, exponents, strict=True)]


def test_arithmetic_is_that_of_floats_with_other_exponents():
    for a, b in zip(random_numbers(500, 1), random_numbers(500, 2), strict=True):
        for near in (b, Wide(b.mantissa, a.exponent + b.exponent % 60)):
            for found, wanted in (
                (a + near, true(a) + true(near)),
                (a - near, true(a) - true(near)),
                (a * near, true(a) * true(near)),
                (a / near, true(a) / true(near)),
            ):
                # To half a unit of the last digit, as for floats.
                assert abs(true(found) - wanted) <= abs(wanted) * mpmath.mpf(2) ** -53


@pytest.mark.parametrize("value", [0.0, 1.5, -3e300, 5e-324, 0.1, -1e-310])
def test_a_float_is_one_of_them_and_back(value):
    assert float(wide(value)) == value
    assert float(wide(value) + 0) == float(0.0 + wide(value)) == float(wide(value) - 0.0) == value
    assert float(1.0 * wide(value)) == float(0 - -wide(value)) == value
    if abs(value) > 1e-300:
        assert float(1 / (1 / wide(value))) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_is_none_of_them(value):
    with pytest.raises(OverflowError):
        wide(value)


def test_what_is_too_large_for_a_float_is_infinite_as_one():
    assert float(Wide(0.5, 5000)) == math.inf
    assert float(Wide(-0.5, 10**30)) == -math.inf
    assert float(Wide(0.5, -(10**30))) == 0


@pytest.mark.parametrize(
    "name", ["exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "atan", "log_sigmoid"]
)
def test_a_function_of_a_float_is_the_floats_to_the_last_bit(name):
    for value in np.random.default_rng(3).uniform(0.01, 30, 200).tolist():
        assert float(NAMES[name](value)) == FLOAT_NAMES[name](value)


@pytest.mark.parametrize("value", [700.5, 745.2, -745.2, 12345.678, -12345.678, 3e9, -3e9, 4e15, 1e17, 1e300, -1e300])
def test_an_exponential_is_right_whatever_its_size(value):
    found = NAMES["exp"](value)
    # What the last digit of the exponent is worth, and no more.
    assert abs(mpmath.log(true(found)) - value) <= 2**-52 + abs(value) * 2**-190 if abs(value) < 1e280 else 1e90


@pytest.mark.parametrize("exponent", [-5001, -5000, -1200, 1200, 5000, 5001, 10**40])
def test_functions_of_what_is_no_float(exponent):
    number = Wide(0.75, exponent)
    wanted = mpmath.log(mpmath.mpf(0.75)) + exponent * mpmath.log(2)
    assert float(NAMES["log"](number)) == pytest.approx(float(wanted), rel=1e-15)
    square = NAMES["sqrt"](number) * NAMES["sqrt"](number)
    assert (square.mantissa, square.exponent) == (pytest.approx(0.75, rel=1e-15), exponent)
    assert float(NAMES["tanh"](number)) == (1 if exponent > 0 else 0)
    assert NAMES["abs"](-number) == number
    assert NAMES["sign"](-number) == -1
    assert NAMES["kink"](number) == 0
    assert NAMES["spread"](2.5, number) == 2.5
    if exponent < 0:
        assert NAMES["sin"](number) == NAMES["tan"](number) == NAMES["tanh"](number) == number
        assert NAMES["exp"](number) == NAMES["cos"](number) == wide(1.0)


@pytest.mark.parametrize(
    ("base", "exponent"), [(1e200, 2.5), (1e-200, 2.5), (3.0, 1e4), (0.3, 12345.5), (1e-300, 1.01)]
)
def test_a_power_is_right_though_it_is_no_float(base, exponent):
    wanted = mpmath.mpf(base) ** exponent
    for name in ("power", "varying_power"):
        assert abs(true(NAMES[name](base, exponent)) / wanted - 1) < 1e-11


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *[
            ("log", (0.0,)),
            ("log", (-1.0,)),
            ("log", (Wide(-0.5, 2000),)),
            ("sqrt", (-1.0,)),
            ("sqrt", (Wide(-0.5, 2000),)),
        ],
        *[("sin", (Wide(0.5, 2000),)), ("cos", (Wide(0.5, 2000),)), ("kink", (0.0,)), ("power", (-8.0, 1 / 3))],
        *[("power", (0.0, -1.0)), ("power", (Wide(-0.5, 2000), 2.5)), ("varying_power", (0.0, 2.0))],
        *[("varying_power", (-2.0, 2.0)), ("wary_quotient", (1.0, 0.0)), ("exp", (Wide(0.5, 10**7),))],
    ],
)
def test_where_there_is_no_result_an_error_is_raised_as_on_floats(name, arguments):
    with pytest.raises((ArithmeticError, ValueError)):
        NAMES[name](*arguments)


def test_an_exponential_of_what_is_endlessly_negative_is_zero():
    assert NAMES["exp"](Wide(-0.5, 10**7)) == wide(0.0)
    assert float(NAMES["power"](0.0, 2.0)) == 0


# Each has a value, a gradient and a Hessian that are floats at most places, and parts there that are none.
OVERFLOWS = [
    *("1/(1 + exp(-x))", "exp(x)/(1 + exp(x))", "1 - 1/(1 + exp(x))", "(1 + exp(-x))**-1", "1/(1 + exp(-x))**2"),
    *("(1 + exp(-x))**-0.5", "1/(1 + exp(-x*y))", "x/(1 + exp(-x))", "1/(1 + exp(-x)) + y**2", "1/(1 + 2**x)"),
    *(
        "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
        "2/(1 + exp(-2*x)) - 1",
        "1/(exp(x) + exp(-x))",
        "1/(2 + exp(x) + exp(-x))",
    ),
    *(
        "log(1 + exp(x))",
        "log(1 + exp(-x))",
        "log(exp(x) + exp(y))",
        "log(1 + exp(-x*y)) + x**2/100",
        "x - log(1 + exp(x))",
    ),
    *(
        "exp(x)/(1 + exp(x) + exp(y))",
        "exp(x)/(exp(x) + exp(2*x))",
        "exp(x + 3)/exp(x)",
        "exp(2*x)*exp(-2*x)",
        "exp(x) * exp(-3*x)",
    ),
    *(
        "exp(-exp(x))",
        "exp(-exp(-x))",
        "1/(1 + exp(exp(x)))",
        "tanh(exp(x))",
        "sqrt(exp(x))/(1 + exp(x))",
        "sqrt(exp(x))*exp(-x)",
    ),
    *(
        "exp(-x**2)/(1 + exp(x))",
        "sin(x)/(1 + exp(x))",
        "exp(x)**y/(1 + exp(x)**y)",
        "abs(x)/(1 + exp(-x))",
        "1/(1 + x**16)",
    ),
    *("sinh(x)/cosh(x)", "1/cosh(x)", "log(cosh(x)) + log(1 + sinh(x)**2)", "sinh(x)*exp(-x)", "atan(exp(x))"),
    *("sigmoid(x)/sigmoid(2*x)", "log(sigmoid(x)) - log(sigmoid(y*x))", "1/(1 + sinh(x)**2)"),
    *("cos(x)*exp(x)/(1 + exp(x))", "1/(1 + exp(1/(1 + exp(-x))))", "log(log(3 + exp(x)))", "1e10*exp(x)/exp(x + 10)"),
]
PLACES = [
    (x, y)
    for x in (
        -1e4,
        -800.0,
        -745.0,
        -710.0,
        -706.0,
        -400.0,
        -36.5,
        -1.5,
        0.3,
        2.0,
        37.0,
        400.0,
        705.0,
        709.9,
        720.0,
        800.0,
        1e4,
    )
    for y in (0.75, -1.25)
]


def by_mpmath(text, x, y):
    """Return the loss, its gradient and its Hessian from differences with hundreds of digits."""

    def loss(a, b):
        return eval(text, {**TRUE, "abs": abs, "x": a, "y": b})

    x, y, h = mpmath.mpf(x), mpmath.mpf(y), mpmath.mpf(10) ** -60
    middle = loss(x, y)
    gradient = [(loss(x + h, y) - loss(x - h, y)) / (2 * h), (loss(x, y + h) - loss(x, y - h)) / (2 * h)]
    xx = (loss(x + h, y) - 2 * middle + loss(x - h, y)) / h**2
    yy = (loss(x, y + h) - 2 * middle + loss(x, y - h)) / h**2
    corners = [one * other * loss(x + one * h, y + other * h) for one in (1, -1) for other in (1, -1)]
    return [float(part) for part in (middle, *gradient, xx, sum(corners) / (4 * h**2), yy)]


@pytest.mark.long
@pytest.mark.parametrize("text", OVERFLOWS)
def test_what_is_a_float_is_found_though_a_part_on_the_way_is_none(text):
    formula = compile_formula(text)
    floats, arrays = formula.bind(), formula.bind(arrays=True)
    # Of an exponential of an exponential even mpmath writes out the exponent.
    places = [place for place in PLACES if abs(place[0]) <= 800 or "exp(exp" not in text.replace("-", "")]
    x, y = np.array(places).T
    with np.errstate(all="ignore"):
        together = np.array([*arrays.loss_and_gradient(x, y), *arrays.hessian(x, y)]).T
        loss = arrays.loss(x, y)
        gradient = np.empty((formula.dimensions, len(x)))
        formula.bind_slopes()(np.array([x, y])[: formula.dimensions], gradient, np.empty((formula.scratch, len(x))))
    assert loss.tolist() == [floats.loss(*place) for place in places]
    # The root of what is too small for a float is none, though a derivative may tell that there was something.
    assert loss == pytest.approx(together[:, 0], rel=0, abs=1e-150)
    assert gradient.T.tolist() == together[:, 1 : 1 + formula.dimensions].tolist()
    for place, found in zip(places, together.tolist(), strict=True):
        alone = [*floats.loss_and_gradient(*place), *floats.hessian(*place)]
        assert alone == found
        for part, wanted in zip(alone, by_mpmath(text, *place), strict=True):
            # Differences of what is as large as x², as in a Hessian of x*y, keep the digits that floats have left.
            assert part == pytest.approx(wanted, rel=1e-10, abs=1e-15 * max(1e3, place[0] ** 2)), place


def test_the_slope_of_the_logistic_curve_is_there_far_from_its_middle():
    functions = compile_formula("1/(1+exp(-x))").bind()
    assert functions.loss_and_gradient(-800.0, 0.0) == (0, 0, 0)
    # exp(-700) to its last digits, where the square of exp(700) is no float.
    assert functions.loss_and_gradient(-700.0, 0.0)[1] == pytest.approx(math.exp(-700), rel=1e-12, abs=0)
    assert functions.hessian(-800.0, 0.0) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "x"),
    [("1/(1 + exp(x)/x)", 0.0), ("exp(x)/x", 0.0), ("log(x)/(1 + exp(x))", -1.0), ("1/(exp(x) - exp(x))", 800.0)],
)
def test_where_there_is_no_value_there_is_none_with_them_either(text, x):
    formula = compile_formula(text)
    for function in formula.bind()[:3]:
        with pytest.raises((ArithmeticError, ValueError)):
            function(x, 0.0)
    gradient = np.empty((1, 1))
    with np.errstate(all="ignore"):
        assert np.isnan(formula.bind(arrays=True).loss(np.array([x]), np.zeros(1))).all()
        formula.bind_slopes()(np.array([[x]]), gradient, np.empty((formula.scratch, 1)))
    assert np.isnan(gradient).all()


def test_what_is_too_large_stays_too_large():
    functions = compile_formula("exp(x)/(1 + exp(-x))").bind()
    assert functions.loss_and_gradient(800.0, 0.0)[:2] == (math.inf, math.inf)


def test_a_place_in_a_grid_is_mended_alone():
    arrays = compile_formula("y/(1 + exp(-x))").bind(arrays=True)
    x, y = np.meshgrid([-800.0, 0.0, 800.0], [1.0, 2.0])
    with np.errstate(all="ignore"):
        loss, slope, _ = arrays.loss_and_gradient(x, y)
    assert loss.tolist() == [[0, 0.5, 1], [0, 1, 2]]
    assert slope.tolist() == [[0, 0.25, 0], [0, 0.5, 0]]
