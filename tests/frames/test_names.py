"""Names: of other people's columns, and of scores that are there already."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from framecases import KINDS, as_lists, expected, relation, tidy

import riskbands as rb
from riskbands.cohorts.frames import FrameError
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import all_fields

kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_a_clash_is_refused_unless_it_is_asked_for(kind: str) -> None:
    columns = {"ogrs3_2yr": ["old"] * 40, **tidy()}
    with pytest.raises(FrameError, match=r"names of scores \(ogrs3_2yr\).*overwrite=True"):
        rb.score_cohort(KINDS[kind](columns))
    found = as_lists(rb.score_cohort(KINDS[kind](columns), overwrite=True))
    assert next(iter(found)) == "ogrs3_2yr"
    scores = expected(tidy())
    assert {name: found[name] for name in scores} == scores


@kinds
def test_scoring_again_with_overwrite_changes_nothing(kind: str) -> None:
    once = rb.score_cohort(KINDS[kind](tidy()))
    assert as_lists(rb.score_cohort(once, overwrite=True)) == as_lists(once)


def test_duckdb_names_clash_whatever_their_capitals() -> None:
    given = relation({**tidy(), "OGRS3_2YR": ["old"] * 40})
    with pytest.raises(FrameError, match="ogrs3_2yr"):
        rb.score_cohort(given)
    found = as_lists(rb.score_cohort(given, overwrite=True))
    assert [name.lower() for name in found].count("ogrs3_2yr") == 1


@kinds
def test_columns_of_other_names(kind: str) -> None:
    columns = tidy()
    theirs = {"dob": columns.pop("date_of_birth"), "Gender": columns.pop("sex"), **columns}
    rename = {"dob": "date_of_birth", "Gender": "sex"}
    found = as_lists(rb.score_cohort(KINDS[kind](theirs), rename=rename))
    scores = expected(tidy())
    assert {name: found[name] for name in scores} == scores
    assert list(found)[:2] == ["dob", "Gender"]
    assert expected(theirs, rename=rename) == scores


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table])
def test_what_rename_can_get_wrong(kind: Any) -> None:
    data = kind({**tidy(), "gender": ["male"] * 40})
    with pytest.raises(rb.UnknownNameError, match="no column named 'gendre'; did you mean gender"):
        rb.score_cohort(data, rename={"gendre": "sex"})
    turned = r"in rename the column comes first, {COLUMN: FIELD}"
    for wrong in ({"sex": "gender"}, {"sex": "Jo"}):
        with pytest.raises(rb.UnknownNameError, match=turned) as found:
            rb.score_cohort(data, rename=wrong)
        assert "Jo" not in str(found.value)
    with pytest.raises(rb.UnknownNameError, match="no field named 'sexx'; did you mean sex"):
        rb.score_cohort(data, rename={"gender": "sexx"})
    with pytest.raises(rb.InputErrorGroup, match="two columns are sex"):
        rb.score_cohort(data, rename={"gender": "sex"})


def test_a_column_can_be_renamed_away() -> None:
    data = {**tidy(), "recorded": ["female"] * 40}
    swapped = expected(data, rename={"sex": "case_id", "recorded": "sex"})
    assert swapped == expected({**tidy(), "sex": ["female"] * 40})
    assert swapped != expected(tidy())


def test_a_field_with_the_name_of_a_result_is_read_under_another_name() -> None:
    mine = rb.declare.instrument(
        {
            "id": "mine", "title": "t", "source": "s",
            "field": {"ogrs3_band": {"type": "choice", "choices": ["a", "b"]}},
            "score": {"link": "points", "term": [{"of": "ogrs3_band", "points": {"a": 0, "b": 1}}]},
        }
    )  # fmt: skip
    case = {**tidy(), "ogrs3_band": ["b"] * 40}
    hint = r"ogrs3_band is a field too, .* rename=\{'ogrs3_band_asked': 'ogrs3_band'\}"
    with pytest.raises(FrameError, match=hint):
        rb.score_cohort(pd.DataFrame(case), [mine, "ogrs3"])
    renamed = pd.DataFrame(case).rename(columns={"ogrs3_band": "ogrs3_band_asked"})
    rename = {"ogrs3_band_asked": "ogrs3_band"}
    found = rb.score_cohort(renamed, [mine, "ogrs3"], rename=rename)
    assert found["ogrs3_band_asked"].tolist() == ["b"] * 40
    assert found["mine_points"].tolist() == [1] * 40


def test_no_built_in_field_has_the_name_of_a_result() -> None:
    for p in by_id.values():
        if p.id == "yogrs":  # its numbers are not public
            continue
        results = {*rb.score_cohort({min(p.needs.readable): [None]}, [p], information=True)}
        assert not results & {*all_fields(), *p.vocabulary.fields}, p.id
