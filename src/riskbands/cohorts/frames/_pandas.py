"""pandas data frames: NumPy, nullable, categorical and Arrow-backed columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from riskbands.cohorts.columns import ColumnReader, DictionaryColumn
from riskbands.cohorts.frames._common import Frame, FrameError
from riskbands.cohorts.provenance import KEY, origin
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskbands.cohorts.scorecolumns import ScoreColumn
    from riskbands.vocabulary.fields import Field

__all__ = ["PandasFrame", "of_scores"]

_MASKED = (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)
_REFUSED = (pd.PeriodDtype, pd.IntervalDtype)


class PandasFrame(Frame):
    """A data frame; its index is left alone.

    Raises:
        FrameError: Its columns have several levels.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        if frame.columns.nlevels > 1:
            raise FrameError(
                f"the columns have {frame.columns.nlevels} levels: give each column one name, for "
                "example with df.columns = ['_'.join(map(str, label)) for label in df.columns]"
            )
        self._frame = frame
        self.labels = list(frame.columns)
        self.rows = len(frame)

    def reader(self, f: Field, place: int) -> ColumnReader:
        """The column at a place."""
        return _reader(f, self._frame.iloc[:, place])

    def column(self, place: int) -> pd.Series[Any]:
        """The column at a place."""
        return self._frame.iloc[:, place]

    def with_scores(self, columns: Sequence[ScoreColumn]) -> pd.DataFrame:
        """With these columns; those that were there keep their place."""
        frame = self._frame
        arrays = {column.output.name: _array(column) for column in columns}
        places = {name: self.place_of(name) for name in arrays}
        added = {name: arrays[name] for name, place in places.items() if place is None}
        new = pd.DataFrame(added, index=frame.index)
        new.columns.name = frame.columns.name
        result = pd.concat([frame, new], axis=1)
        for name, place in places.items():
            if place is not None:
                result.isetitem(place, arrays[name])
        result.attrs = dict(frame.attrs)
        _say_origin(result, columns)
        return result


def of_scores(columns: Sequence[ScoreColumn]) -> pd.DataFrame:
    """A data frame of these columns alone."""
    result = pd.DataFrame({column.output.name: _array(column) for column in columns})
    _say_origin(result, columns)
    return result


def _say_origin(frame: pd.DataFrame, columns: Sequence[ScoreColumn]) -> None:
    before = frame.attrs.get(KEY)
    known = before if isinstance(before, dict) else {}
    frame.attrs[KEY] = {**known, **origin(column.output for column in columns)}


def _reader(f: Field, series: pd.Series[Any]) -> ColumnReader:
    dtype, array = series.dtype, series.array
    if isinstance(dtype, _REFUSED):
        what = f"column {f.name} holds {dtype}, which is not {f.allowed}"
        raise InputError(Issue("unusable_column", (f.name,), what))
    if isinstance(dtype, pd.CategoricalDtype):
        values = dtype.categories.astype(object).tolist()
        return ColumnReader(f, DictionaryColumn(series.cat.codes.to_numpy(), values))
    if isinstance(array, _MASKED):
        return ColumnReader(f, _masked(array))
    if isinstance(dtype, pd.ArrowDtype) or getattr(dtype, "storage", "") in _ARROW_STORAGE:
        from riskbands.cohorts.arrowreader import ArrowReader

        return ArrowReader(f, array.__arrow_array__())
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ColumnReader(f, series.dt.tz_localize(None).to_numpy())
    if isinstance(dtype, np.dtype):
        return ColumnReader(f, series.to_numpy())
    if isinstance(dtype, pd.SparseDtype):
        return ColumnReader(f, np.asarray(array))
    return ColumnReader(f, series.to_numpy(dtype=object))


#: How a pandas text column says that it holds Arrow.
_ARROW_STORAGE = ("pyarrow", "pyarrow_numpy")


def _masked(array: Any) -> Any:
    """Values and mask; the values are copied only where some are missing."""
    missing = np.asarray(array.isna())
    kind = array.dtype.numpy_dtype
    if not missing.any():
        return array.to_numpy(dtype=kind, copy=False)
    return np.ma.MaskedArray(array.to_numpy(dtype=kind, na_value=kind.type(0)), mask=missing)


def _array(column: ScoreColumn) -> Any:
    """A column of scores as a pandas array over the same memory, where pandas has such an array."""
    output = column.output
    if output.is_text:
        texts = pd.Series(column.texts).array  # object, or str where pandas infers it
        return texts.take(column.data)
    if output.is_coded:
        dtype = pd.CategoricalDtype(output.labels, ordered=output.is_ordered)
        return pd.Categorical.from_codes(column.label_codes(), dtype=dtype)
    kinds: dict[str, Any] = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    return kinds.get(output.dtype.kind, pd.arrays.IntegerArray)(column.data, column.mask)
