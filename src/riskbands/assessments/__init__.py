"""Assessments: the inputs of the predictors, and the practitioner's judgement beside them."""

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
