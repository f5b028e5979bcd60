"""Downhill: see gradient descent."""

from pathlib import Path

__version__ = "0.8.0"

_HERE = Path(__file__).parent
# Where static/ and templates/ are: beside the package in a checkout, inside it where it is installed.
ROOT = _HERE if (_HERE / "static").is_dir() else _HERE.parent
