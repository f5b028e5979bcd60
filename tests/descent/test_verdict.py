"""Where a walk ended and why, on ground whose answer is known beforehand."""

import dataclasses
import math
import re

import pytest

from app.descent.landscape import Box
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS, Optimizer
from app.descent.verdict import judge, place_of, say, stability_limit
from app.descent.walk import Ending
from tests.descent.ground import descent, landscape, one


def _verdict(ground, start, optimizer="gradient-descent", values=None, **options):
    settings = descent(ground, optimizer, values, **options)
    rule = OPTIMIZERS[optimizer]
    return judge(settings, rule, rule.values(values or {}), start, one(settings, start).ending)


# --- the place, from the point alone

ORIGIN = (0.0, 0.0)

PLACES = [
    # expression, point, place
    ("x**2 + y**2", ORIGIN, "local_minimum"),
    ("x**2 + y**2", (1e-5, -1e-5), "local_minimum"),
    ("x**2 + y**2", (0.5, 0.0), "slope"),
    ("-x**2 - 3*y**2", ORIGIN, "maximum"),
    ("x**2 - y**2", ORIGIN, "saddle"),
    ("x*y", ORIGIN, "saddle"),
    ("x*y", (0.1, 0.0), "slope"),
    ("x**2", (0.0,), "local_minimum"),
    ("-x**2", (0.0,), "maximum"),
    ("x**2", (0.3,), "slope"),
    # one eigenvalue or both are zero, and the neighbours decide
    ("x**4 + y**4", ORIGIN, "local_minimum"),
    ("-x**4 - y**4", ORIGIN, "maximum"),
    ("x**4 - y**4", ORIGIN, "saddle"),
    ("x**4", (0.0,), "local_minimum"),
    ("-x**4", (0.0,), "maximum"),
    ("x**3", (0.0,), "shoulder"),
    ("-x**3", (0.0,), "shoulder"),
    ("x**5", (0.0,), "shoulder"),
    ("x**3 + y**2", ORIGIN, "shoulder"),
    ("x**3 - y**2", ORIGIN, "shoulder"),
    ("x**3 + y**3", ORIGIN, "shoulder"),
    ("x**3 - 3*x*y**2", ORIGIN, "saddle"),  # the monkey saddle falls to three sides
    ("x**2 + y**4", ORIGIN, "local_minimum"),
    ("y**2 - x**4", ORIGIN, "saddle"),  # falls along x only, and only as x⁴
    ("x**4 - y**2", ORIGIN, "saddle"),
    ("x**2 + 0*y", ORIGIN, "local_minimum"),  # the floor of a gutter
    ("-x**2 + 0*y", ORIGIN, "maximum"),  # the crest of a ridge
    ("abs(x) + abs(y)", ORIGIN, "local_minimum"),
    ("-abs(x)", (0.0,), "maximum"),
    # flat ground
    ("3 + 0*x + 0*y", (0.5, 0.5), "plateau"),
    ("3 + 0*x", (0.5,), "plateau"),
    ("1 - exp(-50*(x**2 + y**2))", (1.0, 1.0), "plateau"),
    ("1 - exp(-50*x**2)", (1.0,), "plateau"),
    ("exp(-50*(x**2 + y**2))", (1.0, 1.0), "plateau"),
    ("tanh(20*x)", (1.5,), "plateau"),
    # ground that only looks flat from far away
    ("x**2/2000 + y**2/2", (1.5, 0.0), "slope"),
    ("1 - exp(-(x**2 + y**2)/2)", (1.0, 1.0), "slope"),
    # slopes without any curvature: no Newton step leads anywhere
    ("x + y", ORIGIN, "slope"),
    ("3*x", (0.7,), "slope"),
    ("x + y**2", ORIGIN, "slope"),
    ("abs(x)", (1.0,), "slope"),
    ("abs(x)", (-0.01,), "slope"),
    ("abs(x) + y**2", (1.0, 0.0), "slope"),
    ("abs(x) + abs(y)", (0.7, 1.1), "slope"),
    # nothing can be said
    ("log(x)", (-1.0,), None),
    ("1/x", (0.0,), None),
    ("sqrt(x) + y", (-1.0, 0.0), None),
    ("sqrt(x**2 + y**2)", ORIGIN, None),
    ("x**4 + y**4", (1e200, 0.0), None),
]


@pytest.mark.parametrize(("expression", "point", "place"), PLACES)
def test_the_place_is_what_the_ground_is_known_to_be(expression, point, place):
    assert place_of(landscape(expression, point).at(), point) == place


@pytest.mark.parametrize(("expression", "size"), [("x**2.5", 1), ("x**2.5 + y**2", 2), ("sqrt(x)**5 + y**2", 2)])
def test_a_flat_point_at_the_edge_of_the_formulas_domain_has_a_verdict(expression, size):
    # The Hessian is zero along x and half of the neighbours have no loss: nothing may be claimed, nothing may fail.
    point = (0.0,) * size
    assert place_of(landscape(expression, point).at(), point) in (None, "local_minimum")


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e6])
@pytest.mark.parametrize(
    ("expression", "place"),
    [("x**2 + 2*y**2", "local_minimum"), ("x**2 - y**2", "saddle"), ("x**3 + y**2", "shoulder")],
)
def test_the_place_does_not_depend_on_the_unit_of_the_loss(scale, expression, place):
    assert place_of(landscape(f"{scale}*({expression})").at(), ORIGIN) == place


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_place_does_not_depend_on_the_unit_of_the_coordinates(scale):
    for text, inside, place in [
        ("x**2 + y**2", 1e-4, "local_minimum"),
        ("x**2 + y**2", 0.3, "slope"),
        ("1 - exp(-50*(x**2 + y**2))", 1.0, "plateau"),
    ]:
        stretched = text.replace("x", f"(x/{scale})").replace("y", f"(y/{scale})").replace(f"e(x/{scale})p", "exp")
        ground = landscape(stretched, half_width=2.0 * scale)
        assert place_of(ground.at(), (inside * scale, inside * scale)) == place


@pytest.mark.parametrize(
    ("slug", "shape"), [("bowl", 1.0), ("bowl", 1000.0), ("quadratic", None), ("two-valley", 0.3), ("saddle", None)]
)
def test_every_stationary_point_of_the_registry_is_the_place_that_it_is_listed_as(slug, shape):
    terrain = LANDSCAPES[slug].at(shape)
    for known in terrain.stationary_points:
        assert place_of(terrain, known.point) == known.kind


def test_every_stationary_point_of_peaks_and_the_plateau_is_the_place_that_it_is_listed_as():
    for slug in ("peaks", "plateau"):
        terrain = LANDSCAPES[slug].at()
        for known in terrain.stationary_points:
            assert place_of(terrain, known.point) == known.kind


@pytest.mark.parametrize("tilt", [1e-3, 1e-4, 1e-5])
def test_of_two_valleys_that_differ_by_little_only_the_deeper_is_global(tilt):
    # The right valley lies 2δ higher; both lists must say so, and a walk's verdict as well.
    right = max(known.point for known in LANDSCAPES["two-valley"].at(tilt).stationary_points)
    assert place_of(LANDSCAPES["two-valley"].at(tilt), right) == "local_minimum"
    verdict = _verdict(LANDSCAPES["two-valley"], (1.7, 1.1), shape=tilt, learning_rate=0.05, steps=1000)
    assert (verdict.outcome, verdict.place) == ("converged", "local_minimum")


def test_in_equally_deep_valleys_each_is_a_global_minimum():
    for x in (-1.7, 1.7):
        verdict = _verdict(LANDSCAPES["two-valley"], (x, 1.0), shape=0.0, learning_rate=0.05, steps=1000)
        assert verdict.place == "global_minimum"
        assert verdict.message.endswith("This is a global minimum.")


# --- outcomes, places and sentences of whole walks


def _valley(turn):
    """Return a root of 4x³ - 4x + 0.3 = 0 by Viète: 0 turns to the right valley, 4π to the left one."""
    return 2 / math.sqrt(3) * math.cos((math.acos(-3 * math.sqrt(3) * 0.3 / 8) - turn) / 3)


def test_converged_in_the_global_minimum():
    verdict = _verdict(LANDSCAPES["two-valley"], (-1.7, 1.1), learning_rate=0.05, steps=1000)
    assert (verdict.outcome, verdict.place) == ("converged", "global_minimum")
    # f'' = 12x² - 4 along x and 2 along y.
    x = _valley(4 * math.pi)
    assert 4 * x**3 - 4 * x + 0.3 == pytest.approx(0, abs=1e-14)
    assert verdict.hessian_eigenvalues == pytest.approx([2, 12 * x**2 - 4], abs=1e-5)
    assert verdict.stability_limit == pytest.approx(2 / (12 * x**2 - 4), abs=1e-6)
    assert re.match(r"Converged after \d+ steps at \(-1\.036, 0\), loss -0\.305", verdict.message)
    assert "gradient norm and step are at or below the tolerance 1e-6" in verdict.message
    assert verdict.message.endswith("This is the global minimum.")


def test_converged_in_a_local_minimum_names_the_deeper_one():
    verdict = _verdict(LANDSCAPES["two-valley"], (1.7, 1.1), learning_rate=0.05, steps=1000)
    assert (verdict.outcome, verdict.place) == ("converged", "local_minimum")
    left, right = _valley(4 * math.pi), _valley(0)
    gap = ((right**2 - 1) ** 2 + 0.3 * right) - ((left**2 - 1) ** 2 + 0.3 * left)
    assert f"the global minimum at (-1.036, 0) lies {gap:.4g} lower." in verdict.message


def test_a_local_minimum_on_ground_without_a_known_global_one():
    verdict = _verdict(landscape("x**2 + y**2"), (1.0, 1.0))
    assert verdict.place == "local_minimum"
    assert verdict.message.endswith("This is a local minimum.")


def test_a_walk_that_starts_on_a_saddle_says_how_many_eigenvalues_are_negative():
    verdict = _verdict(LANDSCAPES["saddle"], ORIGIN)
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("converged", "saddle", [-1, 1])
    assert verdict.message.startswith("No step was taken: at the start (0, 0) the gradient is zero. This is a saddle")
    assert "one Hessian eigenvalue is negative (-1)" in verdict.message


def test_a_walk_along_the_ridge_line_ends_at_the_saddle():
    verdict = _verdict(LANDSCAPES["saddle"], (-1.6, 0.0), learning_rate=0.5)
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")
    assert "one Hessian eigenvalue is negative (-1)" in verdict.message


def test_a_walk_that_starts_on_a_peak_takes_no_step():
    peak = LANDSCAPES["peaks"].at().stationary_points[-1].point
    verdict = _verdict(LANDSCAPES["peaks"], peak)
    assert (verdict.outcome, verdict.place) == ("converged", "maximum")
    assert verdict.message.startswith("No step was taken: at the start (-0.009")
    assert "This is a maximum" in verdict.message
    assert max(verdict.hessian_eigenvalues) < 0
    assert verdict.stability_limit is None


@pytest.mark.parametrize(("expression", "start"), [("x**3", (0.0,)), ("x**3 + y**2", ORIGIN)])
def test_a_walk_that_starts_on_a_shoulder_says_that_it_is_no_minimum(expression, start):
    verdict = _verdict(landscape(expression, start), start)
    assert (verdict.outcome, verdict.place) == ("converged", "shoulder")
    assert "shoulder, no minimum" in verdict.message


@pytest.mark.parametrize(("expression", "start"), [("x**3", (1.0,)), ("x**3 + y**2", (1.0, 1.0))])
def test_a_walk_that_descends_to_a_shoulder_says_that_it_is_no_minimum(expression, start):
    # It stops at x ≈ 6e-4, where 3x² reaches the tolerance and the curvature 6x is small, but positive.
    verdict = _verdict(landscape(expression, start), start, steps=20_000)
    assert verdict.outcome == "converged"
    assert verdict.place == "shoulder"


def test_a_walk_that_descends_into_the_monkey_saddle_stops_there():
    verdict = _verdict(landscape("x**3 - 3*x*y**2"), (1.0, 0.0), steps=20_000)
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")


def test_a_walk_that_starts_on_the_monkey_saddle_does_not_speak_of_one_negative_eigenvalue():
    verdict = _verdict(landscape("x**3 - 3*x*y**2"), ORIGIN)
    assert verdict.place == "saddle"
    assert "no Hessian eigenvalue is negative, but some neighbours are lower" in verdict.message
    assert "one Hessian eigenvalue" not in verdict.message


def test_a_saddle_whose_hessian_is_not_zero_is_not_said_to_have_a_zero_hessian():
    verdict = _verdict(landscape("y**2/100 - x**4"), ORIGIN)
    assert verdict.place == "saddle"
    assert verdict.hessian_eigenvalues == pytest.approx([0, 0.02])
    assert "the Hessian is zero" not in verdict.message


def test_a_walk_that_is_swallowed_by_a_plateau_has_stalled_there():
    verdict = _verdict(LANDSCAPES["plateau"], (3.9, 3.9), shape=4.0, learning_rate=0.1)
    assert (verdict.outcome, verdict.place) == ("stalled", "plateau")
    # φ r exp(-φr²/2) with r² = 2·3.9²
    norm = 4 * 3.9 * math.sqrt(2) * math.exp(-4 * 3.9**2)
    assert verdict.message.startswith("Stalled at the start on a plateau at (3.9, 3.9)")
    assert f"gradient norm {say(norm)} " in verdict.message
    assert "no minimum, only flat ground" in verdict.message


def test_a_walk_that_rolls_out_onto_a_plateau_has_stalled_there():
    # Down from the hill in the middle and out until nothing is felt.
    verdict = _verdict(
        landscape("exp(-2*(x**2 + y**2))", half_width=2.5), (0.3, 0.0), learning_rate=0.5, steps=20_000, tolerance=1e-4
    )
    assert (verdict.outcome, verdict.place) == ("stalled", "plateau")
    assert re.match(r"Stalled after \d+ steps on a plateau", verdict.message)


def test_still_on_the_plateau_at_the_end():
    verdict = _verdict(LANDSCAPES["plateau"], (3.5, 3.0), shape=1.0, learning_rate=0.1, steps=50)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "plateau")
    assert "Out of steps after 50 steps, still on the plateau" in verdict.message
    assert "no minimum" in verdict.message


def test_a_ravine_of_condition_number_a_thousand_is_a_slope_and_no_plateau():
    verdict = _verdict(LANDSCAPES["bowl"], (3.2, 2.4), shape=1000.0, learning_rate=1.0, steps=100)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "slope")
    # x shrinks by 1 - 1/1000 a step, y is zero after the first.
    x = 3.2 * 0.999**100
    assert verdict.message == (
        f"Out of steps after 100 steps, still on a slope at ({x:.4g}, 0), loss {x * x / 2000:.4g}: "
        f"the gradient norm {x / 1000:.4g} is still above 1e-6."
    )


def test_a_walk_on_a_tilted_plane_is_still_on_a_slope():
    for expression in ("x + y", "x + y**2"):
        verdict = _verdict(landscape(expression), (1.0, 1.0), steps=50)
        assert (verdict.outcome, verdict.place) == ("out_of_steps", "slope")
        assert "still on a slope" in verdict.message


def test_a_walk_that_thrashes_around_a_corner_is_on_a_slope():
    verdict = _verdict(landscape("abs(x)", (0.97,)), (0.97,), learning_rate=0.1, steps=30, tolerance=1e-6)
    assert verdict.place == "slope"


def test_out_of_steps_close_to_the_minimum():
    # x → x/2: after 12 steps at 2^-12, which is far above the tolerance and close in the domain's widths.
    verdict = _verdict(landscape("x**2/2 + y**2/2", near=(ORIGIN,)), (1.0, 0.0), learning_rate=0.5, steps=12)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "global_minimum")
    assert verdict.message == (
        "Close to the global minimum at (0.0002441, 0), loss 2.98e-8, at the end of its 12 steps: "
        "the gradient norm 0.0002441 is still above 1e-6."
    )


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x**2 + y**2", "a local minimum"),
        ("x*y", "a saddle"),
        ("-x**2 - y**2", "a maximum"),
        ("x**3 + y**2", "a shoulder"),
    ],
)
def test_with_tolerance_zero_the_sentence_says_that_a_walk_never_ends_by_itself(expression, words):
    verdict = _verdict(landscape(expression), ORIGIN, steps=3, tolerance=0.0)
    assert verdict.outcome == "out_of_steps"
    assert verdict.message.startswith(f"Close to {words} at (0, 0), loss 0, at the end of its 3 steps:")
    assert "with tolerance 0 only divergence ends a walk early" in verdict.message


def test_out_of_steps_in_the_bottom_while_momentum_still_carries():
    # At rate 1 the only step ends exactly in the bottom and was one long.
    settings = {"learning_rate": 1.0, "steps": 1}
    verdict = _verdict(landscape("x**2/2 + y**2/2"), (1.0, 0.0), "momentum", {"momentum": 0.5}, **settings)
    assert verdict.outcome == "out_of_steps"
    assert verdict.message.startswith("Close to a local minimum at (0, 0), loss 0, at the end of its 1 step:")
    assert "the last step was still longer than 1e-6" in verdict.message


def test_out_of_steps_where_the_curvature_does_not_exist():
    # x**1.5 has slope 0 and no curvature at 0, and tolerance 0 keeps the walk there.
    verdict = _verdict(landscape("x**1.5 + y**2", start=ORIGIN), ORIGIN, steps=5, tolerance=0.0)
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("out_of_steps", None, [])
    assert verdict.stability_limit is None
    assert verdict.message.startswith("Out of steps after 5 steps at (0, 0), loss 0:")


def test_converged_where_the_curvature_does_not_exist():
    verdict = _verdict(landscape("x**1.5 + y**2", start=ORIGIN), ORIGIN)
    assert (verdict.outcome, verdict.place) == ("converged", None)
    assert "cannot be told" in verdict.message


@pytest.mark.parametrize(
    ("optimizer", "values", "factor", "text"),
    [
        ("gradient-descent", {}, 2, "2/λ"),
        ("momentum", {"momentum": 0.5}, 3, "2(1+β)/λ"),
        ("momentum", {"momentum": 0.5, "dampening": 0.5}, 6, "2(1+β)/((1−τ)λ)"),
        ("nesterov", {"momentum": 0.5}, 1.5, "(2+2β)/((1+2β)λ)"),
    ],
)
def test_above_the_limit_the_message_names_the_limit(optimizer, values, factor, text):
    # Curvatures 4 and 10.
    limit = factor / 10
    verdict = _verdict(
        landscape("2*x**2 + 5*y**2"), (1.0, 1.0), optimizer, values, learning_rate=1.25 * limit, steps=2000
    )
    assert (verdict.outcome, verdict.place) == ("diverged", None)
    assert verdict.hessian_eigenvalues == [4, 10]
    assert verdict.stability_limit == pytest.approx(limit)
    assert re.fullmatch(
        rf"Diverged after \d+ steps: the learning rate {1.25 * limit:.4g} is above the limit "
        rf"{re.escape(text)} = {limit:.4g} at the start\.",
        verdict.message,
    )


@pytest.mark.parametrize(
    ("learning_rate", "gone"),
    [(6.0, "the walker is more than a million domain widths away"), (150.0, "the loss is no longer a finite number")],
)
def test_diverged_below_the_limit_at_the_start_is_said_without_guessing_why(learning_rate, gone):
    # f = x + exp(-5x) is gentle on the right, f'' = 25 exp(-5x); a step of slope 1 leaps to the steep side on the left.
    verdict = _verdict(landscape("x + exp(-5*x)", (3.0,)), (3.0,), learning_rate=learning_rate)
    limit = 2 / (25 * math.exp(-15))
    assert verdict.outcome == "diverged"
    assert verdict.stability_limit == pytest.approx(limit)
    assert verdict.message.endswith(
        f"{gone}, although the learning rate {learning_rate:g} is below the limit 2/λ = {say(limit)} at the start."
    )


def test_a_walk_far_away_that_no_limit_explains_is_not_said_to_be_on_ground_that_gets_steeper():
    # Along x the slope is the same everywhere, along y the curvature is 1 everywhere: nothing gets steeper.
    verdict = _verdict(landscape("-1e6*x + y**2/2"), (0.0, 0.0), learning_rate=1.5, steps=50)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", 2)
    assert "the walker is more than a million domain widths away" in verdict.message
    assert "gets steeper" not in verdict.message


def test_a_walk_that_overflows_says_that_the_loss_is_no_longer_finite():
    verdict = _verdict(landscape("-exp(x**2) + 0*y"), (1.0, 0.0), learning_rate=1.0, steps=50)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", None)
    assert re.fullmatch(r"Diverged after \d+ steps?: the loss is no longer a finite number\.", verdict.message)


def test_a_walk_down_an_endless_slope_says_that_the_walker_is_far_away():
    verdict = _verdict(landscape("-x + 0*y"), ORIGIN, learning_rate=1e6, steps=50)
    assert verdict.message == "Diverged after 5 steps: the walker is more than a million domain widths away."


def test_a_start_with_a_loss_but_without_a_gradient_is_not_said_to_have_no_finite_loss():
    # The tip of a cone: height 0, no slope.
    verdict = _verdict(landscape("sqrt(x**2 + y**2)"), ORIGIN)
    assert "loss is no longer a finite number" not in verdict.message


def test_exactly_at_the_limit_the_sentence_says_that_the_walker_jumps_to_and_fro():
    verdict = _verdict(landscape("x**2/2 + y**2/2"), (1.0, 0.0), learning_rate=2.0)
    assert (verdict.outcome, verdict.place) == ("stalled", "slope")
    assert verdict.message == (
        "Stalled after 64 steps at (1, 0): the loss 0.5 no longer changes, though the gradient norm is 1, above the "
        "tolerance 1e-6; the learning rate 2 is at the limit 2/λ = 2, where the walker only jumps to and fro."
    )


def test_a_stall_that_the_limit_does_not_explain_is_not_explained_by_it():
    verdict = _verdict(landscape("abs(x) + 0*y"), (10.5, 0.0), learning_rate=1.0)
    assert verdict.outcome == "stalled"
    assert verdict.message.endswith(
        "the loss 0.5 no longer changes, though the gradient norm is 1, above the tolerance 1e-6."
    )


def test_a_start_whose_gradient_is_only_rounding_says_so():
    # sin has its maximum at π/2, which a float misses: cos(π/2) = 6.1e-17.
    verdict = _verdict(landscape("sin(x)", (math.pi / 2,)), (math.pi / 2,))
    assert "the gradient is zero up to rounding (6.123e-17)" in verdict.message
    assert verdict.place == "maximum"


def test_a_start_whose_gradient_is_below_the_tolerance_says_so():
    verdict = _verdict(landscape("x**2 + y**2"), (1e-8, 0.0))
    assert verdict.outcome == "converged"
    assert "the gradient is 2e-8, at or below the tolerance 1e-6" in verdict.message


def test_a_slope_that_is_below_the_tolerance_is_called_a_slope():
    verdict = _verdict(landscape("x**2 + y**2"), (1.0, 0.0), tolerance=10.0)
    assert (verdict.outcome, verdict.place) == ("converged", "slope")
    assert "This is a slope: the ground still falls" in verdict.message


def test_climbing_the_fence_ends_at_its_top():
    fence = dataclasses.replace(landscape("100*x - x**2", (57.0,), domain=Box((0.0,), (100.0,))), goal="maximize")
    verdict = _verdict(fence, (57.0,), learning_rate=0.1, goal="maximize")
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("converged", "maximum", [-2])
    assert verdict.stability_limit == 1  # 2/|-2|
    assert "(50)" in verdict.message
    assert "loss 2500" in verdict.message


def test_climbing_too_fast_diverges_with_the_limit_of_the_downward_curvature():
    verdict = _verdict(landscape("-x**2 - 3*y**2"), (1.0, 1.0), learning_rate=0.5, goal="maximize")
    assert verdict.outcome == "diverged"
    assert verdict.stability_limit == pytest.approx(2 / 6)
    assert "the learning rate 0.5 is above the limit 2/λ = 0.3333 at the start" in verdict.message


# --- parts


@pytest.mark.parametrize(
    ("goal", "curvatures", "limit"),
    [
        ("minimize", [1.0, 4.0], 0.5),
        ("minimize", [-8.0, 4.0], 0.5),
        ("minimize", [-2.0, -1.0], None),
        ("minimize", [-2.0, 0.0], None),
        ("minimize", [], None),
        ("minimize", [5.0], 0.4),
        ("maximize", [-4.0, -1.0], 0.5),
        ("maximize", [-4.0, 8.0], 0.5),
        ("maximize", [0.0, 1.0], None),
    ],
)
def test_the_stability_limit_is_two_over_the_sharpest_curvature_in_the_walks_direction(goal, curvatures, limit):
    settings = descent(landscape("x*y"), goal=goal)
    assert stability_limit(settings, OPTIMIZERS["gradient-descent"], {}, curvatures) == limit


def test_there_is_no_limit_where_none_is_known_or_none_is_finite():
    settings, bare = descent(landscape("x*y")), OPTIMIZERS["gradient-descent"]
    unknown = Optimizer("new", "New", (), bare.build, bare.rule, bare.rule, "None.", bare.source)
    assert stability_limit(settings, unknown, {}, [1.0, 2.0]) is None
    assert stability_limit(settings, OPTIMIZERS["momentum"], {"momentum": 0.5, "dampening": 1.0}, [1.0, 2.0]) is None


def test_the_curvature_of_a_diverged_walk_is_that_of_its_start():
    settings, rule = descent(landscape("x**4 + y**2")), OPTIMIZERS["gradient-descent"]
    ending = Ending(0, "diverged", 3, 1e9, 0.0, 1e36, 4e27)
    verdict = judge(settings, rule, {}, (0.5, 0.0), ending)
    assert verdict.hessian_eigenvalues == [2, 3]  # 12·0.5²
    assert verdict.place is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.0, "-1"),
        (0.1, "0.1"),
        (2 / 3, "0.6667"),
        (1234.6, "1235"),
        (2500.0, "2500"),
        (99999.0, "1e5"),
        (123456.0, "1.235e5"),
        (1e-6, "1e-6"),
        (0.00001234, "1.234e-5"),
        (0.0001234, "0.0001234"),
        (1e10, "1e10"),
        (1e-10, "1e-10"),
        (-2.5e100, "-2.5e100"),
        (1.5e-300, "1.5e-300"),
        (math.inf, "inf"),
        (math.nan, "nan"),
    ],
)
def test_a_number_is_said_with_four_digits_as_a_person_writes_it(number, text):
    assert say(number) == text


@pytest.mark.parametrize("number", [1.0, -0.001234, 5.4321e7, 6.6e-9, 123.4, 1e100])
def test_what_is_said_is_the_number_to_four_digits(number):
    assert float(say(number)) == pytest.approx(number, rel=5e-4)


def test_a_coordinate_below_the_tolerance_is_said_to_be_zero():
    verdict = _verdict(landscape("x**2 + y**2"), (1.0, 1e-7), learning_rate=0.25)
    assert "at (0, 0)" in verdict.message


def test_a_start_without_a_loss_says_so():
    verdict = _verdict(landscape("log(x) + y**2", (1.0, 0.0)), (-1.0, 0.0))
    assert (verdict.outcome, verdict.place) == ("diverged", None)
    assert verdict.message == "Diverged after 0 steps: at the start the loss or its gradient is no finite number."


def test_a_place_with_a_curvature_but_without_a_slope_is_not_called_flat():
    # The second derivative of |x|·y² along y exists at the kink, the slope of sqrt(x⁴) as written does not.
    assert place_of(landscape("sqrt(x**4) + y").at(), ORIGIN) in (None, "slope")


def test_of_two_global_minima_the_sentence_speaks_of_one():
    # The saddle's minima (0, -1) and (0, 1) are equally deep.
    verdict = _verdict(LANDSCAPES["saddle"], (0.5, 0.5), learning_rate=0.1, steps=60)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "global_minimum")
    assert verdict.message.startswith("Close to a global minimum at")
