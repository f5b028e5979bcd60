"""Routes of what is typed: what a formula is, and what an update rule is, before anything walks."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.descent.landscapes.landscape import Landscape
from app.descent.optimizers.table import Optimizer
from app.request.checking import check_domain
from app.request.errors import ApiError
from app.request.keys import NAMED, expected
from app.request.reading import read_pairs
from app.request.typed import asked_whether, landscape_of_formula, optimizer_of_rule
from app.request.values import read_list, read_named
from app.request.writing import write_query
from app.web.deriving import made
from app.web.openapi import ERRORS, further, parameters
from app.web.responses import send_json
from app.web.typed_records import formula_record, rule_record

router = APIRouter()
T = TypeVar("T")


def _asked(**keys: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    """Return OpenAPI's entries of the keys, of which ``text`` must be there."""
    entries = further(**keys)["parameters"]
    return {"parameters": [entry | ({"required": True} if entry["name"] == "text" else {}) for entry in entries]}


def _as_in_requests(key: str) -> dict[str, Any]:
    """The schema that a key has in a request's query."""
    (schema,) = [entry["schema"] for entry in parameters() if entry["name"] == key]
    return dict(schema)


@router.get(
    "/api/formula",
    tags=["typed"],
    summary="What a typed formula is",
    responses=ERRORS,
    openapi_extra=_asked(
        text=("The formula as it was typed.", {"type": "string", "minLength": 1}),
        constants=("Values of its constants, as in a:4,b:0.5; 1 otherwise.", _as_in_requests("constants")),
        domain=(
            "xmin,xmax,ymin,ymax, or xmin,xmax of a curve; one is proposed otherwise.",
            {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 4},
        ),
    ),
)
async def get_formula(request: Request) -> Response:
    """The formula in one notation, typeset, its constants, what is proposed of it, and its stationary points.

    `found` is true: there may be others. An error has the `column`, in characters of `text` from 0, and, where it is
    known what was meant, a `correction`.
    """

    def make(pairs: dict[str, str]) -> Landscape:
        domain = read_list("domain", pairs["domain"]) if "domain" in pairs else None
        constants = read_named("constants", pairs["constants"]) if "constants" in pairs else None
        landscape = landscape_of_formula(pairs["text"], constants, domain)
        check_domain(landscape, domain)
        return landscape

    pairs, landscape = await _of_text(request, ("text", "constants", "domain"), "formula", make)
    return send_json(request, lambda: formula_record(landscape), write_query(pairs))


@router.get(
    "/api/rule",
    tags=["typed"],
    summary="What a typed update rule is",
    responses=ERRORS,
    openapi_extra=_asked(
        text=("The rule as it was typed, its lines with semicolons between.", {"type": "string", "minLength": 1}),
        hyperparameters=("What its further names stand for, as in momentum:0.9.", _as_in_requests("hyperparameters")),
    ),
)
async def get_rule(request: Request) -> Response:
    """The lines of the rule in one notation, typeset, its hyperparameters, and what it remembers.

    `first` are the lines of the first step, where it differs; `rules` are all of them as MathML, with symbols and with
    numbers, and with places in the form of @name@.
    """

    def make(pairs: dict[str, str]) -> Optimizer:
        named = read_named("hyperparameters", pairs["hyperparameters"]) if "hyperparameters" in pairs else None
        return optimizer_of_rule(pairs["text"], named)

    pairs, optimizer = await _of_text(request, ("text", "hyperparameters"), "rule", make)
    return send_json(request, lambda: rule_record(optimizer), write_query(pairs))


async def _of_text(
    request: Request, known: tuple[str, ...], key: str, make: Callable[[dict[str, str]], T]
) -> tuple[dict[str, str], T]:
    """What is made of the keys of the query, and these; what is wrong with what was typed is said of ``text``."""
    query = request.scope["query_string"]
    pairs = read_pairs(query, known)
    if "text" not in pairs:
        raise ApiError("text is missing.", "text", expected(key))
    try:
        return pairs, await made(request, query, lambda: make(pairs))
    except ApiError as error:
        if error.typed:
            error.key = error.key if error.key in (*NAMED, "domain") else "text"
            error.correction = [("text" if name == key else name, text) for name, text in error.correction]
            error.hint = asked_whether(error.correction) or error.hint
        raise
