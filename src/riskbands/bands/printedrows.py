"""The rows of a printed band table, and what they leave open.

A printed table is not yet a rule: ``0 - 3`` beside ``3 - 6.8`` gives 3 two names, and nothing is
said of 6.85 when the next row is ``6.9+``. `PrintedRows` keeps the text and finds every such place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.bands.intervals import Cut, Interval, Rounding, plain
from riskbands.bands.printedtext import RowText, decimals, read_row
from riskbands.errors import TableError

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Self

__all__ = [
    "PrintedGap",
    "PrintedOverlap",
    "PrintedRow",
    "PrintedRows",
    "holds_nothing",
    "read_rows",
]


@attrs.frozen(eq=False, repr=False)
class PrintedRow(ByFields):
    """One row: its label, its text, and what the text says.

    Attributes:
        label: Name of the band.
        text: As printed.
        interval: The scores it names; None for ``N/A``.
        digits: Decimals printed.
    """

    label: str
    text: str
    interval: Interval | None
    digits: int


@attrs.frozen(eq=False, repr=False)
class _Ambiguity(ByFields):
    interval: Interval
    labels: tuple[str, ...]

    @property
    def value(self) -> Decimal | None:
        """The score, when it is a single one."""
        return self.interval.lower if self.interval.lower == self.interval.upper else None

    @property
    def where(self) -> str:
        """The score or the interval, in words."""
        return str(self.interval) if self.value is None else plain(self.value)


class PrintedOverlap(_Ambiguity):
    """Scores that more than one row claims.

    Attributes:
        interval: The scores; ``value`` is set when it is a single one.
        labels: Who claims them, lowest first.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.where} belongs to {' and '.join(self.labels)}"


@attrs.frozen(eq=False, repr=False)
class PrintedGap(_Ambiguity):
    """Scores between two rows that no row names.

    Attributes:
        interval: The scores.
        labels: The rows on either side.
        closes_at: The decimals its ends are printed with, when at that precision no score lies
            between them: the gap is there only for scores not rounded so. None for a wider gap.
    """

    closes_at: int | None = None

    def __str__(self) -> str:
        between = f"nothing is printed for {self.where}, between {' and '.join(self.labels)}"
        if self.closes_at is None:
            return between
        return f"{between} (no score lies there once rounded {Rounding(self.closes_at)})"


@attrs.frozen(eq=False, repr=False)
class PrintedRows(ByFields):
    """The rows of a printed table, lowest band first.

    Attributes:
        rows: As printed; rows of a table printed from the highest band down are turned round.
    """

    rows: tuple[PrintedRow, ...]

    @classmethod
    def parse(cls, rows: Iterable[tuple[str, str]] | Mapping[str, str]) -> Self:
        """Read rows of label and text, such as ``("Medium", "3 - 6.8")``.

        Raises:
            TableError: A row cannot be read, two have the same label, or the rows are neither in
                rising nor in falling order; the message names the row.
        """
        return cls(_lowest_first(read_rows(rows.items() if isinstance(rows, Mapping) else rows)))

    @property
    def named(self) -> tuple[PrintedRow, ...]:
        """The rows that name scores: all but those that say ``N/A``."""
        return tuple(row for row in self.rows if row.interval is not None)

    def ambiguities(self) -> tuple[PrintedOverlap | PrintedGap, ...]:
        """Every overlap and every gap, in rising order."""
        found: list[PrintedOverlap | PrintedGap] = []
        for piece, claims in self.pieces():
            labels = tuple(row.label for row in claims)
            if len(claims) > 1:
                found.append(PrintedOverlap(piece, labels))
            elif not claims:
                below, above = self._neighbours(piece)
                digits = max(decimals(piece.lower), decimals(piece.upper))
                closes = digits if holds_nothing(piece, Rounding(digits)) else None
                found.append(PrintedGap(piece, (below.label, above.label), closes))
        return tuple(found)

    def pieces(self) -> list[tuple[Interval, tuple[PrintedRow, ...]]]:
        """The line from the lowest to the highest printed end, cut wherever a row begins or ends.

        Each piece comes with the rows that claim it; neighbours with the same claims are one.
        """
        spans = [(row, row.interval) for row in self.named if row.interval is not None]
        cuts = sorted({cut for _, i in spans for cut in (i.start, i.end)})
        pieces: list[tuple[Cut, Cut, tuple[PrintedRow, ...]]] = []
        for start, end in pairwise(cuts):
            claims = tuple(row for row, i in spans if i.start <= start and end <= i.end)
            if pieces and pieces[-1][2] == claims:
                start = pieces.pop()[0]
            pieces.append((start, end, claims))
        return [(Interval.between(start, end), claims) for start, end, claims in pieces]

    def _neighbours(self, gap: Interval) -> tuple[PrintedRow, PrintedRow]:
        spans = [(row, row.interval) for row in self.named if row.interval is not None]
        below = [row for row, i in spans if i.end == gap.start]
        above = [row for row, i in spans if i.start == gap.end]
        return below[-1], above[0]


def read_rows(pairs: Iterable[tuple[str, str]]) -> list[PrintedRow]:
    """Rows of label and text, each read by itself, in the order given.

    Raises:
        TableError: A row cannot be read, or two have the same label; the message names the row.
    """
    read: list[PrintedRow] = []
    for number, pair in enumerate(pairs, 1):
        label, text = _label_and_text(number, pair)
        found: RowText = read_row(text, f"row {number} ({label!r}, {text!r})")
        if label in (row.label for row in read):
            raise TableError(f"row {number}: the label {label!r} was printed before")
        read.append(PrintedRow(label, text, found.interval, found.digits))
    return read


def _label_and_text(number: int, pair: object) -> tuple[str, str]:
    if isinstance(pair, str) or not isinstance(pair, Iterable):
        raise TableError(f"row {number}: a row is a label and a text, such as ('Low', '0 - 49')")
    match tuple(pair):
        case (str(label), str(text)) if label.strip():
            return label.strip(), text
    raise TableError(f"row {number}: a row is a label and a text, such as ('Low', '0 - 49')")


def _lowest_first(rows: list[PrintedRow]) -> tuple[PrintedRow, ...]:
    spans = [(i.start, i.end, row) for row in rows if (i := row.interval) is not None]
    if not spans:
        raise TableError("a printed table needs a row that names scores")
    falling = all(one[:2] > two[:2] for one, two in pairwise(spans)) and len(spans) > 1
    ordered = list(reversed(spans)) if falling else spans
    for one, two in pairwise(ordered):
        if one[:2] > two[:2]:
            raise TableError(
                f"the row of {two[2].label!r} is out of order: rows must go from the lowest band "
                "to the highest, or from the highest to the lowest"
            )
    return tuple(reversed(rows)) if falling else tuple(rows)


def holds_nothing(piece: Interval, rounding: Rounding) -> bool:
    """Whether no rounded score lies in ``piece``."""
    return not piece.start.before_rounding(rounding) < piece.end.before_rounding(rounding)
