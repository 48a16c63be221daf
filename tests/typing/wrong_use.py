"""Misspelt options and values of the wrong kind: each line is an error for both type checkers.

The comments name the error that mypy and pyright give. A line on which one of them no longer gives it
is an error itself, because both report comments that are not needed.
"""

from __future__ import annotations

import riskbands as rb

case = rb.OASysAssessment(sex="male")

# The options of a score.
rb.ogrs3.score(case, form="extendet")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rb.ogrs3.score(case, on_issue="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rb.ogrs3.score(case, from_="brief")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
rb.ogrs3.explain(case, "2 yr")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

# The options of a cohort.
rb.score_cohort({"sex": ["male"]}, form="short")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
rb.score_cohort({"sex": ["male"]}, on_issue="warn")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]

# The fields of an assessment.
rb.OASysAssessment(sexx="male")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
rb.OASysAssessment(date_of_birth=1990)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rb.OASysAssessment(weapon=[True])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
case.sex = "female"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]

# Bands.
table = rb.band_table("rsr-2025")
table.classify(6.9, refused="ignore")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
table.to_sql("score", dialect="sqlite")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
