"""The steps of a tier rule over arrays: small whole numbers in, what each step gives out.

A score is compared as a double with the double of the edge. Both are the nearest to their decimal,
so a score of up to 15 digits falls where its decimal does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._frozen import FrozenDict
from riskbands.arithmetic import dates
from riskbands.bands.builtin import band_table
from riskbands.tiers.rule import LEVELS, REGISTERS, STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.tiers.rule import TierRule

__all__ = ["Decided", "Facts", "Tables", "decide", "tables_of"]

_MEDIUM: Final = LEVELS.index("medium")
#: Codes of a form: brief, extended.
_STATIC: Final = 0
_DYNAMIC: Final = 1
_LEAP_DAY: Final = 2 << 5 | 29
#: So many bits say which step it is.
_BITS: Final = (len(STEPS) - 1).bit_length()


@attrs.frozen(eq=False)
class Facts:
    """The facts of some rows, each an array of one length.

    Attributes:
        arp: float64, percent; a number for every row.
        csrp: Likewise.
        arp_type: int8: 0 brief (static), 1 extended (dynamic); negative where missing.
        csrp_type: Likewise.
        dc_srp: float64, percent; NaN where missing.
        dc_srp_band: int8: the bands from 0, then not applicable; negative where missing.
        rosh: int8: the levels from 0; -1 where missing.
        mappa: bool: whether there is a MAPPA category.
        lifer: bool: a life or IPP sentence.
        released: int32, packed date of the latest release; negative where missing.
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
        given: What each step gives, shape (8, rows), as `Tables` has it.
        tier: Rank of the highest of them, from 1, the lowest tier.
        step: Place of the first step that gave it.
        provisional: bool.
        impossible: bool: a Medium below its lowest percentage; there is no tier.
    """

    given: NDArray[Any]
    tier: NDArray[Any]
    step: NDArray[Any]
    provisional: NDArray[np.bool_]
    impossible: NDArray[np.bool_]

    @property
    def ranks(self) -> NDArray[Any]:
        """Rank of the tier of each step; 0 where it gives none."""
        return self.given >> _BITS


@attrs.frozen(eq=False)
class Tables:
    """A rule as what its steps give.

    What a step gives is one small number: the rank of its tier, followed in the last bits by how
    many steps come after it. So the greatest of several is the highest tier, by the first step that
    gives it. A step without a result gives 0.

    Attributes:
        arp: Edges of the columns of the grid.
        csrp: Likewise, of its rows.
        grid: By row and column.
        limits: By form, row and column: what has reached this cannot rise once all is known.
        sexual: By band of DC-SRP.
        medium: Percentages of a Medium.
        rises: How much more each of them gives than the one before.
        mappa_rosh: With no MAPPA category and with one, by level from -1, which is missing.
        release: Years since release, rising, with what each gives.
        released_earlier: After the last of them.
        registers: By register.
    """

    arp: tuple[float, ...]
    csrp: tuple[float, ...]
    grid: NDArray[Any]
    limits: NDArray[Any]
    sexual: Mapping[int, Any]
    medium: tuple[float, ...]
    rises: tuple[Any, ...]
    mappa_rosh: NDArray[Any]
    release: tuple[tuple[int, Any], ...]
    released_earlier: Any
    registers: tuple[Any, ...]


@cache
def tables_of(rule: TierRule) -> Tables:
    """The tables of a rule."""
    rows, columns = band_table(rule.csrp), band_table(rule.arp)
    highest = len(rule.scale.labels)
    dtype = np.min_scalar_type(-(highest + 1 << _BITS))

    def given(step: str, ranks: Any) -> NDArray[Any]:
        found = np.array(ranks, np.int64)
        behind = len(STEPS) - 1 - STEPS.index(step)
        return (found << _BITS | behind * (found > 0)).astype(dtype)

    def rank(tiers: Mapping[str, str], name: str) -> int:
        return rule.rank(tiers[name]) if name in tiers else 0

    grid = np.array([[rule.rank(rule.grid[r][c]) for c in columns.labels] for r in rows.labels])
    # By form: neither is brief, ARP is, CSRP is, both are. What the others must reach.
    limits = np.stack(
        [
            np.zeros_like(grid),
            np.broadcast_to(grid[:, -1:], grid.shape),
            np.broadcast_to(grid[-1:], grid.shape),
            np.full_like(grid, highest),
        ]
    )
    bands = given("sexual_reoffending", [rank(rule.sexual, name) for name in LEVELS])
    medium = given("sexual_reoffending", [0, *map(rule.rank, rule.medium.values())])
    levels = ("missing", *LEVELS)
    mappa = [[rank(by, name) for name in levels] for by in (rule.without_mappa, rule.with_mappa)]
    release = ((n, given("lifer_ipp", rule.rank(tier))[()]) for n, tier in rule.release.items())
    return Tables(
        arp=tuple(float(i.lower) for i in columns.intervals),
        csrp=tuple(float(i.lower) for i in rows.intervals),
        grid=given("reoffending", grid).ravel(),
        limits=((limits << _BITS) * (limits > 1)).astype(dtype).ravel(),  # all have reached 1
        sexual=FrozenDict({place: given for place, given in enumerate(bands) if given}),
        medium=tuple(map(float, rule.medium)),
        rises=tuple(np.diff(medium)),
        mappa_rosh=given("mappa_rosh", mappa),
        release=tuple(release),
        released_earlier=given("lifer_ipp", rule.rank(rule.released_earlier))[()],
        registers=tuple(given(name, rule.rank(rule.registers[name]))[()] for name in REGISTERS),
    )


def _place(edges: tuple[float, ...], values: NDArray[np.float64]) -> NDArray[np.int8]:
    """How many edges after the first a value has reached; at an edge it has reached it."""
    found = np.zeros(len(values), np.int8)
    for edge in edges[1:]:
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
    given = np.zeros((len(STEPS), len(facts.arp)), tables.grid.dtype)
    of_a_form = len(tables.grid)
    small = np.min_scalar_type(-4 * of_a_form)  # holds every place in `limits`
    cell = _place(tables.csrp, facts.csrp).astype(small, copy=False)
    cell *= small.type(len(tables.arp))
    cell += _place(tables.arp, facts.arp)
    tables.grid.take(cell, out=given[0], mode="clip")
    impossible = _sexual(tables, facts, given[1])
    level = facts.mappa.view(np.int8) * np.int8(tables.mappa_rosh.shape[1]) + np.int8(1)
    level += facts.rosh
    tables.mappa_rosh.ravel().take(level, out=given[2], mode="clip")
    _lifer(tables, facts, given[3])
    for register, there, out in zip(tables.registers, facts.registers, given[4:], strict=True):
        np.multiply(there.view(np.int8), register, out=out)
    others = given[1:].max(axis=0)
    most = np.maximum(others, given[0])
    form = (facts.csrp_type == _STATIC).view(np.int8) * np.int8(2)
    form += (facts.arp_type == _STATIC).view(np.int8)
    place = form.astype(small, copy=False) * small.type(of_a_form) + cell
    limit = tables.limits.take(place, mode="clip")
    provisional = others < limit
    missing = facts.rosh < 0
    if missing.any():
        provisional |= missing & _rises_with_rosh(tables, facts, given)
    step = np.int8(len(STEPS) - 1) - (most & np.int8((1 << _BITS) - 1))
    return Decided(given, most >> _BITS, step, provisional, impossible)


def _sexual(tables: Tables, facts: Facts, out: NDArray[Any]) -> NDArray[np.bool_]:
    """The step of DC-SRP; and where a Medium has a percentage that it cannot have."""
    counts = facts.dc_srp > 0
    impossible = np.zeros(len(counts), np.bool_)
    if not counts.any():
        return impossible
    medium = facts.dc_srp_band == _MEDIUM
    if medium.any():
        for edge, rise in zip(tables.medium, tables.rises, strict=True):
            out += (facts.dc_srp >= edge).view(np.int8) * rise
        out *= medium.view(np.int8)
        impossible = medium & counts & (out == 0)
    for band, given in tables.sexual.items():
        out += (facts.dc_srp_band == band).view(np.int8) * given
    out *= counts.view(np.int8)
    return impossible


def _lifer(tables: Tables, facts: Facts, out: NDArray[Any]) -> None:
    """The step of life and IPP sentences; a date in the future counts as recent."""
    rows = np.flatnonzero(facts.lifer & (facts.released > 0) & (facts.today > 0))
    if not len(rows):
        return
    released, today = facts.released[rows], facts.today[rows]
    found = np.full(len(rows), tables.released_earlier, out.dtype)
    for years, given in reversed(tables.release):
        np.copyto(found, given, where=released >= _years_before(today, years))
    out[rows] = found


def _rises_with_rosh(tables: Tables, facts: Facts, given: NDArray[Any]) -> NDArray[np.bool_]:
    """Where the highest level of risk of serious harm would give more than all that is known."""
    extended = (facts.arp_type == _DYNAMIC) & (facts.csrp_type == _DYNAMIC)
    known = np.maximum(given[1], given[3:].max(axis=0))
    known = np.maximum(known, given[0] * extended)
    highest = tables.mappa_rosh.max(axis=1) >> _BITS
    without, having = (highest << _BITS) * (highest > 1)  # all have reached 1
    rises: NDArray[np.bool_] = known < np.where(facts.mappa, having, without)
    return rises
