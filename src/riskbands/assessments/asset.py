"""The Asset assessment, which AssetPlus has replaced: section scores and static points."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import ClassVar

import attrs

from riskbands.assessments._base import Record
from riskbands.assessments._inputs import from_field

__all__ = ["AssetAssessment"]


@attrs.frozen(slots=False, kw_only=True, repr=False)
class AssetAssessment(Record):
    """What one Asset recorded: twelve section scores of 0 to 4 and static points of 0 to 16.

    Raises:
        InputErrorGroup: Values that cannot be read or are out of range; all of them together.
    """

    case_id: str | None = from_field("case_id")
    assessment_date: dt.date | None = from_field("assessment_date")
    asset_living_arrangements: int | None = from_field("asset_living_arrangements")
    asset_family_and_personal_relationships: int | None = from_field(
        "asset_family_and_personal_relationships"
    )
    asset_education_training_and_employment: int | None = from_field(
        "asset_education_training_and_employment"
    )
    asset_neighbourhood: int | None = from_field("asset_neighbourhood")
    asset_lifestyle: int | None = from_field("asset_lifestyle")
    asset_substance_use: int | None = from_field("asset_substance_use")
    asset_physical_health: int | None = from_field("asset_physical_health")
    asset_emotional_and_mental_health: int | None = from_field("asset_emotional_and_mental_health")
    asset_perception_of_self_and_others: int | None = from_field(
        "asset_perception_of_self_and_others"
    )
    asset_thinking_and_behaviour: int | None = from_field("asset_thinking_and_behaviour")
    asset_attitudes_to_offending: int | None = from_field("asset_attitudes_to_offending")
    asset_motivation_to_change: int | None = from_field("asset_motivation_to_change")
    asset_static: int | None = from_field("asset_static")

    _names: ClassVar[tuple[str, ...]] = (
        "case_id",
        "assessment_date",
        "asset_living_arrangements",
        "asset_family_and_personal_relationships",
        "asset_education_training_and_employment",
        "asset_neighbourhood",
        "asset_lifestyle",
        "asset_substance_use",
        "asset_physical_health",
        "asset_emotional_and_mental_health",
        "asset_perception_of_self_and_others",
        "asset_thinking_and_behaviour",
        "asset_attitudes_to_offending",
        "asset_motivation_to_change",
        "asset_static",
    )
