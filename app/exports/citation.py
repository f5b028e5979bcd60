"""A citation of a walk: a sentence for people, and an entry for BibTeX."""

import hashlib
import re
import unicodedata

from app import __version__
from app.exports.taken import Taken
from app.request.request import WalkRequest

AUTHORS, YEAR = "The Downhill authors", 2026

# A brace that is escaped still counts as one for BibTeX, so that one alone would end, or never end, its field.
_SIGNS = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    '"': "''",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "−": "-",
    "…": r"{\ldots}",
    "ß": r"{\ss}",
    "ø": r"{\o}",
    "Ø": r"{\O}",
    "æ": r"{\ae}",
    "Æ": r"{\AE}",
    "ł": r"{\l}",
    "Ł": r"{\L}",
    "œ": r"{\oe}",
    "Œ": r"{\OE}",
    "ı": r"{\i}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "°": r"$^\circ$",
}
# What a letter bears, as LaTeX writes it before the letter.
_ACCENTS = {
    "\N{COMBINING GRAVE ACCENT}": "`",
    "\N{COMBINING ACUTE ACCENT}": "'",
    "\N{COMBINING CIRCUMFLEX ACCENT}": "^",
    "\N{COMBINING TILDE}": "~",
    "\N{COMBINING MACRON}": "=",
    "\N{COMBINING BREVE}": "u",
    "\N{COMBINING DOT ABOVE}": ".",
    "\N{COMBINING DIAERESIS}": '"',
    "\N{COMBINING RING ABOVE}": "r",
    "\N{COMBINING DOUBLE ACUTE ACCENT}": "H",
    "\N{COMBINING CARON}": "v",
    "\N{COMBINING CEDILLA}": "c",
    "\N{COMBINING OGONEK}": "k",
}
_GREEK = re.compile(r"GREEK (SMALL|CAPITAL) LETTER ([A-Z]+)")
# LaTeX has no name for Greek letters that look like Latin ones.
_LATIN = {"Alpha": "A", "Beta": "B", "Epsilon": "E", "Eta": "H", "Mu": "M", "Nu": "N", "Rho": "P", "Tau": "T"}


def title(request: WalkRequest) -> str:
    """What is seen: the landscape, and the runs, each by its name or its optimizer."""
    runs = dict.fromkeys(run.name or run.optimizer.title for run in request.each_run)
    return f"{request.landscape.title}, {', '.join(runs)}"


def sentence(request: WalkRequest) -> str:
    """The citation as people write it, before the address."""
    return f"{AUTHORS} ({YEAR}). Downhill: {title(request)} (version {__version__})."


def bibtex(taken: Taken) -> bytes:
    """The entry of the page that shows the walks, in ASCII; its key is another one for each address."""
    digest = hashlib.sha256(taken.request.query.encode()).hexdigest()[:6]
    key = f"downhill-{taken.request.landscape.slug}-{taken.request.optimizer.slug}-{digest}"
    entry = f"""@misc{{{key},
  author  = {{{{{latex(AUTHORS)}}}}},
  title   = {{{{Downhill: {latex(title(taken.request))}}}}},
  year    = {{{YEAR}}},
  version = {{{__version__}}},
  note    = {{Version {__version__}}},
  url     = {{{_plain(taken.address)}}},
}}
"""
    return entry.encode("ascii")


def latex(text: str) -> str:
    """The text as LaTeX prints it, in ASCII; what LaTeX has no name for is a question mark."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    if letter.isascii():
        return letter
    apart = unicodedata.normalize("NFD", letter)
    if len(apart) == 2 and apart[0].isascii() and apart[1] in _ACCENTS:
        return f"{{\\{_ACCENTS[apart[1]]}{{{apart[0]}}}}}"
    greek = _GREEK.fullmatch(unicodedata.name(letter, ""))
    if greek:
        name = greek[2].lower() if greek[1] == "SMALL" else greek[2].capitalize()
        return _LATIN.get(name) or ("o" if name == "omicron" else f"$\\{name}$")
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


def _plain(address: str) -> str:
    """The address as ``\\url`` takes it, which escapes nothing: what has a meaning in a field is in hundredths."""
    return re.sub(r"[^!-~]|[{}\\\"^<>|`]", lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), address)
