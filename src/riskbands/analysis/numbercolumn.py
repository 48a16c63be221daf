"""A column of numbers, read block by block; as text in every way in which Python reads one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from riskbands.analysis.reading import plain
from riskbands.arithmetic.decimals import decimals
from riskbands.cohorts.listed import ascii_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["NumberColumn"]

#: Lengths and bytes of texts.
_Texts: TypeAlias = "tuple[NDArray[Any], NDArray[np.uint8]]"
#: Numbers, NaN where missing; and where a value is no number, or None for nowhere.
_Numbers: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.bool_] | None]"


class NumberColumn:
    """Numbers of a column of any library.

    Args:
        column: The column.
        read: Gives the number of a value that is no number of NumPy, None where it is missing, and
            raises `ValueError` or `OverflowError` where it is no number.
    """

    def __init__(self, column: Any, read: Callable[[Any], float | None]) -> None:
        self._read = read
        self._texts = _texts_of(column)
        self._values: NDArray[Any]
        self._mask: NDArray[np.bool_] | None = None
        if self._texts is None:
            self._values, self._mask = plain(column)
            self.dimensions, self._rows = self._values.ndim, len(self._values)
        else:
            self.dimensions, self._rows = 1, len(column)

    def __len__(self) -> int:
        return self._rows

    def block(self, start: int, stop: int) -> _Numbers:
        """The numbers of the rows from ``start`` to before ``stop``."""
        if self._texts is not None:
            texts = self._texts(start, stop)
            return self._one_by_one(texts) if isinstance(texts, list) else self._written(*texts)
        values = self._values[start:stop]
        mask = None if self._mask is None else self._mask[start:stop]
        bad: NDArray[np.bool_] | None = None
        if values.dtype.kind in "fiu":
            found = values.astype(np.float64, copy=False)
        else:
            written = ascii_texts(values) if values.dtype.kind in "OU" else None
            found, bad = self._written(*written) if written else self._one_by_one(values.tolist())
        if mask is not None and mask.any():
            found = np.where(mask, np.nan, found)
            bad = None if bad is None else bad & ~mask
        return found, bad

    def _written(self, lengths: NDArray[Any], data: NDArray[np.uint8]) -> _Numbers:
        found, odd = decimals(lengths, data)
        rows = np.flatnonzero(odd)
        if not len(rows):
            return found, None
        ends = np.cumsum(lengths)[rows]
        spans = zip((ends - lengths[rows]).tolist(), ends.tolist(), strict=True)
        texts = [data[start:end].tobytes().decode("utf-8", "replace") for start, end in spans]
        found[rows], bad = self._one_by_one(texts)
        odd[rows] = False if bad is None else bad
        return found, None if bad is None else odd

    def _one_by_one(self, listed: list[Any]) -> _Numbers:
        found = np.full(len(listed), np.nan)
        bad = np.zeros(len(listed), np.bool_)
        for row, value in enumerate(listed):
            try:
                number = self._read(value)
            except (ValueError, OverflowError):
                bad[row] = True
                continue
            if number is not None:
                found[row] = number
        return found, bad if bad.any() else None


def _texts_of(column: Any) -> Callable[[int, int], _Texts | list[Any]] | None:
    """What gives the texts of rows of a column of text; None of any other column."""
    library = type(column).__module__.partition(".")[0]
    if library == "polars":
        from riskbands.cohorts.frames._polars import texts_of_series

        return texts_of_series(column)
    if library == "pyarrow":
        from riskbands.cohorts.arrowreader import texts_of_array

        return texts_of_array(column)
    return None
