"""A server whose workers are killed or stopped: maps come all the same, health tells, and it still ends when asked."""

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest

from tests.calls import LOT
from tests.products import some
from tests.web.asking import Server, lines, wait_until

PREPARED = "from app.maps import pool; from tests import calls; pool._PATIENCE = 1.5; calls.lose_workers()"
# Seconds of work, so that what is done to the workers meets them at it.
PATH = "/api/maps/basins?landscape=ackley&optimizer=adam&resolution=192&steps=600&tolerance=0"


@pytest.fixture(scope="module")
def lot(tmp_path_factory):
    """The file by which the next worker to compute anything is lost with half its answer written."""
    return tmp_path_factory.mktemp("lot") / "lot"


@pytest.fixture(scope="module", autouse=True)
def environment(lot):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(LOT, str(lot))
        yield


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    one = Server(tmp_path_factory.mktemp("server") / "log.txt", "--map-workers", "2", before=PREPARED)
    wait_until(lambda: health(one)["status"] == "ok", 20)
    yield one
    one.stop()


def health(server):
    return server.client.get("/healthz").json()["maps"]


def fork_server(server):
    """The child of the server that has children; the other one looks after what processes share."""
    return next(child for child in psutil.Process(server.process.pid).children() if child.children())


def workers(server):
    return fork_server(server).children()


def send(number, processes):
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def map_of(server):
    records = lines(server.client.get(PATH).content)
    return [record for record in records if record["kind"] != "progress"]


@pytest.fixture(scope="module")
def expected(server):
    records = map_of(server)
    assert records[-1]["kind"] == "done"
    return records


def kill_all(server, lot):
    send(signal.SIGKILL, workers(server))


def stop_one(server, lot):
    send(signal.SIGSTOP, workers(server)[:1])


def stop_all(server, lot):
    send(signal.SIGSTOP, workers(server))


def half_then_killed(server, lot):
    lot.write_text(str(int(signal.SIGKILL)))
    wait_until(lambda: not lot.exists(), 10)


def half_then_stopped(server, lot):
    lot.write_text(str(int(signal.SIGSTOP)))
    wait_until(lambda: not lot.exists(), 10)


LOSSES = [kill_all, stop_one, stop_all, half_then_killed, half_then_stopped]


@pytest.mark.parametrize("lose", some(LOSSES, 2))
def test_a_map_comes_all_the_same(server, expected, lot, lose):
    replaced, told = health(server)["replaced"], server.log.read_text().count("was lost")
    with ThreadPoolExecutor(1) as threads:
        coming = threads.submit(map_of, server)
        time.sleep(0.3)
        lose(server, lot)
        assert coming.result(60) == expected
    wait_until(lambda: health(server)["status"] == "ok", 20)
    assert health(server)["replaced"] > replaced
    assert server.log.read_text().count("was lost") > told
    assert "Traceback" not in server.log.read_text()


def test_a_map_comes_though_all_workers_are_killed_again_and_again(server, expected):
    records = []
    with server.client.stream("GET", PATH) as coming:
        for line in filter(None, coming.iter_lines()):
            records.append(json.loads(line))
            # In each pass once: a part that is lost twice in a row is given up, however slowly it was computed.
            if records[-1]["kind"] == "pass":
                wait_until(lambda: health(server)["status"] == "ok", 30)
                with suppress(StopIteration, psutil.NoSuchProcess):
                    send(signal.SIGKILL, workers(server))
    assert [record for record in records if record["kind"] != "progress"] == expected
    assert sum(record["kind"] == "pass" for record in records) > 2
    wait_until(lambda: health(server)["status"] == "ok", 20)


def test_a_map_comes_though_the_fork_server_dies(server, expected):
    with ThreadPoolExecutor(1) as threads:
        coming = threads.submit(map_of, server)
        time.sleep(0.3)
        orphans = workers(server)
        fork_server(server).kill()
        assert coming.result(60) == expected
    send(signal.SIGKILL, orphans)
    assert map_of(server) == expected
    # One more draws previews.
    wait_until(lambda: len(workers(server)) == 3, 10)


@pytest.mark.full
def test_four_maps_whose_workers_are_stopped_do_not_shut_out_the_others(server, expected):
    with ThreadPoolExecutor(4) as threads:
        coming = [threads.submit(map_of, server) for _ in range(4)]
        wait_until(lambda: server.under_way == 4, 10)
        send(signal.SIGSTOP, workers(server))
        assert [one.result(90) for one in coming] == [expected] * 4
    assert map_of(server) == expected


def test_health_tells_that_a_worker_is_being_replaced(server):
    wait_until(lambda: health(server)["status"] == "ok", 20)
    before = health(server)["replaced"]
    # Without its fork server, no other can be started.
    fork_server(server).suspend()
    children = workers(server)
    send(signal.SIGKILL, children)
    wait_until(lambda: health(server)["status"] == "recovering", 10)
    wait_until(lambda: health(server) == {"status": "ok", "workers": 2, "replaced": before + 2}, 20)


# ── the end


def kill_fork_server(server, lot):
    fork_server(server).kill()


def stop_family(server, lot):
    send(signal.SIGSTOP, [fork_server(server), *workers(server)])


def ask_to_end(server, family):
    """Ask the server to end, and see that it does, and all its processes."""
    server.process.terminate()
    # Three of these seconds are the clients'.
    assert server.process.wait(9) is not None
    wait_until(lambda: not any(is_alive(one) for one in family), 5)


def is_alive(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize("lose", some([stop_family, half_then_killed, half_then_stopped, kill_fork_server], 4))
def test_a_server_asked_to_end_does_so_within_seconds(tmp_path, lot, lose):
    # What is lost has not been given up by then.
    one = Server(tmp_path / "log.txt", "--map-workers", "2", before=PREPARED.replace("1.5", "60"))
    family = []
    try:
        wait_until(lambda: health(one)["status"] == "ok", 20)
        family = [fork_server(one), *workers(one)]
        with one.open(f"GET {PATH} HTTP/1.1\r\nHost: downhill\r\n\r\n"):
            wait_until(lambda: one.under_way == 1, 10)
            lose(one, lot)
            ask_to_end(one, family)
    finally:
        lot.unlink(missing_ok=True)
        send(signal.SIGKILL, family)
        one.stop()


@pytest.mark.full
def test_several_servers_end_within_seconds_with_all_their_workers_stopped(tmp_path):
    one = Server(tmp_path / "log.txt", "--map-workers", "1", "--workers", "2", before=PREPARED.replace("1.5", "60"))
    family = []
    try:
        wait_until(lambda: len(computing(one)) == 4, 20)
        family = computing(one)
        send(signal.SIGSTOP, family)
        ask_to_end(one, family)
    finally:
        send(signal.SIGKILL, family)
        one.stop()


def computing(server):
    """Two fork servers and the process of each."""
    children = psutil.Process(server.process.pid).children(recursive=True)
    return [child for child in children if "multiprocessing.forkserver" in " ".join(child.cmdline())]
