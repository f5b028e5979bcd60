"""Hills and hollows: many minima, maxima and saddles in one picture."""

from app.descent.landscapes.landscape import Box, Landscape, Shape, Source

FAMILY = "Many minima"

LANDSCAPES = (
    Landscape(
        slug="peaks",
        title="Peaks",
        family=FAMILY,
        expression=(
            "3*(1 - x)**2*exp(-x**2 - (y + 1)**2) - 10*(x/5 - x**3 - y**5)*exp(-x**2 - y**2)"
            " - exp(-(x + 1)**2 - y**2)/3"
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
    ),
    Landscape(
        slug="himmelblau",
        title="Himmelblau",
        family=FAMILY,
        expression="(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        domain=Box((-6.0, -6.0), (6.0, 6.0)),
        start=(-0.4, -1.2),
        learning_rate=0.01,
        teaches="Four minima, all equally deep: which one a walk finds is a matter of where it starts.",
        source=Source("Himmelblau, Applied Nonlinear Programming", 1972),
    ),
    Landscape(
        slug="styblinski-tang",
        title="Styblinski–Tang",
        family=FAMILY,
        expression="(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
        domain=Box((-5.0, -5.0), (5.0, 5.0)),
        start=(0.8, 0.4),
        learning_rate=0.01,
        teaches="One deep minimum and three shallower ones, side by side: the nearest is rarely the best.",
        source=Source("Styblinski & Tang, Experiments in nonconvex optimization", 1990),
    ),
    Landscape(
        slug="camel",
        title="Six-hump camel",
        family=FAMILY,
        expression="(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (4*y**2 - 4)*y**2",
        domain=Box((-2.0, -1.2), (2.0, 1.2)),
        start=(-1.9, 1.0),
        learning_rate=0.01,
        teaches="Six minima in three pairs: turned by half a circle the ground is the same, so none stands alone.",
        source=Source("Dixon & Szegő, Towards Global Optimisation 2", 1978),
    ),
    Landscape(
        slug="bumps",
        title="Small bumps",
        family=FAMILY,
        expression="x**2/20 + y**2/4 + alpha*(1 - cos(4*x))/4",
        domain=Box((-6.0, -4.0), (6.0, 4.0)),
        start=(-5.4, 2.4),
        learning_rate=0.1,
        teaches="A slope with small dips: what has no momentum stops in the first dip that is deep enough.",
        source=Source("A parabola with a ripple, as in Rastrigin, Systems of extremal control (Russian)", 1974),
        shape=Shape(
            name="Bump height",
            symbol="alpha",
            low=0.0,
            high=0.38,
            default=0.24,
            explanation="How steep the bumps are: the steeper, the more dips there are.",
            convention="Their slope at the steepest; there are dips wherever it is above a tenth of |x|.",
        ),
    ),
    Landscape(
        slug="rastrigin",
        title="Rastrigin",
        family=FAMILY,
        expression="20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        domain=Box((-5.12, -5.12), (5.12, 5.12)),
        start=(2.3, -1.7),
        learning_rate=0.002,
        teaches="A bowl under an egg box: 121 minima, one of them global. A single walk finds the nearest hollow.",
        source=Source("Rastrigin, Systems of extremal control (Russian); in this form Mühlenbein et al. 1991", 1974),
    ),
    Landscape(
        slug="ackley",
        title="Ackley",
        family=FAMILY,
        expression="20 + exp(1) - 20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2)",
        domain=Box((-4.0, -4.0), (4.0, 4.0)),
        start=(2.4, -1.6),
        learning_rate=0.01,
        teaches="A funnel roughened by dimples, with a pointed tip: at the minimum itself there is no gradient.",
        source=Source("Ackley, A connectionist machine for genetic hillclimbing", 1987),
        tips=((0.0, 0.0),),
    ),
)
