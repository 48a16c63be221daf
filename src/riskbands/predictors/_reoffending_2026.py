"""ARP, VRP and SVRP of 2026: all, violent and serious violent reoffending. Brief and extended.

The terms of OGRS4/G (ARP) and OGRS4/V (VRP, SVRP) with other numbers and more items. Source: the
HMPPS actuarial API of August 2026.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.regression import Regression
from riskbands.predictors._items import (
    PREVIOUS,
    drug_checks,
    drug_terms,
    item_terms,
    previous_terms,
)
from riskbands.predictors._static import (
    VIOLENT_ABOVE_ALL,
    YOUNG_FIRST_SANCTION,
    static_groups,
    static_terms,
    subgroup_check,
)
from riskbands.predictors.cautions import OTHER
from riskbands.scorecards.form import Form
from riskbands.vocabulary.rules import arguments, completed_months, day_of_month

__all__ = ["LIMITS_2026", "arp", "svrp", "vrp"]

_GROUP = "offence_group_actuarial_2026"
_MONTHS = 3
_X, _Y = arguments(2)


#: Whether one packed date lies after the day three calendar months after another.
_MONTHS_AHEAD = completed_months(_Y, _X)
_MORE_THAN_THREE_MONTHS_AFTER = (_MONTHS_AHEAD > _MONTHS) | (
    _MONTHS_AHEAD.equals(_MONTHS) & day_of_month(_X).differs(day_of_month(_Y))
)

#: Children are scored at any age from birth on, as in the OASys regression set.
#: Checks that the 2026 deployment makes of every predictor with sanctions.
LIMITS_2026 = (
    Check(
        "out_of_range",
        ("sanctions",),
        _X > 999,
        "sanctions must be a whole number from 1 to 999",
    ),
    Check(
        "conviction_before_birth",
        (".date_of_birth", ".conviction_date"),
        _Y <= _X,
        "conviction_date must lie after date_of_birth",
    ),
    Check(
        "conviction_after_assessment",
        (".conviction_date", ".assessment_date"),
        _MORE_THAN_THREE_MONTHS_AFTER,
        "conviction_date must not lie more than three months after assessment_date",
    ),
)

_ARP_ITEMS = (
    "accommodation",
    "unemployed",
    "lives_with_partner",
    "partner_relationship",
    "partner_relationship_if_living_together",
    "domestic_abuse",
    "activities_encourage_offending",
    "drug_motivation",
    "chronic_drinking",
    "binge_drinking",
    "impulsivity",
    "pro_criminal_attitudes",
)
_ARP_DRUGS = (
    "heroin",
    "other_opiate",
    "crack_cocaine",
    "powder_cocaine",
    "misused_prescription",
    "benzodiazepines",
    "cannabis",
    "steroids",
    "any_other_drug",
)
_VRP_ITEMS = (
    "accommodation",
    "unemployed",
    "lives_with_partner",
    "partner_relationship",
    "partner_relationship_if_living_together",
    "domestic_abuse",
    "activities_encourage_offending",
    "drug_motivation",
    "chronic_drinking",
    "binge_drinking",
    "impulsivity",
    "temper_control",
)
_VRP_DRUGS = (
    "methadone",
    "other_opiate",
    "crack_cocaine",
    "powder_cocaine",
    "misused_prescription",
    "benzodiazepines",
    "cannabis",
    "steroids",
    "any_other_drug",
)
_SVRP_ITEMS = (
    "accommodation",
    "unemployed",
    "chronic_drinking",
    "temper_control",
    "pro_criminal_attitudes",
    "weapon",
)

_GENERAL = static_terms(_GROUP, violent=False, squared=True, subgroups=False)
_VIOLENT = static_terms(_GROUP, violent=True, squared=False, subgroups=False)
_SERIOUS = static_terms(_GROUP, violent=True, squared=False, subgroups=True)
_GENERAL_GROUPS = static_groups(_GROUP, violent=False)
_VIOLENT_GROUPS = static_groups(_GROUP, violent=True)
_ARP_TERMS, _ARP_FEATURES = item_terms(_ARP_ITEMS, drug_motivation="drug_motivation_or_0")
_VRP_TERMS, _VRP_FEATURES = item_terms(_VRP_ITEMS)
_SVRP_TERMS, _SVRP_FEATURES = item_terms(_SVRP_ITEMS)
_ARP_DRUG_TERMS, _ARP_DRUG_FEATURES = drug_terms(_ARP_DRUGS)
_VRP_DRUG_TERMS, _VRP_DRUG_FEATURES = drug_terms(_VRP_DRUGS)

arp = Regression(
    id="arp",
    name="ARP",
    title="All Reoffending Predictor",
    horizons=("2yr",),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS_BELOW_100,
    table="arp-2026",
    bands="arp-2026",
    cautions=OTHER,
    checks=(*LIMITS_2026, *drug_checks(_ARP_DRUGS)),
    forms=(
        Form(name="brief", section="brief", terms=_GENERAL, groups=_GENERAL_GROUPS),
        Form(
            name="extended",
            section="extended",
            terms=(*_GENERAL, *_ARP_TERMS, *_ARP_DRUG_TERMS),
            groups=(*_GENERAL_GROUPS, _ARP_FEATURES, _ARP_DRUG_FEATURES),
        ),
    ),
)

vrp = Regression(
    id="vrp",
    name="VRP",
    title="Violent Reoffending Predictor",
    horizons=("2yr",),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS_BELOW_100,
    table="vrp-2026",
    bands="vrp-2026",
    cautions=OTHER,
    checks=(*LIMITS_2026, VIOLENT_ABOVE_ALL, *drug_checks(_VRP_DRUGS)),
    forms=(
        Form(name="brief", section="brief", terms=_VIOLENT, groups=_VIOLENT_GROUPS),
        Form(
            name="extended",
            section="extended",
            terms=(*_VIOLENT, *_VRP_TERMS, *_VRP_DRUG_TERMS),
            groups=(*_VIOLENT_GROUPS, _VRP_FEATURES, _VRP_DRUG_FEATURES),
        ),
    ),
)

svrp = Regression(
    id="svrp",
    name="SVRP",
    title="Serious Violent Reoffending Predictor",
    horizons=("2yr",),
    advice=(YOUNG_FIRST_SANCTION,),
    rule=Percent.HUNDREDTHS_BELOW_100,
    table="svrp-2026",
    bands="csrp-2026",
    cautions=OTHER,
    checks=(*LIMITS_2026, VIOLENT_ABOVE_ALL, subgroup_check(_GROUP)),
    forms=(
        Form(name="brief", section="brief", terms=_SERIOUS, groups=_VIOLENT_GROUPS),
        Form(
            name="extended",
            section="extended",
            terms=(*_SERIOUS, *_SVRP_TERMS, *previous_terms()),
            groups=(*_VIOLENT_GROUPS, _SVRP_FEATURES, PREVIOUS),
        ),
    ),
)
