"""A formula of one's own on the page: typed, refused, corrected, turned by its constants, opened from a link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import count_entries, entries

pytestmark = pytest.mark.browser

_TOP = "() => document.getElementById('formula-text').getBoundingClientRect().top"
_STANDING = ["landscape", "views", "dials", "transport"]


def _of(plain: Watched, query: str = "") -> Page:
    """The page with this address; what is half typed is refused, which the browser complains of."""
    plain.expected = ("422",)
    return plain.show(query) if query else plain.page


def _places(page: Page) -> list[list[float]]:
    """Where all stands that may not move."""
    places: list[list[float]] = page.evaluate(
        """names => names.map(name => {
             const { top, left, width } = document.getElementById(name).getBoundingClientRect();
             return [top, left, width];
           })""",
        _STANDING,
    )
    return places


def _shown(page: Page, formula: str) -> None:
    """Wait until the walk of the formula is shown."""
    page.wait_for_function("formula => downhill.walks.request.formula === formula", arg=formula)


def _edit(page: Page) -> None:
    page.locator("#formula-edit").click()
    expect(page.locator("#formula-text")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 390])
def test_a_formula_is_typed_and_the_picture_follows_without_a_move_of_anything(plain: Watched, width: int) -> None:
    page = _of(plain)
    page.set_viewport_size({"width": width, "height": 900})
    count_entries(page)
    before, walk = _places(page), page.evaluate("downhill.walks.query")
    _edit(page)
    expect(page.locator("#formula-text")).to_have_value("x^2/(2*kappa) + y^2/2")
    assert page.evaluate("downhill.walks.query") == walk, "nothing was typed yet"
    page.locator("#formula-text").fill("")
    top = page.evaluate(_TOP)
    page.locator("#formula-text").press_sequentially("x^2 + 3y^2")
    _shown(page, "x^2 + 3y^2")
    expect(page.locator("#formula")).to_have_text(re.compile("3"))
    assert page.locator("#formula math").count() == 2, "typeset, term by term"
    expect(page.locator("#landscape-title")).to_have_text("Your formula")
    expect(page.locator("#formula-trouble")).to_be_hidden()
    if width > 860:
        assert _places(page) == before
    assert page.evaluate(_TOP) == pytest.approx(top, abs=1), "the text stays under the hands"
    page.locator("#formula-text").press("Enter")
    expect(page.locator("#formula-text")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"formula=x%5E2"))
    assert entries(page) == 1, "what is typed is one entry"
    page.go_back()
    expect(page.locator("#landscape-title")).to_have_text("Bowl")


def test_what_cannot_be_read_is_marked_and_corrected_and_the_last_picture_stays(plain: Watched) -> None:
    page = _of(plain, "?formula=x%5E2%2By%5E2")
    before = _places(page)
    _edit(page)
    page.locator("#formula-text").press("End")
    page.locator("#formula-text").press_sequentially(" + sinx")
    expect(page.locator("#formula-trouble")).to_contain_text("'sinx' is not known")
    expect(page.locator("#formula-mirror mark")).to_have_text("s")
    expect(page.locator("#formula-text")).to_have_value("x^2+y^2 + sinx")
    assert _places(page) == before
    assert page.evaluate("downhill.walks.request.formula").startswith("x^2+y^2")
    page.locator("#formula-trouble button").click()
    expect(page.locator("#formula-text")).to_have_value("x^2+y^2 + sin(x)")
    _shown(page, "x^2+y^2 + sin(x)")
    expect(page.locator("#formula-trouble")).to_be_hidden()


def test_escape_gives_up_what_was_typed(plain: Watched) -> None:
    page = _of(plain, "?landscape=saddle")
    _edit(page)
    page.locator("#formula-text").fill("x^2 + 5*y^2")
    _shown(page, "x^2 + 5*y^2")
    page.locator("#formula-text").press("Escape")
    expect(page.locator("#landscape-title")).to_have_text("Saddle")
    expect(page.locator("#formula-text")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"landscape=saddle"))


def test_a_link_opens_its_formula_and_a_constant_has_a_slider(plain: Watched) -> None:
    page = _of(plain, "?formula=a*x%5E2%2By%5E2&constants=a:4")
    expect(page.locator("#constant-a")).to_have_value("4")
    expect(page.locator("#map-caption")).to_contain_text("found by looking: there may be others")
    start = page.evaluate("downhill.walks.request.start")
    page.locator("#slide-constant-a").press("End")
    page.wait_for_function("() => downhill.walks.request.constants?.a === 10")
    expect(page).to_have_url(re.compile(r"constants=a:10"))
    assert page.evaluate("downhill.walks.request.start") == start, "a constant moves the ground alone"
    page.locator("#constant-a").fill("1")
    page.locator("#constant-a").press("Enter")
    page.wait_for_function("() => downhill.walks.request.constants?.a === 1")
    expect(page).not_to_have_url(re.compile("constants"))


def test_ones_own_formula_is_the_first_of_the_landscapes(plain: Watched) -> None:
    page = _of(plain, "?landscape=logistic")
    expect(page.locator("#formula-edit")).to_be_hidden()
    page.locator("#landscape").click()
    page.locator("#own-formula").click()
    expect(page.locator("#formula-text")).to_be_focused()
    expect(page.locator("#formula-text")).to_have_value("x^2 + 3*y^2")
    page.locator("#formula-text").press_sequentially(" + x")
    _shown(page, "x^2 + 3*y^2 + x")


def test_a_link_opens_its_typed_rule_which_is_typeset_with_its_numbers(plain: Watched) -> None:
    page = _of(plain, "?rule=v_next=b*v%2Bgradient;point_next=point-learning_rate*v_next&hyperparameters=b:0.9")
    expect(page.locator("#key-optimizer option:checked")).to_have_text("Own rule")
    expect(page.locator("#rule .line")).to_have_count(3)
    page.select_option("#key-optimizer", "adam")
    expect(page).to_have_url(re.compile(r"optimizer=adam"))
    expect(page).not_to_have_url(re.compile("rule="))
