"""Asset: points that add up, bands of 2009, no probability."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.vocabulary.fields import all_fields, fields, youth_fields

PARTS = [name for name in youth_fields() if name.startswith("asset_")]
FULL: dict[str, Any] = dict.fromkeys(PARTS, 1)
rows = st.fixed_dictionaries(
    {name: st.integers(0, 16 if name == "asset_static" else 4) for name in PARTS}
)


def test_there_are_twelve_sections_and_static_points() -> None:
    assert len(PARTS) == 13
    highest = sum(all_fields()[name].high or 0 for name in PARTS)
    assert highest == 64
    assert int(rb.band_table("asset-2009").intervals[-1].upper) == highest


def test_the_vocabulary_of_adults_has_none_of_it() -> None:
    assert not set(fields()) & set(youth_fields())
    with pytest.raises(rb.UnknownNameError):
        rb.OASysAssessment.from_dict({"asset_static": 3})


@given(rows)
def test_points_add_up_and_are_banded(row: dict[str, int]) -> None:
    score = rb.asset.score(rb.AssetAssessment.from_dict(row))
    points = sum(row.values())
    assert score.points == points
    assert str(score.band) == ("Low" if points < 15 else "Medium" if points < 33 else "High")
    assert (score.percent, score.probability) == ({}, {})
    cohort = rb.score_cohort({k: [v] for k, v in row.items()}, ["asset"])
    assert cohort["asset_points"][0] == points
    assert cohort["asset_band"][0] == score.band


@pytest.mark.parametrize(
    ("points", "band"),
    [(0, "Low"), (14, "Low"), (15, "Medium"), (32, "Medium"), (33, "High"), (64, "High")],
)
def test_bands_change_where_the_answer_to_parliament_says(points: int, band: str) -> None:
    left = points
    row: dict[str, int] = {}
    for name in PARTS:
        row[name] = min(left, all_fields()[name].high or 0)
        left -= row[name]
    assert rb.asset.score(rb.AssetAssessment.from_dict(row)).band == band


def test_a_cohort_gets_points_band_and_issues_and_nothing_else() -> None:
    scored = rb.score_cohort({name: [1, None, 17] for name in PARTS})
    assert list(scored) == ["asset_points", "asset_band", "asset_issues"]
    assert str(scored["asset_points"].tolist()) == "[13.0, nan, nan]"
    assert list(map(str, scored["asset_band"])) == ["Low", "None", "None"]
    missing = scored["asset_issues"][1].split(";")
    assert missing == [f"missing:{name}" for name in PARTS]
    assert "out_of_range:asset_static" in scored["asset_issues"][2]


def test_a_missing_section_is_an_issue_and_no_zero() -> None:
    with pytest.raises(rb.InputErrorGroup, match="asset_lifestyle is missing"):
        rb.asset.score(rb.AssetAssessment.from_dict(FULL | {"asset_lifestyle": None}))


def test_it_explains_itself_in_points() -> None:
    found = rb.asset.score(rb.AssetAssessment.from_dict(FULL | {"asset_static": 9})).explain()
    assert (found.unit, found.total, found.probability, found.percent) == ("points", 21, None, None)
    assert {c.factor: c.amount for c in found}["static"] == 9
    text = str(found)
    assert text.startswith("asset (points)")
    assert "probability" not in text
    with pytest.raises(rb.UnknownNameError):
        rb.asset.score(rb.AssetAssessment.from_dict(FULL)).explain("2yr")


def test_it_has_no_percentage_to_band() -> None:
    with pytest.raises(rb.TableError, match="points alone"):
        rb.asset.with_bands("ogrs3-2yr")


def test_an_asset_survives_json_and_is_written_as_plain_values() -> None:
    case = rb.AssetAssessment.from_dict(FULL | {"assessment_date": "2010-05-01"})
    data = json.loads(json.dumps(case.to_dict()))
    assert data["assessment_date"] == "2010-05-01"
    assert rb.AssetAssessment.from_dict(data) == case
    assert json.dumps(rb.asset.score(case).to_dict())
    assert np.isscalar(rb.asset.score(case).points)
