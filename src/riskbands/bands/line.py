"""Bands and gaps on one line: proof that they meet, and what a classifier needs of them."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from riskbands.bands.intervals import Closed, Cut, Interval, as_closed, as_decimal
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from riskbands.bands.intervals import Rounding
    from riskbands.bands.parts import Gap

__all__ = ["Piece", "exact_cuts", "from_edges", "in_order", "stated_cuts", "up_to"]

#: A band, or a gap with its declaration.
Piece: TypeAlias = "tuple[Interval, Gap | None]"


def in_order(
    id_: str, labels: Sequence[str], intervals: Sequence[Interval], gaps: Sequence[Gap]
) -> tuple[Piece, ...]:
    """Bands and gaps in rising order.

    Raises:
        TableError: Bands do not rise, overlap, or leave a hole that is not declared.
    """
    for place, (one, two) in enumerate(pairwise(intervals)):
        if not one.start < two.start:
            raise TableError(
                f"{id_}: bands must rise, but {labels[place + 1]!r} {two} does not "
                f"start past {labels[place]!r} {one}"
            )
    pieces: list[Piece] = [(interval, None) for interval in intervals]
    pieces += [(gap.interval, gap) for gap in gaps]
    pieces.sort(key=lambda piece: piece[0].start)
    for (one, _), (two, _) in pairwise(pieces):
        if one.end > two.start:
            raise TableError(f"{id_}: {one} and {two} overlap; a score belongs to one band only")
        if one.end < two.start:
            raise TableError(
                f"{id_}: {Interval.between(one.end, two.start)} belongs to no band; "
                "move an edge, or declare a Gap with the reason for it"
            )
    if pieces[0][1] or pieces[-1][1]:
        raise TableError(f"{id_}: a gap lies between two bands, not outside them")
    return tuple(pieces)


def up_to(most: int, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """The pieces for scores that go up to a number: it ends the last, if that has no upper limit.

    A table that begins its last band above the number is left as it is.
    """
    *before, (last, gap) = pieces
    after = Cut(Decimal(most), False)
    if last.upper.is_finite() or not last.start < after:
        return pieces
    return (*before, (Interval.between(last.start, after), gap))


def stated_cuts(pieces: Sequence[Piece]) -> tuple[Cut, ...]:
    """Where the pieces begin, and where the last one ends, on the rounded score."""
    return (*(interval.start for interval, _ in pieces), pieces[-1][0].end)


def exact_cuts(id_: str, pieces: Sequence[Piece], rounding: Rounding | None) -> tuple[Cut, ...]:
    """The same places on the score as given.

    Raises:
        TableError: No score rounds into one of the pieces.
    """
    exact = tuple(cut.before_rounding(rounding) for cut in stated_cuts(pieces))
    for (interval, _), (start, end) in zip(pieces, pairwise(exact), strict=True):
        if not start < end:
            raise TableError(f"{id_}: no score rounds ({rounding}) into {interval}")
    return exact


def from_edges(
    id_: str,
    count: int,
    edges: Sequence[int | str | Decimal],
    closed: Closed | Literal["lower", "upper"],
    *,
    include_ends: bool,
) -> list[Interval]:
    """Intervals that all meet, from one edge more than there are bands.

    Raises:
        TableError: The number of edges does not fit, or an edge would belong to two bands.
    """
    side = as_closed(closed)
    if side in (Closed.BOTH, Closed.NEITHER):
        raise TableError(f"{id_}: closed is 'lower' or 'upper'; an edge belongs to one band")
    ends = [as_decimal(edge) for edge in edges]
    if len(ends) != count + 1:
        raise TableError(f"{id_}: {count} labels need {count + 1} edges")
    intervals = []
    for place, (lower, upper) in enumerate(pairwise(ends)):
        with_lower = side is Closed.LOWER or (include_ends and place == 0)
        with_upper = side is Closed.UPPER or (include_ends and place == count - 1)
        closed_ends = Closed.of(
            lower=with_lower and lower.is_finite(), upper=with_upper and upper.is_finite()
        )
        intervals.append(Interval(lower, upper, closed_ends))
    return intervals
