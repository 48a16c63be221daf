"""One case, a new interpreter, and the banding of an array."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks import USERS
from benchmarks.cohorts import FAMILY_2026
from benchmarks.data import everything
from benchmarks.harness import Options, Result, faster, medians

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES = "One case"
BANDS = "Banding an array of float64"
_COUNT = 1000


def cases(count: int = _COUNT) -> list[rb.OASysAssessment]:
    """Complete assessments, none of them scored yet."""
    columns = everything(count, seed=6)
    found = []
    for i in range(count):
        row: dict[str, Any] = {}
        for name, column in columns.items():
            value = column[i]
            if isinstance(value, np.datetime64):
                value = None if np.isnat(value) else value.astype("M8[D]").item()
            row[name] = value.item() if isinstance(value, np.generic) else value
        found.append(rb.OASysAssessment.from_dict(row))
    return found


def each(run: Callable[[rb.OASysAssessment], object], given: list[rb.OASysAssessment]) -> float:
    """Median microseconds of a call over cases."""
    times = []
    for case in given:
        start = time.perf_counter()
        run(case)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def family_2026(case: rb.OASysAssessment) -> None:
    """Every predictor of the family."""
    for name in FAMILY_2026:
        rb.predictors.by_id[name].score(case)


def measure_cases(o: Options, count: int = _COUNT) -> Iterator[Result]:
    """Fresh assessments, and one that was scored before."""
    given = cases(4)
    for case in given:
        rb.ogrs3.score(case)
        family_2026(case)

    def again(case: rb.OASysAssessment) -> object:
        return rb.ogrs3.score(case)

    lines = (
        ("rb.ogrs3.score(case), fresh assessment", again, False, 20.0),
        ("rb.ogrs3.score(case), assessment scored before", again, True, 20.0),
        ("family of 2026, extended, fresh assessment", family_2026, False, 200.0),
    )
    for work, run, warm, goal in lines:
        rounds = []
        for _ in range(o.repetitions):
            fresh = cases(count)
            if warm:
                each(run, fresh)
            rounds.append(each(run, fresh))
        value = statistics.median(rounds)
        note = "the first of a process also compiles tables and readers"
        yield Result(
            CASES, work, "", value, None, "us", value, goal, note=note, at_most=True, rows=count
        )


def start(code: str, cache: str) -> float:
    """Milliseconds of a new interpreter whose compiled modules are all in one cache."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**USERS, "PYTHONPYCACHEPREFIX": cache}
    )
    return (time.perf_counter() - began) * 1e3


def searchsorted(x: np.ndarray[Any, Any], edges: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """NumPy's binary search, to the same int8 codes."""
    return np.searchsorted(edges, x, side="right").astype(np.int8)


def measure_bands(o: Options) -> Iterator[Result]:
    """The library's classification, rounding included, beside a bare binary search."""
    table = rb.band_table("rsr-2025")
    assert isinstance(table, rb.BandTable)
    edges = np.array([3.0, 6.9])
    x = np.random.default_rng(7).beta(1.2, 20.0, o.rows) * 100.0
    # the table rounds first: only right under an edge may the two differ
    differ = table.codes(x[:100_000]) != searchsorted(x[:100_000], edges)
    assert (np.abs(x[:100_000][differ, None] - edges).min(axis=1) < 0.01).all()
    seconds = medians(
        {"ours": lambda: table.codes(x), "numpy": lambda: searchsorted(x, edges)}, o.repetitions
    )
    yield faster(
        BANDS,
        "rsr-2025, rounding before the edges included, one thread",
        "numpy.searchsorted on the same edges",
        (seconds["ours"], o.rows),
        (seconds["numpy"], o.rows),
        1 / 3,
        note="goal: at most 3 times as long",
    )
