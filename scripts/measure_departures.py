"""What changes when a disputed rule or number is read the other way: people counted, not argued.

Each reading is scored on synthetic people. A reading that is another built-in table is that table;
one that is another number is an edited copy of a table; the two readings that are another rule
are formulas below, said to be so. The library itself is never changed.

Run ``python scripts/measure_departures.py`` to print the counts. The pages of the predictors quote
them (``scripts/make_predictor_pages.py``), and a test compares the pages with this script.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

import riskbands as rb
from riskbands.arithmetic.rounding import half_up_units
from scripts.make_cohort import OFFENCES, STYLES, Draw, make_person, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PEOPLE = 10_000
ADULTS_SEED, YOUTHS_SEED = 1, 2

Columns = dict[str, Any]


@attrs.frozen
class Effect:
    """How many people one group has, and for how many of them the readings differ.

    Attributes:
        group: Who, and which score of theirs.
        people: How many have that score under both readings.
        percent: For how many the percentage differs.
        band: For how many the band differs; None where the score has no bands.
    """

    group: str
    people: int
    percent: int
    band: int | None


@attrs.frozen
class Departure:
    """One disputed rule or number: both readings and what they change.

    Attributes:
        id: Short name, the anchor on its page.
        page: The page it stands on, without ``.md``.
        title: Its heading.
        here: What this library does.
        other: The other reading.
        effects: What changes.
        concerns: Whether ``percent`` counts whom it concerns, the other result being unknown.
    """

    id: str
    page: str
    title: str
    here: str
    other: str
    effects: tuple[Effect, ...]
    concerns: bool = False


# --- the synthetic people ---------------------------------------------------------------------


@cache
def adults() -> Columns:
    """People made like those of ``examples/cohort.csv``, none of them faulty."""
    draw = Draw(ADULTS_SEED)
    rows = [written(make_person(draw, n), STYLES[0]) for n in range(PEOPLE)]
    return {name: [row[name] for row in rows] for name in rows[0]}


@cache
def youths() -> Columns:
    """Girls and boys aged 10 to 17, every age and sex in equal shares, for OGRS3."""
    draw = Draw(YOUTHS_SEED)
    kinds = {kind: offence.men for kind, offence in OFFENCES.items()}
    found: Columns = {
        name: []
        for name in (
            "sex",
            "age_at_conviction",
            "age_at_follow_up",
            "first_sanction_age",
            "sanctions",
            "offence_code",
        )
    }
    for n in range(PEOPLE):
        age = 10 + n // 2 % 8
        sanctions = draw.span({(1, 1): 45.0, (2, 2): 20.0, (3, 5): 25.0, (6, 12): 10.0})
        person = {
            "sex": ("male", "female")[n % 2],
            "age_at_conviction": age,
            "age_at_follow_up": age,
            "first_sanction_age": age if sanctions == 1 else draw.whole(10, age),
            "sanctions": sanctions,
            "offence_code": draw.one_of(OFFENCES[draw.pick(kinds)].codes),
        }
        for name, value in person.items():
            found[name].append(value)
    return found


# --- counting ---------------------------------------------------------------------------------


def score(columns: Columns, *predictors: rb.Predictor | str, form: Any = "auto") -> Columns:
    return rb.score_cohort(columns, list(predictors), form=form, probabilities=True)


def compared(
    group: str,
    ident: str,
    one: Mapping[str, Any],
    two: Mapping[str, Any],
    among: Any = True,
    horizon: str = "2yr",
) -> Effect:
    """Count the differences of a predictor's columns in two results."""
    percents = [found[f"{ident}_{horizon}"] for found in (one, two)]
    there = among & ~np.isnan(percents[0]) & ~np.isnan(percents[1])
    percent = there & (percents[0] != percents[1])
    band = None
    if f"{ident}_band" in one:
        codes = [found[f"{ident}_band"].codes for found in (one, two)]
        band = int(np.count_nonzero(there & (codes[0] != codes[1])))
    return Effect(group, int(np.count_nonzero(there)), int(np.count_nonzero(percent)), band)


def effect_of(
    group: str,
    columns: Columns,
    predictor: rb.Predictor,
    other: rb.Predictor,
    form: str = "auto",
    among: Any = True,
) -> Effect:
    """Count the differences of two versions of a predictor."""
    one, two = score(columns, predictor, form=form), score(columns, other, form=form)
    return compared(group, predictor.id, one, two, among)


def whole(columns: Columns, name: str) -> Any:
    """A column of whole numbers as an array; 0 where it is empty."""
    return np.array([int(value or 0) for value in columns[name]])


# --- the departures ---------------------------------------------------------------------------


def ovp_any_sanction() -> Departure:
    """Five points to everyone, or to those with an earlier sanction only.

    For a first sanction the other reading is the table with 0 points for ``any_sanction``; for
    everyone else both are the same.
    """
    people, table = adults(), rb.ovp.table
    first = whole(people, "sanctions") == 1
    other = rb.ovp.with_table(table.replace({"any_sanction": "0"}))
    points = table.coefficients["any_sanction"]
    one, two = score(people, rb.ovp), score(people, other)
    everyone = compared("everyone", "ovp", one, one)
    changed = compared("those of them with a first sanction", "ovp", one, two, first)
    return Departure(
        "ovp-any-sanction",
        "ovp",
        f"{points} points for any sanction",
        f"Everyone with a sanction gets the {points} points. The current sanction is counted, so a "
        "first sanction gets them too. So does the deployed service.",
        "The points stand for an earlier sanction, and a first sanction gets none.",
        (
            attrs.evolve(changed, group="OVP of synthetic adults", people=everyone.people),
            changed,
        ),
    )


def osp_zero_points() -> Departure:
    """Probability 0 at 0 points, or that of the formula."""
    numbers = dict(rb.osp_dc.table.leaves())
    key = "osp_dc.zero_points_probability"
    p = 1 / (1 + math.exp(-float(str(numbers["osp_dc.intercept_2yr"]))))
    table = rb.osp_dc.table.replace({key: repr(p)})
    dated = adults()
    undated = dated | {
        name: [""] * PEOPLE for name in ("last_sexual_offence_date", "age_at_last_sexual_offence")
    }
    applies = np.array(dated["sex"]) == "male"
    applies &= np.array(dated["sexual_offence_history"]) == "yes"
    effects = []
    for group, people in (
        ("synthetic men with a history", dated),
        ("the same, date of the last sexual offence left out", undated),
    ):
        effects += [
            effect_of(f"{p.name} of {group}", people, p, p.with_table(table), among=applies)
            for p in (rb.osp_dc, rb.rsr)
        ]
    return Departure(
        "osp-zero-points",
        "osp",
        "Nothing at 0 points",
        "OSP/DC of 0 points is 0.00 %, as in the deployed service.",
        f"The formula gives {100 * p:.3f} % at 0 points, reported as "
        f"{half_up_units(100 * p, 2) / 100:.2f} %, as in the OASys test calculator.",
        tuple(effects),
    )


def osp_any_other() -> Departure:
    """Whom the narrower 2026 rule for the last category concerns; its result is not known."""
    people = adults()
    scored = score(people, "iic_srp")
    applies = ~(scored["iic_srp_band"] == rb.NOT_APPLICABLE)
    there = applies & ~np.isnan(scored["iic_srp_2yr"])
    images, child, adult, other = (
        whole(people, f"{name}_sanctions")
        for name in ("image", "contact_child", "contact_adult", "non_contact")
    )
    last = there & (images == 0) & (child == 0)
    narrow = int(np.count_nonzero(last & ~((adult > 0) & (other > 0))))
    return Departure(
        "iic-any-other",
        "iic-srp",
        "Any other sexual sanction",
        "A history without image or child-contact sanctions takes the value of "
        "`any_other_sexual_sanction`, as in the 2025 service and the OASys test calculator.",
        "The 2026 service takes it only when there are both adult-contact and non-contact "
        "sanctions. What it should give otherwise is not known, so that the counts say only whom "
        "the difference concerns.",
        (Effect("everyone whom IIC-SRP applies to", int(there.sum()), narrow, None),),
        concerns=True,
    )


def snsv_offence_weights() -> Departure:
    """The two weightings of offences."""
    people, older = adults(), rb.coefficient_tables["snsv-2014"]
    snsv, rsr = rb.snsv.with_table(older), rb.rsr.with_table(older)
    return Departure(
        "snsv-offence-weights",
        "snsv",
        "Two weightings of the offence",
        "`snsv-hmpps-2025`, the default: the weights as the deployed service gives them.",
        "`snsv-2014`: thirteen of the twenty extended weights belong to other offence groups. "
        "The brief weights are the same, but for the digits of one.",
        (
            effect_of("SNSV, extended form", people, rb.snsv, snsv, "extended"),
            effect_of("RSR, extended form", people, rb.rsr, rsr, "extended"),
            effect_of("SNSV, brief form", people, rb.snsv, snsv, "brief"),
            effect_of("RSR, brief form", people, rb.rsr, rsr, "brief"),
        ),
    )


def _female_youth_keys() -> dict[str, str]:
    found = dict(rb.coefficient_tables["ogrs3-hmpps-2025"].leaves())
    keys = [f"age_female.{ages}" for ages in ("10-11", "12-13", "14-15")]
    return {key: f"-{found[key]}" for key in keys}


def ogrs3_female_youths() -> Departure:
    """Positive weights of girls, or the same numbers with the sign of 2009."""
    table = rb.coefficient_tables["ogrs3-hmpps-2025"]
    deployed = rb.ogrs3.with_table(table)
    signed = rb.ogrs3.with_table(table.replace(_female_youth_keys()))
    people = youths()
    ages, girls = whole(people, "age_at_follow_up"), np.array(people["sex"]) == "female"
    return Departure(
        "ogrs3-female-youths",
        "ogrs3",
        "The sign of three weights",
        "`ogrs3-2009`, the default, has negative weights for females of 10 to 15.",
        "`ogrs3-hmpps-2025` has the same three numbers, rounded, without the minus.",
        (
            effect_of(
                "girls of 10 to 15, 2025 table with and without the signs of 2009",
                people,
                deployed,
                signed,
                among=girls & (ages <= 15),
            ),
            effect_of(
                "all other youths, the same", people, deployed, signed, among=~girls | (ages > 15)
            ),
        ),
    )


def ogrs3_tables() -> Departure:
    """The whole of both tables, on adults."""
    older, newer = rb.ogrs3, rb.ogrs3.with_table("ogrs3-hmpps-2025")
    people = adults()
    return Departure(
        "ogrs3-tables",
        "ogrs3",
        "Nine decimals or five",
        "`ogrs3-2009`, the default, has the numbers to nine decimals.",
        "`ogrs3-hmpps-2025` has four or five, and a weight for sexual offences not against "
        "children that is ten times as large.",
        (effect_of("synthetic adults", people, older, newer),),
    )


def _restated(columns: Columns, percent: Callable[[float], int]) -> tuple[Columns, Columns]:
    """OGRS3's result and the same with percentages restated from the probabilities."""
    one = score(columns, rb.ogrs3)
    p, given = one["ogrs3_2yr_p"], one["ogrs3_2yr"]
    restated = np.array(
        [
            v if gone else min(max(percent(v), 1), 99)
            for v, gone in zip(p, np.isnan(given), strict=True)
        ]
    )
    assert isinstance(rb.ogrs3.bands, rb.BandTable)
    codes = rb.ogrs3.bands.codes(restated)
    band = rb.BandArray(codes, rb.ogrs3.bands)
    return one, one | {"ogrs3_2yr": restated, "ogrs3_band": band}


def decimal_percent(p: float) -> int:
    """A formula of its own: five decimals half up, and those decimals to a percent half up."""
    return (half_up_units(p, 5) + 500) // 1000


def direct_percent(p: float) -> int:
    """A formula of its own: the probability to a whole percent half up, at once."""
    return half_up_units(100 * p)


def ogrs3_rounding() -> Departure:
    """Two roundings, the second on the binary number or on the decimals; or one rounding."""
    people = adults()
    in_decimals, at_once = (
        compared(f"synthetic adults, {how}", "ogrs3", *_restated(people, percent))
        for how, percent in (
            ("twice in decimals", decimal_percent),
            ("once, to a whole percent", direct_percent),
        )
    )
    return Departure(
        "ogrs3-rounding",
        "ogrs3",
        "Rounding twice",
        "The probability is rounded half up to five decimals, and the number the computer then "
        "holds to a whole percent. The nearest number to 0.345 lies a little under it, so that "
        "0.345 is 34 %. So does the deployed service.",
        "In decimals, 0.345 would be a tie and 35 %; and rounding at once, without the five "
        "decimals, would give 34 % to 0.344996, which by way of 0.345 in decimals is 35 %.",
        (in_decimals, at_once),
    )


def ogrs4v_swapped() -> Departure:
    """Years from first to second sanction: men's and women's numbers, as here or swapped."""
    table = rb.ogrs4v.table
    found = dict(table.leaves())
    male, female = (f"ogrs4v.years_first_to_second_{sex}" for sex in ("male", "female"))
    swapped = table.replace({male: str(found[female]), female: str(found[male])})
    people = adults()
    return Departure(
        "ogrs4v-years",
        "ogrs4",
        "Whose years from first to second sanction",
        f"OGRS4/V gives men {found[male]} a year and women {found[female]}.",
        "The other public copy has the two the other way round. Nothing known decides it.",
        (effect_of("synthetic adults", people, rb.ogrs4v, rb.ogrs4v.with_table(swapped)),),
    )


def svrp_female_years() -> Departure:
    """A number of the extended form that is out of line with its brief twin."""
    table = rb.svrp.table
    found = dict(table.leaves())
    brief, extended = (f"{form}.years_first_to_second_female" for form in ("brief", "extended"))
    edited = table.replace({extended: str(found[brief])})
    people = adults()
    women = np.array(people["sex"]) == "female"
    concerned = women & (whole(people, "sanctions") == 2)
    ratio = float(str(found[extended])) / float(str(found[brief]))
    digits = {path: len(str(v).lstrip("-0.").replace(".", "")) for path, v in found.items()}
    others = max(n for path, n in digits.items() if path != extended and type(found[path]) is str)
    return Departure(
        "svrp-female-years",
        "svrp",
        "A number out of line",
        f"The extended form gives women with two sanctions {found[extended]} for each year "
        f"between them: {ratio:.1f} times the brief form's {found[brief]}, and with "
        f"{digits[extended]} digits where no other number of the table has more than {others}. "
        "Both public copies have it, so it is used.",
        "No other reading is known. To show the size of the doubt, the brief form's number is put "
        "in its place.",
        (
            effect_of(
                "SVRP of women with two sanctions, extended form",
                people,
                rb.svrp,
                rb.svrp.with_table(edited),
                "extended",
                concerned,
            ),
            effect_of(
                "CSRP of the same",
                people,
                rb.csrp,
                rb.csrp.with_table(edited),
                "extended",
                concerned,
            ),
        ),
    )


MEASURED: tuple[Callable[[], Departure], ...] = (
    ogrs3_rounding,
    ogrs3_female_youths,
    ogrs3_tables,
    ovp_any_sanction,
    snsv_offence_weights,
    osp_zero_points,
    ogrs4v_swapped,
    svrp_female_years,
    osp_any_other,
)


@cache
def departures() -> tuple[Departure, ...]:
    """Every departure, measured."""
    return tuple(measure() for measure in MEASURED)


def table_of(departure: Departure) -> str:
    """The counts as a Markdown table."""
    if departure.concerns:
        lines = ["| whose score | people | whom it concerns |", "|---|--:|--:|"]
        lines += [f"| {e.group} | {e.people:,} | {e.percent:,} |" for e in departure.effects]
        return "\n".join(lines)
    lines = ["| whose score | people | percentage differs | band differs |", "|---|--:|--:|--:|"]
    for e in departure.effects:
        band = "no bands" if e.band is None else f"{e.band:,}"
        lines.append(f"| {e.group} | {e.people:,} | {e.percent:,} | {band} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for departure in departures():
        print(f"## {departure.title} ({departure.page})\n")
        print(f"Here: {departure.here}\n\nOther: {departure.other}\n\n{table_of(departure)}\n")
