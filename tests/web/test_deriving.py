"""What is typed is derived beside the loop, with a limit, and whoever waits for a process that dies is told."""

import asyncio
import multiprocessing
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlencode

import numpy as np
import psutil
import pytest

from app.descent.formulas import formula as formulas
from app.descent.judging import crossings
from app.descent.landscapes.planes import last_of
from app.descent.optimizers import own_rule, rules
from app.main import create_app
from app.maps.pool import Pool, Workers
from app.maps.processes import LostWorkerError, Processes
from app.request import typed
from app.request.typed import DerivedFormula, TypedFormula, TypedRule, UnderivedError, derive, elsewhere
from app.web import deriving, pages
from app.web.deriving import Deriver
from tests.calls import begin, derive_without_end, die_deriving
from tests.web.asking import Api, Server, error_of, lines, wait_until

MOMENTUM = "velocity_next = momentum*velocity + gradient; point_next = point - learning_rate*velocity_next"
NEVER = "the loop derives nothing"


class Elsewhere:
    """An executor that answers when it is told to, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.futures = [], []

    def submit(self, function, what):
        future = Future()
        self.asked.append(what)
        self.futures.append((future, function))
        return future

    def answer(self):
        future, function = self.futures.pop(0)
        future.set_result(function(self.asked.pop(0)))

    def lose(self):
        self.asked.pop(0)
        self.futures.pop(0)[0].set_exception(LostWorkerError("it died"))

    def shutdown(self):
        for future, _ in self.futures:
            future.cancel()
            future.set_running_or_notify_cancel()


@pytest.fixture
def other(monkeypatch):
    """The other process, which answers when it is told to."""
    monkeypatch.setattr(typed, "_known", typed.Memory(typed._ROOM))
    return Elsewhere()


@pytest.fixture
def api(other):
    app = create_app()
    executor = ThreadPoolExecutor(1)
    app.state.pool = Pool(lambda: Workers(executor, 1, executor.shutdown))
    app.state.deriver = Deriver(lambda: other)
    one = Api(app)
    yield one
    one.close()
    if app.state.deriver:
        app.state.deriver.close()
    app.state.pool.close()


def asking(api, path, **keys):
    return asyncio.ensure_future(api.client.get(f"{path}?{urlencode(keys)}"))


async def until(condition):
    """Let the loop go round until it holds; so long it never takes."""
    loop = asyncio.get_running_loop()
    since = loop.time()
    while not condition():
        assert loop.time() - since < 60, "it never came to that"
        await asyncio.sleep(0)


# ── Beside the loop


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/api/descent", {"formula": "x^2 + y^2/7"}),
        ("/api/descent/stream", {"formula": "x^2 + y^2/7"}),
        ("/api/descent/surface", {"formula": "x^2 + y^2/7"}),
        ("/api/descent/steps", {"formula": "x^2 + y^2/7"}),
        ("/api/descent/sweep", {"formula": "x^2 + y^2/7", "steps": 5}),
        ("/api/maps/basins", {"formula": "x^2 + y^2/7", "resolution": 2, "steps": 5}),
        ("/api/formula", {"text": "x^2 + y^2/7"}),
        ("/api/formula", {"text": "x^2 + sinx"}),
        ("/api/rule", {"text": MOMENTUM, "hyperparameters": "momentum:0.9"}),
        ("/api/descent", {"rule": MOMENTUM, "hyperparameters": "momentum:0.9"}),
        ("/api/descent", {"run": f"rule:{MOMENTUM},hyperparameters:momentum:0.9"}),
        ("/", {"formula": "x^2 + y^2/7"}),
        ("/", {"formula": "x^2 + sinx"}),
        ("/", {"rule": MOMENTUM}),
    ],
)
def test_what_is_typed_is_derived_elsewhere_while_the_loop_answers_others(api, other, monkeypatch, path, keys):
    def never(*arguments):
        raise AssertionError(NEVER)

    async def play():
        answer, asked = asking(api, path, **keys), 0
        await until(lambda: other.asked)
        while not answer.done():
            with monkeypatch.context() as here:
                # Nothing of it happens here while it is waited for.
                for name in ("compiled", "propose", "typed_optimizer"):
                    here.setattr(typed, name, never)
                plain = await api.client.get("/api/descent?landscape=quadratic&steps=3")
                assert plain.status_code == 200
            assert not answer.done()
            asked += 1
            other.answer()
            await until(lambda: other.asked or answer.done() or not other.futures)
            for _ in range(2_000):
                if answer.done() or other.asked:
                    break
                await asyncio.sleep(0.001)
        return await answer, asked

    answer, asked = api.runner.run(play())
    assert answer.status_code in (200, 422)
    assert asked >= 1
    assert NEVER not in answer.text


def test_a_text_that_is_known_is_not_asked_for_again(api, other):
    async def play():
        first = asking(api, "/api/descent", formula="x^2 + y^2/9", steps=3)
        await until(lambda: other.asked)
        other.answer()
        return await first, await asking(api, "/api/descent", formula="x^2 + y^2/9", steps=3)

    first, again = api.runner.run(play())
    assert first.content == again.content
    assert not other.asked


def test_an_error_is_remembered_as_well(api, other):
    async def play():
        first = asking(api, "/api/descent", formula="x^2 + sinx")
        await until(lambda: other.asked)
        other.answer()
        return await first, await asking(api, "/api/descent", formula="x^2 + sinx")

    first, again = api.runner.run(play())
    assert error_of(first, 422, "formula") == error_of(again, 422, "formula")
    assert not other.asked


def test_what_is_at_hand_is_enough_though_nothing_could_be_kept(api, other, monkeypatch):
    monkeypatch.setattr(typed, "_known", typed.Memory(0))

    async def play():
        rules = [f"rule:point_next = point - learning_rate*gradient/{index}" for index in (2, 3, 4)]
        pairs = [("formula", "x^2 + y^2/3"), ("steps", 3), *(("run", rule) for rule in rules)]
        answer = asyncio.ensure_future(api.client.get(f"/api/descent?{urlencode(pairs)}"))
        asked = []
        while not answer.done():
            await asyncio.sleep(0.001)
            if other.asked:
                asked.append(other.asked[0])
                other.answer()
        return await answer, asked

    answer, asked = api.runner.run(play())
    assert answer.status_code == 200
    assert len(asked) == len(set(asked)) == 4


def test_too_many_texts_at_once_are_told_to_come_again(api, other):
    async def play():
        answers = [asking(api, "/api/formula", text=f"x^2 + {index}") for index in range(300)]
        await until(lambda: any(answer.done() for answer in answers))
        refused = [await answer for answer in answers if answer.done()]
        while not all(answer.done() for answer in answers):
            await asyncio.sleep(0.001)
            if other.asked:
                other.answer()
        return refused, [await answer for answer in answers]

    refused, answers = api.runner.run(play())
    for answer in refused:
        error_of(answer, 503)
        assert answer.headers["retry-after"]
    codes = [answer.status_code for answer in answers]
    assert set(codes) == {200, 503}
    assert codes.count(200) > 250


def test_of_many_who_type_the_last_letters_are_answered_and_the_longest_wait_too(api, other):
    """With each letter somebody leaves and comes again: were the longest wait first, nobody would have an answer."""

    async def play():
        first = asking(api, "/api/formula", text="x^2")
        await until(lambda: other.asked)
        waiting = []
        for index in range(20):
            waiting.append(asking(api, "/api/formula", text=f"x^2 + {index}"))
            await until(lambda index=index: len(api.app.state.deriver._line) == index + 1)
        order = []
        while not all(answer.done() for answer in (first, *waiting)):
            await asyncio.sleep(0.001)
            if other.asked:
                order.append(other.asked[0].text)
                other.answer()
        return order

    order = api.runner.run(play())
    assert order[:5] == ["x^2", "x^2 + 19", "x^2 + 18", "x^2 + 17", "x^2 + 0"]
    assert len(order) == 21


def test_a_text_that_many_wait_for_is_derived_once(api, other):
    async def play():
        answers, asked = [asking(api, "/api/formula", text="x^2 + y^2/17") for _ in range(30)], 0
        while not all(answer.done() for answer in answers):
            await asyncio.sleep(0.001)
            if other.asked:
                asked += 1
                other.answer()
        return [await answer for answer in answers], asked

    answers, asked = api.runner.run(play())
    assert asked == 1
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}


def test_who_has_left_before_the_turn_comes_is_not_looked_into(api):
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/descent",
        "raw_path": b"/api/descent",
        "query_string": b"formula=x^2",
        "headers": [],
        "http_version": "1.1",
        "scheme": "http",
        "server": ("downhill", 80),
        "client": ("127.0.0.1", 1),
        "root_path": "",
    }
    sent, asked, here = [], [], True

    async def receive():
        asked.append(here)
        if here and len(asked) > 1:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False} if here else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message["type"])

    async def play():
        nonlocal here
        asked.clear()
        answer = asyncio.ensure_future(api.app(scope, receive, send))
        # The loop hears of it while the request stands in line.
        await asyncio.sleep(0)
        here = False
        await answer

    api.app.state.deriver = None
    api.runner.run(asyncio.wait_for(api.app(scope, receive, send), 30))
    assert sent[0] == "http.response.start"
    sent.clear()
    api.runner.run(asyncio.wait_for(play(), 30))
    assert sent == []


def test_what_is_kept_of_what_was_typed_is_bounded_with_its_points():
    few, many = derive(TypedFormula("x^2 + y^2")), derive(TypedFormula("sin(3x)*sin(3y)"))
    assert len(many.stationary_points) > 10
    assert many.size - many.formula.size > few.size - few.formula.size + 100 * len(many.stationary_points)


def test_a_page_of_what_was_typed_is_drawn_beside_the_loop(api, monkeypatch):
    drawing, go_on = threading.Event(), threading.Event()
    draw = pages.picture_on

    def slowly(*arguments):
        drawing.set()
        assert go_on.wait(30)
        return draw(*arguments)

    api.app.state.deriver = None

    async def play():
        with monkeypatch.context() as here:
            here.setattr(pages, "picture_on", slowly)
            page = asking(api, "/", formula="x^2 + y^2/3")
            while not drawing.is_set():
                await asyncio.sleep(0.001)
            plain = await api.client.get("/api/descent?landscape=quadratic&steps=3")
            assert not page.done()
            go_on.set()
            return plain, await page

    plain, page = api.runner.run(play())
    assert (plain.status_code, page.status_code) == (200, 200)


# ── A process that dies, or does not answer


def test_a_worker_that_dies_is_told_and_the_next_text_is_derived(api, other):
    async def play():
        first = asking(api, "/api/descent", formula="x^2 + y^2/11")
        await until(lambda: other.asked)
        other.lose()
        lost = await first
        second = asking(api, "/api/descent", formula="x^2 + y^2/11")
        await until(lambda: other.asked)
        other.answer()
        return lost, await second

    lost, second = api.runner.run(play())
    assert error_of(lost, 503)["hint"] == "Try again in a second."
    assert lost.headers["retry-after"]
    assert second.status_code == 200


def test_who_waits_when_the_server_ends_is_told(api, other):
    async def play():
        answers = [asking(api, "/api/formula", text=f"x^2 + {index}") for index in range(3)]
        await until(lambda: other.asked)
        api.app.state.deriver.close()
        return [await answer for answer in answers]

    for answer in api.runner.run(play()):
        error_of(answer, 503)


@pytest.mark.parametrize(
    ("function", "patience", "why"),
    [(derive_without_end, 0.3, "it did not answer for 0.3 s"), (die_deriving, 30.0, "it died of SIGKILL")],
)
def test_no_text_outlives_its_limit_and_no_death_is_a_500(api, monkeypatch, caplog, function, patience, why):
    context = multiprocessing.get_context("forkserver")
    processes = Processes(1, context, begin, patience, work="derives what is typed")
    api.app.state.deriver = Deriver(lambda: processes)
    with monkeypatch.context() as here:
        here.setattr(deriving, "derive", function)
        error_of(api.get("/api/formula?text=x^2"), 503)
    assert f"A process that derives what is typed was lost: {why}" in caplog.messages[-1]


# ── What is sent


def test_what_is_derived_elsewhere_is_what_is_derived_here():
    context = multiprocessing.get_context("forkserver")
    processes = Processes(1, context, begin)
    try:
        for asked in (
            TypedFormula("a*x^2 + |y|", (("a", 2.0),), (-1.0, 1.0, -2.0, 2.0)),
            TypedFormula("log(x)"),
            TypedFormula("sinx"),
            TypedRule(MOMENTUM, (("momentum", 0.9),)),
            TypedRule(MOMENTUM),
        ):
            there, here = processes.submit(derive, asked).result(30), derive(asked)
            assert there == here
            if isinstance(here, DerivedFormula):
                assert there.made() == here.made()
                assert there.made().at().stationary_points == here.stationary_points
    finally:
        processes.shutdown()


def test_nothing_is_compiled_here_that_was_compiled_there(monkeypatch):
    formula, rule = derive(TypedFormula("x^2*y^2 + sin(x*y)/3")), derive(TypedRule(MOMENTUM, (("momentum", 0.5),)))
    for module, name in ((formulas, "_codes"), (rules, "codes"), (own_rule, "codes"), (own_rule, "_sources")):
        monkeypatch.setattr(module, name, typed.Memory(1_000_000))
    monkeypatch.setattr(own_rule, "codes", rules.codes)
    monkeypatch.setattr("builtins.compile", lambda *arguments: pytest.fail("something is compiled"))
    monkeypatch.setattr(own_rule.OwnRule, "source", lambda *arguments: pytest.fail("something is written"))
    landscape, optimizer = formula.made(), rule.made()
    assert landscape.at().floats.loss(1.0, 0.0) == 0.0
    update = optimizer.rule.bind(**optimizer.values({})).floats
    assert update(2.0, 0.0, None, 0.5, 1.0, 1.0)[:2] == (0.0, 1.0)


def test_the_basins_of_a_formula_are_found_elsewhere_as_well(monkeypatch):
    asked = TypedFormula("(x^2 - 1)^2 + y^2/3")
    derived = derive(asked)
    monkeypatch.setattr(crossings, "_known", {})
    landscape = derived.made()
    basins = crossings.basins_of(landscape.at(), "minimize")
    here = last_of(basins.found_cells())
    monkeypatch.setattr(crossings.Basins, "found_cells", lambda self: pytest.fail("the grid is found here"))
    assert last_of(basins.labels(np.array([-0.5, 0.5, 0.9]), np.array([0.1, 0.1, -0.2]))).tolist() == [0, 1, 1]
    np.testing.assert_array_equal(basins._cells, here)
    # Of one that takes long it is found with the first walk, in turns with all else.
    long = "*".join(f"(cos({k}x + y))" for k in range(1, 19))
    assert derive(TypedFormula(long, (), (-2.7, 3.1, -2.8, 3.0))).cells is None


def test_elsewhere_nothing_is_derived_here(monkeypatch):
    monkeypatch.setattr(typed, "_known", typed.Memory(typed._ROOM))
    asked = TypedFormula("x^2 + 5*y^2")
    with elsewhere({}):
        with pytest.raises(UnderivedError) as unknown:
            typed.landscape_of_formula(asked.text)
        assert unknown.value.typed == asked
    with elsewhere({asked: derive(asked)}):
        assert typed.landscape_of_formula(asked.text).dimensions == 2


@pytest.fixture
def server(tmp_path):
    # One of its own: those who count the processes of the shared one count those that compute maps.
    one = Server(tmp_path / "log.txt")
    yield one
    one.stop()


def test_a_server_derives_what_is_typed_and_ends_with_its_process(server):
    parent = psutil.Process(server.process.pid)
    wait_until(lambda: server.client.get("/healthz").json()["maps"]["status"] == "ok", 30)
    before = set(parent.children(recursive=True))
    first = lines(server.client.get("/api/descent/stream?formula=a*x^2%2By^2/13&steps=3").content)[0]
    assert first["landscape"]["constants"][0]["name"] == "a"
    error_of(server.client.get("/api/formula?text=sinx"), 422, "text")
    (process,) = set(parent.children(recursive=True)) - before
    process.kill()
    wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, 10)
    # Whoever asks next is told, or has it from another process.
    wait_until(lambda: server.client.get("/api/formula?text=x^2%2By^4").status_code == 200, 10)
    children = parent.children(recursive=True)
    server.stop()
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
