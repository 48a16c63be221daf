"""Arrow columns as the columns of a cohort, and the columns of its scores as Arrow columns.

Texts are dictionary-encoded, so that each different value of a batch is parsed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbands.bands import NOT_APPLICABLE, BandArray
from riskbands.columns import DictionaryColumn
from riskbands.errors import InputError, InputErrorGroup, Issue
from riskbands.fields import fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.cohort import Output
    from riskbands.fields import Field

__all__ = ["CohortReader", "arrow_type", "to_arrow"]

_TEXT_TYPES = ("string", "large_string", "string_view")


class CohortReader:
    """Reads record batches of one schema as cohorts.

    Args:
        sources: Name of the column by field, for the fields to read.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        vocabulary = fields()
        self._sources = {vocabulary[name]: column for name, column in sources.items()}

    def columns(self, batch: pa.RecordBatch) -> dict[str, Any]:
        """The columns of the batch, for :func:`riskbands.score_cohort`.

        Raises:
            InputErrorGroup: Columns of types no field can have; all of them together.
        """
        found: dict[str, Any] = {}
        problems = []
        for f, column in self._sources.items():
            try:
                found[f.name] = self._column(f, batch.column(column))
            except InputError as error:
                problems.append(error.issue)
        if problems:
            raise InputErrorGroup.of("the table cannot be read", problems)
        return found

    def _column(self, f: Field, column: pa.Array) -> Any:
        kind = column.type
        if pa.types.is_dictionary(kind):
            if str(kind.value_type) in _TEXT_TYPES:
                return _coded(column)
            return self._column(f, column.cast(kind.value_type))
        if str(kind) in _TEXT_TYPES:
            if str(kind) == "string_view":
                column = column.cast(pa.string())
            return _coded(column.dictionary_encode())
        if pa.types.is_null(kind):
            return np.full(len(column), None, dtype=object)
        if pa.types.is_decimal(kind):
            column = column.cast(pa.float64())
        elif pa.types.is_timestamp(kind) and kind.tz is not None:
            column = pc.local_timestamp(column)
        elif not (
            pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_boolean(kind)
            or pa.types.is_date(kind)
            or pa.types.is_timestamp(kind)
        ):
            what = f"column {f.name} holds {kind}, which is not {f.allowed}"
            raise InputError(Issue("unusable_column", (f.name,), what))
        return _plain(column)


def _coded(column: pa.DictionaryArray) -> DictionaryColumn:
    indices = column.indices.cast(pa.int32()).fill_null(-1)
    return DictionaryColumn(indices.to_numpy(zero_copy_only=False), column.dictionary.to_pylist())


def _plain(column: pa.Array) -> Any:
    """Numbers, truths and dates as NumPy has them; masked where missing."""
    if pa.types.is_temporal(column.type) or not column.null_count:
        return column.to_numpy(zero_copy_only=False)
    mask = column.is_null().to_numpy(zero_copy_only=False)
    blank = pa.scalar(0).cast(column.type)
    return np.ma.MaskedArray(column.fill_null(blank).to_numpy(zero_copy_only=False), mask=mask)


def arrow_type(output: Output) -> pa.DataType:
    """The Arrow type of a column of scores."""
    match output.kind:
        case "points":
            return pa.int16()
        case "percent" if output.predictor.rule.digits == 0:
            return pa.uint8()
        case "percent" | "p":
            return pa.float64()
        case "band" | "type":
            return pa.dictionary(pa.int8(), pa.string())
        case "reduced":
            return pa.bool_()
        case _:
            return pa.string()


def to_arrow(values: Any, output: Output) -> pa.Array:
    """A column of scores as Arrow has it; null where there is no score.

    Args:
        values: As :func:`riskbands.score_cohort` returns it.
        output: What it holds.
    """
    kind = arrow_type(output)
    if isinstance(values, BandArray):
        words = [*values.categories, str(NOT_APPLICABLE)]
        codes = np.where(values.codes == -2, len(words) - 1, values.codes).astype(np.int8)
        indices = pa.array(codes, mask=values.codes == -1)
        return pa.DictionaryArray.from_arrays(indices, pa.array(words))
    if isinstance(values, np.ma.MaskedArray):
        return pa.array(values.data, type=kind, mask=np.ma.getmaskarray(values))
    if output.kind == "type":
        found = pa.array(values, pa.string()).dictionary_encode()
        return pa.DictionaryArray.from_arrays(found.indices.cast(pa.int8()), found.dictionary)
    return pa.array(values, kind)
