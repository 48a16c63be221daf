"""Completed years and months between dates: one piece of arithmetic for a case and a cohort.

A date is *packed* into one whole number, ``year << 9 | month << 5 | day``. Packed dates keep the
order of the dates, fit an int32, and need no calendar to be compared or subtracted, so the same
expressions serve a Python int and a NumPy array of them.

The rules are those of the instruments: a year is complete when the month and day come round
again. Someone born on 29 February completes a year on 1 March in common years, and from 31
January to 28 February no month is complete.
"""

from __future__ import annotations

import datetime as dt
import functools
from typing import TYPE_CHECKING, Any, TypeAlias, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "FIRST_YEAR",
    "LAST_YEAR",
    "NO_DATE",
    "OUT_OF_RANGE",
    "completed_months",
    "completed_years",
    "holds_days",
    "month_lengths",
    "months_of_packed",
    "pack",
    "pack_array",
    "pack_days",
    "unpack",
    "years_of_packed",
]

PackedArray: TypeAlias = "NDArray[np.int32]"

#: First and last calendar year that is accepted; any other year counts as a mistake.
FIRST_YEAR = 1800
LAST_YEAR = 2200
#: What `pack_array` gives for a missing date. Every packed date is greater than 0.
NO_DATE = 0
#: What `pack_array` gives for a date outside `FIRST_YEAR` to `LAST_YEAR`.
OUT_OF_RANGE = -1

_FIRST_DAY = (dt.date(FIRST_YEAR, 1, 1) - dt.date(1970, 1, 1)).days
_NAT = np.iinfo(np.int64).min
_TICKS_PER_DAY = {
    "D": 1,
    "h": 24,
    "m": 24 * 60,
    "s": 86_400,
    "ms": 86_400 * 10**3,
    "us": 86_400 * 10**6,
    "ns": 86_400 * 10**9,
}


def pack(date: dt.date) -> int:
    """Pack a date into one whole number that keeps the order of dates.

    Args:
        date: A date between the years 1800 and 2200. Of a ``datetime`` the calendar date is
            taken as written; the time of day and the time zone are dropped.

    Returns:
        ``year << 9 | month << 5 | day``.

    Raises:
        TypeError: Not a ``datetime.date``.
        ValueError: The year is outside 1800 to 2200.

    Examples:
        >>> from datetime import date
        >>> pack(date(2024, 2, 29)) < pack(date(2024, 3, 1))
        True
    """
    if not isinstance(date, dt.date):
        raise TypeError(f"a date must be a datetime.date, not {type(date).__name__}")
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise ValueError(f"a date must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    return date.year << 9 | date.month << 5 | date.day


def unpack(packed: int) -> dt.date:
    """The date that `pack` packed.

    Raises:
        ValueError: The number is not a packed date (for one, `NO_DATE`).

    Examples:
        >>> from datetime import date
        >>> unpack(pack(date(2024, 2, 29)))
        datetime.date(2024, 2, 29)
    """
    try:
        return dt.date(int(packed) >> 9, int(packed) >> 5 & 15, int(packed) & 31)
    except ValueError:
        raise ValueError("not a packed date: use the numbers that pack() gives") from None


def pack_array(dates: NDArray[np.datetime64]) -> tuple[PackedArray, NDArray[np.bool_]]:
    """Pack an array of dates.

    Args:
        dates: ``datetime64`` of unit D, h, m, s, ms, us or ns; any shape. The time of day is
            dropped, before 1970 too. A ``datetime64`` has no time zone; values that came from
            another kind of timestamp must be in the calendar they were recorded in.

    Returns:
        The packed dates as int32 and a boolean mask of the valid ones, both of the shape of
        ``dates``. Where the mask is False the packed value is `NO_DATE` (0) for ``NaT``
        and `OUT_OF_RANGE` (-1) for a year outside 1800 to 2200.

    Raises:
        TypeError: Not ``datetime64``, or of another unit: a year, a month or a week is no day.

    Examples:
        >>> import numpy as np
        >>> packed, valid = pack_array(np.array(["1988-02-29", "NaT"], dtype="datetime64[ns]"))
        >>> unpack(packed[0]), valid.tolist()
        (datetime.date(1988, 2, 29), [True, False])
    """
    dates = np.asarray(dates)
    if dates.dtype.kind != "M":
        raise TypeError(f"dates must be a datetime64 array, not {dates.dtype}")
    native = dates.astype(dates.dtype.newbyteorder("="), copy=False).reshape(-1)
    if np.datetime_data(native.dtype)[0] == "generic":  # it can hold nothing but NaT
        return np.full(dates.shape, NO_DATE, np.int32), np.zeros(dates.shape, np.bool_)
    days = _days(native)
    packed = _calendar().take(days - (_FIRST_DAY - 1), mode="clip")
    missing = native.view(np.int64) == _NAT
    if missing.any():
        packed[missing] = NO_DATE
    packed = packed.reshape(dates.shape)
    return packed, packed > 0


def pack_days(days: NDArray[np.integer[Any]]) -> PackedArray:
    """Pack day numbers.

    Args:
        days: Days since 1970-01-01, any integer dtype of at most 64 bits.

    Returns:
        The packed dates; `OUT_OF_RANGE` (-1) outside the years 1800 to 2200.

    Examples:
        >>> import numpy as np
        >>> unpack(pack_days(np.array([19_738], dtype=np.int32))[0])
        datetime.date(2024, 1, 16)
    """
    near = np.clip(days, _FIRST_DAY - 1, None, dtype=np.int64)
    near -= _FIRST_DAY - 1
    packed: PackedArray = _calendar().take(near, mode="clip")
    return packed


def holds_days(dtype: np.dtype[Any]) -> bool:
    """Whether every value of a dtype lies in one day, so that `pack_array` takes it.

    Examples:
        >>> import numpy as np
        >>> holds_days(np.dtype("M8[s]")), holds_days(np.dtype("M8[M]"))
        (True, False)
    """
    if dtype.kind != "M":
        return False
    unit, count = np.datetime_data(dtype)
    return unit == "generic" or (unit in _TICKS_PER_DAY and _TICKS_PER_DAY[unit] % count == 0)


def _days(dates: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Whole days since 1970-01-01, rounded down; NaT gives some day far out of range."""
    if not holds_days(dates.dtype):
        raise TypeError(
            f"dates of {dates.dtype} are not read: the day must be known; give days, or moments "
            "as .astype('datetime64[s]')"
        )
    unit, count = np.datetime_data(dates.dtype)
    # NumPy's own cast walks the calendar for every element; the division is much faster.
    ticks = dates.view(np.int64)
    per_day = _TICKS_PER_DAY[unit] // count
    return ticks if per_day == 1 else ticks // per_day


@functools.cache
def _calendar() -> PackedArray:
    """Packed dates by day number from `FIRST_YEAR`; the first and last are out of range."""
    lengths = month_lengths()
    years, months = np.indices(lengths.shape, dtype=np.int32)
    first = (years + FIRST_YEAR) << 9 | (months + 1) << 5
    before = np.cumsum(lengths) - lengths.reshape(-1)
    table = np.repeat((first.reshape(-1) - before).astype(np.int32), lengths.reshape(-1))
    table += np.arange(1, len(table) + 1, dtype=np.int32)
    table = np.pad(table, 1, constant_values=OUT_OF_RANGE)
    table.flags.writeable = False
    return table


@functools.cache
def month_lengths() -> NDArray[np.int64]:
    """Days of each month: a row for each year from `FIRST_YEAR` to `LAST_YEAR`."""
    months = np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR + 1}-02", dtype="M8[M]")
    starts: NDArray[np.int64] = months.astype("M8[D]").astype(np.int64)
    lengths = (starts[1:] - starts[:-1]).reshape(-1, 12)
    lengths.flags.writeable = False
    return lengths


@overload
def completed_years(earlier: dt.date, later: dt.date) -> int: ...
@overload
def completed_years(earlier: int, later: int) -> int: ...
@overload
def completed_years(earlier: PackedArray, later: PackedArray | int) -> PackedArray: ...
@overload
def completed_years(earlier: int, later: PackedArray) -> PackedArray: ...
def completed_years(earlier: Any, later: Any) -> Any:
    """Completed years from one date to another, as ages are counted.

    Calendar years, less one if the month and day of the later date are before those of the
    earlier one.

    Args:
        earlier: A ``datetime.date``, a packed date, or an int32 array of packed dates.
        later: The same kind as ``earlier``; arrays must broadcast.

    Returns:
        Years, an int or an int32 array; negative when ``later`` is before ``earlier``. Where an
        array holds `NO_DATE` or `OUT_OF_RANGE` the number means nothing.

    Raises:
        TypeError: A value that is neither a date nor a packed date.
        ValueError: The year of a ``datetime.date`` is outside 1800 to 2200.

    Examples:
        >>> from datetime import date
        >>> completed_years(date(1988, 2, 29), date(2009, 2, 28))
        20
        >>> completed_years(date(1988, 2, 29), date(2009, 3, 1))
        21
    """
    return years_of_packed(_packed(earlier), _packed(later))


def years_of_packed(earlier: Any, later: Any) -> Any:
    """`completed_years` of packed dates, without checking them again."""
    # The month and day are the low nine bits: the shift rounds down, and so takes a year away
    # exactly when the difference of the low bits is negative.
    return (later - earlier) >> 9


@overload
def completed_months(earlier: dt.date, later: dt.date) -> int: ...
@overload
def completed_months(earlier: int, later: int) -> int: ...
@overload
def completed_months(earlier: PackedArray, later: PackedArray | int) -> PackedArray: ...
@overload
def completed_months(earlier: int, later: PackedArray) -> PackedArray: ...
def completed_months(earlier: Any, later: Any) -> Any:
    """Completed months from one date to another.

    Calendar months, less one if the day of the month of the later date is before that of the
    earlier one.

    Args:
        earlier: A ``datetime.date``, a packed date, or an int32 array of packed dates.
        later: The same kind as ``earlier``; arrays must broadcast.

    Returns:
        Months, an int or an int32 array; negative when ``later`` is before ``earlier``. Where an
        array holds `NO_DATE` or `OUT_OF_RANGE` the number means nothing.

    Raises:
        TypeError: A value that is neither a date nor a packed date.
        ValueError: The year of a ``datetime.date`` is outside 1800 to 2200.

    Examples:
        >>> from datetime import date
        >>> completed_months(date(2023, 1, 31), date(2023, 2, 28))
        0
        >>> completed_months(date(2023, 1, 31), date(2023, 3, 31))
        2
    """
    return months_of_packed(_packed(earlier), _packed(later))


def months_of_packed(earlier: Any, later: Any) -> Any:
    """`completed_months` of packed dates, without checking them again."""
    return (_months_and_day(later) - _months_and_day(earlier)) >> 5


def _packed(date: Any) -> Any:
    """A packed date or array of them as it is; a ``datetime.date`` packed."""
    if isinstance(date, (int, np.integer)):
        return date
    if isinstance(date, np.ndarray):
        if date.dtype.kind != "i":
            raise TypeError(f"dates must be packed by pack_array() first, not {date.dtype}")
        return date
    return pack(date)


def _months_and_day(packed: Any) -> Any:
    """``(12 * year + month) << 5 | day``: the four spare months of a packed year taken out."""
    return packed - ((packed >> 9) << 7)
