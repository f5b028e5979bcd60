"""A further run of a race, as text: how it is read, how an error names it, and what was likely meant by it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.descent.optimizers.table import OPTIMIZERS
from app.request.checking import unknown_key
from app.request.errors import ApiError, as_text, short
from app.request.keys import NAMED, NAMES, OF_ALL_RUNS, OF_THE_PLANE, QUERY_KEYS, RUN_KEYS, TABLES
from app.request.synonyms import like_key, like_slug, question
from app.request.values import LONGEST_NUMBER, read_value, tidy
from app.request.writing import write_run

# What makes a request of keys and raises ``ApiError`` where that cannot be: only what can be made was likely meant.
Make = Callable[[Mapping[str, Any]], object]

_EXAMPLE_RUN = "run=adam,learning_rate:0.05"
# A further run with more keys than this is not guessed at: each wrong one costs a search among all names.
_MOST_PARTS = 12


def read_run(text: str, make: Make) -> dict[str, Any]:
    """The keys of one further run. Raises ``ApiError`` at the key ``run``."""
    run: dict[str, Any] = {}
    with naming_run(text, make):
        for part in _parts(text):
            key, value = _read_part(part.strip(), run)
            run[key] = value
    return run


def _parts(text: str) -> Iterator[str]:
    """What commas part in a run. Those within the parentheses of a rule part nothing."""
    parts = iter(text.split(","))
    for part in parts:
        if part.partition(":")[0].strip().lower() == "rule":
            while part.count("(") > part.count(")") and (more := next(parts, None)) is not None:
                part += f",{more}"
        yield part


def _read_part(part: str, run: Mapping[str, Any]) -> tuple[str, Any]:
    """The key and the value of a part of a further run, which may not be in it already."""
    key, colon, value = part.partition(":")
    if not colon and run and key.isdecimal():
        raise ApiError(f"{key} is no key.", hint="Commas part the keys; the decimal sign is a point, as in 0.5.")
    key, value = (tidy(key, RUN_KEYS), value) if colon else ("optimizer", key)
    if not value.strip():
        raise ApiError(f"{key} is empty." if key and colon else "A part of it is empty.", hint="Leave it out.")
    if not colon and "=" in value:
        raise ApiError(f"{short(value)} has an = where a run has a colon.", hint=f"As in {_EXAMPLE_RUN}.")
    if not colon and key in run:
        what = "is a second optimizer" if tidy(value, OPTIMIZERS) in OPTIMIZERS else "has no key"
        raise ApiError(f"{short(value)} {what}.", hint=f"A run is written like {_EXAMPLE_RUN}.")
    if key in run:
        raise ApiError(f"{key} is given more than once.", hint="Give it once.")
    check_run_key(key)
    return key, read_value(key, value)


def check_run_key(key: str) -> None:
    """Raise ``ApiError`` where a single run cannot have this key."""
    if key in OF_ALL_RUNS or key in OF_THE_PLANE:
        raise ApiError(
            f"{key} is the same for all runs, so that they can be compared.", hint="Give it beside the runs."
        )
    if key not in RUN_KEYS:
        meant = [one for one in like_key(key, QUERY_KEYS, NAMES) if one in OF_ALL_RUNS]
        if meant and not like_key(key, RUN_KEYS, NAMES):
            raise ApiError(f"{short(key)} is not a known key.", hint=f"{question(meant)}Give that beside the runs.")
        unknown_key(key, RUN_KEYS)


@contextmanager
def naming_run(run: str | Mapping[str, Any], make: Make) -> Iterator[None]:
    """Let what is wrong with a further run be said of the key ``run``, with the run that was likely meant."""
    try:
        yield
    except ApiError as error:
        text = run if isinstance(run, str) else write_run({key: _as_typed(key, value) for key, value in run.items()})
        meant = [("run", one) for one in (*_corrected(run, error), *_meant_runs(text, make)) if one != text]
        # The whole run says what its part would numeral, too.
        rest = re.sub(r"^Did you mean [^?]*\?(?: |$)", "", error.hint or "")
        hint = question(["&".join(map("=".join, meant))]) + rest if meant else error.hint
        message = f"run={short(text)}: {error.message}"
        raise ApiError(
            message, "run", hint, error.status, meant, column=error.column, line=error.line, typed=error.typed
        ) from None


def _as_typed(key: str, value: Any) -> Any:
    is_named = key in NAMED and isinstance(value, dict) and all(isinstance(one, int | float) for one in value.values())
    return value if is_named else as_text(value)


def _corrected(run: str | Mapping[str, Any], error: ApiError) -> list[str]:
    """The run with its rule, and what that names, as they were likely meant."""
    typed = {key: text for key, text in error.correction if key in ("rule", "hyperparameters")}
    if isinstance(run, str) or not typed:
        return []
    changed = {**run, **{key: read_value(key, text) for key, text in typed.items() if text}}
    return [write_run({key: value for key, value in changed.items() if typed.get(key) != ""})]


def _meant_runs(text: str, make: Make) -> list[str]:
    """The further runs that were likely meant, in their right form; none where nothing readable comes of it."""
    # What is wrong with a rule is told by whoever reads it.
    runs = _likely_runs(text) if len(text) <= LONGEST_NUMBER and "rule" not in text.lower() else []
    try:
        read = []
        for run in runs:
            read.append({key: read_value(key, _likely_slug(key, value)) for key, value in run.items()})
            # The first that cannot be guessed ends it: each guess is a search among all names.
            make(read[-1])
    except ApiError:
        return []
    return [write_run(run) for run in read]


def _likely_runs(text: str) -> list[dict[str, str]]:
    """The texts by key of the further runs that the text may be, whatever its signs."""
    text = re.sub(r"\s*[:=]\s*", ":", re.sub(r"[()\[\]{}\"']", " ", text))
    parts = re.split(r"[\s,;|]+", text.strip(" ,;|"))
    if len(parts) > _MOST_PARTS:
        return []
    if len(parts) > 1 and not any(":" in part for part in parts):
        return [{"optimizer": part} for part in parts]
    pairs = [("optimizer", part) if ":" not in part else part.split(":", 1) for part in parts]
    run = {_likely_key(key): value for key, value in pairs}
    return [run] if len(run) == len(pairs) and run.keys() <= set(RUN_KEYS) else []


def _likely_key(key: str) -> str:
    if key in OF_ALL_RUNS:
        return key
    return next((one for one in like_key(key, RUN_KEYS, NAMES) if one in RUN_KEYS), key)


def _likely_slug(key: str, slug: str) -> str:
    if key not in TABLES or tidy(slug, TABLES[key]) in TABLES[key]:
        return slug
    return next((one for one in like_slug(key, slug, NAMES) if one in TABLES[key]), slug)
