"""The innermost loops: ready features of a regression to probability, percentage and band.

Rows are scored in pieces that stay in the caches, straight into the results and with the same
scratch arrays throughout: fresh memory costs page faults at every use, and these keep
threads from working in parallel. The products are taken in the order of
`riskbands.instruments.regression.FormTables.against`, so the numbers are the same to the last bit.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from riskbands.arithmetic.percent import Percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.instruments.banding import Banding
    from riskbands.scorecards.compiled import JointTable

__all__ = ["BLOCK", "OUTER", "SHARE", "Regressor", "Scratch"]

#: Rows whose probabilities are worked out at a time, in eight-byte numbers. Every call of NumPy
#: waits for the interpreter's lock, so that threads want few and long calls, the caches short ones.
BLOCK = 1 << 17
#: Rows whose table positions, percentages and bands are worked out at a time, in narrow numbers.
OUTER = 1 << 19
#: Fewer rows are not worth a thread: starting one, and getting it a processor, takes longer.
SHARE = 1 << 20


class Scratch:
    """Memory for scratch arrays, kept for the next call: fresh pages cost their faults.

    Args:
        size: Bytes that will be asked for.
        arrays: In so many arrays.
    """

    #: Arrays start on a line of the cache.
    LINE = 64

    #: The most bytes kept of one call, and the most calls: as many as run in threads at once.
    MOST, CALLS = 1 << 24, 4
    _kept: ClassVar[list[NDArray[np.uint8]]] = []

    def __init__(self, size: int, arrays: int) -> None:
        size += arrays * self.LINE
        memory = np.empty(0, np.uint8)
        with suppress(IndexError):  # Another thread may have taken the last one.
            memory = self._kept.pop()
        self._memory = memory if len(memory) >= size else np.empty(size, np.uint8)
        self._used = 0

    def array(self, size: int, dtype: Any) -> NDArray[Any]:
        """An array whose content is not defined."""
        start, lines = self._used, -(-size * np.dtype(dtype).itemsize // self.LINE)
        self._used += lines * self.LINE
        array: NDArray[Any] = self._memory[start : self._used].view(dtype)[:size]
        return array

    def release(self) -> None:
        """Keep the memory for another call; the arrays must not be used any more."""
        if len(self._memory) <= self.MOST and len(self._kept) < self.CALLS:
            self._kept.append(self._memory)


class Regressor:
    """Scores rows of one form of a regression; every thread has its own.

    Args:
        first: Entries of the first table times the odds against of the intercept, by horizon.
        tables: All joint tables.
        rule: How the percentage is rounded.
        banding: How it is banded, or None.
        banded: The horizon that is banded.
        rows: The most rows it will be given at once.
    """

    def __init__(
        self,
        first: Mapping[str, NDArray[np.float64]],
        tables: tuple[JointTable, ...],
        rule: Percent,
        banding: Banding | None,
        banded: str,
        rows: int,
    ) -> None:
        self._first, self._tables = first, tables
        self._rule, self._banding, self._banded = rule, banding, banded
        outer = min(OUTER, rows)
        inner = min(BLOCK, outer)
        dtypes = [t.position_dtype for t in tables]
        size = 24 * inner + (5 + 4 * len(dtypes)) * outer
        self._scratch = scratch = Scratch(size, 5 + len(dtypes))
        self._index = scratch.array(inner, np.int64)
        self._rest = scratch.array(inner, np.float64)
        self._spare = scratch.array(inner, np.float64)
        self._flag = scratch.array(outer, np.bool_)
        room = scratch.array(outer, np.uint32)
        self._room = {d: room.view(d)[:outer] for d in dtypes}
        self._positions = [scratch.array(outer, d) for d in dtypes]

    def release(self) -> None:
        """Let another take over the scratch arrays; this one must not score any more."""
        self._scratch.release()

    def score(
        self,
        features: Mapping[str, NDArray[Any]],
        probability: Mapping[str, NDArray[np.float64]],
        percent: Mapping[str, NDArray[Any]],
        codes: NDArray[np.int8] | None,
    ) -> None:
        """Score at most `OUTER` rows.

        Args:
            features: Integer arrays by name.
            probability: By horizon, where probabilities go.
            percent: By horizon, where percentages go.
            codes: Where the band codes go, or None.
        """
        rows = len(next(iter(features.values())))
        rule, banding = self._rule, self._banding
        whole = rule is Percent.WHOLE_AFTER_FIVE
        for table, positions in zip(self._tables, self._positions, strict=True):
            room = self._room[table.position_dtype]
            table.positions(features.__getitem__, positions[:rows], room[:rows])
        block = len(self._rest)
        for start in range(0, rows, block):
            here = slice(start, min(start + block, rows))
            rest = self._products(here)
            for h, column in probability.items():
                p, index = column[here], self._read_positions(0, here)
                np.take(self._first[h], index, out=p, mode="clip")
                if rest is not None:
                    np.multiply(p, rest, out=p)
                np.add(p, 1.0, out=p)
                np.divide(1.0, p, out=p)
                if whole:
                    Percent.look_up(p, percent[h][here], index)
                    continue
                units = rule.units(p)
                rule.write(units, percent[h][here])
                if codes is not None and banding is not None and h == self._banded:
                    banding.write(units, p, codes[here], self._flag[: len(p)])
        if whole:
            self._settle(probability, percent, codes)

    def _read_positions(self, table: int, here: slice) -> NDArray[np.int64]:
        """Positions in the width that look-ups want."""
        index = self._index[: here.stop - here.start]
        np.copyto(index, self._positions[table][here])
        return index

    def _products(self, here: slice) -> NDArray[np.float64] | None:
        """The product of the entries of all tables but the first."""
        rest, spare = (a[: here.stop - here.start] for a in (self._rest, self._spare))
        tables = self._tables
        for n, table in enumerate(tables[1:], start=1):
            out = rest if n == 1 else spare
            np.take(table.entries, self._read_positions(n, here), out=out, mode="clip")
            if n > 1:
                np.multiply(rest, spare, out=rest)
        return rest if len(tables) > 1 else None

    def _settle(
        self,
        probability: Mapping[str, NDArray[np.float64]],
        percent: Mapping[str, NDArray[np.uint8]],
        codes: NDArray[np.int8] | None,
    ) -> None:
        """Whole percentages that the look-up could not decide, and their bands: narrow numbers."""
        for h, p in probability.items():
            flag = self._flag[: len(p)]
            Percent.settle(p, percent[h], flag)
            if codes is not None and self._banding is not None and h == self._banded:
                self._banding.write(percent[h], p, codes, flag)
