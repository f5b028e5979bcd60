"""What OpenAPI is told beside what FastAPI finds: keys, record types, errors, and an example at every route."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import TypeAdapter

from app.answers.records import MapRecord, Record
from app.exports.work import MadeRecord
from app.request.errors import ErrorAnswer
from app.request.keys import (
    KEYS,
    MAX_LINKED_POINTS,
    MAX_RESOLUTION,
    MAX_RUNS,
    NAMED,
    QUERY_KEYS,
    RUN_PATTERN,
    SURFACE_RESOLUTION,
    VIEWS_SCHEMA,
    DescentRequest,
)
from app.web.examples import EXAMPLE, EXAMPLE_BODIES, examples
from app.web.responses import NDJSON

ERRORS: dict[int | str, dict[str, Any]] = {
    422: {"model": ErrorAnswer, "description": "The request makes no sense; the message says why."},
    503: {"model": ErrorAnswer, "description": "The server is busy now; see Retry-After."},
}


def further(**keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entries of the keys that one route reads besides, or instead of, a request's."""
    return {"parameters": [query_parameter(key, text, schema) for key, (text, schema) in keys.items()]}


def query_parameter(key: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI's entry of one key of a query."""
    entry = {"name": key, "in": "query", "description": description, "schema": schema}
    # Numbers with commas between, as in start=2,1; a further run is a key of its own.
    return entry | ({"style": "form", "explode": key == "run"} if schema["type"] == "array" else {})


RESOLUTION = (
    "Points along each axis.",
    {"type": "integer", "minimum": 2, "maximum": MAX_RESOLUTION, "default": SURFACE_RESOLUTION},
)
RELIEF = (
    "1 adds what draws the ground as a map.",
    {"type": "integer", "minimum": 0, "maximum": 1, "default": 0},
)
SHAPE = ("The landscape's shape knob; its own default otherwise.", {"type": "number"})
SLUG_ERRORS: dict[int | str, dict[str, Any]] = {404: {"model": ErrorAnswer}, 422: ERRORS[422]}


def parameters(**schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Return OpenAPI's entries of a request's keys; ``schemas`` says more of some."""
    entries = []
    for query_key, (key, entry) in zip(
        QUERY_KEYS, DescentRequest.model_json_schema()["properties"].items(), strict=True
    ):
        example = EXAMPLE.canonical[key]
        parameter = query_parameter(query_key, entry["description"], _plain(key, entry) | schemas.get(query_key, {}))
        entries.append(parameter | ({"example": example} if example not in (None, []) else {}))
    return entries


def query_with(**keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entries of a request's keys, and of those that the route reads besides, or in their place."""
    return {"parameters": [one for one in parameters() if one["name"] not in keys] + further(**keys)["parameters"]}


_NUMBER = r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?"
_NAMED_NUMBER = rf"[A-Za-z][A-Za-z0-9_]*:{_NUMBER}"
_POINT = f"{_NUMBER}(,{_NUMBER}){{1,2}}"


def _plain(key: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The schema of a key as a query has it: without null, and runs as texts."""
    if key == "runs":
        return {"type": "array", "items": {"type": "string", "pattern": RUN_PATTERN}, "maxItems": MAX_RUNS}
    if key == "at":
        return {"type": "string", "pattern": "^([0-9]{1,15}|end)$"}
    if key == "view":
        return VIEWS_SCHEMA
    if key in NAMED:
        most = entry["maxProperties"]
        return {"type": "string", "pattern": f"^{_NAMED_NUMBER}(,{_NAMED_NUMBER}){{0,{most - 1}}}$"}
    if key == "data":
        return {"type": "string", "pattern": f"^{_POINT}(;{_POINT}){{0,{MAX_LINKED_POINTS - 1}}}$"}
    kind = next(part for part in (entry, *entry.get("anyOf", [])) if "type" in part)
    described = {"title", "description", "anyOf", "default", "symbol", "scale", "low", "high"}
    default = {"default": entry["default"]} if entry.get("default") is not None else {}
    plain = {name: part for name, part in (entry | kind).items() if name not in described} | default
    # In a query null is written by leaving the key out.
    return plain | ({"enum": [word for word in plain["enum"] if word is not None]} if "enum" in plain else {})


RECORD_SCHEMA = TypeAdapter(Record).json_schema(ref_template="#/components/schemas/{model}")
MAP_SCHEMA = TypeAdapter(MapRecord).json_schema(ref_template="#/components/schemas/{model}")
STREAM = {"content": {NDJSON: {"schema": RECORD_SCHEMA}}, "description": "One record a line."}
_MADE_SCHEMA = TypeAdapter(MadeRecord).json_schema(ref_template="#/components/schemas/{model}")
MADE_PIECE_BY_PIECE = {NDJSON: {"schema": {key: part for key, part in _MADE_SCHEMA.items() if key != "$defs"}}}
_BODY = "#/components/schemas/DescentRequest"


def body_with(example: dict[str, Any], **keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entry of the same keys as a JSON body, with those that the route reads besides."""
    schema: dict[str, Any] = {"$ref": _BODY}
    if keys:
        own = {key: {**part, "description": text} for key, (text, part) in keys.items()}
        named = {key: {"$ref": f"{_BODY}/properties/{key}"} for key in KEYS}
        schema = {"type": "object", "additionalProperties": False, "properties": named | own}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def asked(
    router: APIRouter, path: str, **described: Any
) -> Callable[[Callable[..., Awaitable[Response]]], Callable[..., Awaitable[Response]]]:
    """Register the function for what is asked at the path: keys in a query, or the same keys in the body of a POST.

    ``further`` describes those that the route reads besides.
    """
    further = described.pop("further", {})

    def register(answer: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
        ways = {"GET": query_with(**further), "POST": body_with(EXAMPLE_BODIES[path], **further)}
        for method, extra in ways.items():
            router.add_api_route(path, answer, methods=[method], openapi_extra=extra, **described)
        return answer

    return register


def complete_openapi(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with the stream's record types among its components and an example at every route.

    The examples are computed like any answer, so that they cannot grow old.
    """
    schemas = document["components"]["schemas"]
    for name, schema in (RECORD_SCHEMA["$defs"] | MAP_SCHEMA["$defs"] | _MADE_SCHEMA["$defs"]).items():
        schemas.setdefault(name, schema)
    for path, example in examples().items():
        for operation in document["paths"][path].values():
            content = operation["responses"]["200"].setdefault("content", {})
            # Where an answer is no JSON its route says what it is.
            media_type = next(iter(content), NDJSON) if isinstance(example, str) else "application/json"
            content.setdefault(media_type, {})["example"] = example
    return document


MAP_STREAM = {"content": {NDJSON: {"schema": MAP_SCHEMA}}, "description": "One record a line."}
