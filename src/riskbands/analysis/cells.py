"""The cells of a table of counts, in one order, so that equal tables are equal arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

__all__ = ["FORMS", "HIDDEN", "Cells", "Group", "in_order"]

Group = tuple[str | None, ...]
#: Forms of a predictor by code; -1 is none.
FORMS = ("brief", "extended")
#: In ``n``: a count that is not shown.
HIDDEN = -1


@attrs.frozen(eq=False)
class Cells:
    """Counts, one a cell; only cells that occur are there, unless counts are hidden.

    Attributes:
        groups: The labels of each group, one for each column; None is missing.
        group: int64, place in ``groups``.
        form: int8, 0 brief, 1 extended, -1 where there are no forms.
        band: int8, rank, -1 none, -2 not applicable.
        score: float64 as reported; NaN is missing.
        outcome: int8, place in `riskbands.analysis.reading.OUTCOMES`.
        n: int64; `HIDDEN` where the count is not shown.
    """

    groups: tuple[Group, ...]
    group: NDArray[np.int64]
    form: NDArray[np.int8]
    band: NDArray[np.int8]
    score: NDArray[np.float64]
    outcome: NDArray[np.int8]
    n: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        groups: Sequence[Group],
        group: NDArray[Any],
        form: NDArray[Any],
        band: NDArray[Any],
        score: NDArray[Any],
        outcome: NDArray[Any],
        n: NDArray[Any],
    ) -> Cells:
        """Cells in order: groups by label, then form, band, score and outcome; twins added up."""
        used = np.unique(group)
        named = sorted({groups[i] for i in used.tolist()}, key=_order(groups))
        place = {labels: i for i, labels in enumerate(named)}
        renumber = np.zeros(len(groups), dtype=np.int64)
        for i in used.tolist():
            renumber[i] = place[groups[i]]
        group = renumber[group] if len(group) else np.zeros(0, dtype=np.int64)
        score = np.asarray(score, dtype=np.float64) + 0.0  # -0.0 is 0.0
        order = np.lexsort((outcome, score, band, form, group))
        keys = [np.asarray(x)[order] for x in (group, form, band, score, outcome)]
        n = np.asarray(n, dtype=np.int64)[order]
        new = np.ones(len(n), dtype=np.bool_)
        if len(n):
            same = [x[1:] == x[:-1] for x in keys]
            same[3] |= np.isnan(keys[3][1:]) & np.isnan(keys[3][:-1])
            new[1:] = ~np.logical_and.reduce(same)
            if not new.all():
                n = np.add.reduceat(n, np.flatnonzero(new))
        kinds = (np.int64, np.int8, np.int8, np.float64, np.int8)
        arrays: list[Any] = [x[new].astype(kind) for x, kind in zip(keys, kinds, strict=True)]
        for array in (*arrays, n):
            array.flags.writeable = False
        group, form, band, score, outcome = arrays
        return cls(tuple(named), group, form, band, score, outcome, n)

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Where a count is not shown."""
        where: NDArray[np.bool_] = self.n == HIDDEN
        return where

    def __add__(self, other: Cells) -> Cells:
        return Cells.of(
            (*self.groups, *other.groups),
            np.concatenate([self.group, other.group + len(self.groups)]),
            *(
                np.concatenate([getattr(self, name), getattr(other, name)])
                for name in ("form", "band", "score", "outcome", "n")
            ),
        )

    def equals(self, other: Cells) -> bool:
        """Whether the cells are the same."""
        return self.groups == other.groups and all(
            np.array_equal(getattr(self, name), getattr(other, name), equal_nan=name == "score")
            for name in ("group", "form", "band", "score", "outcome", "n")
        )

    def take(self, where: NDArray[Any]) -> Cells:
        """Some of the cells, with all groups."""
        arrays = (self.group, self.form, self.band, self.score, self.outcome, self.n)
        return Cells(self.groups, *(array[where] for array in arrays))


def _order(groups: Sequence[Group]) -> Any:
    """Labels of a column that are all whole numbers sort as numbers; missing comes last."""
    numeric = [
        all(label is None or _is_whole(label) for label in column)
        for column in zip(*groups, strict=True)
    ]

    def key(labels: Group) -> list[tuple[Any, ...]]:
        return [
            (label is None, int(label) if number and label is not None else 0, label or "")
            for label, number in zip(labels, numeric, strict=True)
        ]

    return key


def in_order(labels: Iterable[str | None]) -> list[str | None]:
    """Labels of one column in order."""
    rows = [(label,) for label in set(labels)]
    return [label for (label,) in sorted(rows, key=_order(rows))]


def _is_whole(label: str) -> bool:
    digits = label.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) < 100
