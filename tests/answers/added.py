"""What later versions add to answers, and how it is taken out again before they are compared with an older one."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# Keys that a request has gained; null where they mean nothing.
NEW_KEYS = ("radius", "at", "view", "scale", "hide", "guess_first")
# Entries that registries have gained, and keys that say something of all entries, these included.
NEW_SLUGS = ("bfgs", "sam")
# Where stationary points are told: they are found from other places now, which may leave another last digit.
PLACES = ("stationary_points", "legend", "best_known")
_SYMBOLS = (
    *("inverse", "search", "length", "displacement", "gradient_change"),
    *("ascent", "perturbed", "gradient_there"),
)
# With this begins what the description of /api/keys has gained, there and on the page of the description.
_NEW_WORDS = "\n\n`needs` says when"
_IN_DOCS = re.compile(rb"<p><code>needs</code> says when.*?</p>\n?|,\s*&#34;needs&#34;: \[\]", re.DOTALL)
# Which files a page's scripts are in, and the names of the elements that they mount on.
_SCRIPTS = re.compile(
    rb'<link rel="modulepreload"[^>]*>|<script type="module"[^>]*></script>| id="(?:words|walk-curves|inspector)"'
)
_BOOT = re.compile(rb'(<script[^>]* id="boot"[^>]*>)(.*?)(</script>)', re.DOTALL)
# How many further entries of a list a hint does not name.
_MORE = re.compile(r"\band \d+ more\b")
# What the description of the learning rate, and a lesson, say of the optimizers that are new.
# The version, which every page tells, among it.
_OF_NEW_ONES = re.compile(
    r"(?<=Downhill )\d+\.\d+\.\d+|"
    r", 1 for bfgs\b|(?:&|&amp;)run=(?:bfgs|sam),learning_rate:[0-9.]+"
    r"|BFGS learns it from the gradients and is there after 50, but needs the loss of all data at each try\. "
)


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
    answer = _SCRIPTS.sub(b"", _IN_DOCS.sub(b"", answer))
    if found := _BOOT.search(answer):
        data = _written(json.loads(found[2]))
        return _plain((answer[: found.start(2)] + data + answer[found.end(2) :]).decode())
    try:
        return b"\n".join(_written(line) for line in _records(answer))
    except ValueError:
        return _plain(answer.decode(errors="replace"))


def _plain(text: str) -> bytes:
    return _OF_NEW_ONES.sub("", _MORE.sub("and more", text)).encode()


def _records(answer: bytes) -> Iterator[Any]:
    """The records of JSON lines, or the one that there is, without those that tell of the time it took."""
    for line in answer.splitlines() or [b"null"]:
        record = json.loads(line)
        if not (isinstance(record, dict) and record.get("kind") == "progress"):
            yield record


def _written(value: Any) -> bytes:
    return _plain(json.dumps(_pruned(value)))


def _pruned(value: Any, digits: bool = True) -> Any:
    if isinstance(value, dict):
        kept = {key: part for key, part in value.items() if not _is_new(key, part, value)}
        return {key: _pruned(part, digits and key not in PLACES) for key, part in kept.items()}
    if isinstance(value, list):
        return [_pruned(part, digits) for part in value if not _is_entry(part)]
    if isinstance(value, str):
        return value.partition(_NEW_WORDS)[0]
    if isinstance(value, float) and not digits:
        return float(f"{value:.14g}")
    return value


def _is_symbol(key: str, whole: Mapping[str, Any]) -> bool:
    """Whether this is how a page writes a quantity that only the new optimizers have."""
    return "newton" in whole and "gradient" in whole and key in _SYMBOLS


def _is_entry(part: Any) -> bool:
    return (isinstance(part, dict) and part.get("slug") in NEW_SLUGS) or part in (*NEW_SLUGS, *NEW_KEYS)


def _is_new(key: str, part: Any, whole: Mapping[str, Any]) -> bool:
    return (
        (key in NEW_KEYS and part is None)
        or _is_symbol(key, whole)
        # Tables by slug, and symbols by key.
        or key in (*NEW_SLUGS, *NEW_KEYS)
        # The landscape's own record in the start of a stream and of a map, and colours in a map's legend.
        or (key == "landscape" and isinstance(part, dict) and whole.get("kind") == "start")
        or (key == "colour" and "outcome" in whole)
        # The quadratic that BFGS believes in.
        or key == "believed"
        # When a key means something; on the page also of keys without a row, and whether a landscape has data.
        or (key == "needs" and ("key" in whole or "run_keys" in whole))
        or (key == "data" and isinstance(part, bool))
    )
