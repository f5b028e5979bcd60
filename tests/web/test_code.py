"""Scripts over HTTP: what the page's walk is, in a file that anybody can run."""

import pytest

from app.exports.table import EXPORTS
from tests.exports.code.running import run, told

CODE = [file for file, export in EXPORTS.items() if export.group == "code"]


def test_a_script_that_was_got_prints_the_end_of_the_walk_that_was_asked_for(api):
    query = "landscape=rosenbrock&optimizer=adam&steps=60&schedule=cosine"
    summary = api.get(f"/api/descent?{query}").json()["walks"][0]["summary"]
    answer = api.get(f"/api/export/numpy.py?{query}")
    assert answer.headers["content-type"].startswith("text/x-python")
    (line,) = run(answer.text)
    place, loss, steps, _ = told(line)
    assert place == pytest.approx([summary["x"], summary["y"]], abs=1e-9)
    assert loss == pytest.approx(summary["loss"], abs=1e-9)
    assert steps == summary["steps"]


@pytest.mark.parametrize("file", CODE)
def test_a_script_names_the_address_that_shows_its_walk(api, file):
    source = api.get(f"/api/export/{file}?landscape=himmelblau&optimizer=newton&steps=7").text
    assert "# http://downhill/?landscape=himmelblau&optimizer=newton&steps=7\n" in source


@pytest.mark.parametrize("file", CODE)
def test_what_was_typed_stands_in_a_script_as_a_literal_alone(api, file):
    body = {"landscape": "quadratic", "steps": 3, "name": "'); import os; ('</script>\"#"}
    source = api.post(f"/api/export/{file}", body).text
    assert "\nimport os" not in source
    assert "</script" not in source
    compile(source, file, "exec")
