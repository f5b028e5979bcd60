"""Make .venv hold what Downhill needs: announced where it is slow, repaired where it is broken, never done twice.

The Makefile calls this with any Python from 3.11 on and nothing installed, so it uses the standard library only.
It has to parse on far older Pythons too: they shall print the line below, not a SyntaxError.
"""

import configparser
import contextlib
import hashlib
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin
from urllib.request import urlopen

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

PIP_CONFIGURATIONS = (
    "/etc/pip.conf",
    "/etc/xdg/pip/pip.conf",
    "~/.pip/pip.conf",
    "~/.config/pip/pip.conf",
    "~/Library/Application Support/pip/pip.conf",
)


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
    """Hash what decides an installation: the files, the Python, and the place, which an editable install points at."""
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
    probe = attempt(str(PYTHON), "-c", "import sys, pip; print('{}.{}'.format(*sys.version_info))")
    if probe.returncode:
        return "the old one is broken"
    if probe.stdout.strip() != VERSION:
        return "the old one has Python " + probe.stdout.strip()
    if not any(line.endswith(" " + str(VENV)) for line in (VENV / "pyvenv.cfg").read_text().splitlines()):
        return "the old one was made in another place"
    return None


def make_venv() -> None:
    """Make .venv, pip included, also where Python comes without ensurepip (Debian without python3-venv)."""
    base = getattr(sys, "_base_executable", sys.executable)  # we may be running from the .venv that goes now
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    if attempt(base, "-m", "venv", str(VENV)).returncode:
        bare = attempt(base, "-m", "venv", "--without-pip", str(VENV))
        if bare.returncode:
            sys.exit(bare.stdout + without("venv"))
        add_pip(base)
    UNFINISHED.unlink()


def add_pip(base: str) -> None:
    """Put pip into .venv with the interpreter's own pip, else with the wheel from the package index."""
    if attempt(base, "-m", "pip", "--python", str(PYTHON), "install", "pip").returncode == 0:
        return
    say("This Python brings no pip: fetching it from the package index …")
    try:
        with tempfile.TemporaryDirectory() as folder:
            wheel = fetch_pip(index_url(), Path(folder))
            run = attempt(str(PYTHON), str(wheel / "pip"), "install", "--no-index", str(wheel))
    except (OSError, ValueError) as error:
        sys.exit(without(f"pip ({error})"))
    if run.returncode:
        sys.exit(run.stdout + without("pip"))


def without(part: str) -> str:
    """Say what to install where Python lacks a part of itself."""
    return f"No {part} for {sys.executable}. On Debian and Ubuntu install python{VERSION}-venv, then try again."


def index_url() -> str:
    """Name the package index as pip would: its variable, its configuration files, PyPI."""
    configuration = configparser.ConfigParser(interpolation=None, strict=False)
    configuration.read([*map(os.path.expanduser, PIP_CONFIGURATIONS), os.environ.get("PIP_CONFIG_FILE", "")])
    configured = configuration.get("global", "index-url", fallback="https://pypi.org/simple")
    return os.environ.get("PIP_INDEX_URL") or configured


class Anchors(HTMLParser):
    """The links of an index page, which is how every package index lists its files (PEP 503)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a link's attributes."""
        if tag == "a":
            self.found.append({name: value or "" for name, value in attrs})


def newest_pip(page: str) -> tuple[str, str]:
    """Choose the newest released wheel of pip that runs here; return its address and its SHA-256."""
    candidates = []
    for anchor in Anchors(page).found:
        address, fragment = urldefrag(anchor.get("href", ""))
        release = re.search(r"(?:^|/)pip-([0-9.]+)-py3-none-any\.whl$", address)
        oldest = re.search(r">=\s*3\.(\d+)", anchor.get("data-requires-python", ""))
        suits = not oldest or int(oldest[1]) <= sys.version_info.minor
        if release and suits and fragment.startswith("sha256=") and "data-yanked" not in anchor:
            candidates.append(([int(part) for part in release[1].split(".")], address, fragment[len("sha256=") :]))
    if not candidates:
        raise ValueError("the package index lists no wheel of pip with a SHA-256")
    return max(candidates)[1:]


def fetch_pip(index: str, folder: Path) -> Path:
    """Download pip's newest wheel and compare it with the SHA-256 that the index gives."""
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    listing = index.rstrip("/") + "/pip/"
    with urlopen(listing, timeout=30, context=context) as answer:
        address, digest = newest_pip(answer.read().decode())
    address = urljoin(listing, address)
    with urlopen(address, timeout=60, context=context) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(address + " is not the file that the package index describes")
    wheel = folder / address.rsplit("/", 1)[1]
    wheel.write_bytes(content)
    return wheel


def pip_install(*what: str) -> bool:
    """Install with .venv's pip, quietly; where it fails, show all that it said."""
    UNFINISHED.touch()
    run = attempt(str(PYTHON), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *what)
    if run.returncode >= 0:  # pip came to an end of its own, and cleans up behind a failure; a killed one does not
        UNFINISHED.unlink()
    if run.returncode:
        say(run.stdout)
    return run.returncode == 0


def install(what: str) -> None:
    """Bring .venv to what the lock files hold: to "run", or to "test", which includes it."""
    reason = fault()
    if reason:
        say(f"Making .venv with Python {VERSION} ({reason}) …")
        make_venv()
    if any(is_stamped(each, "pyproject.toml", LOCKS[each]) for each in ("test", what)):
        return
    say(f"Installing the packages to {what} Downhill into .venv (a minute, the first time) …")
    if not (pip_install("--require-hashes", "-r", LOCKS[what]) and pip_install("--no-deps", "-e", ".")):
        sys.exit("The packages could not be installed; pip's reason stands above.")
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
