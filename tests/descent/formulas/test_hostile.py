"""Ten thousand texts that nobody means well with: each is refused with a place, or derived within the caps."""

import ast
import random
from functools import partial

import numpy as np
import pytest

from app.descent.formulas import graph
from app.descent.formulas.formula import compile_formula, compile_typed
from app.descent.formulas.graph import MAX_NODES
from app.descent.formulas.memory import remembered
from app.descent.formulas.notation import TYPED, FormulaError, read
from app.descent.formulas.vocabulary import FUNCTIONS, MAX_CONSTANTS, NUMBERS, TYPED_FORMULA
from app.descent.formulas.writing import MAX_WRITTEN
from tests.descent.formulas.hostile import typed


@pytest.mark.long
def test_ten_thousand_texts_are_refused_or_read_as_what_the_vocabulary_names():
    dice, accepted = random.Random(1), 0
    names = {"x", "y", *NUMBERS, *FUNCTIONS}
    for _ in range(10_000):
        text = typed(dice)
        try:
            tree = read(text, TYPED_FORMULA)
        except FormulaError as error:
            assert 0 <= error.column <= max(len(text), TYPED.length), text  # noqa: PT017
            assert error.correction is None or read(error.correction, TYPED_FORMULA)  # noqa: PT017
            continue
        accepted += 1
        others = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - names
        assert len(others) <= MAX_CONSTANTS, text
        assert all(TYPED_FORMULA.is_constant(name) for name in others), text
    assert 2_000 < accepted < 8_000


@pytest.mark.long
def test_a_thousand_texts_are_derived_within_the_caps(monkeypatch):
    made = []
    begin = graph.Graph.__init__

    def counted(self, **options):
        begin(self, **options)
        made.append(self)

    monkeypatch.setattr(graph.Graph, "__init__", counted)
    dice, accepted = random.Random(2), 0
    for _ in range(1_000):
        text = typed(dice)
        made.clear()
        try:
            formula = compile_typed(text)
        except FormulaError:
            continue
        finally:
            assert all(len(one.nodes) <= (MAX_NODES if one.capped else 10 * MAX_NODES) for one in made), text
        accepted += 1
        written = (formula.floats, formula.arrays, formula.slopes, formula.intervals)
        assert sum(map(len, written)) <= MAX_WRITTEN, text
        # What is kept of it is read again, and is the same.
        again = compile_formula(formula.text, formula.parameters)
        assert (again.text, again.floats) == (formula.text, formula.floats), text
    assert accepted > 200


def _loss_in_python(tree, place):
    """The value of a tree, evaluated by Python with numbers of 64 binary digits."""
    one = np.longdouble(1)
    known = {
        **{
            name: getattr(np, name)
            for name in ("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "abs")
        },
        "atan": np.arctan,
        "sigmoid": lambda value: one / (one + np.exp(-value)),
        "min": min,
        "max": max,
        "where": lambda condition, then, otherwise: then if condition else otherwise,
    }
    return eval(ast.unparse(tree), known | {"pi": np.arctan(one) * 4, "e": np.exp(one)} | place)


def _along(tree, place, name, value):
    return _loss_in_python(tree, place | {name: value})


def _slope(loss, at):
    """The derivative of a function of one number by differences, None where two step lengths do not agree."""

    def central(h):
        return (loss(at + h) - loss(at - h)) / (2 * h)

    estimates = [
        (4 * central(h / 2) - central(h)) / 3 for h in (np.longdouble(1e-3), np.longdouble(3e-4), np.longdouble(1e-4))
    ]
    spread = max(estimates) - min(estimates)
    return float(estimates[-1]) if spread <= 1e-8 * (1 + abs(estimates[-1])) else None


def test_values_and_derivatives_are_those_of_python_and_of_differences():
    dice, compared = random.Random(5), 0
    for _ in range(1_200):
        text = typed(dice)
        if len(text) > 120:
            continue
        try:
            formula = compile_typed(text)
            functions = formula.bind((0.75, 1.25, 0.5)[: len(formula.parameters)])
            x, y = dice.uniform(0.3, 1.5), dice.uniform(0.3, 1.5)
            found = functions.loss_and_gradient(x, y)
        except (FormulaError, ArithmeticError, ValueError):
            continue
        if not np.isfinite(found).all() or max(map(abs, found)) > 1e8:
            continue
        tree = read(text, TYPED_FORMULA)
        place = dict(zip(formula.parameters, map(np.longdouble, (0.75, 1.25, 0.5)), strict=False))
        if "lambda" in place:
            continue
        at = {"x": np.longdouble(x), "y": np.longdouble(y)}
        with np.errstate(all="ignore"):
            assert found[0] == pytest.approx(float(_loss_in_python(tree, place | at)), rel=1e-9, abs=1e-9), text
            for name, slope in zip("xy", found[1:], strict=True):
                wanted = _slope(partial(_along, tree, place | at, name), at[name])
                if wanted is not None:
                    compared += 1
                    assert slope == pytest.approx(wanted, rel=1e-6, abs=1e-6), (text, name)
    assert compared > 150


def test_what_is_remembered_is_bounded_by_its_size():
    asked = []

    @remembered(10, lambda arguments, answer: len(answer))
    def doubled(text):
        asked.append(text)
        return text * 2

    for text in ("ab", "cd", "ab", "efg", "ab", "cd"):
        assert doubled(text) == text * 2
    # Four characters for each of the first two; the six of the third leave room for the last one asked for.
    assert asked == ["ab", "cd", "efg", "cd"]
    doubled("much too long")
    doubled("much too long")
    assert asked[4:] == ["much too long"] * 2
    assert doubled("cd") == "cdcd"
    assert len(asked) == 6


def test_what_is_asked_for_twice_at_once_is_kept_once():
    asked = []

    @remembered(10, lambda arguments, answer: 1)
    def answered(number):
        asked.append(number)
        # Another one asks for the same meanwhile.
        return [answered(number)] if len(asked) == 1 else []

    first = answered(3)
    assert first == []
    assert answered(3) is first
    assert asked == [3, 3]


def test_formulas_are_kept_in_a_room_that_is_bounded(monkeypatch):
    first = compile_formula("x + 4711*y")
    assert compile_formula("x + 4711*y") is first
    assert first.size >= len(first.floats) + len(first.arrays)
