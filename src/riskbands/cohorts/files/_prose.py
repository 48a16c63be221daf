"""Whether lines inside a quoted cell of CSV are prose, or rows that stray quotes swallowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from riskbands.cohorts.files._common import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from riskbands.cohorts.files._rows import Rows

__all__ = ["is_prose", "some_rows"]

#: Rows looked at, for what the cells of each column are like.
_ROWS = 64
#: A column has numbers or dates when at least this share of its cells has a digit.
_MOST = 0.9
#: Cells without a digit, where the columns have numbers or dates, that tell prose from a row.
_FEWEST = 2
_DIGIT = re.compile("[0-9]")
_LINE_END = re.compile("\r\n|\r|\n")


def some_rows(text: bytes | memoryview, rows: Rows, delimiter: str) -> list[list[str]]:
    """The cells of some rows, from all over a text, that are a line each."""
    starts, edges = rows.starts, np.append(rows.starts, rows.stop)
    inner = rows.ends if rows.within is None else rows.ends[rows.within]
    single = np.flatnonzero(np.diff(np.searchsorted(inner, edges)) == 0)
    taken = single[np.linspace(0, len(single) - 1, min(_ROWS, len(single))).astype(np.intp)]
    return [_cells(bytes(text[starts[n] : edges[n + 1]]), delimiter) for n in taken.tolist()]


def is_prose(row: bytes, others: Sequence[Sequence[str]], delimiter: str) -> bool:
    """Whether no line inside the quoted cells of a row can be the beginning of another row.

    Of a row that was swallowed, some cell has a digit where the column has numbers, codes or dates:
    prose has words in those places. A line that leaves it open counts as a row.

    Args:
        row: It has line ends inside quoted cells.
        others: Cells of other rows.
        delimiter: Between cells.
    """
    cells = _cells(row, delimiter)
    telling = _with_digits([*others, ["" if _LINE_END.search(c) else c for c in cells]])
    for cell in cells:
        for line in _LINE_END.split(cell)[1:]:
            told = [
                c for n, c in enumerate(line.split(delimiter)) if n in telling and c.strip(' "')
            ]
            if line.strip() and (len(told) < _FEWEST or any(map(_DIGIT.search, told))):
                return False
    return True


def _with_digits(rows: Iterable[Sequence[str]]) -> set[int]:
    """The columns nearly all of whose cells have a digit, blank ones left out."""
    filled: dict[int, list[bool]] = {}
    for row in rows:
        for place, cell in enumerate(row):
            if cell.strip():
                filled.setdefault(place, []).append(_DIGIT.search(cell) is not None)
    return {place for place, found in filled.items() if sum(found) >= _MOST * len(found)}


def _cells(row: bytes, delimiter: str) -> list[str]:
    with csv_rows(row.decode("utf-8", "replace"), delimiter) as rows:
        return next(rows, [])
