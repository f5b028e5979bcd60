"""The strip below a film's pictures: the step and the loss, what was set, and the address of the page."""

from collections.abc import Sequence

from PIL import Image

from app.exports.films.cast import Walker, outcome_of
from app.exports.films.letters import rows_of, write
from app.exports.films.styles import Stamps
from app.exports.films.theme import Theme
from app.exports.lettering import cut, width_of, wrapped
from app.exports.numbers import shown
from app.exports.taken import Taken
from app.exports.words import formula_of, settings_of

# Rows of names, of settings, and of the address, at the most.
_ROWS, _SETTINGS_ROWS, _ADDRESS_ROWS = 3, 2, 2
# What a sign takes before a name, in heights of letters.
_SIGN = 1.3
# The parts of a row that letters take.
_ROW = 1.45
_DIGITS = 4


class Strip:
    """What is written below: all of it but the step and the loss is drawn once."""

    def __init__(self, taken: Taken, cast: Sequence[Walker], width: int, theme: Theme, unit: float) -> None:
        """Lay it out, so wide."""
        self.theme, self.cast, self.width = theme, cast, width
        self.large, self.small, self.margin = 15 * unit, 11.5 * unit, 10 * unit
        self.stamps = Stamps(theme, 4 * unit, 0.8 * unit)
        self.last = max(one.last for one in cast)
        self.best = max if taken.request.goal == "maximize" else min
        self.outcome = outcome_of(cast)
        room = width - 2 * self.margin
        names = self._names(taken)
        wide = [width_of(name, self.small) + _SIGN * self.small for name, _ in names]
        rows = rows_of(wide, room, 1.2 * self.small)
        self._left_out = sum(map(len, rows[_ROWS:]))
        self.names = [[(*names[index], wide[index]) for index in row] for row in rows[:_ROWS] if row]
        self.head = wrapped(_settings(taken), self.small, room, _SETTINGS_ROWS)
        address = taken.address.partition("://")[2]
        self.address = wrapped(address, self.small, room, _ADDRESS_ROWS)
        lines = len(self.head) + len(self.names) + len(self.address)
        self.status_height = round(1.75 * self.large)
        self.height = round(self.status_height + lines * _ROW * self.small + 0.6 * self.margin)
        self.still = self._drawn()

    def _names(self, taken: Taken) -> list[tuple[str, int]]:
        """What each run of a race is called, and its style's number."""
        if not taken.request.runs:
            return []
        return list(dict.fromkeys((one.walk["label"], one.style) for one in self.cast))

    def _drawn(self) -> Image.Image:
        picture = Image.new("RGB", (self.width, self.height), self.theme.colour("ground"))
        ink, soft = self.theme.colour("ink"), self.theme.colour("soft")
        y = self.status_height + (1 - _ROW) * self.small
        for line in self.head:
            y += _ROW * self.small
            write(picture, (self.margin, y), line, self.small, ink)
        for index, row in enumerate(self.names):
            y += _ROW * self.small
            x = self.margin
            for name, style, wide in row:
                self._write_name(picture, x, y, name, style)
                x += wide + 1.2 * self.small
            if self._left_out and index == len(self.names) - 1:
                write(
                    picture, (self.width - self.margin, y), f"and {self._left_out} more", self.small, soft, anchor="rs"
                )
        for line in self.address:
            y += _ROW * self.small
            write(picture, (self.margin, y), line, self.small, soft)
        return picture

    def _write_name(self, picture: Image.Image, x: float, y: float, name: str, style: int) -> None:
        self.stamps.put(picture, style, x + 0.45 * self.small, y - 0.36 * self.small)
        x += _SIGN * self.small
        name = cut(name, self.small, self.width - self.margin - x)
        write(picture, (x, y), name, self.small, self.theme.colour("ink"))

    def show(self, step: float, at_end: bool) -> Image.Image:
        """The strip when the film has come to a step."""
        picture = self.still.copy()
        ink, y, x = self.theme.colour("ink"), 1.25 * self.large, self.margin
        write(picture, (x, y), f"step {int(step)} of {self.last}", self.large, ink, bold=True)
        # Where the loss stands does not move with the digits of the step.
        x += width_of(f"step {self.last} of {self.last}", self.large, bold=True) + self.large
        losses = [float(one.loss[min(int(step), one.last)]) for one in self.cast]
        name = "loss" if len(losses) == 1 else "best loss"
        write(picture, (x, y), f"{name} {shown(self._told(losses), _DIGITS)}", self.large, ink)
        x += width_of(f"{name} 0.0000e−00", self.large) + self.large
        if at_end:
            room = self.width - self.margin - x
            size = self.large if width_of(self.outcome, self.large, bold=True) <= room else self.small
            words = cut(self.outcome, size, room, bold=True)
            accent = self.theme.colour("accent")
            write(picture, (self.width - self.margin, y), words, size, accent, bold=True, anchor="rs")
        return picture

    def _told(self, losses: Sequence[float]) -> float:
        finite = [loss for loss in losses if abs(loss) < float("inf")]
        return float(self.best(finite)) if finite else float("nan")


def _settings(taken: Taken) -> str:
    """Where it is walked, and what is set."""
    request = taken.request
    where = formula_of(request) if request.landscape.is_own else request.landscape.title
    return f"{where}. {settings_of(request, taken.walks)}"
