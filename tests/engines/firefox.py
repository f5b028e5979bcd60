"""Firefox by WebDriver BiDi, which it speaks itself: no driver stands between."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import LOADING
from tests.engines.engine import Engine

# Nothing of its own between the page and the test, and nothing from another host.
PREFERENCES = {
    "app.update.disabledForTesting": True,
    "browser.backup.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Firefox(Engine):
    def __init__(self, socket: ClientConnection) -> None:
        super().__init__()
        self.socket = socket
        self.numbers = count(1)
        self.command("session.new", capabilities={})
        self.context = self.command("browsingContext.getTree")["contexts"][0]["context"]
        self.command("session.subscribe", events=["log.entryAdded"])
        viewport = {"width": 1440, "height": 900}
        self.command("browsingContext.setViewport", context=self.context, viewport=viewport)

    def command(self, method: str, **parameters: Any) -> Any:
        """Give a command and wait for its result; what is told meanwhile is noted."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while (told := json.loads(self.socket.recv(LOADING))).get("id") != number:
            if told.get("method") == "log.entryAdded" and told["params"]["level"] in ("error", "warn"):
                self.note(told["params"]["level"], told["params"]["text"])
        assert told["type"] == "success", f"{method}: {told}"
        return told["result"]

    def open(self, address: str) -> None:
        self.command("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def back(self) -> None:
        self.command("browsingContext.traverseHistory", context=self.context, delta=-1)

    def call(self, script: str) -> str:
        answer = self.command(
            "script.callFunction", functionDeclaration=script, target={"context": self.context}, awaitPromise=True
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        text: str = answer["result"]["value"]
        return text

    def listen(self) -> None:
        # What was told before an answer is noted while it is waited for.
        self.run("() => null")

    def act(self, *sources: dict[str, Any]) -> None:
        self.command("input.performActions", context=self.context, actions=list(sources))


def executable() -> str | None:
    """Find Firefox."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


def address_in(log: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait until Firefox says where it listens."""
    until = time.monotonic() + LOADING
    while not (found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, "Firefox did not start"
        time.sleep(0.05)
    return found[1]


@contextmanager
def firefox(environ: dict[str, str]) -> Iterator[Engine]:
    """Start Firefox with a profile of its own, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
        Path(profile, "user.js").write_text("\n".join(lines))
        command = (executable() or "firefox", "--no-remote", "--profile", profile, "--remote-debugging-port", "0")
        log = Path(profile, "log")
        with log.open("w") as told, subprocess.Popen(command, env=environ, stdout=told, stderr=told) as process:
            try:
                with connect(address_in(log, process) + "/session", max_size=None) as socket:
                    yield Firefox(socket)
            finally:
                process.terminate()
