"""Routes of what is taken away: one for each row of the table of exports."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.answers.planes import found_ground
from app.answers.records import ErrorRecord
from app.exports.films.making import Piece
from app.exports.options import Choice, Options
from app.exports.table import EXPORTS, Export
from app.exports.taken import Taken
from app.exports.work import FileProgress, FileRecord, Sent
from app.request.errors import ApiError
from app.request.keys import MAX_LINKED_POINTS
from app.request.making import make_request
from app.request.request import WalkRequest
from app.request.writing import to_json
from app.web.drawing import drawn_elsewhere
from app.web.filming import Films
from app.web.limits import Admission, AdmittedResponse, busy
from app.web.openapi import ERRORS, MADE_PIECE_BY_PIECE, asked
from app.web.reading import made_of
from app.web.responses import NDJSON, cacheable, collect, in_turns, pieces_in_turns

log = logging.getLogger("downhill")
router = APIRouter()

# A picture may be looked at; all else is kept.
_LOOKED_AT = "image/"
_PNG = "image/png"


def _described(export: Export) -> dict[str, Any]:
    content: dict[str, Any] = {export.media_type: {"schema": {"type": "string", "format": "binary"}}}
    if export.filmed is not None:
        content |= MADE_PIECE_BY_PIECE
    return {
        "tags": ["exports"],
        "summary": export.title,
        "response_class": Response,
        "responses": {200: {"content": content, "description": "The file."}, **ERRORS},
        "further": {key: (export.option(key).text, export.option(key).schema) for key in export.options},
        "name": export.file,
    }


def _route(export: Export) -> None:
    async def answer(request: Request) -> Response:
        return await _send(request, export)

    answer.__doc__ = f"The walk of this query as {export.file}."
    asked(router, f"/api/export/{export.file}", **_described(export))(answer)


for _export in EXPORTS.values():
    _route(_export)


async def _read(request: Request, export: Export) -> tuple[WalkRequest, Options]:
    """The request, and every option of the file."""
    words = tuple(key for key in export.options if isinstance(export.option(key), Choice))
    numbers = tuple(key for key in export.options if key not in words)

    def make(read: Callable[..., dict[str, Any]]) -> tuple[WalkRequest, Options]:
        given = read(numbers, words)
        known = {key: export.option(key) for key in export.options}
        options = {key: one.check(key, given.pop(key)) if key in given else one.default for key, one in known.items()}
        export.agree(options)
        wanted = make_request(given)
        export.check(wanted)
        return wanted, options

    return await made_of(request, make)


async def _send(request: Request, export: Export) -> Response:
    """Answer with the file, a long one while it is written.

    Raises ``ApiError`` 503 where too much is waiting, 499 where the client leaves.
    """
    wanted, options = await _read(request, export)
    address = address_of(request, wanted)
    if export.with_weights and wanted.landscape.network is not None:
        # What it asks for beside the walks is not in the address of the page.
        wanted = replace(wanted, weights=1)
    headers = cacheable(request, f"{address} {wanted.query} {options}")
    if isinstance(headers, Response):
        return headers
    walked = export.of_walks
    work = export.work(wanted, options) + (wanted.load if walked else 0)
    if export.filmed is not None:
        return await _send_film(request, export, wanted, options, headers)
    admission = busy.admit(work, wanted.held if walked else 0)
    try:
        taken = await _taken(request, wanted, options, admission, walked)
        content = await _made(request, export, taken, admission)
    except BaseException:
        admission.release()
        raise
    headers = headers | _as_file(wanted, export)
    if not isinstance(content, bytes):
        pieces = pieces_in_turns(content, admission)
        return AdmittedResponse(pieces, admission, headers=headers, media_type=export.media_type)
    admission.release()
    return Response(content, 200, headers, export.media_type)


def _as_file(wanted: WalkRequest, export: Export) -> dict[str, str]:
    kind = "inline" if export.media_type.startswith(_LOOKED_AT) else "attachment"
    return {"Content-Disposition": f'{kind}; filename="{file_name(wanted, export)}"'}


async def _send_film(
    request: Request, export: Export, wanted: WalkRequest, options: Options, headers: dict[str, str]
) -> Response:
    """Answer with a file that is made in another process, or, with ``progress``, with lines while it is made."""
    films: Films = request.app.state.films
    admission = busy.admit(wanted.load + export.work(wanted, options), wanted.held)
    try:
        films.admit(admission)
        sent = Sent.of(export.file, await _taken(request, wanted, options, admission, walked=True))
        if options["progress"]:
            pieces = films.pieces(sent, None, encoded=True)
            lines = _lines(pieces, export, file_name(wanted, export))
            # Proxies must not gather it.
            headers["X-Accel-Buffering"] = "no"
            return AdmittedResponse(lines, admission, headers=headers, media_type=NDJSON)
        content = b""
        async with aclosing(films.pieces(sent, request)) as pieces:
            async for piece in pieces:
                content = piece.content
    except BaseException:
        admission.release()
        raise
    admission.release()
    return Response(content, 200, headers | _as_file(wanted, export), export.media_type)


async def _lines(pieces: AsyncGenerator[Piece, None], export: Export, name: str) -> AsyncIterator[bytes]:
    """How much of a file is made, line by line, and in the last one the file."""
    yield _progress(0.0)
    try:
        # Whoever leaves must not have it made on for nobody until the garbage is collected.
        async with aclosing(pieces):
            async for piece in pieces:
                if not piece.content:
                    yield _progress(piece.progress)
                    continue
                about = FileRecord(kind="file", name=name, media_type=export.media_type, content="")
                # What is in base64 is as it stands in JSON.
                yield to_json(about)[:-2] + piece.content + b'"}\n'
    except ApiError as error:
        yield to_json(ErrorRecord(kind="error", message=error.message)) + b"\n"
    except Exception:  # the one place where the form of an error can no longer be kept: the answer is under way
        log.exception("A film failed: %s", name)
        yield to_json(ErrorRecord(kind="error", message="The server failed while making this film.")) + b"\n"


def _progress(progress: float) -> bytes:
    return to_json(FileProgress(kind="progress", progress=progress)) + b"\n"


async def _made(request: Request, export: Export, taken: Taken, admission: Admission) -> bytes | Iterator[bytes]:
    """The file, or its pieces, made beside the loop; what has pixels is drawn in another process."""
    if export.media_type != _PNG:
        async with admission.place(request):
            return await asyncio.to_thread(export.make, taken)
    async with drawn_elsewhere(request):
        return await asyncio.to_thread(export.make, taken)


async def _taken(request: Request, wanted: WalkRequest, options: Options, admission: Admission, walked: bool) -> Taken:
    """What the file is made of; the walks are walked in turns with all else."""
    address = address_of(request, wanted)
    ground = wanted.landscape.at(wanted.shape)
    if not walked:
        return Taken(wanted, (), (), ground, address, options)
    collector = await collect(request, wanted, admission)
    async with admission.place(request):
        async for item in in_turns(found_ground(wanted), request, admission):
            ground = item or ground
    return Taken(wanted, list(collector.walks()), collector.runs, ground, address, options)


def address_of(request: Request, wanted: WalkRequest) -> str:
    """The whole address of the page that shows the walks, as this server is called by whoever asks.

    Of more own points than an address holds it is that of the page alone: without them it would show something else.
    """
    unlinked = len(wanted.canonical["data"] or ()) > MAX_LINKED_POINTS
    return f"{str(request.base_url).rstrip('/')}/" + (f"?{wanted.query}" if wanted.query and not unlinked else "")


def file_name(wanted: WalkRequest, export: Export) -> str:
    """What the file is called: slugs alone, whatever was typed."""
    kind, _, suffix = export.file.partition(".")
    return f"downhill-{wanted.landscape.slug}-{wanted.optimizer.slug}-{kind}.{suffix}"
