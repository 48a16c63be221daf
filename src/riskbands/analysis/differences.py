"""Do the groups of a column differ: tests over all of them, and each beside a named reference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands.analysis.calibration import differences_by_group
from riskbands.analysis.estimates import (
    Estimate,
    SignificanceTest,
    no_estimate,
    quantile_of,
)
from riskbands.analysis.roc import area_difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands.analysis.figures import Figures

__all__ = ["GroupDifference", "GroupDifferences", "differences", "less"]


_ALL: Final = "all groups"


@attrs.frozen
class GroupDifference:
    """One group less the reference.

    Attributes:
        group: Its label.
        n: People of the group with a score and an outcome; None where counts are not shown.
        events: Those with the outcome.
        auc: Difference of the areas, unpaired DeLong.
        auc_test: Its test.
        calibration_in_the_large: Difference of the intercepts, Wald.
        calibration_slope: Difference of the slopes, Wald.
    """

    group: str
    n: int | None
    events: int | None
    auc: Estimate
    auc_test: SignificanceTest
    calibration_in_the_large: Estimate
    calibration_slope: Estimate


@attrs.frozen
class GroupDifferences:
    """What differs between the groups of a column.

    Attributes:
        column: The column.
        reference: The label that the others are compared with.
        intercept: Likelihood-ratio test of an intercept for each group, beside one slope.
        slope: Likelihood-ratio test of a slope for each group, beside those intercepts.
        groups: Each other group less the reference.
        left_out: Groups that are in neither test, and why.
        n: People of the groups that are in the tests.
        events: Those with the outcome.
    """

    column: str
    reference: str
    intercept: SignificanceTest
    slope: SignificanceTest
    groups: Mapping[str, GroupDifference]
    left_out: Mapping[str, str]
    n: int
    events: int

    def rows(self) -> list[dict[str, Any]]:
        """The differences as rows of the tidy table of an evaluation."""
        n, events = self.n, self.events
        found: list[tuple[str, str, Estimate, int | None, int | None]] = [
            (_ALL, "intercept_by_group_p_value", self.intercept.as_estimate(), n, events),
            (_ALL, "slope_by_group_p_value", self.slope.as_estimate(), n, events),
        ]
        for label, d in self.groups.items():
            for name, e in (
                ("auc", d.auc),
                ("auc_p_value", d.auc_test.as_estimate()),
                ("calibration_in_the_large", d.calibration_in_the_large),
                ("calibration_slope", d.calibration_slope),
            ):
                found.append((label, f"difference_in_{name}", e, d.n, d.events))
        return [
            {
                "by": self.column, "group": group, "band": "", "figure": figure,
                "value": e.value, "low": e.low, "high": e.high, "method": e.method,
                "n": people, "events": hits, "reason": e.reason,
            }
            for group, figure, e, people, hits in found
        ]  # fmt: skip


def differences(
    column: str, figures: Sequence[Figures], reference: str, confidence: float
) -> GroupDifferences:
    """The differences between groups.

    Args:
        column: The column of the groups.
        figures: The figures of each.
        reference: The label of the one that the others are compared with.
        confidence: Of the intervals.
    """
    inside = [f for f in figures if f.calibration.fit is not None]
    left_out = {f.group: f.calibration_slope.reason for f in figures if f.calibration.fit is None}
    intercept, slope = differences_by_group(
        [(f.tally.p, f.tally.n, f.tally.events) for f in inside if f.tally.p is not None],
        [f.calibration.fit for f in inside if f.calibration.fit is not None],
    )
    base = next((f for f in figures if f.group == reference), None)
    others = [f for f in figures if f is not base] if base is not None else []
    return GroupDifferences(
        column,
        reference,
        intercept,
        slope,
        {f.group: _difference(f, base, confidence) for f in others if base is not None},
        left_out,
        sum(f.tally.total for f in inside),
        sum(f.tally.hits for f in inside),
    )


def _difference(one: Figures, base: Figures, confidence: float) -> GroupDifference:
    if one.tally.hidden or base.tally.hidden:
        why = "some counts of these groups are not shown"
        none = no_estimate(why)
        lost = SignificanceTest(None, None, None, "unpaired DeLong", why)
        return GroupDifference(one.group, one.n, one.events, none, lost, none, none)
    auc, test = area_difference(one.placements, base.placements, confidence)
    return GroupDifference(
        one.group,
        one.n,
        one.events,
        auc,
        test,
        less(one.calibration_in_the_large, base.calibration_in_the_large, confidence),
        less(one.calibration_slope, base.calibration_slope, confidence),
    )


def less(one: Estimate, base: Estimate, confidence: float) -> Estimate:
    """The difference of two independent estimates, with Wald's interval."""
    if one.value is None or base.value is None:
        return no_estimate(one.reason or base.reason)
    assert one.standard_error is not None
    assert base.standard_error is not None
    value, error = one.value - base.value, math.hypot(one.standard_error, base.standard_error)
    half = quantile_of(confidence) * error
    return Estimate(value, value - half, value + half, "Wald", "", error)
