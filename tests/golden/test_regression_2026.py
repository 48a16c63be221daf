"""The OASys regression set of the 2026 predictors: 264 synthetic people, brief and extended.

The file may not be copied into this repository: it is read where it lies, beside a development
checkout, and its README says how its columns are called here.
"""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from vectors import as_columns

import riskbands as rb
from riskbands.vocabulary.offences import scheme

FILE = Path(__file__).parents[3] / "shared" / "golden" / "regression_2026.csv"

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="regression_2026.csv (../shared/golden) is not beside this checkout"
)

#: Predictor and form of each expected column.
EXPECTED = {
    "serious_violence_brief_predictions": ("svrp", "brief"),
    "serious_violence_extended_predictions": ("svrp", "extended"),
    "violence_brief_predictions": ("vrp", "brief"),
    "violence_extended_predictions": ("vrp", "extended"),
    "all_brief_predictions": ("arp", "brief"),
    "all_extended_predictions": ("arp", "extended"),
}
RENAMED = {
    "dob": "date_of_birth",
    "gender": "sex",
    "offence_code": "offence_code",
    "total_sanctions_count": "sanctions",
    "total_violent_sanctions": "violent_sanctions",
    "last_sanction_date": "conviction_date",
    "community_date": "follow_up_date",
    "two_point_two": "weapon",
    "three_point_four": "accommodation",
    "four_point_two": "unemployed",
    "six_point_four": "partner_relationship",
    "six_point_seven": "domestic_abuse",
    "six_point_eight": "relationship_status",
    "seven_point_two": "activities_encourage_offending",
    "eight_point_eight": "drug_motivation",
    "nine_point_one": "alcohol_use",
    "nine_point_two": "binge_drinking",
    "eleven_point_two": "impulsivity",
    "eleven_point_four": "temper_control",
    "twelve_point_one": "pro_criminal_attitudes",
    "benzodiazipines": "uses_benzodiazepines",
    "cannabis": "uses_cannabis",
    "crack_cocaine": "uses_crack_cocaine",
    "hallucinogens": "uses_hallucinogens",
    "heroin": "uses_heroin",
    "ketamine": "uses_ketamine",
    "methadone": "uses_methadone",
    "misused_prescribed": "uses_misused_prescription",
    "other_drugs": "uses_other_drugs",
    "other_opiate": "uses_other_opiate",
    "powder_cocaine": "uses_powder_cocaine",
    "solvents": "uses_solvents",
    "spice": "uses_spice",
    "steroids": "uses_steroids",
    "aggravated_burglary": "previous_aggravated_burglary",
    "arson": "previous_arson",
    "criminal_damage": "previous_criminal_damage",
    "firearms": "previous_firearms",
    "gbh": "previous_wounding_gbh",
    "homicide": "previous_homicide",
    "kidnap": "previous_kidnapping",
    "robbery": "previous_robbery",
    "weapons_not_firearms": "previous_weapon",
}
#: Columns without a field: ids, what first_sanction_age comes from, drugs no predictor reads.
OTHER = {"id", "first_sanction_date", "amphetamines", "ecstasy", "row_type"}


def completed_years(birth: str, later: str) -> int:
    a, b = dt.date.fromisoformat(birth), dt.date.fromisoformat(later)
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


@cache
def people() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))


def inputs(row: dict[str, str]) -> dict[str, Any]:
    assert set(row) == set(RENAMED) | OTHER | set(EXPECTED)
    found: dict[str, Any] = {RENAMED[k]: v for k, v in row.items() if k in RENAMED}
    found["assessment_date"] = "2025-10-03"
    found["first_sanction_age"] = completed_years(row["dob"], row["first_sanction_date"])
    return found


def retired(row: dict[str, str]) -> bool:
    """Whether the offence code is no longer in the list of codes."""
    return bool(scheme("actuarial-2026").table[int(row["offence_code"])] < 0)


def tolerance(row: dict[str, str]) -> float:
    """Sixty-six rows are printed to four decimals, with the noise of a binary number behind."""
    rounded = all(abs(float(row[c]) - round(float(row[c]), 4)) < 1e-12 for c in EXPECTED)
    return 6e-5 if rounded else 1e-6


def test_the_file_is_what_its_readme_says() -> None:
    assert len(people()) == 264
    assert sum(map(retired, people())) == 29
    assert sum(tolerance(row) > 1e-6 for row in people()) == 66


@pytest.mark.parametrize("column", EXPECTED)
def test_every_probability_of_a_single_case(column: str) -> None:
    name, form = cast("tuple[str, Any]", EXPECTED[column])
    predictor: rb.Predictor = getattr(rb, name)
    wrong = []
    for row in people():
        score = predictor.score(
            rb.OASysAssessment.from_dict(inputs(row)), form=form, on_issue="return"
        )
        if retired(row):
            assert [(i.code, i.fields) for i in score.issues] == [
                ("unknown_offence_code", ("offence_code",))
            ]
            continue
        assert score.form == form, (row["id"], score.issues)
        if abs(score.probability["2yr"] - float(row[column])) > tolerance(row):
            wrong.append((row["id"], row[column], score.probability["2yr"]))
    assert not wrong


@pytest.mark.parametrize("form", ["brief", "extended"])
def test_every_probability_of_a_cohort(form: Any) -> None:
    columns = as_columns(inputs(row) for row in people())
    found = rb.score_cohort(columns, ["arp", "vrp", "svrp"], form=form, probabilities=True)
    for column, (name, of_form) in EXPECTED.items():
        if of_form != form:
            continue
        for i, row in enumerate(people()):
            if retired(row):
                assert found[f"{name}_issues"][i] == "unknown_offence_code:offence_code"
            else:
                p = found[f"{name}_2yr_p"][i]
                assert abs(p - float(row[column])) <= tolerance(row), (row["id"], name)
