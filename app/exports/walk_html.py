"""A walk as one HTML file, which plays wherever it lies: it loads nothing, and its own policy says that it may not."""

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from app.answers.modules import joined
from app.answers.palette import PALETTE
from app.answers.pictures import TINTS, drawn_landscape, frame
from app.descent.landscapes.landscape import Box, FixedLandscape
from app.exports.citation import sentence, title
from app.exports.taken import Taken
from app.exports.walk_numbers import MOST_WALKS, Numbers, numbers_within
from app.request.request import WalkRequest
from app.request.writing import to_json, write_run, write_value

# A file has no more bytes than that.
LIMIT = 400_000
_ROOT = Path(__file__).parent.parent.parent
_ENTRY = "taken/walk_file.js"
# Points of the ground along each side, the most first: ground that takes more bytes is drawn with the next.
_RESOLUTIONS, _MOST_GROUND = (61, 41, 25), 120_000
# The colours that are painted by script.
_PAINTED = {f"c{index}" for index in range(8)} | {"casing", "casing-outer", "ink", "soft", "line"}
# How a page shows it, and what the title says.
_TOLD_ELSEWHERE = {"at", "view", "scale", "hide", "guess_first", "axis", "theory", "map", "map_run", "window", "hidden"}
_OF_RUNS, _MOST_POINTS = "runs", 12
# Signs that may end a script, or a line of one, wherever they stand in it.
_ENDING = {sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def walk_html(taken: Taken) -> bytes:
    """The whole page, at most ``LIMIT`` bytes: as many of the steps as there is room for, and a word on the others."""
    about = _about(taken)
    bare = _page(taken, about, Numbers([], []))
    # Beside its columns each walk has a record, and what is left out is told in a few lines.
    records = sum(len(to_json([walk["label"], walk["summary"]["message"]])) + 400 for walk in taken.walks[:MOST_WALKS])
    numbers = numbers_within(LIMIT - len(bare) - records - 1_000, taken.request, taken.walks)
    return _page(taken, about, numbers)


def _about(taken: Taken) -> dict[str, str]:
    """What stands on the page whatever it holds of the walks."""
    style, script = _style(), _script()
    return {
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'",
        "style": style,
        "script": script,
        "title": escape(title(taken.request)),
        "formula": _formula(taken.ground),
        "ground": _ground(taken.ground, taken.request.box),
        "settings": _settings(taken.request),
        "address": escape(taken.address),
        "citation": escape(sentence(taken.request)),
    }


def _page(taken: Taken, about: Mapping[str, str], numbers: Numbers) -> bytes:
    template = Template((_ROOT / "templates" / "walk.html").read_text(encoding="utf-8"))
    left_out = "".join(f"<p>{escape(said)}</p>" for said in numbers.left_out)
    if left_out:
        page, _, query = taken.address.partition("?")
        table = escape(f"{page}api/export/steps.csv?{query}")
        left_out += f'<p>All numbers of all walks: <a href="{table}" rel="noreferrer">steps.csv</a></p>'
    return template.substitute(about, walk=_in_script(_data(taken, numbers)), left_out=left_out).encode()


def _data(taken: Taken, numbers: Numbers) -> dict[str, Any]:
    """What the player is given."""
    canvas = frame(taken.ground, taken.request.box)
    theme = PALETTE.theme
    return {
        "axes": list(taken.ground.entry.axes),
        "low": list(canvas.box.low),
        "high": list(canvas.box.high),
        "width": round(canvas.width),
        "height": round(canvas.height),
        "colours": [{name: pair[dark] for name, pair in theme.items() if name in _PAINTED} for dark in (0, 1)],
        "walks": numbers.walks,
    }


def _in_script(value: Any) -> str:
    """The value as JSON that ends no script, and no line of one."""
    text = to_json(value).decode()
    for sign, written in _ENDING.items():
        text = text.replace(sign, written)
    return text


def _formula(ground: FixedLandscape) -> str:
    """The formula as it is typed; none where the landscape is made from data."""
    text = ground.entry.expression_at(ground.shape)
    return "" if text is None else f'<p class="formula">f({", ".join(ground.entry.axes)}) = {escape(text)}</p>'


def _ground(ground: FixedLandscape, box: Box) -> str:
    """The map of the ground, or the curve, as SVG whose colours are the page's."""
    for resolution in _RESOLUTIONS:
        drawn = _svg(drawn_landscape(ground, box, resolution))
        if len(drawn) <= _MOST_GROUND:
            break
    return drawn


def _svg(picture: Mapping[str, Any]) -> str:
    width, height = picture["width"], picture["height"]
    parts = [f'<path class="band h{tint}" d="{outline}"/>' for tint, outline in picture["bands"]]
    parts += [
        f'<path class="{shade.kind}" fill-opacity="{shade.opacity}" d="{shade.outline}"/>'
        for shade in picture["shades"]
    ]
    parts += [f'<path class="numbered" d="{picture["lines"]}"/>'] if picture["lines"] else []
    if picture["curve"]:
        parts.append(f'<rect class="sky" width="{width}" height="{height}"/>')
        parts.append(f'<polygon class="earth" points="0,{height} {picture["curve"]} {width},{height}"/>')
        parts.append(f'<polyline class="curve" points="{picture["curve"]}"/>')
    return f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(parts)}</svg>'


def _settings(request: WalkRequest) -> str:
    """Every key that decides the walks, by name and value."""
    told = {*_TOLD_ELSEWHERE, _OF_RUNS, *(() if request.restarts else ("growth",))}
    rows = [
        (key.replace("_", " "), _value(key, value))
        for key, value in request.canonical.items()
        if key not in told and value is not None and (value or key in request.given)
    ]
    rows += [("also", write_run(run)) for run in request.given.get(_OF_RUNS, [])]
    return "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)


def _value(key: str, value: Any) -> str:
    if key == "data" and len(value) > _MOST_POINTS:
        return f"{len(value)} points"
    return write_value(value)


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=1)
def _style() -> str:
    tints = "".join(f".h{tint}{{fill:var(--h{tint})}}" for tint in range(TINTS))
    return PALETTE.style_sheet() + tints + (_ROOT / "static" / "css" / "walk_file.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _script() -> str:
    """The player and all that it imports, as one script."""
    folder = _ROOT / "static" / "js"
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.js")}
    return joined(sources, _ENTRY)
