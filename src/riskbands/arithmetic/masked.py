"""What comes from packages that may not be there: nothing is imported to find that out.

Masked arrays of NumPy are of these, and encoded ones of Arrow.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeGuard

    import numpy as np

__all__ = ["decoded", "is_a", "is_masked", "loaded"]


def loaded(package: str, name: str) -> Any:
    """What a package has by a name; None where it is not imported, or not yet as far as that."""
    return getattr(sys.modules.get(package), name, None)


def is_a(value: object, package: str, *names: str) -> bool:
    """Whether a value is of one of some types of a package; nobody has one without importing it."""
    kinds = (loaded(package, name) for name in names)
    return isinstance(value, tuple(kind for kind in kinds if isinstance(kind, type)))


def is_masked(values: Any) -> TypeGuard[np.ma.MaskedArray[Any, Any]]:
    """Whether values are a masked array; nobody has one who has not loaded ``numpy.ma``."""
    kind = loaded("numpy.ma", "MaskedArray")
    return kind is not None and isinstance(values, kind)


def decoded(column: Any) -> Any:
    """The values of a dictionary-encoded array of Arrow; any other column as it is.

    `numpy.asarray` makes the first entry of the dictionary of a null in a chunked one.
    """
    if not is_a(getattr(column, "type", None), "pyarrow", "DictionaryType"):
        return column
    arrow = sys.modules["pyarrow"]
    if not isinstance(column, arrow.ChunkedArray):
        return column.dictionary_decode()
    chunks = [chunk.dictionary_decode() for chunk in column.chunks]
    return arrow.chunked_array(chunks, column.type.value_type)
