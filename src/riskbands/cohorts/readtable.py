"""Reading a file from Python: needs the ``[cli]`` extra when it is called, not before."""

from __future__ import annotations

import contextlib
import os
import warnings
from typing import TYPE_CHECKING

from riskbands.errors import ReadingWarning

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_table"]


def read_table(
    *names: str | os.PathLike[str],
    sheet: str | int | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    thousands: str | None = None,
    trust_quotes: bool = False,
) -> pa.Table:
    """Read a workbook, CSV or Parquet the way the command does.

    Cells of CSV stay the text they are; a blank one is an empty text, which is missing. Cells of
    a workbook keep their types; a column with several types becomes text. What was chosen or found
    in a workbook is told as a ``ReadingWarning``: which sheet and row, and which cells may mean
    something else than they seem to. ``score_cohort`` takes the table as it is, and
    ``.to_pandas()`` makes a data frame of it.

    Args:
        *names: A file, or several with the same columns; a folder or pattern of Parquet files.
        sheet: Of a workbook, name or number from 1; by default the first that is not empty, of
            those that are not hidden.
        header_row: Of a workbook, the row with the column names, from 1; by default it is found
            below title lines.
        encoding: Of CSV, a Python codec; by default UTF-8.
        delimiter: Of CSV, one character; by default it is found out.
        thousands: What separates thousands, e.g. ``","``: taken out of columns of text that hold
            nothing but whole numbers.
        trust_quotes: Of CSV, read a quoted cell each of whose lines could be a row; by default it
            is refused, because a stray double quote swallows rows so.

    Returns:
        A ``pyarrow.Table``.

    Raises:
        FileError: A file cannot be read; says which, where in it, and what to do.
        MissingExtraError: The ``[cli]`` extra, or for a workbook ``[excel]``, is not installed.

    Examples:
        >>> table = read_table("examples/cohort.csv")
        >>> table.num_rows, table.column_names[:3]
        (1000, ['case_id', 'sex', 'date_of_birth'])
    """
    from riskbands.cohorts.files import checked_thousands, open_input, whole

    mark = checked_thousands(thousands)
    with contextlib.closing(
        open_input(
            [os.fspath(name) for name in names],
            encoding=encoding,
            delimiter=delimiter,
            sheet=None if sheet is None else str(sheet),
            header_row=header_row,
            trust_quotes=trust_quotes,
        )
    ) as table:
        if table.format == "excel":
            for remark in table.remarks:
                warnings.warn(remark, ReadingWarning, stacklevel=2)
        return whole(table, mark)
