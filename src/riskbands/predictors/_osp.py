"""OSP: OASys Sexual reoffending Predictor, for males with a history of sexual offending.

OSP/DC (direct contact, 64 points) and OSP/IIC (images and indirect contact) of the 2025 HMPPS
actuarial API, their 2026 names DC-SRP and IIC-SRP, and OSP/C and OSP/I of the 2018 NOMS
calculator. Everyone else is "not applicable", which is a result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.arithmetic.percent import Percent
from riskbands.bands.builtin import SCALES
from riskbands.derivation.checks import Check
from riskbands.instruments.hierarchy import Hierarchy
from riskbands.instruments.points import PointsScale
from riskbands.instruments.reduction import Reduction
from riskbands.predictors.cautions import MEN_ONLY
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import Between, Indicator, Steps
from riskbands.vocabulary.rules import arguments

if TYPE_CHECKING:
    from riskbands.scorecards.terms import Term

__all__ = ["IIC_BANDS", "dc_srp", "iic_srp", "osp_c", "osp_dc", "osp_i", "osp_iic"]

#: Bands of OSP/IIC: levels of its categories, without edges.
IIC_BANDS = SCALES["osp-iic"]
_COUNTS = ("contact_adult_sanctions", "contact_child_sanctions", "non_contact_sanctions")
#: The points by age start at 10.
_FROM_TEN = {"age_at_follow_up": (10, 109)}
_LAST_AGE = "age_at_last_sexual_offence_if_known"

_X, _Y, _Z = arguments(3)
#: The conditions for a lower band: not in custody, and five years since the last offence, the last
#: sexual offence and the start of follow-up.
_QUIET = Reduction(
    (
        ("supervision_status", _X.differs(0)),
        ("five_years_since_last_offence", _X.equals(1)),
        ("five_years_since_last_sexual_offence", _X.equals(1)),
        ("five_years_since_follow_up", _X.equals(1)),
    )
)

_HISTORY = (
    Check(
        "sexual_sanctions_without_history",
        ("sex", ".sexual_offence_history", "sexual_sanctions_recorded"),
        _X.equals(0) & _Y.equals(0) & (_Z > 0),
        "sexual_offence_history is no but a sexual sanction is counted: mend one of them",
        fields=(
            "sexual_offence_history",
            "contact_adult_sanctions",
            "contact_child_sanctions",
            "image_sanctions",
            "non_contact_sanctions",
        ),
    ),
    Check(
        "history_without_sexual_sanctions",
        ("osp_applies", "sexual_sanctions"),
        _X.equals(1) & _Y.equals(0),
        "sexual_offence_history is yes but all four sexual counts are 0: mend one of them",
        fields=(
            "contact_adult_sanctions",
            "contact_child_sanctions",
            "image_sanctions",
            "non_contact_sanctions",
        ),
    ),
)
_BEFORE_BIRTH = Check(
    "last_sexual_offence_before_birth",
    ("osp_applies", ".date_of_birth", ".last_sexual_offence_date"),
    _X.equals(1) & (_Z <= _Y),
    "last_sexual_offence_date must lie after date_of_birth",
)
#: Only the 2026 deployment refuses this; that of 2025 scores it.
_OVER_TOTAL = Check(
    "sexual_sanctions_above_sanctions",
    ("osp_applies", "sexual_sanctions", ".sanctions"),
    _X.equals(1) & (_Y > _Z),
    "the four sexual counts must not add up to more than sanctions",
    fields=(
        "contact_adult_sanctions",
        "contact_child_sanctions",
        "image_sanctions",
        "non_contact_sanctions",
    ),
)


def _contact_form(section: str, repeat_key: str, last_age: str) -> Form:
    terms: list[Term] = [Steps(name=c.replace("_", " "), key=c, feature=c) for c in _COUNTS]
    terms += [
        Indicator(
            name="two or more sanctions of any kind",
            key=repeat_key,
            when=(Between("sanctions", 2),),
        ),
        Indicator(
            name="stranger victim",
            key="stranger_victim",
            when=(Between("stranger_victim_or_no", 1),),
        ),
        Steps(
            name="age at last sexual offence",
            key="age_at_last_sexual_offence",
            feature=last_age,
            none_at=-1 if last_age == _LAST_AGE else None,
        ),
        Steps(name="age at follow-up", key="age_at_follow_up", feature="age_at_follow_up"),
    ]
    return Form(
        section=section,
        terms=tuple(terms),
        groups=(
            *((c,) for c in _COUNTS),
            ("sanctions",),
            ("stranger_victim_or_no", last_age),
            ("age_at_follow_up",),
        ),
    )


def _contact(
    ident: str,
    name: str,
    title: str,
    rule: Percent,
    table: str,
    section: str,
    required: tuple[str, ...],
    checks: tuple[Check, ...],
    successor: str,
) -> PointsScale:
    return PointsScale(
        id=ident,
        name=name,
        title=title,
        horizons=("2yr",),
        rule=rule,
        table=table,
        bands="osp-dc-points",
        cautions=MEN_ONLY,
        successor=successor,
        gate="osp_applies",
        required=required,
        checks=checks,
        reduction=_QUIET,
        zero_points=True,
        limits=_FROM_TEN,
        forms=(_contact_form(section, "two_or_more_sanctions", _LAST_AGE),),
    )


def _images(
    ident: str,
    name: str,
    title: str,
    rule: Percent,
    table: str,
    section: str,
    required: tuple[str, ...],
    checks: tuple[Check, ...],
    successor: str,
) -> Hierarchy:
    return Hierarchy(
        id=ident,
        name=name,
        title=title,
        horizons=("2yr",),
        rule=rule,
        table=table,
        bands=IIC_BANDS,
        cautions=MEN_ONLY,
        successor=successor,
        gate="osp_applies",
        required=required,
        checks=checks,
        section=section,
        category="image_hierarchy",
    )


_MOTIVATED = ("current_offence_sexually_motivated",)
#: All four counts are required, whichever of them the points read.
_COUNTED = "sexual_sanctions"

osp_dc = _contact(
    "osp_dc",
    "OSP/DC",
    "OASys Sexual reoffending Predictor, direct contact",
    Percent.HUNDREDTHS,
    "osp-dc-iic-2025",
    "osp_dc",
    (*_MOTIVATED, _COUNTED),
    (*_HISTORY, _BEFORE_BIRTH),
    "dc_srp",
)
osp_iic = _images(
    "osp_iic",
    "OSP/IIC",
    "OASys Sexual reoffending Predictor, images and indirect contact",
    Percent.HUNDREDTHS,
    "osp-dc-iic-2025",
    "osp_iic",
    _MOTIVATED,
    _HISTORY,
    "iic_srp",
)
dc_srp = _contact(
    "dc_srp",
    "DC-SRP",
    "Direct Contact Sexual Reoffending Predictor",
    Percent.HUNDREDTHS_BELOW_100,
    "osp-dc-iic-2026",
    "dc_srp",
    ("age_at_last_sexual_offence", _COUNTED),
    (*_HISTORY, _BEFORE_BIRTH, _OVER_TOTAL),
    "",
)
iic_srp = _images(
    "iic_srp",
    "IIC-SRP",
    "Images and Indirect Contact Sexual Reoffending Predictor",
    Percent.HUNDREDTHS_BELOW_100,
    "osp-dc-iic-2026",
    "iic_srp",
    (),
    (*_HISTORY, _OVER_TOTAL),
    "",
)
osp_c = PointsScale(
    id="osp_c",
    name="OSP/C",
    title="OASys Sexual reoffending Predictor, contact (2018)",
    horizons=("1yr", "2yr"),
    rule=Percent.HUNDREDTHS,
    table="osp-2018",
    cautions=MEN_ONLY,
    successor="osp_dc",
    gate="osp_applies",
    required=(_COUNTED,),
    checks=(*_HISTORY, _BEFORE_BIRTH),
    forms=(_contact_form("osp_c", "any_previous_sanction", "age_at_last_sexual_offence"),),
    limits={**_FROM_TEN, "age_at_last_sexual_offence": (10, 109)},
)
osp_i = Hierarchy(
    id="osp_i",
    name="OSP/I",
    title="OASys Sexual reoffending Predictor, images (2018)",
    horizons=("1yr", "2yr"),
    rule=Percent.HUNDREDTHS,
    table="osp-2018",
    cautions=MEN_ONLY,
    successor="osp_iic",
    gate="osp_applies",
    checks=_HISTORY,
    section="osp_i",
    category="image_hierarchy",
)
