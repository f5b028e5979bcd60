"""Make the fonts of the pictures that the server draws: DejaVu Sans with the signs that names and formulas have.

    python tools/fonts.py /usr/share/fonts/truetype/dejavu

Needs fonttools, which nothing else does: pip install --target DIR fonttools, and DIR on PYTHONPATH.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, load_font, save_font

TO = Path(__file__).resolve().parent.parent / "app" / "exports" / "fonts"
FONTS = ("DejaVuSans", "DejaVuSans-Bold")
RANGES = (
    (0x20, 0x7E),  # Latin, with all its accents
    (0xA0, 0x24F),
    (0x300, 0x30C),
    (0x370, 0x3FF),  # Greek
    (0x400, 0x45F),  # Cyrillic, for names
    (0x1E00, 0x1EFF),
    (0x2010, 0x203A),  # what stands between words
    (0x2070, 0x209F),  # high and low numbers
    (0x20AC, 0x20AC),
    (0x2100, 0x214F),
    (0x2190, 0x21FF),  # arrows, mathematics, signs
    (0x2200, 0x22FF),
    (0x25A0, 0x25FF),
    (0x2605, 0x2606),
    (0x2713, 0x2717),
)


def main(folder: Path) -> None:
    """Write the fonts."""
    options = Options(hinting=False, layout_features=["kern", "mark", "ccmp"], notdef_outline=True, name_IDs=["*"])
    # The time of the making is not in them: the same fonts come of it whenever it is done.
    options.recalc_timestamp = False
    for name in FONTS:
        font = load_font(str(folder / f"{name}.ttf"), options)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[sign for low, high in RANGES for sign in range(low, high + 1)])
        subsetter.subset(font)
        save_font(font, str(TO / f"{name}.ttf"), options)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
