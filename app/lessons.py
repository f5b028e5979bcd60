"""The lessons: data only. A lesson is a link that opens a picture in which its claim can be seen, and its words.

Formulas in the words stand as LaTeX between dollar signs; titles and claims are plain text. A number that is one of the
settings stands as its key between double brackets: on the page it shows that setting as it is now, and is turned. One
with an equals sign is a result at the lesson's own settings, which the page keeps up to date: `[[=steps 99]]`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.descent.optimizers.table import OPTIMIZERS
from app.request.keys import DEFAULTS, MAX_RUNS
from app.request.making import make_request

# What may stand beside the map while a lesson is told.
VIEWS = ("surface", "data", "rates", "theory", "rule", "curves", "race")


class Shows(NamedTuple):
    """The part of the page that a lesson is about: what stands beside the map, and the view keys that it needs."""

    view: str = "surface"
    keys: Mapping[str, Any] = {}
    # The step that it stands at when it opens; None where it plays.
    at: int | None = None


class Compare(NamedTuple):
    """A second setting, to be seen beside the lesson's own: its name and the keys that change, None to leave out.

    With names for the lesson's run and this one both are one picture of two runs, where runs may differ so; `opens` has
    the lesson begin with it, and `together` are the keys that this picture needs beside those of its runs.
    """

    title: str
    changes: Mapping[str, Any]
    names: tuple[str, str] | None = None
    opens: bool = False
    together: Mapping[str, Any] = {}


class Try(NamedTuple):
    """Something to try at the press of a button: its name, the keys that change, and the step shown, if one is."""

    label: str
    changes: Mapping[str, Any]
    at: int | None = None


class Live(NamedTuple):
    """A number of the words: the key of a setting, or the name of a result.

    After a point stands which coordinate, or which constant of a typed formula, it is of.
    """

    name: str
    is_result: bool
    text: str


_LIVE = re.compile(r"\[\[(=?)([\w.]+)(?: ([^\]]+))?\]\]")
# Words that a student reads in a minute, formulas among them, and the minutes that trying takes.
_WORDS_A_MINUTE = 110
_TRYING = 0.5


@dataclass(frozen=True)
class Lesson:
    """One entry of the course: what is claimed, how it comes about, what to do, and the request that shows it."""

    slug: str
    chapter: str
    title: str
    claim: str
    text: str
    try_it: str
    question: str
    answer: str
    request: Mapping[str, Any]
    compare: Compare | None = None
    shows: Shows = field(default_factory=Shows)
    tries: Sequence[Try] = ()
    # Whether the reader may guess where it will end.
    guess: bool = True

    @property
    def query(self) -> str:
        """The lesson's settings, defaults left out."""
        return make_request(self.request).query

    @property
    def opening(self) -> Mapping[str, Any]:
        """What the lesson's page opens with: its settings, a second run where it tells of a contrast, its view keys."""
        both = self.both if self.compare and self.compare.opens else None
        return {**(both or self.request), **self.shows.keys}

    @property
    def both(self) -> Mapping[str, Any] | None:
        """The lesson's settings with those to compare with as a second run, None where runs cannot differ so."""
        if self.compare is None or self.compare.names is None:
            return None
        # A further run takes over what it does not say, and may spend no more than the first one.
        run = {key: _UNSAID.get(key) if value is None else value for key, value in self.compare.changes.items()}
        steps = self.request.get("steps", DEFAULTS["steps"])
        budget = {"steps": run["steps"]} if run.get("steps", 0) > steps else {}
        name, other = self.compare.names
        second = {key: value for key, value in run.items() if value is not None} | {"name": other}
        return {**self.request, **budget, **self.compare.together, "name": name, "runs": [second]}

    def changed(self, changes: Mapping[str, Any]) -> Mapping[str, Any]:
        """The lesson's settings after these changes, None to leave out."""
        keys = {**self.request, **changes}
        return {key: value for key, value in keys.items() if value is not None}

    @property
    def compare_query(self) -> str | None:
        """The settings to compare with, defaults left out."""
        return make_request(self.changed(self.compare.changes)).query if self.compare else None

    @property
    def marked(self) -> dict[str, str]:
        """The texts in which formulas stand, with their live numbers marked."""
        return {"text": self.text, "try": self.try_it, "question": self.question, "answer": self.answer}

    @property
    def words(self) -> dict[str, str]:
        """The texts in which formulas stand, their numbers as they are at the lesson's own settings."""
        return {key: self.live(text, lambda number: number.text) for key, text in self.marked.items()}

    def live(self, text: str, write: Callable[[Live], str]) -> str:
        """The text with each of its live numbers as `write` has it."""

        def written(found: re.Match[str]) -> str:
            equals, name, result = found.groups()
            return write(Live(name, bool(equals), result if equals else self._setting(name)))

        return _LIVE.sub(written, text)

    def _setting(self, name: str) -> str:
        key, _, part = name.partition(".")
        value = self.request[key]
        if part:
            value = value[part] if key == "constants" else value[int(part)]
        return f"{value:g}".replace("-", "\N{MINUS SIGN}")

    @property
    def minutes(self) -> float:
        """About how long a student takes who reads all of it, the answer too, and tries something."""
        said = " ".join([self.title, *self.words.values()])
        return len(said.split()) / _WORDS_A_MINUTE + _TRYING

    def record(self) -> dict[str, Any]:
        """What the API tells of the lesson."""
        return {
            "slug": self.slug,
            "chapter": self.chapter,
            "title": self.title,
            "claim": self.claim,
            **self.words,
            "query": self.query,
            "compare": {"title": self.compare.title, "query": self.compare_query} if self.compare else None,
            "view": self.shows.view,
            "tries": [
                {"label": one.label, "query": make_request(self.changed(one.changes)).query} for one in self.tries
            ],
        }


# The chapters in order, each with the one sentence that introduces it.
CHAPTERS: Mapping[str, str] = {
    "The stride": "How long a step may be, and what becomes of a walk whose steps are too short or too long.",
    "Valleys": "Where a walk ends depends on where it begins, and on what can carry it over a rise.",
    "Where the slope is zero": "A gradient of zero makes no minimum: there are saddles, plateaus and peaks.",
    "By hand": "Small enough for a pencil: each number that is shown can be worked out on paper.",
    "From data": "The coordinates are the weights of a model, and the altitude is how wrong it is.",
    "When to stop": "A walk that has stopped need not have arrived.",
    "Which one": "There are many rules for the next step; what one of them is worth depends on the ground.",
    "A real network": "All weights of a small network are trained; the map is one plane through what training visited.",
    "Bring your own": "A function, a rule and points of your own are as good as any that are there, and fit in a link.",
}

# What a further run says where it would take over what the first one has.
_UNSAID = {"restarts": 0}

_BOWL = {"landscape": "bowl", "optimizer": "gradient-descent", "start": [-3.6, 0.8]}
_TWO_VALLEYS = {"landscape": "two-valley", "start": [1.3, -1.0], "learning_rate": 0.055}
_RAVINE = {"landscape": "bowl", "shape": 100.0, "start": [-3.6, 0.8]}
_SADDLE = {"landscape": "saddle", "optimizer": "gradient-descent", "start": [-1.6, 0.0], "learning_rate": 0.1}
_PASTURES = {"landscape": "pasture", "optimizer": "adam"}
_CARS = {"landscape": "straight-line", "optimizer": "gradient-descent", "start": [8.0, 70.0]}

# Learning rates that suit each optimizer on this valley within 200 evaluations, from which “Tune each” goes on.
_SUITED = {
    "gradient-descent": 0.0036,
    "momentum": 0.0021,
    "nesterov": 0.002,
    "adagrad": 1.7,
    "rmsprop": 0.17,
    "adadelta": 9.3,
    "adam": 0.5,
    "adamw": 0.5,
    "nadam": 0.2,
    "amsgrad": 0.5,
    "lion": 0.023,
    "newton": 1.0,
    "line-search": 0.6562,
    "bfgs": 1.0,
    "sam": 0.0033,
}
_VALLEY = {"landscape": "rosenbrock", "start": [-1.2, 1.0], "tolerance": 0.0}

_CURVE = {"landscape": "network-curve", "optimizer": "gradient-descent"}
_AT_THE_EDGE = {**_CURVE, "learning_rate": 0.2, "steps": 2000, "seed": 2, "plane": "steps"}
_XOR = {"landscape": "network-xor", "optimizer": "gradient-descent", "learning_rate": 0.3, "steps": 1000}

_ROOTS = {
    "formula": "x^4/4 - a*x^2/2 + y^2",
    "constants": {"a": 2.0},
    "optimizer": "gradient-descent",
    "start": [0.3, 1.5],
    "learning_rate": 0.2,
}
# From momentum to Adam: each rule is the one before after one edit, the last one is the table's.
_MEAN = "mean_next = beta1*mean + (1 - beta1)*gradient"
_SQUARE = "square_next = beta2*square + (1 - beta2)*gradient^2"
_RULES = (
    "velocity_next = beta1*velocity + gradient; point_next = point - learning_rate*velocity_next",
    f"{_MEAN}; point_next = point - learning_rate*mean_next",
    f"{_MEAN}; {_SQUARE}; point_next = point - learning_rate*mean_next/(sqrt(square_next) + epsilon)",
    f"count_next = count + 1; {_MEAN}; {_SQUARE}; mean_hat = mean_next/(1 - beta1^count_next); "
    "square_hat = square_next/(1 - beta2^count_next); "
    "point_next = point - learning_rate*mean_hat/(sqrt(square_hat) + epsilon)",
)
_DECAYS = {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
_THIRD_EDIT = {"rule": _RULES[3], "hyperparameters": _DECAYS}
_HOURS = (-3, -2, -1, 0, 1, 2, 3)


def _degrees(*values: float) -> list[list[float]]:
    return [[float(hour), float(value)] for hour, value in zip(_HOURS, values, strict=True)]


def _run(optimizer: str) -> dict[str, Any]:
    suited = {"learning_rate": _SUITED[optimizer]} if optimizer in _SUITED else {}
    return {"optimizer": optimizer, **suited, **({"momentum": 0.9} if optimizer in ("momentum", "nesterov") else {})}


# Plain descent runs in both heats, for one picture holds no more than nine runs.
_PLAIN, *_OTHERS = OPTIMIZERS
_FIRST_HEAT, _SECOND_HEAT = _OTHERS[:MAX_RUNS], _OTHERS[MAX_RUNS:]

_COURSE = (
    Lesson(
        slug="seven-steps",
        chapter="The stride",
        title="How few steps will do?",
        tries=(Try("Set the step size to 1.6", {"learning_rate": 1.6}),),
        claim="With a well-chosen learning rate, at most seven steps bring the loss below 1 % of its value at "
        "the start.",
        text="The gradient points where the loss rises fastest, so descent goes the other way: the next iterate "
        r"is $x_{k+1} = x_k - \eta \nabla f(x_k)$, where $\eta$ is the learning rate, also called step size. On "
        r"this bowl the gradient shrinks on the way to the minimum, and so the steps become shorter although $\eta$ "
        "stays the same. "
        "Here the step size is [[learning_rate]], and after [[=below 6]] steps the loss is below 1 % of the start’s.",
        try_it="Set the learning rate to 1.6 and count the steps that the walk now needs to fall below 1 %.",
        question="Which learning rate is best on this bowl?",
        answer=r"A step multiplies $x$ by $1 - \frac{\eta}{4}$ and $y$ by $1 - \eta$, because the curvatures are "
        r"$\frac{1}{4}$ and $1$. At $\eta = 1.3$ these factors are $0.675$ and $-0.3$, and the loss is below 1 % "
        r"after 6 steps. The larger of the two sizes is least at $\eta = \frac{2}{\frac{1}{4} + 1} = 1.6$, where "
        "both are $0.6$: every step then multiplies the loss by $0.6^2 = 0.36$, and 5 steps are enough.",
        request={**_BOWL, "learning_rate": 1.3},
        compare=Compare(
            "See seven steps on one curve", {"landscape": "parabola", "start": [-2.4], "learning_rate": 0.3}
        ),
    ),
    Lesson(
        slug="too-small",
        chapter="The stride",
        title="What if the steps are too short?",
        shows=Shows("curves"),
        tries=(
            Try("Set the step size to 0.26", {"learning_rate": 0.26}),
            Try("To 0.52", {"learning_rate": 0.52}),
        ),
        claim="From the same start with a tenth of that learning rate, most of the loss is left after seven "
        "steps, and it takes over ten times the steps to reach the same 1 %.",
        text=r"Every step still goes down the slope; it is only too short. A coordinate with curvature $\lambda$ "
        r"keeps the fraction $1 - \eta \lambda$ of its distance to the minimum at each step, so the flatter "
        "direction hardly moves. "
        "Here the step size is [[learning_rate]], and after [[=below 67]] steps the loss is below 1 % of the start’s.",
        try_it="Raise the learning rate slowly from 0.13 and watch after how many steps the loss falls below 1 %.",
        question="How many steps does the small learning rate need?",
        answer=r"In $x$, where the curvature is $\frac{1}{4}$, each step keeps $1 - \frac{0.13}{4} = 0.9675$ of "
        "the distance. From (−3.6, 0.8) about 55 % of the loss is left after 7 steps, and 67 steps bring it below "
        r"1 %. At $\eta = 1.3$ it took 6 steps, so a tenth of the learning rate costs about eleven times as many.",
        request={**_BOWL, "learning_rate": 0.13},
        compare=Compare(
            "The same with ten times the step size",
            {"learning_rate": 1.3},
            ("short steps", "ten times longer"),
            opens=True,
        ),
    ),
    Lesson(
        slug="overshoot",
        chapter="The stride",
        title="What if a step leaps across?",
        shows=Shows("rule"),
        tries=(Try("Set the step size to 0.9", {"learning_rate": 0.9}),),
        claim="With the learning rate just below its limit, y changes sign at each of the first ten steps, and "
        "the walk still converges.",
        text="The step is longer than the way to the valley floor, so the walker lands on the far side, a little "
        r"closer than before. What decides is the factor $1 - \eta \lambda$: between 0 and 1 the walker approaches "
        "from one side, between $-1$ and 0 it leaps to and fro and still comes closer. "
        "Here the step size is [[learning_rate]].",
        try_it="Step through the walk and read y in the update rule, then lower the learning rate to 0.9: the "
        "leaping stops.",
        question="How much closer does each leap bring the walker?",
        answer=r"At $\eta = 1.9$ the curvature 1 along $y$ gives the factor $1 - 1.9 = -0.9$: a new sign at "
        "every step, and a tenth of the distance less. After ten steps $0.9^{10}$, about 0.35, of it is left. Along "
        r"$x$ the factor is $1 - \frac{1.9}{4} = 0.525$, which is positive, so $x$ does not change its sign.",
        request={**_BOWL, "learning_rate": 1.9},
    ),
    Lesson(
        slug="blow-up",
        chapter="The stride",
        title="What if the step is a hair too long?",
        shows=Shows("curves"),
        tries=(
            Try("Just below: 1.99", {"learning_rate": 1.99}),
            Try("Just above: 2.01", {"learning_rate": 2.01}),
        ),
        claim="With the learning rate just above its limit the same walk diverges, and the message names the "
        "limit 2/λ.",
        text=r"In a direction of curvature $\lambda$ each step multiplies the distance by $1 - \eta \lambda$, "
        r"and the distance grows as soon as that is below $-1$, which is when $\eta$ exceeds $\frac{2}{\lambda}$. "
        "The direction of largest curvature is the first to suffer, so the limit for plain gradient descent is "
        r"$\frac{2}{\lambda_{\max}}$, here 2. "
        "Here the step size is [[learning_rate]].",
        try_it="Move the learning rate between 1.9 and 2.1 and find the value above which the message says that the "
        "learning rate is above the limit.",
        question="Why does the loss fall during the first steps, although the walk blows up?",
        answer=r"Each step multiplies $x$ by $1 - \frac{2.1}{4} = 0.475$ and $y$ by $1 - 2.1 = -1.1$. From "
        "(−3.6, 0.8) the loss goes 1.94, 0.75, 0.55, 0.59: at first the shrinking part from $x$ decides, then the "
        "growing part from $y$. From there on the loss is multiplied by about $1.1^2 = 1.21$ at every step, without "
        "end.",
        request={**_BOWL, "learning_rate": 2.1},
    ),
    Lesson(
        slug="uphill",
        chapter="The stride",
        title="Can a step downhill end higher?",
        tries=(Try("Set the step size to 0.05", {"learning_rate": 0.05}),),
        claim="On a landscape that is not convex, too large a learning rate makes at least one step raise the "
        "loss, and the picture marks it.",
        text="The gradient describes the ground only close by: a short step lowers the loss by about "
        r"$\eta |\nabla f|^2$. A longer one also feels the curvature $\lambda$ along the way, which adds about "
        r"$\frac{1}{2} \eta^2 \lambda |\nabla f|^2$. When that is more than the gain, a step against the gradient "
        "ends higher than it began. "
        "Here the step size is [[learning_rate]].",
        try_it="Lower the learning rate until no step of the walk is marked any more.",
        question="Is there a learning rate at which no step can lead uphill?",
        answer="Yes, where the curvature has an upper bound. On this landscape it is nowhere above 33.05, so "
        r"for every $\eta$ below $\frac{2}{33.05}$, about 0.0605, the gain $\eta |\nabla f|^2$ is more than the "
        r"$\frac{33.05}{2} \eta^2 |\nabla f|^2$ that curvature can take back. Above that value a step may "
        "lead uphill, but need not. This walk circles the deepest minimum, where the curvature is 30.2, and "
        r"above $\frac{2}{30.2}$, about 0.066, none can settle there.",
        request={
            "landscape": "peaks",
            "optimizer": "gradient-descent",
            "start": [1.0, -0.6],
            "learning_rate": 0.1,
            "steps": 40,
        },
        compare=Compare(
            "Learning rate 0.06, where no step leads uphill", {"learning_rate": 0.06}, ("long steps", "shorter steps")
        ),
    ),
    Lesson(
        slug="annealing",
        chapter="The stride",
        title="Why shorten the steps?",
        shows=Shows("curves"),
        tries=(
            Try("Keep the step size constant", {"schedule": "constant", "floor": None}),
            Try("Another seed", {"seed": 1}),
        ),
        claim="Under noise the constant learning rate runs out of steps, still circling the minimum; annealed "
        "from the same value, the walk ends at least ten times closer.",
        text="Noise in the gradient shakes the walker at every step, the more so the larger the learning rate. "
        "Annealing starts with the full learning rate, to get near the minimum quickly, and then lowers it, "
        "here by the same factor at every step, down to a thousandth, so that the shaking dies away. "
        "Here the step size begins at [[learning_rate]], and the noise is [[noise]].",
        try_it="Switch the schedule from exponential to constant and compare how far from the minimum the walk "
        "ends. Then try other seeds.",
        question="Why not take a small learning rate from the beginning?",
        answer=r"With noise $\sigma$ a constant learning rate leaves a spread of $\sigma \sqrt{\frac{\eta}{\lambda "
        r"(2 - \eta \lambda)}}$ about the minimum in each direction: with $\sigma = 0.4$ and $\lambda = 1$ "
        r"that is 1.2 at $\eta = 1.8$ and 0.012 at $\eta = 0.0018$. But to bring the distance down to a "
        "third the small learning rate needs 610 steps, the large one 5. Annealing travels at the large one and "
        "settles at small ones.",
        request={
            **_BOWL,
            "shape": 1.0,
            "learning_rate": 1.8,
            "noise": 0.4,
            "steps": 300,
            "schedule": "exponential",
            "floor": 0.001,
        },
        compare=Compare(
            "The same with a constant learning rate",
            {"schedule": "constant", "floor": None},
            ("annealed", "constant"),
            opens=True,
        ),
    ),
    Lesson(
        slug="two-valleys",
        chapter="Valleys",
        title="Which valley does it find?",
        tries=(Try("Start on the left", {"start": [-1.3, -1.0]}),),
        claim="Started on the right, the walk ends in the local minimum there, not in the global minimum, which "
        "lies in the deeper valley on the left.",
        text="The gradient tells the slope underfoot and nothing of what lies behind the ridge. A local minimum "
        "is lower than its surroundings, the global minimum is lowest of all; the gradient is zero at both, so "
        "descent cannot tell one from the other. Momentum lets the walker swing to and fro before it settles, but "
        "here not over the ridge. "
        "Here the walk starts at x = [[start.0]].",
        try_it="Drag the start across the ridge and watch where the walk ends.",
        question="How high is the ridge between the two valleys?",
        answer="Along $y = 0$ the derivative $4x^3 - 4x + 0.3$ is zero at about $x = -1.036$, $0.075$ and "
        "$0.960$, where the loss is about $-0.305$, $1.011$ and $0.294$. So the left valley is deeper by 0.600, and "
        "from the minimum on the right the walker would have to climb 0.717 to get across.",
        request={**_TWO_VALLEYS, "momentum": 0.9, "steps": 300},
    ),
    Lesson(
        slug="warm-restarts",
        chapter="Valleys",
        title="What if it settled too soon?",
        shows=Shows("curves"),
        tries=(
            Try("One long anneal, no restarts", {"restarts": None, "schedule": "cosine"}),
            Try("Full rate 0.2", {"learning_rate": 0.2}),
        ),
        claim="Annealed within 50 steps, the walk settles in the sharp local minimum; with three restarts it crosses "
        "the pass after the first of them and ends in the wide global minimum.",
        text="Annealing makes the steps shorter and shorter until the walker settles; a warm restart makes them long "
        "again and leaves the walker where it is. The sharp minimum at $x = 1.91$ can hold only learning rates up to "
        r"$\frac{2}{\lambda} = 0.236$, the wide one at 0 all up to 2: a restart at the full rate throws the walker "
        "out of the sharp one, and so rescues a walk that was annealed too soon. "
        "Here the full rate is [[learning_rate]], and there are [[restarts]] restarts.",
        try_it="Compare with the single anneal of 50 steps, which is the first cycle of this walk. Then set the "
        "restarts to 0 and leave the 200 steps: one longer anneal gets to the global minimum as well.",
        question="Does a restart always find the deeper valley?",
        answer="No. It leaves a minimum that is too sharp for the full learning rate, and here the deeper valley is "
        r"also the wider one. Across the sharp minimum the curvature is $\lambda = 8.49$, so at $\eta = 0.7$ each step "
        r"multiplies the distance by $1 - 0.7 \cdot 8.49 = -4.94$: the tiny rest that annealing has left grows until "
        "the walker is over the ridge at step 67. With a full learning rate of 0.2, below the limit, restarts change "
        "nothing. A single anneal over all 200 steps crosses at step 28, long before its rate has come down to 0.236. "
        "Within a cycle the rate is "
        r"$\eta = \eta_{\min} + (\eta_{\max} - \eta_{\min}) \frac{1 + \cos(\pi t)}{2}$, where $t$ runs from 0 to 1.",
        request={
            "landscape": "sharp-valley",
            "optimizer": "gradient-descent",
            "start": [4.0, 0.5],
            "learning_rate": 0.7,
            "steps": 200,
            "restarts": 3,
            "tolerance": 0.0,
        },
        compare=Compare(
            "Annealed once, within 50 steps",
            {"steps": 50, "restarts": None, "schedule": "cosine"},
            ("with restarts", "annealed once"),
            opens=True,
        ),
    ),
    Lesson(
        slug="many-hikers",
        chapter="Valleys",
        title="How many find the deepest valley?",
        shows=Shows("surface", {"map": "basins", "resolution": 128}),
        tries=(
            Try("Another seed", {"seed": 1}),
            Try("And another", {"seed": 2}),
            Try("256 walkers", {"starts": 256}),
        ),
        guess=False,
        claim="Sixty-four walkers set out from random places, and the share that reaches the global minimum is "
        "shown and equals the count.",
        text="Which minimum a walker ends in depends on where it sets out, and not every walker ends in one: "
        "from some places the way down leads outward, onto flat ground. When the starts are spread evenly over the "
        "map, the share of walkers in a minimum estimates the part of the map from which descent leads there. "
        "Here [[starts]] walkers set out.",
        try_it="Change the seed a few times and write down the share each time.",
        question="How far can the share of 64 walkers be from the true one?",
        answer="If the true share is $p$, the share among $n$ random starts has the standard error "
        r"$\sqrt{\frac{p(1 - p)}{n}}$. It is largest at $p = \frac{1}{2}$: for $n = 64$ it is then $\frac{1}{16}$, "
        "about 6 percentage points. To halve it takes four times the walkers, 256.",
        request={
            "landscape": "peaks",
            "optimizer": "gradient-descent",
            "start": [-0.4, 1.2],
            "starts": 64,
            "learning_rate": 0.02,
            "steps": 300,
        },
    ),
    Lesson(
        slug="small-bumps",
        chapter="Valleys",
        title="What carries it over a bump?",
        tries=(
            Try("Momentum 0.5", {"momentum": 0.5}),
            Try("Momentum 0.8", {"momentum": 0.8}),
        ),
        claim="At the same learning rate momentum 0 stops in a dip, while momentum 0.9 reaches the bottom.",
        text="Plain descent with short steps settles in the first dip it meets, however shallow. Momentum here "
        r"is a running sum of past gradients, $v_{k+1} = \beta v_k + g_k$, and the step is $-\eta v_{k+1}$. The few "
        "uphill gradients behind a dip cannot cancel the many downhill ones that the sum remembers. "
        "Here the momentum is [[momentum]] and the step size [[learning_rate]].",
        try_it="Raise the momentum slowly from 0 and note the value at which the walk first gets out of its dip.",
        question="Does momentum carry the walker over every bump?",
        answer=r"No. Along $x$ the slope is $\frac{x}{10} + \alpha \sin 4x$, which makes dips only when $\alpha$ "
        r"exceeds about 0.115; on a steady slope $g$ the velocity grows towards $\frac{g}{1 - \beta}$, ten times "
        r"$g$ at $\beta = 0.9$, and that gets across shallow dips. A deeper dip, entered too slowly, holds the "
        r"walker all the same: at $\alpha = 0.3$ and $\eta = 0.05$ the walk from $x = -2.5$ ends at $x = -1.45$.",
        request={
            "landscape": "bumps",
            "optimizer": "momentum",
            "start": [-5.4, 2.4],
            "momentum": 0.9,
            "learning_rate": 0.1,
            "steps": 400,
        },
        compare=Compare(
            "The same with momentum 0", {"momentum": 0.0}, ("with momentum", "without momentum"), opens=True
        ),
    ),
    Lesson(
        slug="ravine",
        chapter="Valleys",
        title="How fast through a ravine?",
        shows=Shows("theory", {"theory": 1}),
        tries=(Try("Momentum 0.9", {"momentum": 0.9}),),
        claim="With condition number 100 and the best settings for each, momentum needs less than a third of the "
        "steps of plain descent.",
        text=r"The condition number $\kappa = \frac{\lambda_{\max}}{\lambda_{\min}}$ compares the curvature of "
        "the walls with that of the floor: the walls limit the learning rate, and the floor then takes many steps. "
        r"At best, a step of plain descent multiplies the distance by $\frac{\kappa - 1}{\kappa + 1}$. Momentum, as "
        r"a running sum of past gradients, comes in the long run to $\frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1}$. "
        "Here the step size is [[learning_rate]] and the momentum [[momentum]]; "
        "the walk settles after [[=steps 99]] steps.",
        try_it="Compare with plain descent at its best learning rate: to the same tolerance it takes 715 steps, "
        "momentum 99. Then set the momentum to 0.9: more is not better.",
        question="What are the best settings, and what do they give here?",
        answer=r"For plain descent the factors $1 - \eta \lambda_{\min}$ and $1 - \eta \lambda_{\max}$ should be "
        r"equal in size, so $\eta = \frac{2}{\lambda_{\min} + \lambda_{\max}} = \frac{2}{1.01}$, about 1.98, with "
        r"factor $\frac{99}{101}$. With momentum they are "
        r"$\eta = (\frac{2}{\sqrt{\lambda_{\min}} + \sqrt{\lambda_{\max}}})^2$, about 3.31, and "
        r"$\beta = (\frac{9}{11})^2$, about 0.669, with factor $\frac{9}{11}$, about 0.818. Since "
        r"$(\frac{99}{101})^{10}$ is about 0.819, one step with momentum is in the long run worth about ten without.",
        request={**_RAVINE, "optimizer": "momentum", "learning_rate": 3.3058, "momentum": 0.6694},
        compare=Compare(
            "Plain descent at its best learning rate",
            {"optimizer": "gradient-descent", "momentum": None, "learning_rate": 1.9802, "steps": 1000},
            ("momentum", "plain descent"),
            opens=True,
        ),
    ),
    Lesson(
        slug="saddle",
        chapter="Where the slope is zero",
        title="What stops it on the ridge?",
        tries=(Try("Start a hair beside the line", {"start": [-1.6, 0.001]}),),
        claim="Started exactly on the ridge line, the walk stops at the saddle, and the message says that one "
        "eigenvalue of the Hessian is negative.",
        text="At a stationary point the gradient is zero; what kind of place it is, the curvature decides. At a "
        "saddle the Hessian has eigenvalues of both signs: one way the ground rises to both sides, the other way it "
        "falls. On the line $y = 0$ the gradient has no part across the line, so plain descent never leaves it. "
        "Here the walk starts at y = [[start.1]].",
        try_it="Move the start off the line by as little as you can and watch where the walk ends.",
        question="How can one tell from the formula that the origin is a saddle?",
        answer=r"The gradient of $\frac{x^2}{2} - \frac{y^2}{2} + \frac{y^4}{4}$ is $(x, -y + y^3)$, which is "
        "zero at (0, 0), (0, 1) and (0, −1). The Hessian is diagonal with entries $1$ and $-1 + 3y^2$, so its "
        "eigenvalues at the origin are $1$ and $-1$: a saddle. At the other two points they are 1 and 2, so both "
        r"are minima, each with loss $-\frac{1}{4}$.",
        request=_SADDLE,
    ),
    Lesson(
        slug="saddle-escape",
        chapter="Where the slope is zero",
        title="What gets it off the saddle?",
        tries=(
            Try("Seed 1", {"seed": 1}),
            Try("Seed 2", {"seed": 2}),
        ),
        claim="With a little noise in the gradient the same walk leaves the saddle.",
        text="The walker stays on the ridge line only as long as $y$ is exactly 0. Noise pushes it off by a "
        r"hair, and then the slope takes over: close to the saddle each step multiplies $y$ by $1 + \eta$. Which of "
        "the two minima the walk ends in is left to chance, that is, to the seed. "
        "Here the noise is [[noise]].",
        try_it="Change the seed until the walk falls to the other side.",
        question="How long does the escape take?",
        answer=r"Close to the saddle $y^3$ is negligible, and without further noise $y_{k+1} = (1 + \eta) y_k$. "
        r"At $\eta = 0.1$ a displacement of 0.001 grows to 0.1 in about 48 steps, since $1.1^{48}$ is about 97. One "
        "that is ten times smaller takes only 24 steps more: the time grows with the logarithm.",
        request={**_SADDLE, "noise": 0.01},
        compare=Compare("The same without noise", {"noise": 0.0}, ("with noise", "without noise"), opens=True),
    ),
    Lesson(
        slug="plateau",
        chapter="Where the slope is zero",
        title="What if the ground is flat?",
        tries=(Try("Gradient descent, from nearer", {"optimizer": "gradient-descent", "start": [1.4, 1.0]}),),
        claim="At the end plain descent is still on the plateau, while RMSProp has arrived at the minimum.",
        text="On the plateau the gradient is not zero, only tiny, and so are the steps of plain descent: at "
        "distance $r$ from the minimum the slope is $r e^{-r^2/2}$. RMSProp divides each component of the gradient "
        "by its recent size, the root of a running mean of its squares. So the length of its steps hardly depends "
        "on how steep the ground is. "
        "Here the walk starts at x = [[start.0]], with step size [[learning_rate]].",
        try_it="With gradient descent chosen, drag the start towards the minimum and find out from how far it "
        "still gets there.",
        question="How flat is the ground out there?",
        answer=r"At $r = 2$ the slope is about 0.27, at $r = 4$ only about 0.0013, so that a plain step with $\eta "
        "= 0.02$ is less than 0.00003 long. On a steady slope, however gentle, an RMSProp step tends to the "
        r"length $\eta$ in each coordinate, and its first steps are longer still: the first one here is 0.2 "
        "in each.",
        request={"landscape": "plateau", "optimizer": "rmsprop", "start": [3.5, 2.5], "learning_rate": 0.02},
        compare=Compare(
            "The same with plain descent", {"optimizer": "gradient-descent"}, ("RMSProp", "plain descent"), opens=True
        ),
    ),
    Lesson(
        slug="peak",
        chapter="Where the slope is zero",
        title="Can it stand still on a peak?",
        tries=(Try("Start a hair beside the top", {"start": [0.0, 1.5814]}),),
        claim="Started exactly on a maximum, the walk finds a zero gradient and takes no step, and the place is "
        "named a maximum.",
        text="A zero gradient says that the ground is level, not that it is low. On this peak both eigenvalues "
        "of the Hessian are negative, so every way leads down, but the gradient points along none of them. The step "
        "is the learning rate times zero, which is zero however large the learning rate. "
        "Here the walk starts at y = [[start.1]].",
        try_it="Nudge the start a hair to one side and watch which way the walk goes.",
        question="Would the slightest push be enough to set the walker moving?",
        answer="Yes, a maximum repels descent. Here the eigenvalues are about $-32.4$ and $-16.3$, so close to "
        r"the top a displacement in the steeper direction is multiplied by $1 + 32.4 \eta$ at each step. At "
        r"$\eta = 0.01$ a displacement of 0.001 becomes about 0.017 in ten steps, since $1.324^{10}$ is about 16.6.",
        request={
            "landscape": "peaks",
            "optimizer": "gradient-descent",
            "start": [-0.009317581959954118, 1.5813679629389996],
            "learning_rate": 0.01,
        },
    ),
    Lesson(
        slug="by-hand",
        chapter="By hand",
        title="What happens in one step?",
        shows=Shows("rule", at=0),
        tries=(Try("Show the second step", {}, at=1),),
        claim="For z = x² + xy + y² the update rule shows the numbers of the first step, and they equal those of "
        "hand arithmetic: gradient (5, 4) at (2, 1), next point (1.5, 0.6).",
        text="The gradient consists of the two partial derivatives, $2x + y$ with $y$ held fixed and $2y + x$ "
        "with $x$ held fixed. At (2, 1) that is (5, 4), and with learning rate 0.1 the next iterate is "
        r"$(2, 1) - 0.1 \cdot (5, 4) = (1.5, 0.6)$. "
        "Here the walk starts at ([[start.0]], [[start.1]]).",
        try_it="Work out the second step on paper, then press the step button twice and compare.",
        question="How much does the first step lower z?",
        answer="From $4 + 2 + 1 = 7$ to $2.25 + 0.9 + 0.36 = 3.51$, a fall of 3.49. The gradient alone promises "
        r"$\eta |\nabla z|^2 = 0.1 \cdot (25 + 16) = 4.1$. The curvature takes "
        r"$\frac{1}{2} \eta^2 (2 \cdot 5^2 + 2 \cdot 5 \cdot 4 + 2 \cdot 4^2) = 0.61$ of it back, and on a "
        "quadratic this account is exact.",
        request={"landscape": "quadratic", "optimizer": "gradient-descent", "start": [2.0, 1.0], "learning_rate": 0.1},
    ),
    Lesson(
        slug="fence",
        chapter="By hand",
        title="What if we climb instead?",
        shows=Shows("rule"),
        tries=(
            Try("Start at l = 30", {"start": [30.0]}),
            Try("Set the step size to 0.5", {"learning_rate": 0.5}),
        ),
        claim="With the goal “maximize” the walk climbs from l = 57, where the slope is −14, and ends at l = 50 "
        "with the area 2500.",
        text="With 200 m of fence a rectangle of length $l$ has the width $100 - l$, so its area is "
        "$A(l) = 100l - l^2$, with slope $A'(l) = 100 - 2l$. To climb, the step is added instead of subtracted: "
        r"$l_{k+1} = l_k + \eta A'(l_k)$. At 57 the slope is $-14$, so the way up is towards shorter $l$. "
        "Here the walk starts at l = [[start.0]].",
        try_it="Drag the start to l = 30 and compare the sign of the slope and the direction of the walk.",
        question="How fast does the walk come to 50?",
        answer=r"The slope is $-2(l - 50)$, so each step multiplies the distance to 50 by $1 - 2\eta$. At "
        r"$\eta = 0.1$ that factor is 0.8 and the walk goes 57, 55.6, 54.48 and on; at $\eta = 0.5$ it would land "
        r"on 50 in a single step, and from $\eta = 1$ on it would not settle. The area is $2500 - (l - 50)^2$, so "
        "no rectangle has more than the square with side 50.",
        request={
            "landscape": "fence",
            "optimizer": "gradient-descent",
            "start": [57.0],
            "learning_rate": 0.1,
            "goal": "maximize",
        },
    ),
    Lesson(
        slug="shoulder",
        chapter="By hand",
        title="Is level ground always the bottom?",
        shows=Shows("curves"),
        tries=(Try("Start left of zero", {"start": [-0.2]}),),
        claim="The walk ends on a shoulder, where the slope is zero without a minimum: the ground beside it is "
        "lower on one side and higher on the other.",
        text="The slope of $x^3$ is $3x^2$, zero at $x = 0$ and positive on both sides. The second derivative "
        "$6x$ is zero there as well and so cannot decide; one has to look at the two sides, and finds the left "
        "lower and the right higher. A walker coming from the right slows down and settles there, because the slope "
        "fades under it. "
        "Here it starts at x = [[start.0]].",
        try_it="Drag the start to the left of zero and compare the two walks.",
        question="Why does the walk become so slow close to zero?",
        answer=r"Each step is $x_{k+1} = x_k - 3 \eta x_k^2$, so the smaller $x$, the smaller the part of it that a "
        r"step covers. After many steps $x_k$ is about $\frac{1}{3 \eta k}$: to halve the distance takes as "
        "many steps again as all those before. This walk is ended after 176 steps at 0.018, where the slope "
        "has come down to the tolerance 0.001; on a bowl, by contrast, each halving takes the same number "
        "of steps.",
        request={
            "landscape": "shoulder",
            "optimizer": "gradient-descent",
            "start": [1.2],
            "learning_rate": 0.1,
            "tolerance": 0.001,
        },
    ),
    Lesson(
        slug="two-minima-1d",
        chapter="By hand",
        title="Does the start decide the end?",
        shows=Shows("rule"),
        tries=(
            Try("Start just left of the top", {"start": [-0.1]}),
            Try("Just right of it", {"start": [0.1]}),
        ),
        claim="From one side the walk ends in the local minimum, from the other in the global minimum.",
        text=r"The slope of $\frac{x^4}{4} - \frac{x^3}{3} - x^2$ is $x(x - 2)(x + 1)$, so the stationary points "
        "are $-1$, 0 and 2. In between, at 0, lies a maximum: on its left descent leads to $-1$, on its right to 2, "
        r"as long as the steps are short. The loss is $-\frac{5}{12}$ at $-1$ and $-\frac{8}{3}$ at 2, so 2 is the "
        "global minimum. "
        "Here the walk starts at x = [[start.0]].",
        try_it="Drag the start slowly through 0 and watch the end of the walk change from one minimum to the other.",
        question="Is there a learning rate with which a walk can settle in one minimum but not in the other?",
        answer="Yes. The second derivative $3x^2 - 2x - 2$ is 3 at $-1$ and 6 at 2, so the limits "
        r"$\frac{2}{\lambda}$ are $\frac{2}{3}$ and $\frac{1}{3}$. With a learning rate in between, a walk can "
        "settle at $-1$, but close to 2 every step leads further away: only the flatter minimum can hold it.",
        request={"landscape": "two-minima", "optimizer": "gradient-descent", "start": [-1.8], "learning_rate": 0.05},
        compare=Compare("The same from the other side", {"start": [0.4]}),
    ),
    Lesson(
        slug="fit-a-curve",
        chapter="From data",
        title="How does a curve learn to fit?",
        shows=Shows("data"),
        tries=(Try("Start with another curve", {"start": [-0.2, 60.0]}),),
        claim="From a mean absolute error of 6748.5 at the start the walk ends closer to the truth, while beside "
        "the landscape the data and the current curve move together.",
        text="Every place on this map is a whole curve: the weights $a$ and $b$ of the template "
        "$F(x) = ax^2 + bx$. The altitude is the mean of $|F(x) - y|$ over 100 pastures with $x$ from 0 to 99 and "
        "$y = 100x - x^2$. A step on the map bends the curve towards the data, and at the truth, $a = -1$ and "
        "$b = 100$, the loss is 0. "
        "Here $a$ starts at [[start.0]] and $b$ at [[start.1]].",
        try_it="Drag the start across the map and watch the curve bend beside it.",
        question="Where does the 6748.5 come from?",
        answer="At $a = -2$, $b = 30$ the error of a pasture is $-2x^2 + 30x - (100x - x^2) = -x^2 - 70x$, which "
        "is never positive. So the loss is the mean of $x^2$ plus 70 times the mean of $x$. For $x$ from 0 to 99 "
        r"these means are 3283.5 and 49.5, and $3283.5 + 70 \cdot 49.5 = 6748.5$.",
        request={**_PASTURES, "start": [-2.0, 30.0], "learning_rate": 2.0, "schedule": "cosine"},
    ),
    Lesson(
        slug="corner",
        chapter="From data",
        title="Why does it never settle?",
        shows=Shows("curves"),
        tries=(Try("Anneal the steps", {"schedule": "cosine"}),),
        claim="Mean absolute error is not smooth: a constant learning rate thrashes about the corner, while "
        "annealing, or stopping at error 0, settles.",
        text="An absolute value has the slope $-1$ or $1$ however small the error, so the gradient does not fade "
        "on the way to the corner, and with a constant learning rate the steps do not die out. Annealing makes them "
        "shorter by itself. At an error of exactly zero any number from $-1$ to 1 may serve as the slope, a "
        "subgradient; here 0 is taken. "
        "Here the step size is [[learning_rate]].",
        try_it="Compare with the annealed walk, or switch the schedule between constant and cosine, and look at "
        "the last part of the loss curve.",
        question="Why did a constant learning rate settle on the bowl, but not here?",
        answer=r"The slope of $\frac{z^2}{2}$ is $z$ and fades with the distance; that of $|z|$ does not, so "
        r"with $\eta = 1$ a walk from 0.3 goes $0.3$, $-0.7$, $0.3$, $-0.7$ and so on without end. In this fit the "
        "gradient norm is above 13 everywhere but at the truth itself. There all errors are 0, so the gradient is "
        "taken as 0 and the walk stops.",
        request={**_PASTURES, "start": [-0.5, 90.0], "learning_rate": 2.0, "schedule": "constant"},
        compare=Compare("The same, annealed", {"schedule": "cosine"}, ("constant", "annealed"), opens=True),
    ),
    Lesson(
        slug="badly-scaled",
        chapter="From data",
        title="What if one weight is far stronger?",
        shows=Shows("theory", {"theory": 1}),
        tries=(Try("Set the step size to 6e-8", {"learning_rate": 6e-8}),),
        claim="With mean squared error the x² weight has far more power than the x weight: the condition number "
        "shown is about 10⁵, plain descent crawls, and Adam copes, as scaled inputs would.",
        text="A change of $a$ is multiplied by $x^2$, up to 9801, a change of $b$ by $x$, up to 99, and squaring "
        r"the errors makes the contrast greater: the Hessian has the eigenvalues $3.9 \cdot 10^7$ and 410. The "
        r"steeper direction allows learning rates below $\frac{2}{\lambda_{\max}}$, about $5.1 \cdot 10^{-8}$, and "
        "with those the flatter one hardly moves. Adam divides each component of the gradient, averaged over recent "
        "steps, by its recent size, so both weights move. "
        "Here $b$ starts at [[start.1]].",
        try_it="Compare with Adam at learning rate 1 and watch $b$: in 200 steps plain descent brings it from 30 "
        "to 30.3, Adam to 57.3, and in 1000 to 99.9.",
        question="How much would scaled inputs help?",
        answer=r"With $z = \frac{x}{99}$ in place of $x$ both features lie between 0 and 1, and the condition "
        "number falls from about 95 000 to about 66. At the best learning rate plain descent reduces the distance "
        r"tenfold in about $\frac{\kappa}{2} \ln 10$ steps. That makes about 110 000 steps before and 76 after.",
        request={
            "landscape": "pasture-squared",
            "optimizer": "gradient-descent",
            "start": [-2.0, 30.0],
            "learning_rate": 4e-8,
        },
        compare=Compare(
            "Adam with learning rate 1",
            {"optimizer": "adam", "learning_rate": 1.0, "steps": 1000},
            ("plain descent", "Adam"),
            opens=True,
        ),
    ),
    Lesson(
        slug="exact-answer",
        chapter="From data",
        title="Does it find the exact answer?",
        shows=Shows("data"),
        tries=(Try("Start in the far corner", {"start": [80.0, 80.0]}),),
        claim="The closed-form answer of the linear regression is drawn, and descent ends within tolerance of it.",
        text="For 50 cars of the 1920s, with speed in mph and stopping distance in feet, the prediction is a "
        r"straight line, $a \cdot \frac{x - 15}{10} + b$ at speed $x$. The mean squared error is a bowl with a "
        "single minimum, and a gradient of zero there means two linear equations, the normal equations. Their "
        "solution, $a$ about 39.32 and $b$ about 41.41, is where descent arrives step by step. "
        "Here the step size is [[learning_rate]].",
        try_it="Drag the start to a far corner of the map and check that the walk still ends at the exact answer.",
        question="How is the exact answer computed?",
        answer=r"With $z = \frac{x - 15}{10}$ and distance $y$ the sums of $z^2$, $z$, $zy$ and $y$ over the 50 "
        "cars are 13.78, 2, 624.7 and 2149, so the equations are $13.78a + 2b = 624.7$ and $2a + 50b = 2149$. They "
        "give $a$ about 39.324 and $b$ about 41.407: at 15 mph the line says 41.4 feet, and 10 mph more add 39.3 "
        "feet. The mean squared error there is about 227, not zero, because the data do not lie on a line.",
        request={**_CARS, "learning_rate": 0.2},
    ),
    Lesson(
        slug="mini-batches",
        chapter="From data",
        title="Can 8 points stand for all 50?",
        shows=Shows("data"),
        tries=(
            Try("Batches of 1", {"batch": 1}),
            Try("Batches of 25", {"batch": 25}),
        ),
        claim="With batches of 8 the path is rough and each step costs 8 data points instead of all 50, "
        "yet the average of the last quarter lies near the exact answer.",
        text="A mini-batch estimates the gradient from a few data points drawn at random: right on average, "
        r"wrong by chance. The error of a small batch of $m$ points is about $\frac{1}{\sqrt{m}}$ times that of a "
        "single point. With a constant learning rate the walker therefore wanders about the exact answer, and "
        "averaging the iterates evens the wandering out. "
        "Here a batch has [[batch]] points.",
        try_it="Set the mini-batch size to 1, then to 25, and compare how rough the path is.",
        question="Why may one trust a gradient that has seen only 8 of 50 points?",
        answer="Every point is as likely as any other to be in the batch, so the expected mini-batch gradient is "
        "the full gradient. Six steps cost 48 data points, less than one step with all 50. Over the last "
        "quarter, 100 steps, this walk is 1.8 away from the exact answer on average, but the average of its "
        "iterates only 0.10.",
        request={**_CARS, "learning_rate": 0.2, "batch": 8, "steps": 400},
        compare=Compare(
            "The same with all points at each step", {"batch": 0}, ("batches of 8", "all points"), opens=True
        ),
    ),
    Lesson(
        slug="stop-too-early",
        chapter="When to stop",
        title="Has it arrived when it stops?",
        shows=Shows("curves"),
        tries=(
            Try("Patience 105", {"patience": 105}),
            Try("Patience 106", {"patience": 106}),
        ),
        claim="On a plateau the rule “stop when the loss no longer changes” ends the walk as stalled or "
        "converged, and the message says that this is no minimum.",
        text="With patience, a walk is stopped when for a given number of steps the loss has not improved by a "
        "given least amount. The rule measures progress, not arrival. On a plateau progress is slow although the "
        "minimum is far away. "
        "Here the patience is [[patience]] steps.",
        try_it="Raise the patience bit by bit: up to 105 the walk is stopped on the plateau, from 106 on it arrives.",
        question="How little does the loss improve out there?",
        answer=r"A short step lowers the loss by about $\eta |\nabla f|^2$, so on a slope ten times gentler the "
        "improvement is a hundred times smaller. The walk begins 4.3 away from the minimum, where the slope "
        r"is about 0.0004, and a step with $\eta = 0.5$ lowers the loss by about $9 \cdot 10^{-8}$: 20 of "
        "them come to far less than the $10^{-5}$ that are asked for. Yet the loss is 0.9999, almost all of "
        "the way above the minimum, where it is 0.",
        request={
            "landscape": "plateau",
            "optimizer": "gradient-descent",
            "start": [3.44, 2.58],
            "learning_rate": 0.5,
            "steps": 2000,
            "patience": 20,
            "min_change": 1e-5,
        },
        compare=Compare(
            "The same without patience",
            {"patience": 0, "min_change": None},
            ("with patience", "without patience"),
            opens=True,
        ),
    ),
    Lesson(
        slug="so-many-optimizers",
        chapter="Which one",
        title="Which optimizer is best?",
        shows=Shows("race"),
        guess=False,
        claim="All optimizers that Downhill knows run from one start with the same number of gradient evaluations, in "
        "two heats.",
        text="A comparison is fair when all begin at the same start, may spend the same number of gradient "
        "evaluations, and each has a learning rate that suits it. Steps are not the measure: a line search pays for "
        "every place that it probes, and so it takes fewer steps here than the others. The table says after "
        "how many evaluations no more than 1 % and 0.01 % of the way to the minimum was left for good.",
        try_it="Press “Tune each” and see how each one’s result depends on its learning rate, and how narrow the range "
        "is in which it does well.",
        question="Which one is the best?",
        answer="None is, in general. On this bent valley Newton’s method needs five evaluations, for it knows the "
        "curvature, which a large network cannot afford and which leads it to saddles elsewhere. BFGS learns it from "
        "the gradients and is there after 50, but needs the loss of all data at each try. Of the others "
        "momentum comes nearest; once each is tuned, AMSGrad and Adam come nearer still. Start elsewhere, or choose "
        "another landscape, and the order changes: a race says something about this ground, this start and this "
        "budget.",
        request={**_VALLEY, **_run(_PLAIN), "runs": [_run(optimizer) for optimizer in _FIRST_HEAT]},
        compare=Compare("The second heat: the other optimizers", {"runs": [_run(one) for one in _SECOND_HEAT]}),
    ),
    Lesson(
        slug="network",
        chapter="A real network",
        title="Can a map hold a whole network?",
        shows=Shows("data"),
        tries=(
            Try("Other first weights", {"seed": 1}),
            Try("Turn the plane to the steps", {"plane": "steps"}),
        ),
        claim="17 weights are trained, and drawn on one plane of them: the ground is the true loss at the first and "
        "the last weights, and elsewhere both are shown apart. From 67 % of the points right it comes to 100 %.",
        text="This network has 17 weights, and each step moves all of them. No map has 17 dimensions: this one is "
        "the plane through the first and the last weights that comes nearest to all the others, and the ground on "
        "it is the network’s own loss. On the way the walker is off the plane, so its true loss is told apart from "
        "the ground below it. Here the step size is [[learning_rate]], and the first weights are those of seed "
        "[[seed]].",
        try_it="Draw other first weights: training goes elsewhere, and the map is another plane. Then turn the "
        "plane to the direction of most of the steps.",
        question="The plane holds 94 % of the walk. Is that much?",
        answer="Less than it sounds. Of the walk’s variance about its mean 94 % lies in the plane’s two directions, "
        "and 6 % in the other 15. But a walk that takes steps at random has 75 to 81 % of its variance in two "
        "directions as well. Of the steps themselves, as squared lengths, the plane holds 62 %. In the first steps "
        "the walker is up to 0.10 below the ground that is drawn.",
        request={"landscape": "network-moons", "optimizer": "adam", "learning_rate": 0.05, "steps": 300, "seed": 0},
    ),
    Lesson(
        slug="first-weights",
        chapter="A real network",
        title="Why are first weights random?",
        shows=Shows("data"),
        tries=(
            Try("Scale 0.01", {"shape": 0.01}),
            Try("Scale 0.1", {"shape": 0.1}),
            Try("Seed 3", {"seed": 3}),
        ),
        guess=False,
        claim="How the first weights are drawn decides: at scale 0 or 0.01 none of 100 seeds learns exclusive or "
        "within 1000 steps, at 0.1 about half, at 1 over 90. At 0 only the output’s bias moves, and the loss ends "
        "at 1/4, on a saddle that no descent leaves.",
        text="Hidden units that begin alike get the same gradient, and stay alike for ever. So first weights are "
        "drawn at random, and their scale matters: weights close to zero are close to the saddle where all are "
        "zero, and it takes long to get away from there. This network is to say 1 where exactly one of its two "
        "inputs is positive, and 0 elsewhere. Here the scale of the first weights is [[shape]], and the seed "
        "[[seed]].",
        try_it="Turn the scale down: at 0.1 it depends on the seed whether anything is learnt, at 0.01 nothing is. "
        "Then set it to 1 again and try seed 3.",
        question="What happens when all weights are zero?",
        answer=r"Each hidden unit says $\tanh 0 = 0$, and the weight that leads on from it is 0 too: neither has a "
        r"gradient. Only the output’s bias has one. It goes to the mean of the targets, $\frac{1}{2}$, where each "
        r"point is wrong by $\frac{1}{2}$ and the loss is $\frac{1}{4}$. The gradient is zero there, and no "
        "curvature is negative; yet there is lower ground beside it, which no gradient tells of. Noise would find "
        "it.",
        request={**_XOR, "shape": 1.0, "seed": 0},
        compare=Compare("All first weights zero", {"shape": 0.0}),
    ),
    Lesson(
        slug="long-plateau",
        chapter="A real network",
        title="Is it stuck, or only slow?",
        shows=Shows("curves"),
        tries=(
            Try("Wait 40000 steps", {"steps": 40000}),
            Try("Seed 0", {"seed": 0}),
        ),
        claim="From these first weights plain descent waits at a loss near 1/8 for tens of thousands of steps; "
        "momentum has learnt the task at step 33.",
        text="After a hundred steps the loss hardly falls any more. The network is right about two of its four "
        r"points and says about $\frac{1}{2}$ of the others, which makes a loss of $\frac{1}{8}$. The slope is not "
        "zero there, only tiny, and always to the same side, so momentum, which adds up past gradients, gets "
        "across. Here the step size is [[learning_rate]], and the seed [[seed]].",
        try_it="Take plain descent alone and let it wait: it falls off the plateau after about 37 000 steps. Then "
        "try seed 0, whose first weights lead past the plateau.",
        question="How could one know that it will go on?",
        answer="From the loss one cannot: between step 1000 and step 10 000 it falls by less than 0.001. But the "
        "gradient is not zero, and one curvature is negative, which no minimum has. Most first weights know no such "
        "plateau: of 100 seeds 6 are on one after 1000 steps. Nor is momentum always so quick: with seed 6 it takes "
        "hundreds of steps as well.",
        request={**_XOR, "seed": 3},
        compare=Compare(
            "Momentum from the same first weights",
            {"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.1},
            ("plain descent", "momentum"),
            opens=True,
            together={"plane_run": 1},
        ),
    ),
    Lesson(
        slug="edge-of-stability",
        chapter="A real network",
        title="Is a safe step size safe for ever?",
        shows=Shows("curves"),
        tries=(
            Try("Set the step size to 0.1", {"learning_rate": 0.1}),
            Try("To 0.4", {"learning_rate": 0.4}),
        ),
        claim="The sharpness begins at 0.30 of 2/η, crosses it between steps 100 and 220, and hovers there: the "
        "loss never rose before, rises at over a quarter of the steps from then on, and yet falls more than "
        "fivefold. With a quarter of the step size the limit is never met.",
        text="At the start this step size is far below its limit. But training leads to ever sharper ground, until "
        r"the sharpness, the largest curvature of all, is $\frac{2}{\eta}$. There each step overshoots, the walker "
        "swings to and fro, and is led back to flatter ground by that; so the sharpness hovers about the limit, "
        "while the loss goes up and down and yet falls. Here the step size is [[learning_rate]].",
        try_it="Set other step sizes: the sharpness rises to the limit of each. Look at the plane: it is turned to "
        "the steps, for on the usual one the swinging cannot be seen.",
        question="Why does it not blow up above the limit?",
        answer=r"On a quadratic it would: where the curvature is above $\frac{2}{\eta}$, each step overshoots by "
        "more. But a network’s ground is no quadratic. As the swinging grows, it brings the walker to places of "
        "less sharpness, where it dies down, and the sharpness rises again. That is how networks of all sizes train "
        "with all data and one step size (Cohen and others, 2021). So a limit at the start is no promise: here it "
        "was 0.67, more than three times the step size.",
        request=_AT_THE_EDGE,
        compare=Compare(
            "The same with a quarter of the step size",
            {"learning_rate": 0.05},
            ("at the edge", "a quarter"),
            opens=True,
        ),
    ),
    Lesson(
        slug="momentum-edge",
        chapter="A real network",
        title="Does momentum move the edge?",
        shows=Shows("curves"),
        tries=(Try("Momentum 0.1", {"momentum": 0.1}), Try("Momentum 0.5", {"momentum": 0.5})),
        claim="With momentum 0.3 the sharpness hovers about 2(1 + β)/η, here 13, where plain descent with the same "
        "step size has its limit at 10.",
        text=r"Plain descent is stable up to a curvature of $\frac{2}{\eta}$, momentum up to $\frac{2(1 + "
        r"\beta)}{\eta}$: a swing from side to side is damped by what is remembered of the step before. Training "
        "knows neither formula. It goes to sharper and sharper ground until its own rule bears no more. Here the "
        "momentum is [[momentum]], and the step size [[learning_rate]].",
        try_it="Set the momentum to 0.1 and to 0.5: the sharpness settles about 11 and about 15.",
        question="So how sharp is the place where training ends?",
        answer="As sharp as the step size and the rule allow, if there is sharper ground on the way at all: it is "
        r"no property of the network and its data alone. With $\beta = 0.3$ and $\eta = 0.2$ it is $\frac{2 \cdot "
        r"1.3}{0.2} = 13$, without momentum $\frac{2}{0.2} = 10$.",
        request={**_AT_THE_EDGE, "optimizer": "momentum", "momentum": 0.3},
        compare=Compare(
            "The same without momentum",
            {"optimizer": "gradient-descent", "momentum": None},
            ("momentum", "plain descent"),
            opens=True,
        ),
    ),
    Lesson(
        slug="noise-flattens",
        chapter="A real network",
        title="Does noise lead to flatter ground?",
        shows=Shows("curves"),
        tries=(Try("Batches of 10", {"batch": 10}), Try("Batches of 2", {"batch": 2})),
        claim="With batches of 5 of the 20 points the sharpness stays well below the limit that it reaches with all "
        "data.",
        text="With all data nothing but the limit keeps the sharpness from rising. A batch of a few points has a "
        "gradient of its own, which throws the walker about, most where the ground is sharp; and just as the "
        "swinging at the edge does, this leads to flatter ground, but long before the limit is met. Here a batch "
        "has [[batch]] points, and the step size is [[learning_rate]].",
        try_it="Set the batch to 10 points: the sharpness comes closer to the limit. With 2 it stays far below, but "
        "little is learnt.",
        question="Is flatter ground better?",
        answer="It bears longer steps, and a small change of the weights changes little there. Whether a network in "
        "a flat place is right about points that it has not seen is another question, which no map of the training "
        "loss answers. And noise has its price: with batches of 5 about half of the steps lead uphill from the "
        "first one on.",
        request={**_AT_THE_EDGE, "plane": None, "batch": 5},
        compare=Compare(
            "The same with all points at each step", {"batch": 0}, ("batches of 5", "all points"), opens=True
        ),
    ),
    Lesson(
        slug="one-plane-only",
        chapter="A real network",
        title="Is this bottom really a bottom?",
        tries=(
            Try(
                "Train on from the bottom",
                {
                    "start": [1.097, 0.046],
                    "name": "plain descent",
                    "runs": [{"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.05, "name": "momentum"}],
                },
            ),
        ),
        claim="The plane’s minimum is none of the network’s: the gradient there is above 0.3, and at least one of "
        "the 13 curvatures is negative. Trained on from there, in all weights, the network goes lower.",
        text="The lowest place of this map is a minimum of this plane only. In the plane’s two directions the "
        "ground is level there, but in the 11 others it is not, and in some it falls away to both sides. What looks "
        "like the bottom of a valley is the place where the picture cuts through a slope. Here the step size is "
        "[[learning_rate]].",
        try_it="Let training go on from that place, in all weights: with momentum it goes lower at once, and leaves "
        "the plane.",
        question="How does one know a minimum of the network?",
        answer="By all its weights: the gradient must be zero in 13 directions, and none of the 13 curvatures may "
        "be negative. The sentence above the map says how many are. At the plane’s minimum momentum finds less than "
        "half of the loss within 1500 steps, none of which this plane shows. A map proves that there is lower "
        "ground, never that there is none.",
        request={**_CURVE, "learning_rate": 0.1, "steps": 1500, "seed": 0},
    ),
    Lesson(
        slug="many-places",
        chapter="A real network",
        title="Is there only one best answer?",
        tries=(Try("Seed 1", {"seed": 1}), Try("Seed 2", {"seed": 2})),
        guess=False,
        claim="There are 4! · 2⁴ = 384 places with the same loss, to rounding. On the straight line from this one "
        "to the nearest of them the loss climbs more than a hundredfold.",
        text="Hidden units have no names: where two of them change places, with all their weights, the network says "
        "the same, and since tanh is odd, a unit’s weights may all change their sign. So each place has many twins, "
        "with ridges between. With the step size 0.02 Adam ends beside a twin of where it ends here: nearly the "
        "same network, behind a ridge. Here the step size is [[learning_rate]].",
        try_it="Look at the surface: the plane goes through the first weights and both ends, and the ridge between "
        "them is real. Then draw other first weights.",
        question="How many twins has a place, and how far are they?",
        answer=r"For 4 units there are $4! = 24$ orders and $2^4 = 16$ choices of signs, and $24 \cdot 16 = 384$ "
        "places. The nearest twin is 1.7 away here. How high the line to it climbs depends on the first weights: "
        "for some seeds hardly, for others several hundredfold. But of all lines to twins at least 97 of 100 climb "
        "more than a hundredfold, for each of 20 seeds. Real networks have more twins than anybody could count.",
        request={"landscape": "network-curve", "optimizer": "adam", "learning_rate": 0.03, "steps": 2000, "seed": 0},
        compare=Compare(
            "With the step size 0.02",
            {"learning_rate": 0.02},
            ("step size 0.03", "step size 0.02"),
            opens=True,
            together={"plane": "ends"},
        ),
    ),
    Lesson(
        slug="border",
        chapter="A real network",
        title="Where exactly does it blow up?",
        shows=Shows("rates"),
        tries=(
            Try("Look nearer", {"window": [0.5725, 0.57925, 0.28125, 0.28516]}),
            Try("Nearer still", {"window": [0.5767, 0.57712, 0.2817, 0.281945]}),
            Try("The whole border", {"window": [0.05, 1.0, 0.0, 1.0]}),
        ),
        guess=False,
        claim="The border between what trains and what blows up is rough however closely one looks: the boxes that "
        "cover it multiply with a slope of 1.5 to 1.7 at 16, 256 and 4096 times the scale, where a smooth line has "
        "1.",
        text="Each dot of this map is a whole training run of 200 steps, with its own step size and momentum. On a "
        "quadratic a straight line would part what settles from what blows up. Here the border is torn, and stays "
        "so however near one comes: past the edge of stability the smallest difference grows, until one run is "
        "thrown out and its neighbour is not. Here the step size is [[learning_rate]], and the momentum "
        "[[momentum]].",
        try_it="Look nearer, twice: each picture is 16 times finer than the one before, and none is smooth.",
        question="How does one measure how rough a line is?",
        answer="By covering it with boxes. When their side is halved, a smooth line takes twice as many, an area "
        "four times as many; the exponent is 1 for the one and 2 for the other. Here it is between 1.5 and 1.7 at "
        "each of three scales, as for a fractal. For larger networks it was measured over more than ten powers of "
        "ten (Sohl-Dickstein, 2024). So no rule can say exactly where training breaks; one keeps a distance.",
        request={
            "landscape": "network-curve",
            "optimizer": "momentum",
            "learning_rate": 0.571,
            "momentum": 0.28,
            "steps": 200,
            "seed": 0,
            "map": "rates",
            "window": [0.5033, 0.6070, 0.25, 0.3125],
            "resolution": 128,
        },
        compare=Compare("A hair’s breadth beside it", {"learning_rate": 0.5705}, ("blows up", "trains"), opens=True),
    ),
    Lesson(
        slug="own-function",
        chapter="Bring your own",
        title="Where does your function lead?",
        tries=(Try("Set a to 0.25", {"constants": {"a": 0.25}}), Try("To 6", {"constants": {"a": 6.0}})),
        claim="With a = 2 the walk ends at x = 1.414, the square root of 2, and at √a for any a from 0.25 to 4. "
        "Below 0 both valleys are one, and it ends at 0. With a = 6 it jumps for ever between two points.",
        text="What you type becomes the ground: its valleys are looked for, and a letter that is neither $x$ nor $y$ "
        r"is a constant with a slider. This one is $\frac{x^4}{4} - \frac{a x^2}{2} + y^2$, whose slope along $x$ is "
        r"$x^3 - ax$. That is 0 where $x^2 = a$, so descent takes a square root without being told what one is. Here "
        "$a$ is [[constants.a]].",
        try_it="Drag $a$ down through 0 and watch two valleys become one. Then press “Edit” beside the formula and "
        "type your own.",
        question="Why does it never settle with a = 6?",
        answer=r"At $x = \sqrt{a}$ the curvature is $3a - a = 2a$, so the limit $\frac{2}{\lambda}$ of the step size "
        r"is $\frac{1}{a}$. The step size 0.2 meets it at $a = 5$. With 6 the minimum is still there, at 2.449, but no "
        "walk stays: it jumps between 1.791 and 2.791, a step of 1 to and fro. At $a = 0$ it is the other way round: "
        "the curvature is 0, and after 200 steps the walk is still 0.104 away.",
        request=_ROOTS,
        compare=Compare("With a below 0", {"constants": {"a": -1.0}}),
    ),
    Lesson(
        slug="own-rule",
        chapter="Bring your own",
        title="How far is momentum from Adam?",
        shows=Shows("rule"),
        tries=(
            Try("First edit: a mean", {"rule": _RULES[1]}),
            Try("Second: by the root", {"rule": _RULES[2], "hyperparameters": _DECAYS}),
            Try("Third: corrected", _THIRD_EDIT),
            Try("Beside Adam", {**_THIRD_EDIT, "name": "yours", "runs": [{"optimizer": "adam", "name": "Adam"}]}),
        ),
        guess=False,
        claim="Three edits turn momentum into Adam. Its first step is 22 times longer in y than in x; divided by the "
        "root it is 3.16 step sizes in both; corrected it is one step size, and the whole path is Adam’s to the last "
        "bit.",
        text=r"A rule is a few lines, and you may type them; these are momentum’s, whose velocity $\beta_1 v_k + g_k$ "
        "adds up past gradients. The first edit takes a running mean in place of the sum, and the second divides by "
        "the root of a running mean of the squares, so that steep and gentle directions go alike. The third corrects "
        "both means for beginning at 0. Here the step size is [[learning_rate]].",
        try_it="Press one edit after the other, go back to step 0, and read the new line and the "
        "first step in the update rule.",
        question="What is the correction good for?",
        answer=r"After one step the mean holds only $1 - \beta_1 = 0.1$ of a gradient, and that of the squares "
        r"$1 - \beta_2 = 0.001$ of a square. The quotient is $\frac{0.1}{\sqrt{0.001}} = 3.16$ times too large, and "
        "6.57 times at the worst, after 12 steps; only after thousands is it right by itself. Adam divides the means "
        r"by $1 - \beta_1^k$ and $1 - \beta_2^k$, which is exactly what they lack. The first edit alone changes no "
        "direction: its steps are a tenth of momentum’s.",
        request={
            "landscape": "bowl",
            "shape": 100.0,
            "start": [-3.6, 0.8],
            "rule": _RULES[0],
            "hyperparameters": {"beta1": 0.9},
            "learning_rate": 0.1,
            "steps": 300,
        },
        compare=Compare(
            "Adam, as it is built in",
            {"rule": None, "hyperparameters": None, "optimizer": "adam"},
            ("momentum", "Adam"),
        ),
    ),
    Lesson(
        slug="own-data",
        chapter="Bring your own",
        title="How much can one point pull?",
        shows=Shows("data"),
        tries=(
            Try("A zero forgotten", {"data": _degrees(8, 11, 11, 14, 15, 19, 2)}),
            Try("As large a mistake at noon", {"data": _degrees(8, 11, 11, -4, 15, 19, 20)}),
        ),
        claim="Descent ends at the line that least squares promise, a = 2 and b = 14. With the last 20 typed as 2 it "
        "is a = 0.07 and b = 11.43: one forgotten zero takes the whole rise away.",
        text="Your own points stand in the link, here seven temperatures from three hours before noon to three hours "
        "after. A place on the map is a line $y = ax + b$, its altitude the mean of the squared errors. Because they "
        "are squared, one point that is far off counts more than all others together. Here the step size is "
        "[[learning_rate]].",
        try_it="Forget the zero, then make as large a mistake at noon: now only the height of the line suffers.",
        question="Why does the place of a mistake matter?",
        answer=r"The hours add up to 0, so the best slope is $a = \frac{\sum xy}{\sum x^2} = \frac{56}{28} = 2$, and "
        r"$b$ is the mean, 14. An error of $-18$ at $x = 3$ changes $a$ by $\frac{3 \cdot (-18)}{28} = -1.93$, at noon "
        r"by nothing; and $b$ by $\frac{-18}{7} = -2.57$ in both cases. A point far out has a long lever. The "
        r"curvatures are $\frac{2 \cdot 28}{7} = 8$ and 2, so at 0.2 a step multiplies the one distance by $-0.6$ and "
        "the other by 0.6.",
        request={
            "data": _degrees(8, 11, 11, 14, 15, 19, 20),
            "domain": [-2.0, 4.0, 8.0, 18.0],
            "optimizer": "gradient-descent",
            "start": [-1.0, 17.0],
            "learning_rate": 0.2,
        },
        compare=Compare("With a zero forgotten", {"data": _degrees(8, 11, 11, 14, 15, 19, 2)}),
    ),
)

LESSONS: Mapping[str, Lesson] = {lesson.slug: lesson for lesson in _COURSE}
