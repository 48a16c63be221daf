"""Tiers as the deployed code gives them: 665 cases, and 210 more under the same rules by commit."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from riskbands.errors import InputErrorGroup
from riskbands.tiers import STEPS, Tier, tier, tier_cohort, tier_rule

HERE = Path(__file__).parent
#: What the rows say besides: the rule has not read the other score since 1 April 2026, and where no
#: assessment is found both scores are missing.
UNREAD = ("iic_srp", "iic_srp_band", "assessment_found")
#: The commit that the rule is named after.
COMMIT = "2068b686"


@cache
def rows(name: str) -> list[dict[str, Any]]:
    with gzip.open(HERE / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def facts(row: dict[str, Any]) -> dict[str, Any]:
    if row["input"]["has_active_event"] and not row["input"]["assessment_found"]:
        assert row["input"]["arp"] is row["input"]["csrp"] is None
    return {name: value for name, value in row["input"].items() if name not in UNREAD}


def said(found: Tier) -> tuple[str, bool]:
    return found.status.upper() if found.tier is None else found.tier.label, found.provisional


def test_every_case_of_the_deployed_code_step_by_step() -> None:
    refused = 0
    for row in rows("tier_v3"):
        expected = row["expected"]
        if "error" in expected:
            refused += 1
            with pytest.raises(InputErrorGroup, match="dc_srp is below every percentage"):
                tier(facts(row))
            continue
        found = tier(facts(row))
        assert said(found) == (expected["tier"], expected["provisional"]), row["id"]
        steps = {name: band and band.label for name, band in found.steps.items()}
        assert steps == (expected["steps"] or {}), row["id"]
        if found.tier is not None:
            first = next(name for name in STEPS if steps[name] == expected["tier"])
            assert found.step == first
    assert (len(rows("tier_v3")), refused) == (665, 2)


def test_every_case_in_one_cohort() -> None:
    listed = rows("tier_v3")
    columns = {name: [facts(row)[name] for row in listed] for name in facts(listed[0])}
    for threads in (1, 2):
        found = tier_cohort(columns, threads=threads)
        for place, row in enumerate(listed):
            expected = row["expected"]
            issues = found["tier_issues"][place]
            if "error" in expected:
                assert issues == "contradiction:dc_srp,dc_srp_band"
                assert found["tier_status"][place] is None
                assert found["tier_provisional"][place] is None
                assert found["tier"].codes[place] == -1
                continue
            assert issues == ""
            band, status = found["tier"][place], found["tier_status"][place]
            got = str(band) if status == "tier" else status.upper()
            provisional = found["tier_provisional"][place]
            assert (got, provisional) == (expected["tier"], expected["provisional"]), row["id"]
            alone = tier(facts(row))
            assert (found["tier_step"][place], band) == (alone.step, alone.tier)


def test_the_answers_of_the_commit_that_the_rule_is_named_after() -> None:
    compared = 0
    for row in rows("tier_v3_versions"):
        expected = row["expected"].get(COMMIT)
        if expected is None:
            continue
        compared += 1
        if isinstance(expected, list):
            assert said(tier(facts(row))) == tuple(expected), row["id"]
        else:
            with pytest.raises(InputErrorGroup):
                tier(facts(row))
    assert compared == 210
    assert COMMIT in tier_rule().source
