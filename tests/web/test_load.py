"""What many clients at once may take: who is computed first, how many at a time, what is refused, and who is gone."""

import asyncio
import gzip
import re
import threading
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest

from app import main
from app.answers import planes, races
from app.answers.plans import Plan
from app.request.errors import ApiError
from app.request.making import make_request
from app.request.reading import read_query
from app.request.request import MAX_POINTS, MAX_WORK
from app.web import descent, kept, pages, registries, responses
from app.web.kept import accepts_gzip
from app.web.limits import Busy, Line, busy
from tests.web.asking import error_of, read

# Twenty thousand points, eight evaluations each.
SEARCH = "/api/descent?landscape=rosenbrock&optimizer=line-search&steps=19999&tolerance=0"
PAINTED = "/?landscape=rosenbrock&optimizer=adam&steps=19000&tolerance=0"
# One of everything that computes, with what each is made by.
COMPUTED = {
    "/api/descent?steps=50": "records",
    "/api/descent/race?steps=50&run=adam": "race",
    "/api/descent/sweep?steps=50": "sweep",
    "/api/descent/theory?steps=50": "theory",
    "/api/descent/sharpness?steps=50": "sharpness_of_walk",
    "/api/descent/surface?landscape=peaks&resolution=40": "found_ground",
    "/api/descent/steps?steps=50": "step_numbers",
    "/api/landscapes/peaks/surface?resolution=40": "surface_record",
    "/api/landscapes/bumps?shape=0.3": "landscape_record",
}


def module_of(maker):
    """The module whose routes call what makes an answer."""
    return next(module for module in (responses, descent, registries) if hasattr(module, maker))


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Whatever came of its clients, the server is idle after each test."""
    yield
    assert (busy.answers, busy.points, busy.maps) == (0, 0, 0)
    lines = (busy.turns, busy.quick_maps, *busy.lanes)
    assert [line.free for line in lines] == [1, *[2] * (len(lines) - 1)]
    assert not any(len(line) for line in lines)


@pytest.fixture
def full(monkeypatch):
    """Put lanes without a free place there, so that whoever needs one waits, and return what frees two of each."""
    monkeypatch.setattr(busy, "lanes", [Line(0, line.most) for line in busy.lanes])

    def give_back():
        for line in busy.lanes:
            line.leave()
            line.leave()

    return give_back


def together(api, paths):
    """Ask for all at once and return the responses, and the places of the paths in the order of their ends."""
    ended = []

    async def ask(number, path):
        response = await api.client.get(path)
        ended.append(number)
        return response

    async def ask_all():
        return await asyncio.gather(*(ask(number, path) for number, path in enumerate(paths)))

    return api.runner.run(ask_all()), ended


async def some_rounds():
    """Let everything else come as far as it comes."""
    for _ in range(100):
        await asyncio.sleep(0)


# ── Maps


def test_quick_maps_wait_for_their_turn_instead_of_being_refused(api, monkeypatch):
    """As they are asked for while a control is dragged: a hundred at once, by a hundred people."""
    paths = [f"/api/maps/basins?resolution=4&steps=20&learning_rate={k / 1000}" for k in range(1, 101)]
    responses, _ = together(api, paths)
    assert {response.status_code for response in responses} == {200}
    monkeypatch.setattr(busy, "maps", busy.most_maps)
    assert api.get(paths[0]).status_code == 200
    error_of(api.get("/api/maps/basins?resolution=256&steps=2000"), 503, None)
    # Held places, and as many waiting as may: nobody else is let in.
    monkeypatch.setattr(busy, "most_maps", 0)
    error_of(api.get(paths[0]), 503, None)
    monkeypatch.setattr(busy, "maps", 0)


# ── Lines


async def in_line(line, works, cancelled=()):
    """Return the numbers of those who waited, in the order in which they had the one place."""
    order = []

    async def one(number, work):
        await line.enter(work)
        order.append(number)
        await asyncio.sleep(0)
        line.leave()

    await line.enter(0)
    tasks = [asyncio.create_task(one(number, work)) for number, work in enumerate(works)]
    await some_rounds()
    for number in cancelled:
        tasks[number].cancel()
    line.leave()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (line.free, len(line)) == (1, 0)
    return order


def test_the_least_work_is_next_and_every_fourth_time_the_longest_wait():
    # Of six that ask for 9, 8, 7, 1, 2 and 3: the three least, then the first, then the least again.
    assert asyncio.run(in_line(Line(1), [9, 8, 7, 1, 2, 3])) == [3, 4, 5, 0, 2, 1]


def test_where_the_newest_are_first_every_fourth_time_it_is_the_longest_wait():
    assert asyncio.run(in_line(Line(1, newest=True), [1] * 7)) == [6, 5, 4, 0, 3, 2, 1]


def test_equal_work_is_done_in_the_order_of_asking():
    assert asyncio.run(in_line(Line(1), [5] * 6)) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("moment", "left"), [(0, [1, 2]), (1, [0, 2])])
def test_who_no_longer_waits_is_left_out_and_costs_no_place(moment, left):
    assert asyncio.run(in_line(Line(1), [1, 2, 3], cancelled=[moment])) == left


def test_a_place_given_in_the_very_moment_of_leaving_is_given_on():
    async def ask():
        line = Line(1)
        await line.enter(0)
        first, second = (asyncio.create_task(line.enter(work)) for work in (1, 2))
        await some_rounds()
        line.leave()
        first.cancel()
        await asyncio.wait_for(second, 5)
        line.leave()
        return line.free

    assert asyncio.run(ask()) == 1


def test_a_line_has_an_end_but_whoever_comes_first_may_wait():
    async def ask():
        line = Line(1, most=10)
        await line.enter(1_000)
        waiting = [asyncio.create_task(line.enter(1_000))]
        await some_rounds()
        with pytest.raises(ApiError) as refused:
            await line.enter(1)
        for _ in waiting:
            line.leave()
        await asyncio.gather(*waiting)
        return refused.value.status, refused.value.hint

    status, hint = asyncio.run(ask())
    assert status == 503
    assert hint


def test_no_number_of_dear_answers_shuts_the_cheap_ones_out():
    one = Busy()
    taken = [admitted(one, MAX_WORK, MAX_POINTS) for _ in range(10)] + [admitted(one, MAX_WORK) for _ in range(1_000)]
    assert taken.count(True) == one.answers == 256
    assert one.points == 4_000_000
    assert admitted(one, 150_000, 20_000)
    assert admitted(one, 121, 21)


def admitted(one, *costs):
    try:
        one.admit(*costs)
    except ApiError as error:
        return error.status != 503
    return True


# ── One measure, one way in


def test_a_small_answer_is_ready_before_the_large_ones_that_were_asked_for_first(api):
    responses, ended = together(api, [*(f"{SEARCH}&seed={k}" for k in range(8)), "/api/descent?steps=20"])
    assert {response.status_code for response in responses} == {200}
    assert ended[0] == 8


@pytest.mark.parametrize(
    "large", ["/api/descent/sweep?steps=60&starts=20", "/api/descent/race?starts=60&run=adam&run=nadam"]
)
def test_a_small_answer_overtakes_whatever_computes(api, large):
    responses, ended = together(api, [*(f"{large}&seed={k}" for k in range(4)), "/api/descent?steps=20"])
    assert {response.status_code for response in responses} == {200}
    assert ended[0] == 4


def test_among_the_large_ones_the_smaller_come_first(api, full, monkeypatch):
    """All of one lane; two places are given once all wait, and of four the last to the longest wait."""
    begun, real = [], responses.records

    def noted(request, *rest):
        begun.append(request.steps)
        yield from real(request, *rest)

    monkeypatch.setattr(responses, "records", noted)
    all_steps = (15_000, 3_000, 12_000, 6_000, 9_000)

    async def ask_all():
        answers = asyncio.gather(*(api.client.get(f"/api/descent?steps={steps}&tolerance=0") for steps in all_steps))
        await until_waiting(5)
        full()
        return await answers

    assert {response.status_code for response in api.runner.run(ask_all())} == {200}
    assert begun == [3_000, 6_000, 9_000, 15_000, 12_000]


async def until(condition):
    for _ in range(5_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it never came")


async def until_waiting(count):
    await until(lambda: sum(map(len, busy.lanes)) == count)


@pytest.mark.parametrize(("path", "maker"), [item for item in COMPUTED.items() if not item[0].startswith("/api/land")])
def test_two_of_a_lane_are_computed_at_once(api, monkeypatch, path, maker):
    under_way, most = 0, 0
    real = getattr(module_of(maker), maker)

    def counted(*arguments, **options):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            yield from real(*arguments)
        finally:
            under_way -= 1

    monkeypatch.setattr(module_of(maker), maker, counted)
    responses, _ = together(api, [f"{path.replace('=50', '=300')}&tolerance=0&seed={k}" for k in range(12)])
    assert {response.status_code for response in responses} == {200}
    assert 1 <= most <= 2


@pytest.mark.parametrize("path", COMPUTED)
def test_what_is_beyond_a_lines_end_is_refused_in_the_one_form(api, full, monkeypatch, path):
    for line in busy.lanes:
        monkeypatch.setattr(line, "most", 0)

    async def ask_all():
        answers = asyncio.gather(*(api.client.get(f"{path}{sign}") for sign in ("", "", "")))
        await until_waiting(1)
        await some_rounds()
        full()
        return await answers

    sign = api.runner.run(ask_all())
    assert sorted(response.status_code for response in sign) == [200, 503, 503]
    for response in sign:
        if response.status_code == 503:
            error_of(response, 503, None)
            assert int(response.headers["retry-after"]) >= 1


@asynccontextmanager
async def asking(api, path, gone):
    """Send a request whose client leaves when the event is set, over ASGI itself; give the task and the answer."""
    sent = []
    body = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive():
        for message in body:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"downhill")],
        "server": ("downhill", 80),
        "client": ("127.0.0.1", 1),
    }
    task = asyncio.create_task(api.app(scope, receive, send))
    try:
        yield task, sent
    finally:
        await task


def test_streams_have_their_turns_one_by_one_and_a_small_answer_comes_between(api, monkeypatch):
    turns = 0
    real = busy.turns.leave

    def counted():
        nonlocal turns
        turns += 1
        real()

    monkeypatch.setattr(busy.turns, "leave", counted)
    stream = "/api/descent/stream?steps=100000&starts=19&tolerance=0&noise=0.1&seed="

    async def among_streams():
        gone = asyncio.Event()
        async with AsyncExitStack() as stack:
            for seed in range(30):
                await stack.enter_async_context(asking(api, f"{stream}{seed}", gone))
            try:
                await until(lambda: busy.answers == 30)
                before = turns
                assert (await api.client.get("/api/descent?steps=20")).status_code == 200
                return turns - before
            finally:
                gone.set()

    # To be read, computed and sent takes some turns of others; one of each stream in every round were hundreds.
    assert api.runner.run(among_streams()) < 30


@pytest.mark.parametrize(("path", "maker"), [*COMPUTED.items(), (PAINTED, "records")])
def test_nothing_is_computed_for_a_client_that_left_while_it_waited(api, full, monkeypatch, path, maker):
    made = []
    real = getattr(module_of(maker), maker)

    def counted(*arguments):
        made.append(arguments)
        return real(*arguments)

    # Generators begin when they are first asked.
    def counted_generator(*arguments):
        made.append(arguments)
        yield from real(*arguments)

    single = maker in ("surface_record", "landscape_record")
    monkeypatch.setattr(module_of(maker), maker, counted if single else counted_generator)

    async def leave():
        gone = asyncio.Event()
        async with asking(api, path, gone) as (task, _):
            await until_waiting(1)
            assert not task.done()
            gone.set()
            await asyncio.wait_for(asyncio.shield(task), 5)
        full()

    api.runner.run(leave())
    assert made == []


def test_nothing_more_is_computed_for_a_client_that_leaves_in_the_middle(api, monkeypatch):
    gone = asyncio.Event()
    seen = []
    real = responses.records

    def telling(wanted):
        for record in real(wanted):
            seen.append(record["kind"])
            if len(seen) == 20:
                gone.set()
            yield record

    monkeypatch.setattr(responses, "records", telling)

    async def leave():
        async with asking(api, "/api/descent?steps=90000&starts=20&tolerance=0&noise=0.1", gone) as (_, sent):
            pass
        return sent

    api.runner.run(leave())
    assert 20 <= len(seen) < 2_000, "the whole answer has some seven thousand records"


def test_the_runs_of_a_race_hold_their_walkers_one_after_the_other(monkeypatch):
    under_way, most = 0, 0
    real = Plan.judged

    def counted(*arguments, **options):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        yield from real(*arguments, **options)
        under_way -= 1

    monkeypatch.setattr(Plan, "judged", counted)
    wanted = make_request(read_query(b"starts=30&steps=50&run=adam&run=nadam&run=adagrad"))
    assert [one["run"] for one in races.race(wanted) if one] == [0, 1, 2, 3]
    assert most == 1


@pytest.mark.parametrize("landscape", ["bowl", "rosenbrock", "pasture-squared"])
def test_a_sweep_is_counted_with_all_the_rates_that_it_tries(landscape):
    wanted = make_request({"landscape": landscape, "steps": 2})
    (swept,) = filter(None, races.sweep(wanted))
    assert races.sweep_tries(wanted) == len(swept["learning_rate"])


# ── Pages


def test_a_page_beyond_the_line_comes_at_once_without_its_walk(api, full, monkeypatch):
    # The picture's own lane is another one, which has places.
    monkeypatch.setattr(pages, "_DRAWN", 10)
    busy.lanes[0].free = 2
    paths = [f"{PAINTED}&seed={k}" for k in range(15)]
    ended = []

    async def record(path):
        response = await api.client.get(path)
        ended.append(path)
        return response

    async def ask_all():
        answers = asyncio.gather(*map(record, paths))
        # 200 000 evaluations may wait: ten times 19 001 steps and what a walk costs besides.
        await until(lambda: len(ended) == 5)
        early = list(ended)
        for _ in range(2):
            for line in busy.lanes[1:]:
                line.leave()
        return early, await answers

    early, responses = api.runner.run(ask_all())
    assert {response.status_code for response in responses} == {200}
    drawn = ['class="trail' in response.text for response in responses]
    assert sum(drawn) == 10
    assert {path for path, walk in zip(paths, drawn, strict=True) if not walk} == set(early)
    bare = responses[drawn.index(False)].text
    assert re.search(r'class="(band|begin)', bare)
    assert 'class="notice"' not in bare


def test_a_page_that_is_refused_is_a_page_and_says_when_to_come_back(api, monkeypatch):
    monkeypatch.setattr(busy, "most_answers", 0)
    response = api.get("/?steps=5", headers={"accept": "text/html"})
    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/html")
    assert int(response.headers["retry-after"]) >= 1


# ── What is kept

KEPT = ["/", "/lessons", "/docs", "/openapi.json", "/two-dimensions", "/examples", "/lessons/by-hand"]


@pytest.fixture
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept, "_kept", {})


@pytest.mark.usefixtures("nothing_kept")
@pytest.mark.parametrize("path", KEPT)
def test_what_is_the_same_for_everybody_is_made_once(api, monkeypatch, path):
    made = []

    def counted(real, *arguments, **options):
        made.append(arguments)
        return real(*arguments, **options)

    for module, name in ((pages, "page"), (main, "JSONResponse")):
        monkeypatch.setattr(module, name, partial(counted, getattr(module, name)))
    responses, _ = together(api, [path] * 8)
    assert len({response.content for response in responses}) == 1
    assert len(made) == 1
    tag = responses[0].headers["etag"]
    again = api.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert len(made) == 1


@pytest.mark.parametrize("path", KEPT)
def test_what_is_kept_is_sent_as_the_client_wants_it(api, path):
    plain, packed = (api.get(path, headers={"accept-encoding": one}) for one in ("identity", "gzip"))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    # httpx has unpacked it by now.
    assert packed.content == plain.content
    for response in (plain, packed):
        assert response.headers["vary"].lower().count("accept-encoding") == 1
        assert response.headers["etag"] == plain.headers["etag"]
    assert int(packed.headers["content-length"]) == len(gzip.compress(plain.content, 9, mtime=0))


ENCODINGS = {
    "gzip": True,
    "GZip": True,
    "br, gzip": True,
    "gzip;q=0.5": True,
    "deflate, gzip; q=1.0": True,
    "*": True,
    "*;q=0, gzip": True,
    "": False,
    "br": False,
    "identity": False,
    "gzip;q=0": False,
    "gzip; q=0.000, br": False,
    "br, *;q=0": False,
    "gzip;q=0, *": False,
    "gzip;q=none": False,
}


@pytest.mark.parametrize(("header", "allowed"), ENCODINGS.items())
def test_gzip_is_sent_to_those_who_allow_it(header, allowed):
    assert accepts_gzip(header) == allowed


@pytest.mark.parametrize(
    "path", ["/", "/?steps=5", "/api/landscapes", "/api/landscapes/peaks/surface", "/api/descent", "/docs"]
)
def test_who_forbids_gzip_gets_none(api, path):
    for header in ("gzip;q=0", "identity, gzip;q=0.0"):
        assert "content-encoding" not in api.get(path, headers={"accept-encoding": header}).headers
    response = api.get(path, headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in response.headers["vary"].lower()


@pytest.mark.usefixtures("nothing_kept")
def test_a_page_that_came_without_its_walk_is_not_kept(api, monkeypatch):
    async def refused(*arguments):
        raise ApiError("The server is busy.", status=503)

    with monkeypatch.context() as during:
        during.setattr(pages, "collect", refused)
        assert 'class="trail' not in api.get("/").text
    assert 'class="trail' in api.get("/").text


@pytest.mark.usefixtures("nothing_kept")
def test_names_that_clients_give_the_server_do_not_fill_its_memory(api, monkeypatch):
    monkeypatch.setattr(kept, "_MOST", 3)
    for k in range(6):
        response = api.get("/docs", headers={"host": f"host-{k}"})
        assert f"http://host-{k}/api/descent" in response.text
    assert len(kept._kept) == 3


def test_a_surface_is_the_same_numbers_compressed_or_not(api):
    path = "/api/landscapes/peaks/surface?resolution=30"
    plain, packed = (api.get(path, headers={"accept-encoding": one}) for one in ("identity", "gzip"))
    assert read(plain.content) == read(packed.content)
    assert plain.headers["etag"] == packed.headers["etag"]


# ── What takes long holds nobody up


@pytest.mark.parametrize(
    ("path", "module", "maker"),
    [
        ("/api/descent/surface?landscape=network-xor&resolution=9&relief=1", descent, "surface_record"),
        ("/api/descent/surface?landscape=peaks&resolution=9", descent, "surface_record"),
        ("/api/landscapes/network-xor/surface?resolution=9&relief=1", registries, "surface_record"),
        ("/api/landscapes/bumps?shape=0.31", registries, "landscape_record"),
    ],
)
def test_what_cannot_be_interrupted_is_drawn_beside_the_loop(api, monkeypatch, path, module, maker):
    real, threads = getattr(module, maker), []

    def told(*arguments):
        threads.append(threading.get_ident())
        return real(*arguments)

    monkeypatch.setattr(module, maker, told)
    assert api.get(path).status_code == 200
    (drawn,) = threads
    assert drawn != threading.get_ident()


def test_a_page_of_a_network_lets_others_have_their_turn_while_its_ground_is_walked(api, monkeypatch):
    monkeypatch.setattr(planes, "_kept", planes._Kept())
    monkeypatch.setattr(responses, "_TURN", 0)
    real, rounds, seen = planes.first_walk, 0, []

    def counted(*arguments):
        walk = real(*arguments)
        while True:
            try:
                next(walk)
            except StopIteration as end:
                return end.value
            seen.append(rounds)
            yield

    async def ask():
        nonlocal rounds
        page = asyncio.create_task(api.client.get("/?landscape=network-moons&steps=4000&tolerance=0"))
        while not page.done():
            await asyncio.sleep(0)
            rounds += 1
        return page.result()

    monkeypatch.setattr(planes, "first_walk", counted)
    page = api.runner.run(ask())
    assert page.status_code == 200
    assert len(seen) > 50
    # Between any two pieces everybody else has been asked.
    assert len(set(seen)) == len(seen)
    assert 'class="band' in page.text


@pytest.mark.parametrize("busy_now", [False, True])
def test_a_page_whose_ground_takes_too_long_opens_without_it(api, monkeypatch, busy_now):
    monkeypatch.setattr(planes, "_kept", planes._Kept())
    monkeypatch.setattr(planes, "first_walk", lambda *_: pytest.fail("nobody waits for this"))
    if busy_now:

        async def refused(*_):
            raise ApiError("The server is busy.", status=503)

        monkeypatch.setattr(pages, "found_in_turns", refused)
    page = api.get(f"/?landscape=network-moons&tolerance=0&steps={4000 if busy_now else 100000}")
    assert page.status_code == 200
    first = page.text.partition('id="first"')[2].partition("</div>")[0]
    assert 'class="band' not in first
    # The start is where it will be: a quarter from the left, half-way up.
    assert re.search(r'class="dot begin c0" d="M150.0 300.0', first)
