"""From a table of people, or of counts, to cells: one pass in blocks that stay in the caches.

Each row's score, outcome, form, band and group are small whole numbers, which together make the
number of its cell; the numbers are then counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.analysis.cells import FORMS, Cells
from riskbands.analysis.countfiles import NEAR
from riskbands.analysis.labels import labels_of
from riskbands.analysis.reading import (
    FOLLOW_UP_TOO_SHORT,
    FOLLOW_UP_UNKNOWN,
    OUTCOMES,
    check_length,
    numbers_of,
    outcomes_of,
    whole_numbers_of,
)
from riskbands.analysis.spelling import group_text
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskbands.analysis.applying import Told
    from riskbands.analysis.cells import Group
    from riskbands.analysis.reading import Table
    from riskbands.analysis.reported import ReportedScore

__all__ = ["Columns", "codes_of", "ranks_of", "tabulate"]

_BLOCK: Final = 1 << 17
#: Cells that are counted in one array; beyond, cell numbers are sorted.
_DENSE: Final = 1 << 24
_MOST_GROUPS: Final = 1_000_000


@attrs.frozen
class Columns:
    """The names of the columns to count by.

    Attributes:
        score: Scores.
        outcome: Outcomes.
        by: Groups.
        band: Bands, or empty.
        form: Forms, or empty.
        n: How many people each row stands for, or empty for one.
        followed_up: Months of follow-up: a column, a number for everybody, or None.
        months: Months that the horizon needs, or None.
        told: What tells whom the score is not for, or None.
    """

    score: str
    outcome: str
    by: tuple[str, ...]
    band: str = ""
    form: str = ""
    n: str = ""
    followed_up: str | float | None = None
    months: int | None = None
    told: Told | None = None


def tabulate(table: Table, score: ReportedScore, columns: Columns) -> Cells:
    """Count the rows of a table.

    Raises:
        InputError: A column holds what it cannot hold, or columns differ in length.
        UnknownNameError: A column is not there.
    """
    scores = _Scores(table, score, columns.score)
    outcomes = outcomes_of(table, columns.outcome)
    check_length(columns.outcome, outcomes, len(scores))
    if columns.followed_up is not None:
        outcomes = _followed_up(table, outcomes, columns)
    group, groups = _groups(table, columns.by, len(scores))
    dims: list[tuple[NDArray[Any] | None, int]] = [(outcomes, len(OUTCOMES))]
    dims.append(_coded(table, columns.form, FORMS, len(scores)))
    dims.append(_coded(table, columns.band, (*score.labels, "not_applicable"), len(scores)))
    elsewhere = None
    if columns.told is not None:
        away = columns.told.elsewhere(table, scores.are_zero())
        if not columns.band and away.any():
            elsewhere = away.view(np.int8)
    dims.append((elsewhere, 1 if elsewhere is None else 2))
    dims.append((group, len(groups)))
    weights = whole_numbers_of(table, columns.n, "column of counts") if columns.n else None
    if weights is not None:
        check_length(columns.n, weights, len(scores))
    keys, n = _count(scores, dims, weights)
    return _decoded(keys, n, scores, [size for _, size in dims], groups, score)


class _Scores:
    """Scores as small whole numbers; the last two stand for missing and, if any, more."""

    def __init__(self, table: Table, score: ReportedScore, name: str) -> None:
        self._name, self._scale, self._top = name, 1, 0
        self._missing: NDArray[np.bool_] | None = None
        self.levels: NDArray[np.float64]
        self._codes: NDArray[Any] | None = None
        if score.unit == "band":
            self._codes = _ranks(table, name, score.labels)
            self.levels = np.arange(len(score.labels), dtype=np.float64)
            self._values: NDArray[Any] = self._codes
            return
        self._values, self._missing = numbers_of(table, name, "column of scores")
        if score.digits is not None and score.unit == "percent":
            self._scale = 10**score.digits
            self._top = 100 * self._scale
            self.levels = np.arange(self._top + 1) / self._scale
            return
        self._check_range(score)
        there = self._values if self._missing is None else self._values[~self._missing]
        if self._values.dtype.kind != "f" and len(there) and int(np.ptp(there)) < 1 << 16:
            low = int(there.min())
            self.levels = np.arange(low, int(there.max()) + 1, dtype=np.float64)
            self._codes = self._values.astype(np.int64) - low
        else:
            self.levels, places = np.unique(there.astype(np.float64), return_inverse=True)
            self._codes = np.zeros(len(self._values), dtype=np.int64)
            self._codes[slice(None) if self._missing is None else ~self._missing] = places.ravel()

    def __len__(self) -> int:
        return len(self._values)

    @property
    def size(self) -> int:
        """How many codes there are, with the one for missing."""
        return len(self.levels) + 1

    def are_zero(self) -> NDArray[np.bool_]:
        """Where the score is 0."""
        codes = np.empty(len(self), dtype=np.int64)
        self.write(0, len(codes), codes)
        zero: NDArray[np.bool_] = np.append(self.levels, np.nan)[codes] == 0
        return zero

    def write(self, start: int, stop: int, out: NDArray[np.int64]) -> None:
        """Write the codes of some rows."""
        rows = slice(start, stop)
        if self._codes is not None:
            out[:] = self._codes[rows]
        elif self._values.dtype.kind == "f":
            self._write_floats(self._values[rows], start, out)
        else:
            values = self._values[rows]
            out[:] = values
            if self._scale > 1:
                out *= self._scale
            self._check(out, start)
        if self._missing is not None:
            out[self._missing[rows]] = len(self.levels)

    def _write_floats(
        self, values: NDArray[np.float64], start: int, out: NDArray[np.int64]
    ) -> None:
        with np.errstate(over="ignore", invalid="ignore"):  # infinity is refused below
            scaled = values * self._scale
            nearest = np.rint(scaled)
            scaled -= nearest
        missing = np.isnan(nearest)
        if missing.any():
            nearest[missing] = 0.0
            scaled[missing] = 0.0
        np.abs(scaled, out=scaled)
        if not float(scaled.max(initial=0.0)) <= NEAR:
            self._refuse(start + int(np.flatnonzero(~(scaled <= NEAR))[0]))
        np.copyto(out, np.clip(nearest, -1, self._top + 1), casting="unsafe")
        self._check(out, start)

    def _check(self, codes: NDArray[np.int64], start: int) -> None:
        if len(codes) and (int(codes.min()) < 0 or int(codes.max()) > self._top):
            bad = (codes < 0) | (codes > self._top)
            if self._missing is not None:
                bad &= ~self._missing[start : start + len(codes)]
            if bad.any():
                self._refuse(start + int(np.flatnonzero(bad)[0]))

    def _refuse(self, row: int) -> None:
        digits = len(str(self._scale)) - 1
        what = f"percentages of {digits} decimals" if digits else "whole percentages"
        raise InputError(
            Issue(
                "out_of_range",
                (self._name,),
                f"column {self._name} must hold {what} from 0 to 100, as the instrument reports "
                f"them: row {row}, counted from 0, does not; for other scores give score= in "
                "place of the predictor",
            )
        )

    def _check_range(self, score: ReportedScore) -> None:
        unit, top = score.unit, np.inf if score.most is None else score.most
        low = 0.0 if top < np.inf else -np.inf
        with np.errstate(invalid="ignore"):
            bad = ~((self._values >= low) & (self._values <= top)) | np.isinf(self._values)
        if self._missing is not None:
            bad &= ~self._missing
        if bad.any():
            limits = f"from 0 to {top:g}" if top < np.inf else "that are finite"
            raise InputError(
                Issue(
                    "out_of_range",
                    (self._name,),
                    f"column {self._name} must hold numbers {limits} ({unit}): row "
                    f"{int(np.flatnonzero(bad)[0])}, counted from 0, does not",
                )
            )


def _ranks(table: Table, name: str, labels: Sequence[str]) -> NDArray[np.int64]:
    """A column of labels as ranks; the number of labels stands for missing."""
    codes, known = labels_of(table, name, "column of bands")
    places = {label: i for i, label in enumerate(labels)}
    unknown = [i for i, label in enumerate(known) if label not in (*places, None)]
    if unknown and (bad := np.isin(codes, unknown)).any():
        raise InputError(
            Issue(
                "malformed",
                (name,),
                f"column {name} must hold {', '.join(labels)}, or be missing: row "
                f"{int(np.flatnonzero(bad)[0])}, counted from 0, does not",
            )
        )
    ranks = [places.get(label or "", len(labels)) for label in known[:-1]]
    found: NDArray[np.int64] = np.array([*ranks, len(labels)], dtype=np.int64)[codes]
    return found


def _coded(
    table: Table, name: str, labels: Sequence[str], rows: int
) -> tuple[NDArray[Any] | None, int]:
    """A column of labels and how many codes it has; without a column nothing, and one code."""
    if not name:
        return None, 1
    codes = _ranks(table, name, labels)
    check_length(name, codes, rows)
    return codes, len(labels) + 1


def _followed_up(table: Table, outcomes: NDArray[np.int8], columns: Columns) -> NDArray[np.int8]:
    """Outcomes, where those who were not followed up to the horizon have a code of their own."""
    if columns.months is None:
        raise InputError(
            Issue("missing", ("horizon",), "followed_up= needs horizon=, such as 2yr, to compare")
        )
    outcomes = outcomes.copy()
    given = columns.followed_up
    if not isinstance(given, str):
        assert given is not None
        if not given >= columns.months:
            outcomes[:] = FOLLOW_UP_TOO_SHORT
        return outcomes
    months, missing = numbers_of(table, given, "column of months of follow-up")
    check_length(given, months, len(outcomes))
    with np.errstate(invalid="ignore"):
        outcomes[months < columns.months] = FOLLOW_UP_TOO_SHORT
    if missing is not None:
        outcomes[missing] = FOLLOW_UP_UNKNOWN
    return outcomes


def _groups(table: Table, by: Sequence[str], rows: int) -> tuple[NDArray[Any] | None, list[Group]]:
    """The group of each row, and the labels of each group; those of several columns crossed.

    Several codes can have one label: their cells are added up.
    """
    code: NDArray[Any] | None = None
    groups: list[Group] = [()]
    for name in by:
        found, read = labels_of(table, name, "column to group by")
        labels = [None if label is None else group_text(label) for label in read]
        check_length(name, found, rows)
        code = found if code is None else code.astype(np.int64) * len(labels) + found
        groups = [(*group, label) for group in groups for label in labels]
        if len(groups) > 4096:
            used, places = np.unique(code, return_inverse=True)
            groups, code = [groups[i] for i in used.tolist()], places.ravel()
        if len(groups) > _MOST_GROUPS:
            raise InputError(
                Issue(
                    "out_of_range",
                    (name,),
                    f"there are more than {_MOST_GROUPS:,} groups: put the values of {name} "
                    "into classes first",
                )
            )
    return code, groups


def _count(
    scores: _Scores,
    dims: Sequence[tuple[NDArray[Any] | None, int]],
    weights: NDArray[np.int64] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The numbers of the cells that occur, and their counts."""
    size = scores.size
    strides = []
    for _, many in dims:
        strides.append(size)
        size *= many
    if size >= 1 << 62:
        raise InputError(Issue("out_of_range", (), "there are too many groups by score to count"))
    dense = weights is None and size <= _DENSE
    total = np.zeros(size if dense else 0, dtype=np.int64)
    parts: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    block = max(_BLOCK, min(4 * size, 1 << 22))
    key, room = np.empty((2, min(block, max(len(scores), 1))), dtype=np.int64)
    for start in range(0, len(scores), block):
        stop = min(start + block, len(scores))
        here, there = key[: stop - start], room[: stop - start]
        scores.write(start, stop, here)
        for (codes, _), stride in zip(dims, strides, strict=True):
            if codes is not None:
                np.multiply(codes[start:stop], stride, out=there, dtype=np.int64, casting="unsafe")
                here += there
        if dense:
            found = np.bincount(here, minlength=size)
            total += found
        elif weights is None:
            parts.append(np.unique(here, return_counts=True))
        else:
            used, places = np.unique(here, return_inverse=True)
            n = np.zeros(len(used), dtype=np.int64)
            np.add.at(n, places.ravel(), weights[start:stop])
            parts.append((used, n))
    if dense:
        keys = np.flatnonzero(total)
        return keys, total[keys]
    if not parts:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    keys, places = np.unique(np.concatenate([k for k, _ in parts]), return_inverse=True)
    n = np.zeros(len(keys), dtype=np.int64)
    np.add.at(n, places.ravel(), np.concatenate([m for _, m in parts]))
    return keys[n > 0], n[n > 0]


def _decoded(
    keys: NDArray[np.int64],
    n: NDArray[np.int64],
    scores: _Scores,
    sizes: Sequence[int],
    groups: Sequence[Group],
    score: ReportedScore,
) -> Cells:
    """Cells from their numbers."""
    keys, place = np.divmod(keys, scores.size)
    values = np.append(scores.levels, np.nan)[place]
    codes = []
    for size in sizes:
        keys, code = np.divmod(keys, size)
        codes.append(code)
    outcome, form, band, elsewhere, group = codes
    form = np.where(form == len(FORMS), -1, form) if sizes[1] > 1 else np.full(len(n), -1)
    if sizes[2] > 1:  # ranks, then not applicable, then missing
        labels = len(score.labels)
        band = np.where(band < labels, band, np.where(band == labels, -2, -1))
    else:
        band = np.where(elsewhere == 1, -2, score.band_codes(values))
    return Cells.of(groups, group, form, band, values, outcome, n)


def codes_of(table: Table, score: ReportedScore) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The place of each row's score among the scores there can be, and these scores, rising.

    A missing score has the place after the last.
    """
    scores = _Scores(table, score, score.column)
    codes = np.empty(len(scores), dtype=np.int64)
    scores.write(0, len(codes), codes)
    return codes, scores.levels


def ranks_of(table: Table, score: ReportedScore) -> NDArray[np.int8]:
    """Each row's band where it is read from a column: its rank, or -1."""
    ranks = _ranks(table, score.band_column, (*score.labels, "not_applicable"))
    return np.where(ranks < len(score.labels), ranks, -1).astype(np.int8)
