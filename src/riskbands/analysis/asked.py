"""What is asked to be counted: a predictor or a column, an outcome, groups and a horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands._frozen import FrozenDict
from riskbands._version import __version__
from riskbands.analysis.countfiles import RESERVED
from riskbands.analysis.reading import Table, outcomes_of
from riskbands.analysis.recorded import as_recorded, named_by
from riskbands.analysis.reported import provenance_of, score_of
from riskbands.bands.builtin import as_bands
from riskbands.bands.table import BandTable
from riskbands.errors import InputError, Issue
from riskbands.predictors.asked import as_predictor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands.analysis.reported import ReportedScore
    from riskbands.bands.scale import BandScale
    from riskbands.instruments.predictor import Predictor

__all__ = ["SIMULATED", "Asked", "is_simulated", "scored_columns"]

#: The column, and the entry of the provenance, that says that people are made up.
SIMULATED: Final = "simulated"


@attrs.frozen
class Asked:
    """What was asked for."""

    predictor: Predictor | None
    outcome: str
    by: tuple[str, ...]
    horizon: str | None
    named_by: str | None
    bands_given: bool

    @classmethod
    def of(
        cls,
        predictor: Predictor | str | None,
        outcome: str,
        by: str | Sequence[str],
        horizon: str | None,
        score: str | None,
        unit: str | None,
        bands: BandScale | str | None,
        columns: list[str],
        recorded: Mapping[str, Any] = FrozenDict(),
    ) -> tuple[ReportedScore, Asked]:
        """The score that is asked for, and the rest.

        ``recorded`` is what the scores say of where they come from.

        Raises:
            InputError: A column of groups cannot be one, predictor and score do not fit, or the
                scores were made with other tables.
            UnknownNameError: A predictor, horizon or unit is not known.
        """
        names = (by,) if isinstance(by, str) else tuple(by)
        taken = [name for name in names if name in RESERVED or names.count(name) > 1]
        if taken:
            raise InputError(
                Issue(
                    "contradiction",
                    (taken[0],),
                    f"{taken[0]} cannot be a column of groups: give each once, and none of "
                    f"{', '.join(RESERVED)}",
                )
            )
        chosen = who = None
        bands_given = bands is not None
        if predictor is not None:
            chosen = as_recorded(predictor, recorded, bands_given=bands_given)
            who = named_by(predictor, recorded)
            if isinstance(bands, str | BandTable):
                chosen, bands = chosen.with_bands(bands), None  # refuses those of another score
        found, horizon = score_of(
            chosen, score, horizon=horizon, unit=unit, bands=_scale(bands), columns=columns
        )
        return found, cls(chosen, outcome, names, horizon, who, bands_given)

    @property
    def form_column(self) -> str:
        """The column that says brief or extended, or an empty text."""
        p = self.predictor
        return "" if p is None or not p.has_forms else f"{p.id}_type"

    def provenance(self, score: ReportedScore, follow_up: str, simulated: bool) -> dict[str, Any]:
        """Where scores and outcomes come from, as plain values."""
        return {
            **provenance_of(
                self.predictor, score, self.horizon, self.named_by, bands_given=self.bands_given
            ),
            "outcome": self.outcome,
            "follow_up": follow_up,
            SIMULATED: simulated,
            "version": __version__,
        }


def _scale(bands: BandScale | str | None) -> BandScale | None:
    """Bands, or the table of this id or path."""
    if isinstance(bands, str | BandTable):
        return as_bands(bands)
    return bands


def scored_columns(predictor: Predictor | str | None) -> list[str]:
    """The columns a scored cohort has, so that a query may name them."""
    if predictor is None:
        return []
    chosen = as_predictor(predictor)
    return [f"{chosen.id}_band", *([f"{chosen.id}_type"] if chosen.has_forms else [])]


def is_simulated(table: Table) -> bool:
    """Whether a column says that people are made up."""
    if not table.has(SIMULATED):
        return False
    try:
        return bool((outcomes_of(table, SIMULATED) == 1).any())
    except InputError:  # a column of this name that is no truth is somebody else's
        return False
