"""Optimizers: init/update pairs and their registry.

An update rule works on one coordinate, which is a float or an array of walkers, and knows neither which. It returns the
step to add to the coordinate, its sign included, and the next state: a plain tuple, named by ``Optimizer.state``,
because making a NamedTuple costs more than the rest of the step. The state before the first step is None.

Each rule is also written once as LaTeX with named places, ``{velocity}``; filled with symbols it is the rule that is
shown, filled with numbers it is this step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.descent.landscape import Source

Coordinate = Any  # float or NDArray[float64]
State = tuple[Coordinate, ...] | None
Update = Callable[[Coordinate, State, float], tuple[Coordinate, State]]


class Hyperparameter(NamedTuple):
    """A number that an optimizer or a schedule lists: its key in the query, its symbol in LaTeX, its bounds."""

    key: str
    title: str
    symbol: str
    low: float
    high: float
    default: float
    explanation: str
    log: bool = False


# How the quantities of a step are written. The names are those of the trace's records.
SYMBOLS: Mapping[str, str] = {
    "gradient": "g_k",
    "slope": r"\nabla f(x_k)",
    "noise": r"\xi_k",
    "velocity": "v_k",
    "velocity_next": "v_{k+1}",
    "learning_rate": r"\eta_k",
    "point": "x_k",
    "point_next": "x_{k+1}",
}

# What the walk hands to every rule as its gradient, by goal and by whether there is noise: in symbols, and in numbers.
GRADIENT_RULES: Mapping[tuple[str, bool], tuple[str, str]] = {
    ("minimize", False): (r"{gradient} = {slope}", r"\nabla f{point} = {slope}"),
    ("minimize", True): (r"{gradient} = {slope} + {noise}", r"\nabla f{point} + {noise} = {gradient}"),
    ("maximize", False): (r"{gradient} = -{slope}", r"-\nabla f{point} = {gradient}"),
    ("maximize", True): (r"{gradient} = -{slope} + {noise}", r"-\nabla f{point} + {noise} = {gradient}"),
}


@dataclass(frozen=True)
class Optimizer:
    """One entry of the registry.

    ``build`` takes the hyperparameters by key. ``state`` names the parts of the state, in their order. ``stability``
    gives the c of the limit c/λ on the learning rate, above which the rule diverges on a quadratic whose largest
    curvature is λ; None where no such limit is known.
    """

    slug: str
    title: str
    hyperparameters: tuple[Hyperparameter, ...]
    build: Callable[..., Update]
    rule: tuple[str, ...]
    first_rule: tuple[str, ...]
    convention: str
    source: Source
    state: tuple[str, ...] = ()
    stability: Callable[..., float] | None = None
    stability_text: Callable[..., str] = lambda **values: ""

    def values(self, given: Mapping[str, float | None]) -> dict[str, float]:
        """Return each hyperparameter, from ``given`` or its default."""
        return {
            parameter.key: parameter.default if (value := given.get(parameter.key)) is None else value
            for parameter in self.hyperparameters
        }


def gradient_descent() -> Update:
    """x ← x − ηg (Cauchy 1847)."""

    def update(gradient: Coordinate, state: State, learning_rate: float) -> tuple[Coordinate, State]:
        return -learning_rate * gradient, state

    return update


def momentum(momentum: float, dampening: float) -> Update:
    """v ← βv + (1−τ)g with v = g at the first step, x ← x − ηv: PyTorch's sum form (Polyak 1964)."""
    weight = 1 - dampening

    def update(gradient: Coordinate, state: State, learning_rate: float) -> tuple[Coordinate, State]:
        velocity = gradient if state is None else momentum * state[0] + weight * gradient
        return -learning_rate * velocity, (velocity,)

    return update


def nesterov(momentum: float) -> Update:
    """v ← βv + g with v = g at the first step, x ← x − η(g + βv): PyTorch's form (Sutskever et al. 2013)."""

    def update(gradient: Coordinate, state: State, learning_rate: float) -> tuple[Coordinate, State]:
        velocity = gradient if state is None else momentum * state[0] + gradient
        return -learning_rate * (gradient + momentum * velocity), (velocity,)

    return update


_MOMENTUM = Hyperparameter(
    "momentum", "Momentum", r"\beta", 0.0, 1.0, 0.9, "How much of the velocity is kept from one step to the next."
)
_DAMPENING = Hyperparameter(
    "dampening",
    "Dampening",
    r"\tau",
    0.0,
    1.0,
    0.0,
    "How much of each new gradient is held back; equal to the momentum it makes the velocity a weighted average.",
)

_FIRST_VELOCITY = r"{velocity_next} = {gradient}"

_TABLE = (
    Optimizer(
        slug="gradient-descent",
        title="Gradient descent",
        hyperparameters=(),
        build=gradient_descent,
        rule=(r"{point_next} = {point} - {learning_rate}\,{gradient}",),
        first_rule=(r"{point_next} = {point} - {learning_rate}\,{gradient}",),
        convention="Plain steepest descent: the step is the learning rate times the gradient.",
        source=Source("Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées", 1847),
        stability=lambda: 2.0,
        stability_text=lambda: "2/λ",
    ),
    Optimizer(
        slug="momentum",
        title="Momentum",
        hyperparameters=(_MOMENTUM, _DAMPENING),
        build=momentum,
        rule=(
            r"{velocity_next} = {momentum}\,{velocity} + (1 - {dampening})\,{gradient}",
            r"{point_next} = {point} - {learning_rate}\,{velocity_next}",
        ),
        first_rule=(_FIRST_VELOCITY, r"{point_next} = {point} - {learning_rate}\,{velocity_next}"),
        convention=(
            "Sum form, as in PyTorch: the velocity is a running sum of gradients and starts as the first one. "
            "With dampening equal to momentum it is the weighted average that textbooks also call momentum."
        ),
        source=Source("Polyak, Some methods of speeding up the convergence of iteration methods", 1964),
        # With full dampening no gradient but the first ever enters, and no learning rate is too large.
        stability=lambda momentum, dampening: 2 * (1 + momentum) / (1 - dampening) if dampening < 1 else float("inf"),
        stability_text=lambda momentum, dampening: "2(1+β)/((1−τ)λ)" if dampening else "2(1+β)/λ",
        state=("velocity",),
    ),
    Optimizer(
        slug="nesterov",
        title="Nesterov",
        hyperparameters=(_MOMENTUM,),
        build=nesterov,
        rule=(
            r"{velocity_next} = {momentum}\,{velocity} + {gradient}",
            r"{point_next} = {point} - {learning_rate}\,({gradient} + {momentum}\,{velocity_next})",
        ),
        first_rule=(
            _FIRST_VELOCITY,
            r"{point_next} = {point} - {learning_rate}\,({gradient} + {momentum}\,{velocity_next})",
        ),
        convention="PyTorch's form: the gradient is taken where the walker stands; the step looks one velocity ahead.",
        source=Source(
            "Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²); "
            "in the form of Sutskever et al. 2013",
            1983,
        ),
        stability=lambda momentum: (2 + 2 * momentum) / (1 + 2 * momentum),
        stability_text=lambda momentum: "(2+2β)/((1+2β)λ)",
        state=("velocity",),
    ),
)

OPTIMIZERS: Mapping[str, Optimizer] = {optimizer.slug: optimizer for optimizer in _TABLE}
