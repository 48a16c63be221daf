"""The Asset assessment, which AssetPlus has replaced: section scores and static points."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import ClassVar

import attrs

from riskbands.assessments import _readers
from riskbands.assessments._base import Record

__all__ = ["AssetAssessment"]


@attrs.frozen(
    slots=False, kw_only=True, eq=False, repr=False, field_transformer=_readers.with_readers
)
class AssetAssessment(Record):
    """What one Asset recorded: twelve section scores of 0 to 4 and static points of 0 to 16.

    Raises:
        InputErrorGroup: Values that cannot be read or are out of range; all of them together.
    """

    case_id: str | None = attrs.field(default=None, converter=_readers.text)
    assessment_date: dt.date | None = attrs.field(default=None, converter=_readers.day)
    asset_living_arrangements: int | None = attrs.field(default=None, converter=_readers.count)
    asset_family_and_personal_relationships: int | None = attrs.field(
        default=None, converter=_readers.count
    )
    asset_education_training_and_employment: int | None = attrs.field(
        default=None, converter=_readers.count
    )
    asset_neighbourhood: int | None = attrs.field(default=None, converter=_readers.count)
    asset_lifestyle: int | None = attrs.field(default=None, converter=_readers.count)
    asset_substance_use: int | None = attrs.field(default=None, converter=_readers.count)
    asset_physical_health: int | None = attrs.field(default=None, converter=_readers.count)
    asset_emotional_and_mental_health: int | None = attrs.field(
        default=None, converter=_readers.count
    )
    asset_perception_of_self_and_others: int | None = attrs.field(
        default=None, converter=_readers.count
    )
    asset_thinking_and_behaviour: int | None = attrs.field(default=None, converter=_readers.count)
    asset_attitudes_to_offending: int | None = attrs.field(default=None, converter=_readers.count)
    asset_motivation_to_change: int | None = attrs.field(default=None, converter=_readers.count)
    asset_static: int | None = attrs.field(default=None, converter=_readers.count)

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
