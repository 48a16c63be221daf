"""Dictionary-encoded columns of Arrow as the values they stand for, without loading PyArrow.

`numpy.asarray` makes the first entry of the dictionary of a null in such a chunked column.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["decoded"]


def decoded(column: Any) -> Any:
    """The values of a dictionary-encoded array of Arrow; any other column as it is."""
    arrow = sys.modules.get("pyarrow")  # nobody has such a column who has not loaded it
    if arrow is None or not isinstance(getattr(column, "type", None), arrow.DictionaryType):
        return column
    if not isinstance(column, arrow.ChunkedArray):
        return column.dictionary_decode()
    chunks = [chunk.dictionary_decode() for chunk in column.chunks]
    return arrow.chunked_array(chunks, column.type.value_type)
