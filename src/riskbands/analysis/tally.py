"""One group's counts by score and by band: what every figure is worked out from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.reading import FOLLOW_UP_TOO_SHORT, FOLLOW_UP_UNKNOWN, MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.analysis.cells import Cells
    from riskbands.analysis.reported import ReportedScore

__all__ = ["LEFT_OUT", "People", "Tally", "add_at"]

#: Why people are in no figure; each is counted under the first that holds.
LEFT_OUT = (
    "follow_up_too_short",
    "follow_up_unknown",
    "outcome_missing",
    "not_applicable",
    "score_missing",
)


def add_at(places: NDArray[Any], values: NDArray[Any], size: int) -> NDArray[Any]:
    """The sum of the values at each place."""
    total = np.zeros(size, dtype=values.dtype)
    np.add.at(total, places, values)
    return total


@attrs.frozen(eq=False)
class Tally:
    """People of one group who have a score and an outcome.

    Attributes:
        scores: float64, shape (scores,): the different scores as reported, rising.
        p: float64, shape (scores,): the probabilities they report; None where they report none.
        n: int64, shape (scores,): people at each, 1 or more.
        events: int64, shape (scores,): those with the outcome.
        band_n: int64, shape (bands,): people in each band.
        band_events: int64, shape (bands,): those with the outcome.
        band_expected: float64, shape (bands,): the sum of their probabilities; None without.
        outside: People with a score and an outcome but no band, where there are bands.
        left_out: People who are in no figure, by reason; None where the count is not shown.
        hidden: Whether counts of this group are not shown: then nothing above is known.
        band_hidden: bool, shape (bands,): whether counts of a band are not shown.
    """

    scores: NDArray[np.float64]
    p: NDArray[np.float64] | None
    n: NDArray[np.int64]
    events: NDArray[np.int64]
    band_n: NDArray[np.int64]
    band_events: NDArray[np.int64]
    band_expected: NDArray[np.float64] | None
    outside: int
    left_out: Mapping[str, int | None]
    hidden: bool
    band_hidden: NDArray[np.bool_]

    @property
    def total(self) -> int:
        """How many people there are."""
        return int(self.n.sum())

    @property
    def hits(self) -> int:
        """How many of them had the outcome."""
        return int(self.events.sum())

    @classmethod
    def of(cls, cells: Cells, score: ReportedScore) -> Tally:
        """From the cells of a group."""
        concealed = cells.hidden
        counts = np.where(concealed, 0, cells.n)
        left_out, there = _left_out(cells, counts)
        n, outcome = counts[there], cells.outcome[there]
        scores, place = np.unique(cells.score[there], return_inverse=True)
        place = place.ravel()
        hits = np.where(outcome == 1, n, 0)
        size = len(score.labels)
        band = cells.band[there]
        inside = band >= 0
        p = score.probabilities(scores)
        expected = None
        if p is not None and size:
            expected = add_at(band[inside], (n * p[place])[inside], size)
        band_hidden = np.zeros(size, dtype=np.bool_)
        hidden = concealed[there]
        band_hidden[band[inside & hidden]] = True
        total = add_at(place, n, len(scores))
        occurs = total > 0
        return cls(
            scores[occurs],
            None if p is None else p[occurs],
            total[occurs],
            add_at(place, hits, len(scores))[occurs],
            add_at(band[inside], n[inside], size),
            add_at(band[inside], hits[inside], size),
            expected,
            int(n[~inside].sum()) if size else 0,
            left_out,
            bool(hidden.any()),
            band_hidden,
        )


def _left_out(
    cells: Cells, n: NDArray[np.int64]
) -> tuple[dict[str, int | None], NDArray[np.bool_]]:
    """How many people are in no figure, and which cells are."""
    there = np.ones(len(n), dtype=np.bool_)
    found: dict[str, int | None] = {}
    concealed = cells.hidden
    for reason, where in (
        ("follow_up_too_short", cells.outcome == FOLLOW_UP_TOO_SHORT),
        ("follow_up_unknown", cells.outcome == FOLLOW_UP_UNKNOWN),
        ("outcome_missing", cells.outcome == MISSING),
        ("not_applicable", cells.band == -2),
        ("score_missing", np.isnan(cells.score)),
    ):
        here = where & there
        found[reason] = None if (concealed & here).any() else int(n[here].sum())
        there &= ~where
    return found, there


@attrs.frozen(eq=False)
class People:
    """Everyone with a score that is for them, whatever is known of the outcome.

    Attributes:
        scores: float64 by cell: scores as reported.
        bands: int8 by cell: ranks, negative for none.
        n: int64 by cell: people.
    """

    scores: NDArray[np.float64]
    bands: NDArray[np.int8]
    n: NDArray[np.int64]

    @classmethod
    def of(cls, cells: Cells) -> People:
        """From cells that are all shown."""
        there = ~np.isnan(cells.score) & (cells.band != -2)
        return cls(cells.score[there], cells.band[there], cells.n[there])

    def band_n(self, bands: int) -> NDArray[np.int64]:
        """People by band."""
        inside = self.bands >= 0
        found: NDArray[np.int64] = add_at(self.bands[inside], self.n[inside], bands)
        return found
