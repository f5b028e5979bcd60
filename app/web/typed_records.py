"""What the API tells of what was typed, typeset."""

from typing import Any

from app.answers.registries import landscape_record, optimizer_record
from app.descent.landscapes.landscape import Landscape
from app.descent.optimizers.own_rule import OwnRule
from app.descent.optimizers.rules import names_in_lines
from app.descent.optimizers.table import Optimizer
from app.web.typeset import converted, typeset_rule


def formula_record(landscape: Landscape) -> dict[str, Any]:
    """What the API tells of a typed formula: its landscape's record, with the names of its constants in it."""
    told = landscape_record(landscape.at())
    named = ("dimensions", "latex", "constants", "domain", "start", "learning_rate", "learning_rates", "smooth")
    return {
        "expression": landscape.expression,
        **{name: told[name] for name in named},
        "stationary_points": told["stationary_points"],
        "found": told["found"],
        "teaches": told["teaches"],
        "mathml": " ".join(map(converted, landscape.loss.terms)),
    }


def rule_record(optimizer: Optimizer) -> dict[str, Any]:
    """What the API tells of a typed rule."""
    rule, told = optimizer.rule, optimizer_record(optimizer)
    assert isinstance(rule, OwnRule)
    return {
        "lines": list(rule.lines),
        "first": list(rule.first),
        "latex": told["update_rule"],
        "first_latex": told["first_update_rule"],
        "hyperparameters": told["hyperparameters"],
        "state": list(rule.state),
        "convention": told["convention"],
        "rules": typeset_rule(optimizer),
        "symbols": {name: converted(symbol) for name, symbol in optimizer.symbols.items() if name in _names(rule)},
    }


def _names(rule: OwnRule) -> frozenset[str]:
    return names_in_lines((*rule.first, *rule.lines))
