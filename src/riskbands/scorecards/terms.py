"""The few kinds of term a scorecard is made of.

A term reads one to three features (small whole numbers), takes its numbers from a coefficient
table and gives a weight: log-odds for a regression, points for a points scale. It is weighed on
arrays, once, over the whole domain of its features (`riskbands.scorecards.compiled` tabulates it),
and on single values to explain a score. No other place has the arithmetic of a predictor.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np

from riskbands._byfields import ByFields
from riskbands.arithmetic.rounding import half_up_units

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from numpy.typing import NDArray

    from riskbands.scorecards.numbers import Numbers

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = [
    "Between",
    "Indicator",
    "LevelList",
    "Log",
    "LogRate",
    "Lookup",
    "PerUnit",
    "Polynomial",
    "RoundedSum",
    "Steps",
    "StepsOrPolynomial",
    "Term",
    "parse_range",
]

_SEXES = ("male", "female")


class Term(Protocol):
    """What a scorecard needs of a term."""

    @property
    def name(self) -> str:
        """The factor, as explanations call it."""

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features it reads."""

    def weigh(self, numbers: Numbers, x: Mapping[str, Ints]) -> Floats:
        """Weights for arrays of feature values (broadcast together)."""


@attrs.frozen(eq=False, repr=False)
class Between(ByFields):
    """A condition: the feature lies between ``low`` and ``high``, both included."""

    feature: str
    low: int
    high: int = 2**31

    def holds(self, x: Mapping[str, Ints]) -> NDArray[np.bool_]:
        """Elementwise truth."""
        value = x[self.feature]
        return (value >= self.low) & (value <= self.high)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class _Base(ByFields):
    """Numbers of the table (by sex or not) turned into weights, where the conditions hold.

    Attributes:
        name: The factor, as explanations call it.
        key: Where its numbers stand in the section of the table; ``/`` goes one table down. By
            sex, ``_male`` and ``_female`` are added.
        by_sex: Whether the numbers differ by sex.
        when: Conditions; elsewhere the weight is 0.
        of_one: The condition among these that is a category, where each other category has a term
            of its own like this one.
    """

    name: str
    key: str
    by_sex: bool = False
    when: tuple[Between, ...] = ()
    of_one: Between | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features it reads, each once."""
        names = [*self._reads(), *(w.feature for w in self.when)]
        return tuple(dict.fromkeys([*names, *(["sex"] if self.by_sex else [])]))

    def weigh(self, numbers: Numbers, x: Mapping[str, Ints]) -> Floats:
        """Weights for arrays of feature values, which must broadcast together."""
        if self.by_sex:
            male, female = (self._weights(numbers, f"{self.key}_{s}", x) for s in _SEXES)
            weights = np.where(x["sex"] == 1, female, male).astype(np.float64, copy=False)
        else:
            weights = np.asarray(self._weights(numbers, self.key, x), dtype=np.float64)
        for condition in self.when:
            weights = np.where(condition.holds(x), weights, 0.0)
        return weights

    def _reads(self) -> tuple[str, ...]:
        return ()

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats | float:
        raise NotImplementedError


class Indicator(_Base):
    """A weight that is given whenever the conditions hold."""

    __slots__ = ()

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats | float:
        return numbers.number(key)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class _OfFeature(_Base):
    """A term of one feature.

    Attributes:
        feature: Its name.
        per: How many units of the feature make 1: 10 where it has one decimal.
    """

    feature: str
    per: int = 1

    def _reads(self) -> tuple[str, ...]:
        return (self.feature,)

    def _value(self, x: Mapping[str, Ints]) -> Floats:
        value = x[self.feature].astype(np.float64)
        return value if self.per == 1 else value / self.per


@attrs.frozen(kw_only=True, eq=False, repr=False)
class PerUnit(_OfFeature):
    """A weight per unit of a feature; an OASys item scored 0 or 2 has ``scale`` 2."""

    scale: int = 1

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        weights: Floats = self._value(x) * (numbers.number(key) * self.scale)
        return weights


class Polynomial(_OfFeature):
    """A polynomial without constant: the sum of ``c[k] * feature ** (k + 1)``."""

    __slots__ = ()

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        value = self._value(x)
        total: Floats = np.zeros(value.shape, dtype=np.float64)
        for k, c in enumerate(numbers.sequence(key), start=1):
            total += c * np.power(value, k, dtype=np.float64)
        return total


class Log(_OfFeature):
    """A weight times the natural logarithm of a feature that is above 0."""

    __slots__ = ()

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        weights: Floats = numbers.number(key) * np.log(self._value(x))
        return weights


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LogRate(_Base):
    """A weight times ``ln(count / (years + offset))``, to a power: the Copas rate."""

    count: str
    years: str
    offset_key: str
    power: int = 1

    def _reads(self) -> tuple[str, ...]:
        return (self.count, self.years)

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        offset = numbers.positive(self.offset_key)
        count = np.maximum(x[self.count], 1).astype(np.float64)
        # In place: the table is large, and new memory for each step takes as long as the step.
        rate: Floats = count / (x[self.years] + offset)
        np.log(rate, out=rate)
        if self.power != 1:
            rate **= self.power
        rate *= numbers.number(key)
        return rate


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Steps(_OfFeature):
    """A weight by range of a feature; the table's keys are ``"18-20"``, ``"3"`` or ``"50+"``.

    The ranges must cover the domain without overlap. ``none_at`` is a value that stands for "not
    recorded" and has weight 0 by declaration.
    """

    none_at: int | None = None

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        value = x[self.feature]
        found = np.zeros(value.shape)
        claimed = np.zeros(value.shape, dtype=np.int64)
        if self.none_at is not None:
            claimed += value == self.none_at
        for text, weight in numbers.mapping(key).items():
            low, high = parse_range(text)
            inside = (value >= low) & (value <= high)
            if low > high or not inside.any():
                numbers.missing.append(f"{key}.{text} (a range of the domain)")
            found[inside] = weight
            claimed += inside
        bad = value[claimed != 1]
        if bad.size and numbers.has(key):
            first, last = bad.min(), bad.max()
            span = f"{first}" if first == last else f"{first} to {last}"
            numbers.missing.append(f"{key} (exactly one range for each of {span})")
        return found


class StepsOrPolynomial(_OfFeature):
    """A weight by range or a polynomial, as the table has it: a table of ranges, or a list."""

    __slots__ = ()

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        kind = Polynomial if numbers.is_list(key) else Steps
        made = kind(name=self.name, key=key, feature=self.feature, per=self.per)
        return made._weights(numbers, key, x)


def parse_range(text: str) -> tuple[float, float]:
    """Both ends, included, of ``"18-20"``, ``"3"`` or ``"50+"``; an empty range for nonsense."""
    match = re.fullmatch(r"(-?\d+)(?:-(-?\d+)|(\+))?", text.replace(" ", ""), re.ASCII)
    if not match:
        return 1, 0
    low = int(match[1])
    return low, math.inf if match[3] else int(match[2] or low)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Lookup(_OfFeature):
    """A weight by category; every category must be in the table, and no other.

    ``groups`` names, for each value of the feature, the entry that holds its weight (several may
    share one), or None where there is no weight by declaration.
    """

    groups: tuple[str | None, ...]

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        by_name = {g: numbers.number(f"{key}/{g}") for g in dict.fromkeys(self.groups) if g}
        weights = np.array([by_name[g] if g else 0.0 for g in self.groups])
        return weights[x[self.feature]]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LevelList(_OfFeature):
    """Points by level 0, 1, 2, as a list."""

    levels: int = 3

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        points = numbers.sequence(key)
        if len(points) != self.levels:
            numbers.missing.append(f"{key} ({self.levels} numbers)")
            points = (0.0,) * self.levels
        return np.array(points)[x[self.feature]]


@attrs.frozen(kw_only=True, eq=False, repr=False)
class RoundedSum(_Base):
    """Whole points: a factor times the sum of features, rounded half up (or up), exactly."""

    summed: tuple[str, ...]
    up: bool = False

    def _reads(self) -> tuple[str, ...]:
        return self.summed

    def _weights(self, numbers: Numbers, key: str, x: Mapping[str, Ints]) -> Floats:
        factor = numbers.fraction(key)
        total: Ints = sum((x[f] for f in self.summed), start=np.zeros(1, dtype=np.int64))
        points = [self._round(factor * n) for n in range(int(total.max()) + 1)]
        return np.array(points, dtype=np.float64)[total]

    def _round(self, value: Fraction) -> int:
        return math.ceil(value) if self.up else half_up_units(value)
