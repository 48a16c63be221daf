"""Coefficient files that are damaged or hostile end in one error, at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import riskbands as rb

if TYPE_CHECKING:
    from pathlib import Path

GOOD = rb.coefficient_tables["ogrs3-2009"].to_toml()
NUMBER = '"-2.44983716"'


def load(folder: Path, text: str) -> rb.CoefficientTable:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    return rb.load_table(file)


def test_the_file_as_it_is_loads(tmp_path: Path) -> None:
    assert GOOD.count(NUMBER) == 1
    assert load(tmp_path, GOOD) == rb.coefficient_tables["ogrs3-2009"]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("9" * 5000, "a number has thousands of digits"),
        ('"' + "9" * 5000 + '"', "is too long: a number has at most 1000 characters"),
        ('"0.' + "1" * 5000 + '"', "is too long"),
        ("[" * 3000 + "]" * 3000, "nested too deeply"),
        ('"0e-999999999"', "has an exponent of more than 3 digits"),
        ('"0e999999999"', "has an exponent of more than 3 digits"),
        ("-2.44983716", "must be a number written as text"),
        ("true", "must be a number written as text"),
        ("2020-01-01", "must be a number written as text"),
        ('"nan"', "is not a number"),
        ('"inf"', "is not a number"),
        ('""', "is not a number"),
        ('"1_0"', "is not a number"),
        ('"\\u0664"', "is not a number"),
    ],
)
def test_what_is_no_number_is_refused_at_once(tmp_path: Path, number: str, said: str) -> None:
    with pytest.raises(rb.TableError, match=said) as caught:
        load(tmp_path, GOOD.replace(NUMBER, number))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("number", ['["1", "2"]', '{a = "1"}'])
def test_a_list_or_table_in_place_of_a_number_fits_no_predictor(
    tmp_path: Path, number: str
) -> None:
    table = load(tmp_path, GOOD.replace(NUMBER, number))
    with pytest.raises(rb.TableError, match=r"does not fit its predictor; missing: age_female\.50"):
        rb.ogrs3.with_table(table)


@pytest.mark.parametrize("text", ["a = " + "[" * 5000 + "]" * 5000, "id = ", "id = 'x' 'y'"])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(rb.TableError, match=r"mine\.toml is not TOML"):
        load(tmp_path, text)


def test_an_id_is_one_printable_line(tmp_path: Path) -> None:
    with pytest.raises(rb.TableError, match="id must be a text that can be printed on one line"):
        load(tmp_path, GOOD.replace('id = "ogrs3-2009"', 'id = "a\\nb"'))


def test_an_id_is_no_path() -> None:
    with pytest.raises(rb.TableError, match=r"is built in: use riskbands\.coefficient_tables\["):
        rb.load_table("ogrs3-2009")
    with pytest.raises(rb.TableError, match="not a value of type int"):
        rb.load_table(3)  # type: ignore[arg-type]
    with pytest.raises(rb.TableError, match="cannot read"):
        rb.load_table("a\0b.toml")


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_what_is_no_mapping_is_no_table(data: Any) -> None:
    with pytest.raises(rb.TableError, match="the table is not a coefficient table"):
        rb.CoefficientTable.from_dict(data)
