"""An embed: the picture of an address without its surroundings, which alone may stand in other people's pages."""

import asyncio
import gzip
import re

import httpx
import pytest

from app.main import create_app
from app.request.keys import PARTS
from app.web.assets import plotly_file, static_files
from app.web.framing import OWN, Frame, read_frame
from app.web.prefix import read_root_path
from tests.web.asking import read

PAGE = {"accept": "text/html"}


def boot_of(page):
    (text,) = re.findall(r'<script type="application/json" id="boot">(.*?)</script>', page, re.DOTALL)
    return read(text.encode())


def policy_of(response):
    return response.headers["content-security-policy"].split("; ")


@pytest.mark.parametrize("path", ["/embed", "/embed?landscape=peaks&theme=dark", "/embed?nonsense=1"])
def test_anybody_may_frame_an_embed(api, path):
    response = api.get(path)
    assert response.status_code == 200
    assert "frame-ancestors *" in policy_of(response)
    assert "x-frame-options" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/?hide=more", "/lessons", "/lessons/by-hand", "/examples", "/docs", "/two-dimensions"),
        *("/api/landscapes", "/embed/", "/embedded", "/lessons/embed", "/oembed", "/qr.svg", "/nothing"),
    ],
)
def test_nobody_may_frame_anything_else(api, path):
    response = api.get(path, headers=PAGE)
    assert "frame-ancestors 'none'" in policy_of(response)
    assert response.headers["x-frame-options"] == "DENY"


def test_other_rules_of_the_policy_are_the_same_in_a_frame(api):
    def rest(response):
        return [rule for rule in policy_of(response) if not rule.startswith("frame-ancestors")]

    assert rest(api.get("/embed")) == rest(api.get("/"))


def test_what_goes_wrong_in_a_frame_is_said_in_it_and_links_out_of_it(api):
    response = api.post("/embed", {}, headers=PAGE)
    assert response.status_code == 405
    assert "frame-ancestors *" in policy_of(response)
    assert "<header" not in response.text
    assert all('target="_blank"' in link for link in re.findall(r"<a [^>]*>", response.text))
    # As everywhere else, whoever asks for JSON has the one form of errors.
    assert set(api.post("/embed", {}).json()["error"]) == {"status", "message", "key", "hint"}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "landscape=himmelblau&start=0,-4&optimizer=adam",
        "run=adam,learning_rate:0.05&run=newton&at=7&scale=linear",
        "formula=a*x^2%2By^2&constants=a:4",
        "landscape=network-xor&steps=20",
        "map=basins&resolution=64",
        "view=surface&hide=more,race",
    ],
)
def test_all_keys_of_the_page_mean_the_same(api, query):
    page, embed = (boot_of(api.get(f"{path}?{query}".rstrip("?")).text) for path in ("/", "/embed"))
    assert embed["query"] == page["query"]
    said = [
        re.findall(r'<p class="message[^>]*>(.*?)</p>', api.get(f"{path}?{query}").text) for path in ("/", "/embed")
    ]
    assert said[0] == said[1]


def test_it_has_a_link_to_the_whole_page_with_its_query(api):
    text = api.get("/embed?landscape=peaks&hide=race&theme=dark&autoplay=0&utm_source=x").text
    (link,) = re.findall(r'<a id="whole-page" ([^>]*)>', text)
    assert 'href="/?landscape=peaks&amp;hide=race"' in link
    assert 'target="_blank"' in link
    assert 'rel="noopener"' in link


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_left_out_of_an_embed_too(api, part):
    text = api.get(f"/embed?hide={part}").text
    assert f'data-hide="{part}"' in text


def test_nothing_stands_beside_the_map_but_what_is_asked_for(api):
    assert 'data-second="none"' in api.get("/embed").text
    assert 'data-second="none"' in api.get("/embed?landscape=parabola").text
    assert 'data-second="surface"' in api.get("/embed?view=surface").text
    assert 'data-second="data"' in api.get("/embed?landscape=straight-line&view=data").text
    assert 'data-second="none"' in api.get("/embed?view=surface&hide=surface").text


def test_the_map_alone_loads_neither_the_pages_scripts_nor_plotly(api):
    alone, beside = api.get("/embed").text, api.get("/embed?view=surface").text
    assert "plotly" not in alone
    assert "/page.js" not in alone
    assert "plotly.min.js" in beside
    assert "/page.js" in beside
    assert "/embed.js" not in beside


def test_all_that_an_embed_loads_is_a_tenth_of_what_the_page_does(api):
    def loaded(text):
        names = re.findall(r'(?:href|src)="/static/[0-9a-f]+/([^"]+\.(?:js|css))"', text)
        files = [len(static_files()[name].gzipped) for name in set(names) if name in static_files()]
        plotly = len(plotly_file().gzipped) if "plotly.min.js" in text else 0
        return len(gzip.compress(text.encode(), 6)) + sum(files) + plotly

    embed, page = (loaded(api.get(path).text) for path in ("/embed", "/"))
    assert embed < 160_000
    assert embed < page / 10


def test_autoplay_and_theme_are_what_they_are_given_as(api):
    assert boot_of(api.get("/embed").text)["autoplay"] is True
    assert boot_of(api.get("/embed?autoplay=0").text)["autoplay"] is False
    assert boot_of(api.get("/embed?autoplay=1").text)["autoplay"] is True
    assert boot_of(api.get("/").text)["autoplay"] is None
    assert 'data-theme="dark"' in api.get("/embed?theme=dark").text
    assert 'data-theme="light"' in api.get("/embed?Theme=LIGHT").text
    assert "data-theme" not in api.get("/embed").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("theme=drak", "theme=drak is not understood. Did you mean theme=dark? It is light or dark"),
        (
            "autoplay=yes",
            "autoplay=yes is not understood. It is 1, and plays as soon as it is seen, or 0, and waits for a click.",
        ),
        ("theme=dark&theme=light", "theme is given more than once."),
        ("theme=", "theme= is not understood."),
        ("hide=walls", "hide=walls"),
    ],
)
def test_what_is_not_understood_is_said_in_the_frame(api, query, said):
    text = api.get(f"/embed?{query}").text
    (notice,) = re.findall(r'<p class="notice"><span>(.*?)</span>', text, re.DOTALL)
    assert said in re.sub(r"<[^>]+>", "", notice)


def test_nobodys_words_become_markup(api):
    text = api.get('/embed?theme="><script>alert(1)</script>&formula=x*<script>').text
    assert "<script>alert" not in text
    assert "<script>'" not in text


def test_the_page_reads_no_key_of_an_embed(api):
    text = api.get("/?theme=dark").text
    assert "theme" in re.findall(r'<p class="notice">(.*?)</p>', text, re.DOTALL)[0]
    assert "data-theme" not in text


def test_what_an_embed_reads_itself_is_taken_out_of_the_query():
    frame, rest, complaints = read_frame(b"landscape=bowl&AUTOPLAY=0&run=adam&theme=light")
    assert (frame, rest, complaints) == (Frame(False, "light"), b"landscape=bowl&run=adam", [])
    assert read_frame(b"") == (Frame(), b"", [])
    assert set(OWN) == {"autoplay", "theme"}


def test_behind_a_prefix_its_links_and_its_frame_have_it():
    app = create_app()

    async def ask():
        transport = httpx.ASGITransport(app, root_path=read_root_path("/downhill"))
        async with httpx.AsyncClient(transport=transport, base_url="https://school.example") as client:
            return await client.get("/downhill/embed?landscape=peaks"), await client.get("/downhill/")

    embed, page = asyncio.run(ask())
    assert 'href="/downhill/?landscape=peaks"' in embed.text
    assert "frame-ancestors *" in policy_of(embed)
    assert "frame-ancestors 'none'" in policy_of(page)
