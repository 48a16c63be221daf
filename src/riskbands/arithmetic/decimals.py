"""Numbers as they are written, such as ``12.34``: whole arrays of texts read at once, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["decimals", "decimals_of"]

_ZERO, _POINT = np.uint8(ord("0")), np.uint8(ord("."))
#: Whole numbers of so many digits, and powers of ten up to that many, are doubles exactly. So their
#: quotient is the double nearest to what is written, which is what ``float`` gives.
_DIGITS: Final = 15
#: Powers of ten by which numbers of digits that are multiplied so fit into few bytes.
_TYPES: Final = ((2, np.uint8), (4, np.uint16), (9, np.uint32), (_DIGITS + 1, np.uint64))
_POWERS: Final = 10.0 ** np.arange(_DIGITS + 1)


def decimals(
    lengths: NDArray[Any], data: NDArray[np.uint8], between: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers of texts that are digits with at most one point among them.

    Args:
        lengths: In bytes; what is missing has none.
        data: The bytes of all texts, one after the other.
        between: How many bytes behind each text belong to none.

    Returns:
        The numbers, NaN where there is no text; and the texts that are written in another way, or
        with more than 15 digits, and must be looked at one by one.

    Examples:
        >>> decimals(np.array([4, 0, 3]), np.frombuffer(b"12.5 07", np.uint8))
        (array([12.5,  nan,  nan]), array([False, False,  True]))
    """
    steps = lengths + between
    starts = np.cumsum(steps, dtype=np.intp) - steps
    padded = np.append(data, np.zeros(_DIGITS + 1, np.uint8))

    def character(place: int) -> NDArray[np.uint8]:
        found: NDArray[np.uint8] = padded.take(starts + place, mode="clip")
        found *= lengths > place
        return found

    return decimals_of(lengths, character)


def decimals_of(
    lengths: NDArray[Any], character: Callable[[int], NDArray[np.uint8]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """As `decimals`, of texts whose bytes at a place, counted from 0, a function gives.

    Behind the end of a text it gives 0.
    """
    n = len(lengths)
    most = min(int(lengths.max()) if n else 0, _DIGITS + 1)
    digits: list[NDArray[np.uint8]] = []
    behind: list[NDArray[np.bool_]] = []  # whether a point stands before the digit, or there
    known, before = (np.zeros(n, np.uint8) for _ in range(2))
    seen = np.zeros(n, np.bool_)
    odd = np.zeros(n, np.bool_)
    for place in range(most):
        written = character(place)
        is_point = written == _POINT
        written -= _ZERO
        is_digit = written <= 9
        written *= is_digit.view(np.uint8)
        odd |= seen & is_point
        seen = seen | is_point
        before += (is_digit > seen).view(np.uint8)
        known += (is_digit | is_point).view(np.uint8)
        digits.append(written)
        behind.append(seen)
    odd |= known != lengths.astype(np.uint8)
    odd |= (known == seen.view(np.uint8)) & seen  # a point and nothing else
    if most > _DIGITS:
        odd |= (known - seen.view(np.uint8) > _DIGITS) | (lengths > most)
    if seen.any():
        following = [*digits[1:], np.zeros(n, np.uint8)]
        for digit, after, gone in zip(digits, following, behind, strict=True):
            digit += (after - digit) * gone.view(np.uint8)
    digits = digits[:_DIGITS]
    # digits behind the last one are zeros, so what is divided by is a matter of those before
    numbers = _number(digits, n) / _POWERS[len(digits) :: -1].take(before, mode="clip")
    nothing = odd | (lengths == 0)
    if nothing.any():
        numbers[nothing] = np.nan
    return numbers, odd


def _number(digits: Sequence[NDArray[np.uint8]], n: int) -> NDArray[Any]:
    """The whole number that digits are, in as few bytes as hold it."""
    if len(digits) < 2:
        return digits[0] if digits else np.zeros(n, np.uint8)
    half = 1 << (len(digits) - 1).bit_length() - 1
    dtype = next(kind for most, kind in _TYPES if len(digits) <= most)
    power = dtype(10 ** (len(digits) - half))
    # The dtype is said: an old NumPy keeps that of the array where a small number is multiplied by.
    found: NDArray[Any] = np.multiply(_number(digits[:half], n), power, dtype=dtype)
    found += _number(digits[half:], n)
    return found
