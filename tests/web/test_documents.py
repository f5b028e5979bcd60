"""What the documents say is so."""

import re
from pathlib import Path

import pytest

from app import __version__
from app.lessons import LESSONS
from app.request.keys import DescentRequest

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document):
    for name in re.findall(r"`((?:app|tests|static|templates|docs)/[\w./-]+)`", document.read_text()):
        assert (ROOT / name).exists(), name


def test_every_address_in_the_readme_answers(api):
    addresses = re.findall(r"http://127\.0\.0\.1:8000(/[^\s'\">);…]*)", README)
    assert len(addresses) >= 5
    for address in addresses:
        assert api.get(address.replace("steps=10000", "steps=10")).status_code == 200, address


def test_the_readmes_three_steps_by_hand_are_the_apis_rounded(api):
    walk = api.get(
        "/api/descent?landscape=quadratic&start=2,1&optimizer=gradient-descent&learning_rate=0.1&steps=3"
    ).json()["walks"][0]
    for key in ("x", "y", "loss", "learning_rate"):
        printed = re.search(rf'"{key}": \[([\d., ]+)\]', README)
        assert printed
        assert [float(part) for part in printed[1].split(",")] == pytest.approx(walk[key], abs=1e-9)
    assert walk["label"] in README


def test_the_readmes_error_is_the_apis(api):
    error = api.get("/api/descent?optimizer=adam&momentum=0.9").json()["error"]
    assert error["message"] in README
    assert error["hint"] in README


def test_the_readmes_python_example_is_a_valid_request():
    body = re.search(r"json=(\{[^}]*\})", README)
    assert body
    assert set(re.findall(r'"(\w+)":', body[1])) <= set(DescentRequest.model_fields)


def in_words(number):
    """Return a number below a hundred as an English sentence has it."""
    tens = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    ones = (
        *("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
    )
    return ones[number] if number < 20 else f"{tens[number // 10]}-{ones[number % 10]}".rstrip("-")


def test_the_changelog_knows_this_version_and_counts_the_lessons():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## {__version__}" in changelog
    assert len(LESSONS) == 38
    assert "thirty-eighth" in changelog
    assert "thirty-eight lessons" in README
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text()


def test_the_readmes_picture_is_real_and_small():
    picture = (ROOT / "docs" / "screenshot.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) < 200_000


def test_the_diff_that_shows_how_to_add_a_landscape_is_what_stands_in_the_files():
    diff = re.search(r"```diff\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert diff
    parts = re.split(r"^\+\+\+ b/(.+)\n", diff[1], flags=re.MULTILINE)
    assert len(parts) == 7
    for name, part in zip(parts[1::2], parts[2::2], strict=True):
        added = [line[1:] for line in part.splitlines() if line.startswith("+")]
        assert added
        assert "\n".join(added) in (ROOT / name).read_text(), name
