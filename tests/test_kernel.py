"""The door to the kernel gives the numbers of the cohort, bit for bit, and refuses the rest."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import riskbands as rb
from riskbands import _blocks
from riskbands.cohorts.mapping import read_columns
from riskbands.derivation.derive import Derivation
from riskbands.errors import InputErrorGroup, UnknownNameError
from riskbands.instruments import fused
from riskbands.instruments.regression import Regression
from riskbands.predictors import by_id
from riskbands.vocabulary.vocabulary import built_in

EXAMPLE = Path(__file__).parents[1] / "examples" / "cohort.csv"
SCORED = [p for p in by_id.values() if p.horizons and p.has_table]


@pytest.fixture(scope="module")
def columns() -> dict[str, list[str]]:
    with EXAMPLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: [row[name] for row in rows] for name in rows[0]}


def features_of(
    predictor: rb.Predictor, columns: dict[str, list[str]]
) -> tuple[dict[str, Any], Any]:
    """The features of the rows that have every one of them, and which rows those are."""
    readers, rows = read_columns(columns, built_in().fields)
    derivation = Derivation({name: reader.block(0, rows) for name, reader in readers.items()})
    names = dict.fromkeys((*predictor.features, *predictor.checked_features))
    found = {name: derivation.value(name) for name in names}
    there = np.ones(rows, dtype=bool)
    for _, valid in found.values():
        there &= valid
    return {name: values[there] for name, (values, _) in found.items()}, there


@pytest.mark.parametrize("predictor", SCORED, ids=lambda p: p.id)
def test_ready_features_score_as_the_cohort_they_come_from(
    predictor: rb.Predictor, columns: dict[str, list[str]]
) -> None:
    scores = rb.score_cohort(columns, [predictor], probabilities=True, form="auto")
    features, there = features_of(predictor, columns)
    clean = scores[f"{predictor.id}_issues"][there] == ""
    assert clean.sum() > 5
    features = {name: values[clean] for name, values in features.items()}
    ready = predictor.score_features(features)
    for h in predictor.horizons:
        expected = scores[f"{predictor.id}_{h}_p"][there][clean]
        assert ready.probability[h].tobytes() == np.asarray(expected).tobytes()
        percent = scores[f"{predictor.id}_{h}"][there][clean]
        assert ready.percent[h].tolist() == percent.tolist()
    if ready.points is not None:
        points = scores[f"{predictor.id}_points"][there][clean]
        known = ~np.isnan(points)  # no points where the instrument does not apply
        assert known.sum() > 5
        assert ready.points[known].tolist() == points[known].tolist()
    if ready.band is not None:
        codes = scores[f"{predictor.id}_band"].codes[there][clean]
        assert ready.band.codes.tolist() == codes.tolist()


def ogrs3_features(rows: int) -> dict[str, Any]:
    rng = np.random.default_rng(7)
    return {
        "sex": rng.integers(0, 2, rows).astype(np.int8),
        "age_at_follow_up": rng.integers(10, 110, rows).astype(np.uint8),
        "offence_group": rng.integers(0, 20, rows).astype(np.int8),
        "sanctions": rng.integers(1, 1024, rows).astype(np.int16),
        "career_years": rng.integers(0, 110, rows).astype(np.uint8),
    }


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_the_dtype_of_a_feature_does_not_matter(dtype: Any) -> None:
    features = ogrs3_features(500) | {"sanctions": np.arange(500) % 100 + 1}
    wide = rb.ogrs3.score_features(features)
    narrow = rb.ogrs3.score_features({k: v.astype(dtype) for k, v in features.items()})
    assert wide.probability["1yr"].tobytes() == narrow.probability["1yr"].tobytes()


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_blocks_and_threads_do_not_matter(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    features = ogrs3_features(10_000)
    whole = rb.ogrs3.score_features(features, threads=1)
    monkeypatch.setattr(fused, "SHARE", 1)
    monkeypatch.setattr(fused, "BLOCK", 777)
    monkeypatch.setattr(fused, "OUTER", 2000)
    parts = rb.ogrs3.score_features(features, threads=threads)
    assert whole.probability["2yr"].tobytes() == parts.probability["2yr"].tobytes()
    assert whole.percent["2yr"].tobytes() == parts.percent["2yr"].tobytes()
    assert whole.band is not None
    assert parts.band is not None
    assert whole.band.codes.tobytes() == parts.band.codes.tobytes()


@pytest.mark.parametrize("predictor", SCORED, ids=lambda p: p.id)
def test_the_size_of_blocks_does_not_matter_to_any_predictor(
    predictor: rb.Predictor, columns: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = rb.score_cohort(columns, [predictor])[f"{predictor.id}_issues"] == ""
    features, there = features_of(predictor, columns)
    features = {name: values[clean[there]] for name, values in features.items()}
    whole = predictor.score_features(features)
    monkeypatch.setattr(fused, "SHARE", 1)
    monkeypatch.setattr(fused, "BLOCK", 7)
    monkeypatch.setattr(fused, "OUTER", 31)
    parts = predictor.score_features(features, threads=2)
    for h in predictor.horizons:
        assert whole.probability[h].tobytes() == parts.probability[h].tobytes()
        assert whole.percent[h].tobytes() == parts.percent[h].tobytes()
    if whole.band is not None:
        assert parts.band is not None
        assert whole.band.codes.tobytes() == parts.band.codes.tobytes()


@pytest.mark.parametrize("threads", [1, 2])
def test_faults_of_all_blocks_are_named_at_once(
    threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fused, "SHARE", 1)
    monkeypatch.setattr(fused, "BLOCK", 10)
    monkeypatch.setattr(fused, "OUTER", 20)
    features = ogrs3_features(100)
    features["age_at_follow_up"][3] = 9
    features["sanctions"][97] = 0
    features["sex"][50] = -1
    with pytest.raises(InputErrorGroup) as caught:
        rb.ogrs3.score_features(features, threads=threads)
    named = {f for issue in caught.value.issues for f in issue.fields}
    assert named == {"age_at_follow_up", "sanctions", "sex"}


def test_truths_serve_as_a_feature_of_no_and_yes_and_not_as_a_count() -> None:
    features = ogrs3_features(50)
    truths = rb.ogrs3.score_features({**features, "sex": features["sex"].astype(bool)})
    numbers = rb.ogrs3.score_features(features)
    assert truths.probability["2yr"].tobytes() == numbers.probability["2yr"].tobytes()
    with pytest.raises(InputErrorGroup, match="sanctions must be from 1"):
        rb.ogrs3.score_features({**features, "sanctions": np.zeros(50, bool)})


def test_memory_kept_from_one_call_does_not_reach_the_next(
    columns: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Predictors and numbers of rows in turn, twice, with what earlier calls left and without."""
    chosen = [p for p in SCORED if isinstance(p, Regression)]
    ready = {}
    for p in chosen:
        clean = rb.score_cohort(columns, [p])[f"{p.id}_issues"] == ""
        features, there = features_of(p, columns)
        ready[p.id] = {name: values[clean[there]] for name, values in features.items()}

    def score(p: rb.Predictor, rows: int) -> dict[str, bytes]:
        found = p.score_features({n: v[:rows] for n, v in ready[p.id].items()})
        assert found.band is not None
        arrays = {"band": found.band.codes, **found.percent}
        arrays |= {f"{h} p": column for h, column in found.probability.items()}
        return {name: array.tobytes() for name, array in arrays.items()}

    sizes = [(p, rows) for rows in (100, 1, 300, 0, 37) for p in chosen if p.bands is not None]
    kept: list[Any] = []
    monkeypatch.setattr(fused.Scratch, "_kept", kept)
    used = [score(p, rows) for p, rows in (*sizes, *reversed(sizes))]
    assert len(kept) == 1
    monkeypatch.setattr(fused.Scratch, "CALLS", 0)
    kept.clear()
    fresh = [score(p, rows) for p, rows in (*sizes, *reversed(sizes))]
    assert not kept
    assert used == fresh


@pytest.mark.parametrize("predictor", SCORED, ids=lambda p: p.id)
def test_scores_written_over_earlier_ones_are_those_of_new_arrays(
    predictor: rb.Predictor, columns: dict[str, list[str]]
) -> None:
    clean = rb.score_cohort(columns, [predictor])[f"{predictor.id}_issues"] == ""
    features, there = features_of(predictor, columns)
    features = {name: values[clean[there]] for name, values in features.items()}
    new = predictor.score_features(features)
    turned = predictor.score_features({name: values[::-1] for name, values in features.items()})
    again = predictor.score_features(features, out=turned)
    for h in predictor.horizons:
        assert again.probability[h] is turned.probability[h]
        assert again.probability[h].tobytes() == new.probability[h].tobytes()
        assert again.percent[h].tobytes() == new.percent[h].tobytes()
    for mine, other in ((again.points, new.points), (again.band, new.band)):
        assert (mine is None) == (other is None)
    if again.band is not None and new.band is not None:
        assert again.band.codes.tobytes() == new.band.codes.tobytes()
    if again.points is not None and new.points is not None:
        assert again.points.tobytes() == new.points.tobytes()


def test_earlier_scores_that_do_not_fit_are_refused() -> None:
    features = ogrs3_features(10)
    out = rb.ogrs3.score_features(features)
    other = rb.ogrs3.with_table("ogrs3-hmpps-2025")
    wrong = pytest.raises(ValueError, match="out must be of the same predictor")
    with wrong:
        rb.ogrs3.score_features(ogrs3_features(11), out=out)
    with wrong:
        rb.ogrs3.score_features(features, horizons=("2yr",), out=out)
    with wrong:
        other.score_features(features, out=out)


@pytest.mark.parametrize("rows", [0, 1, _blocks.BLOCK, _blocks.BLOCK + 1, 2**31 + 5, 2**33 - 1])
@pytest.mark.parametrize("threads", [1, 3])
def test_every_row_of_any_number_is_in_one_block(rows: int, threads: int) -> None:
    blocks: list[tuple[int, int]] = []
    _blocks.run_blocks(rows, lambda start, stop: blocks.append((start, stop)), threads)
    blocks.sort()
    assert all(0 < stop - start <= _blocks.BLOCK for start, stop in blocks)
    edges = [0, *(stop for _, stop in blocks)]
    assert [start for start, _ in blocks] == edges[:-1]
    assert edges[-1] == rows


def test_no_rows_give_no_scores() -> None:
    scores = rb.ogrs3.score_features(ogrs3_features(0))
    assert len(scores.probability["2yr"]) == 0
    assert scores.band is not None
    assert len(scores.band) == 0


def test_every_fault_is_named_at_once() -> None:
    features = ogrs3_features(5)
    features["age_at_follow_up"][2] = 9
    features["sanctions"] = features["sanctions"].astype(float)
    features["sex"] = features["sex"][:3]
    del features["career_years"]
    with pytest.raises(InputErrorGroup) as caught:
        rb.ogrs3.score_features(features)
    text = str(caught.value)
    for part in ("age_at_follow_up must be from 10 to 109", "sanctions must be of whole numbers"):
        assert part in text
    assert {f for issue in caught.value.issues for f in issue.fields} >= {
        "age_at_follow_up",
        "sanctions",
        "career_years",
    }


@pytest.mark.parametrize("value", [9, 110])
def test_one_value_out_of_its_domain_refuses_the_whole(value: int) -> None:
    features = ogrs3_features(70_000)
    features["age_at_follow_up"][69_999] = value
    with pytest.raises(InputErrorGroup, match="age_at_follow_up must be from 10 to 109"):
        rb.ogrs3.score_features(features)


@pytest.mark.parametrize(
    ("name", "value", "dtype"),
    [
        (name, value, dtype)
        for name, value in (
            ("sex", 2), ("sex", -1), ("career_years", 110), ("career_years", -1),
            ("offence_group", 20), ("sanctions", 0), ("sanctions", -5), ("sanctions", 1024),
            ("age_at_follow_up", 9), ("age_at_follow_up", 110),
        )
        for dtype in ("i1", "u1", "<i2", ">i2", ">u2", "<i4", ">i4", "<i8", ">u8")
        if np.iinfo(dtype).min <= value <= np.iinfo(dtype).max
    ],
)  # fmt: skip
def test_domains_are_those_of_every_dtype(name: str, value: int, dtype: str) -> None:
    good = {k: (v % 100 + 10 if k == "sanctions" else v) for k, v in ogrs3_features(9).items()}
    features = {k: v.astype(dtype)[::2] for k, v in good.items()}
    expected = rb.ogrs3.score_features({k: v[::2] for k, v in good.items()})
    found = rb.ogrs3.score_features(features)
    assert found.probability["2yr"].tobytes() == expected.probability["2yr"].tobytes()
    features[name] = features[name].copy()
    features[name][3] = value
    with pytest.raises(InputErrorGroup, match=f"{name} must be from"):
        rb.ogrs3.score_features(features)


def test_a_feature_the_predictor_does_not_read_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownNameError, match="did you mean sanctions"):
        rb.ogrs3.score_features({"sanction": np.array([1])})


def test_a_broken_check_refuses_the_features() -> None:
    features = {
        "sex": [0],
        "age_at_follow_up": [30],
        "offence_group": [0],
        "sanctions": [2],
        "career_years": [5],
        "offence_free_months": [0],
        "violent_sanctions": [3],
    }
    with pytest.raises(InputErrorGroup, match="violent_sanctions must not exceed sanctions"):
        rb.ogrs4v.score_features(features)


def test_a_panel_has_no_use_for_ready_features() -> None:
    with pytest.raises(rb.TableError, match="named results alone: use score_cohort"):
        rb.mst.score_features({})
