"""A column of any type is read by SQL as `Field.parse` reads its values, run in DuckDB."""

from __future__ import annotations

import math
import re
from decimal import Decimal
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


def as_trino(number: float) -> str:
    """A double as Trino writes it: ``DecimalFormat("0.0###################E0")`` of Java."""
    if not math.isfinite(number):
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(number), "NaN")
    if number == 0:
        return f"{number:.0f}E0"
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    first, *rest = map(str, digits)
    power = int(exponent) + len(rest)
    return f"{'-' if sign else ''}{first}.{''.join(rest) or 0}E{power}"


def test_doubles_as_trino_writes_them() -> None:
    numbers = [1.0, 0.0, -0.0, 12.0, 0.5, -2.25, 1e300, float("inf"), float("nan")]
    texts = ["1.0E0", "0E0", "-0E0", "1.2E1", "5.0E-1", "-2.25E0", "1.0E300", "Infinity", "NaN"]
    assert [as_trino(n) for n in numbers] == texts


@pytest.mark.parametrize("f", WORDED, ids=lambda f: f.name)
@settings(max_examples=20, deadline=None)
@given(numbers=st.lists(st.floats() | st.integers(-9, 12).map(float), min_size=5, max_size=40))
def test_any_double_as_trino_writes_it(
    database: duckdb.DuckDBPyConnection, f: Field, numbers: list[float]
) -> None:
    # DuckDB reads the texts that Trino makes of a column of doubles.
    sql = query(f, "trino", "text", [as_trino(n) for n in numbers])
    found = codes(database, sql.replace("TYPEOF(\"x\") = 'double'", "TRUE"))
    few = [math.inf if abs(n) >= 10**9 else n for n in numbers]  # nine digits, as everywhere in SQL
    assert found == [code(f, n) for n in few]


@pytest.mark.parametrize("f", WORDED, ids=lambda f: f.name)
def test_a_text_with_an_exponent_is_malformed_in_trino_too(
    database: duckdb.DuckDBPyConnection, f: Field
) -> None:
    texts = [t for t in TEXTS if t is None or _one_separator(t)]
    found = codes(database, query(f, "trino", "text", texts))
    assert found == codes(database, query(f, "duckdb", "text", texts))


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
