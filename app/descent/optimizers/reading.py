"""What somebody typed as a rule → checked lines; or where and why it is none, and what was likely meant.

Lines are assignments, with line ends or semicolons between them. ``velocity_next`` is what a step leaves for the next
one, which reads it as ``velocity``: 0 at first, unless ``velocity_first`` says what velocity_next is at the first step.
Each name is assigned once, before it is read. Letter case does not matter, and a Greek letter is its name.
"""

import ast
import difflib
import keyword
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.descent.formulas.notation import FormulaError, names_in, read
from app.descent.formulas.tokens import Token, tokens
from app.descent.formulas.vocabulary import ALIASES, FUNCTIONS, NUMBERS, Vocabulary, listed
from app.descent.formulas.wordings import likely
from app.descent.optimizers.careful import ALONE, IN_PLACE

MAX_LENGTH = 1000
MAX_LINES = 20
MAX_PARTS = 400
MAX_NAME = 24
MAX_HYPERPARAMETERS = 6

GIVEN = ("point", "gradient", "learning_rate")
RULE_FUNCTIONS: Mapping[str, tuple[int, int]] = {**FUNCTIONS, "sign": (1, 1)}
# Numbers that rules often have, and what they often are.
USUAL: Mapping[str, float] = {
    **dict.fromkeys(("momentum", "beta", "beta1", "b1", "beta3", "decay", "gamma", "rho", "mu"), 0.9),
    **dict.fromkeys(("beta2", "b2"), 0.999),
    **dict.fromkeys(("epsilon", "eps"), 1e-8),
    "weight_decay": 0.01,
    "dampening": 0.0,
}
_USUAL_OTHERWISE = 0.9

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OTHER_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("g", "grad", "grads", "gradients", "slope"), "gradient"),
    **dict.fromkeys(("lr", "eta", "step_size", "stepsize", "learningrate", "rate"), "learning_rate"),
    **dict.fromkeys(("x", "w", "theta", "weights", "params", "parameter", "position"), "point"),
    **dict.fromkeys(("x_next", "w_next", "theta_next", "params_next", "position_next"), "point_next"),
}
_COUNTED = ("t", "k", "n", "step", "steps", "iteration", "count")
# What a step's numbers have names for already.
_TAKEN: Mapping[str, str] = {
    "loss": "a rule does not see the loss: each coordinate follows it by its own part of the gradient",
    "hessian": "a rule sees the gradient alone, no Hessian",
    **dict.fromkeys(("slope", "batch_slope", "noise"), "it is the gradient's, in which noise and mini-batch are"),
    "tried": "it has a meaning of its own here",
}
_INTERNAL = {
    *("state", "spare", "out", "update", "explain", "begin", "bind", "carefully", "locals"),
    *keyword.kwlist,
    # These stand between braces in LaTeX, as the places of names do.
    *("cases", "otherwise"),
    *(name for name in IN_PLACE if name not in RULE_FUNCTIONS),
}
# Texts are mended at so many places at most.
_MENDED = 12


class RuleError(FormulaError):
    """The text is no rule. ``line`` is which of the assignments is meant, from 1; ``column`` where in the whole text.

    ``correction`` is the whole text as it was likely meant. ``hyperparameters`` are those that it, or the text as it
    is, needs, where they are not those that were given; None where they are right.
    """

    def __init__(
        self,
        message: str,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
        correction: str | None = None,
        hyperparameters: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(message, column, hint, correction)
        self.line = line
        self.hyperparameters = hyperparameters


class Lines(NamedTuple):
    """A rule's checked lines in Python's syntax, and those of the first step where it differs."""

    lines: tuple[str, ...]
    first: tuple[str, ...]


class _Edit(NamedTuple):
    """What to put from where to where."""

    start: int
    end: int
    text: str


@dataclass(eq=False)
class _Mistake(Exception):
    """What is wrong, in which line and where, what would be right, and what was likely meant."""

    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    edits: Sequence[_Edit] = ()
    corrected: str | None = None
    declared: Mapping[str, float] = field(default_factory=dict)
    left_out: str | None = None


class _Text(NamedTuple):
    """What was typed with small letters, Greek ones spelled out, and where each character, and the end, was typed."""

    text: str
    places: Sequence[int]


class _Line(NamedTuple):
    """One assignment: its number, its target, and where target and right side begin and end."""

    number: int
    target: str
    start: int
    name_end: int
    right: int
    end: int

    @property
    def base(self) -> str:
        """The name without what says when it is assigned."""
        return self.target.removesuffix("_first").removesuffix("_next")

    @property
    def gives(self) -> str:
        """The name that can be read after this line."""
        return f"{self.base}_next" if self.target.endswith("_first") else self.target


def read_rule(typed: str, hyperparameters: Mapping[str, float]) -> Lines:
    """The lines of the rule that was typed. Raises ``RuleError`` for what is none with these hyperparameters."""
    try:
        return _read(typed, hyperparameters)
    except _Mistake as mistake:
        correction, needed = _corrected(typed, hyperparameters, mistake)
        raise RuleError(mistake.message, mistake.line, mistake.column, mistake.hint, correction, needed) from None


def _corrected(
    typed: str, given: Mapping[str, float], mistake: _Mistake
) -> tuple[str | None, Mapping[str, float] | None]:
    """The text and the hyperparameters as they were likely meant, None where they are right or it is not known."""
    text, hyperparameters = typed, dict(given)
    for _ in range(_MENDED):
        if not (mistake.edits or mistake.corrected or mistake.declared or mistake.left_out):
            return None, None
        text = mistake.corrected or _edited(text, mistake.edits)
        hyperparameters |= mistake.declared
        hyperparameters.pop(mistake.left_out or "", None)
        try:
            _read(text, hyperparameters)
        except _Mistake as another:
            mistake = another
        else:
            return (None if text == typed else text), (None if hyperparameters == given else hyperparameters)
    return None, None


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    for start, end, put in sorted(edits, reverse=True):
        text = text[:start] + put + text[end:]
    return text


def _read(typed: str, hyperparameters: Mapping[str, float]) -> Lines:
    if len(typed) > MAX_LENGTH:
        raise _Mistake(f"the rule has {len(typed)} characters, the most is {MAX_LENGTH}", None, MAX_LENGTH)
    return _Reader(typed, hyperparameters).rule()


def _spelled(typed: str) -> _Text:
    """What was typed as words that rules know. A Greek letter goes on with digits behind it: β1 is beta1."""
    if typed.isascii():
        return _Text(typed.lower(), range(len(typed) + 1))
    parts: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(typed):
        text = sign.lower() if sign.isascii() else sign
        if not sign.isascii() and (token := next(tokens(sign))).kind == "word":
            before, after = typed[place - 1 : place], typed[place + 1 : place + 2]
            text = " " * (before.isalnum() or before == "_") + token.text + " " * after.isalpha()
        parts.append(text)
        places += [place] * len(text)
    return _Text("".join(parts), [*places, len(typed)])


class _Reader:
    """Reads one rule, line by line."""

    def __init__(self, typed: str, hyperparameters: Mapping[str, float]) -> None:
        self.typed, self.hyperparameters = typed, hyperparameters
        self.text, self.places = _spelled(typed)
        self.lines: list[_Line] = []
        self.states: list[str] = []
        self.trees: dict[str, ast.expr] = {}
        # What has a value by now: in a usual step, and in the first one.
        self.assigned: set[str] = set()
        self.assigned_first: set[str] = set()

    def rule(self) -> Lines:
        self._check_hyperparameters()
        self.lines = list(self._split())
        self._check_targets()
        parts = 0
        for line in self.lines:
            tree = self.trees[line.target] = self._right(line)
            parts += sum(1 for _ in ast.walk(tree))
            if parts > MAX_PARTS:
                raise self._mistake(f"the rule has more than {MAX_PARTS} parts", line, line.right, "a shorter rule")
            for names in self._readers(line):
                names.add(line.gives)
        self._check_uses()
        return self._written()

    # --- what is told

    def _mistake(
        self,
        message: str,
        line: _Line | None,
        place: int | None,
        hint: str | None = None,
        edits: Sequence[tuple[int, int, str]] = (),
    ) -> _Mistake:
        """A mistake at a place of the text; the edits are by places of it."""
        there = None if place is None else self.places[place]
        typed = [_Edit(self.places[start], self.places[end], text) for start, end, text in edits]
        return _Mistake(message, line and line.number, there, hint, typed)

    # --- what is declared

    def _check_hyperparameters(self) -> None:
        if len(self.hyperparameters) > MAX_HYPERPARAMETERS:
            raise _Mistake(f"there are {len(self.hyperparameters)} hyperparameters, the most is {MAX_HYPERPARAMETERS}")
        for name, value in self.hyperparameters.items():
            if wrong := _wrong_name(name) or (name in GIVEN and "every rule has it already"):
                raise _Mistake(f"'{name[:MAX_NAME]}' cannot be a hyperparameter: {wrong}")
            if name.endswith(("_next", "_first")):
                raise _Mistake(f"'{name}' cannot be a hyperparameter: a step assigns such names")
            if not math.isfinite(value):
                raise _Mistake(f"the hyperparameter {name} is no finite number")

    # --- lines and what they assign

    def _split(self) -> Iterator[_Line]:
        number = 0
        for piece in re.finditer(r"[^;\n\r]+", self.text):
            if not piece[0].strip():
                continue
            number += 1
            if number > MAX_LINES:
                raise self._mistake(f"the rule has more than {MAX_LINES} lines", None, piece.start())
            start = piece.start() + len(piece[0]) - len(piece[0].lstrip())
            yield self._assignment(number, start, piece.start() + len(piece[0].rstrip()))
        if not number:
            raise _Mistake("there is no rule yet", None, 0, _PLAINEST)

    def _assignment(self, number: int, start: int, end: int) -> _Line:
        line, text = _Line(number, "", start, start, start, end), self.text
        equals = text.find("=", start, end)
        if equals < 0 or text[equals - 1] in "<>!" or equals == start:
            raise self._mistake("this line assigns nothing", line, start, f"a line such as {_PLAINEST}")
        name_end, sign = equals, text[equals - 1]
        if sign in "+-*/":
            name_end -= 1
        name = text[start:name_end].strip()
        if sign in "+-*/" and _NAME.fullmatch(name):
            right = equals + 1 + len(text[equals + 1 : end]) - len(text[equals + 1 : end].lstrip())
            put = [(start, right, f"{name}_next = {name} {sign} ("), (end, end, ")")]
            hint = f"a line such as {name}_next = {name} {sign} …"
            raise self._mistake(
                f"'{sign}=' changes what is there, and a step leaves that as it was", line, start, hint, put
            )
        if text[equals + 1 : equals + 2] == "=":
            raise self._mistake("'==' compares", line, equals, "one = assigns", [(equals, equals + 2, "=")])
        if not _NAME.fullmatch(name):
            raise self._mistake("left of = stands no single name", line, start, "a name such as velocity_next")
        if not text[equals + 1 : end].strip():
            raise self._mistake("nothing stands behind =", line, end, "what the name becomes")
        return _Line(number, name, start, start + len(name), equals + 1, end)

    def _check_targets(self) -> None:
        targets: set[str] = set()
        for line in self.lines:
            self._check_target(line)
            if line.target in targets:
                raise self._mistake(
                    f"'{line.target}' is assigned twice", line, line.start, "each name once; another name"
                )
            targets.add(line.target)
        self.states = [line.base for line in self.lines if line.target.endswith("_next") and line.base != "point"]
        for line in self.lines:
            if line.target in self.states:
                message = f"'{line.target}' is what the step before left as {line.target}_next, and is not assigned"
                raise self._mistake(message, line, line.start, "another name")
            if line.target.endswith("_first") and line.base not in self.states:
                message = f"'{line.target}' is what {line.base}_next is at the first step, and no line assigns that"
                raise self._mistake(message, line, line.start, f"a line {line.base}_next = …")

    def _check_target(self, line: _Line) -> None:
        name = line.target
        if name == "point":
            message = "'point' is where the step begins; where it leads is point_next"
            raise self._mistake(message, line, line.start, "point_next = …", self._renamed(line, "point_next"))
        if name == "point_first":
            raise self._mistake("the first point is the start of the walk", line, line.start, "point_next = …")
        if line.base in GIVEN and name != "point_next":
            raise self._mistake(f"'{name}' cannot be assigned: {line.base} is given", line, line.start, "another name")
        if name in self.hyperparameters or line.base in self.hyperparameters:
            message = f"'{name}' cannot be assigned: {line.base} is a hyperparameter"
            raise self._mistake(message, line, line.start, "another name")
        if wrong := _wrong_name(line.base) or _wrong_name(name):
            raise self._mistake(f"'{name[:MAX_NAME]}' cannot be assigned: {wrong}", line, line.start, "another name")

    def _renamed(self, line: _Line, name: str) -> list[tuple[int, int, str]]:
        """Edits that give the line's name as this one, there and wherever it is read in the lines after."""
        later = [word for after in self.lines[line.number :] for word in self._words(after) if word.text == line.target]
        return [(line.start, line.name_end, name), *((word.start, word.end, name) for word in later)]

    # --- right sides

    def _right(self, line: _Line) -> ast.expr:
        known = self._known(line)
        unknown = [word for word in self._words(line) if self._is_unknown(word, known)]
        if unknown:
            raise self._unknown(line, unknown, known)
        vocabulary = Vocabulary(tuple(known), RULE_FUNCTIONS, _numbers_beside(known))
        written = self.text[line.right : line.end]
        try:
            return _plain(read(written, vocabulary), vocabulary.numbers)
        except FormulaError as error:
            raise self._no_expression(line, error) from None

    def _no_expression(self, line: _Line, error: FormulaError) -> _Mistake:
        place = line.right if error.column is None else min(line.right + error.column, line.end)
        mistake = self._mistake(str(error).replace("the formula", "the line"), line, place, error.hint)
        if error.correction is not None:
            start, end = self.places[line.right], self.places[line.end]
            mistake.corrected = f"{self.typed[:start]} {error.correction}{self.typed[end:]}"
            mistake.hint = error.correction
        return mistake

    def _words(self, line: _Line) -> Iterator[Token]:
        """The words of the right side, up to a sign that means nothing, of which the grammar tells."""
        for token in tokens(self.text[line.right : line.end]):
            if token.kind == "other":
                return
            if token.kind == "word":
                yield token._replace(start=token.start + line.right, end=token.end + line.right)

    def _known(self, line: _Line) -> list[str]:
        """What this line may read: of what is assigned, that which is so at each step that takes the line."""
        before = set.intersection(*self._readers(line))
        return [*GIVEN, *self.hyperparameters, *self.states, *sorted(before - {*GIVEN, *self.hyperparameters})]

    def _readers(self, line: _Line) -> list[set[str]]:
        """What is assigned by now in a usual step, and in the first one, whichever take this line."""
        firsts = {other.base for other in self.lines if other.target.endswith("_first")}
        if line.target.endswith("_first"):
            return [self.assigned_first]
        if line.target.endswith("_next") and line.base in firsts:
            return [self.assigned]
        return [self.assigned, self.assigned_first]

    def _is_unknown(self, word: Token, known: Collection[str]) -> bool:
        text = word.text
        if text in known or text in NUMBERS or ALIASES.get(text, text) in RULE_FUNCTIONS:
            return False
        if set(text) <= {name for name in known if len(name) == 1}:
            return False
        # What is called is a function, of which the grammar tells.
        return not self.text[word.end :].lstrip(" ").startswith("(") or self._is_name(text)

    def _is_name(self, text: str) -> bool:
        return any(text in (line.target, line.gives) for line in self.lines) or text in _OTHER_WORDS or text in USUAL

    def _unknown(self, line: _Line, words: Sequence[Token], known: Collection[str]) -> _Mistake:
        """What is wrong with words that are not known: all that are hyperparameters are told at once."""
        undeclared: dict[str, float] = {}
        for word in words:
            mistake = self._misplaced(line, word) or self._misspelled(line, word, known)
            if mistake is not None:
                return mistake
            undeclared[word.text] = USUAL.get(word.text, _USUAL_OTHERWISE)
        word = words[0]
        if _wrong_name(word.text) or len(self.hyperparameters) + len(undeclared) > MAX_HYPERPARAMETERS:
            return self._mistake(f"'{_shown(word.text)}' is not known", line, word.start, _names(known))
        told = ",".join(f"{name}:{value:g}" for name, value in undeclared.items())
        message = f"'{word.text}' is not known: no line before assigns it, and no hyperparameter is called so"
        mistake = self._mistake(message, line, word.start, f"hyperparameters={told}")
        mistake.declared = undeclared
        return mistake

    def _misplaced(self, line: _Line, word: Token) -> _Mistake | None:
        """What is wrong where the word is a name that some line assigns, or one that rules have not."""
        text = word.text
        if text in _TAKEN and text not in _OTHER_WORDS:
            return self._mistake(f"'{text}' is not known: {_TAKEN[text]}", line, word.start, "the gradient")
        for other in self.lines:
            if other.target == text and not text.endswith(("_next", "_first")) and other.number >= line.number:
                message = (
                    f"'{text}' is read before it has a value; what a step leaves for the next one is assigned as "
                    f"{text}_next"
                )
                edits = self._renamed(other, f"{text}_next")
                return self._mistake(message, line, word.start, f"{text}_next = …", edits)
            if text in (other.target, other.gives):
                if other.target.endswith("_first") and text == other.target:
                    return self._mistake(f"'{text}' is read as {other.gives}", line, word.start, other.gives)
                message = f"'{text}' is read before line {other.number} assigns it"
                base = text.removesuffix("_next")
                hint = f"{base}, what the step before left, or that line first" if base != text else "that line first"
                return self._mistake(message, line, word.start, hint)
        return None

    def _misspelled(self, line: _Line, word: Token, known: Collection[str]) -> _Mistake | None:
        text = word.text
        if text in USUAL:
            return None
        if text in _COUNTED:
            message = f"'{text}' is not known; a rule counts its steps itself"
            return self._mistake(message, line, word.start, "a line count_next = count + 1, and count_next")
        meant = _OTHER_WORDS.get(text)
        if meant not in known:
            close = difflib.get_close_matches(text[:MAX_NAME], [*known, *RULE_FUNCTIONS], 1, 0.8)
            # beta2 is another number than beta1.
            close = [name for name in close if name.rstrip("0123456789") != text.rstrip("0123456789")]
            vocabulary = Vocabulary(tuple(known), RULE_FUNCTIONS, _numbers_beside(known))
            meant = close[0] if close else _parted(text, vocabulary)
        if meant is None:
            return None
        message = f"'{_shown(text)}' is not known; {_names(known)}"
        return self._mistake(message, line, word.start, meant, [(word.start, word.end, meant)])

    # --- the whole

    def _check_uses(self) -> None:
        if not any(line.target == "point_next" for line in self.lines):
            raise self._no_point()
        read_by = {line.target: set(names_in(self.trees[line.target])) for line in self.lines}
        reached, waiting = set[str](), ["point_next"]
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            reached.add(name)
            # A part of the state is what an earlier step left; what begins otherwise is read at the first step.
            sources = [f"{name}_next"] if name in self.states else [name, f"{name.removesuffix('_next')}_first"]
            for source in sources:
                waiting += read_by.get(source, ())
                if source in read_by and source != name:
                    waiting.append(source)
        if "gradient" not in reached:
            message = "the rule never uses the gradient, so no ground would change its walk"
            place = next(line for line in self.lines if line.target == "point_next")
            raise self._mistake(message, place, place.right, _PLAINEST)
        for line in self.lines:
            if line.gives not in reached:
                raise self._unused(line)
        for name in self.hyperparameters:
            if name not in reached:
                mistake = _Mistake(f"the rule does not use its hyperparameter '{name}'", None, None, "leave it out")
                mistake.left_out = name
                raise mistake

    def _no_point(self) -> _Mistake:
        message, last = "no line assigns point_next, where the step leads", self.lines[-1]
        for line in self.lines:
            if _OTHER_WORDS.get(line.target) in ("point", "point_next"):
                edits = [(line.start, line.name_end, "point_next")]
                return self._mistake(message, line, line.start, "point_next = …", edits)
        return self._mistake(message, last, last.end, f"a line such as {_PLAINEST}")

    def _unused(self, line: _Line) -> _Mistake:
        message = f"'{line.target}' is never used: point_next does not depend on it"
        others = [other for other in self.lines if other is not line]
        left = [self.typed[self.places[other.start] : self.places[other.end]] for other in others]
        mistake = self._mistake(message, line, line.start, "leave the line out, or read it")
        mistake.corrected = "; ".join(left)
        return mistake

    def _written(self) -> Lines:
        firsts = {line.gives for line in self.lines if line.target.endswith("_first")}

        def text(line: _Line) -> str:
            tree = re.sub(r" (\*\*|\*|/) ", r"\1", ast.unparse(self.trees[line.target]))
            return f"{line.gives} = {tree}"

        lines = tuple(text(line) for line in self.lines if not line.target.endswith("_first"))
        first = tuple(text(line) for line in self.lines if line.target not in firsts)
        return Lines(lines, first if firsts else ())


_PLAINEST = "point_next = point - learning_rate*gradient"


def _wrong_name(name: str) -> str | None:
    """What is wrong with a name that somebody gives to something of a rule, None where nothing is."""
    if not _NAME.fullmatch(name):
        return "a name is small letters, digits and _, and begins with a letter"
    if len(name) > MAX_NAME:
        return f"its name is longer than {MAX_NAME} characters"
    if ALIASES.get(name, name) in RULE_FUNCTIONS:
        return "it is a function"
    if name in _TAKEN:
        return _TAKEN[name]
    if name.endswith(("_x", "_y")):
        return "each coordinate follows the rule by itself, so the name has no _x or _y"
    if name in _INTERNAL or name.startswith((ALONE, "scratch")) or name.endswith("_"):
        return "it has a meaning of its own here"
    return "it is a number" if name == "pi" else None


def _numbers_beside(known: Collection[str]) -> Mapping[str, float]:
    return {name: value for name, value in NUMBERS.items() if name not in known}


def _parted(text: str, vocabulary: Vocabulary) -> str | None:
    """A word that is several, as a product or a function's call."""
    meant = likely(text, vocabulary, called=False, raised=False)
    return meant if meant and ("*" in meant or "(" in meant) else None


def _names(known: Collection[str]) -> str:
    return f"the names are {listed(known, most=12)}"


def _shown(word: str) -> str:
    return word if len(word) <= MAX_NAME else f"{word[:MAX_NAME]}…"


def _plain(tree: ast.expr, numbers: Mapping[str, float]) -> ast.expr:
    """The tree with numbers for their names, functions of two arguments alone, and no sign that changes nothing."""
    plain: ast.expr = _Plain(numbers).visit(tree)
    return plain


class _Plain(ast.NodeTransformer):
    def __init__(self, numbers: Mapping[str, float]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self.numbers:
            return ast.copy_location(ast.Constant(self.numbers[node.id]), node)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        return node.operand if isinstance(node.op, ast.UAdd) else node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        while len(node.args) > 2 and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
            last = ast.copy_location(ast.Call(node.func, node.args[-2:], []), node)
            node.args = [*node.args[:-2], last]
        return node
