"""A relation streams: scoring more rows than fit does not hold them in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

STREAM = """
import resource, sys
sys.path[:0] = [sys.argv[1]]
import duckdb
from messy import as_text, local, rows_of
from riskbands.engines import duckdb as engine

people = as_text(rows_of(100)).select(
    ["row", "sex", "date_of_birth", "conviction_date", "follow_up_date", "offence_code",
     "sanctions", "first_sanction_age"]
)
scored = sum(v is not None for v in local(people, ["ogrs3"])["ogrs3_2yr"])
connection = duckdb.connect()
connection.sql("SET threads = 2")
connection.sql("SET enable_progress_bar = false")
connection.sql("SET memory_limit = '200MB'")
connection.register("people", people)

def run(times):
    # Every row has a thousand bytes of text that is kept.
    relation = connection.sql(
        "SELECT people.*, repeat('x', 992) || lpad(n::VARCHAR, 8, '0') AS note "
        f"FROM people, range({times}) AS t(n)"
    )
    result = engine.score_cohort(relation, ["ogrs3"], connection=connection)
    reader = result.to_arrow_reader(10_000)
    found = rows = size = 0
    for batch in reader:
        rows += batch.num_rows
        size += batch.nbytes
        column = batch.column("ogrs3_2yr")
        found += len(column) - column.null_count
    assert (found, rows) == (scored * times, 100 * times), (found, rows)
    return size

run(100)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = run(10_000) // 1024
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(scored, size, grown)
"""


def test_a_gigabyte_is_scored_in_a_fifth_of_it() -> None:
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", STREAM, tests],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    scored, size, grown = map(int, done.stdout.splitlines()[-1].split())
    assert scored > 5
    assert size > 900_000  # kilobytes that went through
    assert grown < size / 5
