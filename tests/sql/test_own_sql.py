"""SQL of instruments from a file: every link, numbers by category, whom they apply to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ownfiles import BANDS, KINDS, LIMITED, POINTS, declared, own, rows_of, types_of
from sqlrows import compare, table

import riskbands as rb
from riskbands.arithmetic.percent import Percent
from riskbands.bands.sql import DIALECTS
from riskbands.instruments.sql.expressions import column
from riskbands.instruments.sql.layers import Layers
from riskbands.instruments.sql.statement import greatest_difference_of
from riskbands.instruments.sql.sums import margin_of, percentage
from riskbands.instruments.sql.thresholds import hazard_at, rises

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        yield connection


def compared(database: duckdb.DuckDBPyConnection, mine: rb.Predictor, count: int) -> int:
    """Compare every column and row; return how many have a score."""
    columns = rows_of(mine, count)
    table(database, "own", columns, types_of(mine))
    return compare(database, "own", columns, mine)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file(database: duckdb.DuckDBPyConnection, kind: str) -> None:
    assert compared(database, own(kind), 3_000) > 1_500


def test_sql_of_many_factors_grows_as_they_do(database: duckdb.DuckDBPyConnection) -> None:
    def factors(count: int) -> rb.Predictor:
        names = [f"n{n}" for n in range(count)]
        terms = [{"of": name, "points": 1} for name in names]
        fields = {name: {"type": "yes/no"} for name in names}
        return rb.declare.instrument(
            {
                "id": "toy", "title": "t", "source": "s", "field": fields,
                "output": [{"name": "o", "term": terms}],
            }
        )  # fmt: skip

    few, many = factors(20), factors(60)
    sizes = [len(mine.to_sql("duckdb", source="own")) for mine in (few, many)]
    assert sizes[1] < 4 * sizes[0]
    columns = {name: [True, False, None, *[True] * 30] for name in types_of(many)}
    table(database, "own", columns, types_of(many))
    assert compare(database, "own", columns, many) == 32


def decimal(low: float, high: float) -> Any:
    return st.floats(low, high).map(lambda x: f"{x:.5f}")


WEIGHT = decimal(-0.4, 0.4)
SURVIVAL = decimal(0.00001, 0.99999)
ROUNDINGS = ["whole", "whole_1_to_99", "whole_after_five", "hundredths", "hundredths_below_100"]


@st.composite
def instruments(draw: st.DrawFn) -> dict[str, Any]:
    """What an instrument over `ownfiles.FIELDS` is declared with: a link, numbers, conditions."""
    link = draw(st.sampled_from(["logistic", "survival", "points_table"]))
    score: dict[str, Any] = {
        "link": link, "horizons": ["1yr", "2yr"], "rounding": draw(st.sampled_from(ROUNDINGS)),
        "bands": BANDS,
    }  # fmt: skip
    by_kind = {name: draw(WEIGHT) for name in ("red", "green", "blue")}
    score["term"] = POINTS if link == "points_table" else [
        {"of": "a", "weight": draw(WEIGHT)},
        {"of": "yes", "weight": draw(decimal(-3, 3))},
        {"of": "b", "by": "kind", "weight": by_kind},
    ]  # fmt: skip
    match link:
        case "logistic":
            score["intercept"] = {h: draw(decimal(-8, 8)) for h in ("1yr", "2yr")}
        case "survival":
            score["baseline_survival"] = {h: draw(SURVIVAL) for h in ("1yr", "2yr")}
            score["centre"] = draw(decimal(-5, 5))
        case _:
            score["by"] = "kind"
            cut = draw(st.integers(-4, 4))
            score["probability"] = {
                h: {
                    name: {f"-4-{cut}": draw(SURVIVAL), f"{cut + 1}-5": draw(SURVIVAL)}
                    for name in ("red", "green", "blue")
                }
                for h in ("1yr", "2yr")
            }
    if draw(st.booleans()):
        score["reduction"] = ["yes", "b > 3"]
    return (LIMITED if draw(st.booleans()) else {}) | {"score": score}


@settings(max_examples=12, deadline=None)
@given(data=instruments())
def test_any_numbers(database: duckdb.DuckDBPyConnection, data: dict[str, Any]) -> None:
    assert compared(database, declared(**data), 150) > 50


# -- the survival link ---------------------------------------------------------------------------


@pytest.mark.parametrize("rule", list(Percent))
def test_every_percentage_begins_where_it_does_in_python(
    database: duckdb.DuckDBPyConnection, rule: Percent
) -> None:
    """Just outside the margin both tell the same; inside it SQL tells nothing."""
    margin = margin_of(0.0)
    edges = [x for _, x in rises(rule, "survival")]
    outside = [x + side * 3 * margin for x in edges for side in (-1, 1)]
    places = [*outside, *edges, -800.0, -30.0, 6.0, 700.0]
    value = percentage(rule, column("x", "double"), margin, "percent", "survival")
    layers = Layers(DIALECTS["duckdb"], [value])
    last = layers.text(value)
    steps = ",\n".join(["given AS (SELECT unnest(?::DOUBLE[]) AS x)", *layers.steps()])
    sql = f"WITH {steps} SELECT {last} FROM {layers.last}"
    found = [row[0] for row in database.execute(sql, [places]).fetchall()]
    python = [int(rule.units(-math.expm1(-math.exp(x)))) for x in outside]
    assert found[: len(outside)] == python
    assert set(python) == set(range(rule.lowest, rule.highest + 1))
    assert found[len(outside) : -4] == [None] * len(edges)
    assert found[-4:] == [rule.lowest, rule.lowest, rule.highest, rule.highest]


@pytest.mark.parametrize("rule", list(Percent))
@given(share=st.floats(0, 1))
@example(share=0.0)
@example(share=1.0)
def test_a_percentage_begins_at_one_double(rule: Percent, share: float) -> None:
    units = rule.lowest + 1 + round(share * (rule.highest - rule.lowest - 1))
    begins = hazard_at(rule, units)
    before = math.nextafter(begins, 0.0)
    assert rule.units(-math.expm1(-begins)) >= units > rule.units(-math.expm1(-before))


@pytest.mark.parametrize("kind", ["survival", "survival of some"])
def test_the_margin_is_wider_than_any_difference(kind: str) -> None:
    """The places that SQL works out and the sums of both sides, at their worst, fit into it."""
    mine = own(kind)
    bound = greatest_difference_of(mine)
    places = [
        math.log(-math.log((20_001 - 2 * n) / 20_000)) for n, _ in rises(mine.rule, "survival")
    ]
    displaced = max(
        abs(place - begins)
        for place, (_, begins) in zip(places, rises(mine.rule, "survival"), strict=True)
    )
    # 1 - p is rounded before its logarithm is taken: by half of 2**-53 beside 1 / 20000 at most
    assert displaced <= 2.0**-54 * 20_000 + 1e-14
    assert bound + displaced + 1e-14 < margin_of(bound)


def test_a_row_that_rounding_could_decide_says_so(database: duckdb.DuckDBPyConnection) -> None:
    """The baseline is such that the first row lies on a threshold."""
    begins = dict(rises(Percent.HUNDREDTHS, "survival"))[2_500]
    survival = math.exp(-math.exp(begins))
    mine = declared(
        score={
            "link": "survival", "horizons": "1yr", "rounding": "hundredths",
            "baseline_survival": f"{survival:.17f}", "term": [{"of": "a", "weight": "0.5"}],
        }
    )  # fmt: skip
    database.execute('CREATE OR REPLACE TABLE "edge" AS SELECT unnest([0, 1]) AS a')
    answer = database.execute(mine.to_sql(source="edge", columns=["a"])).fetchall()
    assert answer[0] == (None, "undecided")
    assert answer[1] == (mine.score({"a": 1}).percent["1yr"], "")
    assert mine.score({"a": 0}).percent["1yr"] in (24.99, 25.0)


def test_one_to_whom_it_does_not_apply_is_never_undecided(
    database: duckdb.DuckDBPyConnection,
) -> None:
    mine = own("survival of some")
    database.execute(
        'CREATE OR REPLACE TABLE "blue" AS SELECT CAST(NULL AS INTEGER) AS a, 1 AS b, '
        "CAST(NULL AS BOOLEAN) AS yes, 'blue' AS kind"
    )
    (row,) = database.execute(mine.to_sql(source="blue")).fetchall()
    assert row == (None, None, "not_applicable", False, "")
    assert mine.score({"kind": "blue", "b": 1}).percent == {}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_there_is_no_exponential_and_no_decimal_number(dialect: str) -> None:
    text = own("survival of some").to_sql(dialect, source="cases")
    assert "EXP(" not in text
    assert "ROUND(" not in text
    assert "LN(-LN(" in text
