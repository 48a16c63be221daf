"""Half up means half up, on the number the double holds."""

import math
import warnings
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from riskbands.arithmetic.rounding import half_up, half_up_array, half_up_units, half_up_units_array

finite = st.floats(allow_nan=False, allow_infinity=False)
digits = st.integers(0, 15)


def near_tie(n: int, places: int, direction: int) -> float:
    tie = (n + 0.5) / 10**places
    return math.nextafter(tie, math.inf * direction) if direction else tie


near_ties = st.builds(
    near_tie, st.integers(-10_000, 10_000), st.integers(0, 6), st.sampled_from((-1, 0, 1))
)


def in_decimal_arithmetic(x: float, places: int) -> Decimal:
    """The same rounding by the decimal module, with room for every digit."""
    with localcontext() as context:
        context.prec = 1200
        return Decimal(x).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("x", "places", "rounded"),
    [
        (0.285, 2, 0.28),  # the double is under the tie
        (2.675, 2, 2.67),
        (1.005, 2, 1.0),
        (0.145, 2, 0.14),
        (2.995, 2, 3.0),  # the double is over it
        (0.125, 2, 0.13),  # exact ties go away from zero
        (-0.125, 2, -0.13),
        (22.5, 0, 23.0),
        (2.5, 0, 3.0),
        (0.5, 0, 1.0),
        (0.49999999999999994, 0, 0.0),  # floor(x + 0.5) is 1
        (2251799813685248.5, 0, 2251799813685249.0),
        (4503599627370497.0, 0, 4503599627370497.0),  # x + 0.5 is not a double
        (9007199254740993.0, 2, 9007199254740992.0),
        (5e-324, 15, 0.0),
    ],
)
def test_known_values(x: float, places: int, rounded: float) -> None:
    assert half_up(x, places) == rounded
    assert half_up_array(np.array([x]), places)[0] == rounded


@given(st.one_of(finite, near_ties), digits)
@example(1e300, 15)
@example(-0.5, 0)
def test_a_number_is_rounded_as_decimal_arithmetic_rounds_it(x: float, places: int) -> None:
    expected = in_decimal_arithmetic(x, places)
    assert Fraction(half_up_units(x, places), 10**places) == Fraction(expected)
    assert half_up(x, places) == float(expected)


@given(st.lists(st.one_of(near_ties, st.floats(-1e6, 1e6))), st.integers(0, 9))
# the product that scales this one is off by more than 1e-4 of a unit
@example([10995116.277755], 5)
@example([42949672.965, 42949672.955, 10737418.235], 2)
def test_an_array_is_rounded_as_its_numbers_are(xs: list[float], places: int) -> None:
    units = half_up_units_array(np.array(xs, dtype=np.float64), places)
    assert units.tolist() == [half_up_units(x, places) for x in xs]
    assert units.dtype == np.int64


@given(st.lists(st.floats()), st.integers(0, 30))
@example([1e14 + 0.015625], 2)  # more units than a double can count
@example([0.5], 23)  # 10**23 is no double
@example([1.7e308], 15)
@example([math.nan, math.inf, -math.inf, -0.0, -0.4], 0)
def test_any_array_is_rounded_as_its_numbers_are(xs: list[float], places: int) -> None:
    rounded = half_up_array(np.array(xs, dtype=np.float64), places)
    np.testing.assert_array_equal(rounded, [half_up(x, places) for x in xs])
    signs = [math.copysign(1, half_up(x, places)) < 0 for x in xs]
    np.testing.assert_array_equal(np.signbit(rounded), signs)


def test_many_hundredths_come_back_as_they_are() -> None:
    units = np.arange(-1_000_000, 1_000_001)
    np.testing.assert_array_equal(half_up_array(units / 100, 2), units / 100)
    np.testing.assert_array_equal(half_up_units_array(units / 100, 2), units)


def test_scaled_values_near_the_limit_of_trust_are_right() -> None:
    rng = np.random.default_rng(20240116)
    whole = rng.integers(2**30, 2**41, 20_000)
    xs = (whole + 0.5) / 1000
    xs = np.concatenate([xs, np.nextafter(xs, 0), np.nextafter(xs, np.inf)])
    assert half_up_units_array(xs, 3).tolist() == [half_up_units(x, 3) for x in xs.tolist()]


def test_exact_types_are_taken_at_their_value() -> None:
    assert half_up_units(Decimal("0.285"), 2) == 29
    assert half_up_units(Fraction(1, 3), 3) == 333
    assert half_up_units(10**30, 1) == 10**31
    assert half_up_units(Decimal("-2.5")) == -3


def test_without_digits_the_result_is_whole() -> None:
    assert half_up(22.46) == 22.0
    assert half_up_array(np.array([22.46])).tolist() == [22.0]
    assert half_up_units_array(np.array([22.46])).tolist() == [22]


def test_narrow_floats_and_whole_numbers_are_taken_at_their_value() -> None:
    narrow = np.array([2.675, 8.345, 16777.215, 70000.125, 123456.789], dtype=np.float32)
    expected = [half_up_units(x, 2) for x in narrow.astype(float).tolist()]
    assert half_up_units_array(narrow, 2).tolist() == expected  # type: ignore[arg-type]
    finer = [half_up_units(x, 4) for x in narrow.astype(float).tolist()]
    assert half_up_units_array(narrow, 4).tolist() == finer  # type: ignore[arg-type]
    assert half_up_array(narrow, 2).dtype == np.float64  # type: ignore[arg-type]
    assert half_up_array(np.array([3]), 2).tolist() == [3.0]
    assert half_up(3, 2) == 3.0


def test_more_digits_than_a_power_of_ten_has_as_a_double() -> None:
    rng = np.random.default_rng(23)
    xs = rng.random(2_000) * 1e-14
    assert half_up_array(xs, 23).tolist() == [half_up(x, 23) for x in xs.tolist()]
    assert half_up_array(xs, 22).tolist() == [half_up(x, 22) for x in xs.tolist()]


def test_huge_values_make_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert half_up_array(np.array([1e308, math.inf]), 15).tolist() == [1e308, math.inf]
        with pytest.raises(ValueError, match=r"^half_up_units_array needs finite values below 2"):
            half_up_units_array(np.array([1e308]), 15)


def test_shapes_are_kept() -> None:
    assert half_up_units_array(np.zeros((2, 3))).shape == (2, 3)
    assert half_up_array(np.full((2, 0), 1.5)).shape == (2, 0)
    assert half_up_array(np.array(1.5)).shape == ()


def test_values_that_have_no_units_are_refused() -> None:
    for bad in (math.nan, math.inf, 2.0**62, 1e308):
        with pytest.raises(ValueError, match="finite values below"):
            half_up_units_array(np.array([1.0, bad]), 3)
    with pytest.raises(ValueError, match="finite values below"):
        half_up_units_array(np.array([2.0**62]))
    assert half_up_units_array(np.array([np.nextafter(2.0**62, 0)])).tolist() == [2**62 - 512]
    with pytest.raises(ValueError, match="NaN"):
        half_up_units(math.nan)
    with pytest.raises(OverflowError):
        half_up_units(math.inf)


@pytest.mark.parametrize("function", [half_up, half_up_units])
def test_negative_digits_are_refused(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"^digits, the decimals to keep, must be 0 or more$"):
        function(15.0, -1)


@pytest.mark.parametrize("function", [half_up_array, half_up_units_array])
def test_negative_digits_are_refused_for_arrays(function) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"^digits, the decimals to keep, must be 0 or more$"):
        function(np.array([15.0]), -1)
