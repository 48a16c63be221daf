"""A mapping of columns as the columns of a cohort."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from riskbands.cohorts.columns import ColumnReader
from riskbands.errors import InputError, InputErrorGroup, Issue
from riskbands.vocabulary.naming import field_places
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from riskbands.vocabulary.fields import Field
    from riskbands.vocabulary.suggest import Suggestions

__all__ = ["columns_of", "read_columns"]


def columns_of(data: Any, rename: Mapping[Any, str] | Suggestions | None = None) -> dict[str, Any]:
    """The columns of a cohort by field: of a mapping as they are, of a table as readers.

    Args:
        data: A mapping of columns, or a table as for `riskbands.score_cohort`.
        rename: Field by column, for columns that have another name.

    Returns:
        What `riskbands.score_cohort` takes as a mapping.

    Raises:
        InputErrorGroup: Columns of types that no field can have; all of them together.
        UnknownNameError: ``rename`` names a column that is not there, or no field.
        UnsupportedFrameError: Neither a mapping nor a table of a library that is known.
    """
    known = built_in().fields
    if isinstance(data, Mapping):
        labels = list(data)
        return {name: data[labels[n]] for name, n in field_places(labels, rename).items()}
    from riskbands.cohorts.frames import open_frame

    frame = open_frame(data)
    found: dict[str, Any] = {}
    problems = []
    for name, place in field_places(frame.labels, rename).items():
        try:
            found[name] = frame.reader(known[name], place)
        except InputError as error:
            problems.append(error.issue)
    if problems:
        raise InputErrorGroup.of("the cohort cannot be read", problems)
    return found


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
