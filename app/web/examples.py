"""An example for every route, computed like any answer, so that it cannot grow old."""

from typing import Any
from urllib.parse import urlencode

import orjson

from app import __version__
from app.answers.codes import draw_code
from app.answers.planes import ground_of
from app.answers.races import race, sweep
from app.answers.registries import landscape_record, optimizer_record, schedule_record, surface_record
from app.answers.sharpness import sharpness_of_walk
from app.answers.theory import theory
from app.answers.walks import Collector, rates_record, records, step_numbers
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.planes import last_of
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.exports.options import OPTIONS
from app.exports.table import EXPORTS, Export
from app.exports.taken import Taken
from app.lessons import LESSONS
from app.maps.computing import compute_here
from app.maps.kinds import KINDS, cell_map_of
from app.request.keys import MapKind, key_table
from app.request.making import make_map_request, make_request
from app.request.typed import landscape_of_formula, optimizer_of_rule
from app.request.writing import to_json, write_query
from app.web.embedding import Place, oembed_record
from app.web.responses import request_and_query
from app.web.typed_records import formula_record, rule_record
from app.worked import WORKED

EXAMPLE_KEYS = {"landscape": "quadratic", "start": [2.0, 1.0], "optimizer": "gradient-descent", "steps": 3}
EXAMPLE = make_request(EXAMPLE_KEYS)
# Of a landscape that is made from data.
_EXAMPLE_FIT = {"landscape": "straight-line", "optimizer": "adam", "steps": 3}
_EXAMPLE_RATES = make_request({**EXAMPLE_KEYS, "restarts": 1, "steps": 8})
_EXAMPLE_RACE = make_request({**EXAMPLE_KEYS, "runs": [{"optimizer": "adam"}]})
_EXAMPLE_MAPS = {
    kind: make_map_request({**EXAMPLE_KEYS, "resolution": 2, "optimizer": "momentum"}, kind) for kind in KINDS
}
_HOME = "http://127.0.0.1:8000/"
_EXAMPLE_FORMULA, _EXAMPLE_RULE = "a*x^2 + y^2", "point_next = point - learning_rate*gradient"
# What is asked in a query or in a body, as the body has it.
EXAMPLE_BODIES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("/api/descent", "/api/descent/stream", "/api/descent/sweep"), EXAMPLE_KEYS),
    "/api/descent/steps": {**EXAMPLE_KEYS, "walk": 0, "first": 0, "count": 2},
    "/api/descent/theory": {**EXAMPLE_KEYS, "walk": 0, "step": 1},
    "/api/descent/sharpness": {**EXAMPLE_KEYS, "walk": 0},
    "/api/descent/surface": {**EXAMPLE_KEYS, "resolution": 3},
    "/api/descent/learning-rates": dict(_EXAMPLE_RATES.given),
    "/api/descent/race": dict(_EXAMPLE_RACE.given),
    **{f"/api/maps/{kind}": dict(wanted.given) for kind, wanted in _EXAMPLE_MAPS.items()},
    **{
        f"/api/export/{export.file}": _EXAMPLE_FIT if export.with_weights else EXAMPLE_KEYS
        for export in EXPORTS.values()
    },
}
# The requests that the examples of the description are answers to, some of them shortened.
EXAMPLE_ADDRESSES = {
    **{path: path for path in ("/api/landscapes", "/api/optimizers", "/api/schedules", "/api/keys")},
    **{path: path for path in ("/api/lessons", "/api/examples")},
    "/healthz": "/healthz",
    "/api/formula": f"/api/formula?{urlencode({'text': _EXAMPLE_FORMULA}, safe='*')}",
    "/api/rule": f"/api/rule?{urlencode({'text': _EXAMPLE_RULE}, safe='*=;')}",
    "/api/landscapes/{slug}": "/api/landscapes/quadratic",
    "/api/landscapes/{slug}/surface": "/api/landscapes/quadratic/surface?resolution=3",
    **{path: f"{path}?{write_query(keys)}" for path, keys in EXAMPLE_BODIES.items()},
    "/oembed": "/oembed?url=/%3Fat%3D7",
    "/qr.svg": "/qr.svg?at=7",
    "/lessons/{slug}/qr.svg": "/lessons/by-hand/qr.svg",
}


def examples() -> dict[str, Any]:
    """The answer to each address of ``EXAMPLE_ADDRESSES``, some shortened, by path; JSON lines are text."""
    quadratic = LANDSCAPES["quadratic"]
    lines = [record for record in records(EXAMPLE) if record is not None]
    walks = Collector()
    for line in lines:
        walks.add(line)
    said = next(filter(None, theory(EXAMPLE, 0, 1)))
    # A hundred points of a line are no better an example than three.
    for level in said["local"]["lines"] if said["local"] else ():
        level["x"], level["y"] = level["x"][:3], level["y"][:3]
    along = next(filter(None, sharpness_of_walk(EXAMPLE, 0)))
    swept = next(filter(None, sweep(EXAMPLE)))
    steps = [step for chunk in step_numbers(EXAMPLE, 0, 0, 2) for step in chunk or ()]
    examples = {
        "/api/formula": formula_record(landscape_of_formula(_EXAMPLE_FORMULA)),
        "/api/rule": rule_record(optimizer_of_rule(_EXAMPLE_RULE)),
        "/api/landscapes": [landscape_record(quadratic.at())],
        "/api/landscapes/{slug}": landscape_record(quadratic.at()),
        "/api/landscapes/{slug}/surface": surface_record(quadratic.at(), quadratic.domain, 3),
        "/api/optimizers": [optimizer_record(OPTIMIZERS["momentum"])],
        "/api/schedules": [schedule_record(SCHEDULES["cosine"])],
        "/api/keys": key_table()[:1],
        "/api/lessons": [LESSONS["by-hand"].record()],
        "/api/examples": [WORKED["square-root"].record()],
        "/api/descent": {
            "request": EXAMPLE.canonical,
            "query": EXAMPLE.query,
            "walks": list(walks.walks()),
        },
        "/api/descent/learning-rates": rates_record(_EXAMPLE_RATES),
        "/api/descent/race": {**request_and_query(_EXAMPLE_RACE), "runs": [*filter(None, race(_EXAMPLE_RACE))]},
        "/api/descent/sweep": {"request": EXAMPLE.canonical, "query": EXAMPLE.query, **swept},
        "/api/descent/theory": {"request": EXAMPLE.canonical, "query": EXAMPLE.query, **said},
        "/api/descent/sharpness": {"request": EXAMPLE.canonical, "query": EXAMPLE.query, "walk": 0, **along},
        "/api/descent/surface": surface_record(last_of(ground_of(EXAMPLE)), EXAMPLE.box, 3),
        "/api/descent/steps": {"request": EXAMPLE.canonical, "walk": 0, "steps": steps},
        "/oembed": oembed_record(_HOME, Place(None, b"at=7", {}), make_request({"at": 7})),
        "/healthz": {
            "status": "ok",
            "version": __version__,
            "under_way": 0,
            "maps": {"status": "ok", "workers": 2, "replaced": 0},
        },
    }
    # Through the writer and back: arrays become lists.
    return {
        **{path: orjson.loads(to_json(value)) for path, value in examples.items()},
        "/api/descent/stream": b"".join(to_json(line) + b"\n" for line in lines).decode(),
        **{f"/api/maps/{kind}": _example_map(kind) for kind in KINDS},
        "/qr.svg": draw_code(f"{_HOME}?at=7").decode(),
        "/lessons/{slug}/qr.svg": draw_code(f"{_HOME}lessons/by-hand").decode(),
        **{f"/api/export/{export.file}": _example_file(export, walks) for export in EXPORTS.values()},
    }


def _example_file(export: Export, walks: Collector) -> str:
    """The file of the example, or, where nobody can read it, what it is."""
    if not export.is_text:
        return f"A file of the type {export.media_type}."
    options = {key: OPTIONS[key].default for key in export.options}
    address = f"http://127.0.0.1:8000/?{EXAMPLE.query}"
    taken = Taken(EXAMPLE, list(walks.walks()), walks.runs, last_of(ground_of(EXAMPLE)), address, options)
    return export.whole(taken).decode()


def _example_map(kind: MapKind) -> str:
    cell_map = cell_map_of(_EXAMPLE_MAPS[kind])
    compute_here(cell_map)
    stride = cell_map.passes[-1][0]
    lines = [to_json(cell_map.start()), b"\n", *cell_map.pieces(stride), to_json(cell_map.done()), b"\n"]
    return b"".join(lines).decode()
