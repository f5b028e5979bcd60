"""The pages of the course: the gallery, every lesson's page, and what two dimensions cannot tell."""

import json
import re
from html import unescape

import pytest

from app.lessons import CHAPTERS, LESSONS
from app.request.making import make_request
from tests.web.asking import error_of, read

HTML = {"accept": "text/html"}
FIRST, *_, LAST = LESSONS


def shown(api, path):
    response = api.get(path, headers=HTML)
    assert response.status_code == 200, path
    assert response.headers["content-type"].startswith("text/html")
    return response.text


def panel(page):
    (found,) = re.findall(r'<article class="lesson".*?</article>', page, re.S)
    return found


def boot(page):
    (found,) = re.findall(r'<script type="application/json" id="boot">(.*?)</script>', page, re.S)
    return json.loads(found)


def words(html):
    """Return what is read: without formulas, tags and line breaks."""
    html = re.sub(r"<math.*?</math>", " ", html, flags=re.S)
    # A number that can be turned stands in the middle of a sentence.
    html = re.sub(r'<span class="(?:live|told)"[^>]*>([^<]*)</span>', r"\1", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def links(html):
    return [unescape(link) for link in re.findall(r'<a [^>]*href="([^"]*)"', html)]


# ── The gallery


def test_the_gallery_is_grouped_by_chapter_in_order(api):
    page = shown(api, "/lessons")
    headings = re.findall(r"<h2>(.*?)</h2>", page)
    assert headings == list(CHAPTERS)
    for title, part in zip(CHAPTERS, re.findall(r'<section class="chapter">.*?</section>', page, re.S), strict=True):
        assert unescape(CHAPTERS[title]) in words(part)
        slugs = re.findall(r'<a class="open" href="/lessons/([\w-]+)" id="([\w-]+)"', part)
        assert slugs == [(slug, slug) for slug, lesson in LESSONS.items() if lesson.chapter == title]
        assert part.count("<svg class=") == len(slugs)


def test_every_card_has_its_title_its_claim_and_a_way_to_the_picture_alone(api):
    page = shown(api, "/lessons")
    cards = re.findall(r"<li>.*?</li>", page, re.S)
    for card, lesson in zip(cards, LESSONS.values(), strict=True):
        assert lesson.title in words(card)
        assert " ".join(lesson.claim.split()) in words(card)
        assert links(card) == [f"/lessons/{lesson.slug}", f"/?{lesson.query}"]


# ── A lesson


@pytest.mark.parametrize("slug", LESSONS)
def test_a_lesson_opens_the_page_with_its_settings_and_its_words(api, slug):
    lesson = LESSONS[slug]
    response = api.get(f"/lessons/{slug}", headers=HTML)
    page = response.text
    assert response.status_code == 200
    opening = make_request(lesson.opening).query
    assert response.headers["link"] == f'</api/descent?{opening}>; rel="alternate"; type="application/json"'
    assert f"<title>{lesson.title} – Downhill</title>" in unescape(page)
    start = boot(page)
    assert (start["path"], start["query"], start["lesson"]) == (f"/lessons/{slug}", opening, opening)
    part = panel(page)
    number = list(LESSONS).index(slug) + 1
    assert f"{lesson.chapter} · {number} of {len(LESSONS)}" in words(part)
    assert f'<h2 id="lesson-title">{lesson.title}</h2>' in unescape(part)
    for text in lesson.words.values():
        formulas = text.count("$") // 2
        # What stands between the formulas is there word for word.
        for piece in text.split("$")[::2]:
            assert " ".join(piece.strip(" .,:;?!)%").split()) in words(part), piece
        assert part.count("<math") >= formulas
    assert part.count("<math") == sum(text.count("$") // 2 for text in lesson.words.values())
    assert "$" not in part
    # The answer is hidden behind its question, which is not.
    (hidden,) = re.findall(r"<details[^>]*>.*?</details>", part, re.S)
    assert "open" not in hidden.partition(">")[0]
    assert page.index('class="lesson"') < page.index('id="views"')


def test_the_words_above_the_picture_can_be_led_through_from_the_first_lesson_to_the_last(api):
    slug, seen = FIRST, []
    while slug:
        seen.append(slug)
        part = panel(shown(api, f"/lessons/{slug}"))
        after = re.search(r'rel="next" href="/lessons/([\w-]+)">(.*?)</a>', part, re.S)
        before = re.search(r'rel="prev" href="/lessons/([\w-]+)">(.*?)</a>', part, re.S)
        assert (before is None) == (slug == FIRST)
        assert (after is None) == (slug == LAST)
        if before:
            assert before[1] == seen[-2]
            assert LESSONS[before[1]].title in words(before[2])
        if after:
            assert LESSONS[after[1]].title in words(after[2])
        slug = after and after[1]
    assert seen == list(LESSONS)


def test_a_lesson_leads_back_to_its_settings_and_to_all_lessons(api):
    found = links(panel(shown(api, "/lessons/ravine?landscape=peaks")))
    assert "/lessons/ravine" in found
    assert "/lessons#ravine" in found
    lesson = LESSONS["ravine"]
    for keys in (lesson.request, lesson.changed(lesson.compare.changes), lesson.changed(lesson.tries[0].changes)):
        assert f"/lessons/ravine?{make_request({**keys, 'theory': 1}).query}" in found


def test_a_query_is_the_state_and_the_lesson_stays(api):
    query = "landscape=peaks&start=1,1&optimizer=adam&steps=50"
    response = api.get(f"/lessons/ravine?{query}", headers=HTML)
    start = boot(response.text)
    assert (start["path"], start["query"]) == ("/lessons/ravine", query)
    assert start["lesson"] == make_request(LESSONS["ravine"].opening).query
    assert response.headers["link"].startswith(f"</api/descent?{query}>")
    assert LESSONS["ravine"].title in words(panel(response.text))


def test_a_bad_query_on_a_lesson_is_said_on_the_page(api):
    page = shown(api, "/lessons/ravine?landscape=peaks&steps=0")
    assert "steps=0 is out of range." in words(page)
    assert boot(page)["query"] == "landscape=peaks"
    assert panel(page)


def test_the_plain_page_has_no_lesson(api):
    page = shown(api, "/?landscape=peaks")
    assert 'class="lesson"' not in page
    assert "<title>Momentum on Peaks: converged after " in page
    assert (boot(page)["path"], boot(page)["query"], boot(page)["lesson"]) == ("/", "landscape=peaks", None)


@pytest.mark.parametrize("slug", [slug for slug, lesson in LESSONS.items() if lesson.compare])
def test_what_is_offered_to_compare_with_opens_under_the_same_lesson(api, slug):
    lesson = LESSONS[slug]
    page = shown(api, f"/lessons/{slug}?{lesson.compare_query}")
    assert boot(page)["query"] == lesson.compare_query
    assert 'class="notice"' not in page


def test_the_case_of_a_lessons_name_is_taken_as_it_comes(api):
    assert shown(api, "/lessons/Ravine") == shown(api, "/lessons/ravine")


@pytest.mark.parametrize("slug", ["nothing", "ravin", "by-hand/", "a/b", "%3Cscript%3E", "x" * 300])
def test_an_unknown_lesson_is_not_found(api, slug):
    error_of(api.get(f"/lessons/{slug}"), 404, None)
    page = api.get(f"/lessons/{slug}", headers=HTML)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert '<a href="/lessons">see the lessons</a>' in page.text
    assert "<script>" not in page.text


def test_the_nearest_lesson_is_named(api):
    assert "/lessons/ravine" in error_of(api.get("/lessons/ravin"), 404)["hint"]


# ── What two dimensions cannot tell


def test_the_honest_page_says_what_it_must_and_links_to_its_sources_and_lessons(api):
    page = shown(api, "/two-dimensions")
    assert re.search(r"<h1>What two dimensions cannot tell</h1>", page)
    said = words(page)
    for word in ("saddles", "Dauphin", "mini-batch", "recurrence", "condition number", "sharpest curvature", "slice"):
        assert word in said, word
    for word in (
        "not a billion",
        "off the plane",
        "75 to 81 %",
        "chaotic",
        "edge of stability",
        "minimum of the plane",
    ):
        assert word in said, word
    assert {f"/lessons/{slug}" for slug, lesson in LESSONS.items() if lesson.chapter == "A real network"} <= set(
        links(page)
    )
    assert 5 <= len(re.findall(r"<h2>", page)) <= 7
    for link in links(page):
        if link.startswith("/"):
            assert api.get(link, headers=HTML).status_code == 200, link
        elif link != "#main":
            assert re.fullmatch(r"https://arxiv\.org/abs/\d{4}\.\d{4,5}", link)


@pytest.mark.parametrize(
    "path",
    ["/", "/lessons", f"/lessons/{FIRST}", "/examples", "/two-dimensions", "/docs", "/nothing", "/lessons/nothing"],
)
def test_every_page_leads_to_what_two_dimensions_cannot_tell(api, path):
    assert "/two-dimensions" in links(api.get(path, headers=HTML).text)


# ── As other pages


@pytest.mark.parametrize(
    "path", ["/lessons", f"/lessons/{FIRST}", "/lessons/ravine?steps=10", "/examples", "/two-dimensions"]
)
def test_the_pages_behave_as_pages_do(api, path):
    got, head = api.get(path), api.ask("HEAD", path)
    assert got.status_code == head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == got.headers["content-type"]
    assert got.headers["cache-control"] == "no-cache"
    assert "content-security-policy" in got.headers
    (twin,) = re.findall(r'^<([^>]+)>; rel="alternate"; type="application/json"$', got.headers["link"])
    read(api.get(twin).content)
    assert f'<link rel="alternate" type="application/json" href="{twin.replace("&", "&amp;")}">' in got.text
    for method in ("POST", "PUT", "DELETE"):
        refused = api.ask(method, path)
        assert refused.status_code == 405
        assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize("path", ["/lessons", "/lessons/ravine", "/examples", "/two-dimensions"])
def test_no_page_needs_what_its_policy_forbids(api, path):
    page = api.get(path).text
    assert not re.search(r"<[^>]*\sstyle=", page)
    assert not re.search(r"<[^>]*\son\w+=", page)
    # Where else the page is told of is nothing that a browser loads.
    loaded = re.sub(r'<link rel="alternate"[^>]*>', "", page)
    assert not re.findall(r'(?:src|href)="http://', loaded)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
