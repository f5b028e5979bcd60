"""The mathematics alone: one walk against a bare loop, a block of walkers against single walks."""

import math
from collections.abc import Callable, Iterator
from functools import partial

from app.descent.walk import walk
from app.models import DescentRequest, make_request, to_json
from app.runs import plan, records
from tests.benchmarks.table import Row, against, fastest

STEPS = 10_000
WALKERS = 512
LEARNING_RATE, MOMENTUM, KAPPA = 0.1, 0.9, 4.0


def one_walk() -> Iterator[Row]:
    """10 000 momentum steps on the bowl, against the same steps written by hand for that one function."""
    request = make_request(
        {"landscape": "bowl", "optimizer": "momentum", "momentum": MOMENTUM, "learning_rate": LEARNING_RATE}
        | {"steps": STEPS, "tolerance": 0.0}
    )
    planned = plan(request)
    jobs = (
        lambda: list(walk(planned.descent, planned.starts)),
        partial(bare, *planned.starts[0]),
        partial(bare_with_columns, *planned.starts[0]),
    )
    check(jobs[0](), jobs[2]())
    product, nothing, columns = (seconds / STEPS * 1e6 for seconds in fastest(*jobs, rounds=15))
    yield Row("walk: momentum on the bowl", product, "µs/step", 4)
    for name, bare_loop in (("the same columns", columns), ("nothing kept", nothing)):
        ratio = product / bare_loop
        yield Row(f"  over a bare loop, {name}", ratio, "×", 3, False, against(product, bare_loop, "bare µs"))


def check(events: list, columns: tuple[list[float], ...]) -> None:
    """Hold that both loops walked the same walk."""
    for chunk in events[:-1]:
        for name, column in zip(("x", "y", "loss", "gradient_norm"), columns, strict=False):
            part = column[chunk.first : chunk.first + len(chunk.x)]
            assert all(
                math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-12) for a, b in zip(getattr(chunk, name), part, strict=True)
            )


def bare(x: float, y: float) -> tuple[float, float]:
    """Take the steps and keep nothing."""
    velocity_x = velocity_y = 0.0
    for _ in range(STEPS):
        velocity_x = MOMENTUM * velocity_x + x / KAPPA
        velocity_y = MOMENTUM * velocity_y + y
        x -= LEARNING_RATE * velocity_x
        y -= LEARNING_RATE * velocity_y
    return x, y


def bare_with_columns(x: float, y: float) -> tuple[list[float], ...]:
    """Take the steps and keep what the product's answer holds."""
    velocity_x = velocity_y = 0.0
    xs, ys, losses, norms, rates = [], [], [], [], []
    for _ in range(STEPS + 1):
        gradient_x, gradient_y = x / KAPPA, y
        xs.append(x)
        ys.append(y)
        losses.append(x * x / (2 * KAPPA) + y * y / 2)
        norms.append(math.hypot(gradient_x, gradient_y))
        rates.append(LEARNING_RATE)
        velocity_x = MOMENTUM * velocity_x + gradient_x
        velocity_y = MOMENTUM * velocity_y + gradient_y
        x -= LEARNING_RATE * velocity_x
        y -= LEARNING_RATE * velocity_y
    return xs, ys, losses, norms, rates


def block() -> Iterator[Row]:
    """512 walkers × 1 000 steps, all points kept, against 512 single walks after each other."""
    for landscape in ("bowl", "peaks"):
        many = make_request({"landscape": landscape, "steps": 1000, "starts": WALKERS, "tolerance": 0.0})
        single = [alone(many, start) for start in plan(many).starts]
        # What is asked of the walks is shown for their lines too: writing them costs the same in either case.
        for run, name, wanted in ((computed, "computed", 5), (written, "written as lines", None)):
            together, apart = fastest(partial(run, [many]), partial(run, single), rounds=3)
            what = f"block: {WALKERS} × 1 000 on {landscape}, {name}"
            yield Row(what, apart / together, "× faster", wanted, True, against(together, apart, "single s"))


def alone(request: DescentRequest, start: tuple[float, ...]) -> DescentRequest:
    """Return the request for one of its walkers alone."""
    return make_request(
        {"landscape": request.landscape, "steps": request.steps, "tolerance": 0.0, "start": list(start)}
    )


def computed(requests: list[DescentRequest]) -> None:
    """Compute and keep every event."""
    for request in requests:
        planned = plan(request)
        list(walk(planned.descent, planned.starts))


def written(requests: list[DescentRequest]) -> None:
    """Compute the lines that are sent."""
    for request in requests:
        for record in records(request):
            to_json(record)


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"walk": one_walk, "block": block}
