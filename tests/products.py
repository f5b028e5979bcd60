"""Which cases of a product are run each time, and which in ``make test-all`` alone."""

import random
from collections.abc import Callable, Sequence
from itertools import combinations, product
from typing import Any

import pytest


def covering(*axes: Sequence[Any], together: int = 1, possible: Callable[..., bool] = lambda *_: True) -> list[Any]:
    """Return the whole product for ``parametrize``; what is not needed to cover it bears the mark ``full``.

    Covered is each value of each axis, where the claim is about one of them at a time, or with ``together=2`` each pair
    of values of two axes. Impossible cases are left out.
    """
    cases = list(product(*(range(len(axis)) for axis in axes)))
    values = {case: [axis[at] for axis, at in zip(axes, case, strict=True)] for case in cases}
    cases = [case for case in cases if possible(*values[case])]
    covered: set[Any] = set()
    kept = set()
    # In any order but the product's own, in which values would always meet the same ones; always the same.
    for case in random.Random(0).sample(cases, len(cases)):
        parts = set(combinations(enumerate(case), together))
        if not parts <= covered:
            covered |= parts
            kept.add(case)
    return [pytest.param(*values[case], marks=() if case in kept else pytest.mark.full) for case in cases]


def some(values: Sequence[Any], every: int = 3) -> list[Any]:
    """Return all values for ``parametrize``: each n-th is run each time, where another test goes to them all."""
    return [pytest.param(one, marks=() if at % every == 0 else pytest.mark.full) for at, one in enumerate(values)]
