"""Every colour is typed once: in static/palette.json."""

import re
from pathlib import Path

import pytest

from app.answers.palette import PALETTE, read_palette
from app.web.assets import STATIC, static_version

COLOUR = r"#[0-9a-f]{6}|rgba\(\d+, \d+, \d+, 0\.\d+\)"
SHEETS = {path.name: path.read_text() for path in sorted((STATIC / "css").glob("*.css"))}
SCRIPTS = {path.name: path.read_text() for path in sorted((STATIC / "js").glob("*.js"))}


def test_every_colour_of_the_theme_is_a_light_and_a_dark_one():
    for name, pair in PALETTE.theme.items():
        assert len(pair) == 2
        assert all(re.fullmatch(COLOUR, colour) for colour in pair), name


def test_what_is_no_colour_is_refused(tmp_path):
    path = tmp_path / "palette.json"
    path.write_text((STATIC / "palette.json").read_text().replace("#56b4e9", "#56b4"))
    with pytest.raises(ValueError, match="not enough values"):
        read_palette(path)


def test_the_style_sheet_has_the_palettes_colours_and_every_page_loads_it_first(api):
    address = f"/static/{static_version()}/css/palette.css"
    answer = api.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    found = re.findall(rf"^  --([\w-]+): light-dark\(({COLOUR}), ({COLOUR})\);$", answer.text, re.MULTILINE)
    assert {name: (light, dark) for name, light, dark in found} == dict(PALETTE.theme)
    for path in ("/", "/lessons", "/docs", "/examples", "/two-dimensions", "/lessons/blow-up", "/nothing"):
        page = api.get(path, headers={"Accept": "text/html"}).text
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)[0] == address


@pytest.mark.parametrize("name", SHEETS)
def test_style_sheets_take_their_colours_from_the_palette(name):
    defined = set(PALETTE.theme) | {one for sheet in SHEETS.values() for one in re.findall(r"(--[\w-]+)\s*:", sheet)}
    used = re.findall(r"var\(--([\w-]+)", SHEETS[name])
    set_by_scripts = {"cells", "at", "aspect"}
    assert {one for one in used if one not in defined and f"--{one}" not in defined} <= set_by_scripts
    assert not re.search(r"#[0-9a-f]{3,8}\b(?=[;,) ])|light-dark\(", SHEETS[name])


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_have_no_colours_of_their_own_and_read_none_back(name):
    assert not re.search(r"['\"`]#[0-9a-fA-F]{3,8}['\"`]", SCRIPTS[name])
    assert set(re.findall(r"getComputedStyle\([^)]*\)\.(\w+)", SCRIPTS[name])) <= {"fontSize", "opacity", "zIndex"}
    assert SCRIPTS[name].count("getComputedStyle(") == len(re.findall(r"getComputedStyle\([^)]*\)\.", SCRIPTS[name]))


def test_python_has_no_colours_of_its_own():
    for path in sorted((Path(__file__).parent.parent.parent / "app").rglob("*.py")):
        assert not re.search(r"['\"]#[0-9a-fA-F]{6}", path.read_text()), path.name
