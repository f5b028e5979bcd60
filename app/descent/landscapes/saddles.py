"""Saddles: places where the gradient is zero and the ground still falls to two sides."""

from app.descent.landscape import Box, Landscape, Source

FAMILY = "Zero gradient"

SADDLE = Landscape(
    slug="saddle",
    title="Saddle",
    family=FAMILY,
    expression="x**2/2 - y**2/2 + y**4/4",
    domain=Box((-2.0, -2.0), (2.0, 2.0)),
    start=(-1.6, 0.01),
    learning_rate=0.1,
    teaches="A zero gradient is no minimum: along x the origin is a valley floor, along y it is a ridge.",
    source=Source("Dauphin et al., Identifying and attacking the saddle point problem, NeurIPS", 2014),
    near=((0.0, -1.0), (0.0, 1.0), (0.0, 0.0)),
)
