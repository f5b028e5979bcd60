"""Where a walk ended and why, on ground whose answer is known beforehand."""

import dataclasses
import math
import re

import numpy as np
import pytest

from app.descent.judging.judged_walk import judged_walk
from app.descent.judging.limits import stability_limit
from app.descent.judging.places import place_of
from app.descent.judging.sentences import numeral
from app.descent.judging.verdict import judge
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Ending
from tests.descent.by_hand import BY_HAND, PLAIN, descent, fitting, landscape, one, unknown


def _verdict(ground, start, optimizer="gradient-descent", values=None, box=None, **options):
    settings = descent(ground, optimizer, values, **options)
    whole = one(settings, start)
    return judge(settings, OPTIMIZERS[optimizer], start, whole.ending, [(whole.x, whole.y)], box)


# --- the place, from the point alone: where no stationary point is known, no minimum is called global

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
    ("x**1.5 + x + y", ORIGIN, None),  # a slope at the edge of the formula's domain
    ("x**1.5 + x + abs(y - 1)", ORIGIN, None),  # and where there are kinks besides
    ("abs(x) + y", ORIGIN, "slope"),  # on a kink the ground goes on at every side
    # kinks in the plane
    ("abs(x) - abs(y)", ORIGIN, "saddle"),
    ("-abs(x) - abs(y)", ORIGIN, "maximum"),
    ("abs(x) + y**2", ORIGIN, "local_minimum"),
    ("abs(x)/1000 + y**2", (0.0, 0.5), "slope"),
]


@pytest.mark.parametrize(("expression", "point", "place"), PLACES)
def test_the_place_is_what_the_ground_is_known_to_be(expression, point, place):
    assert place_of(unknown(landscape(expression, point).at()), point) == place


@pytest.mark.parametrize(("expression", "size"), [("x**2.5", 1), ("x**2.5 + y**2", 2), ("sqrt(x)**5 + y**2", 2)])
def test_a_flat_point_at_the_edge_of_the_formulas_domain_has_a_verdict(expression, size):
    # The Hessian is zero along x and half of the neighbours have no loss: nothing may be claimed, nothing may fail.
    point = (0.0,) * size
    assert place_of(landscape(expression, point).at(), point) in (None, "local_minimum")


@pytest.mark.parametrize("scale", [1e-12, 1e-3, 1e6])
@pytest.mark.parametrize(
    ("expression", "place"),
    [("x**2 + 2*y**2", "global_minimum"), ("x**2 - y**2", "saddle"), ("x**3 + y**2", "shoulder")],
)
def test_the_place_does_not_depend_on_the_unit_of_the_loss(scale, expression, place):
    assert place_of(landscape(f"{scale}*({expression})").at(), ORIGIN) == place


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_the_place_does_not_depend_on_the_unit_of_the_coordinates(scale):
    for text, inside, place in [
        ("x**2 + y**2", 1e-4, "global_minimum"),
        ("x**2 + y**2", 0.3, "slope"),
        ("1 - exp(-50*(x**2 + y**2))", 1.0, "plateau"),
    ]:
        stretched = text.replace("x", f"(x/{scale})").replace("y", f"(y/{scale})").replace(f"e(x/{scale})p", "exp")
        ground = landscape(stretched, half_width=2.0 * scale)
        assert place_of(ground.at(), (inside * scale, inside * scale)) == place


@pytest.mark.parametrize(
    ("slug", "shape"),
    [
        (slug, shape)
        for slug, entry in PLAIN.items()
        for shape in ([None] if entry.shape is None else [entry.shape.low, entry.shape.default, entry.shape.high])
    ],
)
def test_every_stationary_point_of_the_registry_is_the_place_that_it_is_listed_as(slug, shape):
    fixed = LANDSCAPES[slug].at(shape)
    for known in fixed.stationary_points[:40]:
        assert place_of(fixed, known.point) == known.kind


@pytest.mark.parametrize("slug", [slug for slug, entry in PLAIN.items() if entry.at().known("global_minimum")])
def test_a_little_beside_a_global_minimum_is_its_place_and_far_from_it_is_not(slug):
    fixed = LANDSCAPES[slug].at()
    (x, *y) = fixed.known("global_minimum")[0].point
    width = fixed.scale.widths[0]
    assert place_of(fixed, (x + 1e-3 * width, *y)) == "global_minimum"
    assert place_of(fixed, (x + 0.04 * width, *y)) != "global_minimum"


def test_beside_a_kink_is_the_kink_only_where_it_is_known():
    assert place_of(LANDSCAPES["kink"].at(), (0.03,)) == "global_minimum"
    assert place_of(LANDSCAPES["kink"].at(), (0.05,)) == "slope"
    # No node of the search meets this one, and no slope leads to it.
    assert place_of(landscape("abs(x - 0.003)", (1.0,)).at(), (0.03,)) == "slope"
    pasture = LANDSCAPES["pasture"].at()
    assert place_of(pasture, (-1.0, 100.5)) == "global_minimum"
    assert place_of(pasture, (-1.0, 90.0)) == "slope"


def test_flat_ground_without_curvature_is_a_plateau_even_where_there_is_no_hessian():
    # The absolute error of a model that every point wants to pull the same way has the slope 1, of a range of 1e4.
    ground = dataclasses.replace(fitting([1.0, 1.0], [-1e6, -1e6], "absolute"), domain=Box((-2e6, -1.0), (2e6, 1.0)))
    assert place_of(ground.at(), (0.0, 0.5)) == "slope"
    flat = dataclasses.replace(fitting([1e-3, 1.0], [0.0, 0.0], "absolute"), domain=Box((-1.0, -500.0), (1.0, 500.0)))
    _, along, _ = flat.at().floats.loss_and_gradient(0.9, 0.0)
    assert along > 0
    assert place_of(flat.at(), (0.0, 0.0)) == "global_minimum"
    assert place_of(unknown(flat.at()), (0.0, 0.0)) == "local_minimum"


def test_near_the_bottom_of_ground_that_is_steep_elsewhere_what_is_still_to_fall_is_the_measure():
    # Beale's corners are so high that near its minimum all looks flat. At (2.698, 0.414) the slope is a few thousandths
    # of the range per width, but only a thousand-thousandth of it is left to fall.
    beale = LANDSCAPES["beale"].at()
    gradient = BY_HAND["beale"].gradient(2.698, 0.414, None)
    assert 1e-6 < beale.scale.slope(gradient) < 0.01
    assert BY_HAND["beale"].loss(2.698, 0.414, None) / beale.scale.loss < 1e-4
    assert place_of(beale, (2.698, 0.414)) == "slope"


@pytest.mark.parametrize(("deep", "place"), [(0.0, "slope"), (1.0, "plateau")])
def test_the_same_slope_is_flat_where_a_whole_range_is_still_to_fall_and_none_where_all_has_fallen(deep, place):
    # Out here the hill is a hundred-thousandth high; the pit on the other side is felt nowhere else.
    ground = landscape(f"exp(-3*(x**2 + y**2)) - {deep}*exp(-50*((x + 2)**2 + y**2))", half_width=2.5)
    point = (math.sqrt(math.log(1e5) / 3), 0.0)
    slope = 6 * point[0] * 1e-5
    assert ground.at().floats.loss_and_gradient(*point)[1] == pytest.approx(-slope)
    assert place_of(ground.at(), point) == place


def test_ground_whose_slope_is_beyond_all_floats_is_not_flat():
    # 4x³ overflows at 1e103, 12x² does not.
    assert place_of(landscape("x**4 + y**4").at(), (1e103, 0.0)) == "slope"


def test_ground_that_only_flattens_out_has_no_minimum_however_wide_the_domain():
    # On a domain of width 200 Newton's steps on exp(-x), which are 1 long, count as short; its bottom lies nowhere.
    wide = landscape("exp(-x) + 0*y", domain=Box((0.0, -1.0), (200.0, 1.0))).at()
    assert place_of(wide, (14.0, 0.0)) in ("slope", "plateau")
    assert place_of(landscape("exp(-x)", (1.0,), domain=Box((0.0,), (200.0,))).at(), (14.0,)) in ("slope", "plateau")


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
        assert verdict.numbers.endswith("This is a global minimum.")


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
    assert re.match(r"Converged after \d+ steps at \(-1\.036, 0\), loss -0\.305", verdict.numbers)
    assert "gradient norm and step are at or below the tolerance 1e-6" in verdict.numbers
    assert verdict.numbers.endswith("This is the global minimum.")


def test_converged_in_a_local_minimum_names_the_deeper_one():
    verdict = _verdict(LANDSCAPES["two-valley"], (1.7, 1.1), learning_rate=0.05, steps=1000)
    assert (verdict.outcome, verdict.place) == ("converged", "local_minimum")
    left, right = _valley(4 * math.pi), _valley(0)
    gap = ((right**2 - 1) ** 2 + 0.3 * right) - ((left**2 - 1) ** 2 + 0.3 * left)
    assert f"the global minimum at (-1.036, 0) lies {gap:.4g} lower." in verdict.numbers


def test_a_local_minimum_on_ground_without_a_known_global_one():
    # The minimum lies outside the domain, which is not searched.
    verdict = _verdict(landscape("x**2 + y**2", domain=Box((1.0, 1.0), (3.0, 3.0))), (1.0, 1.0))
    assert verdict.place == "local_minimum"
    assert verdict.numbers.endswith("This is a local minimum.")


def test_a_walk_that_starts_on_a_saddle_says_how_many_eigenvalues_are_negative():
    verdict = _verdict(LANDSCAPES["saddle"], ORIGIN)
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("converged", "saddle", [-1, 1])
    assert verdict.numbers.startswith(
        "No step was taken: at the start (0, 0) the gradient is exactly zero. This is a saddle, no minimum: "
    )
    assert "one Hessian eigenvalue is negative (-1)" in verdict.numbers


def test_a_walk_along_the_ridge_line_ends_at_the_saddle():
    verdict = _verdict(LANDSCAPES["saddle"], (-1.6, 0.0), learning_rate=0.5)
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")
    assert "one Hessian eigenvalue is negative (-1)" in verdict.numbers


def test_a_walk_that_starts_on_a_peak_takes_no_step():
    peak = LANDSCAPES["peaks"].at().stationary_points[-1].point
    verdict = _verdict(LANDSCAPES["peaks"], peak)
    assert (verdict.outcome, verdict.place) == ("converged", "maximum")
    assert verdict.numbers.startswith("No step was taken: at the start (-0.009")
    assert "This is a maximum" in verdict.numbers
    assert max(verdict.hessian_eigenvalues) < 0
    assert verdict.stability_limit is None


@pytest.mark.parametrize(("expression", "start"), [("x**3", (0.0,)), ("x**3 + y**2", ORIGIN)])
def test_a_walk_that_starts_on_a_shoulder_says_that_it_is_no_minimum(expression, start):
    verdict = _verdict(landscape(expression, start), start)
    assert (verdict.outcome, verdict.place) == ("converged", "shoulder")
    assert "shoulder, no minimum" in verdict.numbers


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
    assert "the Hessian is zero there and says nothing, but some neighbours are lower" in verdict.numbers
    assert "one Hessian eigenvalue" not in verdict.numbers


def test_a_saddle_whose_hessian_is_not_zero_is_not_said_to_have_a_zero_hessian():
    verdict = _verdict(landscape("y**2/100 - x**4"), ORIGIN)
    assert verdict.place == "saddle"
    assert verdict.hessian_eigenvalues == pytest.approx([0, 0.02])
    assert "the Hessian is zero" not in verdict.numbers


def test_a_walk_that_starts_on_a_plateau_takes_no_step_there():
    verdict = _verdict(LANDSCAPES["plateau"], (3.9, 3.9), shape=4.0, learning_rate=0.1)
    assert (verdict.outcome, verdict.place) == ("stalled", "plateau")
    # φ r exp(-φr²/2) with r² = 2·3.9²
    norm = 4 * 3.9 * math.sqrt(2) * math.exp(-4 * 3.9**2)
    assert verdict.numbers == (
        f"No step was taken: at the start (3.9, 3.9) the gradient is zero up to rounding ({numeral(norm)}). This is a "
        f"plateau, no minimum: only flat ground. The nearest known minimum, the global one, is 5.515 "
        "away, at (0, 0)."
    )


def test_a_walk_that_rolls_out_onto_a_plateau_has_stalled_there():
    # Down from the hill in the middle and out until nothing is felt; far lower is only the pit on the other side.
    pit = landscape("exp(-2*(x**2 + y**2)) - exp(-50*((x + 2)**2 + y**2))", half_width=2.5)
    settings = {"learning_rate": 0.5, "steps": 20_000, "tolerance": 1e-4}
    verdict = _verdict(pit, (0.3, 0.0), **settings)
    assert (verdict.outcome, verdict.place) == ("stalled", "plateau")
    assert re.fullmatch(
        r"Stalled after \d+ steps at \(.*, 0\): the gradient norm is \S+, at or below the tolerance 0.0001, "
        r"too small to move on\. This is a plateau, no minimum: only flat ground\. "
        r"The nearest known minimum, the global one, is \S+ away, at \(-2, 0\)\.",
        verdict.numbers,
    )
    # Without the pit nothing lies lower than the foot of the hill, and what is left of the fall is a slope to its end.
    verdict = _verdict(landscape("exp(-2*(x**2 + y**2))", half_width=2.5), (0.3, 0.0), **settings)
    assert (verdict.outcome, verdict.place) == ("converged", "slope")
    assert verdict.numbers.endswith("This is a slope: the ground still falls.")


def test_still_on_the_plateau_at_the_end():
    verdict = _verdict(LANDSCAPES["plateau"], (3.5, 3.0), shape=1.0, learning_rate=0.1, steps=50)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "plateau")
    assert verdict.numbers.startswith("Out of steps after 50 steps at (3.5, 3), loss 1: the gradient norm is 0.00011")
    assert "This is a plateau, no minimum: only flat ground. The nearest known minimum" in verdict.numbers


def test_a_ravine_of_condition_number_a_thousand_is_a_slope_and_no_plateau():
    verdict = _verdict(LANDSCAPES["bowl"], (3.2, 2.4), shape=1000.0, learning_rate=1.0, steps=100)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "slope")
    # x shrinks by 1 - 1/1000 a step, y is zero after the first.
    x = 3.2 * 0.999**100
    assert verdict.numbers == (
        f"Out of steps after 100 steps at ({x:.4g}, 0), loss {x * x / 2000:.4g}: the gradient norm is {x / 1000:.4g}, "
        "above the tolerance 1e-6. This is a slope: the ground still falls. The nearest known minimum, the global one, "
        f"is {x:.4g} away, at (0, 0)."
    )


def test_a_walk_on_a_tilted_plane_is_still_on_a_slope():
    for expression in ("x + y", "x + y**2"):
        verdict = _verdict(landscape(expression), (1.0, 1.0), steps=50)
        assert (verdict.outcome, verdict.place) == ("out_of_steps", "slope")
        assert verdict.numbers.endswith("This is a slope: the ground still falls.")


def test_a_walk_that_thrashes_around_a_corner_is_on_a_slope():
    ground = landscape("abs(x - 0.003)", (0.97,))
    verdict = _verdict(ground, (0.97,), learning_rate=0.1, steps=30, tolerance=1e-6)
    assert verdict.place == "slope"


def test_out_of_steps_close_to_the_minimum():
    # x → x/2: after 12 steps at 2^-12, which is far above the tolerance and close in the domain's widths.
    verdict = _verdict(landscape("x**2/2 + y**2/2"), (1.0, 0.0), learning_rate=0.5, steps=12)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "global_minimum")
    assert verdict.numbers == (
        "Out of steps after 12 steps at (0.0002441, 0), loss 2.98e-8: the gradient norm is 0.0002441, above the "
        "tolerance 1e-6. The walker is close to the global minimum."
    )


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x**2 + y**2", "the global minimum"),
        ("x*y", "a saddle"),
        ("-x**2 - y**2", "a maximum"),
        ("x**3 + y**2", "a shoulder"),
    ],
)
def test_with_tolerance_zero_the_sentence_says_that_a_walk_never_ends_by_itself(expression, words):
    verdict = _verdict(landscape(expression), ORIGIN, steps=3, tolerance=0.0)
    assert verdict.outcome == "out_of_steps"
    head = (
        "Out of steps after 3 steps at (0, 0), loss 0: with tolerance 0 only divergence or patience ends a walk early."
    )
    assert verdict.numbers.startswith(f"{head} This is {words}")


def test_out_of_steps_in_the_bottom_while_momentum_still_carries():
    # At rate 1 the only step ends exactly in the bottom and was one long.
    settings = {"learning_rate": 1.0, "steps": 1}
    verdict = _verdict(landscape("x**2/2 + y**2/2"), (1.0, 0.0), "momentum", {"momentum": 0.5}, **settings)
    assert verdict.outcome == "out_of_steps"
    assert verdict.numbers == (
        "Out of steps after 1 step at (0, 0), loss 0: the last step was still longer than 1e-6. This is the "
        "global minimum."
    )


def test_out_of_steps_where_the_curvature_does_not_exist():
    # x**1.5 has slope 0 and no curvature at 0, and tolerance 0 keeps the walk there.
    verdict = _verdict(landscape("x**1.5 + y**2", start=ORIGIN), ORIGIN, steps=5, tolerance=0.0)
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("out_of_steps", None, [])
    assert verdict.stability_limit is None
    assert verdict.numbers == (
        "Out of steps after 5 steps at (0, 0), loss 0: with tolerance 0 only divergence or patience ends a walk early. "
        "What kind of place it is cannot be told: the derivatives do not exist there."
    )


@pytest.mark.parametrize(
    ("expression", "start", "rest", "reason"),
    [
        (
            "x**2/2 + y**2/2",
            (1.0, 0.0),
            {},
            "2.5 is above the limit 2/λ = 2 here, so the walk cannot settle; the loss has risen from 0.5 at the start",
        ),
        (
            "-x**2/2 - y**2/2",
            (1.0, 0.0),
            {"goal": "maximize"},
            "2.5 is above the limit 2/λ = 2 here, so the walk cannot "
            "settle; the value has fallen from -0.5 at the start",
        ),
        (
            "x**2/2 + y**2/2",
            (1.0, 0.0),
            {"steps": 2, "schedule": "linear", "floor": 0.9},
            "2.375 of the last step is above "
            "the limit 2/λ = 2 here, so the walk cannot settle; the loss has risen from 0.5 at the start",
        ),
        # The gentle coordinate falls by more than the steep one rises.
        (
            "5*x**2 + y**2/2",
            (0.001, 1.0),
            {"learning_rate": 0.25},
            "0.25 is above the limit 2/λ = 0.2 here, so the walk cannot settle",
        ),
    ],
)
def test_out_of_steps_above_the_limit_says_that_the_walk_cannot_settle(expression, start, rest, reason):
    verdict = _verdict(landscape(expression), start, **{"learning_rate": 2.5, "steps": 3, **rest})
    assert verdict.outcome == "out_of_steps"
    assert f": the learning rate {reason}. This is a slope: " in verdict.numbers


def test_converged_where_the_curvature_does_not_exist():
    verdict = _verdict(landscape("x**1.5 + y**2", start=ORIGIN), ORIGIN)
    assert (verdict.outcome, verdict.place) == ("converged", None)
    assert "cannot be told" in verdict.numbers


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
        verdict.numbers,
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
    # On the way it was inside the picture only at the start, so nothing sharper was met.
    assert verdict.numbers.endswith(
        f"{gone}, although the learning rate {learning_rate:g} is below the limit 2/λ = {numeral(limit)} at the start."
    )


def test_a_walk_far_away_that_no_limit_explains_is_not_said_to_be_on_ground_that_gets_steeper():
    # Along x the slope is the same everywhere, along y the curvature is 1 everywhere: nothing gets steeper.
    verdict = _verdict(landscape("-1e6*x + y**2/2"), (0.0, 0.0), learning_rate=1.5, steps=50)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", 2)
    assert "the walker is more than a million domain widths away" in verdict.numbers
    assert "gets steeper" not in verdict.numbers


def test_a_walk_that_overflows_says_that_the_loss_is_no_longer_finite():
    verdict = _verdict(landscape("-exp(x**2) + 0*y"), (1.0, 0.0), learning_rate=1.0, steps=50)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", None)
    assert re.fullmatch(r"Diverged after \d+ steps?: the loss is no longer a finite number\.", verdict.numbers)


def test_a_walk_down_an_endless_slope_says_that_the_walker_is_far_away():
    verdict = _verdict(landscape("-x + 0*y"), ORIGIN, learning_rate=1e6, steps=50)
    assert verdict.numbers == (
        "Diverged after 5 steps: the walker is more than a million domain widths away. The loss fell at every step, to "
        "-5e6, and goes on so: this ground seems to have no lowest place in that direction."
    )


def test_a_start_with_a_loss_but_without_a_gradient_is_not_said_to_have_no_finite_loss():
    # The tip of a cone: height 0, no slope.
    verdict = _verdict(landscape("sqrt(x**2 + y**2)"), ORIGIN)
    assert "loss is no longer a finite number" not in verdict.numbers


def test_exactly_at_the_limit_the_sentence_says_that_the_walker_jumps_to_and_fro():
    verdict = _verdict(landscape("x**2/2 + y**2/2"), (1.0, 0.0), learning_rate=2.0)
    assert (verdict.outcome, verdict.place) == ("stalled", "slope")
    assert verdict.numbers == (
        "Stalled after 64 steps at (1, 0): the loss 0.5 no longer changes, though the gradient norm is 1, above the "
        "tolerance 1e-6; the learning rate 2 is at the limit 2/λ = 2, where the walker only jumps to and fro. "
        "This is a slope: the ground still falls. The nearest known minimum, the global one, is 1 away, at (0, 0)."
    )


# (expression, start, optimizer, options, values), and the sentences of the cycle
ROUND = [
    (
        ("x**2/2 + y**2/2", (1.0, 0.0), "gradient-descent", {"learning_rate": 2.0}, {}),
        "Stalled after 64 steps: for ever between two points, (1, 0) and (-1, 0), loss 0.5. The learning rate 2 is at "
        "the limit 2/λ = 2. The nearest known minimum, the global one, is 1 away, at (0, 0).",
    ),
    (
        ("-x**2/2 - y**2/2", (1.0, 0.0), "gradient-descent", {"learning_rate": 2.0, "goal": "maximize"}, {}),
        "Stalled after 64 steps: for ever between two points, (1, 0) and (-1, 0), value -0.5. The learning rate 2 is "
        "at the limit 2/λ = 2. The nearest known maximum is 1 away, at (0, 0).",
    ),
    (
        ("x**2/2", (1.0,), "gradient-descent", {"learning_rate": 2.0, "steps": 9, "tolerance": 0.0}, {}),
        "Out of steps after 9 steps: for ever between two points, x = -1 and x = 1, loss 0.5. The learning rate 2 is "
        "at the limit 2/λ = 2. The nearest known minimum, the global one, is 1 away, at x = 0.",
    ),
    # May's map with r = 3.2: on the sharp side the limit is exceeded, on the gentle one it is so only at the minimum.
    (
        ("-1.1*x**2 + 3.2*x**3/3", (0.3,), "gradient-descent", {"learning_rate": 1.0, "steps": 501}, {}),
        "Out of steps after 501 steps: for ever between two points, x = 0.513 and x = 0.7995, loss -0.1455 and "
        "-0.158. The learning rate 1 is above the limit 2/λ = 0.9091 at the nearest known minimum, so no walk can "
        "settle there. The nearest known minimum, a local one, is 0.1745 away, at x = 0.6875.",
    ),
    (
        ("-1.1*x**2 + 3.2*x**3/3", (0.3,), "gradient-descent", {"learning_rate": 1.0, "steps": 500}, {}),
        "Out of steps after 500 steps: for ever between two points, x = 0.7995 and x = 0.513, loss -0.158 and "
        "-0.1455. The learning rate 1 is above the limit 2/λ = 0.6857 here, so the walk cannot settle. The nearest "
        "known minimum, a local one, is 0.112 away, at x = 0.6875.",
    ),
    # What no limit explains: velocity that is kept whole, a kink, and methods that never rest.
    (
        ("x**2/2", (1.0,), "momentum", {"learning_rate": 1.0, "patience": 20}, {"momentum": 1.0}),
        "Stalled after 21 steps, where patience ended: for ever the same 6 steps round, now at x = -1, loss 0.5. "
        "The nearest known minimum, the global one, is 1 away, at x = 0.",
    ),
    (
        ("abs(x)", (0.25,), "gradient-descent", {"learning_rate": 1.0, "steps": 20}, {}),
        "Out of steps after 20 steps: for ever between two points, x = 0.25 and x = -0.75, loss 0.25 and 0.75. "
        "The nearest known minimum, the global one, is 0.25 away, at x = 0.",
    ),
    (
        ("x**2/2", (1.025,), "lion", {"learning_rate": 0.05, "steps": 100}, {"beta1": 0.0}),
        "Out of steps after 100 steps: for ever between two points, x = 0.025 and x = -0.025, loss 0.0003125. Lion's "
        "steps do not shrink as the gradient does. The walker is close to the global minimum.",
    ),
    (
        ("abs(x) + 0*y", (10.5, 0.0), "gradient-descent", {"learning_rate": 1.0}, {}),
        "Stalled after 74 steps: for ever between two points, (0.5, 0) and (-0.5, 0), loss 0.5.",
    ),
    # So narrow that four digits would not tell the points apart.
    (
        ("(x - 3)**2/2", (2.0,), "sam", {"learning_rate": 1.0, "steps": 100, "tolerance": 0.0}, {"radius": 1e-5}),
        "Out of steps after 100 steps: for ever between two points, x = 2.99999 and x = 3.00001, loss 5e-11. SAM takes "
        "its gradient a radius away, where it is not zero. The walker is close to the global minimum.",
    ),
    # Without a radius it is plain descent.
    (
        ("x**4/4", (1.0,), "sam", {"learning_rate": 2.0, "steps": 20}, {"radius": 0.0}),
        "Out of steps after 20 steps: for ever between two points, x = 1 and x = -1, loss 0.25. The learning rate 2 is "
        "above the limit 2/λ = 0.6667 here, so the walk cannot settle. The nearest known minimum, the global one, is 1 "
        "away, at x = 0.",
    ),
    # It passes through the minimum.
    (
        ("x**2/2", (0.5,), "lion", {"learning_rate": 0.5, "steps": 101}, {}),
        "Out of steps after 101 steps: for ever the same 4 steps round, now at x = 0, loss 0. Lion's steps do not "
        "shrink as the gradient does. The last point is the global minimum.",
    ),
]


@pytest.mark.parametrize(("walk", "message"), ROUND)
def test_a_walk_that_goes_round_says_so_first(walk, message):
    expression, start, slug, options, values = walk
    ground = landscape(expression, start, half_width=4.0)
    settings, optimizer = descent(ground, slug, values, **options), OPTIMIZERS[slug]
    *_, judged = judged_walk(settings, optimizer, [start], ground.domain)
    assert judged.verdict.numbers == message
    assert judged.verdict.outcome == judged.ending.outcome


def test_a_stall_that_the_limit_does_not_explain_is_not_explained_by_it():
    verdict = _verdict(landscape("abs(x) + 0*y"), (10.5, 0.0), learning_rate=1.0)
    assert verdict.outcome == "stalled"
    assert verdict.numbers == (
        "Stalled after 74 steps at (0.5, 0): the loss 0.5 no longer changes, though the gradient norm is 1, above the "
        "tolerance 1e-6. This is a slope: the ground still falls."
    )


def test_a_start_whose_gradient_is_only_rounding_says_so():
    # sin has its maximum at π/2, which a float misses: cos(π/2) = 6.1e-17, which half angles round to half an epsilon.
    verdict = _verdict(landscape("sin(x)", (math.pi / 2,)), (math.pi / 2,))
    assert re.search(r"the gradient is zero up to rounding \((6\.123e-17|1\.11e-16)\)", verdict.numbers)
    assert verdict.place == "maximum"


def test_a_start_whose_gradient_is_below_the_tolerance_says_so():
    verdict = _verdict(landscape("x**2 + y**2"), (1e-8, 0.0))
    assert verdict.outcome == "converged"
    assert "the gradient is 2e-8, at or below the tolerance 1e-6" in verdict.numbers


def test_a_slope_that_is_below_the_tolerance_is_called_a_slope():
    verdict = _verdict(landscape("x**2 + y**2"), (1.0, 0.0), tolerance=10.0)
    assert (verdict.outcome, verdict.place) == ("converged", "slope")
    assert "This is a slope: the ground still falls" in verdict.numbers


def test_climbing_the_fence_ends_at_its_top():
    verdict = _verdict(LANDSCAPES["fence"], (57.0,), learning_rate=0.1, goal="maximize")
    assert (verdict.outcome, verdict.place, verdict.hessian_eigenvalues) == ("converged", "maximum", [-2])
    assert verdict.stability_limit == 1  # 2/|-2|
    assert re.fullmatch(
        r"Converged after \d+ steps at l = 50, value 2500: gradient norm and step are at or below the tolerance 1e-6\. "
        r"This is a maximum, which was the goal\.",
        verdict.numbers,
    )


def test_climbing_too_fast_diverges_with_the_limit_of_the_downward_curvature():
    verdict = _verdict(landscape("-x**2 - 3*y**2"), (1.0, 1.0), learning_rate=0.5, goal="maximize")
    assert verdict.outcome == "diverged"
    assert verdict.stability_limit == pytest.approx(2 / 6)
    assert "the learning rate 0.5 is above the limit 2/λ = 0.3333 at the start" in verdict.numbers


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
    assert stability_limit(settings, OPTIMIZERS["gradient-descent"], curvatures) == limit


def test_there_is_no_limit_where_none_is_known_or_none_is_finite():
    for optimizer, values in (("adam", {}), ("newton", {}), ("momentum", {"momentum": 0.5, "dampening": 1.0})):
        settings = descent(landscape("x*y"), optimizer, values)
        assert stability_limit(settings, OPTIMIZERS[optimizer], [1.0, 2.0]) is None


def test_the_curvature_of_a_diverged_walk_is_that_of_its_start():
    settings, rule = descent(landscape("x**4 + y**2")), OPTIMIZERS["gradient-descent"]
    ending = Ending(0, "too_far", 3, 1e9, 0.0, 1e36, 4e27, 3)
    verdict = judge(settings, rule, (0.5, 0.0), ending)
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
    assert numeral(number) == text


@pytest.mark.parametrize("number", [1.0, -0.001234, 5.4321e7, 6.6e-9, 123.4, 1e100])
def test_what_is_said_is_the_number_to_four_digits(number):
    assert float(numeral(number)) == pytest.approx(number, rel=5e-4)


def test_a_coordinate_below_the_tolerance_is_said_to_be_zero():
    verdict = _verdict(landscape("x**2 + y**2"), (1.0, 1e-7), learning_rate=0.25)
    assert "at (0, 0)" in verdict.numbers


def test_a_start_without_a_loss_says_so():
    verdict = _verdict(landscape("log(x) + y**2", (1.0, 0.0)), (-1.0, 0.0))
    assert (verdict.outcome, verdict.place) == ("diverged", None)
    assert verdict.numbers == "Diverged after 0 steps: at the start the loss or its gradient is no finite number."


def test_a_place_with_a_curvature_but_without_a_slope_is_not_called_flat():
    # The second derivative of |x|·y² along y exists at the kink, the slope of sqrt(x⁴) as written does not.
    assert place_of(landscape("sqrt(x**4) + y").at(), ORIGIN) in (None, "slope")


def test_of_two_global_minima_the_sentence_speaks_of_one():
    # The saddle's minima (0, -1) and (0, 1) are equally deep.
    verdict = _verdict(LANDSCAPES["saddle"], (0.5, 0.5), learning_rate=0.1, steps=60)
    assert (verdict.outcome, verdict.place) == ("out_of_steps", "global_minimum")
    assert verdict.numbers.endswith("The walker is close to a global minimum.")


# --- every place under every ending

WHAT = {
    "local_minimum": "{this} a local minimum.",
    "saddle": "{this} a saddle, no minimum: ",
    "maximum": "{this} a maximum, no minimum: every way leads down{hint}.",
    "shoulder": "{this} a shoulder, no minimum: on one side the ground falls, on the other it rises.",
    "plateau": "This is a plateau, no minimum: only flat ground.",
    "slope": "This is a slope: the ground still falls.",
    None: "What kind of place it is cannot be told: the derivatives do not exist there.",
}
STANDING = {"learning_rate": 0.0, "steps": 90}
# criterion: settings under which a walk that stands still ends by it, and what its sentence begins with
CAUSES = {
    "tolerance": ({"tolerance": 1e300}, r"No step was taken: at the start {at} the gradient is {size}\."),
    "patience": (
        {"tolerance": 0.0, "patience": 2},
        r"Stalled after 2 steps at {at}, where patience ended: for 2 steps the loss, now {loss}, has not become "
        r"better, {though} the gradient norm is {size}\.",
    ),
    "steps": (
        {"tolerance": 0.0, "steps": 4},
        r"Out of steps after 4 steps at {at}, loss {loss}: with tolerance 0 only divergence or patience ends a walk "
        r"early\.",
    ),
    "unchanged": (
        {"tolerance": 1e-300, "learning_rate": 1e-300},
        r"Stalled after 64 steps at {at}: the loss {loss} no longer changes, {though} the gradient norm is {size}\.",
    ),
}


def _size(norm, tolerance):
    """Say how large a gradient is, as the sentences do."""
    if norm <= 1e-13:
        return f"zero up to rounding ({numeral(norm)})" if norm else "(exactly )?zero"
    place = "at or below" if norm <= tolerance else "above"
    return f"{numeral(norm)}, {place} the tolerance {numeral(tolerance)}"


@pytest.mark.parametrize("criterion", CAUSES)
@pytest.mark.parametrize(("expression", "point", "place"), PLACES)
def test_each_place_has_its_sentence_whatever_ended_the_walk(criterion, expression, point, place):
    ground, (options, cause) = landscape(expression, point), CAUSES[criterion]
    settings = descent(ground, **(STANDING | options))
    settings = dataclasses.replace(settings, landscape=unknown(settings.landscape))
    ending = one(settings, point).ending
    verdict = judge(settings, OPTIMIZERS["gradient-descent"], point, ending)
    if ending.outcome == "diverged":
        # There is no loss there, or no gradient, without which the first step leads nowhere.
        assert place is None
        assert verdict.place is None
        return
    if ending.criterion != criterion:
        # A loss that stays the same is looked at only where the gradient is above the tolerance, and where the loss
        # is zero even so small a step changes it.
        assert criterion == "unchanged"
        assert ending.criterion == ("steps" if ending.gradient_norm > 0 and abs(ending.loss) < 1e-250 else "tolerance")
        return
    assert verdict.place == place
    outcome = {"tolerance": "converged", "steps": "out_of_steps"}.get(criterion, "stalled")
    assert verdict.outcome == ("stalled" if place == "plateau" and criterion == "tolerance" else outcome)
    # The rest that a stop leaves, a hundred-thousandth of the width 4, is not read out.
    shown = [numeral(0.0 if abs(part) <= 4e-5 else part) for part in point]
    # Without a tolerance that means anything, a gradient is none where it is only rounding.
    at_rest = criterion == "tolerance" or ending.gradient_norm <= 1e-13
    words = {
        "at": f"({', '.join(shown)})" if len(point) > 1 else f"x = {shown[0]}",
        "loss": numeral(ending.loss),
        "size": _size(ending.gradient_norm, settings.tolerance),
        "though": "and" if at_rest else "though",
    }
    literal = {name: text if text == "(exactly )?zero" else re.escape(text) for name, text in words.items()}
    what = WHAT[place].format(
        this="This is" if at_rest else "The walker is close to",
        hint=", and a zero gradient does not say which" if at_rest else "",
    )
    assert re.match(f"{cause.format(**literal)} {re.escape(what)}", verdict.numbers), verdict.numbers
    if place != "saddle":
        assert verdict.numbers.endswith(what)


@pytest.mark.parametrize(("expression", "point", "place"), [case for case in PLACES if case[2] in ("slope", "maximum")])
def test_a_climb_still_rises_on_a_slope_and_a_maximum_was_its_goal(expression, point, place):
    settings = descent(landscape(expression, point), goal="maximize", tolerance=1e300)
    settings = dataclasses.replace(settings, landscape=unknown(settings.landscape))
    verdict = judge(settings, OPTIMIZERS["gradient-descent"], point, one(settings, point).ending)
    words = "This is a slope: the ground still rises." if place == "slope" else "This is a maximum, which was the goal."
    assert verdict.numbers.endswith(words)


def test_the_gradient_of_a_start_is_exactly_zero_or_said_to_be_what_it_is():
    for start, size in ((0.0, "exactly zero"), (1e-14, "zero up to rounding (2e-14)"), (1e-7, "2e-7, at or below")):
        message = _verdict(landscape("x**2", (1.0,)), (start,)).numbers
        assert message.startswith(f"No step was taken: at the start x = 0 the gradient is {size}")


def test_a_climb_has_a_value_and_no_loss():
    for options in ({}, {"steps": 3}, {"patience": 2, "tolerance": 0.0, "learning_rate": 1.0}, {"learning_rate": 1.0}):
        message = _verdict(LANDSCAPES["fence"], (57.0,), goal="maximize", **options).numbers
        assert "value" in message
        assert "loss" not in message


def test_patience_says_how_much_was_asked_for():
    verdict = _verdict(landscape("x + 0*y"), (0.0, 0.0), learning_rate=0.125, patience=3, min_change=0.5)
    assert verdict.numbers == (
        "Stalled after 3 steps at (-0.375, 0), where patience ended: for 3 steps the loss, now -0.375, has not become "
        "better by more than 0.5, though the gradient norm is 1, above the tolerance 1e-6. This is a slope: the ground "
        "still falls."
    )
    verdict = _verdict(LANDSCAPES["fence"], (57.0,), learning_rate=1.0, patience=1, goal="maximize")
    assert verdict.numbers.startswith(
        "Stalled after 1 step at l = 43, where patience ended: for 1 step the value, now 2451, has not become better, "
        "though the gradient norm is 14, above the tolerance 1e-6. This is a slope: the ground still rises."
    )


def test_where_the_walk_ends_without_a_gradient_the_sentence_says_so():
    # One step of length 1 down the cone ends exactly at its tip.
    verdict = _verdict(landscape("sqrt(x**2 + y**2)"), (1.0, 0.0), learning_rate=1.0, steps=1)
    assert verdict.numbers == (
        "Out of steps after 1 step at (0, 0), loss 0: there is no gradient there. What kind of place it is cannot be "
        "told: the derivatives do not exist there."
    )
    # So it is where patience ends with the same step.
    impatient = {"patience": 1, "min_change": 10.0}
    verdict = _verdict(landscape("sqrt(x**2 + y**2)"), (1.0, 0.0), learning_rate=1.0, **impatient)
    assert verdict.numbers == (
        "Stalled after 1 step at (0, 0), where patience ended: for 1 step the loss, now 0, has not become better by "
        "more than 10, and there is no gradient there. What kind of place it is cannot be told: the derivatives do not "
        "exist there."
    )


# --- the nearest known minimum, and which one is global

NEAREST = [
    # slug, shape, start, goal, the sentence
    ("bowl", None, (3.0, 0.0), "minimize", "The nearest known minimum, the global one, is 3 away, at (0, 0)."),
    ("two-valley", 0.0, (0.4, 1.0), "minimize", "The nearest known minimum, a global one, is 1.166 away, at (1, 0)."),
    ("two-minima", None, (-0.4,), "minimize", "The nearest known minimum, a local one, is 0.6 away, at x = -1."),
    ("two-minima", None, (1.5,), "minimize", "The nearest known minimum, the global one, is 0.5 away, at x = 2."),
    ("two-minima", None, (1.5,), "maximize", "The nearest known maximum is 1.5 away, at x = 0."),
    ("fence", None, (57.0,), "maximize", "The nearest known maximum is 7 away, at l = 50."),
    ("fence", None, (57.0,), "minimize", None),  # it has no minimum
    ("saddle", None, ORIGIN, "maximize", None),  # it has no maximum
    ("saddle", None, ORIGIN, "minimize", "The nearest known minimum, a global one, is 1 away, at (0, -1)."),
    ("shoulder", -1.0, (-0.5,), "minimize", "The nearest known minimum, a local one, is 1.077 away, at x = 0.5774."),
    ("shoulder", 0.0, (0.5,), "minimize", None),
    ("pasture", None, (-2.0, 30.0), "minimize", f"the global one, is {math.hypot(1, 70):.4g} away, at (-1, 100)."),
]


@pytest.mark.parametrize(("slug", "shape", "start", "goal", "sentence"), NEAREST)
def test_where_a_walk_did_not_end_at_one_the_nearest_known_one_is_named(slug, shape, start, goal, sentence):
    message = _verdict(LANDSCAPES[slug], start, shape=shape, goal=goal, learning_rate=1e-300, steps=2).numbers
    if sentence:
        assert message.endswith(sentence)
    else:
        assert "nearest known" not in message


def test_nearest_is_measured_in_domain_widths_and_the_distance_in_the_coordinates():
    # On a domain a hundred times as wide as high, (30, 0) is nearer to (100, 0) than (0, 1) is.
    ground = landscape(
        "(x/100)**2*((x/100)**2 - 2) + y**2*(y**2 - 2)",
        domain=Box((-200.0, -2.0), (200.0, 2.0)),
    )
    message = _verdict(ground, (30.0, 0.9), learning_rate=1e-300, steps=2).numbers
    assert f"a global one, is {math.hypot(70, 0.1):.4g} away, at (100, 1)." in message


def test_nothing_is_named_where_nothing_is_known():
    for expression, start in (("x**2 + 0*y", (1.0, 1.0)), ("x*y", ORIGIN), ("sin(3*x)*y", (0.3, 0.2))):
        assert "known" not in _verdict(landscape(expression), start, steps=3, learning_rate=1e-3).numbers


def test_of_a_local_minimum_on_a_curve_the_deeper_one_is_named_by_its_coordinate():
    verdict = _verdict(LANDSCAPES["two-minima"], (-1.0,))
    # 8/3 - 5/12
    assert verdict.numbers.endswith("This is a local minimum; the global minimum at x = 2 lies 2.25 lower.")


# --- what is the opposite of the goal of a climb


def test_a_local_minimum_on_the_way_up_has_no_deeper_one_missing():
    verdict = _verdict(LANDSCAPES["two-minima"], (-1.0,), goal="maximize")
    assert verdict.numbers == (
        "No step was taken: at the start x = -1 the gradient is exactly zero. This is a local minimum, the opposite of "
        "the goal. The nearest known maximum is 1 away, at x = 0."
    )


def test_a_global_minimum_on_the_way_up_is_the_opposite_of_the_goal():
    verdict = _verdict(LANDSCAPES["two-minima"], (2.0,), goal="maximize")
    assert "This is the global minimum, the opposite of the goal. The nearest known maximum is 2" in verdict.numbers
    verdict = _verdict(LANDSCAPES["saddle"], (0.0, 1.0), goal="maximize")
    assert verdict.numbers.endswith("This is a global minimum, the opposite of the goal.")
    # Beside it as well, where the walker only stands close to it.
    verdict = _verdict(LANDSCAPES["saddle"], (0.0, 1.001), goal="maximize", learning_rate=1e-300, steps=2)
    assert verdict.numbers.endswith("The walker is close to a global minimum, the opposite of the goal.")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x**3 + y**2", "This is a shoulder, no maximum: on one side the ground falls, on the other it rises."),
        ("3 + 0*x + 0*y", "This is a plateau, no maximum: only flat ground."),
        (
            "x**2 - 3*y**2",
            "This is a saddle, no maximum: one Hessian eigenvalue is positive (2), so to two sides the ground rises.",
        ),
        (
            "x**3 - 3*x*y**2",
            "This is a saddle, no maximum: the Hessian is zero there and says nothing, but some neighbours are higher.",
        ),
        ("x**4 - y**2", "This is a saddle, no maximum: some neighbours are higher."),
        ("x**3 - 3*x*y**2 + 1e-9*(x**2 + y**2)", "This is a saddle, no maximum: to some sides the ground rises."),
        (
            "abs(x) - abs(y)",
            "This is a saddle, no maximum: the Hessian does not exist there, but some neighbours are higher.",
        ),
    ],
)
def test_a_climb_that_starts_where_it_is_flat_is_told_that_this_is_no_maximum(expression, words):
    verdict = _verdict(landscape(expression), ORIGIN, goal="maximize")
    assert verdict.numbers == f"No step was taken: at the start (0, 0) the gradient is exactly zero. {words}"


def test_a_maximum_that_a_descent_only_passes_is_not_said_to_have_a_zero_gradient():
    ground = landscape("-x**2 - 3*y**2")
    verdict = _verdict(ground, (1e-4, 0.0), learning_rate=1e-300, steps=2)
    assert verdict.numbers == (
        "Out of steps after 2 steps at (0.0001, 0), loss -1e-8: the gradient norm is 0.0002, above the tolerance 1e-6. "
        "The walker is close to a maximum, no minimum: every way leads down."
    )
    verdict = _verdict(ground, (1e-4, 0.0), learning_rate=1e-300, steps=2, goal="maximize")
    assert verdict.numbers.endswith("The walker is close to a maximum, which was the goal.")


# --- saddles


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x**2 - 3*y**2", "one Hessian eigenvalue is negative (-6), so to two sides the ground falls"),
        ("x**3 - 3*x*y**2", "the Hessian is zero there and says nothing, but some neighbours are lower"),
        ("y**2 - x**4", "some neighbours are lower"),
        ("x**3 - 3*x*y**2 - 1e-9*(x**2 + y**2)", "to some sides the ground falls"),
        ("abs(x) - abs(y)", "the Hessian does not exist there, but some neighbours are lower"),
    ],
)
def test_a_saddle_is_explained_by_what_its_hessian_says(expression, words):
    verdict = _verdict(landscape(expression), ORIGIN)
    assert verdict.place == "saddle"
    assert verdict.numbers.endswith(f"This is a saddle, no minimum: {words}.")


def test_a_walk_that_stopped_beside_the_known_monkey_saddle_speaks_of_the_hessian_at_the_saddle():
    verdict = _verdict(LANDSCAPES["monkey-saddle"], (1.0, 0.0), learning_rate=0.1, steps=20_000)
    assert (verdict.outcome, verdict.place) == ("converged", "saddle")
    # Where it stopped, at about 6e-4, the Hessian is 6x and -6x; at the saddle itself it is zero.
    assert 0 < max(verdict.hessian_eigenvalues) < 0.01
    assert "the Hessian is zero there and says nothing" in verdict.numbers


def test_newton_that_converges_to_a_saddle_or_a_maximum_is_told_so():
    verdict = _verdict(LANDSCAPES["saddle"], (-1.6, 0.3), "newton", learning_rate=1.0)
    assert (verdict.outcome, verdict.place, verdict.stability_limit) == ("converged", "saddle", None)
    verdict = _verdict(LANDSCAPES["himmelblau"], (-0.4, -1.2), "newton", learning_rate=1.0)
    assert (verdict.outcome, verdict.place) == ("converged", "maximum")
    assert "This is a maximum, no minimum" in verdict.numbers
    assert "The nearest known minimum, a global one, is " in verdict.numbers


# --- divergence, and the way there


def test_the_sharpest_curvature_on_the_way_is_told_where_it_says_more_than_the_start():
    # f″ of x⁴/4 - 6x is 3x²: at the start 3·0.5², at the second iterate larger.
    ground = landscape("x**4/4 - 6*x + 0*y", (0.5, 0.0), half_width=8.0)
    settings = {"learning_rate": 1.0, "steps": 50}
    verdict = _verdict(ground, (0.5, 0.0), **settings)
    # 0.5 - (0.125 - 6) = 6.375, still in the picture, from there far out.
    assert verdict.stability_limit == pytest.approx(2 / 0.75)
    sharpest = 3 * 6.375**2
    assert verdict.numbers == (
        f"Diverged after {one(descent(ground, **settings), (0.5, 0.0)).ending.steps} steps: the walker is more than a "
        f"million domain widths away, although the learning rate 1 is below the limit 2/λ = 2.667 at the start. The "
        f"sharpest curvature it met in the picture was {numeral(sharpest)}, at (6.375, 0): there the limit is "
        f"{numeral(2 / sharpest)}."
    )


def test_the_sharpest_curvature_is_the_largest_eigenvalue_at_an_iterate_inside_the_picture():
    settings, rule = descent(LANDSCAPES["rosenbrock"], learning_rate=0.005), OPTIMIZERS["gradient-descent"]
    start = (0.2, 2.0)
    whole = one(settings, start)
    assert whole.ending.outcome == "diverged"
    met = []
    for x, y in zip(whole.x.tolist(), whole.y.tolist(), strict=True):
        if -2 <= x <= 2 and -1 <= y <= 3:
            hessian = [[1200 * x * x - 400 * y + 2, -400 * x], [-400 * x, 200]]
            met.append((float(np.linalg.eigvalsh(hessian)[1]), x, y))
    assert len(whole.x) > len(met) > 2
    curvature, x, y = max(met)
    assert curvature > met[0][0]
    message = judge(settings, rule, start, whole.ending, [(whole.x, whole.y)]).numbers
    assert (
        f"was {numeral(curvature)}, at ({numeral(x)}, {numeral(y)}): there the limit is {numeral(2 / curvature)}."
        in message
    )
    # The parts of the way may be lists or arrays, as they were walked; where it is not known nothing is said of it.
    parts = [(whole.x[:2].tolist(), whole.y[:2].tolist()), (whole.x[2:], whole.y[2:])]
    assert judge(settings, rule, start, whole.ending, parts).numbers == message
    assert "sharpest" not in judge(settings, rule, start, whole.ending).numbers


def test_a_curvature_is_met_only_where_there_is_a_loss():
    # The second derivative -1/x² of the logarithm as written exists at -1, the logarithm does not.
    verdict = _verdict(landscape("y**2 + 3*log(x)", (1.0, 0.0)), (0.5, 1.5), learning_rate=0.9)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", 1)
    assert "sharpest" not in verdict.numbers


@pytest.mark.parametrize(("furthest", "told"), [(1.0, False), (1.0002, False), (1.001, True), (1.2, True)])
def test_a_curvature_on_the_way_says_more_than_the_start_from_a_thousandth_on(furthest, told):
    # f″ of x⁴/4 is 3x², which at 1.0002 is four ten-thousandths more than at 1.
    settings, start = descent(landscape("x**4/4 + 0*y")), (1.0, 0.0)
    ending = Ending(0, "too_far", 3, 1e9, 0.0, 1e36, 1e27, 3)
    verdict = judge(settings, OPTIMIZERS["gradient-descent"], start, ending, [([1.0, furthest], [0.0, 0.0])])
    curvature = 3 * furthest**2
    met = f" The sharpest curvature it met in the picture was {numeral(curvature)}, at ({numeral(furthest)}, 0): "
    end = f"{met}there the limit is {numeral(2 / curvature)}." if told else ""
    assert verdict.numbers.endswith(f"is below the limit 2/λ = 0.6667 at the start.{end}")


def test_an_optimizer_without_a_limit_has_a_sharpest_curvature_and_no_limit():
    settings, start = descent(landscape("x**2 + y**4"), "adam"), (1.0, 1.0)
    ending = Ending(0, "too_far", 3, 1e9, 0.0, 1e18, 2e9, 3)
    verdict = judge(settings, OPTIMIZERS["adam"], start, ending, [([1.0, 1.0], [1.0, 1.5])])
    assert verdict.stability_limit is None
    # 12 y²
    assert verdict.numbers == (
        "Diverged after 3 steps: the walker is more than a million domain widths away. The sharpest curvature it met "
        "in the picture was 27, at (1, 1.5)."
    )


def test_a_curvature_that_was_met_at_the_start_alone_is_not_told_of_any_optimizer():
    verdict = _verdict(landscape("x**2 + y**4"), (1.0, 1.0), "adam", learning_rate=1e307, steps=50)
    assert (verdict.outcome, verdict.stability_limit) == ("diverged", None)
    assert "sharpest" not in verdict.numbers


def test_where_the_ground_at_the_start_is_curved_the_other_way_any_curvature_on_the_way_is_sharper():
    # f″ of x⁴/4 - x² is 3x² - 2: at the start -2, at 1.5 it is 4.75.
    settings, start = descent(landscape("x**4/4 - x**2 + 0*y - 1e-9*y**2")), (0.0, 0.0)
    ending = Ending(0, "too_far", 3, 1e9, 0.0, 1e36, 1e27, 3)
    verdict = judge(settings, OPTIMIZERS["gradient-descent"], start, ending, [([0.0, 1.5], [0.0, 0.0])])
    assert verdict.numbers == (
        "Diverged after 3 steps: the walker is more than a million domain widths away. The sharpest curvature it met "
        f"in the picture was 4.75, at (1.5, 0): there the limit is {numeral(2 / 4.75)}."
    )


def test_a_curvature_is_met_inside_the_box_that_is_shown():
    # f″ of x⁴/4 is 3x². The domain reaches to 2.
    settings, start = descent(landscape("x**4/4 + 0*y")), (1.0, 0.0)
    ending = Ending(0, "too_far", 3, 1e9, 0.0, 1e36, 1e27, 3)
    way = [([1.0, 1.25, 1.5, 3.0], [0.0, 0.0, 0.75, 0.0])]
    for box, met in [
        (None, "was 6.75, at (1.5, 0.75): there the limit is 0.2963."),
        (Box((-4.0, -4.0), (4.0, 4.0)), "was 27, at (3, 0): there the limit is 0.07407."),
        (Box((0.0, 0.0), (2.0, 0.5)), "was 4.688, at (1.25, 0): there the limit is 0.4267."),
        (Box((0.0, 0.0), (1.25, 0.5)), "was 4.688, at (1.25, 0): there the limit is 0.4267."),
        (Box((0.0, 0.0), (1.0, 1.0)), None),
        (Box((-3.0, -1.0), (-1.0, 1.0)), None),
    ]:
        message = judge(settings, OPTIMIZERS["gradient-descent"], start, ending, way, box).numbers
        assert message.endswith(f" The sharpest curvature it met in the picture {met}" if met else "at the start.")
    # A walk by itself hands the box on as well, and a curve's has one side.
    curve, options = landscape("x**4/4 - 6*x", (0.5,), half_width=8.0), {"learning_rate": 1.0}
    assert "at x = 6.375: there" in _verdict(curve, (0.5,), **options).numbers
    assert "sharpest" not in _verdict(curve, (0.5,), box=Box((0.0,), (6.0,)), **options).numbers


@pytest.mark.parametrize(
    ("expression", "start", "goal"),
    [
        ("-x**2 - y**2", (1.0, 1.0), "minimize"),  # curved downwards everywhere
        ("x**2 + y**2", (1.0, 1.0), "maximize"),
        ("x + y", (1.0, 1.0), "minimize"),
        ("x**2 + 0*y", (30.0, 0.0), "minimize"),  # no iterate is inside the picture
        ("abs(x)*1e9 + abs(y)", (0.0, 1e-300), "minimize"),  # no curvature where it stood
    ],
)
def test_of_a_way_without_a_sharpest_curvature_nothing_is_said(expression, start, goal):
    verdict = _verdict(landscape(expression), start, goal=goal, learning_rate=1e9, steps=60)
    assert verdict.outcome == "diverged"
    assert "sharpest" not in verdict.numbers


def test_the_sharpest_curvature_of_a_climb_is_the_one_downwards():
    verdict = _verdict(landscape("6*x - x**4/4 + 0*y", half_width=8.0), (0.5, 0.0), learning_rate=1.0, goal="maximize")
    assert f"was {numeral(3 * 6.375**2)}, at (6.375, 0): there the limit is" in verdict.numbers
    curve = _verdict(landscape("6*x - x**4/4", (0.5,), half_width=8.0), (0.5,), learning_rate=1.0, goal="maximize")
    assert f"was {numeral(3 * 6.375**2)}, at x = 6.375: there the limit is" in curve.numbers


def test_where_the_curvature_at_the_start_is_the_sharpest_it_is_not_said_twice():
    verdict = _verdict(landscape("2*x**2 + 5*y**2"), (1.0, 1.0), learning_rate=0.25, steps=2000)
    assert verdict.numbers.endswith("is above the limit 2/λ = 0.2 at the start.")


def test_ground_without_a_bottom_is_said_to_have_none():
    fallen = (
        "The loss fell at every step, to {}, and goes on so: this ground seems to have no lowest place in that "
        "direction."
    )
    verdict = _verdict(landscape("-3*x**2 + 0*y"), (1.0, 0.0), learning_rate=1.0, steps=50)
    # x → 7x: 7^8 = 5 764 801 is the first beyond four million.
    assert verdict.numbers == (
        "Diverged after 8 steps: the walker is more than a million domain widths away. "
        + fallen.format(numeral(-3 * 7.0**16))
    )
    risen = _verdict(LANDSCAPES["shoulder"], (0.5,), shape=1.0, goal="maximize", learning_rate=1.0, steps=50)
    assert re.search(
        r" The value rose at every step, to \S+, and goes on so: this ground seems to have no highest place in that "
        r"direction\.$",
        risen.numbers,
    )
    bowl = _verdict(landscape("x**2 + y**2"), (1.0, 1.0), learning_rate=3.0)
    assert "at every step" not in bowl.numbers


FAR = "Diverged after 3 steps: the walker is more than a million domain widths away"
BOTTOMLESS = "and goes on so: this ground seems to have no lowest place in that direction."


@pytest.mark.parametrize(
    ("expression", "xs", "goal", "told"),
    [
        ("-x", [0.0, 1.0, 3.0, 5e6], "minimize", True),
        ("-x", [0.0, 3.0, 1.0, 5e6], "minimize", False),  # it rose once
        ("-x", [0.0, 1.0, 1.0, 5e6], "minimize", False),  # it stayed once
        ("-x", [0.0, 1.0, 3.0, 5e6], "maximize", False),
        ("x", [0.0, 1.0, 3.0, 5e6], "maximize", True),
        # Twice as far, and on to a thousand times: the ground turns at 5e7, or at 1e9, or beyond all that is looked at.
        ("x**2*1e-8 - x", [0.0, 1.0, 3.0, 5e6], "minimize", False),
        ("x**2*5e-10 - x", [0.0, 1.0, 3.0, 5e6], "minimize", False),
        ("x**2*5e-12 - x", [0.0, 1.0, 3.0, 5e6], "minimize", True),
        ("x - x**2*1e-8", [0.0, 1.0, 3.0, 5e6], "maximize", False),
        ("-log(x + 1)", [0.0, 1.0, 3.0, 5e6], "minimize", True),
        ("-log(x + 1)", [0.0, -0.5, 3.0, -5e6], "minimize", False),  # there is no loss at the end
        ("exp(-x) + 0*x", [0.0, 1.0, 3.0, 5e6], "minimize", False),  # it flattens out to nothing
    ],
)
def test_ground_without_a_bottom_is_where_the_loss_fell_at_every_step_and_falls_on(expression, xs, goal, told):
    settings = descent(landscape(expression, (1.0,)), goal=goal)
    ending = Ending(0, "too_far", 3, xs[-1], 0.0, -123.0, 1.0, 3)
    rule, still = OPTIMIZERS["gradient-descent"], [0.0] * 4
    message = judge(settings, rule, (xs[0],), ending, [(xs[:2], still[:2]), (np.array(xs[2:]), still[2:])]).numbers
    way, most = ("fell", "lowest") if goal == "minimize" else ("rose", "highest")
    claim = (
        f" The {'loss' if goal == 'minimize' else 'value'} {way} at every step, to -123, and goes on so: this ground "
        f"seems to have no {most} place in that direction."
    )
    assert message.startswith(FAR)
    assert message.endswith(claim) if told else "at every step" not in message
    # What is not known is not said, and a walk that ended on no finite number says nothing of a bottom.
    assert "at every step" not in judge(settings, rule, (xs[0],), ending).numbers
    lost = ending._replace(criterion="not_finite", loss=math.inf)
    assert "at every step" not in judge(settings, rule, (xs[0],), lost, [(xs, still)]).numbers


def test_a_bottomless_way_may_begin_below_the_limit_and_not_above_it():
    # Along x the slope is the same everywhere; the curvature 1 along y gives a limit, which is below, at or above.
    ground = landscape("-1e6*x + y**2/2")
    for rate, words in [(1.5, "below"), (2.0, "at")]:
        message = _verdict(ground, (0.0, 0.0), learning_rate=rate, steps=50).numbers
        assert f"away, although the learning rate {rate:g} is {words} the limit 2/λ = 2 at the start. " in message
        assert message.endswith(BOTTOMLESS)
    message = _verdict(ground, (0.0, 0.0), learning_rate=2.5, steps=50).numbers
    assert message.endswith("steps: the learning rate 2.5 is above the limit 2/λ = 2 at the start.")


def test_newton_where_the_hessian_has_no_inverse_says_so():
    verdict = _verdict(landscape("(x + y)**2 + x"), (1.0, 1.0), "newton", learning_rate=1.0)
    assert verdict.numbers.startswith(
        "Diverged after 1 step: the last step led to no finite place (the Hessian has no inverse there, or does not "
        "exist)."
    )
    # Data with corners has no Hessian anywhere, which leads nowhere either.
    verdict = _verdict(LANDSCAPES["pasture"], (-2.0, 30.0), "newton", learning_rate=1.0)
    assert verdict.numbers == (
        "Diverged after 1 step: the last step led to no finite place (the Hessian has no inverse there, or does not "
        "exist)."
    )
    verdict = _verdict(landscape("-1e300*x", (1.0,)), (1.0,), learning_rate=1e300)
    assert verdict.numbers == "Diverged after 1 step: the last step led to no finite place."


def test_the_sentence_of_a_data_landscape_is_the_same_as_of_any_other():
    verdict = _verdict(LANDSCAPES["straight-line"], (8.0, 70.0), learning_rate=0.3, steps=1000)
    assert (verdict.outcome, verdict.place) == ("converged", "global_minimum")
    assert "at (39.32, 41.41), loss 227.1: gradient norm" in verdict.numbers
    assert verdict.numbers.endswith("This is the global minimum.")
    hessian = BY_HAND["straight-line"]
    # The Hessian by hand: differences of a gradient that is linear are exact.
    xx = hessian.gradient(1.0, 0.0, None)[0] - hessian.gradient(0.0, 0.0, None)[0]
    yy = hessian.gradient(0.0, 1.0, None)[1] - hessian.gradient(0.0, 0.0, None)[1]
    assert sum(verdict.hessian_eigenvalues) == pytest.approx(xx + yy)


def test_of_data_with_corners_there_are_no_eigenvalues_and_no_limit():
    verdict = _verdict(LANDSCAPES["pasture"], (-2.0, 30.0), learning_rate=1e-4, steps=50)
    assert (verdict.hessian_eigenvalues, verdict.stability_limit) == ([], None)
    verdict = _verdict(LANDSCAPES["pasture"], (-1.0, 100.0))
    assert verdict.numbers == (
        "No step was taken: at the start (-1, 100) the gradient is exactly zero. This is the global minimum."
    )


def test_noise_that_annealing_has_taken_away_keeps_nothing_moving():
    bowl = landscape("x**2 + y**2")
    noisy = {"learning_rate": 0.1, "steps": 40, "noise": 3.0, "seed": 1, "tolerance": 0.0}
    assert "noise keeps it moving" in _verdict(bowl, (1.0, 1.0), **noisy).message
    assert "noise keeps" not in _verdict(bowl, (1.0, 1.0), schedule="cosine", **noisy).message
