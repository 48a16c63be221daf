"""What a mapping of columns gets back: numbers that cannot be misread, and frames of them."""

from __future__ import annotations

import gc
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from framecases import KINDS, tidy, untidy

import riskbands as rb
from riskbands.errors import ProvenanceError, UnsupportedFrameError

if TYPE_CHECKING:
    from pathlib import Path

PREDICTORS = ["ogrs3", "osp_dc", "rsr", "arp", "csrp", "asset"]


def result() -> rb.CohortScores:
    return rb.score_cohort(untidy(), PREDICTORS[:5], probabilities=True, information=True)


def test_no_number_stands_where_there_is_no_score() -> None:
    """Means, AUCs and sums of what NumPy makes of a column are wrong or NaN, and never wrong."""
    found = result()
    lacking = found["ogrs3_issues"] != ""
    assert 10 < lacking.sum() < 900
    for name in ("ogrs3_1yr", "ogrs3_2yr", "ogrs3_2yr_p"):
        numbers = np.asarray(found[name])
        assert numbers.dtype == np.float64
        assert not isinstance(found[name], np.ma.MaskedArray)
        assert np.isnan(numbers[lacking]).all()
        assert numbers[~lacking].max() <= 99
        assert np.isnan(numbers.mean())
    points = found["osp_dc_points"]
    assert points.dtype == np.float64
    assert set(np.unique(points[~np.isnan(points)])) <= set(range(65))
    assert np.isnan(points).any()


def test_a_flag_that_is_missing_is_neither_yes_nor_no() -> None:
    reduced = result()["osp_dc_reduced"]
    assert set(reduced.tolist()) == {False, None}
    with pytest.raises(TypeError):
        reduced.sum()
    with pytest.raises(IndexError):
        np.arange(len(reduced))[reduced]


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
def test_a_frame_of_the_result_is_the_one_that_scoring_a_frame_adds(library: Any) -> None:
    kind = {"pandas": "pandas-default", "polars": "polars", "arrow": "arrow-table"}[library]
    columns = untidy()
    names = list(result())
    whole = rb.score_cohort(
        KINDS[kind](columns), PREDICTORS[:5], probabilities=True, information=True
    )
    made = rb.to_frame(result(), library)
    if library == "pandas":
        pd.testing.assert_frame_equal(made, whole[names])
    elif library == "polars":
        assert made.equals(whole.select(names))
        assert made.schema == whole.select(names).schema
    else:
        assert made.equals(whole.select(names))
        assert made.schema.equals(whole.select(names).schema)


def test_columns_may_be_taken_out_and_no_others_put_in() -> None:
    found = result()
    del found["ogrs3_issues"]
    assert "ogrs3_issues" not in rb.to_frame(found, "polars").columns
    found["id"] = np.arange(1000)
    with pytest.raises(UnsupportedFrameError, match="no other columns"):
        rb.to_frame(found)
    with pytest.raises(UnsupportedFrameError, match="what score_cohort returned"):
        rb.to_frame({"ogrs3_2yr": np.zeros(1)})
    with pytest.raises(rb.UnknownNameError, match="pandas"):
        rb.to_frame(result(), "panda")  # type: ignore[arg-type]


def test_a_cohort_of_nobody_makes_a_frame_of_no_rows() -> None:
    found = rb.score_cohort({"sex": [], "sanctions": []}, ["ogrs3"])
    assert rb.to_frame(found, "polars").height == 0
    assert len(rb.to_frame(found)) == 0
    assert rb.to_frame(found, "arrow").num_rows == 0


# Where the scores come from


@pytest.mark.parametrize("kind", KINDS)
def test_a_scored_table_says_where_its_scores_come_from(kind: str) -> None:
    scored = rb.score_cohort(KINDS[kind](tidy()), ["ogrs3"])
    expected = rb.provenance(rb.score_cohort(tidy(), ["ogrs3"]))
    assert rb.provenance(scored) == expected
    assert expected["version"] == rb.__version__
    assert expected["ogrs3"]["table"] == rb.ogrs3.table.id
    assert expected["ogrs3"]["digest"] == rb.ogrs3.table.digest


def test_scores_of_two_calls_are_both_in_it() -> None:
    for kind in ("pandas-default", "polars", "arrow-table", "arrow-batch"):
        table = KINDS[kind](tidy())
        both = rb.score_cohort(rb.score_cohort(table, ["ogrs3"]), ["ogrs4g"])
        assert list(rb.provenance(both)) == ["version", "ogrs3", "ogrs4g"]


def test_it_travels_in_attrs_and_metadata_and_keeps_what_was_there(tmp_path: Path) -> None:
    frame = KINDS["pandas-default"](tidy())
    frame.attrs = {"extract": "of May"}
    scored = rb.score_cohort(frame, ["ogrs3"])
    assert scored.attrs["extract"] == "of May"
    assert frame.attrs == {"extract": "of May"}
    assert rb.provenance(scored.head(3)) == rb.provenance(scored)
    table = pa.table(tidy()).replace_schema_metadata({"extract": "of May", "riskbands": "?"})
    found = rb.score_cohort(table, ["ogrs3"])
    assert found.schema.metadata[b"extract"] == b"of May"
    assert json.loads(found.schema.metadata[b"riskbands"]) == rb.provenance(scored)
    pq.write_table(found, tmp_path / "scored.parquet")
    assert rb.provenance(tmp_path / "scored.parquet") == rb.provenance(scored)
    assert rb.provenance(str(tmp_path / "scored.parquet")) == rb.provenance(scored)


def test_a_table_that_does_not_know_says_so() -> None:
    scored = rb.score_cohort(KINDS["polars"](tidy()), ["ogrs3"])
    for table in (
        scored.head(1),
        pl.DataFrame({"a": [1]}),
        pd.DataFrame(),
        pa.table({"a": [1]}),
        5,
    ):
        with pytest.raises(ProvenanceError, match="does not say"):
            rb.provenance(table)
    del scored
    gc.collect()


def test_what_is_known_of_a_table_goes_with_it() -> None:
    from riskbands.cohorts import provenance

    gc.collect()
    before = len(provenance._KEPT)
    scored = rb.score_cohort(KINDS["polars"](tidy()), ["ogrs3"])
    assert len(provenance._KEPT) == before + 1
    del scored
    gc.collect()
    assert len(provenance._KEPT) == before
