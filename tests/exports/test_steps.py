"""Every step of every walk as a table: the numbers of the API, to the last bit, whatever the file."""

import csv
import io
import json
import math

import numpy as np
import pytest

from app import __version__
from app.exports.columns import PIECE
from app.exports.steps_csv import quoted
from app.exports.table import EXPORTS
from app.request.making import make_request
from app.request.reading import read_query
from tests.exports.making import file_of, taken

RACE = {"landscape": "himmelblau", "starts": 3, "steps": 2 * PIECE + 7, "tolerance": 0, "runs": [{"optimizer": "adam"}]}
NETWORK = {"landscape": "network-xor", "steps": 9, "weights": 1}
CASES = {
    "one": {"landscape": "rosenbrock", "optimizer": "adam", "steps": 30},
    "curve": {"landscape": "two-minima", "steps": 12},
    "race": RACE,
    "diverged": {"landscape": "bowl", "optimizer": "gradient-descent", "learning_rate": 1e300, "steps": 5},
}


def rows_of(content, delimiter=","):
    """The lines of a CSV file below its header, by name, and the header's lines."""
    text = content.decode("utf-8-sig")
    head = [line for line in text.split("\n") if line.startswith("#")]
    assert text.startswith("\n".join(head))
    rows = csv.DictReader(io.StringIO(text.removeprefix("\n".join(head) + "\n")), delimiter=delimiter)
    return list(rows), head


def columns_told(made):
    """Each column of all walks, one after the other, as the answer has it."""
    for walk in made.walks:
        count = len(walk["step"])
        for k in range(count):
            yield {
                key: walk[key] if key in ("run", "walker") else walk[key][k]
                for key in walk
                if key not in ("label", "summary")
            }


def same(text, number):
    return text == "" if not math.isfinite(number) else float(text) == number


@pytest.mark.parametrize("case", CASES)
def test_comma_separated_values_are_those_of_the_walks_to_the_last_bit(case):
    content, made = file_of("steps.csv", **CASES[case])
    rows, _ = rows_of(content)
    told = list(columns_told(made))
    assert len(rows) == len(told) > 1
    for row, numbers in zip(rows, told, strict=True):
        assert [key for key in row if key != "label"] == list(numbers)
        assert all(same(row[key], numbers[key]) for key in numbers)


def test_a_walk_that_diverged_has_empty_cells_where_nothing_is_finite():
    content, made = file_of("steps.csv", **CASES["diverged"])
    rows, _ = rows_of(content)
    assert rows[0]["loss"]
    assert rows[-1]["loss"] == ""
    assert made.walks[0]["summary"]["outcome"] == "diverged"


@pytest.mark.parametrize("case", CASES)
def test_with_semicolons_numbers_have_a_comma_and_are_the_same(case):
    comma, _ = file_of("steps.csv", **CASES[case])
    semicolon, _ = file_of("steps.csv", options={"separator": "semicolon"}, **CASES[case])
    assert semicolon.startswith(b"\xef\xbb\xbf# ")
    rows, _ = rows_of(comma)
    others, _ = rows_of(semicolon, ";")
    assert others
    for row, other in zip(rows, others, strict=True):
        label = row.pop("label", None)
        assert other.pop("label", None) == label
        assert not any("." in cell for cell in other.values())
        assert {key: cell.replace(",", ".") for key, cell in other.items()} == row


@pytest.mark.parametrize("separator", ["comma", "semicolon"])
def test_the_header_has_version_and_address_each_in_one_cell(separator):
    keys = {"formula": "x^2 + a*y^2", "constants": {"a": 3}, "name": "50 %: é;#'\"|"}
    content, made = file_of("steps.csv", options={"separator": separator}, **keys)
    _, (version, address) = rows_of(content, ";" if separator == "semicolon" else ",")
    assert version == f"# Downhill {__version__}"
    assert not any(sign in address[2:] for sign in ",;#\"' \t")
    # The address leads to the same walk, though its commas are written otherwise.
    query = address.partition("?")[2]
    assert make_request(read_query(query.encode())).canonical == made.request.canonical


def test_no_line_below_the_header_begins_as_a_comment_does():
    content, _ = file_of("steps.csv", **RACE)
    lines = content.decode().splitlines()
    assert all(line[0] in "0123456789" for line in lines[3:])
    assert all(line[0] == "#" for line in lines[:2])


def test_no_name_is_a_formula_to_a_spreadsheet_nor_ends_its_cell():
    for name in ("=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1+1"):
        assert quoted(name)[:2] == "\"'" or quoted(name)[1:].lstrip()[0] == "'"
    assert quoted("a;=1+1") == '"a;\'=1+1"'
    assert quoted('a"=1') == '"a""\'=1"'
    assert quoted("Momentum 0.9, learning rate 1e-05") == '"Momentum 0.9, learning rate 1e-05"'
    names = ['=HYPERLINK("http://example")', "#1", "a;b"]
    content, _ = file_of("steps.csv", steps=3, runs=[{"name": name} for name in names])
    rows, _ = rows_of(content)
    labels = list(dict.fromkeys(row["label"] for row in rows))
    assert labels[1:] == ['\'=HYPERLINK("http://example")', "#1", "a;b"]


def test_all_weights_of_a_network_are_there_where_they_are_asked_for():
    made = taken(**NETWORK)
    (walk,) = made.walks
    rows, _ = rows_of(EXPORTS["steps.csv"].whole(made))
    size = made.request.landscape.network.size
    assert [key for key in rows[0] if key.startswith("w") and key != "walker"] == [f"w{k}" for k in range(size)]
    for k, row in enumerate(rows):
        assert [float(row[f"w{index}"]) for index in range(size)] == walk["weights"][k].tolist()
    with np.load(io.BytesIO(EXPORTS["steps.npz"].whole(made)), allow_pickle=False) as arrays:
        assert np.array_equal(arrays["weights"], walk["weights"])
    second = json.loads(EXPORTS["steps.jsonl"].whole(made).splitlines()[2])
    assert second["weights"] == walk["weights"][1].tolist()


@pytest.mark.parametrize("case", CASES)
def test_json_lines_are_a_header_every_step_each_end_and_done(case):
    content, made = file_of("steps.jsonl", **CASES[case])
    head, *lines, done = [json.loads(line) for line in content.splitlines()]
    assert (head["kind"], head["version"], head["address"]) == ("header", __version__, made.address)
    assert head["request"] == json.loads(json.dumps(made.request.canonical))
    assert done == {"kind": "done"}
    steps = [line for line in lines if line.pop("kind") == "step"]
    told = list(columns_told(made))
    for line, numbers in zip(steps, told, strict=True):
        assert list(line) == list(numbers)
        assert all(
            line[key] == number if math.isfinite(number) else line[key] is None for key, number in numbers.items()
        )
    ends = [line["summary"]["message"] for line in lines if "summary" in line]
    assert ends == [walk["summary"]["message"] for walk in made.walks]


@pytest.mark.parametrize("case", CASES)
def test_arrays_are_read_without_pickles_and_equal_the_walks(case):
    content, made = file_of("steps.npz", **CASES[case])
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert (str(arrays["address"]), str(arrays["version"])) == (made.address, __version__)
        assert str(arrays["query"]) == made.request.query
        assert json.loads(str(arrays["request"])) == json.loads(json.dumps(made.request.canonical))
        for key in made.walks[0]:
            if key in ("label", "summary"):
                continue
            count = [len(walk["step"]) for walk in made.walks]
            told = np.concatenate([np.broadcast_to(walk[key], n) for walk, n in zip(made.walks, count, strict=True)])
            assert arrays[key].dtype == told.dtype
            assert np.array_equal(arrays[key], told, equal_nan=True)
        summaries = json.loads(str(arrays["summaries"]))
    assert [one["label"] for one in summaries] == [walk["label"] for walk in made.walks]
    assert [one["summary"]["message"] for one in summaries] == [walk["summary"]["message"] for walk in made.walks]


@pytest.mark.parametrize("file", ["steps.csv", "steps.jsonl", "steps.npz"])
def test_a_long_walk_is_written_in_small_pieces(file):
    made = taken(landscape="rosenbrock", optimizer="adam", steps=20_000, tolerance=0)
    sizes = [len(piece) for piece in EXPORTS[file].make(made)]
    assert max(sizes) < 100_000 < sum(sizes)
