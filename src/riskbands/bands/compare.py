"""Same score, other name: where two band tables differ."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, overload

import attrs

from riskbands.bands.builtin import as_bands
from riskbands.bands.intervals import INFINITY, Cut, Interval
from riskbands.bands.parts import Unit
from riskbands.display import html_table
from riskbands.errors import TableError

if TYPE_CHECKING:
    from riskbands.bands.table import BandTable

__all__ = ["Comparison", "Difference", "compare"]

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
        rows = [(str(d.stated), d.first or "no band", d.second or "no band") for d in self]
        return html_table(
            ("scores", *names),
            rows,
            " -> ".join(names),
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

    Examples:
        >>> print(compare("rsr-2025", "rsr-parole-2018")[2])
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
    # Where the tables state one place differently, the order of the tables makes no difference.
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
    """The power of ten that each table's scores are multiplied by, to compare them."""
    if first.unit == second.unit:
        return 0, 0
    powers = {Unit.PERCENT: 0, Unit.PROBABILITY: 2}
    if first.unit in powers and second.unit in powers:
        return powers[first.unit], powers[second.unit]
    raise TableError(
        f"{first.id} is about {first.unit.value} and {second.id} about {second.unit.value}: "
        "there is no score that both could name"
    )
