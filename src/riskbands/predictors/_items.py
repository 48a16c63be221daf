"""The dynamic items that the extended forms add: OASys items, drugs, previous convictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.derivation.checks import Check
from riskbands.scorecards.terms import Between, PerUnit
from riskbands.vocabulary.rules import arguments
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.scorecards.terms import Term

__all__ = ["PREVIOUS", "drug_checks", "drug_terms", "item_terms", "previous_terms"]

#: The feature behind each entry of ``[items]`` whose name differs.
_FEATURE = {
    "chronic_drinking": "alcohol_use",
    "domestic_abuse_partner": "domestic_abuse_of_partner",
    "partner_relationship_if_living_together": "partner_relationship",
}
#: Entries multiplied by 2: the OASys item is scored 0 or 2.
_DOUBLED = frozenset(["unemployed"])
_LIVING_TOGETHER = (Between("lives_with_partner", 1, 1),)

PREVIOUS_KINDS = (
    "homicide",
    "wounding_gbh",
    "kidnapping",
    "firearms",
    "robbery",
    "aggravated_burglary",
    "weapon",
    "criminal_damage",
    "arson",
)
#: Features of the previous-conviction table.
PREVIOUS = tuple(f"previous_{kind}" for kind in PREVIOUS_KINDS)


def item_terms(items: Iterable[str], **replaced: str) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Terms for the entries of ``[items]`` and the features they read, each once.

    Args:
        items: Entries of the coefficient table.
        **replaced: Another feature for an entry.
    """
    terms = []
    for item in items:
        when = _LIVING_TOGETHER if item.endswith("_if_living_together") else ()
        terms.append(
            PerUnit(
                name=item.replace("_", " "),
                key=f"items/{item}",
                feature=replaced.get(item, _FEATURE.get(item, item)),
                scale=2 if item in _DOUBLED else 1,
                when=when,
            )
        )
    features = tuple(dict.fromkeys(f for t in terms for f in t.features))
    return tuple(terms), features


def previous_terms() -> tuple[Term, ...]:
    """Terms for previous convictions of nine kinds."""
    return tuple(
        PerUnit(
            name=f"previous {kind.replace('_', ' ')}",
            key=f"previous/{kind}",
            feature=f"previous_{kind}",
        )
        for kind in PREVIOUS_KINDS
    )


def _drug_feature(drug: str) -> str:
    return drug if drug == "any_other_drug" else f"uses_{drug}_or_no"


def drug_terms(drugs: Iterable[str]) -> tuple[tuple[Term, ...], tuple[str, ...]]:
    """Terms for drugs and the features they read. A missing flag counts as no."""
    terms = tuple(
        PerUnit(name=drug.replace("_", " "), key=f"drugs/{drug}", feature=_drug_feature(drug))
        for drug in drugs
    )
    return terms, tuple(t.feature for t in terms)


def drug_checks(drugs: Iterable[str]) -> tuple[Check, ...]:
    """One check for each drug: it is used, but the motivation to tackle drug misuse is missing."""
    uses, known = arguments(2)
    flags = []
    for drug in drugs:
        if drug == "any_other_drug":
            inputs = built_in().feature(drug).sources[0].inputs
            flags += [item.removesuffix("_or_no") for item in inputs]
        else:
            flags.append(f"uses_{drug}")
    return tuple(
        Check(
            "drug_motivation_missing",
            (f".{flag}", "drug_motivation_known"),
            uses.equals(1) & known.equals(0),
            f"{flag} is yes but drug_motivation is missing: supply drug_motivation",
            fields=(flag, "drug_motivation"),
            unless="drug_motivation_known",
        )
        for flag in flags
    )
