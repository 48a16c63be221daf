"""Rules over small whole numbers, worked out in narrow arrays where nothing can overflow.

How great every number is that a rule works out on its way follows from the ranges of what it
reads. Where all of them fit with room to spare, an array of one or two bytes an entry gives the
same numbers as one of eight, in a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
import numpy as np

from riskbands.arithmetic.truth import take, where
from riskbands.vocabulary.expressions import (
    Argument,
    Binary,
    Constant,
    Expression,
    Flag,
    If,
    LookUp,
    Not,
    Wide,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.vocabulary.feature import Source

__all__ = ["Narrow", "narrowed"]

#: Least and greatest value of an argument.
Range: TypeAlias = "tuple[int, int]"
#: Greatest number, without its sign, for which a dtype is taken: so that the difference of two of
#: them fits too.
_FITS: Final = ((63, np.int8), (16_383, np.int16))


class _UnknownError(Exception):
    """How great a rule's numbers become is not known."""


@attrs.frozen(eq=False)
class Narrow:
    """A source of a feature for narrow arrays.

    Attributes:
        low: Least value of the rule, where its inputs are in their ranges.
        high: Greatest value.
        fields: Fields that it reads themselves.
        dtype: What the arrays of its inputs are made.
        derive: The rule.
        when: The condition, or None.
    """

    low: int
    high: int
    fields: tuple[str, ...]
    dtype: type[np.int8 | np.int16]
    derive: Callable[..., Any]
    when: Callable[..., Any] | None

    def within(self, low: int | None, high: int | None) -> bool:
        """Whether every value of the rule lies from one number to another."""
        return low is not None and high is not None and low <= self.low and self.high <= high

    def arrays(self, values: Sequence[Any]) -> list[Any]:
        """The values of the inputs in this dtype; one number stays as it is."""
        dtype = self.dtype
        return [
            v.astype(dtype) if isinstance(v, np.ndarray) and v.dtype != dtype else v for v in values
        ]


def narrowed(source: Source, ranges: Sequence[Range]) -> Narrow | None:
    """The source for narrow arrays, or None where its numbers may be too great.

    Args:
        source: The source.
        ranges: Least and greatest value of each input.
    """
    try:
        rules = (source.derive,) if source.when is None else (source.derive, source.when)
        numbers = [_numbers(rule, ranges) for rule in rules]
    except _UnknownError:
        return None
    most = max(n[2] for n in numbers)
    low, high, _ = numbers[0]
    for limit, dtype in _FITS:
        if most <= limit:
            instead = {
                "unit": _Unit(dtype), "where": _Choice(dtype), "take": _Taken(dtype), "wide": _same,
            }  # fmt: skip
            derive, *when = (rule.compiled(**instead) for rule in rules)
            if dtype is not np.int8 and max(-low, high) <= _FITS[0][0]:
                derive = _Byte(derive)
            fields = tuple(item[1:] for item in source.inputs if item[0] == ".")
            return Narrow(low, high, fields, dtype, derive, when[0] if when else None)
    return None


@attrs.frozen
class _Byte:
    """A rule whose values fit into a byte, though not all numbers on the way to them do."""

    rule: Callable[..., Any]

    def __call__(self, *values: Any) -> Any:
        found = self.rule(*values)
        wide = isinstance(found, np.ndarray) and found.dtype == np.int16
        return found.astype(np.int8) if wide else found


@attrs.frozen
class _Unit:
    """1, by which a truth is made a number."""

    dtype: type[np.int8 | np.int16]

    def __mul__(self, truth: Any) -> Any:
        if not isinstance(truth, np.ndarray) or truth.dtype != np.bool_:
            return self.dtype(1) * truth
        return truth.view(np.int8) if self.dtype is np.int8 else truth.astype(self.dtype)


@attrs.frozen
class _Choice:
    """As `numpy.where`, for numbers that are small in their dtype."""

    dtype: type[np.int8 | np.int16]

    def __call__(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, bool):
            return a if condition else b
        if condition.dtype != np.bool_:
            condition = condition != 0
        if isinstance(a, int) and isinstance(b, int):
            found = _Unit(self.dtype) * condition
            found = found if a - b == 1 else found * self.dtype(a - b)
            return found + self.dtype(b) if b else found
        a, b = (x if isinstance(x, int) else x.astype(self.dtype, copy=False) for x in (a, b))
        return where(condition, a, b)


@attrs.frozen
class _Taken:
    """As `riskbands.arithmetic.truth.take`, in a dtype that has room for sums of entries."""

    dtype: type[np.int8 | np.int16]

    def __call__(self, table: Any, index: Any) -> Any:
        found = take(table, index)
        return found if isinstance(found, int) else found.astype(self.dtype, copy=False)


def _same(x: Any) -> Any:
    return x


@singledispatch
def _numbers(rule: Expression, ranges: Sequence[Range]) -> tuple[int, int, int]:
    """Least and greatest value of a rule, and the greatest number on the way, without its sign."""
    raise _UnknownError


@_numbers.register
def _(rule: Argument, ranges: Sequence[Range]) -> tuple[int, int, int]:
    low, high = ranges[rule.place]
    return low, high, max(abs(low), abs(high))


@_numbers.register
def _(rule: Constant, ranges: Sequence[Range]) -> tuple[int, int, int]:
    return rule.value, rule.value, abs(rule.value)


@_numbers.register
def _(rule: Wide, ranges: Sequence[Range]) -> tuple[int, int, int]:
    return _numbers(rule.of, ranges)  # What it is for is known not to happen.


@_numbers.register
def _(rule: Binary, ranges: Sequence[Range]) -> tuple[int, int, int]:
    a, b, one = _numbers(rule.left, ranges)
    c, d, other = _numbers(rule.right, ranges)
    match rule.operator:
        case "+":
            low, high = a + c, b + d
        case "-":
            low, high = a - d, b - c
        case "*":
            products = (a * c, a * d, b * c, b * d)
            low, high = min(products), max(products)
        case _:
            low, high = 0, 1
    return low, high, max(one, other, abs(low), abs(high))


@_numbers.register
def _(rule: Not, ranges: Sequence[Range]) -> tuple[int, int, int]:
    return 0, 1, max(1, _numbers(rule.condition, ranges)[2])


@_numbers.register
def _(rule: Flag, ranges: Sequence[Range]) -> tuple[int, int, int]:
    return 0, 1, max(1, _numbers(rule.condition, ranges)[2])


@_numbers.register
def _(rule: If, ranges: Sequence[Range]) -> tuple[int, int, int]:
    condition = _numbers(rule.condition, ranges)[2]
    a, b, one = _numbers(rule.then, ranges)
    c, d, other = _numbers(rule.otherwise, ranges)
    return min(a, c), max(b, d), max(condition, one, other)


@_numbers.register
def _(rule: LookUp, ranges: Sequence[Range]) -> tuple[int, int, int]:
    position = _numbers(rule.of, ranges)[2]
    low, high = min(rule.entries), max(rule.entries)
    return low, high, max(position, abs(low), abs(high))
