"""What ``descend`` returns: a walk as NumPy arrays, and several of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, overload

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.python.asking import Answered, base_of
from app.python.errors import RequestError
from app.python.shown import Shown
from app.request.keys import MAX_LINKED_POINTS
from app.request.reading import MAX_QUERY

_SERVER = "http://127.0.0.1:8000"
_MOST_TOLD = 20
_COLUMNS = ("loss", "gradient_norm", "learning_rate", "off_plane", "plane_loss", "weights")


@dataclass(frozen=True)
class _Asked:
    """What was asked for, and whom."""

    request: dict[str, Any]
    query: str
    plane: Mapping[str, Any] | None
    server: str | None

    def address(self, server: str | None = None) -> str:
        """The address at which the page of a server shows the same: of the one that was asked, or of this one.

        Raises ``RequestError`` where no address holds it.
        """
        points = len(self.request.get("data") or ())
        if points > MAX_LINKED_POINTS or len(self.query) > MAX_QUERY:
            hint = f"At most {MAX_LINKED_POINTS} points, and {MAX_QUERY} characters."
            raise RequestError("No address holds so much.", "data" if points > MAX_LINKED_POINTS else None, hint)
        base = base_of(server or self.server or _SERVER)
        return f"{base}/?{self.query}".removesuffix("?")


@dataclass(frozen=True, eq=False, repr=False)
class Walk(_Asked, Shown):
    """The iterates of one optimizer from one start, and how it ended.

    ``path`` has a row for each iterate, shape (n, 2), of a curve (n, 1); the first is the start. ``loss``,
    ``gradient_norm``, ``learning_rate`` and ``evaluations`` are of shape (n,): ``learning_rate[k]`` leads from iterate
    k to k + 1. What is not finite is NaN. ``summary`` is that of the HTTP contract, ``request`` and ``query`` are what
    was asked of this run, with every key filled in, and as an address has it. ``run`` and ``walker`` say which of
    several it is. Of a network ``off_plane`` and ``plane_loss`` are there, and with ``weights=1`` the ``weights``,
    shape (n, weights).
    """

    run: int
    walker: int
    label: str
    path: Array
    loss: Array
    gradient_norm: Array
    learning_rate: Array
    evaluations: Array
    summary: dict[str, Any]
    off_plane: Array | None = None
    plane_loss: Array | None = None
    weights: Array | None = None

    @property
    def message(self) -> str:
        """Where it ended and why, in two lines."""
        text: str = self.summary["message"]
        return text

    @property
    def shown_walks(self) -> Sequence["Walk"]:
        """The walk, as several are shown."""
        return [self]

    def __len__(self) -> int:
        """How many iterates there are, the start among them."""
        return len(self.loss)

    def __repr__(self) -> str:
        return f"<Walk: {self.label}; {len(self) - 1} steps. {' '.join(self.message.split())}>"


@dataclass(frozen=True, eq=False, repr=False)
class Walks(_Asked, Shown, Sequence[Walk]):
    """The walks of one request, runs outermost: a walk for each run and each start."""

    all: tuple[Walk, ...]

    @overload
    def __getitem__(self, index: int) -> Walk: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Walk, ...]: ...
    def __getitem__(self, index: int | slice) -> Walk | tuple[Walk, ...]:
        """The walk of that number, or some of them."""
        return self.all[index]

    def __len__(self) -> int:
        """How many walks there are."""
        return len(self.all)

    @property
    def shown_walks(self) -> Sequence[Walk]:
        """All walks, but for those of hidden runs."""
        return [walk for walk in self.all if not walk.request.get("hidden")] or self.all

    def __repr__(self) -> str:
        lines = [f"  {walk.label}: {walk.message.splitlines()[0]}" for walk in self.all[:_MOST_TOLD]]
        more = [f"  … and {len(self) - _MOST_TOLD} more"] if len(self) > _MOST_TOLD else []
        return "\n".join([f"<Walks: {len(self)}", *lines, *more, ">"])


def walks_of(answered: Answered, server: str | None) -> Walks:
    """The walks of an answer."""
    whole = _Asked(answered.request, answered.query, answered.plane, server)
    runs = {run["run"]: replace(whole, request=run["request"], query=run["query"]) for run in answered.runs}
    walks = tuple(_walk(walk, runs.get(walk["run"], whole)) for walk in answered.walks)
    return Walks(**vars(whole), all=walks)


def _walk(walk: Mapping[str, Any], asked: _Asked) -> Walk:
    as_it_is: dict[str, Any] = {key: walk[key] for key in ("run", "walker", "label", "summary")}
    as_it_is |= {key: _numbers(walk[key]) for key in _COLUMNS if key in walk}
    path = np.column_stack([_numbers(walk[key]) for key in ("x", "y") if key in walk])
    return Walk(**vars(asked), **as_it_is, path=path, evaluations=np.array(walk["evaluations"]))


def _numbers(column: Iterable[Any]) -> Array:
    """The column as floats; what is not finite, which JSON has nothing for, is NaN wherever it comes from."""
    numbers = np.array(column, dtype=float)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers
