"""Texts that lie one after the other in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SideBySide"]

#: Which bits of two bytes, the first the lower one, belong to a text, by its length.
_INSIDE = np.array([0, 0xFF, 0xFFFF], np.uint16)


@attrs.frozen(eq=False)
class SideBySide:
    """Texts that lie one after the other.

    Attributes:
        lengths: In bytes; what is missing has none.
        data: The bytes of all texts.
        between: How many bytes behind each text belong to none.
    """

    lengths: NDArray[Any]
    data: NDArray[np.uint8]
    between: int = 0

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where each text begins."""
        steps = self.lengths + self.between if self.between else self.lengths
        found: NDArray[np.int64] = np.cumsum(steps, dtype=np.int64)
        found -= steps
        return found

    def have_width(self, width: int) -> bool:
        """Whether all texts have one length, and nothing else is among them."""
        size = (width + self.between) * len(self.lengths)
        return len(self.data) == size and bool((self.lengths == width).all())

    def of_width(self, width: int, rows: NDArray[np.intp] | None) -> NDArray[np.uint8]:
        """The bytes of texts of one width, in these rows or in all."""
        step = width + self.between
        if rows is None or len(rows) * step == len(self.data):  # nothing else is between them
            return self.data.reshape(-1, step)[:, :width]
        found: NDArray[np.uint8] = self.data[self.starts[rows][:, None] + np.arange(width)]
        return found

    def short(self) -> NDArray[np.uint16] | None:
        """The first two bytes of each text, the first the lower one; None where one may be 0."""
        if len(self.data) and not self.data.min():
            return None
        wide = np.append(self.data, np.zeros(2, np.uint8)).astype(np.uint16)
        pairs = wide[1:] << np.uint16(8)
        pairs |= wide[:-1]
        found: NDArray[np.uint16] = pairs.take(self.starts)
        found &= _INSIDE.take(self.lengths, mode="clip")
        return found
