"""A process of its own for one kind of work that would keep the loop waiting."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from app.request.errors import ApiError


class OwnProcess:
    """Starts with the first call, and takes no more when it is closed."""

    def __init__(self, make: Callable[[], Executor], lost: Callable[[], ApiError]) -> None:
        """Set what makes the process, and the error for who comes when it is closed."""
        self._make, self._lost = make, lost
        self._executor: Executor | None = None
        self._lock = threading.Lock()
        self.closed = False

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Have the function called there. Raises ``ApiError`` when it is closed."""
        with self._lock:
            if self.closed:
                raise self._lost()
            self._executor = self._executor or self._make()
            return self._executor.submit(function, *arguments)

    def close(self) -> None:
        """Let the process go, whatever it does; soon."""
        with self._lock:
            executor, self._executor, self.closed = self._executor, None, True
        if executor is not None:
            executor.shutdown()
