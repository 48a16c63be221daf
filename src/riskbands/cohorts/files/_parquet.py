"""Parquet: one file or several with the same columns, by record batches."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from riskbands.cohorts.files import _thrift as thrift
from riskbands.cohorts.files._common import FileError, Piece, batch_rows, check_names

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Sequence

    from riskbands.cohorts.files._thrift import Struct

__all__ = ["ParquetInput", "ParquetOutput"]


class ParquetInput:
    """One Parquet file; checksums of its pages are verified where it has them.

    Args:
        source: A path or a seekable stream.
        name: What to call it in messages.

    Raises:
        FileError: It is damaged, or has two columns of one name.
    """

    format = "parquet"
    remarks: tuple[str, ...] = ()
    advice = ""
    line_delimiter = None
    marked = False

    def __init__(self, source: Any, name: str) -> None:
        self.name = name
        self.position = 0
        self._source = source
        self._raw: io.FileIO | None = None
        self._second: pq.ParquetFile | None = None
        with self.faults():
            self._file = pq.ParquetFile(
                source, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
            )
            self.schema: pa.Schema = self._file.schema_arrow
            names: list[str] = self.schema.names
            self.size: int = self._file.metadata.num_rows
        check_names(names, name)

    @property
    def schemas(self) -> tuple[tuple[str, pa.Schema]]:
        """Its name and schema."""
        return ((self.name, self.schema),)

    @property
    def can_be_copied(self) -> bool:
        """Whether all its column chunks are in the file itself, and none is encrypted."""
        with self.faults():
            footer = self.footer()
            chunks = (c for g in footer[4].value.values for c in g[1].value.values)
            return 8 not in footer and all(
                3 in chunk and not (1 in chunk and chunk[1].value) and 8 not in chunk
                for chunk in chunks
            )

    def try_column(self, group: int, path: str) -> None:
        """Decode a column chunk, to find out whether that is possible.

        Raises:
            Exception: It is not; see `faults`.
        """
        if self._second is None:  # the first one may be in use by another thread
            self._second = pq.ParquetFile(self._source)
        rows = self._second.read_row_group(group, columns=[path]).num_rows
        if rows != self._second.metadata.row_group(group).num_rows:
            raise ValueError("a column has other rows than it says")

    def footer(self) -> Struct:
        """The metadata at its end.

        Raises:
            ValueError: It is damaged.
        """
        size = int.from_bytes(self.read(-8, 4), "little")
        return thrift.decode(self.read(-8 - size, size))[0]

    def read(self, place: int, size: int) -> bytes:
        """Bytes of the file; a negative place counts from the end.

        Raises:
            ValueError: It has fewer.
        """
        if isinstance(self._source, pa.BufferReader):
            self._source.seek(place, 2 if place < 0 else 0)
            found: bytes = self._source.read(size)
        else:
            if self._raw is None:
                self._raw = self._source.open("rb", buffering=0)
            self._raw.seek(place, 2 if place < 0 else 0)
            found = b""
            while len(found) < size and (more := self._raw.read(size - len(found))):
                found += more
        if len(found) < size:
            raise ValueError("the file is cut short")
        return found

    @contextlib.contextmanager
    def faults(self) -> Iterator[None]:
        """Whatever reading raises comes of the file.

        What Arrow says can quote names and values out of it, so only the kind is passed on.
        """
        try:
            yield
        except pa.ArrowNotImplementedError:
            raise FileError(
                f"{self.name} is a Parquet file that uses what pyarrow {pa.__version__} cannot read"
            ) from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno and error.strerror:
                raise FileError(f"cannot read {self.name}: {error.strerror}") from None
            raise FileError(
                f"{self.name} is not a Parquet file that can be read: it is damaged or was cut "
                "short; fetch it again"
            ) from None

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows; columns that are not wanted are not decoded.

        Args:
            columns: The columns that are wanted, in that order; by default all.
        """
        wanted = self.schema.names if columns is None else list(columns)
        if not wanted:
            yield from _without_columns(self.size, batch_rows(1))
            return
        with self.faults():
            found = self._file.iter_batches(batch_rows(len(wanted)), columns=wanted)
        rows = 0
        while True:
            with self.faults():
                batch = next(found, None)
                if batch is None:
                    break
                # Arrow gives them in the order of the file.
                batch = batch.select(wanted)
            rows += batch.num_rows
            self.position += batch.num_rows
            if batch.num_rows:
                yield batch
        if rows != self.size:
            raise FileError(
                f"{self.name} holds {rows} rows where it says {self.size}: fetch it again"
            )

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[Piece]:
        """The rows."""
        for batch in self.batches(columns):
            yield Piece.of(batch)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._raw is not None:
            self._raw.close()
        if self._second is not None:
            self._second.close()


def _without_columns(rows: int, most: int) -> Iterator[pa.RecordBatch]:
    for start in range(0, rows, most):
        blank = pa.RecordBatch.from_arrays([pa.nulls(min(most, rows - start))], ["blank"])
        yield blank.select([])


class _Valve:
    """A stream that can be shut. What is written to it afterwards is dropped.

    Arrow writes the footer of a file when its writer is closed, and closes every writer in the end.
    """

    closed = False

    def __init__(self, stream: BinaryIO) -> None:
        self._stream: BinaryIO | None = stream

    def write(self, data: Any) -> int:
        return len(data) if self._stream is None else self._stream.write(data)

    def flush(self) -> None:
        if self._stream is not None:
            self._stream.flush()

    def close(self) -> None:
        """Left to whoever opened the stream."""

    def shut(self) -> None:
        self._stream = None


class ParquetOutput:
    """Writes Parquet, a row group for each batch.

    Args:
        stream: Where to write.
        schema: Columns.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._valve = _Valve(stream)
        self._schema = schema
        self._writer = pq.ParquetWriter(pa.PythonFile(self._valve, "w"), schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows; types that hold the same values otherwise encoded are turned into ours."""
        table = pa.Table.from_batches([batch])
        self._writer.write_table(table.cast(self._schema))

    def finish(self) -> None:
        """Write the footer."""
        self._writer.close()

    def abandon(self) -> None:
        """Write no footer. Without it no reader accepts the file as a table."""
        self._valve.shut()
        with contextlib.suppress(Exception):
            self._writer.close()
        self._writer.is_open = False
