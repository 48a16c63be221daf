"""Plain columns as a table of the library that a caller uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["frame_of"]

_LIBRARIES = ("mapping", "pandas", "polars", "pyarrow", "duckdb")


def frame_of(columns: Mapping[str, Sequence[Any]], library: str) -> Any:
    """A table of columns of texts or numbers.

    Args:
        columns: Lists by name, all of one length; None is missing.
        library: ``pandas``, ``polars``, ``pyarrow``, ``duckdb``, or ``mapping`` for a dictionary
            of arrays, in which a missing number is NaN.

    Raises:
        UnknownNameError: There is no such library.
    """
    library = library.removeprefix("_")
    if library == "pandas":
        import pandas

        return pandas.DataFrame({name: _array(column) for name, column in columns.items()})
    if library == "polars":
        import polars

        return polars.DataFrame({name: _typed(column) for name, column in columns.items()})
    if library in ("pyarrow", "duckdb"):
        import pyarrow

        table = pyarrow.table({name: _typed(column) for name, column in columns.items()})
        if library == "pyarrow":
            return table
        import duckdb

        return duckdb.from_arrow(table)
    if library != "mapping":
        raise UnknownNameError("library of tables", library, _LIBRARIES)
    return {name: _array(column) for name, column in columns.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _array(column: Sequence[Any]) -> Any:
    if isinstance(column, np.ndarray):
        return column
    given = [value for value in column if value is not None]
    if given and all(map(_is_number, given)):
        if len(given) == len(column) and all(isinstance(v, int | np.integer) for v in given):
            return np.array(column, dtype=np.int64)
        return np.array([np.nan if v is None else v for v in column], dtype=np.float64)
    texts = np.empty(len(column), dtype=object)
    texts[:] = list(column)
    return texts


def _typed(column: Sequence[Any]) -> Any:
    """A list whose type can be told: numbers where there are any, texts otherwise."""
    listed = list(column.tolist() if isinstance(column, np.ndarray) else column)
    if any(isinstance(v, float) for v in listed):
        return [float(v) if _is_number(v) else v for v in listed]
    return listed
