"""The sum of a scorecard's terms in SQL, and the percentage it stands for.

A term whose features take few values is written as the steps of its weight, whatever arithmetic
gave them. The others are written as their formulas, with doubles of full digits.

Python multiplies odds, SQL adds log-odds. Both round, and so differ by some 1e-13. That matters
only where a sum lies that near to a place at which the percentage rises. There, within `margin`,
SQL gives no percentage but the issue `UNDECIDED`.
"""

from __future__ import annotations

import math
from functools import singledispatch
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.errors import Issue, TableError
from riskbands.instruments.sql.expressions import Value, bound, listed, null, raw
from riskbands.instruments.sql.thresholds import rises
from riskbands.scorecards import terms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from riskbands._options import Link
    from riskbands.arithmetic.percent import Percent
    from riskbands.scorecards.numbers import Numbers
    from riskbands.scorecards.terms import Between, Term

    Domain = Callable[[str], tuple[int, int]]
    Read = Callable[[str], Any]

__all__ = [
    "UNDECIDED",
    "greatest_difference",
    "margin_of",
    "percentage",
    "points_sum",
    "weighted_sum",
]

#: Where rounding could decide the percentage.
UNDECIDED = Issue(
    "undecided",
    (),
    "the score lies so near to the next percentage that SQL's rounding could decide: score this "
    "row with riskbands",
)
_UNIT = 2.0**-53
#: The least margin. The hundredths of a percentage begin, in Python, within 1e-12 of the log-odds
#: that SQL uses: near 100 % a double tells them apart no better.
_LEAST_MARGIN = 2.0**-38
#: The most entries a term's weight is listed by.
_MOST_STEPS = 4096


def greatest_difference(
    form_terms: Sequence[Term], numbers: Numbers, domain: Domain, most: float
) -> float:
    """A number by which the log-odds of SQL and of Python cannot differ.

    Args:
        form_terms: The terms.
        numbers: Their numbers.
        domain: Least and greatest value of a feature.
        most: Greatest intercept, without its sign.

    Each of ``n`` terms is worked out with at most 16 roundings of numbers no greater than its
    ``size``, a logarithm counted as four; adding up rounds ``n`` times. Python rounds as often, and
    its exponentials, products and their logarithm add less than 64 roundings of numbers near 1.
    """
    sizes = [_size(term, numbers, domain) for term in form_terms]
    total = most + sum(sizes)
    return 2.0 * _UNIT * (total * (len(sizes) + 17) + 32)


def margin_of(difference: float) -> float:
    """How near to a threshold rounding could decide, and as much again."""
    return max(_LEAST_MARGIN, 2.0 * difference)


def _size(term: Term, numbers: Numbers, domain: Domain) -> float:
    """A number no part of the term's arithmetic is greater than."""
    x = _arrays(term.features, domain)
    size = float(np.abs(term.weigh(numbers, x)).max())
    if isinstance(term, terms.Polynomial | terms.StepsOrPolynomial):
        most = max(map(abs, domain(term.feature)))
        keys = [f"{term.key}_{s}" for s in ("male", "female")] if term.by_sex else [term.key]
        for key in keys:
            if numbers.is_list(key):
                powers = enumerate(numbers.sequence(key), start=1)
                size = max(size, sum(abs(c) * float(most) ** k for k, c in powers))
    return size


def _arrays(features: Sequence[str], domain: Domain) -> dict[str, Any]:
    """Every value of each feature, along an axis of its own."""
    x = {}
    for axis, name in enumerate(features):
        low, high = domain(name)
        shape = [1] * len(features)
        shape[axis] = high - low + 1
        x[name] = np.arange(low, high + 1, dtype=np.int64).reshape(shape)
    return x


def _count(low: int, high: int) -> int:
    return high - low + 1


# -- the weight of a term --------------------------------------------------------------------


@attrs.frozen
class _Weigher:
    """Writes the weight of terms: doubles, or whole points."""

    numbers: Numbers
    domain: Domain
    read: Read
    points: bool = False

    def number(self, weight: float) -> Any:
        """A weight as it is written.

        Raises:
            TableError: A factor has points with a fraction, which only together are whole.
        """
        if self.points and weight != round(weight):
            raise TableError(
                f"{self.numbers.table.id}: the points of a factor have a fraction, for which there "
                "is no SQL"
            )
        return round(weight) if self.points else float(weight)

    def term(self, term: Term) -> Any:
        """The weight of a term."""
        count = math.prod(_count(*self.domain(f)) for f in term.features)
        formula = _formula.dispatch(type(term))
        if formula is not _formula.dispatch(object) and count > 3:
            written = formula(term, self)
            if written is not None:
                return written
        return self.steps(term)

    def steps(self, term: Term) -> Any:
        """The weight as it steps along its features."""
        features = sorted(term.features, key=lambda f: _count(*self.domain(f)))
        x = _arrays(features, self.domain)
        shape = [v.size for v in x.values()]
        weights = np.broadcast_to(term.weigh(self.numbers, x), shape)
        return self._along(features, weights)

    def _along(self, features: Sequence[str], weights: Any) -> Any:
        if not features:
            return self.number(float(weights))
        name, *rest = features
        low, _ = self.domain(name)
        value = self.read(name)
        runs = []
        place = low
        for _, run in groupby(list(weights), key=lambda w: np.asarray(w).tobytes()):
            same = list(run)
            place += len(same)
            runs.append((place - 1, self._along(rest, same[0])))
        if len(runs) > _MOST_STEPS:
            raise TableError(f"{name} has too many steps to be listed in SQL")
        if len(runs) == 1:
            return runs[0][1]
        kind = "whole" if self.points else "double"
        return listed([(value <= last, weight) for last, weight in runs[:-1]], runs[-1][1], kind)

    def chosen(self, term: Any, of_key: Callable[[str], Any]) -> Any:
        """The weight by sex, and where the conditions of the term hold."""
        if term.by_sex:
            male, female = (of_key(f"{term.key}_{s}") for s in ("male", "female"))
            weight: Any = listed([(self.read("sex") == 1, female)], male, "double")
        else:
            weight = of_key(term.key)
        holds: Any = True
        for condition in term.when:
            holds = holds & self._holds(condition) if holds is not True else self._holds(condition)
        return weight if holds is True else listed([(holds, weight)], 0.0, "double")

    def _holds(self, condition: Between) -> Any:
        low, high = self.domain(condition.feature)
        value = self.read(condition.feature)
        if condition.low == condition.high:
            return value == condition.low
        tests = [value >= condition.low] if condition.low > low else []
        tests += [value <= condition.high] if condition.high < high else []
        holds: Any = True
        for test in tests:
            holds = test if holds is True else holds & test
        return holds


@singledispatch
def _formula(term: Any, write: _Weigher) -> Any:
    """The weight of a term as a formula, or None where its steps are listed."""
    return None


@_formula.register
def _(term: terms.PerUnit, write: _Weigher) -> Any:
    value = write.read(term.feature)
    if write.points:
        factor = write.numbers.number(term.key) * term.scale
        if term.by_sex or term.when or factor != round(factor):
            return None
        return value * round(factor)
    return write.chosen(term, lambda key: value * (write.numbers.number(key) * term.scale))


@_formula.register
def _(term: terms.Polynomial, write: _Weigher) -> Any:
    if write.points:
        return None
    value = write.read(term.feature)

    def horner(key: str) -> Any:
        first, *others = reversed(write.numbers.sequence(key))
        total: Any = value * first
        for c in others:
            total = (total + c) * value
        return total

    return write.chosen(term, horner)


@_formula.register
def _(term: terms.LogRate, write: _Weigher) -> Any:
    if write.points:
        return None
    offset = write.numbers.positive(term.offset_key)
    count = write.read(term.count)
    years = write.read(term.years)
    least, _ = write.domain(term.years)
    # A value that is not valid may be anything, and its logarithm could make the whole query fail.
    text = f"LN(GREATEST({{0}}, 1) / (GREATEST({{1}}, {least}) + {{2}}))"
    rate = raw(text, "double", count, years, offset)
    power = raw(" * ".join(["{0}"] * term.power), "double", rate) if term.power > 1 else rate
    return write.chosen(term, lambda key: power * write.numbers.number(key))


def weighted_sum(form_terms: Sequence[Term], numbers: Numbers, domain: Domain, read: Read) -> Value:
    """The log-odds of terms, without an intercept."""
    write = _Weigher(numbers, domain, read)
    return Value("sum", tuple([(t.name, write.term(t)) for t in form_terms]), "double")


def points_sum(form_terms: Sequence[Term], numbers: Numbers, domain: Domain, read: Read) -> Value:
    """The points of terms."""
    write = _Weigher(numbers, domain, read, points=True)
    return Value("sum", tuple([(t.name, write.term(t)) for t in form_terms]), "whole")


# -- from log-odds to the percentage ---------------------------------------------------------


@attrs.frozen
class _Hundredths:
    """Where each hundredth of a percentage begins, as a number and as SQL over its number.

    Attributes:
        begins: Of a hundredth from 1 to 10000.
        text: The same, of hundredth ``{0}``.
        ends: Where hundredth ``{0}`` ends, also for numbers that are none.
    """

    begins: Callable[[int], float]
    text: str
    ends: str


#: The hundredth ``k`` begins at a probability of ``(k - 0.5) / 10000``.
_HUNDREDTHS: Final[Mapping[Link, _Hundredths]] = {
    "logistic": _Hundredths(
        lambda k: math.log((2 * k - 1) / (20_001 - 2 * k)),
        "LN((2 * {0} - 1) / CAST(20001 - 2 * {0} AS $double))",
        "LN((2 * {0} + 1) / CAST(GREATEST(19999 - 2 * {0}, 1) AS $double))",
    ),
    "survival": _Hundredths(
        lambda k: math.log(-math.log((20_001 - 2 * k) / 20_000)),
        "LN(-LN((20001 - 2 * {0}) / CAST(20000 AS $double)))",
        "LN(-LN(GREATEST(19999 - 2 * {0}, 1) / CAST(20000 AS $double)))",
    ),
}


def percentage(
    rule: Percent, place: Value, margin: float, name: str, link: Link = "logistic"
) -> Any:
    """The reported percentage in units of its last digit, NULL where SQL cannot tell it.

    Args:
        rule: How it is rounded.
        place: Log-odds; for the link ``survival`` the logarithm of a cumulative hazard.
        margin: How near to a place at which the percentage rises SQL cannot tell it.
        name: The name of its column.
        link: The link.
    """
    if rule.digits == 0:
        return bound(_whole(rule, place, margin, link), name)
    if rule.digits == 2 and rule.lowest == 0 and rule.highest in (9_999, 10_000):
        return bound(_hundredths(rule, place, margin, name, _HUNDREDTHS[link]), name)
    raise TableError(f"a percentage of {rule.text} is not written in SQL")


def _whole(rule: Percent, place: Value, margin: float, link: Link) -> Any:
    """A line for each percentage: where it begins, and where the one before it surely ends."""
    cases: list[tuple[Any, Any]] = []
    for units, begins in rises(rule, link):
        cases.append((place < begins - margin, units - 1))
        cases.append((place < begins + margin, null("whole")))
    return listed(cases, rule.highest, "whole")


def _hundredths(
    rule: Percent, place: Value, margin: float, name: str, hundredths: _Hundredths
) -> Any:
    """One digit after the other, by the places at which the hundredths begin.

    The digits are those of the sum less the margin; they hold if the sum and the margin stay below
    the next hundredth.
    """
    under = bound(place - margin, f"{name}_under")
    found: Any = 0
    for digit in (1000, 100, 10, 1):
        steps = [digit * n for n in range(1, 10)]
        if digit == 1 and rule.highest == 10_000:
            steps.append(10)
        cases = [(under < _begins(hundredths, found + step), step - digit) for step in steps]
        digit_value = listed(cases, steps[-1], "whole")
        found = bound(found + digit_value, f"{name}_{digit}")
    sure = (found == rule.highest) | (place + margin < raw(hundredths.ends, "double", found))
    return listed([(sure, found)], null("whole"), "whole")


def _begins(hundredths: _Hundredths, hundredth: Any) -> Any:
    """Where a hundredth from 1 to 10000 begins."""
    if isinstance(hundredth, int):
        return hundredths.begins(hundredth)
    return raw(hundredths.text, "double", hundredth)
