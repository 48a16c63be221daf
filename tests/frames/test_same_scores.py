"""A table of any library gets the scores a mapping gets, in the same order, and stays its kind."""

from __future__ import annotations

from typing import Any, assert_type

import duckdb
import narwhals as plain_narwhals
import narwhals.stable.v1 as narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from framecases import KINDS, as_lists, expected, tidy, untidy
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb

kinds = pytest.mark.parametrize("kind", KINDS)


@kinds
def test_tidy_columns_of_proper_types(kind: str) -> None:
    columns = tidy()
    table = KINDS[kind](columns)
    scored = rb.score_cohort(table)
    assert type(scored) is type(table)
    found = as_lists(scored)
    scores = expected(columns)
    assert {name: found[name] for name in scores} == scores
    assert list(found) == [*columns, *scores]
    before = as_lists(table)
    assert {name: found[name] for name in before} == before
    assert any(v is None for v in scores["ogrs3_2yr"])
    assert any(v is not None for v in scores["ogrs3_2yr"])


@kinds
def test_untidy_text(kind: str) -> None:
    predictors = ["ogrs3", "osp_dc", "arp"]
    found = as_lists(rb.score_cohort(KINDS[kind](untidy()), predictors))
    scores = expected(untidy(), predictors)
    assert {name: found[name] for name in scores} == scores
    assert "not_applicable" in scores["osp_dc_band"]


@kinds
def test_every_kind_of_output(kind: str) -> None:
    options: dict[str, Any] = {"probabilities": True, "information": True}
    predictors = ["ogp", "osp_dc", "rsr"]
    found = as_lists(rb.score_cohort(KINDS[kind](untidy()), predictors, **options))
    scores = expected(untidy(), predictors, **options)
    assert {name: found[name] for name in scores} == scores
    assert {name.rpartition("_")[2] for name in scores} >= {
        *("points", "1yr", "2yr", "p", "band", "type", "reduced", "issues", "information")
    }


@kinds
@pytest.mark.parametrize("rows", [0, 1])
def test_no_row_and_one_row(kind: str, rows: int) -> None:
    columns = {name: values[:rows] for name, values in tidy().items()}
    typed = kind == "pandas-nullable"  # made from values, of which there may be none
    table = KINDS[kind](tidy()).head(rows) if typed else KINDS[kind](columns)
    found = as_lists(rb.score_cohort(table, ["ogrs3"]))
    scores = expected(columns, ["ogrs3"])
    assert {name: found[name] for name in scores} == scores
    assert len(found["ogrs3_2yr"]) == rows


@kinds
def test_a_column_with_nothing_in_it(kind: str) -> None:
    columns = {**tidy(), "sanctions": [None] * 40}
    if kind == "pandas-nullable":
        table = KINDS[kind](tidy()).assign(sanctions=pd.array([pd.NA] * 40, dtype="Int64"))
    else:
        table = KINDS[kind](columns)
    found = as_lists(rb.score_cohort(table))
    assert all("missing:" in text and "sanctions" in text for text in found["ogrs3_issues"])
    assert found["ogrs3_2yr"] == [None] * 40
    assert found["ogrs3_issues"] == expected(columns)["ogrs3_issues"]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_numbers_of_any_width_and_any_nulls(data: st.DataObject) -> None:
    columns = tidy(13)
    width = data.draw(st.sampled_from(["8", "16", "32", "64"]))
    sign = data.draw(st.sampled_from(["int", "uint"]))
    values = data.draw(st.lists(st.none() | st.integers(0, 120), min_size=13, max_size=13))
    scores = expected({**columns, "sanctions": values})
    array = pa.array(values, getattr(pa, sign + width)())
    table = pa.table({**columns, "sanctions": array})
    ours = {name: scores[name] for name in scores}
    for kind in (table, pl.from_arrow(table), table.to_pandas(types_mapper=pd.ArrowDtype)):
        found = as_lists(rb.score_cohort(kind))
        assert {name: found[name] for name in ours} == ours
    nullable = pd.DataFrame(columns).assign(
        sanctions=pd.array(values, dtype=f"{sign.title().replace('int', 'Int')}{width}")
    )
    found = as_lists(rb.score_cohort(nullable))
    assert {name: found[name] for name in ours} == ours


def test_more_rows_than_a_block_and_several_threads() -> None:
    n = 70_000
    columns = {name: (values * (n // 40 + 1))[:n] for name, values in tidy().items()}
    scores = expected(tidy(), ["ogrs3"])
    whole = {name: (values * (n // 40 + 1))[:n] for name, values in scores.items()}
    table = pa.table(columns)
    sliced = pa.concat_tables([table.slice(0, 11), table.slice(11, 65_530), table.slice(65_541)])
    for kind in (sliced, pl.from_arrow(sliced), table.to_pandas(), pl.DataFrame(columns)):
        for threads in (1, 3):
            found = as_lists(rb.score_cohort(kind, ["ogrs3"], threads=threads))
            assert {name: found[name] for name in whole} == whole


def test_rows_keep_the_index_they_have() -> None:
    frame = pd.DataFrame(tidy())
    by_id = frame.set_axis([f"case {n}" for n in range(len(frame))][::-1])
    scored = rb.score_cohort(by_id)
    assert scored.index.equals(by_id.index)
    assert scored["ogrs3_2yr"].tolist() == rb.score_cohort(frame)["ogrs3_2yr"].tolist()
    twice = frame.set_axis([0] * len(frame))
    assert rb.score_cohort(twice)["ogrs3_issues"].tolist() == scored["ogrs3_issues"].tolist()
    levels = frame.set_index(["sex", "sanctions"], drop=False)
    assert rb.score_cohort(levels).index.equals(levels.index)


def test_pandas_keeps_attributes_and_the_input_is_not_changed() -> None:
    frame = pd.DataFrame(tidy())
    frame.attrs["source"] = "extract of March"
    frame.columns.name = "field"
    before = frame.copy(deep=True)
    scored = rb.score_cohort(frame)
    assert scored.attrs == {"source": "extract of March", "riskbands": rb.provenance(scored)}
    assert scored.columns.name == "field"
    pd.testing.assert_frame_equal(frame, before)
    scored.loc[scored.index[0], "sex"] = "changed"
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("module", [narwhals, plain_narwhals])
def test_a_narwhals_frame_stays_one(module: Any) -> None:
    for native in (pl.DataFrame(tidy()), pd.DataFrame(tidy()), pl.LazyFrame(tidy())):
        wrapped = module.from_native(native)
        scored = rb.score_cohort(wrapped)
        assert type(scored) is type(wrapped)
        found = as_lists(scored.to_native())
        assert found["ogrs3_2yr"] == expected(tidy())["ogrs3_2yr"]


def test_arrow_keeps_its_metadata() -> None:
    table = pa.table(tidy()).replace_schema_metadata({"source": "extract"})
    for kind in (table, table.to_batches()[0]):
        metadata = rb.score_cohort(kind).schema.metadata
        assert metadata.keys() == {b"source", b"riskbands"}
        assert metadata[b"source"] == b"extract"


def test_duckdb_stays_in_its_connection_and_keeps_its_types() -> None:
    connection = duckdb.connect()
    columns = pa.table(tidy())
    connection.register("cases", columns)
    query = """select uuid() as id, cast(sex as enum ('male', 'female', 'M', 'F')) as sex,
               170141183460469231731687303715884105727::hugeint as big, 'x' as "a ""b",
               * exclude (sex) from cases"""
    given = connection.sql(query)
    scored = rb.score_cohort(given, ["ogrs3"])
    assert list(map(str, scored.types))[: len(given.types)] == list(map(str, given.types))
    assert scored.fetchall() == scored.fetchall()
    connection.execute("create table people as select 'male' as sex, 1 as wanted")
    joined = scored.join(connection.table("people"), "sex")
    assert len(joined.fetchall()) == columns["sex"].to_pylist().count("male")
    assert as_lists(scored)["ogrs3_2yr"] == expected(tidy())["ogrs3_2yr"]
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert tables == [("people",)]


def test_a_lazy_frame_scores_when_it_is_collected(tmp_path: Any) -> None:
    source = tmp_path / "cases.parquet"
    pl.DataFrame(untidy()).write_parquet(source)
    lazy = rb.score_cohort(pl.scan_parquet(source), ["ogrs3"])
    scores = expected(untidy(), ["ogrs3"])
    assert lazy.collect_schema() == lazy.collect().schema
    assert lazy.select("ogrs3_2yr").collect()["ogrs3_2yr"].to_list() == scores["ogrs3_2yr"]
    high = lazy.filter(pl.col("ogrs3_band") >= "High").collect()
    assert len(high) == sum(band in ("High", "Very High") for band in scores["ogrs3_band"])
    assert lazy.head(7).collect()["ogrs3_2yr"].to_list() == scores["ogrs3_2yr"][:7]
    lazy.sink_parquet(tmp_path / "scored.parquet")
    written = pl.read_parquet(tmp_path / "scored.parquet")
    assert written["ogrs3_2yr"].to_list() == scores["ogrs3_2yr"]


def test_a_lazy_frame_of_impossible_types_is_refused_before_it_is_collected() -> None:
    lazy = pl.LazyFrame({**tidy(), "sanctions": [[1]] * 40})
    with pytest.raises(rb.InputErrorGroup, match="column sanctions holds List"):
        rb.score_cohort(lazy, ["ogrs3"])


def test_types_of_the_columns_of_scores() -> None:
    predictors = ["ogrs3", "osp_dc", "rsr"]
    polars = rb.score_cohort(pl.DataFrame(untidy()), predictors).schema
    assert polars["ogrs3_2yr"] == pl.UInt8
    assert polars["rsr_2yr"] == pl.Float64
    assert polars["ogrs3_band"] == pl.Enum(["Low", "Medium", "High", "Very High"])
    assert polars["osp_dc_band"].categories[0] == "not_applicable"  # type: ignore[attr-defined]
    assert polars["osp_dc_points"] == pl.Int16
    assert polars["rsr_issues"] == pl.String
    arrow = rb.score_cohort(pa.table(untidy()), predictors).schema
    assert arrow.field("ogrs3_2yr").type == pa.uint8()
    assert arrow.field("ogrs3_band").type == pa.dictionary(pa.int8(), pa.string(), ordered=True)
    assert arrow.field("osp_dc_band").type == pa.dictionary(pa.int8(), pa.string(), ordered=False)
    pandas = rb.score_cohort(pd.DataFrame(untidy()), predictors)
    assert str(pandas["ogrs3_2yr"].dtype) == "UInt8"
    assert str(pandas["rsr_2yr"].dtype) == "Float64"
    assert pandas["ogrs3_band"].cat.ordered
    assert not pandas["osp_dc_band"].cat.ordered
    assert (pandas["ogrs3_band"] >= "High").sum() > 0
    with pytest.raises(TypeError):
        pandas["osp_dc_band"] >= "High"  # noqa: B015
    assert pandas["ogrs3_issues"].dtype == pd.Series(["text"]).dtype


def test_not_applicable_is_below_every_band_where_an_order_cannot_be_helped() -> None:
    scored = rb.score_cohort(pl.DataFrame(untidy()), ["osp_dc"])
    counted = scored.filter(pl.col("osp_dc_band") >= "Low").height
    bands = expected(untidy(), ["osp_dc"])["osp_dc_band"]
    assert counted == sum(band not in (None, "not_applicable") for band in bands)
    assert counted < sum(band is not None for band in bands)


def test_issues_can_be_refused() -> None:
    for kind in KINDS:
        with pytest.raises(Exception, match="row 1: ogrs3: missing:sex"):
            as_lists(rb.score_cohort(KINDS[kind](tidy()), on_issue="raise"))


def test_thread_by_thread_the_same() -> None:
    from concurrent.futures import ThreadPoolExecutor

    frames = [pl.DataFrame(untidy()), pa.table(untidy()), pd.DataFrame(untidy())] * 4
    scores = expected(untidy(), ["ogrs3"])
    with ThreadPoolExecutor(6) as pool:
        for scored in pool.map(lambda f: as_lists(rb.score_cohort(f, ["ogrs3"])), frames):
            assert {name: scored[name] for name in scores} == scores


def test_type_checkers_know_what_comes_back() -> None:
    codes: dict[str, list[str]] = {"offence_code": ["00801"], "sex": ["male"]}
    assert_type(rb.score_cohort(codes, ["ogrs3"]), rb.CohortScores)
    assert_type(rb.score_cohort(pl.DataFrame(tidy())), pl.DataFrame)
    assert_type(rb.score_cohort(pl.LazyFrame(tidy()), overwrite=True), pl.LazyFrame)
    options: dict[str, Any] = {"overwrite": True}  # a mapping of columns has none to overwrite
    assert rb.score_cohort(tidy(), **options).keys() == rb.score_cohort(tidy()).keys()


def test_masked_and_plain_numpy_agree_with_frames() -> None:
    values = np.array([3.0, np.nan] * 20)
    columns = {**tidy(), "sanctions": values}
    frame = pl.DataFrame(columns)
    found = as_lists(rb.score_cohort(frame))["ogrs3_issues"]
    assert found == expected(columns)["ogrs3_issues"]
    assert "missing:sanctions" in found
