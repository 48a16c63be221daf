"""Where the scores of a table come from: which version, coefficient tables and band tables."""

from __future__ import annotations

import json
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from riskbands._version import __version__
from riskbands.arithmetic.masked import is_a
from riskbands.display import WIDTH, html_table, text_table
from riskbands.errors import MissingExtraError, ProvenanceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.cohorts.scorecolumns import Output
    from riskbands.instruments.predictor import Predictor

__all__ = ["KEY", "CohortScores", "in_bytes", "keep", "origin", "provenance"]

#: The key of the entry, for pandas in ``attrs``, for Arrow in the metadata of the schema.
KEY = "riskbands"
#: The origin of tables that cannot hold it, by the place of the object in memory, while they exist.
_KEPT: dict[int, dict[str, Any]] = {}


_HEAD = ("column", "holds", "rows with it", "without")


class CohortScores(dict[str, Any]):
    """Columns of scores by name, as `riskbands.score_cohort` returns them for a mapping.

    Attributes:
        outputs: What each column holds.
    """

    def __init__(self, columns: Mapping[str, Any], outputs: Iterable[Output]) -> None:
        super().__init__(columns)
        self.outputs = {output.name: output for output in outputs}

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self), tuple(self.outputs.values()))

    @property
    def rows(self) -> int:
        """How many rows were scored."""
        return len(next(iter(self.values()))) if self else 0

    def __repr__(self) -> str:
        return f"<CohortScores of {self._size()}: {', '.join(self) or 'no columns'}>"

    def __str__(self) -> str:
        table = text_table(_HEAD, self._lines(), left=(0, 1), width=WIDTH)
        return f"{self._size()}\n{table}"

    def _repr_html_(self) -> str:
        return html_table(_HEAD, self._lines(), self._size())

    def _size(self) -> str:
        return "1 row" if self.rows == 1 else f"{self.rows:,} rows"

    def _lines(self) -> list[tuple[str, ...]]:
        """What each column holds, and in how many rows."""
        lines: list[tuple[str, ...]] = []
        for name, column in self.items():
            what = self.outputs[name].kind if name in self.outputs else ""
            n = sum(1 for value in column if not (value is None or value != value or value == ""))
            if isinstance(column, np.ndarray) and column.dtype == np.float64:
                n = int(np.isfinite(column).sum())
            lines.append((name, what, f"{n:,}", f"{len(column) - n:,}"))
        return lines

    @property
    def provenance(self) -> dict[str, Any]:
        """Where the scores come from; see `riskbands.provenance`."""
        return origin(self.outputs.values())


def origin(outputs: Iterable[Output]) -> dict[str, Any]:
    """Where the columns come from: version, and tables by predictor."""
    scored = {o.predictor.id: o.predictor for o in outputs}
    return {"version": __version__, **{ident: _tables(p) for ident, p in scored.items()}}


def _tables(p: Predictor) -> dict[str, Any]:
    return {
        "table": p.table.id,
        "digest": p.table.digest,
        "bands": None if p.bands is None else p.bands.id,
        "bands_digest": None if p.bands is None else p.bands.digest,
    }


def in_bytes(outputs: Iterable[Output], before: Mapping[bytes, bytes] | None) -> dict[bytes, bytes]:
    """The metadata of an Arrow schema with the origin of new columns in it."""
    known = dict(before or {})
    merged = {**_read(known), **origin(outputs)}
    return {**known, KEY.encode(): json.dumps(merged).encode()}


def _read(metadata: Mapping[bytes, bytes]) -> dict[str, Any]:
    """The entry in the metadata; empty where another program wrote something else there."""
    try:
        found = json.loads(metadata[KEY.encode()])
    except (KeyError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(table: Any, outputs: Iterable[Output], before: Any) -> Any:
    """The table, which cannot hold it, with its origin kept as long as the table lives."""
    known = _KEPT.get(id(before), {})
    try:
        weakref.finalize(table, _KEPT.pop, id(table), None)
    except TypeError:  # Nothing tells when the table is gone.
        return table
    _KEPT[id(table)] = {**known, **origin(outputs)}
    return table


def _metadata(path: str | Path) -> Mapping[bytes, bytes]:
    """The metadata of a Parquet file; its path is in no message."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        text = "pyarrow, which reads Parquet, is not installed: pip install pyarrow"
        raise MissingExtraError(text) from error
    try:
        found: Mapping[bytes, bytes] = pq.read_schema(path).metadata or {}
    except (OSError, pa.ArrowException):
        raise ProvenanceError("there is no Parquet file of that path that can be read") from None
    return found


def provenance(result: Any) -> dict[str, Any]:
    """Where scores come from: the version of the library, and the tables of each predictor.

    Args:
        result: What `riskbands.score_cohort` returned; a pandas data frame or Arrow table that was
            made from it and kept its ``attrs`` or metadata; or the path of a Parquet file.

    Returns:
        ``version``, and by predictor its coefficient ``table`` with ``digest``, and its ``bands``.

    Raises:
        MissingExtraError: A path was given and pyarrow is not installed.
        ProvenanceError: The table does not say. A Polars frame or DuckDB relation cannot hold it:
            it is known of the very object that `score_cohort` returned, and of none made from it.

    Examples:
        >>> import riskbands as rb
        >>> scores = rb.score_cohort({"sex": ["male"]}, ["ogrs3"])
        >>> provenance(scores)["ogrs3"]["table"]
        'ogrs3-2009'
    """
    found: Any = None
    if isinstance(result, CohortScores):
        found = result.provenance
    elif isinstance(result, (str, Path)):
        found = _read(_metadata(result))
    elif isinstance(getattr(result, "attrs", None), dict):
        found = result.attrs.get(KEY)
    elif is_a(result, "pyarrow", "Table", "RecordBatch"):
        found = _read(result.schema.metadata or {})
    else:
        found = _KEPT.get(id(result))
    if not found:
        raise ProvenanceError(
            "this table does not say where its scores come from: it is not what score_cohort "
            "returned, or it was made from that by a library that does not carry it on"
        )
    return dict(found)
