"""126 sets of answers to section items: scores and needs as the deployed service gives them.

The service counts an unanswered item 0, so its answers are those of ``unanswered="zero"``. Without
it, an incomplete section has no need, and a complete one has the same.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import riskbands as rb
from riskbands.assessments import SECTIONS, Sections

FILE = Path(__file__).with_name("sections.jsonl.gz")
#: The service's names of the items that count, by its name of the section.
ITEMS = {
    "accommodation": {
        "noFixedAbodeOrTransient": "3.3",
        "suitabilityOfAccommodation": "3.4",
        "permanenceOfAccommodation": "3.5",
        "locationOfAccommodation": "3.6",
    },
    "ete": {
        "unemployed": "4.2",
        "employmentHistory": "4.3",
        "workRelatedSkills": "4.4",
        "attitudeToEmployment": "4.5",
    },
    "relationships": {
        "relCloseFamily": "6.1",
        "experienceOfChildhood": "6.3",
        "prevCloseRelationships": "6.6",
    },
    "lifestyle": {
        "regActivitiesEncourageOffending": "7.2",
        "easilyInfluenced": "7.3",
        "recklessness": "7.5",
    },
    "drugs": {
        "currentDrugNoted": "8.4",
        "levelOfUseOfMainDrug": "8.5",
        "everInjectedDrugs": "8.6",
        "motivationToTackleDrugMisuse": "8.8",
        "drugsMajorActivity": "8.9",
    },
    "alcohol": {
        "currentUse": "9.1",
        "bingeDrinking": "9.2",
        "frequencyAndLevel": "9.3",
        "alcoholTackleMotivation": "9.5",
    },
    "thinking_and_behaviour": {
        "recogniseProblems": "11.5",
        "problemSolvingSkills": "11.6",
        "awarenessOfConsequences": "11.7",
        "understandsViewsOfOthers": "11.9",
    },
    "attitudes": {
        "proCriminalAttitudes": "12.1",
        "attitudesTowardsSupervision": "12.4",
        "attitudesTowardsCommunitySociety": "12.5",
        "motivationToAddressBehaviour": "12.8",
    },
}
#: Items that some rows answer and that do not count.
BESIDE = {"impulsivity": "11.2", "temperControl": "11.4"}
SECTION = {"thinking": "thinking_and_behaviour"}
NEEDS = {"NO_NEED": "no need", "STANDARD": "standard need", "SEVERE": "severe need", None: "None"}


@cache
def rows() -> list[dict[str, Any]]:
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def answer(item: str, said: str | None) -> int | None:
    """The score of an answer, read as the service reads it: its words, or the first character."""
    word = (said or "").lower()
    if item == "3.3":
        return {"yes": 2, "no": 0}.get(word)
    if item == "8.6":
        return {"never": 0, "previous": 1, "currently": 2}.get(word)
    return int(word[0]) if word[:1] in ("0", "1", "2") else None


def section_of(row: dict[str, Any]) -> str:
    name: str = row["section"]
    return SECTION.get(name, name)


def recorded(row: dict[str, Any]) -> dict[str, int | None]:
    names = {name: item for name, item in BESIDE.items() if name in row["answers"]}
    names |= ITEMS[section_of(row)]
    return {item: answer(item, row["answers"].get(name)) for name, item in names.items()}


def cannot_be(items: dict[str, int | None]) -> bool:
    """Whether 4.2 has its middle, which the service would take and OASys does not have."""
    return items.get("4.2") == 1


def test_the_items_are_those_that_count() -> None:
    counting = {s.name: s.items for s in SECTIONS.values() if s.items}
    assert counting == {name: tuple(items.values()) for name, items in ITEMS.items()}


@pytest.mark.parametrize("given", ["all items", "answered items"])
def test_unanswered_items_that_count_zero_give_the_deployed_answers(given: str) -> None:
    assert len(rows()) == 126
    for row in rows():
        items = recorded(row)
        if cannot_be(items):
            continue
        if given == "answered items":
            items = {item: value for item, value in items.items() if value is not None}
        section = section_of(row)
        found = Sections({section: {"items": items}})
        expected = row["expect"]["score"], NEEDS[row["expect"]["severity"]]
        need = found.needs("zero")[section]
        assert (found[section].total("zero"), str(need)) == expected, row["id"]


def test_the_same_sums_under_the_thresholds_of_the_tier_service_for_san() -> None:
    compared = 0
    for row in rows():
        items, section = recorded(row), section_of(row)
        if not cannot_be(items):
            needs = Sections({section: {"items": items}}).needs("zero", thresholds="san")
            assert str(needs[section]) == NEEDS[row["san_severity_by_tier_thresholds"]], row["id"]
            compared += 1
    assert compared == 123


def test_a_complete_section_has_the_deployed_need_and_an_incomplete_one_a_reason() -> None:
    complete = partly = impossible = 0
    for row in rows():
        section, items = section_of(row), recorded(row)
        if cannot_be(items):
            impossible += 1
            with pytest.raises(rb.InputError, match=r"item 4\.2 must be one of 0, 2"):
                Sections({section: {"items": items}})
            continue
        found = Sections({section: {"items": items}})
        counting = ITEMS[section].values()
        lacking = [item for item in counting if items[item] is None]
        if not lacking:
            complete += 1
            assert str(found.needs()[section]) == NEEDS[row["expect"]["severity"]], row["id"]
            assert section not in found.reasons()
        else:
            partly += len(lacking) < len(counting)
            assert found.needs()[section] is None
            assert all(item in found.reasons()[section] for item in lacking)
    assert (complete, partly, impossible) == (23, 93, 3)
