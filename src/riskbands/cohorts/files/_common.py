"""What CSV and Parquet files have in common: the error, and the shape of an input and an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from riskbands.errors import RiskBandsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

__all__ = ["FileError", "TableInput", "TableOutput", "batch_rows", "check_names"]

#: Cells in memory at a time: the fewer columns, the more rows.
_CELLS = 1 << 21
_FEWEST_ROWS, _MOST_ROWS = 1 << 13, 1 << 18


class FileError(RiskBandsError, ValueError):
    """A file cannot be read or written; says which, where in it, and what to do.

    The message never quotes a cell.
    """


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
    def remarks(self) -> tuple[str, ...]:
        """What was found out about the file that its reader should hear of."""

    @property
    def size(self) -> int | None:
        """Length, in the units of ``position``; None where it is not known."""

    @property
    def position(self) -> int:
        """How far it has been read."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, some ten thousand at a time.

        Raises:
            FileError: The file is damaged.
        """

    def close(self) -> None:
        """Close the file."""


class TableOutput(Protocol):
    """A table that is written row after row."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""

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
    twice = [
        f"{name!r} (columns {', '.join(map(str, found))})"
        for name, found in places.items()
        if len(found) > 1
    ]
    if twice:
        raise FileError(f"{where} has more than one column named {'; '.join(twice)}: rename one")
