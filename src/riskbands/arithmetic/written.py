"""Dates as they are written: the format of a column, and texts of one width read all at once."""

from __future__ import annotations

import datetime as dt
import functools
import math
import numbers
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._byfields import ByFields
from riskbands._patterns import pattern
from riskbands.arithmetic.dates import FIRST_YEAR, LAST_YEAR, month_lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EXCEL", "ISO_WIDTHS", "UNREAD", "DateFormat", "date_format", "fixed_dates", "iso_dates"]

#: The name of the format of Excel's serial days.
EXCEL = "excel"
#: The code of a text that must be looked at by itself.
UNREAD = -100
#: Lengths of the ISO texts that are read all at once: a day, and a day with a time.
ISO_WIDTHS = (10, 19)
#: The day before Excel's day 1, as if it had no 29 February 1900; right from day 61 on.
_EXCEL_START = dt.date(1899, 12, 30)
_EXCEL_FIRST = 61
_DIRECTIVE = pattern(r"%(.)")
_ALLOWED = frozenset("YmdbBHMSfpIzjaA%")
_WIDTHS = {"Y": 4, "m": 2, "d": 2}
_ZERO = ord("0")


@attrs.frozen(eq=False, repr=False)
class DateFormat(ByFields):
    """How the dates of a column are written.

    Attributes:
        text: Directives as of `datetime.datetime.strptime`, or ``"excel"``.
        layout: Where digits stand, where every text has one width: ``Y``, ``m`` and ``d`` for
            digits, other characters for themselves; empty where widths differ.
    """

    text: str
    layout: str = ""

    def read(self, raw: Any) -> dt.date | None:
        """The date that a text or a number says, or None.

        Args:
            raw: Text; or a whole number, which is read as its digits, or as a day of Excel.
        """
        if isinstance(raw, (bool, np.bool_)) or not isinstance(raw, (str, numbers.Real, Decimal)):
            return None
        if not isinstance(raw, str):
            try:
                number = float(raw)
            except (OverflowError, ValueError):  # beyond all floats, or a signalling NaN
                return None
            if not math.isfinite(number):
                return None
            if self.text != EXCEL:
                if not number.is_integer():
                    return None
                raw = str(int(number))
        if self.text == EXCEL:
            return _of_excel(raw)
        raw = raw.strip()
        if any(c.isdigit() and not c.isascii() for c in raw):
            return None
        if self.layout.isalpha() and len(raw) != len(self.layout):
            return None  # nobody can say whether 1990111 is in January or November
        try:
            return dt.datetime.strptime(raw, self.text).date()
        except ValueError:
            return None


def _of_excel(raw: Any) -> dt.date | None:
    """The day of a serial number; the time of day behind the point is dropped."""
    if isinstance(raw, str):
        if not re.fullmatch(r"\s*\d{1,6}(?:\.\d*)?\s*", raw, re.ASCII):
            return None
        raw = float(raw)
    try:
        serial = int(raw)
        if serial < _EXCEL_FIRST:  # before March 1900 Excel counts a day that there was not
            return None
        return _EXCEL_START + dt.timedelta(days=serial)
    except (OverflowError, ValueError):
        return None


@functools.cache
def date_format(text: str) -> DateFormat:
    """The format of that text.

    Args:
        text: ``"excel"``, or directives as of `datetime.datetime.strptime`: a year of four digits
            (``%Y``), a month (``%m``, ``%b``, ``%B``) and a day (``%d``), or a day of the year
            (``%j``); a time of day may follow.

    Raises:
        ValueError: It is none, or its years have two digits, so that nobody can say of which
            century they are.

    Examples:
        >>> date_format("%d/%m/%Y").read("01/05/1990")
        datetime.date(1990, 5, 1)
        >>> date_format("excel").read(32994)
        datetime.date(1990, 5, 1)
    """
    if text == EXCEL:
        return DateFormat(text)
    found = _DIRECTIVE.findall(text)
    days = "j" in found or ("d" in found and len({"m", "b", "B"} & set(found)) == 1)
    if found.count("Y") != 1 or not days or not set(found) <= _ALLOWED or "y" in found:
        raise ValueError(
            "a date format is 'excel', or has %Y, a year of four digits, with %m and %d, such as "
            "%d/%m/%Y"
        )
    dt.datetime(2000, 1, 2).strftime(text)
    layout = _DIRECTIVE.sub(lambda m: m[1] * _WIDTHS.get(m[1], 0), text)
    plain = sorted(found) == ["Y", "d", "m"]
    literal = _DIRECTIVE.sub("", text)
    fixed = plain and literal.isascii() and not re.search(r"[A-Za-z0-9\s%]", literal)
    return DateFormat(text, layout if fixed else "")


@functools.cache
def _days() -> NDArray[np.bool_]:
    """Which packed dates, counted from that of the first year, are days of the calendar."""
    table = np.zeros((LAST_YEAR - FIRST_YEAR + 1, 16, 32), dtype=np.bool_)
    np.less_equal(np.arange(1, 32), month_lengths()[..., None], out=table[:, 1:13, 1:])
    table.flags.writeable = False
    return table.reshape(-1)


def fixed_dates(texts: NDArray[np.uint8], layout: str) -> NDArray[np.int32]:
    """The packed dates of texts of one width.

    Args:
        texts: Bytes, a row for each text.
        layout: As `DateFormat.layout`, as long as a row.

    Returns:
        Packed dates; `UNREAD` where a text is no date of this layout between the first and the last
        year, so that whoever reads it by itself can say what it is.

    Examples:
        >>> texts = np.frombuffer(b"01/05/19900x/05/1990", np.uint8).reshape(2, 10)
        >>> fixed_dates(texts, "dd/mm/YYYY")
        array([1019041,    -100], dtype=int32)
    """
    columns = np.ascontiguousarray(texts.T)
    places = {part: [n for n, c in enumerate(layout) if c == part] for part in _WIDTHS}
    digits = {n: columns[n] - np.uint8(_ZERO) for part in places.values() for n in part}
    most = functools.reduce(np.maximum, digits.values())
    good = most <= 9
    for n, c in enumerate(layout):
        if c not in _WIDTHS:
            good &= columns[n] == ord(c)

    def number(part: str) -> NDArray[np.uint16]:
        total: NDArray[np.uint16] = digits[places[part][0]].astype(np.uint16)
        for n in places[part][1:]:
            total *= np.uint16(10)
            total += digits[n]
        return total

    packed = number("Y").astype(np.int32)
    packed <<= 4
    packed += number("m")
    packed <<= 5
    packed += number("d")
    near = packed - np.int32(FIRST_YEAR << 9)
    days = _days()
    good &= (near >= 0) & (near < len(days))
    good &= days.take(near, mode="clip")
    good &= number("m") <= 12
    good &= number("d") <= 31
    packed[~good] = UNREAD
    return packed


def iso_dates(texts: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The packed dates of ISO texts of one of `ISO_WIDTHS`; see `fixed_dates`."""
    found = fixed_dates(texts[:, :10], "YYYY-mm-dd")
    if texts.shape[1] == ISO_WIDTHS[0]:
        return found
    time = np.ascontiguousarray(texts[:, 10:].T)
    good = ((time[0] == ord("T")) | (time[0] == ord(" "))) & (time[3] == ord(":"))
    good &= time[6] == ord(":")
    for place, most in ((1, 24), (4, 60), (7, 60)):
        tens, ones = (time[place + n] - np.uint8(_ZERO) for n in (0, 1))
        good &= (tens <= 9) & (ones <= 9)
        good &= tens.astype(np.uint16) * np.uint16(10) + ones < most
    found[~good] = UNREAD
    return found
