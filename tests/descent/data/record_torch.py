"""Record short walks of torch.optim in float64, which the tests compare the product's walks with.

PyTorch is no dependency of the product: run this by hand, in an environment that has it, and commit the result.

    python tests/descent/data/record_torch.py > tests/descent/data/torch_walks.json

Nothing of the product is imported: the formulas are written in PyTorch and differentiated by autograd, the steps are
torch.optim's and the learning rates are torch.optim.lr_scheduler's.
"""

import itertools
import json

import torch

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

# optimizer's slug, its hyperparameters in the product; torch.optim.SGD takes the same and nesterov=True.
RULES = [
    ("gradient-descent", {}),
    ("momentum", {"momentum": 0.9, "dampening": 0.0}),
    ("momentum", {"momentum": 0.9, "dampening": 0.3}),
    ("momentum", {"momentum": 0.9, "dampening": 0.9}),
    ("nesterov", {"momentum": 0.9}),
]

# schedule, floor, restarts, growth, steps → the scheduler of PyTorch that these parameters mean
SCHEDULES = [
    ("cosine", 0.0, 0, 1, 40, lambda o, rate: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40)),
    ("cosine", 0.1, 0, 1, 40, lambda o, rate: torch.optim.lr_scheduler.CosineAnnealingLR(o, 40, 0.1 * rate)),
    ("cosine", 0.0, 3, 1, 40, lambda o, rate: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 10)),
    (
        "cosine",
        0.2,
        2,
        2,
        35,
        lambda o, rate: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(o, 5, 2, 0.2 * rate),
    ),
    ("linear", 0.25, 0, 1, 40, lambda o, rate: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.25, 40)),
    ("linear", 0.0, 0, 1, 30, lambda o, rate: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.0, 30)),
    ("exponential", 0.05, 0, 1, 40, lambda o, rate: torch.optim.lr_scheduler.ExponentialLR(o, 0.05 ** (1 / 40))),
]


def record(
    slug, rule, values, goal="minimize", schedule="constant", floor=0.0, restarts=0, growth=1, steps=STEPS, make=None
):
    formula, shape, start, rate = GROUNDS[slug]
    point = torch.tensor(start, requires_grad=True)
    optimizer = torch.optim.SGD([point], lr=rate, maximize=goal == "maximize", nesterov=rule == "nesterov", **values)
    scheduler = make(optimizer, rate) if make else None
    x, y, rates = [start[0]], [start[1]], []
    for _ in range(steps):
        optimizer.zero_grad()
        formula(point[0], point[1]).backward()
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if scheduler:
            scheduler.step()
        x.append(point[0].item())
        y.append(point[1].item())
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
        "learning_rate": rate,
        "steps": steps,
        "x": x,
        "y": y,
        "rates": rates if make else None,
    }


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
    lines = ",\n".join(json.dumps(walk, separators=(",", ":")) for walk in walks)
    print(f'{{"torch":"{torch.__version__}","walks":[\n{lines}\n]}}')


if __name__ == "__main__":
    main()
