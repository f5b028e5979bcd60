"""The loss along the walks, drawn once faint and once bright: a film shows the bright one as far as it has come."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from app.descent.formulas.arithmetic import Array
from app.exports.films.cast import Walker
from app.exports.films.letters import write
from app.exports.films.styles import Stamps, colour_of
from app.exports.films.theme import Theme
from app.exports.films.trails import dashes
from app.exports.lettering import cut, width_of
from app.exports.look import dashes_of
from app.exports.numbers import shown

_FINER = 3
# More walkers than these are a cloud of thin lines; and so many are drawn at the most.
_FEW, _MOST = 8, 32
# So much lower than the highest a logarithm goes, in powers of ten: what is left below is rounding.
_DEEP = 14
# How much of a line's colour is seen before the walk has come there.
_FAINT = 0.3


class LossCurve:
    """A panel with the losses over the steps."""

    def __init__(self, cast: Sequence[Walker], lowest: float | None, size: tuple[int, int], theme: Theme, unit: float):
        """Draw it; where ``lowest`` is a number, heights are the logarithm of how far above it a loss is."""
        self.size, self.theme, self.unit, self.letters = size, theme, unit, max(10.0, 11 * unit)
        self.last = max(1, *(one.last for one in cast))
        self.cast = list(cast[:_MOST])
        self._lowest = lowest
        levels = [self._level(one.loss) for one in self.cast]
        finite = np.concatenate([level[np.isfinite(level)] for level in levels])
        self._top = float(finite.max()) if finite.size else 1.0
        self._bottom = float(finite.min()) if finite.size else 0.0
        if lowest is not None:
            self._bottom = max(self._bottom, self._top - _DEEP)
        self._lines = [self._line(level) for level in levels]
        self.faint, self.bright = self._drawn()
        self._stamps = Stamps(theme, 4 * unit, 0.8 * unit)

    @property
    def _frame(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of where the lines are."""
        margin, room = 10 * self.unit, 1.9 * self.letters
        return margin, room + 4 * self.unit, self.size[0] - margin, self.size[1] - room

    def _level(self, loss: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(loss if self._lowest is None else np.log10(loss - self._lowest))

    def _spots(self, steps: Array, level: Array) -> Array:
        left, top, right, bottom = self._frame
        # What has come down to the lowest, whose logarithm is none, lies at the bottom.
        level = np.clip(np.where(np.isneginf(level), self._bottom, level), self._bottom, self._top)
        part = (level - self._bottom) / ((self._top - self._bottom) or 1.0)
        return np.column_stack([left + steps / self.last * (right - left), bottom - part * (bottom - top)])

    def _line(self, level: Array) -> Array:
        """The places of a line: of more steps than there are pixels, the highest and the lowest of each pixel."""
        steps: Any = np.arange(len(level))
        every = len(level) // (2 * self.size[0]) + 1
        if every > 1:
            whole = len(level) // every * every
            blocks = np.nan_to_num(level[:whole], nan=self._top, posinf=self._top).reshape(-1, every)
            first = np.arange(0, whole, every)
            chosen = np.concatenate([first + blocks.argmin(axis=1), first + blocks.argmax(axis=1), [len(level) - 1]])
            steps = np.unique(chosen)
        spots = self._spots(steps, level[steps])
        return np.asarray(spots[np.isfinite(spots).all(axis=1)])

    def _drawn(self) -> tuple[Image.Image, Image.Image]:
        theme, unit = self.theme, self.unit
        faint = Image.new("RGB", self.size, theme.colour("raised"))
        self._add_axes(faint)
        bright = faint.copy()
        fine = (self.size[0] * _FINER, self.size[1] * _FINER)
        few = len(self.cast) <= _FEW
        for one, spots in zip(self.cast, self._lines, strict=True):
            mask = Image.new("L", fine)
            pen = ImageDraw.Draw(mask)
            points = [(x, y) for x, y in (_FINER * spots).tolist()]
            dash = [length * unit * _FINER for length in dashes_of(one.style)] if few else []
            for stroke in dashes(points, dash, 0.0) if dash and len(points) > 1 else [points]:
                pen.line(
                    stroke, fill=255, width=round((2 if few else 1) * unit * _FINER), joint="curve" if few else None
                )
            mask = mask.reduce(_FINER)
            bright.paste(colour_of(one.style, theme), (0, 0, *self.size), mask)
            faint.paste(colour_of(one.style, theme), (0, 0, *self.size), mask.point(lambda value: int(_FAINT * value)))
        return faint, bright

    def _add_axes(self, picture: Image.Image) -> None:
        left, top, right, bottom = self._frame
        soft, size, unit = self.theme.colour("soft"), self.letters, self.unit
        pen = ImageDraw.Draw(picture)
        pen.line(
            (left, round(bottom) + 2, right, round(bottom) + 2),
            fill=self.theme.colour("line"),
            width=max(1, round(unit)),
        )
        high, low = (level if self._lowest is None else 10**level for level in (self._top, self._bottom))
        told = f"{shown(high, 2)} to {shown(low, 2)}"
        words = (
            [f"loss: {told}"] if self._lowest is None else [f"loss above the lowest, log: {told}", f"log loss: {told}"]
        )
        fitting = next((text for text in words if width_of(text, size) <= right - left), words[-1])
        write(picture, (left, top - 6 * unit), cut(fitting, size, right - left), size, soft)
        write(picture, (left, bottom + 1.3 * size), "step 0", size, soft)
        write(picture, (right, bottom + 1.3 * size), str(self.last), size, soft, anchor="rs")

    def show(self, step: float) -> Image.Image:
        """The panel when the film has come to a step, which may lie between two."""
        left, _, right, _ = self._frame
        upto = round(left + step / self.last * (right - left))
        picture = self.faint.copy()
        picture.paste(self.bright.crop((0, 0, upto, self.size[1])), (0, 0))
        for one, spots in zip(self.cast, self._lines, strict=True):
            # Of a crowd the signs would cover each other.
            if len(spots) and len(self.cast) <= _FEW:
                x = left + min(step, one.last) / self.last * (right - left)
                self._stamps.put(picture, one.style, x, float(np.interp(x, spots[:, 0], spots[:, 1])))
        return picture
