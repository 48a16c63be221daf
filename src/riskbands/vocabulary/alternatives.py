"""Sets of fields that are enough for some features, where there is a choice between fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from riskbands.vocabulary.needs import derivable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["alternatives", "always_needed", "necessary"]

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
    try:
        sets = _Ways(vocabulary, given, of_all=True).every(features)
    except _TooManyError:
        return ()
    return () if frozenset() in sets or len(sets) > _MOST else _ordered(vocabulary, sets)


def necessary(
    vocabulary: Vocabulary, features: Iterable[str]
) -> tuple[tuple[str, ...], tuple[tuple[tuple[str, ...], ...], ...]]:
    """What every case has that gives some features, whatever its answers are.

    Args:
        vocabulary: Where the features are declared.
        features: The features.

    Returns:
        The fields that nothing can stand in for; and, for features that there are several ways to,
        the least sets of further fields one of which a case has. A feature with very many of them
        is left out, and so is what follows from another.
    """
    features = tuple(features)
    there = set(vocabulary.reach(features))
    always = tuple(
        name
        for name in sorted(there, key=vocabulary.place)
        if not derivable(vocabulary, features, there - {name})
    )
    ways = _Ways(vocabulary, always, of_all=False)
    found: dict[_Sets, None] = {}
    for name in features:
        try:
            sets = ways.one(name)
        except _TooManyError:
            continue
        if frozenset() not in sets and len(sets) <= _MOST:
            found[sets] = None
    told = [s for s in found if not any(other != s and _implies(other, s) for other in found)]
    return always, tuple(_ordered(vocabulary, sets) for sets in told)


class _Ways:
    """The least sets of fields that features can come from.

    Args:
        vocabulary: Where the features are declared.
        given: Fields that are there in any case.
        of_all: Whether of everyone, and not of some whose first answers settle them.
    """

    def __init__(self, vocabulary: Vocabulary, given: Iterable[str], *, of_all: bool) -> None:
        self._vocabulary, self._given, self._of_all = vocabulary, set(given), of_all
        self._known: dict[str, _Sets] = {}

    def one(self, item: str) -> _Sets:
        """The sets for a field (``".name"``) or a feature."""
        if item[0] == ".":
            return _NOTHING if item[1:] in self._given else frozenset([frozenset([item[1:]])])
        if item not in self._known:
            f = self._vocabulary.feature(item)
            sources = f.ways if self._of_all else f.sources
            found = frozenset(s for source in sources for s in self.every(source.inputs))
            self._known[item] = _least(found) if sources else _NOTHING
        return self._known[item]

    def every(self, items: Iterable[str]) -> _Sets:
        """The sets for all of them together."""
        found = _NOTHING
        for item in items:
            found = _least(frozenset(a | b for a in found for b in self.one(item)))
        return found


def _implies(sets: _Sets, others: _Sets) -> bool:
    """Whether a case that has one of some sets has one of others."""
    return all(any(other <= s for other in others) for s in sets)


def _ordered(vocabulary: Vocabulary, sets: _Sets) -> tuple[tuple[str, ...], ...]:
    """The smaller sets first, each in the order of the vocabulary."""
    place = vocabulary.place
    ordered = (tuple(sorted(s, key=place)) for s in sets)
    return tuple(sorted(ordered, key=lambda names: (len(names), [place(n) for n in names])))


def _least(sets: _Sets) -> _Sets:
    """The sets that hold no other one."""
    if len(sets) > _MOST_LOOKED_AT:
        raise _TooManyError
    return frozenset(s for s in sets if not any(other < s for other in sets))
