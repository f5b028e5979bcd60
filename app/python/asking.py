"""A body → its answer, computed here or by a server: the same numbers to the last bit."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.answers.walks import Collector, records
from app.python.errors import RequestError, ServerError, request_error
from app.request.errors import ApiError, short
from app.request.making import make_request
from app.request.reading import read_body
from app.request.writing import to_json

_JSON, _PATH = "application/json", "/api/descent"


class _Staying(HTTPRedirectHandler):
    """Follows no redirection: urllib would ask there without the body, and get another walk."""

    def redirect_request(self, *_: Any) -> None:
        """Leave it to whoever asked."""


_open = build_opener(_Staying).open


class Answered(NamedTuple):
    """An answer as its JSON is, but for the walks' columns, which may be arrays."""

    request: dict[str, Any]
    query: str
    walks: Sequence[Mapping[str, Any]]
    runs: Sequence[Mapping[str, Any]]
    plane: Mapping[str, Any] | None


def answer_here(body: bytes) -> Answered:
    """Walk in this process. Raises ``RequestError``."""
    try:
        request = make_request(read_body(body))
    except ApiError as error:
        raise request_error(error) from None
    collector = Collector()
    for record in records(request):
        collector.add(record)
    # What is said of a walk is said as a server says it: what is not finite is None.
    walks = [{**walk, "summary": _as_json(walk["summary"])} for walk in collector.walks()]
    return Answered(
        _as_json(request.canonical), request.query, walks, _as_json(list(collector.runs)), _as_json(collector.plane)
    )


def _as_json(value: Any) -> Any:
    return json.loads(to_json(value))


def answer_of(server: str, body: bytes, timeout: float) -> Answered:
    """Ask the server at this address. Raises ``RequestError`` and ``ServerError``."""
    answer = _read(server, _ask(server, body, timeout))
    try:
        return Answered(
            answer["request"], answer["query"], answer["walks"], answer.get("runs", ()), answer.get("plane")
        )
    except KeyError:
        raise _no_downhill(server) from None


def base_of(server: str) -> str:
    """The server's address without the slashes behind it. Raises ``RequestError`` for what is none."""
    parts = urlsplit(server) if isinstance(server, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        hint = "The address of a server, such as http://127.0.0.1:8000."
        raise RequestError(f"server={short(server)} is no address.", "server", hint)
    return server.rstrip("/")


def _ask(server: str, body: bytes, timeout: float) -> bytes:
    request = Request(f"{base_of(server)}{_PATH}", body, {"Content-Type": _JSON, "Accept": _JSON})
    try:
        status, content = _content(request, timeout)
    except ServerError:
        raise
    except (HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        hint = f"Is it running? python -m app serves one; timeout={timeout:g} is how many seconds are waited."
        raise ServerError(f"The server at {server} does not answer: {reason}.", "server", hint) from error
    if status != HTTPStatus.OK:
        raise _told(server, status, content)
    return content


def _content(request: Request, timeout: float) -> tuple[int, bytes]:
    try:
        with _open(request, timeout=timeout) as response:
            return response.status, response.read()
    except HTTPError as error:
        with error:
            if error.code < HTTPStatus.BAD_REQUEST:
                moved = short(error.headers.get("location", "another address").removesuffix(_PATH))
                raise ServerError(f"The server is at {moved}.", "server", "Give it by that address.") from None
            return error.code, error.read()


def _told(server: str, status: int, content: bytes) -> RequestError | ServerError:
    """The error that the server has told."""
    told = _read(server, content).get("error")
    if not isinstance(told, dict) or "message" not in told:
        return _no_downhill(server)
    kind = RequestError if status < HTTPStatus.INTERNAL_SERVER_ERROR else ServerError
    return kind(told["message"], told.get("key"), told.get("hint"), status)


def _read(server: str, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except ValueError:
        raise _no_downhill(server) from None
    if not isinstance(answer, dict):
        raise _no_downhill(server)
    return answer


def _no_downhill(server: str) -> ServerError:
    hint = "With a path of its own the address has it: https://example.org/downhill."
    return ServerError(f"What answers at {server} is not Downhill.", "server", hint)
