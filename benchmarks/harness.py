"""Timing, verdicts and the printed table."""

from __future__ import annotations

import importlib
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import THREADS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "LIBRARIES",
    "Options",
    "Result",
    "Skipped",
    "library",
    "load",
    "machine",
    "may_save",
    "medians",
    "table",
]

#: What a comparison may need; its version is part of the machine's description.
LIBRARIES = ("numpy", "pandas", "polars", "duckdb", "sklearn", "pyarrow")
#: Seconds of calls that are not counted before each that is.
WARM = 0.25
#: The load of a machine that does nothing else, at most.
QUIET = 0.5


class Skipped(Exception):
    """A comparison cannot be made here; the text says why."""


@dataclass(frozen=True)
class Options:
    """Sizes of a run.

    Attributes:
        rows: Rows of the kernel's comparisons.
        cohort_rows: Rows of the comparisons that start from dates and text, or score a family.
        sample: Rows of the slow comparisons, which are scaled.
        repetitions: Measurements of each; the median counts.
        most: Greatest size of the scaling figure.
        stream_rows: Rows of the Parquet file that the command line streams; 0 leaves it out.
        csv_bytes: Bytes of CSV that the command line reads from standard input; 0 leaves it out.
        file_rows: Greatest size of the scaling figure for files; 0 leaves it out.
        threads: Threads of those who can use them.
    """

    rows: int = 10_000_000
    cohort_rows: int = 1_000_000
    sample: int = 20_000
    repetitions: int = 5
    most: int = 100_000_000
    stream_rows: int = 20_000_000
    csv_bytes: int = 2_000_000_000
    file_rows: int = 10_000_000
    threads: int = THREADS


@dataclass(frozen=True)
class Result:
    """One line of the table.

    Attributes:
        group: Heading it stands under.
        work: What was done.
        comparison: What it stands beside.
        ours: Our figure, in ``unit``.
        theirs: The comparison's, in ``unit``; None where a figure has no comparison.
        unit: ``ns/row``, ``us``, ``ms``, ``MB``, ``rows/s``.
        ratio: How many times faster we are (of its speed, when under 1); for the rest, ours.
        goal: Least ratio, or most where ``at_most``; None where nothing was promised.
        at_most: Whether less is better.
        rows: Rows measured.
        note: Anything that must be known to read the figure.
    """

    group: str
    work: str
    comparison: str
    ours: float | None
    theirs: float | None
    unit: str
    ratio: float | None
    goal: float | None = None
    at_most: bool = False
    rows: int = 0
    note: str = ""

    @property
    def verdict(self) -> str:
        """``met``, ``NOT MET``, ``not measured``, or nothing without a goal."""
        if self.ratio is None:
            return "not measured"
        if self.goal is None:
            return ""
        met = self.ratio <= self.goal if self.at_most else self.ratio >= self.goal
        return "met" if met else "NOT MET"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**asdict(self), "verdict": self.verdict}


def library(name: str) -> Any:
    """A module that only the benchmarks need.

    Raises:
        Skipped: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError:
        raise Skipped(f"{name.partition('.')[0]} is not installed") from None


def medians(contenders: Mapping[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Median seconds of each, taking turns so that a disturbance meets all.

    A turn is calls that are not counted, for `WARM` seconds at least, and one that is: a processor
    that was idle, and memory that a virtual machine gave back to its host, take a while to return.
    """
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for repetition in range(repetitions):
        order: Iterable[str] = contenders if repetition % 2 == 0 else reversed(list(contenders))
        for name in order:
            began = time.perf_counter()
            while time.perf_counter() - began < WARM:
                contenders[name]()
            start = time.perf_counter()
            kept = contenders[name]()
            found[name].append(time.perf_counter() - start)
            del kept
    return {name: statistics.median(times) for name, times in found.items()}


def faster(
    group: str,
    work: str,
    comparison: str,
    ours: tuple[float, int],
    theirs: tuple[float, int],
    goal: float | None = None,
    note: str = "",
) -> Result:
    """A line from two measurements of seconds and rows: the ratio of times for a row."""
    mine, other = (seconds / rows * 1e9 for seconds, rows in (ours, theirs))
    scaled = "" if ours[1] == theirs[1] else f"comparison on {theirs[1]:,} rows, scaled"
    text = "; ".join(t for t in (scaled, note) if t)
    return Result(
        group, work, comparison, mine, other, "ns/row", other / mine, goal, rows=ours[1], note=text
    )


def skipped(
    group: str, work: str, comparison: str, goal: float | None, reason: str, unit: str = "ns/row"
) -> Result:
    """A line for what could not be measured."""
    return Result(group, work, comparison, None, None, unit, None, goal, note=reason)


def machine() -> dict[str, str]:
    """What the figures depend on."""
    found = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "threads": str(THREADS),
        "memory": _memory(),
        "load before": _load_before(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    for name in LIBRARIES:
        try:
            found[name] = str(library(name).__version__)
        except Skipped:
            found[name] = "not installed"
    return found


def load() -> float | None:
    """How busy the machine has been for a minute; None where that is not known."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return None


def may_save(told: bool) -> bool:
    """Whether figures measured now may be saved: other work spoils times and, less, ratios.

    Args:
        told: Whether they are to be saved whatever the machine does.
    """
    busy = load()
    if told or busy is None or busy <= QUIET:
        return True
    print(
        f"the load is {busy:.1f}: figures are saved from a quiet machine, of {QUIET} or less; wait "
        "a minute, or say --busy to save them all the same",
        file=sys.stderr,
    )
    return False


def _load_before() -> str:
    found = load()
    if found is None:
        return "unknown"
    return f"{found:.1f}{' (busy: measure again on a quiet machine)' if found > QUIET else ''}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text("utf-8") if info.exists() else ""
    lines: dict[str, str] = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        lines[key.strip()] = value.strip()
    model = lines.get("model name") or platform.processor() or platform.machine()
    if "avx512f" in lines.get("flags", ""):
        model += " (AVX-512)"
    return model


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{size / 2**30:.0f} GiB"


def number(x: float | None) -> str:
    """A figure with as many digits as it deserves."""
    if x is None:
        return "-"
    if abs(x) >= 100:
        return f"{x:,.0f}"
    return f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}"


def aim(result: Result) -> str:
    """The goal in words."""
    if result.goal is None:
        return ""
    sign = "<=" if result.at_most else ">="
    return f"{sign} {result.goal:,.0f}" if result.goal >= 100 else f"{sign} {result.goal:.3g}"


def table(results: Iterable[Result]) -> str:
    """The results for a terminal."""
    header = ("work", "beside", "unit", "ours", "theirs", "ratio", "goal", "")
    lines: list[tuple[str, ...]] = []
    heading = ""
    for r in results:
        if r.group != heading:
            heading = r.group
            lines.append((heading.upper(),))
        lines.append(
            (
                r.work,
                r.comparison,
                r.unit,
                number(r.ours),
                number(r.theirs),
                number(r.ratio),
                aim(r),
                "  ".join(t for t in (r.verdict, r.note and f"({r.note})") if t),
            )
        )
    widths = [max([len(header[i]), *(len(x[i]) for x in lines if len(x) > 1)]) for i in range(7)]
    out = []
    for line in (header, *lines):
        if len(line) == 1:
            out += ["", line[0]]
            continue
        cells = [
            text.ljust(width) if i < 3 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=False))
        ]
        out.append("  ".join([*cells, line[7]]).rstrip())
    return "\n".join(out)


def same_percents(
    ours: np.ndarray[Any, Any],
    theirs: np.ndarray[Any, Any],
    p: np.ndarray[Any, Any],
    digits: int = 0,
) -> None:
    """Refuse a comparison that does other work.

    Percentages must be equal, or differ by one unit where the probability lies at a tie, where
    a plain formula rounds by chance.

    Raises:
        AssertionError: They are not.
    """
    unit = 10.0**-digits
    scaled = p * 100.0 / unit
    tie = np.abs(scaled - np.floor(scaled) - 0.5) < 2e-3
    off = np.abs(ours.astype(np.float64) - theirs.astype(np.float64)) / unit
    wrong = (off > 1e-6) & ~(tie & (off < 1.5))
    assert not wrong.any(), f"{int(wrong.sum())} of {len(p)} percentages differ"
