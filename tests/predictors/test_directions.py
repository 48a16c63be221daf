"""In which direction a score moves: with the record, with each item, between men and women."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import oracle
import pytest
from cases import complete
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb

OGRS3_TABLES = ("ogrs3-2009", "ogrs3-hmpps-2025")
SNSV_TABLES = ("snsv-hmpps-2025", "snsv-2014")


def grid(**axes: Any) -> dict[str, Any]:
    """Every combination, as columns."""
    rows = list(itertools.product(*axes.values()))
    return {name: [row[i] for row in rows] for i, name in enumerate(axes)}


def p(columns: dict[str, Any], name: str = "2yr_p") -> Any:
    (column,) = [v for k, v in columns.items() if k.endswith(name)]
    return np.asarray(column)


# The record


@pytest.mark.parametrize("table", OGRS3_TABLES)
def test_ogrs3_rises_with_every_sanction(table: str) -> None:
    """From 1 to 1023 sanctions, whatever the length of the career."""
    careers = (0, 1, 5, 20, 60)
    columns = grid(career=careers, sanctions=range(1, 1024))
    columns["first_sanction_age"] = [70 - c for c in columns.pop("career")]
    n = len(columns["sanctions"])
    columns |= {"age_at_conviction": [70] * n, "age_at_follow_up": [70] * n}
    columns |= {"sex": ["male"] * n, "offence_group": ["violence"] * n}
    found = rb.score_cohort(columns, ["ogrs3"], tables={"ogrs3": table}, probabilities=True)
    assert not any(found["ogrs3_issues"])
    rows = p(found).reshape(len(careers), -1)
    assert (np.diff(rows, axis=1) > 0).all()
    assert (np.diff(found["ogrs3_2yr"].reshape(len(careers), -1).astype(int), axis=1) >= 0).all()


def test_ogrs3_falls_with_the_length_of_the_career() -> None:
    columns = grid(sanctions=(1, 2, 10), first_sanction_age=range(10, 71))
    n = len(columns["sanctions"])
    columns |= {"age_at_conviction": [70] * n, "age_at_follow_up": [70] * n}
    columns |= {"sex": ["female"] * n, "offence_group": ["robbery"] * n}
    rows = p(rb.score_cohort(columns, ["ogrs3"], probabilities=True)).reshape(3, -1)
    assert (np.diff(rows, axis=1) > 0).all()


@settings(max_examples=40, deadline=None)
@given(complete(incomplete=False, youngest=18), st.integers(0, 24))
def test_ovp_rises_with_every_violent_sanction(case: dict[str, Any], violent: int) -> None:
    """At the same number of others; from 18 violent sanctions on there are no more points."""
    others = case["sanctions"] - case["violent_sanctions"]
    if others + violent + 1 > 1023:
        others = 3
    fewer, more = (
        rb.ovp.score(
            rb.OASysAssessment.from_dict(
                case | {"sanctions": max(others + v, 1), "violent_sanctions": v}
            )
        ).points
        for v in (violent, violent + 1)
    )
    assert fewer is not None
    assert more is not None
    if violent >= 18:
        assert more == fewer
    elif others:  # with none at all the first sanction could not be anything but violent
        assert more > fewer


# The items

OGP_ITEMS = (
    "no_fixed_abode", "unemployed", "activities_encourage_offending", "drug_misuse",
    "drug_motivation", "problem_solving", "awareness_of_consequences", "understands_others",
    "pro_criminal_attitudes",
)  # fmt: skip
OVP_ITEMS = (
    "no_fixed_abode", "unemployed", "alcohol_use", "binge_drinking", "psychiatric_treatment",
    "temper_control", "pro_criminal_attitudes",
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(complete(incomplete=False, youngest=18))
def test_points_never_fall_with_an_item(case: dict[str, Any]) -> None:
    """OGP and OVP in each of their items; recognising the impact takes points away."""
    for predictor, items in ((rb.ogp, OGP_ITEMS), (rb.ovp, (*OVP_ITEMS, "recognises_impact"))):
        for item in items:
            levels = (False, True) if isinstance(case[item], bool) else (0, 1, 2)
            scores = [
                predictor.score(rb.OASysAssessment.from_dict(case | {item: level}))
                for level in levels
            ]
            points = [s.points or 0 for s in scores]
            percents = [s.percent["2yr"] for s in scores]
            if item == "recognises_impact":
                points.reverse()
                percents.reverse()
            assert points == sorted(points)
            assert percents == sorted(percents)
            assert points[-1] > points[0]


#: Items of the extended forms, by the entry of the table that weighs them.
WEIGHED = {
    "accommodation": "accommodation",
    "unemployed": "unemployed",
    "activities_encourage_offending": "activities_encourage_offending",
    "chronic_drinking": "alcohol_use",
    "binge_drinking": "binge_drinking",
    "impulsivity": "impulsivity",
    "temper_control": "temper_control",
    "pro_criminal_attitudes": "pro_criminal_attitudes",
    "weapon": "weapon",
    "domestic_abuse": "domestic_abuse",
}


@settings(max_examples=10, deadline=None)
@given(complete(incomplete=False))
def test_the_extended_forms_move_as_the_sign_of_each_weight_says(case: dict[str, Any]) -> None:
    tables = {"snsv": "snsv-hmpps-2025", "arp": "arp-2026", "vrp": "vrp-2026", "svrp": "svrp-2026"}
    checked = 0
    for name, table in tables.items():
        predictor: rb.Predictor = getattr(rb, name)
        weights = oracle.numbers(table)["extended"]
        moves = {WEIGHED[k]: float(v) for k, v in weights["items"].items() if k in WEIGHED}
        for key in ("previous", "drugs"):
            prefix = "uses" if key == "drugs" else key
            moves |= {
                f"{prefix}_{k}": float(v)
                for k, v in weights.get(key, {}).items()
                if k != "any_other_drug"
            }
        for field, weight in moves.items():
            low, high = (
                predictor.score(
                    rb.OASysAssessment.from_dict(case | {field: value}), form="extended"
                ).probability["2yr"]
                for value in (0, 1)
            )
            assert (high > low) == (weight > 0), (name, field)
            assert high != low
            checked += 1
    assert checked > 45


# Women and men with the same record


@pytest.mark.parametrize(
    ("table", "ages"),
    [
        ("ogrs3-2009", {*range(21, 35)}),
        ("ogrs3-hmpps-2025", {*range(10, 16), *range(21, 35)}),
    ],
)
def test_where_a_woman_scores_higher_than_a_man_in_ogrs3(table: str, ages: set[int]) -> None:
    """From 21 to 34 in both tables, and from 10 to 15 in that of 2025; nowhere else.

    The general caution that women's scores are lower by construction is not true of these ages.
    """
    columns = grid(
        sex=("male", "female"),
        age_at_follow_up=range(10, 110),
        sanctions=(1, 2, 9),
        offence_group=("violence", "theft_non_motor"),
    )
    columns["age_at_conviction"] = columns["age_at_follow_up"]
    columns["first_sanction_age"] = [10] * len(columns["sex"])
    found = rb.score_cohort(columns, ["ogrs3"], tables={"ogrs3": table}, probabilities=True)
    men, women = p(found).reshape(2, 100, -1)
    higher = {age for age in range(10, 110) if (women[age - 10] > men[age - 10]).any()}
    always = {age for age in range(10, 110) if (women[age - 10] > men[age - 10]).all()}
    assert higher == always == ages
    men, women = found["ogrs3_2yr"].reshape(2, 100, -1).astype(int)
    assert all(
        (women[age - 10] <= men[age - 10]).all() for age in range(10, 110) if age not in ages
    )


@settings(max_examples=60, deadline=None)
@given(complete(incomplete=False, youngest=18))
def test_a_woman_never_outscores_a_man_in_ovp(case: dict[str, Any]) -> None:
    """She always has the five points of being male fewer."""
    man, woman = (
        rb.ovp.score(rb.OASysAssessment.from_dict(case | {"sex": sex}))
        for sex in ("male", "female")
    )
    assert man.points == (woman.points or 0) + 5
    assert woman.percent["2yr"] <= man.percent["2yr"]


def snsv_grid(violent: int, sanctions: tuple[int, ...], table: str, form: Any) -> Any:
    """Probabilities of men and of women by age, for careers of every length."""
    items: dict[str, list[Any]] = {name: [False] for name in oracle.PREVIOUS_ITEMS}
    items |= {name: [0] for name in oracle.SNSV_ITEMS} | {"domestic_abuse": [False]}
    columns = grid(
        sex=("male", "female"),
        age_at_follow_up=range(10, 110),
        sanctions=sanctions,
        career=(0, 1, 3, 10, 25),
    )
    ages = columns["age_at_follow_up"]
    columns["age_at_conviction"] = ages
    columns["first_sanction_age"] = [
        max(a - c, 5) for a, c in zip(ages, columns.pop("career"), strict=True)
    ]
    n = len(ages)
    columns |= {"violent_sanctions": [violent] * n, "offence_group": ["burglary_domestic"] * n}
    columns |= {"offence_free_months": [0] * n} | {k: v * n for k, v in items.items()}
    found = rb.score_cohort(
        columns, ["snsv"], tables={"snsv": table}, form=form, probabilities=True
    )
    assert not any(found["snsv_issues"])
    return found["snsv_2yr_p"].reshape(2, 100, -1)


@pytest.mark.parametrize("table", SNSV_TABLES)
@pytest.mark.parametrize("form", ["brief", "extended"])
def test_a_woman_never_violent_scores_no_higher_in_snsv(form: str, table: str) -> None:
    """Nor in RSR without a sexual history, which is the same number.

    The brief form up to 1,023 sanctions; the extended form up to 27, above which the Copas rates
    cross for some ages near 65.
    """
    men, women = snsv_grid(0, (1, 2, 3, 9, 27, *((1023,) if form == "brief" else ())), table, form)
    assert (women <= men).all()
    if form == "extended":
        men, women = snsv_grid(0, (100,), table, form)
        assert (women > men).any()


@pytest.mark.parametrize("table", SNSV_TABLES)
@pytest.mark.parametrize(
    ("form", "ages"), [("brief", set(range(48, 76))), ("extended", set(range(45, 75)))]
)
def test_where_a_woman_once_violent_scores_higher_than_a_man_in_snsv(
    form: str, ages: set[int], table: str
) -> None:
    """One sanction and that violent: from 48 to 75 years (brief), from 45 to 74 (extended).

    "Never violent" lowers a woman's score by more than a man's; where it does not apply, the
    polynomial of her age is the higher one in these years.
    """
    men, women = snsv_grid(1, (1,), table, form)
    assert {age for age in range(10, 110) if (women[age - 10] > men[age - 10]).any()} == ages
    assert {age for age in range(10, 110) if (women[age - 10] > men[age - 10]).all()} == ages


def test_a_woman_with_a_sexual_history_can_outscore_a_man_in_rsr() -> None:
    """Her constant, 0.38 %, is more than the parts of a man of 60 with one adult victim."""
    case = {
        "date_of_birth": "1960-01-01", "conviction_date": "2022-01-01",
        "assessment_date": "2022-01-01", "offence_code": "01700", "sanctions": 1,
        "violent_sanctions": 0, "first_sanction_age": 62, "supervision_status": "custody",
        "sexual_offence_history": True, "current_offence_sexually_motivated": True,
        "contact_adult_sanctions": 1, "contact_child_sanctions": 0, "image_sanctions": 0,
        "non_contact_sanctions": 0,
    }  # fmt: skip
    man, woman = (
        rb.rsr.score(rb.OASysAssessment.from_dict(case | {"sex": sex}))
        for sex in ("male", "female")
    )
    sexual_parts = man.percent["2yr"] - man.components["snsv"].percent["2yr"]
    assert sexual_parts == pytest.approx(0.32)
    assert woman.percent["2yr"] - woman.components["snsv"].percent["2yr"] == pytest.approx(0.38)
