"""``descend(…)``: the keys of the HTTP contract as keyword arguments."""

import json
import math
from typing import Any

from app.python.asking import answer_here, answer_of
from app.python.errors import RequestError
from app.python.walks import Walk, Walks, walks_of
from app.request.errors import short


def descend(*, server: str | None = None, timeout: float = 120.0, **keys: Any) -> Walk | Walks:
    """Walk, and return the walk; with several starts or runs all of them, as ``Walks``.

    The keys are those of the HTTP contract (``/api/keys``, ``/docs``), with numbers as numbers, lists, tuples or arrays
    as lists, and ``runs`` as a list of dicts; what is left out, or None, has its default:

        descend(landscape="rosenbrock", optimizer="adam", learning_rate=0.05, start=(-1, 1)).path

    Without a ``server`` the walk is computed in this process; with the address of one, such as
    ``http://127.0.0.1:8000``, there, which may take ``timeout`` seconds to answer. The numbers are the same.

    Raises ``RequestError``, a ValueError that names the key and what would be right, and ``ServerError``, a
    ConnectionError.
    """
    body = json.dumps({key: _plain(key, value) for key, value in keys.items()}).encode()
    answered = answer_here(body) if server is None else answer_of(server, body, timeout)
    walks = walks_of(answered, server)
    return walks[0] if len(walks) == 1 else walks


def _plain(key: str, value: Any) -> Any:
    """The value as JSON has it. Raises ``RequestError`` for what JSON has nothing for."""
    # Arrays and their scalars, whichever library they are of.
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, dict):
        return {str(name): _plain(key, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(key, one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise RequestError(f"{key}={value} is not finite.", key, "A finite number.")
    if value is None or isinstance(value, str | int | float):
        return value
    hint = "A number, a list or a string."
    raise RequestError(f"{key}={short(value)} is of the kind {type(value).__name__}.", key, hint)
