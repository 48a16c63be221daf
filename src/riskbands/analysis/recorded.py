"""What scores themselves say of where they come from, beside the predictor that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.analysis.reported import NOBODY, NOT_KNOWN, THE_SCORES, THE_USER
from riskbands.bands.builtin import band_tables
from riskbands.cohorts.provenance import provenance
from riskbands.errors import InputError, Issue, ProvenanceError
from riskbands.instruments.predictor import Predictor
from riskbands.predictors.asked import as_predictor
from riskbands.scorecards.coefficients import coefficient_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["as_recorded", "named_by", "named_tables", "recorded_in"]


def recorded_in(scored: Any) -> Mapping[str, Any]:
    """Where scores come from, by predictor; empty where they do not say."""
    try:
        return provenance(scored)
    except (ProvenanceError, OSError):
        return {}


def as_recorded(
    given: Predictor | str, recorded: Mapping[str, Any], *, bands_given: bool = False
) -> Predictor:
    """The predictor that made the scores.

    Args:
        given: A predictor, or its id. Of an id, the tables that the scores were made with are
            taken, where they are built in.
        recorded: What the scores say.
        bands_given: Whether other bands are asked for, so that those of the scores do not matter.

    Raises:
        InputError: The scores were made with tables that the predictor does not have.
    """
    chosen = as_predictor(given)
    said = recorded.get(chosen.id)
    if not said:
        return chosen
    by_id = not isinstance(given, Predictor)
    if said["digest"] != chosen.table.digest:
        if by_id and said["table"] in coefficient_tables:
            chosen = chosen.with_table(said["table"])
        if said["digest"] != chosen.table.digest:
            raise _other("coefficient table", said["table"], chosen.table.id, chosen.id)
    if not bands_given and said["bands_digest"] != _digest(chosen):
        if by_id and said["bands"] in band_tables:
            chosen = chosen.with_bands(said["bands"])
        if said["bands_digest"] != _digest(chosen):
            ident = "none" if chosen.bands is None else chosen.bands.id
            raise _other("band table", str(said["bands"]), ident, chosen.id)
    return chosen


def named_by(given: Predictor | str, recorded: Mapping[str, Any]) -> str:
    """Who names the tables that made the scores.

    The scores do, if anything. Else a predictor that is given names its tables, and an id alone
    names none: the scores may have been made with other tables than it has by default.
    """
    if recorded.get(as_predictor(given).id):
        return THE_SCORES
    return THE_USER if isinstance(given, Predictor) else NOBODY


def named_tables(provenance: Mapping[str, Any]) -> list[str]:
    """The tables of a provenance in words; those that are not known too."""
    tables, bands = provenance["coefficient_tables"], provenance["band_table"]
    stated = " (as stated)" if provenance["coefficients_named_by"] == THE_USER else ""
    found = []
    if tables == NOT_KNOWN:
        found.append(f"coefficients {NOT_KNOWN} (the scores do not say)")
    elif tables:
        found.append(f"coefficients {', '.join(table['id'] for table in tables)}{stated}")
    if bands:
        found.append(f"bands {bands if bands == NOT_KNOWN else bands['id']}")
    return found


def _digest(predictor: Predictor) -> str | None:
    return None if predictor.bands is None else predictor.bands.digest


def _other(what: str, made: str, has: str, ident: str) -> InputError:
    return InputError(
        Issue(
            "contradiction",
            ("predictor",),
            f"the scores were made with {what} {made} and {ident} has {has} here: give the "
            "predictor that made them, with_table() and with_bands() as they were",
        )
    )
