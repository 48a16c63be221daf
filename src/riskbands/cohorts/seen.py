"""The different values of a column: each is parsed once, and short or regular texts all at once."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from riskbands._patterns import pattern
from riskbands.arithmetic.written import ISO_WIDTHS, UNREAD, date_format, fixed_dates, iso_dates
from riskbands.cohorts.fewvalues import of_known, read_by_keys
from riskbands.vocabulary.fields import FieldFault, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from riskbands.cohorts.sidebyside import SideBySide
    from riskbands.cohorts.textviews import TextViews
    from riskbands.vocabulary.fields import Field

__all__ = [
    "FAULTS",
    "MALFORMED",
    "MISSING",
    "MOST_SHORT",
    "OUT_OF_RANGE",
    "EqualTypesError",
    "Seen",
    "TextsOfWidth",
    "code_of",
    "code_type",
    "faults_in",
    "five_digits",
    "has_few",
]

#: Codes that are none.
MISSING, MALFORMED, OUT_OF_RANGE = -1, -2, -3
FAULTS = {MALFORMED: "malformed", OUT_OF_RANGE: "out_of_range"}
_BY_FAULT = {code: number for number, code in FAULTS.items()}
#: Different values of a column that are remembered between blocks.
_REMEMBERED = 1_000_000
#: Words of a field whose codes fit into a byte with a sign.
_MOST_OF_FEW = 128

#: Texts of at most so many bytes are looked up by their bytes.
_SHORT = 2
#: Where at most one text in so many is longer, those alone are looked at one by one.
_RARE = 4
#: So many bytes has an offence code as it is written most often; nothing longer is read by bytes.
MOST_SHORT = 5
#: Types whose values are never equal to those of another type. A day is not one of them: it equals
#: a year of NumPy.
_NEVER_EQUAL = frozenset([str, bytes, type(None)])
#: Types of which equal values are read alike.
_READ_ALIKE = _NEVER_EQUAL | {bool, int, float, dt.date}
_READ_ALIKE |= {np.dtype(code).type for code in "?" + np.typecodes["AllInteger"] + "efdg"}
#: What can be noted of a column.
_READ, _DAY_FIRST, _FEW_DIGITS = "read", "day first", "few digits"
_SLASHED = pattern(r"\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:[T ].*)?", re.ASCII | re.DOTALL)
_FIVE_DIGITS = 10_000


def faults_in(codes: NDArray[Any]) -> dict[str, NDArray[np.bool_]]:
    """Where a value was given that is no answer, by what is wrong with it."""
    if not len(codes) or int(codes.min()) >= MISSING:
        return {}
    found = {name: codes == number for number, name in FAULTS.items()}
    return {name: rows for name, rows in found.items() if rows.any()}


class EqualTypesError(Exception):
    """A value may equal one of another type that means something else."""


class _ByType(dict[tuple[type, Any], int]):
    """Codes by the type and the value, read when first met."""

    def __init__(self, f: Field, noted: set[str]) -> None:
        super().__init__()
        self._field, self._noted = f, noted  # no method of `Seen`, which would be a cycle

    def __missing__(self, key: tuple[type, Any]) -> int:
        code = self[key] = _read(self._field, self._noted, key[1])
        return code


class Seen(dict[Any, int]):
    """Codes of the different values of a field's column, each parsed when it is first met.

    It holds texts and None, and no others: 1, True and 1.0 are equal keys. Those are in `by_type`,
    whose keys are the type and what is read of the value: an instant is another day in another
    zone, and 4 has fewer decimals than 4.00. A value of which that is not known is not remembered.
    """

    def __init__(self, f: Field) -> None:
        super().__init__()
        self._field = f
        #: What is worth saying of the column once: see `remarks`.
        self.noted: set[str] = set()
        self.by_type = _ByType(f, self.noted)
        #: Codes of a few texts by what they are compared by: one byte, or some numbers of a view
        #: or of windows of their bytes, by how many numbers these are.
        self.by_byte: dict[tuple[Any, ...], int] = {}
        self.by_window: dict[int, dict[tuple[Any, ...], int]] = {}
        self.views: dict[int, dict[tuple[Any, ...], int]] = {}

    def __missing__(self, key: Any) -> int:
        if type(key) not in _NEVER_EQUAL:
            raise EqualTypesError
        code = self[key] = self.read(key)
        return code

    @cached_property
    def short(self) -> NDArray[Any]:
        """Codes of texts of at most two bytes, by the bytes, the first the lower one."""
        return np.full(1 << 16, UNREAD, code_type(self._field))

    def typed(self, listed: list[Any]) -> Iterator[int]:
        """The codes of values of any types."""
        kinds = set(map(type, listed))
        if dt.datetime in kinds:  # of a moment the day is read, which is that of its own zone
            listed = [v.date() if type(v) is dt.datetime else v for v in listed]
            kinds -= {dt.datetime}
        if kinds <= _READ_ALIKE:
            return map(self.by_type.__getitem__, zip(map(type, listed), listed, strict=True))
        return map(self._of_type, listed)

    def _of_type(self, value: Any) -> int:
        kind = type(value)
        if kind in _READ_ALIKE:
            key = kind, value
        elif kind is Decimal:
            key = kind, str(value)
        elif kind is np.datetime64:
            key = kind, (value.dtype, int(value.view(np.int64)))
        else:
            return self.alone(value)
        code = self.by_type.get(key)
        if code is None:
            code = self.by_type[key] = self.read(value)
        return code

    def alone(self, value: Any) -> int:
        """The code of a value of any type, which is not remembered."""
        try:
            hash(value)
        except (TypeError, ValueError):  # the latter of a span of no unit
            if getattr(value, "ndim", None) != 0:  # an array without a dimension is a value
                return MALFORMED
        return self.read(value)

    def make_room(self) -> None:
        """Forget everything when there is too much to remember."""
        if len(self) + len(self.by_type) > _REMEMBERED:
            self.clear()
            self.by_type.clear()

    def read(self, raw: Any) -> int:
        """The code of a value, whatever it is; what is worth noting of it is noted."""
        return _read(self._field, self.noted, raw)

    @property
    def remarks(self) -> list[str]:
        """What is worth saying of the column once, after it has been read."""
        noted, name = self.noted, self._field.name
        found = []
        if _DAY_FIRST in noted and _READ not in noted:
            found.append(
                f"{name}: no date is written with the year first; if they have the day first, say "
                "date_format='%d/%m/%Y' (--date-format %d/%m/%Y)"
            )
        if _FEW_DIGITS in noted:
            found.append(
                f"{name}: whole numbers of fewer than five digits were read with zeros in front, "
                "801 as 00801; give codes as text if they are something else"
            )
        return found

    def dates(
        self, texts: TextsOfWidth, others: Callable[[NDArray[np.intp]], NDArray[Any]]
    ) -> NDArray[np.int32]:
        """Codes of dates that are texts.

        Args:
            texts: The texts.
            others: Gives the codes of rows whose texts must be looked at one by one.
        """
        lengths = texts.lengths
        codes = np.full(len(lengths), UNREAD, np.int32)
        layout = date_format(self._field.date_format).layout if self._field.date_format else ""
        widths = (len(layout),) if self._field.date_format else ISO_WIDTHS
        for width in widths:
            rows: Any = np.flatnonzero(lengths == width) if width else ()
            if not len(rows):
                continue
            whole = len(rows) == len(codes)
            written = texts.of_width(width, None if whole else rows)
            found = fixed_dates(written, layout) if layout else iso_dates(written)
            if whole:
                codes = found
            else:
                codes[rows] = found
            if (found >= 0).any():
                self.noted.add(_READ)
        rest = np.flatnonzero(codes == UNREAD)
        if len(rest):
            codes[rest] = others(rest)
        return codes

    def of_short(
        self, texts: SideBySide, others: Callable[[NDArray[np.intp]], NDArray[Any]]
    ) -> NDArray[Any] | None:
        """Codes of texts of one byte, or of five digits, or most of which have at most two bytes.

        None of other texts.

        Args:
            texts: The texts.
            others: Gives the codes of rows whose texts must be looked at one by one.
        """
        codes = self._of_one_length(texts)
        return self._short_texts(texts, others) if codes is None else codes

    def _of_one_length(self, texts: SideBySide) -> NDArray[Any] | None:
        width = MOST_SHORT if self._field.kind is Kind.OFFENCE_CODE else 1
        if not len(texts.lengths) or not texts.have_width(width):
            return None
        written = texts.of_width(width, None)
        if width > 1:
            return five_digits(written)
        data = np.ascontiguousarray(written[:, 0])
        if has_few(self._field):
            few = read_by_keys([data], lambda n: data[n : n + 1].tobytes(), self.read, self.by_byte)
            if few is not None:
                return few
        return self.by_bytes(data) if data.min() else None

    def _short_texts(
        self, texts: SideBySide, others: Callable[[NDArray[np.intp]], NDArray[Any]]
    ) -> NDArray[Any] | None:
        long = np.flatnonzero(texts.lengths > _SHORT)
        if not len(texts.lengths) or len(long) * _RARE > len(texts.lengths):
            return None
        keys = texts.short()  # no byte of a text is 0 but that of a missing one
        if keys is None:
            return None
        if not len(long):
            return self.by_bytes(keys)
        keys[long] = 0
        codes = self.by_bytes(keys)
        codes[long] = others(long)
        return codes

    def in_views(self, views: TextViews) -> NDArray[Any] | None:
        """Codes of texts that are few, or short; None of others, or where one is too long."""
        if self._field.kind is Kind.OFFENCE_CODE:
            alike = bool((views.lengths == MOST_SHORT).all())
            return five_digits(views.of_width(MOST_SHORT, None)) if alike else None
        codes: NDArray[Any] | None = None
        if has_few(self._field):
            codes = of_known([views.heads], self.views.setdefault(1, {}))
            keys = views.keys() if codes is None else None
            if keys is not None:
                known = self.views.setdefault(len(keys), {})
                codes = read_by_keys(keys, views.text, self.__getitem__, known)
        short = views.short() if codes is None and views.most <= _SHORT else None
        return codes if short is None else self.by_bytes(short)

    def by_bytes(self, keys: NDArray[Any]) -> NDArray[Any]:
        """Codes of texts of at most two bytes, as in `short`."""
        table = self.short
        codes: NDArray[Any] = table.take(keys)
        if len(codes) and int(codes.min()) == UNREAD:
            for key in np.flatnonzero(np.bincount(keys)).tolist():
                text = bytes([key & 255, key >> 8][: 1 + (key > 255)]) if key else b""
                table[key] = self.read(text)
            codes = table.take(keys)
        return codes


class TextsOfWidth(Protocol):
    """Texts, of which those of one width can be had as rows of bytes."""

    @property
    def lengths(self) -> NDArray[Any]:
        """In bytes; what is missing has none."""

    def of_width(self, width: int, rows: NDArray[np.intp] | None) -> NDArray[np.uint8]:
        """The bytes of texts of one width, in these rows or in all."""


def five_digits(texts: NDArray[np.uint8]) -> NDArray[np.int32] | None:
    """The numbers of texts that are five digits each, the way offence codes are; else None.

    Args:
        texts: A row of five bytes for each.
    """
    digits = np.ascontiguousarray(texts.T) - np.uint8(ord("0"))
    if int(digits.max()) > 9:
        return None
    codes: NDArray[np.int32] = digits[0].astype(np.int32)
    for place in range(1, 5):
        codes *= 10
        codes += digits[place]
    return codes


def has_few(f: Field) -> bool:
    """Whether all codes of a field fit into a byte: columns of it are soonest read as bytes."""
    return f.kind in (Kind.LEVEL, Kind.BOOL, Kind.ENUM) and len(f.values) <= _MOST_OF_FEW


def code_type(f: Field) -> type[np.int8 | np.int32]:
    """The dtype of a table of codes."""
    return np.int8 if has_few(f) else np.int32


def code_of(f: Field, raw: Any) -> int:
    """The code of a raw value; negative where there is none."""
    try:
        value = f.parse(raw)
    except FieldFault as fault:
        return _BY_FAULT[fault.code]
    return MISSING if value is None else f.encode(value)


def _read(f: Field, noted: set[str], raw: Any) -> int:
    """The code of a value, whatever it is; what is worth noting of it is noted."""
    code = code_of(f, raw)
    kind = f.kind
    if kind is Kind.DATE and not f.date_format:
        if code >= 0:
            noted.add(_READ)
        elif code == MALFORMED and isinstance(raw, (str, bytes)):
            text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
            if _SLASHED.fullmatch(text):
                noted.add(_DAY_FIRST)
    whole = kind is Kind.OFFENCE_CODE and not isinstance(raw, (str, bytes))
    if whole and 0 <= code < _FIVE_DIGITS:
        noted.add(_FEW_DIGITS)
    return code
