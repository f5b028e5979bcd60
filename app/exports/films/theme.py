"""The palette's colours of one theme, as numbers."""

import re

from app.answers.palette import PALETTE

Colour = tuple[int, int, int]


class Theme:
    """The palette's colours in light or in dark, as numbers."""

    def __init__(self, name: str) -> None:
        """Take the theme of that name: light or dark."""
        self.index = ("light", "dark").index(name)

    def colour(self, name: str) -> Colour:
        """A colour by its name, without what shows through it."""
        return self._read(name)[0]

    def strength(self, name: str) -> float:
        """How little shows through a colour, from 0 to 1."""
        return self._read(name)[1]

    def _read(self, name: str) -> tuple[Colour, float]:
        text = PALETTE.theme[name][self.index]
        if text.startswith("#"):
            red, green, blue = bytes.fromhex(text[1:])
            return (red, green, blue), 1.0
        numbers = [float(number) for number in re.findall(r"[\d.]+", text)]
        return (int(numbers[0]), int(numbers[1]), int(numbers[2])), numbers[3]
