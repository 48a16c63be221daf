"""The compact protocol of Thrift, in which the metadata of Parquet is written.

A struct is a dict from the number of a field to its type and value, so that what is not known here
is written back as it was.
"""

from __future__ import annotations

import struct
from typing import Any, NamedTuple

__all__ = [
    "BINARY",
    "I16",
    "I32",
    "I64",
    "LIST",
    "STRUCT",
    "Item",
    "Items",
    "Struct",
    "decode",
    "encode",
]

_STOP, _TRUE, _FALSE, _BYTE = 0, 1, 2, 3
I16, I32, I64, _DOUBLE, BINARY, LIST, _SET, _MAP, STRUCT = 4, 5, 6, 7, 8, 9, 10, 11, 12


class Item(NamedTuple):
    """A field of a struct."""

    kind: int
    value: Any


class Items(NamedTuple):
    """A list: the type of its values, and the values."""

    kind: int
    values: list[Any]


Struct = dict[int, Item]


def decode(data: bytes, place: int = 0) -> tuple[Struct, int]:
    """The struct at a place, and where it ends.

    Raises:
        ValueError: It is none, or goes on after the end of the data.
    """
    try:
        return _Reader(data, place).struct()
    except (IndexError, struct.error, RecursionError):
        raise ValueError("the metadata is cut short or damaged") from None


class _Reader:
    def __init__(self, data: bytes, place: int) -> None:
        self._data = data
        self._place = place

    def struct(self) -> tuple[Struct, int]:
        return self._struct(), self._place

    def _varint(self) -> int:
        found = shift = 0
        while True:
            byte = self._data[self._place]
            self._place += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7
            if shift > 70:
                raise ValueError("a number is too long")

    def _number(self) -> int:
        n = self._varint()
        return (n >> 1) ^ -(n & 1)

    def _struct(self) -> Struct:
        found: Struct = {}
        number = 0
        while True:
            head = self._data[self._place]
            self._place += 1
            if head == _STOP:
                return found
            kind = head & 0x0F
            number = number + (head >> 4) if head >> 4 else self._number()
            value = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind)
            found[number] = Item(kind, value)

    def _value(self, kind: int) -> Any:
        if kind in (I16, I32, I64):
            return self._number()
        if kind == BINARY:
            return self._bytes(self._varint())
        if kind == STRUCT:
            return self._struct()
        if kind in (LIST, _SET):
            head = self._data[self._place]
            self._place += 1
            size = head >> 4 if head >> 4 < 15 else self._varint()
            if size > len(self._data):
                raise ValueError("a list is longer than the data")
            return Items(head & 0x0F, [self._value(head & 0x0F) for _ in range(size)])
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind in (_TRUE, _FALSE, _BYTE):  # in a list
            return self._bytes(1)
        raise ValueError("a type is not known")

    def _bytes(self, size: int) -> bytes:
        found = self._data[self._place : self._place + size]
        if len(found) < size:
            raise IndexError
        self._place += size
        return found


def encode(found: Struct) -> bytes:
    """A struct as bytes."""
    out = bytearray()
    _put_struct(out, found)
    return bytes(out)


def _put_varint(out: bytearray, n: int) -> None:
    while n >= 0x80:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)


def _put_number(out: bytearray, n: int) -> None:
    _put_varint(out, (n << 1) ^ (n >> 63))


def _put_struct(out: bytearray, found: Struct) -> None:
    before = 0
    for number in sorted(found):
        kind, value = found[number]
        if kind in (_TRUE, _FALSE):
            kind = _TRUE if value else _FALSE
        step = number - before
        if 0 < step < 16:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _put_number(out, number)
        before = number
        if kind not in (_TRUE, _FALSE):
            _put_value(out, kind, value)
    out.append(_STOP)


def _put_value(out: bytearray, kind: int, value: Any) -> None:
    if kind in (I16, I32, I64):
        _put_number(out, value)
    elif kind == BINARY:
        _put_varint(out, len(value))
        out += value
    elif kind == STRUCT:
        _put_struct(out, value)
    elif kind in (LIST, _SET):
        size = len(value.values)
        out.append(min(size, 15) << 4 | value.kind)
        if size >= 15:
            _put_varint(out, size)
        for inner in value.values:
            _put_value(out, value.kind, inner)
    else:
        out += value
