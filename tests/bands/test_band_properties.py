"""What holds for every band table and every score."""

import math
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from band_strategies import by_the_book, interesting_doubles, made_up, scores_for, tables
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbands.bands.builtin import band_tables
from riskbands.bands.classifier import is_whole
from riskbands.bands.table import BandTable, Rounding
from riskbands.errors import InputError


def answer(table: BandTable, x: Any) -> str | None:
    """The label of a score, "refused", or None."""
    try:
        band = table.classify(x)
    except InputError:
        return "refused"
    return None if band is None else band.label


def answers(table: BandTable, values: Any) -> list[str | None]:
    """The labels of a row; refused and missing are both None."""
    return list(table.classify(values, refused="missing").to_numpy())


@pytest.mark.parametrize("name", band_tables)
def test_each_edge_of_each_built_in_table_is_where_the_table_states_it(name: str) -> None:
    table = band_tables[name]
    for x in interesting_doubles(table):
        assert answer(table, x) == by_the_book(table, x)
        assert answer(table, Decimal(x)) == by_the_book(table, Decimal(x))


@given(st.data(), tables)
@settings(max_examples=300)
def test_a_score_gets_what_the_table_states(data: st.DataObject, table: BandTable) -> None:
    x = data.draw(scores_for(table))
    assert answer(table, x) == by_the_book(table, x)


@given(tables, st.decimals(allow_nan=False, places=5) | st.decimals(-5, 101))
def test_a_decimal_is_compared_at_its_value(table: BandTable, x: Decimal) -> None:
    assert answer(table, x) == by_the_book(table, x)


@given(tables, st.fractions(-5, 101))
def test_a_fraction_is_compared_at_its_value(table: BandTable, x: Fraction) -> None:
    assert answer(table, x) == by_the_book(table, x)


@given(tables, st.integers(-5, 101) | st.integers())
def test_a_whole_number_is_compared_at_its_value(table: BandTable, x: int) -> None:
    assert answer(table, x) == by_the_book(table, x)


@given(st.data(), tables)
def test_a_double_and_its_exact_decimal_get_the_same(data: st.DataObject, table: BandTable) -> None:
    x = data.draw(scores_for(table))
    assert answer(table, x) == answer(table, Decimal(x))
    if math.isfinite(x):
        assert answer(table, x) == answer(table, Fraction(x))


@given(st.data(), tables)
def test_an_array_gets_what_its_numbers_get(data: st.DataObject, table: BandTable) -> None:
    xs = data.draw(st.lists(scores_for(table) | st.just(math.nan), max_size=20))
    expected = [None if (a := answer(table, x)) == "refused" else a for x in xs]
    assert answers(table, np.array(xs, dtype=np.float64)) == expected
    assert answers(table, xs) == expected


@given(st.data(), tables)
def test_the_order_of_a_row_and_its_division_do_not_matter(
    data: st.DataObject, table: BandTable
) -> None:
    xs = np.array(data.draw(st.lists(scores_for(table), min_size=1, max_size=30)))
    codes = table.codes(xs, refused="missing")
    order = np.array(data.draw(st.permutations(range(len(xs)))))
    cut = data.draw(st.integers(0, len(xs)))
    assert (table.codes(xs[order], refused="missing") == codes[order]).all()
    parts = [table.codes(part, refused="missing") for part in (xs[:cut], xs[cut:])]
    assert (np.concatenate(parts) == codes).all()


@given(st.data(), tables)
def test_a_larger_score_never_gets_a_lower_band(data: st.DataObject, table: BandTable) -> None:
    xs = np.sort(np.array(data.draw(st.lists(scores_for(table), max_size=40)), dtype=np.float64))
    codes = table.codes(xs, refused="missing")
    assert (np.diff(codes[codes >= 0]) >= 0).all()


@given(st.data(), tables)
def test_a_score_is_in_the_interval_of_its_band_and_of_no_other(
    data: st.DataObject, table: BandTable
) -> None:
    x = data.draw(scores_for(table).filter(lambda x: is_whole(x) or not table.wants_whole))
    regions = [r for r in table.regions if r.start.passed_by(Decimal(x))]
    band = regions[-1].band
    assert not regions[-1].end.passed_by(Decimal(x)) or x == math.inf
    assert answer(table, x) == (band.label if band else "refused" if regions[-1].refused else None)


@given(st.data(), tables)
def test_float32_is_compared_at_its_value(data: st.DataObject, table: BandTable) -> None:
    near = st.sampled_from(interesting_doubles(table)).filter(lambda x: abs(x) < 3e38)
    xs = np.array(data.draw(st.lists(st.floats(width=32) | near, max_size=10)), dtype=np.float32)
    assert answers(table, xs) == answers(table, xs.astype(np.float64))
    assert [answer(table, x) for x in xs] == [answer(table, float(x)) for x in xs]
    halves = xs[np.abs(xs) < 6e4].astype(np.float16)
    assert answers(table, halves) == answers(table, halves.astype(np.float64))


@given(st.data(), tables, st.sampled_from("bBhHiIlLqQ"))
def test_whole_number_arrays_of_every_width(
    data: st.DataObject, table: BandTable, kind: str
) -> None:
    limits = np.iinfo(kind)
    small = st.integers(max(limits.min, -120), 127)
    elements = small | st.integers(int(limits.min), int(limits.max))
    xs = data.draw(st.lists(elements | st.sampled_from([limits.min, limits.max]), max_size=10))
    expected = [None if (a := answer(table, int(x))) == "refused" else a for x in xs]
    assert answers(table, np.array(xs, dtype=kind)) == expected
    assert answers(table, np.array(xs, dtype=kind).astype(f">{kind}")) == expected


@given(made_up())
def test_thresholds_are_the_first_doubles_of_each_piece(table: BandTable) -> None:
    for place, threshold in enumerate(table.thresholds.tolist()):
        if not math.isfinite(threshold):
            continue
        before = math.nextafter(threshold, -math.inf)
        region = table.regions[place + 1]
        assert region.start.passed_by(Decimal(threshold))
        assert not region.start.passed_by(Decimal(before))


def test_blocks_of_a_large_array_meet_without_a_seam() -> None:
    rng = np.random.default_rng(2025)
    xs = np.concatenate([rng.integers(0, 10_000, 70_001) / 100, rng.gamma(1.0, 4.0, 70_000)])
    table = band_tables["rsr-2025"]
    slow = [by_the_book(table, x) for x in xs[69_500:70_500].tolist()]
    fast = table.classify(xs)
    assert list(fast.to_numpy()[69_500:70_500]) == slow
    from_edges = np.searchsorted(table.thresholds[1:-1], xs, side="right")
    np.testing.assert_array_equal(fast.codes, from_edges)


def test_a_fault_in_a_late_block_is_named_by_its_row() -> None:
    xs = np.full(50_000, 1.0)
    xs[40_000] = xs[40_007] = -1.0
    with pytest.raises(InputError, match=r"^row 40000 \(and 1 more\), counted from 0, lies below"):
        band_tables["rsr-2025"].codes(xs)
    xs[3] = math.nan
    codes = band_tables["rsr-2025"].codes(xs, refused="missing")
    assert np.flatnonzero(codes == -1).tolist() == [3, 40_000, 40_007]


def test_a_million_scores_take_less_than_three_times_a_binary_search() -> None:
    """Rounding included. It takes about a sixth of it; the limit leaves room for a busy machine."""
    xs = np.random.default_rng(1).random(1_000_000) * 10
    table, edges = band_tables["rsr-2025"], np.array([3.0, 6.9])

    def seconds(work: Callable[[], object]) -> float:
        times = []
        for _ in range(5):
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
        return min(times)

    searched = seconds(lambda: np.searchsorted(edges, xs, side="right"))
    assert seconds(lambda: table.codes(xs)) < 3 * searched


@given(st.floats(-1, 101), st.integers(0, 4))
def test_rounding_and_then_banding_is_banding(x: float, digits: int) -> None:
    from riskbands.arithmetic.rounding import half_up

    edges = ["-2", "3", "6.9", "50", "102"]
    labels = ["a", "b", "c", "d"]
    rounded = BandTable.from_edges("t", labels, edges, rounding=Rounding(digits))
    plain = BandTable.from_edges("t", labels, edges)
    assert answer(rounded, x) == answer(plain, half_up(x, digits))
