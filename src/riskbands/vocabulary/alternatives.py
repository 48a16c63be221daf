"""Sets of fields that are enough for some features, where there is a choice between fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from riskbands.vocabulary.needs import derivable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["alternatives", "always_needed"]

#: More sets than these are of no use to a reader.
_MOST: Final = 12
#: More than these are not looked at.
_MOST_LOOKED_AT: Final = 200

_Sets: TypeAlias = "frozenset[frozenset[str]]"
_NOTHING: Final[_Sets] = frozenset([frozenset()])


class _TooManyError(Exception):
    pass


def always_needed(
    vocabulary: Vocabulary,
    features: Iterable[str],
    needed: Iterable[str],
    readable: Collection[str],
) -> tuple[str, ...]:
    """The fields among those that are needed which no others can stand in for.

    Args:
        vocabulary: Where the features are declared.
        features: The features that must be there.
        needed: The fields that they usually come from.
        readable: All fields that may be read.
    """
    features, there = tuple(features), set(readable)
    return tuple(f for f in needed if not derivable(vocabulary, features, there - {f}, of_all=True))


def alternatives(
    vocabulary: Vocabulary, features: Iterable[str], given: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """The least sets of fields one of which is needed beside those that are given.

    Empty where nothing more is needed, and where there are very many such sets.

    Args:
        vocabulary: Where the features are declared.
        features: The features that must be there.
        given: The fields that are there in any case.
    """
    known: dict[str, _Sets] = {}
    given = set(given)

    def one(item: str) -> _Sets:
        if item[0] == ".":
            return _NOTHING if item[1:] in given else frozenset([frozenset([item[1:]])])
        if item not in known:
            f = vocabulary.feature(item)
            found = frozenset(s for source in f.ways for s in every(source.inputs))
            known[item] = _least(found) if f.sources else _NOTHING
        return known[item]

    def every(items: Iterable[str]) -> _Sets:
        found = _NOTHING
        for item in items:
            found = _least(frozenset(a | b for a in found for b in one(item)))
        return found

    try:
        sets = every(features)
    except _TooManyError:
        return ()
    if frozenset() in sets or len(sets) > _MOST:
        return ()
    place = vocabulary.place
    ordered = (tuple(sorted(s, key=place)) for s in sets)
    return tuple(sorted(ordered, key=lambda names: (len(names), [place(n) for n in names])))


def _least(sets: _Sets) -> _Sets:
    """The sets that hold no other one."""
    if len(sets) > _MOST_LOOKED_AT:
        raise _TooManyError
    return frozenset(s for s in sets if not any(other < s for other in sets))
