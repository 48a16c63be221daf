"""Lists and arrays of objects as arrays, with nothing made of a value that it is not."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.arithmetic.masked import decoded, loaded
from riskbands.cohorts.sidebyside import SideBySide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["Addresses", "as_array", "ascii_texts", "named", "typed_days", "whole_numbers"]

_EPOCH = dt.date(1970, 1, 1).toordinal()
_NO_DAY = -1
_LINE_END = ord("\n")
#: Numbers below this are one object each in CPython.
_SMALL = 257
_NO_NUMBER = np.iinfo(np.int64).min
#: Objects lie at multiples of 2 to this power, and small numbers within so many of them.
_ALIGNED, _MOST_PLACES = 3, 1 << 14
_NUMBERS = (int, float, np.integer)
#: An array of texts has no NUL at the end, and of a member of an Enum its name.
_NEVER_CHANGED = (str, bytes, np.datetime64)


def named(dtype: np.dtype[Any]) -> str:
    """A dtype in a message; not the names of the fields of a structured one."""
    return str(dtype) if dtype.names is None else "of several fields"


def as_array(column: Any) -> NDArray[Any]:
    """An array of a list or another array-like; values of several kinds are kept as they are.

    NumPy would make 1 of True beside a number, 1 January of a year beside a day, and more digits of
    a short float beside a long one.
    """
    if hasattr(column, "__array__"):
        return np.asarray(decoded(column))
    listed = list(column)
    kinds = set(map(type, listed))
    alike = len(kinds) <= 1 and not any(issubclass(kind, _NEVER_CHANGED) for kind in kinds)
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


class Addresses:
    """Where the objects of an array lie in memory: equal numbers are one and the same object."""

    def __init__(self, objects: NDArray[Any]) -> None:
        self._objects = objects  # alive while somebody looks at the addresses
        self.__array_interface__ = {
            "version": 3,
            "shape": objects.shape,
            "strides": objects.strides,
            "typestr": np.dtype(np.uintp).str,
            "data": (objects.__array_interface__["data"][0], True),
        }


def typed_days(values: NDArray[Any]) -> NDArray[np.datetime64] | None:
    """Days of an array of `datetime.date` and None; None if there is anything else in it."""
    if values.dtype.kind != "O" or not len(values) or isinstance(values[0], str):
        return None
    listed = values.tolist()
    n, kinds = len(listed), list(map(type, listed))
    missing = n - kinds.count(dt.date)
    if missing and missing != kinds.count(type(None)):  # as a moment is, which has a time zone
        return None
    array, days_only = loaded("pyarrow", "array"), loaded("pyarrow", "date32")
    if array is not None and days_only is not None:  # whose own loop is sooner done
        read: NDArray[np.datetime64] = array(listed, days_only()).to_numpy(False)
        return read
    ordinals: Iterator[int] = map(dt.date.toordinal, listed)
    if missing:
        ordinals = (_NO_DAY if day is None else day.toordinal() for day in listed)
    days = np.fromiter(ordinals, np.int64, n)
    found = (days - _EPOCH).view("M8[D]")
    if missing:
        found[days == _NO_DAY] = np.datetime64("NaT", "D")
    return found


def _in_lines(texts: list[Any]) -> SideBySide | None:
    """As `ascii_texts`, for texts in ASCII without line ends; else None."""
    try:
        whole = "\n".join(texts) + "\n"
    except TypeError:  # something is no text
        return None
    if not whole.isascii():
        return None
    n, data = len(texts), np.frombuffer(whole.encode("ascii"), np.uint8)
    width = len(texts[0]) + 1
    is_end = data == _LINE_END
    if np.count_nonzero(is_end) != n:
        return None
    if len(data) == n * width and bool(is_end[width - 1 :: width].all()):
        return SideBySide(np.full(n, width - 1, np.int64), data, 1)
    lengths = np.diff(np.flatnonzero(is_end), prepend=-1)
    lengths -= 1
    return SideBySide(lengths, data, 1)


def whole_numbers(
    values: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.bool_] | None] | None:
    """The numbers of an array of `int` and None, and where None is, if anywhere.

    None if there is anything else in it.
    """
    if not len(values) or type(values[0]) not in (int, type(None)):
        return None
    addresses = np.asarray(Addresses(values))
    _, first, table = _small_numbers()
    places = np.minimum((addresses - first) >> np.uintp(_ALIGNED), np.uintp(len(table) - 1))
    found: NDArray[np.int64] = table.take(places.view(np.intp))
    others = found == _NO_NUMBER
    if not others.any():
        return found, None
    missing = addresses == np.uintp(id(None))
    others ^= missing
    found[missing] = 0
    listed = values[others].tolist()
    if not set(map(type, listed)) <= {int}:
        return None
    try:
        found[others] = listed
    except OverflowError:
        return None
    return found, missing if missing.any() else None


@cache
def _small_numbers() -> tuple[list[int], np.uintp, NDArray[np.int64]]:
    """Small numbers of which Python has one object each, found by where these lie in memory.

    Returns:
        The numbers, which stay where they are; the first place; and the number at each place from
        there, in steps of so many bytes as objects are aligned to. The last is at no place.
    """
    numbers = list(range(_SMALL))
    places = np.array([id(number) for number in numbers], np.uintp)
    first = places.min()
    places = (places - first) >> np.uintp(_ALIGNED)
    kept = places < _MOST_PLACES
    table = np.full(int(places[kept].max()) + 2, _NO_NUMBER, np.int64)
    table[places[kept]] = np.flatnonzero(kept)
    return numbers, first, table


def ascii_texts(values: NDArray[Any]) -> SideBySide | None:
    """The bytes of texts; None if there is anything but text in ASCII and None.

    Args:
        values: Array of objects or of text or bytes of fixed width.
    """
    if values.dtype.kind == "O":
        listed = values.tolist()
        found = _in_lines(listed) if listed and isinstance(listed[0], str) else None
        if found is not None:
            return found
        kinds = set(map(type, listed))
        if not kinds <= {str, type(None)}:
            return None
        texts = listed if type(None) not in kinds else [text or "" for text in listed]
        whole = "".join(texts)
        if not whole.isascii():
            return None
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        return SideBySide(lengths, np.frombuffer(whole.encode("ascii"), np.uint8))
    unit = np.uint32 if values.dtype.kind == "U" else np.uint8
    width = values.dtype.itemsize // unit().itemsize
    if not width:
        return SideBySide(np.zeros(len(values), np.int64), np.zeros(0, np.uint8))
    native = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("="), copy=False))
    characters = native.view(unit).reshape(len(values), width)
    if characters.size and int(characters.max()) > 127:
        return None
    lengths = np.char.str_len(values).astype(np.int64)
    inside = np.arange(width) < lengths[:, None]
    return SideBySide(lengths, characters.astype(np.uint8)[inside])
