"""Remembering what a function has answered, as much as fits into so many characters."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

_Answer = TypeVar("_Answer")


def remembered(
    most: int, size: Callable[[tuple[Any, ...], Any], int]
) -> Callable[[Callable[..., _Answer]], Callable[..., _Answer]]:
    """Decorate a function of hashable arguments: answers are kept, the last ones asked for, whose sizes are ``most``.

    ``size`` takes the arguments and the answer. Errors are not kept. What is larger than all the room is not either.
    """

    def decorate(function: Callable[..., _Answer]) -> Callable[..., _Answer]:
        kept: OrderedDict[Hashable, tuple[_Answer, int]] = OrderedDict()
        lock, room = Lock(), [most]

        @wraps(function)
        def answer(*arguments: Any) -> _Answer:
            with lock:
                if arguments in kept:
                    kept.move_to_end(arguments)
                    return kept[arguments][0]
            found = function(*arguments)
            weight = size(arguments, found)
            with lock:
                if arguments in kept:
                    return kept[arguments][0]
                if weight <= most:
                    kept[arguments] = found, weight
                    room[0] -= weight
                while room[0] < 0:
                    _, (_, freed) = kept.popitem(last=False)
                    room[0] += freed
            return found

        return answer

    return decorate
