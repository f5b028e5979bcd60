"""The basin map of Rastrigin with Adam in eager PyTorch: ``python basins_torch.py RESOLUTION STEPS RATE THREADS``.

What somebody who knows PyTorch would write: the gradient by hand, everything in place, in the fused operations that
``torch.optim.Adam`` itself uses, and walkers that have ended dropped when they are a tenth of all. Prints the seconds,
the number of cells for each outcome and the steps of all, by which the three programs can be compared.
"""

import math
import sys
import time

import torch

BETA1, BETA2, EPSILON, TOLERANCE, EDGE, REACH = 0.9, 0.999, 1e-8, 1e-6, 5.12, 1e6 * 10.24


def gradient_at(points: torch.Tensor) -> torch.Tensor:
    """Return the gradient of Rastrigin's function, shape (2, cells)."""
    return torch.sin(points * (2 * math.pi)).mul_(20 * math.pi).add_(points, alpha=2)


def walk(resolution: int, steps: int, learning_rate: float) -> tuple[int, int, int, int]:
    """Return how many cells converged, diverged, and were out of steps, and the steps of all of them."""
    axis = (torch.arange(resolution, dtype=torch.float64) + 0.5) * (2 * EDGE / resolution) - EDGE
    points = torch.stack([part.reshape(-1) for part in torch.meshgrid(axis, axis, indexing="xy")])
    before, mean, square = points, torch.zeros_like(points), torch.zeros_like(points)
    alive = torch.ones(points.shape[1], dtype=torch.bool)
    converged = diverged = total = 0
    for step in range(steps + 1):
        gradient = gradient_at(points)
        gone = alive & ~(points.abs().amax(0) <= REACH)
        rests = alive & (torch.hypot(*gradient) <= TOLERANCE) & (torch.hypot(*(points - before)) <= TOLERANCE) & ~gone
        ended_here = int(gone.sum()), int(rests.sum())
        if any(ended_here):
            diverged, converged = diverged + ended_here[0], converged + ended_here[1]
            total += step * sum(ended_here)
            alive &= ~(gone | rests)
            left = int(alive.sum())
            if left < 0.9 * len(alive):
                points, before, mean, square, gradient = (
                    part[:, alive] for part in (points, before, mean, square, gradient)
                )
                alive = alive[alive]
                if not left:
                    break
        if step == steps:
            break
        mean.lerp_(gradient, 1 - BETA1)
        square.mul_(BETA2).addcmul_(gradient, gradient, value=1 - BETA2)
        root = (square.sqrt() / math.sqrt(1 - BETA2 ** (step + 1))).add_(EPSILON)
        before = points
        points = torch.addcdiv(points, mean, root, value=-learning_rate / (1 - BETA1 ** (step + 1)))
    left = int(alive.sum())
    return converged, diverged, left, total + left * steps


def main() -> None:
    """Take the arguments, compute the map twice and print the faster time: the first use of PyTorch is slow."""
    resolution, steps, learning_rate, threads = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    times = []
    for _ in range(2):
        since = time.perf_counter()
        ends = walk(resolution, steps, learning_rate)
        times.append(time.perf_counter() - since)
    print(f"{min(times):.4f} converged {ends[0]} diverged {ends[1]} out_of_steps {ends[2]} steps {ends[3]}")


if __name__ == "__main__":
    main()
