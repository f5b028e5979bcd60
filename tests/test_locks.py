"""The lock files hold what pyproject.toml asks for, whole, for every Python and platform, and are what is installed."""

import re
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ASKED = {
    "requirements.lock": PROJECT["dependencies"],
    "requirements-test.lock": PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"],
}
PLACES = [
    {
        "python_version": python,
        "python_full_version": f"{python}.{patch}",
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "extra": "",
    }
    for (python, patch), (platform, system, machine) in product(
        # In each, what the first release asks for may differ from what later ones do.
        [(python, patch) for python in ("3.11", "3.12", "3.13", "3.14") for patch in (0, 9)],
        [
            ("linux", "Linux", "x86_64"),
            ("linux", "Linux", "aarch64"),
            ("darwin", "Darwin", "x86_64"),
            ("darwin", "Darwin", "arm64"),
        ],
    )
]


def entries(name):
    """Return each entry of a lock file: what it names, and how many hashes it has."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / name).read_text()).replace("\\\n", " ")
    found = []
    for line in filter(str.strip, text.splitlines()):
        requirement, *hashes = re.split(r"\s+--hash=sha256:", line)
        assert all(re.fullmatch(r"[0-9a-f]{64}\s*", digest) for digest in hashes)
        found.append((Requirement(requirement), len(hashes)))
    return found


def versions(name, place):
    """Return the version of each package that is installed there."""
    held = {}
    for requirement, _ in entries(name):
        if requirement.marker is None or requirement.marker.evaluate(place):
            (specifier,) = requirement.specifier
            assert specifier.operator == "=="
            package = canonicalize_name(requirement.name)
            assert package not in held, f"{package} is there twice for {place}"
            held[package] = Version(specifier.version)
    return held


@pytest.mark.parametrize("name", ASKED)
def test_every_entry_has_hashes_of_its_files(name):
    assert entries(name)
    assert all(hashes for _, hashes in entries(name))


@pytest.mark.parametrize("name", ASKED)
def test_the_lock_satisfies_the_project_everywhere(name):
    for place in PLACES:
        held = versions(name, place)
        for text in ASKED[name]:
            asked = Requirement(text)
            if asked.marker is None or asked.marker.evaluate(place):
                version = held.get(canonicalize_name(asked.name))
                assert version is not None, f"{asked} is not in {name}: make lock"
                assert asked.specifier.contains(version), f"{asked} is {version} in {name}: make lock"


def test_testing_has_the_versions_that_run():
    for place in PLACES:
        running, testing = (versions(name, place) for name in ASKED)
        assert running.items() <= testing.items()


@pytest.mark.parametrize("name", ASKED)
def test_the_lock_is_whole_with_what_its_packages_need(name):
    """Of those that are installed here in the version that is locked: what each says that it needs."""
    script = "from importlib.metadata import distributions as d; print([(x.name, x.version, x.requires) for x in d()])"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    installed = {canonicalize_name(each): (Version(version), needs or []) for each, version, needs in eval(told)}
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    place = next(place for place in PLACES if place["python_version"] == python and place["sys_platform"] == "linux")
    held = versions(name, place)
    same = [package for package, version in held.items() if installed.get(package, (None,))[0] == version]
    assert len(same) > len(held) / 2
    for package in same:
        for text in installed[package][1]:
            needed = Requirement(text)
            if needed.marker is None or needed.marker.evaluate(place):
                assert needed.specifier.contains(held[canonicalize_name(needed.name)]), f"{package} needs {needed}"


@pytest.mark.parametrize("name", ASKED)
def test_no_index_and_no_other_place_is_named(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"(?m)^\s*(-i|--index-url|--extra-index-url|--find-links|--trusted-host)\b", text)
    assert " @ " not in text


def test_markers_are_read_as_they_are_written():
    """The table of places tells Pythons apart, as the tests above need it to."""
    newer = Marker("python_full_version >= '3.12'")
    assert {place["python_version"] for place in PLACES if newer.evaluate(place)} == {"3.12", "3.13", "3.14"}


def test_the_image_is_made_of_a_pinned_base_and_the_lock():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM")]
    stages = {line.split()[3] for line in lines if re.match(r"FROM \S+ AS ", line)}
    assert [base for base in bases if base not in stages] == bases[:1]
    assert re.fullmatch(r"python:3\.\d+-slim@sha256:[0-9a-f]{64}", bases[0])
    assert any("--require-hashes -r requirements.lock" in line for line in lines)
    assert "!requirements.lock" in (ROOT / ".dockerignore").read_text().splitlines()
