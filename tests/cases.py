"""Synthetic cases for properties: complete ones, and ones as untidy as extracts are."""

from __future__ import annotations

import csv
import datetime as dt
import random
from functools import cache
from importlib import resources
from typing import Any

from hypothesis import strategies as st

from riskbands.vocabulary.fields import Field, Kind, fields

#: The adult predictors with numbers of their own: not YOGRS, not Asset, which are for children.
PREDICTORS = (
    "ogrs3", "ogp", "ovp", "snsv", "osp_dc", "osp_iic", "rsr", "ogrs4g", "ogrs4v", "osp_c",
    "osp_i", "arp", "vrp", "svrp", "dc_srp", "iic_srp", "csrp",
)  # fmt: skip
YEARS = ("2025", "2026")
DRUGS = (
    "heroin", "methadone", "other_opiate", "crack_cocaine", "powder_cocaine",
    "misused_prescription", "benzodiazepines", "cannabis", "steroids", "ketamine", "spice",
    "hallucinogens", "solvents", "other_drugs",
)  # fmt: skip
PREVIOUS = tuple(name for name in fields() if name.startswith("previous_"))
LEVELS = tuple(name for name, f in fields().items() if f.kind is Kind.LEVEL)
FLAGS = (
    "weapon", "recognises_impact", "no_fixed_abode", "unemployed", "domestic_abuse",
    "psychiatric_treatment", *PREVIOUS,
)  # fmt: skip
DYNAMIC = (*LEVELS, *FLAGS, "relationship_status", "domestic_abuse_partner")
COUNTS = (
    "contact_adult_sanctions",
    "contact_child_sanctions",
    "image_sanctions",
    "non_contact_sanctions",
)


#: A man with a history, eight quiet years in the community, nothing missing, no drugs.
FULL: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": "1985-03-10",
    "conviction_date": "2013-06-01",
    "follow_up_date": "2014-01-15",
    "assessment_date": "2022-05-01",
    "offence_code": "00801",
    "sanctions": 9,
    "violent_sanctions": 2,
    "first_sanction_age": 17,
    "supervision_status": "community",
    "relationship_status": "living_together",
    "sexual_offence_history": "yes",
    "current_offence_sexually_motivated": "no",
    "contact_adult_sanctions": 3,
    "contact_child_sanctions": 1,
    "image_sanctions": 0,
    "non_contact_sanctions": 1,
    "last_sexual_offence_date": "2012-02-01",
    "last_offence_date": "2013-01-01",
    "stranger_victim": "yes",
} | {
    name: 1 if f.kind.value == "level" else "yes"
    for name, f in fields().items()
    if f.kind.value in ("level", "bool")
    and name not in ("sexual_offence_history", "current_offence_sexually_motivated")
    and not name.startswith("uses_")
} | {name: "no" for name in fields() if name.startswith("uses_")}  # fmt: skip


#: What the static predictors need of an adult.
ADULT: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": "1990-05-01",
    "conviction_date": "2023-11-02",
    "follow_up_date": "2023-11-02",
    "assessment_date": "2024-01-16",
    "offence_code": "00801",
    "sanctions": 4,
    "first_sanction_age": 17,
}


@cache
def codes() -> tuple[str, ...]:
    """Offence codes with a group in every scheme, one or a few of each group."""
    text = (resources.files("riskbands") / "data" / "offences.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, ...], list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        groups = tuple(row[c] for c in ("ogrs3_group", *(f"actuarial_group_{y}" for y in YEARS)))
        if all(groups) and groups[0] not in ("needs_exact_offence", "unmapped"):
            found.setdefault(groups, []).append(row["code"])
    return tuple(code for listed in found.values() for code in listed[:2])


def after(start: dt.date, years: int, days: int) -> dt.date:
    """A day some years and days later; 29 February becomes 1 March."""
    day = start.replace(day=1) if (start.month, start.day) == (2, 29) else start
    later = day.replace(year=start.year + years)
    extra = 29 if day is not start else 0
    return later + dt.timedelta(days=days + extra)


@st.composite
def complete(draw: st.DrawFn, youngest: int = 10, incomplete: bool = True) -> dict[str, Any]:
    """A consistent case with every field that any predictor reads.

    Args:
        draw: Hypothesis's.
        youngest: Least age at conviction.
        incomplete: Whether some dynamic items may be missing, so that the brief form is taken.
    """
    born = draw(st.dates(dt.date(1925, 1, 1), dt.date(2005, 12, 31)))
    conviction = after(born, draw(st.integers(youngest, 85)), draw(st.integers(1, 360)))
    start = conviction + dt.timedelta(days=draw(st.integers(0, 2500)))
    assessed = conviction + dt.timedelta(days=draw(st.integers(-80, 5000)))
    age = (
        conviction.year - born.year - ((conviction.month, conviction.day) < (born.month, born.day))
    )
    sanctions = draw(st.one_of(st.integers(1, 6), st.integers(1, 60), st.integers(1, 999)))
    history = draw(st.booleans())
    counts = [0, 0, 0, 0]
    if history:
        left = sanctions
        for i in draw(st.permutations(range(4))):
            counts[i] = draw(st.integers(0, min(left, 4)))
            left -= counts[i]
        if not any(counts):
            counts[draw(st.integers(0, 3))] = 1
    case: dict[str, Any] = {
        "sex": draw(st.sampled_from(["male", "female"])),
        "date_of_birth": born,
        "conviction_date": conviction,
        "follow_up_date": start,
        "assessment_date": assessed,
        "offence_code": draw(st.sampled_from(codes())),
        "sanctions": sanctions,
        "violent_sanctions": draw(st.integers(0, min(sanctions, 25))),
        "first_sanction_age": draw(st.integers(min(age, 8), age)),
        "supervision_status": draw(st.sampled_from(["custody", "community", "remand"])),
        "sexual_offence_history": history,
        "current_offence_sexually_motivated": draw(st.booleans()) and history,
        "last_sexual_offence_date": after(
            born, draw(st.integers(0, max(age - 1, 0))), draw(st.integers(1, 360))
        ),
        "last_offence_date": conviction - dt.timedelta(days=draw(st.integers(0, 4000))),
        "stranger_victim": draw(st.booleans()),
    } | dict(zip(COUNTS, counts, strict=True))
    levels = draw(st.tuples(*[st.integers(0, 2)] * len(LEVELS)))
    flags = draw(st.tuples(*[st.booleans()] * len(FLAGS)))
    drugs = draw(st.tuples(*[st.booleans()] * len(DRUGS)))
    case |= dict(zip(LEVELS, levels, strict=True)) | dict(zip(FLAGS, flags, strict=True))
    case |= {f"uses_{drug}": flag for drug, flag in zip(DRUGS, drugs, strict=True)}
    case["relationship_status"] = draw(st.sampled_from(fields()["relationship_status"].values))
    case["domestic_abuse_partner"] = draw(st.booleans())
    if incomplete:
        for name in draw(st.sets(st.sampled_from(DYNAMIC), max_size=2)):
            if name != "drug_motivation" or not any(drugs):
                del case[name]
    return case


MISSING = (None, "", "NA", float("nan"), "not known")
MALFORMED = ("maybe", "2024-13-01", "1.5x", 0.5)


def readings(f: Field, value: Any) -> tuple[Any, ...]:
    """Some of the forms in which a value arrives."""
    match f.kind:
        case Kind.BOOL:
            words = ("yes", "Y", "true", 1, "1") if value else ("no", "N", "false", 0, "0")
            return (value, *words)
        case Kind.LEVEL | Kind.INT:
            return (value, str(value), float(value), f" {value} ")
        case Kind.DATE:
            return (value, value.isoformat(), f"{value.isoformat()}T00:00:00")
        case Kind.ENUM:
            short = {"male": "M", "female": "f"}.get(value, value)
            return (value, value.upper(), short)
        case _:
            return (value,)


def some_value(f: Field, rng: random.Random) -> Any:
    """Any value that a field may hold."""
    match f.kind:
        case Kind.BOOL:
            return rng.random() < 0.5
        case Kind.LEVEL:
            return rng.randrange(3)
        case Kind.INT:
            assert f.low is not None
            assert f.high is not None
            return rng.choice([f.low, f.high, rng.randint(f.low, f.high), f.low + 2])
        case Kind.DATE:
            return dt.date(rng.randint(1930, 2026), rng.randint(1, 12), rng.randint(1, 28))
        case Kind.ENUM:
            return rng.choice(f.values)
        case Kind.OFFENCE_CODE:
            return rng.choice([*codes(), "00000", "99999", "00106"])
        case _:
            return rng.choice(["violence", "burglary_domestic", "drunkenness", "robbery"])


def untidy(seed: int) -> dict[str, Any]:
    """A case as extracts are: forms mixed, values missing, malformed, contradictory."""
    rng = random.Random(seed)
    born = dt.date(rng.randint(1930, 2012), rng.randint(1, 12), rng.randint(1, 28))
    conviction = after(born, rng.randint(8, 70), rng.randint(0, 364))
    start = conviction + dt.timedelta(days=rng.randint(-20, 2000))
    sanctions = rng.choice([1, 2, 3, 10, 40, 998, 999, 1000, 1023])
    case: dict[str, Any] = {
        "date_of_birth": born,
        "conviction_date": conviction,
        "follow_up_date": start,
        "assessment_date": start + dt.timedelta(days=rng.randint(-200, 3000)),
        "sanctions": sanctions,
        "violent_sanctions": rng.randint(0, min(sanctions, 20)),
        "first_sanction_age": rng.randint(8, 20),
        "last_sexual_offence_date": conviction - dt.timedelta(days=rng.randint(0, 4000)),
        "last_offence_date": conviction - dt.timedelta(days=rng.randint(0, 4000)),
    } | dict.fromkeys(COUNTS, 0)
    if rng.random() < 0.5:
        case[rng.choice(COUNTS)] = rng.randint(0, 3)
    untouched = ("case_id", "offence_group", "age_at_conviction", "age_at_follow_up")
    for name, f in fields().items():
        if name in case or name in untouched:
            continue
        if name in ("offence_free_months", "age_at_last_sexual_offence"):
            continue
        case[name] = some_value(f, rng)
    if rng.random() < 0.2:
        case["offence_group"] = some_value(fields()["offence_group"], rng)
    if rng.random() < 0.2:  # ages in place of dates, or beside them
        case["age_at_conviction"] = rng.randint(10, 40)
        case["age_at_follow_up"] = rng.randint(10, 40)
        case["offence_free_months"] = rng.randint(0, 60)
        case["age_at_last_sexual_offence"] = rng.randint(0, 40)
        if rng.random() < 0.7:
            del case["date_of_birth"], case["follow_up_date"]
    raw = {
        name: rng.choice(readings(fields()[name], value))
        for name, value in case.items()
        if rng.random() > 0.01
    }
    for name in list(raw):
        if rng.random() < 0.02:
            raw[name] = rng.choice([*MISSING, *MALFORMED, -1, 10**6, "1700-01-01"])
    return raw
