"""Update rules as text: the lines that are shown are the lines that are walked.

A rule is a few assignments in Python's syntax, as in a paper's box: ``velocity_next = momentum*velocity + gradient``.
From them come the update on floats, the update on arrays, the same with every name's value for whoever looks into a
step, and the typeset rule. A name that ends in ``_next``, other than ``point_next``, is a part of the state.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from app.descent.formulas import in_place as inplace
from app.descent.formulas import syntax
from app.descent.formulas.latex import Latex

Coordinate = Any  # float or NDArray[float64]
State = tuple[Any, ...] | None
# (gradient_x, gradient_y, state, learning_rate, x, y) → (the next x, the next y, the next state)
Update = Callable[[Coordinate, Coordinate, State, float, Coordinate, Coordinate], tuple[Coordinate, Coordinate, State]]

# (gradient and spare arrays, state, learning_rate, point, out) → (the next state, the next spare arrays); ``out`` is
# filled with the next point. Arrays have shape (dimensions, walkers), the gradient is the first of the spare ones.
UpdateInPlace = Callable[[tuple[Any, ...], State, Any, Any, Any], tuple[State, tuple[Any, ...]]]

_FLOATS: Mapping[str, Any] = {
    "sqrt": math.sqrt,
    "max": max,
    # What is not a number has no sign either, as in NumPy.
    "sign": lambda value: float((value > 0) - (value < 0)) if value == value else value,
}
_ARRAYS: Mapping[str, Any] = {"sqrt": np.sqrt, "max": np.maximum, "sign": np.sign}


class Updates(NamedTuple):
    """A rule with its hyperparameters fixed. ``explain`` takes what an update takes and returns every name's value."""

    floats: Update
    arrays: Update
    explain: Callable[[float, float, State, float, float, float], dict[str, Any]]


class InPlace(NamedTuple):
    """A rule on many walkers at once, whose arrays are used again and again.

    ``begin`` takes the first step, and a state that is not looked at; ``spare`` is how many arrays they share.
    """

    begin: UpdateInPlace
    update: UpdateInPlace
    spare: int


class Line(NamedTuple):
    """One line as LaTeX with named places, ``{velocity}``: to be filled with symbols, and with numbers."""

    symbols: str
    numbers: str


@dataclass(frozen=True)
class Rule:
    """The lines of a rule, which each coordinate follows by itself.

    ``first`` are the lines of the first step, where it differs; else the state begins at ``zero``, and what that does
    not name begins at 0. A name that depends on no coordinate,
    like a bias correction, is computed once for both.
    """

    lines: tuple[str, ...]
    first: tuple[str, ...] = ()
    zero: Mapping[str, float] | None = None
    by_itself: ClassVar[Literal[True]] = True  # each coordinate goes its way, whatever the others do

    def __post_init__(self) -> None:
        # The lines are read when the registry is, by one thread, and not when the first ones ask.
        for line in (*self.first, *self.lines):
            syntax.assignment(line)

    @cached_property
    def state(self) -> tuple[str, ...]:
        """The names of the parts of the state, in their order."""
        names = (_target(line) for line in self.lines)
        return tuple(name.removesuffix("_next") for name in names if name.endswith("_next") and name != "point_next")

    @cached_property
    def by_coordinate(self) -> frozenset[str]:
        """The names that have a value for each coordinate."""
        found = {"gradient", "point"}
        for line in (*self.lines, *self.lines):
            names = {node.id for node in ast.walk(syntax.assignment(line)) if isinstance(node, ast.Name)}
            if names & found:
                found |= {_target(line), _target(line).removesuffix("_next")}
        return frozenset(found)

    def bind(self, **hyperparameters: float) -> Updates:
        """The rule's functions with the hyperparameters fixed."""
        code = _code(self.source(tuple(hyperparameters)))
        floats, arrays = dict(_FLOATS), dict(_ARRAYS)
        exec(code, floats)
        exec(code, arrays)
        update, explain = floats["bind"](**hyperparameters)
        return Updates(update, arrays["bind"](**hyperparameters)[0], explain)

    def bind_in_place(self, **hyperparameters: Any) -> InPlace:
        """The rule for many walkers at once; a hyperparameter is a number, or an array with one for each."""
        bind, spare = _in_place(self.lines, self.first, tuple(hyperparameters))
        return InPlace(*bind(**hyperparameters), spare)

    def zeros(self, shape: tuple[int, ...]) -> tuple[Any, ...]:
        """The state before the first step, with arrays of this shape for what each coordinate has."""
        zero = {name: (self.zero or {}).get(name, 0.0) for name in self.state}
        return tuple(np.full(shape, zero[name]) if name in self.by_coordinate else zero[name] for name in self.state)

    def source_in_place(self, hyperparameters: tuple[str, ...]) -> tuple[str, int]:
        """The source of ``bind_in_place``, and how many spare arrays its functions take."""
        programs = [self._program(lines) for lines in (self.first or self.lines, self.lines)]
        spare = max(len(program.scratch) for program in programs)
        names = ["gradient", *(f"scratch{index}" for index in range(spare))]
        code = [f"def bind({', '.join(hyperparameters)}):"]
        for name, program in zip(("begin", "update"), programs, strict=True):
            following = [program.places[f"{part}_next"] for part in self.state]
            arrays = [*names, *(part for part in self.state if part in self.by_coordinate)]
            # What no part of the state ended in is there for the next step.
            left = [place for place in arrays if place not in following]
            code += [
                f"    def {name}(spare, state, learning_rate, point, out):",
                f"        {self._tuple(names)} = spare",
                *([f"        {self._tuple(self.state)} = state"] if self.state else []),
                *(f"        {statement}" for statement in program.statements),
                f"        return {self._tuple(following)}, {self._tuple(left)}",
            ]
        return "\n".join([*code, "    return begin, update"]), len(names)

    def _program(self, lines: Sequence[str]) -> inplace.Program:
        """The lines as statements on arrays of both coordinates at once."""
        assignments = [_statement(line, frozenset(), "") for line in lines]
        arrays = ["gradient", "point", *(part for part in self.state if part in self.by_coordinate)]
        return inplace.in_place(
            assignments,
            arrays,
            spent=[name for name in arrays if name != "point"],
            kept=[f"{part}_next" for part in self.state],
            into={"point_next": "out"},
        )

    def source(self, hyperparameters: tuple[str, ...]) -> str:
        """The source of ``bind``. The rule's text is this program's own: nothing here is typed by a user."""
        state = [part for name in self.state for part in self._parts(name)]
        following = [part for name in self.state for part in self._parts(f"{name}_next")]
        result = f"point_next_x, point_next_y, {self._tuple(following)}"

        def function(name: str, returned: str) -> list[str]:
            begin = "; ".join([*self._code(self.first), f"return {returned}"])
            zeros = [(self.zero or {}).get(name, 0.0) for name in self.state for _ in self._parts(name)]
            none = begin if self.first else f"state = {tuple(zeros)!r}"
            remember = [f"if state is None: {none}", f"{self._tuple(state)} = state"] if state else []
            head = f"    def {name}(gradient_x, gradient_y, state, learning_rate, point_x, point_y):"
            return [head, *(f"        {step}" for step in (*remember, *self._code(self.lines), f"return {returned}"))]

        head = f"def bind({', '.join(hyperparameters)}):"
        return "\n".join(
            [head, *function("update", result), *function("explain", "locals()"), "    return update, explain"]
        )

    def _parts(self, name: str) -> list[str]:
        return [f"{name}_x", f"{name}_y"] if name in self.by_coordinate else [name]

    def _tuple(self, names: Sequence[str]) -> str:
        return f"({', '.join(names)},)" if names else "None"

    def _code(self, lines: Sequence[str]) -> list[str]:
        """The lines as statements, one for each coordinate where the name has a value for each."""
        statements = []
        for line in lines:
            axes = ("_x", "_y") if _target(line) in self.by_coordinate else ("",)
            statements += [ast.unparse(_statement(line, self.by_coordinate, axis)) for axis in axes]
        return statements

    def variants(self) -> Mapping[str, Sequence[Line]]:
        """The typeset lines, and those of the first step where it differs."""
        first = {"first": [typeset(line) for line in self.first]} if self.first else {}
        return {"rule": [typeset(line) for line in self.lines], **first}


def typeset(line: str) -> Line:
    """An assignment as LaTeX with named places. Numbers need a dot between them, symbols do not."""
    assignment = syntax.assignment(line)
    names = {node.id: f"{{{node.id}}}" for node in ast.walk(assignment) if isinstance(node, ast.Name)}
    names |= {"sqrt": "sqrt", "max": "max", "sign": "sign"}
    texts = []
    for times in (r"\,", r" \cdot "):
        latex = Latex(names, times)
        texts.append(f"{latex.visit(assignment.targets[0])} = {latex.visit(assignment.value)}")
    return Line(*texts)


def _target(line: str) -> str:
    return line.partition("=")[0].strip()


@lru_cache(maxsize=64)
def _in_place(
    lines: tuple[str, ...], first: tuple[str, ...], hyperparameters: tuple[str, ...]
) -> tuple[Callable[..., tuple[UpdateInPlace, UpdateInPlace]], int]:
    """What binds the hyperparameters, compiled once: a map's cells are bound anew again and again."""
    source, spare = Rule(lines, first).source_in_place(hyperparameters)
    names = dict(inplace.NAMES)
    exec(_code(source), names)
    return names["bind"], spare


@lru_cache(maxsize=64)
def _code(source: str) -> Any:
    return compile(source, "<rule>", "exec")


def _statement(line: str, by_coordinate: frozenset[str], axis: str) -> ast.Assign:
    statement: ast.Assign = _Statement(by_coordinate, axis).visit(deepcopy(syntax.assignment(line)))
    return statement


class _Statement(ast.NodeTransformer):
    """Writes a line for one coordinate, and squares as products: on floats a power raises where a product is infinite,
    as it is on arrays.
    """

    def __init__(self, by_coordinate: frozenset[str], axis: str) -> None:
        self.by_coordinate, self.axis = by_coordinate, axis

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(node.id + self.axis if node.id in self.by_coordinate else node.id, node.ctx)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Name() as base, op=ast.Pow(), right=ast.Constant(value=2)):
                return ast.BinOp(base, ast.Mult(), base)
        return node


def fill(line: str, symbols: Mapping[str, str]) -> str:
    """The line with its places filled; ``str.format`` would trip over LaTeX's own braces, as in v_{k+1}."""
    for name, symbol in symbols.items():
        line = line.replace(f"{{{name}}}", symbol)
    return line


def lines_of(*pairs: str | tuple[str, str]) -> Sequence[Line]:
    """Lines that are written as LaTeX by hand, those given as one text the same in symbols and in numbers."""
    return tuple(Line(pair, pair) if isinstance(pair, str) else Line(*pair) for pair in pairs)
