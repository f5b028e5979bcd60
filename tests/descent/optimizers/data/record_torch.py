"""Record short walks of torch.optim in float64, which the tests compare the product's walks with.

PyTorch is no dependency of the product: run this by hand, in an environment that has it, and commit the result.

    python tests/descent/optimizers/data/record_torch.py > tests/descent/optimizers/data/torch_walks.json

Nothing of the product is imported: the formulas are written in PyTorch and differentiated by autograd, the steps are
torch.optim's and the learning rates are torch.optim.lr_scheduler's. Only Lion, which torch.optim does not have, is
written here from its paper.
"""

import itertools
import json

import torch
from torch import optim
from torch.nn import functional
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)

STEPS = 40


def peaks(x, y):
    return (
        3 * (1 - x) ** 2 * torch.exp(-(x**2) - (y + 1) ** 2)
        - 10 * (x / 5 - x**3 - y**5) * torch.exp(-(x**2) - y**2)
        - torch.exp(-((x + 1) ** 2) - y**2) / 3
    )


# slug: formula, shape, start, learning rate
GROUNDS = {
    "quadratic": (lambda x, y: x**2 + x * y + y**2, None, (2.0, 1.0), 0.1),
    "bowl": (lambda x, y: x**2 / 20 + y**2 / 2, 10.0, (-3.2, 2.4), 0.3),
    "two-valley": (lambda x, y: (x**2 - 1) ** 2 + 0.3 * x + y**2, 0.3, (1.7, 1.1), 0.02),
    "saddle": (lambda x, y: x**2 / 2 - y**2 / 2 + y**4 / 4, None, (-1.6, 0.01), 0.1),
    "peaks": (peaks, None, (-0.4, 1.2), 0.01),
}


class Lion(optim.Optimizer):
    """Algorithm 2 of Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms"; the sign of 0 is 0."""

    def __init__(self, points, lr, betas, weight_decay, maximize):
        super().__init__(points, {"lr": lr, "betas": betas, "weight_decay": weight_decay, "maximize": maximize})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for point in group["params"]:
                g = -point.grad if group["maximize"] else point.grad
                m = self.state[point].get("m", torch.zeros_like(point))
                c = beta1 * m + (1 - beta1) * g
                point -= group["lr"] * (torch.sign(c) + group["weight_decay"] * point)
                self.state[point]["m"] = beta2 * m + (1 - beta2) * g


# optimizer's slug: the optimizer of PyTorch that it and its hyperparameters in the product mean; o is lr and maximize.
OPTIMIZERS = {
    "gradient-descent": lambda p, **o: optim.SGD(p, **o),
    "momentum": lambda p, **o: optim.SGD(p, **o),
    "nesterov": lambda p, **o: optim.SGD(p, nesterov=True, **o),
    "adagrad": lambda p, epsilon, **o: optim.Adagrad(p, eps=epsilon, **o),
    "rmsprop": lambda p, decay, epsilon, centred, **o: optim.RMSprop(
        p, alpha=decay, eps=epsilon, centered=bool(centred), **o
    ),
    "adadelta": lambda p, decay, epsilon, **o: optim.Adadelta(p, rho=decay, eps=epsilon, **o),
    "adam": lambda p, beta1, beta2, epsilon, **o: optim.Adam(p, betas=(beta1, beta2), eps=epsilon, **o),
    "adamw": lambda p, beta1, beta2, epsilon, **o: optim.AdamW(p, betas=(beta1, beta2), eps=epsilon, **o),
    "nadam": lambda p, beta1, beta2, epsilon, **o: optim.NAdam(p, betas=(beta1, beta2), eps=epsilon, **o),
    "amsgrad": lambda p, beta1, beta2, epsilon, **o: optim.Adam(
        p, betas=(beta1, beta2), eps=epsilon, amsgrad=True, **o
    ),
    "lion": lambda p, beta1, beta2, **o: Lion(p, betas=(beta1, beta2), **o),
}

# optimizer's slug, its hyperparameters in the product
RULES = [
    ("gradient-descent", {}),
    ("momentum", {"momentum": 0.9, "dampening": 0.0}),
    ("momentum", {"momentum": 0.9, "dampening": 0.3}),
    ("momentum", {"momentum": 0.9, "dampening": 0.9}),
    ("nesterov", {"momentum": 0.9}),
]

ADAM = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

# optimizer's slug, learning rate, its default values, other values on two grounds, values and ground uphill
ADAPTIVE = [
    (
        "adagrad",
        0.3,
        {"epsilon": 1e-10},
        [("bowl", {"epsilon": 0.5}), ("peaks", {"epsilon": 0.01})],
        ("saddle", {"epsilon": 1e-10}),
    ),
    (
        "rmsprop",
        0.02,
        {"decay": 0.99, "epsilon": 1e-8, "centred": 0},
        [
            ("quadratic", {"decay": 0.9, "epsilon": 1e-8, "centred": 1}),
            ("two-valley", {"decay": 0.9, "epsilon": 1e-8, "centred": 1}),
            ("quadratic", {"decay": 0.5, "epsilon": 0.1, "centred": 0}),
            ("peaks", {"decay": 0.5, "epsilon": 0.1, "centred": 0}),
        ],
        ("peaks", {"decay": 0.99, "epsilon": 1e-8, "centred": 1}),
    ),
    (
        "adadelta",
        5.0,
        {"decay": 0.9, "epsilon": 1e-6},
        [("quadratic", {"decay": 0.95, "epsilon": 1e-4}), ("bowl", {"decay": 0.5, "epsilon": 1e-5})],
        ("peaks", {"decay": 0.9, "epsilon": 1e-6}),
    ),
    (
        "adam",
        0.1,
        ADAM,
        [
            ("quadratic", {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.01}),
            ("peaks", {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.01}),
            ("two-valley", {"beta1": 0.0, "beta2": 0.99, "epsilon": 1e-8}),
        ],
        ("peaks", ADAM),
    ),
    (
        "adamw",
        0.1,
        ADAM | {"weight_decay": 0.01},
        [
            ("bowl", {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-4, "weight_decay": 0.3}),
            ("two-valley", {"beta1": 0.8, "beta2": 0.99, "epsilon": 1e-4, "weight_decay": 0.3}),
        ],
        ("saddle", ADAM | {"weight_decay": 0.2}),
    ),
    (
        "nadam",
        0.1,
        ADAM,
        [
            ("quadratic", {"beta1": 0.6, "beta2": 0.95, "epsilon": 1e-3}),
            ("saddle", {"beta1": 0.6, "beta2": 0.95, "epsilon": 1e-3}),
        ],
        ("peaks", ADAM),
    ),
    (
        "amsgrad",
        0.1,
        ADAM,
        [
            ("two-valley", {"beta1": 0.8, "beta2": 0.5, "epsilon": 1e-3}),
            ("peaks", {"beta1": 0.8, "beta2": 0.5, "epsilon": 1e-3}),
        ],
        ("peaks", {"beta1": 0.9, "beta2": 0.9, "epsilon": 1e-8}),
    ),
    (
        "lion",
        0.1,
        {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0},
        [
            ("quadratic", {"beta1": 0.5, "beta2": 0.8, "weight_decay": 0.3}),
            ("bowl", {"beta1": 0.95, "beta2": 0.98, "weight_decay": 1.0}),
        ],
        ("saddle", {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.1}),
    ),
]

# schedule, floor, restarts, growth, steps → the scheduler of PyTorch that these parameters mean
SCHEDULES = [
    ("cosine", 0.0, 0, 1, 40, lambda o, rate: lr_scheduler.CosineAnnealingLR(o, 40)),
    ("cosine", 0.1, 0, 1, 40, lambda o, rate: lr_scheduler.CosineAnnealingLR(o, 40, 0.1 * rate)),
    ("cosine", 0.0, 3, 1, 40, lambda o, rate: lr_scheduler.CosineAnnealingWarmRestarts(o, 10)),
    ("cosine", 0.2, 2, 2, 35, lambda o, rate: lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2, 0.2 * rate)),
    ("linear", 0.25, 0, 1, 40, lambda o, rate: lr_scheduler.LinearLR(o, 1.0, 0.25, 40)),
    ("linear", 0.0, 0, 1, 30, lambda o, rate: lr_scheduler.LinearLR(o, 1.0, 0.0, 30)),
    ("exponential", 0.05, 0, 1, 40, lambda o, rate: lr_scheduler.ExponentialLR(o, 0.05 ** (1 / 40))),
]


def one_cycle(optimizer, rate, floor, peak, steps):
    """Put the peak, which PyTorch puts at pct_start * total_steps - 1, at peak * steps, and the end at the floor."""
    return lr_scheduler.OneCycleLR(
        optimizer,
        rate,
        steps + 1,
        pct_start=(peak * steps + 1) / (steps + 1),
        cycle_momentum=False,
        div_factor=25.0,
        final_div_factor=1 / (25 * floor),
    )


def warm_up(optimizer, warmup, main):
    first = lr_scheduler.LinearLR(optimizer, 1 / (warmup + 1), 1.0, warmup)
    return lr_scheduler.SequentialLR(optimizer, [first, main(optimizer)], [warmup])


# schedule, floor, steps, its further parameters → the scheduler of PyTorch that these parameters mean
LATER_SCHEDULES = [
    ("step", 0.0625, 40, {"drops": 4}, lambda o, rate: lr_scheduler.StepLR(o, 10, 0.0625 ** (1 / 4))),
    ("step", 0.01, 40, {"drops": 2}, lambda o, rate: lr_scheduler.StepLR(o, 20, 0.01 ** (1 / 2))),
    (
        "inverse-time",
        0.1,
        40,
        {},
        lambda o, rate: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + (1 / 0.1 - 1) * step / 40)),
    ),
    ("one-cycle", 0.001, 40, {"peak": 0.3}, lambda o, rate: one_cycle(o, rate, 0.001, 0.3, 40)),
    ("one-cycle", 0.1, 40, {"peak": 0.5}, lambda o, rate: one_cycle(o, rate, 0.1, 0.5, 40)),
    ("constant", 0.0, 30, {"warmup": 5}, lambda o, rate: warm_up(o, 5, lambda o: lr_scheduler.ConstantLR(o, 1.0))),
    ("cosine", 0.0, 40, {"warmup": 8}, lambda o, rate: warm_up(o, 8, lambda o: lr_scheduler.CosineAnnealingLR(o, 32))),
]

SPEEDS = [4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15]
SPEEDS += [15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25]
DISTANCES = [2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26]
DISTANCES += [54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85]
HOURS = [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5]
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]

u = torch.arange(100.0)
speed, distance = torch.tensor(SPEEDS, dtype=u.dtype), torch.tensor(DISTANCES, dtype=u.dtype)
hours, passed = torch.tensor(HOURS), torch.tensor(PASSED, dtype=u.dtype)

# slug: loss of the weights, start, optimizers with their values and learning rates
FITS = {
    "pasture": (
        lambda a, b: functional.l1_loss(a * u**2 + b * u, 100 * u - u**2),
        (-2.0, 30.0),
        [("gradient-descent", {}, 2e-5), ("adam", ADAM, 0.1)],
    ),
    "pasture-squared": (
        lambda a, b: functional.mse_loss(a * u**2 + b * u, 100 * u - u**2),
        (-2.0, 30.0),
        [("gradient-descent", {}, 2e-8), ("adam", ADAM, 0.1)],
    ),
    "straight-line": (
        lambda a, b: functional.mse_loss(a * (speed - 15) / 10 + b, distance),
        (0.0, 0.0),
        [("gradient-descent", {}, 0.3), ("momentum", {"momentum": 0.9, "dampening": 0.0}, 0.05), ("adam", ADAM, 1.0)],
    ),
    "logistic": (
        lambda w, b: functional.binary_cross_entropy_with_logits(w * (hours - 3) + b, passed),
        (-0.5, -2.0),
        [("gradient-descent", {}, 1.0), ("adam", ADAM, 0.2)],
    ),
}


def descend(formula, start, rule, values, rate, goal, steps, make=None):
    """Return x, y and the value at every iterate, and the learning rate of every step."""
    point = torch.tensor(start, requires_grad=True)
    optimizer = OPTIMIZERS[rule]([point], lr=rate, maximize=goal == "maximize", **values)
    scheduler = make(optimizer, rate) if make else None
    x, y, heights, rates = [start[0]], [start[1]], [], []
    for _ in range(steps):
        optimizer.zero_grad()
        height = formula(point[0], point[1])
        height.backward()
        heights.append(height.item())
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if scheduler:
            scheduler.step()
        x.append(point[0].item())
        y.append(point[1].item())
    heights.append(formula(point[0], point[1]).item())
    return x, y, heights, rates


def record(
    slug,
    rule,
    values,
    goal="minimize",
    schedule="constant",
    floor=0.0,
    restarts=0,
    growth=1,
    steps=STEPS,
    make=None,
    rate=None,
    **further,
):
    formula, shape, start, usual = GROUNDS[slug]
    rate = rate or usual
    x, y, _, rates = descend(formula, start, rule, values, rate, goal, steps, make)
    return {
        "landscape": slug,
        "shape": shape,
        "start": start,
        "optimizer": rule,
        "values": values,
        "goal": goal,
        "schedule": schedule,
        "floor": floor,
        "restarts": restarts,
        "growth": growth,
        **further,
        "learning_rate": rate,
        "steps": steps,
        "x": x,
        "y": y,
        "rates": rates if make else None,
    }


def fit(slug, rule, values, rate):
    formula, start, _ = FITS[slug]
    x, y, loss, _ = descend(formula, start, rule, values, rate, "minimize", STEPS)
    return {
        "landscape": slug,
        "start": start,
        "optimizer": rule,
        "values": values,
        "learning_rate": rate,
        "steps": STEPS,
        "x": x,
        "y": y,
        "loss": loss,
    }


def lines(entries):
    return ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)


def main():
    walks = [record(slug, rule, values) for slug, (rule, values) in itertools.product(GROUNDS, RULES)]
    for slug, rule, values in [
        ("peaks", "gradient-descent", {}),
        ("peaks", "momentum", {"momentum": 0.9, "dampening": 0.3}),
        ("saddle", "nesterov", {"momentum": 0.5}),
    ]:
        walks.append(record(slug, rule, values, goal="maximize", steps=20))
    for schedule, floor, restarts, growth, steps, make in SCHEDULES:
        for slug, rule, values in [
            ("quadratic", "gradient-descent", {}),
            ("two-valley", "momentum", {"momentum": 0.9, "dampening": 0.0}),
        ]:
            walks.append(record(slug, rule, values, "minimize", schedule, floor, restarts, growth, steps, make))
    for rule, rate, values, others, (uphill, values_uphill) in ADAPTIVE:
        walks += [record(slug, rule, values, rate=rate) for slug in GROUNDS]
        walks += [record(slug, rule, other, rate=rate) for slug, other in others]
        walks.append(record(uphill, rule, values_uphill, goal="maximize", rate=rate))
    for schedule, floor, steps, further, make in LATER_SCHEDULES:
        further = {"drops": None, "peak": None, "warmup": None} | further
        for slug, rule, values in [
            ("quadratic", "gradient-descent", {}),
            ("two-valley", "momentum", {"momentum": 0.9, "dampening": 0.0}),
        ]:
            walks.append(record(slug, rule, values, schedule=schedule, floor=floor, steps=steps, make=make, **further))
    fits = [fit(slug, *run) for slug, (_, _, runs) in FITS.items() for run in runs]
    print(f'{{"torch":"{torch.__version__}","walks":[\n{lines(walks)}\n],"fits":[\n{lines(fits)}\n]}}')


if __name__ == "__main__":
    main()
