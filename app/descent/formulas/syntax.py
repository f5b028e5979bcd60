"""Python's own parser, asked by one thread at a time for what this program has written itself."""

import ast
from functools import lru_cache
from threading import Lock

# CPython 3.11 counts the depth of trees that several threads build in one place, and then finds it wrong.
_one_at_a_time = Lock()


def assignments(lines: str) -> list[ast.Assign]:
    """The trees of assignments that are this program's own."""
    with _one_at_a_time:
        body = ast.parse(lines).body
    statements = [statement for statement in body if isinstance(statement, ast.Assign)]
    assert len(statements) == len(body), f"not only assignments: {lines}"
    return statements


@lru_cache(maxsize=256)
def assignment(line: str) -> ast.Assign:
    """The tree of one assignment, which is shared: it must not be changed."""
    (statement,) = assignments(line)
    return statement
