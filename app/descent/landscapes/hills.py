"""Hills and hollows: maxima, minima and saddles in one picture."""

from app.descent.landscape import Box, Landscape, Source

FAMILY = "Many minima"

PEAKS = Landscape(
    slug="peaks",
    title="Peaks",
    family=FAMILY,
    expression=(
        "3*(1 - x)**2*exp(-x**2 - (y + 1)**2) - 10*(x/5 - x**3 - y**5)*exp(-x**2 - y**2) - exp(-(x + 1)**2 - y**2)/3"
    ),
    domain=Box((-3.0, -3.0), (3.0, 3.0)),
    start=(-0.4, 1.2),
    learning_rate=0.01,
    teaches="Hills, hollows and passes between them: small changes of the start change where the walk ends.",
    source=Source(
        "MathWorks, the function peaks: translated and scaled Gaussian distributions",
        None,
        "https://www.mathworks.com/help/matlab/ref/peaks.html",
    ),
    near=(
        (0.228, -1.626),
        (-1.347, 0.205),
        (0.296, 0.320),
        (0.416, -0.394),
        (-0.266, 0.467),
        (1.098, 0.854),
        (1.286, -0.005),
        (-0.460, -0.629),
        (-0.009, 1.581),
    ),
)
