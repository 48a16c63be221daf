"""Lists and arrays of objects as arrays, with nothing made of a value that it is not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.arithmetic.masked import decoded

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["as_array", "ascii_texts", "named", "typed_days", "whole_numbers"]

_EPOCH = dt.date(1970, 1, 1).toordinal()
_NO_DAY = -1
_NUMBERS = (int, float, np.integer, np.floating)


def named(dtype: np.dtype[Any]) -> str:
    """A dtype in a message; not the names of the fields of a structured one."""
    return str(dtype) if dtype.names is None else "of several fields"


def as_array(column: Any) -> NDArray[Any]:
    """An array of a list or another array-like; values of several kinds are kept as they are.

    NumPy would make 1 of True beside a number, and 1 January of a year beside a day.
    """
    if hasattr(column, "__array__"):
        return np.asarray(decoded(column))
    listed = list(column)
    kinds = set(map(type, listed))
    alike = len(kinds) <= 1 and kinds.isdisjoint([str, np.datetime64])
    if kinds == {np.datetime64}:
        alike = len({value.dtype for value in listed}) == 1
    if alike or all(map(_is_number, kinds)):
        try:
            return np.asarray(listed)
        except ValueError:  # a value is itself a list: that row is malformed, not the column
            pass
    found = np.empty(len(listed), dtype=object)
    found[:] = listed
    return found


def _is_number(kind: type) -> bool:
    """Whether an array may hold values of this type beside other numbers."""
    return issubclass(kind, _NUMBERS) and not issubclass(kind, (bool, np.timedelta64))


def typed_days(values: NDArray[Any]) -> NDArray[np.datetime64] | None:
    """Days of an array of `datetime.date` and None; None if there is anything else in it."""
    if values.dtype.kind != "O":
        return None
    listed = values.tolist()
    kinds = set(map(type, listed))
    if not kinds <= {dt.date, type(None)}:
        return None
    missing = type(None) in kinds
    days = [d.toordinal() if d else _NO_DAY for d in listed] if missing else None
    ordinals = np.fromiter(map(dt.date.toordinal, listed) if days is None else days, np.int64)
    found = (ordinals - _EPOCH).view("M8[D]")
    if missing:
        found[ordinals == _NO_DAY] = np.datetime64("NaT", "D")
    return found


def _of_one_length(texts: list[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint8]] | None:
    """As `ascii_texts`, for texts in ASCII that all have the length of the first; else None."""
    if not texts or type(texts[0]) is not str:
        return None
    n, width = len(texts), len(texts[0])
    try:
        whole = "\n".join(texts)
    except TypeError:  # something is no text
        return None
    if len(whole) != n * (width + 1) - 1 or not whole.isascii() or whole.count("\n") != n - 1:
        return None
    data = np.frombuffer((whole + "\n").encode("ascii"), np.uint8).reshape(n, width + 1)
    if not bool((data[:, width] == ord("\n")).all()):
        return None
    return np.full(n, width, np.int64), np.ascontiguousarray(data[:, :width]).reshape(-1)


def whole_numbers(values: NDArray[Any]) -> NDArray[np.int64] | None:
    """The numbers of an array of objects that are all `int`; None if there is anything else."""
    if not len(values) or type(values[0]) is not int:
        return None
    listed = values.tolist()
    if set(map(type, listed)) != {int}:
        return None
    try:
        return np.array(listed, dtype=np.int64)
    except OverflowError:
        return None


def ascii_texts(values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.uint8]] | None:
    """Lengths and bytes of texts; None if there is anything but text in ASCII and None.

    Args:
        values: Array of objects or of text or bytes of fixed width.

    Returns:
        Length of each text, 0 for None, and the bytes of all, one after the other.
    """
    if values.dtype.kind == "O":
        listed = values.tolist()
        alike = _of_one_length(listed)
        if alike is not None:
            return alike
        kinds = set(map(type, listed))
        if not kinds <= {str, type(None)}:
            return None
        texts = listed if type(None) not in kinds else [text or "" for text in listed]
        whole = "".join(texts)
        if not whole.isascii():
            return None
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        return lengths, np.frombuffer(whole.encode("ascii"), np.uint8)
    unit = np.uint32 if values.dtype.kind == "U" else np.uint8
    width = values.dtype.itemsize // unit().itemsize
    native = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False))
    characters = native.view(unit).reshape(len(values), width)
    if characters.size and int(characters.max()) > 127:
        return None
    lengths = np.char.str_len(values).astype(np.int64)
    inside = np.arange(width) < lengths[:, None]
    return lengths, characters.astype(np.uint8)[inside]
