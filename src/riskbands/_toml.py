"""TOML: the one writer of this package, and `tomllib` with one error for whatever a file holds.

Text may hold any character that a file can hold, control characters included.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from riskbands._patterns import pattern
from riskbands.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["decoded", "dumps", "key", "loads", "read", "value"]

_BARE: Final = pattern(r"[A-Za-z0-9_-]+")
#: Dots of one key, at most: `tomllib` takes time by the square of their number.
_MOST_DOTS: Final = 30
#: A text, closed or not, or a comment. What is open is wrong there, and nothing after it is read.
_TEXT_OR_COMMENT: Final = pattern(
    r"""\"{3}(?:\\.|[^\\])*?(?:\"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z)"""
    r"""|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|\#[^\n]*""",
    re.DOTALL,
)
#: More dots than that with nothing but names between them; Q stands for a text.
_DOTTED: Final = pattern(rf"\.(?:[ \t]*[A-Za-z0-9_-]+[ \t]*\.){{{_MOST_DOTS}}}")


def dumps(data: Mapping[str, Any]) -> str:
    """A mapping as the text of a TOML file.

    Plain values come first, then tables, in the order of the mapping; a list of mappings becomes
    an array of tables.

    Args:
        data: Texts, whole numbers, floats, truths, dates and times, and lists and mappings of
            them. There is no None in TOML.

    Raises:
        TypeError: A value or key has no form in TOML.
        ValueError: A text holds half of a surrogate pair, which no file can hold.

    Examples:
        >>> print(dumps({"id": "x", "band": [{"label": "Low"}]}), end="")
        id = "x"
        <BLANKLINE>
        [[band]]
        label = "Low"
    """
    return "\n".join(_lines(data, ())).lstrip("\n") + "\n"


def _lines(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    later: list[tuple[tuple[str, ...], Any]] = []
    for name, item in data.items():
        if isinstance(item, Mapping) or _is_rows(item):
            later.append(((*path, key(name)), item))
        else:
            yield f"{key(name)} = {value(item)}"
    for inner, item in later:
        dotted = ".".join(inner)
        if isinstance(item, Mapping):
            yield from ("", f"[{dotted}]")
            yield from _lines(item, inner)
            continue
        for row in item:
            yield from ("", f"[[{dotted}]]")
            yield from _lines(row, inner)


def _is_rows(item: object) -> bool:
    return (
        isinstance(item, list | tuple)
        and len(item) > 0
        and all(isinstance(row, Mapping) for row in item)
    )


def key(name: str) -> str:
    """A key, quoted where it needs to be."""
    if not isinstance(name, str):
        raise TypeError(f"a key of TOML is a text, not a value of type {type(name).__name__}")
    return name if _BARE.fullmatch(name) else value(name)


def value(item: Any) -> str:
    """A value on one line.

    Raises:
        TypeError: It has no form in TOML.
        ValueError: It is a text with half of a surrogate pair.
    """
    match item:
        case str():
            return _text(item)
        case bool():
            return "true" if item else "false"
        case int():
            return str(item)
        case float():
            return repr(item) if math.isfinite(item) else f"{item}"
        case datetime() | date() | time():
            return item.isoformat()
        case Mapping():
            return "{" + ", ".join(f"{key(k)} = {value(v)}" for k, v in item.items()) + "}"
        case Sequence() if not isinstance(item, bytes | bytearray):
            return "[" + ", ".join(map(value, item)) + "]"
    raise TypeError(f"a value of type {type(item).__name__} has no form in TOML")


def _text(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("a text has half of a surrogate pair, which no file can hold; remove it")
    # TOML writes texts as JSON does, except for DEL.
    import json

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def loads(text: str, name: str) -> dict[str, Any]:
    """What a TOML text holds.

    Args:
        text: The text.
        name: What to call it in errors.

    Raises:
        TableError: It is not TOML, is nested too deeply, or holds a number of thousands of digits
            or a key of very many dots.
    """
    import tomllib

    if not isinstance(text, str):
        raise TableError(f"{name} is not TOML: a value of type {type(text).__name__}, and no text")
    if text.count(".") > _MOST_DOTS and _DOTTED.search(_TEXT_OR_COMMENT.sub("Q", text)):
        raise TableError(f"{name} is not as expected: a key has more than {_MOST_DOTS} dots")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{name} is not TOML: {str(error)[:200]}") from None
    except RecursionError:
        raise TableError(f"{name} is not TOML: it is nested too deeply") from None
    except ValueError:
        raise TableError(f"{name} is not TOML: a number has thousands of digits") from None


def read(path: str | Path, most: int | None = None) -> str:
    """The text of a file in UTF-8, with or without a mark of its order of bytes.

    Args:
        path: The file.
        most: How many characters it may have. No more is read of a longer one.

    Raises:
        TableError: It cannot be read, is too long, or is not text in UTF-8.
    """
    from pathlib import Path

    try:
        path = Path(path)
    except TypeError:
        kind = type(path).__name__
        raise TableError(f"give the path of a file, not a value of type {kind}") from None
    try:
        with path.open("rb") as file:
            content = file.read(-1 if most is None else 4 * most + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "this is no path"
        raise TableError(f"cannot read {path}: {why}") from error
    if most is not None and len(content) > 4 * most:
        raise TableError(f"{path.name} is longer than {most:,} characters")
    text = decoded(content, path.name)
    if most is not None and len(text) > most:
        raise TableError(f"{path.name} is longer than {most:,} characters")
    return text


def decoded(content: bytes, name: str) -> str:
    """The text of a file's bytes, with line ends of its own system or another.

    Raises:
        TableError: They are not UTF-8.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(f"{name} is not text in UTF-8; save it so") from None
    return text.replace("\r\n", "\n")
