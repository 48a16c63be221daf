"""Strengths-based assessments: section scores as given, and which are high-scoring."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.assessments import SAN_SECTIONS, SanSections, Sections

# The highest score and the highest one that is not high-scoring, as the sentence plan states them.
LIMITS = {
    "accommodation": (6, 1),
    "ete": (4, 1),
    "relationships": (6, 1),
    "lifestyle": (6, 1),
    "drugs": (8, 0),
    "alcohol": (4, 1),
    "thinking_and_behaviour": (10, 2),
}
HIGH, LOW = "high-scoring", "not high-scoring"


def need(section: str, **scores: int | None) -> str:
    return str(SanSections(**scores).needs()[section])


@pytest.mark.parametrize("section", LIMITS)
def test_a_score_above_the_limit_is_high_scoring(section: str) -> None:
    highest, limit = LIMITS[section]
    beside = {"lifestyle": 0} if section == "thinking_and_behaviour" else {}
    for score in range(highest + 1):
        assert need(section, **beside, **{section: score}) == (HIGH if score > limit else LOW)
    assert SAN_SECTIONS[section].maximum == highest


@pytest.mark.parametrize("section", LIMITS)
@pytest.mark.parametrize("wrong", [-1, "highest + 1", True, "two", 1.5])
def test_a_score_that_cannot_be_is_refused(section: str, wrong: Any) -> None:
    highest = LIMITS[section][0]
    value = highest + 1 if wrong == "highest + 1" else wrong
    with pytest.raises(rb.InputError, match=f"from 0 to {highest}"):
        SanSections(**{section: value})


@pytest.mark.parametrize(
    ("own", "lifestyle", "expected"),
    [
        (0, 0, LOW),
        (2, 1, LOW),
        (3, 0, HIGH),
        (0, 2, HIGH),
        (3, 2, HIGH),
        (3, None, HIGH),
        (None, 2, HIGH),
        (2, None, "None"),
        (None, 1, "None"),
        (None, None, "None"),
    ],
)
def test_lifestyle_is_a_part_of_thinking(
    own: int | None, lifestyle: int | None, expected: str
) -> None:
    found = need("thinking_and_behaviour", thinking_and_behaviour=own, lifestyle=lifestyle)
    assert found == expected


# The one worked case in public tests of OASys: thresholds reached, or not.
def test_the_worked_case() -> None:
    san = SanSections(
        accommodation=0, relationships=3, lifestyle=0, drugs=6, thinking_and_behaviour=4
    )
    reached = {name: str(found) == HIGH for name, found in san.needs().items() if found}
    assert reached == {
        "accommodation": False,
        "relationships": True,
        "lifestyle": False,
        "drugs": True,
        "thinking_and_behaviour": True,
    }


def test_no_item_makes_a_san_score() -> None:
    items = {"8.4": 2, "8.5": 2, "8.6": 2, "8.8": 2, "8.9": 2}
    case = rb.OASysAssessment.from_dict({"sections": {"drugs": {"items": items}}})
    assert case.needs()["drugs"] == "severe need"
    assert set(case.san_needs().values()) == {None}


def test_an_assessment_carries_san_scores() -> None:
    case = rb.OASysAssessment.from_dict({"san": {"drugs": 3, "alcohol": 1}})
    assert str(case.san_needs()["drugs"]) == HIGH
    text = str(case.summary())
    assert "strengths-based" in text
    assert "drug use" in text
    with pytest.raises(rb.UnknownNameError, match="drugs"):
        rb.OASysAssessment.from_dict({"san": {"drug": 3}})
    with pytest.raises(rb.InputErrorGroup, match="from 0 to 8"):
        rb.OASysAssessment.from_dict({"san": {"drugs": 9}})


def test_thresholds_are_one_of_two_words() -> None:
    with pytest.raises(rb.UnknownNameError, match="san"):
        Sections({}).needs(thresholds="tier")  # type: ignore[arg-type]


@given(
    st.fixed_dictionaries(
        {name: st.none() | st.integers(0, highest) for name, (highest, _) in LIMITS.items()}
    )
)
def test_scores_survive_json(scores: dict[str, int | None]) -> None:
    case = rb.OASysAssessment(san=SanSections(**scores))
    again = rb.OASysAssessment.from_dict(json.loads(json.dumps(case.to_dict())))
    assert again == case
    assert again.san_needs() == case.san_needs()
