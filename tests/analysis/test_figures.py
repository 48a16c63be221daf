"""Figures of a group: published intervals, SciPy, scikit-learn, and groups that are too small."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

import riskbands as rb
from riskbands.analysis import special
from riskbands.analysis.estimates import (
    byar_interval,
    clopper_pearson_interval,
    poisson_interval,
    proportion,
    proportion_difference,
    wilson_interval,
)
from riskbands.analysis.isotonic import isotonic_rates

# Newcombe (1998), Statistics in Medicine 17: 857-872, method 3
NEWCOMBE = [
    (81, 263, 0.2552885, 0.3662096),
    (15, 148, 0.0623864, 0.1604872),
    (0, 20, 0.0, 0.1611252),
    (1, 29, 0.0061132, 0.1717552),
]
# Public Health England, technical guide to confidence intervals; PHEindicatormethods
BYAR = [
    (65, 50.163188, 82.849139),
    (1045, 982.593202, 1110.331213),
    (1, 0.013072, 5.563756),
]


@pytest.mark.parametrize(("count", "n", "low", "high"), NEWCOMBE)
def test_wilson_intervals_are_the_published_ones(
    count: int, n: int, low: float, high: float
) -> None:
    assert wilson_interval(count, n) == pytest.approx((low, high), abs=5e-8)


@pytest.mark.parametrize(("count", "low", "high"), BYAR)
def test_byar_intervals_are_the_published_ones(count: int, low: float, high: float) -> None:
    assert byar_interval(count) == pytest.approx((low, high), abs=5e-7)


def test_difference_of_shares_is_the_published_one() -> None:
    """Newcombe (1998), Statistics in Medicine 17: 873-890, table II, example (a), method 10."""
    found = proportion_difference((56, 70), (48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.5, 0.999))
def test_exact_intervals_are_those_of_scipy(count: int, more: int, confidence: float) -> None:
    n = count + more
    if n:
        exact = stats.binomtest(count, n).proportion_ci(confidence, "exact")
        found = clopper_pearson_interval(count, n, confidence)
        assert found == pytest.approx((exact.low, exact.high), abs=1e-10)
    tail = (1 - confidence) / 2
    low = stats.gamma.ppf(tail, count) if count else 0.0
    high = stats.gamma.isf(tail, count + 1)
    assert poisson_interval(count, confidence) == pytest.approx((low, high), rel=1e-9)


@given(st.floats(0.001, 80), st.integers(1, 60), st.floats(-9, 9), st.floats(1, 5000))
@example(1.0, 1, 1.192092896e-07, 79.0)
def test_distributions_are_those_of_scipy(x: float, df: int, t: float, wide: float) -> None:
    assert special.chi_squared_tail(x, df) == pytest.approx(stats.chi2.sf(x, df), rel=1e-8)
    assert special.t_tails(t, wide) == pytest.approx(2 * stats.t.sf(abs(t), wide), rel=1e-8)
    assert special.normal_tails(t) == pytest.approx(2 * stats.norm.sf(abs(t)), rel=1e-12)
    assert special.chi_squared_quantile(0.95, df) == pytest.approx(stats.chi2.ppf(0.95, df))


COUNTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(any), min_size=1, max_size=40
)


@given(COUNTS)
@example([(1, 0)] * 3)
def test_isotonic_rates_are_those_of_scikit_learn(counts: list[tuple[int, int]]) -> None:
    others, events = np.array(counts).T
    n = others + events
    expected = IsotonicRegression().fit_transform(np.arange(len(n)), events / n, sample_weight=n)
    assert isotonic_rates(n, events) == pytest.approx(expected, abs=1e-12)


def test_isotonic_rates_where_every_pass_pools_one_pair() -> None:
    """Each pooled block only then violates its neighbour, so one pass is needed for each."""
    k = 300
    rates = np.concatenate([[0.9], 0.9 * 0.99 ** np.arange(k) + 1e-6 * np.arange(k)])
    n = np.full(k + 1, 10**6)
    events = (rates * n).astype(np.int64)
    expected = IsotonicRegression().fit_transform(np.arange(k + 1), events / n)
    assert isotonic_rates(n, events) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(2, 400), st.integers(1, 99))
@example(2142, 11, 12)  # the interval of the slope goes where every probability is 0 or 1
def test_figures_are_those_of_scikit_learn(seed: int, n: int, spread: int) -> None:
    rng = np.random.default_rng(seed)
    percent = rng.integers(1, spread + 1, n)
    y = (rng.random(n) < percent / 100).astype(int)
    f = rb.evaluate({"percent": percent, "y": y}, score="percent", outcome="y").overall
    p = percent / 100
    assert f.brier.value == pytest.approx(metrics.brier_score_loss(y, p), abs=1e-12)
    assert f.log_loss.value == pytest.approx(metrics.log_loss(y, p, labels=[0, 1]), abs=1e-12)
    if not 0 < y.sum() < n:
        assert f.auc.value is None
        assert f.auc.reason
        return
    assert f.auc.value == pytest.approx(metrics.roc_auc_score(y, p), abs=1e-12)
    parts = [float(e) for e in (f.miscalibration, f.discrimination, f.uncertainty)]
    assert f.brier.value == pytest.approx(parts[0] - parts[1] + parts[2], abs=1e-12)
    assert min(parts[:2]) > -1e-12
    if f.calibration_slope.value is not None and abs(f.calibration_slope.value) < 8:
        model = LogisticRegression(C=1e9, tol=1e-10, max_iter=1000)
        x = (np.log(p) - np.log1p(-p)).reshape(-1, 1)
        assert f.calibration_slope.value == pytest.approx(model.fit(x, y).coef_[0, 0], abs=2e-3)


@settings(deadline=None, max_examples=60)
@given(COUNTS)
@example([(30, 0), (0, 30)])  # one score divides them
@example([(1, 0), (0, 1)])
@example([(1, 9)])  # Newton's first step goes too far
@example([(0, 1)])
@example([(1, 1)])
@example([(0, 30), (30, 0)])
@example([(1, 0), (1, 1), (0, 1)])
def test_an_interval_holds_its_value_or_there_is_a_reason(counts: list[tuple[int, int]]) -> None:
    frame: dict[str, list[Any]] = {"score": [], "outcome": [], "n": []}
    for i, pair in enumerate(counts):
        for outcome, n in zip((0, 1), pair, strict=True):
            frame["score"].append(1 + i * 2)
            frame["outcome"].append(outcome)
            frame["n"].append(n)
    made = rb.OutcomeCounts.from_frame(frame, "ogrs3", outcome="y")
    found = rb.evaluate(made)
    assert found.overall.n == sum(map(sum, counts))
    table = found.to_frame()
    columns = ("figure", "value", "low", "high", "method", "reason")
    for figure, value, low, high, method, reason in zip(*map(table.get, columns), strict=True):
        if math.isnan(value):
            assert reason
            assert math.isnan(low)
        elif math.isnan(low):
            assert not method or reason or figure.endswith("p_value")
        else:
            assert low - 1e-9 <= value <= high + 1e-9
            assert math.isfinite(low)
            assert math.isfinite(high)
            assert not reason


def test_area_between_its_bounds_even_near_one() -> None:
    data = {"ogrs3_2yr": [10, 20, 30, 40, 50, 60], "y": [0, 0, 1, 0, 1, 1]}
    auc = rb.evaluate(data, "ogrs3", outcome="y").overall.auc
    assert auc.method == "DeLong, logit-transformed"
    assert auc.low is not None
    assert auc.high is not None
    assert 0 < auc.low < 8 / 9 < auc.high < 1


@pytest.mark.parametrize(
    ("y", "value"), [([0, 0, 0], None), ([1, 1, 1], None), ([0, 0, 1], 1.0), ([0, 1, 1], 1.0)]
)
def test_area_has_no_interval_below_two_of_each(y: list[int], value: float | None) -> None:
    auc = rb.evaluate({"ogrs3_2yr": [10, 20, 30], "y": y}, "ogrs3", outcome="y").overall.auc
    assert auc.value == value
    assert auc.low is auc.high is None
    assert auc.reason


def test_a_reported_nought_or_hundred_has_no_log_odds() -> None:
    data = {"arp_2yr": [0.0, 0.0, 12.5, 40.0], "y": [0, 0, 1, 0]}
    f = rb.evaluate(data, "arp", outcome="y").overall
    for e in (f.log_loss, f.calibration_in_the_large, f.calibration_slope, f.joint_intercept):
        assert e.value is None
        assert e.reason == "2 people have a score of 0 or 100 %, which has no log-odds"
    assert f.calibration_tests.weak.reason == f.log_loss.reason
    assert f.brier.ok
    assert f.auc.ok
    assert f.observed_expected.ok


def test_points_and_categories_get_area_and_bands_alone() -> None:
    points = {"asset_points": [3, 12, 30, 40], "y": [0, 1, 0, 1]}
    scale = rb.BandScale("risk", ("Low", "High"))
    labels = {"band": ["Low", "High", "High", None], "y": [0, 1, 0, 1]}
    for found in (
        rb.evaluate(points, "asset", outcome="y"),
        rb.evaluate(labels, score="band", unit="band", bands=scale, outcome="y"),
    ):
        f = found.overall
        assert f.auc.ok
        assert f.base_rate.ok
        assert f.bands[0].observed.ok
        for e in (f.brier, f.log_loss, f.calibration_slope, f.expected_rate, f.miscalibration):
            assert e.reason == "the score reports no probability"
        assert f.bands[0].expected.reason == "the score reports no probability"
    assert found.left_out["score_missing"] == 1


def test_rates_at_the_edges_of_a_two_by_two_table() -> None:
    frame = {
        "band": ["Low", "Low", "High", "High"], "outcome": [0, 1, 0, 1],
        "n": [2681, 1216, 1282, 2035],
    }  # fmt: skip
    counts = rb.OutcomeCounts.from_frame(
        frame, score="compas", unit="band", bands=rb.BandScale("compas", ("Low", "High"))
    )
    (edge,) = rb.evaluate(counts).edges
    assert (edge.true_positives, edge.false_positives) == (2035, 1282)
    assert (edge.true_negatives, edge.false_negatives) == (2681, 1216)
    # printed with the counts in the analysis of ProPublica (2016)
    assert [round(100 * float(e), 2) for e in (edge.fpr, edge.fnr, edge.ppv, edge.npv)] == [
        32.35, 37.40, 61.35, 68.80,
    ]  # fmt: skip
    assert edge.score is None


def test_groups_by_name_and_a_missing_group() -> None:
    data = {
        "ogrs3_2yr": [10, 20, 60, 70, 80], "y": [0, 1, 1, 0, 1],
        "sex": ["m", "m", None, "f", "f"], "area": [1, 2, 2, 1, 2],
    }  # fmt: skip
    one = rb.evaluate(data, "ogrs3", outcome="y", by="sex")
    assert list(one.groups) == ["f", "m", "missing"]
    assert one.groups["missing"].n == 1
    assert one.groups["sex=m"].n == 2
    both = rb.evaluate(data, "ogrs3", outcome="y", by=["sex", "area"])
    assert list(both.groups)[:2] == ["sex=f", "sex=m"]
    assert both.groups["m"].n == 2
    assert both.groups["area=2"].events == 3
    assert "nobody" not in both.groups
    with pytest.raises(rb.UnknownNameError):
        both.groups["nobody"]
    assert both.group_differences["sex"].reference in ("f", "m")
    assert rb.evaluate(both.counts, by="area").groups["2"].n == 3


def test_a_group_of_one_keeps_its_rows_with_reasons() -> None:
    data = {"ogrs3_2yr": [10, 60, 60, 80], "y": [0, 1, 0, 1], "g": ["a", "a", "a", "b"]}
    found = rb.evaluate(data, "ogrs3", outcome="y", by="g", reference="a")
    table = found.to_frame("pandas")
    b = table[table["group"] == "b"].set_index("figure")
    assert b.loc["auc", "reason"] == "the area needs people with the outcome and people without"
    assert b.loc["calibration_slope", "reason"] == "everybody had the outcome"
    assert b.loc["base_rate", "n"] == 1
    assert table["n"].dtype == table["events"].dtype == np.int64
    assert b.loc["difference_in_auc", "reason"] == "one of the areas has no interval"
    differences = found.group_differences["g"]
    assert differences.left_out["b"] == "everybody had the outcome"
    assert differences.groups["b"].auc.reason
    assert differences.slope.reason


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"reference": "z"}, "group of g"),
        ({"reference": {"h": "a"}}, "column of groups"),
        ({"by": ["g", "h"], "reference": "a"}, "label by column"),
        ({"confidence": 95}, "confidence"),
        ({"intervals": {"auc": "wald"}}, "choice of intervals"),
        ({"intervals": {"calibration": "bootstrap"}}, "interval for calibration"),
    ],
)
def test_arguments_of_evaluate_that_do_not_fit(more: dict[str, Any], message: str) -> None:
    data = {"ogrs3_2yr": [10, 60], "y": [0, 1], "g": ["a", "b"], "h": [1, 2]}
    with pytest.raises((rb.InputError, rb.UnknownNameError), match=message):
        rb.evaluate(data, "ogrs3", **{"outcome": "y", "by": "g", **more})


def test_counts_refuse_what_contradicts_them() -> None:
    counts = rb.outcome_counts({"ogrs3_2yr": [10], "y": [0]}, "ogrs3", outcome="y")
    assert rb.evaluate(counts, "ogrs3", outcome="y").overall.n == 1
    for more in ({"outcome": "z"}, {"horizon": "1yr"}, {"score": "p"}, {"followed_up": 24}):
        with pytest.raises(rb.InputError, match="leave it out"):
            rb.evaluate(counts, **more)
    with pytest.raises(rb.InputError):
        rb.evaluate(counts, "ogp")


def test_what_is_shown_is_escaped_and_on_one_line() -> None:
    evil = "<script>alert(1)</script>\n\x1b[31m"
    data = {"ogrs3_2yr": [10, 60], "y": [0, 1], "g": [evil, "b"]}
    found = rb.evaluate(data, "ogrs3", outcome="y", by="g")
    assert "<script>" not in found._repr_html_()
    assert "\x1b" not in str(found)
    assert "&lt;script&gt;" in found._repr_html_()


def test_simulated_people_are_said_to_be_so_first_of_all() -> None:
    data = {"ogrs3_2yr": [10, 60], "y": [0, 1], "simulated": ["yes", "yes"]}
    found = rb.evaluate(data, "ogrs3", outcome="y")
    assert str(found).startswith("simulated people: ")
    assert found.cautions[0] == "These people are simulated."
    assert found.counts.to_frame()["simulated"].tolist() == ["yes", "yes"]


def test_an_estimate_reads_as_a_sentence_would_have_it() -> None:
    found = proportion(10, 100)
    assert str(found) == "0.1000 (0.0552 to 0.1744)"
    assert float(found) == 0.1
    nobody = proportion(0, 0, nobody="nobody in this band")
    assert str(nobody) == "not given: there is nobody in this band"
    with pytest.raises(ValueError, match="nobody in this band"):
        float(nobody)


def test_people_in_no_band_count_and_are_told() -> None:
    gap = rb.rsr.with_bands("rsr-api-2025-07")
    data: dict[str, Any] = {"rsr_2yr": [2.0, 6.85, 6.85, 6.85, 7.5]}
    data |= {"y": [0, 1, 1, 1, 1], "g": list("aabbb")}
    found = rb.evaluate(data, gap, outcome="y", by="g")
    assert sum(b.n or 0 for b in found.bands) == 2
    assert found.overall.unbanded == 3
    assert [f.unbanded for f in found.groups.values()] == [1, 2]
    edge = found.edges[-1]
    assert (edge.true_positives, edge.false_negatives) == (1, 0)
    assert edge.sensitivity.value == 0.25
    assert edge.fnr.value == 0.0
    assert edge.ppv.value == 1.0
    assert edge.npv.value == 1.0
    assert edge.specificity.value == 1.0
    assert "in no band: 3." in found.cautions[0]
    assert "in no band: 3." in str(found)
    assert "in no band: 3." in found.to_html()
    for label, f in found.groups.items():
        rows = [i for i, g in enumerate(data["g"]) if g == label and data["y"][i] == 1]
        above = [i for i in rows if data["rsr_2yr"][i] == 7.5]
        assert f.edges[-1].sensitivity.value == len(above) / len(rows)


def test_nothing_is_said_of_bands_where_everyone_has_one() -> None:
    data = {"ogrs3_2yr": [10, 60, 80, 95], "y": [0, 1, 0, 1]}
    found = rb.evaluate(data, "ogrs3", outcome="y")
    assert found.overall.unbanded == 0
    assert "in no band" not in str(found)
    assert rb.evaluate(data, score="ogrs3_2yr", outcome="y").overall.unbanded == 0


def test_how_many_are_in_no_band_is_not_published() -> None:
    data = {"rsr_2yr": [2.0, 5.0, 7.5] * 40 + [6.85] * 3, "y": [0, 1] * 61 + [1]}
    found = rb.evaluate(data, rb.rsr.with_bands("rsr-api-2025-07"), outcome="y")
    assert "in no band: 3." in found.to_html()
    assert "in no band: some." in found.to_html(min_count=10)
