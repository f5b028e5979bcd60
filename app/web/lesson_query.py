"""The query that a lesson's page shows: its own settings, where its address says nothing of a walk."""

from urllib.parse import parse_qsl

from app.lessons import Lesson
from app.request.keys import QUERY_KEYS, VIEW_KEYS
from app.request.making import make_request
from app.request.values import tidy
from app.request.writing import write_query


def keys_of(query: bytes) -> set[str]:
    """The keys that a query names."""
    pairs = parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)
    return {tidy(key, QUERY_KEYS) for key, _ in pairs}


def shown_in(lesson: Lesson, query: bytes) -> bytes:
    """The whole query of what a lesson's page shows at this query.

    How it is shown may be all that an address says: the lesson's settings are as they are without it.
    """
    if not query:
        return write_query(make_request(lesson.opening).given).encode()
    if keys_of(query) & (set(QUERY_KEYS) - set(VIEW_KEYS)):
        return query
    given = {key: value for key, value in make_request(lesson.request).given.items() if key not in keys_of(query)}
    return b"&".join([*([write_query(given).encode()] if given else []), query])
