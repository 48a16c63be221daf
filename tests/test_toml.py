"""What is written as TOML comes back, whatever its texts hold."""

from __future__ import annotations

import datetime as dt
import math
import time
import tomllib
from typing import Any

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands import _toml
from riskbands._digest import digest
from riskbands.errors import TableError
from riskbands.scorecards.coefficients import CoefficientTable, coefficient_tables

# carriage returns, control characters, DEL, quotation marks, other planes; no half surrogates
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    texts
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.times(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(texts, values, max_size=5)


@given(documents)
@example({"a": '\x00\x1f\x7f\x80\r\n\t"\\', "\x7f": 1, "": {"": [{"": []}]}})
@example({"é": {"a.b": "x"}, "rows": [{"sub": {"deep": [{"n": 1}]}}, {}]})
@example({"mixed": [{"a": 1}, 2], "empty": [], "none": {}})
@example({"e": 1e22, "tiny": 5e-324, "infinite": [math.inf, -math.inf]})
def test_any_document_comes_back(document: dict[str, Any]) -> None:
    assert tomllib.loads(_toml.dumps(document)) == document


@given(texts)
def test_any_text_comes_back_as_a_key_and_as_a_value(text: str) -> None:
    assert tomllib.loads(f"{_toml.key(text)} = {_toml.value(text)}") == {text: text}


def test_not_a_number_comes_back() -> None:
    assert math.isnan(tomllib.loads(_toml.dumps({"x": math.nan}))["x"])


def test_tables_come_after_plain_values() -> None:
    assert _toml.dumps({"t": {"n": 1}, "rows": [{"d": dt.date(2025, 9, 11)}], "x": True}) == (
        "x = true\n\n[t]\nn = 1\n\n[[rows]]\nd = 2025-09-11\n"
    )


@pytest.mark.parametrize("value", [None, {1}, b"x", 1j])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="has no form in TOML"):
        _toml.dumps({"x": [value]})
    with pytest.raises(TypeError, match="a key of TOML is a text"):
        _toml.dumps({1: "x"})  # type: ignore[dict-item]


def test_half_of_a_surrogate_pair_is_refused() -> None:
    for document in ({"x": "a\ud800"}, {"\udfff": 1}):
        with pytest.raises(ValueError, match="half of a surrogate pair"):
            _toml.dumps(document)


@given(texts, st.lists(texts, max_size=3))
@example("\x00\x7f", ["\r\n"])
def test_a_coefficient_table_comes_back_whatever_its_texts_hold(
    title: str, notes: list[str]
) -> None:
    table = coefficient_tables["ogrs3-2009"].replace({"copas": "1.3"} if title else {})
    told = attrs.evolve(table, title=title or "x", notes=tuple(notes))
    assert CoefficientTable.from_dict(tomllib.loads(told.to_toml())).to_dict() == told.to_dict()


def test_every_built_in_coefficient_table_comes_back() -> None:
    for table in coefficient_tables.values():
        again = CoefficientTable.from_dict(tomllib.loads(table.to_toml()))
        assert again.to_dict() == table.to_dict()
        assert again.digest == table.digest


@given(documents.filter(bool))
def test_the_order_of_keys_does_not_change_a_digest(document: dict[str, Any]) -> None:
    plain = {key: str(value) for key, value in document.items()}
    turned = dict(reversed(plain.items()))
    assert digest(plain) == digest(turned)
    changed = plain | {next(iter(plain)): "another text than before"}
    assert digest(changed) != digest(plain)


LONG = 60_000


@pytest.mark.parametrize(
    "text",
    [
        "[a" + ".a" * LONG + "]",
        "[[a" + ".a" * LONG + "]]",
        "a" + ".a" * LONG + " = 1",
        "a" + " . a" * LONG + " = 1",
        'x = {"b"' + '."b"' * LONG + " = 1}",
        "'b'" + ".'b.c'" * LONG + " = 1",
        'x = "closed"  # and a comment\n[a' + ".a" * LONG + "]",
        'x = """\na\\""""\n[a' + ".a" * LONG + "]",
    ],
    ids=range(8),
)
def test_a_key_of_very_many_dots_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(TableError, match="a key has more than 30 dots"):
        _toml.loads(text, "the file")
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "text",
    [
        'x = "' + '\\"' * LONG,
        "'''" + "." * LONG,
        '"' * LONG,
        "." * LONG,
        "x = " + ". " * LONG,
        "a" * LONG + "." + " " * LONG,
    ],
    ids=range(6),
)
def test_looking_for_dots_takes_no_longer_for_what_is_open(text: str) -> None:
    start = time.process_time()
    with pytest.raises(TableError):
        _toml.loads(text, "the file")
    assert time.process_time() - start < 2


def test_dots_in_texts_comments_and_numbers_are_no_keys() -> None:
    dots = "a.b." * 100
    numbers = ", ".join(["1.5"] * 100)
    text = (
        f'a.b.c = \'{dots}\'  # {dots}\nd = "\\"{dots}"\ne = [{numbers}]\n'
        f'f = \'\'\'\n{dots}\n\'\'\'\ng = """\n{dots}"""\n["{dots}".h]\n'
    )
    found = _toml.loads(text, "the file")
    assert found["e"] == [1.5] * 100
    assert found["g"] == dots
    assert found[dots] == {"h": {}}
