"""The levels of a judgement, read as people write them; the words of nobody are in a message."""

from __future__ import annotations

from typing import Any, Final

from riskbands.assessments._parts import refuse
from riskbands.bands.scale import Band, BandScale, NotApplicable, rank_of
from riskbands.errors import BandError, UnknownNameError

__all__ = ["as_level", "label_of", "one_of"]

#: Labels that are no data of anybody's: those of the scales that are in use.
_USUAL_LABELS: Final = frozenset(
    (
        "low",
        "medium",
        "high",
        "very high",
        "standard",
        "enhanced",
        "intensive",
        "no need",
        "standard need",
        "severe need",
    )
)


def label_of(level: Band | None, scale: BandScale) -> str:
    """The label of a level, or its place in a scale whose labels are the caller's."""
    if level is None:
        return "none"
    known = level.label.casefold() in _USUAL_LABELS
    return level.label if known else f"level {level.rank + 1} of {len(scale.labels)}"


def as_level(scale: BandScale, value: Any, name: str = "level") -> Band | None:
    """The level of a scale that a label or band names; None for None and not applicable.

    Case does not matter in a label, and ``very_high`` is ``Very High``.

    Args:
        scale: The levels.
        value: What was given.
        name: What is told where it is neither.

    Raises:
        UnknownNameError: The scale has no such level.
        BandError: A band of another scale.
        InputError: Neither band nor text.
    """
    if value is None or isinstance(value, NotApplicable):
        return None
    if not isinstance(value, (str, Band)):
        raise refuse("malformed", (name,), f"{name} must be {one_of(scale)}")
    bare = BandScale(scale.id, scale.labels)
    if isinstance(value, str):
        try:
            return bare.spelt(value)
        except UnknownNameError:
            raise UnknownNameError("level", value, _shown(scale)) from None
        except BandError:
            message = "labels of the scale differ in case or spaces alone: write the level exactly"
            raise BandError(message) from None
    try:
        return bare.bands[rank_of(value, scale)]
    except BandError:
        message = "a level must be of the scale of its judgement: bands compare within one table"
        raise BandError(message) from None


def one_of(scale: BandScale) -> str:
    """The levels there are, for a message."""
    return f"one of {', '.join(_shown(scale)) or 'the levels of its scale'}"


def _shown(scale: BandScale) -> tuple[str, ...]:
    """The labels that a message may repeat."""
    return tuple(label for label in scale.labels if label.casefold() in _USUAL_LABELS)
