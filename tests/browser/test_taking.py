"""What is taken away from the page: what there is to share in each form, and the menu of files."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.exports.table import EXPORTS
from tests.browser.conftest import PATIENCE

FORMS = {"link": "Copy link", "frame": "Copy HTML", "markdown": "Copy Markdown"}


@pytest.fixture
def page(plain):
    page = plain.load("?landscape=peaks&at=12")
    yield page
    page.unroute_all(behavior="ignoreErrors")


def test_each_form_says_what_is_seen_and_nothing_moves_between_them(page):
    page.click("#share")
    dialog, text = page.locator("#sharing"), page.locator("#sharing-link")
    said, boxes = {}, []
    for form, button in FORMS.items():
        page.check(f"#sharing input[value={form}]")
        expect(page.locator("#sharing-copy")).to_have_text(button)
        said[form] = text.input_value()
        boxes.append([dialog.bounding_box(), page.locator("#sharing-copy").bounding_box(), text.bounding_box()])
    assert boxes[0] == boxes[1] == boxes[2]
    here = page.url.partition("/?")[0]
    assert said["link"] == f"{here}/?landscape=peaks&at=12"
    assert f'src="{here}/embed?landscape=peaks&amp;at=12" width="720" height="540"' in said["frame"]
    assert said["markdown"].endswith(f"]({here}/preview.png?landscape=peaks&at=12)]({here}/?landscape=peaks&at=12)")
    # The frame is what it says.
    page.check("#sharing input[value=frame]")
    page.fill("#frame-width", "99999")
    page.locator("#frame-width").press("Tab")
    page.uncheck("#frame-plays")
    assert 'width="4000"' in text.input_value()
    assert "&amp;autoplay=0" in text.input_value()
    page.click("#sharing summary")
    page.check("#sharing-parts input[value=sentence]")
    assert "hide=sentence" in text.input_value()
    page.uncheck("#sharing-parts input[value=sentence]")
    page.check("#sharing input[value=link]")
    page.click("#sharing-close")


def test_a_frame_from_share_can_be_opened(page):
    page.click("#share")
    page.check("#sharing input[value=frame]")
    address = re.search(r'src="([^"]+)"', page.locator("#sharing-link").input_value())[1].replace("&amp;", "&")
    answer = page.request.get(address)
    assert answer.ok
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    page.check("#sharing input[value=link]")
    page.click("#sharing-close")


def test_the_menu_has_every_file_of_the_table_with_this_walks_address(page):
    page.click("#export summary")
    files = page.evaluate("[...document.querySelectorAll('.take')].map(({dataset}) => dataset.file)")
    assert sorted(files) == sorted(EXPORTS)
    for link in page.evaluate("[...document.querySelectorAll('.take')].map((one) => one.getAttribute('href'))"):
        assert re.match(r"/api/export/[\w.-]+\?landscape=peaks&at=12", link)
    page.click("#export summary")


def test_a_file_is_saved_by_the_name_that_the_server_gives_it(page):
    page.click("#export summary")
    with page.expect_download() as saved:
        page.get_by_text(EXPORTS["citation.bib"].title, exact=True).click()
    assert saved.value.suggested_filename == "downhill-peaks-momentum-citation.bib"
    page.click("#export summary")


def test_a_file_that_takes_a_while_says_so_and_can_be_given_up(page):
    gone = []
    page.on("requestfailed", lambda request: gone.append(request.url))
    # Never answered.
    page.route("**/api/export/citation.bib**", lambda route: None)
    page.click("#export summary")
    row = page.locator(".take[data-file='citation.bib']")
    row.click()
    expect(row).to_contain_text("being made")
    expect(row).to_have_attribute("aria-busy", "true")
    row.click()
    expect(row).to_have_text(EXPORTS["citation.bib"].title)
    expect(page.locator("#export-trouble")).to_be_empty()
    page.wait_for_timeout(100)
    assert [url for url in gone if "citation.bib" in url]
    page.click("#export summary")


def test_a_film_tells_how_much_of_it_is_made_and_is_saved(page):
    page.click("#export summary")
    page.fill("[data-option='frames']", "10")
    page.fill("[data-option='seconds']", "1")
    page.evaluate(
        """() => {
          window.told = [];
          const row = document.querySelector(".take[data-file='walk.gif']");
          const note = () => told.push(row.textContent);
          new MutationObserver(note).observe(row, { childList: true, subtree: true, characterData: true });
        }"""
    )
    with page.expect_download(timeout=60_000) as saved:
        page.click(".take[data-file='walk.gif']")
    assert saved.value.suggested_filename == "downhill-peaks-momentum-walk.gif"
    with Image.open(saved.value.path()) as film:
        assert (film.format, film.n_frames) == ("GIF", 10)
    assert any("% made" in text for text in page.evaluate("told"))
    # How it is handed over is nobody's choice.
    assert page.locator("[data-option='progress']").count() == 0
    page.click("#export summary")


def test_what_is_refused_is_said_beside_the_file(page, plain):
    plain.expected = ("status of 503",)
    body = '{"error": {"status": 503, "message": "Too much is made.", "key": null, "hint": "Try again in a second."}}'
    page.route(
        "**/api/export/citation.bib**",
        lambda route: route.fulfill(
            status=503, body=body, content_type="application/json", headers={"Retry-After": "1"}
        ),
    )
    page.click("#export summary")
    page.locator(".take[data-file='citation.bib']").click()
    trouble = page.locator(".taken:has([data-file='citation.bib']) .refused")
    expect(trouble).to_contain_text("Too much is made.", timeout=1000 * PATIENCE)
    page.click("#export summary")


def test_the_surface_is_a_file_as_it_is_turned(watched):
    page = watched.load("?landscape=peaks&at=end")
    page.wait_for_function("() => downhill.scene_drawn")
    page.click("#export summary")
    with page.expect_download() as saved:
        page.click("#export-surface")
    assert saved.value.suggested_filename == "downhill-peaks-momentum-surface.png"
    page.click("#export summary")
    # On a curve there is none.
    page = watched.load("?landscape=parabola&at=end")
    page.click("#export summary")
    assert not page.locator("#export-surface").is_visible()
    page.click("#export summary")
