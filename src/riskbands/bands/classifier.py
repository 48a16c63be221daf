"""Finding the place of a score among cuts, for one number and for arrays; exact for every type.

Places count the cuts a score has passed: 0 is below them all. The outcome of each place (a band's
rank or a negative code) is the table's business; see `riskbands.bands.table`.
"""

from __future__ import annotations

import bisect
import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._byfields import ByFields
from riskbands.arithmetic.masked import decoded, is_masked
from riskbands.bands.codes import REFUSED_CODE
from riskbands.bands.intervals import INFINITY
from riskbands.errors import BandError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskbands.bands.intervals import Cut, Exact

__all__ = ["Classifier", "as_number", "is_row", "is_whole"]

#: Elements per block: the block and its counts stay in the second-level cache.
_BLOCK: Final = 1 << 14


def is_row(x: object) -> bool:
    """Whether ``x`` is many scores: an array of one dimension or more, a list or a tuple."""
    if isinstance(x, list | tuple):
        return True
    if isinstance(x, np.generic) or not hasattr(x, "__array__"):
        return False
    return getattr(x, "ndim", 1) != 0


def as_number(x: Any) -> float | Exact | None:
    """A score as a number of its exact value; None for every kind of missing.

    Raises:
        BandError: ``x`` is no real number.
    """
    kind = type(x).__name__
    if isinstance(x, np.ndarray | np.generic):
        x = _from_numpy(x)
    if x is None or kind == "NAType":
        return None
    if isinstance(x, float):
        return None if math.isnan(x) else x
    if isinstance(x, Decimal):
        return None if x.is_nan() else x
    if isinstance(x, int | Fraction) and not isinstance(x, bool):
        return x
    raise BandError(f"a score to band is a number, not of type {kind}; convert it first")


def _from_numpy(x: Any) -> Any:
    """The Python value of a NumPy scalar, or of an array without dimensions."""
    if is_masked(x) and bool(x.mask):
        return None
    x = x[()] if isinstance(x, np.ndarray) else x
    kind = x.dtype.kind if isinstance(x, np.generic) else ""
    if kind in ("i", "u"):
        return int(x)
    if kind == "f":
        wide = x.dtype.itemsize > 8 and np.isfinite(x)
        return Fraction(*x.as_integer_ratio()) if wide else float(x)
    return x


def is_whole(x: float | Exact) -> bool:
    """Whether a number has no fraction; an infinity has none."""
    if isinstance(x, float):
        return math.isinf(x) or x.is_integer()
    if isinstance(x, Decimal):
        return x.is_infinite() or x == x.to_integral_value()
    return x.denominator == 1


@attrs.frozen(eq=False, repr=False)
class Classifier(ByFields):
    """Cuts compiled to comparisons.

    Attributes:
        cuts: Rising.
        outcomes: The code of each place, ``len(cuts) + 1`` of them, then that of a missing score.
        whole: Whether numbers with a fraction are refused.
        doubles: The smallest double past each cut.
    """

    cuts: tuple[Cut, ...]
    outcomes: tuple[int, ...]
    whole: bool = attrs.field(default=False, kw_only=True)
    doubles: tuple[float, ...] = attrs.field(init=False)
    _by_place: NDArray[np.int8] = attrs.field(init=False, eq=False, repr=False)
    _consecutive: bool = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        n = len(self.cuts)
        inner = self.outcomes[1:n]
        for name, value in (
            ("doubles", tuple(cut.first_double() for cut in self.cuts)),
            ("_by_place", np.array(self.outcomes, dtype=np.int8)),
            ("_consecutive", inner == tuple(range(n - 1))),
        ):
            object.__setattr__(self, name, value)

    def place(self, x: float | Exact) -> int:
        """How many cuts a number has passed."""
        if isinstance(x, float):
            return bisect.bisect_right(self.doubles, x)
        return sum(cut.passed_by(x) for cut in self.cuts)

    def code(self, x: float | Exact | None) -> int:
        """The outcome for a number, or for None, a missing one."""
        if x is None:
            return self.outcomes[-1]
        if self.whole and not is_whole(x):
            return REFUSED_CODE
        return self.outcomes[self.place(x)]

    def codes(self, values: Any) -> NDArray[np.int8]:
        """The outcome for every element of an array or sequence; int8, of the same shape.

        Raises:
            BandError: The elements are not numbers.
        """
        mask: Any = False
        if isinstance(values, list | tuple):
            values = _object_array(values)
        elif is_masked(values):
            values, mask = values.data, values.mask
        array = np.asarray(decoded(values))
        codes = np.empty(array.shape, dtype=np.int8)
        flat, out = array.reshape(-1), codes.reshape(-1)
        if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
            self._fill(flat, out, np.array(self.doubles))
            if self.whole:
                out[np.floor(flat) < flat] = REFUSED_CODE
        elif array.dtype.kind in "iu":
            self._fill_whole(flat, out)
        elif array.dtype.kind == "f":
            out[:] = [self.code(as_number(x)) for x in flat]
        elif array.dtype.kind == "O":
            out[:] = [
                self.code(None if skip else as_number(x))
                for x, skip in zip(
                    flat,
                    np.broadcast_to(mask, array.shape).reshape(-1),
                    strict=True,
                )
            ]
        else:
            raise BandError(
                f"scores to band are numbers, not an array of {array.dtype}; convert them first"
            )
        if mask is not False:
            codes[mask] = self.outcomes[-1]
        return codes

    def _fill_whole(self, values: NDArray[Any], out: NDArray[np.int8]) -> None:
        limits = np.iinfo(values.dtype)
        thresholds: list[Any] = []
        always = 0
        for cut in self.cuts:
            first = cut.first_int()
            if cut.value == -INFINITY or (first is not None and first <= limits.min):
                always += 1
            elif first is not None and first <= limits.max:
                thresholds.append(values.dtype.type(first))
        self._fill(values, out, thresholds, always)

    def _fill(
        self, values: NDArray[Any], out: NDArray[np.int8], thresholds: Any, always: int = 0
    ) -> None:
        """Count, block by block, the thresholds each value reaches; then look the count up.

        With the few edges of a band table a comparison of the whole block with each of them is
        several times faster than a binary search for each value, whose branches cannot be
        predicted.
        """
        last = len(self.cuts) - 1
        flag = np.empty(min(_BLOCK, values.size), dtype=np.bool_)
        kind = np.float64 if values.dtype.kind == "f" else values.dtype
        for start in range(0, values.size, _BLOCK):
            block = values[start : start + _BLOCK].astype(kind, copy=False)
            places = out[start : start + _BLOCK]
            places.fill(always)
            reached = flag[: block.size]
            for threshold in thresholds:
                np.greater_equal(block, threshold, out=reached)
                places += reached.view(np.int8)
            lowest = int(places.min())
            if self._consecutive and lowest > 0 and int(places.max()) <= last:
                places -= 1
                continue
            if not lowest:
                places[np.isnan(block)] = -1  # The last outcome is that of a missing score.
            places[:] = self._by_place[places]


def _object_array(values: Sequence[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
