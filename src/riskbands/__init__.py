"""Actuarial risk predictors of England and Wales, and the bands they are read in.

``import riskbands as rb``; then ``rb.ogrs3.score(rb.OASysAssessment(...))`` for one case,
``rb.score_cohort(columns)`` for many, ``rb.band_table("rsr-2025")`` for the banding semantics.

Importing loads nothing but this file; each name loads its module when it is first used.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from riskbands._version import __version__

if TYPE_CHECKING:
    from riskbands import assessments, declare, pages, templates, tiers
    from riskbands.analysis.comparison import compare_predictors
    from riskbands.analysis.counting import outcome_counts
    from riskbands.analysis.counts import OutcomeCounts
    from riskbands.analysis.crosswalk import Crosswalk, crosswalk
    from riskbands.analysis.drift import drift
    from riskbands.analysis.estimates import Estimate
    from riskbands.analysis.evaluation import Evaluation, evaluate
    from riskbands.analysis.impact import impact
    from riskbands.analysis.overrides import overrides
    from riskbands.analysis.simulation import simulate_cohort
    from riskbands.analysis.successions import successors
    from riskbands.assessments import (
        AssetAssessment,
        AssetPlusAssessment,
        Judgement,
        OASysAssessment,
    )
    from riskbands.assessments.scoring import score
    from riskbands.bands.array import BandArray
    from riskbands.bands.builtin import band_table, band_table_schema, band_tables
    from riskbands.bands.compare import compare
    from riskbands.bands.printed import Choice, PrintedBands
    from riskbands.bands.table import (
        NOT_APPLICABLE,
        Band,
        BandScale,
        BandTable,
        Closed,
        Gap,
        Interval,
        Policy,
        Rounding,
        Status,
        Unit,
    )
    from riskbands.cohorts.cohort import score_cohort
    from riskbands.cohorts.provenance import CohortScores, provenance
    from riskbands.cohorts.readtable import read_table
    from riskbands.cohorts.suggest import suggest_columns
    from riskbands.cohorts.toframe import to_frame
    from riskbands.declare import instrument_schema, load_instrument
    from riskbands.errors import (
        BandError,
        FrameError,
        InputError,
        InputErrorGroup,
        Issue,
        MissingExtraError,
        MissingTableError,
        ProvenanceError,
        ReadingWarning,
        RiskBandsError,
        TableError,
        UnknownNameError,
        UnsupportedFrameError,
    )
    from riskbands.instruments.predictor import Predictor
    from riskbands.instruments.score import Score
    from riskbands.predictors import (
        arp,
        asset,
        csrp,
        dc_srp,
        iic_srp,
        lds,
        mst,
        ogp,
        ogrs3,
        ogrs4g,
        ogrs4v,
        opd,
        osp_c,
        osp_dc,
        osp_i,
        osp_iic,
        ovp,
        pni,
        pni_api,
        rsr,
        snsv,
        svrp,
        vrp,
        yogrs,
    )
    from riskbands.predictors import collection as predictors
    from riskbands.scorecards.coefficients import CoefficientTable, coefficient_tables, load_table
    from riskbands.scorecards.explanation import Explanation
    from riskbands.tiers import TierFacts, tier, tier_cohort, tier_rule
    from riskbands.vocabulary import fields
    from riskbands.vocabulary import offences as offence_codes
    from riskbands.vocabulary.offences import parse_code

__all__ = [
    "NOT_APPLICABLE",
    "AssetAssessment",
    "AssetPlusAssessment",
    "Band",
    "BandArray",
    "BandError",
    "BandScale",
    "BandTable",
    "Choice",
    "Closed",
    "CoefficientTable",
    "CohortScores",
    "Crosswalk",
    "Estimate",
    "Evaluation",
    "Explanation",
    "FrameError",
    "Gap",
    "InputError",
    "InputErrorGroup",
    "Interval",
    "Issue",
    "Judgement",
    "MissingExtraError",
    "MissingTableError",
    "OASysAssessment",
    "OutcomeCounts",
    "Policy",
    "Predictor",
    "PrintedBands",
    "ProvenanceError",
    "ReadingWarning",
    "RiskBandsError",
    "Rounding",
    "Score",
    "Status",
    "TableError",
    "TierFacts",
    "Unit",
    "UnknownNameError",
    "UnsupportedFrameError",
    "__version__",
    "arp",
    "assessments",
    "asset",
    "band_table",
    "band_table_schema",
    "band_tables",
    "coefficient_tables",
    "compare",
    "compare_predictors",
    "crosswalk",
    "csrp",
    "dc_srp",
    "declare",
    "drift",
    "evaluate",
    "fields",
    "iic_srp",
    "impact",
    "instrument_schema",
    "lds",
    "load_instrument",
    "load_table",
    "mst",
    "offence_codes",
    "ogp",
    "ogrs3",
    "ogrs4g",
    "ogrs4v",
    "opd",
    "osp_c",
    "osp_dc",
    "osp_i",
    "osp_iic",
    "outcome_counts",
    "overrides",
    "ovp",
    "pages",
    "parse_code",
    "pni",
    "pni_api",
    "predictors",
    "provenance",
    "read_table",
    "rsr",
    "score",
    "score_cohort",
    "simulate_cohort",
    "snsv",
    "successors",
    "suggest_columns",
    "svrp",
    "templates",
    "tier",
    "tier_cohort",
    "tier_rule",
    "tiers",
    "to_frame",
    "vrp",
    "yogrs",
]

_MODULES = {
    "drift": "analysis.drift",
    "simulate_cohort": "analysis.simulation",
    "compare_predictors": "analysis.comparison",
    "OutcomeCounts": "analysis.counts",
    "outcome_counts": "analysis.counting",
    "Estimate": "analysis.estimates",
    "Evaluation": "analysis.evaluation",
    "evaluate": "analysis.evaluation",
    "AssetAssessment": "assessments",
    "AssetPlusAssessment": "assessments",
    "Judgement": "assessments",
    "OASysAssessment": "assessments",
    "compare": "bands.compare",
    "impact": "analysis.impact",
    "Band": "bands.table",
    "BandArray": "bands.array",
    "BandScale": "bands.table",
    "BandTable": "bands.table",
    "Closed": "bands.table",
    "Gap": "bands.table",
    "Interval": "bands.table",
    "NOT_APPLICABLE": "bands.table",
    "Policy": "bands.table",
    "Rounding": "bands.table",
    "Status": "bands.table",
    "Unit": "bands.table",
    "band_table": "bands.builtin",
    "band_table_schema": "bands.builtin",
    "band_tables": "bands.builtin",
    "CoefficientTable": "scorecards.coefficients",
    "coefficient_tables": "scorecards.coefficients",
    "load_table": "scorecards.coefficients",
    "load_instrument": "declare",
    "instrument_schema": "declare",
    "read_table": "cohorts.readtable",
    "score_cohort": "cohorts.cohort",
    "CohortScores": "cohorts.provenance",
    "provenance": "cohorts.provenance",
    "to_frame": "cohorts.toframe",
    "BandError": "errors",
    "FrameError": "errors",
    "InputError": "errors",
    "InputErrorGroup": "errors",
    "Issue": "errors",
    "MissingExtraError": "errors",
    "MissingTableError": "errors",
    "ProvenanceError": "errors",
    "ReadingWarning": "errors",
    "UnsupportedFrameError": "errors",
    "RiskBandsError": "errors",
    "TableError": "errors",
    "UnknownNameError": "errors",
    "Crosswalk": "analysis.crosswalk",
    "crosswalk": "analysis.crosswalk",
    "successors": "analysis.successions",
    "overrides": "analysis.overrides",
    "Explanation": "scorecards.explanation",
    "Predictor": "instruments.predictor",
    "Score": "instruments.score",
    "arp": "predictors",
    "asset": "predictors",
    "csrp": "predictors",
    "dc_srp": "predictors",
    "iic_srp": "predictors",
    "lds": "predictors",
    "mst": "predictors",
    "ogp": "predictors",
    "ogrs3": "predictors",
    "ogrs4g": "predictors",
    "ogrs4v": "predictors",
    "opd": "predictors",
    "osp_c": "predictors",
    "osp_dc": "predictors",
    "osp_i": "predictors",
    "osp_iic": "predictors",
    "ovp": "predictors",
    "pni": "predictors",
    "pni_api": "predictors",
    "rsr": "predictors",
    "snsv": "predictors",
    "svrp": "predictors",
    "vrp": "predictors",
    "yogrs": "predictors",
    "Choice": "bands.printed",
    "PrintedBands": "bands.printed",
    "score": "assessments.scoring",
    "parse_code": "vocabulary.offences",
    "suggest_columns": "cohorts.suggest",
    "TierFacts": "tiers",
    "tier": "tiers",
    "tier_cohort": "tiers",
    "tier_rule": "tiers",
}

_SUBMODULES = {
    "assessments": "assessments",
    "declare": "declare",
    "fields": "vocabulary.fields",
    "offence_codes": "vocabulary.offences",
    "pages": "pages",
    "predictors": "predictors",
    "templates": "templates",
    "tiers": "tiers",
}


def __getattr__(name: str) -> object:
    if name in _SUBMODULES:
        return _import_module(f"{__name__}.{_SUBMODULES[name]}")
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _import_module(f"{__name__}.{_MODULES[name]}")
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
