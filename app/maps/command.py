"""Maps without a browser: ``python -m app map`` writes pictures and arrays, and goes on where it was stopped."""

import argparse
import asyncio
import errno
import json
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from tqdm import tqdm

from app import __version__
from app.maps.cell_maps import CellMap
from app.maps.computing import LostError, compute
from app.maps.kinds import KINDS, cell_map_of
from app.maps.picture import paint
from app.maps.pool import DASK, WORKERS, Pool, describe, make_workers, read_workers
from app.maps.processes import LostWorkerError
from app.request.errors import ApiError
from app.request.keys import MAX_ENLARGED, QUERY_KEYS, DescentRequest, MapKind
from app.request.making import enlarged, make_map_request
from app.request.reading import read_query
from app.request.request import MapRequest

# For so many seconds a worker computes before it hands its cells back; over a network fewer messages are better.
SLICE, SLICE_OF_A_CLUSTER = 0.5, 2.0
# What is known is kept every so many seconds, but a twentieth of the time at most is spent on that.
_KEEP, _KEEP_SHARE = 10.0, 0.05
_LISTED = 10
# So much is written to see whether anything can be.
_BLOCK = 4096
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WRITABLE = "Name a file in a folder that exists and can be written."
# Rows of pixels of a map with one axis, whose one row of cells nobody would see.
_STRIP = 32
_OPTIONS = tuple(key for key in QUERY_KEYS if key != "map")


def main(arguments: list[str]) -> int:
    """Compute a map and write it; return 0, 1 where it failed, 2 where it was asked for wrongly, 130 where stopped."""
    options = _parse(arguments)
    if options.map_workers:
        os.environ[WORKERS] = str(options.map_workers)
    try:
        request = read_request(options.kind, options.query, {key: getattr(options, key) for key in _OPTIONS})
        outs = [_checked(Path(out)) for out in options.out]
        cell_map = cell_map_of(request, coarse_first=False)
        part = Part(outs[0].with_name(f"{outs[0].name}.part"), cell_map)
        for out in (*outs, part.path):
            _try_out(out)
        part.load()
    except ApiError as error:
        return _say(2, f"{error.message} {error.hint}")
    try:
        asyncio.run(_make(cell_map, part, outs))
    except asyncio.CancelledError:
        return _say(130, f"stopped with {part.share:.1%} of the map known; {part.how_to_go_on}")
    except LostError as error:
        return _say(1, f"{error} ({error.__cause__!r}) {part.share:.1%} of the map is known; {part.how_to_go_on}")
    except UnwrittenError as error:
        return _say(1, f"{error} The map is finished; {part.how_to_go_on}")
    except (OSError, ImportError) as error:
        return _say(1, f"{error}")
    _tell_shares(cell_map)
    return _say(0, f"wrote {_joined_by_and(outs)}")


def _joined_by_and(outs: Iterable[Path]) -> str:
    return " and ".join(map(str, outs))


def _say(code: int, text: str) -> int:
    print(f"downhill: {text}", file=sys.stderr)
    return code


# --- what is asked for


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m app map",
        description="Compute a map and write it as a picture (.png) or as arrays (.npz). Ctrl+C keeps what is known, "
        "and the same command goes on from there.",
        allow_abbrev=False,
    )
    parser.add_argument("kind", choices=tuple(KINDS), help="where each start ends, or how each setting does")
    parser.add_argument(
        "--out", action="append", required=True, metavar="FILE", help="ends in .png or .npz; repeatable"
    )
    parser.add_argument("--query", default="", help="what an address of the page has behind its ?, or all of it")
    parser.add_argument("--map-workers", type=read_workers, metavar="N", help="processes (default: one a processor)")
    for key in _OPTIONS:
        names = dict.fromkeys((f"--{key}", f"--{key.replace('_', '-')}"))
        field = DescentRequest.model_fields["runs" if key == "run" else key]
        text = (field.description or "").replace("%", "%%")
        parser.add_argument(*names, dest=key, action="append", metavar="VALUE", help=text)
    return parser.parse_args(_joined(arguments))


def _joined(arguments: Iterable[str]) -> list[str]:
    """The arguments with ``--window -5,5`` as one, for argparse takes -5,5 for an option."""
    joined: list[str] = []
    for argument in arguments:
        if joined and re.fullmatch(r"--[a-z0-9_-]+", joined[-1]) and re.match(r"-[\d.]", argument):
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def read_request(kind: MapKind, query: str, given: Mapping[str, Sequence[str] | None]) -> MapRequest:
    """The request of a map from a query, whose keys are replaced by those given. Raises ``ApiError``."""
    named = {key: texts for key, texts in given.items() if texts}
    address = quote(query.rpartition("?")[2].partition("#")[0], safe="%&=+,:;/", errors="surrogateescape")
    kept = [part for part in address.split("&") if part and part.partition("=")[0] not in named]
    whole = "&".join([*kept, urlencode(named, doseq=True, errors="surrogateescape")])
    try:
        values = read_query(whole.encode())
    except ApiError as error:
        hint = f"A whole number from 2 to {MAX_ENLARGED}." if error.key == "resolution" else error.hint
        raise ApiError(error.message, error.key, hint) from None
    if values.get("map", kind) != kind:
        raise ApiError(f"The query is of map={values['map']}.", "map", f"Leave it out, or ask for {values['map']}.")
    resolution = values.pop("resolution", 256)
    # How many cells and steps a server takes on at once is no limit here.
    return enlarged(make_map_request({**values, "resolution": 2}, kind), resolution)


def _checked(out: Path) -> Path:
    """The path where a map can be written in its kind. Raises ``ApiError``."""
    if out.suffix.lower() not in _WRITERS:
        raise ApiError(f"out={out} is of no kind that is written.", "out", f"End it in {' or '.join(_WRITERS)}.")
    return out


def _try_out(out: Path) -> None:
    """See that a file can be written there, by writing one. Raises ``ApiError``."""
    unfinished = _unfinished(out)
    try:
        if out.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        try:
            with unfinished.open("wb") as file:
                file.write(bytes(_BLOCK))
                file.flush()
                # Some file systems say only now that there is no room.
                os.fsync(file.fileno())
        finally:
            _delete(unfinished)
    except OSError as error:
        hint = "Make room, or name a file in another folder." if error.errno in _NO_ROOM else _WRITABLE
        raise ApiError(f"out={out} cannot be written: {error.strerror}.", "out", hint) from None


# --- computing


async def _make(cell_map: CellMap, part: "Part", outs: Sequence[Path]) -> None:
    """Compute what is not known of the map and write it. However that ends, what is known then is kept if it can be.

    Raises ``UnwrittenError`` where a file could not be written, after all others were.
    """
    with _stopped_by_signals():
        try:
            if part.share < 1:
                part.warn_where_there_is_no_room()
                with closing(Pool(make_workers)) as pool:
                    await _compute(cell_map, part, pool)
            while failure := _write_all(cell_map, outs):
                part.keep()
                if part.is_kept or not _is_answered(f"{failure} {part.how_to_go_on}"):
                    raise UnwrittenError(failure)
        except BaseException:
            part.keep()
            raise
    part.delete()


def _write_all(cell_map: CellMap, outs: Sequence[Path]) -> str:
    """Write the map to each file; return what could not be written and why, if anything."""
    written, failures = [], []
    for out in outs:
        try:
            _write(out, partial(_WRITERS[out.suffix.lower()], cell_map))
            written.append(out)
        except UnwrittenError as error:
            failures.append(str(error))
    before = f"wrote {_joined_by_and(written)}, but " if failures and written else ""
    return before + " ".join(failures)


def _is_answered(text: str) -> bool:
    """Ask whoever sits at the terminal to make room: a map that is kept in memory only is not to be given up."""
    if not sys.stdin.isatty():
        return False
    try:
        input(f"downhill: {text} Make room and press Enter, and it is tried again; Ctrl+D gives the map up. ")
    except EOFError:
        return False
    return True


async def _compute(cell_map: CellMap, part: "Part", pool: Pool) -> None:
    try:
        await asyncio.to_thread(pool.warm_up)
    except LostWorkerError as error:
        raise LostError("The processes that compute maps cannot be started.") from error
    cells, known = " × ".join(map(str, cell_map.shape)), f", {part.share:.1%} known already" if part.share else ""
    _say(0, f"{cells} cells in {describe(pool.workers)}{known}")
    seconds = SLICE_OF_A_CLUSTER if os.environ.get(DASK) else SLICE
    with _Progress(cell_map.outcome.size, part.share) as progress:
        async with aclosing(compute(cell_map, pool, seconds)) as computing:
            async for _, share in computing:
                progress.tell(share)
                part.save_now_and_then()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Have the first Ctrl+C or SIGTERM end the current task in order, and the second one the process."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None

    def stop(number: int, frame: Any) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        loop.call_soon_threadsafe(task.cancel)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            # After the first signal the next still ends the process.
            if signal.getsignal(each) is stop:
                signal.signal(each, handler)


class _Progress:
    """Tells how far the map is: a bar on a terminal, a line for each tenth elsewhere."""

    def __init__(self, cells: int, share: float) -> None:
        self._cells, self._share, self._tenths = cells, share, int(10 * share)
        self._began = time.monotonic()
        self._bar = tqdm(
            total=cells,
            initial=round(share * cells),
            unit=" cells",
            unit_scale=True,
            dynamic_ncols=True,
            disable=not sys.stderr.isatty(),
        )

    def __enter__(self) -> "_Progress":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()

    def tell(self, share: float) -> None:
        """Tell that this share of the map is done."""
        self._bar.update(max(0, round(share * self._cells) - self._bar.n))
        if self._bar.disable and int(10 * share) > self._tenths:
            self._tenths = int(10 * share)
            rate = (share - self._share) * self._cells / (time.monotonic() - self._began)
            _say(0, f"{10 * self._tenths} %, {rate:,.0f} cells a second")


class Part:
    """What is known of a map that is not complete, in a file beside its picture."""

    def __init__(self, path: Path, cell_map: CellMap) -> None:
        """Name the file; nothing is read or written yet."""
        self.path, self.cell_map = path, cell_map
        self._next = time.monotonic() + _KEEP
        self._failed = self.is_kept = False
        self.how_to_go_on = "the same command begins anew."

    @property
    def share(self) -> float:
        """The share of the cells that are known."""
        return float(np.count_nonzero(self.cell_map.outcome >= 0) / self.cell_map.outcome.size)

    @property
    def _of(self) -> str:
        """Which map the file is of, and by which version of the mathematics."""
        return json.dumps({"version": __version__, "query": self.cell_map.request.query})

    def load(self) -> None:
        """Take over what the file knows, where there is one. Raises ``ApiError`` where it is of another map."""
        if not self.path.exists():
            return
        try:
            with self.path.open("rb") as file, np.load(file) as arrays:
                of = str(arrays["of"])
                known = {name: arrays[name] for name in self.cell_map.kept} if of == self._of else {}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            of, known = "a file of another kind", {}
        if not known:
            raise ApiError(
                f"{self.path} is of another map: {of}.", "out", "Delete it, give its command, or name another file."
            )
        self.cell_map.restore(known)

    def save(self, path: Path | None = None) -> None:
        """Write down what is known, if anything is. Raises ``UnwrittenError``."""
        if self.share:
            arrays: dict[str, Any] = {"of": np.array(self._of), **self.cell_map.known()}
            _write(path or self.path, partial(_write_plainly, arrays))

    def save_now_and_then(self) -> None:
        """Write down what is known, where that was long ago. Where it cannot be, say so once, and compute on."""
        began = time.monotonic()
        if began >= self._next:
            try:
                self.save()
                self._failed = False
            except UnwrittenError as error:
                if not self._failed:
                    _say(0, f"{error} The map is computed on; what is known of it is in memory only.")
                self._failed = True
            took = time.monotonic() - began
            self._next = began + max(_KEEP, took / _KEEP_SHARE)

    def keep(self) -> None:
        """Write down what is known, in another folder if need be, and note ``how_to_go_on`` from there."""
        if self.is_kept or not self.share:
            return
        try:
            self.save()
            self.is_kept = True
            self.how_to_go_on = f"it is kept in {self.path}, and the same command goes on from there."
        except UnwrittenError as error:
            elsewhere = self._keep_elsewhere()
            self.is_kept = elsewhere is not None
            self.how_to_go_on = f"{error} " + (
                f"It is kept in {elsewhere}: the same command, but with {elsewhere.with_suffix('')} "
                f"in place of {self.path.with_suffix('')}, goes on from there."
                if elsewhere
                else "Nor could it be kept elsewhere."
            )

    def _keep_elsewhere(self) -> Path | None:
        try:
            folder = Path(tempfile.mkdtemp(prefix="downhill-"))
        except OSError:
            return None
        try:
            self.save(folder / self.path.name)
            return folder / self.path.name
        except UnwrittenError:
            folder.rmdir()
            return None

    def warn_where_there_is_no_room(self) -> None:
        """Say so where there is less room than keeping what is known may take."""
        needed = sum(values.nbytes for values in self.cell_map.known().values())
        free = shutil.disk_usage(self.path.parent).free
        if free < needed:
            _say(0, f"to keep what is known may take {needed / 1e6:.1f} MB; {free / 1e6:.1f} MB are free there.")

    def delete(self) -> None:
        """Delete the file of a map that is complete."""
        self.path.unlink(missing_ok=True)


# --- files


class UnwrittenError(Exception):
    """A file could not be written; says which, and why."""


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.new")


def _delete(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file that is whole whenever it is there at all. Raises ``UnwrittenError``, and leaves nothing behind."""
    unfinished = _unfinished(path)
    try:
        with unfinished.open("wb") as file:
            write(file)
        os.replace(unfinished, path)
    except BaseException as error:
        _delete(unfinished)
        if isinstance(error, OSError):
            raise UnwrittenError(f"{path} cannot be written: {error.strerror or error}.") from error
        raise


def _write_plainly(arrays: Mapping[str, Any], file: IO[bytes]) -> None:
    np.savez(file, **arrays)


def _write_picture(cell_map: CellMap, file: IO[bytes]) -> None:
    pixels = paint(cell_map)
    words = PngInfo()
    for key, text in (
        ("Software", f"Downhill {__version__}"),
        ("query", cell_map.request.query),
        ("shares", json.dumps(cell_map.shares())),
        *([("near_shares", json.dumps(near))] if (near := cell_map.near_shares()) else []),
    ):
        words.add_text(key, text)
    if len(pixels) == 1:
        pixels = np.repeat(pixels, _STRIP, axis=0)
    Image.fromarray(pixels).save(file, "png", pnginfo=words)


def _write_arrays(cell_map: CellMap, file: IO[bytes]) -> None:
    shares, near_shares = cell_map.shares(), cell_map.near_shares()
    arrays: dict[str, Any] = {
        "x": cell_map.columns,
        "y": cell_map.rows,
        **{name: values.reshape(cell_map.shape) for name, values in cell_map.known().items() if name != "basin"},
        "labels": np.array(list(shares)),
        "shares": np.array(list(shares.values())),
        # As the labels, of which those of the known places come first.
        **({"near_shares": np.array(list(near_shares.values()))} if "near" in cell_map.kept else {}),
        "query": np.array(cell_map.request.query),
        "version": np.array(__version__),
    }
    np.savez_compressed(file, **arrays)


_WRITERS: Mapping[str, Callable[[CellMap, IO[bytes]], None]] = {".png": _write_picture, ".npz": _write_arrays}


def _tell_shares(cell_map: CellMap) -> None:
    """Print the largest shares, those of unfinished walks divided by what they are near."""
    shares = sorted(cell_map.divided_shares().items(), key=lambda entry: -entry[1])
    for label, share in shares[:_LISTED]:
        if share:
            print(f"{share:7.2%}  {label}")
