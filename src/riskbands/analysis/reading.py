"""Columns of scores, outcomes and groups, whatever table they come in, as numbers and small codes.

Outcomes and labels are read by the readers of a cohort, so that they are accepted in every
spelling and from every library that a cohort is. Numbers are read whole.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._redact import column_labels
from riskbands.arithmetic.masked import decoded
from riskbands.arithmetic.units import widened
from riskbands.bands.array import BandArray
from riskbands.cohorts.columns import ColumnReader, DictionaryColumn
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.vocabulary.fields import Field, Kind, is_missing
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Sized

    from numpy.typing import NDArray

__all__ = [
    "FOLLOW_UP_TOO_SHORT",
    "FOLLOW_UP_UNKNOWN",
    "MISSING",
    "OUTCOMES",
    "Table",
    "UnreadableOutcomesError",
    "check_length",
    "is_series",
    "numbers_of",
    "outcomes_of",
    "plain",
    "unreadable_outcomes",
    "whole_numbers_of",
]

#: Codes of an outcome besides 0 and 1.
FOLLOW_UP_TOO_SHORT: Final = 2
FOLLOW_UP_UNKNOWN: Final = 3
MISSING: Final = 4
#: How each code is written in a table of counts.
OUTCOMES: Final = ("no", "yes", "follow_up_too_short", "follow_up_unknown", "missing")

_BLOCK: Final = 1 << 20


class Table:
    """A table of any library, or a mapping of columns.

    Args:
        data: What `riskbands.score_cohort` takes or returns.

    Raises:
        FrameError: Its columns cannot be told apart.
        MissingExtraError: It is a data frame, and the ``[dataframe]`` extra is not installed.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.
    """

    def __init__(self, data: Any) -> None:
        self._columns: Mapping[str, Any] | None = None
        self._frame: Any = None
        self.library = "mapping"
        if isinstance(data, Mapping):
            self._columns = data
            return
        from riskbands.cohorts.frames import open_frame

        self._frame = open_frame(data)
        self.library = _library_of(data)

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        labels = self._frame.labels if self._columns is None else self._columns
        return [str(label) for label in labels]

    def has(self, name: str) -> bool:
        """Whether there is a column of this name."""
        if self._columns is not None:
            return name in self._columns
        return self._frame.place_of(name) is not None

    def column(self, name: str, what: str = "column") -> Any:
        """A column as its library has it.

        Raises:
            UnknownNameError: There is none; ``what`` says what it was to be.
        """
        labels = list(self._frame.labels if self._columns is None else self._columns)
        if self._columns is not None:
            if name in self._columns:
                return self._columns[name]
        elif (place := self._frame.place_of(name)) is not None:
            return self._frame.column(place)
        raise UnknownNameError(what, name, column_labels(labels, built_in().fields, quoted=False))

    def reader(self, field: Field, name: str) -> ColumnReader:
        """A reader of a column as a field, block by block."""
        if self._columns is not None:
            column = self.column(name)
            if isinstance(column, BandArray):
                column = DictionaryColumn(*_of_bands(column))
            elif is_series(column):
                return Table(_framed(column, name)).reader(field, name)
            return ColumnReader(field, column)
        reader: ColumnReader = self._frame.reader(field, self._frame.place_of(name))
        return reader


def _of_bands(bands: BandArray) -> tuple[NDArray[np.int8], list[str]]:
    """Codes and labels; not applicable is a label of its own."""
    codes = np.where(bands.codes == -2, len(bands.categories), bands.codes).astype(np.int8)
    return codes, [*bands.categories, "not_applicable"]


def _library_of(data: Any) -> str:
    """The library of a table, or of the one that Narwhals wraps."""
    library = type(data).__module__.partition(".")[0]
    return _library_of(data.to_native()) if library == "narwhals" else library


def is_series(column: Any) -> bool:
    """Whether a column is of a data-frame library."""
    return type(column).__module__.partition(".")[0] in ("pandas", "polars", "pyarrow")


def _framed(column: Any, name: str) -> Any:
    """A column of a data-frame library as a table of one column."""
    library = type(column).__module__.partition(".")[0]
    if library == "pyarrow":
        import pyarrow as pa

        return pa.table({name: column})
    if library == "polars":
        return column.alias(name).to_frame()
    import pandas as pd

    return pd.Series(column).to_frame(name)


def numbers_of(table: Table, name: str, what: str) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """A column of numbers.

    Returns:
        An array of integers or float64, and where values are missing; None for nowhere. A
        missing float is NaN besides.

    Raises:
        InputError: The column holds something else; the message names the first row.
        UnknownNameError: There is no such column.
    """
    column = table.column(name, what)
    values, mask = plain(column)
    if values.dtype.kind == "f":
        values = widened(values)
        absent = np.isnan(values)
        if mask is not None:
            absent |= mask
        return values, absent if absent.any() else None
    if values.dtype.kind in "iu":
        return values, mask if mask is not None and mask.any() else None
    return _one_by_one(values, mask, name)


def plain(column: Any) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """Values and mask, with as little copying as its library allows."""
    column = decoded(column)
    if isinstance(column, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(column) if column.mask is not np.ma.nomask else None
        return np.asarray(column.data), mask
    if is_series(column):
        import narwhals.stable.v1 as nw

        if type(column).__module__.startswith("pyarrow") and not hasattr(column, "chunks"):
            import pyarrow as pa

            column = pa.chunked_array([column])
        series = nw.from_native(column, series_only=True)
        if not series.dtype.is_integer():
            return np.asarray(series.to_numpy()), None
        missing = series.is_null()
        if not missing.any():
            return np.asarray(series.to_numpy()), None
        return np.asarray(series.fill_null(0).to_numpy()), np.asarray(missing.to_numpy())
    if isinstance(column, np.ndarray):
        return column, None
    listed = list(column)
    values = np.empty(len(listed), dtype=object)
    values[:] = listed
    return values, None


def _one_by_one(
    values: NDArray[Any], mask: NDArray[np.bool_] | None, name: str
) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    listed = values.tolist()
    found = np.full(len(listed), np.nan)
    whole = np.zeros(len(listed), dtype=np.int64)
    floats = False
    for row, value in enumerate(listed):
        if (mask is not None and mask[row]) or is_missing(value):
            continue
        number = _number(value)
        if number is None:
            raise InputError(
                Issue(
                    "malformed",
                    (name,),
                    f"column {name} must hold numbers: row {row}, counted from 0, does not",
                )
            )
        found[row] = number
        if isinstance(value, int | Decimal) and value == int(value) and abs(number) < 2.0**62:
            whole[row] = int(value)
        else:
            floats = True
    absent = np.isnan(found)
    return found if floats else whole, absent if absent.any() else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | Fraction | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def whole_numbers_of(table: Table, name: str, what: str) -> NDArray[np.int64]:
    """A column of counts: whole numbers from 0, none missing.

    Raises:
        InputError: A value is none.
        UnknownNameError: There is no such column.
    """
    values, missing = numbers_of(table, name, what)
    bad = np.zeros(len(values), dtype=np.bool_) if missing is None else missing.copy()
    with np.errstate(invalid="ignore"):
        bad |= (values < 0) | (values != np.floor(values))
        bad |= (values.dtype.kind == "f") & (values >= 2.0**53)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise InputError(
            Issue(
                "malformed",
                (name,),
                f"column {name} must hold whole numbers from 0: row {row}, counted from 0, "
                "does not",
            )
        )
    return values.astype(np.int64)


@attrs.frozen(eq=False)
class _Outcome(Field):
    """Yes or no, or one of the words for those who were not followed up long enough."""

    def parse(self, raw: Any) -> Any:
        if isinstance(raw, bytes):
            raw = raw.decode("utf-8", "replace")
        if isinstance(raw, str) and raw in OUTCOMES[2:]:
            return None if raw == OUTCOMES[MISSING] else OUTCOMES.index(raw)
        return super().parse(raw)

    def encode(self, value: Any) -> int:
        return int(value)


class UnreadableOutcomesError(InputError):
    """Outcomes that are neither yes nor no.

    Attributes:
        column: The column.
        row: The first of them, counted from 0.
        n: How many there are.
    """

    def __init__(self, column: str, row: int, n: int) -> None:
        self.column, self.row, self.n = column, row, n
        first = f"row {row}, counted from 0, does not; make it one before counting"
        if n > 1:
            first = (
                f"{n:,} rows do not, the first of them row {row}, counted from 0; make each one "
                "before counting"
            )
        message = f"column {column} must hold 0 or 1, or yes or no: {first}, or missing"
        super().__init__(Issue("malformed", (column,), message))

    def __reduce__(self) -> Any:
        return type(self), (self.column, self.row, self.n)


def unreadable_outcomes(table: Table, name: str) -> int:
    """How many outcomes of a column cannot be read."""
    try:
        outcomes_of(table, name)
    except UnreadableOutcomesError as error:
        return error.n
    return 0


def check_length(name: str, column: Sized, rows: int, beside: str = "the scores") -> None:
    """Refuse a column of another length than what it stands beside.

    Raises:
        InputError: Its length is another.
    """
    if len(column) != rows:
        what = f"column {name} has {len(column)} rows and {beside} {rows}"
        raise InputError(Issue("unequal_lengths", (name,), what))


def outcomes_of(table: Table, name: str) -> NDArray[np.int8]:
    """A column of outcomes as codes: 0 no, 1 yes, and what `OUTCOMES` has besides.

    Raises:
        UnreadableOutcomesError: A value is neither yes nor no in any spelling.
        UnknownNameError: There is no such column.
    """
    table.column(name, "column of outcomes")
    reader = table.reader(_Outcome(name, Kind.BOOL), name)
    rows = len(reader)
    codes = np.empty(rows, dtype=np.int8)
    first, unreadable = 0, 0
    for start in range(0, rows, _BLOCK):
        stop = min(start + _BLOCK, rows)
        found = reader.block(start, stop)
        if found.faults:
            bad = np.flatnonzero(np.logical_or.reduce(list(found.faults.values())))
            first = first if unreadable else start + int(bad[0])
            unreadable += len(bad)
        codes[start:stop] = found.values
        if found.valid is not True:
            codes[start:stop][~np.asarray(found.valid)] = MISSING
    if unreadable:
        raise UnreadableOutcomesError(name, first, unreadable)
    return codes
