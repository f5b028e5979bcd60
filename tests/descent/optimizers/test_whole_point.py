"""Moves of the whole point: Newton's method and the line search, against linear algebra and a loop of their own."""

import itertools
import math

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.rules import fill
from app.descent.optimizers.steps import Problem
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.optimizers.whole_point import MOST_PROBES
from app.descent.walks.descent import scatter
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import (
    BY_HAND,
    all_of,
    descent,
    fitting,
    hessian_by_differences,
    landscape,
    one,
    usual_shape,
)

MANY = MOST_ALONE + 1
both = pytest.mark.parametrize("crowd", [1, MANY])


# --- Newton


@both
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize(
    ("expression", "start", "stationary"),
    [
        ("x**2 + x*y + y**2", (2.0, 1.0), (0, 0)),
        # 6x + y = 3 and x - 2y = 1/2: a saddle.
        ("3*(x - 0.5)**2 - (y + 0.25)**2 + x*y", (1.7, -1.1), (0.5, 0)),
        ("-x**2 - 3*y**2 + x", (1.0, 1.0), (0.5, 0)),  # a maximum
        ("3*(x - 0.7)**2", (1.9,), (0.7, 0)),
    ],
)
def test_one_full_step_on_a_quadratic_lands_on_its_stationary_point_whatever_kind_it_is(
    crowd, goal, expression, start, stationary
):
    settings = descent(landscape(expression, start), "newton", learning_rate=1.0, goal=goal)
    whole = all_of(settings, [start] * crowd)[crowd - 1]
    assert (whole.x[1], whole.y[1]) == pytest.approx(stationary, abs=1e-14)
    assert whole.ending.outcome == "converged"
    assert (whole.ending.x, whole.ending.y) == pytest.approx(stationary, abs=1e-14)


@both
def test_a_damped_step_goes_that_part_of_the_way(crowd):
    settings = descent(LANDSCAPES["quadratic"], "newton", learning_rate=0.25, steps=10)
    whole = all_of(settings, [(2.0, 1.0)] * crowd)[0]
    assert whole.x.tolist() == pytest.approx([2 * 0.75**k for k in range(11)])
    assert whole.y.tolist() == pytest.approx([0.75**k for k in range(11)])


@both
@pytest.mark.parametrize("slug", ["fence", "straight-line", "pasture-squared", "turned-ravine"])
def test_on_the_registrys_quadratics_the_second_iterate_is_the_answer(crowd, slug):
    entry = LANDSCAPES[slug]
    settings = descent(entry, "newton", learning_rate=1.0, goal=entry.goal, steps=1, tolerance=0.0)
    whole = all_of(settings, [entry.start] * crowd)[crowd - 1]
    answer = entry.at().stationary_points[0].point
    # One solution of a system whose condition number is up to 10⁵ leaves that many roundings.
    for got, exact, width in zip((whole.x[1], whole.y[1]), answer, entry.domain.widths, strict=False):
        assert got == pytest.approx(exact, abs=1e-11 * width)


@both
def test_on_the_saddle_newton_goes_to_the_saddle_where_descent_goes_to_a_minimum(crowd):
    start = (-1.6, 0.3)
    newton = all_of(descent(LANDSCAPES["saddle"], "newton", learning_rate=1.0), [start] * crowd)[0]
    assert newton.ending.outcome == "converged"
    assert (newton.ending.x, newton.ending.y) == pytest.approx((0, 0), abs=1e-9)
    plain = one(descent(LANDSCAPES["saddle"], learning_rate=0.1, steps=1000), start)
    assert (plain.ending.x, plain.ending.y) == pytest.approx((0, 1), abs=1e-5)


@both
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("slug", ["rosenbrock", "peaks", "himmelblau", "two-minima", "logistic", "ackley"])
def test_every_step_solves_the_system_of_the_hessian_by_differences(crowd, goal, slug):
    entry, gradient = LANDSCAPES[slug], lambda x, y: BY_HAND[slug].gradient(x, y, usual_shape(LANDSCAPES[slug]))
    settings = descent(entry, "newton", learning_rate=0.5, steps=6, goal=goal, tolerance=0.0)
    whole = all_of(settings, [entry.start] * crowd)[crowd - 1]
    size = entry.dimensions
    assert len(whole.x) == 7
    for k in range(6):
        point = (whole.x[k], whole.y[k])
        hessian = hessian_by_differences(gradient, *point)[:size, :size]
        step = -0.5 * np.linalg.solve(hessian, np.array(gradient(*point), dtype=float)[:size])
        moved = np.array([whole.x[k + 1] - point[0], whole.y[k + 1] - point[1]])
        # Differences know the Hessian to about 1e-8.
        assert moved[:size] == pytest.approx(step, rel=1e-6, abs=1e-9)
    if size == 1:
        assert (whole.y == 0).all()


def test_newton_converges_quadratically_near_a_minimum():
    whole = one(descent(LANDSCAPES["two-minima"], "newton", learning_rate=1.0, tolerance=0.0, steps=6), (2.3,))
    errors = np.abs(whole.x - 2)
    # e' = e² f‴/(2 f″) at 2: f″ = 12 - 4 - 2 = 6 and f‴ = 12 - 2 = 10.
    assert errors[3] / errors[2] ** 2 == pytest.approx(10 / 12, rel=0.1)
    assert errors[6] < 1e-15


@both
@pytest.mark.parametrize(
    ("expression", "start"), [("x + y", (1.0, 1.0)), ("3*x", (1.0,)), ("(x + y)**2 + x", (1.0, 1.0))]
)
def test_where_the_hessian_has_no_inverse_the_step_leads_to_no_finite_place(crowd, expression, start):
    settings = descent(landscape(expression, start), "newton", learning_rate=1.0)
    ending = all_of(settings, [start] * crowd)[0].ending
    assert (ending.criterion, ending.steps) == ("not_finite", 1)
    assert not math.isfinite(ending.x + ending.y)


@both
def test_a_step_of_newton_costs_one_evaluation_of_all_points(crowd):
    formula = all_of(descent(LANDSCAPES["rosenbrock"], "newton", learning_rate=0.5, steps=5), [(-1.2, 1.0)] * crowd)[0]
    assert formula.evaluations.tolist() == [0, 1, 2, 3, 4, 5]
    data = all_of(descent(LANDSCAPES["logistic"], "newton", learning_rate=0.5, steps=5), [(-0.5, -2.0)] * crowd)[0]
    assert data.evaluations.tolist() == [0, 20, 40, 60, 80, 100]
    assert data.ending.evaluations == 100


@both
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
@pytest.mark.parametrize("slug", ["himmelblau", "two-minima", "logistic"])
def test_the_shown_lines_of_newton_are_true_of_the_numbers_of_a_walk(crowd, goal, slug):
    entry = LANDSCAPES[slug]
    settings = descent(entry, "newton", learning_rate=0.7, steps=5, goal=goal, noise=0.01, tolerance=0.0)
    steps = [step for part in trace(settings, [entry.start] * crowd, crowd - 1) for step in part]
    assert len(steps) == 5
    for step in steps:
        numbers = step.quantities
        hessian, gradient = np.array(numbers["hessian"]), np.array(numbers["gradient"])
        assert hessian.shape == (entry.dimensions,) * 2
        # d = -H⁻¹ g, and x' = x + η d. The gradient that is handed on is that of the loss to descend, the Hessian is
        # the loss's own: for an ascent d = H⁻¹ g.
        sign = 1 if goal == "minimize" else -1
        assert numbers["newton"] == pytest.approx(-sign * np.linalg.solve(hessian, gradient), rel=1e-9)
        moved = np.array(numbers["point"]) + numbers["learning_rate"] * np.array(numbers["newton"])
        assert numbers["point_next"] == pytest.approx(moved, rel=1e-14)
        if crowd == 1:
            # What is shown was computed by what has walked, to the last bit.
            assert numbers["point_next"] == moved.tolist()
        by_hand = hessian_by_differences(
            lambda x, y: BY_HAND[slug].gradient(x, y, None), *(*numbers["point"], 0.0)[:2]
        )[: entry.dimensions, : entry.dimensions]
        assert hessian == pytest.approx(by_hand, rel=1e-6, abs=1e-6)
        assert step.rule == ("rule" if goal == "minimize" else "uphill")


def test_the_lines_of_newton_have_the_other_sign_uphill_because_the_gradient_has():
    names = {name: f"<{name}>" for name in ("hessian", "gradient", "newton", "point", "point_next", "learning_rate")}
    variants = OPTIMIZERS["newton"].rule.variants()
    for variant, sign in (("rule", "-"), ("uphill", "")):
        direction, step = variants[variant]
        assert fill(direction.symbols, names) == rf"<newton> = {sign}\left(<hessian>\right)^{{-1}} <gradient>"
        assert fill(direction.numbers, names) == rf"<newton> = {sign}<hessian>^{{-1}}\,<gradient>"
        assert fill(step.symbols, names) == r"<point_next> = <point> + <learning_rate>\,<newton>"
        assert fill(step.numbers, names) == r"<point_next> = <point> + <learning_rate> \cdot <newton>"


@both
@pytest.mark.parametrize(
    ("expression", "start", "hessian"),
    [("x + y", (1.0, 1.0), [[0, 0], [0, 0]]), ("3*x", (1.0,), [[0]]), ("(x + y)**2 + x", (1.0, 1.0), [[2, 2], [2, 2]])],
)
def test_a_hessian_without_an_inverse_is_shown_and_has_no_direction(crowd, expression, start, hessian):
    settings = descent(landscape(expression, start), "newton", learning_rate=1.0)
    (step,) = [step for part in trace(settings, [start] * crowd, 0) for step in part]
    assert step.quantities["hessian"] == hessian
    assert np.isnan(step.quantities["newton"]).all()


def test_where_the_hessian_does_not_exist_its_numbers_are_none():
    settings = descent(landscape("sqrt(x**2 + y**2)"), "newton", learning_rate=1.0)
    ((step,), *_) = [part for part in trace(settings, [(0.0, 0.0)], 0) if part]
    assert np.isnan(step.quantities["hessian"]).all()
    assert np.isnan(step.quantities["newton"]).all()


# --- line search


def _armijo(loss, gradient, start, rate, steps, backtrack, sufficient, sign=1):
    """Backtracking as Nocedal & Wright print it (algorithm 3.1), on sign·f; count what it looks at.

    Yields point, step length and evaluations after each step. A fall by less than the loss's rounding is no fall.
    """
    point, evaluations = np.array(start, dtype=float), 0
    for _ in range(steps):
        here, g = sign * loss(*point), sign * np.array(gradient(*point), dtype=float)
        evaluations += 1
        alpha, tries = rate, 0
        while True:
            there = sign * loss(*(point - alpha * g))
            evaluations += 1
            tries += 1
            if there <= here + 4e-16 * abs(here) - sufficient * alpha * (g @ g):
                break
            if tries == 60:
                alpha = 0.0
                break
            alpha *= backtrack
        point = point - alpha * g
        yield point, alpha, evaluations


SEARCHES = [
    # slug, learning rate, goal, hyperparameters
    ("quadratic", 1.0, "minimize", {}),
    ("rosenbrock", 1.0, "minimize", {}),
    ("rosenbrock", 0.3, "minimize", {"backtrack": 0.8, "sufficient": 0.4}),
    ("himmelblau", 2.0, "minimize", {"backtrack": 0.1}),
    ("himmelblau", 0.1, "maximize", {}),
    ("peaks", 5.0, "maximize", {"sufficient": 0.2}),
    ("bumps", 8.0, "minimize", {"backtrack": 0.9}),
    ("two-minima", 3.0, "minimize", {}),
    ("fence", 10.0, "maximize", {}),
    ("kink", 1.0, "minimize", {}),
    ("straight-line", 4.0, "minimize", {}),
    ("pasture", 1e-3, "minimize", {}),
    ("logistic", 50.0, "minimize", {}),
    ("ackley", 1.0, "minimize", {"sufficient": 0.1}),
]


@both
@pytest.mark.parametrize(("slug", "rate", "goal", "values"), SEARCHES)
def test_the_line_search_takes_the_steps_and_pays_the_evaluations_of_a_plain_armijo_loop(
    crowd, slug, rate, goal, values
):
    entry, hand = LANDSCAPES[slug], BY_HAND[slug]
    shape, start = usual_shape(entry), (*entry.start, 0.0)[:2]
    settings = descent(entry, "line-search", values, learning_rate=rate, steps=12, goal=goal, tolerance=0.0)
    values = OPTIMIZERS["line-search"].values(values)
    expected = list(
        _armijo(
            lambda x, y: hand.loss(x, y, shape),
            lambda x, y: hand.gradient(x, y, shape),
            start,
            rate,
            12,
            sign=1 if goal == "minimize" else -1,
            **values,
        )
    )
    whole = all_of(settings, [entry.start] * crowd)[crowd - 1]
    for k, (point, alpha, evaluations) in enumerate(expected):
        assert (whole.x[k + 1], whole.y[k + 1]) == pytest.approx(tuple(point), rel=1e-9, abs=1e-9)
        assert whole.learning_rate[k] == pytest.approx(alpha, rel=1e-12)
        assert whole.evaluations[k + 1] == evaluations * (len(entry.data) if entry.data else 1)
    assert whole.evaluations[0] == 0
    assert any(alpha < rate for _, alpha, _ in expected), "nothing was refused"


@both
def test_every_step_of_a_line_search_falls(crowd):
    for slug in ("rosenbrock", "rastrigin", "beale", "logistic", "bumps"):
        entry = LANDSCAPES[slug]
        starts = scatter(entry.domain, entry.start, crowd, 5)
        settings = descent(entry, "line-search", learning_rate=1.0, steps=60)
        for whole in all_of(settings, starts).values():
            assert (np.diff(whole.loss) <= 1e-15 * np.abs(whole.loss[:-1])).all()


@both
def test_the_first_try_that_is_good_enough_costs_two_evaluations(crowd):
    # On x²/2 + y²/2 at rate 1/2 every first try is taken: one evaluation of the gradient, one of the probe.
    settings = descent(landscape("x**2/2 + y**2/2"), "line-search", learning_rate=0.5, steps=5, tolerance=0.0)
    whole = all_of(settings, [(1.0, -2.0)] * crowd)[0]
    assert whole.evaluations.tolist() == [0, 2, 4, 6, 8, 10]
    assert whole.x.tolist() == [0.5**k for k in range(6)]


@both
def test_a_step_that_falls_less_than_the_promised_part_is_refused(crowd):
    # f(x - ηx) = (1 - η)² x²/2 ≤ x²/2 - c η x² for η ≤ 2(1 - c): at c = 0.4 that is 1.2, so 1.6 is refused and 0.8 not.
    ground = landscape("x**2/2", (1.0,))
    settings = descent(ground, "line-search", {"sufficient": 0.4}, learning_rate=1.6, steps=1, tolerance=0.0)
    whole = all_of(settings, [(1.0,)] * crowd)[0]
    assert (whole.learning_rate[0], whole.evaluations[1]) == (0.8, 3)
    settings = descent(ground, "line-search", {"sufficient": 0.19}, learning_rate=1.6, steps=1, tolerance=0.0)
    whole = all_of(settings, [(1.0,)] * crowd)[0]
    assert (whole.learning_rate[0], whole.evaluations[1]) == (1.6, 2)


@both
def test_a_probe_where_there_is_no_loss_is_refused(crowd):
    # The slope of ln x - x at 1/2 is 1: -1/2 and 0 have no logarithm, 1/4 has, and lies lower. NumPy's logarithm of 0
    # is minus infinity, which is no place to land on either.
    settings = descent(landscape("log(x) - x", (1.0,)), "line-search", learning_rate=1.0, steps=1, tolerance=0.0)
    whole = all_of(settings, [(0.5,)] * crowd)[0]
    assert (whole.x[1], whole.learning_rate[0], whole.evaluations[1]) == (0.25, 0.25, 4)


@both
@pytest.mark.parametrize("expression", ["-exp(x)", "-x**16"])
def test_a_probe_that_overflows_is_refused(crowd, expression):
    # On floats an exponential raises and a product does not; on arrays both are minus infinity.
    settings = descent(landscape(expression, (1.0,)), "line-search", learning_rate=1e250, steps=1, tolerance=0.0)
    whole = all_of(settings, [(1.0,)] * crowd)[0]
    assert whole.evaluations[1] > 2
    assert np.isfinite(whole.loss[1])


@both
def test_after_sixty_refusals_no_step_is_taken_and_all_are_counted(crowd):
    # At the kink of 2|x| + x the subgradient taken is 1, and to its left the ground rises: every probe is refused.
    settings = descent(landscape("2*abs(x) + x", (1.0,)), "line-search", learning_rate=1.0, steps=3, tolerance=0.0)
    whole = all_of(settings, [(0.0,)] * crowd)[0]
    assert whole.x.tolist() == [0, 0, 0, 0]
    assert whole.evaluations.tolist() == [0, 61, 122, 183]
    assert whole.learning_rate.tolist()[:3] == [0, 0, 0]
    assert MOST_PROBES == 60


@both
@pytest.mark.parametrize(("exponent", "end", "accepted"), [(-59, 0.0, 2.0**-59), (-60, 2.0**-60, 0.0)])
def test_the_sixtieth_probe_is_the_last_that_may_be_taken(crowd, exponent, end, accepted):
    # From 2ⁿ on |x| the first of 1, 1/2, 1/4 … that falls is the one that lands on 0; twice as long comes out as high.
    settings = descent(landscape("abs(x)", (1.0,)), "line-search", learning_rate=1.0, steps=1, tolerance=0.0)
    whole = all_of(settings, [(2.0**exponent,)] * crowd)[crowd - 1]
    assert (whole.x[1], whole.learning_rate[0], whole.evaluations[1]) == (end, accepted, 61)


@both
def test_at_a_minimum_up_to_rounding_a_step_is_taken_without_a_search(crowd):
    # The loss is 1 + tiny²: no step changes it, and none should be refused sixty times.
    settings = descent(landscape("1 + x**2 + y**2"), "line-search", learning_rate=0.5, steps=3, tolerance=0.0)
    whole = all_of(settings, [(1e-9, 0.0)] * crowd)[0]
    assert whole.evaluations.tolist() == [0, 2, 4, 6]
    assert whole.x[1] == 0


@both
@pytest.mark.parametrize(
    ("expression", "start"), [("sqrt(x**2 + y**2)", (0.0, 0.0)), ("sqrt(abs(x)) + y**2", (0.0, 0.5))]
)
def test_where_the_gradient_is_not_a_number_no_place_is_one_either(crowd, expression, start):
    settings = descent(landscape(expression), "line-search", learning_rate=1.0)
    ending = all_of(settings, [start] * crowd)[0].ending
    assert (ending.criterion, ending.steps) == ("not_finite", 1)


def test_the_walkers_of_a_block_search_each_by_itself():
    entry = LANDSCAPES["rosenbrock"]
    starts = scatter(entry.domain, entry.start, MANY, 8)
    settings = descent(entry, "line-search", learning_rate=1.0, steps=30)
    together = all_of(settings, starts)
    assert len({whole.ending.evaluations for whole in together.values()}) > MANY / 2
    for walker, start in enumerate(starts):
        alone = one(settings, start)
        np.testing.assert_allclose(together[walker].x, alone.x, rtol=1e-9, atol=1e-12)
        assert together[walker].evaluations.tolist() == alone.evaluations.tolist()
        assert together[walker].learning_rate.tolist() == alone.learning_rate.tolist()


def test_in_a_block_only_those_whose_last_try_was_refused_try_again():
    # On x²/2 the whole gradient step of length 1.9 comes out lower, 2ⁿ·1.9 is refused n times.
    entry, tried = landscape("x**2/2", (1.0,)).at(), []

    def loss(x, y):
        tried.append(len(x))
        return entry.arrays.loss(x, y)

    rule, values = OPTIMIZERS["line-search"].rule, OPTIMIZERS["line-search"].values({})
    problem = Problem(entry.arrays._replace(loss=loss), 1, 1.0, lambda x, y: (x, y))
    step = rule.bind(arrays=True, **values).step
    x, zero, bends = np.ones(4), np.zeros(4), np.array([1.0, 2.0, 4.0, 4.0])
    # A gradient as if the ground were bent so many times as much asks for so much shorter a step.
    (next_x, _), _, rates, cost = step(problem)((x, zero), x / 2, (bends * x, zero), None, 1.9)
    assert tried == [4, 3, 2]
    assert rates.tolist() == [1.9, 1.9 / 2, 1.9 / 4, 1.9 / 4]
    assert cost.tolist() == [2, 3, 4, 4]
    assert next_x == pytest.approx(1 - 1.9)


@both
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_a_step_that_is_not_taken_has_lines_of_its_own_on_the_way_down_and_up(crowd, goal):
    sign = "" if goal == "minimize" else "-"
    ground = landscape(f"{sign}(2*abs(x) + x)", (1.0,))
    settings = descent(ground, "line-search", learning_rate=1.0, steps=40, tolerance=0.0, goal=goal)
    steps = [step for part in trace(settings, [(3.0,)] * crowd, crowd - 1) for step in part]
    # The first probe from 3, where the slope is 3, lands on the kink, where all is refused.
    assert [step.rule for step in steps] == ["rule" if goal == "minimize" else "uphill", *["refused"] * 39]
    assert [step.quantities["probes"] for step in steps] == [0, *[60] * 39]
    assert [step.quantities["point_next"] for step in steps] == [[0]] * 40


def test_annealing_shortens_the_first_try():
    settings = descent(
        LANDSCAPES["quadratic"], "line-search", learning_rate=0.4, steps=4, schedule="linear", tolerance=0.0
    )
    # The largest curvature is 3: 0.4, 0.3, 0.2 and 0.1 are all taken at once.
    assert one(settings, (2.0, 1.0)).learning_rate.tolist() == pytest.approx([0.4, 0.3, 0.2, 0.1, 0])


@both
@pytest.mark.parametrize(("slug", "rate", "goal", "values"), SEARCHES)
def test_the_shown_lines_of_the_line_search_are_true_of_the_numbers_of_a_walk(crowd, slug, rate, goal, values):
    entry, shape = LANDSCAPES[slug], usual_shape(LANDSCAPES[slug])
    settings = descent(entry, "line-search", values, learning_rate=rate, steps=6, goal=goal, tolerance=0.0)
    whole = all_of(settings, [entry.start] * crowd)[crowd - 1]
    steps = [step for part in trace(settings, [entry.start] * crowd, crowd - 1) for step in part]
    sign = 1 if goal == "minimize" else -1
    for k, step in enumerate(steps):
        n = step.quantities
        assert step.rule == ("rule" if goal == "minimize" else "uphill")
        point, gradient = np.array(n["point"]), np.array(n["gradient"])
        # t = ρʲ η; f(x - t g) on the good side of b = f(x) - c t |g|²; x' = x - t g.
        assert n["accepted"] == pytest.approx(n["backtrack"] ** n["probes"] * n["learning_rate"], rel=1e-12)
        assert (n["accepted"], n["learning_rate"]) == (whole.learning_rate[k], rate)
        assert n["size"] == pytest.approx(gradient @ gradient, rel=1e-14)
        assert n["bound"] == pytest.approx(n["loss"] - sign * n["sufficient"] * n["accepted"] * n["size"], rel=1e-14)
        assert n["point_next"] == pytest.approx(point - n["accepted"] * gradient, rel=1e-14, abs=1e-15)
        assert n["probed"] == pytest.approx(
            BY_HAND[slug].loss(*(*n["point_next"], 0.0)[:2], shape), rel=1e-9, abs=1e-12
        )
        assert sign * (n["probed"] - n["bound"]) <= 1e-12 * abs(n["bound"])
        # All places that were tried, from the longest on; every one but the last was refused.
        assert len(n["probe_points"]) == n["probes"] + 1
        data = len(entry.data) if entry.data else 1
        assert data * (2 + n["probes"]) == whole.evaluations[k + 1] - whole.evaluations[k]
        for tries, place in enumerate(n["probe_points"]):
            alpha = rate * n["backtrack"] ** tries
            assert place == pytest.approx(point - alpha * gradient, rel=1e-12, abs=1e-12)
            if tries < n["probes"]:
                height = BY_HAND[slug].loss(*(*place, 0.0)[:2], shape)
                assert not sign * height <= sign * n["loss"] - n["sufficient"] * alpha * n["size"]


def test_the_lines_of_the_line_search_are_filled_with_one_number_each():
    settings = descent(LANDSCAPES["two-minima"], "line-search", learning_rate=1.0, steps=1, tolerance=0.0)
    ((step, *_), *_) = trace(settings, [(-1.8,)], 0)
    variants = OPTIMIZERS["line-search"].rule.variants()
    names = {name: f"<{name}>" for name in step.quantities}
    # What is climbed must lie at or above the bound, and the bound above the value; the gradient is the negative one.
    for variant, compared, sign in (("rule", r"\le", "-"), ("uphill", r"\ge", "+")):
        first, second, third = variants[variant]
        assert fill(first.numbers, names) == r"<accepted> = <backtrack>^{<probes>} \cdot <learning_rate>"
        assert fill(second.numbers, names) == (
            rf"<probed> {compared} <bound> = <loss> {sign} <sufficient> \cdot <accepted> \cdot <size>"
        )
        assert fill(third.numbers, names) == r"<point_next> = <point> - <accepted> \cdot <gradient>"
    (refused,) = variants["refused"]
    assert fill(refused.numbers, names) == r"<probes>\;\text{refusals:}\quad <point_next> = <point>"


def test_a_probe_without_a_loss_is_shown_as_none():
    settings = descent(landscape("log(x) - x", (1.0,)), "line-search", learning_rate=1.0, steps=1, tolerance=0.0)
    ((step, *_), *_) = trace(settings, [(0.5,)], 0)
    assert step.quantities["probe_points"] == [[-0.5], [0.0], [0.25]]
    assert step.quantities["probed"] == pytest.approx(math.log(0.25) - 0.25)


@both
def test_the_trace_of_sixty_refusals_ends_and_has_all_places(crowd):
    settings = descent(landscape("2*abs(x) + x", (1.0,)), "line-search", learning_rate=1.0, steps=1, tolerance=0.0)
    ((step, *_), *_) = trace(settings, [(0.0,)] * crowd, 0)
    numbers = step.quantities
    assert (step.rule, numbers["probes"], numbers["accepted"], numbers["point_next"]) == ("refused", 60, 0, [0])
    assert (numbers["learning_rate"], numbers["bound"]) == (1, numbers["loss"])
    assert [place for (place,) in numbers["probe_points"]] == [-(0.5**k) for k in range(60)]


def test_on_data_both_moves_agree_with_the_closed_form():
    inputs, targets = [0.0, 1.0, 2.0, 4.0], [1.0, 2.5, 2.0, 5.0]
    ground = fitting(inputs, targets)
    slope, intercept = np.polyfit(inputs, targets, 1)
    for optimizer, rate, steps in (("newton", 1.0, 5), ("line-search", 0.5, 2000)):
        ending = one(descent(ground, optimizer, learning_rate=rate, steps=steps), (0.0, 0.0)).ending
        assert ending.outcome == "converged"
        assert (ending.x, ending.y) == pytest.approx((slope, intercept), abs=1e-5)


def test_moves_do_not_depend_on_how_the_walk_is_cut():
    entry = LANDSCAPES["rosenbrock"]
    for optimizer, rate in itertools.product(("newton", "line-search"), (0.05, 0.3)):
        settings = descent(entry, optimizer, learning_rate=rate, steps=400, tolerance=0.0)
        whole = one(settings, entry.start)
        # Begin again where the walk was after 100 steps: neither move remembers anything.
        again = one(settings, (whole.x[100], whole.y[100]))
        np.testing.assert_array_equal(whole.x[100:], again.x[:301])
