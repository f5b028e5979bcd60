"""The numbers of a walk's steps, column by column, a few hundred steps at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from app.answers.records import Walk

# So many steps are written at once: about a millisecond's worth, so that whoever writes has turns with all else.
PIECE = 256
# What is told of a walk besides: it is no column.
_NAMES = ("label", "summary")


def columns_of(walk: Walk) -> dict[str, Any]:
    """Each column as an array, one number a step: which walk it is, and what the answer has, in its order.

    ``weights``, where they are asked for, have a row of all weights a step.
    """
    numbers: Mapping[str, Any] = walk
    count = len(walk["step"])
    who = {key: np.broadcast_to(np.int64(numbers[key]), count) for key in ("run", "walker")}
    return who | {key: column for key, column in numbers.items() if key not in (*_NAMES, *who)}


def single_columns(walk: Walk) -> dict[str, Any]:
    """The same with a column for each weight: w0, w1 and so on."""
    columns = columns_of(walk)
    weights = columns.pop("weights", None)
    if weights is not None:
        columns |= {f"w{index}": column for index, column in enumerate(np.transpose(weights))}
    return columns


def pieces(columns: Mapping[str, Any]) -> Iterator[dict[str, list[Any]]]:
    """Yield the columns as lists of the next steps, as many of them as are written at once."""
    for first in range(0, len(columns["step"]), PIECE):
        yield {key: column[first : first + PIECE].tolist() for key, column in columns.items()}
