"""The SQL of a whole score, run in Spark, gives what `score_cohort` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from cases import PREDICTORS
from ownfiles import KINDS, own, rows_of
from sqlrows import FIELDS, differences, expected, golden_columns, untidy_columns

import riskbands as rb
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlrows import Columns

    from riskbands.vocabulary.fields import Field

WITH_FORMS = ("snsv", "rsr", "arp", "vrp", "svrp", "csrp")
TYPES = {
    Kind.DATE: pa.date32(), Kind.INT: pa.int32(), Kind.LEVEL: pa.int16(), Kind.BOOL: pa.bool_(),
}  # fmt: skip


def load(spark: Any, columns: Columns, fields: Mapping[str, Field] = FIELDS) -> None:
    """Make a view ``cases`` of columns and of ``row``, their number."""
    arrays = {n: pa.array(c, TYPES.get(fields[n].kind, pa.string())) for n, c in columns.items()}
    count = len(next(iter(columns.values())))
    table = pa.table({"row": pa.array(range(count), pa.int32()), **arrays})
    spark.createDataFrame(table).createOrReplaceTempView("cases")


def compare(spark: Any, columns: Columns, predictor: rb.Predictor, form: Any = "auto") -> int:
    """Compare every column and row of the view ``cases``; return how many have a score."""
    sql = predictor.to_sql("spark", source="cases", columns=list(columns), keep=["row"], form=form)
    answer = spark.sql(sql).toArrow().sort_by("row")
    names = answer.column_names
    rows = list(zip(*(c.to_pylist() for c in answer.columns), strict=True))
    want = expected(columns, predictor, form)
    assert list(differences(want, names[1:], [row[1:] for row in rows])) == []
    return want[f"{predictor.id}_issues"].count("")


#: Spark interprets statements as long as these, row by row: the rows of other databases, divided.
FEWER = 20


@pytest.fixture(scope="module")
def untidy(spark: Any, rows: int) -> Columns:
    columns = untidy_columns(rows // FEWER)
    columns = {n: _small(n, c) for n, c in columns.items()}
    load(spark, columns)
    return columns


def _small(name: str, column: list[Any]) -> list[Any]:
    """Levels as small integers can hold them."""
    if FIELDS[name].kind is not Kind.LEVEL:
        return column
    return [min(v, 32_767) if v is not None else None for v in column]


@pytest.mark.parametrize("name", PREDICTORS)
def test_every_predictor_on_untidy_cases(spark: Any, untidy: Columns, name: str) -> None:
    count = len(untidy["sex"])
    for form in ("auto", "brief", "extended") if name in WITH_FORMS else ("auto",):
        assert compare(spark, untidy, by_id[name], form) > count / 10


@pytest.mark.parametrize(("name", "year"), [("rsr", "2025"), ("ogp", "2025"), ("csrp", "2026")])
def test_vectors_of_the_deployed_calculators(spark: Any, name: str, year: str) -> None:
    columns = golden_columns(f"hmpps_{year}")
    load(spark, columns)
    assert compare(spark, columns, by_id[name]) > 300


@pytest.mark.parametrize("kind", KINDS)
def test_instruments_from_a_file(spark: Any, rows: int, kind: str) -> None:
    mine = own(kind)
    columns = rows_of(mine, rows // FEWER)
    load(spark, columns, mine.vocabulary.fields)
    assert compare(spark, columns, mine) > rows / FEWER / 2


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
