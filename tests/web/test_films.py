"""Films over HTTP: limits, progress, how many at once, and what becomes of those for whom nobody waits any more."""

import asyncio
import base64
from concurrent.futures import Future

import pytest

from app.exports import work
from app.exports.films.making import Piece
from app.exports.table import EXPORTS
from app.exports.work import ForgottenError, Sent
from app.maps.processes import LostWorkerError
from app.request.errors import ApiError
from app.web.filming import Films
from app.web.limits import Busy
from tests.exports.taking import taken
from tests.web.asking import error_of, lines, wait_until

SMALL = "width=240&height=240&frames=12&seconds=1"
FILMS = [file for file in EXPORTS if EXPORTS[file].filmed]


@pytest.mark.parametrize("file", FILMS)
def test_a_film_tells_how_much_of_it_is_made_and_is_the_same(api, file):
    path = f"/api/export/{file}?landscape=bowl&{SMALL}"
    plain = api.get(path)
    answer = api.get(f"{path}&progress=1")
    assert answer.headers["content-type"] == "application/x-ndjson"
    *told, last = lines(answer.content)
    assert {record["kind"] for record in told} == {"progress"}
    shares = [record["progress"] for record in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1
    name = f"downhill-bowl-momentum-{file}"
    assert last == {
        "kind": "file",
        "name": name,
        "media_type": EXPORTS[file].media_type,
        "content": base64.b64encode(plain.content).decode(),
    }


@pytest.mark.parametrize(
    ("file", "wrong", "key", "limit"),
    [
        ("walk.gif", "width=1001", "width", "1000"),
        ("walk.gif", "frames=301", "frames", "300"),
        ("walk.gif", "frames=9", "frames", "10"),
        ("walk.mp4", "seconds=21", "seconds", "20"),
        ("walk.mp4", "height=1922", "height", "1920"),
        ("walk.webm", "width=641", "width", "even"),
        ("walk.mp4", "height=361", "height", "even"),
        ("walk.gif", "frames=51&seconds=1", "frames", "frames up to 50"),
        ("walk.webm", "frames=121&seconds=2", "frames", "frames up to 120"),
        ("walk.gif", "with=los", "with", "loss"),
    ],
)
def test_what_is_too_much_is_refused_with_the_limit(api, file, wrong, key, limit):
    error = error_of(api.get(f"/api/export/{file}?{wrong}"), 422, key)
    assert limit in error["message"] + error["hint"]


def test_as_many_frames_as_the_seconds_have_room_for_are_made(api):
    assert api.get("/api/export/walk.gif?width=240&height=240&frames=50&seconds=1").status_code == 200


def test_the_description_tells_what_each_film_reads(api):
    document = api.get("/openapi.json").json()
    for file in FILMS:
        keys = {one["name"]: one["schema"] for one in document["paths"][f"/api/export/{file}"]["get"]["parameters"]}
        assert keys["width"]["maximum"] == EXPORTS[file].option("width").high
        assert keys["width"].get("multipleOf") == (None if file == "walk.gif" else 2)
    assert {"FileProgress", "FileRecord"} <= set(document["components"]["schemas"])


# ── how many, and for whom


class Held:
    """An executor whose work is done when it is told to, and which knows what it was asked for."""

    def __init__(self):
        self.asked = []

    def submit(self, function, *arguments):
        future = Future()
        self.asked.append((function.__name__, future))
        return future

    def answer(self, value=None):
        self._next().set_result(value)

    def lose(self, error=LostWorkerError):
        self._next().set_exception(error("it died"))

    def _next(self):
        return next(future for _, future in self.asked if not future.done())

    @property
    def names(self):
        return [name for name, _ in self.asked]

    def shutdown(self):
        for _, future in self.asked:
            future.cancel()
            future.set_running_or_notify_cancel()


@pytest.fixture
def held(api):
    """What makes the films of the application, one at a time, while one more may wait."""
    executor, before = Held(), api.app.state.films
    api.app.state.films = Films(lambda: executor, places=1, waiting=1)
    yield executor
    api.app.state.films = before


class Client:
    """A request whose client stays for so many looks."""

    def __init__(self, looks):
        self.looks = looks

    async def is_disconnected(self):
        self.looks -= 1
        return self.looks < 0


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def sent():
    return Sent.of("walk.gif", taken({"landscape": "bowl", "steps": 5}))


def test_for_a_client_that_leaves_nothing_more_is_made():
    async def ask():
        executor = Held()
        films = Films(lambda: executor)

        async def all_of():
            return [piece async for piece in films.pieces(sent(), Client(2))]

        coming = asyncio.ensure_future(all_of())
        for value in (None, Piece(0.1), Piece(0.2)):
            await settle()
            executor.answer(value)
        with pytest.raises(ApiError) as left:
            await coming
        return left.value.status, executor.names

    status, names = asyncio.run(ask())
    assert status == 499
    # One look is before it begins, and one after each piece: the second one finds nobody.
    assert names == ["begin", "go_on", "go_on", "drop"]


def test_a_stream_that_is_closed_has_nothing_more_made():
    async def ask():
        executor = Held()
        films = Films(lambda: executor)
        pieces = films.pieces(sent(), None)
        first = asyncio.ensure_future(anext(pieces))
        for value in (None, Piece(0.1)):
            await settle()
            executor.answer(value)
        assert await first == Piece(0.1)
        await pieces.aclose()
        return executor.names

    assert asyncio.run(ask()) == ["begin", "go_on", "drop"]


def test_a_film_that_is_dropped_is_made_no_further():
    made = []

    def pieces(taken):
        for count in range(1000):
            made.append(count)
            yield Piece(count / 1000)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work, "_BATCH", 0.0)
        row = EXPORTS["walk.gif"]
        patch.setitem(work.EXPORTS, "walk.gif", row.__class__(**{**vars(row), "filmed": pieces}))
        work.begin(-7, sent())
        work.go_on(-7, encoded=False)
        work.drop(-7)
        with pytest.raises(ForgottenError):
            work.go_on(-7, encoded=False)
    assert len(made) == 1


def test_more_films_than_there_is_room_for_are_refused_and_the_others_come(api, held):
    async def ask():
        path = f"/api/export/walk.gif?landscape=bowl&{SMALL}"
        coming = [asyncio.ensure_future(api.client.get(path)) for _ in range(2)]
        while not held.asked:
            await asyncio.sleep(0.01)
        while api.app.state.films._room.free:
            await asyncio.sleep(0.01)
        refused = await api.client.get(path)
        for answered in coming:
            while len(held.asked) % 3 != 1:
                await asyncio.sleep(0.01)
            held.answer()
            while len(held.asked) % 3 != 2:
                await asyncio.sleep(0.01)
            held.answer(Piece(1.0, b"a film"))
            assert (await answered).content == b"a film"
            held.answer()
        return refused

    refused = api.runner.run(ask())
    error_of(refused, 503, None)
    assert int(refused.headers["retry-after"]) >= 1
    assert api.app.state.films._room.free == 2


@pytest.mark.parametrize("error", [LostWorkerError, ForgottenError])
@pytest.mark.parametrize("progress", [0, 1])
def test_whose_process_dies_is_told(api, held, error, progress):
    async def ask():
        coming = asyncio.ensure_future(
            api.client.get(f"/api/export/walk.mp4?landscape=bowl&{SMALL}&progress={progress}")
        )
        while not held.asked:
            await asyncio.sleep(0.01)
        held.lose(error)
        return await coming

    answer = api.runner.run(ask())
    if progress:
        assert lines(answer.content)[-1] == {"kind": "error", "message": "The film could not be made."}
    else:
        error_of(answer, 503, None)
    assert api.app.state.films._room.free == 2


def test_what_fails_half_way_is_told_in_the_last_line(api, held):
    async def ask():
        coming = asyncio.ensure_future(api.client.get(f"/api/export/walk.gif?landscape=bowl&{SMALL}&progress=1"))
        while not held.asked:
            await asyncio.sleep(0.01)
        held.lose(ZeroDivisionError)
        return await coming

    assert lines(api.runner.run(ask()).content)[-1]["kind"] == "error"


def test_who_waits_when_the_server_ends_is_told():
    async def ask():
        executor = Held()
        films = Films(lambda: executor)
        coming = asyncio.ensure_future(anext(films.pieces(sent(), None)))
        await settle()
        films.close()
        with pytest.raises(ApiError) as ended:
            await coming
        with pytest.raises(ApiError):
            await anext(films.pieces(sent(), None))
        return ended.value.status

    assert asyncio.run(ask()) == 503


def test_a_film_is_counted_until_it_is_sent_and_no_longer():
    films, busy = Films(Held, places=1, waiting=0), Busy()
    with busy.admit(0) as admission:
        films.admit(admission)
        with busy.admit(0) as other, pytest.raises(ApiError):
            films.admit(other)
    with busy.admit(0) as admission:
        films.admit(admission)


# ── a server of its own


def test_who_leaves_a_servers_film_leaves_room_for_the_next(live):
    long = "landscape=himmelblau&width=1920&height=1920&frames=300&seconds=20"
    request = f"GET /api/export/walk.mp4?{long} HTTP/1.1\r\nHost: downhill\r\n\r\n"
    left = [live.open(request) for _ in range(8)]
    wait_until(lambda: live.under_way == 8, 20)
    assert live.client.get(f"/api/export/walk.gif?{SMALL}").status_code == 503
    for one in left:
        one.close()
    wait_until(lambda: live.under_way == 0, 20)
    answer = live.client.get(f"/api/export/walk.gif?{SMALL}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"GIF89a")
