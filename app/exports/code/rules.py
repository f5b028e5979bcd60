"""Update rules as code: their own lines, which read as the paper's box does, in a function of one step."""

import ast
import re
from collections.abc import Mapping, Sequence

from app.descent.optimizers.careful import ALONE
from app.descent.optimizers.own_rule import OwnRule
from app.descent.optimizers.rules import Rule, names_in_lines, names_of, target_of
from app.exports.code.libraries import Library
from app.exports.code.literals import number

# What a script has under these names: a rule that somebody typed may have them for something else.
_TAKEN = {"np", "torch", "jax", "jnp", "optax", "math", "divide", "power", "sigmoid", "float", "careful_log"}


def rule_lines(rule: Rule, values: Mapping[str, float], library: Library) -> list[str]:
    """The body of a function that takes ``point, gradient, state, learning_rate``; it returns the last two lines'
    point_next and the next state.
    """
    return _Body(rule, values, library).lines()


class _Body:
    def __init__(self, rule: Rule, values: Mapping[str, float], library: Library) -> None:
        self.rule, self.values, self.library = rule, values, library
        self.is_own = isinstance(rule, OwnRule)
        # There every name is an array: any of them may stand in a function alone.
        self.all_arrays = self.is_own and bool(library.wrapped)

    def lines(self) -> list[str]:
        rule = self.rule
        used = names_in_lines((*rule.first, *rule.lines))
        body = [f"{self._name(key)} = {self._number(value)}" for key, value in self.values.items() if key in used]
        if self.all_arrays and "learning_rate" in used:
            body.append(f"learning_rate = {self.library.wrapped}(learning_rate)")
        first, usual = self._written(rule.first), self._written(rule.lines)
        if not rule.state:
            return [*body, *usual, "return point_next, None"]
        states = [self._name(name) for name in rule.state]
        remembered = f"{_tuple(states)} = state"
        zeros = [f"{self._name(name)} = {self._zero(name)}" for name in rule.state]
        following = ", ".join(self._name(f"{name}_next") for name in rule.state)
        following = f"({following},)" if len(states) == 1 else f"({following})"
        if not rule.first:
            begun = [f"    {line}" for line in zeros]
            body += ["if state is None:", *begun, "else:", f"    {remembered}", *usual]
            return [*body, f"return point_next, {following}"]
        read = names_in_lines(rule.first)
        begun = [line for name, line in zip(rule.state, zeros, strict=True) if name in read]
        # What both steps end with stands behind them once.
        shared: list[str] = []
        while first and usual and first[-1] == usual[-1] and len(usual) > 1:
            shared.insert(0, usual.pop())
            first.pop()
        body += ["if state is None:", *(f"    {line}" for line in [*begun, *first] or ["pass"])]
        body += ["else:", *(f"    {line}" for line in [remembered, *usual]), *shared]
        return [*body, f"return point_next, {following}"]

    def _name(self, name: str) -> str:
        # No name of a rule ends so by itself.
        return f"{name}_" if name in _TAKEN else name

    def _number(self, value: float) -> str:
        return f"{self.library.wrapped}({value!r})" if self.all_arrays else number(value)

    def _zero(self, name: str) -> str:
        begin = (self.rule.zero or {}).get(name, 0.0)
        if name in self.rule.by_coordinate:
            likes = "zeros_like(point)" if begin == 0 else "ones_like(point)"
            return f"{self.library.name}.{likes}"
        return self._number(begin) if self.all_arrays else repr(begin)

    def _written(self, lines: Sequence[str]) -> list[str]:
        written = []
        for line, tree in zip(lines, self.rule.trees(lines, guarded=True), strict=True):
            writer = _Writer(self.rule.by_coordinate, self.library, self.is_own)
            value = re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(writer.visit(tree.value)))
            written.append(f"{self._name(target_of(line))} = {value}")
        return written


def _tuple(names: Sequence[str]) -> str:
    return f"({names[0]},)" if len(names) == 1 else ", ".join(names)


class _Writer(ast.NodeTransformer):
    """Writes an expression anew with the library's functions; the tree that it is given stays as it is."""

    def __init__(self, by_coordinate: frozenset[str], library: Library, is_own: bool) -> None:
        self.by_coordinate, self.library, self.is_own = by_coordinate, library, is_own

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        assert isinstance(node.value, int | float)
        value = float(node.value)
        # In what somebody typed, whole numbers would have powers of a million digits.
        return ast.Constant(int(value) if value.is_integer() and abs(value) < 1e9 and not self.is_own else value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(f"{node.id}_" if node.id in _TAKEN else node.id, node.ctx)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left = self.visit(node.left)
        match node:
            # On a number alone a square would raise where a product is infinite.
            case ast.BinOp(left=ast.Name(id=name), op=ast.Pow(), right=ast.Constant(value=2)):
                if name not in self.by_coordinate:
                    return ast.BinOp(left, ast.Mult(), left)
                return ast.BinOp(left, ast.Pow(), ast.Constant(2))
        return ast.BinOp(left, node.op, self.visit(node.right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        return ast.UnaryOp(node.op, self.visit(node.operand))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        assert isinstance(node.func, ast.Name)
        name = node.func.id.removeprefix(ALONE).removesuffix("_")
        arguments = [self.visit(argument) for argument in node.args]
        match name:
            case "where_below" | "where_up_to":
                return self._where(name, *arguments)
            case "spread":
                return self._call("full_like", ast.Name("point", ast.Load()), arguments[0])
            case "quotient":
                return self._call("divide", *arguments)
            case "log":
                return self._call("careful_log", *map(self._wrapped, arguments))
            case "power":
                return self._call("power", *arguments)
        return self._call(name, *map(self._wrapped, arguments))

    def _where(self, name: str, a: ast.expr, b: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
        a, b = self._wrapped(a), self._wrapped(b)
        one, other = (ast.Lt(), ast.GtE()) if name == "where_below" else (ast.LtE(), ast.Gt())
        nan = ast.Attribute(ast.Name(self.library.name, ast.Load()), "nan", ast.Load())
        beside = self._call("where", ast.Compare(a, [other], [b]), otherwise, nan)
        return self._call("where", ast.Compare(a, [one], [b]), then, beside)

    def _wrapped(self, argument: ast.expr) -> ast.expr:
        """An argument of a function that takes arrays alone."""
        if not self.library.wrapped or names_of(argument):
            return argument
        return ast.Call(ast.parse(self.library.wrapped, mode="eval").body, [argument], [])

    def _call(self, name: str, *arguments: ast.expr) -> ast.expr:
        return ast.Call(ast.Name(self.library.functions[name], ast.Load()), list(arguments), [])
