"""Valleys: more than one minimum, so that where a walk ends depends on where it starts."""

from app.descent.landscapes.landscape import Box, Landscape, Shape, Source

FAMILY = "Local minima"

LANDSCAPES = (
    Landscape(
        slug="two-valley",
        title="Two valleys",
        family=FAMILY,
        expression="(x**2 - 1)**2 + delta*x + y**2",
        domain=Box((-2.0, -1.5), (2.0, 1.5)),
        start=(1.7, 1.1),
        learning_rate=0.02,
        momentum=0.8,
        teaches="Two minima with a ridge between: descent finds the one it starts above, not the deeper one.",
        source=Source(
            "The double-well potential with a linear tilt, e.g. Strogatz, Nonlinear Dynamics and Chaos", 1994
        ),
        shape=Shape(
            name="Tilt",
            symbol="delta",
            low=0.0,
            high=1.2,
            default=0.3,
            explanation="How much the ground rises to the right: the left valley is deeper.",
            convention="The left valley is deeper by about twice the tilt.",
        ),
    ),
    Landscape(
        slug="sharp-valley",
        title="Sharp and wide valley",
        family=FAMILY,
        expression="0.15*sqrt(1 + x**2) - 0.08*exp(-10*(x - 2)**2) + y**2*(1/2 + 5*exp(-8*(x - 2.1)**2))",
        domain=Box((-2.0, -2.0), (5.0, 2.0)),
        start=(4.0, 0.5),
        learning_rate=0.5,
        momentum=0.7,
        teaches="A sharp local minimum beside the wide global one: steps that suit the wide one leave the sharp one.",
        source=Source("Hochreiter & Schmidhuber, Flat Minima; the formula is Downhill's", 1997),
    ),
)
