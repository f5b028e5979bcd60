"""Plateaus: ground so flat that the gradient gives no hint, though a minimum exists."""

from app.descent.landscapes.landscape import Box, Landscape, Shape, Source

FAMILY = "Vanishing slope"

LANDSCAPES = (
    Landscape(
        slug="plateau",
        title="Plateau",
        family=FAMILY,
        expression="1 - exp(-phi*(x**2 + y**2)/2)",
        domain=Box((-4.0, -4.0), (4.0, 4.0)),
        start=(2.8, 1.2),
        learning_rate=0.4,
        momentum=0.8,
        teaches="Far from the hollow the slope fades like a Gaussian: the step shrinks to nothing before the minimum.",
        source=Source(
            "The inverted Gaussian well, e.g. Goodfellow, Bengio & Courville, Deep Learning, chapter 8.2", 2016
        ),
        shape=Shape(
            name="Flatness",
            symbol="phi",
            low=0.25,
            high=4.0,
            default=1.0,
            explanation="The higher, the narrower the hollow and the flatter all around it.",
            log=True,
        ),
    ),
)
