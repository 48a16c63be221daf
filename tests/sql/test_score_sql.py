"""The SQL of a whole score, run in DuckDB, gives what `score_cohort` gives, in every column."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pytest
from cases import FULL, PREDICTORS, complete, some_value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlrows import (
    FIELDS,
    Columns,
    columns_of,
    compare,
    expected,
    golden_columns,
    table,
    untidy_columns,
)

import riskbands as rb
from riskbands.arithmetic import dates
from riskbands.arithmetic.percent import Percent
from riskbands.bands.sql import DIALECTS
from riskbands.errors import InputError, MissingTableError, TableError, UnknownNameError
from riskbands.instruments.sql.expressions import column
from riskbands.instruments.sql.layers import Layers
from riskbands.instruments.sql.sums import percentage
from riskbands.instruments.sql.thresholds import rises
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

WITH_FORMS = ("snsv", "rsr", "arp", "vrp", "svrp", "csrp")
FORMS = [(p, "auto") for p in PREDICTORS] + [
    (p, form) for p in WITH_FORMS for form in ("brief", "extended")
]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        table(connection, "untidy", untidy_columns(800))
        for year in ("2025", "2026"):
            table(connection, f"golden {year}", golden_columns(f"hmpps_{year}"))
        yield connection


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_untidy_cases(database: duckdb.DuckDBPyConnection, name: str, form: str) -> None:
    assert compare(database, "untidy", untidy_columns(800), by_id[name], form) > 100


#: The predictors that each deployment has, and one of before.
DEPLOYED = [
    *((p, "2025") for p in ("ogrs3", "ogp", "ovp", "snsv", "osp_dc", "osp_iic", "rsr", "osp_c")),
    *((p, "2026") for p in ("arp", "vrp", "svrp", "dc_srp", "iic_srp", "csrp", "ogrs4v")),
]


@pytest.mark.parametrize(("name", "year"), DEPLOYED)
def test_vectors_of_the_deployed_calculators(
    database: duckdb.DuckDBPyConnection, name: str, year: str
) -> None:
    columns = golden_columns(f"hmpps_{year}")
    assert compare(database, f"golden {year}", columns, by_id[name]) > 300


@pytest.mark.parametrize("name", PREDICTORS)
def test_null_in_each_column(database: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = columns_of([FULL, {}, *(FULL | {field: None} for field in FULL)])
    table(database, "nulls", columns)
    scored = compare(database, "nulls", columns, by_id[name])
    assert 0 < scored < len(FULL)


@pytest.mark.parametrize("name", PREDICTORS)
def test_a_column_that_is_not_there_is_missing_in_every_row(
    database: duckdb.DuckDBPyConnection, name: str
) -> None:
    columns = columns_of([FULL, FULL | {"sex": "female"}])
    table(database, "short", columns)
    for field in ("date_of_birth", "temper_control"):
        compare(database, "short", {n: c for n, c in columns.items() if n != field}, by_id[name])


AGES: Columns = {
    "age_at_conviction": [9, 10, 33, 109, 110, None, 20],
    "age_at_follow_up": [10, 10, 35, 109, 40, 33, 17],
    "offence_free_months": [0, 12, 36, 1200, 1201, -1, None],
    "age_at_last_sexual_offence": [8, 30, None, 100, 20, 20, 20],
}


@pytest.mark.parametrize("name", PREDICTORS)
def test_ages_and_months_in_place_of_dates(database: duckdb.DuckDBPyConnection, name: str) -> None:
    undated = {n: v for n, v in FULL.items() if FIELDS[n].kind is not Kind.DATE}
    columns = columns_of(undated | {n: column[i] for n, column in AGES.items()} for i in range(7))
    table(database, "ages", columns)
    assert compare(database, "ages", columns, by_id[name]) >= (1 if name != "osp_dc" else 0)


field_values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 1100), st.dates(),
    st.sampled_from(["", "yes", "no", "2", "male", "F", "custody", "00801", "008/01", "violence"]),
)  # fmt: skip


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    case=complete(),
    changes=st.dictionaries(st.sampled_from(list(FIELDS)), field_values, max_size=4),
)
def test_complete_cases_with_any_value_anywhere(
    database: duckdb.DuckDBPyConnection, case: dict[str, Any], changes: dict[str, Any]
) -> None:
    columns = columns_of([case, case | changes])
    table(database, "drawn", columns)
    for name in ("ogp", "rsr", "vrp"):
        compare(database, "drawn", columns, by_id[name])


def test_completed_years_do_not_depend_on_the_database(
    database: duckdb.DuckDBPyConnection,
) -> None:
    """February and March of two years, one a leap year, from 28 and 29 February and 1 March."""
    days = [dt.date(2023, 1, 1) + dt.timedelta(days=n) for n in range(731)]
    days = [day for day in days if day.month in (2, 3)]
    born = [dt.date(1988, 2, 28), dt.date(1988, 2, 29), dt.date(1988, 3, 1)]
    pairs = [(b, d) for b in born for d in days]
    columns = columns_of(
        FULL | {"date_of_birth": b, "conviction_date": d, "follow_up_date": d} for b, d in pairs
    )
    table(database, "days", columns)
    assert compare(database, "days", columns, rb.ogrs3) == len(pairs)
    ages = {dates.completed_years(b, d) for b, d in pairs}
    assert ages == {34, 35, 36}


CODES = [
    "00801", "008/01", "8/1", "8 1", "008 01", "8 / 1", " 00801 ", "8/01", "1234/1", "8/123", "8/",
    "/1", "/", "8//1", "801", "0801", "008011", "8.1", "a0801", "008a1", "-8/1", "99999", "",
    "not known", "٠٠٨٠١", "8-1", "123 45",
]  # fmt: skip


@pytest.mark.parametrize("code", CODES)
def test_offence_codes_as_text(database: duckdb.DuckDBPyConnection, code: str) -> None:
    columns = columns_of([FULL])
    columns["offence_code"] = [code]
    table(database, "codes", columns)
    compare(database, "codes", columns, rb.ogrs3)


WORDS: dict[str, list[Any]] = {
    "sex": ["M", " Female ", "x", "unknown", "1", "FEMALE"],
    "unemployed": ["yes", "N", "2", "3", "0", "maybe"],
    "drug_misuse": ["2", "1.0", "some", "-1", "12", "n/k"],
    "relationship_status": [
        "Living together", "not-living-together", "2", "alone", "", "not_in_relationship",
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ["ogp", "arp"])
def test_answers_as_words(database: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = columns_of([FULL] * 6)
    for field, words in WORDS.items():
        columns[field] = words
    table(database, "words", columns, dict.fromkeys(WORDS, "VARCHAR"))
    compare(database, "words", columns, by_id[name])


# -- the edges of the percentages ------------------------------------------------------------------


def percentages(
    database: duckdb.DuckDBPyConnection, rule: Percent, log_odds: list[float], margin: float
) -> list[int | None]:
    """What the SQL of a rule gives for log-odds."""
    value = percentage(rule, column("x", "double"), margin, "percent")
    layers = Layers(DIALECTS["duckdb"], [value])
    last = layers.text(value)
    steps = ",\n".join(["given AS (SELECT unnest(?::DOUBLE[]) AS x)", *layers.steps()])
    sql = f"WITH {steps} SELECT {last} FROM {layers.last}"
    return [row[0] for row in database.execute(sql, [log_odds]).fetchall()]


@pytest.mark.parametrize("rule", list(Percent))
def test_every_percentage_begins_where_it_does_in_python(
    database: duckdb.DuckDBPyConnection, rule: Percent
) -> None:
    """Just outside the margin both tell the same; inside it SQL tells nothing."""
    margin = 2.0**-38
    edges = [x for _, x in rises(rule)]
    outside = [x + side * 3 * margin for x in edges for side in (-1, 1)]
    python = [int(rule.units(1.0 / (1.0 + math.exp(-x)))) for x in outside]
    assert percentages(database, rule, outside, margin) == python
    assert set(python) == set(range(rule.lowest, rule.highest + 1))
    assert percentages(database, rule, edges, margin) == [None] * len(edges)
    far = [-800.0, -30.0, 30.0, 800.0]
    low, high = rule.lowest, rule.highest
    assert percentages(database, rule, far, margin) == [low, low, high, high]


def test_every_percentage_of_ogrs3_in_a_cohort(database: duckdb.DuckDBPyConnection) -> None:
    rng = np.random.default_rng(3)
    rows = 20_000
    age = rng.integers(10, 110, rows)
    columns: Columns = {
        "sex": [("male", "female")[i] for i in rng.integers(0, 2, rows)],
        "age_at_conviction": age.tolist(),
        "age_at_follow_up": np.minimum(age + rng.integers(0, 5, rows), 109).tolist(),
        "first_sanction_age": np.maximum(age - rng.geometric(0.1, rows), 10).tolist(),
        "offence_group": [rb.ogrs3.offence_groups[i] for i in rng.integers(0, 20, rows)],
        "sanctions": np.minimum(rng.geometric(0.05, rows), 1023).tolist(),
    }
    table(database, "many", columns)
    assert compare(database, "many", columns, rb.ogrs3) > 15_000
    seen = set(expected(columns, rb.ogrs3)["ogrs3_2yr"]) - {None}
    assert len(seen) > 95


def test_a_row_that_rounding_could_decide_says_so(database: duckdb.DuckDBPyConnection) -> None:
    """Numbers are moved so that one row lies on a threshold, as no row of OGRS3 does."""
    columns = columns_of([FULL, FULL | {"sanctions": 2}])
    table(database, "edge", columns)
    sql = rb.ogrs3.to_sql(source="edge", columns=list(columns))
    layers, _, rest = sql.rpartition("\nSELECT\n")
    last = rest.rpartition("\nFROM ")[2]
    log_odds = database.execute(f"{layers} SELECT ogrs3_2yr_log_odds FROM {last}").fetchone()
    assert log_odds is not None
    begins = dict(rises(rb.ogrs3.rule))[50]
    own = float(rb.ogrs3.table.coefficients["intercept_2yr"])  # type: ignore[arg-type]
    moved = rb.ogrs3.table.replace({"intercept_2yr": repr(own + begins - log_odds[0])})
    predictor = rb.ogrs3.with_table(moved)
    answer = database.execute(predictor.to_sql(source="edge", columns=list(columns))).fetchall()
    assert answer[0] == (None, None, None, "undecided")
    assert answer[1][3] == ""
    assert predictor.score(rb.OASysAssessment.from_dict(FULL)).percent["2yr"] in (49, 50)


# -- other numbers, and instruments that need some -------------------------------------------------


def test_other_tables_bands_and_components(database: duckdb.DuckDBPyConnection) -> None:
    columns = untidy_columns(800)
    older = rb.rsr.with_bands("rsr-parole-2018").with_components(rb.snsv, rb.osp_c, rb.osp_i)
    for predictor in (
        rb.ogrs3.with_table("ogrs3-hmpps-2025"),
        rb.ogp.with_table("ogrs3-hmpps-2025"),
        rb.snsv.with_table("snsv-2014"),
        rb.osp_dc.with_table("osp-dc-iic-2025"),
        older,
    ):
        assert compare(database, "untidy", columns, predictor) > 100


def test_what_a_woman_adds(database: duckdb.DuckDBPyConnection) -> None:
    columns = columns_of([FULL | {"sex": "female"}, FULL])
    table(database, "woman", columns)
    changed = {"rsr.female_with_sexual_history_2yr": "0.2"}
    predictor = rb.rsr.with_table(rb.coefficient_tables["osp-dc-iic-2025"].replace(changed))
    compare(database, "woman", columns, predictor)


def test_asset_has_points_and_bands_alone(database: duckdb.DuckDBPyConnection) -> None:
    fields = [n for n in FIELDS if n.startswith("asset_")]
    rng = np.random.default_rng(7)
    columns: Columns = {
        n: rng.integers(-1, (FIELDS[n].high or 0) + 2, 500).tolist() for n in fields
    }
    for n in fields:  # most of them in range
        low, high = FIELDS[n].low or 0, FIELDS[n].high or 0
        columns[n] = [min(max(v, low), high) if i % 9 else v for i, v in enumerate(columns[n])]
    table(database, "asset", columns)
    assert compare(database, "asset", columns, rb.asset) > 100


SCREENING = sorted(set(by_id) - {*PREDICTORS, "asset", "yogrs"})


@pytest.mark.parametrize("name", SCREENING)
def test_screening_tools(database: duckdb.DuckDBPyConnection, name: str) -> None:
    """Any answers: the built-in ones that are scored by name only, with results of their own."""
    rng = random.Random(name)
    fields = [n for n in by_id[name].needs.readable if n in FIELDS]
    rows = [
        {n: some_value(FIELDS[n], rng) for n in fields if rng.random() > 0.03} for _ in range(150)
    ]
    columns = {n: c for n, c in columns_of(rows).items() if n in fields}
    table(database, name, columns)
    assert compare(database, name, columns, by_id[name]) > 5


def test_yogrs_with_numbers_of_ones_own(database: duckdb.DuckDBPyConnection) -> None:
    invented = rb.yogrs.with_table(
        Path(__file__).parents[1] / "assessments" / "invented-yogrs.toml"
    )
    rng = np.random.default_rng(11)
    born = [dt.date(2008, 1, 1) + dt.timedelta(days=int(d)) for d in rng.integers(0, 1800, 400)]
    columns = columns_of(
        {
            "sex": "female" if i % 3 else "male",
            "date_of_birth": b,
            "conviction_date": b + dt.timedelta(days=int(rng.integers(3500, 6900))),
            "assessment_date": dt.date(2026, 1, 1),
            "last_sanction_date": None if i % 4 else dt.date(2025, 6, 30),
            "offence_code": "00801" if i % 5 else "99999",
            "sanctions": int(rng.integers(1, 9)),
            "out_of_court_disposals": int(rng.integers(0, 4)),
            "first_sanction_age": int(rng.integers(9, 15)),
        }
        for i, b in enumerate(born)
    )
    table(database, "young", columns)
    assert compare(database, "young", columns, invented) > 20


def test_without_numbers_there_is_nothing_to_write() -> None:
    with pytest.raises(MissingTableError, match="YOGRS has no public coefficients"):
        rb.yogrs.to_sql(source="cases")


def test_bands_of_an_unrounded_probability_are_refused() -> None:
    bands = rb.BandTable(
        id="p", labels=["low", "high"], intervals=["[0, 0.5)", "[0.5, 1]"], unit="probability"
    )
    with pytest.raises(TableError, match="unrounded probability"):
        rb.ogrs3.with_bands(bands).to_sql(source="cases")


# -- names -----------------------------------------------------------------------------------------

NAMES = ["select", "Group", 'a "quoted" name', "it's", "naïve; DROP TABLE x --", "a`b", "order"]


def test_columns_may_have_any_name(database: duckdb.DuckDBPyConnection) -> None:
    fields = [
        "sex", "date_of_birth", "conviction_date", "follow_up_date", "offence_code", "sanctions",
        "first_sanction_age",
    ]  # fmt: skip
    named = dict(zip(fields, NAMES, strict=True))
    columns = columns_of([FULL])
    table(database, "plain", columns)

    def quoted(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    parts = ", ".join(f"{f} AS {quoted(n)}" for f, n in named.items())
    database.execute(f'CREATE OR REPLACE TABLE "from" AS SELECT {parts}, 5 AS "where" FROM plain')
    sql = rb.ogrs3.to_sql(source=("memory", "main", "from"), columns=named, keep=["where", "order"])
    (row,) = database.execute(sql).fetchall()
    assert row[:2] == (5, 17)
    assert row[2:] == tuple(c[0] for c in expected(columns, rb.ogrs3).values())


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "a\nb", None, 3])
def test_what_is_no_name_is_refused(name: Any) -> None:
    with pytest.raises(InputError, match="given by its name"):
        rb.ogrs3.to_sql(source="cases", columns={"sex": name})
    with pytest.raises(InputError, match="given by its name"):
        rb.ogrs3.to_sql(source=[name])
    with pytest.raises(InputError, match="given by its name"):
        rb.ogrs3.to_sql(source="cases", keep=[name])


def test_arguments_are_checked() -> None:
    bad: Any = "maybe"
    with pytest.raises(UnknownNameError, match="did you mean postgres"):
        rb.ogrs3.to_sql("postgre", source="cases")
    with pytest.raises(UnknownNameError, match="no form"):
        rb.ogrs3.to_sql(source="cases", form=bad)
    with pytest.raises(UnknownNameError, match="did you mean sanctions"):
        rb.ogrs3.to_sql(source="cases", columns=["sanction"])
    for wrong in (5, True, [5], [["sex"]], {5: "sex"}, b"sex"):
        columns: Any = wrong
        with pytest.raises(UnknownNameError, match="no field"):
            rb.ogrs3.to_sql(source="cases", columns=columns)
    with pytest.raises(InputError, match="name of a score"):
        rb.ogrs3.to_sql(source="cases", keep=["OGRS3_2yr"])
    with pytest.raises(InputError, match="named twice"):
        rb.ogrs3.to_sql(source="cases", keep=["a", "A"])


# -- the text --------------------------------------------------------------------------------------


def code_of(sql: str) -> str:
    """The statement without its comments and texts."""
    return re.sub(r"'(?:[^']|'')*'", "''", re.sub(r"--[^\n]*", "", sql))


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", PREDICTORS)
def test_nothing_in_the_text_is_read_differently_elsewhere(name: str, dialect: str) -> None:
    """No rounding, no exponential, no decimal number, no function that not all have."""
    sql = by_id[name].to_sql(dialect, source="cases", keep=["case_id"])
    code = code_of(sql)
    assert not re.search(r"\d\.\d|\d[eE][-+]?\d", code)
    functions = {
        "CASE", "WHEN", "THEN", "ELSE", "AND", "OR", "NOT", "IN", "AS", "FROM", "SELECT", "CAST",
        "COALESCE", "TRIM", "LOWER", "REPLACE", "TRANSLATE", "LENGTH", "SUBSTR", "EXTRACT",
        "FLOOR", "LN", "GREATEST", "POSITION", "CONCAT", "REGEXP_REPLACE",
    }  # fmt: skip
    if dialect in ("trino", "athena"):  # how a column of doubles is told from one of texts
        functions |= {"TYPEOF", "TRY_CAST"}
    assert set(re.findall(r"\b([A-Za-z_]+)\s*\(", code)) <= functions
    types = {"spark": "STRING", "postgres": "TEXT", "postgresql": "TEXT"}
    assert f"AS {types.get(dialect, 'VARCHAR')})" in code
    assert ("AS DOUBLE PRECISION)" in code) == dialect.startswith("postgres")
    assert sql.count("`") == (0 if dialect != "spark" else code.count("`"))
    assert len(sql.encode()) < 262_144  # what Athena takes


@pytest.mark.parametrize("name", PREDICTORS)
def test_the_text_is_stable_and_says_where_its_numbers_come_from(name: str) -> None:
    predictor = by_id[name]
    sql = predictor.to_sql(source="cases")
    assert sql == predictor.to_sql(source="cases")
    head = [line for line in sql.splitlines() if line.startswith("-- ")]
    assert f"Written by riskbands {rb.__version__} for duckdb." in head[0]
    for table_ in predictor.tables:
        assert f"-- coefficients {table_.id}, digest {table_.digest}" in head
    if predictor.bands is not None:
        assert any(line.startswith(f"-- bands {predictor.bands.id}") for line in head)


def test_each_factor_has_a_line() -> None:
    sql = rb.svrp.to_sql(source="cases")
    for form in rb.svrp.forms:
        for term in form.terms:
            assert re.search(rf"^ +\+ .*  -- {re.escape(term.name)}$", sql, re.MULTILINE)


def test_trino_and_athena_read_the_same_text() -> None:
    trino, athena = (rb.rsr.to_sql(d, source="cases") for d in ("trino", "athena"))
    assert trino.replace("for trino", "for athena") == athena
