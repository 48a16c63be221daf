"""Where the rows of CSV text begin and end, found by arithmetic on its bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import attrs
import numpy as np

from riskbands.cohorts.files import _bits as bits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["QuoteFault", "Rows", "could_be_several", "find_rows"]

_LF, _CR, _QUOTE = b'\n\r"'
#: Quotes of a block that could open a cell by what follows and are text by what is before them.
_MOST_PLAIN = 64


class QuoteFault(Exception):
    """A quoted cell is followed by something that is neither delimiter nor line end."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


@attrs.frozen(eq=False, repr=False)
class Rows:
    """The whole rows of a text that begins with a row.

    Attributes:
        starts: Where each row begins, blank lines left out.
        stop: Where the last row ends, with its line end.
        ends: All line ends up to there, also those of blank lines and inside quoted cells.
        within: Which of them are inside quoted cells; None where none is.
        opened: Where a quoted cell begins that the text does not close, or None.
        plain: Whether a line feed alone follows each row, and nothing else.
    """

    starts: NDArray[np.int64]
    stop: int
    ends: NDArray[np.int64]
    within: NDArray[np.bool_] | None = None
    opened: int | None = None
    plain: bool = False

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Bytes of each row, with its line end and blank lines after it."""
        return np.diff(self.starts, append=self.stop)

    @property
    def longest(self) -> int:
        """Bytes of the longest row."""
        return int(self.lengths.max(initial=0))


def find_rows(
    text: bytes | bytearray, delimiter: str, *, ended: bool, blanks: bool = False
) -> Rows:
    """The rows of a text.

    A double quote opens a cell where it is the first character of one; two of them stand for one
    inside. Anywhere else it is an ordinary character.

    Args:
        text: Begins at the beginning of a row.
        delimiter: Between cells.
        ended: Whether nothing follows.
        blanks: Whether a blank line is a row.

    Raises:
        QuoteFault: A quoted cell is followed by text; says where the cell begins.
    """
    data = np.frombuffer(text, np.uint8)
    every = bits.places(data, _LF)
    returns = b"\r" in text
    if returns and bits.count(data, _CR) != _number_fed(data, every):
        every = _with_lone_returns(data, every, ended)
    within = opened = None
    ends = every
    if b'"' in text:
        beside = (_LF, ord(delimiter), *((_CR,) if returns else ()))
        within, opened = _quoted_ends(data, every, beside) or _checked_ends(
            text, data, every, delimiter
        )
        if within.any():
            ends = every[~within]
        else:
            within = None
    if not len(ends):
        return Rows(ends, 0, ends, None, opened)
    stop = int(ends[-1]) + 1
    if within is not None:
        every = every[: np.searchsorted(every, stop)]
        within = within[: len(every)] if len(every) > len(ends) else None
    starts = _after(ends)
    plain = not returns
    if not blanks:
        lengths = ends - starts
        if returns:
            lengths -= data[ends - 1] == _CR
        full = lengths > 0
        if not full.all():
            starts = starts[full]
            plain = False
    return Rows(starts, stop, every, within, opened, plain)


def _after(ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where rows begin that end there."""
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    return starts


def _number_fed(data: NDArray[np.uint8], feeds: NDArray[np.int64]) -> int:
    """How many of the line feeds have a carriage return before them."""
    if len(feeds) and not feeds[0]:
        feeds = feeds[1:]
    return int(np.count_nonzero(data.take(feeds - 1) == _CR))


def _with_lone_returns(
    data: NDArray[np.uint8], feeds: NDArray[np.int64], ended: bool
) -> NDArray[np.int64]:
    """Line ends, where a carriage return that no line feed follows is one too."""
    found = []
    for start, block, room in bits.blocks(data):
        returns = bits.packed(np.equal(block, _CR, out=room))
        stop = start + len(block)
        fed = stop < len(data) and data[stop] == _LF
        lone = returns & ~bits.sooner(bits.packed(np.equal(block, _LF, out=room)), len(block), fed)
        if lone.any():
            found.append(bits.set_places(lone) + start)
    if found and not ended and found[-1][-1] == len(data) - 1:  # what follows is not known yet
        found[-1] = found[-1][:-1]
    return np.sort(np.concatenate([feeds, *found])) if found else feeds


def _quoted_ends(
    data: NDArray[np.uint8], ends: NDArray[np.int64], beside: Sequence[int]
) -> tuple[NDArray[np.bool_], int | None] | None:
    """Which line ends are inside quoted cells, and where the last one opens that stays open.

    None where a quoted cell goes on after the closing quote, or where too many quotes stand at the
    beginning or the end of a word in cells without quotes.

    Args:
        data: The text.
        ends: Its line ends.
        beside: The bytes that may stand beside a quoted cell.
    """
    within = np.zeros(len(ends), np.bool_)
    edges = bits.edges(data, ends)
    opened, inside, after_quote = 0, False, False
    for number, (start, block, room) in enumerate(bits.blocks(data)):
        lines = slice(edges[number], edges[number + 1])
        quotes = bits.packed(np.equal(block, _QUOTE, out=room))
        if not quotes.any():
            within[lines] = inside
            after_quote = False
            continue
        around = np.zeros_like(quotes)
        for byte in beside:
            around |= bits.packed(np.equal(block, byte, out=room))
        stop = start + len(block)
        first = not start or data[start - 1] in beside
        follows = stop == len(data) or data[stop] in (_QUOTE, *beside)
        # A quote with something else on both sides can neither open nor close a cell.
        near, led = around | quotes, first or data[start - 1] == _QUOTE
        plain = quotes & ~bits.later(near, led) & ~bits.sooner(near, len(block), follows)
        quotes &= ~plain
        for _ in range(_MOST_PLAIN):
            inner = bits.inside_quotes(quotes, inside)
            opening, closing = quotes & inner, quotes & ~inner
            near = around | quotes
            wrong = opening & ~bits.later(near, first or after_quote)
            wrong |= closing & ~bits.sooner(near, len(block), follows)
            if not wrong.any():
                break
            place = bits.lowest(wrong)
            if (closing & place).any():
                return None
            quotes &= ~place  # the first one that cannot open a cell is text
        else:
            return None
        if (plain & inner).any():
            return None
        if (around & inner).any():
            within[lines] = bits.is_set(inner, ends[lines] - start)
        begins = opening & ~bits.later(closing, after_quote and not inside)  # of two, the second
        if begins.any():
            opened = start + bits.last(begins)
        inside = bool(inner[-1] >> np.uint64(63))
        after_quote = stop < len(data) and bool(quotes[-1] >> np.uint64(63))
    return within, opened if inside else None


def _checked_ends(
    text: bytes | bytearray, data: NDArray[np.uint8], ends: NDArray[np.int64], delimiter: str
) -> tuple[NDArray[np.bool_], int | None]:
    """The same for any text.

    Raises:
        QuoteFault: A quote closes a cell that goes on.
    """
    bounds = _bounds(text, data, delimiter)
    within = (np.searchsorted(bounds, ends) & 1).astype(np.bool_)
    return within, int(bounds[-1]) if len(bounds) & 1 else None


def _bounds(text: bytes | bytearray, data: NDArray[np.uint8], delimiter: str) -> NDArray[np.int64]:
    """Where quotes open and close cells, in turn.

    Raises:
        QuoteFault: A quote closes a cell that goes on.
    """
    quotes = _by_pattern(text, delimiter)
    closing = quotes[1::2]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    wrong = ~_beside(after, delimiter)
    if wrong.any():
        raise QuoteFault(int(quotes[2 * int(np.argmax(wrong))]))
    return quotes


def _by_pattern(text: bytes | bytearray, delimiter: str) -> NDArray[np.int64]:
    spans: list[int] = []
    for match in _quoted(delimiter).finditer(text):
        spans.append(match.start())
        if match[1] is None:
            spans.append(match.end() - 1)
    return np.array(spans, np.int64)


@cache
def _quoted(delimiter: str) -> re.Pattern[bytes]:
    """Quoted cells, with a group where the text ends inside one."""
    return re.compile(
        rb'(?<![^\r\n%b])"[^"]*(?:""[^"]*)*(?:"|(\Z))' % re.escape(delimiter.encode())
    )


def _beside(found: NDArray[np.uint8], delimiter: str) -> NDArray[np.bool_]:
    """Which bytes may stand before an opening and after a closing quote."""
    beside: NDArray[np.bool_] = found == ord(delimiter)
    for other in (_LF, _QUOTE, _CR):
        beside |= found == other
    return beside


def could_be_several(
    text: bytes | memoryview, rows: Rows, delimiter: str, columns: int
) -> Iterator[tuple[int, bytes]]:
    """The rows each of whose lines could be a row of its own: where each begins, and its bytes.

    So it looks where a stray quote opens a cell, and a second one, rows later, closes it.
    """
    data = np.frombuffer(text, np.uint8)
    mark = delimiter.encode()
    most = (len(rows.starts) + 1) * (columns - 1)
    if rows.within is None or bits.count(data, mark[0]) < most:
        return  # too few delimiters for another row in any of them
    goes_on = rows.within
    begun = np.append(False, goes_on[:-1])  # lines that begin inside a quoted cell
    firsts, lasts = np.flatnonzero(goes_on & ~begun), np.flatnonzero(begun & ~goes_on)
    before = bits.number_before(data, mark[0], rows.ends)
    full = np.diff(before, prepend=0) >= columns - 1
    for row in np.flatnonzero(full[firsts] & full[lasts]).tolist():
        first, last = firsts[row], lasts[row]
        start = int(rows.ends[first - 1]) + 1 if first else 0
        whole = bytes(text[start : rows.ends[last]])
        lines = [line for line in whole.splitlines() if line]
        if all(_delimiters(line, mark, n > 0) == columns - 1 for n, line in enumerate(lines)):
            yield start, whole


def _delimiters(line: bytes, delimiter: bytes, inside: bool) -> int:
    """The delimiters of a line but for those in quoted cells that it opens and closes.

    Args:
        line: One of several of a row.
        delimiter: Between cells.
        inside: Whether it begins inside a quoted cell.
    """
    found = 0
    if inside:
        cell = _TO_CLOSING.match(line)
        assert cell is not None
        found, line = cell[0].count(delimiter), line[cell.end() + 1 :]
    return found + _closed(delimiter).sub(b"", line).count(delimiter)


#: What of a line belongs to a quoted cell that it begins in.
_TO_CLOSING = re.compile(rb'(?:[^"]|"")*')


@cache
def _closed(delimiter: bytes) -> re.Pattern[bytes]:
    """Quoted cells of one line."""
    mark = re.escape(delimiter)
    return re.compile(rb'(?<![^%b])"[^"]*(?:""[^"]*)*"(?=%b|\Z)' % (mark, mark))
