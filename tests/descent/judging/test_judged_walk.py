"""A walk that tells its verdict: what its parts would tell one by one."""

import numpy as np
import pytest

from app.descent.judging.judged_walk import LONGEST_WAY, Judged, judged_walk
from app.descent.judging.race import LEVELS, PARTS, Progress
from app.descent.judging.verdict import judge
from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.descent import Chunk, scatter
from app.descent.walks.walk import MOST_ALONE, walk
from tests.descent.by_hand import all_of, descent, usual_shape


def told(entry, settings, starts, **options):
    events = list(judged_walk(settings, OPTIMIZERS["momentum"], starts, entry.domain, **options))
    return [event for event in events if isinstance(event, Chunk)], [one for one in events if isinstance(one, Judged)]


def settings_of(slug, **options):
    entry = LANDSCAPES[slug]
    options = {"learning_rate": entry.learning_rate, "goal": entry.goal, **options}
    return entry, descent(entry, "momentum", {"momentum": 0.9}, shape=usual_shape(entry), **options)


@pytest.mark.long
@pytest.mark.parametrize("count", [1, 3, MOST_ALONE + 6])
@pytest.mark.parametrize("slug", ["rosenbrock", "two-minima", "straight-line", "plateau"])
@pytest.mark.parametrize("parts", [PARTS, LEVELS])
def test_chunks_ends_and_progress_are_those_of_the_parts(slug, count, parts):
    entry, settings = settings_of(slug, steps=120)
    starts = scatter(entry.domain, entry.start, count, 3)
    chunks, ends = told(entry, settings, starts, parts=parts, longest=-1)
    plain, progress = list(walk(settings, starts)), Progress(settings, count, parts)
    for event in plain:
        progress.follow(event)
    expected = [event for event in plain if isinstance(event, Chunk)]
    assert [(chunk.walker, chunk.first) for chunk in chunks] == [(chunk.walker, chunk.first) for chunk in expected]
    assert all(np.array_equal(one.loss, other.loss) for one, other in zip(chunks, expected, strict=True))
    assert sorted(judged.ending.walker for judged in ends) == list(range(count))
    for judged in ends:
        walker = judged.ending.walker
        by_hand = judge(settings, OPTIMIZERS["momentum"], starts[walker], judged.ending, (), entry.domain)
        assert judged.verdict == by_hand
        assert judged.reached.tolist() == progress.reached[walker].tolist()
        assert judged.stayed.tolist() == progress.stayed[walker].tolist()


@pytest.mark.parametrize("longest", [LONGEST_WAY, -1])
def test_of_a_short_walk_that_diverges_the_sharpest_curvature_is_told_if_its_iterates_are_kept(longest):
    entry, settings = settings_of("rosenbrock", steps=120, learning_rate=0.001)
    starts = scatter(entry.domain, entry.start, MOST_ALONE + 6, 3)
    diverged = [one for one in told(entry, settings, starts, longest=longest)[1] if one.ending.outcome == "diverged"]
    wholes = all_of(settings, starts)
    for judged in diverged:
        walker = judged.ending.walker
        way = [(wholes[walker].x, wholes[walker].y)] if longest > 0 else ()
        by_hand = judge(settings, OPTIMIZERS["momentum"], starts[walker], judged.ending, way, entry.domain)
        assert judged.verdict == by_hand
    assert any("sharpest curvature it met" in judged.verdict.numbers for judged in diverged) == (longest > 0)


def test_of_a_long_walk_no_iterates_are_kept():
    # So slow that it leaves the reach after more steps than are kept.
    entry, settings = settings_of("saddle", learning_rate=0.001, steps=5000, goal="maximize")
    (judged,) = told(entry, settings, [(0.5, 0.5)])[1]
    assert judged.ending.steps > LONGEST_WAY
    assert "sharpest curvature" not in judged.verdict.numbers
