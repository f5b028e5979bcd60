"""Texts that may be rules: grown by the grammar, broken here and there, or plain noise; always the same for a seed."""

import random
from collections.abc import Iterator

GIVEN = ["point", "gradient", "learning_rate"]
HYPERPARAMETERS = {"momentum": 0.9, "epsilon": 1e-8}
ONE = ["exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sigmoid", "abs", "sign"]
NOISE = [
    *"abcxyz019 .,;=+-*/^()[]{}|<>!@#$%&~`'\"\\_\n\t\r\0²³⁻√≤·−βηλπéЖ😀",
    *("point", "gradient", "point_next", "velocity_next", "velocity_first", "learning_rate", "momentum", "lr", "loss"),
    *("__import__", "lambda", "exec(", "os.system", "where(", "max(", "1e308", "9**9**9", "sqrt", "sin ", "**", " = "),
    *("point_next = point - learning_rate*gradient", "state", "spare", "locals()", "gradient.real", "import os"),
]


def grown(dice: random.Random, names: list[str], depth: int) -> str:
    """Return an expression of these names, grown at random."""
    if depth == 0 or dice.random() < 0.25:
        return dice.choice([*names, *names, "0", "1", "2", "0.5", "3.7e-3"])
    match dice.randrange(9):
        case 0 | 1 | 2 | 3:
            sign = dice.choice(["+", "-", "*", "*", "/"])
            return f"({grown(dice, names, depth - 1)} {sign} {grown(dice, names, depth - 1)})"
        case 4:
            power = dice.choice(["2", "3", "0.5", "-1", "-2", grown(dice, names, depth - 1)])
            return f"({grown(dice, names, depth - 1)})**{power if len(power) < 4 else f'({power})'}"
        case 5:
            return f"-{grown(dice, names, depth - 1)}"
        case 6:
            return f"{dice.choice(ONE)}({grown(dice, names, depth - 1)})"
        case 7:
            one, other = (grown(dice, names, depth - 1) for _ in range(2))
            return f"{dice.choice(['max', 'min'])}({one}, {other})"
    parts = [grown(dice, names, depth - 1) for _ in range(4)]
    return f"where({parts[0]} {dice.choice(['<', '<=', '>', '>='])} {parts[1]}, {parts[2]}, {parts[3]})"


def grown_rule(dice: random.Random) -> str:
    """Return lines whose names are in order: a state of one or two parts, names of one step, and the next point."""
    states = dice.sample(["velocity", "s", "count"], dice.randrange(3))
    names = [*GIVEN, *HYPERPARAMETERS, *states]
    lines, known = [], list(names)
    targets = [f"{state}_next" for state in states] + ["change", "d"][: dice.randrange(3)]
    for target in dice.sample(targets, len(targets)):
        if target.endswith("_next") and dice.random() < 0.25:
            lines.append(f"{target.removesuffix('_next')}_first = {grown(dice, known, 1)}")
        lines.append(f"{target} = {grown(dice, known, 2)}")
        known.append(target)
    every = " + ".join(dice.sample([*HYPERPARAMETERS, *targets], len(HYPERPARAMETERS) + len(targets)))
    step = f"learning_rate*(gradient + {grown(dice, known, 3)}*({every}))"
    lines.append(f"point_next = point - {step}")
    return dice.choice(["\n", "; "]).join(lines)


def broken(dice: random.Random, text: str) -> str:
    """Return the text with a few of its parts left out, doubled, or replaced by noise."""
    for _ in range(dice.randrange(1, 5)):
        start = dice.randrange(len(text) + 1)
        end = min(len(text), start + dice.randrange(8))
        text = text[:start] + dice.choice(["", dice.choice(NOISE), text[start:end] * 2]) + text[end:]
    return text


def texts(seed: int, count: int) -> Iterator[str]:
    """Yield so many texts of all kinds."""
    dice = random.Random(seed)
    for _ in range(count):
        kind = dice.randrange(4)
        if kind == 0:
            yield "".join(dice.choice(NOISE) for _ in range(dice.choice([3, 30, 300])))[:1200]
        elif kind == 1:
            yield broken(dice, grown_rule(dice))
        elif kind == 2:
            yield dice.choice(NOISE) * dice.choice([10, 100, 500])
        else:
            yield grown_rule(dice)
