"""Ranges such as ``"18-20"`` and what a table of them says of each value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from riskbands.arithmetic.units import in_decimals, in_words
from riskbands.declare.faults import nearest
from riskbands.vocabulary.expressions import LookUp, Wide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.vocabulary.expressions import Expression

__all__ = [
    "MOST_ENTRIES",
    "check_ranges",
    "in_units",
    "no_range",
    "parse_range",
    "placed",
    "spread",
]

#: Entries of a look-up table at most.
MOST_ENTRIES: Final = 200_000
_NUMBER: Final = r"-?\d{1,9}(?:\.\d{1,9})?"
_RANGE: Final = re.compile(rf"({_NUMBER})(?:\s*-\s*({_NUMBER})|(\+))?", re.ASCII)
_OPEN: Final = 10**12


def in_units(text: str, decimals: int) -> int | None:
    """A number as a count of units of its last decimal; None where it has more decimals."""
    whole, _, rest = text.partition(".")
    if len(rest.rstrip("0")) > decimals:
        return None
    units = int(whole.lstrip("-") + rest[:decimals].ljust(decimals, "0"))
    return -units if text[0] == "-" else units


def parse_range(text: object, decimals: int = 0) -> tuple[int, int] | None:
    """Both ends, included, of ``"18-20"``, ``"3"`` or ``"50+"``; None for anything else.

    Args:
        text: The range.
        decimals: How many decimals its ends may have; they are counted in units of the last.

    Examples:
        >>> parse_range("2.5-10", 1), parse_range("0.25+", 1)
        ((25, 100), None)
    """
    match = _RANGE.fullmatch(str(text).strip())
    if match is None:
        return None
    low = in_units(match[1], decimals)
    high = _OPEN if match[3] else in_units(match[2] or match[1], decimals)
    return (low, high) if low is not None and high is not None and low <= high else None


def placed(entries: Mapping[int, int], place: Expression) -> Expression:
    """The entry at a value, of a table from the least value to the greatest, without gaps."""
    low = min(entries)
    values = tuple(entries[n] for n in range(low, max(entries) + 1))
    at = place - low if low else place
    return Wide(LookUp(values, at))


def spread(
    people: People,
    node: Node,
    key: str,
    low: int,
    high: int,
    *,
    categories: tuple[str, ...] = (),
    decimals: int = 0,
) -> dict[int, object] | None:
    """What a table of ranges (or of categories) says of each value from ``low`` to ``high``."""
    inner = node.table(key)
    if inner is None:
        if not node.has(key):
            node.fault(f"{key} is missing")
        return None
    found: dict[int, object] = {}
    before = len(node.faults)
    if high - low >= MOST_ENTRIES:
        node.fault(f"has more than {MOST_ENTRIES} values", key)
        return None
    if not people.spend(high - low + 1, (*node.path, key)):
        return None
    for text, entry in inner.data.items():
        if categories:
            if text not in categories:
                inner.fault(f"is no category here; {nearest(text, categories)}", text)
                continue
            ends: tuple[int, int] | None = (categories.index(text),) * 2
        else:
            ends = parse_range(text, decimals)
        if ends is None or ends[1] < low or ends[0] > high:
            inner.fault(no_range(low, high, decimals), text)
            continue
        for value in range(max(low, ends[0]), min(high, ends[1]) + 1):
            if value in found:
                inner.fault("overlaps another range", text)
                break
            found[value] = entry
    gaps = [v for v in range(low, high + 1) if v not in found]
    if gaps and len(node.faults) == before:
        what = categories[gaps[0]] if categories else in_decimals(gaps[0], decimals)
        node.fault(f"says nothing of {what}" + (" and others" if len(gaps) > 1 else ""), key)
    return found if len(node.faults) == before else None


def check_ranges(
    row: Node,
    which: str,
    ranges: Iterable[Any],
    low: int,
    high: int,
    none_at: int | None,
    decimals: int = 0,
    cure: str = "",
) -> None:
    """Note ranges that are none, and values from ``low`` to ``high`` that are not in exactly one.

    Args:
        row: The term.
        which: Where its ranges stand.
        ranges: The ranges, as texts.
        low: Least value.
        high: Greatest value.
        none_at: A value that needs no range, or None.
        decimals: How many decimals the values have.
        cure: What to do where there are no such values, or an empty text.
    """
    before = len(row.faults)
    found = []
    for text in ranges:
        ends = parse_range(text, decimals)
        if ends is None or ends[1] < low or ends[0] > high:
            row.fault(no_range(low, high, decimals), which, str(text))
        else:
            found.append((max(low, ends[0]), min(high, ends[1])))
    if len(row.faults) > before:
        return
    if none_at is not None:
        found.append((none_at, none_at))
    ends_before = low - 1
    for start, end in sorted(found):
        if start != ends_before + 1:
            first, last = sorted((start, ends_before + 1))
            last = last - 1 if start > ends_before else min(end, ends_before)
            _unfit(row, which, first, last, decimals, cure)
            return
        ends_before = end
    if ends_before < high:
        _unfit(row, which, ends_before + 1, high, decimals, cure)


def no_range(low: int, high: int, decimals: int) -> str:
    """What a range must be, in words."""
    ends = f"from {in_decimals(low, decimals)} to {in_decimals(high, decimals)}"
    such = '"1-3", "4" or "5+"' if not decimals else '"1.5-3.0", "4" or "5.5+"'
    places = f" with at most {in_words(decimals)}" if decimals else ""
    return f"must be a range {ends}{places}, such as {such}"


def _unfit(row: Node, which: str, first: int, last: int, decimals: int, cure: str) -> None:
    start, end = in_decimals(first, decimals), in_decimals(last, decimals)
    span = start if first >= last else f"{start} to {end}"
    row.fault(f"needs exactly one range for each of {span}{cure}", which)
