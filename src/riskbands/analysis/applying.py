"""Whom a predictor is not for, where it reports 0 of them: told by the columns beside the score.

OSP reports 0.00 % of people without sexual offending, and 0.00 % of 0 points too. Which of the two
a row is stands in the column of bands or of points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from riskbands.analysis.labels import labels_of
from riskbands.analysis.reading import check_length, numbers_of
from riskbands.bands.scale import NOT_APPLICABLE
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from riskbands.analysis.reading import Table
    from riskbands.analysis.reported import ReportedScore
    from riskbands.instruments.predictor import Predictor

__all__ = ["Told"]


@attrs.frozen
class Told:
    """What tells whom a predictor is not for.

    Attributes:
        score: The column of the score.
        band: The column of bands, or empty.
        points: The column of points, or empty.
        missing: What to give where neither is there, in words.
        by_zero: Whether a score of 0 needs to be told apart.
        zero_is_none: Whether it always means that the predictor is not for the person.
    """

    score: str
    band: str
    points: str
    missing: str
    by_zero: bool
    zero_is_none: bool

    @classmethod
    def of(
        cls, predictor: Predictor | None, score: ReportedScore, columns: Collection[str]
    ) -> Told | None:
        """What tells it among these columns; None where nothing has to be told."""
        p = predictor
        if p is None or not p.may_not_apply or score.unit != "percent":
            return None
        if p.may_lack_percent and score.banded_by != "column":
            return None
        names = [f"{p.id}_band"] if p.bands is not None else []
        names += [f"{p.id}_points"] if p.has_points else []
        there = {name: name if name in columns else "" for name in names}
        return cls(
            score.column,
            there.get(f"{p.id}_band", ""),
            there.get(f"{p.id}_points", ""),
            " or ".join(names),
            not p.may_lack_percent,
            not names and not p.reports_zero,
        )

    def of_counts(self, there: bool, banded: bool) -> Told:
        """What tells it in a table of counts.

        Args:
            there: Whether the table has a column of bands.
            banded: Whether the predictor has bands; if not, that column names none but those whom
                it is not for.
        """
        by_zero = self.by_zero and (banded or not there)
        missing = "band" if self.missing else ""
        return attrs.evolve(
            self, band="band" if there else "", points="", missing=missing, by_zero=by_zero
        )

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        return [name for name in (self.band, self.points) if name]

    def elsewhere(self, table: Table, zero: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The rows that the predictor is not for.

        Args:
            table: The table.
            zero: bool, shape (rows,): where the score is 0.

        Raises:
            InputError: Nothing tells it of a score of 0; the message names the row.
        """
        found = np.zeros(len(zero), dtype=np.bool_)
        untold = zero.copy() if self.by_zero else found.copy()
        if self.band:
            codes, labels = labels_of(table, self.band, "column of bands")
            check_length(self.band, codes, len(zero))
            found |= np.isin(codes, [i for i, x in enumerate(labels) if x == str(NOT_APPLICABLE)])
            untold &= np.isin(codes, [i for i, x in enumerate(labels) if x is None])
        if self.points and untold.any():
            points, missing = numbers_of(table, self.points, "column of points")
            check_length(self.points, points, len(zero))
            if missing is not None:
                found |= untold & missing
            untold[:] = False
        if self.zero_is_none:
            found |= untold
        elif untold.any():
            give = f"give the column {self.missing} too, score the people again, or " * bool(
                self.missing
            )
            raise InputError(
                Issue(
                    "missing",
                    (self.missing.split(" or ")[0] or self.score,),
                    f"column {self.score} has 0 in row {int(np.flatnonzero(untold)[0])}, counted "
                    "from 0, which is reported of people whom the score is not for, and nothing "
                    f"says whether it is not: {give}leave out whom it is not for",
                )
            )
        return found
