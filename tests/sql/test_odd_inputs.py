"""A column of any type is read by SQL as `Field.parse` reads its values, run in DuckDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oddcolumns import TEXTS, WORDED, code, query, read_otherwise

import riskbands as rb
from riskbands.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.vocabulary.fields import Field


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def codes(database: duckdb.DuckDBPyConnection, sql: str) -> list[Any]:
    return [row[0] for row in database.execute(sql).fetchall()]


def test_odd_values_of_every_type(database: duckdb.DuckDBPyConnection) -> None:
    assert read_otherwise("duckdb", lambda sql: codes(database, sql)) == []


def _one_separator(text: str) -> bool:
    """SQL takes one blank or hyphen between words, Python any number of them."""
    return re.search(r"[ -]{2}", text.strip()) is None


ODD = st.one_of(
    st.text("0123456789.+-_ eE", max_size=12),
    st.text("NnOoEeKkAa/_- 01.", max_size=10),
    st.sampled_from([t for t in TEXTS if t]).flatmap(
        lambda t: st.sampled_from([t.upper(), t.title(), f"  {t} ", t.replace("_", "-"), f"{t}0"])
    ),
).filter(_one_separator)


@pytest.mark.parametrize("f", WORDED, ids=lambda f: f.name)
@settings(max_examples=20, deadline=None)
@given(texts=st.lists(ODD, min_size=10, max_size=60))
def test_any_text(database: duckdb.DuckDBPyConnection, f: Field, texts: list[str]) -> None:
    found = codes(database, query(f, "duckdb", "text", texts))
    assert dict(zip(texts, found, strict=True)) == {text: code(f, text) for text in texts}


@settings(max_examples=30, deadline=None)
@given(numbers=st.lists(st.floats() | st.integers(-5, 2000).map(float), min_size=5, max_size=40))
def test_any_double_in_a_count(database: duckdb.DuckDBPyConnection, numbers: list[float]) -> None:
    f = rb.ogrs3.vocabulary.field("sanctions")
    found = codes(database, query(f, "duckdb", "double", [repr(n) for n in numbers]))
    assert found == [code(f, n) for n in numbers]


@pytest.mark.parametrize("bad", [None, 5, [None], b"cases"])
def test_what_is_no_name_of_a_table_is_refused(bad: Any) -> None:
    with pytest.raises(InputError, match="given by its name"):
        rb.ogrs3.to_sql(source=bad)
    with pytest.raises(InputError, match="given by its name"):
        rb.ogrs3.to_sql(source="cases", keep=bad)
