"""The verdict on training: where a walk in n weights ended and why, by the whole Hessian of the network."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.judging import cycle as cycles
from app.descent.judging.headlines import Facts, headline
from app.descent.judging.limits import stability_limit
from app.descent.judging.manner import Manner
from app.descent.judging.places import Place
from app.descent.judging.race import PARTS, Progress
from app.descent.judging.verdict import RESTLESS_RATE, Verdict
from app.descent.judging.weight_places import (
    curvatures_of,
    is_least,
    is_undecided,
    is_unending,
    place_of_weights,
    share_right,
    slope_at,
    stationary_near,
)
from app.descent.judging.weight_sentences import EXACTLY, TrainingSentences
from app.descent.landscapes.network import Network
from app.descent.optimizers.table import TYPED, Optimizer
from app.descent.walks.descent import Outcome, Settings
from app.descent.walks.weights import WeightsChunk, WeightsEnding

# Weights that have changed by no more than this part of their length, on a slope that is no steeper, have not moved.
_STILL = 1e-12
# With this part of the limit's learning rate a walk is at the edge of stability, if its loss also goes up and down.
_EDGE = 0.9


class JudgedTraining(NamedTuple):
    """A walker's end with its verdict; of ``reached`` and ``stayed``, shape (parts,) each, see ``Progress``."""

    ending: WeightsEnding
    verdict: Verdict
    reached: Array
    stayed: Array


def judged_training(
    settings: Settings,
    optimizer: Optimizer,
    network: Network,
    starts: Array,
    events: Iterable[WeightsChunk | WeightsEnding],
    parts: Sequence[float] = PARTS,
) -> Iterator[WeightsChunk | JudgedTraining]:
    """Yield the chunks of ``events``, as ``walk_weights`` does, and each walker's end with its verdict.

    ``starts``, shape (n, walkers), are the first weights of the walkers.
    """
    progress, kept = Progress(settings, starts.shape[1], parts), _Kept(settings, optimizer)
    for event in events:
        if isinstance(event, WeightsChunk):
            progress.follow(event)
            kept.follow(event)
            yield event
        else:
            walker = event.walker
            losses, cycle = kept.of(event)
            verdict = judge_weights(settings, optimizer, network, starts[:, walker], event, losses, cycle)
            yield JudgedTraining(event, verdict, progress.reached[walker], progress.stayed[walker])


class _Kept:
    """What is kept of each walker until it ends: all its losses, and its last weights, for its verdict."""

    def __init__(self, settings: Settings, optimizer: Optimizer) -> None:
        self._settings = settings
        self._losses: dict[int, list[Array]] = {}
        self._weights: dict[int, list[Array]] = {}
        # What else an optimizer remembers decides about its next step, and a random one is no repeat.
        self._may_repeat = not (settings.is_random or optimizer.adapts or optimizer.remembers)

    def follow(self, chunk: WeightsChunk) -> None:
        """Take the next part of some walker's walk."""
        self._losses.setdefault(chunk.walker, []).append(chunk.loss)
        if self._may_repeat:
            parts = self._weights.setdefault(chunk.walker, [])
            parts.append(chunk.weights[-cycles.LAST :])
            while sum(map(len, parts[1:])) >= cycles.LAST:
                del parts[0]

    def of(self, ending: WeightsEnding) -> tuple[Array, int | None]:
        """The losses of a walk, and the period that its last weights repeat with for ever; both are forgotten now."""
        losses = np.concatenate(self._losses.pop(ending.walker))
        parts = self._weights.pop(ending.walker, [])
        if not parts or ending.outcome in ("converged", "diverged"):
            return losses, None
        points = np.concatenate(parts)[-cycles.LAST :]
        rates = self._settings.rates.between(ending.steps - len(points) + 1, ending.steps)
        return losses, cycles.period_of(points) if (rates == rates[0]).all() else None


def judge_weights(
    settings: Settings,
    optimizer: Optimizer,
    network: Network,
    start: Array,
    ending: WeightsEnding,
    losses: Array | None = None,
    cycle: int | None = None,
) -> Verdict:
    """The verdict on a walk that began at ``start``, shape (n,), and whose iterates had these ``losses``.

    Curvatures and limit are those at the end, or, where the walk diverged, at the start; ``cycle`` is the period of one
    that goes round for ever.
    """
    known = np.empty(0) if losses is None else losses
    return _Training(settings, optimizer, network, start, ending, known, cycle).verdict()


@dataclass(frozen=True)
class _Training:
    """What is known of one walk that has ended, and what is told of it."""

    settings: Settings
    optimizer: Optimizer
    network: Network
    start: Array
    ending: WeightsEnding
    losses: Array
    cycle: int | None

    @property
    def diverged(self) -> bool:
        """Whether the end lies outside everything that can be told."""
        return self.ending.outcome == "diverged"

    @cached_property
    def curvatures(self) -> list[float]:
        """All of them at the end, at the start of a walk that diverged."""
        return curvatures_of(self.network, self.start if self.diverged else self.ending.weights)

    @cached_property
    def limit(self) -> float | None:
        """The learning rate that is too high for them."""
        return stability_limit(self.settings, self.optimizer, self.curvatures)

    @cached_property
    def place(self) -> Place | None:
        """The kind of place where it ended."""
        return None if self.diverged else place_of_weights(self.network, self.ending.weights)

    @property
    def outcome(self) -> Outcome:
        """How it ended: at rest on a plateau it has stalled."""
        is_flat = self.ending.outcome == "converged" and self.place == "plateau"
        return "stalled" if is_flat else self.ending.outcome

    @cached_property
    def last_rate(self) -> float:
        """The learning rate that led to the end."""
        return float(self.settings.rates.between(self.ending.steps - 1, self.ending.steps)[0])

    def verdict(self) -> Verdict:
        """Where it ended and why, in numbers and in words."""
        at_start = None
        if self._is_edge() or self._is_too_fast():
            at_start = stability_limit(self.settings, self.optimizer, curvatures_of(self.network, self.start))
        words = TrainingSentences(
            self.settings,
            self.optimizer,
            self.ending,
            self.outcome,
            self.place,
            self.curvatures,
            self.limit,
            self.last_rate,
            unmoved=self._is_unmoved(),
            monotone=self._is_endless(),
            unending=self._is_unending(),
            near=self._is_near(),
            right=None if self.diverged else share_right(self.network, self.ending.weights),
            undecided=not self.diverged and is_undecided(self.network, self.ending.weights),
            limit_at_start=at_start,
            cycle=self.cycle,
        )
        first, second = headline(self._facts()), words.numbers()
        return Verdict(self.outcome, self.place, self.curvatures, self.limit, first, second, self.cycle)

    def _facts(self) -> Facts:
        settings, ending = self.settings, self.ending
        facts = Facts(
            self.outcome,
            ending.criterion,
            self.place,
            settings.goal,
            len(self.start),
            ending.steps,
            network=True,
            period=self.cycle,
        )
        if self.diverged:
            too_long = self.limit is not None and settings.rates.learning_rate > self.limit * (1 + EXACTLY)
            nowhere = not all(map(math.isfinite, ending.weights.tolist()))
            valueless = self.optimizer.slug == TYPED and nowhere and ending.criterion == "not_finite"
            return facts._replace(too_long=too_long, endless=self._is_endless(), valueless=valueless)
        rises, is_slope = self._rises(), self.place == "slope"
        return facts._replace(
            patience=settings.patience,
            counts_any_change=settings.min_change == 0,
            near=self._is_near(),
            drawn=self._drawn(),
            too_fast=self._is_too_fast(),
            higher=len(self.losses) > 1 and ending.loss > float(self.losses[0]),
            manner=Manner(zigzags=rises and is_slope, rises=rises, falls=len(self.losses) > 1 and not rises),
            unmoved=self._is_unmoved(),
            edge=self._is_edge(),
            unending=self._is_unending(),
        )

    def _is_unmoved(self) -> bool:
        if self.diverged or self.ending.gradient_norm > _STILL:
            return False
        moved = float(np.linalg.norm(self.ending.weights - self.start))
        return moved <= _STILL * max(1.0, float(np.linalg.norm(self.start)))

    def _drawn(self) -> str:
        """What keeps the walk moving that is drawn at random, if anything does to the end."""
        settings = self.settings
        restless = self.last_rate > RESTLESS_RATE * settings.rates.learning_rate
        if not (settings.is_random and self.ending.steps and restless):
            return ""
        return "the noise keeps" if settings.noise else "its mini-batches keep"

    def _is_too_fast(self) -> bool:
        steep = self.ending.gradient_norm > max(self.settings.tolerance, 1e-13)
        fast = self.limit is not None and self.last_rate > self.limit * (1 + EXACTLY)
        return not self.diverged and self.ending.steps > 0 and steep and fast

    def _rises(self) -> bool:
        """Whether the loss rose at times in the last tenth of the walk."""
        lately = self.losses[-max(3, len(self.losses) // 10) - 1 :]
        return bool((lately[1:] > lately[:-1]).any())

    def _is_edge(self) -> bool:
        """Whether the learning rate is at the limit, where the loss goes up and down, but is lower than it was."""
        at_limit = self.limit is not None and self.last_rate >= _EDGE * self.limit
        if self.diverged or self.settings.is_random or not at_limit or not self._rises():
            return False
        before, lately = np.array_split(self.losses[len(self.losses) // 2 :], 2)
        falls = float(lately.mean()) < float(before.mean())
        return falls and self.ending.loss < float(self.losses[0])

    def _is_unending(self) -> bool:
        return self.place == "slope" and is_unending(self.network, self.ending.weights)

    def _is_near(self) -> bool:
        """Whether the loss is as low as any can be close by."""
        if self.place != "local_minimum":
            return False
        exact = stationary_near(self.network, self.ending.weights)
        return exact is not None and is_least(self.network, exact)

    def _is_endless(self) -> bool:
        """Whether a walk that left fell at every step, and goes on doing so for a while beyond its end."""
        if self.ending.criterion != "too_far" or len(self.losses) < 2 or not (np.diff(self.losses) < 0).all():
            return False
        end = self.ending.weights
        beyond = end[:, None] + (end - self.start)[:, None] * 2.0 ** np.arange(1, 11)
        losses = self.network.loss_and_gradient(beyond)[0]
        return bool((np.diff(losses, prepend=slope_at(self.network, end)[0]) < 0).all())
