"""Routes of a page's address as a QR code: what is shown at the front of a room opens on the telephones in it."""

import asyncio

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.answers.codes import check_code, draw_code
from app.lessons import LESSONS
from app.request.errors import ApiError
from app.request.synonyms import near, question
from app.request.values import tidy
from app.web.limits import busy
from app.web.openapi import ERRORS, SLUG_ERRORS, query_with
from app.web.prefix import path_of, root_of
from app.web.reading import from_request
from app.web.responses import cacheable

router = APIRouter()

SVG = "image/svg+xml"
_DRAWN = {"content": {SVG: {"schema": {"type": "string"}}}, "description": "The code, black on white."}
# Measured, in evaluations: a code of no content, and a byte more of it.
_CODE, _BYTE = 5_000, 30


class Code(Response):
    """A QR code as it is sent."""

    media_type = SVG


@router.get(
    "/qr.svg",
    tags=["pages"],
    summary="The page's address as a QR code",
    response_class=Code,
    dependencies=[Depends(from_request)],
    responses={200: _DRAWN, **ERRORS},
    openapi_extra=query_with(),
)
async def get_code(request: Request) -> Response:
    """The address of the page with this query, as this server is called by whoever asks, as an SVG.

    The query stands in it as it was sent. An address holds at most 2 953 bytes.
    """
    return await _send_code(request)


@router.get(
    "/lessons/{slug}/qr.svg",
    tags=["pages"],
    summary="A lesson's address as a QR code",
    response_class=Code,
    dependencies=[Depends(from_request)],
    responses={200: _DRAWN, **ERRORS, 404: SLUG_ERRORS[404]},
    openapi_extra=query_with(),
)
async def get_lesson_code(request: Request, slug: str) -> Response:
    """The same for a lesson's page, whose slugs are at /api/lessons."""
    check_lesson(request, tidy(slug, LESSONS))
    return await _send_code(request)


def check_lesson(request: Request, slug: str) -> None:
    """Raise ``ApiError`` 404 with the lessons that were likely meant where there is none of this name."""
    if slug not in LESSONS:
        meant = [f"{root_of(request)}/lessons/{one}" for one in near(slug, LESSONS)]
        hint = f"{question(meant)}All are at {root_of(request)}/lessons."
        raise ApiError(f"There is no lesson {slug[:80]}.", hint=hint, status=404)


def page_address(request: Request) -> str:
    """The whole address of the page that the code's own address stands below."""
    origin = str(request.base_url).rstrip("/")
    path = path_of(request).removesuffix("qr.svg")
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{origin}{path if path == '/' else path.removesuffix('/')}" + (f"?{query}" if query else "")


async def _send_code(request: Request) -> Response:
    """The code of the page's address, or 304. Raises ``ApiError`` 422 where no code holds so long a one."""
    address = page_address(request)
    check_code(address)
    headers = cacheable(request, address)
    if isinstance(headers, Response):
        return headers
    with busy.admit(_CODE + _BYTE * len(address)) as admission:
        async with admission.place(request):
            # Some tens of milliseconds of plain Python: in the loop they would be too long a turn.
            content = await asyncio.to_thread(draw_code, address)
    return Code(content, headers=headers)
