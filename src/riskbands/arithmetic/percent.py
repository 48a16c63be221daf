"""From probability to the percentage an instrument reports: exact, for a number and for arrays."""

from __future__ import annotations

import enum
import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.arithmetic.rounding import half_up_units, half_up_units_array

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

__all__ = ["Percent"]

#: Scaled values nearer than this to a tie are decided exactly. Scaling to hundredths of a percent
#: is two roundings, off by a few ulp; this is wider by many orders.
_NEAR = 1e-6
#: The same for whole percents that go by way of five decimals, which move a tie by 0.0005.
_NEAR_FIVE = 0.0006
#: A cell of doubles: all that share their sign, exponent and upper 14 bits of the fraction.
_CELL = 38
#: Below this probability the percentage is 1.
_FIRST = 2.0**-7
_THRESHOLD = 255


class Percent(enum.Enum):
    """How an instrument reports a probability as a percentage."""

    #: Half up to 5 decimals of the probability; that double half up to 2 decimals; then 1 to 99.
    #: The second rounding sees the double nearest to the five decimals. For 0.345 that double is a
    #: little smaller, so the result is 34 and not 35. The deployed service does the same.
    WHOLE_AFTER_FIVE = ("whole percent, 1 to 99, by way of five decimals", 0, 1, 99, _NEAR_FIVE)
    #: A whole percent half up, then 1 to 99.
    WHOLE_1_TO_99 = ("whole percent, 1 to 99", 0, 1, 99, _NEAR)
    #: A whole percent half up, 0 to 100.
    WHOLE = ("whole percent", 0, 0, 100, _NEAR)
    #: Half up to 2 decimals of a percent, 0 to 100.
    HUNDREDTHS = ("two decimals", 2, 0, 10_000, _NEAR)
    #: Half up to 2 decimals of a percent, 0 to 99.99.
    HUNDREDTHS_BELOW_100 = ("two decimals, below 100", 2, 0, 9_999, _NEAR)

    def __init__(self, text: str, digits: int, lowest: int, highest: int, near: float) -> None:
        self.text = text
        #: Decimals of the percentage.
        self.digits = digits
        #: Least and greatest percentage, in units of its last digit.
        self.lowest, self.highest = lowest, highest
        self._scale = 100.0 * 10**digits
        self._near, self._far = near, 1.0 - near

    def units(self, p: Any) -> Any:
        """The percentage of a probability, as a count of units of its last digit.

        Args:
            p: A probability, or a float64 array of them.

        Returns:
            A whole number; for an array uint8 (whole percents) or int16 (hundredths).

        Every way gives the percentage of the exact value of the double: the percentage only
        rises with the probability, so it is known by the smallest double of each percentage.
        """
        if isinstance(p, float):
            return self._one(p)
        p = np.ascontiguousarray(p, dtype=np.float64)
        if self.digits:
            y = p * 10_000.0
            y += 0.5 + _NEAR  # The entry is never too low, and too high by one at most.
            n = y.astype(np.int16)
            n -= (p < _hundredths().take(n, mode="clip")).view(np.int8)
            return np.minimum(n, self.highest, out=n)
        if self is not Percent.WHOLE_AFTER_FIVE:
            y = p * self._scale
            y += 0.5
            whole = y.astype(np.uint8)
            y -= whole
            for row in np.flatnonzero((y <= self._near) | (y >= self._far)).tolist():
                whole[row] = self._one(float(p[row]))
            return np.clip(whole, self.lowest, self.highest, out=whole)
        percent = np.empty(len(p), dtype=np.uint8)
        self.look_up(p, percent, np.empty(len(p), dtype=np.int64))
        self.settle(p, percent, np.empty(len(p), dtype=np.bool_))
        return percent

    @staticmethod
    def look_up(p: NDArray[np.float64], out: NDArray[np.uint8], room: NDArray[np.int64]) -> None:
        """Whole percentages after five decimals, or a mark where the cell alone cannot decide.

        Args:
            p: Probabilities, contiguous.
            out: Where the percentages go; `settle` must follow.
            room: Room for as many whole numbers.
        """
        np.right_shift(p.view(np.int64), _CELL, out=room)
        np.take(_whole_cells()[1], room, out=out, mode="clip")

    @staticmethod
    def settle(p: NDArray[np.float64], percent: NDArray[np.uint8], room: NDArray[np.bool_]) -> None:
        """Replace the marks that `look_up` left; ``room`` for as many truths."""
        np.maximum(percent, 1, out=percent)
        marked = np.flatnonzero(np.equal(percent, _THRESHOLD, out=room))
        if marked.size:
            percent[marked] = np.searchsorted(_whole_cells()[0], p[marked], side="right") + 1

    def exact_units(self, p: Fraction) -> int:
        """The percentage of a probability as it is written, in units of the last digit.

        ``0.145`` is 15 percent, half up, though the double nearest to it is a little smaller. By
        way of five decimals it is 14, as `units` gives it: that rounding is one of doubles.
        """
        if self is Percent.WHOLE_AFTER_FIVE:
            return self._one(float(p))
        return min(max(half_up_units(100 * p, self.digits), self.lowest), self.highest)

    def write(self, units: Any, out: NDArray[Any]) -> None:
        """Write percentages given in units of their last digit."""
        if self.digits:
            np.divide(units, 10.0**self.digits, out=out)
        else:
            out[:] = units

    def _one(self, p: float) -> int:
        scaled = p * self._scale + 0.5
        n = int(scaled)
        if not self._near < scaled - n < self._far:
            if self is Percent.WHOLE_AFTER_FIVE:
                n = int(_whole_after_five()[half_up_units(p, 5)])
            else:
                n = half_up_units(100.0 * p, self.digits)
        if n < self.lowest:
            return self.lowest
        return n if n < self.highest else self.highest

    def of_units(self, n: int) -> int | float:
        """The percentage of a count of units: a whole number, or a float of two decimals."""
        return n / 100 if self.digits else n


@cache
def _whole_after_five() -> NDArray[np.int64]:
    """The whole percentage of every probability of five decimals, as a double."""
    table = half_up_units_array(np.arange(100_001) / 100_000, 2)
    table.flags.writeable = False
    return table


@cache
def _cell(p: float) -> int:
    """The cell of one double."""
    return int(np.float64(p).view(np.int64)) >> _CELL


def _at_least(numerator: int, denominator: int) -> float:
    """The smallest double that is at least a fraction."""
    nearest = numerator / denominator
    n, d = nearest.as_integer_ratio()
    return nearest if n * denominator >= numerator * d else math.nextafter(nearest, math.inf)


@cache
def _whole_cells() -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """The smallest double of each percentage from 2 to 99, and the percentage of each cell.

    A cell that holds such a double in its inside is marked. The cells start at 0.0, so that one
    shift of a double's bits gives its place; those before `_FIRST` hold 0 for a percentage of 1,
    and take no memory.
    """
    # The first probability of five decimals of each percentage is that of the tie before it, unless
    # the double of that lies below the tie.
    percents = np.arange(2, 100)
    ties = 1000 * percents - 500
    lowest_five = ties + (half_up_units_array(ties / 100_000, 2) < percents)
    thresholds = np.array([_at_least(2 * int(m) - 1, 200_000) for m in lowest_five])
    starts = np.arange(_cell(_FIRST), _cell(1.0) + 1, dtype=np.int64) << _CELL
    cells = (np.searchsorted(thresholds, starts.view(np.float64), side="right") + 1).astype(
        np.uint8
    )
    cells[(thresholds.view(np.int64) >> _CELL) - _cell(_FIRST)] = _THRESHOLD
    every = np.zeros(_cell(1.0) + 1, np.uint8)
    every[_cell(_FIRST) :] = cells
    thresholds.flags.writeable = every.flags.writeable = False
    return thresholds, every


@cache
def _hundredths() -> NDArray[np.float64]:
    """The smallest double whose hundredfold, a double, rounds up to each hundredth of a percent."""
    hundredfold = np.array([_at_least(2 * k - 1, 200) for k in range(10_001)])
    smallest = hundredfold / 100.0
    for _ in range(4):  # The quotient is within an ulp or two of the right one.
        smallest = np.where(100.0 * smallest < hundredfold, np.nextafter(smallest, 2), smallest)
    for _ in range(4):
        below = np.nextafter(smallest, -1)
        smallest = np.where(100.0 * below >= hundredfold, below, smallest)
    smallest[0] = 0.0
    smallest.flags.writeable = False
    return smallest
