"""The named rules: how most features are derived, as `riskbands.vocabulary.expressions`."""

from __future__ import annotations

import operator
from functools import reduce
from typing import TYPE_CHECKING, Final

from riskbands.vocabulary.expressions import Argument, Call, Constant, Flag, If, as_expression

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from riskbands.vocabulary.expressions import Expression

__all__ = [
    "all_of",
    "any_of",
    "arguments",
    "at_least",
    "capped",
    "completed_months",
    "completed_years",
    "day_of_month",
    "first_match",
    "how_many",
    "how_many_yes",
    "lower_of",
    "total",
]

#: Parts joined one after the other; more are joined in groups.
_TOGETHER: Final = 64


def arguments(count: int) -> tuple[Argument, ...]:
    """The first ``count`` arguments of a rule."""
    return tuple(Argument(place) for place in range(count))


def completed_years(earlier: Expression, later: Expression) -> Expression:
    """Completed years from one packed date to another."""
    return Call("completed_years", (earlier, later))


def completed_months(earlier: Expression, later: Expression) -> Expression:
    """Completed months from one packed date to another."""
    return Call("completed_months", (earlier, later))


def day_of_month(date: Expression) -> Expression:
    """The day of the month of a packed date."""
    return Call("day_of_month", (date,))


def lower_of(x: Expression, y: Expression | int) -> Expression:
    """The lower of two numbers."""
    return Call("lower_of", (x, as_expression(y)))


def capped(x: Expression, limit: int) -> Expression:
    """A number, and the limit where it is more."""
    return lower_of(x, limit)


def at_least(x: Expression, least: int) -> Expression:
    """1 where a number is at least so much, else 0."""
    return Flag(x >= least)


def total(*parts: Expression) -> Expression:
    """The sum."""
    return _joined(parts, operator.add)


def how_many(*conditions: Expression) -> Expression:
    """How many conditions hold."""
    return total(*(Flag(c) for c in conditions))


def how_many_yes(*flags: Expression) -> Expression:
    """How many 0/1 answers are 1."""
    return how_many(*(f.equals(1) for f in flags))


def all_of(*conditions: Expression) -> Expression:
    """Whether all conditions hold."""
    return _joined(conditions, operator.and_)


def any_of(*conditions: Expression) -> Expression:
    """Whether any condition holds."""
    return _joined(conditions, operator.or_)


def _joined(
    parts: Sequence[Expression], join: Callable[[Expression, Expression], Expression]
) -> Expression:
    """Parts joined from left to right, many of them in groups: Python nests 200 deep at most."""
    while len(parts) > _TOGETHER:
        parts = [reduce(join, parts[n : n + _TOGETHER]) for n in range(0, len(parts), _TOGETHER)]
    return reduce(join, parts)


def first_match(cases: tuple[tuple[Expression, int], ...], otherwise: int) -> Expression:
    """The value of the first condition that holds, or another where none does."""
    result: Expression = Constant(otherwise)
    for condition, value in reversed(cases):
        result = If(condition, Constant(value), result)
    return result
