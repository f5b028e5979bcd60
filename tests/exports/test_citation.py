"""Citations: an entry that BibTeX reads whatever was typed, and the repository's own file, which GitHub reads."""

import re
import tomllib
from pathlib import Path

import pytest

from app import __version__
from app.exports.citation import AUTHORS, YEAR, latex, sentence
from tests.exports.making import file_of

ROOT = Path(__file__).resolve().parent.parent.parent
TYPED = ["50 % & {x}_1 #2 ~ ^ \\ $", "}} evil = {x", '"quoted" @misc{y', "José Dvořák ß η → 測", "a}b", "{"]


def entry_of(content):
    """The key and the fields of the one entry, read as BibTeX reads: by counting braces, escaped ones too."""
    text = content.decode("ascii")
    key, rest = re.fullmatch(r"@misc\{([A-Za-z0-9:-]+),\n(.*)\}\n", text, re.DOTALL).groups()
    fields = {}
    while rest.strip():
        name, rest = re.match(r"\s*(\w+)\s*=\s*\{(.*)", rest, re.DOTALL).groups()
        depth, end = 1, 0
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        assert name not in fields
        fields[name], rest = rest[: end - 1], rest[end:]
        assert rest.startswith(",")
        rest = rest[1:]
    return key, fields


def test_the_entry_has_author_title_year_version_and_address():
    content, made = file_of("citation.bib", landscape="himmelblau", optimizer="adam")
    key, fields = entry_of(content)
    assert re.fullmatch("downhill-himmelblau-adam-[0-9a-f]{6}", key)
    assert fields["author"] == f"{{{AUTHORS}}}"
    assert fields["title"] == f"{{Downhill: {made.request.landscape.title}, Adam}}"
    assert (fields["year"], fields["version"]) == (str(YEAR), __version__)
    assert fields["url"] == made.address
    other, _ = entry_of(file_of("citation.bib", landscape="himmelblau", optimizer="adam", steps=3)[0])
    assert other != key


@pytest.mark.parametrize("name", TYPED)
def test_what_was_typed_stays_within_its_field(name):
    content, made = file_of("citation.bib", name=name)
    _, fields = entry_of(content)
    assert list(fields) == ["author", "title", "year", "version", "note", "url"]
    assert fields["title"] == f"{{Downhill: {latex(made.request.landscape.title)}, {latex(name)}}}"
    assert not re.search(r"[\s{}\\\"^]", fields["url"])


def test_every_sign_with_a_meaning_is_escaped():
    assert latex("50 % & _ # $") == r"50 \% \& \_ \# \$"
    assert latex("~^\\{}") == r"{\textasciitilde}{\textasciicircum}{\textbackslash}{\textbraceleft}{\textbraceright}"
    assert latex("Styblinski–Tang") == "Styblinski--Tang"
    assert latex("é ő č ñ ç") == r"{\'{e}} {\H{o}} {\v{c}} {\~{n}} {\c{c}}"
    assert latex("η Γ Α ο x² 測") == r"$\eta$ $\Gamma$ A o x2 ?"


def test_the_sentence_says_who_when_and_what():
    _, made = file_of("citation.bib", optimizer="adam", runs=[{"optimizer": "sam"}])
    said = sentence(made.request)
    assert said.startswith(f"{AUTHORS} ({YEAR}). Downhill: {made.request.landscape.title}, Adam, SAM")
    assert said.endswith(f" (version {__version__}).")


def test_the_repository_is_cited_as_its_version():
    lines = (ROOT / "CITATION.cff").read_text().splitlines()
    said = dict(line.split(": ", 1) for line in lines if re.match("[a-z-]+: ", line))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert said["cff-version"] == "1.2.0"
    assert said["version"] == __version__ == project["version"]
    assert said["license"] == project["license"]
    assert said["abstract"].strip('"') == project["description"]
    assert f'  - name: "{AUTHORS}"' in lines
    assert said["date-released"].strip('"').startswith(f"{YEAR}-")
