"""Scripts: all walks of a request, from its starts by each of its runs, in one file that needs nothing of Downhill."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app import __version__
from app.answers.plans import Plan, plans
from app.answers.settings import settings_of
from app.descent.landscapes.landscape import FixedLandscape
from app.descent.landscapes.network import Network
from app.descent.optimizers.rules import Rule
from app.descent.optimizers.table import Optimizer
from app.descent.walks.descent import Settings
from app.descent.walks.endings import STALL_RATE, STALL_STEPS
from app.exports.code.landscapes import LandscapeCode, landscape_code, network_code
from app.exports.code.libraries import Library
from app.exports.code.literals import comment, number, numbers, point, text
from app.exports.code.methods import MethodCode, lines, method_code
from app.exports.code.rules import rule_lines
from app.exports.code.schedules import learning_rates
from app.request.request import WalkRequest


@dataclass(frozen=True)
class Own:
    """A library's own optimizer whose rule is the same: the lines of a step, and what stands before it."""

    lines: Sequence[str]
    before: Sequence[str] = ()


# From an optimizer and its hyperparameters: the library's own one, or a sentence why that is not the same; nothing
# where there is nothing to be said.
Finds = Callable[[Optimizer, Mapping[str, float]], "Own | str"]


def script(request: WalkRequest, address: str, library: Library, finds: Finds) -> str:
    """The script, in ASCII. ``finds`` looks for the library's own optimizers."""
    return _Script(request, library, finds).written(address)


class _Script:
    def __init__(self, request: WalkRequest, library: Library, finds: Finds) -> None:
        self.request, self.library, self.finds = request, library, finds
        self.network: Network | None = request.landscape.network
        self.runs = request.each_run
        budget = request.budget
        self.settings = [Settings(**settings_of(run, budget)) for run in self.runs]
        self.random = any(one.is_random for one in self.settings)
        self.noisy = any(one.noise for one in self.settings)
        self.batched = any(one.batch for one in self.settings)
        self.patient = any(one.patience for one in self.settings)
        self.stops = any(one.tolerance for one in self.settings)
        self.budgeted = any(math.isfinite(one.budget) for one in self.settings)
        self.down = "-" if request.goal == "maximize" else ""
        self.dimensions = 2 if self.network is not None else request.landscape.dimensions
        self.methods = [self._method(run) for run in self.runs]
        called = [method for method in self.methods if method is not None]
        self.takes = [name for name in ("height", "seen") if any(name in method.takes for method in called)]
        calls = {name for method in called for name in method.calls}
        self.landscape = self._landscape(calls)

    def _method(self, run: WalkRequest) -> MethodCode | None:
        if isinstance(run.optimizer.rule, Rule):
            return None
        values = run.hyperparameter_values
        return method_code(run.optimizer.slug, values, self.library, self.dimensions, self.down, self.budgeted)

    def _landscape(self, calls: set[str]) -> LandscapeCode:
        if self.network is not None:
            return network_code(self.network, self.library, calls)
        fixed: FixedLandscape = self.request.landscape.at(self.request.shape)
        return landscape_code(fixed, self.library, calls)

    # --- the whole

    def written(self, address: str) -> str:
        """The script, section by section."""
        body = [
            *self.landscape.lines,
            "",
            "",
            *self.landscape.inside,
            *self._before_steps(),
            "",
            "",
            *self._descend(),
            "",
            "",
            *self._show(),
            "",
            "",
            *self._starts(),
        ]
        for index in range(len(self.runs)):
            body += ["", "", *self._run(index)]
        helpers = self.library.used("\n".join(body))
        return "\n".join([*self._head(address), *helpers, "", "", *body, ""])

    def _head(self, address: str) -> list[str]:
        request = self.request
        titles = " and ".join(dict.fromkeys(run.optimizer.title for run in self.runs))
        return [
            *comment(f"{titles} on {request.landscape.title}, in {self.library.title}."),
            *comment(f"The same walk as Downhill {__version__} shows at"),
            *comment(address),
            "",
            *self.library.imports,
        ]

    # --- what all runs share

    def _before_steps(self) -> list[str]:
        """What stands before the methods' steps, once."""
        found: list[str] = []
        for method in self.methods:
            if method is not None and method.before and method.before not in found:
                found.append(method.before)
        parts: list[str] = []
        for before in found:
            parts += ["", "", *lines(before)]
        return [*parts, *(["", "", *_batches()] if self.batched else [])]

    @property
    def _arguments(self) -> str:
        return ", ".join(["point", "gradient", "state", "learning_rate", *self.takes])

    def _descend(self) -> list[str]:
        """The loop: it is one for all runs, whose settings and whose ``step`` stand below."""
        walker = ", walker" if self.random else ""
        lib = self.library
        start = f"{lib.array}(start, dtype=float)" if lib.name != "torch" else "torch.tensor(start)"
        head = [
            f"def descend(start{walker}):",
            '    """Where the walk from there ends, its loss, after how many steps, and why."""',
            f"    point, state = {start}, None",
        ]
        beginnings = "math.inf*point" if self.random else "point"
        if self.random and not all(one.is_random for one in self.settings):
            beginnings = "math.inf*point if noise or batch else point"
        if self.stops:
            # Chance may lead away from where there is no gradient.
            why = "  # chance may lead away from rest" if self.random else ""
            head.append(
                f"    before = {beginnings}{why}".replace("math.inf*point", f"{lib.name}.full_like(point, math.inf)")
            )
            head.append("    last_height, unchanged = math.nan, 0")
        if self.patient:
            head.append("    best, waited = math.inf, -1")
        if self.budgeted:
            head.append("    spent = 0  # in evaluations, of each data point where there are any")
        head += self._generators()
        loop = (f"        {line}" if line else "" for line in self._loop())
        return [*head, "    for k in range(steps + 1):", *loop]

    def _generators(self) -> list[str]:
        found = []
        if self.noisy:
            found.append("    draws = np.random.default_rng([seed, 1, walker])")
        if self.batched:
            everyone = all(one.batch for one in self.settings)
            found.append("    rows_of = batches(walker)" + ("" if everyone else " if batch else None"))
        return found

    def _loop(self) -> list[str]:
        body = ["height, gradient = evaluate(point)"]
        if self.landscape.wide:
            name = self.library.name
            body += [
                f"if inside(point) and not (math.isfinite(height) and bool({name}.isfinite(gradient).all())):",
                *(f"    {line}" for line in self._unbounded()),
            ]
        body += ["if not (inside(point) and math.isfinite(height)):", '    return point, height, k, "diverged"']
        if self.stops:
            body += [
                f"if {self._wanted}length(gradient) <= tolerance and length(point - before) <= tolerance:",
                '    return point, height, k, "converged"',
            ]
        body += [
            "# From the last point no step is taken.",
            "learning_rate = float(learning_rates[min(k, steps - 1)])",
        ]
        if self.stops:
            body += self._stalls()
        if self.patient:
            body += self._impatient()
        if self.budgeted:
            body += ["if spent >= budget:", '    return point, height, k, "out of steps"']
        body += ["if k == steps:", '    return point, height, k, "out of steps"']
        return [*body, *self._moves()]

    def _unbounded(self) -> list[str]:
        """What is done where the loss, or its gradient, has no value in floats: it may have one all the same."""
        if self.library.name != "np":
            said = "The loss has no value in floats here: it is undefined, or Downhill has wider numbers."
            return [f'raise SystemExit("{said}")']
        return [
            "try:",
            '    with np.errstate(over="raise"):',
            "        loss(*point)",
            "    beyond = math.isfinite(height)  # then it is the gradient",
            "except FloatingPointError:",
            "    beyond = True",
            "if beyond:",
            '    raise SystemExit("A part of the loss is beyond floats: Downhill has wider numbers.")',
        ]

    @property
    def _wanted(self) -> str:
        """What is asked first where not all runs are to end early."""
        return "" if all(one.tolerance for one in self.settings) else "tolerance > 0 and "

    def _stalls(self) -> list[str]:
        return [
            "if height != last_height:",
            "    last_height, unchanged = height, 0",
            f"elif {self._wanted}learning_rate > full_rate*{number(STALL_RATE)}:",
            "    unchanged += 1",
            f"    if unchanged >= {STALL_STEPS}:  # the loss is the same to the last bit",
            '        return point, height, k, "stalled"',
        ]

    def _impatient(self) -> list[str]:
        return [
            f"if best - {'(-height)' if self.down else 'height'} > min_change:",
            f"    best, waited = {self.down}height, 0",
            "elif patience:",
            "    waited += 1",
            "    if waited >= patience:",
            '        return point, height, k, "stalled"',
        ]

    def _moves(self) -> list[str]:
        """Lines that take a step: the gradient that the optimizer sees, and where that leads."""
        lib, body = self.library, []
        if self.batched:
            body.append(
                "rows = next(rows_of)"
                if all(one.batch for one in self.settings)
                else "rows = next(rows_of) if batch else None"
            )
        if self.noisy:
            count = "len(point)" if self.network is not None else "2"
            cut = "[:1]" if self.dimensions == 1 else ""
            body.append(f"drawn = noise*draws.standard_normal({count}){cut}")
        added = self._added()
        if "seen" in self.takes:
            body += ["", "def seen(place):", f"    return {self._slope('place', 'evaluate(place)[1]')}{added}", ""]
            body.append(f"gradient = {self._slope('point', 'gradient')}{added}")
        elif self.batched or self.noisy or self.down:
            body.append(f"gradient = {self._slope('point', 'gradient')}{added}")
        if self.stops:
            clone = {"torch": "point.clone()"}.get(lib.name, "point")
            body.append(f"before = {clone}")
        counted = ", evaluations" if self.budgeted else ""
        body.append(f"point, state{counted} = step({self._arguments})")
        if self.budgeted:
            body.append("spent += cost*evaluations")
        return body

    def _added(self) -> str:
        if not self.noisy:
            return ""
        return " + drawn" if self.library.name != "torch" else " + torch.tensor(drawn)"

    def _slope(self, place: str, whole: str) -> str:
        if not self.batched:
            return f"{self.down}{whole}"
        sampled = f"slope_at({place}, rows)"
        if all(one.batch for one in self.settings):
            return f"{self.down}{sampled}"
        return f"{self.down}({sampled} if batch else {whole})"

    def _show(self) -> list[str]:
        names = self.landscape.names
        first = (
            ['    place = f"weights = {[*map(float, point)]}"']
            if self.network is not None
            else [
                f"    names = {[*map(str, names)]!a}",
                '    place = ", ".join(f"{name} = {float(part)!r}" for name, part in zip(names, point))',
            ]
        )
        length = (
            "    return math.sqrt(float((vector*vector).sum()))"
            if self.network is not None
            else "    return math.hypot(*map(float, vector))"
        )
        lines_of_length = ["def length(vector):", length, "", ""] if self.stops else []
        return [
            *lines_of_length,
            "def show(label, point, height, k, outcome):",
            *first,
            '    print(f"{label}: {place}, loss = {height!r}, after {k} steps: {outcome}")',
        ]

    # --- where walks begin

    def _starts(self) -> list[str]:
        request = self.request
        seed = [f"seed = {request.seed}"] if self.random or request.starts > 1 or self.network is not None else []
        if self.network is not None:
            return [*seed, *self._first_weights(self.network)]
        lines_of_starts = [*seed, f"starts = [{point(request.start)}]"]
        if request.starts > 1:
            low, high = request.box
            more = f"{request.starts - 1}, {len(request.start)}"
            lines_of_starts += [
                "# The others are drawn from the domain.",
                f"drawn = np.random.default_rng([seed, 0]).uniform({point(low)}, {point(high)}, ({more}))",
                "starts += drawn.tolist()",
            ]
        return lines_of_starts

    def _first_weights(self, network: Network) -> list[str]:
        request = self.request
        inputs, hidden, _ = network.sizes
        if request.starts == 1 and tuple(request.start) == (0.0, 0.0):
            scale = request.shape if request.shape is not None else 1.0
            return [
                "# The first weights: normal numbers by the root of how many inputs the unit has; biases begin at 0.",
                "draw = np.random.default_rng([seed, 3]).standard_normal",
                f"W1 = draw({inputs * hidden})/math.sqrt({inputs})*{number(scale)}",
                f"W2 = draw({hidden})/math.sqrt({hidden})*{number(scale)}",
                f"starts = [np.concatenate([W1, np.zeros({hidden}), W2, [0.0]]).tolist()]",
            ]
        training: Plan = plans(request)[0]
        weights = training.descent.weights_of(training.starts)  # type: ignore[attr-defined]  # a network's is a training
        rows = [f"    [{' '.join(numbers(row))}]," for row in weights.T.tolist()]
        return ["# Places of the plane that Downhill draws, as weights.", "starts = [", *rows, "]"]

    # --- one run

    def _run(self, index: int) -> list[str]:
        run, settings = self.runs[index], self.settings[index]
        label = _label(run, settings)
        return [
            *comment(f"--- {label}"),
            f"steps = {settings.steps}",
            *self._settings(run, settings),
            *learning_rates(settings.rates, settings.steps),
            *self._step(index),
            "",
            "",
            *(["for walker, start in enumerate(starts):"] if self.random else ["for start in starts:"]),
            f"    show({text(label)}, *descend(start{', walker' if self.random else ''}))",
        ]

    def _settings(self, run: WalkRequest, settings: Settings) -> list[str]:
        found = []
        if self.stops:
            found += [
                f"tolerance = {number(settings.tolerance)}",
                f"full_rate = {number(settings.rates.learning_rate)}",
            ]
        if self.patient:
            found += [f"patience, min_change = {settings.patience}, {number(settings.min_change)}"]
        mixed = self.random and not all(one.is_random for one in self.settings)
        if self.noisy or mixed:
            found += [
                f"noise = {number(settings.noise)}  # the deviation of what is added to each part of the gradient"
            ]
        if self.batched or mixed:
            found += [f"batch = {settings.batch}  # points of each mini-batch"]
        if self.budgeted:
            points = run.batch or run.landscape.points or 1
            budget = number(settings.budget) if math.isfinite(settings.budget) else "math.inf"
            found += [f"budget, cost = {budget}, {points}  # of all evaluations, and of one"]
        return found

    def _step(self, index: int) -> list[str]:
        """The function ``step``, and what it needs."""
        run, settings = self.runs[index], self.settings[index]
        words = comment(run.optimizer.convention, "    ")
        own, method = self.finds(run.optimizer, settings.values), self.methods[index]
        before: Sequence[str] = ()
        if isinstance(own, Own):
            before, body = own.before, list(own.lines)
        elif method is not None:
            body = list(lines(method.body))
        else:
            assert isinstance(run.optimizer.rule, Rule)
            body = rule_lines(run.optimizer.rule, settings.values, self.library)
        if self.budgeted and (isinstance(own, Own) or method is None):
            body[-1] += ", 1"
        if isinstance(own, str):
            words += comment(own, "    ")
        head = [*before, "", "", f"def step({self._arguments}):"]
        return [*head, *words, *(f"    {line}" for line in body)]


def _label(run: WalkRequest, settings: Settings) -> str:
    """The run's name, or its settings in words."""
    return Plan(run, settings, run.optimizer, []).label  # type: ignore[arg-type]  # no ground is needed for it


def _batches() -> list[str]:
    return [
        "def batches(walker):",
        '    """The rows of each mini-batch: drawn without replacement, epoch after epoch."""',
        "    generator, left = np.random.default_rng([seed, 2, walker]), np.empty(0, dtype=int)",
        "    while True:",
        "        if len(left) < batch:",
        "            left = np.concatenate([left, generator.permutation(len(targets))])",
        "        yield left[:batch]",
        "        left = left[batch:]",
    ]
