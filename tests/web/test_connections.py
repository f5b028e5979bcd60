"""What one connection may take, and what is left for the others. Limits are shortened where a test waits for them."""

import contextlib
import resource
import socket
import threading
import time
from http.client import HTTPResponse

import psutil
import pytest
import uvicorn

from app.main import create_app
from app.web.connections import Connection, Room, backlog, descriptors, most_connections
from app.web.sending import PIECE, Sending
from tests.web.asking import Server, free_port, read, wait_until

GET = "GET / HTTP/1.1\r\nHost: downhill\r\n"
LARGE = 6_000_000


async def app(scope, receive, send):
    """Answer with the length of the body, or with as many bytes as the path says; /held waits for the client to go."""
    size, more = 0, True
    while more and scope["path"] != "/unread":
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    path = scope["path"].strip("/")
    body = b"x" * int(path) if path.isdigit() else str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    if path == "held":
        await send({"type": "http.response.body", "body": b"held", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        return
    await send({"type": "http.response.body", "body": body})


class Hurried(Connection):
    """Short of patience."""

    room = Room(1_000)
    head_seconds = 0.3
    body_seconds = 0.3
    reading_seconds = 0.4


class Crowded(Connection):
    """Short of room."""

    room = Room(8)


class Small:
    """A server in a thread of this process."""

    def __init__(self, application, connection=Hurried, backlog=64):
        self.room = connection.room
        self.port, self.opened = free_port(), []
        config = uvicorn.Config(
            application,
            port=self.port,
            http=connection,
            ws="none",
            loop="app.web.connections:Loop",
            lifespan="off",
            log_level="warning",
            backlog=backlog,
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        wait_until(lambda: self.server.started, 10)

    def open(self, text="", receive=None):
        one = socket.socket()
        self.opened.append(one)
        if receive:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        one.settimeout(10)
        one.connect(("127.0.0.1", self.port))
        one.sendall(text.encode() if isinstance(text, str) else text)
        return one

    @property
    def open_ones(self):
        return len(self.server.server_state.connections)

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)


@pytest.fixture(scope="module")
def module_server():
    server = Small(Sending(app, refuse=None))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def crowded_server():
    # As in the product, only a part of those that there is room for is accepted at once.
    server = Small(Sending(app, refuse=None), Crowded, backlog=2)
    yield server
    server.stop()


@pytest.fixture
def small(module_server, caplog):
    yield from emptied(module_server, caplog)


@pytest.fixture
def crowded(crowded_server, caplog):
    yield from emptied(crowded_server, caplog)


def emptied(server, caplog):
    """Give a server without connections, and see that it is rid of all of them at the end."""
    caplog.set_level("WARNING")
    yield server
    while server.opened:
        server.opened.pop().close()
    wait_until(lambda: server.open_ones == 0, 10)
    assert (server.room.taken, server.room.waiting, server.room.refused) == (0, {}, {})
    # Whatever clients do, the log stays quiet: but for one line, once in a while, where all connections are taken.
    assert [
        record.getMessage() for record in caplog.records if "connections are taken" not in record.getMessage()
    ] == []


def answer_of(connection):
    with HTTPResponse(connection) as response:
        response.begin()
        return response, response.read()


def refusal(connection, status):
    """Check that the connection is answered with an error in its one form and closed; return the error."""
    response, body = answer_of(connection)
    assert response.status == status
    assert response.getheader("content-type") == "application/json"
    assert response.getheader("connection") == "close"
    error = read(body)["error"]
    assert list(error) == ["status", "message", "key", "hint"]
    assert error["status"] == status
    assert error["message"]
    assert error["hint"]
    with contextlib.suppress(ConnectionResetError):
        assert connection.recv(1) == b""
    connection.close()
    return error


def drip(connection, pieces, pause):
    """Send the pieces with a pause after each, until the other side does not take them."""
    for piece in pieces:
        try:
            connection.sendall(piece)
        except OSError:
            return
        time.sleep(pause)


# ── Heads


@pytest.mark.parametrize("begun", ["", "\r\n", "G", "GET / HTTP/1.1\r\n", GET, GET + "X-Header: 1\r\n"])
def test_a_head_that_is_not_complete_in_time_is_refused(small, begun):
    since = time.perf_counter()
    error = refusal(small.open(begun), 408)
    assert "0.3 s" in error["message"]
    assert 0.25 < time.perf_counter() - since < 3


def test_drops_do_not_lengthen_the_time_of_a_head(small):
    connection = small.open(GET)
    since = time.perf_counter()
    threading.Thread(target=drip, args=(connection, [b"X: 1\r\n"] * 30, 0.1)).start()
    refusal(connection, 408)
    assert time.perf_counter() - since < 2


def test_the_next_head_on_a_connection_has_its_time_as_well(small):
    connection = small.open(GET + "\r\n")
    assert answer_of(connection)[1] == b"0"
    time.sleep(0.5)  # between two requests the server waits longer
    connection.sendall(b"\r\n")
    since = time.perf_counter()
    refusal(connection, 408)
    assert time.perf_counter() - since > 0.25


def test_a_head_in_pieces_that_is_in_time_is_answered(small):
    connection = small.open()
    drip(connection, [bytes([byte]) for byte in f"{GET}\r\n".encode()], 0.001)
    assert answer_of(connection)[0].status == 200


def many_headers(size):
    return "".join(f"X-{number}: {'y' * 90}\r\n" for number in range(size // 100))


LONG_HEADS = {
    "an address": "GET /" + "x" * 70_000 + " HTTP/1.1\r\nHost: downhill\r\n\r\n",
    "one header": GET + "X: " + "y" * 70_000 + "\r\n\r\n",
    "a header's name": GET + "X" * 70_000 + ": y\r\n\r\n",
    "many headers": GET + many_headers(80_000) + "\r\n",
    "trailers": "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    + many_headers(400_000),
    "a chunk's extension": "POST / HTTP/1.1\r\nHost: d\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x" * 400_000,
}


@pytest.mark.parametrize("text", LONG_HEADS.values(), ids=LONG_HEADS.keys())
@pytest.mark.parametrize("piece", [1_000_000, 5_000])
def test_a_head_that_is_too_long_is_refused(small, text, piece):
    connection = small.open()
    drip(connection, [text[first : first + piece].encode() for first in range(0, len(text), piece)], 0)
    assert "65536 bytes" in refusal(connection, 431)["message"]


@pytest.mark.parametrize(
    "text", ["GET /" + "x" * 60_000 + " HTTP/1.1\r\nHost: d\r\n\r\n", GET + many_headers(55_000) + "\r\n"]
)
def test_a_long_head_that_is_not_too_long_is_answered(small, text):
    assert answer_of(small.open(text))[0].status == 200


def test_a_head_without_end_is_not_read(small):
    connection = small.open("GET / HTTP/1.1\r\nX: ")
    sent = 0
    with contextlib.suppress(OSError):
        while sent < 150_000_000:
            sent += connection.send(b"y" * 65_536)
    # What is above the limits lay in the system's own buffers.
    assert sent < 20_000_000


@pytest.mark.parametrize(
    "text", ["nonsense\r\n\r\n", "GET / HTTP/9\r\n\r\n", "\0" * 40, "GET / HTTP/1.1\r\nHost\r\n\r\n"]
)
def test_what_is_no_http_is_refused(small, text):
    assert "HTTP" in refusal(small.open(text), 400)["message"]


def test_what_was_asked_before_nonsense_is_answered(small):
    connection = small.open(GET + "\r\n" + GET + "\r\n" + "\0nonsense\r\n\r\n")
    received = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert received.count(b"HTTP/1.1 200") == 2
    assert received.endswith(b"1\r\n0\r\n0\r\n\r\n")


@pytest.mark.parametrize("protocol", ["websocket", "h2c"])
def test_an_upgrade_is_answered_in_the_protocol_that_is_spoken_here(small, protocol):
    connection = small.open(GET + f"Connection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n")
    response, body = answer_of(connection)
    assert (response.status, body) == (200, b"0")
    assert response.getheader("connection") == "close"


# ── Bodies

POST = "POST / HTTP/1.1\r\nHost: downhill\r\nContent-Length: 8\r\n\r\n"


@pytest.mark.parametrize("begun", ["", "1", "1234567"])
def test_a_body_that_does_not_go_on_is_refused(small, begun):
    since = time.perf_counter()
    assert "body" in refusal(small.open(POST + begun), 408)["message"]
    assert 0.25 < time.perf_counter() - since < 3


def test_a_slow_body_that_goes_on_is_read(small):
    connection = small.open(POST)
    drip(connection, [b"1"] * 8, 0.1)
    assert answer_of(connection)[1] == b"8"


def test_a_body_that_the_application_leaves_unread_is_not_held_against_the_client(small):
    connection = small.open("POST /unread HTTP/1.1\r\nHost: d\r\nContent-Length: 400000\r\n\r\n" + "x" * 400_000)
    assert answer_of(connection)[1] == b"0"


# ── Answers


def get(path):
    return f"GET {path} HTTP/1.1\r\nHost: downhill\r\n\r\n"


def test_a_slow_client_that_reads_all_the_time_gets_all_of_a_large_answer(small):
    connection = small.open(get(f"/{LARGE}"), receive=65_536)
    since, size = time.perf_counter(), 0
    while size < LARGE:
        part = connection.recv(40_000)
        assert part, size
        size += len(part)
        time.sleep(0.01)
    assert time.perf_counter() - since > 3 * Hurried.reading_seconds
    connection.close()


def test_a_walk_is_sent_whole_to_a_slow_client():
    # Compressed as well: a walk leaves as one piece, which is compressed as one.
    served = Small(create_app())
    try:
        for headers in ("", "Accept-Encoding: gzip\r\n"):
            path = "/api/descent?steps=40000&tolerance=0&noise=0.1"
            with served.open(f"GET {path} HTTP/1.1\r\nHost: d\r\n{headers}\r\n", receive=65_536) as connection:
                received = bytearray()
                since = time.perf_counter()
                while not received.endswith(b"\r\n0\r\n\r\n"):
                    part = connection.recv(30_000)
                    assert part, len(received)
                    received += part
                    time.sleep(0.01)
                assert time.perf_counter() - since > 2 * Hurried.reading_seconds
                assert len(received) > 1_000_000
    finally:
        served.stop()


@pytest.mark.parametrize("size", [LARGE, 30 * PIECE, 8 * PIECE])
def test_a_client_that_does_not_read_is_given_up(small, size):
    connection = small.open(get(f"/{size}"), receive=4_096)
    wait_until(lambda: small.open_ones == 1, 2)
    since = time.perf_counter()
    wait_until(lambda: small.open_ones == 0, 6)
    assert time.perf_counter() - since > 0.3
    connection.close()


def test_what_is_computed_meanwhile_is_never_more_than_a_piece(small):
    connection = small.open(get(f"/{LARGE}"), receive=4_096)
    wait_until(lambda: small.open_ones == 1, 2)
    (one,) = small.server.server_state.connections
    held = [one.transport.get_write_buffer_size() for _ in range(20) if not time.sleep(0.01)]
    assert 0 < max(held) < 3 * PIECE
    connection.close()


# ── Room


def test_the_one_that_waits_the_longest_makes_room(crowded):
    crowd = [crowded.open("GET /") for _ in range(8)]
    wait_until(lambda: len(crowded.room.waiting) == 8, 5)
    assert answer_of(crowded.open(GET + "Connection: close\r\n\r\n"))[0].status == 200
    wait_until(lambda: len(crowded.room.waiting) == 7, 5)
    with contextlib.suppress(ConnectionResetError):
        assert crowd[0].recv(1) == b""
    for connection in crowd[1:]:
        connection.sendall(b" HTTP/1.1\r\nHost: downhill\r\n\r\n")
        assert answer_of(connection)[0].status == 200


WAITING = {
    "for a head": "GET /",
    "for a body": POST,
    "for the next request": get("/0"),
    "for their answer to be taken": get(f"/{LARGE}"),
    "for a last answer to be taken": f"GET /{8 * PIECE} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n",
    "for an answer before nonsense to be taken": get(f"/{8 * PIECE}") + "\0\0",
}


@pytest.mark.parametrize("text", WAITING.values(), ids=WAITING.keys())
def test_whatever_a_crowd_waits_for_a_new_client_is_answered(crowded, text):
    for _ in range(40):
        crowded.open(text, receive=4_096)
    wait_until(lambda: len(crowded.room.waiting) == 8, 5)
    for _ in range(5):
        assert answer_of(crowded.open(GET + "Connection: close\r\n\r\n"))[0].status == 200
        assert crowded.room.taken <= 8


def test_where_all_are_answered_a_new_client_is_refused(crowded):
    crowd = [crowded.open(get("/held")) for _ in range(8)]
    wait_until(lambda: crowded.room.taken == 8 and not crowded.room.waiting, 5)
    for _ in range(200):
        crowded.open(GET)
    assert "no connection left" in refusal(crowded.open(GET + "\r\n"), 503)["message"]
    assert crowded.room.taken == 8
    assert crowded.open_ones <= 8 + backlog() + 10
    crowd.pop().close()
    wait_until(lambda: crowded.room.taken == 7, 5)
    assert answer_of(crowded.open(GET + "\r\n"))[0].status == 200


def test_connections_leave_descriptors_for_the_rest():
    assert 4 <= backlog() <= 64
    assert 8 <= most_connections() <= descriptors() / 2
    assert descriptors() <= resource.getrlimit(resource.RLIMIT_NOFILE)[0]


# ── The product's own server, with its own limits


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """A server with 300 descriptors."""
    server = Server(tmp_path_factory.mktemp("narrow") / "log.txt", limit=(resource.RLIMIT_NOFILE, (300, 300)))
    yield server
    server.stop()
    log = server.log.read_text()
    assert len(log) < 1_000, log[:3_000]
    assert "Traceback" not in log


def test_more_slow_clients_than_descriptors_are_no_outage(narrow):
    request = "GET /api/descent?steps=5 HTTP/1.1\r\nHost: downhill\r\nConnection: close\r\n\r\n"
    took = []
    with contextlib.ExitStack() as crowd:
        for _ in range(4):
            for _ in range(90):
                crowd.enter_context(narrow.open(request[:-20]))
            since = time.perf_counter()
            assert answer_of(crowd.enter_context(narrow.open(request)))[0].status == 200
            took.append(time.perf_counter() - since)
        assert psutil.Process(narrow.process.pid).num_fds() < 300
    # The best of several: a connection that the system puts off is tried again by it after a second.
    assert min(took) < 0.5, took


def test_a_head_of_megabytes_takes_no_memory(narrow):
    process = psutil.Process(narrow.process.pid)
    before = process.memory_info().rss
    connection = narrow.open("GET / HTTP/1.1\r\nX: ")
    piece, sent = b"y" * 1_000_000, 0
    with contextlib.suppress(OSError):
        for _ in range(150):
            connection.sendall(piece)
            sent += len(piece)
    assert sent < 20_000_000
    assert process.memory_info().rss - before < 20_000_000
    connection.close()


def test_few_descriptors_are_made_more(tmp_path):
    hard = 2_000
    server = Server(tmp_path / "log.txt", limit=(resource.RLIMIT_NOFILE, (256, hard)))
    try:
        assert psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE)[0] == hard
    finally:
        server.stop()
