"""Assessments: the inputs of the predictors, and the practitioner's judgement beside them."""

from riskbands.assessments.oasys import OASysAssessment

__all__ = ["OASysAssessment"]
