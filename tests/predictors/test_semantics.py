"""What each predictor promises beside its number: forms, ties, limits, not applicable, bands."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any, cast

import pytest
from cases import PREDICTORS, complete
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb

OSP = ("osp_dc", "osp_iic", "dc_srp", "iic_srp", "osp_c", "osp_i")

#: A man of 34 with a sexual history, in the community, nothing missing.
MAN: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": dt.date(1988, 4, 2),
    "conviction_date": dt.date(2022, 6, 1),
    "follow_up_date": dt.date(2022, 6, 1),
    "assessment_date": dt.date(2022, 6, 1),
    "offence_code": "00801",
    "sanctions": 7,
    "violent_sanctions": 1,
    "first_sanction_age": 17,
    "supervision_status": "community",
    "sexual_offence_history": True,
    "current_offence_sexually_motivated": True,
    "contact_adult_sanctions": 1,
    "contact_child_sanctions": 0,
    "image_sanctions": 0,
    "non_contact_sanctions": 0,
    "last_sexual_offence_date": dt.date(2010, 1, 1),
    "last_offence_date": dt.date(2012, 1, 1),
    "stranger_victim": False,
}
ITEMS: dict[str, Any] = dict.fromkeys(
    (
        "accommodation", "partner_relationship", "activities_encourage_offending", "drug_misuse",
        "drug_motivation", "alcohol_use", "binge_drinking", "impulsivity", "temper_control",
        "problem_solving", "awareness_of_consequences", "understands_others",
        "pro_criminal_attitudes",
    ),
    1,
) | dict.fromkeys(
    (
        "weapon", "recognises_impact", "no_fixed_abode", "unemployed", "domestic_abuse",
        "domestic_abuse_partner", "psychiatric_treatment", "previous_homicide",
        "previous_wounding_gbh", "previous_kidnapping", "previous_firearms", "previous_robbery",
        "previous_aggravated_burglary", "previous_weapon", "previous_criminal_damage",
        "previous_arson",
    ),
    True,
) | {"relationship_status": "living_together"}  # fmt: skip


def case(**changes: Any) -> rb.OASysAssessment:
    """The man, with changes; None takes a field away."""
    return rb.OASysAssessment.from_dict({**MAN, **ITEMS, **changes})


def score(predictor: str, *form: str, **changes: Any) -> rb.Score:
    """The score of the man, with changes, in a form or in that which his data allow."""
    (chosen,) = form or ("auto",)
    found: rb.Score = getattr(rb, predictor).score(case(**changes), form=chosen, on_issue="return")
    return found


def issues(predictor: str, *form: str, **changes: Any) -> list[str]:
    found = score(predictor, *form, **changes)
    assert found.ok == (not found.issues)
    return [str(i) for i in found.issues]


# Explanations


@pytest.mark.parametrize("predictor", ["rsr", "csrp"])
def test_an_explanation_says_what_the_limit_takes_away(predictor: str) -> None:
    day = dt.date(2012, 1, 2)
    found = score(
        predictor,
        date_of_birth=dt.date(2000, 1, 1),
        conviction_date=day,
        follow_up_date=day,
        assessment_date=day,
        first_sanction_age=10,
        sanctions=200,
        violent_sanctions=200,
        contact_adult_sanctions=3,
        contact_child_sanctions=3,
        image_sanctions=2,
        last_sexual_offence_date=dt.date(2012, 1, 1),
        last_offence_date=day,
        stranger_victim=True,
    )
    explained = found.explain()
    *others, limit = explained
    assert found.percent["2yr"] == explained.total == 99.99
    assert (limit.factor, limit.text) == ("limit", "at most 99.99 is reported")
    assert limit.amount == pytest.approx(99.99 - sum(c.amount for c in others))
    assert limit.amount < -1


@settings(max_examples=60, deadline=None)
@given(complete())
def test_explanations_add_up_to_the_score(given_case: dict[str, Any]) -> None:
    assessment = rb.OASysAssessment.from_dict(given_case)
    for name in PREDICTORS:
        found: rb.Score = getattr(rb, name).score(assessment, on_issue="return")
        if not found.ok:
            continue
        for horizon, p in found.probability.items():
            explained = found.explain(cast("Any", horizon))
            assert explained.probability == p
            assert explained.percent == found.percent[horizon]
            total = math.fsum(c.amount for c in explained)
            assert explained.total == pytest.approx(total, rel=1e-12)
            match explained.unit:
                case "log-odds":
                    assert 1 / (1 + math.exp(-total)) == pytest.approx(p, rel=1e-12)
                case "points" if found.points is not None:
                    assert total == found.points
                case "percent" if explained.parts:
                    assert min(total, 99.99) == pytest.approx(found.percent[horizon], abs=1e-9)
                    check_parts(found, explained)
                case "percent":
                    assert total == pytest.approx(100 * p, rel=1e-12)
                case _:
                    assert str(found.band) == "not_applicable" or name.startswith("osp_")
                    assert total == 0


def check_parts(found: rb.Score, explained: rb.Explanation) -> None:
    """A sum is explained by its components, and each of these down to its factors."""
    by_factor = {c.factor: c.amount for c in explained}
    assert [part.predictor for part in explained.parts] == list(found.components)
    for part in explained.parts:
        component = found.components[part.predictor]
        assert by_factor[part.predictor] == component.percent["2yr"] == part.percent
        assert part.probability == component.probability["2yr"]


def test_ogp_is_explained_down_to_ogrs3() -> None:
    explained = score("ogp").explain()
    (part,) = explained.parts
    assert part.predictor == "ogrs3"
    values = {c.factor: dict(c.values) for c in explained}
    assert values["OGRS3 two-year percentage"] == {"ogrs3_2yr": part.percent}
    assert {c.factor for c in part} >= {"intercept", "offence group", "Copas rate"}


def test_what_cannot_be_scored_cannot_be_explained() -> None:
    with pytest.raises(rb.InputErrorGroup, match="sanctions is missing"):
        score("ogrs3", sanctions=None).explain()
    with pytest.raises(rb.UnknownNameError, match="did you mean 1yr"):
        score("ogrs3").explain("1 yr")  # type: ignore[arg-type]
    with pytest.raises(rb.UnknownNameError):
        score("rsr").explain("1yr")


# Forms


@pytest.mark.parametrize("predictor", ["snsv", "rsr", "arp", "vrp", "svrp", "csrp"])
def test_forms(predictor: str) -> None:
    """Extended with every item, brief without one, and either when asked for."""
    full, brief = score(predictor), score(predictor, accommodation=None)
    assert (full.form, full.information) == ("extended", ())
    assert (brief.form, [str(i) for i in brief.information]) == (
        "brief",
        ["missing:accommodation"],
    )
    assert score(predictor, "brief").probability == brief.probability
    assert score(predictor, "brief").form == "brief"
    assert score(predictor, "brief", accommodation=None).information == ()
    assert score(predictor, "extended").probability == full.probability
    assert issues(predictor, "extended", accommodation=None) == ["missing:accommodation"]
    assert full.probability != brief.probability


def test_every_missing_dynamic_item_is_listed() -> None:
    none = dict.fromkeys(ITEMS)
    listed = {str(i) for i in score("snsv", **none).information}
    assert listed == {
        f"missing:{name}"
        for name in (
            "weapon", "accommodation", "unemployed", "partner_relationship", "alcohol_use",
            "binge_drinking", "impulsivity", "temper_control", "pro_criminal_attitudes",
            "domestic_abuse", "domestic_abuse_partner",
            *(n for n in ITEMS if n.startswith("previous_")),
        )
    }  # fmt: skip


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(rb.UnknownNameError, match="did you mean brief"):
        rb.rsr.score(case(), form="breif")  # type: ignore[arg-type]


def test_abuse_of_a_partner_is_asked_for_only_where_there_is_abuse() -> None:
    assert score("snsv", domestic_abuse=False, domestic_abuse_partner=None).form == "extended"
    found = score("snsv", domestic_abuse_partner=None)
    assert found.form == "brief"
    assert [str(i) for i in found.information] == ["missing:domestic_abuse_partner"]


def test_a_dynamic_value_that_cannot_be_read_is_an_issue_not_a_gap() -> None:
    """It was answered: to score the brief form without a word would hide that."""
    broken = rb.OASysAssessment.from_dict(
        {**MAN, **ITEMS, "accommodation": "a tent"}, on_issue="keep"
    )
    found = rb.snsv.score(broken, on_issue="return")
    assert [str(i) for i in found.issues] == ["malformed:accommodation"]
    assert rb.snsv.score(broken, form="brief").ok


# Drugs


def test_drugs_without_motivation() -> None:
    """ARP counts a missing motivation as 0 and a missing flag as no; VRP then takes brief."""
    none = score("arp", drug_motivation=None)
    assert none.form == "extended"
    assert none.probability == score("arp", drug_motivation=0).probability
    assert score("vrp", drug_motivation=None).form == "brief"
    for predictor in ("arp", "vrp"):
        assert score(predictor, uses_cannabis=False).probability == score(predictor).probability
        found = issues(predictor, drug_motivation=None, uses_cannabis=True, uses_spice=True)
        assert found == [
            "drug_motivation_missing:uses_cannabis,drug_motivation",
            "drug_motivation_missing:uses_spice,drug_motivation",
        ]
    assert issues("svrp", drug_motivation=None, uses_cannabis=True) == []


@pytest.mark.parametrize("predictor", ["arp", "vrp"])
def test_any_other_drug_counts_once(predictor: str) -> None:
    others = ("other_drugs", "ketamine", "spice", "hallucinogens", "solvents")
    alone = [score(predictor, **{f"uses_{drug}": True}).probability["2yr"] for drug in others]
    together = score(predictor, **{f"uses_{drug}": True for drug in others}).probability["2yr"]
    assert {together, *alone} == {together}
    assert together > score(predictor).probability["2yr"]


# Ties and limits


def amount(found: rb.Score, factor: str) -> float:
    return {c.factor: c.amount for c in found.explain()}[factor]


@pytest.mark.parametrize(
    ("misuse", "motivation", "points"), [(0, 0, 0), (1, 0, 4), (1, 1, 8), (2, 1, 11), (2, 2, 15)]
)
def test_ogp_drug_points_are_rounded_half_up(misuse: int, motivation: int, points: int) -> None:
    """3.75 for each level: 7.5 makes 8."""
    found = score("ogp", drug_misuse=misuse, drug_motivation=motivation)
    assert amount(found, "drug misuse and motivation") == points


@pytest.mark.parametrize(
    ("levels", "points"),
    [
        ((0, 0, 0), 0),
        ((1, 0, 0), 1),
        ((1, 1, 0), 2),
        ((1, 1, 1), 3),
        ((2, 2, 0), 3),
        ((2, 2, 2), 5),
    ],
)
def test_ogp_thinking_points_are_rounded_half_up(levels: tuple[int, ...], points: int) -> None:
    """Five sixths for each level: 2.5 makes 3."""
    names = ("problem_solving", "awareness_of_consequences", "understands_others")
    found = score("ogp", **dict(zip(names, levels, strict=True)))
    assert amount(found, "thinking") == points


def test_ogp_takes_six_tenths_of_the_ogrs3_percentage_half_up() -> None:
    """No whole percentage gives a tie, but 0.6 is no binary number: 5 makes 3, 10 makes 6."""
    people = list(itertools.product((18, 25, 45, 60), range(1, 400)))
    items = {
        name: [0] * len(people)
        for name in (
            "no_fixed_abode", "unemployed", "activities_encourage_offending", "drug_misuse",
            "drug_motivation", "problem_solving", "awareness_of_consequences",
            "understands_others", "pro_criminal_attitudes",
        )
    }  # fmt: skip
    ages = [age for age, _ in people]
    found = rb.score_cohort(
        items
        | {"sex": ["male"] * len(people), "offence_code": ["00801"] * len(people)}
        | {"age_at_conviction": ages, "age_at_follow_up": ages}
        | {"first_sanction_age": [10] * len(people), "sanctions": [n for _, n in people]},
        ["ogrs3", "ogp"],
    )
    pairs = set(zip(found["ogrs3_2yr"].tolist(), found["ogp_points"].tolist(), strict=True))
    assert len(pairs) > 60
    assert pairs == {(percent, (6 * percent + 5) // 10) for percent, _ in pairs}


def test_a_tie_of_22_and_a_half_points_is_23() -> None:
    """A table with other factors meets the tie that the published one does not."""
    table = rb.coefficient_tables["ogp-2009"].replace({"drug_factor": "5.625"})
    found = rb.ogp.with_table(table).score(case(drug_misuse=2, drug_motivation=2))
    assert amount(found, "drug misuse and motivation") == 23


@pytest.mark.parametrize(
    ("drinking", "points"), [((0, 0), 0), ((1, 0), 3), ((1, 1), 5), ((2, 1), 8), ((2, 2), 10)]
)
def test_ovp_alcohol_points_are_rounded_up(drinking: tuple[int, int], points: int) -> None:
    found = score("ovp", alcohol_use=drinking[0], binge_drinking=drinking[1])
    assert amount(found, "alcohol") == points


def test_ovp_gives_the_points_of_any_sanction_to_the_first() -> None:
    assert amount(score("ovp", sanctions=1), "any sanction") == 5


def test_whole_percents_are_at_least_1_and_at_most_99() -> None:
    old = {
        "date_of_birth": None, "age_at_conviction": 80, "age_at_follow_up": 80, "sanctions": 1,
        "first_sanction_age": 12, "offence_code": None,
        "offence_group": "drug_import_export_production",
    }  # fmt: skip
    low = score("ogrs3", **old)
    assert low.probability["2yr"] < 0.005
    assert low.percent == {"1yr": 1, "2yr": 1}
    young = {**old, "age_at_conviction": 15, "age_at_follow_up": 15, "sanctions": 1023}
    high = score("ogrs3", **young)
    assert high.probability["1yr"] > 0.995
    assert high.percent == {"1yr": 99, "2yr": 99}
    assert (str(low.band), str(high.band)) == ("Low", "Very High")


def test_hundredths_are_at_most_99_99() -> None:
    tables = {
        name: rb.coefficient_tables[table].replace({f"{form}.intercept_2yr": "30"})
        for name, table, form in (
            ("snsv", "snsv-hmpps-2025", "extended"),
            ("svrp", "svrp-2026", "extended"),
        )
    }
    for sum_, part in (("rsr", "snsv"), ("csrp", "svrp")):
        predictor = getattr(rb, sum_).with_table(tables[part])
        found = predictor.score(case())
        assert found.components[part].percent["2yr"] == (100 if part == "snsv" else 99.99)
        assert found.components[part].probability["2yr"] > 0.99995
        assert found.percent["2yr"] == 99.99
        assert found.probability["2yr"] <= 1
        assert found.band == ("High" if sum_ == "rsr" else "Very High")
        explained = found.explain()
        assert math.fsum(c.amount for c in explained) == pytest.approx(explained.total, abs=1e-9)
        assert explained.total == 99.99
        assert explained.contributions[-1].factor == "limit"


@pytest.mark.parametrize(
    ("sanctions", "since_2026"), [(1, []), (999, []), (1000, ["out_of_range:sanctions"])]
)
def test_most_sanctions(sanctions: int, since_2026: list[str]) -> None:
    """1,023 before 2026, 999 since."""
    for predictor in ("ogrs3", "ovp", "snsv", "ogrs4g", "ogrs4v", "osp_dc", "osp_c"):
        assert issues(predictor, sanctions=sanctions) == []
        assert issues(predictor, sanctions=1023) == []
    for predictor in ("arp", "vrp", "svrp"):
        assert issues(predictor, sanctions=sanctions) == since_2026


@pytest.mark.parametrize("sanctions", [0, -1, 1024, 10**9])
def test_sanctions_out_of_range(sanctions: int) -> None:
    with pytest.raises(rb.InputErrorGroup, match="sanctions must be a whole number from 1 to 1023"):
        case(sanctions=sanctions)


@pytest.mark.parametrize(
    ("first", "codes"),
    [(0, []), (33, []), (34, []), (35, ["first_sanction_after_conviction"])],
)
def test_age_at_first_sanction(first: int, codes: list[str]) -> None:
    """From birth to the conviction; the man is 34 then."""
    fields = "date_of_birth,conviction_date,first_sanction_age"
    for predictor in ("ogrs3", "snsv", "ogrs4g", "arp", "svrp"):
        assert issues(predictor, first_sanction_age=first) == [f"{c}:{fields}" for c in codes]


@pytest.mark.parametrize("age", [-1, 110])
def test_age_at_first_sanction_out_of_range(age: int) -> None:
    with pytest.raises(rb.InputErrorGroup, match="first_sanction_age must be"):
        case(first_sanction_age=age)


def born_before(conviction: dt.date, years: int, days: int = 0) -> dt.date:
    return conviction.replace(year=conviction.year - years) + dt.timedelta(days=days)


@pytest.mark.parametrize("predictor", ["ogrs3", "snsv", "ogrs4g", "ogrs4v"])
def test_the_youngest_before_2026_are_ten_at_conviction(predictor: str) -> None:
    ten = {"date_of_birth": born_before(MAN["conviction_date"], 10), "first_sanction_age": 9}
    nine = ten | {"date_of_birth": born_before(MAN["conviction_date"], 10, days=1)}
    assert issues(predictor, **ten) == []
    assert "age_at_conviction_out_of_range:date_of_birth,conviction_date" in issues(
        predictor, **nine
    )


def test_the_youngest_of_ovp_are_18_at_follow_up() -> None:
    eighteen = born_before(MAN["follow_up_date"], 18)
    assert issues("ovp", date_of_birth=eighteen) == []
    assert issues("ovp", date_of_birth=eighteen + dt.timedelta(days=1)) == [
        "age_at_follow_up_out_of_range:date_of_birth,follow_up_date,conviction_date"
    ]


@pytest.mark.parametrize("predictor", ["ogrs3", "ovp", "snsv", "arp", "vrp", "svrp"])
def test_the_oldest_are_109_at_follow_up(predictor: str) -> None:
    oldest = born_before(MAN["follow_up_date"], 110, days=1)
    assert issues(predictor, date_of_birth=oldest) == []
    code = "age_at_follow_up_out_of_range:date_of_birth,follow_up_date,conviction_date"
    assert code in issues(predictor, date_of_birth=oldest - dt.timedelta(days=1))


@pytest.mark.parametrize("predictor", ["arp", "vrp", "svrp"])
def test_conviction_at_most_three_months_after_assessment(predictor: str) -> None:
    """To the day: three calendar months, to the end of a shorter month."""
    code = ["conviction_after_assessment:conviction_date,assessment_date"]
    for assessed, convicted, found in (
        ("2022-03-01", "2022-06-01", []),
        ("2022-03-01", "2022-06-02", code),
        ("2022-02-28", "2022-05-28", []),
        ("2022-02-28", "2022-06-01", code),  # a day that comes earlier in its month
        ("2021-11-30", "2022-02-28", []),
        ("2021-11-30", "2022-03-01", code),
        ("2022-03-01", "2023-03-01", code),
    ):
        dates = {"conviction_date": convicted, "follow_up_date": "2024-01-01"}
        assert issues(predictor, assessment_date=assessed, **dates) == found
        assert issues("snsv", assessment_date=assessed, **dates) == []


def test_offence_free_months_count_up_to_36() -> None:
    counted = [
        score("ogrs4g", assessment_date=MAN["follow_up_date"] + dt.timedelta(days=days))
        .explain()
        .contributions
        for days in (-30, 0, 30, 36 * 31, 60 * 31)
    ]
    months = [
        dict(c.values)["offence_free_months"]
        for found in counted
        for c in found
        if c.factor == "offence-free months"
    ]
    assert months == [0, 0, 1, 36, 36]


# Ages and months in place of dates

AGES = {
    "date_of_birth": None,
    "age_at_conviction": 34,
    "age_at_follow_up": 34,
    "offence_free_months": 0,
}


@pytest.mark.parametrize("predictor", ["ogrs3", "ogp", "ovp", "snsv", "ogrs4g", "arp", "svrp"])
def test_ages_without_dates_give_the_same_score(predictor: str) -> None:
    none = dict.fromkeys(("conviction_date", "follow_up_date", "assessment_date"))
    assert score(predictor, **none, **AGES).probability == score(predictor).probability
    assert score(predictor, **AGES).probability == score(predictor).probability


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("age_at_conviction", 33, "date_of_birth,conviction_date,age_at_conviction"),
        ("age_at_follow_up", 35, "date_of_birth,follow_up_date,conviction_date,age_at_follow_up"),
        (
            "offence_free_months",
            1,
            "follow_up_date,conviction_date,assessment_date,offence_free_months",
        ),
    ],
)
def test_ages_that_contradict_the_dates(field: str, value: int, named: str) -> None:
    assert issues("snsv", **{field: value}) == [f"contradiction:{named}"]


def test_an_age_that_agrees_with_the_dates_is_no_contradiction() -> None:
    assert issues("snsv", age_at_conviction=34, age_at_follow_up=34, offence_free_months=0) == []


# Offences


@pytest.mark.parametrize(
    ("code", "predictor", "issue"),
    [
        ("99999", "ogrs3", "unknown_offence_code"),
        ("99999", "arp", "unknown_offence_code"),
        ("00000", "snsv", "offence_without_group"),
    ],
)
def test_offences_that_cannot_be_scored(code: str, predictor: str, issue: str) -> None:
    assert issues(predictor, offence_code=code) == [f"{issue}:offence_code"]


def test_offences_that_ogrs3_cannot_place() -> None:
    """Every code of the two groups is refused under that group's name; no group is guessed."""
    from oracle import groups

    seen = {"needs_exact_offence": 0, "unmapped": 0}
    for code, row in groups().items():
        if row["ogrs3_group"] in seen:
            seen[row["ogrs3_group"]] += 1
            if seen[row["ogrs3_group"]] > 5:
                continue
            found = score("ogrs3", offence_code=code)
            assert [i.fields for i in found.issues] == [("offence_code",)]
            assert row["ogrs3_group"] in found.issues[0].message
            assert score("ogrs3", offence_code=code, offence_group="robbery").ok
    assert min(seen.values()) > 0


def test_a_group_wins_over_the_code() -> None:
    given_group = score("ogrs3", offence_group="theft_non_motor")
    assert (
        given_group.probability
        == score("ogrs3", offence_code=None, offence_group="theft_non_motor").probability
    )
    assert given_group.probability != score("ogrs3").probability


def test_a_group_of_another_instrument() -> None:
    assert issues("ogrs3", offence_group="welfare_fraud") == ["unknown_offence_group:offence_group"]
    assert issues("snsv", offence_group="taking_and_driving_away") == [
        "unknown_offence_group:offence_group"
    ]


def test_violence_without_its_subgroup() -> None:
    """Enough where the five share one weight, not where the subgroup adds its own."""
    for predictor in ("ogrs3", "ogrs4g", "ogrs4v", "arp", "vrp"):
        assert issues(predictor, offence_group="violence") == []
    for predictor in ("snsv", "svrp", "rsr", "csrp"):
        assert issues(predictor, offence_group="violence") == [
            "violence_subgroup_needed:offence_group"
        ]


# Sexual reoffending


@pytest.mark.parametrize("predictor", OSP)
@pytest.mark.parametrize(
    "whom", [{"sex": "female"}, {"sexual_offence_history": False, "contact_adult_sanctions": 0}]
)
def test_not_applicable_is_a_result(predictor: str, whom: dict[str, Any]) -> None:
    found = score(predictor, **whom)
    assert found.ok
    assert set(found.probability.values()) == {0.0}
    assert set(found.percent.values()) == {0.0}
    assert found.points is None
    if found.bands is not None:
        assert found.band is rb.NOT_APPLICABLE
    assert found.explain().contributions == ()


@pytest.mark.parametrize("predictor", OSP)
def test_a_woman_is_not_applicable_whatever_else_is_missing(predictor: str) -> None:
    woman = rb.OASysAssessment(sex="female")
    assert getattr(rb, predictor).score(woman).ok


@pytest.mark.parametrize("predictor", OSP)
def test_a_woman_below_the_ages_of_the_points_is_not_applicable_either(predictor: str) -> None:
    child = {"sex": "female", "date_of_birth": dt.date(2015, 1, 1)}
    assert issues(predictor, **child) == []


def test_not_applicable_adds_nothing_to_the_sum() -> None:
    none = {"sexual_offence_history": False, "contact_adult_sanctions": 0}
    for sum_, part in (("rsr", "snsv"), ("csrp", "svrp")):
        found = score(sum_, **none)
        assert found.percent == {"2yr": found.components[part].percent["2yr"]}


@pytest.mark.parametrize("sex", ["male", "female"])
@pytest.mark.parametrize("sum_", ["rsr", "csrp"])
def test_the_sums_need_the_history_of_everyone(sum_: str, sex: str) -> None:
    assert "missing:sexual_offence_history" in issues(sum_, sex=sex, sexual_offence_history=None)


def test_a_history_that_contradicts_the_counts() -> None:
    counts = "contact_adult_sanctions,contact_child_sanctions,image_sanctions,non_contact_sanctions"
    for predictor in OSP:
        assert issues(predictor, sexual_offence_history=False) == [
            f"sexual_sanctions_without_history:sexual_offence_history,{counts}"
        ]
        assert issues(predictor, contact_adult_sanctions=0) == [
            f"history_without_sexual_sanctions:{counts}"
        ]
    for predictor in ("dc_srp", "iic_srp"):
        assert issues(predictor, sanctions=1, image_sanctions=1) == [
            f"sexual_sanctions_above_sanctions:{counts}"
        ]


#: Eight quiet years in the community, and 47 points.
QUIET = {
    "conviction_date": dt.date(2014, 1, 1),
    "follow_up_date": dt.date(2014, 1, 1),
    "contact_adult_sanctions": 3,
    "stranger_victim": True,
}


@pytest.mark.parametrize("predictor", ["osp_dc", "dc_srp"])
def test_five_quiet_years_lower_the_band_by_one(predictor: str) -> None:
    """Very high, high and medium each drop a level; low stays; the probability does not move."""
    for items, bands in (
        ({}, ("Very High", "High")),
        ({"contact_adult_sanctions": 1, "stranger_victim": False}, ("High", "Medium")),
        ({"contact_adult_sanctions": 1, "sanctions": 1}, ("High", "Medium")),
        (
            {"contact_adult_sanctions": 1, "sanctions": 1, "stranger_victim": False},
            ("Medium", "Low"),
        ),
    ):
        changes = QUIET | items
        lowered = score(predictor, **changes)
        kept = score(predictor, **changes, supervision_status="custody")
        assert (str(kept.band), str(lowered.band)) == bands
        assert (kept.reduced, lowered.reduced) == (False, True)
        assert kept.probability == lowered.probability
        assert kept.points == lowered.points
        assert score(predictor, **changes, supervision_status="remand").reduced
    low = {**QUIET, "stranger_victim": False, "contact_adult_sanctions": 1, "sanctions": 1}
    assert score(predictor, **low, date_of_birth=dt.date(1950, 1, 1)).reduced is False


@pytest.mark.parametrize(
    "field", ["last_offence_date", "last_sexual_offence_date", "follow_up_date"]
)
def test_each_date_must_lie_five_completed_years_back(field: str) -> None:
    assessed = MAN["assessment_date"]
    just, almost = assessed.replace(year=2017), assessed.replace(year=2017) + dt.timedelta(days=1)
    assert score("osp_dc", **(QUIET | {field: just})).reduced is True
    assert score("osp_dc", **(QUIET | {field: almost})).reduced is False


def test_dates_that_are_not_given_do_not_stop_the_reduction() -> None:
    none = {"last_offence_date": None, "last_sexual_offence_date": None}
    assert score("osp_dc", **QUIET, **none).reduced is True


def test_custody_is_asked_for_only_where_it_decides_the_band() -> None:
    assert issues("osp_dc", **QUIET, supervision_status=None) == ["missing:supervision_status"]
    assert issues("osp_dc", supervision_status=None) == []  # not five years since


def test_no_points_at_all_have_probability_zero() -> None:
    nothing = {
        "date_of_birth": dt.date(1950, 1, 1), "contact_adult_sanctions": 0, "image_sanctions": 1,
        "sanctions": 1, "last_sexual_offence_date": None, "first_sanction_age": 72,
    }  # fmt: skip
    found = score("osp_dc", **nothing)
    assert (found.points, found.probability["2yr"], found.percent["2yr"]) == (0, 0.0, 0.0)
    assert found.band == "Low"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(PREDICTORS), complete())
def test_scores_say_where_they_come_from(name: str, given_case: dict[str, Any]) -> None:
    predictor: rb.Predictor = getattr(rb, name)
    found = predictor.score(rb.OASysAssessment.from_dict(given_case), on_issue="return")
    assert found.predictor == name
    assert found.table == predictor.table
    assert found.version == rb.__version__
    plain = found.to_dict()
    assert plain["coefficient_table"] == {"id": found.table.id, "digest": found.table.digest}
    bands = found.bands
    assert plain["band_table"] == (
        None if bands is None else {"id": bands.id, "digest": bands.digest}
    )
    assert plain["form"] == found.form


# Cautions


def test_cautions_name_what_concerns_the_case() -> None:
    none = {
        "sexual_offence_history": False, "current_offence_sexually_motivated": False,
        "contact_adult_sanctions": 0,
    }  # fmt: skip
    for name in PREDICTORS:
        everyone = score(name, **none).cautions
        assert all("sexual offences" not in c for c in everyone)
        assert set(score(name).cautions) > set(everyone)
        assert any("sexual offences" in c for c in score(name).cautions)
        assert set(score(name, **none, sex="female").cautions) > set(everyone)


@pytest.mark.parametrize(
    ("told", "concerned"),
    [
        ({"non_contact_sanctions": 1}, True),
        ({"last_sexual_offence_date": dt.date(2010, 1, 1)}, True),
        ({"offence_group": "sexual_against_child", "offence_code": None}, True),
        ({"image_sanctions": 0}, False),
        ({"sexual_offence_history": False, "last_sexual_offence_date": "2010-01-01"}, False),
    ],
)
def test_a_sexual_offence_is_known_by_whatever_tells_of_it(
    told: dict[str, Any], concerned: bool
) -> None:
    """Also by a count or a date, where the history itself is not recorded."""
    silent = dict.fromkeys(
        (
            "sexual_offence_history", "current_offence_sexually_motivated",
            "contact_adult_sanctions", "contact_child_sanctions", "image_sanctions",
            "non_contact_sanctions", "last_sexual_offence_date",
        )
    )  # fmt: skip
    cautions = score("ogrs3", **{**silent, **told}).cautions
    assert any("sexual offences" in c for c in cautions) == concerned
