"""Static files, each version under an address of its own."""

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from fastapi.responses import Response

from app import ROOT
from app.answers.modules import joined
from app.answers.palette import PALETTE
from app.web.kept import Kept, keep

STATIC = ROOT / "static"
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}
# What a page loads, by the module that it begins with.
_SCRIPTS = {"page": "main.js", "embed": "embed.js"}
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}


@lru_cache(maxsize=1)
def _contents() -> Mapping[str, bytes]:
    """What each static file holds, by its path: those of the folder, the palette's style sheet, the pages' scripts."""
    paths = (path for path in sorted(STATIC.rglob("*")) if path.suffix in _MEDIA_TYPES)
    read = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in paths}
    scripts = {path.removeprefix("js/"): text.decode() for path, text in read.items() if path.endswith(".js")}
    made = {f"{name}.js": joined(scripts, entry).encode() for name, entry in _SCRIPTS.items()}
    return {**read, "css/palette.css": PALETTE.style_sheet().encode(), **made}


@lru_cache(maxsize=1)
def static_version() -> str:
    """A digest of all static files: their address changes with them, so browsers may keep them for a year."""
    digest = hashlib.sha256()
    for path, content in _contents().items():
        digest.update(path.encode() + content)
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def static_files() -> Mapping[str, Kept]:
    """All static files by their paths, as they are sent, for compressing them takes time."""
    return {path: _lasting(content, _MEDIA_TYPES[Path(path).suffix]) for path, content in _contents().items()}


def _lasting(content: bytes, media_type: str) -> Kept:
    return keep(Response(content, headers=_YEAR, media_type=media_type))


@lru_cache(maxsize=1)
def plotly_script() -> bytes:
    """The plotly.js that the installed plotly package carries."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def plotly_file() -> Kept:
    """plotly.js as it is sent, compressed as far as it goes, which takes most of a second."""
    return _lasting(plotly_script(), _MEDIA_TYPES[".js"])


@lru_cache(maxsize=1)
def plotly_style_ids() -> tuple[str, ...]:
    """The ids of style elements that plotly.js adds for maps, which no page here has, where they are missing.

    Empty ones are put in their place: the content security policy would refuse the full ones, with a complaint.
    """
    return tuple(sorted(set(re.findall(r'getElementById\("([0-9a-f]{64})"\)', plotly_script().decode()))))


@lru_cache(maxsize=1)
def plotly_version() -> str:
    """A digest of plotly.js for its address."""
    return hashlib.sha256(plotly_script()).hexdigest()[:12]
