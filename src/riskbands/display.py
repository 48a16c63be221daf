"""Small tables as text and as HTML; every text is escaped."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["html_table", "html_text", "text_table"]

#: Spaces that do not break, which Python does not call printable, and the end of a line.
_SPACES = "\u00a0\u202f\n"


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns beside each other, the first to the left and the others to the right."""
    table = [[_one_line(cell) for cell in row] for row in (head, *rows)]
    wide = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, wide, strict=True))
        ).rstrip()
        for row in table
    )


def _one_line(text: str) -> str:
    """A text that cannot break a line or move the cursor."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def html_text(text: str) -> str:
    """A text that HTML takes as it stands, without characters that steer a terminal or a line."""
    shown = (c if c.isprintable() or c in _SPACES else "\N{REPLACEMENT CHARACTER}" for c in text)
    return html.escape("".join(shown))


def html_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "", note: str = ""
) -> str:
    """A table with headings of columns and of rows, and a note under it where there is one."""
    title = f"<caption>{html_text(caption)}</caption>" if caption else ""
    top = "".join(f'<th scope="col">{html_text(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{html_text(first)}</th>'
        + "".join(f"<td>{html_text(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    under = f"<p>{html_text(note)}</p>" if note else ""
    return f"<table>{title}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>{under}"
