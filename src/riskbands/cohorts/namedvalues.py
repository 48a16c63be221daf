"""Columns of a few words or truths: an array of objects from the place of each row's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["named_values"]

#: Rows that show which name is the most common.
_SAMPLE: Final = 500
#: Every so many rows may have another name where one is written everywhere first.
_RARE: Final = 32
#: Names up to which rows are looked up two at a time, and four at a time.
_PAIRS: Final = 16
_FOURS: Final = 8


def named_values(places: NDArray[Any], names: Sequence[Any]) -> Any:
    """The name at each place, the last at -1.

    Examples:
        >>> named_values(np.array([0, 1, -1], np.int8), ["brief", "extended", None]).tolist()
        ['brief', 'extended', None]
    """
    listed = np.array(names, dtype=np.object_)
    if not len(places):
        return listed[places]
    sample = places[:: max(1, len(places) // _SAMPLE)]
    common = int(np.bincount(sample.astype(np.intp) + 1).argmax()) - 1
    if _RARE * np.count_nonzero(sample != common) <= len(sample):
        found = np.empty(len(places), dtype=np.object_)
        found.fill(names[common])  # several times faster than np.full
        others = np.flatnonzero(places != common)
        found[others] = listed[places[others]]
        return found
    bits = max(1, (len(names) - 1).bit_length())
    group = 4 if len(names) <= _FOURS else 2
    if len(names) > _PAIRS or len(places) >> group * bits == 0:
        return listed[places]
    return _grouped(places.astype(np.int8, copy=False), listed, bits, group)


def _grouped(
    places: NDArray[np.int8], listed: NDArray[np.object_], bits: int, group: int
) -> NDArray[np.object_]:
    """The names of two or four rows at a time.

    A step of one object costs the same as a step of several that lie side by side, so all groups of
    names are laid out, and the place of a group follows from the places in it.
    """
    alone, pair = (1 << bits) - 1, (1 << 2 * bits) - 1
    by_place = np.resize(listed, alone + 1)
    by_place[len(listed) - 1 :] = listed[-1]  # -1 is all bits
    numbers = np.arange(1 << group * bits)
    table = by_place[np.stack([numbers >> n * bits & alone for n in range(group)], axis=1)]

    whole = np.zeros(-(-len(places) // group) * group, np.uint8)
    np.bitwise_and(places.view(np.uint8), np.uint8(alone), out=whole[: len(places)])
    keys = whole.view(f"<u{group}")
    keys |= keys >> (8 - bits)
    if group > 2:
        keys &= pair << 16 | pair
        keys |= keys >> (16 - 2 * bits)
    keys &= (1 << group * bits) - 1
    return table.take(keys, axis=0).reshape(-1)[: len(places)]
