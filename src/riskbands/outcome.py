"""What a predictor works out for one case or for a block of a cohort."""

from __future__ import annotations

import enum
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._elementwise import take, units, where
from riskbands.rounding import half_up_units_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskbands.evaluate import Found, Truth

__all__ = ["Outcome", "Percent"]

_MISSING = -1
_NOT_APPLICABLE = -2


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
        """The percentage of a probability, as a count of units of its last digit."""
        if self is Percent.WHOLE_AFTER_FIVE:
            return take(_whole_after_five(), units(p, 5))
        n = units(100.0 * p, self.digits)
        if isinstance(n, int):
            return min(max(n, self.lowest), self.highest)
        return np.clip(n, self.lowest, self.highest)

    def of_units(self, n: int) -> int | float:
        """The percentage of a count of units: a whole number, or a float of two decimals."""
        return n / 100 if self is Percent.HUNDREDTHS else n


@cache
def _whole_after_five() -> NDArray[np.int64]:
    """The whole percentage, from 1 to 99, of every probability of five decimals."""
    five = np.arange(100_001) / 100_000
    table: NDArray[np.int64] = np.clip(half_up_units_array(five, 2), 1, 99)
    table.flags.writeable = False
    return table


@attrs.define
class Outcome:
    """Numbers of one predictor for a case (plain values) or a block (arrays).

    Attributes:
        ok: Where there is a score (not applicable included).
        issues: Why there is none elsewhere.
        information: What is worth knowing though there is a score.
        applies: Where the instrument applies at all.
        p: Unrounded probability by horizon.
        units: Percentage by horizon, in units of its last digit.
        points: Points, or None.
        odds: Odds without the intercept, or None.
        band: Band code: rank, -1 missing, -2 not applicable; or None without bands.
        extended: Where the extended form was used; None with one form.
        reduced: Where the band was lowered a level; None where that cannot be.
    """

    ok: Truth
    issues: list[Found]
    information: list[Found] = attrs.field(factory=list)
    applies: Truth = True
    p: dict[str, Any] = attrs.field(factory=dict)
    units: dict[str, Any] = attrs.field(factory=dict)
    points: Any = None
    band: Any = None
    extended: Truth | None = None
    reduced: Truth | None = None

    def mask_not_applicable(self) -> None:
        """Give probability, percentage and band of those the instrument does not apply to."""
        if self.applies is True:
            return
        for horizon in self.p:
            self.p[horizon] = where(self.applies, self.p[horizon], 0.0)
            self.units[horizon] = where(self.applies, self.units[horizon], 0)
        if self.band is not None:
            self.band = where(self.applies, self.band, _NOT_APPLICABLE)
