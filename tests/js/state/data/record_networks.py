"""Record what the server's networks say, for the scripts' tests: `python tests/js/state/data/record_networks.py`.

The scripts compute the same from the weights by themselves. Weights are first weights of two scales, of which the
larger one's sums are far beyond where tanh is flat.
"""

import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[4]))

from app.answers.registries import network_record
from app.descent.landscapes.networks import NETWORKS

records = []
for slug, network in NETWORKS.items():
    for seed, scale in ((0, 1.0), (1, 60.0)):
        weights = network.first_weights(seed, scale)
        # Biases too are no zeros.
        weights += 0.1 * scale * np.random.default_rng(seed).standard_normal(len(weights))
        right = network.share_right(weights[:, None])
        records.append(
            {
                "slug": slug,
                "network": network_record(network),
                "weights": weights.tolist(),
                "scores": network.outputs(weights[:, None])[:, 0].tolist(),
                "right": None if right is None else float(right[0]),
            }
        )
Path(__file__).with_name("networks.json").write_text(json.dumps(records, indent=1) + "\n")
