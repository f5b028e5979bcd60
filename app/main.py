"""create_app(): routers, static files, templates, the one form of errors, headers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import HTTPException as FastAPIHTTPException
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import HTTPConnection
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import __version__
from app.maps.pool import Pool, make_workers
from app.request.errors import ApiError
from app.web import descent, exports, maps, oembed, pages, previews, qr, reference, registries, typed
from app.web.assets import plotly_file, plotly_version, static_files, static_version
from app.web.catalog import catalog
from app.web.deriving import Deriver
from app.web.drawing import Drawer
from app.web.entrance import Entrance
from app.web.examples import EXAMPLE_ADDRESSES
from app.web.filming import Films, make_thread
from app.web.framing import is_framed
from app.web.kept import accepts_gzip, kept
from app.web.openapi import complete_openapi
from app.web.prefix import Prefix, path_of, root_of
from app.web.responses import COMPRESSION, NDJSON
from app.web.sending import AGAIN, STOPPING, Present, Sending

_ROUTERS = (
    *(registries.router, typed.router, descent.router, maps.router, exports.router),
    *(qr.router, previews.router, oembed.router, pages.router),
)
log = logging.getLogger("downhill")

# plotly.js adds an empty style element that it fills by script; the hash lets it in and nothing else.
_EMPTY_STYLE = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self'",
        f"style-src 'self' {_EMPTY_STYLE}",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
    ]
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_FRAMED = {**_HEADERS, "Content-Security-Policy": f"{_POLICY}; frame-ancestors *"}
# The older header is for browsers that do not know the newer rule.
_ALONE = {**_HEADERS, "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'", "X-Frame-Options": "DENY"}


def _headers_of(scope: Scope) -> dict[str, str]:
    """The headers that every answer at this address carries, its errors too."""
    return _FRAMED if is_framed(path_of(HTTPConnection(scope))) else _ALONE


class Surroundings:
    """Answers HEAD as GET without its body, and adds the headers that every answer carries."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = scope["method"] == "HEAD"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _headers_of(scope).items():
                    headers.setdefault(name, value)
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"} if head else scope, receive, send_with_headers)


class Compressing(GZipMiddleware):
    """Compresses what is not compressed yet, for clients that allow it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; Starlette looks for the word alone, though it be there with a quality of 0."""
        if scope["type"] == "http" and not accepts_gzip(Headers(scope=scope).get("accept-encoding", "")):
            headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": headers}
        await super().__call__(scope, receive, send)


def create_app() -> FastAPI:
    """The application."""
    app = FastAPI(
        title="Downhill",
        version=__version__,
        summary="Gradient descent over loss landscapes, exact to the last digit.",
        description="A request that works as `/?…` works unchanged as `/api/descent?…`.",
        # Kept like the pages.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=_warm_up,
        redirect_slashes=False,
    )
    app.add_middleware(
        partial(
            Compressing,
            compresslevel=COMPRESSION,
            # A compressor holds lines back until it has enough of them: streams would stand still.
            exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, NDJSON),
        )
    )
    # The API is for everyone: notebooks and other people's pages may ask it.
    app.add_middleware(partial(Sending, refuse=_stopping))
    app.add_middleware(partial(Entrance, refuse=_busy))
    app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "POST"], allow_headers=["*"])
    app.add_middleware(Surroundings)
    app.add_middleware(Prefix)
    app.add_middleware(Present)
    # What is typed is derived on the spot, unless the server has somebody to do it.
    app.state.deriver = None
    # And films are made in threads.
    app.state.films = Films(make_thread)
    # And so is what is drawn.
    app.state.drawer = app.state.drawer_of_previews = None
    for router in _ROUTERS:
        app.include_router(router)
    app.add_api_route("/openapi.json", _openapi, include_in_schema=False)
    app.add_api_route("/docs", _docs, include_in_schema=False)
    app.add_api_route(f"/static/{plotly_version()}/plotly.min.js", _plotly, include_in_schema=False)
    app.add_api_route("/favicon.ico", _favicon, include_in_schema=False)
    app.add_api_route(f"/static/{static_version()}/{{path:path}}", _static, include_in_schema=False)
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(FastAPIHTTPException, _http_error)
    app.add_exception_handler(Exception, _crash)
    plain_openapi = app.openapi
    app.openapi = lru_cache(lambda: complete_openapi(plain_openapi()))  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _warm_up(app: FastAPI) -> AsyncIterator[None]:
    """Derive the formulas, draw the small pictures and compress the scripts before the first request waits for them."""
    await asyncio.to_thread(catalog)
    await asyncio.to_thread(static_files)
    await asyncio.to_thread(pages.thumbnails)
    compressing = asyncio.create_task(asyncio.to_thread(plotly_file))
    app.state.pool, app.state.deriver = Pool(make_workers), Deriver()
    # Nobody waits for a preview behind large pictures.
    app.state.drawer, app.state.drawer_of_previews, app.state.films = Drawer(), Drawer(), Films()
    warming = asyncio.create_task(asyncio.to_thread(_warm_up_the_pool, app.state.pool))
    drawing = asyncio.create_task(asyncio.to_thread(_warm_up_the_drawer, app.state.drawer_of_previews))
    yield
    # Closing ends the warming up as well.
    processes = (app.state.pool, app.state.deriver, app.state.drawer, app.state.drawer_of_previews, app.state.films)
    await asyncio.gather(*(asyncio.to_thread(one.close) for one in processes))
    await asyncio.gather(compressing, warming, drawing)


def _warm_up_the_pool(pool: Pool) -> None:
    try:
        pool.warm_up()
    except Exception as error:
        # Walks need no pool; and whoever asks for a map is told.
        log.error("Maps cannot be computed: %s", error)


def _warm_up_the_drawer(drawer: Drawer) -> None:
    try:
        drawer.warm_up()
    except Exception as error:
        # Whoever asks for a picture is told.
        log.error("Pictures cannot be drawn: %s", error)


async def _plotly(request: Request) -> Response:
    found = await asyncio.to_thread(plotly_file)
    return found.answer(request)


async def _static(request: Request, path: str) -> Response:
    found = static_files().get(path)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found.answer(request)


async def _favicon(request: Request) -> Response:
    return RedirectResponse(f"{root_of(request)}/static/{static_version()}/icon.svg", 308)


async def _openapi(request: Request) -> Response:
    async def make() -> tuple[Response, bool]:
        document, root = await asyncio.to_thread(request.app.openapi), root_of(request)
        return JSONResponse({**document, "servers": [{"url": root}]} if root else document), True

    return await kept(request, make)


async def _docs(request: Request) -> Response:
    async def make() -> tuple[Response, bool]:
        document = await asyncio.to_thread(request.app.openapi)
        return pages.page(
            request,
            "docs.html",
            twin="/openapi.json",
            keys=document["paths"]["/api/descent"]["get"]["parameters"],
            routes=reference.routes(document, EXAMPLE_ADDRESSES),
            reference=reference,
            origin=str(request.base_url).rstrip("/"),
        ), True

    return await kept(request, make)


def error_response(
    request: Request,
    status: int,
    message: str,
    key: str | None = None,
    hint: str | None = None,
    place: Mapping[str, Any] | None = None,
    wait: int = 1,
) -> Any:
    """The one form of an error, with the place in what was typed where there is one; a page for whom a page is sent."""
    error = {"status": status, "message": message, "key": key, "hint": hint, **(place or {})}
    headers = {"Retry-After": str(wait)} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    # Browsers name HTML first; whoever names JSON first wants that.
    preferred = request.headers.get("accept", "").partition(",")[0].partition(";")
    wants_page = (
        preferred[0].strip() == "text/html"
        and preferred[2].strip() != "q=0"
        and not path_of(request).startswith("/api")
    )
    if wants_page:
        response: Response = pages.page(
            request, "error.html", twin="/api/landscapes", error=error, framed=is_framed(path_of(request))
        )
        response.status_code = status
        response.headers.update(headers)
        return response
    return JSONResponse({"error": error}, status, headers)


def _stopping(request: Request) -> ASGIApp:
    answer: Response = error_response(request, HTTPStatus.SERVICE_UNAVAILABLE, STOPPING, hint=AGAIN)
    return answer


def _busy(request: Request) -> ASGIApp:
    answer: Response = error_response(
        request, HTTPStatus.SERVICE_UNAVAILABLE, "Too many people type at once.", hint="Try again in a second."
    )
    return answer


async def _api_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    answer: Response = error_response(
        request, error.status, error.message, error.key, error.hint, error.place, error.wait
    )
    return answer


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = error.status_code
    allowed = ", ".join(_allowed_methods(request)) if status == HTTPStatus.METHOD_NOT_ALLOWED else ""
    messages = {404: f"There is nothing at {request.url.path[:80]}.", 405: f"{request.method} is not answered here."}
    hints = {404: f"See {root_of(request)}/docs for what there is.", 405: f"Allowed: {allowed}."}
    answer: Response = error_response(
        request, status, messages.get(status, HTTPStatus(status).phrase), hint=hints.get(status)
    )
    answer.headers.update({**(error.headers or {}), **({"Allow": allowed} if allowed else {})})
    return answer


def _allowed_methods(request: Request) -> list[str]:
    """What the path answers: routes are matched one by one, and the first of a path knows only its own."""
    scope = {**request.scope, "method": "OPTIONS"}
    routes = [route for router in _ROUTERS for route in router.routes]
    found = {
        method
        for route in routes
        if route.matches(scope)[0] is not Match.NONE
        for method in getattr(route, "methods", ())
    }
    return sorted((found or {"GET"}) | ({"HEAD"} if "GET" in found or not found else set()))


async def _crash(request: Request, error: Exception) -> Response:
    log.error("A request failed: %s %s", request.method, request.url, exc_info=error)
    answer: Response = error_response(request, 500, "The server failed; this is a bug.", hint="Please report it.")
    # A crash is answered outside of all middleware.
    answer.headers.update(_headers_of(request.scope))
    return answer
