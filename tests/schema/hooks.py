"""A check of schemathesis' answers besides its own: what the schema allows by each key alone, the server reads.

A schema says what one key may be, not what goes with what: 422 for momentum with an optimizer that has none is right.
But what is refused for a key alone, the schema has to refuse as well. Loaded by ``schemathesis.toml``.
"""

from urllib.parse import parse_qs, urlencode, urlsplit

import schemathesis
from pydantic import ValidationError

from app.request.errors import ApiError
from app.request.keys import KEYS, DescentRequest
from app.request.reading import read_query


@schemathesis.check
def what_the_schema_allows_is_read(context, response, case):
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, dict):
        given = {key: value for key, value in case.body.items() if value is not None}
    else:
        query = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
        given = {}
        for key, texts in query.items():
            for text in texts:
                # Keys that only some routes have are whole numbers.
                given |= _read(urlencode({key: text}))
    for key, value in given.items():
        if key in KEYS:
            _check(key, value)


def _read(query):
    try:
        # Nor does a schema know what the grammar of formulas and rules names.
        return read_query(query.encode(), ("walk", "first", "count", "of", "step"), texts=("text",))
    except ApiError as error:
        raise AssertionError(f"valid by the schema, but: {error.message}") from None


def _check(key, value):
    try:
        DescentRequest(**{key: value})
    except ValidationError as error:
        raise AssertionError(f"valid by the schema, but: {error}") from None
