"""Options that several calls share: the values each may have, for people and for type checkers."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

__all__ = ["FORMS", "ON_ISSUE", "FormName", "Horizon", "Link", "OnIssue"]

#: Which form of an instrument is wanted: ``"auto"`` takes the extended one where it can.
FormName: TypeAlias = Literal["auto", "brief", "extended"]
#: How long people were followed up. The built-in instruments have one and two years.
Horizon: TypeAlias = Literal["6mo", "1yr", "2yr", "3yr", "5yr"]
#: What makes a probability of a sum: log-odds, or the logarithm of a hazard ratio.
Link: TypeAlias = Literal["logistic", "survival"]
#: What to do with a case that has no score: raise its issues, or return a score with them.
OnIssue: TypeAlias = Literal["return", "raise"]

FORMS: tuple[str, ...] = get_args(FormName)
ON_ISSUE: tuple[str, ...] = get_args(OnIssue)
