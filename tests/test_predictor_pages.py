"""The predictors' pages say what the tables and the measurements say, and leave nothing out."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

import riskbands as rb
from scripts import make_predictor_pages as pages
from scripts import measure_departures as measure

if TYPE_CHECKING:
    from pathlib import Path

PAGES = pages.pages()


def name_of(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_generated_sections_are_up_to_date(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == pages.render(text), "run python -m scripts.make_predictor_pages"
    assert text.count("<!-- generated:") == text.count("<!-- end of generated -->") > 0


def test_every_predictor_of_adults_has_a_page() -> None:
    with_numbers = {
        ident
        for ident, p in rb.predictors.by_id.items()
        if any(ident in t.predictor for t in rb.coefficient_tables.values()) or p.components
        if not p.by_name_only  # the screening tools, which share a page
    } - {"asset"}  # of children, and without a horizon
    assert set(pages.PAGE_OF) == set(pages.PREDICTS) == with_numbers
    assert {f"{page}.md" for page in pages.PAGE_OF.values()} | {"index.md"} == {
        path.name for path in PAGES
    }


@pytest.mark.parametrize("ident", pages.PAGE_OF)
def test_a_page_has_every_number_of_its_predictor(ident: str) -> None:
    text = (pages.FOLDER / f"{pages.PAGE_OF[ident]}.md").read_text("utf-8")
    p = rb.predictors.by_id[ident]
    sections = {f.section for f in getattr(p, "forms", ())}
    sections |= {getattr(p, "section", None), getattr(getattr(p, "form", None), "section", None)}
    for table in pages.tables_for(p):
        assert f"`{table.id}`" in text
        assert table.digest in text
        for path, leaf in table.leaves():
            if path.split(".")[0] in sections or sections == {None}:
                for number in (leaf,) if isinstance(leaf, str) else leaf:
                    assert f" {number} |" in text or f" {number}," in text, (table.id, path)


@pytest.mark.parametrize("ident", pages.PAGE_OF)
def test_a_page_has_every_field_source_and_caution(ident: str) -> None:
    text = (pages.FOLDER / f"{pages.PAGE_OF[ident]}.md").read_text("utf-8")
    p = rb.predictors.by_id[ident]
    for caution in p.cautions:
        assert caution.text in text
    for table in pages.tables_for(p):
        for note in (*table.notes, *table.departures):
            assert note in text
    for name in ("sex", "sexual_offence_history") if "srp" in ident or "osp" in ident else ("sex",):
        assert f"| `{name}` |" in text


# ----------------------------------------------------------------------------- the measurements


def effects(name: str) -> dict[str, measure.Effect]:
    departure = next(d for d in measure.departures() if d.id == name)
    return {e.group: e for e in departure.effects}


def half_up(value: Decimal, digits: str) -> Decimal:
    return value.quantize(Decimal(digits), ROUND_HALF_UP)


def test_no_departure_stands_on_no_page() -> None:
    for departure in measure.departures():
        text = (pages.FOLDER / f"{departure.page}.md").read_text("utf-8")
        assert measure.table_of(departure) in text
        assert departure.here in text
        assert departure.other in text


def test_ovp_counts_against_plain_arithmetic() -> None:
    people = measure.adults()
    scored = rb.score_cohort(people, ["ovp"])
    edges = (30, 60, 80)
    first = percents = bands = 0
    for points, sanctions in zip(scored["ovp_points"].tolist(), people["sanctions"], strict=True):
        if math.isnan(points) or sanctions != "1":
            continue
        first += 1
        one, two = (
            int(half_up(Decimal(100 / (1 + math.exp(3.8773 - 0.0722 * n))), "1"))
            for n in (points, points - 5)
        )
        percents += one != two
        bands += sum(one >= e for e in edges) != sum(two >= e for e in edges)
    found = effects("ovp-any-sanction")["those of them with a first sanction"]
    assert (found.people, found.percent, found.band) == (first, percents, bands)
    everyone = effects("ovp-any-sanction")["OVP of synthetic adults"]
    assert everyone.people == np.count_nonzero(~np.isnan(scored["ovp_points"]))
    assert (everyone.percent, everyone.band) == (percents, bands)


def test_rounding_counts_against_decimal_arithmetic() -> None:
    scored = rb.score_cohort(measure.adults(), ["ogrs3"], probabilities=True)
    twice = once = 0
    for p, reported in zip(scored["ogrs3_2yr_p"], scored["ogrs3_2yr"].tolist(), strict=True):
        exact = Decimal(float(p))
        in_decimals = int(half_up(100 * half_up(exact, "1.00000"), "1"))
        twice += min(max(in_decimals, 1), 99) != reported
        once += min(max(int(half_up(100 * exact, "1")), 1), 99) != reported
    found = effects("ogrs3-rounding")
    assert found["synthetic adults, twice in decimals"].percent == twice
    assert found["synthetic adults, once, to a whole percent"].percent == once
    assert Decimal.from_float(0.345) < Decimal("0.345")
    assert measure.decimal_percent(0.345) == 35
    assert measure.direct_percent(0.344996) == 34


def test_snsv_counts_against_single_cases() -> None:
    people = {name: column[:300] for name, column in measure.adults().items()}
    older = rb.snsv.with_table("snsv-2014")
    found = measure.effect_of("300", people, rb.snsv, older, "extended")
    changed = scored = 0
    for i in range(300):
        row = {name: column[i] for name, column in people.items()}
        case = rb.OASysAssessment.from_dict(row)
        one, two = (p.score(case, form="extended", on_issue="return") for p in (rb.snsv, older))
        scored += one.ok and two.ok
        changed += one.percent != two.percent
    assert (found.people, found.percent, found.band) == (scored, changed, None)


def test_nothing_at_zero_points_concerns_zero_points_only() -> None:
    people = measure.adults()
    undated = people | {
        name: [""] * len(people["sex"])
        for name in ("last_sexual_offence_date", "age_at_last_sexual_offence")
    }
    points = rb.score_cohort(undated, ["osp_dc"])["osp_dc_points"]
    found = effects("osp-zero-points")
    group = "OSP/DC of the same, date of the last sexual offence left out"
    assert found[group].percent == int(np.count_nonzero(points == 0))


def test_signs_of_the_female_youth_weights_are_the_only_difference() -> None:
    found = effects("ogrs3-female-youths")
    assert found["all other youths, the same"].percent == 0
    girls = found["girls of 10 to 15, 2025 table with and without the signs of 2009"]
    assert girls.people == measure.PEOPLE // 8 * 3
    old, new = (dict(rb.coefficient_tables[i].leaves()) for i in ("ogrs3-2009", "ogrs3-hmpps-2025"))
    for ages in ("10-11", "12-13", "14-15"):
        path = f"age_female.{ages}"
        assert float(str(old[path])) == pytest.approx(-float(str(new[path])), abs=5e-5)


def test_readings_leave_the_library_as_it_was() -> None:
    measure.departures()
    assert not any(p.table.modified for p in pages.documented())


def test_the_second_rounding_sees_the_binary_number() -> None:
    """As the deployed service: row 1191 of its answers of 2025 has 34 for 0.34500 (0.344997...)."""
    units = rb.ogrs3.rule.units
    assert (units(0.3449972550901241), units(0.345), units(0.3450051)) == (34, 34, 35)
