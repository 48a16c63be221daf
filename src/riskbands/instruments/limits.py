"""Limits of an instrument: narrower domains of features, and numbers that are too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskbands.arithmetic.units import in_decimals
from riskbands.derivation.checks import Check
from riskbands.errors import TableError
from riskbands.vocabulary.expressions import Argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["check_reach", "limit_checks"]

#: Greatest sum of log-odds whose odds, and their inverse, are doubles.
_MOST_LOG_ODDS: Final = 700.0
_X: Final = Argument(0)


def limit_checks(
    vocabulary: Vocabulary, limits: Mapping[str, tuple[int, int]]
) -> tuple[Check, ...]:
    """Checks that features keep to a domain narrower than their own."""
    found = []
    for name, (low, high) in limits.items():
        f = vocabulary.feature(name)
        if (f.low, f.high) == (low, high) or not f.sources:
            continue
        found.append(
            Check(
                f"{name}_out_of_range",
                (name,),
                (low > _X) | (high < _X),
                f"{f.meaning or name} must be from {in_decimals(low, f.decimals)} to "
                f"{in_decimals(high, f.decimals)} for this instrument",
            )
        )
    return tuple(found)


def check_reach(table: CoefficientTable, log_odds: float) -> None:
    """Refuse numbers that together could give log-odds whose odds do not fit a double."""
    if log_odds > _MOST_LOG_ODDS:
        raise TableError(
            f"{table.id}: its numbers are too large together; "
            f"log-odds could reach {log_odds:.3g}, more than {_MOST_LOG_ODDS:.0f}"
        )
