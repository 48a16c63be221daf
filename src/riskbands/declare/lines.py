"""Where in the text of a TOML file a value stands."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Path

__all__ = ["Lines"]

_HEADER: Final = re.compile(r"\s*\[(\[?)([^\]]+)\]")
_KEY: Final = re.compile(r"""\s*((?:[\w-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*[\w-]+)*)\s*=""")
_BARE: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)
_LONG: Final = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}', re.DOTALL)


class Lines:
    """The lines of a file, looked up by the place of a value.

    Args:
        text: The file.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, path: Path) -> int:
        """The line of the value at ``path``, or of what holds it."""
        for length in range(len(path), 0, -1):
            for known in (self._found, self._implied):
                if path[:length] in known:
                    return known[path[:length]]
        return 1

    @cached_property
    def _implied(self) -> Mapping[Path, int]:
        """The first line of what has no line of its own: of ``a``, where only ``[a.b]`` stands."""
        implied: dict[Path, int] = {}
        for path, number in self._found.items():
            for length in range(1, len(path)):
                implied.setdefault(path[:length], number)
        return implied

    @cached_property
    def _found(self) -> Mapping[Path, int]:
        """The line of each key and header."""
        text = _LONG.sub(lambda m: "\n" * m[0].count("\n"), self._text)
        found: dict[Path, int] = {}
        counts: dict[Path, int] = {}
        here: Path = ()

        def placed(words: tuple[str, ...]) -> Path:
            path: Path = ()
            for word in words:
                path = (*path, word)
                if path in counts:
                    path = (*path, counts[path])
            return path

        for number, line in enumerate(text.split("\n"), 1):
            if match := _HEADER.match(line):
                words = _words(match[2])
                if match[1]:
                    array = (*placed(words[:-1]), *words[-1:])
                    counts[array] = counts.get(array, -1) + 1
                    found.setdefault(array, number)
                here = placed(words)
                found.setdefault(here, number)
            elif match := _KEY.match(line):
                found.setdefault((*here, *_words(match[1])), number)
        return found


def _words(text: str) -> tuple[str, ...]:
    """The parts of a dotted key."""
    text = text.strip()
    if _BARE.fullmatch(text):
        return tuple(text.split("."))
    node: object
    try:
        node = tomllib.loads(f"{text} = 1")
    except (ValueError, RecursionError):
        return ()
    found = []
    while isinstance(node, dict):
        ((word, node),) = node.items()
        found.append(word)
    return tuple(found)
