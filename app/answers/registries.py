"""What the API tells of landscapes, optimizers and schedules."""

import ast
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.answers.records import PlaneRecord
from app.answers.relief import relief_record
from app.descent.formulas.latex import Latex
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.data import ERRORS, Data
from app.descent.landscapes.landscape import Box, FixedLandscape, Landscape
from app.descent.landscapes.network import Network
from app.descent.landscapes.planes import Plane
from app.descent.optimizers.rules import fill
from app.descent.optimizers.schedules import Schedule
from app.descent.optimizers.table import OPTIMIZERS, TYPED, Optimizer
from app.descent.optimizers.typed import text_of
from app.descent.walks.descent import evaluation_work
from app.request.keys import DEFAULTS
from app.request.request import WalkRequest


def landscape_record(fixed: FixedLandscape) -> dict[str, Any]:
    """What the API tells of a landscape with its shape."""
    landscape, knob = fixed.entry, fixed.entry.shape
    return {
        "slug": landscape.slug,
        "title": landscape.title,
        "family": landscape.family,
        "dimensions": landscape.dimensions,
        "axes": landscape.axes,
        "expression": landscape.expression_at(fixed.shape),
        "latex": landscape.loss.latex,
        "domain": landscape.domain.sides,
        "start": list(landscape.start),
        # Momentum's, the default optimizer; and each one's.
        "learning_rate": landscape.learning_rate,
        "learning_rates": {slug: one.usual_learning_rate(landscape) for slug, one in OPTIMIZERS.items()},
        "momentum": landscape.momentum,
        "goal": landscape.goal,
        "shape": knob._asdict() | {"symbol": rf"\{knob.symbol}"} if knob else None,
        "stationary_points": [
            {"point": list(known.point), "value": known.value, "kind": known.kind} for known in fixed.stationary_points
        ],
        "source": landscape.source._asdict(),
        "teaches": landscape.teaches,
        "smooth": landscape.smooth,
        "found": landscape.found,
        "constants": [constant_record(name, value) for name, value in landscape.constants],
        "data": data_record(landscape.data) if landscape.data else None,
        "points": landscape.points,
        "network": network_record(landscape.network) if landscape.network else None,
    }


def constant_record(name: str, value: float) -> dict[str, Any]:
    """A constant of a typed formula, its value, and what a control of it goes between: the same for values alike."""
    reach = 10.0 ** max(1, math.ceil(math.log10(abs(value)))) if value else 10.0
    most = reach if math.isfinite(reach) else abs(value)
    return {"name": name, "symbol": Latex().visit_Name(ast.Name(name)), "value": value, "low": -most, "high": most}


def network_record(network: Network) -> dict[str, Any]:
    """What a network is: its layers, its error, its weights in their order, and the data that it is trained on.

    ``layout`` has the name and the shape of each part of the weights in their order; the output is linear.
    """
    return {
        "sizes": list(network.sizes),
        "activation": "tanh",
        "error": network.error,
        "link": ERRORS[network.error].link,
        "weights": network.size,
        "layout": [{"name": name, "shape": list(shape)} for name, shape in network.layout],
        "weight_names": list(network.weight_names),
        "data": {
            "inputs": [list(point) for point in network.inputs],
            "targets": list(network.targets),
            "input_names": list(network.input_names),
            "target_name": network.target_name,
            "caption": network.caption,
        },
    }


def plane_record(plane: Plane) -> PlaneRecord:
    """A plane, so that anybody can check which weights a place on it has."""
    return {
        "kind": plane.kind,
        "through": list(plane.through),
        "origin": plane.origin.tolist(),
        "u": plane.u.tolist(),
        "v": plane.v.tolist(),
        "unit": plane.unit,
        "share": plane.share,
        "share_of_steps": plane.share_of_steps,
    }


def data_record(data: Data) -> dict[str, Any]:
    """The points that a landscape is made from, and what draws the fit for any weights a and b.

    The score of a point, or of a place on the curve, is a * features[0] + b * features[1] + constant; ``link`` says
    what makes it the prediction: ``identity``, or ``logistic``, which is 1 / (1 + exp(-score)). With a ``second`` input
    there is no curve: the score is a * (x - centre) / unit + b * (second - its centre) / its unit + constant.
    """
    curve, second = data.curve(), data.second
    return {
        "x": data.inputs,
        "y": data.targets,
        "x_name": data.input_name,
        "y_name": data.target_name,
        "caption": data.caption,
        "error": data.error,
        "link": ERRORS[data.error].link,
        "features": data.features_at_points.tolist(),
        "constant": data.constant,
        "centre": data.centre,
        "unit": data.unit,
        "curve": curve and {"x": curve["x"].tolist(), "features": [row.tolist() for row in curve["features"]]},
        "second": second and {"x": second.values, "x_name": second.name, "centre": second.centre, "unit": second.unit},
    }


def surface_record(landscape: FixedLandscape, box: Box, resolution: int, relief: bool = False) -> dict[str, Any]:
    """The loss over the box on a grid of resolution × resolution points; rows follow y.

    With ``relief`` there is also what draws it as a map. Of a curve, ``resolution`` points with the loss and the
    derivative at each.
    """
    x, y, loss = landscape.surface(box, resolution)
    if y is None:
        return {"x": x, "loss": loss, "derivative": landscape.derivative(x)}
    drawn = {"relief": relief_record(landscape, box, loss)} if relief else {}
    return {"x": x, "y": y, "loss": np.ascontiguousarray(loss), **drawn}


def surface_work(landscape: Landscape, points: int, relief: bool) -> int:
    """About how many evaluations of a formula the record of a surface costs that has so many points."""
    # The gradient for the shades, and the lines.
    return points * evaluation_work(landscape) * (3 if relief else 1)


def optimizer_record(optimizer: Optimizer) -> dict[str, Any]:
    """What the API tells of an optimizer."""
    symbols, variants = rule_symbols(optimizer), optimizer.rule.variants()
    return {
        "slug": optimizer.slug,
        "title": optimizer.title,
        "text": text_of(optimizer),
        "update_rule": _aligned(fill(line.symbols, symbols) for line in variants["rule"]),
        "first_update_rule": _aligned(fill(line.symbols, symbols) for line in variants.get("first", variants["rule"])),
        "hyperparameters": [parameter._asdict() for parameter in optimizer.hyperparameters],
        "convention": optimizer.convention,
        "source": optimizer.source._asdict(),
        "needs_hessian": optimizer.needs_hessian,
        "needs_all_data": optimizer.needs_all_data,
        "has_stability_limit": optimizer.stability is not None,
        # That of the default landscape, and that of each.
        "learning_rate": optimizer.usual_learning_rate(LANDSCAPES[DEFAULTS["landscape"]]),
        "learning_rates": {slug: optimizer.usual_learning_rate(one) for slug, one in LANDSCAPES.items()},
        "full_step": optimizer.full_step,
    }


def typed_rules(request: WalkRequest) -> list[dict[str, Any]]:
    """The records of the rules that were typed, each with the number of the run that walks by it."""
    return [
        {"run": run, **optimizer_record(one.optimizer)}
        for run, one in enumerate(request.each_run)
        if one.optimizer.slug == TYPED
    ]


def rule_symbols(optimizer: Optimizer) -> Mapping[str, str]:
    """How each quantity of the optimizer's rule is written in LaTeX."""
    return optimizer.symbols


def schedule_record(schedule: Schedule) -> dict[str, Any]:
    """What the API tells of a schedule."""
    return {
        "slug": schedule.slug,
        "title": schedule.title,
        "update_rule": _aligned(schedule.rule),
        "hyperparameters": [parameter._asdict() for parameter in schedule.hyperparameters],
        "explanation": schedule.explanation,
        "anneals": schedule.anneals,
        "warms_up": schedule.warms_up,
        "source": schedule.source._asdict(),
    }


def _aligned(lines: Iterable[str]) -> str:
    return r" \\ ".join(lines)
