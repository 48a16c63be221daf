"""Scoring one case with every predictor that has its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.errors import MissingTableError
from riskbands.predictors import BY_NAME_ONLY
from riskbands.predictors import by_id as all_predictors
from riskbands.predictors.asked import as_predictor, one_or_several

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands._options import FormName
    from riskbands.instruments.predictor import Assessment, Predictor
    from riskbands.instruments.score import Score

__all__ = ["score"]


def score(
    assessment: Assessment,
    predictors: Iterable[Predictor | str] | Predictor | str | None = None,
    *,
    form: FormName = "auto",
) -> dict[str, Score]:
    """Score one case with every predictor that has its inputs.

    Args:
        assessment: The case.
        predictors: Those to try, or their ids, or one alone; by default all.
        form: As for `riskbands.Predictor.score`.

    Returns:
        Scores by predictor id, "not applicable" included; a predictor that lacks an input, or
        has no table, is left out. Ask the predictor itself to learn why.

    Raises:
        UnknownNameError: There is no predictor of an id.
    """
    found = {}
    usual = (ident for ident in all_predictors if ident not in BY_NAME_ONLY)
    asked = usual if predictors is None else one_or_several(predictors)
    for predictor in map(as_predictor, asked):
        try:
            result = predictor.score(assessment, form=form, on_issue="return")
        except MissingTableError:
            continue
        if result.ok:
            found[predictor.id] = result
    return found
