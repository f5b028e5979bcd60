"""Exact fits: held against NumPy's and SciPy-free laws, and against what separates two classes by brute force."""

import numpy as np
import pytest

from app.descent.landscapes.fitting import least_squares, logistic_fit, roots_mean_square, separation


def random_columns(dice, count, points):
    return dice.normal(size=(count, points)) * 10.0 ** dice.integers(-3, 4, size=(count, 1))


@pytest.mark.parametrize("seed", range(5))
def test_least_squares_leave_an_error_that_no_column_explains(seed):
    dice = np.random.default_rng(seed)
    columns, targets = random_columns(dice, 3, 40), dice.normal(size=40)
    rest = targets - least_squares(columns, targets) @ columns
    assert np.abs(columns @ rest / roots_mean_square(columns)).max() < 1e-12 * 40


def test_of_several_least_squares_that_is_taken_to_which_each_column_adds_as_much():
    assert least_squares(np.array([[3.0], [0.25]]), np.array([1.0])) == pytest.approx([0.5 / 3, 0.5 / 0.25], rel=1e-12)
    assert (least_squares(np.zeros((2, 3)), np.ones(3)) == 0).all()


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("constant", [0.0, -1.3])
def test_a_logistic_fit_has_no_slope_left(seed, constant):
    dice = np.random.default_rng(seed)
    columns = random_columns(dice, 2, 60)
    labels = (dice.random(60) < 0.5).astype(float)
    weights, lowest = logistic_fit(columns, labels, constant)
    chance = 1 / (1 + np.exp(-(weights @ columns + constant)))
    assert lowest
    assert np.abs(columns @ (chance - labels) / roots_mean_square(columns)).max() < 1e-10


def test_a_logistic_fit_without_an_end_is_said_to_be_none_and_stays_small():
    columns = np.array([[-2.0, -1, 1, 2], [1.0, 1, 1, 1]])
    weights, lowest = logistic_fit(columns, np.array([0.0, 0, 1, 1]))
    assert not lowest
    assert 1 < weights[0] < 10


def separated_by_brute_force(first, second):
    """Whether some direction is wrong about no point, and about which it is right: looked for all round."""
    angles = np.linspace(0, 2 * np.pi, 721)
    # Exactly at a right angle to a point, to both sides, it can be right about the others alone.
    across, up = np.array([*np.cos(angles), *first, *-first]), np.array([*np.sin(angles), *second, *-second])
    x, y = np.array([*across, *-up[721:]]), np.array([*up, *across[721:]])
    along = np.outer(x, first) + np.outer(y, second)
    right = along.min(axis=1)
    never_wrong = right >= -1e-9
    endless = bool((never_wrong & (along.max(axis=1) > 1e-9)).any())
    return endless, bool((right > 1e-9).any())


@pytest.mark.parametrize("seed", range(200))
def test_separation_is_what_a_search_all_round_says(seed):
    dice = np.random.default_rng(seed)
    # Small whole numbers: points on the border, and all on one line, are among them.
    count = int(dice.integers(1, 7))
    columns = dice.integers(-2, 3, size=(2, count)).astype(float)
    labels = dice.integers(0, 2, size=count).astype(float)
    first, second = np.where(labels > 0.5, 1, -1) * columns
    assert tuple(separation(columns, labels)) == separated_by_brute_force(first, second)
