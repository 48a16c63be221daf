"""A column of numbers, read block by block; as text in every way in which Python reads one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from riskbands.analysis.reading import plain
from riskbands.arithmetic.decimals import decimals
from riskbands.arithmetic.masked import decoded
from riskbands.arithmetic.units import widened
from riskbands.cohorts.listed import ascii_texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["NumberColumn"]

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
        column = decoded(column)
        self._text = _text_of(column)
        self._values: Any = column
        self._mask: NDArray[np.bool_] | None = None
        self.dimensions = 1
        if self._text is None:
            self._values, self._mask = plain(column)
            self.dimensions = self._values.ndim

    def __len__(self) -> int:
        return len(self._values)

    def block(self, start: int, stop: int) -> _Numbers:
        """The numbers of the rows from ``start`` to before ``stop``."""
        if self._text is not None:
            return self._mended(*self._text(self._values, start, stop))
        values = self._values[start:stop]
        mask = None if self._mask is None else self._mask[start:stop]
        if values.dtype.kind in "fiu":
            found, bad = widened(values), None
        else:
            texts = ascii_texts(values) if values.dtype.kind in "OU" else None
            if texts is None:
                found, odd = np.full(len(values), np.nan), np.ones(len(values), np.bool_)
            else:
                found, odd = decimals(texts.lengths, texts.data, texts.between)
            found, bad = self._mended(found, odd, lambda rows: values[rows].tolist())
        if mask is not None and mask.any():
            found = np.where(mask, np.nan, found)
            bad = None if bad is None else bad & ~mask
        return found, bad

    def _mended(
        self,
        found: NDArray[np.float64],
        odd: NDArray[np.bool_],
        listed: Callable[[NDArray[np.intp]], list[Any]],
    ) -> _Numbers:
        """The numbers with those that are still to be read, one by one."""
        rows = np.flatnonzero(odd)
        if not len(rows):
            return found, None
        numbers: list[float] = []
        bad = []
        for value in listed(rows):
            try:
                number = self._read(value)
            except (ValueError, OverflowError):
                number = None
                bad.append(len(numbers))
            numbers.append(np.nan if number is None else number)
        found = found.copy()
        found[rows] = numbers
        if not bad:
            return found, None
        fault = np.zeros(len(found), np.bool_)
        fault[rows[bad]] = True
        return found, fault


def _text_of(column: Any) -> Callable[[Any, int, int], tuple[Any, Any, Any]] | None:
    """What reads numbers of a column of text of Polars or PyArrow; None of any other column."""
    library = type(column).__module__.partition(".")[0]
    if library == "polars" and str(column.dtype) == "String":
        from riskbands.cohorts.frames._polars import numbers_of_text

        return numbers_of_text
    if library == "pyarrow":
        from riskbands.cohorts import arrowreader

        return arrowreader.numbers_of_text if arrowreader.is_text(column) else None
    return None
