"""Judging: what can be said of where a walk ended and why, and of what theory promises."""
