"""Static files, each version under an address of its own."""

import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from app.answers.palette import PALETTE

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "static"


@lru_cache(maxsize=1)
def static_version() -> str:
    """A digest of all static files: their address changes with them, so browsers may keep them for a year."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    digest.update(PALETTE.style_sheet().encode())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    """The paths of the JavaScript modules, to be loaded side by side rather than one after the other."""
    return tuple(sorted(path.relative_to(STATIC / "js").as_posix() for path in (STATIC / "js").rglob("*.js")))


@lru_cache(maxsize=1)
def plotly_script() -> bytes:
    """The plotly.js that the installed plotly package carries."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


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
