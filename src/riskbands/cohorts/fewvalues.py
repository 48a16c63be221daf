"""Columns of a few different values, such as levels and words, read by comparing whole arrays.

A text array is compared word by word. In an object array the same few objects often stand again and
again; there it is enough to compare where they lie in memory, and no object is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["read_few"]

#: Different values up to which comparing whole arrays is worth it.
_MOST = 8
#: Values at the start of an array that show whether there are so few.
_SAMPLE = 128


def read_few(values: NDArray[Any], read: Callable[[Any], int]) -> NDArray[np.int8] | None:
    """Codes of an array of texts or objects; None where it has too many different values.

    Args:
        values: One-dimensional array of text, bytes or objects.
        read: The code of a value, from -128 to 127.

    Examples:
        >>> words = np.array(["low", "high", None, "low"], dtype=object)
        >>> read_few(words, {"low": 0, "high": 1, None: -1}.__getitem__).tolist()
        [0, 1, -1, 0]
    """
    keys = values if values.dtype.kind != "O" else np.asarray(_Addresses(values))
    if len(np.unique(keys[:_SAMPLE])) > _MOST:
        return None
    codes = np.zeros(len(keys), np.int8)
    left = np.ones(len(keys), np.bool_)
    for _ in range(_MOST):
        place = int(left.argmax()) if len(left) else 0
        if not len(left) or not left[place]:
            return codes
        same = keys == keys[place]
        value = values[place]
        code = read(value.item() if isinstance(value, np.generic) else value)
        codes += same.view(np.int8) * np.int8(code)  # far faster than a write under a mask
        left ^= same
    return None if left.any() else codes


class _Addresses:
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
