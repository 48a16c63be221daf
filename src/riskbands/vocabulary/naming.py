"""Which column holds which field, under other people's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands._redact import column_labels, place_of
from riskbands.errors import InputErrorGroup, Issue, UnknownNameError
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping

    from riskbands.vocabulary.suggest import Suggestions
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["columns_by_alias", "field_places", "is_turned_round"]


def columns_by_alias(labels: Iterable[Hashable], vocabulary: Vocabulary) -> dict[str, str]:
    """Field by column, for columns whose names a field lists as its own (`Field.columns`).

    A field that has a column under its own name is left out. Capitals do not matter.
    """
    listed = [label for label in labels if isinstance(label, str)]
    by_name = {
        column.lower(): name
        for name, f in vocabulary.fields.items()
        if name not in listed
        for column in f.columns
    }
    if not by_name:
        return {}
    found = {label: by_name.get(label.strip().lower(), "") for label in listed}
    return {n: f for n, f in found.items() if f and n not in vocabulary.fields}


def is_turned_round(
    column: Hashable, field: Hashable, labels: Collection[Hashable], known: Collection[str]
) -> bool:
    """Whether a pair of a rename, given as column and field, is perhaps field and column.

    Args:
        column: What is to be a column.
        field: What is to be a field.
        labels: The columns there are.
        known: The fields there are.
    """
    return column in known and (field in labels or field not in known)


def field_places(
    labels: Iterable[Hashable],
    rename: Mapping[Any, str] | Suggestions | None = None,
    vocabulary: Vocabulary | None = None,
) -> dict[str, int]:
    """Where among the columns each field stands.

    Args:
        labels: The labels of the columns, in order; only texts can be fields by themselves.
        rename: Field by label, for columns that have another name; or `Suggestions`.
        vocabulary: The fields there are; by default the built-in ones.

    Returns:
        Position by field, for the fields a predictor may read.

    Raises:
        InputErrorGroup: Two columns are the same field.
        UnknownNameError: ``rename`` names a column that is not there, or no field.
    """
    listed = list(labels)
    vocabulary = built_in() if vocabulary is None else vocabulary
    known = vocabulary.fields
    renamed = dict(getattr(rename, "rename", rename) or {})
    for label, name in renamed.items():
        if label in listed and name in known:
            continue
        turned = is_turned_round(label, name, listed, known)
        more = {
            "place": place_of(label, renamed, "pair"),
            "advice": "in rename the column comes first, {COLUMN: FIELD}" if turned else "",
        }
        if label not in listed:
            labels_shown = column_labels(listed, known, quoted=False)
            raise UnknownNameError("column", label, labels_shown, **more)
        raise UnknownNameError("field", name, known, **more)
    aliases = columns_by_alias(listed, vocabulary)
    renamed |= {n: f for n, f in aliases.items() if n not in renamed and f not in renamed.values()}
    places: dict[str, int] = {}
    twice: dict[str, None] = {}
    for place, label in enumerate(listed):
        name = renamed.get(label, label if isinstance(label, str) else "")
        if name in known and known[name].scored:
            if name in places:
                twice[name] = None
            places.setdefault(name, place)
    if twice:
        raise InputErrorGroup.of(
            "the cohort cannot be read",
            [
                Issue(
                    "duplicate_column",
                    (name,),
                    f"two columns are {name}: drop one, or give it another name",
                )
                for name in twice
            ],
        )
    return places
