"""Texts of Polars where they lie in memory, by way of PyArrow where it is installed."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

    import polars as pl

__all__ = ["exported"]

#: Rows for which it is worth while to import PyArrow.
_MANY: Final = 1 << 12
#: The first PyArrow that takes a series of another library without a copy.
_FIRST: Final = 16


@cache
def _pyarrow() -> ModuleType | None:
    try:
        import pyarrow as pa
    except ImportError:
        return None
    return pa if int(pa.__version__.partition(".")[0]) >= _FIRST else None


def exported(series: pl.Series) -> Any:
    """The texts of a series in one chunk as an array of Arrow's ``string_view``, without a copy.

    None where there is no PyArrow that takes it, where it is not worth while to import it, or where
    this Polars gives another type.
    """
    if not len(series) or (len(series) < _MANY and "pyarrow" not in sys.modules):
        return None
    pa = _pyarrow()
    if pa is None or not hasattr(series, "__arrow_c_stream__"):
        return None
    found = pa.chunked_array(series)
    one = found.num_chunks == 1 and str(found.type) == "string_view"
    return found.chunk(0) if one else None
