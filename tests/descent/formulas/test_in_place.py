import ast

import numpy as np
import pytest

from app.descent.formulas.in_place import NAMES, in_place

_LENGTH = 5


def _statements(*lines):
    return [ast.parse(line).body[0] for line in lines]


def _run(lines, arrays, numbers=(), **rest):
    """Run the lines as they are and in place, and return the values of both, and the arrays in place."""
    plain = {name: value.copy() for name, value in arrays.items()} | dict(numbers)
    exec("\n".join(lines), plain | {"sqrt": np.sqrt, "sign": np.sign, "max": np.maximum}, plain)
    program = in_place(_statements(*lines), arrays.keys(), **rest)
    names = {name: value.copy() for name, value in arrays.items()} | dict(numbers)
    names |= {name: np.full(_LENGTH, np.nan) for name in (*program.scratch, *(rest.get("into") or {}).values())}
    exec("\n".join(program.statements), dict(NAMES), names)
    return plain, names, program


def _arrays(*names):
    dice = np.random.default_rng(len(names))
    return {name: dice.uniform(0.5, 2.0, _LENGTH) for name in names}


LINES = [
    ("z = x + y",),
    ("z = x*x",),
    ("z = x + y*x", "w = z*x"),
    ("z = (x + y)*(x - y)/(x*y)",),
    ("z = -(x*y)", "w = -z + x"),
    ("z = 2.0*x - 3.0", "w = sqrt(z*z) + sign(y - z)"),
    ("z = max(x - y, 0.0)", "w = max(0.5, z)"),
    ("z = x", "w = z*2.0"),
    ("z = rate*(1 - rate)*x", "w = z/(1 - rate**3.0)"),
    ("half = rate/2.0", "z = half*x", "w = (half + 1.0)*z"),
    ("z = x*y + (x*y + (x*y + (x*y + x)))", "w = z*z - (z - x)*(z - y)"),
]


@pytest.mark.parametrize("lines", LINES, ids=" ; ".join)
@pytest.mark.parametrize("spent", [(), ("x",), ("x", "y")], ids=str)
def test_statements_in_place_give_the_values_of_the_plain_ones_to_the_last_bit(lines, spent):
    wanted = [line.partition(" = ")[0] for line in lines]
    arrays = _arrays("x", "y")
    plain, names, program = _run(lines, arrays, {"rate": 0.1}, spent=spent, kept=wanted)
    for name in wanted:
        assert np.array_equal(names[program.places[name]], plain[name]), name
    for name in set(arrays) - set(spent):
        assert np.array_equal(names[name], arrays[name]), f"{name} was written over"


@pytest.mark.parametrize("lines", LINES, ids=" ; ".join)
def test_a_value_ends_in_the_array_that_is_asked_for(lines):
    wanted = lines[-1].partition(" = ")[0]
    plain, names, _ = _run(lines, _arrays("x", "y"), {"rate": 0.1}, into={wanted: "out"})
    assert np.array_equal(names["out"], plain[wanted])


def test_an_array_that_is_spent_is_used_instead_of_a_new_one():
    lines = ("z = x*2.0", "w = z + 1.0", "v = w*w")
    kept = in_place(_statements(*lines), ["x"], kept=["v"])
    spent = in_place(_statements(*lines), ["x"], spent=["x"], kept=["v"])
    assert len(kept.scratch) == 2
    assert len(spent.scratch) == 1


def test_an_array_that_no_statement_names_can_be_written_over_at_once():
    program = in_place(_statements("z = x + 1.0"), ["x", "old"], spent=["old"], kept=["z"])
    assert program.places == {"z": "old"}
    assert not program.scratch


def test_what_is_made_of_numbers_alone_stays_a_number():
    program = in_place(_statements("b = 1 - a", "c = -b", "z = c*x", "d = sqrt(b)"), ["x"], kept=["b", "z"])
    assert program.statements[:2] == ["b = (1-a)", "c = (-b)"]
    assert program.statements[3] == "d = sqrt(b)"
    assert program.places["b"] == "b"


@pytest.mark.long
def test_random_programs_give_the_same_in_place():
    dice = np.random.default_rng(8)
    for _ in range(300):
        names, lines = ["x", "y", "2.0", "rate"], []
        for index in range(dice.integers(1, 8)):
            text = str(dice.choice(names))
            for _ in range(dice.integers(0, 6)):
                other = str(dice.choice(names))
                operator = dice.choice(["+", "-", "*"])
                text = f"({text} {operator} {other})" if dice.random() < 0.5 else f"({other} {operator} {text})"
            lines.append(f"t{index} = {text}")
            names.append(f"t{index}")
        kept = [name for name in names[4:] if dice.random() < 0.5] or names[-1:]
        spent = [name for name in ("x", "y") if dice.random() < 0.5]
        plain, values, program = _run(lines, _arrays("x", "y"), {"rate": 0.3}, spent=spent, kept=kept)
        assert len({program.places[name] for name in kept}) == len(kept), "two names share an array"
        for name in kept:
            assert np.array_equal(values[program.places[name]], plain[name]), lines


def test_powers_are_those_of_the_c_library_for_numbers_and_arrays_alike():
    power, bases, exponents = NAMES["power"], np.linspace(0.001, 1, 500), np.linspace(0.3, 900, 500)
    alone = [power(base, exponent) for base, exponent in zip(bases.tolist(), exponents.tolist(), strict=True)]
    assert alone == power(bases, exponents).tolist()
    assert power(0.9, exponents).tolist() == [0.9**exponent for exponent in exponents.tolist()]
