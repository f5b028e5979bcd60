"""What is typed as tokens: numbers, words, superscripts and signs, each with where it stands."""

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

GREEK = (
    *(
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
    ),
    *("omicron", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega"),
)
_SPELLED = {**dict(zip("αβγδεζηθικλμνξορστυφχψω", GREEK, strict=True)), "π": "pi"}
# Other signs for the same, each one character, so that columns stay what they were.
_SAME = dict(zip("−–×·⋅∗÷∕∣ϵϑϕϱµ", "--****//|εθφρμ", strict=True))
_SUPERSCRIPTS = {sign: str(digit) for digit, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}
_KEPT = {*_SUPERSCRIPTS, "⁻", "√", "≤", "≥", *_SPELLED}
_PAIRS = ("**", "<=", ">=", "==", "!=")


class Token(NamedTuple):
    """A word, a number, a superscript (``text`` as ordinary digits), a sign, the end, or other: what means nothing."""

    kind: str
    text: str
    start: int
    end: int

    def begins(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs


def tokens(typed: str) -> Iterator[Token]:
    """The tokens of a text, an end behind them; a Greek letter is the word that spells it."""
    text = "".join(map(_plain, typed))
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        kind, end = _token_at(text, place)
        written = text[place:end]
        if kind == "superscript":
            written = "".join(_SUPERSCRIPTS.get(sign, "-") for sign in written)
        yield Token(kind, _SPELLED.get(written, written), place, end)
        place = end
    yield Token("end", "", len(text), len(text))


def _plain(sign: str) -> str:
    """A character as it is written in Python, where it is another form of the same."""
    if sign.isascii() or sign in _KEPT:
        return sign
    if sign in _SAME:
        return _SAME[sign]
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 and plain.isprintable() else sign


def _token_at(text: str, place: int) -> tuple[str, int]:
    """Which kind of token begins here, and where it ends."""
    sign, pair = text[place], text[place : place + 2]
    if _is_digit(sign) or (sign == "." and _is_digit(pair[1:])):
        return "number", _number_end(text, place)
    if sign in _SPELLED:
        return "word", place + 1
    if _is_in_word(sign):
        return "word", next((end for end in range(place, len(text)) if not _is_in_word(text[end])), len(text))
    if sign in _SUPERSCRIPTS or sign == "⁻":
        ends = (end for end in range(place + 1, len(text)) if text[end] not in _SUPERSCRIPTS)
        return "superscript", next(ends, len(text))
    if pair in _PAIRS:
        return "sign", place + 2
    return "sign" if sign in "+-*/^()|,<>≤≥=√" else "other", place + 1


def _is_in_word(sign: str) -> bool:
    """Whether it goes on with a word; a digit does, for beta1 is one, and the sort of what begins is known by then."""
    return sign.isascii() and (sign.isalnum() or sign == "_")


def _is_digit(text: str) -> bool:
    return len(text) == 1 and text.isascii() and text.isdigit()


def _digits_end(text: str, place: int) -> int:
    while _is_digit(text[place : place + 1]):
        place += 1
    return place


def _number_end(text: str, place: int) -> int:
    end = _digits_end(text, place)
    if text[end : end + 1] == ".":
        end = _digits_end(text, end + 1)
    if text[end : end + 1] in ("e", "E"):
        power = end + 1 + (text[end + 1 : end + 2] in ("+", "-"))
        # 2e is twice Euler's number, 2e3 two thousand.
        if _digits_end(text, power) > power:
            return _digits_end(text, power)
    return end
