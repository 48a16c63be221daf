"""The vocabulary: every input field once, with the forms its values may arrive in.

The list is data (``data/fields.csv`` for adults, ``data/youth_fields.csv`` for what only the
predictors for children read): name, kind, range, OASys item, name in the HMPPS actuarial API,
meaning. A value has three forms here:

- *raw*: as it arrives, e.g. ``"M"``, ``"2024-01-16"``, ``"yes"``, ``1``, ``None``;
- *value*: as an assessment holds it, e.g. ``"male"``, a `datetime.date`, ``True``, ``2``;
- *code*: the small whole number the scorecards read: position in ``values`` for an enumeration,
  0 or 1 for yes/no, the number itself for levels and counts, the count of units of the last decimal
  for a number with decimals (25 for 2.5), a packed date
  (`riskbands.arithmetic.dates`), the five digits of an offence code as a number.
"""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import enum
import numbers
import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import attrs

from riskbands import _data
from riskbands._byfields import ByFields
from riskbands._patterns import pattern
from riskbands.arithmetic import dates
from riskbands.arithmetic.units import SHORT_FLOATS, in_decimals, in_words, units_of, whole_of
from riskbands.arithmetic.written import date_format
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary import offences
from riskbands.vocabulary.words import (
    MISSING_WORDS,
    NO_WORDS,
    PROBLEM_WORDS,
    YES_WORDS,
    is_missing,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "MISSING_WORDS",
    "NEITHER",
    "NO_WORDS",
    "PROBLEM_WORDS",
    "YES_WORDS",
    "Field",
    "FieldFault",
    "Kind",
    "Value",
    "all_fields",
    "field",
    "fields",
    "is_missing",
    "screening_fields",
    "youth_fields",
]

Value: TypeAlias = "str | int | bool | dt.date | decimal.Decimal"

#: A day, or a moment: its time of day and zone must be such, and nothing may follow them.
_ISO = pattern(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?"
    r"(?: ?(?:Z|UTC|GMT|BST|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?))?(?:\[[A-Za-z_/]+\])?)?",
    re.ASCII,
)
#: What ``str(None)`` gives. It is a missing value to a program and an answer to a person.
NEITHER = "None"
_WHOLE = pattern(r"[+-]?\d{1,9}(?:\.0*)?", re.ASCII)
_YEARS = (1800, 2200)


class Kind(enum.Enum):
    """What sort of value a field holds."""

    TEXT = "string"
    ENUM = "enum"
    DATE = "date"
    INT = "int"
    DECIMAL = "decimal"
    LEVEL = "level"
    BOOL = "bool"
    OFFENCE_CODE = "offence_code"
    OFFENCE_GROUP = "offence_group"


class FieldFault(ValueError):
    """A raw value that cannot be read: ``code`` is ``malformed`` or ``out_of_range``.

    Internal: it becomes an `Issue`. It never holds the value.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@attrs.frozen(eq=False, repr=False)
class Field(ByFields):
    """One input field of the vocabulary.

    Attributes:
        name: Name in this library and in cohort columns.
        kind: What sort of value it holds.
        low: Least whole number allowed (INT), or None.
        high: Greatest whole number allowed (INT), or None.
        values: The answers of an enumeration, in code order.
        aliases: Other words for an answer, lower case.
        oasys_item: OASys question, where known.
        hmpps_name: Name in requests of the HMPPS actuarial API, or an empty text.
        hmpps_also: Further names there of the same field.
        meaning: What the field says.
        date_format: How texts and numbers say a date (`riskbands.arithmetic.written`); empty for
            ISO texts.
        unit, asked_by, columns: Unit of a count, who asks it, and other names of its column.
        decimals: How many decimals a number has (DECIMAL); ``low`` and ``high`` count units of the
            last.
    """

    name: str
    kind: Kind
    low: int | None = None
    high: int | None = None
    values: tuple[str, ...] = ()
    aliases: Mapping[str, str] = attrs.field(factory=dict, hash=False)
    oasys_item: str = ""
    hmpps_name: str = ""
    meaning: str = ""
    hmpps_also: tuple[str, ...] = ()
    date_format: str = ""
    unit: str = ""
    asked_by: str = ""
    columns: tuple[str, ...] = ()
    decimals: int = 0

    @property
    def hmpps_names(self) -> tuple[str, ...]:
        """Every name in requests of the HMPPS actuarial API."""
        return (self.hmpps_name, *self.hmpps_also) if self.hmpps_name else ()

    @property
    def scored(self) -> bool:
        """Whether a predictor may read the field (the case identifier never is)."""
        return self.kind is not Kind.TEXT

    def parse(self, raw: Any) -> Value | None:
        """The value of ``raw``, or None when it is missing.

        Raises:
            FieldFault: ``raw`` cannot be read as this field, or is out of its range.
        """
        if isinstance(raw, bytes):
            raw = raw.decode("utf-8", "replace")
        if is_missing(raw):
            return None
        if self.kind is Kind.TEXT:
            return _text(self, raw)
        if isinstance(raw, str) and raw.strip() == NEITHER:
            raise _malformed(self)
        if self.kind is Kind.DECIMAL and getattr(raw, "dtype", None) in SHORT_FLOATS:
            raw = float(str(raw))  # its own shortest text: as a double it has other digits
        if hasattr(raw, "item") and getattr(raw, "ndim", None) == 0:  # a NumPy scalar
            raw = raw.item() if raw.dtype.kind not in "Mm" else self._day(raw)
        return cast("Value", _PARSERS[self.kind](self, raw))

    def _day(self, raw: Any) -> dt.date:
        """The date of a ``datetime64``; its ``item()`` is a number where the unit is fine."""
        if self.kind is not Kind.DATE or not dates.holds_days(raw.dtype):
            raise _malformed(self)
        packed, valid = dates.pack_array(raw.reshape(1))
        if not valid[0]:
            raise _out_of_range(self)
        return dates.unpack(packed[0])

    def encode(self, value: Any) -> int:
        """The code of a value that `parse` returned."""
        if self.kind is Kind.DATE:
            return dates.pack(value)
        if self.kind is Kind.DECIMAL:
            return int(value.scaleb(self.decimals))
        if self.kind is Kind.ENUM:
            return self.values.index(value)
        if self.kind is Kind.OFFENCE_GROUP:
            return offences.all_groups().index(value)
        return int(value)

    def decode(self, code: int) -> Value:
        """The value of a code; the inverse of `encode`."""
        if self.kind is Kind.DATE:
            return dates.unpack(code)
        if self.kind is Kind.DECIMAL:
            return decimal.Decimal(code).scaleb(-self.decimals)
        if self.kind is Kind.ENUM:
            return self.values[code]
        if self.kind is Kind.OFFENCE_GROUP:
            return offences.all_groups()[code]
        if self.kind is Kind.OFFENCE_CODE:
            return f"{code:05d}"
        return bool(code) if self.kind is Kind.BOOL else code

    @property
    def allowed(self) -> str:
        """The forms the field accepts, for error messages."""
        match self.kind:
            case Kind.ENUM:
                return "one of " + ", ".join(self.values)
            case Kind.DATE:
                form = self.date_format or "YYYY-MM-DD"
                return f"a date as {form} between {_YEARS[0]} and {_YEARS[1]}"
            case Kind.INT:
                return f"a whole number from {self.low} to {self.high}"
            case Kind.DECIMAL:
                low, high = (in_decimals(n or 0, self.decimals) for n in (self.low, self.high))
                return f"a number from {low} to {high} with at most {in_words(self.decimals)}"
            case Kind.LEVEL:
                return "0, 1 or 2"
            case Kind.BOOL:
                return "yes or no"
            case Kind.OFFENCE_CODE:
                return "five digits, as text so that leading zeros survive"
            case Kind.OFFENCE_GROUP:
                return "the name of an offence group"
            case Kind.TEXT:
                return "any text"

    def issue(self, code: str) -> Issue:
        """The issue of this field alone: ``missing``, ``malformed`` or ``out_of_range``."""
        if code == "missing":
            return Issue(code, (self.name,), f"{self.name} is missing: supply {self.allowed}")
        return Issue(code, (self.name,), f"{self.name} must be {self.allowed}")


def _malformed(f: Field) -> FieldFault:
    return FieldFault("malformed", f"{f.name} must be {f.allowed}")


def _out_of_range(f: Field) -> FieldFault:
    return FieldFault("out_of_range", f"{f.name} must be {f.allowed}")


def _word(raw: str) -> str:
    return re.sub(r"[\s-]+", "_", raw.strip().lower())


def _text(f: Field, raw: object) -> str:
    try:
        return str(raw)
    except ValueError:  # a number of more digits than Python writes
        raise _malformed(f) from None


def _answer(f: Field, raw: Any) -> str:
    """The answer that a word says, or a whole number."""
    is_word = isinstance(raw, str) and not _is_whole(raw)
    word = _word(raw) if is_word else _text(f, _whole(f, raw))
    return f.aliases.get(word, word)


def _is_whole(text: str) -> bool:
    """Whether a text is a whole number, as ``1`` or ``1.0``."""
    return _WHOLE.fullmatch(text.strip()) is not None


def _whole(f: Field, raw: Any) -> int:
    if isinstance(raw, str):
        # float() strips less.
        n = int(float(raw.strip())) if _is_whole(raw) else None
    else:
        n = whole_of(raw)
    if n is None:
        raise _malformed(f)
    return n


def _parse_int(f: Field, raw: Any) -> int:
    n = _whole(f, raw)
    if not (f.low is not None and f.high is not None and f.low <= n <= f.high):
        raise _out_of_range(f)
    return n


def _parse_decimal(f: Field, raw: Any) -> decimal.Decimal:
    units = units_of(raw, f.decimals)
    if units is None:
        raise _malformed(f)
    if not (f.low is not None and f.high is not None and f.low <= units <= f.high):
        raise _out_of_range(f)
    return decimal.Decimal(units).scaleb(-f.decimals)


def _parse_level(f: Field, raw: Any) -> int:
    if isinstance(raw, str) and _word(raw) in f.aliases:
        return int(f.aliases[_word(raw)])
    n = _whole(f, raw)
    if n not in (0, 1, 2):
        raise _out_of_range(f)
    return n


def _parse_bool(f: Field, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    word = _answer(f, raw)
    if word in YES_WORDS:
        return True
    if word in NO_WORDS:
        return False
    raise _malformed(f)


def _parse_enum(f: Field, raw: Any) -> str:
    word = _answer(f, raw)
    if word not in f.values:
        raise _malformed(f)
    return word


def _parse_date(f: Field, raw: Any) -> dt.date:
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if f.date_format and not isinstance(raw, dt.date):
        raw = date_format(f.date_format).read(raw)
    if isinstance(raw, str):
        match = _ISO.fullmatch(raw.strip())
        if not match:
            raise _malformed(f)
        try:
            raw = dt.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise _malformed(f) from None
    if not isinstance(raw, dt.date):
        raise _malformed(f)
    if not _YEARS[0] <= raw.year <= _YEARS[1]:
        raise _out_of_range(f)
    return raw


def _parse_offence_code(f: Field, raw: Any) -> str:
    if isinstance(raw, numbers.Number) and not isinstance(raw, numbers.Integral):
        raw = _whole(f, raw)
    try:
        return f"{offences.parse_code(raw):05d}"
    except (ValueError, TypeError):
        raise _malformed(f) from None


def _parse_offence_group(f: Field, raw: Any) -> str:
    word = _word(raw if isinstance(raw, str) else _text(f, raw))
    if word not in offences.all_groups():
        raise _malformed(f)
    return word


_PARSERS = {
    Kind.INT: _parse_int,
    Kind.DECIMAL: _parse_decimal,
    Kind.LEVEL: _parse_level,
    Kind.BOOL: _parse_bool,
    Kind.ENUM: _parse_enum,
    Kind.DATE: _parse_date,
    Kind.OFFENCE_CODE: _parse_offence_code,
    Kind.OFFENCE_GROUP: _parse_offence_group,
}


def _read(name: str) -> dict[str, Field]:
    found = {}
    for row in csv.DictReader(_data.text(name).splitlines()):
        aliases = dict(pair.split("=") for pair in row["aliases"].split())
        if row["kind"] == Kind.LEVEL.value and not aliases:
            aliases = PROBLEM_WORDS
        name, *also = row["hmpps_api_name"].split() or [""]
        found[row["field"]] = Field(
            name=row["field"],
            kind=Kind(row["kind"]),
            low=int(row["low"]) if row["low"] else None,
            high=int(row["high"]) if row["high"] else None,
            values=tuple(row["values"].split()),
            aliases=aliases,
            oasys_item=row["oasys_item"],
            hmpps_name=name,
            meaning=row["meaning"],
            hmpps_also=tuple(also),
        )
    return found


@cache
def fields() -> Mapping[str, Field]:
    """Every field of an OASys assessment by name, those of screening tools last; read-only."""
    return MappingProxyType({**_read("fields.csv"), **screening_fields()})


@cache
def screening_fields() -> Mapping[str, Field]:
    """The fields that only screening tools read (maturity, learning and the like); read-only."""
    return MappingProxyType(_read("screening_fields.csv"))


@cache
def youth_fields() -> Mapping[str, Field]:
    """The fields that only the predictors for children read, by name; read-only."""
    return MappingProxyType(_read("youth_fields.csv"))


@cache
def all_fields() -> Mapping[str, Field]:
    """Every field by name, those for children last; read-only."""
    return MappingProxyType({**fields(), **youth_fields()})


def field(name: str) -> Field:
    """The field of that name.

    Raises:
        UnknownNameError: There is none; near names are suggested.
    """
    try:
        return all_fields()[name]
    except KeyError:
        raise UnknownNameError("field", name, all_fields()) from None
