"""Cases that the ministry's own test suites state, at the tolerance each is printed with."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import riskbands as rb

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "published_cases.json").read_text(encoding="utf-8")
)["cases"]
BY_ID = {case["id"]: case for case in CASES}
#: The groups that the cases name, as the library names them.
GROUPS = {
    "Violence": "violence",
    "Criminal damage": "criminal_damage",
    "Absconding/bail": "absconding_or_bail",
    "Sexual (against child)": "sexual_against_child",
    "Drink driving": "drink_driving",
    "Burglary (domestic)": "burglary_domestic",
}
#: The facts of a case, by the names that the cases have for them.
NAMES = {
    "sex": "sex",
    "age_at_conviction": "age_at_conviction",
    "age_at_first_sanction": "first_sanction_age",
    "age_at_start_of_followup": "age_at_follow_up",
    "total_sanctions": "sanctions",
    "violent_sanctions": "violent_sanctions",
    "offence_free_months": "offence_free_months",
    "sexual_history": "sexual_offence_history",
    "weapon": "weapon",
    "accommodation": "accommodation",
    "unemployed": "unemployed",
    "relationship": "partner_relationship",
    "domestic_abuse_perpetrator": "domestic_abuse",
    "alcohol_current": "alcohol_use",
    "binge": "binge_drinking",
    "impulsivity": "impulsivity",
    "temper": "temper_control",
    "procriminal": "pro_criminal_attitudes",
    "contact_adult": "contact_adult_sanctions",
    "contact_child": "contact_child_sanctions",
    "contact_child_sanctions": "contact_child_sanctions",
    "non_contact": "non_contact_sanctions",
    "indecent_image_sanctions": "image_sanctions",
    "age_at_last_sexual_sanction": "age_at_last_sexual_offence",
    "stranger": "stranger_victim",
}
#: What a case says beside the facts: derived numbers and remarks.
ASIDE = {"offence_weight", "osp_v1_points"}
PREVIOUS: tuple[str, ...] = ("homicide", "wounding_gbh", "kidnapping", "firearms", "robbery")
PREVIOUS += ("aggravated_burglary", "weapon", "criminal_damage", "arson")
NO_COUNTS = {
    "contact_adult_sanctions": 0,
    "contact_child_sanctions": 0,
    "image_sanctions": 0,
    "non_contact_sanctions": 0,
}
#: A man in custody with a history, so that OSP applies and no band is lowered.
SEXUAL = {
    "sex": "male",
    "sexual_offence_history": True,
    "current_offence_sexually_motivated": False,
    "supervision_status": "custody",
    "stranger_victim": False,
} | NO_COUNTS


def facts(inputs: dict[str, Any]) -> dict[str, Any]:
    """The fields of the library; no fact may go unread."""
    found: dict[str, Any] = {}
    for name, value in inputs.items():
        if name == "offence":
            found["offence_group"] = GROUPS[value]
        elif name == "previous_sanctions":
            found["sanctions"] = value + 1
        elif name == "previous_convictions":
            kinds = {kind.lower() for kind in value}
            found |= {f"previous_{kind}": kind in kinds for kind in PREVIOUS}
            assert kinds <= set(PREVIOUS)
        elif name not in ASIDE:
            found[NAMES[name]] = value
    if "domestic_abuse" in found:
        found["domestic_abuse_partner"] = found["domestic_abuse"]
    return found


def case(inputs: dict[str, Any], **more: Any) -> rb.OASysAssessment:
    return rb.OASysAssessment.from_dict(facts(inputs) | more)


def ids(predictor: str) -> list[str]:
    """Ids of the cases of a predictor; the file has them, or the test is not what it says."""
    found = [c["id"] for c in CASES if c["predictor"].startswith(predictor)]
    assert found
    return found


def test_every_case_of_the_file_is_tested() -> None:
    tested = [*OGRS3, *SNSV, *ids("OGRS4"), *BANDS, *ids("OSP v1"), *ids("OSP/DC (64"), *IIC]
    tested += ["rsr-js-m57-sexualchild-dynamic-ospv1", "oasys-screen-2yr-consistency"]
    tested += ["rsr-oasys-sum", "csrp-oasys-sum-2026"]
    assert sorted(tested) == sorted(BY_ID)


# OGRS3

OGRS3 = [i for i in ids("OGRS3") if i.startswith("ogrs3-")]


@pytest.mark.parametrize("ident", OGRS3)
def test_ogrs3_with_nine_decimals(ident: str) -> None:
    row = BY_ID[ident]
    score = rb.ogrs3.score(case(row["inputs"]))
    for horizon, p in score.probability.items():
        if f"p_{horizon}" in row["expected"]:
            assert p == pytest.approx(row["expected"][f"p_{horizon}"], abs=row["tolerance"], rel=0)
        if f"pct_{horizon}" in row["expected"]:
            assert 100 * p == pytest.approx(row["expected"][f"pct_{horizon}"], abs=0.005, rel=0)


@pytest.mark.parametrize("ident", OGRS3)
def test_ogrs3_with_the_printed_decimals(ident: str) -> None:
    """The numbers as printed, to four or five decimals, give the same within their precision."""
    row = BY_ID[ident]
    score = rb.ogrs3.with_table("ogrs3-hmpps-2025").score(case(row["inputs"]))
    tolerance = row.get("tolerance_with_published_rounding", 5e-5)
    for horizon, p in score.probability.items():
        for name in (f"p_{horizon}", f"oracle_p_{horizon}"):
            if name in row["expected"]:
                assert p == pytest.approx(row["expected"][name], abs=tolerance, rel=0)


# SNSV, which is RSR where there is no sexual history

SNSV = [*ids("SNSV"), *[i for i in BY_ID if i.startswith("rsr-js-m4")]]
SNSV = list(dict.fromkeys(SNSV))


@pytest.mark.parametrize("ident", SNSV)
def test_snsv(ident: str) -> None:
    row = BY_ID[ident]
    expected = row["expected"]
    # the offence weights of the 2018 calculator, or of OASys and the deployment of 2025
    table = "snsv-hmpps-2025" if "OASys/ARNS" in row["predictor"] else "snsv-2014"
    score = rb.snsv.with_table(table).score(case(row["inputs"]))
    assert score.form == ("extended" if "dynamic" in row["predictor"] else "brief")
    tolerance = row["tolerance"]
    for horizon in ("1yr", "2yr"):
        if f"p_{horizon}" in expected:
            assert score.probability[horizon] == pytest.approx(
                expected[f"p_{horizon}"], abs=tolerance, rel=0
            )
        if f"pct_{horizon}" in expected:
            assert score.percent[horizon] == expected[f"pct_{horizon}"]
    if "z_2yr" in expected:
        assert score.explain("2yr").total == pytest.approx(expected["z_2yr"], abs=1e-9, rel=0)


def test_snsv_with_the_label_of_the_2018_calculator() -> None:
    """The other weight of drink driving, and the sum it gives: stated in the source's remark."""
    row = BY_ID["snsv-dynamic-oracle-m25-drinkdriving-oasyslabels"]
    assert "-0.210828726274969" in row["source"]
    assert "z=-4.142933082798599" in row["source"]
    explained = rb.snsv.with_table("snsv-2014").score(case(row["inputs"])).explain()
    weights = {c.factor: c.amount for c in explained}
    assert weights["offence group"] == -0.210828726274969
    assert explained.total == pytest.approx(-4.142933082798599, abs=1e-9, rel=0)


@pytest.mark.parametrize("ident", ["rsr-js-m48-absconding-first", "rsr-js-m46-damage-7-4"])
def test_rsr_is_snsv_without_a_sexual_history(ident: str) -> None:
    row = BY_ID[ident]
    rsr = rb.rsr.with_table("snsv-2014").with_bands("rsr-calculator-2018")
    score = rsr.score(case(row["inputs"]))
    assert score.percent["2yr"] == row["expected"]["pct_2yr"]
    assert score.band == row["expected"]["band_2yr"]


def rsr_of_2018() -> rb.Predictor:
    snsv = rb.snsv.with_table("snsv-2014")
    rsr = rb.predictors.rsr.with_components(snsv, rb.osp_c, rb.osp_i)
    return rsr.with_bands("rsr-calculator-2018")


def test_rsr_of_2018_from_its_parts() -> None:
    """Extended SNSV, 11 points of OSP/C and one image sanction.

    That calculator adds probabilities and rounds once; the library rounds each part first, as is
    done since. The sum of probabilities is compared at the stated tolerance.
    """
    row = BY_ID["rsr-js-m57-sexualchild-dynamic-ospv1"]
    expected = row["expected"]
    # 11 points: 2 for a child, 3 for five sanctions, 5 for an adult at the last, 1 for 57
    more = {**SEXUAL, **facts(row["inputs"]), "age_at_last_sexual_offence": 40}
    score = rsr_of_2018().score(rb.OASysAssessment.from_dict(more))
    parts = score.components
    assert parts["osp_c"].points == row["inputs"]["osp_v1_points"]
    assert parts["snsv"].form == score.form == "extended"
    for name, key in (("snsv", "snsv_dynamic"), ("osp_c", "osp_v1"), ("osp_i", "image_v1")):
        assert parts[name].probability["2yr"] == pytest.approx(
            expected[f"part_{key}_2yr"], abs=1e-9, rel=0
        )
    for horizon in ("1yr", "2yr"):
        total = sum(part.probability[horizon] for part in parts.values())
        assert 100 * total == pytest.approx(expected[f"pct_{horizon}"], abs=0.005, rel=0)
    assert score.band == expected["band_2yr"]


# OSP

#: Ages that the remarks of the first version's cases state: at follow-up, at the last offence.
OSP_V1 = {
    "osp-v1-m44-last24": (44, 24),
    "osp-v1-m20": (20, 20),
    "osp-v1-m30": (30, 30),
    "osp-v1-m60": (60, 60),
}


@pytest.mark.parametrize("ident", OSP_V1)
def test_osp_version_1(ident: str) -> None:
    """No sanction but the current one, which is for images and so has no points here."""
    row = BY_ID[ident]
    now, last = OSP_V1[ident]
    assert str(now) in row["inputs"]["detail"]
    assert str(last) in row["inputs"]["detail"]
    more = {"age_at_follow_up": now, "age_at_last_sexual_offence": last, "image_sanctions": 1}
    score = rb.osp_c.score(
        rb.OASysAssessment.from_dict({**SEXUAL, **more, "sanctions": 1}), on_issue="raise"
    )
    assert score.points == row["inputs"]["points"]
    for horizon in ("1yr", "2yr"):
        assert score.probability[horizon] == pytest.approx(
            row["expected"][f"p_{horizon}"], abs=row["tolerance"], rel=0
        )


def test_osp_version_1_of_a_woman_is_a_constant_inside_rsr() -> None:
    row = BY_ID["osp-v1-female"]
    woman = {
        "sex": "female",
        "sexual_offence_history": True,
        "age_at_conviction": 40,
        "age_at_follow_up": 40,
        "first_sanction_age": 40,
        "offence_free_months": 0,
        "sanctions": 1,
        "violent_sanctions": 0,
        "offence_group": "fraud_and_forgery",
    }
    with_history = rsr_of_2018().score(rb.OASysAssessment.from_dict(woman))
    without = rsr_of_2018().score(
        rb.OASysAssessment.from_dict(woman | {"sexual_offence_history": False})
    )
    added = with_history.probability["2yr"] - without.probability["2yr"]
    assert added == pytest.approx(row["expected"]["p_2yr"], abs=row["tolerance"], rel=0)


@pytest.mark.parametrize("ident", [i for i in ids("OSP/DC (64") if "oracle" in i])
def test_osp_dc(ident: str) -> None:
    row = BY_ID[ident]
    score = rb.osp_dc.score(rb.OASysAssessment.from_dict({**SEXUAL, **facts(row["inputs"])}))
    assert score.points == row["expected"]["points"]
    assert score.percent["2yr"] == row["expected"]["pct_2yr"]
    assert str(score.band).casefold() == row["expected"]["band"].casefold()


#: 15 for three adults, 6 for two sanctions, 4 for a stranger, 10 for an adult then, 2 for 54 now.
THIRTY_SEVEN = {
    **SEXUAL,
    "contact_adult_sanctions": 3,
    "sanctions": 4,
    "stranger_victim": True,
    "age_at_last_sexual_offence": 20,
    "age_at_follow_up": 54,
}


def test_osp_dc_of_37_points() -> None:
    row = BY_ID["ospdc-oasys-37"]
    score = rb.osp_dc.score(rb.OASysAssessment.from_dict(THIRTY_SEVEN))
    assert score.points == row["inputs"]["points"]
    assert score.percent["2yr"] == row["expected"]["pct_2yr"]
    assert str(score.band).casefold() == row["expected"]["band"].casefold()


IIC = ids("OSP/IIC")


@pytest.mark.parametrize("predictor", [rb.osp_iic, rb.iic_srp], ids=lambda p: str(p.id))
@pytest.mark.parametrize("ident", IIC)
def test_osp_iic(ident: str, predictor: rb.Predictor) -> None:
    row = BY_ID[ident]
    inputs = {**SEXUAL, **facts(row["inputs"]), "sanctions": 20}
    score = predictor.score(rb.OASysAssessment.from_dict(inputs))
    assert score.percent["2yr"] == row["expected"]["pct_2yr"]
    assert score.band == row["expected"]["band"]


# Sums

#: 37 points and one image sanction, at the ages that 37 points allow.
SUM = {
    **THIRTY_SEVEN,
    "image_sanctions": 1,
    "age_at_conviction": 54,
    "first_sanction_age": 30,
    "offence_group": "other",
}


def with_violent_part(predictor: rb.Predictor, part: str, percent: float) -> rb.Score:
    """A case of `SUM` whose violent part has this percentage."""
    for sanctions, violent, months in itertools.product(range(4, 40), range(3), range(0, 37, 6)):
        score = predictor.score(
            rb.OASysAssessment.from_dict(
                SUM
                | {
                    "sanctions": sanctions,
                    "violent_sanctions": violent,
                    "offence_free_months": months,
                }
            ),
            form="brief",
        )
        if score.components[part].percent["2yr"] == percent:
            return score
    raise AssertionError(f"no case with {part} {percent}")


def test_rsr_adds_the_percentages_of_its_parts() -> None:
    row = BY_ID["rsr-oasys-sum"]
    score = with_violent_part(rb.rsr, "snsv", row["inputs"]["snsv_pct"])
    assert score.components["osp_dc"].percent["2yr"] == row["inputs"]["ospdc_pct"]
    assert score.components["osp_iic"].percent["2yr"] == row["inputs"]["ospiic_pct"]
    assert score.percent["2yr"] == row["expected"]["rsr_pct"]
    assert score.band == row["expected"]["band_2025"]
    assert score.components["osp_dc"].band is not None
    assert str(score.components["osp_dc"].band).casefold() == "very high"
    assert score.components["osp_iic"].band == row["expected"]["ospiic_band"]


def test_csrp_adds_the_percentages_of_its_parts() -> None:
    row = BY_ID["csrp-oasys-sum-2026"]
    score = with_violent_part(rb.csrp, "svrp", row["inputs"]["svrp_pct"])
    assert score.components["dc_srp"].percent["2yr"] == row["inputs"]["dc_pct"]
    assert score.components["iic_srp"].percent["2yr"] == row["inputs"]["iic_pct"]
    assert score.percent["2yr"] == row["expected"]["csrp_pct"]
    assert score.band == row["expected"]["band_2026"]
    assert score.components["svrp"].band == row["expected"]["svrp"]["band"]
    for predictor, name in ((rb.arp, "arp"), (rb.vrp, "vrp")):
        assert isinstance(predictor.bands, rb.BandTable)
        assert predictor.bands.classify(row["expected"][name]["pct_2yr"]) == "Low"
        assert row["expected"][name]["band"] == "Low"


# OGRS4


@pytest.mark.parametrize("ident", ids("OGRS4"))
def test_ogrs4(ident: str) -> None:
    row = BY_ID[ident]
    expected = row["expected"]
    general = rb.ogrs4g.score(case(row["inputs"]))
    if "z_2yr" in expected:
        assert general.probability["2yr"] == pytest.approx(expected["p_2yr"], abs=1e-9, rel=0)
        assert general.explain().total == pytest.approx(expected["z_2yr"], abs=1e-9, rel=0)
        return
    violent = rb.ogrs4v.score(case(row["inputs"]))
    for horizon in ("1yr", "2yr"):
        assert general.probability[horizon] == pytest.approx(
            expected[f"G_p_{horizon}"], abs=row["tolerance"], rel=0
        )
        assert violent.probability[horizon] == pytest.approx(
            expected[f"V_p_{horizon}"], abs=row["tolerance"], rel=0
        )


# Bands

BANDS = [c["id"] for c in CASES if c["id"].startswith("band-")]
#: The RSR edges in the file are those of the 2018 calculator, which 2025 kept.
SCALES: dict[str, tuple[rb.Predictor, ...]] = {
    "OGRS3 band": (rb.ogrs3,),
    "OGP band": (rb.ogp,),
    "OVP band": (rb.ovp,),
    "RSR band": (rb.rsr, rb.rsr.with_bands("rsr-calculator-2018")),
    "OSP/DC points band": (rb.osp_dc, rb.dc_srp),
}


@pytest.mark.parametrize("ident", BANDS)
def test_edge_of_a_band(ident: str) -> None:
    row = BY_ID[ident]
    for predictor in SCALES[row["predictor"]]:
        assert isinstance(predictor.bands, rb.BandTable)
        value = Decimal(str(row["inputs"]["value"]))
        if predictor.bands.id == "rsr-calculator-2018":  # it bands the probability
            value /= 100
        band = predictor.bands.classify(value)
        assert str(band).casefold() == row["expected"]["band"].casefold()


# The pairs of constants


def dynamic_cohort() -> dict[str, Any]:
    """People of many OGRS3 percentages and of all points, dynamic items varied."""
    people = list(itertools.product(range(18, 60, 3), range(1, 30, 2), range(3), range(3)))
    age = [p[0] for p in people]
    drug = [p[2] for p in people]
    thinking = [p[3] for p in people]
    return {
        "sex": ["male"] * len(people),
        "age_at_conviction": age,
        "age_at_follow_up": age,
        "first_sanction_age": [min(a, 17) for a in age],
        "sanctions": [p[1] for p in people],
        "violent_sanctions": [p[2] % 2 for p in people],
        "offence_group": ["theft_non_motor"] * len(people),
        "recognises_impact": [t > 0 for t in thinking],
        "psychiatric_treatment": [t > 1 for t in thinking],
        "alcohol_use": thinking,
        "binge_drinking": drug,
        "temper_control": thinking,
    } | {
        name: column
        for names, column in (
            (("no_fixed_abode", "unemployed"), [d > 0 for d in drug]),
            (("activities_encourage_offending", "drug_misuse", "drug_motivation"), drug),
            (("problem_solving", "awareness_of_consequences", "understands_others"), thinking),
            (("pro_criminal_attitudes",), thinking),
        )
        for name in names
    }


def test_the_two_horizons_agree_with_an_oasys_screen() -> None:
    """OGRS3 18 and 31 %, OGP 11 and 19 % (26 points), OVP 11 and 19 % (34 points), all low."""
    expected = BY_ID["oasys-screen-2yr-consistency"]["expected"]
    cohort = rb.score_cohort(dynamic_cohort(), ["ogrs3", "ogp", "ovp"])
    for name, prefix in (("OGRS3", "ogrs3"), ("OGP", "ogp"), ("OVP", "ovp")):
        want = expected[name]
        pairs = set(zip(cohort[f"{prefix}_1yr"].tolist(), cohort[f"{prefix}_2yr"], strict=True))
        assert (want["pct_1yr"], want["pct_2yr"]) in pairs
        if "implied_points" in want:
            here = cohort[f"{prefix}_points"] == want["implied_points"]
            assert here.any()
            assert set(cohort[f"{prefix}_1yr"][here].tolist()) == {want["pct_1yr"]}
            assert set(cohort[f"{prefix}_2yr"][here].tolist()) == {want["pct_2yr"]}
            assert set(map(str, cohort[f"{prefix}_band"][here])) == {want["band"]}
