"""What kind of place training ended at, by the whole Hessian of the network: a minimum of a plane of it is none of it.

A network has ground that no curvature tells of: hidden units that do nothing, or do the same, can be turned without
any change. Where that decides, losses around tell, and where they do not, nothing is claimed.
"""

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging.places import NEAR, Place
from app.descent.landscapes.curvature import POLISHING
from app.descent.landscapes.network import Network

# Weights and losses of these networks are of order 1: what is small is small beside that.
# The least that a squared error can be, up to rounding.
LEAST = 1e-12
# What curvature counts as zero, which ones no step is made from, and what rounding leaves beside the sharpest one.
_ZERO, _LEVEL, _ROUNDING = 1e-8, 1e-9, 1e-13
# The slope that rounding leaves where there is none.
_NO_SLOPE = 1e-12
# A step that is no longer one.
_NO_STEP = 1e-14
# Flat ground: the slope is this part of what is still to fall at most, and far from what is learnt.
_FLAT_SLOPE, _FLAT_CURVATURE, LEARNT = 0.01, 1.0, 0.01
# Neighbours are looked at so far away, in so many directions, and are lower by so much at least.
_RADII, _DIRECTIONS, _LOWER = (0.01, 0.03, 0.1), 512, 1e-11


def curvatures_of(network: Network, point: Array) -> list[float]:
    """All eigenvalues of the Hessian at weights of shape (n,), ascending; empty where it is not finite."""
    with np.errstate(all="ignore"):
        hessian = network.hessian(point)
    return [float(value) for value in np.linalg.eigvalsh(hessian)] if np.isfinite(hessian).all() else []


def place_of_weights(network: Network, point: Array) -> Place | None:
    """Say what kind of place these weights are, shape (n,), which are finite; None where nothing tells.

    A minimum is called global only where a squared error is zero there up to rounding.
    """
    if is_least(network, point):
        return "global_minimum"
    if is_unending(network, point) and slope_at(network, point)[0] < LEARNT:
        return "slope"
    if not curvatures_of(network, point) or not np.isfinite(slope_at(network, point)[1]).all():
        return None
    exact = stationary_near(network, point)
    if exact is None:
        return "plateau" if _is_flat(network, point) else "slope"
    return _kind(network, exact)


def is_least(network: Network, point: Array) -> bool:
    """Whether no loss can be lower: an error of squares is zero there up to rounding."""
    return network.error == "squared" and slope_at(network, point)[0] <= LEAST


def share_right(network: Network, point: Array) -> float | None:
    """The share of points that are classified right, None where there are no classes."""
    share = network.share_right(point[:, None])
    return None if share is None else float(share[0])


def is_undecided(network: Network, point: Array) -> bool:
    """Whether the network says the same for every point, on neither side of what parts its classes."""
    return share_right(network, point) == 0 and bool(np.ptp(network.outputs(point[:, None])) == 0)


def is_unending(network: Network, point: Array) -> bool:
    """Whether larger weights on the output always have a lower loss: all points are right, the error logistic."""
    return network.error == "logistic" and share_right(network, point) == 1


def slope_at(network: Network, point: Array) -> tuple[float, Array]:
    """The loss and the gradient at weights of shape (n,)."""
    loss, gradient = network.loss_and_gradient(point[:, None])
    return float(loss[0]), gradient[:, 0]


def stationary_near(network: Network, point: Array) -> Array | None:
    """The weights without a slope that Newton's method finds close by, shape (n,), None where there are none.

    Close is a hundredth of the weights' own length, and a walk is stopped a little before them. Of large weights that
    is a long way: who is close has learnt as much as can be learnt there.
    """
    at = _found_by_newton(network, point)
    if at is None or not abs(slope_at(network, point)[0] - slope_at(network, at)[0]) <= LEARNT:
        return None
    return at


def _found_by_newton(network: Network, point: Array) -> Array | None:
    size, at = max(1.0, float(np.linalg.norm(point))), point
    for tried in range(POLISHING):
        step = _newton_step(network, at)
        if step is None:
            return None
        length = float(np.linalg.norm(step))
        if tried == 0 and length > NEAR * size:
            return None
        at = at + step
        if float(np.linalg.norm(at - point)) > 2 * NEAR * size:
            return None
        if length <= _NO_STEP * size:
            return at
    # It went on to the end: to and fro within what rounding leaves, or where there is a slope everywhere.
    return at if float(np.linalg.norm(slope_at(network, at)[1])) <= _NO_SLOPE else None


def _newton_step(network: Network, at: Array) -> Array | None:
    """Newton's step, shape (n,), with nothing of the level directions; None where one of those has a slope."""
    curvatures, directions = np.linalg.eigh(network.hessian(at))
    along = slope_at(network, at)[1] @ directions
    curved = np.abs(curvatures) > max(_LEVEL, _ROUNDING * float(np.abs(curvatures).max()))
    if (np.abs(along[~curved]) > _NO_SLOPE).any():
        return None
    step: Array = -directions[:, curved] @ (along[curved] / curvatures[curved])
    return step


def _is_flat(network: Network, point: Array) -> bool:
    """Whether there is hardly a slope, not even further on, although much is left to learn."""
    loss, slope = slope_at(network, point)
    steep = float(np.linalg.norm(slope))
    if loss < LEARNT or steep >= _FLAT_SLOPE * min(1.0, loss):
        return False
    return abs(float(slope @ network.hessian(point) @ slope)) < _FLAT_CURVATURE * steep**2


def _kind(network: Network, point: Array) -> Place | None:
    """The kind of weights without a slope."""
    curvatures, directions = np.linalg.eigh(network.hessian(point))
    zero = max(_ZERO, _ROUNDING * float(np.abs(curvatures).max()))
    if curvatures[0] < -zero:
        return "maximum" if curvatures[-1] < -zero else "saddle"
    level = curvatures <= zero
    if not level.any() or is_least(network, point):
        return "local_minimum"
    changes = _around(network, point, curvatures[~level], directions[:, ~level], directions[:, level])
    # Lower at one distance only is another valley.
    if ((changes < -_LOWER) & (np.diff(changes, axis=0, prepend=0.0) < 0)).all(axis=0).any():
        return "saddle"
    return "plateau" if level.all() and np.abs(changes).max() <= _LOWER else None


def _around(network: Network, point: Array, curvatures: Array, curved: Array, level: Array) -> Array:
    """How the loss changes in level directions that are drawn the same every time, shape (radii, directions).

    From each neighbour one of Newton's steps leads back across the ``curved`` directions, of these ``curvatures``, to
    the floor of a valley that bends.
    """
    drawn = level @ np.random.default_rng(0).standard_normal((level.shape[1], _DIRECTIONS))
    drawn /= np.linalg.norm(drawn, axis=0)
    least = slope_at(network, point)[0]
    changes = []
    for radius in _RADII:
        around = point[:, None] + radius * drawn
        slopes = network.loss_and_gradient(around)[1]
        around = around - curved @ ((curved.T @ slopes) / curvatures[:, None])
        changes.append(network.loss_and_gradient(around)[0] - least)
    return np.stack(changes)
