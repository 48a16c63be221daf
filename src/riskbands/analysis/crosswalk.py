"""Two generations side by side: which predictor of 2026 follows which, and who changes band.

A move is a change of *name*: the bands of two tables stand for other scores, and the predictors
for other offences, so a move up is not a rise in risk. What is counted is what a caseload will
look like after the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._frozen import FrozenDict
from riskbands.analysis.asked import is_simulated
from riskbands.analysis.estimates import Estimate, proportion
from riskbands.analysis.reading import Table, check_length, outcomes_of
from riskbands.analysis.successions import default_pairs, is_last, successors
from riskbands.analysis.written import made_up
from riskbands.bands.array import BandArray
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.scale import NOT_APPLICABLE
from riskbands.cohorts.cohort import score_cohort
from riskbands.cohorts.mapping import columns_of, read_columns
from riskbands.cohorts.request import resolve
from riskbands.display import WIDTH, html_table, text_table
from riskbands.errors import UnknownNameError
from riskbands.instruments.predictor import Predictor
from riskbands.predictors import by_id
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from riskbands._options import FormName
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["Crosswalk", "Move", "Moves", "crosswalk"]

#: What stands for a band: no score at all, or a score of a predictor that has no band table.
MISSING = "missing"
SCORED = "scored"


@attrs.frozen
class Move:
    """How many people go from one band to another.

    Attributes:
        before: Label with the earlier predictor; ``missing`` without a score,
            ``not_applicable``, or ``scored`` where the predictor has no band table.
        after: The same with the later one.
        count: Number of people, 1 or more.
    """

    before: str
    after: str
    count: int


@attrs.frozen
class Moves:
    """The moves of a cohort from one predictor's bands to its successor's.

    Attributes:
        first: The earlier predictor.
        second: The later.
        table: Every move that occurs, those who keep their label included, in the order of the
            bands, lowest first.
        observed: Where outcomes were given, the share with the outcome among those who have one,
            by the label before and the label after.
        simulated: Whether people are made up.
    """

    first: Predictor
    second: Predictor
    table: tuple[Move, ...]
    observed: Mapping[tuple[str, str], Estimate] = attrs.field(factory=FrozenDict)
    simulated: bool = False

    def count(self, before: str, after: str) -> int:
        """How many go from one label to another.

        Raises:
            UnknownNameError: No such label.
        """
        for label, labels in ((before, self.labels[0]), (after, self.labels[1])):
            if label not in labels:
                raise UnknownNameError("label of the crosswalk", label, labels)
        return sum(m.count for m in self.table if (m.before, m.after) == (before, after))

    @property
    def labels(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Every label there can be before and after, bands first."""
        return _labels(self.first), _labels(self.second)

    @property
    def total(self) -> int:
        """Number of people."""
        return sum(m.count for m in self.table)

    @property
    def banded(self) -> int:
        """How many have a band with both predictors."""
        return sum(m.count for m in self._banded)

    @property
    def same_label(self) -> int:
        """How many of them keep the name of their band."""
        return sum(m.count for m in self._banded if m.before == m.after)

    @property
    def other_label(self) -> int:
        """How many of them get a band of another name."""
        return self.banded - self.same_label

    @property
    def missing_first(self) -> int:
        """How many have no score with the earlier predictor only."""
        return sum(m.count for m in self.table if m.before == MISSING != m.after)

    @property
    def missing_second(self) -> int:
        """How many have no score with the later predictor only."""
        return sum(m.count for m in self.table if m.after == MISSING != m.before)

    @property
    def missing_both(self) -> int:
        """How many have no score with either."""
        return sum(m.count for m in self.table if m.before == MISSING == m.after)

    @property
    def not_applicable(self) -> int:
        """How many neither predictor applies to."""
        return sum(m.count for m in self.table if m.before == NOT_APPLICABLE == m.after)

    @property
    def _banded(self) -> tuple[Move, ...]:
        outside = (MISSING, SCORED, str(NOT_APPLICABLE))
        return tuple(m for m in self.table if not {m.before, m.after} & {*outside})

    @property
    def title(self) -> str:
        """Both predictors with their band tables."""
        return made_up(self.simulated) + " -> ".join(
            f"{p.name} ({p.bands.id if p.bands else 'no bands'})" for p in (self.first, self.second)
        )

    @property
    def _summary(self) -> str:
        parts = [f"{self.total} people"]
        if self.first.bands is not None and self.second.bands is not None:
            parts.append(f"{self.banded} with both bands, {self.other_label} under another name")
        return "; ".join(parts)

    def _grid(self) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[int, ...], ...]]:
        """Labels of rows and columns that occur or are bands, and the counts."""
        rows, columns = (
            tuple(label for label in labels if label in bands or label in used)
            for labels, bands, used in (
                (self.labels[0], _bands(self.first), {m.before for m in self.table}),
                (self.labels[1], _bands(self.second), {m.after for m in self.table}),
            )
        )
        counts = {(m.before, m.after): m.count for m in self.table}
        return rows, columns, tuple(tuple(counts.get((r, c), 0) for c in columns) for r in rows)

    def __str__(self) -> str:
        rows, columns, counts = self._grid()
        lines = [self.title, f"  {self._summary}"]
        if rows and columns:
            table = [(label, *map(str, line)) for label, line in zip(rows, counts, strict=True)]
            head = ("", *(label.rjust(len(str(self.total))) for label in columns))
            lines.append(text_table(head, table, width=WIDTH, indent="  "))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        rows, columns, counts = self._grid()
        table = [(label, *map(str, line)) for label, line in zip(rows, counts, strict=True)]
        return html_table(("", *columns), table, self.title, self._summary)


def _bands(predictor: Predictor) -> tuple[str, ...]:
    return () if predictor.bands is None else predictor.bands.labels


def _labels(predictor: Predictor) -> tuple[str, ...]:
    return (*(_bands(predictor) or (SCORED,)), MISSING, str(NOT_APPLICABLE))


@attrs.frozen(eq=False, repr=False)
class Crosswalk(Mapping[str, Moves]):
    """A cohort scored with both generations.

    A mapping from the id of the earlier predictor to its `Moves`. ``print`` shows every
    table; a notebook shows them as HTML.

    Attributes:
        moves: The moves of each pair.
        columns: The columns of both generations, as `riskbands.score_cohort` gives them.
        rows: Number of people.
        simulated: Whether they are made up.
    """

    moves: tuple[Moves, ...]
    columns: Mapping[str, Any]
    rows: int
    simulated: bool = False

    def __getitem__(self, ident: str) -> Moves:
        for moves in self.moves:
            if moves.first.id == ident:
                return moves
        raise UnknownNameError("predictor of the crosswalk", ident, tuple(self))

    def __contains__(self, ident: object) -> bool:
        return any(m.first.id == ident for m in self.moves)

    def __iter__(self) -> Iterator[str]:
        return (m.first.id for m in self.moves)

    def __len__(self) -> int:
        return len(self.moves)

    def __str__(self) -> str:
        if not self.moves:
            first = made_up(self.simulated)
            return f"{first}{self.rows} people; no pair of predictors has its fields"
        return "\n\n".join(str(m) for m in self.moves)

    def __repr__(self) -> str:
        pairs = ", ".join(f"{m.first.id} -> {m.second.id}" for m in self.moves)
        return f"<Crosswalk {made_up(self.simulated)}of {self.rows} people: {pairs or 'no pair'}>"

    def _repr_html_(self) -> str:
        """All tables, for notebooks."""
        return "".join(m._repr_html_() for m in self.moves) or f"<p>{escape(str(self))}</p>"


def crosswalk(
    data: Any,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    tables: Mapping[str, CoefficientTable | str | Path] | None = None,
    form: FormName = "auto",
    threads: int | None = None,
    outcome: str | None = None,
    rename: Mapping[Any, str] | Suggestions | None = None,
) -> Crosswalk:
    """Score a cohort with both generations and count the moves between bands.

    Args:
        data: A mapping of columns or a table, as for `riskbands.score_cohort`.
        predictors: Earlier predictors (or ids) to follow to their successors; by default every
            one whose fields, and whose successor's fields, are there. A successor in the list,
            such as ``riskbands.csrp.with_bands(...)``, is used in place of the built-in one.
        tables: Other coefficient tables, by predictor id of either generation.
        form: ``"auto"``, ``"brief"`` or ``"extended"``, for the predictors with two forms.
        threads: As for `riskbands.score_cohort`.
        outcome: Column of outcomes, as for `riskbands.outcome_counts`. Then each table says what
            became of the people of each move, whatever outcome its predictors are about.
        rename: Field by column, for columns that have another name.

    Returns:
        The move tables and the columns of both generations.

    Raises:
        InputErrorGroup: A column cannot be used at all.
        UnknownNameError: A predictor is not known, or nothing follows it.
        TableError: A table does not fit.

    Examples:
        >>> walk = crosswalk(
        ...     {
        ...         "sex": ["male", "male", "female"],
        ...         "age_at_conviction": [21, 45, 33],
        ...         "age_at_follow_up": [21, 45, 33],
        ...         "offence_free_months": [2, 30, 0],
        ...         "offence_code": ["04600", "00801", "04600"],
        ...         "sanctions": [9, 2, 4],
        ...         "first_sanction_age": [14, 44, 20],
        ...     }
        ... )
        >>> list(walk)
        ['ogrs3']
        >>> print(walk["ogrs3"])
        OGRS3 (ogrs3-2yr) -> ARP (arp-2026)
          3 people; 3 with both bands, 0 under another name
                     Low  Medium  High  Very High
          Low          2       0     0          0
          Medium       0       0     0          0
          High         0       0     1          0
          Very High    0       0     0          0
    """
    columns = columns_of(data, rename)
    chosen = _chosen(predictors, columns)
    used = {p.id: p for p in resolve([p for pair in chosen for p in pair], tables, columns)}
    scored = score_cohort(columns, used.values(), form=form, threads=threads)
    rows = (
        len(next(iter(scored.values()))) if scored else read_columns(columns, built_in().fields)[1]
    )
    pairs = [(used[one.id], used[two.id]) for one, two in chosen]
    known = None if outcome is None else outcomes_of(Table(data), outcome)
    if known is not None:
        check_length(str(outcome), known, rows, "the cohort")
    simulated = is_simulated(Table(data))
    return Crosswalk(
        tuple(
            Moves(
                one,
                two,
                _count(scored, one, two),
                _observed(scored, one, two, known),
                simulated,
            )
            for one, two in pairs
        ),
        FrozenDict(scored),
        rows,
        simulated,
    )


def _chosen(
    predictors: Iterable[Predictor | str] | Predictor | str | None, columns: Mapping[str, Any]
) -> list[tuple[Predictor, Predictor]]:
    if predictors is None:
        names = frozenset(columns)
        return [
            (s.first, s.second)
            for s in default_pairs()
            if s.first.can_score(names) and s.second.can_score(names)
        ]
    if isinstance(predictors, (str, Predictor)):
        predictors = [predictors]
    earlier: dict[str, Predictor] = {}
    later: dict[str, Predictor] = {}
    known = [ident for ident, s in successors.items() if is_last(s.second)]
    ends = {s.second.id for s in successors.values() if is_last(s.second)}
    for given in predictors:
        ident = given if isinstance(given, str) else given.id
        if ident not in known and ident not in ends:
            raise UnknownNameError("predictor with a successor of 2026", ident, known)
        found = by_id[ident] if isinstance(given, str) else given
        (later if ident in ends else earlier)[ident] = found
    return [(p, later.get(p.successor, by_id[p.successor])) for p in earlier.values()]


def _observed(
    scored: Mapping[str, Any], one: Predictor, two: Predictor, outcomes: NDArray[np.int8] | None
) -> Mapping[tuple[str, str], Estimate]:
    """What became of the people of each move."""
    if outcomes is None:
        return FrozenDict()
    known = outcomes <= 1
    before, after = (_codes(scored, p)[known] for p in (one, two))
    names = _labels(one), _labels(two)
    width = len(names[1])
    n = np.bincount((before * width + after) * 2 + outcomes[known], minlength=2).tolist()
    n += [0] * (len(n) % 2)
    return FrozenDict(
        {
            (names[0][pair // width], names[1][pair % width]): proportion(hits, rest + hits)
            for pair, (rest, hits) in enumerate(zip(n[::2], n[1::2], strict=True))
            if rest + hits
        }
    )


def _count(scored: Mapping[str, Any], one: Predictor, two: Predictor) -> tuple[Move, ...]:
    before, after = _codes(scored, one), _codes(scored, two)
    names = _labels(one), _labels(two)
    width = len(names[1])
    pairs, counts = np.unique(before * width + after, return_counts=True)
    return tuple(
        Move(names[0][pair // width], names[1][pair % width], n)
        for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True)
    )


def _codes(scored: Mapping[str, Any], predictor: Predictor) -> Any:
    """Position of each row's label in `_labels`."""
    if predictor.bands is None:
        return 1 * np.isnan(scored[f"{predictor.id}_{predictor.banded}"])
    bands = scored[f"{predictor.id}_band"]
    assert isinstance(bands, BandArray)
    codes = bands.codes.astype(np.int64)
    size = len(bands.categories)
    codes = np.where(codes == MISSING_CODE, size, codes)
    return np.where(codes == NOT_APPLICABLE_CODE, size + 1, codes)
