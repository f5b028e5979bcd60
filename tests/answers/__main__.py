"""``python -m tests.answers [BASE]``: ask another version, a commit, and this one the same requests, and compare.

Both run on this machine, for last digits may be another one's. What has been added since (``added``) is taken out of
the newer answer; everything else must be equal byte for byte.
"""

import argparse
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.answers.added import without_additions
from tests.answers.asked import Asked, all_requests, with_defaults
from tests.explicit import defaults_of

# Version 0.6.0, with the defaults that are for ever. Where answers are to change, this becomes the last commit that
# gives them as they were.
BASE = "a3084a8"
ROOT = Path(__file__).resolve().parent.parent.parent
ANSWERING = Path(__file__).with_name("answering.py")
_STATIC = re.compile(rb"/static/[0-9a-f]+/")


def answers_of(folder: Path, requests: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return what the version in the folder answers."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "answers"
        lines = "".join(json.dumps(one) + "\n" for one in requests)
        command, environ = [sys.executable, str(ANSWERING), str(out)], {**os.environ, "PYTHONHASHSEED": "0"}
        subprocess.run(command, cwd=folder, input=lines, text=True, check=True, env=environ)
        return [json.loads(line) for line in out.read_text().splitlines()]


def compared(asked: Asked, before: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Return what is different, None where nothing is but what was added."""
    if (before["status"], before["type"]) != (now["status"], now["type"]):
        return f"{before['status']} {before['type']} → {now['status']} {now['type']}"
    one, other = (_STATIC.sub(b"/static/", base64.b64decode(answer["body"])) for answer in (before, now))
    if one == other:
        return None
    one, other = without_additions(asked, one, other)
    if one == other:
        return None
    at = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"at byte {at}: {one[max(0, at - 60) : at + 60]!r} → {other[max(0, at - 60) : at + 60]!r}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print what differs, and return 1 where anything does."""
    parser = argparse.ArgumentParser(prog="python -m tests.answers", description=__doc__)
    parser.add_argument("base", nargs="?", default=BASE, help="the commit to compare with (default %(default)s)")
    parser.add_argument("--count", type=int, default=2_000, help="about how many requests (default %(default)s)")
    options = parser.parse_args(arguments)
    known = subprocess.run(["git", "cat-file", "-e", f"{options.base}^{{commit}}"], cwd=ROOT, capture_output=True)
    if known.returncode:
        sys.exit(f"This checkout has no commit {options.base}; a shallow one gets it by: git fetch --unshallow")
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary) / "base"
        subprocess.run(["git", "worktree", "add", "--detach", str(base), options.base], cwd=ROOT, check=True)
        try:
            return _compare(base, options.count)
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(base)], cwd=ROOT, check=True)


def _compare(base: Path, count: int) -> int:
    registries = ["/api/landscapes", "/api/optimizers", "/api/schedules", "/api/lessons"]
    told = answers_of(base, [{"method": "GET", "path": path, "page": False} for path in registries])
    known = {path: json.loads(base64.b64decode(one["body"])) for path, one in zip(registries, told, strict=True)}
    before = defaults_of(known["/api/landscapes"], known["/api/optimizers"])
    requests = [with_defaults(asked, before) for asked in all_requests(known.__getitem__, count)]
    different = 0
    for asked, before, now in zip(requests, answers_of(base, requests), answers_of(ROOT, requests), strict=True):
        if found := compared(asked, before, now):
            different += 1
            print(f"{asked['method']} {asked['path']} {asked.get('body', '')}\n    {found}")
    print(f"{len(requests)} requests, {different} answered differently")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
