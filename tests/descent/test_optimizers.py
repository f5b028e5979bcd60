"""Optimizers: the same paths as torch.optim, the same numbers as the documented rules, and the limits of theory."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers import OPTIMIZERS, SYMBOLS
from tests.descent.ground import BY_HAND, all_of, descent, landscape, one

RECORDING = json.loads((Path(__file__).parent / "data" / "torch_walks.json").read_text())


def _name(walk):
    values = "-".join(f"{value:g}" for value in walk["values"].values())
    return "-".join(
        part for part in (walk["landscape"], walk["optimizer"], values, walk["goal"], walk["schedule"]) if part
    )


def _settings(walk):
    return descent(
        LANDSCAPES[walk["landscape"]],
        walk["optimizer"],
        walk["values"],
        shape=walk["shape"],
        learning_rate=walk["learning_rate"],
        steps=walk["steps"],
        schedule=walk["schedule"],
        floor=walk["floor"],
        restarts=walk["restarts"],
        growth=walk["growth"],
        goal=walk["goal"],
        tolerance=0.0,
    )


recorded = pytest.mark.parametrize("walk", [pytest.param(walk, id=_name(walk)) for walk in RECORDING["walks"]])


@recorded
def test_the_path_is_the_one_that_torch_optim_walked(walk):
    ours = one(_settings(walk), tuple(walk["start"]))
    np.testing.assert_allclose(ours.x, walk["x"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.y, walk["y"], rtol=0, atol=1e-9)
    if walk["rates"]:
        np.testing.assert_allclose(ours.learning_rate[:-1], walk["rates"], rtol=1e-12, atol=1e-15)


@recorded
def test_a_block_of_walkers_goes_where_torch_optim_went(walk):
    start = tuple(walk["start"])
    ours = all_of(_settings(walk), [start] * 30)
    for walker in (0, 29):
        np.testing.assert_allclose(ours[walker].x, walk["x"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(ours[walker].y, walk["y"], rtol=0, atol=1e-9)


def test_the_recording_moves_and_covers_every_rule():
    walks = RECORDING["walks"]
    assert {walk["optimizer"] for walk in walks} <= set(OPTIMIZERS)
    assert {walk["schedule"] for walk in walks} >= {"constant", "linear", "cosine", "exponential"}
    assert {walk["goal"] for walk in walks} == {"minimize", "maximize"}
    assert {walk["restarts"] for walk in walks} >= {0, 2, 3}
    for walk in walks:
        assert math.dist((walk["x"][0], walk["y"][0]), (walk["x"][-1], walk["y"][-1])) > 0.05
        assert len(walk["x"]) == walk["steps"] + 1


def _documented(gradient, start, rates, momentum=0.0, dampening=0.0, nesterov=False, sign=1):
    """Walk by the box "SGD" of PyTorch's documentation, in its order and with its letters."""
    theta, b, path = np.array(start), None, [start]
    for gamma in rates:
        g = sign * np.array(gradient(*theta))
        if momentum != 0:
            b = momentum * b + (1 - dampening) * g if b is not None else g
            g = g + momentum * b if nesterov else b
        theta = theta - gamma * g
        path.append(tuple(theta))
    return np.array(path).T


@pytest.mark.parametrize("slug", ["bowl", "quadratic", "two-valley", "saddle", "plateau", "peaks"])
@pytest.mark.parametrize(
    ("optimizer", "values"),
    [
        ("gradient-descent", {}),
        ("momentum", {"momentum": 0.0, "dampening": 0.0}),
        ("momentum", {"momentum": 0.8, "dampening": 0.0}),
        ("momentum", {"momentum": 0.35, "dampening": 0.6}),
        ("momentum", {"momentum": 1.0, "dampening": 1.0}),
        ("nesterov", {"momentum": 0.0}),
        ("nesterov", {"momentum": 0.75}),
    ],
)
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_path_follows_the_documented_rule_with_gradients_derived_by_hand(slug, optimizer, values, goal):
    entry = LANDSCAPES[slug]
    shape = entry.shape.default if entry.shape else None
    start = tuple(0.4 * coordinate for coordinate in entry.start)
    settings = descent(
        entry, optimizer, values, learning_rate=0.01, steps=25, schedule="linear", floor=0.5, goal=goal, tolerance=0.0
    )
    x, y = _documented(
        lambda x, y: BY_HAND[slug].gradient(x, y, shape),
        start,
        [0.01 * (1 - 0.5 * k / 25) for k in range(25)],
        nesterov=optimizer == "nesterov",
        sign=1 if goal == "minimize" else -1,
        **values,
    )
    ours = one(settings, start)
    np.testing.assert_allclose(ours.x, x, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.y, y, rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.loss, BY_HAND[slug].loss(x, y, shape), rtol=0, atol=1e-8)


def test_with_dampening_equal_to_momentum_the_velocity_is_a_weighted_average_of_the_gradients():
    update, state, gradients = OPTIMIZERS["momentum"].build(momentum=0.7, dampening=0.7), None, [3.0, -1.0, 2.0, 5.0]
    for gradient in gradients:
        step, state = update(gradient, state, 0.5)
    # Weights 0.7³ for the first and 0.3·0.7^(3-k) for the others, which sum to one.
    weights = [0.7**3, 0.3 * 0.7**2, 0.3 * 0.7, 0.3]
    assert sum(weights) == pytest.approx(1)
    assert step == pytest.approx(-0.5 * sum(w * g for w, g in zip(weights, gradients, strict=True)))


def test_without_dampening_the_velocity_is_a_running_sum_of_the_gradients():
    update, state = OPTIMIZERS["momentum"].build(momentum=1.0, dampening=0.0), None
    for gradient in (3.0, -1.0, 2.5):
        step, state = update(gradient, state, 2.0)
    assert (step, state) == (-9.0, (4.5,))


def test_an_update_leaves_the_state_before_it_as_it_was():
    for slug in ("momentum", "nesterov"):
        update = OPTIMIZERS[slug].build(**OPTIMIZERS[slug].values({}))
        gradient = np.array([1.0, 2.0])
        _, first = update(gradient, None, 0.1)
        kept = first[0].copy()
        update(np.array([5.0, 6.0]), first, 0.1)
        assert first[0].tolist() == kept.tolist()
        assert gradient.tolist() == [1, 2]


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_an_entry_is_listed_under_its_slug_and_says_what_it_is(slug):
    entry = OPTIMIZERS[slug]
    assert entry.slug == slug
    assert all([entry.title, entry.convention, entry.rule, entry.first_rule, entry.source.text, entry.source.year])
    for parameter in entry.hyperparameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert all([parameter.title, parameter.symbol, parameter.explanation])


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_the_state_has_the_names_that_are_announced(slug):
    entry = OPTIMIZERS[slug]
    _, state = entry.build(**entry.values({}))(1.0, None, 0.1)
    assert len(state or ()) == len(entry.state)


def test_a_value_that_is_not_given_is_the_default():
    momentum = OPTIMIZERS["momentum"]
    assert momentum.values({}) == {"momentum": 0.9, "dampening": 0.0}
    assert momentum.values({"momentum": None, "dampening": 0.5, "beta1": 0.3}) == {"momentum": 0.9, "dampening": 0.5}
    assert momentum.values({"momentum": 0.0}) == {"momentum": 0.0, "dampening": 0.0}
    assert OPTIMIZERS["gradient-descent"].values({"momentum": 0.9}) == {}


def _run_the_shown_rule(lines, numbers):
    """Read the lines of LaTeX as arithmetic: a thin space multiplies, and a place {name} is a number."""
    for line in lines:
        target, formula = line.split(" = ")
        code = formula.replace(r"\,", "*").replace("{", "").replace("}", "")
        numbers[target.strip("{}")] = eval(code, {"__builtins__": {}}, numbers)
    return numbers


@pytest.mark.parametrize("slug", ["gradient-descent", "momentum", "nesterov"])
def test_the_rule_that_is_shown_is_the_rule_that_is_walked(slug):
    entry = OPTIMIZERS[slug]
    values = {key: 0.1 + 0.3 * index for index, key in enumerate(entry.values({}))}
    update = entry.build(**values)
    state, point = None, 1.7
    for gradient, learning_rate in [(3.0, 0.2), (-1.5, 0.1), (0.7, 0.35)]:
        shown = {"gradient": gradient, "learning_rate": learning_rate, "point": point, **values}
        if state is not None:
            shown |= dict(zip(entry.state, state, strict=True))
        _run_the_shown_rule(entry.rule if state is not None else entry.first_rule, shown)
        step, state = update(gradient, state, learning_rate)
        point += step
        assert shown["point_next"] == pytest.approx(point, rel=1e-15)
        if state:
            assert [shown[f"{name}_next"] for name in entry.state] == pytest.approx(list(state), rel=1e-15)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_place_in_a_rule_has_a_symbol(slug):
    entry = OPTIMIZERS[slug]
    symbols = {**SYMBOLS, **{parameter.key: parameter.symbol for parameter in entry.hyperparameters}}
    for line in (*entry.rule, *entry.first_rule):
        shown = line.format(**symbols)
        assert shown.startswith(("x_{k+1} = ", "v_{k+1} = ")) or slug not in (
            "gradient-descent",
            "momentum",
            "nesterov",
        )


# The recursions on f = λx²/2, each as the matrix of (v, x) → (v', x'), worked out from the documented rules.
def _plain(a):
    return np.array([[0, 0], [0, 1 - a]])


def _heavy_ball(a, momentum, dampening):
    # With λ = 1: v' = βv + (1-τ)x and x' = x - a v'
    return np.array([[momentum, 1 - dampening], [-a * momentum, 1 - a * (1 - dampening)]])


def _nesterov(a, momentum):
    # v' = βv + x and x' = x - a (x + βv')
    return np.array([[momentum, 1], [-a * momentum**2, 1 - a * (1 + momentum)]])


COMPANIONS = {"gradient-descent": _plain, "momentum": _heavy_ball, "nesterov": _nesterov}
SETTINGS = [
    ("gradient-descent", {}),
    *(("momentum", {"momentum": m, "dampening": d}) for m in (0.0, 0.5, 0.9, 0.99) for d in (0.0, 0.3, 0.9)),
    *(("nesterov", {"momentum": m}) for m in (0.0, 0.3, 0.9, 0.99)),
]


def _spectral_radius(slug, learning_rate_times_curvature, values):
    return max(abs(np.linalg.eigvals(COMPANIONS[slug](learning_rate_times_curvature, **values))))


def test_every_optimizer_with_a_stability_limit_has_its_recursion_here():
    assert {slug for slug, entry in OPTIMIZERS.items() if entry.stability} == set(COMPANIONS)


@pytest.mark.parametrize(("slug", "values"), SETTINGS)
def test_at_the_stability_limit_the_spectral_radius_is_one(slug, values):
    limit = OPTIMIZERS[slug].stability(**values)
    assert _spectral_radius(slug, limit, values) == pytest.approx(1, abs=1e-12)
    assert _spectral_radius(slug, limit * (1 - 1e-6), values) < 1 - 1e-10
    assert _spectral_radius(slug, limit * (1 + 1e-6), values) > 1 + 1e-10
    for part in np.linspace(0.02, 0.98, 25):
        assert _spectral_radius(slug, part * limit, values) < 1


@pytest.mark.parametrize(("slug", "values"), SETTINGS)
@pytest.mark.parametrize("curvature", [0.5, 3.0])
def test_walks_converge_just_below_the_stability_limit_and_diverge_just_above(slug, values, curvature):
    limit = OPTIMIZERS[slug].stability(**values) / curvature
    ground = landscape(f"{curvature}*x**2/2", (1.0,))
    below = descent(ground, slug, values, learning_rate=0.98 * limit, steps=5000)
    assert one(below, (1.0,)).ending.outcome == "converged"
    above = descent(ground, slug, values, learning_rate=1.02 * limit, steps=5000)
    assert one(above, (1.0,)).ending.outcome == "diverged"


def test_with_full_dampening_no_learning_rate_is_too_large():
    # v' = βv only: the walker coasts on its first gradient, x - ηg/(1-β) in the end.
    assert OPTIMIZERS["momentum"].stability(momentum=0.5, dampening=1.0) == math.inf
    assert _spectral_radius("momentum", 1e6, {"momentum": 0.5, "dampening": 1.0}) == pytest.approx(1)
    settings = descent(landscape("x**2/2", (1.0,)), "momentum", {"momentum": 0.5, "dampening": 1.0}, learning_rate=7.0)
    assert one(settings, (1.0,)).x[-1] == pytest.approx(1 - 7 / 0.5)


@pytest.mark.parametrize(
    ("slug", "values", "text", "factor"),
    [
        ("gradient-descent", {}, "2/λ", lambda: 2),
        ("momentum", {"momentum": 0.9, "dampening": 0.0}, "2(1+β)/λ", lambda: 2 * (1 + 0.9)),
        ("momentum", {"momentum": 0.9, "dampening": 0.5}, "2(1+β)/((1−τ)λ)", lambda: 2 * (1 + 0.9) / (1 - 0.5)),
        ("nesterov", {"momentum": 0.9}, "(2+2β)/((1+2β)λ)", lambda: (2 + 2 * 0.9) / (1 + 2 * 0.9)),
    ],
)
def test_the_limit_is_the_one_that_its_text_says(slug, values, text, factor):
    assert OPTIMIZERS[slug].stability_text(**values) == text
    assert OPTIMIZERS[slug].stability(**values) == pytest.approx(factor())


def test_an_optimizer_without_a_known_limit_says_nothing_of_it():
    from app.descent.optimizers import Optimizer

    bare = OPTIMIZERS["gradient-descent"]
    unknown = Optimizer("new", "New", (), bare.build, bare.rule, bare.rule, "None.", bare.source)
    assert unknown.stability is None
    assert unknown.stability_text(momentum=0.9) == ""


@pytest.mark.parametrize("kappa", [10.0, 100.0])
def test_on_a_quadratic_the_best_settings_shrink_the_error_at_the_rates_of_theory(kappa):
    ground, root = LANDSCAPES["bowl"], math.sqrt(kappa)
    low, high = 1 / kappa, 1.0
    # Asymptotic rates (κ-1)/(κ+1) and (√κ-1)/(√κ+1), measured between steps 200 and 400.
    plain = one(descent(ground, shape=kappa, learning_rate=2 / (low + high), steps=400, tolerance=0.0), (1.0, 1.0))
    size = np.hypot(plain.x, plain.y)
    assert (size[400] / size[200]) ** (1 / 200) == pytest.approx((kappa - 1) / (kappa + 1), rel=1e-6)
    beta = ((root - 1) / (root + 1)) ** 2
    rate = (2 / (math.sqrt(low) + math.sqrt(high))) ** 2
    ball = one(
        descent(ground, "momentum", {"momentum": beta}, shape=kappa, learning_rate=rate, steps=100, tolerance=0.0),
        (1.0, 1.0),
    )
    size = np.hypot(ball.x, ball.y)
    # A double root adds a factor that grows like the number of steps: k ρ^k.
    measured = (size[100] / size[50] * 50 / 100) ** (1 / 50)
    assert measured == pytest.approx((root - 1) / (root + 1), rel=0.01)
