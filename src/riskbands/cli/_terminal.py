"""Printing: tables as wide as the terminal, bars, folded texts, progress."""

from __future__ import annotations

import os
import sys
import textwrap
from typing import TYPE_CHECKING, TextIO

from riskbands.display import TOGETHER, WIDTH, text_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from riskbands.cli._plan import ScoredRows
    from riskbands.cohorts.files import TableInput

__all__ = ["Printer", "bar", "count", "err", "out", "paragraphs", "share", "watched", "write"]

_EIGHTHS = " ▏▎▍▌▋▊▉"


class Printer:
    """Prints lines to a stream, in characters that it has, and knows how wide it is.

    Args:
        stream: Where to; None, as for one that is closed, is nowhere.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    @property
    def _encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "ascii"

    @property
    def plain(self) -> bool:
        """Whether the stream may lack the characters of lines and bars."""
        return not self._encoding.lower().startswith("utf")

    @property
    def width(self) -> int:
        """In characters: the variable ``COLUMNS``, that of the terminal, or 80."""
        given = os.environ.get("COLUMNS", "")
        if given.isdecimal() and int(given) > 0:
            return int(given)
        try:
            number = -1 if self._stream is None else self._stream.fileno()
            return os.get_terminal_size(number).columns or WIDTH
        except (OSError, ValueError):
            return WIDTH

    def print(self, text: str = "") -> None:
        """Print a text and the end of its line.

        Raises:
            BrokenPipeError: Nobody reads any more.
        """
        if self._stream is None:
            return
        if self.plain:
            text = text.encode(self._encoding, "replace").decode(self._encoding)
        print(text, file=self._stream, flush=True)

    def folded(self, text: str, first: str = "", others: str = "") -> None:
        """Print a text folded between words.

        Args:
            text: Without ends of lines; it is not folded at `TOGETHER`.
            first: What stands before its first line.
            others: What stands before its other lines.
        """
        lines = textwrap.wrap(
            text,
            max(self.width, 30),
            initial_indent=first,
            subsequent_indent=others,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.print("\n".join(lines).replace(TOGETHER, " "))

    def table(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        right: Collection[int] = (),
        firm: Collection[int] | None = None,
    ) -> None:
        """Print a table with a line under its headings, if it has any.

        Args:
            headings: Of its columns.
            rows: Their cells.
            right: Columns of numbers.
            firm: If it is not None, long words of the columns that are not in it are broken
                where the terminal is narrow. A name that somebody may copy is better not broken.
        """
        left = [n for n in range(len(headings)) if n not in right]
        rule = "-" if self.plain else "─"
        whole = None if firm is None else [*firm, *right]
        self.print(text_table(headings, rows, left=left, width=self.width, rule=rule, firm=whole))


def write(text: str) -> None:
    """Write to standard output what a program or a file is to take: in UTF-8, whatever it is.

    Args:
        text: With the ends of its lines.
    """
    if sys.stdout is None:
        return
    raw = getattr(sys.stdout, "buffer", None)
    if raw is None or sys.stdout.isatty():
        out().print(text.removesuffix("\n"))
        return
    sys.stdout.flush()
    raw.write(text.encode())
    raw.flush()


def out() -> Printer:
    """Standard output."""
    return Printer(sys.stdout)


def err() -> Printer:
    """Standard error."""
    return Printer(sys.stderr)


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


def paragraphs(console: Printer, texts: Iterable[str], indent: str = "  ") -> None:
    """Print texts, each folded under its bullet."""
    for text in texts:
        console.folded(text, f"{indent}- ", f"{indent}  ")


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
    from rich.console import Console
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
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("scoring", total=table.size)
        for part in parts:
            yield part
            rows += part.added.num_rows
            progress.update(task, completed=table.position, description=count(rows, "row"))
