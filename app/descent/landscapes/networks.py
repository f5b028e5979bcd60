"""Small networks and their data: a noisy wave, two moons, exclusive or."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Box, FixedLandscape, Landscape, Shape, Source
from app.descent.landscapes.network import Network
from app.descent.landscapes.planes import on_plane, plane_of

FAMILY = "Networks"

NETWORKS: Mapping[str, Network] = {
    "network-curve": Network(
        inputs=tuple(
            (x,)
            for x in (
                *(-2.0, -1.79, -1.58, -1.37, -1.16, -0.95, -0.74, -0.53, -0.32, -0.11),
                *(0.11, 0.32, 0.53, 0.74, 0.95, 1.16, 1.37, 1.58, 1.79, 2.0),
            )
        ),
        targets=(
            *(0.79, 0.51, 0.05, -0.52, -0.64, -0.9, -1.05, -0.81, -0.55, -0.18),
            *(0.21, 0.65, 0.8, 0.98, 0.9, 0.79, 0.4, -0.05, -0.5, -0.78),
        ),
        hidden=4,
        error="squared",
        input_names=("x",),
        target_name="y",
        caption="20 points of a noisy wave",
    ),
    "network-moons": Network(
        inputs=(
            *((0.57, -0.06), (0.56, -0.32), (0.63, 0.19), (0.28, 0.37), (0.37, 0.45), (0.19, 0.62), (-0.1, 0.58)),
            *((-0.19, 0.81), (-0.24, 0.68), (-0.57, 0.72), (-0.58, 0.72), (-0.48, 0.94), (-1.44, 0.31)),
            *((-1.08, 0.53), (-1.13, 0.55), (-0.86, 0.17), (-1.45, 0.66), (-1.31, 0.23), (-1.58, -0.39)),
            *((-1.46, -0.2), (-0.74, 0.14), (-0.5, -0.08), (-0.46, -0.03), (-0.37, -0.3), (-0.17, -0.16)),
            *((-0.11, -0.63), (0.1, -0.66), (0.28, -0.86), (0.44, -0.7), (0.17, -0.79), (0.6, -0.67)),
            *((0.55, -0.92), (0.95, -0.74), (1.1, -0.41), (0.85, -0.41), (1.54, -0.4), (1.22, -0.05)),
            *((1.5, 0.13), (1.42, -0.19), (1.48, 0.18)),
        ),
        targets=(0.0,) * 20 + (1.0,) * 20,
        hidden=4,
        error="logistic",
        input_names=("x₁", "x₂"),
        target_name="score",
        caption="40 points of two moons that reach into each other, 20 of each class",
    ),
    "network-xor": Network(
        inputs=((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)),
        targets=(0.0, 1.0, 1.0, 0.0),
        hidden=2,
        error="squared",
        input_names=("x₁", "x₂"),
        target_name="y",
        caption="exclusive or: 1 where exactly one of two inputs is positive",
    ),
}


# The walk whose plane is drawn where nobody walks is that of momentum, from the weights of this seed.
_STEPS, _SEED, _TOLERANCE = 200, 0, 1e-6


class NetworkLandscape(Landscape):
    """An entry that is a network: its ``shape`` is the scale of the first weights, its places are on a plane of it."""

    def at(self, shape: float | None = None) -> FixedLandscape:
        """The plane of the landscape's own walk: what is drawn where nobody has asked for a walk yet."""
        assert self.shape is not None, "the scale of the first weights is a network's shape"
        return _on_usual_plane(self, self.shape.default if shape is None else shape)


@lru_cache(maxsize=64)
def _on_usual_plane(landscape: NetworkLandscape, shape: float) -> FixedLandscape:
    assert landscape.network is not None
    path, losses = _usual_walk(landscape.network, landscape.learning_rate, landscape.momentum, shape)
    return on_plane(landscape, shape, plane_of("walk", path, losses, landscape.network))


def _usual_walk(network: Network, learning_rate: float, momentum: float, scale: float) -> tuple[Array, Array]:
    """The walk of momentum from the first weights, shape (steps + 1, n), and its losses; the runners stand above."""
    weights = network.first_weights(_SEED, scale)[:, None]
    velocity, before = np.zeros_like(weights), weights
    path, losses = [], []
    for _ in range(_STEPS + 1):
        loss, gradient = network.loss_and_gradient(weights)
        path.append(weights[:, 0])
        losses.append(loss[0])
        if max(np.linalg.norm(gradient), np.linalg.norm(weights - before)) <= _TOLERANCE:
            break
        velocity = momentum * velocity + gradient
        before, weights = weights, weights - learning_rate * velocity
    return np.array(path), np.array(losses)


_SHAPE = Shape(
    name="Scale of the first weights",
    symbol="sigma",
    low=0.0,
    high=2.0,
    default=1.0,
    explanation="How large the first weights are drawn; at 0 all are zero.",
    convention="Normal numbers, divided by the root of how many inputs the unit has, times this; biases begin at 0.",
)
_DOMAIN = Box((-0.5, -1.0), (1.5, 1.0))
_START = (0.0, 0.0)

LANDSCAPES = (
    NetworkLandscape(
        slug="network-curve",
        title="Network: a curve",
        family=FAMILY,
        network=NETWORKS["network-curve"],
        domain=_DOMAIN,
        start=_START,
        learning_rate=0.1,
        momentum=0.9,
        teaches="Real training: 13 weights bend a curve through 20 points, and the map is one plane of 13 dimensions.",
        source=Source(
            "Rumelhart, Hinton & Williams, Learning representations by back-propagating errors, Nature 323",
            1986,
            "https://doi.org/10.1038/323533a0",
        ),
        shape=_SHAPE,
    ),
    NetworkLandscape(
        slug="network-moons",
        title="Network: two moons",
        family=FAMILY,
        network=NETWORKS["network-moons"],
        domain=_DOMAIN,
        start=_START,
        learning_rate=0.5,
        momentum=0.8,
        teaches="17 weights learn to part two classes; as that can be done, the loss falls for ever and has no bottom.",
        source=Source(
            "Pedregosa et al., Scikit-learn: Machine learning in Python, JMLR 12",
            2011,
            "https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html",
        ),
        shape=_SHAPE,
    ),
    NetworkLandscape(
        slug="network-xor",
        title="Network: exclusive or",
        family=FAMILY,
        network=NETWORKS["network-xor"],
        domain=_DOMAIN,
        start=_START,
        learning_rate=0.3,
        momentum=0.8,
        teaches="The smallest task that needs a hidden layer: with other first weights it is learnt, or never.",
        source=Source("Minsky & Papert, Perceptrons: an introduction to computational geometry, MIT Press", 1969),
        shape=_SHAPE,
    ),
)
