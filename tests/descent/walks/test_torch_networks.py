"""Training of the networks, against recorded walks of torch.optim (``record_torch_networks.py`` says how)."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers.table import OPTIMIZERS
from tests.descent.in_weights import of_network, settings_of, walks

RECORDED = json.loads((Path(__file__).parent / "data" / "torch_networks.json").read_text())["walks"]


def name_of(recorded):
    return " ".join(map(str, (recorded["network"], recorded["optimizer"], *recorded["values"].values())))


@pytest.mark.long
@pytest.mark.parametrize("recorded", RECORDED, ids=name_of)
def test_walks_are_those_of_torch_optim(recorded):
    network, rate = NETWORKS[recorded["network"]], recorded["learning_rate"]
    settings = settings_of(recorded["optimizer"], recorded["values"], steps=recorded["steps"], rate=rate, tolerance=0.0)
    start = network.first_weights(recorded["seed"], recorded["shape"])
    whole = walks(settings, of_network(recorded["network"]), start[:, None])[0]
    np.testing.assert_allclose(whole.weights[recorded["at"]], recorded["weights"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(whole.loss[recorded["at"]], recorded["loss"], rtol=0, atol=1e-9)


def test_every_rule_that_torch_optim_has_is_recorded_on_every_network():
    expected = {(network, slug) for network in NETWORKS for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself}
    assert {(recorded["network"], recorded["optimizer"]) for recorded in RECORDED} == expected
    assert {recorded["steps"] for recorded in RECORDED} == {200}
