"""The SQL of a whole score, run in Spark, gives what `score_cohort` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cases import PREDICTORS
from oddcolumns import read_otherwise
from ownfiles import KINDS, own, rows_of
from sqlrows import FIELDS, differences, expected, golden_columns, untidy_columns

import riskbands as rb
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlrows import Columns

    from riskbands.vocabulary.fields import Field

WITH_FORMS = ("snsv", "rsr", "arp", "vrp", "svrp", "csrp")
TYPES = {
    Kind.DATE: pa.date32(), Kind.INT: pa.int32(), Kind.LEVEL: pa.int16(), Kind.BOOL: pa.bool_(),
}  # fmt: skip


def stored(spark: Any, columns: Columns, folder: Path, fields: Mapping[str, Field] = FIELDS) -> Any:
    """A data frame of columns and of ``row``, their number, from two files of a folder.

    Spark would send rows of the program along with every statement.
    """
    arrays = {n: pa.array(c, TYPES.get(fields[n].kind, pa.string())) for n, c in columns.items()}
    count = len(next(iter(columns.values())))
    table = pa.table({"row": pa.array(range(count), pa.int32()), **arrays})
    half = count // 2
    pq.write_table(table.slice(0, half), folder / "first.parquet")
    pq.write_table(table.slice(half), folder / "second.parquet")
    return spark.read.parquet(str(folder))


def compare(df: Any, columns: Columns, predictor: rb.Predictor, form: Any = "auto") -> int:
    """Compare every column and row of a data frame; return how many have a score."""
    df.createOrReplaceTempView("cases")
    sql = predictor.to_sql("spark", source="cases", columns=list(columns), keep=["row"], form=form)
    answer = df.sparkSession.sql(sql).toArrow().sort_by("row")
    names = answer.column_names
    rows = list(zip(*(c.to_pylist() for c in answer.columns), strict=True))
    want = expected(columns, predictor, form)
    assert list(differences(want, names[1:], [row[1:] for row in rows])) == []
    return want[f"{predictor.id}_issues"].count("")


@pytest.fixture(scope="module")
def untidy(rows: int) -> Columns:
    return {n: _small(n, c) for n, c in untidy_columns(rows).items()}


def _small(name: str, column: list[Any]) -> list[Any]:
    """Levels as small integers can hold them."""
    if FIELDS[name].kind is not Kind.LEVEL:
        return column
    return [min(v, 32_767) if v is not None else None for v in column]


@pytest.fixture(scope="module")
def untidy_frame(spark: Any, untidy: Columns, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return stored(spark, untidy, tmp_path_factory.mktemp("untidy"))


@pytest.fixture
def interpreted(spark: Any) -> Iterator[None]:
    """Spark does not compile its expressions.

    Most statements are too long for a method of Java. Spark finds out by compiling them, which
    takes longer than 20,000 rows do, and then interprets them all the same.
    """
    settings = {
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    for name, value in settings.items():
        spark.conf.set(name, value)
    yield
    for name in settings:
        spark.conf.unset(name)


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("name", PREDICTORS)
def test_every_predictor_on_untidy_cases(
    untidy_frame: Any, untidy: Columns, rows: int, name: str
) -> None:
    for form in ("auto", "brief", "extended") if name in WITH_FORMS else ("auto",):
        assert compare(untidy_frame, untidy, by_id[name], form) > rows / 10


@pytest.mark.parametrize(("name", "year"), [("rsr", "2025"), ("ogp", "2025"), ("csrp", "2026")])
def test_vectors_of_the_deployed_calculators(
    spark: Any, tmp_path: Path, name: str, year: str
) -> None:
    """As Spark does it by itself, which compiles what it can."""
    columns = golden_columns(f"hmpps_{year}")
    assert compare(stored(spark, columns, tmp_path), columns, by_id[name]) > 300


@pytest.mark.usefixtures("interpreted")
@pytest.mark.parametrize("kind", KINDS)
def test_instruments_from_a_file(spark: Any, tmp_path: Path, rows: int, kind: str) -> None:
    mine = own(kind)
    columns = rows_of(mine, rows)
    frame = stored(spark, columns, tmp_path, mine.vocabulary.fields)
    assert compare(frame, columns, mine) > rows / 2


@pytest.mark.usefixtures("interpreted")
def test_odd_values_of_every_type_are_read_as_in_python(spark: Any) -> None:
    def run(sql: str) -> list[Any]:
        return [row[0] for row in spark.sql(sql).collect()]

    assert read_otherwise("spark", run) == []


def test_columns_may_have_any_name(spark: Any) -> None:
    table = pa.table(
        {
            "Order": [7],
            "a;b": ["F"],
            "from": pa.array(["1985-03-10"]).cast(pa.date32()),
            "it's": pa.array(["2013-06-01"]).cast(pa.date32()),
            "back`tick": ["00801"],
            "group": pa.array([9], pa.int8()),
            "x.y": [17],
        }
    )
    spark.createDataFrame(table).createOrReplaceTempView("select")
    named = {
        "sex": "a;b", "date_of_birth": "from", "conviction_date": "it's",
        "offence_code": "back`tick", "sanctions": "group", "first_sanction_age": "x.y",
    }  # fmt: skip
    sql = rb.ogrs3.to_sql("spark", source="select", columns=named, keep=["Order"])
    (row,) = spark.sql(sql).collect()
    case = {
        "sex": "female", "date_of_birth": "1985-03-10", "conviction_date": "2013-06-01",
        "offence_code": "00801", "sanctions": 9, "first_sanction_age": 17,
    }  # fmt: skip
    score = rb.ogrs3.score(case)
    assert tuple(row) == (7, score.percent["1yr"], score.percent["2yr"], str(score.band), "")
