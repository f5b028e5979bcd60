"""What it takes to read a request: text → a request with every key filled in and its runs made."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import parse_qsl

from app.request.making import make_request
from app.request.reading import read_body, read_query
from app.request.request import MapRequest, WalkRequest
from tests.benchmarks.table import Row, against, fastest

RUNS = (
    *("sam", "rmsprop,decay:0.95", "nesterov,momentum:0.8,schedule:cosine,restarts:2", "lion,weight_decay:0.1"),
    *("gradient-descent,learning_rate:0.002,name:Plain", "bfgs", "adam,learning_rate:0.05", "adagrad"),
)
ALONE = "landscape=rosenbrock&optimizer=adam&learning_rate=0.01"
RACE = "&".join([ALONE, "map=rates", "map_run=3", *(f"run={run}" for run in RUNS)])
# So many readings are measured as one, that is over before another process has its turn.
AT_ONCE = 5


def requests() -> Iterator[Row]:
    """A walk alone, and nine runs with a map, as a query and as a body, against splitting the same text and no more."""
    race = make_request(read_query(RACE.encode()))
    assert isinstance(race, MapRequest)
    assert len(race.each_run) == len(RUNS) + 1
    body = json.dumps({key: value for key, value in race.canonical.items() if value is not None}).encode()
    assert make_request(read_body(body)) == race
    yield read("a walk", partial(of_query, ALONE.encode()), partial(parse_qsl, ALONE), 0.1)
    yield read("nine runs and a map", partial(of_query, RACE.encode()), partial(parse_qsl, RACE), 1)
    yield read("  as a body with every key", partial(of_body, body), partial(json.loads, body), 1)


def of_query(text: bytes) -> WalkRequest:
    """Read the query."""
    return make_request(read_query(text))


def of_body(text: bytes) -> WalkRequest:
    """Read the body."""
    return make_request(read_body(text))


def read(what: str, job: Callable[[], object], split: Callable[[], object], wanted: float) -> Row:
    """Measure a reading; ``split`` only splits its text."""
    product, plain = (seconds / AT_ONCE * 1e3 for seconds in fastest(*map(repeated, (job, split)), rounds=200))
    return Row(f"request: {what}", product, "ms", wanted, False, against(product, plain, "its text split, ms"))


def repeated(job: Callable[[], object]) -> Callable[[], None]:
    """Return what does the job some times."""

    def many() -> None:
        for _ in range(AT_ONCE):
            job()

    return many


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"requests": requests}
