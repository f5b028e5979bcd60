"""An embed in other people's pages: it fills its frame, plays when it is seen, tells how high it would be, and leads out."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server

SIZES = [(200, 260), (320, 240), (480, 360), (800, 450), (1200, 630)]


class Article(BaseHTTPRequestHandler):
    """Somebody else's page, at another origin: nothing of the frame's can be reached from it but by messages."""

    content = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(self.content.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def article() -> Iterator[str]:
    serving = HTTPServer(("127.0.0.1", 0), Article)
    Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}/"
    serving.shutdown()
    serving.server_close()


@pytest.fixture(scope="module")
def around(article: str, browser: Browser, server: Server):
    context = browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="no-preference")
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(article)
    yield page
    context.close()
    assert said == []


def put(page: Page, server: Server, query: str = "", size=(480, 360), before: int = 0, attributes: str = ""):
    """Put an embed into a page of another origin, so many pixels down, and wait until its map is drawn."""
    width, height = size
    address = f"{server.address}/embed{query and f'?{query}'}".replace("&", "&amp;")
    Article.content = f"""<!doctype html>
        <script>window.told = []; addEventListener('message', ({{data}}) => told.push(data))</script>
        <div style="height: {before}px"></div>
        <iframe src="{address}" width="{width}" height="{height}" frameborder="0" {attributes}></iframe>"""
    page.reload()
    frame = page.frames[1]
    # A frame that is not seen draws no picture, and so would never be asked.
    frame.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done", polling=50)
    return frame


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "query", ["at=end", "at=end&hide=sentence", "at=end&run=adam&run=newton", "landscape=parabola&at=5"]
)
def test_it_fits_its_frame_without_scrolling(around, server, size, query):
    frame = put(around, server, query, size)
    over = frame.evaluate(
        """() => { const { scrollWidth, scrollHeight } = document.documentElement;
            const boxes = ['#map', '.transport', '#whole-page', '#play', '#scrub'].map((one) =>
                document.querySelector(one).getBoundingClientRect());
            return [scrollWidth - innerWidth, scrollHeight - innerHeight,
                ...boxes.map(({ left, right, top, bottom }) => Math.max(-left, right - innerWidth, -top, bottom - innerHeight))] }"""
    )
    assert max(over) <= 1
    # What is left over of the frame is the map's.
    box = frame.locator("#map").bounding_box()
    assert box["height"] >= 0.35 * size[1]
    assert box["width"] == size[0]
    assert frame.locator("#message").is_visible() == ("hide=sentence" not in query)


def test_it_plays_when_it_is_seen_and_not_before(around, server):
    frame = put(around, server, before=2000)
    around.wait_for_timeout(300)
    assert frame.evaluate("downhill.player.position") == 0
    around.locator("iframe").scroll_into_view_if_needed()
    frame.wait_for_function("() => downhill.player.position > 1")


def test_without_autoplay_it_waits_for_a_click(around, server):
    frame = put(around, server, "autoplay=0")
    around.wait_for_timeout(300)
    assert frame.evaluate("downhill.player.position") == 0
    frame.get_by_role("button", name="Play", exact=True).click()
    frame.wait_for_function("() => downhill.player.position > 1")
    assert not frame.locator("#play-first").is_visible()


def test_it_tells_how_high_it_would_be_once_for_each_width(around, server):
    put(around, server, "at=end")
    around.wait_for_function("() => told.length >= 2")
    told = around.evaluate("told")
    assert {"subject": "lti.frameResize", "height": told[-1]["height"]} in told
    assert {"type": "downhill:resize", "height": told[-1]["height"]} in told
    # A page that gives it what it asks for is not asked again.
    around.evaluate("() => { document.querySelector('iframe').height = told.at(-1).height }")
    around.wait_for_timeout(400)
    assert len(around.evaluate("told")) == len(told)
    around.evaluate("() => { document.querySelector('iframe').width = 800 }")
    around.wait_for_function("many => told.length >= many + 2", arg=len(told))
    assert around.evaluate("told.at(-1).height") > told[-1]["height"]


def test_what_is_turned_in_it_is_no_step_of_the_page_around_and_the_link_has_it(around, server):
    frame = put(around, server, "landscape=peaks&theme=dark&at=end")
    entries = around.evaluate("history.length")
    frame.locator("#handle").focus()
    around.keyboard.press("ArrowRight")
    frame.wait_for_function("() => document.querySelector('#whole-page').search.includes('start=')")
    assert around.evaluate("history.length") == entries
    link = frame.locator("#whole-page")
    assert link.get_attribute("href").startswith("/?landscape=peaks&start=")
    assert frame.evaluate("location.search") == "?landscape=peaks&theme=dark&at=end"
    assert "theme" not in link.get_attribute("href")
    with around.context.expect_page() as opened:
        link.click()
    opened.value.wait_for_function("() => window.downhill?.walks?.done")
    assert opened.value.evaluate("document.querySelector('#landscape-title').textContent") == "Peaks"
    opened.value.close()


def test_it_works_in_a_frame_that_may_do_nothing_but_run_scripts(around, server):
    frame = put(around, server, "at=3", attributes='sandbox="allow-scripts"')
    assert frame.evaluate("downhill.player.position") == 3


def test_its_theme_is_the_one_it_is_asked_for_and_no_choice_of_the_page(around, server):
    grounds = [
        put(around, server, f"at=3{more}").evaluate("getComputedStyle(document.body).backgroundColor")
        for more in ("", "&theme=dark", "&theme=light")
    ]
    assert grounds[0] == grounds[2] != grounds[1]


def test_a_second_picture_stands_beside_where_it_is_asked_for(around, server):
    frame = put(around, server, "view=rule&at=3", (800, 450))
    boxes = [frame.locator(one).bounding_box() for one in ("#map", "#inspector")]
    assert boxes[0]["x"] + boxes[0]["width"] <= boxes[1]["x"] + 1
    assert frame.locator("#rule").is_visible()


def test_nothing_moves_where_nothing_should(browser, server):
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 480, "height": 360})
    page = context.new_page()
    page.goto(f"{server.address}/embed?autoplay=1")
    page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done")
    assert page.evaluate("downhill.player.position === downhill.player.last && !downhill.player.playing")
    assert not page.locator("#play-first").is_visible()
    context.close()


def test_it_loads_no_more_than_it_needs(browser, server):
    context = browser.new_context(viewport={"width": 480, "height": 360})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(f"{server.address}/embed")
    page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done")
    page.wait_for_timeout(1000)
    assert 100_000 < sum(sizes) < 400_000, json.dumps(sizes)
    context.close()
