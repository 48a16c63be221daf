"""Columns of few different values as text: each text is made once, however many rows have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np
import pyarrow as pa

from riskbands.cohorts import arrowcalls as calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FewTexts", "few_values"]

#: Different numbers, or combinations of two columns, up to which they are counted by a table.
_MOST = 1 << 16


@attrs.frozen(eq=False)
class FewTexts:
    """A column of texts.

    Attributes:
        codes: The place of each row's text.
        texts: The different texts; a large_string array.
    """

    codes: NDArray[np.int64]
    texts: pa.Array

    def joined(self, other: FewTexts, between: str) -> FewTexts | None:
        """Both columns side by side; None where that is no column of few texts."""
        size = len(other.texts)
        if len(self.texts) * size > _MOST:
            return None
        codes = self.codes * size + other.codes
        used = np.flatnonzero(np.bincount(codes))
        if 2 * len(used) > len(codes):
            return None
        places = np.empty(len(self.texts) * size, np.int64)
        places[used] = np.arange(len(used))
        first, second = np.divmod(used, size)
        pairs = [calls.take(self.texts, _over(first)), calls.take(other.texts, _over(second))]
        return FewTexts(places.take(codes), calls.glued(pairs, between))

    def ended(self, end: str) -> FewTexts:
        """With something after each text."""
        return FewTexts(self.codes, calls.glued([self.texts, ""], end)) if end else self

    def each(self) -> pa.Array:
        """The text of each row."""
        return calls.take(self.texts, _over(self.codes))


def few_values(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array] | None:
    """The different values of a column, and the place of each row's value among them.

    A missing value has the place after the last one.

    Returns:
        Both; None for a column of another kind than labels, truths and whole numbers, or one
        whose numbers are far apart.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        values, column, low = column.dictionary, column.indices, 0
    elif pa.types.is_boolean(kind):
        values, column, low = pa.array([False, True]), calls.cast(column, pa.uint8()), 0
    elif pa.types.is_integer(kind):
        low, high = (end or 0 for end in calls.ends(column))
        if high - low >= _MOST:
            return None
        values = pa.array(range(low, high + 1), kind)
    else:
        return None
    codes = _numbers(column)
    codes -= low
    if column.null_count:
        codes[calls.is_missing(column)] = len(values)
    return codes, values


def _numbers(column: pa.Array) -> NDArray[np.int64]:
    """The numbers of a column, and anything where one is missing."""
    data = column.buffers()[1]
    whole = pa.Array.from_buffers(column.type, len(column), [None, data], 0, column.offset)
    numbers: NDArray[np.int64] = whole.to_numpy().astype(np.int64)
    return numbers


def _over(places: NDArray[np.int64]) -> pa.Array:
    """An array over the same memory; `pyarrow.array` would load ``numpy.ma``."""
    return pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])
