"""Percentages of fewer bits than a double are read by their own shortest text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import riskbands as rb

DC_SRP = [2.11, 5.31, 0.29, 0.0, None, 2.12]
ROWS = len(DC_SRP)
REST: dict[str, list[Any]] = {
    "today": ["2026-07-15"] * ROWS, "has_active_event": [True] * ROWS,
    "arp": ["40"] * ROWS, "arp_type": ["extended"] * ROWS,
    "csrp": ["0.5"] * ROWS, "csrp_type": ["extended"] * ROWS,
    "dc_srp_band": ["medium"] * ROWS, "rosh": ["low"] * ROWS,
    "mappa_category": ["m1"] * ROWS, "lifer_ipp": [False] * ROWS,
    "latest_release_date": ["2026-01-01"] * ROWS, "domestic_abuse": [False] * ROWS,
    "stalking": [False] * ROWS, "child_protection": [False] * ROWS,
    "ever_committed_sexual_offence": [False] * ROWS,
}  # fmt: skip


def tiers(table: Any) -> list[list[str]]:
    found = rb.tier_cohort(table)
    return [list(map(str, found[name])) for name in found]


def columns(values: list[float | None]) -> dict[str, Any]:
    nan = np.array([np.nan if v is None else v for v in values])
    return {
        "float32": nan.astype(np.float32),
        "float32 of the other byte order": nan.astype(">f4"),
        "masked": np.ma.MaskedArray(nan.astype(np.float32), mask=np.isnan(nan)),
        "objects": [None if v is None else np.float32(v) for v in values],
        "pandas": pd.Series(nan, dtype="float32"),
        "pandas, nullable": pd.Series(values, dtype="Float32"),
        "pandas over Arrow": pd.Series(values, dtype=pd.ArrowDtype(pa.float32())),
        "Polars": pl.Series(values, dtype=pl.Float32),
        "Arrow": pa.array(values, pa.float32()),
        "Arrow, dictionary": pa.chunked_array([pa.array(values, pa.float32()).dictionary_encode()]),
        "DuckDB": duckdb.from_arrow(pa.table({"v": values}))
        .project("v::FLOAT AS v")
        .to_arrow_table()["v"],
    }


@pytest.mark.parametrize("name", columns([1.0]))
def test_the_tier_is_that_of_the_text(name: str) -> None:
    texts = [None if v is None else str(v) for v in DC_SRP]
    expected = tiers({**REST, "dc_srp": texts})
    assert len(set(expected[0])) > 1
    assert tiers({**REST, "dc_srp": columns(DC_SRP)[name]}) == expected


@pytest.mark.parametrize("kind", [np.float32, np.float16])
@pytest.mark.parametrize("text", ["2.11", "2.12", "5.3"])
def test_a_case_has_the_tier_of_its_text(text: str, kind: type[np.floating[Any]]) -> None:
    case = {name: column[0] for name, column in REST.items()}
    narrow = kind(text)
    assert str(narrow) == text
    expected = str(rb.tier({**case, "dc_srp": text}).tier)
    assert str(rb.tier({**case, "dc_srp": narrow}).tier) == expected
    column = np.array([narrow])
    cohort = {name: [value] for name, value in case.items()}
    assert tiers({**cohort, "dc_srp": column})[0] == [expected]


@pytest.mark.parametrize("name", [name for name in columns([1.0]) if name != "objects"])
def test_counts_are_those_of_the_text(name: str) -> None:
    outcome = [0, 1, 0, 1, 0, 1]
    given = {"score": "s", "outcome": "o", "unit": "percent"}
    exact = [None if v is None else Decimal(str(v)) for v in DC_SRP]
    expected = rb.outcome_counts({"s": exact, "o": outcome}, **given)
    assert expected.left_out["score_missing"] == 1
    assert rb.outcome_counts({"s": columns(DC_SRP)[name], "o": outcome}, **given) == expected
