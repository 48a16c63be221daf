"""Dictionary-encoded columns of Arrow are read as the values they stand for, a null as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import riskbands as rb
from riskbands.bands.builtin import band_table

if TYPE_CHECKING:
    from collections.abc import Callable

ENCODED = {
    "array": lambda values: pa.array(values).dictionary_encode(),
    "chunks": lambda values: pa.chunked_array(
        [pa.array(values[:2]).dictionary_encode(), pa.array(values[2:]).dictionary_encode()]
    ),
    "one chunk": lambda values: pa.chunked_array([pa.array(values).dictionary_encode()]),
    "null in the dictionary": lambda values: pa.chunked_array(
        [pa.array(values).dictionary_encode(null_encoding="encode")]
    ),
    "pandas over Arrow": lambda values: pd.Series(
        pa.array(values).dictionary_encode(),
        dtype=pd.ArrowDtype(pa.array(values).dictionary_encode().type),
    ),
    "pandas": lambda values: pd.Series(pd.Categorical(values)),
}
SCORES = {
    "whole numbers": [12, None, 55, 12],
    "floats": [12.0, None, 55.0, 12.0],
    "texts": ["12", None, "55", "12"],
}
OUTCOME = [0, 1, 1, 0]


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
@pytest.mark.parametrize("scores", SCORES.values(), ids=SCORES)
def test_scores_without_a_value_are_missing(
    scores: list[Any], encode: Callable[[list[Any]], Any]
) -> None:
    columns = {"s": encode(scores), "o": OUTCOME}
    tables: list[Any] = [columns]
    if isinstance(columns["s"], pd.Series):
        tables.append(pd.DataFrame(columns))
    else:
        tables.append(pa.table({"s": columns["s"], "o": OUTCOME}))
    plain = rb.outcome_counts({"s": scores, "o": OUTCOME}, outcome="o", score="s", unit="percent")
    assert plain.left_out["score_missing"] == 1
    for table in tables:
        found = rb.outcome_counts(table, outcome="o", score="s", unit="percent")
        assert found.left_out == plain.left_out
        assert found == plain


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
def test_outcomes_groups_and_follow_up_without_a_value_are_missing(
    encode: Callable[[list[Any]], Any],
) -> None:
    values: dict[str, list[Any]] = {
        "s": [12, 13, 14, 15],
        "o": ["no", None, "yes", "yes"],
        "flag": [0, None, 1, 1],
        "group": ["a", None, "b", "a"],
        "team": [1, None, 2, 1],
        "months": [30, None, 12, 30],
        "band": ["Low", None, "High", "Low"],
    }
    encoded = {name: encode(column) for name, column in values.items()}
    scale = rb.BandScale("demo", ("Low", "High"))
    asked: list[dict[str, Any]] = [
        {"score": "s", "outcome": "o", "unit": "percent"},
        {"score": "s", "outcome": "flag", "unit": "percent"},
        {"score": "s", "outcome": "flag", "unit": "percent", "by": ["group", "team"]},
        {"score": "s", "outcome": "flag", "unit": "percent", "horizon": "2yr",
         "followed_up": "months"},
        {"score": "band", "outcome": "flag", "unit": "band", "bands": scale},
    ]  # fmt: skip
    for arguments in asked:
        plain = rb.outcome_counts(values, **arguments)
        assert rb.outcome_counts(encoded, **arguments) == plain, arguments


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
def test_bands_without_a_value_are_missing(encode: Callable[[list[Any]], Any]) -> None:
    values: dict[str, list[Any]] = {
        "computed": ["Low", None, "High", "Low"],
        "final": ["Low", "High", None, "High"],
        "team": ["a", None, "b", "a"],
        "o": [1, 0, None, 1],
    }
    scale = rb.BandScale("demo", ("Low", "High"))
    encoded = {name: encode(column) for name, column in values.items()}
    plain = rb.overrides(values, scale=scale, by="team", outcome="o")
    assert plain.left_out["computed_missing"] == 1
    found = rb.overrides(encoded, scale=scale, by="team", outcome="o")
    assert found.to_dict() == plain.to_dict()


def test_enums_of_duckdb_and_of_polars_hold_scores() -> None:
    frame = pl.DataFrame({"s": ["12", None, "55"], "o": [0, 1, 1]})
    connection = duckdb.connect()  # kept: older relations do not keep it
    relation = connection.from_arrow(frame.to_arrow())
    tables = [
        relation.project("s::ENUM('12', '55') AS s, o"),
        frame.with_columns(pl.col("s").cast(pl.Enum(["12", "55"]))),
        frame.with_columns(pl.col("s").cast(pl.Categorical)),
    ]
    for table in tables:
        found = rb.outcome_counts(table, outcome="o", score="s", unit="percent")
        assert found.left_out["score_missing"] == 1


TIER: dict[str, list[Any]] = {
    "has_active_event": [True] * 4, "arp": [40.0, None, 95.0, 40.0],
    "arp_type": ["extended", None, "extended", "brief"], "csrp": [7.0, 0.5, None, 0.5],
    "csrp_type": ["extended", None, "brief", "extended"], "dc_srp": [2.11, None, 2.11, 2.11],
    "dc_srp_band": ["medium", None, "medium", "medium"], "rosh": ["low", None, "high", "medium"],
    "mappa_category": ["m1", None, "m2", "m1"], "lifer_ipp": [True, None, False, False],
    "latest_release_date": ["2026-08-01", None, "2026-01-01", "2020-01-01"],
    "domestic_abuse": [True, None, False, False], "stalking": [True, None, False, True],
    "child_protection": [True, None, True, False],
    "ever_committed_sexual_offence": [True, None, False, True],
}  # fmt: skip


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
def test_tiers_are_those_of_the_values(encode: Callable[[list[Any]], Any]) -> None:
    plain = rb.tier_cohort(TIER, today="2026-07-15")
    assert plain["tier_status"].tolist() == ["tier", "missing", "missing", "tier"]
    for name in TIER:
        found = rb.tier_cohort({**TIER, name: encode(TIER[name])}, today="2026-07-15")
        for column in plain:
            assert list(map(str, found[column])) == list(map(str, plain[column])), name


PERSON: dict[str, list[Any]] = {
    "sex": ["male", None, "female", "male"],
    "date_of_birth": ["1990-05-01", None, "1980-05-01", "1970-05-01"],
    "conviction_date": ["2023-11-02", None, "2023-11-02", "2023-11-02"],
    "follow_up_date": ["2023-11-02", None, "2023-11-02", "2023-11-02"],
    "offence_code": ["00801", None, "00801", "00801"],
    "sanctions": [4, None, 5, 4],
    "first_sanction_age": [17, None, 18, 17],
}


@pytest.mark.parametrize("encode", ENCODED.values(), ids=ENCODED)
def test_columns_of_a_mapping_are_scored_as_their_values(
    encode: Callable[[list[Any]], Any],
) -> None:
    for name in PERSON:
        full = {other: [c[0], c[0], c[2], c[3]] for other, c in PERSON.items()}
        full[name] = PERSON[name]
        plain = rb.score_cohort(full, ["ogrs3"])
        found = rb.score_cohort({**full, name: encode(PERSON[name])}, ["ogrs3"])
        told = "" if name == "follow_up_date" else f"missing:{name}"  # the day is the conviction's
        assert plain["ogrs3_issues"].tolist() == ["", told, "", ""]
        assert found["ogrs3_issues"].tolist() == plain["ogrs3_issues"].tolist()
        assert np.array_equal(found["ogrs3_2yr"], plain["ogrs3_2yr"], equal_nan=True)


@pytest.mark.parametrize("name", ["array", "chunks", "one chunk", "null in the dictionary"])
def test_a_score_without_a_value_has_no_band(name: str) -> None:
    table = band_table("arp-2026")
    for scores in (SCORES["whole numbers"], SCORES["floats"]):
        assert list(map(str, table.classify(ENCODED[name](scores)))) == [
            "Low", "None", "Medium", "Low"]  # fmt: skip
