"""The first line of every verdict: all that can come has one, it is short, and at the goal it is no failure."""

import re
from itertools import product
from typing import get_args

import pytest

from app.descent.judging.headlines import LONGEST, Facts, headline
from app.descent.judging.manner import MOST_PASSES, Manner
from app.descent.walks.descent import OUTCOME_OF, Criterion
from app.request.keys import MOST_STEPS

GOALS = ("minimize", "maximize")
PLACES = ("global_minimum", "local_minimum", "saddle", "maximum", "shoulder", "plateau", "slope", None)
DRAWN = ("", "the noise keeps", "its mini-batches keep")
# As long as the words for them can be.
MANNERS = (
    Manner(),
    Manner(passes=1),
    Manner(passes=2, moving=True),
    Manner(passes=MOST_PASSES),
    Manner(passes=3, zigzags=True),
    *(Manner(**{name: True}) for name in ("zigzags", "leaps", "still", "crawls", "rises", "falls", "moving")),
)
BAD_WORDS = re.compile(r"stuck|cannot|crawls|hardly moves|has not|not there yet|stops on|is gone|never settles|ends")


def everything(**fixed):
    """Yield all that a first line may be asked to tell, with the largest numbers."""
    for criterion, place, goal, dimensions in product(get_args(Criterion), PLACES, GOALS, (1, 2)):
        outcome = OUTCOME_OF[criterion]
        if (outcome == "diverged") > (place is None):
            continue
        for steps, manner, deeper, near, drawn in product(
            (0, 1, MOST_STEPS), MANNERS, (False, True), (False, True), DRAWN
        ):
            # Only of minima some are known to be the best; a walk that has ended for want of steps has taken one.
            if (deeper and goal == "maximize") or (steps == 0 and criterion not in ("tolerance", "not_finite")):
                continue
            facts = Facts(outcome, criterion, place, goal, dimensions, steps, patience=MOST_STEPS)
            facts = facts._replace(manner=manner, deeper=deeper, near=near, drawn=drawn, **fixed)
            yield "stalled" if place == "plateau" and outcome == "converged" else outcome, facts


SETTINGS = [
    {},
    {"has_velocity": True},
    {"too_fast": True},
    {"too_long": True, "singular": True},
    {"endless": True},
    {"higher": True, "counts_any_change": False},
    *(
        {"period": period, "narrow": narrow, "around": around}
        for period, narrow, around in product((2, 64), *[(0, 1)] * 2)
    ),
]


@pytest.mark.long
@pytest.mark.parametrize("fixed", SETTINGS, ids=str)
def test_everything_that_can_come_has_one_sentence_of_at_most_110_characters(fixed):
    assert LONGEST == 110
    for outcome, facts in everything(**fixed):
        if fixed.get("period") and (outcome in ("converged", "diverged") or facts.drawn or facts.steps < 2):
            continue
        told = headline(facts._replace(outcome=outcome))
        assert len(told) <= 110, (told, facts)
        assert re.fullmatch(r"It[s]? [^.{}]+\.", told), (told, facts)
        assert not re.search(r"  |,,| [,;:]", told)
        # What is climbed is no loss, and its way is up.
        assert ("loss" if facts.goal == "maximize" else "value") not in told
        if facts.goal == "maximize" and facts.place in ("maximum", "slope"):
            assert not re.search(r"bottom|deeper|minimum|downhill|falls", told), (told, facts)


def test_close_to_what_is_wanted_nothing_is_a_failure():
    for outcome, facts in everything():
        wanted = ("global_minimum", "local_minimum") if facts.goal == "minimize" else ("maximum",)
        is_there = facts.place in wanted
        is_near = facts.near and facts.place in ("slope", "plateau", None) and facts.steps and outcome != "diverged"
        if is_there or is_near:
            told = headline(facts._replace(outcome=outcome))
            assert not BAD_WORDS.search(told.replace("patience ends", "")), (told, facts)


# (what is to be told, and how)
TOLD = [
    (
        ("converged", "tolerance", "global_minimum", 61, {"manner": Manner(passes=2), "has_velocity": True}),
        "It rolls past the bottom twice, then settles there after 61 steps.",
    ),
    (
        ("out_of_steps", "steps", "global_minimum", 200, {"manner": Manner(passes=7), "has_velocity": True}),
        "It rolls past the bottom 7 times and has all but arrived there when its 200 steps are over.",
    ),
    (
        ("out_of_steps", "steps", "global_minimum", 1, {}),
        "It has all but arrived at the bottom when its one step is over.",
    ),
    (
        ("converged", "tolerance", "local_minimum", 30, {"deeper": True}),
        "It settles in a local minimum after 30 steps; a deeper one exists.",
    ),
    (
        ("converged", "tolerance", "saddle", 9, {}),
        "It stops on a saddle after 9 steps: level ground, but to some sides the ground falls.",
    ),
    (
        ("converged", "tolerance", "maximum", 0, {}),
        "It stays where it starts, on a peak: level ground, where nothing says which way is down.",
    ),
    (
        ("diverged", "too_far", None, 12, {"manner": Manner(leaps=True), "too_long": True}),
        "It leaps to and fro, further each time, and is gone after 12 steps: its step size is too large.",
    ),
    (
        ("diverged", "too_far", None, 12, {"endless": True}),
        "It runs downhill for ever: this ground seems to have no lowest place in that direction.",
    ),
    (
        ("stalled", "unchanged", "slope", 80, {"period": 2, "around": True}),
        "It jumps for ever between two points, one on each side of the bottom.",
    ),
    (
        ("out_of_steps", "steps", "slope", 80, {"period": 6}),
        "It goes for ever round the same 6 points, and never settles.",
    ),
    (
        ("out_of_steps", "steps", "slope", 80, {"near": True, "drawn": "the noise keeps"}),
        "It has come close to the bottom, where the noise keeps it moving.",
    ),
]


@pytest.mark.parametrize(("facts", "told"), TOLD, ids=[told for _, told in TOLD])
def test_it_says_in_plain_words_what_happened(facts, told):
    outcome, criterion, place, steps, rest = facts
    assert headline(Facts(outcome, criterion, place, "minimize", 2, steps)._replace(**rest)) == told
