"""What later versions add to answers, and how it is taken out again before they are compared with an older one."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# Keys that requests have gained since the base, null where they mean nothing; entries that registries have gained; and
# keys that records have gained.
NEW_KEYS = (
    *("plane", "plane_run", "weights"),
    *("formula", "constants", "rule", "hyperparameters", "data", "model"),
)
NEW_SLUGS = ("network-curve", "network-moons", "network-xor")
NEW_FIELDS = ("network", "points", "found")
# What a record has gained that goes by a name which others have had: those that have the second key as well.
NEW_BESIDE = {
    "constants": "expression",
    "text": "update_rule",
    **dict.fromkeys(("constant", "centre", "unit", "second"), "features"),
}
# What says nothing, and was an empty list once.
NOTHING = "hide"
# Which files a page's scripts and styles are in.
_SCRIPTS = re.compile(rb'<link rel="(?:modulepreload|stylesheet)"[^>]*>|<script type="module"[^>]*></script>')
_BETWEEN = re.compile(rb">\s+<")
_BOOT = re.compile(rb'(<script[^>]* id="boot"[^>]*>)(.*?)(</script>)', re.DOTALL)
# How many further entries of a list a hint does not name.
_MORE = re.compile(r"\band \d+ more\b")
# The version, which every page tells.
_VERSION = re.compile(r"(?<=Downhill )\d+\.\d+\.\d+")


def without_additions(asked: Mapping[str, Any], before: bytes, now: bytes) -> tuple[bytes, bytes]:
    """Both answers in one form, without what was added; a page is its text and the data of its scripts.

    Of what describes the API itself, which tells of all that is new, only what the older one tells is compared.
    """
    if asked["path"] == "/openapi.json":
        return _described(before, before), _described(before, now)
    if asked["path"] == "/docs":
        return b"", b""
    return _in_one_form(before), _in_one_form(now)


def _described(older: bytes, document: bytes) -> bytes:
    """Which of the older document's routes, methods and parameters are in this one."""
    paths = json.loads(document)["paths"]
    known = [
        (path, method, parameter["name"])
        for path, calls in json.loads(older)["paths"].items()
        for method, call in calls.items()
        for parameter in call.get("parameters", [{"name": ""}])
    ]
    names = {
        (path, method, parameter["name"])
        for path, calls in paths.items()
        for method, call in calls.items()
        for parameter in [*call.get("parameters", []), {"name": ""}]
    }
    return json.dumps([part for part in known if part in names]).encode()


def _in_one_form(answer: bytes) -> bytes:
    answer = _BETWEEN.sub(b"><", _SCRIPTS.sub(b"", answer))
    if found := _BOOT.search(answer):
        data = _written(json.loads(found[2]))
        return _plain((answer[: found.start(2)] + data + answer[found.end(2) :]).decode())
    try:
        return b"\n".join(_written(line) for line in _records(answer))
    except ValueError:
        return _plain(answer.decode(errors="replace"))


def _plain(text: str) -> bytes:
    return _VERSION.sub("", _MORE.sub("and more", text)).encode()


def _records(answer: bytes) -> Iterator[Any]:
    """The records of JSON lines, or the one that there is, without those that tell of the time it took."""
    for line in answer.splitlines() or [b"null"]:
        record = json.loads(line)
        if not (isinstance(record, dict) and record.get("kind") == "progress"):
            yield record


def _written(value: Any) -> bytes:
    return _plain(json.dumps(_pruned(value)))


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        added = {key for key, beside in NEW_BESIDE.items() if beside in value}
        return {key: _pruned(part) for key, part in value.items() if key not in added and not _is_new(key, part)}
    if isinstance(value, list):
        return [_pruned(part) for part in value if not _is_entry(part)]
    return value


def _is_entry(part: Any) -> bool:
    return (isinstance(part, dict) and part.get("slug") in NEW_SLUGS) or part in (*NEW_SLUGS, *NEW_KEYS)


def _is_new(key: str, part: Any) -> bool:
    # Tables by slug, and symbols by key.
    says_nothing = (key in NEW_KEYS and part is None) or (key == NOTHING and not part)
    return says_nothing or key in (*NEW_SLUGS, *NEW_FIELDS)
