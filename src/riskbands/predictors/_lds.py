"""LDS: the learning screening, seven answers of OASys, 0 to 11 points in three levels.

Source: the HMPPS actuarial API of December 2025 and of August 2026, which agree.
"""

from __future__ import annotations

from riskbands.arithmetic.percent import Percent
from riskbands.derivation.checks import Check
from riskbands.instruments.panel import Panel
from riskbands.instruments.results import Result
from riskbands.predictors._screening import (
    HEALTH,
    cited,
    counted,
    counted_name,
    known,
    sum_of,
    told,
)
from riskbands.predictors.cautions import UNVALIDATED
from riskbands.vocabulary.feature import SAME
from riskbands.vocabulary.rules import arguments, first_match
from riskbands.vocabulary.vocabulary import built_in

__all__ = ["lds"]

#: Of these at least three must be answered.
_NEEDED = ("work_skills", "literacy_and_numeracy", "learning_difficulties", "qualifications")
_OF_LITERACY = ("reading_problems", "numeracy_problems")
_ITEMS = (
    "no_fixed_abode",
    "work_skills",
    "literacy_and_numeracy",
    *_OF_LITERACY,
    "learning_difficulties",
    "qualifications",
)
_POINTS = tuple(counted_name(item) for item in _ITEMS)
_X, _Y, _Z = arguments(3)

_FEATURES = (
    *counted(_ITEMS),
    *known((*_NEEDED, *_OF_LITERACY)),
    sum_of("lds_answers", tuple(told(i) for i in _NEEDED), 4, "how many of the four are answered"),
    sum_of("lds_points", _POINTS, 11, "sum of the seven answers"),
)

lds = Panel(
    id="lds",
    name="LDS",
    title="Learning screening",
    rule=Percent.WHOLE,
    vocabulary=built_in().extended(features=_FEATURES),
    table=cited(
        "lds-2025",
        "lds",
        "Learning screening of the HMPPS actuarial API",
        "ministryofjustice/hmpps-arns-risk-actuarial-api, commits e28654b (2025-12-15) and 016919c "
        "(2026-08-04)",
    ),
    cautions=(HEALTH, UNVALIDATED),
    by_name_only=True,
    checks=(
        Check(
            "literacy_parts_without_literacy",
            tuple(told(i) for i in ("literacy_and_numeracy", *_OF_LITERACY)),
            _X.equals(0) & (_Y + _Z > 0),
            "reading_problems or numeracy_problems is given but literacy_and_numeracy, of which "
            "they are a part, is missing: supply it",
            fields=("literacy_and_numeracy", *_OF_LITERACY),
        ),
        Check(
            "lds_not_enough_answers",
            ("lds_answers",),
            _X < 3,
            f"at least 3 of {', '.join(_NEEDED)} must be answered: supply those that are missing",
            fields=_NEEDED,
        ),
    ),
    advice=(
        Check(
            "literacy_contradiction",
            (".literacy_and_numeracy", *(counted_name(i) for i in _OF_LITERACY)),
            _X.equals(0) & (_Y + _Z > 0),
            "literacy_and_numeracy says no problems beside problems with reading or numeracy, "
            "which count all the same: check them",
            fields=("literacy_and_numeracy", *_OF_LITERACY),
        ),
    ),
    sums={"points": _POINTS},
    results=(
        Result(
            name="points",
            kind="number",
            inputs=("lds_points",),
            rule=SAME,
            about="0 to 11; answers that are missing count 0",
        ),
        Result(
            name="level",
            kind="number",
            inputs=("lds_points",),
            rule=first_match(((_X >= 5, 2), (_X >= 3, 1)), otherwise=0),
            about="0 up to 2 points, 1 up to 4, 2 from 5",
        ),
    ),
)
