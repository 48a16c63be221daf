"""Half-up rounding on the exact value of the binary double, for a number and for arrays.

A double has one exact decimal expansion. Half up means: round that expansion to ``digits``
decimals, ties away from zero. So ``half_up(0.285, 2)`` is 0.28 (the double is a little under
0.285) while ``half_up(0.125, 2)`` is 0.13 (an exact tie). Python's ``round`` is half even and
is used nowhere in this library.
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

__all__ = ["half_up", "half_up_array", "half_up_units", "half_up_units_array"]

#: How near (in units of the last digit kept) a scaled double may come to a tie before the
#: float arithmetic is not trusted and the exact value decides. Scaling by a power of ten is one
#: rounding, so the true distance is within a few ulp; this is wider by many orders.
_NEAR = 1e-4
#: From here on the scaled value has no reliable fraction; every element is decided exactly.
_LARGE = 2.0**40


def half_up_units(x: float | int | Decimal | Fraction, digits: int = 0) -> int:
    """Round half up to ``digits`` decimals and return the count of units of ``10**-digits``.

    Args:
        x: A finite number; taken at its exact value.
        digits: Decimals to keep, 0 or more.

    Returns:
        The whole number ``n`` with ``n / 10**digits`` the rounded value.

    Raises:
        ValueError: ``x`` is NaN or infinite.
        OverflowError: ``x`` is infinite.
    """
    numerator, denominator = x.as_integer_ratio()
    numerator *= int(10**digits)
    n: int = (2 * abs(numerator) + denominator) // (2 * denominator)
    return n if numerator >= 0 else -n


def half_up(x: float, digits: int = 0) -> float:
    """Round ``x`` half up to ``digits`` decimals: the double nearest to the decimal result.

    NaN and infinities are returned as they are; the sign of zero is kept.
    """
    if not math.isfinite(x):
        return x
    return math.copysign(half_up_units(abs(x), digits) / 10**digits, x)


def half_up_units_array(x: NDArray[np.float64], digits: int = 0) -> NDArray[np.int64]:
    """:func:`half_up_units` for every element of a float64 array, exactly the same numbers.

    Args:
        x: Finite float64 values, ``|x| * 10**digits`` below ``2**62``; any shape.
        digits: Decimals to keep, 0 or more.

    Returns:
        int64 array of the same shape.

    Raises:
        ValueError: An element is NaN, infinite or too large.
    """
    x = np.asarray(x, dtype=np.float64)
    scaled = np.abs(x) * float(10**digits)
    if x.size and not bool((scaled < 2.0**62).all()):
        raise ValueError("half_up_units_array needs finite values below 2**62 units")
    units = np.floor(scaled + 0.5)
    doubtful = (np.abs(units - 0.5 - scaled) < _NEAR) | (np.abs(units + 0.5 - scaled) < _NEAR)
    doubtful |= scaled >= _LARGE
    result = units.astype(np.int64)
    if doubtful.any():
        result[doubtful] = [half_up_units(abs(float(v)), digits) for v in x[doubtful]]
    return np.where(x < 0, -result, result)


def half_up_array(x: NDArray[np.float64], digits: int = 0) -> NDArray[np.float64]:
    """:func:`half_up` for every element; NaN, infinities and the sign of zero are kept."""
    x = np.asarray(x, dtype=np.float64)
    finite = np.isfinite(x)
    if not finite.all():
        out = x.copy()
        out[finite] = half_up_array(x[finite], digits)
        return out
    rounded: NDArray[np.float64] = half_up_units_array(np.abs(x), digits) / 10**digits
    return np.copysign(rounded, x)


def decimal_half_up(x: Decimal, digits: int = 0) -> Decimal:
    """Round a Decimal half up to ``digits`` decimals, as a Decimal."""
    return x.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
