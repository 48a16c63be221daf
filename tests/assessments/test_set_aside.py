"""What could not be read stays set aside when an assessment is written and read back."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from cases import ADULT
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.errors import Issue

CASE: dict[str, Any] = {
    **ADULT,
    "alcohol_use": 0,
    "weapon": "no",
    "drug_motivation": 1,
}
CHILD: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": "2009-05-01",
    "assessment_date": "2024-01-16",
    "order_end_date": "2024-02-01",
    "sanctions": 2,
}
POINTS: dict[str, Any] = {"assessment_date": "2014-01-16", "asset_lifestyle": 2, "asset_static": 9}
KINDS: list[tuple[type[Any], dict[str, Any]]] = [
    (rb.OASysAssessment, CASE),
    (rb.AssetPlusAssessment, CHILD),
    (rb.AssetAssessment, POINTS),
]
UNREAD = "Zq7 cannot be read"


def read_back(case: Any) -> Any:
    return type(case).from_dict(json.loads(json.dumps(case.to_dict())))


def messages(issues: tuple[Issue, ...]) -> list[tuple[str, str]]:
    return [(str(issue), issue.message) for issue in issues]


def scored(case: Any) -> dict[str, Any]:
    found = {}
    for predictor in rb.predictors.by_id.values():
        try:
            score = predictor.score(case, on_issue="return")
        except rb.MissingTableError:
            continue
        found[predictor.id] = (score.percent, score.form, messages(score.issues))
    return found


@given(st.sampled_from(KINDS), st.data())
def test_a_kept_assessment_is_the_same_after_json(
    kind: tuple[type[Any], dict[str, Any]], data: st.DataObject
) -> None:
    cls, values = kind
    bad = data.draw(st.sets(st.sampled_from(sorted(values)), min_size=1))
    case = cls.from_dict(values | dict.fromkeys(bad, UNREAD), on_issue="keep")
    assert {name for fault in case.faults for name in fault.fields} == bad
    text = json.dumps(case.to_dict())
    assert UNREAD not in text
    for again in (read_back(case), pickle.loads(pickle.dumps(case)), copy.deepcopy(case)):
        assert again == case
        assert hash(again) == hash(case)
        assert again.digest == case.digest
        assert json.dumps(again.to_dict()) == text
        assert messages(again.faults) == messages(case.faults)
        with pytest.raises(rb.InputErrorGroup, match="cannot be signed off"):
            again.sign_off(by="m", at="2024-01-20")
    assert read_back(case).edit(**{name: values[name] for name in bad}).faults == ()


@pytest.mark.parametrize(("cls", "values"), KINDS)
def test_its_scores_are_the_same_too(cls: type[Any], values: dict[str, Any]) -> None:
    for name in values:
        case = cls.from_dict(values | {name: UNREAD}, on_issue="keep")
        assert scored(read_back(case)) == scored(case)


def test_a_refused_case_does_not_come_back_scored() -> None:
    case = rb.OASysAssessment.from_dict(CASE | {"alcohol_use": "??"}, on_issue="keep")
    for one in (case, read_back(case)):
        score = rb.arp.score(one, on_issue="return")
        assert [str(issue) for issue in score.issues] == ["malformed:alcohol_use"]
    # nor by the door for plain mappings
    with pytest.raises(rb.UnknownNameError, match="no field"):
        rb.arp.score(case.to_dict())


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (
            {
                "easilyInfluencedByCriminalAssociates": "NO_PROBLEMS",
                "influenceFromCriminalAssociates": "SOME_PROBLEMS",
            },
            "contradiction:criminal_associates",
        ),
        (
            {
                "dateAtStartOfFollowupCalculated": "2025-06-16",
                "dateAtStartOfFollowupUserInput": "2025-07-31",
            },
            "contradiction:follow_up_date",
        ),
        ({"previousConvictions": ["ZQ7"]}, "malformed:previous_arson"),
    ],
)
def test_what_a_request_contradicts_stays_contradicted(
    request_: dict[str, Any], fault: str
) -> None:
    case = rb.OASysAssessment.from_hmpps(request_, on_issue="keep")
    assert fault in map(str, case.faults)
    assert read_back(case) == case
    assert messages(read_back(case).faults) == messages(case.faults)
    assert scored(read_back(case)) == scored(case)


def test_rules_that_are_broken_stay_so_with_their_values() -> None:
    items = {"sections": {"accommodation": {"items": {"3.4": 1}}}, "accommodation": 2}
    for cls, values in (
        (rb.OASysAssessment, CASE | items),
        (rb.AssetPlusAssessment, CHILD | {"date_of_birth": "2000-01-01"}),
    ):
        case = cls.from_dict(values, on_issue="keep")
        assert len(case.faults) == 1
        assert read_back(case) == case
        assert messages(read_back(case).faults) == messages(case.faults)
        assert scored(read_back(case)) == scored(case)
        # a rule that the values do not break any more is a field that has a value
        mended = case.to_dict() | {"accommodation": 1, "date_of_birth": "2009-01-01"}
        mended = {k: v for k, v in mended.items() if k in values or k == "faults"}
        with pytest.raises(rb.InputError, match="has a value") as caught:
            cls.from_dict(mended)
        assert caught.value.code == "contradiction"


@pytest.mark.parametrize("on_issue", ["raise", "keep"])
@pytest.mark.parametrize("value", [1, "1", "??"])
def test_a_fault_of_a_field_that_has_a_value_is_refused(on_issue: str, value: Any) -> None:
    document = {"faults": [{"code": "malformed", "fields": ["alcohol_use"]}], "alcohol_use": value}
    with pytest.raises(ValueError, match="alcohol_use") as caught:
        rb.OASysAssessment.from_dict(document, on_issue=on_issue)
    assert isinstance(caught.value, rb.RiskBandsError)
    blank = rb.OASysAssessment.from_dict(document | {"alcohol_use": ""}, on_issue=on_issue)
    assert list(map(str, blank.faults)) == ["malformed:alcohol_use"]


def test_other_faults_of_the_document_are_told_beside_them() -> None:
    document = CASE | {"faults": [{"code": "malformed", "fields": ["binge_drinking"]}]}
    case = rb.OASysAssessment.from_dict(document | {"weapon": "??"}, on_issue="keep")
    assert list(map(str, case.faults)) == ["malformed:binge_drinking", "malformed:weapon"]
    with pytest.raises(rb.InputErrorGroup, match="weapon"):
        rb.OASysAssessment.from_dict(document | {"weapon": "??"})


@pytest.mark.parametrize(
    "faults",
    [
        "Zq7",
        3,
        {"code": "malformed", "fields": ["sex"]},
        ["Zq7"],
        [{}],
        [{"code": "malformed"}],
        [{"code": "malformed", "fields": []}],
        [{"code": "malformed", "fields": "sex"}],
        [{"code": "malformed", "fields": ["Zq7"]}],
        [{"code": "malformed", "fields": [3]}],
        [{"code": "malformed", "fields": ["sex"], "value": "Zq7"}],
        [{"code": "malformed", "fields": ["sex"], "message": 3}],
        [{"code": 3, "fields": ["sex"]}],
        [{"code": "zq7", "fields": ["sex"]}],
        [{"code": "malformed", "fields": ["sex", "weapon"]}],
        [{"code": "age_at_assessment_out_of_range", "fields": ["date_of_birth"]}],
    ],
)
def test_faults_that_cannot_be_are_refused(faults: Any) -> None:
    with pytest.raises(rb.InputError) as caught:
        rb.OASysAssessment.from_dict({"faults": faults})
    assert caught.value.fields == ("faults",)
    assert "zq7" not in str(caught.value).casefold()


def test_no_other_sentence_is_repeated() -> None:
    """Whoever wrote the document may have quoted the value."""
    fault = {"code": "malformed", "fields": ["sex"], "message": "Zq7Jane is no sex"}
    case = rb.OASysAssessment.from_dict({"faults": [fault]})
    assert case.faults == (Issue("malformed", ("sex",)),)
    with pytest.raises(rb.InputErrorGroup, match="sex could not be read") as caught:
        case.sign_off(by="m", at="2024-01-20")
    assert "Zq7" not in str(caught.value)


@pytest.mark.parametrize(("cls", "values"), KINDS)
@pytest.mark.parametrize("faults", [None, []])
def test_a_document_without_faults_reads_as_it_did(
    cls: type[Any], values: dict[str, Any], faults: Any
) -> None:
    case = cls.from_dict(values)
    assert "faults" not in case.to_dict()
    assert cls.from_dict(values | {"faults": faults}) == case


def test_a_sign_off_does_not_hold_for_a_document_to_which_a_fault_was_added() -> None:
    signed = rb.OASysAssessment.from_dict(CASE).sign_off(by="m", at="2024-01-20")
    fault = {"code": "malformed", "fields": ["binge_drinking"]}
    assert rb.OASysAssessment.from_dict(signed.to_dict() | {"faults": [fault]}).signed_off == ()
