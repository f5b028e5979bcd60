"""Small networks and their data: a noisy wave, two moons, exclusive or."""

from collections.abc import Mapping

from app.descent.landscapes.network import Network

NETWORKS: Mapping[str, Network] = {
    "network-curve": Network(
        inputs=tuple(
            (x,)
            for x in (
                *(-2.0, -1.79, -1.58, -1.37, -1.16, -0.95, -0.74, -0.53, -0.32, -0.11),
                *(0.11, 0.32, 0.53, 0.74, 0.95, 1.16, 1.37, 1.58, 1.79, 2.0),
            )
        ),
        targets=(
            *(0.79, 0.51, 0.05, -0.52, -0.64, -0.9, -1.05, -0.81, -0.55, -0.18),
            *(0.21, 0.65, 0.8, 0.98, 0.9, 0.79, 0.4, -0.05, -0.5, -0.78),
        ),
        hidden=4,
        error="squared",
        input_names=("x",),
        target_name="y",
        caption="20 points of a noisy wave",
    ),
    "network-moons": Network(
        inputs=(
            *((0.57, -0.06), (0.56, -0.32), (0.63, 0.19), (0.28, 0.37), (0.37, 0.45), (0.19, 0.62), (-0.1, 0.58)),
            *((-0.19, 0.81), (-0.24, 0.68), (-0.57, 0.72), (-0.58, 0.72), (-0.48, 0.94), (-1.44, 0.31)),
            *((-1.08, 0.53), (-1.13, 0.55), (-0.86, 0.17), (-1.45, 0.66), (-1.31, 0.23), (-1.58, -0.39)),
            *((-1.46, -0.2), (-0.74, 0.14), (-0.5, -0.08), (-0.46, -0.03), (-0.37, -0.3), (-0.17, -0.16)),
            *((-0.11, -0.63), (0.1, -0.66), (0.28, -0.86), (0.44, -0.7), (0.17, -0.79), (0.6, -0.67)),
            *((0.55, -0.92), (0.95, -0.74), (1.1, -0.41), (0.85, -0.41), (1.54, -0.4), (1.22, -0.05)),
            *((1.5, 0.13), (1.42, -0.19), (1.48, 0.18)),
        ),
        targets=(0.0,) * 20 + (1.0,) * 20,
        hidden=4,
        error="logistic",
        input_names=("x₁", "x₂"),
        target_name="score",
        caption="40 points of two moons that reach into each other, 20 of each class",
    ),
    "network-xor": Network(
        inputs=((-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)),
        targets=(0.0, 1.0, 1.0, 0.0),
        hidden=2,
        error="squared",
        input_names=("x₁", "x₂"),
        target_name="y",
        caption="exclusive or: 1 where exactly one of two inputs is positive",
    ),
}
