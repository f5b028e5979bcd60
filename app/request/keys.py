"""The keys of a request, a field each: types, bounds, what is said of them, and which are alike."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from app.descent.formulas.vocabulary import MAX_CONSTANTS
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Goal, Landscape
from app.descent.landscapes.typed import CONSTANT
from app.descent.optimizers.hyperparameters import Hyperparameter
from app.descent.optimizers.reading import MAX_HYPERPARAMETERS
from app.descent.optimizers.schedules import SCHEDULES, Schedule
from app.descent.optimizers.table import OPTIMIZERS, Optimizer
from app.descent.optimizers.table import TYPED as RULE
from app.request.meaning import needs_of
from app.request.points import USUAL_MODEL
from app.request.synonyms import some
from app.request.typed import landscape_of_formula, optimizer_of_rule
from app.request.writing import write_value

CurvesAxis = Literal["step", "evaluations"]
MapKind = Literal["basins", "rates"]
View = Literal["surface", "data", "rates", "theory", "rule"]
Scale = Literal["log", "linear"]
PlaneKind = Literal["walk", "steps", "ends"]
# One that stands beside the map, or a list of as many as there are places.
PLACES = 2
_ONE_VIEW = {"type": "string", "enum": list(get_args(View))}
VIEWS_SCHEMA = {"type": "array", "items": _ONE_VIEW, "minItems": 1, "maxItems": PLACES, "uniqueItems": True}
_VIEW_SCHEMA = {"anyOf": [_ONE_VIEW, VIEWS_SCHEMA, {"type": "null"}]}
ModelKind = Literal["line", "parabola", "logistic"]

MAX_RUNS = 8
# Own points in an address, which browsers and proxies cut somewhere, and in a body.
MAX_LINKED_POINTS = 200
MAX_OWN_POINTS = 500
# Points of a surface along each axis.
MAX_RESOLUTION = 400
SURFACE_RESOLUTION = 101
# Cells along each axis of a map that is made without a server.
MAX_ENLARGED = 16_384
MOST_STEPS = 100_000
# Beyond it other languages' numbers are not exact.
_LARGEST_WHOLE = 2**53 - 1

# The parts of the page that may be left out, in the order of an address, each with what the page calls it.
PARTS: Mapping[str, str] = {
    "landscape": "Landscape",
    "optimizer": "Optimizer",
    "step-size": "Step size",
    "momentum": "Momentum",
    "restarts": "Restarts",
    "more": "More settings",
    "surface": "Surface",
    "curves": "Curves",
    "rule": "Update rule",
    "maps": "Maps",
    "race": "Race",
    "table": "Table of steps",
    "sentence": "Sentence",
    "share": "Share",
}

_ENTRIES: Sequence[Optimizer | Schedule] = [*OPTIMIZERS.values(), *SCHEDULES.values()]


def _hyperparameter(key: str) -> Any:
    """The field of a key that optimizers or schedules list, as their registries describe it."""
    uses = [(entry.slug, one) for entry in _ENTRIES for one in entry.hyperparameters if one.key == key]
    first = uses[0][1]
    defaults = {one.default for _, one in uses}
    listed = ", ".join(slug if len(defaults) == 1 else f"{slug} ({one.default:g})" for slug, one in uses)
    default = (
        f"Default: the landscape's {key}."
        if first.by_landscape
        else f"Default: {first.default:g}."
        if len(defaults) == 1
        else "Defaults in brackets."
    )
    return Field(
        None,
        ge=min(one.low for _, one in uses),
        le=max(one.high for _, one in uses),
        title=first.title,
        description=" ".join(filter(None, [first.explanation, first.convention, f"For {listed}.", default])),
    )


# A name as far as a schema can say it: something that is seen, and neither a comma nor what moves the cursor.
_NAME_PATTERN = r"^[^,\x00-\x1f\x7f-\x9f]*[^,\s\x00-\x1f\x7f-\x9f][^,\x00-\x1f\x7f-\x9f]*$"


class DescentRequest(BaseModel):
    """One walk, or several side by side, as flat keys. What is left out has the default named in its description."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    landscape: str | None = Field(
        "bowl",
        title="Landscape",
        description="A slug from /api/landscapes; not with formula or data, which make one.",
        json_schema_extra={"enum": [*LANDSCAPES, None]},
    )
    formula: str | None = Field(
        None,
        title="Formula",
        description="A loss of one's own instead of a landscape: a formula in x and y, or in x alone, such as "
        "a*x^2 + sin(y). Further letters, up to three, are constants. Domain, start and learning rates are proposed. "
        "Default: none.",
        json_schema_extra={"minLength": 1},
    )
    constants: dict[str, float] | None = Field(
        None,
        title="Constants",
        description="The values of a formula's constants: a:4,b:0.5 in a query, an object in a body. "
        "Default: 1 for each.",
        json_schema_extra={"maxProperties": MAX_CONSTANTS},
    )
    data: list[list[float]] | None = Field(
        None,
        title="Own data",
        description=f"Own points instead of a landscape: x,y;x,y;… or x1,x2,label;… in a query, a list of lists in a "
        f"body. The coordinates are then the weights a and b of the model that is fitted to them. Up to "
        f"{MAX_LINKED_POINTS} points in a query, {MAX_OWN_POINTS} in a body. Default: none.",
        json_schema_extra={"minItems": 1, "maxItems": MAX_OWN_POINTS},
    )
    model: ModelKind | None = Field(
        None,
        title="Model",
        description="What is fitted to own data: line, a·u + b; parabola, a·u² + b·u + c with the best c; or logistic, "
        "where labels are 0 or 1: a·u + b, or of two inputs a·u + b·v + c with the best c. u is x, or what is said of "
        "it in the landscape's record. Default: line.",
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
        json_schema_extra={
            "plain": "How many walkers: the first at the start, the others drawn at random.",
            "symbol": "n",
            "scale": "log",
        },
    )
    optimizer: str | None = Field(
        "momentum",
        title="Optimizer",
        description="A slug from /api/optimizers; not with rule, which makes one.",
        json_schema_extra={"enum": [*OPTIMIZERS, None]},
    )
    rule: str | None = Field(
        None,
        title="Rule",
        description="An update rule of one's own instead of an optimizer: lines with semicolons between, such as "
        "velocity_next = momentum*velocity + gradient; point_next = point - learning_rate*velocity_next. "
        "Default: none.",
        json_schema_extra={"minLength": 1},
    )
    hyperparameters: dict[str, float] | None = Field(
        None,
        title="Hyperparameters",
        description="What a rule's further names stand for: momentum:0.9,gamma:0.5 in a query, an object in a body. "
        "Default: none.",
        json_schema_extra={"maxProperties": MAX_HYPERPARAMETERS},
    )
    learning_rate: float | None = Field(
        None,
        gt=0,
        title="Step size (learning rate)",
        description="The hyperparameter that all optimizers have: what the gradient is multiplied with. Default: the "
        "optimizer's for the landscape, of learning_rates at /api/optimizers and at /api/landscapes.",
        json_schema_extra={
            "plain": "How far each step goes: this times the gradient.",
            "symbol": r"\eta",
            "scale": "log",
            "low": 1e-4,
            "high": 10,
        },
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
    radius: float | None = _hyperparameter("radius")
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
        json_schema_extra={
            "plain": "For so many steps the learning rate rises to its full value.",
            "symbol": "W",
            "high": 100,
        },
    )
    restarts: int = Field(
        0,
        ge=0,
        le=50,
        title="Warm restarts",
        description="How often the learning rate begins its schedule, which is how it changes from step to step, anew. "
        "With restarts the step size falls along a cosine to nearly nothing and jumps back to its full value; 0 keeps "
        "it constant, unless another schedule is chosen. A walk that has settled, or whose full step is too short to "
        "leave, stays in its valley. A warm-up, which is a slow rise at the very beginning, is not repeated.",
        json_schema_extra={"plain": "How many times the learning rate jumps back to its full value.", "symbol": "R"},
    )
    growth: float = Field(
        1.0,
        ge=1,
        le=4,
        title="Growth",
        description="Each cycle is this many times longer than the one before.",
        json_schema_extra={"plain": "How many times longer each cycle is than the one before.", "symbol": r"\gamma"},
    )
    steps: int = Field(
        200,
        ge=1,
        le=100_000,
        title="Steps",
        description="The most steps to take; walkers × steps are at most 2 000 000, fewer where a step costs more.",
        json_schema_extra={"plain": "How many steps it may take at most.", "symbol": "N", "scale": "log"},
    )
    tolerance: float = Field(
        1e-6,
        ge=0,
        title="Tolerance",
        description="Stop when gradient norm and step length are both at or below it, or the loss is the same to the "
        "last bit for 64 steps; 0 never: then only divergence or patience ends a walk early.",
        json_schema_extra={
            "plain": "When slope and step are both this small, it has arrived; 0 never stops.",
            "symbol": r"\varepsilon",
            "scale": "log",
            "low": 1e-12,
            "high": 0.1,
        },
    )
    patience: int = Field(
        0,
        ge=0,
        le=100_000,
        title="Patience",
        description="Stop when for so many steps the loss has not become better by more than min_change; 0 never.",
        json_schema_extra={
            "plain": "It stops when for so many steps it has not become better; 0 never.",
            "symbol": "P",
            "high": 200,
        },
    )
    min_change: float = Field(
        0.0,
        ge=0,
        title="Least change",
        description="What the loss must become better by for patience to begin anew.",
        json_schema_extra={
            "plain": "By how much it must become better to count for patience.",
            "symbol": r"\delta",
            "scale": "log",
            "low": 1e-12,
            "high": 1,
        },
    )
    noise: float = Field(
        0.0,
        ge=0,
        title="Gradient noise",
        description="Standard deviation of the Gaussian noise added to each gradient component: a stochastic gradient "
        "without data.",
        json_schema_extra={"plain": "How much chance is added to each gradient.", "symbol": r"\sigma", "high": 2},
    )
    batch: int = Field(
        0,
        ge=0,
        title="Mini-batch",
        description="Data points that each gradient is averaged over, drawn without replacement within an epoch; a "
        "batch at the end of an epoch takes its rest from the next: stochastic gradient descent (SGD). 0 takes all "
        "points: batch gradient descent. For landscapes made from data. The loss that is shown is that of all points.",
        json_schema_extra={"plain": "How many data points each step looks at; 0 takes all of them.", "symbol": "B"},
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**32 - 1,
        title="Seed",
        description="Further starts, noise and mini-batches follow from it; the same seed gives the same walk.",
        json_schema_extra={"plain": "Which chance is drawn: the same seed gives the same walk.", "symbol": "s"},
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
    at: Annotated[int, Field(ge=0, le=_LARGEST_WHOLE)] | Literal["end"] | None = Field(
        None,
        title="Step shown",
        description="The step that the page shows, standing still, or end; beyond the last one the end is shown. "
        "Changes no number. Default: it plays from 0.",
    )
    view: Annotated[str | list[str] | None, WithJsonSchema(_VIEW_SCHEMA)] = Field(
        None,
        title="View",
        description="What stands beside the map on the page: surface, data, rates, theory or rule. Two with a comma "
        "between stand side by side where the screen is wide; elsewhere the first is shown. Changes no number. "
        "Default: surface, or data where the landscape is made from data; with map=rates that map.",
    )
    scale: Scale = Field(
        "log", title="Scale", description="How the page's curves are drawn: log or linear. Changes no number."
    )
    hide: list[str] | None = Field(
        None,
        title="Hidden parts",
        description=f"The parts of the page that are left out, with commas between: {', '.join(PARTS)}. This hides "
        "controls, it protects nothing. Changes no number. Default: none.",
        json_schema_extra={"items": {"type": "string", "enum": list(PARTS)}, "maxItems": len(PARTS)},
    )
    guess_first: int = Field(
        0,
        ge=0,
        le=1,
        title="Guess first",
        description="1 holds back on the page how the walk ends until the film of it has ended. Changes no number.",
    )
    plane: PlaneKind | None = Field(
        None,
        title="Plane",
        description="The plane of its weights that a network's walks are drawn on. walk goes through the first and the "
        "last weights of a walk and is turned to be nearest to all between; steps is turned to the main direction of "
        "its steps; ends goes through the first weights and the ends of two runs. Default: walk.",
    )
    plane_run: int | None = Field(
        None,
        ge=0,
        le=MAX_RUNS,
        title="The plane's run",
        description="Which run's walk from a network's first weights defines the plane. Default: 0.",
    )
    weights: int | None = Field(
        None,
        ge=0,
        le=1,
        title="Weights",
        description="1 adds all weights of a network at every step to the answer. Default: 0.",
    )


# The order of checks: what other keys depend on comes first, so that the first complaint is the one that matters.
FIELDS = DescentRequest.model_fields
KEYS = tuple(FIELDS)
DEFAULTS: Mapping[str, Any] = {key: field.default for key, field in FIELDS.items()}
WHOLE = {key for key, field in FIELDS.items() if field.annotation in (int, int | None)}
LISTED = {one.key for entry in _ENTRIES for one in entry.hyperparameters}
LISTS = {"start", "domain", "window"}
# What the landscape is made of where it is in no registry.
OWN = ("data", "formula")
# What is given as it was typed; and numbers by names that are in it.
TYPED = ("formula", "rule")
NAMED = ("constants", "hyperparameters")
CHOICES: Mapping[str, Sequence[str]] = {
    "goal": get_args(Goal),
    "axis": get_args(CurvesAxis),
    "map": get_args(MapKind),
    "view": get_args(View),
    "scale": get_args(Scale),
    "plane": get_args(PlaneKind),
    "model": get_args(ModelKind),
}
WORDS = {"landscape", "optimizer", "schedule", "name", *TYPED, *CHOICES}
# What is the same for all runs, that they can be compared; and what only the whole picture has.
OF_THE_MAP = ("map", "map_run", "window", "resolution")
# How the page shows it: what is asked of the server for the walk's sake is the same with and without them.
VIEW_KEYS = ("at", "view", "scale", "hide", "guess_first")
# What all walks of a network are drawn on, and whether all their weights are told.
OF_THE_PLANE = ("plane", "plane_run", "weights")
# What those are that mean nothing in most requests, and are null there, where they mean something: said of another one,
# it asks for nothing.
USUAL: Mapping[str, Any] = {"map_run": 0, "resolution": 256, "plane": "walk", "plane_run": 0, "weights": 0}
OF_THE_PICTURE = {"runs", "axis", "theory", *OF_THE_MAP, *VIEW_KEYS, *OF_THE_PLANE}
OF_ALL_RUNS = {"landscape", *OWN, "constants", "model", "shape", "domain", "goal", "start", "starts", "seed"}
RUN_KEYS = tuple(key for key in KEYS if key not in OF_THE_PICTURE | OF_ALL_RUNS)
# A further run in a query: an optimizer's slug, or keys with colons, or both with commas between. Those within the
# parentheses of a rule part nothing; the pattern tells of as many of them as a rule usually has.
_WITHIN = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
_PLAIN_KEYS = "|".join(key for key in RUN_KEYS if key != "rule")
_RUN_PART = rf"(?:{'|'.join(OPTIMIZERS)}|(?:{_PLAIN_KEYS}):[^,]+|rule:(?:[^,()]|{_WITHIN})+)"
RUN_PATTERN = rf"^{_RUN_PART}(?:,{_RUN_PART})*$"
# In a query further runs are one key each; in a body they are one list.
QUERY_KEYS = tuple("run" if key == "runs" else key for key in KEYS)
TABLES: Mapping[str, Mapping[str, Any]] = {"landscape": LANDSCAPES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
# What a key that takes a word may be, where that is certain.
NAMES: Mapping[str, Iterable[str]] = {**TABLES, **CHOICES}
_BOX = "xmin,xmax,ymin,ymax, or xmin,xmax for a curve"
EXAMPLES = {"start": "2,1", "domain": "-4,4,-3,3", "window": "-1,1,-1,1", "box": "-4,4,-3,3"}
SIDES = {
    "start": "x,y, or x for a curve",
    "domain": _BOX,
    "window": "low,high,low,high, or low,high for one axis",
    # Of the one route that reads it.
    "box": _BOX,
}


class Entries(NamedTuple):
    """The registries' entries that a request names."""

    landscape: Landscape
    optimizer: Optimizer
    schedule: Schedule

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Entries":
        """The entries of the keys that are given, whose slugs are known; the defaults' where none is."""
        schedule = given.get("schedule") or usual_schedule(given.get("restarts", 0))
        return cls(_landscape_of(given), _optimizer_of(given), SCHEDULES[schedule])


def _landscape_of(given: Mapping[str, Any]) -> Landscape:
    """The landscape that is given: by its slug, or by what it is made of."""
    if given.get("data") is not None:
        landscape: Landscape = given["data"].landscape(given.get("model"))
        return landscape
    if given.get("formula") is not None:
        return landscape_of_formula(given["formula"], given.get("constants"), given.get("domain"))
    return LANDSCAPES[given.get("landscape") or DEFAULTS["landscape"]]


def _optimizer_of(given: Mapping[str, Any]) -> Optimizer:
    """The optimizer that is given: by its slug, or by its rule."""
    if given.get("rule") is not None:
        return optimizer_of_rule(given["rule"], given.get("hyperparameters"))
    return OPTIMIZERS[given.get("optimizer") or DEFAULTS["optimizer"]]


def usual_schedule(restarts: int) -> str:
    """The slug of the schedule where none is given: restarts need one that anneals."""
    return "cosine" if restarts else "constant"


def defaults_with(entries: Entries, restarts: int) -> dict[str, Any]:
    """What every key is where it is not given, in their order; some depend on the entries or on the restarts.

    A map's own keys are None: they depend on the run that the map is of.
    """
    landscape, optimizer, schedule = entries
    return {
        **DEFAULTS,
        **({"landscape": None} if landscape.is_own else {}),
        **({"model": USUAL_MODEL} if landscape.data and landscape.is_own else {}),
        "constants": dict.fromkeys(dict(landscape.constants), CONSTANT) or None,
        "shape": landscape.shape.default if landscape.shape else None,
        "domain": _usual_domain(landscape),
        "goal": landscape.goal,
        "start": list(landscape.start),
        **({"optimizer": None} if optimizer.slug == RULE else {}),
        "learning_rate": optimizer.usual_learning_rate(landscape),
        "schedule": usual_schedule(restarts),
        "view": "data" if landscape.points else "surface",
        **({key: USUAL[key] for key in OF_THE_PLANE} if landscape.network else {}),
        **{
            parameter.key: int(usual) if parameter.whole else usual
            for parameter in (*listed_hyperparameters(optimizer), *schedule.hyperparameters)
            for usual in (parameter.usual(landscape),)
        },
    }


def _usual_domain(landscape: Landscape) -> list[float] | None:
    """The domain where none is given. Of a typed formula a given one is its landscape's, and another is proposed."""
    if not landscape.found:
        return landscape.domain.sides
    return landscape.proposed.sides if landscape.proposed else None


def listed_hyperparameters(optimizer: Optimizer) -> Sequence[Hyperparameter]:
    """Those that are keys of their own: a typed rule's are set together."""
    return () if optimizer.slug == RULE else optimizer.hyperparameters


_SCHEMA: dict[str, Any] = DescentRequest.model_json_schema()["properties"]


def numeric_bounds(key: str) -> dict[str, Any]:
    """``minimum``, ``maximum`` and ``exclusiveMinimum`` of a numeric key, as far as it has them."""
    schema = _SCHEMA.get(key, {})
    parts = [schema, *schema.get("anyOf", [])]
    names = ("minimum", "maximum", "exclusiveMinimum")
    return {name: part[name] for part in parts for name in names if name in part}


def expected(key: str) -> str:
    """What the key takes, in a sentence."""
    if key in CHOICES:
        two = " Or two different ones, with a comma between." if key == "view" else ""
        return f"{' or '.join(CHOICES[key])}.{two}"
    if key == "at":
        return "A whole number from 0, or end."
    if key == "data":
        return "Points as x,y;x,y;… or, with model=logistic, x1,x2,label;…; in JSON [[1, 2], [2, 3.5]]."
    if key == "formula":
        return "A formula in x and y, or in x alone, such as a*x^2 + y^2."
    if key == "rule":
        return "Lines such as point_next = point - learning_rate*gradient, with semicolons between."
    if key in NAMED:
        name, number = ("a", 4) if key == "constants" else ("momentum", 0.9)
        return f'Names with finite numbers, such as {name}:{number}; in JSON {{"{name}": {number}}}.'
    if key == "hide":
        return f"The parts are {', '.join(PARTS)}."
    if key == "name":
        return "Up to 40 letters, digits and signs, but no comma."
    if key == "runs":
        return 'Up to 8 objects such as {"optimizer": "adam", "learning_rate": 0.05}.'
    if key in TABLES:
        return f"One of {some(list(TABLES[key]), f'all are at /api/{key}s')}."
    if key in LISTS:
        return f"A list of numbers, such as [{EXAMPLES[key].replace(',', ', ')}]: {SIDES[key]}."
    return _expected_number(key)


def _expected_number(key: str) -> str:
    bounds = numeric_bounds(key)
    noun = "A whole number" if key in WHOLE else "A number"
    if "minimum" in bounds and "maximum" in bounds:
        return f"{noun} from {bounds['minimum']:g} to {write_value(bounds['maximum'])}."
    if "minimum" in bounds:
        return f"{noun}, at least {bounds['minimum']:g}."
    return f"{noun} above 0." if "exclusiveMinimum" in bounds else f"{noun}."


def key_table() -> list[dict[str, Any]]:
    """What a control for each numeric key of the request needs to know; hyperparameters are listed elsewhere."""
    elsewhere = WORDS | LISTS | {*OWN, *TYPED, *NAMED} | LISTED | OF_THE_PICTURE | {"shape", "hidden"}
    return [_key_record(key) for key in KEYS if key not in elsewhere]


def _key_record(key: str) -> dict[str, Any]:
    schema, bounds = _SCHEMA[key], numeric_bounds(key)
    return {
        "key": key,
        "title": schema["title"],
        "symbol": schema.get("symbol", ""),
        "low": schema.get("low", bounds.get("minimum")),
        "high": schema.get("high", bounds.get("maximum")),
        "default": schema["default"],
        "log": schema.get("scale") == "log",
        "whole": key in WHOLE,
        "explanation": schema["description"],
        "plain": schema["plain"],
        "needs": needs_of(key),
    }
