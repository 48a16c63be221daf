"""What CSV and Parquet files have in common: the error, and the shape of an input and an output."""

from __future__ import annotations

import contextlib
import csv
import io
import threading
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from riskbands._byfields import ByFields
from riskbands._redact import column_labels
from riskbands.errors import RiskBandsError
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

__all__ = [
    "CopyingOutput",
    "FileError",
    "Lines",
    "Piece",
    "Reading",
    "TableInput",
    "TableOutput",
    "batch_rows",
    "check_names",
    "csv_rows",
    "titled",
]

#: Cells in memory at a time: the fewer columns, the more rows.
_CELLS = 1 << 21
_FEWEST_ROWS, _MOST_ROWS = 1 << 13, 1 << 18
#: Characters; no row is so long.
_LONGEST_CELL = 1 << 26
#: The limit of Python's reader is one for all threads.
_LIMIT = threading.Lock()


class FileError(RiskBandsError, ValueError):
    """A file cannot be read or written; says which, where in it, and what to do.

    The message never quotes a cell.
    """


@attrs.frozen(eq=False, repr=False)
class Reading(ByFields):
    """How files are to be read.

    Attributes:
        encoding: Of CSV, a Python codec; None for UTF-8.
        delimiter: Of CSV, one character; None to find out.
        sheet: Of a workbook, name or number from 1; None for the first that is not empty.
        header_row: Of a workbook, from 1; None to find out.
        trust_quotes: Of CSV, whether lines inside a quoted cell are never taken for rows.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    trust_quotes: bool = False


@attrs.frozen(eq=False, repr=False)
class Lines:
    """Rows of CSV as they stand in the file, in UTF-8.

    Attributes:
        texts: One for each row; a large_string array.
        led: Whether the line end stands before each row but the first, and not after it.
    """

    texts: pa.Array
    led: bool


class Piece:
    """Some rows of a table, which are parsed when they are first asked for.

    Args:
        make: Gives the cells and the lines; called once.
    """

    def __init__(self, make: Callable[[], tuple[pa.RecordBatch, Lines | None]]) -> None:
        self._make: Callable[[], tuple[pa.RecordBatch, Lines | None]] | None = make
        self._made: tuple[pa.RecordBatch, Lines | None] | None = None

    @classmethod
    def of(cls, cells: pa.RecordBatch) -> Piece:
        """Rows that are parsed."""
        return cls(lambda: (cells, None))

    def parse(self) -> tuple[pa.RecordBatch, Lines | None]:
        """The cells and the lines.

        Raises:
            FileError: The rows are damaged.
        """
        if self._made is None:
            assert self._make is not None
            self._made = self._make()
            self._make = None
        return self._made

    @property
    def cells(self) -> pa.RecordBatch:
        """The columns that were asked for."""
        return self.parse()[0]

    @property
    def lines(self) -> Lines | None:
        """Of CSV, the rows as they stand in the file; else None."""
        return self.parse()[1]


class TableInput(Protocol):
    """A table that is read once, from its first row to its last."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    @property
    def format(self) -> str:
        """``csv`` or ``parquet``."""

    @property
    def schema(self) -> pa.Schema:
        """Names and types of its columns."""

    @property
    def schemas(self) -> Sequence[tuple[str, pa.Schema]]:
        """Name and schema of each file it consists of."""

    @property
    def line_delimiter(self) -> str | None:
        """What separates the cells of its lines; None where it has no lines to be copied."""

    @property
    def marked(self) -> bool:
        """Whether it is text that begins with a byte order mark."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was found out about the file that the user should know."""

    @property
    def advice(self) -> str:
        """What may be wrong where no column has the name of a field; can be empty."""

    @property
    def size(self) -> int | None:
        """Length, in the units of ``position``; None where it is not known."""

    @property
    def position(self) -> int:
        """How far it has been read."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows, some ten thousand at a time.

        Args:
            columns: The columns that are wanted, in that order; by default all.

        Raises:
            FileError: The file is damaged.
        """

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[Piece]:
        """The rows as cells, and as lines where there are lines."""

    def close(self) -> None:
        """Close the file."""


class TableOutput(Protocol):
    """A table that is written row after row."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""

    def finish(self) -> None:
        """Write what follows the last row."""

    def abandon(self) -> None:
        """Write nothing more; the output stays incomplete."""


class CopyingOutput(Protocol):
    """A table that is written as a copy of another one, with further columns."""

    def append(self, lines: Lines | None, added: pa.RecordBatch) -> None:
        """Write rows: their lines where there are lines, and the further columns."""

    def finish(self) -> None:
        """Write what belongs after the last row."""

    def abandon(self) -> None:
        """Write nothing more; what was written is no whole table."""


def batch_rows(columns: int) -> int:
    """Rows to read at a time."""
    return min(max(_CELLS // max(columns, 1), _FEWEST_ROWS), _MOST_ROWS)


def check_names(names: list[str], where: str) -> None:
    """Refuse a header with a name twice.

    Raises:
        FileError: Names the columns concerned by name and place.
    """
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, 1):
        places.setdefault(name, []).append(place)
    twice = [found for found in places.values() if len(found) > 1]
    if twice:
        labels = column_labels(names, all_fields())
        listed = [
            f"columns {', '.join(map(str, found))}"
            if labels[found[0] - 1].startswith("column ")
            else f"{labels[found[0] - 1]} (columns {', '.join(map(str, found))})"
            for found in twice
        ]
        raise FileError(
            f"{where} has more than one column of the same name: {'; '.join(listed)}; rename all "
            "but one"
        )


def titled(names: Sequence[str], place: int) -> str:
    """``column sex``, or ``column 3`` where the name could be somebody's data.

    Args:
        names: All names, in order.
        place: From 0.
    """
    label = column_labels(names, all_fields(), quoted=False)[place]
    return label if label.startswith("column ") else f"column {label}"


@contextlib.contextmanager
def csv_rows(text: str, delimiter: str) -> Iterator[Any]:
    """The rows of a text by Python's reader, whose limit for all is as it was afterwards."""
    with _LIMIT:
        before = csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
        try:
            yield csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        finally:
            csv.field_size_limit(before)
