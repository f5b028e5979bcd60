"""What is written under and beside pictures: the title, the sentence, the formula and the settings, in plain words."""

import re
from collections.abc import Sequence

from app.answers.records import RunRecord, Walk
from app.descent.landscapes.data import Data
from app.descent.landscapes.landscape import Landscape
from app.descent.landscapes.network import Network
from app.exports.numbers import shown, superscript
from app.request.request import WalkRequest

NAME = "Downhill"
_GREEK = dict(
    zip(
        ["alpha", "beta", "gamma", "delta", "epsilon", "kappa", "lambda", "phi", "pi", "sigma"],
        "αβγδεκλφπσ",
        strict=True,
    )
)
# A formula that is so short may stand in a title.
_SHORT = 40
# So many runs are named in a title.
_NAMED = 3
_ENDS = {
    "converged": "converged after {} {}",
    "diverged": "diverged after {} {}",
    "stalled": "stalled after {} {}",
    "out_of_steps": "out of steps after {} {}",
}
_ERRORS = {"squared": "(F − y)²", "absolute": "|F − y|", "logistic": "(log(1 + e^F) − y·F)"}


def title_of(request: WalkRequest, walks: Sequence[Walk]) -> str:
    """What is seen, for a page's title and a picture's: who walks where, and how it ended where that may be told.

    Without walks, it is not known yet how they end.
    """
    end = "" if hides_end(request) else _end(request, walks)
    return f"{_who(request)} on {_where(request)}{f': {end}' if end else ''}"


def hides_end(request: WalkRequest) -> bool:
    """Whether the reader is to guess how it ends, or the page leaves the sentence out."""
    return bool(request.canonical["guess_first"]) or "sentence" in (request.canonical["hide"] or ())


def _who(request: WalkRequest) -> str:
    titles = list(dict.fromkeys(run.optimizer.title for run in request.each_run))
    several = len(request.each_run)
    if several > 1 and (len(titles) == 1 or several > _NAMED):
        return f"{several} runs of {titles[0]}" if len(titles) == 1 else f"A race of {several} runs"
    named = titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"
    return f"{request.starts} walkers of {named}" if request.starts > 1 else named


def _where(request: WalkRequest) -> str:
    landscape = request.landscape
    if not landscape.is_own:
        return landscape.title
    if landscape.data is not None:
        return f"{len(landscape.data)} own points"
    formula = formula_of(request)
    return formula if len(formula) <= _SHORT else "a typed formula"


def _end(request: WalkRequest, walks: Sequence[Walk]) -> str:
    if len(walks) != 1:
        return ""
    summary = walks[0]["summary"]
    steps = summary["steps"]
    return _ENDS[summary["outcome"]].format(f"{steps:,}".replace(",", "\u202f"), "step" if steps == 1 else "steps")


def sentence_of(request: WalkRequest, walks: Sequence[Walk], runs: Sequence[RunRecord] = ()) -> str:
    """The first line of the page's sentence, of the first walk that is seen; in a race with its run's name."""
    if "sentence" in (request.canonical["hide"] or ()):
        return ""
    each = request.each_run
    walk = next((walk for walk in walks if not each[walk["run"]].hidden), None)
    if walk is None:
        return ""
    message = walk["summary"]["message"].split("\n")[0]
    if not request.runs:
        return message
    # What follows a colon is no new sentence of the same one.
    return f"{each[walk['run']].name or each[walk['run']].optimizer.title}: {message[:1].lower()}{message[1:]}"


def formula_of(request: WalkRequest) -> str:
    """The loss as a line of text: f(x, y) = …, and what its letters stand for."""
    landscape = request.landscape
    if landscape.network is not None:
        return _network_text(landscape.network)
    if landscape.data is not None:
        return _data_text(landscape.data)
    letters = {_GREEK.get(name, name): value for name, value in landscape.values(request.shape).items()}
    meanings = "".join(f", {name} = {shown(value)}" for name, value in letters.items())
    return f"f({', '.join(landscape.axes)}) = {expression_text(landscape)}{meanings}"


def expression_text(landscape: Landscape) -> str:
    """The expression as people write it: powers high, and signs for times and minus."""
    text = landscape.expression or ""
    if landscape.names:
        for plain, name in zip(("x", "y"), landscape.names, strict=False):
            text = re.sub(rf"\b{plain}\b", name, text)
    text = re.sub(r"\b(" + "|".join(_GREEK) + r")\b", lambda name: _GREEK[name[1]], text)
    text = re.sub(r"\*\*(\d+)(?![\d.(])", lambda power: superscript(int(power[1])), text)
    text = text.replace("**", "^").replace("*", "·").replace("-", "−")
    text = re.sub(r"\bsqrt\((\d+)\)", r"√\1", text)
    text = re.sub(r"\bsqrt\(", "√(", text)
    # A number before a letter is written without a sign.
    return re.sub(r"(√?\d+(?:\.\d+)?)·(?=[a-zα-ω](?![a-z(]))", _beside, text)


def _beside(number: re.Match[str]) -> str:
    return number[0] if number[1].startswith("√") else number[1]


def _data_text(data: Data) -> str:
    if data.second is not None:
        terms = [
            f"{axis}·{_scaled(name, centre, unit)}"
            for axis, name, centre, unit in (
                (data.axes[0], data.input_name, data.centre, data.unit),
                (data.axes[1], data.second.name, data.second.centre, data.second.unit),
            )
        ]
    else:
        scaled = _scaled("x", data.centre, data.unit)
        terms = [
            axis if power == 0 else f"{axis}·{scaled}{superscript(power) if power > 1 else ''}"
            for axis, power in zip(data.axes, data.powers, strict=True)
        ]
    constant = f" {'−' if data.constant < 0 else '+'} {shown(abs(data.constant))}" if data.constant else ""
    return f"mean of {_ERRORS[data.error]} over {len(data)} points, F = {' + '.join(terms)}{constant}"


def _scaled(name: str, centre: float, unit: float) -> str:
    shifted = f"({name} {'−' if centre > 0 else '+'} {shown(abs(centre))})" if centre else name
    return f"{shifted}/{shown(unit)}" if unit != 1 else shifted


def _network_text(network: Network) -> str:
    return (
        f"mean of {_ERRORS[network.error]} over {len(network)} points, F = tanh(x·W₁ + b₁)·W₂ + b₂, "
        f"{network.size} weights"
    )


def settings_of(request: WalkRequest, walks: Sequence[Walk]) -> str:
    """Where it starts and how it walks, of a race what all runs share."""
    start = ", ".join(shown(value) for value in request.start)
    parts = [f"start ({start})" if len(request.start) > 1 else f"start {start}"]
    if request.starts > 1:
        parts.append(f"{request.starts} walkers")
    if request.landscape.network is not None and request.shape is not None:
        parts.append(
            f"{request.landscape.shape.name.lower()} {shown(request.shape)}" if request.landscape.shape else ""
        )
    if not request.runs and walks:
        parts.append(walks[0]["label"])
    parts.append(f"at most {request.steps:,} steps".replace(",", " "))
    parts += [f"{words} {value}" for words, value in _further(request)]
    line = ", ".join(filter(None, parts))
    return f"{line[:1].upper()}{line[1:]}"


def _further(request: WalkRequest) -> list[tuple[str, str]]:
    """What else changes the walks."""
    given = request.given
    found: list[tuple[str, str]] = []
    if request.goal != request.landscape.goal:
        found.append((request.goal, "it"))
    if "schedule" in given:
        found.append(("schedule", request.schedule.title.lower()))
    names = {"restarts": "restarts", "warmup": "warm-up", "noise": "noise", "batch": "batch", "seed": "seed"}
    return found + [(words, shown(float(given[key]))) for key, words in names.items() if key in given]
