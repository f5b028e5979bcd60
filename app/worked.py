"""Examples from courses, worked: data only. Each is a link to a picture of something typed or pasted, and its words.

Formulas in the words stand as LaTeX between dollar signs; titles and claims are plain text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.request.making import make_request
from app.request.writing import write_value


@dataclass(frozen=True)
class Worked:
    """One example: the course that it is from, how its answer is found on paper, and what the picture shows of it."""

    slug: str
    course: str
    title: str
    text: str
    claim: str
    request: Mapping[str, Any]

    @property
    def query(self) -> str:
        """The example's settings, defaults left out."""
        return make_request(self.request).query

    @property
    def typed(self) -> Sequence[tuple[str, str]]:
        """What is typed or pasted, each with what it is."""
        named = (("Formula", "formula"), ("Rule", "rule"))
        typed = [(title, str(self.request[key])) for title, key in named if key in self.request]
        if "data" in self.request:
            typed.append((f"{len(self.request['data'])} points", write_value(self.request["data"]).replace(";", "; ")))
        return typed

    def record(self) -> dict[str, Any]:
        """What the API tells of the example."""
        return {
            "slug": self.slug,
            "course": self.course,
            "title": self.title,
            "text": self.text,
            "claim": self.claim,
            "query": self.query,
        }


_DESCENT = {"optimizer": "gradient-descent"}
# Hours of study, and whether the exam was passed.
_HOURS = (
    *(0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 1.75, 2.0, 2.25, 2.5),
    *(2.75, 3.0, 3.25, 3.5, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5),
)
_PASSED = (0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1)


def _huber(error: str) -> str:
    """Huber's loss of this error."""
    squared = f"({error})^2" if " " in error else f"{error}^2"
    return f"where(abs({error}) < 1, {squared}/2, abs({error}) - 1/2)"


_TABLE = (
    Worked(
        slug="least-squares",
        course="Linear regression",
        title="Five points and a line",
        text="The line $y = ax + b$ with the least mean squared error follows from four sums: "
        r"$\sum x = 10$, $\sum x^2 = 30$, $\sum y = 15$ and $\sum xy = 38$. So "
        r"$a = \frac{5 \cdot 38 - 10 \cdot 15}{5 \cdot 30 - 10^2} = 0.8$, and $b = 3 - 2a = 1.4$.",
        claim="Descent ends at a = 0.8 and b = 1.4, where the loss is 0.72. It zigzags, for x is not centred: the "
        "condition number is 22.5.",
        request={
            **_DESCENT,
            "data": [[0.0, 1.0], [1.0, 3.0], [2.0, 2.0], [3.0, 5.0], [4.0, 4.0]],
            "learning_rate": 0.1,
            "steps": 400,
        },
    ),
    Worked(
        slug="logistic",
        course="Logistic regression",
        title="Hours of study and an exam",
        text="Twenty students, the hours that each has studied, and whether the exam was passed. The chance of passing "
        r"is $\sigma(au + b)$ with $u$ the hours less 3, and the loss is the mean of $-\log$ of the chance of what did "
        "happen. It has one minimum and no closed form.",
        claim="The likelihood is greatest where each hour adds 1.50 to the score; with 2.71 hours the chance is one "
        "half.",
        request={
            **_DESCENT,
            "data": [[hours, float(passed)] for hours, passed in zip(_HOURS, _PASSED, strict=True)],
            "model": "logistic",
            "learning_rate": 5.0,
        },
    ),
    Worked(
        slug="rosenbrock",
        course="Optimization",
        title="Rosenbrock’s banana",
        text="$(a - x)^2 + b(y - x^2)^2$ falls steeply into a bent valley and gently along it. At its minimum, "
        "$(a, a^2)$, the Hessian has for $a = 1$ and $b = 100$ the trace 1002 and the determinant 400, so its "
        r"eigenvalues are $501 \pm \sqrt{501^2 - 400}$.",
        claim="The condition number is 2508. Newton’s method arrives at (1, 1) after 7 steps; plain descent with the "
        "step size 0.0019, just below the limit 0.002, has come no further than x = 0.08 after 400.",
        request={
            **_DESCENT,
            "formula": "(a - x)^2 + b*(y - x^2)^2",
            "constants": {"b": 100.0},
            "domain": [-2.0, 2.0, -1.0, 3.0],
            "start": [-1.2, 1.0],
            "learning_rate": 0.0019,
            "steps": 400,
            "name": "Plain descent",
            "runs": [{"optimizer": "newton", "learning_rate": 1.0, "name": "Newton"}],
        },
    ),
    Worked(
        slug="two-layers",
        course="Deep learning",
        title="Two layers of one weight each",
        text=r"The network $x \cdot y$ is to say 1: the loss is $\frac{(1 - xy)^2}{2}$. Each point of the hyperbola "
        "$xy = 1$ is a minimum, of the sharpness $x^2 + y^2$. A step multiplies $x^2 - y^2$, by which the layers "
        r"differ, by exactly $1 - \eta^2 (1 - xy)^2$: short steps keep it, long ones do not.",
        claim="From (2.2, −0.8) the step size 0.1 ends at the sharpness 4.26, where the step size 0.5, whose limit "
        "2/η is 4, could not stay. That one ends at 2.04: long steps end on flatter ground.",
        request={
            **_DESCENT,
            "formula": "(1 - x*y)^2/2",
            "domain": [-3.0, 3.0, -3.0, 3.0],
            "start": [2.2, -0.8],
            "learning_rate": 0.1,
            "name": "Short steps",
            "runs": [{"learning_rate": 0.5, "name": "Long steps"}],
        },
    ),
    Worked(
        slug="double-well",
        course="Dynamical systems",
        title="A valley that vanishes",
        text="$(x^2 - 1)^2 + cx$ has two valleys, and $c$ tilts them. The right one ends where it meets the hill "
        r"between: where slope and curvature, $12x^2 - 4$, are both 0. That is at $x = \frac{1}{\sqrt{3}}$, with "
        r"$c = \frac{8}{3 \sqrt{3}} = 1.54$.",
        claim="With c = 1.4 a walk from 1.4 stays in the right valley, at 0.714. With c = 1.6 there is none, and it "
        "goes down to −1.16.",
        request={
            **_DESCENT,
            "formula": "(x^2 - 1)^2 + c*x",
            "constants": {"c": 1.4},
            "domain": [-1.8, 1.8],
            "start": [1.4],
            "learning_rate": 0.05,
        },
    ),
    Worked(
        slug="ridge",
        course="Statistics",
        title="Ridge regression makes up its mind",
        text="Of two weights only the sum matters: $(x + y - 2)^2$ is 0 on a whole line, and descent ends wherever it "
        "meets that. With a penalty $k(x^2 + y^2)$, however small, there is one answer, "
        r"$x = y = \frac{2}{2 + k}$, close to the point of the line that is nearest to 0.",
        claim="With k = 0.1 the walk ends at (0.952, 0.952) wherever it starts. With k = 0 it ends at (3, −1) from "
        "(2.5, −1.5), and elsewhere from elsewhere.",
        request={
            **_DESCENT,
            "formula": "(x + y - 2)^2 + k*(x^2 + y^2)",
            "constants": {"k": 0.1},
            "domain": [-2.0, 3.0, -2.0, 3.0],
            "start": [2.5, -1.5],
            "learning_rate": 0.2,
            "steps": 400,
        },
    ),
    Worked(
        slug="huber",
        course="Robust statistics",
        title="One wild value",
        text=r"Which number stands best for 0, $\frac{1}{2}$ and a wild $c$? Huber’s loss is $\frac{r^2}{2}$ up to an "
        "error of 1 and goes straight on from there, so that a value far away pulls with the slope 1, however far it "
        r"is. What is left is $x + (x - \frac{1}{2}) - 1 = 0$.",
        claim="The answer is 0.75 with c = 10, and the same with c = 2 or 100. The mean would go from 0.83 over 3.5 "
        "to 33.5.",
        request={
            **_DESCENT,
            "formula": " + ".join(map(_huber, ("x", "x - 1/2", "x - c"))),
            "constants": {"c": 10.0},
            "domain": [-2.0, 12.0],
            "start": [-1.0],
            "learning_rate": 0.3,
        },
    ),
    Worked(
        slug="likelihood",
        course="Probability",
        title="A normal distribution from three values",
        text="For the values 4, 6 and 8, a mean $x$ and a standard deviation $e^y$, minus the mean of the logarithms "
        r"of the likelihood is $y + \frac{1}{2} ((x - 6)^2 + \frac{8}{3}) e^{-2y}$, up to a constant. It is least "
        r"where $x = 6$ and $e^{2y} = \frac{8}{3}$.",
        claim="Descent ends at the mean 6 and y = 0.490, a standard deviation of 1.633. The likelihood divides by 3; "
        "the unbiased variance divides by 2, which makes a deviation of 2.",
        request={
            **_DESCENT,
            "formula": "y + ((x - 6)^2 + 8/3)/2*e^(-2y)",
            "domain": [0.0, 12.0, -1.0, 3.0],
            "start": [1.0, 2.0],
            "learning_rate": 0.5,
        },
    ),
    Worked(
        slug="barrier",
        course="Linear programming",
        title="From inside a square",
        text="To find the least $2x + y$ in the square from 0 to 1, an interior-point method walks on $t(2x + y)$ "
        "minus the logarithms of the distances from the four sides, $x$, $y$, $1 - x$ and $1 - y$: at a side that "
        r"rises without end. With $s = 2t$ for $x$ and $s = t$ for $y$, the slope $s - \frac{1}{x} + \frac{1}{1 - x}$ "
        r"is 0 at $\frac{s + 2 - \sqrt{s^2 + 4}}{2s}$.",
        claim="With t = 10 it ends at (0.048, 0.090), which is 0.185 above the true optimum 0; theory promises at "
        "most 4/t = 0.4. A larger t leads closer: with t = 100 it is 0.020.",
        request={
            **_DESCENT,
            "formula": "t*(2x + y) - log(x) - log(y) - log(1 - x) - log(1 - y)",
            "constants": {"t": 10.0},
            "domain": [0.0, 1.0, 0.0, 1.0],
            "start": [0.9, 0.8],
            "learning_rate": 0.003,
        },
    ),
    Worked(
        slug="square-root",
        course="Numerical analysis",
        title="A root by Newton’s rule",
        text=r"On $\frac{x^3}{3} - 2x$ the slope is $x^2 - 2$ and the curvature $2x$. So Newton’s step for the root "
        r"of 2 is a rule of one line, $x - \frac{g}{2x}$, which needs no step size. The error of the next step is "
        "exactly the square of this one’s, divided by $2x$.",
        claim="From 1 it goes to 3/2, 17/12 and 577/408: right to 1, 3 and 6 digits, and to 12 after one step more.",
        request={
            "formula": "x^3/3 - 2x",
            "rule": "point_next = point - gradient/(2*point)",
            "domain": [0.0, 3.0],
            "start": [1.0],
        },
    ),
)

WORKED: Mapping[str, Worked] = {one.slug: one for one in _TABLE}
