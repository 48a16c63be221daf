"""Bytes of any encoding, read as text in UTF-8."""

from __future__ import annotations

import codecs
import contextlib
import time
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np

from riskbands.cohorts.files._bits import line_ends
from riskbands.cohorts.files._common import FileError

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

__all__ = ["UTF8_MARK", "Bytes", "Source", "Text"]

UTF8_MARK = codecs.BOM_UTF8
#: The mark of little-endian UTF-32 begins with that of UTF-16.
_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
#: Bytes decoded at a time, in memory that is used again.
_PART = 1 << 18
#: Seconds to wait before it is tried again to read what is not there yet.
_PAUSE = 0.01
T = TypeVar("T")


class Bytes(Protocol):
    """A stream of bytes, as far as it is needed."""

    def readinto(self, room: memoryview, /) -> int | None:
        """Fill the room, or part of it, by one read of the system; how much, 0 at the end."""

    def close(self) -> None:
        """Close it."""


class Source:
    """A file or pipe without a buffer of Python's own, whose beginning can be looked at.

    A thread that waits in a buffered stream holds the lock of the stream, and Python cannot end
    before that thread does.
    """

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream = stream
        self._head = b""

    def peek(self, size: int) -> bytes:
        """The first bytes that have not been read; fewer where the stream is shorter."""
        while len(self._head) < size:
            more = _waited(partial(self._stream.read, size - len(self._head)))
            if not more:
                break
            self._head += more
        return self._head[:size]

    def readinto(self, room: memoryview, /) -> int | None:
        """Fill the room, or part of it, by one read; how much, 0 at the end, None for not yet."""
        if not self._head:
            return self._stream.readinto(room)
        size = min(len(self._head), len(room))
        room[:size] = self._head[:size]
        self._head = self._head[size:]
        return size

    def read(self) -> bytes:
        """Everything that is left."""
        # One read of the system at a time: Python heeds an interruption between two.
        parts = [self._head]
        while part := _waited(partial(self._stream.read, 1 << 20)):
            parts.append(part)
        self._head = b""
        return b"".join(parts)

    def close(self) -> None:
        """Close the file."""
        self._stream.close()


class Text:
    """A stream in any encoding, read as UTF-8 with a line end after its last line.

    Args:
        stream: The bytes.
        name: What to call it in messages.
        encoding: A Python codec, or None for UTF-8 with or without a byte order mark.

    Attributes:
        taken: Bytes read of the stream.
        marked: Whether it begins with a byte order mark, which is left out.
        ended: Whether everything has been read.
    """

    def __init__(self, stream: Bytes, name: str, encoding: str | None) -> None:
        self._stream = stream
        self._name = name
        self._encoding = encoding
        self._lines = 0
        self._last = ord("\n")
        self._decoder = _decoder(encoding or "utf-8")
        self._plain = encoding is None
        self._ahead: bytes | bytearray = b""
        self.taken = 0
        self.ended = False
        beginning = self.read(8)  # This is longer than any mark.
        self.marked = beginning.startswith(UTF8_MARK)
        self._ahead = beginning.removeprefix(UTF8_MARK)

    def read(self, size: int, before: bytes | bytearray = b"", lines: int = 0) -> bytearray:
        """So many bytes more of the text, or what one read gives beyond; fewer at its end.

        Of UTF-8 the last character may be incomplete, where more follows.

        Args:
            size: How many, about.
            before: What they follow in the result.
            lines: How many lines end before that.

        Raises:
            FileError: It is not in the encoding; says in which line.
        """
        self._lines = lines
        room = bytearray(before) + self._ahead
        self._ahead = b""
        stop = len(before) + size
        if self._plain:
            room = self._filled(room, stop)
        else:
            part = memoryview(bytearray(min(size, _PART)))
            while len(room) < stop and not self.ended:
                room += self._decoded(self._next(part[: stop - len(room)]), room)
        if len(room) > len(before):
            self._last = room[-1]
        if self.ended and self._last not in b"\n\r":
            self._last = ord("\n")
            room += b"\n"
        return room

    def _filled(self, held: bytearray, stop: int) -> bytearray:
        """What is held, and behind it what is read, which is not copied again."""
        filled = len(held)
        room = bytearray(max(stop, filled))
        room[:filled] = held
        with memoryview(room) as whole:
            while filled < stop and not self.ended:
                with whole[filled:stop] as free, self._next(free) as found:
                    begun, filled = filled, filled + len(found)
                self._check(whole, begun, filled)
        del room[filled:]
        return room

    def _next(self, room: memoryview) -> memoryview:
        """What one read of the system gives."""
        # One at a time: Python heeds an interruption between two.
        found = room[: _waited(partial(self._stream.readinto, room))]
        if not self.taken and self._encoding is None:
            for mark, encoding in _OTHER_MARKS.items():
                if found[: len(mark)] == mark:
                    raise FileError(f"{self._name} is not UTF-8: give --encoding {encoding}")
        self.taken += len(found)
        self.ended = not found
        return found

    def _check(self, text: memoryview, start: int, stop: int) -> None:
        """Refuse what is not UTF-8; what has no other characters than ASCII needs no decoder.

        Args:
            text: What was read, with the room for more.
            start: Where the part begins that was read now.
            stop: Where it ends.
        """
        for begun in range(start, max(stop, start + 1), _PART):
            part = text[begun : min(begun + _PART, stop)]
            pending = self._decoder.getstate()[0]
            if pending or not part or int(np.frombuffer(part, np.uint8).max()) > 127:
                self._decoded(part, text[:begun])

    def _decoded(self, chunk: memoryview, before: bytearray | memoryview) -> bytes:
        """What was read, as UTF-8.

        Args:
            chunk: What was read.
            before: The text that it follows.

        Raises:
            FileError: It is not in the encoding.
        """
        data = bytes(chunk)
        _, how = self._decoder.getstate()
        try:
            text = self._decoder.decode(data, not data)
            return data if self._plain else text.encode()  # this fails for halves of characters
        except UnicodeDecodeError as error:
            self._decoder.setstate((b"", how))
            good = self._decoder.decode(error.object[: error.start])
        except UnicodeEncodeError as error:
            good = error.object[: error.start]
        except UnicodeError:  # there is no byte order mark
            good = ""
        line = self._lines + line_ends(bytes(before) + good.encode()) + 1
        wrong = f"{self._name}, line {line}: not {self._encoding or 'UTF-8'}"
        if not data:
            raise FileError(f"{wrong}, or cut off: it ends inside a character")
        usual = ("utf-16-le", "utf-16-be") if b"\0" in data else ("cp1252 (Windows)", "utf-8")
        example = usual[self._encoding is not None and _same(self._encoding, usual[0].split()[0])]
        raise FileError(f"{wrong}; give the --encoding it has, such as {example}")


def _waited(read: Callable[[], T | None]) -> T:
    """What a read gives; a pipe that does not block gives None while there is nothing yet."""
    while (found := read()) is None:
        time.sleep(_PAUSE)
    return found


def _same(one: str, other: str) -> bool:
    """Whether two names are those of one encoding."""
    return codecs.lookup(one).name == codecs.lookup(other).name


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    """A decoder of that encoding.

    Raises:
        FileError: There is none, or it is no encoding of text, as base64 is.
    """
    # What is no encoding of text fails in a way of its own.
    with contextlib.suppress(Exception):
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        if isinstance(decoder.decode(b"", False), str):
            return decoder
    raise FileError(f"no encoding named {encoding!r}; usual ones are utf-8, cp1252 and utf-16")
