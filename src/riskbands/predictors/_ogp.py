"""OGP: OASys General reoffending Predictor, version 1. Static (OGRS3) and dynamic; points.

Source: Howard (2009), Ministry of Justice Research Summary 2/09, as coded in the HMPPS actuarial
API of December 2025.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.points import PointsScale
from riskbands.predictors._ogrs3 import ogrs3
from riskbands.predictors.cautions import GENERAL_2009
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import Between, Indicator, LevelList, RoundedSum

__all__ = ["ogp"]

_THINKING = ("problem_solving", "awareness_of_consequences", "understands_others")

ogp = PointsScale(
    id="ogp",
    name="OGP",
    title="OASys General reoffending Predictor, version 1",
    horizons=("1yr", "2yr"),
    rule=Percent.WHOLE_1_TO_99,
    table="ogp-2009",
    bands="ogp-2yr",
    cautions=GENERAL_2009,
    successor="arp",
    reads={"ogrs3_2yr": (ogrs3, "2yr")},
    forms=(
        Form(
            terms=(
                RoundedSum(
                    name="OGRS3 two-year percentage", key="ogrs3_factor", summed=("ogrs3_2yr",)
                ),
                Indicator(
                    name="no fixed abode",
                    key="no_fixed_abode",
                    when=(Between("no_fixed_abode", 1),),
                ),
                Indicator(name="unemployed", key="unemployed", when=(Between("unemployed", 1),)),
                LevelList(
                    name="activities encourage offending",
                    key="activities_encourage_offending",
                    feature="activities_encourage_offending",
                ),
                RoundedSum(
                    name="drug misuse and motivation",
                    key="drug_factor",
                    summed=("drug_misuse", "drug_motivation"),
                ),
                RoundedSum(name="thinking", key="thinking_factor", summed=_THINKING),
                LevelList(
                    name="pro-criminal attitudes",
                    key="pro_criminal_attitudes",
                    feature="pro_criminal_attitudes",
                ),
            ),
            groups=(
                ("ogrs3_2yr",),
                (
                    "no_fixed_abode",
                    "unemployed",
                    "activities_encourage_offending",
                    "drug_misuse",
                    "drug_motivation",
                    *_THINKING,
                    "pro_criminal_attitudes",
                ),
            ),
        ),
    ),
)
