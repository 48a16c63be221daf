"""Dask partitions have the scores of the whole, and Dask never scores rows it made up."""

from __future__ import annotations

from typing import Any

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa
import pytest
from messy import as_text, as_types, local, rows_of

import riskbands as rb
from riskbands.engines import arrow

TABLES = {"text": as_text, "types": as_types}


@pytest.mark.parametrize("form", TABLES)
def test_partitions_have_the_scores_of_the_whole(form: str, rows: int) -> None:
    table = TABLES[form](rows_of(rows // 10))
    calls = []

    def score(part: pd.DataFrame) -> pd.DataFrame:
        calls.append(len(part))
        return rb.score_cohort(part, probabilities=True)

    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    parts = dd.from_pandas(frame, npartitions=7)
    meta = score(parts._meta)
    found = parts.map_partitions(score, meta=meta).compute(scheduler="sync")
    assert calls[0] == 0
    assert sum(calls) == len(frame)
    assert found.dtypes.equals(meta.dtypes)
    for name, values in local(table, probabilities=True).items():
        got = [None if pd.isna(v) else v for v in found[name].astype(object)]
        assert got == values, name


def test_plain_types_by_way_of_batches(rows: int) -> None:
    table = as_text(rows_of(rows // 20))

    def score(part: pd.DataFrame) -> Any:
        batch = pa.RecordBatch.from_pandas(part, preserve_index=False)
        [scored] = arrow.score_batches([batch], ["ogrs3", "rsr"])
        return scored.to_pandas(types_mapper=pd.ArrowDtype).set_index(part.index)

    parts = dd.from_pandas(table.to_pandas(types_mapper=pd.ArrowDtype), npartitions=3)
    found = parts.map_partitions(score, meta=score(parts._meta)).compute(scheduler="threads")
    for name, values in local(table, ["ogrs3", "rsr"]).items():
        got = [None if pd.isna(v) else v for v in found[name].astype(object)]
        assert got == values, name
