"""Memory beyond input and output, and the command line on a Parquet file; in new processes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.data import raw
from benchmarks.harness import Options, Result, Skipped, library, skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = "Memory beyond input and output"
STREAM = "Command line, Parquet to Parquet"
CSV_STREAM = "Command line, CSV through standard input"
LIMIT, LIMIT_STREAM, LIMIT_CSV = 200.0, 400.0, 500.0
_MB = 1e6
#: Rows of the file that are made and written at a time.
_BATCH = 500_000
#: Rows of the CSV that are made at a time.
_CSV_ROWS = 50_000

# Input and output are what the arrays hold; the mark is reset when the input is there.
_PROBE = """
import json, sys
from pathlib import Path
import numpy as np
import riskbands as rb
from benchmarks import data

def status(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(x.split()[1]) * 1024 for x in lines if x.startswith(key))

kind, rows, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
small = data.compact(1000) if kind == "features" else data.raw(1000)
columns = data.compact(rows) if kind == "features" else data.raw(rows)
def run(x):
    if kind == "features":
        return rb.ogrs3.score_features(x, threads=threads)
    return rb.score_cohort(x, ["ogrs3"], threads=threads)
run(small)
Path("/proc/self/clear_refs").write_text("5")
before = status("VmRSS")
found = run(columns)
peak = status("VmHWM")
if kind == "features":
    arrays = [*found.probability.values(), *found.percent.values(), found.band.codes]
else:
    arrays = [c.codes if hasattr(c, "codes") else c for c in found.values()]
output = sum(a.nbytes for a in arrays)
print(json.dumps({"beyond": peak - before - output, "output": output}))
"""

# A new process starts with the peak of the one that started it, so a small one must do that.
LAUNCH = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
sys.exit(done.returncode)
"""


def beyond(kind: str, rows: int, threads: int) -> dict[str, int]:
    """Bytes a call needed at its peak, less its output; and its output.

    Raises:
        Skipped: The system does not tell.
    """
    if not Path("/proc/self/clear_refs").exists():
        raise Skipped("peak memory is read from /proc")
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, kind, str(rows), str(threads)],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise Skipped(done.stderr.strip().splitlines()[-1])
    found: dict[str, int] = json.loads(done.stdout)
    return found


def measure_memory(o: Options) -> Iterator[Result]:
    """At several sizes, which must not matter."""
    sizes = {
        "features": sorted({o.rows // 100, o.rows // 10, o.rows, min(5 * o.rows, o.most)}),
        "cohort": sorted({o.cohort_rows // 10, o.cohort_rows, 5 * o.cohort_rows}),
    }
    names = {"features": "OGRS3, score_features", "cohort": "OGRS3, score_cohort of raw columns"}
    for kind, work in names.items():
        for rows in sizes[kind]:
            line = f"{work}, {rows:,} rows, up to {o.threads} threads"
            try:
                found = beyond(kind, rows, o.threads)
            except Skipped as reason:
                yield skipped(MEMORY, line, "", LIMIT, str(reason), "MB")
                continue
            value = max(found["beyond"] / _MB, 0.0)
            note = f"output {found['output'] / _MB:,.1f} MB"
            yield Result(
                MEMORY,
                line,
                "",
                value,
                None,
                "MB",
                value,
                LIMIT,
                at_most=True,
                rows=rows,
                note=note,
            )


def write_parquet(path: Path, rows: int) -> None:
    """A cohort file of raw columns, written batch by batch."""
    pa, parquet = library("pyarrow"), library("pyarrow.parquet")
    writer: Any = None
    for start in range(0, rows, _BATCH):
        columns = raw(min(_BATCH, rows - start), seed=100 + start // _BATCH)
        table = pa.table({k: pa.array(v) for k, v in columns.items()})
        writer = writer or parquet.ParquetWriter(path, table.schema)
        writer.write_table(table)
    writer.close()


def stream(rows: int) -> tuple[float, float]:
    """Seconds and peak megabytes of ``riskbands score`` on a file of that many rows.

    Raises:
        Skipped: There is no command line yet, or it failed.
    """
    if importlib.util.find_spec("riskbands.cli") is None:
        raise Skipped("this version has no command line")
    parquet = library("pyarrow.parquet")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "cohort.parquet", Path(folder) / "scores.parquet"
        write_parquet(source, rows)
        command = [sys.executable, "-m", "riskbands", "score", str(source)]
        command += ["-o", str(target), "-p", "ogrs3"]
        done = subprocess.run(
            [sys.executable, "-c", LAUNCH, *command], capture_output=True, check=False, text=True
        )
        if done.returncode:
            raise Skipped(f"riskbands score failed: {done.stderr.strip()[-200:]}")
        seconds, peak = json.loads(done.stdout)
        if parquet.ParquetFile(target).metadata.num_rows != rows:
            raise Skipped("riskbands score wrote another number of rows")
        return seconds, peak * (1 if sys.platform == "darwin" else 1024) / _MB


def csv_parts(size: int) -> Iterator[bytes]:
    """A CSV file of about so many bytes: raw columns and a note with a line end in every row."""
    columns = raw(_CSV_ROWS)
    names = ["case_id", *columns, "note"]
    texts = [
        v.astype(str).tolist() if v.dtype.kind == "M" else v.tolist() for v in columns.values()
    ]
    yield ",".join(names).encode() + b"\n"
    written = part = 0
    while written < size:
        idents = [f"C{part}-{n}" for n in range(_CSV_ROWS)]
        notes = [f'"line {n}\nsaid ""so"", {part}"' for n in range(_CSV_ROWS)]
        rows = zip(idents, *texts, notes, strict=True)
        data = "".join(",".join(map(str, row)) + "\n" for row in rows).encode()
        yield data
        written += len(data)
        part += 1


def one_cell(size: int) -> Iterator[bytes]:
    """A CSV file with a quoted cell of that many bytes."""
    yield b'case_id,sex,note\n1,male,"'
    for _ in range(size >> 20):
        yield (b"x" * 1023 + b"\n") * 1024
    yield b'"\n'


def csv_peak(parts: Iterator[bytes]) -> tuple[int, float, str]:
    """Exit status, peak megabytes and messages of ``riskbands score -`` with that input."""
    command = [sys.executable, "-m", "riskbands", "score", "-", "-q", "-p", "ogrs3"]
    command += ["-o", "/dev/null"]
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        try:
            for part in parts:
                process.stdin.write(part)
        except BrokenPipeError:  # it refuses the input
            pass
        found, messages = process.communicate()
    peak: float = json.loads(found)[1]
    unit = 1 if sys.platform == "darwin" else 1024
    return process.returncode, peak * unit / _MB, messages.decode()


def measure_csv_stream(o: Options) -> Iterator[Result]:
    """Peak memory of the whole process, whatever comes through standard input."""
    for size in sorted({o.csv_bytes // 10, o.csv_bytes} - {0}):
        work = f"riskbands score -, {size / 1e9:,.2f} GB, whole process"
        status, peak, messages = csv_peak(csv_parts(size))
        if status:
            yield skipped(CSV_STREAM, work, "", LIMIT_CSV, messages.strip()[-200:], "MB")
            continue
        yield Result(CSV_STREAM, work, "", peak, None, "MB", peak, LIMIT_CSV, True)
    if o.csv_bytes:
        status, peak, messages = csv_peak(one_cell(60 << 20))
        note = "refused" if status and "a row is longer than" in messages else "not refused"
        work = "riskbands score -, a quoted cell of 60 MB"
        yield Result(CSV_STREAM, work, "", peak, None, "MB", peak, LIMIT_CSV, True, note=note)


def measure_stream(o: Options) -> Iterator[Result]:
    """Peak memory of the whole process, whatever the size of the file."""
    for rows in sorted({o.stream_rows // 10, o.stream_rows} - {0}):
        work = f"riskbands score, {rows:,} rows, whole process"
        try:
            seconds, peak = stream(rows)
        except Skipped as reason:
            yield skipped(STREAM, work, "", LIMIT_STREAM, str(reason), "MB")
            continue
        note = f"{seconds:,.1f} s, {rows / seconds / 1e6:.2f} million rows a second"
        yield Result(STREAM, work, "", peak, None, "MB", peak, LIMIT_STREAM, True, rows, note=note)
