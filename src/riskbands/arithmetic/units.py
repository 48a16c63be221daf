"""Numbers with a fixed number of decimals, held as whole counts of units of the last.

They are exact by their decimal text: 2.5 with one decimal is 25. A double is read by its shortest
text, the one that gives it back, so that 2.5 is a number of one decimal, and 0.1 + 0.2, which is
0.30000000000000004, is none.
"""

from __future__ import annotations

import decimal
import numbers
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands._patterns import pattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SHORT_FLOATS", "in_decimals", "in_words", "units_of", "whole_of", "widened"]

#: Floats of fewer bits than a double, whose own shortest text has other digits than a double's.
SHORT_FLOATS: Final = ("float32", "float16")
_TEXT: Final = pattern(r"[+-]?\d{1,9}(?:\.\d{0,15})?", re.ASCII)
#: Digits before and after the point, at most.
_MOST_DIGITS: Final = 30
_EXACT: Final = decimal.Context(prec=1000)


def units_of(raw: Any, decimals: int) -> int | None:
    """A number as a count of units of its last decimal; None for what is no such number.

    Examples:
        >>> units_of("2.5", 1), units_of(2.5, 2), units_of(0.1 + 0.2, 1), units_of("2.55", 1)
        (25, 250, None, None)
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        if not _TEXT.fullmatch(raw.strip()):
            return None
        raw = decimal.Decimal(raw.strip())
    elif isinstance(raw, float):
        raw = decimal.Decimal(repr(raw))
    elif isinstance(raw, numbers.Integral):
        return int(int(raw) * 10**decimals)
    if not isinstance(raw, decimal.Decimal) or not raw.is_finite():
        return None
    if raw.adjusted() > _MOST_DIGITS:  # greater than any field allows, whatever it is exactly
        return int(10**_MOST_DIGITS if raw > 0 else -(10**_MOST_DIGITS))
    if raw and (raw.adjusted() < -_MOST_DIGITS or len(raw.as_tuple().digits) > 2 * _MOST_DIGITS):
        return None
    units: decimal.Decimal = raw.scaleb(decimals, _EXACT)
    return int(units) if units == units.to_integral_value() else None


def whole_of(raw: Any) -> int | None:
    """The whole number that a number of any type is; None for what is none, as truths are not.

    Examples:
        >>> whole_of(decimal.Decimal("4.0")), whole_of(4.5), whole_of("4"), whole_of(True)
        (4, None, None, None)
    """
    if isinstance(raw, bool) or not isinstance(raw, numbers.Number):
        return None
    if isinstance(raw, decimal.Decimal) and raw and raw.is_finite():
        far = raw.adjusted() > _MOST_DIGITS
        if far and raw == raw.to_integral_value():  # to write it out could take minutes
            return int(10**_MOST_DIGITS if raw > 0 else -(10**_MOST_DIGITS))
    try:
        whole = int(raw)
    except (OverflowError, ValueError, TypeError):
        return None
    return int(whole) if isinstance(raw, numbers.Integral) or raw == whole else None


def widened(values: NDArray[Any]) -> NDArray[np.float64]:
    """Floats as doubles; those of fewer bits each by its own shortest text.

    Examples:
        >>> widened(np.array([2.11], np.float32)).tolist()
        [2.11]
    """
    if values.dtype.itemsize >= np.float64().itemsize or values.dtype.kind != "f":
        return values.astype(np.float64, copy=False)
    few, places = np.unique(values, return_inverse=True)
    found: NDArray[np.float64] = few.astype(str).astype(np.float64)[places.reshape(values.shape)]
    return found


def in_words(decimals: int) -> str:
    """How many decimals, in words."""
    return "1 decimal" if decimals == 1 else f"{decimals} decimals"


def in_decimals(units: int, decimals: int) -> str:
    """A count of units of the last decimal as a number.

    Examples:
        >>> in_decimals(25, 1), in_decimals(-5, 2), in_decimals(7, 0)
        ('2.5', '-0.05', '7')
    """
    if not decimals:
        return str(units)
    whole, rest = divmod(abs(units), 10**decimals)
    return f"{'-' if units < 0 else ''}{whole}.{rest:0{decimals}d}"
