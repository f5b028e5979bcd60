"""Numbers and texts as Python's literals, and comments that nothing breaks out of: all of it ASCII on lines of ours."""

import re
import textwrap
from collections.abc import Iterable, Sequence

_WIDTH = 100


def number(value: float) -> str:
    """A number with all its digits; a whole one as such where that is the same number."""
    value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        return f"float({str(value)!r})"
    return str(int(value)) if value.is_integer() and abs(value) < 1e9 and str(value) != "-0.0" else repr(value)


def text(value: str) -> str:
    """A text as a literal in ASCII, in which no page sees a tag."""
    return ascii(value).replace("<", r"\x3c")


def point(values: Iterable[float]) -> str:
    """A point as a list."""
    return f"[{', '.join(repr(float(value)) for value in values)}]"


def numbers(values: Iterable[float]) -> list[str]:
    """Many numbers as the lines between the brackets of a list."""
    return textwrap.wrap(
        ", ".join(repr(float(value)) for value in values) + ",", _WIDTH, break_long_words=False, break_on_hyphens=False
    )


def points(rows: Iterable[Sequence[float]]) -> list[str]:
    """Many points as the lines between the brackets of a list, several on each."""
    # A blank within a point would be a place for a line to end at.
    written = (f"({','.join(repr(float(value)) for value in row)})" for row in rows)
    return textwrap.wrap(", ".join(written) + ",", _WIDTH, break_long_words=False, break_on_hyphens=False)


def comment(words: str, indent: str = "") -> list[str]:
    """Words as lines of comment: in ASCII, without anything that ends a line."""
    plain = _plain(" ".join(words.split()))
    # An address has no blanks, and is not torn apart.
    wrapped = textwrap.wrap(plain, _WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}# {line}" for line in wrapped]


# Signs of this field that have a spelling in ASCII.
_SPELLED = str.maketrans(
    {
        "α": "alpha",
        "β": "beta",
        "γ": "gamma",
        "η": "eta",
        "θ": "theta",
        "κ": "kappa",
        "λ": "lambda",
        "ρ": "rho",
        "τ": "tau",
        "ε": "epsilon",
        "μ": "mu",
        "σ": "sigma",
        "−": "-",
        "–": "-",
        "×": "x",
        "ᵏ": "**k",
        "²": "**2",
        "³": "**3",
        "’": "'",
        "‖": "|",
        "·": "*",
        "é": "e",
        "š": "s",
        "₁": "1",
        "₂": "2",
    }
)


def _plain(words: str) -> str:
    """The words in printable ASCII."""
    spelled = words.translate(_SPELLED).encode("ascii", "backslashreplace").decode()
    printable = "".join(sign if sign.isprintable() else "?" for sign in spelled)
    # No tag either, should the script stand in a page.
    return re.sub(r"<(?=[a-zA-Z/!?])", "< ", printable)
