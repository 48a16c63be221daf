"""Where the reported percentage rises, on the scale of the sum that a link makes a probability."""

from __future__ import annotations

import math
import struct
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands._options import Link
    from riskbands.arithmetic.percent import Percent

__all__ = ["against_at", "hazard_at", "rises"]


def _double(bits: int) -> float:
    """The double of a bit pattern; those of doubles above 0 have their order."""
    found: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return found


def _last(holds: Callable[[float], bool]) -> tuple[float, float]:
    """The greatest double for which something holds that holds for 0, and the next one.

    It must not hold again for any greater double; so it is found by bisection over all of them.
    """
    low, high = 0, struct.unpack("<q", struct.pack("<d", math.inf))[0]
    while high - low > 1:
        middle = (low + high) // 2
        if holds(_double(middle)):
            low = middle
        else:
            high = middle
    return _double(low), _double(high)


def against_at(rule: Percent, units: int) -> float:
    """The greatest odds against, a double, that still give so high a percentage.

    The percentage never rises with the odds against.
    """
    return _last(lambda against: rule.units(1.0 / (1.0 + against)) >= units)[0]


def hazard_at(rule: Percent, units: int) -> float:
    """The least cumulative hazard, a double, that gives so high a percentage.

    The percentage never falls with the hazard.
    """
    return _last(lambda hazard: rule.units(-math.expm1(-hazard) + 0.0) < units)[1]


@cache
def rises(rule: Percent, link: Link = "logistic") -> tuple[tuple[int, float], ...]:
    """Each percentage but the lowest, and where it begins, rounded to a double.

    Args:
        rule: How the percentage is rounded.
        link: ``logistic``: places are log-odds. ``survival``: logarithms of a cumulative hazard.
    """
    units = range(rule.lowest + 1, rule.highest + 1)
    if link == "survival":
        return tuple((n, math.log(hazard_at(rule, n))) for n in units)
    return tuple((n, -math.log(against_at(rule, n))) for n in units)
