"""What is copied is copied whole, also over plain http, where a browser gives pages no clipboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import EXECUTABLE, FLAGS, LOADING, Server, Watched
from tests.browser.looking import api, to_the_end

# Not a loopback address to the browser, and so no secure context, as in a class room; it is this machine all the same.
NAME = "classroom.test"
QUERY = "landscape=bowl&steps=200&tolerance=0&run=optimizer:adam"


@pytest.fixture(scope="module")
def insecure(playwright: Playwright, server: Server) -> Iterator[Page]:
    browser = playwright.chromium.launch(
        executable_path=EXECUTABLE, args=[*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    )
    page = browser.new_page()
    page.set_default_timeout(1000 * LOADING)
    page.goto(f"http://{NAME}:{server.port}/?{QUERY}")
    page.wait_for_function("() => window.downhill?.map_drawn && downhill.walks?.done")
    assert page.evaluate("() => [isSecureContext, 'clipboard' in navigator]") == [False, False]
    yield page
    browser.close()


def pasted(page: Page) -> str:
    """What the clipboard has, by pasting it: a page over plain http cannot ask for it."""
    page.evaluate("() => document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    page.locator("#paste").focus()
    page.keyboard.press("Control+V")
    text: str = page.locator("#paste").input_value()
    page.evaluate("() => document.getElementById('paste').remove()")
    return text


def open_table(page: Page) -> None:
    page.evaluate("() => document.querySelector('#tabs [data-tab=all]').click()")
    page.evaluate("() => (document.getElementById('steps').open = true)")


def test_over_plain_http_all_steps_are_copied(insecure: Page, server: Server) -> None:
    open_table(insecure)
    button = insecure.locator("#copy-steps")
    button.click()
    expect(insecure.locator("#toast")).to_have_text("All steps are copied.")
    expect(button).to_be_focused()
    header, *rows = pasted(insecure).removesuffix("\n").split("\n")
    walks = api(server, f"/api/descent?{QUERY}")["walks"]
    columns = header.split("\t")[3:]
    assert len(rows) == 2 * 201
    for row, (walk, step) in zip(rows, [(walk, step) for walk in walks for step in range(201)], strict=True):
        # Numbers are written with all their digits: none is cut.
        assert [float(cell) for cell in row.split("\t")[3:]] == [walk[name][step] for name in columns]


def test_over_plain_http_the_link_and_the_table_of_runs_are_copied(insecure: Page) -> None:
    insecure.locator("#share").click()
    insecure.locator("#sharing-copy").click()
    expect(insecure.locator("#toast")).to_have_text("The link to this picture is copied.")
    insecure.locator("#sharing-close").click()
    assert pasted(insecure) == insecure.url
    insecure.locator("#copy-runs").click()
    expect(insecure.locator("#toast")).to_have_text("The table is copied.")
    shown = insecure.locator("#race-table tr").all()
    lines = pasted(insecure).strip("\n").split("\n")
    assert len(lines) == len(shown) == 3


@pytest.mark.parametrize("refusal", ["() => false", "() => { throw new Error('not here') }"])
def test_what_cannot_be_copied_is_shown_whole_and_selected(insecure: Page, refusal: str) -> None:
    open_table(insecure)
    insecure.evaluate(f"() => (document.execCommand = {refusal})")
    insecure.locator("#copy-steps").click()
    text = insecure.locator("dialog.offered textarea")
    expect(text).to_be_focused()
    assert text.input_value() == insecure.evaluate("() => downhill.walks.toCsv('\\t')")
    assert text.evaluate("field => [field.selectionStart, field.selectionEnd]") == [0, len(text.input_value())]
    expect(insecure.locator("#toast")).not_to_have_text("All steps are copied.")
    # What is selected is what Ctrl+C takes.
    insecure.keyboard.press("Control+C")
    whole = text.input_value()
    insecure.keyboard.press("Escape")
    expect(insecure.locator("dialog.offered")).to_have_count(0)
    insecure.evaluate("() => delete document.execCommand")
    assert pasted(insecure) == whole


def test_a_clipboard_that_refuses_is_gone_around(plain: Watched) -> None:
    page = plain.page
    page.evaluate(
        "() => (navigator.clipboard.writeText = async () => { throw new DOMException('no', 'NotAllowedError') })"
    )
    to_the_end(page)
    page.locator("#share").click()
    page.locator("#sharing-copy").click()
    expect(page.locator("#toast")).to_have_text("The link to this picture is copied.")
    assert page.evaluate("() => navigator.clipboard.readText()") == f"{plain.server.address}/?at=end"
    page.evaluate("() => delete navigator.clipboard.writeText")
