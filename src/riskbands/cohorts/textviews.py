"""Texts of Arrow as they lie in memory: of each its length and first bytes, sixteen bytes in all.

Polars keeps its texts so, and PyArrow makes this of others faster than anything can be gathered
from them. A text of up to twelve bytes is all there, so that whole columns are compared at once.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["MOST_BYTES", "MOST_INSIDE", "TextViews"]

#: Bytes of a text that lie in its view, and before them those of its length.
MOST_INSIDE: Final = 12
_BEFORE: Final = 4
#: Of a longer text a view has the first four bytes; two windows of eight hold the others.
_WINDOW: Final = 8
#: Texts up to so many bytes can be compared with each other.
MOST_BYTES: Final = _BEFORE + 2 * _WINDOW
_LOW: Final = np.uint64(0xFFFFFFFF)
_HIGH: Final = np.uint64(32)


class TextViews:
    """The texts of an array of ``string_view`` or ``binary_view`` in memory; it has rows.

    Args:
        first: Rows before the first.
        rows: How many there are.
        there: Bits of the rows, 0 where a text is missing, or None for nowhere.
        views: Sixteen bytes for each row.
        data: Bytes of texts that have no room in their views.
    """

    def __init__(
        self,
        first: int,
        rows: int,
        there: NDArray[np.uint8] | None,
        views: NDArray[np.uint8],
        data: Sequence[NDArray[np.uint8]],
    ) -> None:
        self._data = data
        self._views: NDArray[np.uint64] = views.view("<u8").reshape(-1, 2)[first:][:rows]
        self._there: NDArray[np.uint8] | None = None
        if there is not None:
            packed, before = there[first // 8 :], first % 8
            self._there = np.unpackbits(packed, count=before + rows, bitorder="little")[before:]

    def __len__(self) -> int:
        return len(self._views)

    def _part(self, dtype: str, place: int) -> NDArray[Any]:
        """Numbers of this type at a place of each view; 0 where there is no text."""
        found: NDArray[Any] = self._views.view(dtype)[:, place].copy()
        if self._there is not None:
            found *= self._there
        return found

    @cached_property
    def heads(self) -> NDArray[np.uint64]:
        """The length of each text, in the lower half, and its first four bytes."""
        return self._part("<u8", 0)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """In bytes; what is missing has none."""
        return self._part("<i4", 0)

    @cached_property
    def most(self) -> int:
        """The length of the longest text."""
        return int(self.lengths.max())

    def keys(self) -> list[NDArray[np.uint64]] | None:
        """Numbers that are all the same in two rows where these have one text.

        None where a text has more than `MOST_BYTES`.
        """
        if self.most <= _BEFORE:
            return [self.heads]
        if self.most > MOST_BYTES:
            return None
        rest = self._part("<u8", 1)
        if self.are_inside:
            return [self.heads, rest]
        last = np.zeros(len(self), np.uint64)
        long = np.flatnonzero(self.lengths > MOST_INSIDE)
        lengths, places = self.lengths[long], (rest[long] >> _HIGH).astype(np.intp)
        which = (rest[long] & _LOW).astype(np.intp)
        for n in np.flatnonzero(np.bincount(which)).tolist():
            here = which == n
            data = self._data[n]
            windows: NDArray[Any] = np.ndarray(len(data) - _WINDOW + 1, "<u8", data, 0, (1,))
            rest[long[here]] = windows[places[here] + _BEFORE]
            last[long[here]] = windows[places[here] + lengths[here] - _WINDOW]
        return [self.heads, rest, last]

    def text(self, place: int) -> bytes:
        """The text of a row; empty where it is missing."""
        length = int(self.lengths[place])
        view = self._views[place]
        if length <= MOST_INSIDE:
            return bytes(view.tobytes()[_BEFORE : _BEFORE + length])
        which, start = (int(n) for n in view.view("<i4")[2:])
        return bytes(self._data[which][start : start + length])

    @property
    def are_inside(self) -> bool:
        """Whether all texts are in their views."""
        return self.most <= MOST_INSIDE

    def character(self, place: int) -> NDArray[np.uint8]:
        """The byte at a place of each text, where `are_inside`; 0 behind its end."""
        return self._part("u1", _BEFORE + place)

    def of_width(self, width: int, rows: NDArray[np.intp] | None) -> NDArray[np.uint8]:
        """The bytes of texts of one width, in these rows or in all, where `are_inside`."""
        found = self._views.view(np.uint8)[:, _BEFORE : _BEFORE + width]
        return found if rows is None else found[rows]

    def short(self) -> NDArray[np.uint16] | None:
        """Texts of at most two bytes, the first the lower one; None where one has a 0 in it."""
        found = self._part("<u2", _BEFORE // 2)
        bytes_there = (found > 0).view(np.int8) + (found > 255).view(np.int8)
        return found if bool((bytes_there == self.lengths).all()) else None
