"""Where the rows of CSV text begin and end, found by arithmetic on its bytes."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["QuoteFault", "Rows", "find_rows", "looks_swallowed"]

_LF, _CR, _QUOTE = b'\n\r"'


class QuoteFault(Exception):
    """A quoted cell is followed by something that is neither delimiter nor line end."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


@attrs.frozen(eq=False)
class Rows:
    """The whole rows of a text that begins with a row.

    Attributes:
        starts: Where each row begins, blank lines left out.
        stop: Where the last row ends, with its line end.
        inner: Line ends inside quoted cells.
        opened: Where a quoted cell begins that the text does not close, or None.
    """

    starts: NDArray[np.int64]
    stop: int
    inner: NDArray[np.int64]
    opened: int | None


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
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == _LF)
    returns = b"\r" in text
    if returns:
        ends = _with_lone_returns(data, ends, ended)
    inner = ends[:0]
    opened = None
    if b'"' in text:
        bounds = _bounds(text, data, delimiter)
        within = (np.searchsorted(bounds, ends) & 1).astype(np.bool_)
        if within.any():
            inner, ends = ends[within], ends[~within]
        if len(bounds) & 1:
            opened = int(bounds[-1])
    if not len(ends):
        return Rows(ends, 0, inner, opened)
    starts = np.empty_like(ends)
    starts[0] = 0
    starts[1:] = ends[:-1] + 1
    if not blanks:
        lengths = ends - starts
        if returns:
            lengths -= data[ends - 1] == _CR
        full = lengths > 0
        if not full.all():
            starts = starts[full]
    stop = int(ends[-1]) + 1
    return Rows(starts, stop, inner[: np.searchsorted(inner, stop)], opened)


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


def _bounds(text: bytes, data: NDArray[np.uint8], delimiter: str) -> NDArray[np.int64]:
    """Where quotes open and close cells, in turn; doubled ones may be among them.

    Raises:
        QuoteFault: A quote closes a cell that goes on.
    """
    quotes = np.flatnonzero(data == _QUOTE)
    before = data[quotes[::2] - 1]
    if quotes[0] == 0:
        before[0] = _LF
    beside = _beside(delimiter)
    if not beside[before].all():  # there are quotes inside cells that are not quoted
        quotes = _by_pattern(text, delimiter)
    closing = quotes[1::2]
    after = data[np.minimum(closing + 1, len(data) - 1)]
    wrong = ~beside[after]
    if wrong.any():
        raise QuoteFault(_opening(text, data, quotes, int(np.argmax(wrong))))
    return quotes


def _opening(text: bytes, data: NDArray[np.uint8], quotes: NDArray[np.int64], pair: int) -> int:
    """Where the cell begins that is closed by the second quote of a pair."""
    while pair and quotes[2 * pair] == quotes[2 * pair - 1] + 1:  # doubled
        pair -= 1
    return int(quotes[2 * pair])


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


@cache
def _beside(delimiter: str) -> NDArray[Any]:
    """Which bytes may stand before an opening and after a closing quote."""
    found = np.zeros(256, np.bool_)
    found[[_LF, _CR, _QUOTE, ord(delimiter)]] = True
    return found


def looks_swallowed(text: bytes, rows: Rows, delimiter: str, columns: int) -> int | None:
    """Where a row begins each of whose lines could be a row of its own, or None.

    So it looks where a stray quote opens a cell, and a second one, rows later, closes it.
    """
    mark = delimiter.encode()
    starts = rows.starts.tolist()
    owners = np.searchsorted(rows.starts, rows.inner, side="right") - 1
    inner = rows.inner.tolist()
    before = -1
    for place, owner in enumerate(owners.tolist()):
        if owner == before:
            continue
        before = owner
        start = starts[owner]
        if text.count(mark, start, inner[place]) != columns - 1:
            continue
        stop = starts[owner + 1] if owner + 1 < len(starts) else rows.stop
        lines = text[start:stop].splitlines()
        if all(line.count(mark) == columns - 1 for line in lines if line):
            return int(start)
    return None
