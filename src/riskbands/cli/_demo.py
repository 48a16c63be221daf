"""``riskbands demo``: a look at a cohort in the terminal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import riskbands
from riskbands.cli import _terminal as terminal
from riskbands.cli._plan import OptionError, Plan
from riskbands.cli._score import print_issues, tables_of
from riskbands.cli._summary import Summary
from riskbands.cohorts import files
from riskbands.display import TOGETHER

if TYPE_CHECKING:
    import pyarrow as pa

    from riskbands.instruments.predictor import Predictor

__all__ = ["demo"]

_FIRST_ROWS = 8
_BAR = 30
#: Predictors whose numbers stand in the first rows: the best known, one of each kind.
_SHOWN = ("ogrs3", "ogp", "ovp", "rsr", "arp", "csrp")


def _example() -> str:
    """The bundled cohort of a checkout."""
    for folder in (Path(), Path(riskbands.__file__).parents[2]):
        if (folder / "examples" / "cohort.csv").is_file():
            return str(folder / "examples" / "cohort.csv")
    raise OptionError("this is no checkout of the project: name the file to look at")


def demo(name: str | None) -> None:
    """Score a table and print its first rows, its bands and its issues."""
    with closing(files.open_input([name or _example()])) as table:
        plan = Plan.make(table, overwrite=True, as_text=True)
        summary = Summary(plan)
        first = None
        for part in terminal.watched(plan.score(table), table, busy=False):
            summary.add(part.added)
            first = part.whole.slice(0, _FIRST_ROWS) if first is None else first
    console = terminal.out()
    console.print(
        f"{terminal.count(summary.rows, 'row')} of {table.name}, "
        f"scored by {terminal.count(len(plan.predictors), 'predictor')}"
    )
    if first is not None:
        _print_first(console, plan, first)
    _print_bands(console, plan, summary)
    _print_scored(console, plan, summary)
    print_issues(console, summary)


def _print_first(console: terminal.Printer, plan: Plan, rows: pa.RecordBatch) -> None:
    """The first rows: case, and percentage with band of a few predictors."""
    shown = [p for p in plan.predictors if p.id in _SHOWN] or list(plan.predictors[:6])
    names = [n for n in ("case_id",) if n in plan.kept.names]
    cells = [
        (*(str(row[n]) for n in names), *(_cell(row, p) for p in shown)) for row in rows.to_pylist()
    ]
    console.print()
    console.folded("First rows, percent within two years and band; - where there is an issue")
    console.print()
    console.table((*names, *(p.name for p in shown)), cells, firm=range(len(names)))


def _cell(row: dict[str, Any], p: Predictor) -> str:
    """Percentage, or points, with the band."""
    number = row[f"{p.id}_{p.horizons[-1]}" if p.horizons else f"{p.id}_points"]
    if number is None:
        return "-"
    band = row.get(f"{p.id}_band") or ""
    unit = " %" if p.horizons else ""
    told = f"{number}{unit}".replace(" ", TOGETHER)
    return f"{told} {band.replace('not_applicable', 'n/a').replace(' ', TOGETHER)}".strip()


def _print_bands(console: terminal.Printer, plan: Plan, summary: Summary) -> None:
    width = min(_BAR, max(console.width - 50, 5))
    lines: list[tuple[str, ...]] = []
    for place, p in enumerate(p for p in plan.predictors if summary.bands.get(p.id)):
        bands = summary.bands[p.id]
        whole = sum(bands.values())
        if place:
            lines.append(("",) * 5)
        for rank, (label, rows) in enumerate(bands.items()):
            drawn = terminal.bar(rows, whole, width, plain=console.plain)
            share = terminal.share(rows, whole)
            name = "" if rank else p.id
            lines.append((name, label.replace("_", " "), f"{rows:,}", share, drawn))
    if lines:
        console.print("\nBands\n")
        console.table(("predictor", "band", "rows", "share", ""), lines, (2, 3), firm=(0, 1, 4))


def _print_scored(console: terminal.Printer, plan: Plan, summary: Summary) -> None:
    rows: list[tuple[str, ...]] = []
    for p in plan.predictors:
        scored = summary.scored[p.id]
        rows.append((p.id, f"{scored:,}", f"{summary.rows - scored:,}", tables_of(p)))
    console.print("\nScored\n")
    console.table(("predictor", "scored", "with issues", "coefficients"), rows, (1, 2), firm=(0,))
    if summary.issues:
        console.print("\nIssues")
