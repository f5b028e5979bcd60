"""A request as a query, and answers as JSON."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson


def write_run(run: Mapping[str, Any]) -> str:
    """A further run as ``read_query`` reads it: the optimizer first, by its slug alone."""
    optimizer = [run["optimizer"]] if "optimizer" in run else []
    # Commas part the keys of a run.
    pairs = (
        (key, write_value(value).replace(",", ";") if isinstance(value, dict) else write_value(value))
        for key, value in run.items()
        if key != "optimizer"
    )
    return ",".join([*optimizer, *(f"{key}:{text}" for key, text in pairs)])


def write_query(values: Mapping[str, Any]) -> str:
    """The values as a query that ``read_query`` reads back to the same values."""
    pairs = [(key, write_value(value)) for key, value in values.items() if key != "runs"]
    runs = [("run", write_run(run)) for run in values.get("runs", [])]
    return "&".join(urlencode([pair], safe=_safe(*pair)) for pair in pairs + runs)


def _safe(key: str, text: str) -> str:
    # A line of runs is read by people, too; and so are points, and what was typed.
    if key in ("formula", "rule") or (key == "run" and re.search("rule:|hyperparameters:", text)):
        return ",:;()*/="
    return ",:;" if key == "data" else ",:"


def write_value(value: Any) -> str:
    """The value as a query has it."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{write_value(number)}" for name, number in value.items())
    if isinstance(value, list):
        return (";" if value and isinstance(value[0], list) else ",").join(map(write_value, value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def to_json(value: Any) -> bytes:
    """The value as JSON: every digit of a float, null for what is not finite, arrays as they are."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
