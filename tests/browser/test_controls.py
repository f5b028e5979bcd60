"""Controls, the schedule's sketch, the update rule with its numbers, arrows, thresholds: all that belongs to a step."""

import math
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.lessons import LESSONS
from tests.browser.conftest import Watched
from tests.browser.looking import (
    HEADS,
    api,
    at_step,
    choose,
    colour_of,
    in_plot,
    nearest,
    numbers_of,
    painted,
    set_arrows,
    shown,
    soon,
    soon_is,
    step_of,
    to_the_end,
    two_frames,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def watched(plain: Watched) -> Watched:
    """None of these tests looks at the surface."""
    return plain


# ---------------------------------------------------------------- the step size


def test_the_step_size_says_whether_it_is_the_optimizers_own(watched: Watched) -> None:
    page, own = watched.page, watched.page.locator(".own")
    of_all = api(watched.server, "/api/optimizers")
    for slug in ("adam", "newton", "gradient-descent", "line-search"):
        entry = next(one for one in of_all if one["slug"] == slug)
        page.select_option("#key-optimizer", slug)
        watched.settled(f"optimizer={slug}")
        expect(own).to_have_text(f"{entry['learning_rates']['bowl']:g} is {entry['title']}’s own here.")
        expect(own.locator("button")).to_be_hidden()
    adams = next(one for one in of_all if one["slug"] == "adam")["learning_rates"]
    watched.show("?landscape=himmelblau&optimizer=adam&learning_rate=0.0321")
    expect(own).to_have_text(f"Back to {adams['himmelblau']:g}, Adam’s own here.")
    # Another landscape has another one.
    watched.show("?landscape=rosenbrock&optimizer=adam&learning_rate=0.0321")
    expect(own).to_have_text(f"Back to {adams['rosenbrock']:g}, Adam’s own here.")
    own.locator("button").click()
    watched.settled("landscape=rosenbrock&optimizer=adam")
    expect(own).to_have_text(f"{adams['rosenbrock']:g} is Adam’s own here.")
    expect(page.locator("#key-learning_rate")).to_have_value(f"{adams['rosenbrock']:g}")
    expect(page.locator("#key-learning_rate")).to_be_focused()


def test_of_several_runs_each_has_its_own_step_size(watched: Watched) -> None:
    page, own = watched.page, watched.page.locator(".own")
    adams = next(one for one in api(watched.server, "/api/optimizers") if one["slug"] == "adam")["learning_rates"]
    watched.show("?learning_rate=0.3&run=adam,learning_rate:0.0321")
    expect(own).to_contain_text(", Momentum’s own here.")
    page.locator("#runs li .text").nth(1).click()
    expect(own).to_have_text(f"Back to {adams['bowl']:g}, Adam’s own here.")
    own.locator("button").click()
    expect(own).to_have_text(f"{adams['bowl']:g} is Adam’s own here.")
    page.locator("#runs li .text").nth(0).click()
    expect(page.locator("#key-learning_rate")).to_have_value("0.3")


# ---------------------------------------------------------------- the update rule


def flat(value: Any) -> set[float]:
    """All numbers of some quantities."""
    if isinstance(value, dict):
        return set().union(*map(flat, value.values()))
    if isinstance(value, list):
        return set().union(*map(flat, value))
    return set() if value is None else {float(value)}


def as_number(text: str) -> float:
    return float(text.replace("−", "-"))


def lines_of_the_rule(page: Page) -> list[dict[str, Any]]:
    """Each line's symbols, its numbers as text, and every number by itself."""
    lines: list[dict[str, Any]] = page.evaluate(
        """() => [...document.querySelectorAll('#rule .line')].map(line => { const below = line.querySelector('.numbers');
            return { symbols: line.querySelector('math').textContent, text: below.textContent, visible: getComputedStyle(below).visibility === 'visible',
              numbers: [...below.querySelectorAll('mn')].map(node => node.textContent) } })"""
    )
    return lines


def check_the_rule(watched: Watched, query: str, step: int) -> None:
    """Every line has numbers, they are the API's to the last digit, and so is the next point."""
    page = watched.page
    at_step(page, step)
    told = step_of(watched.server, query, step)["quantities"]
    known = flat(told)
    lines = soon(
        lambda lines: len(lines) >= 2 and all(line["visible"] and line["numbers"] for line in lines),
        lines_of_the_rule,
        page,
    )
    assert len(lines) >= 2
    for line in lines:
        assert line["visible"], query
        assert line["numbers"], (query, line)
        assert not re.search("undefined|NaN|not finite|@", line["text"]), (query, line)
        for text in line["numbers"]:
            # What is longer than a constant of the rule is a quantity, with a sign or without.
            if len(text) > 6:
                assert {as_number(text), -as_number(text)} & known, (query, line, text)
    (last,) = [line for line in lines if re.match(r"\s*xk\+1\s*=", line["symbols"])]
    first = re.match(r"\(([^()]*)\)=", last["text"])
    assert first, last
    assert [as_number(part) for part in first[1].split(",")] == told["point_next"], (query, last)


def test_every_optimizers_rule_is_shown_with_all_the_digits_of_the_api(watched: Watched) -> None:
    page = watched.page
    page.check("#all-digits")
    for optimizer in api(watched.server, "/api/optimizers"):
        slug = optimizer["slug"]
        query = "&".join(
            [
                "landscape=beale&start=1.25,1.4",
                # At its usual rate momentum leaves for good before step 5 from here.
                "learning_rate=0.001" if slug == "momentum" else f"optimizer={slug}",
                "steps=7",
            ]
        )
        watched.show(f"?{query}")
        for step in (0, 5):
            check_the_rule(watched, query, step)
        expect(page.locator("#convention")).to_have_text(optimizer["convention"])
    expect(page.locator("#failure")).to_be_hidden()


@pytest.mark.parametrize(
    "query",
    [
        "landscape=two-minima&steps=9",
        "landscape=two-minima&optimizer=newton&steps=9",
        "landscape=fence&optimizer=adam&steps=9&noise=0.5",
        "landscape=logistic&optimizer=rmsprop&centred=1&steps=9&noise=0.1&batch=4",
        "landscape=peaks&goal=maximize&optimizer=line-search&steps=9",
    ],
)
def test_the_rule_has_all_digits_on_curves_with_noise_with_batches_and_uphill(watched: Watched, query: str) -> None:
    watched.show(f"?{query}")
    watched.page.check("#all-digits")
    for step in (0, 4):
        check_the_rule(watched, query, step)


def test_few_digits_are_shown_until_all_are_asked_for(watched: Watched) -> None:
    page = watched.show("?landscape=beale&steps=7")
    at_step(page, 3)
    longest = "() => Math.max(...[...document.querySelectorAll('#rule mn')].map(node => node.textContent.replace(/[^0-9]/g, '').length))"
    assert 1 <= soon(lambda digits: 1 <= digits <= 9, page.evaluate, longest) <= 9
    page.check("#all-digits")
    assert soon(lambda digits: digits >= 15, page.evaluate, longest) >= 15
    page.uncheck("#all-digits")
    assert 1 <= soon(lambda digits: 1 <= digits <= 9, page.evaluate, longest) <= 9


def test_the_update_rule_has_its_own_buttons_back_and_forward(watched: Watched) -> None:
    page = watched.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=7")
    at_step(page, 0)
    title = page.locator("#rule-step")
    for step in (1, 2, 3):
        page.click("#rule-forward")
        expect(title).to_have_text(f", step {step} → {step + 1}")
    expect(page.locator("#count")).to_have_text("step 3 of 7")
    page.click("#rule-back")
    expect(title).to_have_text(", step 2 → 3")
    told = step_of(
        watched.server, "landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=7", 2
    )["quantities"]
    assert soon_is(told, numbers_of, page) == told
    page.focus("#rule-back")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    expect(title).to_have_text(", step 0 → 1")
    page.click("#rule-back")
    expect(title).to_have_text(", step 0 → 1")
    assert not page.evaluate("() => downhill.player.playing")


def test_the_rule_is_that_of_the_walker_that_is_chosen(watched: Watched) -> None:
    query = "landscape=peaks&starts=3&steps=9"
    page = watched.show(f"?{query}")
    page.click("#steps summary")
    page.select_option("#walker", index=2)
    at_step(page, 4)
    told = api(watched.server, f"/api/descent/steps?{query}&walk=2&first=4&count=1")["steps"][0]["quantities"]
    assert soon_is(told, numbers_of, page) == told
    page.select_option("#walker", index=0)


def test_the_table_stays_at_a_walker_that_ended_before_the_others(watched: Watched) -> None:
    query = "landscape=peaks&starts=8&optimizer=gradient-descent&learning_rate=0.02&steps=300"
    page = watched.show(f"?{query}")
    lengths = [len(walk["x"]) for walk in api(watched.server, f"/api/descent?{query}")["walks"]]
    assert min(lengths) + 100 < max(lengths)
    page.click("#steps summary")
    page.select_option("#walker", index=lengths.index(min(lengths)))
    to_the_end(page)
    expect(page.locator("#table tr.now th")).to_have_text(str(min(lengths) - 1))
    page.select_option("#walker", index=0)


# ---------------------------------------------------------------- arrows


def arrows(page: Page) -> dict[str, int]:
    """How many pixels have an arrow's colour, and how many have any."""
    each = {name: painted(page, HEADS, colour_of(page, f"arrow-{name}")) for name in ("gradient", "velocity")}
    return {**each, "any": painted(page, HEADS)}


def test_arrows_are_switched_off_and_on_one_by_one(watched: Watched) -> None:
    page = watched.show("?learning_rate=0.9&momentum=0.6")
    at_step(page, 1)
    seen = soon(lambda seen: min(seen.values()) > 15, arrows, page)
    assert min(seen.values()) > 15
    all_on = seen["any"]
    # The step lies over what it is made of.
    page.uncheck("#arrows input[value=step]")
    two_frames(page)
    for name in ("gradient", "velocity"):
        colour = colour_of(page, f"arrow-{name}")
        assert soon(lambda count: count > 15, painted, page, HEADS, colour) > 15, name
        page.uncheck(f"#arrows input[value={name}]")
        two_frames(page)
        assert soon_is(0, painted, page, HEADS, colour) == 0, name
        page.check(f"#arrows input[value={name}]")
        two_frames(page)
        assert soon(lambda count: count > 15, painted, page, HEADS, colour) > 15, name
    set_arrows(page, False)
    two_frames(page)
    # The walker itself is still there.
    seen = soon(lambda seen: seen["gradient"] == seen["velocity"] == 0 < seen["any"] < all_on - 100, arrows, page)
    assert seen["gradient"] == seen["velocity"] == 0
    none = seen["any"]
    assert none > 0
    page.check("#arrows input[value=step]")
    two_frames(page)
    assert soon(lambda count: count > none + 20, painted, page, HEADS) > none + 20
    set_arrows(page, True)
    two_frames(page)
    assert soon_is(all_on, painted, page, HEADS) == all_on > none + 100


def test_arrows_are_drawn_while_the_walk_stands_still_not_while_it_moves(moving: Watched) -> None:
    page = moving.show("?learning_rate=0.9&momentum=0.6")
    at_step(page, 1)
    colour = colour_of(page, "arrow-gradient")
    assert soon(lambda count: count > 15, painted, page, HEADS, colour) > 15
    page.click("#play")
    page.wait_for_function("() => downhill.player.playing && downhill.player.position > 4")
    assert soon_is(0, painted, page, HEADS, colour) == 0
    assert page.evaluate("() => downhill.player.playing"), "it still moves"
    page.click("#play")
    page.wait_for_function("() => !downhill.player.playing && downhill.numbers?.step === downhill.player.shown")


def test_arrows_stay_when_the_same_walk_is_asked_for_again(watched: Watched) -> None:
    page = watched.show("?learning_rate=0.9&momentum=0.6")
    at_step(page, 1)
    colour = colour_of(page, "arrow-gradient")
    assert soon(lambda count: count > 15, painted, page, HEADS, colour) > 15
    # The step that stands still is in its address: without it the walk is shown anew.
    watched.show("?learning_rate=0.9&momentum=0.6", "at=1")
    two_frames(page)
    assert soon(lambda count: count > 15, painted, page, HEADS, colour) > 15
    assert page.evaluate("() => downhill.player.shown") == 1


def test_the_arrows_point_where_the_numbers_say(watched: Watched) -> None:
    query = "landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=9"
    page = watched.show(f"?{query}")
    at_step(page, 0)
    told = step_of(watched.server, query, 0)["quantities"]
    page.uncheck("#arrows input[value=step]")
    two_frames(page)
    # Half-way along the arrow of plain descent, which is its step.
    halfway = [(a + b) / 2 for a, b in zip(told["point"], told["point_next"], strict=True)]
    (place,) = in_plot(page, [halfway])
    (near,) = soon(lambda far: far[0] < 60, nearest, page, HEADS, [place], colour_of(page, "arrow-gradient"))
    assert near < 60


# What each optimizer walks by, besides the gradient: PyTorch's momentum_buffer is a sum, its exp_avg a mean.
KEPT = {
    **dict.fromkeys(("momentum", "nesterov"), "kept velocity"),
    **dict.fromkeys(("adam", "adamw", "nadam", "amsgrad"), "kept mean"),
    "lion": "−mean",
}


def kept_of(optimizer: str, q: dict[str, Any]) -> list[float]:
    """What is drawn of what the optimizer has kept, by the papers' formulas."""
    rate = q["learning_rate"]
    if optimizer == "momentum":
        return [-rate * q["momentum"] * part for part in q["velocity"]]
    if optimizer == "nesterov":
        return [-rate * q["momentum"] ** 2 * part for part in q["velocity"]]
    if optimizer == "lion":
        return [-rate * part for part in q["mean_next"]]
    ahead = q.get("weight_after", 1.0)
    bias = 1 - q["product_next"] * ahead if optimizer == "nadam" else 1 - q["beta1"] ** q["count_next"]
    return [
        -rate * ahead * q["beta1"] * mean / bias / (math.sqrt(square) + q["epsilon"])
        for mean, square in zip(q["mean"], q["square_hat"], strict=True)
    ]


@pytest.mark.parametrize("goal", ["minimize", "maximize"])
def test_of_every_optimizer_the_arrows_are_called_by_the_way_they_point(watched: Watched, goal: str) -> None:
    page = watched.page
    for optimizer in [entry["slug"] for entry in api(watched.server, "/api/optimizers")]:
        keys = ["landscape=peaks", *(["goal=maximize"] if goal == "maximize" else [])]
        keys += [*([f"optimizer={optimizer}"] if optimizer != "momentum" else []), "learning_rate=0.013", "steps=5"]
        query = "&".join(keys)
        watched.show(f"?{query}")
        at_step(page, 2)
        told = step_of(watched.server, query, 2)["quantities"]
        assert soon_is(told, numbers_of, page) == told
        # The gradient of the loss that is shown, by differences of the API's own answers.
        (x, y), h = told["point"], 1e-4
        ground = api(
            watched.server, f"/api/landscapes/peaks/surface?resolution=3&domain={x - h},{x + h},{y - h},{y + h}"
        )
        loss = ground["loss"]
        slope = [(loss[1][2] - loss[1][0]) / (2 * h), (loss[2][1] - loss[0][1]) / (2 * h)]
        drawn = page.evaluate(
            """async numbers => { const { src } = document.querySelector('script[src$="/page.js"]');
                return (await import(src.replace('page.js', 'js/canvas/step_arrows.js'))).vectors(numbers) }""",
            told,
        )
        names = page.locator("#arrows label:visible").all_inner_texts()
        scaled = ", scaled" if KEPT.get(optimizer) == "kept mean" else ""
        wanted = [("gradient" if goal == "maximize" else "−gradient") + scaled, *filter(None, [KEPT.get(optimizer)])]
        assert [name.strip() for name in names] == [*wanted, "step"], optimizer
        way = sum(part * other for part, other in zip(drawn["gradient"], slope, strict=True))
        assert way > 0 if goal == "maximize" else way < 0, optimizer
        if optimizer in KEPT:
            assert drawn["velocity"] == pytest.approx(kept_of(optimizer, told), rel=1e-6, abs=1e-12), optimizer
        else:
            assert drawn["velocity"] is None
        moved = [after - before for after, before in zip(told["point_next"], told["point"], strict=True)]
        assert drawn["step"] == pytest.approx(moved, rel=1e-12, abs=1e-15), optimizer
        if KEPT.get(optimizer, "").startswith("kept"):
            shrinks = told.get("shrunk", told["point"])
            parts = zip(drawn["velocity"], drawn["gradient"], shrinks, told["point"], strict=True)
            assert [kept + pull + (to - at) for kept, pull, to, at in parts] == pytest.approx(moved, abs=1e-12), (
                optimizer
            )
        title = page.locator("#arrows label.gradient").get_attribute("title")
        assert title is not None
        if scaled:
            continue
        assert title.startswith("η·gradient" if goal == "maximize" else "−η·gradient")


@pytest.mark.parametrize("query", ["landscape=two-minima", "landscape=fence"])
def test_on_a_curve_the_switch_of_the_tangent_says_so(watched: Watched, query: str) -> None:
    page = watched.show(f"?{query}")
    names = page.locator("#arrows label:visible").all_inner_texts()
    assert [name.strip() for name in names] == ["tangent", "step"]
    watched.show("?landscape=saddle")
    expect(page.locator("#arrows label.gradient")).to_have_text(re.compile("−gradient"))


def test_the_places_that_a_line_search_tried_are_drawn(watched: Watched) -> None:
    query = "landscape=quadratic&start=2,1&optimizer=line-search&learning_rate=0.9&steps=9"
    page = watched.show(f"?{query}")
    at_step(page, 0)
    probes = step_of(watched.server, query, 0)["quantities"]["probe_points"]
    assert len(probes) > 1
    set_arrows(page, False)
    two_frames(page)
    inside = soon(
        lambda counts: bool(counts) and min(counts) > 20,
        page.evaluate,
        """([canvas, probes]) => { const { xaxis, yaxis } = document.getElementById('map-plot')._fullLayout; const node = document.querySelector(canvas);
            const places = probes.map(([x, y]) => [xaxis.d2p(x), yaxis.d2p(y)]).filter(([x, y]) => x > 10 && y > 10 && x < xaxis._length - 10 && y < yaxis._length - 10);
            const pen = node.getContext('2d');
            return places.map(([x, y]) => { const { data } = pen.getImageData(Math.floor((x - 6) * devicePixelRatio), Math.floor((y - 6) * devicePixelRatio), 12 * devicePixelRatio, 12 * devicePixelRatio);
              let count = 0; for (let k = 3; k < data.length; k += 4) if (data[k] > 0) count += 1; return count }) }""",
        [HEADS, probes],
    )
    assert inside
    assert min(inside) > 20


# ---------------------------------------------------------------- schedules


def sketch(page: Page) -> list[list[float]]:
    """The sketch's points."""
    text: str = page.evaluate("() => document.getElementById('sketch')?.getAttribute('d') ?? ''")
    return [[float(part) for part in point.split()] for point in text.removeprefix("M").split("L") if point]


def expect_sketch(watched: Watched, query: str, steps: int = 200, rate: float = 0.2) -> None:
    """Wait until the sketch is that of the rates that the API plans."""
    planned = api(watched.server, f"/api/descent/learning-rates?{query}")
    expected = [
        f"{300 * step / steps:.1f} {51 - 49 * value / rate:.1f}"
        for step, value in zip(planned["step"], planned["learning_rate"], strict=True)
    ]
    # Python and JavaScript round halves differently: a tenth of a unit is of no account.
    wanted = [[float(part) for part in point.split()] for point in expected]
    watched.page.wait_for_function(
        """wanted => { const text = document.getElementById('sketch')?.getAttribute('d'); if (!text) return false;
            const points = text.slice(1).split('L').map(point => point.split(' ').map(Number));
            return points.length === wanted.length && points.every(([x, y], k) => Math.abs(x - wanted[k][0]) < 0.11 && Math.abs(y - wanted[k][1]) < 0.11) }""",
        arg=wanted,
    )


def test_the_sketch_follows_the_schedule(watched: Watched) -> None:
    page = watched.page
    # A constant rate is not drawn.
    expect(page.locator(".sketch")).to_have_count(0)
    for schedule in api(watched.server, "/api/schedules"):
        slug = schedule["slug"]
        if slug == "constant":
            continue
        page.select_option("#key-schedule", slug)
        watched.settled(f"schedule={slug}")
        for parameter in schedule["hyperparameters"]:
            expect(page.locator(f"#key-{parameter['key']}")).to_be_visible()
        expect(page.locator("#key-warmup")).to_be_visible(visible=not schedule["warms_up"])
        expect_sketch(watched, f"schedule={slug}")
        heights = [y for _, y in sketch(page)]
        assert 1 < min(heights) < 2.1
        assert max(heights) <= 51
    page.select_option("#key-schedule", "constant")
    watched.settled("")
    expect(page.locator(".sketch")).to_have_count(0)


def test_the_sketch_shows_warm_up_restarts_and_all_the_steps_even_of_a_walk_that_ended_early(watched: Watched) -> None:
    page = watched.page
    page.fill("#key-warmup", "40")
    page.press("#key-warmup", "Enter")
    watched.settled("warmup=40")
    expect_sketch(watched, "warmup=40")
    page.fill("#key-restarts", "3")
    page.press("#key-restarts", "Enter")
    watched.settled("warmup=40&restarts=3")
    expect_sketch(watched, "warmup=40&restarts=3")
    watched.show(
        "?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&schedule=linear&steps=900"
    )
    assert len(shown(page)["x"]) < 900
    expect_sketch(watched, "schedule=linear&steps=900", 900)
    assert sketch(page)[-1][0] > 299


# ---------------------------------------------------------------- what is offered


def options(page: Page) -> list[str]:
    slugs: list[str] = page.evaluate(
        "() => [...document.getElementById('key-optimizer').options].map(({ value }) => value)"
    )
    return slugs


def test_newton_is_not_offered_where_there_is_no_hessian(watched: Watched) -> None:
    page = watched.show("?landscape=two-minima")
    everyone = [optimizer["slug"] for optimizer in api(watched.server, "/api/optimizers")]
    assert soon_is(everyone, options, page) == everyone
    watched.show("?landscape=kink")
    others = [slug for slug in everyone if slug != "newton"]
    assert soon_is(others, options, page) == others


def test_a_landscape_without_a_hessian_takes_newton_away_without_complaint(watched: Watched) -> None:
    page = watched.show("?optimizer=newton")
    choose(page, "kink")
    watched.settled("landscape=kink")
    expect(page.locator("#key-optimizer")).to_have_value("momentum")
    expect(page.locator(".trouble")).to_have_count(0)
    expect(page.locator("#failure")).to_be_hidden()


def test_a_mini_batch_is_offered_only_where_there_are_data_and_an_optimizer_that_can_use_it(watched: Watched) -> None:
    page = watched.page
    expect(page.locator("#slide-batch")).to_have_count(0)
    watched.show("?landscape=kink")
    expect(page.locator("#slide-batch")).to_have_count(0)
    for slug in ("straight-line", "logistic", "pasture"):
        watched.show(f"?landscape={slug}")
        points = len(api(watched.server, f"/api/landscapes/{slug}")["data"]["x"])
        expect(page.locator('[data-key="batch"] .limits')).to_have_text(f"0 … {points}")
    watched.show("?landscape=straight-line&batch=7")
    page.select_option("#key-optimizer", "newton")
    watched.settled("landscape=straight-line&optimizer=newton")
    expect(page.locator("#slide-batch")).to_have_count(0)
    page.select_option("#key-optimizer", "adam")
    watched.settled("landscape=straight-line&optimizer=adam")
    expect(page.locator("#slide-batch")).to_have_count(1)


def test_an_optimizer_with_its_own_learning_rate_brings_it_and_takes_it_away(watched: Watched) -> None:
    page = watched.show("?landscape=himmelblau&learning_rate=0.02")
    field = page.locator("#key-learning_rate")
    expect(field).to_have_value("0.02")
    usual = api(watched.server, "/api/landscapes/himmelblau")["learning_rates"]
    for slug in ("newton", "adadelta"):
        page.select_option("#key-optimizer", slug)
        watched.settled(f"landscape=himmelblau&optimizer={slug}")
        expect(field).to_have_value(f"{usual[slug]:g}")
    # The address is written three times a second at most: what is changed before that is one way back.
    page.wait_for_url(f"**/?landscape=himmelblau&optimizer={slug}")
    page.select_option("#key-optimizer", "adam")
    watched.settled("landscape=himmelblau&optimizer=adam")
    expect(field).to_have_value(f"{usual['adam']:g}")
    page.wait_for_url("**/?landscape=himmelblau&optimizer=adam")
    page.go_back()
    watched.settled("landscape=himmelblau&optimizer=adadelta")
    expect(field).to_have_value(f"{usual['adadelta']:g}")


def test_from_adam_to_lion_what_both_use_is_kept_without_complaint(watched: Watched) -> None:
    page = watched.show("?optimizer=adam&beta1=0.8&epsilon=0.01")
    expect(page.locator("#key-beta1")).to_have_value("0.8")
    expect(page.locator("#key-epsilon")).to_have_value("0.01")
    page.select_option("#key-optimizer", "lion")
    watched.settled("optimizer=lion&beta1=0.8")
    expect(page.locator("#key-beta1")).to_have_value("0.8")
    expect(page.locator("#key-beta2")).to_have_value("0.99")
    expect(page.locator("#key-epsilon")).to_have_count(0)
    expect(page.locator("#key-weight_decay")).to_be_visible()
    expect(page.locator(".trouble")).to_have_count(0)
    expect(page.locator("#failure")).to_be_hidden()


def test_every_optimizer_shows_its_own_hyperparameters_and_no_others(watched: Watched) -> None:
    page = watched.page
    table = api(watched.server, "/api/optimizers")
    every = {parameter["key"] for optimizer in table for parameter in optimizer["hyperparameters"]}
    for optimizer in table:
        slug = optimizer["slug"]
        watched.show("" if slug == "momentum" else f"?optimizer={slug}")
        own = {parameter["key"]: parameter["default"] for parameter in optimizer["hyperparameters"]}
        there = "keys => keys.filter(key => document.getElementById(`key-${key}`))"
        assert soon_is(sorted(own), page.evaluate, there, sorted(every)) == sorted(own), slug
        for key, default in own.items():
            box = page.locator(f"#key-{key}")
            assert (float(box.is_checked()) if key == "centred" else float(box.input_value())) == default, (slug, key)


def test_centred_is_a_checkbox(watched: Watched) -> None:
    page = watched.show("?optimizer=rmsprop")
    expect(page.locator("#key-centred")).not_to_be_checked()
    page.check("#key-centred")
    watched.settled("optimizer=rmsprop&centred=1")
    assert shown(page)["request"]["centred"] == 1
    page.uncheck("#key-centred")
    watched.settled("optimizer=rmsprop")


# ---------------------------------------------------------------- thresholds


def shapes(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "() => (document.getElementById('curves-plot')._fullLayout?.shapes ?? []).map(({ xref, yref, x0, x1, y0, y1 }) => ({ xref, yref, x0, x1, y0, y1 }))"
    )
    return found


def line_and_place(page: Page, yref: str) -> tuple[dict[str, Any], float, float] | None:
    """The one line of an axis, the height it is drawn at, and the height where its value is."""
    found = [(index, shape) for index, shape in enumerate(shapes(page)) if shape["yref"] == yref]
    if len(found) != 1:
        return None
    ((index, line),) = found
    places = page.evaluate(
        """([axis, value, index]) => { const plot = document.getElementById('curves-plot'); const { top } = plot.getBoundingClientRect();
            const yaxis = plot._fullLayout[axis]; const line = plot.querySelectorAll('.shapelayer path')[index]?.getBoundingClientRect();
            return line && yaxis ? [line.top + line.height / 2 - top, yaxis._offset + yaxis.d2p(value)] : null }""",
        [f"yaxis{yref[1:]}", line["y0"], index],
    )
    return (line, *places) if places else None


def check_the_line(page: Page, yref: str, wanted: dict[str, Any]) -> None:
    """Wait for the line with these ends; on a logarithmic axis as on any other it is drawn where its value is."""
    ends = {key: pytest.approx(value, rel=1e-9) for key, value in wanted.items()}
    seen = soon(
        lambda seen: (
            seen is not None
            and {key: seen[0][key] for key in wanted} == ends
            and seen[1] == pytest.approx(seen[2], abs=1.5)
        ),
        line_and_place,
        page,
        yref,
    )
    assert seen is not None
    line, drawn, due = seen
    assert {key: line[key] for key in wanted} == ends
    assert drawn == pytest.approx(due, abs=1.5)


def test_the_curves_show_the_tolerance(watched: Watched) -> None:
    page = watched.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&tolerance=0.001")
    last = len(shown(page)["x"]) - 1
    page.wait_for_function(
        "last => document.getElementById('curves-plot')._fullLayout.xaxis.range[1] === last", arg=last
    )
    check_the_line(page, "y2", {"x0": 0, "x1": last, "y0": 0.001, "y1": 0.001})
    watched.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&tolerance=0")
    page.wait_for_function("() => document.getElementById('curves-plot')._fullLayout.shapes.length === 0")


@pytest.mark.parametrize("logarithmic", [True, False])
def test_the_curves_show_what_the_loss_should_have_fallen_below(watched: Watched, logarithmic: bool) -> None:
    query = "landscape=plateau&start=3.44,2.58&optimizer=gradient-descent&steps=2000&patience=20&min_change=1e-05"
    page = watched.show(f"?{query}")
    page.locator("#logarithmic").set_checked(logarithmic)
    walk = shown(page)
    last = len(walk["x"]) - 1
    assert walk["summary"]["stopped_by"] == "patience"
    page.wait_for_function(
        "last => document.getElementById('curves-plot')._fullLayout.xaxis.range[1] === last", arg=last
    )
    lowest = min(walk["loss"])
    known = api(watched.server, "/api/landscapes/plateau")["stationary_points"]
    lowest = min([lowest, *(point["value"] for point in known)]) if logarithmic else 0
    check_the_line(page, "y", {"x0": last - 20, "x1": last, "y0": walk["loss"][last - 20] - 1e-5 - lowest})


def test_steps_uphill_are_marked_on_the_curve_and_told(watched: Watched) -> None:
    page = watched.show(f"?{LESSONS['uphill'].query}")
    loss = shown(page)["loss"]
    rises = [k for k in range(1, len(loss)) if loss[k] > loss[k - 1]]
    assert rises
    page.wait_for_function(
        "last => document.getElementById('curves-plot')._fullLayout.xaxis.range[1] === last", arg=len(loss) - 1
    )
    marks = soon(
        lambda marks: len(marks) == 1 and set(marks[0]) <= set(rises),
        page.evaluate,
        "() => document.getElementById('curves-plot').data.filter(({ mode }) => mode === 'markers').map(({ x }) => [...x])",
    )
    assert len(marks) == 1
    assert set(marks[0]) <= set(rises)
    expect(page.locator("#wrong-caption")).to_contain_text("uphill")
    watched.show("?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1")
    expect(page.locator("#wrong-caption")).to_have_text("")


# ---------------------------------------------------------------- by keyboard alone


def test_every_new_control_is_reached_by_tab(watched: Watched) -> None:
    page = watched.show(
        "?landscape=straight-line&optimizer=rmsprop&schedule=step&warmup=10&restarts=2&patience=60&batch=5"
    )
    page.focus("header a")
    # RMSProp keeps nothing that it walks by.
    wanted = {f"arrow {name}" for name in ("gradient", "step")}
    wanted |= {f"source-{key}" for key in ("landscape", "optimizer", "schedule")}
    wanted |= {"landscape", "rule-back", "rule-forward", "all-digits", "key-centred", "key-schedule", "key-optimizer"}
    for key in (
        "decay",
        "epsilon",
        "floor",
        "drops",
        "warmup",
        "growth",
        "restarts",
        "patience",
        "min_change",
        "batch",
    ):
        wanted |= {f"key-{key}", f"slide-{key}"}
    seen: list[str] = []
    for _ in range(140):
        page.keyboard.press("Tab")
        where: str = page.evaluate(
            "() => document.activeElement.id || (document.activeElement.closest('#arrows') ? `arrow ${document.activeElement.value}` : document.activeElement.tagName)"
        )
        if seen and where == "BODY":
            break
        seen.append(where)
    assert wanted - set(seen) == set()
    # The landscapes are reached through their door.
    page.press("#landscape", "Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("input[name=landscape]:checked")).to_be_focused()
    page.keyboard.press("Escape")


def test_new_controls_work_by_keys(watched: Watched) -> None:
    page = watched.show("?optimizer=rmsprop")
    page.evaluate("() => downhill.player.pause()")
    page.focus("#key-centred")
    page.keyboard.press("Space")
    watched.settled("optimizer=rmsprop&centred=1")
    page.focus("#all-digits")
    page.keyboard.press("Space")
    expect(page.locator("#all-digits")).to_be_checked()
    page.focus("#arrows input[value=step]")
    page.keyboard.press("Space")
    expect(page.locator("#arrows input[value=step]")).not_to_be_checked()
    assert not page.evaluate("() => downhill.player.playing"), "Space on a box does not play"
    page.focus("#slide-patience")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.patience === 200")
    page.wait_for_selector("#key-min_change")
    # The focus stays.
    expect(page.locator("#slide-patience")).to_be_focused()
    page.press("#landscape", "Enter")
    page.focus("input[name=landscape][value=bowl]")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => downhill.walks.done && downhill.walks.request.landscape === 'quadratic'")


# ---------------------------------------------------------------- sources


def told(source: dict[str, Any]) -> str:
    """How a source is written: its year once."""
    year = source["year"]
    return source["text"] if year is None or str(year) in source["text"] else f"{source['text']}, {year}"


def test_the_sources_of_landscape_optimizer_and_schedule_stand_behind_their_signs(watched: Watched) -> None:
    page = watched.page
    tables = {key: api(watched.server, f"/api/{key}s") for key in ("landscape", "optimizer", "schedule")}
    for slugs in (("parabola", "gradient-descent", "cosine"), ("bowl", "adam", "constant"), ("fence", "lion", "step")):
        chosen = dict(zip(tables, slugs, strict=True))
        watched.show(
            "?" + "&".join(f"{key}={slug}" for key, slug in chosen.items() if slug not in ("bowl", "constant"))
        )
        for key, slug in chosen.items():
            (entry,) = [one for one in tables[key] if one["slug"] == slug]
            summary, cite = page.locator(f"#source-{key}"), page.locator(f"details:has(> #source-{key}) cite")
            expect(summary).to_have_text(re.compile(f"Source of {re.escape(entry['title'])}"))
            expect(cite).to_have_text(told(entry["source"]))
            expect(cite).to_be_hidden()
            summary.click()
            expect(cite).to_be_visible()
            if entry["source"]["url"]:
                expect(cite.locator("a")).to_have_attribute("href", entry["source"]["url"])
            # By key as by mouse.
            page.focus(f"#source-{key}")
            page.keyboard.press("Enter")
            expect(cite).to_be_hidden()


def test_on_a_phone_a_source_is_a_finger_wide(phone: Watched) -> None:
    page = phone.page
    page.click("#settings")
    for key in ("landscape", "optimizer"):
        summary = page.locator(f"#source-{key}")
        summary.scroll_into_view_if_needed()
        box = summary.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        summary.tap()
        expect(page.locator(f"details:has(> #source-{key}) cite")).to_be_visible()


# ---------------------------------------------------------------- marks on the dials

TICKS = """key => [...document.querySelectorAll(`[data-key="${key}"] .track .mark`)].map(tick => {
    const slider = tick.parentElement.querySelector('input').getBoundingClientRect();
    return [tick.classList.contains('limit') ? 'limit' : 'best', Math.round(1000 * (tick.getBoundingClientRect().left + 1.5 - slider.left - 8) / (slider.width - 16)) / 1000] })"""
SET = "([position, key]) => { const slider = document.getElementById(`slide-${key}`); slider.value = position; for (const kind of ['input', 'change']) slider.dispatchEvent(new Event(kind, { bubbles: true })) }"


def test_a_dials_marks_stand_where_its_slider_would_and_move_with_the_other_dials(watched: Watched) -> None:
    page = watched.show("?learning_rate=0.11&momentum=0.85")
    words = page.locator("#marks-learning_rate")
    expect(words).to_have_text("Best 1.778 · blows up above 3.7")
    expect(page.locator("#slide-learning_rate")).to_have_attribute("aria-describedby", "marks-learning_rate")
    low, high = 1e-4, 10.0  # the range of the slider
    there = dict(page.evaluate(TICKS, "learning_rate"))
    for kind, value in (("limit", 3.7), ("best", 16 / 9)):
        assert there[kind] == pytest.approx(math.log(value / low) / math.log(high / low), abs=0.01), kind
    page.evaluate(SET, [550, "momentum"])
    # 2(1 + β)/λ with λ = 1.
    expect(words).to_have_text("Best 1.778 · blows up above 3.1")
    assert dict(page.evaluate(TICKS, "learning_rate"))["limit"] < there["limit"]


def test_an_optimizer_without_a_known_limit_has_no_marks_and_moves_nothing(watched: Watched) -> None:
    page = watched.show("?optimizer=nesterov&learning_rate=0.11")
    expect(page.locator("#marks-learning_rate")).to_contain_text("blows up above")
    restarts = page.locator("[data-key='restarts']").bounding_box()
    page.select_option("#key-optimizer", "adam")
    page.wait_for_function("() => downhill.walks.request.optimizer === 'adam' && downhill.walks.done")
    expect(page.locator("#dials .mark")).to_have_count(0)
    assert page.locator("[data-key='restarts']").bounding_box() == restarts
