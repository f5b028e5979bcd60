"""Downhill: see gradient descent."""

__version__ = "0.7.1"
