"""HTML routes. Every page announces its JSON twin, and the query is the state."""

import hashlib
import re
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader
from latex2mathml.converter import convert
from markupsafe import Markup

from app import __version__
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import GRADIENT_RULES, OPTIMIZERS, Optimizer
from app.descent.schedules import SCHEDULES, Schedule
from app.lessons import LESSONS
from app.models import KEYS, ApiError, DescentRequest, key_table, make_request, make_request_leniently, to_json
from app.pictures import bands, frame, picture
from app.runs import answer, landscape_record, optimizer_record, rule_symbols, schedule_record

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "static"

router = APIRouter(include_in_schema=False)
templates = Jinja2Templates(
    env=Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
)

# A first paint shows at most this many points; what is longer starts with its map alone and streams its path.
_MOST_PAINTED = 20_000


@lru_cache(maxsize=512)
def mathml(latex: str) -> Markup:
    """Return the formula as MathML, which every browser typesets by itself."""
    return Markup(convert(latex).replace("&", "&amp;").replace("&amp;#", "&#"))


@lru_cache(maxsize=1)
def static_version() -> str:
    """Return a digest of all static files: their address changes with them, so browsers may keep them for a year."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@lru_cache(maxsize=1)
def scripts() -> tuple[str, ...]:
    """Return the names of the JavaScript modules, to be loaded side by side rather than one after the other."""
    return tuple(sorted(path.name for path in (STATIC / "js").glob("*.js")))


@lru_cache(maxsize=1)
def catalog() -> dict[str, Any]:
    """Return what the browser needs to know of the registries: the API's records, with formulas typeset."""
    entries: list[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]
    return {
        "order": KEYS,
        "keys": key_table(),
        "landscapes": [
            landscape_record(landscape) | {"mathml": " ".join(map(mathml, landscape.formula.terms))}
            for landscape in LANDSCAPES.values()
        ],
        "optimizers": [
            optimizer_record(optimizer)
            | {
                "rule": [mathml(_places(line)) for line in optimizer.rule],
                "first_rule": [mathml(_places(line)) for line in optimizer.first_rule],
                "symbols": {name: mathml(symbol) for name, symbol in rule_symbols(optimizer).items()},
            }
            for optimizer in OPTIMIZERS.values()
        ],
        "schedules": [schedule_record(schedule) for schedule in SCHEDULES.values()],
        "gradient_rules": {
            f"{goal} {'noisy' if noisy else 'exact'}": [mathml(_places(line)) for line in lines]
            for (goal, noisy), lines in GRADIENT_RULES.items()
        },
        "symbols": {
            symbol: mathml(symbol)
            for symbol in {
                *(row["symbol"] for row in key_table() if row["symbol"]),
                *(parameter.symbol for entry in entries for parameter in entry.hyperparameters),
                *(rf"\{landscape.shape.symbol}" for landscape in LANDSCAPES.values() if landscape.shape),
            }
        },
    }


def _places(line: str) -> str:
    """Turn the named places of a rule into texts that the browser fills with symbols or with numbers."""
    for name in {name for optimizer in OPTIMIZERS.values() for name in rule_symbols(optimizer)}:
        line = line.replace(f"{{{name}}}", rf"\text{{@{name.replace('_', '-')}@}}")
    return line


def page(request: Request, name: str, twin: str, **context: Any) -> HTMLResponse:
    """Return the page, announcing where the same is to be had as JSON."""
    response: HTMLResponse = templates.TemplateResponse(
        request,
        name,
        {
            "static": f"/static/{static_version()}",
            "plotly": f"/static/{plotly_version()}/plotly.min.js",
            "scripts": scripts(),
            "version": __version__,
            "twin": twin,
            **context,
        },
    )
    response.headers["Link"] = f'<{twin}>; rel="alternate"; type="application/json"'
    response.headers["Cache-Control"] = "no-cache"
    return response


@lru_cache(maxsize=1)
def plotly_script() -> bytes:
    """Return the plotly.js that the installed plotly package carries."""
    return (files("plotly") / "package_data" / "plotly.min.js").read_bytes()


@lru_cache(maxsize=1)
def plotly_style_ids() -> tuple[str, ...]:
    """Return the ids of style elements that plotly.js adds for maps, which no page here has, where they are missing.

    Empty ones are put in their place: the content security policy would refuse the full ones, with a complaint.
    """
    return tuple(sorted(set(re.findall(r'getElementById\("([0-9a-f]{64})"\)', plotly_script().decode()))))


@lru_cache(maxsize=1)
def plotly_version() -> str:
    """Return a digest of plotly.js for its address."""
    return hashlib.sha256(plotly_script()).hexdigest()[:12]


@router.get("/")
def get_index(request: Request) -> Response:
    """Open the page: the query is the state, and what is wrong with it is said on the page."""
    wanted, complaints = make_request_leniently(request.scope["query_string"])
    walks, message = _first_walks(wanted)
    return page(
        request,
        "index.html",
        twin=f"/api/descent?{wanted.query}".removesuffix("?"),
        wanted=wanted,
        notices=[_notice(complaint) for complaint in complaints],
        picture=picture(wanted, walks=walks),
        message=message,
        thumbnails=_thumbnails(),
        style_ids=plotly_style_ids(),
        boot=Markup(_script_safe(to_json({"catalog": catalog(), "query": wanted.query}))),
    )


def _first_walks(wanted: DescentRequest) -> tuple[list[Any], str]:
    if wanted.points > _MOST_PAINTED:
        return [], ""
    walks = answer(wanted)
    return walks, walks[0]["summary"]["message"]


def _notice(complaint: ApiError) -> dict[str, str]:
    known = complaint.key in KEYS
    return {
        "message": complaint.message,
        "hint": f"{complaint.hint or ''} The default is shown instead." if known else "It is ignored.",
    }


def _script_safe(json: bytes) -> str:
    """Return JSON that cannot end the script element it is put into."""
    return json.decode().replace("<", "\\u003c")


@lru_cache(maxsize=1)
def _thumbnails() -> list[dict[str, Any]]:
    """Return the small pictures of the menu."""
    return [
        {
            "slug": landscape.slug,
            "title": landscape.title,
            "family": landscape.family,
            "teaches": landscape.teaches,
            "width": round(frame(landscape.domain).width),
            "height": round(frame(landscape.domain).height),
            "bands": bands(landscape, landscape.shape.default if landscape.shape else None, landscape.domain, 25),
        }
        for landscape in LANDSCAPES.values()
    ]


@router.get("/lessons")
def get_lessons(request: Request) -> Response:
    """Show the lessons, each a link with a picture and one sentence."""
    return page(request, "lessons.html", twin="/api/lessons", lessons=_lessons())


@lru_cache(maxsize=1)
def _lessons() -> list[dict[str, Any]]:
    return [
        lesson.record() | {"picture": picture(make_request(lesson.request), resolution=31)}
        for lesson in LESSONS.values()
    ]
