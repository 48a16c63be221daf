"""An estimate with its interval, its method, and the reason where there is none."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.special import (
    beta_quantile,
    chi_squared_tail,
    gamma_quantile,
    normal_quantile,
    normal_tails,
    t_tails,
)
from riskbands.errors import InputError, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Estimate",
    "SignificanceTest",
    "byar_interval",
    "check_confidence",
    "clopper_pearson_interval",
    "likelihood_ratio",
    "no_estimate",
    "poisson_interval",
    "proportion",
    "proportion_difference",
    "quantile_of",
    "wilson_interval",
]


@attrs.frozen
class Estimate:
    """A figure, how sure it is, and how that was worked out.

    Attributes:
        value: The figure; None where it cannot be given.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        method: How the interval was made, e.g. ``Wilson``; empty for a figure that has none.
        reason: Why the figure or its interval cannot be given; empty otherwise.
        standard_error: The standard error, where the method has one.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""
    standard_error: float | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.value is not None

    def __float__(self) -> float:
        if self.value is None:
            raise ValueError(f"there is no value: {self.reason}")
        return self.value

    def __str__(self) -> str:
        if self.value is None:
            return f"not given: {self.reason}"
        if self.low is None or self.high is None:
            return f"{self.value:.4f}"
        return f"{self.value:.4f} ({self.low:.4f} to {self.high:.4f})"


def no_estimate(reason: str) -> Estimate:
    """An estimate that cannot be given."""
    return Estimate(None, reason=reason)


@attrs.frozen
class SignificanceTest:
    """A test of a hypothesis: a statistic, its degrees of freedom and its p value.

    Attributes:
        statistic: The statistic; None where it cannot be given.
        df: Degrees of freedom; None for a normal statistic.
        p_value: How often chance alone gives a statistic at least as extreme.
        method: Which test it is.
        reason: Why it cannot be given; empty otherwise.
    """

    statistic: float | None
    df: float | None
    p_value: float | None
    method: str
    reason: str = ""

    @classmethod
    def normal(cls, z: float, method: str) -> SignificanceTest:
        """A two-sided test of a standard normal statistic."""
        return cls(z, None, normal_tails(z), method)

    @classmethod
    def student(cls, t: float, df: float, method: str) -> SignificanceTest:
        """A two-sided test of Student's t."""
        return cls(t, df, t_tails(t, df), method)

    def as_estimate(self) -> Estimate:
        """The p value as a figure of a table."""
        return Estimate(self.p_value, method=self.method, reason=self.reason)

    def __str__(self) -> str:
        if self.statistic is None or self.p_value is None:
            return f"not given: {self.reason}"
        df = "" if self.df is None else f", df {self.df:g}"
        return f"{self.statistic:.3f}{df}, p {self.p_value:.3g}"


def likelihood_ratio(smaller: float, larger: float, df: int) -> SignificanceTest:
    """The likelihood-ratio test of two nested models.

    Args:
        smaller: Log-likelihood of the model with fewer parameters.
        larger: That of the other.
        df: How many parameters more it has.
    """
    statistic = max(0.0, 2.0 * (larger - smaller))
    return SignificanceTest(statistic, df, chi_squared_tail(statistic, df), "likelihood ratio")


def check_confidence(confidence: float) -> float:
    """A confidence, if it is one.

    Raises:
        InputError: It is no number between 0 and 1.
    """
    given: Any = confidence
    if isinstance(given, bool | np.bool_) or not isinstance(given, numbers.Real):
        raise InputError(
            Issue("malformed", ("confidence",), "confidence must be a number, such as 0.95")
        )
    if not 0.0 < confidence < 1.0:
        raise InputError(Issue("out_of_range", (), "confidence must lie between 0 and 1"))
    return confidence


def quantile_of(confidence: float) -> float:
    """The normal quantile of a two-sided interval."""
    return normal_quantile(0.5 + check_confidence(confidence) / 2.0)


def _check_count(count: int, n: int) -> None:
    if not 0 <= count <= n:
        raise InputError(Issue("out_of_range", (), "count must be from 0 to n"))


def wilson_interval(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The score interval of Wilson (1927) for a proportion.

    Args:
        count: How many of ``n``.
        n: How many altogether; with 0 nothing is known, and the interval is 0 to 1.
        confidence: Between 0 and 1.

    Returns:
        Lower and upper limit, proportions from 0 to 1.

    Raises:
        InputError: ``count`` is not from 0 to ``n``, or the confidence not between 0 and 1.

    Examples:
        >>> low, high = wilson_interval(10, 100)
        >>> round(low, 4), round(high, 4)
        (0.0552, 0.1744)
    """
    z = quantile_of(confidence)
    _check_count(count, n)
    if n == 0:
        return 0.0, 1.0
    share = count / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    low = 0.0 if count == 0 else (centre - spread) / below
    high = 1.0 if count == n else (centre + spread) / below
    return low, high


def clopper_pearson_interval(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson (1934) for a proportion.

    Args:
        count: How many of ``n``.
        n: How many altogether.
        confidence: Between 0 and 1.

    Raises:
        InputError: As for `wilson_interval`.
    """
    tail = (1.0 - check_confidence(confidence)) / 2.0
    _check_count(count, n)
    low = 0.0 if count == 0 else beta_quantile(tail, count, n - count + 1)
    high = 1.0 if count == n else beta_quantile(1.0 - tail, count + 1, n - count)
    return low, high


def byar_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Byar's approximate interval for a Poisson count (Breslow and Day 1987).

    Examples:
        >>> low, high = byar_interval(65)
        >>> round(low, 3), round(high, 3)
        (50.163, 82.849)
    """
    z = quantile_of(confidence)
    _check_count(count, count)
    above = count + 1
    low = 0.0 if count == 0 else count * (1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    return low, above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact interval for a Poisson count (Garwood 1936)."""
    tail = (1.0 - check_confidence(confidence)) / 2.0
    _check_count(count, count)
    low = 0.0 if count == 0 else gamma_quantile(tail, count)
    return low, gamma_quantile(1.0 - tail, count + 1)


_PROPORTIONS: dict[str, tuple[str, Callable[[int, int, float], tuple[float, float]]]] = {
    "wilson": ("Wilson", wilson_interval),
    "clopper-pearson": ("Clopper-Pearson", clopper_pearson_interval),
}


def proportion(
    count: int, n: int, confidence: float = 0.95, method: str = "wilson", nobody: str = "nobody"
) -> Estimate:
    """A share with its interval.

    Args:
        count: How many of ``n``.
        n: How many altogether; with 0 the estimate is not given.
        confidence: Between 0 and 1.
        method: ``wilson`` or ``clopper-pearson``.
        nobody: Who there are none of, for the reason.

    Raises:
        InputError: As for `wilson_interval`.
        UnknownNameError: There is no such method.
    """
    if method not in _PROPORTIONS:
        raise UnknownNameError("interval of a proportion", method, _PROPORTIONS)
    name, interval = _PROPORTIONS[method]
    if n == 0:
        return Estimate(None, method=name, reason=f"there is {nobody}")
    return Estimate(count / n, *interval(count, n, confidence), method=name)


def proportion_difference(
    one: tuple[int, int], two: tuple[int, int], confidence: float = 0.95
) -> Estimate:
    """A share less another, of other people, with Newcombe's interval (1998, method 10).

    Args:
        one: How many, and of how many.
        two: The same of those that are taken off.
        confidence: Between 0 and 1.
    """
    method = "Newcombe"
    if not one[1] or not two[1]:
        return Estimate(None, method=method, reason="there is nobody in one of the two")
    p, q = one[0] / one[1], two[0] / two[1]
    (p_low, p_high), (q_low, q_high) = (wilson_interval(*x, confidence) for x in (one, two))
    value = p - q
    low = value - math.hypot(p - p_low, q_high - q)
    return Estimate(value, low, value + math.hypot(p_high - p, q - q_low), method)
