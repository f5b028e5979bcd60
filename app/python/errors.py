"""What `descend` raises."""

from app.request.errors import ApiError


class DescendError(Exception):
    """No walk was walked: what was wrong, at which key, and what would be right; ``status`` is that of HTTP."""

    def __init__(self, message: str, key: str | None = None, hint: str | None = None, status: int | None = None):
        named = message if key is None or key in message else f"{key}: {message}"
        super().__init__(" ".join(part for part in (named, hint) if part))
        self.message, self.key, self.hint, self.status = message, key, hint, status


class RequestError(DescendError, ValueError):
    """The request is not one that is answered."""


class ServerError(DescendError, ConnectionError):
    """The server is not there, has no time, or is none of Downhill's."""


def request_error(error: ApiError) -> RequestError:
    """The same error as Python's callers get it."""
    # What is wrong with a further run is said of the key that holds them here, too.
    key = "runs" if error.message.startswith("run=") else error.key
    return RequestError(error.message, key, error.hint, error.status)
