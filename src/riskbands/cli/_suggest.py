"""``riskbands suggest``: which fields the columns of a table could be."""

from __future__ import annotations

import shlex
from contextlib import closing
from typing import TYPE_CHECKING, Any

from riskbands.cli import _terminal as terminal
from riskbands.cohorts import files
from riskbands.vocabulary.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["show_suggestions"]


def show_suggestions(inputs: Sequence[str], reading: Mapping[str, Any]) -> None:
    """Print the suggestions, and the options that take them.

    Args:
        inputs: Files, folders, patterns, or ``-``; no row of them is read.
        reading: For `riskbands.cohorts.files.open_input`.
    """
    console = terminal.out()
    with closing(files.open_input(inputs, **reading)) as table:
        found = suggest(table.schema.names)
        remarks = table.remarks if table.format == "excel" else ()
    for remark in remarks:  # which sheet and row the names are from
        terminal.err().print(remark)
    if not found and not found.unclear:
        console.print("no suggestions")
        return
    if found:
        rows: list[tuple[str, ...]] = []
        for column, suggestion in found.items():
            rows.append((str(column), suggestion.field, suggestion.reason))
        console.table(("column", "field", "why"), rows)
        console.print()
        options = [f"--rename {shlex.quote(f'{c}={s.field}')}" for c, s in found.items()]
        console.print("once you have read them: " + " ".join(options))
    for field, columns in found.unclear.items():
        console.print(f"{', '.join(columns)}: each could be {field}; choose one")
