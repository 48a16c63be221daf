"""Arithmetic written once for a number and for an array.

A *truth* is ``True``, ``False`` or a boolean array. Most masks of a cohort are all true or all
false, and no array is made for those. Every function gives the same value for a number as for the
same number inside an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["both", "either", "fill", "negate", "some", "take", "where", "wide"]


_FEW_BYTES: Final = 2


def both(a: Any, b: Any) -> Any:
    """Truth of ``a`` and ``b``."""
    if a is True:
        return b
    if b is True:
        return a
    return False if (a is False or b is False) else a & b


def either(a: Any, b: Any) -> Any:
    """Truth of ``a`` or ``b``."""
    if a is False:
        return b
    if b is False:
        return a
    return True if (a is True or b is True) else a | b


def negate(a: Any) -> Any:
    """Truth of not ``a``."""
    return (not a) if a is True or a is False else ~a


def some(a: Any) -> bool:
    """Whether the truth holds anywhere."""
    return a if a is True or a is False else bool(a.any())


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``."""
    if isinstance(condition, bool):
        return a if condition else b
    if isinstance(condition, np.ndarray) and condition.dtype == np.bool_:
        small = _small(a, b)
        if small is not None:
            # What overflows in the difference comes back in the sum: it is the same number, in a
            # small fraction of the time of numpy.where.
            a, b = (small.type(x) if isinstance(x, int) else x for x in (a, b))
            return (a - b) * condition.view(np.int8) + b
    return np.where(condition, a, b)


def fill(array: NDArray[Any], rows: Any, value: Any) -> None:
    """Write a value into rows of an array, many times faster than ``array[rows] = value``."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if rows is True:
        array[...] = value
    elif kind == "b":
        array[...] = array | rows if value else array > rows
    elif kind in "iu" and size <= _FEW_BYTES:  # what overflows comes back, as in `where`
        array += (array.dtype.type(value) - array) * rows.view(f"{kind}1")
    else:
        np.putmask(array, rows, value)


def _small(a: Any, b: Any) -> np.dtype[Any] | None:
    """The dtype of one or two bytes that both have, or one of them and the other fits into."""
    array, other = (a, b) if isinstance(a, np.ndarray) else (b, a)
    if not isinstance(array, np.ndarray) or array.dtype not in (np.int8, np.int16):
        return None
    if isinstance(other, np.ndarray):
        return array.dtype if other.dtype == array.dtype else None
    limits = np.iinfo(array.dtype)
    fits = type(other) is int and limits.min <= other <= limits.max
    return array.dtype if fits else None


def take(table: Any, index: Any) -> Any:
    """Entries of a one-dimensional array; indices of rows without a value are clipped."""
    if isinstance(index, int):
        return table.item(index)
    if hasattr(index, "entries_of"):
        return index.entries_of(table)
    return table.take(index, mode="clip")


def wide(x: Any) -> Any:
    """Whole numbers in 64 bits where they are an array, else as they are."""
    return x.astype(np.int64, copy=False) if isinstance(x, np.ndarray) else x
