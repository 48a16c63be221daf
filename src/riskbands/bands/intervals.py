"""Intervals of the real line, the cuts between them, and what rounding does to a cut.

A band is an interval of scores; where two bands meet lies a *cut*. Everything the library says
about an edge (which band a double, a whole number or a Decimal falls in, the SQL, the pictures)
comes from the cut alone, so it is worked out here once and exactly.
"""

from __future__ import annotations

import enum
import functools
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

import attrs

from riskbands._byfields import ByFields
from riskbands._patterns import pattern
from riskbands.errors import TableError, UnknownNameError

__all__ = ["INFINITY", "Closed", "Cut", "Exact", "Interval", "Rounding", "RoundingMode", "plain"]

#: Numbers that are compared at their exact value.
Exact: TypeAlias = int | Decimal | Fraction

INFINITY: Final = Decimal("Infinity")
#: An edge has an exponent of three digits at most.
_MOST_EXPONENT: Final = 1000
_NUMBER: Final = pattern(r"[+-]?(\d+\.?\d*(e[+-]?\d{1,3})?|\.\d+|inf(inity)?)", re.I | re.A)
_INTERVAL: Final = pattern(r"\s*([\[(])\s*([^,\s]+)\s*,\s*([^,\s]+)\s*([\])])\s*")


_Member = TypeVar("_Member", bound=enum.Enum)


def member(kind: type[_Member], value: object) -> _Member:
    """The member of an enum with this value; others are refused with the nearest suggested."""
    try:
        return kind(value)
    except ValueError:
        known = [str(member.value) for member in kind]
        raise UnknownNameError(kind.__name__.lower(), str(value), known) from None


class Closed(enum.Enum):
    """Which ends belong to an interval."""

    LOWER = "lower"
    """``[a, b)``: the lower end belongs to it, the upper to the next."""
    UPPER = "upper"
    """``(a, b]``: the upper end belongs to it, the lower to the one before."""
    BOTH = "both"
    """``[a, b]``"""
    NEITHER = "neither"
    """``(a, b)``"""

    @classmethod
    def of(cls, *, lower: bool, upper: bool) -> Closed:
        """The member for which ends are closed."""
        if lower:
            return cls.BOTH if upper else cls.LOWER
        return cls.UPPER if upper else cls.NEITHER

    @property
    def lower(self) -> bool:
        """Whether the lower end belongs to the interval."""
        return self in (Closed.LOWER, Closed.BOTH)

    @property
    def upper(self) -> bool:
        """Whether the upper end belongs to the interval."""
        return self in (Closed.UPPER, Closed.BOTH)


def as_closed(value: Closed | str) -> Closed:
    """The member of `Closed`, or the one with this value."""
    return member(Closed, value)


class RoundingMode(enum.Enum):
    """How a score is rounded before it is banded."""

    HALF_UP = "half_up"
    """To the nearest, ties away from zero, on the exact value."""


@attrs.frozen(eq=False, repr=False)
class Rounding(ByFields):
    """A rounding before banding.

    Attributes:
        digits: Decimals kept, 0 or more.
        mode: The rule; half up is the only one the instruments use.
    """

    digits: int = attrs.field()
    mode: RoundingMode = attrs.field(
        default=RoundingMode.HALF_UP, validator=attrs.validators.instance_of(RoundingMode)
    )

    @digits.validator
    def _check(self, attribute: object, value: object) -> None:
        if type(value) is not int or not 0 <= value <= 15:
            raise TableError("rounding digits must be a whole number from 0 to 15")

    def __str__(self) -> str:
        """In words: ``half up to 2 decimals``."""
        words = {0: "a whole number", 1: "1 decimal"}
        return f"half up to {words.get(self.digits, f'{self.digits} decimals')}"


def plain(number: Decimal) -> str:
    """The shortest plain notation: no exponent, no trailing zero, ``inf`` for infinity."""
    if number.is_infinite():
        return "inf" if number > 0 else "-inf"
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def as_decimal(value: object) -> Decimal:
    """An edge as a Decimal; infinities are allowed, floats are not.

    Raises:
        TableError: ``value`` is no whole number, Decimal or text of a number. A float is refused
            because what was printed as 6.9 is not the number the float 6.9 holds.
    """
    if isinstance(value, bool | float):
        hint = " (write 6.9 as the text '6.9')" if isinstance(value, float) else ""
        raise TableError(f"an edge cannot be a {type(value).__name__}{hint}")
    if type(value) is Decimal and not value.is_nan() and abs(value.adjusted()) < _MOST_EXPONENT:
        return value
    if isinstance(value, int | Decimal | str):
        text = str(value).strip().replace("∞", "inf")
        if (text.isascii() and text.isdigit()) or _NUMBER.fullmatch(text):
            return Decimal(text)
    raise TableError("an edge must be a whole number, a Decimal, or the text of a number")


@functools.total_ordering
@attrs.frozen(eq=False, repr=False)
class Cut(ByFields):
    """A place that divides the real line into the numbers before it and those past it.

    Attributes:
        value: Where the cut is.
        inclusive: True when ``value`` itself is past the cut.
    """

    value: Decimal
    inclusive: bool

    def __lt__(self, other: Cut) -> bool:
        return (self.value, not self.inclusive) < (other.value, not other.inclusive)

    def passed_by(self, x: float | Exact) -> bool:
        """Whether ``x`` is past the cut; compared exactly."""
        if isinstance(x, Fraction):
            if self.value.is_infinite():
                return self.value < 0
            value: Decimal | Fraction = Fraction(self.value)
            return x >= value if self.inclusive else x > value
        return x >= self.value if self.inclusive else x > self.value

    def first_double(self) -> float:
        """The smallest double past the cut (infinity when no finite one is)."""
        x = float(self.value)
        while x < math.inf and not self.passed_by(Decimal.from_float(x)):
            x = math.nextafter(x, math.inf)
        return x

    def first_int(self) -> int | None:
        """The smallest whole number past the cut; None past all of them, or past none."""
        if self.value.is_infinite():
            return None
        numerator, denominator = self.value.as_integer_ratio()
        floor, rest = divmod(numerator, denominator)
        return floor if self.inclusive and not rest else floor + 1

    def scaled(self, places: int) -> Cut:
        """The cut for scores multiplied by ``10**places``."""
        if self.value.is_infinite():
            return self
        return Cut(_shifted(self.value, places), self.inclusive)

    def before_rounding(self, rounding: Rounding | None) -> Cut:
        """The cut on the score as given that this cut on the rounded score amounts to.

        With a rounding it is the exact place from which numbers round past this cut: half a unit
        below the first rounded value past it, where the tie goes away from zero.

        Without one an edge stands for the decimal printed *and* for the double nearest to it:
        software tests ``p < 0.03`` on doubles, and the double 0.03 is a little less than 0.03.
        Both belong to the edge, so the cut moves to the outer of the two.
        """
        if self.value.is_infinite():
            return self
        if rounding is None:
            double = Decimal.from_float(float(self.value))
            outer = min(self.value, double) if self.inclusive else max(self.value, double)
            return Cut(outer, self.inclusive) if double.is_finite() else self
        shift = rounding.digits
        units = Cut(_shifted(self.value, shift), self.inclusive).first_int()
        assert units is not None
        return Cut(_shifted(Decimal((2 * units - 1) * 5), -shift - 1), units > 0)


def _shifted(number: Decimal, places: int) -> Decimal:
    """``number * 10**places``, free of the decimal context."""
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    return Decimal((sign, digits, exponent + places))


@attrs.frozen(eq=False, repr=False)
class Interval(ByFields):
    """An interval of the real line with exact ends; an unbounded end is an open infinity.

    Attributes:
        lower: Lower end.
        upper: Upper end.
        closed: Which ends belong to it.
    """

    lower: Decimal = attrs.field(converter=as_decimal)
    upper: Decimal = attrs.field(converter=as_decimal)
    closed: Closed = attrs.field(default=Closed.LOWER, converter=as_closed)

    def __attrs_post_init__(self) -> None:
        ends = ((self.lower, self.closed.lower), (self.upper, self.closed.upper))
        if any(end.is_infinite() and closed for end, closed in ends):
            raise TableError(f"{self}: an infinite end cannot belong to an interval")
        if not self.start < self.end:
            raise TableError(f"{self} holds no number: its lower end must come first")

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read interval notation such as ``[3, 6.9)`` or ``[6.9, inf)``."""
        match = _INTERVAL.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise TableError("an interval is written like '[3, 6.9)': bracket, two ends, bracket")
        left, lower, upper, right = match.groups()
        return cls(lower, upper, Closed.of(lower=left == "[", upper=right == "]"))

    @classmethod
    def between(cls, start: Cut, end: Cut) -> Interval:
        """The numbers past ``start`` and not past ``end``."""
        closed = Closed.of(lower=start.inclusive, upper=not end.inclusive)
        return cls(start.value, end.value, closed)

    @property
    def start(self) -> Cut:
        """The cut at its lower end."""
        return Cut(self.lower, self.closed.lower)

    @property
    def end(self) -> Cut:
        """The cut at its upper end."""
        return Cut(self.upper, not self.closed.upper)

    def __contains__(self, x: float | Exact) -> bool:
        if x != x:  # NaN is in no interval and cannot be ordered.
            return False
        return self.start.passed_by(x) and not self.end.passed_by(x)

    def __str__(self) -> str:
        left, right = "[" if self.closed.lower else "(", "]" if self.closed.upper else ")"
        return f"{left}{plain(self.lower)}, {plain(self.upper)}{right}"
