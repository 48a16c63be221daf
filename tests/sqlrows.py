"""Rows for SQL: cases as untidy as extracts are, in columns of the types a database has."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from cases import untidy
from vectors import rows as golden

import riskbands as rb
from riskbands.vocabulary.fields import Field, FieldFault, Kind, all_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

Columns = dict[str, list[Any]]
FIELDS = {name: f for name, f in all_fields().items() if f.scored}
#: A type that each of the databases has, by kind of field.
TYPES = {Kind.DATE: "DATE", Kind.INT: "INTEGER", Kind.LEVEL: "INTEGER", Kind.BOOL: "BOOLEAN"}


def typed(f: Field, raw: Any) -> Any:
    """A raw value as a typed column can hold it; faults stay faults where the type allows."""
    try:
        return f.parse(raw)
    except FieldFault:
        if f.kind is Kind.DATE:
            return dt.date(1700, 1, 1) if str(raw).startswith("1700") else None
        if f.kind in (Kind.INT, Kind.LEVEL):
            return raw if isinstance(raw, int) and not isinstance(raw, bool) else None
        return None if f.kind is Kind.BOOL else str(raw)


def columns_of(rows: Iterable[Mapping[str, Any]]) -> Columns:
    """Rows as columns of every field."""
    found: Columns = {name: [] for name in FIELDS}
    for row in rows:
        for name, f in FIELDS.items():
            found[name].append(typed(f, row.get(name)))
    return found


@cache
def untidy_columns(count: int) -> Columns:
    """Untidy cases: missing, malformed, contradictory."""
    return columns_of(untidy(seed) for seed in range(count))


@cache
def golden_columns(name: str) -> Columns:
    """The inputs of the vectors of a deployed calculator."""
    return columns_of(row.input for row in golden(name))


def definition(columns: Iterable[str], types: Mapping[str, str] | None = None) -> str:
    """Names and types of the columns of a table, quoted as DuckDB and PostgreSQL have them."""
    known = types or {}
    return ", ".join(f'"{c}" {known.get(c) or _type(c)}' for c in columns)


def _type(name: str) -> str:
    return TYPES.get(FIELDS[name].kind, "VARCHAR")


def table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Columns,
    types: Mapping[str, str] | None = None,
) -> None:
    """Make a DuckDB table of columns and of ``row``, their number; ``types`` are unusual ones."""
    known = types or {}
    connection.execute(
        f'CREATE OR REPLACE TABLE "{name}" ("row" INTEGER, {definition(columns, known)})'
    )
    lines = zip(*columns.values(), strict=True)
    text = json.dumps([dict(zip(columns, line, strict=True)) for line in lines], default=str)
    parts = ", ".join(
        f"CAST(NULLIF(x -> '$.{c}', 'null') ->> '$' AS {known.get(c) or _type(c)})" for c in columns
    )
    connection.execute(
        f"""INSERT INTO "{name}" SELECT n - 1, {parts} FROM
        (SELECT unnest(CAST(? AS JSON[])) AS x, unnest(range(1, ?)) AS n)""",
        [text, len(next(iter(columns.values()))) + 1],
    )


def expected(columns: Columns, predictor: Any, form: str = "auto") -> dict[str, list[Any]]:
    """What `riskbands.score_cohort` gives, as plain values."""
    found: dict[str, list[Any]] = {}
    given: dict[str, Any] = dict(columns)
    scores: dict[str, Any] = rb.score_cohort(given, [predictor], form=form)  # type: ignore[call-overload]
    for name, column in scores.items():
        if isinstance(column, rb.BandArray):
            found[name] = [None if band is None else str(band) for band in column]
        else:
            found[name] = [None if value != value else value for value in column.tolist()]
    return found


def differences(
    want: dict[str, list[Any]], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Iterator[str]:
    """Where rows of a database differ from `expected`; the first of a column tells."""
    if list(want) != list(names):
        yield f"columns {names} and not {list(want)}"
        return
    for at, (name, column) in enumerate(want.items()):
        if len(rows) != len(column):
            yield f"{len(rows)} rows and not {len(column)}"
            return
        for n, (value, row) in enumerate(zip(column, rows, strict=True)):
            if (value is None) != (row[at] is None) or value != row[at]:
                yield f"row {n}, {name}: {value!r} and not {row[at]!r}"
                break


def compare(
    database: duckdb.DuckDBPyConnection,
    source: str,
    columns: Columns,
    predictor: rb.Predictor,
    form: Any = "auto",
) -> int:
    """Compare every column and row; return how many have a score."""
    sql = predictor.to_sql(source=source, columns=list(columns), keep=["row"], form=form)
    answer = database.execute(f'{sql} ORDER BY "row"')
    names = [d[0] for d in answer.description or ()]
    rows = answer.fetchall()
    want = expected(columns, predictor, form)
    assert [row[0] for row in rows] == list(range(len(rows)))
    assert list(differences(want, names[1:], [row[1:] for row in rows])) == []
    return want[f"{predictor.id}_issues"].count("")
