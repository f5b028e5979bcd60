"""The page in a real Chromium with software rendering: dragging, playing, loading."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.descent.landscapes import LANDSCAPES
from tests.benchmarks.service import Server, serving
from tests.benchmarks.table import Row, against, at_percent, median
from tests.browser.conftest import without_scene

SCRIPT = (Path(__file__).parent / "page.js").read_text()
READY = "() => window.downhill?.ready"
MOVING = "() => window.benchmark.seen.moving !== null"
MOVES = 80


@contextmanager
def surfing() -> Iterator[tuple[Server, Browser]]:
    """Run a server and a browser until the block is left."""
    root = getattr(os, "geteuid", lambda: 1)() == 0
    with serving() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("DOWNHILL_BROWSER") or "/usr/bin/chromium",
            args=["--disable-gpu", "--enable-unsafe-swiftshader", *(["--no-sandbox"] if root else [])],
        )
        yield server, browser
        browser.close()


def new_context(browser: Browser) -> BrowserContext:
    """Return a context with nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(SCRIPT)
    return context


def open_page(browser: Browser, address: str) -> Page:
    """Open a page and wait until it is whole, its 3-D scene included, and at rest."""
    page = new_context(browser).new_page()
    page.goto(address)
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_timeout(1500)
    return page


def slider() -> Iterator[Row]:
    """From moving the learning rate's slider to the new path painted, at three paces."""
    with surfing() as (server, browser):
        page = open_page(browser, f"{server.address}/?steps=1000&tolerance=0")
        page.evaluate("() => window.downhill.player.seek(1000)")
        page.wait_for_timeout(1000)
        alone = median(page.evaluate(_ANSWERS, MOVES))
        for pace, name in ((16, "a move every 16 ms"), (50, "every 50 ms"), (400, "every 400 ms")):
            positions = [560 + k for k in range(MOVES)]
            times = page.evaluate("drag => window.benchmark.drag(drag)", {"positions": positions, "pace": pace})
            assert len(times) == MOVES, f"{MOVES - len(times)} moves of the slider were never painted"
            yield Row(
                f"slider: {name}, median", median(times), "ms", 60, False, against(median(times), alone, "answer alone")
            )
            yield Row("  95 %", at_percent(times, 95), "ms", 120)
        yield violations(page)


def typing() -> Iterator[Row]:
    """From a key in the editor of a formula to its picture: each makes another formula, which is derived anew."""
    for formula, name in (
        ("x^2 + {}y^2", "a bowl"),
        ("(1 - x)^2 + 1{}(y - x^2)^2 + sin(3x)*exp(-y^2)", "a longer one"),
    ):
        with surfing() as (server, browser):
            page = open_page(browser, f"{server.address}/?steps=200&tolerance=0")
            page.click("#formula-edit")
            formulas = [formula.format(number) for number in range(1, 1 + MOVES)]
            times = page.evaluate("typed => window.benchmark.type(typed)", {"formulas": formulas, "pace": 400})
            assert len(times) == MOVES, f"{MOVES - len(times)} formulas were never painted"
            yield Row(f"typing: {name}, key to picture, median", median(times), "ms", 120)
            yield Row("  95 %", at_percent(times, 95), "ms")
            yield violations(page)


def live_map() -> Iterator[Row]:
    """How many pictures a second a map of starts shows that follows the slider, and what that costs the path."""
    with surfing() as (server, browser):
        positions = [560 + k for k in range(2 * MOVES)]
        drag = {"positions": positions, "pace": 33}
        page = open_page(browser, f"{server.address}/?landscape=bowl")
        alone = median(page.evaluate("drag => window.benchmark.drag(drag)", drag))
        page = open_page(browser, f"{server.address}/?landscape=bowl&map=basins")
        page.wait_for_function("() => window.downhill.maps.complete", timeout=60_000)
        # The first few make the server and the page ready.
        for _ in range(2):
            seen = page.evaluate("drag => window.benchmark.dragMap(drag)", drag)
        fine = sum(side == 64 for side in seen["pictures"])
        coarser = f"{len(seen['pictures']) - fine} coarser"
        yield Row("live map: 64 × 64 starts, pictures", fine / seen["seconds"], "/s", 8, True, coarser)
        yield Row(
            "  slider to path meanwhile, median",
            median(seen["times"]),
            "ms",
            60,
            False,
            against(median(seen["times"]), alone, "without a map"),
        )
        yield Row("  95 %", at_percent(seen["times"], 95), "ms", 120)
        yield violations(page)


# The same answers fetched and read, and nothing else.
_ANSWERS = """async count => {
  const times = [];
  for (let k = 0; k < count; k += 1) {
    const since = performance.now();
    const answer = await fetch(`/api/descent/stream?steps=1000&tolerance=0&learning_rate=${0.1 + k / 1000}`);
    for (const line of (await answer.text()).split('\\n')) if (line) JSON.parse(line);
    times.push(performance.now() - since);
  }
  return times;
}"""


def playing() -> Iterator[Row]:
    """How many frames come within 17 ms while 64 walkers with 1 000 points each move."""
    with surfing() as (server, browser):
        idle = share_in_time(new_context(browser).new_page(), 4)
        page = open_page(browser, f"{server.address}/?landscape=peaks&starts=64&steps=1000&tolerance=0")
        both = play(page)
        page.click(".enlarge[data-only=map]")
        page.wait_for_timeout(1500)
        map_alone = play(page)
        yield Row("playing: 64 × 1 000, frames within 17 ms", both, "%", 95, True, f"idle blank page: {idle:.3g} %")
        yield Row("  the map alone", map_alone, "%", 95, True, f"idle blank page: {idle:.3g} %")
        yield violations(page)


def play(page: Page) -> float:
    """Play from the beginning, at half the speed and so for long enough, and return the share of frames in time."""
    page.select_option("#speed", "0.5")
    page.evaluate("() => { window.downhill.player.seek(0); document.getElementById('play').click(); }")
    page.wait_for_timeout(500)
    share = share_in_time(page, 8)
    assert page.evaluate("() => window.downhill.player.playing"), "the walk ended before the measurement did"
    return share


def share_in_time(page: Page, seconds: float) -> float:
    """Return the per cent of intervals between frames that are 17 ms or less."""
    intervals = page.evaluate("seconds => window.benchmark.frames(seconds)", seconds)
    return 100 * sum(interval <= 17 for interval in intervals) / len(intervals)


def load(rounds: int = 5) -> Iterator[Row]:
    """Cold and warm navigations: the picture, the first movement, the bytes of a second load."""
    with surfing() as (server, browser):
        alone = median([plotly_alone(server, browser) for _ in range(3)])
        cold, warm, sizes, last = [], [], [], None
        for _ in range(rounds):
            context = new_context(browser)
            context.add_init_script("window.benchmark.watch()")
            page = context.new_page()
            cold.append(navigate(page, server))
            received = count_bytes(page)
            warm.append(navigate(page, server))
            sizes.append(sum(received) / 1000)
            last = last or violations(page)
            context.close()
    for name, limit, visits in (("cold", 1000, cold), ("warm", 1000, warm)):
        yield Row(f"load, {name}: first paint, median", median([visit["paint"] for visit in visits]), "ms")
        shown = sum(picture_first(visit) for visit in visits)
        yield Row("  with the picture in it", 100 * shown / rounds, "%", 100, True)
        moving = [visit["moving"] for visit in visits]
        yield Row(
            "  the ball moves, median",
            median(moving),
            "ms",
            limit,
            False,
            against(median(moving), alone, "plotly.js alone"),
        )
        yield Row("  the ball moves, slowest", max(moving), "ms", limit)
    yield Row("  bytes of a second load", max(sizes), "kB", 100)
    yield last


def navigate(page: Page, server: Server) -> dict[str, float | None]:
    """Go to the front page, wait until it is whole, and return when what was seen."""
    page.goto(f"{server.address}/")
    page.wait_for_function(MOVING, timeout=60_000)
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_timeout(500)
    return page.evaluate("() => ({ ...window.benchmark.seen, paint: window.benchmark.firstPaint() })")


def picture_first(visit: dict[str, float | None]) -> bool:
    """Whether the picture was there at the first paint, whose time the browser rounds to 4 ms."""
    return visit["picture"] is not None and visit["picture"] <= visit["paint"] + 4


def count_bytes(page: Page) -> list[int]:
    """Return a list that grows by what each answer from now on took on the wire."""
    received: list[int] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return received


def plotly_alone(server: Server, browser: Browser) -> float:
    """Return the milliseconds until plotly.js has run on a page with nothing else."""
    html = urlopen(f"{server.address}/").read().decode()
    source = html.split('id="plotly"')[0].rsplit('href="', 1)[1].split('"')[0]
    context = browser.new_context()
    page = context.new_page()
    bare = f'<!doctype html><title>-</title><script src="{source}"></script>'
    page.route("**/bare", lambda route: route.fulfill(body=bare, content_type="text/html"))
    page.goto(f"{server.address}/bare")
    taken = page.evaluate("() => performance.now()")
    context.close()
    return taken


def violations(page: Page) -> Row:
    """Count what the content security policy stopped on this page, and name it."""
    found = page.evaluate("() => window.benchmark.violations")
    return Row(" ".join(["  violations of the policy", *sorted(set(found))]), len(found), "", 0)


# A laptop, a projector, a tablet and a phone, each with the share of its first screen that the picture is to hold.
SIZES = {(1440, 900): 30, (1920, 1080): 30, (1024, 768): 25, (390, 844): 40}


def first_screen() -> Iterator[Row]:
    """How much of the first screen the landscape holds: its boxes, and the ground that is painted in them."""
    with surfing() as (server, browser):
        for (width, height), wanted in SIZES.items():
            with first_page(browser, f"{server.address}/", width, height) as page:
                shares = page.evaluate("() => window.benchmark.shares()")
                painted, boxes = held(shares)
                name = f"first screen, {width} × {height}: painted ground"
                told = f"boxes {boxes:.0f} %, map alone {100 * shares['map']:.0f} %"
                filled = f"surface fills {100 * shares['filled']:.0f} % of its"
                yield Row(name, painted, "%", wanted, True, f"{told}, {filled}")
                dials = page.evaluate("() => window.benchmark.dials()")
                yield Row("  dials that are seen without scrolling", dials, "", 4, True)
        with first_page(browser, f"{server.address}/?view=surface,theory", 1920, 1080) as page:
            painted, boxes = held(page.evaluate("() => window.benchmark.shares()"))
            name = "first screen, 1920 × 1080, with the third place: boxes"
            yield Row(name, boxes, "%", 30, True, f"painted ground {painted:.0f} %")


@contextmanager
def first_page(browser: Browser, address: str, width: int, height: int) -> Iterator[Page]:
    """Open a page of this size, where walks are shown whole at once, until the block is left."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    context.add_init_script(SCRIPT)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY, timeout=60_000)
    page.wait_for_timeout(1500)
    yield page
    context.close()


def held(shares: dict[str, float]) -> tuple[float, float]:
    """Return the per cent of the screen that is painted ground, and that map and surface have as boxes."""
    return 100 * (shares["map"] + shares["surface"] * shares["filled"]), 100 * (shares["map"] + shares["surface"])


def film() -> Iterator[Row]:
    """How many tenths of a second of each landscape's opening film something moves in, by a pixel at least."""
    with surfing() as (server, browser):
        slugs = [entry["slug"] for entry in json.load(urlopen(f"{server.address}/api/landscapes"))]
        context = without_scene(browser, viewport={"width": 1440, "height": 900})
        context.add_init_script(SCRIPT)
        page = context.new_page()
        # The last one first, so that each is another landscape than the one before.
        page.goto(f"{server.address}/?landscape={slugs[-1]}")
        page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done", timeout=60_000)
        page.wait_for_timeout(1500)
        moving, tenths = 0, 0
        for slug in slugs:
            seen = page.evaluate("address => window.benchmark.film(address)", f"/?landscape={slug}")
            moving, tenths = moving + seen["moving"], tenths + seen["tenths"]
            rest = {"dot": ", the rest in a dot", "cycle": ", the rest a cycle", None: ""}[seen["why"]]
            told = f"{seen['seconds']:.1f} s, {seen['end']} of {seen['last']} steps{rest}"
            share = 100 * seen["moving"] / max(1, seen["tenths"])
            yield Row(f"film: {slug}, something moves by a pixel", share, "%", 90, True, told)
        yield Row("  all of them", 100 * moving / tenths, "%", 90, True, f"{tenths / 10:.0f} s")
        context.close()


# Where the default walk is on the surface, by the page's own reckoning, and whether what is written around it is whole.
_IN_SIGHT = """() => { const { frame } = downhill.overlays.surface; const walk = downhill.walks.all[0];
    const [low_x, high_x, low_y, high_y] = downhill.walks.request.domain; let [seen, all] = [0, 0];
    for (let k = 0; k < walk.length; k += 1) {
      if (!(walk.x[k] >= low_x && walk.x[k] <= high_x && walk.y[k] >= low_y && walk.y[k] <= high_y)) continue;
      all += 1; if (!frame.project(walk.x[k], walk.y[k], walk.loss[k]).hidden) seen += 1 }
    return all ? seen / all : 1 }"""
_DRAWN = """slug => downhill.walks?.done && downhill.walks.request.landscape === slug && downhill.scene_drawn
    && !document.getElementById('surface').classList.contains('stale')"""


def surfaces() -> Iterator[Row]:
    """From each landscape's own camera: how much of its default path is in sight, and of its box is painted."""
    with surfing() as (server, browser):
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.add_init_script(SCRIPT)
        page = context.new_page()
        for slug, landscape in LANDSCAPES.items():
            if landscape.dimensions == 1:
                continue
            page.goto(f"{server.address}/?landscape={slug}")
            page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done", timeout=60_000)
            page.click(".places [data-second=surface]")
            page.wait_for_function(_DRAWN, arg=slug, timeout=60_000)
            page.wait_for_timeout(500)
            yield Row(f"{slug}: default path in sight", 100 * page.evaluate(_IN_SIGHT), "%", 95, True)
            filled = page.evaluate("() => window.benchmark.shares().filled")
            yield Row("  of its box the surface fills", 100 * filled, "%", 40, True)
        context.close()


BENCHMARKS: dict[str, Callable[[], Iterator[Row]]] = {
    "slider": slider,
    "typing": typing,
    "live-map": live_map,
    "playing": playing,
    "load": load,
    "first-screen": first_screen,
    "film": film,
    "surfaces": surfaces,
}
