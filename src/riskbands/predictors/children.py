"""Who is assessed as a child, in one rule for a case and a cohort."""

from __future__ import annotations

from typing import Final

from riskbands.derivation.checks import Check
from riskbands.vocabulary.rules import arguments

__all__ = ["ADULT", "CHILD", "YOUNGEST"]

_AGE, _RUNS = arguments(2)
#: Age of criminal responsibility in England and Wales, in completed years.
YOUNGEST: Final = 10
#: Age from which somebody is no longer a child, in completed years.
ADULT: Final = 18

#: Ages 10 to 17, and 18 while an order runs. The check is skipped where a date it needs is missing.
CHILD: Final = Check(
    "age_at_assessment_out_of_range",
    ("age_at_assessment", "order_runs"),
    (_AGE < YOUNGEST) | (_AGE > ADULT) | (_AGE.equals(ADULT) & _RUNS.equals(0)),
    "the age at assessment must be from 10 to 17, or 18 while an order runs: check date_of_birth "
    "and assessment_date, and for a person of 18 give order_end_date",
    fields=("date_of_birth", "assessment_date", "order_end_date"),
)
