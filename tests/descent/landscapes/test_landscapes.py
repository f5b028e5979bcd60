"""Every landscape of the registry, proved by one table of hand-derived formulas and by independent searches."""

import dataclasses
import itertools
import math

import numpy as np
import pytest
from scipy.optimize import brentq, linear_sum_assignment, minimize, root

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.curvature import eigenvalues
from app.descent.landscapes.landscape import Box, FixedLandscape, Shape, full_kind, registry
from tests.descent.by_hand import (
    BY_HAND,
    CARS,
    PLAIN,
    STUDENTS,
    eigenvalues_by_hand,
    fitting,
    hessian_by_differences,
    landscape,
    slope,
    unknown,
    usual_shape,
)
from tests.descent.places import PLACES, ROUGH, USUAL


def _shapes(entry):
    if entry.shape is None:
        return [None]
    knob = entry.shape
    between = knob.low**0.4 * knob.high**0.6 if knob.log else 0.3 * knob.low + 0.7 * knob.high
    return sorted({knob.low, knob.default, between, knob.high})


CASES = [
    pytest.param(entry, shape, id=slug if shape is None else f"{slug}-{shape:.4g}")
    for slug, entry in PLAIN.items()
    for shape in _shapes(entry)
]
every_case = pytest.mark.parametrize(("entry", "shape"), CASES)
every_entry = pytest.mark.parametrize("entry", [pytest.param(entry, id=slug) for slug, entry in PLAIN.items()])


def _points(box, count, seed=7):
    """Return points inside the box, shape (count, 2); those of a curve lie on y = 0."""
    drawn = np.random.default_rng(seed).uniform(box.low, box.high, (count, len(box.low)))
    return np.concatenate([drawn, np.zeros((count, 2 - len(box.low)))], axis=1)


def _hand(entry, shape):
    hand = BY_HAND[entry.slug]
    return (lambda x, y=0.0: hand.loss(x, y, shape)), (lambda x, y=0.0: hand.gradient(x, y, shape))


def _steps(entry):
    """Return steps for finite differences: a ten-thousandth of the domain, also in y where there is none."""
    return tuple(1e-4 * width for width in (*entry.domain.widths, 1.0)[:2])


def _axes(entry, count):
    return [np.linspace(low, high, count) for low, high in zip(*entry.domain, strict=True)]


def test_every_landscape_is_written_by_hand_here():
    assert list(BY_HAND) == list(PLAIN)
    assert all((entry.expression is None) != (entry.data is None) for entry in PLAIN.values())


@pytest.mark.long
@every_case
def test_the_landscape_means_the_formula_written_by_hand(entry, shape):
    fixed, (loss, gradient) = entry.at(shape), _hand(entry, shape)
    points = _points(entry.domain, 200)
    losses, slopes = loss(*points.T), np.array(gradient(*points.T))
    # Rounding is that of the largest terms, which cancel where the loss or a slope is small.
    size, sizes = np.abs(losses).max(), np.abs(slopes).max(axis=1)
    for (x, y), by_hand, slopes_by_hand in zip(points.tolist(), losses, slopes.T, strict=True):
        assert fixed.floats.loss(x, y) == pytest.approx(by_hand, rel=1e-12, abs=1e-14 * size)
        value, *both = fixed.floats.loss_and_gradient(x, y)
        assert value == pytest.approx(by_hand, rel=1e-12, abs=1e-14 * size)
        for part, part_by_hand, part_size in zip(both, slopes_by_hand, sizes, strict=True):
            assert part == pytest.approx(part_by_hand, rel=1e-12, abs=1e-13 * part_size)


def _smooth_points(entry, gradient, count, seed):
    """Return points around which the finite difference sees no kink, where the gradient by hand jumps."""
    points = _points(entry.domain, count, seed)
    if entry.smooth:
        return points.tolist()
    reach = np.array([2 * step for step in _steps(entry)])
    corners = [np.array(gradient(*(points + reach * side).T)) for side in itertools.product((-1, 1), repeat=2)]
    return points[np.all(np.array(corners) == corners[0], axis=(0, 1))].tolist()


@pytest.mark.long
@every_case
def test_the_gradient_is_the_finite_difference_of_the_formula_written_by_hand(entry, shape):
    fixed, (loss, gradient) = entry.at(shape), _hand(entry, shape)
    step_x, step_y = _steps(entry)
    points = _smooth_points(entry, gradient, 100, 11)
    assert len(points) > 50
    sizes = np.abs(np.array(gradient(*np.array(points).T))).max(axis=1)
    for x, y in points:
        _, slope_x, slope_y = fixed.floats.loss_and_gradient(x, y)
        # The five-point rule with a ten-thousandth of the width: the error is at most 1e-8 of the steepest slope.
        assert slope_x == pytest.approx(slope(lambda v, y=y: loss(v, y), x, step_x), rel=1e-8, abs=1e-8 * sizes[0])
        assert slope_y == pytest.approx(slope(lambda v, x=x: loss(x, v), y, step_y), rel=1e-8, abs=1e-8 * sizes[1])


@pytest.mark.long
@every_case
def test_the_hessian_is_the_finite_difference_of_the_gradient_written_by_hand(entry, shape):
    fixed, (_, gradient) = entry.at(shape), _hand(entry, shape)
    if entry.slug == "pasture":
        # The mean of absolute values is flat between its kinks: there is no Hessian that would say anything.
        assert np.isnan(fixed.floats.hessian(-1.7, 40.0)).all()
        assert np.isnan(fixed.arrays.hessian(np.array([-1.7, 0.3]), np.array([40.0, 2.0]))).all()
        return
    points = _smooth_points(entry, gradient, 100, 13)
    assert len(points) > 50
    by_hand = np.array([hessian_by_differences(gradient, x, y, _steps(entry)) for x, y in points])
    sizes = np.abs(by_hand).max(axis=0)
    for (x, y), ((xx, xy), (_, yy)) in zip(points, by_hand, strict=True):
        for part, part_by_hand, size in zip(
            fixed.floats.hessian(x, y), (xx, xy, yy), (sizes[0, 0], sizes[0, 1], sizes[1, 1]), strict=True
        ):
            assert part == pytest.approx(part_by_hand, rel=1e-8, abs=1e-8 * size + 1e-9 * sizes.max())


@every_case
def test_arrays_give_the_same_numbers_as_floats(entry, shape):
    fixed = entry.at(shape)
    points = _points(entry.domain, 100, 17)
    x, y = points.T
    for name in ("loss_and_gradient", "hessian"):
        together = np.array(getattr(fixed.arrays, name)(x, y))
        alone = np.array([getattr(fixed.floats, name)(*point) for point in points.tolist()]).T
        assert together.shape == alone.shape == (3, 100)
        for mine, other in zip(together, alone, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-13, atol=1e-13 * max(1.0, np.abs(other).max()))
    np.testing.assert_allclose(fixed.arrays.loss(x, y), fixed.arrays.loss_and_gradient(x, y)[0], 1e-13, 1e-13)


@every_case
def test_the_gradient_is_zero_at_every_stationary_point_and_its_value_is_the_loss_there(entry, shape):
    loss, gradient = _hand(entry, shape)
    rough = _points(entry.domain, 200)
    steepest = np.abs(np.array(gradient(*rough.T))).max(axis=1)
    highest = np.abs(loss(*rough.T)).max()
    for known in entry.at(shape).stationary_points:
        for part, size in zip(gradient(*known.point), steepest, strict=True):
            assert part == pytest.approx(0, abs=1e-13 * size)
        assert known.value == pytest.approx(loss(*known.point), rel=1e-13, abs=1e-14 * highest)
        assert all(math.copysign(1, value) == 1 for value in known.point if value == 0), "minus zero is shown"


def _kind_around(entry, shape, point):
    """Say what a stationary point is from the losses on small rings around it, in domain widths."""
    loss, _ = _hand(entry, shape)
    here, kinds = loss(*point), set()
    for radius in (1e-3, 2e-3):
        if len(point) == 1:
            around = point[0] + radius * entry.domain.widths[0] * np.array([1.0, -1.0])
            rises = loss(around) - here
        else:
            angles = np.linspace(0, 2 * np.pi, 720, endpoint=False) + 0.123
            ring = [np.cos(angles), np.sin(angles)]
            rises = loss(*(p + radius * w * c for p, w, c in zip(point, entry.domain.widths, ring, strict=True))) - here
        changes = int((np.sign(rises) != np.sign(np.roll(rises, 1))).sum())
        kinds.add("minimum" if (rises > 0).all() else "maximum" if (rises < 0).all() else _CHANGES[changes])
    (kind,) = kinds
    return kind


# How often the ground around a point changes between higher and lower: the monkey saddle has a place for a tail.
_CHANGES = {2: "shoulder", 4: "saddle", 6: "saddle"}


@every_case
def test_the_kind_of_every_stationary_point_is_what_its_surroundings_say(entry, shape):
    loss, _ = _hand(entry, shape)
    points = entry.at(shape).stationary_points
    kinds = [_kind_around(entry, shape, known.point) for known in points]
    # Whether a minimum is the deepest is decided among all places of the domain.
    grid = np.meshgrid(*_axes(entry, 101))
    deepest = min(loss(*grid).min(), *(loss(*known.point) for known in points), math.inf)
    for known, kind in zip(points, kinds, strict=True):
        if kind == "minimum":
            kind = "global_minimum" if loss(*known.point) <= deepest + 1e-9 else "local_minimum"
        assert known.kind == kind


@every_case
def test_the_eigenvalues_at_every_stationary_point_agree_with_its_kind(entry, shape):
    _, gradient = _hand(entry, shape)
    fixed = entry.at(shape)
    for known in fixed.stationary_points:
        ours = eigenvalues(fixed.floats, known.point)
        if known.point in entry.tips or not entry.smooth:
            assert ours == [], "at a kink there is no curvature"
            continue
        hessian = hessian_by_differences(gradient, *(*known.point, 0.0)[:2], _steps(entry))
        by_hand = eigenvalues_by_hand(hessian) if entry.dimensions == 2 else (hessian[0, 0],)
        assert ours == pytest.approx(by_hand, rel=1e-8, abs=1e-8 * (1 + max(map(abs, by_hand))))
        low, high = ours[0], ours[-1]
        if low > 1e-4:
            assert known.kind in ("global_minimum", "local_minimum")
        elif high < -1e-4:
            assert known.kind == "maximum"
        elif low < -1e-4 < 1e-4 < high:
            assert known.kind == "saddle"
        else:
            assert entry.slug in ("monkey-saddle", "shoulder"), "only theirs say nothing"


def _many_shapes(entry):
    """Return the shapes of the cases, and more from end to end."""
    knob = entry.shape
    if knob is None:
        return [None]
    between = (np.geomspace if knob.log else np.linspace)(knob.low, knob.high, 25)[1:-1]
    return [*_shapes(entry), *between.tolist()]


def test_the_stationary_points_of_every_landscape_are_known_by_hand():
    assert list(PLACES) == list(PLAIN)


@pytest.mark.long
@every_entry
def test_the_search_finds_the_stationary_points_that_are_known_by_hand_and_no_other(entry):
    for shape in _many_shapes(entry):
        places = PLACES[entry.slug]
        by_hand = np.array(places(shape) if callable(places) else places).reshape(-1, entry.dimensions)
        found = np.array([known.point for known in entry.at(shape).stationary_points]).reshape(-1, entry.dimensions)
        assert len(found) == len(by_hand), shape
        distances = np.abs(found[:, None] - by_hand).max(axis=2)
        assert (distances[linear_sum_assignment(distances)] <= ROUGH.get(entry.slug, USUAL)).all(), shape


# How dense the starts of the search are: each cell must lie within the reach of at most one stationary point or so.
_STARTS_ALONG = {"rastrigin": 43, "ackley": 45, "bumps": 41}


def _roots(entry, shape):
    """Return the tips and the zeros of the gradient written by hand that a search of the domain finds."""
    _, gradient = _hand(entry, shape)
    size, found = entry.dimensions, list(entry.tips)
    for start in itertools.product(*_axes(entry, _STARTS_ALONG.get(entry.slug, 19))):
        answer = root(lambda p: gradient(*p)[:size], start, method="hybr", options={"xtol": 1e-12, "maxfev": 200})
        if not entry.domain.contains(tuple(answer.x)):
            continue
        # Far out on flat ground the gradient is tiny without a stationary point: Newton's step tells them apart.
        hessian = hessian_by_differences(gradient, *(*answer.x, 0.0)[:2])[:size, :size]
        if not np.isfinite(hessian).all() or abs(np.linalg.det(hessian)) < 1e-300:
            continue
        step = np.linalg.solve(hessian, gradient(*answer.x)[:size])
        if math.hypot(*step) < 1e-6 and all(math.dist(answer.x, other) > 1e-4 for other in found):
            found.append(tuple(answer.x.tolist()))
    return found


# Where no gradient leads to a stationary point, or its Hessian is zero, there is no root to search for.
_NO_ROOT = ("kink", "pasture", "monkey-saddle")


@pytest.mark.long
@pytest.mark.parametrize(
    ("entry", "shape"),
    [case for case in CASES if case.values[0].slug not in _NO_ROOT and case.id != "shoulder-0"],
)
def test_no_stationary_point_inside_the_domain_is_missing_or_listed_twice(entry, shape):
    known = [known.point for known in entry.at(shape).stationary_points]
    assert all(entry.domain.contains(point) for point in known)
    assert len(set(known)) == len(known)
    found = _roots(entry, shape)
    assert len(found) == len(known)
    assert all(min(math.dist(point, other) for other in found) < 1e-7 * max(entry.domain.widths) for point in known)
    if len(known) > 1:
        assert min(math.dist(one, other) for one, other in itertools.combinations(known, 2)) > 1e-3


# What a stationary point adds to the turns that the gradient makes on a way around it.
_INDEX = {"global_minimum": 1, "local_minimum": 1, "maximum": 1, "saddle": -1, "shoulder": 0}


@every_case
def test_the_stationary_points_make_the_turns_of_the_gradient_around_the_border(entry, shape):
    # Poincaré and Hopf: one that is missing, or of the wrong kind, would be missed on the border.
    _, gradient = _hand(entry, shape)
    points = entry.at(shape).stationary_points
    if entry.dimensions == 1:
        left, right = (np.sign(gradient(end[0])[0]) for end in entry.domain)
        signs = {"maximum": -1, "shoulder": 0}
        assert (right - left) / 2 == sum(signs.get(known.kind, 1) for known in points)
        return
    (low_x, low_y), (high_x, high_y) = entry.domain
    part = np.linspace(0, 1, 20_001)
    corners = [(low_x, low_y), (high_x, low_y), (high_x, high_y), (low_x, high_y), (low_x, low_y)]
    border = [
        np.concatenate([a[axis] + (b[axis] - a[axis]) * part for a, b in itertools.pairwise(corners)])
        for axis in (0, 1)
    ]
    slope_x, slope_y = gradient(*border)
    angles = np.unwrap(np.arctan2(slope_y * entry.domain.widths[1], slope_x * entry.domain.widths[0]))
    index = _INDEX | ({"saddle": -2} if entry.slug == "monkey-saddle" else {})
    assert (angles[-1] - angles[0]) / (2 * np.pi) == pytest.approx(sum(index[known.kind] for known in points), abs=1e-6)


@every_case
def test_a_global_minimum_is_the_lowest_place_of_the_domain(entry, shape):
    loss, gradient = _hand(entry, shape)
    points = entry.at(shape).stationary_points
    claimed = [known for known in points if known.kind == "global_minimum"]
    grid = np.meshgrid(*_axes(entry, 301))
    height = loss(*grid)
    lowest = np.unravel_index(height.argmin(), height.shape)
    if not claimed:
        # Whoever claims none has ground that falls below all minima, towards the border.
        assert all(height.min() < known.value for known in points if known.kind == "local_minimum")
        assert entry.slug in ("monkey-saddle", "shoulder", "fence")
        return
    assert len({round(known.value, 9) for known in claimed}) == 1
    assert points[0] in claimed
    best = minimize(
        lambda p: loss(*p),
        [axis[lowest] for axis in grid],
        jac=lambda p: np.array(gradient(*p))[: entry.dimensions],
        bounds=list(zip(*entry.domain, strict=True)),
        options={"ftol": 1e-15, "gtol": 1e-10},
    )
    assert min(best.fun, height.min()) >= claimed[0].value - 1e-12 * np.abs(height).max()
    if entry.smooth and entry.slug not in ("ackley", "pasture-squared"):
        # The search ends there as well; a kink it cannot follow, nor a ravine of condition number 10⁵ to the end.
        assert best.fun == pytest.approx(claimed[0].value, abs=1e-9)
        assert min(math.dist(known.point, best.x) for known in claimed) < 1e-3


@every_entry
def test_the_start_lies_inside_the_domain_and_is_no_stationary_point(entry):
    assert entry.dimensions == len(entry.start) == len(entry.domain.low) == entry.loss.dimensions == len(entry.axes)
    assert entry.domain.contains(entry.start)
    assert math.hypot(*_hand(entry, usual_shape(entry))[1](*entry.start)) > 1e-4


@every_entry
def test_an_entry_says_what_a_menu_needs(entry):
    for text in (entry.slug, entry.title, entry.family, entry.teaches, entry.source.text, entry.loss.latex):
        assert text.strip() == text != ""
    # A line may break between the terms.
    assert all(term in entry.loss.latex for term in entry.loss.terms)
    assert entry.learning_rate > 0
    assert LANDSCAPES[entry.slug] is entry
    if entry.shape:
        assert entry.shape.low <= entry.shape.default <= entry.shape.high
        assert entry.at() is entry.at(entry.shape.default)
        assert all([entry.shape.name, entry.shape.symbol, entry.shape.explanation])


def test_the_menu_keeps_the_entries_of_a_family_together():
    families = [family for family, _ in itertools.groupby(entry.family for entry in LANDSCAPES.values())]
    # Rosenbrock and Beale, the bent ravines, stand with the bowls.
    assert len(set(families)) == len(families)


def test_only_the_fence_is_climbed():
    assert [slug for slug, entry in LANDSCAPES.items() if entry.goal == "maximize"] == ["fence"]


# --- what is published of them


def _kinds(slug, *kinds, shape=None):
    return [known for known in LANDSCAPES[slug].at(shape).stationary_points if known.kind in kinds]


def test_peaks_has_the_highest_and_lowest_place_that_matlab_publishes():
    points = LANDSCAPES["peaks"].at().stationary_points
    lowest, highest = points[0], points[-1]
    assert (lowest.kind, highest.kind) == ("global_minimum", "maximum")
    assert lowest.value == pytest.approx(-6.5511, abs=5e-5)
    assert lowest.point == pytest.approx((0.2283, -1.6255), abs=5e-5)
    assert highest.value == pytest.approx(8.1062, abs=5e-5)
    assert highest.point == pytest.approx((-0.0093, 1.5814), abs=5e-5)


@pytest.mark.parametrize("tilt", [0.0, 0.01, 0.3, 0.77, 1.2])
def test_the_two_valleys_lie_where_the_cubic_formula_says(tilt):
    # 4x³ - 4x + δ = 0, by Viète: x = (2/√3) cos((arccos(-3√3 δ/8) - 2πk)/3).
    angle = math.acos(-3 * math.sqrt(3) * tilt / 8)
    right, left, ridge = (2 / math.sqrt(3) * math.cos((angle - 2 * math.pi * k) / 3) for k in (0, 2, 1))
    if left > ridge:
        left, ridge = ridge, left
    kinds = {known.point: known.kind for known in LANDSCAPES["two-valley"].at(tilt).stationary_points}
    assert sorted(kinds) == pytest.approx(np.array([(left, 0), (ridge, 0), (right, 0)]), abs=1e-12)
    other = "global_minimum" if tilt == 0 else "local_minimum"
    assert [kinds[point] for point in sorted(kinds)] == ["global_minimum", "saddle", other]


@pytest.mark.parametrize("tilt", [0.001, 0.05, 0.3])
def test_the_left_valley_is_deeper_by_about_twice_the_tilt_as_the_menu_says(tilt):
    values = {known.point[0] > 0.5: known.value for known in LANDSCAPES["two-valley"].at(tilt).stationary_points}
    left = LANDSCAPES["two-valley"].at(tilt).stationary_points[0]
    assert left.point[0] < -0.9
    assert values[True] - left.value == pytest.approx(2 * tilt, rel=0.02)


def test_the_saddle_is_bounded_below_by_minus_a_quarter():
    fixed = LANDSCAPES["saddle"].at()
    assert {known.value for known in fixed.stationary_points if known.kind == "global_minimum"} == {-0.25}
    # x²/2 + (y² - 1)²/4 - 1/4, so nowhere less, however far out.
    points = np.random.default_rng(1).normal(0, 1, (2, 20_000)) * np.geomspace(0.1, 1e3, 20_000)
    assert fixed.arrays.loss(*points).min() >= -0.25


@pytest.mark.parametrize("kappa", [1.0, 4.0, 100.0, 1000.0])
def test_the_bowl_has_the_condition_number_that_its_knob_says(kappa):
    low, high = eigenvalues(LANDSCAPES["bowl"].at(kappa).floats, (0.3, -0.2))
    assert high / low == pytest.approx(kappa, rel=1e-12)
    assert high == 1


def test_the_quadratic_has_the_gradient_that_is_done_by_hand():
    assert LANDSCAPES["quadratic"].at().floats.loss_and_gradient(2.0, 1.0) == (7.0, 5.0, 4.0)
    assert eigenvalues(LANDSCAPES["quadratic"].at().floats, (2.0, 1.0)) == pytest.approx([1, 3])


def test_himmelblau_has_the_four_minima_and_the_maximum_that_are_published():
    minima = sorted(known.point for known in _kinds("himmelblau", "global_minimum"))
    published = sorted([(3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)])
    # Six digits are published, and 3.584428, -1.848126 is cut off, not rounded.
    assert minima == pytest.approx(np.array(published), abs=1e-6)
    (top,) = _kinds("himmelblau", "maximum")
    assert top.point == pytest.approx((-0.270845, -0.923039), abs=5e-7)
    assert top.value == pytest.approx(181.617, abs=5e-4)


def test_styblinski_tang_is_lowest_where_each_coordinate_is_and_there_at_the_published_value():
    # Every stationary point is a pair of roots of 2t³ - 16t + 5/2, found here between their changes of sign.
    roots = [brentq(lambda t: 2 * t**3 - 16 * t + 2.5, *ends, xtol=1e-15) for ends in ((-4, -2), (-1, 1), (2, 4))]
    points = [known.point for known in LANDSCAPES["styblinski-tang"].at().stationary_points]
    assert sorted(points) == pytest.approx(np.array(list(itertools.product(roots, repeat=2))), abs=1e-12)
    (best,) = _kinds("styblinski-tang", "global_minimum")
    assert best.point == pytest.approx((-2.903534, -2.903534), abs=5e-7)
    # Published as -39.16617 for each dimension; -39.166165 to two more digits.
    assert best.value / 2 == pytest.approx(-39.16617, abs=1e-5)


@pytest.mark.parametrize(
    ("slug", "point", "value"),
    [("rosenbrock", (1, 1), 0), ("beale", (3, 0.5), 0), ("rastrigin", (0, 0), 0), ("ackley", (0, 0), 0)],
)
def test_the_global_minimum_is_the_one_that_is_published(slug, point, value):
    (best,) = _kinds(slug, "global_minimum")
    assert best.point == point
    # exp(1) - exp(1) and 20 - 20 of Ackley's formula leave one rounding of 2.7 behind.
    assert best.value == pytest.approx(value, abs=5e-16)


def test_beale_has_two_saddles_besides_its_minimum():
    saddles = {known.point: known.value for known in _kinds("beale", "saddle")}
    # At (0, 1) all three terms are their constants: 1.5² + 2.25² + 2.625².
    assert saddles.pop((0, 1)) == 1.5**2 + 2.25**2 + 2.625**2
    # The other one, few lists have: minimising over x for a given y leaves one equation in y.
    (other,) = saddles

    def best_x(y):
        weights = [1 - y**n for n in (1, 2, 3)]
        return sum(w * c for w, c in zip(weights, (1.5, 2.25, 2.625), strict=True)) / sum(w * w for w in weights)

    y = brentq(lambda y: BY_HAND["beale"].gradient(best_x(y), y, None)[1], -3, -2.3, xtol=1e-15)
    assert other == pytest.approx((best_x(y), y), abs=1e-12)
    assert other == pytest.approx((0.10054, -2.64451), abs=5e-6)


def test_rastrigin_has_as_many_minima_as_its_text_says():
    # Along one axis 2t + 20π sin 2πt has its zeros between neighbouring quarters; in the plane all pairs of them.
    def slope_along(t):
        return 2 * t + 20 * math.pi * math.sin(2 * math.pi * t)

    cells = itertools.pairwise(np.linspace(-5.12, 5.12, 42))
    roots = [brentq(slope_along, a, b, xtol=1e-15) for a, b in cells if slope_along(a) * slope_along(b) < 0]
    points = sorted(known.point for known in LANDSCAPES["rastrigin"].at().stationary_points)
    assert points == pytest.approx(np.array(list(itertools.product(roots, repeat=2))), abs=1e-12)
    assert len(points) == 441
    minima = _kinds("rastrigin", "global_minimum", "local_minimum")
    assert len(minima) == 121
    assert "121 minima, one of them global" in LANDSCAPES["rastrigin"].teaches
    assert len(_kinds("rastrigin", "global_minimum")) == 1


def test_ackley_has_a_dimple_for_every_whole_number_and_a_tip_without_a_gradient():
    minima = _kinds("ackley", "global_minimum", "local_minimum")
    assert sorted((round(x), round(y)) for x, y in (known.point for known in minima)) == sorted(
        itertools.product(range(-4, 5), repeat=2)
    )
    fixed, plain = LANDSCAPES["ackley"].at(), LANDSCAPES["ackley"].loss.bind()
    with pytest.raises(ZeroDivisionError):
        plain.loss_and_gradient(0.0, 0.0)
    assert fixed.floats.loss_and_gradient(0.0, 0.0)[1:] == (0, 0)
    origin = np.array([0.0, 0.5])
    with np.errstate(all="ignore"):
        loss, slope_x, slope_y = fixed.arrays.loss_and_gradient(origin, np.zeros(2))
    assert (slope_x[0], slope_y[0]) == (0, 0)
    assert slope_x[1] != 0
    assert loss[0] == pytest.approx(0, abs=5e-16)
    # Beside the tip the funnel's own slope is 20 · 0.2/√2, whichever way one looks.
    assert math.hypot(*fixed.floats.loss_and_gradient(3e-9, 4e-9)[1:]) == pytest.approx(4 / math.sqrt(2), abs=1e-6)


def test_only_at_its_tip_is_a_missing_gradient_made_up_for():
    cone = landscape("sqrt(x**2 + y**2) + 1/(x - 1)", tips=((0.0, 0.0),)).at().floats
    assert cone.loss_and_gradient(0.0, 0.0) == (-1, 0, 0)
    with pytest.raises(ZeroDivisionError):
        cone.loss_and_gradient(1.0, 0.0)


def test_a_tip_of_a_curve_lies_on_y_zero():
    entry = landscape("sqrt(x**2)", (1.0,), tips=((0.0,),))
    assert entry.at().floats.loss_and_gradient(0.0, 0.0) == (0, 0, 0)
    assert [(known.point, known.kind) for known in entry.at().stationary_points] == [((0.0,), "global_minimum")]


def test_the_bumps_have_dips_wherever_the_knob_is_above_a_tenth_of_x():
    # x/10 + α sin 4x = 0 gains roots where the line touches the wave: t = 4x with tan t = t, α = t/(40 |sin t|).
    assert [t / (40 * abs(math.sin(t))) for t in (4.493409, 10.904122)] == pytest.approx([0.11508, 0.27375], abs=1e-5)
    for alpha, minima in [(0.1, 1), (0.115, 1), (0.1152, 3), (0.2737, 3), (0.2739, 5), (0.38, 5)]:
        known = _kinds("bumps", "global_minimum", "local_minimum", shape=alpha)
        assert len(known) == minima
        assert all(abs(minimum.point[0]) < 10 * alpha for minimum in known)


def test_the_fence_is_largest_as_a_square():
    (top,) = LANDSCAPES["fence"].at().stationary_points
    assert top == ((50.0,), 2500.0, "maximum")
    assert LANDSCAPES["fence"].axes == ("l",)
    assert LANDSCAPES["fence"].loss.latex == r"100\,l - l^{2}"
    assert LANDSCAPES["fence"].at().floats.loss_and_gradient(57.0, 0.0) == (57 * 43, -14, 0)


def test_the_two_minima_are_the_ones_that_the_factored_slope_names():
    points = LANDSCAPES["two-minima"].at().stationary_points
    assert [known.point for known in points] == [(2,), (-1,), (0,)]
    assert [known.kind for known in points] == ["global_minimum", "local_minimum", "maximum"]
    # 16/4 - 8/3 - 4 and 1/4 + 1/3 - 1
    assert [known.value for known in points] == pytest.approx([-8 / 3, -5 / 12, 0])


@pytest.mark.parametrize("tilt", [-1.0, -0.5, -0.03])
def test_below_zero_the_shoulder_parts_into_a_maximum_and_a_minimum_that_is_not_global(tilt):
    # 3x² = -δ; the ground on the left of the domain is lower still.
    minimum, maximum = LANDSCAPES["shoulder"].at(tilt).stationary_points
    assert (minimum.kind, maximum.kind) == ("local_minimum", "maximum")
    assert (minimum.point[0], maximum.point[0]) == pytest.approx((math.sqrt(-tilt / 3), -math.sqrt(-tilt / 3)))


def test_at_zero_the_shoulder_is_one_and_above_zero_the_slope_is_nowhere_zero():
    assert LANDSCAPES["shoulder"].at(0.0).stationary_points == (((0.0,), 0.0, "shoulder"),)
    assert LANDSCAPES["shoulder"].at(0.02).stationary_points == ()


def test_the_kink_has_its_minimum_where_it_has_no_curvature():
    assert LANDSCAPES["kink"].at().stationary_points == (((0.0,), 0.0, "global_minimum"),)
    assert not LANDSCAPES["kink"].smooth


@pytest.mark.parametrize("kappa", [1.0, 25.0, 1000.0])
def test_the_ravine_has_the_condition_number_of_its_knob_and_lies_along_thirty_degrees(kappa):
    xx, xy, yy = LANDSCAPES["turned-ravine"].at(kappa).floats.hessian(0.7, -0.2)
    values, directions = np.linalg.eigh([[xx, xy], [xy, yy]])
    assert values == pytest.approx([1 / kappa, 1], rel=1e-10)
    if kappa > 1:
        flat = directions[:, 0]
        assert math.degrees(math.atan2(flat[1], flat[0])) % 180 == pytest.approx(30)


def test_the_pasture_begins_with_the_error_that_the_story_tells():
    fixed = LANDSCAPES["pasture"].at()
    assert fixed.floats.loss(-2.0, 30.0) == pytest.approx(6748.5, abs=1e-9)
    # Mean of |-2u² + 30u - 100u + u²| = mean of u² + 70u = (99·100·199/6 + 70·99·100/2)/100
    assert (99 * 100 * 199 / 6 + 70 * 99 * 100 / 2) / 100 == 6748.5
    assert fixed.stationary_points == (((-1.0, 100.0), 0.0, "global_minimum"),)
    assert LANDSCAPES["pasture-squared"].at().stationary_points[0][:2] == ((-1.0, 100.0), 0.0)


def test_the_squared_pasture_is_a_ravine_of_condition_number_ten_to_the_five():
    u = np.arange(100.0)
    columns = np.stack([u**2, u], axis=1)
    # Mean squared error of a linear model: the Hessian is 2 AᵀA/n, here by SciPy's singular values of A.
    low, high = np.sort(2 * np.linalg.svd(columns, compute_uv=False) ** 2 / 100)
    ours = eigenvalues(LANDSCAPES["pasture-squared"].at().floats, (-2.0, 30.0))
    assert ours == pytest.approx([low, high], rel=1e-9)
    assert ours[1] / ours[0] == pytest.approx(np.linalg.cond(2 * columns.T @ columns / 100), rel=1e-9)
    assert 0.5e5 < ours[1] / ours[0] < 2e5


def test_the_cars_are_those_of_r_and_their_line_is_the_one_that_r_fits():
    data = LANDSCAPES["straight-line"].data
    assert list(zip(data.inputs, data.targets, strict=True)) == CARS
    speed, distance = np.array(data.inputs), np.array(data.targets)
    # As summary(cars), cor(cars) and lm(dist ~ speed, cars) print them.
    assert (len(data), speed.mean(), distance.mean()) == (50, pytest.approx(15.4), pytest.approx(42.98))
    assert np.corrcoef(speed, distance)[0, 1] == pytest.approx(0.8068949, abs=5e-8)
    ((a, b), value, kind), *more = LANDSCAPES["straight-line"].at().stationary_points
    assert (kind, more) == ("global_minimum", [])
    assert a / 10 == pytest.approx(3.9324, abs=5e-5)
    assert b - 1.5 * a == pytest.approx(-17.5791, abs=5e-5)
    # Residual standard error: 15.38 on 48 degrees of freedom
    assert math.sqrt(value * 50 / 48) == pytest.approx(15.38, abs=5e-3)
    (slope_by_numpy, intercept_by_numpy) = np.polyfit(speed / 10 - 1.5, distance, 1)
    assert (a, b) == pytest.approx((slope_by_numpy, intercept_by_numpy), rel=1e-12)


def test_the_students_are_those_of_wikipedia_and_so_is_their_fit():
    data = LANDSCAPES["logistic"].data
    assert list(zip(data.inputs, data.targets, strict=True)) == STUDENTS
    ((slope_in_hours, at_three), value, kind), *more = LANDSCAPES["logistic"].at().stationary_points
    assert (kind, more) == ("global_minimum", [])
    assert slope_in_hours == pytest.approx(1.5046, abs=5e-5)
    assert at_three - 3 * slope_in_hours == pytest.approx(-4.0777, abs=5e-5)
    # Its log-likelihood is given as -8.02988.
    assert -20 * value == pytest.approx(-8.02988, abs=5e-6)


def test_a_surface_has_rows_that_follow_y():
    box = Box((0.0, 10.0), (1.0, 12.0))
    x, y, loss = landscape("x + 100*y").at().surface(box, 3)
    assert (x.tolist(), y.tolist()) == ([0, 0.5, 1], [10, 11, 12])
    assert loss.tolist() == [[1000, 1000.5, 1001], [1100, 1100.5, 1101], [1200, 1200.5, 1201]]


def test_a_surface_of_a_curve_has_no_y():
    x, y, loss = landscape("x**2", (1.0,)).at().surface(Box((-1.0,), (1.0,)), 5)
    assert y is None
    assert loss.tolist() == (x**2).tolist() == [1, 0.25, 0, 0.25, 1]


def test_a_surface_is_not_a_number_outside_the_formulas_domain_and_no_warning_is_heard():
    _, _, loss = landscape("log(x)", (1.0,)).at().surface(Box((-1.0,), (1.0,)), 3)
    assert np.isnan(loss[:2]).all()
    assert loss[2] == 0


def test_a_surface_of_constant_height_is_filled():
    assert landscape("0*x + 0*y + 3").at().surface(Box((0.0, 0.0), (1.0, 1.0)), 4)[2].tolist() == [[3.0] * 4] * 4


def test_the_range_of_the_loss_leaves_out_the_outermost_twentieths():
    # x on 33 equal steps over [-2, 2]: the 5th and the 95th percentile lie at -1.8 and 1.8.
    assert landscape("x", (1.0,)).at().scale == ((4,), pytest.approx(3.6))
    assert landscape("7 + 0*x", (1.0,)).at().scale.loss == 1
    assert landscape("log(x - 5)", (1.0,)).at().scale.loss == 1
    assert landscape("x + 0*y", domain=Box((0.0, 0.0), (1.0, 5.0))).at().scale.widths == (1, 5)


def test_a_box_contains_its_border_and_reaches_a_million_widths():
    box = Box((-1.0, 2.0), (3.0, 4.0))
    assert box.widths == (4, 2)
    assert box.contains((-1.0, 4.0))
    assert not box.contains((-1.0000001, 3.0))
    assert not box.contains((0.0, 4.0000001))
    assert box.reach() == Box((1 - 4e6, 3 - 2e6), (1 + 4e6, 3 + 2e6))


@pytest.mark.parametrize(
    ("sides", "box"),
    [([-1.0, 3.0], Box((-1.0,), (3.0,))), ([-1.0, 3.0, 0.5, 0.75], Box((-1.0, 0.5), (3.0, 0.75)))],
)
def test_the_sides_of_a_box_are_its_bounds_axis_by_axis(sides, box):
    assert Box.of(sides) == box
    assert box.sides == sides


def test_two_landscapes_with_one_slug_are_refused():
    with pytest.raises(ValueError, match="same slug"):
        registry(landscape("x"), landscape("y"))


def test_a_landscape_with_a_fixed_shape_is_made_once():
    entry = LANDSCAPES["bowl"]
    assert entry.at(9.0) is entry.at(9.0)
    assert entry.at(9.0) is not entry.at(10.0)


@pytest.mark.parametrize("slug", [slug for slug, entry in LANDSCAPES.items() if entry.expression])
def test_the_expression_with_its_number_put_in_is_python_in_x_and_y_alone(slug):
    entry = LANDSCAPES[slug]
    names = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh")} | {"abs": abs}
    for shape in [None] if entry.shape is None else [None, entry.shape.low, entry.shape.high]:
        text = entry.expression_at(shape)
        for x, y in ((0.3, -0.7), (1.1, 0.4)):
            assert eval(text, {**names, "x": x, "y": y}) == pytest.approx(entry.at(shape).floats.loss(x, y), rel=1e-14)


def test_a_negative_number_is_put_in_with_brackets():
    # Without them -2.0**2 would be -4, and x - -2.0 is no way to write it.
    tilt = Shape("Tilt", "delta", -3.0, 3.0, -2.0, "A test.")
    ground = landscape("x - delta**2 + pi*y - delta", shape=tilt)
    assert ground.expression_at(None) == f"x - (-2.0)**2 + {math.pi!r}*y - (-2.0)"
    assert ground.expression_at(3.0) == f"x - 3.0**2 + {math.pi!r}*y - 3.0"
    assert eval(ground.expression_at(-2.0), {"x": 10.0, "y": 0.0}) == ground.at().floats.loss(10.0, 0.0) == 8


def test_data_has_no_expression_and_no_shape():
    entry = LANDSCAPES["straight-line"]
    assert (entry.expression, entry.expression_at(None), entry.shape, entry.at().shape) == (None, None, None, None)
    assert entry.axes == ("a", "b")


def test_a_landscape_needs_an_expression_or_data():
    with pytest.raises(AssertionError, match="needs an expression or data"):
        _ = landscape(None).loss


def test_landscapes_of_one_kind_are_told_apart():
    assert len({hash(entry) for entry in LANDSCAPES.values()}) == len(LANDSCAPES)
    assert fitting([0.0, 1.0], [1.0, 2.0]).at() is not fitting([0.0, 1.0], [1.0, 3.0]).at()


def test_the_names_of_the_coordinates_are_those_that_are_given_or_x_and_y():
    assert landscape("x**2", (1.0,)).axes == ("x",)
    assert landscape("x*y").axes == ("x", "y")
    named = landscape("x*y", names=("u", "v"))
    assert (named.axes, named.loss.latex) == (("u", "v"), r"u\,v")


# --- stationary points


def test_stationary_points_are_told_once_each_with_kind_and_value_lowest_first():
    # x³/3 - x has its minimum at 1 and its maximum at -1.
    points = landscape("x**3/3 - x", (0.5,), half_width=1.9).at().stationary_points
    assert [(known.point, known.kind) for known in points] == [((1.0,), "global_minimum"), ((-1.0,), "maximum")]
    assert [known.value for known in points] == pytest.approx([-2 / 3, 2 / 3])


def test_a_minimum_below_which_the_domain_falls_is_not_called_global():
    # At -2 the cubic is as low as at its minimum, at -2.1 lower.
    points = landscape("x**3/3 - x", (0.5,), half_width=2.1).at().stationary_points
    assert [known.kind for known in points] == ["local_minimum", "maximum"]


def test_equally_high_ones_are_told_by_their_coordinates():
    points = landscape("x**2*(x**2 - 2) + y**2*(y**2 - 2)").at().stationary_points
    kinds = [(known.point, known.kind) for known in points]
    assert kinds[:4] == [((x, y), "global_minimum") for x in (-1, 1) for y in (-1, 1)]
    assert kinds[4:8] == [(point, "saddle") for point in ((-1, 0), (0, -1), (0, 1), (1, 0))]
    assert kinds[8:] == [((0, 0), "maximum")]


def test_a_place_where_the_hessian_says_nothing_is_what_its_neighbours_say():
    points = landscape("x**3 + y**2").at().stationary_points
    assert [known.kind for known in points] == ["shoulder"]


def test_a_place_whose_neighbours_have_no_loss_is_left_out():
    assert landscape("x**2.5 + y**2").at().stationary_points == ()


def test_ground_without_a_loss_anywhere_knows_no_stationary_point_and_no_warning_is_heard():
    assert landscape("log(x - 5)", (1.0,)).at().stationary_points == ()


def test_ground_without_one_knows_no_stationary_point():
    fixed = landscape("x + y**2").at()
    assert fixed.stationary_points == ()
    assert fixed.nearest((1.0, 1.0)) is None
    assert fixed.known("global_minimum") == ()


def test_the_nearest_known_point_is_measured_in_domain_widths():
    ground = landscape(
        "(x**2 - 1)**2 + (y/10)**2*((y/10)**2 - 2)*0.5",
        domain=Box((-2.0, -20.0), (2.0, 20.0)),
    ).at()
    # From (0.9, 3) the minimum (1, 10) is 7 away, and the maximum (0, 0) only 3.1; in widths 0.18 against 0.24.
    assert ground.nearest((0.9, 3.0), "global_minimum", "maximum").point == pytest.approx((1, 10))
    assert ground.nearest((0.9, 3.0)).point == pytest.approx((1, 0))
    assert ground.nearest((0.9, 3.0), "saddle").point == pytest.approx((1, 0))
    assert ground.nearest((0.9, 3.0), "maximum").point == (0, 0)
    assert ground.nearest((0.9, 3.0), "plateau") is None


def test_the_list_is_looked_through_once_for_all_questions_about_some_kinds(monkeypatch):
    fixed, asked = dataclasses.replace(LANDSCAPES["himmelblau"].at()), []
    monkeypatch.setattr(
        FixedLandscape, "known", lambda self, *kinds: asked.append(kinds) or self.stationary_points[-1:]
    )
    for _ in range(3):
        assert fixed.nearest((0.0, 0.0), "maximum") is fixed.stationary_points[-1]
        assert fixed.nearest((3.1, 2.1)) == min(fixed.stationary_points, key=lambda k: math.dist(k.point, (3, 2)))
        fixed.nearest((3.0, 2.0), "saddle", "maximum")
    assert asked == [("maximum",), ("saddle", "maximum")]


def test_the_lowest_loss_that_is_known_is_of_a_minimum_or_of_the_grid():
    assert LANDSCAPES["two-minima"].at().lowest == pytest.approx(-8 / 3)
    assert LANDSCAPES["beale"].at().lowest == 0
    # The cubic x³ - x falls to the left end of its domain, below its minimum.
    shoulder = LANDSCAPES["shoulder"].at(-1.0)
    (left,), _ = shoulder.entry.domain
    assert shoulder.lowest == left**3 - left < min(known.value for known in shoulder.stationary_points)
    # Where nothing is known, the grid of 65 places along each axis has it.
    assert unknown(landscape("(x - 0.01)**2 + y**2").at()).lowest == pytest.approx(0.01**2)
    assert unknown(landscape("(x - 0.01)**2", (1.0,)).at()).lowest == pytest.approx(0.01**2)
    assert landscape("log(x - 5)", (1.0,)).at().lowest == math.inf


@pytest.mark.parametrize("entry", [pytest.param(entry, id=slug) for slug, entry in PLAIN.items()])
def test_what_is_known_of_some_kinds_is_the_list_without_the_others(entry):
    fixed = entry.at()
    for kind in ("global_minimum", "local_minimum", "saddle", "maximum", "shoulder"):
        assert fixed.known(kind) == tuple(known for known in fixed.stationary_points if known.kind == kind)
    values = [known.value for known in fixed.stationary_points]
    assert values == sorted(values)


@pytest.mark.parametrize(
    ("kind", "value", "lowest", "full"),
    [
        ("minimum", 1.0, 1.0, "global_minimum"),
        ("minimum", 1.0 + 1e-12, 1.0, "global_minimum"),
        ("minimum", 1.0 + 1e-11, 1.0, "local_minimum"),
        ("minimum", -1.0, 0.0, "global_minimum"),
        ("minimum", math.inf, -math.inf, "local_minimum"),
        ("saddle", 1.0, 1.0, "saddle"),
        ("maximum", 0.0, 1.0, "maximum"),
    ],
)
def test_a_minimum_as_low_as_the_lowest_is_global_up_to_rounding(kind, value, lowest, full):
    assert full_kind(kind, value, lowest) == full


def test_the_reach_of_a_curve_has_no_bound_in_y():
    assert landscape("x**2", (1.0,), half_width=0.5).at().reach == ((-1e6, -math.inf), (1e6, math.inf))
    assert landscape("x*y", half_width=0.5).at().reach == ((-1e6, -1e6), (1e6, 1e6))


@pytest.mark.parametrize("slug", [slug for slug, entry in LANDSCAPES.items() if entry.dimensions == 1])
def test_the_derivative_of_a_curve_is_that_on_paper(slug):
    entry = LANDSCAPES[slug]
    for shape in _shapes(entry):
        x = np.linspace(entry.domain.low[0], entry.domain.high[0], 51)
        by_hand = BY_HAND[slug].gradient(x, 0 * x, shape)[0]
        np.testing.assert_allclose(entry.at(shape).derivative(x), by_hand, rtol=1e-12, atol=1e-12)
