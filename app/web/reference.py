"""What /docs tells of the API's description: how each route is called, a request to try, and what it answers."""

import html
import json
import re
import shlex
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

_KINDS = {"integer": "a whole number", "number": "a number", "string": "text"}
# More words than this are listed where the description says.
_MOST_WORDS = 4


def routes(document: Mapping[str, Any], addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """The routes of an OpenAPI document with their calls. ``addresses`` are those of a request to each."""
    common = {one["name"]: one["description"] for one in document["paths"]["/api/descent"]["get"]["parameters"]}
    return [
        {"path": path, "calls": [_call(method, path, call, addresses[path], common) for method, call in calls.items()]}
        for path, calls in document["paths"].items()
    ]


def _call(
    method: str, path: str, operation: Mapping[str, Any], address: str, common: Mapping[str, str]
) -> dict[str, Any]:
    parameters = operation.get("parameters", [])
    takes_all = common.keys() <= {parameter["name"] for parameter in parameters}
    ((media_type, content),) = (
        (kind, one) for kind, one in operation["responses"]["200"]["content"].items() if "example" in one
    )
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    return {
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "paragraphs": operation["description"].split("\n\n"),
        "takes_all": takes_all,
        # A key that a route reads in its own way is described in its own words.
        "own": [one for one in parameters if not takes_all or common.get(one["name"]) != one.get("description", "")],
        "address": path if body else address,
        "body": body and json.dumps(body),
        "media_type": media_type,
        "answer": content["example"] if isinstance(content["example"], str) else _pretty(content["example"]),
    }


def command(call: Mapping[str, Any], origin: str) -> Markup:
    """The line that makes the call in a shell, as the content of an element."""
    body = f"-H 'content-type: application/json' -d {shlex.quote(call['body'])} " if call["body"] else ""
    return Markup(html.escape(f"curl {body}'{origin}{call['address']}'", quote=False))


def with_code(text: str) -> Markup:
    """The text with what stands between backticks as code."""
    pieces = re.split(r"`([^`]+)`", text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else escape(piece) for index, piece in enumerate(pieces)
    )


def values(schema: Mapping[str, Any]) -> str:
    """What a key may be, in words."""
    words = [word for word in schema.get("enum", ()) if word is not None]
    if words:
        text = " or ".join(words) if len(words) <= _MOST_WORDS else f"one of {len(words)} slugs"
    elif schema["type"] == "array" and schema["items"]["type"] == "number":
        text = f"{schema['minItems']} to {schema['maxItems']} numbers with commas between"
    elif schema["type"] == "array" and "enum" in schema["items"]:
        known = len(schema["items"]["enum"])
        most = f"up to {schema['maxItems']} " if schema["maxItems"] < known else ""
        text = f"{most}names out of {known} with commas between"
    elif schema["type"] == "array":
        text = f"text, up to {schema['maxItems']} times"
    else:
        text = _KINDS[schema["type"]]
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to"}
    text += "".join(f" {word} {_number(schema[bound])}" for bound, word in bounds.items() if bound in schema)
    return text + (f"; default {_number(schema['default'])}" if "default" in schema else "")


def _number(value: Any) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _pretty(value: Any) -> str:
    """Return JSON over several lines, with lists of numbers on one."""
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return re.sub(
        r"\[[^\[\]{}\"]*\]",
        lambda found: re.sub(r"\s*\n\s*", " ", found[0]).replace("[ ", "[").replace(" ]", "]"),
        text,
    )
