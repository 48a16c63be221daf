"""The command on files, beside PyArrow reading and writing the same bytes: processor time."""

from __future__ import annotations

import csv
import resource
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import USERS
from benchmarks.data import everything, raw
from benchmarks.harness import Options, Result, Skipped, library

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "FILES",
    "measure_files",
    "pass_command",
    "processor_seconds",
    "score_command",
    "write_few",
    "write_files",
]

FILES = "Files"
#: Columns of a wide file, at least.
_COLUMNS = 71
_ROWS = 500_000
#: Of the files with few columns, so that the start of the command counts no more than in others.
_NARROW_ROWS = 4 * _ROWS
#: How often the rows of each file are written, one time after the other.
_TIMES = 4
_NARROW = (
    "case_id", "sex", "date_of_birth", "conviction_date", "follow_up_date", "offence_code",
    "sanctions", "first_sanction_age",
)  # fmt: skip
#: Reads and writes a file, record batch by record batch.
_PASS = """
import sys
source, target, delimiter = sys.argv[1:]
if source.endswith(".parquet"):
    import pyarrow.parquet as pq
    file = pq.ParquetFile(source)
    with pq.ParquetWriter(target, file.schema_arrow) as writer:
        for batch in file.iter_batches(1 << 17):
            writer.write_batch(batch)
else:
    import csv
    import pyarrow as pa
    import pyarrow.csv as pc
    with open(source, newline="", encoding="utf-8-sig") as stream:
        names = next(csv.reader(stream, delimiter=delimiter))
    texts = pa.schema([(name, pa.string()) for name in names])
    reader = pc.open_csv(
        source,
        pc.ReadOptions(block_size=1 << 23),
        pc.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        pc.ConvertOptions(column_types=texts, strings_can_be_null=False),
    )
    with pc.CSVWriter(target, texts, write_options=pc.WriteOptions(delimiter=delimiter)) as writer:
        for batch in reader:
            writer.write_batch(batch)
"""


def measure_files(o: Options) -> Iterator[Result]:
    """CSV of several kinds and Parquet, each beside the same file read and written."""
    try:
        library("pyarrow")
    except Skipped as reason:
        yield Result(FILES, "files", "PyArrow", None, None, "s", None, note=str(reason))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, what, goal, rows, delimiter in write_files(folder, o.cohort_rows):
            target = folder / f"out{path.suffix}"
            passed = pass_command(path, target, delimiter)
            scored = [score_command(path, target, "-p", "ogrs3"), score_command(path, target)]
            ours = {"OGRS3": (scored[0], goal)}
            if path.suffix == ".parquet":
                ours["all predictors"] = (scored[1], 2.0)
            calls = {"pass": passed, **{k: v for k, (v, _) in ours.items()}}
            spent, walls = processor_seconds(calls, o.repetitions)
            for work, (_, most) in ours.items():
                yield _at_most(
                    f"{what}, {work}", "read and written", spent[work], spent["pass"], most, rows
                )
            if path.suffix == ".csv":
                yield Result(
                    FILES, f"{what}: wall time", "its processor time", walls["OGRS3"],
                    spent["OGRS3"], "s", walls["OGRS3"] / spent["OGRS3"], 0.65, True, rows,
                )  # fmt: skip
            path.unlink()


def write_few(path: Path, rows: int) -> None:
    """A small CSV of what OGRS3 needs."""
    _write_csv(path, _columns(rows, _NARROW), csv.QUOTE_MINIMAL)


def write_files(folder: Path, most: int) -> Iterator[tuple[Path, str, float, int, str]]:
    """The files one after the other: what each is, the goal of OGRS3, rows and delimiter.

    Args:
        folder: Where to write.
        most: Different rows, for the files of few columns four times as many; none has more than
            its usual number.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = min(most, _ROWS)
    columns = _columns(rows)
    for name, what, quoting in (
        ("plain", "", csv.QUOTE_NONE),
        ("quoted", ", all quoted", csv.QUOTE_ALL),
        ("r", ", text quoted as R does", csv.QUOTE_NONNUMERIC),
    ):
        path = folder / f"{name}.csv"
        _write_csv(path, columns, quoting)
        yield path, f"CSV, {len(columns)} columns{what}", 1.6, _TIMES * rows, ","
    path = folder / "wide.parquet"
    table = pa.table(dict(columns))
    pq.write_table(pa.concat_tables([table] * _TIMES), path, row_group_size=1 << 18)
    yield path, f"Parquet, {len(columns)} columns", 1.25, _TIMES * rows, ","

    rows = min(4 * most, _NARROW_ROWS)
    narrow = _columns(rows, _NARROW)
    lines = {**narrow, "note": np.full(rows, 'line one\nline two, "said"', dtype=object)}
    usual, excel = (",", "\n", ""), (";", "\r\n", "\ufeff")
    minimal, text = csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC
    for name, what, table, quoting, (delimiter, end, mark) in (
        ("narrow", "8 columns", narrow, csv.QUOTE_NONE, usual),
        ("narrow-quoted", "8 columns, all quoted", narrow, csv.QUOTE_ALL, usual),
        ("narrow-r", "8 columns, text quoted as R does", narrow, text, usual),
        ("excel", "8 columns as Excel saves them", narrow, minimal, excel),
        ("lines", "a quoted line end in every row", lines, minimal, usual),
    ):
        path = folder / f"{name}.csv"
        _write_csv(path, table, quoting, delimiter, end, mark)
        yield path, f"CSV, {what}", 1.6, _TIMES * rows, delimiter


def _columns(rows: int, names: Sequence[str] = ()) -> dict[str, np.ndarray]:
    """Every field of the adult predictors and columns that are none."""
    r = np.random.default_rng(7)
    found = {"case_id": np.array([f"C{n:08d}" for n in range(rows)], dtype=object)}
    found |= raw(rows, 4) if names else everything(rows)
    words = np.array(["alpha", "beta", "gamma delta"], dtype=object)
    while not names and len(found) < _COLUMNS:
        n = len(found)
        number = r.integers(0, 100_000, rows)
        found[f"extra_{n}"] = number if n % 2 else words[number % 3]
    return {name: found[name] for name in names or found}


def _write_csv(
    path: Path,
    columns: Mapping[str, np.ndarray],
    quoting: int,
    delimiter: str = ",",
    end: str = "\n",
    mark: str = "",
) -> None:
    dates = {k: v.astype(str) if v.dtype.kind == "M" else v for k, v in columns.items()}
    listed = [
        ["" if text == "NaT" else text for text in v.tolist()]
        if v.dtype.kind == "U"
        else v.tolist()
        for v in dates.values()
    ]
    with path.open("w", newline="", encoding="utf-8") as stream:
        stream.write(mark)
        writer = csv.writer(
            stream,
            quoting=quoting,  # type: ignore[arg-type]
            delimiter=delimiter,
            lineterminator=end,
        )
        writer.writerow(columns)
        header = stream.tell()
        writer.writerows(zip(*listed, strict=True))
    body = path.read_bytes()[header:]
    with path.open("ab") as more:
        for _ in range(_TIMES - 1):
            more.write(body)


def pass_command(source: Path, target: Path, delimiter: str = ",") -> list[str]:
    """Reads and writes a file with PyArrow."""
    return [sys.executable, "-c", _PASS, str(source), str(target), delimiter]


def score_command(source: Path, target: Path, *more: str) -> list[str]:
    """Scores a file."""
    code = textwrap.dedent("""
        import sys
        from riskbands.cli import main
        main()
    """)
    return [sys.executable, "-c", code, "score", str(source), "-q", "-o", str(target), *more]


def processor_seconds(
    calls: Mapping[str, Sequence[str]], repetitions: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Median processor and wall seconds of processes, taking turns."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    walls: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repetitions):
        for name, call in calls.items():
            before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(call, check=True, env=USERS)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            walls[name].append(time.perf_counter() - began)
            spent[name].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return tuple(
        {name: statistics.median(times) for name, times in found.items()}
        for found in (spent, walls)
    )  # type: ignore[return-value]


def _at_most(
    work: str, comparison: str, ours: float, theirs: float, goal: float, rows: int
) -> Result:
    return Result(
        FILES, work, comparison, ours, theirs, "s", ours / theirs, goal, True, rows,
        "processor time",
    )  # fmt: skip
