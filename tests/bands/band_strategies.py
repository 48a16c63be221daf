"""Hypothesis strategies for band tables and scores, and a slow, plain reading of a table."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from riskbands.arithmetic.rounding import half_up_units
from riskbands.bands.builtin import band_tables
from riskbands.bands.intervals import INFINITY
from riskbands.bands.table import BandTable, Closed, Gap, Interval, Policy, Rounding, Unit
from riskbands.errors import TableError

built_in = st.sampled_from(sorted(band_tables)).map(band_tables.__getitem__)


@st.composite
def made_up(draw: st.DrawFn) -> BandTable:
    """Tables with edges of up to three decimals, every kind of join, gaps, and policies."""
    places = draw(st.integers(0, 3))
    count = draw(st.integers(1, 5))
    pieces = draw(st.lists(st.booleans(), min_size=count - 1, max_size=count - 1))
    kinds = ["band"]
    for with_gap in pieces:
        kinds += ["gap", "band"] if with_gap else ["band"]
    numbers = st.integers(-3_000, 10_000)
    wanted = len(kinds) + 1
    whole = sorted(draw(st.sets(numbers, min_size=wanted, max_size=wanted)))
    edges = [Decimal(n).scaleb(-places) for n in whole]
    if draw(st.booleans()):
        edges[0] = -INFINITY
    if draw(st.booleans()):
        edges[-1] = INFINITY
    above = [draw(st.booleans()) for _ in edges]  # whether the edge belongs to what is above it
    above[0] = above[0] and edges[0].is_finite()
    above[-1] = above[-1] or not edges[-1].is_finite()
    spans = [
        Interval(edges[i], edges[i + 1], Closed.of(lower=above[i], upper=not above[i + 1]))
        for i in range(len(kinds))
    ]
    rounding = draw(st.none() | st.integers(0, 3).map(Rounding))
    try:
        return BandTable(
            id="made up",
            labels=[f"band {n}" for n in range(count)],
            intervals=[s for s, kind in zip(spans, kinds, strict=True) if kind == "band"],
            gaps=[
                Gap(s, "made up", draw(st.sampled_from([Policy.RAISE, Policy.NONE])))
                for s, kind in zip(spans, kinds, strict=True)
                if kind == "gap"
            ],
            rounding=rounding,
            below=draw(st.sampled_from(Policy)),
            above=draw(st.sampled_from(Policy)),
            applies_to=draw(st.sets(st.sampled_from(["rsr", "arp", "our score"]), max_size=2)),
            dates=draw(st.sampled_from(["", "since 2020"])),
            unit=draw(st.sampled_from([Unit.PERCENT, Unit.PROBABILITY, Unit.POINTS])),
        )
    except TableError:
        assume(False)
        raise


tables = st.one_of(built_in, made_up())


def by_the_book(table: BandTable, x: Any) -> str | None:
    """The label ``table`` states for the number ``x``; "refused", or None for no band.

    Points are whole numbers, unless the table rounds. Otherwise rounds in whole numbers, then
    compares with the ends of each interval, one after another. A probability above 1 or a
    percentage above 100 is above a table without an upper limit whose last band holds that.
    """
    if isinstance(x, float | Decimal) and (math.isinf(x)):
        return _outside(table.below if x < 0 else table.above, table.labels[0 if x < 0 else -1])
    value = Fraction(x)
    if table.unit is Unit.POINTS and not table.rounding and value.denominator > 1:
        return "refused"
    if table.rounding:
        digits = table.rounding.digits
        value = Fraction(half_up_units(value, digits), 10**digits)
    else:
        for edge in (e for e in table.edges if e.is_finite()):
            reading = sorted([Fraction(edge), Fraction(float(edge))])
            if reading[0] <= value <= reading[1]:
                value = Fraction(edge)
    last = table.intervals[-1]
    most = {Unit.PROBABILITY: 1, Unit.PERCENT: 100}.get(table.unit)
    if most and value > most and last.upper.is_infinite() and _holds(last, Fraction(most)):
        return _outside(table.above, table.labels[-1])
    for label, interval in zip(table.labels, table.intervals, strict=True):
        if _holds(interval, value):
            return label
    for gap in table.gaps:
        if _holds(gap.interval, value):
            return "refused" if gap.values is Policy.RAISE else None
    first = table.intervals[0].lower
    if first.is_finite() and value <= Fraction(first):
        return _outside(table.below, table.labels[0])
    return _outside(table.above, table.labels[-1])


def _holds(interval: Interval, value: Fraction) -> bool:
    for end, closed, sign in (
        (interval.lower, interval.closed.lower, 1),
        (interval.upper, interval.closed.upper, -1),
    ):
        if end.is_finite():
            distance = sign * (value - Fraction(end))
            if distance < 0 or (distance == 0 and not closed):
                return False
    return True


def _outside(policy: Policy, end: str) -> str | None:
    return {Policy.RAISE: "refused", Policy.NONE: None, Policy.CLAMP: end}[policy]


def interesting_doubles(table: BandTable) -> list[float]:
    """Every edge and every threshold, one ulp and half a unit either side, and the odd ones."""
    unit = 10.0 ** -(table.rounding.digits if table.rounding else 2)
    centres = [float(e) for e in table.edges if e.is_finite()]
    centres += [t for t in table.thresholds.tolist() if math.isfinite(t)]
    found = {0.0, -0.0, 1.7976931348623157e308, -1.7976931348623157e308, 5e-324, -5e-324}
    for centre in centres:
        for value in (centre, centre - unit / 2, centre + unit / 2):
            found |= {value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf)}
    return [*sorted(found), -0.0, math.inf, -math.inf]


def scores_for(table: BandTable) -> st.SearchStrategy[float]:
    """Doubles, most of them where something happens."""
    return st.one_of(
        st.sampled_from(interesting_doubles(table)),
        st.floats(-10, 110),
        st.floats(allow_nan=False),
        st.integers(-100, 11_000).map(lambda n: n / 100),
    )
