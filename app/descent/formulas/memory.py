"""Remembering answers, as much as fits into so many characters."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, Generic, TypeVar

_Answer = TypeVar("_Answer")


class Memory(Generic[_Answer]):
    """Answers by their questions, the last ones asked for, whose sizes together are ``most``."""

    def __init__(self, most: int) -> None:
        self.most = self._room = most
        self._kept: OrderedDict[Hashable, tuple[_Answer, int]] = OrderedDict()
        self._lock = Lock()

    @property
    def held(self) -> int:
        """The sizes of all that is kept, together."""
        return self.most - self._room

    def get(self, question: Hashable) -> _Answer | None:
        """The answer that is kept, None where none is."""
        with self._lock:
            if question not in self._kept:
                return None
            self._kept.move_to_end(question)
            return self._kept[question][0]

    def keep(self, question: Hashable, answer: _Answer, size: int) -> _Answer:
        """Keep the answer, unless it is larger than all the room, and return it; or the one that is kept already."""
        with self._lock:
            if question in self._kept:
                return self._kept[question][0]
            if size <= self.most:
                self._kept[question] = answer, size
                self._room -= size
            while self._room < 0:
                _, (_, freed) = self._kept.popitem(last=False)
                self._room += freed
        return answer


def remembered(
    most: int, size: Callable[[tuple[Any, ...], Any], int]
) -> Callable[[Callable[..., _Answer]], Callable[..., _Answer]]:
    """Decorate a function of hashable arguments: answers are kept, the last ones asked for, whose sizes are ``most``.

    ``size`` takes the arguments and the answer. Errors are not kept. What is larger than all the room is not either.
    """

    def decorate(function: Callable[..., _Answer]) -> Callable[..., _Answer]:
        memory: Memory[tuple[_Answer]] = Memory(most)

        @wraps(function)
        def answer(*arguments: Any) -> _Answer:
            if (kept := memory.get(arguments)) is not None:
                return kept[0]
            found = function(*arguments)
            return memory.keep(arguments, (found,), size(arguments, found))[0]

        return answer

    return decorate
