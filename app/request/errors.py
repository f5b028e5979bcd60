"""The one form of an error: what was wrong, at which key, and what would be right."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ApiError(Exception):
    """A request that is not answered: what was wrong, at which key, and what would be right."""

    def __init__(
        self,
        message: str,
        key: str | None = None,
        hint: str | None = None,
        status: int = 422,
        correction: Sequence[tuple[str, str]] = (),
        kept: Sequence[str] = (),
        column: int | None = None,
        line: int | None = None,
        typed: bool = False,
        wait: int = 1,
    ) -> None:
        super().__init__(message)
        self.message, self.status = _writable(message), status
        self.key, self.hint = key and _writable(key), hint and _writable(hint)
        # The keys and values that were likely meant by the wrong one.
        self.correction = correction
        # What of a list is right: a page goes on with it.
        self.kept = list(kept)
        # Where in the value that was typed, in characters from 0; and in which line of a rule, from 1.
        self.column, self.line = column, line
        # Whether it is about a formula, a rule, or the numbers that these name.
        self.typed = typed
        # After how many seconds it may be asked again, where that is worth it.
        self.wait = wait

    @property
    def place(self) -> dict[str, Any]:
        """Where in a value that was typed, as far as that is known, and all that was likely meant by it."""
        place: dict[str, Any] = {"column": self.column, "line": self.line}
        place["correction"] = dict(self.correction) if self.correction and self.typed else None
        return {name: part for name, part in place.items() if part is not None}


def _writable(text: str) -> str:
    """The text without halves of surrogate pairs, which JSON can spell and no answer can carry."""
    return text.encode(errors="replace").decode()


def _without_defaults(schema: dict[str, Any]) -> None:
    # What is not there is not known; it has no value instead.
    for entry in schema["properties"].values():
        entry.pop("default", None)


class Error(BaseModel):
    """What went wrong and what would be right.

    Of what was typed as a formula or a rule also where: ``column`` counts its characters from 0, ``line`` those of a
    rule from 1, and ``correction`` is all that was likely meant, by its key; they are there where they are known.
    """

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    status: int
    message: str
    key: str | None
    hint: str | None
    column: int = Field(default=0, json_schema_extra={"minimum": 0})
    line: int = Field(default=1, json_schema_extra={"minimum": 1})
    correction: dict[str, str] = {}


class ErrorAnswer(BaseModel):
    """The one form of every error of every route."""

    error: Error


def short(value: Any) -> str:
    """The value as text, cut where it is long."""
    text = as_text(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def as_text(value: Any) -> str:
    """The value as text: what JSON can nest, no answer need repeat."""
    try:
        return value if isinstance(value, str) else json.dumps(value, default=str)
    except RecursionError:
        return "(too deep a nest)"
