"""Excel workbooks: one sheet as a table. Needs the ``[excel]`` extra."""

from __future__ import annotations

import datetime as dt
import io
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from riskbands.cohorts.files._common import FileError, Piece, check_names
from riskbands.errors import missing_extra
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["ExcelInput", "is_workbook"]

#: The header is looked for in so many rows.
_SEARCHED = 50
_ROWS = 1 << 17
_EXACT = 2**53
_Row = list[Any]


def is_workbook(head: bytes, data: bytes) -> bool:
    """Whether these are the bytes of a workbook and not of another archive."""
    return not head.startswith(b"PK") or b"xl/" in data or b"opendocument.spreadsheet" in data


class ExcelInput:
    """One sheet of a workbook, read whole.

    Args:
        data: The bytes of the workbook.
        name: What to call it in messages.
        sheet: Name of the sheet, or its number from 1; by default the first that is not empty.
        header: The row with the names of the columns, from 1; by default it is found.

    Attributes:
        remarks: Which sheet was read, where its header was found, and what was dropped.

    Raises:
        FileError: It cannot be read, or there is no such sheet or header.
        MissingExtraError: The extra is not installed.
    """

    format = "excel"
    line_delimiter = None
    marked = False

    def __init__(
        self, data: bytes, name: str, sheet: str | None = None, header: int | None = None
    ) -> None:
        self.name = name
        self.position = 0
        remarks: list[str] = []
        rows, merged = self._sheet(data, sheet, remarks)
        first = self._header_row(rows, merged) if header is None else header - 1
        if not 0 <= first < len(rows):
            raise FileError(f"{name} has no row {first + 1} in that sheet: give --header-row")
        if first:
            remarks.append(f"the header is row {first + 1}; what stands above it is not read")
        body = self._body(rows[first + 1 :], remarks)
        names = [_text(cell) for cell in _filled(rows, merged)[first]]
        self._table = self._as_table(names, body, remarks)
        self.schema = self._table.schema
        self.size: int = self._table.num_rows
        self.remarks = tuple(remarks)

    @property
    def schemas(self) -> tuple[tuple[str, pa.Schema]]:
        """Its name and schema."""
        return ((self.name, self.schema),)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows; a blank cell is null.

        Args:
            columns: The columns that are wanted, in that order; by default all.
        """
        wanted = self._table if columns is None else self._table.select(list(columns))
        for batch in wanted.to_batches(_ROWS):
            self.position += batch.num_rows
            yield batch

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[Piece]:
        """The rows."""
        for batch in self.batches(columns):
            yield Piece.of(batch)

    def close(self) -> None:
        """There is nothing to close: the sheet is in memory."""

    def _sheet(
        self, data: bytes, wanted: str | None, remarks: list[str]
    ) -> tuple[list[_Row], Sequence[tuple[tuple[int, int], tuple[int, int]]]]:
        """The cells of a sheet from its first on, and its merged ranges."""
        try:
            import python_calamine as calamine
        except ImportError as error:
            raise missing_extra("workbooks need", "excel") from error
        try:
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            titles = book.sheet_names
            places = range(len(titles)) if wanted is None else [self._place(wanted, titles)]
            for place in places:
                sheet = book.get_sheet_by_index(place)
                rows = sheet.to_python(skip_empty_area=False)
                if any(cell != "" for row in rows for cell in row):
                    if len(titles) > 1:
                        remarks.append(f"sheet {place + 1} of {len(titles)} is read")
                    return rows, sheet.merged_cell_ranges or []
        except calamine.PasswordError:
            raise FileError(f"{self.name} is protected by a password: save it without") from None
        except FileError:
            raise
        except Exception:  # Whatever this raises is a fault of the file.
            raise FileError(f"{self.name} is not a workbook that can be read") from None
        raise FileError(f"{self.name} is empty: a sheet must have a row of column names")

    def _place(self, wanted: str, titles: Sequence[str]) -> int:
        if wanted in titles:
            return list(titles).index(wanted)
        if wanted.isdecimal() and 1 <= int(wanted) <= len(titles):
            return int(wanted) - 1
        raise FileError(
            f"{self.name} has no such sheet: give --sheet its name, or a number from 1 to "
            f"{len(titles)}"
        )

    def _header_row(self, rows: list[_Row], merged: Any) -> int:
        """The first row with the most names of fields, or else the first with the most texts."""
        known = {_plain(f) for f in all_fields()}
        best, found = (0, 0), 0
        for place, row in enumerate(islice(_filled(rows, merged), _SEARCHED)):
            texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
            merit = (sum(_plain(cell) in known for cell in texts), len(texts))
            if merit > best:
                best, found = merit, place
        return found

    def _body(self, below: Sequence[_Row], remarks: list[str]) -> list[_Row]:
        """The rows below the header that have anything in them."""
        full = [n for n, row in enumerate(below) if any(cell != "" for cell in row)]
        between = full[-1] + 1 - len(full) if full else 0
        if between:
            what = "row" if between == 1 else "rows"
            remarks.append(f"{between} blank {what} passed over")
        return [below[n] for n in full]

    def _as_table(self, names: list[str], body: list[_Row], remarks: list[str]) -> pa.Table:
        columns: dict[int, list[Any]] = {n: [row[n] for row in body] for n in range(len(names))}
        blank = [n for n, name in enumerate(names) if not name]
        dropped = [n for n in blank if all(cell == "" for cell in columns[n])]
        for n in dropped:
            del columns[n]
        if dropped:
            what = "column" if len(dropped) == 1 else "columns"
            remarks.append(f"{len(dropped)} blank {what} without a name dropped")
        named = [n for n in blank if n in columns]
        for n in named:
            names[n] = f"column_{n + 1}"
        if named:
            remarks.append(f"columns without a name: {', '.join(names[n] for n in named)}")
        check_names([names[n] for n in columns], self.name)
        return pa.table({names[n]: _column(cells) for n, cells in columns.items()})


def _filled(rows: list[_Row], merged: Any) -> list[_Row]:
    """The first rows, where cells that are merged downwards have their text in every row."""
    top = [list(row) for row in rows[: max(_SEARCHED, 1)]]
    for (first, left), (last, right) in merged:
        if left == right and last < len(top):
            for row in range(first + 1, last + 1):
                top[row][left] = top[first][left]
    return [*top, *rows[len(top) :]]


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _column(cells: list[Any]) -> pa.Array:
    """Cells of one type keep it, whole numbers as such; those of several become text."""
    values = [None if cell == "" else cell for cell in cells]
    kinds = {type(v) for v in values if v is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        numbers = [v for v in values if v is not None]
        if all(abs(v) <= _EXACT and v == int(v) for v in numbers):
            return pa.array([None if v is None else int(v) for v in values], pa.int64())
        return pa.array(values, pa.float64())
    if kinds and kinds <= {dt.date, dt.datetime}:
        moments = [v for v in values if isinstance(v, dt.datetime)]
        if all(m.time() == dt.time() for m in moments):
            days = [v.date() if isinstance(v, dt.datetime) else v for v in values]
            return pa.array(days, pa.date32())
        return pa.array([v if v is None else _moment(v) for v in values], pa.timestamp("s"))
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _moment(value: dt.date) -> dt.datetime:
    if isinstance(value, dt.datetime):
        return value.replace(microsecond=0)
    return dt.datetime.combine(value, dt.time())


def _text(value: Any) -> str:
    """What a cell holds, as text."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return str(value.date()) if value.time() == dt.time() else str(value)
    return str(value)
