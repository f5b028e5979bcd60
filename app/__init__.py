"""Downhill: see gradient descent."""

__version__ = "0.3.0"
