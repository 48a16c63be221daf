"""Decisions on what a printed band table leaves open, and the intervals they make."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final, TypeAlias, TypedDict

import attrs

from riskbands._byfields import ByFields
from riskbands.bands.intervals import Closed, Interval, Rounding, as_decimal
from riskbands.bands.parts import Decision, Gap, Policy, PrintedOrigin, is_text
from riskbands.bands.printedrows import PrintedGap, PrintedOverlap, PrintedRows, holds_nothing
from riskbands.errors import TableError

__all__ = ["Choice", "Choices", "Settled", "settle", "settled"]

_GAP_CHOICES: Final = ("lower", "upper", "keep", "missing")


@attrs.frozen(eq=False, repr=False)
class Choice(ByFields):
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
        """The choice itself; a plain text becomes a choice without a reason."""
        return value if isinstance(value, Choice) else cls(value)


Choices: TypeAlias = str | Choice | Mapping[tuple[str, ...], str | Choice]


class Settled(TypedDict):
    """What follows from a printed table when everything is decided: attributes of a `BandTable`."""

    labels: tuple[str, ...]
    intervals: tuple[Interval, ...]
    gaps: tuple[Gap, ...]
    rounding: Rounding | None
    origin: PrintedOrigin


def settle(
    printed: PrintedRows,
    *,
    overlap: Choices | None = None,
    gap: Choices | None = None,
    rounding: Rounding | None = None,
    rounding_reason: str = "",
    lowest: str | Choice | None = None,
    highest: str | Choice | None = None,
) -> Settled:
    """Decide every ambiguity of a printed table; see `riskbands.PrintedBands.resolve`.

    Raises:
        TableError: Something is undecided, or a decision leaves a band without scores or in two
            pieces.
    """
    if rounding is not None and not isinstance(rounding, Rounding):
        raise TableError("rounding is a Rounding, such as Rounding(2), or None")
    choices = _Choices(overlap, gap)
    decisions = [
        Decision("row", (row.label,), "no band", "the document names no score for it", row.text)
        for row in printed.rows
        if row.interval is None
    ]
    shares: dict[str, list[Interval]] = {row.label: [] for row in printed.named}
    gaps: list[Gap] = []
    ambiguities = {found.interval: found for found in printed.ambiguities()}
    for piece, claims in printed.pieces():
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
    if rounding_reason:
        if rounding is None:
            raise TableError("rounding_reason has no meaning without a rounding")
        decisions.append(Decision("rounding", tuple(shares), str(rounding), rounding_reason))
    rows = tuple((row.label, row.text) for row in printed.rows)
    origin = PrintedOrigin(rows, tuple(decisions))
    return Settled(
        labels=tuple(shares),
        intervals=tuple(intervals),
        gaps=tuple(gaps),
        rounding=rounding,
        origin=origin,
    )


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
    if rounding is not None and holds_nothing(found.interval, rounding):
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


def _taker(found: PrintedOverlap | PrintedGap, to: str) -> str:
    """The label that gets the scores. Where rounding leaves no score, the row below is extended."""
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
