"""The page under a path of another server: its scripts ask for nothing outside of it."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Server, Watched

PREFIX = "/downhill"


@pytest.fixture(scope="module")
def behind(browser):
    """A page under the prefix, and the paths of all that it asks for."""
    server = Server("--root-path", PREFIX)
    server.start()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    watched = Watched(context, server)
    asked = []
    watched.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    yield watched, asked
    context.close()
    server.kill()


@pytest.mark.full
def test_the_page_asks_only_for_what_is_under_its_prefix_and_stays_there(behind):
    watched, asked = behind
    page = watched.load("downhill/?landscape=peaks&map=basins&resolution=64&theory=1&run=adam&starts=3")
    page.wait_for_function("() => document.querySelectorAll('#map-legend li').length > 0")
    page.click("#tabs [data-tab=rule]")
    page.locator("#rule-forward").click()
    page.click("#landscape")
    page.locator('.card input[value="saddle"]').check(force=True)
    page.wait_for_function("() => downhill.walks?.done && downhill.walks.query.includes('saddle')")
    page.wait_for_function("() => location.search.includes('saddle')")
    assert urlsplit(page.url).path == f"{PREFIX}/"
    for link in ("#export-json", "#export-map", 'link[rel="alternate"][type="application/json"]'):
        assert page.locator(link).first.get_attribute("href").startswith(f"{PREFIX}/api/")
    page.go_back()
    page.wait_for_function("() => downhill.walks?.done && downhill.walks.query.includes('peaks')")
    page.locator(".bar nav a").first.click()
    page.locator("a.open").first.click()
    page.wait_for_function("() => window.downhill?.walks?.done")
    assert urlsplit(page.url).path.startswith(f"{PREFIX}/lessons/")
    for part in ("static", "api/descent/stream", "api/landscapes", "api/maps", "api/descent/theory", "thumbnails"):
        assert any(path.startswith(f"{PREFIX}/{part}") for path in asked), part
    assert [path for path in asked if not path.startswith(f"{PREFIX}/")] == []
    assert watched.complaints == []
