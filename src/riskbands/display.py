"""Small tables as text and as HTML; every text is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands._patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = [
    "TOGETHER",
    "WIDTH",
    "facts_html",
    "facts_text",
    "html_table",
    "html_text",
    "percent_text",
    "text_table",
]

#: Columns of a terminal that everybody has.
WIDTH = 80
_BETWEEN = 2
#: A space at which a cell is not folded; it is printed as a plain one.
TOGETHER = "\u00a0"
#: Spaces that do not break, which Python does not call printable, and the end of a line.
_SPACES = "\u00a0\u202f\n"
#: What stays on one line: an interval, a word, or words with a space that does not break between.
_WHOLE = pattern(r"[^ ]*[\[(][^\[\]()]*[\])][^ ]*|[^ ]+")


def text_table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    left: Collection[int] = (0,),
    width: int | None = None,
    indent: str = "",
    rule: str = "",
    firm: Collection[int] | None = None,
) -> str:
    """Columns beside each other, the first to the left and the others to the right.

    Args:
        head: Headings; none where all are empty.
        rows: Texts, one for each heading.
        left: Columns that stand to the left.
        width: Columns of the terminal. The widest cells are folded between words to fit; no word
            and no interval is broken, so a table of long words can be wider. None folds nothing.
        indent: What stands before each line.
        rule: A character of which a line under the headings is made.
        firm: If it is not None, long words of the columns that are not in it are broken rather
            than that the table is wider than ``width``.

    Examples:
        >>> rows = [("Low", "[0, 3)", "below three percent"), ("High", "[3, 100)", "all others")]
        >>> print(text_table(("band", "scores", "note"), rows, left=(0, 1, 2), width=30))
        band  scores    note
        Low   [0, 3)    below three
                        percent
        High  [3, 100)  all others
    """
    table = [[_one_line(cell) for cell in row] for row in (head, *rows)]
    if not any(table[0]):
        del table[0]
        rule = ""
    columns = list(zip(*table, strict=True))
    wide = [max(map(len, column)) for column in columns]
    if width is not None:
        _narrow(wide, columns, width - len(indent) - _BETWEEN * (len(wide) - 1), firm)
    lines: list[str] = []
    for row in table:
        folded = [_folded(cell, w) for cell, w in zip(row, wide, strict=True)]
        for n in range(max(map(len, folded), default=0)):
            texts = [cell[n] if n < len(cell) else "" for cell in folded]
            cells = [
                text.ljust(w) if i in left else text.rjust(w)
                for i, (text, w) in enumerate(zip(texts, wide, strict=True))
            ]
            line = indent + (" " * _BETWEEN).join(cells)
            lines.append(line.rstrip().replace(TOGETHER, " "))
        if rule and row is table[0]:
            lines.append(indent + rule * (sum(wide) + _BETWEEN * (len(wide) - 1)))
    return "\n".join(lines)


def _narrow(
    wide: list[int],
    columns: Sequence[Sequence[str]],
    room: int,
    firm: Collection[int] | None,
) -> None:
    """Make the widest columns narrower, until all fit or none can be folded further."""
    least = [
        max((len(word) for cell in column for word in _WHOLE.findall(cell)), default=0)
        for column in columns
    ]
    while sum(wide) > room:
        spare = [w if w > low else 0 for w, low in zip(wide, least, strict=True)]
        widest = max(range(len(wide)), key=spare.__getitem__)
        if spare[widest]:
            wide[widest] -= 1
        elif firm is not None:
            least = [low if n in firm else 1 for n, low in enumerate(least)]
            firm = None
        else:
            return


def _folded(cell: str, width: int) -> list[str]:
    """The lines of a cell."""
    if len(cell) <= width:
        return [cell]
    lines: list[str] = []
    for word in _WHOLE.findall(cell):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines += [word[n : n + width] for n in range(0, len(word), width)]
    return lines


def _one_line(text: str) -> str:
    """A text that cannot break a line or move the cursor."""
    return "".join(
        c if c.isprintable() or c == TOGETHER else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def facts_text(title: str, facts: Sequence[tuple[str, str]]) -> str:
    """Names and texts under a title, folded to a terminal.

    Examples:
        >>> print(facts_text("rsr", [("band", "Low"), ("form", "brief")]))
        rsr
          band  Low
          form  brief
    """
    table = text_table(("", ""), facts, left=(0, 1), width=WIDTH, indent="  ")
    return f"{title}\n{table}" if facts else title


def facts_html(title: str, facts: Sequence[tuple[str, str]], note: str = "") -> str:
    """The same as a table of HTML, with a note under it where there is one."""
    return html_table(("", ""), facts, title, note, left=True)


def percent_text(percent: float) -> str:
    """A percentage with the decimals of its instrument.

    Instruments report whole numbers, which are held as int, or two decimals, held as float.

    Examples:
        >>> percent_text(25), percent_text(2.4)
        ('25 %', '2.40 %')
    """
    return f"{percent:.2f} %" if isinstance(percent, float) else f"{percent} %"


def html_text(text: str) -> str:
    """A text that HTML takes as it stands, without characters that steer a terminal or a line."""
    import html

    shown = (c if c.isprintable() or c in _SPACES else "\N{REPLACEMENT CHARACTER}" for c in text)
    return html.escape("".join(shown))


def html_table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    caption: str = "",
    note: str = "",
    *,
    left: bool = False,
) -> str:
    """A table with headings of columns and of rows, and a note under it where there is one.

    Notebooks put cells to the right, as numbers want it; ``left`` is for cells of words.
    """
    side = ' style="text-align: left"' if left else ""
    title = f"<caption>{html_text(caption)}</caption>" if caption else ""
    top = "".join(f'<th scope="col"{side}>{html_text(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row"{side}>{html_text(first)}</th>'
        + "".join(f"<td{side}>{html_text(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    under = f"<p>{html_text(note)}</p>" if note else ""
    top = f"<thead><tr>{top}</tr></thead>" if any(head) else ""
    return f"<table>{title}{top}<tbody>{body}</tbody></table>{under}"
