"""Counts by band that can be published: small cells are not shown, nor those that give them away.

A cell that is not shown must not follow from a total that is known elsewhere, less the cells that
are shown. So cells are hidden in *hypercubes* (Giessing and Repsilber 2002): with the small cell,
one other value on every axis, and all corners between. Moving a person along the corners, up at
one and down at the next, changes no total; so the totals cannot say what is in them.
"""

from __future__ import annotations

import numbers
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.analysis.cells import HIDDEN, Cells, in_order
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["by_band", "check_whole", "hide", "hypercubes", "rounded"]

_MOST_CELLS = 100_000


def check_whole(value: Any, least: int, what: str) -> int:
    """A whole number that is not too small.

    Args:
        value: The number.
        least: The least that it can be.
        what: What it is, for the message.

    Raises:
        InputError: It is something else.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Integral):
        raise InputError(Issue("malformed", (), f"{what} must be a whole number, such as 10"))
    if value < least:
        raise InputError(Issue("out_of_range", (), f"{what} must be {least} or more"))
    return int(value)


def by_band(cells: Cells, bands: int, columns: int) -> Cells:
    """Counts by band, outcome and group: every cell, those of nobody included.

    Args:
        cells: Counts.
        bands: How many bands there are.
        columns: How many columns of groups.

    Raises:
        InputError: There would be too many cells to protect.
    """
    band_codes = [*range(bands), *(c for c in (-1, -2) if (cells.band == c).any())]
    outcomes = [0, 1, *sorted({*cells.outcome.tolist()} - {0, 1})]
    labels = [in_order([group[i] for group in cells.groups]) for i in range(columns)]
    shape = (len(band_codes), len(outcomes), *map(len, labels))
    if np.prod(shape, dtype=np.float64) > _MOST_CELLS:
        raise InputError(
            Issue("out_of_range", ("by",), "there are too many groups to protect: use fewer")
        )
    place = {label: [column.index(label) for column, label in zip(labels, label, strict=True)]
             for label in cells.groups}  # fmt: skip
    axes = np.array([place[group] for group in cells.groups], dtype=np.int64)
    axes = axes.reshape(len(cells.groups), columns)[cells.group]
    total = np.zeros(shape, dtype=np.int64)
    where = (
        np.array([band_codes.index(b) for b in cells.band.tolist()], dtype=np.int64),
        np.array([outcomes.index(o) for o in cells.outcome.tolist()], dtype=np.int64),
        *axes.T,
    )
    np.add.at(total, where, cells.n)
    at = np.indices(shape).reshape(len(shape), -1)
    groups = list(product(*labels))
    group = np.zeros(at.shape[1], dtype=np.int64)
    for column, size in zip(at[2:], shape[2:], strict=True):
        group = group * size + column
    band = np.array(band_codes, dtype=np.int8)[at[0]]
    return Cells.of(
        groups,
        group,
        np.full(len(group), -1),
        band,
        np.where(band < 0, np.nan, band),
        np.array(outcomes, dtype=np.int8)[at[1]],
        total.ravel(),
    )


def hide(cells: Cells, minimum: int) -> Cells:
    """The cells, with small ones and those that would give them away not shown.

    Args:
        cells: What `by_band` gives.
        minimum: Least count that is shown.

    Raises:
        InputError: ``minimum`` is no whole number from 1.
    """
    minimum = check_whole(minimum, 1, "the least count shown")
    columns: list[NDArray[Any]] = [cells.band, cells.outcome]
    labels = range(len(cells.groups[0]) if cells.groups else 0)
    columns += [
        np.unique(np.array([str(g[i]) for g in cells.groups]), return_inverse=True)[1].ravel()[
            cells.group
        ]
        for i in labels
    ]
    places = [np.unique(column, return_inverse=True) for column in columns]
    shape = tuple(len(values) for values, _ in places)
    at = tuple(place.ravel() for _, place in places)
    n = np.zeros(shape, dtype=np.int64)
    n[at] = cells.n
    concealed = hypercubes(n, minimum)[at]
    return Cells.of(
        cells.groups, cells.group, cells.form, cells.band, cells.score, cells.outcome,
        np.where(concealed, HIDDEN, cells.n),
    )  # fmt: skip


def hypercubes(n: NDArray[np.int64], minimum: int) -> NDArray[np.bool_]:
    """Which cells of a table are not shown.

    For each small cell a hypercube is chosen in which the cell could be larger by ``minimum - 1``
    without any total being another. Among those the one that hides the fewest further people is
    taken. Where totals alone leave less room (a total of 2 says that no part of it is 3), the one
    that leaves the most is taken.

    Args:
        n: Counts, one axis for each thing counted by.
        minimum: Least count that is shown.

    Returns:
        bool, of the shape of ``n``.
    """
    hidden = n < minimum
    axes = [axis for axis, size in enumerate(n.shape) if size > 1]
    small = np.argwhere(hidden)
    order = np.lexsort((*small.T[::-1], n[tuple(small.T)]))
    for cell in small[order].tolist():
        _protect(n, hidden, cell, axes, minimum)
    return hidden


def _protect(
    n: NDArray[np.int64],
    hidden: NDArray[np.bool_],
    cell: Sequence[int],
    axes: Sequence[int],
    minimum: int,
) -> None:
    """Hide the corners of the best hypercube with this cell."""
    if not axes:
        return
    others = [[i for i in range(n.shape[axis]) if i != cell[axis]] for axis in axes]
    opposite = np.array(list(product(*others)), dtype=np.int64)
    corners: list[tuple[Any, ...]] = []
    room = np.full(len(opposite), np.iinfo(np.int64).max)
    cost = np.zeros((2, len(opposite)), dtype=np.int64)
    for turned in product((False, True), repeat=len(axes)):
        at: list[Any] = [np.full(len(opposite), i) for i in cell]
        for place, axis in enumerate(axes):
            if turned[place]:
                at[axis] = opposite[:, place]
        corner = tuple(at)
        corners.append(corner)
        if sum(turned) % 2:
            room = np.minimum(room, n[corner])
        cost[0] += ~hidden[corner]
        cost[1] += np.where(hidden[corner], 0, n[corner])
    room = np.minimum(room, minimum - 1)
    best = np.lexsort((cost[0], cost[1], -room))[0]
    for corner in corners:
        hidden[tuple(index[best] for index in corner)] = True


def rounded(cells: Cells, base: int) -> Cells:
    """The cells with every count that is shown rounded to the nearest multiple, halves up.

    Raises:
        InputError: ``base`` is no whole number from 2.
    """
    base = check_whole(base, 2, "round_to")
    nearest = (2 * cells.n + base) // (2 * base) * base
    return Cells.of(
        cells.groups, cells.group, cells.form, cells.band, cells.score, cells.outcome,
        np.where(cells.hidden, HIDDEN, nearest),
    )  # fmt: skip
