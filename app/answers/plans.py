"""Plans: a request made ready to walk, run by run."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from app.answers.planes import Ground, grounded
from app.answers.settings import settings_of
from app.descent.judging.judged_walk import LONGEST_WAY, Judged, judged_on_plane, judged_walk
from app.descent.judging.race import PARTS
from app.descent.judging.sentences import numeral
from app.descent.landscapes.curvature import Point
from app.descent.landscapes.planes import last_of
from app.descent.optimizers.table import TYPED, Optimizer
from app.descent.walks.descent import Chunk, Descent, Ending, scatter
from app.descent.walks.training import KnownWalk, Training
from app.request.request import WalkRequest, landscape_of

JudgedEvents = Iterator[Chunk | Judged | None]


@dataclass(frozen=True)
class Plan:
    """A request made ready to walk. ``walked`` is the walk of its only walker, where that is known already."""

    request: WalkRequest
    descent: Descent
    optimizer: Optimizer
    starts: list[Point]
    walked: KnownWalk | None = None

    @property
    def label(self) -> str:
        """The run's name or, where it has none, its settings in words, such as «Momentum 0.9, learning rate 0.1»."""
        if self.request.name:
            return self.request.name
        words = [self.optimizer.title]
        for index, parameter in enumerate(self.optimizer.hyperparameters):
            value = self.descent.values[parameter.key]
            typed = self.optimizer.slug == TYPED
            if index == 0 and parameter.key == "momentum" and not typed:
                words[0] += f" {numeral(value)}"
            elif typed or value != parameter.default:
                words.append(f"{parameter.title.lower()} {numeral(value)}")
        return ", ".join([*words, f"learning rate {numeral(self.descent.rates.learning_rate)}"])

    @property
    def known_events(self) -> Iterator[Chunk | Ending] | None:
        """What its only walker did, as ``walk`` tells it, where that is known already."""
        training, walked = self.descent, self.walked
        if walked is None or not isinstance(training, Training):
            return None
        return (training.on_plane(event, self.starts) for event in walked.events)

    def judged(self, parts: Sequence[float] = PARTS, longest: int = LONGEST_WAY, ridges: bool = False) -> JudgedEvents:
        """Walk from all starts and tell the verdicts, as ``judged_walk`` does."""
        if isinstance(self.descent, Training):
            return judged_on_plane(self.descent, self.optimizer, self.starts, parts, self.walked)
        return judged_walk(self.descent, self.optimizer, self.starts, self.request.box, parts, longest, ridges)

    def at_learning_rate(self, learning_rate: float) -> "Plan":
        """The same plan with another learning rate."""
        rates = replace(self.descent.rates, learning_rate=learning_rate)
        return replace(self, descent=replace(self.descent, rates=rates), walked=None)


def prepared(request: WalkRequest) -> Generator[None, None, list[Plan]]:
    """Return what the request asks for, run by run; yield while the plane of a network's walks is looked for."""
    ground = None if request.landscape.network is None else (yield from grounded(request))
    return [plan(run, request.budget, ground) for run in request.each_run]


def plans(request: WalkRequest) -> list[Plan]:
    """The same at once, for whom nobody waits."""
    return last_of(prepared(request))


def plan(request: WalkRequest, budget: int | None = None, ground: Ground | None = None) -> Plan:
    """What one run asks for, from the registries; ``budget`` is how many evaluations it may spend.

    A network's is drawn on this ``ground``, or, where it is None, on that of its own walk.
    """
    settings = settings_of(request, budget)
    starts = scatter(request.box, request.start, request.starts, request.seed)
    network = request.landscape.network
    if network is None:
        return Plan(request, Descent(landscape=landscape_of(request), **settings), request.optimizer, starts)
    ground = ground or last_of(grounded(request))
    training = Training(landscape=ground.landscape, network=network, plane=ground.plane, **settings)
    # Who begins at the first weights is known if it was this walk that was looked at for the plane.
    walked = ground.walked_by(request, budget) if starts == [(0.0, 0.0)] else None
    return Plan(request, training, request.optimizer, starts, walked)
