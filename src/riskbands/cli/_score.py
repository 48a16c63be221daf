"""``riskbands score``: a table in, the table with its scores out."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

from riskbands._redact import column_labels
from riskbands.cli import _terminal as terminal
from riskbands.cli._plan import Plan
from riskbands.cli._summary import Summary
from riskbands.cohorts import files
from riskbands.display import TOGETHER
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind, all_fields
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands.instruments.predictor import Predictor


__all__ = ["print_issues", "report", "score", "tables_of"]

_MOST_FIELDS = 5
_MOST_COLUMNS = 8


def score(
    inputs: Sequence[str],
    output: str,
    *,
    kind: str | None,
    reading: Mapping[str, Any],
    predictors: Sequence[str],
    quiet: bool,
    safe: bool = False,
    **options: Any,
) -> None:
    """Score a table and write it.

    Args:
        inputs: Files, folders, patterns, or ``-``.
        output: A file or ``-``.
        kind: Format of the output, or None to go by its name.
        reading: For `riskbands.cohorts.files.open_input`.
        predictors: Ids; none for all whose fields are there.
        quiet: Do not print the summary.
        safe: Whether CSV is to have nothing that a spreadsheet takes for a formula.
        **options: For `riskbands.cli._plan.Plan.make`.
    """
    kind = files.format_of(output, kind)
    on_terminal = output == files.STANDARD and sys.stdout is not None and sys.stdout.isatty()
    with closing(files.open_input(inputs, **reading)) as table:
        plan = Plan.make(table, predictors, as_text=kind == "csv", **options)
        summary = Summary(plan)
        style: dict[str, Any] = {"delimiter": table.line_delimiter or ",", "marked": table.marked}
        copied = (
            not safe
            and plan.kept.names == table.schema.names
            and files.can_be_copied(table, kind, style["delimiter"])
        )
        parts = plan.score(table, copied=copied)
        parts = terminal.watched(parts, table, busy=on_terminal or quiet)
        if copied:
            with files.open_copy(output, kind, plan.result, table) as copy:
                for part in parts:
                    copy.append(part.lines, part.added)
                    summary.add(part.added)
        else:
            with files.open_output(output, kind, plan.result, safe=safe, **style) as target:
                for part in parts:
                    target.write(part.whole)
                    summary.add(part.added)
    if not quiet:
        where = "standard output" if output == files.STANDARD else output
        console = terminal.err()
        console.print(
            f"{terminal.count(summary.rows, 'row')} from {table.name} to {where}, "
            f"{terminal.count(len(plan.outputs), 'column')} added"
        )
        for remark in (*table.remarks, *plan.remarks):
            console.print(remark)
        report(console, plan, summary, predictors)


def report(
    console: terminal.Printer, plan: Plan, summary: Summary, asked: Sequence[str] = ()
) -> None:
    """Print what was scored, the issues, and what was made of the columns."""
    _print_scored(console, plan, summary)
    print_issues(console, summary)
    _print_columns(console, plan, asked)


def tables_of(p: Predictor) -> str:
    """The coefficient tables of a predictor and of those it is made from."""
    return ", ".join(t.id for t in p.tables)


def _print_scored(console: terminal.Printer, plan: Plan, summary: Summary) -> None:
    by_ident = {o.predictor.id: o.predictor for o in plan.outputs}
    rows: list[tuple[str, ...]] = []
    for ident, scored in summary.scored.items():
        bands = summary.bands.get(ident, {})
        counts = (f"{label.replace('_', ' ')} {n:,}" for label, n in bands.items())
        words = ", ".join(text.replace(" ", TOGETHER) for text in counts)
        table = tables_of(by_ident[ident])
        rows.append((ident, f"{scored:,}", terminal.share(scored, summary.rows), table, words))
    console.print()
    console.table(
        ("predictor", "scored", "share", "coefficients", "bands"), rows, (1, 2), firm=(0, 3)
    )
    banded = [f"{ident} by {plan.origin[ident]['bands']}" for ident in summary.bands]
    if banded:
        console.print(f"banded: {', '.join(banded)}")


def print_issues(console: terminal.Printer, summary: Summary) -> None:
    """Print the issues by code, with the rows concerned and the fields most often named."""
    if not summary.issues:
        return
    lines = [
        (code, f"{rows:,}", _fields(summary.fields.get(code, {}), rows))
        for code, rows in sorted(summary.issues.items(), key=_most_first)
    ]
    console.print()
    console.table(("issue", "rows", "fields"), lines, (1,), firm=(0,))


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _fields(named: Mapping[str, int], rows: int) -> str:
    """Fields with the rows they are named in, where these differ from the issue's."""
    ordered = sorted(named.items(), key=_most_first)
    words = [name if n == rows else f"{name}{TOGETHER}{n:,}" for name, n in ordered[:_MOST_FIELDS]]
    if len(ordered) > _MOST_FIELDS:
        words.append(f"and {len(ordered) - _MOST_FIELDS} more")
    return ", ".join(words)


def _print_columns(console: terminal.Printer, plan: Plan, asked: Sequence[str]) -> None:
    from riskbands.vocabulary.suggest import likely

    lines = []
    for ident in dict.fromkeys(asked):
        if ident in by_id:
            lacking = [f for f in by_id[ident].needs.needed if f not in plan.sources]
            instead = by_id[ident].needs.instead
            if lacking and not set(instead) & plan.sources.keys():
                lines.append(f"{ident} lacks the columns {', '.join(lacking)}")
    absent = _absent(plan)
    if absent:
        lines.append(f"used if given, and not in the table: {_some(absent)}")
    alike = likely(plan.names, plan.sources)
    for column, name in alike.items():
        lines.append(
            f"column {column!r} is not read; did you mean {name}? --rename {str(column)!r}={name}"
        )
    read = set(plan.sources.values())
    labels = column_labels(plan.names, all_fields(), quoted=False)
    unread = [
        label
        for n, label in zip(plan.names, labels, strict=True)
        if n not in read and n not in alike
    ]
    if unread:
        lines.append(f"columns kept and not read: {_some(unread)}")
    if lines:
        console.print()
    for line in lines:
        console.print(line)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_COLUMNS} more" if len(names) > _MOST_COLUMNS else ""
    return ", ".join(names[:_MOST_COLUMNS]) + more


def _absent(plan: Plan) -> list[str]:
    """Fields whose lack changes scores in silence: each counts as no, or the form is the brief one.

    Those of the extended form only where the table has half of them. Dates only where people have
    a date of birth and not an age.
    """
    there, fields = plan.sources.keys(), all_fields()
    found: dict[str, None] = {}
    for p in dict.fromkeys(o.predictor for o in plan.outputs):
        needs = p.needs
        extended = len(there & set(needs.dynamic)) * 2 >= len(needs.dynamic)
        found |= dict.fromkeys(needs.used + (needs.dynamic if extended else ()))
    dated = built_in().origin in there
    return [
        name
        for name in found
        if name not in there and (dated or name not in fields or fields[name].kind is not Kind.DATE)
    ]
