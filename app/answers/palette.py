"""Every colour once: static/palette.json, from which the style sheet, the scripts and the pictures made here take them.

Nobody reads a colour back from a page: what a browser computes is not what was set where the reader has colours of
their own (forced colours, high contrast).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import ROOT

# Light and dark, as CSS writes a colour: #rrggbb, or rgba(…) where something shows through.
Pair = tuple[str, str]
Triple = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """The colours by name.

    `theme` has a light and a dark one under the name of each of the style sheet's variables. `shading` is how much of
    `lit` and of `shadow` lies on the slopes that are turned to the light, or away, the most. `minima`, `evaluations`
    and `outcomes` are those of maps, from 0 to 255, the same in both themes: of minima that tell apart, of a scale from
    the most evaluations to the fewest, and of what came to no known place.
    """

    theme: Mapping[str, Pair]
    shading: Mapping[str, float]
    minima: Sequence[Triple]
    evaluations: Sequence[Triple]
    outcomes: Mapping[str, Triple]
    record: Mapping[str, Any]

    def style_sheet(self) -> str:
        """The colours of both themes as the style sheet's variables."""
        lines = [f"  --{name}: light-dark({light}, {dark});" for name, (light, dark) in self.theme.items()]
        return "\n".join([":root {", *lines, "}", ""])


def read_palette(path: Path) -> Palette:
    """The palette that a file has; what is no colour raises ValueError."""
    record = json.loads(path.read_text(encoding="utf-8"))
    return Palette(
        theme={name: (light, dark) for name, (light, dark) in record["theme"].items()},
        shading=record["shading"],
        minima=tuple(map(_triple, record["minima"])),
        evaluations=tuple(map(_triple, record["evaluations"])),
        outcomes={name: _triple(colour) for name, colour in record["outcomes"].items()},
        record=record,
    )


def _triple(colour: str) -> Triple:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


PALETTE = read_palette(ROOT / "static" / "palette.json")
