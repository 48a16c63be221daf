"""CSV written so that it is read back the same."""

from __future__ import annotations

import csv
import io
from typing import BinaryIO

import pyarrow as pa

from riskbands.cohorts.arrowcalls import cast, glued, take, trimmed
from riskbands.cohorts.files._common import FileError, Lines, titled
from riskbands.cohorts.files._few import FewTexts, few_values
from riskbands.cohorts.files._text import UTF8_MARK

__all__ = ["CsvOutput"]

#: Rows written at a time.
_ROWS = 1 << 13
#: A spreadsheet reads text that begins so as a formula.
_FORMULA = r"^[=+\-@\t\r]"
#: Numbers begin so too, and are harmless.
_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"
#: What is written where nothing is.
_BLANK = pa.array([""], pa.large_string())


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
            cells[-1] = glued([cells[-1], ""], "\n")
            self._stream.write(_data(glued(cells, self._delimiter)))

    def append(self, lines: Lines | None, added: pa.RecordBatch) -> None:
        """Write lines as they are, with further cells after each.

        Args:
            lines: Rows of CSV with the same delimiter.
            added: The further cells of each row.
        """
        assert lines is not None
        tails = self._tails(added, "" if lines.led else "\n")
        for start in range(0, added.num_rows, _ROWS):
            texts, *ends = (column.slice(start, _ROWS) for column in (lines.texts, *tails))
            if not lines.led:
                texts = trimmed(texts, "\r\n")
            self._stream.write(_data(glued([texts, *ends], self._delimiter)))
        if lines.led:
            self._stream.write(b"\n")

    def _tails(self, added: pa.RecordBatch, end: str) -> list[pa.Array]:
        """What to write after each line, in as few columns as may be.

        Columns of few values are joined value by value and not row by row: of each combination
        that occurs there is one text.
        """
        first = len(self._names) - added.num_columns
        tails: list[pa.Array | FewTexts] = []
        for place, column in enumerate(added.columns, first):
            found = self._few(column, place)
            if found is None:
                tails.append(self._cells(column, place))
                continue
            last = tails[-1] if tails else None
            joined = last.joined(found, self._delimiter) if isinstance(last, FewTexts) else None
            if joined is None:
                tails.append(found)
            else:
                tails[-1] = joined
        if isinstance(tails[-1], FewTexts):
            tails[-1] = tails[-1].ended(end)
        elif end:
            tails[-1] = glued([tails[-1], ""], end)
        return [tail.each() if isinstance(tail, FewTexts) else tail for tail in tails]

    def _few(self, column: pa.Array, place: int) -> FewTexts | None:
        """A column of labels, texts, truths or small numbers; None for any other."""
        found = few_values(column)
        if found is None:
            return None
        codes, values = found
        return FewTexts(codes, pa.concat_arrays([self._cells(values, place), _BLANK]))

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def abandon(self) -> None:
        """Nothing is buffered that could still be written."""

    def _cells(self, column: pa.Array, place: int) -> pa.Array:
        if pa.types.is_dictionary(column.type):
            words = self._cells(column.dictionary, place)
            return take(words, column.indices)
        text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        try:
            if not pa.types.is_large_string(column.type):
                column = cast(column, pa.large_string())
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
        import pyarrow.compute as pc

        marks = f'["\\r\\n{_escaped(self._delimiter)}]'
        quoted = glued(["", pc.replace_substring(column, '"', '""'), ""], '"')
        return pc.if_else(pc.match_substring_regex(column, marks), quoted, column)


def _defused(column: pa.Array) -> pa.Array:
    """Texts that no spreadsheet reads as formulas."""
    import pyarrow.compute as pc

    suspect = pc.match_substring_regex(column, _FORMULA)
    if not pc.any(suspect).as_py():
        return column
    formula = pc.and_not(suspect, pc.match_substring_regex(column, _NUMBER))
    return pc.if_else(formula, glued(["'", column], ""), column)


def _escaped(character: str) -> str:
    return f"\\x{{{ord(character):x}}}"


def _data(array: pa.Array) -> memoryview:
    """The bytes of all texts of a large_string array, one after the other."""
    _, offsets, data = array.buffers()
    if not len(array) or data is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("q")
    return memoryview(data)[ends[array.offset] : ends[array.offset + len(array)]]
