"""Every step of every walk as comma-separated values, or as spreadsheets read them where numbers have a comma."""

import math
import re
from collections.abc import Iterator
from typing import Any

from app import __version__
from app.answers.records import Walk
from app.exports.columns import pieces, single_columns
from app.exports.taken import Taken

# What stands between two numbers, and within one.
_SIGNS = {"comma": (",", "."), "semicolon": (";", ",")}
# By it spreadsheets know how letters are written; whatever else reads commas would take it for a letter.
_MARK = {"comma": "", "semicolon": "\ufeff"}
# Where a spreadsheet would begin to compute: at the beginning, or where it takes another sign for a separator.
_COMPUTES = re.compile(r"(^|[,;\t|\"])(?=\s*[=+\-@])")
# What would part a comment line, or end it; an address means the same with these signs in hundredths of bytes.
_PARTS = re.compile(r"[\s,;#\"']")


def steps_csv(taken: Taken) -> Iterator[bytes]:
    """Yield a header of comment lines, a line with the columns' names, and a line for each step, walk after walk.

    Floats have all their digits; what is not finite is empty. Where there are several runs each line has its label.
    """
    separator = str(taken.options["separator"])
    between, point = _SIGNS[separator]
    labelled = len({walk["label"] for walk in taken.walks}) > 1
    first = single_columns(taken.walks[0])
    names = [*first, *(["label"] if labelled else [])]
    yield (_MARK[separator] + _header(taken) + between.join(names) + "\n").encode()
    for walk in taken.walks:
        label = f"{between}{quoted(walk['label'])}" if labelled else ""
        yield from _lines(walk, list(first), between, point, label)


def _header(taken: Taken) -> str:
    return f"# Downhill {__version__}\n# {_whole(taken.address)}\n"


def _whole(address: str) -> str:
    """The address without a sign that a line, or a cell, ends at."""
    return _PARTS.sub(lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), address)


def _lines(walk: Walk, names: list[str], between: str, point: str, label: str) -> Iterator[bytes]:
    for piece in pieces(single_columns(walk)):
        texts = [[_text(value, point) for value in piece[name]] for name in names]
        lines = map(between.join, zip(*texts, strict=True))
        yield "".join(f"{line}{label}\n" for line in lines).encode()


def _text(value: Any, point: str) -> str:
    if isinstance(value, float):
        return repr(value).replace(".", point) if math.isfinite(value) else ""
    return str(value)


def quoted(text: str) -> str:
    """The text as one cell, which no spreadsheet takes for a formula: there an apostrophe goes before it."""
    return '"' + _COMPUTES.sub(r"\1'", text).replace('"', '""') + '"'
