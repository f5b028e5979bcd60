"""oEmbed 1.0: what another page is told of an address of ours, wherever this server is."""

import asyncio
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest

from app.main import create_app
from app.web.prefix import read_root_path
from tests.web.asking import error_of

HOME = "http://downhill/"


def asked(api, url, **keys):
    more = "".join(f"&{key}={value}" for key, value in keys.items())
    return api.get(f"/oembed?url={quote(url, safe='')}{more}")


class Frame(HTMLParser):
    """The attributes of the one element that there is."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def frame_of(record):
    ((tag, attributes),) = Frame(record["html"]).found
    assert tag == "iframe"
    return attributes


def test_it_answers_what_the_specification_wants(api):
    response = asked(api, f"{HOME}?landscape=peaks&at=7")
    assert response.headers["content-type"] == "application/json"
    record = response.json()
    # 2.3.4: all of these of the type rich, and a preview with both of its sides.
    assert {**record, "html": "", "title": ""} == {
        "type": "rich",
        "version": "1.0",
        "title": "",
        "provider_name": "Downhill",
        "provider_url": HOME,
        "cache_age": 86400,
        "html": "",
        "width": 720,
        "height": 540,
        "thumbnail_url": f"{HOME}preview.png?landscape=peaks&at=7",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }
    assert record["title"] == "Momentum on Peaks"
    assert frame_of(record)["src"] == f"{HOME}embed?landscape=peaks&at=7"
    assert frame_of(record)["title"] == record["title"]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "?landscape=himmelblau&run=adam,learning_rate:0.05&hide=race,more",
        "?formula=a*x%5E2%2By%5E2&constants=a:4",
        "?run=adam,name:%3Cscript%3E%22%26",
        "embed?theme=dark&autoplay=0&landscape=peaks",
        "lessons/by-hand",
        "lessons/by-hand?hide=surface",
    ],
)
def test_the_frame_that_it_gives_can_be_opened(api, path):
    record = asked(api, HOME + path).json()
    frame = frame_of(record)
    assert frame["src"].startswith(f"{HOME}embed")
    embed = api.get(frame["src"].removeprefix(HOME.rstrip("/")))
    assert embed.status_code == 200
    assert "frame-ancestors *" in embed.headers["content-security-policy"]
    assert 'class="notice"' not in embed.text
    assert int(frame["width"]) == record["width"]
    assert int(frame["height"]) == record["height"]


def test_a_lesson_is_embedded_with_its_own_settings_and_its_title(api):
    record = asked(api, f"{HOME}lessons/warm-restarts?hide=surface").json()
    assert record["title"] == unescape(
        re.search(r"<title>(.*?) – Downhill<", api.get("/lessons/warm-restarts").text)[1]
    )
    opening = parse_qs(urlsplit(frame_of(record)["src"]).query)
    assert opening["hide"] == ["surface"]
    assert "restarts" in opening


def test_a_path_alone_is_one_of_this_servers(api):
    assert asked(api, "/?landscape=peaks").json() == asked(api, f"{HOME}?landscape=peaks").json()


def test_an_embeds_own_keys_are_kept(api):
    src = frame_of(asked(api, f"{HOME}embed?theme=dark&autoplay=0&steps=60").json())["src"]
    assert parse_qs(urlsplit(src).query) == {"steps": ["60"], "theme": ["dark"], "autoplay": ["0"]}


@pytest.mark.parametrize(
    ("bounds", "size"),
    [
        ({"maxwidth": 400}, (400, 540)),
        ({"maxheight": 300}, (720, 300)),
        ({"maxwidth": 200, "maxheight": 100}, (200, 100)),
        ({"maxwidth": 5000, "maxheight": 5000}, (720, 540)),
    ],
)
def test_the_frame_keeps_within_what_is_asked_for(api, bounds, size):
    record = asked(api, HOME, **bounds).json()
    assert (record["width"], record["height"]) == size
    # Of a preview the specification says the same.
    for side in ("width", "height"):
        assert record.get(f"thumbnail_{side}", 0) <= bounds.get(f"max{side}", 10_000)
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} & set(record) in (
        set(),
        {"thumbnail_url", "thumbnail_width", "thumbnail_height"},
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere.example/",
        "http://downhill.example/",
        "http://downhill:8080/",
        "ftp://downhill/",
        "javascript:alert(1)",
        "//elsewhere.example/",
        "/docs",
        "downhill",
        "http://user@downhill/",
        "http://downhill@elsewhere.example/",
        "http://downhill:x/",
        "http://[downhill/",
        "http://downhill/lessons",
        "http://downhill/lessons/nothing",
        "http://downhill/docs",
        "http://downhill/api/descent",
        "http://downhill/embed/more",
        "http://downhill/..",
    ],
)
def test_a_foreign_address_and_one_that_shows_no_picture_are_not_found(api, url):
    assert error_of(asked(api, url), 404, "url")["hint"] == f"Addresses here begin with {HOME}."


def test_there_is_one_format_and_the_address_is_needed(api):
    error_of(asked(api, HOME, format="xml"), 501, "format")
    assert asked(api, HOME, format="json").status_code == 200
    error_of(api.get("/oembed"), 422, "url")
    error_of(api.get("/oembed?url="), 422, "url")


@pytest.mark.parametrize("bad", ["0", "-5", "wide", "1.5", "", "1e400"])
@pytest.mark.parametrize("key", ["maxwidth", "maxheight"])
def test_a_bound_is_a_whole_number_of_pixels(api, key, bad):
    assert "whole number of pixels" in error_of(asked(api, HOME, **{key: bad}), 422, key)["hint"]


def test_what_consumers_add_changes_nothing(api):
    assert asked(api, HOME, dnt="true", omitscript=1).json() == asked(api, HOME).json()


def test_nobodys_words_become_markup(api):
    record = asked(api, f'{HOME}?run=adam,name:"><script>alert(1)</script>').json()
    assert "<script" not in record["html"]
    assert len(Frame(record["html"]).found) == 1


@pytest.mark.parametrize("root", ["", "/downhill"])
def test_it_works_by_whatever_name_and_prefix_the_server_is_called(root):
    app = create_app()
    home = f"https://school.example:8443{root}/"

    async def ask():
        transport = httpx.ASGITransport(app, root_path=read_root_path(root))
        async with httpx.AsyncClient(transport=transport, base_url="https://school.example:8443") as client:
            page = await client.get(f"{root}/?steps=60")
            link = re.search(r'type="application/json\+oembed" href="([^"]+)"', page.text)
            return await client.get(unescape(link[1])), await client.get(f"{root}/oembed?url={HOME}")

    record, foreign = asyncio.run(ask())
    assert frame_of(record.json())["src"] == f"{home}embed?steps=60"
    assert record.json()["provider_url"] == home
    assert foreign.status_code == 404


@pytest.mark.parametrize("page", ["/", "/?landscape=peaks&run=adam", "/lessons/by-hand", "/lessons/by-hand?at=2"])
def test_pages_say_where_it_is_to_be_had(api, page):
    (link,) = re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)">', api.get(page).text)
    address = unescape(link)
    assert parse_qs(urlsplit(address).query)["url"] == [f"http://downhill{page}"]
    assert api.get(address.removeprefix("http://downhill")).status_code == 200
