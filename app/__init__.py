"""Downhill: see gradient descent."""

__version__ = "0.5.0"
