"""Printing: consoles that obey NO_COLOR and the width, tables without frames, bars, progress."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from riskbands.cli._plan import ScoredRows
    from riskbands.cohorts.files import TableInput

__all__ = ["bar", "count", "err", "grid", "out", "paragraphs", "share", "watched"]

_EIGHTHS = " ▏▎▍▌▋▊▉"


def _console(*, stderr: bool) -> Console:
    # loaded here: a quiet run prints nothing
    from rich.console import Console

    class Closing(Console):
        """A console that leaves a closed pipe to the caller."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Closing(stderr=stderr, markup=False, highlight=False, emoji=False)


def out() -> Console:
    """Standard output."""
    return _console(stderr=False)


def err() -> Console:
    """Standard error."""
    return _console(stderr=True)


def grid(*headings: str, right: Sequence[int] = (), firm: Sequence[int] = (0,)) -> Table:
    """A table without frame.

    Args:
        *headings: Of its columns.
        right: Columns of numbers.
        firm: Columns that are not folded.
    """
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        table.add_column(
            heading,
            justify="right" if place in right else "left",
            no_wrap=place in firm or place in right,
            overflow="fold",
        )
    return table


def count(number: int, noun: str) -> str:
    """``1 row``, ``1,000 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share(part: int, whole: int) -> str:
    """A percentage with one decimal."""
    return f"{100 * part / whole:.1f} %" if whole else ""


def bar(part: int, whole: int, width: int, *, plain: bool) -> str:
    """A bar whose length is the share of ``part``.

    Args:
        part: What is shown.
        whole: What the full width stands for.
        width: In characters.
        plain: Use ``#`` only, for terminals without block characters.
    """
    if not whole:
        return ""
    eighths = round(8 * width * part / whole)
    if plain:
        return "#" * max(round(eighths / 8), int(part > 0))
    full, rest = divmod(max(eighths, int(part > 0)), 8)
    return "█" * full + _EIGHTHS[rest].strip()


def paragraphs(console: Console, texts: Iterable[str], indent: str = "  ") -> None:
    """Print texts, each folded under its bullet."""
    for text in texts:
        folded = textwrap.wrap(
            text,
            max(console.width, 30),
            initial_indent=f"{indent}- ",
            subsequent_indent=f"{indent}  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        console.print("\n".join(folded), soft_wrap=True)


def watched(parts: Iterable[ScoredRows], table: TableInput, *, busy: bool) -> Iterator[ScoredRows]:
    """The parts, with a progress bar on standard error where that is a terminal.

    Args:
        parts: What is made of the table.
        table: What is read.
        busy: Whether standard error is needed for something else.
    """
    if busy or not sys.stderr.isatty():
        yield from parts
        return
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    rows = 0
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task("scoring", total=table.size)
        for part in parts:
            yield part
            rows += part.added.num_rows
            progress.update(task, completed=table.position, description=count(rows, "row"))
