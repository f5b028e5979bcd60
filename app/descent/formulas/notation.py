"""What is typed → checked tree: Python's notation and school's, and where and why something else is no formula.

Both are one grammar: ``2*x**2`` and ``2x²``, ``sin(x)**2`` and ``sin^2 x``, ``exp(-x)`` and ``e^-x``, ``abs(x)`` and
``|x|``. A product without a sign is one like any other: ``1/2x`` is half of x. A function without brackets takes the
factors beside it, so ``sin 2x`` is the sine of 2x and ``sin x^2`` that of x². The time grows with the text's length,
and nothing but what the vocabulary names can come out: no attribute, no string, no other call.
"""

import ast
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from app.descent.formulas.tokens import Token, tokens
from app.descent.formulas.vocabulary import ALIASES, FORMULA, OTHERWISE, Vocabulary, example, listed
from app.descent.formulas.wordings import LONGEST_WORD, likely

MAX_PARTS = 200
MAX_DEPTH = 60


class Caps(NamedTuple):
    """How many characters a text may have, and how deep its brackets, powers and signs may be nested."""

    length: int
    depth: int


TYPED = Caps(400, 40)
# What is typed may be longer and deeper as Python writes it.
OWN = Caps(20_000, 60)


_Inner = TypeVar("_Inner")
_Node = TypeVar("_Node", bound=ast.expr)

_OPERATORS: Mapping[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
_COMPARISONS: Mapping[str, type[ast.cmpop]] = {
    "<": ast.Lt,
    ">": ast.Gt,
    **dict.fromkeys(("<=", "≤"), ast.LtE),
    **dict.fromkeys((">=", "≥"), ast.GtE),
}
_DIGITS = 400
_BRACKETS = {"[": "(", "]": ")", "{": "(", "}": ")"}
# A text is mended at so many places at most, to see whether what is likely meant would be accepted.
_MENDED = 6


class FormulaError(ValueError):
    """The text is no formula; the message says what is wrong with it.

    ``column`` is where, in characters of what was typed, from 0; None where it is no single place. ``correction`` is
    the whole text as it was likely meant, which is accepted itself; ``hint`` is that, or else says what was expected.
    """

    def __init__(
        self, message: str, column: int | None = None, hint: str | None = None, correction: str | None = None
    ) -> None:
        super().__init__(message)
        self.column = column
        self.correction = correction
        self.hint = correction or hint


class _Mend(NamedTuple):
    """What to put from where to where."""

    start: int
    end: int
    text: str


class _Mistake(Exception):
    """What is wrong and where, what was expected there, and what is likely meant."""

    def __init__(self, message: str, column: int, hint: str | None = None, mend: _Mend | None = None) -> None:
        super().__init__(message)
        self.column, self.hint, self.mend = column, hint, mend


def read(text: str, vocabulary: Vocabulary = FORMULA, caps: Caps = TYPED) -> ast.expr:
    """A checked tree of the text, whose nodes tell their column as ``col_offset``.

    Raises ``FormulaError`` for what is no formula in this vocabulary, too long or too deep.
    """
    try:
        return _read(text, vocabulary, caps)
    except _Mistake as mistake:
        correction = _corrected(text, mistake, vocabulary, caps)
        raise FormulaError(str(mistake), mistake.column, mistake.hint, correction) from None


def names_in(tree: ast.expr) -> tuple[str, ...]:
    """The names in a tree that are not those of functions, each once, in the order in which they were typed."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def constants_in(tree: ast.expr, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The names of a tree's constants, in the order in which they were typed."""
    return tuple(name for name in names_in(tree) if vocabulary.is_constant(name))


def finite(value: float) -> float:
    """The number as a float. Raises ``FormulaError`` where that is not finite."""
    if not _is_finite(value):
        raise FormulaError(_TOO_LARGE)
    return float(value)


_TOO_LARGE = "a number in the formula is too large: it has no finite value as a float64"


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _read(text: str, vocabulary: Vocabulary, caps: Caps) -> ast.expr:
    if len(text) > caps.length:
        raise _Mistake(f"the formula has {len(text)} characters, the most is {caps.length}", caps.length)
    tree = _Reader(text, vocabulary, caps.depth).whole()
    _check_size(tree)
    return tree


def _corrected(text: str, mistake: _Mistake, vocabulary: Vocabulary, caps: Caps) -> str | None:
    """The text as it was likely meant, None where that is not known or would not be accepted either."""
    for _ in range(_MENDED):
        if mistake.mend is None:
            return None
        text = text[: mistake.mend.start] + mistake.mend.text + text[mistake.mend.end :]
        try:
            tree = _read(text, vocabulary, caps)
        except _Mistake as another:
            mistake = another
        else:
            return text.strip() if names_in(tree) else None
    return None


def _check_size(tree: ast.expr) -> None:
    """Raise where the tree has too many parts, or is too deep."""
    waiting: list[tuple[ast.expr, int]] = [(tree, 1)]
    parts = 0
    while waiting:
        node, depth = waiting.pop()
        parts += 1
        if depth > MAX_DEPTH:
            raise _too_deep(MAX_DEPTH, node.col_offset)
        if parts > MAX_PARTS:
            raise _Mistake(f"the formula has more than {MAX_PARTS} parts", node.col_offset, "a shorter formula")
        inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        # The name of a function is no part of its own.
        waiting += [(child, depth + 1) for child in (inner[1:] if isinstance(node, ast.Call) else inner)]


def _too_deep(depth: int, column: int) -> _Mistake:
    return _Mistake(f"the formula is nested deeper than {depth} levels", column, "fewer brackets")


class _Reader:
    """Reads one text by recursive descent: a sum of products of powers of what stands alone."""

    def __init__(self, text: str, vocabulary: Vocabulary, deepest: int) -> None:
        self.vocabulary = vocabulary
        self.deepest = deepest
        self.tokens = list(tokens(text))
        self.place = 0
        self.depth = 0
        self.bars = 0  # how many are open since the last bracket
        self.constants: list[str] = []
        self.letters = {name for name in vocabulary.names if len(name) == 1}

    @property
    def next(self) -> Token:
        return self.tokens[self.place]

    def whole(self) -> ast.expr:
        if self.next.kind == "end":
            raise _Mistake("there is no formula yet", 0, "a formula such as x^2 + 3*y^2")
        self._check_sides()
        tree = self._sum()
        if self.next.kind != "end":
            raise self._unexpected()
        return tree

    def _check_sides(self) -> None:
        """Raise where there is a left side, as in f(x, y) = x*y."""
        depth = 0
        for token in self.tokens:
            depth += token.begins("(") - token.begins(")")
            if token.begins("=") and depth == 0:
                mend = _Mend(0, token.end, "")
                raise _Mistake("a formula has no equals sign", token.start, "the right side alone", mend)

    def _take(self, *signs: str) -> Token | None:
        """The next token where it is one of these signs, and the one after is the next."""
        token = self.next
        if not token.begins(*signs):
            return None
        self.place += 1
        return token

    def _enter(self, token: Token) -> None:
        """One level deeper, which ``self.depth -= 1`` ends."""
        self.depth += 1
        if self.depth > self.deepest:
            raise _too_deep(self.deepest, token.start)

    def _sum(self) -> ast.expr:
        tree = self._product()
        while token := self._take("+", "-"):
            tree = _made(ast.BinOp(tree, _OPERATORS[token.text](), self._product()), token)
        return tree

    def _product(self) -> ast.expr:
        tree = self._signed(self._power)
        while True:
            token = self.next
            if self._take("*", "/"):
                tree = _made(ast.BinOp(tree, _OPERATORS[token.text](), self._signed(self._power)), token)
            elif self._begins_factor():
                tree = _made(ast.BinOp(tree, ast.Mult(), self._power()), token)
            else:
                return tree

    def _begins_factor(self) -> bool:
        """Whether a factor without a sign before it begins here. Raises for a number behind a number."""
        token = self.next
        if token.kind == "number":
            if self.tokens[self.place - 1].kind == "number":
                raise _Mistake("two numbers stand side by side", token.start, "a sign between them")
            return True
        return token.kind == "word" or token.begins("(", "√") or (token.begins("|") and not self.bars)

    def _signed(self, inner: Callable[[], ast.expr]) -> ast.expr:
        token = self._take("+", "-")
        if token is None:
            return inner()
        self._enter(token)
        tree = self._signed(inner)
        self.depth -= 1
        return _made(ast.UnaryOp(ast.USub() if token.text == "-" else ast.UAdd(), tree), token)

    def _power(self) -> ast.expr:
        first = self.next
        return self._raised(self._alone(), first)

    def _raised(self, base: ast.expr, first: Token) -> ast.expr:
        """The base with the powers behind it."""
        is_euler = first.kind == "word" and first.text == "e" and "e" in self.vocabulary.numbers
        while self.next.kind == "superscript":
            token = self.next
            base = self._to_the(base, self._superscript(), token, is_euler)
            is_euler = False
        token = self.next
        if not self._take("^", "**"):
            return base
        self._enter(token)
        exponent = self._signed(self._power)
        self.depth -= 1
        return self._to_the(base, exponent, token, is_euler)

    def _to_the(self, base: ast.expr, exponent: ast.expr, token: Token, is_euler: bool) -> ast.expr:
        if is_euler and "exp" in self.vocabulary.functions:
            return self._called("exp", [exponent], token)
        return _made(ast.BinOp(base, ast.Pow(), exponent), token)

    def _superscript(self) -> ast.expr:
        token = self.next
        digits = token.text.removeprefix("-")
        if not digits:
            raise _Mistake("a raised minus needs a raised number", token.start, "a power such as ⁻²")
        self.place += 1
        number = _made(ast.Constant(int(digits)), token)
        return _made(ast.UnaryOp(ast.USub(), number), token) if token.text != digits else number

    def _alone(self) -> ast.expr:
        """A number, a name, a function, or what stands in brackets."""
        token = self.next
        if token.kind == "number":
            self.place += 1
            return _made(ast.Constant(_number(token)), token)
        if token.kind == "word":
            return self._word(token)
        if self._take("("):
            return self._bracketed(token, 0, ")", self._sum)
        if self._take("|"):
            return self._called("abs", [self._bracketed(token, self.bars + 1, "|", self._sum)], token)
        if self._take("√"):
            self._enter(token)
            argument = self._alone() if self.next.begins("(") else self._power()
            self.depth -= 1
            return self._called("sqrt", [argument], token)
        raise self._unexpected()

    def _bracketed(self, opening: Token, bars: int, closing: str, inner: Callable[[], _Inner]) -> _Inner:
        self._enter(opening)
        before, self.bars = self.bars, bars
        found = inner()
        if not self._take(closing):
            if self.next.kind == "end":
                end = self.next.start
                message = f"'{opening.text}' at character {opening.start + 1} is not closed"
                raise _Mistake(message, end, f"a closing '{closing}'", _Mend(end, end, closing))
            raise self._unexpected()
        self.bars = before
        self.depth -= 1
        return found

    def _word(self, token: Token) -> ast.expr:
        word, known = token.text, self.vocabulary
        self.place += 1
        if word in known.names or word in known.numbers:
            return _made(ast.Name(word, ast.Load()), token)
        if (function := ALIASES.get(word, word)) in known.functions:
            return self._function(function, token)
        if set(word) <= self.letters:
            return self._letters(token)
        if known.is_constant(word):
            if word not in self.constants:
                self.constants.append(word)
            if len(self.constants) > known.constants:
                message = f"'{word}' is one constant too many: there are {listed(self.constants[:-1], 'and')} already"
                raise _Mistake(message, token.start, f"a number, for the most is {known.constants} constants")
            return _made(ast.Name(word, ast.Load()), token)
        raise self._unknown(token)

    def _letters(self, token: Token) -> ast.expr:
        """A word of one-letter names is their product: xy is x*y. The last one takes the power behind, as in xy²."""
        *names, last = (
            _made(ast.Name(letter, ast.Load()), token._replace(start=token.start + place))
            for place, letter in enumerate(token.text)
        )
        factors = [*names, self._raised(last, token)]
        tree = factors[0]
        for factor in factors[1:]:
            tree = _made(ast.BinOp(tree, ast.Mult(), factor), token)
        return tree

    def _function(self, name: str, token: Token) -> ast.expr:
        raising = self.next
        power: ast.expr | None = None
        if raising.kind == "superscript" and not raising.text.startswith("-"):
            power = self._superscript()
        elif raising.kind == "superscript" or self._take("^", "**"):
            power = self._function_power(name, raising)
        tree = self._called(name, self._arguments(name), token)
        return tree if power is None else _made(ast.BinOp(tree, ast.Pow(), power), raising)

    def _function_power(self, name: str, raising: Token) -> ast.expr:
        """The 2 in sin^2 x."""
        token = self.next
        if token.begins("+", "-") or token.kind == "superscript":
            message = f"{name} to a power below zero may mean its inverse, or 1/{name}"
            raise _Mistake(message, raising.start, f"1/{name}(x), or another function")
        if token.kind != "number" and not token.begins("("):
            raise _Mistake(f"{name}^ needs a number", token.start, f"{name}^2 x, or {example(name, self.vocabulary)}^2")
        self._enter(token)
        power = self._alone()
        self.depth -= 1
        return power

    def _arguments(self, name: str) -> list[ast.expr]:
        opening = self.next
        if not self._take("("):
            return [self._beside(name)]
        arguments = self._bracketed(opening, 0, ")", lambda: self._listed(name))
        least, most = self.vocabulary.functions[name]
        if not least <= len(arguments) <= most:
            count = str(least) if least == most else f"{least} to {most}"
            message = f"{name} takes {count} argument{'s' * (most > 1)}, here are {len(arguments)}"
            raise _Mistake(message, opening.start, example(name, self.vocabulary))
        return arguments

    def _listed(self, name: str) -> list[ast.expr]:
        """The arguments between brackets."""
        most = self.vocabulary.functions[name][1]
        if self.next.begins(")"):
            raise _Mistake(f"{name} has no argument", self.next.start, example(name, self.vocabulary))
        arguments = [self._condition() if name == "where" else self._sum()]
        while (comma := self.next).begins(","):
            if len(arguments) == most:
                raise self._comma(f"{name} takes {most} argument{'s' * (most > 1)}", comma)
            self.place += 1
            arguments.append(self._sum())
        return arguments

    def _beside(self, name: str) -> ast.expr:
        """What a function without brackets is taken of: the factors beside it, up to the next function."""
        token = self.next
        needs_brackets = self.vocabulary.functions[name][0] > 1
        if needs_brackets or not (self._begins_factor() or token.begins("+", "-")):
            raise _Mistake(f"{name} has no argument", token.start, example(name, self.vocabulary))
        self._enter(token)
        tree = self._signed(self._power)
        while self._begins_factor() and not self._begins_function():
            factor = self.next
            tree = _made(ast.BinOp(tree, ast.Mult(), self._power()), factor)
        self.depth -= 1
        return tree

    def _begins_function(self) -> bool:
        word = self.next.text
        return self.next.kind == "word" and ALIASES.get(word, word) in self.vocabulary.functions

    def _condition(self) -> ast.expr:
        left, token = self._sum(), self.next
        if not self._take(*_COMPARISONS):
            mend = _Mend(token.start, token.end, "<=") if token.begins("=", "==") else None
            raise _Mistake("where begins with a comparison", token.start, "one of < <= > >=", mend)
        condition = _made(ast.Compare(left, [_COMPARISONS[token.text]()], [self._sum()]), token)
        if self.next.begins(*_COMPARISONS):
            hint = "one where within another, as in where(0 < x, where(x < 1, a, b), b)"
            raise _Mistake("where compares two sides, and here are more", self.next.start, hint)
        return condition

    def _called(self, name: str, arguments: list[ast.expr], token: Token) -> ast.expr:
        if name not in self.vocabulary.functions:
            raise _Mistake(f"{name} is not known here", token.start, f"one of {listed(self.vocabulary.functions)}")
        return _made(ast.Call(_made(ast.Name(name, ast.Load()), token), arguments, []), token)

    def _unknown(self, token: Token) -> _Mistake:
        word, known = token.text, self.vocabulary
        called = self.next.begins("(")
        if word in OTHERWISE:
            return _Mistake(f"'{word}' is not known", token.start, f"{OTHERWISE[word]} in its place")
        names = f"the names are {listed([*known.names, *known.numbers])}"
        if known.constants:
            names += f", and up to {known.constants} letters as constants"
        expected = f"the functions are {listed(known.functions)}" if called else names
        shown = word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…"
        raised = self.next.begins("^", "**") or self.next.kind == "superscript"
        meant = likely(word, known, called=called, raised=raised)
        mend = None if meant is None else _Mend(token.start, token.end, meant)
        return _Mistake(f"'{shown}' is not known; {expected}", token.start, expected, mend)

    def _unexpected(self) -> _Mistake:
        """What is wrong with the next token, which cannot stand where it does."""
        token = self.next
        expected = f"a number, {listed(self.vocabulary.names, 'or', 2)}, or an opening bracket"
        if token.kind == "end":
            return _Mistake("the formula ends too early", token.start, expected)
        if token.kind == "other":
            return self._foreign(token)
        if token.begins(*_COMPARISONS, "=", "==", "!="):
            return _Mistake(f"'{token.text}' compares, which only where does", token.start, example("where"))
        if token.begins(","):
            return self._comma("a comma stands between the arguments of a function", token)
        if token.begins(")"):
            return self._closing(token, expected)
        return _Mistake(f"'{token.text}' cannot stand here", token.start, expected)

    def _closing(self, token: Token, expected: str) -> _Mistake:
        before = self.tokens[self.place - 1] if self.place else None
        if before is not None and before.kind == "sign" and not before.begins(")", "|"):
            return _Mistake(f"something is missing before '{token.text}'", token.start, expected)
        hint = "an opening bracket before it"
        return _Mistake(f"'{token.text}' closes nothing", token.start, hint, _Mend(token.start, token.end, ""))

    def _comma(self, message: str, token: Token) -> _Mistake:
        """A comma between two digits is likely a decimal one."""
        before, after = self.tokens[self.place - 1], self.tokens[self.place + 1]
        is_decimal = before.kind == after.kind == "number" and (before.end, token.end) == (token.start, after.start)
        is_decimal = is_decimal and before.text.isdigit() and after.text.isdigit()
        mend = _Mend(token.start, token.end, ".") if is_decimal else None
        return _Mistake(message, token.start, "a point before decimals, commas between arguments", mend)

    def _foreign(self, token: Token) -> _Mistake:
        text = token.text
        shown = f"'{text}'" if text.isprintable() else f"the character U+{ord(text):04X}"
        mend = _Mend(token.start, token.end, _BRACKETS[text]) if text in _BRACKETS else None
        function = example(next(iter(self.vocabulary.functions)), self.vocabulary)
        return _Mistake(f"{shown} is not allowed", token.start, f"+ - * / ^, brackets, and such as {function}", mend)


def _number(token: Token) -> float:
    # Python makes no whole number of thousands of digits.
    value = int(token.text) if token.text.isdigit() and len(token.text) < _DIGITS else float(token.text)
    if not _is_finite(value):
        raise _Mistake(_TOO_LARGE, token.start, "a number below 1e308")
    return value


def _made(node: _Node, token: Token) -> _Node:
    node.lineno = node.end_lineno = 1
    node.col_offset, node.end_col_offset = token.start, token.end
    return node
