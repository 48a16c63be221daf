"""Whom a predictor is not for is in no figure, through whichever door the scores come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import riskbands as rb

if TYPE_CHECKING:
    from pathlib import Path

#: Reported of people without sexual offending, and of 0 points.
ZERO = ("osp_dc", "osp_iic", "osp_c", "osp_i", "dc_srp", "iic_srp")


def people(*predictors: str, n: int = 1500) -> dict[str, Any]:
    cohort = rb.simulate_cohort(n, 3, predictors[0], outcome=False)
    scored = rb.score_cohort({**rb.simulate_cohort(n, 3, "ogrs3", outcome=False), **cohort},
                             ["ogrs3", *predictors])  # fmt: skip
    y = np.random.default_rng(5).random(n) < 0.3
    return {**scored, "y": y}


def applies(scored: dict[str, Any], predictor: str) -> np.ndarray[Any, Any]:
    """Whom it is for, by what stands beside the score; of OSP-I, by the score."""
    if f"{predictor}_band" in scored:
        return np.array(scored[f"{predictor}_band"].codes != -2)
    if f"{predictor}_points" in scored:
        return np.array(~np.isnan(np.asarray(scored[f"{predictor}_points"], dtype=float)))
    return np.array(np.asarray(scored[f"{predictor}_2yr"], dtype=float) > 0)


@pytest.mark.parametrize("name", ZERO)
def test_the_people_of_every_figure_are_those_the_score_is_for(name: str, tmp_path: Path) -> None:
    scored = people(name)
    there = applies(scored, name)
    assert 0 < there.sum() < len(there)
    found = rb.evaluate(scored, name, outcome="y")
    assert found.overall.n == there.sum()
    assert found.left_out["not_applicable"] == (~there).sum()
    counts = found.counts
    assert rb.OutcomeCounts.from_json(counts.to_json()) == counts
    counts.to_parquet(tmp_path / "counts.parquet")
    assert rb.OutcomeCounts.from_parquet(tmp_path / "counts.parquet") == counts
    again = rb.OutcomeCounts.from_frame(counts.to_frame("pandas"), name, outcome="y")
    assert again.left_out == counts.left_out
    assert rb.evaluate(again).overall.auc == found.overall.auc
    assert rb.drift(counts, counts).n == (there.sum(), there.sum())
    table = pa.table({
        key: pa.array([None if v is None else str(v) for v in column])
        if key.endswith("_band") else pa.array(np.asarray(column))
        for key, column in scored.items()
        if key in ("y", f"{name}_2yr", f"{name}_band", f"{name}_points")
    })  # fmt: skip
    pq.write_table(table, tmp_path / "scored.parquet")
    for given in (tmp_path / "scored.parquet", table, table.to_batches(max_chunksize=400)):
        assert rb.evaluate(given, name, outcome="y").left_out == found.left_out


@pytest.mark.parametrize("name", ZERO)
def test_two_predictors_are_compared_on_the_people_both_are_for(name: str) -> None:
    scored = people(name)
    there = applies(scored, name) & ~np.isnan(np.asarray(scored["ogrs3_2yr"], dtype=float))
    for pair in ((name, "ogrs3"), ("ogrs3", name)):
        found = rb.compare_predictors(scored, *pair, outcome="y")
        assert found.n == there.sum()
        assert found.left_out["not_applicable"] == (~applies(scored, name)).sum()
    alone = {k: np.asarray(v)[there] for k, v in scored.items() if k in ("ogrs3_2yr", "y")}
    assert found.first_auc == rb.evaluate(alone, "ogrs3", outcome="y").overall.auc
    mine = rb.evaluate(scored, name, outcome="y")
    assert rb.compare_predictors(scored, name, name, outcome="y").first_auc == mine.overall.auc


def test_points_tell_it_where_there_is_no_band() -> None:
    scored = people("osp_dc")
    full = rb.evaluate(scored, "osp_dc", outcome="y")
    del scored["osp_dc_band"]
    found = rb.evaluate(scored, "osp_dc", outcome="y")
    assert found.left_out == full.left_out
    assert found.overall.auc == full.overall.auc


@pytest.mark.parametrize("name", ["osp_dc", "osp_iic"])
def test_a_score_of_0_that_nothing_explains_is_refused(name: str) -> None:
    rows: dict[str, Any] = {
        f"{name}_2yr": [1.5, 2.0, 0.0, 0.5], "ogrs3_2yr": [10, 60, 70, 80], "y": [0, 1, 0, 1],
    }  # fmt: skip
    for count in (rb.evaluate, rb.outcome_counts):
        with pytest.raises(rb.InputError, match=f"row 2, .* give the column {name}_band"):
            count(rows, name, outcome="y")
    with pytest.raises(rb.InputError, match="row 2"):
        rb.compare_predictors(rows, "ogrs3", name, outcome="y")
    blank = {**rows, f"{name}_band": ["Low", "High", None, "Low"]}
    with pytest.raises(rb.InputError, match="row 2"):
        rb.evaluate(blank, name, outcome="y")
    table = {"score": [1.5, 0.0, 2.0], "outcome": ["no", "no", "yes"], "n": [5, 6, 7]}
    with pytest.raises(rb.InputError, match="give the column band too"):
        rb.OutcomeCounts.from_frame(table, name, outcome="y")
    without = {key: [column[i] for i in (0, 1, 3)] for key, column in rows.items()}
    assert rb.evaluate(without, name, outcome="y").overall.n == 3
    said = {**rows, f"{name}_band": ["Low", "High", "Low", "Low"]}
    assert rb.evaluate(said, name, outcome="y").overall.n == 4


def test_a_score_of_0_of_no_points_is_counted() -> None:
    rows = {"osp_c_2yr": [0.0, 0.0, 1.5, 2.5], "osp_c_points": [0, None, 20, 30], "y": [0, 0, 1, 1]}
    found = rb.evaluate(rows, "osp_c", outcome="y")
    assert found.overall.n == 3
    assert found.left_out["not_applicable"] == 1
    again = rb.OutcomeCounts.from_frame(found.counts.to_frame(), "osp_c", outcome="y")
    assert rb.evaluate(again).overall.n == 3


def test_an_impact_has_no_band_for_those_a_score_is_not_for() -> None:
    counts = rb.outcome_counts(people("osp_dc"), "osp_dc", outcome="y")
    out = counts.left_out["not_applicable"]
    assert rb.impact("osp-dc-percent-2026", "osp-dc-percent-2026", counts).without >= (out or 0) > 0
