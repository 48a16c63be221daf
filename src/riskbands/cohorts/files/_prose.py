"""Whether lines inside a quoted cell of CSV are prose, or rows that stray quotes swallowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from riskbands.cohorts.files._common import csv_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["are_prose", "with_digits"]

#: Rows looked at, for what the cells of each column are like.
_ROWS = 64
#: A column has numbers or dates when at least this share of its cells has a digit.
_MOST = 0.9
#: Cells without a digit, where the columns have numbers or dates, that tell prose from a row.
_FEWEST = 2
_DIGIT = re.compile("[0-9]")
_LINE_END = re.compile("[\r\n]")


def are_prose(lines: Iterable[bytes], telling: Collection[int], delimiter: str) -> bool:
    """Whether none of some lines inside quoted cells can be the beginning of another row.

    Of a row that was swallowed, some cell has a digit where the column has numbers, codes or dates:
    prose has words in those places. A line that leaves it open counts as a row.

    Args:
        lines: Lines with as many delimiters as a row.
        telling: The columns that have numbers, codes or dates.
        delimiter: Between cells.
    """
    for line in lines:
        cells = line.decode("utf-8", "replace").split(delimiter)
        told = [c for n, c in enumerate(cells) if n in telling and c.strip(' "')]
        if len(told) < _FEWEST or any(map(_DIGIT.search, told)):
            return False
    return True


def with_digits(text: bytes, delimiter: str) -> frozenset[int]:
    """The columns nearly all of whose cells have a digit, but for blank ones and those with lines.

    Args:
        text: Rows, of which some from all over are looked at; the last may be cut off.
        delimiter: Between cells.
    """
    with csv_rows(text.decode("utf-8", "replace"), delimiter) as found:
        rows = [row for row in found if row]
    rows = rows[:-1] or rows
    filled: dict[int, list[bool]] = {}
    for row in rows[:: -(-len(rows) // _ROWS) or 1]:
        for place, cell in enumerate(row):
            if cell.strip() and not _LINE_END.search(cell):
                filled.setdefault(place, []).append(_DIGIT.search(cell) is not None)
    return frozenset(place for place, found in filled.items() if sum(found) >= _MOST * len(found))
