"""Derived features with several ways to get them, and categories by conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from riskbands.declare.conditions import Noted, Refused
from riskbands.declare.faults import nearest
from riskbands.declare.ranges import MOST_ENTRIES, parse_range, placed
from riskbands.vocabulary.expressions import Argument, Constant, Flag, Wide
from riskbands.vocabulary.feature import Fault, Feature, Source
from riskbands.vocabulary.rules import first_match

if TYPE_CHECKING:
    from riskbands.declare.conditions import Parsed
    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.vocabulary.expressions import Expression

__all__ = ["WAY_KEYS", "category", "first_known", "first_that_holds", "one_feature"]

WAY_KEYS: Final = ("formula", "when", "needs")
_MOST_WAYS: Final = 20
_MOST: Final = 10**6


def first_known(people: People, name: str, node: Node) -> str | None:
    """The first of several ways of which everything is known."""
    rows = node.rows("way", _MOST_WAYS)
    if not rows:
        node.fault("way is missing: write [[derived.<name>.way]] with a formula")
        return None
    read = [_way(people, row) for row in rows]
    ways = [way for way in read if way is not None]
    if len(ways) < len(read):
        return None
    most = max(parsed.decimals for _, parsed in ways)
    ways = [_in_units(source, parsed, most) for source, parsed in ways]
    categories = node.texts("categories")
    if not categories and all(parsed.truth for _, parsed in ways):
        categories = ("no", "yes")
    if len(set(categories)) < len(categories):
        node.fault("lists a category twice", "categories")
        return None
    low = min(parsed.low for _, parsed in ways)
    high = max(parsed.high for _, parsed in ways)
    if categories:
        low, high = 0, len(categories) - 1
    if node.has("low"):
        low = node.units("low", most, -_MOST, _MOST) or 0
    if node.has("high"):
        high = node.units("high", most, -_MOST, _MOST) or 0
    if low > high or (categories and (low, high) != (0, len(categories) - 1)):
        node.fault(f"cannot be from {low} to {high} here", "low" if node.has("low") else "high")
        return None
    blame = node.whole("blame", 1, 1, len(ways)) or 1
    sources = tuple(source for source, _ in ways)
    faults = {}
    if sources[-1].when is not None:
        # all is known and none of the ways holds: that is said, and is nothing missing
        sources = (*sources, Source(sources[-1].inputs, Constant(low - 1)))
        text = f"none of the ways to get {name} holds: check what it comes from"
        faults[low - 1] = Fault(f"{name}_no_way", text)
    feature = Feature(
        name,
        sources,
        low,
        high,
        faults=faults,
        blame=blame - 1,
        categories=categories,
        meaning=node.text("meaning"),
        strict=not node.truth("lenient"),
        decimals=0 if categories else most,
    )
    return people.add(feature)


def _in_units(source: Source, parsed: Parsed, decimals: int) -> tuple[Source, Parsed]:
    """A way in units of the last decimal of all ways."""
    factor = 10 ** (decimals - parsed.decimals)
    if factor == 1:
        return source, parsed
    low, high = parsed.low * factor, parsed.high * factor
    made = attrs.evolve(source, derive=source.derive * factor)
    return made, attrs.evolve(parsed, low=low, high=high, decimals=decimals)


def _way(people: People, row: Node) -> tuple[Source, Parsed] | None:
    """One way, with what its formula can give."""
    row.only(*WAY_KEYS)
    if not row.needs("formula"):
        return None
    inputs: list[str] = []
    before = len(row.faults)
    for n, word in enumerate(row.texts("needs")):
        try:
            inputs.append(people.plain(word).item)
        except Noted:
            return None
        except Refused as refused:
            row.fault(str(refused), "needs", n)
    path = (*row.path, "formula")
    inputs = list(dict.fromkeys(inputs))
    found = people.parsed(row.text("formula"), path, truth=False, inputs=tuple(inputs), plain=True)
    if found is None or len(row.faults) > before:
        return None
    when: Expression | None = None
    read = found.inputs
    if row.has("when"):
        path = (*row.path, "when")
        condition = people.parsed(row.text("when"), path, inputs=read, plain=True)
        if condition is None:
            return None
        read, when = condition.inputs, condition.rule
    rule = Flag(found.rule) if found.truth else found.rule
    return Source(read, rule, when=when), found


def one_feature(people: People, node: Node) -> Feature | None:
    """The one feature that a rule reads."""
    names = node.texts("of")
    if not names:
        node.fault("of is missing: name fields or features")
        return None
    if len(names) != 1:
        node.fault("must name one field or feature", "of")
        return None
    return people.feature(names[0], (*node.path, "of", 0))


def _ordered(
    people: People, name: str, node: Node, labels: tuple[str, ...]
) -> tuple[str, ...] | None:
    """The categories, the lowest first where ``order`` says so; None for a fault."""
    if not node.has("order"):
        listed = ", ".join(label[:60] for label in labels[:6]) + ", ..." * (len(labels) > 6)
        people.unordered[name] = (
            f"give [derived.{name}] order = [...], which lists them ({listed}) the lowest first"
        )
        return labels
    order = node.texts("order")
    if sorted(order) != sorted(labels):
        lacking = [w for w in order if w not in labels]
        hint = f"; {nearest(lacking[0], labels)}" if lacking else ""
        node.fault(f"must list each category once{hint}", "order")
        return None
    return order


def category(people: People, name: str, node: Node) -> str | None:
    """A named group by range or category."""
    f = one_feature(people, node)
    if f is None:
        return None
    assert f.low is not None
    assert f.high is not None
    low, high = f.low, f.high
    groups = node.table("groups")
    if groups is None:
        node.fault("groups is missing")
        return None
    if high - low >= MOST_ENTRIES or not people.spend(high - low + 1, node.path):
        node.fault(f"has more than {MOST_ENTRIES} values", "of")
        return None
    entries: dict[int, int] = {}
    before = len(node.faults)
    for place, word in enumerate(groups.data):
        for text in groups.texts(word):
            if f.categories:
                if text not in f.categories:
                    groups.fault(
                        f"{text[:60]!r} is no category; {nearest(text, f.categories)}", word
                    )
                    continue
                ends: tuple[int, int] | None = (f.categories.index(text),) * 2
            else:
                ends = parse_range(text, f.decimals)
            if ends is None:
                groups.fault('must list ranges such as "0-17"', word)
                continue
            for value in range(max(low, ends[0]), min(high, ends[1]) + 1):
                if entries.setdefault(value, place) != place:
                    groups.fault("overlaps another group", word)
                    break
    gaps = [v for v in range(low, high + 1) if v not in entries]
    if gaps and len(node.faults) == before:
        what = f.describe(gaps[0])
        groups.fault(f"has no group for {what}")
    if len(node.faults) > before or not entries:
        return None
    names = _ordered(people, name, node, tuple(groups.data))
    if names is None:
        return None
    places = [names.index(word) for word in groups.data]
    entries = {value: places[n] for value, n in entries.items()}
    rule = placed(entries, Wide(Argument(0)))
    return people.add(
        Feature(
            name,
            (Source((f.name,), rule),),
            0,
            len(names) - 1,
            categories=names,
            meaning=node.text("meaning"),
        )
    )


def first_that_holds(people: People, name: str, node: Node) -> str | None:
    """The category of the first condition that holds."""
    cases = node.table("cases")
    if cases is None or not cases.data:
        node.fault('cases is missing: write { high = "count > 5", some = "count > 0" }')
        return None
    if len(cases.data) > 100:
        node.fault("has more than 100 cases", "cases")
        return None
    if not node.needs("otherwise"):
        return None
    labels = list(cases.data)
    otherwise = node.text("otherwise")
    if otherwise not in labels:
        labels.append(otherwise)
    inputs: tuple[str, ...] = ()
    found = []
    before = len(node.faults)
    for place, label in enumerate(cases.data):
        parsed = people.parsed(cases.text(label), (*cases.path, label), inputs=inputs)
        if parsed is not None:
            inputs = parsed.inputs
            found.append((parsed.rule, place))
    order = _ordered(people, name, node, tuple(labels))
    if order is None or len(node.faults) > before or len(found) < len(cases.data):
        return None
    found = [(rule, order.index(labels[place])) for rule, place in found]
    labels = list(order)
    rule = first_match(tuple(found), labels.index(otherwise))
    feature = Feature(
        name,
        (Source(inputs, rule),),
        0,
        len(labels) - 1,
        categories=tuple(labels),
        meaning=node.text("meaning"),
    )
    return people.add(feature)
