"""The figures of one group: how often, how well calibrated, how well ranked, band by band.

Each is worked out when it is first asked for, from the counts of the group alone.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.analysis.bandfigures import BAND_RATES, EDGE_RATES, BandFigures, EdgeFigures
from riskbands.analysis.calibration import Calibration, CalibrationTests, calibrate
from riskbands.analysis.estimates import (
    Estimate,
    byar_interval,
    no_estimate,
    poisson_interval,
    proportion,
    wilson_interval,
)
from riskbands.analysis.isotonic import Decomposition, decompose, isotonic_rates
from riskbands.analysis.roc import Placements, area, roc_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.analysis.methods import Methods
    from riskbands.analysis.reported import ReportedScore
    from riskbands.analysis.tally import Tally

__all__ = ["ESTIMATES", "Figures"]

_HIDDEN: Final = "some counts of this group are not shown"
_EMPTY: Final = "nobody with a score and an outcome"
_NOBODY: Final = f"there is {_EMPTY}"
_NO_PROBABILITY: Final = "the score reports no probability"


@attrs.frozen(slots=False, eq=False, repr=False)
class Figures:
    """Everything that is said of one group.

    Rates, expected rates and the Brier score are proportions from 0 to 1.

    Attributes:
        by: The column of the group; empty for everyone, ``form`` for a form.
        group: Its label; ``everyone`` for all, ``missing`` for those without one.
        tally: The counts by score and band.
        score: The score.
        methods: Which intervals are made.
    """

    by: str
    group: str
    tally: Tally
    score: ReportedScore
    methods: Methods

    # -- how many ----------------------------------------------------------------------------

    @property
    def n(self) -> int | None:
        """People with a score and an outcome; None where counts are not shown."""
        return None if self.tally.hidden else self.tally.total

    @property
    def events(self) -> int | None:
        """Those of them with the outcome; None where counts are not shown."""
        return None if self.tally.hidden else self.tally.hits

    @property
    def left_out(self) -> Mapping[str, int | None]:
        """People who are in no figure, by reason."""
        return self.tally.left_out

    @property
    def unbanded(self) -> int | None:
        """People with a score and an outcome who are in no band; None where it is not shown."""
        return None if self.tally.hidden else self.tally.outside

    @cached_property
    def base_rate(self) -> Estimate:
        """Share with the outcome."""
        if self.tally.hidden:
            return no_estimate(_HIDDEN)
        return self._wilson(self.tally.hits, self.tally.total)

    @cached_property
    def expected_rate(self) -> Estimate:
        """Mean predicted probability; it has no interval, for it is no estimate."""
        why = self._why_no_probability
        if why:
            return no_estimate(why)
        return Estimate(self._expected / self.tally.total)

    def _wilson(self, count: int, n: int) -> Estimate:
        return proportion(count, n, self.methods.confidence, nobody=_EMPTY)

    @property
    def _why_no_probability(self) -> str:
        """Why nothing can be said of probabilities; empty where something can."""
        if self.tally.hidden:
            return _HIDDEN
        if self.tally.p is None:
            return _NO_PROBABILITY
        return "" if self.tally.total else _NOBODY

    @cached_property
    def _expected(self) -> float:
        assert self.tally.p is not None
        return float(self.tally.n @ self.tally.p)

    # -- does it rank them -------------------------------------------------------------------

    @cached_property
    def placements(self) -> Placements | None:
        """How each score lies among those of the other outcome; None below one of either."""
        return Placements.of(self.tally.n - self.tally.events, self.tally.events)

    @cached_property
    def auc(self) -> Estimate:
        """Area under the ROC curve."""
        if self.tally.hidden:
            return no_estimate(_HIDDEN)
        return area(self.placements, self.methods.confidence)

    @cached_property
    def roc(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """False and true positive rates at or above each score; see `roc_points`."""
        return roc_points(self.tally.n - self.tally.events, self.tally.events)

    # -- is it right -------------------------------------------------------------------------

    @cached_property
    def brier(self) -> Estimate:
        """Brier score: mean squared distance of probability and outcome."""
        why = self._why_no_probability
        return no_estimate(why) if why else Estimate(self._brier)

    @cached_property
    def _brier(self) -> float:
        t = self.tally
        assert t.p is not None
        return float(t.events @ (1.0 - t.p) ** 2 + (t.n - t.events) @ t.p**2) / t.total

    @cached_property
    def scaled_brier(self) -> Estimate:
        """1 less the Brier score over that of the base rate."""
        why = self._why_no_probability
        if why:
            return no_estimate(why)
        rate = self.tally.hits / self.tally.total
        if not 0.0 < rate < 1.0:
            return no_estimate("the Brier score of the base rate is 0")
        return Estimate(1.0 - self._brier / (rate * (1.0 - rate)))

    @cached_property
    def log_loss(self) -> Estimate:
        """Mean negative log-likelihood of the outcomes."""
        why = self._why_no_probability or self._at_ends
        if why:
            return no_estimate(why)
        t = self.tally
        assert t.p is not None
        total = t.events @ np.log(t.p) + (t.n - t.events) @ np.log1p(-t.p)
        return Estimate(-float(total) / t.total)

    @cached_property
    def _at_ends(self) -> str:
        """Why there are no log-odds; empty where there are."""
        t = self.tally
        assert t.p is not None
        count = int(t.n[(t.p <= 0.0) | (t.p >= 1.0)].sum())
        return f"{count} people have a score of 0 or 100 %, which has no log-odds" if count else ""

    @cached_property
    def _decomposition(self) -> Decomposition | str:
        why = self._why_no_probability
        if why:
            return why
        assert self.tally.p is not None
        return decompose(self.tally.p, self.tally.n, self.tally.events)

    def _part(self, name: str) -> Estimate:
        found = self._decomposition
        return no_estimate(found) if isinstance(found, str) else Estimate(getattr(found, name))

    @property
    def miscalibration(self) -> Estimate:
        """Part of the Brier score that isotonic recalibration takes away (CORP)."""
        return self._part("miscalibration")

    @property
    def discrimination(self) -> Estimate:
        """What the recalibrated score gains over the base rate (CORP)."""
        return self._part("discrimination")

    @property
    def uncertainty(self) -> Estimate:
        """Brier score of the base rate (CORP)."""
        return self._part("uncertainty")

    @cached_property
    def isotonic(self) -> NDArray[np.float64]:
        """The isotonic rate at each score of the tally."""
        return isotonic_rates(self.tally.n, self.tally.events)

    @cached_property
    def calibration(self) -> Calibration:
        """Everything that logistic calibration gives, with the fits."""
        t, m = self.tally, self.methods
        why = self._why_no_probability
        if why:
            return Calibration.without(why)
        assert t.p is not None
        return calibrate(t.p, t.n, t.events, confidence=m.confidence, interval=m.calibration)

    @property
    def calibration_in_the_large(self) -> Estimate:
        """Log-odds by which outcomes exceed predictions; 0 is calibrated."""
        return self.calibration.in_the_large

    @property
    def calibration_slope(self) -> Estimate:
        """Slope of the log-odds of the score; 1 is calibrated."""
        return self.calibration.slope

    @property
    def joint_intercept(self) -> Estimate:
        """Intercept fitted together with the slope."""
        return self.calibration.joint_intercept

    @property
    def calibration_tests(self) -> CalibrationTests:
        """Likelihood-ratio tests of weak calibration, of its intercept and of its slope."""
        return self.calibration.tests

    @cached_property
    def observed_expected(self) -> Estimate:
        """People with the outcome for each one that was expected."""
        why = self._why_no_probability
        if not why and not self._expected:
            why = "nobody was expected to have the outcome"
        if why:
            return no_estimate(why)
        hits, n, m = self.tally.hits, self.tally.total, self.methods
        if m.observed_expected == "byar":
            name, (low, high) = "Byar", byar_interval(hits, m.confidence)
        elif m.observed_expected == "poisson":
            name, (low, high) = "exact Poisson", poisson_interval(hits, m.confidence)
        else:
            name = "Wilson of the observed rate"
            low, high = (n * end for end in wilson_interval(hits, n, m.confidence))
        e = self._expected
        return Estimate(hits / e, low / e, high / e, name)

    # -- band by band ------------------------------------------------------------------------

    @cached_property
    def bands(self) -> tuple[BandFigures, ...]:
        """Each band, lowest first; empty without bands."""
        return tuple(self._band(i, label) for i, label in enumerate(self.score.labels))

    def _band(self, i: int, label: str) -> BandFigures:
        t, share = self.tally, self.methods.share
        if t.band_hidden[i]:
            none = no_estimate("counts of this band are not shown")
            return BandFigures(label, None, None, none, none, none, none)
        n, events = int(t.band_n[i]), int(t.band_events[i])
        expected = no_estimate(_NO_PROBABILITY)
        if t.band_expected is not None:
            expected = no_estimate("there is nobody in this band")
            expected = Estimate(float(t.band_expected[i]) / n) if n else expected
        of_all = no_estimate(_HIDDEN)
        return BandFigures(
            label,
            n,
            events,
            of_all if t.hidden else share(n, t.total, _EMPTY),
            expected,
            share(events, n, "nobody in this band"),
            of_all if t.hidden else share(events, t.hits, "nobody with the outcome"),
        )

    @cached_property
    def edges(self) -> tuple[EdgeFigures, ...]:
        """Each edge between two bands, lowest first, as a decision; empty without bands."""
        return tuple(self._edge(i) for i in range(1, len(self.score.labels)))

    def _edge(self, i: int) -> EdgeFigures:
        t, share = self.tally, self.methods.share
        label, score = self.score.labels[i], self.score.edge_of(i)
        if t.hidden:
            none = no_estimate(_HIDDEN)
            return EdgeFigures(
                label, score, None, None, None, None, none, none, none, none, none, none
            )
        tp, fn = int(t.band_events[i:].sum()), int(t.band_events[:i].sum())
        fp, tn = int(t.band_n[i:].sum()) - tp, int(t.band_n[:i].sum()) - fn
        hits, others = t.hits, t.total - t.hits  # those in no band are on neither side
        with_, without = "nobody with the outcome", "nobody without the outcome"
        above, below = "nobody at or above this edge", "nobody below this edge"
        return EdgeFigures(
            label, score, tp, fp, tn, fn,
            share(tp, hits, with_),
            share(tn, others, without),
            share(tp, tp + fp, above),
            share(tn, tn + fn, below),
            share(fp, others, without),
            share(fn, hits, with_),
        )  # fmt: skip

    def __repr__(self) -> str:
        name = f"{self.by} {self.group}".strip()
        return f"<Figures of {name}: {self.n} people, {self.events} with the outcome>"

    def estimates(self) -> dict[str, Estimate]:
        """The estimates of the whole group by name, in the order of the tables."""
        return {name: getattr(self, name) for name in ESTIMATES}

    def rows(self) -> list[dict[str, Any]]:
        """The figures as rows of a tidy table."""
        found = [
            self._row("", name, e, self.n, self.events) for name, e in self.estimates().items()
        ]
        for name in ("weak", "in_the_large", "slope"):
            test = getattr(self.calibration_tests, name)
            e = test.as_estimate()
            found.append(self._row("", f"{_TESTED[name]}_p_value", e, self.n, self.events))
        for band in self.bands:
            for name in BAND_RATES:
                estimate = getattr(band, name)
                found.append(self._row(band.label, name, estimate, band.n, band.events))
        for edge in self.edges:
            for name in EDGE_RATES:
                estimate = getattr(edge, name)
                found.append(self._row(edge.label, name, estimate, self.n, self.events))
        return found

    def _row(
        self, band: str, figure: str, e: Estimate, n: int | None, events: int | None
    ) -> dict[str, Any]:
        return {
            "by": self.by, "group": self.group, "band": band, "figure": figure,
            "value": e.value, "low": e.low, "high": e.high, "method": e.method,
            "n": n, "events": events, "reason": e.reason,
        }  # fmt: skip


_TESTED: Final = {
    "weak": "weak_calibration",
    "in_the_large": "calibration_in_the_large",
    "slope": "calibration_slope",
}
#: The estimates of a whole group.
ESTIMATES: Final = (
    "base_rate", "expected_rate", "observed_expected", "calibration_in_the_large",
    "calibration_slope", "joint_intercept", "auc", "brier", "scaled_brier", "log_loss",
    "miscalibration", "discrimination", "uncertainty",
)  # fmt: skip
