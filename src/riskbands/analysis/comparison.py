"""Two predictors on the same people: which ranks better, who moves, with what outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis.applying import Told
from riskbands.analysis.asked import is_simulated
from riskbands.analysis.estimates import (
    Estimate,
    SignificanceTest,
    check_confidence,
    no_estimate,
    proportion,
)
from riskbands.analysis.framing import frame_of
from riskbands.analysis.reading import Table, check_length, outcomes_of
from riskbands.analysis.recorded import as_recorded, named_by, recorded_in
from riskbands.analysis.reported import ReportedScore, provenance_of, score_of
from riskbands.analysis.roc import Placements, area, paired_difference
from riskbands.analysis.tabulate import codes_of, ranks_of
from riskbands.analysis.tally import add_at
from riskbands.analysis.written import made_up
from riskbands.display import html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.instruments.predictor import Predictor

__all__ = ["BandMove", "PredictorComparison", "Reclassified", "compare_predictors", "paired_areas"]


@attrs.frozen
class BandMove:
    """People with one band by the first predictor and one by the second.

    Attributes:
        before: Label with the first predictor.
        after: Label with the second.
        n: People.
        events: Those with the outcome.
        observed: Share with the outcome.
    """

    before: str
    after: str
    n: int
    events: int
    observed: Estimate


@attrs.frozen
class Reclassified:
    """Net reclassification as counts, where both predictors have bands of the same names.

    No index is made of them: adding shares of people with and without the outcome would say that
    one is worth the other.

    Attributes:
        events_up: People with the outcome whose second band is higher.
        events_down: People with the outcome whose second band is lower.
        others_up: People without the outcome whose second band is higher.
        others_down: People without the outcome whose second band is lower.
    """

    events_up: int
    events_down: int
    others_up: int
    others_down: int


@attrs.frozen(eq=False, repr=False)
class PredictorComparison:
    """Two predictors on the same people.

    Attributes:
        first: Column of the first predictor's score.
        second: Column of the second's.
        n: People with both scores and an outcome.
        events: Those with the outcome.
        first_auc: Area under the curve of the first.
        second_auc: That of the second.
        difference: The first area less the second, paired DeLong.
        test: Its test.
        moves: People by band with each, those who stay included; empty where one has no bands.
        reclassified: Net reclassification as counts; None where the bands have other names.
        left_out: People who are not compared, by reason.
        provenance: Where the scores of each come from.
        confidence: Of the intervals.
        simulated: Whether people are made up.
    """

    first: str
    second: str
    n: int
    events: int
    first_auc: Estimate
    second_auc: Estimate
    difference: Estimate
    test: SignificanceTest
    moves: tuple[BandMove, ...]
    reclassified: Reclassified | None
    left_out: Mapping[str, int]
    provenance: tuple[Mapping[str, Any], Mapping[str, Any]]
    confidence: float
    library: str = "mapping"
    simulated: bool = False

    def to_frame(self, library: str | None = None) -> Any:
        """The moves as a table: before, after, n, events, observed, low, high.

        Args:
            library: As for `OutcomeCounts.to_frame`.
        """
        columns: dict[str, list[Any]] = {
            name: [getattr(move, name) for move in self.moves]
            for name in ("before", "after", "n", "events")
        }
        columns["observed"] = [move.observed.value for move in self.moves]
        columns["low"] = [move.observed.low for move in self.moves]
        columns["high"] = [move.observed.high for move in self.moves]
        return frame_of(columns, library or self.library)

    def _tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        level = f"{100 * self.confidence:g} % intervals"
        ranks = [
            [self.first, str(self.first_auc), ""],
            [self.second, str(self.second_auc), ""],
            ["difference", str(self.difference), str(self.test)],
        ]
        title = made_up(self.simulated)
        found = [
            (f"{title}Area under the curve, {level}", ["score", "AUC", "paired DeLong"], ranks)
        ]
        if self.moves:
            rows = [
                [m.before, m.after, f"{m.n:,}", f"{m.events:,}", str(m.observed)]
                for m in self.moves
            ]
            found.append(("Bands", [self.first, self.second, "n", "events", "observed"], rows))
        return found

    def __repr__(self) -> str:
        of = f"{made_up(self.simulated)}of {self.first} and {self.second}"
        return f"<PredictorComparison {of}: {self.n:,} people>"

    def __str__(self) -> str:
        return "\n\n".join(f"{title}\n{text_table(h, rows)}" for title, h, rows in self._tables())

    def _repr_html_(self) -> str:
        return "".join(html_table(head, rows, title) for title, head, rows in self._tables())


def compare_predictors(
    scored: Any,
    first: Predictor | str,
    second: Predictor | str,
    *,
    outcome: str,
    horizon: str | None = None,
    confidence: float = 0.95,
) -> PredictorComparison:
    """Compare two predictors on people who have both scores.

    The two may be about other outcomes: ``outcome`` is the one that both are held against.

    Args:
        scored: A cohort with the scores of both.
        first: A predictor or its id.
        second: Another.
        outcome: Column of outcomes.
        horizon: ``1yr`` or ``2yr``; by default the one that each predictor's bands use.
        confidence: Of the intervals.

    Raises:
        InputError: A column holds what it cannot hold, or the scores were made with other tables
            than a predictor has.
        UnknownNameError: A column, predictor or horizon is not known.

    Examples:
        >>> found = compare_predictors(
        ...     {
        ...         "ogrs3_2yr": [10, 20, 60, 80],
        ...         "ogp_2yr": [30, 15, 70, 60],
        ...         "reoffended": [0, 0, 1, 1],
        ...     },
        ...     "ogrs3",
        ...     "ogp",
        ...     outcome="reoffended",
        ... )
        >>> found.n, found.first_auc.value, found.second_auc.value
        (4, 1.0, 1.0)
    """
    check_confidence(confidence)
    table = Table(scored)
    outcomes = outcomes_of(table, outcome)
    recorded = recorded_in(scored)
    sides = [_Side.of(table, p, horizon, recorded) for p in (first, second)]
    for side in sides:
        check_length(outcome, outcomes, len(side.codes))
    known, scores = outcomes <= 1, [side.there for side in sides]
    elsewhere = known & (sides[0].elsewhere | sides[1].elsewhere)
    known &= ~elsewhere
    both = known & scores[0] & scores[1]
    one, two = sides
    y = outcomes[both]
    aucs = paired_areas(one.codes[both], two.codes[both], y, confidence)
    moves, net = _moves(one, two, both, outcomes, confidence)
    return PredictorComparison(
        one.score.column,
        two.score.column,
        int(both.sum()),
        int((y == 1).sum()),
        aucs[0],
        aucs[1],
        aucs[2],
        aucs[3],
        moves,
        net,
        {
            "outcome_missing": int((outcomes > 1).sum()),
            "not_applicable": int(elsewhere.sum()),
            "first_score_missing": int((known & ~scores[0]).sum()),
            "second_score_missing": int((known & scores[0] & ~scores[1]).sum()),
        },
        (one.provenance, two.provenance),
        confidence,
        table.library,
        is_simulated(table),
    )


@attrs.frozen(eq=False)
class _Side:
    """One predictor's scores and bands, row by row."""

    score: ReportedScore
    codes: NDArray[np.int64]
    there: NDArray[np.bool_]
    elsewhere: NDArray[np.bool_]
    bands: NDArray[np.int8]
    provenance: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        table: Table,
        predictor: Predictor | str,
        horizon: str | None,
        recorded: Mapping[str, Any],
    ) -> _Side:
        chosen = as_recorded(predictor, recorded)
        who = named_by(predictor, recorded)
        score, used = score_of(
            chosen, None, horizon=horizon, unit=None, bands=None, columns=table.names
        )
        codes, levels = codes_of(table, score)
        by_level = score.band_codes(np.append(levels, np.nan))
        told = Told.of(chosen, score, table.names)
        zero = np.append(levels, np.nan)[codes] == 0
        elsewhere = np.zeros_like(zero) if told is None else told.elsewhere(table, zero)
        bands = ranks_of(table, score) if score.banded_by == "column" else by_level[codes]
        there = codes < len(levels)
        made = provenance_of(chosen, score, used, who)
        return cls(score, codes, there, elsewhere, bands, made)


def paired_areas(
    first: NDArray[Any], second: NDArray[Any], outcomes: NDArray[Any], confidence: float = 0.95
) -> tuple[Estimate, Estimate, Estimate, SignificanceTest]:
    """Areas under the curve of two scores of the same people, their difference and its test.

    Args:
        first: Scores, one a person.
        second: Other scores.
        outcomes: 0 or 1.
        confidence: Of the intervals.
    """
    values = [np.unique(scores, return_inverse=True) for scores in (first, second)]
    (levels_one, one), (levels_two, two) = ((v, place.ravel()) for v, place in values)
    joint = (one * len(levels_two) + two) * 2 + outcomes
    cells, n = np.unique(joint, return_counts=True)
    pair, hit = np.divmod(cells, 2)
    at_one, at_two = np.divmod(pair, max(len(levels_two), 1))
    events, others = np.where(hit == 1, n, 0), np.where(hit == 0, n, 0)
    placed = [
        Placements.of(add_at(at, others, len(levels)), add_at(at, events, len(levels)))
        for at, levels in ((at_one, levels_one), (at_two, levels_two))
    ]
    areas = [area(placements, confidence) for placements in placed]
    first_placed, second_placed = placed
    if first_placed is None or second_placed is None:
        why = "the areas need people with the outcome and people without"
        test = SignificanceTest(None, None, None, "paired DeLong", why)
        return areas[0], areas[1], no_estimate(why), test
    difference, test = paired_difference(
        (at_one, first_placed), (at_two, second_placed), others, events, confidence
    )
    return areas[0], areas[1], difference, test


def _moves(
    one: _Side,
    two: _Side,
    both: NDArray[np.bool_],
    outcomes: NDArray[np.int8],
    confidence: float,
) -> tuple[tuple[BandMove, ...], Reclassified | None]:
    labels = one.score.labels, two.score.labels
    if not labels[0] or not labels[1]:
        return (), None
    banded = both & (one.bands >= 0) & (two.bands >= 0)
    before, after = (side.bands[banded].astype(np.int64) for side in (one, two))
    size = (len(labels[0]), len(labels[1]))
    keys = (before * size[1] + after) * 2 + outcomes[banded]
    n = np.bincount(keys, minlength=size[0] * size[1] * 2).reshape(*size, 2)
    moves = tuple(
        BandMove(
            labels[0][i], labels[1][j], int(n[i, j].sum()), int(n[i, j, 1]),
            proportion(int(n[i, j, 1]), int(n[i, j].sum()), confidence),
        )
        for i, j in np.argwhere(n.sum(axis=2)).tolist()
    )  # fmt: skip
    if labels[0] != labels[1]:
        return moves, None
    up, down = np.triu(np.ones(size, dtype=np.bool_), 1), np.tril(np.ones(size, dtype=np.bool_), -1)
    net = Reclassified(*(int(n[where, y].sum()) for y in (1, 0) for where in (up, down)))
    return moves, net
