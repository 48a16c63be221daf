"""From reported percentages and points to band codes, in few steps."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.arithmetic.truth import take
from riskbands.bands.table import BandTable, Unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskbands.arithmetic.percent import Percent

__all__ = ["Banding"]

#: Points that are banded without a look at the table's intervals.
_POINTS = 1000


class Banding:
    """Band codes of what an instrument reports, by one band table.

    Args:
        bands: The table.
        rule: How the instrument reports a percentage.
        first: The least points there are.
    """

    def __init__(self, bands: BandTable, rule: Percent, first: int = 0) -> None:
        self._bands = bands
        self._rule = rule
        self._first = first

    @cached_property
    def _of_units(self) -> _Steps:
        """Band of every percentage the instrument can report."""
        percents = np.arange(self._rule.highest + 1) / 10**self._rule.digits
        return _Steps(self._bands.codes(percents, refused="missing"))

    @cached_property
    def _of_points(self) -> _Steps:
        """Band of every number of points."""
        return _Steps(
            self._bands.codes(np.arange(self._first, self._first + _POINTS), refused="missing")
        )

    def codes(self, units: Any, p: Any, points: Any = None) -> Any:
        """Band codes by percentage, points or probability, as the band table says.

        Args:
            units: Percentages of the banded horizon, in units of their last digit.
            p: Its probabilities.
            points: Points, where the instrument has them.
        """
        match self._bands.unit:
            case Unit.POINTS:
                return self._of_points(points - self._first if self._first else points)
            case Unit.PROBABILITY:
                codes = self._bands.codes(np.atleast_1d(p), refused="missing")
                return int(codes[0]) if isinstance(p, float) else codes
            case _:
                return self._of_units(units)

    def write(
        self,
        units: NDArray[Any],
        p: NDArray[np.float64],
        out: NDArray[np.int8],
        room: NDArray[np.bool_],
    ) -> None:
        """Write what `codes` gives; ``room`` for as many truths."""
        if self._bands.unit is Unit.PERCENT:
            self._of_units.write(units, out, room)
        else:
            out[:] = self.codes(units, p)


class _Steps:
    """Band codes of small whole numbers: a few comparisons where they only rise by one."""

    def __init__(self, codes: NDArray[np.int8]) -> None:
        self._codes = codes
        self._of_case: list[int] = codes.tolist()
        rises = np.diff(codes)
        self._edges: list[int] | None = None
        if codes[0] == 0 and bool(((rises == 0) | (rises == 1)).all()):
            self._edges = [int(e) for e in np.flatnonzero(rises) + 1]

    def __call__(self, n: Any) -> Any:
        if isinstance(n, int):
            return self._of_case[n]
        if not isinstance(n, np.ndarray):
            return take(self._codes, n)
        codes = np.empty(len(n), dtype=np.int8)
        self.write(n, codes, np.empty(len(n), dtype=np.bool_))
        return codes

    def write(self, n: NDArray[Any], out: NDArray[np.int8], room: NDArray[np.bool_]) -> None:
        """Write the codes of whole numbers; ``room`` for as many truths."""
        if self._edges is None:
            out[:] = take(self._codes, n)
            return
        if not self._edges:
            out.fill(0)
            return
        np.greater_equal(n, self._edges[0], out=out.view(np.bool_))
        for edge in self._edges[1:]:
            np.add(out, np.greater_equal(n, edge, out=room).view(np.int8), out=out)
