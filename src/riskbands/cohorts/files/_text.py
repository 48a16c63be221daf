"""Bytes of any encoding, read as text in UTF-8."""

from __future__ import annotations

import codecs
import contextlib
from typing import TYPE_CHECKING, Protocol

from riskbands.cohorts.files._bits import count
from riskbands.cohorts.files._common import FileError

if TYPE_CHECKING:
    import io

__all__ = ["UTF8_MARK", "Bytes", "Source", "Text"]

UTF8_MARK = codecs.BOM_UTF8
#: The mark of little-endian UTF-32 begins with that of UTF-16.
_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class Bytes(Protocol):
    """A stream of bytes, as far as it is needed."""

    def read1(self, size: int = -1, /) -> bytes:
        """What one read of the system gives, at most so many bytes; empty at the end."""

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
            more = self._stream.read(size - len(self._head))
            if not more:
                break
            self._head += more
        return self._head[:size]

    def read1(self, size: int = -1, /) -> bytes:
        """What one read gives."""
        if self._head:
            found, self._head = self._head, b""
            return found
        return self._stream.read(size) or b""

    def read(self) -> bytes:
        """Everything that is left."""
        # One read of the system at a time: Python heeds an interruption between two.
        parts = []
        while part := self.read1(1 << 20):
            parts.append(part)
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
        self._last = b""
        self._decoder = _decoder(encoding or "utf-8")
        self._plain = encoding is None
        self._ahead = b""
        self.taken = 0
        self.ended = False
        beginning = self.read(8)  # This is longer than any mark.
        self.marked = beginning.startswith(UTF8_MARK)
        self._ahead = beginning.removeprefix(UTF8_MARK)

    def read(self, size: int) -> bytes:
        """So many bytes more of the text, or what one read gives beyond; fewer at its end."""
        parts: list[bytes] = []
        missing = size
        if self._ahead:
            parts, self._ahead = [self._ahead], b""
            missing -= len(parts[0])
        while missing > 0 and not self.ended:
            # One read of the system at a time: Python heeds an interruption between two.
            chunk = self._stream.read1(missing)
            if not self.taken and self._encoding is None:
                for mark, encoding in _OTHER_MARKS.items():
                    if chunk.startswith(mark):
                        raise FileError(f"{self._name} is not UTF-8: give --encoding {encoding}")
            self.ended = not chunk
            self.taken += len(chunk)
            text = self._decoded(chunk)
            if self.ended and self._last not in (b"", b"\n", b"\r"):
                text += b"\n"
            if text:
                self._last = text[-1:]
                parts.append(text)
                missing -= len(text)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _decoded(self, chunk: bytes) -> bytes:
        if self._plain and chunk and chunk.isascii() and not self._decoder.getstate()[0]:
            self._lines += count(chunk, 10)
            return chunk
        try:
            text = self._decoder.decode(chunk, not chunk)
            encoded = text.encode()  # This fails where an encoding has halves of characters.
        except UnicodeError as error:
            before = error.object[: error.start] if isinstance(error, UnicodeDecodeError) else b""
            line = self._lines + before.count(b"\n") + 1
            example = "utf-16-le" if b"\0" in chunk else "cp1252 (Windows)"
            raise FileError(
                f"{self._name}, line {line}: not {self._encoding or 'UTF-8'}; give the "
                f"--encoding it has, such as {example}"
            ) from None
        self._lines += text.count("\n")
        return encoded


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
