"""Reading columns: whatever array a field arrives in, to codes, validity and faults.

Numbers, truths and dates are read whole; everything else value by value through
`riskbands.fields.Field.parse`, each different value once, so that a cohort accepts what a
single case accepts, and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic import dates
from riskbands.derivation.derive import Input
from riskbands.errors import InputError, InputErrorGroup, Issue
from riskbands.vocabulary.fields import Field, FieldFault, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["ColumnReader", "DictionaryColumn", "Seen", "read_columns"]

_MISSING, _MALFORMED, _OUT_OF_RANGE = -1, -2, -3
_FAULTS = {_MALFORMED: "malformed", _OUT_OF_RANGE: "out_of_range"}
_BY_FAULT = {code: number for number, code in _FAULTS.items()}
#: Different values of a column that are remembered between blocks.
_REMEMBERED = 1_000_000
#: Kinds of field whose codes are small, and soonest read as bytes.
_FEW = (Kind.LEVEL, Kind.BOOL, Kind.ENUM)
#: Units of time that reach a few months or hours only.
_TOO_FINE = ("ps", "fs", "as")


_NUMBERS = (int, float, np.integer, np.floating)
#: Types whose values are never equal to those of another type.
_NEVER_EQUAL = frozenset([str, bytes, type(None), dt.date, dt.datetime])


class _EqualTypesError(Exception):
    """A value may equal one of another type that means something else."""


class Seen(dict[Any, int]):
    """Codes of the different values of a column, each parsed when it is first met.

    It holds texts, dates and None, and no others: 1, True and 1.0 are equal keys. Those are in
    `by_type`, whose keys are the type and the value.
    """

    def __init__(self, read: Callable[[Any], int]) -> None:
        super().__init__()
        self._read = read
        self.by_type: dict[tuple[type, Any], int] = {}

    def __missing__(self, key: Any) -> int:
        if type(key) not in _NEVER_EQUAL:
            raise _EqualTypesError
        code = self[key] = self._read(key)
        return code

    def typed(self, value: Any) -> int:
        """The code of a value of any type."""
        key = type(value), value
        code = self.by_type.get(key)
        if code is None:
            code = self.by_type[key] = self._read(value)
        return code

    def make_room(self) -> None:
        """Forget everything when there is too much to remember."""
        if len(self) + len(self.by_type) > _REMEMBERED:
            self.clear()
            self.by_type.clear()


@attrs.frozen(eq=False)
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
    MISSING, OUT_OF_RANGE = _MISSING, _OUT_OF_RANGE

    def __init__(self, f: Field, column: Any) -> None:
        self._field = f
        self._seen = Seen(self._read)
        mask: Any = None
        self._values: NDArray[Any] | None = None
        if isinstance(column, DictionaryColumn):
            codes = [self._read_any(v) for v in column.values]
            self._values = np.array([*codes, _MISSING], dtype=np.int32)
            column = column.indices
        if isinstance(column, np.ma.MaskedArray):
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
            column = _as_array(column)
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
                    f"column {f.name} has dtype {column.dtype}, which is not {f.allowed}",
                )
            )
        if column.dtype.kind == "f" and column.dtype.itemsize > 8:
            column = column.astype(np.float64)
        self._column: NDArray[Any] = column
        self._mask = mask

    def __len__(self) -> int:
        return len(self._column)

    def reads(self, f: Field) -> bool:
        """Whether the codes are those of this field."""
        return self._field == f

    def block(self, start: int, stop: int) -> Input:
        """Codes, validity and faults of the rows from ``start`` to before ``stop``."""
        values = self._column[start:stop]
        mask = None if self._mask is None else self._mask[start:stop]
        return self._as_input(self._codes(values, mask))

    @staticmethod
    def _as_input(codes: NDArray[Any]) -> Input:
        """Codes, validity and faults, from codes that are negative where there is none."""
        least = int(codes.min()) if len(codes) else 0
        if least >= 0:
            return Input(codes, True, ranged=True)
        valid = codes >= 0
        faults = {}
        if least < _MISSING:
            faults = {
                name: rows
                for number, name in _FAULTS.items()
                if bool((rows := codes == number).any())
            }
        return Input(codes, valid, faults, ranged=True)

    def _codes(self, values: NDArray[Any], mask: Any) -> NDArray[Any]:
        """Codes of the field; negative where there is none."""
        if self._values is not None:  # the last entry, at index -1, is that of a missing value
            if values.dtype.kind == "i":
                values = np.maximum(values, -1)
            listed = self._values[values]
            return listed if mask is None else np.where(mask, _MISSING, listed)
        kind, dtype = self._field.kind, values.dtype.kind
        codes: NDArray[Any]
        if dtype == "M":
            codes = self._from_dates(values) if kind is Kind.DATE else _no_answers(values)
        elif dtype in "iu" and kind in _FEW:
            codes = self._from_small(values)
        elif dtype in "biuf" and kind in (Kind.INT, Kind.LEVEL, Kind.BOOL):
            codes = self._from_numbers(values)
        else:
            return self._one_by_one(values, mask)
        if mask is not None:
            codes = np.where(mask, _MISSING, codes)
        return codes

    def _from_dates(self, values: NDArray[Any]) -> NDArray[Any]:
        if not dates.holds_days(values.dtype):  # nobody can say which day of the month it was
            return _no_answers(values)
        packed, valid = dates.pack_array(values)
        if valid.all():
            return packed
        bad = np.where(packed == dates.NO_DATE, _MISSING, _OUT_OF_RANGE)
        return np.where(valid, packed, bad.astype(packed.dtype))

    def _from_small(self, values: NDArray[Any]) -> NDArray[Any]:
        """Codes of whole numbers of which only a few are answers: one look-up."""
        native = values.astype(values.dtype.newbyteorder("="), copy=False)
        unsigned = native.view(f"u{values.dtype.itemsize}")  # negative ones become large
        if not len(values) or int(unsigned.max()) < _same_codes(self._field):
            same: NDArray[np.int8] = values.astype(np.int8, copy=False)
            return same
        # cut off before the look-up, whose own clipping takes the largest for negative
        codes: NDArray[np.int16] = _small_codes(self._field).take(
            np.minimum(unsigned, 255).astype(np.intp)
        )
        return codes

    def _from_numbers(self, values: NDArray[Any]) -> NDArray[Any]:
        f = self._field
        if values.dtype.kind == "b":
            if f.kind is Kind.BOOL:
                return values.astype(np.int16)
            return np.full(len(values), _MALFORMED, dtype=np.int16)
        if f.kind is Kind.BOOL and f.aliases:
            return self._one_by_one(values, None)
        low, high = _range(f)
        if values.dtype.kind != "f":
            codes = values.astype(np.int16)  # a fault is negative, which uint8 cannot hold
            if len(values) and (values.min() < low or values.max() > high):
                codes[(values < low) | (values > high)] = _OUT_OF_RANGE
            return codes
        inside = (values >= low) & (values <= high)
        safe = np.where(inside, values, 0)
        codes = safe.astype(np.int16)
        whole = codes == safe
        if inside.all() and whole.all():
            return codes
        outside = np.where(
            np.isnan(values),
            _MISSING,
            np.where(_is_whole(values), _OUT_OF_RANGE, _MALFORMED),
        )
        if f.kind is Kind.BOOL:
            outside = np.where(outside == _OUT_OF_RANGE, _MALFORMED, outside)
        return np.where(inside & whole, codes, outside).astype(np.int16)

    def _one_by_one(self, values: NDArray[Any], mask: Any) -> NDArray[Any]:
        """Parse each different value once."""
        listed = values.tolist()
        if mask is not None:
            listed = [None if hidden else v for v, hidden in zip(listed, mask, strict=True)]
        self._seen.make_room()
        if self._field.kind in _FEW:
            with suppress(ValueError, TypeError, _EqualTypesError):  # a fault is negative
                return np.frombuffer(bytes(map(self._seen.__getitem__, listed)), np.int8)
        for read in (self._seen.__getitem__, self._seen.typed):
            try:
                return np.fromiter(map(read, listed), np.int32, len(listed))
            except _EqualTypesError:
                continue
            except TypeError:  # a value that cannot be hashed, such as a list
                break
        return np.fromiter(map(self._read_any, listed), np.int32, len(listed))

    def _read_any(self, raw: Any) -> int:
        try:
            hash(raw)
        except TypeError:
            return _MALFORMED
        return self._read(raw)

    def _read(self, raw: Any) -> int:
        return _code(self._field, raw)


def _code(f: Field, raw: Any) -> int:
    """The code of a raw value; negative where there is none."""
    try:
        value = f.parse(raw)
    except FieldFault as fault:
        return _BY_FAULT[fault.code]
    return _MISSING if value is None else f.encode(value)


@cache
def _same_codes(f: Field) -> int:
    """How many whole numbers from 0 are codes of themselves."""
    codes = _small_codes(f)
    return int(np.argmin(codes == np.arange(len(codes))))


@cache
def _small_codes(f: Field) -> NDArray[np.int16]:
    """Codes of the whole numbers 0 to 255; no larger number is an answer, nor is 255."""
    return np.array([_code(f, n) for n in range(256)], dtype=np.int16)


def _no_answers(moments: NDArray[np.datetime64]) -> NDArray[np.int16]:
    """Codes of dates where a field wants something else."""
    codes = np.full(len(moments), _MALFORMED, np.int16)
    codes[np.isnat(moments)] = _MISSING
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


def _as_array(column: Any) -> NDArray[Any]:
    """An array of a list or another array-like; values of several kinds are kept as they are.

    NumPy would make 1 of True beside a number, and 1 January of a year beside a day.
    """
    if hasattr(column, "__array__"):
        return np.asarray(column)
    listed = list(column)
    kinds = set(map(type, listed))
    alike = len(kinds) <= 1 and kinds.isdisjoint([str, np.datetime64])
    if kinds == {np.datetime64}:
        alike = len({value.dtype for value in listed}) == 1
    if alike or all(map(_is_number, kinds)):
        try:
            return np.asarray(listed)
        except ValueError:  # a value is itself a list: that row is malformed, not the column
            pass
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


def _is_number(kind: type) -> bool:
    """Whether an array may hold values of this type beside other numbers."""
    return issubclass(kind, _NUMBERS) and not issubclass(kind, (bool, np.timedelta64))


def read_columns(
    columns: Mapping[str, Any], vocabulary: Vocabulary
) -> tuple[dict[str, ColumnReader], int]:
    """Readers of the columns that are fields a predictor may read, and the number of rows.

    Columns of other names are left alone; a column that is a reader already is taken as it is.

    Raises:
        InputErrorGroup: Columns that cannot be used; all of them together.
    """
    readers: dict[str, ColumnReader] = {}
    problems: list[Issue] = []
    lengths: dict[str, int] = {}
    for name, column in columns.items():
        f = vocabulary.fields.get(name)
        if f is None or not f.scored:
            continue
        try:
            is_reader = isinstance(column, ColumnReader) and column.reads(f)
            readers[name] = column if is_reader else ColumnReader(f, column)
        except InputError as error:
            problems.append(error.issue)
            continue
        lengths[name] = len(readers[name])
    if len(set(lengths.values())) > 1:
        n = max(lengths.values(), key=list(lengths.values()).count)
        odd = ", ".join(f"{k} has {v}" for k, v in lengths.items() if v != n)
        problems.append(
            Issue("unequal_lengths", tuple(lengths), f"columns must have one length ({n}); {odd}")
        )
    if problems:
        raise InputErrorGroup.of("the cohort cannot be read", problems)
    return readers, next(iter(lengths.values()), 0)
