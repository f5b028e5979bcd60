"""The loss as code: of a formula as its checked tree has it, of data as the mean error over the points, of a network.

Each landscape's code has ``evaluate(point)``, which gives loss and gradient, and what else a script calls:
``loss_at(point)``, ``hessian_at(point)``, and with mini-batches ``slope_at(point, rows)``.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from app.descent.formulas.formula import Formula
from app.descent.landscapes.data import Data
from app.descent.landscapes.landscape import REACH, FixedLandscape
from app.descent.landscapes.network import Network
from app.exports.code.formulas import Derived, identifier
from app.exports.code.libraries import Library
from app.exports.code.literals import comment, number, numbers, point, points

# What a loss and the function of its gradient are asked by.
_EVALUATE = (
    "",
    "",
    "def evaluate(point):",
    '    """The loss and its gradient."""',
    "    return float(loss(*point)), slope_at(point)",
)


class LandscapeCode(NamedTuple):
    """``lines`` of the script, and what ``inside(point)`` returns; ``wide`` tells that a part of the loss may be too
    large for a float where the loss is not.
    """

    lines: Sequence[str]
    inside: Sequence[str]
    names: Sequence[str]
    wide: bool = False


def landscape_code(fixed: FixedLandscape, library: Library, calls: Collection[str]) -> LandscapeCode:
    """The code of a landscape that is no network, with the functions that are called besides ``evaluate``."""
    entry = fixed.entry
    loss = entry.loss
    assert not isinstance(loss, Network), "a network has code of its own"
    if isinstance(loss, Data):
        lines, wide = _data_lines(loss, library, calls), False
    else:
        lines, wide = _formula_lines(fixed, loss, library, calls), loss.wide
    low, high = entry.domain.reach()
    inside = [
        "# Further than a million widths from the middle of the domain counts as gone.",
        f"low, high = {library.array}({point(low)}), {library.array}({point(high)})",
        "",
        "",
        "def inside(point):",
        "    return bool(((low <= point) & (point <= high)).all())",
    ]
    return LandscapeCode(lines, inside, entry.axes, wide)


# --- formulas


def _formula_lines(fixed: FixedLandscape, formula: Formula, library: Library, calls: Collection[str]) -> list[str]:
    derived = Derived(formula)
    values = fixed.entry.values(fixed.shape)
    lines = [f"{identifier(name)} = {number(value)}" for name, value in values.items()]
    lines += [*comment(f"The loss: {formula.text}"), *derived.function("loss", [derived.loss], library)]
    # At a kink JAX has the slope of one of its sides.
    by_hand = derived.quiet or not library.derives or (library.slug == "optax" and not formula.smooth)
    if by_hand:
        why = "# Written out: automatic derivatives are others at a kink, or where a side is not chosen."
        lines += ["", "", *([why] if library.derives else []), *derived.function("gradient", derived.slopes, library)]
    if "hessian_at" in calls and not library.derives:
        lines += ["", "", *derived.function("hessian", derived.curvatures, library)]
    if not library.derives and derived.unsure:
        lines += ["", "", *_careful(derived.quiet)]
    if library.slug == "optax" and not by_hand:
        lines += ["", "", "value_and_slope = jax.jit(jax.value_and_grad(lambda place: loss(*place)))"]
    lines += ["", "", *_evaluate(derived, library, by_hand, [*map(list, fixed.entry.tips)])]
    if "loss_at" in calls:
        value = "careful(loss, point, math.nan)" if not library.derives and derived.unsure else "loss(*point)"
        lines += ["", "", *_loss_at(library, value)]
    if "hessian_at" in calls:
        lines += ["", "", *_hessian_at(derived, library)]
    return lines


def _careful(quiet: bool) -> list[str]:
    lines = ["def careful(function, point, otherwise):", '    """What the function gives, and otherwise no number."""']
    if quiet:
        # A side that is not chosen may have no value.
        return [
            *lines,
            "    found = np.array(function(*point), dtype=float)",
            "    return otherwise if np.isnan(found).any() else found",
        ]
    return [
        *lines,
        "    try:",
        '        with np.errstate(divide="raise", invalid="raise"):',
        "            return np.array(function(*point), dtype=float)",
        "    except FloatingPointError:",
        "        return otherwise",
    ]


def _evaluate(derived: Derived, library: Library, by_hand: bool, tips: Sequence[list[float]]) -> list[str]:
    lines = _evaluated(derived, library, by_hand)
    head = ["def evaluate(point):", '    """The loss and its gradient."""']
    if not tips:
        return [*head, *lines[:-1], f"    return {lines[-1]}"]
    height, slope = lines[-1].split(", ", 1)
    return [
        *head,
        *lines[:-1],
        f"    height, slope = {height}, {slope}",
        f"    if point.tolist() in {[[float(part) for part in tip] for tip in tips]}:",
        f"        slope = {library.name}.zeros_like(point)  # a tip has no gradient: the subgradient 0 is taken",
        "    return height, slope",
    ]


def _evaluated(derived: Derived, library: Library, by_hand: bool) -> list[str]:
    """Lines of ``evaluate``, and last what it returns: ``height, slope``."""
    if library.slug == "numpy":
        if not derived.unsure:
            return ["float(loss(*point)), np.array(gradient(*point), dtype=float)"]
        return [
            "    height = float(careful(loss, point, math.nan))",
            "    slope = careful(gradient, point, math.nan*point)",
            "height, slope",
        ]
    none = [
        f"    if not bool({library.name}.isfinite(slope).all()):",
        "        slope = math.nan*point",
    ]
    if library.slug == "pytorch":
        if by_hand:
            lines = [
                "    height = loss(*point)",
                "    slope = torch.stack([torch.as_tensor(part, dtype=point.dtype) for part in gradient(*point)])",
            ]
        else:
            lines = [
                "    point = point.detach().clone().requires_grad_()",
                "    height = loss(*point)",
                "    (slope,) = torch.autograd.grad(height, point)",
                "    point = point.detach()",
            ]
        return [*lines, *(none if derived.unsure else []), "height.item(), slope"]
    if by_hand:
        lines = ["    height, slope = loss(*point), jnp.array(gradient(*point), dtype=float)"]
    else:
        lines = ["    height, slope = value_and_slope(point)"]
    return [*lines, *(none if derived.unsure else []), "height.item(), slope"]


def _loss_at(library: Library, value: str) -> list[str]:
    return ["def loss_at(point):", f"    return float({value})"]


def _hessian_at(derived: Derived, library: Library) -> list[str]:
    head = ["def hessian_at(point):", '    """The second derivatives: by x twice, by x and y, by y twice."""']
    if derived.dimensions == 1:
        head[1] = '    """The second derivative."""'
    if not library.derives:
        missing = f"[math.nan]*{len(derived.curvatures)}"
        return [*head, f"    return {f'careful(hessian, point, {missing})' if derived.unsure else 'hessian(*point)'}"]
    matrix = _matrix(library)
    if derived.dimensions == 1:
        return [*head, matrix, "    return [hessian[0, 0]]"]
    return [*head, matrix, "    return hessian[0, 0], hessian[0, 1], hessian[1, 1]"]


def _matrix(library: Library) -> str:
    """The line that finds the matrix of second derivatives."""
    if library.slug == "pytorch":
        return "    hessian = torch.autograd.functional.hessian(lambda place: loss(*place), point)"
    return "    hessian = jax.hessian(lambda place: loss(*place))(point)"


# --- data


# The error of each point, its slope by the score, and its curvature, by what is averaged.
_ERRORS = {
    "absolute": ("LIB.abs(score - target)", "LIB.sign(score - target)", "LIB.full_like(score, LIB.nan)"),
    "squared": ("(score - target)*(score - target)", "2*(score - target)", "LIB.full_like(score, 2.0)"),
    "logistic": (
        "LIB.logaddexp(LIB.zeros_like(score), score) - target*score",
        "sigmoid(score) - target",
        "sigmoid(score)*sigmoid(-score)",
    ),
}
_SIGMOID = ("def sigmoid(score):", "    return 0.5*(1 + np.tanh(0.5*score))")


def _error(error: str, part: int, library: Library) -> str:
    if library.slug == "optax" and error == "absolute" and part == 0:
        # JAX has the slope 1 of an absolute value at 0.
        return "(score - target)*jnp.sign(score - target)"
    return _ERRORS[error][part].replace("LIB", library.name)


def _column(name: str, values: Sequence[float], library: Library) -> list[str]:
    return [f"{name} = {library.array}([", *(f"    {line}" for line in numbers(values)), "])"]


def _scaled(name: str, centre: float, unit: float) -> str:
    if centre:
        name = f"({name} - {number(centre)})" if unit != 1 else f"{name} - {number(centre)}"
    return f"{name}/{number(unit)}" if unit != 1 else name


def _data_lines(data: Data, library: Library, calls: Collection[str]) -> list[str]:
    lines = [
        *comment(f"The data: {data.caption}" if data.caption else "The data."),
        *_column("inputs", data.inputs, library),
        *([] if data.second is None else _column("others", data.second.values, library)),
        *_column("targets", data.targets, library),
        *_features(data, library),
        "",
        "",
    ]
    takes_rows = "rows=slice(None)"
    score = f"a*one + b*other{f' + {number(data.constant)}' if data.constant else ''}"
    head = [
        "    one, other, target = first[rows], second[rows], targets[rows]",
        f"    score = {score}",
    ]
    lines += [
        f"def loss(a, b, {takes_rows}):",
        f'    """The mean {data.error} error of the score over the points, or over those of a mini-batch."""',
        *head,
        f"    return ({_error(data.error, 0, library)}).mean()",
    ]
    if library.derives:
        return [*lines, *_derived_data(library, calls)]
    if data.error == "logistic":
        lines += ["", "", *_SIGMOID]
    lines += [
        "",
        "",
        f"def slope_at(point, {takes_rows}):",
        '    """The gradient of the loss."""',
        "    a, b = point",
        *head,
        f"    slope = {_error(data.error, 1, library)}",
        "    return np.array([(slope*one).mean(), (slope*other).mean()])",
        *_EVALUATE,
    ]
    if "loss_at" in calls:
        lines += ["", "", *_loss_at(library, "loss(*point)")]
    if "hessian_at" in calls:
        lines += ["", "", *_hessian_of_data(data, library, head, takes_rows)]
    return lines


def _hessian_of_data(data: Data, library: Library, head: Sequence[str], takes_rows: str) -> list[str]:
    return [
        f"def hessian_at(point, {takes_rows}):",
        '    """The second derivatives: by a twice, by a and b, by b twice."""',
        "    a, b = point",
        *head,
        f"    curvature = {_error(data.error, 2, library)}",
        "    return [(curvature*left*right).mean() for left, right in ((one, one), (one, other), (other, other))]",
    ]


def _derived_data(library: Library, calls: Collection[str]) -> list[str]:
    head = ["def slope_at(point, rows=slice(None)):", '    """The gradient of the loss."""']
    if library.slug == "pytorch":
        lines = [
            *("", "", *head),
            "    point = point.detach().clone().requires_grad_()",
            "    (slope,) = torch.autograd.grad(loss(*point, rows), point)",
            "    return slope",
        ]
    else:
        lines = ["", "", *_compiled_slope("*place")]
    lines += _EVALUATE
    if "loss_at" in calls:
        lines += ["", "", *_loss_at(library, "loss(*point)")]
    if "hessian_at" in calls:
        lines += [
            "",
            "",
            "def hessian_at(point):",
            '    """The second derivatives: by a twice, by a and b, by b twice."""',
            _matrix(library),
            "    return hessian[0, 0], hessian[0, 1], hessian[1, 1]",
        ]
    return lines


def _compiled_slope(place: str) -> list[str]:
    """JAX's gradient of a loss over rows, which is compiled once."""
    return [
        f"compiled_slope = jax.jit(jax.grad(lambda place, rows: loss({place}, rows)))",
        "everyone = np.arange(len(targets))",
        "",
        "",
        "def slope_at(point, rows=everyone):",
        '    """The gradient of the loss."""',
        "    return compiled_slope(point, rows)",
    ]


def _features(data: Data, library: Library) -> list[str]:
    """What the weights are multiplied with, and the score in words."""
    if data.second is not None:
        return [
            *comment(f"The score is a*first + b*second{f' + {number(data.constant)}' if data.constant else ''}."),
            f"first = {_scaled('inputs', data.centre, data.unit)}",
            f"second = {_scaled('others', data.second.centre, data.second.unit)}",
        ]
    powers = {0: f"{library.name}.ones_like(u)", 1: "u"}
    first, second = (powers.get(power, f"u**{power}") for power in data.powers)
    return [
        *comment(f"The score is a*first + b*second{f' + {number(data.constant)}' if data.constant else ''}."),
        f"u = {_scaled('inputs', data.centre, data.unit)}",
        f"first, second = {first}, {second}",
    ]


# --- networks


def network_code(network: Network, library: Library, calls: Collection[str]) -> LandscapeCode:
    """The code of a network's loss over all its weights."""
    inputs, hidden, _ = network.sizes
    cut = [inputs * hidden, inputs * hidden + hidden, inputs * hidden + 2 * hidden]
    lines = [
        *comment(f"The data: {network.caption}"),
        f"inputs = {library.array}([",
        *(f"    {line}" for line in points(network.inputs)),
        "])" if inputs > 1 else f"]).reshape(-1, {inputs})",
        *_column("targets", network.targets, library),
        "",
        "",
        "def layers(weights):",
        f'    """W1, b1, W2 and b2 of the score tanh(x W1 + b1) W2 + b2, with {hidden} hidden units."""',
        f"    W1, b1 = weights[:{cut[0]}].reshape({inputs}, {hidden}), weights[{cut[0]}:{cut[1]}]",
        f"    return W1, b1, weights[{cut[1]}:{cut[2]}], weights[{cut[2]}]",
        "",
        "",
        "def loss(weights, rows=slice(None)):",
        f'    """The mean {network.error} error over the points, or over those of a mini-batch."""',
        "    W1, b1, W2, b2 = layers(weights)",
        "    target = targets[rows]",
        f"    score = {library.name}.tanh(inputs[rows] @ W1 + b1) @ W2 + b2",
        f"    return ({_error(network.error, 0, library)}).mean()",
        "",
        "",
        *_slope_of_network(network, library),
        "",
        "",
        "def evaluate(weights):",
        '    """The loss and its gradient."""',
        "    return float(loss(weights)), slope_at(weights)",
    ]
    if "loss_at" in calls:
        lines += ["", "", *_loss_at(library, "loss(point)")]
    inside = [
        "def inside(weights):",
        '    """Weights that are longer than a million count as gone."""',
        f"    return math.sqrt(float((weights*weights).sum())) <= {number(REACH)}",
    ]
    return LandscapeCode(lines, inside, ())


def _slope_of_network(network: Network, library: Library) -> list[str]:
    head = ["def slope_at(weights, rows=slice(None)):", '    """The gradient of the loss."""']
    if library.slug == "pytorch":
        return [
            *head,
            "    weights = weights.detach().clone().requires_grad_()",
            "    (slope,) = torch.autograd.grad(loss(weights, rows), weights)",
            "    return slope",
        ]
    if library.derives:
        return _compiled_slope("place")
    return [
        *(_SIGMOID if network.error == "logistic" else ()),
        *(["", ""] if network.error == "logistic" else []),
        *head[:1],
        '    """The gradient of the loss, by the chain rule from the score back."""',
        "    W1, b1, W2, b2 = layers(weights)",
        "    target, given = targets[rows], inputs[rows]",
        "    units = np.tanh(given @ W1 + b1)",
        "    score = units @ W2 + b2",
        f"    slope = ({_error(network.error, 1, library)})/len(target)",
        "    inner = np.outer(slope, W2)*(1 - units*units)",
        "    return np.concatenate([(given.T @ inner).ravel(), inner.sum(0), units.T @ slope, [slope.sum()]])",
    ]
