"""What was typed in a request, a formula or a rule, and what is derived of it: a landscape, an optimizer.

Deriving may take a tenth of a second, so it is done once and kept. Where nobody may be kept waiting for so long, it is
done ``elsewhere``: what is not known yet is raised, to be derived in another process, and the request is made anew.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, NoReturn, TypeAlias, TypeVar

from app.descent.formulas.formula import Formula, compiled_sources, keep_compiled
from app.descent.formulas.memory import Memory, remembered
from app.descent.formulas.notation import FormulaError
from app.descent.judging.crossings import cells_ahead, keep_cells
from app.descent.landscapes.landscape import Box, Landscape, StationaryPoint
from app.descent.landscapes.typed import CONSTANT, Proposal, assembled, compiled, constants_of, propose, propose_domain
from app.descent.optimizers.own_rule import OwnRule
from app.descent.optimizers.own_rule import compiled_sources as compiled_rule
from app.descent.optimizers.own_rule import keep_compiled as keep_rule
from app.descent.optimizers.reading import RuleError
from app.descent.optimizers.table import Optimizer
from app.descent.optimizers.typed import typed_optimizer
from app.request.errors import ApiError, short
from app.request.synonyms import question
from app.request.writing import write_value

T = TypeVar("T")
# Characters that are kept: of texts, and of the formulas that were made of them.
_ROOM = 4_000_000
# An entry with an error, what an optimizer or a landscape has beside its text, and each stationary point.
_SMALL, _USUAL, _POINT = 1_000, 4_000, 250
# Beyond it no domain is proposed in: it is checked as that of a built-in landscape is.
_FURTHEST = 1e9

_FORMULA_IS = "A formula in x and y, or in x alone, such as a*x^2 + y^2."
_RULE_IS = "Lines such as point_next = point - learning_rate*gradient, with semicolons between."


class Refused(NamedTuple):
    """Why nothing is derived: at which key, and what an error tells beside it."""

    key: str
    message: str
    hint: str
    column: int | None = None
    line: int | None = None
    correction: tuple[tuple[str, str], ...] = ()

    @property
    def size(self) -> int:
        """How many characters are kept of it."""
        return _SMALL

    def complain(self) -> NoReturn:
        """Raise ``ApiError`` with all that."""
        raise ApiError(
            self.message,
            self.key,
            self.hint,
            correction=self.correction,
            column=self.column,
            line=self.line,
            typed=True,
        )


class DerivedFormula(NamedTuple):
    """All that is found of a typed formula, as it is sent between processes. ``proposed`` is the domain without one."""

    formula: Formula
    values: Mapping[str, float]
    found: Proposal
    proposed: Box | None
    stationary_points: tuple[StationaryPoint, ...]
    cells: bytes | None  # the grid of its basins, where that is found ahead
    compiled: bytes

    @property
    def size(self) -> int:
        """How many characters are kept of it."""
        return self.formula.size + _USUAL + _POINT * len(self.stationary_points) + len(self.cells or b"")

    def made(self) -> Landscape:
        """The landscape, with all that is known already."""
        keep_compiled(self.formula, self.compiled)
        landscape = assembled(self.formula, self.values, self.found, self.proposed)
        vars(landscape.at())["stationary_points"] = self.stationary_points
        if self.cells is not None:
            keep_cells(landscape.at(), landscape.goal, self.cells)
        return landscape


class DerivedRule(NamedTuple):
    """The optimizer of a typed rule, as it is sent between processes."""

    optimizer: Optimizer
    compiled: bytes

    @property
    def size(self) -> int:
        """How many characters are kept of it."""
        return _USUAL

    def made(self) -> Optimizer:
        """The optimizer, with all that is known already."""
        rule = self.optimizer.rule
        assert isinstance(rule, OwnRule)
        keep_rule(rule, tuple(self.optimizer.values({})), self.compiled)
        return self.optimizer


class TypedFormula(NamedTuple):
    """A formula as it was typed, with the constants and the domain that are given."""

    text: str
    constants: tuple[tuple[str, float], ...] = ()
    domain: tuple[float, ...] | None = None

    def derive(self) -> DerivedFormula | Refused:
        """What is to be known of it, or why there is nothing."""
        try:
            formula = compiled(self.text)
        except FormulaError as error:
            return _refused("formula", error, _FORMULA_IS)
        try:
            values = constants_of(formula, dict(self.constants))
        except FormulaError as error:
            return _refused("constants", error, "Numbers such as a:4,b:0.5.")
        given = tuple(values.values())
        box, usual = self._box(formula), None
        try:
            usual = _usual_domain(formula, given)
        except FormulaError as error:
            if box is None:
                return _refused("formula", error, _FORMULA_IS)
        try:
            found = _proposed(formula, given, box or usual)
        except FormulaError as error:
            return _refused("domain" if box else "formula", error, "Where the formula has values.")
        try:
            formula.bind(given)
            formula.bind_roughly(given)
        except (ArithmeticError, ValueError):
            shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
            return _refused("constants", FormulaError(f"with {shown} the formula has no value anywhere"), "Others.")
        landscape = assembled(formula, values, found, usual)
        points, cells = landscape.at().stationary_points, cells_ahead(landscape.at(), landscape.goal)
        return DerivedFormula(formula, values, found, usual, points, cells, compiled_sources(formula))

    def _box(self, formula: Formula) -> Box | None:
        """The domain that is given, where something can be proposed in it; all others are refused later."""
        sides = self.domain
        if sides is None or len(sides) != 2 * formula.dimensions or max(map(abs, sides)) > _FURTHEST:
            return None
        widths = zip(sides[0::2], sides[1::2], strict=True)
        wide = all(high - low >= 1e-9 * max(1e-6, abs(low), abs(high)) for low, high in widths)
        return Box.of(sides) if wide else None


class TypedRule(NamedTuple):
    """A rule as it was typed, with the hyperparameters that are given."""

    text: str
    hyperparameters: tuple[tuple[str, float], ...] = ()

    def derive(self) -> DerivedRule | Refused:
        """The optimizer, or why there is none."""
        try:
            optimizer = typed_optimizer(self.text, dict(self.hyperparameters))
        except RuleError as error:
            return _refused("rule", error, _RULE_IS)
        assert isinstance(optimizer.rule, OwnRule)
        return DerivedRule(optimizer, compiled_rule(optimizer.rule, tuple(optimizer.values({}))))


Typed: TypeAlias = TypedFormula | TypedRule
Derived: TypeAlias = DerivedFormula | DerivedRule | Refused


@remembered(_ROOM, lambda arguments, domain: _SMALL)
def _usual_domain(formula: Formula, given: tuple[float, ...]) -> Box:
    return _with_ones(propose_domain, formula, given)


@remembered(_ROOM, lambda arguments, proposal: _SMALL)
def _proposed(formula: Formula, given: tuple[float, ...], domain: Box) -> Proposal:
    return _with_ones(lambda formula, values: propose(formula, values, domain), formula, given)


def _with_ones(find: Callable[[Formula, tuple[float, ...]], T], formula: Formula, given: tuple[float, ...]) -> T:
    """What is found with the constants at 1, so that no slider of theirs moves it; or else as they are given."""
    usual = (CONSTANT,) * len(given)
    try:
        return find(formula, usual)
    except FormulaError:
        if given == usual:
            raise
        return find(formula, given)


def _refused(key: str, error: FormulaError, otherwise: str) -> Refused:
    """The error as every error is told, with what was likely meant."""
    line, needed = (error.line, error.hyperparameters) if isinstance(error, RuleError) else (None, None)
    correction = []
    if error.correction:
        correction.append((key, error.correction))
    if needed is not None:
        correction.append(("hyperparameters", write_value(dict(needed))))
    if needed is not None and error.column is None:
        key = "hyperparameters"
    plain = error.hint.rstrip(".") if error.hint and not error.correction else ""
    # Lines of a rule begin as they are written.
    told = f"Such as {plain}." if "=" in plain else f"{plain[:1].upper()}{plain[1:]}." if plain else otherwise
    hint = asked_whether(correction) or told
    place = "" if error.column is None else f", character {error.column + 1}"
    return Refused(key, f"{key}{place}: {str(error).rstrip('.')}.", hint.strip(), error.column, line, (*correction,))


def asked_whether(correction: Sequence[tuple[str, str]]) -> str:
    """The question whether that was meant, nothing where it is nothing."""
    meant = "&".join(f"{name}={short(text)}" for name, text in correction if text)
    return question([meant] if meant else []).strip()


def derive(typed: Typed) -> Derived:
    """What is to be known of what was typed; wherever it is called, it can be sent there and back."""
    return typed.derive()


# --- what is known


class UnderivedError(Exception):
    """What was typed is not known yet, and is to be derived elsewhere."""

    def __init__(self, typed: Typed) -> None:
        super().__init__("what was typed is not derived yet")
        self.typed = typed


_known: Memory[Landscape | Optimizer | Refused] = Memory(_ROOM)
# What was derived for the request that is being made, where that is done elsewhere.
_at_hand: ContextVar[Mapping[Typed, Derived] | None] = ContextVar("at_hand", default=None)


@contextmanager
def elsewhere(at_hand: Mapping[Typed, Derived]) -> Iterator[None]:
    """Let nothing be derived here: what is neither known nor at hand raises ``UnderivedError``."""
    token = _at_hand.set(at_hand)
    try:
        yield
    finally:
        _at_hand.reset(token)


def _found(typed: Typed) -> Landscape | Optimizer | Refused:
    found = _known.get(typed)
    if found is not None:
        return found
    at_hand = _at_hand.get()
    if at_hand is None:
        derived: Derived = typed.derive()
    elif typed in at_hand:
        derived = at_hand[typed]
    else:
        raise UnderivedError(typed)
    made = derived if isinstance(derived, Refused) else derived.made()
    return _known.keep(typed, made, derived.size + len(typed.text))


def landscape_of_formula(
    text: str, constants: Mapping[str, float] | None = None, domain: Sequence[float] | None = None
) -> Landscape:
    """The landscape of a typed formula. Raises ``ApiError``."""
    sides = None if domain is None else tuple(domain)
    # What is no domain is told where all domains are checked.
    if sides is not None and not all(map(math.isfinite, sides)):
        sides = None
    found = _found(TypedFormula(text, tuple((constants or {}).items()), sides))
    if isinstance(found, Refused):
        found.complain()
    assert isinstance(found, Landscape)
    return found


def optimizer_of_rule(text: str, hyperparameters: Mapping[str, float] | None = None) -> Optimizer:
    """The optimizer of a typed rule. Raises ``ApiError``."""
    found = _found(TypedRule(text, tuple((hyperparameters or {}).items())))
    if isinstance(found, Refused):
        found.complain()
    assert isinstance(found, Optimizer)
    return found
