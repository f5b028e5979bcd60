"""The words of the field that the page explains where they stand: a term, what it means, and how it is written."""

from typing import NamedTuple

LONGEST = 160


class Term(NamedTuple):
    """One word of the field.

    ``pattern`` is a regular expression, the same to Python and to browsers, that finds it in a text as a whole word,
    its plural too; ``explanation`` says in at most ``LONGEST`` characters what it is.
    """

    term: str
    pattern: str
    explanation: str


# Where two patterns begin at one place of a text, the first of the list counts.
GLOSSARY = (
    Term(
        "Gradient norm",
        "gradient norm",
        "How steep the ground is at a point: the length of the gradient. It is 0 where the ground is level.",
    ),
    Term(
        "−Gradient",
        "−gradient",
        "The gradient turned round: the direction in which the ground falls most steeply. Walkers follow it down.",
    ),
    Term(
        "Gradient",
        "gradients?",
        "The direction in which the ground rises most steeply, and how steeply. Going down means going against it.",
    ),
    Term(
        "Hessian eigenvalue",
        "Hessian eigenvalues?|eigenvalues?",
        "How sharply the ground bends in one of its main directions: above 0 up like a bowl, below 0 down.",
    ),
    Term(
        "Hessian", "Hessian", "All curvatures at a point in one table: how the slope changes as one moves either way."
    ),
    Term(
        "Sharpness",
        "sharpness",
        "The largest curvature at a point, of all directions: it says how long a step the ground bears there.",
    ),
    Term(
        "Edge of stability",
        "edge of stability",
        "Training at the limit of its step size: sharpness hovers there, the loss goes up and down and yet falls.",
    ),
    Term(
        "Curvature",
        "curvatures?",
        "How quickly the slope changes along the ground. The sharper it bends, the shorter a step has to be.",
    ),
    Term(
        "λ", "λ(?:max|min)?|2/λ", "An eigenvalue of the Hessian: the curvature in one direction, here the sharpest one."
    ),
    Term(
        "Stability limit",
        "stability limits?|limit 2\\S*/λ|limit(?= of the learning rate)|blows up",
        "The longest step size that settles on ground bent like this. Above it each step overshoots by more.",
    ),
    Term(
        "Learning rate",
        "learning rates?|step sizes?",
        "The step size: what the gradient is multiplied with to give the step. Too small crawls, too large flies off.",
    ),
    Term(
        "Momentum",
        "momentum",
        "A part of the last step is kept for the next one, as a rolling ball keeps its speed: it carries over bumps.",
    ),
    Term(
        "Velocity",
        "velocity|−velocity",
        "What momentum remembers: a running sum of past gradients, which moves the ball.",
    ),
    Term(
        "Tolerance",
        "tolerance",
        "How small slope and step must both be for a walk to count as arrived. With 0 it never stops by itself.",
    ),
    Term(
        "Patience",
        "patience",
        "How many steps a walk may go on without becoming better before it is stopped.",
    ),
    Term(
        "Evaluation",
        "evaluations?",
        "One look at the ground: a gradient, or a loss that is asked for. What a step costs is counted in them.",
    ),
    Term(
        "Condition number",
        "condition numbers?",
        "The sharpest curvature over the gentlest: 1 is a round bowl, 1000 a narrow ravine, which takes many steps.",
    ),
    Term(
        "Basin of attraction",
        "basins? of attraction|basins?",
        "All the places from which a walk ends in the same minimum, as all rain in a valley reaches one river.",
    ),
    Term("Floor", "floor", "The part of the full learning rate that is left at the end of a schedule."),
    Term(
        "Global minimum",
        "global minim(?:um|a)|global one",
        "The lowest ground of the whole landscape. There may be several that are equally low.",
    ),
    Term(
        "Local minimum",
        "local minim(?:um|a)|local one",
        "The bottom of a hollow: lower than everything next to it, but elsewhere there may be lower ground.",
    ),
    Term(
        "Stationary point",
        "stationary points?",
        "A place where the ground is level: a minimum, a maximum, a saddle or a shoulder. The gradient is zero there.",
    ),
    Term("Saddle", "saddles?", "Level ground that rises to some sides and falls to others, as a mountain pass does."),
    Term(
        "Shoulder",
        "shoulders?",
        "Level ground on the way down: before it the ground falls, and behind it, it falls on.",
    ),
    Term("Plateau", "plateaus?", "Ground so flat that there is hardly a slope to follow: steps become tiny, or stop."),
    Term(
        "Loss",
        "loss",
        "The height of the ground: how wrong a model is with these settings. Training is to make it small.",
    ),
    Term(
        "Mini-batch",
        "mini-batch(?:es)?",
        "A few data points drawn at random for one step: a cheap gradient, right on average but noisy.",
    ),
    Term(
        "Warm restart",
        "warm restarts?|restarts?",
        "The learning rate jumps back to its full value and is lowered again: a leap that may cross a ridge or a bump.",
    ),
    Term(
        "Warm-up",
        "warm-ups?",
        "In the first steps the learning rate rises from nearly nothing to its full value, so that none is wild.",
    ),
    Term("Schedule", "schedules?", "How the learning rate changes from step to step, most often from large to small."),
    Term(
        "Convex",
        "convex",
        "Bent upwards everywhere, like a bowl: such ground has no other hollow to be caught in.",
    ),
    Term(
        "Diverged",
        "diverge[sd]?|diverging|divergence",
        "The walk flies off: its steps grow until it is out of every picture.",
    ),
    Term(
        "Converged",
        "converge[sd]?|converging|convergence",
        "The walk has come to rest: slope and step are both as good as zero.",
    ),
    Term(
        "First weights",
        "first weights",
        "The weights that training begins with, drawn at random from the seed: others lead to other ends.",
    ),
    Term(
        "Weights",
        "weights",
        "The numbers that training sets, all at once. A place on the map stands for a choice of all of them.",
    ),
    Term(
        "Hidden unit",
        "hidden units?",
        "A unit between inputs and output: a sum of what it is given, bent by tanh so that it lies between −1 and 1.",
    ),
    Term(
        "Network",
        "networks?",
        "Units that each weigh what they are given and hand it on. Training sets the weights, all of them at once.",
    ),
    Term(
        "Plane",
        "planes?",
        "A flat cut through all weights, which has room for two directions: it is drawn, and the others are not seen.",
    ),
    Term("Iterate", "iterates?", "One of the points that a walk steps on, counted from its start, which is number 0."),
)


def glossary_records() -> list[dict[str, str]]:
    """The terms as the page's scripts get them."""
    return [term._asdict() for term in GLOSSARY]
