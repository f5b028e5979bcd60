"""What theory says of a point and of quadratics, against formulas worked out by hand, linear algebra and walks."""

import itertools
import math
import re

import numpy as np
import pytest
from contourpy import contour_generator

from app.descent.judging.theory import believed_quadratic, best_settings, edge, is_quadratic, local_quadratic, sharpness
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.by_hand import BY_HAND, PLAIN, descent, fitting, hessian_by_differences, landscape, one

ORIGIN = (0.0, 0.0)
FLAT_DIRECTION = (math.sqrt(3) / 2, 0.5)


def _quadratic(expression, point, box=None, goal="minimize"):
    ground = landscape(expression, point)
    return local_quadratic(ground.at(), point, box or ground.domain, goal)


# --- the quadratic at a point


def test_the_quadratic_is_the_taylor_polynomial_of_second_order():
    # Rosenbrock at its usual start: f = 24.2, gradient (-215.6, -88), Hessian [[1330, 480], [480, 200]].
    fixed = LANDSCAPES["rosenbrock"].at()
    found = local_quadratic(fixed, (-1.2, 1.0), fixed.entry.domain, "minimize")
    assert found.loss == pytest.approx(24.2)
    assert found.gradient == pytest.approx((-215.6, -88))
    assert np.array(found.hessian) == pytest.approx(np.array([[1330, 480], [480, 200]]))
    # 0.2 to the right and 0.5 down: 24.2 - 43.12 + 44 + 1330·0.02 - 480·0.1 + 200·0.125
    assert found.values(np.array([-1.0]), np.array([0.5])) == pytest.approx([28.68])


@pytest.mark.parametrize("slug", ["peaks", "ackley", "logistic", "two-minima", "plateau"])
def test_beside_the_point_the_quadratic_errs_by_the_third_power_of_the_distance(slug):
    entry = LANDSCAPES[slug]
    found = local_quadratic(entry.at(), entry.start, entry.domain, "minimize")

    def error(distance):
        here = [part + distance * width for part, width in zip(entry.start, entry.domain.widths, strict=True)]
        x, y = [*here, 0.0][:2]
        shape = entry.shape.default if entry.shape else None
        return float(found.values(*map(np.array, here))) - BY_HAND[slug].loss(x, y, shape)

    assert error(2e-3) / error(1e-3) == pytest.approx(8, rel=0.05)


@pytest.mark.parametrize("slug", ["bowl", "quadratic", "turned-ravine", "straight-line", "pasture-squared", "fence"])
def test_of_a_quadratic_landscape_the_quadratic_at_any_point_is_the_landscape_itself(slug):
    entry = LANDSCAPES[slug]
    found = local_quadratic(entry.at(), entry.start, entry.domain, entry.goal)
    axes, values = found.surface(entry.domain, 7)
    assert [axis.tolist() for axis in axes] == [
        np.linspace(low, high, 7).tolist() for low, high in zip(*entry.domain, strict=True)
    ]
    expected = entry.at().surface(entry.domain, 7)[2]
    assert values.shape == (7,) * entry.dimensions
    assert values == pytest.approx(expected, rel=1e-9, abs=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("slug", [slug for slug, entry in PLAIN.items() if entry.smooth])
def test_eigenvalues_ascend_and_eigenvectors_are_unit_vectors_that_the_hessian_only_stretches(slug):
    entry = LANDSCAPES[slug]
    found = local_quadratic(entry.at(), entry.start, entry.domain, entry.goal)
    matrix, directions = np.array(found.hessian), np.array(found.eigenvectors)
    size = np.abs(matrix).max()
    assert found.eigenvalues == pytest.approx(np.linalg.eigvalsh(matrix), abs=1e-12 * size)
    assert found.eigenvalues == sorted(found.eigenvalues)
    assert directions @ directions.T == pytest.approx(np.eye(entry.dimensions), abs=1e-12)
    for value, direction in zip(found.eigenvalues, directions, strict=True):
        assert matrix @ direction == pytest.approx(value * direction, abs=1e-12 * size)


def test_the_turned_ravine_is_flat_along_thirty_degrees():
    entry = LANDSCAPES["turned-ravine"]
    found = local_quadratic(entry.at(50.0), (1.0, 2.0), entry.domain, "minimize")
    assert found.eigenvalues == pytest.approx([1 / 50, 1])
    assert abs(np.dot(found.eigenvectors[0], FLAT_DIRECTION)) == pytest.approx(1)
    assert found.condition_number == pytest.approx(50)


@pytest.mark.parametrize(
    ("expression", "start", "goal", "expected"),
    [
        ("x**2 + 3*y**2", ORIGIN, "minimize", 3),
        ("-x**2 - 3*y**2", ORIGIN, "maximize", 3),
        ("x**2 + 3*y**2", ORIGIN, "maximize", None),
        ("-x**2 - 3*y**2", ORIGIN, "minimize", None),
        ("x**2 - 3*y**2", ORIGIN, "minimize", None),
        ("x**2 - 3*y**2", ORIGIN, "maximize", None),
        ("5*x**2", (1.0,), "minimize", 1),
        ("-5*x**2", (1.0,), "minimize", None),
        ("(x + y)**2", ORIGIN, "minimize", None),  # a gutter
        ("(0.1*x + 0.3*y)**2", ORIGIN, "minimize", None),  # whose zero curvature is not zero after rounding
        ("x + y", ORIGIN, "minimize", None),
    ],
)
def test_the_condition_number_is_known_where_the_quadratic_has_an_optimum_of_the_goals_kind(
    expression, start, goal, expected
):
    assert _quadratic(expression, start, goal=goal).condition_number == (expected and pytest.approx(expected))


@pytest.mark.parametrize("slug", ["rosenbrock", "himmelblau", "saddle", "logistic", "two-minima"])
def test_the_centre_is_where_newtons_full_step_lands(slug):
    entry = LANDSCAPES[slug]
    settings = descent(entry, "newton", learning_rate=1.0, steps=1)
    landed = one(settings, entry.start)
    found = local_quadratic(entry.at(), entry.start, entry.domain, "minimize")
    assert found.centre == pytest.approx((landed.x[1], landed.y[1])[: entry.dimensions])


def test_the_centre_of_a_gutter_is_the_nearest_point_of_its_floor_and_a_slope_has_none():
    assert _quadratic("(x + y - 2)**2", (1.0, 0.0)).centre == pytest.approx((1.5, 0.5))
    assert _quadratic("x**2 + y", (1.0, 0.0)).centre is None
    assert _quadratic("3*x", (1.0,)).centre is None


@pytest.mark.parametrize(
    ("expression", "point"),
    [
        ("abs(x)", (0.0,)),  # no Hessian
        ("sqrt(x**2 + y**2)", ORIGIN),  # no gradient
        ("log(x)", (-1.0,)),  # no loss
        ("x**4 + y**4", (1e100, 0.0)),  # a loss beyond all floats, whose derivatives are finite
    ],
)
def test_where_the_loss_or_a_derivative_does_not_exist_there_is_no_quadratic(expression, point):
    assert _quadratic(expression, point, Box((-1.0,) * len(point), (1.0,) * len(point))) is None


# --- level lines


def _gaps(levels, base, root):
    heights = np.array(levels) - base
    return np.diff(np.sign(heights) * np.abs(heights) ** root)


@pytest.mark.parametrize(
    ("expression", "point", "base", "root"),
    [
        ("x**2 + 3*y**2 + 5", (0.7, 0.4), 5, 0.5),  # ellipses
        ("-x**2 - 3*y**2 + 5", (0.7, 0.4), 5, 0.5),
        ("x**2 - 3*y**2 + 5", (0.7, 0.4), 5, 0.5),  # hyperbolas
        ("(x + y)**2 + 5", (0.7, 0.4), 5, 0.5),  # parallel lines, of a gutter
        ("(x - 50)**2 + y**2", (0.7, 0.4), 0, 0.5),  # arcs around a centre beside the box
        ("x**2 + y", (0.7, 0.4), 0, 1),  # parabolas
        ("2*x - 3*y", (0.7, 0.4), 0, 1),  # parallel lines, of a slope
        ("1e-6*x**2 + 1e-6*y**2 + x", (0.7, 0.4), 0, 1),  # a slope whose centre is half a million away
    ],
)
def test_levels_are_evenly_spaced_rings_over_the_box_and_one_goes_through_the_point(expression, point, base, root):
    found = _quadratic(expression, point)
    _, values = found.surface(Box((-2.0, -2.0), (2.0, 2.0)), 101)
    assert 7 <= len(found.levels) <= 8
    assert values.min() <= found.levels[0] < found.levels[-1] <= values.max() + 1e-9
    assert min(abs(level - found.loss) for level in found.levels) < 1e-12 * (1 + abs(found.loss))
    gaps = _gaps(found.levels, base, root)
    assert gaps == pytest.approx(gaps[0], rel=1e-6)
    assert gaps[0] > 0


def test_the_lines_of_a_surface_at_the_levels_lie_on_the_levels_and_meet_the_point():
    # As they are drawn: contour lines of the surface, whose rows follow y.
    entry = LANDSCAPES["himmelblau"]
    found = local_quadratic(entry.at(), (2.0, -1.0), entry.domain, "minimize")
    (x, y), values = found.surface(entry.domain, 101)
    generator = contour_generator(x, y, values)
    nearest = math.inf
    for level in found.levels:
        for line in generator.lines(level):
            right, up = np.asarray(line).T
            # Between two cells the surface is taken to be straight, which errs by an eighth of λ h².
            bound = max(map(abs, found.eigenvalues)) * (x[1] - x[0]) ** 2 / 8
            assert np.abs(found.values(right, up) - level).max() <= bound
            nearest = min(nearest, float(np.hypot(right - 2.0, up + 1.0).min()))
    assert nearest < x[1] - x[0]


def test_a_walker_outside_the_box_still_has_level_lines_inside_it():
    found = _quadratic("x**2 + y**2", (30.0, 40.0), Box((-2.0, -2.0), (2.0, 2.0)))
    assert 6 <= len(found.levels) <= 8
    assert 0 <= found.levels[0] < found.levels[-1] <= 8
    gaps = _gaps([*found.levels, 2500], 0, 0.5)
    assert gaps[:-1] == pytest.approx(gaps[0])
    assert gaps[-1] / gaps[0] == pytest.approx(round(gaps[-1] / gaps[0]))


def test_level_ground_a_curve_and_ground_beyond_all_floats_have_no_level_lines():
    assert _quadratic("0*x + 0*y + 3 + exp(-1000*(x**2 + y**2))", (2.0, 2.0)).levels == []
    assert _quadratic("x**2", (1.0,)).levels == []
    assert _quadratic("1e300*x**2 + y**2", (0.5, 0.0), Box((-1e10, -1.0), (1e10, 1.0))).levels == []


# --- sharpness


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("slug", [slug for slug, entry in PLAIN.items() if entry.smooth])
def test_sharpness_is_the_largest_eigenvalue_towards_the_goal_at_each_iterate(slug, goal):
    entry = LANDSCAPES[slug]
    way = one(descent(entry, learning_rate=entry.learning_rate, steps=25, goal=goal), entry.start)
    sign, shape = (1 if goal == "minimize" else -1), entry.shape.default if entry.shape else None
    steps = tuple(1e-4 * width for width in (*entry.domain.widths, 1.0)[:2])
    # An ascent of ground that rises for ever leaves the picture, and soon all that differences can tell.
    kept = [k for k, at in enumerate(zip(way.x, way.y, strict=True)) if entry.domain.contains(at[: entry.dimensions])]
    assert kept
    found = sharpness(entry.at(), way.x, way.y, goal)
    assert found.shape == way.x.shape
    for k in kept:
        matrix = hessian_by_differences(
            lambda x, y: BY_HAND[slug].gradient(x, y, shape), float(way.x[k]), float(way.y[k]), steps
        )[: entry.dimensions, : entry.dimensions]
        size = max(np.abs(matrix).max(), 1e-3 * entry.at().scale.loss / max(entry.domain.widths) ** 2)
        assert found[k] == pytest.approx(np.linalg.eigvalsh(sign * matrix)[-1], abs=1e-6 * size)


def test_sharpness_is_nan_where_the_loss_or_its_hessian_does_not_exist():
    kink = landscape("abs(x)", (1.0,)).at()
    assert sharpness(kink, np.array([-1.0, 0.0, 2.0]), np.zeros(3), "minimize") == pytest.approx(
        [0, math.nan, 0], nan_ok=True
    )
    # The Hessian of log(x) at -1 is a finite number, its loss is not.
    edge_of_domain = landscape("log(x) + y**2").at()
    assert sharpness(edge_of_domain, np.array([0.5, -1.0, 0.0]), np.zeros(3), "minimize") == pytest.approx(
        [2, math.nan, math.nan], nan_ok=True
    )
    pasture = LANDSCAPES["pasture"].at()
    assert np.isnan(sharpness(pasture, np.zeros((2, 3)), np.zeros((2, 3)), "maximize")).all()
    assert sharpness(edge_of_domain, np.array([0.5]), np.zeros(1), "maximize") == pytest.approx([4])


# --- which landscapes are quadratics


def _shapes(entry):
    if entry.shape is None:
        return [None]
    return sorted({entry.shape.low, entry.shape.default, entry.shape.high})


EVERY_SHAPE = [(slug, shape) for slug, entry in PLAIN.items() for shape in _shapes(entry)]


def _has_affine_gradient(slug, shape):
    """Whether half-way between two places the gradient by hand is the mean of the two, as that of a quadratic is."""
    box = LANDSCAPES[slug].domain
    drawn = np.random.default_rng(3).uniform(box.low, box.high, (2, 200, len(box.low)))
    one_end, other_end = np.concatenate([drawn, np.zeros((2, 200, 2 - len(box.low)))], axis=2).transpose(0, 2, 1)

    def gradient(at):
        return np.array(BY_HAND[slug].gradient(at[0], at[1], shape)) * np.ones((2, 1))

    middle, mean = gradient((one_end + other_end) / 2), (gradient(one_end) + gradient(other_end)) / 2
    return bool(np.abs(middle - mean).max() <= 1e-10 * np.abs(gradient(one_end)).max())


@pytest.mark.parametrize(("slug", "shape"), EVERY_SHAPE)
def test_a_landscape_is_called_quadratic_exactly_where_its_gradient_by_hand_is_affine(slug, shape):
    assert is_quadratic(LANDSCAPES[slug].at(shape)) == _has_affine_gradient(slug, shape)


def test_both_kinds_of_landscape_are_among_the_built_in_ones():
    quadratics = {slug for slug, shape in EVERY_SHAPE if is_quadratic(LANDSCAPES[slug].at(shape))}
    planes = {"bowl", "quadratic", "turned-ravine", "bumps", "straight-line", "pasture-squared"}
    assert quadratics == {*planes, "parabola", "fence"}
    assert not is_quadratic(LANDSCAPES["bumps"].at())
    assert is_quadratic(LANDSCAPES["bumps"].at(0.0))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x*y", True),
        ("2*x - y", True),
        ("(x + 2*y - 1)**2/3", True),
        ("x**2 + sin(pi)*y", True),
        ("x**3", False),
        ("x**2 + abs(y)", False),  # whose second derivatives are constant but for a kink
        ("abs(x + y)", False),
        ("x**2 + 1e-9*sin(y)", False),
        ("exp(x)*y", False),
        ("sqrt(x**2 + y**2)", False),
        ("x**y", False),
        ("tanh(x) + cos(y)", False),
    ],
)
def test_a_typed_formula_is_quadratic_where_its_second_derivatives_are_constants(expression, expected):
    assert is_quadratic(landscape(expression).at()) == expected


def test_a_fit_is_quadratic_where_its_error_is_squared():
    kinds = {error: is_quadratic(fitting((0, 1, 2), (0, 1, 1), error).at()) for error in ("squared", "logistic")}
    assert kinds == {"squared": True, "logistic": False}
    assert not is_quadratic(fitting((0, 1, 2), (0, 1, 1), "absolute").at())


# --- the best settings on quadratics


def _plain(curvature, learning_rate):
    return [[1 - learning_rate * curvature]]


def _heavy_ball(curvature, learning_rate, momentum, dampening):
    # (x, x before) → (x + momentum (x - x before) - learning_rate curvature x, x)
    assert dampening == 0
    return [[1 + momentum - learning_rate * curvature, -momentum], [1, 0]]


def _nesterov(curvature, learning_rate, momentum):
    # (x, v) → (x - learning_rate (g + momentum v⁺), v⁺), v⁺ = momentum v + g, g = curvature x
    return [
        [1 - learning_rate * curvature * (1 + momentum), -learning_rate * momentum**2],
        [curvature, momentum],
    ]


# What one step of each rule does to the error along an eigenvector of this curvature.
STEP = {
    "gradient-descent": _plain,
    "momentum": _heavy_ball,
    "nesterov": _nesterov,
    "newton": lambda curvature, learning_rate: [[1 - learning_rate]],
}
KAPPAS = (1.0, 1.5, 4.0, 100.0, 1e5)


def _radius(slug, low, high, settings):
    """Return the spectral radius of a step; of eigenvalues that coincide only half the digits are right."""
    return max(np.abs(np.linalg.eigvals(STEP[slug](curvature, **settings))).max() for curvature in (low, high))


def _best(slug, low, high):
    rule = OPTIMIZERS[slug].best
    return rule.settings(low, high), rule.rate(high / low)


def test_the_optimizers_with_known_best_settings_are_those_whose_step_is_written_here():
    assert {slug for slug, entry in OPTIMIZERS.items() if entry.best} == set(STEP)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e7])
@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("slug", STEP)
def test_the_predicted_rate_is_the_spectral_radius_of_a_step(slug, kappa, scale):
    settings, rate = _best(slug, scale, kappa * scale)
    assert _radius(slug, scale, kappa * scale, settings) == pytest.approx(rate, abs=2e-7)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("slug", STEP)
def test_every_curvature_in_between_shrinks_at_least_as_fast(slug, kappa):
    settings, rate = _best(slug, 1.0, kappa)
    assert max(_radius(slug, at, at, settings) for at in np.geomspace(1.0, kappa, 40)) <= rate + 2e-7


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("slug", STEP)
def test_settings_beside_the_best_ones_are_slower(slug, kappa):
    settings, rate = _best(slug, 1.0, kappa)
    momentum = settings.get("momentum", 0.0)
    # With a single curvature Nesterov's best learning rate annuls the gradient's part whatever the momentum is.
    turns = (-0.05, 0.0, 0.05) if "momentum" in settings and (slug, kappa) != ("nesterov", 1.0) else (0.0,)
    for factor, turn in itertools.product((0.95, 1.0, 1.05), turns):
        other = settings | {"learning_rate": factor * settings["learning_rate"]}
        if "momentum" in settings:
            other["momentum"] = max(0.0, momentum + turn * (1 - momentum))
        if other != settings:
            assert _radius(slug, 1.0, kappa, other) > rate + 0.01 * (1 - rate)


@pytest.mark.parametrize("kappa", [4.0, 100.0])
@pytest.mark.parametrize("slug", ["gradient-descent", "momentum", "nesterov"])
def test_no_settings_at_all_are_faster_than_the_best_ones(slug, kappa):
    settings, rate = _best(slug, 1.0, kappa)
    fastest = math.inf
    for learning_rate in np.geomspace(0.05, 4, 60) / kappa:
        for momentum in np.linspace(0, 0.99, 34) if "momentum" in settings else (None,):
            other = settings | {"learning_rate": learning_rate} | ({} if momentum is None else {"momentum": momentum})
            fastest = min(fastest, _radius(slug, 1.0, kappa, other))
    assert rate <= fastest < 1 - 0.8 * (1 - rate)


@pytest.mark.parametrize("kappa", KAPPAS)
@pytest.mark.parametrize("slug", STEP)
def test_best_settings_are_the_optimizers_own_and_within_their_bounds(slug, kappa):
    settings, rate = _best(slug, 1.0, kappa)
    assert list(settings) == ["learning_rate", *(known.key for known in OPTIMIZERS[slug].hyperparameters)]
    for known in OPTIMIZERS[slug].hyperparameters:
        assert known.low <= settings[known.key] <= known.high
    assert settings["learning_rate"] > 0
    assert 0 <= rate < 1


def _in_numbers(latex, low, high):
    """Return what a formula in LaTeX is with these curvatures, read here by substitution."""
    words = {
        r"\lambda_{\min}": f"({low})",
        r"\lambda_{\max}": f"({high})",
        r"\kappa": f"({high}/{low})",
        r"\left(": "(",
        r"\right)": ")",
        r"\,": "*",
        "^2": "**2",
    }
    for word, meaning in words.items():
        latex = latex.replace(word, meaning)
    while "\\" in latex:
        shorter = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", latex)
        shorter = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", shorter)
        assert shorter != latex, f"{latex} is not understood"
        latex = shorter
    return eval(latex, {"sqrt": math.sqrt})


@pytest.mark.parametrize("slug", STEP)
def test_the_formulas_that_are_shown_give_the_settings_and_the_rate(slug):
    rule, symbols = OPTIMIZERS[slug].best, {known.symbol: known.key for known in OPTIMIZERS[slug].hyperparameters}
    settings, rate = _best(slug, 0.25, 9.0)
    shown = {}
    for line in rule.settings_latex:
        symbol, _, formula = line.partition(" = ")
        shown[{r"\eta": "learning_rate", **symbols}[symbol]] = _in_numbers(formula, 0.25, 9.0)
    assert shown == pytest.approx(settings, rel=1e-12)
    assert _in_numbers(rule.rate_latex, 0.25, 9.0) == pytest.approx(rate, rel=1e-12)


def test_best_settings_come_from_the_curvatures_of_the_landscape():
    # x² + xy + y² has the curvatures 1 and 3.
    found = {best.optimizer: best for best in best_settings(LANDSCAPES["quadratic"].at(), "minimize")}
    assert list(found) == [slug for slug in OPTIMIZERS if slug in STEP]
    assert found["gradient-descent"].settings == pytest.approx({"learning_rate": 0.5})
    assert found["gradient-descent"].rate == pytest.approx(0.5)
    root = math.sqrt(3)
    assert found["momentum"].settings == pytest.approx(
        {"learning_rate": (2 / (1 + root)) ** 2, "momentum": ((root - 1) / (root + 1)) ** 2, "dampening": 0}
    )
    assert found["momentum"].rate == pytest.approx(2 - root)
    assert found["nesterov"].settings == pytest.approx(
        {"learning_rate": 0.4, "momentum": (math.sqrt(10) - 2) / (math.sqrt(10) + 2)}
    )
    assert found["nesterov"].rate == pytest.approx(1 - 2 / math.sqrt(10))
    assert (found["newton"].settings, found["newton"].rate) == ({"learning_rate": 1.0}, 0.0)
    for slug, best in found.items():
        rule = OPTIMIZERS[slug].best
        assert (best.settings_latex, best.rate_latex, best.source) == (
            rule.settings_latex,
            rule.rate_latex,
            rule.source,
        )


def test_with_one_curvature_the_best_step_lands_on_the_optimum():
    # The fence, 100 x - x², is climbed; its curvature towards the goal is 2.
    found = best_settings(LANDSCAPES["fence"].at(), "maximize")
    for best in found:
        expected = 1.0 if best.optimizer == "newton" else 0.5
        assert best.settings["learning_rate"] == expected
        assert best.settings.get("momentum", 0.0) == 0.0
        assert best.rate == 0
    assert len(found) == len(STEP)


@pytest.mark.parametrize(
    ("expression", "start", "goal"),
    [
        ("x**2 + y**4", ORIGIN, "minimize"),  # no quadratic
        ("x**2 - y**2", ORIGIN, "minimize"),  # a saddle
        ("x**2 + y**2", ORIGIN, "maximize"),  # no maximum
        ("(x + y)**2", ORIGIN, "minimize"),  # a gutter: the curvature along it is zero
        ("x + y", ORIGIN, "minimize"),
        ("-x**2", (1.0,), "minimize"),
    ],
)
def test_where_no_best_settings_are_known_none_are_given(expression, start, goal):
    assert best_settings(landscape(expression, start).at(), goal) == []


WALKED = [
    ("bowl", 4.0),
    ("bowl", 100.0),
    ("quadratic", None),
    ("turned-ravine", 25.0),
    ("bumps", 0.0),
    ("straight-line", None),
    ("fence", None),
]


@pytest.mark.parametrize(("slug", "shape"), WALKED)
@pytest.mark.parametrize("optimizer", STEP)
def test_walks_with_the_best_settings_shrink_at_the_predicted_rate(optimizer, slug, shape):
    entry = LANDSCAPES[slug]
    fixed = entry.at(shape)
    best = next(best for best in best_settings(fixed, entry.goal) if best.optimizer == optimizer)
    values = {key: value for key, value in best.settings.items() if key != "learning_rate"}
    rate = best.settings["learning_rate"]
    # So many steps that the second half of the way still lies well above rounding.
    half = 1 if best.rate == 0 else math.ceil(math.log(1e-6) / math.log(best.rate))
    settings = descent(
        entry, optimizer, values, shape=shape, learning_rate=rate, steps=2 * half, tolerance=0.0, goal=entry.goal
    )
    way = one(settings, entry.start)
    (optimum,) = fixed.stationary_points
    centre = [*optimum.point, 0.0][:2]
    error = np.hypot(way.x - centre[0], way.y - centre[1])
    if best.rate == 0:
        assert error[1] <= 1e-12 * error[0]
        return
    # Where two eigenvalues of the step coincide, the error is like k ρᵏ, which doubles from half-way to the end.
    double = 1 if optimizer == "gradient-descent" else 2
    measured = math.log(error[-1] / error[half] / double) / half
    assert measured == pytest.approx(math.log(best.rate), rel=1e-4 if double == 1 else 0.02)


# --- the edge of stability


@pytest.mark.parametrize(
    ("slug", "values"),
    [
        ("gradient-descent", {}),
        ("momentum", {"momentum": 0.9, "dampening": 0.0}),
        ("nesterov", {"momentum": 0.9}),
    ],
)
def test_ground_sharper_than_the_edge_over_the_learning_rate_throws_the_walker_out(slug, values):
    learning_rate = 0.1
    sharpest = edge(OPTIMIZERS[slug], values) / learning_rate
    for factor, expected in ((0.99, True), (1.01, False)):
        radius = np.abs(np.linalg.eigvals(STEP[slug](factor * sharpest, learning_rate, **values))).max()
        assert (radius < 1) == expected


def test_the_edge_is_two_for_gradient_descent_and_unknown_where_there_is_no_limit():
    assert edge(OPTIMIZERS["gradient-descent"], {}) == 2
    assert edge(OPTIMIZERS["momentum"], {"momentum": 0.5, "dampening": 1.0}) is None
    assert edge(OPTIMIZERS["adam"], OPTIMIZERS["adam"].values({})) is None


# ── What a method believes


def test_the_true_inverse_gives_the_quadratic_of_the_landscape_itself():
    entry = LANDSCAPES["bowl"]
    fixed, point = entry.at(), (-1.5, 2.0)
    told = local_quadratic(fixed, point, entry.domain, "minimize")
    inverse = np.linalg.inv(np.array(told.hessian)).tolist()
    believed = believed_quadratic(fixed, point, inverse, entry.domain, "minimize")
    assert believed.centre == pytest.approx(told.centre, abs=1e-12)
    assert believed.hessian == pytest.approx(np.array(told.hessian), rel=1e-12)
    assert believed.levels == pytest.approx(told.levels, rel=1e-9)
    assert (believed.loss, believed.gradient) == (told.loss, told.gradient)


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_a_full_step_leads_to_the_centre_of_the_quadratic_that_is_believed_in(goal):
    entry = LANDSCAPES["himmelblau"]
    point, inverse = (0.5, 1.5), [[0.02, 0.01], [0.01, 0.03]]
    believed = believed_quadratic(entry.at(), point, inverse, entry.domain, goal)
    gradient = np.array(believed.gradient)
    sign = 1 if goal == "minimize" else -1
    assert np.array(believed.centre) - point == pytest.approx(-sign * np.array(inverse) @ gradient)
    # There the quadratic is level: g + B d = 0.
    assert np.array(believed.hessian) @ (np.array(believed.centre) - point) == pytest.approx(-gradient)
    assert np.sign(believed.eigenvalues).tolist() == [sign, sign]


@pytest.mark.parametrize(
    ("slug", "point", "inverse"),
    [
        ("bowl", (1.0, 1.0), [[1.0, 0.0], [0.0, 0.0]]),
        ("bowl", (1.0, 1.0), [[math.nan, 0.0], [0.0, 1.0]]),
        ("rosenbrock", (1e200, 0.0), [[1.0, 0.0], [0.0, 1.0]]),
        ("rosenbrock", (1e90, 0.0), [[1.0, 0.0], [0.0, 1.0]]),
    ],
)
def test_nothing_is_believed_where_there_is_no_such_quadratic(slug, point, inverse):
    entry = LANDSCAPES[slug]
    assert believed_quadratic(entry.at(), point, inverse, entry.domain, "minimize") is None
