"""Who is seen in a film: the walks that are not hidden, as numbers and as places of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.answers.records import Walk
from app.descent.formulas.arithmetic import Array
from app.exports.map_picture import style_of
from app.exports.taken import Taken


@dataclass(frozen=True)
class Walker:
    """One walk: its style's number; where it is at each step, shape (steps + 1, 2), NaN where nowhere; and its loss."""

    walk: Walk
    style: int
    places: Array
    loss: Array

    @property
    def last(self) -> int:
        """Its last step."""
        return len(self.loss) - 1


def cast_of(taken: Taken) -> list[Walker]:
    """The walkers that are seen; all, where every run is hidden."""
    runs = taken.request.each_run
    visible = [walk for walk in taken.walks if not runs[walk["run"]].hidden] or taken.walks
    return [_walker(walk, style_of(walk, taken.request)) for walk in visible]


def _walker(walk: Walk, style: int) -> Walker:
    loss = _numbers(walk["loss"])
    up = _numbers(walk["y"]) if "y" in walk else loss
    places = np.column_stack([_numbers(walk["x"]), up])
    places[~np.isfinite(places).all(axis=1)] = np.nan
    return Walker(walk, style, places, loss)


def _numbers(column: Sequence[float | None]) -> Array:
    return np.array(column, dtype=float)


def outcome_of(cast: Sequence[Walker]) -> str:
    """How the walks ended, in a few words."""
    outcomes = [one.walk["summary"]["outcome"] for one in cast]
    words = {outcome: outcome.replace("_", " ") for outcome in outcomes}
    if len(outcomes) == 1:
        return words[outcomes[0]]
    counts = [(words[outcome], outcomes.count(outcome)) for outcome in dict.fromkeys(outcomes)]
    if len(counts) == 1:
        return f"all {counts[0][0]}"
    return ", ".join(f"{count} {word}" for word, count in counts)
