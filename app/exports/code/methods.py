"""Methods of the whole point as code: the bodies of their steps, one text for all libraries.

In the texts ``LIB`` is the library, ``DOWN`` turns what is to rise, and ``STACK`` makes an array of numbers. Behind
``COUNT`` stands how many evaluations a step took, which is of interest where they are a budget.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from app.exports.code.libraries import Library
from app.exports.code.literals import number


class MethodCode(NamedTuple):
    """The body of a step, and what stands before it.

    ``takes`` are the further arguments: ``height``, the loss here, and ``seen``, which gives the gradient that the step
    would see elsewhere. ``calls`` are functions of the script that it needs.
    """

    body: str
    before: str = ""
    takes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


_NEWTON = MethodCode(
    """\
(xx, xy, yy), (along_x, along_y) = hessian_at(point), DOWNgradient
determinant = xx*yy - xy*xy
if determinant == 0:  # the Hessian has no inverse
    return point*math.nan, None COUNT 1
direction = STACK([xy*along_y - yy*along_x, xy*along_x - xx*along_y])/determinant
return point + learning_rate*direction, None COUNT 1
""",
    calls=("hessian_at",),
)
_NEWTON_ON_A_LINE = MethodCode(
    """\
(curvature,) = hessian_at(point)
if curvature == 0:
    return point*math.nan, None COUNT 1
direction = -(DOWNgradient)/curvature
return point + learning_rate*direction, None COUNT 1
""",
    calls=("hessian_at",),
)
_LINE_SEARCH = MethodCode(
    """\
promised = sufficient*float((gradient*gradient).sum())
here = DOWNheight + 4e-16*abs(height)  # up to rounding
for probes in range(1, 61):
    there = point - learning_rate*gradient
    below = loss_at(there)
    if math.isfinite(below) and DOWNbelow <= here - learning_rate*promised:
        return there, None COUNT 1 + probes
    learning_rate *= backtrack
# After 60 refusals no step is taken.
return point - 0.0*gradient, None COUNT 61
""",
    takes=("height",),
    calls=("loss_at",),
)
_SAM = MethodCode(
    """\
part = radius/(math.sqrt(float((gradient*gradient).sum())) + 1e-12)
return point - learning_rate*seen(point + part*gradient), None COUNT 2
""",
    takes=("seen",),
)
_BFGS = MethodCode(
    """\
evaluations = 0
if state is None:
    inverse, updates, evaluations = LIB.eye(len(point)), 0, 1
else:
    inverse, updates, last_point, last_gradient = state
    s, y = point - last_point, gradient - last_gradient
    product = dot(s, y)
    if product > 1e-10*math.sqrt(dot(s, s)*dot(y, y)):
        if updates == 0:
            inverse = float(product/dot(y, y))*inverse
        mapped = (inverse*y).sum(1)
        factor = float((1 + dot(y, mapped)/product)/product)
        crossed = LIB.outer(mapped, s) + LIB.outer(s, mapped)
        inverse = inverse + LIB.outer(factor*s, s) - crossed/float(product)
        updates += 1
direction = -(inverse*gradient).sum(1)
if not dot(direction, gradient) < 0:
    direction = -gradient
length, probes = search(point, direction, DOWNheight, dot(gradient, direction), learning_rate)
following = point + length*direction
return following, (inverse, updates, point, gradient) COUNT max(probes + evaluations, 1)
""",
    """\
def dot(one, other):
    return np.float64((one*other).sum())


def search(point, direction, height, slope, length):
    \"\"\"A length that meets the strong Wolfe conditions (Nocedal & Wright, algorithms 3.5 and 3.6).\"\"\"
    low, high = (0.0, height, slope), None  # the ends of the bracket: length, height, slope
    if not slope < 0:
        return 0.0, 0
    for probes in range(1, 41):
        below, steep = evaluate(point + length*direction)
        tried = length, DOWNbelow, DOWNdot(steep, direction)
        there, steep = tried[1:]
        falls = math.isfinite(there) and there <= height + 4e-16*abs(height) + 1e-4*length*slope
        if falls and abs(steep) <= 0.9*abs(slope):
            return length, probes
        if not falls or (there >= low[1] and low[0] > 0) or not math.isfinite(steep):
            high = tried
        else:
            if steep*(1 if high is None else high[0] - low[0]) >= 0:
                high = low
            low = tried
        length = 2*low[0] if high is None else between(low, high)
    return (low[0] if low[1] < height else 0.0), 40


def between(low, high):
    \"\"\"Where the cubic through both ends of a bracket is lowest; the middle, if that is not well inside.\"\"\"
    width = np.float64(high[0] - low[0])
    one = low[2] + high[2] - 3*(high[1] - low[1])/width
    other = np.sign(width)*np.sqrt(one*one - low[2]*high[2])
    part = 1 - (high[2] + other - one)/(high[2] - low[2] + 2*other)
    return float(low[0] + (part if 0.1 <= part <= 1 - 0.1 else 0.5)*width)
""",
    takes=("height",),
)

# By the optimizer's slug, for a plane or more and for a line.
_METHODS: Mapping[str, Callable[[int], MethodCode]] = {
    "newton": lambda dimensions: _NEWTON_ON_A_LINE if dimensions == 1 else _NEWTON,
    "line-search": lambda dimensions: _LINE_SEARCH,
    "bfgs": lambda dimensions: _BFGS,
    "sam": lambda dimensions: _SAM,
}


def method_code(
    slug: str, values: Mapping[str, float], library: Library, dimensions: int, down: str, counted: bool
) -> MethodCode:
    """The method with its hyperparameters, for a library; ``down`` is what turns what is to rise, nothing or a sign.

    Where evaluations are ``counted``, each step returns how many it took as well.
    """
    code = _METHODS[slug](dimensions)
    given = "".join(f"{key} = {number(value)}\n" for key, value in values.items())

    def written(source: str) -> str:
        source = source.replace(" COUNT ", ", ") if counted else re.sub(" COUNT .*", "", source)
        return source.replace("LIB", library.name).replace("STACK", library.stack).replace("DOWN", down)

    return code._replace(body=given + written(code.body), before=written(code.before))


def is_written(slug: str) -> bool:
    """Whether the method has its code here."""
    return slug in _METHODS


def lines(source: str) -> Sequence[str]:
    """The lines of a text."""
    return source.rstrip("\n").split("\n")
