"""The terms of a scorecard: which features they read, and their numbers as the file has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs

from riskbands.declare.faults import nearest
from riskbands.declare.kinds import (
    TERM_KEYS,
    TERM_KINDS,
    check_kind,
    kind_of,
    refuse_category,
)
from riskbands.declare.people import NAME
from riskbands.declare.ranges import check_ranges, parse_range
from riskbands.scorecards import terms as kinds
from riskbands.scorecards.terms import Between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Node, Path
    from riskbands.declare.people import People
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.feature import Feature

__all__ = ["read_terms"]


class _Terms:
    """Reads the terms of one scorecard and gathers their numbers."""

    def __init__(
        self,
        people: People,
        prefix: str,
        numbers: dict[str, Any] | None,
        percentages: bool,
        limits: Mapping[str, tuple[int, int]],
    ) -> None:
        self.people, self.prefix, self.percentages = people, prefix, percentages
        self.limits = limits
        #: The numbers, or None where the file names a coefficient table that holds them.
        self.numbers = numbers
        self.found: list[Term] = []
        self._names: set[str] = set()

    def read(self, row: Node, place: int) -> None:
        row.only(*TERM_KEYS)
        name = row.text("name") or " ".join(row.texts("of")).replace("_", " ")
        if not name:
            row.fault("name is missing")
            return
        if name in self._names:
            row.fault(f"two terms are named {name[:60]!r}", "name")
        self._names.add(name)
        key = row.text("key") or re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or f"t{place}"
        value = self._value(row, key)
        conditions = self._when(row, place)
        if value is None and self.numbers is not None:
            return
        if not row.has("by"):
            self._one(row, name, key, value, conditions)
            return
        by = self.people.feature(row.text("by"), (*row.path, "by"))
        if by is None:
            return
        if not by.categories:
            row.fault(f"{by.name} has no categories", "by")
            return
        which = "points" if row.has("points") else "weight"
        if self.numbers is not None:
            if not hasattr(value, "keys"):
                row.fault(f"must be a table by {by.name}: {', '.join(by.categories)}", which)
                return
            for category in value:
                if category not in by.categories:
                    hint = nearest(category, by.categories)
                    row.fault(f"is no category of {by.name}; {hint}", which, category)
            lacking = [c for c in by.categories if c not in value]
            if lacking:
                row.fault(f"says nothing of {', '.join(lacking)}", which)
                return
        sexes = by.name == "sex" and by.categories == ("male", "female")
        terms = []
        for n, category in enumerate(by.categories):
            inner = None if self.numbers is None else value[category]
            at = None if sexes else Between(by.name, n, n)
            own = conditions if at is None else (*conditions, at)
            label = name if sexes else f"{name} ({category})"
            term = self._one(row, label, f"{key}_{category}", inner, own, of_one=at, keep=not sexes)
            terms.append(term)
        if sexes and None not in terms:
            if len({type(t) for t in terms}) > 1:
                row.fault("must have numbers of the same form for both sexes", which)
                return
            self.found.append(attrs.evolve(terms[0], key=key, by_sex=True))  # type: ignore[arg-type,misc]

    def _value(self, row: Node, key: str) -> Any:
        given = [k for k in ("points", "weight") if row.has(k)]
        if self.numbers is None:
            if given:
                row.fault("stands in the coefficient table: name its place with key", given[0])
            if not row.text("key"):
                row.fault("key is missing: where the numbers stand in the coefficient table")
            return None
        if len(given) != 1:
            row.fault("needs points or weight, one of the two")
            return None
        return row.data[given[0]]

    def _when(self, row: Node, place: int) -> tuple[Between, ...]:
        given = row.data.get("when")
        if given is None:
            return ()
        if isinstance(given, str):
            parsed = self.people.parsed(row.text("when"), (*row.path, "when"))
            if parsed is None:
                return ()
            if (plain := self._yes_or_no(given)) is not None:
                return (plain,)
            name = f"{self.prefix}_when_{place + 1}"
            return (Between(self.people.yes_no(name, parsed, given, given), 1, 1),)
        node = row.table("when")
        found = []
        for word in node.data if node else ():
            assert node is not None
            f = self.people.feature(word, (*node.path, word))
            text = node.data[word]
            ends = parse_range(text, 0 if f is None else f.decimals)
            if f is not None and f.categories and text in f.categories:
                ends = (f.categories.index(text),) * 2
            elif f is not None and f.categories not in ((), ("no", "yes")):
                node.fault(
                    f"is no category of {f.name}, which has no numbers; "
                    f"{nearest(text, f.categories)}",
                    word,
                )
            elif ends is None:
                node.fault('must be a category or a range, such as "2+"', word)
            if ends is not None and f is not None:
                found.append(Between(f.name, ends[0], min(ends[1], 2**31)))
        return tuple(found)

    def _yes_or_no(self, text: str) -> Between | None:
        """A yes/no by its name, or the opposite; None for any other condition."""
        words = text.split()
        yes = int(words[:1] != ["not"])
        if len(words) != 2 - yes or not NAME.fullmatch(words[-1]):
            return None
        thing = self.people.thing(words[-1])
        f = None if thing is None else thing.feature
        return None if f is None or f.categories != ("no", "yes") else Between(f.name, yes, yes)

    def _one(
        self,
        row: Node,
        name: str,
        key: str,
        value: Any,
        when: tuple[Between, ...],
        *,
        of_one: Between | None = None,
        keep: bool = True,
    ) -> Term | None:
        kind = row.choice("kind", TERM_KINDS)
        feature: Feature | None = None
        if row.has("of") and kind != "rounded_sum":
            if isinstance(row.data["of"], list | tuple):
                text = "reads one field or feature: write a term for each, or derive how_many_yes"
                row.fault(text, "of")
                return None
            feature = self._read(row.text("of"), (*row.path, "of"))
            if feature is None:
                return None
        if not kind and self.numbers is None:
            row.fault(f"kind is missing; known: {', '.join(TERM_KINDS)}")
            return None
        kind = kind or kind_of(row, value, feature)
        if not check_kind(row, kind, feature):
            return None
        common: dict[str, Any] = {"name": name, "key": key, "when": when, "of_one": of_one}
        term = self._made(row, kind, common, feature)
        if term is None:
            return None
        if self.numbers is not None:
            which = "points" if row.has("points") else "weight"
            if key in self.numbers:
                row.fault("has the same key as another term: give it another name", "name")
            before = len(row.faults)
            self.numbers[key] = self._numbers(row, which, value, kind)
            if feature is not None and len(row.faults) == before:
                self._fits(row, which, value, term, feature)
                if isinstance(term, kinds.Steps) and feature.decimals:
                    self.numbers[key] = _in_units(self.numbers[key], feature.decimals)
            if isinstance(term, kinds.LogRate):
                self.numbers[term.offset_key] = row.decimal(row.data["offset"], "offset")
        if keep:
            self.found.append(term)
        return term

    def _read(self, name: str, path: Path) -> Feature | None:
        return self.people.feature(name, path, percentages=self.percentages)

    def _fits(self, row: Node, which: str, value: Any, term: Term, feature: Feature) -> None:
        """Refuse ranges, categories or a list that do not fit the values of the feature."""
        low, high = self.limits.get(feature.name, (feature.low or 0, feature.high or 0))
        match term:
            case kinds.Steps():
                cure = ""
                if feature.name in self.people.makers:
                    cure = f"; if it is never so, give [derived.{feature.name}] low and high"
                check_ranges(row, which, value, low, high, term.none_at, feature.decimals, cure)
            case kinds.Lookup():
                known = tuple(dict.fromkeys(g for g in term.groups if g))
                for word in value:
                    if str(word) not in known:
                        row.fault(f"is no category here; {nearest(word, known)}", which, word)
                lacking = [g for g in known if g not in value]
                if lacking:
                    row.fault(f"says nothing of {', '.join(lacking[:5])}", which)
            case kinds.LevelList() if len(value) != term.levels:
                row.fault(
                    f"has {len(value)} numbers, and {feature.name} has {term.levels} values, from "
                    f"{low} to {high}: list one for each, or write ranges",
                    which,
                )

    def _made(
        self,
        row: Node,
        kind: str,
        common: dict[str, Any],
        feature: Feature | None,
    ) -> Term | None:
        if kind == "indicator":
            return kinds.Indicator(**common)
        if kind == "log_rate":
            return self._rate(row, common, common["key"])
        if kind == "rounded_sum":
            names = row.texts("of")
            found = [self._read(n, (*row.path, "of", i)) for i, n in enumerate(names)]
            summed = tuple(f.name for f in found if f is not None)
            if not names:
                row.fault("of is missing")
            if any(f is not None and (f.low or 0) < 0 for f in found):
                row.fault("sums a feature that can be negative", "of")
                return None
            for n, f in enumerate(found):
                if f is not None and f.categories not in ((), ("no", "yes")):
                    row.fault(f"sums {f.name}, which has categories and no number", "of", n)
                    return None
            if any(f is not None and f.decimals for f in found):
                row.fault("sums numbers with decimals: derive the sum, and write ranges", "of")
                return None
            return kinds.RoundedSum(**common, summed=summed, up=row.truth("up"))
        if feature is None:
            row.fault("of is missing: the field or feature it reads")
            return None
        common["feature"] = feature.name
        if feature.decimals:
            common["per"] = 10**feature.decimals
            if kind == "levels" or row.has("none_at"):
                row.fault(f"{feature.name} has decimals: write ranges", "of")
                return None
        match kind:
            case "per_unit":
                return kinds.PerUnit(**common, scale=row.whole("scale", 1, 1, 1000) or 1)
            case "log":
                if (feature.low or 0) < 1:
                    row.fault(f"{feature.name} can be 0 or less, which has no logarithm", "of")
                    return None
                return kinds.Log(**common)
            case "polynomial":
                return kinds.Polynomial(**common)
            case "steps_or_polynomial":
                return kinds.StepsOrPolynomial(**common)
            case "steps":
                return kinds.Steps(**common, none_at=row.whole("none_at"))
            case "levels":
                assert feature.low is not None
                if feature.low != 0:
                    row.fault("does not start at 0: use steps", "of")
                return kinds.LevelList(**common, levels=feature.size)
        return self._lookup(row, common, feature)

    def _lookup(self, row: Node, common: dict[str, Any], feature: Feature) -> Term | None:
        if not feature.categories:
            row.fault("has no categories: use steps", "of")
            return None
        groups = row.table("groups")
        names: tuple[str | None, ...] = feature.categories
        if groups is not None:
            for word in groups.data:
                if word not in feature.categories:
                    groups.fault(f"is no category; {nearest(word, feature.categories)}", word)
            lacking = [c for c in feature.categories if c not in groups.data]
            if lacking:
                groups.fault(f"says nothing of {', '.join(lacking[:5])}")
            names = tuple(
                groups.text(c, empty=True) or None for c in feature.categories if c in groups.data
            )
            if len(names) < len(feature.categories):
                return None
        return kinds.Lookup(**common, groups=names)

    def _rate(self, row: Node, common: dict[str, Any], key: str) -> Term | None:
        if not row.needs("count", "years"):
            return None
        if self.numbers is not None and not row.needs("offset"):
            return None
        if self.numbers is None and not row.needs("offset_key"):
            return None
        count = self.people.feature(row.text("count"), (*row.path, "count"))
        years = self.people.feature(row.text("years"), (*row.path, "years"))
        if count is None or years is None:
            return None
        for key, f in (("count", count), ("years", years)):
            refuse_category(row, f, "a rate", key)
        if count.decimals or years.decimals:
            row.fault("has decimals, and a rate has whole numbers: derive steps or use kind log")
            return None
        if (years.low or 0) < 0:
            row.fault("can be negative", "years")
            return None
        offset = row.text("offset_key") or f"{key}_offset"
        power = row.whole("power", 1, 1, 4) or 1
        return kinds.LogRate(
            **common, count=count.name, years=years.name, offset_key=offset, power=power
        )

    def _numbers(self, row: Node, which: str, value: Any, kind: str) -> Any:
        """The numbers as text: one, a list or a table, as the kind needs."""
        if kind in ("steps", "lookup") or (
            kind == "steps_or_polynomial" and hasattr(value, "keys")
        ):
            if not hasattr(value, "items"):
                row.fault('must be a table, such as {"0-2" = "1", "3+" = "4"}', which)
                return {}
            return {str(k): row.decimal(v, which, str(k)) for k, v in value.items()}
        if kind in ("polynomial", "levels", "steps_or_polynomial"):
            if not isinstance(value, list | tuple) or not value:
                row.fault('must be a list, such as ["0.1", "-0.002"]', which)
                return ["0"]
            return [row.decimal(v, which, n) for n, v in enumerate(value[:1000])]
        if isinstance(value, list | tuple) or hasattr(value, "items"):
            row.fault("must be one number", which)
            return "0"
        return row.decimal(value, which)


def _in_units(ranges: Mapping[str, Any], decimals: int) -> dict[str, Any]:
    """The same ranges in units of the last decimal, as the tables are looked up."""
    found = {}
    for text, number in ranges.items():
        ends = parse_range(text, decimals)
        if ends is not None:
            low, high = ends
            units = f"{low}+" if text.strip().endswith("+") else f"{low}-{high}"
            found[units if low < high else f"{low}"] = number
    return found


def read_terms(
    people: People,
    rows: list[Node],
    prefix: str,
    numbers: dict[str, Any] | None,
    *,
    percentages: bool = False,
    limits: Mapping[str, tuple[int, int]] | None = None,
) -> tuple[Term, ...]:
    """The terms of one scorecard.

    Args:
        people: What they may read.
        rows: Their entries.
        prefix: What the names of features begin with that they need themselves.
        numbers: Where their numbers go; None where a coefficient table has them.
        percentages: Whether they may read percentages of other instruments.
        limits: Domains that are narrower here, by feature.
    """
    terms = _Terms(people, prefix, numbers, percentages, limits or {})
    for place, row in enumerate(rows):
        terms.read(row, place)
    return tuple(terms.found)
