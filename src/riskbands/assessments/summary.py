"""Tables for a terminal and a notebook; every text is escaped for HTML.

Each assessment says for itself what its tables hold. Neither identifiers nor dates of birth are
shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.display import WIDTH, html_table, text_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.score import Score

__all__ = ["NOTHING", "Summary", "Table", "as_text", "scores_table", "summary_of"]

#: Stands where nothing is recorded.
NOTHING = "-"


@attrs.frozen(eq=False, repr=False)
class Table(ByFields):
    """One table of a summary.

    Attributes:
        title: What it shows.
        columns: Headings.
        rows: Texts, one for each column.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __repr__(self) -> str:
        return f"<Table {self.title!r}: {len(self.rows)} rows>"

    def __str__(self) -> str:
        every = range(len(self.columns))
        table = text_table(self.columns, self.rows, left=every, width=WIDTH, indent="  ")
        return f"{self.title}\n{table}"

    def _repr_html_(self) -> str:
        return html_table(self.columns, self.rows, self.title)


@attrs.frozen(eq=False, repr=False)
class Summary(ByFields):
    """Tables of an assessment; ``print`` shows them, and so does a notebook.

    Attributes:
        title: What is summarised.
        tables: The tables; one without rows is left out.
    """

    title: str
    tables: tuple[Table, ...]

    def __repr__(self) -> str:
        titles = ", ".join(table.title for table in self.tables)
        return f"<Summary {self.title!r}: {titles}>"

    def __str__(self) -> str:
        return "\n\n".join([self.title, *map(str, self.tables)])

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for table in self.tables)
        import html

        return f"<div><p>{html.escape(self.title)}</p>{tables}</div>"


def summary_of(title: str, *tables: Table) -> Summary:
    """A summary of the tables that have rows."""
    return Summary(title, tuple(table for table in tables if table.rows))


def as_text(value: object) -> str:
    """The text of a cell; a dash for None."""
    return NOTHING if value is None else str(value)


def scores_table(scores: Mapping[str, Score]) -> Table:
    """The scores of a case, as `riskbands.score` gives them."""
    columns = ("predictor", "1 year", "2 years", "band", "form")
    return Table("Scores", columns, tuple(tuple(_cells(found)) for found in scores.values()))


def _cells(found: Score) -> Iterator[str]:
    yield found.predictor
    for horizon in ("1yr", "2yr"):
        percent = found.percent.get(horizon)
        yield NOTHING if percent is None else f"{percent} %"
    yield as_text(found.band)
    yield as_text(found.form)
