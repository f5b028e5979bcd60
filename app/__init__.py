"""Downhill: see gradient descent."""

__version__ = "0.6.0"
