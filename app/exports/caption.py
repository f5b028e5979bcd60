"""What is written under a picture: the sentence, who is who, the formula, the settings and the address."""

from collections.abc import Sequence
from typing import NamedTuple

from app.answers.records import RunRecord
from app.exports.lettering import cut, width_of, wrapped
from app.exports.look import Look, dash_of, sign_of
from app.exports.svg import element, filled, stroked, text
from app.exports.taken import Taken
from app.exports.words import NAME, formula_of, sentence_of, settings_of, title_of
from app.request.request import WalkRequest

# Sizes of letters, and how high their lines are, in pixels of the page.
_LARGE, _SMALL, _LEADING = 12.5, 9.5, 1.4
_MARGIN, _SAMPLE, _APART = 12.0, 30.0, 16.0
# A legend of so many lines says who all are; more would leave no room for the picture.
_MOST_ROWS = 4


class Caption(NamedTuple):
    """What is written, as SVG from its own upper border on, and how high it is."""

    height: int
    content: str


class _Line(NamedTuple):
    words: str
    size: float
    ink: str
    bold: bool = False


def draw_caption(taken: Taken, look: Look, width: int, unit: float) -> Caption:
    """The caption under a picture of this width."""
    request, walks = taken.request, taken.walks
    room = width - 2 * _MARGIN * unit
    large, small = _LARGE * unit, _SMALL * unit
    above = _sentences(taken, room, large, look)
    at = request.canonical["at"]
    if isinstance(at, int):
        # A walk may end sooner.
        at = min(at, max((len(walk["x"]) - 1 for walk in walks), default=at))
    entries = _entries(request, taken.runs)
    rows = _rows(entries, small, room, unit)
    more = len(entries) - sum(map(len, rows))
    settings = settings_of(request, walks) + (f", and {more} more runs" if more else "")
    settings += "" if at is None else f". Shown {_step(at)}"
    below = [
        *(_Line(words, small, look["soft"]) for words in wrapped(formula_of(request), small, room, 2)),
        *(_Line(words, small, look["soft"]) for words in wrapped(settings, small, room, 2)),
    ]
    y, drawn = _MARGIN * unit * 0.6, []
    for line in above:
        y, written = _written(line, y, unit)
        drawn.append(written)
    for row in rows:
        drawn.append(_legend(row, y + 0.7 * small * _LEADING, small, look, unit))
        y += 1.25 * small * _LEADING
    for line in below:
        y, written = _written(line, y, unit)
        drawn.append(written)
    named = width_of(NAME, small, bold=True) + _APART * unit
    address = cut(taken.address, small, room - named)
    end, written = _written(_Line(address, small, look["soft"]), y, unit)
    sign = text(NAME, width - _MARGIN * unit, y + small, small, look["ink"], bold=True, anchor="end")
    return Caption(round(end + _MARGIN * unit * 0.6), "".join([*drawn, written, sign]))


def _sentences(taken: Taken, room: float, size: float, look: Look) -> list[_Line]:
    words = sentence_of(taken.request, taken.walks) or title_of(taken.request, taken.walks)
    return [_Line(line, size, look["ink"], True) for line in wrapped(words, size, room, 2, bold=True)]


def _step(at: int | str) -> str:
    return "at its end" if at == "end" else f"at step {at}"


def _written(line: _Line, y: float, unit: float) -> tuple[float, str]:
    """Where the next line begins, and this one."""
    drawn = text(line.words, _MARGIN * unit, y + line.size, line.size, line.ink, bold=line.bold)
    return y + line.size * _LEADING, drawn


def _entries(request: WalkRequest, runs: Sequence[RunRecord]) -> list[tuple[int, str]]:
    """The runs that are seen, each with its style and its name."""
    each = request.each_run
    return [(run["run"], run["label"]) for run in runs if not each[run["run"]].hidden]


def _rows(
    entries: Sequence[tuple[int, str]], size: float, room: float, unit: float
) -> list[list[tuple[int, str, float]]]:
    """The entries in lines, each with where it begins, as many lines as there is room for."""
    rows: list[list[tuple[int, str, float]]] = [[]]
    x = 0.0
    for style, label in entries:
        label = cut(label, size, room - (_SAMPLE + 6) * unit)
        wide = (_SAMPLE + 6 + _APART) * unit + width_of(label, size)
        if x and x + wide - _APART * unit > room:
            rows.append([])
            x = 0.0
        rows[-1].append((style, label, x))
        x += wide
    return [row for row in rows if row][:_MOST_ROWS]


def _legend(row: Sequence[tuple[int, str, float]], y: float, size: float, look: Look, unit: float) -> str:
    """How each run of a line is drawn, and what it is called."""
    drawn = []
    for style, label, offset in row:
        x = _MARGIN * unit + offset
        drawn.append(sample(style, x, y, _SAMPLE * unit, look, unit))
        drawn.append(text(label, x + (_SAMPLE + 6) * unit, y + 0.36 * size, size, look["ink"]))
    return "".join(drawn)


def sample(style: int, x: float, y: float, width: float, look: Look, unit: float) -> str:
    """A piece of a run's trail with its sign."""
    line = f"M{x:.1f} {y:.1f}h{width:.1f}"
    ink = look.walker(style)
    strokes = (
        stroked(look["casing-outer"], 5 * unit),
        stroked(look["casing"], 3.8 * unit),
        stroked(ink, 2.2 * unit, dash=dash_of(style, unit)),
    )
    signs = ((5.2, look["casing"]), (4.2, ink))
    return "".join(element("path", d=line, **stroke) for stroke in strokes) + "".join(
        element("path", d=sign_of(style, x + width / 2, y, radius * unit), **filled(shade)) for radius, shade in signs
    )
