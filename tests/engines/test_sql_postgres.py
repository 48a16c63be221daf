"""The SQL of a whole score, run in PostgreSQL, gives what `score_cohort` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cases import PREDICTORS
from oddcolumns import read_otherwise
from ownfiles import KINDS, own, rows_of, types_of
from sqlrows import (
    columns_of,
    definition,
    differences,
    expected,
    golden_columns,
    untidy_columns,
)

import riskbands as rb
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlrows import Columns

WITH_FORMS = ("snsv", "rsr", "arp", "vrp", "svrp", "csrp")


def load(
    connection: Any, columns: Columns, name: str = "cases", types: Mapping[str, str] | None = None
) -> None:
    """Make a table of columns and of ``row``, their number."""
    connection.execute("SET jit = off")  # it takes longer over expressions of this length
    connection.execute(f'CREATE TABLE "{name}" ("row" INTEGER, {definition(columns, types)})')
    with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
        for n, line in enumerate(zip(*columns.values(), strict=True)):
            copy.write_row((n, *line))


def compare(connection: Any, columns: Columns, predictor: rb.Predictor, form: Any = "auto") -> int:
    """Compare every column and row of table ``cases``; return how many have a score."""
    sql = predictor.to_sql(
        "postgres", source="cases", columns=list(columns), keep=["row"], form=form
    )
    answer = connection.execute(f'{sql} ORDER BY "row"')
    names = [d.name for d in answer.description]
    rows = answer.fetchall()
    want = expected(columns, predictor, form)
    assert list(differences(want, names[1:], [row[1:] for row in rows])) == []
    return want[f"{predictor.id}_issues"].count("")


def test_every_predictor_on_untidy_cases(postgres: Any, rows: int) -> None:
    columns = untidy_columns(rows)
    load(postgres, columns)
    for name in PREDICTORS:
        for form in ("auto", "brief", "extended") if name in WITH_FORMS else ("auto",):
            assert compare(postgres, columns, by_id[name], form) > rows / 10


@pytest.mark.parametrize("year", ["2025", "2026"])
def test_every_predictor_on_the_vectors_of_the_deployed_calculators(
    postgres: Any, year: str
) -> None:
    columns = golden_columns(f"hmpps_{year}")
    load(postgres, columns)
    for name in PREDICTORS:
        assert compare(postgres, columns, by_id[name]) > 300


@pytest.mark.parametrize("kind", KINDS)
def test_instruments_from_a_file(postgres: Any, rows: int, kind: str) -> None:
    mine = own(kind)
    columns = rows_of(mine, rows)
    load(postgres, columns, types=types_of(mine))
    assert compare(postgres, columns, mine) > rows / 2


def test_dates_without_end_and_numbers_with_a_fraction(postgres: Any) -> None:
    """What only a database has: refused, and no error of the whole query."""
    case = {
        "sex": "male", "date_of_birth": "1985-03-10", "conviction_date": "2013-06-01",
        "offence_code": "008/01", "sanctions": 9, "first_sanction_age": 17,
    }  # fmt: skip
    columns = {n: c * 3 for n, c in columns_of([case]).items() if n in case}
    load(postgres, columns)
    postgres.execute("""UPDATE cases SET conviction_date = 'infinity' WHERE "row" = 1""")
    postgres.execute("ALTER TABLE cases ALTER sanctions TYPE NUMERIC")
    postgres.execute("""UPDATE cases SET sanctions = 8.5 WHERE "row" = 2""")
    sql = rb.ogrs3.to_sql("postgres", source="cases", columns=list(columns), keep=["row"])
    answer = postgres.execute(f'{sql} ORDER BY "row"').fetchall()
    issues = [row[-1] for row in answer]
    assert issues == ["", "out_of_range:conviction_date", "malformed:sanctions"]


def test_odd_values_of_every_type_are_read_as_in_python(postgres: Any) -> None:
    def run(sql: str) -> list[Any]:
        return [row[0] for row in postgres.execute(sql).fetchall()]

    assert read_otherwise("postgres", run) == []


def test_columns_and_tables_may_have_any_name(postgres: Any) -> None:
    postgres.execute("""CREATE SCHEMA "my ""own"" schema" """)
    postgres.execute(
        """CREATE TABLE "my ""own"" schema"."select"
        ("Order" INT, "a;b" TEXT, "from" DATE, "it's" DATE, "x" TEXT, "group" INT, "%s" INT)"""
    )
    postgres.execute(
        """INSERT INTO "my ""own"" schema"."select" VALUES
        (7, 'F', '1985-03-10', '2013-06-01', '00801', 9, 17)"""
    )
    named = {
        "sex": "a;b", "date_of_birth": "from", "conviction_date": "it's", "offence_code": "x",
        "sanctions": "group", "first_sanction_age": "%s",
    }  # fmt: skip
    sql = rb.ogrs3.to_sql(
        "postgresql", source=('my "own" schema', "select"), columns=named, keep=["Order"]
    )
    (row,) = postgres.execute(sql).fetchall()
    case = {
        "sex": "female", "date_of_birth": "1985-03-10", "conviction_date": "2013-06-01",
        "offence_code": "00801", "sanctions": 9, "first_sanction_age": 17,
    }  # fmt: skip
    score = rb.ogrs3.score(case)
    assert row == (7, score.percent["1yr"], score.percent["2yr"], str(score.band), "")
