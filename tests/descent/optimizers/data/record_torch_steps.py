"""Record single steps of torch.optim in float64, and its OneCycleLR, which the tests compare the product's with.

On walks that oscillate rounding grows, in PyTorch against itself too, and whole paths cannot be compared for long. A
step can: here are states in the midst of such walks, the gradient there, and what PyTorch makes of them.

    python tests/descent/optimizers/data/record_torch_steps.py > tests/descent/optimizers/data/torch_steps.json

As in record_torch.py nothing of the product is imported.
"""

import json
import math

import torch
from record_torch import ADAM, OPTIMIZERS, lines
from torch import optim
from torch.optim import lr_scheduler

# Each step's numbers are written down after so many steps.
AFTER = (0, 1, 2, 3, 5, 10, 20, 40, 80, 150, 300, 500, 700, 999)

# slug: formula, start
GROUNDS = {
    "rosenbrock": (lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2, (-1.2, 1.0)),
    "rastrigin": (
        lambda x, y: 20 + x**2 - 10 * torch.cos(2 * math.pi * x) + y**2 - 10 * torch.cos(2 * math.pi * y),
        (3.4, -2.6),
    ),
}

# optimizer's slug, its hyperparameters in the product, a learning rate for each ground at which it oscillates
WALKS = [
    ("gradient-descent", {}, (0.0036, 0.02)),
    ("momentum", {"momentum": 0.9, "dampening": 0.0}, (0.002, 0.02)),
    ("momentum", {"momentum": 0.9, "dampening": 0.3}, (0.002, 0.03)),
    ("momentum", {"momentum": 0.9, "dampening": 0.9}, (0.003, 0.3)),
    ("nesterov", {"momentum": 0.9}, (0.0017, 0.01)),
    ("adagrad", {"epsilon": 1e-10}, (1.7, 30.0)),
    ("rmsprop", {"decay": 0.99, "epsilon": 1e-8, "centred": 0}, (0.01, 0.1)),
    ("rmsprop", {"decay": 0.9, "epsilon": 1e-8, "centred": 1}, (0.01, 0.1)),
    ("adadelta", {"decay": 0.9, "epsilon": 1e-6}, (9.3, 9.3)),
    ("adam", ADAM, (0.5, 0.8)),
    ("adam", {"beta1": 0.0, "beta2": 0.9, "epsilon": 1e-8}, (0.1, 0.3)),
    ("adamw", ADAM | {"weight_decay": 0.3}, (0.5, 0.8)),
    ("nadam", ADAM, (0.2, 0.8)),
    ("amsgrad", {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-8}, (0.5, 0.8)),
    ("lion", {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1}, (0.023, 0.1)),
]

# The parts of PyTorch's state: what they are called in the product.
NAMES = {
    "momentum_buffer": "velocity",
    "sum": "total",
    "square_avg": "square",
    "grad_avg": "mean",
    "acc_delta": "moved",
    "exp_avg": "mean",
    "m": "mean",
    "exp_avg_sq": "square",
    "max_exp_avg_sq": "largest",
    "mu_product": "product",
    "step": "count",
}

# total_steps, pct_start, final_div_factor; None is infinite, which ends at 0
ONE_CYCLES = [(101, 0.3, 1e4), (201, 0.3, None), (38, 0.21, 40.0), (1000, 0.9, 4.0), (60, 0.05, 1e4)]


def state_of(optimizer, point):
    """Return the parts of the state by their names in the product; each is a pair, or one number for both."""
    return {NAMES[key]: value.tolist() for key, value in optimizer.state[point].items() if value is not None}


def step(formula, optimizer, point):
    """Take one step and return the gradient that it was made from."""
    optimizer.zero_grad()
    formula(point[0], point[1]).backward()
    optimizer.step()
    return point.grad.tolist()


def record(slug, rule, values, rate):
    formula, start = GROUNDS[slug]
    point = torch.tensor(start, requires_grad=True)
    optimizer = OPTIMIZERS[rule]([point], lr=rate, maximize=False, **values)
    steps = []
    for done in range(max(AFTER) + 1):
        before = {"point": point.tolist(), "state": state_of(optimizer, point)}
        gradient = step(formula, optimizer, point)
        if done in AFTER:
            after = {"point_next": point.tolist(), "state_next": state_of(optimizer, point)}
            steps.append({"done": done, **before, "gradient": gradient, **after})
    return {"landscape": slug, "optimizer": rule, "values": values, "learning_rate": rate, "steps": steps}


def one_cycle(total_steps, pct_start, final_div_factor):
    """Return the learning rates of all its steps, of a scheduler made as anybody makes it."""
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = lr_scheduler.OneCycleLR(
        optimizer,
        0.4,
        total_steps,
        pct_start=pct_start,
        cycle_momentum=False,
        final_div_factor=math.inf if final_div_factor is None else final_div_factor,
    )
    rates = []
    for _ in range(total_steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if len(rates) < total_steps:
            scheduler.step()
    settings = {"max_lr": 0.4, "total_steps": total_steps, "pct_start": pct_start, "final_div_factor": final_div_factor}
    return settings | {"rates": rates}


def nadam_in_the_default_dtype():
    """Return where NAdam's first step leads when only the point is of float64, as in a program that sets no default."""
    torch.set_default_dtype(torch.float32)
    formula, start = GROUNDS["rosenbrock"]
    point = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    step(formula, optim.NAdam([point], lr=0.1), point)
    torch.set_default_dtype(torch.float64)
    return point.tolist()


def apart(counts):
    """Return how far RMSProp's walk is after so many steps from the one that begins a single rounding beside it."""
    formula, (x, y) = GROUNDS["rosenbrock"]
    points = [torch.tensor(start, requires_grad=True) for start in ((x, y), (math.nextafter(x, 0), y))]
    optimizers = [optim.RMSprop([point], lr=0.01) for point in points]
    found = {}
    for done in range(1, max(counts) + 1):
        for point, optimizer in zip(points, optimizers, strict=True):
            step(formula, optimizer, point)
        if done in counts:
            found[done] = torch.dist(*points).item()
    return found


def main():
    walks = [
        record(slug, rule, values, rate)
        for rule, values, rates in WALKS
        for slug, rate in zip(GROUNDS, rates, strict=True)
    ]
    cycles = [one_cycle(*settings) for settings in ONE_CYCLES]
    nadam = json.dumps(nadam_in_the_default_dtype())
    beside = json.dumps(apart((500, 1000)))
    head = f'"torch":"{torch.__version__}","nadam_in_the_default_dtype":{nadam},"rmsprop_apart":{beside}'
    print(f'{{{head},"walks":[\n{lines(walks)}\n],"one_cycles":[\n{lines(cycles)}\n]}}')


if __name__ == "__main__":
    main()
