"""Counts of outcomes by score and group: everything an evaluation needs, and no row of a person.

Counts add up. Those of two files, of batches of a stream or of the partitions of a warehouse give
the same table as all rows together, exactly, in 64-bit whole numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.analysis import countfiles, disclosure
from riskbands.analysis.applying import Told
from riskbands.analysis.asked import SIMULATED, Asked, is_simulated, scored_columns
from riskbands.analysis.cells import in_order
from riskbands.analysis.countsql import count_query
from riskbands.analysis.framing import frame_of
from riskbands.analysis.reading import Table
from riskbands.analysis.reported import THE_USER, horizon_months
from riskbands.analysis.tabulate import Columns, tabulate
from riskbands.analysis.tally import Tally
from riskbands.analysis.written import made_up
from riskbands.errors import InputError, Issue, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from riskbands.analysis.cells import Cells
    from riskbands.analysis.reported import ReportedScore
    from riskbands.bands.scale import BandScale
    from riskbands.instruments.predictor import Predictor

__all__ = ["OutcomeCounts"]

#: What must be the same for counts to be added.
_SAME = (
    "predictor", "coefficient_tables", "band_table", "score", "unit", "horizon", "outcome",
    "follow_up",
)  # fmt: skip

_NAMED_BY = "coefficients_named_by"


@attrs.frozen(eq=False, repr=False)
class OutcomeCounts:
    """How many people by score as reported, outcome and group.

    Make one with `riskbands.outcome_counts`. ``a + b`` adds two up, and so does ``sum``.

    Attributes:
        score: The score: its column, unit, decimals and bands.
        by: The columns of the groups, which are crossed.
        cells: The counts.
        provenance: Where the scores and outcomes come from, as plain values: predictor,
            coefficient tables with digests, band table (a table is ``not known`` where neither
            the scores nor the caller say which it was), who names them, horizon, outcome,
            follow-up, whether people are simulated, and what was done to protect small counts.
        library: The library of the table that was counted, which `to_frame` goes back to.
    """

    score: ReportedScore
    by: tuple[str, ...]
    cells: Cells
    provenance: Mapping[str, Any]
    library: str = "mapping"

    __hash__ = None  # type: ignore[assignment]

    # -- what is in them ---------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many people there are, those left out of the figures included.

        Raises:
            InputError: Some counts are not shown.
        """
        self._shown()
        return int(self.cells.n.sum())

    @property
    def suppressed(self) -> bool:
        """Whether some counts are not shown."""
        return bool(self.cells.hidden.any())

    @property
    def simulated(self) -> bool:
        """Whether people of these counts are made up."""
        return bool(self.provenance.get(SIMULATED))

    @property
    def left_out(self) -> dict[str, int | None]:
        """People who are in no figure, by reason; each under the first that holds.

        None where the count is not shown.
        """
        return dict(self.tally().left_out)

    def labels(self, column: str) -> list[str | None]:
        """The groups of a column in order; None is those whose group is missing.

        Raises:
            UnknownNameError: The counts are not by this column.
        """
        place = self._place(column)
        return in_order({labels[place] for labels in self.cells.groups})

    def _place(self, column: str) -> int:
        if column not in self.by:
            raise UnknownNameError("column of the counts", column, self.by)
        return self.by.index(column)

    def tally(
        self, group: Mapping[str, str | None] | None = None, form: str | None = None
    ) -> Tally:
        """Counts by score of those with a score and an outcome, and how many are left out.

        Args:
            group: Label by column; None is a missing label. By default everybody.
            form: ``brief`` or ``extended``; by default both.
        """
        cells = self.cells
        where = np.ones(len(cells.n), dtype=np.bool_)
        for column, label in (group or {}).items():
            place = self._place(column)
            member = np.array([labels[place] == label for labels in cells.groups], dtype=np.bool_)
            where &= member[cells.group]
        if form is not None:
            where &= cells.form == ("brief", "extended").index(form)
        return Tally.of(cells.take(where), self.score)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OutcomeCounts):
            return NotImplemented
        return (
            self.score == other.score
            and self.by == other.by
            and {**self.provenance, _NAMED_BY: ""} == {**other.provenance, _NAMED_BY: ""}
            and self.cells.equals(other.cells)
        )

    # -- adding ------------------------------------------------------------------------------

    def __add__(self, other: OutcomeCounts) -> OutcomeCounts:
        """The counts of both.

        Raises:
            InputError: Some counts are not shown.
            TableError: They are of different scores, tables, outcomes or groups.
        """
        if not isinstance(other, OutcomeCounts):
            return NotImplemented
        self._shown()
        other._shown()
        differ = [k for k in _SAME if self.provenance.get(k) != other.provenance.get(k)]
        differ += ["by"] if self.by != other.by else []
        differ += ["score"] if self.score != other.score and not differ else []
        if differ:
            raise TableError(
                f"counts that differ in {', '.join(differ)} cannot be added: evaluate them "
                "one after the other, or compare them with riskbands.drift"
            )
        named = {counts.provenance[_NAMED_BY] for counts in (self, other)}
        merged = {
            **self.provenance,
            SIMULATED: self.simulated or other.simulated,
            _NAMED_BY: named.pop() if len(named) == 1 else THE_USER,
            "version": ", ".join(
                sorted({*self._versions, *other._versions})
            ),
        }  # fmt: skip
        return attrs.evolve(self, cells=self.cells + other.cells, provenance=merged)

    def __radd__(self, other: int) -> OutcomeCounts:
        return self if other == 0 else NotImplemented

    @property
    def _versions(self) -> list[str]:
        return str(self.provenance["version"]).split(", ")

    def shown_cells(self) -> Cells:
        """The cells, if every count is shown.

        Raises:
            InputError: Some are not.
        """
        self._shown()
        return self.cells

    def _shown(self) -> None:
        if self.suppressed:
            raise InputError(
                Issue("hidden", (), "some counts are not shown: use the table before suppress()")
            )

    # -- protection --------------------------------------------------------------------------

    def suppress(self, minimum: int | None = None, *, round_to: int | None = None) -> OutcomeCounts:
        """Counts by band that can be published: small ones are not shown, or all are rounded.

        Counts by percent are summed to bands first. Every cell of band, outcome and group is
        looked at, those of nobody included. With ``minimum``, cells below it are not shown, and
        further ones so that no difference of a total and the cells that are shown gives them
        away; see docs/analysis/disclosure.md.

        Args:
            minimum: Least count that is shown, such as 10.
            round_to: In place of it, or after it, round every count to a multiple, such as 5.

        Returns:
            Counts by band.

        Raises:
            InputError: Neither is given, or there are no bands.
        """
        if minimum is None and round_to is None:
            raise InputError(Issue("missing", (), "give the least count shown, or round_to="))
        self._shown()
        if not self.score.labels:
            raise InputError(
                Issue("missing", ("bands",), "only counts by band are published: give bands=")
            )
        cells = disclosure.by_band(self.cells, len(self.score.labels), len(self.by))
        said = []
        if minimum is not None:
            cells = disclosure.hide(cells, minimum)
            said.append(f"cells below {minimum} are not shown, nor those that give them away")
        if round_to is not None:
            cells = disclosure.rounded(cells, round_to)
            said.append(f"counts are rounded to multiples of {round_to}")
        return attrs.evolve(
            self,
            score=attrs.evolve(
                self.score, unit="band", digits=0, banded_by="column", form_column=""
            ),
            cells=cells,
            provenance={**self.provenance, "protected": "; ".join(said)},
        )

    # -- in and out --------------------------------------------------------------------------

    def to_frame(self, library: str | None = None) -> Any:
        """The cells as a table: groups, form, band, score, outcome and ``n``.

        Args:
            library: ``pandas``, ``polars``, ``pyarrow``, ``duckdb`` or ``mapping``; by default
                the one whose table was counted.
        """
        columns = countfiles.columns_of(self.cells, self.score, self.by)
        if self.simulated:
            columns[SIMULATED] = ["yes"] * len(self.cells.n)
        return frame_of(columns, library or self.library)

    @classmethod
    def from_frame(
        cls,
        data: Any,
        predictor: Predictor | str | None = None,
        *,
        outcome: str = "outcome",
        by: str | Sequence[str] = (),
        horizon: str | None = None,
        score: str | None = None,
        unit: str | None = None,
        bands: BandScale | str | None = None,
        follow_up: str = "not stated",
    ) -> OutcomeCounts:
        """Counts from a table of counts, such as `sql` makes in a warehouse.

        Args:
            data: A table with the columns of `to_frame`.
            predictor: As for `riskbands.outcome_counts`, and so the rest.
            outcome: The name of the outcome that was counted, for the provenance.
            by: Columns of groups.
            horizon: Horizon of the score.
            score: The name of the plain column that was counted, in place of a predictor.
            unit: The unit of that column.
            bands: Bands.
            follow_up: How long people were followed up, in words, for the provenance.

        Raises:
            InputError: A column holds what it cannot hold.
            UnknownNameError: A column is not there.
        """
        table = Table(data)
        there = table.names + (scored_columns(predictor) if table.has("band") else [])
        found, spec = Asked.of(predictor, outcome, by, horizon, score, unit, bands, there)
        told = Told.of(spec.predictor, found, ())
        if told is not None:
            told = told.of_counts(table.has("band"), bool(found.labels))
        form = spec.form_column if table.has("form") else ""
        found = attrs.evolve(found, form_column=form)
        columns = Columns(
            "band" if found.unit == "band" else "score",
            "outcome",
            spec.by,
            "band" if found.banded_by == "column" and found.unit != "band" else "",
            "form" if form else "",
            "n",
            told=told,
        )
        return cls(
            found,
            spec.by,
            tabulate(table, found, columns),
            spec.provenance(found, follow_up, is_simulated(table)),
            table.library,
        )

    def to_json(self) -> str:
        """The counts as JSON text, with their provenance."""
        return countfiles.write_json(self.cells, self.score, self.by, self.provenance)

    @classmethod
    def from_json(cls, text: str) -> OutcomeCounts:
        """The counts that `to_json` wrote.

        Raises:
            InputError: It is something else, or holds what no count or score can be.
        """
        cells, score, by, provenance = countfiles.read_json(text)
        return cls(score, by, cells, provenance)

    def to_parquet(self, path: str | Path) -> None:
        """Write the counts to a Parquet file, with their provenance.

        Raises:
            MissingExtraError: PyArrow is not installed.
        """
        countfiles.write_parquet(path, self.cells, self.score, self.by, self.provenance)

    @classmethod
    def from_parquet(cls, path: str | Path) -> OutcomeCounts:
        """The counts that `to_parquet` wrote.

        Raises:
            InputError: It is something else.
            MissingExtraError: PyArrow is not installed.
        """
        cells, score, by, provenance = countfiles.read_parquet(path)
        return cls(score, by, cells, provenance, "pyarrow")

    @staticmethod
    def sql(
        table: str,
        predictor: Predictor | str | None = None,
        *,
        outcome: str,
        by: str | Sequence[str] = (),
        horizon: str | None = None,
        score: str | None = None,
        unit: str | None = None,
        bands: BandScale | str | None = None,
        followed_up: str | None = None,
        dialect: str = "duckdb",
    ) -> str:
        """The query that makes these counts in a warehouse; `from_frame` reads its result.

        Args:
            table: Name of a table with the columns of a scored cohort.
            predictor: As for `riskbands.outcome_counts`, and so the rest.
            outcome: Column of outcomes.
            by: Columns of groups.
            horizon: Horizon of the score.
            score: A plain column in place of a predictor.
            unit: The unit of that column.
            bands: Bands.
            followed_up: Column of months of follow-up.
            dialect: ``duckdb``, ``spark``, ``trino``, ``athena``, ``postgres`` or
                ``postgresql``.

        Examples:
            >>> print(OutcomeCounts.sql("scored", "ogrs3", outcome="reoffended", by="sex"))
            SELECT
              "sex" AS "sex",
              "ogrs3_2yr" AS "score",
              CASE
            ...
              COUNT(*) AS "n"
            FROM "scored"
            GROUP BY 1, 2, 3
        """
        columns = scored_columns(predictor)
        found, spec = Asked.of(predictor, outcome, by, horizon, score, unit, bands, columns)
        return count_query(
            table, found, outcome, spec.by, followed_up=followed_up,
            months=horizon_months(spec.horizon), dialect=dialect,
        )  # fmt: skip

    # -- showing -----------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What is counted, in a few words; first of all whether people are simulated."""
        by = f" by {', '.join(self.by)}" if self.by else ""
        return f"{made_up(self.simulated)}{self.score.column} by {self.provenance['outcome']}{by}"

    def __repr__(self) -> str:
        people = "some not shown" if self.suppressed else f"{self.total:,} people"
        return f"<OutcomeCounts {self.title}: {people}, {len(self.cells.n):,} cells>"
