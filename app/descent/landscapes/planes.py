"""Planes through weights: the one that a walk defines, and the ground that a network's loss is on it."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.formulas.formula import Functions
from app.descent.landscapes.curvature import ZERO_CURVATURE, ZERO_SLOPE, Point, each_once, floats_around, newton_steps
from app.descent.landscapes.landscape import FixedLandscape, Landscape
from app.descent.landscapes.network import BLOCK, Network

T = TypeVar("T")
PlaneKind = Literal["walk", "steps", "ends", "start"]

# A walk goes on to its last iterate whose loss is at most so many times the first: what blew up has no end.
_BLOWN_UP = 10.0
# Lengths below this part of the longest are rounding: no direction can be told from them.
_ROUNDING = 1e-9
# Stationary points are looked for in so many cells along each axis, which begin so far outside the domain, in widths.
_CELLS, _ASKEW = 48, 0.0137
# Newton's method takes so many steps from there, or until one is so short, or it is so far from the middle, in widths:
# near a stationary point each step is the square of the one before.
_STEPS, _REST, _FAR = 30, 1e-12, 5.0
# The weights of so many places at once stay within the cache until the network has read them.
_AT_ONCE = 8 * BLOCK


class Plane(NamedTuple):
    """A plane through weights: w = origin + unit·(x u + y v), with u and v orthogonal and of length 1, shape (n,).

    ``through`` are the numbers of the iterates that lie on it; the kind ``start`` knows the first weights alone.
    ``share`` is the part of the walk's variance about its mean that lies in u and v, ``share_of_steps`` that of the
    steps' squared lengths, both of the iterates up to the last of ``through``; None where none of them moved.
    """

    kind: PlaneKind
    through: tuple[int, ...]
    origin: Array
    u: Array
    v: Array
    unit: float = 1.0
    share: float | None = None
    share_of_steps: float | None = None

    def coordinates(self, points: Array) -> tuple[Array, Array]:
        """Return x and y of the points nearest to these on the plane; shape (n, walkers) gives (walkers,)."""
        away = self._away(points)
        return _added(self.u[:, None] * away), _added(self.v[:, None] * away)

    def off(self, points: Array) -> Array:
        """How far points of shape (n, walkers) are from the plane, in its unit; shape (walkers,)."""
        away = self._away(points)
        for direction in (self.u[:, None], self.v[:, None]):
            away -= _added(direction * away) * direction
        return np.asarray(np.sqrt(_added(away * away)))

    def weights_at(self, x: Array, y: Array) -> Array:
        """The weights at places on the plane: arrays of shape (walkers,) give (n, walkers)."""
        return self.origin[:, None] + self.unit * (x * self.u[:, None] + y * self.v[:, None])

    def _away(self, points: Array) -> Array:
        away: Array = (points - self.origin[:, None]) / self.unit
        return away


def _added(columns: Array) -> Array:
    """The sum of each column, shape (n, walkers); a lone one is added up in the order in which several are."""
    if columns.shape[1] == 1:
        columns = np.repeat(columns, 2, axis=1)
        return np.asarray(columns.sum(axis=0)[:1])
    return np.asarray(columns.sum(axis=0))


def last_of(generator: Generator[None, None, T]) -> T:
    """What a generator returns, for whom nobody waits."""
    steps: Iterator[None] = generator
    while True:
        try:
            next(steps)
        except StopIteration as end:
            value: T = end.value
            return value


def plane_of(kind: PlaneKind, path: Array, losses: Array, network: Network, other_end: Array | None = None) -> Plane:
    """The plane that a walk defines, as ``plane_in_turns``, for whom nobody waits."""
    return last_of(plane_in_turns(kind, path, losses, network, other_end))


def plane_in_turns(
    kind: PlaneKind, path: Array, losses: Array, network: Network, other_end: Array | None = None
) -> Generator[None, None, Plane]:
    """Return the plane that a walk defines: ``path`` has shape (steps + 1, n), ``losses`` (steps + 1,).

    It goes through the first weights, at (0, 0), and the last, at (1, 0), and is turned about the line through both:
    for ``walk`` so that it is nearest to all iterates, by least squares; for ``steps`` so that it holds most of the
    steps' squared lengths; for ``ends`` through ``other_end``, shape (n,), as well. The iterate furthest from that
    line, or the other end, has y < 0. A walk that blows up ends with its last iterate with a finite loss not above ten
    times the first; where it comes back to where it began, the iterate furthest from there stands for the last. Where
    there is no such iterate, or nothing moved, the kind is ``start``: u leads downhill, v along the sharpest direction.

    Of a long walk that takes a while: it yields where others may have their turn.
    """
    last = _last(path, losses)
    yield
    with np.errstate(all="ignore"):
        away = path[: last + 1] - path[0]
        lengths = np.sqrt((away * away).sum(axis=1))
    if not lengths.max() > 0:
        return _at_start(path[0], network)
    far = last if lengths[last] > _ROUNDING * lengths.max() else int(lengths.argmax())
    unit = float(lengths[far])
    u = away[far] / unit
    yield
    away /= unit
    v = None
    if kind == "ends" and other_end is not None:
        end = ((other_end - path[0]) / unit)[None]
        v = yield from _turned(u, end, end)
    if v is None:
        v = yield from _turned(u, np.diff(away, axis=0) if kind == "steps" else away, away)
    if v is None:
        (v,) = _sharpest(path[0], network, [u], 1)
    yield
    share = yield from _share(away - away.mean(axis=0), u, v)
    share_of_steps = yield from _share(np.diff(away, axis=0), u, v)
    return Plane(kind, (0, far), path[0].copy(), u, v, unit, share, share_of_steps)


def _last(path: Array, losses: Array) -> int:
    """The last iterate that still counts."""
    with np.errstate(all="ignore"):
        counts = np.isfinite(((path - path[0]) ** 2).sum(axis=1)) & np.isfinite(losses)
        counts &= losses <= _BLOWN_UP * losses[0]
    return int(np.flatnonzero(counts)[-1]) if counts.any() else 0


def _at_start(origin: Array, network: Network) -> Plane:
    """The plane of the first weights alone: downhill and, orthogonal to that, the sharpest direction."""
    gradient = network.loss_and_gradient(origin[:, None])[1][:, 0]
    size = np.abs(gradient).max()
    taken = [_unit(-gradient / size)] if np.isfinite(size) and size > 0 else []
    u, v = (taken + _sharpest(origin, network, taken, 2))[:2]
    return Plane("start", (0,), origin.copy(), u, v)


def _sharpest(point: Array, network: Network, taken: Sequence[Array], wanted: int) -> list[Array]:
    """So many directions of the greatest curvature, orthogonal to those that are taken and to each other."""
    hessian, found = network.hessian(point), list(taken)
    directions = np.linalg.eigh(hessian)[1][:, ::-1].T if np.isfinite(hessian).all() else np.eye(len(point))
    for direction in directions:
        left = direction[None]
        for other in found:
            left = _beside(left, other)
        if (left * left).sum() > _ROUNDING:
            left = left * np.sign(left[0, np.abs(left[0]).argmax()])
            found.append(_unit(left[0]))
    return found[len(taken) :][:wanted]


def _beside(vectors: Array, direction: Array) -> Array:
    """What is left of vectors, shape (m, n), beside a direction of length 1; twice, so that rounding leaves nothing."""
    return _less(_less(vectors, direction), direction)


def _less(vectors: Array, direction: Array) -> Array:
    return np.asarray(vectors - (vectors * direction).sum(axis=1, keepdims=True) * direction)


def _turned(u: Array, vectors: Array, places: Array) -> Generator[None, None, Array | None]:
    """Return the direction beside u that most of the squared lengths of vectors, shape (m, n), lie in.

    The furthest of the places lies below. None where the vectors are but rounding, or no numbers.
    """
    # The same as ``_beside``, in turns.
    for _ in range(2):
        with np.errstate(all="ignore"):
            vectors = _less(vectors, u)
        yield
    longest = np.abs(vectors).max()
    if not _ROUNDING < longest < np.inf:
        return None
    vectors = vectors / longest
    # Without BLAS, whose sums depend on how many threads it has.
    squares = []
    for k in range(vectors.shape[1]):
        yield
        squares.append((vectors[:, [k]] * vectors).sum(axis=0))
    v = _unit(_beside(np.linalg.eigh(np.stack(squares))[1][:, -1:].T, u)[0])
    yield
    heights = (places * v).sum(axis=1)
    return -v if heights[np.abs(heights).argmax()] > 0 else v


def _unit(vector: Array) -> Array:
    length = np.sqrt((vector * vector).sum())
    return np.asarray(vector / length)


def _share(vectors: Array, u: Array, v: Array) -> Generator[None, None, float | None]:
    """Return the part of the squared lengths of vectors, shape (m, n), that lies in u and v."""
    yield
    whole = float((vectors * vectors).sum())
    within = 0.0
    for direction in (u, v):
        yield
        within += float((((vectors * direction).sum(axis=1)) ** 2).sum())
    return min(within / whole, 1.0) if whole > 0 else None


@dataclass(frozen=True, eq=False)
class PlaneLandscape(FixedLandscape):
    """A network's loss on a plane of its weights: an ordinary landscape of two dimensions.

    It is known by its functions, as every landscape: a plane has no hash.
    """

    plane: Plane

    def __reduce__(self) -> tuple[Any, ...]:
        return on_plane, (self.entry, self.shape, self.plane)

    def _newton_ends(self) -> list[Point]:
        """Where Newton's method leads from the middles of those cells of a grid in which both slopes change their sign.

        From every node, as for formulas, it would cost a network many times what all its ground does.
        """
        begins = self._sign_changes()
        x, y = self._settled(*begins)
        if begins.shape[1] > _CELLS:
            curved = self._is_curved(x, y)
            x, y = x[curved], y[curved]
        return each_once(x, y, self.scale)

    def _levelled(self, floats: Functions, point: Point) -> Point:
        # All at once: a network takes as long for one place as for all of them.
        places = np.array(list(floats_around(point)))
        _, slope_x, slope_y = self.arrays.loss_and_gradient(*places.T)
        level = np.flatnonzero((slope_x == 0) & (slope_y == 0))
        x, y = places[level[0] if len(level) else 0] + 0.0
        return float(x), float(y)

    def _settled(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Where Newton's method leads, without what leaves the neighbourhood of the domain."""
        (low_x, low_y), (wide_x, wide_y) = self.entry.domain.low, self.entry.domain.widths
        rest = _REST * min(wide_x, wide_y)
        walking = np.arange(len(x))
        near = np.ones(len(x), dtype=bool)
        steps = 0
        with np.errstate(all="ignore"):
            while len(walking) and steps < _STEPS:
                steps += 1
                step_x, step_y, *_ = newton_steps(self.arrays, x[walking], y[walking], 2)
                length = np.hypot(step_x, step_y)
                leads = np.isfinite(length)
                x[walking[leads]] += step_x[leads]
                y[walking[leads]] += step_y[leads]
                walking = walking[leads & (length > rest)]
                far_x, far_y = (x[walking] - low_x) / wide_x - 0.5, (y[walking] - low_y) / wide_y - 0.5
                left = np.maximum(np.abs(far_x), np.abs(far_y)) > _FAR
                near[walking[left]] = False
                walking = walking[~left]
        return x[near], y[near]

    def _sign_changes(self) -> Array:
        """The middles of those cells of a grid in which both slopes change their sign, shape (2, n)."""
        widths = self.entry.domain.widths
        # A little wider than the domain and askew, so that what lies on its border or its middle is within a cell.
        low_x, low_y = (low - _ASKEW * width for low, width in zip(self.entry.domain.low, widths, strict=True))
        step_x, step_y = ((1 + 3 * _ASKEW) * width / _CELLS for width in widths)
        nodes = np.arange(_CELLS + 1)
        slopes = self.arrays.loss_and_gradient(*np.meshgrid(low_x + step_x * nodes, low_y + step_y * nodes))[1:]
        changes = np.ones((_CELLS, _CELLS), dtype=bool)
        for slope, width in zip(slopes, widths, strict=True):
            zero = ZERO_SLOPE * self.scale.loss / width
            corners = np.stack([slope[:-1, :-1], slope[1:, :-1], slope[:-1, 1:], slope[1:, 1:]])
            changes &= (corners.min(axis=0) < -zero) & (corners.max(axis=0) > zero)
        rows, columns = np.nonzero(changes)
        return np.stack([low_x + step_x * (columns + 0.5), low_y + step_y * (rows + 0.5)])

    def _is_curved(self, x: Array, y: Array) -> list[bool]:
        """Whether no curvature is zero at each place: a gutter's floor has no place of its own."""
        hessians = np.stack(self.arrays.hessian(x, y), axis=1)
        hessians[~np.isfinite(hessians).all(axis=1)] = 0.0
        return [min(map(abs, self.scale.curvatures(tuple(row)))) > ZERO_CURVATURE for row in hessians.tolist()]


def on_plane(landscape: Landscape, shape: float | None, plane: Plane) -> PlaneLandscape:
    """The loss of the landscape's network at origin + unit·(x u + y v), with derivatives by projection."""
    assert landscape.network is not None, "only a network has planes"
    arrays = _functions(landscape.network, plane)
    return PlaneLandscape(landscape, shape, _on_floats(arrays), arrays, plane)


def _functions(network: Network, plane: Plane) -> Functions:
    """The network's loss over the plane's x and y, arrays of equal shape."""
    directions = [plane.unit * direction[:, None] for direction in (plane.u, plane.v)]

    def weights(x: Array, y: Array) -> Array:
        return plane.weights_at(np.ravel(x), np.ravel(y))

    def loss(x: Array, y: Array) -> Array:
        flat_x, flat_y = np.ravel(x), np.ravel(y)
        parts = [slice(first, first + _AT_ONCE) for first in range(0, max(len(flat_x), 1), _AT_ONCE)]
        losses = [network.loss(plane.weights_at(flat_x[part], flat_y[part])) for part in parts]
        return np.concatenate(losses).reshape(np.shape(x))

    def loss_and_gradient(x: Array, y: Array) -> tuple[Array, Array, Array]:
        loss, gradient = network.loss_and_gradient(weights(x, y))
        parts = (loss, *(_added(direction * gradient) for direction in directions))
        loss, slope_x, slope_y = (part.reshape(np.shape(x)) for part in parts)
        return loss, slope_x, slope_y

    def hessian(x: Array, y: Array) -> tuple[Array, Array, Array]:
        points, (u, v) = weights(x, y), directions
        both = np.concatenate([np.broadcast_to(direction, points.shape) for direction in directions], axis=1)
        along = network.hessian_times(np.concatenate([points, points], axis=1), both)
        along_u, along_v = along[:, : points.shape[1]], along[:, points.shape[1] :]
        xx, xy, yy = (_added(one * other) for one, other in ((u, along_u), (v, along_u), (v, along_v)))
        return xx.reshape(np.shape(x)), xy.reshape(np.shape(x)), yy.reshape(np.shape(x))

    return Functions(loss, loss_and_gradient, hessian)


def _on_floats(arrays: Functions) -> Functions:
    """The same for numbers."""

    def places(x: float, y: float) -> tuple[Array, Array]:
        return np.array([x], dtype=float), np.array([y], dtype=float)

    def loss_and_gradient(x: float, y: float) -> tuple[float, float, float]:
        loss, slope_x, slope_y = (float(part[0]) for part in arrays.loss_and_gradient(*places(x, y)))
        return loss, slope_x, slope_y

    def hessian(x: float, y: float) -> tuple[float, float, float]:
        xx, xy, yy = (float(part[0]) for part in arrays.hessian(*places(x, y)))
        return xx, xy, yy

    return Functions(lambda x, y: float(arrays.loss(*places(x, y))[0]), loss_and_gradient, hessian)
