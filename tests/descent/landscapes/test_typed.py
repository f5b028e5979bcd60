"""Typed landscapes: what is found of them is where the calculus book says, and their walks are to be seen."""

import math
import pickle
import random
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from app.answers.plans import plan
from app.descent.formulas import formula as formulas
from app.descent.formulas.notation import FormulaError
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box, Landscape
from app.descent.landscapes.typed import assembled, propose, typed_landscape, without_value
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk
from app.descent.walks.walk import walk
from app.request.making import make_request
from tests.descent.formulas.hostile import typed

# What is typed, and its stationary points by the calculus book, with their kinds.
KNOWN = {
    "(1-x)^2 + 100(y-x^2)^2": {(1.0, 1.0): "global_minimum"},
    "(x^2+y-11)^2 + (x+y^2-7)^2": {
        (3.0, 2.0): "global_minimum",
        (-2.805118, 3.131312): "global_minimum",
        (-3.779310, -3.283186): "global_minimum",
        (3.584428, -1.848126): "global_minimum",
        (-0.270845, -0.923039): "maximum",
    },
    "(1 - xy)^2/2": {(0.0, 0.0): "saddle"},
    "log x + 1/x": {(1.0,): "global_minimum"},
    "sin(x)/x": {(4.493409,): "global_minimum", (-4.493409,): "global_minimum", (7.725252,): "maximum"},
    "x^x": {(1 / math.e,): "global_minimum"},
    "x^4/4 - x^3/3 - x^2": {(2.0,): "global_minimum", (-1.0,): "local_minimum", (0.0,): "maximum"},
    "x^3 - 3x y^2": {(0.0, 0.0): "saddle"},
    "|x| + |y - 1|": {(0.0, 1.0): "global_minimum"},
    "max(x^2 + y^2, 1)*0 + x^2 + y^2": {(0.0, 0.0): "global_minimum"},
    "-e^(-(x-3)^2 - (y+2)^2)": {(3.0, -2.0): "global_minimum"},
    "(x - 100)^2 + y^2": {(100.0, 0.0): "global_minimum"},
    "cosh(x - 1) + y^2": {(1.0, 0.0): "global_minimum"},
    "log(1 + e^-x) + x": {},
    "x + 2y": {},
}


@pytest.mark.parametrize("text", KNOWN)
def test_the_proposed_domain_holds_the_stationary_points_that_the_calculus_book_has(text):
    landscape = typed_landscape(text)
    found = {known.point: known.kind for known in landscape.at().stationary_points}
    for point, kind in KNOWN[text].items():
        near = [other for place, other in found.items() if np.allclose(place, point, atol=2e-5)]
        assert near == [kind], (point, found)
    if not KNOWN[text]:
        assert not found
    assert landscape.found
    assert landscape.domain.contains(landscape.start)


def test_a_stationary_point_of_two_logistic_losses_is_where_their_slopes_cancel():
    # With u = e^x: -1/(1 + u) + 2u²/(1 + u²) = 0, so 2u³ + u² - 1 = 0.
    u = math.exp(typed_landscape("log(1 + e^-x) + log(1 + e^(2x))").at().stationary_points[0].point[0])
    assert 2 * u**3 + u**2 - 1 == pytest.approx(0, abs=1e-12)


TYPED = [
    *("x^2 + y^2", "(1-x)^2 + 100(y-x^2)^2", "(x^2+y-11)^2 + (x+y^2-7)^2", "(1-x y)^2/2", "sin(x)/x", "log x + 1/x"),
    *(
        "a*x^2 + y^2",
        "x^4 - 3x^2 + x",
        "sin x cos y",
        "-e^(-(x-3)^2-(y+2)^2)",
        "|x| + |y|",
        "(x-100)^2",
        "x^2/1e6 + y^2",
    ),
    *("1e6 x^2", "20 + x^2 - 10cos(2πx) + y^2 - 10cos(2πy)", "x^2 + sin 5x", "sigmoid(x) y^2 + x^2", "x^2 + 10y^2"),
    *("max(|x|, y^2)", "where(x < 0, x^2, 3x^2) + y^2", "log(1 + x^2 + y^2)", "tanh(x)^2 + y^2", "cosh(x) + sinh(y)^2"),
]
# Newton and BFGS take full steps, which lead where the curvature says.
GRADUAL = sorted(slug for slug, one in OPTIMIZERS.items() if slug not in ("newton", "bfgs"))


@pytest.mark.parametrize("text", TYPED)
def test_the_walks_that_are_proposed_move_and_do_not_diverge(text):
    landscape = typed_landscape(text)
    for slug in GRADUAL:
        optimizer = OPTIMIZERS[slug]
        keys = {"landscape": "bowl", "optimizer": slug, "learning_rate": optimizer.usual_learning_rate(landscape)}
        if any(one.key == "momentum" for one in optimizer.hyperparameters):
            keys["momentum"] = landscape.momentum
        descent = replace(plan(make_request(keys)).descent, landscape=landscape.at())
        *chunks, ending = walk(descent, [landscape.start])
        x = np.concatenate([one.x for one in chunks if isinstance(one, Chunk)])
        moved = np.abs(x - x[0]).max() / landscape.domain.widths[0]
        if len(landscape.start) == 2:
            y = np.concatenate([one.y for one in chunks if isinstance(one, Chunk)])
            moved = max(moved, np.abs(y - y[0]).max() / landscape.domain.widths[1])
        assert ending.outcome != "diverged", (text, slug)
        assert moved > 0.05, (text, slug)


def test_an_optimizer_that_steps_by_width_has_its_learning_rate_from_the_domain():
    landscape = typed_landscape("x^2 + y^2", domain=Box((-50.0, -1.0), (50.0, 1.0)))
    assert OPTIMIZERS["adam"].usual_learning_rate(landscape) == 0.02
    assert OPTIMIZERS["gradient-descent"].usual_learning_rate(landscape) == landscape.rates.gradient
    assert OPTIMIZERS["newton"].usual_learning_rate(landscape) == 1
    # What stands in a table is found there as ever.
    assert OPTIMIZERS["adam"].usual_learning_rate(LANDSCAPES["bowl"]) == 0.1


def test_constants_have_their_values_and_are_compiled_once(monkeypatch):
    one = typed_landscape("b*x^2 + lambda y^2 + b", {"lambda": 4.0})
    assert one.constants == (("b", 1.0), ("lambda", 4.0))
    assert one.at().floats.loss_and_gradient(2.0, 3.0) == (41, 4, 24)
    assert one.expression_at(None) == "1.0*x**2 + 4.0*y**2 + 1.0"
    assert one.at().stationary_points[0].value == 1
    monkeypatch.setattr(formulas, "sources", None)
    monkeypatch.setattr(formulas, "compile", None, raising=False)
    other = typed_landscape("b*x^2 + lambda y^2 + b", {"b": 3.0, "lambda": 0.5})
    assert other.at().floats.loss(1.0, 2.0) == 8
    assert other.loss is one.loss
    assert one.at().floats.loss(1.0, 2.0) == 18


@pytest.mark.parametrize(
    ("text", "constants", "message"),
    [
        ("x^2", {"a": 1.0}, "'a' is no constant of the formula; it has no constants"),
        ("a*x + b", {"c": 1.0}, "'c' is no constant of the formula; its constants are a, b"),
        ("a*x^2", {"a": math.inf}, "the constant a is not a finite number"),
        ("x^2/a", {"a": 0.0}, "with a = 0 the formula has no value anywhere"),
        ("log(a)*x^2", {"a": -1.0}, "with a = -1 the formula has no value anywhere"),
        ("sqrt(-1 - x^2)", {}, "no value of the formula was found with x from"),
        ("x*y/(x - x)", {}, "no value of the formula was found with x from"),
        ("sqrt(a - 1 - x^2 - y^2)", {"a": -1.0}, "no value of the formula was found with x from .* and y from"),
        ("sinx", {}, "'sinx' is not known"),
        ("a*b", {}, "neither x nor y"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_a_sentence(text, constants, message):
    with pytest.raises(FormulaError, match=message):
        typed_landscape(text, constants)


def test_a_domain_that_is_given_is_kept_and_must_have_the_formulas_dimensions():
    box = Box((2.0,), (9.0,))
    landscape = typed_landscape("(x - 3)^2", domain=box)
    assert landscape.domain == box
    assert 2 < landscape.start[0] < 9
    with pytest.raises(FormulaError, match="needs the domain as xmin,xmax,ymin,ymax"):
        typed_landscape("x*y", domain=box)
    with pytest.raises(FormulaError, match="no value of the formula was found with x from -3 to -1"):
        typed_landscape("log x", domain=Box((-3.0,), (-1.0,)))


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("x^2 + y^2", ""),
        ("sin(x)/x", ""),
        ("1/x", ""),
        ("sqrt(x y)", "The formula has no value on about 50 % of this domain."),
        ("log(x y) + 1/x + 1/y", "The formula has no value on about 48 % of this domain."),
    ],
)
def test_it_is_said_where_a_part_of_the_domain_has_no_value(text, gap):
    assert propose(formulas.compile_typed(text), ()).gap == gap


def test_a_domain_ends_where_values_end():
    assert typed_landscape("sqrt x + log x").domain.low == (0.0,)
    assert typed_landscape("log(-x)").domain.high == (0.0,)
    low, high = typed_landscape("sqrt(1 - x^2 - y^2)").domain
    assert all(-1.3 <= side <= -1 for side in low)
    assert all(1 <= side <= 1.3 for side in high)


@pytest.mark.parametrize("text", ["0x + 3", "where(x < y, 1, 2)"])
def test_a_formula_without_any_slope_has_a_start_all_the_same(text):
    landscape = typed_landscape(text)
    assert landscape.domain.contains(landscape.start)
    assert math.isfinite(landscape.at().floats.loss(*(*landscape.start, 0.0)[:2]))


def test_a_start_without_a_value_is_told_with_one_that_has_one():
    fixed = typed_landscape("log x + 1/x").at()
    assert without_value(fixed, (1.5,)) == ""
    near = f"{fixed.entry.start[0]:g}"
    assert without_value(fixed, (-1.0,)) == f"The formula has no value at the start (-1); it has one at ({near})."
    plane = typed_landscape("1/(x*y)").at()
    assert without_value(plane, (0.0, 2.0)).startswith("The formula has no value at the start (0, 2); it has one at (")


def test_a_proposal_is_the_same_whenever_it_is_made_and_can_be_sent():
    one, other = typed_landscape("x^4 - x*y + y^2"), typed_landscape("x^4 - x*y + y^2")
    assert one == other
    copy = pickle.loads(pickle.dumps(one))
    assert copy == one
    assert copy.at().floats.loss(1.0, 2.0) == one.at().floats.loss(1.0, 2.0) == 3
    assert pickle.loads(pickle.dumps(one.at())) is one.at()
    assert isinstance(one, Landscape)


def test_a_landscape_is_assembled_from_what_another_process_has_found(monkeypatch):
    formula = formulas.compile_typed("a*x^2 + cosh(y)")
    sent = pickle.loads(pickle.dumps((formula, {"a": 3.0}, propose(formula, (3.0,)))))
    monkeypatch.setattr(formulas, "sources", None)
    landscape = assembled(*sent)
    assert landscape.loss == formula
    assert landscape.at().floats.loss(1.0, 0.0) == 4
    monkeypatch.undo()
    assert landscape == typed_landscape("a*x^2 + cosh(y)", {"a": 3.0})


def test_looking_costs_a_bounded_number_of_evaluations(monkeypatch):
    count = 0
    bind = formulas.Formula.bind_roughly

    def counted(self, values=()):
        def counting(function):
            def answer(x, y):
                nonlocal count
                count += np.size(x)
                return function(x, y)

            return answer

        return formulas.Functions(*map(counting, bind(self, values)[:3]))

    monkeypatch.setattr(formulas.Formula, "bind_roughly", counted)
    for text in ("x^2 + y^2", "tan(x*y)*sin(50x)", "sqrt(-1 - x^2 - y^2)", "exp(exp(x))", "log(x*y)", "e^-(x y)"):
        count = 0
        with suppress(FormulaError):
            typed_landscape(text)
        assert 0 < count < 400_000, text


# Each took a quarter of a second or more while nothing counted what looking at it costs.
HOSTILE = [
    "(atan(82))(tan(x*23y))((26x)^2.5)((152)^2)",
    "(log(21x/y))+(atan(x*y*17a))+(tan(x*y*19a))",
    "tan(x*tan(x*y*cos(tan(x*tan(x*y*cos(tan(x*2)/y)))/y)))",
    "(1/(1+14x^2))-((20x*y)+2)-(tan(x*18x*y))",
    "*".join(f"(sinh({k}x+y))" for k in range(1, 19)),
    "x/(y+sin(" * 12 + "y/y))" + "/y))" * 11,
    "max(x,y,min(x*" * 14 + "y" + ",y*x))" * 14,
]


def test_whatever_is_typed_the_work_of_looking_at_it_is_bounded(monkeypatch):
    work = 0.0
    bind, bind_arrays = formulas.Formula.bind_counting, formulas.Formula.bind_roughly

    def counted(functions, costs):
        def counting(function, cost):
            def answer(x, y):
                nonlocal work
                work += cost(x)
                return function(x, y)

            return answer

        return formulas.Functions(*map(counting, functions[:3], costs))

    def bind_counted(self, values, budget):
        return counted(bind(self, values, budget), [lambda x, one=one: one.alone for one in self.costs])

    def bind_arrays_counted(self, values=()):
        return counted(bind_arrays(self, values), [lambda x, one=one: one.of(np.size(x)) for one in self.costs])

    monkeypatch.setattr(formulas.Formula, "bind_counting", bind_counted)
    monkeypatch.setattr(formulas.Formula, "bind_roughly", bind_arrays_counted)
    dice = random.Random(11)
    for text in (*HOSTILE, *(typed(dice) for _ in range(60))):
        work = 0.0
        with suppress(FormulaError):
            typed_landscape(text).at().stationary_points  # noqa: B018
            assert work > 0
        # Millionths of a second: a tenth of a second, with what its last step may be too long.
        assert work < 115_000, text


def test_of_a_long_formula_with_many_stationary_points_the_lowest_are_looked_at():
    waves = typed_landscape("sin(9x)*sin(9y) + (x^2 + y^2)/50", domain=Box((-3.0, -3.0), (3.0, 3.0)))
    found = waves.at().stationary_points
    assert 50 < len(found) <= 600_000 // waves.loss.size
    long = typed_landscape(
        "-" + "*".join(f"(cos({k}x + y))" for k in range(1, 19)), domain=Box((-2.7, -2.8), (3.1, 3.0))
    )
    assert long.loss.size > 15_000
    few = long.at().stationary_points
    # And the one below the lowest place.
    assert 0 < len(few) <= 1 + max(12, 600_000 // long.loss.size)
    # A coarse grid alone would miss it.
    assert (few[0].point, few[0].value) == ((0.0, 0.0), -1.0)
