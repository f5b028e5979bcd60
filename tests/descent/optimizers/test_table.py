"""Optimizers: the same paths as torch.optim, the same numbers as the documented rules, and the limits of theory."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.descent.walks.walk import MOST_ALONE
from tests.descent.by_hand import BY_HAND, all_of, descent, landscape, one, usual_shape

DATA = Path(__file__).parent / "data"
RECORDING = json.loads((DATA / "torch_walks.json").read_text())
STEPS = json.loads((DATA / "torch_steps.json").read_text())
MANY = MOST_ALONE + 1


def _name(walk):
    values = "-".join(f"{value:g}" for value in walk["values"].values())
    parts = (walk["landscape"], walk["optimizer"], values, walk.get("goal"), walk.get("schedule"))
    return "-".join(part for part in parts if part)


def _settings(walk):
    further = ("shape", "floor", "drops", "peak", "schedule", "restarts", "growth", "warmup", "goal")
    return descent(
        LANDSCAPES[walk["landscape"]],
        walk["optimizer"],
        walk["values"],
        learning_rate=walk["learning_rate"],
        steps=walk["steps"],
        tolerance=0.0,
        **{key: walk[key] for key in further if walk.get(key) is not None},
    )


def _cases(kind):
    return pytest.mark.parametrize("walk", [pytest.param(walk, id=_name(walk)) for walk in RECORDING[kind]])


@_cases("walks")
def test_the_path_is_the_one_that_torch_optim_walked(walk):
    ours = one(_settings(walk), tuple(walk["start"]))
    np.testing.assert_allclose(ours.x, walk["x"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.y, walk["y"], rtol=0, atol=1e-9)
    if walk["rates"]:
        np.testing.assert_allclose(ours.learning_rate[:-1], walk["rates"], rtol=1e-12, atol=1e-15)


@pytest.mark.long
@_cases("walks")
def test_a_block_of_walkers_goes_where_torch_optim_went(walk):
    ours = all_of(_settings(walk), [tuple(walk["start"])] * MANY)
    for walker in (0, MANY - 1):
        np.testing.assert_allclose(ours[walker].x, walk["x"], rtol=0, atol=1e-9)
        np.testing.assert_allclose(ours[walker].y, walk["y"], rtol=0, atol=1e-9)


@_cases("fits")
@pytest.mark.parametrize("crowd", [1, MANY])
def test_a_fit_goes_where_torch_optim_went(walk, crowd):
    ours = all_of(_settings(walk), [tuple(walk["start"])] * crowd)[crowd - 1]
    np.testing.assert_allclose(ours.x, walk["x"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(ours.y, walk["y"], rtol=0, atol=1e-9)
    # The squared pastures have losses of 10⁸, where 1e-9 is less than one rounding.
    np.testing.assert_allclose(ours.loss, walk["loss"], rtol=1e-11, atol=1e-9)


# Single steps, each from PyTorch's own state. What is asked for is a few roundings of the largest number in it.


def _flat(rule, state):
    """Return a recorded state as the rule has it; what PyTorch does not keep is not used either."""
    parts = [state.get(name, [0.0, 0.0] if name in rule.by_coordinate else 0.0) for name in rule.state]
    return tuple(number for part in parts for number in (part if isinstance(part, list) else [part]))


def _parts(rule, following):
    """Return the parts of the rule's state: a pair for what each coordinate has."""
    numbers = iter(following)
    return [[next(numbers), next(numbers)] if name in rule.by_coordinate else next(numbers) for name in rule.state]


_every_oscillating_walk = pytest.mark.parametrize(
    "walk", [pytest.param(walk, id=_name(walk)) for walk in STEPS["walks"]]
)


@_every_oscillating_walk
def test_each_step_is_pytorchs_from_the_same_state_to_rounding(walk):
    settings = descent(LANDSCAPES[walk["landscape"]], walk["optimizer"], walk["values"])
    evaluate, updates = settings.evaluate(settings.landscape.floats), settings.updates()
    for step in walk["steps"]:
        slope = evaluate(*step["point"])[1:]
        # Where the slopes of Rastrigin's waves cancel, what is left is rounding of what they were.
        np.testing.assert_allclose(slope, step["gradient"], rtol=1e-14, atol=1e-13)
        state = _flat(settings.rule, step["state"]) if step["done"] else None
        for gradient in (slope, step["gradient"]):
            x, y, following = updates.floats(*gradient, state, walk["learning_rate"], *step["point"])
            scale = max(map(abs, (*step["point"], *step["point_next"])))
            np.testing.assert_allclose((x, y), step["point_next"], rtol=0, atol=1e-15 * scale)
        if settings.rule.state:
            ours = dict(zip(settings.rule.state, _parts(settings.rule, following), strict=True))
            for name in set(ours) & set(step["state_next"]):
                np.testing.assert_allclose(ours[name], step["state_next"][name], rtol=1e-13)


def test_the_steps_are_of_every_rule_and_from_states_far_into_walks_that_move():
    walks = STEPS["walks"]
    assert {walk["optimizer"] for walk in walks} == {slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself}
    for walk in walks:
        assert [step["done"] for step in walk["steps"]][-1] == 999
        assert len({tuple(step["point"]) for step in walk["steps"]}) >= 12
        # It turns round again and again: in one coordinate at least the slope changes its sign.
        assert any(len({step["gradient"][axis] > 0 for step in walk["steps"]}) == 2 for axis in (0, 1))


def test_where_a_walk_oscillates_rounding_grows_in_pytorch_against_itself_and_here_alike():
    settings = descent(
        LANDSCAPES["rosenbrock"], "rmsprop", {"decay": 0.99}, learning_rate=0.01, steps=1000, tolerance=0.0
    )
    one_walk, beside = (one(settings, (x, 1.0)) for x in (-1.2, math.nextafter(-1.2, 0)))
    apart = np.hypot(one_walk.x - beside.x, one_walk.y - beside.y)
    for early, late in ((apart[500], apart[1000]), (STEPS["rmsprop_apart"]["500"], STEPS["rmsprop_apart"]["1000"])):
        assert 1e-12 < early < 1e-10
        assert 1e-3 < late < 1e-1


def test_nadam_in_pytorch_is_off_where_its_product_has_the_default_dtype():
    settings = descent(LANDSCAPES["rosenbrock"], "nadam", learning_rate=0.1, steps=1)
    ours = one(settings, (-1.2, 1.0))
    point, theirs = (ours.x[1], ours.y[1]), STEPS["nadam_in_the_default_dtype"]
    off = math.dist(point, theirs)
    assert max(abs(a - b) for a, b in zip(point, theirs, strict=True)) == pytest.approx(1.3e-9, rel=0.01)
    assert off / math.dist(point, (-1.2, 1.0)) == pytest.approx(1e-8, rel=0.5)


def test_the_recording_moves_and_covers_every_rule():
    walks, fits = RECORDING["walks"], RECORDING["fits"]
    rules = {slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself}
    assert {walk["optimizer"] for walk in walks} == rules
    assert {walk["landscape"] for walk in fits} == {slug for slug, entry in LANDSCAPES.items() if entry.data}
    assert {walk["goal"] for walk in walks} == {"minimize", "maximize"}
    assert {walk["restarts"] for walk in walks} >= {0, 2, 3}
    for walk in [*walks, *fits]:
        # AdaDelta, which begins with nothing, comes the least far.
        far = math.dist((walk["x"][0], walk["y"][0]), (walk["x"][-1], walk["y"][-1]))
        assert far > (0.01 if walk["landscape"].startswith("pasture") else 0.05)
        assert len(walk["x"]) == walk["steps"] + 1


# --- the documented rules, written by hand as a second source


def _sgd(rates, gradient, point, momentum=0.0, dampening=0.0, nesterov=False):
    """The box "SGD" of PyTorch's documentation, in its order and with its letters."""
    b = None
    for gamma in rates:
        g = gradient(point)
        if momentum != 0:
            b = momentum * b + (1 - dampening) * g if b is not None else g
            g = g + momentum * b if nesterov else b
        yield (point := point - gamma * g)


def _adagrad(rates, gradient, point, epsilon):
    """Duchi, Hazan & Singer: diagonal case, epsilon outside the root."""
    gradients = []
    for eta in rates:
        gradients.append(gradient(point))
        yield (point := point - eta * gradients[-1] / (np.sqrt(sum(g**2 for g in gradients)) + epsilon))


def _rmsprop(rates, gradient, point, decay, epsilon, centred):
    """PyTorch's box "RMSprop": v̂ = v - g_ave² where centred."""
    v = g_ave = 0.0
    for gamma in rates:
        g = gradient(point)
        v = decay * v + (1 - decay) * g**2
        g_ave = g_ave * decay + (1 - decay) * g
        yield (point := point - gamma * g / (np.sqrt(v - g_ave**2 if centred else v) + epsilon))


def _adadelta(rates, gradient, point, decay, epsilon):
    """Zeiler's algorithm 1, whose Δx is negative; the learning rate of PyTorch in front."""
    squares = updates = 0.0
    for gamma in rates:
        g = gradient(point)
        squares = decay * squares + (1 - decay) * g**2
        delta = -np.sqrt(updates + epsilon) / np.sqrt(squares + epsilon) * g
        updates = decay * updates + (1 - decay) * delta**2
        yield (point := point + gamma * delta)


def _adam(rates, gradient, point, beta1, beta2, epsilon, weight_decay=0.0, amsgrad=False):
    """Kingma & Ba's algorithm 1, with the line of Loshchilov & Hutter and that of Reddi et al. as PyTorch has them."""
    m = v = v_max = 0.0
    for t, alpha in enumerate(rates, 1):
        g = gradient(point)
        point = point * (1 - alpha * weight_decay)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        v_max = np.maximum(v_max, v) if amsgrad else v
        yield (point := point - alpha * (m / (1 - beta1**t)) / (np.sqrt(v_max / (1 - beta2**t)) + epsilon))


def _nadam(rates, gradient, point, beta1, beta2, epsilon):
    """PyTorch's box "NAdam", with momentum decay ψ = 0.004."""
    m = v = 0.0
    mus = [beta1 * (1 - 0.96 ** (t * 0.004) / 2) for t in range(1, len(rates) + 2)]
    for t, gamma in enumerate(rates, 1):
        g = gradient(point)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        m_hat = mus[t] * m / (1 - math.prod(mus[: t + 1])) + (1 - mus[t - 1]) * g / (1 - math.prod(mus[:t]))
        yield (point := point - gamma * m_hat / (np.sqrt(v / (1 - beta2**t)) + epsilon))


def _lion(rates, gradient, point, beta1, beta2, weight_decay):
    """Algorithm 2 of Chen et al.: the sign of an interpolation, and an average with another decay."""
    m = 0.0
    for eta in rates:
        g = gradient(point)
        c = beta1 * m + (1 - beta1) * g
        following = point - eta * (np.sign(c) + weight_decay * point)
        m = beta2 * m + (1 - beta2) * g
        yield (point := following)


DOCUMENTED = {
    "gradient-descent": _sgd,
    "momentum": _sgd,
    "nesterov": lambda *walk, **values: _sgd(*walk, nesterov=True, **values),
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adadelta": _adadelta,
    "adam": _adam,
    "adamw": _adam,
    "nadam": _nadam,
    "amsgrad": lambda *walk, **values: _adam(*walk, amsgrad=True, **values),
    "lion": _lion,
}

# Hyperparameters besides the defaults, extremes among them.
VALUES = [
    *[("momentum", {"momentum": m, "dampening": d}) for m, d in ((0.0, 0.0), (0.8, 0.0), (0.35, 0.6), (1.0, 1.0))],
    *[("nesterov", {"momentum": m}) for m in (0.0, 0.75)],
    ("adagrad", {"epsilon": 1.0}),
    ("rmsprop", {"decay": 0.5, "epsilon": 0.01, "centred": 1.0}),
    ("rmsprop", {"decay": 0.0, "epsilon": 1e-3, "centred": 0.0}),
    ("adadelta", {"decay": 0.5, "epsilon": 0.01}),
    ("adam", {"beta1": 0.0, "beta2": 0.5, "epsilon": 0.1}),
    ("adamw", {"beta1": 0.5, "beta2": 0.9, "epsilon": 1e-3, "weight_decay": 1.0}),
    ("nadam", {"beta1": 0.3, "beta2": 0.7, "epsilon": 0.01}),
    ("amsgrad", {"beta1": 0.3, "beta2": 0.0, "epsilon": 0.01}),
    ("lion", {"beta1": 0.5, "beta2": 0.3, "weight_decay": 0.4}),
]


def test_every_rule_on_one_coordinate_is_documented_here():
    assert set(DOCUMENTED) == {slug for slug, entry in OPTIMIZERS.items() if entry.rule.by_itself}


@pytest.mark.long
@pytest.mark.parametrize("slug", ["quadratic", "two-valley", "peaks", "two-minima", "straight-line", "himmelblau"])
@pytest.mark.parametrize(("optimizer", "values"), [*[(slug, {}) for slug in DOCUMENTED], *VALUES])
@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_the_path_follows_the_documented_rule_with_gradients_derived_by_hand(slug, optimizer, values, goal):
    entry = LANDSCAPES[slug]
    shape, start = usual_shape(entry), tuple(0.4 * coordinate for coordinate in entry.start)
    values = OPTIMIZERS[optimizer].values(values)
    settings = descent(
        entry, optimizer, values, learning_rate=0.01, steps=25, schedule="linear", floor=0.5, goal=goal, tolerance=0.0
    )
    sign = 1 if goal == "minimize" else -1
    steps = DOCUMENTED[optimizer](
        [0.01 * (1 - 0.5 * k / 25) for k in range(25)],
        lambda point: sign * np.array(BY_HAND[slug].gradient(*point, shape)),
        np.array((*start, 0.0)[:2]),
        **values,
    )
    x, y = np.array([(*start, 0.0)[:2], *steps]).T
    ours = one(settings, start)
    size = max(1.0, np.abs([x, y]).max())
    np.testing.assert_allclose(ours.x, x, rtol=0, atol=1e-9 * size)
    np.testing.assert_allclose(ours.y, y, rtol=0, atol=1e-9 * size)
    np.testing.assert_allclose(ours.loss, BY_HAND[slug].loss(x, y, shape), rtol=1e-8, atol=1e-8)


def test_with_dampening_equal_to_momentum_the_velocity_is_a_weighted_average_of_the_gradients():
    update, state = OPTIMIZERS["momentum"].rule.bind(momentum=0.7, dampening=0.7).floats, None
    gradients, x = [3.0, -1.0, 2.0, 5.0], 0.0
    for gradient in gradients:
        before = x
        x, _, state = update(gradient, 0.0, state, 0.5, x, 0.0)
    # Weights 0.7³ for the first and 0.3·0.7^(3-k) for the others, which sum to one.
    weights = [0.7**3, 0.3 * 0.7**2, 0.3 * 0.7, 0.3]
    assert sum(weights) == pytest.approx(1)
    assert x - before == pytest.approx(-0.5 * sum(w * g for w, g in zip(weights, gradients, strict=True)))


def test_without_dampening_the_velocity_is_a_running_sum_of_the_gradients():
    update, state, x = OPTIMIZERS["momentum"].rule.bind(momentum=1.0, dampening=0.0).floats, None, 0.0
    for gradient in (3.0, -1.0, 2.5):
        x, _, state = update(gradient, -gradient, state, 2.0, x, 0.0)
    # Sums 3, 2 and 4.5, twice each.
    assert (x, state) == (-19.0, (4.5, -4.5))


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_an_entry_is_listed_under_its_slug_and_says_what_it_is(slug):
    entry = OPTIMIZERS[slug]
    assert entry.slug == slug
    assert all([entry.title, entry.convention, entry.source.text, entry.source.year])
    assert all(entry.rule.variants().values())
    for parameter in entry.hyperparameters:
        assert parameter.low <= parameter.default <= parameter.high
        assert all([parameter.title, parameter.symbol, parameter.explanation])
        assert parameter.low > 0 or not parameter.log


def test_newton_alone_needs_the_hessian_and_moves_of_the_whole_point_need_all_data():
    assert [slug for slug, entry in OPTIMIZERS.items() if entry.needs_hessian] == ["newton"]
    assert [slug for slug, entry in OPTIMIZERS.items() if entry.needs_all_data] == ["newton", "line-search", "bfgs"]


def test_where_none_was_found_the_usual_learning_rate_is_the_landscapes_but_for_optimizers_with_a_full_step():
    ground = landscape("x**2 + y**2")
    usual = {slug: entry.usual_learning_rate(ground) for slug, entry in OPTIMIZERS.items()}
    assert {slug for slug, rate in usual.items() if rate != ground.learning_rate} == {"newton", "bfgs", "adadelta"}
    assert usual["newton"] == usual["adadelta"] == 1 != ground.learning_rate


def test_a_value_that_is_not_given_is_the_default():
    momentum = OPTIMIZERS["momentum"]
    assert momentum.values({}) == {"momentum": 0.8, "dampening": 0.0}
    assert momentum.values({"momentum": None, "dampening": 0.5, "beta1": 0.3}) == {"momentum": 0.8, "dampening": 0.5}
    assert momentum.values({"momentum": 0.0}) == {"momentum": 0.0, "dampening": 0.0}
    assert OPTIMIZERS["gradient-descent"].values({"momentum": 0.9}) == {}
    assert OPTIMIZERS["lion"].values({}) == {"beta1": 0.9, "beta2": 0.99, "weight_decay": 0.0}


# What the words of an entry claim about a single step, worked out by hand.


def test_the_first_step_of_adam_is_one_learning_rate_long_in_each_coordinate():
    # m̂ = g and ŝ = g², so the step is η g/(|g| + ε).
    whole = one(
        descent(landscape("1000*x - y/1000"), "adam", {"epsilon": 1e-12}, learning_rate=0.1, steps=1), (0.0, 0.0)
    )
    assert (whole.x[1], whole.y[1]) == pytest.approx((-0.1, 0.1), rel=1e-8)


def test_the_first_step_of_rmsprop_is_as_much_longer_as_its_average_started_at_nothing():
    # s = (1 - ρ) g², so the step is η/√(1 - ρ): ten times η for ρ = 0.99.
    whole = one(descent(landscape("5*x"), "rmsprop", learning_rate=0.1, steps=1), (0.0, 0.0))
    assert whole.x[1] == pytest.approx(-1, rel=1e-7)


def test_adadelta_begins_very_slowly():
    # √ε/√((1 - ρ) g² + ε) · g with ε = 1e-6 and g = 2.
    whole = one(descent(landscape("2*x + 0*y"), "adadelta", learning_rate=1.0, steps=1), (0.0, 0.0))
    assert whole.x[1] == pytest.approx(-1e-3 / math.sqrt(0.1 * 4 + 1e-6) * 2, rel=1e-12)


def test_adagrads_steps_only_ever_shrink_on_an_even_slope():
    # Gradient 3 at every step: the total is 9k, the step η/√k.
    whole = one(descent(landscape("3*x + 0*y"), "adagrad", learning_rate=0.5, steps=50), (0.0, 0.0))
    assert (-np.diff(whole.x)).tolist() == pytest.approx([0.5 / math.sqrt(k) for k in range(1, 51)], rel=1e-9)


def test_lion_steps_one_learning_rate_in_each_coordinate_and_none_where_there_is_no_slope():
    whole = one(descent(landscape("1e-5*x - 100*y"), "lion", learning_rate=0.25, steps=3), (0.0, 0.0))
    assert (whole.x.tolist(), whole.y.tolist()) == ([0, -0.25, -0.5, -0.75], [0, 0.25, 0.5, 0.75])
    flat = one(descent(landscape("x + 0*y"), "lion", learning_rate=0.25, steps=3), (0.0, 1.5))
    assert flat.y.tolist() == [1.5] * 4


def test_adamw_settles_nearer_to_the_origin_than_the_minimum():
    ground = landscape("(x - 3)**2 + 0*y", half_width=5.0)
    settings = {"learning_rate": 0.05, "steps": 4000, "schedule": "linear", "tolerance": 0.0}
    adam = one(descent(ground, "adam", **settings), (0.0, 0.0)).x[-1]
    adamw = one(descent(ground, "adamw", {"weight_decay": 0.1}, **settings), (0.0, 0.0)).x[-1]
    assert adam == pytest.approx(3, abs=1e-3)
    assert 0 < adamw < 2.99


@pytest.mark.parametrize("optimizer", [slug for slug in DOCUMENTED if slug not in ("gradient-descent", "lion")])
def test_what_is_not_a_number_stays_so_on_floats_and_on_arrays(optimizer):
    entry = OPTIMIZERS[optimizer]
    updates = entry.rule.bind(**entry.values({}))
    x, _, _ = updates.floats(math.nan, 1.0, None, 0.1, 2.0, 3.0)
    with np.errstate(all="ignore"):
        together, _, _ = updates.arrays(np.array([math.nan]), np.ones(1), None, 0.1, np.array([2.0]), np.array([3.0]))
    assert math.isnan(x)
    assert np.isnan(together).all()


def test_lion_gives_what_is_not_a_number_no_sign_on_floats_as_on_arrays():
    updates = OPTIMIZERS["lion"].rule.bind(beta1=0.9, beta2=0.99, weight_decay=0.0)
    x, y, _ = updates.floats(math.nan, -4.0, None, 0.5, 2.0, 3.0)
    assert math.isnan(x)
    assert y == 3.5


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
# Far out, what SAM adds to plain descent is nothing beside the distance; near the minimum see ``test_sam``.
BOUNDED = {"sam"}
SETTINGS = [
    ("gradient-descent", {}),
    *(("momentum", {"momentum": m, "dampening": d}) for m in (0.0, 0.5, 0.9, 0.99) for d in (0.0, 0.3, 0.9)),
    *(("nesterov", {"momentum": m}) for m in (0.0, 0.3, 0.9, 0.99)),
]


def _spectral_radius(slug, learning_rate_times_curvature, values):
    return max(abs(np.linalg.eigvals(COMPANIONS[slug](learning_rate_times_curvature, **values))))


def test_every_optimizer_with_a_stability_limit_has_its_recursion_here():
    assert {slug for slug, entry in OPTIMIZERS.items() if entry.stability} == set(COMPANIONS) | BOUNDED


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
    unknown = dataclasses.replace(OPTIMIZERS["adam"], slug="new")
    assert unknown.stability is None
    assert unknown.stability_text(**unknown.values({})) == ""
    assert {slug for slug, entry in OPTIMIZERS.items() if entry.stability} == set(COMPANIONS) | BOUNDED
    for slug in COMPANIONS:
        assert "λ" in OPTIMIZERS[slug].stability_text(**OPTIMIZERS[slug].values({}))


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
