"""The kinds of terms, and which words of a file belong to each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Node
    from riskbands.vocabulary.feature import Feature

__all__ = [
    "TERM_BELONGS",
    "TERM_KEYS",
    "TERM_KINDS",
    "check_kind",
    "is_yes_no",
    "kind_of",
    "refuse_category",
]

#: The words that every term may have.
_SHARED: Final = ("name", "kind", "by", "when", "points", "weight", "key")
#: The words of each kind beside those.
TERM_BELONGS: Final[Mapping[str, tuple[str, ...]]] = {
    "indicator": (),
    "per_unit": ("of", "scale"),
    "polynomial": ("of",),
    "log": ("of",),
    "log_rate": ("count", "years", "offset", "offset_key", "power"),
    "steps": ("of", "none_at"),
    "steps_or_polynomial": ("of",),
    "lookup": ("of", "groups"),
    "levels": ("of",),
    "rounded_sum": ("of", "up"),
}
TERM_KINDS: Final = tuple(TERM_BELONGS)
TERM_KEYS: Final = (
    *_SHARED, *dict.fromkeys(word for words in TERM_BELONGS.values() for word in words),
)  # fmt: skip
#: Kinds that read categories, or nothing of their own.
_OF_CATEGORIES: Final = ("indicator", "lookup", "log_rate", "rounded_sum")


def kind_of(row: Node, value: Any, feature: Feature | None) -> str:
    """The kind that follows from the rest of a term."""
    if row.has("count"):
        return "log_rate"
    if feature is None:
        return "indicator"
    if hasattr(value, "keys"):
        return "lookup" if feature.categories else "steps"
    return "levels" if isinstance(value, list | tuple) else "per_unit"


def check_kind(row: Node, kind: str, feature: Feature | None) -> bool:
    """Whether a term of a kind has only its words and may read the feature; faults otherwise."""
    before = len(row.faults)
    for word in row.data:
        if word in TERM_KEYS and word not in (*_SHARED, *TERM_BELONGS[kind]):
            owners = " and ".join(k for k in TERM_KINDS if word in TERM_BELONGS[k])
            cure = f"only to {owners}"
            if word == "of":
                cure = "it has when" if kind == "indicator" else "it reads count and years"
            row.fault(f"does not belong to a term of kind {kind}: {cure}", word)
    if feature is not None and kind not in _OF_CATEGORIES:
        refuse_category(row, feature, f"a term of kind {kind}")
    return len(row.faults) == before


def is_yes_no(feature: Feature) -> bool:
    """Whether a feature is 0 or 1, and these are no two categories."""
    return (feature.low, feature.high) == (0, 1) and feature.categories in ((), ("no", "yes"))


def refuse_category(
    row: Node, feature: Feature, what: str, key: str = "of", *, derived: bool = False
) -> None:
    """Note a category where a number must stand; a yes/no is 0 or 1.

    Args:
        row: Where it is named.
        feature: What is named.
        what: What needs the number.
        key: Where in the row it stands.
        derived: Whether a derived feature can give the number.
    """
    if not feature.categories or feature.categories == ("no", "yes"):
        return
    first, *_ = feature.categories
    number = f"a number for each of them, such as {{ {first} = 1, ... }}"
    cure = f"derive it with the rule steps, {number}" if derived else f"write {number}"
    row.fault(f"{feature.name} has categories, and {what} needs a number: {cure}", key)
