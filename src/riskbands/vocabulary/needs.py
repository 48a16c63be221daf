"""Which fields a set of features needs, and which fields can stand in for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["FieldNeeds", "derivable", "field_needs"]


@attrs.frozen(eq=False, repr=False)
class FieldNeeds(ByFields):
    """Fields of a predictor.

    Attributes:
        needed: Without these there is no score.
        instead: These can stand in for some of those.
        used: Used where given.
        dynamic: With all of these the extended form is used.
    """

    needed: tuple[str, ...]
    instead: tuple[str, ...]
    used: tuple[str, ...]
    dynamic: tuple[str, ...]

    @property
    def readable(self) -> set[str]:
        """All of these."""
        return {*self.needed, *self.instead, *self.used, *self.dynamic}


def derivable(
    vocabulary: Vocabulary,
    features: Iterable[str],
    fields: Collection[str],
    *,
    of_all: bool = False,
) -> bool:
    """Whether all features can be worked out from data that has these fields.

    Args:
        vocabulary: Where they are declared.
        features: The features.
        fields: What the data has.
        of_all: Whether of everyone, and not of some whose first answers settle them.
    """
    known: dict[str, bool] = {}

    def one(name: str) -> bool:
        if name not in known:
            f = vocabulary.feature(name)
            known[name] = not f.sources or any(
                all(i[1:] in fields if i[0] == "." else one(i) for i in source.inputs)
                for source in (f.ways if of_all else f.sources)
            )
        return known[name]

    return all(one(name) for name in features)


def _essential(
    vocabulary: Vocabulary, features: Iterable[str], fields: Collection[str]
) -> set[str] | None:
    """The fields without any one of which not all features can be worked out from the others.

    None where they cannot be worked out from all of these fields.
    """
    known: dict[str, set[str] | None] = {}

    def of(items: Iterable[str]) -> set[str] | None:
        found: set[str] = set()
        for item in items:
            if item[0] == ".":
                behind: set[str] | None = {item[1:]} if item[1:] in fields else None
            else:
                behind = one(item)
            if behind is None:
                return None
            found |= behind
        return found

    def one(name: str) -> set[str] | None:
        if name not in known:
            sources = vocabulary.feature(name).ways
            ways = [way for way in (of(source.inputs) for source in sources) if way is not None]
            known[name] = set.intersection(*ways) if ways else None if sources else set()
        return known[name]

    return of(features)


def field_needs(
    vocabulary: Vocabulary, brief: Iterable[str], every: Iterable[str], checked: Iterable[str]
) -> FieldNeeds:
    """The fields behind the features of a predictor.

    Args:
        vocabulary: Where they are declared.
        brief: Features without which there is no score.
        every: All features it reads.
        checked: Features and fields (``".name"``) that its checks read.
    """
    brief = tuple(brief)
    usual = vocabulary.leaves_of(brief)
    reached = tuple(dict.fromkeys((*vocabulary.reach(brief), *vocabulary.reach(checked))))
    everything = tuple(dict.fromkeys((*reached, *vocabulary.reach(every))))

    def enough(fields: Collection[str]) -> bool:
        return derivable(vocabulary, brief, fields, of_all=True)

    essential = _essential(vocabulary, brief, usual)
    needed = tuple(f for f in usual if essential is None or f in essential)
    given = set(needed)
    # Ages are given together: without a date of birth each of them is needed.
    ages = set(vocabulary.direct_fields)

    def stands_in(name: str) -> bool:
        company = {name} | (ages if name in ages else set())
        return any(enough((given - {f}) | {name}) for f in needed) or (
            name in ages and any(enough((given - {f}) | company) for f in needed)
        )

    instead = tuple(f for f in reached if f not in needed and stands_in(f))
    return FieldNeeds(
        needed,
        instead,
        tuple(f for f in reached if f not in needed and f not in instead),
        tuple(f for f in everything if f not in reached),
    )
