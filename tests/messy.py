"""Tables of untidy rows in Arrow, and what the library itself makes of them."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
from cases import untidy

import riskbands as rb
from riskbands.vocabulary.fields import Kind, fields

_TYPES = {
    Kind.BOOL: pa.bool_(),
    Kind.INT: pa.int32(),
    Kind.LEVEL: pa.int64(),
    Kind.DATE: pa.date32(),
}
_TRUE, _FALSE = ("yes", "y", "true", "1"), ("no", "n", "false", "0")


@cache
def rows_of(rows: int, seed: int = 0) -> dict[str, list[Any]]:
    """Untidy cases as columns, with the number of each row in front."""
    cases = [untidy(seed + n) for n in range(rows)]
    names = sorted({name for case in cases for name in case})
    columns: dict[str, list[Any]] = {"row": list(range(rows))}
    return columns | {name: [case.get(name) for case in cases] for name in names}


def as_text(columns: dict[str, list[Any]]) -> pa.Table:
    """Every field as text."""
    return pa.table(
        {
            name: [None if v is None or name == "row" else str(v) for v in values]
            if name != "row"
            else pa.array(values, pa.int64())
            for name, values in columns.items()
        }
    )


def as_types(columns: dict[str, list[Any]]) -> pa.Table:
    """Booleans, whole numbers and dates as such; what is none becomes null."""
    found = {"row": pa.array(columns["row"], pa.int64())}
    for name, values in columns.items():
        if name != "row":
            kind = fields()[name].kind
            typed = [None if v is None else _typed(kind, v) for v in values]
            found[name] = pa.array(typed, _TYPES.get(kind, pa.string()))
    return pa.table(found)


def _typed(kind: Kind, value: Any) -> Any:
    word = str(value).strip()
    try:
        match kind:
            case Kind.BOOL:
                return {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}.get(
                    word.lower()
                )
            case Kind.INT | Kind.LEVEL:
                return int(float(word))
            case Kind.DATE:
                return dt.date.fromisoformat(word[:10])
            case _:
                return word
    except ValueError:
        return None


def local(table: pa.Table, predictors: Any = None, **options: Any) -> dict[str, list[Any]]:
    """The scores of the library, from columns of Python values, as lists."""
    columns = {name: table[name].to_pylist() for name in table.column_names if name != "row"}
    found = rb.score_cohort(columns, predictors, **options)
    return {name: _listed(column) for name, column in found.items()}


def _listed(column: Any) -> list[Any]:
    if isinstance(column, rb.BandArray):
        return column.to_numpy().tolist()  # type: ignore[no-any-return]
    return [None if v is None or v != v else v for v in column.tolist()]


def odd_batches(table: pa.Table, seed: int = 5) -> list[pa.RecordBatch]:
    """The table in batches of odd sizes, some of them empty."""
    random, start, found = np.random.default_rng(seed), 0, []
    sizes = [n for n in (0, 1, 2, 7, 37, 1001, 4099) if n < table.num_rows / 4]
    while start < table.num_rows:
        size = int(random.choice(sizes))
        [batch] = table.slice(start, size).combine_chunks().to_batches() or [
            pa.RecordBatch.from_pylist([], table.schema)
        ]
        found.append(batch)
        start += size
    return found


def differences(found: Any, table: pa.Table, expected: dict[str, list[Any]]) -> list[str]:
    """Where an Arrow table of scores differs from what is expected; rows may be in any order."""
    found = found.sort_by("row")
    assert found.column_names == [*table.column_names, *expected]
    wrong = []
    for name, want in expected.items():
        got = found[name].to_pylist()
        assert len(got) == len(want)
        places = [n for n, pair in enumerate(zip(got, want, strict=True)) if pair[0] != pair[1]]
        wrong += [f"{name} in row {n}: {got[n]!r}, not {want[n]!r}" for n in places[:3]]
    for name in table.column_names:
        if not found[name].combine_chunks().equals(table[name].combine_chunks()):
            wrong.append(f"the column {name} is not what it was")
    return wrong
