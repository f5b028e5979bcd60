"""A rule that somebody typed: the lines of any rule, computed so that no number of them can raise an error."""

import ast
import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from app.descent.formulas import syntax
from app.descent.formulas.memory import Memory
from app.descent.optimizers.careful import ALONE, ARRAYS, GUARDED_FLOATS, IN_PLACE, PLAIN_FLOATS
from app.descent.optimizers.rules import BindInPlace, Rule, Updates, bound, bound_in_place, codes, names_of, target_of
from app.descent.optimizers.sureness import NOT_BELOW_ZERO, Range, range_of, states_not_below_zero


@dataclass(frozen=True)
class OwnRule(Rule):
    """Checked lines in Python's syntax. ``ranges`` tells of hyperparameters what they lie between.

    Each value is NaN where there is none, on floats as on arrays, and so a walk ends there: as one that diverged.
    """

    ranges: tuple[tuple[str, float, float], ...] = ()
    rests: ClassVar[bool] = False
    names_in_place: ClassVar[Mapping[str, Any]] = IN_PLACE

    def bind(self, **hyperparameters: float) -> Updates:
        """The rule's functions with the hyperparameters fixed; none of them raises."""
        guarded = self._source(tuple(hyperparameters), True)
        carefully, explain = bound(guarded, GUARDED_FLOATS)(**hyperparameters)
        # On floats the plain functions come first, for they are faster.
        plain = bound(self._source(tuple(hyperparameters), False), {**PLAIN_FLOATS, "carefully": carefully})
        return Updates(plain(**hyperparameters), bound(guarded, ARRAYS)(**hyperparameters)[0], explain)

    def compiled_in_place(self, hyperparameters: tuple[str, ...]) -> BindInPlace:
        """What binds the hyperparameters, and how many spare arrays the functions share."""
        return _in_place(self.lines, self.first, self.ranges, hyperparameters)

    def trees(self, lines: Sequence[str], guarded: bool) -> Sequence[ast.Assign]:
        """The lines with every number a float, and a function for what on numbers may raise."""
        plain, names = [syntax.assignment(line) for line in lines], dict(self._known)
        changed = []
        for line, tree in zip(lines, plain, strict=True):
            writer = _Careful(self.by_coordinate, names if guarded else None)
            value = writer.visit(tree.value)
            if target_of(line) in self.by_coordinate and not names_of(tree.value) & self.by_coordinate:
                value = _call("spread_", value, ast.Name("gradient", ast.Load()))
            changed.append(ast.Assign(tree.targets, value, lineno=1))
            names[target_of(line)] = range_of(tree.value, names)
        return changed

    def blank(self, name: str, part: str, guarded: bool) -> str:
        """Zero; in arrays an array, for the point may be nothing but what is remembered."""
        return f"spread_(0.0, gradient{part.removeprefix(name)})" if guarded and part != name else "0.0"

    def _source(self, hyperparameters: tuple[str, ...], guarded: bool) -> str:
        question = self._written_from(hyperparameters, guarded)
        source = _sources.get(question)
        if source is None:
            written = self.source(hyperparameters, guarded, "" if guarded else "carefully")
            source = _sources.keep(question, written, len(written))
        return source

    def _written_from(self, hyperparameters: tuple[str, ...], guarded: bool) -> tuple[Any, ...]:
        return self.lines, self.first, self.ranges, hyperparameters, guarded

    @cached_property
    def _known(self) -> dict[str, Range]:
        """The ranges of what a step begins with."""
        known = {name: Range(low, high) for name, low, high in self.ranges} | {"learning_rate": NOT_BELOW_ZERO}
        programs = [[syntax.assignment(line) for line in lines] for lines in (self.first or self.lines, self.lines)]
        return {**known, **dict.fromkeys(states_not_below_zero(self.state, programs, known), NOT_BELOW_ZERO)}


@lru_cache(maxsize=64)
def _in_place(
    lines: tuple[str, ...],
    first: tuple[str, ...],
    ranges: tuple[tuple[str, float, float], ...],
    hyperparameters: tuple[str, ...],
) -> BindInPlace:
    return bound_in_place(OwnRule(lines, first, None, ranges), hyperparameters)


# Characters of sources that are kept, by what they are written from.
_sources: Memory[str] = Memory(1_000_000)


def compiled_sources(rule: OwnRule, hyperparameters: tuple[str, ...]) -> bytes:
    """What a walk by the rule runs first, written and compiled, for another process of the same Python."""
    sources = [rule._source(hyperparameters, guarded) for guarded in (False, True)]
    return marshal.dumps([(source, compile(source, "<rule>", "exec")) for source in sources])


def keep_compiled(rule: OwnRule, hyperparameters: tuple[str, ...], compiled: bytes) -> None:
    """Keep what another process has written and compiled, so that nobody waits for it here."""
    for guarded, (source, code) in zip((False, True), marshal.loads(compiled), strict=True):
        _sources.keep(rule._written_from(hyperparameters, guarded), source, len(source))
        codes.keep(source, code, len(source))


class _Careful(ast.NodeVisitor):
    """Writes an expression anew. With the ``ranges`` of names, what may be divided by zero is a function's call."""

    def __init__(self, by_coordinate: frozenset[str], ranges: Mapping[str, Range] | None) -> None:
        self.by_coordinate, self.ranges = by_coordinate, ranges

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        # Of whole numbers Python would compute powers with a million digits.
        assert isinstance(node.value, int | float)
        return ast.Constant(float(node.value))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        match node:
            case ast.BinOp(left=ast.Name(), op=ast.Pow(), right=ast.Constant(value=2)):
                return ast.BinOp(left, node.op, right)
            case ast.BinOp(op=ast.Pow()):
                return self._function("power_", node, left, right)
            case ast.BinOp(op=ast.Div()) if self._may_be_zero(node.right):
                return self._function("quotient_", node, left, right)
        return ast.BinOp(left, node.op, right)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "where":
            return self._where(node)
        return self._function(node.func.id, node, *(self.visit(argument) for argument in node.args))

    def _where(self, node: ast.Call) -> ast.expr:
        condition, then, otherwise = node.args
        assert isinstance(condition, ast.Compare)
        one, other = condition.left, condition.comparators[0]
        if isinstance(condition.ops[0], ast.Gt | ast.GtE):
            one, other = other, one
        name = "where_below_" if isinstance(condition.ops[0], ast.Lt | ast.Gt) else "where_up_to_"
        return self._function(name, node, *(self.visit(part) for part in (one, other, then, otherwise)))

    def _may_be_zero(self, by: ast.expr) -> bool:
        return self.ranges is not None and not range_of(by, self.ranges).is_never_zero

    def _function(self, name: str, node: ast.expr, *arguments: ast.expr) -> ast.expr:
        return _call(name if names_of(node) & self.by_coordinate else ALONE + name, *arguments)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
