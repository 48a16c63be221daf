"""Terms and numbers compiled to joint look-up tables, read in the same way for a case and a block.

Every feature is a small whole number, so a sum of terms over a few features is one table over
their joint domain. Log-odds are kept as odds against: the product of the tables' entries and of the
intercept's is the odds ``a`` against the outcome, and ``p = 1 / (1 + a)``. Multiplication and
division are exactly defined by IEEE 754, so a number and an element of an array get the same
probability to the last bit, which would not be sure of an exponential.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic.truth import take
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from riskbands.scorecards.numbers import Numbers
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.vocabulary import Vocabulary

#: A limit that no instrument reaches: the probability of each number of points is tabulated.
MOST_POINTS = 10_000

__all__ = [
    "MOST_POINTS",
    "JointTable",
    "compile_tables",
    "domain",
]


def domain(
    vocabulary: Vocabulary, name: str, limits: Mapping[str, tuple[int, int]]
) -> tuple[int, int]:
    """Least and greatest value of a feature, as the predictor limits it."""
    f = vocabulary.feature(name)
    if name in limits:
        return limits[name]
    if f.low is None or f.high is None:
        raise TableError(f"{name} has no domain and cannot be tabulated")
    return f.low, f.high


@attrs.frozen(eq=False, repr=False)
class JointTable:
    """The sum of some terms over the joint domain of their features.

    A position is ``start`` and the sum of the features' values, each times its step. What lies
    before the position of the least values is never read for values inside their domains.

    Attributes:
        features: Names, slowest index first.
        steps: Each with its step in the flat table.
        start: The position of values of 0; not 0 only where a feature can be negative.
        entries: Flat array: the odds against for log-odds (float64); the sum for points (int64).
    """

    features: tuple[str, ...]
    steps: tuple[tuple[str, int], ...]
    start: int
    entries: NDArray[Any]

    def index(self, value: Callable[[str], Any]) -> Any:
        """Positions in the table, ``value(name)`` giving a whole number or an integer array."""
        for name, _ in self.steps:
            x = value(name)
            if not isinstance(x, int):
                out = np.empty(len(x), dtype=self.position_dtype)
                self.positions(value, out, np.empty_like(out))
                return out
        return self.place(value)

    @property
    def position_dtype(self) -> type[np.unsignedinteger[Any]]:
        """The narrowest unsigned dtype that holds every position."""
        return np.uint16 if len(self.entries) <= 1 << 16 else np.uint32

    def positions(
        self, value: Callable[[str], NDArray[Any]], out: NDArray[Any], room: NDArray[Any]
    ) -> None:
        """Positions of arrays of features, in narrow arithmetic.

        Args:
            value: Gives the integer array of a feature, or one whole number for all rows.
            out: Where the positions go, of `position_dtype`; those of values outside their
                domains mean nothing.
            room: Room for one product, of the same dtype and length.
        """
        small = out.dtype == np.uint16 and not self.start
        for n, (name, stride) in enumerate(self.steps):
            column = np.asarray(value(name))
            if n and small and stride == 1 and column.dtype.itemsize == 1:
                np.add(out, column.view(np.uint8), out=out)
                continue
            product = room if n else out
            np.copyto(product, column, casting="unsafe")
            if stride != 1:
                np.multiply(product, out.dtype.type(stride), out=product)
            if n:
                np.add(out, product, out=out)
        if self.start:
            np.add(out, out.dtype.type(self.start), out=out)

    def place(self, value: Callable[[str], int]) -> int:
        """The position of one case."""
        index = self.start
        for name, stride in self.steps:
            index += value(name) * stride
        return index

    def read(self, value: Callable[[str], Any], one: bool) -> Any:
        """Entries for feature values; ``one`` says that they are of one case."""
        return (
            self.entries.item(self.place(value)) if one else take(self.entries, self.index(value))
        )

    @property
    def reach(self) -> float:
        """The greatest log-odds of an entry, either way."""
        ends = np.array([self.entries.min(), self.entries.max()])
        return float(np.abs(np.log(ends)).max())

    def scaled(self, factor: float) -> NDArray[np.float64]:
        """The entries times a factor: an intercept's odds against."""
        entries: NDArray[np.float64] = self.entries * factor
        entries.setflags(write=False)
        return entries


def compile_tables(
    terms: Sequence[Term],
    numbers: Numbers,
    groups: Sequence[tuple[str, ...]],
    limits: Mapping[str, tuple[int, int]],
    vocabulary: Vocabulary,
    *,
    points: bool = False,
) -> tuple[JointTable, ...]:
    """Tabulate terms.

    Args:
        terms: The declaration.
        numbers: Section of the coefficient table; what is missing is noted there.
        groups: Features of each joint table; a term goes to the first that has all of its own.
        limits: Domains narrower than the feature's own.
        vocabulary: Where the features are declared.
        points: Whether weights are whole points that add up, rather than log-odds.

    Raises:
        TableError: A term fits no group, a weight is not finite, or points are not whole.
    """
    shares: list[list[Term]] = [[] for _ in groups]
    for term in terms:
        for share, group in zip(shares, groups, strict=True):
            if set(term.features) <= set(group):
                share.append(term)
                break
        else:
            raise TableError(f"no joint table has the features of {term.name}: {term.features}")
    return tuple(
        _tabulate(share, numbers, [domain(vocabulary, n, limits) for n in group], group, points)
        for share, group in zip(shares, groups, strict=True)
    )


def _tabulate(
    terms: Sequence[Term],
    numbers: Numbers,
    domains: Sequence[tuple[int, int]],
    group: tuple[str, ...],
    points: bool,
) -> JointTable:
    shape = [high - low + 1 for low, high in domains]
    x = {}
    for axis, (name, (low, high)) in enumerate(zip(group, domains, strict=True)):
        along = [1] * len(group)
        along[axis] = high - low + 1
        x[name] = np.arange(low, high + 1, dtype=np.int64).reshape(along)
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    least = sum(low * stride for (low, _), stride in zip(domains, strides, strict=True))
    before = max(0, least)
    room = np.zeros(before + math.prod(shape))
    weights = room[before:]
    total = weights.reshape(shape)
    for term in terms:
        total += term.weigh(numbers, x)
    if points:
        if not np.array_equal(weights, np.rint(weights)):
            raise TableError(f"{numbers.table.id}: points must be whole numbers")
        if np.abs(weights).max() > MOST_POINTS:
            raise TableError(
                f"{numbers.table.id}: points of {', '.join(group)} are too large; "
                f"at most {MOST_POINTS}"
            )
        entries: NDArray[Any] = np.rint(room).astype(np.int64)
    else:  # in place: such a table is large, and new memory takes as long as a step
        entries = room
        with np.errstate(over="ignore", under="ignore"):
            np.exp(np.negative(weights, out=weights), out=weights)
        if not (weights.min() > 0 and weights.max() < math.inf):
            raise TableError(f"{numbers.table.id}: weights of {', '.join(group)} are too large")
    entries[:before] = entries[before]
    entries.setflags(write=False)
    return JointTable(group, tuple(zip(group, strides, strict=True)), max(0, -least), entries)
