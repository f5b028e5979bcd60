"""The search for stationary points: what counts as one, and that it matters little where the search begins."""

import dataclasses
import math
from itertools import product

import numpy as np
import pytest

from app.descent.formulas.formula import Formula
from app.descent.formulas.work import Budget
from app.descent.landscapes import LANDSCAPES, search
from app.descent.landscapes.curvature import ZERO_SLOPE, gradient_at, newton_step, polish
from app.descent.landscapes.landscape import Box
from app.descent.landscapes.search import rough_places
from tests.descent.by_hand import landscape

FORMULAS = [entry for entry in LANDSCAPES.values() if isinstance(entry.loss, Formula)]
CASES = [
    pytest.param(entry, shape, id=entry.slug if shape is None else f"{entry.slug}-{shape:.4g}")
    for entry in FORMULAS
    for shape in ([None] if entry.shape is None else sorted({entry.shape.low, entry.shape.default, entry.shape.high}))
]


def _points(expression, start=(1.0, 1.0), **options):
    return [(known.point, known.kind) for known in landscape(expression, start, **options).at().stationary_points]


def _rough(fixed):
    return rough_places(fixed.arrays, *fixed.entry.domain, fixed.scale)


# --- what counts


@pytest.mark.parametrize("flatness", [0.25, 1.0, 4.0, 50.0, 1000.0])
def test_the_flat_rim_of_a_plateau_has_no_points(flatness):
    fixed = LANDSCAPES["plateau"].at(flatness)
    assert fixed.stationary_points == (((0.0, 0.0), 0.0, "global_minimum"),)


def test_on_the_rim_the_slope_is_zero_to_rounding_and_newtons_step_is_not():
    # So the slope alone would call it a stationary point. There exp(-φr²/2) has the step r/(φr² - 1), outwards.
    fixed, point = LANDSCAPES["plateau"].at(4.0), (2.4, 3.2)
    assert fixed.scale.slope(gradient_at(fixed.floats, point)) < ZERO_SLOPE / 10
    assert polish(fixed.floats, point, fixed.scale) is not None
    assert newton_step(fixed.floats, point) == pytest.approx((2.4 / 63, 3.2 / 63))
    assert math.hypot(2.4 / 63, 3.2 / 63) / 8 > 1e4 * search._REST


@pytest.mark.parametrize(
    ("expression", "start"),
    [
        ("3 + 0*x + 0*y", (1.0, 1.0)),  # level ground
        ("3 + 0*x", (1.0,)),
        ("abs(x) + x", (1.0,)),  # level on one side
        ("tanh(20*x)", (1.0,)),  # level to rounding on both
        ("x**2 + 0*y", (1.0, 1.0)),  # the floor of a gutter
        ("(x - 2*y + 0.3)**2", (1.0, 1.0)),
        ("y**4 + 0*x", (1.0, 1.0)),
        ("abs(x) + 0*y", (1.0, 1.0)),
        ("x**2*y**2", (1.0, 1.0)),  # two of them, crossed
        ("exp(-x)", (1.0,)),  # a slope that ends nowhere
        ("x + y**2", (1.0, 1.0)),
        ("x**3 + 0.02*x", (1.0,)),  # Newton goes round and round
    ],
)
def test_where_nothing_stands_alone_there_is_no_point(expression, start):
    assert _points(expression, start) == []


@pytest.mark.parametrize(
    ("expression", "point", "kind"),
    [
        ("(x*y - 1)**2", (0, 0), "saddle"),  # beside a gutter that is bent
        ("(x**2 + y**2 - 1)**2", (0, 0), "maximum"),
        ("(x - 0.013)**4 + (y - 0.017)**2", (0.013, 0.017), "global_minimum"),
        ("(x - 0.013)**4 + (y - 0.017)**4", (0.013, 0.017), "global_minimum"),
        ("(x - 0.013)**3 + (y - 0.017)**2", (0.013, 0.017), "shoulder"),
        ("(x - 0.013)**3 - 3*(x - 0.013)*y**2", (0.013, 0), "saddle"),
        ("abs(x) + abs(y)", (0, 0), "global_minimum"),
    ],
)
def test_a_place_without_curvature_that_stands_alone_counts(expression, point, kind):
    ((found, its_kind),) = _points(expression)
    assert found == pytest.approx(point, abs=1e-9)
    assert its_kind == kind


def test_what_lies_outside_the_domain_is_not_told_and_its_border_is_inside():
    assert _points("cos(pi*x)", (0.5,), domain=Box((0.0,), (1.5,))) == [((1,), "global_minimum"), ((0,), "maximum")]
    assert _points("(x**2 - 1)**2 + y**2", domain=Box((0.1, -1.0), (2.0, 1.0))) == [((1, 0), "global_minimum")]
    assert _points("(x**2 - 1)**2 + y**2", domain=Box((0.1, 0.1), (2.0, 1.0))) == []


def test_two_points_that_rounding_would_join_are_both_found():
    # The slope is (x - a) (x - b); four digits for the width of 4 are steps of a thousandth.
    (a, _), (b, _) = _points("x**3/3 - 0.5004*x**2/2*2 + 0.5003*0.5005*x", (1.0,))
    assert sorted([a[0], b[0]]) == pytest.approx([0.5003, 0.5005], abs=1e-9)


# --- where it begins


@pytest.mark.long
@pytest.mark.parametrize(("entry", "shape"), CASES)
def test_another_grid_finds_the_same_points_to_the_last_digit(monkeypatch, entry, shape):
    expected = entry.at(shape).stationary_points
    monkeypatch.setattr(search, "NODES", {1: 501, 2: 51})
    assert dataclasses.replace(entry.at(shape)).stationary_points == expected


@pytest.mark.parametrize(
    ("entry", "shape"), [case for case in CASES if case.values[0].slug not in ("rastrigin", "ackley")]
)
def test_where_there_are_not_hundreds_half_as_many_nodes_lose_nothing(monkeypatch, entry, shape):
    expected = entry.at(shape).stationary_points
    monkeypatch.setattr(search, "NODES", {1: 201, 2: 21})
    assert dataclasses.replace(entry.at(shape)).stationary_points == expected


def test_places_are_told_by_four_digits_for_the_width_of_the_domain():
    # x² + 2y² - 2x/3 - 4y/7 and so on: at (1/3, 1/7), or a hundred times as far in a domain a hundred times as wide.
    near = landscape("(x - 1/3)**2 + 2*(y - 1/7)**2").at()
    wide = landscape("(x - 100/3)**2 + 2*(y - 100/7)**2", half_width=200.0).at()
    assert (_rough(near), _rough(wide)) == ([(0.333, 0.143)], [(33.3, 14.3)])


def test_hundreds_are_told_by_whole_and_half_numbers_where_these_lead_there():
    halves = {(x / 2, y / 2) for x, y in product(range(-10, 11), repeat=2)}
    assert set(_rough(LANDSCAPES["rastrigin"].at())) == halves
    found = _rough(LANDSCAPES["ackley"].at())
    others = [place for place in found if any(2 * value % 1 for value in place)]
    # From (2, 1/2) Newton leads to another of the dimples' rims.
    assert sorted({tuple(sorted(map(abs, place))) for place in others}) == [(0.55, 1.773)]


def test_a_search_that_finds_nothing_tells_nothing():
    for expression in ("x + y", "log(x - 5)*y"):
        assert _rough(landscape(expression).at()) == []


def test_the_middle_of_the_domain_is_a_node_and_so_are_its_corners():
    fixed = landscape("x*y", domain=Box((-0.3, 0.1), (0.5, 0.7))).at()
    nodes = search._Domain.of(fixed.arrays, *fixed.entry.domain, fixed.scale, None, Budget()).nodes()
    assert nodes.shape == (2, 41 * 41)
    for corner in product((-0.3, 0.1, 0.5), (0.1, 0.4, 0.7)):
        assert np.abs(nodes - np.array(corner)[:, None]).max(axis=0).min() < 1e-15
    assert landscape("abs(x - 0.1)", (0.0,), domain=Box((-0.3,), (0.5,))).at().stationary_points[0].point == (0.1,)
