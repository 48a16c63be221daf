"""OGRS3: Offender Group Reconviction Scale, version 3. Static; one and two years.

Source: Howard, Francis, Soothill and Humphreys (2009), Ministry of Justice Research Summary 7/09.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.regression import Regression
from riskbands.predictors._static import FROM_TEN, YOUNG_FIRST_SANCTION
from riskbands.predictors.cautions import OGRS3
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import Between, Indicator, LogRate, Lookup, Steps
from riskbands.vocabulary.offences import scheme

__all__ = ["ogrs3"]

_GROUP = "offence_group_ogrs3"

ogrs3 = Regression(
    id="ogrs3",
    name="OGRS3",
    title="Offender Group Reconviction Scale, version 3",
    horizons=("1yr", "2yr"),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.WHOLE_AFTER_FIVE,
    table="ogrs3-2009",
    bands="ogrs3-2yr",
    cautions=OGRS3,
    successor="arp",
    limits=FROM_TEN,
    forms=(
        Form(
            terms=(
                Steps(name="age and sex", key="age", feature="age_at_follow_up", by_sex=True),
                Lookup(
                    name="offence group",
                    key="offence_group",
                    feature=_GROUP,
                    groups=scheme("ogrs3").groups,
                ),
                Indicator(
                    name="first sanction",
                    key="first_sanction",
                    when=(Between("sanctions", 1, 1),),
                ),
                Indicator(
                    name="repeat sanction", key="repeat_sanction", when=(Between("sanctions", 2),)
                ),
                LogRate(
                    name="Copas rate",
                    key="copas",
                    count="sanctions",
                    years="career_years",
                    offset_key="copas_years",
                ),
            ),
            groups=(("sex", "age_at_follow_up", _GROUP), ("sanctions", "career_years")),
        ),
    ),
)
