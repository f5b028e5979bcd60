"""Previews: a link that is pasted somewhere shows its walk, with a title that says what is seen."""

import io
import re
from html import unescape

import numpy as np
import pytest
from PIL import Image

from app.answers.palette import PALETTE
from app.answers.walks import answer
from app.descent.landscapes import LANDSCAPES
from app.exports.preview_picture import HEIGHT, MOST_BYTES, WIDTH
from app.exports.rendering import render
from app.exports.words import title_of
from app.lessons import LESSONS
from app.maps.processes import LostWorkerError
from app.request.errors import ApiError
from app.request.making import make_request
from app.web.drawing import Drawer
from tests.exports.drawn import near
from tests.web.asking import error_of

HTML = {"accept": "text/html"}
HOSTILE = "%3Cscript%3E%22%26'"
DARK = {name: dark for name, (_, dark) in PALETTE.theme.items()}


def seen(api, path):
    response = api.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "image/png"
    assert len(response.content) <= MOST_BYTES
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (WIDTH, HEIGHT) == (1200, 630)
        return np.asarray(image.convert("RGB")).astype(int)


def tags(page):
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:_]+)" content="([^"]*)">', page)
    return {name: unescape(content) for name, content in found}


def title(page):
    return unescape(re.search("<title>(.*?)</title>", page)[1])


QUERIES = [
    *(f"landscape={slug}" for slug in LANDSCAPES if not LANDSCAPES[slug].network),
    "landscape=network-xor&steps=30",
    "learning_rate=5",
    "landscape=rosenbrock&run=adam&run=gradient-descent",
    "formula=sin(9*x)*cos(9*y)%2Bx%5E2",
    "data=1,2;2,3.5;3,5;4,4.4",
    "landscape=rastrigin&starts=64",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_preview_has_its_size_and_is_small_enough_for_whoever_shows_it(api, query):
    drawn = seen(api, f"/preview.png?{query}")
    # Words on the left, on paper alone, and a map on the right.
    paper = near(drawn, DARK["ground"], 0)
    assert paper[:, :20].all()
    assert near(drawn[:, 40:500], DARK["ink"], 8).sum() > 1_000
    if "two-minima" not in query:
        assert len(np.unique(drawn[:, 600:].reshape(-1, 3), axis=0)) > 50


def test_the_path_lies_in_the_preview_where_the_iterates_are(api):
    keys = {"landscape": "himmelblau", "optimizer": "gradient-descent", "learning_rate": 0.002, "steps": 60}
    drawn = seen(api, "/preview.png?landscape=himmelblau&optimizer=gradient-descent&learning_rate=0.002&steps=60")
    [walk] = answer(make_request(keys))
    (low_x, low_y), (high_x, high_y) = LANDSCAPES["himmelblau"].domain
    scale = min(690 / (high_x - low_x), 630 / (high_y - low_y))
    found = near(drawn, DARK["c0"], 40)
    for k in (6, 9, 12):
        x = 510 + 345 + (walk["x"][k] - (low_x + high_x) / 2) * scale
        y = 315 - (walk["y"][k] - (low_y + high_y) / 2) * scale
        assert found[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].any(), k
    # Nothing of that colour is where no walk is.
    assert not near(drawn, DARK["c0"], 16)[:, 1100:].any()


def test_a_very_long_walk_is_drawn_as_far_as_it_is_walked_and_that_is_said(api, monkeypatch):
    counted = []
    original = answer.__globals__["records"]

    def counting(request):
        for record in original(request):
            if record and record["kind"] == "chunk":
                counted.append(len(record["x"]))
            yield record

    monkeypatch.setattr("app.web.previews.records", counting)
    seen(api, "/preview.png?learning_rate=0.00001&steps=100000&optimizer=gradient-descent&tolerance=0")
    assert 10_000 < sum(counted) < 30_000


def test_a_walk_with_many_steps_that_arrives_early_is_told_whole(api):
    few, many = (seen(api, f"/preview.png?steps={steps}") for steps in (200, 100_000))
    assert (few == many).all()


def test_where_the_end_is_to_be_guessed_the_preview_does_not_tell_it(api):
    told, held = (seen(api, f"/preview.png?guess_first={held}") for held in (0, 1))
    orange = [near(one[:, 520:], DARK["c0"], 40).sum() for one in (told, held)]
    assert 0 < orange[1] < orange[0] / 3
    page = api.get("/?guess_first=1", headers=HTML).text
    assert title(page) == "Momentum on Bowl – Downhill"
    assert "settles" not in tags(page)["og:description"]


def test_a_preview_is_drawn_once(api, monkeypatch):
    path = "/preview.png?landscape=saddle&learning_rate=0.0123"
    first = api.get(path)
    monkeypatch.setattr("app.web.previews.draw_preview", lambda seen: pytest.fail("drawn again"))
    again = api.get(f"{path}&utm_source=chat")
    assert again.content == first.content
    assert api.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    assert "max-age" in first.headers["cache-control"]


def test_a_bad_query_has_the_preview_of_what_the_page_shows(api):
    wrong = api.get("/preview.png?learning_rate=fast&landscape=himmelblau")
    assert wrong.status_code == 200
    assert wrong.content == api.get("/preview.png?landscape=himmelblau").content
    assert title(api.get("/?landscape=nowhere", headers=HTML).text) == title(api.get("/", headers=HTML).text)


def test_a_lesson_has_a_preview_and_another_one_has_none(api):
    own, other = api.get("/lessons/ravine/preview.png"), api.get("/lessons/ravine/preview.png?optimizer=adam")
    assert own.status_code == other.status_code == 200
    assert own.content != other.content
    error_of(api.get("/lessons/ravin/preview.png"), 404)


@pytest.mark.parametrize(
    "path", ["/", "/?landscape=himmelblau&optimizer=adam", "/lessons", "/examples", "/lessons/ravine"]
)
def test_every_page_names_its_preview_with_its_whole_address(api, path):
    page = api.get(path, headers=HTML).text
    found = tags(page)
    assert {*found} >= {
        *("og:title", "og:description", "og:url", "og:image", "og:image:width", "og:image:height", "og:image:alt"),
        "twitter:card",
    }
    assert found["twitter:card"] == "summary_large_image"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    base = found["og:url"].removesuffix(path)
    assert re.fullmatch(r"https?://[^/]+", base)
    assert found["og:image"].startswith(base)
    assert api.get(found["og:image"].removeprefix(base)).headers["content-type"] == "image/png"
    assert all(found.values())
    assert title(page) == f"{found['og:title']} – Downhill"


def test_the_preview_of_a_page_has_the_query_of_the_page(api):
    query = "landscape=himmelblau&optimizer=adam"
    assert tags(api.get(f"/?{query}", headers=HTML).text)["og:image"].endswith(f"/preview.png?{query}")
    # A lesson without a query has none.
    assert tags(api.get("/lessons/ravine", headers=HTML).text)["og:image"].endswith("/lessons/ravine/preview.png")


@pytest.mark.parametrize(
    ("query", "called"),
    [
        ("", "Momentum on Bowl: converged after 131 steps"),
        ("learning_rate=5", "Momentum on Bowl: diverged after 14 steps"),
        ("landscape=himmelblau&optimizer=adam", "Adam on Himmelblau: out of steps after 200 steps"),
        ("run=adam&run=lion", "Momentum, Adam and Lion on Bowl"),
        ("run=adam&run=lion&run=rmsprop", "A race of 4 runs on Bowl"),
        ("starts=5", "5 walkers of Momentum on Bowl"),
        ("formula=x%5E2%2By%5E2&steps=1", "Momentum on f(x, y) = x² + y²: out of steps after 1 step"),
        ("data=1,2;2,3;3,5&steps=1", "Momentum on 3 own points: out of steps after 1 step"),
        ("hide=sentence", "Momentum on Bowl"),
    ],
)
def test_a_title_says_what_is_seen(api, query, called):
    assert title(api.get(f"/?{query}", headers=HTML).text) == f"{called} – Downhill"


def test_a_page_without_its_walk_claims_no_end(api):
    page = api.get("/?steps=100000&starts=20", headers=HTML).text
    assert title(page) == "20 walkers of Momentum on Bowl – Downhill"
    assert title_of(make_request({"steps": 100_000}), ()) == "Momentum on Bowl"


def test_what_somebody_typed_is_escaped_in_tags(api):
    page = api.get(f"/?name={HOSTILE}&run=adam", headers=HTML).text
    head = page.partition("</head>")[0]
    assert "<script>\"&'" not in head
    assert tags(page)["og:description"].startswith("<script>\"&': it rolls")


class Broken:
    """A process that dies with whatever it is asked."""

    def submit(self, *arguments):
        raise LostWorkerError("gone")

    def shutdown(self):
        pass


def test_a_picture_whose_process_died_is_refused_for_now():
    drawer = Drawer(Broken)
    with pytest.raises(ApiError) as refused:
        drawer("<svg/>")
    assert refused.value.status == 503
    drawer.close()
    with pytest.raises(ApiError) as refused:
        drawer("<svg/>")
    assert refused.value.status == 503


def test_the_process_that_draws_makes_the_same_pixels():
    drawer = Drawer()
    try:
        svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text y="20">κ = 4</text></svg>'

        assert drawer(svg) == render(svg)
    finally:
        drawer.close()


@pytest.mark.parametrize("slug", [slug for slug, lesson in LESSONS.items() if lesson.guess][:3])
def test_a_lesson_that_lets_guess_does_not_tell_the_end_elsewhere(api, slug):
    assert title(api.get(f"/lessons/{slug}", headers=HTML).text) == f"{LESSONS[slug].title} – Downhill"
