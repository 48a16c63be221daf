"""Which figures of an evaluation may be shown where counts of few people may not.

Each published table is looked at by itself, with the rule of `riskbands.analysis.disclosure`:
outcome by group of each column, and band by outcome, for everyone and by group. A group is shown
as a whole or not at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import attrs
import numpy as np

from riskbands.analysis.disclosure import check_whole, hypercubes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from riskbands.analysis.counts import OutcomeCounts
    from riskbands.analysis.figures import Figures
    from riskbands.analysis.groups import Groups
    from riskbands.analysis.tally import Tally

__all__ = ["Guard", "Guarded"]


class Guarded(Protocol):
    """The parts of an evaluation that are looked at."""

    @property
    def counts(self) -> OutcomeCounts:
        """The counts."""
        ...

    @property
    def by(self) -> tuple[str, ...]:
        """The columns of groups."""
        ...

    @property
    def overall(self) -> Figures:
        """The figures of everyone."""
        ...

    @property
    def groups(self) -> Groups:
        """The figures of each group."""
        ...

    @property
    def forms(self) -> Mapping[str, Figures]:
        """The figures of each form."""
        ...


@attrs.frozen
class Guard:
    """What may be shown.

    Attributes:
        minimum: Least count that is shown; None for all.
        hidden: Column and label of the groups of which nothing is shown.
        unbanded: Column and label of the groups that are not shown band by band.
        bands: Ranks of the bands that are not shown for everyone.
        left_out: Reasons for leaving people out whose count is not shown.
    """

    minimum: int | None = None
    hidden: frozenset[tuple[str, str]] = frozenset()
    unbanded: frozenset[tuple[str, str]] = frozenset()
    bands: frozenset[int] = frozenset()
    left_out: frozenset[str] = frozenset()

    @classmethod
    def of(cls, found: Guarded, minimum: int | None) -> Guard:
        """What may be shown of an evaluation.

        Args:
            found: The evaluation.
            minimum: Least count that is shown; None for all.

        Raises:
            InputError: It is no whole number from 1, or some counts are hidden already.
        """
        if minimum is None:
            return cls()
        minimum = check_whole(minimum, 1, "the least count shown")
        found.counts.shown_cells()
        everyone = found.overall.tally
        outcomes = np.array([[everyone.total - everyone.hits], [everyone.hits]])
        hidden: set[tuple[str, str]] = set()
        unbanded: set[tuple[str, str]] = set()
        if (outcomes < minimum).any():
            hidden.add(_key(found.overall))
        bands = hypercubes(_bands(everyone), minimum)
        concealed = np.flatnonzero(bands.any(axis=1))
        if len(concealed):
            unbanded.add(_key(found.overall))
        for parts in _columns(found):
            banded = _stacked([table for _, table in parts])
            small = np.any(hypercubes(banded.sum(axis=0), minimum), axis=0)
            by_band = np.any(hypercubes(banded, minimum), axis=(0, 1))
            for place, (key, _) in enumerate(parts):
                if small[place]:
                    hidden.add(key)
                if small[place] or by_band[place]:
                    unbanded.add(key)
        return cls(
            minimum,
            frozenset(hidden),
            frozenset(unbanded),
            frozenset(concealed.tolist()),
            _small(found.overall.left_out, minimum),
        )

    @property
    def by_score(self) -> bool:
        """Whether anything may be shown by single scores."""
        return self.minimum is None

    def shows(self, figures: Figures) -> bool:
        """Whether figures of a group may be shown; of nobody where everyone may not."""
        return ("", "everyone") not in self.hidden and _key(figures) not in self.hidden

    def shows_bands(self, figures: Figures) -> bool:
        """Whether they may be shown band by band, and at the edges."""
        return self.shows(figures) and _key(figures) not in self.unbanded


def _key(figures: Figures) -> tuple[str, str]:
    return figures.by, figures.group


def _bands(tally: Tally) -> NDArray[np.int64]:
    """People by band and outcome; those in no band are the last row."""
    n = np.append(tally.band_n, tally.total - tally.band_n.sum())
    events = np.append(tally.band_events, tally.hits - tally.band_events.sum())
    table = np.stack([n - events, events], axis=1)
    return table if n[-1] else table[:-1]


def _stacked(tables: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Tables on a new axis; a last row that one of them lacks is empty."""
    rows = max(len(table) for table in tables)
    return np.stack([np.pad(table, ((0, rows - len(table)), (0, 0))) for table in tables], axis=2)


def _small(left_out: Mapping[str, int | None], minimum: int) -> frozenset[str]:
    """Reasons with few people, and one more where a single one would follow from a total.

    That nobody was left out for a reason says nothing of anybody, and is shown.
    """
    counts = {reason: n for reason, n in left_out.items() if n}
    small = sorted(counts, key=lambda reason: counts[reason])
    few = sum(counts[reason] < minimum for reason in small)
    return frozenset(small[: 2 if few == 1 else few])


def _columns(found: Guarded) -> list[list[tuple[tuple[str, str], NDArray[np.int64]]]]:
    """The groups of each column, and the forms, with people by band and outcome.

    People without a form are no group of a table, but follow from those that are.
    """
    columns = [
        [(_key(f), _bands(f.tally)) for f in found.groups.values() if f.by == column]
        for column in found.by
    ]
    if found.forms:
        forms = [(_key(f), _bands(f.tally)) for f in found.forms.values()]
        tables = _stacked([_bands(found.overall.tally), *(table for _, table in forms)])
        rest = tables[:, :, 0] - tables[:, :, 1:].sum(axis=2)
        columns.append([*forms, *([(("form", ""), rest)] if rest.any() else [])])
    return [column for column in columns if column]
