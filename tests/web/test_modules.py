"""The page's modules, joined into one file by the server."""

import re
from pathlib import Path

import pytest

from app.answers.modules import joined

SCRIPTS = Path(__file__).parents[2] / "static" / "js"

# The module that the page's script begins with, whose name nobody needs, and what embeds alone have.
OF_EMBEDS = {"main.js", "embed.js", "canvas/plain_plots.js", "figures/plain_axes.js"}

SMALL = {
    "main.js": """import { sum } from './math/sum.js';
import {
  one,
  Two as Pair,
} from './math/numbers.js';

sum(one, Pair);
""",
    "math/sum.js": """import { one } from './numbers.js';

export async function sum(a, b) {
  return a + b + one;
}
""",
    "math/numbers.js": """const hidden = 1;
export const one = hidden;
export class Two {}
export function* many() {}
""",
    "never.js": "export const never = 1;\n",
}
JOINED = """// math/numbers.js
const $math_numbers = (() => {
const hidden = 1;
const one = hidden;
class Two {}
function* many() {}
return { one, Two, many };
})();
// math/sum.js
const $math_sum = (() => {
const { one } = $math_numbers;

async function sum(a, b) {
  return a + b + one;
}
return { sum };
})();
const { sum } = $math_sum;
const {
  one,
  Two: Pair,
} = $math_numbers;

sum(one, Pair);
"""


def test_each_module_is_a_function_of_its_own_behind_what_it_imports():
    assert joined(SMALL, "main.js") == JOINED


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("import sum from './math/sum.js';\n", "import sum from './math/sum.js';"),
        ("import * as sum from './math/sum.js';\n", "import * as sum"),
        ("import './math/sum.js';\n", "import './math/sum.js';"),
        ("export default 1;\n", "export default 1;"),
        ("export let a = 1;\n", "export let a = 1;"),
        ("const a = 1;\nexport { a };\n", "export { a };"),
        ("export * from './math/sum.js';\n", "export * from"),
    ],
)
def test_what_is_written_in_another_way_is_refused_with_its_line(text, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        joined({**SMALL, "main.js": text}, "main.js")


COMMENTED = """// What it is.

/**
 * @param {number} one
 */
export const twice = (one) => {
  // Why.
  const sum = /** @type {number} */ (one + one); // where it stands
  return `${sum} // no comment`;
};
"""


def test_comments_are_for_who_reads_the_sources_and_lines_stay_as_many():
    text = joined({"b.js": COMMENTED, "main.js": "import { twice } from './b.js';\n"}, "main.js")
    body = text.partition("=> {\n")[2].partition("return { twice };")[0]
    assert " ".join(body.split()) == (
        "const twice = (one) => { const sum = (one + one); // where it stands return `${sum} // no comment`; };"
    )
    assert body.count("\n") == COMMENTED.count("\n")


def test_no_text_of_the_scripts_has_several_lines():
    # One of its lines might look like a comment, and would be taken away.
    sources = {path.relative_to(SCRIPTS).as_posix(): path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js")}
    for entry in ("main.js", "embed.js"):
        for line in joined(sources, entry).splitlines():
            assert line.count("`") % 2 == 0, line


@pytest.mark.parametrize("entry", ["main.js", "embed.js"])
def test_nothing_of_the_scripts_is_a_comment_but_their_names(entry):
    sources = {path.relative_to(SCRIPTS).as_posix(): path.read_text(encoding="utf-8") for path in SCRIPTS.rglob("*.js")}
    text = joined(sources, entry)
    assert set(re.findall(r"^\s*//.*", text, re.MULTILINE)) <= {f"// {path}" for path in sources}
    assert "/**" not in text


def test_modules_that_import_one_another_are_refused():
    circle = {"a.js": "import { b } from './b.js';\n", "b.js": "import { a } from './a.js';\n"}
    with pytest.raises(ValueError, match=r"imports itself by a\.js, b\.js"):
        joined(circle, "a.js")


def test_the_page_asks_for_one_script_that_has_all_its_modules(api):
    page = api.get("/").text
    (address,) = set(re.findall(r'(?:href|src)="([^"]+/page\.js)"', page))
    answer = api.get(address)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    shown = re.findall(r"^// (\S+\.js)$", answer.text, re.MULTILINE)
    expected = {path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.js")} - OF_EMBEDS
    # A notebook's picture, and what plays a walk that was taken away, are scripts of their own.
    apart = ("notebook/", "taken/")
    assert sorted(shown) == sorted(path for path in expected if not path.startswith(apart))
    assert not re.findall(r"^(?:import|export)\b.*", answer.text, re.MULTILINE)
