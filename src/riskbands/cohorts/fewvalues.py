"""Columns of a few different values, such as levels and words, read by comparing whole arrays.

A text array is compared word by word. In an object array the same few objects often stand again and
again; there it is enough to compare where they lie in memory, and no object is touched. Texts that
lie one after the other in memory are compared eight bytes at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.cohorts.listed import Addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from riskbands.cohorts.sidebyside import SideBySide

__all__ = ["MOST", "SAMPLE", "of_known", "read_by_keys", "read_few", "read_few_texts"]

#: Different values up to which comparing whole arrays is worth it.
MOST = 8
#: Values at the start of an array that show whether there are so few.
SAMPLE = 128
#: Bytes that are compared at a time, and those of them that belong to a text, by its length.
_WINDOW = 8
_INSIDE = np.array([(1 << 8 * n) - 1 for n in range(_WINDOW + 1)], "<u8")


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
    if values.dtype.kind == "O":  # an object is read as it is: its item may be something else
        return read_by_keys([np.asarray(Addresses(values))], values.__getitem__, read)
    return read_by_keys([values], lambda place: values[place].item(), read)


def read_few_texts(
    texts: SideBySide,
    read: Callable[[bytes], int],
    known: dict[int, dict[tuple[Any, ...], int]] | None = None,
) -> NDArray[np.int8] | None:
    """Codes of texts of at most 16 bytes; None where one is longer or too many are different.

    Args:
        texts: The texts.
        read: The code of a text, from -128 to 127.
        known: As of `read_by_keys`, by how many keys there are.

    Examples:
        >>> from riskbands.cohorts.sidebyside import SideBySide
        >>> data = np.frombuffer(b"lowhighlow", np.uint8)
        >>> texts = SideBySide(np.array([3, 4, 0, 3]), data)
        >>> codes = {b"low": 0, b"high": 1, b"": -1}
        >>> read_few_texts(texts, codes.__getitem__).tolist()
        [0, 1, -1, 0]
    """
    lengths, data = texts.lengths, texts.data
    most = int(lengths.max()) if len(lengths) else 0
    if most > 2 * _WINDOW:
        return None
    starts = texts.starts
    padded = np.append(data, np.zeros(_WINDOW, np.uint8))
    windows: NDArray[Any] = np.ndarray(len(data) + 1, "<u8", padded, 0, (1,))
    inside = _INSIDE.take(lengths, mode="clip")
    keys = [windows[starts] & inside, lengths]
    if most > _WINDOW:  # of a longer text its first bytes and its last
        long = np.flatnonzero(lengths > _WINDOW)
        keys.append(np.zeros(len(lengths), "<u8"))
        keys[-1][long] = windows[starts[long] + lengths[long] - _WINDOW]

    def text(place: int) -> bytes:
        start = int(starts[place])
        return data[start : start + int(lengths[place])].tobytes()

    known = {} if known is None else known
    return read_by_keys(keys, text, read, known.setdefault(len(keys), {}))


def read_by_keys(
    keys: Sequence[NDArray[Any]],
    value: Callable[[int], Any],
    read: Callable[[Any], int],
    known: dict[tuple[Any, ...], int] | None = None,
) -> NDArray[np.int8] | None:
    """Codes of values that are equal where all their keys are; None where too many are different.

    Args:
        keys: Arrays of one length.
        value: The value in a row.
        read: The code of a value, from -128 to 127.
        known: Codes by keys, of the blocks before; those of this block are added.
    """
    known = {} if known is None else known
    codes = of_known(keys, known)
    if codes is not None:
        return codes
    if len(set(keys[0][:SAMPLE].tolist())) > MOST:  # np.unique would load numpy.ma
        return None
    codes = np.zeros(len(keys[0]), np.int8)
    left = np.ones(len(keys[0]), np.bool_)
    for _ in range(MOST):
        place = int(left.argmax()) if len(left) else 0
        if not len(left) or not left[place]:
            return codes
        words = tuple(key[place] for key in keys)
        code = read(value(place))
        if len(known) < MOST:
            known[words] = code
        same = _equal(keys, words)
        # far faster than a write under a mask
        codes += same.view(np.int8) * np.int8(code)
        left ^= same
    return None if left.any() else codes


def of_known(
    keys: Sequence[NDArray[Any]], known: dict[tuple[Any, ...], int]
) -> NDArray[np.int8] | None:
    """Codes of values whose keys are all known; None where others are among them."""
    codes: NDArray[np.int8] | None = None
    left = len(keys[0])
    for words, code in list(known.items()):  # another thread may add to them
        same = _equal(keys, words)
        left -= int(np.count_nonzero(same))
        if code:
            part = same.view(np.int8)
            part = part if code == 1 else part * np.int8(code)
            codes = part if codes is None else codes + part
        if not left:
            return np.zeros(len(same), np.int8) if codes is None else codes
    return None


def _equal(keys: Sequence[NDArray[Any]], words: tuple[Any, ...]) -> NDArray[np.bool_]:
    """Where all keys are these."""
    same: NDArray[np.bool_] = keys[0] == words[0]
    for key, word in zip(keys[1:], words[1:], strict=True):
        same &= key == word
    return same
