"""Probabilities that a file writes are rounded as they are written, in Python and in SQL."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import riskbands as rb

#: Ties whose doubles lie below them.
ENDS = ["0", "0.004", "0.0145", "0.985", "0.995", "1"]
TIES = ["0.145", "0.285", "0.575", "0.285", "0.005", "0.994"]
HUNDREDTHS = ["0.02805", "0.00145", "0.14125", "0.1", "0.28505", "0.99985"]
NAMES = [f"c{n}" for n in range(6)]


def half_up(p: str, rounding: str) -> float:
    """The percentage by decimal arithmetic, which has no doubles."""
    unit = Decimal("0.01") if rounding == "hundredths" else Decimal(1)
    percent = (100 * Decimal(p)).quantize(unit, ROUND_HALF_UP)
    low, high = (1, 99) if rounding == "whole_1_to_99" else (0, 100)
    return float(min(max(percent, Decimal(low)), Decimal(high)))


def made(link: str, rounding: str, probabilities: list[str]) -> rb.Predictor:
    """Six categories or numbers of points, 0 to 5, each with a probability."""
    score: dict[str, Any] = {"link": link, "horizons": "1yr", "rounding": rounding}
    fields: dict[str, Any] = {"a": {"type": "count", "low": 0, "high": 5}}
    derived, more = {}, {}
    if link == "points_table":
        table = {str(n): p for n, p in enumerate(probabilities)}
        score |= {"probability": {"1yr": table}, "term": [{"of": "a", "points": 1}]}
    elif link == "category":
        groups = {name: [str(n)] for n, name in enumerate(NAMES)}
        derived = {"kind": {"rule": "category", "of": "a", "groups": groups}}
        table = dict(zip(NAMES, probabilities, strict=True))
        score |= {"of": "kind", "probability": {"1yr": table}}
    else:
        one = {
            "link": "points_table", "horizons": "1yr", "rounding": "hundredths",
            "probability": {"1yr": {"0-5": "0"}}, "term": [{"of": "a", "points": 1}],
        }  # fmt: skip
        more = {"component": {"none": {"title": "none", "score": one}}}
        added = [{"when": f"a == {n}", "probability": p} for n, p in enumerate(probabilities)]
        score |= {"of": ["none"], "add": added}
    data = {"id": "x", "title": "x", "source": "x", "field": fields, "derived": derived}
    return rb.declare.instrument({**data, **more, "score": score})


def compared(mine: rb.Predictor, expected: list[float]) -> None:
    assert [mine.score({"a": n}).percent["1yr"] for n in range(6)] == expected
    assert list(rb.score_cohort({"a": list(range(6))}, [mine])["x_1yr"]) == expected
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT unnest(range(6)) AS a")
        rows = connection.execute(f"SELECT x_1yr FROM ({mine.to_sql(source='t')})").fetchall()
    assert [row[0] for row in rows] == expected


@pytest.mark.parametrize("link", ["points_table", "category", "sum"])
def test_ties_go_up(link: str) -> None:
    if link != "sum":
        for rounding, least, most in (("whole", 0, 100), ("whole_1_to_99", 1, 99)):
            compared(made(link, rounding, TIES), [15, 29, 58, 29, 1, 99])
            compared(made(link, rounding, ENDS), [least, least, 1, 99, most, most])
    compared(made(link, "hundredths", HUNDREDTHS), [2.81, 0.15, 14.13, 10, 28.51, 99.99])


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["points_table", "category", "sum"]),
    st.sampled_from(["whole", "whole_1_to_99", "hundredths"]),
    st.lists(st.integers(0, 200_000).map(lambda n: f"{n / 200_000:.6f}"), min_size=6, max_size=6),
)
@example("category", "hundredths", HUNDREDTHS)
def test_every_probability(link: str, rounding: str, probabilities: list[str]) -> None:
    if link == "sum":
        rounding = "hundredths"
    mine = made(link, rounding, probabilities)
    expected = [half_up(p, rounding) for p in probabilities]
    assert list(rb.score_cohort({"a": list(range(6))}, [mine])["x_1yr"]) == expected


def test_no_points_at_all() -> None:
    mine = rb.declare.instrument({
        "id": "x", "title": "x", "source": "x",
        "field": {"a": {"type": "count", "low": 0, "high": 5}},
        "score": {"link": "points_logistic", "horizons": "1yr", "rounding": "whole",
                  "intercept": "-1", "slope": "0.1", "zero_points_probability": "0.145",
                  "term": [{"of": "a", "points": 1}]},
    })  # fmt: skip
    assert mine.score({"a": 0}).percent["1yr"] == 15


def test_by_way_of_five_decimals_stays_a_rounding_of_doubles() -> None:
    mine = made("points_table", "whole_after_five", ["0.345", *TIES[:5]])
    assert mine.score({"a": 0}).percent["1yr"] == 34


def test_built_in_tables_keep_the_rounding_they_are_used_with() -> None:
    """The double of 0.02805 lies below it, and OSP/I reports 2.80."""
    case = {"sex": "male", "sexual_offence_history": "yes", "image_sanctions": 1}
    mine = rb.declare.read_instrument(rb.osp_i.to_toml())
    for p in (rb.osp_i, mine):
        needed = dict.fromkeys(p.needs.needed, 0)
        score = p.score({**needed, **case})
        assert score.percent["2yr"] == 2.8
