"""Whole numbers in text with something between their thousands."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from riskbands.cohorts.files._common import FileError

__all__ = ["checked_thousands", "numbers_without", "without_thousands"]

_MARKS = {",": ",", ".": r"\.", " ": " ", "\u00a0": "\u00a0", "\u202f": "\u202f", "'": "'"}


def checked_thousands(mark: str | None) -> str | None:
    """The separator, if it can be one.

    Raises:
        FileError: It cannot.
    """
    if mark is not None and mark not in _MARKS:
        raise FileError("thousands are separated by a comma, a point, a space or an apostrophe")
    return mark


def without_thousands(column: Any, mark: str) -> Any:
    """A column in which ``1,000`` is ``1000``; anything that is no such number stays as it is."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    import pyarrow.compute as pc

    numbers = pc.match_substring_regex(column, _grouped(mark))
    return pc.if_else(numbers, pc.replace_substring(column, mark, ""), column)


def numbers_without(column: pa.ChunkedArray, mark: str) -> pa.ChunkedArray:
    """A column of text without separators, if it holds nothing but whole numbers."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    import pyarrow.compute as pc

    pattern = rf"^\s*$|^\s*[0-9]+\s*$|{_grouped(mark)}"
    if not pc.all(pc.match_substring_regex(column, pattern)).as_py():
        return column
    return without_thousands(column, mark)


def _grouped(mark: str) -> str:
    return rf"^\s*[0-9]{{1,3}}(?:{_MARKS[mark]}[0-9]{{3}})+\s*$"
