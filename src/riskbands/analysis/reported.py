"""What is counted: a score as an instrument reports it, or a plain column of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands.bands.table import BandScale, BandTable, Unit
from riskbands.errors import InputError, Issue, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.instruments.predictor import Predictor

__all__ = [
    "NOBODY",
    "NOT_KNOWN",
    "THE_SCORES",
    "THE_USER",
    "ReportedScore",
    "horizon_months",
    "provenance_of",
    "score_of",
    "units",
]

#: Who names the tables that made the scores of a predictor.
THE_SCORES: Final = "the scores"
THE_USER: Final = "the user; the scores do not say"
NOBODY: Final = "nobody; the scores do not say"
#: What stands in place of tables that nobody names.
NOT_KNOWN: Final = "not known"

#: What a score can be, and how many of it make a probability of 1; None where it is none.
_WHOLES: Final = {**{unit.value: unit.most for unit in Unit}, "band": None}
units: Final = tuple(_WHOLES)


@attrs.frozen
class ReportedScore:
    """A score as it is reported.

    Attributes:
        column: The column it stands in.
        unit: ``percent``, ``probability``, ``points`` or ``band`` (its values are then ranks).
        digits: Decimals it is reported to; None for one that is not rounded.
        bands: The bands, or None.
        banded_by: ``score`` where the band follows from the score; ``column`` where it is read
            from ``band_column``; empty without bands.
        band_column: The column of bands, or an empty text.
        form_column: The column that says brief or extended, or an empty text.
    """

    column: str
    unit: str
    digits: int | None = None
    bands: BandScale | None = None
    banded_by: str = ""
    band_column: str = ""
    form_column: str = ""

    def probabilities(self, scores: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """The probabilities that scores report, or None where they report none."""
        return None if self.most is None else scores / self.most

    @property
    def most(self) -> int | None:
        """The highest score that there can be, which is a probability of 1; None of points."""
        return _WHOLES[self.unit]

    def band_codes(self, scores: NDArray[np.float64]) -> NDArray[np.int8]:
        """The band of each score: its rank, or -1 for none."""
        if self.unit == "band":
            return np.where(np.isnan(scores), -1, np.nan_to_num(scores)).astype(np.int8)
        if self.banded_by != "score" or not isinstance(self.bands, BandTable):
            return np.full(len(scores), -1, dtype=np.int8)
        return self.bands.codes(scores, refused="missing")

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the bands, lowest first; empty without bands."""
        return () if self.bands is None or not self.banded_by else self.bands.labels

    def edge_of(self, rank: int) -> float | None:
        """The lowest score of a band, where it follows from the score."""
        if self.banded_by == "score" and isinstance(self.bands, BandTable):
            return float(self.bands.intervals[rank].lower)
        return None

    def to_dict(self) -> dict[str, Any]:
        """The score as plain values for JSON."""
        bands: Any = None
        if isinstance(self.bands, BandTable):
            bands = {"table": self.bands.to_dict()}
        elif self.bands is not None:
            bands = {"id": self.bands.id, "labels": list(self.bands.labels)}
        return {**attrs.asdict(self, recurse=False), "bands": bands}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReportedScore:
        """The score from what `to_dict` gave."""
        given = dict(data)
        bands = given.pop("bands")
        scale: BandScale | None = None
        if bands is not None:
            scale = (
                BandTable.from_dict(bands["table"])
                if "table" in bands
                else BandScale(bands["id"], bands["labels"])
            )
        return cls(bands=scale, **given)


def horizon_months(horizon: str | None) -> int | None:
    """How many months a horizon such as ``2yr`` is; None without one.

    Raises:
        InputError: It is no number of years.
    """
    if horizon is None:
        return None
    number = horizon.removesuffix("yr")
    if number == horizon or not number.isdigit():
        raise InputError(Issue("malformed", ("horizon",), "a horizon is written as 1yr or 2yr"))
    return 12 * int(number)


def score_of(
    predictor: Predictor | None,
    score: str | None,
    *,
    horizon: str | None,
    unit: str | None,
    bands: BandScale | None,
    columns: list[str],
) -> tuple[ReportedScore, str | None]:
    """The score that is asked for, and its horizon.

    Args:
        predictor: A predictor, or None for a plain column.
        score: The name of a plain column, or None.
        horizon: The horizon; by default the one that a predictor's bands use.
        unit: The unit of a plain column; by default as its name says.
        bands: Bands in place of the predictor's, or of a plain column.
        columns: The columns there are.

    Raises:
        InputError: Neither or both of predictor and score are given, or the unit of a plain
            column cannot be told from its name.
        TableError: The bands are of another unit, or for the scores of another predictor.
        UnknownNameError: The predictor has no such horizon, or there is no such unit.
    """
    if (predictor is None) == (score is None):
        raise InputError(
            Issue("missing", ("predictor",), "give a predictor, or score= for a plain column")
        )
    if predictor is None:
        assert score is not None
        return _plain(score, unit, bands), horizon
    if unit is not None:
        raise InputError(
            Issue("contradiction", ("unit",), "unit= is for a plain column: leave it out")
        )
    scale = predictor.bands if bands is None else bands
    if isinstance(bands, BandTable):
        scale = bands.banding(predictor.id)
    form = f"{predictor.id}_type" if predictor.has_forms else ""
    form = form if form in columns else ""
    if not predictor.horizons:
        found = ReportedScore(f"{predictor.id}_points", "points", 0, form_column=form)
        by_score = isinstance(scale, BandTable) and scale.unit is Unit.POINTS
    else:
        horizon = predictor.banded if horizon is None else horizon
        if horizon not in predictor.horizons:
            raise UnknownNameError("horizon", horizon, predictor.horizons)
        column = f"{predictor.id}_{horizon}"
        found = ReportedScore(column, "percent", predictor.rule.digits, form_column=form)
        by_score = (
            isinstance(scale, BandTable)
            and scale.unit is Unit.PERCENT
            and horizon == predictor.banded
        )
    if scale is None:
        return found, horizon
    if by_score and not predictor.reducible:
        return attrs.evolve(found, bands=scale, banded_by="score"), horizon
    band = f"{predictor.id}_band"
    if band in columns:
        return attrs.evolve(found, bands=scale, banded_by="column", band_column=band), horizon
    return attrs.evolve(found, bands=scale), horizon


def _plain(column: str, unit: str | None, bands: BandScale | None) -> ReportedScore:
    chosen = _unit_by_name(column) if unit is None else unit
    if chosen not in _WHOLES:
        raise UnknownNameError("unit of a score", chosen, _WHOLES)
    if chosen == "band":
        if bands is None:
            raise InputError(
                Issue("missing", ("bands",), "give bands=: the labels of the column, lowest first")
            )
        # ranks are scores; the edges of a table say nothing of them
        return ReportedScore(column, chosen, 0, BandScale(bands.id, bands.labels), "column", column)
    if bands is None:
        return ReportedScore(column, chosen)
    if not isinstance(bands, BandTable) or bands.unit.value != chosen:
        what = bands.unit.value if isinstance(bands, BandTable) else "no score"
        raise TableError(f"{bands.id} is about {what}, and column {column} about {chosen}")
    return ReportedScore(column, chosen, None, bands.marked(), "score")


def _unit_by_name(column: str) -> str:
    name = column.lower()
    if name in ("p", "probability") or name.endswith(("_p", "_probability")):
        return "probability"
    if name in ("percent", "pct", "percentage") or name.endswith(
        ("_percent", "_pct", "_percentage", *(f"_{n}yr" for n in range(1, 6)))
    ):
        return "percent"
    raise InputError(
        Issue(
            "missing",
            ("unit",),
            f"column {column} does not say what it holds: give unit=, one of {', '.join(_WHOLES)}",
        )
    )


def provenance_of(
    predictor: Predictor | None,
    score: ReportedScore,
    horizon: str | None,
    named_by: str | None,
    *,
    bands_given: bool = False,
) -> dict[str, Any]:
    """Where the scores come from, as plain values.

    Args:
        predictor: The predictor, or None for a plain column.
        score: The score.
        horizon: Its horizon.
        named_by: Who names the tables of the predictor; None for a plain column.
        bands_given: Whether the bands were named apart from the predictor.
    """
    tables: Any = []
    if named_by == NOBODY:
        tables = NOT_KNOWN
    elif predictor is not None:
        tables = [{"id": t.id, "digest": t.digest} for t in predictor.tables]
    bands: Any = None
    if score.bands is not None:
        # bands that follow from the score are made here
        made_here = bands_given or score.banded_by == "score"
        bands = {"id": score.bands.id, "digest": score.bands.digest}
        bands = NOT_KNOWN if named_by == NOBODY and not made_here else bands
    return {
        "predictor": None if predictor is None else {"id": predictor.id, "name": predictor.name},
        "coefficient_tables": tables,
        "band_table": bands,
        "coefficients_named_by": named_by,
        "score": score.column,
        "unit": score.unit,
        "horizon": horizon,
    }
