"""Training ``network-curve`` in eager PyTorch: ``python networks_torch.py < NUMBERS``, where numbers are JSON.

What somebody who knows PyTorch would write: autograd and ``torch.optim.SGD`` for one walk with all that the product
keeps of it; for a map all walks as one batch, or in batches that fit the cache, whichever is faster, with the momentum
step in place. Prints the seconds of a step of the walk and of the map, the last loss of the walk, and how many cells of
the map are within reach.
"""

import json
import sys
import time

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
BATCHES = (256, 4096)
REACH = 1e6


def split(weights: torch.Tensor, hidden: int) -> tuple[torch.Tensor, ...]:
    """Return the weights of a network of one input, layer by layer: shape (n, …) as four parts."""
    return weights[:hidden], weights[hidden : 2 * hidden], weights[2 * hidden : 3 * hidden], weights[3 * hidden]


def walk(numbers: dict, inputs: torch.Tensor, targets: torch.Tensor) -> tuple[float, float]:
    """Return the seconds of a step, and the last loss."""
    weights = torch.tensor(numbers["start"], requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=numbers["rate"], momentum=numbers["momentum"])
    path, losses, norms = [], [], []
    since = time.perf_counter()
    for _ in range(numbers["steps"] + 1):
        into, bias, outgoing, last = split(weights, numbers["hidden"])
        score = torch.tanh(inputs[:, None] * into + bias) @ outgoing + last
        loss = torch.mean((score - targets) ** 2)
        optimizer.zero_grad()
        loss.backward()
        path.append(weights.detach().clone())
        losses.append(loss.item())
        norms.append(torch.linalg.vector_norm(weights.grad).item())
        optimizer.step()
    return (time.perf_counter() - since) / len(losses), losses[-1]


def cells(numbers: dict, inputs: torch.Tensor, targets: torch.Tensor, batch: int) -> tuple[float, int]:
    """Return the seconds of a map, and how many of its cells end within reach."""
    rates, momenta = torch.tensor(numbers["rates"]), torch.tensor(numbers["momenta"])
    within = 0
    since = time.perf_counter()
    for some in torch.arange(len(rates)).split(batch):
        weights = torch.tensor(numbers["start"])[:, None].repeat(1, len(some)).requires_grad_()
        velocity = torch.zeros(weights.shape)
        for _ in range(numbers["map_steps"] + 1):
            into, bias, outgoing, last = split(weights, numbers["hidden"])
            score = (torch.tanh(inputs[:, None, None] * into + bias) * outgoing).sum(1) + last
            loss = ((score - targets[:, None]) ** 2).mean(0)
            (gradient,) = torch.autograd.grad(loss.sum(), weights)
            with torch.no_grad():
                velocity.mul_(momenta[some]).add_(gradient)
                weights.sub_(rates[some] * velocity)
        within += int((torch.linalg.vector_norm(weights, dim=0) <= REACH).sum())
    return time.perf_counter() - since, within


def main() -> None:
    """Read the numbers, train, and print what it took; each is done thrice and the fastest counts."""
    numbers = json.load(sys.stdin)
    data = torch.tensor(numbers["inputs"]), torch.tensor(numbers["targets"])
    walked, loss = min(walk(numbers, *data) for _ in range(3))
    mapped, within = min(cells(numbers, *data, batch) for batch in BATCHES for _ in range(2))
    print(walked, mapped, loss, within)


if __name__ == "__main__":
    main()
