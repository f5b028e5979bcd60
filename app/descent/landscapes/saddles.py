"""Saddles: places where the gradient is zero and the ground still falls to two sides."""

from app.descent.landscapes.landscape import Box, Landscape, Source

FAMILY = "Zero gradient"

LANDSCAPES = (
    Landscape(
        slug="saddle",
        title="Saddle",
        family=FAMILY,
        expression="x**2/2 - y**2/2 + y**4/4",
        domain=Box((-2.0, -2.0), (2.0, 2.0)),
        start=(-1.6, 0.01),
        learning_rate=0.1,
        momentum=0.8,
        teaches="A zero gradient is no minimum: along x the origin is a valley floor, along y it is a ridge.",
        source=Source("Dauphin et al., Identifying and attacking the saddle point problem, NeurIPS", 2014),
    ),
    Landscape(
        slug="monkey-saddle",
        title="Monkey saddle",
        family=FAMILY,
        expression="x**3 - 3*x*y**2",
        domain=Box((-1.5, -1.5), (1.5, 1.5)),
        start=(1.2, 0.01),
        learning_rate=0.002,
        momentum=0.85,
        teaches="At the origin gradient and Hessian are both zero; three ways fall, and only the neighbours tell.",
        source=Source("Hilbert & Cohn-Vossen, Geometry and the Imagination, section 29", 1932),
    ),
)
