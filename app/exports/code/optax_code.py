"""The same walk in JAX: with optax where its rule is the same, otherwise why not, and the rule by hand."""

from collections.abc import Callable, Mapping

from app.descent.optimizers.table import Optimizer
from app.exports.code.libraries import JAX
from app.exports.code.literals import number
from app.exports.code.script import Own, script
from app.request.request import WalkRequest

_Values = Mapping[str, float]


def _decays(values: _Values) -> str:
    return f"b1={number(values['beta1'])}, b2={number(values['beta2'])}"


def _momentum(values: _Values) -> str:
    if values["dampening"]:
        return "? optax.sgd has no dampening: by hand."
    return f"sgd(planned, momentum={number(values['momentum'])})"


# By slug: the call, or behind a question mark why there is none.
_OWN: Mapping[str, Callable[[_Values], str]] = {
    "gradient-descent": lambda values: "sgd(planned)",
    "momentum": _momentum,
    "nesterov": lambda values: f"sgd(planned, momentum={number(values['momentum'])}, nesterov=True)",
    "adagrad": lambda values: "? optax.adagrad has epsilon inside the root, here it stands outside: by hand.",
    "rmsprop": lambda values: (
        "? optax.rmsprop takes the root of a difference that rounding may make negative; by hand it is at least 0."
        if values["centred"]
        else f"rmsprop(planned, decay={number(values['decay'])}, eps={number(values['epsilon'])}, eps_in_sqrt=False)"
    ),
    "adadelta": lambda values: f"adadelta(planned, rho={number(values['decay'])}, eps={number(values['epsilon'])})",
    "adam": lambda values: f"adam(planned, {_decays(values)}, eps={number(values['epsilon'])})",
    "adamw": lambda values: (
        f"adamw(planned, {_decays(values)}, eps={number(values['epsilon'])}, "
        f"weight_decay={number(values['weight_decay'])})"
    ),
    "nadam": lambda values: "? optax.nadam has no schedule of its first decay, as PyTorch and this rule have: by hand.",
    "amsgrad": lambda values: (
        "? optax.amsgrad takes the largest of the corrected averages, this rule corrects the largest average: by hand."
    ),
    "lion": lambda values: f"lion(planned, {_decays(values)}, weight_decay={number(values['weight_decay'])})",
    "newton": lambda values: "? optax has no Newton's method: by hand, with jax.hessian.",
    "line-search": lambda values: (
        "? optax's backtracking line search begins at the length of the step before: by hand."
    ),
    "bfgs": lambda values: "? optax.lbfgs is another method, of limited memory: by hand.",
    "sam": lambda values: "? optax.contrib.sam alternates two optimizers; here one step takes both gradients: by hand.",
}


def optax_script(request: WalkRequest, address: str) -> str:
    """The script, in ASCII; ``address`` is that of the page that shows the walk."""
    return script(request, address, JAX, _found)


def _found(optimizer: Optimizer, values: _Values) -> Own | str:
    call = _OWN[optimizer.slug](values) if optimizer.slug in _OWN else "? A rule that was typed: by hand."
    if call.startswith("?"):
        return call.removeprefix("? ")
    return Own(
        [
            "if state is None:",
            "    state = optimizer.init(point)",
            "updates, state = optimizer.update(gradient, state, point)",
            "return optax.apply_updates(point, updates), state",
        ],
        [
            "rates = jnp.asarray(learning_rates)",
            f"optimizer = optax.{call.replace('planned', 'lambda count: rates[count]')}",
        ],
    )
