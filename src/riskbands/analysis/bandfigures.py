"""What is said of a band, and of the edge between two bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from riskbands.analysis.estimates import Estimate

__all__ = ["BAND_RATES", "EDGE_RATES", "BandFigures", "EdgeFigures"]

#: The estimates of a band.
BAND_RATES: Final = ("share", "expected", "observed", "share_of_events")
#: The rates at an edge.
EDGE_RATES: Final = ("sensitivity", "specificity", "ppv", "npv", "fpr", "fnr")


@attrs.frozen
class BandFigures:
    """One band.

    Attributes:
        label: Its label.
        n: People in it; None where the count is not shown.
        events: Those with the outcome.
        share: Share of all people.
        expected: Mean predicted probability.
        observed: Share with the outcome.
        share_of_events: Share of all people with the outcome.
    """

    label: str
    n: int | None
    events: int | None
    share: Estimate
    expected: Estimate
    observed: Estimate
    share_of_events: Estimate


@attrs.frozen
class EdgeFigures:
    """A band edge as a decision: this band or a higher one, or not.

    People in no band are on neither side; they count as people with or without the outcome.

    Attributes:
        label: The label of the band that starts at the edge.
        score: The edge on the score; None where the band does not follow from the score.
        true_positives: People at or above it with the outcome; None where counts are not shown.
        false_positives: People at or above it without.
        true_negatives: People below it without the outcome.
        false_negatives: People below it with.
        sensitivity: Of people with the outcome, the share at or above the edge.
        specificity: Of people without, the share below it.
        ppv: Of people at or above it, the share with the outcome.
        npv: Of people below it, the share without.
        fpr: Of people without the outcome, the share at or above it.
        fnr: Of people with, the share below it.
    """

    label: str
    score: float | None
    true_positives: int | None
    false_positives: int | None
    true_negatives: int | None
    false_negatives: int | None
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    fpr: Estimate
    fnr: Estimate
