"""Benchmarks: what the product must reach, as ratios in one run. Run them with ``python -m tests.benchmarks``."""
