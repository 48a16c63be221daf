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
        quotes: Whether there is a double quote.
    """

    starts: NDArray[np.int64]
    stop: int
    ends: NDArray[np.int64]
    within: NDArray[np.bool_] | None = None
    opened: int | None = None
    plain: bool = False
    quotes: bool = True

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Bytes of each row, with its line end and blank lines after it."""
        return np.diff(self.starts, append=self.stop)

    def lines_before(self, place: int) -> int:
        """How many lines end before a place up to ``stop``."""
        return int(np.searchsorted(self.ends, place))

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
    quotes = b'"' in text
    if quotes:
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
    return Rows(starts, stop, every, within, opened, plain, quotes)


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
    follows = bits.sooner(bits.marks(data, _LF), len(data), not ended)  # what does is not known yet
    lone = bits.set_places(bits.marks(data, _CR) & ~follows)
    return np.sort(np.concatenate([feeds, lone])) if len(lone) else feeds


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
    quotes, around = bits.marks(data, _QUOTE), bits.marks(data, *beside)
    inner = bits.inside_quotes(quotes, False)
    if _misplaced(quotes, inner, quotes | around, True, len(data), True).any():
        bounds = _without_text(quotes, around, len(data))
        if bounds is None:
            return None
        quotes = bounds
        inner = bits.inside_quotes(quotes, False)
    crossed = (around & inner).any()
    within = bits.is_set(inner, ends) if crossed else np.zeros(len(ends), np.bool_)
    if not bits.is_last_set(inner):
        return within, None
    begins = quotes & inner & ~bits.later(quotes & ~inner, False)  # of two quotes, the second
    return within, bits.last(begins)


def _misplaced(
    quotes: bits.Words, inner: bits.Words, near: bits.Words, first: bool, size: int, last: bool
) -> bits.Words:
    """The quotes that can neither open nor close a cell, as many as are before each.

    Args:
        quotes: Where there are quotes.
        inner: Which bytes come after an odd number of them, each counted with itself.
        near: What may stand before one that opens and after one that closes.
        first: Whether that stands before the text.
        size: Bytes of the text.
        last: Whether it stands after the text.
    """
    after = bits.sooner(near, size, last)
    fitting = bits.later(near, first)
    fitting ^= after
    fitting &= inner
    fitting ^= after  # what is before those that open, and after the others
    return quotes & ~fitting


def _without_text(quotes: bits.Words, around: bits.Words, size: int) -> bits.Words | None:
    """The quotes that open and close cells, without those that are text in cells without quotes."""
    near = quotes | around
    # A quote with something else on both sides can neither open nor close a cell.
    plain = quotes & ~bits.later(near, True) & ~bits.sooner(near, size, True)
    found = quotes & ~plain
    first, inside = True, False
    for part, length, last in bits.parts(near, size):
        bounds = found[part]
        for _ in range(_MOST_PLAIN):
            inner = bits.inside_quotes(bounds, inside)
            near_by = around[part] | bounds
            wrong = _misplaced(bounds, inner, near_by, first, length, last)
            if not wrong.any():
                break
            place = bits.lowest(wrong)
            if (place & ~inner).any():
                return None  # it closes a cell that goes on
            bounds &= ~place  # the first one that cannot open a cell is text
        else:
            return None
        if (plain[part] & inner).any():
            return None
        first, inside = bits.is_last_set(near_by), bits.is_last_set(inner)
    return found


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
) -> Iterator[tuple[int, list[bytes]]]:
    """The rows two of whose lines could each be a row of its own.

    So it looks where a stray quote opens a cell, and a second one, rows later, closes it. A line
    that has the delimiters of a row, with or without those in quoted cells of its own, could be
    one; others beside it, of a note or with a cell too few, do not speak against it.

    Yields:
        Where the row begins, and of each such line but the first of the row what is inside the
        quoted cell that it begins in.
    """
    data = np.frombuffer(text, np.uint8)
    mark = delimiter.encode()
    needed = columns - 1
    most = (len(rows.starts) + 1) * needed
    if rows.within is None or bits.count(data, mark[0]) < most:
        return  # too few delimiters for another row in any of them
    before = bits.counter(data, mark[0])
    lasts = np.flatnonzero(~rows.within)  # lines that end a row
    firsts = np.append(0, lasts[:-1] + 1)
    several = firsts < lasts
    several &= np.diff(before(rows.ends[lasts]), prepend=0) >= 2 * needed
    if not several.any():
        return
    full = np.append(0, np.cumsum(np.diff(before(rows.ends), prepend=0) >= needed))
    several &= full[lasts + 1] - full[firsts] > 1
    for first, last in zip(firsts[several].tolist(), lasts[several].tolist(), strict=True):
        start = int(rows.ends[first - 1]) + 1 if first else 0
        lines = bytes(text[start : rows.ends[last]]).splitlines()
        alike = [n for n, line in enumerate(lines) if line and needed in _delimiters(line, mark)]
        if len(alike) > 1:
            yield start, [_to_closing(lines[n]) for n in alike if n]


def _delimiters(line: bytes, delimiter: bytes) -> set[int]:
    """How many delimiters a line has, as it stands and without those in its quoted cells."""
    return {line.count(delimiter), _closed(delimiter).sub(b"", line).count(delimiter)}


def _to_closing(line: bytes) -> bytes:
    """What of a line belongs to a quoted cell that it begins in."""
    cell = _TO_CLOSING.match(line)
    assert cell is not None
    return cell[0]


_TO_CLOSING = re.compile(rb'(?:[^"]|"")*')


@cache
def _closed(delimiter: bytes) -> re.Pattern[bytes]:
    """Quoted cells of one line."""
    mark = re.escape(delimiter)
    return re.compile(rb'(?<![^%b])"[^"]*(?:""[^"]*)*"(?=%b|\Z)' % (mark, mark))
