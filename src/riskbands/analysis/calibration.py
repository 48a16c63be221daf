"""Calibration in the large and calibration slope: logistic regression on the log-odds of a score.

Cox (1958), Biometrika 45: 562-565; Miller, Langefeld, Tierney, Hui and McDonald (1993), Medical
Decision Making 13: 49-58. Fitted to counts by Newton's method; a step that would lower the
likelihood is halved.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.estimates import (
    Estimate,
    SignificanceTest,
    likelihood_ratio,
    no_estimate,
    quantile_of,
)
from riskbands.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["Calibration", "CalibrationTests", "Fit", "calibrate", "differences_by_group"]

_STEPS = 500
#: The farthest a step moves any log-odds: beyond, the quadratic it comes from says nothing.
_FARTHEST = 3.0
_HALVINGS = 40
_PROFILE, _WALD = "profile likelihood", "Wald"


@attrs.frozen(eq=False)
class Fit:
    """A fitted logistic regression.

    Attributes:
        coefficients: float64, one a column of the design.
        covariance: float64, shape (columns, columns).
        likelihood: The logarithm of the likelihood.
    """

    coefficients: NDArray[Any]
    covariance: NDArray[Any]
    likelihood: float


@attrs.frozen(eq=False)
class _Data:
    """Counts at each log-odds."""

    x: NDArray[np.float64]
    n: NDArray[np.float64]
    events: NDArray[np.float64]

    def at(self, eta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        """The logarithm of the likelihood, and the probabilities, at linear predictors."""
        t = np.exp(-np.abs(eta))
        one = 1.0 + t
        softplus = np.log(one)
        softplus += np.maximum(eta, 0.0)
        p = np.where(eta < 0.0, t, 1.0)
        p /= one
        return float(self.events @ eta - self.n @ softplus), p

    def likelihood(self, eta: NDArray[np.float64]) -> float:
        return self.at(eta)[0]

    def maximum(
        self,
        eta: NDArray[np.float64],
        step_of: Callable[[NDArray[np.float64]], tuple[NDArray[Any], NDArray[np.float64]]],
    ) -> tuple[NDArray[Any], NDArray[np.float64], float]:
        """Newton's method from a linear predictor; the caller has seen to a maximum.

        Args:
            eta: Where to start.
            step_of: From probabilities, the step of the coefficients and of the predictor.

        Returns:
            How far the coefficients went, the probabilities there, and the likelihood.
        """
        here, p = self.at(eta)
        moved: NDArray[Any] = np.zeros(1)
        for _ in range(_STEPS):
            step, along = step_of(p)
            size = min(1.0, _FARTHEST / max(float(np.max(np.abs(along))), 1e-300))
            there, next_p = -math.inf, p
            for _ in range(_HALVINGS):
                there, next_p = self.at(eta + size * along)
                if there >= here - 1e-12 * abs(here):
                    break
                size /= 2.0
            eta, here, p, moved = eta + size * along, there, next_p, moved + size * step
            if float(np.max(np.abs(size * step))) < 1e-9:
                break
        return moved, p, here

    def fit_intercept(self) -> Fit:
        """The intercept, with the log-odds as an offset."""

        def step_of(p: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
            residual, weight = self.events - self.n * p, self.n * p * (1.0 - p)
            step = residual.sum() / weight.sum()
            return np.array([step]), np.full(1, step)

        moved, p, likelihood = self.maximum(self.x, step_of)
        return Fit(moved, np.array([[1.0 / (self.n * p * (1.0 - p)).sum()]]), likelihood)

    def fit(self) -> Fit:
        """Intercept and slope."""

        def information(p: NDArray[np.float64]) -> NDArray[np.float64]:
            weight = self.n * p * (1.0 - p)
            scaled = weight * self.x
            cross = scaled.sum()
            return np.array([[weight.sum(), cross], [cross, scaled @ self.x]])

        def step_of(p: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
            residual = self.events - self.n * p
            gradient = np.array([residual.sum(), residual @ self.x])
            step = np.linalg.solve(information(p), gradient)
            return step, step[0] + step[1] * self.x

        moved, p, likelihood = self.maximum(self.x, step_of)
        start = np.array([0.0, 1.0])
        return Fit(start + moved, np.linalg.inv(information(p)), likelihood)

    def intercept_given(self, slope: float, start: float) -> tuple[float, float, float]:
        """Best intercept beside a slope, the likelihood there, and its derivative by the slope.

        Newton's method, kept between an intercept that is too low and one that is too high: far
        from the best one every probability is 0 or 1 as a double has it, and nothing leads back.
        """
        scaled = slope * self.x
        with_outcome = float(self.events.sum())
        odds = math.log(with_outcome / (float(self.n.sum()) - with_outcome))
        low, high = odds - float(scaled.max()), odds - float(scaled.min())
        a = min(max(start, low), high)
        likelihood, p = self.at(a + scaled)
        for _ in range(_STEPS):
            weight = self.n * p
            gradient, curvature = with_outcome - float(weight.sum()), float(weight @ (1.0 - p))
            if gradient > 0.0:
                low = a
            else:
                high = a
            step = gradient / curvature if curvature else math.inf
            if abs(step) < 1e-8:
                break
            a = a + step if low < a + step < high else (low + high) / 2.0
            likelihood, p = self.at(a + scaled)
        return a, likelihood, float(self.x @ (self.events - self.n * p))


@attrs.frozen
class CalibrationTests:
    """Likelihood-ratio tests that a score is calibrated.

    Attributes:
        weak: Intercept 0 and slope 1, two degrees of freedom.
        in_the_large: Intercept 0 beside a slope of 1.
        slope: Slope 1 beside a free intercept.
    """

    weak: SignificanceTest
    in_the_large: SignificanceTest
    slope: SignificanceTest


@attrs.frozen(eq=False)
class Calibration:
    """How observed rates follow a score.

    Attributes:
        in_the_large: Intercept with the log-odds of the score as an offset; 0 is calibrated.
        slope: Slope of the log-odds of the score; 1 is calibrated, less is too spread.
        joint_intercept: The intercept fitted together with the slope; not the one in the large.
        tests: Likelihood-ratio tests.
        fit: The joint fit, or None.
    """

    in_the_large: Estimate
    slope: Estimate
    joint_intercept: Estimate
    tests: CalibrationTests
    fit: Fit | None

    @classmethod
    def without(cls, why: str) -> Calibration:
        """Nothing of it can be given."""
        none = no_estimate(why)
        lost = SignificanceTest(None, None, None, "likelihood ratio", why)
        return cls(none, none, none, CalibrationTests(lost, lost, lost), None)


def calibrate(
    p: NDArray[np.float64],
    n: NDArray[Any],
    events: NDArray[Any],
    *,
    confidence: float = 0.95,
    interval: str = "profile",
) -> Calibration:
    """Calibration in the large, slope, joint intercept and their tests.

    Args:
        p: Probabilities, rising and different.
        n: People at each; 1 or more.
        events: Those with the outcome.
        confidence: Of the intervals.
        interval: ``profile`` for the profile likelihood, ``wald`` for Wald's.

    Raises:
        UnknownNameError: There is no such interval.
    """
    if interval not in ("profile", "wald"):
        raise UnknownNameError("interval of calibration", interval, ("profile", "wald"))
    why = _why_not(p, n, events)
    if why:
        return Calibration.without(why)
    data = _data(p, n, events)
    z = quantile_of(confidence)
    perfect = data.likelihood(data.x)
    large = data.fit_intercept()
    tests_large = likelihood_ratio(perfect, large.likelihood, 1)
    in_the_large = _estimate(
        float(large.coefficients[0]), float(large.covariance[0, 0]), z, interval,
        lambda start: _profile_large(data, large, z, start),
    )  # fmt: skip
    why = _why_no_slope(p, n, events)
    joint = None
    if not why:
        try:
            joint = data.fit()
        except np.linalg.LinAlgError:
            why = "the scores are too near each other for a slope"
    if joint is None:
        none = no_estimate(why)
        lost = SignificanceTest(None, None, None, "likelihood ratio", why)
        return Calibration(
            in_the_large, none, none, CalibrationTests(lost, tests_large, lost), None
        )
    variance = float(joint.covariance[0, 0])
    slope = _estimate(
        float(joint.coefficients[1]), float(joint.covariance[1, 1]), z, interval,
        lambda start: _profile_slope(data, joint, z, start),
    )  # fmt: skip
    return Calibration(
        in_the_large,
        slope,
        _estimate(float(joint.coefficients[0]), variance, z, "wald", None),
        CalibrationTests(
            likelihood_ratio(perfect, joint.likelihood, 2),
            tests_large,
            likelihood_ratio(large.likelihood, joint.likelihood, 1),
        ),
        joint,
    )


def _data(p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any]) -> _Data:
    return _Data(np.log(p) - np.log1p(-p), n.astype(np.float64), events.astype(np.float64))


def _why_not(p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any]) -> str:
    """Why calibration in the large cannot be given; empty where it can."""
    total, hits = int(n.sum()), int(events.sum())
    if not total:
        return "there is nobody"
    if at_ends := int(n[(p <= 0.0) | (p >= 1.0)].sum()):
        return f"{at_ends} people have a score of 0 or 100 %, which has no log-odds"
    if hits in (0, total):
        return "nobody had the outcome" if hits == 0 else "everybody had the outcome"
    return ""


def _why_no_slope(p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any]) -> str:
    """Why the slope has no estimate though both outcomes occur; empty where it has."""
    if len(p) < 2:
        return "all scores are the same"
    with_, without = np.flatnonzero(events > 0), np.flatnonzero(events < n)
    if with_[0] >= without[-1] or without[0] >= with_[-1]:
        return "one score divides those with the outcome from those without: no slope is largest"
    return ""


def _estimate(
    value: float,
    variance: float,
    z: float,
    interval: str,
    bound: Callable[[float], float] | None,
) -> Estimate:
    error = math.sqrt(variance)
    ends = [value - z * error, value + z * error]
    if interval == "profile" and bound is not None:
        ends = [bound(end) for end in ends]
    method = _PROFILE if interval == "profile" and bound is not None else _WALD
    return Estimate(value, ends[0], ends[1], method, "", error)


def _profile_large(data: _Data, fit: Fit, z: float, start: float) -> float:
    """Where the likelihood of the intercept has fallen by half of ``z`` squared."""

    def at(a: float) -> tuple[float, float]:
        likelihood, p = data.at(a + data.x)
        return likelihood, float((data.events - data.n * p).sum())

    return _bound(at, float(fit.coefficients[0]), fit.likelihood - z * z / 2.0, start)


def _profile_slope(data: _Data, fit: Fit, z: float, start: float) -> float:
    intercept = float(fit.coefficients[0])

    def at(b: float) -> tuple[float, float]:
        nonlocal intercept
        intercept, likelihood, derivative = data.intercept_given(b, intercept)
        return likelihood, derivative

    return _bound(at, float(fit.coefficients[1]), fit.likelihood - z * z / 2.0, start)


def _bound(
    at: Callable[[float], tuple[float, float]], best: float, target: float, start: float
) -> float:
    """Where a concave function falls to a target, on the side of ``start`` from its maximum.

    Newton's method: once outside the bound it comes nearer from there, because of concavity. A
    step is kept on its side of the maximum, and to ten times the distance from it.
    """
    here, side = start, math.copysign(1.0, start - best)
    for _ in range(_STEPS):
        value, derivative = at(here)
        distance = abs(here - best)
        step = (target - value) / derivative if derivative else side * distance
        there = here + step
        if (there - best) * side <= 0.0:
            there = best + side * distance / 2.0
        there = best + side * min(abs(there - best), 10.0 * distance)
        if abs(there - here) < 1e-9 * max(1.0, abs(there)):
            return there
        here = there
    return here


def differences_by_group(
    groups: Sequence[tuple[NDArray[np.float64], NDArray[Any], NDArray[Any]]],
    fits: Sequence[Fit],
) -> tuple[SignificanceTest, SignificanceTest]:
    """Do intercept and slope differ between groups: two likelihood-ratio tests.

    Args:
        groups: Probabilities, people and people with the outcome of each group.
        fits: Intercept and slope of each group by itself.

    Returns:
        The test of intercepts by group beside one slope, and that of slopes by group besides.
    """
    if len(groups) < 2:
        why = "fewer than two groups have a calibration slope"
        lost = SignificanceTest(None, None, None, "likelihood ratio", why)
        return lost, lost
    parts = [_data(*group) for group in groups]
    sizes = [len(d.x) for d in parts]
    whole = _Data(
        np.concatenate([d.x for d in parts]),
        np.concatenate([d.n for d in parts]),
        np.concatenate([d.events for d in parts]),
    )
    together = whole.fit().likelihood
    shifted = _one_slope(whole, sizes)
    apart = sum(fit.likelihood for fit in fits)
    more = len(parts) - 1
    return likelihood_ratio(together, shifted, more), likelihood_ratio(shifted, apart, more)


def _one_slope(whole: _Data, sizes: Sequence[int]) -> float:
    """The likelihood of an intercept for each group beside one slope.

    The information of the intercepts is a diagonal, so the slope is solved for first.
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def step_of(p: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[np.float64]]:
        residual, weight = whole.events - whole.n * p, whole.n * p * (1.0 - p)
        scaled = weight * whole.x
        by_group, cross, gradient = (np.add.reduceat(v, starts) for v in (weight, scaled, residual))
        slope = residual @ whole.x - (cross * gradient / by_group).sum()
        slope /= scaled @ whole.x - (cross**2 / by_group).sum()
        intercepts = (gradient - cross * slope) / by_group
        return np.append(intercepts, slope), np.repeat(intercepts, sizes) + slope * whole.x

    return whole.maximum(whole.x, step_of)[2]
