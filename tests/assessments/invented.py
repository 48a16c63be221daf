"""YOGRS with made-up numbers, and a child to score. Nothing here is a fact about YOGRS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import riskbands as rb

TABLE = Path(__file__).with_name("invented-yogrs.toml")
BANDS = rb.BandTable.from_edges(
    "invented-bands",
    ["Low", "Medium", "High"],
    ["0", "20", "50", "100"],
    rounding=rb.band_table("rsr-2025").rounding,
    source="Nobody: made up for the tests of this library",
)
YOGRS = rb.yogrs.with_table(TABLE).with_bands(BANDS)

CHILD: dict[str, Any] = {
    "sex": "male",
    "date_of_birth": "2009-03-02",
    "assessment_date": "2024-01-16",
    "conviction_date": "2023-11-02",
    "offence_code": "00801",
    "sanctions": 3,
    "first_sanction_age": 12,
}


def child(**changes: Any) -> rb.AssetPlusAssessment:
    return rb.AssetPlusAssessment.from_dict({**CHILD, **changes})


def column(**changes: Any) -> dict[str, list[Any]]:
    return {name: [value] for name, value in {**CHILD, **changes}.items()}
