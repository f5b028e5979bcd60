"""How a file is wanted: the keys that exports read beside a request's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.request.checking import check_range
from app.request.errors import ApiError, short


@dataclass(frozen=True)
class Size:
    """A whole number from ``low`` to ``high``."""

    text: str
    low: int
    high: int
    default: int

    @property
    def schema(self) -> dict[str, Any]:
        """OpenAPI's schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}

    def check(self, key: str, value: Any) -> int:
        """The value that was given. Raises ``ApiError``."""
        check_range(key, value, self.low, self.high)
        return int(value)


@dataclass(frozen=True)
class Choice:
    """One of some words, the first of which is the default."""

    text: str
    words: tuple[str, ...]

    @property
    def default(self) -> str:
        """What it is where nothing is said."""
        return self.words[0]

    @property
    def schema(self) -> dict[str, Any]:
        """OpenAPI's schema."""
        return {"type": "string", "enum": list(self.words), "default": self.default}

    def check(self, key: str, value: Any) -> str:
        """The word that was given. Raises ``ApiError``."""
        if value not in self.words:
            raise ApiError(f"{key}={short(value)} is unknown.", key, f"Known are {', '.join(self.words)}.")
        return str(value)


OPTIONS: Mapping[str, Size | Choice] = {
    "theme": Choice("Dark ink on paper, or the hour after sunset.", ("light", "dark")),
    "width": Size("How wide, in pixels.", 200, 2400, 1200),
    "height": Size("How high, in pixels.", 200, 2400, 800),
    "separator": Choice(
        "What stands between two numbers; after a semicolon numbers have a comma.", ("comma", "semicolon")
    ),
}
