"""One value's text → a number, a list or a word."""

import math
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any, NoReturn

from app.descent.formulas.tokens import tokens
from app.request.errors import ApiError, short
from app.request.keys import (
    EXAMPLES,
    LISTS,
    MAX_LINKED_POINTS,
    MAX_OWN_POINTS,
    NAMED,
    NAMES,
    PARTS,
    SIDES,
    WHOLE,
    WORDS,
    expected,
)
from app.request.synonyms import like_step, question

# No part can match the same digits in two ways: a failure costs one look at each.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBERS = re.compile(rf"\s*{_NUMBER.pattern}\s*(?:/\s*{_NUMBER.pattern}\s*)?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
# The signs of points of plain numbers, none of which float would read as anything else.
_PLAIN = re.compile(r"[\d.eE+\-,; \n]+", re.ASCII)
_ROW_ENDS = re.compile(r"[;\n]")
LONGEST_NUMBER = 400
_LONGEST_NAME = 40
# How many numbers a list may have.
_COUNTS = {"start": (1, 2), "domain": (2, 4), "window": (2, 4), "box": (2, 4)}


def tidy(text: str, names: Iterable[str]) -> str:
    """The name that the text is but for letter case and the spaces around it, or the text as it is."""
    tidy = text.strip().lower()
    return tidy if tidy in names else text


def tidy_value(key: str, text: str) -> str:
    """What a key that takes a word is given, tidied where it is known what it may be."""
    return tidy(text, {**NAMES, "at": ("end",), "hide": PARTS}.get(key, ()))


def read_value(key: str, text: str) -> Any:
    """What the text is at this key. Raises ``ApiError``."""
    if key == "view" and "," in text:
        return [tidy_value(key, part.strip()) for part in text.split(",")]
    if key in WORDS:
        return tidy_value(key, text)
    if key in LISTS:
        return read_list(key, text)
    if key in NAMED:
        return read_named(key, text)
    if key == "at":
        return read_step(text)
    if key == "data":
        return read_points(text)
    if key == "hide":
        return _read_parts(text)
    return read_whole(key, text) if key in WHOLE else read_number(key, text)


def spelled(name: str) -> str:
    """The name of a constant or a hyperparameter as formulas and rules have it: a Greek letter is its name."""
    return "".join(token.text for token in tokens(name.strip())) if len(name) <= _LONGEST_NAME else name


def read_named(key: str, text: str) -> dict[str, float]:
    """The numbers by name that the text is, such as a:4,b:0.5; semicolons part them as well. Raises ``ApiError``."""
    numbers: dict[str, float] = {}
    for part in re.split("[,;]", text.strip().removesuffix(";")):
        name, colon, number = part.partition(":")
        name = spelled(name)
        if not colon or not name:
            meant = re.sub(r"\s*=\s*", ":", text) if ":" not in text else ""
            raise ApiError(
                f"{key}: {short(part.strip()) or 'a part of it'} is no name with a number.",
                key,
                (question([f"{key}={short(meant)}"]) if "=" in text and meant else "") + expected(key),
                correction=[(key, meant)] if "=" in text and meant else (),
            )
        if name in numbers:
            raise ApiError(f"{key}: {short(name)} is given more than once.", key, "Give it once.")
        numbers[name] = read_number(key, number)
    return numbers


def read_list(key: str, text: str) -> list[float]:
    """The finite numbers that the text is, with commas between. Raises ``ApiError``."""
    parts = text.split(",")
    if all(_NUMBERS.fullmatch(part) for part in parts):
        return [read_number(key, part) for part in parts]
    meant = _meant_list(text, _COUNTS[key])
    form = f"{key}={meant or EXAMPLES[key]}"
    raise ApiError(
        f"{key}={short(text)} is not a number or several with commas between.",
        key,
        f"Write it like {form}: {SIDES[key]}.",
        correction=[(key, meant)] if meant else (),
    )


def _meant_list(text: str, counts: Iterable[int]) -> str | None:
    """The numbers in the text with commas between, however they stand in it; None where they are not so many."""
    text = re.sub(r"[()\[\]{}<>\"']|\b[xy]\s*[=:]", " ", text[:LONGEST_NUMBER]).strip(" ,;|")
    pieces = re.split(r"\s*[;|]\s*|\s+", text)
    if len(pieces) > 1 and all(re.fullmatch(r"[+-]?\d*,\d+", piece) for piece in pieces):
        # Where something else parts the numbers, the comma is the decimal one.
        pieces = [piece.replace(",", ".") for piece in pieces]
    else:
        pieces = re.split(r"\s*[,;|:]\s*|\s+", text)
    return ",".join(pieces) if len(pieces) in counts and all(map(_NUMBER.fullmatch, pieces)) else None


def read_points(text: str) -> list[list[float]]:
    """The points that the text is, x,y;x,y;…, or rows of as many numbers as there are. Raises ``ApiError``.

    Rows may stand in lines of their own; the last one may end like the others.
    """
    rows = _ROW_ENDS.split(text.strip().removesuffix(";"))
    check_count(len(rows), MAX_LINKED_POINTS, f" A POST takes up to {MAX_OWN_POINTS}.")
    if (points := _plain_points(text, rows)) is not None:
        return points
    try:
        return [
            [_read_coordinate(number, column, part) for column, part in enumerate(row.split(","), 1)]
            for number, row in enumerate(rows, 1)
        ]
    except ApiError as error:
        if meant := _meant_points(text):
            error.hint, error.correction = question([f"data={short(meant)}"]) + (error.hint or ""), [("data", meant)]
        raise


def _plain_points(text: str, rows: Sequence[str]) -> list[list[float]] | None:
    """The points where all are plain finite numbers, as nearly always; None where each has to be looked at."""
    if not _PLAIN.fullmatch(text):
        return None
    try:
        points = [[float(part) for part in row.split(",")] for row in rows]
    except ValueError:
        return None
    return points if all(map(math.isfinite, chain.from_iterable(points))) else None


def _read_coordinate(row: int, column: int, text: str) -> float:
    try:
        return read_number("data", text)
    except ApiError:
        wrong_number(row, column, text)


def wrong_number(row: int, column: int, text: str) -> NoReturn:
    """Raise ``ApiError`` naming the row and the column, from 1 on, of what is no finite number."""
    what = f"{short(text.strip())} is not a finite number" if text.strip() else "there is no number"
    raise ApiError(f"data, row {row}, column {column}: {what}.", "data", expected("data"))


def check_count(count: int, most: int, hint: str = "") -> None:
    """Raise ``ApiError`` where these are more points than may be given."""
    if count > most:
        raise ApiError(f"data has {count} points.", "data", f"At most {most}.{hint}")


def _meant_points(text: str) -> str | None:
    """The points in the text as they are to be written, where it has them with other signs between; else None."""
    groups = re.findall(r"[\[({]([^\[\](){}]*)[\])}]", text) if re.search(r"[\[({]", text) else _ROW_ENDS.split(text)
    rows = [re.split(r"\s*[,:|]\s*|\s+", group.strip(" ,")) for group in groups if group.strip(" ,")]
    alike = len({len(row) for row in rows}) == 1 and len(rows[0]) in (2, 3)
    if not alike or not all(_NUMBER.fullmatch(part) for row in rows for part in row):
        return None
    meant = ";".join(map(",".join, rows))
    return meant if _plain_points(meant, meant.split(";")) else None


def read_number(key: str, text: str) -> float:
    """The finite number that the text is, or the quotient of two as in 1/3. Raises ``ApiError``."""
    if len(text) > LONGEST_NUMBER or not _NUMBERS.fullmatch(text):
        raise ApiError(f"{key}={short(text)} is not a number.", key, decimal_point(text) + expected(key))
    above, _, below = text.partition("/")
    if below and not float(below):
        raise ApiError(f"{key}={short(text)} divides by zero.", key, expected(key))
    number = float(above) / float(below or 1)
    if not math.isfinite(number):
        raise ApiError(f"{key}={short(text)} is too large to be a finite number.", key, expected(key))
    return number


def _read_parts(text: str) -> list[str]:
    """The parts of the page that the text names, with commas between. Raises ``ApiError`` where it names none."""
    parts = [tidy(part, PARTS).strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise ApiError(f"hide={short(text)} names no part of the page.", "hide", expected("hide"))
    return parts


def read_step(text: str) -> int | str:
    """The step that the text names: its number, or ``end``. Raises ``ApiError``."""
    if tidy(text, ("end",)) == "end":
        return "end"
    try:
        return read_whole("at", text)
    except ApiError as error:
        if meant := like_step(text):
            error.hint, error.correction = question([meant]) + (error.hint or ""), [("at", meant)]
        raise


def decimal_point(text: str) -> str:
    """The hint that a decimal comma needs; empty where the text is no number with one."""
    point = text.strip().replace(",", ".")
    if len(text) > LONGEST_NUMBER or "," not in text or not _NUMBER.fullmatch(point):
        return ""
    return f"Write it with a decimal point: {short(point)}. "


def read_whole(key: str, text: str, hint: str | None = None) -> int:
    """The whole number that the text is, as in 1e3. Raises ``ApiError``; its hint is what the key takes."""
    if _INTEGER.fullmatch(text.strip()) and len(text) <= LONGEST_NUMBER:
        return int(text)
    with suppress(ApiError):
        number = read_number(key, text)
        if number.is_integer():
            return int(number)
    raise ApiError(f"{key}={short(text)} is not a whole number.", key, decimal_point(text) + (hint or expected(key)))
