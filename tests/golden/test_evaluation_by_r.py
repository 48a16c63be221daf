"""600 made-up people and what R 4.2.2 with rms 6.5.0 and pROC 1.18.0 says of them.

R prints twelve digits of most numbers. Its fits stop at a relative change of the deviance of 1e-8,
so that standard errors and Wald bounds agree to 1e-7, and its profile bounds are interpolated.

No oracle, and not looked at: the area of ``rms val.prob`` for unrounded probabilities, which it
puts into classes; everything that depends on its smoothers.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import riskbands as rb
from riskbands.analysis.calibration import differences_by_group
from riskbands.analysis.comparison import paired_areas

if TYPE_CHECKING:
    from riskbands.analysis.figures import Figures

FOLDER = Path(__file__).parent / "evaluation"
FIGURE, STANDARD_ERROR, PROFILE = 1e-9, 1e-7, 1e-4
WHO = ("p", "pct", "p,group=a", "p,group=b", "p,group=c")


@cache
def people() -> dict[str, Any]:
    with (FOLDER / "cohort600.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        "p": np.array([float(row["p"]) for row in rows]),
        "percent": np.array([int(row["percent"]) for row in rows]),
        "group": [row["group"] for row in rows],
        "y": [row["y"] for row in rows],
    }


@cache
def reference() -> dict[str, list[float]]:
    """The numbers of each line by its beginning."""
    found = {}
    for line in (FOLDER / "ref.txt").read_text("utf-8").splitlines():
        name, bar, rest = line.partition("|")
        if bar:
            numbers = rest.replace("|", " ").replace("NA", "nan").replace("NaN", "nan").split()
            found[name.strip()] = [float(number) for number in numbers]
    return found


def said(who: str, what: str) -> list[float]:
    return next(v for k, v in reference().items() if k.startswith(f"{who} {what}"))


@cache
def evaluated(intervals: tuple[tuple[str, str], ...] = ()) -> dict[str, Figures]:
    chosen = dict(intervals)
    by_p = rb.evaluate(people(), score="p", outcome="y", by="group", intervals=chosen)
    by_percent = rb.evaluate(people(), score="percent", outcome="y", intervals=chosen)
    return {
        "p": by_p.overall,
        "pct": by_percent.overall,
        **{f"p,group={g}": f for g, f in by_p.groups.items()},
    }


def near(found: float | None, expected: float, tolerance: float) -> bool:
    return found is not None and math.isclose(found, expected, rel_tol=0.0, abs_tol=tolerance)


@pytest.mark.parametrize("who", WHO)
def test_how_many_and_how_often(who: str) -> None:
    f = evaluated()[who]
    n, events, rate, expected = said(who, "n events")
    assert (f.n, f.events) == (n, events)
    assert near(f.base_rate.value, rate, FIGURE)
    assert near(f.expected_rate.value, expected, FIGURE)


@pytest.mark.parametrize("who", WHO)
def test_area_under_the_curve(who: str) -> None:
    f = evaluated()[who]
    auc, variance, low, high = said(who, "AUC")
    assert f.auc.method == "DeLong"
    assert near(f.auc.value, auc, FIGURE)
    assert near(f.auc.low, low, FIGURE)
    assert near(f.auc.high, high, FIGURE)
    assert f.auc.standard_error is not None
    assert near(f.auc.standard_error**2, variance, FIGURE)


@pytest.mark.parametrize("who", WHO)
def test_brier_score_and_log_loss(who: str) -> None:
    f = evaluated()[who]
    for estimate, expected in zip(
        (f.brier, f.scaled_brier, f.log_loss), said(who, "Brier scaled logloss"), strict=True
    ):
        assert near(estimate.value, expected, FIGURE)


@pytest.mark.parametrize("who", WHO)
def test_decomposition_of_the_brier_score(who: str) -> None:
    f = evaluated()[who]
    parts = (f.brier, f.miscalibration, f.discrimination, f.uncertainty)
    for estimate, expected in zip(parts, said(who, "CORP"), strict=True):
        assert near(estimate.value, expected, FIGURE)


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("what", ["CITL", "slope"])
def test_calibration(who: str, what: str) -> None:
    value, error, *bounds = said(who, what)[:6]
    for method, tolerance, (low, high) in (
        ("wald", STANDARD_ERROR, bounds[:2]),
        ("profile", PROFILE, bounds[2:]),
    ):
        f = evaluated((("calibration", method),))[who]
        e = f.calibration_in_the_large if what == "CITL" else f.calibration_slope
        assert e.method == {"wald": "Wald", "profile": "profile likelihood"}[method]
        assert near(e.value, value, FIGURE)
        assert near(e.standard_error, error, STANDARD_ERROR)
        assert near(e.low, low, tolerance)
        assert near(e.high, high, tolerance)


@pytest.mark.parametrize("who", WHO)
def test_joint_intercept_has_another_name(who: str) -> None:
    f = evaluated()[who]
    assert near(f.joint_intercept.value, said(who, "slope")[6], FIGURE)
    assert f.joint_intercept.value != f.calibration_in_the_large.value


@pytest.mark.parametrize("who", WHO)
def test_weak_calibration(who: str) -> None:
    tests = evaluated()[who].calibration_tests
    found = (tests.weak, tests.in_the_large, tests.slope)
    for test, expected, df in zip(found, said(who, "LRT"), (2, 1, 1), strict=True):
        assert near(test.statistic, expected, FIGURE)
        assert test.df == df


@pytest.mark.parametrize("who", WHO)
def test_observed_over_expected(who: str) -> None:
    observed, expected, ratio, low, high = said(who, "O E O/E")
    exact = evaluated((("observed_expected", "poisson"),))[who]
    assert exact.observed_expected.method == "exact Poisson"
    assert near(exact.observed_expected.value, ratio, FIGURE)
    assert near(exact.observed_expected.low, low, FIGURE)
    assert near(exact.observed_expected.high, high, FIGURE)
    assert exact.events == observed
    assert exact.n is not None
    assert exact.expected_rate.value is not None
    # R prints the expected count with twelve digits
    assert near(exact.n * exact.expected_rate.value, expected, 1e-8)
    byar = evaluated((("observed_expected", "byar"),))[who].observed_expected
    assert byar.method == "Byar"
    low, high = said(who, "O/E Byar")
    assert near(byar.low, low, FIGURE)
    assert near(byar.high, high, FIGURE)


@pytest.mark.parametrize("label", ["Low", "Medium", "High", "Very High"])
@pytest.mark.parametrize("method", ["wilson", "clopper-pearson"])
def test_bands_with_cells_of_none_and_one(label: str, method: str) -> None:
    n, events, expected, observed, *bounds = reference()[
        f"band {label} n events expected_pct observed wilson_lo wilson_hi cp_lo cp_hi"
    ]
    scored = {"ogrs3_2yr": people()["percent"], "y": people()["y"]}
    found = rb.evaluate(scored, "ogrs3", outcome="y", intervals={"proportions": method})
    band = next(band for band in found.bands if band.label == label)
    assert (band.n, band.events) == (n, events)
    low, high = bounds[:2] if method == "wilson" else bounds[2:]
    if not n:
        assert band.observed.value is band.expected.value is band.observed.low is None
        assert band.observed.reason == "there is nobody in this band"
        return
    assert near(band.expected.value, expected, FIGURE)
    assert near(band.observed.value, observed, FIGURE)
    # binom.test prints the Clopper-Pearson bounds of one person as 0.000 and 0.975
    tolerance = FIGURE if method == "wilson" or n > 1 else 5e-4
    assert near(band.observed.low, low, tolerance)
    assert near(band.observed.high, high, tolerance)


def test_two_groups_by_unpaired_delong() -> None:
    d, df, p = reference()["unpaired DeLong a-b D df p"]
    found = rb.evaluate(people(), score="p", outcome="y", by="group", reference="b")
    test = found.group_differences["group"].groups["a"].auc_test
    assert near(test.statistic, d, FIGURE)
    assert near(test.df, df, 1e-8)
    assert near(test.p_value, p, FIGURE)


def test_two_scores_by_paired_delong() -> None:
    z, p = reference()["paired DeLong p-pct Z p"]
    columns = people()
    y = np.array(columns["y"]).astype(int)
    test = paired_areas(columns["p"], columns["percent"], y)[3]
    assert near(test.statistic, z, FIGURE)
    assert near(test.p_value, p, FIGURE)


def test_intercept_and_slope_by_group() -> None:
    intercept, slope = reference()["moderated LRT: +group(2df) +slope*group(2df)"]
    found = rb.evaluate(people(), score="p", outcome="y", by="group").group_differences["group"]
    assert near(found.intercept.statistic, intercept, FIGURE)
    assert near(found.slope.statistic, slope, FIGURE)
    assert found.intercept.df == found.slope.df == 2


def test_coefficients_by_group() -> None:
    """R prints the coefficients of the model with a slope for each group, group a first."""
    text = (FOLDER / "ref.txt").read_text("utf-8")
    numbers = [float(word) for word in text.split("moderated")[1].split() if _is_number(word)][2:]
    intercept, slope, b, c, b_slope, c_slope = numbers[-6:]
    found = evaluated()
    for group, (more, steeper) in {"a": (0, 0), "b": (b, b_slope), "c": (c, c_slope)}.items():
        f = found[f"p,group={group}"]
        assert near(f.joint_intercept.value, intercept + more, 1e-8)
        assert near(f.calibration_slope.value, slope + steeper, 1e-8)


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False


def test_a_group_alone_does_not_differ() -> None:
    tests = differences_by_group([], [])
    assert all(test.statistic is None and test.reason for test in tests)
