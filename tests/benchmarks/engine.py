"""The mathematics alone: one walk against a bare loop, a block of walkers against single walks, the loss over data."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from app.answers.plans import plan
from app.answers.walks import records
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.data import ERRORS, Data
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Ending
from app.descent.walks.walk import walk
from app.request.making import make_request
from app.request.request import WalkRequest
from app.request.writing import to_json
from tests.benchmarks.table import Row, against, fastest

STEPS = 10_000
WALKERS = 512
LEARNING_RATE, MOMENTUM, KAPPA = 0.1, 0.9, 4.0
POINTS, RESOLUTION = 10_000, 100


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


def every_optimizer() -> Iterator[Row]:
    """10 000 steps of every optimizer, each against the bare momentum loop that keeps the same columns."""
    for slug, optimizer in OPTIMIZERS.items():
        for landscape in ("bowl", "peaks"):
            request = make_request({"landscape": landscape, "optimizer": slug, "steps": STEPS, "tolerance": 0.0})
            planned = plan(request)
            *_, ending = walk(planned.descent, planned.starts)
            assert isinstance(ending, Ending)
            assert ending.steps == STEPS, f"{slug} on {landscape} is over after {ending.steps} steps"
            jobs = partial(run_walk, request), partial(bare_with_columns, *planned.starts[0])
            product, momentum = (seconds / STEPS * 1e6 for seconds in fastest(*jobs))
            # What looks at the whole point asks for more than one value and one gradient a step.
            wanted = 15 if optimizer.needs_all_data else 6
            ratio = against(product, momentum, "bare momentum µs")
            yield Row(f"walk: {slug} on {landscape}", product, "µs/step", wanted, False, ratio)


def run_walk(request: WalkRequest) -> None:
    """Compute one walk and keep every event."""
    planned = plan(request)
    list(walk(planned.descent, planned.starts))


def surfaces() -> Iterator[Row]:
    """The loss of 10 000 data points over a map, against writing all cells' residuals in NumPy and no more."""
    dice = np.random.default_rng(0)
    inputs, line = dice.uniform(-2, 2, POINTS), LANDSCAPES["straight-line"]
    for name in ERRORS:
        targets = (dice.random(POINTS) < 0.5).astype(float) if name == "logistic" else inputs + dice.normal(size=POINTS)
        data = Data(
            inputs=tuple(inputs.tolist()),
            targets=tuple(targets.tolist()),
            powers=(1, 0),
            error=name,
            input_name="input",
            target_name="target",
            caption="Points for a benchmark.",
        )
        fixed = replace(line, slug=f"benchmark-{name}", data=data).at()
        axes = [np.linspace(low, high, RESOLUTION) for low, high in zip(*line.domain, strict=True)]
        scores = axes[0][:, None] * inputs + axes[1][0]
        means = ERRORS[name].value(scores, targets).mean(axis=1)
        assert np.allclose(fixed.surface(line.domain, RESOLUTION)[2][0], means, rtol=1e-9)
        jobs = partial(fixed.surface, line.domain, RESOLUTION), partial(residuals, *axes, inputs, targets)
        product, plain = fastest(*jobs, rounds=3)
        what = f"surface of 10 000 data points at resolution 100, {name} error"
        yield Row(what, product / plain, "×", 20, False, against(product, plain, "residuals s"))


def residuals(x: np.ndarray, y: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> None:
    """Evaluate every cell's residuals once, a row of the map at a time: all at once would be a gigabyte."""
    for intercept in y:
        x[:, None] * inputs + intercept - targets


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


def alone(request: WalkRequest, start: tuple[float, ...]) -> WalkRequest:
    """Return the request for one of its walkers alone."""
    return make_request(
        {"landscape": request.landscape.slug, "steps": request.steps, "tolerance": 0.0, "start": list(start)}
    )


def computed(requests: list[WalkRequest]) -> None:
    """Compute and keep every event."""
    for request in requests:
        planned = plan(request)
        list(walk(planned.descent, planned.starts))


def written(requests: list[WalkRequest]) -> None:
    """Compute the lines that are sent."""
    for request in requests:
        for record in records(request):
            to_json(record)


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "walk": one_walk,
    "optimizers": every_optimizer,
    "block": block,
    "surfaces": surfaces,
}
