"""Keys that were given → a request with every key filled in and its runs made, once."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from pydantic import ValidationError

from app.descent.landscapes.landscape import Box
from app.descent.landscapes.typed import CONSTANT
from app.request.checking import (
    check_cells,
    check_domain,
    check_hide,
    check_map_work,
    check_meaning,
    check_name,
    check_needs,
    check_own,
    check_plane_run,
    check_size,
    check_slug,
    check_start,
    check_view,
    check_window,
    complain,
    unknown_key,
)
from app.request.errors import ApiError
from app.request.keys import (
    FIELDS,
    KEYS,
    LISTED,
    MAX_ENLARGED,
    MOST_STEPS,
    NAMED,
    OF_THE_MAP,
    OF_THE_PICTURE,
    PARTS,
    RUN_KEYS,
    TABLES,
    USUAL,
    DescentRequest,
    Entries,
    MapKind,
    defaults_with,
    listed_hyperparameters,
)
from app.request.meaning import unmet
from app.request.points import OwnPoints
from app.request.request import MapRequest, WalkRequest
from app.request.runs import check_run_key, naming_run

# What a request has under the names of its keys, as it stands in ``canonical``.
_AS_THEY_ARE = {field.name for field in fields(WalkRequest)} & set(KEYS) - {*TABLES, "start", "runs"}


def make_request(given: Mapping[str, Any]) -> WalkRequest:
    """The checked request with every default filled in, a ``MapRequest`` where a map is asked for.

    Raises ``ApiError`` for the first thing wrong.
    """
    walks = _make_walks(given)
    kind: MapKind | None = walks.canonical["map"]
    if kind is not None:
        return _with_map(walks, kind)
    for key in OF_THE_MAP:
        check_needs(key, walks.canonical)
    return walks


def make_map_request(given: Mapping[str, Any], kind: MapKind) -> MapRequest:
    """The same with a map of this kind, whichever is given."""
    return _with_map(_make_walks({**given, "map": kind}), kind)


def _make_walks(given: Mapping[str, Any]) -> WalkRequest:
    """The request without what a map has beside it."""
    checked = _checked(given)
    entries = Entries.of(checked)
    check_meaning(checked, entries)
    checked = _without_nothing(checked, entries)
    check_domain(entries.landscape, checked.get("domain"))
    check_start(entries.landscape, checked.get("start"))
    if "constants" in checked:
        checked["constants"] = dict(entries.landscape.constants)
    defaults = defaults_with(entries, checked.get("restarts", 0))
    keys = {**defaults, **checked}
    request = _filled(keys, defaults, entries)
    if keys["runs"]:
        request = _with_runs(request, defaults, checked)
    check_plane_run(request)
    check_size(request)
    return request


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys that were given, each by itself as it must be; None is none. Raises ``ApiError``."""
    for key in given:
        if key not in FIELDS:
            unknown_key(key, KEYS)
    # Points that were checked before are those of a further run.
    points = {key: value for key, value in given.items() if isinstance(value, OwnPoints)}
    values = {
        key: _one_zero(value)
        for key, value in given.items()
        # No names with numbers are none.
        if value is not None and key not in points and not (key in NAMED and value == {})
    }
    try:
        made = DescentRequest(**values)
    except ValidationError as error:
        complain(error.errors(include_url=False)[0])
    checked = {key: getattr(made, key) for key in made.model_fields_set} | points
    if "data" in values:
        checked["data"] = OwnPoints(checked["data"])
    check_own(checked)
    for key, table in TABLES.items():
        if key in checked:
            check_slug(key, checked[key], table)
    check_name(checked.get("name"))
    if "view" in checked:
        # One alone is the same in a list.
        views = checked["view"] if isinstance(checked["view"], list) else [checked["view"]]
        check_view(views)
        checked["view"] = views if len(views) > 1 else views[0]
    if "hide" in checked:
        check_hide(checked["hide"])
        checked["hide"] = [part for part in PARTS if part in checked["hide"]] or None
    return checked


def _without_nothing(checked: Mapping[str, Any], entries: Entries) -> dict[str, Any]:
    """The keys without those that mean nothing beside the others, and ask for nothing: they are null, as elsewhere."""
    keys = {**checked, **entries._asdict()}
    return {
        key: value
        for key, value in checked.items()
        if key not in USUAL or value != USUAL[key] or unmet(key, keys) is None
    }


def _one_zero(value: Any) -> Any:
    """The value with -0.0 as 0.0: equal requests must be the same to the last bit."""
    # Points are lists of lists; what is nested deeper means nothing, and may be deeper than Python goes.
    if isinstance(value, list):
        return [[*map(_unsigned, part)] if isinstance(part, list) else _unsigned(part) for part in value]
    if isinstance(value, dict):
        return {name: _unsigned(number) for name, number in value.items()}
    return _unsigned(value)


def _unsigned(value: Any) -> Any:
    return value + 0.0 if isinstance(value, float) else value


def _filled(
    keys: dict[str, Any], defaults: Mapping[str, Any], entries: Entries, runs: Sequence[WalkRequest] = ()
) -> WalkRequest:
    """The request with these keys, all of which are there."""
    return WalkRequest(
        canonical=keys,
        given={key: _not_usual(key, value) for key, value in keys.items() if value != defaults[key]},
        **entries._asdict(),
        box=Box.of(keys["domain"]),
        start=tuple(keys["start"]),
        runs=tuple(runs),
        **{key: keys[key] for key in _AS_THEY_ARE},
    )


def _not_usual(key: str, value: Any) -> Any:
    """What is to be written of a value that is not the default: of constants those that are not at theirs."""
    if key != "constants":
        return value
    return {name: number for name, number in value.items() if number != CONSTANT}


# --- races


def _with_runs(request: WalkRequest, defaults: Mapping[str, Any], checked: Mapping[str, Any]) -> WalkRequest:
    """The request with its runs made, and their keys in one order with their values as they were read."""
    keys, entries = request.canonical, Entries(request.landscape, request.optimizer, request.schedule)
    first = _filled({**keys, **{key: defaults[key] for key in OF_THE_PICTURE}}, defaults, entries)
    # A learning rate that was given is meant, also where it is the first run's default: those of others are others.
    rate = {key: value for key, value in checked.items() if key == "learning_rate"}
    made = [_make_run(first, {**first.given, **rate}, run) for run in keys["runs"]]
    pairs = list(zip(keys["runs"], made, strict=True))
    whole = _filled(
        {**keys, "runs": [_written(first, run, one) for run, one in pairs]}, defaults, entries, [first, *made]
    )
    return replace(whole, given={**whole.given, "runs": [_written_shortly(first, run, one) for run, one in pairs]})


def _written(first: WalkRequest, run: Mapping[str, Any], made: WalkRequest) -> dict[str, Any]:
    """The keys of a further run beside a first one that has all of its own."""
    own = run if made.learning_rate == first.learning_rate else {**run, "learning_rate": made.learning_rate}
    return _in_order(own, made)


def _written_shortly(first: WalkRequest, run: Mapping[str, Any], made: WalkRequest) -> dict[str, Any]:
    """The keys of a further run beside a first one that leaves out what is its default."""
    if "learning_rate" in first.given:
        return _in_order(run, made)
    rate = {key: value for key, value in made.given.items() if key == "learning_rate"}
    return _in_order({key: value for key, value in run.items() if key != "learning_rate"} | rate, made)


def _in_order(run: Mapping[str, Any], made: WalkRequest) -> dict[str, Any]:
    # One that only repeats the first is written by what it walks by: nothing at all cannot be written.
    if not run:
        own = ("optimizer", "rule", "hyperparameters")
        return {key: made.canonical[key] for key in own if made.canonical[key] is not None}
    return {key: made.canonical[key] for key in RUN_KEYS if key in run}


def _make_run(first: WalkRequest, given: Mapping[str, Any], run: Mapping[str, Any]) -> WalkRequest:
    """The request of a further run: the first one's ``given`` keys, as far as they have a meaning here, and its own.

    Each may spend what the steps of the first one cost, so that the comparison is fair.
    """
    with naming_run(run, make_request):
        for key in run:
            check_run_key(key)
        for key in ("optimizer", "schedule"):
            if key in run:
                check_slug(key, run[key], TABLES[key])
        run = _with_hyperparameters(given, run)
        keys = {**_inherited(given, run), **run}
        # What is wrong with a number of the run is found before it is used.
        asked = make_request({"steps": first.steps, **keys})
        spent = first.steps * first.cost
        most = spent // asked.cost
        steps = asked.steps if "steps" in run else min(most, MOST_STEPS)
        if not 1 <= steps <= most:
            raise ApiError(
                f"{max(steps, 1)} steps cost more than the {spent} evaluations that each run may spend.",
                hint=f"At most {most}, or more steps for all." if most else "A smaller batch, or more steps for all.",
            )
        return asked if steps == asked.steps else make_request({**keys, "steps": steps})


def _with_hyperparameters(given: Mapping[str, Any], run: Mapping[str, Any]) -> Mapping[str, Any]:
    """The run with the hyperparameters of the rule that it has from the first run, where it gives others of them."""
    own, first = run.get("hyperparameters"), given.get("hyperparameters")
    if not isinstance(own, dict) or not first or run.keys() & {"optimizer", "rule"}:
        return run
    return {**run, "hyperparameters": {**first, **own}}


def _inherited(given: Mapping[str, Any], run: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the first run's own keys that have a meaning in a further one."""
    if run.keys() & {"optimizer", "rule"}:
        # What it walks by is its own.
        given = {key: value for key, value in given.items() if key not in ("optimizer", "rule", "hyperparameters")}
    keys = {**given, **run}
    # What was typed is looked at before something is made of it.
    entries = Entries.of(_checked(keys) if "rule" in keys else keys)
    keys |= entries._asdict()
    listed = (*listed_hyperparameters(entries.optimizer), *entries.schedule.hyperparameters)
    used = {parameter.key for parameter in listed}
    without = (LISTED - used) | {"name", "hidden"}
    return {key: value for key, value in given.items() if key not in without and not unmet(key, keys)}


# --- maps


def _with_map(walks: WalkRequest, kind: MapKind) -> MapRequest:
    """The request with the map's keys filled in. Raises ``ApiError`` for what makes no map."""
    map_run, most = walks.canonical["map_run"] or 0, len(walks.each_run) - 1
    if map_run > most:
        raise ApiError(f"map_run={map_run} is no run of this picture.", "map_run", f"From 0 to {most}.")
    window = _usual_window(walks, kind, map_run)
    usual: dict[str, Any] = {"map_run": USUAL["map_run"], "window": window, "resolution": USUAL["resolution"]}
    own = {key: value if walks.canonical[key] is None else walks.canonical[key] for key, value in usual.items()}
    shown = {field.name: getattr(walks, field.name) for field in fields(WalkRequest)}
    shown["canonical"] = {**walks.canonical, **own}
    shown["given"] = {key: value for key, value in walks.given.items() if value != usual.get(key)}
    request = MapRequest(
        **shown, map=kind, map_run=own["map_run"], window=tuple(own["window"]), resolution=own["resolution"]
    )
    check_window(request, window)
    check_map_work(request)
    return request


def _usual_window(walks: WalkRequest, kind: MapKind, map_run: int) -> list[float]:
    """The window of a map where none is given."""
    if kind == "basins":
        return walks.box.sides
    run = walks.each_run[map_run]
    usual, second = math.floor(math.log10(run.usual_learning_rate)), next(iter(run.optimizer.hyperparameters), None)
    return [10.0 ** (usual - 2), 10.0 ** max(usual + 2, 0), *([second.low, second.high] if second else [])]


def enlarged(request: MapRequest, resolution: int) -> MapRequest:
    """The request of the same map with more cells along each axis, and more work, than the server takes on.

    Raises ``ApiError`` where there are more than ``MAX_ENLARGED`` or float64 cannot tell them apart.
    """
    if not 2 <= resolution <= MAX_ENLARGED:
        raise ApiError(
            f"resolution={resolution} is out of range.", "resolution", f"A whole number from 2 to {MAX_ENLARGED}."
        )
    own = {"resolution": resolution}
    given = {**request.given, **own}
    left_out = {"resolution"} if resolution == USUAL["resolution"] else set()
    larger = replace(
        request,
        canonical={**request.canonical, **own},
        given={key: given[key] for key in request.canonical if key in given.keys() - left_out},
        resolution=resolution,
    )
    check_cells(larger)
    return larger
