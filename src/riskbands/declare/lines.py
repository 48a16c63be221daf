"""Where in the text of a TOML file a value stands."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from riskbands.declare.faults import Path

__all__ = ["line_of"]

_HEADER: Final = re.compile(r"\s*\[(\[?)([^\]]+)\]")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*[\w-]+)*)\s*=""")
_LONG: Final = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}', re.S)


def _words(text: str) -> tuple[str, ...]:
    """The parts of a dotted key."""
    node: object
    try:
        node = tomllib.loads(f"{text} = 1")
    except ValueError:
        return ()
    found = []
    while isinstance(node, dict):
        ((word, node),) = node.items()
        found.append(word)
    return tuple(found)


def line_of(text: str, path: Path) -> int:
    """The line of the value at ``path``, or of what holds it."""
    text = _LONG.sub(lambda m: "\n" * m[0].count("\n"), text)
    counts: dict[Path, int] = {}
    here: Path = ()
    best, deepest = 1, 0

    def placed(words: tuple[str, ...]) -> Path:
        found: Path = ()
        for word in words:
            found = (*found, word)
            if found in counts:
                found = (*found, counts[found])
        return found

    for number, line in enumerate(text.split("\n"), 1):
        if match := _HEADER.match(line):
            words = _words(match[2])
            if match[1]:
                array = (*placed(words[:-1]), *words[-1:])
                counts[array] = counts.get(array, -1) + 1
            here = found = placed(words)
        elif match := _KEY.match(line):
            found = (*here, *_words(match[1]))
        else:
            continue
        if len(found) > deepest and path[: len(found)] == found:
            best, deepest = number, len(found)
    return best
