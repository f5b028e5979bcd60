"""Where the cells of a map lie, and in which order they are computed."""

import math
from itertools import pairwise

import numpy as np
import pytest

from app.descent.walks.grid import COARSE, Axis, passes, strides

AXES = [Axis(-2.0, 3.0), Axis(0.0, 1e-18), Axis(-3e6, 5e6), Axis(1e-3, 10.0, log=True), Axis(1e-300, 1e-20, log=True)]
COUNTS = (1, 2, 31, 32, 33, 1000, 1024)


@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("count", COUNTS)
def test_the_cells_divide_the_axis_evenly_and_their_places_are_their_middles(axis, count):
    places = axis.centres(count)
    assert places.shape == (count,)
    # Half a cell from either end, and one cell from each other: in the logarithm, where that is what the axis shows.
    low, high, *at = (math.log(value) if axis.log else value for value in (axis.low, axis.high, *places.tolist()))
    expected = [low + (high - low) * (2 * k + 1) / (2 * count) for k in range(count)]
    assert at == pytest.approx(expected, rel=1e-12, abs=1e-12 * max(abs(low), abs(high)))


def test_a_logarithmic_axis_has_its_geometric_mean_in_the_middle():
    assert Axis(1e-3, 1e3, log=True).centres(1)[0] == pytest.approx(1.0, rel=1e-15)
    assert Axis(0.25, 4.0, log=True).centres(2).tolist() == pytest.approx([0.5, 2.0], rel=1e-15)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("count", [2, 3, 256])
def test_an_axis_resolves_its_cells_until_float64_has_no_four_numbers_between_them(log, count):
    for low in (0.1, 1.0, 7.3e5):
        spacing = math.ulp(low)
        assert Axis(low, low + 8 * count * spacing, log).resolves(count)
        assert not Axis(low, low + 2 * count * spacing, log).resolves(count)
        assert not Axis(low, math.nextafter(low, math.inf), log).resolves(count)


def test_what_an_axis_resolves_are_places_that_ascend_and_differ():
    for low, width in ((1.0, 1e-12), (0.1, 1e-13), (-3.0, 1e-9)):
        axis = Axis(low, low + width)
        assert axis.resolves(100)
        places = axis.centres(100)
        assert (np.diff(places) > 0).all()
        assert places[0] > axis.low
        assert places[-1] < axis.high


def test_a_logarithmic_axis_is_resolved_over_as_many_decades_as_you_like():
    for low, high in ((1e-15, 10.0), (1e-100, 1e100), (1e-300, 1e-20)):
        assert Axis(low, high, log=True).resolves(1024)
    assert not Axis(5e-324, 1e-322, log=True).resolves(64)


def test_around_zero_float64_resolves_what_is_as_small_as_you_like():
    assert Axis(-1e-300, 1e-300).resolves(1024)


@pytest.mark.parametrize("resolution", [1, 2, 3, 31, 32, 33, 64, 65, 256, 1000, 1023, 1024, 4096])
def test_each_pass_goes_by_half_the_stride_of_the_one_before_and_the_first_is_coarse(resolution):
    found = list(strides(resolution))
    assert found[-1] == 1
    assert all(coarse == 2 * fine for coarse, fine in pairwise(found))
    assert math.ceil(resolution / found[0]) <= COARSE
    # No coarser than it must be: with half the first stride there would be too many cells.
    assert found[0] == 1 or math.ceil(resolution / (found[0] / 2)) > COARSE


@pytest.mark.parametrize("shape", [(2, 2), (1, 33), (1, 1000), (32, 32), (33, 33), (65, 65), (100, 100), (256, 256)])
def test_the_passes_hold_every_cell_once_and_each_all_that_its_stride_reaches(shape):
    rows, columns = shape
    known = set()
    for stride, places in passes(rows, columns):
        new = places.tolist()
        assert new == sorted(set(new))
        assert known.isdisjoint(new)
        known.update(new)
        assert known == {i * columns + j for i in range(0, rows, stride) for j in range(0, columns, stride)}
    assert known == set(range(rows * columns))


def test_a_finer_pass_computes_no_cell_again():
    sizes = [len(places) for _, places in passes(256, 256)]
    assert sizes == [32**2, 64**2 - 32**2, 128**2 - 64**2, 256**2 - 128**2]
