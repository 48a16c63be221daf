"""What is wrong with CSV text, said with its line and with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.cohorts.files._bits import line_ends
from riskbands.cohorts.files._common import FileError, csv_rows

if TYPE_CHECKING:
    from riskbands.cohorts.files._rows import QuoteFault

__all__ = ["LONGEST_ROW", "Faults"]

#: A row longer than this is refused: most likely a quoted cell in it is never closed.
LONGEST_ROW = 1 << 24


@attrs.frozen(eq=False, repr=False)
class Faults(ByFields):
    """The faults of one file.

    Attributes:
        name: What the file is called.
        delimiter: Between cells.
        columns: Cells of a row; 0 as long as that is not known.
    """

    name: str
    delimiter: str
    columns: int

    def misquoted(self, text: bytes | bytearray, fault: QuoteFault, lines: int) -> FileError:
        """A quoted cell goes on after its closing quote; or what is wrong further up."""
        before = text[: fault.place]
        return self.ragged(before, lines) or FileError(
            f"{self.name}, line {lines + line_ends(before) + 1}: a cell begins with a double quote "
            'and goes on after the closing one; put the whole cell in quotes, with "" for each '
            "quote inside"
        )

    def swallows(self, line: int) -> FileError:
        """A quoted cell that begins there holds lines that are rows."""
        return FileError(
            f"{self.name}, line {line}: a quoted cell swallows the rows after it; take out the "
            "double quote that opens it, or double it inside quotes; if the cell is meant so, give "
            "--trust-quotes (trust_quotes=True)"
        )

    def unclosed(self, line: int) -> FileError:
        """A quoted cell that begins there has no end."""
        return FileError(f"{self.name}, line {line}: a quoted cell is opened and never closed")

    def too_long(self, line: int) -> FileError:
        """The row that begins there does not end."""
        return FileError(
            f"{self.name}, line {line}: a row is longer than {LONGEST_ROW >> 20} MB; perhaps a "
            "quoted cell in it is never closed"
        )

    def fault(self, chunk: memoryview, lines: int) -> FileError:
        """Why a chunk that begins after so many lines cannot be parsed."""
        return self.ragged(chunk, lines) or FileError(
            f"{self.name} is not a CSV file that can be read (after line {lines})"
        )

    def ragged(self, text: bytes | bytearray | memoryview, lines: int) -> FileError | None:
        """What is wrong with the first row that has another number of cells, if one has.

        Args:
            text: It begins with a row. Its last row counts where the text ends after it, and not
                where it ends before a cell.
            lines: Before it.
        """
        if not self.columns:
            return None
        before, found, whole = 0, None, bytes(text)
        with csv_rows(whole.decode("utf-8", "surrogatepass"), self.delimiter) as rows:
            for row in rows:
                if found:
                    return found
                if row and len(row) != self.columns:
                    cells = f"{len(row)} cell{'' if len(row) == 1 else 's'}"
                    found = FileError(
                        f"{self.name}, line {lines + before + 1}: {cells}, but the header has "
                        f"{self.columns}; a cell that holds the delimiter or a line end must stand "
                        "in double quotes"
                    )
                before = rows.line_num
        return found if whole.endswith((b"\n", b"\r")) else None
