"""Points of one's own on the page: pasted, chosen as a file, refused in words, fitted, too many for a link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import count_entries, entries, painted, places_of_what_stands, soon

pytestmark = pytest.mark.browser

_HOSTILE = "<img src=x onerror=alert(1)>"
_CLASSES = "\n".join(f"{k % 6},{k // 6},{int(k % 6 + 2 * (k // 6) > 7 + (-1) ** k)}" for k in range(30))
_MANY = "\n".join(f"{k / 10};{(k % 13) / 8 + k / 40}".replace(".", ",") for k in range(350))
_AREA, _SAID, _TROUBLE = "#points-text", "#points-said", "#points-trouble"


def _open(watched: Watched) -> Page:
    """The page with the editor open; what is half typed is refused, which the browser complains of."""
    watched.expected = ("422",)
    page = watched.page
    page.locator("#landscape").click()
    page.locator("#own-points").click()
    expect(page.locator(_AREA)).to_be_focused()
    return page


def _shown(page: Page, points: int, model: str) -> None:
    """Wait until so many points are shown with what is fitted to them."""
    page.wait_for_function(
        "([points, model]) => downhill.walks.request.data?.length === points && downhill.walks.request.model === model",
        arg=[points, model],
    )


def test_points_are_typed_and_the_picture_follows_without_a_move_of_anything(plain: Watched) -> None:
    page = plain.page
    count_entries(page)
    before = places_of_what_stands(page)
    _open(plain)
    _shown(page, 13, "line")
    expect(page.locator(_SAID)).to_have_text("x is column 1, speed; y is column 2, distance: 13 points.")
    expect(page.locator("#views")).to_have_attribute("data-second", "data")
    page.locator('#points-model input[value="parabola"]').check(force=True)
    _shown(page, 13, "parabola")
    # An example of two classes takes the place of one that has none, and a text of one's own stays.
    page.locator('#points-model input[value="logistic"]').check(force=True)
    _shown(page, 13, "logistic")
    page.locator(_AREA).fill("")
    expect(page.locator(_TROUBLE)).to_contain_text("There is nothing yet: a fit needs two")
    page.locator(_AREA).fill(f"no;weight;{_HOSTILE}\nA;1,5;2\nnot;;measured\nB;2;n/a\nC;3;5\nD;4;5,5")
    _shown(page, 3, "line")
    expect(page.locator(_TROUBLE)).to_be_hidden()
    expect(page.locator(_SAID)).to_have_text(
        f"x is column 2, weight; y is column 3, {_HOSTILE}: 3 points. Commas were read as decimal points. "
        "Left out: 1 line without numbers (3); 1 line with a gap (4); column 1 (no)."
    )
    assert page.locator("img[onerror]").count() == 0
    page.locator('#points-model input[value="logistic"]').check(force=True)
    expect(page.locator(_TROUBLE)).to_contain_text("Line 2: the label 2, its last number, is neither 0 nor 1.")
    expect(page.locator(_TROUBLE)).to_contain_text("The last picture stays.")
    assert page.evaluate("downhill.walks.request.model") == "line"
    page.locator('#points-model input[value="line"]').check(force=True)
    expect(page.locator(_TROUBLE)).to_be_hidden()
    page.locator(_AREA).press("Escape")
    expect(page.locator("#points")).to_be_hidden()
    expect(page.locator("#points-edit")).to_be_focused()
    assert places_of_what_stands(page) == before
    expect(page).to_have_url(re.compile(r"data=1\.5,2;3,5;4,5\.5"))
    assert entries(page) == 1, "what is typed is one entry"
    page.locator("#points-edit").click()
    expect(page.locator(_AREA)).to_have_value(re.compile("weight"))
    page.go_back()
    expect(page.locator("#points")).to_be_hidden()
    expect(page.locator("#landscape-title")).to_have_text("Bowl")


def test_two_inputs_have_a_decision_map_and_what_has_no_minimum_is_said_to_have_none(plain: Watched) -> None:
    page = _open(plain)
    page.locator(_AREA).fill(_CLASSES)
    _shown(page, 30, "logistic")
    expect(page.locator("#data-share")).to_contain_text("% of the points right")
    expect(page.locator("#data-caption")).to_contain_text("line: where it is undecided")
    for canvas in ("#data-under canvas", "#data-over canvas"):
        assert soon(lambda pixels: pixels > 300, painted, page, canvas) > 300, canvas
    page.locator(_AREA).fill("1 0\n2 0\n3 1\n4 1")
    _shown(page, 4, "logistic")
    expect(page.locator("#points-told")).to_contain_text("There is no minimum: the classes can be told apart")
    expect(page.locator("#data-share")).to_be_hidden()
    # Each stands there and is drawn as far as it can be.
    for text, said in (("3 4", "1 point."), ("2 1\n2 5\n2 9", "3 points."), ("1 1\n2 1", "2 points.")):
        page.locator(_AREA).fill(text)
        page.wait_for_function(
            "text => downhill.walks.request.data.join(';').replaceAll(',', ' ') === text", arg=text.replace("\n", ";")
        )
        expect(page.locator(_SAID)).to_contain_text(said)
        assert soon(lambda pixels: pixels > 20, painted, page, "#data-over canvas") > 20, text


def test_a_file_is_read_and_more_points_than_a_link_holds_work_and_are_kept(plain: Watched) -> None:
    # A map of few steps: what is asked here is whether there is one.
    plain.show("?steps=12")
    page = _open(plain)
    text = page.locator(_AREA).input_value()
    picture = {"name": "<b>cat</b>.png", "mimeType": "image/png", "buffer": bytes([137, 80, 78, 71, 0, 0, 0])}
    page.locator("#points-file").set_input_files(picture)
    expect(page.locator(_TROUBLE)).to_contain_text("<b>cat</b>.png: The file is no text.")
    expect(page.locator(_AREA)).to_have_value(text)
    page.locator("#points-file").set_input_files({"name": "many.csv", "mimeType": "text/csv", "buffer": _MANY.encode()})
    _shown(page, 350, "line")
    expect(page.locator("#points-unlinked")).to_contain_text("In no link: your 350 points. A link holds up to 200.")
    page.locator("#points-done").click()
    expect(page).not_to_have_url(re.compile("data="))
    page.locator("#share").click()
    expect(page.locator("#sharing-unlinked")).to_contain_text("your 350 points (the link opens without them")
    page.locator("#sharing-close").click()
    # Whatever the page shows of few points it shows of many.
    page.locator("#theory-on").check()
    expect(page.locator("#theory-rows")).to_contain_text("λ")
    page.locator("#map-kind input[value=basins]").check(force=True)
    page.select_option("#map-resolution", "64")
    page.wait_for_function("() => downhill.maps.complete?.kind === 'basins'")
    page.locator("#compare").evaluate("button => button.click()")
    page.wait_for_function("() => downhill.walks.runs.length === 2")
    page.reload()
    page.wait_for_function(
        "() => window.downhill?.walks?.request?.data?.length === 350 && downhill.walks.runs.length === 2"
    )
    assert "data=" not in page.url
    page.wait_for_function("() => downhill.map_drawn")


def test_on_a_phone_the_points_are_typed_under_the_picture(phone: Watched) -> None:
    page = _open(phone)
    _shown(page, 13, "line")
    sheet, view = page.locator("#points").bounding_box(), page.locator("#map").bounding_box()
    assert sheet
    assert view
    assert sheet["y"] >= view["y"] + view["height"] - 1, "the picture is seen whole"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.getElementById('points').scrollWidth") <= 390
    for control in ("#points-done", "#points-choose", "#points-model label:first-of-type"):
        box = page.locator(control).bounding_box()
        assert box
        assert box["height"] >= 44, control
    page.locator("#points-done").click()
    expect(page.locator("#points")).to_be_hidden()
