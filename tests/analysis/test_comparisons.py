"""Two predictors on the same people, and two cohorts under one score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

import riskbands as rb


def two_scores(n: int = 400, seed: int = 3) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    first = rng.integers(1, 100, n)
    second = np.clip(first + rng.integers(-15, 16, n), 1, 99)
    return {
        "ogrs3_2yr": first, "ogp_2yr": second, "y": (rng.random(n) < first / 100).astype(int),
    }  # fmt: skip


def test_areas_of_two_predictors_are_those_of_scikit_learn() -> None:
    data = two_scores()
    found = rb.compare_predictors(data, "ogrs3", "ogp", outcome="y")
    one, two = (metrics.roc_auc_score(data["y"], data[c]) for c in ("ogrs3_2yr", "ogp_2yr"))
    assert found.first_auc.value == pytest.approx(one, abs=1e-12)
    assert found.second_auc.value == pytest.approx(two, abs=1e-12)
    assert found.difference.value == pytest.approx(one - two, abs=1e-12)
    assert found.difference.method == "paired DeLong"


def test_moves_and_reclassification_are_counted() -> None:
    data = two_scores()
    found = rb.compare_predictors(pd.DataFrame(data), "ogrs3", "ogp", outcome="y")
    bands = [
        table.codes(data[column])
        for table, column in (
            (rb.band_table("ogrs3-2yr"), "ogrs3_2yr"),
            (rb.band_table("ogp-2yr"), "ogp_2yr"),
        )
    ]
    up, y = bands[1] > bands[0], data["y"] == 1
    net = found.reclassified
    assert net is not None
    assert net.events_up == int((up & y).sum())
    assert net.others_up == int((up & ~y).sum())
    assert net.events_down == int(((bands[1] < bands[0]) & y).sum())
    frame = found.to_frame()
    assert isinstance(frame, pd.DataFrame)
    assert frame["n"].sum() == found.n == 400
    assert frame["events"].sum() == found.events
    assert "paired DeLong" in str(found)
    assert "<table>" in found._repr_html_()


def test_people_without_both_scores_and_an_outcome_are_left_out_and_counted() -> None:
    data = {
        "ogrs3_2yr": [10, None, 60, 70, 80], "ogp_2yr": [20, 30, None, 60, 90],
        "y": [0, 1, 1, None, 1],
    }  # fmt: skip
    found = rb.compare_predictors(data, "ogrs3", "ogp", outcome="y")
    assert found.n == 2
    assert found.left_out == {
        "outcome_missing": 1, "not_applicable": 0, "first_score_missing": 1,
        "second_score_missing": 1,
    }  # fmt: skip


def test_scores_that_rank_alike_have_no_interval_of_their_difference() -> None:
    data = {"ogrs3_2yr": [10, 20, 30, 40], "ogp_2yr": [11, 21, 31, 41], "y": [0, 1, 0, 1]}
    found = rb.compare_predictors(data, "ogrs3", "ogp", outcome="y")
    assert found.difference.value == 0.0
    assert found.difference.low is None
    assert "alike" in found.test.reason
    nobody = rb.compare_predictors({**data, "y": [0] * 4}, "ogrs3", "ogp", outcome="y")
    assert nobody.difference.reason == "the areas need people with the outcome and people without"


def test_bands_of_other_names_are_moves_but_no_reclassification() -> None:
    data = {"ogrs3_2yr": [10, 95], "rsr_2yr": [0.5, 12.0], "y": [0, 1]}
    found = rb.compare_predictors(data, "ogrs3", "rsr", outcome="y")
    assert found.reclassified is None
    assert [(m.before, m.after, m.n) for m in found.moves] == [
        ("Low", "Low", 1), ("Very High", "High", 1),
    ]  # fmt: skip


# Drift


def counts(scores: Any, y: Any, **more: Any) -> rb.OutcomeCounts:
    return rb.outcome_counts({"ogrs3_2yr": scores, "y": y}, "ogrs3", outcome="y", **more)


def drawn(seed: int, n: int = 1500, shift: float = 0.0) -> rb.OutcomeCounts:
    rng = np.random.default_rng(seed)
    percent = np.clip(rng.normal(45 + shift, 25, n).round(), 1, 99).astype(int)
    return counts(percent, rng.random(n) < percent / 100)


def test_nothing_has_drifted_between_a_cohort_and_itself() -> None:
    found = rb.drift(drawn(1), drawn(1))
    assert found.stability.index == 0
    assert found.stability.test.p_value == 1
    assert found.mean_score.value == found.base_rate.value == found.auc.value == 0
    assert found.intercept_test.statistic == pytest.approx(0, abs=1e-6)
    assert found.changed == {}


def test_the_null_of_population_stability_is_that_of_counts() -> None:
    """Of many pairs of like cohorts one in twenty exceeds the upper limit, whatever their size."""
    for n in (400, 4000):
        over, total = 0, 0.0
        for i in range(300):
            found = rb.drift(drawn(2 * i + 10, n), drawn(2 * i + 11, n)).stability
            assert found.index is not None
            assert found.upper is not None
            assert found.expected is not None
            over += found.index > found.upper
            total += found.index / found.expected
        assert 3 <= over <= 30  # 15 are expected; outside once in a thousand
        assert 0.8 < total / 300 < 1.2


def test_a_shift_is_told_in_numbers() -> None:
    before, after = drawn(1), drawn(2, shift=12)
    found = rb.drift(before, after)
    assert found.mean_score.low is not None
    assert found.mean_score.low > 5
    assert found.stability.test.p_value is not None
    assert found.stability.test.p_value < 1e-6
    assert found.bands[0].difference.high is not None
    assert found.bands[0].difference.high < 0
    text = str(found)
    assert "mean score" in text
    assert "Shares of the bands" in text
    assert found._repr_html_().count("<table>") == 3
    frame = found.to_frame("pandas")
    assert set(frame["figure"]) >= {"mean_score", "auc", "first", "difference"}


def test_everyone_with_a_score_counts_for_the_shares_of_bands() -> None:
    one = counts([10, 60, 80, 95], [0, 1, None, None])
    found = rb.drift(one, counts([10, 10, 80, 95], [0, 1, 0, 1]))
    assert found.n == (4, 4)
    assert found.first.n == 2
    assert found.stability.index is None
    assert "nobody in one of the cohorts" in found.stability.reason


def test_what_else_changed_is_told() -> None:
    data = {"ogrs3_2yr": [10, 60, 80, 95], "y": [0, 1, 0, 1]}
    other = rb.outcome_counts(data, rb.ogrs3.with_table("ogrs3-hmpps-2025"), outcome="y")
    found = rb.drift(rb.outcome_counts(data, rb.ogrs3, outcome="y"), other)
    before, after = found.changed["coefficient_tables"]
    assert (before[0]["id"], after[0]["id"]) == ("ogrs3-2009", "ogrs3-hmpps-2025")
    assert "Not the same in both" in str(found)


def test_a_comparison_says_which_tables_made_the_scores() -> None:
    people = rb.simulate_cohort(60, 3, outcome="y")
    scored = rb.score_cohort(people, ["ogrs3", "ogp"], tables={"ogrs3": "ogrs3-hmpps-2025"})
    scored["y"] = people["y"]
    (made, _) = rb.compare_predictors(scored, "ogrs3", "ogp", outcome="y").provenance
    assert [table["id"] for table in made["coefficient_tables"]] == ["ogrs3-hmpps-2025"]
    (made, _) = rb.compare_predictors({**scored}, "ogrs3", "ogp", outcome="y").provenance
    assert made["coefficient_tables"] == "not known"
    with pytest.raises(rb.InputError, match="made with coefficient table ogrs3-hmpps-2025"):
        rb.compare_predictors(scored, rb.ogrs3, "ogp", outcome="y")


def test_two_scores_do_not_drift_from_each_other() -> None:
    data = {"ogrs3_2yr": [10], "ogp_2yr": [10], "y": [0]}
    with pytest.raises(rb.TableError, match="score"):
        rb.drift(
            rb.outcome_counts(data, "ogrs3", outcome="y"),
            rb.outcome_counts(data, "ogp", outcome="y"),
        )


# Simulation


@pytest.mark.parametrize(
    "name",
    [n for n, p in rb.predictors.by_id.items() if p.has_table and not p.by_name_only],
)
def test_made_up_people_can_be_scored_by_every_predictor(name: str) -> None:
    predictor = rb.predictors.by_id[name]
    people = rb.simulate_cohort(300, 5, predictor, outcome=bool(predictor.horizons))
    scored = rb.score_cohort(people, [predictor])
    assert set(scored[f"{name}_issues"].tolist()) == {""}
    assert people["simulated"].all()
    if predictor.bands is not None:
        assert sum(n > 0 for n in scored[f"{name}_band"].counts().values()) > 1


def test_the_same_seed_gives_the_same_people() -> None:
    one, two, other = (rb.simulate_cohort(50, seed) for seed in (1, 1, 2))
    assert all(np.array_equal(one[k], two[k]) for k in one)
    assert not np.array_equal(one["reoffended"], other["reoffended"])
    assert rb.simulate_cohort(0, 1)["sex"].size == 0


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10**6))
def test_outcomes_can_be_distorted_by_group(seed: int) -> None:
    people = rb.simulate_cohort(20_000, seed, outcome="y", distort={"area": {"North": (0.8, 0.5)}})
    scored = {**people, **rb.score_cohort(people, ["ogrs3"])}
    found = rb.evaluate(scored, "ogrs3", outcome="y", by="area", reference="South")
    assert found.simulated
    assert found.groups["North"].calibration_slope.value == pytest.approx(0.5, abs=0.15)
    assert found.groups["South"].calibration_slope.value == pytest.approx(1.0, abs=0.25)
    test = found.group_differences["area"].slope
    assert test.p_value is not None
    assert test.p_value < 1e-4


def test_intervals_of_a_calibrated_cohort_cover_at_the_nominal_rate() -> None:
    """400 cohorts of 600 people whose outcomes are drawn from the score as reported."""
    people = rb.simulate_cohort(600, 11, outcome=False)
    percent = np.asarray(rb.score_cohort(people, ["ogrs3"])["ogrs3_2yr"])
    truth = {
        "base_rate": percent.mean() / 100, "observed_expected": 1.0,
        "calibration_in_the_large": 0.0, "calibration_slope": 1.0,
    }  # fmt: skip
    rng = np.random.default_rng(12)
    covered = dict.fromkeys(truth, 0)
    for _ in range(400):
        y = rng.random(600) < percent / 100
        f = rb.evaluate({"ogrs3_2yr": percent, "y": y}, "ogrs3", outcome="y").overall
        for name, value in truth.items():
            e = getattr(f, name)
            covered[name] += e.low <= value <= e.high
    # People differ, so a rate varies less than Wilson's interval allows for: it covers more often.
    assert covered["base_rate"] / 400 > 0.93
    assert covered["observed_expected"] / 400 > 0.93
    for name in ("calibration_in_the_large", "calibration_slope"):
        assert 0.92 < covered[name] / 400 < 0.98


def test_the_area_is_covered_at_the_nominal_rate() -> None:
    """The score of those with the outcome is shifted by a known amount, so the area is known."""
    rng = np.random.default_rng(4)
    area = 0.7602499389065233  # of two normals one standard deviation apart
    covered = 0
    for _ in range(400):
        y = rng.random(300) < 0.4
        percent = np.clip(np.round(50 + 8 * rng.normal(size=300) + 8 * y), 1, 99).astype(int)
        auc = rb.evaluate({"ogrs3_2yr": percent, "y": y}, "ogrs3", outcome="y").overall.auc
        assert auc.low is not None
        assert auc.high is not None
        covered += auc.low <= area <= auc.high
    assert 0.92 < covered / 400 < 0.98


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": -1}, "n must be"),
        ({"seed": -1}, "seed must be"),
        ({"outcome": "sex"}, "the name of another column"),
        ({"outcome": "simulated"}, "the name of another column"),
        ({"distort": {"sex": {"male": 0.4}}}, "an intercept and a slope"),
        ({"distort": {"sex": {"male": (float("nan"), 1)}}}, "an intercept and a slope"),
        ({"distort": {"sex": {"male": (0, float("inf"))}}}, "an intercept and a slope"),
        ({"predictor": "asset"}, "no probabilities"),
        ({"horizon": "3yr"}, "horizon"),
        ({"distort": {"town": {"x": (0, 1)}}}, "column to distort by"),
        ({"distort": {"sex": {"x": (0, 1)}}}, "label of sex"),
    ],
)
def test_simulations_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises((rb.InputError, rb.UnknownNameError), match=message):
        rb.simulate_cohort(**{"n": 20, "seed": 1, **arguments})


@pytest.mark.parametrize("given", [None, 1.5, "10", True])
@pytest.mark.parametrize("name", ["n", "seed"])
def test_how_many_people_and_the_seed_are_whole_numbers(name: str, given: Any) -> None:
    with pytest.raises(TypeError, match=f"{name} must be a whole number"):
        rb.simulate_cohort(**{"n": 5, "seed": 1, name: given})
    whole: Any = np.int64(5)
    assert len(rb.simulate_cohort(whole, whole)["sex"]) == 5


@pytest.mark.parametrize("score", [np.inf, -np.inf, 1e308])
def test_a_score_that_is_no_percentage_is_refused(score: float) -> None:
    data = {"rsr_2yr": [1.25, score], "y": [0, 1]}
    with pytest.raises(rb.InputError, match="row 1"):
        rb.evaluate(data, "rsr", outcome="y")
