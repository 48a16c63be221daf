"""PyArrow tables and record batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from riskbands.cohorts.arrowcalls import take
from riskbands.cohorts.arrowreader import ArrowReader
from riskbands.cohorts.frames._common import Frame
from riskbands.cohorts.provenance import in_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.cohorts.scorecolumns import Output, ScoreColumn
    from riskbands.vocabulary.fields import Field

__all__ = ["ArrowFrame", "arrow_column", "arrow_type", "of_scores"]

#: Rows of a chunk: the text of their issues stays far below the 2 GB that one array can hold.
_ROWS = 1 << 22


class ArrowFrame(Frame):
    """A table or a record batch."""

    def __init__(self, table: pa.Table | pa.RecordBatch) -> None:
        self._table = table
        self.labels = table.schema.names
        self.rows = table.num_rows

    def reader(self, f: Field, place: int) -> ColumnReader:
        """The column at a place."""
        return ArrowReader(f, self._table.column(place))

    def column(self, place: int) -> pa.ChunkedArray | pa.Array:
        """The column at a place."""
        return self._table.column(place)

    def with_scores(self, columns: Sequence[ScoreColumn]) -> pa.Table | pa.RecordBatch:
        """With these columns, as chunks of a table or arrays of a batch."""
        table = self._table
        whole = isinstance(table, pa.RecordBatch)
        arrays, schema = list(table.columns), table.schema
        for column in columns:
            new = pa.field(column.output.name, arrow_type(column.output))
            array = arrow_column(column, 0, self.rows) if whole else _chunked(column, self.rows)
            place = self.place_of(new.name)
            if place is None:
                arrays.append(array)
                schema = schema.append(new)
            else:
                arrays[place] = array
                schema = schema.set(place, new)
        outputs = [column.output for column in columns]
        schema = schema.with_metadata(in_bytes(outputs, schema.metadata))
        return type(table).from_arrays(arrays, schema=schema)


def of_scores(columns: Sequence[ScoreColumn]) -> pa.Table:
    """A table of these columns alone."""
    outputs = [column.output for column in columns]
    arrays = [_chunked(column, len(column.data)) for column in columns]
    fields = [pa.field(output.name, arrow_type(output)) for output in outputs]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, in_bytes(outputs, None)))


def _chunked(column: ScoreColumn, rows: int) -> pa.ChunkedArray:
    arrays = [arrow_column(column, n, min(n + _ROWS, rows)) for n in range(0, rows, _ROWS)]
    return pa.chunked_array(arrays, arrow_type(column.output))


def arrow_type(output: Output) -> pa.DataType:
    """The Arrow type of a column of scores."""
    if output.is_text:
        return pa.string()
    if output.is_coded:
        return pa.dictionary(pa.int8(), pa.string(), ordered=output.is_ordered)
    return pa.from_numpy_dtype(output.dtype)


def over(values: NDArray[Any]) -> pa.Array:
    """An array over the same memory, where there can be one.

    `pyarrow.array` would load ``numpy.ma`` to find out that nothing is masked.
    """
    if values.dtype.kind in "iuf" and values.dtype.isnative and values.flags.c_contiguous:
        kind = pa.from_numpy_dtype(values.dtype)
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
    return pa.array(values)


def arrow_column(column: ScoreColumn, start: int, stop: int) -> pa.Array:
    """Rows of a column of scores as Arrow has them; null where there is no score."""
    output, rows = column.output, slice(start, stop)
    if output.is_text:
        return take(pa.array(column.texts, pa.string()), over(column.data[rows]))
    if output.is_coded:
        codes = column.label_codes()[rows]
        return pa.DictionaryArray.from_arrays(
            _nullable(codes, codes < 0),
            pa.array(output.labels, pa.string()),
            ordered=output.is_ordered,
        )
    assert column.mask is not None
    return _nullable(column.data[rows], column.mask[rows])


def _nullable(values: NDArray[Any], missing: NDArray[np.bool_]) -> pa.Array:
    """An array over the same memory; null where a value is missing."""
    array = over(values)
    if not missing.any():
        return array
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(array.type, len(array), [valid, array.buffers()[1]])
