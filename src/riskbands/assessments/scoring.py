"""Scoring one case with every predictor that has its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.errors import MissingTableError
from riskbands.predictors import BY_NAME_ONLY
from riskbands.predictors import by_id as all_predictors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands._options import FormName
    from riskbands.instruments.predictor import Assessment, Predictor
    from riskbands.instruments.score import Score

__all__ = ["score"]


def score(
    assessment: Assessment,
    predictors: Iterable[Predictor] | None = None,
    *,
    form: FormName = "auto",
) -> dict[str, Score]:
    """Score one case with every predictor that has its inputs.

    Args:
        assessment: The case.
        predictors: Those to try; by default all.
        form: As for `riskbands.Predictor.score`.

    Returns:
        Scores by predictor id, "not applicable" included; a predictor that lacks an input, or
        has no table, is left out. Ask the predictor itself to learn why.
    """
    found = {}
    usual = (all_predictors[ident] for ident in all_predictors if ident not in BY_NAME_ONLY)
    for predictor in usual if predictors is None else predictors:
        try:
            result = predictor.score(assessment, form=form, on_issue="return")
        except MissingTableError:
            continue
        if result.ok:
            found[predictor.id] = result
    return found
