"""Processes that compute: whatever becomes of one, nobody waits for it without limit."""

import logging
import multiprocessing
import os
import signal
import sys
import time
from contextlib import contextmanager, suppress
from multiprocessing import forkserver

import psutil
import pytest

from app.maps.pool import NEEDED
from app.maps.processes import Health, LostWorkerError, Processes
from tests.calls import begin, broken, fail, half_an_answer, number, spin

# Long enough for a machine that has much else to do, and for the fork server to begin with NumPy.
PATIENCE, START = 1.5, 20.0


@contextmanager
def running(workers, patience=PATIENCE, start=START, begin=begin):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(NEEDED))
    processes = Processes(workers, context, begin, patience, start)
    try:
        yield processes
    finally:
        processes.shutdown()


def numbers(processes, workers=2):
    """Return the numbers of all processes, once they are there: each is asked while the others are busy."""
    found, until = set(), time.monotonic() + 20
    while len(found) < workers:
        assert time.monotonic() < until, "it took too long"
        wait_until(lambda: processes.health().status == "ok")
        found = {future.result(30) for future in [processes.submit(number, 0.2) for _ in range(workers)]}
    return found


def fork_server():
    return forkserver._forkserver._forkserver_pid


def send(signal_number, pids):
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)


def kill(pids):
    """Kill the processes, and wait until they are dead: one that is about to die may still be handed a call."""
    send(signal.SIGKILL, pids)
    wait_until(lambda: not any(is_alive(pid) for pid in pids))


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(true, seconds=20):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def lost(caplog):
    return [record.getMessage() for record in caplog.records if "was lost" in record.getMessage()]


def test_calls_are_answered_and_failures_tell_where_they_come_from():
    with running(2) as processes:
        assert len(numbers(processes)) == 2
        assert processes.health() == Health("ok", 2, 0)
        with pytest.raises(ValueError, match="nothing to be had") as failure:
            processes.submit(fail, "nothing to be had").result(30)
        assert "in fail" in failure.value.__notes__[0]
        # A call that cannot be sent is its own failure, and the next one is answered.
        with pytest.raises(LostWorkerError, match="local object"):
            processes.submit(lambda: None).result(30)
        assert processes.submit(number).result(30)


def test_what_waits_can_be_taken_back():
    with running(1) as processes:
        busy, waiting = processes.submit(number, 0.5), processes.submit(fail, "was called")
        wait_until(busy.running)
        assert waiting.cancel()
        assert processes.submit(number).result(30) == busy.result()


def test_waiting_for_the_others_counts_not_as_waiting_for_the_answer():
    with running(1, patience=0.6) as processes:
        calls = [processes.submit(number, 0.2) for _ in range(8)]
        assert len({call.result(30) for call in calls}) == 1
        assert processes.health().replaced == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells so simply what runs")
def test_one_that_is_running_is_waited_for_longer_but_not_for_ever():
    with running(1, patience=0.4) as processes:
        assert processes.submit(spin, 1.2).result(30)
        assert processes.health().replaced == 0
        assert isinstance(processes.submit(spin, 60).exception(30), LostWorkerError)


def test_a_process_that_dies_fails_its_own_call_only_and_is_replaced(caplog):
    with running(2) as processes:
        before = numbers(processes)
        calls = [processes.submit(number, 1) for _ in range(2)]
        time.sleep(0.2)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        failures = [call.exception(30) for call in calls]
        assert sorted(map(str, failures)) == ["None", "it died of SIGKILL"]
        wait_until(lambda: processes.health() == Health("ok", 2, 1))
        assert before - numbers(processes) == {victim}
    assert lost(caplog) == ["A process that computes maps was lost: it died of SIGKILL. Another takes its place."]


def test_one_that_dies_without_work_is_replaced_before_there_is_any(caplog):
    with running(2) as processes:
        before = numbers(processes)
        kill(before)
        wait_until(lambda: processes.health() == Health("ok", 2, 2))
        assert not before & numbers(processes)
    assert len(lost(caplog)) == 2


def test_the_first_call_after_all_have_died_does_not_fail():
    with running(2) as processes:
        for _ in range(3):
            kill(numbers(processes))
            assert processes.submit(number).result(30)


@pytest.mark.parametrize(
    ("then", "why"),
    [(signal.SIGKILL, "it died of SIGKILL"), (signal.SIGSTOP, f"it did not answer for {PATIENCE} s")],
)
def test_half_an_answer_keeps_nobody_waiting(then, why, caplog):
    with running(2) as processes:
        before = numbers(processes)
        assert str(processes.submit(half_an_answer, then).exception(30)) == why
        after = numbers(processes)
        assert len(after) == 2
        assert not any(is_alive(pid) for pid in before - after)
    assert why in caplog.text


@pytest.mark.parametrize("how_many", [1, 2])
def test_one_that_is_stopped_is_replaced_and_so_are_those_that_may_be(how_many, caplog):
    with running(2) as processes:
        before = numbers(processes)
        send(signal.SIGSTOP, sorted(before)[:how_many])
        # One call after the other: only one of those that are stopped can be found by being asked.
        failures = [processes.submit(number).exception(30) for _ in range(4)]
        assert sum(failure is not None for failure in failures) <= 1
        after = numbers(processes)
        assert not set(sorted(before)[:how_many]) & after
        assert not any(is_alive(pid) for pid in before - after)
    assert f"it did not answer for {PATIENCE} s" in caplog.text


def test_processes_outlive_their_fork_server_and_later_ones_have_another():
    with running(2) as processes:
        before = numbers(processes)
        os.kill(fork_server(), signal.SIGKILL)
        assert numbers(processes) == before
        kill(before)
        after = numbers(processes)
        assert len(after) == 2
        assert not before & after
        # They are ended all the same when nobody is there to report that.
        os.kill(fork_server(), signal.SIGKILL)
        send(signal.SIGSTOP, after)
        assert isinstance(processes.submit(number).exception(30), LostWorkerError)
        assert len(numbers(processes)) == 2
        assert not any(is_alive(pid) for pid in after)


def test_a_fork_server_that_is_stopped_is_replaced(caplog):
    with running(2, start=3) as processes:
        before = numbers(processes)
        os.kill(fork_server(), signal.SIGSTOP)
        kill(before)
        after = numbers(processes)
        assert len(after) == 2
        assert not before & after
    assert len(lost(caplog)) == 2


def test_processes_that_cannot_be_started_are_told_and_calls_fail(caplog):
    with running(1, begin=broken) as processes:
        assert "none could be started" in str(processes.submit(number).exception(30))
        assert processes.health() == Health("starting", 1, 0)
    assert "could not be started" in caplog.text


def half_written(processes, pids):
    processes.submit(half_an_answer, signal.SIGSTOP)
    time.sleep(0.2)


STATES = {
    "idle": lambda processes, pids: None,
    "busy": lambda processes, pids: [processes.submit(number, 60) for _ in range(6)],
    "half an answer": half_written,
    "stopped": lambda processes, pids: send(signal.SIGSTOP, pids),
    "stopped with work": lambda processes, pids: [
        send(signal.SIGSTOP, pids),
        *(processes.submit(number) for _ in range(6)),
    ],
    "killed": lambda processes, pids: send(signal.SIGKILL, pids),
    "without a fork server": lambda processes, pids: os.kill(fork_server(), signal.SIGKILL),
    "with a stopped fork server": lambda processes, pids: os.kill(fork_server(), signal.SIGSTOP),
    "all stopped": lambda processes, pids: send(signal.SIGSTOP, [fork_server(), *pids]),
}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES.keys())
def test_shutting_down_takes_no_time_in_any_state(state, caplog):
    caplog.set_level(logging.WARNING)
    with running(2, patience=30) as processes:
        pids = numbers(processes)
        state(processes, pids)
        under_way = processes.submit(number)
        begun = time.monotonic()
        processes.shutdown()
        assert time.monotonic() - begun < 4
        wait_until(lambda: not any(is_alive(pid) for pid in pids), 5)
        assert under_way.done()
        with pytest.raises(RuntimeError):
            processes.submit(number)
        # multiprocessing waits at its end for all that it does not know to be dead.
        assert not any(child.pid in pids for child in multiprocessing.active_children())
    assert not caplog.records


def test_shutting_down_while_processes_start_takes_no_time():
    begun = time.monotonic()
    with running(2) as processes:
        waiting = processes.submit(number)
    assert time.monotonic() - begun < 4
    assert waiting.done()
