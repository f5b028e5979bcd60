"""Texts that nobody means well with: random characters, formulas grown at random, and nests as deep as they go."""

import random

from app.descent.formulas.notation import TYPED

_LETTERS = [
    *("x", "y", "a", "b", "pi", "e", "2", "0.5", "13", "1e300", ".5", "1e-9"),
    *(
        "(",
        ")",
        "|",
        "^",
        "**",
        "+",
        "-",
        "*",
        "/",
        ",",
        "√",
        "²",
        "⁻",
        " ",
        "=",
        "<",
        "≤",
        "'",
        "\\",
        "_",
        "#",
        "[",
        "}",
    ),
    *("sin", "cos", "exp", "log", "tan", "atan", "sinh", "sigmoid", "abs", "sqrt", "min", "max", "where", "π", "α"),
    *("lambda", "import", "__class__", "eval(", "\0", "\ud800", "é", "∑", "\n", "\u202e", "sinx", "xy", "2x", "[", "}"),
]
_FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sigmoid", "abs")
_PATTERNS = [
    *(f"{name}({inner})" for name in _FUNCTIONS for inner in ("{}", "x*{}", "{}+y", "x*y*{}", "{}/y")),
    *("({})^2", "({})^x", "x^({})", "1/(1+{})", "x/(y+{})", "({})*({})", "({}+x)*(y-{})", "({})^16", "({}+1)^-15"),
    *("max({},y)", "min(x*{},y*{})", "max(x,y,{},1)", "where({}<y,x,{})", "where(x<{},{},y)", "|x-{}|", "-{}", "√{}"),
    *("a*{}+b", "({})^2.5", "({}-{})", "x*({})/({}+2)", "sin {}x", "e^-({})"),
]
_CORES = ("x", "y", "x*y", "x+y", "2", "a", "x/y", "x^2")


def soup(dice: random.Random) -> str:
    """Tokens in any order."""
    return "".join(dice.choices(_LETTERS, k=dice.choice((3, 8, 20, 60, 150))))[: TYPED.length + 20]


def nest(dice: random.Random) -> str:
    """A few patterns within each other, again and again, as long as a formula may be."""
    patterns = dice.sample(_PATTERNS, dice.choice((1, 1, 2, 2, 3)))
    most, text = dice.choice((60, 150, 300, TYPED.length)), dice.choice(_CORES)
    for index in range(120):
        pattern = patterns[index % len(patterns)]
        longer = pattern.replace("{}", text, 1).replace("{}", dice.choice((*_CORES, text)))
        if len(longer) > most:
            break
        text = longer
    return text


def chain(dice: random.Random) -> str:
    """Many parts beside each other."""
    sign, most = dice.choice(("+", "*", "/", "-", "")), dice.choice((60, 200, TYPED.length))
    parts: list[str] = []
    while sum(map(len, parts)) + len(parts) < most:
        pattern = dice.choice(_PATTERNS)
        parts.append("(" + pattern.replace("{}", f"{dice.randrange(1, 30)}{dice.choice(_CORES)}") + ")")
    return sign.join(parts[:-1] or parts)


def typed(dice: random.Random) -> str:
    """One of all of these, or one of them with something wrong in it."""
    text = dice.choice((soup, nest, nest, chain, chain))(dice)
    if dice.random() < 0.2:
        place = dice.randrange(len(text) + 1)
        text = text[:place] + dice.choice(_LETTERS) + text[place + dice.randrange(3) :]
    return text
