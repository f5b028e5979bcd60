"""A landscape from a formula that somebody typed: what to show of it, where to begin, and how fast to go.

The domain holds the stationary points that Newton's method finds from places near and far; the start and the learning
rate are those of a walk that is tried: it moves, stays in the picture and comes down. All of it is found by looking,
with a fixed number of evaluations, and nothing of it is known to be all that there is.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Formula, Functions, compile_typed
from app.descent.formulas.memory import remembered
from app.descent.formulas.notation import FormulaError
from app.descent.formulas.work import Budget
from app.descent.landscapes.curvature import Point, newton_steps
from app.descent.landscapes.landscape import Box, FixedLandscape, Landscape, Rates, Source

SLUG = "formula"
TITLE = "Your formula"
FAMILY = "Your own"
MOMENTUM = 0.8
CONSTANT = 1.0

# Newton's method begins on grids of these half widths.
_REACHES = (1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)
# With so much work, in millionths of a second, a domain is looked for, and a start with its learning rates. These are
# the nodes a side and the starts a side, with the steps from each: the first for which that is enough.
_LOOKING, _TRYING = 10_000.0, 17_000.0
_NODES = {
    1: ((41, 25), (15, 25), (9, 25), (9, 12), (5, 8)),
    2: ((11, 25), (7, 25), (5, 25), (3, 25), (3, 12), (2, 8), (2, 4)),
}
_STARTS = {
    1: ((24, 100), (12, 100), (4, 100), (4, 40), (2, 20), (1, 8)),
    2: ((5, 100), (3, 100), (2, 100), (2, 40), (1, 20), (1, 8)),
}
# A domain has this half width where nothing says how wide it should be.
_HALF = 2.0
# Stationary points are shown that are no further away than so many times the nearest minimum.
_FURTHER = 2.5
# Walks are tried with learning rates of these sizes.
_RATES = [float(f"{digit}e{decade}") for decade in range(-8, 4) for digit in (1, 2, 5)]
# No step may leap over more of the picture.
_LONGEST = 0.15
# A step whose length is the learning rate, in parts of the picture.
_STRIDE = 0.01
# A walk that is worth to be seen moves by a twentieth of the picture at the least.
_LEAST = 0.05


class Proposal(NamedTuple):
    """What a typed formula is shown with. ``gap`` says where it has no value, nothing where it has one."""

    domain: Box
    start: Point
    rates: Rates
    gap: str


def typed_landscape(text: str, constants: Mapping[str, float] | None = None, domain: Box | None = None) -> Landscape:
    """The landscape of a typed formula, its constants at these values, at 1 where none is given.

    Without a ``domain`` one is proposed. Raises ``FormulaError`` for what is no formula, for a constant that is not in
    it, for a domain of another dimension, and where no value was found anywhere.
    """
    formula = compiled(text)
    values = constants_of(formula, constants or {})
    return assembled(formula, values, propose(formula, tuple(values.values()), domain))


def assembled(formula: Formula, values: Mapping[str, float], found: Proposal, proposed: Box | None = None) -> Landscape:
    """The landscape of a formula that is derived already, with its constants' values and what was found of it.

    ``proposed`` is the domain that it has where none is chosen, None where that is not known. All can be sent between
    processes.
    """
    landscape = Landscape(
        slug=SLUG,
        title=TITLE,
        family=FAMILY,
        expression=formula.text,
        domain=found.domain,
        start=found.start,
        learning_rate=found.rates.velocity,
        momentum=MOMENTUM,
        teaches=found.gap or "What you typed: domain, start and step size are proposed and can be set.",
        source=Source("Typed here"),
        constants=tuple(values.items()),
        found=True,
        rates=found.rates,
        proposed=proposed,
    )
    # It is derived already.
    vars(landscape)["loss"] = formula
    return landscape


@remembered(4_000_000, lambda arguments, formula: formula.size)
def compiled(text: str) -> Formula:
    """The formula that was typed, derived once. Raises ``FormulaError`` for what is none."""
    return compile_typed(text)


def constants_of(formula: Formula, given: Mapping[str, float]) -> dict[str, float]:
    """The formula's constants with their values. Raises ``FormulaError`` for one that is not in it or not finite."""
    there = f"its constants are {', '.join(formula.parameters)}" if formula.parameters else "it has no constants"
    for name, value in given.items():
        if name not in formula.parameters:
            raise FormulaError(f"'{name[:20]}' is no constant of the formula; {there}", hint=there)
        if not math.isfinite(value):
            raise FormulaError(f"the constant {name} is not a finite number", hint="a number such as 1")
    return {name: float(given.get(name, CONSTANT)) for name in formula.parameters}


def propose(formula: Formula, values: tuple[float, ...], domain: Box | None = None) -> Proposal:
    """What to show the formula with, its constants at these values; a given ``domain`` is kept.

    Raises ``FormulaError`` where no value was found anywhere, and for a domain of another dimension.
    """
    box = domain or propose_domain(formula, values)
    if len(box.low) != formula.dimensions:
        sides = "xmin,xmax" if formula.dimensions == 1 else "xmin,xmax,ymin,ymax"
        raise FormulaError(f"the formula needs the domain as {sides}", hint=sides)
    arrays = _bound(formula, values)
    with np.errstate(all="ignore"):
        gap = _gap(_share(arrays, box))
        budget = Budget(_TRYING * formula.patience)
        cost, ways = formula.costs.loss_and_gradient, len(_RATES)
        count, steps = budget.finest(
            _STARTS[formula.dimensions],
            lambda one: one[1] * (cost.of(one[0] ** formula.dimensions * ways) + cost.of(ways)),
        )
        start, velocity, gradient = _walk(arrays, box, count, steps)
    return Proposal(box, start, Rates(gradient, velocity, float(f"{_STRIDE * min(box.widths):.2g}")), gap)


def propose_domain(formula: Formula, values: tuple[float, ...]) -> Box:
    """Where to show the formula, its constants at these values. Raises ``FormulaError`` where no value was found."""
    arrays, dimensions = _bound(formula, values), formula.dimensions
    budget = Budget(_LOOKING * formula.patience)
    nodes, steps = budget.finest(
        _NODES[dimensions], lambda one: one[1] * formula.costs.newton(len(_REACHES) * one[0] ** dimensions)
    )
    with np.errstate(all="ignore"):
        box = _domain(arrays, dimensions, nodes, steps)
        _share(arrays, box)
    return box


def _bound(formula: Formula, values: tuple[float, ...]) -> Functions:
    """The formula over arrays, roughly. Raises ``FormulaError`` where its constants leave it without any value."""
    try:
        formula.bind(values)
        return formula.bind_roughly(values)
    except (ArithmeticError, ValueError):
        shown = ", ".join(f"{name} = {value:g}" for name, value in zip(formula.parameters, values, strict=True))
        raise FormulaError(f"with {shown} the formula has no value anywhere", hint="other constants") from None


def _share(arrays: Functions, box: Box) -> float:
    """On which part of the box there is a value. Raises ``FormulaError`` where there is none."""
    share = _finite_share(arrays, box)
    if share == 0:
        raise FormulaError(f"no value of the formula was found {_within(box)}", hint="another formula or domain")
    return share


def without_value(fixed: FixedLandscape, start: Point) -> str:
    """A sentence where the loss has no value at the start, nothing where it has one."""
    try:
        value = float(fixed.floats.loss(start[0], start[1] if len(start) == 2 else 0.0))
    except (ArithmeticError, ValueError):
        value = math.nan
    if math.isfinite(value):
        return ""
    place = ", ".join(f"{part:g}" for part in start)
    near = ", ".join(f"{part:g}" for part in fixed.entry.start)
    return f"The formula has no value at the start ({place}); it has one at ({near})."


def _gap(share: float) -> str:
    if share > 0.995:
        return ""
    return f"The formula has no value on about {max(1, round((1 - share) * 100))} % of this domain."


def _within(box: Box) -> str:
    sides = [f"{name} from {low:g} to {high:g}" for name, low, high in zip("xy", box.low, box.high, strict=False)]
    return f"with {' and '.join(sides)}"


def _grid(box: Box, nodes: int) -> tuple[Array, Array]:
    """Places all over the box, its border too: x and y of shape (n,)."""
    axes = [np.linspace(low, high, nodes) for low, high in zip(box.low, box.high, strict=True)]
    x, y = np.meshgrid(axes[0], axes[1] if len(axes) == 2 else np.zeros(1))
    return x.ravel(), y.ravel()


def _finite_share(arrays: Functions, box: Box) -> float:
    """On which part of the box there is a value; an odd place, like a pole in the middle, is none to speak of."""
    loss = np.asarray(arrays.loss(*_grid(box, 400 if len(box.low) == 1 else 40)))
    return float(np.isfinite(loss).mean())


def _domain(arrays: Functions, dimensions: int, nodes: int, steps: int) -> Box:
    """A box that holds what is interesting: minima and what is about as near, and values."""
    places = _stationary(arrays, dimensions, nodes, steps)
    if places.size:
        low, high = _around(places[:dimensions], dimensions)
    else:
        low, high = np.full(dimensions, -_HALF), np.full(dimensions, _HALF)
    box = _rounded(low, high)
    for _ in range(8):
        if _finite_share(arrays, box) > 0:
            return _trimmed(arrays, box)
        box = _rounded(np.array(box.low) * 3, np.array(box.high) * 3)
    return box


def _stationary(arrays: Functions, dimensions: int, nodes: int, steps: int) -> Array:
    """Where Newton's method comes to rest from near and far: shape (2, n), the nearest first.

    They are minima, and what is about as near; where there are no minima, all that there is.
    """
    grids = [_grid(Box((-reach,) * dimensions, (reach,) * dimensions), nodes) for reach in _REACHES]
    # A symmetric grid has nodes on ridges and poles.
    places = np.concatenate([np.stack(grid) for grid in grids], axis=1) + np.array([[0.0123], [0.0077]])
    places[dimensions:] = 0.0
    for _ in range(steps):
        step_x, step_y, *_ = newton_steps(arrays, places[0], places[1], dimensions)
        step = np.stack([step_x, step_y if dimensions == 2 else np.zeros_like(step_x)])
        good = np.isfinite(step).all(axis=0)
        places, step = places[:, good] + step[:, good], step[:, good]
    sizes = np.maximum(1.0, np.abs(places).max(axis=0, initial=0.0))
    rests = (np.abs(step).max(axis=0, initial=0.0) < 1e-6 * sizes) & np.isfinite(arrays.loss(*places)) & (sizes < 1e7)
    places = places[:, rests]
    xx, xy, yy = arrays.hessian(*places)
    minima = (xx > 0) & ((xx * yy - xy * xy >= -1e-9 * xx * np.abs(yy)) if dimensions == 2 else True)
    far = np.abs(places).max(axis=0, initial=0.0)
    if minima.any():
        near = far[minima].min()
    elif far.size:
        near = far.min()
    else:
        near = 0.0
    return np.array(places[:, far <= max(_FURTHER * near, 1e-3)])


def _around(places: Array, dimensions: int) -> tuple[Array, Array]:
    """The sides of a box around the places, shape (dimensions, n), and the origin, with room beside them."""
    # Where the method comes but slowly to the origin, it is meant.
    places = np.where(np.abs(places) < 1e-3, 0.0, places)
    held = np.concatenate([places, np.zeros((dimensions, 1))], axis=1)
    low, high = held.min(axis=1), held.max(axis=1)
    spans = high - low
    distinct = np.unique(np.round(places / max(float(spans.max()), 1e-9), 3), axis=1).shape[1]
    room = spans * (0.3 if distinct >= 4 else 1.0)
    widest = float((spans + 2 * room).max())
    # A side on which nothing lies is as long as half of the other; where little lies anywhere, they are as usual.
    half = np.maximum(spans / 2 + room, max(0.25 * widest, _HALF if distinct < 4 else 0.0))
    middle = (low + high) / 2
    return middle - half, middle + half


def _rounded(low: Array, high: Array) -> Box:
    """The box with round sides, a little larger."""
    unit = 10.0 ** np.floor(np.log10((high - low) / 4))
    return Box(
        tuple((np.floor(low / unit + 1e-9) * unit + 0.0).tolist()), tuple((np.ceil(high / unit - 1e-9) * unit).tolist())
    )


def _trimmed(arrays: Functions, box: Box) -> Box:
    """The box without the borders on which there is no value at all."""
    nodes = 40
    dimensions = len(box.low)
    loss = np.asarray(arrays.loss(*_grid(box, nodes if dimensions == 2 else 400)))
    finite = np.isfinite(loss).reshape(-1, nodes if dimensions == 2 else 400)
    low, high = np.array(box.low), np.array(box.high)
    for axis in range(dimensions):
        # Rows follow y.
        there = np.flatnonzero(finite.any(axis=0 if axis == 0 else 1))
        steps = (high[axis] - low[axis]) / (finite.shape[1 - axis] - 1)
        low[axis], high[axis] = low[axis] + max(0, there[0] - 1) * steps, low[axis] + (there[-1] + 1) * steps
    # An edge at the origin is the usual one.
    near = 0.04 * np.array(box.widths)
    low, high = np.where(np.abs(low) < near, 0.0, low), np.where(np.abs(high) < near, 0.0, high)
    outer = _rounded(low, high)
    return Box(
        tuple(max(one, other) + 0.0 for one, other in zip(outer.low, box.low, strict=True)),
        tuple(min(one, other) + 0.0 for one, other in zip(outer.high, box.high, strict=True)),
    )


def _walk(arrays: Functions, box: Box, along: int, steps: int) -> tuple[Point, float, float]:
    """A start, momentum's learning rate and gradient descent's, whose walks of so many steps are worth to be seen."""
    starts = _starts(arrays, box, along)
    widths = np.array(box.widths)[:, None]
    heights = np.asarray(arrays.loss(*_grid(box, 400 if len(box.low) == 1 else 40)))
    lowest = float(np.min(heights, initial=math.inf, where=np.isfinite(heights)))
    fast = _tried(arrays, starts, widths, MOMENTUM, lowest, steps)
    start, rate = np.unravel_index(int(fast.argmax()), fast.shape)
    slow = _tried(arrays, starts[:, start : start + 1], widths, 0.0, lowest, steps)[0]
    return tuple(starts[:, start].tolist()), _RATES[int(rate)], _RATES[int(slow.argmax())]


def _starts(arrays: Functions, box: Box, count: int) -> Array:
    """Places all over the box from which a walk may begin, shape (dimensions, n): on slopes, and not up on a pole."""
    dimensions = len(box.low)
    low, widths = np.array(box.low)[:, None], np.array(box.widths)[:, None]
    # Neither in the middle nor on an axis through it, where half of the formulas have a ridge.
    along = np.linspace(0.12, 0.8, count)
    parts = np.stack([part.ravel() for part in np.meshgrid(*[along] * dimensions)])
    unit = 10.0 ** np.floor(np.log10(widths / 20))
    rounded = np.round((low + widths * parts) / unit) * unit
    # As a person would type them.
    starts = np.array([[float(f"{value:.6g}") + 0.0 for value in row] for row in rounded])
    loss, slopes = _slopes(arrays, starts)
    usable = np.isfinite(loss) & np.isfinite(slopes).all(axis=0) & (slopes != 0).any(axis=0)
    if usable.any():
        usable &= loss <= np.percentile(loss[usable], 90)
        return np.array(starts[:, usable])
    places = np.stack(_grid(box, 40))[:dimensions]
    there = np.isfinite(_slopes(arrays, places)[0])
    return np.array(places[:, there][:, :1])


def _slopes(arrays: Functions, point: Array) -> tuple[Array, Array]:
    """The loss and the gradient at points of shape (dimensions, n)."""
    loss, *slopes = arrays.loss_and_gradient(point[0], point[1] if len(point) == 2 else np.zeros(point.shape[1]))
    return np.asarray(loss, dtype=float), np.stack(slopes[: len(point)])


def _tried(arrays: Functions, starts: Array, widths: Array, momentum: float, lowest: float, steps: int) -> Array:
    """How good each learning rate is from each start, shape (starts, rates): higher is better."""
    point = np.repeat(starts, len(_RATES), axis=1)
    rates = np.tile(_RATES, starts.shape[1])
    begin, velocity = point.copy(), np.zeros_like(point)
    longest, furthest = np.zeros(len(rates)), np.zeros(len(rates))
    losses = []
    for _ in range(steps):
        loss, slopes = _slopes(arrays, point)
        losses.append(loss)
        velocity = momentum * velocity + slopes
        change = rates * velocity
        point = point - change
        longest = np.fmax(longest, np.abs(change / widths).max(axis=0))
        furthest = np.fmax(furthest, np.abs((point - begin) / widths).max(axis=0))
    heights = np.array(losses)
    is_finite = np.isfinite(heights).all(axis=0)
    seen = is_finite & (longest < _LONGEST) & (furthest < 1.2) & (heights[-1] <= heights[0])
    # A slider needs room: the next rate must not blow up.
    table = (starts.shape[1], len(_RATES))
    stays = (is_finite & (furthest < 50)).reshape(table)
    seen &= np.concatenate([stays[:, 1:], stays[:, -1:]], axis=1).ravel()
    bottom = min(lowest, float(np.min(heights[:, seen], initial=math.inf)))
    left = (heights - bottom) / np.where(heights[0] > bottom, heights[0] - bottom, 1.0)
    # Far down, over a good part of the picture, neither at once nor hardly at all.
    fallen = -np.log10(np.clip(left[-1], 1e-4, 1.0)) / 4
    arrived = np.where((left <= 0.01).any(axis=0), (left <= 0.01).argmax(axis=0), steps)
    score = fallen - 0.4 * np.abs(np.log10((arrived + 5) / 40)) + np.minimum(furthest, 0.35) - 2.0 * (furthest < _LEAST)
    # Where every walk leaves what has a value, one is shown that takes its time.
    lasted = np.isfinite(heights).cumprod(axis=0).sum(axis=0)
    leaves = np.where(lasted > steps / 10, -1.5 - np.abs(np.log10(lasted / 40)), -10.0 - np.log10(rates) / 1000)
    return np.array(np.where(seen, score, leaves)).reshape(table)
