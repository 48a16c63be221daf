"""Masked arrays of NumPy and encoded ones of Arrow, without loading ``numpy.ma`` or PyArrow."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeGuard

    import numpy as np

__all__ = ["decoded", "is_masked"]


def is_masked(values: Any) -> TypeGuard[np.ma.MaskedArray[Any, Any]]:
    """Whether values are a masked array; nobody has one who has not loaded ``numpy.ma``."""
    kind = getattr(sys.modules.get("numpy.ma"), "MaskedArray", None)
    return kind is not None and isinstance(values, kind)


def decoded(column: Any) -> Any:
    """The values of a dictionary-encoded array of Arrow; any other column as it is.

    `numpy.asarray` makes the first entry of the dictionary of a null in a chunked one.
    """
    arrow = sys.modules.get("pyarrow")
    if arrow is None or not isinstance(getattr(column, "type", None), arrow.DictionaryType):
        return column
    if not isinstance(column, arrow.ChunkedArray):
        return column.dictionary_decode()
    chunks = [chunk.dictionary_decode() for chunk in column.chunks]
    return arrow.chunked_array(chunks, column.type.value_type)
