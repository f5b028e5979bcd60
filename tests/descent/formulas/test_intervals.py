import math

import numpy as np
import pytest

from app.descent.formulas.formula import compile_formula
from app.descent.formulas.intervals import Interval, UnboundedError

EVERYWHERE = (-1e7, 1e7)


@pytest.mark.parametrize(
    "text",
    [
        "x + y",
        "x - y",
        "3 - x*y",
        "-x",
        "x**2 - y**3",
        "(x - 1)*(x - 1)",
        "x/(1 + y**2)",
        "1/(2 + x**4) + 2/(3 + y*y)",
        "exp(-x**2 - y**2)",
        "exp(x/10)*tanh(y)",
        "log(1 + x**2)",
        "sqrt(x**2 + y**2)",
        "abs(x - 1)*abs(y + 20)",
        "sin(x)*cos(y)",
        "(1 + x**2)**1.5",
        "(2 + x**2)**sin(y)",
        "sinh(x) - cosh(x*y) + sigmoid(x)*log(sigmoid(-y))",
        "tan(x/3) + atan(y - x)*cosh(y)",
        "max(x, y, alpha) + min(x*y, 1)*where(x < y, x, -y)",
        "alpha*x + y**alpha/alpha - 1/alpha",
        "x**2 + (1/(1 + exp(alpha)))**0.5",
    ],
)
@pytest.mark.parametrize("box", [((-2.0, 3.0), (0.5, 4.0)), ((-3.0, -1.0), (2.0, 2.5)), ((0.0, 0.0), (1.0, 1.0))])
def test_what_is_computed_within_the_bounds_lies_within_the_bounds_that_are_computed(text, box):
    formula = compile_formula(text, ("alpha",))
    bounds = formula.bounds((1.5,), *box)
    dice = np.random.default_rng(3)
    x, y = (np.concatenate([dice.uniform(*side, 300), side]) for side in box)
    losses = formula.bind((1.5,), arrays=True).loss(x, y)
    assert bounds.low - 1e-12 * abs(bounds.low) <= losses.min()
    assert losses.max() <= bounds.high + 1e-12 * abs(bounds.high)


@pytest.mark.parametrize(
    ("text", "finite"),
    [
        ("x**4 - y**3 + x*y", True),
        ("20 + x**2 - 10*cos(2*pi*x)", True),
        ("exp(-(x**2 + y**2))", True),
        ("sqrt(x**2 + y**2)", True),
        ("1/(1 + x**2)", True),
        ("tanh(x)/(2 + sin(y))", True),
        ("log(1 + abs(x))", True),
        ("x**16", True),
        # Each of these has a place without a finite value, or would need more thought to be told from those.
        ("1/x", False),
        ("1/(x - 1)", False),
        ("2/(1 + sin(x))", False),
        ("log(x)", False),
        ("log(x**2)", False),
        ("sqrt(x)", False),
        ("x**2.5", False),
        ("exp(x)", False),
        ("exp(exp(x))", False),
        ("1e300*x**2", False),
        ("(1 + x**2)**x", False),
        ("x**sin(y)", False),
        ("(x**2)**sin(y)", False),
        ("0*x + 3", True),
        ("sigmoid(x) + atan(x)", True),
        ("min(x, 1)*max(y, x**2)", True),
        ("where(x < 0, x**2, 3)", True),
        # The other side is never there, and yet it is looked at.
        ("where(x**2 < 0, 1/x, 3)", False),
        ("tan(x)", False),
        ("tan(atan(x)/2)", True),
        ("sinh(x)", False),
        ("cosh(tanh(x))", True),
        ("(x**2)**(-0.5)", False),
        ("x**-2", False),
    ],
)
def test_a_formula_is_finite_where_every_part_of_it_certainly_is(text, finite):
    assert compile_formula(text).is_finite((), EVERYWHERE, EVERYWHERE) == finite


def test_a_formula_may_be_finite_within_close_bounds_only():
    formula = compile_formula("log(x) + exp(y)")
    assert formula.is_finite((), (0.1, 5.0), (-5.0, 5.0))
    assert not formula.is_finite((), (0.0, 5.0), (-5.0, 5.0))
    assert not formula.is_finite((), (0.1, 5.0), (-5.0, 800.0))


def test_a_square_is_not_negative_though_a_product_of_two_such_numbers_may_be():
    x, y = Interval(-2.0, 3.0), Interval(-2.0, 3.0)
    assert (x * x).ends == (0.0, 9.0)
    assert (x * y).ends == (-6.0, 9.0)
    far = Interval(2.0, 3.0)
    assert (far * far).ends == (4.0, 9.0)


def test_numbers_and_intervals_mix():
    x = Interval(1.0, 2.0)
    assert (1 + x).ends == (x + 1).ends == (2.0, 3.0)
    assert (4 - x).ends == (2.0, 3.0)
    assert (x - 4).ends == (-3.0, -2.0)
    assert (2 * x).ends == (2.0, 4.0)
    assert (2 / x).ends == (1.0, 2.0)
    assert (-x).ends == (-2.0, -1.0)


@pytest.mark.parametrize("operation", [lambda x: x * x, lambda x: x + x, lambda x: x / 1e-200])
def test_a_bound_that_overflows_is_none(operation):
    with pytest.raises(UnboundedError):
        operation(Interval(-1e300, 1e300))


def test_not_a_number_is_no_bound():
    with pytest.raises(UnboundedError):
        Interval(0.0, 1.0) + math.nan
