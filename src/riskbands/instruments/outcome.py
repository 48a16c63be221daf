"""What a predictor works out for one case or for a block of a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from riskbands.arithmetic.truth import where
from riskbands.bands.codes import NOT_APPLICABLE_CODE

if TYPE_CHECKING:
    from riskbands.derivation.derive import Found, Truth

__all__ = ["Outcome"]


@attrs.define(eq=False, repr=False)
class Outcome:
    """Numbers of one predictor for a case (plain values) or a block (arrays).

    Attributes:
        ok: Where there is a score (not applicable included).
        issues: Why there is no score elsewhere.
        information: What is worth knowing about a row that has a score.
        applies: Where the instrument applies at all.
        p: Unrounded probability by horizon.
        units: Percentage by horizon, in units of its last digit.
        points: Points, or None.
        band: Band code: rank, -1 missing, -2 not applicable; or None without bands.
        extended: Where the extended form was used; None with one form.
        reduced: Where the band was lowered a level; None where that cannot be.
        results: Named results, each with where there is one.
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
    results: dict[str, tuple[Any, Truth]] = attrs.field(factory=dict)

    def mask_not_applicable(self) -> None:
        """Give probability, percentage and band of those the instrument does not apply to.

        What counts in a sum is 0; whether it is shown, `Predictor.percent_there` says.
        """
        if self.applies is True:
            return
        for horizon in self.p:
            self.p[horizon] = where(self.applies, self.p[horizon], 0.0)
            self.units[horizon] = where(self.applies, self.units[horizon], 0)
        if self.band is not None:
            self.band = where(self.applies, self.band, NOT_APPLICABLE_CODE)
