"""Requests of every route, random over all keys from fixed seeds, made from what a version tells of itself."""

import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from tests.explicit import explicit

Asked = dict[str, Any]
# (path, query as it stands behind the question mark) → the answer as JSON.
Ask = Callable[[str], Any]

WRONG = (
    "landscape=nowhere&learning_rate=0.1",
    "optimizer=adam&momentum=0.9",
    "learning_rate=-1",
    "learning_rate=nan",
    "restarts=2&schedule=constant",
    "growth=2",
    "min_change=0.1",
    "starts=513",
    "steps=0",
    "steps=1.5",
    "start=1",
    "start=1,2,3",
    "domain=1,0,0,1",
    "domain=0,1",
    "shape=0.5&landscape=peaks",
    "batch=3",
    "landscape=straight-line&batch=51",
    "landscape=straight-line&optimizer=newton&batch=3",
    "schedule=one-cycle&warmup=5",
    "warmup=200",
    "map_run=0",
    "map=basins&map_run=1",
    "map=rates&window=0,1",
    "map=rates&window=0,1,0,1",
    "map=basins&window=1,1,0,1",
    "run=adam&run=nowhere",
    "run=adam,momentum:0.9",
    "run=adam,start:1,2",
    "run=adam,steps:300",
    "seed=-1",
    "noise=-0.1",
    "tolerance=-1",
    "name=a,b",
    "unknown=1",
    "momentum=0.9&momentum=0.8",
    "learning_rate=",
    "landscape=pasture&optimizer=newton",
    "starts=512&steps=100000",
    "goal=sideways",
    "axis=time",
)


def all_requests(ask: Ask, count: int = 2_000) -> Iterator[Asked]:
    """Yield about ``count`` requests, each with a method, a path with its query, and a body where it is a POST."""
    dice = random.Random(9)
    landscapes, optimizers = ask("/api/landscapes"), ask("/api/optimizers")
    schedules, lessons = ask("/api/schedules"), ask("/api/lessons")
    for path in ("/api/landscapes", "/api/optimizers", "/api/schedules", "/api/keys", "/api/lessons", "/openapi.json"):
        yield get(path)
    for page in ("/", "/lessons", "/two-dimensions", "/docs", "/nowhere", "/lessons/nowhere"):
        yield get(page)
    for lesson in lessons:
        queries = [lesson["query"], *([lesson["compare"]["query"]] if lesson["compare"] else [])]
        yield get(f"/lessons/{lesson['slug']}")
        yield from (get(f"/api/descent?{query}") for query in queries)
    for landscape in landscapes:
        slug, knob = landscape["slug"], landscape["shape"]
        yield get(f"/api/landscapes/{slug}")
        yield get(f"/api/landscapes/{slug}/surface?resolution=23")
        if knob:
            for value in (knob["low"], dice.uniform(knob["low"], knob["high"]), knob["high"]):
                yield get(f"/api/landscapes/{slug}?shape={value!r}")
                yield get(f"/api/landscapes/{slug}/surface?resolution=7&shape={value!r}")
    for wrong in WRONG:
        yield get(f"/api/descent?{wrong}")
        yield get(f"/?{wrong}")
    yield from _posts(dice, landscapes, optimizers, schedules)
    routes = (
        *(["/api/descent"] * 12),
        *(["/api/descent/stream"] * 2),
        *("/api/descent/learning-rates", "/api/descent/race", "/api/descent/theory", "/api/descent/steps", "/"),
    )
    left = count - 500
    for k in range(left):
        route = routes[k % len(routes)]
        keys = random_keys(dice, landscapes, optimizers, schedules)
        further = {"/api/descent/theory": "&step=1", "/api/descent/steps": "&first=0&count=3"}.get(route, "")
        yield get(f"{route}?{written(keys)}{further}")
    for k in range(40):
        keys = {**random_keys(dice, landscapes, optimizers, schedules), "resolution": dice.choice([2, 5, 9])}
        keys = {key: value for key, value in keys.items() if key not in ("run", "starts")}
        yield get(f"/api/maps/{('basins', 'rates')[k % 2]}?{written(keys)}")
    for _ in range(12):
        keys = random_keys(dice, landscapes, optimizers, schedules)
        yield get(f"/api/descent/sweep?{written({**keys, 'steps': 9, 'starts': 1})}")


def with_defaults(asked: Asked, before: dict[str, Any]) -> Asked:
    """Return the request with what the older version took for defaults written out: start, learning rate, momentum."""
    route, _, query = asked["path"].partition("?")
    if "body" in asked and isinstance(asked["body"], dict):
        keys = {key: written({key: value}).partition("=")[2] for key, value in asked["body"].items() if key != "runs"}
        said = dict(parse_qsl(explicit(urlencode(keys), before), keep_blank_values=True))
        added = {key: _numbers(value) for key, value in said.items() if key not in keys}
        return {**asked, "body": {**asked["body"], **added}}
    if route == "/" or route.startswith(("/api/descent", "/api/maps")):
        return {**asked, "path": f"{route}?{explicit(query, before)}"}
    return asked


def _numbers(text: str) -> float | list[float]:
    return [float(part) for part in text.split(",")] if "," in text else float(text)


def get(path: str) -> Asked:
    """Return a GET; pages are asked for as a browser does."""
    return {"method": "GET", "path": path, "page": not path.startswith(("/api", "/openapi"))}


def written(keys: Asked) -> str:
    """Return keys as a query; a list is a repeated key."""
    return urlencode(keys, doseq=True, safe=",:", quote_via=quote)


def _posts(dice: random.Random, *registries: Any) -> Iterator[Asked]:
    for _ in range(60):
        keys = {key: _typed(value) for key, value in random_keys(dice, *registries).items() if key != "run"}
        yield {"method": "POST", "path": "/api/descent", "body": keys, "page": False}
    for body in (
        {"steps": "10"},
        {"start": "1,2"},
        {"runs": [{"optimizer": "adam"}]},
        {"runs": [{"start": [1, 2]}]},
        [],
    ):
        yield {"method": "POST", "path": "/api/descent", "body": body, "page": False}


def _typed(value: Any) -> Any:
    text = str(value)
    if "," in text:
        return [float(part) for part in text.split(",")]
    return value


def random_keys(dice: random.Random, landscapes: Any, optimizers: Any, schedules: Any) -> Asked:
    """Return keys at random that mean something together, mostly."""
    landscape = dice.choice(landscapes)
    able = [one for one in optimizers if landscape["smooth"] or not one["needs_hessian"]]
    optimizer, schedule = dice.choice(able), dice.choice(schedules)
    domain = landscape["domain"]
    sides = list(zip(domain[0::2], domain[1::2], strict=True))
    start = ",".join(repr(dice.uniform(*side)) for side in sides)
    rate = landscape["learning_rate"] * 10 ** dice.uniform(-1, 1)
    some: Asked = {
        "start": start,
        "learning_rate": rate,
        "goal": dice.choice(["minimize", "maximize"]),
        "starts": dice.choice([1, 2, 3, 30]),
        "tolerance": dice.choice([0, 1e-9, 1e-3]),
        "noise": dice.choice([0.01, 0.3]),
        "seed": dice.randrange(2**32),
        "patience": dice.choice([3, 20]),
        "warmup": dice.choice([1, 3]) if not schedule["warms_up"] else None,
        "restarts": dice.choice([1, 2]) if schedule["anneals"] else None,
        "batch": dice.choice([1, 4]) if landscape["data"] and not optimizer["needs_all_data"] else None,
        "shape": dice.uniform(landscape["shape"]["low"], landscape["shape"]["high"]) if landscape["shape"] else None,
        **{one["key"]: _between(dice, one) for one in (*optimizer["hyperparameters"], *schedule["hyperparameters"])},
    }
    chosen = {key: value for key, value in some.items() if value is not None and dice.random() < 0.4}
    runs = [one["slug"] for one in dice.sample(able, 2)] if dice.random() < 0.15 else []
    return {
        "landscape": landscape["slug"],
        "optimizer": optimizer["slug"],
        "schedule": schedule["slug"],
        "steps": dice.choice([12, 25, 60]),
        **chosen,
        **({"run": runs} if runs else {}),
    }


def _between(dice: random.Random, parameter: Any) -> float | int:
    low, high = parameter["low"], parameter["high"]
    if parameter.get("whole"):
        return dice.randint(int(low), int(high))
    return float(low * (high / low) ** dice.random() if parameter["log"] and low > 0 else dice.uniform(low, high))
