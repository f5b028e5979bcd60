"""What links say goes on meaning what it meant: addresses from before, with where they led.

What they left to defaults is written out: those of start, learning rate and momentum are others since version 0.6, and
from then on frozen (``tests/web/test_defaults.py``).
"""

import json
from pathlib import Path

import pytest

from tests.explicit import explicit
from tests.web.asking import read

# Recorded by record_before.py, beside it, with the code of the first version. These numbers are never recorded anew.
BEFORE = json.loads((Path(__file__).parent / "data" / "before.json").read_text())


@pytest.mark.parametrize(("query", "expected"), BEFORE.items(), ids=lambda value: str(value)[:60])
def test_a_link_from_before_leads_where_it_led(api, query, expected):
    answer = read(api.get(f"/api/descent?{explicit(query)}").content)
    walks = [answer["walks"][0], *answer["walks"][1:][-3:]]
    for walk, ends in zip(walks, expected, strict=True):
        for key, value in ends.items():
            found = walk["summary"][key] if key in ("outcome", "steps") else walk[key][-1]
            assert found == (pytest.approx(value, rel=1e-12, abs=0) if isinstance(value, float) else value), key


def test_the_links_from_before_use_every_key_that_there_was():
    used = {part.partition("=")[0] for query in BEFORE for part in query.split("&") if part}
    assert used == {
        *("landscape", "shape", "domain", "goal", "start", "starts", "optimizer", "learning_rate", "momentum"),
        *("dampening", "schedule", "floor", "restarts", "growth", "steps", "tolerance", "noise", "seed"),
    }


@pytest.mark.parametrize("query", BEFORE, ids=lambda query: query[:60])
def test_a_page_from_before_opens_without_a_complaint(api, query):
    page = api.get(f"/?{query}")
    assert page.status_code == 200
    assert 'class="notice"' not in page.text
