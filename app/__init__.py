"""Downhill: see gradient descent."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.python.descend import descend
    from app.python.errors import DescendError, RequestError, ServerError
    from app.python.walks import Walk, Walks

__version__ = "0.9.0"
__all__ = ["DescendError", "RequestError", "ServerError", "Walk", "Walks", "__version__", "descend"]

_HERE = Path(__file__).parent
# Where static/ and templates/ are: beside the package in a checkout, inside it where it is installed.
ROOT = _HERE if (_HERE / "static").is_dir() else _HERE.parent

_WHERE = {
    "descend": "app.python.descend",
    **dict.fromkeys(("DescendError", "RequestError", "ServerError"), "app.python.errors"),
    **dict.fromkeys(("Walk", "Walks"), "app.python.walks"),
}


def __getattr__(name: str) -> Any:
    """Import what is for Python's callers when it is wanted: the server and its processes need none of it."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)
