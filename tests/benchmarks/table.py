"""One row for each thing measured, and how rows become a table."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A measurement, what is wanted of it, and how it compares with a baseline of the same run.

    ``wanted`` is the most that may be measured, or the least where ``least`` is set; None where nothing is asked.
    """

    what: str
    measured: float
    unit: str
    wanted: float | None = None
    least: bool = False
    against: str = ""

    @property
    def verdict(self) -> str:
        """One word, for the eye that runs down the column."""
        if self.wanted is None:
            return "-"
        reached = self.measured >= self.wanted if self.least else self.measured <= self.wanted
        return "reached" if reached else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Return the row as texts."""
        wanted = "" if self.wanted is None else f"{'≥' if self.least else '≤'} {number(self.wanted)} {self.unit}"
        return self.what, f"{number(self.measured)} {self.unit}", wanted, self.against, self.verdict


def against(measured: float, baseline: float, name: str) -> str:
    """Say how many times the baseline the measured is; both have the same unit."""
    return f"{measured / baseline:.2f} × {name} ({number(baseline)})"


def number(value: float) -> str:
    """Three digits where they matter, all of them before the point."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def print_table(rows: Sequence[Row]) -> None:
    """Print all rows, columns aligned."""
    head = ("what", "measured", "wanted", "ratio to the baseline of this run", "verdict")
    lines = [head, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip(), flush=True)


def fastest(*jobs: Callable[[], object], rounds: int = 7) -> list[float]:
    """Return the shortest time of each job in seconds; the jobs take turns, so that a busy moment hits all of them."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for job, taken in zip(jobs, times, strict=True):
            since = time.perf_counter()
            job()
            taken.append(time.perf_counter() - since)
    return [min(taken) for taken in times]


def at_percent(values: Sequence[float], percent: float) -> float:
    """Return the value below which so many per cent of all lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(percent / 100 * len(ordered) + 0.5) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle one."""
    return statistics.median(values)
