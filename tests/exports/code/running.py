"""Scripts are run here as anybody runs them, and what they print is compared with the walks that they are of."""

import contextlib
import io
import math
import re

import numpy as np

from app.answers.walks import answer

_LINE = re.compile(r"(.*), loss = (\S+), after (\d+) steps: (.+)")
OUTCOMES = {"out of steps": "out_of_steps"}


def run(source):
    """Run a script; return the lines that it prints."""
    printed = io.StringIO()
    with np.errstate(), contextlib.redirect_stdout(printed):
        exec(compile(source, "<script>", "exec"), {"__name__": "__main__"})
    return printed.getvalue().splitlines()


def told(line):
    """What a line tells: where the walk ended, the loss, the number of steps, the outcome."""
    place, loss, steps, outcome = _LINE.fullmatch(line).groups()
    found = re.findall(r"(?:= |\[|, )(-?(?:nan|inf|\d[\d.e+-]*))", place.rpartition(": ")[2])
    return [*map(float, found)], float(loss), int(steps), outcome


def near(one, other):
    """Whether numbers are the same to 1e-9, of their size where that is large; what is no number equals none."""
    if not (math.isfinite(one) and math.isfinite(other)):
        return not math.isfinite(one) and not math.isfinite(other)
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def check(script, request):
    """Check that the script of a request prints the ends of its walks; return them."""
    lines = run(script(request, f"http://downhill/?{request.query}"))
    walks = answer(request)
    assert len(lines) == len(walks)
    for line, walk in zip(lines, walks, strict=True):
        place, loss, steps, outcome = told(line)
        summary = walk["summary"]
        if "weights" in walk:
            expected = walk["weights"][-1].tolist()
        else:
            expected = [summary[axis] for axis in ("x", "y") if axis in summary]
        assert steps == summary["steps"], (line, summary)
        assert OUTCOMES.get(outcome, outcome) == summary["outcome"], (line, summary)
        assert len(place) == len(expected), line
        assert all(map(near, place, expected)), (line, expected)
        assert near(loss, summary["loss"]), (line, summary["loss"])
    return walks
