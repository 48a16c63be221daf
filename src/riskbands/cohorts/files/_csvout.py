"""CSV written so that it is read back the same."""

from __future__ import annotations

import csv
import io
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from riskbands.cohorts.files._common import FileError, Lines, titled
from riskbands.cohorts.files._text import UTF8_MARK

__all__ = ["CsvOutput"]

#: Rows written at a time.
_ROWS = 1 << 13
#: A spreadsheet reads text that begins so as a formula.
_FORMULA = r"^[=+\-@\t\r]"
#: Numbers begin so too, and are harmless.
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


class CsvOutput:
    """Writes CSV in UTF-8: cells are quoted where they must be, lines end in a line feed.

    Args:
        stream: Where to write.
        schema: Columns.
        delimiter: Between cells.
        marked: Whether to begin with a byte order mark.
        safe: Whether to put an apostrophe before text that a spreadsheet takes for a formula.

    Raises:
        FileError: A column holds what CSV cannot.
    """

    def __init__(
        self,
        stream: BinaryIO,
        schema: pa.Schema,
        delimiter: str = ",",
        marked: bool = False,
        safe: bool = False,
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._safe = safe
        self._names: list[str] = schema.names
        for place, field in enumerate(schema):
            if pa.types.is_nested(field.type):
                kind = str(field.type).partition("<")[0]  # The rest of the message can hold names.
                raise FileError(
                    f"{titled(self._names, place)} holds a {kind}, which CSV cannot: write Parquet"
                )
        names = pa.array(schema.names, pa.large_string())
        header = io.StringIO()
        csv.writer(header, delimiter=delimiter, lineterminator="\n").writerow(
            _defused(names).to_pylist() if safe else schema.names
        )
        stream.write((UTF8_MARK if marked else b"") + header.getvalue().encode())

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            cells = list(map(self._cells, part.columns, range(part.num_columns)))
            cells[-1] = _glued([cells[-1], ""], "\n")
            self._stream.write(_data(_glued(cells, self._delimiter)))

    def append(self, lines: Lines | None, added: pa.RecordBatch) -> None:
        """Write lines as they are, with further cells after each.

        Args:
            lines: Rows of CSV with the same delimiter.
            added: The further cells of each row.
        """
        assert lines is not None
        before = len(self._names) - added.num_columns
        cells = map(self._cells, added.columns, range(before, len(self._names)))
        texts = lines.texts
        if not lines.led:
            texts = pc.ascii_rtrim(texts, characters="\r\n")
        joined = _glued([texts, *cells], self._delimiter)
        if not lines.led:
            joined = _glued([joined, ""], "\n")
        self._stream.write(_data(joined))
        if lines.led:
            self._stream.write(b"\n")

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def abandon(self) -> None:
        """Nothing is buffered that could still be written."""

    def _cells(self, column: pa.Array, place: int) -> pa.Array:
        if pa.types.is_dictionary(column.type):
            words = self._cells(column.dictionary, place)
            return words.take(column.indices)
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        try:
            if not pa.types.is_large_string(column.type):
                column = column.cast(pa.large_string())
            if text:
                column.validate(full=True)  # Parquet accepts bytes that are not text.
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # The message can quote the cell.
            what = f"{titled(self._names, place)} holds {column.type}"
            raise FileError(f"{what} that cannot be written as text: write Parquet") from None
        if self._safe:
            column = _defused(column)
        data = _data(column).tobytes()
        if not any(mark in data for mark in (b'"', b"\n", b"\r", self._delimiter.encode())):
            return column
        marks = f'["\\r\\n{_escaped(self._delimiter)}]'
        quoted = _glued(["", pc.replace_substring(column, '"', '""'), ""], '"')
        return pc.if_else(pc.match_substring_regex(column, marks), quoted, column)


def _defused(column: pa.Array) -> pa.Array:
    """Texts that no spreadsheet reads as formulas."""
    suspect = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(suspect).as_py():
        return column
    formula = pc.and_not(suspect, pc.match_substring_regex(column, _NUMBER))
    return pc.if_else(formula, _glued(["'", column], ""), column)


def _glued(parts: list[Any], between: str) -> pa.Array:
    """Columns and constants joined row by row; a missing cell is blank."""
    kind = pa.large_string()
    parts = [pa.scalar(part, kind) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(
        *parts, pa.scalar(between, kind), null_handling="replace", null_replacement=""
    )


def _escaped(character: str) -> str:
    return f"\\x{{{ord(character):x}}}"


def _data(array: pa.Array) -> memoryview:
    """The bytes of all texts of a large_string array, one after the other."""
    _, offsets, data = array.buffers()
    if not len(array) or data is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("q")
    return memoryview(data)[ends[array.offset] : ends[array.offset + len(array)]]
