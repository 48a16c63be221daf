"""What is special about Spark: its types, its workers, its batches, its time zones."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from messy import as_text, as_types, differences, local, rows_of
from pyspark.sql import functions as F  # noqa: N812
from pyspark.sql import types as T  # noqa: N812

import riskbands as rb
from riskbands.engines import arrow
from riskbands.engines import spark as engine
from riskbands.errors import FrameError, InputErrorGroup, UnsupportedFrameError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = rows_of(300, seed=50_000)
TEXT, TYPED = as_text(ROWS), as_types(ROWS)


@pytest.fixture
def setting(spark: Any) -> Iterator[Any]:
    """Set one of Spark's settings for a test."""
    changed = []

    def set_(name: str, value: str) -> None:
        changed.append(name)
        spark.conf.set(name, value)

    yield set_
    for name in changed:
        spark.conf.unset(name)


def test_batches_of_37_rows(spark: Any, setting: Any) -> None:
    setting("spark.sql.execution.arrow.maxRecordsPerBatch", "37")
    scored = engine.score_cohort(spark.createDataFrame(TEXT)).toArrow()
    assert differences(scored, TEXT, local(TEXT)) == []


def test_large_text(spark: Any, setting: Any) -> None:
    setting("spark.sql.execution.arrow.useLargeVarTypes", "true")
    scored = engine.score_cohort(spark.createDataFrame(TEXT), ["ogrs3", "rsr"]).toArrow()
    columns = [
        c.cast(pa.string()) if pa.types.is_large_string(c.type) else c for c in scored.columns
    ]
    plain = pa.table(columns, scored.column_names)
    assert differences(plain, TEXT, local(TEXT, ["ogrs3", "rsr"])) == []


def test_a_column_of_two_megabytes_of_text_in_a_row_and_one_of_lists(spark: Any) -> None:
    df = spark.createDataFrame(TYPED).withColumn("notes", F.repeat(F.lit("x"), 2_000))
    df = df.withColumn("listed", F.array(F.lit(1), F.col("row"))).withColumn(
        "kept", F.create_map(F.lit("a"), F.col("row"))
    )
    found = engine.score_cohort(df, ["ogrs3"]).orderBy("row").collect()
    assert [r.ogrs3_2yr for r in found] == local(TYPED, ["ogrs3"])["ogrs3_2yr"]
    assert found[7].listed == [1, 7]
    assert found[7].kept == {"a": 7}
    assert len(found[7].notes) == 2_000


def test_every_width_of_number(spark: Any) -> None:
    for kind in ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal(9, 2)"):
        df = spark.createDataFrame(TYPED).withColumn(
            "first_sanction_age", F.col("first_sanction_age").cast(kind)
        )
        scored = engine.score_cohort(df, ["ogrs3"]).toArrow().sort_by("row")
        expected = local(TYPED, ["ogrs3"])
        assert {name: scored[name].to_pylist() for name in expected} == expected, kind


def test_the_schema_is_known_before_anything_runs(spark: Any) -> None:
    df = spark.createDataFrame(TEXT)
    scored = engine.score_cohort(df, ["ogrs3", "rsr"])
    assert scored.schema == engine.schema(df.schema, ["ogrs3", "rsr"])
    names = [f.name for f in arrow.schema(TEXT.schema, ["ogrs3", "rsr"])]
    assert scored.columns == names
    added = engine.ddl(df.schema, ["ogrs3"])
    assert added == (
        "ogrs3_1yr SMALLINT, ogrs3_2yr SMALLINT, ogrs3_band STRING, ogrs3_issues STRING"
    )
    assert T.StructType.fromDDL(added).fields == scored.schema.fields[len(df.columns) :][:4]


def test_nulls_in_a_column_that_spark_thinks_has_none(spark: Any) -> None:
    df = spark.createDataFrame(TYPED)
    strict = T.StructType([T.StructField(f.name, f.dataType, f.name != "row") for f in df.schema])
    strict.fields[0].nullable = False
    df = spark.createDataFrame(df.rdd, strict)
    assert not df.schema["row"].nullable
    scored = engine.score_cohort(df, ["ogrs3"])
    assert all(f.nullable for f in scored.schema)
    assert differences(scored.toArrow(), TYPED, local(TYPED, ["ogrs3"])) == []


def test_dates_stay_dates_in_every_time_zone(spark: Any, setting: Any) -> None:
    expected = local(TYPED, ["ogrs3"])
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        setting("spark.sql.session.timeZone", zone)
        scored = engine.score_cohort(spark.createDataFrame(TYPED), ["ogrs3"])
        assert scored.schema["date_of_birth"].dataType == T.DateType()
        assert differences(scored.toArrow(), TYPED, expected) == []


def test_a_timestamp_is_refused_with_advice_and_kept_where_it_is_no_field(spark: Any) -> None:
    df = spark.createDataFrame(TYPED)
    with pytest.raises(InputErrorGroup, match="to_date"):
        engine.score_cohort(
            df.withColumn("conviction_date", F.col("conviction_date").cast("timestamp")), ["ogrs3"]
        )
    stamped = df.withColumn("extracted_at", F.lit(dt.datetime(2024, 7, 1, 12)))
    scored = engine.score_cohort(stamped, ["ogrs3"]).orderBy("row").collect()
    assert scored[0].extracted_at == dt.datetime(2024, 7, 1, 12)
    plain = df.withColumn("conviction_date", F.col("conviction_date").cast("timestamp_ntz"))
    found = [r.ogrs3_2yr for r in engine.score_cohort(plain, ["ogrs3"]).orderBy("row").collect()]
    assert found == local(TYPED, ["ogrs3"])["ogrs3_2yr"]


def test_names_that_spark_cannot_tell_apart_are_refused(spark: Any) -> None:
    df = spark.createDataFrame(TYPED).withColumn("OGRS3_2YR", F.lit(1))
    with pytest.raises(FrameError, match="ogrs3_2yr"):
        engine.score_cohort(df, ["ogrs3"])
    joined = df.join(df.select(F.col("row"), F.col("sex")), on="row").drop("OGRS3_2YR")
    with pytest.raises(InputErrorGroup, match="two columns are sex"):
        engine.score_cohort(joined, ["ogrs3"])
    with pytest.raises(UnsupportedFrameError, match=r"not builtins\.list"):
        engine.score_cohort([1], ["ogrs3"])


def test_columns_with_quotes_keywords_and_dots(spark: Any) -> None:
    strange = {"sex": "a `quoted` name", "sanctions": "select", "date_of_birth": "born.on"}
    named = TEXT.rename_columns([strange.get(n, n) for n in TEXT.column_names])
    rename = {new: old for old, new in strange.items()}
    scored = engine.score_cohort(spark.createDataFrame(named), ["ogrs3"], rename=rename)
    assert differences(scored.toArrow(), named, local(TEXT, ["ogrs3"])) == []


def test_a_table_from_a_file_travels_to_the_workers(spark: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(rb.coefficient_tables["ogrs3-hmpps-2025"].to_toml(), "utf-8")
    options: dict[str, Any] = {"tables": {"ogrs3": file}, "form": "brief"}
    expected = local(TEXT, ["ogrs3"], **options)
    scored = engine.score_cohort(spark.createDataFrame(TEXT), ["ogrs3"], **options)
    file.unlink()
    assert differences(scored.toArrow(), TEXT, expected) == []


def test_partitions_without_a_row(spark: Any) -> None:
    df = spark.createDataFrame(TYPED).repartition(8).where("row = 3")
    [row] = engine.score_cohort(df, ["ogrs3"]).collect()
    assert row.ogrs3_2yr == local(TYPED, ["ogrs3"])["ogrs3_2yr"][3]
    assert engine.score_cohort(df.where("row < 0"), ["ogrs3"]).count() == 0


def test_sql_reads_what_was_scored(spark: Any) -> None:
    engine.score_cohort(spark.createDataFrame(TYPED), ["ogrs3"]).createOrReplaceTempView("scored")
    [(found,)] = spark.sql("SELECT count(ogrs3_2yr) FROM scored WHERE ogrs3_band >= ''").collect()
    assert found == sum(v is not None for v in local(TYPED, ["ogrs3"])["ogrs3_2yr"])


@pytest.mark.filterwarnings("error")
def test_no_warning_reaches_the_caller(spark: Any) -> None:
    names = ["sex", "age_at_conviction", "age_at_follow_up", "offence_code", "sanctions"]
    df = spark.range(3).select(*[F.lit(1).alias(n) for n in [*names, "first_sanction_age"]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine.score_cohort(df, ["ogrs3"])


HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "riskbands":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
import pickle
score = pickle.load(open(sys.argv[1], "rb"))
try:
    next(score(iter([])))
except RuntimeError as error:
    print(error)
"""


def test_a_worker_without_the_library_says_so(tmp_path: Path) -> None:
    from pyspark import cloudpickle

    made = engine._plan(
        T.StructType([T.StructField(name, T.StringType()) for name in TEXT.column_names]), ["ogrs3"]
    )
    file = tmp_path / "function"
    file.write_bytes(cloudpickle.dumps(engine._worker(made)))
    done = subprocess.run(
        [sys.executable, "-c", HIDE, str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "does not have riskbands" in done.stdout
    assert "PYSPARK_PYTHON" in done.stdout
    assert sys.executable in done.stdout


def test_a_worker_with_another_version_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    made = arrow.plan(TEXT.schema, ["ogrs3"])
    score = engine._worker(made)
    monkeypatch.setattr("riskbands._version.__version__", "0.0.1")
    with pytest.raises(RuntimeError, match=r"has riskbands 0\.0\.1, and the driver has"):
        next(score(iter([])))


CONNECT = """
import os, sys
sys.path[:0] = [sys.argv[1]]
from messy import as_types, differences, local, rows_of
from pyspark.sql import SparkSession
from riskbands.engines import spark as engine
table = as_types(rows_of(120, seed=90_000))
session = SparkSession.builder.remote("local[1]").config("spark.ui.enabled", "false").getOrCreate()
df = session.createDataFrame(table)
assert "connect" in type(df).__module__, type(df)
scored = engine.score_cohort(df, ["ogrs3", "rsr"])
assert scored.schema == engine.schema(df.schema, ["ogrs3", "rsr"])
print(differences(scored.toArrow(), table, local(table, ["ogrs3", "rsr"])))
session.stop()
"""


def test_spark_connect(tmp_path: Path) -> None:
    tests = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", CONNECT, tests],
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=tmp_path,
        env={**os.environ, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"},
    )
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr[-3000:]
