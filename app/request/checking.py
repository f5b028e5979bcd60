"""What of a request makes no sense, said at its key with what would be right."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from pydantic_core import ErrorDetails

from app.descent.judging.sentences import numeral
from app.descent.landscapes.landscape import Box, Landscape
from app.descent.landscapes.own_data import DataError
from app.descent.optimizers.schedules import SCHEDULES, Schedule, cycle_ends
from app.descent.optimizers.table import OPTIMIZERS, Optimizer
from app.descent.optimizers.table import TYPED as RULE
from app.request.errors import ApiError, as_text, short
from app.request.keys import (
    CHOICES,
    DEFAULTS,
    MAX_OWN_POINTS,
    NAMED,
    NAMES,
    OF_THE_MAP,
    PARTS,
    PLACES,
    TABLES,
    USUAL,
    WORDS,
    Entries,
    expected,
)
from app.request.meaning import NEEDS, Need, unmet
from app.request.request import MAX_MAP_WORK, MAX_POINTS, MAX_WORK, MapRequest, WalkRequest
from app.request.synonyms import MOST, like_key, like_part, like_slug, question, some
from app.request.values import check_count, decimal_point, wrong_number
from app.request.writing import write_value

# --- names and types


def unknown_key(key: str, known: Sequence[str], text: str = "") -> NoReturn:
    """Raise ``ApiError`` saying what may be meant by a key that is not known."""
    meant = like_key(key, known, NAMES)
    hint = f"{question(meant)}All keys are at /docs." if meant else all_keys(known)
    raise ApiError(f"{short(key)} is not a known key.", key[:80], hint, correction=_pairs(meant[:1], value=text))


def all_keys(known: Sequence[str]) -> str:
    """The sentence that lists the known keys."""
    return f"The keys are {some(known, 'all are at /docs')}." if known else "No key is read here."


def _pairs(meanings: Sequence[str], key: str = "", value: str = "") -> list[tuple[str, str]]:
    """Meanings as keys and values: each is ``key=value``, or a value of the key, or a key of the value."""
    halves = [meaning.partition("=") for meaning in meanings if not meaning.startswith("/")]
    return [(one, other) if sign else (key or one, one if key else value) for one, sign, other in halves]


def complain(problem: ErrorDetails) -> NoReturn:
    """Raise ``ApiError`` for what pydantic has found wrong."""
    key = str(problem["loc"][0])
    if key == "data" and len(problem["loc"]) > 1:
        _complain_of_points(problem)
    if key in NAMED and len(problem["loc"]) > 1:
        name = short(str(problem["loc"][1]))
        raise ApiError(f"{key}: {name}={short(problem['input'])} is not a finite number.", key, expected(key))
    shown = f"{key}={short(problem['input'])}"
    kind = problem["type"]
    if kind.startswith(("greater_than", "less_than")):
        raise ApiError(f"{shown} is out of range.", key, expected(key))
    if kind == "finite_number":
        raise ApiError(f"{shown} is not a finite number.", key, expected(key))
    text = problem["input"] if isinstance(problem["input"], str) else ""
    comma = "" if key in WORDS else decimal_point(text)
    meant = like_slug(key, text, NAMES) if key in CHOICES else []
    hint = question(meant) + comma + expected(key)
    raise ApiError(f"{shown} is not what {key} takes.", key, hint, correction=_pairs(meant[:1], key))


def _complain_of_points(problem: ErrorDetails) -> NoReturn:
    """Raise ``ApiError`` naming the row and the column of what is no number."""
    _, row, *column = problem["loc"]
    if not column:
        raise ApiError(f"data, row {int(row) + 1}: {short(problem['input'])} is no point.", "data", expected("data"))
    wrong_number(int(row) + 1, int(column[0]) + 1, as_text(problem["input"]))


# What is one's own takes the place of what has a name, and of what else is one's own.
_INSTEAD = (
    ("landscape", "data", "a landscape"),
    ("landscape", "formula", "a landscape"),
    ("formula", "data", "a landscape"),
    ("optimizer", "rule", "an optimizer"),
)


def check_own(given: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` where what is one's own is given beside another, or nothing can be made of it."""
    for key, own, what in _INSTEAD:
        if key in given and own in given:
            shown = f"{key}={short(given[key])}"
            raise ApiError(
                f"{shown} is given together with {own}, which is {what} of its own.", key, "Leave one of them out."
            )
    if "data" in given:
        _check_data(given)


def _check_data(given: Mapping[str, Any]) -> None:
    check_count(len(given["data"]), MAX_OWN_POINTS)
    try:
        given["data"].landscape(given.get("model"))
    except DataError as error:
        raise ApiError(f"data: {error.message}", "data", error.hint) from None


def check_slug(key: str, slug: Any, table: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` naming the nearest known slug where this one is unknown, or no text at all."""
    if isinstance(slug, str) and slug in table:
        return
    meant = like_slug(key, slug, NAMES) if isinstance(slug, str) else []
    where = f"all are at /api/{key}s"
    listed = f"{where.capitalize()}." if meant else f"Known are {some(list(table), where)}."
    raise ApiError(
        f"{key}={short(slug)} is not known.", key, question(meant) + listed, correction=_pairs(meant[:1], key)
    )


def check_name(name: str | None) -> None:
    """Raise ``ApiError`` where this is no name."""
    if name is not None and ("," in name or not name.strip() or not name.isprintable()):
        raise ApiError(f"name={short(name)} is no name.", "name", "Letters, digits and signs, but no comma.")


def check_hide(parts: Sequence[str]) -> None:
    """Raise ``ApiError`` naming all that is no part of the page, with the parts that were likely meant."""
    unknown = [part for part in dict.fromkeys(parts) if part not in PARTS]
    if not unknown:
        return
    kept = [part for part in PARTS if part in parts]
    meant = {name: like_part(name, PARTS) for name in unknown[:MOST]}
    asked = question([one for names in meant.values() for one in names])
    likely = {*kept, *(names[0] for names in meant.values() if names)}
    text = ",".join(part for part in PARTS if part in likely)
    what = "is no part of the page" if len(unknown) == 1 else "are no parts of the page"
    raise ApiError(
        f"hide={short(','.join(unknown))}: {' and '.join(map(short, unknown[:MOST]))} {what}.",
        "hide",
        asked + expected("hide"),
        correction=[("hide", text)] if likely - set(kept) else (),
        kept=kept,
    )


def check_view(views: Sequence[str]) -> None:
    """Raise ``ApiError`` where these cannot stand beside the map, with those that were likely meant."""
    known = CHOICES["view"]
    meant = {view: [view] if view in known else like_slug("view", view, NAMES) for view in views[:MOST]}
    unknown = [view for view in meant if view not in known]
    if not unknown and len(meant) == len(views) <= PLACES and views:
        return
    pairs = _pairs([names[0] for names in meant.values() if names], "view")
    likely = ",".join([*dict.fromkeys(value for key, value in pairs if key == "view")][:PLACES])
    raise ApiError(
        f"view={short(','.join(views))} is not what view takes.",
        "view",
        question(list(dict.fromkeys(one for view in unknown for one in meant[view]))) + expected("view"),
        correction=[*([("view", likely)] if likely else []), *(pair for pair in pairs if pair[0] != "view")],
        kept=[view for view in meant if view in known][:PLACES],
    )


# --- meaning


def check_needs(key: str, keys: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` where the key is given, not as its default, and means nothing beside the others.

    Among ``keys`` are the registries' entries of those that name one.
    """
    if keys.get(key, DEFAULTS[key]) in (DEFAULTS[key], USUAL.get(key)):
        return
    need = unmet(key, keys)
    if need is not None:
        value, other = keys[key], keys.get(need.key)
        words = {
            "value": getattr(value, "slug", None) or write_value(value),
            "slug": getattr(other, "slug", ""),
            "able": _slugs(_able(key, need)),
        }
        raise ApiError(need.message.format(**words), key, need.hint.format(**words))


def _able(key: str, need: Need) -> Iterable[str]:
    """The slugs that would do: of the key's own registry where it is asked of some of its entries only."""
    if need.where:
        return (slug for slug, entry in TABLES[key].items() if not getattr(entry, need.where))
    return (slug for slug, entry in TABLES.get(need.key, {}).items() if need.is_met({need.key: entry}))


def _slugs(slugs: Iterable[str]) -> str:
    return some(list(slugs), "see /docs")


def check_meaning(given: Mapping[str, Any], entries: Entries) -> None:
    """Raise ``ApiError`` for a key that has no meaning with the others, or not with this value."""
    landscape, optimizer, schedule = entries
    keys = {**given, **entries._asdict()}
    check_shape(landscape, given.get("shape"))
    check_needs("optimizer", keys)
    _check_batch(landscape, given.get("batch", 0))
    check_needs("batch", keys)
    _check_hyperparameters("optimizer", optimizer, OPTIMIZERS, given)
    _check_hyperparameters("schedule", schedule, SCHEDULES, given)
    for key in NEEDS:
        # Those of a map depend on all else.
        if key not in OF_THE_MAP:
            check_needs(key, keys)
    _check_cycles(given)


def check_shape(landscape: Landscape, shape: float | None) -> None:
    """Raise ``ApiError`` where the landscape has no shape knob or the value is out of its range."""
    check_needs("shape", {"shape": shape, "landscape": landscape})
    if shape is not None and landscape.shape is not None:
        check_range("shape", shape, landscape.shape.low, landscape.shape.high)


def check_range(key: str, value: float, low: float, high: float) -> None:
    """Raise ``ApiError`` where the value is out of range."""
    if not low <= value <= high:
        raise ApiError(
            f"{key}={write_value(value)} is out of range.",
            key,
            f"A number from {numeral(low)} to {numeral(high)}.",
        )


def _check_batch(landscape: Landscape, batch: int) -> None:
    most = landscape.points
    if most is not None and batch > most:
        raise ApiError(
            f"batch={batch} is more than the {most} data points of {landscape.slug}.",
            "batch",
            f"A whole number from 0 to {most}; 0 takes all of them.",
        )


def _check_hyperparameters(
    kind: str,
    entry: Optimizer | Schedule,
    table: Mapping[str, Optimizer] | Mapping[str, Schedule],
    given: Mapping[str, Any],
) -> None:
    typed = entry.slug == RULE
    own = {} if typed else {parameter.key: parameter for parameter in entry.hyperparameters}
    for key in filter(given.__contains__, _LISTED[kind]):
        if key not in own:
            if typed:
                value = write_value(given[key])
                hint = f"Leave it out, or give hyperparameters={key}:{value}, where the rule has that name."
                raise ApiError(f"{key} is no key of its own beside a rule.", key, hint)
            users = _slugs(slug for slug, user in table.items() if key in {one.key for one in user.hyperparameters})
            raise ApiError(f"{key} is not used by {kind}={entry.slug}.", key, f"Leave it out; it is used by {users}.")
        check_range(key, given[key], own[key].low, own[key].high)


# The hyperparameters that some entry of a registry lists, in the order of its table.
_LISTED: Mapping[str, Iterable[str]] = {
    kind: dict.fromkeys(parameter.key for entry in TABLES[kind].values() for parameter in entry.hyperparameters)
    for kind in ("optimizer", "schedule")
}


def _check_cycles(given: Mapping[str, Any]) -> None:
    steps, restarts, growth, warmup = (
        given.get(key, DEFAULTS[key]) for key in ("steps", "restarts", "growth", "warmup")
    )
    if warmup >= steps:
        raise ApiError(
            f"warmup={warmup} leaves nothing of the {steps} steps.", "warmup", f"At most {steps - 1}, or more steps."
        )
    if not restarts:
        return
    try:
        cycle_ends(steps, restarts, growth, warmup)
    except ValueError as error:
        raise ApiError(f"restarts: {error}.", "restarts", "Use fewer restarts, less growth or more steps.") from None


# --- places and sizes


def check_start(landscape: Landscape, start: list[float] | None) -> None:
    """Raise ``ApiError`` for a start that is none of this landscape's, or lies too far away; None is its own."""
    if start is None:
        return
    shown = _shown("start", start)
    if len(start) != landscape.dimensions:
        axes = "x,y" if landscape.dimensions == 2 else "x"
        example = f"start={write_value(list(landscape.start))}"
        point = " The decimal sign is a point, as in 0.5." if len(start) == 2 * landscape.dimensions else ""
        hint = f"{landscape.slug} needs {axes}, such as {example}.{point}"
        raise ApiError(f"{shown} has {len(start)} numbers.", "start", hint)
    if not landscape.domain.reach().contains(tuple(start)):
        raise ApiError(f"{shown} is more than a million domain widths away.", "start", "Start nearer to the domain.")


def _shown(key: str, values: Sequence[float]) -> str:
    return f"{key}={short(write_value(list(values)))}"


def check_domain(landscape: Landscape, domain: list[float] | None, key: str = "domain") -> None:
    """Raise ``ApiError`` for a domain with the wrong count of numbers, an empty, inverted, tiny or far-away one.

    None is the landscape's own. ``key`` is what it was given as.
    """
    if domain is None:
        return
    names, shown = "xmin,xmax,ymin,ymax" if landscape.dimensions == 2 else "xmin,xmax", _shown(key, domain)
    if len(domain) != 2 * landscape.dimensions:
        example = f"{key}={write_value(landscape.domain.sides)}"
        raise ApiError(
            f"{shown} has {len(domain)} numbers.", key, f"{landscape.slug} needs {names}, such as {example}."
        )
    for low, high in zip(domain[0::2], domain[1::2], strict=True):
        if high <= low:
            raise ApiError(f"{shown} is empty or inverted.", key, f"Give {names} with each max above its min.")
        if high - low < 1e-9 * max(1e-6, abs(low), abs(high)):
            raise ApiError(f"{shown} is too small for float64 to resolve.", key, "Give a wider one.")
    _check_reach(key, landscape, domain)


def _check_reach(key: str, landscape: Landscape, sides: Sequence[float]) -> None:
    reach = landscape.domain.reach()
    if not all(map(reach.contains, Box.of(sides))):
        hint = "At most a million of the landscape's widths away."
        raise ApiError(f"{_shown(key, sides)} reaches too far.", key, hint)


def check_plane_run(request: WalkRequest) -> None:
    """Raise ``ApiError`` where the run whose walk is to define a network's plane is none of the picture's."""
    most = len(request.each_run) - 1
    if request.plane_run is not None and request.plane_run > most:
        raise ApiError(f"plane_run={request.plane_run} is no run of this picture.", "plane_run", f"From 0 to {most}.")


def check_size(request: WalkRequest) -> None:
    """Raise ``ApiError`` where the answer holds, or costs, too much."""
    # Points of the whole answer are counted as if all its steps cost what they cost on the average.
    points, work = request.points, request.work
    most = min(MAX_POINTS * points // request.held, MAX_WORK * points // work)
    if points > most:
        runs = len(request.each_run)
        steps = points // (request.starts * runs) - 1
        of = f"{runs} runs × " if runs > 1 else ""
        raise ApiError(
            f"{of}{request.starts} walkers × {steps} steps are more than {most} points.",
            "steps",
            f"At most {most // (request.starts * runs) - 1} steps with {request.starts} walkers, or "
            f"{most // (runs * (steps + 1))} walkers with {steps} steps.",
        )


# --- maps


def check_window(request: MapRequest, usual: Sequence[float]) -> None:
    """Raise ``ApiError`` where the window has not as many numbers as the usual one, is empty, or is none of this map's.

    What is wrong with its numbers is said first, then whether float64 can tell its cells apart.
    """
    names, shown = _names_of_sides(request), _shown("window", request.window)
    if len(request.window) != len(usual):
        hint = f"This map needs {names}, such as window={write_value(list(usual))}."
        raise ApiError(f"{shown} has {len(request.window)} numbers.", "window", hint)
    for axis in request.map_axes:
        if axis.high <= axis.low:
            raise ApiError(f"{shown} is empty or inverted.", "window", f"Give {names}, each highest above its lowest.")
    if request.map == "rates":
        _check_rates(request, names, shown)
    else:
        _check_reach("window", request.landscape, request.window)
    check_cells(request)


def _names_of_sides(request: MapRequest) -> str:
    """What the numbers of a map's window are."""
    if request.map == "basins":
        return "xmin,xmax,ymin,ymax" if request.landscape.dimensions == 2 else "xmin,xmax"
    second = request.second_hyperparameter
    return "the lowest and the highest learning rate" + (f" and {second.key}" if second else "")


def _check_rates(request: MapRequest, names: str, shown: str) -> None:
    window, second = request.window, request.second_hyperparameter
    if window[0] <= 0:
        raise ApiError(f"{shown} holds a learning rate of 0 or less.", "window", f"Give {names}, that one above 0.")
    if math.isinf(window[1] / window[0]):
        raise ApiError(f"{shown} is too wide for float64.", "window", f"Give {names}, closer together.")
    if second and not second.low <= window[2] < window[3] <= second.high:
        bounds = f"{second.key} goes from {numeral(second.low)} to {numeral(second.high)}."
        raise ApiError(f"{shown} holds what {second.key} cannot be.", "window", bounds)


def check_cells(request: MapRequest) -> None:
    """Raise ``ApiError`` where float64 cannot tell the cells of the map apart."""
    if not all(axis.resolves(request.resolution) for axis in request.map_axes):
        shown = _shown("window", request.window)
        raise ApiError(
            f"{shown} is too small: float64 cannot tell {request.resolution} cells apart in it.",
            "window",
            "Give a wider one, or a lower resolution.",
        )


def check_map_work(request: MapRequest) -> None:
    """Raise ``ApiError`` saying what would do, where cells times steps are too many."""
    if request.map_work <= MAX_MAP_WORK:
        return
    run, axes, walkers = request.mapped_run, len(request.map_axes), request.map_walkers
    each = walkers * run.step_work
    cells = MAX_MAP_WORK // (each * (run.steps + 1))
    resolution = math.isqrt(cells) if axes == 2 else cells
    steps = MAX_MAP_WORK // (each * request.resolution**axes) - 1
    shown = " × ".join([str(request.resolution)] * axes)
    fewer = f", or {steps} steps with that resolution" if steps > 0 else ""
    of = f" × {walkers} walkers" if walkers > 1 else ""
    raise ApiError(
        f"{shown} cells × {run.steps} steps{of} are more than the server takes on at once.",
        "resolution",
        f"At most resolution={resolution} with {run.steps} steps{fewer}.",
    )
