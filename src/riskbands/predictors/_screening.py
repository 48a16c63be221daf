"""What the screening tools share: answers that count as none when they are missing, and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands._frozen import FrozenDict
from riskbands.instruments.caution import Caution
from riskbands.scorecards.coefficients import CoefficientTable
from riskbands.vocabulary.expressions import Constant
from riskbands.vocabulary.feature import Feature, Source, or_else
from riskbands.vocabulary.rules import arguments, at_least, total
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.vocabulary.expressions import Expression

__all__ = [
    "HEALTH",
    "cited",
    "counted",
    "counted_name",
    "known",
    "problem",
    "sum_of",
    "told",
]

_X = arguments(1)[0]

#: Carried by every result of a tool that concerns health.
HEALTH = Caution(
    "health",
    "The result is a screening of recorded answers. It is not a diagnosis, and it must not be used "
    "or passed on as one.",
    source="docs/predictors/screening.md",
)


def cited(ident: str, predictor: str, title: str, source: str) -> CoefficientTable:
    """The citation of a tool whose points are its rules, not numbers of a table."""
    return CoefficientTable(
        ident, (predictor,), title, source, FrozenDict(), status="deployed", licence="MIT"
    )


def counted_name(field: str) -> str:
    """The feature of an answer that counts 0 when it is missing."""
    highest = built_in().feature(field).high or 0
    return f"{field}_or_no" if highest == 1 else f"{field}_or_0"


def counted(fields: Iterable[str]) -> tuple[Feature, ...]:
    """Answers that count 0 when they are missing; those that the vocabulary has are left out."""
    found = []
    for name in dict.fromkeys(fields):
        feature = counted_name(name)
        if feature in built_in().features:
            continue
        f = built_in().feature(name)
        meaning = f"{name}, 0 when not recorded"
        found.append(Feature(feature, or_else(name, 0), low=f.low, high=f.high, meaning=meaning))
    return tuple(found)


def problem(fields: Iterable[str]) -> tuple[Feature, ...]:
    """Whether an item says some or significant problems; no when it is missing."""
    return tuple(
        Feature(
            f"{name}_problem",
            (Source((f".{name}",), at_least(_X, 1)), Source((), Constant(0))),
            low=0,
            high=1,
            categories=("no", "yes"),
            meaning=f"some or significant problems: {name}",
        )
        for name in dict.fromkeys(fields)
    )


def told(name: str) -> str:
    """The feature that says whether a field is answered."""
    return f"{name}_told"


def known(fields: Iterable[str]) -> tuple[Feature, ...]:
    """Whether each field is answered."""
    return tuple(
        Feature(
            told(name),
            (Source((f".{name}",), _X * 0 + 1), Source((), Constant(0))),
            low=0,
            high=1,
            categories=("no", "yes"),
            meaning=f"whether {name} is recorded",
        )
        for name in dict.fromkeys(fields)
    )


def sum_of(name: str, features: tuple[str, ...], high: int, meaning: str) -> Feature:
    """The sum of features."""
    rule: Expression = total(*arguments(len(features)))
    return Feature(name, (Source(features, rule),), low=0, high=high, meaning=meaning)
