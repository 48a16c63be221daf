"""Rows a second in each engine: ``python -m benchmarks.engines`` (or ``make bench-engines``).

Every contender reads the same Parquet files of text, scores it, and throws away the whole scored
table: the columns of the files and those of the scores. They take turns, so that a disturbance
meets all. Two more score nothing and show what Spark's own work takes: reading the files, and
handing each batch to Python and taking it back. The start of a Spark session is measured by itself.
The first turn of each is not counted, because Java compiles what it runs often; nor is the first
call of any turn, because memory that a virtual machine gave back to its host takes a while to
return.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

import riskbands as rb
from benchmarks import THREADS
from benchmarks.cohorts import FAMILY_2025
from benchmarks.data import dirty, everything, raw
from benchmarks.harness import machine, may_save
from riskbands.engines import arrow
from riskbands.engines import duckdb as in_duckdb
from riskbands.engines import spark as in_spark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

PAGE = Path(__file__).parents[1] / "docs" / "engines" / "choosing.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"
#: Of the rate that the library has by itself, for each core.
GOAL = 0.6
#: Files of the cohort, so that engines have as many pieces to share out.
FILES = 8
LOCAL = "the library, one thread"
SPARK = "Spark, local"


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines", description=__doc__)
    parser.add_argument("--rows", type=int, default=4_000_000, help="by default %(default)s")
    parser.add_argument("--repetitions", type=int, default=3, help="by default %(default)s")
    parser.add_argument("--only", default="", help="only engines whose names start so")
    parser.add_argument("--save", action="store_true", help="write the table into the page")
    parser.add_argument(
        "--busy", action="store_true", help="save even though the machine has other work"
    )
    return parser


def text(columns: dict[str, Any]) -> pa.Table:
    """Columns as text."""
    table = pa.table({name: pa.array(values) for name, values in columns.items()})
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def contenders(
    path: Path, predictors: Sequence[str], spark: Any
) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """What is measured: its name, the cores it may use, and what it does."""
    import dask.dataframe as dd
    import duckdb

    # A dataset is read by several threads whatever it is told, a file by one.
    files = [pq.ParquetFile(file) for file in sorted(path.glob("*.parquet"))]

    def alone() -> object:
        table = pa.concat_tables([file.read(use_threads=False) for file in files])
        return rb.score_cohort(table, predictors, threads=1)

    def together() -> object:
        return rb.score_cohort(pq.read_table(path), predictors, threads=THREADS)

    def batches() -> None:
        source = (batch for file in files for batch in file.iter_batches(10_000, use_threads=False))
        for _ in arrow.score_batches(source, predictors, threads=1):
            pass

    def through_duckdb(score: Callable[[Any, Any], Iterable[object]]) -> None:
        with duckdb.connect() as connection:
            connection.sql(f"SET threads = {THREADS}")
            for _ in score(connection.read_parquet(f"{path}/*.parquet"), connection):
                pass

    def as_relation(relation: Any, connection: Any) -> Iterable[object]:
        scored = in_duckdb.score_cohort(relation, predictors, connection=connection)
        return scored.to_arrow_reader(100_000)  # type: ignore[no-any-return]

    def as_batches(relation: Any, _: Any) -> Iterable[object]:
        return arrow.score_batches(relation.to_arrow_reader(100_000), predictors, threads=THREADS)

    def in_spark_only(made: Callable[[Any], Any]) -> None:
        made(spark.read.parquet(str(path))).write.format("noop").mode("overwrite").save()

    def unchanged(df: Any) -> Any:
        return df.mapInArrow(lambda batches: batches, df.schema)

    def score(part: Any) -> Any:
        return rb.score_cohort(part, predictors, threads=1)

    def through_dask() -> None:
        frame = dd.read_parquet(path)
        lengths = frame.map_partitions(score, meta=score(frame._meta)).map_partitions(len)
        lengths.compute(scheduler="threads", num_workers=THREADS)

    yield LOCAL, 1, alone
    yield f"the library, {THREADS} threads", THREADS, together
    yield "Arrow batches of 10,000 rows", 1, batches
    yield "DuckDB, a relation", THREADS, lambda: through_duckdb(as_relation)
    yield "DuckDB, its rows as Arrow batches", THREADS, lambda: through_duckdb(as_batches)
    yield SPARK, THREADS, lambda: in_spark_only(lambda df: in_spark.score_cohort(df, predictors))
    yield f"{SPARK}: to Python and back, unscored", THREADS, lambda: in_spark_only(unchanged)
    yield f"{SPARK}: read, unscored", THREADS, lambda: in_spark_only(lambda df: df)
    yield "Dask, threads", THREADS, through_dask


def processor_seconds() -> float:
    """Seconds that processors have worked for this process and all that it started (Linux)."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        pid = int(path.parent.name)
        # user and system time, its own and that of children that have ended
        parents[pid], ticks[pid] = int(fields[1]), sum(map(int, fields[11:15]))
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(pid, 0) for pid in ours) / os.sysconf("SC_CLK_TCK")


def measured(
    calls: Mapping[str, Callable[[], object]], repetitions: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Median seconds of each, and the least processor seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    work: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repetitions + 1):
        order: Iterable[str] = calls if turn % 2 == 0 else reversed(list(calls))
        for name in order:
            calls[name]()
            if not turn:
                continue
            processors, start = processor_seconds(), time.perf_counter()
            kept = calls[name]()
            seconds[name].append(time.perf_counter() - start)
            work[name].append(processor_seconds() - processors)
            del kept
    middle = {name: statistics.median(found) for name, found in seconds.items()}
    return middle, {name: min(found) for name, found in work.items()}


def measure(spark: Any, rows: int, repetitions: int, only: str) -> Iterator[tuple[str, ...]]:
    """The lines of the table."""
    cohorts = {
        "OGRS3": (text(dirty(raw(rows // FILES))), ("ogrs3",)),
        "the family of 2025": (text(everything(rows // 5 // FILES)), FAMILY_2025),
    }
    with tempfile.TemporaryDirectory() as folder:
        for work, (table, predictors) in cohorts.items():
            path = Path(folder) / str(len(predictors))
            path.mkdir()
            for number in range(FILES):
                pq.write_table(table, path / f"{number}.parquet")
            count = table.num_rows * FILES
            listed = [
                c for c in contenders(path, predictors, spark) if c[0].startswith((LOCAL, only))
            ]
            seconds, work_of = measured({name: call for name, _, call in listed}, repetitions)
            alone = count / seconds[LOCAL]
            for name, cores, _ in listed:
                rate = count / seconds[name]
                share = rate / cores / alone
                verdict = ""
                if name == SPARK:
                    verdict = f"goal {GOAL}: {'met' if share >= GOAL else 'NOT MET'}"
                cells: tuple[str, ...] = (
                    f"{rate:,.0f}",
                    str(cores),
                    f"{rate / cores:,.0f}",
                    f"{share:.2f}",
                    f"{1e6 * work_of[name] / count:.2f}",
                    f"{work_of[LOCAL] / work_of[name]:.2f}",
                )
                yield (work, name, *cells, verdict)


def session() -> tuple[Any, float]:
    """A local Spark, and the seconds until it had scored its first row."""
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession
    from pyspark.sql import functions as F  # noqa: N812

    began = time.perf_counter()
    made = (
        SparkSession.builder.master(f"local[{THREADS}]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "4g")
        .getOrCreate()
    )
    made.sparkContext.setLogLevel("ERROR")
    names = rb.ogrs3.needs.readable
    row = made.range(1).select(*[F.lit("1").alias(name) for name in sorted(names)])
    in_spark.score_cohort(row, ["ogrs3"]).count()
    return made, time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and on request save; the status is 0 whether or not the goal is met.

    It is 1, and nothing is measured, where the figures could not be saved.
    """
    given = options().parse_args(arguments)
    if given.save and not may_save(given.busy):
        return 1
    about = machine()
    spark, start = session()
    header = (
        "work", "engine", "rows/s", "cores", "rows/s a core", "share", "work, us/row",
        "share by work", "",
    )  # fmt: skip
    lines: list[tuple[str, ...]] = [header]
    for line in measure(spark, given.rows, given.repetitions, given.only):
        lines.append(line)
        print(*line, sep="  ", flush=True)
    spark.stop()
    table = [f"| {' | '.join(line)} |" for line in lines]
    table.insert(1, "|---|---|--:|--:|--:|--:|--:|--:|---|")
    import pyspark

    load = about["load before"]
    made = (
        f"{given.rows:,} rows of text for OGRS3, a tenth of them with a fault, and "
        f"{given.rows // 5:,} with every field for the family; {about['processor']}, "
        f"{about['cores']} cores, load before {load}; Python {about['python']}, "
        f"pyarrow {about['pyarrow']}, DuckDB {about['duckdb']}, Spark {pyspark.__version__}. "
        f"A Spark session took {start:.0f} seconds to start and to score its first row."
    )
    found = "\n".join([*table, "", made, ""])
    print(found)
    if given.save:
        before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{found}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
