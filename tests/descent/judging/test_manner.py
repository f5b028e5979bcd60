"""How a walk went, told of ways whose shape is known: damped swings, zigzags, crawls."""

import math

import numpy as np
import pytest

from app.descent.judging.judged_walk import judged_walk
from app.descent.judging.manner import DOT, MOST_PASSES, Path
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.by_hand import descent, landscape

# Of width 1: what is not seen is shorter than a hundredth.
BOX = Box((-0.5, -0.5), (0.5, 0.5))


def path(x, y, loss, parts=1, downhill=1.0):
    columns = [np.array_split(np.asarray(column, dtype=float), parts) for column in (x, y, loss)]
    return Path(list(zip(*columns, strict=True)), BOX, downhill)


def swing(turns, fade, steps_a_turn=20):
    """A damped swing along x, cos(πt)·fade^t, on the bowl x²."""
    t = np.arange(turns * steps_a_turn + 1) / steps_a_turn
    x = 0.4 * np.cos(np.pi * t) * fade**t
    return x, np.zeros_like(x), x * x


@pytest.mark.parametrize("parts", [1, 3, 7])
@pytest.mark.parametrize("fade", [0.9, 0.5, 0.1])
def test_a_swing_passes_the_bottom_as_often_as_its_amplitude_is_longer_than_a_dot(fade, parts):
    # The slope of cos(πt)·fade^t is zero where tan(πt) = ln(fade)/π, a little before each whole t.
    angle = math.atan(-math.log(fade) / math.pi)
    seen = sum(0.4 * fade ** (n - angle / math.pi) * math.cos(angle) > DOT for n in range(1, 41))
    assert path(*swing(40, fade), parts).settling((0.0, 0.0)).passes == seen


def test_a_roll_up_on_the_side_that_it_comes_from_is_no_pass():
    # Down from the right, up a bump on the right, and down to the bottom.
    x = np.linspace(0.4, 0.0, 50)
    loss = x + 0.05 * np.sin(40 * x)
    assert (np.diff(loss) > 0).any()
    assert path(x, 0 * x, loss).settling((0.0, 0.0)).passes == 0


def test_what_passes_to_the_end_of_what_is_looked_at_is_not_counted():
    endless = swing(MOST_PASSES + 50, 1.0)
    assert path(*endless).settling((0.0, 0.0)).passes == 0
    assert path(*swing(100, 1.0)).settling((0.0, 0.0)).passes == 100


def test_three_turns_in_a_row_are_a_zigzag_if_they_are_seen():
    y = 0.3 * (-0.9) ** np.arange(8.0)
    x = np.linspace(-0.4, -0.3, 8)
    assert path(x, y, y * y).under_way().zigzags
    assert not path(x, y / 100, y * y).under_way().zigzags
    assert not path(x[:4], y[:4], y[:4] ** 2).under_way().zigzags
    # A swing turns, but not at each step.
    assert not path(*swing(4, 0.9)).settling((0.0, 0.0)).zigzags


def test_leaps_grow_to_the_end():
    y = 0.1 * (-1.5) ** np.arange(12.0)
    assert path(0 * y, y, y * y).leaving().leaps
    gone = np.append(y, math.inf)
    assert path(np.zeros(13), gone, gone).leaving().leaps
    assert not path(0 * y, np.abs(y), y * y).leaving().leaps
    assert not path(0 * y, y[::-1], y * y).leaving().leaps
    assert not path([0.0, 1.0], [0.0, 1.0], [0.0, 1.0]).leaving().leaps


@pytest.mark.parametrize(("last", "crawls"), [(0.009, True), (0.011, False)])
def test_a_long_walk_crawls_if_its_last_tenth_leads_less_than_a_dot_on(last, crawls):
    x = np.concatenate([np.linspace(-0.4, 0, 181), np.linspace(0, last, 21)[1:]])
    way = path(x, 0 * x, -x)
    assert way.under_way().crawls is crawls
    assert way.under_way().falls
    assert not path(x[::10], 0 * x[::10], -x[::10]).under_way().crawls


def test_up_is_the_right_way_for_an_ascent():
    x = np.linspace(0, 0.4, 30)
    assert path(x, 0 * x, x, downhill=-1.0).under_way().falls
    assert path(x, 0 * x, x).under_way().rises


def test_plain_descent_on_a_parabola_leaps_from_side_to_side_when_its_step_is_longer_than_needed():
    # x → (1 - η) x: from one side to the other for η above 1.
    ground = landscape("x**2/2", (1.0,), half_width=2.0)
    said = {}
    for rate in (0.5, 1.9, 2.1):
        settings = descent(ground, learning_rate=rate, steps=400)
        *_, judged = judged_walk(settings, OPTIMIZERS["gradient-descent"], [(1.0,)], ground.domain)
        said[rate] = judged.verdict.headline
    assert said[0.5].startswith("It settles at the bottom after ")
    assert said[1.9].startswith("It leaps from side to side, then settles at the bottom after ")
    assert said[2.1].startswith("It leaps to and fro, further each time, and is gone after ")
