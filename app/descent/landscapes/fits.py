"""Fits: landscapes made from data, whose coordinates are the two weights of a model and whose loss is its error."""

from app.descent.landscapes.data import Data
from app.descent.landscapes.landscape import Box, Landscape, Source

FAMILY = "From data"

_SIDES = tuple(float(side) for side in range(100))
_AREAS = tuple(100 * side - side**2 for side in _SIDES)
_PASTURES = "100 pastures, each fenced with 200 m: the area of a rectangle by its one side."
_PASTURE_SOURCE = Source("Exact values of 100u − u²; the template au² + bu should find a = −1 and b = 100")

_SPEEDS = (
    *(4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15),
    *(15, 16, 16, 17, 17, 17, 18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25),
)
_DISTANCES = (
    *(2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26),
    *(54, 32, 40, 32, 40, 50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85),
)
_HOURS = (
    *(0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5),
    *(2.75, 3.0, 3.25, 3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5),
)
_PASSED = (0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1)

LANDSCAPES = (
    Landscape(
        slug="pasture",
        title="Pastures, absolute error",
        family=FAMILY,
        data=Data(
            inputs=_SIDES,
            targets=_AREAS,
            powers=(2, 1),
            error="absolute",
            input_name="side (m)",
            target_name="area (m²)",
            caption=_PASTURES,
        ),
        domain=Box((-3.0, 0.0), (1.0, 150.0)),
        start=(-2.5, 120.0),
        learning_rate=5e-5,
        momentum=0.8,
        teaches="Fitting a curve is a descent too: each place on the map is one curve, its height is how wrong it is.",
        source=_PASTURE_SOURCE,
        tips=((-1.0, 100.0),),
    ),
    Landscape(
        slug="pasture-squared",
        title="Pastures, squared error",
        family=FAMILY,
        data=Data(
            inputs=_SIDES,
            targets=_AREAS,
            powers=(2, 1),
            error="squared",
            input_name="side (m)",
            target_name="area (m²)",
            caption=_PASTURES,
        ),
        domain=Box((-3.0, 0.0), (1.0, 150.0)),
        start=(-2.5, 120.0),
        learning_rate=1e-8,
        momentum=0.8,
        teaches="The weight of u² has far more power over the fit than that of u: a ravine with condition number 10⁵.",
        source=_PASTURE_SOURCE,
    ),
    Landscape(
        slug="straight-line",
        title="Straight line",
        family=FAMILY,
        data=Data(
            inputs=tuple(map(float, _SPEEDS)),
            targets=tuple(map(float, _DISTANCES)),
            powers=(1, 0),
            centre=15.0,
            unit=10.0,
            error="squared",
            input_name="speed (mph)",
            target_name="stopping distance (ft)",
            caption="50 cars of the 1920s: how far each rolled on after braking, by its speed.",
        ),
        domain=Box((0.0, 0.0), (80.0, 80.0)),
        start=(8.0, 70.0),
        learning_rate=0.1,
        momentum=0.7,
        teaches="Least squares has an exact answer, marked on the map: descent must end there.",
        source=Source("Ezekiel, Methods of Correlation Analysis; the data set cars of R", 1930),
    ),
    Landscape(
        slug="logistic",
        title="Logistic regression",
        family=FAMILY,
        data=Data(
            inputs=_HOURS,
            targets=tuple(map(float, _PASSED)),
            powers=(1, 0),
            centre=3.0,
            error="logistic",
            input_name="hours of study",
            target_name="passed",
            caption="20 students: hours of study, and whether the exam was passed.",
        ),
        domain=Box((-1.0, -3.0), (5.0, 3.0)),
        start=(-0.5, -2.0),
        learning_rate=0.5,
        momentum=0.8,
        teaches="Convex but no quadratic: steep where the model is wrong and sure of itself, flat around the answer.",
        source=Source(
            "Wikipedia, Logistic regression: probability of passing an exam versus hours of study",
            None,
            "https://en.wikipedia.org/wiki/Logistic_regression",
        ),
    ),
)
