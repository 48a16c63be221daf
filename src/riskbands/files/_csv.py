"""CSV: every cell read as the text it is, and written so that it is read back the same."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from riskbands.fields import all_fields
from riskbands.files._common import FileError, batch_rows, check_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["CsvInput", "CsvOutput"]

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
#: Bytes parsed at a time; no row can be longer. Arrow reads up to 32 blocks ahead.
BLOCK = 1 << 20
_SAMPLE = 1 << 18
_UTF8_BOM = codecs.BOM_UTF8
_OTHER_BOMS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
#: Rows written at a time.
_ROWS = 1 << 13


class _Utf8(io.RawIOBase):
    """A stream in any encoding, read as UTF-8 with a line end after its last line.

    Args:
        stream: The bytes.
        name: What to call it in messages.
        encoding: A Python codec, or None for UTF-8 with or without a byte order mark.
    """

    def __init__(self, stream: BinaryIO, name: str, encoding: str | None) -> None:
        super().__init__()
        self._stream = stream
        self._name = name
        self._encoding = encoding
        self._held = b""
        self._ended = False
        self._lines = 0
        self.taken = 0
        self.quotes = 0
        try:
            self._decoder = codecs.getincrementaldecoder(encoding or "utf-8")("strict")
        except (LookupError, AttributeError):
            raise FileError(
                f"no encoding named {encoding!r}; usual ones are utf-8, cp1252 and utf-16"
            ) from None
        self._fill(_SAMPLE)
        self.marked = self._held.startswith(_UTF8_BOM)
        if self.marked:
            self._held = self._held[len(_UTF8_BOM) :]
        after = self._held.lstrip(b"\r\n")
        self._held = after

    def readable(self) -> bool:
        return True

    @property
    def sample(self) -> str:
        """The beginning of the text."""
        return self._held.decode("utf-8", "ignore")

    def read(self, size: int = -1) -> bytes:
        if not self._held:
            self._fill(size if size > 0 else BLOCK)
        if size < 0:
            while not self._ended:
                self._fill(BLOCK)
            size = len(self._held)
        given, self._held = self._held[:size], self._held[size:]
        self.quotes += given.count(b'"')
        return given

    def _fill(self, size: int) -> None:
        """Hold more text, unless the stream has ended."""
        before = len(self._held)
        while len(self._held) == before and not self._ended:
            chunk = self._stream.read(size)
            if not self.taken and self._encoding is None:
                for mark, encoding in _OTHER_BOMS.items():
                    if chunk.startswith(mark):
                        raise FileError(f"{self._name} is not UTF-8: give --encoding {encoding}")
            self._ended = not chunk
            self.taken += len(chunk)
            try:
                text = self._decoder.decode(chunk, not chunk)
            except UnicodeDecodeError as error:
                line = self._lines + error.object[: error.start].count(b"\n") + 1
                advice = (
                    "give the --encoding it has, such as cp1252 (Windows)"
                    if self._encoding is None
                    else "give the --encoding it has"
                )
                raise FileError(
                    f"{self._name}, line {line}: not {self._encoding or 'UTF-8'}; {advice}"
                ) from None
            self._lines += text.count("\n")
            self._held += text.encode("utf-8", "surrogatepass")
            if self._ended and self.taken and not self._held.endswith((b"\n", b"\r")):
                self._held += b"\n"


class CsvInput:
    """A CSV file: a header, then rows of as many cells.

    Args:
        stream: Its bytes.
        name: What to call it in messages.
        path: The file, to look up a line again; None for a stream.
        size: Its length in bytes, or None.
        encoding: A Python codec, or None for UTF-8.
        delimiter: One character, or None to find out.

    Raises:
        FileError: It is empty, its header has a name twice, or it is not in the encoding.
    """

    format = "csv"

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        path: Path | None = None,
        size: int | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise FileError(f"--delimiter must be one character, not {delimiter!r}")
        self.name = name
        self.size = size
        self._path = path
        self._stream = stream
        self._encoding = encoding
        self._text = _Utf8(stream, name, encoding)
        sample = self._text.sample
        if not sample.strip():
            raise FileError(f"{name} is empty: it must begin with a line of column names")
        self.delimiter = delimiter or _found_delimiter(sample)
        self.names = _first_row(sample, self.delimiter)
        check_names(self.names, name)
        self.schema = pa.schema([(n, pa.string()) for n in self.names])

    @property
    def marked(self) -> bool:
        """Whether it begins with a byte order mark."""
        return self._text.marked

    @property
    def remarks(self) -> tuple[str, ...]:
        """That the delimiter is not a comma."""
        if self.delimiter == ",":
            return ()
        return (f"cells are separated by {DELIMITERS.get(self.delimiter, repr(self.delimiter))}",)

    @property
    def position(self) -> int:
        """Bytes read."""
        return self._text.taken

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, every cell as text; a blank cell is an empty text."""
        ragged: list[Any] = []

        def refuse(row: Any) -> str:
            ragged.append(row)
            return "error"

        last = None
        try:
            reader = pa.csv.open_csv(
                pa.PythonFile(self._text, "r"),
                read_options=pa.csv.ReadOptions(
                    block_size=BLOCK,
                    use_threads=False,
                    column_names=self.names,
                    skip_rows_after_names=1,
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=len(self.names) > 1,
                    invalid_row_handler=refuse,
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=self.schema, strings_can_be_null=False
                ),
            )
            for batch in _gathered(reader, batch_rows(len(self.names))):
                last = batch
                yield batch
        except pa.ArrowInvalid as error:
            raise self._fault(error, ragged) from None
        if last is not None and self._text.quotes % 2 and "\n" in last[-1][-1].as_py():
            raise FileError(f"{self.name}: a quoted cell is opened and never closed")

    def _fault(self, error: pa.ArrowInvalid, ragged: list[Any]) -> FileError:
        if ragged:
            row = ragged[0]
            line = self._line_of(row.actual_columns)
            place = f"line {line}" if line else f"row {row.number} (the header is row 1)"
            cells = f"{row.actual_columns} cell{'' if row.actual_columns == 1 else 's'}"
            return FileError(
                f"{self.name}, {place}: {cells}, but the header has {len(self.names)}; a cell "
                "that holds the delimiter or a line end must stand in double quotes"
            )
        if "straddl" in str(error):
            return FileError(
                f"{self.name}: a row is longer than {BLOCK >> 20} MB; is a quoted cell opened and "
                "never closed?"
            )
        # Arrow's own words can quote the row, so they are not passed on.
        return FileError(f"{self.name} is not a CSV file that can be read")

    def _line_of(self, cells: int) -> int | None:
        """The line where the first row with that wrong number of cells begins."""
        if self._path is None:
            return None
        csv.field_size_limit(BLOCK)
        with self._path.open(encoding=self._encoding or "utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter=self.delimiter)
            before = 0
            for row in rows:
                if row and len(row) == cells:
                    return before + 1
                before = rows.line_num
        return None


def _gathered(batches: Iterable[pa.RecordBatch], least: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at least so many; only the last may have fewer, never none."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        if rows >= least:
            yield _joined(held)
            held, rows = [], 0
    if rows:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    (batch,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return batch


def _first_row(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(BLOCK)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def _found_delimiter(text: str) -> str:
    """The delimiter that makes most fields of the header, or else most cells."""
    known = all_fields()

    def merit(delimiter: str) -> tuple[int, int]:
        names = _first_row(text, delimiter)
        return sum(name.strip().lower() in known for name in names), len(names)

    return max(DELIMITERS, key=merit)


class CsvOutput:
    """Writes CSV in UTF-8: cells are quoted where they must be, lines end in a line feed.

    Args:
        stream: Where to write.
        schema: Columns.
        delimiter: Between cells.
        marked: Whether to begin with a byte order mark.

    Raises:
        FileError: A column holds what CSV cannot.
    """

    def __init__(
        self, stream: BinaryIO, schema: pa.Schema, delimiter: str = ",", marked: bool = False
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        for field in schema:
            if pa.types.is_nested(field.type):
                raise FileError(
                    f"column {field.name} holds {field.type}, which CSV cannot: write Parquet"
                )
        header = io.StringIO()
        csv.writer(header, delimiter=delimiter, lineterminator="\n").writerow(schema.names)
        stream.write((_UTF8_BOM if marked else b"") + header.getvalue().encode())

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        for start in range(0, batch.num_rows, _ROWS):
            part = batch.slice(start, _ROWS)
            cells = [self._cells(column) for column in part.columns]
            cells[-1] = _glued([cells[-1], ""], "\n")
            self._stream.write(_data(_glued(cells, self._delimiter)))

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def _cells(self, column: pa.Array) -> pa.Array:
        if pa.types.is_dictionary(column.type):
            words = self._cells(column.dictionary)
            return words.take(column.indices)
        if not pa.types.is_large_string(column.type):
            column = column.cast(pa.large_string())
        data = _data(column).tobytes()
        if not any(mark in data for mark in (b'"', b"\n", b"\r", self._delimiter.encode())):
            return column
        marks = f'["\\r\\n{_escaped(self._delimiter)}]'
        quoted = _glued(["", pc.replace_substring(column, '"', '""'), ""], '"')
        return pc.if_else(pc.match_substring_regex(column, marks), quoted, column)


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
