"""OVP: OASys Violence Predictor, version 1. Static and dynamic; points.

Source: Howard (2009) and Howard and Dixon (2012), as coded in the HMPPS actuarial API of
December 2025. As in the deployed service, a first sanction gets the five points for any previous
sanction too.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.points import PointsScale
from riskbands.predictors.cautions import GENERAL_2009
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import Between, Indicator, PerUnit, RoundedSum, Steps

__all__ = ["ovp"]

_AGES = (18, 109)

ovp = PointsScale(
    id="ovp",
    name="OVP",
    title="OASys Violence Predictor, version 1",
    horizons=("1yr", "2yr"),
    rule=Percent.WHOLE_1_TO_99,
    table="ovp-2009",
    bands="ovp-2yr",
    cautions=GENERAL_2009,
    successor="vrp",
    limits={"age_at_follow_up": _AGES},
    forms=(
        Form(
            terms=(
                Indicator(name="any sanction", key="any_sanction", when=(Between("sanctions", 1),)),
                Indicator(name="male", key="male", when=(Between("sex", 0, 0),)),
                Steps(
                    name="violent sanctions", key="violent_sanctions", feature="violent_sanctions"
                ),
                Steps(
                    name="non-violent sanctions",
                    key="non_violent_sanctions",
                    feature="non_violent_sanctions",
                ),
                Steps(name="age at follow-up", key="age_at_follow_up", feature="age_at_follow_up"),
                Indicator(
                    name="does not recognise impact",
                    key="does_not_recognise_impact",
                    when=(Between("recognises_impact", 0, 0),),
                ),
                Indicator(
                    name="no fixed abode",
                    key="no_fixed_abode",
                    when=(Between("no_fixed_abode", 1),),
                ),
                Indicator(name="unemployed", key="unemployed", when=(Between("unemployed", 1),)),
                RoundedSum(
                    name="alcohol",
                    key="alcohol_factor",
                    summed=("alcohol_use", "binge_drinking"),
                    up=True,
                ),
                Indicator(
                    name="psychiatric treatment",
                    key="psychiatric_treatment",
                    when=(Between("psychiatric_treatment", 1),),
                ),
                PerUnit(
                    name="temper control", key="temper_control_per_level", feature="temper_control"
                ),
                PerUnit(
                    name="pro-criminal attitudes",
                    key="pro_criminal_attitudes_per_level",
                    feature="pro_criminal_attitudes",
                ),
            ),
            groups=(
                ("sanctions",),
                ("violent_sanctions",),
                ("non_violent_sanctions",),
                ("sex", "age_at_follow_up"),
                (
                    "recognises_impact",
                    "no_fixed_abode",
                    "unemployed",
                    "alcohol_use",
                    "binge_drinking",
                    "psychiatric_treatment",
                    "temper_control",
                    "pro_criminal_attitudes",
                ),
            ),
        ),
    ),
)
