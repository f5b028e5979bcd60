"""A query or a body → the keys of a request, as numbers, lists and words."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote_to_bytes

from app.request.checking import all_keys, unknown_key
from app.request.errors import ApiError, short
from app.request.keys import KEYS, MAX_RUNS, NAMED, QUERY_KEYS, WHOLE, WORDS
from app.request.making import make_request
from app.request.runs import read_run
from app.request.values import read_value, read_whole, spelled, tidy, tidy_value

MAX_BODY = 65_536
MAX_QUERY = 8_192
MAX_KEYS = 100


def read_pairs(query: bytes, known: Iterable[str]) -> dict[str, str]:
    """The query as text by key. Raises ``ApiError`` for what is unknown, repeated, empty or not UTF-8."""
    return dict(_read_pairs(query, tuple(known)))


def _read_pairs(query: bytes, known: Sequence[str], repeatable: str | None = None) -> list[tuple[str, str]]:
    pairs = [(tidy(key, known), text) for key, text in _split(query, known)]
    found: set[str] = set()
    for key, text in pairs:
        if key not in known:
            unknown_key(key, known, text)
        if key in found and key != repeatable:
            raise ApiError(f"{key} is given more than once.", key, "Give it once.")
        if not text.strip():
            raise ApiError(f"{key} is empty.", key, f"Leave {key} out to use its default.")
        found.add(key)
    return pairs


def _split(query: bytes, known: Sequence[str]) -> list[tuple[str, str]]:
    """The query's keys and values as they stand in it. Raises ``ApiError`` for what is too long or not UTF-8."""
    if len(query) > MAX_QUERY:
        raise ApiError(f"The query has {len(query)} bytes.", hint=f"The most is {MAX_QUERY}.")
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_KEYS)
    except UnicodeDecodeError:
        wrong = (part.partition(b"=")[0].decode("latin-1") for part in query.split(b"&") if not _is_utf8(part))
        key = next(wrong, None)
        key = key if key in known else None
        raise ApiError(f"{key or 'The query'} is not valid UTF-8.", key, "Percent-encode it as UTF-8.") from None
    except ValueError:
        raise ApiError(f"The query has more than {MAX_KEYS} keys.", hint=all_keys(known)) from None


def _is_utf8(part: bytes) -> bool:
    try:
        unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return False
    return True


def read_query(query: bytes, further: Sequence[str] = (), texts: Sequence[str] = ()) -> dict[str, Any]:
    """The request's keys, and ``further`` whole numbers, from a query as numbers, lists and words; ``texts`` as it is.

    Raises ``ApiError``.
    """
    pairs = _read_pairs(query, (*QUERY_KEYS, *further, *texts), repeatable="run")
    runs = [read_run(text, make_request) for key, text in pairs if key == "run"]
    if len(runs) > MAX_RUNS:
        raise ApiError(f"run is given {len(runs)} times.", "run", f"At most {MAX_RUNS} times.")
    values = {
        key: read_whole(key, text, "A whole number.") if key in further else read_value(key, text)
        for key, text in pairs
        if key != "run" and key not in texts
    }
    values |= {key: text for key, text in pairs if key in texts}
    return values | ({"runs": runs} if runs else {})


def read_body(body: bytes, further: Sequence[str] = (), texts: Sequence[str] = ()) -> dict[str, Any]:
    """The keys of a JSON body, with ``further`` whole numbers and ``texts``, as ``read_query`` has them of a query.

    Raises ``ApiError`` for what is no JSON object or gives a key twice.
    """
    try:
        values = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ApiError("The body is not valid UTF-8.", hint="Send JSON in UTF-8.") from None
    except (ValueError, RecursionError):
        raise ApiError("The body is not valid JSON.", hint='Send an object such as {"landscape": "bowl"}.') from None
    if not isinstance(values, dict):
        raise ApiError("The body is not a JSON object.", hint='Send an object such as {"landscape": "bowl"}.')
    runs = values.get("runs")
    if isinstance(runs, list):
        values["runs"] = [_read_object(run) if isinstance(run, dict) else run for run in runs]
    own = {key: _read_further(key, values.pop(key), key in texts) for key in (*further, *texts) if key in values}
    return _read_object(values) | {key: value for key, value in own.items() if value is not None}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The keys and values of a JSON object. Raises ``ApiError`` for a key that comes twice."""
    table: dict[str, Any] = {}
    for name, value in pairs:
        key = tidy(name, KEYS)
        if key in table:
            raise ApiError(f"{short(key)} is given more than once.", key[:80], "Give it once.")
        table[key] = value
    return table


def _no_constant(name: str) -> NoReturn:
    raise ApiError(f"{name} is not JSON.", hint="Numbers must be finite.")


def _read_object(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _read_json(key, value) for key, value in values.items() if value is not None or key not in KEYS}


def _read_further(key: str, value: Any, is_text: bool) -> int | str | None:
    """A key that one route alone reads: a whole number, or whole numbers as a query has them. Raises ``ApiError``."""
    if is_text and isinstance(value, list) and not any(isinstance(part, str) for part in value):
        value = ",".join(map(str, value))
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    if value is None or (isinstance(value, str if is_text else int) and not isinstance(value, bool)):
        return value
    raise ApiError(
        f"{key}={short(value)} is not what {key} takes.",
        key,
        "Text, or numbers in a list." if is_text else "A whole number.",
    )


def _read_json(key: str, value: Any) -> Any:
    # 200.0 is a whole number as well; other JSON writers write it so.
    if key in WHOLE | {"at"} and isinstance(value, float) and value.is_integer():
        return int(value)
    if key in NAMED and isinstance(value, dict):
        return {spelled(name): number for name, number in value.items()}
    if key in ("hide", "view") and isinstance(value, list):
        return [tidy_value(key, part) if isinstance(part, str) else part for part in value]
    return tidy_value(key, value) if isinstance(value, str) and key in WORDS | {"at"} else value
