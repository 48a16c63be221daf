"""Columns added to a Parquet file whose own columns are copied byte for byte.

Nothing of the columns that are there is decoded: row groups, encodings, compression, statistics,
bloom filters and page indexes stay as they are. What is new is written behind each row group, and
one footer for all.
"""

from __future__ import annotations

import base64
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from riskbands.cohorts.files import _thrift as thrift
from riskbands.cohorts.files._thrift import BINARY, I32, I64, LIST, STRUCT, Item, Items, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.cohorts.files._common import Lines
    from riskbands.cohorts.files._parquet import ParquetInput

__all__ = ["ParquetGraft"]

_MAGIC = b"PAR1"
# Fields of the structs of the format, by their number.
_SCHEMA, _GROUPS, _PAIRS, _ORDERS = 2, 4, 5, 7
_CHUNKS, _SIZE, _ROWS, _GROUP_OFFSET, _PACKED_SIZE = 1, 2, 3, 5, 6
_FILE_OFFSET, _META, _OFFSETS, _INDEX = 2, 3, (4, 5), (6, 7)
_PATH, _CODEC, _CHUNK_PLAIN, _CHUNK_SIZE, _DATA, _INDEX_PAGE, _DICTIONARY, _BLOOM, _BLOOM_SIZE = (
    3, 4, 6, 7, 9, 10, 11, 14, 15,
)  # fmt: skip
_KNOWN_CODECS = range(8)
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd", 7: "lz4_raw"}


class ParquetGraft:
    """Writes a Parquet file with its columns and more.

    Args:
        stream: Where to write.
        source: The file; every page of it is looked through as it is copied.
        schema: All columns of the result, those of the file first.

    Raises:
        FileError: The file is damaged.
    """

    def __init__(self, stream: BinaryIO, source: ParquetInput, schema: pa.Schema) -> None:
        self._stream: BinaryIO | None = stream
        self._source = source
        self._schema = schema
        self._place = 0
        with source.faults():
            self._footer = source.footer()
            _check_footer(self._footer)
            groups: list[Struct] = self._footer[_GROUPS].value.values
            self._groups = [group for group in groups if group[_ROWS].value]
            self._numbers = [n for n, group in enumerate(groups) if group[_ROWS].value]
        self._pending: list[pa.RecordBatch] = []
        self._done = 0
        added = schema.names[len(source.schema.names) :]
        self._added = pa.schema([schema.field(name) for name in added])
        self._elements: list[Struct] = []
        self._indexes: list[tuple[Struct, bytes | None, Struct | None, int]] = []
        self._put(_MAGIC)

    def append(self, lines: Lines | None, added: pa.RecordBatch) -> None:
        """Take the added columns of some rows.

        Args:
            lines: None; rows of CSV are of no use here.
            added: The columns.
        """
        assert lines is None
        self._pending.append(added)
        self._write_groups()

    def finish(self) -> None:
        """Write what is left, and the footer."""
        self._write_groups()
        if self._done < len(self._groups) or any(batch.num_rows for batch in self._pending):
            with self._source.faults():
                raise ValueError("the row groups have other rows than they say")
        if not self._elements:
            self._encoded(pa.Table.from_batches([], self._added))
        self._put_indexes()
        footer = dict(self._footer)
        root, *others = footer[_SCHEMA].value.values
        children = root[5].value + len(self._elements)
        root = {**root, 5: Item(I32, children)}
        footer[_SCHEMA] = Item(LIST, Items(STRUCT, [root, *others, *self._elements]))
        footer[_GROUPS] = Item(LIST, Items(STRUCT, self._groups))
        footer[_PAIRS] = Item(LIST, Items(STRUCT, list(self._pairs())))
        if _ORDERS in footer:
            by_type: Struct = {1: Item(STRUCT, {})}
            orders = [*footer[_ORDERS].value.values, *[by_type] * len(self._elements)]
            footer[_ORDERS] = Item(LIST, Items(STRUCT, orders))
        data = thrift.encode(footer)
        self._put(data + len(data).to_bytes(4, "little") + _MAGIC)

    def abandon(self) -> None:
        """Write no footer: without it no reader takes what was written for a table."""
        self._stream = None

    def _put(self, data: bytes) -> None:
        if self._stream is not None:
            self._stream.write(data)
            self._place += len(data)

    def _write_groups(self) -> None:
        while self._done < len(self._groups):
            rows: int = self._groups[self._done][_ROWS].value
            there = sum(batch.num_rows for batch in self._pending)
            if there < rows:
                return
            table = pa.Table.from_batches(self._pending)
            self._write_group(self._groups[self._done], table.slice(0, rows))
            self._pending = table.slice(rows).to_batches() if there > rows else []
            self._done += 1

    def _write_group(self, group: Struct, added: pa.Table) -> None:
        first = self._place
        with self._source.faults():
            number = self._numbers[self._done]
            chunks = [self._copied(chunk, number) for chunk in group[_CHUNKS].value.values]
        size, packed = group[_SIZE].value, self._place - first
        data, footer = self._encoded(added)
        for chunk in footer[_GROUPS].value.values[0][_CHUNKS].value.values:
            start, length = _span(chunk[_META].value)
            size += chunk[_META].value[_CHUNK_PLAIN].value
            packed += length
            chunks.append(self._moved(chunk, self._place - start))
            self._put(data[start : start + length])
        group[_CHUNKS] = Item(LIST, Items(STRUCT, chunks))
        group[_SIZE] = Item(I64, size)
        if _GROUP_OFFSET in group:
            group[_GROUP_OFFSET] = Item(I64, first)
        if _PACKED_SIZE in group:
            group[_PACKED_SIZE] = Item(I64, packed)

    def _encoded(self, table: pa.Table) -> tuple[bytes, Struct]:
        """Columns as a Parquet file of one row group, and its metadata."""
        stream = io.BytesIO()
        table = table.unify_dictionaries()
        pq.write_table(table, stream, row_group_size=max(table.num_rows, 1))
        data = stream.getvalue()
        footer, _ = thrift.decode(data[-8 - int.from_bytes(data[-8:-4], "little") : -8])
        self._elements = footer[_SCHEMA].value.values[1:]
        return data, footer

    # -- what is copied ----------------------------------------------------------------------------

    def _copied(self, chunk: Struct, group: int) -> Struct:
        """Copy a column chunk of a row group; its metadata for the new place."""
        meta = chunk[_META].value
        start, length = _span(meta)
        moved = self._moved(chunk, self._place - start)
        sure = True
        for data, checked in self._pages(start, length, meta):
            self._put(data)
            sure = sure and checked
        if not sure:  # nothing but decoding shows whether it is damaged
            self._source.try_column(group, b".".join(meta[_PATH].value.values).decode())
        new = moved[_META].value
        if _BLOOM in meta and _BLOOM_SIZE in meta:
            new[_BLOOM] = Item(I64, self._place)
            self._put(self._source.read(meta[_BLOOM].value, meta[_BLOOM_SIZE].value))
        else:
            new.pop(_BLOOM, None)
        index = offsets = None
        if _INDEX[0] in chunk:
            index = self._source.read(*(chunk[n].value for n in _INDEX))
        if _OFFSETS[0] in chunk:
            offsets, _ = thrift.decode(self._source.read(*(chunk[n].value for n in _OFFSETS)))
        for number in (*_OFFSETS, *_INDEX):
            moved.pop(number, None)
        step = _span(new)[0] - start
        self._indexes.append((moved, index, offsets, step))
        return moved

    def _moved(self, chunk: Struct, step: int) -> Struct:
        meta = dict(chunk[_META].value)
        for number in (_DATA, _INDEX_PAGE, _DICTIONARY):
            if number in meta and meta[number].value > 0:
                meta[number] = Item(I64, meta[number].value + step)
        return {**chunk, _FILE_OFFSET: Item(I64, 0), _META: Item(STRUCT, meta)}

    def _pages(self, start: int, length: int, meta: Struct) -> Iterator[tuple[bytes, bool]]:
        """The pages of a column chunk, and whether each could be looked through.

        Raises:
            ValueError: One is not what its header says.
        """
        if meta[_CODEC].value not in _KNOWN_CODECS:
            raise ValueError("a codec is not known")
        codec = _CODECS.get(meta[_CODEC].value)
        stop = start + length
        while start < stop:
            header, size = self._header(start, stop)
            packed = header[3].value
            if packed < 0 or start + size + packed > stop:
                raise ValueError("a page is longer than its column")
            page = self._source.read(start, size + packed)
            yield page, _check_page(header, memoryview(page)[size:], codec)
            start += size + packed

    def _header(self, start: int, stop: int) -> tuple[Struct, int]:
        size = 256
        while True:
            data = self._source.read(start, min(size, stop - start))
            try:
                return thrift.decode(data)
            except ValueError:
                if len(data) < size:
                    raise
                size *= 8

    def _put_indexes(self) -> None:
        """Write the page indexes, which hold places in the file."""
        for chunk, index, _, _ in self._indexes:
            if index is not None:
                _tell(chunk, _INDEX, self._place, len(index))
                self._put(index)
        for chunk, _, offsets, step in self._indexes:
            if offsets is not None:
                pages = [
                    {**page, 1: Item(I64, page[1].value + step)} for page in offsets[1].value.values
                ]
                data = thrift.encode({**offsets, 1: Item(LIST, Items(STRUCT, pages))})
                _tell(chunk, _OFFSETS, self._place, len(data))
                self._put(data)

    def _pairs(self) -> Iterator[Struct]:
        """Key and value of the file's own metadata, with the new schema and origin."""
        schema = base64.b64encode(self._schema.serialize().to_pybytes())
        origin = (self._schema.metadata or {}).get(b"riskbands", b"")
        new = {b"riskbands": origin, b"ARROW:schema": schema}
        if _PAIRS in self._footer:
            for pair in self._footer[_PAIRS].value.values:
                if pair[1].value not in new:
                    yield pair
        for key, value in new.items():
            yield {1: Item(BINARY, key), 2: Item(BINARY, value)}


def _check_footer(footer: Struct) -> None:
    """Refuse metadata in which what is used here is of another type.

    Raises:
        ValueError: It is.
    """
    for number in (_SCHEMA, _GROUPS, _PAIRS, _ORDERS):
        items = footer[number].value if number in footer else Items(STRUCT, [{}])
        if not isinstance(items, Items) or items.kind != STRUCT:
            raise ValueError("the metadata is damaged")
    children = footer[_SCHEMA].value.values[0][5].value
    pairs = footer[_PAIRS].value.values if _PAIRS in footer else []
    if not isinstance(children, int) or not all(isinstance(p[1].value, bytes) for p in pairs):
        raise ValueError("the metadata is damaged")


def _tell(chunk: Struct, numbers: tuple[int, int], place: int, size: int) -> None:
    chunk[numbers[0]] = Item(I64, place)
    chunk[numbers[1]] = Item(I32, size)


def _span(meta: Struct) -> tuple[int, int]:
    """Where a column chunk begins, and its length."""
    places = [meta[n].value for n in (_DICTIONARY, _DATA) if n in meta and meta[n].value > 0]
    return min(places), meta[_CHUNK_SIZE].value


def _check_page(header: Struct, page: memoryview, codec: str | None) -> bool:
    """Refuse a page that its checksum, or its compression, shows to be damaged.

    Returns:
        Whether it has one of them.

    Raises:
        ValueError: It is damaged.
        pyarrow.ArrowException: Likewise.
    """
    if 4 in header:
        if zlib.crc32(page) & 0xFFFFFFFF != header[4].value & 0xFFFFFFFF:
            raise ValueError("a page does not have the checksum it should have")
        return True
    plain, second = header[2].value, header.get(8)
    if second is not None:
        levels = second.value[5].value + second.value[6].value
        page, plain = page[levels:], plain - levels
        if 7 in second.value and not second.value[7].value:
            return False
    if codec is None:
        return False
    if plain > 0:
        pa.Codec(codec).decompress(pa.py_buffer(page), decompressed_size=plain)
    return True
