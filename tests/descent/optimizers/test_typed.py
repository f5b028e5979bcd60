"""Typed rules: the table's own text walks the table's walks to the last bit; what is none is told where and why."""

import math
import pickle
import random
import sys
from dataclasses import replace

import numpy as np
import pytest

from app.descent.formulas.memory import Memory
from app.descent.judging.basins import ends_of
from app.descent.judging.judged_walk import Judged, judged_walk
from app.descent.judging.marks import Marks
from app.descent.judging.theory import edge
from app.descent.judging.verdict import judge
from app.descent.judging.weights import judge_weights
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.networks import NETWORKS
from app.descent.optimizers import own_rule, rules, typed
from app.descent.optimizers.careful import ARRAYS, GUARDED_FLOATS, IN_PLACE, PLAIN_FLOATS
from app.descent.optimizers.naming import slider_of, symbol
from app.descent.optimizers.reading import (
    GIVEN,
    MAX_HYPERPARAMETERS,
    MAX_LENGTH,
    MAX_LINES,
    RULE_FUNCTIONS,
    RuleError,
    read_rule,
)
from app.descent.optimizers.rules import fill, names_in_lines
from app.descent.optimizers.table import OPTIMIZERS, SYMBOLS, TYPED
from app.descent.optimizers.typed import text_of, typed_optimizer
from app.descent.walks import cells, trained_cells
from app.descent.walks.descent import scatter
from app.descent.walks.endings import CRITERIA
from app.descent.walks.trace import trace
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import all_of, descent, landscape
from tests.descent.in_weights import assert_equal, drawn_starts, of_network, settings_of, walks
from tests.descent.optimizers.rules_at_random import HYPERPARAMETERS, grown_rule, texts
from tests.products import covering

MANY = MOST_ALONE + 1
RULES = [slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself]
every_rule = pytest.mark.parametrize("slug", RULES)
PLAINEST = "point_next = point - learning_rate*gradient"


def typed_as(slug, **values):
    """Return the table's rule as somebody typed it, and its hyperparameters."""
    own = OPTIMIZERS[slug].values(values)
    return typed_optimizer(text_of(OPTIMIZERS[slug]), own), own


def refused(text, **hyperparameters):
    """Return the error of a text that is no rule."""
    with pytest.raises(RuleError) as caught:
        typed_optimizer(text, hyperparameters)
    return caught.value


def walk_of(text, ground="bowl", start=None, crowd=1, **options):
    """Walk a typed rule without hyperparameters, and return the walk of the first walker, its settings and it."""
    entry = LANDSCAPES[ground]
    own = typed_optimizer(text, {})
    settings = replace(descent(entry, **options), rule=own.rule, values={})
    return all_of(settings, [start or entry.start] * crowd)[0], settings, own


def assert_walks_equal(ours, theirs):
    for name in ours._fields[:-1]:
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), name)
    np.testing.assert_equal(tuple(ours.ending), tuple(theirs.ending))


# --- the table's rules as text


def test_the_rules_that_are_lines_are_text_and_methods_are_none():
    assert {slug for slug, entry in OPTIMIZERS.items() if text_of(entry) is not None} == set(RULES)
    assert text_of(OPTIMIZERS["momentum"]) == (
        "velocity_first = gradient\n"
        "velocity_next = momentum*velocity + (1 - dampening)*gradient\n"
        "point_next = point - learning_rate*velocity_next"
    )
    assert "product_first = weight\nproduct_next = product*weight\n" in text_of(OPTIMIZERS["nadam"])


@every_rule
def test_a_rule_of_the_table_that_is_typed_has_its_lines_and_its_symbols(slug):
    own, _ = typed_as(slug)
    entry = OPTIMIZERS[slug]
    assert own.rule.lines == entry.rule.lines
    assert own.rule.first == entry.rule.first or slug == "nadam"
    assert own.rule.variants()["rule"] == entry.rule.variants()["rule"]
    assert text_of(own) == text_of(entry)
    for name in names_in_lines(entry.rule.lines) - RULE_FUNCTIONS.keys():
        assert own.symbols[name] == entry.symbols[name], name
    # All of its quotients are seen to be by what is never zero, and so are as fast as the table's.
    if slug != "nadam":
        assert "quotient_" not in own.rule.source(tuple(own.values({})), guarded=True)


@every_rule
@pytest.mark.parametrize(
    ("ground", "options"),
    [
        ("rosenbrock", {"learning_rate": 0.001}),
        ("two-minima", {"learning_rate": 0.01, "schedule": "cosine", "restarts": 2}),
        ("straight-line", {"learning_rate": 0.01, "batch": 7, "noise": 0.1, "seed": 4}),
        ("peaks", {"learning_rate": 0.3, "goal": "maximize", "noise": 0.2, "seed": 5}),
    ],
)
def test_a_rule_of_the_table_that_is_typed_walks_the_same_walk_alone_and_in_a_block(slug, ground, options):
    own, values = typed_as(slug)
    entry = LANDSCAPES[ground]
    theirs = descent(entry, slug, values, steps=150, **options)
    ours = replace(theirs, rule=own.rule)
    for count in (1, MANY):
        starts = scatter(entry.domain, entry.start, count, 3)
        mine, table = all_of(ours, starts), all_of(theirs, starts)
        for walker in range(count):
            assert_walks_equal(mine[walker], table[walker])


def completed(known, seconds=60.0, module=cells):
    while not known.done:
        known = module.advance(known, seconds)
    return known


def assert_cells_equal(ours, theirs, names):
    for name in names:
        np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), name)


CELLS = ("criterion", "outcome", "basin", "steps", "evaluations", "x", "y")


@pytest.mark.parametrize(("slug", "ground"), covering(RULES, ["rastrigin", "peaks", "straight-line", "two-minima"]))
def test_a_rule_of_the_table_that_is_typed_has_the_same_maps(slug, ground):
    own, values = typed_as(slug)
    entry, dice = LANDSCAPES[ground], np.random.default_rng(6)
    theirs = descent(entry, slug, values, steps=120, goal=entry.goal, learning_rate=0.05)
    ours = pickle.loads(pickle.dumps(replace(theirs, rule=own.rule)))
    starts = np.array([(*start, 0.0)[:2] for start in scatter(entry.domain, entry.start, 40, 8)]).T
    ends = ends_of(theirs.landscape, theirs.goal)
    mine, table = (completed(cells.at_starts(settings, *starts, ends)) for settings in (ours, theirs))
    assert_cells_equal(mine, table, CELLS)
    rates = entry.learning_rate * 10 ** dice.uniform(-2, 3, 30)
    for parameter in OPTIMIZERS[slug].hyperparameters or [None]:
        key, each = None, None
        if parameter is not None:
            key, each = parameter.key, dice.uniform(parameter.low, parameter.high, len(rates))
            each = np.round(each) if parameter.whole else each
        made = (cells.at_settings(settings, entry.start, rates, key, each, ends) for settings in (ours, theirs))
        assert_cells_equal(*map(completed, made), CELLS)


@every_rule
def test_a_rule_of_the_table_that_is_typed_trains_a_network_alike_and_has_the_same_map_of_it(slug):
    own, values = typed_as(slug)
    problem, size = of_network("network-xor"), NETWORKS["network-xor"].size
    theirs = settings_of(slug, values, steps=50, rate=0.05, noise=0.01, batch=3)
    ours = replace(theirs, rule=own.rule)
    starts = drawn_starts(size, 4)
    mine, table = walks(ours, problem, starts), walks(theirs, problem, starts)
    for walker in range(4):
        assert_equal(mine[walker], table[walker])
    rates = 10 ** np.random.default_rng(2).uniform(-3, 2, 9)
    made = (trained_cells.at_settings(own, problem, starts[:, 0], rates, None, None) for own in (ours, theirs))
    mine, table = (completed(known, module=trained_cells) for known in made)
    assert_cells_equal(mine, table, ("criterion", "outcome", "steps", "evaluations", "loss"))


@every_rule
def test_the_steps_of_a_typed_rule_are_told_as_those_of_the_table(slug):
    own, values = typed_as(slug)
    theirs = descent(LANDSCAPES["peaks"], slug, values, steps=6, learning_rate=0.01, tolerance=0.0)
    for crowd in (1, MANY):
        starts = [LANDSCAPES["peaks"].start] * crowd
        told = [
            [step for part in trace(one, starts, 0) for step in part]
            for one in (replace(theirs, rule=own.rule), theirs)
        ]
        assert len(told[0]) == 6
        for mine, table in zip(*told, strict=True):
            known = {"product": None} if slug == "nadam" and mine.step == 0 else {}
            assert {**mine.quantities, **known} == {**table.quantities, **known}
        first = bool(own.rule.first)
        assert [step.rule for step in told[0]] == ["first" if first else "rule", *["rule"] * 5]


# --- what is typed


@pytest.mark.parametrize(
    ("text", "hyperparameters", "lines", "first"),
    [
        ("POINT_NEXT = point - Learning_Rate gradient", {}, (PLAINEST,), ()),
        ("; point_next = point - (learning_rate)*(+gradient);\n;", {}, (PLAINEST,), ()),
        (
            "v_next = β·v + gradient²\r\npoint_next = point − learning_rate·√v_next",
            {"beta": 0.5},
            ("v_next = beta*v + gradient**2", "point_next = point - learning_rate*sqrt(v_next)"),
            (),
        ),
        (
            "m_next = β1 m + (1-β1)gradient; point_next = point - learning_rate m_next",
            {"beta1": 0.5},
            ("m_next = beta1*m + (1 - beta1)*gradient", "point_next = point - learning_rate*m_next"),
            (),
        ),
        (
            "v_first = 2gradient; v_next = v + gradient; point_next = point - learning_rate v_next",
            {},
            ("v_next = v + gradient", "point_next = point - learning_rate*v_next"),
            ("v_next = 2*gradient", "point_next = point - learning_rate*v_next"),
        ),
        (
            "point_next = point - learning_rate*max(-1, gradient, pi)",
            {},
            ("point_next = point - learning_rate*max(-1, max(gradient, 3.141592653589793))",),
            (),
        ),
    ],
)
def test_what_is_typed_becomes_lines_in_pythons_syntax(text, hyperparameters, lines, first):
    assert read_rule(text, hyperparameters) == (lines, first)


@pytest.mark.parametrize(
    ("text", "column", "says", "correction", "needed"),
    [
        ("", 0, "there is no rule yet", None, None),
        ("gradient", 0, "assigns nothing", None, None),
        ("point_next == point - gradient", 11, "compares", "point_next = point - gradient", None),
        ("2v = gradient", 0, "no single name", None, None),
        ("point_next =", 12, "nothing stands behind", None, None),
        ("point_next = point - (gradient", 30, "not closed", "point_next = point - (gradient)", None),
        ("point_next = point - gradient.real", 29, "not allowed", None, None),
        ("point_next = point - gradent", 21, "'gradent' is not known", "point_next = point - gradient", None),
        ("point_next = point - lr*g", 21, "'lr' is not known", "point_next = point - learning_rate*gradient", None),
        ("point_next = point - sqr(gradient)", 21, "'sqr' is not known", "point_next = point - sqrt(gradient)", None),
        ("point_next = point - t*gradient", 21, "counts its steps itself", None, None),
        ("point_next = point - loss*gradient", 21, "does not see the loss", None, None),
        ("point = point - gradient", 0, "where the step begins", "point_next = point - gradient", None),
        ("x = x - gradient", 4, "read before it has a value", "point_next = point - gradient", None),
        ("point -= gradient", 0, "changes what is there", "point_next = point - (gradient)", None),
        ("gradient = 1; point_next = point - gradient", 0, "gradient is given", None, None),
        ("point_first = 1; point_next = point - gradient", 0, "the start of the walk", None, None),
        ("sqrt = 1; point_next = point - gradient", 0, "it is a function", None, None),
        ("v_x = 1; point_next = point - gradient*v_x", 0, "each coordinate follows the rule by itself", None, None),
        ("lambda = 1; point_next = point - gradient*lambda", 0, "meaning of its own", None, None),
        ("cases = 1; point_next = point - gradient*cases", 0, "meaning of its own", None, None),
        ("state = 1; point_next = point - gradient*state", 0, "meaning of its own", None, None),
        ("v_first = 1; point_next = point - gradient", 0, "no line assigns that", None, None),
        ("a = 1; a = 2; point_next = point - a*gradient", 7, "assigned twice", None, None),
        ("v = 1; v_next = v; point_next = point - v*gradient", 0, "what the step before left", None, None),
        (
            "velocity = momentum*velocity + gradient; point_next = point - learning_rate*velocity",
            20,
            "assigned as velocity_next",
            "velocity_next = momentum*velocity + gradient; point_next = point - learning_rate*velocity_next",
            {"momentum": 0.9},
        ),
        (
            "s_next = β2 s + (1 - β2)g^2\npoint_next = point - η*g/(√s_next + ε)",
            24,
            "'g' is not known",
            "s_next = β2 s + (1 - β2)gradient^2\npoint_next = point - learning_rate*gradient/(√s_next + ε)",
            {"beta2": 0.999, "epsilon": 1e-8},
        ),
        ("point_next = point - beta2*gradient", 21, "no hyperparameter is called so", None, {"beta2": 0.999}),
        ("point_next = point - v_next; v_next = v + gradient", 21, "before line 2 assigns it", None, None),
        ("v_next = 2*v + 1; point_next = point - v_next", 30, "never uses the gradient", None, None),
        ("point_next = 0", 12, "never uses the gradient", None, None),
        ("v_next = v + gradient", 21, "no line assigns point_next", None, None),
        (f"v_next = v + gradient; {PLAINEST}", 0, "never used", PLAINEST, None),
        (f"{PLAINEST} + 1e999", 46, "too large", None, None),
        (f"{PLAINEST}*({'+'.join(['(9*9)'] * 50)})", None, "more than 200 parts", None, None),
        (
            "; ".join(f"a{n}_next = a{n} + {'+'.join(['9'] * 25)}" for n in range(9)),
            None,
            "more than 400 parts",
            None,
            None,
        ),
        (";".join(f"a{n} = {n}" for n in range(MAX_LINES + 1)), None, f"more than {MAX_LINES} lines", None, None),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, f"the most is {MAX_LENGTH}", None, None),
        ("a" * 30 + " = 1; point_next = point - gradient", 0, "longer than", None, None),
    ],
)
def test_what_is_no_rule_is_told_where_and_why_and_what_was_likely_meant(text, column, says, correction, needed):
    error = refused(text)
    assert says in str(error)
    assert error.correction == correction
    assert error.hyperparameters == needed
    if column is not None:
        assert error.column == column
    if error.line is not None:
        assert error.line == 1 + text[: error.column].replace("\n", ";").count(";")
    if correction or needed:
        typed_optimizer(correction or text, needed or {})


@pytest.mark.parametrize(
    ("hyperparameters", "says"),
    [
        ({"sqrt": 1.0}, "it is a function"),
        ({"gradient": 1.0}, "every rule has it already"),
        ({"v_next": 1.0}, "a step assigns such names"),
        ({"Beta": 1.0}, "small letters"),
        ({"loss": 1.0}, "does not see the loss"),
        ({"beta": math.nan}, "no finite number"),
        ({"locals": 1.0}, "meaning of its own"),
        ({"beta": 1.0}, "does not use its hyperparameter 'beta'"),
        ({f"a{n}": 1.0 for n in range(MAX_HYPERPARAMETERS + 1)}, f"the most is {MAX_HYPERPARAMETERS}"),
    ],
)
def test_what_can_be_no_hyperparameter_is_told(hyperparameters, says):
    error = refused(PLAINEST, **hyperparameters)
    assert says in str(error)
    assert error.hyperparameters == ({} if "does not use" in says else None)


def test_what_is_needed_is_told_with_the_values_that_were_given():
    error = refused("v_next = a*v + b*gradient; point_next = point - v_next", a=0.25)
    assert error.hyperparameters == {"a": 0.25, "b": 0.9}
    assert refused(PLAINEST, a=0.25).hyperparameters == {}


def test_a_name_that_is_assigned_only_at_usual_steps_may_not_be_read_at_the_first():
    text = "v_next = v + gradient; w_first = v_next; w_next = w + v_next; point_next = point - w_next"
    assert read_rule(text, {}).first[1] == "w_next = v_next"
    wrong = "w_first = v_next; v_next = v + gradient; w_next = w + v_next; point_next = point - w_next"
    assert "before line 2 assigns it" in str(refused(wrong))


# --- rules that have no value somewhere


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        # The gradient is below zero at once, and so has no root.
        ("point_next = point - learning_rate*gradient**0.5", 1),
        ("point_next = point - learning_rate*sqrt(gradient)", 1),
        ("count_next = count + 1; point_next = point - learning_rate*gradient/(3 - count_next)", 3),
        # Whoever divides by infinity has nothing, but here it is none.
        ("count_next = count + 1; point_next = point - learning_rate*gradient/(1 + 1/(2 - count))", 3),
        ("point_next = point - learning_rate*log(0*gradient)", 1),
        ("v_first = 1; v_next = 0; point_next = point - learning_rate*gradient/v_next", 2),
        ("v_next = 1e300*(v + gradient); point_next = point - learning_rate*(v_next - v_next)*v_next**3", 1),
        ("point_next = exp(exp(exp(exp(9 + abs(gradient)))))", 1),
    ],
)
def test_a_step_without_a_value_ends_the_walk_as_one_that_diverged_with_a_sentence(text, steps):
    start = (-1.0, -1.0)
    alone, settings, own = walk_of(text, start=start)
    assert alone.ending.criterion == "not_finite"
    assert alone.ending.steps == steps
    assert_walks_equal(walk_of(text, start=start, crowd=MANY)[0], alone)
    verdict = judge(settings, own, start, alone.ending)
    assert verdict.outcome == "diverged"
    assert "its rule, or the gradient, has no finite value there, as where it divides by zero" in verdict.message
    assert "Its last step leads nowhere: there its rule, or the gradient, has no finite value." in verdict.message
    # Every step that was taken is told, the last one too.
    assert sum(len(part) for part in trace(settings, [start], 0)) == steps
    known = completed(
        cells.at_starts(settings, np.array([-1.0]), np.array([-1.0]), ends_of(settings.landscape, "minimize"))
    )
    assert (known.steps[0], cells.OUTCOMES[known.outcome[0]]) == (steps, "diverged")


@pytest.mark.parametrize(
    ("text", "first"),
    # At a point and a gradient of 0, where y is, of which there is none, both go somewhere or have no value.
    [
        ("point_next = point - gradient/(2*point)", lambda x, slope: x - slope / (2 * x)),
        ("point_next = point - gradient + learning_rate", lambda x, slope: x - slope + 0.1),
    ],
)
def test_on_a_line_a_rule_goes_along_it_only_whatever_it_would_do_elsewhere(text, first):
    options = {"learning_rate": 0.1, "steps": 4, "tolerance": 0.0}
    alone, settings, _ = walk_of(text, "parabola", (0.8,), **options)
    crowded, _, _ = walk_of(text, "parabola", (0.8,), MANY, **options)
    assert_walks_equal(alone, crowded)
    assert [*alone.y] == [0.0] * 5
    assert alone.ending.criterion == "steps"
    assert alone.x[1] == first(0.8, settings.landscape.floats.loss_and_gradient(0.8, 0.0)[1])


def test_of_a_network_it_is_told_too():
    network = NETWORKS["network-xor"]
    own = typed_optimizer("point_next = point - learning_rate*sqrt(gradient)", {})
    settings = replace(settings_of(steps=5), rule=own.rule)
    start = network.first_weights(0, 1.0)
    ending = walks(settings, of_network("network-xor"), start[:, None])[0].ending
    message = judge_weights(settings, own, network, start, ending).message
    assert "its rule, or the gradient, has no finite value there" in message
    assert "Its last step leads nowhere" in message


def test_a_rule_that_grows_without_bound_runs_away_and_nothing_is_said_of_a_limit():
    alone, settings, own = walk_of("v_next = 3*v + gradient; point_next = point - learning_rate*v_next")
    verdict = judge(settings, own, LANDSCAPES["bowl"].start, alone.ending)
    assert verdict.outcome == "diverged"
    assert verdict.stability_limit is None
    assert "limit" not in verdict.message


# --- what is known of a typed rule, and what is not


@every_rule
def test_of_a_typed_rule_no_limit_and_no_best_setting_is_claimed(slug):
    own, values = typed_as(slug)
    settings = replace(descent(LANDSCAPES["bowl"], slug, values, steps=30), rule=own.rule)
    assert edge(own, values) is None
    assert Marks(settings, own).of((1.0, 1.0), (0.0, 0.0)) == []
    assert (own.slug, own.stability, own.best, own.restless(), own.stability_text()) == (TYPED, None, None, "", "")
    assert own.usual_learning_rate(LANDSCAPES["peaks"]) == (
        OPTIMIZERS["gradient-descent" if slug in ("gradient-descent", "momentum", "nesterov") else "adam"]
    ).usual_learning_rate(LANDSCAPES["peaks"])


VELOCITY = "v_first = gradient; v_next = beta*v + gradient; point_next = point - learning_rate*v_next"


@pytest.mark.parametrize(
    ("text", "values", "expression", "learning_rate", "period"),
    [
        # At the limits of gradient descent and of momentum: 2/λ and 2(1 + β)/λ.
        (PLAINEST, {}, "x**2/2", 2.0, 2),
        (VELOCITY, {"beta": 0.5}, "x**2/2", 3.0, 2),
        # Steps of one length, from one side of the kink to the other: nothing is remembered.
        ("point_next = point - learning_rate*sign(gradient)", {}, "abs(x)", 1.6, 2),
        # The same, but what else is remembered may change later.
        (f"count_next = count + 1; {PLAINEST}*max(1, count_next - 1e9)", {}, "x**2/2", 2.0, None),
        (f"a_next = a + gradient; b_next = b + gradient; {PLAINEST} + 0.5*(a_next - b_next)", {}, "x**2/2", 2.0, None),
        (f"v_next = max(v, gradient); {PLAINEST}*max(1, v_next - 1e9)", {}, "x**2/2", 2.0, None),
        (f"v_next = v + gradient*gradient; {PLAINEST}*max(1, v_next - 1e9)", {}, "x**2/2", 2.0, None),
    ],
)
def test_a_cycle_is_told_only_where_all_that_is_remembered_shows(text, values, expression, learning_rate, period):
    own, ground = typed_optimizer(text, values), landscape(expression, (0.8,))
    settings = descent(ground, learning_rate=learning_rate, steps=300, tolerance=0.0)
    events = judged_walk(replace(settings, rule=own.rule, values=values), own, [(0.8,)], ground.domain)
    *_, last = (event for event in events if isinstance(event, Judged))
    assert last.verdict.cycle == period


def test_it_can_be_sent_to_other_processes_and_walks_there():
    own, values = typed_as("adam")
    sent = pickle.loads(pickle.dumps(own))
    assert sent.rule == own.rule
    assert sent.rule.bind(**values).floats(1.0, 2.0, None, 0.1, 0.0, 0.0) == own.rule.bind(**values).floats(
        1.0, 2.0, None, 0.1, 0.0, 0.0
    )


def test_what_is_kept_of_typed_rules_is_bounded():
    for cache in (typed._typed, typed._lines_with, own_rule._in_place, rules._in_place):
        assert cache.cache_info().maxsize <= 64
    for memory in (own_rule._sources, rules.codes):
        assert memory.held <= memory.most <= 1_000_000


def test_what_is_remembered_by_its_size_makes_room_for_what_is_asked_for_last():
    memory = Memory(100)
    for index in range(50):
        assert memory.keep(index, f"answer {index}", 30) == f"answer {index}"
        assert memory.keep(index, "another", 30) == f"answer {index}"
        assert memory.get(0) == "answer 0"
        assert memory.held <= memory.most
    assert [index for index in range(50) if memory.get(index)] == [0, 48, 49]
    assert memory.keep("large", "too large", 101) == "too large"
    assert memory.get("large") is None
    assert memory.held == 90


def test_in_a_map_what_depends_on_no_coordinate_has_a_value_for_each_cell():
    text = (
        "count_first = beta; count_next = count + 1; rate = where(beta < 0.5, max(beta, 0.1), sqrt(beta))/(1 - beta)\n"
        "v_first = count_next; v_next = v*min(beta, 0.9)**count_next + gradient\n"
        "point_next = point - learning_rate*rate*v_next"
    )
    own, entry = typed_optimizer(text, {"beta": 0.3}), LANDSCAPES["peaks"]
    settings = replace(descent(entry, steps=80, learning_rate=0.01), rule=own.rule, values={"beta": 0.3})
    rates, betas = np.geomspace(1e-4, 1.0, 6).repeat(6), np.tile([0.0, 0.1, 0.5, 0.7, 0.99, 1.0], 6)
    ends = ends_of(settings.landscape, settings.goal)
    known = completed(cells.at_settings(settings, entry.start, rates, "beta", betas, ends))
    assert len(set(known.outcome.tolist())) > 1
    for cell, (rate, beta) in enumerate(zip(rates.tolist(), betas.tolist(), strict=True)):
        alone = replace(settings, values={"beta": beta}, rates=replace(settings.rates, learning_rate=rate))
        ending = all_of(alone, [entry.start])[0].ending
        assert (known.steps[cell], CRITERIA[known.criterion[cell]]) == (ending.steps, ending.criterion)
        if ending.criterion != "not_finite":
            assert (known.x[cell], known.y[cell]) == (ending.x, ending.y)


def test_a_long_rule_counts_as_more_work_than_those_of_the_table():
    assert {typed_as(slug)[0].tries for slug in RULES} == {1}
    long = "+".join(["exp(gradient)*sin(point)"] * 15)
    assert typed_optimizer(f"point_next = point - learning_rate*({long})", {}).tries == 4


# --- symbols and sliders


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("v", "v"),
        ("beta", r"\beta"),
        ("beta1", r"\beta_{1}"),
        ("beta_1", r"\beta_{1}"),
        ("m_hat", r"\hat{m}"),
        ("step", r"\mathrm{step}"),
        ("v_max", r"v_{\mathrm{max}}"),
        ("omicron", r"\mathrm{omicron}"),
        ("x_bar_2", r"\bar{x}_{2}"),
    ],
)
def test_a_name_is_typeset(name, latex):
    assert symbol(name) == latex


def test_a_state_counts_its_steps_and_no_two_symbols_are_alike():
    text = (
        "total_next = total + gradient^2; square_next = square + gradient^4; v_hat = total_next/square_next\n"
        "beta_1 = 2; v_next = beta1*v + beta_1*gradient; point_next = point - learning_rate*v_next/(v_hat + v)"
    )
    own = typed_optimizer(text, {"beta1": 0.9})
    assert own.symbols["v"] == "v_{k}"
    assert own.symbols["v_next"] == "v_{k+1}"
    assert own.symbols["beta1"] == r"\beta_1"
    assert own.symbols["gradient"] == SYMBOLS["gradient"]
    names = names_in_lines(own.rule.lines)
    assert len({own.symbols[name] for name in names}) == len(names)
    line = own.rule.variants()["rule"][-1]
    assert fill(line.symbols, own.symbols) == r"x_{k+1} = x_k - \frac{\eta_k\,v_{k+1}}{\hat{v} + v_{k}}"


@pytest.mark.parametrize(
    ("name", "value", "low", "high", "log"),
    [
        ("momentum", 0.9, 0.0, 1.0, False),
        ("epsilon", 1e-8, 1e-12, 1.0, True),
        ("epsilon", 0.0, 0.0, 1.0, False),
        ("momentum", 3.0, 0.0, 10.0, False),
        ("centred", 0.5, 0.0, 1.0, False),
        ("rho", 0.0, 0.0, 1.0, False),
        ("rho", 1.0, 0.0, 1.0, False),
        ("rho", 42.0, 0.0, 100.0, False),
        ("rho", -3.0, -10.0, 10.0, False),
        ("rho", 1e-5, 1e-12, 1.0, True),
        ("rho", 1e-15, 1e-15, 1.0, True),
        ("rho", 1e308, 0.0, 1e308, False),
    ],
)
def test_a_slider_has_the_tables_bounds_or_some_around_its_value(name, value, low, high, log):
    slider = slider_of(name, value)
    assert (slider.key, slider.low, slider.high, slider.default, slider.log) == (name, low, high, value, log)


# --- whatever is typed


ODD = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 710.0, -745.0, 1e-200, 1e200, -1e200, 1e308, math.inf, -math.inf, math.nan]


@pytest.mark.parametrize("name", [name for name in GUARDED_FLOATS if not name.startswith("alone_")])
def test_a_function_is_the_same_on_floats_on_arrays_and_in_place_and_raises_nothing(name):
    count = {
        "where_below_": 4,
        "where_up_to_": 4,
        **dict.fromkeys(("max", "min", "power_", "quotient_", "spread_"), 2),
    }
    dice = np.random.default_rng(1)
    some = np.concatenate([np.repeat(ODD, 20), dice.normal(size=600), 10.0 ** dice.uniform(-300, 300, 300)])
    values = [dice.choice(some, 1500) for _ in range(count.get(name, 1))]
    out = np.empty(1500)
    with np.errstate(all="ignore"):
        many = ARRAYS[name](*values)
        IN_PLACE[name](*values, out)
    each = list(zip(*(value.tolist() for value in values), strict=True))
    alone = [GUARDED_FLOATS[name](*one) for one in each]
    np.testing.assert_array_equal(many, alone)
    np.testing.assert_array_equal(out, alone)
    for one, expected in zip(each, alone, strict=True):
        try:
            plain = PLAIN_FLOATS[name](*one)
        except (ArithmeticError, ValueError):
            continue
        np.testing.assert_equal(plain, expected)


def steps_of(own, seed, walkers=4, steps=4):
    """Take the same steps on floats, on arrays and in place, with odd gradients, and hold that they are equal."""
    dice, values = np.random.default_rng(seed), own.values({})
    updates, in_place = own.rule.bind(**values), own.rule.bind_in_place(**values)
    point = dice.normal(size=(2, walkers))
    point[0, 0] = 0.0
    alone, states, state = [tuple(one) for one in point.T.tolist()], [None] * walkers, None
    x, y = point.copy()
    kept, spare = own.rule.zeros(point.shape), tuple(np.full(point.shape, np.nan) for _ in range(in_place.spare))
    for step in range(steps):
        is_odd = dice.uniform(size=point.shape) < 0.3
        slopes = np.where(is_odd, dice.choice(ODD, point.shape), dice.normal(size=point.shape))
        rate = float(dice.uniform())
        for walker in range(walkers):
            slope = slopes[:, walker].tolist()
            told = updates.explain(*slope, states[walker], rate, *alone[walker])
            *alone[walker], states[walker] = updates.floats(*slope, states[walker], rate, *alone[walker])
            np.testing.assert_equal([told["point_next_x"], told["point_next_y"]], alone[walker])
        spare[0][:], out, before = slopes, np.empty_like(point), point.copy()
        with np.errstate(all="ignore"):
            x, y, state = updates.arrays(*slopes, state, rate, x, y)
            kept, spare = (in_place.update if step else in_place.begin)(spare, kept, rate, point, out)
        np.testing.assert_array_equal(point, before)
        arrays = [id(part) for part in (*spare, *(kept or ()), out) if np.ndim(part) == 2]
        assert len(set(arrays)) == len(arrays), "one array is used for two things"
        point = out
        np.testing.assert_array_equal(np.array([x, y]).T, alone)
        np.testing.assert_array_equal(point.T, alone)


def test_any_rule_takes_the_same_steps_on_floats_on_arrays_and_in_place_to_the_last_bit():
    dice = random.Random(11)
    for seed in range(250):
        steps_of(typed_optimizer(grown_rule(dice), HYPERPARAMETERS), seed)


def test_the_point_may_be_nothing_but_what_is_remembered():
    for text in (
        "v_next = v - learning_rate*gradient; point_next = v",
        "v_first = 1; v_next = v - learning_rate*gradient; point_next = v_next",
        "a_next = b; b_next = c; c_next = gradient; point_next = a",
    ):
        own = typed_optimizer(text, {})
        steps_of(own, 3)
        alone = walk_of(text, steps=20, tolerance=0.0)[0]
        assert_walks_equal(walk_of(text, steps=20, tolerance=0.0, crowd=MANY)[0], alone)


def calls_of(function):
    """Return how many calls of Python functions this takes, and what comes of it."""
    count = 0

    def counted(frame, event, argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        found = told(function)[1]
    finally:
        sys.setprofile(None)
    return count, found


def told(function):
    """Return what comes of it, or the error that it is, and no count."""
    try:
        return 0, function()
    except RuleError as error:
        return 0, error


def assert_is_admitted(lines):
    """Hold that lines name nothing but what rules may: what is given, declared, or assigned by a line."""
    assigned = {rules.target_of(line) for line in (*lines.lines, *lines.first)}
    states = {name.removesuffix("_next") for name in assigned if name.endswith("_next")}
    named = names_in_lines((*lines.lines, *lines.first))
    assert named <= assigned | states | {*GIVEN, *HYPERPARAMETERS, *RULE_FUNCTIONS}
    assert not {name for name in named if "__" in name}


def test_whatever_is_typed_is_a_rule_or_is_told_where_it_is_none_and_takes_no_long_work():
    accepted, corrected, most = 0, 0, 0
    for number, text in enumerate(texts(5, 10_000)):
        # Counting makes everything several times slower.
        counted = calls_of if number % 10 == 0 else told
        work, found = counted(lambda text=text: read_rule(text, HYPERPARAMETERS))
        most = max(most, work)
        if not isinstance(found, RuleError):
            accepted += 1
            assert_is_admitted(found)
            continue
        assert str(found)
        assert found.column is None or 0 <= found.column <= len(text)
        if found.correction is not None or found.hyperparameters is not None:
            corrected += 1
            needed = HYPERPARAMETERS if found.hyperparameters is None else found.hyperparameters
            read_rule(found.correction or text, needed)
    assert most < 100 * MAX_LENGTH
    # Rules and noise, and what lies between.
    assert accepted > 2000
    assert corrected > 200


@pytest.mark.parametrize("name", ["momentum", "momentum_next"])
def test_a_hyperparameter_is_not_assigned(name):
    error = refused(f"{name} = gradient\npoint_next = point - {name}", momentum=0.9)
    assert str(error) == f"'{name}' cannot be assigned: momentum is a hyperparameter"
    assert (error.line, error.column, error.hint) == (1, 0, "another name")


def test_what_is_said_of_the_first_step_is_read_by_its_usual_name():
    error = refused("v_first = gradient\nv_next = 0.9*v + gradient\npoint_next = point - v_first")
    assert str(error) == "'v_first' is read as v_next"
    assert (error.line, error.hint) == (3, "v_next")


def test_a_line_that_begins_otherwise_than_by_a_factor_of_one_is_no_text():
    rule = replace(OPTIMIZERS["gradient-descent"].rule, lines=("a_next = a + gradient",), zero={"a": 1.0}, first=())
    with pytest.raises(ValueError, match="how this line begins cannot be typed: a_next = a"):
        text_of(replace(OPTIMIZERS["gradient-descent"], rule=rule))


def test_what_another_process_compiled_is_kept_and_nothing_is_written_again(monkeypatch):
    text = "m_next = b*m + gradient; point_next = point - learning_rate*m_next/(1 + m_next**2)"
    rule = typed_optimizer(text, {"b": 0.9}).rule
    compiled = own_rule.compiled_sources(rule, ("b",))
    written = [rule._source(("b",), guarded) for guarded in (False, True)]
    sources, codes = Memory(1_000_000), Memory(1_000_000)
    monkeypatch.setattr(own_rule, "_sources", sources)
    monkeypatch.setattr(own_rule, "codes", codes)
    own_rule.keep_compiled(rule, ("b",), compiled)
    assert sources.held == sum(map(len, written)) == codes.held
    assert [codes.get(source).co_filename for source in written] == ["<rule>"] * 2
