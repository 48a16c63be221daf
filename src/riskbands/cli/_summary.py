"""What was scored and what was not, counted batch by batch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from riskbands.cohorts.arrowcalls import call

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from riskbands.cli._plan import Plan

__all__ = ["Summary"]


class Summary:
    """Counts of a run.

    Attributes:
        rows: Rows read.
        scored: Rows scored, by predictor.
        bands: Rows in each band, by predictor; lowest band first.
        issues: Rows with an issue of any predictor, by code.
        fields: For each code, rows by field.
    """

    def __init__(self, plan: Plan) -> None:
        self._issue_columns = [o for o in plan.outputs if o.kind == "issues"]
        self._band_columns = [o for o in plan.outputs if o.kind == "band"]
        self.rows = 0
        self.scored: dict[str, int] = {o.predictor.id: 0 for o in self._issue_columns}
        self.bands: dict[str, dict[str, int]] = {}
        for o in self._band_columns:
            assert o.predictor.bands is not None
            self.bands[o.predictor.id] = dict.fromkeys(o.predictor.bands.labels, 0)
        self.issues: Counter[str] = Counter()
        self.fields: dict[str, Counter[str]] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Count a batch of the columns that were added."""
        self.rows += batch.num_rows
        concerned: dict[tuple[str, str], NDArray[np.bool_]] = {}
        for output in self._issue_columns:
            found = batch.column(output.name)
            texts = found.dictionary.to_pylist()
            indices = found.indices.to_numpy()
            counts = np.bincount(indices, minlength=len(texts))
            if "" in texts:
                self.scored[output.predictor.id] += int(counts[texts.index("")])
            for key, places in _by_key(texts).items():
                if len(self._issue_columns) == 1:
                    self._count(key, int(counts[places].sum()))
                    continue
                named = np.zeros(len(texts), np.bool_)
                named[places] = True
                rows = named.take(indices)
                concerned[key] = concerned[key] | rows if key in concerned else rows
        for key, rows in concerned.items():
            self._count(key, int(np.count_nonzero(rows)))
        for output in self._band_columns:
            labels = batch.column(output.name)
            bands = self.bands[output.predictor.id]
            names = labels.dictionary.to_pylist()
            counts = np.bincount(call("drop_null", labels.indices).to_numpy())
            for place in np.flatnonzero(counts).tolist():
                bands[names[place]] = bands.get(names[place], 0) + int(counts[place])

    def _count(self, key: tuple[str, str], rows: int) -> None:
        """Count rows with an issue of a code, or of a code with a field."""
        code, name = key
        if name:
            self.fields.setdefault(code, Counter())[name] += rows
        else:
            self.issues[code] += rows


def _by_key(texts: list[str]) -> dict[tuple[str, str], list[int]]:
    """Places of the texts that name a code, and a code with a field."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, text in enumerate(texts):
        keys = set()
        for issue in filter(None, text.split(";")):
            code, _, names = issue.partition(":")
            keys |= {(code, ""), *((code, name) for name in names.split(",") if name)}
        for key in keys:
            found.setdefault(key, []).append(place)
    return found
