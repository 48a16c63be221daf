"""Where the reported percentage rises, on the scale of log-odds."""

from __future__ import annotations

import math
import struct
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskbands.arithmetic.percent import Percent

__all__ = ["against_at", "rises"]


def _double(bits: int) -> float:
    """The double of a bit pattern; those of doubles above 0 have their order."""
    found: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return found


def against_at(rule: Percent, units: int) -> float:
    """The greatest odds against, a double, that still give so high a percentage.

    It is found by bisection over the doubles: the percentage never rises with the odds against.
    """
    low, high = 0, struct.unpack("<q", struct.pack("<d", math.inf))[0]
    while high - low > 1:
        middle = (low + high) // 2
        if rule.units(1.0 / (1.0 + _double(middle))) >= units:
            low = middle
        else:
            high = middle
    return _double(low)


@cache
def rises(rule: Percent) -> tuple[tuple[int, float], ...]:
    """Each percentage but the lowest, and the log-odds at which it begins, rounded to a double."""
    units = range(rule.lowest + 1, rule.highest + 1)
    return tuple((n, -math.log(against_at(rule, n))) for n in units)
