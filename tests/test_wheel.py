"""The wheel: installed where nothing else is, it is `downhill`, whole, and nothing is called `app`."""

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import urllib.error
import urllib.request
import venv
import zipfile
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from app import descend
from tests.web.asking import free_port

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
BUILT_FROM = ("app", "static", "templates", "LICENSE", "README.md", "pyproject.toml", "setup.py")
# What tells Python of a checkout would find `app` in it.
ENVIRON = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}


@pytest.fixture(scope="module")
def setup_script():
    spec = importlib.util.spec_from_file_location("downhill_setup", ROOT / "setup.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(source, what, out):
    """Build as a front end does, without the network that it would have for setuptools."""
    script = f"from setuptools import build_meta; print('built', build_meta.build_{what}({str(out)!r}))"
    run = subprocess.run([sys.executable, "-c", script], cwd=source, env=ENVIRON, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return out / re.search(r"^built (.*)$", run.stdout, re.MULTILINE)[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, made of what a source archive has, which is made of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "checkout"
    for name in BUILT_FROM:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        source.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    with tarfile.open(build(source, "sdist", folder)) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    return build(unpacked, "wheel", folder)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The `bin` of an environment that has the wheel, and beside it only what this one has of other packages."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet", wheel]
    subprocess.run(command, env=ENVIRON, check=True, capture_output=True)
    script = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
    (Path(site) / "others.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


def run(command, folder, **options):
    return subprocess.run(command, cwd=folder, env=ENVIRON, capture_output=True, text=True, timeout=60, **options)


def test_every_file_of_the_checkout_is_in_the_wheel_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    files = (path for folder in ("app", "static", "templates") for path in (ROOT / folder).rglob("[!.]*"))
    there = {path.relative_to(ROOT).as_posix() for path in files if path.is_file() and path.suffix != ".pyc"}
    expected = {name.removeprefix("app/") for name in there}
    found = {name.removeprefix("downhill/") for name in names if ".dist-info/" not in name}
    assert found == expected


def test_the_wheel_asks_for_what_the_project_asks_for(wheel):
    archive = zipfile.ZipFile(wheel)
    (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    told = message_from_string(archive.read(name).decode())
    extras = PROJECT["optional-dependencies"].items()
    asked = PROJECT["dependencies"] + [f'{text}; extra == "{extra}"' for extra, texts in extras for text in texts]
    assert {str(Requirement(text)) for text in told.get_all("Requires-Dist")} == {
        str(Requirement(text)) for text in asked
    }
    assert (told["Name"], told["Version"]) == ("downhill", PROJECT["version"])


def test_no_module_is_called_app(installed, tmp_path):
    missing = run([installed / "python", "-c", "import app"], tmp_path)
    assert "ModuleNotFoundError: No module named 'app'" in missing.stderr
    assert run([installed / "python", "-c", "import downhill.main"], tmp_path).returncode == 0


def test_python_gets_the_walk_that_the_checkout_walks_and_its_pictures(installed, tmp_path):
    script = (
        "from downhill import RequestError, __version__, descend; import json;"
        "walk = descend(landscape='himmelblau', steps=20);"
        "told = walk._repr_mimebundle_()[0];"
        "print(json.dumps([__version__, walk.path.tolist(), walk.svg(), sorted(told), type(walk).__module__]))"
    )
    told = run([installed / "python", "-c", script], tmp_path)
    assert told.returncode == 0, told.stderr
    version, path, picture, kinds, module = json.loads(told.stdout)
    walk = descend(landscape="himmelblau", steps=20)
    assert (version, path, picture) == (PROJECT["version"], walk.path.tolist(), walk.svg())
    assert kinds == ["application/vnd.jupyter.widget-view+json", "image/svg+xml", "text/plain"]
    assert module == "downhill.python.walks"


def test_the_command_tells_of_itself_by_its_name(installed, tmp_path):
    for command in ([], ["serve"], ["map"]):
        told = run([installed / "downhill", *command, "--help"], tmp_path)
        assert told.returncode == 0, told.stderr
        assert told.stdout.startswith(f"usage: downhill {'map' if command == ['map'] else '[serve]'} ")
        assert "python -m app" not in told.stdout
    assert run([installed / "downhill", "--version"], tmp_path).stdout == f"Downhill {PROJECT['version']}\n"


def test_the_command_makes_a_map_in_processes(installed, tmp_path):
    command = [installed / "downhill", "map", "basins", "--resolution", "32", "--map-workers", "2", "--out", "map.png"]
    made = run(command, tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def get(address):
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.read().decode()


def test_the_command_serves_the_page_with_its_files_and_maps(installed, tmp_path):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    command = [installed / "downhill", "serve", "--no-browser", "--port", str(port), "--map-workers", "1"]
    with subprocess.Popen(command, cwd=tmp_path, env=ENVIRON, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith(f"Downhill {PROJECT['version']} is at {base}/")
            assert json.loads(get(f"{base}/healthz"))["version"] == PROJECT["version"]
            page = get(f"{base}/")
            files = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
            assert {name.rpartition("/")[2] for name in files} >= {"page.js", "downhill.css", "palette.css"}
            assert all(get(base + name) for name in files)
            last = get(f"{base}/api/maps/basins?resolution=32&formula=a*x^2%2By^2&constants=a:2").splitlines()[-1]
            assert json.loads(last)["kind"] == "done"
        finally:
            server.terminate()
    assert server.returncode == -signal.SIGTERM  # uvicorn ends as it was told to


RENAMED = {
    "import app\n": "import downhill as app\n",
    "import app, os\n": "import downhill as app, os\n",
    "from app import __version__\n": "from downhill import __version__\n",
    "from app.web import (\n    a,  # from app\n)\n": "from downhill.web import (\n    a,  # from app\n)\n",
    "def f():\n    from app.maps import command\n": "def f():\n    from downhill.maps import command\n",
    "import os; from app import x\n": "import os; from downhill import x\n",
    "x = 'app.main:create_app'\n": "x = 'downhill.main:create_app'\n",
    'x = ("app.descent", "app.maps.pool")\n': 'x = ("downhill.descent", "downhill.maps.pool")\n',
    '"""``python -m app``, and\n``python -m app map``."""\n': '"""``downhill``, and\n``downhill map``."""\n',
    'x = f"python -m app map {y}"\n': 'x = f"downhill map {y}"\n',
}
KEPT = [
    "app = FastAPI()\napp.state.pool = self.app\n",
    "def f(app):\n    yield from app\n    raise error from app\n",
    "x = 'app'\ny = 'the app.web folder'\nz = 'myapp.web'\n",
    "from myapp import app\nfrom .app import x\n",
    "import os as app\n",
]


@pytest.mark.parametrize("source", RENAMED)
def test_a_module_is_renamed_where_it_is_named(setup_script, source):
    assert setup_script.renamed(source) == RENAMED[source]


@pytest.mark.parametrize("source", KEPT)
def test_what_is_only_called_the_same_stays(setup_script, source):
    assert setup_script.renamed(source) == source


@pytest.mark.parametrize("source", ["import app.web\n", "import os, app.web as web\n", "import app as other\n"])
def test_an_import_that_has_no_new_name_stops_the_build(setup_script, source):
    with pytest.raises(ValueError, match="has no new name: write “import app”"):
        setup_script.renamed(source)
