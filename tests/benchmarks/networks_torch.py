"""Training a small network in eager PyTorch: ``python networks_torch.py STEPS RESOLUTION THREADS``.

What somebody who knows PyTorch would write: one walk with a module of two layers and ``torch.optim.SGD``, which notes
loss, gradient norm and all weights at every step; and a map of learning rates and momenta as one batch of networks,
with autograd for the gradients and walkers that have diverged dropped when they are a tenth of all. Prints the seconds
of the walk, its last loss, the seconds of the map and how many of its cells diverged.
"""

import sys
import time

import torch

X = [-2, -1.79, -1.58, -1.37, -1.16, -0.95, -0.74, -0.53, -0.32, -0.11]
X = torch.tensor([*X, *(-value for value in reversed(X))], dtype=torch.float64)
Y = [0.79, 0.51, 0.05, -0.52, -0.64, -0.9, -1.05, -0.81, -0.55, -0.18]
Y = torch.tensor([*Y, 0.21, 0.65, 0.8, 0.98, 0.9, 0.79, 0.4, -0.05, -0.5, -0.78], dtype=torch.float64)
RATES, MOMENTA = (0.05, 1.0), (0.0, 1.0)


def walk(first: torch.Tensor, steps: int, rate: float, momentum: float) -> float:
    """Train one network and return its last loss."""
    network = torch.nn.Sequential(torch.nn.Linear(1, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1)).double()
    with torch.no_grad():
        for part, values in zip(
            network.parameters(), (first[:4, None], first[4:8], first[None, 8:12], first[12:]), strict=True
        ):
            part.copy_(values)
    optimizer = torch.optim.SGD(network.parameters(), lr=rate, momentum=momentum)
    inputs, told = X[:, None], []
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = ((network(inputs)[:, 0] - Y) ** 2).mean()
        loss.backward()
        weights = torch.cat([part.detach().reshape(-1) for part in network.parameters()])
        slope = torch.cat([part.grad.reshape(-1) for part in network.parameters()])
        told.append((loss.item(), slope.norm().item(), weights))
        optimizer.step()
    return told[-1][0]


def grid(first: torch.Tensor, steps: int, resolution: int) -> int:
    """Train a network for each learning rate and momentum and return how many diverged."""
    part = (torch.arange(resolution, dtype=torch.float64) + 0.5) / resolution
    rates = RATES[0] * (RATES[1] / RATES[0]) ** part
    rate, momentum = (one.reshape(-1) for one in torch.meshgrid(rates, part, indexing="xy"))
    points = first[:, None].repeat(1, resolution**2)
    velocity, alive, lost = torch.zeros_like(points), torch.ones(resolution**2, dtype=torch.bool), 0
    for _ in range(steps):
        points.requires_grad_(True)
        units = torch.tanh(X[:, None, None] * points[:4] + points[4:8])
        losses = (((units * points[8:12]).sum(1) + points[12] - Y[:, None]) ** 2).mean(0)
        (gradient,) = torch.autograd.grad(losses.sum(), points)
        with torch.no_grad():
            gone = alive & ~(torch.isfinite(losses) & (points.detach().norm(dim=0) <= 1e6))
            lost += int(gone.sum())
            alive &= ~gone
            velocity = velocity.mul_(momentum).add_(gradient)
            points = points.detach() - rate * velocity
            if int(alive.sum()) < 0.9 * len(alive):
                points, velocity = points[:, alive], velocity[:, alive]
                rate, momentum, alive = rate[alive], momentum[alive], alive[alive]
    return lost


def main() -> None:
    """Take the arguments and the first weights from the standard input, and print the faster of two times."""
    steps, resolution, threads = map(int, sys.argv[1:4])
    first = torch.tensor([float(word) for word in sys.stdin.read().split()], dtype=torch.float64)
    said = []
    for threads_used, job in (
        (1, lambda: walk(first, steps, 0.1, 0.9)),
        (threads, lambda: grid(first, steps, resolution)),
    ):
        torch.set_num_threads(threads_used)
        times = []
        for _ in range(2):
            since = time.perf_counter()
            found = job()
            times.append(time.perf_counter() - since)
        said.append(f"{min(times):.4f} {found}")
    print(*said)


if __name__ == "__main__":
    main()
