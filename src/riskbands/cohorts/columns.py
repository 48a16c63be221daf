"""Reading columns: whatever array a field arrives in, to codes, validity and faults.

Numbers, truths and dates are read as whole arrays; everything else value by value through
`riskbands.fields.Field.parse`, each different value once, so that a cohort accepts what a
single case accepts, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic import dates
from riskbands.arithmetic.masked import is_masked
from riskbands.arithmetic.truth import where
from riskbands.cohorts.fewvalues import read_few
from riskbands.cohorts.listed import as_array, ascii_texts, named, typed_days, whole_numbers
from riskbands.cohorts.seen import (
    MALFORMED,
    MISSING,
    MOST_SHORT,
    OUT_OF_RANGE,
    EqualTypesError,
    Seen,
    code_of,
    code_type,
    faults_in,
    has_few,
)
from riskbands.derivation.derive import Input
from riskbands.errors import InputError, Issue
from riskbands.vocabulary.fields import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


__all__ = ["ColumnReader", "DictionaryColumn"]

#: Codes up to which comparing with each place is faster than a look-up.
_FEW_CODES = 8
_NUMBERS = (Kind.INT, Kind.LEVEL)
#: Units of time whose range is a few months or hours only.
_TOO_FINE = ("ps", "fs", "as")


@attrs.frozen(eq=False, repr=False)
class DictionaryColumn:
    """A column whose different values are listed once: dictionary-encoded text, categories.

    Attributes:
        indices: Integer array: the position of each row's value, negative where it is missing.
        values: The different values, raw.
    """

    indices: NDArray[Any]
    values: Sequence[Any]

    def __len__(self) -> int:
        return len(self.indices)


class ColumnReader:
    """One column of a cohort, read block by block.

    Args:
        f: The field.
        column: One-dimensional array, masked array, `DictionaryColumn`, or anything
            ``numpy.asarray`` takes.

    Raises:
        InputError: The column is not one-dimensional, or of a dtype no field can have.
    """

    #: Codes that are none.
    MISSING, OUT_OF_RANGE = MISSING, OUT_OF_RANGE

    def __init__(self, f: Field, column: Any) -> None:
        self._set_field(f)
        mask: Any = None
        self._values: NDArray[Any] | None = None
        if isinstance(column, DictionaryColumn):
            codes = [self._seen.alone(v) for v in column.values]
            self._values = np.array([*codes, MISSING], dtype=code_type(f))
            column = column.indices
        if is_masked(column):
            if column.mask is not np.ma.nomask:
                mask = np.ma.getmaskarray(column)
            column = column.data
        if not isinstance(column, np.ndarray):
            many = hasattr(column, "__iter__") or hasattr(column, "__array__")
            if isinstance(column, (str, bytes, Mapping)) or not many:
                raise InputError(
                    Issue(
                        "unusable_column",
                        (f.name,),
                        f"column {f.name} must be an array or a list, with a value for each row",
                    )
                )
            column = as_array(column)
        if column.ndim != 1:
            raise InputError(
                Issue("unusable_column", (f.name,), f"column {f.name} must have one dimension")
            )
        fine = column.dtype.kind == "M" and np.datetime_data(column.dtype)[0] in _TOO_FINE
        if fine or column.dtype.kind not in "biufMOUST":
            raise InputError(
                Issue(
                    "unusable_column",
                    (f.name,),
                    f"column {f.name} has dtype {named(column.dtype)}, which is not {f.allowed}",
                )
            )
        if column.dtype.kind == "f" and column.dtype.itemsize > 8:
            column = column.astype(np.float64)
        self._column: NDArray[Any] = column
        self._mask = mask

    def _set_field(self, f: Field, seen: Seen | None = None) -> None:
        self._field, self._few = f, has_few(f)
        self._same = _same_codes(f) if self._few else 0
        self._seen = Seen(f) if seen is None else seen

    def __len__(self) -> int:
        return len(self._column)

    @property
    def remarks(self) -> list[str]:
        """What is worth saying of the column once, after it has been read."""
        return self._seen.remarks

    def reads(self, f: Field) -> bool:
        """Whether the codes are those of this field."""
        return self._field == f

    def block(self, start: int, stop: int) -> Input:
        """Codes, validity and faults of the rows from ``start`` to before ``stop``."""
        codes = self.codes(start, stop)
        if not len(codes) or int(codes.min()) >= 0:
            return Input(codes, True, ranged=True)
        return Input(codes, codes >= 0, faults_in(codes), ranged=True)

    def codes(self, start: int, stop: int) -> NDArray[Any]:
        """Codes of the rows from ``start`` to before ``stop``; negative where there is none."""
        mask = None if self._mask is None else self._mask[start:stop]
        return self._codes(self._column[start:stop], mask)

    def _codes(self, values: NDArray[Any], mask: Any) -> NDArray[Any]:
        """Codes of the field; negative where there is none."""
        if self._values is not None:
            listed = _listed_codes(self._values, values)
            return listed if mask is None else where(mask, MISSING, listed)
        if not values.dtype.itemsize:  # texts without room for a character
            return np.full(len(values), MISSING, np.int8)
        kind, dtype = self._field.kind, values.dtype.kind
        codes: NDArray[Any]
        if kind is Kind.DATE and dtype in "OUS":
            return self._from_written(values, mask)
        if dtype == "O" and mask is None and kind in _NUMBERS and not self._field.aliases:
            numbers = whole_numbers(values)
            if numbers is not None:
                return self._codes(*numbers)
        if kind is Kind.DECIMAL and dtype == "f" and values.dtype.itemsize < 8:
            # Each by its own shortest text: as doubles they have other digits.
            return self._one_by_one(values.astype(str).astype(np.float64), mask)
        if dtype == "M":
            codes = self._from_dates(values) if kind is Kind.DATE else _no_answers(values)
        elif dtype in "iu" and self._few:
            codes = self._from_small(values)
        elif dtype in "biuf" and kind in (Kind.INT, Kind.LEVEL, Kind.BOOL):
            codes = self._from_numbers(values)
        else:
            return self._one_by_one(values, mask)
        if mask is not None:
            codes = where(mask, MISSING, codes)
        return codes

    def _from_dates(self, values: NDArray[Any]) -> NDArray[Any]:
        if not dates.holds_days(values.dtype):  # Nobody can say which day of the month was meant.
            return _no_answers(values)
        packed, valid = dates.pack_array(values)
        if not valid.all():
            gone = np.flatnonzero(~valid)
            missing = packed[gone] == dates.NO_DATE
            packed[gone] = np.where(missing, MISSING, OUT_OF_RANGE)
        return packed

    def _from_small(self, values: NDArray[Any]) -> NDArray[Any]:
        """Codes of whole numbers of which only a few are answers: one look-up."""
        native = values.astype(values.dtype.newbyteorder("="), copy=False)
        unsigned = native.view(f"u{values.dtype.itemsize}")  # negative ones become large
        if not len(values) or int(unsigned.max()) < self._same:
            same: NDArray[np.int8] = values.astype(np.int8, copy=False)
            return same
        # These are cut off before the look-up, which would clip the largest to a negative place.
        codes: NDArray[np.int16] = _small_codes(self._field).take(
            np.minimum(unsigned, 255).astype(np.intp)
        )
        return codes

    def _from_numbers(self, values: NDArray[Any]) -> NDArray[Any]:
        f = self._field
        if values.dtype.kind == "b":
            if f.kind is Kind.BOOL:
                return values.astype(np.int16)
            return np.full(len(values), MALFORMED, dtype=np.int16)
        if f.kind is Kind.BOOL and f.aliases:
            return self._one_by_one(values, None)
        low, high = _range(f)
        if values.dtype.kind != "f":
            codes = values.astype(np.int16)  # a fault is negative, which uint8 cannot hold
            if len(values) and (values.min() < low or values.max() > high):
                codes[(values < low) | (values > high)] = OUT_OF_RANGE
            return codes
        inside = (values >= low) & (values <= high)
        safe = np.where(inside, values, 0)
        codes = safe.astype(np.int16)
        whole = codes == safe
        if inside.all() and whole.all():
            return codes
        outside = np.where(
            np.isnan(values),
            MISSING,
            np.where(_is_whole(values), OUT_OF_RANGE, MALFORMED),
        )
        if f.kind is Kind.BOOL:
            outside = np.where(outside == OUT_OF_RANGE, MALFORMED, outside)
        return np.where(inside & whole, codes, outside).astype(np.int16)

    def _from_written(self, values: NDArray[Any], mask: Any) -> NDArray[Any]:
        """Dates as text or as objects of Python: those of one usual length all at once."""
        if mask is not None:
            values = values.astype(object)
            values[mask] = None
        found = typed_days(values)
        if found is not None:
            return self._from_dates(found)
        texts = ascii_texts(values)
        if texts is None:
            return self._one_by_one(values, None)
        return self._seen.dates(texts, lambda rows: self._one_by_one(values[rows], None))

    def _one_by_one(self, values: NDArray[Any], mask: Any) -> NDArray[Any]:
        """Parse each different value once."""
        if self._few and mask is None and values.dtype.kind in "OSU":
            few = read_few(values, self._seen.alone)
            if few is not None:
                return few
        if mask is None and values.dtype.kind == "O" and _begins_short(values):
            texts = ascii_texts(values)
            if texts is not None:
                codes = self._seen.of_short(texts, lambda rows: self._listed(values[rows].tolist()))
                if codes is not None:
                    return codes
        listed = values.tolist()
        if mask is not None:
            listed = [None if hidden else v for v, hidden in zip(listed, mask, strict=True)]
        return self._listed(listed)

    def _listed(self, listed: list[Any]) -> NDArray[Any]:
        """Look up each value by itself."""
        self._seen.make_room()
        if self._few:
            with suppress(ValueError, TypeError, EqualTypesError):  # a fault is negative
                return np.frombuffer(bytes(map(self._seen.__getitem__, listed)), np.int8)
        with suppress(ValueError, TypeError, EqualTypesError):
            return np.fromiter(map(self._seen.__getitem__, listed), np.int32, len(listed))
        return np.fromiter(self._seen.typed(listed), np.int32, len(listed))


def _begins_short(values: NDArray[Any]) -> bool:
    """Whether the first value is a text as short as those that are read all at once."""
    return len(values) > 0 and isinstance(values[0], str) and len(values[0]) <= MOST_SHORT


def _listed_codes(table: NDArray[Any], places: NDArray[Any]) -> NDArray[Any]:
    """The codes at places of a table whose last entry is that of a missing value, at index -1."""
    if places.dtype.kind != "i":
        return table.take(places)
    least = int(places.min(initial=-1))
    few = table.dtype == np.int8 == places.dtype and len(table) <= _FEW_CODES
    if not few or int(places.max(initial=-1)) >= len(table):
        return table.take(places if least == -1 else np.maximum(places, -1))
    codes = np.full(len(places), MISSING, np.int8)
    for place, code in enumerate(table[:-1]):
        codes += (places == place).view(np.int8) * (code - np.int8(MISSING))
    return codes


@cache
def _same_codes(f: Field) -> int:
    """How many whole numbers, counted from 0, are their own codes."""
    codes = _small_codes(f)
    return int(np.argmin(codes == np.arange(len(codes))))


@cache
def _small_codes(f: Field) -> NDArray[np.int16]:
    """Codes of the whole numbers 0 to 255; no larger number is an answer, nor is 255."""
    return np.array([code_of(f, n) for n in range(256)], dtype=np.int16)


def _no_answers(moments: NDArray[np.datetime64]) -> NDArray[np.int16]:
    """Codes of dates where a field wants something else."""
    codes = np.full(len(moments), MALFORMED, np.int16)
    codes[np.isnat(moments)] = MISSING
    return codes


def _is_whole(values: NDArray[Any]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        whole: NDArray[np.bool_] = np.isfinite(values) & (np.floor(values) == values)
    return whole


def _range(f: Field) -> tuple[int, int]:
    if f.kind is Kind.INT:
        assert f.low is not None
        assert f.high is not None
        return f.low, f.high
    return 0, 2 if f.kind is Kind.LEVEL else 1
