"""Excel workbooks: one sheet as a table. Needs the ``[excel]`` extra."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from riskbands.cohorts.files._common import FileError, Piece, check_names
from riskbands.cohorts.files._excelcells import Hidden, hidden_cells, is_xml, place_of
from riskbands.cohorts.files._excelheader import fill_merged, header_row, names_of
from riskbands.errors import missing_extra

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from riskbands.cohorts.files._excelheader import Range, Row

__all__ = ["ExcelInput", "is_workbook"]

_ROWS = 1 << 17
_EXACT = 2**53


def is_workbook(head: bytes, data: bytes) -> bool:
    """Whether these are the bytes of a workbook and not of another archive."""
    return not head.startswith(b"PK") or b"xl/" in data or b"opendocument.spreadsheet" in data


class ExcelInput:
    """One sheet of a workbook, read whole.

    Args:
        data: The bytes of the workbook.
        name: What to call it in messages.
        sheet: Name of the sheet, or its number from 1; by default the first that is
            not empty, of those that are not hidden.
        header: The row with the names of the columns, from 1; by default it is found.

    Attributes:
        remarks: Which sheet was chosen, where its header was found, what was dropped, and what may
            mean something else than it seems to.
        advice: What may be wrong where no column has the name of a field.

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
        first = header_row(rows, merged) if header is None else header - 1
        if not 0 <= first < len(rows):
            raise FileError(f"{name} has no row {first + 1} in that sheet: give --header-row")
        if first and header is None:
            remarks.append(f"the header is row {first + 1}; what stands above it is not read")
        names = [_text(cell) for cell in names_of(rows, merged, first)]
        filled = fill_merged(rows, merged, first)
        if filled:
            what = "merged range has" if filled == 1 else "merged ranges have"
            remarks.append(f"{filled:,} {what} one value, which counts for each of its cells")
        self._table = self._as_table(names, self._body(rows[first + 1 :], remarks), remarks)
        self.schema = self._table.schema
        self.size: int = self._table.num_rows
        self.remarks = tuple(remarks)
        row = f"row {first + 1} was taken for the names of the columns"
        self.advice = f"{row}: perhaps --header-row is needed"
        if self._sheets > 1:
            which = f"sheet {self._place + 1} of {self._sheets}"
            self.advice = (
                f"{which} was read, and its {row}: perhaps --sheet or --header-row is needed"
            )

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
    ) -> tuple[list[Row], Sequence[Range]]:
        """The cells of a sheet from its first on, and its merged ranges."""
        try:
            import python_calamine as calamine
        except ImportError as error:
            raise missing_extra("workbooks need", "excel") from error
        try:
            book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            titles = book.sheet_names
            veiled = [m.visible != calamine.SheetVisibleEnum.Visible for m in book.sheets_metadata]
            self._sheets, told = len(titles), is_xml(data)
            if wanted is None:  # those that can be seen first
                places = sorted(range(len(titles)), key=veiled.__getitem__)
            else:
                places = [self._wanted(wanted, titles)]
            for self._place in places:
                sheet = book.get_sheet_by_index(self._place)
                rows = sheet.to_python(skip_empty_area=False)
                found = hidden_cells(data, self._place) if told else Hidden()
                self._put_errors(rows, found)
                if any(cell != "" for row in rows for cell in row):
                    if wanted is None:
                        self._remark_on_sheet(veiled, remarks)
                    merged = sheet.merged_cell_ranges
                    if not told:
                        remarks.append(_unseen(merged is not None))
                    if found.errors:
                        remarks.append(_in_error(found.errors.values()))
                    return rows, _within(merged or (), rows)
        except calamine.PasswordError:
            raise FileError(f"{self.name} is protected by a password: save it without") from None
        except FileError:
            raise
        except Exception:  # Whatever this raises is a fault of the file.
            raise FileError(f"{self.name} is not a workbook that can be read") from None
        raise FileError(f"{self.name} is empty: a sheet must have a row of column names")

    def _wanted(self, wanted: str, titles: Sequence[str]) -> int:
        if wanted in titles:
            return list(titles).index(wanted)
        if wanted.isdecimal() and 1 <= int(wanted) <= len(titles):
            return int(wanted) - 1
        raise FileError(
            f"{self.name} has no such sheet: give --sheet its name, or a number from 1 to "
            f"{len(titles)}"
        )

    def _put_errors(self, rows: list[Row], found: Hidden) -> None:
        """Put the text of each error where the reader of workbooks has left it out."""
        if found.first is not None:
            one = found.count == 1
            what = "a formula that has" if one else f"{found.count:,} formulas that have"
            raise FileError(
                f"{self.name}, sheet {self._place + 1}: {what} never been worked out "
                f"({'' if one else 'the first is '}{place_of(found.first)}), so that the "
                f"{'value is' if one else 'values are'} not known: open the workbook in Excel and "
                "save it"
            )
        for (row, column), text in found.errors.items():
            if rows[row][column] != "":
                raise ValueError("a cell with an error is somewhere else")
            rows[row][column] = text

    def _remark_on_sheet(self, veiled: Sequence[bool], remarks: list[str]) -> None:
        if len(veiled) > 1 or veiled[self._place]:
            also = ", which is hidden" if veiled[self._place] else ""
            remarks.append(f"sheet {self._place + 1} of {len(veiled)} is read{also}")
        others = sum(veiled) - veiled[self._place]
        if others:
            remarks.append(
                f"{others} hidden {'sheet is' if others == 1 else 'sheets are'} not read"
            )

    def _body(self, below: Sequence[Row], remarks: list[str]) -> list[Row]:
        """The rows below the header that have anything in them."""
        full = [n for n, row in enumerate(below) if any(cell != "" for cell in row)]
        between = full[-1] + 1 - len(full) if full else 0
        if between:
            what = "row" if between == 1 else "rows"
            remarks.append(f"{between} blank {what} passed over")
        return [below[n] for n in full]

    def _as_table(self, names: list[str], body: list[Row], remarks: list[str]) -> pa.Table:
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
        mixed = sum(map(_dates_and_more, columns.values()))
        if mixed:
            what = "1 column has" if mixed == 1 else f"{mixed} columns have"
            remarks.append(
                f"{what} dates in some cells and something else in others: the dates are written "
                "year first, which --date-format does not fit; make dates of the others in Excel"
            )
        return pa.table({names[n]: _column(cells) for n, cells in columns.items()})


def _unseen(merged: bool) -> str:
    """What looks blank in workbooks of other kinds than .xlsx."""
    kinds = ["cells with an error", "formulas that were never worked out"]
    kinds += [] if merged else ["cells of a merged range but its first"]
    listed = f"{', '.join(kinds[:-1])} and {kinds[-1]}"
    return f"in this kind of workbook {listed} look blank; save it as .xlsx if it has any"


def _in_error(errors: Iterable[str]) -> str:
    counts = sorted(Counter(errors).items())
    listed = ", ".join(f"{text} {count:,}" for text, count in counts)
    also = "; #N/A is read as missing" if "#N/A" in dict(counts) else ""
    return f"cells with an error of Excel, which are kept as this text: {listed}{also}"


def _within(merged: Iterable[Range], rows: list[Row]) -> list[Range]:
    return [r for r in merged if r[0][0] < len(rows) and r[0][1] < len(rows[0])]


def _dates_and_more(cells: Iterable[Any]) -> bool:
    """Whether some cells are dates, and some neither dates nor blank."""
    are = {isinstance(cell, dt.date) for cell in cells if cell != ""}
    return len(are) > 1


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
