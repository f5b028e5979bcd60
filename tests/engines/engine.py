"""One browser engine, whatever its protocol: what a person does with a page, and what is seen on it."""

import json
import time
from abc import ABC, abstractmethod
from typing import Any

from tests.browser.conftest import PATIENCE

# WebDriver's names of keys, the same for every engine.
KEYS = {
    "ArrowDown": "\ue015",
    "ArrowLeft": "\ue012",
    "ArrowRight": "\ue014",
    "ArrowUp": "\ue013",
    "Control": "\ue009",
    "End": "\ue010",
    "Enter": "\ue007",
    "Home": "\ue011",
    "Tab": "\ue004",
}
# The middle of what a selector finds, brought into view; false as long as something else would be hit there.
MIDDLE = """selector => { const node = document.querySelector(selector); node.scrollIntoView({ block: 'center' });
    const { left, top, width, height } = node.getBoundingClientRect(); const [x, y] = [left + width / 2, top + height / 2];
    return node.contains(document.elementFromPoint(x, y)) && [x, y] }"""


class Engine(ABC):
    """A window of an engine, 1440 by 900 pixels. Errors and warnings that its pages make are kept as complaints."""

    # What the drivers of a software renderer talk of is no message of the page.
    NOISE = ("WebGL", "GL Driver Message", "willReadFrequently")

    def __init__(self) -> None:
        self.complaints: list[str] = []

    @abstractmethod
    def open(self, address: str) -> None:
        """Navigate, and wait until the document is loaded."""

    @abstractmethod
    def back(self) -> None:
        """Press the back button."""

    @abstractmethod
    def call(self, script: str) -> str:
        """Evaluate an async JavaScript function without parameters, which returns a text."""

    @abstractmethod
    def act(self, *sources: dict[str, Any]) -> None:
        """Perform WebDriver's input actions, which are the same in both protocols."""

    @abstractmethod
    def listen(self) -> None:
        """Note what the page has complained of until now."""

    def note(self, kind: str, text: str) -> None:
        if not any(part in text for part in self.NOISE):
            self.complaints.append(f"{kind}: {text}")

    def run(self, script: str, *arguments: Any) -> Any:
        """Call a JavaScript function, async or not, and return what it returns."""
        given = json.dumps(arguments)
        return json.loads(self.call(f"async () => JSON.stringify(await ({script})(...{given}) ?? null)"))

    def until(self, script: str, *arguments: Any, patience: float = PATIENCE) -> Any:
        """Call a JavaScript function until it returns something that is true in Python too, and return that."""
        until = time.monotonic() + patience
        while not (seen := self.run(script, *arguments)):
            assert time.monotonic() < until, f"not within {patience} s: {script} {arguments}"
            time.sleep(0.05)
        return seen

    def drag(self, begin: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at one place and release it at the other; a click where they are the same."""
        moves = [] if begin == end else [self._to(*end, 200)]
        actions = [self._to(*begin), {"type": "pointerDown", "button": 0}, *moves, {"type": "pointerUp", "button": 0}]
        self.act({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def click(self, selector: str) -> None:
        x, y = self.until(MIDDLE, selector)
        self.drag((x, y), (x, y))

    def press(self, *keys: str, holding: str = "") -> None:
        """Press keys one after the other, while another may be held."""
        pressed = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        if holding:
            held = KEYS[holding]
            pressed = [{"type": "keyDown", "value": held}, *pressed, {"type": "keyUp", "value": held}]
        self.act({"type": "key", "id": "keys", "actions": pressed})

    @staticmethod
    def _to(x: float, y: float, duration: int = 0) -> dict[str, Any]:
        return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": duration, "origin": "viewport"}
