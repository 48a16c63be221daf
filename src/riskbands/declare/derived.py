"""Features that named rules derive from fields and from other features."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from riskbands.declare.conditions import Noted, Refused
from riskbands.declare.kinds import refuse_category
from riskbands.declare.ranges import placed, spread
from riskbands.declare.ways import category, first_known, first_that_holds, one_feature
from riskbands.vocabulary.expressions import (
    Argument,
    Call,
    Constant,
    Flag,
    If,
    Wide,
)
from riskbands.vocabulary.feature import Fault, Feature, Source
from riskbands.vocabulary.rules import capped, total

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.vocabulary.expressions import Expression

__all__ = ["RULES", "WORDS_OF_RULE", "declare_derived"]

_COMMON: Final = ("rule", "meaning")
_ENDS: Final = ("low", "high")


def declare_derived(people: People, root: Node) -> None:
    """Make the features under ``[derived]``, in whatever order they need each other."""
    nodes = root.tables("derived")
    if len(nodes) > 500:
        root.fault("has more than 500 features", "derived")
        return
    for name, node in nodes:
        if not people.named(name, node.path):
            continue
        if name in people.fields or name in people.features or name in people.reads:
            what = "a field" if name in people.fields else "declared"
            node.fault(f"{name} is {what} already: give it another name")
            continue
        people.makers[name] = partial(_derived, people, name, node)
    for name, node in nodes:
        if name in people.makers:
            people.feature(name, node.path)


def _derived(people: People, name: str, node: Node) -> str | None:
    if not node.needs("rule"):
        return None
    rule = node.choice("rule", RULES)
    if not rule:
        return None
    keys, make = RULES[rule]
    strange = False
    for key in node.data:
        owners = [r for r, (words, _) in RULES.items() if key in words]
        if key not in keys and owners:
            node.fault(f"does not belong to the rule {rule}: only to {' and '.join(owners)}", key)
            strange = True
    own = {key: v for key, v in node.data.items() if not strange or key in keys}
    type(node)(own, node.path, node.faults).only(*_COMMON, *keys)
    return None if strange else make(people, name, node)


def _made(
    people: People,
    name: str,
    node: Node,
    inputs: tuple[str, ...],
    rule: Expression,
    low: int,
    high: int,
    **rest: Any,
) -> str:
    decimals = rest.get("decimals", 0)
    low = _within(node, "low", low, decimals)
    high = _within(node, "high", high, decimals)
    if low > high:
        node.fault(f"low {low} is above high {high}", "low")
        high = low
    meaning = node.text("meaning")
    return people.add(Feature(name, (Source(inputs, rule),), low, high, meaning=meaning, **rest))


def _within(node: Node, key: str, known: int, decimals: int) -> int:
    if not node.has(key):
        return known
    found = node.units(key, decimals, -(10**6), 10**6)
    return known if found is None else found


def _decimals(node: Node, found: list[Feature]) -> int | None:
    """How many decimals all of them have; a fault where they differ."""
    decimals = {f.decimals for f in found}
    if len(decimals) > 1:
        node.fault("mixes numbers of different decimals: write a formula", "of")
        return None
    return decimals.pop()


def _features(people: People, node: Node, key: str = "of") -> list[Feature] | None:
    names = node.texts(key)
    if not names:
        node.fault(f"{key} is missing: name fields or features")
        return None
    if len(set(names)) < len(names):
        node.fault("names one twice", key)
    found = [people.feature(n, (*node.path, key, i)) for i, n in enumerate(names)]
    known = [f for f in found if f is not None]
    return known if len(known) == len(names) else None


def _numbers(people: People, node: Node) -> list[Feature] | None:
    """Features that are numbers; a yes/no is 0 or 1."""
    found = _features(people, node)
    before = len(node.faults)
    for f in found or ():
        refuse_category(node, f, f"the rule {node.text('rule')}", derived=True)
    return found if len(node.faults) == before else None


def _ends(f: Feature) -> tuple[int, int]:
    assert f.low is not None
    assert f.high is not None
    return f.low, f.high


def _arguments(count: int) -> list[Expression]:
    return [Wide(Argument(place)) for place in range(count)]


def _between(function: str, greatest: int) -> Callable[[People, str, Node], str | None]:
    def make(people: People, name: str, node: Node) -> str | None:
        if not node.needs("from", "to"):
            return None
        items = []
        for key in ("from", "to"):
            word = node.text(key)
            try:
                thing = people.look_up(word)
            except Noted:
                continue
            except Refused as refused:
                node.fault(str(refused), key)
                continue
            if thing.feature is not None:
                node.fault(f"{word} is no date", key)
                continue
            items.append(thing.item)
        if len(items) < 2:
            return None
        rule = Call(function, (Argument(0), Argument(1)))
        return _made(people, name, node, tuple(items), rule, 0, greatest)

    return make


def _sum(people: People, name: str, node: Node) -> str | None:
    found = _numbers(people, node)
    if found is None:
        return None
    if node.has("at_least"):
        for key in _ENDS:
            if node.has(key):
                node.fault("does not belong to a sum with at_least", key)
        return _answered(people, name, node, found)
    if node.has("missing_counts"):
        node.fault(
            "belongs to a sum with at_least: say how many must be answered", "missing_counts"
        )
        return None
    decimals = _decimals(node, found)
    if decimals is None:
        return None
    ends = [_ends(f) for f in found]
    low, high = sum(e[0] for e in ends), sum(e[1] for e in ends)
    inputs = tuple(f.name for f in found)
    rule = total(*_arguments(len(inputs)))
    return _made(people, name, node, inputs, rule, low, high, decimals=decimals)


def _answered(people: People, name: str, node: Node, found: list[Feature]) -> str | None:
    """A sum that needs at least so many answers; those that are missing count as stated."""
    count = len(found)
    least = node.whole("at_least", count, 1, count)
    counts = node.whole("missing_counts", 0, -1000, 1000)
    assert least is not None
    assert counts is not None
    if not node.needs("missing_counts"):
        return None
    if any(not f.is_field for f in found):
        node.fault("must name fields, without when_missing, where at_least is given", "of")
        return None
    if any(f.decimals for f in found):
        node.fault("must name fields of whole numbers where at_least is given", "of")
        return None
    given, told = [], []
    for f in found:
        low, high = min(f.low or 0, counts), max(f.high or 0, counts)
        prefix = f"{people.ident}_{f.name}"
        meaning = f"{f.meaning or f.name}, {counts} when not recorded"
        plain = Wide(Argument(0))
        own = (f".{f.name}",)
        given.append(
            people.add(
                Feature(
                    f"{prefix}_counted_{counts + 1000}",
                    (Source(own, plain), Source((), Constant(counts))),
                    low,
                    high,
                    meaning=meaning,
                    shown=f.name,
                )
            )
        )
        told.append(
            people.add(
                Feature(
                    f"{prefix}_told",
                    (Source(own, plain * 0 + 1), Source((), Constant(0))),
                    0,
                    1,
                    categories=("no", "yes"),
                    meaning=f"whether {f.name} is recorded",
                    shown=f"{f.name} recorded",
                )
            )
        )
    low = sum(people.features[n].low or 0 for n in given)
    high = sum(people.features[n].high or 0 for n in given)
    x = _arguments(2 * count)
    enough = total(*x[count:]) >= least
    fault = Fault(
        f"{name}_not_enough_answers",
        f"at least {least} of the {count} answers behind {name} must be recorded: supply more",
        tuple(f.name for f in found),
    )
    rule = If(enough, total(*x[:count]), Constant(low - 1))
    meaning = node.text("meaning")
    return people.add(
        Feature(
            name,
            (Source((*given, *told), rule),),
            low,
            high,
            faults={low - 1: fault},
            meaning=meaning,
        )
    )


def _difference(people: People, name: str, node: Node) -> str | None:
    found = _numbers(people, node)
    if found is None:
        return None
    if len(found) != 2:
        node.fault("must name two, the first minus the second", "of")
        return None
    (a, b), (c, d) = _ends(found[0]), _ends(found[1])
    x, y = _arguments(2)
    inputs = (found[0].name, found[1].name)
    decimals = _decimals(node, found)
    if decimals is None:
        return None
    return _made(people, name, node, inputs, x - y, a - d, b - c, decimals=decimals)


def _capped(people: People, name: str, node: Node) -> str | None:
    f = one_feature(people, node)
    if f is None or not node.needs("at"):
        return None
    refuse_category(node, f, "the rule capped", derived=True)
    if f.categories not in ((), ("no", "yes")):
        return None
    low, high = _ends(f)
    at = node.units("at", f.decimals, low, 10**6)
    if at is None:
        return None
    rule = capped(_arguments(1)[0], at)
    ends = low, min(at, high)
    return _made(people, name, node, (f.name,), rule, *ends, decimals=f.decimals)


def _steps(people: People, name: str, node: Node) -> str | None:
    f = one_feature(people, node)
    if f is None:
        return None
    low, high = _ends(f)
    table = spread(people, node, "steps", low, high, categories=f.categories, decimals=f.decimals)
    if table is None:
        return None
    entries = {}
    for value, entry in table.items():
        if isinstance(entry, str) and re.fullmatch(r"-?\d{1,5}", entry, re.ASCII):
            entry = int(entry)
        if isinstance(entry, bool) or not isinstance(entry, int) or abs(entry) > 10_000:
            node.fault("must give whole numbers from -10000 to 10000", "steps")
            return None
        entries[value] = entry
    rule = placed(entries, _arguments(1)[0])
    ends = min(entries.values()), max(entries.values())
    return _made(people, name, node, (f.name,), rule, *ends)


def _how_many_yes(people: People, name: str, node: Node) -> str | None:
    found = _features(people, node)
    if found is None:
        return None
    if any(f.categories != ("no", "yes") for f in found):
        node.fault("must name yes/no fields or conditions", "of")
        return None
    x = _arguments(len(found))
    inputs = tuple(f.name for f in found)
    return _made(people, name, node, inputs, total(*x), 0, len(x))


def _condition(people: People, name: str, node: Node) -> str | None:
    found = people.parsed(node.text("when"), (*node.path, "when"))
    if found is None:
        return None
    return people.yes_no(name, found, node.text("meaning") or node.text("when"))


def _formula(people: People, name: str, node: Node) -> str | None:
    found = people.parsed(node.text("formula"), (*node.path, "formula"), truth=False)
    if found is None:
        return None
    rule = Flag(found.rule) if found.truth else found.rule
    low, high = found.low, found.high
    return _made(people, name, node, found.inputs, rule, low, high, decimals=found.decimals)


#: Rules by name: the entries each takes, and what makes the feature.
RULES: Final[Mapping[str, tuple[tuple[str, ...], Callable[[People, str, Node], str | None]]]] = {
    "completed_years": (("from", "to", *_ENDS), _between("completed_years", 120)),
    "completed_months": (("from", "to", *_ENDS), _between("completed_months", 1440)),
    "sum": (("of", "at_least", "missing_counts", *_ENDS), _sum),
    "difference": (("of", *_ENDS), _difference),
    "capped": (("of", "at", *_ENDS), _capped),
    "steps": (("of", "steps", *_ENDS), _steps),
    "how_many_yes": (("of", *_ENDS), _how_many_yes),
    "category": (("of", "groups", "order"), category),
    "condition": (("when",), _condition),
    "formula": (("formula", *_ENDS), _formula),
    "first_known": (("way", "categories", "blame", "lenient", *_ENDS), first_known),
    "first_that_holds": (("cases", "otherwise", "order"), first_that_holds),
}
#: The words that each rule has beside those that all have.
WORDS_OF_RULE: Final[Mapping[str, tuple[str, ...]]] = {r: words for r, (words, _) in RULES.items()}
