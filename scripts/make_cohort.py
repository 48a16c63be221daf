"""Make examples/cohort.csv: 1,000 synthetic people, no row taken from a person.

The same seed gives the same file, byte for byte, on every platform and NumPy version: uniform
numbers are all that is drawn from the generator, and everything is made of them by comparison
and whole-number arithmetic. The shares below are invented to look like a caseload; they are no
statistics.

Run ``python scripts/make_cohort.py`` to write the file again, with ``--faults`` to list the rows
that are wrong on purpose.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

COHORT = Path(__file__).parents[1] / "examples" / "cohort.csv"
SEED = 20_250_116
PEOPLE = 1_000
FAULTY = 80

T = TypeVar("T")
Value: TypeAlias = "str | int | bool | dt.date | None"
Person: TypeAlias = "dict[str, Value]"
Row: TypeAlias = "dict[str, str]"


class Draw:
    """Random choices, each made of one uniform number."""

    def __init__(self, seed: int) -> None:
        self._uniform = np.random.default_rng(seed).random

    def chance(self, probability: float) -> bool:
        return bool(self._uniform() < probability)

    def pick(self, shares: Mapping[T, float]) -> T:
        """One of the keys, by their shares."""
        left = self._uniform() * sum(shares.values())
        for key, share in shares.items():
            left -= share
            if left < 0:
                return key
        return list(shares)[-1]

    def one_of(self, options: tuple[T, ...]) -> T:
        return options[int(self._uniform() * len(options))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._uniform() * (high - low + 1))

    def span(self, shares: Mapping[tuple[int, int], float]) -> int:
        """A whole number from one of the ranges, by their shares."""
        return self.whole(*self.pick(shares))

    def order(self, n: int) -> list[int]:
        """The numbers below ``n``, shuffled."""
        keys = [self._uniform() for _ in range(n)]
        return sorted(range(n), key=keys.__getitem__)


# --- who, and what they did -------------------------------------------------------------------


class OffenceKind(NamedTuple):
    """A kind of offence: share among men and women, codes, whether it counts as violent."""

    men: float
    women: float
    codes: tuple[str, ...]
    violent: bool = False
    sexual: str = ""


OFFENCES = {
    "shop theft": OffenceKind(13, 26, ("04600",)),
    "other theft": OffenceKind(4, 7, ("04910", "03900", "04000")),
    "vehicle theft": OffenceKind(4, 1, ("04801", "04510", "13001")),
    "domestic burglary": OffenceKind(6, 2, ("02801", "02802")),
    "other burglary": OffenceKind(4, 2, ("03001", "03002")),
    "robbery": OffenceKind(4, 2, ("03401", "03402"), violent=True),
    "handling": OffenceKind(1, 1, ("05401",)),
    "fraud": OffenceKind(3, 8, ("05301", "05310", "05333")),
    "common assault": OffenceKind(9, 12, ("10501", "10401", "10405"), violent=True),
    "actual bodily harm": OffenceKind(8, 6, ("00806",), violent=True),
    "grievous bodily harm": OffenceKind(5, 3, ("00801", "00501"), violent=True),
    "homicide": OffenceKind(0.6, 0.4, ("00100", "00401"), violent=True),
    "harassment": OffenceKind(3, 2, ("00843", "00855"), violent=True),
    "blade or weapon": OffenceKind(3, 1.5, ("00826", "00827"), violent=True),
    "firearm": OffenceKind(0.6, 0.1, ("08104", "08103"), violent=True),
    "public order": OffenceKind(5, 6, ("12511", "12509", "06600"), violent=True),
    "drunkenness": OffenceKind(1, 1, ("14001",), violent=True),
    "criminal damage": OffenceKind(3, 3, ("14900", "05801", "05601"), violent=True),
    "drug possession": OffenceKind(4, 3, ("09253", "09281", "09270")),
    "drug supply": OffenceKind(5, 3, ("09262", "09265")),
    "drug production": OffenceKind(1.5, 0.5, ("09219", "09220")),
    "drink driving": OffenceKind(4, 4, ("80301", "80302")),
    "motoring": OffenceKind(5, 2, ("80401", "80200", "80702")),
    "bail": OffenceKind(1.5, 2, ("08301", "08302")),
    "sexual, adult": OffenceKind(1.6, 0.1, ("01908", "01712"), sexual="contact_adult"),
    "sexual, child": OffenceKind(1.8, 0.2, ("01716", "02208"), sexual="contact_child"),
    "indecent images": OffenceKind(1.4, 0.05, ("08610",), sexual="image"),
    "exposure": OffenceKind(0.4, 0.02, ("13900",), sexual="non_contact"),
    "other": OffenceKind(2, 3, ("09906", "06300")),
}

AGE = {
    (16, 17): 1.5, (18, 20): 9.0, (21, 24): 14.0, (25, 29): 19.0, (30, 34): 18.0, (35, 39): 14.0,
    (40, 49): 15.0, (50, 59): 6.5, (60, 80): 3.0,
}  # fmt: skip
SANCTIONS = {
    (1, 1): 20.0, (2, 2): 12.0, (3, 3): 9.0, (4, 5): 13.0, (6, 8): 13.0, (9, 14): 13.0,
    (15, 24): 11.0, (25, 49): 7.5, (50, 90): 1.5,
}  # fmt: skip
FIRST_AGE = {
    (10, 11): 3.0, (12, 13): 12.0, (14, 15): 22.0, (16, 17): 21.0, (18, 20): 18.0,
    (21, 25): 12.0, (26, 35): 8.0, (36, 60): 4.0,
}  # fmt: skip
DAYS_SINCE_FOLLOW_UP = {(1, 60): 40.0, (61, 270): 30.0, (271, 600): 20.0, (601, 1300): 10.0}
DAYS_IN_CUSTODY = {(30, 180): 40.0, (181, 720): 40.0, (721, 2400): 20.0}
DAYS_TO_RELEASE = {(5, 90): 40.0, (91, 400): 40.0, (401, 1500): 20.0}
FIRST_ASSESSMENT, LAST_ASSESSMENT = dt.date(2022, 1, 1), dt.date(2025, 12, 31)


def years(earlier: dt.date, later: dt.date) -> int:
    """Completed years, by plain comparison of calendar dates."""
    return later.year - earlier.year - ((later.month, later.day) < (earlier.month, earlier.day))


def months(earlier: dt.date, later: dt.date) -> int:
    """Completed months, by plain comparison of calendar dates."""
    apart = 12 * (later.year - earlier.year) + later.month - earlier.month
    return apart - (later.day < earlier.day)


def days_before(date: dt.date, days: int) -> dt.date:
    return date - dt.timedelta(days=days)


def chronology(draw: Draw) -> Person:
    """Birth, conviction, start of follow-up and assessment, in a possible order."""
    assessed = dt.date.fromordinal(
        draw.whole(FIRST_ASSESSMENT.toordinal(), LAST_ASSESSMENT.toordinal())
    )
    born = days_before(assessed, draw.span(AGE) * 1461 // 4 + draw.whole(1, 364))
    status = draw.pick({"community": 68.0, "custody": 27.0, "remand": 5.0})
    follow_up: dt.date | None
    if status == "community":
        follow_up = days_before(assessed, draw.span(DAYS_SINCE_FOLLOW_UP))
        convicted = days_before(follow_up, draw.pick({0: 7.0, 1: 1.0, 7: 1.0, 21: 1.0}))
    elif status == "custody":
        convicted = days_before(assessed, draw.span(DAYS_IN_CUSTODY))
        release = dt.timedelta(days=draw.span(DAYS_TO_RELEASE))
        follow_up = assessed + release if draw.chance(0.85) else None
    else:
        convicted, follow_up = days_before(assessed, draw.whole(0, 30)), None
    eleventh_birthday = born + dt.timedelta(days=11 * 366)
    return {
        "date_of_birth": born,
        "assessment_date": assessed,
        "conviction_date": max(convicted, eleventh_birthday),
        "follow_up_date": follow_up and max(follow_up, eleventh_birthday),
        "supervision_status": status,
    }


def history(draw: Draw, age: int, offence: OffenceKind) -> Person:
    """Sanctions, of which violent, and the age at the first, for this age at conviction."""
    sanctions = min(draw.span(SANCTIONS), 1 + 3 * (age - 10))
    # The longer the list, the earlier it must have begun.
    begun = max(10, min(draw.span(FIRST_AGE), age - sanctions // 5))
    liking = draw.pick({0.05: 3.0, 0.2: 4.0, 0.4: 3.0})
    earlier = sum(draw.chance(liking) for _ in range(sanctions - 1))
    return {
        "sanctions": sanctions,
        "violent_sanctions": earlier + offence.violent,
        "first_sanction_age": age if sanctions == 1 else begun,
    }


# --- the OASys layer --------------------------------------------------------------------------

NEED = {"low": {0: 75.0, 1: 20.0, 2: 5.0}, "some": {0: 40.0, 1: 42.0, 2: 18.0},
        "high": {0: 15.0, 1: 40.0, 2: 45.0}}  # fmt: skip
NEED_BY_SANCTIONS = (
    (2, {"low": 60.0, "some": 30.0, "high": 10.0}),
    (9, {"low": 30.0, "some": 45.0, "high": 25.0}),
    (999, {"low": 12.0, "some": 40.0, "high": 48.0}),
)
DRUG_USE = {"low": 0.12, "some": 0.42, "high": 0.75}
DRUGS = {
    "uses_heroin": 0.28, "uses_methadone": 0.12, "uses_other_opiate": 0.06,
    "uses_crack_cocaine": 0.3, "uses_powder_cocaine": 0.25, "uses_misused_prescription": 0.08,
    "uses_benzodiazepines": 0.1, "uses_cannabis": 0.6, "uses_steroids": 0.02,
    "uses_ketamine": 0.04, "uses_spice": 0.08, "uses_hallucinogens": 0.02,
    "uses_solvents": 0.01, "uses_other_drugs": 0.04,
}  # fmt: skip
#: Share of people with such a conviction, and what each violent sanction adds to it.
PREVIOUS = {
    "previous_homicide": (0.002, 0.001), "previous_wounding_gbh": (0.02, 0.04),
    "previous_kidnapping": (0.004, 0.004), "previous_firearms": (0.01, 0.004),
    "previous_robbery": (0.04, 0.02), "previous_aggravated_burglary": (0.008, 0.003),
    "previous_weapon": (0.05, 0.04), "previous_criminal_damage": (0.004, 0.002),
    "previous_arson": (0.01, 0.003),
}  # fmt: skip


def assessment(draw: Draw, kind: str, sanctions: int, violent: int) -> Person:
    """The dynamic items: correlated, because one level of need lies behind them."""
    shares = next(shares for limit, shares in NEED_BY_SANCTIONS if sanctions <= limit)
    need = draw.pick(shares)

    def level() -> int:
        # One item in five goes its own way.
        return draw.pick(NEED["some" if draw.chance(0.2) else need])

    armed = {"blade or weapon": 1.0, "firearm": 1.0, "robbery": 0.4, "grievous bodily harm": 0.4}
    abuse = draw.chance(0.2 + 0.04 * min(violent, 8))
    partner = abuse and draw.chance(0.85)
    uses = draw.chance(min(0.95, DRUG_USE[need] + (0.25 if kind.startswith("drug") else 0)))
    drinks = draw.one_of(tuple(NEED)) if draw.chance(0.3) else need
    status = draw.pick(
        {"not_in_relationship": 50.0, "living_together": 28.0, "not_living_together": 22.0}
    )
    return {
        "weapon": draw.chance(armed.get(kind, 0.03)),
        "recognises_impact": draw.chance({"low": 0.75, "some": 0.55, "high": 0.4}[need]),
        "no_fixed_abode": draw.chance({"low": 0.02, "some": 0.08, "high": 0.2}[need]),
        "accommodation": level(),
        "unemployed": draw.chance({"low": 0.3, "some": 0.55, "high": 0.8}[need]),
        "partner_relationship": level(),
        "domestic_abuse": abuse,
        "domestic_abuse_partner": partner,
        "domestic_abuse_family": abuse and (not partner or draw.chance(0.15)),
        "relationship_status": status,
        "activities_encourage_offending": level(),
        "drug_misuse": draw.pick({0: 15.0, 1: 40.0, 2: 45.0}) if uses else 0,
        "drug_motivation": draw.pick({0: 30.0, 1: 45.0, 2: 25.0}) if uses else 0,
        **{drug: uses and draw.chance(share) for drug, share in DRUGS.items()},
        "alcohol_use": draw.pick(NEED[drinks]),
        "binge_drinking": draw.pick(NEED[drinks]),
        "psychiatric_treatment": draw.chance(0.13),
        "impulsivity": level(),
        "temper_control": draw.pick(NEED["high"]) if draw.chance(0.06 * violent) else level(),
        "problem_solving": level(),
        "awareness_of_consequences": level(),
        "understands_others": level(),
        "pro_criminal_attitudes": level(),
        **{
            name: sanctions > 1 and draw.chance(share + more * min(violent, 9))
            for name, (share, more) in PREVIOUS.items()
        },
    }


def leave_out(draw: Draw, items: Person) -> Person:
    """Some people have no full assessment: nothing of it is recorded, or a few items are not."""
    if draw.chance(0.1):
        return dict.fromkeys(items)
    if draw.chance(0.04):
        gap = draw.one_of(("temper_control", "impulsivity", "accommodation", "binge_drinking"))
        return items | {gap: None}
    if not any(items[drug] for drug in DRUGS) and draw.chance(0.1):
        return items | {"drug_motivation": None}  # not asked where no drug is used
    return items


# --- sexual offending -------------------------------------------------------------------------

COUNTS = ("contact_adult", "contact_child", "image", "non_contact")


def sexual(draw: Draw, person: Person, offence: OffenceKind) -> Person:
    """The sexual history, with the offence dates that go with it."""
    sanctions, born, convicted = (
        person["sanctions"], person["date_of_birth"], person["conviction_date"],
    )  # fmt: skip
    assert isinstance(sanctions, int)
    assert isinstance(born, dt.date)
    assert isinstance(convicted, dt.date)
    earliest = born + dt.timedelta(days=10 * 366)
    offended = max(earliest, days_before(convicted, draw.span({(20, 120): 5.0, (121, 700): 4.0})))
    last_offence = offended if draw.chance(0.7) else None

    room = sanctions if offence.sexual else sanctions - 1
    known = draw.chance(0.065 if person["sex"] == "male" else 0.008)
    if not (offence.sexual or (known and room)):
        counted = 0 if draw.chance(0.7) else None
        return {
            "sexual_offence_history": False,
            "current_offence_sexually_motivated": False if draw.chance(0.7) else None,
            **{f"{name}_sanctions": counted for name in COUNTS},
            "last_sexual_offence_date": None,
            "last_offence_date": last_offence,
            "stranger_victim": None,
        }

    counts = dict.fromkeys(COUNTS, 0)
    main = offence.sexual or draw.pick(dict(zip(COUNTS, (35.0, 35.0, 20.0, 10.0), strict=True)))
    counts[main] = min(room, draw.pick({1: 70.0, 2: 20.0, 3: 7.0, 4: 3.0}))
    if room > counts[main] and draw.chance(0.2):
        counts[draw.one_of(tuple(name for name in COUNTS if name != main))] = 1
    before = draw.span({(400, 2000): 5.0, (2001, 7000): 5.0})
    stranger = {"contact_adult": 0.35, "contact_child": 0.1, "non_contact": 0.8}
    return {
        "sexual_offence_history": True,
        "current_offence_sexually_motivated": bool(offence.sexual),
        **{f"{name}_sanctions": count for name, count in counts.items()},
        "last_sexual_offence_date": (
            offended if offence.sexual else max(earliest, days_before(offended, before))
        ),
        "last_offence_date": last_offence,
        "stranger_victim": draw.chance(stranger.get(offence.sexual, 0.0)),
    }


# --- one person -------------------------------------------------------------------------------

#: Share of people for whom an extract has ages instead of the date of birth, or of all dates.
AGES_ONLY = {"": 97.0, "date of birth": 1.5, "all dates": 1.5}


def make_person(draw: Draw, number: int) -> Person:
    """One person, every field of the vocabulary in its order."""
    sex = "male" if draw.chance(0.88) else "female"
    dates = chronology(draw)
    born, convicted = dates["date_of_birth"], dates["conviction_date"]
    assert isinstance(born, dt.date)
    assert isinstance(convicted, dt.date)
    kind = draw.pick({k: o.men if sex == "male" else o.women for k, o in OFFENCES.items()})
    offence = OFFENCES[kind]
    code: str | None = draw.one_of(offence.codes)
    group = None
    if kind == "shop theft" and draw.chance(0.06):  # a group that every predictor has
        code, group = None, "theft_non_motor"
    sanctions = history(draw, years(born, convicted), offence)
    total, violent = sanctions["sanctions"], sanctions["violent_sanctions"]
    assert isinstance(total, int)
    assert isinstance(violent, int)

    status = dates.pop("supervision_status")
    person: Person = {"case_id": f"SYN-{number:04d}", "sex": sex, **dates}
    person |= {"offence_code": code, "offence_group": group, **sanctions}
    person["supervision_status"] = status
    person |= leave_out(draw, assessment(draw, kind, total, violent))
    person |= sexual(draw, person, offence)
    return person | ages_instead(person, draw.pick(AGES_ONLY))


def ages_instead(person: Person, withheld: str) -> Person:
    """The fields that hold ages: empty, unless the dates behind them are withheld."""
    out: Person = dict.fromkeys(
        ("age_at_conviction", "age_at_follow_up", "offence_free_months",
         "age_at_last_sexual_offence")
    )  # fmt: skip
    if not withheld:
        return out
    born, convicted, assessed = (
        person[name] for name in ("date_of_birth", "conviction_date", "assessment_date")
    )
    assert isinstance(born, dt.date)
    assert isinstance(convicted, dt.date)
    assert isinstance(assessed, dt.date)
    start, last = person["follow_up_date"] or convicted, person["last_sexual_offence_date"]
    assert isinstance(start, dt.date)
    out["age_at_conviction"] = years(born, convicted)
    out["age_at_follow_up"] = years(born, start)
    if isinstance(last, dt.date):
        out["age_at_last_sexual_offence"] = years(born, last)
    if withheld == "all dates":
        out["offence_free_months"] = max(0, months(start, assessed))
        out |= {name: None for name in person if name.endswith("_date")}
    return out | {"date_of_birth": None}


# --- how it is written, and what goes wrong ---------------------------------------------------


class Style(NamedTuple):
    """How one source system writes answers."""

    sex: Mapping[str, str]
    yes: str
    no: str
    relationship: Mapping[str, str]


WORDS = {name: name for name in ("living_together", "not_living_together", "not_in_relationship")}
LETTER = {"male": "M", "female": "F"}
STYLES = (
    Style({"male": "male", "female": "female"}, "yes", "no", WORDS),
    Style(LETTER, "Y", "N", WORDS),
    Style(LETTER, "1", "0", dict(zip(WORDS, "123", strict=True))),
)
STYLE_SHARES = {0: 50.0, 1: 30.0, 2: 20.0}


def written(person: Person, style: Style) -> Row:
    """The person as text, the way one source system writes it."""

    def text(name: str, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return style.yes if value else style.no
        if name == "sex":
            return style.sex[str(value)]
        if name == "relationship_status":
            return style.relationship[str(value)]
        return str(value)  # a date is written YYYY-MM-DD

    return {name: text(name, value) for name, value in person.items()}


def day_first(date: str) -> str:
    return "/".join(reversed(date.split("-")))


def swap(row: Row, one: str, other: str) -> Row:
    return {one: row[other], other: row[one]}


def years_apart(earlier: str, later: str) -> int:
    return int(later[:4]) - int(earlier[:4])


def year_later(date: str) -> str:
    return f"{int(date[:4]) + 1}-06-15"


#: What is wrong with a faulty row: the fields to overwrite, given the row.
FAULTS: dict[str, Callable[[Row], Row]] = {
    "sex is missing": lambda _: {"sex": ""},
    "date of birth is missing": lambda _: {"date_of_birth": ""},
    "conviction date is missing": lambda _: {"conviction_date": ""},
    "assessment date is missing": lambda _: {"assessment_date": ""},
    "number of sanctions is missing": lambda _: {"sanctions": ""},
    "offence code is missing": lambda _: {"offence_code": "", "offence_group": ""},
    "whether there is a sexual history is missing": lambda _: {
        "sexual_offence_history": "", "current_offence_sexually_motivated": "",
        **{f"{name}_sanctions": "" for name in COUNTS},
        "last_sexual_offence_date": "", "stranger_victim": "",
    },
    "sex is a letter of no meaning": lambda _: {"sex": "X"},
    "number of sanctions is unknown": lambda _: {"sanctions": "unknown"},
    "number of sanctions is a word": lambda _: {"sanctions": "three"},
    "number of sanctions is zero": lambda _: {"sanctions": "0"},
    "number of sanctions is negative": lambda _: {"sanctions": "-3"},
    "violent sanctions above all sanctions": lambda row: {
        "violent_sanctions": str(int(row["sanctions"]) + 2)
    },
    "age at first sanction is not known": lambda _: {"first_sanction_age": "n/k"},
    "first sanction after the conviction": lambda row: {
        "first_sanction_age": str(years_apart(row["date_of_birth"], row["conviction_date"]) + 4)
    },
    "date of birth with the day first": lambda row: {
        "date_of_birth": day_first(row["date_of_birth"])
    },
    "assessment date with the day first": lambda row: {
        "assessment_date": day_first(row["assessment_date"])
    },
    "date that no calendar has": lambda row: {
        "conviction_date": row["conviction_date"][:4] + "-02-30"
    },
    "birth and conviction the wrong way round": lambda row: swap(
        row, "date_of_birth", "conviction_date"
    ),
    "assessment long before the conviction": lambda row: {
        "conviction_date": year_later(row["assessment_date"]), "follow_up_date": ""
    },
    "offence code not in the list": lambda _: {"offence_code": "00199", "offence_group": ""},
    "offence code without its leading zeros": lambda _: {
        "offence_code": "806", "offence_group": ""
    },
    "offence code of several offences": lambda _: {"offence_code": "08800", "offence_group": ""},
    "offence code without a group": lambda _: {"offence_code": "95006", "offence_group": ""},
    "problem level above 2": lambda _: {"temper_control": "3"},
    "neither yes nor no": lambda _: {"unemployed": "maybe"},
    "drug use without motivation to tackle it": lambda row: {
        "uses_heroin": "yes", "drug_misuse": "2", "drug_motivation": ""
    },
    "sexual sanctions and no sexual history": lambda row: {
        "sexual_offence_history": "no", "contact_child_sanctions": "1"
    },
    "sexual history and no sexual sanctions": lambda _: {
        "sexual_offence_history": "yes", **{f"{name}_sanctions": "0" for name in COUNTS}
    },
    "more sexual sanctions than sanctions": lambda row: {
        "sexual_offence_history": "yes", "image_sanctions": str(int(row["sanctions"]) + 1)
    },
}  # fmt: skip


def make_cohort(seed: int = SEED) -> tuple[list[Row], dict[str, str]]:
    """The rows in order, and what is wrong with those that are wrong, by ``case_id``."""
    draw = Draw(seed)
    rows = [
        written(make_person(draw, number), STYLES[draw.pick(STYLE_SHARES)])
        for number in range(1, PEOPLE + 1)
    ]
    with_dates = [i for i in draw.order(PEOPLE) if rows[i]["date_of_birth"]]
    faults = {}
    for turn, i in enumerate(sorted(with_dates[:FAULTY])):
        fault = list(FAULTS)[turn % len(FAULTS)]
        rows[i] |= FAULTS[fault](rows[i])
        faults[rows[i]["case_id"]] = fault
    return rows, faults


def write(rows: list[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the synthetic example cohort.")
    parser.add_argument("--output", type=Path, default=COHORT, help="file to write")
    parser.add_argument("--faults", action="store_true", help="list the faulty rows; write nothing")
    options = parser.parse_args()
    rows, faults = make_cohort()
    if options.faults:
        for case, fault in faults.items():
            print(f"{case}  {fault}")
    else:
        write(rows, options.output)


if __name__ == "__main__":
    main()
