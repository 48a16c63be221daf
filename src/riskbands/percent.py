"""From probability to the percentage an instrument reports: exact, for a number and for arrays.

The fast way multiplies and truncates; wherever a value comes near a tie the exact way decides, so
the result is always that of rounding the exact value of the double.
"""

from __future__ import annotations

import enum
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.rounding import half_up_units, half_up_units_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Percent"]

#: Scaled values nearer than this to a tie are decided exactly. Scaling to hundredths of a percent
#: is two roundings, off by a few ulp; this is wider by many orders.
_NEAR = 1e-6
#: Likewise for whole percents by way of five decimals, which move a tie by 0.0005.
_NEAR_FIVE = 0.0006


class Percent(enum.Enum):
    """How an instrument reports a probability as a percentage."""

    #: Half up to 5 decimals of the probability; that double half up to 2 decimals; then 1 to 99.
    #: The second rounding sees the double nearest to the five decimals, which for 0.345 lies a
    #: little under it: 34, not 35. So does the deployed service.
    WHOLE_AFTER_FIVE = "whole percent, by way of five decimals"
    #: A whole percent half up, then 1 to 99.
    WHOLE = "whole percent"
    #: Half up to 2 decimals of a percent, 0 to 99.99.
    HUNDREDTHS = "two decimals"

    @property
    def digits(self) -> int:
        """Decimals of the percentage."""
        return 2 if self is Percent.HUNDREDTHS else 0

    @property
    def highest(self) -> int:
        """Greatest percentage, in units of its last digit."""
        return 9999 if self is Percent.HUNDREDTHS else 99

    @property
    def lowest(self) -> int:
        """Least percentage, in units of its last digit."""
        return 0 if self is Percent.HUNDREDTHS else 1

    def units(self, p: Any) -> Any:
        """The percentage of a probability, as a count of units of its last digit.

        Args:
            p: A probability, or a float64 array of them.

        Returns:
            A whole number; for an array uint8 (whole percents) or int16 (hundredths).
        """
        if isinstance(p, float):
            return self._one(p)
        dtype = np.int16 if self is Percent.HUNDREDTHS else np.uint8
        y = p * 100.0
        if self is Percent.HUNDREDTHS:
            y *= 100.0
        y += 0.5
        n = y.astype(dtype)
        y -= n
        y -= 0.5
        np.abs(y, out=y)
        near = _NEAR_FIVE if self is Percent.WHOLE_AFTER_FIVE else _NEAR
        if y.size and y.max() > 0.5 - near:
            doubtful = np.flatnonzero(y > 0.5 - near)
            n[doubtful] = self._exact(p[doubtful])
        return np.clip(n, self.lowest, self.highest, out=n)

    def _one(self, p: float) -> int:
        scaled = p * 100.0
        if self is Percent.HUNDREDTHS:
            scaled *= 100.0
        scaled += 0.5
        n = int(scaled)
        near = _NEAR_FIVE if self is Percent.WHOLE_AFTER_FIVE else _NEAR
        if not near < scaled - n < 1.0 - near:
            if self is Percent.WHOLE_AFTER_FIVE:
                n = int(_whole_after_five()[half_up_units(p, 5)])
            else:
                n = half_up_units(100.0 * p, self.digits)
        return min(max(n, self.lowest), self.highest)

    def _exact(self, p: NDArray[np.float64]) -> NDArray[np.int64]:
        if self is Percent.WHOLE_AFTER_FIVE:
            return _whole_after_five()[half_up_units_array(p, 5)]
        return half_up_units_array(100.0 * p, self.digits)

    def of_units(self, n: int) -> int | float:
        """The percentage of a count of units: a whole number, or a float of two decimals."""
        return n / 100 if self is Percent.HUNDREDTHS else n


@cache
def _whole_after_five() -> NDArray[np.int64]:
    """The whole percentage of every probability of five decimals, as a double."""
    table = half_up_units_array(np.arange(100_001) / 100_000, 2)
    table.flags.writeable = False
    return table
