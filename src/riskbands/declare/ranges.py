"""Ranges such as ``"18-20"`` and what a table of them says of each value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from riskbands.declare.faults import nearest
from riskbands.vocabulary.expressions import LookUp, Wide

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.vocabulary.expressions import Expression

__all__ = ["MOST_ENTRIES", "check_ranges", "parse_range", "placed", "spread"]

#: Entries of a look-up table at most.
MOST_ENTRIES: Final = 200_000
_RANGE: Final = re.compile(r"(-?\d{1,9})(?:\s*-\s*(-?\d{1,9})|(\+))?", re.ASCII)


def parse_range(text: str) -> tuple[int, int] | None:
    """Both ends, included, of ``"18-20"``, ``"3"`` or ``"50+"``; None for anything else."""
    match = _RANGE.fullmatch(str(text).strip())
    if match is None:
        return None
    low = int(match[1])
    high = 10**9 if match[3] else int(match[2] or low)
    return (low, high) if low <= high else None


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
            ends = parse_range(text)
        if ends is None or ends[1] < low or ends[0] > high:
            inner.fault(f'must be a range from {low} to {high}, such as "1-3", "4" or "5+"', text)
            continue
        for value in range(max(low, ends[0]), min(high, ends[1]) + 1):
            if value in found:
                inner.fault("overlaps another range", text)
                break
            found[value] = entry
    gaps = [v for v in range(low, high + 1) if v not in found]
    if gaps and len(node.faults) == before:
        what = categories[gaps[0]] if categories else str(gaps[0])
        node.fault(f"says nothing of {what}" + (" and others" if len(gaps) > 1 else ""), key)
    return found if len(node.faults) == before else None


def check_ranges(
    row: Node, which: str, ranges: Iterable[Any], low: int, high: int, none_at: int | None
) -> None:
    """Note ranges that are none, and values from ``low`` to ``high`` that are not in exactly one.

    Args:
        row: The term.
        which: Where its ranges stand.
        ranges: The ranges, as texts.
        low: Least value.
        high: Greatest value.
        none_at: A value that needs no range, or None.
    """
    before = len(row.faults)
    found = []
    for text in ranges:
        ends = parse_range(text)
        if ends is None or ends[1] < low or ends[0] > high:
            row.fault(
                f'must be a range from {low} to {high}, such as "1-3", "4" or "5+"',
                which,
                str(text),
            )
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
            _unfit(row, which, first, last)
            return
        ends_before = end
    if ends_before < high:
        _unfit(row, which, ends_before + 1, high)


def _unfit(row: Node, which: str, first: int, last: int) -> None:
    span = f"{first}" if first >= last else f"{first} to {last}"
    row.fault(f"needs exactly one range for each of {span}", which)
