"""Every step of every walk as NumPy's arrays, in one file."""

import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from app import __version__
from app.exports.columns import columns_of
from app.exports.taken import Taken
from app.request.writing import to_json

_PIECE = 65_536


class _Gathered:
    """What is written, until it is taken: a file that cannot go back, so that nothing of it need be kept."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, part: Any) -> int:
        """Keep a copy of the bytes."""
        self.parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing stands between."""

    def take(self) -> bytes:
        """All that was written since the last time."""
        taken, self.parts = b"".join(self.parts), []
        return taken


def steps_npz(taken: Taken) -> Iterator[bytes]:
    """Yield the file: each column of all walks, one after the other, and texts as arrays of one text.

    ``np.load`` reads it without pickles. ``summaries`` is a JSON list with each walk's run, walker, label and summary,
    in order, and ``request`` the request with every key filled in.
    """
    gathered = _Gathered()
    each = [columns_of(walk) for walk in taken.walks]
    members = {name: [np.array(text)] for name, text in _texts(taken).items()}
    members |= {name: [columns[name] for columns in each] for name in each[0]}
    with zipfile.ZipFile(gathered, "w") as archive:  # type: ignore[call-overload]  # whoever only writes need not read
        for name, arrays in members.items():
            for _ in _write(archive, name, arrays):
                yield gathered.take()
    yield gathered.take()


def _texts(taken: Taken) -> dict[str, str]:
    keys = ("run", "walker", "label", "summary")
    summaries = [{key: walk[key] for key in keys} for walk in taken.walks]  # type: ignore[literal-required]
    return {
        "address": taken.address,
        "version": __version__,
        "query": taken.request.query,
        "request": to_json(taken.request.canonical).decode(),
        "summaries": to_json(summaries).decode(),
    }


def _write(archive: zipfile.ZipFile, name: str, arrays: list[Any]) -> Iterator[None]:
    """Write the arrays as one, piece by piece; yield after each."""
    shape = (sum(map(len, arrays)), *arrays[0].shape[1:]) if arrays[0].ndim else ()
    kind = np.lib.format.dtype_to_descr(arrays[0].dtype)
    with archive.open(f"{name}.npy", "w") as member:
        header = {"descr": kind, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(member, header)
        for array in arrays:
            content = np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
            for first in range(0, len(content), _PIECE):
                member.write(content[first : first + _PIECE])
                yield
