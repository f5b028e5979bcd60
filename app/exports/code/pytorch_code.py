"""The same walk in PyTorch: with ``torch.optim`` where its rule is the same, otherwise with the rule by hand."""

from collections.abc import Callable, Mapping

from app.descent.optimizers.table import Optimizer
from app.exports.code.libraries import PYTORCH
from app.exports.code.literals import number
from app.exports.code.script import Own, script
from app.request.request import WalkRequest

_Values = Mapping[str, float]


def _decays(values: _Values) -> str:
    return f"betas=({number(values['beta1'])}, {number(values['beta2'])}), eps={number(values['epsilon'])}"


def _momentum(values: _Values) -> str:
    momentum, dampening = values["momentum"], values["dampening"]
    if not momentum and dampening:
        return "? Without momentum torch.optim.SGD takes no notice of dampening, so the rule stands here by hand."
    return f"SGD([point], momentum={number(momentum)}, dampening={number(dampening)})"


def _nesterov(values: _Values) -> str:
    # PyTorch refuses nesterov=True without momentum, which is gradient descent.
    momentum = values["momentum"]
    return f"SGD([point], momentum={number(momentum)}, nesterov=True)" if momentum else "SGD([point])"


def _rmsprop(values: _Values) -> str:
    if values["centred"]:
        return (
            "? torch.optim.RMSprop(centered=True) takes the root of a difference that rounding may make negative; by "
            "hand it is at least 0."
        )
    return f"RMSprop([point], alpha={number(values['decay'])}, eps={number(values['epsilon'])})"


# By slug: the call, or behind a question mark why there is none.
_OWN: Mapping[str, Callable[[_Values], str]] = {
    "gradient-descent": lambda values: "SGD([point])",
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": lambda values: f"Adagrad([point], eps={number(values['epsilon'])})",
    "rmsprop": _rmsprop,
    "adadelta": lambda values: f"Adadelta([point], rho={number(values['decay'])}, eps={number(values['epsilon'])})",
    "adam": lambda values: f"Adam([point], {_decays(values)})",
    "adamw": lambda values: f"AdamW([point], {_decays(values)}, weight_decay={number(values['weight_decay'])})",
    "nadam": lambda values: f"NAdam([point], {_decays(values)})",
    "amsgrad": lambda values: f"Adam([point], {_decays(values)}, amsgrad=True)",
    "lion": lambda values: "? torch.optim has no Lion, so the rule stands here by hand.",
    "newton": lambda values: "? torch.optim has no Newton's method, so the step stands here by hand.",
    "line-search": lambda values: "? torch.optim has no steepest descent with a line search: by hand.",
    "bfgs": lambda values: "? torch.optim.LBFGS is another method, of limited memory: by hand.",
    "sam": lambda values: "? torch.optim has no SAM, so the step stands here by hand.",
}


def pytorch_script(request: WalkRequest, address: str) -> str:
    """The script, in ASCII; ``address`` is that of the page that shows the walk."""
    return script(request, address, PYTORCH, _found)


def _found(optimizer: Optimizer, values: _Values) -> Own | str:
    call = _OWN[optimizer.slug](values) if optimizer.slug in _OWN else "? A rule that was typed, by hand."
    if call.startswith("?"):
        return call.removeprefix("? ")
    return Own(
        [
            "if state is None:",
            f"    state = torch.optim.{call.replace('[point]', '[point], lr=learning_rate', 1)}",
            'state.param_groups[0]["lr"] = learning_rate',
            "point.grad = gradient",
            "state.step()",
            "return point, state",
        ]
    )
