"""The words that the page explains, and the plain line beside each control: short, found where they stand, whole."""

import re

import pytest

from app.descent.landscapes import LANDSCAPES
from app.descent.optimizers.schedules import SCHEDULES
from app.descent.optimizers.table import OPTIMIZERS
from app.request.keys import key_table
from app.web.glossary import GLOSSARY
from tests.web.asking import read
from tests.web.test_pages import boot_of

# What a control has room for: two lines of the panel.
LONGEST_LINE = 80
LINES = {
    **{row["key"]: row["plain"] for row in key_table()},
    **{
        f"{entry.slug} {one.key}": one.explanation
        for entry in (*OPTIMIZERS.values(), *SCHEDULES.values())
        for one in entry.hyperparameters
    },
    **{f"{slug} shape": entry.shape.explanation for slug, entry in LANDSCAPES.items() if entry.shape},
}
# What the issue names, and what a page that teaches cannot do without.
WANTED = {"λ", "tolerance", "evaluations", "basin of attraction", "floor", "condition number", "Hessian eigenvalue"} | {
    *(
        "learning rate",
        "momentum",
        "stationary point",
        "saddle",
        "step size",
        "patience",
        "local minimum",
        "mini-batch",
    ),
}


def found(text):
    return [term.term for term in GLOSSARY if re.search(rf"(?<!\w)(?:{term.pattern})(?!\w)", text, re.I)]


@pytest.mark.parametrize("term", GLOSSARY, ids=[term.term for term in GLOSSARY])
def test_each_term_is_explained_in_a_sentence_or_two_and_finds_itself(term):
    assert 20 <= len(term.explanation) <= 160
    assert term.explanation[0].isupper()
    assert term.explanation.endswith(".")
    assert term.term in found(term.term)
    assert "(" not in re.sub(r"\(\?[:=]", "", term.pattern), "a group of its own would be counted as a term"


def test_what_is_to_be_explained_is():
    assert all(found(word) for word in WANTED)
    assert len({term.term for term in GLOSSARY}) == len(GLOSSARY)


def test_words_of_other_words_are_none():
    assert found("The lossless slope of a floorboard") == []
    assert found("It settles at the bottom after 61 steps.") == []


def test_the_page_has_the_glossary(api):
    assert boot_of(api.get("/"))["catalog"]["glossary"] == [term._asdict() for term in GLOSSARY]


@pytest.mark.parametrize("key", LINES)
def test_each_control_has_one_plain_line_that_it_has_room_for(key):
    line = LINES[key]
    assert len(line) <= LONGEST_LINE
    assert line[0].isupper()
    assert line.endswith(".")
    assert not re.search(r"PyTorch|Default|Armijo|[()]|\d\.\d", line)


def test_what_is_convention_is_told_all_the_same(api):
    rows = {row["key"]: row for row in read(api.get("/api/keys").content)}
    assert "Default: " in rows["learning_rate"]["explanation"]
    for optimizer in read(api.get("/api/optimizers").content):
        for one in optimizer["hyperparameters"]:
            assert one["convention"] == "" or one["convention"].endswith(".")
    schema = read(api.get("/openapi.json").content)["components"]["schemas"]
    epsilon = next(part["properties"]["epsilon"] for part in schema.values() if "epsilon" in part.get("properties", {}))
    assert "outside the square root" in epsilon["description"]
