"""WebKitGTK by WebDriver, through the driver that comes with it: a browser of Safari's family that runs on Linux."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.browser.conftest import LOADING
from tests.engines.engine import Engine
from tests.web.asking import free_port

# WebDriver tells nothing of the console: what is said there is kept from the moment that a document is loaded.
LISTEN = """() => { if (window.complaints) return; window.complaints = [];
    const note = (kind, text) => complaints.push([kind, String(text)]);
    for (const kind of ['error', 'warn']) { const write = console[kind]; console[kind] = (...all) => { note(kind, all.join(' ')); write(...all) } }
    addEventListener('error', ({ message }) => note('error', message));
    addEventListener('unhandledrejection', ({ reason }) => note('error', reason));
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => note('error', violatedDirective)) }"""


class WebKit(Engine):
    def __init__(self, driver: httpx.Client) -> None:
        super().__init__()
        self.driver = driver
        self.session = ""
        capabilities = {"alwaysMatch": {"timeouts": {"script": int(1000 * LOADING)}}}
        self.session = "/session/" + self.command("", capabilities=capabilities)["sessionId"]
        # A window has more than its page.
        self.command("/window/rect", width=1440, height=900)
        width, height = self.run("() => [innerWidth, innerHeight]")
        self.command("/window/rect", width=2 * 1440 - width, height=2 * 900 - height)

    def command(self, path: str, **parameters: Any) -> Any:
        """Give a command and return its result."""
        answer = self.driver.post(self.session + path if self.session else "/session", json=parameters)
        value = answer.json()["value"]
        assert answer.is_success, f"{path}: {value}"
        return value

    def open(self, address: str) -> None:
        self.listen()
        self.command("/url", url=address)
        self.run(LISTEN)

    def back(self) -> None:
        self.command("/back")

    def call(self, script: str) -> str:
        # Always an array: a script that throws rejects, which this protocol cannot tell from a value.
        told = "const done = arguments[0]; ({})().then(value => done([value]), error => done([null, String(error)]))"
        value, *error = self.command("/execute/async", script=told.format(script), args=[])
        assert not error, error[0]
        text: str = value
        return text

    def act(self, *sources: dict[str, Any]) -> None:
        self.command("/actions", actions=list(sources))

    def listen(self) -> None:
        for kind, text in self.run("() => window.complaints?.splice(0) ?? []"):
            self.note(kind, text)


def executable() -> str | None:
    """Find the driver."""
    return shutil.which("WebKitWebDriver")


@contextmanager
def webkit(environ: dict[str, str]) -> Iterator[Engine]:
    """Start WebKit's driver, which starts WebKit's own small browser, and end both."""
    port = free_port()
    command = (executable() or "WebKitWebDriver", f"--port={port}")
    # The driver takes a moment until it can be reached.
    transport = httpx.HTTPTransport(retries=8)
    with subprocess.Popen(command, env=environ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=LOADING, transport=transport) as driver:
                running = WebKit(driver)
                yield running
                driver.delete(running.session)
        finally:
            process.terminate()
