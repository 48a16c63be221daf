"""Outputs that combine others: sums, products, the higher or lower of levels, and tables of two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from riskbands.declare.faults import nearest
from riskbands.vocabulary.expressions import Argument, LookUp, Wide
from riskbands.vocabulary.rules import lower_of, total

if TYPE_CHECKING:
    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.vocabulary.expressions import Expression
    from riskbands.vocabulary.feature import Feature

__all__ = ["COMBINATIONS", "MOST", "Value", "combined"]

COMBINATIONS: Final = ("sum", "product", "higher", "lower", "matrix")
#: Columns of results are numbers of 16 bits.
MOST: Final = 30_000


@attrs.frozen
class Value:
    """The value of an output before its scale: a feature's inputs, rule and range."""

    inputs: tuple[str, ...]
    rule: Expression
    low: int
    high: int
    categories: tuple[str, ...] = ()
    decimals: int = 0
    #: What to write where the order of its categories matters, and they have none.
    order: str = ""


def combined(
    people: People, name: str, row: Node, sums: dict[str, tuple[str, ...]]
) -> Value | None:
    """The value of an output that combines others.

    Args:
        people: What it may read.
        name: Its name.
        row: The output.
        sums: Where the parts of one that is a sum are kept.
    """
    names = row.texts("of")
    found = [people.feature(n, (*row.path, "of", i)) for i, n in enumerate(names)]
    parts = [f for f in found if f is not None]
    if len(parts) < len(names) or not parts:
        return None
    how = row.choice("combine", COMBINATIONS)
    if len(parts) == 1 and not how:
        f = parts[0]
        assert f.low is not None
        assert f.high is not None
        same = Wide(Argument(0))
        return Value((f.name,), same, f.low, f.high, f.categories, f.decimals)
    if not how:
        if not row.has("combine"):
            row.fault(f"combine is missing; known: {', '.join(COMBINATIONS)}")
        return None
    inputs = tuple(f.name for f in parts)
    if how == "matrix":
        return _matrix(people, name, row, parts)
    if any(f.decimals for f in parts):
        row.fault("combines numbers with decimals: derive the number, then name it here", "of")
        return None
    x: list[Expression] = [Wide(Argument(n)) for n in range(len(parts))]
    lows, highs = [f.low or 0 for f in parts], [f.high or 0 for f in parts]
    if how in ("sum", "product"):
        if any(f.categories and f.categories != ("no", "yes") for f in parts):
            row.fault(f"has no {how} of categories", "of")
            return None
        if how == "sum":
            sums[name] = inputs
            return Value(inputs, total(*x), sum(lows), sum(highs))
        rule, low, high = x[0], lows[0], highs[0]
        for e, a, b in zip(x[1:], lows[1:], highs[1:], strict=True):
            ends = [low * a, low * b, high * a, high * b]
            rule, low, high = rule * e, min(ends), max(ends)
            if max(-low, high) > MOST:
                row.fault(f"is a product that can be above {MOST}", "of")
                return None
        return Value(inputs, rule, low, high)
    before = len(row.faults)
    for n, f in enumerate(parts):
        if cure := people.unordered.get(f.name):
            row.fault(
                f"takes the {how}, and {names[n]} has no order of categories: {cure}", "of", n
            )
    labels = {f.categories for f in parts}
    if len(labels) > 1 and len(row.faults) == before:
        _differ(row, names, parts)
    if len(row.faults) > before:
        return None
    rule = x[0]
    for e in x[1:]:
        lower = lower_of(rule, e)
        rule = lower if how == "lower" else rule + e - lower
    pick = max if how == "higher" else min
    return Value(inputs, rule, pick(lows), pick(highs), labels.pop())


def _differ(row: Node, names: tuple[str, ...], parts: list[Feature]) -> None:
    """Note that levels are not the same, and which they are."""
    first = parts[0]
    other = next(n for n, f in enumerate(parts) if f.categories != first.categories)
    said = []
    for n in (0, other):
        words = ", ".join(parts[n].categories[:12])
        said.append(f"{names[n]} has {words}" if words else f"{names[n]} is a number")
    cure = "give them the same levels"
    if sorted(first.categories) == sorted(parts[other].categories):
        cure += ", the lowest first, in each: the order of choices, of levels, or order = [...]"
    row.fault(f"combines levels that differ: {'; '.join(said)}: {cure}", "of")


def _matrix(people: People, name: str, row: Node, parts: list[Feature]) -> Value | None:
    """A table with a row for each category of the first and a column for each of the second."""
    matrix = row.table("matrix")
    if len(parts) != 2 or any(not f.categories for f in parts) or matrix is None:
        row.fault("needs of with two that have categories, and [output.matrix]")
        return None
    first, second = parts
    cells: list[str] = []
    for node, known in ((matrix, first.categories),):
        for word in node.data:
            if word not in known:
                node.fault(f"is no category of {first.name}; {nearest(word, known)}", word)
    for category in first.categories:
        inner = matrix.table(category)
        if inner is None:
            matrix.fault(f"has no row for {category}")
            return None
        for word in inner.data:
            if word not in second.categories:
                hint = nearest(word, second.categories)
                inner.fault(f"is no category of {second.name}; {hint}", word)
        for other in second.categories:
            if not inner.has(other):
                inner.fault(f"says nothing of {other}")
            cells.append(inner.text(other))
    labels = row.texts("levels") or tuple(dict.fromkeys(cells))
    listed = ", ".join(label[:60] for label in labels[:6]) + ", ..." * (len(labels) > 6)
    order = f"give the output {name} levels = [...], which lists them ({listed}) the lowest first"
    if len(set(labels)) < len(labels):
        row.fault("lists one twice", "levels")
        return None
    for cell in dict.fromkeys(cells):
        if cell not in labels:
            row.fault(f"lacks {cell[:60]!r}, which the matrix has", "levels")
            return None
    places = tuple(labels.index(c) for c in cells)
    x, y = Wide(Argument(0)), Wide(Argument(1))
    rule = Wide(LookUp(places, x * len(second.categories) + y))
    return Value(
        (first.name, second.name),
        rule,
        0,
        len(labels) - 1,
        labels,
        order="" if row.has("levels") else order,
    )
