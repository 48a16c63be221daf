"""Overrides of a cohort: counts, rates, intervals; missing is never a band."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any

import duckdb
import narwhals.stable.v1 as narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.analysis.estimates import wilson_interval

SCALE = rb.BandScale("demo", ("Low", "Medium", "High"))
LEVELS = st.sampled_from([*SCALE.labels, None, "not_applicable"])

# Published by Newcombe (1998), Statistics in Medicine 17, table I, method 3: the score interval
# without continuity correction, at 95 %.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("count", "n", "low", "high"), NEWCOMBE)
def test_intervals_are_the_published_ones(count: int, n: int, low: float, high: float) -> None:
    found = wilson_interval(count, n)
    assert tuple(round(limit, 4) for limit in found) == (low, high)


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.5, 0.999))
def test_an_interval_holds_the_share_and_stays_within_bounds(
    count: int, more: int, confidence: float
) -> None:
    n = count + more
    low, high = wilson_interval(count, n, confidence)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= count / n <= high
    mirrored = wilson_interval(more, n, confidence)
    assert mirrored == pytest.approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "n", "confidence"), [(-1, 3, 0.95), (4, 3, 0.95), (1, 3, 0), (1, 3, 1), (1, 3, 95)]
)
def test_an_interval_of_nonsense_is_refused(count: int, n: int, confidence: float) -> None:
    with pytest.raises(rb.InputError):
        wilson_interval(count, n, confidence)


@given(st.lists(st.tuples(LEVELS, LEVELS, st.sampled_from(["a", "b", None]))))
def test_every_case_is_counted_once_or_left_out(rows: list[tuple[Any, Any, Any]]) -> None:
    computed, final, team = (list(c) for c in zip(*rows, strict=True)) if rows else ([], [], [])
    found = rb.overrides(
        {"computed": computed, "final": final, "team": team}, by="team", scale=SCALE
    )
    rank = {label: i for i, label in enumerate(SCALE.labels)}
    pairs = Counter((x, y) for x, y, _ in rows if x in rank and y in rank)
    for (x, y), n in pairs.items():
        assert found.counts[rank[x], rank[y]] == n
    everyone = found.rates[0]
    assert int(found.counts.sum()) == everyone.n == sum(pairs.values())
    assert everyone.upward.count == sum(n for (x, y), n in pairs.items() if rank[y] > rank[x])
    assert everyone.downward.count == sum(n for (x, y), n in pairs.items() if rank[y] < rank[x])
    assert everyone.n + sum(found.left_out.values()) == len(rows)
    assert everyone.left_out == sum(found.left_out.values())
    groups = found.rates[1:]
    for field in ("n", "left_out"):
        assert sum(getattr(g, field) for g in groups) == getattr(everyone, field)
    assert sum(g.upward.count for g in groups) == everyone.upward.count
    assert {g.group[1] for g in groups} == {"missing" if t is None else t for t in team}


def test_missing_and_not_applicable_are_told_apart() -> None:
    found = rb.overrides(
        {
            "computed": ["Low", None, "Low", None, "not_applicable", "High"],
            "final": ["Low", "Low", None, None, "Low", "not_applicable"],
        },
        scale=SCALE,
    )
    assert found.left_out == {"computed_missing": 2, "final_missing": 1, "not_applicable": 2}
    assert found.rates[0].n == 1


COLUMNS = {
    "list": lambda c: c,
    "tuple": tuple,
    "object array": lambda c: np.array(c, dtype=object),
    "masked": lambda c: np.ma.MaskedArray([x or "Low" for x in c], [x is None for x in c]),
    "pandas": pd.Series,
    "categorical": lambda c: pd.Series(c, dtype="category"),
    "polars": pl.Series,
    "bands": lambda c: rb.BandArray.from_labels(c, SCALE),
}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("other", ["list", "bands"])
def test_columns_may_be_of_any_kind(kind: str, other: str) -> None:
    computed = COLUMNS[kind](["Low", "Medium", None, "High", "Low"])
    final = COLUMNS[other](["High", "Medium", "Low", "Low", None])
    found = rb.overrides({"computed": computed, "final": final}, scale=SCALE)
    assert found.counts.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert found.left_out == {"computed_missing": 1, "final_missing": 1, "not_applicable": 0}


def test_a_scored_cohort_is_taken_as_it_is() -> None:
    scored = rb.score_cohort(
        {
            "sex": ["male", "female", "male"],
            "age_at_conviction": [33, 41, 20],
            "age_at_follow_up": [33, 41, 20],
            "offence_code": ["00801"] * 3,
            "sanctions": [4, None, 9],
            "first_sanction_age": [17, 20, 12],
        },
        ["ogrs3"],
    )
    cohort = scored | {"judged": ["Medium", "Low", "Medium"], "team": ["a", "a", "b"]}
    found = rb.overrides(cohort, computed="ogrs3_band", final="judged", by=["team"])
    assert found.scale.id == "ogrs3-2yr"
    assert found.left_out["computed_missing"] == 1
    assert [r.group for r in found.rates] == [("everyone", ""), ("team", "a"), ("team", "b")]
    same = rb.overrides({}, computed=scored["ogrs3_band"], final=["Medium", "Low", "Medium"])
    assert np.array_equal(same.counts, found.counts)


TABLES = {
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "lazy": pl.LazyFrame,
    "arrow": pa.table,
    "batch": pa.RecordBatch.from_pydict,
    "narwhals": lambda c: narwhals.from_native(pl.DataFrame(c)),
    "duckdb": lambda c: duckdb.from_arrow(pa.table(c)),
}


@pytest.mark.parametrize("kind", TABLES)
def test_a_scored_table_of_any_library_is_taken(kind: str) -> None:
    columns = {
        "sex": ["male", "female", "male"],
        "age_at_conviction": [33, 41, 20],
        "age_at_follow_up": [33, 41, 20],
        "offence_code": ["00801"] * 3,
        "sanctions": [4, None, 9],
        "first_sanction_age": [17, 20, 12],
        "judged": ["Medium", "Low", "Medium"],
        "team": ["a", None, "b"],
    }
    scored = rb.score_cohort(TABLES[kind](columns), ["ogrs3"])
    scale = rb.band_table("ogrs3-2yr")
    asked: dict[str, Any] = {"computed": "ogrs3_band", "final": "judged", "by": "team"}
    found = rb.overrides(scored, **asked, scale=scale)
    plain = rb.overrides(columns | rb.score_cohort(columns, ["ogrs3"]), **asked)
    assert found.to_dict() == plain.to_dict()
    with pytest.raises(rb.UnknownNameError, match="did you mean team") as caught:
        rb.overrides(scored, computed="ogrs3_band", final="judged", by="tems", scale=scale)
    assert "00801" not in str(caught.value)


def test_what_is_no_cohort_is_refused() -> None:
    with pytest.raises(TypeError, match="a cohort is a mapping"):
        rb.overrides([("Low", "High")], scale=SCALE)


def test_what_cannot_be_compared_is_refused() -> None:
    rsr = rb.BandArray.from_labels(["Low"], rb.band_table("rsr-2025"))
    csrp = rb.BandArray.from_labels(["Low"], rb.band_table("csrp-2026"))
    with pytest.raises(rb.InputError, match="different scales"):
        rb.overrides({"computed": rsr, "final": csrp})
    with pytest.raises(rb.InputError, match="different scales"):
        rb.overrides({"computed": rsr, "final": ["Low"]}, scale=SCALE)
    with pytest.raises(rb.InputError, match=r"different scales \(demo, rsr-2025\)"):
        rb.overrides({"computed": [rsr[0]], "final": ["Low"]}, scale=SCALE)
    with pytest.raises(rb.InputError, match="give scale"):
        rb.overrides({"computed": ["Low"], "final": ["Low"]})
    with pytest.raises(rb.InputError, match="2 rows"):
        rb.overrides({"computed": ["Low"], "final": ["Low", "Low"]}, scale=SCALE)
    with pytest.raises(rb.UnknownNameError, match="final"):
        rb.overrides({"computed": ["Low"], "finl": ["Low"]}, scale=SCALE)


def test_an_unknown_label_is_named_by_its_row_and_not_quoted() -> None:
    with pytest.raises(rb.InputError, match="row 1, counted from 0: final must") as caught:
        rb.overrides({"computed": ["Low", "Low"], "final": ["Low", "ask J"]}, scale=SCALE)
    assert "ask J" not in str(caught.value)


def test_it_can_be_read_and_written() -> None:
    cohort = {"computed": ["Low", "Low"], "final": ["High", "Low"], "<team>": ["<i>", None]}
    found = rb.overrides(cohort, by=["<team>"], scale=SCALE)
    text, page = str(found), found._repr_html_()
    assert "50.0 %" in text
    assert "<i>" in text
    assert "<i>" not in page
    assert "&lt;i&gt;" in page
    assert repr(found) == "<Overrides of demo: 2 cases, 1 upward, 0 downward>"
    data = json.loads(json.dumps(found.to_dict()))
    assert data["counts"] == [[1, 0, 1], [0, 0, 0], [0, 0, 0]]
    assert not found.counts.flags.writeable


def test_of_nobody_nothing_is_known() -> None:
    found = rb.overrides({"computed": [], "final": []}, scale=SCALE)
    rate = found.rates[0].upward
    assert (rate.share, rate.low, rate.high) == (None, 0.0, 1.0)
    assert str(rate) == "-"
    assert not math.isnan(rate.low)


# Outcomes


def test_outcomes_are_told_by_computed_band_and_direction() -> None:
    rows = [
        ("Low", "Low", 0), ("Low", "High", 1), ("Low", "High", None), ("High", "Medium", "no"),
        ("High", "High", "yes"), ("Medium", None, 1),
    ]  # fmt: skip
    computed, final, y = (list(column) for column in zip(*rows, strict=True))
    data = {"computed": computed, "final": final, "reoffended": y}
    for table in (data, pd.DataFrame(data).astype({"reoffended": object})):
        found = rb.overrides(table, scale=SCALE, outcome="reoffended")
        by = {(o.computed, o.direction): (o.n, o.events) for o in found.outcomes}
        assert by["Low", "upward"] == (1, 1)
        assert by["Low", "none"] == (1, 0)
        assert by["High", "downward"] == (1, 0)
        assert by["High", "none"] == (1, 1)
        assert by["all", "upward"] == (1, 1)
        assert by["all", "none"] == (2, 1)
        assert found.left_out["outcome_missing"] == 1
    empty = next(o for o in found.outcomes if (o.computed, o.direction) == ("Medium", "none"))
    assert empty.observed.reason == "there is no such case"


def test_outcomes_come_with_the_caution_that_supervision_follows_the_final_band() -> None:
    data = {"computed": ["Low"], "final": ["High"], "y": [1]}
    found = rb.overrides(data, scale=SCALE, outcome="y")
    assert "Supervision follows the final band" in str(found)
    assert "serious harm is about another outcome" in found._repr_html_()
    assert len(found.to_dict()["cautions"]) == 2
    without = rb.overrides(data, scale=SCALE)
    assert without.outcomes == ()
    assert without.to_dict()["cautions"] == []
    with pytest.raises(rb.InputError, match="y has 2 rows"):
        rb.overrides({**data, "y": [1, 0]}, scale=SCALE, outcome="y")


@pytest.mark.parametrize("library", ["pandas", "polars", "arrow"])
def test_an_ordered_column_says_its_scale(library: str) -> None:
    labels = ["Low", "Medium", "High"]
    before, after = ["Low", "High", "Medium"], ["Low", "Medium", "High"]
    make: dict[str, Any] = {
        "pandas": lambda v: pd.DataFrame(
            {k: pd.Categorical(x, labels, ordered=True) for k, x in v.items()}
        ),
        "polars": lambda v: pl.DataFrame(v, schema=dict.fromkeys(v, pl.Enum(labels))),
        "arrow": lambda v: pa.table(
            {
                k: pa.DictionaryArray.from_arrays(
                    pa.array([labels.index(t) for t in x], pa.int8()), labels, ordered=True
                )
                for k, x in v.items()
            }
        ),
    }
    found = rb.overrides(make[library]({"computed": before, "final": after}))
    assert found.counts.tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert found.scale.labels == tuple(labels)


def test_groups_of_a_field_are_one_however_they_are_written() -> None:
    scale = rb.BandScale("demo", ("Low", "High"))
    columns = {
        "computed": ["Low"] * 4, "final": ["Low"] * 4, "sex": ["M", "male", "F", None],
        "team": ["a", "A", "a", "a"],
    }  # fmt: skip
    found = rb.overrides(columns, scale=scale, by=["sex", "team"])
    groups = {r.group: r.n for r in found.rates}
    assert groups["sex", "male"] == 2
    assert groups["sex", "female"] == groups["sex", "missing"] == 1
    assert groups["team", "a"] == 3


THEIRS = {
    "Computed band": ["Low", "low", "High", "Medium"],
    "Final band": ["Low", "V HIGH", "Low", "Medium"],
    "Gender": ["F", "female", "M", "male"],
}
RENAME = {"Computed band": "computed", "Final band": "final", "Gender": "sex"}
SPELLINGS = {"low": "Low", "V HIGH": "Very High"}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
@pytest.mark.parametrize("by", ["sex", "Gender"])
def test_columns_and_labels_of_others_are_named(kind: Any, by: str) -> None:
    found = rb.overrides(kind(THEIRS), by=by, scale="ogrs3-2yr", rename=RENAME, spellings=SPELLINGS)
    assert [(r.group, r.n, r.upward.count, r.downward.count) for r in found.rates] == [
        (("everyone", ""), 4, 1, 1),
        (("sex", "female"), 2, 1, 0),
        (("sex", "male"), 2, 0, 1),
    ]


def test_no_spelling_is_guessed_and_no_label_is_moved() -> None:
    with pytest.raises(rb.InputError, match="row 1, counted from 0: computed must be one of Low"):
        rb.overrides(THEIRS, scale="ogrs3-2yr", rename=RENAME)
    with pytest.raises(rb.UnknownNameError, match="did you mean Low"):
        rb.overrides(THEIRS, scale="ogrs3-2yr", rename=RENAME, spellings={"low": "Lowe"})
    with pytest.raises(rb.UnknownNameError, match="no column for rename"):
        rb.overrides(THEIRS, scale="ogrs3-2yr", rename={"Band": "final"})
    same = {"computed": ["Low"], "final": ["High"]}
    found = rb.overrides(same, scale="ogrs3-2yr", spellings={"Low": "High"})
    assert found.rates[0].upward.count == 1


def test_a_series_beside_a_frame_has_the_rows_of_the_frame() -> None:
    scale = rb.BandScale("demo", ("Low", "High"))
    frame = pd.DataFrame({"computed": ["Low", "Low", "High"], "site": list("abb")}, index=[7, 8, 9])
    final = pd.Series(["Low", "High", "High"], index=[7, 8, 9])
    found = rb.overrides(frame, final=final, by="site", scale=scale)
    assert found.rates[0].upward.count == 1
    assert rb.overrides(frame, final=final.to_numpy(), scale=scale).rates[0].upward.count == 1
    turned = final.iloc[::-1]
    for other in (turned, final.reset_index(drop=True), final.iloc[:2]):
        with pytest.raises(rb.InputError, match="final has another index than the cohort"):
            rb.overrides(frame, final=other, scale=scale)
    again = rb.overrides(frame, final=turned.reindex(frame.index), by="site", scale=scale)
    assert again.rates == found.rates
    columns = {"site": list("abb")}
    with pytest.raises(rb.InputError, match="final has another index than computed"):
        rb.overrides(columns, computed=frame["computed"], final=turned, scale=scale)
