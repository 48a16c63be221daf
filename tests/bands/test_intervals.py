"""Intervals, cuts, and what rounding does to a cut."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands.arithmetic.rounding import half_up_units
from riskbands.bands.intervals import (
    INFINITY,
    Closed,
    Cut,
    Interval,
    Rounding,
    RoundingMode,
    as_decimal,
    plain,
)
from riskbands.errors import TableError, UnknownNameError

decimals = st.decimals(-1000, 1000, places=4)
cuts = st.builds(Cut, decimals, st.booleans())


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("[3, 6.9)", [3, Decimal("6.8999"), Fraction(69, 10) - Fraction(1, 10**30)], [6.9, 2]),
        ("(3, 6.9]", [Decimal("6.9"), 4.0], [3, 7, math.nan, Decimal("NaN")]),
        ("[3, 3]", [3, 3.0], [2, 4]),
        ("(-inf, 0)", [-(10**400), -1.0, Fraction(-1, 3)], [0, -0.0, -math.inf, 1]),
        ("[6.9, inf)", [10**400, Decimal("6.9"), Fraction(7)], [math.inf, 6]),
        (" ( 0 ,1e2 ] ", [100], [0, 101]),
        ("(-∞, ∞)", [0, 1e308], [math.inf, -math.inf, math.nan]),
    ],
)
def test_an_interval_holds_exactly_its_numbers(
    text: str, inside: list[Any], outside: list[Any]
) -> None:
    interval = Interval.parse(text)
    assert all(x in interval for x in inside)
    assert not any(x in interval for x in outside)


@given(decimals, decimals, st.sampled_from(Closed))
def test_interval_notation_comes_back(a: Decimal, b: Decimal, closed: Closed) -> None:
    if a < b or (a == b and closed is Closed.BOTH):
        interval = Interval(a, b, closed)
        assert Interval.parse(str(interval)) == interval
        assert Interval.between(interval.start, interval.end) == interval
    else:
        with pytest.raises(TableError, match="holds no number"):
            Interval(a, b, closed)


@pytest.mark.parametrize(
    "bad", ["", "3, 4", "[3; 4]", "[3, 4", "[3, 4, 5]", "[a, 4]", "[, 4]", "[nan, 4)", None, 3]
)
def test_text_that_is_no_interval_is_refused(bad: Any) -> None:
    with pytest.raises(TableError, match=r"interval|edge"):
        Interval.parse(bad)


@pytest.mark.parametrize("bad", ["[-inf, 3)", "(3, inf]", "[0, inf]"])
def test_infinity_belongs_to_no_interval(bad: str) -> None:
    with pytest.raises(TableError, match="infinite end cannot belong"):
        Interval.parse(bad)


def test_closed_names_the_ends() -> None:
    assert [c.lower for c in Closed] == [True, False, True, False]
    assert [c.upper for c in Closed] == [False, True, True, False]
    assert all(Closed.of(lower=c.lower, upper=c.upper) is c for c in Closed)
    with pytest.raises(UnknownNameError, match="did you mean lower"):
        Interval("0", "1", "lowr")


@pytest.mark.parametrize(
    ("edge", "value"),
    [
        *[("6.9", "6.9"), (3, "3"), (" -0.5 ", "-0.5"), (".5", "0.5"), ("1e2", "100"), ("5.", "5")],
        *[("inf", "Infinity"), ("-∞", "-Infinity"), (Decimal("1.50"), "1.5")],
    ],
)
def test_edges_are_read_exactly(edge: Any, value: str) -> None:
    assert as_decimal(edge) == Decimal(value)


@pytest.mark.parametrize(
    "bad", [6.9, True, "six", "", "nan", "1_000", "1,5", None, Decimal("NaN"), "1e9999", "٣"]
)
def test_other_edges_are_refused(bad: Any) -> None:
    with pytest.raises(TableError, match="an edge"):
        as_decimal(bad)


def test_only_a_float_is_told_to_be_text() -> None:
    for bad, message in (
        (True, "an edge cannot be a bool"),
        (6.9, "an edge cannot be a float (write 6.9 as the text '6.9')"),
    ):
        with pytest.raises(TableError) as refusal:
            as_decimal(bad)
        assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("number", "text"),
    [
        *[("6.90", "6.9"), ("3.00", "3"), ("1E+2", "100"), ("0.030", "0.03"), ("-0", "0")],
        *[("-0.00", "0"), ("Infinity", "inf"), ("-Infinity", "-inf"), ("1E-7", "0.0000001")],
    ],
)
def test_numbers_are_shown_plainly(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_a_rounding_is_some_decimals() -> None:
    assert str(Rounding(2)) == "half up to 2 decimals"
    assert str(Rounding(1)) == "half up to 1 decimal"
    assert str(Rounding(0)) == "half up to a whole number"
    assert Rounding(2).mode is RoundingMode.HALF_UP
    bad: Any
    for bad in (-1, 16, 1.0, "2", True, None):
        with pytest.raises(TableError, match="from 0 to 15"):
            Rounding(bad)
    assert Rounding(15).digits == 15
    mode: Any = "half_even"
    with pytest.raises(TypeError):
        Rounding(2, mode)


@given(cuts, cuts)
def test_cuts_are_ordered_as_what_passes_them(a: Cut, b: Cut) -> None:
    assert (a < b) == (
        a.value < b.value or (a.value == b.value and a.inclusive and not b.inclusive)
    )
    if a < b:
        assert a.passed_by(b.value)
        assert not b.passed_by(a.value)


@given(cuts | st.builds(Cut, st.sampled_from([INFINITY, -INFINITY]), st.booleans()))
@example(Cut(Decimal("1e308") * 10, True))
@example(Cut(Decimal("-1e308") * 10, False))
@example(Cut(INFINITY, False))
@example(Cut(-INFINITY, True))
@example(Cut(Decimal("0.1"), True))
@example(Cut(Decimal("0.3"), False))
def test_the_first_double_is_the_smallest_past_the_cut(cut: Cut) -> None:
    first = cut.first_double()
    assert cut.passed_by(Decimal(first)) or first == math.inf
    before = math.nextafter(first, -math.inf)
    assert before == first or not cut.passed_by(Decimal(before))


@given(cuts)
@example(Cut(Decimal(3), True))
@example(Cut(Decimal(3), False))
@example(Cut(Decimal("-2.5"), True))
def test_the_first_whole_number_is_the_smallest_past_the_cut(cut: Cut) -> None:
    first = cut.first_int()
    assert first is not None
    assert cut.passed_by(first)
    assert not cut.passed_by(first - 1)


def test_infinite_cuts_have_no_first_whole_number() -> None:
    assert Cut(INFINITY, True).first_int() is None
    assert Cut(-INFINITY, False).first_int() is None


fractions = st.fractions(-100, 100) | st.builds(Fraction, st.integers(-2000, 2000), st.just(20))


@given(
    st.builds(Cut, st.decimals(-100, 100, places=2), st.booleans()), st.integers(0, 3), fractions
)
@example(Cut(Decimal(0), True), 0, Fraction(-1, 2))
@example(Cut(Decimal(1), True), 0, Fraction(1, 2))
@example(Cut(Decimal(-1), True), 0, Fraction(-3, 2))
@example(Cut(Decimal(0), False), 0, Fraction(1, 2))
@example(Cut(Decimal(-1), False), 0, Fraction(-1, 2))
def test_to_pass_the_cut_before_rounding_is_to_pass_it_rounded(
    cut: Cut, digits: int, x: Fraction
) -> None:
    rounded = Fraction(half_up_units(x, digits), 10**digits)
    assert cut.before_rounding(Rounding(digits)).passed_by(x) == cut.passed_by(rounded)


@given(cuts)
@example(Cut(Decimal("0.03"), True))  # the double is under the edge
@example(Cut(Decimal("0.069"), True))  # the double is over it
@example(Cut(Decimal("0.03"), False))
@example(Cut(Decimal("0.069"), False))
def test_without_rounding_the_decimal_and_its_double_are_on_the_same_side(cut: Cut) -> None:
    exact = cut.before_rounding(None)
    assert exact.passed_by(cut.value) == cut.inclusive
    assert exact.passed_by(Decimal(float(cut.value))) == cut.inclusive
    assert abs(exact.value - cut.value) <= abs(Decimal(float(cut.value)) - cut.value)


@pytest.mark.parametrize("value", [INFINITY, -INFINITY, Decimal("1e999")])
def test_infinite_cuts_stay_where_they_are(value: Decimal) -> None:
    cut = Cut(value, True)
    assert cut.before_rounding(None) == cut
    if value.is_infinite():
        assert cut.before_rounding(Rounding(2)) == cut
        assert cut.scaled(2) == cut


def test_a_cut_can_be_scaled() -> None:
    assert Cut(Decimal("0.069"), True).scaled(2) == Cut(Decimal("6.9"), True)
