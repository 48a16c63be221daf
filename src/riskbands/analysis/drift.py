"""Two cohorts under one score: what changed between them, in numbers that nothing is done with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.calibration import differences_by_group
from riskbands.analysis.counts import OutcomeCounts
from riskbands.analysis.differences import less
from riskbands.analysis.estimates import (
    Estimate,
    SignificanceTest,
    check_confidence,
    no_estimate,
    proportion,
    proportion_difference,
    quantile_of,
)
from riskbands.analysis.figures import Figures
from riskbands.analysis.framing import frame_of
from riskbands.analysis.methods import Methods
from riskbands.analysis.roc import area_difference
from riskbands.analysis.special import chi_squared_quantile, chi_squared_tail
from riskbands.analysis.tally import People
from riskbands.analysis.written import made_up
from riskbands.display import html_table, text_table
from riskbands.errors import InputError, Issue, TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BandShift", "Drift", "Stability", "drift"]

#: What may differ between two cohorts and is told; all else must be the same.
_TOLD = ("coefficient_tables", "band_table", "outcome", "follow_up")


@attrs.frozen
class BandShift:
    """The share of one band in both cohorts.

    Attributes:
        label: Its label.
        first: Share in the first, Wilson.
        second: Share in the second, Wilson.
        difference: The second less the first, Newcombe.
    """

    label: str
    first: Estimate
    second: Estimate
    difference: Estimate


@attrs.frozen
class Stability:
    """The population stability index over the bands, beside what chance alone would give.

    Where nothing has changed, the index over ``1/n + 1/m`` follows a chi-squared distribution with
    one degree of freedom less than there are bands (Yurdakul and Naranjo 2020). It therefore
    depends on how many people there are, and fixed limits such as 0.1 and 0.25 mean nothing.

    Attributes:
        index: The index; None where a band is empty in one of the cohorts.
        expected: Its mean where nothing has changed.
        upper: What it exceeds by chance alone with a probability of 1 less the confidence.
        test: The test of no change.
        reason: Why there is no index.
    """

    index: float | None
    expected: float | None
    upper: float | None
    test: SignificanceTest
    reason: str = ""


@attrs.frozen(eq=False, repr=False)
class Drift:
    """What changed from one cohort to another.

    Shares of bands, stability and the mean are about everyone with a score; the rest is about
    those who have an outcome too. Nothing is recalibrated.

    Attributes:
        bands: The share of each band.
        stability: The population stability index.
        mean_score: Mean score of the second less that of the first, in the unit of the score.
        base_rate: Share with the outcome, likewise.
        auc: Area under the curve, likewise.
        calibration_in_the_large: Its intercept, likewise.
        calibration_slope: Its slope, likewise.
        intercept_test: Likelihood-ratio test of another intercept beside one slope.
        slope_test: Likelihood-ratio test of another slope besides.
        first: The figures of the first cohort.
        second: Those of the second.
        n: How many have a score, in the first and in the second.
        changed: What differs in where scores and outcomes come from: before and after.
        confidence: Of the intervals.
        simulated: Whether people of either cohort are made up.
    """

    bands: tuple[BandShift, ...]
    stability: Stability
    mean_score: Estimate
    base_rate: Estimate
    auc: Estimate
    calibration_in_the_large: Estimate
    calibration_slope: Estimate
    intercept_test: SignificanceTest
    slope_test: SignificanceTest
    first: Figures
    second: Figures
    n: tuple[int, int]
    changed: Mapping[str, tuple[Any, Any]]
    confidence: float
    library: str = "mapping"
    simulated: bool = False

    def to_frame(self, library: str | None = None) -> Any:
        """Every difference in a row: band, figure, value, low, high, method, reason.

        Args:
            library: As for `OutcomeCounts.to_frame`.
        """
        rows = [("", name, getattr(self, name)) for name in _DIFFERENCES]
        for band in self.bands:
            rows += [(band.label, name, getattr(band, name)) for name in _SHARES]
        columns: dict[str, list[Any]] = {
            "band": [band for band, _, _ in rows],
            "figure": [figure for _, figure, _ in rows],
        }
        for name in ("value", "low", "high", "method", "reason"):
            columns[name] = [getattr(estimate, name) for _, _, estimate in rows]
        return frame_of(columns, library or self.library)

    def tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """The tables that are shown: caption, headings and rows of texts."""
        level = f"{100 * self.confidence:g} % intervals"
        sizes = f"Second cohort ({self.n[1]:,} scored) less first ({self.n[0]:,})"
        found = [
            (
                f"{made_up(self.simulated)}{sizes}, {level}",
                ["figure", "difference"],
                [[name.replace("_", " "), str(getattr(self, name))] for name in _DIFFERENCES],
            ),
            (
                "Tests",
                ["of", "result"],
                [
                    ["shares of the bands (population stability)", str(self.stability.test)],
                    ["one intercept", str(self.intercept_test)],
                    ["one slope", str(self.slope_test)],
                ],
            ),
        ]
        if self.bands:
            head = ["band", "first", "second", "difference"]
            shares = [[b.label, str(b.first), str(b.second), str(b.difference)] for b in self.bands]
            found.append((f"Shares of the bands, {level}", head, shares))
        changed = [[k, str(a), str(b)] for k, (a, b) in self.changed.items()]
        if changed:
            found.append(("Not the same in both", ["what", "first", "second"], changed))
        return found

    def __repr__(self) -> str:
        return f"<Drift {made_up(self.simulated)}from {self.n[0]:,} to {self.n[1]:,} people>"

    def __str__(self) -> str:
        return "\n\n".join(f"{title}\n{text_table(h, rows)}" for title, h, rows in self.tables())

    def _repr_html_(self) -> str:
        return "".join(html_table(head, rows, title) for title, head, rows in self.tables())


_DIFFERENCES = ("mean_score", "base_rate", "auc", "calibration_in_the_large", "calibration_slope")
_SHARES = ("first", "second", "difference")


def drift(first: OutcomeCounts, second: OutcomeCounts, *, confidence: float = 0.95) -> Drift:
    """What changed from one cohort to another, such as from last year to this one.

    Args:
        first: The counts of the earlier cohort.
        second: Those of the later one, of other people.
        confidence: Of the intervals.

    Raises:
        InputError: Some counts are not shown, or they are no counts.
        TableError: They are counts of two scores, or their bands have other names.

    Examples:
        >>> from riskbands.analysis.counting import outcome_counts
        >>> before, after = (
        ...     outcome_counts({"ogrs3_2yr": scores, "y": [0, 1] * 4}, "ogrs3", outcome="y")
        ...     for scores in ([10, 20, 30, 55, 60, 65, 80, 92], [15, 30, 50, 55, 70, 76, 91, 95])
        ... )
        >>> found = drift(before, after)
        >>> print(found.mean_score)
        8.7500 (-19.3216 to 36.8216)
    """
    check_confidence(confidence)
    both: dict[str, object] = {"first": first, "second": second}
    for name, given in both.items():
        if not isinstance(given, OutcomeCounts):
            what = f"give {name} as counts: riskbands.outcome_counts makes them of a table"
            raise InputError(Issue("malformed", (name,), what))
    _comparable(first, second)
    people = [People.of(counts.shown_cells()) for counts in (first, second)]
    sizes = [int(p.n.sum()) for p in people]
    one, two = (
        Figures("", "everyone", c.tally(), c.score, Methods(confidence)) for c in (first, second)
    )
    inside = [f for f in (one, two) if f.calibration.fit is not None]
    intercept, slope = differences_by_group(
        [(f.tally.p, f.tally.n, f.tally.events) for f in inside if f.tally.p is not None],
        [f.calibration.fit for f in inside if f.calibration.fit is not None],
    )
    labels = first.score.labels
    shares = [p.band_n(len(labels)) for p in people]
    return Drift(
        tuple(
            _shift(label, int(shares[0][i]), int(shares[1][i]), sizes, confidence)
            for i, label in enumerate(labels)
        ),
        _stability(shares, confidence),
        _mean_shift(people, confidence),
        proportion_difference(
            (two.tally.hits, two.tally.total), (one.tally.hits, one.tally.total), confidence
        ),
        area_difference(two.placements, one.placements, confidence)[0],
        less(two.calibration_in_the_large, one.calibration_in_the_large, confidence),
        less(two.calibration_slope, one.calibration_slope, confidence),
        intercept,
        slope,
        one,
        two,
        (sizes[0], sizes[1]),
        {
            k: (first.provenance[k], second.provenance[k])
            for k in _TOLD
            if first.provenance[k] != second.provenance[k]
        },
        confidence,
        first.library,
        first.simulated or second.simulated,
    )


def _comparable(first: OutcomeCounts, second: OutcomeCounts) -> None:
    """Refuse counts of two scores."""
    pairs = {
        "score": (first.score.column, second.score.column),
        "unit": (first.score.unit, second.score.unit),
        "labels of the bands": (first.score.labels, second.score.labels),
        "horizon": (first.provenance["horizon"], second.provenance["horizon"]),
    }
    differ = [name for name, (one, two) in pairs.items() if one != two]
    if differ:
        raise TableError(f"the counts differ in {', '.join(differ)}: drift is about one score")


def _shift(label: str, one: int, two: int, sizes: list[int], confidence: float) -> BandShift:
    nobody = "nobody with a score"
    return BandShift(
        label,
        proportion(one, sizes[0], confidence, nobody=nobody),
        proportion(two, sizes[1], confidence, nobody=nobody),
        proportion_difference((two, sizes[1]), (one, sizes[0]), confidence),
    )


def _stability(shares: list[Any], confidence: float) -> Stability:
    method = "population stability, chi-squared"
    occurs = (shares[0] + shares[1]) > 0
    one, two = (s[occurs] for s in shares)
    why = ""
    if len(one) < 2:
        why = "there are no two bands with people in them"
    elif (one == 0).any() or (two == 0).any():
        why = "a band has nobody in one of the cohorts: the index has no value there"
    if why:
        return Stability(None, None, None, SignificanceTest(None, None, None, method, why), why)
    n, m = int(one.sum()), int(two.sum())
    p, q = one / n, two / m
    index = float(((p - q) * np.log(p / q)).sum())
    scale, df = 1.0 / n + 1.0 / m, len(one) - 1
    statistic = index / scale
    return Stability(
        index,
        df * scale,
        chi_squared_quantile(confidence, df) * scale,
        SignificanceTest(statistic, df, chi_squared_tail(statistic, df), method),
    )


def _mean_shift(people: list[People], confidence: float) -> Estimate:
    method = "normal, unequal variances"
    means, variance = [], 0.0
    for p in people:
        n = int(p.n.sum())
        if n < 2:
            return no_estimate("fewer than two people have a score")
        mean = float(p.n @ p.scores) / n
        variance += float(p.n @ (p.scores - mean) ** 2) / (n - 1) / n
        means.append(mean)
    value, error = means[1] - means[0], math.sqrt(variance)
    half = quantile_of(confidence) * error
    return Estimate(value, value - half, value + half, method, "", error)
