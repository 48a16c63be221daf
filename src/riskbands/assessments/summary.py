"""Tables for a terminal and a notebook; every text is escaped for HTML.

Each assessment says for itself what its tables hold. Neither identifiers nor dates of birth are
shown.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.score import Score

__all__ = ["NOTHING", "Summary", "Table", "as_text", "scores_table", "summary_of"]

#: Stands where nothing is recorded.
NOTHING = "-"


@attrs.frozen(repr=False)
class Table:
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
        lines = [self.columns, *self.rows]
        wide = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        texts = ("  ".join(t.ljust(w) for t, w in zip(line, wide, strict=True)) for line in lines)
        return "\n".join([self.title, *(f"  {text}".rstrip() for text in texts)])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(c)}</th>" for c in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>"
            for row in self.rows
        )
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@attrs.frozen(repr=False)
class Summary:
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
