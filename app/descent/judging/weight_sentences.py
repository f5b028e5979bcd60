"""A verdict on training in numbers: what ended it, the loss, the whole curvature, and the limit beside what was set."""

import math
from dataclasses import dataclass

from app.descent.judging.places import Place
from app.descent.judging.sentences import numeral, steps_of, still_to_come
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Outcome, Settings
from app.descent.walks.weights import WeightsEnding

# Curvatures that are as good as zero: of weights and losses of order 1, or beside the largest one, or by rounding.
_ZERO, _ROUNDING = 1e-6, 1e-14
# A learning rate that differs from the limit by no more than this part is at it: as it is told, and but for rounding.
_AT, EXACTLY = 1e-3, 1e-12
# What a limit at the start is not.
NO_PROMISE = "which is no promise for later: the curvature changes on the way"


@dataclass(frozen=True)
class TrainingSentences:
    """Puts a verdict on training into words.

    ``curvatures`` and ``limit`` are those of the verdict: at the end, or, where it diverged, at the start.
    ``near``, ``unmoved`` and ``unending`` are as in ``Facts``; ``monotone`` is whether it left and fell at every step.
    ``limit_at_start`` is told only where it is not None; ``right`` is the share of the points that is classified right,
    ``undecided`` whether none is on a side of its own.
    """

    settings: Settings
    optimizer: Optimizer
    ending: WeightsEnding
    outcome: Outcome
    place: Place | None
    curvatures: list[float]
    limit: float | None
    last_rate: float
    unmoved: bool = False
    monotone: bool = False
    unending: bool = False
    near: bool = False
    right: float | None = None
    undecided: bool = False
    limit_at_start: float | None = None
    cycle: int | None = None

    def numbers(self) -> str:
        """All of it, in one line."""
        if self.outcome == "diverged":
            return self._diverged()
        told = (
            self._cause(),
            self._curved(),
            self._what(),
            self._right(),
            self._limits(),
            still_to_come(self.settings, self.ending),
        )
        return " ".join(filter(None, told))

    def _diverged(self) -> str:
        rate, head = self.settings.rates.learning_rate, f"Diverged after {steps_of(self.ending.steps)}: "
        further = " The loss fell at every step, and goes on so: there seems to be no lowest place in that direction."
        bottomless = further if self.monotone else ""
        if self.limit is None:
            return f"{head}{self._gone()}.{bottomless}"
        limit = f"the limit {self._limit_text()} = {numeral(self.limit)} at the start"
        if rate > self.limit * (1 + EXACTLY):
            return (
                f"{head}the learning rate {numeral(rate)} is above {limit}. That limit is no promise for later either."
            )
        compared = "at" if rate >= self.limit * (1 - EXACTLY) else "below"
        return (
            f"{head}{self._gone()}, although the learning rate {numeral(rate)} is {compared} {limit}, "
            f"{NO_PROMISE}.{bottomless}"
        )

    def _gone(self) -> str:
        if self.ending.criterion == "too_far":
            return "the weights are too large, far away from where they began"
        if self.ending.steps == 0:
            return "at the start the loss or its gradient is no finite number"
        if not all(map(math.isfinite, self.ending.weights.tolist())):
            why = f" ({self.optimizer.no_value})" if self.optimizer.no_value else ""
            return f"the last step led to no finite weights{why}"
        return "the loss is no longer a finite number"

    def _cause(self) -> str:
        ending, steps = self.ending, steps_of(self.ending.steps)
        at = f"loss {numeral(ending.loss)}, gradient norm {self._norm()}"
        if self.unmoved:
            return f"Nothing moved{f' in {steps}' if ending.steps else ''}: {at}."
        if ending.criterion == "tolerance":
            within = f"gradient norm and step are at or below the tolerance {numeral(self.settings.tolerance)}"
            return f"{'Stalled' if self.outcome == 'stalled' else 'Converged'} after {steps}: {at}; {within}."
        if self.cycle:
            where = "between two points" if self.cycle == 2 else f"the same {self.cycle} steps round"
            head = "Stalled" if self.outcome == "stalled" else "Out of steps"
            return f"{head} after {steps}: for ever {where}; {at}."
        if ending.criterion == "patience":
            return f"Stalled after {steps}, when patience ended: {at}."
        if ending.criterion == "unchanged":
            return f"Stalled after {steps}: {at}; the loss no longer changes."
        if ending.criterion == "budget":
            spent = f"the race's budget of evaluations, {self.settings.budget:.0f}, is spent"
            return f"Out of steps after {steps}: {at}; {spent}."
        return f"Out of steps after {steps}: {at}."

    def _norm(self) -> str:
        norm = self.ending.gradient_norm
        return f"zero up to rounding ({numeral(norm)})" if 0 < norm <= 1e-13 else numeral(norm)

    def _curved(self) -> str:
        """Count the curvatures by their signs."""
        if not self.curvatures:
            return "The curvatures are no finite numbers."
        zero = self._zero()
        negative = sum(value < -zero for value in self.curvatures)
        level = sum(abs(value) <= zero for value in self.curvatures)
        text = f"{negative or 'None'} of {len(self.curvatures)} curvatures {'are' if negative > 1 else 'is'} negative"
        return f"{text}, and {level} {'are' if level > 1 else 'is'} as good as zero." if level else f"{text}."

    def _zero(self) -> float:
        """What counts as zero beside these curvatures."""
        largest = max(map(abs, self.curvatures))
        return max(_ZERO * min(1.0, largest), _ROUNDING * largest)

    def _what(self) -> str:
        match self.place:
            case None if self.curvatures:
                return "Where curvatures are zero they do not tell what place this is, nor did the losses around."
            case "global_minimum":
                return "This is a global minimum: no squared error is below 0."
            case "local_minimum" if self.near:
                return "No squared error is below 0: this is as good as a global minimum."
            case "local_minimum":
                return "This is a local minimum; whether a deeper one exists is not known."
            case "saddle" if self.curvatures[0] >= -self._zero():
                return "No curvature tells of lower ground, but some neighbours are lower: a saddle."
        if self.unending:
            return "Larger weights make all answers surer, and the loss lower: this data has no finite minimum."
        return ""

    def _right(self) -> str:
        if self.undecided:
            return "The network says the same for every point."
        return "" if self.right is None else f"{numeral(100 * self.right, 3)} % of the points are right."

    def _limits(self) -> str:
        """The largest curvature against the limit that it sets."""
        if not self.curvatures or self.curvatures[-1] <= 0:
            return ""
        largest = f"The largest curvature is {numeral(self.curvatures[-1])}"
        if self.limit is None:
            return f"{largest}."
        rate = self.last_rate
        is_at = math.isclose(rate, self.limit, rel_tol=_AT)
        compared = "at" if is_at else "above" if rate > self.limit else "below"
        told = (
            f"{largest}: the learning rate {numeral(rate)} is {compared} the limit {self._limit_text()} = "
            f"{numeral(self.limit)} here"
        )
        if self.limit_at_start is None:
            return f"{told}."
        return f"{told}; at the start that was {numeral(self.limit_at_start)}, {NO_PROMISE}."

    def _limit_text(self) -> str:
        return self.optimizer.stability_text(**self.settings.values)
