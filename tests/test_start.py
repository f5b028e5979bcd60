"""`make` on an unknown machine: the interpreter, the environment, the browser, and what is said of what lacks."""

import asyncio
import contextlib
import importlib.util
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "tools"
MAKE = shutil.which("make")


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """tools/environment.py, looking at a project of its own."""
    monkeypatch.syspath_prepend(str(TOOLS))
    module = load("environment")
    monkeypatch.setitem(sys.modules, "environment", module)
    root = tmp_path / "project"
    root.mkdir()
    for name in ("pyproject.toml", "requirements.lock", "requirements-test.lock"):
        (root / name).write_text("[project]\n")
    venv = root / ".venv"
    for name, value in {
        "ROOT": root,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "UNFINISHED": venv / "unfinished",
    }.items():
        monkeypatch.setattr(module, name, value)
    return module


@pytest.fixture
def checks(environment, monkeypatch):
    """tools/checks.py upon that environment, with no browser and no Node named or found."""
    for name in ("CI", "DOWNHILL_BROWSER"):
        monkeypatch.delenv(name, raising=False)
    return load("checks")


def load(name):
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def old_python(path):
    return program(path, "exit 1")


def new_python(path):
    return program(path, f'case "$1" in -c) exit 0;; esac; echo "{path.name} runs $*"')


def outcome(code=0, output=""):
    return subprocess.CompletedProcess([], code, output)


# ── the interpreter


def make_install(path, **variables):
    if not MAKE:
        pytest.skip("there is no make here")
    command = [MAKE, "--no-print-directory", "-C", str(ROOT), "install"]
    command += [f"{name}={value}" for name, value in variables.items()]
    environ = {"PATH": str(path)}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_make_takes_the_first_interpreter_that_is_new_enough(tmp_path):
    old_python(tmp_path / "python3")
    new_python(tmp_path / "python3.12")
    new_python(tmp_path / "python3.11")
    assert make_install(tmp_path).stdout == "python3.12 runs tools/environment.py test\n"


def test_make_takes_the_interpreter_that_is_named_even_with_a_space_in_its_path(tmp_path):
    new_python(tmp_path / "python3")
    named = new_python(tmp_path / "my tools" / "snake")
    assert make_install(tmp_path, PYTHON=named).stdout == "snake runs tools/environment.py test\n"


@pytest.mark.parametrize("named", [False, True])
def test_make_says_in_one_line_what_to_install_where_every_interpreter_is_too_old(tmp_path, named):
    variables = {"PYTHON": old_python(tmp_path / "python3")} if named else {}
    run = make_install(tmp_path, **variables)
    line, make_own = run.stderr.splitlines()
    assert run.returncode != 0
    assert line.startswith("No Python 3.11 or newer")
    assert "apt-get install python3" in line
    assert "Error" in make_own


@pytest.mark.parametrize("script", ["environment.py", "checks.py"])
def test_an_older_python_refuses_in_one_line(script):
    pretend = "import runpy, sys; sys.version_info = (3, 10, 1); runpy.run_path(sys.argv[1], run_name='__main__')"
    run = subprocess.run(
        [sys.executable, "-c", pretend, str(TOOLS / script)],
        env={**os.environ, "PYTHONPATH": str(TOOLS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "Downhill needs Python 3.11 or newer" in run.stderr


# ── .venv


def test_a_command_that_overruns_its_limit_is_stopped_and_has_failed(environment, tmp_path):
    assert environment.attempt("/bin/sh", "-c", "sleep 60 & sleep 60", limit=0.1).returncode == 124


def test_a_command_that_is_not_there_has_failed(environment):
    assert environment.attempt("/nowhere/to/be/found").returncode == 127


@pytest.fixture
def pip_calls(environment, monkeypatch):
    """A .venv that is made and filled in an instant; returns the pip installations asked for."""
    calls = []

    def make_venv():
        (environment.VENV / "lib" / "python3.11" / "site-packages").mkdir(parents=True)

    monkeypatch.setattr(environment, "fault", lambda: None if environment.VENV.exists() else "there is none")
    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "pip_install", lambda *what: calls.append(what) or True)
    return calls


LOCKED = {
    what: [("--require-hashes", "-r", lock)]
    for what, lock in {"run": "requirements.lock", "test": "requirements-test.lock"}.items()
}


def test_nothing_is_installed_a_second_time(environment, pip_calls):
    environment.install("run")
    environment.install("run")
    assert pip_calls == [*LOCKED["run"]]


def test_the_checkout_is_found_from_every_folder(environment, pip_calls):
    environment.install("run")
    (path,) = environment.VENV.glob("lib/*/site-packages/*.pth")
    assert path.read_text() == f"{environment.ROOT}\n"


def test_what_testing_needs_includes_what_running_needs_but_not_the_other_way_round(environment, pip_calls):
    environment.install("run")
    environment.install("test")
    environment.install("run")
    assert pip_calls == [*LOCKED["run"], *LOCKED["test"]]


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock"])
def test_a_changed_pyproject_or_lock_is_installed(environment, pip_calls, name):
    environment.install("run")
    (environment.ROOT / name).write_text("[project]\nname = 'other'\n")
    environment.install("run")
    assert pip_calls == [*LOCKED["run"], *LOCKED["run"]]


def test_the_lock_for_testing_does_not_concern_who_only_runs(environment, pip_calls):
    environment.install("run")
    (environment.ROOT / "requirements-test.lock").write_text("other\n")
    environment.install("run")
    environment.install("test")
    (environment.ROOT / "requirements-test.lock").write_text("another\n")
    environment.install("test")
    assert pip_calls == [*LOCKED["run"], *LOCKED["test"], *LOCKED["test"]]


def test_what_the_lock_does_not_give_is_not_followed_by_anything_else(environment, pip_calls, monkeypatch):
    monkeypatch.setattr(environment, "pip_install", lambda *what: pip_calls.append(what))
    with pytest.raises(SystemExit):
        environment.install("run")
    assert pip_calls == [LOCKED["run"][0]]


def test_another_python_version_changes_the_fingerprint(environment, monkeypatch):
    before = environment.fingerprint("pyproject.toml")
    monkeypatch.setattr(environment, "VERSION", "3.99")
    assert environment.fingerprint("pyproject.toml") != before


def test_a_failed_installation_is_shown_and_not_stamped(environment, monkeypatch, capsys):
    environment.VENV.mkdir()
    monkeypatch.setattr(environment, "fault", lambda: None)
    monkeypatch.setattr(environment, "attempt", lambda *command, **_: outcome(1, "pip's reason"))
    with pytest.raises(SystemExit):
        environment.install("run")
    assert "pip's reason" in capsys.readouterr().out
    assert not environment.is_stamped("run", "pyproject.toml", "requirements.lock")
    assert not environment.UNFINISHED.exists()


def test_an_interrupted_installation_leaves_a_venv_that_is_made_anew(environment, monkeypatch):
    def interrupt(*command, **_):
        raise KeyboardInterrupt

    environment.VENV.mkdir()
    monkeypatch.setattr(environment, "attempt", interrupt)
    with pytest.raises(KeyboardInterrupt):
        environment.pip_install("anything")
    assert "interrupted" in environment.fault()


def venv_by_hand(environment, version, place):
    environment.PYTHON.parent.mkdir(parents=True)
    program(environment.PYTHON, f"echo {version}")
    (environment.VENV / "pyvenv.cfg").write_text(f"home = /usr/bin\ncommand = /usr/bin/python3 -m venv {place}\n")


def test_a_whole_venv_is_kept(environment):
    venv_by_hand(environment, environment.VERSION, environment.VENV)
    assert environment.fault() is None


def test_a_venv_of_another_python_version_is_noticed(environment):
    venv_by_hand(environment, "3.99", environment.VENV)
    assert "3.99" in environment.fault()


def test_a_venv_that_was_copied_from_another_place_is_noticed(environment):
    venv_by_hand(environment, environment.VERSION, "/elsewhere/.venv")
    assert "another place" in environment.fault()


def test_a_venv_whose_interpreter_is_gone_is_noticed(environment):
    venv_by_hand(environment, environment.VERSION, environment.VENV)
    environment.PYTHON.unlink()
    environment.PYTHON.symlink_to("/nowhere/python3")
    assert "broken" in environment.fault()


# ── with uv, with pip, and where Python comes without it


@pytest.fixture
def commands(environment, monkeypatch):
    """Records the commands, and fails those that the test adds to `fails`; no uv but where a test adds one."""
    log, fails = [], []

    def attempt(*command, environ=None, **_):
        log.append(" ".join(map(str, command[1:])))
        attempt.environ = environ
        if "venv" in command and log[-1].startswith("venv"):
            environment.PYTHON.parent.mkdir(parents=True)
            (environment.VENV / "pyvenv.cfg").write_text("home = /usr/bin\n")
        return outcome(int(any(part in log[-1] for part in fails)), "its output\n")

    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_CERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(environment, "attempt", attempt)
    monkeypatch.setattr(environment, "find_uv", lambda: None)
    attempt.log, attempt.fails = log, fails
    return attempt


@pytest.fixture
def with_uv(environment, commands, monkeypatch):
    monkeypatch.setattr(environment, "find_uv", lambda: "/opt/uv")
    return commands


def test_a_venv_is_made_with_pip_in_it(environment, commands):
    environment.make_venv()
    assert commands.log == [f"-m venv {environment.VENV}"]
    assert not environment.UNFINISHED.exists()


def test_without_ensurepip_pip_comes_from_the_interpreters_own(environment, commands):
    commands.fails.append("-m venv /")
    environment.make_venv()
    assert commands.log[1:] == [
        f"-m venv --without-pip {environment.VENV}",
        f"-m pip --python {environment.PYTHON} install pip",
    ]
    assert not environment.UNFINISHED.exists()


@pytest.mark.parametrize("lacking", ["-m venv --without-pip", "-m pip --python"])
def test_where_nothing_helps_one_line_names_the_package_to_install_and_uv(environment, commands, lacking):
    commands.fails.extend(["-m venv /", lacking])
    with pytest.raises(SystemExit) as refusal:
        environment.make_venv()
    assert f"apt-get install python{environment.VERSION}-venv; or install uv" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert environment.UNFINISHED.exists()


def test_uv_makes_and_fills_the_venv_where_it_is_there(environment, with_uv, monkeypatch):
    environment.make_venv()
    assert environment.pip_install("--require-hashes", "-r", "requirements.lock")
    made, filled = with_uv.log[0], with_uv.log[-1]
    assert made.startswith("venv ")
    assert made.endswith(f" {environment.VENV}")
    assert filled == f"pip install --python {environment.PYTHON} --require-hashes -r requirements.lock"
    assert not environment.UNFINISHED.exists()
    # And what it has made is known to be whole.
    monkeypatch.setattr(environment, "attempt", lambda *_, **__: outcome(0, environment.VERSION))
    assert environment.fault() is None


def test_what_uv_has_made_is_made_anew_with_pip_where_uv_is_gone(environment, monkeypatch):
    venv_by_hand(environment, environment.VERSION, environment.VENV)
    program(environment.PYTHON, f'case "$2" in *pip*) exit 1;; esac; echo {environment.VERSION}')
    monkeypatch.setattr(environment, "find_uv", lambda: "/opt/uv")
    assert environment.fault() is None
    monkeypatch.setattr(environment, "find_uv", lambda: None)
    assert "broken" in environment.fault()


def test_a_uv_that_fails_gives_its_reason(environment, with_uv, capsys):
    with_uv.fails.append("venv")
    with pytest.raises(SystemExit, match="its output"):
        environment.make_venv()
    assert not environment.pip_install("anything")
    assert "its output" in capsys.readouterr().out


def test_uv_asks_the_index_that_pip_asks_and_trusts_whom_it_trusts(environment, with_uv, monkeypatch):
    answer = outcome(0, "https://configured.example/simple\n")
    monkeypatch.setattr(environment, "attempt", lambda *_, **__: answer)
    assert environment.uv_environ()["UV_DEFAULT_INDEX"] == "https://configured.example/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://named.example/simple")
    monkeypatch.setenv("PIP_CERT", "/etc/company.pem")
    assert environment.uv_environ()["UV_DEFAULT_INDEX"] == "https://named.example/simple"
    assert environment.uv_environ()["SSL_CERT_FILE"] == "/etc/company.pem"
    monkeypatch.setenv("PIP_FIND_LINKS", "/opt/wheels /opt/others")
    assert environment.uv_environ()["UV_FIND_LINKS"] == "/opt/wheels,/opt/others"
    # What uv is told itself comes first.
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example/simple")
    assert environment.uv_environ()["UV_DEFAULT_INDEX"] == "https://own.example/simple"


def test_where_no_index_is_configured_uv_takes_its_own(environment, with_uv):
    with_uv.fails.append("pip config")
    assert "UV_DEFAULT_INDEX" not in environment.uv_environ()


# ── the lock files


@pytest.fixture
def lock(environment, monkeypatch):
    """tools/lock.py, and the commands that it runs; each of them succeeds."""
    module, commands = load("lock"), []

    def attempt(*command, environ=None, **_):
        commands.append((command, environ or {}))
        return outcome()

    monkeypatch.setattr(module, "attempt", attempt)
    monkeypatch.setattr(environment, "fault", lambda: None)
    monkeypatch.setattr(environment, "find_uv", lambda: None)
    module.commands = commands
    return module


def test_both_lock_files_are_renewed_from_the_index_that_pip_uses_which_is_not_written_down(lock, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    lock.main()
    (install, _), (run, environ), (test, _) = lock.commands
    assert install[-1].startswith("uv")
    for command, name in ((run, "requirements.lock"), (test, "requirements-test.lock")):
        assert {"--universal", "--upgrade", "--generate-hashes"} <= set(command)
        assert command[-2:] == ("--output-file", name)
        assert "packages.example" not in " ".join(command)
    assert environ["UV_DEFAULT_INDEX"] == "https://packages.example/simple"
    assert "test" not in run
    assert test[test.index("--constraint") + 1] == "requirements.lock"


def test_a_uv_that_is_there_is_not_got_for_the_lock_files(lock, environment, monkeypatch):
    monkeypatch.setattr(environment, "find_uv", lambda: "/opt/uv")
    lock.main()
    assert [command[:3] for command, _ in lock.commands] == [("/opt/uv", "pip", "compile")] * 2


def test_a_lock_file_that_could_not_be_renewed_is_told(lock, monkeypatch):
    monkeypatch.setattr(lock, "attempt", lambda *command, **_: outcome(1, "uv's reason"))
    with pytest.raises(SystemExit, match="uv's reason"):
        lock.main()


# ── the browser and Node


def test_the_named_browser_comes_first(checks, tmp_path, monkeypatch):
    named = program(tmp_path / "named", "exit 0")
    program(tmp_path / "bin" / "chromium", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("DOWNHILL_BROWSER", named)
    assert checks.find_browser() == named


def test_a_named_browser_that_does_not_start_is_not_replaced_by_another(checks, tmp_path, monkeypatch):
    program(tmp_path / "chromium", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOWNHILL_BROWSER", str(tmp_path / "missing"))
    assert checks.find_browser() is None


def test_the_machines_browsers_are_tried_in_order_and_must_start(checks, tmp_path, monkeypatch):
    program(tmp_path / "chromium-browser", "echo install the snap; exit 1")
    chrome = program(tmp_path / "google-chrome", "exit 0")
    program(tmp_path / "google-chrome-stable", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert checks.find_browser() == chrome
    chromium = program(tmp_path / "chromium", "exit 0")
    assert checks.find_browser() == chromium


@pytest.fixture
def bare_machine(checks, monkeypatch):
    """No browser at first; returns what was tried to get one."""
    tried = []
    monkeypatch.setattr(checks, "machine_browser", lambda: tried.append("machine"))
    monkeypatch.setattr(checks, "playwright_has_browser", lambda: tried.append("playwright") or False)
    monkeypatch.setattr(checks, "install_debian", lambda what, *packages: tried.append("debian"))
    return tried


def test_playwrights_browser_comes_after_the_machines(checks, bare_machine, monkeypatch):
    monkeypatch.setattr(checks, "playwright_has_browser", lambda: bare_machine.append("playwright") or True)
    assert checks.find_browser() == ""
    assert bare_machine == ["machine", "playwright"]


def test_debians_browser_comes_last(checks, bare_machine):
    assert checks.find_browser() is None
    assert bare_machine == ["machine", "playwright", "debian", "machine"]


def test_only_root_installs_debians_packages(checks, monkeypatch):
    monkeypatch.setattr(checks.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(checks, "attempt", lambda *command, **_: pytest.fail("it ran a command"))
    checks.install_debian("Chromium", "chromium")


def test_firefox_and_webkit_are_got_once_where_one_of_them_or_their_screen_is_missing(checks, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    installed = []

    def install(what, *packages):
        installed.append(packages)
        program(tmp_path / "Xvfb", "exit 0")

    monkeypatch.setattr(checks, "install_debian", install)
    program(tmp_path / "firefox", "exit 0")
    assert not checks.have_engines()
    program(tmp_path / "WebKitWebDriver", "exit 0")
    assert checks.have_engines()
    assert installed == [("firefox-esr", "webkit2gtk-driver", "xvfb")]


@pytest.mark.parametrize(
    ("version", "npm", "enough"), [("v18.0.0", True, True), ("v24.1.0", False, False), ("v16.9.1", True, False)]
)
def test_node_must_be_new_enough_and_have_npm(checks, tmp_path, version, npm, enough):
    program(tmp_path / "node", f"echo {version}")
    if npm:
        program(tmp_path / "npm", "exit 0")
    assert checks.node_runs(str(tmp_path)) is enough


def test_pytorchs_cpu_build_is_got_where_pip_looks_or_else_from_pytorchs_index(checks, environment, monkeypatch):
    there, asked = [], []
    monkeypatch.setattr(checks, "attempt", lambda *command, **_: outcome(0 if there else 1))

    def install(*what):
        asked.append(what)
        return what[-1] in there

    monkeypatch.setattr(environment, "pip_install", install)
    assert not checks.have_torch()
    first, second = asked
    assert checks.TORCH in first
    assert "--no-deps" in first
    assert second == (*first, *checks.TORCH_INDEX)
    there.append(second[-1])
    assert checks.have_torch()
    assert len(asked) == 2


# ── the run


@pytest.fixture
def quick_run(checks, environment, monkeypatch):
    """`make test` with everything at hand and every step passing; the test takes away what it wants."""
    monkeypatch.setattr(environment, "install", lambda what: None)
    monkeypatch.setattr(checks, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(checks, "have_engines", lambda: True)
    monkeypatch.setattr(checks, "have_torch", lambda: True)
    monkeypatch.setattr(checks, "have_node", lambda path: True)
    monkeypatch.setattr(checks, "have_typescript", lambda environ: True)
    checks.ran, checks.commands, checks.failing, checks.once = {}, {}, set(), set()
    monkeypatch.setattr(checks.sys, "argv", ["checks.py"])

    async def run(command, environ):
        full = "--full" in checks.sys.argv
        for step in itertools.chain(*checks.steps(True, True, full)):
            if command in (step.command, step.again):
                checks.ran[step.name], checks.commands[step.name] = environ, command
                fails = step.name in (checks.failing if command == step.again else checks.failing | checks.once)
                return int(fails), f"the output of {step.name}\n"
        raise AssertionError(command)

    monkeypatch.setattr(checks, "run", run)
    return checks


BROWSERS = ["browser"]
SCRIPTS = ["prettier", "eslint", "tsc", "node --test"]
REST = ["ruff check", "ruff format", "mypy", *SCRIPTS, "mathematics", "long walks", "pytest", "engines"]
ALL = BROWSERS + REST


def in_lanes(names):
    return [name for name in names if name in BROWSERS], [name for name in names if name not in BROWSERS]


def test_every_step_is_run_in_the_order_of_its_lane_and_summed_up(quick_run, capsys):
    assert quick_run.main() == 0
    assert in_lanes(quick_run.ran) == (BROWSERS, REST)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("passed")[0].strip() for line in lines[-len(ALL) :]] == ALL
    for name in ALL:
        assert lines[lines.index(f"── {name}") + 1] == f"the output of {name}"


def test_the_steps_after_a_failed_one_still_run_and_the_exit_code_tells(quick_run, capsys):
    quick_run.failing.add("ruff check")
    assert quick_run.main() == 1
    assert in_lanes(quick_run.ran) == (BROWSERS, REST)
    assert "failed" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["browser", "engines"])
def test_what_failed_in_a_browser_is_run_once_more_in_sight_and_decides(quick_run, capsys, name):
    quick_run.once.add(name)
    assert quick_run.main() == 0
    assert "--last-failed" in quick_run.commands[name]
    assert f"── {name}: what failed, once more" in capsys.readouterr().out
    quick_run.failing.add(name)
    assert quick_run.main() == 1


def test_the_whole_products_are_run_where_that_is_asked_for(quick_run, monkeypatch):
    def marks():
        commands = [step.command for step in itertools.chain(*quick_run.steps(True, True, "--full" in sys.argv))]
        return [command[command.index("pytest") + 2] for command in commands if "pytest" in command]

    quick_run.main()
    assert marks() == ["not full", "not long and not full", "long and not full", "not full", "not full"]
    monkeypatch.setattr(quick_run.sys, "argv", ["checks.py", "--full"])
    assert quick_run.main() == 0
    assert marks() == ["", "not long", "long", "", ""]


def test_the_ten_tests_that_took_longest_are_named_before_the_summary(quick_run, environment, capsys, monkeypatch):
    cases = "".join(
        f'<testcase classname="tests.some.test_file" name="test_{seconds}[a]" time="{seconds}.0"/>'
        for seconds in (7, 40, 3, 2, 5, 9, 11)
    )
    run = quick_run.run

    async def timed(command, environ):
        for word in command:
            if word.startswith("--junitxml=") and "long walks" not in word:
                path = Path(word.removeprefix("--junitxml="))
                path.parent.mkdir(exist_ok=True)
                slower = cases if "pytest.xml" in word else cases.replace("40.0", "39.0")
                path.write_text("broken off" if "engines" in word else f"<testsuites>{slower}</testsuites>")
        return await run(command, environ)

    monkeypatch.setattr(quick_run, "run", timed)
    assert quick_run.main() == 0
    lines = capsys.readouterr().out.splitlines()[-len(ALL) - 12 : -len(ALL) - 1]
    assert lines[0] == "The 10 tests that took longest"
    assert lines[1].split() == ["40.0", "s", "pytest", "tests/some/test_file.py::test_40[a]"]
    assert {tuple(line.split()[:3]) for line in lines[2:4]} == {("39.0", "s", "browser"), ("39.0", "s", "mathematics")}
    seconds = [float(line.split()[0]) for line in lines[1:]]
    assert seconds == sorted(seconds, reverse=True)
    assert len(seconds) == 10


def test_a_command_that_is_interrupted_is_stopped(checks, tmp_path):
    async def interrupted():
        running = asyncio.create_task(checks.run(["/bin/sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 60"], {}))
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
            await asyncio.sleep(0.01)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

    asyncio.run(interrupted())
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_what_a_command_prints_and_its_exit_code_are_kept(checks):
    assert asyncio.run(checks.run(["/bin/sh", "-c", "echo one; echo two >&2; exit 3"], {})) == (3, "one\ntwo\n")


def test_the_tests_get_the_browsers_path(quick_run):
    quick_run.main()
    assert quick_run.ran["pytest"]["DOWNHILL_BROWSER"] == "/usr/bin/chromium"


def test_the_tests_get_no_path_for_playwrights_own_browser(quick_run, monkeypatch):
    monkeypatch.setattr(quick_run, "find_browser", lambda: "")
    quick_run.main()
    assert "DOWNHILL_BROWSER" not in quick_run.ran["pytest"]


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0), (None, 0)])
def test_a_missing_browser_is_named_in_the_last_line_and_fails_only_in_ci(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "find_browser", lambda: None)
    assert quick_run.main() == code
    assert in_lanes(quick_run.ran) == (BROWSERS, REST)
    assert quick_run.ran["pytest"]["DOWNHILL_BROWSER"] == "none"
    assert capsys.readouterr().out.splitlines()[-1].startswith("NOT TESTED: the browser tests")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), (None, 0)])
def test_without_node_its_steps_are_not_run(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "have_node", lambda path: False)
    assert quick_run.main() == code
    assert in_lanes(quick_run.ran) == (
        BROWSERS,
        [name for name in REST if name not in SCRIPTS],
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("NOT TESTED: prettier, eslint, tsc, node --test")
    assert sum("not run" in line for line in lines) == 4


@pytest.mark.parametrize(("ci", "code"), [("true", 1), (None, 0)])
def test_a_missing_pytorch_is_named_in_the_last_line_and_fails_only_in_ci(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "have_torch", lambda: False)
    assert quick_run.main() == code
    assert capsys.readouterr().out.splitlines()[-1].startswith("NOT TESTED: the scripts for PyTorch")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), (None, 0)])
def test_a_missing_engine_is_named_in_the_last_line_and_fails_only_in_ci(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "have_engines", lambda: False)
    assert quick_run.main() == code
    assert in_lanes(quick_run.ran) == (BROWSERS, REST)
    assert capsys.readouterr().out.splitlines()[-1].startswith("NOT TESTED: Firefox or WebKit")


def test_without_ci_a_failed_step_still_fails_the_run_that_lacks_a_browser(quick_run, monkeypatch):
    monkeypatch.setattr(quick_run, "find_browser", lambda: None)
    quick_run.failing.add("pytest")
    assert quick_run.main() == 1


def test_what_is_missing_is_loud_on_a_terminal(checks, monkeypatch, capsys):
    monkeypatch.setattr(checks.sys.stdout, "isatty", lambda: True, raising=False)
    checks.report([], ["the moon"])
    assert capsys.readouterr().out.splitlines()[-1] == "\033[1;31mNOT TESTED: the moon\033[0m"


def test_typescript_is_installed_once_and_again_when_package_json_changes(checks, environment, monkeypatch):
    environment.VENV.mkdir()
    (environment.ROOT / "package.json").write_text("{}")
    compiler = environment.ROOT / "tsc"
    compiler.touch()
    calls = []
    monkeypatch.setattr(checks, "TSC", compiler)
    monkeypatch.setattr(checks, "attempt", lambda *command, **_: calls.append(command) or outcome())
    assert checks.have_typescript({})
    assert checks.have_typescript({})
    assert len(calls) == 1
    (environment.ROOT / "package.json").write_text(json.dumps({"devDependencies": {}}))
    assert checks.have_typescript({})
    assert len(calls) == 2


def test_all_scripts_in_the_folder_are_given_to_node_one_by_one(checks, environment):
    (environment.ROOT / "tests" / "js" / "deep").mkdir(parents=True)
    (environment.ROOT / "tests" / "js" / "b.test.js").touch()
    (environment.ROOT / "tests" / "js" / "deep" / "a.test.js").touch()
    (environment.ROOT / "tests" / "js" / "tools.js").touch()
    assert checks.test_scripts() == ["tests/js/b.test.js", "tests/js/deep/a.test.js"]
