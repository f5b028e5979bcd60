"""`python -m app map`: what it writes, how it stops and goes on, and what becomes of workers that die."""

import errno
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import numpy as np
import psutil
import pytest
from PIL import Image

from app import __main__ as command
from app.answers.palette import PALETTE
from app.main import create_app
from app.maps import command as atlas
from app.maps.colours import to_lab
from app.maps.computing import compute_here
from app.maps.kinds import KINDS
from app.maps.pool import DASK, WORKERS, Pool, Workers
from app.request.errors import ApiError
from app.request.making import make_request
from tests.web.asking import Api, lines

ROOT = Path(__file__).resolve().parent.parent.parent
# Blocks enough that some are done when others are not begun; two processes take about two seconds.
LONG = ("basins", "--landscape", "ackley", "--optimizer", "adam", "--steps", "1000", "--resolution", "224")
MARK = 77_777
STARTED = []


def threads():
    executor = ThreadPoolExecutor(1)
    return Workers(executor, 1, executor.shutdown)


@pytest.fixture
def here(monkeypatch):
    """Make maps in this process: its threads start sooner than other processes."""
    monkeypatch.setattr(atlas, "make_workers", threads)


@pytest.fixture(scope="module")
def api():
    app = create_app()
    app.state.pool = Pool(threads)
    one = Api(app)
    yield one
    one.close()
    app.state.pool.close()


def start(*arguments, before="", **environ):
    """Start the command in a process of its own, as ``before`` has prepared it."""
    python = [sys.executable, "-c", f"{before}; import sys, app.__main__; sys.exit(app.__main__.main())"]
    plain = [sys.executable, "-m", "app"]
    process = subprocess.Popen(
        [*(python if before else plain), "map", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    STARTED.append(process)
    return process


@pytest.fixture(autouse=True)
def no_process_left():
    """Whatever a test has started is gone after it, also where it failed."""
    yield
    while STARTED:
        with STARTED.pop() as process:
            process.kill()


def run(*arguments, **environ):
    """Run the command to its end, and return its code and what it said."""
    process = start(*arguments, **environ)
    said = process.communicate(timeout=60)[1]
    return process.returncode, said


def wait_for(process, pattern):
    """Read what the process says until a line has the pattern."""
    for line in process.stderr:
        if re.search(pattern, line):
            return
    pytest.fail(f"it ended without a word like {pattern}")


def arrays(path):
    with np.load(path) as file:
        return dict(file)


def assert_same_map(path, other):
    """Everything in two files of arrays is the same."""
    one, two = arrays(path), arrays(other)
    assert one.keys() == two.keys()
    for name, values in one.items():
        assert np.array_equal(values, two[name]), name


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The long map, made in one go."""
    folder = tmp_path_factory.mktemp("whole")
    code, said = run(*LONG, "--out", folder / "map.npz", "--out", folder / "map.png", "--map-workers", 2)
    assert code == 0, said
    return folder / "map.npz"


# ── what is written

MAPS = {
    "starts": ("basins", "landscape=himmelblau&learning_rate=0.01&resolution=48"),
    "starts in a window": ("basins", "landscape=rastrigin&optimizer=adam&window=-2,3.5,-1,1&resolution=33"),
    "starts of a curve": ("basins", "landscape=two-minima&resolution=100"),
    "settings": ("rates", "landscape=bowl&steps=300&resolution=48"),
    "settings of several walkers": ("rates", "landscape=two-valley&starts=3&seed=4&resolution=40"),
    "settings of one axis": ("rates", "landscape=bowl&optimizer=gradient-descent&resolution=64"),
    "settings of a run": ("rates", "landscape=bowl&run=adam,steps:100&map_run=1&resolution=32"),
    "starts of a network": ("basins", "landscape=network-xor&steps=30&plane=steps&resolution=34"),
    "settings of a network": ("rates", "landscape=network-curve&steps=30&resolution=33"),
    "settings of a network's walkers": ("rates", "landscape=network-xor&steps=20&starts=3&resolution=20"),
}


def options_of(query):
    return [word for key, value in parse_qsl(query) for word in (f"--{key.replace('_', '-')}", value)]


@pytest.mark.parametrize(("kind", "query"), MAPS.values(), ids=MAPS.keys())
def test_arrays_hold_what_the_server_answers(kind, query, here, api, tmp_path):
    out = tmp_path / "map.npz"
    assert atlas.main([kind, *options_of(query), "--out", str(out)]) == 0
    records = lines(api.get(f"/api/maps/{kind}?{query}").content)
    first, *_, last, done = [record for record in records if record["kind"] != "progress"]
    found = arrays(out)
    assert last["stride"] == 1
    assert found["x"].tolist() == first["x"]
    assert found["y"].tolist() == first.get("y", [0.0])
    labels = [entry["label"] for entry in first["legend"]]
    assert found["labels"].tolist() == labels
    words = [entry["outcome"] for entry in first["legend"]]
    expected = np.array(last["outcome"])
    assert np.array_equal(np.array(words)[found["outcome"]] if kind == "rates" else found["outcome"], expected)
    assert np.array_equal(found["steps"], last["steps"])
    assert (kind == "rates") == ("evaluations" in found)
    assert (kind == "basins") == ("near" in found) == ("near_shares" in found)
    if kind == "basins":
        assert np.array_equal(found["near"], last["near"])
        near = dict(zip(labels, found["near_shares"].tolist(), strict=False))
        assert near == done["near_shares"]
    if kind == "rates":
        assert np.array_equal(found["evaluations"], last["evaluations"])
    assert ("loss" in found) == ("network" in query)
    if "loss" in found:
        np.testing.assert_array_equal(found["loss"], np.array(last["loss"], dtype=float))
    assert dict(zip(labels, found["shares"].tolist(), strict=True)) == done["shares"]
    assert str(found["query"]) == first["query"]


def test_a_query_of_the_page_and_options_make_the_same_map(here, tmp_path):
    address = "http://127.0.0.1:8000/?landscape=himmelblau&map=basins&resolution=16&steps=7&run=adam,name:a%20b#map"
    assert atlas.main(["basins", "--query", address, "--steps", "90", "--out", str(tmp_path / "one.npz")]) == 0
    words = ["--landscape", "himmelblau", "--resolution", "16", "--steps=90", "--run", "adam,name:a b"]
    assert atlas.main(["basins", *words, "--out", str(tmp_path / "two.npz")]) == 0
    assert_same_map(tmp_path / "one.npz", tmp_path / "two.npz")


def test_a_number_after_an_option_may_be_negative(here, tmp_path):
    out = tmp_path / "map.npz"
    assert atlas.main(["basins", "--window", "-.5,1,-2,-1", "--resolution", "2", "--out", str(out)]) == 0
    assert arrays(out)["x"].tolist() == [-0.125, 0.625]


def make_picture(folder, *arguments):
    """Return a map's pixels, its arrays and its words."""
    assert atlas.main([*arguments, "--out", str(folder / "map.png"), "--out", str(folder / "map.npz")]) == 0
    with Image.open(folder / "map.png") as picture:
        return np.array(picture), arrays(folder / "map.npz"), picture.text


def assert_darker(colours, measure):
    """Where the measure is greater, the colour is as dark or darker, but for the rounding to whole numbers."""
    lightness = to_lab(colours[np.argsort(measure, kind="stable")])[:, 0]
    assert (np.diff(lightness) <= 0.003).all()
    assert lightness[-1] <= lightness[0]


def test_a_picture_of_starts_has_a_pixel_a_cell_upwards_and_a_colour_an_ending(here, tmp_path):
    words = ("basins", "--landscape", "himmelblau", "--learning_rate", "0.01", "--steps", "900", "--resolution", "64")
    pixels, found, text = make_picture(tmp_path, *words)
    assert pixels.shape == (64, 64, 3)
    upwards, outcome, steps = pixels[::-1].astype(int), found["outcome"], found["steps"]
    colours = {}
    for label in np.unique(outcome):
        of_label = upwards[outcome == label]
        colours[label] = {tuple(colour) for colour in of_label}
        # More steps, darker; the same number of steps, the same colour.
        assert_darker(of_label, steps[outcome == label])
    assert set(colours) > {0, 1, 2, 3}
    assert sum(map(len, colours.values())) == len(set().union(*colours.values()))
    labels = found["labels"].tolist()
    diverged = colours[labels.index("diverged")]
    assert diverged == {PALETTE.outcomes["diverged"]}
    assert text["query"] == str(found["query"])
    assert json.loads(text["shares"]) == dict(zip(labels, found["shares"].tolist(), strict=True))


def test_what_is_unfinished_has_the_colour_of_the_minimum_it_is_near_and_lines_across(here, tmp_path, capsys):
    # The bowl's walks end on their way, none of them after fewer steps than it may take.
    words = (
        "basins",
        "--landscape",
        "bowl",
        "--learning_rate",
        "0.1",
        "--momentum",
        "0.9",
        "--steps",
        "120",
        "--resolution",
        "42",
    )
    pixels, found, text = make_picture(tmp_path, *words)
    near = found["near"] == 0
    assert near.mean() > 0.9
    assert json.loads(text["near_shares"]) == {"global minimum at (0, 0)": near.mean()}
    assert f"{near.mean():7.2%}  on its way to global minimum at (0, 0)\n" in capsys.readouterr().out
    lightness = np.round(to_lab(pixels[::-1][near].astype(float))[:, 0], 6)
    dark, plain = np.unique(lightness)
    # Two pixels of seven along each row are a line.
    assert (lightness == dark).mean() == pytest.approx(2 / 7, abs=0.02)
    own = to_lab(np.array(PALETTE.minima[0], dtype=float))[0]
    assert dark < own
    assert plain == pytest.approx(own, abs=0.03)


def test_a_picture_of_settings_goes_from_bright_to_dark_with_the_evaluations(here, tmp_path):
    pixels, found, _ = make_picture(tmp_path, "rates", "--landscape", "bowl", "--steps", "300", "--resolution", "64")
    upwards, labels = pixels[::-1].astype(int), found["labels"].tolist()
    converged = found["outcome"] == labels.index("converged")
    spent = found["evaluations"][converged]
    assert tuple(upwards[converged][spent.argmin()]) == PALETTE.evaluations[-1]
    assert tuple(upwards[converged][spent.argmax()]) == PALETTE.evaluations[0]
    assert_darker(upwards[converged], spent)
    for word in ("diverged", "out of steps"):
        there = upwards[found["outcome"] == labels.index(word)]
        assert {tuple(colour) for colour in there} == {PALETTE.outcomes[word.replace(" ", "_")]}


def test_a_picture_of_a_networks_settings_goes_from_bright_to_dark_with_the_loss(here, tmp_path):
    words = ("rates", "--landscape", "network-curve", "--steps", "60", "--resolution", "48", "--window", "0.01,3,0,1")
    pixels, found, _ = make_picture(tmp_path, *words)
    upwards, lost = pixels[::-1].astype(int), np.isnan(found["loss"])
    assert {tuple(colour) for colour in upwards[lost]} == {PALETTE.outcomes["diverged"]}
    losses = found["loss"][~lost]
    assert tuple(upwards[~lost][losses.argmin()]) == PALETTE.evaluations[-1]
    assert tuple(upwards[~lost][losses.argmax()]) == PALETTE.evaluations[0]
    assert_darker(upwards[~lost], losses)


def test_a_picture_of_a_networks_starts_has_the_colours_of_its_legend(here, tmp_path):
    words = ("basins", "--landscape", "network-xor", "--steps", "90", "--resolution", "40", "--window", "-4,4,-4,4")
    pixels, found, _ = make_picture(tmp_path, *words)
    decades = np.searchsorted(10.0 ** np.arange(-6, 1), found["loss"], side="right")
    assert np.array_equal(found["outcome"], decades)
    colours = [{tuple(one) for one in pixels[::-1][decades == entry].tolist()} for entry in np.unique(decades)]
    assert {len(of_one) for of_one in colours} == {1}
    # The lower the brighter.
    assert len(colours) > 2
    assert_darker(np.array([one for of_one in colours for one in of_one]), np.arange(len(colours)))


def test_a_map_with_one_axis_is_a_strip(here, tmp_path):
    pixels, found, _ = make_picture(tmp_path, "basins", "--landscape", "two-minima", "--resolution", "50")
    assert pixels.shape == (32, 50, 3)
    assert found["outcome"].shape == (1, 50)
    assert (pixels == pixels[0]).all()


def test_a_map_row_by_row_is_that_from_coarse_to_fine():
    request = make_request({"landscape": "himmelblau", "map": "rates", "starts": 3, "resolution": 40})
    cell_maps = [KINDS["rates"](request, coarse_first) for coarse_first in (True, False)]
    for cell_map in cell_maps:
        compute_here(cell_map)
    one, two = (cell_map.known() for cell_map in cell_maps)
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert cell_maps[0].ending() == cell_maps[1].ending()


def test_the_shares_are_told_and_so_is_the_progress(here, tmp_path, capsys):
    assert atlas.main(["basins", "--landscape", "himmelblau", "--resolution", "8", "--out", f"{tmp_path}/a.png"]) == 0
    told = capsys.readouterr()
    shares = [float(line.split("%")[0]) for line in told.out.splitlines()]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(100, abs=0.1)
    assert "8 × 8 cells in 1 process\n" in told.err
    assert re.search(r"100 %, [\d,]+ cells a second\n", told.err)
    assert told.err.endswith(f"wrote {tmp_path}/a.png\n")


def test_a_terminal_gets_a_bar(here, tmp_path, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", terminal)
    assert atlas.main(["basins", "--resolution", "8", "--out", str(tmp_path / "map.png")]) == 0
    assert re.search(r"100%\|.*64\.0/64\.0.* cells/s\]", terminal.getvalue())
    assert "cells a second" not in terminal.getvalue()


# ── what is refused

REFUSED = {
    "--learning-rate abc": "learning_rate=abc is not a number. A number above 0.",
    "--landscape rastrgin": "landscape=rastrgin is not known. Did you mean rastrigin?",
    "--steps 5 --steps 6": "steps is given more than once. Give it once.",
    "--run foo": "run=foo: optimizer=foo is not known.",
    "--resolution 20000": "resolution=20000 is out of range. A whole number from 2 to 16384.",
    "--resolution 1": "resolution=1 is out of range. A whole number from 2 to 16384.",
    "--resolution half": "resolution=half is not a whole number. A whole number from 2 to 16384.",
    "--window 1,2,3": "window=1,2,3 has 3 numbers. This map needs xmin,xmax,ymin,ymax, such as window=-4,4,-3,3.",
    "--window 2,1,0,1": "window=2,1,0,1 is empty or inverted.",
    "--resolution 16384 --window 1,1.000000000001,0,1": "float64 cannot tell 16384 cells apart in it.",
    "--query map=rates": "The query is of map=rates. Leave it out, or ask for rates.",
    "--query stepps=5": "stepps is not a known key. Did you mean steps?",
    "--query name=\udcff": "name is not valid UTF-8.",
    "--out map.gif": "out=map.gif is of no kind that is written. End it in .png or .npz.",
    "--out nowhere/map.png": "out=nowhere/map.png cannot be written: No such file or directory. Name a file in",
    f"--out {'x' * 300}.png": "cannot be written: File name too long.",
    # What is kept of a map that is stopped has a longer name.
    f"--out {'x' * 250}.png": "cannot be written: File name too long.",
}


@pytest.mark.parametrize(("words", "sentence"), REFUSED.items())
def test_what_is_wrong_is_said_as_the_server_says_it(words, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert atlas.main(["basins", "--out", "map.png", *words.split(" ")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("downhill: ")
    assert said.count("\n") == 1
    assert sentence in said
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("taken", ["map.png", "map.npz", "map.png.part"])
def test_a_folder_in_the_place_of_a_file_is_told_before_anything_is_computed(taken, tmp_path, capsys):
    (tmp_path / taken).mkdir()
    assert atlas.main([*SMALL, "--out", f"{tmp_path}/map.png", "--out", f"{tmp_path}/map.npz"]) == 2
    assert f"out={tmp_path}/{taken} cannot be written: Is a directory." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [taken]


@pytest.mark.parametrize(
    "words",
    [[], ["basins"], ["fish", "--out", "a.png"], ["rates", "--out", "a.png", "--learning", "3"]]
    + [["rates", "--out", "a.png", "--map-workers", workers] for workers in ("0", "65", "two")],
)
def test_what_is_no_option_ends_with_the_same_code(words, capsys):
    with pytest.raises(SystemExit) as end:
        atlas.main(words)
    assert end.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_the_limits_of_the_server_do_not_hold_here():
    heavy = {"landscape": "rastrigin", "optimizer": "adam", "steps": 100_000, "map": "basins", "resolution": 1024}
    with pytest.raises(ApiError, match="more than the server takes on"):
        make_request(heavy)
    texts = {key: [str(value)] for key, value in {**heavy, "resolution": 16_384}.items() if key != "map"}
    request = atlas.read_request("basins", "", texts)
    assert (request.resolution, request.steps) == (16_384, 100_000)
    assert "resolution=16384" in request.query


def unfinished(path, words):
    """Leave behind what a map that was stopped leaves."""
    options = {words[at].removeprefix("--"): [words[at + 1]] for at in range(1, len(words), 2)}
    cell_map = KINDS[words[0]](atlas.read_request(words[0], "", options), coarse_first=False)
    cell_map.outcome[:3] = 0
    atlas.Part(path, cell_map).save()


SMALL = ["basins", "--landscape", "himmelblau", "--resolution", "8"]


@pytest.mark.parametrize(
    ("words", "version"),
    [([*SMALL, "--steps", "7"], None), ([*SMALL[:-1], "9"], None), (["rates", *SMALL[1:]], None), (SMALL, "0.0.1")],
    ids=["other steps", "another resolution", "another kind", "another version"],
)
def test_what_is_left_of_another_map_is_not_gone_on_with(words, version, here, tmp_path, monkeypatch, capsys):
    part = tmp_path / "map.png.part"
    with monkeypatch.context() as earlier:
        if version:
            earlier.setattr(atlas, "__version__", version)
        unfinished(part, words)
    before = part.read_bytes()
    assert atlas.main([*SMALL, "--out", str(tmp_path / "map.png")]) == 2
    assert f"{part} is of another map: " in capsys.readouterr().err
    assert part.read_bytes() == before
    assert not (tmp_path / "map.png").exists()


@pytest.mark.parametrize("content", [b"", b"nothing of ours", b"PK\x03\x04 cut off"])
def test_a_file_that_nobody_left_is_not_gone_on_with(content, tmp_path, capsys):
    (tmp_path / "map.png.part").write_bytes(content)
    assert atlas.main([*SMALL, "--out", str(tmp_path / "map.png")]) == 2
    assert "is of another map: a file of another kind." in capsys.readouterr().err


# ── stopping and going on


def test_a_map_that_is_stopped_goes_on_where_it_was(whole, tmp_path):
    out = tmp_path / "map.npz"
    words = (*LONG, "--out", out, "--out", tmp_path / "map.png", "--map-workers", 2)
    process = start(*words)
    wait_for(process, r"[567]\d %")
    # Ctrl+C reaches the workers as well.
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert said.strip().splitlines()[-1].startswith("downhill: stopped with ")
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["map.npz.part"]
    kept = arrays(f"{out}.part")
    known = kept["outcome"] >= 0
    assert 0.1 < known.mean() < 1

    # What is known is not computed again: a mark on it stays.
    kept["steps"][known] = MARK
    marked = tmp_path / "marked.npz"
    np.savez(f"{marked}.part.npz", **kept)
    os.replace(f"{marked}.part.npz", f"{marked}.part")
    code, said = run(*LONG, "--out", marked, "--map-workers", 2)
    assert code == 0
    assert f"{known.mean():.1%} known already" in said
    steps = arrays(whole)["steps"]
    assert np.array_equal(arrays(marked)["steps"], np.where(known.reshape(steps.shape), MARK, steps))

    assert run(*words)[0] == 0
    assert_same_map(out, whole)
    assert (tmp_path / "map.png").read_bytes() == whole.with_suffix(".png").read_bytes()
    assert not out.with_name("map.npz.part").exists()


def test_a_map_that_is_killed_has_kept_what_it_knew_a_while_ago(tmp_path):
    part = tmp_path / "map.png.part"
    words = (*LONG, "--out", tmp_path / "map.png", "--map-workers", 2)
    process = start(*words, before="import app.maps.command; app.maps.command._KEEP = 0.2")
    wait_until(part.exists)
    process.kill()
    process.communicate()
    known = arrays(part)["outcome"] >= 0
    assert 0 < known.mean() < 1


def test_a_request_to_end_stops_a_map_as_ctrl_c_does(tmp_path):
    process = start(*LONG, "--out", tmp_path / "map.png", "--map-workers", 2)
    wait_for(process, "224 × 224 cells in")
    process.terminate()
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert "stopped with" in said


def test_the_second_ctrl_c_ends_at_once_what_does_not_stop(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # It never answers, and connecting to it cannot be given up half-way.
        process = start(
            *SMALL, "--out", tmp_path / "map.png", DOWNHILL_DASK=f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        )
        connection, _ = silent.accept()
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=2)
        connection.close()
    assert process.returncode == -signal.SIGINT


# ── disks that are full

# himmelblau at 256 × 256: the picture has some 3 kB, the arrays 12 kB, and what is kept on the way 400 kB.
MIDDLE = [
    *("basins", "--landscape", "himmelblau", "--start=-0.4,-1.2", "--learning_rate", "0.01", "--momentum", "0.9"),
    *("--steps", "100", "--resolution", "256"),
]


def limited(size):
    """What has every file of a process end at so many bytes, as a full disk does."""
    return f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"


def end_of(process):
    said = process.communicate(timeout=60)[1]
    assert "Traceback" not in said
    return process.returncode, said


def test_a_disk_that_is_full_is_told_before_anything_is_computed(tmp_path):
    process = start(*MIDDLE, "--out", tmp_path / "map.png", before=limited(1000))
    code, said = end_of(process)
    reason = "File too large. Make room, or name a file in another folder."
    assert (code, said) == (2, f"downhill: out={tmp_path}/map.png cannot be written: {reason}\n")
    assert not any(tmp_path.iterdir())


@pytest.fixture
def short_path():
    """A folder whose path leaves room for the name of a socket, which the system limits to some 100 bytes."""
    with tempfile.TemporaryDirectory(prefix="dh", dir="/tmp") as folder:
        yield Path(folder)


def test_processes_that_cannot_be_started_are_told_in_one_line(tmp_path):
    folder = tmp_path / ("long" * 25)
    folder.mkdir()
    process = start(*MIDDLE, "--out", tmp_path / "map.png", TMPDIR=str(folder))
    code, said = end_of(process)
    last = said.splitlines()[-1]
    assert code == 1
    assert last.startswith("downhill: The processes that compute maps cannot be started. (LostWorkerError(")
    assert "AF_UNIX path too long" in last


def test_a_disk_that_becomes_full_takes_nothing_that_is_whole_and_keeps_nothing_that_is_not(tmp_path, short_path):
    folder, elsewhere = tmp_path / "maps", short_path
    folder.mkdir()
    outs = ("--out", folder / "map.npz", "--out", folder / "map.png")
    # Of so many different steps the arrays are larger than the picture.
    words = (*MIDDLE, "--tolerance", "0.5", *outs)
    code, said = end_of(start(*words, before=limited(60_000), TMPDIR=str(elsewhere)))
    assert code == 1
    last = said.splitlines()[-1]
    assert f"wrote {folder}/map.png, but {folder}/map.npz cannot be written: File too large." in last
    assert f"{folder}/map.npz.part cannot be written: File too large. Nor could it be kept elsewhere." in last
    assert [path.name for path in folder.iterdir()] == ["map.png"]
    assert not any(elsewhere.iterdir())
    with Image.open(folder / "map.png") as picture:
        picture.load()


def full(*arguments):
    """Write a little, as long as there is room."""
    arguments[-1].write(b"some")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def full_disk(monkeypatch, tmp_path):
    """Have files of these kinds not be written, until the disk has room again."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))

    @contextmanager
    def of(*kinds):
        with monkeypatch.context() as patch:
            for kind in kinds:
                patch.setitem(atlas._WRITERS, kind, full)
            yield patch

    return of


@pytest.mark.parametrize("kinds", [[".png"], [".npz"], [".png", ".npz"]], ids=str)
def test_a_finished_map_that_cannot_be_written_is_kept_and_written_later(kinds, here, full_disk, tmp_path, capsys):
    outs = {kind: tmp_path / f"map{kind}" for kind in (".png", ".npz")}
    words = [*SMALL, *(word for out in outs.values() for word in ("--out", str(out)))]
    with full_disk(*kinds):
        assert atlas.main(words) == 1
    said = capsys.readouterr().err
    for kind, out in outs.items():
        assert (f"{out} cannot be written: No space left on device." in said) == (kind in kinds)
        assert out.exists() == (kind not in kinds)
    part = tmp_path / "map.png.part"
    assert f"The map is finished; it is kept in {part}, and the same command goes on from there." in said
    assert {path.name for path in tmp_path.iterdir()} == {part.name, *(f"map{kind}" for kind in {*outs} - {*kinds})}

    # Nothing is computed again.
    kept = arrays(part)
    kept["steps"][:] = MARK
    with part.open("wb") as file:
        np.savez(file, **kept)
    assert atlas.main(words) == 0
    assert (arrays(outs[".npz"])["steps"] == MARK).all()
    assert {path.name for path in tmp_path.iterdir()} == {"map.png", "map.npz"}


def test_where_there_is_no_room_beside_the_map_it_is_kept_elsewhere(here, full_disk, tmp_path, capsys):
    (tmp_path / "elsewhere").mkdir()
    out = tmp_path / "map.npz"

    def here_only(values, file):
        return full(file) if str(tmp_path / "map") in file.name else np.savez(file, **values)

    with full_disk(".npz") as patch:
        patch.setattr(atlas, "_write_plainly", here_only)
        assert atlas.main([*SMALL, "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert f"{out}.part cannot be written: No space left on device. It is kept in " in said
    other = re.search(r"the same command, but with (\S+) in place of (\S+), goes on from there.", said)
    assert other[2] == str(out)
    assert [path.name for path in tmp_path.iterdir()] == ["elsewhere"]
    assert atlas.main([*SMALL, "--out", other[1]]) == 0
    assert "cells in" not in capsys.readouterr().err
    assert atlas.main([*SMALL, "--out", str(out)]) == 0
    assert_same_map(out, Path(other[1]))


@pytest.mark.parametrize("answers", [[""], []], ids=["room is made", "it is given up"])
def test_at_a_terminal_a_map_that_can_be_kept_nowhere_waits_for_room(
    answers, here, full_disk, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "map.npz"
    asked = []
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    with full_disk(".npz") as patch:
        patch.setattr(atlas, "_write_plainly", full)

        def answer(text):
            asked.append(text)
            if not answers:
                raise EOFError
            patch.undo()
            return answers[0]

        monkeypatch.setattr("builtins.input", answer)
        assert atlas.main([*SMALL, "--out", str(out)]) == (0 if answers else 1)
    assert len(asked) == 1
    assert f"{out} cannot be written: No space left on device." in asked[0]
    assert "Make room and press Enter" in asked[0]
    assert [path.name for path in tmp_path.iterdir()] == (["map.npz"] if answers else [])
    assert ("Nor could it be kept elsewhere." in capsys.readouterr().err) == (not answers)


def test_a_map_is_computed_on_where_it_cannot_be_kept_meanwhile(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(atlas, "_KEEP", 0)
    monkeypatch.setattr(atlas, "_KEEP_SHARE", 1e9)
    monkeypatch.setattr(atlas, "SLICE", 0.001)
    monkeypatch.setattr(atlas, "_write_plainly", full)
    words = ["basins", "--landscape", "ackley", "--optimizer", "adam", "--resolution", "128", "--steps", "300"]
    assert atlas.main([*words, "--out", str(tmp_path / "map.npz")]) == 0
    said = capsys.readouterr().err
    assert said.count("map.npz.part cannot be written: No space left on device. The map is computed on;") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["map.npz"]


def test_a_disk_that_has_less_room_than_may_be_needed_is_told(here, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=100_000))
    # For each cell an outcome and what it is near, of two bytes each, and a number of steps of four.
    assert atlas.main([*SMALL[:-1], "111", "--out", str(tmp_path / "a.npz")]) == 0
    assert "to keep what is known may take 0.1 MB; 0.1 MB are free there." not in capsys.readouterr().err
    assert atlas.main([*SMALL[:-1], "192", "--out", str(tmp_path / "b.npz")]) == 0
    assert "to keep what is known may take 0.3 MB; 0.1 MB are free there." in capsys.readouterr().err


# ── workers that die


def wait_until(true, seconds=20):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.02)


def workers_of(process):
    """Return the processes that compute: the children of the one child that is there to have them."""
    children = psutil.Process(process.pid).children(recursive=True)
    return [child for child in children if child.ppid() != process.pid]


def test_a_worker_that_is_killed_costs_nothing_but_time(whole, tmp_path):
    out = tmp_path / "map.npz"
    process = start(*LONG, "--out", out, "--map-workers", 2)
    wait_for(process, r"[2345]\d %")
    workers = workers_of(process)
    assert len(workers) == 2
    workers[0].kill()
    said = process.communicate(timeout=30)[1]
    assert process.returncode == 0, said
    assert_same_map(out, whole)


def test_workers_that_die_again_and_again_are_told_and_what_is_known_is_kept(tmp_path):
    process = start(*LONG, "--out", tmp_path / "map.png", "--map-workers", 2)
    wait_for(process, r"[56789]\d %")
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            for worker in workers_of(process):
                worker.kill()
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.02)
    said = process.communicate(timeout=1)[1]
    assert process.returncode == 1
    assert "A part of the map failed twice" in said
    assert "Traceback" not in said
    assert (arrays(tmp_path / "map.png.part")["outcome"] >= 0).any()


# ── a Dask cluster


@contextmanager
def cluster(folder):
    """A scheduler and two workers, each a process of its own; yields the address and the workers."""
    options = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    file = folder / "scheduler.json"
    python = [sys.executable, "-m"]
    common = ["--scheduler-file", str(file), "--no-dashboard"]
    ours = ["--no-nanny", "--nthreads", "1", "--local-directory", str(folder)]
    scheduler = [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", *common]
    worker = [*python, "distributed.cli.dask_worker", *ours, *common]
    processes = [subprocess.Popen(words, **options) for words in (scheduler, worker, worker)]
    try:
        wait_until(lambda: file.exists() and file.read_text().endswith("}"))
        yield json.loads(file.read_text())["address"], processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


@pytest.mark.full
def test_a_cluster_that_loses_a_worker_makes_the_same_map(whole, tmp_path):
    out = tmp_path / "map.npz"
    with cluster(tmp_path) as (address, workers):
        process = start(*LONG, "--out", out, "--out", tmp_path / "map.png", DOWNHILL_DASK=address)
        wait_for(process, f"workers? of the Dask cluster at {address}")
        wait_for(process, r"[2345]\d %")
        assert workers[0].poll() is None
        workers[0].kill()
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said
    assert_same_map(out, whole)
    assert (tmp_path / "map.png").read_bytes() == whole.with_suffix(".png").read_bytes()


def test_a_cluster_that_is_not_there_is_told(tmp_path):
    prepared = "import app.maps.pool; app.maps.pool._CONNECT = 1"
    process = start(*SMALL, "--out", tmp_path / "map.png", before=prepared, DOWNHILL_DASK="tcp://127.0.0.1:1")
    said = process.communicate(timeout=20)[1]
    assert process.returncode == 1
    assert "tcp://127.0.0.1:1" in said
    assert "Traceback" not in said


class Gone(Executor):
    """What Dask's executor does when its cluster is gone: it cancels what it was to compute."""

    def submit(self, function, *arguments):
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_a_cluster_that_goes_away_is_told_and_is_no_ctrl_c(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(atlas, "make_workers", lambda: Workers(Gone(), 1, lambda: None))
    assert atlas.main([*SMALL, "--out", str(tmp_path / "map.png")]) == 1
    assert "A part of the map failed twice" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())


def test_dask_that_is_not_installed_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(DASK, "tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert atlas.main([*SMALL, "--out", str(tmp_path / "map.png")]) == 1
    assert "DOWNHILL_DASK is set, but Dask is not installed: pip install 'downhill[dask]'" in capsys.readouterr().err


# ── the server's own command


def test_the_servers_command_sets_its_pool(monkeypatch, capsys):
    monkeypatch.delenv(WORKERS, raising=False)
    seen = []
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: seen.append(os.environ.pop(WORKERS, None)))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    for words in ([], ["--map-workers", "3"]):
        assert command.main(["--port", port, "--no-browser", *words]) == 0
    assert seen == [None, "3"]


def test_what_the_workers_import_of_the_command_is_light():
    heavy = {"uvicorn", "numpy", "fastapi", "PIL", "tqdm"}
    script = f"import app.__main__, sys; print(sorted({heavy!r} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
