"""What evaluations cost is counted in the source, and a budget ends what is looked for."""

import numpy as np
import pytest

from app.descent.formulas.formula import compile_typed
from app.descent.formulas.work import Budget, Cost, SpentError


def test_what_has_more_parts_and_more_derivatives_costs_more():
    short, long = compile_typed("x*y").costs, compile_typed("sin(x*y)*cos(x + y) + exp(x/y)").costs
    for one, other in zip(short, long, strict=True):
        assert all(a < b for a, b in zip(one, other, strict=True))
    assert long.loss.alone < long.loss_and_gradient.alone < long.hessian.alone
    assert long.newton(1000) == long.loss_and_gradient.of(1000) + long.hessian.of(1000)
    assert long.hessian.of(1000) == pytest.approx(long.hessian.of(0) + 1000 * long.hessian.place)


def test_a_budget_counts_each_call_and_ends_those_on_floats():
    budget, cost = Budget(100.0), Cost(alone=40.0, call=10.0, place=1.0)
    budget.on_arrays(np.add, cost)(np.zeros(20), np.ones(20))
    assert budget.left == 70
    alone = budget.on_floats(lambda x, y: x + y, cost)
    assert alone(1.0, 2.0) == 3
    assert not budget.is_spent
    assert alone(1.0, 2.0) == 3
    assert budget.is_spent
    with pytest.raises(SpentError):
        alone(1.0, 2.0)
    # Numbers without bounds take longer.
    wide = Budget(1e6)
    wide.on_wide(lambda x, y: x, cost)(1.0, 2.0)
    assert wide.left < 1e6 - 40


def test_of_several_choices_the_finest_is_taken_that_is_not_too_much():
    assert Budget(10.0).finest((41, 7, 3), lambda nodes: nodes) == 7
    assert Budget(1.0).finest((41, 7, 3), lambda nodes: nodes) == 3
    assert Budget().finest((41, 7, 3), lambda nodes: nodes) == 41
    assert not Budget().is_spent


@pytest.mark.parametrize("text", ["x^2 + sin(y)", "1/(1 + e^-(800x*y))", "where(x < y, x*y, 3x)"])
def test_a_formula_whose_work_is_counted_is_the_same(text):
    formula, alone, x, y = compile_typed(text), Budget(1e6), 0.7, 1.3
    arrays = Budget(1e6)
    for one, other in zip(formula.bind_counting((), alone)[:3], formula.bind()[:3], strict=True):
        assert one(x, y) == other(x, y)
    for one, other in zip(formula.bind_counting_arrays((), arrays)[:3], formula.bind_roughly()[:3], strict=True):
        np.testing.assert_array_equal(one(np.array([x]), np.array([y])), other(np.array([x]), np.array([y])))
    assert alone.left < 1e6
    assert arrays.left < 1e6
