"""Learning rates as code: the planned one of each step, in NumPy, whichever library walks."""

from collections.abc import Callable, Mapping, Sequence

from app.descent.optimizers.schedules import SCHEDULES, LearningRates
from app.exports.code.literals import number

# A curve that never reaches 0 goes to a hundredth there, and is shifted to end at 0.
_SHIFTED = "({curve} - 0.01)/(1 - 0.01)"


def _ending(floor: float, curve: str) -> str:
    """The curve that ends at the floor, in which ``low`` stands for where it ends."""
    if floor > 0:
        return curve.replace("low", number(floor))
    return _SHIFTED.format(curve=curve.replace("low", "0.01"))


def _one_cycle(floor: float, peak: float) -> str:
    falling = _cosine(floor).replace("part", f"(part - {number(peak)})/(1 - {number(peak)})")
    return f"""\
rise = 1/25 + (1 - 1/25)*(1 - np.cos(math.pi*part/{number(peak)}))/2
fall = {falling}
np.where(part < {number(peak)}, rise, fall)"""


def _cosine(floor: float) -> str:
    if floor == 0:
        return "(1 + np.cos(math.pi*(part)))/2"
    return f"{number(floor)} + (1 - {number(floor)})*(1 + np.cos(math.pi*(part)))/2"


# By slug: what the full learning rate is multiplied with, from the part of the cycle that is over; lines before it say
# what it is made of.
_FACTORS: Mapping[str, Callable[..., str]] = {
    "constant": lambda: "np.ones(steps)",
    "step": lambda floor, drops: _ending(floor, f"low**(np.floor(part*{number(drops)})/{number(drops)})"),
    "exponential": lambda floor: _ending(floor, "low**part"),
    "inverse-time": lambda floor: _ending(floor, "low/(low + (1 - low)*part)"),
    "linear": lambda floor: f"1 - (1 - {number(floor)})*part" if floor else "1 - part",
    "cosine": lambda floor: _cosine(floor).replace("(part)", "part"),
    "one-cycle": _one_cycle,
}
assert _FACTORS.keys() == SCHEDULES.keys(), "each schedule is written as code"


def learning_rates(rates: LearningRates, steps: int) -> Sequence[str]:
    """Lines that assign ``learning_rates``, shape (steps,)."""
    full, warmup, schedule = number(rates.learning_rate), rates.warmup, rates.schedule
    if not schedule.anneals and not warmup:
        return [f"learning_rates = np.full(steps, {full})"]
    lines, rising = [], ""
    if schedule.anneals:
        *before, factor = _FACTORS[schedule.slug](**rates.values).split("\n")
        lines = [*_part(rates), *before, f"factor = {factor}"]
    if warmup:
        lines += [f"rising = np.minimum((np.arange(steps) + 1)/({warmup} + 1), 1.0)  # the warm-up"]
        rising = "*rising"
    return [*lines, f"learning_rates = {full}{rising}{'*factor' if schedule.anneals else ''}"]


def _part(rates: LearningRates) -> list[str]:
    """Lines that assign which part of its cycle is over at each step."""
    begin = rates.warmup
    if len(rates.ends) == 1:
        over = "np.arange(steps)" if not begin else f"np.maximum(np.arange(steps) - {begin}, 0)"
        return [f"part = {over}/{rates.ends[0] - begin}  # of the schedule"]
    return [
        f"ends = np.array({[*rates.ends]})  # of the cycles; a warm restart keeps the optimizer's state",
        f"begins = np.array({[begin, *rates.ends[:-1]]})",
        'cycle = np.searchsorted(ends, np.arange(steps), side="right")',
        "part = np.maximum((np.arange(steps) - begins[cycle])/(ends - begins)[cycle], 0.0)  # of the cycle",
    ]
