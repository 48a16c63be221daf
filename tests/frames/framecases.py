"""The bundled cohort as each library holds it, and scores as plain lists to compare."""

from __future__ import annotations

import atexit
import csv
import datetime as dt
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]


@cache
def untidy() -> dict[str, list[str]]:
    """The bundled cohort, every cell a text, faults and all."""
    with (ROOT / "examples" / "cohort.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def tidy(rows: int = 40) -> dict[str, list[Any]]:
    """A cohort for OGRS3 in Python's own types; some values are missing."""
    random = np.random.default_rng(7)

    def dates(first: str, days: int) -> list[Any]:
        found = np.datetime64(first) + random.integers(0, days, rows)
        return found.tolist()  # type: ignore[no-any-return]

    def some(values: list[Any], place: int) -> list[Any]:
        return [None if n % 11 == place else value for n, value in enumerate(values)]

    return {
        "sex": some(random.choice(["male", "female", "M", "F"], rows).tolist(), 1),
        "date_of_birth": some(dates("1960-01-01", 14_000), 2),
        "conviction_date": some(dates("2023-01-01", 200), 3),
        "follow_up_date": some(dates("2023-08-01", 200), 3),
        "offence_code": some(random.choice(["00801", "00501", "03001"], rows).tolist(), 4),
        "sanctions": some(random.integers(1, 30, rows).tolist(), 5),
        "first_sanction_age": some(random.integers(10, 19, rows).tolist(), 6),
    }


def expected(columns: Mapping[str, Any], *args: Any, **options: Any) -> dict[str, list[Any]]:
    """The scores by way of a mapping, as lists."""
    return {name: listed(c) for name, c in rb.score_cohort(columns, *args, **options).items()}


def listed(column: Any) -> list[Any]:
    """Values of a column of scores; None is missing, a band is its label."""
    if isinstance(column, rb.BandArray):
        return column.to_numpy().tolist()  # type: ignore[no-any-return]
    return [None if is_missing(value) else value for value in column.tolist()]


def as_lists(table: Any) -> dict[str, list[Any]]:
    """The columns of any table, as lists; None is missing."""
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if isinstance(table, pl.DataFrame):
        return table.to_dict(as_series=False)
    if isinstance(table, duckdb.DuckDBPyRelation):
        rows = table.fetchall()
        return {name: [row[n] for row in rows] for n, name in enumerate(table.columns)}
    if isinstance(table, pd.DataFrame):
        return {
            str(name): [None if is_missing(v) else v for v in table[name].astype(object)]
            for name in table.columns
        }
    found: dict[str, list[Any]] = table.to_pydict()
    return found


def is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def nullable(columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    """pandas with nullable integers, its own text type and datetime64."""
    kinds = {int: "Int64", str: "string", dt.date: "datetime64[s]"}
    frame = {}
    for name, values in columns.items():
        kind = next((type(v) for v in values if v is not None), str)
        frame[name] = pd.Series(values, dtype=kinds[kind])
    return pd.DataFrame(frame)


@cache
def connection() -> duckdb.DuckDBPyConnection:
    """One that stays open: a relation does not hold on to it in every DuckDB."""
    atexit.register(connection.cache_clear)
    return duckdb.connect()


def relation(columns: Mapping[str, list[Any]]) -> duckdb.DuckDBPyRelation:
    return connection().from_arrow(pa.table(dict(columns)))


#: How to make a table of each kind from columns of Python values.
KINDS = {
    "pandas-objects": lambda c: pd.DataFrame({k: pd.Series(v, dtype=object) for k, v in c.items()}),
    "pandas-default": lambda c: pd.DataFrame(dict(c)),
    "pandas-nullable": nullable,
    "pandas-arrow": lambda c: pa.table(dict(c)).to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda c: pl.DataFrame(dict(c)),
    "polars-lazy": lambda c: pl.LazyFrame(dict(c)),
    "arrow-table": lambda c: pa.table(dict(c)),
    "arrow-batch": lambda c: pa.RecordBatch.from_pydict(dict(c)),
    "duckdb": relation,
}
