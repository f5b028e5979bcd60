"""A graph as the source of Python functions: of values, gradients and Hessians, on floats, arrays and intervals."""

import ast
import keyword
from collections.abc import Mapping
from typing import Any

from app.descent.formulas import in_place as inplace
from app.descent.formulas import syntax
from app.descent.formulas.arithmetic import HALF_ANGLES
from app.descent.formulas.graph import Graph
from app.descent.formulas.ranges import Ranges
from app.descent.formulas.vocabulary import VARIABLES


def sources(tree: ast.expr, parameters: tuple[str, ...], dimensions: int) -> dict[str, Any]:
    """The sources of a ``Formula`` by the names of its fields, how much scratch they take, and what is known."""
    graph = Graph()
    loss = graph.read(tree)
    ranges = Ranges(tuple(graph.nodes), lambda place: bool(graph.depends_on(place) & set(VARIABLES)))
    slopes = [graph.derivative(loss, "x"), graph.derivative(loss, "y")]
    curvatures = [
        graph.derivative(slope, name) for slope, name in ((slopes[0], "x"), (slopes[0], "y"), (slopes[1], "y"))
    ]
    functions = {"loss": [loss], "loss_and_gradient": [loss, *slopes], "hessian": curvatures}
    names = [graph.depends_on(slope) for slope in slopes]
    bounds = _source(_Writer(graph, parameters, None), {"loss": [loss]})
    is_wide = ranges.may_overflow(loss)
    # What is not chosen has no value perhaps, and must not raise.
    is_quiet = any(node.operation.startswith("where") for node in graph.nodes)
    # On floats a quotient raises where it has no value, in arrays it needs a function that says so.
    many = "wary_quotient" if is_wide else "quotient"
    alone = many if is_wide or is_quiet else None
    if HALF_ANGLES:
        graph, places = graph.by_half_angles()
        functions = {name: [places[result] for result in results] for name, results in functions.items()}
    gradient = functions["loss_and_gradient"][1 : 1 + dimensions]
    slopes_source, scratch = _slopes_source(_Writer(graph, parameters, many), gradient)
    return {
        "smooth": ranges.is_smooth(loss),
        "wide": is_wide,
        "quiet": is_quiet,
        "floats": _source(_Writer(graph, parameters, alone), functions),
        "arrays": _source(_Writer(graph, parameters, many), functions),
        "slopes": slopes_source,
        "scratch": scratch,
        "intervals": bounds,
        "separable": dimensions == 2 and "y" not in names[0] and "x" not in names[1],
    }


def _source(writer: "_Writer", functions: Mapping[str, list[int]]) -> str:
    """The source of ``bind``, which takes the parameters and returns the functions of x and y."""
    lines: list[str] = []
    for name, results in functions.items():
        steps, answers = writer.steps(results)
        body = [f"{target} = {text}" for target, text in steps] + [f"return {', '.join(answers)}"]
        lines += [f"    def {name}(x, y):", *(f"        {line}" for line in body)]
    return writer.bind([*lines, f"    return {', '.join(functions)}"])


def _slopes_source(writer: "_Writer", slopes: list[int]) -> tuple[str, int]:
    """The source of ``bind`` for the gradient in place, and how much scratch that takes."""
    steps, answers = writer.steps(slopes)
    variables, into = VARIABLES[: len(slopes)], ("slope_x", "slope_y")[: len(slopes)]
    text = "\n".join(f"{target} = {value}" for target, value in [*steps, *zip(into, answers, strict=True)])
    program = inplace.in_place(syntax.assignments(text), variables, into=dict(zip(into, into, strict=True)))
    lines = [
        "    def slopes(point, gradient, scratch):",
        *(f"        {name} = point[{row}]" for row, name in enumerate(variables)),
        *(f"        {name} = gradient[{row}]" for row, name in enumerate(into)),
        *(f"        {name} = scratch[{index}]" for index, name in enumerate(program.scratch)),
        *(f"        {statement}" for statement in program.statements),
        "    return slopes",
    ]
    return writer.bind(lines), len(program.scratch)


class _Writer:
    """Writes parts of a graph as Python: what is used twice gets a name, what only parameters decide is hoisted.

    ``quotient`` names what a quotient by what varies is a call of; it is written with ``/`` where that is None.
    """

    # Deeper expressions are cut into named parts: Python's own parser has a limit.
    DEEPEST = 20

    def __init__(self, graph: Graph, parameters: tuple[str, ...], quotient: str | None) -> None:
        self.graph = graph
        self.parameters = parameters
        self.quotient = quotient
        self.once: list[str] = []
        self.hoisted: dict[int, str] = {}

    def bind(self, body: list[str]) -> str:
        """The source of ``bind``, whose body begins with what is computed once."""
        return "\n".join([f"def bind({', '.join(map(_identifier, self.parameters))}):", *self.once, *body])

    def steps(self, results: list[int]) -> tuple[list[tuple[str, str]], list[str]]:
        """Named parts with their expressions, in their order, and the results as expressions."""
        uses = self._uses(results)
        steps: list[tuple[str, str]] = []
        written: dict[int, tuple[str, int]] = {}
        for place in sorted(uses):
            text, depth = self._write(place, written)
            if self._is_fixed(place) and depth > 0:
                text, depth = self._hoist(place, text), 0
            elif depth > 0 and (uses[place] > 1 or depth > self.DEEPEST):
                steps.append((f"t{place}", text))
                text, depth = f"t{place}", 0
            written[place] = (text, depth)
        return steps, [
            written[place][0] if self.graph.depends_on(place) & set(VARIABLES) else f"spread({written[place][0]}, x)"
            for place in results
        ]

    def _uses(self, results: list[int]) -> dict[int, int]:
        uses: dict[int, int] = {}
        waiting = list(results)
        while waiting:
            place = waiting.pop()
            uses[place] = uses.get(place, 0) + 1
            if uses[place] == 1:
                node = self.graph.nodes[place]
                # A whole power is written as a product, and so names its base.
                waiting.extend(node.parts * (2 if node.operation == "fixed power" else 1))
        return uses

    def _is_fixed(self, place: int) -> bool:
        """Whether it is decided by parameters alone."""
        names = self.graph.depends_on(place)
        return bool(names) and not names & set(VARIABLES)

    def _hoist(self, place: int, text: str) -> str:
        if place not in self.hoisted:
            self.hoisted[place] = f"c{place}"
            self.once.append(f"    c{place} = {text}")
        return self.hoisted[place]

    def _write(self, place: int, written: dict[int, tuple[str, int]]) -> tuple[str, int]:
        """A part as text and how deep it is nested."""
        operation, parts, value = self.graph.nodes[place]
        if operation == "number":
            return (repr(value) if float(value) >= 0 else f"({value!r})"), 0
        if operation == "name":
            return _identifier(str(value)), 0
        texts = [written[part][0] for part in parts]
        depth = 1 + max(written[part][1] for part in parts)
        match operation:
            case "over":
                return f"({texts[0]}/{texts[1]})", depth
            case "/" if not self._is_constant(parts[1]):
                return self._quotient(*texts), depth
            case "+" | "-" | "*" | "/":
                return f"({texts[0]}{operation}{texts[1]})", depth
            case "negate":
                return f"(-{texts[0]})", depth
            case "power":
                # A base that is 0 or less has a power by some numbers, and no gradient where the number may change.
                name = "power" if self._is_constant(parts[1]) else "varying_power"
                return f"{name}({texts[0]}, {texts[1]})", depth
            case "fixed power":
                return self._power(parts[0], texts[0], float(value)), depth
        return f"{operation}({', '.join(texts)})", depth

    def _is_constant(self, place: int) -> bool:
        return not self.graph.depends_on(place) & set(VARIABLES)

    def _quotient(self, value: str, by: str) -> str:
        return f"{self.quotient}({value}, {by})" if self.quotient else f"({value}/{by})"

    def _power(self, place: int, base: str, exponent: float) -> str:
        if not exponent.is_integer():
            if exponent < 0 and self.quotient == "wary_quotient":
                return self._quotient("1.0", f"power({base}, {-exponent!r})")
            return f"power({base}, {exponent!r})"
        product = _whole_power(base, abs(int(exponent)))
        if exponent > 0:
            return product
        return f"(1.0/{product})" if self._is_constant(place) else self._quotient("1.0", product)


def _identifier(name: str) -> str:
    """A name as Python takes it: lambda is a word of Python's own."""
    return f"{name}_" if keyword.iskeyword(name) else name


def _whole_power(base: str, exponent: int) -> str:
    """Write small whole powers as products, which are faster than any power on floats and on arrays alike."""
    if exponent <= 3:
        return f"({'*'.join([base] * exponent)})"
    half = _whole_power(base, exponent // 2)
    return f"({half}*{half}" + (f"*{base})" if exponent % 2 else ")")
