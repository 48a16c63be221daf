"""An assessment in tables, for a terminal and a notebook; every text is escaped for HTML.

Neither identifiers nor dates of birth are shown.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import attrs

from riskbands.assessments.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskbands.assessments._base import Record
    from riskbands.assessments.asset_plus import AssetPlusAssessment
    from riskbands.assessments.judgement import Judgement
    from riskbands.assessments.oasys import OASysAssessment
    from riskbands.instruments.score import Score

__all__ = ["Summary", "Table", "asset_plus_summary", "oasys_summary"]

_NOTHING = "-"


@attrs.frozen
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


@attrs.frozen
class Summary:
    """Tables of an assessment; ``print`` shows them, and so does a notebook.

    Attributes:
        title: What is summarised.
        tables: The tables; one without rows is left out.
    """

    title: str
    tables: tuple[Table, ...]

    def __str__(self) -> str:
        return "\n\n".join([self.title, *map(str, self.tables)])

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for table in self.tables)
        return f"<div><p>{html.escape(self.title)}</p>{tables}</div>"


def oasys_summary(assessment: OASysAssessment) -> Summary:
    """The summary of an OASys assessment."""
    needs = [
        (SECTIONS[name].title, _text(None if need is None else need.label))
        for name, need in assessment.needs().items()
    ]
    recorded = (
        {s.section: s.score for s in assessment.sections.scores} if assessment.sections else {}
    )
    scores = [(SECTIONS[name].title, _text(score)) for name, score in recorded.items()]
    rosh = assessment.rosh
    harm = (
        [
            (n.replace("_", " "), _text(v))
            for n, v in (*rosh.by_group().items(), ("overall", rosh.overall))
        ]
        if rosh
        else []
    )
    return _summary(
        "OASys assessment",
        Table("Scores", ("predictor", "1 year", "2 years", "band", "form"), _scores(assessment)),
        Table("Section scores", ("section", "score"), tuple(scores)),
        Table("Needs", ("section", "need"), tuple(needs) if recorded else ()),
        Table("Risk of serious harm", ("to", "level"), tuple(harm)),
        _judgements(assessment.judgements),
        _sign_offs(assessment),
    )


def asset_plus_summary(assessment: AssetPlusAssessment) -> Summary:
    """The summary of an AssetPlus assessment."""
    behaviours = tuple(
        (b.what, b.to_whom, b.when, b.imminence, b.likelihood, b.impact)
        for b in assessment.future_behaviours
    )
    mappa = ((_text(assessment.mappa_category), _text(assessment.mappa_level)),)
    managed = assessment.mappa_category is not None or assessment.mappa_level is not None
    columns = ("what", "to whom", "when", "imminence", "likelihood", "impact")
    return _summary(
        "AssetPlus assessment",
        _judgements(assessment.judgements),
        Table("MAPPA", ("category", "level"), mappa if managed else ()),
        Table("Future behaviours", columns, behaviours),
        _sign_offs(assessment),
    )


def _summary(title: str, *tables: Table) -> Summary:
    return Summary(title, tuple(table for table in tables if table.rows))


def _text(value: object) -> str:
    return _NOTHING if value is None else str(value)


def _scores(assessment: Record) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(_score(found)) for found in assessment.scores().values())


def _score(found: Score) -> Iterator[str]:
    yield found.predictor
    for horizon in ("1yr", "2yr"):
        percent = found.percent.get(horizon)
        yield _NOTHING if percent is None else f"{percent} %"
    yield _text(found.band)
    yield _text(found.form)


def _judgements(judgements: Iterable[Judgement]) -> Table:
    columns = ("about", "computed", "final", "departure", "rationale", "countersigned")
    rows = (
        (
            j.about.replace("_", " "),
            _text(j.computed),
            j.final.label,
            _NOTHING if j.departure is None else f"{j.departure:+d}" if j.departure else "0",
            j.rationale or _NOTHING,
            "yes" if j.countersigned else "no",
        )
        for j in judgements
    )
    return Table("Judgements", columns, tuple(rows))


def _sign_offs(assessment: Record) -> Table:
    signed = assessment.signed_off
    rows = (
        (part.replace("_", " "), "in force" if part in signed else "needed")
        for part in assessment.sign_off_parts
    )
    return Table("Sign-off", ("part", "sign-off"), tuple(rows))
