"""OGRS4/G and OGRS4/V of 2015: general and violent reoffending. Static; one and two years.

Source: the 2018 NOMS calculator. No band table and no rounding rule of their own are known; the
percentage is given half up to two decimals.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.regression import Regression
from riskbands.predictors._static import (
    FOLLOW_UP_BEFORE_CONVICTION,
    FROM_TEN,
    VIOLENT_ABOVE_ALL,
    YOUNG_FIRST_SANCTION,
    static_groups,
    static_terms,
)
from riskbands.predictors.cautions import OTHER
from riskbands.scorecards.form import Form

__all__ = ["ogrs4g", "ogrs4v"]

_GROUP = "offence_group_actuarial_2025"

ogrs4g = Regression(
    id="ogrs4g",
    name="OGRS4/G",
    title="Offender Group Reconviction Scale, version 4, general",
    horizons=("1yr", "2yr"),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS,
    table="ogrs4-2015",
    cautions=OTHER,
    successor="arp",
    limits=FROM_TEN,
    checks=(FOLLOW_UP_BEFORE_CONVICTION,),
    forms=(
        Form(
            section="ogrs4g",
            terms=static_terms(_GROUP, violent=False, squared=True, subgroups=False),
            groups=static_groups(_GROUP, violent=False),
        ),
    ),
)

ogrs4v = Regression(
    id="ogrs4v",
    name="OGRS4/V",
    title="Offender Group Reconviction Scale, version 4, violent",
    horizons=("1yr", "2yr"),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS,
    table="ogrs4-2015",
    cautions=OTHER,
    successor="vrp",
    limits=FROM_TEN,
    checks=(VIOLENT_ABOVE_ALL, FOLLOW_UP_BEFORE_CONVICTION),
    forms=(
        Form(
            section="ogrs4v",
            terms=static_terms(_GROUP, violent=True, squared=False, subgroups=False),
            groups=static_groups(_GROUP, violent=True),
        ),
    ),
)
