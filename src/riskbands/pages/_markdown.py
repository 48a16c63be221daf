"""Markdown that no text of a file can break."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["code", "codes", "itemised", "plain", "ranged", "table"]


def plain(text: object) -> str:
    """Text that stands in Markdown and in a cell of a table as it is."""
    words = " ".join(str(text).split())
    for character in "\\|<>[]*_`#":
        words = words.replace(character, "\\" + character)
    return words


def code(text: str) -> str:
    """Text as code, on one line; a bar would end a cell of a table there too."""
    return f"`{' '.join(text.replace('`', '').split())}`".replace("|", "\\|")


def codes(names: Any) -> str:
    """One name, or several, each as code."""
    return ", ".join(map(code, [names] if isinstance(names, str) else names))


def table(head: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    names = list(head)
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def itemised(items: Iterable[str], *, numbered: bool = False) -> str:
    """A list."""
    return "\n".join(f"{f'{n}.' if numbered else '-'} {text}" for n, text in enumerate(items, 1))


def ranged(numbers: Any) -> list[str]:
    """What a table of a file gives for each range or category, as the file has it."""
    if not isinstance(numbers, Mapping):
        return [plain(n) for n in (numbers if isinstance(numbers, list | tuple) else [numbers])]
    return [f"{plain(k)}: {', '.join(ranged(v))}" for k, v in numbers.items()]
