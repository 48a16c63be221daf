"""Same score, other name: how many people another band table moves, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.counts import OutcomeCounts
from riskbands.analysis.estimates import Estimate, check_confidence, proportion
from riskbands.analysis.written import made_up
from riskbands.bands.builtin import as_bands
from riskbands.display import html_table
from riskbands.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskbands.bands.table import BandTable

__all__ = ["Impact", "Pair", "impact"]

#: A label in the first table and a label in the second; None stands for no band.
Pair = tuple[str | None, str | None]


@attrs.frozen
class Impact:
    """How the bands of a cohort change from one table to another.

    Attributes:
        first: The one table.
        second: The other.
        moves: How many by label in the first and label in the second, where those differ; None
            stands for no band. In the order of the first table's bands, then the second's.
        stayed: How many keep their label.
        without: How many have no band under either table: missing or refused by both.
        observed: From counts of outcomes, the share with the outcome among those who have one, by
            the two labels, those who stay included; else empty.
        simulated: Whether the counts are of people who are made up.
    """

    first: BandTable
    second: BandTable
    moves: dict[Pair, int]
    stayed: int
    without: int
    observed: dict[Pair, Estimate] = attrs.field(factory=dict)
    simulated: bool = False

    @property
    def moved(self) -> int:
        """How many change label, get one, or lose it."""
        return sum(self.moves.values())

    @property
    def total(self) -> int:
        """How many scores there were."""
        return self.moved + self.stayed + self.without

    def _repr_html_(self) -> str:
        head = [self.first.id, self.second.id, "n", *(["observed"] if self.observed else [])]
        rows = []
        for (one, two), n in self.moves.items():
            row = [one or "no band", two or "no band", f"{n:,}"]
            if self.observed:
                found = self.observed.get((one, two))
                row.append("" if found is None else str(found))
            rows.append(row)
        title = f"{made_up(self.simulated)}{self.first.id} -> {self.second.id}"
        return html_table(head, rows, title, f"{self.moved:,} of {self.total:,} move.")

    def __str__(self) -> str:
        title = f"{made_up(self.simulated)}{self.first.id} -> {self.second.id}"
        lines = [f"{title}: {self.moved} of {self.total} move"]
        for (one, two), n in self.moves.items():
            line = f"  {one or 'no band'} -> {two or 'no band'}: {n}"
            found = self.observed.get((one, two))
            lines.append(line if found is None else f"{line}; observed {found}")
        return "\n".join(lines)


def impact(
    first: BandTable | str, second: BandTable | str, scores: Any, *, confidence: float = 0.95
) -> Impact:
    """How many scores get another label under ``second``, from which to which.

    Args:
        first: The table in use, or the id of a built-in one.
        second: The other.
        scores: Any row of scores `BandTable.classify` takes, in the unit of both tables; or
            `OutcomeCounts`, and then the outcomes of those who move are told too. A score a table
            refuses has no band in it here.
        confidence: Of the intervals of what was observed.

    Raises:
        InputError: Some of the counts are not shown.
        TableError: The tables, or the counts, are in different units.
        BandError: The scores are not numbers.

    Examples:
        >>> print(impact("rsr-2025", "csrp-2026", [0.4, 3.5, 6.9, 7.2]))
        rsr-2025 -> csrp-2026: 3 of 4 move
          Medium -> High: 1
          High -> Very High: 2
    """
    check_confidence(confidence)
    first, second = as_bands(first), as_bands(second)
    if first.unit != second.unit:
        raise TableError(
            f"{first.id} is in {first.unit.value} and {second.id} in {second.unit.value}: "
            "convert the scores and classify them with each table"
        )
    n: NDArray[np.int64] | None = None
    if isinstance(scores, OutcomeCounts):
        if scores.score.unit != first.unit.value:
            raise TableError(
                f"the counts are by {scores.score.unit} and {first.id} is in {first.unit.value}"
            )
        cells = scores.shown_cells()
        values: Any = np.where(cells.band == -2, np.nan, cells.score)
        n = cells.n
    else:
        values = scores
    one, two = (table.codes(values, refused="missing").ravel() for table in (first, second))
    if n is None:
        n = np.ones(len(one), dtype=np.int64)
    moved = _count(first, second, one, two, n)
    stayed = sum(k for (a, b), k in moved.items() if a == b and a is not None)
    observed = {}
    if isinstance(scores, OutcomeCounts):
        known = cells.outcome <= 1
        people = _count(first, second, one[known], two[known], n[known])
        hits = _count(first, second, *(x[cells.outcome == 1] for x in (one, two, n)))
        observed = {
            pair: proportion(hits.get(pair, 0), k, confidence) for pair, k in people.items()
        }
    return Impact(
        first,
        second,
        {pair: k for pair, k in moved.items() if pair[0] != pair[1]},
        stayed,
        moved.get((None, None), 0),
        observed,
        isinstance(scores, OutcomeCounts) and scores.simulated,
    )


def _count(
    first: BandTable,
    second: BandTable,
    one: NDArray[np.int8],
    two: NDArray[np.int8],
    n: NDArray[np.int64],
) -> dict[Pair, int]:
    """People by label in each table, in the order of the tables."""
    width = len(second.labels) + 1
    pairs, place = np.unique((one + np.int16(1)) * width + (two + 1), return_inverse=True)
    total = np.zeros(len(pairs), dtype=np.int64)
    np.add.at(total, place.ravel(), n)
    names = (None, *first.labels), (None, *second.labels)
    return {
        (names[0][pair // width], names[1][pair % width]): k
        for pair, k in zip(pairs.tolist(), total.tolist(), strict=True)
        if k
    }
