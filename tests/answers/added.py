"""What later versions add to answers, and how it is taken out again before they are compared with an older one."""

import json
from collections.abc import Mapping
from typing import Any

# Keys that a request has gained; null where they mean nothing.
NEW_KEYS = ("radius",)
# Entries that registries have gained.
NEW_SLUGS = ("bfgs", "sam")


def without_additions(asked: Mapping[str, Any], before: bytes, now: bytes) -> tuple[bytes, bytes]:
    """Return both answers in one form, the newer without what was added; as they are where they are no JSON."""
    try:
        pairs = [[json.loads(line) for line in one.splitlines() or [b"null"]] for one in (before, now)]
    except ValueError:
        return before, now
    older, newer = pairs
    return json.dumps(older).encode(), json.dumps([_pruned(line) for line in newer]).encode()


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _pruned(part) for key, part in value.items() if not _is_new(key, part, value)}
    if isinstance(value, list):
        return [_pruned(part) for part in value if not (isinstance(part, dict) and part.get("slug") in NEW_SLUGS)]
    return value


def _is_new(key: str, part: Any, whole: Mapping[str, Any]) -> bool:
    return (
        (key in NEW_KEYS and part is None)
        # The landscape's own record in the start of a stream and of a map, and colours in a map's legend.
        or (key == "landscape" and isinstance(part, dict) and whole.get("kind") == "start")
        or (key == "colour" and "outcome" in whole)
        or (key == "needs" and "key" in whole)
    )
