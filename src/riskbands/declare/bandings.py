"""The bands of a declared score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.bands.builtin import SCALES, band_tables
from riskbands.bands.scale import BandScale
from riskbands.bands.table import BandTable, Unit
from riskbands.declare.faults import nearest
from riskbands.errors import RiskBandsError

if TYPE_CHECKING:
    from riskbands.declare.faults import Node

__all__ = ["Bandings"]


class Bandings:
    """Reads ``bands``.

    Args:
        root: The declaration, for what bands of its own are called.
        ident: Id of the instrument.
        source: Source of the instrument.
        score: Where ``bands`` stands.
    """

    def __init__(self, root: Node, ident: str, source: str, score: Node) -> None:
        self._root, self._ident, self._source, self._score = root, ident, source, score

    def read(
        self, unit: str, *, points: bool, percent: bool, names: bool = False
    ) -> BandScale | str | None:
        """The id of a built-in table, a table of edges, a whole band table, or names alone.

        Args:
            unit: What the edges of the file are of: ``points`` or ``percent``.
            points: Whether the score has points.
            percent: Whether it has percentages.
            names: Whether names without edges will do.
        """
        score = self._score
        given = score.data.get("bands")
        if given is None:
            return None
        if isinstance(given, list | tuple) or (isinstance(given, str) and given in SCALES):
            if names:
                return self._scale()
            score.fault("has names and no edges, which belongs to the link category", "bands")
            return None
        if isinstance(given, str):
            if given not in band_tables:
                score.fault(f"is no built-in band table; {nearest(given, band_tables)}", "bands")
                return None
            return given if self._fits(band_tables[given], points, percent) else None
        node = score.table("bands")
        if node is None:
            return None
        try:
            if "id" not in node.data:
                return self._edges(node, unit)
            table = BandTable.from_dict(node.data)
            return table if self._fits(table, points, percent) else None
        except RiskBandsError as error:
            score.fault(str(error), "bands")
        return None

    def _scale(self) -> BandScale | None:
        """Bands without edges, the lowest first: a list of names, or the id of a built-in scale."""
        given = self._score.data["bands"]
        if isinstance(given, str) and given in SCALES:
            return SCALES[given]
        labels = self._score.texts("bands")
        if not labels or not all(labels) or len(set(labels)) < len(labels) or len(labels) > 100:
            self._score.fault("must list the names of the bands, each once", "bands")
            return None
        try:
            return BandScale(f"{self._ident}-bands", labels)
        except RiskBandsError as error:
            self._score.fault(str(error), "bands")
        return None

    def _fits(self, table: BandTable, points: bool, percent: bool) -> bool:
        """Whether a band table is for what this instrument gives; a fault otherwise."""
        if not (points if table.unit is Unit.POINTS else percent):
            text = f"{table.id} bands {table.unit.value}, and there are none here"
            self._score.fault(text, "bands")
            return False
        try:
            table.banding(self._ident, any_score=False)
        except RiskBandsError as error:
            self._score.fault(str(error), "bands")
            return False
        return True

    def _edges(self, node: Node, unit: str) -> BandTable | None:
        """Bands by the score each starts at, the lowest first."""
        before = len(node.faults)
        starts = [node.decimal(value, label) for label, value in node.data.items()]
        if len(node.faults) > before:
            node.fault('gives the score at which each band starts: { Low = "0", High = "10" }')
            return None
        if not starts:
            node.fault("has no band")
            return None
        ends = [*starts[1:], "inf"]
        for label, start, end in zip(node.data, starts, ends, strict=True):
            if float(start) >= float(end):
                node.fault("does not start below the next: write the lowest band first", label)
                return None
        rows = [
            {"label": label, "interval": f"[{start}, {end})"}
            for label, start, end in zip(node.data, starts, ends, strict=True)
        ]
        root = self._root
        return BandTable.from_dict(
            {
                "id": f"{self._ident}-bands",
                "title": f"{root.text('title')}: bands",
                "score": root.text("name") or root.text("title"),
                "unit": unit,
                "applies_to": [self._ident],
                "source": self._source,
                "band": rows,
                "below": "none",
                "above": "none",
                "missing": "none",
            }
        )
