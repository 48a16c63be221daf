"""Every predictor against an independent re-implementation of the published rules.

Probabilities agree to 1e-12 relative, the rest exactly, but where a percentage lies within 1e-9 of
a rounding tie and the last bit of an exponential decides it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import Any

import oracle
import pytest
from cases import PREDICTORS, complete
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands.predictors import by_id

WITH_FORMS = ("snsv", "rsr", "arp", "vrp", "svrp", "csrp")


def test_no_predictor_goes_without() -> None:
    """Asset has points alone, YOGRS no public numbers; screening tools have golden files."""
    named = {p for p in rb.__all__ if isinstance(getattr(rb, p), rb.Predictor)}
    public = {p for p in named if not getattr(rb, p).by_name_only}
    assert set(PREDICTORS) == public - {"asset", "yogrs"}


@cache
def with_table(name: str, table: str) -> rb.Predictor:
    return by_id[name].with_table(table)


def compare(score: rb.Score, answer: oracle.Answer) -> None:
    assert score.ok, score.issues
    for horizon, p in answer.probability.items():
        assert score.probability[horizon] == pytest.approx(p, rel=1e-12, abs=0)
    assert set(score.percent) == set(answer.percent)
    assert score.points == answer.points
    assert score.form == answer.form
    assert score.reduced == answer.reduced
    if answer.tie < 1e-9:
        return
    for horizon, percent in answer.percent.items():
        assert Decimal(str(score.percent[horizon])) == percent
    assert (None if score.band is None else str(score.band)) == answer.band


def check(case: dict[str, Any], form: Any = "auto", predictors: Any = PREDICTORS) -> None:
    assessment = rb.OASysAssessment.from_dict(case)
    for name in predictors:
        score = by_id[name].score(assessment, form=form, on_issue="return")
        try:
            answer = oracle.answer(name, case, form)
        except oracle.NotScored:
            assert not score.ok, f"{name} scores what the rules do not"
        else:
            compare(score, answer)


@settings(max_examples=150, deadline=None)
@given(complete())
def test_complete_cases_and_cases_without_some_dynamic_items(case: dict[str, Any]) -> None:
    check(case)


@settings(max_examples=60, deadline=None)
@given(complete(incomplete=False), st.sampled_from(["brief", "extended"]))
def test_a_forced_form(case: dict[str, Any], form: str) -> None:
    check(case, form, WITH_FORMS)


@settings(max_examples=40, deadline=None)
@given(complete(youngest=0))
def test_children_of_any_age_are_scored_by_the_2026_family_alone(case: dict[str, Any]) -> None:
    check(case, predictors=("arp", "vrp", "svrp", "ogrs3", "snsv", "ogrs4g", "ogrs4v"))


@settings(max_examples=60, deadline=None)
@given(complete())
def test_without_a_start_of_follow_up_the_conviction_date_stands_in(case: dict[str, Any]) -> None:
    del case["follow_up_date"]
    check(case)


@settings(max_examples=60, deadline=None)
@given(complete(), st.integers(0, 60), st.integers(0, 8))
def test_ages_in_place_of_dates(case: dict[str, Any], months: int, later: int) -> None:
    """A cohort without dates of birth gives ages and months; months count up to 36."""
    age = oracle.age_at_conviction(case)
    last = oracle.years(case["date_of_birth"], case["last_sexual_offence_date"])
    bare = {k: v for k, v in case.items() if not k.endswith("_date") and k != "date_of_birth"}
    bare |= {"age_at_conviction": age, "age_at_follow_up": age + later}
    bare |= {"offence_free_months": months, "age_at_last_sexual_offence": last}
    check(
        bare, predictors=("ogrs3", "ogp", "ovp", "snsv", "ogrs4g", "ogrs4v", "arp", "vrp", "svrp")
    )


@settings(max_examples=60, deadline=None)
@given(complete(), st.sampled_from(["snsv-2014", "snsv-hmpps-2025"]))
def test_both_snsv_tables(case: dict[str, Any], table: str) -> None:
    score = with_table("snsv", table).score(rb.OASysAssessment.from_dict(case))
    compare(score, oracle.snsv(case, table=table))
    assert score.table.id == table


@settings(max_examples=60, deadline=None)
@given(complete())
def test_both_ogrs3_tables(case: dict[str, Any]) -> None:
    table = "ogrs3-hmpps-2025"
    assessment = rb.OASysAssessment.from_dict(case)
    compare(with_table("ogrs3", table).score(assessment), oracle.ogrs3(case, table))
    try:
        answer = oracle.ogp(case, table)
    except oracle.NotScored:
        return
    compare(with_table("ogp", table).score(assessment), answer)


@pytest.mark.parametrize(
    ("born", "convicted", "age"),
    [
        (dt.date(1988, 2, 29), dt.date(2009, 2, 28), 20),
        (dt.date(1988, 2, 29), dt.date(2009, 3, 1), 21),
        (dt.date(1988, 2, 29), dt.date(2012, 2, 29), 24),
    ],
)
def test_a_birthday_on_29_february(born: dt.date, convicted: dt.date, age: int) -> None:
    case = {
        "sex": "male",
        "date_of_birth": born,
        "conviction_date": convicted,
        "offence_code": "00801",
        "sanctions": 3,
        "first_sanction_age": 15,
    }
    score = rb.ogrs3.score(rb.OASysAssessment.from_dict(case))
    compare(score, oracle.ogrs3(case))
    assert {c.factor: c.values for c in score.explain()}["age and sex"]["age_at_follow_up"] == age
