"""The C comparisons, compiled when they are needed: how fast the same work can be at all."""

from __future__ import annotations

import ctypes
import functools
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.harness import Skipped
from benchmarks.ogrs3_plain import joint_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = ["FLAGS", "completed_years", "fused"]

FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
_SOURCE = r"""
#include <stdint.h>

/* OGRS3 over two joint tables of odds, one pass. */
void ogrs3(int64_t n, const int8_t *sex, const uint8_t *age, const int8_t *group,
           const int16_t *sanctions, const uint8_t *career, const double *first,
           const double *second, const uint8_t *percents, double *p, uint8_t *percent,
           int8_t *band)
{
    for (int64_t i = 0; i < n; i++) {
        double o = first[(sex[i] * 100 + age[i] - 10) * 20 + group[i]]
                 * second[(sanctions[i] - 1) * 110 + career[i]];
        double q = o / (1.0 + o);
        uint8_t k = percents[(int32_t)(q * 1e5 + 0.5)];
        p[i] = q;
        percent[i] = k;
        band[i] = (int8_t)((k >= 50) + (k >= 75) + (k >= 90));
    }
}

/* Days since 1970 to year, month and day, without a calendar table. */
static inline int32_t packed(int64_t days)
{
    int32_t z = (int32_t)days + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    uint32_t doe = (uint32_t)(z - era * 146097);
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint32_t mp = (5 * doy + 2) / 153;
    uint32_t d = doy - (153 * mp + 2) / 5 + 1;
    uint32_t m = mp < 10 ? mp + 3 : mp - 9;
    int32_t y = (int32_t)yoe + era * 400 + (m <= 2);
    return y * 512 + (int32_t)(m * 32 + d);
}

void completed_years(int64_t n, const int64_t *earlier, const int64_t *later, int32_t *years)
{
    for (int64_t i = 0; i < n; i++)
        years[i] = (packed(later[i]) - packed(earlier[i])) >> 9;
}
"""


@functools.cache
def _compiled() -> Any:
    compiler = shutil.which("gcc")
    if compiler is None:
        raise Skipped("gcc is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "loops.c"
        source.write_text(_SOURCE, "utf-8")
        target = source.with_suffix(".so")
        done = subprocess.run(
            [compiler, *FLAGS, "-o", str(target), str(source)], capture_output=True, check=False
        )
        if done.returncode:
            raise Skipped("gcc cannot compile here")
        loaded = ctypes.CDLL(str(target))
    loaded.ogrs3.restype = loaded.completed_years.restype = None
    return loaded


def _pointers(*arrays: NDArray[Any]) -> list[ctypes.c_void_p]:
    return [ctypes.c_void_p(a.ctypes.data) for a in arrays]


def _shared(rows: int, threads: int, work: Callable[[int, int], None]) -> None:
    """Equal parts of the rows, each in its own thread; a call through ctypes lets others run."""
    if threads == 1:
        work(0, rows)
        return
    cuts = [rows * i // threads for i in range(threads + 1)]
    running = [Thread(target=work, args=span) for span in itertools.pairwise(cuts)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


def fused(x: Mapping[str, NDArray[Any]], threads: int = 1) -> tuple[NDArray[Any], ...]:
    """OGRS3 from compact columns: probability, percent, band.

    Raises:
        Skipped: There is no compiler.
    """
    loops, tables = _compiled(), joint_tables()
    kinds = {
        "sex": np.int8,
        "age_at_follow_up": np.uint8,
        "offence_group": np.int8,
        "sanctions": np.int16,
        "career_years": np.uint8,
    }
    columns = [x[name] for name in kinds]
    assert all(c.dtype == kind for c, kind in zip(columns, kinds.values(), strict=True))
    n = len(columns[0])
    out = (np.empty(n), np.empty(n, np.uint8), np.empty(n, np.int8))

    def work(start: int, stop: int) -> None:
        here = [c[start:stop] for c in columns]
        results = [a[start:stop] for a in out]
        loops.ogrs3(ctypes.c_int64(stop - start), *_pointers(*here, *tables, *results))

    _shared(n, threads, work)
    return out


def completed_years(
    earlier: NDArray[np.datetime64], later: NDArray[np.datetime64]
) -> NDArray[np.int32]:
    """Completed years between two columns of ``datetime64[D]``, one thread.

    Raises:
        Skipped: There is no compiler.
    """
    out = np.empty(len(earlier), np.int32)
    assert earlier.dtype == later.dtype == np.dtype("M8[D]")
    _compiled().completed_years(ctypes.c_int64(len(out)), *_pointers(earlier, later, out))
    return out
