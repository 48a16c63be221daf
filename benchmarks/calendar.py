"""Completed years between two columns of dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import native
from benchmarks.harness import Options, Result, Skipped, faster, medians, skipped
from riskbands.arithmetic import dates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Days = NDArray[np.datetime64]

GROUP = "Completed years from two datetime64[D] columns"
WORK = "int32 years"
#: Days at a time for ours, as a cohort is read.
_BLOCK = 1 << 16


def ours(earlier: Days, later: Days) -> NDArray[np.int32]:
    """The library, in the blocks in which a cohort is read, one thread."""
    out = np.empty(len(earlier), np.int32)
    for start in range(0, len(out), _BLOCK):
        here = slice(start, start + _BLOCK)
        packed = (dates.pack_array(days[here])[0] for days in (earlier, later))
        out[here] = dates.completed_years(*packed)
    return out


def plain_numpy(earlier: Days, later: Days) -> NDArray[np.int64]:
    """NumPy's own months and years."""

    def parts(days: Days) -> tuple[NDArray[Any], NDArray[Any]]:
        months = days.astype("M8[M]")
        years = days.astype("M8[Y]")
        month = (months - years.astype("M8[M]")).astype(np.int64)
        return years.astype(np.int64), month * 32 + (days - months.astype("M8[D]")).astype(np.int64)

    (y0, d0), (y1, d1) = parts(earlier), parts(later)
    years: NDArray[np.int64] = y1 - y0 - (d1 < d0)
    return years


def columns(rows: int) -> tuple[Any, Any]:
    """Births and later dates, 29 February among them."""
    r = np.random.default_rng(5)
    births = r.integers(-12_000, 14_000, rows).astype("M8[D]")
    later = births + r.integers(0, 30_000, rows)
    births[:2] = np.array(["1988-02-29", "1988-02-29"], "M8[D]")
    later[:2] = np.array(["2009-02-28", "2009-03-01"], "M8[D]")
    return births, later


def verify(rows: int = 100_000) -> dict[str, str]:
    """All three must give the same years."""
    a, b = columns(rows)
    expected = ours(a, b)
    assert expected[:2].tolist() == [20, 21]
    np.testing.assert_array_equal(plain_numpy(a, b), expected)
    try:
        np.testing.assert_array_equal(native.completed_years(a, b), expected)
    except Skipped as reason:
        return {"c": str(reason)}
    return {}


def measure(o: Options) -> Iterator[Result]:
    """The lines of the table."""
    left_out = verify()
    a, b = columns(o.rows)
    calls: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(a, b),
        "numpy": lambda: plain_numpy(a, b),
    }
    if not left_out:
        calls["c"] = lambda: native.completed_years(a, b)
    seconds = medians(calls, o.repetitions)
    for name, label, goal in (
        ("numpy", "NumPy's M8[M] and M8[Y] arithmetic, one thread each", 25.0),
        ("c", "C civil-from-days, one thread each", 0.35),
    ):
        if name in left_out:
            yield skipped(GROUP, WORK, label, goal, left_out[name])
        else:
            mine, theirs = (seconds["ours"], o.rows), (seconds[name], o.rows)
            yield faster(GROUP, WORK, label, mine, theirs, goal)
