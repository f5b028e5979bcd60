"""The lessons: data only. A lesson is a link that opens a picture in which its claim can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.models import make_request


@dataclass(frozen=True)
class Lesson:
    """One entry of the course: what is claimed, what to look at, and the request that shows it."""

    slug: str
    title: str
    claim: str
    look: str
    request: Mapping[str, Any]

    @property
    def query(self) -> str:
        """The lesson's address, defaults left out."""
        return make_request(self.request).query

    def record(self) -> dict[str, str]:
        """What the API tells of the lesson."""
        return {
            "slug": self.slug,
            "title": self.title,
            "claim": self.claim,
            "look": self.look,
            "query": self.query,
        }


_BOWL = {"landscape": "bowl", "optimizer": "gradient-descent", "start": [-3.6, 0.8]}
_RAVINE = {"landscape": "bowl", "shape": 100.0, "start": [-3.6, 1.0]}
_TWO_VALLEYS = {"landscape": "two-valley", "start": [1.3, -1.0], "learning_rate": 0.055}

_COURSE = (
    Lesson(
        "seven-steps",
        "Seven steps",
        "With a well-chosen step size seven steps bring the loss below 1 % of where it began.",
        "Feel which way is steepest, step that way, repeat. The step is the learning rate times the gradient.",
        {**_BOWL, "learning_rate": 1.3},
    ),
    Lesson(
        "too-small",
        "Too small a step",
        "With a tenth of that step size most of the loss is left after seven steps, and it takes ten times as many.",
        "Stride too short and it takes ages: the direction is right, the pace is not.",
        {**_BOWL, "learning_rate": 0.13},
    ),
    Lesson(
        "overshoot",
        "Leaping across",
        "Just below the limit every step lands on the other side of the valley, and the walk still converges.",
        "Watch the sign of y: it changes at every step, while the loss still falls.",
        {**_BOWL, "start": [-3.2, 2.4], "learning_rate": 1.9},
    ),
    Lesson(
        "blow-up",
        "Blowing up",
        "Just above the limit 2/λ the same walk climbs out of the bowl and diverges.",
        "A step size 10 % larger: each leap lands higher than the one before.",
        {**_BOWL, "start": [-3.2, 2.4], "learning_rate": 2.1},
    ),
    Lesson(
        "annealing",
        "Annealing",
        "Under noise a constant step size circles the minimum for ever; annealed, the walk settles.",
        "Long strides first, shorter ones later: the noise is the same, but it is trusted less and less.",
        {**_BOWL, "learning_rate": 0.5, "noise": 0.6, "steps": 300, "schedule": "cosine"},
    ),
    Lesson(
        "two-valleys",
        "Two valleys",
        "Started on the right, descent ends in the nearer valley, although the one on the left is deeper.",
        "The gradient knows the slope under your feet and nothing of the valley behind the ridge.",
        {**_TWO_VALLEYS, "steps": 300},
    ),
    Lesson(
        "warm-restarts",
        "Warm restarts",
        "With the learning rate jumping back up, the walk leaves the poorer valley and ends in the global minimum.",
        "Each restart lengthens the strides, and with them the noise, until one carries the walker over the ridge. "
        "Set the restarts to 0: the same walk stays on the right.",
        {**_TWO_VALLEYS, "noise": 0.6, "seed": 3, "steps": 1000, "restarts": 4, "growth": 2.0},
    ),
    Lesson(
        "many-hikers",
        "Many hikers",
        "Sixty-four hikers start at random; the share that finds the deepest hollow is counted, not guessed.",
        "Which hollow a hiker ends in depends on where he set out. Change the seed and count again.",
        {"landscape": "peaks", "optimizer": "gradient-descent", "starts": 64, "learning_rate": 0.02, "steps": 300},
    ),
    Lesson(
        "ravine",
        "The ravine",
        "At the best settings of each, momentum crosses a ravine in less than a third of the steps of plain descent.",
        "With condition number κ the rates are (κ−1)/(κ+1) for plain descent and (√κ−1)/(√κ+1) with momentum.",
        {**_RAVINE, "optimizer": "momentum", "learning_rate": 3.3058, "momentum": 0.6694},
    ),
    Lesson(
        "saddle",
        "The saddle",
        "Started exactly on the ridge line, descent stops at the saddle, where one curvature is negative.",
        "The gradient is zero and the walk has converged, and still this is no minimum.",
        {"landscape": "saddle", "optimizer": "gradient-descent", "start": [-1.6, 0.0]},
    ),
    Lesson(
        "saddle-escape",
        "Leaving the saddle",
        "A little noise is enough to leave the saddle.",
        "Off the ridge line by a hair, the walk falls to one side; the seed decides to which.",
        {
            "landscape": "saddle",
            "optimizer": "gradient-descent",
            "start": [-1.6, 0.0],
            "noise": 0.01,
        },
    ),
    Lesson(
        "plateau",
        "The plateau",
        "Where the ground is flat plain descent hardly moves; momentum arrives with the same learning rate.",
        "The velocity adds up tiny gradients until they are a stride. Choose gradient descent to see the difference.",
        {"landscape": "plateau", "optimizer": "momentum", "start": [3.5, 2.5], "learning_rate": 1.0},
    ),
    Lesson(
        "peak",
        "On the peak",
        "Started exactly on a maximum the gradient is zero, and no step is taken.",
        "Every way leads down, and a gradient of zero does not say which. Drag the start a hair to the side.",
        {"landscape": "peaks", "optimizer": "gradient-descent", "start": [-0.009317581959954118, 1.5813679629389996]},
    ),
    Lesson(
        "by-hand",
        "By hand",
        "For x² + xy + y² the gradient is (2x + y, 2y + x): the first step can be checked with a pencil.",
        "At (2, 1) the gradient is (5, 4). With learning rate 0.1 the next point is (1.5, 0.6).",
        {"landscape": "quadratic", "optimizer": "gradient-descent", "start": [2.0, 1.0], "learning_rate": 0.1},
    ),
)

LESSONS: Mapping[str, Lesson] = {lesson.slug: lesson for lesson in _COURSE}
