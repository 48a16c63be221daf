"""A vocabulary: the fields and features that an instrument may read, as one value."""

from __future__ import annotations

import itertools
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from riskbands._frozen import FrozenDict
from riskbands._patterns import pattern
from riskbands.errors import TableError, UnknownNameError
from riskbands.vocabulary.feature import feature_of_field
from riskbands.vocabulary.features import declared_features
from riskbands.vocabulary.fields import Kind, all_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.vocabulary.feature import Feature, Source
    from riskbands.vocabulary.fields import Field
    from riskbands.vocabulary.narrow import Narrow

__all__ = ["Vocabulary", "built_in"]

_NAME = pattern(r"[a-z][a-z0-9_]{0,99}", re.ASCII)
#: So many values of what a rule reads are tried at most.
_MOST_TRIED: Final = 10_000


class Vocabulary:
    """Fields and the features that come from them.

    Every predictor carries one. The built-in predictors share the built-in one, `built_in`; an
    instrument of one's own has a vocabulary of its own, which may extend that.

    Args:
        fields: Fields in the order in which issues name them.
        features: Features that are derived. A field of whole numbers, levels, answers or yes/no
            is a feature under its own name where none is declared.
        checked: Whether they are known to be sound, as a test knows of the built-in ones, so that
            they are not looked at again.

    Raises:
        TableError: A name is not a lower-case word, is declared twice, or a source names a field
            or feature that is not there or comes from itself; all faults are named.
    """

    def __init__(
        self, fields: Iterable[Field], features: Iterable[Feature] = (), *, checked: bool = False
    ) -> None:
        fields, features = tuple(fields), tuple(features)
        self.fields: Mapping[str, Field] = FrozenDict({f.name: f for f in fields})
        self.declared = features
        known = {f.name: f for f in features}
        for f in fields:
            own = None if f.name in known else feature_of_field(f)
            if own is not None:
                known[f.name] = own
        self.features: Mapping[str, Feature] = FrozenDict(known)
        self._leaves: dict[str, tuple[str, ...]] = {}
        self._narrowed: dict[int, tuple[Source, Narrow | None]] = {}
        self._withholding: dict[int, tuple[Feature, tuple[str, ...]]] = {}
        self._contained: dict[int, tuple[Feature, tuple[str, ...] | None]] = {}
        if not checked:
            self._check(fields, features)
        #: Fields that stand for features themselves, in data without dates of birth.
        self.direct_fields = tuple(f.name for f in features if f.direct)
        #: The date that a row with those lacks: the first that any of them comes from.
        self.origin = next(
            (i[1:] for f in features if f.direct for i in f.sources[0].inputs if i[0] == "."), ""
        )
        self._places = {name: place for place, name in enumerate(self.fields)}

    def _check(self, fields: tuple[Field, ...], features: tuple[Feature, ...]) -> None:
        problems = []
        for kind, things in (("field", fields), ("feature", features)):
            names = [thing.name for thing in things]
            problems += [
                f"{kind} {n!r} must be a word of lower-case letters, digits and _"
                for n in names
                if not _NAME.fullmatch(n)
            ]
            if len(set(names)) < len(names):
                problems += [f"{kind} {n} is declared twice" for n in names if names.count(n) > 1]
        for f in features:
            for source in f.sources:
                for item in (*source.inputs, *source.absent):
                    found = item[1:] in self.fields if item[:1] == "." else item in self.features
                    if not found:
                        problems.append(f"feature {f.name} reads {item}, which is not declared")
        if not problems:
            problems += self._circles()
        if problems:
            raise TableError("; ".join(dict.fromkeys(problems)))

    def _circles(self) -> list[str]:
        """Features that come from themselves."""
        state: dict[str, bool] = {}
        found: list[str] = []

        def visit(name: str) -> None:
            if name in state:
                if not state[name]:
                    found.append(f"feature {name} comes from itself")
                return
            state[name] = False
            for source in self.features[name].sources:
                for item in source.inputs:
                    if item[0] != ".":
                        visit(item)
            state[name] = True

        for name in self.features:
            visit(name)
        return found

    def __repr__(self) -> str:
        if self is built_in():
            return "<Vocabulary: built-in>"
        return f"<Vocabulary: {len(self.fields)} fields, {len(self.declared)} derived features>"

    def means_the_same(self, other: Vocabulary) -> bool:
        """Whether both declare the same fields and features, in the same order."""
        return self is other or (
            tuple(self.fields.items()) == tuple(other.fields.items())
            and self.declared == other.declared
        )

    def __reduce__(self) -> tuple[Any, ...]:
        if self is built_in():
            return built_in, ()
        return Vocabulary, (tuple(self.fields.values()), self.declared)

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            UnknownNameError: There is none; near names are suggested.
        """
        try:
            return self.fields[name]
        except KeyError:
            raise UnknownNameError("field", name, self.fields) from None

    def feature(self, name: str) -> Feature:
        """The feature of that name.

        Raises:
            UnknownNameError: There is none; near names are suggested.
        """
        try:
            return self.features[name]
        except KeyError:
            raise UnknownNameError("feature", name, self.features) from None

    def has(self, item: str) -> bool:
        """Whether there is a field (``".name"``) or a feature (``"name"``)."""
        return item[1:] in self.fields if item[0] == "." else item in self.features

    def place(self, field: str) -> int:
        """Where a field stands in the order of the vocabulary; -1 for a name it has not."""
        return self._places.get(field, -1)

    def range_of(self, item: str) -> tuple[int, int] | None:
        """Least and greatest value of a field (``".name"``) or feature; None without such."""
        if item[0] == ".":
            f = self.field(item[1:])
            match f.kind:
                case Kind.BOOL:
                    return 0, 1
                case Kind.LEVEL:
                    return 0, 2
                case Kind.ENUM:
                    return 0, len(f.values) - 1
                case _:
                    low, high = f.low, f.high
        else:
            feature = self.feature(item)
            low, high = feature.low, feature.high
        return None if low is None or high is None else (low, high)

    def may_be_other(self, name: str, value: int) -> bool:
        """Whether a feature may have another value; also where that is hard to tell."""
        for source in self.feature(name).sources:
            ranges = [self.range_of(item) for item in source.inputs]
            sizes = [high - low + 1 for low, high in filter(None, ranges)]
            if len(sizes) < len(ranges) or math.prod(sizes) > _MOST_TRIED:
                return True
            ends = (range(low, high + 1) for low, high in filter(None, ranges))
            for values in itertools.product(*ends):
                met = source.when is None or source.when(*values)
                if met and source.derive(*values) != value:
                    return True
        return False

    def narrowed(self, source: Source) -> Narrow | None:
        """A source of one of these features for narrow arrays; None where it has no such."""
        known = self._narrowed.get(id(source))
        if known is None or known[0] is not source:
            from riskbands.vocabulary.narrow import narrowed

            ranges = [self.range_of(item) for item in source.inputs]
            found = None if None in ranges else narrowed(source, [r for r in ranges if r])
            known = self._narrowed[id(source)] = source, found
        return known[1]

    def contained(self, f: Feature) -> tuple[str, ...] | None:
        """Fields that need only be in their ranges for a feature to be in its domain, or None."""
        known = self._contained.get(id(f))
        if known is None or known[0] is not f:
            ways = [self.narrowed(source) for source in f.sources]
            inside = bool(ways) and all(
                way is not None and way.within(f.low, f.high) for way in ways
            )
            fields = f.fields_of_sources(absent=False) if inside else None
            known = self._contained[id(f)] = f, fields
        return known[1]

    def withholding(self, f: Feature) -> tuple[str, ...]:
        """Fields that withhold a feature of several sources where they cannot be read."""
        known = self._withholding.get(id(f))
        if known is None or known[0] is not f:
            fields = f.fields_of_sources(absent=True)
            if f.strict:
                fields = self.reach(i for s in f.sources for i in (*s.inputs, *s.absent))
            known = self._withholding[id(f)] = f, fields
        return known[1]

    def leaves(self, name: str) -> tuple[str, ...]:
        """Fields a feature comes from, by the source that is blamed when it is missing."""
        known = self._leaves.get(name)
        if known is None:
            f = self.feature(name)
            chosen = f.sources if f.blame_all else f.sources[f.blame : f.blame + 1]
            known = self.leaves_of(i for s in chosen for i in (*s.inputs, *s.absent))
            self._leaves[name] = known
        return known

    def leaves_of(self, items: Iterable[str]) -> tuple[str, ...]:
        """Fields that fields (``".name"``) and features (``"name"``) come from, each once."""
        found: dict[str, None] = {}
        for item in items:
            found |= dict.fromkeys((item[1:],) if item[0] == "." else self.leaves(item))
        return tuple(found)

    def reach(self, items: Iterable[str]) -> tuple[str, ...]:
        """Every field that fields (``".name"``) and features can come from, by any source."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        todo = list(items)[::-1]
        while todo:
            item = todo.pop()
            if item[0] == ".":
                found[item[1:]] = None
            elif item not in seen:  # many features may come from it, and it is looked at once
                seen.add(item)
                sources = self.feature(item).sources
                todo += [i for s in sources for i in (*s.inputs, *s.absent)][::-1]
        return tuple(found)

    def extended(
        self, fields: Iterable[Field] = (), features: Iterable[Feature] = ()
    ) -> Vocabulary:
        """This vocabulary with more fields and features.

        Raises:
            TableError: As for the class: what is there already cannot be declared again.
        """
        return Vocabulary((*self.fields.values(), *fields), (*self.declared, *features))

    def _begins(self, other: Vocabulary) -> bool:
        """Whether the other one is this one with more after it."""
        fields = tuple(other.fields)[: len(self.fields)]
        return (
            fields == tuple(self.fields) and other.declared[: len(self.declared)] == self.declared
        )

    def union(self, other: Vocabulary) -> Vocabulary:
        """Both vocabularies in one, for a cohort that several instruments read.

        Raises:
            TableError: A name means something else in the other.
        """
        if self.means_the_same(other):
            return self
        for kind, ours, theirs in (
            ("field", self.fields, other.fields),
            ("feature", self.features, other.features),
        ):
            clash = [n for n in ours if n in theirs and ours[n] != theirs[n]]
            if clash:
                raise TableError(
                    f"{kind} {', '.join(clash)} means something else in each of two instruments: "
                    "score them in two calls, or give it another name in one of them"
                )
        if self.fields.keys() >= other.fields.keys() and set(self.declared) >= set(other.declared):
            return self
        if self._begins(other):
            return other
        return Vocabulary(
            {**self.fields, **other.fields}.values(),
            dict.fromkeys((*self.declared, *other.declared)),
        )


@cache
def built_in() -> Vocabulary:
    """The vocabulary of the built-in predictors: OASys, AssetPlus and Asset."""
    return Vocabulary(all_fields().values(), declared_features(), checked=True)
