"""Predictors as they are asked for: as such, or by the id of a built-in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.instruments.predictor import Predictor
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["as_predictor", "one_or_several"]


def as_predictor(predictor: Predictor | str) -> Predictor:
    """A predictor as it is, or the built-in one of an id.

    Raises:
        UnknownNameError: There is none of that id; near ones are suggested.
    """
    return by_id[predictor] if isinstance(predictor, str) else predictor


def one_or_several(
    predictors: Iterable[Predictor | str] | Predictor | str,
) -> tuple[Predictor | str, ...]:
    """What was asked for, one by one, also where it is one alone."""
    return (predictors,) if isinstance(predictors, (str, Predictor)) else tuple(predictors)
