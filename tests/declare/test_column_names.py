"""No column of results is written over by another."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import riskbands as rb


def made(ident: str, **data: Any) -> rb.Predictor:
    field = {"a": {"type": "count", "low": 0, "high": 9}}
    return rb.declare.instrument({"id": ident, "title": "t", "source": "s", "field": field, **data})


SCORE = {"score": {"link": "points", "term": [{"of": "a", "weight": 1}]}}
OUTPUT = {"output": [{"name": "y_points", "of": "a"}]}


@pytest.mark.parametrize("order", [1, -1])
def test_two_instruments_with_a_column_of_one_name_are_not_scored_together(order: int) -> None:
    both = [made("x", **OUTPUT), made("x_y", **SCORE)][::order]
    names = [p.id for p in both]
    message = f"column x_y_points is a result of {names[0]} and of {names[1]}: "
    columns = {"a": [1, 2]}
    for table in (columns, pl.DataFrame(columns), pl.LazyFrame(columns)):
        with pytest.raises(rb.TableError, match=message):
            rb.score_cohort(table, both)
    for p in both:
        assert rb.score_cohort(columns, [p])["x_y_points"].tolist() == [1, 2]


LOGISTIC = {
    "score": {
        "link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1",
        "term": [{"of": "a", "weight": "0.1"}, {"of": "x_taken", "weight": "0.1"}],
        "bands": {"Low": 0},
    },
}  # fmt: skip


def reading(name: str, **data: Any) -> rb.Predictor:
    """An instrument ``x`` that reads a field of this name."""
    text = rb.declare.instrument(
        {
            "id": "x", "title": "t", "source": "s",
            "field": {n: {"type": "count", "low": 0, "high": 9} for n in ("a", "x_taken")},
            **data,
        }
    ).to_toml()  # fmt: skip
    return rb.declare.read_instrument(text.replace("x_taken", name))


@pytest.mark.parametrize("end", ["1yr", "1yr_p", "band", "issues", "information"])
def test_a_field_with_the_name_of_a_result_is_refused(end: str) -> None:
    with pytest.raises(rb.TableError, match=rf"line 1\d, field.x_{end}: has the name of a column"):
        reading(f"x_{end}", **LOGISTIC)


def test_a_field_with_the_name_of_a_result_that_is_not_there_is_read() -> None:
    for end in ("points", "2yr", "type", "reduced"):
        assert reading(f"x_{end}", **LOGISTIC).score({"a": 1, f"x_{end}": 2}).ok


def test_a_field_with_the_name_of_a_named_result_is_refused() -> None:
    output = {"output": [{"name": "o", "of": "a"}, {"name": "other", "of": "x_taken"}]}
    with pytest.raises(rb.TableError, match=r"field.x_other: has the name of a column"):
        reading("x_other", **output)
