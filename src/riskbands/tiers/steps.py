"""The steps of a tier rule over arrays: small whole numbers in, ranks of tiers out.

A score is compared as a double with the double of the edge. Both are the nearest to their decimal,
so a score of up to 15 digits falls where its decimal does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import attrs
import numpy as np

from riskbands.arithmetic import dates
from riskbands.bands.builtin import band_table
from riskbands.tiers.rule import LEVELS, REGISTERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskbands.tiers.rule import TierRule

__all__ = ["STATIC", "Decided", "Facts", "Tables", "decide", "tables_of"]

#: Codes of a level or band: 0 is missing, then the levels, then not applicable.
NO_LEVEL: Final = 0
_MEDIUM: Final = LEVELS.index("medium") + 1
#: Codes of a form: missing (or none of the two), brief, extended.
STATIC: Final = 1
_DYNAMIC: Final = 2
_LEAP_DAY: Final = 2 << 5 | 29


@attrs.frozen(eq=False)
class Facts:
    """The facts of some rows, each an array of one length.

    Attributes:
        arp: float64, percent; a number for every row.
        csrp: Likewise.
        arp_type: int8: 0 missing, 1 brief (static), 2 extended (dynamic).
        csrp_type: Likewise.
        dc_srp: float64, percent; NaN where missing.
        dc_srp_band: int8: 0 missing or not applicable, then the bands.
        rosh: int8: 0 missing, then the levels.
        mappa: bool: whether there is a MAPPA category.
        lifer: bool: a life or IPP sentence.
        released: int32, packed date of the latest release; 0 where missing.
        today: int32, packed date.
        registers: bool by register.
    """

    arp: NDArray[np.float64]
    csrp: NDArray[np.float64]
    arp_type: NDArray[np.int8]
    csrp_type: NDArray[np.int8]
    dc_srp: NDArray[np.float64]
    dc_srp_band: NDArray[np.int8]
    rosh: NDArray[np.int8]
    mappa: NDArray[np.bool_]
    lifer: NDArray[np.bool_]
    released: NDArray[np.int32]
    today: NDArray[np.int32]
    registers: tuple[NDArray[np.bool_], ...]


@attrs.frozen(eq=False)
class Decided:
    """What a rule says of some rows.

    Attributes:
        steps: int8, shape (8, rows): rank of each step from 1, the lowest tier; 0 no result.
        tier: int8: the highest of them.
        step: int8: place of the first step that gave it.
        provisional: bool.
        impossible: bool: a Medium below its lowest percentage; there is no tier.
    """

    steps: NDArray[np.int8]
    tier: NDArray[np.int8]
    step: NDArray[np.int8]
    provisional: NDArray[np.bool_]
    impossible: NDArray[np.bool_]


@attrs.frozen(eq=False)
class Tables:
    """A rule as arrays of ranks."""

    arp: NDArray[np.float64]
    csrp: NDArray[np.float64]
    grid: NDArray[np.int8]
    sexual: NDArray[np.int8]
    medium: NDArray[np.float64]
    medium_ranks: NDArray[np.int8]
    provisional: NDArray[np.int8]
    mappa_rosh: NDArray[np.int8]
    release: tuple[tuple[int, int], ...]
    released_earlier: int
    registers: tuple[int, ...]


@cache
def tables_of(rule: TierRule) -> Tables:
    """The arrays of a rule."""
    rows, columns = band_table(rule.csrp), band_table(rule.arp)
    grid = [[rule.rank(rule.grid[row][c]) for c in columns.labels] for row in rows.labels]
    bands = [0, *(rule.rank(rule.sexual[n]) if n in rule.sexual else 0 for n in LEVELS)]
    levels = ("missing", *LEVELS)
    by_mappa = [
        [rule.rank(given[level]) if level in given else 0 for level in levels]
        for given in (rule.without_mappa, rule.with_mappa)
    ]
    cells = np.array(grid, np.int8)
    highest = np.int8(len(rule.scale.labels))
    # By form: neither is brief, ARP is, CSRP is, both are. What the others must reach.
    limits = np.stack(
        [
            np.zeros_like(cells),
            np.broadcast_to(cells[:, -1:], cells.shape),
            np.broadcast_to(cells[-1:], cells.shape),
            np.full_like(cells, highest),
        ]
    )
    return Tables(
        arp=np.array([float(i.lower) for i in columns.intervals]),
        csrp=np.array([float(i.lower) for i in rows.intervals]),
        grid=cells.ravel(),
        provisional=limits.ravel(),
        sexual=np.array(bands, np.int8),
        medium=np.array([float(edge) for edge in rule.medium]),
        medium_ranks=np.array([0, *map(rule.rank, rule.medium.values())], np.int8),
        mappa_rosh=np.array(by_mappa, np.int8),
        release=tuple((years, rule.rank(tier)) for years, tier in rule.release.items()),
        released_earlier=rule.rank(rule.released_earlier),
        registers=tuple(rule.rank(rule.registers[name]) for name in REGISTERS),
    )


def _place(edges: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.int8]:
    """How many edges a value has reached; a value at an edge has reached it, and NaN none."""
    found = np.zeros(len(values), np.int8)
    for edge in edges:
        found += (values >= edge).view(np.int8)
    return found


def _years_before(today: NDArray[np.int32], years: int) -> NDArray[np.int32]:
    """The packed day so many years before; 28 February where there is no 29th."""
    if not len(today):
        return today
    earlier = today - (years << 9)
    if int(today[0]) != int(today[-1]) or bool((today != today[0]).any()):
        leap = (today & 511) == _LEAP_DAY
        year = earlier >> 9
        lacking = leap & ~((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))
        found: NDArray[np.int32] = (earlier - lacking).astype(np.int32)
        return found
    day = dates.unpack(int(today[0]))
    try:
        dates.unpack(int(earlier[0]))
    except ValueError:
        assert (day.month, day.day) == (2, 29)
        return earlier - 1
    return earlier


def decide(rule: TierRule, facts: Facts) -> Decided:
    """Apply a rule to rows that have both scores."""
    tables = tables_of(rule)
    rows = len(facts.arp)
    steps = np.zeros((4 + len(REGISTERS), rows), np.int8)
    column = _place(tables.arp, facts.arp) - np.int8(1)
    row = _place(tables.csrp, facts.csrp) - np.int8(1)
    width = len(tables.arp)
    cell = (row * np.int8(width) + column).astype(np.intp)
    tables.grid.take(cell, out=steps[0], mode="wrap")
    impossible = _sexual(tables, facts, steps[1])
    level = facts.rosh + facts.mappa * np.int8(len(LEVELS) + 1)
    tables.mappa_rosh.ravel().take(level, out=steps[2], mode="clip")
    _lifer(tables, facts, steps[3])
    for place, (rank, there) in enumerate(zip(tables.registers, facts.registers, strict=True), 4):
        np.multiply(there, np.int8(rank), out=steps[place])
    others = np.maximum(steps[1:].max(axis=0), np.int8(1))
    tier = np.maximum(others, steps[0])
    step = _first(steps, tier)
    provisional = _provisional(tables, facts, steps, others, cell)
    return Decided(steps, tier, step, provisional, impossible)


def _first(steps: NDArray[np.int8], tier: NDArray[np.int8]) -> NDArray[np.int8]:
    """The place of the first step that gave the tier: counts the steps before it."""
    before = np.ones(len(tier), np.bool_)
    found = np.zeros(len(tier), np.int8)
    for step in steps[:-1]:
        before &= step != tier
        found += before
    return found


def _sexual(tables: Tables, facts: Facts, out: NDArray[np.int8]) -> NDArray[np.bool_]:
    """The step of DC-SRP; and where a Medium has a percentage that it cannot have."""
    counts = facts.dc_srp > 0
    impossible = np.zeros(len(counts), np.bool_)
    if not counts.any():
        return impossible
    tables.sexual.take(facts.dc_srp_band, out=out, mode="clip")
    medium = facts.dc_srp_band == _MEDIUM
    if medium.any():
        place = _place(tables.medium, facts.dc_srp)
        out += tables.medium_ranks.take(place) * medium  # the table has no tier of its own here
        impossible = medium & counts & (place == 0)
    out *= counts
    return impossible


def _lifer(tables: Tables, facts: Facts, out: NDArray[np.int8]) -> None:
    """The step of life and IPP sentences; a date in the future counts as recent."""
    rows = np.flatnonzero(facts.lifer & (facts.released != 0))
    if not len(rows):
        return
    released, today = facts.released[rows], facts.today[rows]
    found = np.full(len(rows), tables.released_earlier, np.int8)
    for years, rank in reversed(tables.release):
        np.copyto(found, np.int8(rank), where=released >= _years_before(today, years))
    out[rows] = found


def _provisional(
    tables: Tables,
    facts: Facts,
    steps: NDArray[np.int8],
    others: NDArray[np.int8],
    cell: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Whether the tier could rise once what is brief or missing is known."""
    forms = (facts.arp_type == STATIC) + np.int8(2) * (facts.csrp_type == STATIC)
    limit = tables.provisional.take(forms * np.intp(len(tables.grid)) + cell, mode="wrap")
    found: NDArray[np.bool_] = others < limit
    missing = facts.rosh == NO_LEVEL
    if missing.any():
        known = np.maximum(np.maximum(steps[1], steps[3:].max(axis=0)), np.int8(1))
        both = (facts.arp_type == _DYNAMIC) & (facts.csrp_type == _DYNAMIC)
        known = np.maximum(known, steps[0] * both)
        without, having = tables.mappa_rosh.max(axis=1)
        found |= missing & (known < np.where(facts.mappa, having, without))
    return found
