"""Races on the page: the list of runs is the legend, each run has its own settings, and a table compares them."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Watched
from tests.browser.looking import (
    TRAILS,
    api,
    choose,
    colour_of,
    count_entries,
    entries,
    painted,
    soon,
    soon_is,
    to_the_end,
)

pytestmark = pytest.mark.browser

THREE = "steps=60&run=adam,learning_rate:0.3,name:Fast&run=nesterov,momentum:0.5"


def rows(page: Page) -> Locator:
    """The list of runs."""
    return page.locator("#runs li")


def act(page: Page, name: str) -> None:
    """Press one of the buttons below the list of runs."""
    page.locator("#runs > .tools").get_by_role("button", name=name).click()


def requests(page: Page) -> list[dict[str, Any]]:
    """The settings of each run, as the server has them, without what only the picture has."""
    found: list[dict[str, Any]] = page.evaluate("() => downhill.walks.runs.map(({ request }) => request)")
    return found


def cells(page: Page) -> list[list[str]]:
    """The table of runs, without its head."""
    found: list[list[str]] = page.evaluate(
        """() => [...document.querySelectorAll('#race-table tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"""
    )
    return found


def curves(page: Page, axis: str) -> list[dict[str, Any]]:
    """The lines that Plotly has on one of the axes below the map."""
    found: list[dict[str, Any]] = page.evaluate(
        """axis => (document.getElementById('curves-plot').data ?? []).filter(trace => trace.xaxis === axis && trace.mode === 'lines')
            .map(({ x, y, line, fill }) => ({ x: [...x], y: [...y], color: line.color, dash: line.dash, fill }))""",
        axis,
    )
    return found


# ---------------------------------------------------------------- the list of runs


def test_alone_a_run_has_no_list_only_an_offer_to_compare_it(plain: Watched) -> None:
    page = plain.page
    expect(page.locator("#runs").get_by_role("button")).to_have_text(["Compare with another run"])
    for hidden in ("#race", "#whose", "#runs ul"):
        expect(page.locator(hidden)).to_be_hidden()


def test_another_run_stands_in_the_list_the_address_and_the_picture(plain: Watched) -> None:
    page = plain.page
    count_entries(page)
    act(page, "Compare with another run")
    plain.settled("run=gradient-descent")
    expect(rows(page)).to_have_count(2)
    expect(rows(page).nth(1).locator("strong")).to_have_text("Gradient descent")
    assert page.url.endswith("/?run=gradient-descent")
    assert entries(page) == 1
    # It is chosen: its settings are shown.
    expect(page.locator("#key-optimizer")).to_have_value("gradient-descent")
    expect(page.locator("#whose select")).to_have_value("1")
    to_the_end(page)
    blue = colour_of(page, "c1")
    assert soon(lambda count: count > 50, painted, page, TRAILS, blue) > 50
    # The swatch beside its name has the same colour.
    drawn = rows(page).nth(1).locator(".swatch").evaluate("node => getComputedStyle(node).color")
    assert drawn == f"rgb({', '.join(str(int(part)) for part in blue)})"
    page.go_back()
    plain.settled("")
    expect(rows(page)).to_have_count(0)


def test_every_run_has_its_own_colour_dash_and_sign_in_the_list_as_in_the_curves(plain: Watched) -> None:
    nine = "&".join(["steps=20", *(f"run=adam,learning_rate:0.0{digit}" for digit in range(1, 9))])
    page = plain.show(f"?{nine}")
    expect(rows(page)).to_have_count(9)
    swatches = page.evaluate(
        """() => [...document.querySelectorAll('#runs .swatch')].map(node => [getComputedStyle(node).color,
            node.querySelector('.line').getAttribute('stroke-dasharray')?.replaceAll(/(\\d+)/g, '$1px') ?? 'solid', node.querySelector('.head').getAttribute('d')])"""
    )
    lines = soon(lambda found: len(found) == 9, curves, page, "x")
    # The browser answers with red, green and blue where the palette has #rrggbb.
    colours = [f"rgb({', '.join(map(str, bytes.fromhex(line['color'].removeprefix('#'))))})" for line in lines]
    assert [[colour, line["dash"]] for colour, line in zip(colours, lines, strict=True)] == [
        swatch[:2] for swatch in swatches
    ]
    assert len({tuple(swatch[:2]) for swatch in swatches}) == 9
    assert len({(swatch[0], swatch[2]) for swatch in swatches}) == 9
    # No more than nine.
    for name in ("Compare with another run", "Duplicate"):
        expect(page.locator("#runs > .tools").get_by_role("button", name=name)).to_be_disabled()


def test_a_hidden_run_is_not_drawn_and_counts_all_the_same(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    to_the_end(page)
    blue = colour_of(page, "c1")
    assert soon(lambda count: count > 50, painted, page, TRAILS, blue) > 50
    assert len(soon(lambda found: len(found) == 3, curves, page, "x")) == 3
    rows(page).nth(1).get_by_role("button", name="Hide Fast").click()
    plain.settled(THREE.replace("name:Fast", "name:Fast,hidden:1"))
    assert soon_is(0, painted, page, TRAILS, blue) == 0
    assert len(soon(lambda found: len(found) == 2, curves, page, "x")) == 2
    assert [row[0] for row in cells(page)][1] == "Fast"
    assert page.evaluate("() => downhill.walks.all[1].length") > 1
    rows(page).nth(1).get_by_role("button", name="Show Fast").click()
    plain.settled(THREE)
    assert soon(lambda count: count > 50, painted, page, TRAILS, blue) > 50


def test_a_name_is_written_in_its_place_and_can_be_given_up(plain: Watched) -> None:
    page = plain.show("?run=adam")
    rows(page).nth(1).locator(".text").click()
    rename = page.locator("#runs > .tools").get_by_role("button", name="Rename")
    rename.click()
    name = rows(page).nth(1).locator("input")
    expect(name).to_be_focused()
    name.fill("Never")
    name.press("Escape")
    expect(name).to_have_count(0)
    expect(rename).to_be_focused()
    assert page.url.endswith("/?run=adam")
    rename.press("Enter")
    name.fill("Fast, <b>and</b> %{loud}")
    name.press("Enter")
    plain.settled("run=adam,name:Fast+%3Cb%3Eand%3C%2Fb%3E+%25%7Bloud%7D")
    expect(rows(page).nth(1).locator("strong")).to_have_text("Fast <b>and</b> %{loud}")
    expect(rename).to_be_focused()


def test_a_copy_has_the_same_settings_and_no_name(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    rows(page).nth(1).locator(".text").click()
    act(page, "Duplicate")
    plain.settled("steps=60&run=adam,learning_rate:0.3,name:Fast&run=adam,learning_rate:0.3&run=nesterov,momentum:0.5")
    expect(rows(page).nth(2).locator(".text")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("removed", [0, 1, 2])
def test_without_one_run_the_others_stay_what_they_were(plain: Watched, removed: int) -> None:
    query = "learning_rate=0.05&restarts=2&growth=2&noise=0.1&run=adam,beta1:0.5,restarts:0&run=nesterov,learning_rate:0.2,noise:0"
    page = plain.show(f"?{query}")
    before = requests(page)
    rows(page).nth(removed).locator(".text").click()
    act(page, "Remove")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.runs.length === 2")
    assert requests(page) == [request for run, request in enumerate(before) if run != removed]


def test_when_the_last_but_one_goes_the_list_goes(plain: Watched) -> None:
    page = plain.show("?run=adam")
    act(page, "Remove")
    plain.settled("optimizer=adam")
    expect(page.locator("#runs ul")).to_be_hidden()
    expect(page.locator("#runs").get_by_role("button", name="Compare with another run")).to_be_focused()


# ---------------------------------------------------------------- settings


def test_a_change_is_the_chosen_runs_alone(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    before = requests(page)
    page.locator("#whose select").select_option("2")
    expect(page.locator("#key-momentum")).to_have_value("0.5")
    page.locator("#key-learning_rate").fill("0.02")
    page.keyboard.press("Tab")
    plain.settled(
        f"{THREE},learning_rate:0.02".replace("momentum:0.5,learning_rate:0.02", "learning_rate:0.02,momentum:0.5")
    )
    assert requests(page) == [*before[:2], before[2] | {"learning_rate": 0.02}]
    # The first one's as well, though the others take over what they do not have otherwise.
    page.locator("#whose select").select_option("0")
    page.locator("#key-optimizer").select_option("rmsprop")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.optimizer === 'rmsprop'")
    assert requests(page)[1:] == [before[1], before[2] | {"learning_rate": 0.02}]


@pytest.mark.parametrize(("key", "typed"), [("steps", "40"), ("tolerance", "0.001"), ("seed", "7"), ("starts", "3")])
def test_what_all_runs_share_changes_for_all(plain: Watched, key: str, typed: str) -> None:
    page = plain.show(f"?{THREE}")
    before = requests(page)
    page.locator("#whose select").select_option("1")
    page.locator(f"#key-{key}").fill(typed)
    page.keyboard.press("Tab")
    page.wait_for_function(
        "([key, value]) => downhill.walks.done && downhill.walks.request[key] === value", arg=[key, float(typed)]
    )
    assert requests(page) == [request | {key: float(typed)} for request in before]
    # Who was chosen still is.
    expect(page.locator("#whose select")).to_have_value("1")


def test_a_landscape_that_a_run_cannot_work_on_is_refused_in_words_and_the_picture_stays(plain: Watched) -> None:
    page = plain.show("?run=newton&run=adam")
    plain.expected = ("422",)
    # The box lies under its picture.
    # The refusal may have brought the bowl back before one could look.
    choose(page, "kink")
    trouble = page.locator("#runs .refused")
    expect(trouble).to_contain_text("Newton, learning rate 1: optimizer=newton needs a Hessian")
    expect(page.locator('input[value="bowl"]')).to_be_checked()
    assert page.url.endswith("/?run=newton&run=adam")
    assert len(page.evaluate("() => downhill.walks.all.map(({ length }) => length)")) == 3
    choose(page, "saddle")
    plain.settled("landscape=saddle&run=newton&run=adam")
    expect(trouble).to_be_hidden()


def test_what_is_wrong_with_a_number_of_a_run_is_said_beside_it(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    plain.expected = ("422",)
    page.locator("#whose select").select_option("1")
    page.locator("#key-learning_rate").fill("-3")
    page.keyboard.press("Tab")
    expect(page.locator('[data-key="learning_rate"] .trouble')).to_contain_text("learning_rate=-3.0 is out of range.")


def test_the_words_and_the_steps_are_those_of_the_chosen_run(plain: Watched) -> None:
    page = plain.show(f"?starts=2&{THREE}")
    to_the_end(page)
    rows(page).nth(1).locator(".text").click()
    expect(page.locator("#message")).to_contain_text("Fast, walker 1:")
    expect(page.locator("#rule")).to_contain_text("0.3")
    page.locator("#steps summary").click()
    names = page.locator("#walker option").all_text_contents()
    assert names[2:4] == ["Fast, walker 1", "Fast, walker 2"]
    assert len(names) == 6
    page.locator("#walker").select_option(label="Fast, walker 2")
    expect(page.locator("#message")).to_contain_text("Fast, walker 2:")
    page.locator("#to-start").click()
    start = api(plain.server, f"/api/descent?starts=2&{THREE}")["walks"][3]["x"][0]
    expect(page.locator("#table tbody tr").first.locator("td").first).to_have_text(f"{start:.7g}")


# ---------------------------------------------------------------- curves and table


def test_curves_go_by_evaluations_where_that_is_chosen(plain: Watched) -> None:
    query = "landscape=rosenbrock&steps=40&run=line-search,learning_rate:1"
    page = plain.show(f"?{query}")
    walks = api(plain.server, f"/api/descent?{query}")["walks"]
    steps = soon(lambda found: len(found) == 2, curves, page, "x2")
    assert [line["x"] for line in steps] == [walk["step"] for walk in walks]
    page.get_by_label("by evaluations").check(force=True)
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.axis === 'evaluations'")
    expected = [walk["evaluations"] for walk in walks]
    assert expected[1] != walks[1]["step"]
    assert soon_is(expected, lambda: [line["x"] for line in curves(page, "x2")]) == expected
    expect(page.locator("#curves-title")).to_have_text("By evaluations")
    assert "axis=evaluations" in page.url


def test_the_table_has_what_the_api_says(plain: Watched) -> None:
    page = plain.show(f"?landscape=rosenbrock&{THREE}&run=newton")
    walks = api(plain.server, f"/api/descent?landscape=rosenbrock&{THREE}&run=newton")["walks"]
    found = cells(page)
    assert len(found) == 4
    for row, walk in zip(found, walks, strict=True):
        stayed = [one["stayed"] for one in walk["summary"]["reached"]]
        assert row[:3] == [walk["label"], *("never" if value is None else str(value) for value in stayed)]
        assert row[4:] == [walk["summary"]["outcome"].replace("_", " "), walk["summary"]["place"].replace("_", " ")]
        assert float(row[3]) == pytest.approx(walk["summary"]["loss"], rel=1e-3)
    page.get_by_role("button", name="Copy table").click()
    copied = "() => navigator.clipboard.readText()"
    assert soon(lambda text: text.startswith("Run\t"), page.evaluate, copied).splitlines()[1:] == [
        "\t".join(row) for row in found
    ]


def test_from_many_starts_there_are_bands_and_medians_as_the_api_has_them(plain: Watched) -> None:
    query = f"starts=12&{THREE}"
    page = plain.show(f"?{query}")
    race = api(plain.server, f"/api/descent/race?{query}")["runs"]
    drawn = soon(lambda found: any(line["fill"] for line in found), curves, page, "x")
    areas, medians = [line for line in drawn if line["fill"]], [line for line in drawn if not line["fill"]]
    assert len(areas) == 3
    assert [line["x"] for line in medians] == [run["bands"]["median"] for run in race]
    assert [line["y"] for line in medians] == [run["bands"]["part"] for run in race]
    for area, run in zip(areas, race, strict=True):
        lower = [value for value in run["bands"]["lower"] if value is not None]
        assert area["x"][: len(lower)] == lower
    expect(page.locator("#bands-note")).to_contain_text("half of all 12 walkers")
    for row, run in zip(cells(page), race, strict=True):
        assert row[1] == f"{round(100 * run['success'], 1):g}\N{NO-BREAK SPACE}%"
        median = run["stayed"][0]["median"]
        assert row[2].startswith("never" if median is None else f"{median:g} (")


def test_a_race_as_a_table_names_the_run_of_each_step(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    page.locator("#export summary").click()
    with page.expect_download() as download:
        page.locator("#export-csv").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "run,walker,step,x,y,loss,gradient_norm,learning_rate,evaluations"
    steps = api(plain.server, f"/api/descent?{THREE}")["walks"][1]["step"]
    assert sum(line.startswith('"Fast",0,') for line in lines) == len(steps)


# ---------------------------------------------------------------- tuning


def test_each_run_is_tuned_by_a_sweep_that_is_shown(plain: Watched) -> None:
    page = plain.show(f"?{THREE}")
    best = [api(plain.server, f"/api/descent/sweep?{THREE}&of={run}") for run in range(3)]
    count_entries(page)
    page.get_by_role("button", name="Tune each").click()
    page.wait_for_function(
        "rates => downhill.walks.done && rates.every((rate, run) => downhill.walks.runs[run].request.learning_rate === rate)",
        arg=[sweep["best"]["learning_rate"] for sweep in best],
    )
    assert entries(page) == 1
    expect(page.locator("#sweep")).to_be_visible()
    expect(page.locator("#sweep-words li")).to_have_count(3)
    drawn = (
        """() => document.getElementById('sweep-plot').data.map(({ mode, x, y }) => ({ mode, x: [...x], y: [...y] }))"""
    )
    lines = [trace for trace in soon(lambda traces: len(traces) == 6, page.evaluate, drawn) if trace["mode"] == "lines"]
    assert [line["x"] for line in lines] == [sweep["learning_rate"] for sweep in best]
    assert [line["y"] for line in lines] == [sweep["evaluations"] for sweep in best]
    # It stays until it is closed, or another landscape comes.
    page.go_back()
    plain.settled(THREE)
    expect(page.locator("#sweep")).to_be_visible()
    choose(page, "saddle")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.landscape === 'saddle'")
    expect(page.locator("#sweep")).to_be_hidden()


def test_a_run_that_no_learning_rate_brings_there_keeps_its_own(plain: Watched) -> None:
    query = "optimizer=gradient-descent&steps=8&run=lion"
    page = plain.show(f"?{query}")
    before = requests(page)
    near, far = (api(plain.server, f"/api/descent/sweep?{query}&of={run}") for run in range(2))
    assert near["part"] is not None
    assert far["part"] is None
    page.get_by_role("button", name="Tune each").click()
    page.wait_for_function(
        "rate => downhill.walks.done && downhill.walks.runs[0].request.learning_rate === rate",
        arg=near["best"]["learning_rate"],
    )
    assert requests(page)[0] != before[0]
    assert requests(page)[1] == before[1]
    expect(page.locator("#sweep-words li").nth(1)).to_contain_text("left as it was")


def test_tuning_can_be_given_up_and_changes_nothing_then(plain: Watched) -> None:
    query = f"learning_rate=0.1&momentum=0.9&{THREE}"
    page = plain.show(f"?{query}")
    # An answer that does not come.
    page.route("**/api/descent/sweep?*", lambda _: None)
    page.get_by_role("button", name="Tune each").click()
    expect(page.locator("#tuning-text")).to_have_text("1 of 3: Momentum 0.9, learning rate 0.1")
    page.locator("#tune-cancel").click()
    expect(page.locator("#tuning")).to_be_hidden()
    expect(page.get_by_role("button", name="Tune each")).to_be_enabled()
    assert page.url.endswith(f"/?{query}")
    expect(page.locator("#sweep")).to_be_hidden()


@pytest.mark.parametrize("arrived", [True, False], ids=["the new runs are shown", "the new runs are on their way"])
def test_runs_that_change_while_they_are_tuned_keep_their_learning_rates(plain: Watched, arrived: bool) -> None:
    page = plain.show("?steps=60&run=adam,learning_rate:0.3&run=nesterov")
    kept = [requests(page)[run]["learning_rate"] for run in (0, 2)]
    held: list[Route] = []
    page.route("**/api/descent/sweep?*", lambda route: held.append(route))
    page.get_by_role("button", name="Tune each").click()
    # The routes are only told of while the page is asked something.
    soon(lambda _: len(held) == 1, page.title)
    if not arrived:
        page.route("**/api/descent/stream?*", lambda _: None)
    rows(page).nth(1).locator(".text").click()
    act(page, "Remove")
    if arrived:
        plain.settled("steps=60&run=nesterov")
    else:
        for run in range(3):
            soon(lambda _, run=run: len(held) == run + 1, page.title)
            held[run].continue_()
    expect(page.locator("#tune-trouble")).to_contain_text("The runs changed before they were all tuned")
    expect(page.locator("#tuning")).to_be_hidden()
    expect(page.locator("#sweep")).to_be_hidden()
    # What is asked for next has the learning rates of before.
    page.unroute("**/api/descent/stream?*")
    page.locator("#key-noise").fill("0.1")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "() => downhill.walks.done && downhill.walks.runs.some(({ request }) => request.noise === 0.1)"
    )
    assert [request["learning_rate"] for request in requests(page)] == kept


def test_why_the_runs_cannot_be_compared_over_all_starts_is_said(plain: Watched) -> None:
    page = plain.page
    plain.expected = ("422",)
    refusal = {"error": {"status": 422, "message": "Far too many points.", "key": "starts", "hint": "Fewer starts."}}
    page.route("**/api/descent/race?*", lambda route: route.fulfill(status=422, json=refusal))
    plain.show("?starts=12&run=adam")
    expect(page.locator("#race-terms")).to_contain_text(
        "The runs could not be compared over all starts. Far too many points. Fewer starts."
    )
    assert [row[1:] for row in cells(page)] == [["—"] * 5] * 2


def test_too_many_points_for_a_sweep_are_said(plain: Watched) -> None:
    page = plain.show("?learning_rate=0.1&momentum=0.9&steps=50000&run=adam")
    plain.expected = ("422",)
    page.get_by_role("button", name="Tune each").click()
    expect(page.locator("#tune-trouble")).to_contain_text("Momentum 0.9, learning rate 0.1 could not be tuned.")
    expect(page.locator("#tune-trouble")).to_contain_text("too many points. At most")


# ---------------------------------------------------------------- everyone


def test_a_race_is_run_by_keys_alone(plain: Watched) -> None:
    page = plain.page
    add = page.locator("#runs > .tools").get_by_role("button", name="Compare with another run")
    add.focus()
    page.keyboard.press("Enter")
    plain.settled("run=gradient-descent")
    expect(page.get_by_role("button", name="Compare with another run")).to_be_focused()
    rows(page).first.locator(".text").focus()
    page.keyboard.press("Space")
    expect(rows(page).first.locator(".text")).to_have_attribute("aria-pressed", "true")
    expect(rows(page).first.locator(".text")).to_be_focused()
    rows(page).nth(1).locator(".look").focus()
    page.keyboard.press("Enter")
    plain.settled("run=gradient-descent,hidden:1")
    rate = requests(page)[1]["learning_rate"]
    expect(page.get_by_role("button", name=f"Show Gradient descent, learning rate {rate}")).to_be_focused()


def test_on_a_phone_the_list_is_seen_without_the_sheet_and_can_be_touched(phone: Watched) -> None:
    page = phone.show(f"?{THREE}")
    expect(page.locator(".sheet")).to_be_hidden()
    for row in rows(page).all():
        expect(row).to_be_visible()
    for button in page.locator("#runs button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["width"] >= 44
        assert box["height"] >= 44
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    rows(page).nth(1).locator(".text").tap()
    expect(rows(page).nth(1).locator(".text")).to_have_attribute("aria-pressed", "true")


def test_who_was_faster_stands_above_the_picture_and_moves_nothing(plain: Watched) -> None:
    boxes = "() => ['words', 'sentence', 'views', 'transport'].map(id => { const { top, height } = document.getElementById(id).getBoundingClientRect(); return [top, height] })"
    page = plain.show("?optimizer=gradient-descent")
    before = page.evaluate(boxes)
    page = plain.show("?run=gradient-descent")
    expect(page.locator("#race-title")).to_contain_text("is faster: 21 evaluations until it is near")
    expect(page.locator("#numbers")).to_contain_text("Momentum 0.8 was faster: 21 evaluations against 34. Converged")
    assert page.evaluate(boxes) == before
    numbers, words = page.locator(".sentence .numbers").bounding_box(), page.locator("#words").bounding_box()
    assert numbers
    assert words
    assert words["y"] <= numbers["y"] < numbers["y"] + numbers["height"] <= words["y"] + words["height"]
    # Many walkers are compared over all of them, once that is known.
    page = plain.show("?starts=3&run=gradient-descent")
    expect(page.locator("#numbers")).to_contain_text("was faster: ")
    # One run alone is not.
    page = plain.show("")
    expect(page.locator("#numbers")).not_to_contain_text("faster")


def test_a_phone_says_in_its_second_line_who_was_faster(phone: Watched) -> None:
    page = phone.show("?run=gradient-descent")
    expect(page.locator("#numbers")).to_contain_text("Momentum 0.8 was faster: 21 evaluations against 34.")
    line, sentence = page.locator(".sentence .numbers").bounding_box(), page.locator("#sentence").bounding_box()
    assert line
    assert sentence
    assert line["x"] < sentence["x"] + sentence["width"]
    assert line["y"] + line["height"] <= sentence["y"] + sentence["height"] + 1
    expect(page.locator("#whole-sentence")).to_be_visible()
