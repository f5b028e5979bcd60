"""Imports point one way: descent ← request ← answers ← maps ← exports ← web ← main; in the mathematics likewise."""

import ast
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent.parent / "app"
WEB_PACKAGES = {"fastapi", "starlette", "httpx", "uvicorn", "jinja2"}

# Which rooms each room uses, beside itself. What is allowed is used, and what is used is allowed.
USES = {
    "descent": set(),
    "request": {"descent"},
    "answers": {"descent", "request"},
    "maps": {"descent", "request", "answers"},
    "exports": {"descent", "request", "answers"},
    "lessons": {"descent", "request"},
    "worked": {"request"},
    "web": {"descent", "request", "answers", "maps", "exports", "lessons", "worked"},
    "main": {"request", "maps", "web"},
    "__main__": {"maps", "web"},
    "descent.formulas": set(),
    "descent.landscapes": {"descent.formulas"},
    "descent.optimizers": {"descent.formulas", "descent.landscapes"},
    "descent.walks": {"descent.formulas", "descent.landscapes", "descent.optimizers"},
    "descent.judging": {"descent.formulas", "descent.landscapes", "descent.optimizers", "descent.walks"},
}


def files(room):
    path = APP / room.replace(".", "/")
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names |= {node.module} if node.module != "app" else {f"app.{alias.name}" for alias in node.names}
    return names - {"app", "app.__version__"}


def used_by(room):
    depth = room.count(".") + 1
    names = {name for path in files(room) for name in imported(path) if name.startswith("app.")}
    return {".".join(name.split(".")[1 : depth + 1]) for name in names} - {room}


@pytest.mark.parametrize("room", USES)
def test_a_room_uses_the_rooms_before_it_and_has_no_permission_that_it_does_not_need(room):
    assert used_by(room) == USES[room]


def test_rooms_come_in_an_order_in_which_each_uses_only_earlier_ones():
    rooms = list(USES)
    assert all(rooms.index(other) < rooms.index(room) for room in rooms for other in USES[room])


def test_every_file_is_in_a_room():
    assert {path.stem for path in APP.iterdir() if path.name not in ("__init__.py", "__pycache__")} == {
        room for room in USES if "." not in room
    }
    folders = {path.name for path in (APP / "descent").iterdir() if path.name not in ("__init__.py", "__pycache__")}
    assert folders == {room.partition(".")[2] for room in USES if "." in room}


@pytest.mark.parametrize("path", files("descent"), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_mathematics_imports_numpy_and_itself_only(path):
    others = {name for name in imported(path) if not name.startswith("app.descent.")}
    assert {name.partition(".")[0] for name in others} <= {"numpy"} | sys.stdlib_module_names


@pytest.mark.parametrize("room", ["descent", "request", "answers", "maps", "exports", "lessons", "worked"])
def test_no_web_framework_outside_the_web(room):
    assert not {name.partition(".")[0] for path in files(room) for name in imported(path)} & WEB_PACKAGES
