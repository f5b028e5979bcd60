"""What the page is sent with, and what it asks for besides: the catalog, the first paint, the small pictures."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.lessons import LESSONS
from app.request.keys import QUERY_KEYS as KEYS
from tests.web.asking import error_of, read

# What the API tells of an entry and the page is not sent.
LEFT_OUT = {
    # The learning rates by optimizer are with the optimizers.
    "landscapes": {"expression", "latex", "family", "stationary_points", "learning_rates", "found", "constants"},
    "optimizers": {"update_rule", "first_update_rule", "text"},
    "schedules": {"update_rule"},
}
# Of which it is only told whether there is any.
IN_SHORT = {"data", "network"}
ADDED = {"landscapes": {"mathml", "text"}, "optimizers": {"rules", "symbols", "best"}, "schedules": set()}
TABLES = {"landscapes": LANDSCAPES, "optimizers": OPTIMIZERS, "schedules": SCHEDULES}


def boot_of(page):
    (text,) = re.findall(r'<script type="application/json" id="boot">(.*?)</script>', page.text, re.S)
    return read(text)


@pytest.fixture(scope="module")
def boot(api):
    return boot_of(api.get("/"))


def first_paint(page):
    """Return the server's own picture, as the page has it before any script."""
    (picture,) = re.findall(r'<div class="first" id="first">(.*?)</div>', page.text, re.S)
    return picture


def message_of(page):
    (message,) = re.findall(r'id="message"[^>]*>(.*?)</p>', page.text, re.S)
    (numbers,) = re.findall(r'id="numbers"[^>]*>(.*?)</span>', page.text, re.S)
    return message, numbers


# ── The catalog


@pytest.mark.parametrize("table", TABLES)
def test_the_page_knows_of_every_entry_what_the_api_tells_but_for_what_it_asks_later(api, boot, table):
    told = read(api.get(f"/api/{table}").content)
    assert [entry["slug"] for entry in boot["catalog"][table]] == list(TABLES[table])
    for entry, record in zip(boot["catalog"][table], told, strict=True):
        assert LEFT_OUT[table] <= set(record)
        assert set(entry) == set(record) - LEFT_OUT[table] | ADDED[table]
        assert all(entry[key] == record[key] for key in entry if key in record and key not in IN_SHORT)
        assert all(entry[key] == bool(record[key]) for key in IN_SHORT & record.keys())


# The words that people search for, and the entry on the page that they are words for.
SEARCHED = {
    ("optimizers", "gradient-descent"): (
        *("Cauchy 1847", "steepest descent", "descent direction"),
        *("batch gradient descent", "stochastic gradient descent", "SGD"),
    ),
    ("optimizers", "momentum"): ("heavy ball", "Polyak", "SGD"),
    ("keys", "learning_rate"): ("learning rate", "hyperparameter"),
    ("keys", "batch"): ("Mini-batch", "batch gradient descent", "stochastic gradient descent (SGD)"),
    ("keys", "noise"): ("stochastic gradient",),
}


@pytest.mark.parametrize(("table", "name"), SEARCHED)
def test_the_words_that_people_search_for_stand_where_the_thing_is(api, boot, table, name):
    for entries in (boot["catalog"][table], read(api.get(f"/api/{table}").content)):
        (entry,) = [entry for entry in entries if name in (entry.get("slug"), entry.get("key"))]
        told = f"{entry['title']} {entry.get('convention', '')} {entry.get('explanation', '')}"
        assert [word for word in SEARCHED[table, name] if word not in told] == []


def test_the_words_for_keys_stand_in_the_documentation_too(api):
    documentation = api.get("/docs").text
    for word in ("hyperparameter", "batch gradient descent", "stochastic gradient descent (SGD)", "heavy ball"):
        assert word in documentation


def test_the_page_knows_the_keys_in_the_order_of_the_contract(api, boot):
    assert boot["catalog"]["order"] == list(KEYS)
    assert boot["catalog"]["keys"] == read(api.get("/api/keys").content)


def test_the_page_knows_how_many_points_a_landscape_is_made_from(boot):
    for entry in boot["catalog"]["landscapes"]:
        landscape = LANDSCAPES[entry["slug"]]
        data = landscape.data or landscape.network
        assert entry["points"] == (len(data) if data else None)
        assert entry["mathml"].startswith("<math")


def test_the_page_knows_every_variant_of_every_rule_with_places_that_it_can_fill(boot):
    for entry in boot["catalog"]["optimizers"]:
        variants = OPTIMIZERS[entry["slug"]].rule.variants()
        assert list(entry["rules"]) == list(variants)
        assert set(entry["rules"]) <= {"rule", "first", "uphill", "refused"}
        for name, lines in entry["rules"].items():
            assert len(lines) == len(variants[name]) > 0
            known = {*boot["catalog"]["rule_symbols"], *(one["key"] for one in entry["hyperparameters"])}
            for symbols, numbers in lines:
                places = set(re.findall(r"@([a-z0-9-]+)@", symbols + numbers))
                assert places
                assert {place.replace("-", "_") for place in places} <= known


def test_the_page_has_a_gradients_rule_for_each_way_to_come_by_one(boot):
    assert set(boot["catalog"]["gradient_rules"]) == {
        f"{goal} {noise} {points}"
        for goal in ("minimize", "maximize")
        for noise in ("exact", "noisy")
        for points in ("all", "batch")
    }


def test_what_is_sent_with_a_page_cannot_end_its_script_and_names_its_state(api, boot):
    assert (boot["path"], boot["query"], boot["lesson"]) == ("/", "", None)
    shown = boot_of(api.get("/?landscape=peaks&steps=0&seed=3"))
    assert shown["query"] == "landscape=peaks&seed=3"
    slug = next(iter(LESSONS))
    lesson = boot_of(api.get(f"/lessons/{slug}"))
    assert (lesson["path"], lesson["lesson"]) == (f"/lessons/{slug}", lesson["query"])
    assert all(boot_of(api.get(path))["catalog"] == boot["catalog"] for path in ("/?steps=9", f"/lessons/{slug}"))


# ── The first paint


PAINTED = [
    # At most 20 000 evaluations are spent on it: walkers × (steps + 1) × what a step costs.
    ("landscape=bowl&steps=19999&learning_rate=1&optimizer=gradient-descent&shape=1", True),
    ("landscape=bowl&steps=20000&learning_rate=1&optimizer=gradient-descent&shape=1", False),
    ("landscape=bowl&optimizer=line-search&steps=2499", True),
    ("landscape=bowl&optimizer=line-search&steps=2500", False),
    ("landscape=straight-line&optimizer=adam&starts=3&steps=1110", True),
    ("landscape=straight-line&optimizer=adam&starts=3&steps=1111", False),
    ("landscape=pasture&optimizer=line-search&steps=226", True),
    ("landscape=pasture&optimizer=line-search&steps=227", False),
    ("landscape=fence&starts=512&steps=38", True),
    ("landscape=fence&starts=512&steps=39", False),
]


@pytest.mark.parametrize(("query", "painted"), PAINTED, ids=[query for query, _ in PAINTED])
def test_a_walk_that_costs_too_much_is_left_out_of_the_first_paint(api, query, painted):
    page = api.get(f"/?{query}")
    assert page.status_code == 200
    picture = first_paint(page)
    drawn = {name for names in re.findall(r'class="([^"]*)"', picture) for name in names.split()}
    assert ("trail" in drawn) == painted
    # The ground is there in either case, and what is wrong with the request is nothing.
    assert "begin" in drawn
    assert drawn & {"band", "curve"}
    assert 'class="notice"' not in page.text
    walks = read(api.get(f"/api/descent?{query}").content)["walks"] if painted else None
    message, numbers = (re.sub("&#39;", "'", words) for words in message_of(page))
    assert [message, numbers] == (walks[0]["summary"]["message"].split("\n") if walks else ["", ""])


# ── The small pictures


def test_the_ground_of_the_first_paint_goes_on_around_the_domain(api):
    # The bowl's domain is 8 wide and 6 high, a picture of 600 to 450; the box on the screen is nearly square.
    left, top, width, height = map(
        float, re.findall(r'<svg x="\S+" y="\S+" viewBox="(.*?)"', first_paint(api.get("/")))[0].split()
    )
    assert (left, width) == (0, 600)
    assert top == pytest.approx(450 / 2 - 600 / 0.95 / 2, abs=1)
    assert height == pytest.approx(600 / 0.95, abs=2)
    # A map of starts has its own window, and so have curves and what fills any box.
    for query in ("?map=basins", "?landscape=two-minima", "?landscape=pasture"):
        assert "<svg x=" not in first_paint(api.get(f"/{query}"))


def test_the_small_pictures_are_there_for_every_landscape_and_kept_for_a_year(api, boot):
    assert re.fullmatch("/thumbnails/[0-9a-f]{12}", boot["thumbnails"])
    response = api.get(boot["thumbnails"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    control = response.headers["cache-control"]
    assert "immutable" in control
    assert "max-age=31536000" in control
    pictures = read(response.content)
    assert list(pictures) == list(LANDSCAPES)
    for slug, picture in pictures.items():
        root = ElementTree.fromstring(picture)
        assert root.tag == "svg"
        assert "picture" in root.attrib["class"].split()
        assert [float(side) > 0 for side in root.attrib["viewBox"].split()[2:]] == [True, True]
        classes = {name for part in root.iter() for name in part.get("class", "").split()}
        # The ground alone: what is drawn is the landscape, not a walk over it.
        assert classes & {"trail", "casing", "head", "begin"} == set()
        assert ("curve" if LANDSCAPES[slug].dimensions == 1 else "band") in classes
        assert not re.search(r"\sstyle=|<script|\son\w+=|href=", picture)
        # Slopes are shaded, but for those that fall straight across the light.
        if LANDSCAPES[slug].dimensions == 2 and not slug.startswith("pasture"):
            assert classes & {"lit", "shadow"}
        assert not re.search(r"(?i)nan|inf", picture)
    assert len(set(pictures.values())) == len(LANDSCAPES)


def test_the_address_of_the_small_pictures_is_the_same_on_every_page(api, boot):
    for path in ("/?landscape=peaks", f"/lessons/{next(iter(LESSONS))}"):
        assert boot_of(api.get(path))["thumbnails"] == boot["thumbnails"]


def test_the_cards_hold_no_picture_of_their_own(api):
    page = api.get("/").text
    cards = re.findall(r'<label class="card".*?</label>', page, re.S)
    assert len(cards) == len(LANDSCAPES)
    assert all('<svg class="picture" aria-hidden="true"></svg>' in card for card in cards)
    assert [re.findall(r'value="([^"]+)"', card) for card in cards] == [[slug] for slug in LANDSCAPES]


@pytest.mark.parametrize(
    "change", [lambda tag: tag[::-1] + "0", lambda tag: "0" * 12, str.upper, lambda tag: f"{tag}0"]
)
def test_small_pictures_of_another_version_are_not_there(api, boot, change):
    head, _, version = boot["thumbnails"].rpartition("/")
    other = change(version)
    if other == version:
        pytest.skip("a digest without letters is the same in capitals")
    response = api.get(f"{head}/{other}")
    assert boot["thumbnails"] in error_of(response, 404)["hint"]
    assert "immutable" not in response.headers.get("cache-control", "")
