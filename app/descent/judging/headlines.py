"""The first line of a verdict: what a walk's end means, in plain words, at most 110 characters of them.

Every sentence is a row of a table, by how the walk ended and on what ground. What is claimed of the way there was seen
(see ``manner``); close to where it should end, no walk has failed.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from app.descent.judging.manner import Manner
from app.descent.judging.places import Place
from app.descent.landscapes.landscape import Goal
from app.descent.walks.descent import Criterion, Outcome

LONGEST = 110

# What the sentences tell apart: what is wanted, the best or not the best of its kind or one of which nobody knows that,
# stationary points of another kind, ground that is none, and what no curvature tells: it does not exist, or is zero.
Ground = Literal["best", "lesser", "some", "level", "plateau", "slope", "unknown", "untold"]
# How a walk ended that did not diverge and does not go round: at rest, at rest at its start, out of patience, with a
# loss that stays the same, out of steps or evaluations; and as the last three, but kept in motion.
End = Literal["rest", "unmoved", "patience", "unchanged", "over", "drawn", "passing", "restless"]


class Facts(NamedTuple):
    """All that the first line may tell.

    ``deeper``: of what is wanted a better one is known elsewhere. ``near``: a place of the wanted kind is close by.
    ``drawn`` names what keeps a walk from coming to rest that is drawn at random. ``too_fast``: the learning rate is
    above the limit of the ground where the walk ended, ``too_long``: of that where it began. ``higher``: it ended worse
    than it began; ``endless``: it went the right way at every step and goes on so. ``singular``: a Hessian without an
    inverse may have ended it, ``valueless``: a typed rule without a value. ``period`` is that of a cycle, ``narrow``
    one that is seen as one dot, ``around`` one with the place that is wanted in its middle.

    Of training, the walk of a ``network``, no minimum is known but where the loss is as low as any can be (``near``
    tells that of a local one). ``unmoved``: all its weights are what they were, and no slope moves them. ``edge``: at
    the learning rate's limit the loss goes up and down, and yet falls. ``unending``: all points are right, and larger
    weights, which make that surer, always have a lower loss.
    """

    outcome: Outcome
    criterion: Criterion
    place: Place | None
    goal: Goal
    dimensions: int
    steps: int
    patience: int = 0
    counts_any_change: bool = True
    deeper: bool = False
    near: bool = False
    has_velocity: bool = False
    drawn: str = ""
    too_fast: bool = False
    too_long: bool = False
    higher: bool = False
    endless: bool = False
    singular: bool = False
    valueless: bool = False
    period: int | None = None
    narrow: bool = False
    around: bool = False
    manner: Manner = Manner()
    network: bool = False
    unmoved: bool = False
    edge: bool = False
    unending: bool = False


# What is called otherwise on the way up.
_DIRECTION: Mapping[Goal, Mapping[str, str]] = {
    "minimize": {
        "best": "at the bottom",
        "lesser": "in a local minimum",
        "already": "the bottom",
        "lesser_already": "a local minimum",
        "bottom": "the bottom",
        "better": "deeper",
        "down": "down",
        "downhill": "downhill",
        "lower": "lower",
        "higher": "higher",
        "falls": "falls",
        "lowest": "lowest",
        "loss": "loss",
    },
    "maximize": {
        "best": "on a peak",
        "lesser": "on a peak",
        "already": "a peak",
        "lesser_already": "a peak",
        "bottom": "the peak",
        "better": "higher",
        "down": "up",
        "downhill": "uphill",
        "lower": "higher",
        "higher": "lower",
        "falls": "rises",
        "lowest": "highest",
        "loss": "value",
    },
}

# Stationary points that are not wanted: what they are called, and why a walk should not stay.
_LEVEL: Mapping[str, tuple[str, str]] = {
    "saddle": ("a saddle", "to some sides the ground {falls}"),
    "maximum": ("a peak", "every way leads down"),
    "shoulder": ("a shoulder", "on one side it goes on {down}"),
    "global_minimum": ("the lowest ground", "every way leads up"),
    "local_minimum": ("the floor of a hollow", "every way leads up"),
}

# What went before, where it was seen: a ball that keeps its velocity rolls, what has none overshoots.
_WAYS: Mapping[str, str] = {
    "rolls": "It rolls past {bottom} {times}",
    "overshoots": "It overshoots {bottom} {times}",
    "zigzags": "It zigzags across the valley",
    "leaps": "It leaps from side to side",
}

_LEVEL_ENDS: Mapping[End, str] = {
    "rest": "It stops on {noun} after {steps}: level ground, but {why}.",
    "unmoved": "It stays where it starts, on {noun}: level ground, where nothing says which way is {down}.",
    "patience": "It is stuck on {noun} when its patience ends: level ground, but {why}.",
    "unchanged": "It is stuck on {noun} after {steps}: level ground, but {why}.",
    "over": "It is on {noun} {over}: nearly level ground, but {why}.",
}
_SENTENCES: Mapping[Ground, Mapping[End, str]] = {
    "best": {
        "rest": "{way}settles {there} after {steps}.",
        "unmoved": "It stays where it starts: that is {already} already.",
        "patience": "{way}stays {there}: it has all but arrived when its patience ends.",
        "unchanged": "{way}arrives {there}, as nearly as numbers go: the {loss} no longer changes.",
        "over": "{way}has all but arrived {there} {over}.",
        "drawn": "It has come to {bottom}, where {drawn} it moving.",
        "passing": "It is at {bottom} {over}, but still in full motion.",
        "restless": "It is at {bottom} {over}, but its steps are too long to settle there.",
    },
    "lesser": {
        "rest": "{way}settles {lesser} after {steps}; a {better} one exists.",
        "unmoved": "It stays where it starts: that is {lesser_already} already, but a {better} one exists.",
        "patience": "It has all but arrived {lesser} when its patience ends; a {better} one exists.",
        "unchanged": "It has arrived {lesser}, as nearly as numbers go; a {better} one exists.",
        "over": "It has all but arrived {lesser} {over}; a {better} one exists.",
        "drawn": "It has come to {lesser_already}, where {drawn} it moving; a {better} one exists.",
        "passing": "It is {lesser} {over}, still in full motion; a {better} one exists.",
        "restless": "It is {lesser} {over}, but its steps are too long to settle there.",
    },
    "some": {
        "rest": "It settles in a local minimum after {steps}; whether a deeper one exists is not known.",
        "unmoved": "It stays where it starts: that is a local minimum, and whether a deeper one exists is not known.",
        "patience": "It has all but arrived in a local minimum when its patience ends; a deeper one may exist.",
        "unchanged": "It has arrived in a local minimum, as nearly as numbers go; a deeper one may exist.",
        "over": "It has all but arrived in a local minimum {over}; a deeper one may exist.",
        "drawn": "It has come to a local minimum, where {drawn} it moving; a deeper one may exist.",
        "restless": "It is in a local minimum {over}, but its steps are too long to settle there.",
    },
    "level": _LEVEL_ENDS,
    "plateau": {
        "rest": "It is stuck on a plateau after {steps}: flat ground, with no slope to follow.",
        "unmoved": "It stays where it starts: flat ground, with no slope to follow.",
        "patience": "It is stuck on a plateau when its patience ends: flat ground, with hardly a slope to follow.",
        "unchanged": "It is stuck on a plateau after {steps}: flat ground, with hardly a slope to follow.",
        "over": "It is on a plateau {over}: flat ground, with hardly a slope to follow.",
    },
    "slope": {
        "rest": "It stops after {steps} on a slope so gentle that it counts as level: it is within the tolerance.",
        "unmoved": "It stays where it starts: the slope there is within the tolerance, and counts as level.",
        "patience": "Its patience ends on a slope: for {patience} it has come {hardly} {lower}.",
        "unchanged": "It is stuck on a slope after {steps}: the {loss} no longer changes.",
        "over": "It is not there yet {over}: the ground still {falls}.",
    },
    "unknown": {
        "rest": "It stops after {steps} where the slope is as good as zero; what place that is cannot be told.",
        "unmoved": "It stays where it starts: the slope is as good as zero, and what place that is cannot be told.",
        "patience": "Its patience ends where the curvature does not exist: what place that is cannot be told.",
        "unchanged": "It is stuck after {steps} where the curvature does not exist: the {loss} no longer changes.",
        "over": "It is still under way {over}, where the curvature does not exist.",
    },
    "untold": {
        "rest": "It stops after {steps} where the slope is as good as zero; what place that is cannot be told.",
        "unmoved": "It stays where it starts: the slope is as good as zero, and what place that is cannot be told.",
        "patience": "Its patience ends on level ground: what place that is, the curvature does not tell.",
        "unchanged": "It is stuck on level ground after {steps}: what place that is, the curvature does not tell.",
        "over": "It is on level ground {over}: what place that is cannot be told.",
    },
}

# On no stationary point, but close to one that is wanted.
_CLOSE: Mapping[str, str] = {
    "rest": "It stops close to {bottom} after {steps}: the slope is within the tolerance there{other}.",
    "drawn": "It has come close to {bottom}, where {drawn} it moving{other}.",
    "restless": "It is close to {bottom} {over}, but its steps are too long to settle there.",
    "": "It has nearly arrived {there} {over}{other}.",
}
# Far from any, out of steps, the most telling first.
_UNDER_WAY: Mapping[str, str] = {
    "edge": "It walks at the edge of stability: its steps are as long as it can bear, yet the {loss} {falls}.",
    "unending": "All points are right and the {loss} still {falls} {over}: on such data it falls for ever.",
    "unending rest": "All points are right: it stops after {steps} on a slope that falls for ever but is hardly one.",
    "too fast": "It cannot settle: its steps are too long for this ground, and throw it to and fro.",
    "higher": "It ends {higher} than it began: {over}, the ground still {falls}.",
    "rises": "It has not settled {over}: it runs up and down, and the ground still {falls}.",
    "still": "It hardly moves: {steps} take it less than a hundredth of the way across the picture.",
    "crawls": "It crawls: the ground still {falls}, but its last {tenth} take it less than a hundredth of the picture.",
    "falls": "It is still on its way {down} {over}.",
}

_DIVERGED: Mapping[str, str] = {
    "start": "It cannot start: its {loss} or its slope is no finite number there.",
    "singular": "Its last step leads nowhere: there the curvature has no inverse, or does not exist.",
    "valueless": "Its last step leads nowhere: there its rule, or the gradient, has no finite value.",
    "endless": "It runs {downhill} for ever: this ground seems to have no {lowest} place in that direction.",
    "leaps": "It leaps to and fro, further each time, and is gone after {steps}{because}.",
    "thrown": "It is thrown far out of the picture and is gone after {steps}{because}.",
    "no number": "It comes after {steps} to where there is no finite number for the {loss}{because}.",
}
_BECAUSE = ": its step size is too large"

_ROUND: Mapping[str, str] = {
    "narrow 2": "It has all but arrived {there}: it goes for ever between two points, too close to be told apart.",
    "narrow": "It has all but arrived {there}: it goes for ever round {period} points, too close to be told apart.",
    "around 2": "It jumps for ever between two points, one on each side of {bottom}.",
    "around": "It goes for ever round the same {period} points about {bottom}, and never settles.",
    "2": "It jumps for ever between two points, and never settles.",
    "": "It goes for ever round the same {period} points, and never settles.",
}


def headline(facts: Facts) -> str:
    """What the walk's end means, in one plain sentence of at most ``LONGEST`` characters."""
    ground = _ground(facts)
    words = _words(facts, ground)
    if facts.outcome == "diverged":
        sentence = _DIVERGED[_departure(facts)]
    elif facts.period:
        sentence = _ROUND[_round(facts, ground)]
    elif ground in ("plateau", "slope", "unknown") and facts.near and facts.steps:
        sentence = _CLOSE[_closeness(facts)]
    elif ground == "slope" and (way := _under_way(facts)):
        sentence = _UNDER_WAY[way]
    else:
        sentence = _SENTENCES[ground][_end(facts, ground)]
    return sentence.format(**words)


def _words(facts: Facts, ground: Ground) -> dict[str, str]:
    """Everything that may stand in a sentence."""
    words = {
        **_DIRECTION[facts.goal],
        "steps": _count(facts.steps),
        "tenth": _count(max(1, facts.steps // 10)),
        "patience": _count(facts.patience),
        "hardly": "no" if facts.counts_any_change else "hardly any",
        "over": _OVER.get(facts.criterion, "when its {all_steps} over").format(all_steps=_all(facts.steps)),
        "times": {1: "once", 2: "twice"}.get(facts.manner.passes, f"{facts.manner.passes} times"),
        "drawn": facts.drawn,
        "period": str(facts.period),
        "because": ": its step size is too large" if facts.too_long else "",
    }
    words["there"] = words["lesser" if facts.deeper else "best"]
    words["other"] = f"; a {words['better']} one exists" if facts.deeper else ""
    if ground == "level":
        words["noun"], why = _LEVEL[str(facts.place)]
        words["why"] = why.format(**words)
    way = _way(facts)
    if ground == "best" and way in ("rolls", "overshoots"):
        words["there"] = "there"
    joined = " and " if facts.criterion in ("steps", "budget") else ", then "
    words["way"] = f"{_WAYS[way].format(**words)}{joined}" if way else "It "
    return words


def _count(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def _all(steps: int) -> str:
    return "one step is" if steps == 1 else f"{steps} steps are"


_OVER: Mapping[Criterion, str] = {
    "budget": "when its budget is spent",
    "patience": "when its patience ends",
    "unchanged": "when nothing changes any more",
}


def _ground(facts: Facts) -> Ground:
    match facts.place:
        case None:
            return "untold" if facts.network else "unknown"
        case "plateau" | "slope":
            return facts.place
        case "local_minimum" if facts.network and not facts.near:
            return "some"
        case "global_minimum" | "local_minimum" if facts.goal == "minimize":
            return "lesser" if facts.deeper else "best"
        case "maximum" if facts.goal == "maximize":
            return "best"
    return "level"


def _end(facts: Facts, ground: Ground) -> End:
    if facts.unmoved:
        return "unmoved"
    if facts.criterion == "tolerance":
        return "rest" if facts.steps else "unmoved"
    if ground in ("best", "lesser", "some"):
        if facts.drawn:
            return "drawn"
        if facts.too_fast:
            return "restless"
        if facts.manner.moving and facts.criterion in ("steps", "budget"):
            return "passing"
    return facts.criterion if facts.criterion in ("patience", "unchanged") else "over"


def _way(facts: Facts) -> str:
    """What was seen on the way; nothing of what is drawn at random."""
    if facts.drawn:
        return ""
    if facts.manner.zigzags:
        return "zigzags" if facts.dimensions == 2 else "leaps"
    if facts.manner.passes:
        return "rolls" if facts.has_velocity else "overshoots"
    return ""


def _closeness(facts: Facts) -> str:
    if facts.criterion == "tolerance":
        return "rest"
    return "drawn" if facts.drawn else "restless" if facts.too_fast else ""


def _under_way(facts: Facts) -> str:
    if facts.criterion not in ("steps", "budget"):
        return "unending rest" if facts.unending and facts.criterion != "patience" and facts.steps else ""
    manner = facts.manner
    holds = {
        "edge": facts.edge,
        "unending": facts.unending,
        "too fast": facts.too_fast and manner.zigzags,
        "higher": facts.higher,
        "rises": manner.rises,
        "still": manner.still,
        "crawls": manner.crawls and not facts.drawn,
        "falls": manner.falls,
    }
    return next((name for name, is_so in holds.items() if is_so), "")


def _departure(facts: Facts) -> str:
    if facts.criterion == "not_finite":
        if facts.steps == 0:
            return "start"
        return "singular" if facts.singular else "valueless" if facts.valueless else "no number"
    if facts.endless and not facts.too_long:
        return "endless"
    return "leaps" if facts.manner.leaps else "thrown"


def _round(facts: Facts, ground: Ground) -> str:
    is_there = ground in ("best", "lesser", "some") or facts.near
    where = "narrow" if facts.narrow and is_there else "around" if facts.around else ""
    return f"{where} {2 if facts.period == 2 else ''}".strip()
