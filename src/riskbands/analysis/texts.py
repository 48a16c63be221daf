"""Arrays of few different texts as codes, without looking at each text.

A row of a NumPy text array has a fixed width, so a hash of its characters stands for it. A row of
an object array is a pointer, so that stands for it. A table of 65,536 places then gives the code.
What was looked up is compared with what was asked for, so a hash that two texts share does no harm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["few_texts"]

#: Different texts at most: a byte stands for each.
MOST: Final = 255
_BLOCK: Final = 1 << 16
_WIDEST: Final = 64
_SHIFT: Final = np.uint64(48)
_MULTIPLIERS: Final = np.random.default_rng(1972).integers(
    0, 2**63, max(_WIDEST, 32), dtype=np.uint64
) * np.uint64(2) + np.uint64(1)


def few_texts(column: Any) -> tuple[NDArray[np.uint8], list[Any]] | None:
    """Codes of an array of texts, and the value of each code.

    Args:
        column: A one-dimensional array of texts, or of objects.

    Returns:
        None where it is something else, or holds more than 255 different texts or objects.
    """
    if not isinstance(column, np.ndarray) or column.ndim != 1 or not column.dtype.isnative:
        return None
    if column.dtype.kind == "O":
        keys = _pointers(column)
    elif column.dtype.kind == "U" and 0 < column.itemsize // 4 <= _WIDEST:
        keys = _hashes(column)
    else:
        return None
    known = _Known()
    codes = np.empty(len(column), dtype=np.uint8)
    for start, key in keys:
        found = known.codes(key, column[start : start + len(key)])
        if found is None:
            return None
        codes[start : start + len(key)] = found
    return codes, known.values


def _pointers(column: NDArray[Any]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    """Where each object lies; equal places are the same object, which the array keeps alive."""
    whole = np.ascontiguousarray(column)
    places = np.ndarray(whole.shape, np.uintp, buffer=whole)
    for start in range(0, len(places), _BLOCK):
        yield start, places[start : start + _BLOCK].astype(np.uint64)


def _hashes(column: NDArray[Any]) -> Iterator[tuple[int, NDArray[np.uint64]]]:
    """A hash of the characters of each text."""
    width = column.itemsize // 4
    characters = np.ascontiguousarray(column).view(np.uint32).reshape(len(column), width)
    for start in range(0, len(column), _BLOCK):
        block = characters[start : start + _BLOCK].T.astype(np.uint64)
        key = block[0] * _MULTIPLIERS[0]
        for characters_there, multiplier in zip(block[1:], _MULTIPLIERS[1:], strict=False):
            characters_there *= multiplier
            key += characters_there
        yield start, key


class _Known:
    """The keys that were met, and the value that each stands for."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._keys = np.zeros(1, dtype=np.uint64)
        self._table = np.zeros(1 << 16, dtype=np.uint8)
        self._multiplier = _MULTIPLIERS[0]
        self._texts: NDArray[Any] | None = None

    def codes(self, key: NDArray[np.uint64], column: NDArray[Any]) -> NDArray[np.uint8] | None:
        """Codes of a block of rows; None where there are too many, or two share a hash."""
        codes = self._look_up(key)
        unknown = self._keys.take(codes) != key if self.values else np.ones(len(key), np.bool_)
        if unknown.any():
            if not self._learn(key, column, np.flatnonzero(unknown)):
                return None
            codes = self._look_up(key)
        if self._texts is not None:
            width = self._texts.shape[1]
            characters = np.ascontiguousarray(column).view(np.uint32).reshape(len(column), width)
            if not np.array_equal(self._texts.take(codes, axis=0), characters):
                return None
        return codes

    def _look_up(self, key: NDArray[np.uint64]) -> NDArray[np.uint8]:
        found: NDArray[np.uint8] = self._table.take(self._slots(key))
        return found

    def _slots(self, key: NDArray[np.uint64]) -> NDArray[np.intp]:
        slots: NDArray[np.intp] = ((key * self._multiplier) >> _SHIFT).astype(np.intp)
        return slots

    def _learn(
        self, key: NDArray[np.uint64], column: NDArray[Any], rows: NDArray[np.int64]
    ) -> bool:
        new, first = np.unique(key[rows], return_index=True)
        if len(self.values) + len(new) > MOST:
            return False
        self._keys = np.append(self._keys[: len(self.values)], new)
        self.values += column[rows[first]].tolist()
        if column.dtype.kind == "U":
            width = column.itemsize // 4
            self._texts = np.array(self.values, column.dtype).view(np.uint32).reshape(-1, width)
        for multiplier in _MULTIPLIERS:
            self._multiplier = multiplier
            slots = self._slots(self._keys)
            if len(np.unique(slots)) == len(slots):
                self._table[slots] = np.arange(len(slots), dtype=np.uint8)
                return True
        return False
