"""Where the rows of CSV text begin and end, found by arithmetic on its bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["QuoteFault", "Rows", "find_rows", "looks_swallowed"]

_LF, _CR, _QUOTE = b'\n\r"'
_BLOCK = 1 << 17


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
        inner: Line ends inside quoted cells.
        opened: Where a quoted cell begins that the text does not close, or None.
        plain: Whether a line feed alone follows each row, and nothing else.
    """

    starts: NDArray[np.int64]
    stop: int
    inner: NDArray[np.int64]
    opened: int | None = None
    plain: bool = False


def find_rows(text: bytes, delimiter: str, *, ended: bool, blanks: bool = False) -> Rows:
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
    if text.startswith(b'"') and _all_quoted(text[:_BLOCK], delimiter, ended=False) is not None:
        rows = _all_quoted(text, delimiter, ended=ended)
        if rows is not None:
            return rows
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == _LF)
    returns = b"\r" in text
    if returns:
        ends = _with_lone_returns(data, ends, ended)
    inner = ends[:0]
    opened = None
    if b'"' in text:
        within, opened = _quoted_ends(data, ends, delimiter) or _checked_ends(
            text, data, ends, delimiter
        )
        if within.any():
            inner, ends = ends[within], ends[~within]
    if not len(ends):
        return Rows(ends, 0, inner, opened)
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
    stop = int(ends[-1]) + 1
    return Rows(starts, stop, inner[: np.searchsorted(inner, stop)], opened, plain)


def _after(ends: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where rows begin that end there."""
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    return starts


def _all_quoted(text: bytes, delimiter: str, *, ended: bool) -> Rows | None:
    """The rows of a text whose every cell is quoted and has no quote inside, or None.

    Then all quotes but the first and the last come in pairs, with a delimiter or a line end
    between the two and nothing else; and where they do, that is how the text is to be read.
    """
    end = b"\r\n" if text[: text.find(b"\n") + 1].endswith(b"\r\n") else b"\n"
    stop = len(text) if text.endswith(b'"' + end) else text.rfind(b'"' + end + b'"') + 1 + len(end)
    if stop <= len(end) or (ended and stop < len(text)):
        return None
    data = np.frombuffer(text, np.uint8)[:stop]
    quotes = data == _QUOTE
    feeds = data == _LF
    between = quotes[:-2] & quotes[2:] & (data[1:-1] == ord(delimiter))
    first = np.zeros(stop, np.bool_)  # the first quote of a pair, and below the second
    second = np.zeros(stop, np.bool_)
    first[:-2], second[2:] = between, between
    step = 1 + len(end)
    turns = quotes[:-step] & quotes[step:] & feeds[step - 1 : -1]
    if len(end) == 2:
        turns &= data[1:-2] == _CR
        if np.count_nonzero(data == _CR) != np.count_nonzero(turns) + 1:
            return None
    first[:-step] |= turns
    second[step:] |= turns
    if first[0] or second[stop - step] or (first & second).any():  # pairs share a quote
        return None
    ends = np.flatnonzero(turns) + len(end)
    pairs = np.count_nonzero(between) + len(ends) + 1
    if np.count_nonzero(quotes) != 2 * pairs:
        return None
    ends = np.append(ends, stop - 1)
    inner = ends[:0]
    if np.count_nonzero(feeds) != len(ends):
        inner = np.setdiff1d(np.flatnonzero(feeds), ends, assume_unique=True)
    return Rows(_after(ends), stop, inner, None, end == b"\n")


def _with_lone_returns(
    data: NDArray[np.uint8], feeds: NDArray[np.int64], ended: bool
) -> NDArray[np.int64]:
    """Line ends, where a carriage return that no line feed follows is one too."""
    returns = np.flatnonzero(data == _CR)
    last = len(data) - 1
    if returns[-1] == last and not ended:  # what follows is not known yet
        returns = returns[:-1]
    lone = returns[data[np.minimum(returns + 1, last)] != _LF]
    return np.sort(np.concatenate([feeds, lone])) if len(lone) else feeds


def _quoted_ends(
    data: NDArray[np.uint8], ends: NDArray[np.int64], delimiter: str
) -> tuple[NDArray[np.bool_], int | None] | None:
    """Which line ends are inside quoted cells, and where the last one opens that stays open.

    None where a quote stands inside a cell without quotes, or a quoted cell goes on after them.
    The work is done in blocks, whose intermediate results stay in the processor's cache.
    """
    within = np.zeros(len(ends), np.bool_)
    edges = np.searchsorted(ends, np.arange(0, len(data) + _BLOCK, _BLOCK))
    last = len(data) - 1
    opened, inside = 0, 0
    for number, start in enumerate(range(0, len(data), _BLOCK)):
        quotes = np.flatnonzero(data[start : start + _BLOCK] == _QUOTE)
        lines = slice(edges[number], edges[number + 1])
        if not len(quotes):
            within[lines] = inside
            continue
        if start:
            quotes += start
        opening, closing = quotes[inside::2], quotes[1 - inside :: 2]
        before = data[opening - 1]
        if not start and quotes[0] == 0:
            before[0] = _LF
        after = data[closing + 1] if quotes[-1] < last else data[np.minimum(closing + 1, last)]
        if not (_beside(before, delimiter).all() and _beside(after, delimiter).all()):
            return None
        within[lines] = (np.searchsorted(quotes, ends[lines]) + inside) & 1
        if len(opening):
            opened = int(opening[-1])
        inside ^= len(quotes) & 1
    return within, opened if inside else None


def _checked_ends(
    text: bytes, data: NDArray[np.uint8], ends: NDArray[np.int64], delimiter: str
) -> tuple[NDArray[np.bool_], int | None]:
    """The same for any text.

    Raises:
        QuoteFault: A quote closes a cell that goes on.
    """
    bounds = _bounds(text, data, delimiter)
    within = (np.searchsorted(bounds, ends) & 1).astype(np.bool_)
    return within, int(bounds[-1]) if len(bounds) & 1 else None


def _bounds(text: bytes, data: NDArray[np.uint8], delimiter: str) -> NDArray[np.int64]:
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


def _by_pattern(text: bytes, delimiter: str) -> NDArray[np.int64]:
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


def looks_swallowed(text: bytes, rows: Rows, delimiter: str, columns: int) -> int | None:
    """Where a row begins each of whose lines could be a row of its own, or None.

    So it looks where a stray quote opens a cell, and a second one, rows later, closes it.
    """
    owners = np.searchsorted(rows.starts, rows.inner, side="right") - 1
    turns = owners[1:] != owners[:-1]
    firsts, lasts = rows.inner[np.append(True, turns)], rows.inner[np.append(turns, True)]
    owners = owners[np.append(True, turns)]
    starts = rows.starts[owners]
    stops = np.append(rows.starts[1:], rows.stop)[owners]
    marks = np.flatnonzero(np.frombuffer(text, np.uint8) == ord(delimiter))
    suspect = np.ones(len(owners), np.bool_)
    for low, high in ((starts, firsts), (lasts, stops)):
        suspect &= np.searchsorted(marks, high) - np.searchsorted(marks, low) == columns - 1
    mark = delimiter.encode()
    for row in np.flatnonzero(suspect).tolist():
        lines = text[starts[row] : stops[row]].splitlines()
        if all(line.count(mark) == columns - 1 for line in lines if line):
            return int(starts[row])
    return None
