"""Band tables as documents print them: read, questioned, and resolved into a table.

A printed table is not yet a rule: ``0 - 3`` beside ``3 - 6.8`` gives 3 two names, and nothing is
said of 6.85 when the next row is ``6.9+``. `PrintedBands` keeps the text, finds every such
place, and makes a `BandTable` only when each has been decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from riskbands.bands.intervals import Closed, Cut, Interval, Rounding, as_decimal, plain
from riskbands.bands.parts import is_text
from riskbands.bands.printedtext import RowText, decimals, read_row
from riskbands.bands.table import BandTable, Decision, Gap, Policy, PrintedOrigin
from riskbands.errors import TableError

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Self

__all__ = ["Choice", "PrintedBands", "PrintedGap", "PrintedOverlap", "PrintedRow"]

_GAP_CHOICES: Final = ("lower", "upper", "keep", "missing")


@attrs.frozen
class Choice:
    """A decision on something a printed table leaves open.

    Attributes:
        to: ``lower`` or ``upper`` (the band that gets the scores), or a label; for a gap also
            ``keep`` (refuse scores in it), ``missing`` (no band for them) and ``rounding`` (no
            rounded score lies in it). For the lowest or highest score: the number.
        reason: Why.
    """

    to: str = attrs.field(converter=str)
    reason: str = attrs.field(default="chosen by the caller", validator=is_text)

    @classmethod
    def of(cls, value: str | Choice) -> Choice:
        """The choice, or the one to this without a reason."""
        return value if isinstance(value, Choice) else cls(value)


Choices: TypeAlias = str | Choice | Mapping[tuple[str, ...], str | Choice]


@attrs.frozen
class PrintedRow:
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


@attrs.frozen
class _Ambiguity:
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


@attrs.frozen
class PrintedOverlap(_Ambiguity):
    """Scores that more than one row claims.

    Attributes:
        interval: The scores; ``value`` is set when it is a single one.
        labels: Who claims them, lowest first.
    """

    def __str__(self) -> str:
        return f"{self.where} belongs to {' and '.join(self.labels)}"


@attrs.frozen
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


@attrs.frozen
class PrintedBands:
    """The rows of a printed table, lowest band first.

    Attributes:
        rows: As printed; rows of a table printed from the highest band down are turned round.

    Example:
        >>> printed = PrintedBands.parse([("Low", "0-3"), ("Medium", "3 - 6.8"), ("High", "6.9+")])
        >>> [str(found) for found in printed.ambiguities()]  # doctest: +NORMALIZE_WHITESPACE
        ['3 belongs to Low and Medium',
         'nothing is printed for (6.8, 6.9), between Medium and High
          (no score lies there once rounded half up to 1 decimal)']
        >>> printed.resolve(overlap="upper", gap="lower", id="demo")
        <BandTable demo: Low [0, 3), Medium [3, 6.9), High [6.9, inf); not rounded>
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
        for piece, claims in self._pieces():
            labels = tuple(row.label for row in claims)
            if len(claims) > 1:
                found.append(PrintedOverlap(piece, labels))
            elif not claims:
                below, above = self._neighbours(piece)
                digits = max(decimals(piece.lower), decimals(piece.upper))
                closes = digits if _holds_nothing(piece, Rounding(digits)) else None
                found.append(PrintedGap(piece, (below.label, above.label), closes))
        return tuple(found)

    def resolve(
        self,
        *,
        overlap: Choices | None = None,
        gap: Choices | None = None,
        rounding: Rounding | None = None,
        lowest: str | Choice | None = None,
        highest: str | Choice | None = None,
        id: str = "printed",  # noqa: A002 - the name of the attribute
        **rest: Any,
    ) -> BandTable:
        """Make a table, every ambiguity decided.

        Args:
            overlap: Who gets a score that two rows claim: ``lower``, ``upper`` or a label; or a
                mapping from the labels concerned to that.
            gap: What becomes of scores no row names: see `Choice`; or such a mapping.
            rounding: How the instrument rounds a score before it is banded. A gap or overlap
                that holds no rounded score is settled by it.
            lowest: The lowest score, where the table is to start below its first row or the row
                has no lower end (``-inf`` for none).
            highest: The highest score, likewise (``inf`` for none).
            id: Identifier of the table.
            **rest: Other attributes of `BandTable`.

        Returns:
            The table; its ``origin`` has the printed rows and each decision with its reason.

        Raises:
            TableError: Something is undecided (the message says what to decide), or a decision
                leaves a band without scores or in two pieces.
        """
        if rounding is not None and not isinstance(rounding, Rounding):
            raise TableError("rounding is a Rounding, such as Rounding(2), or None")
        choices = _Choices(overlap, gap)
        decisions = [
            Decision("row", (row.label,), "no band", "the document names no score for it", row.text)
            for row in self.rows
            if row.interval is None
        ]
        shares: dict[str, list[Interval]] = {row.label: [] for row in self.named}
        gaps: list[Gap] = []
        ambiguities = {found.interval: found for found in self.ambiguities()}
        for piece, claims in self._pieces():
            found = ambiguities.get(piece)
            if found is None:
                shares[claims[0].label].append(piece)
                continue
            choice = choices.settle(found, rounding)
            if choice is None:
                continue
            about = "gap" if isinstance(found, PrintedGap) else "overlap"
            decisions.append(Decision(about, found.labels, choice.to, choice.reason, found.where))
            if about == "gap" and choice.to in ("keep", "missing"):
                values = Policy.RAISE if choice.to == "keep" else Policy.NONE
                gaps.append(Gap(piece, choice.reason, values))
            else:
                shares[_taker(found, choice.to)].append(piece)
        choices.check_all_used(tuple(shares))
        intervals = [_joined(label, pieces) for label, pieces in shares.items()]
        decisions += _move_ends(intervals, list(shares), lowest, highest)
        rows = tuple((row.label, row.text) for row in self.rows)
        return BandTable(
            id=id,
            labels=tuple(shares),
            intervals=intervals,
            gaps=gaps,
            rounding=rounding,
            origin=PrintedOrigin(rows, tuple(decisions)),
            **rest,
        )

    def _pieces(self) -> list[tuple[Interval, tuple[PrintedRow, ...]]]:
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


class _Choices:
    """The caller's choices, and which of them were used."""

    def __init__(self, overlap: Choices | None, gap: Choices | None) -> None:
        self._given = {"overlap": overlap, "gap": gap}
        self._used: set[tuple[str, tuple[str, ...]]] = set()
        self._undecided: list[str] = []

    def settle(
        self, found: PrintedOverlap | PrintedGap, rounding: Rounding | None
    ) -> Choice | None:
        about = "gap" if isinstance(found, PrintedGap) else "overlap"
        given = self._given[about]
        if isinstance(given, Mapping):
            self._used.add((about, found.labels))
            given = given.get(found.labels)
        choice = settled(found, given, rounding)
        if choice is None:
            rounds = ", or a rounding that closes it" if about == "gap" else ""
            options = " or ".join(f"{about}={option!r}" for option in _allowed(about, found.labels))
            self._undecided.append(f"{found}: pass {options}{rounds}")
        return choice

    def check_all_used(self, labels: tuple[str, ...]) -> None:
        """Refuse to go on with something undecided, or with a choice that settles nothing."""
        if self._undecided:
            raise TableError(
                "the printed table leaves open what must be decided: " + "; ".join(self._undecided)
            )
        for about, given in self._given.items():
            between: Mapping[Any, str | Choice | None]
            between = given if isinstance(given, Mapping) else {None: given}
            for key, choice in between.items():
                if isinstance(given, Mapping) and (about, key) not in self._used:
                    pair = " and ".join(map(str, key)) if isinstance(key, tuple) else repr(key)
                    raise TableError(f"there is no {about} between {pair}")
                if choice is not None and Choice.of(choice).to != "rounding":
                    _check_choice(about, Choice.of(choice), labels)


def settled(
    found: PrintedOverlap | PrintedGap, given: str | Choice | None, rounding: Rounding | None
) -> Choice | None:
    """The choice that settles ``found``; None while it is undecided.

    Raises:
        TableError: What is given cannot settle it.
    """
    if rounding is not None and _holds_nothing(found.interval, rounding):
        return Choice("rounding", f"no score lies there once rounded {rounding}")
    if given is None:
        return None
    choice = Choice.of(given)
    _check_choice(
        "gap" if isinstance(found, PrintedGap) else "overlap", choice, found.labels, found
    )
    return choice


def _allowed(about: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    return _GAP_CHOICES if about == "gap" else ("lower", "upper", *labels)


def _check_choice(
    about: str, choice: Choice, labels: tuple[str, ...], found: object = "the printed table"
) -> None:
    allowed = _allowed(about, labels)
    if choice.to not in allowed:
        raise TableError(
            f"{found}: {choice.to!r} does not settle it; {about} is one of {', '.join(allowed)}"
        )


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


def _holds_nothing(piece: Interval, rounding: Rounding) -> bool:
    """Whether no rounded score lies in ``piece``."""
    return not piece.start.before_rounding(rounding) < piece.end.before_rounding(rounding)


def _taker(found: PrintedOverlap | PrintedGap, to: str) -> str:
    """The label that gets the scores; where rounding leaves none, the row below runs up."""
    return {"lower": found.labels[0], "rounding": found.labels[0], "upper": found.labels[-1]}.get(
        to, to
    )


def _joined(label: str, pieces: list[Interval]) -> Interval:
    if not pieces:
        raise TableError(f"the decisions leave {label!r} without any score")
    if any(one.end != two.start for one, two in pairwise(pieces)):
        raise TableError(f"the decisions leave {label!r} in two pieces")
    return Interval.between(pieces[0].start, pieces[-1].end)


def _move_ends(
    intervals: list[Interval],
    labels: list[str],
    lowest: str | Choice | None,
    highest: str | Choice | None,
) -> list[Decision]:
    """Move the outer ends of ``intervals`` to the lowest and highest score."""
    decisions = []
    if lowest is not None:
        choice, first = Choice.of(lowest), intervals[0]
        end = as_decimal(choice.to)
        if first.lower.is_finite() and end > first.lower:
            raise TableError(f"lowest={choice.to} would cut off printed scores of {labels[0]!r}")
        closed = Closed.of(lower=end.is_finite(), upper=first.closed.upper)
        intervals[0] = Interval(end, first.upper, closed)
        decisions.append(Decision("lowest", (labels[0],), choice.to, choice.reason, str(first)))
    if highest is not None:
        choice, last = Choice.of(highest), intervals[-1]
        end = as_decimal(choice.to)
        if last.upper.is_finite() and end < last.upper:
            raise TableError(f"highest={choice.to} would cut off printed scores of {labels[-1]!r}")
        closed = Closed.of(lower=last.closed.lower, upper=end.is_finite())
        intervals[-1] = Interval(last.lower, end, closed)
        decisions.append(Decision("highest", (labels[-1],), choice.to, choice.reason, str(last)))
    return decisions
