"""When a key means something: what the API and the page tell of it, held against what the server refuses."""

import random

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.own_data import own_data
from app.request.errors import ApiError
from app.request.keys import USUAL
from app.request.making import make_request
from app.request.meaning import NEEDS
from app.web.catalog import catalog
from tests.web.asking import read

OWN = [[float(one), one % 3 + 0.5] for one in range(30)]
REGISTRIES = {"landscape": "landscapes", "optimizer": "optimizers", "schedule": "schedules"}
VALUES = {
    "batch": 4,
    "model": "parabola",
    "warmup": 3,
    "restarts": 2,
    "growth": 2,
    "min_change": 0.1,
    "map_run": 0,
    "resolution": 8,
    "view": "data",
    "goal": "maximize",
    "plane": "ends",
    "plane_run": 0,
    "weights": 1,
    "constants": {"a": 2.0},
    "hyperparameters": {"b": 0.5},
}
FORMULA, RULE = "a*x^2 + y^2", "point_next = point - b*learning_rate*gradient"


class Told:
    """The needs of each key and the registries' records, as somebody has them who is only told."""

    def __init__(self, needs, records):
        self.needs = needs
        self.records = {key: {one["slug"]: one for one in records[table]} for key, table in REGISTRIES.items()}

    def means_something(self, key, keys):
        return all(self.is_met(key, need, keys) for need in self.needs.get(key, ()))

    def is_met(self, key, need, keys):
        # A typed rule has none of the traits that something is asked of.
        if "where" in need and not (key in keys and self.records[key][keys[key]][need["where"]]):
            return True
        if "of" in need and keys.get(key) != need["of"]:
            return True
        value = keys.get(need["key"])
        if need["trait"]:
            made_of = {"landscape": ("data", "formula"), "optimizer": ("rule",)}.get(need["key"], ())
            own = next((key for key in made_of if key in keys), None)
            record = catalog()["own"][own] if own else self.records[need["key"]][value]
            value = record[need["trait"]]
        return bool(value) == need["wanted"] and self.means_something(need["key"], keys)


@pytest.fixture(scope="module", params=["page", "api"])
def told(request, api):
    if request.param == "page":
        return Told(catalog()["needs"], catalog())
    records = {table: read(api.get(f"/api/{table}").content) for table in REGISTRIES.values()}
    # Rows tell of the numeric keys alone.
    rows = {row["key"]: row["needs"] for row in read(api.get("/api/keys").content)}
    return Told({**catalog()["needs"], **rows}, records)


def random_keys(dice):
    landscape = LANDSCAPES[dice.choice(list(LANDSCAPES))]
    knob = landscape.shape
    restarts = dice.choice([0, 2])
    keys = {
        "landscape": landscape.slug,
        "optimizer": dice.choice([one["slug"] for one in catalog()["optimizers"]]),
        "schedule": dice.choice([one["slug"] for one in catalog()["schedules"]]),
        "patience": dice.choice([0, 5]),
        "steps": 20,
        **({"map": "basins"} if dice.random() < 0.5 else {}),
    }
    if dice.random() < 0.1:
        del keys["landscape"]
        keys["data"] = OWN
        landscape, knob = own_data(tuple(map(tuple, OWN)), "line"), None
    elif dice.random() < 0.1:
        del keys["landscape"]
        keys["formula"] = FORMULA
        landscape, knob = make_request({"formula": FORMULA}).landscape, None
    if dice.random() < 0.1:
        del keys["optimizer"]
        keys |= {"rule": RULE, "hyperparameters": VALUES["hyperparameters"]}
    values = {**VALUES, "restarts": restarts, "shape": knob.default if knob else 1.0, "window": landscape.domain.sides}
    return keys | {key: values[key] for key in dice.sample(list(values), dice.randrange(4))}


def is_default(key, value):
    return value == {"restarts": 0, **USUAL}.get(key)


def complaint_of(keys):
    try:
        make_request(keys)
    except ApiError as error:
        return error.key
    return None


def test_a_key_is_refused_where_it_means_nothing_by_what_is_told_and_nowhere_else(told):
    dice = random.Random(3)
    refused = set()
    for _ in range(3_000):
        keys = random_keys(dice)
        wrong = {key for key in keys if not is_default(key, keys[key]) and not told.means_something(key, keys)}
        complaint = complaint_of(keys)
        assert {complaint} <= (wrong or {None}), keys
        refused.add(complaint)
    # What asks for nothing is taken as that.
    assert refused == {*NEEDS, None} - {key for key, value in VALUES.items() if is_default(key, value)}


def test_what_a_further_run_takes_over_means_something_there(told):
    dice = random.Random(4)
    for _ in range(1_000):
        keys = {
            key: value
            for key, value in random_keys(dice).items()
            if key in {*REGISTRIES, *VALUES, "data", "formula", "rule", "patience"} - {"map_run", "resolution", "view"}
        }
        if complaint_of(keys):
            continue
        run = {key: dice.choice(list(told.records[key])) for key in ("optimizer", "schedule") if dice.random() < 0.5}
        if told.means_something("optimizer", {**keys, **run}):
            make_request({**keys, "runs": [run or {"patience": 0}]})
        else:
            with pytest.raises(ApiError, match="needs a Hessian"):
                make_request({**keys, "runs": [run]})


def test_each_numeric_key_tells_what_it_needs(api):
    needs = {row["key"]: row["needs"] for row in read(api.get("/api/keys").content)}
    assert needs["batch"] == [
        {"key": "landscape", "trait": "points", "wanted": True},
        {"key": "optimizer", "trait": "needs_all_data", "wanted": False},
    ]
    assert needs["growth"] == [{"key": "restarts", "trait": None, "wanted": True}]
    assert {key for key in needs if needs[key]} == {"batch", "warmup", "restarts", "growth", "min_change"}
    assert needs.items() >= {key: needs[key] for key in catalog()["needs"] if key in needs}.items()
