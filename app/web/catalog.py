"""What the page's scripts know of the registries, sent with it."""

from functools import lru_cache
from typing import Any

from app.answers.registries import landscape_record, optimizer_record, schedule_record
from app.descent.formulas.formula import Formula
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.own_data import own_data
from app.descent.optimizers.schedules import SCHEDULES, Schedule
from app.descent.optimizers.table import GRADIENT_RULES, OPTIMIZERS, SYMBOLS, Optimizer
from app.request.keys import PARTS, QUERY_KEYS, RUN_KEYS, VIEW_KEYS, key_table
from app.request.meaning import NEEDS, needs_of
from app.web.glossary import glossary_records
from app.web.typeset import mathml, typeset_best, typeset_lines


@lru_cache(maxsize=1)
def catalog() -> dict[str, Any]:
    """What the browser needs to know of the registries: the API's records, with formulas typeset."""
    entries: list[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]
    return {
        "order": QUERY_KEYS,
        "run_keys": RUN_KEYS,
        "view_keys": VIEW_KEYS,
        "parts": PARTS,
        "keys": key_table(),
        "glossary": glossary_records(),
        # Of all keys that need something, those without a row among them.
        "needs": {key: needs_of(key) for key in NEEDS},
        "landscapes": [
            # The learning rates are with the optimizers.
            {key: value for key, value in landscape_record(landscape.at()).items() if key not in _OF_LANDSCAPES}
            | {
                "mathml": " ".join(map(mathml, landscape.loss.terms)),
                # As it may be typed, the name of its shape in it.
                "text": landscape.loss.text if isinstance(landscape.loss, Formula) else None,
                # Whether there is any: a key's needs ask for it.
                "data": landscape.data is not None,
                "network": landscape.network is not None,
            }
            for landscape in LANDSCAPES.values()
        ],
        # What needs ask of the landscapes, and of the optimizers, that are in no table.
        "own": {
            "data": {trait: bool(getattr(_OWN_DATA, trait)) for trait in _TRAITS} | {"shape": None},
            # Whether one has kinks the page learns with its record.
            "formula": {trait: trait == "smooth" for trait in _TRAITS} | {"shape": None},
            "rule": dict.fromkeys(_OPTIMIZER_TRAITS, False) | {"hyperparameters": []},
        },
        "optimizers": [
            {key: value for key, value in optimizer_record(optimizer).items() if key not in _ON_DEMAND}
            | {
                "rules": {name: typeset_lines(lines) for name, lines in optimizer.rule.variants().items()},
                "symbols": {one.key: mathml(one.symbol) for one in optimizer.hyperparameters},
                "best": typeset_best(optimizer.best),
            }
            for optimizer in OPTIMIZERS.values()
        ],
        "schedules": [
            {key: value for key, value in schedule_record(schedule).items() if key not in _ON_DEMAND}
            for schedule in SCHEDULES.values()
        ],
        "gradient_rules": {
            f"{goal} {'noisy' if noisy else 'exact'} {'batch' if batched else 'all'}": typeset_lines([line])[0]
            for (goal, noisy, batched), line in GRADIENT_RULES.items()
        },
        "rule_symbols": {name: mathml(symbol) for name, symbol in SYMBOLS.items()},
        "symbols": {
            symbol: mathml(symbol)
            # In one order, so that every process of the server gives the same page.
            for symbol in sorted(
                {
                    *(row["symbol"] for row in key_table() if row["symbol"]),
                    *(parameter.symbol for entry in entries for parameter in entry.hyperparameters),
                    *(rf"\{landscape.shape.symbol}" for landscape in LANDSCAPES.values() if landscape.shape),
                    # What theory tells of a point: its eigenvalues and their quotient.
                    r"\lambda",
                    r"\kappa",
                }
            )
        },
    }


@lru_cache(maxsize=1)
def catalog_of_the_map() -> dict[str, Any]:
    """The same without what is typeset: all that the map, its sentence and its transport ask of it."""
    whole = catalog()
    return {
        **{key: value for key, value in whole.items() if key not in _TYPESET},
        **{
            table: [{key: value for key, value in entry.items() if key not in _OF_PANELS} for entry in whole[table]]
            for table in ("landscapes", "optimizers", "schedules")
        },
    }


# What panels show that no embed of the map alone has.
_TYPESET = {"gradient_rules", "rule_symbols", "symbols"}
_OF_PANELS = {"mathml", "symbols", "best", "source", "teaches", "convention"}

# Any points will do: all are asked the same.
_OWN_DATA = own_data(((0.0, 0.0), (1.0, 1.0)), "line")
_TRAITS, _OPTIMIZER_TRAITS = (
    sorted({need.trait for needs in NEEDS.values() for need in needs if need.key == key and need.trait})
    for key in ("landscape", "optimizer")
)

# What the page has in another form, asks for when it is needed, or does not show: too much to send with every page.
_ON_DEMAND = {
    *("stationary_points", "data", "network", "expression", "latex", "family"),
    *("update_rule", "first_update_rule", "text"),
    # Of what is in no registry alone.
    *("found", "constants"),
}
_OF_LANDSCAPES = _ON_DEMAND | {"learning_rates"}
