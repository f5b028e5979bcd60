"""The records of an answer, as they are written: the types that the API's own description shows."""

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from app.descent.judging.places import Place
from app.descent.walks.descent import Criterion, Outcome, Variant
from app.request.keys import DescentRequest


class CrossingRecord(TypedDict("Ends", {"from": list[float], "to": list[float]})):
    """The first iterate in another basin of attraction: from that of one minimum to that of another.

    Of an ascent they are maxima.
    """

    step: int


class Summary(TypedDict):
    """Where a walk ended and why. Numbers that are not finite are null; a curve has no y.

    ``cycle`` is after how many steps a walk that repeats for ever is back at the same point, null where none is seen.
    ``crossings`` are the first 50 times that it came into another basin, and ``crossed`` counts all of them; both are
    null where that was not looked at: with more than 8 walkers in a run, or more than 20 000 steps.
    ``marks`` are those of a run's first walk.
    """

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
    reached: list["Reached"]
    message: str
    cycle: int | None
    crossings: list[CrossingRecord] | None
    crossed: int | None
    marks: list["MarkRecord"]


class Reached(TypedDict):
    """After how many evaluations ``part`` of the way from the first loss to the best one known was left; null is never.

    ``evaluations`` is when that was so for the first time, ``stayed`` when that began which lasted to the walk's end: a
    walk may pass by a good place.
    """

    part: float
    evaluations: int | None
    stayed: int | None


class MarkRecord(TypedDict):
    """A value of one number, by ``key``, that means something while all others stay as they are.

    ``best`` is the optimizer's best setting on this quadratic. A ``limit`` is where the walk becomes unstable, ``at``
    its start or the minimum that is nearest its end, of training its end itself; ``blows_up`` says on which side of it.
    """

    key: str
    value: float
    kind: Literal["limit", "best"]
    at: Literal["start", "minimum", "end"] | None
    blows_up: Literal["above", "below"] | None


class PlaneRecord(TypedDict):
    """The plane that a network's walks are drawn on: weights are origin + unit * (x * u + y * v), u and v of length 1.

    ``through`` are the steps whose weights lie on it: the first are the origin, the last are at (1, 0). Where nothing
    moved, or all that did blew up at once, the kind is ``start``: u leads downhill, v along the sharpest direction.
    ``share`` is that of the variance, about its mean, of the
    walk that defines it, which lies in u and v, and ``share_of_steps`` that of the squares of its steps' lengths; null
    where nothing moved.
    """

    kind: Literal["walk", "steps", "ends", "start"]
    through: list[int]
    origin: list[float]
    u: list[float]
    v: list[float]
    unit: float
    share: float | None
    share_of_steps: float | None


class Columns(TypedDict):
    """One row for each iterate; a curve has no y. Step 0 is the start; ``learning_rate[k]`` leads from step k to k + 1.

    ``evaluations[k]`` counts what the steps before iterate k cost: evaluations of the gradient and, in a line search,
    of the loss; for landscapes made from data, in data points.

    Of a network x and y are on the plane, ``loss`` is the true one at all weights, ``plane_loss`` that of the ground
    below, and ``off_plane`` the distance from it, in its unit; ``weights`` are there with weights=1, a list a step.
    """

    step: list[int]
    x: list[float | None]
    y: NotRequired[list[float | None]]
    loss: list[float | None]
    gradient_norm: list[float | None]
    learning_rate: list[float]
    evaluations: list[int]
    off_plane: NotRequired[list[float | None]]
    plane_loss: NotRequired[list[float | None]]
    weights: NotRequired[list[list[float | None]]]


class WalkName(TypedDict):
    """Which walk this is."""

    run: int
    walker: int
    label: str


class RunRecord(TypedDict):
    """One run of a picture: its request, the query that shows it alone, and the best loss known for the goal."""

    run: int
    label: str
    query: str
    request: dict[str, Any]
    best_known: float | None


class Walk(WalkName, Columns):
    """A whole walk."""

    summary: Summary


class Answer(TypedDict):
    """The whole answer: a walk for each run and each start; ``runs`` where there are several, a network's ``plane``."""

    request: DescentRequest
    query: str
    runs: NotRequired[list[RunRecord]]
    plane: NotRequired[PlaneRecord]
    walks: list[Walk]


class StartRecord(TypedDict):
    """The stream's first line; ``runs`` where there are several, ``plane`` where walks are a network's.

    ``landscape`` is as at /api/landscapes/{slug}. ``optimizers`` are there where rules were typed: each as at
    /api/optimizers, with the ``run`` that it walks.
    """

    kind: Literal["start"]
    request: dict[str, Any]
    query: str
    landscape: dict[str, Any]
    runs: NotRequired[list[RunRecord]]
    optimizers: NotRequired[list[dict[str, Any]]]
    plane: NotRequired[PlaneRecord]
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


class QuartilesRecord(TypedDict):
    """A quarter, half and three quarters of all walkers have this or less; null where that never came."""

    lower: float | None
    median: float | None
    upper: float | None


class ReachedRecord(QuartilesRecord):
    """Over all walkers: evaluations until ``part`` of the way to the best loss known was left, and for which share."""

    part: float
    share: float


class Bands(TypedDict):
    """Over all walkers, for each part of the way: quartiles of the evaluations after which it was left for good."""

    part: list[float]
    lower: list[float | None]
    median: list[float | None]
    upper: list[float | None]


class RaceRun(TypedDict):
    """How one run of a race did over all its walkers; ``success`` is the share that ended where the goal is best.

    ``reached`` counts until a walker was so near for the first time, ``stayed`` and ``bands`` until it was so near for
    good: from there on to its walk's end no more of the way was left.
    """

    run: int
    label: str
    walkers: int
    success: float
    outcomes: dict[str, float]
    places: dict[str, float]
    reached: list[ReachedRecord]
    stayed: list[ReachedRecord]
    loss: QuartilesRecord
    bands: Bands


class RaceAnswer(TypedDict):
    """The runs of a race compared."""

    request: DescentRequest
    query: str
    runs: list[RaceRun]


class SweepPoint(TypedDict):
    """How one learning rate of a sweep did."""

    learning_rate: float
    share: float
    evaluations: float | None
    loss: float | None


class Sweep(TypedDict):
    """A sweep over learning rates, over all walkers of each.

    ``share`` is that of the walkers which came so near that ``part`` of the way was left, and stayed to their walk's
    end; ``evaluations`` is the median of the evaluations after which that was so for good, null where fewer than half
    of the walkers stayed, and ``loss`` the median of the last losses. ``part`` is null where nobody stayed so near. The
    best has the largest share, of those the fewest evaluations, and of those the best loss.
    """

    part: float | None
    best: SweepPoint
    learning_rate: list[float]
    share: list[float]
    evaluations: list[float | None]
    loss: list[float | None]


class SweepAnswer(Sweep):
    """A sweep and what it was asked for."""

    request: DescentRequest
    query: str


class MapAxis(TypedDict):
    """One axis of a map."""

    key: str
    title: str
    low: float
    high: float
    log: bool


class MapLegend(TypedDict):
    """What an outcome of a map's cells means: a known place, or how a walk ended otherwise.

    ``colour``, such as ``#0072b2``, is lighter where few steps led to a known place and darker where many did; null
    where cells have the scale of evaluations, or of the loss where settings of a network are compared. A start of a
    network is told by the ``range`` of the loss that training ends with, from its low end on, null where there is none;
    such entries have the kind ``loss`` and no outcome.
    """

    label: str
    outcome: Outcome | None
    kind: str | None
    point: list[float] | None
    value: float | None
    colour: str | None
    range: NotRequired[list[float | None]]


class MapTheory(TypedDict):
    """Where theory's limit lies on a map of learning rates: points (learning rate, second hyperparameter).

    It is that of the curvature at ``point``: of a network where its walks begin, which is no promise for later.
    """

    limit: list[list[float]]
    point: list[float]
    eigenvalues: list[float]


class MapBest(TypedDict):
    """The cell of a map of learning rates that converges with the fewest evaluations.

    Of a network it is the one that ends with the lowest ``loss``.
    """

    learning_rate: float
    second: float | None
    evaluations: int
    row: int
    column: int
    loss: NotRequired[float]


class MapStart(TypedDict):
    """A map's first line. ``x`` and ``y`` are the cells' middles at the finest pass; with one axis there is no y.

    ``plane`` is what a network's starts lie on, ``optimizers`` are the rules that were typed, as in a stream.
    """

    kind: Literal["start"]
    x: list[float]
    y: NotRequired[list[float]]
    resolution: list[int]
    legend: list[MapLegend]
    axes: list[MapAxis]
    theory: MapTheory | None
    request: dict[str, Any]
    query: str
    landscape: dict[str, Any]
    optimizers: NotRequired[list[dict[str, Any]]]
    plane: NotRequired[PlaneRecord]


class MapPass(TypedDict):
    """All cells at one resolution: cell (i, j) stands for y[i * stride] and x[j * stride].

    ``outcome`` is an index into the legend of basins, and a word as in a summary for learning rates, which have
    ``evaluations`` too. ``near``, of basins alone, is the index of the minimum that a walk is near, at most a twentieth
    of the domain from it, which ended unfinished, out of steps for instance; -1 where it is none, as in all maps of a
    network, which have the ``loss`` that each cell ends with, null where it diverged.
    """

    kind: Literal["pass"]
    resolution: list[int]
    stride: int
    progress: float
    outcome: list[list[int]] | list[list[Outcome]]
    near: NotRequired[list[list[int]]]
    steps: list[list[int]]
    evaluations: NotRequired[list[list[int]]]
    loss: NotRequired[list[list[float | None]]]


class MapProgress(TypedDict):
    """How much of the work is done, in the middle of a long pass."""

    kind: Literal["progress"]
    progress: float


class MapDone(TypedDict):
    """A map's last line: the share of each entry of the legend by its label, and of learning rates the best cell.

    ``near_shares``, of basins, is by the label of each minimum the share that ended unfinished near it.
    """

    kind: Literal["done"]
    shares: dict[str, float]
    near_shares: NotRequired[dict[str, float]]
    best: NotRequired[MapBest | None]


MapRecord = MapStart | MapPass | MapProgress | MapDone | ErrorRecord


class QuadraticRecord(TypedDict):
    """The quadratic that gradient and Hessian describe at one point: its level lines over the domain, or its curve.

    Of a network it is that of the plane alone, at the place below the walker, without a limit: that is of all weights.
    """

    point: list[float]
    loss: float
    gradient: list[float]
    hessian: list[list[float]]
    eigenvalues: list[float]
    eigenvectors: list[list[float]]
    condition_number: float | None
    centre: list[float] | None
    stability_limit: float | None
    curve: dict[str, list[float]] | None
    lines: list[dict[str, Any]]


class Sharpness(TypedDict):
    """The largest Hessian eigenvalue along a walk, at up to 200 of its iterates, the first and the last among them.

    ``limit`` is the sharpness above which the learning rate at that step is too large: c/η, where η < c/λ is what the
    optimizer ``limit_of`` needs to be stable on a quadratic. That is gradient descent where the walk's own has none
    that is known, and ``limit`` is null where the learning rate is 0. On curved ground it is no promise for later.
    """

    step: list[int]
    sharpness: list[float | None]
    limit: list[float | None]
    limit_of: str
    limit_text: str


class SharpnessAnswer(Sharpness):
    """The sharpness along one walk, by its number in the answer, and what was asked for."""

    request: DescentRequest
    query: str
    walk: int


class SharpnessRecord(TypedDict):
    """The largest Hessian eigenvalue along a walk, and the one at which the learning rate would be at its limit.

    ``edge_of`` names the optimizer whose limit that is: gradient descent, where the walk's own has none that is known.
    """

    step: list[int]
    sharpness: list[float | None]
    edge: list[float | None]
    edge_of: str
    edge_text: str


class BestRecord(TypedDict):
    """The best settings of one optimizer on this quadratic, and the factor on the distance that theory predicts."""

    optimizer: str
    title: str
    settings: dict[str, float]
    rate: float
    settings_latex: list[str]
    rate_latex: str
    source: dict[str, Any]


class Theory(TypedDict):
    """What theory says of one step. ``local`` is null where there is no Hessian.

    ``believed`` is the quadratic that the optimizer's own picture of the curvature describes; null where it has none.
    """

    walk: int
    step: int
    quadratic: bool
    local: QuadraticRecord | None
    believed: QuadraticRecord | None
    sharpness: SharpnessRecord
    best: list[BestRecord]


class TheoryAnswer(Theory):
    """What theory says, and what was asked for."""

    request: DescentRequest
    query: str


class StepsAnswer(TypedDict):
    """The numbers of some steps of one walk."""

    request: DescentRequest
    walk: int
    steps: list[StepNumbers]


class MapsHealth(TypedDict):
    """How the workers are that compute maps, and how often one that was lost has been replaced."""

    status: Literal["starting", "ok", "recovering"]
    workers: int
    replaced: int


class HealthRecord(TypedDict):
    """How one server process is."""

    status: Literal["ok"]
    version: str
    under_way: int
    maps: MapsHealth


class OEmbedRecord(TypedDict):
    """What somebody else's page needs to show an address of ours: oEmbed 1.0, of the type rich."""

    type: Literal["rich"]
    version: Literal["1.0"]
    title: str
    provider_name: str
    provider_url: str
    cache_age: int
    html: str
    width: int
    height: int
    thumbnail_url: NotRequired[str]
    thumbnail_width: NotRequired[int]
    thumbnail_height: NotRequired[int]
