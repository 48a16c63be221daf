"""A mapping of columns as the columns of a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.cohorts.columns import ColumnReader
from riskbands.errors import InputError, InputErrorGroup, Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.vocabulary.fields import Field

__all__ = ["read_columns"]


def read_columns(
    columns: Mapping[str, Any], fields: Mapping[str, Field]
) -> tuple[dict[str, ColumnReader], int]:
    """Readers of the columns that are fields a predictor may read, and the number of rows.

    Columns of names that are none of ``fields`` are left alone; a column that is a reader already
    is taken as it is.

    Raises:
        InputErrorGroup: Columns that cannot be used; all of them together.
    """
    readers: dict[str, ColumnReader] = {}
    problems: list[Issue] = []
    lengths: dict[str, int] = {}
    for name, column in columns.items():
        f = fields.get(name)
        if f is None or not f.scored:
            continue
        try:
            is_reader = isinstance(column, ColumnReader) and column.reads(f)
            readers[name] = column if is_reader else ColumnReader(f, column)
        except InputError as error:
            problems.append(error.issue)
            continue
        lengths[name] = len(readers[name])
    if len(set(lengths.values())) > 1:
        n = max(lengths.values(), key=list(lengths.values()).count)
        odd = ", ".join(f"{k} has {v}" for k, v in lengths.items() if v != n)
        problems.append(
            Issue("unequal_lengths", tuple(lengths), f"columns must have one length ({n}); {odd}")
        )
    if problems:
        raise InputErrorGroup.of("the cohort cannot be read", problems)
    return readers, next(iter(lengths.values()), 0)
