"""What style sheets say, where a browser is not needed to see it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.asking import ROOT

SHEETS = sorted((ROOT / "static" / "css").glob("*.css"))


def rules(css: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each rule's selector, with the conditions around it."""
    around: list[str] = []
    for head, end in re.findall(r"([^{}]*)([{}])", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        if end == "{":
            around.append(head.strip())
            yield tuple(around[:-1]), around[-1]
        else:
            around.pop()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_only_who_hovers_sees_what_is_hovered(sheet: Path) -> None:
    """A finger leaves what it tapped hovered, and so without the look of what is chosen."""
    hovered = [(around, selector) for around, selector in rules(sheet.read_text()) if ":hover" in selector]
    assert [selector for around, selector in hovered if "@media (hover: hover)" not in around] == []
