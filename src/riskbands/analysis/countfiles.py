"""A table of counts as columns, JSON and Parquet, with a header that says what the columns are."""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands.analysis.cells import FORMS, HIDDEN, Cells
from riskbands.analysis.reading import OUTCOMES
from riskbands.analysis.reported import ReportedScore
from riskbands.errors import InputError, Issue, missing_extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "NEAR",
    "RESERVED",
    "cells_of_columns",
    "columns_of",
    "parquet",
    "read_json",
    "read_parquet",
    "write_json",
    "write_parquet",
]

#: Names of the columns of a table of counts beside those of the groups.
RESERVED = ("form", "band", "score", "outcome", "n")
_KEY = "riskbands_outcome_counts"
#: What an evaluation reads of where counts come from.
_PROVENANCE = (
    "predictor", "coefficient_tables", "band_table", "score", "unit", "horizon", "outcome",
    "follow_up", "version",
)  # fmt: skip
#: How far from its last decimal a reported score may lie, in units of it.
NEAR = 1e-6
_NOT_APPLICABLE = "not_applicable"


def columns_of(cells: Cells, score: ReportedScore, by: Sequence[str]) -> dict[str, list[Any]]:
    """The cells as columns of texts and numbers; None is missing, or a count that is not shown."""
    groups = [cells.groups[i] for i in cells.group.tolist()]
    columns: dict[str, list[Any]] = {
        name: [labels[i] for labels in groups] for i, name in enumerate(by)
    }
    if score.form_column:
        columns["form"] = [None if f < 0 else FORMS[f] for f in cells.form.tolist()]
    if score.labels or (cells.band == -2).any():
        names = [*score.labels, _NOT_APPLICABLE, None]
        columns["band"] = [names[b] for b in cells.band.tolist()]
    if score.unit != "band":
        columns["score"] = [None if s != s else s for s in cells.score.tolist()]
    columns["outcome"] = [OUTCOMES[o] for o in cells.outcome.tolist()]
    columns["n"] = [None if n == HIDDEN else n for n in cells.n.tolist()]
    return columns


def cells_of_columns(
    columns: Mapping[str, Sequence[Any]], score: ReportedScore, by: Sequence[str]
) -> Cells:
    """The cells of what `columns_of` gave."""
    size = len(columns["n"])
    labels = list(zip(*(columns[name] for name in by), strict=True)) if by else [()] * size
    places: dict[Any, int] = {}
    group = [places.setdefault(tuple(label), len(places)) for label in labels]
    names = {label: i for i, label in enumerate(score.labels)} | {_NOT_APPLICABLE: -2, None: -1}
    band = [names[label] for label in columns.get("band", [None] * size)]
    ranks = [np.nan if b < 0 else b for b in band]
    given = ranks if score.unit == "band" else columns["score"]
    forms = columns.get("form", [None] * size)
    return Cells.of(
        list(places),
        np.array(group, dtype=np.int64),
        np.array([-1 if f is None else FORMS.index(f) for f in forms], dtype=np.int8),
        np.array(band, dtype=np.int8),
        np.array([np.nan if s is None else s for s in given], dtype=np.float64),
        np.array([OUTCOMES.index(o) for o in columns["outcome"]], dtype=np.int8),
        np.array([HIDDEN if n is None else n for n in columns["n"]], dtype=np.int64),
    )


def _header(
    score: ReportedScore, by: Sequence[str], provenance: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        _KEY: 1,
        "score": score.to_dict(),
        "by": list(by),
        "provenance": dict(provenance),
    }


def _read_header(
    data: Mapping[str, Any], name: str
) -> tuple[ReportedScore, tuple[str, ...], dict[str, Any]]:
    if not isinstance(data, dict) or data.get(_KEY) != 1:
        raise InputError(
            Issue("malformed", (), f"{name} is no table of outcome counts of this library")
        )
    try:
        score, by = ReportedScore.from_dict(data["score"]), tuple(data["by"])
        provenance = dict(data["provenance"])
        lacks = [name for name in _PROVENANCE if name not in provenance]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _damaged(name, "its header is not as this library writes it") from None
    if lacks:
        raise _damaged(name, f"its provenance lacks {', '.join(lacks)}")
    return score, by, provenance


def _damaged(name: str, what: str) -> InputError:
    return InputError(Issue("malformed", (), f"{name} is no whole table of outcome counts: {what}"))


def _checked_cells(
    columns: Mapping[str, Sequence[Any]], score: ReportedScore, by: Sequence[str], name: str
) -> Cells:
    """The cells of columns that somebody else may have written.

    Raises:
        InputError: They hold what no count or score can be; the message names the first row.
    """
    try:
        lengths = {len(columns[column]) for column in columns}
        if len(lengths) > 1:
            raise _damaged(name, "its columns differ in length")
        for row, n in enumerate(columns["n"]):
            if n is not None and (type(n) is not int or not 0 <= n < 1 << 53):
                raise _damaged(name, f"n must hold whole numbers from 0: row {row} does not")
        for column in by:
            for row, label in enumerate(columns[column]):
                if not (label is None or isinstance(label, str)):
                    raise _damaged(name, f"groups must be texts: row {row} of {column} is none")
        cells = cells_of_columns(columns, score, by)
        if score.unit != "band":
            _check_scores(columns["score"], score, name)
        if (
            score.banded_by == "score"
            and ((cells.band != -2) & (cells.band != score.band_codes(cells.score))).any()
        ):
            raise _damaged(name, "a band is not that of its score")
    except InputError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        raise _damaged(name, "a column is missing, or holds what it cannot hold") from None
    return cells


def _check_scores(given: Sequence[Any], score: ReportedScore, name: str) -> None:
    most = math.inf if score.most is None else score.most
    least = -math.inf if score.most is None else 0
    for row, value in enumerate(given):
        if value is None:
            continue
        fits = type(value) in (int, float) and math.isfinite(value) and least <= value <= most
        if fits and score.digits is not None:
            units = value * 10**score.digits
            fits = abs(units - round(units)) <= NEAR
        if not fits:
            raise _damaged(name, f"row {row} holds no score of {score.unit} as it is reported")


def write_json(
    cells: Cells, score: ReportedScore, by: Sequence[str], provenance: Mapping[str, Any]
) -> str:
    """JSON text: the header, then the columns."""
    data = {**_header(score, by, provenance), "columns": columns_of(cells, score, by)}
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def read_json(text: str) -> tuple[Cells, ReportedScore, tuple[str, ...], dict[str, Any]]:
    """What `write_json` wrote.

    Raises:
        InputError: It is something else.
    """
    data = _of_json(text)
    score, by, provenance = _read_header(data, "the text")
    return _checked_cells(data.get("columns"), score, by, "the text"), score, by, provenance


def _of_json(text: str | bytes | None) -> Any:
    """What a text of JSON holds; None where it is none."""
    try:
        return json.loads(text or "")
    except (ValueError, TypeError, RecursionError):
        return None


def parquet() -> Any:
    """The module of PyArrow that reads and writes Parquet.

    Raises:
        MissingExtraError: PyArrow is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise missing_extra("Parquet needs pyarrow from", "cli") from error
    return pyarrow.parquet


def write_parquet(
    path: str | Path,
    cells: Cells,
    score: ReportedScore,
    by: Sequence[str],
    provenance: Mapping[str, Any],
) -> None:
    """A Parquet file of the columns, with the header in its metadata.

    Raises:
        MissingExtraError: PyArrow is not installed.
    """
    pq = parquet()
    pa = importlib.import_module("pyarrow")
    columns = columns_of(cells, score, by)
    kinds = {"score": pa.float64(), "n": pa.int64()}
    table = pa.table(
        {name: pa.array(column, kinds.get(name, pa.string())) for name, column in columns.items()}
    )
    header = json.dumps(_header(score, by, provenance), ensure_ascii=False)
    pq.write_table(table.replace_schema_metadata({_KEY: header}), path)


def read_parquet(
    path: str | Path,
) -> tuple[Cells, ReportedScore, tuple[str, ...], dict[str, Any]]:
    """What `write_parquet` wrote.

    Raises:
        InputError: It is something else.
        MissingExtraError: PyArrow is not installed.
    """
    table = parquet().read_table(path)
    found = (table.schema.metadata or {}).get(_KEY.encode())
    name = Path(path).name
    score, by, provenance = _read_header(_of_json(found), name)
    return _checked_cells(table.to_pydict(), score, by, name), score, by, provenance
