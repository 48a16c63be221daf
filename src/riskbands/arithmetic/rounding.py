"""Half-up rounding on the exact value of the binary double, for a number and for arrays.

A double has one exact decimal expansion. Half up means: round that expansion to ``digits``
decimals, ties away from zero. So ``half_up(0.285, 2)`` is 0.28 (the double is a little under
0.285) while ``half_up(0.125, 2)`` is 0.13 (an exact tie). Python's ``round`` is half even and
is used nowhere in this library.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction

    from numpy.typing import NDArray

__all__ = ["half_up", "half_up_array", "half_up_units", "half_up_units_array"]

#: How near (in units of the last digit kept) a scaled double may come to a tie before the float
#: arithmetic is not trusted and the exact value decides. Below ``_LARGE`` the product that scales
#: it is wrong by at most 2**-20 (two roundings of 2**-53 each, relatively), which is less.
_NEAR: Final = 2.0**-16
#: From here on every element is decided exactly.
_LARGE: Final = 2.0**32
#: From here on a double is a whole number, which no rounding changes.
_WHOLE: Final = 2.0**52
#: Counts of units must fit an int64.
_MOST_UNITS: Final = 2.0**62


def half_up_units(x: float | int | Decimal | Fraction, digits: int = 0) -> int:
    """Round half up to ``digits`` decimals and return the count of units of ``10**-digits``.

    Args:
        x: A finite number; taken at its exact value.
        digits: Decimals to keep, 0 or more.

    Returns:
        The whole number ``n`` with ``n / 10**digits`` the rounded value.

    Raises:
        ValueError: ``x`` is NaN, or ``digits`` is negative.
        OverflowError: ``x`` is infinite.

    Examples:
        >>> half_up_units(2.675, 2), half_up_units(2.625, 2), half_up_units(-0.5)
        (267, 263, -1)
    """
    numerator, denominator = x.as_integer_ratio()
    numerator *= _power_of_ten(digits)
    n: int = (2 * abs(numerator) + denominator) // (2 * denominator)
    return n if numerator >= 0 else -n


def half_up(x: float, digits: int = 0) -> float:
    """Round ``x`` half up to ``digits`` decimals: the double nearest to the decimal result.

    NaN and infinities are returned as they are; the sign of zero is kept.

    Raises:
        ValueError: ``digits`` is negative.
    """
    unit = _power_of_ten(digits)
    if not abs(x) < _WHOLE:
        return float(x)
    return math.copysign(half_up_units(abs(x), digits) / unit, x)


def half_up_units_array(x: NDArray[np.float64], digits: int = 0) -> NDArray[np.int64]:
    """`half_up_units` for every element of a float64 array, exactly the same numbers.

    Args:
        x: Finite float64 values, ``|x| * 10**digits`` below ``2**62``; any shape.
        digits: Decimals to keep, 0 or more.

    Returns:
        int64 array of the same shape.

    Raises:
        ValueError: An element is NaN, infinite or too large, or ``digits`` is negative.
    """
    x = np.asarray(x, dtype=np.float64)
    # A huge finite element overflows here and is refused below.
    with np.errstate(over="ignore"):
        scaled = np.abs(x) * float(_power_of_ten(digits))
    if x.size and not bool((scaled < _MOST_UNITS).all()):
        raise ValueError("half_up_units_array needs finite values below 2**62 units")
    units = np.floor(scaled + 0.5)
    doubtful = np.abs(np.abs(units - scaled) - 0.5) < _NEAR
    doubtful |= scaled >= _LARGE
    result = units.astype(np.int64)
    if doubtful.any():
        result[doubtful] = [half_up_units(v, digits) for v in np.abs(x[doubtful]).tolist()]
    return np.where(x < 0, -result, result)


def half_up_array(x: NDArray[np.float64], digits: int = 0) -> NDArray[np.float64]:
    """`half_up` for every element, exactly the same numbers.

    Args:
        x: float64 values of any shape; NaN, infinities and the sign of zero are kept.
        digits: Decimals to keep, 0 or more.

    Returns:
        float64 array of the same shape.

    Raises:
        ValueError: ``digits`` is negative.
    """
    x = np.asarray(x, dtype=np.float64)
    unit = float(_power_of_ten(digits))
    with np.errstate(over="ignore"):
        # Counts and unit are exact doubles here, so the one division rounds once.
        simple = np.abs(x) * unit < _LARGE if unit <= 1e22 else np.zeros(x.shape, dtype=np.bool_)
    out = x.copy()
    out[simple] = np.copysign(half_up_units_array(np.abs(x[simple]), digits) / unit, x[simple])
    out[~simple] = [half_up(v, digits) for v in x[~simple].tolist()]
    return out


def _power_of_ten(digits: int) -> int:
    if digits < 0:
        raise ValueError("digits, the decimals to keep, must be 0 or more")
    return int(10**digits)
