"""People an instrument of a file is not for have no percentage; where it says so, 0."""

from __future__ import annotations

import math
from typing import Any

import duckdb
import numpy as np
import pytest
from ownfiles import FIELDS

import riskbands as rb

PLAIN = {"a": {**FIELDS["a"], "high": 10}}
TERM = [{"of": "a", "weight": "0.1"}]
BY_A = {f"{n}": "0.2" for n in range(11)}
LINKS: dict[str, dict[str, Any]] = {
    "logistic": {"intercept": "-1", "term": TERM},
    "survival": {"baseline_survival": "0.8", "term": TERM},
    "points_logistic": {"intercept": "-1", "slope": "0.1", "term": [{"of": "a", "points": 1}]},
    "points_table": {"probability": {"1yr": BY_A}, "term": [{"of": "a", "points": 1}]},
    "category": {"of": "size", "probability": {"1yr": {"small": "0.1", "big": "0.2"}}},
    "sum": {"of": ["snsv"]},
}


def made(link: str, **more: Any) -> rb.Predictor:
    score = {"link": link, "horizons": "1yr", "rounding": "hundredths", **LINKS[link]}
    derived = {"size": {"rule": "category", "of": "a", "groups": {"small": ["0-7"], "big": ["8+"]}}}
    if link == "sum":
        score["of"] = ["half"]
        half = {"link": "logistic", "horizons": "1yr", "rounding": "hundredths"}
        half |= LINKS["logistic"]
        more["component"] = {"half": {"title": "half", "score": half}}
    return rb.declare.instrument({
        "id": "x", "title": "x", "source": "x", "field": PLAIN, "derived": derived,
        "applies": "a > 5", "score": score, **more,
    })  # fmt: skip


@pytest.mark.parametrize("link", LINKS)
def test_no_percentage_for_those_it_is_not_for(link: str) -> None:
    mine = made(link)
    score = mine.score({"a": 3})
    assert score.ok
    assert (score.applies, score.percent, score.probability) == (False, {}, {})
    assert score.explain().percent is None
    assert "not applicable" in str(score.explain())
    scored = rb.score_cohort({"a": [3, 9]}, [mine], probabilities=True)
    for name in ("x_1yr", "x_1yr_p"):
        assert math.isnan(scored[name][0])
        assert scored[name][1] > 0
    assert list(scored["x_issues"]) == ["", ""]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT unnest([3, 9]) AS a")
        rows = connection.execute(f"SELECT x_1yr FROM ({mine.to_sql(source='t')})").fetchall()
    assert rows == [(None,), (scored["x_1yr"][1],)]


@pytest.mark.parametrize("rounding", ["whole", "hundredths"])
def test_ready_features_have_none_either(rounding: str) -> None:
    score = {"link": "logistic", "horizons": "1yr", "rounding": rounding, **LINKS["logistic"]}
    mine = rb.declare.instrument({
        "id": "x", "title": "x", "source": "x", "field": PLAIN, "applies": "a > 5", "score": score,
    })  # fmt: skip
    ready = {"x_applies": np.array([0, 1], np.int8), "a": np.array([3, 9], np.int8)}
    found = mine.score_features(ready)
    for values in (found.percent["1yr"], found.probability["1yr"]):
        assert np.isnan(values).tolist() == [True, False]
    assert found.percent["1yr"][1] == mine.score({"a": 9}).percent["1yr"]


@pytest.mark.parametrize("link", LINKS)
def test_zero_where_the_file_says_so(link: str) -> None:
    mine = made(link, not_applicable="zero")
    assert mine.score({"a": 3}).percent == {"1yr": 0}
    assert list(rb.score_cohort({"a": [3]}, [mine])["x_1yr"]) == [0]
    assert mine.table.digest != made(link).table.digest


def test_a_part_that_does_not_apply_adds_nothing_and_has_none_beside_the_sum() -> None:
    part = {"link": "logistic", "horizons": "1yr", "rounding": "hundredths", "intercept": "0"}
    part["term"] = [{"of": "a", "weight": "0"}]  # type: ignore[assignment]
    mine = rb.declare.instrument({
        "id": "x", "title": "x", "source": "x", "field": PLAIN,
        "component": {
            "one": {"title": "one", "applies": "a > 5", "score": part},
            "two": {"title": "two", "score": {**part, "intercept": "-1"}},
        },
        "score": {"link": "sum", "horizons": "1yr", "rounding": "hundredths",
                  "of": ["one", "two"]},
    })  # fmt: skip
    score = mine.score({"a": 3})
    assert score.percent == {"1yr": 26.89}
    assert score.components["x_one"].percent == {}
    assert "x_one" in str(score.explain())
    scored = rb.score_cohort({"a": [3, 9]}, [mine])
    assert list(scored["x_1yr"]) == [26.89, 76.89]
    assert math.isnan(scored["x_one_1yr"][0])


def test_what_others_get_needs_applies() -> None:
    with pytest.raises(rb.TableError, match="not_applicable: needs applies"):
        rb.declare.instrument({
            "id": "x", "title": "x", "source": "x", "field": PLAIN, "not_applicable": "zero",
            "score": {"link": "points", "term": [{"of": "a", "points": 1}]},
        })  # fmt: skip
