"""The path prefix that a proxy serves Downhill under: ``--root-path``."""

import re
from argparse import ArgumentTypeError
from urllib.parse import unquote

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# One that begins like an address of Downhill's own could be told from it only by guessing.
_OWN = (
    *("api", "docs", "favicon.ico", "healthz", "lessons", "openapi.json", "preview.png", "qr.svg", "static"),
    *("embed", "examples", "oembed", "thumbnails", "two-dimensions"),
)
_SEGMENTS = re.compile(r"(/(?!\.{1,2}(/|$))([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*")


def read_root_path(text: str) -> str:
    """The prefix that an option names, without a slash at its end. Raises ``ArgumentTypeError``."""
    path = text.rstrip("/")
    if not _SEGMENTS.fullmatch(path):
        raise ArgumentTypeError(f"{text} is no path of an address; use for example /downhill")
    if path.split("/")[1:2] and path.split("/")[1] in _OWN:
        raise ArgumentTypeError(f"{text} begins with an address of Downhill's own; use for example /downhill")
    return path


def root_of(request: HTTPConnection) -> str:
    """The prefix before all addresses of the answer: empty, or a path without a slash at its end."""
    root: str = request.scope.get("app_root_path", request.scope.get("root_path", ""))
    return root


def path_of(request: HTTPConnection) -> str:
    """The path that was asked for, without the prefix."""
    path: str = request.scope["path"]
    return path.removeprefix(root_of(request))


class Prefix:
    """Takes requests with the prefix, from a proxy that passes them on as they are, and without it.

    A server puts the prefix before every path, for proxies take it away (ASGI's ``root_path``); before one that was not
    taken away it stands twice.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its prefix once, and send one that asks for the prefix alone to the page in it."""
        root = scope.get("root_path", "")
        if scope["type"] == "http" and root:
            raw = scope["raw_path"].decode("ascii")
            asked = raw.removeprefix(root)
            if asked in ("", root):
                query = scope["query_string"].decode("latin-1")
                await RedirectResponse(f"{root}/?{query}".removesuffix("?"), 308)(scope, receive, send)
                return
            rest = asked.removeprefix(root) if asked.startswith(f"{root}/") else asked
            scope["path"], scope["raw_path"] = root + unquote(rest), (root + rest).encode("ascii")
        await self.app(scope, receive, send)
