"""The learning rate of each optimizer on each landscape where none is given: found by ``tools/learning_rates.py``.

Momentum has none here: its own is chosen by hand with each landscape's start.
"""

import json
from collections.abc import Mapping
from pathlib import Path

# By optimizer, by landscape.
LEARNING_RATES: Mapping[str, Mapping[str, float]] = json.loads(Path(__file__).with_suffix(".json").read_text())
