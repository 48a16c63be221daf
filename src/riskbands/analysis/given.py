"""What is given to an evaluation beside its people: whether it fits the counts they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from riskbands.analysis.groups import MISSING_GROUP
from riskbands.bands.builtin import as_bands
from riskbands.bands.scale import BandScale
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.predictors.asked import as_predictor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskbands.analysis.counts import OutcomeCounts
    from riskbands.instruments.predictor import Predictor

__all__ = ["agree", "references"]


def agree(
    counts: OutcomeCounts,
    predictor: Predictor | str | None,
    outcome: str | None,
    horizon: str | None,
    score: str | None,
    unit: str | None,
    bands: BandScale | str | None,
    followed_up: object,
) -> None:
    """Refuse arguments that the counts contradict."""
    p = counts.provenance
    said: dict[str, tuple[object, object]] = {}
    if predictor is not None:
        known = p["predictor"] and p["predictor"]["id"]
        said["predictor"] = (as_predictor(predictor).id, known)
    for name, given, known in (
        ("outcome", outcome, p["outcome"]),
        ("horizon", horizon, p["horizon"]),
        ("score", score, p["score"]),
        ("unit", unit, p["unit"]),
    ):
        if given is not None:
            said[name] = (given, known)
    if bands is not None:
        scale = as_bands(bands) if isinstance(bands, str) else bands
        if p["unit"] == "band":  # the edges of a table say nothing of ranks
            scale = BandScale(scale.id, scale.labels)
        said["bands"] = (scale.digest, p["band_table"] and p["band_table"]["digest"])
    differ = [name for name, (given, known) in said.items() if given != known]
    differ += ["followed_up"] if followed_up is not None else []
    if differ:
        what = f"the counts were made with another {differ[0]}: leave it out, or count again"
        raise InputError(Issue("contradiction", tuple(differ), what))


def references(
    counts: OutcomeCounts, by: Sequence[str], reference: str | Mapping[str, str] | None
) -> dict[str, str]:
    """The label that each column's other groups are compared with."""
    labels_given = reference.values() if isinstance(reference, Mapping) else (reference,)
    if not all(label is None or isinstance(label, str) for label in labels_given):
        what = (
            "give reference= as a label, or as a label by column; labels are texts, also those of "
            "a column of numbers: '1'"
        )
        raise InputError(Issue("malformed", ("reference",), what))
    if isinstance(reference, str):
        if len(by) != 1:
            raise InputError(
                Issue("contradiction", ("reference",), "give reference= as a label by column")
            )
        reference = {by[0]: reference}
    found = {}
    for column in by:
        labels = {
            MISSING_GROUP if label is None else label: counts.tally({column: label}).total
            for label in counts.labels(column)
        }
        chosen = (reference or {}).get(column)
        if chosen is None:
            named = {k: n for k, n in labels.items() if k != MISSING_GROUP} or labels
            chosen = max(named, key=lambda k: named[k]) if named else ""
        elif chosen not in labels:
            raise UnknownNameError(f"group of {column}", chosen, labels)
        found[column] = chosen
    unknown = [column for column in reference or {} if column not in by]
    if unknown:
        raise UnknownNameError("column of groups", unknown[0], by)
    return found
