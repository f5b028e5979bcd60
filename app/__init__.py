"""Downhill: see gradient descent."""

__version__ = "0.2.0"
