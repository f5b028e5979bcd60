"""The request that a page opens with: bad keys replaced by their defaults, what was wrong, what was likely meant."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from app.request.errors import ApiError
from app.request.keys import LISTS, OF_THE_MAP
from app.request.making import make_request
from app.request.reading import MAX_KEYS, MAX_QUERY, read_query
from app.request.request import WalkRequest


def make_request_leniently(query: bytes) -> tuple[WalkRequest, list[ApiError]]:
    """The request that a page opens with, its bad keys replaced by their defaults, and what was wrong."""
    try:
        return make_request(read_query(query)), []
    except ApiError as first:
        if _is_too_long(query):
            # What is too long or has too many parts is one complaint.
            return make_request({}), [first]
        return _make_what_is_good(query)


def _is_too_long(query: bytes) -> bool:
    return len(query) > MAX_QUERY or len(query.split(b"&")) > MAX_KEYS


def _make_what_is_good(query: bytes) -> tuple[WalkRequest, list[ApiError]]:
    given, complaints = _read_what_is_good(query)
    runs = given.pop("runs", [])
    # A map's own keys are checked last: what they mean depends on the run that it is of.
    of_the_map = {key: given.pop(key) for key in OF_THE_MAP if key in given}
    complaints += _make_what_can_be(given)[1]
    for run in runs:
        try:
            given["runs"] = make_request({**given, "runs": [*given.get("runs", []), run]}).canonical["runs"]
        except ApiError as complaint:
            complaints.append(complaint)
    given |= of_the_map
    request, last = _make_what_can_be(given)
    return request, complaints + last


def _read_what_is_good(query: bytes) -> tuple[dict[str, Any], list[ApiError]]:
    """The keys that can be read, and what was wrong: all at once or, so that each bad key is named, part by part."""
    try:
        return read_query(query), []
    except ApiError:
        complaints: list[ApiError] = []
    given: dict[str, Any] = {}
    runs: list[dict[str, Any]] = []
    for part in query.split(b"&"):
        try:
            pair = read_query(part)
            more_runs = pair.pop("runs", [])
            if repeated := given.keys() & pair.keys():
                key = repeated.pop()
                del given[key]
                raise ApiError(f"{key} is given more than once.", key)
            given.update(pair)
            runs += more_runs
        except ApiError as complaint:
            complaints.append(complaint)
    return {**given, "runs": runs}, complaints


def _make_what_can_be(given: dict[str, Any]) -> tuple[WalkRequest, list[ApiError]]:
    """The request without the keys that are wrong, which are deleted, and what was wrong with them."""
    complaints: list[ApiError] = []
    while True:
        try:
            return make_request(given), complaints
        except ApiError as complaint:
            complaints.append(complaint)
            # A map may be too large by its default resolution.
            wrong = complaint.key if complaint.key in given or complaint.key not in OF_THE_MAP else "map"
            if wrong not in given:
                given.clear()
            given.pop(wrong or "", None)
            if wrong and wrong == complaint.key and complaint.kept:
                given[wrong] = complaint.kept


def likely_query(query: bytes) -> str:
    """The query of the request that was likely meant, where some of its parts are not understood."""
    if _is_too_long(query):
        return ""
    pairs = [pair for part in _together(query.split(b"&")) for pair in _likely_pairs(part)]
    # What was given apart, as in x=2&y=1, belongs into one list.
    lists = {name: ",".join(text for key, text in pairs if key == name) for name in (*LISTS, "hide")}
    meant = dict.fromkeys((key, lists.get(key, text)) for key, text in pairs)
    return make_request_leniently(urlencode(list(meant)).encode())[0].query


# What is typed is read with the numbers that are given for its names.
_TYPED = (("formula", "constants"), ("rule", "hyperparameters"))


def _together(parts: Sequence[bytes]) -> list[bytes]:
    """The parts of a query, those as one that are read together."""
    groups: dict[object, list[bytes]] = {}
    for index, part in enumerate(parts):
        name = part.partition(b"=")[0].decode("latin-1").strip().lower()
        groups.setdefault(next((keys for keys in _TYPED if name in keys), index), []).append(part)
    return [b"&".join(group) for group in groups.values()]


def _likely_pairs(part: bytes, tries: int = 3) -> Sequence[tuple[str, str]]:
    """The keys and values that a part of a query likely means; what is meant may need another look itself."""
    try:
        make_request(read_query(part))
    except ApiError as error:
        if error.correction and tries:
            if any(error.key in keys for keys in _TYPED):
                return _likely_pairs(_corrected(part, dict(error.correction)), tries - 1)
            return [
                pair for meant in error.correction for pair in _likely_pairs(urlencode([meant]).encode(), tries - 1)
            ]
    return parse_qsl(part.decode("ascii", "replace"), keep_blank_values=True)


def _corrected(part: bytes, meant: Mapping[str, str]) -> bytes:
    """The keys that are read together, with those that were likely meant; what was to be left out has no text."""
    pairs = {**dict(parse_qsl(part.decode("ascii", "replace"))), **meant}
    return urlencode({key: text for key, text in pairs.items() if text}).encode()
