"""Plain columns as a table of the library that a caller uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["frame_of"]

_LIBRARIES: Final = ("mapping", "pandas", "polars", "pyarrow", "duckdb")
#: Columns of numbers with a fraction, and of whole numbers; all others are texts.
_FLOATS: Final = ("score", "value", "low", "high", "observed", "p_value", "statistic", "df")
_WHOLE: Final = ("n", "events")


def frame_of(columns: Mapping[str, Sequence[Any]], library: str) -> Any:
    """A table of columns of texts or numbers.

    Args:
        columns: Lists by name, all of one length; None is missing.
        library: ``pandas``, ``polars``, ``pyarrow``, ``duckdb``, or ``mapping`` for a dictionary
            of arrays. A missing number is NaN in arrays.

    Raises:
        UnknownNameError: There is no such library.
    """
    library = library.removeprefix("_")
    if library == "pandas":
        import pandas as pd

        return pd.DataFrame(
            {
                name: pd.array(list(column), dtype="Int64")
                if _kind(name) == "i" and None in column
                else _array(name, column)
                for name, column in columns.items()
            }
        )
    if library == "polars":
        import polars as pl

        kinds = {"f": pl.Float64, "i": pl.Int64, "O": pl.String}
        return pl.DataFrame(
            {
                name: pl.Series(name, column, kinds[_kind(name)], strict=False)
                for name, column in columns.items()
            }
        )
    if library in ("pyarrow", "duckdb"):
        import pyarrow as pa

        types = {"f": pa.float64(), "i": pa.int64(), "O": pa.string()}
        table = pa.table({n: pa.array(c, types[_kind(n)]) for n, c in columns.items()})
        if library == "pyarrow":
            return table
        import duckdb

        return duckdb.from_arrow(table)
    if library != "mapping":
        raise UnknownNameError("library of tables", library, _LIBRARIES)
    return {name: _array(name, column) for name, column in columns.items()}


def _kind(name: str) -> str:
    return "f" if name in _FLOATS else "i" if name in _WHOLE else "O"


def _array(name: str, column: Sequence[Any]) -> Any:
    kind = _kind(name)
    if kind == "i" and None not in column:
        return np.array(column, dtype=np.int64)
    if kind != "O":
        return np.array([np.nan if v is None else v for v in column], dtype=np.float64)
    texts = np.empty(len(column), dtype=object)
    texts[:] = column
    return texts
