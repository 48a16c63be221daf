"""Same score, other name: where two band tables differ, and how many people that moves."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, overload

import attrs
import numpy as np

from riskbands.bands.builtin import as_bands
from riskbands.bands.html import html_table
from riskbands.bands.intervals import INFINITY, Cut, Interval
from riskbands.bands.parts import Unit
from riskbands.errors import TableError

if TYPE_CHECKING:
    from riskbands.bands.table import BandTable

__all__ = ["Comparison", "Difference", "Impact", "compare", "impact"]

_FIRST: Final = Cut(-INFINITY, False)
_LAST: Final = Cut(INFINITY, True)


@attrs.frozen
class Difference:
    """Scores that two tables name differently.

    Attributes:
        interval: The scores as given, before either table rounds: exact.
        first: Label in the first table; None where it has no band for them.
        second: Label in the second table, or None.
        stated: The same scores for a reader: after rounding, where both tables round alike; and
            with the edges of an unrounded table as it states them.
    """

    interval: Interval
    first: str | None
    second: str | None
    stated: Interval

    def __str__(self) -> str:
        return f"{self.stated}: {self.first or 'no band'} -> {self.second or 'no band'}"


@attrs.frozen
class Comparison(Sequence[Difference]):
    """The differences of two tables, in rising order; empty (and false) when they agree.

    Attributes:
        first: The one table.
        second: The other.
        differences: Where they give different labels.
    """

    first: BandTable
    second: BandTable
    differences: tuple[Difference, ...]

    @overload
    def __getitem__(self, index: int) -> Difference: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Difference, ...]: ...
    def __getitem__(self, index: int | slice) -> Difference | tuple[Difference, ...]:
        return self.differences[index]

    def __len__(self) -> int:
        return len(self.differences)

    def _repr_html_(self) -> str:
        names = self.first.id, self.second.id
        rows = [(d.stated, d.first or "no band", d.second or "no band") for d in self]
        return html_table(
            " -> ".join(names),
            ("scores", *names),
            rows,
            "" if rows else "Both tables give every score the same label.",
        )

    def __str__(self) -> str:
        title = f"{self.first.id} -> {self.second.id}"
        return "\n".join([title, *(f"  {d}" for d in self.differences or ("no difference",))])


def compare(first: BandTable | str, second: BandTable | str) -> Comparison:
    """The scores for which two tables give different labels, exactly.

    Tables in percent and in probability are compared in percent.

    Args:
        first: A table, or the id of a built-in one.
        second: Another.

    Returns:
        The differences; empty when the tables name every score alike.

    Raises:
        TableError: One table is about points and the other is not.
        UnknownNameError: No built-in table has that id.

    Example:
        >>> print(compare("rsr-2025", "rsr-parole-2018")[-1])
        [6.895, 7): High -> Medium
    """
    first, second = as_bands(first), as_bands(second)
    factors = _powers_of_ten(first, second)
    alike = first.rounding == second.rounding and first.unit == second.unit
    one, two = (
        _Line(table, power, alike) for table, power in zip((first, second), factors, strict=True)
    )
    cuts = sorted({*one.cuts, *two.cuts})
    found: list[tuple[Cut, Cut, str | None, str | None]] = []
    for start, end in pairwise(cuts):
        labels = one.label_at(start), two.label_at(start)
        if labels[0] == labels[1]:
            continue
        if found and found[-1][1:] == (start, *labels):
            start = found.pop()[0]
        found.append((start, end, *labels))
    # where the tables state one place differently, both ways round show the same
    stated = {cut: min(x.cuts[cut] for x in (one, two) if cut in x.cuts) for cut in cuts}
    return Comparison(
        first,
        second,
        tuple(
            Difference(Interval.between(start, end), before, after, _stated(start, end, stated))
            for start, end, before, after in found
        ),
    )


class _Line:
    """The finite part of a table's line, in the common unit."""

    def __init__(self, table: BandTable, power: int, alike: bool) -> None:
        self.labels: dict[Cut, str | None] = {}
        self.cuts: dict[Cut, Cut] = {_FIRST: _FIRST, _LAST: _LAST}
        for region in table.regions:
            start = max(_FIRST, region.start.scaled(power))
            self.labels[start] = region.band.label if region.band else None
            if start in self.cuts:
                continue
            show = region.stated[0] if alike or table.rounding is None else region.start
            self.cuts[start] = show.scaled(power)
        self._starts = sorted(self.labels)

    def label_at(self, cut: Cut) -> str | None:
        """The label of the scores just past ``cut``."""
        return self.labels[self._starts[bisect.bisect_right(self._starts, cut) - 1]]


def _stated(start: Cut, end: Cut, shown: dict[Cut, Cut]) -> Interval:
    one, two = shown[start], shown[end]
    return Interval.between(one, two) if one < two else Interval.between(start, end)


def _powers_of_ten(first: BandTable, second: BandTable) -> tuple[int, int]:
    """By which powers of ten to multiply the scores of each table to compare them."""
    if first.unit == second.unit:
        return 0, 0
    powers = {Unit.PERCENT: 0, Unit.PROBABILITY: 2}
    if first.unit in powers and second.unit in powers:
        return powers[first.unit], powers[second.unit]
    raise TableError(
        f"{first.id} is about {first.unit.value} and {second.id} about {second.unit.value}: "
        "there is no score that both could name"
    )


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
    """

    first: BandTable
    second: BandTable
    moves: dict[tuple[str | None, str | None], int]
    stayed: int
    without: int

    @property
    def moved(self) -> int:
        """How many change label, get one, or lose it."""
        return sum(self.moves.values())

    @property
    def total(self) -> int:
        """How many scores there were."""
        return self.moved + self.stayed + self.without

    def _repr_html_(self) -> str:
        rows = [(one or "no band", two or "no band", n) for (one, two), n in self.moves.items()]
        return html_table(
            f"{self.first.id} -> {self.second.id}",
            (self.first.id, self.second.id, "n"),
            rows,
            f"{self.moved} of {self.total} move.",
        )

    def __str__(self) -> str:
        lines = [
            f"{self.first.id} -> {self.second.id}: {self.moved} of {self.total} move",
            *(
                f"  {one or 'no band'} -> {two or 'no band'}: {n}"
                for (one, two), n in self.moves.items()
            ),
        ]
        return "\n".join(lines)


def impact(first: BandTable | str, second: BandTable | str, scores: Any) -> Impact:
    """How many scores get another label under ``second``, from which to which.

    Args:
        first: The table in use, or the id of a built-in one.
        second: The other.
        scores: Any row of scores `BandTable.classify` takes, in the unit of both tables.
            A score a table refuses has no band in it here.

    Raises:
        TableError: The tables are in different units.
        BandError: The scores are not numbers.

    Example:
        >>> print(impact("rsr-2025", "csrp-2026", [0.4, 3.5, 6.9, 7.2]))
        rsr-2025 -> csrp-2026: 3 of 4 move
          Medium -> High: 1
          High -> Very High: 2
    """
    first, second = as_bands(first), as_bands(second)
    if first.unit != second.unit:
        raise TableError(
            f"{first.id} is in {first.unit.value} and {second.id} in {second.unit.value}: "
            "convert the scores and classify them with each table"
        )
    one, two = (table.codes(scores, refused="missing").ravel() for table in (first, second))
    width = len(second.labels) + 1
    pairs, counts = np.unique((one + np.int16(1)) * width + (two + 1), return_counts=True)
    moves: dict[tuple[str | None, str | None], int] = {}
    stayed = without = 0
    for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True):
        before, after = (None, *first.labels)[pair // width], (None, *second.labels)[pair % width]
        if before is None and after is None:
            without += n
        elif before == after:
            stayed += n
        else:
            moves[before, after] = n
    return Impact(first, second, moves, stayed, without)
