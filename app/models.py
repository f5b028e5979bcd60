"""The one flat request, and the one form of an error.

A query, a page address, a lesson, the browser's state and a cache key are the same request, so they are read, checked,
completed and written here and nowhere else.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import Annotated, Any, Literal, NoReturn, get_args
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import orjson
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from app.descent.grid import Axis
from app.descent.hyperparameters import Hyperparameter
from app.descent.landscape import Box, Goal, Landscape
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS, Optimizer
from app.descent.schedules import SCHEDULES, Schedule, cycle_ends
from app.descent.verdict import say
from app.descent.walk import step_weight
from app.synonyms import like_key, like_slug, question, some

CurvesAxis = Literal["step", "evaluations"]
MapKind = Literal["basins", "rates"]

MAX_POINTS = 2_000_000
# Points times what a step costs, counted in evaluations of a formula: half a minute of one core, and rarely more.
MAX_WORK = 20_000_000
# Cells times steps times walkers of a map, counted in the same way: a minute or two of two cores.
MAX_MAP_WORK = 2_000_000_000
# Measured: a walk without any steps costs about as much as so many evaluations.
_A_WALK = 100
MAX_RUNS = 8
MAX_BODY = 65_536
MAX_QUERY = 8_192
MAX_KEYS = 100
MAX_RESOLUTION = 400
# Cells along each axis of a map that is made without a server.
MAX_ENLARGED = 16_384


class ApiError(Exception):
    """A request that is not answered: what was wrong, at which key, and what would be right."""

    def __init__(
        self,
        message: str,
        key: str | None = None,
        hint: str | None = None,
        status: int = 422,
        correction: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.message, self.status = _writable(message), status
        self.key, self.hint = key and _writable(key), hint and _writable(hint)
        # The keys and values that were likely meant by the wrong one.
        self.correction = correction


def _writable(text: str) -> str:
    """Return the text without halves of surrogate pairs, which JSON can spell and no answer can carry."""
    return text.encode(errors="replace").decode()


class Error(BaseModel):
    """What went wrong and what would be right."""

    status: int
    message: str
    key: str | None
    hint: str | None


class ErrorAnswer(BaseModel):
    """The one form of every error of every route."""

    error: Error


_ENTRIES: Sequence[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]


def _hyperparameter(key: str) -> Any:
    """Return the field of a key that optimizers or schedules list, as their registries describe it."""
    uses = [(entry.slug, one) for entry in _ENTRIES for one in entry.hyperparameters if one.key == key]
    first = uses[0][1]
    defaults = {one.default for _, one in uses}
    listed = ", ".join(slug if len(defaults) == 1 else f"{slug} ({one.default:g})" for slug, one in uses)
    default = f"Default: {first.default:g}." if len(defaults) == 1 else "Defaults in brackets."
    return Field(
        None,
        ge=min(one.low for _, one in uses),
        le=max(one.high for _, one in uses),
        title=first.title,
        description=f"{first.explanation} For {listed}. {default}",
    )


# The optimizers that do not take the landscape's learning rate where none is given.
_OWN_RATES = ", ".join(f"{one.learning_rate:g} for {slug}" for slug, one in OPTIMIZERS.items() if one.learning_rate)


# A name as far as a schema can say it: something that is seen, and neither a comma nor what moves the cursor.
_NAME_PATTERN = r"^[^,\x00-\x1f\x7f-\x9f]*[^,\s\x00-\x1f\x7f-\x9f][^,\x00-\x1f\x7f-\x9f]*$"


class DescentRequest(BaseModel):
    """One walk, or several side by side, as flat keys. What is left out has the default named in its description."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    landscape: str = Field(
        "bowl",
        title="Landscape",
        description="A slug from /api/landscapes.",
        json_schema_extra={"enum": list(LANDSCAPES)},
    )
    shape: float | None = Field(
        None, title="Shape", description="The landscape's one shape knob, where it has one. Default: the landscape's."
    )
    domain: list[float] | None = Field(
        None,
        title="Domain",
        description="xmin,xmax,ymin,ymax, or xmin,xmax for a curve: the part shown, over which starts are drawn. "
        "Default: the landscape's.",
        json_schema_extra={"minItems": 2, "maxItems": 4},
    )
    goal: Goal | None = Field(
        None, title="Goal", description="minimize, or maximize to climb. Default: the landscape's."
    )
    start: list[float] | None = Field(
        None,
        title="Start",
        description="x,y, or x for a curve: where the first walker begins. Default: the landscape's.",
        json_schema_extra={"minItems": 1, "maxItems": 2},
    )
    starts: int = Field(
        1,
        ge=1,
        le=512,
        title="Walkers",
        description="How many walkers: the first at the start, the rest drawn from the seed, uniform over the domain.",
        json_schema_extra={"symbol": "n", "scale": "log"},
    )
    optimizer: str = Field(
        "momentum",
        title="Optimizer",
        description="A slug from /api/optimizers.",
        json_schema_extra={"enum": list(OPTIMIZERS)},
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        title="Step size (learning rate)",
        description="The hyperparameter that all optimizers have: what the gradient is multiplied with. Default: "
        f"{_OWN_RATES}; for all others the landscape's.",
        json_schema_extra={"symbol": r"\eta", "scale": "log", "low": 1e-4, "high": 10},
    )
    momentum: float | None = _hyperparameter("momentum")
    dampening: float | None = _hyperparameter("dampening")
    beta1: float | None = _hyperparameter("beta1")
    beta2: float | None = _hyperparameter("beta2")
    decay: float | None = _hyperparameter("decay")
    epsilon: float | None = _hyperparameter("epsilon")
    weight_decay: float | None = _hyperparameter("weight_decay")
    centred: int | None = _hyperparameter("centred")
    backtrack: float | None = _hyperparameter("backtrack")
    sufficient: float | None = _hyperparameter("sufficient")
    schedule: str | None = Field(
        None,
        title="Schedule",
        description="A slug from /api/schedules. Default: constant, or cosine when restarts > 0.",
        json_schema_extra={"enum": [*SCHEDULES, None]},
    )
    floor: float | None = _hyperparameter("floor")
    drops: int | None = _hyperparameter("drops")
    peak: float | None = _hyperparameter("peak")
    warmup: int = Field(
        0,
        ge=0,
        le=99_999,
        title="Warm-up",
        description="For so many steps the learning rate rises in a straight line to its full value; then the schedule "
        "begins.",
        json_schema_extra={"symbol": "W", "high": 100},
    )
    restarts: int = Field(
        0,
        ge=0,
        le=50,
        title="Warm restarts",
        description="How often the learning rate begins its schedule anew, after the warm-up.",
        json_schema_extra={"symbol": "R"},
    )
    growth: float = Field(
        1.0,
        ge=1,
        le=4,
        title="Growth",
        description="Each cycle is this many times longer than the one before.",
        json_schema_extra={"symbol": r"\gamma"},
    )
    steps: int = Field(
        200,
        ge=1,
        le=100_000,
        title="Steps",
        description="The most steps to take; walkers × steps are at most 2 000 000, fewer where a step costs more.",
        json_schema_extra={"symbol": "N", "scale": "log"},
    )
    tolerance: float = Field(
        1e-6,
        ge=0,
        title="Tolerance",
        description="Stop when gradient norm and step length are both at or below it, or the loss is the same to the "
        "last bit for 64 steps; 0 never: then only divergence or patience ends a walk early.",
        json_schema_extra={"symbol": r"\varepsilon", "scale": "log", "low": 1e-12, "high": 0.1},
    )
    patience: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Patience",
        description="Stop when for so many steps the loss has not become better by more than min_change; 0 never.",
        json_schema_extra={"symbol": "P", "high": 200},
    )
    min_change: float = Field(
        0.0,
        ge=0,
        title="Least change",
        description="What the loss must become better by for patience to begin anew.",
        json_schema_extra={"symbol": r"\delta", "scale": "log", "low": 1e-12, "high": 1},
    )
    noise: float = Field(
        0.0,
        ge=0,
        title="Gradient noise",
        description="Standard deviation of the Gaussian noise added to each gradient component: a stochastic gradient "
        "without data.",
        json_schema_extra={"symbol": r"\sigma", "high": 2},
    )
    batch: int = Field(
        0,
        ge=0,
        title="Mini-batch",
        description="Data points that each gradient is averaged over, drawn without replacement within an epoch; a "
        "batch at the end of an epoch takes its rest from the next: stochastic gradient descent (SGD). 0 takes all "
        "points: batch gradient descent. For landscapes made from data. The loss that is shown is that of all points.",
        json_schema_extra={"symbol": "B"},
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Further starts, noise and mini-batches follow from it; the same seed gives the same walk.",
        json_schema_extra={"symbol": "s"},
    )
    runs: list[dict[str, Any]] = Field(
        [],
        max_length=MAX_RUNS,
        title="Runs",
        description="Further walks in the same picture, each with the keys that it has otherwise; in a query `run`, up "
        "to 8 times: run=adam,learning_rate:0.05, where a bare slug is the optimizer. All begin at the same "
        "starts with the same seed, and each may spend as many gradient evaluations as the first one's steps cost.",
    )
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = Field(
        None,
        title="Name",
        description="What the run is called; no commas. Default: its settings in words.",
        json_schema_extra={"minLength": 1, "pattern": _NAME_PATTERN},
    )
    hidden: int = Field(
        0, ge=0, le=1, title="Hidden", description="1 leaves the run out of the picture; it is walked all the same."
    )
    axis: CurvesAxis = Field(
        "step", title="Axis", description="What the page's curves go by: step or evaluations. Changes no number."
    )
    theory: int = Field(
        0, ge=0, le=1, title="Theory", description="1 shows on the page what theory says. Changes no number."
    )
    map: MapKind | None = Field(
        None,
        title="Map",
        description="basins: where each start ends. rates: how each learning rate and second hyperparameter does. "
        "Shown by the page; the numbers are at /api/maps/basins and /api/maps/rates. Default: none.",
    )
    map_run: int | None = Field(
        None, ge=0, le=MAX_RUNS, title="The map's run", description="Which run the map is of. Default: 0."
    )
    window: list[float] | None = Field(
        None,
        title="Window",
        description="The part that the map shows: xmin,xmax,ymin,ymax of starts, or the lowest and the highest "
        "learning rate and second hyperparameter; two numbers where there is one axis. Default: the domain, or two "
        "decades to both sides of the run's default learning rate, up to 1 at least, and all that the hyperparameter "
        "may be.",
        json_schema_extra={"minItems": 2, "maxItems": 4},
    )
    resolution: int | None = Field(
        None,
        ge=2,
        le=1024,
        title="Resolution",
        description="Cells along each axis of the map. Default: 256.",
    )

    @property
    def chosen_landscape(self) -> Landscape:
        """The registry's entry."""
        return LANDSCAPES[self.landscape]

    @property
    def chosen_optimizer(self) -> Optimizer:
        """The registry's entry."""
        return OPTIMIZERS[self.optimizer]

    @property
    def usual_learning_rate(self) -> float:
        """The learning rate that it would have if none were given."""
        return self.chosen_optimizer.usual_learning_rate(self.chosen_landscape)

    @property
    def chosen_schedule(self) -> Schedule:
        """The registry's entry."""
        return SCHEDULES[self.schedule or "constant"]

    @property
    def box(self) -> Box:
        """The part shown."""
        assert self.domain is not None
        return Box.of(self.domain)

    @property
    def points(self) -> int:
        """How many points the answer holds at the most."""
        return self.starts * sum(run.steps + 1 for run in self.each_run)

    @property
    def work(self) -> int:
        """About how many evaluations of a formula the answer costs at the most."""
        return self.starts * sum((run.steps + 1) * run.weight for run in self.each_run)

    @property
    def load(self) -> int:
        """The work together with what it takes to plan each walk and to judge where it ended."""
        return self.work + _A_WALK * self.starts * len(self.each_run)

    @property
    def cost(self) -> int:
        """What a gradient costs, in data points where there are any."""
        data = self.chosen_landscape.data
        return self.batch or (len(data) if data else 1)

    @property
    def budget(self) -> int | None:
        """How many evaluations each walk of a race may spend; None where there is nothing to be compared."""
        return self.steps * self.cost if self.runs else None

    @cached_property
    def each_run(self) -> list["DescentRequest"]:
        """The requests of the single runs: of this one first, without what only the picture has."""
        if not self.runs:
            return [self]
        defaults = _defaults(self.canonical)
        own = {
            key: value for key, value in self.canonical.items() if key not in _OF_THE_PICTURE and value != defaults[key]
        }
        return [make_request(own), *(_make_run(self, own, run) for run in self.runs)]

    @property
    def mapped_run(self) -> "DescentRequest":
        """The request of the run that the map is of."""
        return self.each_run[self.map_run or 0]

    @property
    def second_hyperparameter(self) -> Hyperparameter | None:
        """What a map of learning rates has along its second axis: the optimizer's first own hyperparameter."""
        return next(iter(self.mapped_run.chosen_optimizer.hyperparameters), None)

    @property
    def map_axes(self) -> list[Axis]:
        """The map's axes: x, and y where there is one."""
        assert self.window is not None
        sides = list(zip(self.window[0::2], self.window[1::2], strict=True))
        if self.map == "basins":
            return [Axis(low, high) for low, high in sides]
        second = self.second_hyperparameter
        return [
            Axis(low, high, log) for (low, high), log in zip(sides, (True, bool(second and second.log)), strict=False)
        ]

    @property
    def map_work(self) -> int:
        """About how many evaluations of a formula the map costs at the most."""
        run = self.mapped_run
        walkers = self.starts if self.map == "rates" else 1
        cells: int = (self.resolution or 1) ** len(self.map_axes)
        return cells * walkers * (run.steps + 1) * run.weight

    @property
    def weight(self) -> int:
        """About how many evaluations of a formula one step of one walker costs."""
        return step_weight(self.chosen_landscape, self.chosen_optimizer.rule)

    @cached_property
    def canonical(self) -> dict[str, Any]:
        """Every key that has a meaning here, filled in, in the order of the contract; the rest is null."""
        return self.model_dump()

    @cached_property
    def query(self) -> str:
        """The request as a query, what equals its default left out."""
        return write_query(self.given)

    @cached_property
    def given(self) -> dict[str, Any]:
        """The keys that are not at their defaults."""
        defaults = _defaults(self.canonical) | _map_defaults(self)
        return {key: value for key, value in self.canonical.items() if value != defaults[key]}


# The order of checks: what other keys depend on comes first, so that the first complaint is the one that matters.
_FIELDS = DescentRequest.model_fields
KEYS = tuple(_FIELDS)
_WHOLE = {key for key, field in _FIELDS.items() if field.annotation in (int, int | None)}
_LISTED = {one.key for entry in _ENTRIES for one in entry.hyperparameters}
_MOST_STEPS = 100_000
_LISTS = {"start", "domain", "window"}
_CHOICES: Mapping[str, Sequence[str]] = {
    "goal": get_args(Goal),
    "axis": get_args(CurvesAxis),
    "map": get_args(MapKind),
}
_WORDS = {"landscape", "optimizer", "schedule", "name", *_CHOICES}
# What is the same for all runs, that they can be compared; and what only the whole picture has.
_OF_THE_MAP = ("map", "map_run", "window", "resolution")
_OF_THE_PICTURE = {"runs", "axis", "theory", *_OF_THE_MAP}
_OF_ALL_RUNS = {"landscape", "shape", "domain", "goal", "start", "starts", "seed"}
RUN_KEYS = tuple(key for key in KEYS if key not in _OF_THE_PICTURE | _OF_ALL_RUNS)
# A further run in a query: an optimizer's slug, or keys with colons, or both with commas between.
_RUN_PART = rf"(?:{'|'.join(OPTIMIZERS)}|(?:{'|'.join(RUN_KEYS)}):[^,]+)"
RUN_PATTERN = rf"^{_RUN_PART}(?:,{_RUN_PART})*$"
# In a query further runs are one key each; in a body they are one list.
QUERY_KEYS = tuple("run" if key == "runs" else key for key in KEYS)
_TABLES: Mapping[str, Mapping[str, Any]] = {"landscape": LANDSCAPES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_NAMES: Mapping[str, Iterable[str]] = {**_TABLES, **_CHOICES}
_EXAMPLES = {"start": "2,1", "domain": "-4,4,-3,3", "window": "-1,1,-1,1"}
_SIDES = {
    "start": "x,y, or x for a curve",
    "domain": "xmin,xmax,ymin,ymax, or xmin,xmax for a curve",
    "window": "low,high,low,high, or low,high for one axis",
}
_COUNTS = {"start": (1, 2), "domain": (2, 4), "window": (2, 4)}
_EXAMPLE_RUN = "run=adam,learning_rate:0.05"

# No part can match the same digits in two ways: a failure costs one look at each.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBERS = re.compile(rf"\s*{_NUMBER.pattern}\s*(?:/\s*{_NUMBER.pattern}\s*)?", re.ASCII)
_LONGEST_NUMBER = 400
# A further run with more keys than this is not guessed at: each wrong one costs a search among all names.
_MOST_PARTS = 12
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def read_pairs(query: bytes, known: Iterable[str]) -> dict[str, str]:
    """Return the query as text by key. Raises ``ApiError`` for what is unknown, repeated, empty or not UTF-8."""
    return dict(_read_pairs(query, known))


def _read_pairs(query: bytes, known: Iterable[str], repeatable: str | None = None) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY:
        raise ApiError(f"The query has {len(query)} bytes.", hint=f"The most is {MAX_QUERY}.")
    known = tuple(known)
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_KEYS)
    except UnicodeDecodeError:
        key = next(
            (part.partition(b"=")[0].decode("latin-1") for part in query.split(b"&") if not _is_utf8(part)), None
        )
        key = key if key in known else None
        raise ApiError(f"{key or 'The query'} is not valid UTF-8.", key, "Percent-encode it as UTF-8.") from None
    except ValueError:
        raise ApiError(f"The query has more than {MAX_KEYS} keys.", hint=_all_keys(known)) from None
    found: set[str] = set()
    pairs = [(tidy(key, known), text) for key, text in pairs]
    for key, text in pairs:
        if key not in known:
            _unknown_key(key, known, text)
        if key in found and key != repeatable:
            raise ApiError(f"{key} is given more than once.", key, "Give it once.")
        if not text.strip():
            raise ApiError(f"{key} is empty.", key, f"Leave {key} out to use its default.")
        found.add(key)
    return pairs


def tidy(text: str, names: Iterable[str]) -> str:
    """Return the name that the text is but for letter case and the spaces around it, or the text as it is."""
    tidy = text.strip().lower()
    return tidy if tidy in names else text


def _is_utf8(part: bytes) -> bool:
    try:
        unquote_to_bytes(part).decode()
    except UnicodeDecodeError:
        return False
    return True


def read_query(query: bytes, further: Sequence[str] = ()) -> dict[str, Any]:
    """Return the request's keys, and ``further`` whole numbers, from a query as numbers, lists and words.

    Raises ``ApiError``.
    """
    pairs = _read_pairs(query, (*QUERY_KEYS, *further), repeatable="run")
    runs = [_read_run(text) for key, text in pairs if key == "run"]
    if len(runs) > MAX_RUNS:
        raise ApiError(f"run is given {len(runs)} times.", "run", f"At most {MAX_RUNS} times.")
    values = {
        key: read_whole(key, text, "A whole number.") if key in further else _read_value(key, text)
        for key, text in pairs
        if key != "run"
    }
    return values | ({"runs": runs} if runs else {})


def _read_run(text: str) -> dict[str, Any]:
    """Return the keys of one further run. Raises ``ApiError`` at the key ``run``."""
    run: dict[str, Any] = {}
    for part in text.split(","):
        key, colon, value = part.strip().partition(":")
        with _naming_run(text):
            if not colon and run and key.isdecimal():
                raise ApiError(
                    f"{key} is no key.", hint="Commas part the keys; the decimal sign is a point, as in 0.5."
                )
            key, value = (tidy(key, RUN_KEYS), value) if colon else ("optimizer", key)
            if not value.strip():
                raise ApiError(f"{key} is empty." if key and colon else "A part of it is empty.", hint="Leave it out.")
            if not colon and "=" in value:
                raise ApiError(f"{_short(value)} has an = where a run has a colon.", hint=f"As in {_EXAMPLE_RUN}.")
            if not colon and key in run:
                what = "is a second optimizer" if tidy(value, OPTIMIZERS) in OPTIMIZERS else "has no key"
                raise ApiError(f"{_short(value)} {what}.", hint=f"A run is written like {_EXAMPLE_RUN}.")
            if key in run:
                raise ApiError(f"{key} is given more than once.", hint="Give it once.")
            _check_run_key(key)
            run[key] = _read_value(key, value)
    return run


def _meant_runs(text: str) -> list[str]:
    """Return the further runs that were likely meant, in their right form; none where nothing readable comes of it."""
    if len(text) > _LONGEST_NUMBER:
        return []
    text = re.sub(r"\s*[:=]\s*", ":", re.sub(r"[()\[\]{}\"']", " ", text))
    parts = re.split(r"[\s,;|]+", text.strip(" ,;|"))
    if len(parts) > _MOST_PARTS:
        return []
    if len(parts) > 1 and not any(":" in part for part in parts):
        runs = [{"optimizer": part} for part in parts]
    else:
        pairs = [("optimizer", part) if ":" not in part else part.split(":", 1) for part in parts]
        runs = [{_likely_key(key): value for key, value in pairs}]
        if len(runs[0]) < len(pairs) or not runs[0].keys() <= set(RUN_KEYS):
            return []
    try:
        read = []
        for run in runs:
            read.append({key: _read_value(key, _likely_slug(key, value)) for key, value in run.items()})
            # The first that cannot be guessed ends it: each guess is a search among all names.
            make_request(read[-1])
    except ApiError:
        return []
    return [write_run(run) for run in read]


def _likely_key(key: str) -> str:
    if key in _OF_ALL_RUNS:
        return key
    return next((one for one in like_key(key, RUN_KEYS, _NAMES) if one in RUN_KEYS), key)


def _likely_slug(key: str, slug: str) -> str:
    if key not in _TABLES or tidy(slug, _TABLES[key]) in _TABLES[key]:
        return slug
    return next((one for one in like_slug(key, slug, _NAMES) if one in _TABLES[key]), slug)


def _check_run_key(key: str) -> None:
    if key in _OF_ALL_RUNS:
        raise ApiError(
            f"{key} is the same for all runs, so that they can be compared.", hint="Give it beside the runs."
        )
    if key not in RUN_KEYS:
        meant = [one for one in like_key(key, QUERY_KEYS, _NAMES) if one in _OF_ALL_RUNS]
        if meant and not like_key(key, RUN_KEYS, _NAMES):
            raise ApiError(f"{_short(key)} is not a known key.", hint=f"{question(meant)}Give that beside the runs.")
        _unknown_key(key, RUN_KEYS)


@contextmanager
def _naming_run(text: str) -> Iterator[None]:
    """Let what is wrong with a further run be said of the key ``run``, with the run that was likely meant."""
    try:
        yield
    except ApiError as error:
        meant = [("run", run) for run in _meant_runs(text) if run != text]
        # The whole run says what its part would say, too.
        rest = re.sub(r"^Did you mean [^?]*\? ", "", error.hint or "")
        hint = question(["&".join(map("=".join, meant))]) + rest if meant else error.hint
        raise ApiError(f"run={_short(text)}: {error.message}", "run", hint, error.status, meant) from None


def write_run(run: Mapping[str, Any]) -> str:
    """Return a further run as ``read_query`` reads it: the optimizer first, by its slug alone."""
    optimizer = [run["optimizer"]] if "optimizer" in run else []
    return ",".join([*optimizer, *(f"{key}:{_write_value(value)}" for key, value in run.items() if key != "optimizer")])


def _read_value(key: str, text: str) -> Any:
    if key in _WORDS:
        return tidy(text, _names_of(key))
    if key in _LISTS:
        return read_list(key, text)
    return read_whole(key, text) if key in _WHOLE else read_number(key, text)


def _names_of(key: str) -> Iterable[str]:
    """Return what a key that takes a word may be, which is nothing certain for a name."""
    return _NAMES.get(key, ())


def read_list(key: str, text: str) -> list[float]:
    """Return the finite numbers that the text is, with commas between. Raises ``ApiError``."""
    parts = text.split(",")
    if all(_NUMBERS.fullmatch(part) for part in parts):
        return [read_number(key, part) for part in parts]
    meant = _meant_list(text, _COUNTS[key])
    form = f"{key}={meant or _EXAMPLES[key]}"
    raise ApiError(
        f"{key}={_short(text)} is not a number or several with commas between.",
        key,
        f"Write it like {form}: {_SIDES[key]}.",
        correction=[(key, meant)] if meant else (),
    )


def _meant_list(text: str, counts: Iterable[int]) -> str | None:
    """Return the numbers in the text with commas between, however they stand in it; None where they are not so many."""
    text = re.sub(r"[()\[\]{}<>\"']|\b[xy]\s*[=:]", " ", text[:_LONGEST_NUMBER]).strip(" ,;|")
    pieces = re.split(r"\s*[;|]\s*|\s+", text)
    if len(pieces) > 1 and all(re.fullmatch(r"[+-]?\d*,\d+", piece) for piece in pieces):
        # Where something else parts the numbers, the comma is the decimal one.
        pieces = [piece.replace(",", ".") for piece in pieces]
    else:
        pieces = re.split(r"\s*[,;|:]\s*|\s+", text)
    return ",".join(pieces) if len(pieces) in counts and all(map(_NUMBER.fullmatch, pieces)) else None


def read_number(key: str, text: str) -> float:
    """Return the finite number that the text is, or the quotient of two as in 1/3. Raises ``ApiError``."""
    if len(text) > _LONGEST_NUMBER or not _NUMBERS.fullmatch(text):
        raise ApiError(f"{key}={_short(text)} is not a number.", key, _decimal_point(text) + _expected(key))
    above, _, below = text.partition("/")
    if below and not float(below):
        raise ApiError(f"{key}={_short(text)} divides by zero.", key, _expected(key))
    number = float(above) / float(below or 1)
    if not math.isfinite(number):
        raise ApiError(f"{key}={_short(text)} is too large to be a finite number.", key, _expected(key))
    return number


def _decimal_point(text: str) -> str:
    """Return the hint that a decimal comma needs; empty where the text is no number with one."""
    point = text.strip().replace(",", ".")
    if len(text) > _LONGEST_NUMBER or "," not in text or not _NUMBER.fullmatch(point):
        return ""
    return f"Write it with a decimal point: {_short(point)}. "


def read_whole(key: str, text: str, hint: str | None = None) -> int:
    """Return the whole number that the text is, as in 1e3. Raises ``ApiError``; its hint is what the key takes."""
    if _INTEGER.fullmatch(text.strip()) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    with suppress(ApiError):
        number = read_number(key, text)
        if number.is_integer():
            return int(number)
    raise ApiError(f"{key}={_short(text)} is not a whole number.", key, _decimal_point(text) + (hint or _expected(key)))


def read_body(body: bytes) -> dict[str, Any]:
    """Return the keys of a JSON body. Raises ``ApiError`` for what is no JSON object or gives a key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for name, value in pairs:
            key = tidy(name, KEYS)
            if key in table:
                raise ApiError(f"{_short(key)} is given more than once.", key[:80], "Give it once.")
            table[key] = value
        return table

    def no_constant(name: str) -> NoReturn:
        raise ApiError(f"{name} is not JSON.", hint="Numbers must be finite.")

    try:
        values = json.loads(body.decode("utf-8"), object_pairs_hook=once, parse_constant=no_constant)
    except UnicodeDecodeError:
        raise ApiError("The body is not valid UTF-8.", hint="Send JSON in UTF-8.") from None
    except (ValueError, RecursionError):
        raise ApiError("The body is not valid JSON.", hint='Send an object such as {"landscape": "bowl"}.') from None
    if not isinstance(values, dict):
        raise ApiError("The body is not a JSON object.", hint='Send an object such as {"landscape": "bowl"}.')
    runs = values.get("runs")
    if isinstance(runs, list):
        values["runs"] = [_read_object(run) if isinstance(run, dict) else run for run in runs]
    return _read_object(values)


def _read_object(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        # 200.0 is a whole number as well; other JSON writers write it so.
        key: int(value)
        if key in _WHOLE and isinstance(value, float) and value.is_integer()
        else tidy(value, _names_of(key))
        if isinstance(value, str) and key in _WORDS
        else value
        for key, value in values.items()
        if value is not None or key not in KEYS
    }


def make_request(given: Mapping[str, Any]) -> DescentRequest:
    """Return the checked request with every default filled in. Raises ``ApiError`` for the first thing wrong."""
    for key in given:
        if key not in KEYS:
            _unknown_key(key, KEYS)
    try:
        checked = DescentRequest(**{key: _one_zero(value) for key, value in given.items()}).model_dump(
            include=set(given)
        )
    except ValidationError as error:
        _complain(error.errors(include_url=False)[0])
    for key, table in _TABLES.items():
        if key in checked:
            check_slug(key, checked[key], table)
    _check_name(checked.get("name"))
    _check_meaning(checked)
    request = DescentRequest(**{**_defaults(checked), **checked})
    _check_places(request)
    if request.runs:
        request = _changed(request, runs=_in_order(request))
    _check_size(request)
    return _with_map(request, set(given))


def _changed(request: DescentRequest, **values: Any) -> DescentRequest:
    """Return the request with other values of keys that no single run has."""
    changed = DescentRequest(**{**request.model_dump(), **values})
    if request.runs:
        # Checking eight runs takes milliseconds, and once is enough.
        changed.__dict__["each_run"] = request.each_run
    return changed


def _check_name(name: str | None) -> None:
    if name is not None and ("," in name or not name.strip() or not name.isprintable()):
        raise ApiError(f"name={_short(name)} is no name.", "name", "Letters, digits and signs, but no comma.")


def _make_run(request: DescentRequest, own: Mapping[str, Any], run: Mapping[str, Any]) -> DescentRequest:
    """Return the request of a further run: the first one's keys, as far as they have a meaning here, and its own.

    Each may spend what the steps of the first one cost, so that the comparison is fair.
    """
    with _naming_run(write_run({key: _plain(value) for key, value in run.items()})):
        for key in run:
            _check_run_key(key)
        for key in ("optimizer", "schedule"):
            if key in run:
                check_slug(key, run[key], _TABLES[key])
        optimizer = OPTIMIZERS[run.get("optimizer", request.optimizer)]
        restarts = run.get("restarts", request.restarts)
        schedule = SCHEDULES[run.get("schedule") or own.get("schedule") or ("cosine" if restarts else "constant")]
        used = {parameter.key for parameter in (*optimizer.hyperparameters, *schedule.hyperparameters)}
        meaningless = {
            "batch": optimizer.needs_all_data,
            "warmup": schedule.warms_up,
            "restarts": not schedule.anneals,
            "growth": not (restarts and schedule.anneals),
            "min_change": not run.get("patience", request.patience),
        }
        without = (_LISTED - used) | {"name", "hidden"} | {key for key, is_so in meaningless.items() if is_so}
        keys = {**{key: value for key, value in own.items() if key not in without}, **run}
        # What is wrong with a number of the run is found before it is used.
        asked = make_request({"steps": request.steps, **keys})
        most = request.steps * request.cost // asked.cost
        steps = asked.steps if "steps" in run else min(most, _MOST_STEPS)
        if not 1 <= steps <= most:
            raise ApiError(
                f"{max(steps, 1)} steps cost more than the {request.steps * request.cost} evaluations that each run "
                "may spend.",
                hint=f"At most {most}, or more steps for all." if most else "A smaller batch, or more steps for all.",
            )
        return make_request({**keys, "steps": steps})


def _in_order(request: DescentRequest) -> list[dict[str, Any]]:
    """Return the further runs with their keys in one order and their values as they were read."""
    each = zip(request.runs, request.each_run[1:], strict=True)
    # One that only repeats the first is written by its optimizer: nothing at all cannot be written.
    return [{key: made.canonical[key] for key in RUN_KEYS if key in (run or {"optimizer"})} for run, made in each]


def _one_zero(value: Any) -> Any:
    """Return -0.0 as 0.0: equal requests must be the same to the last bit."""
    if isinstance(value, list):
        return [part + 0.0 if isinstance(part, float) else part for part in value]
    return value + 0.0 if isinstance(value, float) else value


def make_request_leniently(query: bytes) -> tuple[DescentRequest, list[ApiError]]:
    """Return the request that a page opens with, its bad keys replaced by their defaults, and what was wrong."""
    complaints: list[ApiError] = []
    given: dict[str, Any] = {}
    runs: list[dict[str, Any]] = []
    try:
        given = read_query(query)
        runs = given.pop("runs", [])
    except ApiError as first:
        # Part by part, so that each bad key is named; what is too long or has too many parts is one complaint.
        parts = query.split(b"&")
        if len(query) > MAX_QUERY or len(parts) > MAX_KEYS:
            return make_request({}), [first]
        for part in parts:
            try:
                pair = read_query(part)
                more_runs = pair.pop("runs", [])
                if repeated := given.keys() & pair.keys():
                    key = repeated.pop()
                    del given[key]
                    raise ApiError(f"{key} is given more than once.", key)
                given.update(pair)
                runs += more_runs
            except ApiError as complaint:
                complaints.append(complaint)
    # A map's own keys are checked last: what they mean depends on the run that it is of.
    of_the_map = {key: given.pop(key) for key in _OF_THE_MAP if key in given}
    complaints += _make_what_can_be(given)[1]
    for run in runs:
        try:
            given["runs"] = make_request({**given, "runs": [*given.get("runs", []), run]}).runs
        except ApiError as complaint:
            complaints.append(complaint)
    given |= of_the_map
    request, last = _make_what_can_be(given)
    return request, complaints + last


def likely_query(query: bytes) -> str:
    """Return the query of the request that was likely meant, where some of its parts are not understood."""
    parts = query.split(b"&")
    if len(query) > MAX_QUERY or len(parts) > MAX_KEYS:
        return ""
    pairs = [pair for part in parts for pair in _likely_pairs(part)]
    # What was given apart, as in x=2&y=1, belongs into one list.
    lists = {name: ",".join(text for key, text in pairs if key == name) for name in _LISTS}
    meant = dict.fromkeys((key, lists.get(key, text)) for key, text in pairs)
    return make_request_leniently(urlencode(list(meant)).encode())[0].query


def _likely_pairs(part: bytes, tries: int = 3) -> Sequence[tuple[str, str]]:
    """Return the keys and values that a part of a query likely means; what is meant may need another look itself."""
    try:
        make_request(read_query(part))
    except ApiError as error:
        if error.correction and tries:
            return [
                pair for meant in error.correction for pair in _likely_pairs(urlencode([meant]).encode(), tries - 1)
            ]
    return parse_qsl(part.decode("ascii", "replace"), keep_blank_values=True)


def _make_what_can_be(given: dict[str, Any]) -> tuple[DescentRequest, list[ApiError]]:
    """Return the request without the keys that are wrong, which are deleted, and what was wrong with them."""
    complaints: list[ApiError] = []
    while True:
        try:
            return make_request(given), complaints
        except ApiError as complaint:
            complaints.append(complaint)
            # A map may be too large by its default resolution.
            wrong = complaint.key if complaint.key in given or complaint.key not in _OF_THE_MAP else "map"
            if wrong not in given:
                given.clear()
            given.pop(wrong or "", None)


def write_query(values: Mapping[str, Any]) -> str:
    """Return the values as a query that ``read_query`` reads back to the same values."""
    pairs = [(key, _write_value(value)) for key, value in values.items() if key != "runs"]
    runs = [("run", write_run(run)) for run in values.get("runs", [])]
    # A line of runs is read by people, too.
    return urlencode(pairs + runs, safe=",:")


def _write_value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_write_value, value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every key is where it is not given; some depend on the landscape, the optimizer or the restarts.

    A map's own keys are filled in by ``_with_map``, for they depend on the run that it is of.
    """
    landscape = LANDSCAPES[given.get("landscape", "bowl")]
    optimizer = OPTIMIZERS[given.get("optimizer", "momentum")]
    slug = "cosine" if given.get("restarts", 0) > 0 else "constant"
    schedule = SCHEDULES[given.get("schedule") or slug]
    box = landscape.domain
    return {
        **{key: field.default for key, field in _FIELDS.items()},
        "shape": landscape.shape.default if landscape.shape else None,
        "domain": box.sides,
        "goal": landscape.goal,
        "start": list(landscape.start),
        "learning_rate": optimizer.usual_learning_rate(landscape),
        "schedule": slug,
        **{
            parameter.key: int(parameter.default) if parameter.whole else parameter.default
            for parameter in (*optimizer.hyperparameters, *schedule.hyperparameters)
        },
    }


def _map_defaults(request: DescentRequest) -> dict[str, Any]:
    """Return what a map's own keys are where they are not given; without a map they have no meaning."""
    if request.map is None:
        return {"map_run": None, "window": None, "resolution": None}
    window = request.domain
    if request.map == "rates":
        usual, second = math.floor(math.log10(request.mapped_run.usual_learning_rate)), request.second_hyperparameter
        window = [10.0 ** (usual - 2), 10.0 ** max(usual + 2, 0), *([second.low, second.high] if second else [])]
    return {"map_run": 0, "window": window, "resolution": 256}


def _with_map(request: DescentRequest, given: set[str]) -> DescentRequest:
    """Return the request with the map's keys filled in. Raises ``ApiError`` for what makes no map."""
    for key in _OF_THE_MAP:
        if request.map is None and key in given and key != "map":
            raise ApiError(f"{key} has no meaning without a map.", key, "Add map=basins or map=rates, or leave it out.")
    if request.map is None:
        return request
    if (request.map_run or 0) > len(request.runs):
        most = len(request.runs)
        raise ApiError(f"map_run={request.map_run} is no run of this picture.", "map_run", f"From 0 to {most}.")
    defaults = _map_defaults(request)
    request = _changed(request, **{key: value for key, value in defaults.items() if getattr(request, key) is None})
    _check_window(request)
    if request.map_work > MAX_MAP_WORK:
        _complain_of_the_map(request)
    return request


def enlarged(request: DescentRequest, resolution: int) -> DescentRequest:
    """Return the request of the same map with more cells along each axis, and more work, than the server takes on.

    Raises ``ApiError`` where there are more than ``MAX_ENLARGED`` or float64 cannot tell them apart.
    """
    if not 2 <= resolution <= MAX_ENLARGED:
        raise ApiError(
            f"resolution={resolution} is out of range.", "resolution", f"A whole number from 2 to {MAX_ENLARGED}."
        )
    # All else is checked already, and the field's own bound is the server's.
    larger = DescentRequest.model_construct(**{**request.model_dump(), "resolution": resolution})
    _check_window(larger)
    return larger


def _check_window(request: DescentRequest) -> None:
    window, second = request.window or [], request.second_hyperparameter
    shown = f"window={_short(_write_value(window))}"
    if request.map == "basins":
        names = "xmin,xmax,ymin,ymax" if request.chosen_landscape.dimensions == 2 else "xmin,xmax"
    else:
        names = "the lowest and the highest learning rate" + (f" and {second.key}" if second else "")
    if len(window) != len(_map_defaults(request)["window"]):
        example = f"window={_write_value(_map_defaults(request)['window'])}"
        raise ApiError(f"{shown} has {len(window)} numbers.", "window", f"This map needs {names}, such as {example}.")
    for axis in request.map_axes:
        if axis.high <= axis.low:
            raise ApiError(f"{shown} is empty or inverted.", "window", f"Give {names}, each highest above its lowest.")
    if request.map == "rates":
        if window[0] <= 0:
            raise ApiError(f"{shown} holds a learning rate of 0 or less.", "window", f"Give {names}, that one above 0.")
        if math.isinf(window[1] / window[0]):
            raise ApiError(f"{shown} is too wide for float64.", "window", f"Give {names}, closer together.")
        if second and not second.low <= window[2] < window[3] <= second.high:
            bounds = f"{second.key} goes from {say(second.low)} to {say(second.high)}."
            raise ApiError(f"{shown} holds what {second.key} cannot be.", "window", bounds)
    elif not all(request.chosen_landscape.domain.reach().contains(corner) for corner in Box.of(window)):
        raise ApiError(f"{shown} reaches too far.", "window", "At most a million of the landscape's widths away.")
    if not all(axis.resolves(request.resolution or 1) for axis in request.map_axes):
        raise ApiError(
            f"{shown} is too small: float64 cannot tell {request.resolution} cells apart in it.",
            "window",
            "Give a wider one, or a lower resolution.",
        )


def _complain_of_the_map(request: DescentRequest) -> NoReturn:
    """Say what would do, where cells times steps are too many."""
    run, axes = request.mapped_run, len(request.map_axes)
    walkers = request.starts if request.map == "rates" else 1
    each = walkers * run.weight
    cells = MAX_MAP_WORK // (each * (run.steps + 1))
    resolution = math.isqrt(cells) if axes == 2 else cells
    steps = MAX_MAP_WORK // (each * (request.resolution or 1) ** axes) - 1
    shown = " × ".join([str(request.resolution)] * axes)
    fewer = f", or {steps} steps with that resolution" if steps > 0 else ""
    of = f" × {walkers} walkers" if walkers > 1 else ""
    raise ApiError(
        f"{shown} cells × {run.steps} steps{of} are more than the server takes on at once.",
        "resolution",
        f"At most resolution={resolution} with {run.steps} steps{fewer}.",
    )


def _slugs(slugs: Iterable[str]) -> str:
    return some(list(slugs), "see /docs")


def check_slug(key: str, slug: Any, table: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` naming the nearest known slug where this one is unknown, or no text at all."""
    if isinstance(slug, str) and slug in table:
        return
    meant = like_slug(key, slug, _NAMES) if isinstance(slug, str) else []
    where = f"all are at /api/{key}s"
    listed = f"{where.capitalize()}." if meant else f"Known are {some(list(table), where)}."
    raise ApiError(
        f"{key}={_short(slug)} is not known.", key, question(meant) + listed, correction=_pairs(meant[:1], key)
    )


def check_shape(landscape: Landscape, shape: float | None) -> None:
    """Raise ``ApiError`` where the landscape has no shape knob or the value is out of its range."""
    if shape is None:
        return
    knob = landscape.shape
    if knob is None:
        owners = _slugs(other.slug for other in LANDSCAPES.values() if other.shape)
        raise ApiError(f"{landscape.slug} has no shape knob.", "shape", f"Leave it out; those that have one: {owners}.")
    check_range("shape", shape, knob.low, knob.high)


def check_range(key: str, value: float, low: float, high: float) -> None:
    """Raise ``ApiError`` where the value is out of range."""
    if not low <= value <= high:
        raise ApiError(
            f"{key}={_write_value(value)} is out of range.", key, f"A number from {say(low)} to {say(high)}."
        )


def check_domain(landscape: Landscape, domain: list[float] | None) -> None:
    """Raise ``ApiError`` for a domain with the wrong count of numbers, an empty, inverted, tiny or far-away one."""
    if domain is None:
        return
    names = "xmin,xmax,ymin,ymax" if landscape.dimensions == 2 else "xmin,xmax"
    shown = f"domain={_short(_write_value(domain))}"
    example = f"domain={_write_value(landscape.domain.sides)}"
    if len(domain) != 2 * landscape.dimensions:
        raise ApiError(
            f"{shown} has {len(domain)} numbers.", "domain", f"{landscape.slug} needs {names}, such as {example}."
        )
    for low, high in zip(domain[0::2], domain[1::2], strict=True):
        if high <= low:
            raise ApiError(f"{shown} is empty or inverted.", "domain", f"Give {names} with each max above its min.")
        if high - low < 1e-9 * max(1e-6, abs(low), abs(high)):
            raise ApiError(f"{shown} is too small for float64 to resolve.", "domain", "Give a wider one.")
    if not all(landscape.domain.reach().contains(corner) for corner in Box.of(domain)):
        raise ApiError(f"{shown} reaches too far.", "domain", "At most a million of the landscape's widths away.")


def _check_meaning(given: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` for a key that has no meaning with the others."""
    landscape = LANDSCAPES[given.get("landscape", "bowl")]
    optimizer = OPTIMIZERS[given.get("optimizer", "momentum")]
    restarts = given.get("restarts", 0)
    schedule = SCHEDULES[given.get("schedule", "cosine" if restarts else "constant")]
    check_shape(landscape, given.get("shape"))
    if optimizer.needs_hessian and not landscape.smooth:
        able = _slugs(other.slug for other in OPTIMIZERS.values() if not other.needs_hessian)
        raise ApiError(
            f"optimizer={optimizer.slug} needs a Hessian, and {landscape.slug} has kinks, where there is none.",
            "optimizer",
            f"Use one of {able}, or a landscape without kinks.",
        )
    _check_batch(landscape, optimizer, given.get("batch", 0))
    _check_hyperparameters("optimizer", optimizer, OPTIMIZERS, given)
    _check_hyperparameters("schedule", schedule, SCHEDULES, given)
    if restarts and not schedule.anneals:
        raise ApiError(
            f"restarts={restarts} has no meaning with schedule={schedule.slug}: nothing is annealed.",
            "restarts",
            f"Use one of {_slugs(other.slug for other in SCHEDULES.values() if other.anneals)}, or restarts=0.",
        )
    if given.get("growth", 1) != 1 and not restarts:
        raise ApiError(
            "growth has no meaning without restarts.", "growth", "Set restarts to 1 or more, or leave it out."
        )
    if "min_change" in given and given["min_change"] and not given.get("patience"):
        raise ApiError(
            "min_change has no meaning without patience.", "min_change", "Set patience to 1 or more, or leave it out."
        )
    steps, warmup = given.get("steps", _FIELDS["steps"].default), given.get("warmup", 0)
    if warmup and schedule.warms_up:
        cold = _slugs(other.slug for other in SCHEDULES.values() if not other.warms_up)
        raise ApiError(
            f"warmup={warmup} has no meaning with schedule={schedule.slug}, which rises by itself.",
            "warmup",
            f"Leave it out, or use one of {cold}.",
        )
    if warmup >= steps:
        raise ApiError(
            f"warmup={warmup} leaves nothing of the {steps} steps.", "warmup", f"At most {steps - 1}, or more steps."
        )
    try:
        cycle_ends(steps, restarts, given.get("growth", 1.0), warmup)
    except ValueError as error:
        raise ApiError(f"restarts: {error}.", "restarts", "Use fewer restarts, less growth or more steps.") from None


def _check_batch(landscape: Landscape, optimizer: Optimizer, batch: int) -> None:
    if not batch:
        return
    if landscape.data is None:
        owners = _slugs(other.slug for other in LANDSCAPES.values() if other.data)
        raise ApiError(
            f"batch={batch} has no meaning with {landscape.slug}, which is not made from data.",
            "batch",
            f"Leave it out; those made from data: {owners}.",
        )
    if batch > len(landscape.data):
        most = len(landscape.data)
        raise ApiError(
            f"batch={batch} is more than the {most} data points of {landscape.slug}.",
            "batch",
            f"A whole number from 0 to {most}; 0 takes all of them.",
        )
    if optimizer.needs_all_data:
        able = _slugs(other.slug for other in OPTIMIZERS.values() if not other.needs_all_data)
        raise ApiError(
            f"batch={batch} has no meaning with optimizer={optimizer.slug}, which works with the loss of all points.",
            "batch",
            f"Leave it out, or use one of {able}.",
        )


def _check_hyperparameters(
    kind: str,
    entry: Optimizer | Schedule,
    table: Mapping[str, Optimizer] | Mapping[str, Schedule],
    given: Mapping[str, Any],
) -> None:
    own = {parameter.key: parameter for parameter in entry.hyperparameters}
    for other in table.values():
        for parameter in other.hyperparameters:
            key = parameter.key
            if key in own and key in given:
                check_range(key, given[key], own[key].low, own[key].high)
            elif key in given:
                users = _slugs(slug for slug, user in table.items() if key in {one.key for one in user.hyperparameters})
                raise ApiError(
                    f"{key} is not used by {kind}={entry.slug}.", key, f"Leave it out; it is used by {users}."
                )


def _check_places(request: DescentRequest) -> None:
    landscape = request.chosen_landscape
    check_domain(landscape, request.domain)
    start = request.start or []
    shown = f"start={_short(_write_value(start))}"
    if len(start) != landscape.dimensions:
        axes = "x,y" if landscape.dimensions == 2 else "x"
        example = f"start={_write_value(list(landscape.start))}"
        point = " The decimal sign is a point, as in 0.5." if len(start) == 2 * landscape.dimensions else ""
        hint = f"{landscape.slug} needs {axes}, such as {example}.{point}"
        raise ApiError(f"{shown} has {len(start)} numbers.", "start", hint)
    if not landscape.domain.reach().contains(tuple(start)):
        raise ApiError(f"{shown} is more than a million domain widths away.", "start", "Start nearer to the domain.")


def _check_size(request: DescentRequest) -> None:
    # Points of the whole answer are counted as if all its steps cost what they cost on the average.
    most = min(MAX_POINTS, MAX_WORK * request.points // request.work)
    if request.points > most:
        runs = len(request.each_run)
        steps = request.points // (request.starts * runs) - 1
        of = f"{runs} runs × " if runs > 1 else ""
        raise ApiError(
            f"{of}{request.starts} walkers × {steps} steps are more than {most} points.",
            "steps",
            f"At most {most // (request.starts * runs) - 1} steps with {request.starts} walkers, or "
            f"{most // (runs * (steps + 1))} walkers with {steps} steps.",
        )


def _unknown_key(key: str, known: Sequence[str], text: str = "") -> NoReturn:
    meant = like_key(key, known, _NAMES)
    hint = f"{question(meant)}All keys are at /docs." if meant else _all_keys(known)
    raise ApiError(f"{_short(key)} is not a known key.", key[:80], hint, correction=_pairs(meant[:1], value=text))


def _pairs(meanings: Sequence[str], key: str = "", value: str = "") -> list[tuple[str, str]]:
    """Return meanings as keys and values: each is ``key=value``, or a value of the key, or a key of the value."""
    halves = [meaning.partition("=") for meaning in meanings if not meaning.startswith("/")]
    return [(one, other) if sign else (key or one, one if key else value) for one, sign, other in halves]


def _all_keys(known: Sequence[str]) -> str:
    return f"The keys are {some(known, 'all are at /docs')}." if known else "No key is read here."


def _complain(problem: ErrorDetails) -> NoReturn:
    key = str(problem["loc"][0])
    shown = f"{key}={_short(problem['input'])}"
    kind = problem["type"]
    if kind.startswith(("greater_than", "less_than")):
        raise ApiError(f"{shown} is out of range.", key, _expected(key))
    if kind == "finite_number":
        raise ApiError(f"{shown} is not a finite number.", key, _expected(key))
    text = problem["input"] if isinstance(problem["input"], str) else ""
    comma = "" if key in _WORDS else _decimal_point(text)
    meant = like_slug(key, text, _NAMES) if key in _CHOICES else []
    hint = question(meant) + comma + _expected(key)
    raise ApiError(f"{shown} is not what {key} takes.", key, hint, correction=_pairs(meant[:1], key))


def _expected(key: str) -> str:
    if key in _CHOICES:
        return f"{' or '.join(_CHOICES[key])}."
    if key == "name":
        return "Up to 40 letters, digits and signs, but no comma."
    if key == "runs":
        return 'Up to 8 objects such as {"optimizer": "adam", "learning_rate": 0.05}.'
    if key in _TABLES:
        return f"One of {some(list(_TABLES[key]), f'all are at /api/{key}s')}."
    if key in _LISTS:
        return f"A list of numbers, such as [{_EXAMPLES[key].replace(',', ', ')}]: {_SIDES[key]}."
    bounds = numeric_bounds(key)
    noun = "A whole number" if key in _WHOLE else "A number"
    if "minimum" in bounds and "maximum" in bounds:
        return f"{noun} from {bounds['minimum']:g} to {_write_value(bounds['maximum'])}."
    if "minimum" in bounds:
        return f"{noun}, at least {bounds['minimum']:g}."
    return f"{noun} above 0." if "exclusiveMinimum" in bounds else f"{noun}."


def to_json(value: Any) -> bytes:
    """Return the value as JSON: every digit of a float, null for what is not finite, arrays as they are."""
    return orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)


def numeric_bounds(key: str) -> dict[str, Any]:
    """Return ``minimum``, ``maximum`` and ``exclusiveMinimum`` of a numeric key, as far as it has them."""
    schema = _SCHEMA.get(key, {})
    parts = [schema, *schema.get("anyOf", [])]
    names = ("minimum", "maximum", "exclusiveMinimum")
    return {name: part[name] for part in parts for name in names if name in part}


_SCHEMA: dict[str, Any] = DescentRequest.model_json_schema()["properties"]


def _short(value: Any) -> str:
    text = _plain(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _plain(value: Any) -> str:
    """Return the value as text: what JSON can nest, no answer need repeat."""
    try:
        return value if isinstance(value, str) else json.dumps(value, default=str)
    except RecursionError:
        return "(too deep a nest)"


def key_table() -> list[dict[str, Any]]:
    """Return what a control for each numeric key of the request needs to know; hyperparameters are listed elsewhere."""
    rows = []
    for key in KEYS:
        if key in _WORDS | _LISTS | _LISTED | _OF_THE_PICTURE | {"shape", "hidden"}:
            continue
        schema, bounds = _SCHEMA[key], numeric_bounds(key)
        rows.append(
            {
                "key": key,
                "title": schema["title"],
                "symbol": schema.get("symbol", ""),
                "low": schema.get("low", bounds.get("minimum")),
                "high": schema.get("high", bounds.get("maximum")),
                "default": schema["default"],
                "log": schema.get("scale") == "log",
                "whole": key in _WHOLE,
                "explanation": schema["description"],
            }
        )
    return rows
