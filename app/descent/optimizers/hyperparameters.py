"""Hyperparameters: the numbers that an optimizer or a schedule lists, with their bounds."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Hyperparameter(NamedTuple):
    """A number that an optimizer or a schedule lists: its key in the query, its symbol in LaTeX, its bounds.

    ``explanation`` is one plain line beside the control; ``convention`` is what else is to be known of it. A ``whole``
    one takes no fractions; from 0 to 1 it is a switch.
    """

    key: str
    title: str
    symbol: str
    low: float
    high: float
    default: float
    explanation: str
    log: bool = False
    whole: bool = False
    convention: str = ""


def values_of(hyperparameters: Iterable[Hyperparameter], given: Mapping[str, float | None]) -> dict[str, float]:
    """Each hyperparameter by its key, from ``given`` or, where that has none, its default."""
    return {
        parameter.key: parameter.default if (value := given.get(parameter.key)) is None else value
        for parameter in hyperparameters
    }
