"""A formula of one's own on the page: typed, refused, corrected, turned by its constants, opened from a link."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.looking import count_entries, entries, places_of_what_stands

pytestmark = pytest.mark.browser

_TOP = "() => document.getElementById('formula-text').getBoundingClientRect().top"


def _of(plain: Watched, query: str = "") -> Page:
    """The page with this address; what is half typed is refused, which the browser complains of."""
    plain.expected = ("422",)
    return plain.show(query) if query else plain.page


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
    before, walk = places_of_what_stands(page), page.evaluate("downhill.walks.query")
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
        assert places_of_what_stands(page) == before
    assert page.evaluate(_TOP) == pytest.approx(top, abs=1), "the text stays under the hands"
    page.locator("#formula-text").press("Enter")
    expect(page.locator("#formula-text")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"formula=x%5E2"))
    assert entries(page) == 1, "what is typed is one entry"
    page.go_back()
    expect(page.locator("#landscape-title")).to_have_text("Bowl")


def test_what_cannot_be_read_is_marked_and_corrected_and_the_last_picture_stays(plain: Watched) -> None:
    page = _of(plain, "?formula=x%5E2%2By%5E2")
    before = places_of_what_stands(page)
    _edit(page)
    page.locator("#formula-text").press("End")
    page.locator("#formula-text").press_sequentially(" + sinx")
    expect(page.locator("#formula-trouble")).to_contain_text("'sinx' is not known")
    expect(page.locator("#formula-mirror mark")).to_have_text("s")
    expect(page.locator("#formula-text")).to_have_value("x^2+y^2 + sinx")
    assert places_of_what_stands(page) == before
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


_MOMENTUM = (
    "velocity_first = gradient\nvelocity_next = momentum*velocity + (1 - dampening)*gradient\n"
    "point_next = point - learning_rate*velocity_next"
)


def _type_rule(page: Page, text: str) -> None:
    """Type at the end of the rule that is edited."""
    page.locator("#rule-text").press("Control+End")
    page.locator("#rule-text").press_sequentially(text)


def _named(page: Page, name: str, value: float) -> None:
    """Wait until the selected run's rule has this number."""
    page.wait_for_function(
        "([name, value]) => downhill.walks.runs.at(-1).request.hyperparameters?.[name] === value", arg=[name, value]
    )


def test_a_rule_begins_as_the_chosen_one_and_its_numbers_are_dials(plain: Watched) -> None:
    page = _of(plain)
    count_entries(page)
    before, walk = (
        places_of_what_stands(page),
        page.evaluate("[downhill.walks.all[0].x, downhill.walks.all[0].y].map(one => [...one])"),
    )
    page.locator(".rewrite").click()
    expect(page.locator("#rule-text")).to_be_focused()
    expect(page.locator("#rule-text")).to_have_value(_MOMENTUM)
    expect(page.locator("#second-view, #other-view").filter(has=page.locator("#inspector"))).to_be_visible()
    assert page.evaluate("downhill.walks.request.optimizer") == "momentum", "nothing was typed yet"
    entries_before = entries(page)
    _type_rule(page, "\n")
    page.wait_for_function("() => downhill.walks.request.rule")
    typed = page.evaluate("[downhill.walks.all[0].x, downhill.walks.all[0].y].map(one => [...one])")
    assert typed == walk, "the same lines lead the same way, to the last bit"
    page.locator("#rule-text").press("Backspace")
    _type_rule(page, " - 0.1*gradient")
    page.wait_for_function("() => downhill.walks.request.rule.endsWith('0.1*gradient')")
    expect(page.locator("#rule .line").last).to_contain_text("0.1")
    page.locator("#rule-done").click()
    expect(page.locator("#rule-text")).to_be_hidden()
    expect(page.locator("#rule-edit")).to_be_focused()
    expect(page).to_have_url(re.compile(r"rule=velocity_first.*hyperparameters=momentum:0.8,dampening:0"))
    expect(page.locator("#rule .numbers").last).to_be_visible()
    assert entries(page) == entries_before + 1, "what is typed is one entry"
    assert places_of_what_stands(page) == before

    expect(page.locator("#key-optimizer option:checked")).to_have_text("Own rule")
    expect(page.locator("#key-own-momentum")).to_have_value("0.8")
    page.locator("#slide-own-momentum").press("ArrowLeft")
    page.wait_for_function("() => downhill.walks.request.hyperparameters.momentum < 0.8")
    page.locator("#key-own-momentum").fill("")
    page.locator("#key-own-momentum").press("Enter")
    _named(page, "momentum", 0.8)
    assert page.evaluate("downhill.walks.request.rule.endsWith('0.1*gradient')"), "turned, it is the same rule"
    page.select_option("#key-optimizer", "adam")
    expect(page).to_have_url(re.compile(r"optimizer=adam"))
    page.go_back()
    expect(page.locator("#key-own-momentum")).to_have_value("0.8")


def test_what_is_no_rule_is_told_at_its_run_and_marked_and_the_last_picture_stays(plain: Watched) -> None:
    rule = "m_next+=+b*m+%2B+(1+-+b)*gradient;+v_next+=+0.99*v+%2B+0.01*gradient**2;+point_next+=+point+-+learning_rate*m_next"
    page = _of(plain, f"?run=rule:{rule}/(sqrt(v_next)+%2B+1e-8),hyperparameters:b:0.9")
    page.locator("#runs .text").last.click()
    page.locator(".rewrite").click()
    expect(page.locator("#rule-whose")).to_contain_text("Own rule")
    walk = page.evaluate("downhill.walks.query")
    _type_rule(page, " + vnext")
    # A long run is quoted cut: it is this one's all the same.
    expect(page.locator("#rule-trouble")).to_contain_text("Line 3")
    expect(page.locator("#rule-mirror mark")).to_have_text("v")
    assert "vn" not in page.evaluate("downhill.walks.runs[1].request.rule"), "which is not what cannot be read"
    expect(page.locator("#runs .refused")).to_be_hidden()
    button = page.locator("#rule-trouble button")
    expect(button).to_contain_text("v_next")
    button.click()
    expect(page.locator("#rule-text")).to_have_value(re.compile(r" \+ v_next$"))
    expect(page.locator("#rule-trouble")).to_be_hidden()
    _type_rule(page, " + 0*c")
    expect(button).to_have_text("Add c = 0.9")
    button.click()
    _named(page, "c", 0.9)
    expect(page.locator("#key-own-c")).to_have_count(1)

    area, trouble = page.locator("#rule-text"), page.locator("#rule-trouble")
    for text, words in (
        ("<img src=x onerror=alert(1)>", "no single name"),
        ("point_next = 0", "never uses the gradient"),
        ("a = b_next\nb_next = gradient\npoint_next = point - a", "read before line 2"),
        ("point_next = point - gradient" + " + gradient" * 1000, "characters, the most is"),
        ("", "Lines such as"),
    ):
        area.fill(text)
        expect(trouble).to_contain_text(words, ignore_case=True)
        expect(area).to_have_value(text)
        assert (
            page.evaluate(
                "() => { const { scrollWidth, clientWidth } = document.getElementById('rule-editor'); return scrollWidth - clientWidth }"
            )
            <= 1
        )
    assert page.locator("img[onerror]").count() == 0
    # What has no value, or grows without bound, is a rule all the same.
    for text in (
        "point_next = point - gradient**0.5",
        "point_next = point - gradient/0",
        "point_next = point*10 - gradient",
    ):
        area.fill(text)
        page.wait_for_function("text => downhill.walks.runs[1].request.rule === text", arg=text)
        expect(trouble).to_be_hidden()
    expect(page.locator("#message")).not_to_be_empty()
    area.press("Escape")
    page.wait_for_function("query => downhill.walks.query === query", arg=walk)
    expect(area).to_be_hidden()
