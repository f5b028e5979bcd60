"""The keys of a network: where they mean something, what each takes, and what is said of all else."""

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.errors import ApiError
from app.request.keys import KEYS, OF_THE_PLANE
from app.request.making import make_request
from app.request.reading import read_query

NETWORKS = [slug for slug, landscape in LANDSCAPES.items() if landscape.network]
FIRST = "landscape=network-curve&"


def asked(query):
    return make_request(read_query(query.encode()))


def complaint(query):
    with pytest.raises(ApiError) as raised:
        asked(query)
    assert raised.value.status == 422
    return raised.value


def test_the_networks_are_those_of_the_contract():
    assert NETWORKS == ["network-curve", "network-moons", "network-xor"]
    assert KEYS[-3:] == OF_THE_PLANE == ("plane", "plane_run", "weights")


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_what_they_are_where_they_mean_something_and_null_elsewhere(slug):
    said = [make_request({"landscape": slug}).canonical[key] for key in OF_THE_PLANE]
    assert said == (["walk", 0, 0] if slug in NETWORKS else [None] * 3)


# What the documents say each key is where it is not given, and what it also may be.
@pytest.mark.parametrize(
    ("key", "usual", "other"),
    [
        ("plane", "walk", "steps"),
        ("plane_run", 0, 1),
        ("weights", 0, 1),
        ("map_run", 0, 1),
        ("resolution", 256, 64),
        ("batch", 0, 1),
        ("growth", 1, 2),
        ("min_change", 0, 0.1),
    ],
)
@pytest.mark.parametrize("slug", ["bowl", "rosenbrock", "parabola", "pasture"])
def test_a_key_that_means_nothing_is_refused_unless_it_is_given_as_what_it_is_anyway(slug, key, usual, other):
    plain = make_request({"landscape": slug})
    if plain.landscape.points and key == "batch":
        pytest.skip("of data it means something")
    assert make_request({"landscape": slug, key: usual}) == plain
    assert asked(f"landscape={slug}&{key}={usual}").query == plain.query
    with pytest.raises(ApiError) as raised:
        make_request({"landscape": slug, "runs": [{"optimizer": "adam"}], key: other})
    assert raised.value.key == key


@pytest.mark.parametrize("slug", NETWORKS)
def test_a_network_has_the_domain_the_start_and_the_shape_of_the_contract(slug):
    request = make_request({"landscape": slug})
    assert request.canonical["domain"] == [-0.5, 1.5, -1, 1]
    assert request.canonical["start"] == [0, 0]
    assert (request.shape, request.landscape.shape.low, request.landscape.shape.high) == (1, 0, 2)
    assert request.canonical["view"] == "data"
    assert asked(f"landscape={slug}&shape=0&batch=4&view=surface").shape == 0


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("plane=walk", ""),
        ("plane=%20Steps", "plane=steps"),
        ("plane=steps&plane_run=0&weights=0", "plane=steps"),
        ("plane=ends&run=adam", "run=adam&plane=ends"),
        ("plane_run=1&run=adam", "run=adam&plane_run=1"),
        ("weights=1", "weights=1"),
        ("goal=minimize", ""),
        ("view=data", ""),
        ("optimizer=bfgs", "optimizer=bfgs"),
        ("optimizer=line-search", "optimizer=line-search"),
        ("optimizer=sam", "optimizer=sam"),
    ],
)
def test_what_a_query_is_written_as(query, written):
    request = asked(FIRST + query)
    kept = [part for part in request.query.split("&") if part not in ("landscape=network-curve",)]
    # The learning rate of a further run, and keys in the contract's order, are written as for all landscapes.
    assert sorted(kept) == sorted(part for part in written.split("&") if part)
    assert asked(request.query) == request


@pytest.mark.parametrize(
    ("query", "key", "message", "hint"),
    [
        ("plane=steps", "plane", "no meaning with bowl, which is no network", "network-curve, network-moons"),
        ("run=adam&plane_run=1", "plane_run", "no meaning with bowl", "network-xor"),
        ("weights=1", "weights", "no meaning with bowl", "network-xor"),
        (FIRST + "plane=random", "plane", "plane=random is not what plane takes", "walk or steps or ends"),
        (FIRST + "plane=", "plane", "is empty", "Leave plane out"),
        (FIRST + "plane=end", "plane", "is not what plane takes", "Did you mean ends?"),
        (FIRST + "plane=ends", "plane", "the ends of two runs", "Add a second one, such as run=adam"),
        (FIRST + "plane_run=1", "plane_run", "no run of this picture", "From 0 to 0."),
        (FIRST + "run=adam&plane_run=2", "plane_run", "no run of this picture", "From 0 to 1."),
        (FIRST + "plane_run=-1", "plane_run", "out of range", "from 0 to 8"),
        (FIRST + "plane_run=0.5", "plane_run", "not a whole number", "from 0 to 8"),
        (FIRST + "plane_run=9", "plane_run", "out of range", "from 0 to 8"),
        (FIRST + "weights=2", "weights", "out of range", "from 0 to 1"),
        (FIRST + "weights=yes", "weights", "not a whole number", "from 0 to 1"),
        (FIRST + "run=adam,weights:1", "run", "weights", "beside the runs"),
        (FIRST + "run=adam,plane:steps", "run", "plane", "beside the runs"),
        (FIRST + "optimizer=newton", "optimizer", "needs a Hessian of two dimensions", "gradient-descent"),
        (FIRST + "run=newton", "run", "needs a Hessian of two dimensions", "gradient-descent"),
        (FIRST + "goal=maximize", "goal", "grows without end", "Leave it out"),
        (FIRST + "shape=2.1", "shape", "out of range", "from 0 to 2"),
        (FIRST + "shape=-0.1", "shape", "out of range", "from 0 to 2"),
        (FIRST + "batch=21", "batch", "more than the 20 data points", "from 0 to 20"),
        ("landscape=network-xor&batch=5", "batch", "more than the 4 data points", "from 0 to 4"),
        (FIRST + "optimizer=bfgs&batch=5", "batch", "no meaning with optimizer=bfgs", "gradient-descent"),
        (FIRST + "start=0", "start", "has 1 numbers", "start=0,0"),
        (FIRST + "start=0,1e9", "start", "more than a million domain widths away", "nearer"),
        (FIRST + "domain=0,1", "domain", "has 2 numbers", "-0.5,1.5,-1,1"),
        (FIRST + "steps=100000&starts=512", "steps", "are more than", "walkers"),
        (FIRST + "steps=100000&starts=20", "steps", "are more than", "walkers"),
        (FIRST + "steps=100000&weights=1&starts=10", "steps", "are more than", "walkers"),
        ("landscape=network-moon", "landscape", "not known", "network-moons"),
    ],
)
def test_what_cannot_be_is_refused_with_what_would_do(query, key, message, hint):
    error = complaint(query)
    assert error.key == key
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize("slug", NETWORKS)
def test_every_optimizer_but_newton_trains_and_the_hint_names_them(slug):
    able = [optimizer for optimizer in OPTIMIZERS if optimizer != "newton"]
    for optimizer in able:
        assert make_request({"landscape": slug, "optimizer": optimizer}).optimizer.slug == optimizer


def test_what_an_answer_holds_is_counted_with_all_weights():
    fewest = {key: asked(f"{FIRST}steps=999&starts=4{more}").held for key, more in (("", ""), ("all", "&weights=1"))}
    assert asked(f"{FIRST}steps=99999&starts=10").held == 1_000_000
    # x, y, loss, gradient norm, learning rate, evaluations, and of a network two more; and then 13 weights.
    assert fewest["all"] / fewest[""] == pytest.approx(1 + 13 / 8, rel=0.1)


def test_a_step_of_a_network_costs_more_than_one_of_a_formula_and_of_more_weights_more():
    costs = {slug: make_request({"landscape": slug}).step_work for slug in ("bowl", *NETWORKS)}
    assert costs["bowl"] < costs["network-xor"] < costs["network-curve"] < costs["network-moons"]


def test_the_run_of_a_race_is_asked_alone_without_the_plane_of_the_race():
    race = asked(FIRST + "run=adam&plane=ends&plane_run=1&weights=1")
    assert [run.canonical["plane"] for run in race.each_run] == ["walk", "walk"]
    assert all("plane" not in run.query and "weights" not in run.query for run in race.each_run)
    assert race.canonical["plane_run"] == 1
