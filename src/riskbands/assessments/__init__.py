"""Assessments: the inputs of the predictors, and the practitioner's judgement beside them.

A name loads its module when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskbands.assessments.asset import AssetAssessment
    from riskbands.assessments.asset_plus import AssetPlusAssessment, FutureBehaviour, Indicative
    from riskbands.assessments.judgement import Judgement
    from riskbands.assessments.oasys import OASysAssessment
    from riskbands.assessments.rosh import ROSH, Rosh
    from riskbands.assessments.rules import INTERVENTION, LIKELIHOOD, RuleTable, rule_table
    from riskbands.assessments.san import SAN_SECTIONS, SanSection, SanSections
    from riskbands.assessments.sections import SECTIONS, Section, Sections, SectionScore
    from riskbands.assessments.signoff import SignOff
    from riskbands.assessments.summary import Summary

__all__ = [
    "INTERVENTION",
    "LIKELIHOOD",
    "ROSH",
    "SAN_SECTIONS",
    "SECTIONS",
    "AssetAssessment",
    "AssetPlusAssessment",
    "FutureBehaviour",
    "Indicative",
    "Judgement",
    "OASysAssessment",
    "Rosh",
    "RuleTable",
    "SanSection",
    "SanSections",
    "Section",
    "SectionScore",
    "Sections",
    "SignOff",
    "Summary",
    "rule_table",
]

_MODULES = {
    "INTERVENTION": "rules",
    "LIKELIHOOD": "rules",
    "ROSH": "rosh",
    "SAN_SECTIONS": "san",
    "SECTIONS": "sections",
    "AssetAssessment": "asset",
    "AssetPlusAssessment": "asset_plus",
    "FutureBehaviour": "asset_plus",
    "Indicative": "asset_plus",
    "Judgement": "judgement",
    "OASysAssessment": "oasys",
    "Rosh": "rosh",
    "RuleTable": "rules",
    "SanSection": "san",
    "SanSections": "san",
    "Section": "sections",
    "SectionScore": "sections",
    "Sections": "sections",
    "SignOff": "signoff",
    "Summary": "summary",
    "rule_table": "rules",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
