"""SNSV: serious non-sexual violence, the violent part of RSR. Brief (static) and extended.

Source: the 2018 NOMS calculator and the HMPPS actuarial API of December 2025.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.regression import Regression
from riskbands.predictors._items import PREVIOUS, item_terms, previous_terms
from riskbands.predictors._static import (
    FOLLOW_UP_BEFORE_CONVICTION,
    FROM_TEN,
    VIOLENT_ABOVE_ALL,
    YOUNG_FIRST_SANCTION,
    static_groups,
    static_terms,
    subgroup_check,
)
from riskbands.predictors.cautions import OTHER
from riskbands.scorecards.form import Form

__all__ = ["snsv"]

_GROUP = "offence_group_actuarial_2025"
_STATIC = static_terms(_GROUP, violent=True, squared=False, subgroups=True)
_GROUPS = static_groups(_GROUP, violent=True)
_ITEMS = (
    "weapon",
    "accommodation",
    "unemployed",
    "partner_relationship",
    "chronic_drinking",
    "binge_drinking",
    "impulsivity",
    "temper_control",
    "pro_criminal_attitudes",
    "domestic_abuse_partner",
)
_TERMS, _FEATURES = item_terms(_ITEMS)

snsv = Regression(
    id="snsv",
    name="SNSV",
    title="Serious non-sexual violence",
    horizons=("1yr", "2yr"),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS,
    table="snsv-hmpps-2025",
    cautions=OTHER,
    successor="svrp",
    limits=FROM_TEN,
    checks=(VIOLENT_ABOVE_ALL, FOLLOW_UP_BEFORE_CONVICTION, subgroup_check(_GROUP)),
    forms=(
        Form(name="brief", section="brief", terms=_STATIC, groups=_GROUPS),
        Form(
            name="extended",
            section="extended",
            terms=(*_STATIC, *_TERMS, *previous_terms()),
            groups=(*_GROUPS, _FEATURES, PREVIOUS),
        ),
    ),
)
