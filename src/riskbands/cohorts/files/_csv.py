"""CSV as it comes: every cell is read as the text it is."""

from __future__ import annotations

import itertools
import threading
from bisect import insort
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.csv

from riskbands._redact import column_labels, has_header
from riskbands.cohorts.arrowcalls import call, ends
from riskbands.cohorts.files._bits import line_ends
from riskbands.cohorts.files._common import (
    FileError,
    Lines,
    Piece,
    batch_rows,
    check_names,
    csv_rows,
)
from riskbands.cohorts.files._csvfaults import LONGEST_ROW, Faults
from riskbands.cohorts.files._prose import are_prose, with_digits
from riskbands.cohorts.files._rows import QuoteFault, Rows, could_be_several, find_rows
from riskbands.cohorts.files._text import UTF8_MARK, Text
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskbands.cohorts.files._text import Bytes

__all__ = ["CsvInput"]

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
_SAMPLE = 1 << 18
#: Bytes parsed at a time, at least and at most.
_LEAST, _MOST = 1 << 16, 1 << 23
#: With at least this many columns a row is refused two of whose lines could each be a row.
_TELLING = 5
#: Lines with doubtful quotes that are named.
_TOLD = 3


class CsvInput:
    """A CSV file: a header, then rows of as many cells.

    Args:
        stream: Its bytes.
        name: What to call it in messages.
        size: Its length in bytes, or None.
        encoding: A Python codec, or None for UTF-8.
        delimiter: One character, or None to find out.
        trusting: Whether a quoted cell whose lines could be rows is read, with a remark.

    Attributes:
        delimiter: Between cells.
        names: Those of the header.
        unnamed: How many columns at the right have no name and no content; they are dropped.

    Raises:
        FileError: It is empty, its header has a name twice, or it is not text in the encoding.
    """

    format = "csv"

    def __init__(
        self,
        stream: Bytes,
        name: str,
        size: int | None = None,
        encoding: str | None = None,
        delimiter: str | None = None,
        trusting: bool = False,
    ) -> None:
        if delimiter is not None and (
            len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0'
        ):
            raise FileError(f"--delimiter must be one ASCII character, not {delimiter!r}")
        self.name = name
        self.size = size
        self._stream = stream
        self._trusting = trusting
        #: How many quoted cells could have swallowed rows, and the first lines where one begins.
        self._doubts = 0
        self._doubtful: list[int] = []
        self._lock = threading.Lock()
        self.names: list[str] = []
        self.unnamed = 0
        self._text = Text(stream, name, encoding)
        beginning = self._text.read(_SAMPLE)
        self._held = beginning.lstrip(b"\r\n")
        if not self._held.strip():
            raise FileError(f"{name} is empty: it must begin with a line of column names")
        blank = beginning[: len(beginning) - len(self._held)]
        self._lines = line_ends(blank)
        self._told = self._take_told_delimiter()
        sample = self._held.decode("utf-8", "ignore")
        self.delimiter = delimiter or self._told or _found_delimiter(sample)
        #: Whether a blank line is a row, as it is where there is one column.
        self._blanks = False
        self.names = self._take_header()
        self._blanks = len(self.names) == 1
        if any("\0" in column for column in self.names):
            raise FileError(
                f"{name} is not text in {encoding or 'UTF-8'}; if it is UTF-16 without a byte "
                "order mark, give --encoding utf-16-le"
            )
        self.unnamed = self._blank_columns()
        if self.unnamed:
            del self.names[-self.unnamed :]
        check_names(self.names, name)
        self._beginning = bytes(self._held)
        self.schema = pa.schema([(n, pa.string()) for n in self.names])

    @property
    def marked(self) -> bool:
        """Whether it begins with a byte order mark."""
        return self._text.marked

    @property
    def schemas(self) -> tuple[tuple[str, pa.Schema]]:
        """Its name and schema."""
        return ((self.name, self.schema),)

    @property
    def line_delimiter(self) -> str:
        """What separates cells."""
        return self.delimiter

    @property
    def advice(self) -> str:
        """That the names stand elsewhere, where nothing in the first line looks like them."""
        first = "the first line must have the names of the columns: delete any lines above them"
        if len(self.names) == 1:
            return f"there is one column only: perhaps --delimiter is needed; {first}"
        return "" if has_header(self.names, all_fields()) else first

    @property
    def remarks(self) -> tuple[str, ...]:
        """The delimiter where it is no comma, and what was dropped."""
        found = []
        if self.delimiter != ",":
            what = DELIMITERS.get(self.delimiter, repr(self.delimiter))
            found.append(f"cells are separated by {what}")
        if self._told:
            found.append("the line sep= before the header is not written")
        if self.unnamed:
            what = "blank column" if self.unnamed == 1 else "blank columns"
            found.append(f"{self.unnamed} {what} without a name dropped at the right")
        if self._doubts == 1:
            found.append(
                f"line {self._doubtful[0]}: a quoted cell holds lines that could be rows; look "
                "whether its double quotes are meant"
            )
        elif self._doubts:
            where = ", ".join(map(str, self._doubtful))
            more = self._doubts - len(self._doubtful)
            where += f" and {more} more" if more else ""
            found.append(
                f"lines {where}: quoted cells hold lines that could be rows; look whether their "
                "double quotes are meant"
            )
        return tuple(found)

    @property
    def position(self) -> int:
        """Bytes read."""
        return self._text.taken

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, every cell as text; a blank cell is an empty text.

        Args:
            columns: The columns that are wanted; by default all.
        """
        for piece in self.pieces(columns):
            yield piece.cells

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[Piece]:
        """The rows, as cells and as they stand in the file."""
        wanted = self.names if columns is None else list(columns)
        for chunk, rows, lines in self._chunks():
            if len(rows.starts):
                yield Piece(partial(self._made, chunk, rows, lines, wanted))

    def _made(
        self, chunk: memoryview, rows: Rows, lines: int, wanted: Sequence[str]
    ) -> tuple[pa.RecordBatch, Lines]:
        if rows.within is not None:
            self._check_swallowed(chunk, rows, lines)
        cells = self._parsed(chunk, rows, lines, wanted)
        return cells, self._named_part(_as_lines(chunk, rows))

    def _named_part(self, lines: Lines) -> Lines:
        """Lines without the blank cells of columns that have no name."""
        if not self.unnamed:
            return lines
        import pyarrow.compute as pc

        texts = lines.texts
        if not lines.led:
            texts = pc.ascii_rtrim(texts, characters="\r\n")
        if pc.all(pc.ends_with(texts, self.delimiter * self.unnamed)).as_py():
            raw = pc.binary_slice(texts.view(pa.large_binary()), 0, -self.unnamed)
            texts = raw.view(pa.large_string())
        else:  # somewhere they are quoted
            blank = f'(?:\\x{{{ord(self.delimiter):x}}}(?:"")?){{{self.unnamed}}}$'
            texts = pc.replace_substring_regex(texts, blank, "")
        return Lines(texts, lines.led)

    # -- the beginning -----------------------------------------------------------------------------

    def _take_told_delimiter(self) -> str | None:
        """The delimiter of a first line ``sep=;``, as Excel understands it."""
        line = self._held[:8].replace(b"\r", b"\n").split(b"\n")[0]
        if not (len(line) == 5 and line.lower().startswith(b"sep=") and line.isascii()):
            return None
        rest = self._held[len(line) :]
        self._held = rest.lstrip(b"\r\n")
        self._lines += line_ends(rest[: len(rest) - len(self._held)])
        return line[4:].decode()

    def _take_header(self) -> list[str]:
        while True:
            ended = self._text.ended
            try:
                rows = find_rows(self._held, self.delimiter, ended=ended)
            except QuoteFault as fault:  # a fault further down is told when it is read
                rows = find_rows(self._held[: fault.place], self.delimiter, ended=False)
                if not len(rows.starts):
                    raise self._faults.misquoted(self._held, fault, self._lines) from None
            if len(rows.starts) or ended:
                break
            if len(self._held) > LONGEST_ROW:
                raise self._faults.too_long(self._lines + 1)
            self._held = self._text.read(len(self._held), self._held, self._lines)
        if not len(rows.starts):
            raise self._faults.unclosed(self._lines + line_ends(self._held[: rows.opened]) + 1)
        ends = rows.ends if rows.within is None else rows.ends[~rows.within]
        stop = int(ends[0]) + 1  # blank lines after it are rows where there is one column
        header, self._held = self._held[:stop], self._held[stop:]
        names = _first_row(header.decode(), self.delimiter)
        if rows.within is not None:
            own = self._found(header, True, self._lines)
            if any(could_be_several(bytes(header), own, self.delimiter, len(names))):
                if not (self._trusting or len(names) < _TELLING):
                    raise self._faults.swallows(self._lines + 1)
                self._doubt(self._lines + 1)
        self._lines += line_ends(header)
        return names

    def _blank_columns(self) -> int:
        """Columns at the right that have no name.

        One alone is a column like others where it has content, as far as the sample goes.
        """
        named = len(self.names)
        while named and not self.names[named - 1]:
            named -= 1
        unnamed = len(self.names) - named
        if not unnamed or not named:
            return 0
        if unnamed > 1:
            return unnamed
        rows = self._found(self._held, self._text.ended, self._lines)
        edges = [*rows.starts.tolist(), rows.stop]
        end = self.delimiter.encode()
        lines = (self._held[a:b].rstrip(b"\r\n") for a, b in itertools.pairwise(edges))
        return 1 if all(line.endswith((end, end + b'""')) for line in lines) else 0

    # -- the rows ----------------------------------------------------------------------------------

    def _chunks(self) -> Iterator[tuple[memoryview, Rows, int]]:
        """The text cut after whole rows, and the lines before each piece."""
        held, lines = self._held, self._lines
        length = len(held) // max(held.count(b"\n") or held.count(b"\r"), 1) + 1
        size = min(max(batch_rows(len(self.names)) * length, _LEAST), _MOST)
        while held or not self._text.ended:
            if not self._text.ended and len(held) <= size:
                held = self._text.read(size, held, lines)
            ended = self._text.ended
            rows = self._found(held, ended, lines)
            if not rows.stop and not ended and len(held) > LONGEST_ROW:
                raise self._faults.too_long(lines + line_ends(held[: rows.opened or 0]) + 1)
            if ended and rows.opened is not None:
                raise self._faults.ragged(held[: rows.opened], lines) or self._faults.unclosed(
                    lines + line_ends(held[: rows.opened]) + 1
                )
            if not rows.stop:
                size = min(2 * max(size, len(held)), LONGEST_ROW)
                continue
            if rows.longest > LONGEST_ROW:
                before = int(rows.starts[np.argmax(rows.lengths)])
                raise self._faults.too_long(lines + rows.lines_before(before) + 1)
            chunk, held = memoryview(held)[: rows.stop], held[rows.stop :]
            yield chunk, rows, lines
            lines += len(rows.ends)

    def _found(self, text: bytes | bytearray, ended: bool, lines: int) -> Rows:
        try:
            return find_rows(text, self.delimiter, ended=ended, blanks=self._blanks)
        except QuoteFault as fault:
            raise self._faults.misquoted(text, fault, lines) from None

    def _check_swallowed(self, chunk: memoryview, rows: Rows, lines: int) -> None:
        columns = len(self.names) + self.unnamed
        for start, inside in could_be_several(chunk, rows, self.delimiter, columns):
            line = lines + rows.lines_before(start) + 1
            if not (
                self._trusting
                or columns < _TELLING
                or are_prose(inside, self._telling, self.delimiter)
            ):
                raise self._faults.ragged(chunk[:start], lines) or self._faults.swallows(line)
            self._doubt(line)

    def _doubt(self, line: int) -> None:
        """Remember a line; a later piece may come first."""
        with self._lock:
            self._doubts += 1
            insort(self._doubtful, line)
            del self._doubtful[_TOLD:]

    @property
    def _faults(self) -> Faults:
        return Faults(self.name, self.delimiter, len(self.names) + self.unnamed)

    @cached_property
    def _telling(self) -> frozenset[int]:
        """The columns that have numbers, codes or dates at the beginning of the file."""
        return with_digits(self._beginning, self.delimiter)

    def _parsed(
        self, chunk: memoryview, rows: Rows, lines: int, wanted: Sequence[str]
    ) -> pa.RecordBatch:
        places = [f"{n}" for n in range(len(self.names) + self.unnamed)]
        by_name = dict(zip(self.names, places, strict=False))
        taken = [by_name[name] for name in wanted] + places[len(self.names) :]
        text: bytes | memoryview = chunk
        if chunk[:3] == UTF8_MARK:  # Arrow drops the first
            text = UTF8_MARK + bytes(chunk)
        try:
            table = pa.csv.read_csv(
                pa.BufferReader(text),
                # One block, one thread: Arrow's pool may still be starting when a process ends.
                read_options=pa.csv.ReadOptions(
                    use_threads=False, block_size=len(text) + 1, column_names=places
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.delimiter,
                    quote_char='"' if rows.quotes else False,
                    newlines_in_values=rows.within is not None,
                    ignore_empty_lines=len(places) > 1,
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(places, pa.string()),
                    include_columns=taken or places[:1],
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:
            # Arrow's message can quote the row, so it is not passed on.
            raise self._faults.fault(chunk, lines) from None
        if table.num_rows != len(rows.starts):
            raise self._faults.fault(chunk, lines)
        batch = table.combine_chunks().to_batches()[0]
        for place in range(len(wanted), len(taken)):
            self._check_blank(batch.column(place), rows, lines)
        schema = pa.schema([(name, pa.string()) for name in wanted])
        return pa.RecordBatch.from_arrays(batch.columns[: len(wanted)], schema=schema)

    def _check_blank(self, column: pa.Array, rows: Rows, lines: int) -> None:
        lengths = call("binary_length", column)
        if ends(lengths)[1]:
            start = int(rows.starts[np.flatnonzero(lengths.to_numpy())[0]])
            raise FileError(
                f"{self.name}, line {lines + rows.lines_before(start) + 1}: a value in a column "
                "without a name, at the right of "
                f"{column_labels(self.names, all_fields())[-1]}: give it a name, or delete it"
            )


def _as_lines(chunk: memoryview, rows: Rows) -> Lines:
    edges = np.append(rows.starts, rows.stop)
    if rows.plain:
        edges[1:] -= 1
    buffers = [None, pa.py_buffer(edges), pa.py_buffer(chunk)]
    texts = pa.Array.from_buffers(pa.large_string(), len(rows.starts), buffers)
    return Lines(texts, rows.plain)


def _first_row(text: str, delimiter: str) -> list[str]:
    with csv_rows(text, delimiter) as rows:
        return next(rows, [])


def _found_delimiter(text: str) -> str:
    """The delimiter that makes most fields of the header, or else most cells."""
    known = all_fields()

    def merit(delimiter: str) -> tuple[int, int]:
        names = _first_row(text, delimiter)
        return sum(name.strip().lower() in known for name in names), len(names)

    return max(DELIMITERS, key=merit)
