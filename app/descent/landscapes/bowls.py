"""Bowls: one minimum, the same curvature everywhere. What can be proved about descent is proved here first."""

from app.descent.landscape import Box, Landscape, Shape, Source

FAMILY = "Curvature"

BOWL = Landscape(
    slug="bowl",
    title="Bowl",
    family=FAMILY,
    expression="x**2/(2*kappa) + y**2/2",
    domain=Box((-4.0, -3.0), (4.0, 3.0)),
    start=(-3.2, 2.4),
    learning_rate=0.1,
    teaches="The steeper of two directions sets the largest step size, the flatter one the number of steps.",
    source=Source("Goh, Why Momentum Really Works, Distill", 2017, "https://distill.pub/2017/momentum/"),
    near=((0.0, 0.0),),
    shape=Shape(
        name="Condition number",
        symbol="kappa",
        low=1.0,
        high=1000.0,
        default=4.0,
        explanation="How many times flatter the bowl is along x than along y, where the curvature is 1.",
        log=True,
    ),
)

QUADRATIC = Landscape(
    slug="quadratic",
    title="Tilted quadratic",
    family=FAMILY,
    expression="x**2 + x*y + y**2",
    domain=Box((-3.0, -3.0), (3.0, 3.0)),
    start=(2.0, 1.0),
    learning_rate=0.1,
    teaches="Small enough to do by hand: the gradient is (2x + y, 2y + x), the Hessian is the same everywhere.",
    source=Source("Boyd & Vandenberghe, Convex Optimization, section 9.3", 2004),
    near=((0.0, 0.0),),
)
