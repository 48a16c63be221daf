"""SQL gives what Python gives, for every double, in real databases."""

from __future__ import annotations

import math
import os
import re
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from band_strategies import interesting_doubles, scores_for, tables
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.sql import DIALECTS, DialectName
from riskbands.bands.table import BandTable
from riskbands.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = "out of range"


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        yield connection


def in_python(table: BandTable, x: float | None) -> str | None:
    try:
        band = table.classify(x)
    except InputError:
        return REFUSED
    return None if band is None else band.label


def in_duckdb(
    database: duckdb.DuckDBPyConnection, table: BandTable, xs: list[Any], kind: str = "DOUBLE"
) -> list[str | None]:
    case = table.to_sql("x", "duckdb", refused=REFUSED)
    column = f"SELECT unnest(?::{kind}[]) AS x"
    return [row[0] for row in database.execute(f"SELECT {case} FROM ({column})", [xs]).fetchall()]


@pytest.mark.parametrize("name", band_tables)
def test_duckdb_agrees_at_every_edge(database: duckdb.DuckDBPyConnection, name: str) -> None:
    table = band_tables[name]
    xs = [*interesting_doubles(table), math.nan, None]
    assert in_duckdb(database, table, xs) == [in_python(table, x) for x in xs]


@given(st.data(), tables)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_duckdb_agrees_on_any_table(
    database: duckdb.DuckDBPyConnection, data: st.DataObject, table: BandTable
) -> None:
    xs = data.draw(st.lists(scores_for(table) | st.just(math.nan), min_size=1, max_size=30))
    assert in_duckdb(database, table, xs) == [in_python(table, x) for x in xs]


def test_duckdb_agrees_on_a_million_doubles(database: duckdb.DuckDBPyConnection) -> None:
    """About three seconds: percentages, any bit pattern, and ulps around the edges."""
    rng = np.random.default_rng(20250911)
    for name in ("rsr-2025", "ogrs3-2yr", "rsr-api-2025-07", "rsr-calculator-2018"):
        table = band_tables[name]
        scale = 1 if name == "rsr-calculator-2018" else 100
        near = np.repeat(table.thresholds[1:-1], 10_000)
        xs = np.concatenate(
            [
                rng.random(150_000) * scale,
                rng.integers(0, 10_001, 50_000) / 100,
                rng.integers(0, 2**64, 40_000, dtype=np.uint64).view(np.float64),
                (near.view(np.int64) + rng.integers(-5, 6, near.size)).view(np.float64),
            ]
        )
        database.register("doubles", pd.DataFrame({"x": xs}))
        case = table.to_sql("x", "duckdb")
        got = database.execute(f"SELECT {case} AS band FROM doubles").fetchnumpy()["band"]
        codes = table.codes(xs, refused="missing")
        for rank, label in enumerate(table.labels):
            np.testing.assert_array_equal(np.ma.filled(got == label, False), codes == rank)


@pytest.mark.parametrize("kind", ["FLOAT", "INTEGER", "UTINYINT", "BIGINT"])
def test_narrow_columns_agree(database: duckdb.DuckDBPyConnection, kind: str) -> None:
    table = band_table("rsr-2025")
    xs: list[Any] = [0, 1, 2, 3, 6, 7, 100, None]
    if kind == "FLOAT":
        xs += [float(np.float32(x)) for x in (2.995, 6.895, 6.9, 2.9949999)]
    assert in_duckdb(database, table, xs, kind) == [in_python(table, x) for x in xs]


def test_text_and_flags_are_no_scores_for_duckdb_either(
    database: duckdb.DuckDBPyConnection,
) -> None:
    case = band_table("rsr-2025").to_sql("x")
    with pytest.raises(duckdb.Error):
        database.execute(f"SELECT {case} FROM (SELECT '3' || '' AS x)")


def test_values_that_python_refuses_are_null_unless_named(
    database: duckdb.DuckDBPyConnection,
) -> None:
    case = band_table("rsr-2025").to_sql("x")
    rows = database.execute(f"SELECT {case} FROM (SELECT unnest([-1.0, 'inf'::DOUBLE]) AS x)")
    assert rows.fetchall() == [(None,), (None,)]


# -- the text --------------------------------------------------------------------------------------


def test_the_expression_is_readable() -> None:
    assert band_table("rsr-2025").to_sql("score", "postgres", refused="?") == "\n".join(
        [
            "CASE",
            "  WHEN \"score\" < CAST('-0.0049999999999999992' AS DOUBLE PRECISION) THEN '?'",
            "  WHEN \"score\" < CAST('2.9950000000000001' AS DOUBLE PRECISION) THEN 'Low'",
            "  WHEN \"score\" < CAST('6.8950000000000005' AS DOUBLE PRECISION) THEN 'Medium'",
            "  WHEN \"score\" < CAST('100.00500000000001' AS DOUBLE PRECISION) THEN 'High'",
            "  WHEN \"score\" <= CAST('Infinity' AS DOUBLE PRECISION) THEN '?'",
            "END",
        ]
    )


@pytest.mark.parametrize("name", band_tables)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_number_comes_back_as_its_double(name: str, dialect: DialectName) -> None:
    table = band_tables[name]
    numbers = re.findall(r"CAST\('([^']+)' AS DOUBLE", table.to_sql("x", dialect))
    assert [float(n) for n in numbers] == [*table.thresholds.tolist(), math.inf]


@pytest.mark.parametrize(
    ("dialect", "column", "label"),
    [
        ("duckdb", '"a""b.c"', "'it''s'"),
        ("trino", '"a""b.c"', "'it''s'"),
        ("athena", '"a""b.c"', "'it''s'"),
        ("postgres", '"a""b.c"', "'it''s'"),
        ("spark", '`a"b.c`', "'it\\'s'"),
    ],
)
def test_names_and_labels_are_quoted(dialect: DialectName, column: str, label: str) -> None:
    table = BandTable(id="t", labels=["it's"], intervals=["[0, 1)"])
    case = table.to_sql('a"b.c', dialect)
    assert f"  WHEN {column} < " in case
    assert f"THEN {label}" in case


def test_spark_escapes_its_own_marks() -> None:
    table = BandTable(id="t", labels=["a\\b"], intervals=["[0, 1)"])
    assert "WHEN `a``b` <" in table.to_sql("a`b", "spark")
    assert r"THEN 'a\\b'" in table.to_sql("x", "spark")
    assert r"THEN 'a\b'" in table.to_sql("x", "duckdb")


HOSTILE = ["score", 'x" OR 1=1 --', "x; DROP TABLE t", "x')", "naïve", "a b", "`", "'"]


@pytest.mark.parametrize("column", HOSTILE)
def test_any_column_name_is_only_a_name(database: duckdb.DuckDBPyConnection, column: str) -> None:
    quoted = '"' + column.replace('"', '""') + '"'
    case = band_table("rsr-2025").to_sql(column)
    got = database.execute(f"SELECT {case} FROM (SELECT 3.0::DOUBLE AS {quoted})").fetchall()
    assert got == [("Medium",)]


@pytest.mark.parametrize("column", ["", "  ", "a\x00b", "a\nb", None, 3, b"x", ("t", "x")])
def test_what_is_no_column_name_is_refused(column: Any) -> None:
    with pytest.raises(InputError, match="a column is given by its name"):
        band_table("rsr-2025").to_sql(column)


def test_other_arguments_are_checked() -> None:
    with pytest.raises(UnknownNameError, match="did you mean postgres"):
        band_table("rsr-2025").to_sql("x", "postgre")  # type: ignore[arg-type]
    bad: Any
    for bad in (3, "a\nb"):
        with pytest.raises(InputError, match="printable text"):
            band_table("rsr-2025").to_sql("x", refused=bad)


# -- PostgreSQL, where one is installed ------------------------------------------------------------

SERVER = shutil.which("postgres")


@pytest.mark.skipif(SERVER is None, reason="needs PostgreSQL")
def test_postgresql_agrees_at_every_edge() -> None:
    programs = Path(os.path.realpath(str(SERVER))).parent
    user = "nobody" if os.geteuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        if user:
            shutil.chown(folder, user)
        run = partial(subprocess.run, check=True, capture_output=True, text=True, user=user)
        run([programs / "initdb", "-D", f"{folder}/db", "-A", "trust", "-N"], cwd=folder)
        queries = []
        expected = []
        for name, table in band_tables.items():
            xs = [*interesting_doubles(table), math.nan]
            rows = ", ".join(f"({n}, '{x!r}'::float8)" for n, x in enumerate(xs))
            case = table.to_sql("x", "postgres", refused=REFUSED).replace("\n", " ")
            queries.append(
                f"SELECT coalesce({case}, 'none') AS band FROM (VALUES {rows}) v(n, x) ORDER BY n"
            )
            expected += [f"{name}: {in_python(table, x) or 'none'}" for x in xs]
            queries[-1] = queries[-1].replace("coalesce(", f"'{name}: ' || coalesce(")
        server = [programs / "postgres", "--single", "-D", f"{folder}/db", "postgres"]
        answer = run(server, input="\n".join(queries), cwd=folder).stdout
    assert re.findall(r'1: band = "([^"]*)"', answer) == expected
