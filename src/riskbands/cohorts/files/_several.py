"""Several files as one table, each read by its own types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import types

from riskbands._redact import column_labels
from riskbands.cohorts.files._common import FileError, titled
from riskbands.vocabulary.fields import all_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from riskbands.cohorts.files._common import Piece, TableInput

__all__ = ["Several", "one_schema"]


class Several:
    """Several files with the same columns, read one after the other.

    A column can be of another type in each file, and is read by the type it has there: a cast to
    the types of another file can change a value.

    Args:
        paths: The files.
        opener: Opens one.

    Raises:
        FileError: One cannot be opened, or has other columns.
    """

    def __init__(self, paths: Sequence[Path], opener: Callable[[Path], TableInput]) -> None:
        self._paths = paths
        self._opener = opener
        self._read = 0
        self._current: TableInput | None = None
        self._waiting: dict[int, TableInput] = {}
        told: dict[str, list[str]] = {}
        self.schemas: list[tuple[str, pa.Schema]] = []
        delimiters: set[str | None] = set()
        self.marked = True
        self.format = advice = ""
        try:
            for place, path in enumerate(paths):
                table = opener(path)
                self._waiting[place] = table
                self.format = self.format or table.format
                advice = advice or table.advice
                for remark in table.remarks:
                    told.setdefault(remark, []).append(table.name)
                delimiters.add(table.line_delimiter)
                self.marked = self.marked and table.marked
                self.schemas.append((table.name, table.schema))
                self._check(table)
                if path.is_file():  # a pipe cannot be opened again
                    self._waiting.pop(place).close()
        except BaseException:
            self.close()
            raise
        self.line_delimiter = delimiters.pop() if len(delimiters) == 1 else None
        self.advice = advice
        self._remarks = tuple(told)
        self._first = tuple(
            remark if len(names) == len(paths) else f"{', '.join(names)}: {remark}"
            for remark, names in told.items()
        )
        self._read_from: list[TableInput] = []
        self.name = f"{len(paths)} files"
        self.schema: pa.Schema = self.schemas[0][1]
        self.size = sum(path.stat().st_size for path in paths)

    def _check(self, table: TableInput) -> None:
        where, first = self.schemas[0]
        here = table.schema.names
        if here == first.names:
            return
        known = [*all_fields(), *(n for n in first.names if n in here)]
        labels = dict(zip(here, column_labels(here, known, quoted=False), strict=True))
        lost = dict(zip(first.names, column_labels(first.names, known, quoted=False), strict=True))
        odd = [labels[n] for n in here if n not in lost]
        odd += [lost[n] for n in first.names if n not in labels]
        what = f"other columns ({', '.join(odd)})" if odd else "the columns in another order"
        raise FileError(f"{table.name} has {what} than {where}")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was found out about the files, and by name about each when it was read."""
        found = [
            f"{table.name}: {remark}"
            for table in self._read_from
            for remark in table.remarks
            if remark not in self._remarks
        ]
        return (*self._first, *found)

    @property
    def position(self) -> int:
        """Bytes of the files that have been read."""
        return self._read

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of all files; a batch has the types of its file."""
        for piece in self.pieces(columns):
            yield piece.cells

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[Piece]:
        """The rows of all files."""
        for place, path in enumerate(self._paths):
            self._current = self._waiting.pop(place, None) or self._opener(path)
            if not self._current.schema.equals(self.schemas[place][1]):
                raise FileError(f"{path} changed while it was read")
            self._read_from.append(self._current)
            yield from self._current.pieces(columns)
            self._current.close()
            self._read += path.stat().st_size

    def close(self) -> None:
        """Close the files that are open."""
        for table in (self._current, *self._waiting.values()):
            if table is not None:
                table.close()


def one_schema(table: TableInput, columns: Sequence[str]) -> pa.Schema:
    """A schema that holds these columns of every file without a change of a value.

    Raises:
        FileError: There is none; names the file and the column.
    """
    where, first = table.schemas[0]
    metadata = first.metadata
    fields = [first.field(name) for name in columns]
    for other, schema in table.schemas[1:]:
        for place, field in enumerate(fields):
            here = schema.field(field.name).type
            kind = _wider(field.type, here)
            if kind is None:
                label = titled(first.names, first.names.index(field.name))
                raise FileError(
                    f"{other}: {label} is {here}, and {field.type} in {where}: one Parquet file "
                    "cannot hold both; write CSV, or give the column one type"
                )
            fields[place] = field.with_type(kind).with_nullable(True)
    return pa.schema(fields, metadata)


def _wider(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """A type that holds what both hold, or None."""
    if one.equals(other):
        return one
    if types.is_null(one) or types.is_null(other):
        return other if types.is_null(one) else one
    for a, b in ((one, other), (other, one)):
        if types.is_dictionary(a):
            return _wider(a.value_type, b.value_type if types.is_dictionary(b) else b)
    if _is_text(one) and _is_text(other):
        return pa.large_string() if "large" in f"{one}{other}" else pa.string()
    if types.is_signed_integer(one) and types.is_signed_integer(other):
        return one if one.bit_width > other.bit_width else other
    return None


def _is_text(kind: Any) -> bool:
    return bool(types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view")
