"""A request is resolved once: every key filled in, its entries looked up, its runs made, and then it is frozen."""

import dataclasses
import random

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.request import making
from app.request.keys import KEYS, OF_THE_PICTURE, OF_THE_PLANE
from app.request.making import enlarged, make_map_request, make_request
from app.request.reading import read_query
from app.request.request import MapRequest, WalkRequest

RACE = read_query(
    b"landscape=rosenbrock&optimizer=adam&learning_rate=0.01&name=First&restarts=2&map=rates&map_run=3&axis=evaluations"
    b"&run=sam&run=bfgs,name:Curved&run=rmsprop,decay:0.95&run=gradient-descent,steps:50"
)


def plain_requests():
    dice = random.Random(5)
    for _ in range(200):
        landscape = LANDSCAPES[dice.choice(list(LANDSCAPES))]
        newton = landscape.smooth and not landscape.network
        able = [slug for slug, one in OPTIMIZERS.items() if newton or not one.needs_hessian]
        keys = {"landscape": landscape.slug, "optimizer": dice.choice(able), "schedule": dice.choice(list(SCHEDULES))}
        yield make_request(keys | ({"starts": 3, "seed": 7} if dice.random() < 0.5 else {}))


def test_nothing_is_left_open_but_a_knob_and_a_name():
    for request in (*plain_requests(), make_request(RACE), *make_request(RACE).each_run):
        missing = {one.name for one in dataclasses.fields(request) if getattr(request, one.name) is None}
        assert missing - {"name", "shape"} == (set() if request.landscape.network else {*OF_THE_PLANE})
        assert (request.shape is None) == (request.landscape.shape is None)
        assert tuple(request.canonical) == KEYS


def test_the_attributes_are_what_the_canonical_request_says():
    for request in plain_requests():
        for key, value in request.canonical.items():
            if key in ("landscape", "optimizer", "schedule"):
                assert getattr(request, key).slug == value
            elif key in ("start", "domain"):
                assert request.box.sides == request.canonical["domain"]
                assert list(request.start) == request.canonical["start"]
            elif hasattr(request, key) and key != "runs":
                assert getattr(request, key) == value, key


def test_a_request_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        make_request({}).steps = 3


def test_the_first_run_of_a_race_is_the_request_of_its_own_keys_alone():
    race = make_request(RACE)
    own = {key: value for key, value in race.given.items() if key not in OF_THE_PICTURE}
    assert race.each_run[0] == make_request(own)
    assert [run.name for run in race.each_run] == ["First", None, "Curved", None, None]
    assert all(not run.runs for run in race.each_run)
    assert [type(run) for run in race.each_run] == [WalkRequest] * 5


def test_a_run_that_is_made_is_the_request_of_its_own_query():
    for run in make_request(RACE).each_run:
        assert make_request(read_query(run.query.encode())) == run


def test_each_run_is_made_once(monkeypatch):
    made = []
    make = making._make_walks
    monkeypatch.setattr(making, "_make_walks", lambda given: made.append(given) or make(given))
    race = make_request(RACE)
    # Once more where the steps are fewer than the first one's, for a gradient costs more: of the one with SAM.
    assert len(made) == 1 + len(RACE["runs"]) + 1
    assert (race.each_run, race.mapped_run.points, race.budget, race.query) is not None
    assert len(made) == 1 + len(RACE["runs"]) + 1


def test_only_a_request_with_a_map_has_what_maps_have():
    assert not isinstance(make_request({}), MapRequest)
    request = make_request(RACE)
    assert isinstance(request, MapRequest)
    assert request.mapped_run is request.each_run[3]
    assert make_map_request({}, "basins") == make_request({"map": "basins"})
    assert request.second_hyperparameter.key == "decay"


def test_an_enlarged_map_is_the_same_with_more_cells():
    small = make_map_request({"landscape": "peaks", "resolution": 2}, "basins")
    large = enlarged(small, 5_000)
    assert large.query == f"{small.query.removesuffix('2')}5000"
    assert large.canonical == {**small.canonical, "resolution": 5_000}
    # The usual number of cells is left out of the query.
    assert enlarged(small, 256) == make_map_request({"landscape": "peaks"}, "basins")
