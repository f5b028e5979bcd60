"""A verdict in numbers. What the sentences claim is computed; where nothing can be claimed, nothing is."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from app.descent.judging.crossings import Crossings
from app.descent.judging.limits import stability_limit
from app.descent.judging.places import NEAR, Place
from app.descent.landscapes.curvature import Kind, Point, eigenvalues, in_plane
from app.descent.landscapes.landscape import StationaryPoint
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Descent, Ending, Outcome, Settings
from app.descent.walks.weights import WeightsEnding


def numeral(number: float, digits: int = 4) -> str:
    """The number with so many significant digits, as a person writes it."""
    text = re.sub(r"e([+-])0*", lambda match: "e" + match[1].replace("+", ""), f"{number:.{digits}g}")
    return "0" if text == "-0" else text


@dataclass(frozen=True)
class Sentences:
    """Puts a verdict into words: what ended the walk, what the end is, and how far it is from the nearest minimum."""

    descent: Descent
    optimizer: Optimizer
    start: Point
    ending: Ending
    end: Point
    outcome: Outcome
    place: Place | None
    curvatures: list[float]
    limit: float | None
    sharpest: tuple[float, Point] | None
    monotone: bool
    cycle: Sequence[Point] | None = None
    crossings: Crossings | None = None

    def numbers(self) -> str:
        """All of it: what ended the walk, what the end is, and what lies nearest."""
        if self.outcome == "diverged":
            return self._diverged()
        if self.ending.criterion == "tolerance" and self.ending.steps == 0:
            cause = self._no_step()
        elif self.outcome == "converged":
            cause = self._converged()
        elif self.cycle:
            cause = self._goes_round(self.cycle)
        else:
            cause = self._stalled() if self.outcome == "stalled" else self._out_of_steps()
        left = still_to_come(self.descent, self.ending)
        return " ".join(filter(None, [cause, self._what(), self._nearest(), left, self._crossed()]))

    # --- what ended the walk

    def _diverged(self) -> str:
        rate, head = self.descent.rates.learning_rate, f"Diverged after {steps_of(self.ending.steps)}: "
        if self.limit is None:
            return f"{head}{self._gone()}.{self._way()}{self._bottomless()}"
        limit = f"the limit {self._limit_text()} = {numeral(self.limit)} at the start"
        if rate > self.limit:
            return f"{head}the learning rate {numeral(rate)} is above {limit}.{self._way()}"
        compared = "at" if rate == self.limit else "below"
        although = f", although the learning rate {numeral(rate)} is {compared} {limit}"
        return f"{head}{self._gone()}{although}.{self._way()}{self._bottomless()}"

    def _gone(self) -> str:
        if self.ending.criterion == "too_far":
            return "the walker is more than a million domain widths away"
        if self.ending.steps == 0:
            return f"at the start the {self._loss()} or its gradient is no finite number"
        if not math.isfinite(self.ending.x + self.ending.y):
            why = f" ({self.optimizer.no_value})" if self.optimizer.no_value else ""
            return f"the last step led to no finite place{why}"
        return f"the {self._loss()} is no longer a finite number"

    def _way(self) -> str:
        """Tell of the sharpest curvature on the way, where it is sharper than at the start."""
        if self.sharpest is None or self.sharpest[0] <= 0:
            return ""
        curvature, where = self.sharpest
        at_start = max((self.descent.downhill * value for value in self.curvatures), default=-math.inf)
        if curvature <= 1.001 * at_start:
            return ""
        met = f" The sharpest curvature it met in the picture was {numeral(curvature)}, at {self._point(where)}"
        allowed = stability_limit(self.descent, self.optimizer, [self.descent.downhill * curvature])
        return f"{met}." if allowed is None else f"{met}: there the limit is {numeral(allowed)}."

    def _bottomless(self) -> str:
        if self.ending.criterion != "too_far" or not self.monotone:
            return ""
        way, most = ("fell", "lowest") if self.descent.goal == "minimize" else ("rose", "highest")
        return (
            f" The {self._loss()} {way} at every step, to {numeral(self.ending.loss)}, and goes on so: this ground "
            f"seems to have no {most} place in that direction."
        )

    def _no_step(self) -> str:
        size = "exactly zero" if self.ending.gradient_norm == 0 else self._size()
        return f"No step was taken: at the start {self._at()} the gradient is {size}."

    def _converged(self) -> str:
        return (
            f"Converged after {steps_of(self.ending.steps)} at {self._at()}, "
            f"{self._loss()} {numeral(self.ending.loss)}: "
            f"gradient norm and step are at or below the tolerance {numeral(self.descent.tolerance)}."
        )

    def _stalled(self) -> str:
        ending = self.ending
        head = f"Stalled after {steps_of(ending.steps)} at {self._at()}"
        if ending.criterion == "tolerance":
            return f"{head}: the gradient norm is {self._size()}, too small to move on."
        norm = f"{'though' if self.is_steep() else 'and'} the gradient norm is {self._size()}"
        if math.isnan(ending.gradient_norm):
            norm = "and there is no gradient there"
        if ending.criterion == "patience":
            least = f" by more than {numeral(self.descent.min_change)}" if self.descent.min_change else ""
            return (
                f"{head}, where patience ended: for {steps_of(self.descent.patience)} the {self._loss()}, now "
                f"{numeral(ending.loss)}, has not become better{least}, {norm}."
            )
        reason = f"the {self._loss()} {numeral(ending.loss)} no longer changes, {norm}"
        rate = self.descent.rates.learning_rate
        if self.limit is not None and math.isclose(rate, self.limit, rel_tol=1e-3):
            reason += (
                f"; the learning rate {numeral(rate)} is at the limit {self._limit_text()} = {numeral(self.limit)}, "
                "where the walker only jumps to and fro"
            )
        return f"{head}: {reason}."

    def _out_of_steps(self) -> str:
        loss = f"{self._loss()} {numeral(self.ending.loss)}"
        head = f"Out of steps after {steps_of(self.ending.steps)} at {self._at()}, {loss}"
        if self.ending.criterion == "budget":
            return f"{head}: the race's budget of evaluations, {self.descent.budget:.0f}, is spent."
        if self.is_too_fast:
            return f"{head}: {self._too_fast()}."
        if self.descent.tolerance == 0:
            return f"{head}: with tolerance 0 only divergence or patience ends a walk early."
        if self.is_steep():
            return f"{head}: the gradient norm is {self._size()}."
        if self.ending.gradient_norm <= self.descent.tolerance:
            return f"{head}: the last step was still longer than {numeral(self.descent.tolerance)}."
        return f"{head}: there is no gradient there."

    def _goes_round(self, cycle: Sequence[Point]) -> str:
        head = "Stalled" if self.outcome == "stalled" else "Out of steps"
        ended = ", where patience ended" if self.ending.criterion == "patience" else ""
        losses = [numeral(self.ending.loss)]
        if len(cycle) > 2:
            # Of as many points, some may be one: 1, 0, -1, 0.
            where = f"the same {len(cycle)} steps round, now at {self._point(self.end)}"
        else:
            other, end = cycle
            where = f"between two points, {' and '.join(self._told_apart(end, other))}"
            losses.append(numeral(float(self.descent.landscape.floats.loss(*in_plane(other)))))
        loss = " and ".join(dict.fromkeys(losses))
        reason = self._why_round()
        return " ".join(
            [
                f"{head} after {steps_of(self.ending.steps)}{ended}: for ever {where}, {self._loss()} {loss}.",
                *([f"{reason[0].upper()}{reason[1:]}."] if reason else []),
            ]
        )

    def _told_apart(self, *points: Point) -> list[str]:
        """Write places with as many digits as it takes to tell them apart, and four at least."""
        texts = ([self._point(point, digits=digits) for point in points] for digits in range(4, 18))
        return next(each for each in texts if len({*each}) == len(each))

    def _why_round(self) -> str:
        """Say why a walk goes round, where the limit tells, or the optimizer never comes to rest."""
        rate, limit = self.last_rate, self.limit
        if limit is not None and math.isclose(rate, limit, rel_tol=1e-9):
            return f"the learning rate {numeral(rate)} is at the limit {self._limit_text()} = {numeral(limit)}"
        if self.is_too_fast:
            return self._too_fast()
        known = self.nearest_known
        if known is not None:
            curvatures = eigenvalues(self.descent.landscape.floats, known.point)
            there = stability_limit(self.descent, self.optimizer, curvatures)
            if there is not None and rate > there * (1 + 1e-12):
                return (
                    f"the learning rate {numeral(rate)} is above the limit {self._limit_text()} = {numeral(there)} at "
                    f"the nearest known {self._wanted()}, so no walk can settle there"
                )
        return self.optimizer.restless(**self.descent.values)

    @cached_property
    def is_too_fast(self) -> bool:
        """Whether the last step used a learning rate at which no walk settles on ground as curved as that at the end.

        A limit that is met up to rounding is not exceeded: there the walker leaps to and fro.
        """
        return self.is_steep() and self.limit is not None and self.last_rate > self.limit * (1 + 1e-12)

    @cached_property
    def last_rate(self) -> float:
        """The learning rate that led to the end."""
        last = self.ending.steps
        return float(self.descent.rates.between(last - 1, last)[0])

    def _too_fast(self) -> str:
        assert self.limit is not None
        rate = self.last_rate
        last = "" if rate == self.descent.rates.learning_rate else " of the last step"
        limit = f"the limit {self._limit_text()} = {numeral(self.limit)}"
        text = f"the learning rate {numeral(rate)}{last} is above {limit} here, so the walk cannot settle"
        before = self.descent.downhill * float(self.descent.landscape.floats.loss(*in_plane(self.start)))
        if self.descent.downhill * self.ending.loss <= before:
            return text
        way = "risen" if self.descent.goal == "minimize" else "fallen"
        return f"{text}; the {self._loss()} has {way} from {numeral(self.descent.downhill * before)} at the start"

    # --- what the end is

    def _what(self) -> str:
        exact = not self.is_steep() and math.isfinite(self.ending.gradient_norm)
        this = ("The last point is" if self.cycle else "This is") if exact else "The walker is close to"
        climbs, wanted = self.descent.goal == "maximize", self._wanted()
        opposite = ", the opposite of the goal"
        match self.place:
            case None:
                return "What kind of place it is cannot be told: the derivatives do not exist there."
            case "global_minimum":
                article = "the" if self._lowest_is_one() else "a"
                return f"{this} {article} global minimum{opposite if climbs else ''}."
            case "local_minimum":
                return f"{this} a local minimum{opposite + '.' if climbs else self._deeper()}"
            case "saddle":
                return f"{this} a saddle, no {wanted}: {self._ways_on()}."
            case "maximum" if climbs:
                return f"{this} a maximum, which was the goal."
            case "maximum":
                hint = ", and a zero gradient does not say which" if exact else ""
                return f"{this} a maximum, no minimum: every way leads down{hint}."
            case "shoulder":
                return f"{this} a shoulder, no {wanted}: on one side the ground falls, on the other it rises."
            case "plateau":
                return f"This is a plateau, no {wanted}: only flat ground."
        if self.cycle:
            return ""
        but = ", but the steps are too long to follow it" if self.is_too_fast else ""
        return f"This is a slope: the ground still {'rises' if climbs else 'falls'}{but}."

    def is_steep(self) -> bool:
        """Whether the gradient is above the tolerance, or, without one, above what rounding leaves."""
        return self.ending.gradient_norm > max(self.descent.tolerance, 1e-13)

    def _wanted(self) -> str:
        return "minimum" if self.descent.goal == "minimize" else "maximum"

    def _deeper(self) -> str:
        best = self.descent.landscape.nearest(self.end, "global_minimum")
        if best is None:
            return "."
        article = "the" if self._lowest_is_one() else "a"
        gap = self.ending.loss - best.value
        return f"; {article} global minimum at {self._point(best.point)} lies {numeral(gap)} lower."

    def _ways_on(self) -> str:
        """Say which way the ground goes on from a saddle, by the eigenvalues where they tell."""
        landscape = self.descent.landscape
        sign, lower, falls = ("negative", "lower", "falls") if self._wanted() == "minimum" else _UPWARDS
        # A walk that stopped a little beside a point where the Hessian is zero has a tiny one itself.
        known = landscape.nearest(self.end, "saddle")
        at = self.end if known is None or landscape.scale.distance(known.point, self.end) > NEAR else known.point
        curvatures = eigenvalues(landscape.floats, at)
        on = [value for value in curvatures if self.descent.downhill * value < 0]
        if not curvatures:
            return f"the Hessian does not exist there, but some neighbours are {lower}"
        if not any(curvatures):
            return f"the Hessian is zero there and says nothing, but some neighbours are {lower}"
        if len(on) != 1:
            return f"to some sides the ground {falls}" if on else f"some neighbours are {lower}"
        return f"one Hessian eigenvalue is {sign} ({numeral(on[0])}), so to two sides the ground {falls}"

    # --- how far it is from where it should be

    def _nearest(self) -> str:
        """Name the nearest known minimum, or maximum for an ascent, where the walk did not end at one."""
        if self.place in (*self.wanted_kinds(), None):
            return ""
        known = self.nearest_known
        if known is None:
            return ""
        which = {
            "global_minimum": ", the global one," if self._lowest_is_one() else ", a global one,",
            "local_minimum": ", a local one,",
        }.get(known.kind, "")
        away = numeral(math.dist(known.point, self.end))
        return f"The nearest known {self._wanted()}{which} is {away} away, at {self._point(known.point)}."

    @cached_property
    def nearest_known(self) -> StationaryPoint | None:
        """The nearest known minimum, or maximum: the distance that is told is a plain one, and so is this."""
        known = self.descent.landscape.known(*self.wanted_kinds())
        return min(known, key=lambda other: math.dist(other.point, self.end), default=None)

    # --- what happened on the way

    def _crossed(self) -> str:
        """Tell when the walk came into another basin, and in which cycle of its restarts."""
        if self.crossings is None or self.crossings.count == 0:
            return ""
        ridge = self._ridge()
        # Between two basins there is but one.
        the = "the" if len(self.descent.landscape.known(*self.wanted_kinds())) == 2 else "a"
        count, last = self.crossings.count, self.crossings.last
        if count == 1:
            return f"It crossed {the} {ridge} at step {last}{self._cycle_of(last)}."
        steps = [crossing.step for crossing in self.crossings.told]
        if count == 2:
            return f"It crossed {the} {ridge} twice, at steps {steps[0]} and {last}{self._cycle_of(last)}."
        which = f"the {ridge}" if the == "the" else f"{ridge}s"
        return (
            f"It crossed {which} {count} times, first at step {steps[0]} and last at step {last}{self._cycle_of(last)}."
        )

    def crossed_in_short(self) -> str:
        """Tell of the last ridge that the walk came over, with the restart before it."""
        if self.outcome == "diverged" or self.crossings is None or self.crossings.count == 0:
            return ""
        ridge = self._ridge()
        count, last = self.crossings.count, self.crossings.last
        number = sum(restart < last for restart in self.descent.rates.restarts)
        after = f", after restart {number}" if number else ""
        if count == 1:
            return f"Over a {ridge} at step {last}{after}."
        return f"Over {ridge}s {'twice' if count == 2 else f'{count} times'}, last at step {last}{after}."

    def _ridge(self) -> str:
        """What lies between two basins; a curve has no line to be called a ridge."""
        flat, climbs = len(self.start) == 1, self.descent.goal == "maximize"
        if flat:
            return "dip" if climbs else "bump"
        return "valley" if climbs else "ridge"

    def _cycle_of(self, step: int) -> str:
        """Name the cycle of annealing in which this iterate was reached, where there are several."""
        restarts = self.descent.rates.restarts
        # The step that led to iterate k began at k - 1.
        number = sum(restart < step for restart in restarts)
        if not restarts:
            return ""
        return f", in the cycle after restart {number}" if number else ", before the first restart"

    def wanted_kinds(self) -> tuple[Kind, ...]:
        """The kinds of place that the goal is."""
        return ("global_minimum", "local_minimum") if self.descent.goal == "minimize" else ("maximum",)

    def _loss(self) -> str:
        """What is climbed is no loss."""
        return "loss" if self.descent.goal == "minimize" else "value"

    def _limit_text(self) -> str:
        return self.optimizer.stability_text(**self.descent.values)

    def _lowest_is_one(self) -> bool:
        return len(self.descent.landscape.known("global_minimum")) == 1

    def _at(self) -> str:
        # Below this a coordinate is the rest that the stop left, not a digit to read.
        return self._point(self.end, 1e-5)

    def _point(self, point: Point, rounding: float = 1e-13, digits: int = 4) -> str:
        """Write a place; a coordinate below this part of the domain's width is what rounding left of zero."""
        rounding *= min(self.descent.landscape.entry.domain.widths)
        numbers = [numeral(0.0 if abs(value) <= rounding else value, digits) for value in point]
        return f"({', '.join(numbers)})" if len(point) > 1 else f"{self.descent.landscape.entry.axes[0]} = {numbers[0]}"

    def _size(self) -> str:
        norm, tolerance = self.ending.gradient_norm, self.descent.tolerance
        if norm == 0:
            return "zero"
        if norm <= 1e-13:
            return f"zero up to rounding ({numeral(norm)})"
        if norm <= tolerance:
            return f"{numeral(norm)}, at or below the tolerance {numeral(tolerance)}"
        return f"{numeral(norm)}, above the tolerance {numeral(tolerance)}"


# What a saddle's words are for an ascent: sign of the eigenvalue, neighbours, ground.
_UPWARDS = ("positive", "higher", "rises")


def steps_of(count: int) -> str:
    """So many steps, in words."""
    return "1 step" if count == 1 else f"{count} steps"


def still_to_come(settings: Settings, ending: Ending | WeightsEnding) -> str:
    """Say so where the walk came to rest before its last restart, which might have thrown it out again."""
    left = sum(restart >= ending.steps for restart in settings.rates.restarts)
    if ending.criterion != "tolerance" or not left:
        return ""
    restarts = "1 restart was" if left == 1 else f"{left} restarts were"
    return f"{restarts} still to come: with tolerance 0 the walk goes on to {'it' if left == 1 else 'them'}."
