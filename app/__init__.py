"""Downhill: see gradient descent."""

__version__ = "0.4.0"
