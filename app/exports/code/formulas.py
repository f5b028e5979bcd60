"""A formula's loss and derivatives as Python that is to be read: from the checked tree, never from what was typed."""

import keyword
from collections.abc import Sequence

from app.descent.formulas.formula import Formula
from app.descent.formulas.graph import Graph
from app.descent.formulas.notation import OWN, read
from app.descent.formulas.vocabulary import FORMULA, VARIABLES
from app.exports.code import literals
from app.exports.code.libraries import Library

# How deep, and how many characters long, a part may be before it gets a name; and a line before it is broken.
_DEEPEST, _LONGEST, _LINE = 6, 60, 100
# Parts that may have no value where their own parts have one.
_UNSURE = ("/", "log", "sqrt", "power", "varying", "fixed power", "tan")
# How tightly an operator binds.
_SUM, _PRODUCT, _ATOM = 1, 2, 3
_POLYNOMIAL = ("+", "-", "*", "negate", "number", "name")


class Derived:
    """A formula and its derivatives, to be written for a library.

    It is ``unsure`` where a part of it may have no value, and ``quiet`` where that may be one that is not chosen.
    """

    def __init__(self, formula: Formula) -> None:
        """Derive it anew: the compiled sources are not to be read."""
        tree = read(formula.text, FORMULA._replace(names=(*VARIABLES, *formula.parameters)), OWN)
        graph = self.graph = Graph()
        self.formula, self.dimensions = formula, formula.dimensions
        self.loss = graph.read(tree)
        names = VARIABLES[: self.dimensions]
        self.slopes = [graph.derivative(self.loss, name) for name in names]
        pairs = [("x", "x"), ("x", "y"), ("y", "y")] if self.dimensions == 2 else [("x", "x")]
        self.curvatures = [graph.derivative(self.slopes[names.index(one)], other) for one, other in pairs]
        self.quiet = formula.quiet
        self.unsure = self.quiet or any(self._is_unsure(place) for place in range(len(graph.nodes)))

    def _is_unsure(self, place: int) -> bool:
        operation, parts, value = self.graph.nodes[place]
        if operation == "fixed power":
            return float(value) < 0 or not float(value).is_integer()
        if operation == "/":
            return self.graph.known(parts[1]) is None
        return operation in _UNSURE

    def function(self, name: str, results: Sequence[int], library: Library) -> list[str]:
        """A function of x and y that returns these parts; of x alone for a curve."""
        writer = _Writer(self, library)
        steps, answers = writer.steps(results)
        arguments = ", ".join(VARIABLES[: self.dimensions])
        head = [f"def {name}({arguments}):", *(f"    {line}" for line in steps)]
        if name == "loss":
            return [*head, f"    return {answers[0]}"]
        returned = f"    return [{', '.join(answers)}]"
        if len(returned) <= _LINE:
            return [*head, returned]
        return [*head, "    return [", *(f"        {answer}," for answer in answers), "    ]"]


def identifier(name: str) -> str:
    """A constant's name as Python takes it: lambda is a word of Python's own."""
    return f"{name}_" if keyword.iskeyword(name) else name


class _Writer:
    """Writes parts of a graph with as few brackets as their order allows; what is used twice gets a name."""

    def __init__(self, derived: Derived, library: Library) -> None:
        self.graph, self.library = derived.graph, library
        self.quiet = derived.quiet
        # What NumPy is asked to raise for, the others have to be told.
        self.careful = derived.quiet or library.derives

    def steps(self, results: Sequence[int]) -> tuple[list[str], list[str]]:
        """Lines that name parts, and the results as expressions."""
        uses = self._uses(results)
        lines: list[str] = []
        written: dict[int, tuple[str, int, int]] = {}
        for place in sorted(uses):
            source, binds, depth = self._write(place, written)
            if depth > 0 and (uses[place] > 1 or depth > _DEEPEST or (len(source) > _LONGEST and place not in results)):
                name = f"t{len(lines) + 1}"
                lines.append(f"{name} = {source}")
                source, binds, depth = name, _ATOM, 0
            written[place] = source, binds, depth
        return lines, [written[place][0] for place in results]

    def _uses(self, results: Sequence[int]) -> dict[int, int]:
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

    def _write(self, place: int, written: dict[int, tuple[str, int, int]]) -> tuple[str, int, int]:
        """A part as text, how tightly that binds, and how deep it is nested."""
        operation, parts, value = self.graph.nodes[place]
        if operation == "number":
            return literals.number(float(value)), (_ATOM if float(value) >= 0 else _SUM), 0
        if operation == "name":
            return identifier(str(value)), _ATOM, 0
        depth = 1 + max(written[part][2] for part in parts)

        def within(index: int, binding: int) -> str:
            source, binds, _ = written[parts[index]]
            # The sign of a number at the left of a product needs no brackets.
            is_left = index == 0 and binding == _PRODUCT and self.graph.known(parts[0]) is not None
            return source if binds >= binding or is_left else f"({source})"

        match operation:
            case "+" | "-":
                return f"{within(0, _SUM)} {operation} {within(1, _PRODUCT)}", _SUM, depth
            case "*":
                return f"{within(0, _PRODUCT)}*{within(1, _ATOM)}", _PRODUCT, depth
            case "/":
                if self.careful and self.graph.known(parts[1]) is None:
                    return self._called("divide", within(0, _SUM), within(1, _SUM)), _ATOM, depth
                return f"{within(0, _PRODUCT)}/{within(1, _ATOM)}", _PRODUCT, depth
            case "negate":
                return f"-{within(0, _PRODUCT)}", _SUM, depth
            case "fixed power":
                return (*self._power(within(0, _ATOM), within(0, _SUM), float(value)), depth)
            case "power":
                name = "power" if self.graph.known(parts[1]) is not None else "varying_power"
                return self._called(name, within(0, _SUM), within(1, _SUM)), _ATOM, depth
        return self._function(operation, [within(index, _SUM) for index in range(len(parts))], parts), _ATOM, depth

    def _called(self, name: str, *arguments: str) -> str:
        return f"{self.library.functions[name]}({', '.join(arguments)})"

    def _function(self, operation: str, arguments: list[str], parts: Sequence[int]) -> str:
        prefix = self.library.name
        match operation:
            case "min" | "max":
                return self._called(operation, *map(self._wrapped, arguments, parts))
            case "where_below" | "side_below" | "where_up_to" | "side_up_to":
                a, b, then, otherwise = arguments
                below, above = ("<", ">=") if operation.endswith("below") else ("<=", ">")
                if self._always_compares(parts[0]) and self._always_compares(parts[1]):
                    return f"{prefix}.where({a} {below} {b}, {then}, {otherwise})"
                beside = f"{prefix}.where({a} {above} {b}, {otherwise}, {prefix}.nan)"
                return f"{prefix}.where({a} {below} {b}, {then}, {beside})"
            case "mean_side":
                a, b, then, otherwise = arguments
                mean = f"({then} + {otherwise})/2"
                if (one := self.graph.known(parts[2])) is not None and (two := self.graph.known(parts[3])) is not None:
                    mean = literals.number(0.5 * (one + two))
                tied = f"{prefix}.where({a} > {b}, {otherwise}, {mean})"
                return f"{prefix}.where({a} < {b}, {then}, {tied})"
            case "log" if self.careful:
                return self._called("careful_log", *arguments)
        return self._called(operation, *map(self._wrapped, arguments, parts))

    def _wrapped(self, argument: str, place: int) -> str:
        """An argument of a function that takes arrays alone."""
        wrapped = self.library.wrapped
        is_number = not self.graph.depends_on(place) & set(VARIABLES)
        return f"{wrapped}(float({argument}))" if wrapped and is_number else argument

    def _always_compares(self, place: int) -> bool:
        """Whether it is surely a number where its variables are: a sum of products."""
        operation, parts, _ = self.graph.nodes[place]
        return operation in _POLYNOMIAL and all(map(self._always_compares, parts))

    def _power(self, base: str, alone: str, exponent: float) -> tuple[str, int]:
        if not exponent.is_integer():
            name = "power" if self.careful and exponent < 0 else "fixed_power"
            return self._called(name, alone, literals.number(exponent)), _ATOM
        product, binds = _product(base, abs(int(exponent)))
        if exponent > 0:
            return product, binds
        if self.careful:
            return self._called("divide", "1", product), _ATOM
        return f"1/({product})", _PRODUCT


def _product(base: str, exponent: int) -> tuple[str, int]:
    """A whole power as the product that the formula's own functions compute."""
    if exponent <= 3:
        return "*".join([base] * exponent), _PRODUCT if exponent > 1 else _ATOM
    half, _ = _product(base, exponent // 2)
    half = f"({half})"
    return f"{half}*{half}" + (f"*{base}" if exponent % 2 else ""), _PRODUCT
