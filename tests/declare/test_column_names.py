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
