"""Requests with what an older version took for defaults written out: what is said must go on meaning the same."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

# Of version 0.5, the last before defaults changed: start and learning rate by landscape, and by optimizer the learning
# rate of those that did not take the landscape's, and the momentum of those that have any. Never recorded anew.
BEFORE: Mapping[str, Any] = json.loads(Path(__file__).with_name("defaults_before.json").read_text())


def defaults_of(landscapes: list[dict[str, Any]], optimizers: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of any version, from what its registries tell."""
    return {
        "landscapes": {one["slug"]: {key: one[key] for key in ("start", "learning_rate")} for one in landscapes},
        "optimizers": {
            one["slug"]: {
                "learning_rate": one["learning_rate"],
                "momentum": next((row["default"] for row in one["hyperparameters"] if row["key"] == "momentum"), None),
            }
            for one in optimizers
        },
    }


def explicit(query: str, before: Mapping[str, Any] = BEFORE) -> str:
    """The query with start, learning rate and momentum of each run written out, where it leaves them to defaults.

    One that names no landscape or optimizer that there was is left as it is.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    plain, runs = {key: value for key, value in pairs if key != "run"}, [value for key, value in pairs if key == "run"]
    landscape = before["landscapes"].get(plain.get("landscape", "bowl"))
    optimizer = before["optimizers"].get(plain.get("optimizer", "momentum"))
    if landscape is None or optimizer is None:
        return query
    own = _own(plain, landscape, optimizer)
    start = {} if "start" in plain else {"start": ",".join(map(repr, landscape["start"]))}
    # A value that is the default was not taken over by further runs, which had their own.
    usual = _own({}, landscape, optimizer)
    said = {key: value for key, value in plain.items() if value != usual.get(key)}
    lines = [_explicit_run(run, said, plain.get("optimizer", "momentum"), landscape, before) for run in runs]
    return urlencode([*(plain | start | own).items(), *(("run", line) for line in lines)], safe=",:")


def _own(given: Mapping[str, str], landscape: Mapping[str, Any], optimizer: Mapping[str, Any]) -> dict[str, str]:
    """What a run has by default, of what it does not say."""
    rate = optimizer["learning_rate"] or landscape["learning_rate"]
    values = {"learning_rate": rate, "momentum": optimizer["momentum"]}
    return {key: repr(value) for key, value in values.items() if value is not None and key not in given}


def _explicit_run(
    run: str, said: Mapping[str, str], optimizer: str, landscape: Mapping[str, Any], before: Mapping[str, Any]
) -> str:
    parts = run.split(",")
    given = {part.partition(":")[0]: part for part in parts if ":" in part}
    slug = next((part for part in parts if ":" not in part), given.get("optimizer", f":{optimizer}").partition(":")[2])
    entry = before["optimizers"].get(slug)
    if entry is None:
        return run
    own = _own({**said, **given}, landscape, entry)
    return ",".join([*parts, *(f"{key}:{value}" for key, value in own.items())])
