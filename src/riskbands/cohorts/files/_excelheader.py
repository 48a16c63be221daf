"""Which row of a sheet has the names of its columns, and what its merged cells hold."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from riskbands.vocabulary.fields import all_fields
from riskbands.vocabulary.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Range", "Row", "fill_merged", "header_row", "names_of"]

#: The header is looked for in so many rows.
_SEARCHED = 50
#: No name is longer.
_LONGEST = 100
#: A single known name can be somebody's answer.
_FEWEST = 2
Row: TypeAlias = "list[Any]"
#: Row and column of the first cell and of the last.
Range: TypeAlias = "tuple[tuple[int, int], tuple[int, int]]"


def header_row(rows: Sequence[Row], merged: Sequence[Range]) -> int:
    """The place of the header.

    It is the first row with the most names of fields, if it has two at least and either nothing but
    texts or more names than other cells. Else it is the first row of nothing but texts that is at
    least half as wide as the widest: titles are narrower. Else it is the first with the most texts.
    """
    top = [names_of(rows, merged, place) for place in range(min(len(rows), _SEARCHED))]
    across = {first for first, last in merged if last[1] > first[1]}
    known: list[int] = []
    texts: list[int] = []
    named: list[int] = []
    full: list[int] = []
    for place, row in enumerate(top):
        cells = [cell for cell in row if not _blank(cell)]
        words = [cell for cell in cells if isinstance(cell, str)]
        # A text over several columns is their title, and the name of none.
        own = sum(not _blank(c) and (place, n) not in across for n, c in enumerate(row))
        fields = {_field(w) for w in words if len(w) <= _LONGEST} - {None}
        all_text = len(words) == len(cells)
        known.append(len(fields) if all_text or 2 * len(fields) > len(cells) else 0)
        texts.append(len(words))
        named.append(own if all_text else 0)
        full.append(len(cells))
    if max(known, default=0) >= _FEWEST:
        return known.index(max(known))
    widest = max(full, default=0)
    for place, count in enumerate(named):
        if count and 2 * count >= widest:
            return place
    return texts.index(max(texts)) if texts else 0


def names_of(rows: Sequence[Row], merged: Sequence[Range], place: int) -> Row:
    """The cells of a row, where one that is merged downwards has its text in every row."""
    row = list(rows[place])
    for (first, left), (last, right) in merged:
        if left == right and first < place <= last:
            row[left] = rows[first][left]
    return row


def fill_merged(rows: Sequence[Row], merged: Sequence[Range], header: int) -> int:
    """Give every cell of a merged range below the header the value of the range.

    A row with nothing of its own stays blank, and a text that is alone in its row is a note under
    the table, which is no value of every column.

    Returns:
        How many ranges there are that were filled.
    """
    below = [r for r in merged if header < r[0][0]]
    own = {n: sum(not _blank(c) for c in rows[n]) for n in _places(below, len(rows))}
    count = 0
    for (first, left), (last, right) in below:
        value = rows[first][left]
        if _blank(value):
            continue
        start = first + (left == right)
        places = [n for n in range(start, min(last + 1, len(rows))) if own[n] > (n == first)]
        for place in places:
            row = rows[place]
            row[left : right + 1] = [value] * len(row[left : right + 1])
        count += bool(places)
    return count


def _places(ranges: Sequence[Range], stop: int) -> set[int]:
    return {n for first, last in ranges for n in range(first[0], min(last[0] + 1, stop))}


def _blank(cell: Any) -> bool:
    return isinstance(cell, str) and not cell.strip()


@cache
def _plain_names() -> Mapping[str, str]:
    """Fields by their names and those of the HMPPS API, letters and digits alone."""
    return {
        _plain(name): f.name for f in all_fields().values() for name in (*f.hmpps_names, f.name)
    }


def _field(text: str) -> str | None:
    """The field that a name is of, or is like."""
    if sum(c.isalpha() for c in islice(text, _LONGEST)) < 2:  # a letter is an answer, if anything
        return None
    exact = _plain_names().get(_plain(text))
    if exact is not None:
        return exact
    return next((found.field for found in suggest([text.strip()]).values()), None)


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())
