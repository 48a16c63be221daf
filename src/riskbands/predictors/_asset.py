"""Asset: the assessment of children before AssetPlus, for historical cohorts. Points alone.

Twelve dynamic sections of 0 to 4 points and static factors of up to 16 add up to 0 to 64. No
probability belongs to them. Bands: Lords written answers HL2587 and HL2588, 2 April 2009.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.points import PointsScale
from riskbands.predictors.cautions import UNVALIDATED
from riskbands.scorecards.form import Form
from riskbands.scorecards.terms import PerUnit
from riskbands.vocabulary.fields import youth_fields

__all__ = ["asset"]

_PARTS = tuple(name for name in youth_fields() if name.startswith("asset_"))

asset = PointsScale(
    id="asset",
    name="Asset",
    title="Asset, the youth assessment before AssetPlus",
    horizons=(),
    rule=Percent.WHOLE,
    table="asset-points",
    bands="asset-2009",
    cautions=(UNVALIDATED,),
    forms=(
        Form(
            terms=tuple(
                PerUnit(
                    name=name.removeprefix("asset_").replace("_", " "),
                    key="per_point",
                    feature=name,
                )
                for name in _PARTS
            ),
            groups=tuple((name,) for name in _PARTS),
        ),
    ),
)
