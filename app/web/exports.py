"""Routes of what is taken away: one for each row of the table of exports."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.answers.planes import found_ground
from app.exports.options import OPTIONS, Choice
from app.exports.table import EXPORTS, Export
from app.exports.taken import Taken
from app.request.making import make_request
from app.request.request import WalkRequest
from app.web.limits import Admission, busy
from app.web.openapi import ERRORS, asked
from app.web.reading import made_of
from app.web.responses import cacheable, collect, in_turns

router = APIRouter()

Options = Mapping[str, int | str]
# A picture may be looked at; all else is kept.
_LOOKED_AT = "image/"


def _described(export: Export) -> dict[str, Any]:
    content = {export.media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "tags": ["exports"],
        "summary": export.title,
        "response_class": Response,
        "responses": {200: {"content": content, "description": "The file."}, **ERRORS},
        "further": {key: (OPTIONS[key].text, OPTIONS[key].schema) for key in export.options},
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
    words = tuple(key for key in export.options if isinstance(OPTIONS[key], Choice))
    numbers = tuple(key for key in export.options if key not in words)

    def make(read: Callable[..., dict[str, Any]]) -> tuple[WalkRequest, Options]:
        given = read(numbers, words)
        options = {
            key: OPTIONS[key].check(key, given.pop(key)) if key in given else OPTIONS[key].default
            for key in export.options
        }
        wanted = make_request(given)
        export.check(wanted)
        return wanted, options

    return await made_of(request, make)


async def _send(request: Request, export: Export) -> Response:
    """Answer with the file. Raises ``ApiError`` 503 where too much is waiting, 499 where the client leaves."""
    wanted, options = await _read(request, export)
    address = address_of(request, wanted)
    headers = cacheable(request, f"{address} {wanted.query} {options}")
    if isinstance(headers, Response):
        return headers
    walked = export.of_walks
    work = export.work(wanted, options) + (wanted.load if walked else 0)
    with busy.admit(work, wanted.held if walked else 0) as admission:
        taken = await _taken(request, wanted, options, admission, walked)
        async with admission.place(request):
            content = await asyncio.to_thread(export.make, taken)
    kind = "inline" if export.media_type.startswith(_LOOKED_AT) else "attachment"
    headers["Content-Disposition"] = f'{kind}; filename="{file_name(wanted, export)}"'
    return Response(content, 200, headers, export.media_type)


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
    """The whole address of the page that shows the walks, as this server is called by whoever asks."""
    return f"{str(request.base_url).rstrip('/')}/" + (f"?{wanted.query}" if wanted.query else "")


def file_name(wanted: WalkRequest, export: Export) -> str:
    """What the file is called: slugs alone, whatever was typed."""
    kind, _, suffix = export.file.partition(".")
    return f"downhill-{wanted.landscape.slug}-{wanted.optimizer.slug}-{kind}.{suffix}"
