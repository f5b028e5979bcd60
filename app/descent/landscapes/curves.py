"""Curves: landscapes with a single parameter, where the slope is one number and everything can be checked by hand."""

from app.descent.landscapes.landscape import Box, Landscape, Shape, Source

FAMILY = "One parameter"

LANDSCAPES = (
    Landscape(
        slug="fence",
        title="The fence",
        family=FAMILY,
        expression="100*x - x**2",
        names=("l",),
        domain=Box((0.0,), (100.0,)),
        start=(12.0,),
        learning_rate=0.1,
        momentum=0.7,
        goal="maximize",
        teaches="200 m of fence around a rectangle l by 100 − l: climb to the largest area, a square.",
        source=Source("A textbook problem since Euclid, Elements, book VI, proposition 27"),
    ),
    Landscape(
        slug="two-minima",
        title="Two minima",
        family=FAMILY,
        expression="x**4/4 - x**3/3 - x**2",
        domain=Box((-2.0,), (3.0,)),
        start=(-1.8,),
        learning_rate=0.05,
        momentum=0.8,
        teaches="The slope is x (x − 2) (x + 1): left of 0 descent ends at −1, right of it at 2, the lower one.",
        source=Source("The derivative is x(x - 2)(x + 1), integrated"),
    ),
    Landscape(
        slug="shoulder",
        title="Shoulder",
        family=FAMILY,
        expression="x**3 + delta*x",
        domain=Box((-1.5,), (1.5,)),
        start=(1.2,),
        learning_rate=0.02,
        momentum=0.7,
        teaches="A slope of zero that is no minimum: to the left the ground goes on falling.",
        source=Source("The cubic and its unfolding, e.g. Strogatz, Nonlinear Dynamics and Chaos, section 3.1", 1994),
        shape=Shape(
            name="Tilt",
            symbol="delta",
            low=-1.0,
            high=1.0,
            default=0.0,
            explanation="Below 0 there is a dip and a peak, above 0 it falls all the way.",
            convention="Below 0 the shoulder parts into a minimum and a maximum; above 0 the slope is nowhere zero.",
        ),
    ),
    Landscape(
        slug="kink",
        title="Kink",
        family=FAMILY,
        expression="abs(x)",
        domain=Box((-2.0,), (2.0,)),
        start=(1.63,),
        learning_rate=0.1,
        momentum=0.6,
        teaches="The slope is 1 or −1 however near the minimum is: a constant step size never settles.",
        source=Source("Boyd & Vandenberghe, Subgradients; at the kink itself the subgradient 0 is taken", 2008),
    ),
)
