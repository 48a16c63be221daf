"""Distribution functions that the intervals need: beta, gamma, chi-squared, Student's t.

NumPy has none of them. Each is accurate to about 1e-12 for the arguments that occur here; the
tests compare them with SciPy.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "beta_quantile",
    "chi_squared_quantile",
    "chi_squared_tail",
    "gamma_quantile",
    "normal_quantile",
    "normal_tails",
    "t_tails",
]

_TINY = 1e-300
_SMALL = 1e-16
_MOST_STEPS = 100_000


def normal_quantile(probability: float) -> float:
    """The quantile of the standard normal distribution."""
    return NormalDist().inv_cdf(probability)


def normal_tails(z: float) -> float:
    """The probability of being at least as far from 0 as ``z``, on both sides."""
    return math.erfc(abs(z) / math.sqrt(2.0))


def chi_squared_tail(x: float, df: int) -> float:
    """The probability that a chi-squared variable exceeds ``x``."""
    if x <= 0.0:
        return 1.0
    if df == 1:
        return math.erfc(math.sqrt(x / 2.0))
    if df == 2:
        return math.exp(-x / 2.0)
    return 1.0 - _gamma_below(df / 2.0, x / 2.0) if x < df + 2 else _gamma_above(df / 2.0, x / 2.0)


def chi_squared_quantile(probability: float, df: int) -> float:
    """The quantile of a chi-squared variable."""
    return 2.0 * gamma_quantile(probability, df / 2.0)


def t_tails(t: float, df: float) -> float:
    """The probability of being at least as far from 0 as ``t``, on both sides, for Student's t."""
    if abs(t) < 1.0:  # df / (df + t²) is then too near 1 for a double to tell how near
        return 1.0 - _beta_below(0.5, df / 2.0, t * t / (df + t * t))
    return _beta_below(df / 2.0, 0.5, df / (df + t * t))


def beta_quantile(probability: float, a: float, b: float) -> float:
    """The quantile of a beta variable."""
    return _root(lambda x: _beta_below(a, b, x) - probability, 0.0, 1.0)


def gamma_quantile(probability: float, shape: float) -> float:
    """The quantile of a gamma variable of scale 1."""
    high = shape + 10.0
    while _gamma_distribution(shape, high) < probability:
        high *= 2.0
    return _root(lambda x: _gamma_distribution(shape, x) - probability, 0.0, high)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function crosses 0: halving, until no double lies between."""
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high) or high - low < 1e-15 * max(abs(middle), _TINY):
            return middle
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle


def _gamma_distribution(shape: float, x: float) -> float:
    if x <= 0.0:
        return 0.0
    return _gamma_below(shape, x) if x < shape + 1 else 1.0 - _gamma_above(shape, x)


def _gamma_below(shape: float, x: float) -> float:
    """The regularised lower incomplete gamma function, by its series."""
    term = total = 1.0 / shape
    for n in range(1, _MOST_STEPS):
        term *= x / (shape + n)
        total += term
        if term < total * _SMALL:
            break
    return total * math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _gamma_above(shape: float, x: float) -> float:
    """The regularised upper incomplete gamma function, by its continued fraction."""
    b = x + 1.0 - shape
    c, d = 1.0 / _TINY, 1.0 / b
    found = d
    for n in range(1, _MOST_STEPS):
        a = n * (shape - n)
        b += 2.0
        d = 1.0 / _away_from_zero(a * d + b)
        c = _away_from_zero(b + a / c)
        found *= c * d
        if abs(c * d - 1.0) < _SMALL * 10:
            break
    return found * math.exp(shape * math.log(x) - x - math.lgamma(shape))


def _beta_below(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _beta_below(b, a, 1.0 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return front * _beta_fraction(a, b, x) / a


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0))
    found = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + term * d)
            c = _away_from_zero(1.0 + term / c)
            found *= c * d
        if abs(c * d - 1.0) < _SMALL * 10:
            break
    return found


def _away_from_zero(x: float) -> float:
    return x if abs(x) > _TINY else _TINY
