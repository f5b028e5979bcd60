"""The ground that a walk is drawn on, as its route tells it."""

import pytest

from app.descent.landscapes import LANDSCAPES
from app.web.limits import Busy
from tests.web.asking import error_of, read
from tests.web.by_hand import loss_of


def ground_of(api, query):
    response = api.get(f"/api/descent/surface?{query}")
    assert response.status_code == 200, response.text
    return read(response.content)


# A network's is held against the network, in test_networks.py.
@pytest.mark.parametrize("slug", [slug for slug, landscape in LANDSCAPES.items() if not landscape.network])
def test_it_is_the_published_loss_over_the_domain_that_is_asked_for(api, slug):
    record = read(api.get(f"/api/landscapes/{slug}").content)
    sides = [side / 2 + 0.1 for side in record["domain"]]
    domain = ",".join(map(repr, sides))
    ground = ground_of(api, f"landscape={slug}&domain={domain}&optimizer=adam&starts=3&run=momentum&resolution=5")
    assert (ground["x"][0], ground["x"][-1]) == pytest.approx(tuple(sides[:2]))
    rows = ground["loss"] if record["dimensions"] == 2 else [ground["loss"]]
    for row, y in zip(rows, ground.get("y", [0.0]), strict=True):
        assert row == pytest.approx([loss_of(record, x, y) for x in ground["x"]], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_of_a_landscape_it_is_that_landscapes_own_surface_to_the_last_byte(api, slug):
    entry = LANDSCAPES[slug]
    keys = f"&shape={entry.shape.high!r}" if entry.shape else ""
    for own in ("", "&resolution=2", "&resolution=23&relief=1", "&relief=0"):
        plain = api.get(f"/api/landscapes/{slug}/surface?{keys[1:]}{own if keys else own[1:]}")
        assert plain.status_code == 200
        assert api.get(f"/api/descent/surface?landscape={slug}{keys}{own}").content == plain.content


def test_another_box_is_another_part_of_the_same_ground(api):
    parts = "-0.5,0.25,-1,2"
    plain = api.get(f"/api/descent/surface?landscape=peaks&resolution=7&domain={parts}").content
    assert api.get(f"/api/descent/surface?landscape=peaks&resolution=7&box={parts}").content == plain
    body = {"landscape": "peaks", "resolution": 7, "box": [-0.5, 0.25, -1, 2]}
    assert api.post("/api/descent/surface", body).content == plain


def test_the_box_of_a_formula_is_not_what_anything_is_proposed_for(api):
    formula = "formula=x^2*y^2%2Bx&resolution=5"
    whole, part = ground_of(api, formula), ground_of(api, f"{formula}&box=1,2,3,5")
    assert part["landscape"] == whole["landscape"]
    assert part["x"] == [1, 1.25, 1.5, 1.75, 2]
    assert part["loss"][-1] == [x * x * 25 + x for x in part["x"]]
    assert ground_of(api, f"{formula}&domain=1,2,3,5")["landscape"] != whole["landscape"]


def test_what_is_asked_beside_the_ground_changes_nothing_of_it(api):
    plain = api.get("/api/descent/surface?landscape=himmelblau&resolution=9").content
    for more in (
        "optimizer=adam&learning_rate=9&steps=7&noise=1&seed=4",
        "starts=4&run=newton",
        "goal=maximize&at=7&view=surface&theory=1",
        "start=1,1",
    ):
        assert api.get(f"/api/descent/surface?landscape=himmelblau&resolution=9&{more}").content == plain


def test_beside_a_map_the_resolution_is_the_grounds_and_the_map_is_none_of_its_cost(api):
    plain = api.get("/api/descent/surface?landscape=himmelblau&resolution=9").content
    for more in (
        "map=basins&window=-1,1,-1,1",
        "map=rates",
        "map=rates&starts=8&steps=20000",
        "map=basins&steps=100000",
    ):
        assert api.get(f"/api/descent/surface?landscape=himmelblau&resolution=9&{more}").content == plain
    assert len(ground_of(api, "map=basins")["x"]) == 101
    # The map itself would be too much with its usual cells, and is checked all the same.
    error_of(api.get("/api/descent?landscape=himmelblau&map=basins&steps=100000"), 422, "resolution")
    error_of(api.get("/api/descent/surface?map=basins&map_run=1"), 422, "map_run")
    error_of(api.get("/api/descent/surface?map=basins&window=1,1,0,1"), 422, "window")
    error_of(api.get("/api/descent/surface?map=somewhere"), 422, "map")
    error_of(api.get("/api/descent/surface?window=0,1,0,1"), 422, "window")


@pytest.mark.parametrize(
    ("query", "key", "said"),
    [
        ("resolution=1", "resolution", "from 2 to 400"),
        ("resolution=401", "resolution", "from 2 to 400"),
        ("resolution=1024&map=basins", "resolution", "from 2 to 400"),
        ("resolution=1.5", "resolution", "whole number"),
        ("resolution=", "resolution", "Leave resolution out"),
        ("resolution=9&resolution=9", "resolution", "Give it once"),
        ("resolution=99999999999999999999999", "resolution", "from 2 to 400"),
        ("relief=2", "relief", "from 0 to 1"),
        ("relief=yes", "relief", "whole number"),
        ("releif=1", "releif", "relief"),
        ("landscape=nowhere", "landscape", "Known are"),
        ("domain=0,0,1,1", "domain", "max above its min"),
        ("shape=5&landscape=peaks", "shape", "Leave it out"),
        ("starts=513", "starts", "from 1 to 512"),
        ("walk=0", "walk", "keys"),
        ("box=0,0,1,1", "box", "max above its min"),
        ("box=1,2", "box", "bowl needs xmin,xmax,ymin,ymax"),
        ("box=a,b", "box", "Write it like"),
        ("box=-1e300,1e300,0,1", "box", "widths away"),
    ],
)
def test_a_bad_query_is_refused_with_its_key_and_what_would_do(api, query, key, said):
    assert said in error_of(api.get(f"/api/descent/surface?{query}"), 422, key)["hint"]


def test_it_is_let_in_by_its_points_and_not_by_the_walk_that_nobody_walks(api, monkeypatch):
    admitted = []
    real = Busy.admit

    def admit(self, work, points=0, maps=0):
        admitted.append((work, points))
        return real(self, work, points, maps)

    monkeypatch.setattr(Busy, "admit", admit)
    for path in ("/api/landscapes/peaks/surface?", "/api/descent/surface?landscape=peaks&steps=90000&"):
        for own in ("resolution=50", "resolution=50&relief=1"):
            assert api.get(path + own).status_code == 200
    assert admitted[:2] == admitted[2:] == [(2500, 2500), (7500, 2500)]


def test_it_is_compressed_for_who_understands_that(api):
    packed = api.get("/api/descent/surface", headers={"accept-encoding": "gzip"})
    plain = api.get("/api/descent/surface", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers
