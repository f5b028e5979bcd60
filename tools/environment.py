"""Make .venv hold what Downhill needs: announced where it is slow, repaired where it is broken, never done twice.

The Makefile calls this with any Python from 3.11 on and nothing installed, so it uses the standard library only.
It has to parse on far older Pythons too: they shall print the line below, not a SyntaxError.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    sys.exit(
        "Downhill needs Python 3.11 or newer; {} is Python {}.{}. Get one from https://www.python.org/downloads/ "
        "and name it: make run PYTHON=/path/to/python3".format(sys.executable, *sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "unfinished"  # there during an installation; found at a start, it tells of an interruption
VERSION = "{}.{}".format(*sys.version_info[:2])
# Every package, in one version with its hashes, for what there is to install; make lock renews them.
LOCKS = {"run": "requirements.lock", "test": "requirements-test.lock"}


def say(text: str) -> None:
    """Print at once, so that a line stands before the output of the command that it announces."""
    print(text, flush=True)


def attempt(
    *command: str, limit: float | None = None, environ: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a command out of sight and keep what it printed; one that cannot start or overruns its limit has failed."""
    try:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, str(error))
    with process:
        try:
            output, _ = process.communicate(timeout=limit)
        except BaseException as error:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # its children too: Playwright's download outlives its parent
            if isinstance(error, subprocess.TimeoutExpired):
                return subprocess.CompletedProcess(command, 124, str(error))
            raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def fingerprint(*files: str) -> str:
    """Hash what decides an installation: the files, the Python, and the place, which .venv leads to."""
    parts = [VERSION.encode(), bytes(ROOT), *((ROOT / name).read_bytes() for name in files)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp(what: str, *files: str) -> None:
    """Note in .venv that `what` is installed as the files ask."""
    (VENV / ("installed-" + what)).write_text(fingerprint(*files))


def is_stamped(what: str, *files: str) -> bool:
    """Tell whether `what` was installed, and as the files still ask."""
    note = VENV / ("installed-" + what)
    return note.exists() and note.read_text() == fingerprint(*files)


def fault() -> str | None:
    """Tell why .venv cannot be used as it is, if so."""
    if not VENV.exists():
        return "there is none"
    if UNFINISHED.exists():
        return "installing into the old one was interrupted"
    # What uv has made has no pip, which is then wanted where uv is gone.
    modules = "sys" if find_uv() else "sys, pip"
    probe = attempt(str(PYTHON), "-c", f"import {modules}; print('{{}}.{{}}'.format(*sys.version_info))")
    if probe.returncode:
        return "the old one is broken"
    if probe.stdout.strip() != VERSION:
        return "the old one has Python " + probe.stdout.strip()
    if not any(line.endswith(" " + str(VENV)) for line in (VENV / "pyvenv.cfg").read_text().splitlines()):
        return "the old one was made in another place"
    return None


def find_uv() -> str | None:
    """Find uv, which makes and fills .venv in a tenth of the time."""
    return shutil.which("uv")


def make_venv() -> None:
    """Make .venv: with uv where there is one, else with pip in it, also where Debian's Python lacks python3-venv."""
    base = getattr(sys, "_base_executable", sys.executable)  # we may be running from the .venv that goes now
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    uv = find_uv()
    if uv:
        run = attempt(uv, "venv", "--allow-existing", "--python", base, str(VENV))
        if run.returncode:
            sys.exit(run.stdout)
        with (VENV / "pyvenv.cfg").open("a") as notes:
            notes.write(f"command = uv venv {VENV}\n")  # as Python's own venv notes its place
    elif attempt(base, "-m", "venv", str(VENV)).returncode:
        bare = attempt(base, "-m", "venv", "--without-pip", str(VENV))
        if bare.returncode or attempt(base, "-m", "pip", "--python", str(PYTHON), "install", "pip").returncode:
            sys.exit(
                f"{sys.executable} cannot make an environment with pip. On Debian and Ubuntu: apt-get install "
                f"python{VERSION}-venv; or install uv (https://docs.astral.sh/uv). Then try again."
            )
    UNFINISHED.unlink()


def uv_environ() -> dict[str, str]:
    """Let uv ask the package index that pip would ask, look where pip would look, and trust whom pip would trust.

    What uv itself is told comes first.
    """
    environ = dict(os.environ)
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(environ):
        index = environ.get("PIP_INDEX_URL")
        if not index:
            asked = attempt(sys.executable, "-m", "pip", "config", "get", "global.index-url")
            index = asked.stdout.strip() if asked.returncode == 0 else None
        if index:
            environ["UV_DEFAULT_INDEX"] = index
    if "UV_FIND_LINKS" not in environ and environ.get("PIP_FIND_LINKS"):
        environ["UV_FIND_LINKS"] = ",".join(environ["PIP_FIND_LINKS"].split())
    if "PIP_CERT" in environ:
        environ.setdefault("SSL_CERT_FILE", environ["PIP_CERT"])
    return environ


def pip_install(*what: str) -> bool:
    """Install into .venv, quietly; where it fails, show all that was said."""
    UNFINISHED.touch()
    uv = find_uv()
    if uv:
        command, environ = (uv, "pip", "install", "--python", str(PYTHON)), uv_environ()
    else:
        command = (str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
        environ = None
    run = attempt(*command, *what, environ=environ)
    if run.returncode >= 0:  # it came to an end of its own, and cleans up behind a failure; a killed one does not
        UNFINISHED.unlink()
    if run.returncode:
        say(run.stdout)
    return run.returncode == 0


def lead_to_checkout() -> None:
    """Let .venv find this folder from everywhere: what is installed of it otherwise is a copy of another name."""
    for packages in (*VENV.glob("lib/python*/site-packages"), *VENV.glob("Lib/site-packages")):
        (packages / "downhill-checkout.pth").write_text(f"{ROOT}\n", encoding="utf-8")


def install(what: str) -> None:
    """Bring .venv to what the lock files hold: to "run", or to "test", which includes it."""
    reason = fault()
    if reason:
        say(f"Making .venv with Python {VERSION} ({reason}) …")
        make_venv()
    if any(is_stamped(each, "pyproject.toml", LOCKS[each]) for each in ("test", what)):
        return
    say(f"Installing the packages to {what} Downhill into .venv (a minute, the first time) …")
    if not pip_install("--require-hashes", "-r", LOCKS[what]):
        sys.exit("The packages could not be installed; the reason stands above.")
    lead_to_checkout()
    stamp(what, "pyproject.toml", LOCKS[what])


def start(main: Callable[[], int | None]) -> None:
    """Run a script's main function such that whatever stops it also stops what it has started."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) == signal.SIG_DFL:  # nohup ignores one of them, which stays so
            signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted.")


if __name__ == "__main__":
    start(lambda: install(sys.argv[1]))
