"""RSR and CSRP: the risk of serious recidivism, a sum of three components. Two years.

Source: the HMPPS actuarial API of December 2025 (RSR) and of August 2026 (CSRP).
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.combined import Combined
from riskbands.instruments.layout import Addition
from riskbands.predictors._osp import dc_srp, iic_srp, osp_dc, osp_iic
from riskbands.predictors._reoffending_2026 import svrp
from riskbands.predictors._snsv import snsv
from riskbands.predictors.cautions import OTHER, RSR
from riskbands.vocabulary.rules import arguments

__all__ = ["csrp", "rsr"]

_WOMAN, _MOTIVATED, _COUNT = arguments(3)
#: The 2025 deployment gives no score for this combination.
_MOTIVATED_WITHOUT_COUNT = Check(
    "history_without_sexual_sanctions",
    ("female_with_sexual_history", ".current_offence_sexually_motivated", "sexual_sanctions"),
    _WOMAN.equals(1) & _MOTIVATED.equals(1) & _COUNT.equals(0),
    "the current offence is sexually motivated but all four sexual counts are 0: mend one of them",
)


def _for_women(section: str) -> Addition:
    """The fixed probability that a history of sexual offending adds for a female.

    The contact scale does not apply to females.
    """
    return Addition(
        feature="female_with_sexual_history",
        name="female with sexual-offence history",
        about="probability from 0 to 1 added for a female with a history of sexual offending",
        part=1,
        section=section,
        key="female_with_sexual_history_2yr",
    )


rsr = Combined(
    id="rsr",
    name="RSR",
    title="Risk of Serious Recidivism",
    horizons=("2yr",),
    rule=Percent.HUNDREDTHS_BELOW_100,
    bands="rsr-2025",
    cautions=RSR,
    successor="csrp",
    checks=(_MOTIVATED_WITHOUT_COUNT,),
    parts=(snsv, osp_dc, osp_iic),
    added_by=(_for_women("rsr"),),
)
csrp = Combined(
    id="csrp",
    name="CSRP",
    title="Combined Serious Reoffending Predictor",
    horizons=("2yr",),
    rule=Percent.HUNDREDTHS_BELOW_100,
    bands="csrp-2026",
    cautions=OTHER,
    parts=(svrp, dc_srp, iic_srp),
    added_by=(_for_women("csrp"),),
)
