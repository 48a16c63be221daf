"""Parquet: one file or several with the same columns, by record batches."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from riskbands.cohorts.files._common import FileError, batch_rows, check_names

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ParquetInput", "ParquetOutput"]


class ParquetInput:
    """One Parquet file.

    Args:
        source: A path or a seekable stream.
        name: What to call it in messages.

    Raises:
        FileError: It is damaged, or has two columns of one name.
    """

    format = "parquet"
    remarks: tuple[str, ...] = ()

    def __init__(self, source: Any, name: str) -> None:
        self.name = name
        self.position = 0
        try:
            self._file = pq.ParquetFile(source, pre_buffer=False, buffer_size=1 << 20)
            self.schema = self._file.schema_arrow
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise self._fault(error) from error
        self.size: int = self._file.metadata.num_rows
        check_names(self.schema.names, name)

    def _fault(self, error: Exception) -> FileError:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        return FileError(f"{self.name} is not a Parquet file that can be read: {reason}")

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows."""
        try:
            for batch in self._file.iter_batches(batch_rows(len(self.schema))):
                self.position += batch.num_rows
                yield batch
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OSError) as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Valve:
    """A stream that can be shut: what is written to it then goes nowhere.

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
        self._writer = pq.ParquetWriter(pa.PythonFile(self._valve, "w"), schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Write rows."""
        self._writer.write_table(pa.Table.from_batches([batch]))

    def finish(self) -> None:
        """Write the footer."""
        self._writer.close()

    def abandon(self) -> None:
        """Write no footer: without it no reader takes what was written for a table."""
        self._valve.shut()
        with contextlib.suppress(Exception):
            self._writer.close()
        self._writer.is_open = False
