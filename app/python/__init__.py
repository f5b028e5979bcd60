"""Downhill from Python: `descend(…)`, the walks that it returns, and how a notebook shows them."""
