"""Record what PyTorch's autograd says of the networks in float64, and walks of torch.optim through their weights.

PyTorch is no dependency of the product: run this by hand, from the repository's root, in an environment that has it,
and commit the result.

    python tests/descent/landscapes/data/record_torch_networks.py

writes torch_networks.json beside itself (loss, gradient, Hessian, Hessian times vector, gradient of a mini-batch, at
some weights) and tests/descent/walks/data/torch_networks.json (the weights of short walks at some of their steps).
Nothing of the product is imported: the networks are torch.nn's, the data is that of the issue, the first weights are
drawn here, the steps are torch.optim's, but for Lion, which is written in record_torch.py from its paper.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.func import functional_call
from torch.nn import functional

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "optimizers" / "data"))
from record_torch import ADAM, OPTIMIZERS, lines  # noqa: E402

STEPS, AT = 200, (0, 1, 2, 5, 10, 20, 50, 100, 150, 200)
# A walk is written down only if two that begin a few roundings apart end no further apart than this.
CALM = 1e-11

CURVE = (
    [
        -2,
        -1.79,
        -1.58,
        -1.37,
        -1.16,
        -0.95,
        -0.74,
        -0.53,
        -0.32,
        -0.11,
        0.11,
        0.32,
        0.53,
        0.74,
        0.95,
        1.16,
        1.37,
        1.58,
        1.79,
        2,
    ],
    [
        0.79,
        0.51,
        0.05,
        -0.52,
        -0.64,
        -0.9,
        -1.05,
        -0.81,
        -0.55,
        -0.18,
        0.21,
        0.65,
        0.8,
        0.98,
        0.9,
        0.79,
        0.4,
        -0.05,
        -0.5,
        -0.78,
    ],
)
MOONS = [
    (0.57, -0.06),
    (0.56, -0.32),
    (0.63, 0.19),
    (0.28, 0.37),
    (0.37, 0.45),
    (0.19, 0.62),
    (-0.1, 0.58),
    (-0.19, 0.81),
    (-0.24, 0.68),
    (-0.57, 0.72),
    (-0.58, 0.72),
    (-0.48, 0.94),
    (-1.44, 0.31),
    (-1.08, 0.53),
    (-1.13, 0.55),
    (-0.86, 0.17),
    (-1.45, 0.66),
    (-1.31, 0.23),
    (-1.58, -0.39),
    (-1.46, -0.2),
    (-0.74, 0.14),
    (-0.5, -0.08),
    (-0.46, -0.03),
    (-0.37, -0.3),
    (-0.17, -0.16),
    (-0.11, -0.63),
    (0.1, -0.66),
    (0.28, -0.86),
    (0.44, -0.7),
    (0.17, -0.79),
    (0.6, -0.67),
    (0.55, -0.92),
    (0.95, -0.74),
    (1.1, -0.41),
    (0.85, -0.41),
    (1.54, -0.4),
    (1.22, -0.05),
    (1.5, 0.13),
    (1.42, -0.19),
    (1.48, 0.18),
]
# slug: inputs, targets, hidden units, error
NETWORKS = {
    "network-curve": ([[x] for x in CURVE[0]], CURVE[1], 4, functional.mse_loss),
    "network-moons": (MOONS, [0.0] * 20 + [1.0] * 20, 4, functional.binary_cross_entropy_with_logits),
    "network-xor": ([(-1, -1), (-1, 1), (1, -1), (1, 1)], [0.0, 1.0, 1.0, 0.0], 2, functional.mse_loss),
}
RMSPROP = {"decay": 0.99, "epsilon": 1e-8, "centred": 0}
# optimizer's slug, its hyperparameters in the product, a learning rate for each network
WALKS = [
    ("gradient-descent", {}, (0.05, 0.5, 0.2)),
    ("momentum", {"momentum": 0.9, "dampening": 0.0}, (0.005, 0.05, 0.02)),
    ("momentum", {"momentum": 0.8, "dampening": 0.3}, (0.02, 0.1, 0.05)),
    ("nesterov", {"momentum": 0.9}, (0.005, 0.05, 0.02)),
    ("adagrad", {"epsilon": 1e-10}, (0.05, 0.1, 0.05)),
    ("rmsprop", RMSPROP, (0.001, 0.0003, 0.01)),
    ("rmsprop", RMSPROP | {"decay": 0.9}, (0.003, 0.003, 0.003)),
    ("rmsprop", RMSPROP | {"centred": 1}, (0.001, 0.0003, 0.01)),
    ("adadelta", {"decay": 0.9, "epsilon": 1e-6}, (0.5, 1.0, 1.0)),
    ("adam", ADAM, (0.01, 0.02, 0.01)),
    ("adamw", ADAM | {"weight_decay": 0.1}, (0.01, 0.02, 0.01)),
    ("nadam", ADAM, (0.01, 0.01, 0.01)),
    ("amsgrad", ADAM, (0.01, 0.02, 0.01)),
    ("lion", {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0}, (0.001, 0.002, 0.001)),
]


class Loss:
    """The mean error of a network as a function of all its weights in one vector, W inputs × outputs, row by row."""

    def __init__(self, inputs, targets, hidden, error):
        self.inputs = torch.tensor([[float(number) for number in row] for row in inputs])
        self.targets, self.error = torch.tensor(targets)[:, None], error
        self.layers = nn.Sequential(nn.Linear(self.inputs.shape[1], hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.sizes = (self.inputs.shape[1], hidden, 1)
        self.size = sum(parameter.numel() for parameter in self.layers.parameters())

    def __call__(self, weights, rows=slice(None)):
        inputs, hidden, _ = self.sizes
        first, bias, second, last = weights.split([inputs * hidden, hidden, hidden, 1])
        parameters = {"0.weight": first.reshape(inputs, hidden).T, "0.bias": bias}
        parameters |= {"2.weight": second.reshape(hidden, 1).T, "2.bias": last}
        return self.error(functional_call(self.layers, parameters, (self.inputs[rows],)), self.targets[rows])

    def first_weights(self, seed, scale):
        generator = np.random.default_rng([seed, 3])
        parts = []
        for size, following in zip(self.sizes, self.sizes[1:], strict=False):
            parts += [generator.standard_normal((size, following)) / math.sqrt(size) * scale, np.zeros(following)]
        return torch.tensor(np.concatenate([part.ravel() for part in parts]))


def gradient(loss, weights):
    weights = weights.clone().requires_grad_()
    return torch.autograd.grad(loss(weights), weights)[0]


def derivatives(slug, loss, weights, generator):
    vector = torch.tensor(generator.standard_normal(loss.size))
    rows = generator.permutation(len(loss.inputs))[:3].tolist()
    hessian = torch.autograd.functional.hessian(loss, weights)
    # Derived twice along the vector, and not by way of the Hessian.
    _, times = torch.autograd.functional.hvp(loss, weights, vector)
    assert torch.allclose(times, hessian @ vector, rtol=1e-12, atol=1e-13)
    return {
        "network": slug,
        "weights": weights.tolist(),
        "loss": loss(weights).item(),
        "gradient": gradient(loss, weights).tolist(),
        "hessian": hessian.tolist(),
        "vector": vector.tolist(),
        "hessian_times": times.tolist(),
        "rows": rows,
        "batch_gradient": gradient(lambda own: loss(own, rows), weights).tolist(),
    }


def walk(loss, first, optimizer, values, rate):
    weights = first.clone().requires_grad_()
    steps = OPTIMIZERS[optimizer]([weights], lr=rate, maximize=False, **values)
    path, losses = [], []
    for _ in range(STEPS + 1):
        steps.zero_grad()
        value = loss(weights)
        value.backward()
        path.append(weights.tolist())
        losses.append(value.item())
        steps.step()
    return path, losses


def record(slug, loss, optimizer, values, rate):
    first = loss.first_weights(0, 1.0)
    path, losses = walk(loss, first, optimizer, values, rate)
    beside, _ = walk(loss, first * (1 + 1e-15), optimizer, values, rate)
    apart = np.abs(np.array(path) - beside).max()
    print(f"{slug} {optimizer} {rate:g}: {losses[0]:.4f} to {losses[-1]:.4f}, apart {apart:.1e}", file=sys.stderr)
    assert apart < CALM
    assert losses[-1] < losses[0]
    return {
        "network": slug,
        "seed": 0,
        "shape": 1.0,
        "optimizer": optimizer,
        "values": values,
        "learning_rate": rate,
        "steps": STEPS,
        "at": AT,
        "weights": [path[step] for step in AT],
        "loss": [losses[step] for step in AT],
    }


def written(name, entries):
    return f'{{"torch":"{torch.__version__}","{name}":[\n{lines(entries)}\n]}}\n'


def main():
    losses = {slug: Loss(*parts) for slug, parts in NETWORKS.items()}
    generator, points = np.random.default_rng(11), []
    for slug, loss in losses.items():
        # First weights, and others: some where units are all but saturated.
        places = [loss.first_weights(seed, scale) for seed, scale in ((0, 1.0), (1, 1.0), (2, 0.1), (3, 2.0))]
        places += [torch.tensor(scale * generator.standard_normal(loss.size)) for scale in (0.5, 1.5, 4.0)]
        points += [derivatives(slug, loss, weights, generator) for weights in places]
    (HERE / "torch_networks.json").write_text(written("points", points))
    walks = [
        record(slug, loss, optimizer, values, rates[number])
        for number, (slug, loss) in enumerate(losses.items())
        for optimizer, values, rates in WALKS
    ]
    (HERE.parents[1] / "walks" / "data" / "torch_networks.json").write_text(written("walks", walks))


if __name__ == "__main__":
    main()
