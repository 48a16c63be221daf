"""Which fields the columns of a cohort could be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from riskbands.vocabulary.suggest import suggest

if TYPE_CHECKING:
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["suggest_columns"]


def suggest_columns(data: Any) -> Suggestions:
    """Suggest which fields the columns of a cohort could be.

    Only names are looked at, never values. Columns that have the name of a field already, and
    fields that are there already, are left out. Whether a suggestion is right is for someone to
    say who knows the data.

    Args:
        data: A mapping of columns or a table, as for `riskbands.score_cohort`; or the
            names alone, as a list.

    Returns:
        A mapping from column to `Suggestion`.

    Raises:
        MissingExtraError: A table was given and the ``[dataframe]`` extra is not installed.
        UnsupportedFrameError: It is no table of a library that is known.

    Examples:
        >>> found = suggest_columns(["DOB", "convDate", "sex", "oasys_11_4", "notes"])
        >>> print(found)
        DOB: date_of_birth (a usual name)
        convDate: conviction_date (the same words)
        oasys_11_4: temper_control (OASys item 11.4)

    The suggestions are a ``rename`` of `score_cohort` by themselves, once you have read them:

        >>> found.rename["DOB"]
        'date_of_birth'
    """
    if isinstance(data, Mapping | list | tuple):
        labels = list(data)
    else:
        from riskbands.cohorts.frames import labels_of

        labels = labels_of(data)
    return suggest(labels)
