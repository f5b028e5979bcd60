"""The loss as any client could compute it: in plain Python, from nothing but what the API publishes."""

import ast
import math

FUNCTIONS = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")} | {"abs": abs}


def loss_of(record, x, y=0.0):
    """Return the loss of a landscape's record at a place."""
    return value_of(record["expression"], x, y) if record["data"] is None else error_of_fit(record["data"], x, y)


def value_of(expression, x, y):
    used = {node.id for node in ast.walk(ast.parse(expression)) if isinstance(node, ast.Name)}
    assert used <= {*FUNCTIONS, "x", "y"}
    return eval(expression, {"__builtins__": {}}, {**FUNCTIONS, "x": x, "y": y})


def error_of_fit(data, a, b):
    """Return the mean error of the fit with the weights a and b."""
    errors = [
        ERRORS[data["error"]](a * first + b * second, target)
        for first, second, target in zip(*data["features"], data["y"], strict=True)
    ]
    return math.fsum(errors) / len(errors)


def features_of_the_curve(data):
    """Return both features at the data points, from those of the curve: they are polynomials up to the second power."""
    xs, rows = data["curve"]["x"], data["curve"]["features"]
    places = 0, len(xs) // 2, len(xs) - 1
    return [[parabola([xs[k] for k in places], [row[k] for k in places], x) for x in data["x"]] for row in rows]


def parabola(xs, heights, x):
    """Return the height at x of the parabola through three points (Lagrange)."""
    (a, b, c), (p, q, r) = xs, heights
    return (
        p * (x - b) * (x - c) / ((a - b) * (a - c))
        + q * (x - a) * (x - c) / ((b - a) * (b - c))
        + r * (x - a) * (x - b) / ((c - a) * (c - b))
    )


def log_loss(score, target):
    softplus = max(score, 0.0) + math.log1p(math.exp(-abs(score)))
    return softplus - target * score


ERRORS = {
    "absolute": lambda score, target: abs(score - target),
    "squared": lambda score, target: (score - target) ** 2,
    "logistic": log_loss,
}
