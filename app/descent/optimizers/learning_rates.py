"""The learning rate of each optimizer on each landscape where none is given: found by ``tools/learning_rates.py``.

Momentum has none here: its own is chosen by hand with each landscape's start.
"""

import json
from collections.abc import Mapping
from pathlib import Path

# By optimizer, by landscape.
LEARNING_RATES: Mapping[str, Mapping[str, float]] = json.loads(Path(__file__).with_suffix(".json").read_text())

# On a landscape that nobody has swept: times gradient descent's learning rate, or times the domain's narrowest width,
# for optimizers whose steps do not grow with the gradient. The table above has about these proportions.
BY_GRADIENT: Mapping[str, float] = {"gradient-descent": 1.0, "line-search": 1.0, "sam": 1.0, "nesterov": 0.2}
BY_WIDTH: Mapping[str, float] = {
    **dict.fromkeys(("adam", "adamw", "nadam", "amsgrad"), 0.01),
    "rmsprop": 0.005,
    "lion": 0.005,
    "adagrad": 0.05,
    "adadelta": 2.0,
}


def proposed(optimizer: str, gradient_rate: float, width: float) -> float | None:
    """A learning rate of two digits where none was found, None where the landscape's own is as good."""
    if optimizer in BY_GRADIENT:
        return float(f"{BY_GRADIENT[optimizer] * gradient_rate:.2g}")
    return float(f"{BY_WIDTH[optimizer] * width:.2g}") if optimizer in BY_WIDTH else None
