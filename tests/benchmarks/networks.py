"""Training a small network: one walk, and a map of settings, against the same work in eager PyTorch."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.cells import OUTCOMES
from app.descent.walks.descent import Settings
from app.descent.walks.trained_cells import TrainedCells, advance, at_settings
from app.descent.walks.weights import Problem, walk_weights
from tests.benchmarks.maps import TORCH
from tests.benchmarks.table import Row, against, fastest

CURVE = NETWORKS["network-curve"]
START = CURVE.first_weights(0, 1.0)
RATE, MOMENTUM, STEPS = 0.05, 0.9, 2_000
SIDE, MAP_STEPS = 64, 200
# The map of the lesson on the border of trainability.
RATES, MOMENTA = np.meshgrid(np.linspace(0.05, 1.0, SIDE), np.linspace(0.0, 1.0, SIDE))


def problem() -> Problem:
    """The network's loss, as walks have it."""
    return Problem(CURVE.loss_and_gradient, 1e6, len(CURVE), CURVE.batch_gradient, loss=CURVE.loss)


def momentum(steps: int) -> Settings:
    """Momentum that does not end early."""
    entry, plan = OPTIMIZERS["momentum"], SCHEDULES["constant"]
    rates = LearningRates(plan, RATE, (steps,), plan.values({}))
    values = entry.values({"momentum": MOMENTUM})
    return Settings(rule=entry.rule, values=values, rates=rates, steps=steps, tolerance=0.0)


def walk() -> list[Any]:
    """One walk with all its columns."""
    return list(walk_weights(momentum(STEPS), problem(), START[:, None]))


def cells() -> TrainedCells:
    """A cell for each learning rate and momentum."""
    begun = at_settings(momentum(MAP_STEPS), problem(), START, RATES.ravel(), "momentum", MOMENTA.ravel())
    return advance(begun, float("inf"))


def networks() -> Iterator[Row]:
    """A walk of 2 000 steps and a map of 64² × 200 steps over the network of 13 weights, on one core."""
    walked, mapped = fastest(walk, cells, rounds=5)
    peer = _torch()
    yield Row("network-curve: one walk", walked / (STEPS + 1) * 1e6, "µs/step", 60)
    yield from _over(walked / (STEPS + 1) * 1e6, peer and peer[0] * 1e6, 4.5, "eager PyTorch µs")
    yield Row(f"network-curve: rates and momentum, {SIDE}² × {MAP_STEPS}, one core", mapped, "s", 0.9)
    yield from _over(mapped, peer and peer[1], 2.0, "eager PyTorch s")
    if peer:
        end = walk()[-1]
        assert abs(end.loss - peer[2]) <= 1e-6, "both loops walk the same walk"
        within = int((cells().outcome != OUTCOMES.index("diverged")).sum())
        yield Row("    cells that diverge in one of the two alone", abs(within - peer[3]), "cells")


def _over(own: float, peer: float | None, least: float, name: str) -> Iterator[Row]:
    if peer is None:
        yield Row("  its speed over eager PyTorch: not measured, it is not here", 0.0, "×")
    else:
        yield Row("  its speed over eager PyTorch, one thread", peer / own, "×", least, True, against(own, peer, name))


def _torch() -> list[float] | None:
    """What eager PyTorch says, None where there is none."""
    if not (find_spec("torch") if sys.executable == TORCH else Path(TORCH).exists()):
        print("no PyTorch (DOWNHILL_TORCH names a Python that has it): training is not compared with it")
        return None
    numbers = {
        "inputs": [row[0] for row in CURVE.inputs],
        "targets": CURVE.targets,
        "hidden": CURVE.hidden,
        "start": START.tolist(),
        "rate": RATE,
        "momentum": MOMENTUM,
        "steps": STEPS,
        "map_steps": MAP_STEPS,
        "rates": RATES.ravel().tolist(),
        "momenta": MOMENTA.ravel().tolist(),
    }
    command = [TORCH, str(Path(__file__).with_name("networks_torch.py"))]
    told = subprocess.run(command, input=json.dumps(numbers), capture_output=True, text=True, check=True)
    return list(map(float, told.stdout.split()))


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {"networks": networks}
