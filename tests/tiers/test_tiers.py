"""Tier rules: who has a tier, what a row's fault does, rules from files, what is said of them."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.tiers import (
    STEPS,
    TierFacts,
    TierRule,
    tier,
    tier_cohort,
    tier_rule,
    tier_rules,
)
from riskbands.tiers.reading import NAMES

if TYPE_CHECKING:
    from pathlib import Path

BUILT_IN = (resources.files("riskbands") / "data/tiers/tier-v3-2026-06-18.toml").read_text("utf-8")
CASE: dict[str, Any] = {
    "today": "2026-07-15",
    "has_active_event": True,
    "arp": 62.1,
    "arp_type": "extended",
    "csrp": 1.2,
    "csrp_type": "extended",
    "dc_srp": None,
    "dc_srp_band": None,
    "rosh": "medium",
    "mappa_category": None,
    "lifer_ipp": False,
    "latest_release_date": None,
    "domestic_abuse": False,
    "stalking": False,
    "child_protection": False,
    "ever_committed_sexual_offence": False,
}


def columns(*rows: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in CASE}


# ------------------------------------------------------------------------------ who has a tier


def test_missing_and_not_supervised_are_no_tiers() -> None:
    assert str(tier(CASE).tier) == "D"
    missing = tier(CASE | {"csrp": None})
    assert (missing.tier, missing.status, missing.step, missing.steps) == (
        None,
        "missing",
        None,
        {},
    )
    closed = tier(CASE | {"has_active_event": "no", "arp": None})
    assert (closed.tier, closed.status) == (None, "not_supervised")
    assert closed.provisional is False
    found = tier_cohort(columns(CASE, CASE | {"arp": np.nan}, CASE | {"has_active_event": "no"}))
    assert found["tier"].codes.tolist() == [3, -1, -1]
    assert found["tier_status"].tolist() == ["tier", "missing", "not_supervised"]
    assert found["tier_step"].tolist() == ["reoffending", None, None]


def test_whether_a_case_is_supervised_must_be_known() -> None:
    with pytest.raises(rb.InputErrorGroup, match="has_active_event is missing"):
        tier(CASE | {"has_active_event": None})
    with pytest.raises(rb.InputErrorGroup, match="today is missing"):
        tier(CASE | {"today": None})


def test_a_closed_case_is_not_looked_at_any_further() -> None:
    odd = CASE | {"has_active_event": False, "arp": -3, "rosh": "extreme"}
    found = tier_cohort(columns(odd))
    assert found["tier_status"].tolist() == ["not_supervised"]
    assert found["tier_issues"].tolist() == [""]


@pytest.mark.parametrize(
    ("fact", "value", "issue"),
    [
        ("arp", -0.01, "out_of_range:arp"),
        ("csrp", 100.01, "out_of_range:csrp"),
        ("arp", "much", "malformed:arp"),
        ("arp", True, "malformed:arp"),
        ("arp", np.timedelta64(5, "D"), "malformed:arp"),
        ("arp_type", "fast", "malformed:arp_type"),
        ("rosh", "extreme", "malformed:rosh"),
        ("mappa_category", "m5", "malformed:mappa_category"),
        ("latest_release_date", "soon", "malformed:latest_release_date"),
        ("domestic_abuse", "perhaps", "malformed:domestic_abuse"),
        ("has_active_event", "perhaps", "malformed:has_active_event"),
        ("has_active_event", None, "missing:has_active_event"),
        ("today", "now", "malformed:today"),
        ("today", None, "missing:today"),
    ],
)
def test_a_fault_stays_its_row_s(fact: str, value: Any, issue: str) -> None:
    found = tier_cohort(columns(CASE, CASE | {fact: value}, CASE))
    assert found["tier_issues"].tolist() == ["", issue, ""]
    assert found["tier"].codes.tolist() == [3, -1, 3]
    assert found["tier_status"].tolist() == ["tier", None, "tier"]
    assert found["tier_provisional"].tolist() == [False, None, False]
    with pytest.raises(rb.InputErrorGroup) as caught:
        tier(CASE | {fact: value})
    assert issue in [str(i) for i in caught.value.issues]
    assert str(value) not in str(caught.value) or value in (True, None)


def test_a_medium_below_its_lowest_percentage_has_no_tier() -> None:
    for percent, label in (("0.60", "D"), ("1.11", "D"), ("1.12", "C"), ("2.11", "D"), (3.36, "C")):
        case = CASE | {"dc_srp": percent, "dc_srp_band": "Medium", "arp": 0, "csrp": 0}
        assert str(tier(case).steps["sexual_reoffending"]) == label
    with pytest.raises(rb.InputErrorGroup, match="below every percentage"):
        tier(CASE | {"dc_srp": 0.59, "dc_srp_band": "medium"})


@pytest.mark.parametrize(
    ("today", "released", "label"),
    [
        ("2024-02-29", "2023-02-28", "B"),  # a year before 29 February is the 28th
        ("2024-02-29", "2023-02-27", "D"),
        ("2024-02-29", "2019-02-28", "D"),
        ("2024-02-29", "2019-02-27", "E"),
        ("2026-07-15", "2025-07-15", "B"),
        ("2026-07-15", "2025-07-14", "D"),
        ("2026-07-15", "2030-01-01", "B"),
        ("2026-07-15", None, "None"),
    ],
)
def test_a_life_sentence_by_years_since_release(today: str, released: Any, label: str) -> None:
    case = CASE | {"today": today, "lifer_ipp": True, "latest_release_date": released}
    assert str(tier(case).steps["lifer_ipp"]) == label
    other = CASE | {"today": "2020-01-01"}  # days that differ are worked out row by row
    found = tier_cohort(columns(case | {"arp": 0, "csrp": 0}, other))
    assert str(found["tier"][0]) == (label if label != "None" else "G")


# ------------------------------------------------------------------------------- ways to give it

percent = st.none() | st.floats(0, 100) | st.sampled_from([0, 15, 25, 50, 75, 90, 0.5, 1, 3, 6.9])
flag = st.sampled_from([True, False, None])
cases = st.fixed_dictionaries(
    {
        "today": st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
        "has_active_event": st.booleans(),
        "arp": percent,
        "csrp": percent,
        "arp_type": st.sampled_from(["STATIC", "DYNAMIC", "brief", "extended", None]),
        "csrp_type": st.sampled_from(["STATIC", "DYNAMIC", None]),
        "dc_srp": percent,
        "dc_srp_band": st.sampled_from(
            ["LOW", "Medium", "High", "Very High", "NOT_APPLICABLE", None]
        ),
        "rosh": st.sampled_from(["low", "medium", "high", "very high", None]),
        "mappa_category": st.sampled_from(["M1", "M4", 2, None]),
        "lifer_ipp": flag,
        "latest_release_date": st.none() | st.dates(dt.date(2015, 1, 1), dt.date(2030, 12, 31)),
        "domestic_abuse": flag,
        "stalking": flag,
        "child_protection": flag,
        "ever_committed_sexual_offence": flag,
    }
)


@given(st.lists(cases, min_size=1, max_size=6))
def test_a_case_has_the_tier_that_it_has_in_a_cohort(rows: list[dict[str, Any]]) -> None:
    found = tier_cohort(columns(*rows))
    for place, row in enumerate(rows):
        issues = found["tier_issues"][place]
        if issues:
            with pytest.raises(rb.InputErrorGroup) as caught:
                tier(row)
            assert issues == ";".join(map(str, caught.value.issues))
            assert found["tier_status"][place] is None
            continue
        alone = tier(row)
        assert (found["tier"][place], found["tier_status"][place]) == (alone.tier, alone.status)
        assert found["tier_step"][place] == alone.step
        assert found["tier_provisional"][place] == alone.provisional


@given(cases)
def test_the_tier_is_the_highest_step_and_never_falls_when_a_register_is_added(
    row: dict[str, Any],
) -> None:
    row = row | {"has_active_event": True, "arp": row["arp"] or 0, "csrp": row["csrp"] or 0}
    try:
        before = tier(row)
    except rb.InputErrorGroup:
        return
    assert before.tier is not None
    given_ = [band for band in before.steps.values() if band is not None]
    assert before.tier == max(given_, key=lambda band: band.rank)
    assert before.step is not None
    assert before.steps[before.step] == before.tier
    after = tier(row | {"stalking": True, "domestic_abuse": True})
    assert after.tier is not None
    assert after.tier >= before.tier


def test_the_columns_of_scores_are_taken_as_they_are() -> None:
    people: dict[str, list[Any]] = {
        "sex": ["male", "male"],
        "date_of_birth": ["1990-05-01", "1985-02-03"],
        "conviction_date": ["2023-11-02", "2023-11-02"],
        "follow_up_date": ["2023-11-02", "2023-11-02"],
        "assessment_date": ["2024-01-16", "2024-01-16"],
        "offence_code": ["00801", "02803"],
        "sanctions": [4, 20],
        "violent_sanctions": [1, 8],
        "first_sanction_age": [17, 12],
        "supervision_status": ["community", "community"],
        "sexual_offence_history": ["no", "no"],
    }
    people |= {f"previous_{k}": ["no", "yes"] for k in ("homicide", "robbery", "weapon", "arson")}
    people |= {
        f"previous_{k}": ["no", "no"]
        for k in (
            "wounding_gbh",
            "kidnapping",
            "firearms",
            "aggravated_burglary",
            "criminal_damage",
        )
    }
    scores = rb.score_cohort(people, ["arp", "csrp", "dc_srp"])
    registers = {name: [CASE[name]] * 2 for name in NAMES[4:] if name not in scores}
    registers |= {"has_active_event": [True, True]}
    registers.pop("today")
    found = tier_cohort({**registers, **scores}, today="2026-07-15")
    for place in range(2):
        case = rb.OASysAssessment.from_dict({name: v[place] for name, v in people.items()})
        facts = TierFacts.from_scores(
            rb.score(case), today="2026-07-15", **{name: v[place] for name, v in registers.items()}
        )
        alone = tier(facts)
        assert alone.tier is not None
        assert (found["tier"][place], found["tier_step"][place]) == (alone.tier, alone.step)


def test_scores_of_others_are_not_taken() -> None:
    case: dict[str, Any] = {
        "sex": "male", "date_of_birth": "1990-05-01", "conviction_date": "2023-11-02",
        "follow_up_date": "2023-11-02", "assessment_date": "2024-01-16", "offence_code": "00801",
        "sanctions": 4, "violent_sanctions": 0, "first_sanction_age": 17,
        "supervision_status": "community", "sexual_offence_history": True,
        "contact_adult_sanctions": 1, "contact_child_sanctions": 0, "image_sanctions": 0,
        "non_contact_sanctions": 0, "last_sexual_offence_date": "2015-11-01",
    }  # fmt: skip
    arp, csrp, dc_srp = (p.score(case) for p in (rb.arp, rb.csrp, rb.dc_srp))
    assert dc_srp.band is not None
    other = rb.dc_srp.with_bands("osp-c-points-2017", any_score=True).score(case)
    facts = {"today": "2026-07-15", "has_active_event": True}
    TierFacts.from_scores({"arp": arp, "csrp": csrp, "dc_srp": dc_srp}, **facts)
    with pytest.raises(rb.InputErrorGroup) as caught:
        TierFacts.from_scores({"arp": dc_srp, "csrp": 12.0, "dc_srp": other}, **facts)  # type: ignore[dict-item]
    assert [str(issue) for issue in caught.value.issues] == [
        "malformed:arp", "malformed:csrp", "malformed:dc_srp",
    ]  # fmt: skip
    said = str(caught.value)
    assert "arp holds a score of dc_srp" in said
    assert "csrp must be a score, not float" in said
    assert "dc_srp is banded by a table for other scores" in said


def test_a_release_without_a_day_of_calculation_is_an_issue() -> None:
    released = {"lifer_ipp": True, "latest_release_date": "2026-01-01"}
    for today in (None, "soon"):
        facts = CASE | released | {"today": today}
        rows = columns(facts, CASE | released)
        found = tier_cohort(rows)
        assert found["tier_issues"].tolist()[1] == ""
        assert "today" in found["tier_issues"].tolist()[0]
        assert tier_cohort(columns(CASE | released))["tier"][0] == found["tier"][1]
        with pytest.raises(rb.InputErrorGroup, match="today"):
            tier(facts)


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_data_frames_give_the_same(library: str) -> None:
    frames = pytest.importorskip(library)
    rows = (CASE, CASE | {"arp": None}, CASE | {"rosh": "very_high", "mappa_category": "m2"})
    given_ = columns(*rows)
    make = frames.table if library == "pyarrow" else frames.DataFrame
    found, plain = tier_cohort(make(given_)), tier_cohort(given_)
    assert found["tier"].codes.tolist() == plain["tier"].codes.tolist() == [3, -1, 6]
    assert found["tier_issues"].tolist() == ["", "", ""]


def test_columns_can_have_other_names_and_none_may_lack() -> None:
    given_: dict[str, Any] = columns(CASE)
    given_["risk"] = given_.pop("rosh")
    assert str(tier_cohort(given_, rename={"risk": "rosh"})["tier"][0]) == "D"
    with pytest.raises(rb.RiskBandsError, match="needs a column for rosh"):
        tier_cohort(given_)
    with pytest.raises(rb.RiskBandsError, match="two columns for arp"):
        tier_cohort(columns(CASE) | {"arp_2yr": [1.0]})
    with pytest.raises(rb.UnknownNameError, match="rosh"):
        tier_cohort(given_, rename={"risk": "rohs"})
    with pytest.raises(rb.UnknownNameError):
        tier_cohort(given_, rename={"riks": "rosh"})
    with pytest.raises(rb.InputError, match="one length"):
        tier_cohort(columns(CASE) | {"stalking": [True, False]})
    with pytest.raises(rb.InputError, match="today"):
        tier_cohort(columns(CASE), today="soon")


def test_unknown_facts_are_refused_and_nothing_is_repeated() -> None:
    with pytest.raises(rb.UnknownNameError, match="rosh"):
        tier(CASE | {"rosj": "low"})
    with pytest.raises(rb.InputErrorGroup) as caught:
        TierFacts(rosh="Jane", arp="Jane", today="Jane")  # type: ignore[arg-type]
    assert "Jane" not in str(caught.value)
    assert len(caught.value.issues) == 3
    assert "2026" not in repr(TierFacts.from_dict(CASE))


# ---------------------------------------------------------------------------------------- rules


def test_the_built_in_rule_says_what_it_is() -> None:
    assert tier_rules() == ("tier-v3-2026-06-18",)
    rule = tier_rule()
    found = tier(CASE)
    said = " ".join(found.cautions)
    assert "feature flag" in rule.status
    assert "feature flag" in said
    assert "does not assess a person" in said
    assert "feature flag" in repr(found)
    assert found.to_dict()["rule"] == "tier-v3-2026-06-18"
    assert json.loads(json.dumps(found.to_dict()))["digest"] == rule.digest
    cohort = tier_cohort(columns(CASE))
    assert cohort.provenance == rule.provenance
    assert "feature flag" in repr(cohort)
    assert set(STEPS) == set(found.steps)
    assert pickle.loads(pickle.dumps(found)).to_dict() == found.to_dict()
    assert pickle.loads(pickle.dumps(found)) == found
    assert len({found, pickle.loads(pickle.dumps(found))}) == 1


def test_a_result_without_a_tier_says_why_as_plain_values_too() -> None:
    """The status of the rule and that of the case have names of their own."""
    nobody = tier({"today": "2026-07-15", "has_active_event": False})
    unknown = tier({"today": "2026-07-15", "has_active_event": True})
    assert [t.to_dict()["status"] for t in (tier(CASE), nobody, unknown)] == [
        "tier",
        "not_supervised",
        "missing",
    ]
    assert {t.to_dict()["rule_status"] for t in (nobody, unknown)} == {tier_rule().status}


@pytest.mark.parametrize("given", [None, 3, [{"today": "2026-07-15"}], "today"])
def test_facts_are_a_mapping(given: Any) -> None:
    with pytest.raises(TypeError, match=r"riskbands\.tier_cohort"):
        tier(given)


def test_a_key_that_is_no_text_is_no_fact() -> None:
    strange: Any = {1: 2}
    with pytest.raises(rb.UnknownNameError):
        tier(strange)


def test_a_rule_is_replaced_by_one_s_own_and_an_edited_one_says_so(tmp_path: Path) -> None:
    same = TierRule.from_toml(BUILT_IN)
    assert same == tier_rule()
    edited = BUILT_IN.replace('stalking = "F"', 'stalking = "A"')
    file = tmp_path / "mine.toml"
    file.write_text(edited, encoding="utf-8")
    rule = TierRule.from_file(file)
    assert rule.id == "tier-v3-2026-06-18 (modified)"
    assert str(tier(CASE | {"stalking": True}, rule).tier) == "A"
    assert str(tier(CASE | {"stalking": True}).tier) == "D"
    named = TierRule.from_toml(edited.replace("tier-v3-2026-06-18", "mine"))
    assert (named.id, tier(CASE, named).rule.id) == ("mine", "mine")
    with pytest.raises(rb.UnknownNameError, match="tier-v3"):
        tier(CASE, "tier-v3")
    with pytest.raises(rb.TableError, match="cannot read"):
        TierRule.from_file(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('stalking = "F"', 'stalking = "H"', "registers.stalking must be one of"),
        ('stalking = "F"\n', "", "registers.stalking is missing"),
        ('stalking = "F"', 'stalking = "F"\nstaking = "F"', "unknown entry 'registers.staking'"),
        ('"90+" = "A" }', '"91+" = "A" }', "must have 0"),
        ('"6.9+" = {', '"7.0+" = {', "must have the rows"),
        ('arp = "tier-v3-arp"', 'arp = "rsr-2025"', "table for other scores"),
        ('arp = "tier-v3-arp"', 'arp = "mine"', "id of a built-in band table"),
        ('"1.12" = "C"', '"0.12" = "C"', "keys must rise"),
        ('"1" = "B"', '"one" = "B"', "keys must be numbers"),
        ('later = "E"\n', "", "lifer_ipp.later is missing"),
        ('very_high = "C"', 'extreme = "C"', "unknown entry 'mappa_rosh.without_mappa.extreme'"),
        ('title = "Tier', 'titel = "Tier', "unknown entry 'titel'"),
        ('"F", "E", "D"', '"F", "F", "D"', "tiers"),
        ("[registers]", "[registers", "not TOML"),
        ('status = "behind a feature flag"', "status = 3", "status must be a text"),
    ],
)
def test_a_rule_that_will_not_do_is_refused(old: str, new: str, message: str) -> None:
    assert old in BUILT_IN
    with pytest.raises(rb.TableError, match=message):
        TierRule.from_toml(BUILT_IN.replace(old, new))


def test_all_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    text = BUILT_IN.replace('stalking = "F"', 'stalking = "H"').replace('low = "E"', 'low = "Z"')
    with pytest.raises(rb.TableError) as caught:
        TierRule.from_toml(text, "mine.toml")
    for part in ("mine.toml", "registers.stalking", "sexual_reoffending.low", "with_mappa.low"):
        assert part in str(caught.value)
