"""The proofs of the lessons on a real network, and of their numbers: a network in plain NumPy beside the product's.

Past the edge of stability two roundings part, so nothing here asks for a value there: only for bounds.
"""

import math
from functools import lru_cache
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from mpmath import mp, mpf, tanh

from tests.descent.in_weights import of_network, settings_of, walks
from tests.web.asking import lines, read

SEEDS = range(20)
LEARNT = 0.01


class Network:
    """A network by what the API tells of it: scores, loss, gradient and curvatures at weights of shape (n, walkers)."""

    def __init__(self, told):
        """Take sizes, error and data."""
        self.inputs, self.targets = np.array(told["data"]["inputs"]), np.array(told["data"]["targets"])
        self.sizes, self.error, self.size = told["sizes"], told["error"], told["weights"]

    def parts(self, weights):
        """Return W₁ (inputs, hidden, walkers), b₁ (hidden, walkers), W₂ (hidden, walkers), b₂ (walkers,)."""
        inputs, hidden, _ = self.sizes
        first, second = inputs * hidden, (inputs + 1) * hidden
        into = weights[:first].reshape(inputs, hidden, -1)
        return into, weights[first:second], weights[second : second + hidden], weights[-1]

    def scores(self, weights):
        into, bias, on, last = self.parts(weights)
        units = np.tanh(np.einsum("pi,ihw->phw", self.inputs, into) + bias)
        return np.einsum("phw,hw->pw", units, on) + last, units

    def loss(self, weights):
        score, target = self.scores(weights)[0], self.targets[:, None]
        errors = (score - target) ** 2 if self.error == "squared" else np.logaddexp(0, score) - target * score
        return errors.mean(axis=0)

    def gradient(self, weights):
        """By hand: what a layer is wrong by is handed back to the one before."""
        (score, units), target = self.scores(weights), self.targets[:, None]
        wrong = 2 * (score - target) if self.error == "squared" else 1 / (1 + np.exp(-score)) - target
        wrong = wrong / len(self.targets)
        back = wrong[:, None] * self.parts(weights)[2] * (1 - units**2)
        into = np.einsum("pi,phw->ihw", self.inputs, back).reshape(-1, weights.shape[1])
        return np.concatenate([into, back.sum(0), np.einsum("pw,phw->hw", wrong, units), wrong.sum(0)[None]])

    def curvatures(self, weights):
        """Return the Hessian's eigenvalues, ascending, shape (walkers, n): from differences of the gradient."""
        step, size = 1e-5, self.size
        moved = weights[:, :, None] + step * np.concatenate([np.eye(size), -np.eye(size)], axis=1)[:, None, :]
        slopes = self.gradient(moved.reshape(size, -1)).reshape(size, -1, 2 * size)
        hessians = (slopes[..., :size] - slopes[..., size:]).transpose(1, 0, 2) / (2 * step)
        return np.linalg.eigvalsh((hessians + hessians.transpose(0, 2, 1)) / 2)

    def loss_in_forty_digits(self, weights):
        """Return the squared or logistic loss at weights of shape (n,), rounded once, at the end."""
        with mp.workdps(40):
            into, bias, on, last = (part[..., 0] for part in self.parts(np.array(weights)[:, None]))
            total = mpf(0)
            for point, target in zip(self.inputs, self.targets, strict=True):
                given = [
                    sum((mpf(x) * mpf(w) for x, w in zip(point, into[:, unit], strict=True)), mpf(bias[unit]))
                    for unit in range(len(bias))
                ]
                score = sum((mpf(w) * tanh(part) for w, part in zip(on, given, strict=True)), mpf(float(last)))
                squared = self.error == "squared"
                total += (score - target) ** 2 if squared else mp.log(1 + mp.exp(score)) - target * score
            return float(total / len(self.targets))

    def first_weights(self, seed, scale=1.0):
        """Draw as the contract has it: standard normal / √(inputs of the unit) × scale, biases 0."""
        (inputs, hidden, _), dice = self.sizes, np.random.default_rng([seed, 3])
        first = dice.standard_normal(inputs * hidden) / math.sqrt(inputs) * scale
        second = dice.standard_normal(hidden) / math.sqrt(hidden) * scale
        return np.concatenate([first, np.zeros(hidden), second, [0.0]])

    def twins(self, weights):
        """Return all places, shape (n, twins), at which the hidden units change places and signs; the first is this."""
        into, bias, on, last = (part[..., 0] for part in self.parts(np.array(weights)[:, None]))
        found = []
        for order, signs in product(permutations(range(len(on))), product((1, -1), repeat=len(on))):
            turned = [(part * signs)[..., order].ravel() for part in (into, bias, on)]
            found.append(np.concatenate([*turned, [last]]))
        return np.array(found).T


def network_of(lesson):
    return Network(lesson.ground["network"])


def answer_of(lesson, **changes):
    keys = {key: value for key, value in lesson.request.items() if value is not None}
    return lesson.api.answer(**keys | changes)


def both_of(lesson, **changes):
    """Return the answer of the picture that the lesson opens with: its own run, and the one that it compares with."""
    return lesson.api.answer(**{**lesson.lesson.both, **changes})


def sharpness_of(lesson, query=None):
    response = lesson.api.get(f"/api/descent/sharpness?{query or lesson.query}")
    assert response.status_code == 200, response.text
    said = read(response.content)
    return np.array(said["step"]), np.array(said["sharpness"]), np.array(said["limit"])


def weights_at(plane, x, y):
    """Return the weights at a place on the plane, as anybody may."""
    return np.array(plane["origin"]) + plane["unit"] * (x * np.array(plane["u"]) + y * np.array(plane["v"]))


def trained(network, slug, seeds, scale=1.0, optimizer="gradient-descent", values=None, **rest):
    """Return the walks from the first weights of these seeds, side by side: each is what it is by itself."""
    starts = np.stack([network.first_weights(seed, scale) for seed in seeds], axis=1)
    walked = walks(settings_of(optimizer, values, **rest), of_network(slug), starts)
    return [walked[walker] for walker in range(len(seeds))]


def is_learnt(walk):
    return walk.loss[-1] < LEARNT


# ── A whole network


def network(lesson):
    answer = answer_of(lesson, weights=1)
    net, (walk,) = network_of(lesson), answer["walks"]
    ground = read(lesson.api.get(f"/api/descent/surface?{lesson.query}&resolution=5").content)
    assert (ground["x"][1], ground["x"][3], ground["y"][2]) == (0, 1, 0)
    for end, drawn in ((0, ground["loss"][2][1]), (-1, ground["loss"][2][3])):
        exact = net.loss_in_forty_digits(walk["weights"][end])
        assert drawn == pytest.approx(exact, rel=0, abs=1e-15)
        assert walk["plane_loss"][end] == pytest.approx(exact, rel=0, abs=1e-15)
        assert walk["loss"][end] == pytest.approx(exact, rel=0, abs=1e-15)
        assert walk["off_plane"][end] < 1e-14
    # Elsewhere they are shown apart.
    assert max(walk["off_plane"]) > 0.1
    assert max(abs(np.array(walk["loss"]) - walk["plane_loss"])) > 0.1
    right = right_of(net, walk)
    assert (right[0], right[-1]) == (27 / 40, 1)
    assert net.size == 17


def right_of(net, walk):
    """Return the share of points that a walk's weights classify right."""
    score, _ = net.scores(np.array(walk["weights"]).T)
    return ((score > 0) == (net.targets[:, None] == 1)).mean(axis=0)


def try_network(lesson, tried):
    assert tried("Other first weights")[0]["loss"] != lesson.walk()["loss"]
    # The same walk on another plane, which holds more of its steps.
    turned = tried("Turn the plane to the steps")[0]
    assert turned["loss"] == lesson.walk()["loss"]
    assert turned["y"] != lesson.walk()["y"]
    usual, turned = (answer_of(lesson, plane=kind)["plane"] for kind in ("walk", "steps"))
    assert usual["share_of_steps"] < turned["share_of_steps"]


def network_numbers(lesson):
    answer = answer_of(lesson, weights=1)
    plane, (walk,) = answer["plane"], answer["walks"]
    right = right_of(network_of(lesson), walk)
    below = max(np.array(walk["plane_loss"][:20]) - walk["loss"][:20])
    shares = [100 * plane["share"], 100 - round(100 * plane["share"]), 100 * plane["share_of_steps"]]
    # A walk at random has so much in two directions, few dimensions or many.
    low, high = 75, 81
    assert all(low < share < high for share in random_walks())
    return [17, 17 - 2, 100 * right[0], 100 * right[-1], *shares, below, low, high]


@lru_cache(maxsize=1)
def random_walks():
    """Return which percentage of a random walk's variance lies in two directions, for several numbers of dimensions.

    In the limit of many it is 6/π² (1 + 1/4): Antognini & Sohl-Dickstein, PCA of high dimensional random walks with
    comparison to neural network training (2018).
    """
    dice, means = np.random.default_rng(0), []
    for size in (9, 13, 17, 600):
        shares = []
        for _ in range(60 if size < 100 else 8):
            path = dice.standard_normal((300, size)).cumsum(axis=0)
            path -= path.mean(axis=0)
            values = np.linalg.eigvalsh(path.T @ path if size < len(path) else path @ path.T)
            shares.append(100 * values[-2:].sum() / values.sum())
        means.append(np.mean(shares))
    assert means[-1] == pytest.approx(100 * 6 / math.pi**2 * 1.25, abs=1)
    return means


# ── First weights, and the plateau


def first_weights(lesson):
    net = network_of(lesson)
    plan = {"slug": "network-xor", "seeds": range(100), "rate": 0.3, "steps": 1000}
    assert (lesson.request["learning_rate"], lesson.request["steps"]) == (plan["rate"], plan["steps"])
    learnt = {scale: sum(map(is_learnt, trained(net, scale=scale, **plan))) for scale in (0.0, 0.01, 0.1, 1.0)}
    assert learnt[0.0] == learnt[0.01] == 0
    assert 40 <= learnt[0.1] <= 60
    assert learnt[1.0] > 90
    assert is_same(lesson.walk(seed=7), trained(net, scale=1.0, **plan | {"seeds": [7]})[0])
    # At scale 0 only the output's bias moves, to 1/2, on a saddle without negative curvatures.
    walk = answer_of(lesson, shape=0.0, weights=1, tolerance=0)["walks"][0]
    weights = np.array(walk["weights"])
    assert (weights[:, :-1] == 0).all()
    assert weights[-1, -1] == pytest.approx(1 / 2, abs=1e-15)
    assert walk["loss"][-1] == pytest.approx(1 / 4, abs=1e-15)
    other, _ = lesson.other()
    assert other["summary"]["place"] == "saddle"
    assert other["loss"][-1] == pytest.approx(1 / 4, abs=1e-12)
    there = weights[-1][:, None]
    assert np.abs(net.gradient(there)).max() < 1e-15
    assert net.curvatures(there)[0] == pytest.approx([0] * 8 + [2], abs=1e-9)
    # Lower ground beside it, in some direction of few hundred; and noise finds it.
    beside = there + 0.3 * np.random.default_rng(0).standard_normal((net.size, 300))
    assert (net.loss(beside) < 1 / 4).any()
    noisy = [lesson.walk(shape=0.0, noise=0.1, seed=seed, steps=300)["loss"][-1] for seed in SEEDS]
    assert sum(loss < 0.2 for loss in noisy) >= 15


def is_same(walk, walked):
    """Tell whether the API's walk is the one that was walked in a block, to the last bit."""
    return walk["loss"] == walked.loss.tolist()


def try_first_weights(lesson, tried):
    ends = {label: tried(label)[0]["loss"][-1] for label in ("Scale 0.01", "Scale 0.1", "Seed 3")}
    assert lesson.walk()["loss"][-1] < LEARNT
    assert all(loss > LEARNT for loss in ends.values()), ends
    assert ends["Scale 0.01"] == pytest.approx(1 / 4, abs=1e-6)


def first_weights_numbers(_):
    # That it is over 90 of 100 is proved with the claim.
    return [90, 100, 1000, 0.01, 0.1]


@lru_cache(maxsize=1)
def plateau():
    """Return the losses of plain descent on exclusive or from seed 3, over 40 000 steps, in plain NumPy."""
    data = {"inputs": [(-1, -1), (-1, 1), (1, -1), (1, 1)], "targets": [0, 1, 1, 0]}
    net = Network({"data": data, "sizes": (2, 2, 1), "error": "squared", "weights": 9})
    inputs, targets = net.inputs.astype(float), net.targets.astype(float)
    weights = net.first_weights(3)
    into, bias, on, last = weights[:4].reshape(2, 2), weights[4:6].copy(), weights[6:8].copy(), 0.0
    losses = []
    for _ in range(40_001):
        units = np.tanh(inputs @ into + bias)
        wrong = units @ on + last - targets
        losses.append(wrong @ wrong / 4)
        if losses[-1] < 1e-6:
            break
        back = np.outer(wrong, on) * (1 - units * units)
        into = into - 0.15 * (inputs.T @ back)
        bias = bias - 0.15 * back.sum(axis=0)
        on, last = on - 0.15 * (wrong @ units), last - 0.15 * wrong.sum()
    return np.array(losses)


def below(loss, bound=LEARNT):
    """Return the first step at which the loss is below the bound, None where there is none."""
    found = np.flatnonzero(np.array(loss) < bound)
    return int(found[0]) if len(found) else None


def long_plateau(lesson):
    answer = both_of(lesson, weights=1)
    plain, ball = answer["walks"]
    assert (plain["label"], ball["label"]) == lesson.lesson.compare.names
    # The plane is that of the walk that gets across, and holds its end.
    assert answer["request"]["plane_run"] == 1
    assert (ball["x"][-1], ball["y"][-1]) == (pytest.approx(1, abs=1e-12), pytest.approx(0, abs=1e-12))
    assert below(ball["loss"]) == 33
    # Between tens of steps and tens of thousands nothing happens; the first thousand are the API's own.
    losses = plateau()
    assert plain["loss"] == pytest.approx(losses[:1001], rel=1e-9)
    assert np.abs(losses[1000:30_001] - 1 / 8).max() < 0.001
    assert below(losses) > 30_000
    # Right about two points, and one half about the others.
    score = network_of(lesson).scores(np.array(plain["weights"])[-1:].T)[0][:, 0]
    assert sorted(np.abs(score - [0, 1, 1, 0])) == pytest.approx([0, 0, 0.5, 0.5], abs=0.01)
    assert 0 < plain["gradient_norm"][-1] < 0.01
    assert sum(value < 0 for value in plain["summary"]["hessian_eigenvalues"]) == 1
    # No rule: few of 20 seeds wait like this, and of 20 momentum learns from most before step 150.
    net, plan = network_of(lesson), {"slug": "network-xor", "seeds": SEEDS, "steps": 1000}
    waits = [walk.loss[-1] > 0.1 for walk in trained(net, rate=0.3, **plan)]
    assert sum(waits) <= 5
    rolled = trained(net, optimizer="momentum", values={"momentum": 0.9}, rate=0.1, **plan)
    assert sum((below(walk.loss) or 1000) < 150 for walk in rolled) >= 15
    assert [seed for seed in SEEDS if waits[seed]] == [3, 6]
    assert 300 < below(rolled[6].loss) < 1000


def try_long_plateau(lesson, tried):
    assert below(tried("Seed 0")[0]["loss"]) < 200
    # What the other button shows is computed beside it; the API's own is too dear for each run of the tests.
    assert 30_000 < below(plateau()) < 40_000


def long_plateau_in_full(lesson):
    """By the API itself, to the end of the plateau."""
    waited = lesson.walk(steps=40_000)["loss"]
    assert below(waited) == pytest.approx(below(plateau()), abs=10)
    assert waited[:30_000] == pytest.approx(plateau()[:30_000], rel=1e-6)


def long_plateau_numbers(lesson):
    plan = {"slug": "network-xor", "seeds": range(100), "rate": 0.3, "steps": 1000}
    waiting = sum(walk.loss[-1] > 0.1 for walk in trained(network_of(lesson), **plan))
    assert plateau()[1000] - plateau()[10_000] < 0.001
    return [8, 33, round(below(plateau()), -3), 1000, 10_000, 0.001, 100, waiting, 6]


# ── The edge of stability

HALF = slice(100, None)


def hovering(net, walks_, limit):
    """Return, for each walk, its sharpness in units of the limit at up to 200 iterates."""
    found = []
    for walk in walks_:
        places = np.linspace(0, len(walk.loss) - 1, 200).round().astype(int)
        found.append(net.curvatures(walk.weights[places].T)[:, -1] / limit)
    return np.array(found)


def first_above(steps, ratio):
    """Return the first step that is told of at which the sharpness is above the limit, None where it never is."""
    above = np.flatnonzero(ratio > 1)
    return int(steps[above[0]]) if len(above) else None


def edge_of_stability(lesson):
    net, walk = network_of(lesson), answer_of(lesson, weights=1)["walks"][0]
    steps, sharpness, limit = sharpness_of(lesson)
    ratio = sharpness / limit
    assert (limit == 2 / lesson.request["learning_rate"]).all()
    # The API's sharpness is that of the network beside it.
    weights = np.array(walk["weights"])
    assert sharpness == pytest.approx(net.curvatures(weights[steps].T)[:, -1], rel=1e-6)
    assert ratio[0] == pytest.approx(0.30, abs=0.005)
    # Once over the limit between these steps, at every one of which it is looked at; never before.
    each = net.curvatures(weights[:221].T)[:, -1] / limit[0]
    crossing = int(np.flatnonzero(each > 1)[0])
    assert 100 < crossing < 220
    assert (each[:crossing] < 1).all()
    assert (np.diff(each[100:crossing]) > 0).all()
    assert 0.95 < ratio[steps >= crossing].mean() < 1.10
    assert 0.95 < ratio[HALF].mean() < 1.10
    rises = np.diff(walk["loss"]) > 0
    assert not rises[:crossing].any()
    assert rises[crossing:].mean() > 1 / 4
    assert walk["loss"][crossing] > 5 * walk["loss"][-1]
    # With a quarter of the step size the limit is never met, and the loss never rises.
    other, request = lesson.other()
    assert lesson.differs_only_in("learning_rate")
    assert request["learning_rate"] == lesson.request["learning_rate"] / 4
    _, sharpness, limit = sharpness_of(lesson, lesson.record["compare"]["query"])
    assert (sharpness < 0.7 * limit).all()
    assert (np.diff(other["loss"]) < 0).all()
    # The plane holds most of the steps, the usual one next to nothing of them.
    turned, usual = (answer_of(lesson, plane=kind)["plane"]["share_of_steps"] for kind in ("steps", "walk"))
    assert turned > 0.8 > 0.2 > usual
    edge_for_twenty_seeds(net)


def edge_for_twenty_seeds(net):
    """No seed's luck: the edge is met, and kept to, from all first weights; without it nothing of that happens."""
    plan = {"slug": "network-curve", "seeds": SEEDS, "steps": 2000}
    at_edge = trained(net, rate=0.2, **plan)
    steps = np.linspace(0, 2000, 200).round().astype(int)
    ratios = hovering(net, at_edge, 2 / 0.2)
    met = [first_above(steps, ratio) for ratio in ratios]
    assert sum(step is not None and 100 < step < 230 for step in met) >= 15
    assert sum(0.95 < ratio[HALF].mean() < 1.10 for ratio in ratios) >= 15
    rises = [np.diff(walk.loss) > 0 for walk in at_edge]
    assert all(not rise[: step - 10].any() for rise, step in zip(rises, met, strict=True))
    # While there is something left to learn: some arrive at what the noise of the data leaves, and are quiet there.
    until = [int(np.flatnonzero(walk.loss > 2 * walk.loss[-1])[-1]) for walk in at_edge]
    assert sum(rise[a:b].mean() > 1 / 4 for rise, a, b in zip(rises, met, until, strict=True)) >= 15
    assert sum(walk.loss[step] > 5 * walk.loss[-1] for walk, step in zip(at_edge, met, strict=True)) >= 15
    short = trained(net, rate=0.05, **plan)
    assert sum((ratio > 1).any() for ratio in hovering(net, short, 2 / 0.05)) <= 5
    assert sum((np.diff(walk.loss) > 0).any() for walk in short) <= 5


def settled(lesson, label, tried):
    """Return about which part of its limit the sharpness of what is tried settles, and the limit."""
    (one,) = [one for one in lesson.tries if one.label == label]
    assert tried(label)
    query = lesson.query_of(one.changes)
    _, sharpness, limit = sharpness_of(lesson, query)
    return (sharpness / limit)[HALF].mean(), limit[0]


def try_edge_of_stability(lesson, tried):
    for label, limit in (("Set the step size to 0.1", 20), ("To 0.4", 5)):
        part, own = settled(lesson, label, tried)
        assert own == pytest.approx(limit)
        assert 0.9 < part < 1.1


def edge_of_stability_numbers(lesson):
    _, sharpness, limit = sharpness_of(lesson)
    start = lesson.walk(steps=1)["summary"]["marks"]
    assert 2 / sharpness[0] > 3 * lesson.request["learning_rate"]
    assert any(mark["value"] == pytest.approx(2 / sharpness[0], rel=1e-9) for mark in start)
    # The bounds are proved with the claim; 2021 is the year of the source.
    return [sharpness[0] / limit[0], 2 / sharpness[0], 100, 220, 2021]


def momentum_edge(lesson):
    rate, beta = lesson.request["learning_rate"], lesson.request["momentum"]
    _, sharpness, limit = sharpness_of(lesson)
    assert limit == pytest.approx(2 * (1 + beta) / rate)
    assert limit[0] == pytest.approx(13)
    assert 0.95 < (sharpness / limit)[HALF].mean() < 1.10
    assert lesson.differs_only_in("optimizer", "momentum", "dampening")
    _, plain, plain_limit = sharpness_of(lesson, lesson.record["compare"]["query"])
    assert plain_limit[0] == pytest.approx(10)
    assert 0.95 < (plain / plain_limit)[HALF].mean() < 1.10
    # Of 20 seeds: about its own limit, and about plain descent's by none.
    net, plan = network_of(lesson), {"slug": "network-curve", "seeds": SEEDS, "steps": 2000, "rate": rate}
    ball = hovering(net, trained(net, optimizer="momentum", values={"momentum": beta}, **plan), 13)
    assert sum(0.95 < ratio[HALF].mean() < 1.10 for ratio in ball) >= 15
    assert sum(0.95 < ratio[HALF].mean() * 13 / 10 < 1.10 for ratio in ball) <= 5


def try_momentum_edge(lesson, tried):
    for label, limit in (("Momentum 0.1", 11), ("Momentum 0.5", 15)):
        part, own = settled(lesson, label, tried)
        assert own == pytest.approx(limit)
        assert 0.9 < part < 1.1


def momentum_edge_numbers(_):
    limits = [2 * (1 + beta) / 0.2 for beta in (0, 0.1, 0.3, 0.5)]
    return [0.1, 0.5, 1 + 0.3, 0.2, *limits]


def noise_flattens(lesson):
    assert lesson.differs_only_in("batch")
    _, noisy, limit = sharpness_of(lesson)
    _, plain, _ = sharpness_of(lesson, lesson.record["compare"]["query"])
    assert (noisy / limit)[HALF].mean() < 0.9
    assert 0.95 < (plain / limit)[HALF].mean() < 1.10
    # As the page shows both: as many looks at the data, which are fewer steps for all points.
    own, other = both_of(lesson)["walks"]
    assert own["evaluations"][-1] == other["evaluations"][-1]
    assert other["summary"]["steps"] == lesson.request["steps"] / 4
    # Of 20 seeds, each with batches of its own.
    net, plan = network_of(lesson), {"slug": "network-curve", "steps": 1000, "rate": lesson.request["learning_rate"]}
    noisy = [trained(net, seeds=[seed], batch=5, seed=seed, **plan)[0] for seed in SEEDS]
    assert is_same(lesson.walk(seed=4, steps=1000), noisy[4])
    plain = trained(net, seeds=SEEDS, **plan)
    low, high = (hovering(net, walked, 10)[:, HALF].mean(axis=1) for walked in (noisy, plain))
    assert (low < 0.9).sum() >= 15
    assert (high < 0.9).sum() <= 5
    assert (low < high).sum() >= 15


def try_noise_flattens(lesson, tried):
    (ten, _), (two, _) = (settled(lesson, label, tried) for label in ("Batches of 10", "Batches of 2"))
    _, sharpness, limit = sharpness_of(lesson)
    assert two < (sharpness / limit)[HALF].mean() < ten
    assert tried("Batches of 2")[0]["loss"][-1] > 10 * lesson.walk()["loss"][-1]


def noise_flattens_numbers(lesson):
    assert np.mean(np.diff(lesson.walk()["loss"]) > 0) == pytest.approx(1 / 2, abs=0.05)
    assert len(network_of(lesson).targets) == 20
    return [5, 10, 20]


# ── What a plane does not tell


def bottom_of(lesson, **changes):
    """Return the plane's lowest minimum as the API names it, and its weights."""
    keys = {key: value for key, value in lesson.request.items() if value is not None} | changes
    response = lesson.api.post("/api/descent/stream", keys)
    start = next(record for record in lines(response.content) if record["kind"] == "start")
    known = [place for place in start["landscape"]["stationary_points"] if place["kind"].endswith("minimum")]
    if not known:
        return None, None
    lowest = min(known, key=lambda place: place["value"])
    return lowest, weights_at(start["plane"], *lowest["point"])[:, None]


def is_none_of_the_networks(net, weights):
    return np.linalg.norm(net.gradient(weights)) > 0.3 and net.curvatures(weights)[0, 0] < -1e-3


def one_plane_only(lesson):
    net, (bottom, weights) = network_of(lesson), bottom_of(lesson)
    assert net.loss(weights)[0] == pytest.approx(bottom["value"], rel=1e-9)
    assert is_none_of_the_networks(net, weights)
    # On the plane it is a minimum all the same: all ground around it is higher.
    plane = answer_of(lesson)["plane"]
    ring = [
        weights_at(plane, bottom["point"][0] + 0.01 * math.cos(turn), bottom["point"][1] + 0.01 * math.sin(turn))
        for turn in np.linspace(0, 2 * math.pi, 16)
    ]
    assert (net.loss(np.array(ring).T) > bottom["value"]).all()
    # Trained on from there, by the API and by hand.
    on = {"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.05}
    walk = answer_of(lesson, start=bottom["point"], runs=[on])["walks"][1]
    assert walk["loss"][0] == pytest.approx(bottom["value"], rel=1e-9)
    assert walk["loss"][-1] < 0.5 * bottom["value"]
    assert max(walk["off_plane"]) > 0.1
    velocity = np.zeros_like(weights)
    for _ in range(20):
        velocity = 0.9 * velocity + net.gradient(weights)
        weights = weights - 0.05 * velocity
    assert net.loss(weights)[0] < bottom["value"]
    assert net.loss(weights)[0] == pytest.approx(walk["loss"][20], rel=1e-6)


def one_plane_only_for_twenty_seeds(lesson):
    """Dear, for each seed has a plane whose stationary points are looked for."""
    net = network_of(lesson)
    found = [bottom_of(lesson, seed=seed)[1] for seed in SEEDS]
    assert sum(there is not None and is_none_of_the_networks(net, there) for there in found) >= 15


def try_one_plane_only(lesson, tried):
    bottom, _ = bottom_of(lesson)
    (one,) = lesson.tries
    assert one.changes["start"] == pytest.approx(bottom["point"], abs=0.05)
    _, ball = tried(one.label)
    assert ball["loss"][0] < 1.05 * bottom["value"]
    assert ball["loss"][1] < bottom["value"]
    assert ball["loss"][-1] < 0.5 * bottom["value"]


def one_plane_only_numbers(_):
    return [0.3, 13, 13 - 2]


def climbs(net, ends, start):
    """Return how many times the loss at its start the loss climbs to on the straight lines to these ends, (n, ends)."""
    parts = np.linspace(0, 1, 101)
    points = start[:, None, None] + (ends - start[:, None])[:, :, None] * parts
    return net.loss(points.reshape(len(start), -1)).reshape(-1, 101).max(axis=1) / net.loss(start[:, None])


def nearest_first(net, weights):
    """Return a place and its twins, nearest first, and how far they are."""
    twins = net.twins(weights)
    away = np.linalg.norm(twins - weights[:, None], axis=0)
    return twins[:, away.argsort()], np.sort(away)


def many_places(lesson):
    net, walk = network_of(lesson), answer_of(lesson, weights=1)["walks"][0]
    weights = np.array(walk["weights"][-1])
    twins, away = nearest_first(net, weights)
    assert twins.shape[1] == math.factorial(4) * 2**4 == len({tuple(twin) for twin in twins.T})
    assert away[0] == 0 < away[1]
    assert np.ptp(net.loss(twins)) < 1e-15
    assert net.loss(twins)[0] == pytest.approx(walk["loss"][-1], rel=1e-12)
    assert climbs(net, twins[:, 1:2], weights)[0] > 100
    # What the page shows: two ends of nearly the same loss, the other beside a twin, and a ridge on the drawn line.
    answer = both_of(lesson, weights=1)
    assert answer["plane"]["kind"] == "ends"
    one, other = (np.array(run["weights"][-1]) for run in answer["walks"])
    assert net.loss(other[:, None])[0] == pytest.approx(net.loss(one[:, None])[0], rel=0.2)
    to_twins = np.linalg.norm(nearest_first(net, one)[0] - other[:, None], axis=0)
    assert to_twins[1:].min() < to_twins[0] / 2
    assert climbs(net, other[:, None], one)[0] > 100
    twin = nearest_first(net, one)[0][:, to_twins.argmin()]
    assert climbs(net, other[:, None], twin)[0] < 10
    for run in answer["walks"]:
        assert run["off_plane"][-1] < 1e-12
    # Of 20 seeds: as many places with one loss, nearly all of them behind such a ridge.
    plan = {"optimizer": "adam", "rate": 0.03, "steps": 2000}
    walked = trained(net, "network-curve", SEEDS, **plan)
    for end in (walk.weights[-1] for walk in walked):
        twins, _ = nearest_first(net, end)
        assert np.ptp(net.loss(twins)) < 1e-15
        assert (climbs(net, twins[:, 1:], end) > 100).mean() > 0.965


def try_many_places(lesson, tried):
    ends = {tried(label)[0]["loss"][-1] for label in ("Seed 1", "Seed 2")} | {lesson.walk()["loss"][-1]}
    assert len(ends) == 3
    assert max(ends) < 0.01


def many_places_numbers(lesson):
    weights = np.array(answer_of(lesson, weights=1)["walks"][0]["weights"][-1])
    _, away = nearest_first(network_of(lesson), weights)
    # That it is 97 of 100, for 20 seeds, is proved with the claim.
    return [math.factorial(4), 2**4, math.factorial(4) * 2**4, away[1], 0.02, 97, 100, 20]


# ── The border

WINDOWS = {
    16: (0.5033, 0.6070, 0.25, 0.3125),
    256: (0.5725, 0.57925, 0.28125, 0.28516),
    4096: (0.5767, 0.57712, 0.2817, 0.281945),
}


def blown_up(lesson, resolution, **changes):
    """Return which cells of the lesson's map diverge, and the cells' learning rates and momenta."""
    window = list(changes.pop("window", WINDOWS[16]))
    query = lesson.query_of({"resolution": resolution, "window": window, **changes})
    response = lesson.api.get(f"/api/maps/rates?{query}")
    assert response.status_code == 200, response.text
    start, *rest = lines(response.content)
    final = [record for record in rest if record["kind"] == "pass"][-1]
    return np.array(final["outcome"]) == "diverged", start["x"], start["y"]


def slope_of(diverged):
    """Return by which power of their fineness the number of boxes grows that cover the border."""
    border = np.zeros_like(diverged)
    border[:-1] |= diverged[:-1] != diverged[1:]
    border[:, :-1] |= diverged[:, :-1] != diverged[:, 1:]
    side, sizes = len(border), [1, 2, 4, 8, *([16] if len(border) > 64 else [])]
    counts = [border.reshape(side // k, k, side // k, k).any(axis=(1, 3)).sum() for k in sizes]
    return -np.polyfit(np.log(sizes), np.log(counts), 1)[0]


def border(lesson):
    # A straight line and a circle have the slope of smooth lines by the same count.
    x, y = np.meshgrid(np.linspace(0, 1, 64), np.linspace(0, 1, 64))
    assert 0.8 < slope_of(y < 0.3 + 0.4 * x) < 1.1
    assert 0.8 < slope_of(np.hypot(x - 0.5, y - 0.5) < 0.4) < 1.1
    full = math.log(1 / 0.05), 1.0
    for scale, (low, high, less, more) in WINDOWS.items():
        assert full[0] / math.log(high / low) == pytest.approx(scale, rel=0.01)
        assert full[1] / (more - less) == pytest.approx(scale, rel=0.01)
    # With few cells the count is coarse.
    for window in WINDOWS.values():
        diverged, rates, momenta = blown_up(lesson, 64, window=window)
        assert 1.4 < slope_of(diverged) < 1.75, window
    # Each cell is its walk.
    for row, column in ((0, 0), (31, 17), (63, 63), (40, 5)):
        walk = lesson.api.walk(**settings_without_map(lesson, rates[column], momenta[row]))
        assert (walk["summary"]["outcome"] == "diverged") == diverged[row, column]
    assert list(lesson.request["window"]) == list(WINDOWS[16])
    own, other = both_of(lesson)["walks"]
    assert own["summary"]["outcome"] == "diverged"
    assert other["summary"]["outcome"] == "out_of_steps"


def settings_without_map(lesson, rate, momentum):
    keys = {key: value for key, value in lesson.request.items() if value is not None}
    keys = {key: value for key, value in keys.items() if key not in ("map", "map_run", "window", "resolution")}
    return keys | {"learning_rate": rate, "momentum": momentum}


def border_in_full(lesson):
    """As the lesson shows it: 128 cells along each side, at three scales; and, of 20 seeds, with fewer cells."""
    for window in WINDOWS.values():
        assert 1.5 < slope_of(blown_up(lesson, 128, window=window)[0]) < 1.7, window
    slopes = [slope_of(blown_up(lesson, 64, seed=seed)[0]) for seed in SEEDS]
    assert sum(slope > 1.4 for slope in slopes) >= 15
    assert sum(slope < 1.2 for slope in slopes) <= 5


def try_border(lesson, tried):
    for one, window in zip(lesson.tries, (WINDOWS[256], WINDOWS[4096], (0.05, 1, 0, 1)), strict=True):
        assert tuple(one.changes["window"]) == window
        assert tried(one.label)[0]["loss"] == lesson.walk()["loss"]
    for (low, high, less, more), (inner_low, inner_high, inner_less, inner_more) in pairwise(WINDOWS.values()):
        assert low < inner_low < inner_high < high
        assert less <= inner_less < inner_more < more


def border_numbers(_):
    # The slopes are proved with the claim; 2024 is the year of the source, which says “more than ten decades”.
    return [16, 256, 4096, 1.5, 1.7, 200, 2024]


PROOFS = {
    "network": network,
    "first-weights": first_weights,
    "long-plateau": long_plateau,
    "edge-of-stability": edge_of_stability,
    "momentum-edge": momentum_edge,
    "noise-flattens": noise_flattens,
    "one-plane-only": one_plane_only,
    "many-places": many_places,
    "border": border,
}
# What is too dear for each run of the tests.
IN_FULL = {
    "long-plateau": long_plateau_in_full,
    "one-plane-only": one_plane_only_for_twenty_seeds,
    "border": border_in_full,
}
TRIED = {
    "network": try_network,
    "first-weights": try_first_weights,
    "long-plateau": try_long_plateau,
    "edge-of-stability": try_edge_of_stability,
    "momentum-edge": try_momentum_edge,
    "noise-flattens": try_noise_flattens,
    "one-plane-only": try_one_plane_only,
    "many-places": try_many_places,
    "border": try_border,
}
COMPUTED = {
    "network": network_numbers,
    "first-weights": first_weights_numbers,
    "long-plateau": long_plateau_numbers,
    "edge-of-stability": edge_of_stability_numbers,
    "momentum-edge": momentum_edge_numbers,
    "noise-flattens": noise_flattens_numbers,
    "one-plane-only": one_plane_only_numbers,
    "many-places": many_places_numbers,
    "border": border_numbers,
}
