"""PNI against the deployed API (golden `pni`) and against OASys's own rule (`pni_oasys`)."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import riskbands as rb
from riskbands.derivation.layered import Layered
from riskbands.instruments.panel import DOES_NOT_APPLY, UNKNOWN, Panel
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import all_fields

HERE = Path(__file__).parent
FIELD = {n: f.name for f in all_fields().values() for n in f.hmpps_names}
DOMAIN = {
    "domain_sex": "sex",
    "domain_thinking": "thinking",
    "domain_relationships": "relationship",
    "domain_self_management": "selfManagement",
}
BAND = {
    "LOW": 0, "L": 0, "MEDIUM": 1, "M": 1, "HIGH": 2, "H": 2, "VERY_HIGH": 3, "V": 3,
    "NOT_APPLICABLE": DOES_NOT_APPLY, "NA": DOES_NOT_APPLY, None: UNKNOWN,
}  # fmt: skip
#: The least percentage of each band that PNI distinguishes.
LEAST = {
    "pni_general": {"LOW": 0, "MEDIUM": 50, "HIGH": 75, "VERY_HIGH": 90, None: None},
    "pni_violent": {"LOW": 0, "MEDIUM": 30, "HIGH": 60, "VERY_HIGH": 80, None: None},
}


@cache
def vectors(name: str) -> tuple[dict[str, Any], ...]:
    with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return tuple(json.loads(line) for line in file)


def in_hundredths(percent: float | None) -> int:
    return UNKNOWN if percent is None else round(percent * 100)


def outputs(panel: Panel, vector: dict[str, Any], read: dict[str, int]) -> dict[str, Any]:
    """The results, with what the vector says that the predictors gave."""
    case = panel.case({FIELD[n]: v for n, v in vector["input"].items() if n in FIELD})
    layer = Layered(case.derivation, {name: (value, True) for name, value in read.items()})
    outcome = panel._work_out(layer, "auto")
    assert outcome.ok is True
    found = {r.name: (r, *r.work_out(layer, outcome)) for r in panel.results}
    return {n: r.value(v) if there is True else None for n, (r, v, there) in found.items()}


def panel_of(name: str) -> Panel:
    panel = by_id[name]
    assert isinstance(panel, Panel)
    return panel


def word(text: str | None) -> str | None:
    return None if text is None else text.lower()


def test_the_api_with_the_predictors_it_read() -> None:
    compared = finer = 0
    for vector in vectors("pni"):
        if vector.get("whole_request") or vector["input"].get("supervisionStatus") is None:
            continue
        given, expected = vector["predictors"], vector["expect"]
        percents = [given["all_reoffending"], given["violent"], given["serious"]]
        if any(p is not None and abs(in_hundredths(p) / 100 - p) > 1e-9 for p in percents):
            finer += 1  # no predictor reports a third decimal
            continue
        read = {
            "pni_general": in_hundredths(given["all_reoffending"]),
            "pni_violent": in_hundredths(given["violent"]),
            "pni_serious": in_hundredths(given["serious"]),
            "pni_dc": BAND[given["osp_dc"]],
            "pni_iic": BAND[given["osp_iic"]],
        }
        found = outputs(panel_of("pni_api"), vector, read)
        wanted = {
            "pathway": word(expected["pniPathway"]),
            "need": word(expected["need"]),
            "projected_need": word(expected["projectedNeed"]),
            "risk": word(expected["risk"]),
            "missing": len(expected["missing"]),
            **{ours: expected["domains"][theirs] for ours, theirs in DOMAIN.items()},
        }
        assert {name: found[name] for name in wanted} == wanted, vector["id"]
        compared += 1
    assert (compared, finer) == (358, 6)


def test_oasys() -> None:
    for vector in vectors("pni_oasys"):
        given, expected = vector["predictors"], vector["expect"]
        read = {
            "pni_general": in_hundredths(LEAST["pni_general"][given["ogrs3_band"]]),
            "pni_violent": in_hundredths(LEAST["pni_violent"][given["ovp_band"]]),
            "pni_serious": in_hundredths(given["serious"]),
            "pni_dc": BAND[given["osp_dc"]],
            "pni_iic": BAND[given["osp_iic"]],
        }
        found = outputs(panel_of("pni"), vector, read)
        wanted = {
            "pathway": word(expected["pniPathway"]),
            "need": word(expected["need"]),
            "risk": word(expected["risk"]),
            **{ours: expected["domains"][theirs] for ours, theirs in DOMAIN.items()},
        }
        assert {name: found[name] for name in wanted} == wanted, vector["id"]


OF_2025 = (rb.ogrs3, rb.ovp, rb.osp_dc, rb.osp_iic, rb.rsr)


@pytest.mark.parametrize(
    ("tree", "panel"),
    [("2026", panel_of("pni_api")), ("2025", panel_of("pni_api").with_components(*OF_2025))],
    ids=["2026", "2025"],
)
def test_whole_requests_where_pni_is_given_the_predictors(tree: str, panel: Panel) -> None:
    """The API works PNI out before RSR and OSP; the vectors hold the answer with all of them."""
    compared = 0
    for vector in vectors("pni"):
        if vector["trees"] != [tree] or not vector.get("whole_request"):
            continue
        # The requests hold both names of item 7.3, with answers that differ; PNI reads this one.
        request = dict(vector["input"])
        del request["influenceFromCriminalAssociates"]
        case = rb.OASysAssessment.from_hmpps(request, on_issue="keep")
        score = panel.score(case, on_issue="return")
        expected = vector["if_all_predictors_reached"]["pniPathway"]
        assert score.outputs["pathway"] == word(expected), vector["id"]
        compared += 1
    assert compared > 40


def test_without_supervision_status_there_is_no_result() -> None:
    score = rb.predictors.by_id["pni"].score({}, on_issue="return")
    assert [str(i) for i in score.issues] == ["missing:supervision_status"]


def test_remand_is_custody_but_not_in_the_api() -> None:
    items = dict.fromkeys(
        (f for v in vectors("pni")[:1] for n in v["input"] if (f := FIELD.get(n))), 2
    )
    given: dict[str, Any] = items | {
        "sexual_offence_history": True, "sara_partner": "low", "sara_others": "low",
        "supervision_status": "remand",
    }  # fmt: skip
    read = {"pni_general": 8000, "pni_violent": 7000, "pni_dc": 0, "pni_iic": 0, "pni_serious": 50}
    vector = {"input": {next(n for n in FIELD if FIELD[n] == k): v for k, v in given.items()}}
    assert outputs(panel_of("pni"), vector, read)["pathway"] == "high"
    assert outputs(panel_of("pni_api"), vector, read)["pathway"] == "alternative"


@pytest.mark.parametrize("name", ["pni", "pni_api"])
@pytest.mark.parametrize("column", ["sanctions", "first_sanction_age", "sex", "accommodation"])
def test_what_a_predictor_cannot_read_is_an_issue_and_what_it_misses_is_not(
    name: str, column: str
) -> None:
    given = next(v["input"] for v in vectors("pni") if v.get("whole_request"))
    case = rb.OASysAssessment.from_hmpps(
        {k: v for k, v in given.items() if k != "influenceFromCriminalAssociates"}, on_issue="keep"
    )
    row = {k: v for k, v in case.to_dict().items() if k in all_fields()}
    rows = [row, {**row, column: None}, {**row, column: "?"}]
    columns = {k: [r.get(k) for r in rows] for k in row}
    found = rb.score_cohort(columns, [name])
    assert found[f"{name}_issues"].tolist() == ["", "", f"malformed:{column}"]
    pathways = list(found[f"{name}_pathway"])
    assert None not in pathways[:2]
    assert pathways[2] is None
    with pytest.raises(rb.InputErrorGroup, match=column):
        by_id[name].score(rows[2])
