"""Every step of every walk as JSON lines."""

from collections.abc import Iterator
from typing import Any

from app import __version__
from app.answers.records import Walk
from app.exports.columns import columns_of, pieces
from app.exports.taken import Taken
from app.request.writing import to_json


def steps_jsonl(taken: Taken) -> Iterator[bytes]:
    """Yield a line of the kind ``header``, a ``step`` for each step, an ``end`` for each walk, and ``done``."""
    yield _line(_header(taken))
    for walk in taken.walks:
        yield from _steps(walk)
        yield _line({"kind": "end", "run": walk["run"], "walker": walk["walker"], "summary": walk["summary"]})
    yield _line({"kind": "done"})


def _header(taken: Taken) -> dict[str, Any]:
    walks = [{key: walk[key] for key in ("run", "walker", "label")} for walk in taken.walks]
    return {
        "kind": "header",
        "version": __version__,
        "address": taken.address,
        "request": taken.request.canonical,
        "query": taken.request.query,
        **({"runs": taken.runs} if taken.runs else {}),
        "walks": walks,
    }


def _steps(walk: Walk) -> Iterator[bytes]:
    columns = columns_of(walk)
    for piece in pieces(columns):
        rows = zip(*piece.values(), strict=True)
        yield b"".join(_line({"kind": "step", **dict(zip(columns, row, strict=True))}) for row in rows)


def _line(record: dict[str, Any]) -> bytes:
    return to_json(record) + b"\n"
