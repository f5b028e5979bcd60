"""Downhill: see gradient descent."""

__version__ = "0.8.0"
