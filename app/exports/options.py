"""How a file is wanted: the keys that exports read beside a request's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.request.checking import check_range
from app.request.errors import ApiError, short

Options = Mapping[str, int | str]


@dataclass(frozen=True)
class Size:
    """A whole number from ``low`` to ``high``, a multiple of another where that is not 1.

    ``title`` is what it is called, its key where there is none.
    """

    text: str
    low: int
    high: int
    default: int
    multiple: int = 1
    title: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """OpenAPI's schema."""
        multiple = {"multipleOf": self.multiple} if self.multiple > 1 else {}
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default, **multiple}

    def check(self, key: str, value: Any) -> int:
        """The value that was given. Raises ``ApiError``."""
        check_range(key, value, self.low, self.high)
        if int(value) % self.multiple:
            raise ApiError(f"{key}={int(value)} is no multiple of {self.multiple}.", key, self.text)
        return int(value)


@dataclass(frozen=True)
class Choice:
    """One of some words, the first of which is the default.

    ``title`` is what it is called, its key where there is none.
    """

    text: str
    words: tuple[str, ...]
    title: str = ""

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
    "frames": Size("How many pictures a film has.", 10, 300, 100),
    "seconds": Size("How long a film is; its last picture is held for the last of them.", 1, 20, 5),
    "with": Choice(
        "What a film shows beside the map, or below it where there is more room.", ("none", "loss"), "Beside the map"
    ),
    "progress": Size(
        "1 answers with JSON lines that tell how much is made, and has the file, in base64, in the last one.", 0, 1, 0
    ),
    "separator": Choice(
        "What stands between two numbers; after a semicolon numbers have a comma.", ("comma", "semicolon")
    ),
}
