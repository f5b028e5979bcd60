"""The one flat request, the records of an answer, and the one form of an error.

A query, a page address, a lesson, the browser's state and a cache key are the same request, so they are read, checked,
completed and written here and nowhere else.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal, NoReturn, NotRequired
from urllib.parse import parse_qsl, unquote_to_bytes, urlencode

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from app.descent.landscape import Box, Goal, Landscape
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS, Optimizer
from app.descent.schedules import SCHEDULES, Schedule, cycle_ends
from app.descent.verdict import Place, say
from app.descent.walk import Criterion, Outcome, Variant, step_weight

MAX_POINTS = 2_000_000
# Points times what a step costs, counted in evaluations of a formula: half a minute of one core, and rarely more.
MAX_WORK = 20_000_000
MAX_BODY = 65_536
MAX_QUERY = 8_192
MAX_KEYS = 100
MAX_RESOLUTION = 400


class ApiError(Exception):
    """A request that is not answered: what was wrong, at which key, and what would be right."""

    def __init__(self, message: str, key: str | None = None, hint: str | None = None, status: int = 422) -> None:
        super().__init__(message)
        self.message, self.status = _writable(message), status
        self.key, self.hint = key and _writable(key), hint and _writable(hint)


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


def _hyperparameter(key: str) -> Any:
    """Return the field of a key that optimizers or schedules list, as their registries describe it."""
    entries: list[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]
    uses = [(entry.slug, one) for entry in entries for one in entry.hyperparameters if one.key == key]
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


class DescentRequest(BaseModel):
    """One walk, or several side by side, as flat keys. What is left out has the default named in its description."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    landscape: str = Field("bowl", title="Landscape", description="A slug from /api/landscapes.")
    shape: float | None = Field(
        None, title="Shape", description="The landscape's one shape knob, where it has one. Default: the landscape's."
    )
    domain: list[float] | None = Field(
        None,
        title="Domain",
        description="xmin,xmax,ymin,ymax, or xmin,xmax for a curve: the part shown, over which starts are drawn. "
        "Default: the landscape's.",
    )
    goal: Goal | None = Field(
        None, title="Goal", description="minimize, or maximize to climb. Default: the landscape's."
    )
    start: list[float] | None = Field(
        None,
        title="Start",
        description="x,y, or x for a curve: where the first walker begins. Default: the landscape's.",
    )
    starts: int = Field(
        1,
        ge=1,
        le=512,
        title="Walkers",
        description="How many walkers: the first at the start, the rest drawn from the seed, uniform over the domain.",
        json_schema_extra={"symbol": "n", "scale": "log"},
    )
    optimizer: str = Field("momentum", title="Optimizer", description="A slug from /api/optimizers.")
    learning_rate: float | None = Field(
        None,
        gt=0,
        title="Step size (learning rate)",
        description="What the gradient is multiplied with. Default: the landscape's.",
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
        description="Standard deviation of the Gaussian noise added to each gradient component.",
        json_schema_extra={"symbol": r"\sigma", "high": 2},
    )
    batch: int = Field(
        0,
        ge=0,
        title="Mini-batch",
        description="Data points that each gradient is averaged over, drawn without replacement within an epoch; a "
        "batch at the end of an epoch takes its rest from the next. 0 takes all points. For landscapes made from data. "
        "The loss that is shown is that of all points.",
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

    @property
    def chosen_landscape(self) -> Landscape:
        """The registry's entry."""
        return LANDSCAPES[self.landscape]

    @property
    def chosen_optimizer(self) -> Optimizer:
        """The registry's entry."""
        return OPTIMIZERS[self.optimizer]

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
        return self.starts * (self.steps + 1)

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
        defaults = _defaults(self.canonical)
        return write_query({key: value for key, value in self.canonical.items() if value != defaults[key]})


# The order of checks: what other keys depend on comes first, so that the first complaint is the one that matters.
_FIELDS = DescentRequest.model_fields
KEYS = tuple(_FIELDS)
_WHOLE = {key for key, field in _FIELDS.items() if field.annotation in (int, int | None)}
_LISTS = {"start", "domain"}
_WORDS = {"landscape", "goal", "optimizer", "schedule"}
_TABLES: dict[str, Mapping[str, Any]] = {"landscape": LANDSCAPES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}

# No part can match the same digits in two ways: a failure costs one look at each.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LONGEST_NUMBER = 400
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)


def read_pairs(query: bytes, known: Iterable[str]) -> dict[str, str]:
    """Return the query as text by key. Raises ``ApiError`` for what is unknown, repeated, empty or not UTF-8."""
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
        raise ApiError(f"The query has more than {MAX_KEYS} keys.", hint=f"The keys are {', '.join(known)}.") from None
    found: dict[str, str] = {}
    for key, text in pairs:
        if key not in known:
            _unknown_key(key, known)
        if key in found:
            raise ApiError(f"{key} is given more than once.", key, "Give it once.")
        if not text.strip():
            raise ApiError(f"{key} is empty.", key, f"Leave {key} out to use its default.")
        found[key] = text
    return found


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
    pairs = read_pairs(query, (*KEYS, *further))
    return {key: read_whole(key, text) if key in further else _read_value(key, text) for key, text in pairs.items()}


def _read_value(key: str, text: str) -> Any:
    if key in _WORDS:
        return text
    if key in _LISTS:
        return [read_number(key, part) for part in text.split(",")]
    return read_whole(key, text) if key in _WHOLE else read_number(key, text)


def read_number(key: str, text: str) -> float:
    """Return the finite number that the text is. Raises ``ApiError``."""
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text.strip()):
        raise ApiError(f"{key}={_short(text)} is not a number.", key, _expected(key))
    number = float(text)
    if not math.isfinite(number):
        raise ApiError(f"{key}={_short(text)} is too large to be a finite number.", key, _expected(key))
    return number


def read_whole(key: str, text: str) -> int:
    """Return the whole number that the text is. Raises ``ApiError``."""
    if not _INTEGER.fullmatch(text.strip()) or len(text) > 20:
        raise ApiError(f"{key}={_short(text)} is not a whole number.", key, _expected(key))
    return int(text)


def read_body(body: bytes) -> dict[str, Any]:
    """Return the keys of a JSON body. Raises ``ApiError`` for what is no JSON object or gives a key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table: dict[str, Any] = {}
        for key, value in pairs:
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
    return {
        # 200.0 is a whole number as well; other JSON writers write it so.
        key: int(value) if key in _WHOLE and isinstance(value, float) and value.is_integer() else value
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
    _check_meaning(checked)
    request = DescentRequest(**{**_defaults(checked), **checked})
    _check_places(request)
    _check_size(request)
    return request


def _one_zero(value: Any) -> Any:
    """Return -0.0 as 0.0: equal requests must be the same to the last bit."""
    if isinstance(value, list):
        return [_one_zero(part) for part in value]
    return value + 0.0 if isinstance(value, float) else value


def make_request_leniently(query: bytes) -> tuple[DescentRequest, list[ApiError]]:
    """Return the request that a page opens with, its bad keys replaced by their defaults, and what was wrong."""
    complaints: list[ApiError] = []
    given: dict[str, Any] = {}
    try:
        given = read_query(query)
    except ApiError as first:
        # Part by part, so that each bad key is named; what is too long or has too many parts is one complaint.
        parts = query.split(b"&")
        if len(query) > MAX_QUERY or len(parts) > MAX_KEYS:
            return make_request({}), [first]
        for part in parts:
            try:
                pair = read_query(part)
                if repeated := given.keys() & pair.keys():
                    key = repeated.pop()
                    del given[key]
                    raise ApiError(f"{key} is given more than once.", key)
                given.update(pair)
            except ApiError as complaint:
                complaints.append(complaint)
    while True:
        try:
            return make_request(given), complaints
        except ApiError as complaint:
            complaints.append(complaint)
            if complaint.key not in given:
                return make_request({}), complaints
            del given[complaint.key]


def write_query(values: Mapping[str, Any]) -> str:
    """Return the values as a query that ``read_query`` reads back to the same values."""
    return urlencode({key: _write_value(value) for key, value in values.items()}, safe=",")


def _write_value(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_write_value, value))
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what every key is where it is not given; some depend on the landscape, the optimizer or the restarts."""
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
        "learning_rate": landscape.learning_rate,
        "schedule": slug,
        **{
            parameter.key: int(parameter.default) if parameter.whole else parameter.default
            for parameter in (*optimizer.hyperparameters, *schedule.hyperparameters)
        },
    }


def check_slug(key: str, slug: str, table: Mapping[str, Any]) -> None:
    """Raise ``ApiError`` naming the nearest known slug where this one is unknown."""
    if slug in table:
        return
    near = get_close_matches(slug[:80], table, 1)
    nearest = f"Did you mean {near[0]}? " if near else ""
    raise ApiError(f"{key}={_short(slug)} is not known.", key, f"{nearest}Known are {', '.join(table)}.")


def check_shape(landscape: Landscape, shape: float | None) -> None:
    """Raise ``ApiError`` where the landscape has no shape knob or the value is out of its range."""
    if shape is None:
        return
    knob = landscape.shape
    if knob is None:
        owners = ", ".join(other.slug for other in LANDSCAPES.values() if other.shape)
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
    if len(domain) != 2 * landscape.dimensions:
        raise ApiError(f"{shown} has {len(domain)} numbers.", "domain", f"{landscape.slug} needs {names}.")
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
    if optimizer.needs_hessian and not landscape.loss.smooth:
        able = ", ".join(other.slug for other in OPTIMIZERS.values() if not other.needs_hessian)
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
            f"Use one of {', '.join(other.slug for other in SCHEDULES.values() if other.anneals)}, or restarts=0.",
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
        cold = ", ".join(other.slug for other in SCHEDULES.values() if not other.warms_up)
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
        owners = ", ".join(other.slug for other in LANDSCAPES.values() if other.data)
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
        able = ", ".join(other.slug for other in OPTIMIZERS.values() if not other.needs_all_data)
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
                users = ", ".join(
                    slug for slug, user in table.items() if key in {one.key for one in user.hyperparameters}
                )
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
        raise ApiError(f"{shown} has {len(start)} numbers.", "start", f"{landscape.slug} needs {axes}.")
    if not landscape.domain.reach().contains(tuple(start)):
        raise ApiError(f"{shown} is more than a million domain widths away.", "start", "Start nearer to the domain.")


def _check_size(request: DescentRequest) -> None:
    most = min(MAX_POINTS, MAX_WORK // request.weight)
    if request.points > most:
        raise ApiError(
            f"{request.starts} walkers × {request.steps} steps are more than {most} points.",
            "steps",
            f"At most {most // request.starts - 1} steps with {request.starts} walkers, or "
            f"{most // (request.steps + 1)} walkers with {request.steps} steps.",
        )


def _unknown_key(key: str, known: Sequence[str]) -> NoReturn:
    near = get_close_matches(key[:80], known, 1)
    nearest = f"Did you mean {near[0]}? " if near else ""
    listed = f"The keys are {', '.join(known)}." if known else "No key is read here."
    raise ApiError(f"{_short(key)} is not a known key.", key[:80], nearest + listed)


def _complain(problem: ErrorDetails) -> NoReturn:
    key = str(problem["loc"][0])
    shown = f"{key}={_short(problem['input'])}"
    kind = problem["type"]
    if kind.startswith(("greater_than", "less_than")):
        raise ApiError(f"{shown} is out of range.", key, _expected(key))
    if kind == "finite_number":
        raise ApiError(f"{shown} is not a finite number.", key, _expected(key))
    raise ApiError(f"{shown} is not what {key} takes.", key, _expected(key))


def _expected(key: str) -> str:
    if key == "goal":
        return "minimize or maximize."
    if key in _TABLES:
        return f"One of {', '.join(_TABLES[key])}."
    if key in _LISTS:
        return "Numbers: x,y or x." if key == "start" else "Numbers: xmin,xmax,ymin,ymax or xmin,xmax."
    bounds = numeric_bounds(key)
    noun = "A whole number" if key in _WHOLE or key == "resolution" else "A number"
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
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def key_table() -> list[dict[str, Any]]:
    """Return what a control for each numeric key of the request needs to know; hyperparameters are listed elsewhere."""
    entries: list[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]
    listed = {parameter.key for entry in entries for parameter in entry.hyperparameters}
    rows = []
    for key in KEYS:
        if key in _WORDS | _LISTS | listed | {"shape"}:
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


class Summary(TypedDict):
    """Where a walk ended and why. Numbers that are not finite are null; a curve has no y."""

    outcome: Outcome
    stopped_by: Criterion
    steps: int
    evaluations: int
    x: float | None
    y: NotRequired[float | None]
    loss: float | None
    gradient_norm: float | None
    place: Place | None
    hessian_eigenvalues: list[float]
    stability_limit: float | None
    message: str


class Columns(TypedDict):
    """One row for each iterate; a curve has no y. Step 0 is the start; ``learning_rate[k]`` leads from step k to k + 1.

    ``evaluations[k]`` counts what the steps before iterate k cost: evaluations of the gradient and, in a line search,
    of the loss; for landscapes made from data, in data points.
    """

    step: list[int]
    x: list[float | None]
    y: NotRequired[list[float | None]]
    loss: list[float | None]
    gradient_norm: list[float | None]
    learning_rate: list[float]
    evaluations: list[int]


class WalkName(TypedDict):
    """Which walk this is."""

    run: int
    walker: int
    label: str


class Walk(WalkName, Columns):
    """A whole walk."""

    summary: Summary


class Answer(TypedDict):
    """The whole answer: a walk for each start."""

    request: DescentRequest
    query: str
    walks: list[Walk]


class StartRecord(TypedDict):
    """The stream's first line."""

    kind: Literal["start"]
    request: dict[str, Any]
    query: str
    walks: list[WalkName]


class ChunkRecord(Columns):
    """Some iterates of one walk. Chunks of one walk arrive in order and, joined, equal the plain answer."""

    kind: Literal["chunk"]
    walk: int


class EndRecord(TypedDict):
    """The end of one walk."""

    kind: Literal["end"]
    walk: int
    summary: Summary


class DoneRecord(TypedDict):
    """The last line of a stream that was not cut off."""

    kind: Literal["done"]


class ErrorRecord(TypedDict):
    """The last line of a stream that failed after its first byte."""

    kind: Literal["error"]
    message: str


Record = StartRecord | ChunkRecord | EndRecord | DoneRecord | ErrorRecord


class StepNumbers(TypedDict):
    """All numbers that one step was made of. ``quantities`` has the names that the optimizer's rule uses.

    ``rule`` names which of the optimizer's rules was used: the usual one, that of the first step, of an ascent, or of a
    step that a line search did not take. ``batch`` has the indices of the data points of the mini-batch, where one was
    drawn.
    """

    step: int
    first: bool
    rule: Variant
    quantities: dict[str, Any]
    batch: list[int] | None


class RatesAnswer(TypedDict):
    """The learning rates that are planned, at up to so many steps, and the steps at which warm restarts begin."""

    step: list[int]
    learning_rate: list[float]
    restarts: list[int]


class StepsAnswer(TypedDict):
    """The numbers of some steps of one walk."""

    request: DescentRequest
    walk: int
    steps: list[StepNumbers]
