"""Requests of what is typed come in one by one: the newest first, and all others as if there were none of them."""

import asyncio
from itertools import pairwise

import pytest

from app.web import entrance
from app.web.entrance import Entrance

TYPED = {"type": "http", "path": "/api/descent", "query_string": b"steps=3&formula=x%5E2"}
PLAIN = {"type": "http", "path": "/api/descent", "query_string": b"landscape=bowl"}


class Inside:
    """An application that keeps what comes to it, in order."""

    def __init__(self):
        self.came, self.messages = [], []

    async def __call__(self, scope, receive, send):
        self.came.append(scope["number"])
        self.messages.append(await receive())


class Refused:
    """The answers of requests that are told to come again."""

    def __init__(self):
        self.told = []

    def __call__(self, request):
        async def answer(scope, receive, send):
            self.told.append(scope["number"])

        return answer


def client(*messages):
    """What a client sends, and then that it is gone."""
    left = [*messages, {"type": "http.disconnect"}]

    async def receive():
        return left.pop(0)

    return receive


THERE = {"type": "http.request", "body": b"", "more_body": False}


async def ask(door, number, scope=TYPED, *messages):
    await door(scope | {"number": number}, client(*messages), None)


def asked(scopes, *messages):
    """Which came in, in this order, what they read, and who was refused."""
    inside, refused = Inside(), Refused()

    async def everyone():
        door = Entrance(inside, refused)
        await asyncio.gather(*(ask(door, number, scope, *messages) for number, scope in enumerate(scopes)))
        assert door._pacing is None or await door._pacing is None

    asyncio.run(everyone())
    return inside.came, inside.messages, refused.told


def test_the_newest_is_first_and_every_fourth_time_whoever_has_waited_longest():
    came, messages, refused = asked([TYPED] * 8, THERE)
    assert came == [7, 6, 5, 0, 4, 3, 2, 1]
    assert messages == [THERE] * 8
    assert refused == []


@pytest.mark.parametrize(
    "typed",
    [
        {"query_string": b"rule=point_next%20=%200"},
        {"query_string": b"text=x", "path": "/api/formula"},
        {"query_string": b"text=x", "path": "/behind/a/prefix/api/rule"},
        {"query_string": b"run=adam&run=rule:x&formula=x"},
    ],
)
def test_whatever_else_is_asked_for_comes_in_before_all_that_is_typed(typed):
    came, _, _ = asked([TYPED, PLAIN | typed, PLAIN, PLAIN, {**PLAIN, "type": "lifespan"}], THERE)
    assert came[:3] == [2, 3, 4]
    assert sorted(came[3:]) == [0, 1]


def test_whoever_has_left_meanwhile_does_not_come_in():
    assert asked([TYPED] * 5) == ([], [], [])


def test_what_comes_after_the_first_message_is_read_as_it_comes():
    read = []

    async def inside(scope, receive, send):
        read.extend([await receive(), await receive(), await receive()])

    more = {**THERE, "body": b"a", "more_body": True}
    asyncio.run(ask(Entrance(inside, Refused()), 0, TYPED, more, THERE))
    assert read == [more, THERE, {"type": "http.disconnect"}]


def test_of_too_many_whoever_has_waited_longest_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(entrance, "_WAITING", 3)
    came, _, refused = asked([TYPED] * 5, THERE)
    assert refused == [0, 1]
    assert came == [4, 3, 2]


def test_a_request_that_is_given_up_by_the_server_keeps_nobody_waiting():
    inside = Inside()

    async def everyone():
        door = Entrance(inside, Refused())
        first, second = (asyncio.create_task(ask(door, number, TYPED, THERE)) for number in range(2))
        await asyncio.sleep(0)
        second.cancel()
        await first
        with pytest.raises(asyncio.CancelledError):
            await second
        await door._pacing

    asyncio.run(everyone())
    assert inside.came == [0]


def test_between_two_of_them_all_others_have_as_much_time(monkeypatch):
    """Of a loop on which each of them takes 5 ms, half is left."""
    given = []

    async def inside(scope, receive, send):
        loop = asyncio.get_running_loop()
        since = loop.time()
        while loop.time() - since < 0.005:
            pass
        given.append((since, loop.time()))

    async def everyone():
        door = Entrance(inside, Refused())
        await asyncio.gather(*(ask(door, number, TYPED, THERE) for number in range(6)))

    asyncio.run(everyone())
    pauses = [later[0] - before[1] for before, later in pairwise(given)]
    assert min(pauses) > 0.004
