"""The example cohort is what its script makes, right where it should be and wrong where it says."""

from __future__ import annotations

import csv
import datetime as dt
import runpy
import subprocess
import sys
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from riskbands.vocabulary.offences import OFFENCE_SCHEMES, describe, parse_code, scheme

ROOT = Path(__file__).parents[1]
COHORT = ROOT / "examples" / "cohort.csv"
SCRIPT = ROOT / "scripts" / "make_cohort.py"
SEXUAL = [f"{n}_sanctions" for n in ("contact_adult", "contact_child", "image", "non_contact")]
YES, NO = {"yes", "Y", "1"}, {"no", "N", "0"}

Row = dict[str, str]


@cache
def made() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


@cache
def rows() -> list[Row]:
    return list(csv.DictReader(COHORT.read_text(encoding="utf-8").splitlines()))


@cache
def faults() -> dict[str, str]:
    found: dict[str, str] = made()["make_cohort"]()[1]
    return found


@cache
def vocabulary() -> dict[str, Row]:
    text = (resources.files("riskbands") / "data" / "fields.csv").read_text(encoding="utf-8")
    return {row["field"]: row for row in csv.DictReader(text.splitlines())}


def clean() -> list[Row]:
    return [row for row in rows() if row["case_id"] not in faults()]


def date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def problems(row: Row) -> set[str]:
    """What is wrong with a row, found by rules written here, not by the library."""
    wrong = {name for name, text in row.items() if text and not readable(name, text)}
    if wrong:
        return wrong
    born, convicted, assessed, follow_up, last_sexual, last = (
        date(row[name])
        for name in (
            "date_of_birth", "conviction_date", "assessment_date", "follow_up_date",
            "last_sexual_offence_date", "last_offence_date",
        )
    )  # fmt: skip
    dated = not row["age_at_conviction"]
    required = ["sex", "sanctions", "violent_sanctions", "first_sanction_age"]
    required += ["sexual_offence_history"]
    if dated:
        required += ["date_of_birth", "conviction_date", "assessment_date"]
    wrong |= {name for name in required if not row[name]}
    if bool(row["offence_code"]) == bool(row["offence_group"]):
        wrong.add("one of offence_code and offence_group")
    if wrong:
        return wrong

    if dated:
        assert born
        assert convicted
        assert assessed
        age = (
            convicted.year - born.year - ((convicted.month, convicted.day) < (born.month, born.day))
        )
        if convicted > assessed:
            wrong.add("convicted after the assessment")
        if follow_up and follow_up < convicted:
            wrong.add("follow-up before the conviction")
        if any(day and not born < day <= convicted for day in (last, last_sexual)):
            wrong.add("offence outside birth to conviction")
    else:
        age = int(row["age_at_conviction"])
    if not 10 <= int(row["first_sanction_age"]) <= age:
        wrong.add("age at first sanction")
    sanctions, violent = int(row["sanctions"]), int(row["violent_sanctions"])
    if sanctions < 1 or not 0 <= violent <= sanctions:
        wrong.add("sanctions")
    if any(row[n] in YES for n in row if n.startswith("uses_")) and not row["drug_motivation"]:
        wrong.add("drug_motivation")
    sexual = sum(int(row[name] or 0) for name in SEXUAL)
    if (row["sexual_offence_history"] in YES) != (sexual > 0) or sexual > sanctions:
        wrong.add("sexual sanctions")
    return wrong


def readable(name: str, text: str) -> bool:
    """Whether a value is in one of the forms the vocabulary allows."""
    field = vocabulary()[name]
    match field["kind"]:
        case "date":
            try:
                return dt.date.fromisoformat(text).isoformat() == text
            except ValueError:
                return False
        case "bool":
            return text in YES | NO
        case "level":
            return text in {"0", "1", "2"}
        case "int":
            return text.isdecimal() and int(field["low"]) <= int(text) <= int(field["high"])
        case "enum":
            aliases = {pair.split("=")[0] for pair in field["aliases"].split()}
            return text.lower() in set(field["values"].split()) | aliases
        case "offence_code":
            return len(text) == 5 and all(scheme(s).table[int(text)] >= 0 for s in OFFENCE_SCHEMES)
        case "offence_group":
            return text in scheme("ogrs3").groups and text in scheme("actuarial-2026").groups
    return True


def test_a_rerun_gives_the_same_file(tmp_path: Path) -> None:
    again = tmp_path / "cohort.csv"
    subprocess.run([sys.executable, str(SCRIPT), "--output", str(again)], check=True)
    assert again.read_bytes() == COHORT.read_bytes()


def test_columns_are_the_vocabulary_in_its_order() -> None:
    assert list(rows()[0]) == list(vocabulary())
    assert len(rows()) == len({row["case_id"] for row in rows()}) == 1000


def test_a_row_is_wrong_exactly_where_the_script_says() -> None:
    assert {row["case_id"] for row in rows() if problems(row)} == set(faults())


def test_eight_in_a_hundred_rows_are_wrong_in_every_way_there_is() -> None:
    times = Counter(faults().values())
    assert sum(times.values()) == 80
    assert set(times) == set(made()["FAULTS"])
    assert min(times.values()) >= 2


def test_the_faults_can_be_listed_without_writing(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPT), "--faults", "--output", str(tmp_path / "none.csv")]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [tuple(line.split("  ")) for line in lines] == list(faults().items())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        ("men", 0.85, 0.90),
        ("first sanction", 0.15, 0.28),
        ("sexual history", 0.04, 0.12),
        ("under 18 at assessment", 0.005, 0.03),
        ("ages instead of dates", 0.02, 0.05),
        ("no full assessment", 0.08, 0.15),
    ],
)
def test_shares_look_like_a_caseload(share: str, low: float, high: float) -> None:
    def young(row: Row) -> bool:
        born, assessed = date(row["date_of_birth"]), date(row["assessment_date"])
        return bool(born and assessed and (assessed - born).days < 18 * 365.25)

    rule = {
        "men": lambda row: row["sex"] in {"male", "M"},
        "first sanction": lambda row: row["sanctions"] == "1",
        "sexual history": lambda row: row["sexual_offence_history"] in YES,
        "under 18 at assessment": young,
        "ages instead of dates": lambda row: bool(row["age_at_conviction"]),
        "no full assessment": lambda row: not row["impulsivity"],
    }[share]
    sample = clean()
    assert low < sum(map(rule, sample)) / len(sample) < high


def test_sanctions_are_skewed_to_the_right() -> None:
    counts = sorted(int(row["sanctions"]) for row in clean())
    mean, median = sum(counts) / len(counts), counts[len(counts) // 2]
    assert mean > 1.5 * median
    assert counts[-1] > 50


def test_oasys_items_go_together() -> None:
    """Two items drawn from one level of need agree more often than chance would have it."""
    pairs = [
        (row["accommodation"], row["pro_criminal_attitudes"])
        for row in clean()
        if row["accommodation"] and row["pro_criminal_attitudes"]
    ]
    agree = sum(a == b for a, b in pairs) / len(pairs)
    one, other = (Counter(pair[i] for pair in pairs) for i in (0, 1))
    by_chance = sum(one[level] * other[level] for level in "012") / len(pairs) ** 2
    assert agree > by_chance + 0.03


def test_offences_count_as_violent_where_the_list_of_codes_says_so() -> None:
    for kind in made()["OFFENCES"].values():
        assert {describe(code).violent_sanction_2026 for code in kind.codes} == {kind.violent}
    for row in clean():
        if row["offence_code"] and describe(row["offence_code"]).violent_sanction_2026:
            assert int(row["violent_sanctions"]) >= 1


def test_most_groups_occur() -> None:
    codes = [parse_code(row["offence_code"]) for row in clean() if row["offence_code"]]
    for name in OFFENCE_SCHEMES:
        assert len(set(scheme(name).table[codes].tolist())) >= len(scheme(name).groups) - 2


def test_answers_come_in_the_forms_that_systems_write() -> None:
    assert {row["sex"] for row in clean()} == {"male", "female", "M", "F"}
    assert {row["weapon"] for row in clean()} == {"", *YES, *NO}
    assert {row["relationship_status"] for row in clean()} >= {"1", "2", "3", "living_together"}
