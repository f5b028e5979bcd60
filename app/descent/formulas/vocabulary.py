"""What a formula may name: variables, numbers, functions, and letters that stand for constants."""

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.descent.formulas.tokens import GREEK

MAX_CONSTANTS = 3

VARIABLES = ("x", "y")
NUMBERS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
# With the fewest and the most arguments.
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    **dict.fromkeys(("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh"), (1, 1)),
    **dict.fromkeys(("sigmoid", "abs"), (1, 1)),
    **dict.fromkeys(("min", "max"), (2, 8)),
    "where": (3, 3),
}
ALIASES: Mapping[str, str] = {"ln": "log", "arctan": "atan"}
# What is often typed and is not there, and how it is said.
OTHERWISE: Mapping[str, str] = {
    **dict.fromkeys(("log10", "log_10", "lg"), "log(x)/log(10)"),
    **dict.fromkeys(("log2", "log_2"), "log(x)/log(2)"),
    **dict.fromkeys(("asin", "arcsin"), "atan(x/sqrt(1 - x^2))"),
    **dict.fromkeys(("sign", "sgn"), "x/|x|"),
    **dict.fromkeys(("pow", "square"), "x^2"),
    "cbrt": "x^(1/3)",
    "sec": "1/cos(x)",
    "csc": "1/sin(x)",
    "cot": "1/tan(x)",
    "sech": "1/cosh(x)",
    "coth": "1/tanh(x)",
    "relu": "max(0, x)",
    "softplus": "log(1 + exp(x))",
}


class Vocabulary(NamedTuple):
    """What a text may name: ``names``, ``numbers`` that have a name, ``functions`` with how many arguments they take.

    ``constants`` is how many further names there may be: a letter, or a Greek letter spelled out, that is none of them.
    """

    names: tuple[str, ...] = VARIABLES
    functions: Mapping[str, tuple[int, int]] = FUNCTIONS
    numbers: Mapping[str, float] = NUMBERS
    constants: int = 0

    def is_constant(self, word: str) -> bool:
        """Whether the word may be a constant's name; a capital X would be taken for x."""
        if not self.constants or word in self.names or word in self.numbers:
            return False
        return word in GREEK or (len(word) == 1 and word.isascii() and word.isalpha() and word.lower() not in "xye")


FORMULA = Vocabulary()
TYPED_FORMULA = Vocabulary(constants=MAX_CONSTANTS)


def listed(names: Iterable[str], conjunction: str = "", most: int = 40) -> str:
    """The names with commas between them, and a conjunction before the last where one is given."""
    *others, last = list(names)[:most]
    if not conjunction or not others:
        return ", ".join([*others, last])
    return f"{', '.join(others)} {conjunction} {last}"


def example(function: str, vocabulary: Vocabulary = FORMULA) -> str:
    """The function as it is written."""
    name = vocabulary.names[0]
    if function == "where":
        return f"where({name} < 0, -{name}, {name})"
    least = vocabulary.functions[function][0]
    return f"{function}({', '.join([name, '1', '2'][:least])})"
