"""What is typed: both notations, where an error is said to be, and what is likely meant."""

import ast
import random
import sys

import pytest

from app.descent.formulas.notation import TYPED, FormulaError, constants_in, names_in, read
from app.descent.formulas.tokens import GREEK, tokens
from app.descent.formulas.vocabulary import FORMULA, FUNCTIONS, TYPED_FORMULA, Vocabulary, example

# What is typed, and the same as Python writes it.
MEANT = {
    "x^2 + y^2": "x**2 + y**2",
    "x ** 2": "x**2",
    "2x": "2*x",
    "1/2x": "1/2*x",
    "5 x^2 y": "5*x**2*y",
    "x(y + 1)": "x*(y + 1)",
    "(x)(y)2": "x*y*2",
    "xy": "x*y",
    "xyx": "x*y*x",
    "3xy²": "3*(x*y**2)",
    "x²y³": "x**2*y**3",
    "x⁻²": "x**(-2)",
    "x¹⁰": "x**10",
    "2^3^x": "2**3**x",
    "-x^2": "-(x**2)",
    "2^-x": "2**(-x)",
    "x^-y^2": "x**(-(y**2))",
    "x - -y": "x - (-y)",
    "x*-y": "x*(-y)",
    "+x": "+x",
    "sin x": "sin(x)",
    "sin 2x": "sin(2*x)",
    "sin 2 x y": "sin(2*x*y)",
    "sin x^2": "sin(x**2)",
    "sin(x)^2": "sin(x)**2",
    "sin (x) y": "sin(x)*y",
    "sin^2 x": "sin(x)**2",
    "sin^2(x) + 1": "sin(x)**2 + 1",
    "sin²x cos y": "sin(x)**2*cos(y)",
    "sin^(1/2) x": "sin(x)**(1/2)",
    "sin x cos y": "sin(x)*cos(y)",
    "sin -x": "sin(-x)",
    "sin x/2": "sin(x)/2",
    "x sin y": "x*sin(y)",
    "log exp x": "log(exp(x))",
    "ln x": "log(x)",
    "arctan(x)": "atan(x)",
    "e^x": "exp(x)",
    "e^-x^2": "exp(-(x**2))",
    "e**(x + 1)": "exp(x + 1)",
    "e²x": "exp(2)*x",
    "2e^x": "2*exp(x)",
    "2e x": "2*e*x",
    "2e3x": "2000.0*x",
    "2.5e-3x": "0.0025*x",
    "(e)^x": "e**x",
    ".5x": "0.5*x",
    "5.x": "5.0*x",
    "2πx": "2*pi*x",
    "pi x": "pi*x",
    "|x|": "abs(x)",
    "||x| - 1|": "abs(abs(x) - 1)",
    "|x||y|": "abs(x)*abs(y)",
    "2|x|y": "2*abs(x)*y",
    "|(|x|)|": "abs(abs(x))",
    "-|x - y|": "-abs(x - y)",
    "√x": "sqrt(x)",
    "√x²": "sqrt(x**2)",
    "√(x)²": "sqrt(x)**2",
    "√2 x": "sqrt(2)*x",
    "x − y": "x - y",
    "x·y×2÷3": "x*y*2/3",
    "\uff58\uff0b\uff11": "x + 1",
    "\U0001d431²": "x**2",
    "min(x, y, 1)": "min(x, y, 1)",
    "where(x < 0, -x, 2x)": "where(x < 0, -x, 2*x)",
    "where(x ≤ y, 1, y)": "where(x <= y, 1, y)",
    "where(x >= y, 1, y)": "where(x >= y, 1, y)",
    " x\n+\t1 ": "x + 1",
    "αx + β": "alpha*x + beta",
    "a x^2 + lambda y": "a*x**2 + lambda_*y",
    "sigmoid 3x": "sigmoid(3*x)",
}


def _shape(tree):
    """A tree without its columns."""
    return ast.dump(tree)


@pytest.mark.parametrize("typed", MEANT)
def test_both_notations_are_read_and_mean_the_same(typed):
    wanted = ast.dump(ast.parse(MEANT[typed], mode="eval").body).replace("lambda_", "lambda")
    assert _shape(read(typed, TYPED_FORMULA)) == wanted


# What is typed: the character that is marked, a part of the message, and the correction or a part of the hint.
REFUSED = {
    "sinx": (0, "'sinx' is not known", "sin(x)"),
    "2 sinx + cosy": (2, "'sinx' is not known", "2 sin(x) + cos(y)"),
    "x sin2x": (2, "'sin2x' is not known", "x sin(2*x)"),
    "cosxy": (0, "'cosxy' is not known", "cos(x*y)"),
    "tanx^2": (0, "'tanx' is not known", "tan x^2"),
    "xsin(y)": (0, "'xsin' is not known", "x*sin(y)"),
    "xsiny": (0, "'xsiny' is not known", "x*sin(y)"),
    "ax": (0, "'ax' is not known", "a*x"),
    "1 + pix": (4, "'pix' is not known", "1 + pi*x"),
    "x2": (0, "'x2' is not known", "x^2"),
    "Sin(x)": (0, "'Sin' is not known", "sin(x)"),
    "X + Y": (0, "'X' is not known", "x + y"),
    "sine(x)": (0, "'sine' is not known", "sin(x)"),
    "sqr(x)": (0, "'sqr' is not known", "sqrt(x)"),
    "Alpha*x": (0, "'Alpha' is not known", "alpha*x"),
    "log10(x)": (0, "'log10' is not known", ["log(x)/log(10) in its place"]),
    "expsin x": (0, "'expsin' is not known", ["the names are"]),
    "xmin + y": (0, "'xmin' is not known", ["the names are"]),
    "hello(x)": (0, "'hello' is not known; the functions are exp", ["the functions are exp"]),
    "x + foo": (4, "'foo' is not known; the names are x, y, pi, e", ["the names are x, y"]),
    "x" + "q" * 60: (0, "'xqqqqqqqqqqqqqqqqqqqqqqq…' is not known", ["the names are"]),
    "a + b + c + d x": (12, "'d' is one constant too many: there are a, b and c already", ["the most is 3"]),
    "": (0, "no formula yet", ["x^2"]),
    " \n": (0, "no formula yet", ["x^2"]),
    "x +": (3, "ends too early", ["a number, x or y, or an opening bracket"]),
    "x + ": (4, "ends too early", ["a number"]),
    "* x": (0, "'*' cannot stand here", ["a number"]),
    "x^^2": (2, "'^' cannot stand here", ["a number"]),
    "(x": (2, "'(' at character 1 is not closed", "(x)"),
    "2((x + 1": (8, "'(' at character 3 is not closed", "2((x + 1))"),
    "sin(x": (5, "'(' at character 4 is not closed", "sin(x)"),
    "|x": (2, "'|' at character 1 is not closed", "|x|"),
    "(|x)": (3, "')' closes nothing", "(|x|)"),
    "x + 1)": (5, "')' closes nothing", "x + 1"),
    "x*()": (3, "something is missing before ')'", ["a number"]),
    "(x + )": (5, "something is missing before ')'", ["a number"]),
    "[x + 1]*2": (0, "'[' is not allowed", "(x + 1)*2"),
    "f(x, y) = x^2 + y^2": (8, "no equals sign", "x^2 + y^2"),
    "z = x y": (2, "no equals sign", "x y"),
    "x = 1": (2, "no equals sign", ["the right side"]),
    "0,5x": (1, "a comma stands between", "0.5x"),
    "sin(1,5)x": (5, "sin takes 1 argument", "sin(1.5)x"),
    "x, y": (1, "a comma stands between", ["a point before decimals"]),
    "sin(x, y)": (5, "sin takes 1 argument", ["a point before decimals"]),
    "min(x)": (3, "min takes 2 to 8 arguments, here are 1", ["min(x, 1)"]),
    "where(x < 0, 1)": (5, "where takes 3 arguments, here are 2", ["where(x < 0, -x, x)"]),
    "where(x, 1, 2)": (7, "where begins with a comparison", ["one of < <= > >="]),
    "where(x = 0, 1, 2)": (8, "where begins with a comparison", "where(x <= 0, 1, 2)"),
    "where(0 < x < 1, x, 2)": (12, "where compares two sides", ["one where within another"]),
    "x < 1": (2, "'<' compares, which only where does", ["where(x < 0, -x, x)"]),
    "x == 1": (2, "'==' compares, which only where does", ["where(x < 0, -x, x)"]),
    "min(x < 1, y)": (6, "'<'", ["where"]),
    "x + sin": (7, "sin has no argument", ["sin(x)"]),
    "sin()": (4, "sin has no argument", ["sin(x)"]),
    "sin*x": (3, "sin has no argument", ["sin(x)"]),
    "min x": (4, "min has no argument", ["min(x, 1)"]),
    "sin^-1 x": (3, "may mean its inverse", ["1/sin(x)"]),
    "sin⁻¹ x": (3, "may mean its inverse", ["1/sin(x)"]),
    "sin^x": (4, "sin^ needs a number", ["sin^2 x"]),
    "x⁻": (1, "a raised minus", ["⁻²"]),
    "1 000 x": (2, "two numbers stand side by side", ["a sign between"]),
    "1.2.3x": (3, "two numbers stand side by side", ["a sign between"]),
    "x.real": (1, "'.' is not allowed", ["+ - * / ^"]),
    "x % 2": (2, "'%' is not allowed", ["+ - * / ^"]),
    "x!": (1, "'!' is not allowed", ["+ - * / ^"]),
    "x;y": (1, "';' is not allowed", ["+ - * / ^"]),
    "'x'": (0, "''' is not allowed", ["+ - * / ^"]),
    "x\0": (1, "the character U+0000 is not allowed", ["+ - * / ^"]),
    "x\u202e": (1, "the character U+202E is not allowed", ["+ - * / ^"]),
    "\ud800": (0, "the character U+D800 is not allowed", ["+ - * / ^"]),
    "__import__('os').system('true')": (0, "'__import__' is not known", ["the functions are"]),
    "x + 1e999": (4, "too large", ["1e308"]),
    "x*" + "9" * 390: (2, "too large", ["1e308"]),
    "x*" + "9" * 400: (400, "402 characters, the most is 400", None),
    "(" * 61 + "x" + ")" * 61: (40, "nested deeper than 40 levels", ["fewer brackets"]),
    "-" * 80 + "x": (40, "nested deeper than 40 levels", ["fewer brackets"]),
    "x^" * 70 + "x": (81, "nested deeper than 40 levels", ["fewer brackets"]),
}


@pytest.mark.parametrize("typed", REFUSED, ids=lambda typed: ascii(typed)[:30])
def test_an_error_says_where_it_is_and_what_was_expected_or_meant(typed):
    column, message, wanted = REFUSED[typed]
    with pytest.raises(FormulaError) as caught:
        read(typed, TYPED_FORMULA)
    error = caught.value
    assert message in str(error)
    assert error.column == column
    if isinstance(wanted, str):
        assert error.correction == error.hint == wanted
        read(error.correction, TYPED_FORMULA)
    else:
        assert error.correction is None
        for part in wanted or []:
            assert part in error.hint


def test_where_no_constants_are_admitted_a_letter_is_no_name():
    with pytest.raises(FormulaError, match="'a' is not known; the names are x, y, pi, e") as caught:
        read("a*x")
    assert caught.value.column == 0
    with pytest.raises(FormulaError, match="'ax' is not known") as caught:
        read("ax")
    assert caught.value.correction is None


RULE = Vocabulary(("gradient", "point", "velocity", "beta1"), {"sqrt": (1, 1), "max": (2, 2)}, {}, 0)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("beta1*velocity + gradient", "beta1*velocity + gradient"),
        ("2 gradient^2", "2*gradient**2"),
        ("√gradient max(beta1, 1)", "sqrt(gradient)*max(beta1, 1)"),
    ],
)
def test_a_rule_has_other_names_and_functions(typed, meant):
    assert _shape(read(typed, RULE)) == ast.dump(ast.parse(meant, mode="eval").body)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("gradiant*2", "gradient*2"),
        ("Velocity", "velocity"),
        ("exp(gradient)", "the functions are sqrt, max"),
        ("x", "the names are gradient, point, velocity, beta1"),
        ("e", "the names are gradient"),
        ("|gradient|", "one of sqrt, max"),
        ("max(gradient, 1, 2)", "a point before decimals, commas between arguments"),
        ("max(gradient)", "max(gradient, 1)"),
    ],
)
def test_what_a_rule_does_not_know_is_refused_with_what_it_knows(typed, hint):
    with pytest.raises(FormulaError) as caught:
        read(typed, RULE)
    assert hint in caught.value.hint


def test_the_constants_of_a_formula_are_told_in_the_order_in_which_they_were_typed():
    tree = read("b*x^2 + a*sin(b*y) + e^-x + pi", TYPED_FORMULA)
    assert constants_in(tree, TYPED_FORMULA) == ("b", "a")
    assert names_in(tree) == ("b", "x", "a", "y", "pi")
    assert constants_in(read("x + e"), FORMULA) == ()


@pytest.mark.parametrize("name", GREEK)
def test_every_greek_letter_is_a_constant_by_its_name_and_by_its_sign(name):
    sign = dict(zip(GREEK, "αβγδεζηθικλμνξορστυφχψω", strict=True))[name]
    assert _shape(read(f"{sign}x", TYPED_FORMULA)) == _shape(read(f"{name} x", TYPED_FORMULA))
    assert constants_in(read(f"{sign}x", TYPED_FORMULA), TYPED_FORMULA) == (name,)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_example_of_every_function_is_read(name):
    assert name in {node.func.id for node in ast.walk(read(example(name))) if isinstance(node, ast.Call)}


def test_every_node_tells_where_it_was_typed():
    typed = "3x^2 + sin(y)"
    for node in ast.walk(read(typed)):
        if isinstance(node, ast.Name):
            assert typed[node.col_offset :].startswith(node.id)
    assert read("x + |y|").right.col_offset == 4


def grown(dice, depth):
    """A formula in Python's notation, grown at random."""
    if depth == 0 or dice.random() < 0.2:
        return dice.choice(["x", "y", "pi", "2", "0.5", "13", "1e-3", "a"])
    inner = [grown(dice, depth - 1) for _ in range(2)]
    return dice.choice(
        [
            *(f"{inner[0]} {sign} {inner[1]}" for sign in "+-*/"),
            *(f"({inner[0]}){sign}({inner[1]})" for sign in ("+", "-", "*", "/", "**")),
            f"-{inner[0]}",
            f"({inner[0]})**2",
            f"x**-{inner[1]}",
            f"{dice.choice(['sin', 'exp', 'sigmoid'])}({inner[0]})",
            f"min({inner[0]}, {inner[1]})",
            f"where({inner[0]} < {inner[1]}, x, {inner[1]})",
        ]
    )


def test_what_python_can_read_is_read_as_python_does():
    dice, compared = random.Random(3), 0
    for _ in range(3000):
        text = grown(dice, 4)
        try:
            tree = read(text, TYPED_FORMULA)
        except FormulaError as error:
            assert "nested deeper" in str(error) or "characters" in str(error) or "parts" in str(error)  # noqa: PT017
            continue
        compared += 1
        assert _shape(tree) == ast.dump(ast.parse(text, mode="eval").body), text
    assert compared > 2500


def test_whatever_is_typed_is_read_or_refused_at_a_place_in_it():
    dice, read_at_all, corrected = random.Random(4), 0, 0
    letters = ["x", "y", "sin", "e", "2", ".5", "(", ")", "|", "^", "**", "+", "-", "*", "/", ",", "√", "²", " ", "="]
    letters += ["where", "min", "<", "π", "a", "[", "}", "'", "\\", "_", "#", "\ud800", "é", "∑", "1e9", "log", "\n"]
    for _ in range(5000):
        text = "".join(dice.choices(letters, k=dice.randrange(1, 14)))
        try:
            tree = read(text, TYPED_FORMULA)
        except FormulaError as error:
            assert 0 <= error.column <= len(text), text  # noqa: PT017
            if error.correction is not None:
                corrected += 1
                read(error.correction, TYPED_FORMULA)
            continue
        read_at_all += 1
        allowed = ast.Name | ast.Constant | ast.BinOp | ast.UnaryOp | ast.Call | ast.Compare
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
        assert all(isinstance(node, allowed) for node in nodes)
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        assert names <= {"x", "y", "a", "e", "pi", *FUNCTIONS}
    assert read_at_all > 100
    assert corrected > 50


def test_reading_takes_no_more_calls_for_each_character_of_a_long_text():
    def calls(text):
        count = 0

        def counted(frame, event, argument):
            nonlocal count
            count += event == "call"

        sys.setprofile(counted)
        try:
            read(text, TYPED_FORMULA)
        except FormulaError:
            pass
        finally:
            sys.setprofile(None)
        return count

    for one in ("x+", "(", "-", "|", "sin ", "x^", "sinx+", "min(", "√", "2x", "xy", "where(x<"):
        long = one * (TYPED.length // len(one))
        assert calls(long) < 100 * len(long), one


def test_tokens_stand_where_they_were_typed():
    typed = " 2πx² ≤ |beta1|"
    assert [(token.text, typed[token.start : token.end]) for token in tokens(typed)] == [
        *[("2", "2"), ("pi", "π"), ("x", "x"), ("2", "²"), ("≤", "≤")],
        *[("|", "|"), ("beta1", "beta1"), ("|", "|"), ("", "")],
    ]
