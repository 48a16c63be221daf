"""Completed years and months: the rules, against plain calendar comparison, case and cohort."""

from __future__ import annotations

import calendar
import datetime as dt
import warnings
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.arithmetic.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    NO_DATE,
    OUT_OF_RANGE,
    completed_months,
    completed_years,
    pack,
    pack_array,
    unpack,
)

FIRST, LAST = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
EPOCH = date(1970, 1, 1).toordinal()
dates = st.dates(FIRST, LAST)


def plain_years(a: date, b: date) -> int:
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def plain_months(a: date, b: date) -> int:
    return 12 * (b.year - a.year) + b.month - a.month - (b.day < a.day)


@pytest.mark.parametrize(
    ("birth", "later", "years"),
    [
        (date(1988, 2, 29), date(2009, 2, 28), 20),
        (date(1988, 2, 29), date(2009, 3, 1), 21),
        (date(1988, 2, 29), date(2008, 2, 28), 19),
        (date(1988, 2, 29), date(2008, 2, 29), 20),
        (date(1988, 2, 28), date(2009, 2, 28), 21),
        (date(1990, 12, 31), date(2000, 12, 30), 9),
        (date(1990, 12, 31), date(2000, 12, 31), 10),
        (date(1900, 2, 28), date(1900, 3, 1), 0),
        (date(2000, 6, 1), date(2000, 5, 31), -1),
    ],
)
def test_a_year_is_complete_when_the_month_and_day_come_round(
    birth: date, later: date, years: int
) -> None:
    assert completed_years(birth, later) == years


@pytest.mark.parametrize(
    ("start", "later", "months"),
    [
        (date(2023, 1, 31), date(2023, 2, 28), 0),
        (date(2023, 1, 31), date(2023, 3, 1), 1),
        (date(2023, 1, 31), date(2023, 3, 31), 2),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
        (date(2024, 2, 29), date(2025, 3, 29), 13),
        (date(2022, 12, 15), date(2023, 1, 14), 0),
        (date(2022, 12, 15), date(2023, 1, 15), 1),
        (date(2023, 1, 15), date(2023, 1, 14), -1),
    ],
)
def test_a_month_is_complete_when_the_day_comes_round(
    start: date, later: date, months: int
) -> None:
    assert completed_months(start, later) == months


def test_a_million_pairs_agree_with_plain_comparison() -> None:
    """Random days of 400 years; a quarter of them moved to a leap day or its neighbours."""
    rng = np.random.default_rng(20090228)
    n = 1_000_000
    days = rng.integers(FIRST.toordinal(), LAST.toordinal() + 1, size=(2, n))
    leaps = [date(y, 2, 29).toordinal() for y in range(1800, 2201) if calendar.isleap(y)]
    near_leap = rng.choice(leaps, size=(2, n)) + rng.integers(-1, 2, size=(2, n))
    days = np.where(rng.random((2, n)) < 0.25, near_leap, days)
    # A quarter of the second days lie within two days of an anniversary of the first.
    close = days[0] + np.round(rng.integers(0, 80, n) * 365.2425).astype(int)
    close += rng.integers(-2, 3, n)
    days[1] = np.where((rng.random(n) < 0.25) & (close <= LAST.toordinal()), close, days[1])

    a, b = ([date.fromordinal(d) for d in side] for side in days.tolist())
    assert sum(x.month == 2 and x.day == 29 for x in a) > 50_000
    packed, valid = pack_array((days - EPOCH).astype("M8[D]"))
    assert valid.all()
    years = np.fromiter(map(plain_years, a, b), np.int32, n)
    months = np.fromiter(map(plain_months, a, b), np.int32, n)
    np.testing.assert_array_equal(completed_years(packed[0], packed[1]), years)
    np.testing.assert_array_equal(completed_months(packed[0], packed[1]), months)


def test_every_day_of_the_calendar_packs_as_its_date_does() -> None:
    days = np.arange(f"{FIRST}", f"{LAST_YEAR + 1}-01-01", dtype="M8[D]")
    packed, valid = pack_array(days)
    assert packed.tolist() == [pack(day) for day in days.tolist()]
    assert valid.all()
    assert packed.dtype == np.int32
    assert (np.diff(packed) > 0).all()


@given(dates)
def test_unpack_undoes_pack(day: date) -> None:
    assert unpack(pack(day)) == day


@given(dates, dates)
def test_packing_keeps_the_order(a: date, b: date) -> None:
    assert (pack(a) < pack(b)) == (a < b)


@given(dates, dates)
def test_a_case_and_a_cohort_count_alike(a: date, b: date) -> None:
    packed, _ = pack_array(np.array([a, b], dtype="M8[us]"))
    for count, plain in ((completed_years, plain_years), (completed_months, plain_months)):
        expected = plain(a, b)
        assert count(a, b) == expected
        assert count(pack(a), pack(b)) == expected
        assert type(count(pack(a), pack(b))) is int
        assert count(packed[:1], packed[1:]).tolist() == [expected]
        assert count(pack(a), packed[1:]).tolist() == [expected]
        assert count(packed[:1], pack(b)).tolist() == [expected]


@given(dates, dates)
def test_twelve_completed_months_are_a_completed_year(a: date, b: date) -> None:
    assert completed_months(a, b) // 12 == completed_years(a, b)


@given(dates, dates, dates)
def test_time_only_adds_years(a: date, b: date, c: date) -> None:
    b, c = sorted((b, c))
    assert completed_years(a, b) <= completed_years(a, c)
    assert completed_months(a, b) <= completed_months(a, c)


def test_arrays_stay_int32_and_broadcast() -> None:
    births, _ = pack_array(np.array([["1980-05-05"], ["1990-05-05"]], dtype="M8[D]"))
    at, _ = pack_array(np.array(["2020-05-04", "2020-05-05"], dtype="M8[D]"))
    ages = completed_years(births, at)
    assert ages.dtype == np.int32
    assert ages.tolist() == [[39, 40], [29, 30]]
    assert completed_months(births, at).tolist() == [[479, 480], [359, 360]]


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns"])
def test_the_time_of_day_is_dropped_before_and_after_1970(unit: str) -> None:
    days = np.array(["1969-12-31", "1970-01-01", "1953-02-28", "2024-02-29"], dtype="M8[D]")
    tick, day = np.array(1, f"m8[{unit}]"), np.timedelta64(1, "D")
    late = days if unit == "D" else (days + day).astype(f"M8[{unit}]") - tick
    expected = [pack(day) for day in days.tolist()]
    assert pack_array(days.astype(f"M8[{unit}]"))[0].tolist() == expected
    assert pack_array(late)[0].tolist() == expected


@given(st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2260, 1, 1)))
def test_a_moment_packs_as_its_calendar_date(moment: dt.datetime) -> None:
    packed, valid = pack_array(np.array([moment], dtype="M8[ns]"))
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        assert packed.tolist() == [pack(moment)] == [pack(moment.date())]
        assert valid.all()
    else:
        assert packed.tolist() == [OUT_OF_RANGE]
        assert not valid.any()


@pytest.mark.parametrize("unit", ["D", "h", "m", "s", "ms", "us", "ns"])
def test_nat_is_no_date_and_far_away_is_out_of_range(unit: str) -> None:
    """The far ends of int64 are in every unit outside the calendar; none may wrap into it."""
    top = np.iinfo(np.int64).max
    numbers = np.array([top + 1 - 2**63 - 2**63, top, top - 1, -top, -top + 1, 0], dtype=np.int64)
    packed, valid = pack_array(numbers.view(f"M8[{unit}]"))
    assert packed.tolist() == [NO_DATE, *[OUT_OF_RANGE] * 4, pack(date(1970, 1, 1))]
    assert valid.tolist() == [False] * 5 + [True]


def test_the_ends_of_the_calendar() -> None:
    days = np.array(["1799-12-31", "1800-01-01", "2200-12-31", "2201-01-01"], dtype="M8[D]")
    packed, valid = pack_array(days)
    assert valid.tolist() == [False, True, True, False]
    assert packed.tolist() == [OUT_OF_RANGE, pack(FIRST), pack(LAST), OUT_OF_RANGE]
    for year in (FIRST_YEAR - 1, LAST_YEAR + 1):
        with pytest.raises(ValueError, match="years 1800 to 2200"):
            pack(date(year, 6, 1))


def test_shape_byte_order_and_strides_do_not_matter() -> None:
    days = np.arange("1999-12-01", "2000-03-01", dtype="M8[D]")[:90].reshape(9, 10)
    packed, valid = pack_array(days)
    assert packed.shape == valid.shape == (9, 10)
    np.testing.assert_array_equal(pack_array(days.astype(">M8[s]"))[0], packed)
    np.testing.assert_array_equal(pack_array(days.T)[0], packed.T)
    np.testing.assert_array_equal(pack_array(days[::2, ::-3])[0], packed[::2, ::-3])
    one, ok = pack_array(np.array("2000-02-29", dtype="M8[ns]"))
    assert one.shape == ok.shape == ()
    assert pack_array(np.array([], dtype="M8[ns]"))[0].shape == (0,)


def test_a_column_of_nothing_but_nat_may_lack_a_unit() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # NumPy 2.5 is about to end them
        try:
            column = np.array(["NaT", "NaT"], dtype="M8")
        except (TypeError, ValueError):
            pytest.skip("this NumPy has no dates without a unit")
        packed, valid = pack_array(column)
    assert packed.tolist() == [NO_DATE, NO_DATE]
    assert not valid.any()


def test_the_input_is_left_as_it_was() -> None:
    days = np.array(["NaT", "2000-01-01"], dtype="M8[D]")
    days.flags.writeable = False
    pack_array(days)
    again, _ = pack_array(days)
    again[:] = 7  # the caller's own array: writing to it must not reach the calendar
    assert pack_array(days)[0].tolist() == [NO_DATE, pack(date(2000, 1, 1))]


@pytest.mark.parametrize("unit", ["ps", "fs", "as", "Y", "M", "W", "2D", "7h"])
def test_other_units_are_refused(unit: str) -> None:
    with pytest.raises(TypeError, match="the day must be known"):
        pack_array(np.array([0], dtype=f"M8[{unit}]"))


def test_moments_in_steps_of_several_seconds_are_read() -> None:
    packed, _ = pack_array(np.array(["1969-12-31T23:59:50"], dtype="M8[10s]"))
    assert packed.tolist() == [pack(date(1969, 12, 31))]


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(TypeError, match="datetime64"):
        pack_array(np.array(["2000-01-01"]))
    with pytest.raises(TypeError, match="not str"):
        pack("2000-01-01")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not str"):
        completed_years("2000-01-01", date(2001, 1, 1))  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="pack_array"):
        completed_months(np.array(["2000-01-01"], dtype="M8[D]"), 0)
    for number in (NO_DATE, OUT_OF_RANGE, 5 << 9):
        with pytest.raises(ValueError, match="not a packed date"):
            unpack(number)


def test_messages_do_not_quote_the_date() -> None:
    with pytest.raises(ValueError, match="date") as caught:
        pack(date(1523, 4, 17))
    assert "1523" not in str(caught.value)
