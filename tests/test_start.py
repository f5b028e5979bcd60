"""`make` on an unknown machine: the interpreter, the environment, the browser, and what is said of what lacks."""

import functools
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
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
        environment.VENV.mkdir()

    monkeypatch.setattr(environment, "fault", lambda: None if environment.VENV.exists() else "there is none")
    monkeypatch.setattr(environment, "make_venv", make_venv)
    monkeypatch.setattr(environment, "pip_install", lambda *what: calls.append(what) or True)
    return calls


LOCKED = {
    what: [("--require-hashes", "-r", lock), ("--no-deps", "-e", ".")]
    for what, lock in {"run": "requirements.lock", "test": "requirements-test.lock"}.items()
}


def test_nothing_is_installed_a_second_time(environment, pip_calls):
    environment.install("run")
    environment.install("run")
    assert pip_calls == [*LOCKED["run"]]


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


# ── pip where Python comes without it


def package_index(folder, *versions, content=b"a wheel", described=b"a wheel"):
    lines, digest = [], hashlib.sha256(described).hexdigest()
    (folder / "pip").mkdir(parents=True)
    for version in versions:
        name = f"pip-{version}-py3-none-any.whl"
        (folder / "pip" / name).write_bytes(content)
        lines.append(f'<a href="{name}#sha256={digest}">{name}</a>')
    (folder / "pip" / "index.html").write_text("\n".join(lines))


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def index(tmp_path):
    """A package index on loopback that serves the folder it is given."""
    servers = []

    def serve(folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("PIP_CERT", raising=False)


def test_the_newest_release_of_pip_is_fetched_from_the_index(environment, tmp_path, index, no_proxy):
    package_index(tmp_path / "index", "9.0.3", "26.3", "26.1.2", "27.0b1")
    wheel = environment.fetch_pip(index(tmp_path / "index"), tmp_path)
    assert wheel.name == "pip-26.3-py3-none-any.whl"
    assert wheel.read_bytes() == b"a wheel"


def test_a_wheel_with_another_hash_than_the_index_gives_is_refused(environment, tmp_path, index, no_proxy):
    package_index(tmp_path / "index", "26.3", content=b"another wheel")
    with pytest.raises(ValueError, match="not the file"):
        environment.fetch_pip(index(tmp_path / "index"), tmp_path)


@pytest.mark.parametrize("attributes", ['data-requires-python="&gt;=3.99"', 'data-yanked=""', 'data-yanked="a reason"'])
def test_a_pip_that_is_yanked_or_needs_a_newer_python_is_passed_over(environment, attributes):
    page = f"""
        <a href="../../pip-26.2-py3-none-any.whl#sha256=abc" data-requires-python="&gt;=3.10">pip 26.2</a>
        <a href="../../pip-26.3-py3-none-any.whl#sha256=def" {attributes}>pip 26.3</a>"""
    assert environment.newest_pip(page) == ("../../pip-26.2-py3-none-any.whl", "abc")


def test_an_index_without_a_usable_pip_is_named_as_the_reason(environment):
    with pytest.raises(ValueError, match="no wheel of pip"):
        environment.newest_pip('<a href="pip-26.3.tar.gz#sha256=abc">pip-26.3.tar.gz</a>')


def test_the_index_is_the_one_pip_would_use(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "PIP_CONFIGURATIONS", ())
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    assert environment.index_url() == "https://pypi.org/simple"
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://configured.example/%40/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert environment.index_url() == "https://configured.example/%40/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://named.example/simple")
    assert environment.index_url() == "https://named.example/simple"


@pytest.fixture
def commands(environment, monkeypatch):
    """A Python without ensurepip: records the commands, and fails those that the test adds to `fails`."""
    log, fails = [], ["-m venv /"]

    def attempt(*command, **_):
        log.append(" ".join(map(str, command[1:])))
        return outcome(int(any(part in log[-1] for part in fails)), "its output\n")

    monkeypatch.setattr(environment, "attempt", attempt)
    attempt.log, attempt.fails = log, fails
    return attempt


def test_without_ensurepip_pip_comes_from_the_interpreters_own(environment, commands):
    environment.make_venv()
    assert commands.log[1:] == [
        f"-m venv --without-pip {environment.VENV}",
        f"-m pip --python {environment.PYTHON} install pip",
    ]
    assert not environment.UNFINISHED.exists()


def test_without_any_pip_it_comes_from_the_index(environment, commands, tmp_path, index, no_proxy, monkeypatch):
    package_index(tmp_path / "index", "26.3")
    monkeypatch.setenv("PIP_INDEX_URL", index(tmp_path / "index"))
    commands.fails.append("-m pip --python")
    environment.make_venv()
    assert "pip-26.3-py3-none-any.whl/pip install --no-index" in commands.log[-1]
    assert not environment.UNFINISHED.exists()


@pytest.mark.parametrize("lacking", ["-m venv --without-pip", "-m pip --python"])
def test_where_nothing_helps_the_package_to_install_is_named(environment, commands, lacking, no_proxy, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    commands.fails.append(lacking)
    with pytest.raises(SystemExit, match=rf"install python{environment.VERSION}-venv"):
        environment.make_venv()
    assert environment.UNFINISHED.exists()


INSTALL_MYSELF = """
import pathlib, sys, sysconfig
assert sys.argv[1:3] == ["install", "--no-index"]
(pathlib.Path(sysconfig.get_path("purelib")) / "pip.py").touch()
"""


def test_a_python_with_neither_ensurepip_nor_pip_gets_a_venv_that_works(
    environment, tmp_path, index, no_proxy, monkeypatch
):
    with zipfile.ZipFile(tmp_path / "wheel", "w") as small_pip:
        small_pip.writestr("pip/__main__.py", INSTALL_MYSELF)
    content = (tmp_path / "wheel").read_bytes()
    package_index(tmp_path / "index", "26.3", content=content, described=content)
    monkeypatch.setenv("PIP_INDEX_URL", index(tmp_path / "index"))
    attempt = environment.attempt

    def bare_python(*command, **options):
        lacking = command[1:3] == ("-m", "pip") or (command[1:3] == ("-m", "venv") and "--without-pip" not in command)
        return outcome(1) if lacking else attempt(*command, **options)

    monkeypatch.setattr(environment, "attempt", bare_python)
    environment.make_venv()
    assert environment.fault() is None


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


# ── the run


@pytest.fixture
def quick_run(checks, environment, monkeypatch):
    """`make test` with everything at hand and every step passing; the test takes away what it wants."""
    monkeypatch.setattr(environment, "install", lambda what: None)
    monkeypatch.setattr(checks, "find_browser", lambda: "/usr/bin/chromium")
    monkeypatch.setattr(checks, "have_engines", lambda: True)
    monkeypatch.setattr(checks, "have_node", lambda path: True)
    monkeypatch.setattr(checks, "have_typescript", lambda environ: True)
    checks.ran, checks.failing = {}, set()

    def run(command, env, **_):
        name = next(step.name for step in checks.steps(True, True) if step.command == command)
        checks.ran[name] = env
        return outcome(int(name in checks.failing))

    monkeypatch.setattr(checks.subprocess, "run", run)
    return checks


ALL = [
    "ruff check",
    "ruff format",
    "mypy",
    "prettier",
    "eslint",
    "tsc",
    "node --test",
    "pytest",
    "mathematics",
    "browser",
    "engines",
]


def test_every_step_is_run_in_order_and_summed_up(quick_run, capsys):
    assert quick_run.main() == 0
    assert list(quick_run.ran) == ALL
    summary = capsys.readouterr().out.splitlines()[-len(ALL) :]
    assert [line.split("passed")[0].strip() for line in summary] == ALL


def test_the_steps_after_a_failed_one_still_run_and_the_exit_code_tells(quick_run, capsys):
    quick_run.failing.add("ruff check")
    assert quick_run.main() == 1
    assert list(quick_run.ran) == ALL
    assert "failed" in capsys.readouterr().out


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
    assert list(quick_run.ran) == ALL
    assert quick_run.ran["pytest"]["DOWNHILL_BROWSER"] == "none"
    assert capsys.readouterr().out.splitlines()[-1].startswith("NOT TESTED: the browser tests")


@pytest.mark.parametrize(("ci", "code"), [("true", 1), (None, 0)])
def test_without_node_its_steps_are_not_run(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "have_node", lambda path: False)
    assert quick_run.main() == code
    assert list(quick_run.ran) == ["ruff check", "ruff format", "mypy", "pytest", "mathematics", "browser", "engines"]
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].startswith("NOT TESTED: prettier, eslint, tsc, node --test")
    assert sum("not run" in line for line in lines) == 4


@pytest.mark.parametrize(("ci", "code"), [("true", 1), (None, 0)])
def test_a_missing_engine_is_named_in_the_last_line_and_fails_only_in_ci(quick_run, monkeypatch, capsys, ci, code):
    if ci is not None:
        monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(quick_run, "have_engines", lambda: False)
    assert quick_run.main() == code
    assert list(quick_run.ran) == ALL
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
    (environment.ROOT / "tests" / "js" / "deep" / "a.js").touch()
    assert checks.test_scripts() == ["tests/js/b.test.js", "tests/js/deep/a.js"]
