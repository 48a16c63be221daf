"""MST: the maturity screening of men of 18 to 25, ten items of OASys, 0 to 19 points.

Source: the HMPPS actuarial API of December 2025 and of August 2026, which agree. Two departures,
both in docs/predictors/screening.md: whom the tool does not apply to is found out before anything
is asked for, and then there is no flag, where the service answers "no".
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.panel import Panel
from riskbands.instruments.results import Result
from riskbands.predictors._screening import cited, counted, counted_name, known, sum_of, told
from riskbands.predictors.cautions import UNVALIDATED
from riskbands.vocabulary.expressions import Flag
from riskbands.vocabulary.feature import SAME, Feature, Source
from riskbands.vocabulary.rules import arguments
from riskbands.vocabulary.vocabulary import built_in

__all__ = ["mst"]

_YOUNGEST, _OLDEST = 18, 25
_CUT = 10
_NEEDED = 9
_ITEMS = (
    "peer_group_influences",
    "criminal_associates",
    "recklessness",
    "difficulties_coping",
    "attitudes_to_self",
    "impulsivity",
    "temper_control",
    "problem_solving",
    "awareness_of_consequences",
    "understands_others",
)
_POINTS = tuple(counted_name(item) for item in _ITEMS)
_X, _Y = arguments(2)

_FEATURES = (
    Feature(
        "mst_applies",
        (
            Source(("age_at_assessment",), _X * 0, when=(_X < _YOUNGEST) | (_X > _OLDEST)),
            Source((".sex",), _X * 0, when=_X.equals(1)),
            Source((".sex", "age_at_assessment"), _Y * 0 + 1),
        ),
        low=0,
        high=1,
        blame=2,
        categories=("no", "yes"),
        meaning="male, from 18 to 25 at assessment",
    ),
    *counted(_ITEMS),
    *known(_ITEMS),
    sum_of("mst_answers", tuple(told(i) for i in _ITEMS), 10, "how many of the ten are answered"),
    sum_of("mst_points", _POINTS, 19, "sum of the ten items"),
)

mst = Panel(
    id="mst",
    name="MST",
    title="Maturity screening",
    rule=Percent.WHOLE,
    vocabulary=built_in().extended(features=_FEATURES),
    table=cited(
        "mst-2025",
        "mst",
        "Maturity screening of the HMPPS actuarial API",
        "ministryofjustice/hmpps-arns-risk-actuarial-api, commits e28654b (2025-12-15) and 016919c "
        "(2026-08-04)",
    ),
    cautions=(UNVALIDATED,),
    by_name_only=True,
    gate="mst_applies",
    checks=(
        Check(
            "mst_not_enough_answers",
            ("mst_applies", "mst_answers"),
            _X.equals(1) & (_Y < _NEEDED),
            "at least 9 of the 10 items must be answered: supply those that are missing",
            fields=_ITEMS,
        ),
    ),
    sums={"points": _POINTS},
    results=(
        Result(
            name="points",
            kind="number",
            inputs=("mst_points",),
            rule=SAME,
            about="0 to 19; one item that is missing counts 0",
        ),
        Result(
            name="flag",
            kind="flag",
            inputs=("mst_points",),
            rule=Flag(_X >= _CUT),
            about="10 points or more",
        ),
    ),
)
