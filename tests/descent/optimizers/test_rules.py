"""Rules as text: what is shown is what is walked, on floats and on arrays, and a reader's calculator agrees."""

import inspect
import math
import re

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.rules import Line, Rule, fill, lines_of, typeset
from app.descent.optimizers.table import GRADIENT_RULES, OPTIMIZERS, SYMBOLS
from app.descent.walks.descent import scatter
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import all_of, descent, landscape

MANY = MOST_ALONE + 1
every_rule = pytest.mark.parametrize("slug", [slug for slug, e in OPTIMIZERS.items() if e.rule.by_itself])


# --- the reader's calculator


def _braces(text, at):
    """Return what stands between the brace at this place and the one that closes it, and the rest."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[at + 1 : place], text[place + 1 :]
    raise AssertionError(text)


def _arithmetic(latex):
    """Turn typeset arithmetic into Python's, outermost braces first."""
    for name, form in ((r"\frac", "(({})/({}))"), (r"\sqrt", "sqrt({})"), ("^", "**({})"), (r"\mathrm", "{}")):
        while (at := latex.find(name + "{")) >= 0:
            before, (first, rest) = latex[:at], _braces(latex, at + len(name))
            parts = [first]
            if form.count("{}") == 2:
                second, rest = _braces(rest, 0)
                parts.append(second)
            latex = before + form.format(*parts) + rest
    for text, sign in ((r"\left", ""), (r"\right", ""), (r"\cdot", "*"), (r"\,", "*"), (r"\max", "max")):
        latex = latex.replace(text, sign)
    return latex


def _calculate(latex):
    return eval(_arithmetic(latex), {"__builtins__": {}, "sqrt": math.sqrt, "max": max, "sign": np.sign})


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        (r"\frac{1}{4} + 2\,3", 6.25),
        (r"\frac{\sqrt{16} + 2}{\frac{1}{2}}", 12),
        (r"2^{3} \cdot \left(1 - 0.5^{2}\right)", 6),
        (r"\max\left((-1), 0.5\right)", 0.5),
        (r"\mathrm{sign}\left((-3)\right)\,(2)", -2),
        ("-(3)", -3),
    ],
)
def test_the_calculator_of_these_tests_can_calculate(latex, value):
    assert _calculate(latex) == value


def _filled(line, quantities, axis):
    """Put each quantity's number into its place, in brackets: of vectors the one of this coordinate."""
    numbers = {
        name: f"({value[axis] if isinstance(value, list) else value!r})"
        for name, value in quantities.items()
        if not isinstance(value, list) or not isinstance(value[0], list)
    }
    return fill(line, numbers)


def _checked(line, quantities, axis):
    """Read both sides of the line with the quantities put in, and return how far they are apart, relatively."""
    left, right = (_calculate(side) for side in _filled(line, quantities, axis).split(" = "))
    return abs(left - right) / max(1e-300, abs(left), abs(right)) if left != right else 0.0


def _other_values(slug):
    """Return hyperparameters off their defaults, inside their bounds."""
    return {
        parameter.key: 1.0 if parameter.whole else parameter.low + 0.37 * (min(parameter.high, 0.999) - parameter.low)
        for parameter in OPTIMIZERS[slug].hyperparameters
    }


@pytest.mark.long
@every_rule
@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("ground", ["peaks", "two-minima", "straight-line"])
@pytest.mark.parametrize("crowd", [1, MANY])
@pytest.mark.parametrize(("goal", "noise"), [("minimize", 0.0), ("maximize", 0.3)])
def test_whoever_calculates_the_shown_lines_with_the_shown_numbers_arrives_where_the_walk_did(
    slug, others, ground, crowd, goal, noise
):
    entry, rule = LANDSCAPES[ground], OPTIMIZERS[slug].rule
    values = _other_values(slug) if others else {}
    settings = descent(entry, slug, values, learning_rate=0.002, steps=8, noise=noise, seed=3, goal=goal, tolerance=0.0)
    steps = [step for part in trace(settings, [entry.start] * crowd, crowd - 1) for step in part]
    assert len(steps) == 8
    assert [step.rule for step in steps] == ["first" if rule.first else "rule", *["rule"] * 7]
    for step in steps:
        for axis in range(entry.dimensions):
            for line in rule.variants()[step.rule]:
                for text in line:
                    # Differences of nearly equal averages lose digits; epsilon or the point itself set the scale.
                    assert _checked(text, step.quantities, axis) < 1e-9, text
            gradient_line = GRADIENT_RULES[(goal, noise > 0, False)]
            assert _checked(gradient_line.symbols, step.quantities, axis) < 1e-12
    # The last line that is shown of the point is the point that the walk went to.
    ours = all_of(settings, [entry.start] * crowd)[crowd - 1]
    for k, step in enumerate(steps):
        assert step.quantities["point"] == [ours.x[k], ours.y[k]][: entry.dimensions]
        assert step.quantities["point_next"] == [ours.x[k + 1], ours.y[k + 1]][: entry.dimensions]


@every_rule
def test_the_numbers_of_a_step_are_explained_as_the_update_computes_them(slug):
    entry = OPTIMIZERS[slug]
    updates = entry.rule.bind(**entry.values({}))
    state, x, y = None, 1.0, -2.0
    for gradient_x, gradient_y, rate in [(3.0, -0.5, 0.2), (-1.5, 0.25, 0.1), (0.7, 0.0, 0.3)]:
        explained = updates.explain(gradient_x, gradient_y, state, rate, x, y)
        x, y, state = updates.floats(gradient_x, gradient_y, state, rate, x, y)
        assert (explained["point_next_x"], explained["point_next_y"]) == (x, y)
        parts = [f"{name}_next{axis}" for name in entry.rule.state for axis in ("_x", "_y")]
        parts = [part if part in explained else part[:-2] for part in parts]
        assert [explained[part] for part in dict.fromkeys(parts)] == list(state or ())


@every_rule
def test_floats_and_arrays_take_the_same_steps(slug):
    entry = OPTIMIZERS[slug]
    updates = entry.rule.bind(**_other_values(slug))
    generator = np.random.default_rng(8)
    points, state, states = generator.normal(size=(2, 5)), None, [None] * 5
    alone = points.T.copy()
    for rate in (0.1, 0.2, 0.05, 0.3):
        slopes = generator.normal(size=(2, 5))
        *points, state = updates.arrays(*slopes, state, rate, *points)
        for walker in range(5):
            x, y, states[walker] = updates.floats(*slopes[:, walker].tolist(), states[walker], rate, *alone[walker])
            alone[walker] = x, y
        np.testing.assert_allclose(np.array(points).T, alone, rtol=1e-14, atol=1e-14)


@every_rule
def test_the_update_in_place_takes_the_steps_of_the_one_on_floats_to_the_last_bit(slug):
    entry, count = OPTIMIZERS[slug], 6
    values, generator = _other_values(slug), np.random.default_rng(8)
    # Each walker has its own value of every hyperparameter, and its own learning rate.
    each = {key: value * generator.uniform(0.5, 1.0, count) for key, value in values.items()}
    rule = entry.rule.bind_in_place(**each)
    alone = [
        entry.rule.bind(**{key: float(value[walker]) for key, value in each.items()}).floats for walker in range(count)
    ]
    point, state = generator.normal(size=(2, count)), entry.rule.zeros((2, count))
    points, states = point.T.tolist(), [None] * count
    spare = tuple(np.full((2, count), np.nan) for _ in range(rule.spare))
    for step in range(5):
        gradient, rates, out = generator.normal(size=(2, count)), generator.uniform(0, 1, count), np.empty((2, count))
        spare[0][:] = gradient
        before = point.copy()
        state, spare = (rule.update if step else rule.begin)(spare, state, rates, point, out)
        assert np.array_equal(point, before), "the point before the step was written over"
        arrays = [id(part) for part in (*spare, *(state or ()), out) if np.ndim(part) == 2]
        assert len(set(arrays)) == len(arrays), "one array is used for two things"
        for walker in range(count):
            slopes = gradient[:, walker].tolist()
            *points[walker], states[walker] = alone[walker](
                *slopes, states[walker], float(rates[walker]), *points[walker]
            )
        point = out
        assert point.T.tolist() == points


@every_rule
def test_an_update_leaves_the_state_before_it_as_it_was(slug):
    entry = OPTIMIZERS[slug]
    update = entry.rule.bind(**entry.values({})).arrays
    gradient, point = np.array([1.0, 2.0]), np.array([0.5, 0.25])
    _, _, first = update(gradient, gradient, None, 0.1, point, point)
    kept = [np.copy(part) for part in first or ()]
    update(np.array([5.0, 6.0]), gradient, first, 0.1, point, point)
    assert [part.tolist() for part in kept] == [np.asarray(part).tolist() for part in first or ()]
    assert (gradient.tolist(), point.tolist()) == ([1, 2], [0.5, 0.25])


@every_rule
def test_a_huge_gradient_overflows_to_infinity_and_raises_nothing(slug):
    entry = OPTIMIZERS[slug]
    updates = entry.rule.bind(**entry.values({}))
    try:
        x, _, state = updates.floats(1e200, -1e200, None, 0.1, 0.0, 0.0)
        again, _, _ = updates.floats(1e200, -1e200, state, 0.1, x, 0.0)
    except ArithmeticError:
        pytest.fail("on arrays the same step is infinite")
    with np.errstate(all="ignore"):
        huge = np.array([1e200])
        there, _, state = updates.arrays(huge, -huge, None, 0.1, np.zeros(1), np.zeros(1))
        further, _, _ = updates.arrays(huge, -huge, state, 0.1, there, np.zeros(1))
    np.testing.assert_allclose([x, again], [there[0], further[0]], rtol=1e-14)


# --- what is shown


def _places(line):
    """Return the names of the places of a line; LaTeX's own braces hold no long lower-case words but these."""
    return set(re.findall(r"\{([a-z][a-z_0-9]+)\}", line)) - {"sign", "max", "sqrt"}


VARIANTS = [(slug, variant) for slug, entry in OPTIMIZERS.items() for variant in entry.rule.variants()]


def _step_of(slug, variant):
    """Return a traced step that these lines led on from."""
    # At its kink a line search on 2|x| + x is refused every step: the subgradient taken there is 1.
    refused = variant == "refused"
    ground, start = (landscape("2*abs(x) + x", (0.0,)), (0.0,)) if refused else (LANDSCAPES["quadratic"], (2.0, 1.0))
    goal = "maximize" if variant == "uphill" else "minimize"
    settings = descent(ground, slug, learning_rate=0.1, steps=2, tolerance=0.0, goal=goal)
    steps = [step for part in trace(settings, [start], 0) for step in part]
    (step, *_) = [step for step in steps if step.rule == variant]
    return step


def test_the_variants_of_a_rule_are_the_first_step_where_it_differs_and_what_a_move_may_do():
    first = {"momentum", "nesterov"}
    assert {slug: list(entry.rule.variants()) for slug, entry in OPTIMIZERS.items()} == {
        slug: ["rule", "first"] if slug in first else ["rule"] for slug in OPTIMIZERS
    } | {
        "newton": ["rule", "uphill"],
        "line-search": ["rule", "uphill", "refused"],
        "bfgs": ["rule", "first", "refused"],
    }


@pytest.mark.parametrize(("slug", "variant"), VARIANTS)
def test_every_place_in_a_rule_has_a_symbol_and_a_number(slug, variant):
    entry = OPTIMIZERS[slug]
    symbols = {**SYMBOLS, **{parameter.key: parameter.symbol for parameter in entry.hyperparameters}}
    assert len(symbols) == len(SYMBOLS) + len(entry.hyperparameters), "a hyperparameter has a quantity's name"
    quantities = _step_of(slug, variant).quantities
    for line in entry.rule.variants()[variant]:
        for text in line:
            assert _places(text), "a line without a quantity"
            assert _places(text) <= symbols.keys()
            assert _places(text) <= quantities.keys()
            assert not _places(fill(text, symbols))
            assert fill(text, symbols).count("{") == fill(text, symbols).count("}")


@pytest.mark.parametrize(("goal", "noisy", "batched"), GRADIENT_RULES)
def test_the_line_of_the_gradient_says_what_is_handed_to_the_rule(goal, noisy, batched):
    line = GRADIENT_RULES[(goal, noisy, batched)]
    for text in line:
        assert _places(text) <= SYMBOLS.keys()
        assert ("{noise}" in text) == noisy
    slope = r"\nabla f_{B_k}(x_k)" if batched else r"\nabla f(x_k)"
    sign, noise = ("-" if goal == "maximize" else ""), (r" + \xi_k" if noisy else "")
    assert fill(line.symbols, SYMBOLS) == f"g_k = {sign}{slope}{noise}"
    numbers = fill(
        line.numbers, {"point": "(1, 2)", "gradient": "(3, 4)", "slope": "a", "batch_slope": "b", "noise": "c"}
    )
    batch = "_{B_k}" if batched else ""
    expected = f"{sign}{'b' if batched else 'a'} + c" if noisy else rf"{sign}\nabla f{batch}(1, 2)"
    assert numbers == f"{expected} = (3, 4)"


@pytest.mark.parametrize(
    ("goal", "noise", "batch"), [("minimize", 0.5, 0), ("maximize", 0.5, 0), ("minimize", 0.5, 7), ("maximize", 0.0, 7)]
)
def test_the_line_of_the_gradient_is_true_of_a_walks_numbers(goal, noise, batch):
    settings = descent(
        LANDSCAPES["straight-line"], goal=goal, noise=noise, batch=batch, steps=10, learning_rate=1e-3, tolerance=0.0
    )
    for part in trace(settings, [(8.0, 70.0)], 0):
        for step in part:
            for axis in (0, 1):
                line = GRADIENT_RULES[(goal, noise > 0, batch > 0)].symbols
                assert _checked(line, step.quantities, axis) < 1e-14


def test_the_symbols_of_two_quantities_of_one_rule_are_told_apart():
    for slug, entry in OPTIMIZERS.items():
        symbols = {**SYMBOLS, **{parameter.key: parameter.symbol for parameter in entry.hyperparameters}}
        for lines in entry.rule.variants().values():
            used = set().union(*(_places(line.symbols) for line in lines))
            assert len({symbols[name] for name in used}) == len(used), slug


@pytest.mark.parametrize(
    ("line", "symbols", "numbers"),
    [
        (
            "point_next = point - learning_rate*gradient",
            r"{point_next} = {point} - {learning_rate}\,{gradient}",
            r"{point_next} = {point} - {learning_rate} \cdot {gradient}",
        ),
        (
            "a = sqrt(max(b - c*d**2, 0.0)) + e",
            r"{a} = \sqrt{\max\left({b} - {c}\,{d}^{2}, 0\right)} + {e}",
            r"{a} = \sqrt{\max\left({b} - {c} \cdot {d}^{2}, 0\right)} + {e}",
        ),
        (
            "a = b/(1 - beta1**count_next)",
            r"{a} = \frac{{b}}{1 - {beta1}^{{count_next}}}",
            r"{a} = \frac{{b}}{1 - {beta1}^{{count_next}}}",
        ),
        (
            "a = b*(sign(c) + d*a)",
            r"{a} = {b}\,\left(\mathrm{sign}\left({c}\right) + {d}\,{a}\right)",
            r"{a} = {b} \cdot \left(\mathrm{sign}\left({c}\right) + {d} \cdot {a}\right)",
        ),
    ],
)
def test_a_line_is_typeset_with_named_places(line, symbols, numbers):
    assert typeset(line) == Line(symbols, numbers)


def test_what_is_no_assignment_is_a_programmers_mistake():
    with pytest.raises(AssertionError):
        typeset("point + 1")


def test_places_are_filled_and_latexs_own_braces_left_alone():
    assert fill(r"v_{k+1} = {a}^{{b}} + {c}", {"a": "1", "b": "x_{k}"}) == r"v_{k+1} = 1^{x_{k}} + {c}"


def test_lines_written_by_hand_are_the_same_in_symbols_and_in_numbers_unless_two_are_given():
    assert lines_of("a", ("b", "c")) == (Line("a", "a"), Line("b", "c"))


# --- the parts of a rule


def _walk_by(rule, gradients, values=None, rate=1.0, start=0.0):
    update, state, x, path = rule.bind(**(values or {})).floats, None, start, []
    for gradient in gradients:
        x, _, state = update(gradient, -gradient, state, rate, x, -x)
        path.append(x)
    return path, state


def test_a_state_begins_at_zero_or_at_what_is_named():
    lines = (
        "total_next = total + gradient",
        "product_next = 2*product",
        "point_next = point - product_next*total_next",
    )
    assert Rule(lines).state == ("total", "product")
    assert _walk_by(Rule(lines), [1.0, 2.0])[0] == [0, 0]
    # 1 · 2, then 3 · 4 further.
    assert _walk_by(Rule(lines, zero={"product": 1.0}), [1.0, 2.0]) == ([-2, -14], (3, -3, 4))
    assert _walk_by(Rule(lines, zero={"product": 1.0, "total": 10.0}), [1.0])[0] == [-22]


def test_the_lines_of_the_first_step_are_used_once():
    rule = Rule(
        ("velocity_next = velocity + gradient", "point_next = point - velocity_next"),
        first=("velocity_next = 10*gradient", "point_next = point - gradient"),
    )
    assert _walk_by(rule, [1.0, 1.0, 1.0]) == ([-1, -12, -24], (12, -12))
    assert {variant: [line.symbols for line in lines] for variant, lines in rule.variants().items()} == {
        "rule": ["{velocity_next} = {velocity} + {gradient}", "{point_next} = {point} - {velocity_next}"],
        "first": [r"{velocity_next} = 10\,{gradient}", "{point_next} = {point} - {gradient}"],
    }


def test_a_rule_without_its_own_first_step_has_no_lines_for_it():
    rule = Rule(("point_next = point - gradient",))
    assert rule.variants() == {"rule": [Line(*["{point_next} = {point} - {gradient}"] * 2)]}
    assert rule.state == ()


def test_a_name_has_a_value_for_each_coordinate_where_it_depends_on_one():
    rule = Rule(
        (
            "count_next = count + 1",
            "scale = 1/(1 - beta**count_next)",
            "mean_next = beta*mean + gradient",
            "point_next = point - scale*mean_next",
        )
    )
    assert rule.by_coordinate == {"gradient", "point", "mean", "mean_next", "point_next"} | {"point"}
    source = rule.source(("beta",))
    assert "scale_x" not in source
    assert "mean_next_y" in source
    assert _walk_by(rule, [1.0], {"beta": 0.5}) == ([-2], (1, 1, -1))


def test_a_name_that_comes_to_depend_on_a_coordinate_only_a_line_later_is_found():
    # The state is used before the line that makes it depend on the gradient.
    rule = Rule(("point_next = point - kept", "kept_next = twice", "twice = 2*gradient"))
    assert "kept" in rule.by_coordinate


def test_a_count_is_kept_and_shown_like_every_other_line():
    rule = Rule(("count_next = count + 1", "point_next = point - count_next*gradient"))
    assert [line.symbols for line in rule.variants()["rule"]] == [
        "{count_next} = {count} + 1",
        r"{point_next} = {point} - {count_next}\,{gradient}",
    ]
    path, state = _walk_by(rule, [1.0, 1.0])
    assert (path, state) == ([-1, -3], (2,))
    assert type(state[0]) is float


@pytest.mark.parametrize("slug", ["adam", "adamw", "nadam", "amsgrad"])
def test_the_line_of_the_count_is_shown_with_its_own_symbols(slug):
    first, *_ = OPTIMIZERS[slug].rule.variants()["rule"]
    assert [fill(text, SYMBOLS) for text in first] == ["n = k + 1", "n = k + 1"]
    assert fill(first.numbers, {"count": "6", "count_next": "7"}) == "7 = 6 + 1"


def test_what_moves_the_whole_point_is_bound_with_the_hyperparameters_that_are_listed():
    for slug in ("newton", "line-search"):
        entry = OPTIMIZERS[slug]
        keys = {parameter.key for parameter in entry.hyperparameters}
        assert keys == set(inspect.signature(entry.rule.bind).parameters) - {
            "functions",
            "dimensions",
            "downhill",
            "arrays",
        }
        assert entry.rule.variants()["rule"] == entry.rule.lines
        assert entry.rule.variants()["uphill"] == entry.rule.uphill
    assert OPTIMIZERS["line-search"].rule.variants()["refused"] == OPTIMIZERS["line-search"].rule.refused


@every_rule
def test_every_hyperparameter_that_is_listed_is_used_and_every_one_used_is_listed(slug):
    entry = OPTIMIZERS[slug]
    text = " ".join((*entry.rule.lines, *entry.rule.first))
    names = set(re.findall(r"[a-z_]+[0-9]?", text)) - {"sqrt", "max", "sign", "gradient", "point", "learning_rate"}
    targets = {line.split(" = ")[0] for line in (*entry.rule.lines, *entry.rule.first)}
    keys = {parameter.key for parameter in entry.hyperparameters}
    assert names - targets - set(entry.rule.state) == keys


def test_starts_of_a_crowd_are_explained_like_a_single_one():
    entry = LANDSCAPES["two-valley"]
    starts = scatter(entry.domain, entry.start, MANY, 4)
    settings = descent(entry, "nadam", learning_rate=0.02, steps=50, tolerance=0.0)
    alone = [step for part in trace(settings, [starts[7]], 0) for step in part]
    crowd = [step for part in trace(settings, starts, 7) for step in part]
    assert [step.quantities.keys() for step in alone] == [step.quantities.keys() for step in crowd]
    for one, other in zip(alone, crowd, strict=True):
        for name, value in one.quantities.items():
            assert other.quantities[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
