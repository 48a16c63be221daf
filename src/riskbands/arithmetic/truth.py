"""Arithmetic written once for a number and for an array.

A *truth* is ``True``, ``False`` or a boolean array. Most masks of a cohort are all true or all
false, and no array is made for those. Every function gives the same value for a number as for the
same number inside an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["both", "either", "negate", "some", "take", "where", "wide"]


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
    return np.where(condition, a, b)


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
