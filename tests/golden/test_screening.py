"""The screening tools against the answers of the deployed services, golden `mst`, `lds`, `opd`.

Where a tool here departs from the service (docs/predictors/screening.md), the test says in which
cases, and that it is these alone.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import riskbands as rb
from riskbands.vocabulary.fields import all_fields

HERE = Path(__file__).parent
FIELD = {n: f.name for f in all_fields().values() for n in f.hmpps_name.split()}
#: Outcomes of the offence screen need one of the two lists of codes: that of 2026 is used here.
TREE = "2026"
TOOLS: dict[str, rb.Predictor] = {"mst": rb.mst, "lds": rb.lds, "opd": rb.opd}


@cache
def vectors(tool: str) -> tuple[dict[str, Any], ...]:
    with gzip.open(HERE / f"{tool}.jsonl.gz", "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line in file]
    return tuple(v for v in found if TREE in v["trees"])


def case_of(vector: dict[str, Any]) -> dict[str, Any]:
    return {FIELD[name]: value for name, value in vector["input"].items()}


def scored(tool: str) -> list[tuple[dict[str, Any], rb.Score]]:
    return [(v, TOOLS[tool].score(case_of(v), on_issue="return")) for v in vectors(tool)]


def fields_of(score: rb.Score) -> set[str]:
    return {f for i in score.issues for f in i.fields}


@pytest.mark.parametrize("tool", TOOLS)
def test_there_are_vectors(tool: str) -> None:
    assert len(vectors(tool)) > 250


def test_mst_scores() -> None:
    for vector, score in scored("mst"):
        if "errors" in vector:
            continue
        expected = vector["expect"]
        if expected["isMstApplicable"]:
            assert score.applies
            assert score.outputs == {
                "points": expected["maturityScore"],
                "flag": expected["maturityFlag"],
            }, vector["id"]
        else:  # the service has a flag of False beside "not applicable"; here there is none
            assert score.ok
            assert not score.applies
            assert set(score.outputs.values()) == {None}


def test_mst_errors_but_for_women_whom_it_does_not_apply_to() -> None:
    departures = 0
    for vector, score in scored("mst"):
        if "errors" not in vector:
            continue
        if score.ok:
            departures += 1
            assert vector["input"]["gender"] == "FEMALE"
            assert not score.applies
            continue
        expected = {FIELD[name] for name in vector["errors"][0]["fields"]}
        codes = {i.code for i in score.issues}
        assert codes <= {"missing", "mst_not_enough_answers"}
        if "missing" in codes:
            assert expected & {"sex", "date_of_birth"} <= fields_of(score)
    assert departures == 13


def test_lds() -> None:
    for vector, score in scored("lds"):
        if "errors" not in vector:
            expected = vector["expect"]
            assert score.outputs == {"points": expected["subtotal"], "level": expected["ldsScore"]}
            continue
        codes = {
            "LDS_NOT_ENOUGH_FIELDS_PRESENT": "lds_not_enough_answers",
            "MISSING_MANDATORY_INPUT": "literacy_parts_without_literacy",
        }
        assert [i.code for i in score.issues] == [codes[e["type"]] for e in vector["errors"]]


def test_opd_results() -> None:
    departures = 0
    for vector, score in scored("opd"):
        if "errors" in vector:
            continue
        expected, found = vector["expect"], score.outputs
        result = None if found["result"] is None else str(found["result"]).upper()
        if (result, found["override"]) != (expected["opdResult"], expected["opdOverride"]):
            # a woman who answered none of the first ten items, but one of the other five
            departures += 1
            assert vector["input"]["gender"] == "FEMALE"
            assert expected["opdResult"] is None
            continue
        for name, value in (expected.get("scores") or {}).items():
            assert found[name] == value, (vector["id"], name)
    assert departures == 2


def test_opd_errors_but_for_what_women_are_not_asked() -> None:
    departures = 0
    for vector, score in scored("opd"):
        for error in vector.get("errors", []):
            wanted = {FIELD[name] for name in error["fields"]} - {"highest_harm_level"}
            if vector["input"].get("gender") == "FEMALE":
                wanted -= {"offence_code", "custodial_sentence"}
            if not wanted:
                departures += 1
                assert score.ok
            elif vector["input"].get("gender") is None:
                assert "sex" in fields_of(score)
            else:
                assert wanted <= fields_of(score), vector["id"]
    assert departures == 9


@pytest.mark.parametrize("tool", TOOLS)
def test_a_cohort_has_the_results_of_its_cases(tool: str) -> None:
    cases = [case_of(v) for v in vectors(tool)]
    names = dict.fromkeys(name for case in cases for name in case)
    columns = {name: [case.get(name) for case in cases] for name in names}
    found = rb.to_frame(rb.score_cohort(columns, [tool]), "polars").to_dict(as_series=False)
    for place, case in enumerate(cases):
        score = TOOLS[tool].score(case, on_issue="return")
        assert found[f"{tool}_issues"][place] == ";".join(map(str, score.issues))
        for name, value in score.outputs.items():
            assert found[f"{tool}_{name}"][place] == (value if score.ok else None), (case, name)


@pytest.mark.parametrize("tool", TOOLS)
def test_none_is_scored_unless_it_is_asked_for_by_name(tool: str) -> None:
    case = case_of(next(v for v in vectors(tool) if "errors" not in v))
    assert tool not in rb.score(rb.OASysAssessment.from_dict(case))
    scored_columns = rb.score_cohort({name: [value] for name, value in case.items()} | {
        "age_at_conviction": [20], "age_at_follow_up": [20], "sanctions": [1],
        "first_sanction_age": [20], "offence_code": ["00801"], "sex": ["male"],
    })  # fmt: skip
    assert not [name for name in scored_columns if name.startswith(tool)]
    assert "ogrs3_2yr" in scored_columns


@pytest.mark.parametrize("tool", ["lds", "opd"])
def test_what_concerns_health_says_that_it_is_no_diagnosis(tool: str) -> None:
    case = case_of(next(v for v in vectors(tool) if "errors" not in v))
    assert any("not a diagnosis" in text for text in TOOLS[tool].score(case).cautions)
