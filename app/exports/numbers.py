"""Ticks of an axis, as the page's own figures have them (static/js/figures/ticks.js)."""

import math
from itertools import count
from typing import NamedTuple

# Narrower than this part of what it shows, an axis is counted from a number nearby.
_DEEP = 2e-3
# Longer numbers are counted in a power of ten.
_LONGEST = 7
_HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Ticks(NamedTuple):
    """Places of an axis with what is written there; ``origin`` is what all are counted from, empty for nothing."""

    values: list[float]
    texts: list[str]
    origin: str = ""


def superscript(power: int) -> str:
    """A whole number written high."""
    return str(power).translate(_HIGH)


def shown(value: float, digits: int = 4) -> str:
    """The number as the page shows it, with the sign for minus."""
    if not math.isfinite(value):
        return "not finite"
    rounded = float(f"{value:.{digits - 1}e}")
    if rounded and not 1e-4 <= abs(rounded) < 1e6:
        mantissa, _, power = f"{rounded:e}".partition("e")
        text = f"{float(mantissa):.{digits}g}e{int(power)}"
    else:
        text = f"{rounded:.{max(0, digits + 4)}f}".rstrip("0").rstrip(".") if rounded % 1 else f"{rounded:.0f}"
    return text.replace("-", "−")


def _nice_step(width: float, most: int) -> float:
    least = width / most
    power = 10.0 ** math.floor(math.log10(least))
    return power * next(step for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> Ticks:
    """The ticks of an even axis from low to high, at most about so many."""
    if not high > low:
        return Ticks([], [])
    if high - low < _DEEP * max(abs(low), abs(high)):
        return _counted(low, high, most, nearby=True)
    found = _plain(low, high, most)
    if any(len(text) > _LONGEST or "e" in text for text in found.texts):
        return _counted(low, high, most, nearby=False)
    return found


def powers(low: float, high: float, most: int = 5) -> Ticks:
    """The ticks of a logarithmic axis from low to high: whole powers of ten where it spans some."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < 1:
        values = [float(f"{factor}e{power}") for power in range(first - 1, last + 1) for factor in range(1, 10)]
        inside = [value for value in values if low <= value <= high]
        inside = inside[:: max(1, -(-len(inside) // most))]
        return Ticks(inside, [shown(value) for value in inside])
    for step in count(1):
        chosen = range(step * math.ceil(first / step), last + 1, step)
        if len(chosen) <= max(most, 3):
            break
    return Ticks([float(f"1e{power}") for power in chosen], [f"10{superscript(power)}" for power in chosen])


def _plain(low: float, high: float, most: int) -> Ticks:
    step = _nice_step(high - low, most)
    counts = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
    values = [float(f"{k * step:.12g}") + 0.0 for k in counts]
    return Ticks(values, [shown(value, 6) for value in values])


def _counted(low: float, high: float, most: int, nearby: bool) -> Ticks:
    """Counted in a power of ten, from zero or from a short number in the window."""
    step = _nice_step(high - low, most)
    power = math.floor(math.log10(step) + 1e-9)
    base = round((low + high) / 2 / (10 * step)) * 10 * step if nearby else 0.0
    counts = range(math.ceil((low - base) / step - 1e-6), math.floor((high - base) / step + 1e-6) + 1)
    unit = step / 10.0**power
    origin = f" {'+' if base < 0 else '−'} {shown(abs(base), 15)}" if base else ""
    return Ticks(
        [base + k * step for k in counts],
        [str(round(k * unit)).replace("-", "−") for k in counts],
        f"{origin}, in 10{superscript(power)}",
    )
