"""Which bytes of a text are of some kind, as bits: sixty-four bytes are looked at together.

What looks at bytes works in blocks, in memory that is used again, so that it stays in the caches;
what looks at bits takes all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    #: Bit n of a word is for byte n of the 64 bytes that the word is for.
    Words = NDArray[np.uint64]
    Places = NDArray[np.int64]

__all__ = [
    "count",
    "counter",
    "inside_quotes",
    "is_last_set",
    "is_set",
    "last",
    "later",
    "line_ends",
    "lowest",
    "marks",
    "parts",
    "places",
    "set_places",
    "sooner",
]

#: Bytes of a block; a multiple of 64.
_BLOCK = 1 << 20
_ONE, _TOP = np.uint64(1), np.uint64(63)
#: Half of the bits, in turns of one, two and four.
_PAIRS, _FOURS, _EIGHTS = (
    np.uint64(n) for n in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F)
)
_STEPS = tuple(np.uint64(1 << n) for n in range(6))


def _blocks(data: Bytes) -> Iterator[tuple[int, Bytes, NDArray[np.bool_]]]:
    """The blocks of a text: where each begins, its bytes, and room for a truth for each byte."""
    room = np.empty(min(len(data), _BLOCK), np.bool_)
    for start in range(0, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        yield start, block, room[: len(block)]


def places(data: Bytes, byte: int) -> Places:
    """Where a byte stands."""
    found = [
        np.flatnonzero(np.equal(block, byte, out=room)) + start
        for start, block, room in _blocks(data)
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def count(data: Bytes, byte: int) -> int:
    """How often a byte stands in a text; several times faster than `bytes.count`."""
    return sum(
        int(np.count_nonzero(np.equal(block, byte, out=room))) for _, block, room in _blocks(data)
    )


def line_ends(text: bytes | bytearray | memoryview) -> int:
    """How many lines end in a text: at a line feed, with or without a return, or at a return."""
    raw = bytes(text)
    found = count(np.frombuffer(raw, np.uint8), 10)
    return found + raw.count(b"\r") - raw.count(b"\r\n") if b"\r" in raw else found


def marks(data: Bytes, *bytes_: int) -> Words:
    """Where one of some bytes stands, as bits."""
    found = np.zeros(max(-(-len(data) // 64), 1), np.uint64)
    for byte in bytes_:
        for start, block, room in _blocks(data):
            words = _packed(np.equal(block, byte, out=room))
            found[start // 64 :][: len(words)] |= words
    return found


def parts(words: Words, size: int) -> Iterator[tuple[slice, int, bool]]:
    """The words of one block after the other: which, for how many bytes, and the bit after them.

    Args:
        words: Bits.
        size: Of how many bytes; after the last one a bit counts as set.
    """
    step = _BLOCK // 64
    for start in range(0, len(words), step):
        stop = min(start + step, len(words))
        last = stop == len(words) or bool(words[stop] & _ONE)
        yield slice(start, stop), min(64 * stop, size) - 64 * start, last


def _packed(truths: NDArray[np.bool_]) -> Words:
    """Truths as bits; those after the last one are not set."""
    bits = np.packbits(truths, bitorder="little")
    if len(bits) % 8:
        bits = np.append(bits, np.zeros(-len(bits) % 8, np.uint8))
    return bits.view("<u8").astype(np.uint64, copy=False)


def later(words: Words, first: bool) -> Words:
    """Each bit one place later, with another one at the beginning."""
    moved = words << _ONE
    moved[1:] |= words[:-1] >> _TOP
    moved[0] |= np.uint64(first)
    return moved


def sooner(words: Words, size: int, last: bool) -> Words:
    """Each of so many bits one place sooner, with another one at the end."""
    moved = words >> _ONE
    moved[:-1] |= words[1:] << _TOP
    moved[-1] |= np.uint64(last) << np.uint64((size - 1) & 63)
    return moved


def inside_quotes(quotes: Words, inside: bool) -> Words:
    """Which bytes come after an odd number of quotes, each counted with itself.

    Args:
        quotes: Where there are quotes.
        inside: Whether an odd number of them comes before.
    """
    found = quotes.copy()
    for step in _STEPS:  # each bit becomes the parity of 2, 4, ... 64 bits up to it
        found ^= found << step
    odd = found >> _TOP
    odd[0] ^= np.uint64(inside)
    np.bitwise_xor.accumulate(odd, out=odd)
    if inside:
        found[0] = ~found[0]
    found[1:] ^= np.negative(odd[:-1])  # all bits of a word, or none
    return found


def is_set(words: Words, where: Places) -> NDArray[np.bool_]:
    """The bits at some places."""
    found: NDArray[np.bool_] = _after(words, where) & _ONE != 0
    return found


def is_last_set(words: Words) -> bool:
    """The last bit of the last word."""
    return bool(words[-1] >> _TOP)


def set_places(words: Words) -> Places:
    """Where the bits are that are set."""
    spread = np.unpackbits(words.astype("<u8", copy=False).view(np.uint8), bitorder="little")
    return np.flatnonzero(spread)


def lowest(words: Words) -> Words:
    """The first bit alone of those that are set."""
    found = np.zeros_like(words)
    place = int(np.flatnonzero(words)[0])
    found[place] = words[place] & (~words[place] + _ONE)
    return found


def last(words: Words) -> int:
    """Where the last bit is that is set."""
    word = int(np.flatnonzero(words)[-1])
    return 64 * word + int(words[word]).bit_length() - 1


def counter(data: Bytes, byte: int) -> Callable[[Places], Places]:
    """What says how often a byte stands before each of some places, which have another one."""
    words = marks(data, byte)
    up_to = np.cumsum(_ones(words), dtype=np.int64)

    def number_before(where: Places) -> Places:
        found: Places = up_to.take(where >> 6)
        found -= _ones(_after(words, where))
        return found

    return number_before


def _after(words: Words, where: Places) -> Words:
    """The bits from each place to the end of its word."""
    moved: Words = words.take(where >> 6) >> (where & 63).astype(np.uint64)
    return moved


def _ones(words: Words) -> NDArray[np.uint8] | NDArray[np.int64]:
    """How many bits of each word are set."""
    if hasattr(np, "bitwise_count"):  # since NumPy 2
        return np.bitwise_count(words)
    found = words - ((words >> _ONE) & _PAIRS)  # sums of two, four and eight bits side by side
    found = (found & _FOURS) + ((found >> _STEPS[1]) & _FOURS)
    found = (found + (found >> _STEPS[2])) & _EIGHTS
    found *= np.uint64(0x0101010101010101)
    ones: NDArray[np.int64] = (found >> np.uint64(56)).view(np.int64)
    return ones
