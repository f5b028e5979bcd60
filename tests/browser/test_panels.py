"""Each panel mounts where its element is, and the rest of the page does without it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import Server, Watched

QUERY = "steps=30&starts=2&run=adam&map=basins&resolution=64&theory=1"
# What is needed to start at all: the data that the page comes with, and the scripts.
START = "#boot, script, link, style"
NO_SCENE = """(() => { const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...all) { return kind.startsWith('webgl') ? null : get.call(this, kind, ...all) } })()"""
WITHOUT = "(page, unwanted) => { for (const node of page.querySelectorAll(unwanted)) node.remove() }"
WITH_ONLY = """(page, wanted) => { for (const node of page.body.querySelectorAll('*'))
    if (!node.matches(wanted) && !node.closest(wanted) && !node.querySelector(wanted)) node.remove() }"""
ENDED = """() => { const { walks, player, map_drawn } = window.downhill ?? {};
    return map_drawn && walks?.done && !player.playing && player.position >= walks.last }"""


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Callable[[str, str], Watched]]:
    """Open the real page after its elements have been changed, before any script of it runs."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(NO_SCENE)
    parser = context.new_page()

    def opened(change: str, elements: str) -> Watched:
        def serve(route: Route) -> None:
            answer = route.fetch()
            body = parser.evaluate(
                f"""([text, elements]) => {{ const page = new DOMParser().parseFromString(text, 'text/html');
                    ({change})(page, elements); return '<!doctype html>' + page.documentElement.outerHTML }}""",
                [answer.text(), elements],
            )
            route.fulfill(response=answer, body=body)

        watched = Watched(context, server)
        watched.page.route(f"{server.address}/?*", serve)
        watched.page.goto(f"{server.address}/?{QUERY}")
        return watched

    yield opened
    context.close()


def has_walked(page: Page) -> None:
    """Wait until the walk has moved to its end, and what is drawn when it stands still is drawn."""
    page.wait_for_function(ENDED)
    page.wait_for_function("() => downhill.maps.shown?.done && downhill.numbers && downhill.theory.here")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_with_only_the_map_and_the_transport_the_walk_runs(open_page):
    watched = open_page(WITH_ONLY, f"#map-view, #transport, {START}")
    page = watched.page
    assert page.locator("section").evaluate_all("nodes => nodes.map(({ id }) => id)") == ["views", "transport"]
    has_walked(page)
    last = page.evaluate("() => downhill.walks.last")
    assert page.locator("#count").text_content() == f"step {last} of {last}"
    page.locator("#to-start").click()
    page.wait_for_function("() => document.getElementById('count').textContent.startsWith('step 0 ')")
    page.locator("#handle").press("ArrowRight")
    page.wait_for_function("() => downhill.walks.request.start[0] > -3.2 && downhill.walks.done")
    assert watched.complaints == []


@pytest.mark.parametrize(
    "elements",
    [
        # The first paint waits for the map.
        "#map-view, link[rel=expect]",
        *(
            pytest.param(elements, marks=pytest.mark.full)
            for elements in ("#transport, .bar .tools", "#side, #notices", "#surface-view, #rates-view, #slope")
        ),
        "#words, #runs, #maps, #theory, #walk-curves, #race, #inspector, #steps",
    ],
)
def test_without_some_panels_the_others_go_on(open_page, elements):
    watched = open_page(WITHOUT, elements)
    has_walked(watched.page)
    assert watched.page.locator(elements).count() == 0
    # Told of everything else that may happen: another size, another theme, another run, paper.
    watched.page.set_viewport_size({"width": 900, "height": 700})
    watched.page.evaluate("() => document.dispatchEvent(new Event('themechange'))")
    watched.page.evaluate("() => { dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint')) }")
    watched.page.evaluate(
        "() => { history.pushState(null, '', '/?landscape=kink&steps=5'); dispatchEvent(new PopStateEvent('popstate')) }"
    )
    watched.page.wait_for_function("() => downhill.walks.request.landscape === 'kink' && downhill.walks.done")
    watched.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert watched.complaints == []
