"""The numbers of walks as one HTML file holds them: all of them where there is room, otherwise some of the steps."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.answers.records import Walk
from app.descent.formulas.arithmetic import Array
from app.request.request import WalkRequest

# What is told of each step; a curve has no y.
_COLUMNS = ("x", "y", "loss", "gradient_norm", "learning_rate")
# As many walks as the page draws before its scripts do.
MOST_WALKS = 64
# In base64 a number of 8 bytes takes so many; a step's own number has 4 bytes.
_NUMBER, _STEP = 8 * 4 / 3, 4 * 4 / 3


@dataclass(frozen=True)
class Thinning:
    """Of each walk the first ``first`` steps, then one in ``every``, and the last; all where that is 1."""

    first: int = 0
    every: int = 1

    def kept(self, count: int) -> Any:
        """Which of so many iterates are kept."""
        steps = np.arange(count)
        return steps[(steps < self.first) | ((steps - self.first) % self.every == 0) | (steps == count - 1)]


@dataclass(frozen=True)
class Numbers:
    """What a file holds of walks, and in words what it leaves out."""

    walks: list[dict[str, Any]]
    left_out: list[str]


def numbers_within(size: int, request: WalkRequest, walks: Sequence[Walk]) -> Numbers:
    """As much of the walks as takes ``size`` bytes; runs that are hidden are left out, as they are of all pictures."""
    visible = [walk for walk in walks if not request.each_run[walk["run"]].hidden]
    shown = sorted(visible, key=lambda walk: walk["walker"])[:MOST_WALKS]
    thinning = _thinning(size, shown)
    records = [_record(walk, thinning, len(request.each_run) > 1) for walk in shown]
    return Numbers(records, _left_out(len(walks), len(visible), shown, thinning))


def _columns(walk: Walk) -> dict[str, Array]:
    numbers: Any = walk
    return {key: np.asarray(numbers[key]) for key in _COLUMNS if key in numbers}


def _is_constant(column: Array) -> bool:
    return bool(np.isfinite(column[0]) and (column == column[0]).all())


def _thinning(size: int, walks: Sequence[Walk]) -> Thinning:
    """The one that keeps the most steps which the size has room for."""
    lengths = [len(walk["step"]) for walk in walks]
    varying = [sum(not _is_constant(column) for column in _columns(walk).values()) for walk in walks]
    room = size / (max(varying) * _NUMBER + _STEP)
    if sum(lengths) <= room:
        return Thinning()
    # The first steps are the longest ones; of the rest as many are kept, evenly.
    each = max(4, int(room) // len(walks))
    first = each // 2
    return Thinning(first, max(1, -(-(max(lengths) - first) // (each - first - 1))))


def _record(walk: Walk, thinning: Thinning, several: bool) -> dict[str, Any]:
    count = len(walk["step"])
    kept = thinning.kept(count)
    columns = {key: _column(column[kept]) for key, column in _columns(walk).items()}
    return {
        "run": walk["run"],
        "walker": walk["walker"],
        "label": walk["label"],
        # Each run has a style of its own; alone, each walker has.
        "style": walk["run"] if several else walk["walker"],
        "message": walk["summary"]["message"],
        "count": len(kept),
        "step": None if len(kept) == count else _encoded(kept.astype("<u4")),
        "columns": columns,
    }


def _column(column: Array) -> float | str:
    """The one number that it is all along, or all of them, eight bytes each."""
    return float(column[0]) if _is_constant(column) else _encoded(column.astype("<f8"))


def _encoded(numbers: Array) -> str:
    return base64.b64encode(numbers.tobytes()).decode()


def _left_out(count: int, visible: int, shown: Sequence[Walk], thinning: Thinning) -> list[str]:
    said = []
    if visible < count:
        said.append(f"{count - visible} of {count} walks are hidden in this picture, and not in this file.")
    if len(shown) < visible:
        said.append(f"This file has {len(shown)} of {visible} walks.")
    if thinning.every > 1:
        longest = max(len(walk["step"]) - 1 for walk in shown)
        said.append(
            f"Of up to {longest} steps a walk this file has the first {thinning.first}, then one in {thinning.every}, "
            "and the last. Between them the picture goes straight; the numbers are exact."
        )
    return said
