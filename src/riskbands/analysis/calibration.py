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

    def likelihood(self, eta: NDArray[np.float64]) -> float:
        return float(self.events @ eta - self.n @ np.logaddexp(0.0, eta))

    def fit(
        self,
        design: NDArray[np.float64],
        offset: NDArray[np.float64] | float = 0.0,
        start: NDArray[np.float64] | None = None,
    ) -> Fit:
        """Newton's method; the caller has seen to it that the likelihood has a maximum."""
        beta = np.zeros(design.shape[1]) if start is None else start
        eta = design @ beta + offset
        here = self.likelihood(eta)
        hessian = np.eye(len(beta))
        for _ in range(_STEPS):
            p = _logistic(eta)
            gradient = design.T @ (self.events - self.n * p)
            hessian = (design.T * (self.n * p * (1.0 - p))) @ design
            step = np.linalg.solve(hessian, gradient)
            farthest = float(np.max(np.abs(design @ step)))
            size, there = min(1.0, _FARTHEST / max(farthest, 1e-300)), -math.inf
            for _ in range(_HALVINGS):
                eta = design @ (beta + size * step) + offset
                there = self.likelihood(eta)
                if there >= here - 1e-12 * abs(here):
                    break
                size /= 2.0
            beta = beta + size * step
            here = there
            if float(np.max(np.abs(size * step))) < 1e-11:
                break
        p = _logistic(eta)
        hessian = (design.T * (self.n * p * (1.0 - p))) @ design
        return Fit(beta, np.linalg.inv(hessian), here)

    def intercept_given(self, slope: float, start: float) -> tuple[float, float, float]:
        """Best intercept beside a slope, the likelihood there, and its derivative by the slope."""
        a, scaled = start, slope * self.x
        for _ in range(_STEPS):
            p = _logistic(a + scaled)
            step = float((self.events - self.n * p).sum() / (self.n * p * (1.0 - p)).sum())
            a += max(-2.0, min(2.0, step))
            if abs(step) < 1e-10:
                break
        eta = a + scaled
        derivative = float(self.x @ (self.events - self.n * _logistic(eta)))
        return a, self.likelihood(eta), derivative


def _logistic(eta: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        found: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-eta))
    return found


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
    large = data.fit(np.ones((len(data.x), 1)), data.x)
    tests_large = likelihood_ratio(perfect, large.likelihood, 1)
    in_the_large = _estimate(
        float(large.coefficients[0]), float(large.covariance[0, 0]), z, interval,
        lambda start: _profile_large(data, large, z, start),
    )  # fmt: skip
    why = _why_no_slope(p, n, events)
    joint = None
    if not why:
        design = np.column_stack([np.ones(len(data.x)), data.x])
        try:
            joint = data.fit(design, start=np.array([0.0, 1.0]))
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
        eta = a + data.x
        return data.likelihood(eta), float((data.events - data.n * _logistic(eta)).sum())

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
) -> tuple[SignificanceTest, SignificanceTest]:
    """Do intercept and slope differ between groups: two likelihood-ratio tests.

    Args:
        groups: Probabilities, people and people with the outcome of each group; each must have a
            calibration slope of its own.

    Returns:
        The test of intercepts by group beside one slope, and that of slopes by group besides.
    """
    if len(groups) < 2:
        why = "fewer than two groups have a calibration slope"
        lost = SignificanceTest(None, None, None, "likelihood ratio", why)
        return lost, lost
    parts = [_data(*group) for group in groups]
    whole = _Data(
        np.concatenate([d.x for d in parts]),
        np.concatenate([d.n for d in parts]),
        np.concatenate([d.events for d in parts]),
    )
    ones = np.ones(len(whole.x))
    start = np.array([0.0, 1.0])
    together = whole.fit(np.column_stack([ones, whole.x]), start=start)
    member = np.repeat(np.arange(len(parts)), [len(d.x) for d in parts])
    design = np.zeros((len(whole.x), len(parts) + 1))
    design[np.arange(len(member)), member] = 1.0
    design[:, -1] = whole.x
    shifted = whole.fit(design, start=np.append(np.zeros(len(parts)), 1.0))
    apart = sum(
        d.fit(np.column_stack([np.ones(len(d.x)), d.x]), start=start).likelihood for d in parts
    )
    more = len(parts) - 1
    return (
        likelihood_ratio(together.likelihood, shifted.likelihood, more),
        likelihood_ratio(shifted.likelihood, apart, more),
    )
