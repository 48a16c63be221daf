"""CSV: every cell read as the text it is, and written so that it is read back the same."""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from riskbands.cohorts.files._common import FileError, batch_rows, check_names
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CsvInput", "CsvOutput"]

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
_SAMPLE = 1 << 18
#: Bytes parsed at a time, at least and at most.
_LEAST, _MOST = 1 << 16, 1 << 23
#: A row longer than this is taken for a quoted cell that is never closed.
_LONGEST_ROW = 1 << 26
_UTF8_BOM = codecs.BOM_UTF8
#: The mark of little-endian UTF-32 begins with that of UTF-16.
_OTHER_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Rows written at a time.
_ROWS = 1 << 13


class _Utf8:
    """A stream in any encoding, read as UTF-8 with a line end after its last line.

    Args:
        stream: The bytes.
        name: What to call it in messages.
        encoding: A Python codec, or None for UTF-8 with or without a byte order mark.

    Attributes:
        taken: Bytes read of the stream.
        marked: Whether it begins with a byte order mark.
        sample: The beginning of the text, without mark and without blank lines before the header.
        skipped: Blank lines before the header.
    """

    def __init__(self, stream: io.BufferedIOBase, name: str, encoding: str | None) -> None:
        self._stream = stream
        self._name = name
        self._encoding = encoding
        self._ended = False
        self._lines = 0
        self._last = b""
        self.taken = 0
        self._decoder = _decoder(encoding or "utf-8")
        beginning = self.read(_SAMPLE)
        self.marked = beginning.startswith(_UTF8_BOM)
        beginning = beginning.removeprefix(_UTF8_BOM)
        self.sample = beginning.lstrip(b"\r\n")
        blank = beginning[: len(beginning) - len(self.sample)]
        self.skipped = max(blank.count(b"\n"), blank.count(b"\r"))

    def read(self, size: int) -> bytes:
        """So many bytes more of the text, or what one read gives beyond; fewer at its end."""
        parts: list[bytes] = []
        missing = size
        while missing > 0 and not self._ended:
            # One read of the system at a time: Python heeds an interruption between two.
            chunk = self._stream.read1(missing)
            if not self.taken and self._encoding is None:
                for mark, encoding in _OTHER_BOMS.items():
                    if chunk.startswith(mark):
                        raise FileError(f"{self._name} is not UTF-8: give --encoding {encoding}")
            self._ended = not chunk
            self.taken += len(chunk)
            text = self._decoded(chunk)
            if self._ended and self._last not in (b"", b"\n", b"\r"):
                text += b"\n"
            if text:
                self._last = text[-1:]
                parts.append(text)
                missing -= len(text)
        return b"".join(parts)

    def _decoded(self, chunk: bytes) -> bytes:
        try:
            text = self._decoder.decode(chunk, not chunk)
            encoded = text.encode()  # fails where an encoding has halves of characters
        except UnicodeError as error:
            before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
            line = self._lines + before.count(b"\n") + 1
            example = "utf-16-le" if b"\0" in chunk else "cp1252 (Windows)"
            raise FileError(
                f"{self._name}, line {line}: not {self._encoding or 'UTF-8'}; give the "
                f"--encoding it has, such as {example}"
            ) from None
        self._lines += text.count("\n")
        return encoded


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    """A decoder of that encoding.

    Raises:
        FileError: There is none, or it is no encoding of text, as base64 is.
    """
    # What is no encoding of text fails in a way of its own.
    with contextlib.suppress(Exception):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        if isinstance(decoder.decode(b"", False), str):
            return decoder
    raise FileError(f"no encoding named {encoding!r}; usual ones are utf-8, cp1252 and utf-16")


class CsvInput:
    """A CSV file: a header, then rows of as many cells.

    Args:
        stream: Its bytes.
        name: What to call it in messages.
        size: Its length in bytes, or None.
        encoding: A Python codec, or None for UTF-8.
        delimiter: One character, or None to find out.

    Raises:
        FileError: It is empty, its header has a name twice, or it is not text in the encoding.
    """

    format = "csv"

    def __init__(
        self,
        stream: io.BufferedIOBase,
        name: str,
        size: int | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> None:
        if delimiter is not None and (
            len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'
        ):
            raise FileError(f"--delimiter must be one ASCII character, not {delimiter!r}")
        self.name = name
        self.size = size
        self._stream = stream
        self._text = _Utf8(stream, name, encoding)
        sample = self._text.sample.decode("utf-8", "ignore")
        if not sample.strip():
            raise FileError(f"{name} is empty: it must begin with a line of column names")
        self.delimiter = delimiter or _found_delimiter(sample)
        self.names = _first_row(sample, self.delimiter)
        if any("\0" in column for column in self.names):
            raise FileError(
                f"{name} is not text in {encoding or 'UTF-8'}; if it is UTF-16 without a byte "
                "order mark, give --encoding utf-16-le"
            )
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
        lines, headers = self._text.skipped, 1
        for chunk in self._chunks():
            yield from self._parsed(chunk, lines, headers)
            lines += chunk.count(b"\n")
            headers = 0

    def _chunks(self) -> Iterator[bytes]:
        """The text, cut after whole rows."""
        held = self._text.sample
        end = b"\n" if b"\n" in held or b"\r" not in held else b"\r"
        length = len(held) // max(held.count(end), 1) + 1
        size = min(max(batch_rows(len(self.names)) * length, _LEAST), _MOST)
        quoted = re.compile(
            rb'(?<![^\r\n%b])"[^"]*(?:""[^"]*)*(?:"|(\Z))' % re.escape(self.delimiter.encode())
        )
        lines = self._text.skipped
        ended = False
        while held or not ended:
            if not ended and len(held) <= size:
                more = self._text.read(size)
                ended = not more
                held += more
            cut, opened = _last_row_end(held, quoted, end)
            if len(held) > _LONGEST_ROW and not cut:
                raise self._unclosed(lines + held.count(b"\n", 0, opened or 0) + 1)
            if ended:
                if opened is not None:
                    raise self._unclosed(lines + held.count(b"\n", 0, opened) + 1)
                cut = len(held)
            elif not cut:
                size = 2 * max(size, len(held))
            if cut:
                yield held[:cut]
                lines += held.count(b"\n", 0, cut)
                held = held[cut:]

    def _unclosed(self, line: int) -> FileError:
        return FileError(f"{self.name}, line {line}: a quoted cell is opened and never closed")

    def _parsed(self, chunk: bytes, lines: int, headers: int) -> Iterator[pa.RecordBatch]:
        if chunk.startswith(_UTF8_BOM):  # text, unless at the beginning; Arrow drops the first
            chunk = _UTF8_BOM + chunk
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(chunk),
                read_options=pa.csv.ReadOptions(
                    block_size=len(chunk) + 1,
                    column_names=self.names,
                    skip_rows_after_names=headers,
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=len(self.names) > 1,
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=self.schema, strings_can_be_null=False
                ),
            )
        except pa.ArrowInvalid:
            # Arrow's own words can quote the row, so they are not passed on.
            raise self._fault(chunk, lines) from None
        if table.num_rows:
            yield from table.combine_chunks().to_batches()

    def _fault(self, chunk: bytes, lines: int) -> FileError:
        """Why a chunk that begins after so many lines cannot be parsed."""
        csv.field_size_limit(_LONGEST_ROW)
        text = io.StringIO(chunk.decode("utf-8", "surrogatepass"), newline="")
        rows = csv.reader(text, delimiter=self.delimiter)
        before = 0
        for row in rows:
            if row and len(row) != len(self.names):
                cells = f"{len(row)} cell{'' if len(row) == 1 else 's'}"
                return FileError(
                    f"{self.name}, line {lines + before + 1}: {cells}, but the header has "
                    f"{len(self.names)}; a cell that holds the delimiter or a line end must stand "
                    "in double quotes"
                )
            before = rows.line_num
        return FileError(f"{self.name} is not a CSV file that can be read (after line {lines})")


def _last_row_end(text: bytes, quoted: re.Pattern[bytes], end: bytes) -> tuple[int, int | None]:
    """Where the last whole row ends, and where a quoted cell begins that is not closed.

    Args:
        text: Begins at the beginning of a row.
        quoted: Matches quoted cells, with a group when the text ends inside one.
        end: Line end.
    """
    spans = [(0, 0)]
    opened = None
    if b'"' in text:
        for match in quoted.finditer(text):
            spans.append(match.span())
            if match[1] is not None:
                opened = match.start()
    before = len(text)
    for start, stop in reversed(spans):
        cut = text.rfind(end, stop, before)
        if cut >= 0:
            return cut + 1, opened
        before = start
    return 0, opened


def _first_row(text: str, delimiter: str) -> list[str]:
    csv.field_size_limit(_LONGEST_ROW)
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
            cells = list(map(self._cells, part.columns, part.schema.names))
            cells[-1] = _glued([cells[-1], ""], "\n")
            self._stream.write(_data(_glued(cells, self._delimiter)))

    def finish(self) -> None:
        """Nothing comes after the last row."""

    def abandon(self) -> None:
        """Nothing is held back that could still be written."""

    def _cells(self, column: pa.Array, name: str) -> pa.Array:
        if pa.types.is_dictionary(column.type):
            words = self._cells(column.dictionary, name)
            return words.take(column.indices)
        if not pa.types.is_large_string(column.type):
            try:
                column = column.cast(pa.large_string())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # can quote the cell
                raise FileError(
                    f"column {name} holds {column.type} that cannot be written as text: write "
                    "Parquet"
                ) from None
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
