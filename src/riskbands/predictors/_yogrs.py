"""YOGRS: Youth Offender Group Reconviction Scale, the predictor within AssetPlus. Two years.

Neither the coefficients nor the limits of the bands are public, so none are built in: a caller
who holds them supplies both (docs/predictors/yogrs.md). The structure is that of the OGRS family
with the factors that are known: age with the youngest set apart, sex, offence, sanctions with
out-of-court disposals, and the time since the last sanction. No rounding rule is known; the
percentage is given half up to two decimals.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.caution import Caution
from riskbands.instruments.regression import Regression
from riskbands.predictors._static import FOLLOW_UP_BEFORE_CONVICTION
from riskbands.predictors.cautions import PROVEN, UNVALIDATED
from riskbands.predictors.children import ADULT, CHILD, YOUNGEST
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import Between, Indicator, LogRate, Lookup, Steps, StepsOrPolynomial
from riskbands.vocabulary.offences import scheme
from riskbands.vocabulary.rules import arguments

__all__ = ["yogrs"]

_X, _Y = arguments(2)
_GROUP = "offence_group_ogrs3"
_FIRST_SANCTION = Check(
    "first_sanction_age_out_of_range",
    (".first_sanction_age",),
    _X < YOUNGEST,
    "first_sanction_age must be 10 or more: nobody is sanctioned before that age",
)
_DISPOSALS = Check(
    "out_of_court_disposals_above_sanctions",
    (".out_of_court_disposals", ".sanctions"),
    _X > _Y,
    "out_of_court_disposals must not exceed sanctions, which count them too",
)
_LAST_SANCTION = Check(
    "last_sanction_before_conviction",
    (".conviction_date", ".last_sanction_date"),
    _Y < _X,
    "last_sanction_date must not lie before conviction_date, which is a sanction too",
)
_SUPPLIED = Caution(
    "supplied-numbers",
    "The coefficients and bands of this instrument are not public: the score is as good as the "
    "table that was supplied for it.",
    source="docs/sources.md, what is not public",
)

yogrs = Regression(
    id="yogrs",
    name="YOGRS",
    title="Youth Offender Group Reconviction Scale",
    horizons=("2yr",),
    rule=Percent.HUNDREDTHS,
    cautions=(_SUPPLIED, PROVEN, UNVALIDATED),
    checks=(CHILD, _FIRST_SANCTION, _DISPOSALS, FOLLOW_UP_BEFORE_CONVICTION, _LAST_SANCTION),
    limits={
        "age_at_conviction": (YOUNGEST, ADULT),
        "age_at_follow_up": (YOUNGEST, ADULT),
    },
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
                StepsOrPolynomial(
                    name="offence-free months",
                    key="offence_free_months",
                    feature="months_since_last_sanction",
                ),
            ),
            groups=(
                ("sex", "age_at_follow_up", _GROUP),
                ("sanctions", "career_years"),
                ("months_since_last_sanction",),
            ),
        ),
    ),
)
