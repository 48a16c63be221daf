"""Tables in files and streams, CSV or Parquet, read and written by record batches.

Workbooks are read too. Needs the ``[cli]`` extra, and for workbooks ``[excel]``. Rows keep their
order, cells of CSV keep their text, and a file that is written appears only when it is whole.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, cast

from riskbands.errors import UnknownNameError, missing_extra

try:
    import pyarrow as pa
except ImportError as error:
    raise missing_extra("files need", "cli") from error

from riskbands.cohorts.files._ahead import ahead
from riskbands.cohorts.files._common import (
    CopyingOutput,
    FileError,
    Lines,
    Piece,
    Reading,
    TableInput,
    TableOutput,
)
from riskbands.cohorts.files._csv import CsvInput
from riskbands.cohorts.files._csvout import CsvOutput
from riskbands.cohorts.files._several import Several, one_schema
from riskbands.cohorts.files._target import is_stream, replacing
from riskbands.cohorts.files._text import Source
from riskbands.cohorts.files._thousands import (
    checked_thousands,
    numbers_without,
    without_thousands,
)

if TYPE_CHECKING:
    import io
    from collections.abc import Callable, Iterator, Sequence

__all__ = [
    "FORMATS",
    "STANDARD",
    "CopyingOutput",
    "CsvInput",
    "CsvOutput",
    "FileError",
    "Lines",
    "Piece",
    "TableInput",
    "TableOutput",
    "ahead",
    "can_be_copied",
    "checked_thousands",
    "format_of",
    "is_among",
    "one_schema",
    "open_copy",
    "open_input",
    "open_output",
    "whole",
    "without_thousands",
]

OutputT = TypeVar("OutputT", "TableOutput", "CopyingOutput")
#: Name of the standard streams.
STANDARD = "-"
FORMATS = ("csv", "parquet")
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PARQUET = b"PAR1"
#: What makes a name a pattern.
_MAGIC = frozenset("*?[")
#: How workbooks begin: the archives of today, and those of before 2007 or with a password.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PACKED = {
    b"PK\x03\x04": "a ZIP archive: unpack it",
    b"\x1f\x8b": "compressed: unpack it, as in `gzip -dc FILE | riskbands score -`",
    b"\x28\xb5\x2f\xfd": "compressed: unpack it, as in `zstd -dc FILE | riskbands score -`",
    b"ARROW1": "an Arrow file: save it as Parquet",
}


def open_input(
    names: Sequence[str],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
    trust_quotes: bool = False,
) -> TableInput:
    """Open a table.

    Args:
        names: A file, a folder of Parquet files, a pattern such as ``"2023-*.parquet"``, several
            of these, or ``"-"`` for standard input. All with the same columns. Whether a file is
            CSV, Parquet or a workbook is told by its content.
        encoding: Of CSV, a Python codec; by default UTF-8.
        delimiter: Of CSV, one character; by default it is found out.
        sheet: Of a workbook, name or number from 1; by default the first that is not empty.
        header_row: Of a workbook, from 1; by default it is found.
        trust_quotes: Of CSV, read a quoted cell whose lines could be rows, with a remark.

    Raises:
        FileError: There is no such file, or it cannot be read.
        MissingExtraError: A workbook was given and the ``[excel]`` extra is not installed.
    """
    how = Reading(encoding, delimiter, sheet, header_row, trust_quotes)
    if list(names) == [STANDARD]:
        return _open_standard(how)
    if STANDARD in names:
        raise FileError("standard input (-) cannot be read together with files")
    paths = _paths(names)
    if len(paths) == 1:
        return _open_path(paths[0], how)
    return Several(paths, lambda path: _open_path(path, how))


def is_among(output: str, names: Sequence[str]) -> bool:
    """Whether what is to be written is one of the files that are read, by whatever name.

    Args:
        output: A file, or ``"-"``.
        names: As for `open_input`.

    Raises:
        FileError: There is no such file to read.
    """
    if output == STANDARD:
        return False
    try:
        there = Path(output).stat()
    except OSError:  # there is no such file yet
        return False
    if list(names) == [STANDARD]:
        with contextlib.suppress(OSError, ValueError, AttributeError):  # it is closed, or no file
            found = os.fstat(sys.stdin.fileno())
            return stat.S_ISREG(found.st_mode) and os.path.samestat(found, there)
        return False
    return any(os.path.samestat(path.stat(), there) for path in _paths(names))


def _paths(names: Sequence[str]) -> list[Path]:
    return [path for name in names for path in _expanded(name)]


def whole(table: TableInput, mark: str | None) -> pa.Table:
    """All rows of an input, with the thousands mark taken out of whole numbers."""
    schema = one_schema(table, table.schema.names)
    batches = [pa.Table.from_batches([b]).cast(schema) for b in table.batches()]
    found = pa.concat_tables(batches) if batches else schema.empty_table()
    if mark is not None:
        for place, name in enumerate(found.column_names):
            found = found.set_column(place, name, numbers_without(found.column(place), mark))
    return found


def _expanded(name: str) -> list[Path]:
    if not name:  # Path would take it for the folder one is in
        raise FileError("the name of an input is empty")
    path = Path(name)
    if path.is_dir():
        found = sorted(
            inner
            for inner in path.rglob("*")
            if inner.suffix in (".parquet", ".pq")
            and not any(part[0] in "._" for part in inner.relative_to(path).parts)
        )
        if not found:
            raise FileError(f"{path} is a folder without Parquet files; name CSV files one by one")
        keyed = [p for f in found for p in f.relative_to(path).parts[:-1] if "=" in p]
        if keyed:
            raise FileError(
                f"{path} keeps columns in the names of its folders ({keyed[0].split('=')[0]}=...), "
                "which are not read: name the files of one folder"
            )
        return found
    if not os.path.lexists(path) and not _MAGIC.isdisjoint(name):
        import glob

        found = sorted(map(Path, glob.glob(name, recursive=True)))  # noqa: PTH207 - absolute patterns too
        if not found:
            raise FileError(f"no file matches {name}")
        return [inner for match in found for inner in _expanded(str(match))]
    if not path.exists():
        import difflib

        near: list[str] = []
        with contextlib.suppress(OSError):
            others = [p.name for p in path.parent.iterdir() if p.name != path.name]
            near = difflib.get_close_matches(path.name, others, n=1)
        hint = f"; did you mean {path.with_name(near[0])}?" if near else ""
        raise FileError(f"no such file: {name}{hint}")
    return [path]


def _open_path(path: Path, how: Reading) -> TableInput:
    try:
        stream = Source(path.open("rb", buffering=0))
        size = path.stat().st_size if path.is_file() else None
        head = stream.peek(8)
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from error
    try:
        named = path.suffix in (".parquet", ".pq") and size != 0
        if head.startswith(_PARQUET) or (named and size is not None):
            # Arrow seeks, which a pipe does not.
            source = path if size is not None else pa.BufferReader(stream.read())
            stream.close()
            return _opened_parquet(source, str(path))
        return _open_other(stream, head, str(path), size, how)
    except BaseException:
        stream.close()
        raise


def _open_standard(how: Reading) -> TableInput:
    name = "standard input"
    if sys.stdin is None:
        raise FileError(f"{name} is closed")
    buffered = sys.stdin.buffer
    stream = Source(cast("io.RawIOBase", getattr(buffered, "raw", buffered)))
    head = stream.peek(8)
    if head.startswith(_PARQUET):
        return _opened_parquet(pa.BufferReader(stream.read()), name)
    return _open_other(stream, head, name, None, how)


def _opened_parquet(source: Any, name: str) -> TableInput:
    from riskbands.cohorts.files._parquet import ParquetInput

    return ParquetInput(source, name)


def _open_other(
    stream: Source, head: bytes, name: str, size: int | None, how: Reading
) -> TableInput:
    """A workbook or CSV.

    Raises:
        FileError: It is neither.
    """
    if head.startswith(_WORKBOOKS):
        from riskbands.cohorts.files._excel import ExcelInput, is_workbook

        data = stream.read()
        if is_workbook(head, data):
            stream.close()
            return ExcelInput(data, name, how.sheet, how.header_row)
    for mark, what in _PACKED.items():
        if head.startswith(mark):
            raise FileError(f"{name} is {what}")
    if how.sheet is not None or how.header_row is not None:
        raise FileError(f"{name} is no workbook: --sheet and --header-row are for workbooks only")
    return CsvInput(stream, name, size, how.encoding, how.delimiter, how.trust_quotes)


def can_be_copied(table: TableInput, kind: str, delimiter: str) -> bool:
    """Whether the rows or columns of a table can be copied as they stand.

    Args:
        table: What is read.
        kind: Format of what is written.
        delimiter: Of CSV that is written.
    """
    if kind == "csv":
        return table.line_delimiter == delimiter
    from riskbands.cohorts.files._parquet import ParquetInput

    return isinstance(table, ParquetInput) and table.can_be_copied


def format_of(name: str, forced: str | None) -> str:
    """The format to write: the one asked for, or else that of the suffix.

    Raises:
        FileError: Neither says.
        UnknownNameError: The format asked for is not known.
    """
    if forced is not None:
        if forced not in FORMATS:
            raise UnknownNameError("format", forced, FORMATS)
        return forced
    suffix = Path(name).suffix.lower()
    if name == STANDARD or (suffix not in _SUFFIXES and is_stream(Path(name))):
        return "csv"
    if suffix not in _SUFFIXES:
        raise FileError(
            f"cannot tell the format of {name} from its name: end it in .csv or .parquet, or give "
            "--format"
        )
    return _SUFFIXES[suffix]


def open_output(
    name: str,
    kind: str,
    schema: pa.Schema,
    *,
    delimiter: str = ",",
    marked: bool = False,
    safe: bool = False,
) -> contextlib.AbstractContextManager[TableOutput]:
    """Open a table to write; it is finished, and appears, when the block ends without an error.

    Args:
        name: A file, or ``"-"`` for standard output.
        kind: ``csv`` or ``parquet``.
        schema: Columns.
        delimiter: Of CSV.
        marked: Whether CSV begins with a byte order mark.
        safe: Whether CSV has an apostrophe before what a spreadsheet takes for a formula.

    Raises:
        FileError: It cannot be written.
    """

    def make(stream: BinaryIO) -> TableOutput:
        if kind == "csv":
            return CsvOutput(stream, schema, delimiter, marked, safe)
        from riskbands.cohorts.files._parquet import ParquetOutput

        return ParquetOutput(stream, schema)

    return _opened(name, kind, make)


def open_copy(
    name: str, kind: str, schema: pa.Schema, table: TableInput
) -> contextlib.AbstractContextManager[CopyingOutput]:
    """Open a table to write, whose rows or columns are copied from one that `can_be_copied`.

    Args:
        name: A file, or ``"-"`` for standard output.
        kind: ``csv`` or ``parquet``.
        schema: Columns, those of the table first.
        table: What is copied.

    Raises:
        FileError: It cannot be written.
    """

    def make(stream: BinaryIO) -> CopyingOutput:
        if kind == "csv":
            return CsvOutput(stream, schema, table.line_delimiter or ",", table.marked)
        from riskbands.cohorts.files._graft import ParquetGraft
        from riskbands.cohorts.files._parquet import ParquetInput

        assert isinstance(table, ParquetInput)
        return ParquetGraft(stream, table, schema)

    return _opened(name, kind, make)


@contextlib.contextmanager
def _opened(name: str, kind: str, make: Callable[[BinaryIO], OutputT]) -> Iterator[OutputT]:
    with contextlib.ExitStack() as stack:
        stream: BinaryIO
        if name == STANDARD:
            if sys.stdout is None:
                raise FileError("standard output is closed: give --output FILE")
            stream = sys.stdout.buffer
            if kind == "parquet" and stream.isatty():
                raise FileError("Parquet is not for a terminal: give --output FILE")
        else:
            stream = stack.enter_context(replacing(Path(name)))
        output = make(stream)
        try:
            yield output
            output.finish()
        except BaseException:
            output.abandon()
            raise
        stream.flush()
