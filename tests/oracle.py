"""The predictors once more: plain, slow, one case at a time, sharing no code with the library.

Written from the published rules alone, with dictionaries, ``math`` and ``decimal``. The numbers are
read from the coefficient files, which are data with tests of their own; the offence groups from
``offences.csv``. What is given must be complete and consistent: this is no second validator.
"""

from __future__ import annotations

import csv
import math
import tomllib
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    import datetime as dt

Case = dict[str, Any]
#: Edges of the bands on the reported percentage (points for OSP/DC), from low to very high.
EDGES: dict[str, tuple[str, ...]] = {
    "ogrs3": ("50", "75", "90"),
    "ogp": ("34", "67", "85"),
    "ovp": ("30", "60", "80"),
    "rsr": ("3", "6.9"),
    "osp_dc": ("22", "30", "36"),
    "dc_srp": ("22", "30", "36"),
    "arp": ("50", "75", "90"),
    "vrp": ("30", "60", "80"),
    "svrp": ("1", "3", "6.9"),
    "csrp": ("1", "3", "6.9"),
}
LABELS = ("Low", "Medium", "High", "Very High")
PREVIOUS = (
    "homicide", "wounding_gbh", "kidnapping", "firearms", "robbery", "aggravated_burglary",
    "weapon", "criminal_damage", "arson",
)  # fmt: skip
SUBGROUPS = (
    "firearms_most_serious", "firearms_other", "weapons_non_firearm", "violence_abh_plus",
    "violence_sub_abh",
)  # fmt: skip
OTHER_DRUGS = ("other_drugs", "ketamine", "spice", "hallucinogens", "solvents")


class NotScored(Exception):
    """The instrument gives no score: an age it does not know, or an item is missing."""


def need(case: Case, *names: str) -> None:
    """OGP and OVP have one form, which needs every item."""
    if any(case.get(name) is None for name in names):
        raise NotScored


@attrs.define
class Answer:
    """What the rules give. ``tie`` is how near the percentage lies to a rounding tie."""

    probability: dict[str, float]
    percent: dict[str, Decimal]
    points: int | None = None
    band: str | None = None
    form: str | None = None
    reduced: bool | None = None
    tie: float = math.inf


@cache
def numbers(table: str) -> Any:
    """The coefficients of a table, still as decimal texts."""
    file = resources.files("riskbands") / "data" / "coefficients" / f"{table}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))["coefficients"]


@cache
def groups() -> dict[str, dict[str, str]]:
    """The row of every offence code."""
    text = (resources.files("riskbands") / "data" / "offences.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}


def f(text: str) -> float:
    return float(Fraction(text))


def years(a: dt.date, b: dt.date) -> int:
    return b.year - a.year - (1 if (b.month, b.day) < (a.month, a.day) else 0)


def months(a: dt.date, b: dt.date) -> int:
    return 12 * (b.year - a.year) + b.month - a.month - (1 if b.day < a.day else 0)


def half_up(x: float | Fraction, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 1200
        exact = (
            Decimal(x.numerator) / Decimal(x.denominator) if isinstance(x, Fraction) else Decimal(x)
        )
        return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def follow_up(case: Case) -> Any:
    return case.get("follow_up_date") or case.get("conviction_date")


def age_at_conviction(case: Case) -> int:
    if "age_at_conviction" in case:
        return int(case["age_at_conviction"])
    return years(case["date_of_birth"], case["conviction_date"])


def age_at_follow_up(case: Case) -> int:
    if "age_at_follow_up" in case:
        return int(case["age_at_follow_up"])
    return years(case["date_of_birth"], follow_up(case))


def career_years(case: Case) -> int:
    return age_at_conviction(case) - int(case["first_sanction_age"])


def offence_free_months(case: Case) -> int:
    if "offence_free_months" in case:
        return min(36, int(case["offence_free_months"]))
    start, end = follow_up(case), case["assessment_date"]
    return 0 if end <= start else min(36, months(start, end))


def group(case: Case, column: str) -> str:
    return groups()[case["offence_code"]][column]


def step(table: dict[str, str], value: int) -> float:
    """The number of the range that the value lies in."""
    for text, number in table.items():
        low, _, high = text.rstrip("+").partition("-")
        top = math.inf if text.endswith("+") else int(high or low)
        if int(low) <= value <= top:
            return f(number)
    raise NotScored(value)


def band(predictor: str, value: Decimal | int) -> str:
    return LABELS[sum(Decimal(edge) <= value for edge in EDGES[predictor])]


def nearest_tie(x: float) -> float:
    """Distance of a number from a half."""
    return abs(x - math.floor(x) - 0.5)


# Whole percents


def whole(p: dict[str, float], predictor: str, points: int | None = None) -> Answer:
    percent = {h: min(max(half_up(100 * v, 0), Decimal(1)), Decimal(99)) for h, v in p.items()}
    tie = min(nearest_tie(100 * v) for v in p.values())
    return Answer(p, percent, points, band(predictor, percent["2yr"]), tie=tie)


def ogrs3(case: Case, table: str = "ogrs3-2009") -> Answer:
    n = numbers(table)
    age = age_at_follow_up(case)
    if age_at_conviction(case) < 10 or age < 10:
        raise NotScored
    s = case["sanctions"]
    x = step(n[f"age_{case['sex']}"], age)
    x += f(n["first_sanction"] if s == 1 else n["repeat_sanction"])
    x += f(n["copas"]) * math.log(s / (f(n["copas_years"]) + career_years(case)))
    x += f(n["offence_group"][group(case, "ogrs3_group")])
    p = {h: logistic(x + f(n[f"intercept_{h}"])) for h in ("1yr", "2yr")}
    percent, tie = {}, math.inf
    for h, v in p.items():
        five = half_up(v, 5)
        # the double of the five decimals is what is rounded next, so 0.345 becomes 34
        percent[h] = min(max(100 * half_up(float(five), 2), Decimal(1)), Decimal(99))
        tie = min(tie, nearest_tie(v * 1e5))
    return Answer(p, percent, band=band("ogrs3", percent["2yr"]), tie=tie)


def ogp(case: Case, table: str = "ogrs3-2009") -> Answer:
    n = numbers("ogp-2009")
    need(
        case, "drug_misuse", "drug_motivation", "problem_solving", "awareness_of_consequences",
        "understands_others", "no_fixed_abode", "unemployed", "activities_encourage_offending",
        "pro_criminal_attitudes",
    )  # fmt: skip
    first = ogrs3(case, table)
    drugs = case["drug_misuse"] + case["drug_motivation"]
    thinking = (
        case["problem_solving"] + case["awareness_of_consequences"] + case["understands_others"]
    )
    points = (
        half_up(Fraction(n["ogrs3_factor"]) * int(first.percent["2yr"]), 0)
        + (5 if case["no_fixed_abode"] else 0)
        + (5 if case["unemployed"] else 0)
        + (0, 3, 5)[case["activities_encourage_offending"]]
        + half_up(Fraction("3.75") * drugs, 0)
        + half_up(Fraction(5, 6) * thinking, 0)
        + (0, 3, 5)[case["pro_criminal_attitudes"]]
    )
    p = {h: logistic(f(n["slope"]) * int(points) + f(n[f"intercept_{h}"])) for h in ("1yr", "2yr")}
    found = whole(p, "ogp", int(points))
    found.tie = min(found.tie, first.tie)
    return found


def ovp(case: Case) -> Answer:
    n = numbers("ovp-2009")
    need(
        case, "recognises_impact", "no_fixed_abode", "unemployed", "psychiatric_treatment",
        "alcohol_use", "binge_drinking", "temper_control", "pro_criminal_attitudes",
    )  # fmt: skip
    age = age_at_follow_up(case)
    if age < 18:
        raise NotScored
    violent = case["violent_sanctions"]
    points = 5 + (5 if case["sex"] == "male" else 0)
    points += int(step(n["violent_sanctions"], min(violent, 18)))
    points += int(step(n["non_violent_sanctions"], case["sanctions"] - violent))
    points += int(step(n["age_at_follow_up"], age))
    points += 0 if case["recognises_impact"] else 4
    points += 4 * sum(map(bool, (case["no_fixed_abode"], case["unemployed"])))
    points += 4 if case["psychiatric_treatment"] else 0
    points += math.ceil(Fraction(5, 2) * (case["alcohol_use"] + case["binge_drinking"]))
    points += 3 * case["temper_control"] + 3 * case["pro_criminal_attitudes"]
    p = {h: logistic(f(n["slope"]) * points + f(n[f"intercept_{h}"])) for h in ("1yr", "2yr")}
    return whole(p, "ovp", points)


# Log-odds of one or two forms, in hundredths of a percent


def static(n: Any, case: Case, scheme: str, *, violent: bool) -> float:
    """The static part: of SNSV and OGRS4/V with violence, of OGRS4/G without."""
    sex, career = case["sex"], career_years(case)
    s: int = case["sanctions"]
    age, free = age_at_follow_up(case), offence_free_months(case)
    x: float = f(n["female"]) if sex == "female" else 0.0
    x += sum(f(c) * age**k for k, c in enumerate(n[f"age_{sex}"], start=1))
    offence = group(case, f"actuarial_group_{scheme}")
    x += f(n["offence_group"]["violence" if offence in SUBGROUPS else offence])
    if offence in SUBGROUPS and "violence_subgroup" in n:
        x += f(n["violence_subgroup"][offence])
    if s == 1:
        x += f(n["first_sanction"])
    if s == 2:
        x += f(n["second_sanction"]) + f(n[f"years_first_to_second_{sex}"]) * career
    x += f(n["sanctions"]) * s
    x += sum(f(c) * free**k for k, c in enumerate(n["offence_free_months"], start=1))
    if s >= 3:
        rate: float = math.log(s / (career + (12 if violent else 26)))
        x += f(n[f"copas_{sex}"]) * rate
        if not violent:
            x += f(n[f"copas_squared_{sex}"]) * rate**2
    if violent:
        v: int = case["violent_sanctions"]
        if v == 0:
            x += f(n[f"never_violent_{sex}"])
        if v == 1:
            x += f(n["once_violent"])
        x += f(n["violent_sanctions"]) * v
        if v >= 1:
            x += f(n["violent_rate"]) * math.log(v / (career + 30))
    return x


def hundredths(p: float, most: str = "100") -> Decimal:
    return min(max(half_up(100 * p, 2), Decimal(0)), Decimal(most))


def regression(
    n: Any, x: float, form: str | None, predictor: str, horizons: tuple[str, ...]
) -> Answer:
    p = {h: logistic(x + f(n[f"intercept_{h}"])) for h in horizons}
    most = "99.99" if predictor in ("arp", "vrp", "svrp") else "100"
    percent = {h: hundredths(v, most) for h, v in p.items()}
    tie = min(nearest_tie(1e4 * v) for v in p.values())
    label = band(predictor, percent["2yr"]) if predictor in EDGES else None
    return Answer(p, percent, band=label, form=form, tie=tie)


def choose(case: Case, items: tuple[str, ...], form: str) -> str:
    """Extended when every dynamic item is there; a caller may force either."""
    if form != "auto":
        return form
    return "extended" if all(case.get(i) is not None for i in items) else "brief"


SNSV_ITEMS = (
    "weapon", "accommodation", "unemployed", "partner_relationship", "alcohol_use",
    "binge_drinking", "impulsivity", "temper_control", "pro_criminal_attitudes",
)  # fmt: skip
SVRP_ITEMS = (
    "accommodation", "unemployed", "alcohol_use", "temper_control", "pro_criminal_attitudes",
    "weapon",
)  # fmt: skip
REOFFENDING_ITEMS = (
    "accommodation", "unemployed", "relationship_status", "partner_relationship",
    "domestic_abuse", "activities_encourage_offending", "alcohol_use", "binge_drinking",
    "impulsivity",
)  # fmt: skip
PREVIOUS_ITEMS = tuple(f"previous_{kind}" for kind in PREVIOUS)


def shared_items(n: Any, case: Case, names: dict[str, str]) -> float:
    return sum(f(n["items"][key]) * int(case[name]) for key, name in names.items())


def previous(n: Any, case: Case) -> float:
    return sum(f(n["previous"][k]) for k in PREVIOUS if case[f"previous_{k}"])


def snsv(case: Case, form: str = "auto", table: str = "snsv-hmpps-2025") -> Answer:
    abuse = () if case.get("domestic_abuse") is False else ("domestic_abuse_partner",)
    needed = (*SNSV_ITEMS, "domestic_abuse", *abuse, *PREVIOUS_ITEMS)
    form = choose(case, needed, form)
    n = numbers(table)[form]
    if age_at_conviction(case) < 10 or age_at_follow_up(case) < 10:
        raise NotScored
    x = static(n, case, "2025", violent=True)
    if form == "extended":
        names = {"chronic_drinking" if i == "alcohol_use" else i: i for i in SNSV_ITEMS}
        x += shared_items(n, case, names) + f(n["items"]["unemployed"]) * int(case["unemployed"])
        if case["domestic_abuse"] and case["domestic_abuse_partner"]:
            x += f(n["items"]["domestic_abuse_partner"])
        x += previous(n, case)
    return regression(n, x, form, "snsv", ("1yr", "2yr"))


def ogrs4(case: Case, predictor: str) -> Answer:
    n = numbers("ogrs4-2015")[predictor]
    if age_at_conviction(case) < 10 or age_at_follow_up(case) < 10:
        raise NotScored
    x = static(n, case, "2025", violent=predictor == "ogrs4v")
    return regression(n, x, None, predictor, ("1yr", "2yr"))


def svrp(case: Case, form: str = "auto") -> Answer:
    form = choose(case, (*SVRP_ITEMS, *PREVIOUS_ITEMS), form)
    n = numbers("svrp-2026")[form]
    x = static(n, case, "2026", violent=True)
    if form == "extended":
        names = {"chronic_drinking" if i == "alcohol_use" else i: i for i in SVRP_ITEMS}
        x += shared_items(n, case, names) + f(n["items"]["unemployed"]) * int(case["unemployed"])
        x += previous(n, case)
    return regression(n, x, form, "svrp", ("2yr",))


def reoffending(case: Case, predictor: str, form: str = "auto") -> Answer:
    """ARP and VRP."""
    own = ("pro_criminal_attitudes",) if predictor == "arp" else ("temper_control",)
    needed = (*REOFFENDING_ITEMS, *own) + (() if predictor == "arp" else ("drug_motivation",))
    form = choose(case, needed, form)
    n = numbers(f"{predictor}-2026")[form]
    x = static(n, case, "2026", violent=predictor == "vrp")
    if form == "extended":
        names = {i: i for i in needed if i not in ("alcohol_use", "relationship_status")}
        names.pop("drug_motivation", None)
        names["chronic_drinking"] = "alcohol_use"
        x += shared_items(n, case, names) + f(n["items"]["unemployed"]) * int(case["unemployed"])
        x += f(n["items"]["drug_motivation"]) * (case.get("drug_motivation") or 0)
        if case["relationship_status"] == "living_together":
            x += f(n["items"]["lives_with_partner"])
            level = case["partner_relationship"]
            x += f(n["items"]["partner_relationship_if_living_together"]) * level
        for drug, weight in n["drugs"].items():
            if drug == "any_other_drug":
                used = any(case.get(f"uses_{d}") for d in OTHER_DRUGS)
            else:
                used = bool(case.get(f"uses_{drug}"))
            x += f(weight) if used else 0.0
    return regression(n, x, form, predictor, ("2yr",))


# Sexual reoffending


def applies(case: Case) -> bool:
    return case["sex"] == "male" and bool(case["sexual_offence_history"])


def contact(case: Case, predictor: str) -> Answer:
    """OSP/DC, DC-SRP and OSP/C."""
    table = {"osp_dc": "osp-dc-iic-2025", "dc_srp": "osp-dc-iic-2026", "osp_c": "osp-2018"}
    horizons = ("1yr", "2yr") if predictor == "osp_c" else ("2yr",)
    if not applies(case):
        nothing = dict.fromkeys(horizons, Decimal(0))
        label = None if predictor == "osp_c" else "not_applicable"
        reduced = None if predictor == "osp_c" else False
        return Answer(dict.fromkeys(horizons, 0.0), nothing, band=label, reduced=reduced)
    n = numbers(table[predictor])[predictor]
    if age_at_follow_up(case) < 10:
        raise NotScored
    points = sum(
        int(step(n[c], case[c]))
        for c in ("contact_adult_sanctions", "contact_child_sanctions", "non_contact_sanctions")
    )
    repeat = "any_previous_sanction" if predictor == "osp_c" else "two_or_more_sanctions"
    points += int(n[repeat]) if case["sanctions"] >= 2 else 0
    points += int(n["stranger_victim"]) if case.get("stranger_victim") else 0
    last = case.get("last_sexual_offence_date")
    if last is not None:
        points += int(step(n["age_at_last_sexual_offence"], years(case["date_of_birth"], last)))
    elif predictor == "osp_c":
        raise NotScored
    points += int(step(n["age_at_follow_up"], age_at_follow_up(case)))
    p = {h: logistic(f(n["slope"]) * points + f(n[f"intercept_{h}"])) for h in horizons}
    if points == 0 and predictor != "osp_c":
        p = {"2yr": 0.0}
    percent = {h: hundredths(v) for h, v in p.items()}
    found = Answer(p, percent, points, tie=min(nearest_tie(1e4 * v) for v in p.values()))
    if predictor == "osp_c":
        return found
    label = band(predictor, points)
    end = case["assessment_date"]
    since = (case.get("last_offence_date"), last, follow_up(case))
    found.reduced = (
        label != "Low"
        and case["supervision_status"] != "custody"
        and all(d is None or years(d, end) >= 5 for d in since)
    )
    found.band = LABELS[LABELS.index(label) - 1] if found.reduced else label
    return found


def images(case: Case, predictor: str) -> Answer:
    """OSP/IIC, IIC-SRP and OSP/I."""
    table = {"osp_iic": "osp-dc-iic-2025", "iic_srp": "osp-dc-iic-2026", "osp_i": "osp-2018"}
    horizons = ("1yr", "2yr") if predictor == "osp_i" else ("2yr",)
    if not applies(case):
        label = None if predictor == "osp_i" else "not_applicable"
        return Answer(dict.fromkeys(horizons, 0.0), dict.fromkeys(horizons, Decimal(0)), band=label)
    n = numbers(table[predictor])[predictor]
    if case["image_sanctions"] >= 2:
        category = "two_or_more_image_sanctions"
    elif case["image_sanctions"] == 1:
        category = "one_image_sanction"
    elif case["contact_child_sanctions"] >= 2:
        category = "two_or_more_contact_child_sanctions"
    elif case["contact_child_sanctions"] == 1:
        category = "one_contact_child_sanction"
    elif case["contact_adult_sanctions"] + case["non_contact_sanctions"] > 0:
        category = "any_other_sexual_sanction"
    else:
        category = "no_sexual_sanction"
    p = {h: f(n[f"probability_{h}"][category]) for h in horizons}
    label = None if predictor == "osp_i" else n["band"][category]
    return Answer(p, {h: hundredths(v) for h, v in p.items()}, band=label)


def combined(case: Case, predictor: str, form: str = "auto") -> Answer:
    """RSR and CSRP: percentages, each rounded, added up."""
    new = predictor == "csrp"
    violent = svrp(case, form) if new else snsv(case, form)
    parts = [
        violent,
        contact(case, "dc_srp" if new else "osp_dc"),
        images(case, "iic_srp" if new else "osp_iic"),
    ]
    total = sum((part.percent["2yr"] for part in parts), start=Decimal(0))
    p = math.fsum(part.probability["2yr"] for part in parts)
    if case["sex"] == "female" and case["sexual_offence_history"]:
        table = numbers("osp-dc-iic-2026" if new else "osp-dc-iic-2025")
        constant = f(table["csrp" if new else "rsr"]["female_with_sexual_history_2yr"])
        total += hundredths(constant)
        p += constant
    percent = min(total, Decimal("99.99"))
    tie = min(part.tie for part in parts)
    return Answer(
        {"2yr": min(p, 1.0)}, {"2yr": percent}, band=band(predictor, percent),
        form=violent.form, tie=tie,
    )  # fmt: skip


def answer(predictor: str, case: Case, form: str = "auto") -> Answer:
    """What the rules give.

    Raises:
        NotScored: The instrument does not score this age.
    """
    match predictor:
        case "ogrs3":
            return ogrs3(case)
        case "ogp":
            return ogp(case)
        case "ovp":
            return ovp(case)
        case "snsv":
            return snsv(case, form)
        case "ogrs4g" | "ogrs4v":
            return ogrs4(case, predictor)
        case "svrp":
            return svrp(case, form)
        case "arp" | "vrp":
            return reoffending(case, predictor, form)
        case "osp_dc" | "dc_srp" | "osp_c":
            return contact(case, predictor)
        case "osp_iic" | "iic_srp" | "osp_i":
            return images(case, predictor)
        case "rsr" | "csrp":
            return combined(case, predictor, form)
    raise AssertionError(predictor)
