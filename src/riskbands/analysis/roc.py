"""The area under the ROC curve and DeLong's variance, from counts by score.

DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44: 837-845. The area is the chance that a
person with the outcome has a higher score than one without; equal scores count one half.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.estimates import Estimate, SignificanceTest, no_estimate, quantile_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Placements", "area", "area_difference", "paired_difference", "roc_points"]

_PLAIN, _LOGIT = "DeLong", "DeLong, logit-transformed"


@attrs.frozen(eq=False)
class Placements:
    """How each score lies among those of the other outcome.

    Attributes:
        of_events: float64 by score: share of people without the outcome below it, ties half.
        of_others: float64 by score: share of people with the outcome above it, ties half.
        area: The area under the curve.
        events: How many had the outcome.
        others: How many had it not.
        variance: DeLong's variance; None below two of either.
    """

    of_events: NDArray[np.float64]
    of_others: NDArray[np.float64]
    area: float
    events: int
    others: int
    variance: float | None

    @classmethod
    def of(cls, others: NDArray[Any], events: NDArray[Any]) -> Placements | None:
        """From counts by rising score; None where one outcome does not occur."""
        n0, n1 = int(others.sum()), int(events.sum())
        if not n0 or not n1:
            return None
        below = (np.cumsum(others) - 0.5 * others) / n0
        above = (n1 - np.cumsum(events) + 0.5 * events) / n1
        auc = float(events @ below) / n1
        variance = None
        if n0 > 1 and n1 > 1:
            ten = float(events @ (below - auc) ** 2) / (n1 - 1)
            one = float(others @ (above - auc) ** 2) / (n0 - 1)
            variance = ten / n1 + one / n0
        return cls(below, above, auc, n1, n0, variance)


def area(placements: Placements | None, confidence: float = 0.95) -> Estimate:
    """The area under the curve with DeLong's interval.

    The plain interval is taken where it lies inside 0 to 1; else the one that is symmetric in the
    log-odds of the area, and the method says so.
    """
    if placements is None:
        return no_estimate("the area needs people with the outcome and people without")
    auc, variance = placements.area, placements.variance
    if variance is None:
        why = "no interval below 2 people with the outcome and 2 without"
        return Estimate(auc, method=_PLAIN, reason=why)
    if variance <= 0.0:
        why = "no interval: DeLong's variance is 0 where scores are all tied or never overlap"
        return Estimate(auc, method=_PLAIN, reason=why)
    error = math.sqrt(variance)
    z = quantile_of(confidence)
    low, high = auc - z * error, auc + z * error
    if low >= 0.0 and high <= 1.0:
        return Estimate(auc, low, high, _PLAIN, "", error)
    odds = math.log(auc / (1.0 - auc))
    half = z * error / (auc * (1.0 - auc))
    return Estimate(auc, _logistic(odds - half), _logistic(odds + half), _LOGIT, "", error)


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def area_difference(
    one: Placements | None, two: Placements | None, confidence: float = 0.95
) -> tuple[Estimate, SignificanceTest]:
    """The area of one group less that of another, who are other people (unpaired DeLong).

    The test is Student's t with the degrees of freedom of Welch and Satterthwaite, as in pROC.
    """
    method = "unpaired DeLong"
    if one is None or two is None or not one.variance or not two.variance:
        why = "one of the areas has no interval"
        return no_estimate(why), SignificanceTest(None, None, None, method, why)
    variance = one.variance + two.variance
    df = variance**2 / (
        one.variance**2 / (one.events + one.others - 1)
        + two.variance**2 / (two.events + two.others - 1)
    )
    difference, error = one.area - two.area, math.sqrt(variance)
    test = SignificanceTest.student(difference / error, df, method)
    return _interval(difference, error, confidence, method), test


def paired_difference(
    one: tuple[NDArray[np.int64], Placements],
    two: tuple[NDArray[np.int64], Placements],
    others: NDArray[Any],
    events: NDArray[Any],
    confidence: float = 0.95,
) -> tuple[Estimate, SignificanceTest]:
    """The area of one score less that of another, of the same people (paired DeLong).

    Args:
        one: For each joint cell the place of its first score, and the placements of that score.
        two: The same for the second score.
        others: People without the outcome by joint cell.
        events: People with it.
        confidence: Of the interval.
    """
    method = "paired DeLong"
    (at_one, first), (at_two, second) = one, two
    if first.variance is None or second.variance is None:
        why = "no interval below 2 people with the outcome and 2 without"
        difference = Estimate(first.area - second.area, method=method, reason=why)
        return difference, SignificanceTest(None, None, None, method, why)
    ten = events @ (
        (first.of_events[at_one] - first.area) * (second.of_events[at_two] - second.area)
    )
    zero = others @ (
        (first.of_others[at_one] - first.area) * (second.of_others[at_two] - second.area)
    )
    shared = float(ten) / (first.events - 1) / first.events
    shared += float(zero) / (first.others - 1) / first.others
    variance = first.variance + second.variance - 2.0 * shared
    if variance <= 1e-18:
        why = "no interval: the two scores rank these people alike"
        same = Estimate(first.area - second.area, method=method, reason=why)
        return same, SignificanceTest(None, None, None, method, why)
    difference_, error = first.area - second.area, math.sqrt(variance)
    test = SignificanceTest.normal(difference_ / error, method)
    return _interval(difference_, error, confidence, method), test


def _interval(value: float, error: float, confidence: float, method: str) -> Estimate:
    half = quantile_of(confidence) * error
    return Estimate(value, value - half, value + half, method, "", error)


def roc_points(
    others: NDArray[Any], events: NDArray[Any]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """False and true positive rates when people at or above each score are chosen.

    Args:
        others: People without the outcome by rising score.
        events: People with it.

    Returns:
        Two float64 arrays, one longer than the counts: from the lowest score (both 1) to nobody
        (both 0). NaN where there is nobody to divide by.
    """
    rates = []
    for counts in (others, events):
        total = counts.sum()
        above = np.append(np.cumsum(counts[::-1])[::-1], 0)
        rates.append(above / total if total else np.full(len(above), np.nan))
    return rates[0], rates[1]
