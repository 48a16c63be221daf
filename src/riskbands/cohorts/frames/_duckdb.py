"""DuckDB relations: through Arrow, and back into the connection they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands._redact import may_show
from riskbands.cohorts.frames._common import FrameError
from riskbands.cohorts.provenance import keep
from riskbands.errors import MissingExtraError
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

__all__ = ["DuckFrame"]

try:
    from riskbands.cohorts.frames._arrow import ArrowFrame
except ImportError as error:  # pragma: no cover - run by a test in a process of its own
    raise MissingExtraError(
        "DuckDB relations are read through Arrow, and pyarrow is not installed: pip install pyarrow"
    ) from error

if TYPE_CHECKING:
    from riskbands.cohorts.scorecolumns import ScoreColumn


class DuckFrame(ArrowFrame):
    """A relation, with its rows in memory; the result does not run its query again.

    Raises:
        FrameError: Two of its columns differ in capitals only, or not at all.
    """

    def __init__(self, relation: Any) -> None:
        self._relation = relation
        folded = [name.lower() for name in relation.columns]
        twice = sorted({name for name in folded if folded.count(name) > 1})
        if twice:
            known = [name for name in twice if may_show(name, built_in().fields)]
            named = f" named {', '.join(known)}" if known else " of the same name"
            raise FrameError(f"the relation has two columns{named}, in capitals or not: rename one")
        super().__init__(relation.to_arrow_table())

    def clashes(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` that the relation has, in capitals or not."""
        folded = {str(label).lower() for label in self.labels}
        return [name for name in names if name.lower() in folded]

    def place_of(self, name: str) -> int | None:
        """Where the column of this name stands, in capitals or not."""
        folded = [str(label).lower() for label in self.labels]
        return folded.index(name.lower()) if name.lower() in folded else None

    def with_scores(self, columns: Sequence[ScoreColumn]) -> Any:
        """A relation of the same connection; columns of labels are ENUMs."""
        kinds = dict(zip(self._relation.columns, map(str, self._relation.types), strict=True))
        replaced = [column.output.name.lower() for column in columns]
        kinds = {name: kind for name, kind in kinds.items() if name.lower() not in replaced}
        for column in columns:
            if column.output.is_coded:
                words = ", ".join(_quoted(label, "'") for label in column.output.labels)
                kinds[column.output.name] = f"ENUM({words})"
        given = _of_same_connection(self._relation, super().with_scores(columns))
        parts = []
        for name, kind in zip(given.columns, map(str, given.types), strict=True):
            text, wanted = _quoted(name, '"'), kinds.get(name, kind)
            parts.append(text if wanted == kind else f"CAST({text} AS {wanted}) AS {text}")
        outputs = [column.output for column in columns]
        return keep(given.project(", ".join(parts)), outputs, self._relation)


def _of_same_connection(relation: Any, riskbands_scores_in_arrow: pa.Table) -> Any:
    """A relation over an Arrow table, which DuckDB finds by the name of the variable."""
    return relation.query("riskbands_relation", "FROM riskbands_scores_in_arrow")


def _quoted(text: str, mark: str) -> str:
    return f"{mark}{text.replace(mark, mark * 2)}{mark}"
