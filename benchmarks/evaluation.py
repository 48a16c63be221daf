"""What a score is worth, by group, beside scikit-learn; and counts of a large Parquet file."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks.harness import Options, Result, Skipped, faster, library, medians, skipped
from benchmarks.memory import LAUNCH

if TYPE_CHECKING:
    from collections.abc import Iterator

EVALUATION = "Evaluation of a scored cohort, 8 groups, all figures"
COUNTS = "Counts of a Parquet file, whole process"
#: How many times faster than three figures of scikit-learn by group.
CODES, TEXTS = 30.0, 15.0
LIMIT = 400.0
_GROUPS = 8
_THEIRS = "scikit-learn: roc_auc_score, brier_score_loss, log_loss by group"
_BATCH = 1_000_000


def scored(rows: int, seed: int = 16) -> dict[str, Any]:
    """Whole percents, outcomes drawn from them, and groups as codes and as text."""
    rng = np.random.default_rng(seed)
    percent = np.clip(rng.gamma(2.0, 18.0, rows), 1, 99).astype(np.uint8)
    group = rng.integers(0, _GROUPS, rows).astype(np.int8)
    return {
        "ogrs3_2yr": percent,
        "reoffended": (rng.random(rows, np.float32) < percent / np.float32(100)).astype(np.int8),
        "group": group,
        "area": np.array([f"area {i}" for i in range(_GROUPS)], dtype=object)[group],
    }


def ours(columns: dict[str, Any], by: str) -> rb.Evaluation:
    """Every figure, for everyone and by group, and what differs between groups."""
    found = rb.evaluate(columns, "ogrs3", outcome="reoffended", by=by)
    found.to_frame()
    found.group_differences  # noqa: B018 - worked out when it is asked for
    return found


def theirs(columns: dict[str, Any], p: Any, by: str) -> list[tuple[float, float, float]]:
    """Three figures of each group.

    Raises:
        Skipped: scikit-learn is not installed.
    """
    metrics = library("sklearn.metrics")
    y, group = columns["reoffended"], columns[by]
    found = []
    for value in (f"area {i}" if by == "area" else i for i in range(_GROUPS)):
        here = group == value
        a, b = y[here], p[here]
        found.append(
            (
                float(metrics.roc_auc_score(a, b)),
                float(metrics.brier_score_loss(a, b)),
                float(metrics.log_loss(a, b)),
            )
        )
    return found


def verify(rows: int) -> None:
    """Both give the same figures.

    Raises:
        AssertionError: They do not.
        Skipped: scikit-learn is not installed.
    """
    columns = scored(rows)
    for by in ("group", "area"):
        groups = ours(columns, by).groups
        expected = theirs(columns, columns["ogrs3_2yr"] / 100, by)
        for f, numbers in zip(groups.values(), expected, strict=True):
            found = [float(e) for e in (f.auc, f.brier, f.log_loss)]
            if not np.allclose(found, numbers, rtol=0, atol=1e-9):
                raise AssertionError(f"other figures of {by} {f.group}: {found} and {numbers}")


def measure(o: Options) -> Iterator[Result]:
    """Groups as codes, as a dictionary column and as text."""
    columns = scored(o.rows)
    p = columns["ogrs3_2yr"] / 100
    verify(min(o.rows, 200_000))
    for by, name, goal in (("group", "codes", CODES), ("area", "text", TEXTS)):
        contenders: dict[str, Any] = {
            "ours": lambda by=by: ours(columns, by),
            "theirs": lambda by=by: theirs(columns, p, by),
        }
        if by == "group":
            contenders["dictionary"] = _dictionary(columns)
        try:
            seconds = medians({k: v for k, v in contenders.items() if v}, o.repetitions)
        except Skipped as reason:
            yield skipped(EVALUATION, f"groups as {name}", _THEIRS, goal, str(reason))
            continue
        base = (seconds["theirs"], o.rows)
        for who, what in (("ours", name), ("dictionary", "a dictionary column")):
            if who in seconds:
                mine = (seconds[who], o.rows)
                note = f"{1000 * seconds[who]:.0f} ms for {o.rows:,} rows"
                yield faster(EVALUATION, f"groups as {what}", _THEIRS, mine, base, goal, note)


def _dictionary(columns: dict[str, Any]) -> Any:
    """An Arrow table with the groups as a dictionary column; None without Arrow."""
    try:
        pa = library("pyarrow")
    except Skipped:
        return None
    names = pa.array([f"area {i}" for i in range(_GROUPS)])
    table = pa.table(
        {
            "ogrs3_2yr": columns["ogrs3_2yr"],
            "reoffended": columns["reoffended"],
            "area": pa.DictionaryArray.from_arrays(pa.array(columns["group"]), names),
        }
    )
    return lambda: ours(table, "area")


_COUNT = """
import sys
import riskbands as rb
counts = rb.outcome_counts(sys.argv[1], "ogrs3", outcome="reoffended", by="group")
assert counts.total == int(sys.argv[2])
"""


def count_file(rows: int) -> tuple[float, float]:
    """Seconds and peak megabytes of a process that counts a Parquet file.

    Raises:
        Skipped: PyArrow is not installed, or the process failed.
    """
    pa, pq = library("pyarrow"), library("pyarrow.parquet")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scored.parquet"
        writer = None
        for start in range(0, rows, _BATCH):
            columns = scored(min(_BATCH, rows - start), seed=start)
            table = pa.table({k: v for k, v in columns.items() if k != "area"})
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
        if writer is not None:
            writer.close()
        command = [sys.executable, "-c", _COUNT, str(path), str(rows)]
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, *command], capture_output=True, check=False, text=True
        )
        if done.returncode:
            raise Skipped(f"counting failed: {done.stderr.strip()[-200:]}")
        seconds, peak = json.loads(done.stdout)
        return seconds, peak * (1 if sys.platform == "darwin" else 1024) / 1e6


def measure_counts(o: Options) -> Iterator[Result]:
    """Peak memory, which the size of the file must not matter to."""
    for rows in sorted({o.most // 10, o.most}):
        work = f"rb.outcome_counts of {rows:,} rows by group"
        try:
            seconds, peak = count_file(rows)
        except Skipped as reason:
            yield skipped(COUNTS, work, "", LIMIT, str(reason), "MB")
            continue
        note = f"{seconds:,.1f} s, {rows / seconds / 1e6:.1f} million rows a second"
        yield Result(COUNTS, work, "", peak, None, "MB", peak, LIMIT, True, rows, note=note)
