"""Numbers as they are written, such as ``12.34``: whole arrays of texts read at once, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["decimals"]

_ZERO, _POINT = np.uint8(ord("0")), np.uint8(ord("."))
#: Whole numbers of so many digits, and powers of ten up to that many, are doubles exactly. So their
#: quotient is the double nearest to what is written, which is what ``float`` gives.
_DIGITS: Final = 15
#: So many fit into 32 bits.
_NARROW: Final = 9
_POWERS: Final = 10.0 ** np.arange(_DIGITS + 1)


def decimals(
    lengths: NDArray[Any], data: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The numbers of texts that are digits with at most one point among them.

    Args:
        lengths: In bytes; what is missing has none.
        data: The bytes of all texts, one after the other.

    Returns:
        The numbers, NaN where there is no text; and the texts that are written in another way, or
        with more than 15 digits, and must be looked at one by one.

    Examples:
        >>> decimals(np.array([4, 0, 3]), np.frombuffer(b"12.5 07", np.uint8))
        (array([12.5,  nan,  nan]), array([False, False,  True]))
    """
    n = len(lengths)
    most = min(int(lengths.max()) if n else 0, _DIGITS + 1)
    places = np.cumsum(lengths, dtype=np.intp) - lengths
    padded = np.append(data, np.zeros(most, np.uint8))
    whole: NDArray[Any] = np.zeros(n, np.int32 if most <= _NARROW else np.int64)
    points, behind = np.zeros(n, np.int8), np.zeros(n, np.int8)
    odd = lengths > most
    for place in range(most):
        inside = lengths > place
        character = padded.take(places)
        digit = character - _ZERO
        is_digit = (digit <= 9) & inside
        is_point = (character == _POINT) & inside
        odd |= inside ^ (is_digit | is_point)
        whole *= is_digit.view(np.int8) * np.int8(9) + np.int8(1)
        whole += digit * is_digit
        points += is_point
        behind += is_digit & (points > 0)
        places += 1
    odd |= (points > 1) | ((points > 0) & (lengths == 1)) | (lengths - points > _DIGITS)
    found: NDArray[np.float64] = whole / _POWERS.take(behind, mode="clip")
    found[odd | (lengths == 0)] = np.nan
    return found, odd
