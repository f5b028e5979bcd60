"""Crossings: ridges that are known in closed form, or by a stiff solver of SciPy's, are crossed where they are told."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from app.descent.judging.crossings import LONGEST, MOST_TOLD, basins_of, cells_ahead, keep_cells
from app.descent.judging.judged_walk import Judged, judged_walk
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.planes import last_of
from app.descent.landscapes.typed import typed_landscape
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk
from tests.descent.by_hand import descent, landscape
from tests.products import some

WELLS = landscape("(x**2 - 1)**2 + y**2")


def judged(ground, start, optimizer="gradient-descent", values=None, ridges=True, **options):
    """Return the iterates of one walk, shape (steps + 1, 2), and its verdict."""
    settings = descent(ground, optimizer, values, **options)
    events = list(judged_walk(settings, OPTIMIZERS[optimizer], [start], ground.domain, ridges=ridges))
    points = np.concatenate([np.stack([event.x, event.y], axis=1) for event in events if isinstance(event, Chunk)])
    (end,) = [event for event in events if isinstance(event, Judged)]
    return points, end.verdict


def at_once(name, basins, *walk):
    """What the basins tell of the points of a walk, for whom nobody waits."""
    return last_of(getattr(basins, name)(*walk))


def sides(values):
    """The indices at which the side changes."""
    return [k for k in range(1, len(values)) if values[k] != values[k - 1]]


# --- which basin a point lies in


@pytest.mark.parametrize(
    ("expression", "ridge", "tips"),
    [
        ("(x**2 - 1)**2 + y**2", 0.0, ()),
        # 4x³ - 4x + 0.3 = 0, the root in the middle
        ("(x**2 - 1)**2 + 0.3*x + y**2", float(np.sort(np.roots([4, 0, -4, 0.3]).real)[1]), ()),
        # a valley a thousand times as steep across as along
        ("(x**2 - 1)**2 + 1000*y**2", 0.0, ()),
        ("(x**2 - 1)**2 + 1e-3*y**2", 0.0, ()),
        # no Hessian on the ridge or at the minima
        ("abs(abs(x) - 1) + y**2", 0.0, ((1.0, 0.0), (-1.0, 0.0))),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 1e6])
def test_where_a_ridge_is_a_straight_line_each_side_of_it_is_a_basin(expression, ridge, tips, scale):
    ground = landscape(f"{scale}*({expression})", tips=tips).at()
    basins = basins_of(ground, "minimize")
    random = np.random.default_rng(3)
    x = np.concatenate([random.uniform(-2, 2, 400), ridge + random.uniform(-1e-3, 1e-3, 200)])
    y = random.uniform(-2, 2, 600)
    ends = np.array([known.point[0] for known in ground.known("global_minimum", "local_minimum")])
    assert len(ends) == 2
    assert (np.sign(ends[at_once("labels", basins, x, y)]) == np.where(x > ridge, 1, -1)).all()


def test_what_is_climbed_has_the_same_basins_upside_down():
    ground = landscape("-(x**2 - 1)**2 - y**2", goal="maximize").at()
    assert basins_of(ground, "minimize") is None
    x = np.array([-1.7, -0.01, 0.01, 1.7])
    label = at_once("labels", basins_of(ground, "maximize"), x, np.full(4, 1.5))
    ends = np.array([known.point[0] for known in ground.known("maximum")])
    assert np.sign(ends[label]).tolist() == [-1, -1, 1, 1]


@pytest.mark.parametrize("slug", ["styblinski-tang", "rastrigin"])
def test_of_a_sum_of_two_curves_each_coordinate_goes_by_itself(slug):
    ground = LANDSCAPES[slug].at()
    basins = basins_of(ground, "minimize")
    (low, _), (high, _) = ground.entry.domain
    grid = np.linspace(low, high, 4000)
    slope = ground.arrays.loss_and_gradient(grid, np.zeros_like(grid))[1]

    def root(k):
        return brentq(lambda x: ground.floats.loss_and_gradient(x, 0.0)[1], grid[k], grid[k + 1])

    ridges = [root(k) for k in range(3999) if slope[k] > 0 > slope[k + 1]]
    bottoms = np.array([root(k) for k in range(3999) if slope[k] < 0 < slope[k + 1]])
    assert len(bottoms) == len(ridges) + 1
    points = np.random.default_rng(5).uniform(bottoms[0], bottoms[-1], (1200, 2))
    label = at_once("labels", basins, *points.T)
    told = np.array([known.point for known in ground.known("global_minimum", "local_minimum")])[label]
    assert (label >= 0).all()
    np.testing.assert_allclose(told, bottoms[np.searchsorted(ridges, points)], atol=1e-6)


@pytest.mark.long
@pytest.mark.parametrize("slug", some(["sharp-valley", "camel", "saddle", "himmelblau", "bumps"]))
def test_points_near_a_curved_ridge_flow_as_a_stiff_solver_has_them(slug):
    ground = LANDSCAPES[slug].at()
    basins = basins_of(ground, "minimize")
    ends = np.array([known.point for known in ground.known("global_minimum", "local_minimum")])
    low, high = map(np.array, ground.entry.domain)
    points = np.random.default_rng(7).uniform(low, high, (1400, 2))
    beside = points + 0.01 * (high - low)
    label, other = at_once("labels", basins, *points.T), at_once("labels", basins, *beside.T)
    points = points[(label != other) & (label >= 0) & (other >= 0)][:20]
    assert len(points) >= 10

    def slope(t, point):
        return -np.array(ground.floats.loss_and_gradient(*point)[1:])

    for point, label in zip(points, at_once("labels", basins, *points.T), strict=True):
        solved = solve_ivp(slope, (0, 400), point, rtol=1e-9, atol=1e-11, method="BDF").y[:, -1]
        away = np.hypot(*(ends - solved).T)
        assert away.min() < 1e-2
        assert label == away.argmin()


def test_from_a_ridge_itself_the_flow_comes_to_no_minimum():
    # Along x = -y the gradient points to the saddle at (1.25, -1.25) alone, which is further away than it is followed.
    ground = landscape("((x + y)**2 - 1)**2 + (x - y - 2.5)**2").at()
    x = np.array([-1.99, 0.5, 1.7])
    assert (at_once("labels", basins_of(ground, "minimize"), x, -x) < 0).all()


def test_of_more_points_near_a_ridge_than_can_be_followed_nothing_is_said():
    basins = basins_of(WELLS.at(), "minimize")
    x = np.linspace(-1e-3, 1e-3, 4000)
    assert at_once("labels", basins, x, np.zeros_like(x)) is None
    assert at_once("crossings", basins, x, np.zeros_like(x)) is None
    # The same few points again and again are no trouble.
    again = np.tile([-1e-3, 1e-3], 2000)
    assert at_once("crossings", basins, again, np.zeros_like(again)).count == 3999


def test_on_a_curve_there_are_basins_too():
    ground = landscape("(x**2 - 1)**2 + 0.3*x", (1.5,)).at()
    ridge = np.sort(np.roots([4, 0, -4, 0.3]).real)[1]
    x = np.linspace(-1.9, 1.9, 777)
    ends = np.array([known.point[0] for known in ground.known("global_minimum", "local_minimum")])
    label = at_once("labels", basins_of(ground, "minimize"), x, np.zeros_like(x))
    assert (np.sign(ends[label]) == np.where(x > ridge, 1, -1)).all()


def test_where_the_flow_comes_to_no_known_minimum_nothing_is_said():
    # Two hollows in a plain that falls away to the right.
    ground = landscape("-exp(-8*((x + 1)**2 + y**2)) - exp(-8*((x - 1)**2 + y**2)) - 0.2*x").at()
    basins = basins_of(ground, "minimize")
    label = at_once("labels", basins, np.array([-1.0, 1.0, 1.9, -1.0]), np.array([0.0, 0.0, 1.9, 1.9]))
    assert (label[:2] >= 0).all()
    assert (label[2:] < 0).all()


# --- what is told of a walk


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam", "gradient-descent"])
def test_a_walk_crosses_where_its_side_changes(optimizer):
    for rate in (0.02, 0.05, 0.1, 0.2):
        points, verdict = judged(WELLS, (1.7, 1.1), optimizer, learning_rate=rate, steps=150)
        if verdict.outcome == "diverged":
            continue
        crossed = sides(points[:, 0] > 0)
        assert [crossing.step for crossing in verdict.crossings.told] == crossed[:MOST_TOLD]
        assert verdict.crossings.count == len(crossed)
        for step, left, reached in verdict.crossings.told:
            assert left == pytest.approx((np.sign(points[step - 1, 0]), 0.0), abs=1e-9)
            assert reached == pytest.approx((np.sign(points[step, 0]), 0.0), abs=1e-9)


def test_very_many_crossings_are_counted():
    # x → x - 1.6 x(x² - 1) goes to and fro over the ridge without end
    options = {"learning_rate": 0.4, "steps": 2000, "tolerance": 0.0, "noise": 0.1, "seed": 1}
    points, verdict = judged(WELLS, (1.2, 0.1), **options)
    crossed = sides(points[:, 0] > 0)
    assert len(crossed) > MOST_TOLD
    assert (verdict.crossings.count, verdict.crossings.last) == (len(crossed), crossed[-1])
    assert [crossing.step for crossing in verdict.crossings.told] == crossed[:MOST_TOLD]
    told = f"It crossed the ridge {len(crossed)} times, first at step {crossed[0]} and last at step {crossed[-1]}."
    assert verdict.message.endswith(told)


def test_the_cycle_of_a_restart_is_named():
    sharp = LANDSCAPES["sharp-valley"]
    options = {"learning_rate": 0.7, "steps": 200, "tolerance": 0.0, "schedule": "cosine"}
    points, verdict = judged(sharp, (4.0, 0.5), restarts=3, **options)
    # The stiff solver of SciPy's flows from iterate 66 to the sharp minimum, from iterate 67 to the wide one.
    ends = []
    for point in points[66:68]:
        solved = solve_ivp(
            lambda t, place: [-part for part in sharp.at().floats.loss_and_gradient(*place)[1:]],
            *((0, 60), point),
            rtol=1e-9,
            atol=1e-11,
            method="BDF",
        )
        ends.append(solved.y[0, -1])
    assert ends == pytest.approx([1.9099, 0.0], abs=1e-3)
    assert [crossing.step for crossing in verdict.crossings.told] == [67]
    assert verdict.message.endswith(" It crossed the ridge at step 67, in the cycle after restart 1.")
    _, annealed = judged(sharp, (4.0, 0.5), restarts=0, **options)
    assert annealed.message.endswith(" It crossed the ridge at step 28.")


def test_a_crossing_before_the_first_restart_and_one_with_it():
    # Along x alone: the first step of η = 0.1 leads from 1.8 to 1.8 - 0.1·4·1.8·(1.8² - 1) = 0.187, from 1.9 to -0.08.
    one_step = {"learning_rate": 0.1, "steps": 12, "tolerance": 0.0, "schedule": "cosine"}
    points, verdict = judged(WELLS, (1.9, 0.0), restarts=2, **one_step)
    assert points[0, 0] > 0 > points[1, 0]
    crossed = sides(points[:, 0] > 0)
    assert crossed == [1]
    assert verdict.message.endswith(" It crossed the ridge at step 1, before the first restart.")
    assert judged(WELLS, (1.8, 0.0), restarts=2, **one_step)[1].crossings.count == 0


def test_of_an_ascent_the_valley_is_crossed():
    ground = landscape("-(x**2 - 1)**2 - y**2", goal="maximize")
    points, verdict = judged(ground, (1.9, 0.0), goal="maximize", learning_rate=0.1, steps=3, tolerance=0.0)
    assert sides(points[:, 0] > 0) == [1]
    assert verdict.message.endswith(" It crossed the valley at step 1.")


@pytest.mark.parametrize(("goal", "sign", "word"), [("minimize", "", "bump"), ("maximize", "-", "dip")])
def test_along_a_curve_a_bump_is_crossed_or_of_an_ascent_a_dip(goal, sign, word):
    ground = landscape(f"{sign}(x**2 - 1)**2", (1.9,), goal=goal)
    options = {"goal": goal, "learning_rate": 0.1, "steps": 3, "tolerance": 0.0}
    points, verdict = judged(ground, (1.9,), **options)
    assert sides(points[:, 0] > 0) == [1]
    assert verdict.message.endswith(f" It crossed the {word} at step 1.")
    assert f" Over a {word} at step 1." in verdict.message.split("\n")[0]


def test_nothing_is_told_where_nobody_asks_where_it_is_one_basin_or_too_long():
    assert judged(WELLS, (1.7, 1.1), ridges=False)[1].crossings is None
    bowl = landscape("x**2 + y**2")
    verdict = judged(bowl, (1.0, 1.0))[1]
    assert (verdict.crossings.count, verdict.crossings.told) == (0, [])
    assert "crossed" not in verdict.message
    long = {"learning_rate": 0.001, "steps": 2 * LONGEST, "tolerance": 0.0}
    assert judged(WELLS, (0.5, 0.0), noise=1e-9, **long)[1].crossings is None


def test_a_ridge_is_left_out_of_a_first_line_that_has_no_room_for_it():
    # From 1.9 the first step leads to -0.084 and the second to -0.117, where the slope is 0.46, within the tolerance.
    _, verdict = judged(WELLS, (1.9, 0.0), learning_rate=0.1, steps=9, tolerance=0.5)
    first, numbers = verdict.message.split("\n")
    assert first == "It stops after 2 steps on a slope so gentle that it counts as level: it is within the tolerance."
    assert numbers.endswith(" It crossed the ridge at step 1.")


def test_a_diverged_walk_tells_of_its_end():
    _, verdict = judged(WELLS, (1.9, 1.0), learning_rate=2.0, steps=50)
    assert verdict.outcome == "diverged"
    assert "crossed" not in verdict.message


def test_a_walk_outside_the_picture_is_followed_a_little():
    # The domain is 4 wide: x = 2.5 is outside, and its flow leads back in.
    basins = basins_of(WELLS.at(), "minimize")
    label = at_once("labels", basins, np.array([2.5, -2.5, 50.0, np.nan, np.inf]), np.array([0.0, 0.0, 0.0, 0.0, 0.0]))
    assert label[0] >= 0
    assert label[1] >= 0
    assert label[0] != label[1]
    assert (label[2:] < 0).all()


def test_grids_are_kept_for_so_many_landscapes(monkeypatch):
    monkeypatch.setattr("app.descent.judging.crossings._GRIDS", 2)
    first, *others = (dataclasses.replace(WELLS, slug=f"again {number}").at() for number in range(3))
    kept = basins_of(first, "minimize")
    assert basins_of(first, "minimize") is kept
    assert all(basins_of(other, "minimize") for other in others)
    assert basins_of(first, "minimize") is not kept


def test_others_have_their_turn_while_the_flow_is_followed(monkeypatch):
    ground = dataclasses.replace(WELLS, slug="in turns").at()
    settings = descent(WELLS, learning_rate=0.01, steps=5)
    settings = dataclasses.replace(settings, landscape=ground)
    assert len(ground.stationary_points) == 3
    asked = []
    functions = ground.arrays
    count = functions._replace(hessian=lambda x, y: asked.append(len(x)) or functions.hessian(x, y))
    monkeypatch.setitem(vars(ground), "arrays", count)
    since = most = 0
    for _ in judged_walk(settings, OPTIMIZERS["gradient-descent"], [(1.9, 1.0)], WELLS.domain, ridges=True):
        most, since = max(most, len(asked) - since), len(asked)
    assert len(asked) > 10
    assert most == 1


@pytest.mark.parametrize("text", ["(x^2 - 1)^2 + y^2", "(x^2 - 1)^2"])
def test_a_typed_formulas_basins_are_told_by_a_grid_that_was_found_elsewhere(text):
    there, here = (dataclasses.replace(typed_landscape(text), title=title).at() for title in ("there", "here"))
    keep_cells(here, "minimize", cells_ahead(there, "minimize"))
    basins = basins_of(here, "minimize")
    x = np.array([-1.3, -0.2, 0.2, 0.9])
    ends = [basins._ends[label][0] for label in last_of(basins.labels(x, np.zeros(4)))]
    assert ends == pytest.approx([-1.0, -1.0, 1.0, 1.0])
    assert basins.corners == (basins._cells.shape[1] - 1) * (basins._cells.shape[0] - 1 if "y" in text else 1)


@pytest.mark.parametrize("text", ["x^2 + y^2", "sin(x*cos(y*sin(x*cos(y*sin(x)))))"])
def test_no_grid_is_found_ahead_where_there_is_one_basin_or_it_would_take_long(text, monkeypatch):
    monkeypatch.setattr("app.descent.judging.crossings._AHEAD", 0.0)
    assert cells_ahead(typed_landscape(text).at(), "minimize") is None


def test_a_grid_whose_flow_takes_longer_than_it_mostly_does_is_found_later(monkeypatch):
    ground = typed_landscape("(x^2 - 1)^2 + y^2").at()
    assert cells_ahead(ground, "minimize") is not None
    monkeypatch.setattr("app.descent.judging.crossings._MOST_FLOWS", 3)
    assert cells_ahead(ground, "minimize") is None
