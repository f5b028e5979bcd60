"""Imports point one way: descent ← models ← runs ← api / pages ← main."""

import ast
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent.parent / "app"
WEB = {"fastapi", "starlette", "httpx", "uvicorn", "jinja2"}
DESCENT = "app.descent"

# Where requests are read and answers written.
ASKED = {
    *(
        "api.py",
        "busy.py",
        "kept.py",
        "pages.py",
        "prefix.py",
        "sending.py",
        "connections.py",
        "main.py",
        "__main__.py",
    ),
}

# Which of the product's own modules each may use.
TALKING = {DESCENT, "app.models", "app.records", "app.runs"}
ROUTES = TALKING | {"app.prefix", "app.races", "app.theories", "app.maps", "app.busy", "app.kept", "app.lessons"}
MAY_USE = {
    "synonyms.py": set(),
    "trackers.py": set(),
    "models.py": {DESCENT, "app.synonyms"},
    "records.py": {DESCENT, "app.models"},
    "runs.py": TALKING - {"app.runs"},
    "races.py": TALKING,
    "theories.py": TALKING,
    "processes.py": set(),
    "pool.py": {"app.processes"},
    "maps.py": TALKING | {"app.pool"},
    "palette.py": set(),
    "tints.py": {DESCENT, "app.maps", "app.palette"},
    "atlas.py": {"app.models", "app.maps", "app.pool", "app.processes", "app.tints"},
    "busy.py": {"app.models"},
    "kept.py": {"app.busy"},
    "lessons.py": {DESCENT, "app.models", "app.runs"},
    "pictures.py": TALKING | {"app.lessons"},
    "api.py": ROUTES,
    "pages.py": TALKING
    | {"app.lessons", "app.palette", "app.pictures", "app.prefix", "app.busy", "app.kept", "app.api"}
    | {"app.synonyms", "app.trackers"},
    "prefix.py": set(),
    "reference.py": set(),
    "sending.py": set(),
    "connections.py": {"app.pool", "app.sending"},
    "main.py": {
        "app.models",
        "app.palette",
        "app.reference",
        "app.pool",
        "app.prefix",
        "app.sending",
        "app.kept",
        "app.api",
        "app.pages",
    },
    "__main__.py": {"app.pool", "app.prefix", "app.connections", "app.atlas"},
    "__init__.py": set(),
}


def imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names |= {node.module} if node.module != "app" else {f"app.{alias.name}" for alias in node.names}
    return names - {"app.__version__"}


def shortened(name):
    return DESCENT if name == DESCENT or name.startswith(f"{DESCENT}.") else name


@pytest.mark.parametrize("path", sorted((APP / "descent").rglob("*.py")), ids=lambda path: path.name)
def test_the_mathematics_imports_numpy_and_itself_only(path):
    others = {name for name in imported(path) if shortened(name) != DESCENT}
    assert {name.partition(".")[0] for name in others} <= {"numpy"} | sys.stdlib_module_names


@pytest.mark.parametrize("path", sorted(APP.glob("*.py")), ids=lambda path: path.name)
def test_modules_import_only_what_lies_below_them(path):
    own = {shortened(name) for name in imported(path) if name.partition(".")[0] == "app"}
    assert own <= MAY_USE[path.name]


@pytest.mark.parametrize("name", sorted(MAY_USE.keys() - ASKED))
def test_no_web_framework_below_the_routes(name):
    assert not {module.partition(".")[0] for module in imported(APP / name)} & WEB
