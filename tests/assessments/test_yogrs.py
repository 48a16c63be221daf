"""YOGRS: no numbers of its own, and everything that works for any predictor with a caller's."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import BANDS, TABLE, YOGRS, child, column

import riskbands as rb
from riskbands.scorecards.coefficients import CoefficientTable

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS: dict[str, Any] = tomllib.loads(TABLE.read_text("utf-8"))["coefficients"]


def test_there_are_no_numbers_and_no_bands_of_its_own() -> None:
    assert not [t for t in rb.coefficient_tables.values() if "yogrs" in t.predictor]
    assert not [t for t in rb.band_tables if "yogrs" in t]
    assert rb.yogrs.bands is None
    assert "no table" in repr(rb.yogrs)


@pytest.mark.parametrize("case", [child(), rb.AssetPlusAssessment()], ids=["whole", "empty"])
@pytest.mark.parametrize("on_issue", ["raise", "return"])
def test_scoring_without_a_table_says_what_to_supply(
    case: rb.AssetPlusAssessment, on_issue: Any
) -> None:
    with pytest.raises(rb.MissingTableError) as caught:
        rb.yogrs.score(case, on_issue=on_issue)
    text = str(caught.value)
    assert "with_table" in text
    assert "riskbands tables --template yogrs" in text
    assert "riskbands.templates.template('yogrs')" in text


@pytest.mark.parametrize("asked", [["yogrs"], [rb.yogrs], "yogrs", ["ogrs3", "yogrs"]])
def test_a_cohort_without_a_table_is_refused_when_yogrs_is_asked_for(asked: Any) -> None:
    with pytest.raises(rb.MissingTableError, match="--template yogrs"):
        rb.score_cohort(column(), asked)
    with pytest.raises(rb.MissingTableError):
        rb.score_cohort({"sex": []}, asked)


def test_by_default_a_cohort_leaves_out_what_has_no_table_and_takes_what_gets_one() -> None:
    assert "yogrs_2yr" not in rb.score_cohort(column())
    scored = rb.score_cohort(column(), tables={"yogrs": TABLE})
    assert scored["yogrs_2yr"][0] == YOGRS.score(child()).percent["2yr"]


def test_rb_score_leaves_it_out_without_a_table() -> None:
    assert "yogrs" not in child().scores()
    assert "yogrs" in rb.score(child(), [YOGRS])


def test_ready_features_are_scored_alike_and_need_a_table_too() -> None:
    derivation = child().derivation
    row = {n: np.array([derivation.value(n)[0]], np.int16) for n in YOGRS.features}
    found = YOGRS.score_features(row)
    score = YOGRS.score(child())
    assert found.probability["2yr"][0] == score.probability["2yr"]
    assert found.band is not None
    assert found.band[0] == score.band
    with pytest.raises(rb.MissingTableError, match="--template yogrs"):
        rb.yogrs.score_features({})


def expected(**case: Any) -> float:
    """The probability, worked out by hand from the invented numbers."""
    keys = NUMBERS[f"age_{case['sex']}"]
    steps = NUMBERS["offence_free_months"]
    total = float(NUMBERS["intercept_2yr"])
    total += float(keys[case["age"]]) + float(steps[case["months"]])
    total += float(NUMBERS["offence_group"][case["group"]])
    total += float(NUMBERS["first_sanction" if case["sanctions"] == 1 else "repeat_sanction"])
    years = float(NUMBERS["copas_years"]) + case["career"]
    total += float(NUMBERS["copas"]) * math.log(case["sanctions"] / years)
    return 1 / (1 + math.exp(-total))


@pytest.mark.parametrize(
    ("changes", "case"),
    [
        ({}, {"age": "12-14", "months": "0-5", "sanctions": 3, "career": 2}),
        (
            {"last_sanction_date": "2024-01-16", "sanctions": 1, "first_sanction_age": 14},
            {"age": "12-14", "months": "0-5", "sanctions": 1, "career": 0},
        ),
        (
            {"conviction_date": "2022-12-31"},
            {"age": "12-14", "months": "12-23", "sanctions": 3, "career": 1},
        ),
        (
            {"sex": "F", "follow_up_date": "2024-04-02", "offence_group": "other_motoring"},
            {"sex": "female", "age": "15-16", "months": "0-5", "sanctions": 3, "career": 2,
             "group": "other_motoring"},
        ),
    ],
)  # fmt: skip
def test_the_score_is_the_sum_that_the_page_describes(
    changes: dict[str, Any], case: dict[str, Any]
) -> None:
    score = YOGRS.score(child(**changes))
    p = expected(**{"sex": "male", "group": "violence", **case})
    assert score.probability == {"2yr": pytest.approx(p, abs=1e-12)}
    assert score.percent["2yr"] == pytest.approx(100 * p, abs=0.005)
    assert score.explain().total == pytest.approx(math.log(p / (1 - p)), abs=1e-12)
    assert score.table.id == "invented-for-tests"


def test_a_table_under_another_name_works_from_a_file_and_from_a_value(tmp_path: Path) -> None:
    text = TABLE.read_text("utf-8").replace("invented-for-tests", "confidential-2031")
    file = tmp_path / "held elsewhere.toml"
    file.write_text(text, encoding="utf-8")
    from_file = rb.yogrs.with_table(file)
    from_value = rb.yogrs.with_table(CoefficientTable.from_dict(tomllib.loads(text)))
    for predictor in (from_file, from_value):
        score = predictor.score(child())
        assert score.percent == YOGRS.score(child()).percent
        assert score.table.id == "confidential-2031"
        assert score.table.digest == YOGRS.table.digest
        assert score.to_dict()["coefficient_table"]["id"] == "confidential-2031"


def test_a_table_for_another_predictor_is_refused() -> None:
    with pytest.raises(rb.TableError, match="not for yogrs"):
        rb.yogrs.with_table("ogrs3-2009")


@pytest.mark.parametrize(
    ("age", "factor"), [(10, "10"), (11, "11"), (12, "12-14"), (17, "17+"), (18, "17+")]
)
def test_each_of_the_youngest_has_a_step_of_its_own(age: int, factor: str) -> None:
    born = f"{2024 - age}-01-01"
    case = child(
        date_of_birth=born,
        conviction_date="2024-01-02",
        order_end_date="2024-12-31",
        first_sanction_age=10,
        sanctions=2,
    )
    weights = {c.factor: c.amount for c in YOGRS.score(case).explain()}
    assert weights["age and sex"] == float(NUMBERS["age_male"][factor])


def refused(row: dict[str, list[Any]]) -> list[str]:
    text: str = rb.score_cohort(row, [YOGRS])["yogrs_issues"][0]
    return [issue.partition(":")[0] for issue in text.split(";") if issue]


@pytest.mark.parametrize("age", [9, 19, 40])
def test_others_than_children_are_refused_row_by_row(age: int) -> None:
    row = column(
        date_of_birth=f"{2024 - age}-01-01",
        conviction_date="2024-01-02",
        first_sanction_age=min(age, 10),
        order_end_date="2025-12-31",
    )
    assert "age_at_assessment_out_of_range" in refused(row)


@pytest.mark.parametrize(
    ("end", "codes"),
    [
        (None, ["age_at_assessment_out_of_range"]),
        ("2024-01-15", ["age_at_assessment_out_of_range"]),
        ("2024-01-16", []),
        ("2024-09-01", []),
    ],
)
def test_at_eighteen_an_order_must_run(end: str | None, codes: list[str]) -> None:
    assert refused(column(date_of_birth="2006-01-16", order_end_date=end)) == codes
    assert refused(column(date_of_birth="2006-01-17", order_end_date=end)) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"first_sanction_age": 9}, "first_sanction_age_out_of_range"),
        ({"out_of_court_disposals": 4}, "out_of_court_disposals_above_sanctions"),
        ({"last_sanction_date": "2023-11-01"}, "last_sanction_before_conviction"),
        ({"follow_up_date": "2023-11-01"}, "follow_up_before_conviction"),
        ({"months_since_last_sanction": 30}, "contradiction"),
        ({"sanctions": None}, "missing"),
    ],
)
def test_what_cannot_be_is_an_issue_of_its_row(changes: dict[str, Any], code: str) -> None:
    assert refused(column(**changes)) == [code]
    issues = YOGRS.score(child(**changes), on_issue="return").issues
    assert [issue.code for issue in issues] == [code]


def test_no_issue_quotes_a_personal_value() -> None:
    row = column(date_of_birth="1990-07-23", first_sanction_age=9)
    assert "1990" not in rb.score_cohort(row, [YOGRS])["yogrs_issues"][0]


def test_a_cohort_may_hold_ages_and_months_instead_of_dates() -> None:
    row = {
        name: [value]
        for name, value in {
            "sex": "male",
            "age_at_conviction": 14,
            "age_at_follow_up": 14,
            "months_since_last_sanction": 2,
            "offence_code": "00801",
            "sanctions": 3,
            "first_sanction_age": 12,
        }.items()
    }
    assert rb.score_cohort(row, [YOGRS])["yogrs_2yr"][0] == YOGRS.score(child()).percent["2yr"]
    del row["months_since_last_sanction"]
    assert rb.score_cohort(row, [YOGRS])["yogrs_issues"][0] == "missing:months_since_last_sanction"


days = st.integers(0, 5000)


@given(
    sex=st.sampled_from(["male", "female"]),
    born=st.dates(dt.date(2005, 6, 1), dt.date(2014, 1, 1)),
    sanctions=st.integers(1, 40),
    first=st.integers(9, 17),
    group=st.sampled_from(sorted(NUMBERS["offence_group"])),
    since=days,
)
def test_a_case_and_a_cohort_agree_bit_for_bit(
    sex: str, born: Any, sanctions: int, first: int, group: str, since: int
) -> None:
    row = column(
        sex=sex,
        date_of_birth=born,
        conviction_date=dt.date(2024, 1, 16) - dt.timedelta(since),
        sanctions=sanctions,
        first_sanction_age=first,
        offence_group=group,
        order_end_date="2024-06-01",
    )
    case = rb.AssetPlusAssessment.from_dict({k: v[0] for k, v in row.items()}, on_issue="keep")
    score = YOGRS.score(case, on_issue="return")
    scored = rb.score_cohort(row, [YOGRS], probabilities=True)
    if score.ok:
        assert scored["yogrs_2yr"][0] == score.percent["2yr"]
        assert scored["yogrs_2yr_p"][0] == score.probability["2yr"]
        assert scored["yogrs_band"][0] == score.band
        assert scored["yogrs_issues"][0] == ""
    else:
        assert np.isnan(scored["yogrs_2yr"][0])
        assert scored["yogrs_issues"][0] == ";".join(map(str, score.issues))


@given(st.lists(st.integers(0, 60), min_size=2, max_size=6))
def test_offence_free_time_lowers_the_score_where_its_weights_do(months: list[int]) -> None:
    rows = {
        "sex": ["female"] * len(months),
        "age_at_conviction": [15] * len(months),
        "age_at_follow_up": [15] * len(months),
        "months_since_last_sanction": sorted(months),
        "offence_group": ["robbery"] * len(months),
        "sanctions": [2] * len(months),
        "first_sanction_age": [13] * len(months),
    }
    percents = rb.score_cohort(rows, [YOGRS])["yogrs_2yr"].tolist()
    assert percents == sorted(percents, reverse=True)
    if min(months) < 6 and max(months) >= 24:
        assert percents[0] > percents[-1]


def test_offence_free_time_counts_from_the_last_sanction_and_up_to_36_months() -> None:
    long_ago = {"conviction_date": "2020-06-01", "first_sanction_age": 11}
    early, late = child(**long_ago), child(**long_ago, last_sanction_date="2023-12-31")
    amounts = [
        next(c for c in YOGRS.score(case).explain() if c.factor == "offence-free months")
        for case in (early, late)
    ]
    assert [c.values["months_since_last_sanction"] for c in amounts] == [36, 0]
    assert [c.amount for c in amounts] == [-1.0, 0.0]


def test_offence_free_time_may_be_a_polynomial() -> None:
    tree = CoefficientTable.from_dict(tomllib.loads(TABLE.read_text("utf-8"))).to_dict()
    tree["coefficients"]["offence_free_months"] = ["-0.05", "0.001"]
    predictor = rb.yogrs.with_table(CoefficientTable.from_dict(tree))
    case = child(conviction_date="2023-01-10")
    amounts = {c.factor: c.amount for c in predictor.score(case).explain()}
    assert amounts["offence-free months"] == pytest.approx(-0.05 * 12 + 0.001 * 144)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ('"24+" = "-1"', "exactly one range for each of 24 to 36"),
        ('"11" = "0.9"', "exactly one range for each of 11"),
        ('copas_years = "9"', "copas_years"),
        ('violence = "-0.15"', "offence_group.violence"),
    ],
)
def test_a_table_with_a_hole_is_refused(wrong: str, message: str, tmp_path: Path) -> None:
    text = TABLE.read_text("utf-8")
    assert wrong in text
    file = tmp_path / "t.toml"
    file.write_text(text.replace(wrong, "", 1), encoding="utf-8")
    with pytest.raises(rb.TableError, match=message):
        rb.yogrs.with_table(file)


def test_a_table_with_an_entry_too_many_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "t.toml"
    text = TABLE.read_text("utf-8").replace('copas = "1.2"', 'copas = "1.2"\nextra = "1"')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(rb.TableError, match="unknown: extra"):
        rb.yogrs.with_table(file)


def test_bands_are_the_callers_too() -> None:
    score = YOGRS.score(child())
    assert score.band == BANDS.classify(score.percent["2yr"])
    assert rb.yogrs.with_table(TABLE).score(child()).band is None
    with pytest.raises(rb.TableError, match="points"):
        YOGRS.with_bands("asset-2009")


def test_cautions_say_whose_numbers_they_are() -> None:
    cautions = " ".join(YOGRS.score(child()).cautions)
    assert "supplied" in cautions
    assert "OGRS3" not in cautions


def test_it_is_listed() -> None:
    assert rb.predictors.by_id["yogrs"] is rb.yogrs
    assert rb.yogrs.horizons == ("2yr",)
