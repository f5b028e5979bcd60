"""Update rules as text: the lines that are shown are the lines that are walked.

A rule is a few assignments in Python's syntax, as in a paper's box: ``velocity_next = momentum*velocity + gradient``.
From them come the update on floats, the update on arrays, the same with every name's value for whoever looks into a
step, and the typeset rule. A name that ends in ``_next``, other than ``point_next``, is a part of the state.
"""

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from app.descent.formulas import in_place as inplace
from app.descent.formulas import syntax
from app.descent.formulas.latex import Latex
from app.descent.formulas.memory import Memory

Coordinate = Any  # float or NDArray[float64]
State = tuple[Any, ...] | None
# (gradient_x, gradient_y, state, learning_rate, x, y) → (the next x, the next y, the next state)
Update = Callable[[Coordinate, Coordinate, State, float, Coordinate, Coordinate], tuple[Coordinate, Coordinate, State]]

# (gradient and spare arrays, state, learning_rate, point, out) → (the next state, the next spare arrays); ``out`` is
# filled with the next point. Arrays have shape (dimensions, walkers), the gradient is the first of the spare ones.
UpdateInPlace = Callable[[tuple[Any, ...], State, Any, Any, Any], tuple[State, tuple[Any, ...]]]

# What binds the hyperparameters of a rule in place, and how many arrays its functions share.
BindInPlace = tuple[Callable[..., tuple[UpdateInPlace, UpdateInPlace]], int]

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

    def on_a_line(self) -> "Updates":
        """The same where there is no y: the second coordinate goes as the first does, and is not looked at."""
        return self._replace(floats=_on_a_line(self.floats), arrays=_on_a_line(self.arrays))


def _on_a_line(update: Update) -> Update:
    def along(gradient: Any, _: Any, state: State, learning_rate: float, x: Any, y: Any) -> tuple[Any, Any, State]:
        x, _, state = update(gradient, gradient, state, learning_rate, x, x)
        return x, y, state

    return along


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
    # Whether it surely stays where it is at 0, where there is never a gradient: so a walk on a line has no other part.
    rests: ClassVar[bool] = True
    # What the written source calls, where arrays are used again and again.
    names_in_place: ClassVar[Mapping[str, Any]] = inplace.NAMES

    def __post_init__(self) -> None:
        # The lines are read when the registry is, by one thread, and not when the first ones ask.
        for line in (*self.first, *self.lines):
            syntax.assignment(line)

    @cached_property
    def state(self) -> tuple[str, ...]:
        """The names of the parts of the state, in their order."""
        names = (target_of(line) for line in self.lines)
        return tuple(name.removesuffix("_next") for name in names if name.endswith("_next") and name != "point_next")

    @cached_property
    def by_coordinate(self) -> frozenset[str]:
        """The names that have a value for each coordinate."""
        found, before = {"gradient", "point"}, 0
        # What a state's part is made of may be a part itself, and so on.
        while len(found) > before:
            before = len(found)
            for line in (*self.first, *self.lines):
                if names_of(syntax.assignment(line)) & found:
                    found |= {target_of(line), target_of(line).removesuffix("_next")}
        return frozenset(found)

    def bind(self, **hyperparameters: float) -> Updates:
        """The rule's functions with the hyperparameters fixed."""
        source = self.source(tuple(hyperparameters))
        update, explain = bound(source, _FLOATS)(**hyperparameters)
        return Updates(update, bound(source, _ARRAYS)(**hyperparameters)[0], explain)

    def bind_in_place(self, **hyperparameters: Any) -> InPlace:
        """The rule for many walkers at once; a hyperparameter is a number, or an array with one for each."""
        bind, spare = self.compiled_in_place(tuple(hyperparameters))
        return InPlace(*bind(**hyperparameters), spare)

    def compiled_in_place(self, hyperparameters: tuple[str, ...]) -> BindInPlace:
        """What binds the hyperparameters, and how many spare arrays the functions share."""
        return _in_place(self.lines, self.first, hyperparameters)

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
        assignments = [_statement(tree, frozenset(), "") for tree in self.trees(lines, guarded=True)]
        arrays = ["gradient", "point", *(part for part in self.state if part in self.by_coordinate)]
        return inplace.in_place(
            assignments,
            arrays,
            spent=[name for name in arrays if name != "point"],
            kept=[f"{part}_next" for part in self.state],
            into={"point_next": "out"},
        )

    def trees(self, lines: Sequence[str], guarded: bool) -> Sequence[ast.Assign]:
        """The lines as trees, which are shared.

        ``guarded`` asks for one that raises nothing and gives NaN where there is no value; these lines always have one.
        """
        return [syntax.assignment(line) for line in lines]

    def blank(self, name: str, part: str, guarded: bool) -> str:
        """What a part of the state, of all or of one coordinate, begins as."""
        return repr((self.zero or {}).get(name, 0.0))

    def source(self, hyperparameters: tuple[str, ...], guarded: bool = False, again: str = "") -> str:
        """The source of ``bind``, of these lines or their ``guarded`` form.

        ``again`` names the function that is asked where the update raises, and then ``bind`` gives the update alone.
        """
        state = [part for name in self.state for part in self._parts(name)]
        following = [part for name in self.state for part in self._parts(f"{name}_next")]
        result = f"point_next_x, point_next_y, {self._tuple(following)}"
        zeros = {part: self.blank(name, part, guarded) for name in self.state for part in self._parts(name)}
        read = names_in_lines(self.first)
        # The first lines may read what has no value yet.
        blank = [f"{part} = {zeros[part]}" for name in self.state if name in read for part in self._parts(name)]
        first, lines = self._code(self.first, guarded), self._code(self.lines, guarded)
        given = "gradient_x, gradient_y, state, learning_rate, point_x, point_y"

        def function(name: str, returned: str) -> list[str]:
            begin = "; ".join([*blank, *first, f"return {returned}"])
            none = begin if self.first else f"state = ({', '.join(zeros.values())},)"
            remember = [f"if state is None: {none}", f"{self._tuple(state)} = state"] if state else []
            body = [*remember, *lines, f"return {returned}"]
            if again:
                tried = ["try:", *(f"    {step}" for step in body)]
                body = [*tried, "except (ArithmeticError, ValueError):", f"    return {again}({given})"]
            return [f"    def {name}({given}):", *(f"        {step}" for step in body)]

        head = f"def bind({', '.join(hyperparameters)}):"
        if again:
            return "\n".join([head, *function("update", result), "    return update"])
        return "\n".join(
            [head, *function("update", result), *function("explain", "locals()"), "    return update, explain"]
        )

    def _parts(self, name: str) -> list[str]:
        return [f"{name}_x", f"{name}_y"] if name in self.by_coordinate else [name]

    def _tuple(self, names: Sequence[str]) -> str:
        return f"({', '.join(names)},)" if names else "None"

    def _code(self, lines: Sequence[str], guarded: bool) -> list[str]:
        """The lines as statements, one for each coordinate where the name has a value for each."""
        statements = []
        for line, tree in zip(lines, self.trees(lines, guarded), strict=True):
            axes = ("_x", "_y") if target_of(line) in self.by_coordinate else ("",)
            statements += [ast.unparse(_statement(tree, self.by_coordinate, axis)) for axis in axes]
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


def target_of(line: str) -> str:
    """The name that a line assigns."""
    return line.partition("=")[0].strip()


def names_in_lines(lines: Iterable[str]) -> frozenset[str]:
    """All names in the lines, those of functions too."""
    return frozenset().union(*(names_of(syntax.assignment(line)) for line in lines))


def names_of(tree: ast.AST) -> frozenset[str]:
    """All names in a tree, those of functions too."""
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


@lru_cache(maxsize=64)
def _in_place(lines: tuple[str, ...], first: tuple[str, ...], hyperparameters: tuple[str, ...]) -> BindInPlace:
    return bound_in_place(Rule(lines, first), hyperparameters)


def bound_in_place(rule: Rule, hyperparameters: tuple[str, ...]) -> BindInPlace:
    """What ``compiled_in_place`` gives, to be kept: a map's cells are bound anew again and again."""
    source, spare = rule.source_in_place(hyperparameters)
    return bound(source, rule.names_in_place), spare


def bound(source: str, names: Mapping[str, Any]) -> Any:
    """What the source's ``bind`` is where the other names mean this."""
    namespace = dict(names)
    exec(_code(source), namespace)
    return namespace["bind"]


# Characters of sources that are kept compiled: those of all rules in the table, and of a hundred that were typed.
codes: Memory[Any] = Memory(1_000_000)


def _code(source: str) -> Any:
    code = codes.get(source)
    return codes.keep(source, compile(source, "<rule>", "exec"), len(source)) if code is None else code


def _statement(tree: ast.Assign, by_coordinate: frozenset[str], axis: str) -> ast.Assign:
    (target,) = tree.targets
    writer = _Statement(by_coordinate, axis)
    return ast.Assign([writer.visit(target)], writer.visit(tree.value), lineno=1)


class _Statement(ast.NodeVisitor):
    """Writes a line anew for one coordinate, and squares as products: on floats a power raises where a product is
    infinite, as it is on arrays.
    """

    def __init__(self, by_coordinate: frozenset[str], axis: str) -> None:
        self.by_coordinate, self.axis = by_coordinate, axis

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(node.id + self.axis, node.ctx) if node.id in self.by_coordinate else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left = self.visit(node.left)
        match node:
            case ast.BinOp(left=ast.Name(), op=ast.Pow(), right=ast.Constant(value=2)):
                return ast.BinOp(left, ast.Mult(), left)
        return ast.BinOp(left, node.op, self.visit(node.right))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])


# A place in a line, such as {velocity_next}.
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(line: str, symbols: Mapping[str, str]) -> str:
    """The line with its places filled; ``str.format`` would trip over LaTeX's own braces, as in v_{k+1}."""
    # All at once: a symbol such as \hat{m} has no place for what is named m.
    return _PLACE.sub(lambda place: symbols.get(place[1], place[0]), line)


def lines_of(*pairs: str | tuple[str, str]) -> Sequence[Line]:
    """Lines that are written as LaTeX by hand, those given as one text the same in symbols and in numbers."""
    return tuple(Line(pair, pair) if isinstance(pair, str) else Line(*pair) for pair in pairs)
