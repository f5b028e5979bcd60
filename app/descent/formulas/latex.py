"""A checked tree as LaTeX."""

import ast
from collections.abc import Mapping


def terms(tree: ast.expr, latex: "Latex") -> tuple[str, ...]:
    """The LaTeX of what is added up, signs included, for a line that may break between them."""
    match tree:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return (*terms(left, latex), f"+ {latex.behind(right)}")
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return (*terms(left, latex), f"- {latex.behind(right, ast.Add, ast.Sub)}")
        case ast.Call(func=ast.Name(id="where")):
            return (latex.cases(tree),)
    return (latex.visit(tree),)


_SIGNS: Mapping[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge"}
# Greek letters that look like Latin ones have no command.
_LETTERS = {"omicron": "o"}


class Latex(ast.NodeVisitor):
    """Writes a checked tree as LaTeX, in the order in which it was typed.

    ``names`` gives what a name is written as, where that is not itself or a Greek letter. ``times`` stands between
    factors that do not begin with a digit, which would run into the one before.
    """

    def __init__(self, names: Mapping[str, str] | None = None, times: str = r"\,") -> None:
        self.names = names or {}
        self.times = times

    def visit_Constant(self, node: ast.Constant) -> str:  # noqa: D102 - the visitors do what their names say
        digits, _, exponent = repr(node.value).partition("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}" if exponent else digits.removesuffix(".0")

    def visit_Name(self, node: ast.Name) -> str:  # noqa: D102
        if node.id in self.names:
            return self.names[node.id]
        return node.id if len(node.id) == 1 else _LETTERS.get(node.id, rf"\{node.id}")

    def visit_UnaryOp(self, node: ast.UnaryOp) -> str:  # noqa: D102
        sign = "-" if isinstance(node.op, ast.USub) else ""
        return sign + self._grouped(node.operand, ast.Add, ast.Sub)

    def visit_BinOp(self, node: ast.BinOp) -> str:  # noqa: D102
        match node.op:
            case ast.Add():
                return f"{self.visit(node.left)} + {self.behind(node.right)}"
            case ast.Sub():
                return f"{self.visit(node.left)} - {self.behind(node.right, ast.Add, ast.Sub)}"
            case ast.Mult():
                left = self._grouped(node.left, ast.Add, ast.Sub)
                right = self.behind(node.right, ast.Add, ast.Sub)
                return left + (r" \cdot " if right[0].isdigit() else self.times) + right
            case ast.Div():
                return rf"\frac{{{self.visit(node.left)}}}{{{self.visit(node.right)}}}"
        # Each part is visited once: twice at every level would be a million times at twenty.
        base = self.visit(node.left)
        if isinstance(node.left, ast.Call | ast.UnaryOp | ast.BinOp):
            base = rf"\left({base}\right)"
        return f"{base}^{{{self.visit(node.right)}}}"

    def visit_Compare(self, node: ast.Compare) -> str:  # noqa: D102
        return f"{self.visit(node.left)} {_SIGNS[type(node.ops[0])]} {self.visit(node.comparators[0])}"

    def visit_Call(self, node: ast.Call) -> str:  # noqa: D102
        name = ast.unparse(node.func)
        # Each argument is visited once, whatever is made of it.
        argument = "" if name == "where" else ", ".join(map(self.visit, node.args))
        match name:
            case "where":
                return rf"\left({self.cases(node)}\right)"
            case "exp":
                return "e" if argument == "1" else f"e^{{{argument}}}"
            case "sqrt":
                return rf"\sqrt{{{argument}}}"
            case "abs":
                return rf"\left|{argument}\right|"
            case "sign" | "sigmoid":
                return rf"\mathrm{{{name}}}\left({argument}\right)"
            case "atan":
                name = "arctan"
        return rf"\{name}\left({argument}\right)"

    def cases(self, node: ast.Call) -> str:
        """What is one or the other, without brackets around it."""
        condition, then, otherwise = map(self.visit, node.args)
        sides = rf"{then} & \text{{if }} {condition} \\ {otherwise} & \text{{otherwise}}"
        return rf"\begin{{cases}} {sides} \end{{cases}}"

    def behind(self, node: ast.expr, *loose: type[ast.operator]) -> str:
        """Write what stands behind an operator: a sign there needs brackets."""
        text = self._grouped(node, *loose)
        return rf"\left({text}\right)" if text.startswith("-") else text

    def _grouped(self, node: ast.expr, *loose: type[ast.operator]) -> str:
        inner = str(self.visit(node))
        if isinstance(node, ast.BinOp) and isinstance(node.op, loose):
            return rf"\left({inner}\right)"
        return inner
