"""Whole requests of both versions of the HMPPS actuarial API, with the whole service's answers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import riskbands as rb
from riskbands.assessments.hmpps import request_names
from riskbands.vocabulary.fields import fields

HERE = Path(__file__).parent
#: The service's names of its answers: predictor, form where it is fixed, names of the scores.
ANSWERS: dict[int, dict[str, tuple[str, dict[str, str]]]] = {
    2025: {
        "allPredictor": ("ogrs3", {"oneYearScore": "1yr", "twoYearScore": "2yr"}),
        "violentPredictor": ("ovp", {"oneYearScore": "1yr", "twoYearScore": "2yr"}),
        "nonViolentPredictor": ("ogp", {"oneYearScore": "1yr", "twoYearScore": "2yr"}),
        "directContactSexualPredictor": ("osp_dc", {"score": "2yr"}),
        "indirectContactSexualPredictor": ("osp_iic", {"score": "2yr"}),
        "seriousViolencePredictor": ("snsv", {"score": "2yr"}),
        "seriousPredictor": ("rsr", {"overallScore": "2yr"}),
    },
    2026: {
        "allPredictor": ("arp", {"score": "2yr"}),
        "violentPredictor": ("vrp", {"score": "2yr"}),
        "directContactSexualPredictor": ("dc_srp", {"score": "2yr"}),
        "indirectContactSexualPredictor": ("iic_srp", {"score": "2yr"}),
        "seriousViolentPredictor": ("svrp", {"score": "2yr"}),
        "seriousPredictor": ("csrp", {"overallScore": "2yr"}),
    },
}
#: Which of the two dates of 2025 the service reads.
CALCULATED = ("ogrs3", "ogp", "ovp")
#: Where the library has an answer and the service none, and why.
ANSWERED = {
    (2025, "static-only", "snsv"): "SNSV does not read the supervision status",
    (2025, "static-only", "osp_dc"): "a woman: not applicable, whatever is missing",
    (2025, "opd-female-mappa", "osp_dc"): "a woman: not applicable, whatever is missing",
    (2026, "static-only", "dc_srp"): "a woman: not applicable, whatever is missing",
    (2026, "static-only", "iic_srp"): "a woman: not applicable, whatever is missing",
    (2026, "opd-female-mappa", "dc_srp"): "a woman: not applicable, whatever is missing",
    (2026, "opd-female-mappa", "iic_srp"): "a woman: not applicable, whatever is missing",
}


@cache
def requests(year: int) -> dict[str, dict[str, Any]]:
    listed = json.loads((HERE / f"requests_{year}.json").read_text("utf-8"))
    return {r["name"]: r for r in listed}


def predictor_of(name: str) -> rb.Predictor:
    predictor: rb.Predictor = getattr(rb, name)
    return predictor.with_table("ogrs3-hmpps-2025") if name in ("ogrs3", "ogp") else predictor


def score_of(year: int, request: dict[str, Any], name: str) -> rb.Score:
    case = rb.OASysAssessment.from_hmpps(
        request,
        on_issue="keep",
        follow_up="calculated" if name in CALCULATED else "user_input",
    )
    return predictor_of(name).score(case, on_issue="return")


READ = ("full-male-sexual", "static-only", "explicit-nulls", "mst-only", "opd-female-mappa")
CASES = [
    (year, request, answer)
    for year, answers in ANSWERS.items()
    for request in READ
    for answer in answers
]


def test_there_are_six_requests_of_each_version() -> None:
    for year in ANSWERS:
        assert len(requests(year)) == 6
        refused = [name for name, r in requests(year).items() if not r["accepted"]]
        assert refused == ["other-trees-name"]


@pytest.mark.parametrize(("year", "name", "answer"), CASES)
def test_every_answer_of_the_service(year: int, name: str, answer: str) -> None:
    request = requests(year)[name]
    expected = request["answers"]["actuarialPredictors"][answer]
    predictor, scores = ANSWERS[year][answer]
    found = score_of(year, request["request"], predictor)
    output = expected["output"]
    if all(output[key] is None for key in scores):
        reason = ANSWERED.get((year, name, predictor))
        assert found.ok == (reason is not None), found.issues
        return
    assert found.ok, found.issues
    if output["band"] == "NOT_APPLICABLE":
        assert found.band is rb.NOT_APPLICABLE
        return
    assert {key: found.percent[h] for key, h in scores.items()} == {k: output[k] for k in scores}
    if output["band"] is not None:
        assert str(found.band).upper().replace(" ", "_") == output["band"]
    if output.get("pointScore") is not None:
        assert found.points == output["pointScore"]


def test_the_two_dates_of_2025_need_a_decision_where_they_differ() -> None:
    request = requests(2025)["static-only"]["request"]
    with pytest.raises(rb.InputErrorGroup, match=r"follow_up=.*calculated.*user_input") as caught:
        rb.OASysAssessment.from_hmpps(request)
    assert [str(i) for i in caught.value.issues] == ["contradiction:follow_up_date"]
    assert "2025-0" not in str(caught.value)
    kept = rb.OASysAssessment.from_hmpps(request, on_issue="keep")
    assert kept.follow_up_date is None
    issues = rb.ogrs3.score(kept, on_issue="return").issues
    assert [str(i) for i in issues] == ["contradiction:follow_up_date"]
    calculated = rb.OASysAssessment.from_hmpps(request, follow_up="calculated")
    user_input = rb.OASysAssessment.from_hmpps(request, follow_up="user_input")
    assert str(calculated.follow_up_date) == request["dateAtStartOfFollowupCalculated"]
    assert str(user_input.follow_up_date) == request["dateAtStartOfFollowupUserInput"]
    with pytest.raises(rb.UnknownNameError, match="calculated"):
        rb.OASysAssessment.from_hmpps(request, follow_up="calculate")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "given",
    [
        {"dateAtStartOfFollowupCalculated": "2025-06-16"},
        {"dateAtStartOfFollowupUserInput": "2025-06-16"},
        {"dateAtStartOfFollowup": "2025-06-16"},
        {
            "dateAtStartOfFollowupCalculated": "2025-06-16",
            "dateAtStartOfFollowupUserInput": "2025-06-16",
        },
        {"dateAtStartOfFollowupCalculated": None, "dateAtStartOfFollowupUserInput": "2025-06-16"},
    ],
)
@pytest.mark.parametrize("follow_up", [None, "calculated", "user_input"])
def test_one_start_of_follow_up_is_never_lost(given: dict[str, Any], follow_up: Any) -> None:
    case = rb.OASysAssessment.from_hmpps(given, follow_up=follow_up)
    assert str(case.follow_up_date) == "2025-06-16"


def test_a_name_of_the_other_version_is_read_too() -> None:
    for year in ANSWERS:
        request = requests(year)["other-trees-name"]["request"]
        case = rb.OASysAssessment.from_hmpps(request, on_issue="keep", follow_up="calculated")
        assert case.sex is not None


def test_every_name_of_the_api_has_a_place() -> None:
    named = {name for year in ANSWERS for r in requests(year).values() for name in r["request"]}
    assert named <= set(request_names())
    assert len(request_names()) == 111
    for name in named - {"version", "snsvStaticOrDynamic", "previousConvictions"}:
        assert [f.name for f in fields().values() if name in f.hmpps_names]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("dateOfBrith", "dateOfBirth"),
        ("dateAtStartOfFollowUp", "dateAtStartOfFollowup"),
        ("currentOffence", "currentOffenceCode"),
        ("hasKetamineUse", "hasKetamineUsage"),
    ],
)
def test_a_name_on_no_list_is_an_error_with_the_nearest(name: str, near: str) -> None:
    with pytest.raises(rb.UnknownNameError, match=near):
        rb.OASysAssessment.from_hmpps({"gender": "MALE", name: None})


def test_the_words_of_the_api() -> None:
    case = rb.OASysAssessment.from_hmpps(
        {
            "currentAlcoholUseProblems": "SOME_PROBLEMS",
            "impulsivityProblems": "SIGNIFICANT_PROBLEMS",
            "temperControl": "NO_PROBLEMS",
            "awarenessOfConsequences": "SOMETIMES",
            "motivationToTackleDrugMisuse": "NO_MOTIVATION",
            "professionalOrVocationalQualifications": "NO_QUALIFICATIONS",
            "currentRelationshipStatus": "IN_RELATIONSHIP_LIVING_TOGETHER",
            "overallRiskForAssessment": "VERY_HIGH",
            "saraRiskToPartner": "NOT_APPLICABLE",
            "supervisionStatus": "REMAND",
            "previousConvictions": ["WOUNDING_GBH", "ARSON"],
            "version": "V1_0",
            "snsvStaticOrDynamic": "STATIC",
        }
    )
    assert (case.alcohol_use, case.impulsivity, case.temper_control) == (1, 2, 0)
    assert (case.awareness_of_consequences, case.drug_motivation, case.qualifications) == (1, 2, 2)
    assert case.relationship_status == "living_together"
    assert (case.overall_harm_level, case.sara_partner) == ("very_high", "not_applicable")
    assert case.supervision_status == "remand"
    assert (case.previous_wounding_gbh, case.previous_arson, case.previous_robbery) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("name", "word", "field"),
    [
        ("currentAlcoholUseProblems", "FEW_PROBLEMS", "alcohol_use"),
        ("awarenessOfConsequences", "SOME_PROBLEMS", "awareness_of_consequences"),
        ("saraRiskToOthers", "EXTREME", "sara_others"),
        ("currentRelationshipStatus", "IN_RELATIONSHIP", "relationship_status"),
    ],
)
def test_a_word_that_the_api_has_not_is_an_error(name: str, word: str, field: str) -> None:
    with pytest.raises(rb.InputErrorGroup, match=field) as caught:
        rb.OASysAssessment.from_hmpps({name: word})
    assert word not in str(caught.value)


def test_two_names_of_one_item_are_one_field_and_must_agree() -> None:
    both = ("influenceFromCriminalAssociates", "easilyInfluencedByCriminalAssociates")
    for name in both:
        case = rb.OASysAssessment.from_hmpps({name: "SOME_PROBLEMS"})
        assert case.criminal_associates == 1
    same = rb.OASysAssessment.from_hmpps(dict.fromkeys(both, "SOME_PROBLEMS"))
    assert same.criminal_associates == 1
    differ = dict(zip(both, ("SOME_PROBLEMS", "NO_PROBLEMS"), strict=True))
    case = rb.OASysAssessment.from_hmpps({"gender": "MALE"} | differ)
    assert (case.sex, case.criminal_associates) == ("male", None)
    assert [str(i) for i in case.faults] == ["contradiction:criminal_associates"]
    assert case.edit(criminal_associates=1).faults == ()
    with pytest.raises(rb.InputErrorGroup, match="criminal_associates must be"):
        rb.OASysAssessment.from_hmpps(differ | {both[0]: "MANY"})


def test_two_answers_to_one_item_stop_only_the_tools_that_read_it() -> None:
    request = requests(2025)["full-male-sexual"]["request"]
    case = rb.OASysAssessment.from_hmpps(request, follow_up="calculated")
    for tool in (rb.mst, rb.pni):
        issues = tool.score(case, on_issue="return").issues
        assert [str(i) for i in issues] == ["contradiction:criminal_associates"]
    assert rb.lds.score(case).ok
    assert rb.ogrs3.score(case).percent["2yr"] == 67


@pytest.mark.parametrize("listed", ["ARSON", ["BLACKMAIL"], [None], 3, {"ARSON": True}])
def test_previous_convictions_are_a_list_of_known_kinds(listed: Any) -> None:
    with pytest.raises(rb.InputErrorGroup, match="must be a list of HOMICIDE") as caught:
        rb.OASysAssessment.from_hmpps({"previousConvictions": listed})
    assert "BLACKMAIL" not in str(caught.value)
    assert len(caught.value.issues) == 9


def test_a_request_is_a_mapping() -> None:
    with pytest.raises(rb.InputError, match="mapping"):
        rb.OASysAssessment.from_hmpps([("gender", "MALE")])  # type: ignore[arg-type]


@pytest.mark.parametrize("year", ANSWERS)
def test_the_columns_of_a_cohort_take_the_same_words_and_suggest_the_same_names(year: int) -> None:
    listed = [r["request"] for name, r in requests(year).items() if name == "full-male-sexual"]
    request = {k: v for k, v in listed[0].items() if k != "previousConvictions"}
    request.pop("dateAtStartOfFollowupUserInput", None)
    columns = {name: [value] for name, value in request.items()}
    rename = rb.suggest_columns(columns).rename
    named = {name: f.name for f in fields().values() for name in f.hmpps_names}
    assert {k: v for k, v in rename.items() if v != named[k]} == {}
    assert set(request) - set(rename) <= {
        "version",
        "snsvStaticOrDynamic",
        # two names of one item: which is meant is for someone to say
        "influenceFromCriminalAssociates",
        "easilyInfluencedByCriminalAssociates",
    }
    previous = {f"previous_{k}": ["no"] for k in ("homicide", "robbery", "weapon", "arson")}
    chosen = ["ogrs3", "ogp", "ovp"] if year == 2025 else ["arp", "vrp"]
    got = rb.score_cohort({**columns, **previous}, chosen, rename=rename)
    for name in chosen:
        one = getattr(rb, name).score(rb.OASysAssessment.from_hmpps(request))
        assert got[f"{name}_2yr"][0] == one.percent["2yr"]
