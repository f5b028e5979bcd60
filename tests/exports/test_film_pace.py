"""When a film shows which step: the first ones as steps, then by what is seen of them."""

import numpy as np
import pytest
from PIL import Image

from app.exports.films.pace import Pace, Seen, schedule
from app.exports.films.paths import Paths
from app.exports.films.theme import Theme
from app.exports.films.trails import Trails, dashes


def pace_of(*walks, period=0):
    return Pace([Seen(np.array(spots, dtype=float), period) for spots in walks], 480, 480, 1.0)


def test_of_long_steps_the_first_five_last_long_and_the_others_as_long_as_they_are():
    times = schedule(np.array([100.0] * 5 + [10.0, 20.0, 5.0] + [10.0] * 90), 98)
    assert np.diff(times)[:5] == pytest.approx(0.42)
    assert np.diff(times)[5:8] / (10, 20, 5) == pytest.approx(1 / 200)


def test_a_step_that_is_hardly_seen_is_not_held():
    assert schedule(np.array([1.0, 100.0]), 2) == pytest.approx([0, 0.42 / 5, 0.42 / 5 + 0.42])


def test_what_follows_the_first_steps_takes_five_seconds_at_the_most():
    times = schedule(np.full(2005, 50.0), 2005)
    assert times[-1] - times[5] == pytest.approx(5)


def test_what_stays_within_the_dot_is_over_in_a_moment_and_the_last_picture_is_the_last_step():
    way = [(40.0 * k, 100.0) for k in range(8)]
    pace = pace_of([*way, *[(281.0 + 0.002 * k, 100.0) for k in range(500)]])
    assert pace.end == 7
    assert pace.last == 507
    steps = pace.steps(100)
    assert steps[0] == 0
    assert steps[-1] == 507
    assert (steps > 8).sum() < 10
    assert (np.diff(steps) >= 0).all()


def test_a_cycle_is_gone_round_four_times():
    round_and_round = [(100.0 + 100 * (k % 2), 200.0) for k in range(400)]
    assert pace_of(round_and_round, period=2).end == 8
    assert pace_of(round_and_round).end == 399


def test_the_view_follows_where_most_leave_and_not_where_a_few_do():
    leaving = [(240 + (-2.0) ** k, 240.0) for k in range(40)]
    staying = [(240.0, 240.0 + k) for k in range(40)]
    assert pace_of(leaving).leaves
    assert not pace_of(leaving, staying).leaves
    pace = pace_of(leaving, leaving, staying)
    # The farthest is in the picture at every step, and at first the map is.
    assert pace.scale(0) == 1
    for k in range(40):
        assert abs(leaving[k][0] - 240) / pace.scale(k) <= 240


def test_a_walk_that_is_no_number_any_more_ends_where_it_was_last():
    pace = pace_of([(0.0, 0.0), (1e200, 0.0), (np.nan, np.nan)])
    assert pace.finite == 1
    assert np.isfinite(pace.times).all()
    paths = Paths([np.array([(0.0, 0.0), (10.0, 0.0), (np.nan, np.nan)]), np.array([(5.0, 5.0)])])
    assert paths.heads(1.5).tolist() == [[10, 0], [5, 5]]
    assert paths.heads(0.5).tolist() == [[5, 0], [5, 5]]


def test_one_picture_more_is_never_missing():
    for count in (2, 3, 10, 300):
        assert len(pace_of([(0, 0), (10, 0), (20, 0)]).steps(count)) == count
    assert pace_of([(7, 7)]).steps(3).tolist() == [0, 0, 0]


def test_dashes_go_on_where_the_line_before_ended():
    whole = dashes([(0, 0), (100, 0)], (9, 5), 0)
    assert np.array(whole[:2]) == pytest.approx(np.array([[(0, 0), (9, 0)], [(14, 0), (23, 0)]]))
    parts = [*dashes([(0, 0), (20, 0)], (9, 5), 0), *dashes([(20, 0), (100, 0)], (9, 5), 20)]
    covered = [sum(b[0] - a[0] for a, b in (stroke for stroke in strokes)) for strokes in (whole, parts)]
    assert covered[0] == pytest.approx(covered[1])
    # A corner is in the middle of a stroke.
    assert dashes([(0, 0), (5, 0), (5, 5)], (8, 5), 0) == [[(0, 0), (5, 0), (5, 3)]]


@pytest.mark.parametrize("begin", [(-1e6, 50.0), (50.0, 1e9), (-1e300, -1e300)])
def test_a_trail_from_far_outside_is_drawn_where_it_comes_in(begin):
    trails = Trails(Image.new("RGB", (100, 100)), Theme("light"), 1.0, 3, bare=False)
    trails.grow(0, 0, [begin, (50.0, 50.0)])
    trails.compose()
    assert trails.picture.getpixel((50, 50)) == Theme("light").colour("c0")
    assert trails.picture.getpixel((80, 20)) == (0, 0, 0)


def test_a_trail_that_grows_is_the_trail_that_is_drawn_at_once():
    corners = [(10.0, 10.0), (60.0, 30.0), (30.0, 80.0), (85.0, 85.0)]
    pictures = []
    for lines in ([corners], [corners[:2], corners[1:3], corners[2:]]):
        trails = Trails(Image.new("RGB", (100, 100), "#888"), Theme("dark"), 1.0, 3, bare=False)
        for line in lines:
            trails.grow(0, 0, line)
            trails.compose()
        pictures.append(np.asarray(trails.picture).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 8
