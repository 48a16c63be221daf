"""Suggestions for other people's column names."""

from __future__ import annotations

from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from framecases import expected, relation, tidy

import riskbands as rb
from riskbands.vocabulary.fields import all_fields, fields


@pytest.mark.parametrize(
    ("label", "field", "reason"),
    [
        ("DOB", "date_of_birth", "a usual name"),
        ("Date of Birth", "date_of_birth", "the same name"),
        ("dateOfBirth", "date_of_birth", "the same name"),
        ("BIRTH_DATE", "date_of_birth", "a usual name"),
        ("gender", "sex", "its HMPPS API name"),
        ("convDate", "conviction_date", "the same words"),
        ("Date of conviction", "conviction_date", "the same words"),
        ("dt_conviction", "conviction_date", "the same words"),
        ("dateOfCurrentConviction", "conviction_date", "its HMPPS API name"),
        ("dateAtStartOfFollowup", "follow_up_date", "its HMPPS API name"),
        ("followup_dt", "follow_up_date", "the same words"),
        ("HO code", "offence_code", "a usual name"),
        ("currentOffenceCode", "offence_code", "its HMPPS API name"),
        ("off_code", "offence_code", "the same words"),
        ("NumSanctions", "sanctions", "the same words"),
        ("number_of_violent_sanctions", "violent_sanctions", "the same words"),
        ("age_at_first_sanction", "first_sanction_age", "its HMPPS API name"),
        ("assessment_dt", "assessment_date", "the same words"),
        ("oasys_11_4", "temper_control", "OASys item 11.4"),
        ("q9.2", "binge_drinking", "OASys item 9.2"),
        ("7.2", "activities_encourage_offending", "OASys item 7.2"),
        ("conviction_datte", "conviction_date", "nearly the same name"),
        ("asset_lifestyl", "asset_lifestyle", "nearly the same name"),
    ],
)
def test_one_name(label: str, field: str, reason: str) -> None:
    found = rb.suggest_columns([label])
    assert dict(found) == {label: found[label]}
    assert (found[label].field, found[label].reason) == (field, reason)
    assert found.rename == {label: field}


@pytest.mark.parametrize(
    "label",
    [
        "notes",
        "id",
        "age",
        "date",
        "score",
        "ogrs3_2yr",
        "6.7",
        "1.2",
        "previousConvictions",
        "first_sanction_date",
        "",
        "é",
    ],
)
def test_names_that_say_too_little(label: str) -> None:
    assert dict(rb.suggest_columns([label])) == {}


def test_every_name_of_the_api_that_belongs_to_one_field_is_known() -> None:
    names = [f.hmpps_name for f in fields().values() if f.hmpps_name]
    for f in fields().values():
        if f.hmpps_name and names.count(f.hmpps_name) == 1 and f.hmpps_name not in all_fields():
            assert rb.suggest_columns([f.hmpps_name]).rename == {f.hmpps_name: f.name}


def test_every_field_in_capitals_and_in_camel_case() -> None:
    for name, f in all_fields().items():
        if f.scored:
            camel = "".join(word.title() for word in name.split("_"))
            for label in (name.upper(), camel, name.replace("_", " ")):
                if label not in all_fields():
                    assert rb.suggest_columns([label]).rename == {label: name}


def test_what_is_there_already_is_not_suggested() -> None:
    assert dict(rb.suggest_columns(["sex", "gender", "date_of_birth"])) == {}


def test_two_columns_that_could_be_one_field() -> None:
    found = rb.suggest_columns(["convDate", "dt_conviction", "DOB"])
    assert found.rename == {"DOB": "date_of_birth"}
    assert found.unclear == {"conviction_date": ("convDate", "dt_conviction")}
    assert "convDate, dt_conviction: each could be conviction_date; choose one" in str(found)
    surer = rb.suggest_columns(["convDate", "Conviction Date"])
    assert surer.rename == {"Conviction Date": "conviction_date"}


@pytest.mark.parametrize(
    "kind", [dict, pd.DataFrame, pl.DataFrame, pl.LazyFrame, pa.table, relation]
)
def test_of_any_table_and_then_scored(kind: Any) -> None:
    columns = tidy()
    theirs = {
        "DOB": columns.pop("date_of_birth"),
        "gender": columns.pop("sex"),
        "convDate": columns.pop("conviction_date"),
        **columns,
    }
    table = kind(theirs)
    found = rb.suggest_columns(table)
    assert found.rename == {"DOB": "date_of_birth", "gender": "sex", "convDate": "conviction_date"}
    assert expected(theirs, rename=found.rename) == expected(tidy())


def test_nothing_to_suggest() -> None:
    assert str(rb.suggest_columns({})) == "no suggestions"
    assert len(rb.suggest_columns(pd.DataFrame({0: [1], ("a", "b"): [2]}))) == 0


PLAUSIBLE = {
    "Sentence Date": "conviction_date",
    "Release Date": "follow_up_date",
    "Community Start Date": "follow_up_date",
    "Assessment Completed": "assessment_date",
    "gender_code": "sex",
    "Supervision": "supervision_status",
    "2.2 Weapon": "weapon",
    "Date Sentenced": "conviction_date",
    "sentence_dt": "conviction_date",
    "Assessment Date": "assessment_date",
    "DateOfBirth": "date_of_birth",
    "D.O.B.": "date_of_birth",
    "Offender DOB": "date_of_birth",
    "Sex": "sex",
    "Gender": "sex",
    "Offence Code": "offence_code",
    "Home Office Offence Code": "offence_code",
    "HO_Code": "offence_code",
    "Index Offence Code": "offence_code",
    "Total Sanctions": "sanctions",
    "Number of sanctions": "sanctions",
    "No. of sanctions": "sanctions",
    "Violent Sanctions": "violent_sanctions",
    "num violent sanctions": "violent_sanctions",
    "Age at first sanction": "first_sanction_age",
    "First Sanction Age": "first_sanction_age",
    "Age First Sanctioned": "first_sanction_age",
    "Date of release": "follow_up_date",
    "Start of follow up": "follow_up_date",
    "date at risk": "follow_up_date",
    "Supervision Status": "supervision_status",
    "3.4 Suitability of accommodation": "accommodation",
    "11.2 Impulsivity": "impulsivity",
    "Q11.4": "temper_control",
    "9.1 Alcohol": "alcohol_use",
    "Temper control": "temper_control",
    "Pro-criminal attitudes": "pro_criminal_attitudes",
    "Unemployed": "unemployed",
    "Convicted On": "conviction_date",
    "conviction dt": "conviction_date",
    "Assessed On": "assessment_date",
    "is_unemployed": "unemployed",
    "Binge Drinking": "binge_drinking",
    "Weapon Used": "weapon",
    "Stranger Victim": "stranger_victim",
    "Sexual Offence History": "sexual_offence_history",
}
OTHERS = [
    "Previous Sanctions", "Prior sanctions", "Age", "Age at first conviction",
    "Age at first contact", "Offence", "Offence Date", "Date", "Order Start Date",
    "Sentence Length", "Sentence Type", "Release Type", "Earliest Release Date", "Victim Gender",
    "Partner DOB", "Assessor Name", "Victim date of birth", "Assessment Type", "Assessment ID",
    "Previous Assessment Date", "Last Release Date", "Next review date", "Recall date",
    "Sentence Expiry Date", "Date of first conviction", "Non-violent sanctions",
    "Violent offences", "Gender identity", "Supervision Start Date", "Supervision Officer",
    "Community Order", "Weapon type", "Follow up", "11", "Sanctions imposed date",
    "Previous Violent Sanctions", "Release Address", "Community End Date", "Planned Release Date",
    "Expected Release Date", "Projected release date", "Initial Assessment Date", "Sanction Date",
    "Conviction", "Sentence End Date", "Risk Assessment Completed By", "Youth Sanctions",
    "gender of victim", "code", "Parole Eligibility Date", "Conditional Release Date",
]  # fmt: skip


@pytest.mark.parametrize("label", PLAUSIBLE)
def test_plausible_names_are_known(label: str) -> None:
    found = rb.suggest_columns([label]).rename
    field = PLAUSIBLE[label]
    assert found == {label: field} or label == field


@pytest.mark.parametrize("label", OTHERS)
def test_names_of_something_else_are_not_taken(label: str) -> None:
    """A wrong suggestion scores somebody by somebody else's date."""
    assert len(rb.suggest_columns([label])) == 0


def test_two_starts_of_follow_up_are_for_someone_to_choose() -> None:
    found = rb.suggest_columns(["Release Date", "Community Start Date", "DOB"])
    assert found.rename == {"DOB": "date_of_birth"}
    assert found.unclear == {"follow_up_date": ("Release Date", "Community Start Date")}
