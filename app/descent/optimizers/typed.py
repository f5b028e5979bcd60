"""An optimizer whose rule somebody typed, and the table's rules as text that may be typed."""

import ast
import math
from collections.abc import Mapping
from functools import lru_cache

from app.descent.formulas import syntax
from app.descent.landscapes.landscape import Source
from app.descent.optimizers.naming import slider_of, symbols_of
from app.descent.optimizers.own_rule import OwnRule
from app.descent.optimizers.reading import GIVEN, RULE_FUNCTIONS, Lines, RuleError, read_rule
from app.descent.optimizers.rules import Rule, State, names_in_lines, names_of, target_of
from app.descent.optimizers.table import TYPED, Optimizer

# Steps that are as long for a gradient so many times as large are not made longer by it.
_TIMES, _LONGER, _STEPS = 1000.0, 30.0, 5

# Measured: so many parts are computed in the time of one evaluation, a function but for these is so many of them. The
# longest rule of the table has fewer.
_PARTS_A_FORMULA, _SLOW, _QUICK = 100, 10, ("sqrt", "abs", "sign", "min", "max")
_PARTS_OF_THE_TABLE = 200

_NO_VALUE = "its rule, or the gradient, has no finite value there, as where it divides by zero"
_BY_THE_GRADIENT = "Its usual learning rate is gradient descent's."
_BY_ITSELF = "Its steps hardly grow with the gradient, so its usual learning rate is Adam's."


def typed_optimizer(text: str, hyperparameters: Mapping[str, float]) -> Optimizer:
    """The optimizer with this rule and these hyperparameters, whose values are its defaults.

    Raises ``RuleError``, which tells where the text is no rule and why. What the table knows of its optimizers beside
    the rule, such as stability limits and best settings, is not known of this one.
    """
    return _typed(text, tuple((name, float(value)) for name, value in hyperparameters.items()))


@lru_cache(maxsize=32)
def _typed(text: str, hyperparameters: tuple[tuple[str, float], ...]) -> Optimizer:
    values = dict(hyperparameters)
    lines, first = _lines(text, values)
    sliders = tuple(slider_of(name, value) for name, value in hyperparameters)
    rule = OwnRule(lines, first, None, tuple((slider.key, slider.low, slider.high) for slider in sliders))
    names = names_in_lines((*first, *lines)) - RULE_FUNCTIONS.keys() | set(values)
    symbols = symbols_of({*names, *GIVEN}, rule.state, values)
    by_gradient = _grows_with_the_gradient(rule, values)
    return Optimizer(
        slug=TYPED,
        title="Own rule",
        hyperparameters=tuple(slider._replace(symbol=symbols[slider.key]) for slider in sliders),
        rule=rule,
        convention=(
            "A typed rule, which each coordinate follows by itself. Of its stability nothing is known. "
            f"{_BY_THE_GRADIENT if by_gradient else _BY_ITSELF}"
        ),
        source=Source("Typed"),
        remembers=None if _shows_its_memory(rule) else _untold,
        tries=_work(rule),
        like="gradient-descent" if by_gradient else "adam",
        own_symbols={name: written for name, written in symbols.items() if name not in values},
        no_value=_NO_VALUE,
        velocity=(),
    )


def _lines(text: str, values: Mapping[str, float]) -> Lines:
    """The lines of the rule, read once for all values."""
    if all(map(math.isfinite, values.values())):
        try:
            return _lines_with(text, tuple(values))
        except RuleError:
            # What would be right is told with the values that were given.
            pass
    return read_rule(text, values)


@lru_cache(maxsize=32)
def _lines_with(text: str, names: tuple[str, ...]) -> Lines:
    return read_rule(text, dict.fromkeys(names, 0.0))


def text_of(optimizer: Optimizer) -> str | None:
    """The optimizer's rule as text that ``typed_optimizer`` takes, a line for each assignment.

    None for methods of the whole point, which are no lines. With the same hyperparameters the walks are the same, to
    the last bit.
    """
    rule = optimizer.rule
    if not isinstance(rule, Rule):
        return None
    first = {target_of(line): line for line in rule.first}
    written = []
    for line in rule.lines:
        target = target_of(line)
        begun = _begun(line, rule.zero or {}) if not rule.first else first[target]
        if begun != line:
            written.append(f"{target.removesuffix('_next')}_first ={begun.partition('=')[2]}")
        written.append(line)
    return "\n".join(written)


def _begun(line: str, begins: Mapping[str, float]) -> str:
    """The line as it is at the first step, where some of a state do not begin at zero."""
    tree = syntax.assignment(line)
    if not names_of(tree.value) & begins.keys():
        return line
    match tree.value:
        case ast.BinOp(left=ast.Name(id=name), op=ast.Mult(), right=right) if begins.get(name) == 1:
            return f"{target_of(line)} = {ast.unparse(right)}"
    raise ValueError(f"how this line begins cannot be typed: {line}")


def _work(rule: Rule) -> int:
    """About how many evaluations of a formula its arithmetic costs; that of each rule in the table is one."""
    parts = [part for line in (*rule.first, *rule.lines) for part in ast.walk(syntax.assignment(line).value)]
    called = [part.func for part in parts if isinstance(part, ast.Call) and ast.unparse(part.func) not in _QUICK]
    longer = max(0, sum(isinstance(part, ast.expr) for part in parts) + _SLOW * len(called) - _PARTS_OF_THE_TABLE)
    return 1 + -(-longer // _PARTS_A_FORMULA)


def _untold(gradients: object, **values: float) -> State:
    """The state of a walk that repeats: what it remembers may be of long ago."""
    return None


def _grows_with_the_gradient(rule: Rule, values: Mapping[str, float]) -> bool:
    """Whether its first steps from the origin are much longer where the gradient is much larger."""
    longest = []
    for gradient in (1.0, _TIMES):
        update, state, lengths = rule.bind(**values).floats, None, [0.0]
        for _ in range(_STEPS):
            length, _, state = update(gradient, gradient, state, 1e-3, 0.0, 0.0)
            lengths.append(abs(length))
        longest.append(max(lengths))
    return not all(map(math.isfinite, longest)) or longest[1] > _LONGER * longest[0] or longest[1] == 0


def _shows_its_memory(rule: Rule) -> bool:
    """Whether all that it remembers shows in its steps, as far as that is known.

    It does where that is nothing, or one velocity, and each step the sum of the same parts of it, gradient and point.
    """
    if not rule.state:
        return True
    if len(rule.state) > 1 or rule.state[0] not in rule.by_coordinate:
        return False
    moving = rule.by_coordinate
    return all(_degree(syntax.assignment(line).value, moving) in (0, 1) for line in rule.lines)


def _degree(tree: ast.expr, moving: frozenset[str]) -> int | None:
    """0 for what is the same at each step, 1 for a sum of parts of what moves, None for all else."""
    match tree:
        case ast.Name(id=name):
            return int(name in moving)
        case ast.UnaryOp(operand=operand):
            return _degree(operand, moving)
        case ast.BinOp(left=left, op=op, right=right):
            one, other = _degree(left, moving), _degree(right, moving)
            match op:
                case ast.Add() | ast.Sub() if one is not None and one == other:
                    return one
                case ast.Mult() if one is not None and other is not None and one + other < 2:
                    return one + other
                case ast.Div() if other == 0:
                    return one
    return None if names_of(tree) & moving else 0
