"""What is typed as tokens: numbers, words, superscripts and signs, each with where it stands."""

import re
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
_RAISED = "".join(_SUPERSCRIPTS)
# 2e is twice Euler's number, 2e3 two thousand. Words may hold digits: beta1 is one.
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    rf"|(?P<word>[A-Za-z_][A-Za-z_0-9]*|[{''.join(_SPELLED)}])"
    rf"|(?P<superscript>[⁻{_RAISED}][{_RAISED}]*)"
    r"|(?P<sign>\*\*|[<>=!]=|[-+*/^()|,<>≤≥=√])"
    r"|(?P<space>\s+)"
    r"|(?P<other>.)",
    re.DOTALL,
)


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
    text = typed if typed.isascii() else "".join(map(_plain, typed))
    for match in _TOKEN.finditer(text):
        kind, written = str(match.lastgroup), match.group()
        if kind == "space":
            continue
        if kind == "superscript":
            written = "".join(_SUPERSCRIPTS.get(sign, "-") for sign in written)
        yield Token(kind, _SPELLED.get(written, written), match.start(), match.end())
    yield Token("end", "", len(text), len(text))


def _plain(sign: str) -> str:
    """A character as it is written in Python, where it is another form of the same."""
    if sign.isascii() or sign in _KEPT:
        return sign
    if sign in _SAME:
        return _SAME[sign]
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 and plain.isprintable() else sign
