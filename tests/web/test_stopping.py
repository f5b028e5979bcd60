"""The server is told to stop while it answers: every answer ends in its own form."""

import asyncio
import json
import threading
from http.client import HTTPResponse

import httpx
import pytest

from app.main import create_app
from app.web.sending import under_way
from tests.web.asking import Server, lines, read, wait_until

LONG = "steps=100000&starts=8&tolerance=0&noise=0.1&landscape=peaks"
# More than is computed before the server has stopped, and more than one map's worth of work.
BLOCK = "steps=2000&starts=512&tolerance=0&noise=0.1&landscape=peaks"
MAP = "landscape=ackley&optimizer=adam&resolution=1024&steps=1800&tolerance=0"
POSTED = json.dumps({"steps": 99_999, "starts": 8, "tolerance": 0, "noise": 0.1, "landscape": "peaks"})
FROM = "Host: downhill\r\nOrigin: http://elsewhere\r\n"


def get(path, headers=""):
    return f"GET {path} HTTP/1.1\r\n{FROM}{headers}\r\n"


def post(path, body, length=None):
    head = f"Content-Type: application/json\r\nContent-Length: {length or len(body)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{FROM}{head}\r\n{body}"


WHOLE = {
    "a walk": get(f"/api/descent?{LONG}"),
    "a walk, compressed": get(f"/api/descent?{LONG}", "Accept-Encoding: gzip\r\n"),
    "a block of walks": get(f"/api/descent?{BLOCK}"),
    "a posted walk": post("/api/descent", POSTED),
    "a body that has not come": post("/api/descent", '{"steps"', 100),
    "the numbers of a late step": get(
        "/api/descent/steps?steps=100000&first=99999&tolerance=0&noise=0.1&starts=8&walk=7"
    ),
    "a sweep": get("/api/descent/sweep?landscape=rastrigin&steps=1057&starts=30&noise=0.1&tolerance=0"),
    "a race": get("/api/descent/race?landscape=rastrigin&steps=33332&starts=30&noise=0.1&tolerance=0&run=adam"),
}
STREAMS = {
    "a stream": get(f"/api/descent/stream?{LONG}"),
    "a block's stream": get(f"/api/descent/stream?{BLOCK}"),
    "a posted stream": post("/api/descent/stream", POSTED),
    "a map of starts": get(f"/api/maps/basins?{MAP}"),
    "a map of settings": get(f"/api/maps/rates?{MAP}"),
}


def read_all(connection, into):
    """Read the answer to its end, and note its status, headers and body."""
    with connection, HTTPResponse(connection) as response:
        response.begin()
        into.append((response.status, dict(response.getheaders()), response.read()))


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """All answers that a server gave that was stopped in the middle of them, how it ended, and what it logged."""
    server = Server(tmp_path_factory.mktemp("stopped") / "log.txt")
    answers = {name: [] for name in (*WHOLE, *STREAMS)}
    readers = []
    for name, text in {**WHOLE, **STREAMS}.items():
        readers.append(threading.Thread(target=read_all, args=(server.open(text), answers[name])))
        readers[-1].start()
    wait_until(lambda: server.under_way >= len(answers) - 1, 20)
    server.client.close()
    server.process.terminate()
    server.process.wait(15)
    for reader in readers:
        reader.join(10)
    return answers, server.log.read_text()


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_answer_that_is_given_up_is_an_error_in_its_one_form(stopped, name):
    ((status, headers, body),) = stopped[0][name]
    assert status == 503
    assert headers["content-type"] == "application/json"
    assert int(headers["retry-after"]) >= 1
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    error = read(body)["error"]
    assert error["status"] == 503
    assert "stopping" in error["message"]
    assert error["hint"]


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_is_given_up_ends_with_an_error_record(stopped, name):
    ((status, _, body),) = stopped[0][name]
    assert status == 200
    records = lines(body)
    assert records[0]["kind"] == "start"
    assert [record["kind"] for record in records].count("error") == 1
    assert records[-1]["kind"] == "error"
    assert "stopping" in records[-1]["message"]


def test_nothing_of_it_is_a_failure_of_the_server(stopped):
    log = stopped[1].splitlines()
    assert "Traceback" not in stopped[1]
    assert len(log) == 1, stopped[1][:3_000]


def test_what_is_over_soon_is_answered_before_the_server_stops(tmp_path):
    server = Server(tmp_path / "log.txt")
    answer = []
    connection = server.open(post("/api/descent", '{"steps"', 12))
    reader = threading.Thread(target=read_all, args=(connection, answer))
    reader.start()
    server.client.get("/healthz")
    server.process.terminate()
    connection.sendall(b": 3}")
    reader.join(10)
    server.stop()
    assert answer[0][0] == 200
    assert len(read(answer[0][2])["walks"][0]["step"]) == 4


# ── Pages, in this process: the product's own take too little time to be given up


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html,*/*", "text/html; charset=utf-8"), ("application/json", "application/json")]
)
def test_a_page_that_is_given_up_is_an_error_in_its_one_form(accept, kind):
    app = create_app()

    async def never():
        await asyncio.get_running_loop().create_future()

    app.add_api_route("/never", never)

    async def ask():
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://downhill") as client:
            asyncio.get_running_loop().call_later(0.1, under_way.stop_after, 0.1)
            return await asyncio.wait_for(client.get("/never", headers={"accept": accept}), 5)

    response = asyncio.run(ask())
    assert response.status_code == 503
    assert response.headers["content-type"] == kind
    assert "The server is stopping." in response.text
    assert int(response.headers["retry-after"]) >= 1
