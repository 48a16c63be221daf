"""The order of bands outside this library: what each engine makes of ``band >= 'High'``.

Text puts High before Low. These tests say who compares bands and who compares text, and that the
expression for SQL holds in both cases.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.bands.sql import DIALECTS, DialectName
from riskbands.errors import MissingExtraError

TABLE = rb.band_table("ogrs3-2yr")
SCORES = np.array([10, 60, 80, 95, np.nan])
BANDS = TABLE.classify(SCORES)
HIGH = [False, False, True, True, None]
CASES = {
    "sex": ["male", "male", "female"],
    "age_at_conviction": [19, 33, 41],
    "age_at_follow_up": [19, 33, 41],
    "offence_code": ["02800", "00801", "00801"],
    "sanctions": [30, 4, None],
    "first_sanction_age": [12, 17, 20],
}


def some_of_each() -> rb.BandArray:
    scale = rb.BandScale("osp-iic", ("Low", "Medium", "High"))
    return rb.BandArray([0, 2, -2, -1, 1], scale)


# -- one call for each library ---------------------------------------------------------------------


def test_pandas_compares_bands() -> None:
    column = BANDS.to_pandas()
    assert column.ordered
    assert list(column.categories) == list(TABLE.labels)
    assert (column >= "High").tolist() == [False, False, True, True, False]
    assert list(column.isna()) == [False] * 4 + [True]


def test_polars_compares_bands() -> None:
    column = BANDS.to_polars()
    assert column.dtype == pl.Enum(TABLE.labels)
    assert (column >= "High").to_list() == HIGH
    assert column.sort().to_list() == [None, "Low", "Medium", "High", "Very High"]


def test_arrow_says_that_it_is_ordered_and_compares_text_all_the_same() -> None:
    column = BANDS.to_arrow()
    assert column.type.ordered
    assert column.to_pylist() == ["Low", "Medium", "High", "Very High", None]
    assert pc.greater_equal(column, "High").to_pylist() == [True, True, True, True, None]
    ranks = pc.greater_equal(column.indices, TABLE.labels.index("High"))
    assert ranks.to_pylist() == HIGH
    kept = column.to_pandas()
    assert kept.dtype.ordered


@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "to_arrow"])
def test_not_applicable_is_missing_or_a_level_before_all_bands(method: str) -> None:
    def values(column: Any) -> list[object]:
        found = column.to_pylist() if isinstance(column, pa.Array) else list(column)
        return [v if isinstance(v, str) else None for v in found]

    bands = some_of_each()
    assert values(getattr(bands, method)()) == ["Low", "High", None, None, "Medium"]
    with_level = getattr(bands, method)(inapplicable="level")
    assert values(with_level) == ["Low", "High", "not_applicable", None, "Medium"]
    with pytest.raises(rb.UnknownNameError, match="choice for inapplicable"):
        getattr(bands, method)(inapplicable="Low")


def test_with_the_level_nobody_compares_in_pandas_and_arrow() -> None:
    column = some_of_each().to_pandas(inapplicable="level")
    assert not column.ordered
    with pytest.raises(TypeError):
        _ = column >= "Medium"
    assert not some_of_each().to_arrow(inapplicable="level").type.ordered
    enum = some_of_each().to_polars(inapplicable="level")
    assert (enum >= "Medium").to_list() == [False, True, False, None, True]


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "polars", None)
    with pytest.raises(MissingExtraError, match="polars is not installed"):
        BANDS.to_polars()


@given(st.lists(st.integers(-2, 2), max_size=30))
def test_every_library_holds_the_same_bands(codes: list[int]) -> None:
    bands = rb.BandArray(codes, rb.BandScale("s", ("b", "a", "c")))
    expected = [None if e in (None, "not_applicable") else str(e) for e in bands]
    assert [v if isinstance(v, str) else None for v in bands.to_pandas()] == expected
    assert bands.to_polars().to_list() == expected
    assert bands.to_arrow().to_pylist() == expected


# -- a Series in, a Series out ---------------------------------------------------------------------


def test_a_series_of_pandas_keeps_its_index_and_name() -> None:
    scores = pd.Series(SCORES, index=[9, 8, 7, 6, 5], name="ogrs3")
    found = TABLE.classify(scores)
    assert isinstance(found, pd.Series)
    assert (found.name, list(found.index)) == ("ogrs3", [9, 8, 7, 6, 5])
    assert (found >= "High").tolist() == [False, False, True, True, False]
    nullable = TABLE.classify(pd.Series([10, None, 95], dtype="Int64"))
    assert nullable.isna().tolist() == [False, True, False]


def test_a_series_of_polars_keeps_its_name() -> None:
    found = TABLE.classify(pl.Series("ogrs3", [10.0, 60.0, None]))
    assert isinstance(found, pl.Series)
    assert (found.name, found.to_list()) == ("ogrs3", ["Low", "Medium", None])
    with pytest.raises(rb.InputError, match="row 1"):
        TABLE.classify(pl.Series([10.0, 600.0]))
    lenient = TABLE.classify(pl.Series([10.0, 600.0]), refused="missing")
    assert lenient.to_list() == ["Low", None]


# -- SQL -------------------------------------------------------------------------------------------


def test_duckdb_compares_text_and_the_expression_compares_bands() -> None:
    con = duckdb.connect()
    people = pa.table(CASES)
    con.register("people", people)
    scored = rb.score_cohort(con.table("people"), ["ogrs3"])

    def asked(what: str) -> list[Any]:
        found = scored.query("t", f"SELECT {what} FROM t")
        return [] if found is None else found.fetchall()

    kinds = asked("typeof(ogrs3_band)")
    assert kinds[0][0].startswith("ENUM")
    bands = [row[0] for row in asked("ogrs3_band")]
    assert bands[1:] == ["Low", None]
    text = asked("ogrs3_band >= 'High'")
    assert text[1] == (True,)  # Low, as text, comes after High
    found = asked(TABLE.at_least_to_sql("ogrs3_band", "High"))
    assert found == [(bands[0] in ("High", "Very High"),), (False,), (None,)]


@pytest.mark.parametrize("kind", ["VARCHAR", "ENUM"])
def test_the_expressions_hold_for_text_and_for_an_enumeration(kind: str) -> None:
    con = duckdb.connect()
    con.sql("CREATE TYPE lvl AS ENUM ('not_applicable', 'Low', 'Medium', 'High', 'Very High')")
    labels = [None if b is None else str(b) for b in BANDS] + ["not_applicable"]
    con.execute(f"CREATE TABLE t (n INT, band {'lvl' if kind == 'ENUM' else kind})")
    con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(labels)))
    for rank, label in enumerate(TABLE.labels):
        test = TABLE.at_least_to_sql("band", label)
        found = [row[0] for row in con.sql(f"SELECT {test} FROM t ORDER BY n").fetchall()]
        assert found == [*(code >= rank for code in range(4)), None, False]
    ranks = con.sql(f"SELECT {TABLE.rank_to_sql('band')} FROM t ORDER BY n").fetchall()
    assert [row[0] for row in ranks] == [0, 1, 2, 3, None, None]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_expressions_are_sound_in_every_dialect(dialect: DialectName) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    scale = rb.BandScale("odd", ("it's", "b\\c", "High"))
    spoken = {"athena": "trino", "postgresql": "postgres"}.get(dialect, dialect)
    for expression in (
        scale.at_least_to_sql("a band", "b\\c", dialect),
        scale.rank_to_sql("a band", dialect),
    ):
        tree = sqlglot.parse_one(f"SELECT {expression} AS x", read=spoken)
        texts = [node.this for node in tree.find_all(sqlglot.exp.Literal) if node.is_string]
        assert set(texts) <= set(scale.labels)
        assert [node.name for node in tree.find_all(sqlglot.exp.Column)] == ["a band"]


def test_a_band_of_another_table_or_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be compared"):
        TABLE.at_least_to_sql("band", rb.band_table("ogp-2yr").band("High"))
    with pytest.raises(rb.UnknownNameError, match="did you mean High"):
        TABLE.at_least_to_sql("band", "Hgih")
    with pytest.raises(rb.UnknownNameError, match="SQL dialect"):
        TABLE.rank_to_sql("band", "sqlite")  # type: ignore[arg-type]
    with pytest.raises(rb.InputError):
        TABLE.rank_to_sql("")


@pytest.mark.parametrize("table", ["osp-dc-points", "asset-2009"])
def test_points_that_are_no_whole_number_are_refused_in_sql_too(table: str) -> None:
    points = rb.band_table(table)
    case = points.to_sql("x", refused="refused")
    values = [
        0.0,
        0.5,
        21.0,
        21.5,
        14.000001,
        64.0,
        float("nan"),
        float("inf"),
        float("-inf"),
        None,
    ]
    con = duckdb.connect()
    con.execute("CREATE TABLE t (n INT, x DOUBLE)")
    con.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values)))
    found = [row[0] for row in con.sql(f"SELECT {case} FROM t ORDER BY n").fetchall()]

    def here(value: float | None) -> str | None:
        try:
            band = points.classify(value)
        except rb.InputError:
            return "refused"
        return None if band is None else band.label

    assert found == [here(value) for value in values]
    whole = [row[0] for row in con.sql(f"SELECT {case} FROM (SELECT 21::INT AS x)").fetchall()]
    assert whole == [here(21)]
